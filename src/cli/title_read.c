/* jixia title: lists, what is due, movement, cohorts, lists imported. The same functions answer the
 * API; here everything is seen. */
#include "base/date.h"
#include "base/file.h"
#include "city/distance.h"
#include "city/library/discover.h"
#include "cli/title.h"
#include "job/export.h"
#include "job/title_list.h"

static Str holder_name(TitleCommand *m, const TitleStatus *s) {
    Subject who;
    return subject_get(m->db, s->holder, &who) ? who.name : S("");
}

static bool wanted(const TitleCommand *m, const TitleStatus *s, Str tier, TitleKind kind) {
    const CliOpt *o = m->o;
    Str state = o[OPTION_STATE].text;
    return (!tier.n || str_eq(s->title->tier, tier)) &&
           (!o[OPTION_LEVEL].given || str_eq(s->title->level, o[OPTION_LEVEL].text)) &&
           (!kind || s->title->kind == kind) &&
           (!state.n || str_eq(state, title_state_text(s->state)) ||
            (str_eq(state, S("counts")) && title_counts(s)));
}

static bool option_tier(TitleCommand *m, Str *out) {
    *out = S("");
    if (!m->o[OPTION_TIER].given) return true;
    const LibraryTier *t = library_tier(library_of(m->reg->pack), m->o[OPTION_TIER].text);
    if (!t) return FAIL(m->cli->c, ERR_INPUT, M_TITLE_TIER, m->o[OPTION_TIER].text);
    *out = t->id;
    return true;
}

static const char *const KEYS[] = {
    "id",     "enterprise", "kind",  "tier", "level", "name",      "publisher",       "from",
    "to",     "first",      "state", "why",  "since", "published", "document_number", "document",
    "entered"};

/* The items as CSV or a workbook, columns by the names of the JSON. */
static bool write_file(TitleCommand *m, const Json *items) {
    enum { N = sizeof KEYS / sizeof *KEYS };
    Str heads[N];
    for (int i = 0; i < N; i++) heads[i] = str_from(KEYS[i]);
    Export *e = export_open(m->cli->c, m->o[OPTION_OUT].text, S("称号"), heads, N);
    if (!e) return false;
    bool ok = true;
    cli_export_mark(m->cli, e, m->o[OPTION_OUT].text, GRADE_INTERNAL);
    for (const Json *j = items->first; ok && j; j = j->next) {
        for (int i = 0; i < N; i++) {
            const Json *v = json_get(j, heads[i]);
            export_text(e, v && v->kind == JSON_BOOL ? (v->truth ? S("true") : S("false"))
                                                     : json_str(v, S("")));
        }
        ok = export_end_row(e);
    }
    return export_close(e, ok) && ok;
}

bool title_command_list(TitleCommand *m, Json **answer) {
    Arena *a = m->cli->arena;
    TitleBook b;
    TitleKind kind = 0;
    Str tier;
    int64_t subject = m->what.n ? subject_find(m->db, m->what) : 0;
    if ((m->what.n && !subject) || !option_tier(m, &tier) || !title_option_kind(m, &kind) ||
        !title_book(m->db, subject, &m->at, &b))
        return false;
    *answer = json_new(a, JSON_OBJECT);
    json_set(*answer, S("as_of"), json_string(a, date_text(a, m->day)));
    Json *items = json_set(*answer, S("items"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < b.n; i++)
        if (wanted(m, &b.status[i], tier, kind))
            json_push(items, title_status_json(a, &b.status[i], holder_name(m, &b.status[i])));
    return ctx_ok(m->cli->c) && (!m->o[OPTION_OUT].given || write_file(m, items));
}

/* --- what is due -------------------------------------------------------------------------------
 */

static bool out_again(TitleCommand *m, const FactNames *names, const TitleStatus *s, Json *j) {
    Arena *a = m->cli->arena;
    const Rule *rule = library_again(library_of(m->reg->pack), s->title);
    FactSet facts;
    int32_t effort;
    json_set(j, S("rule"), rule ? json_string(a, rule->id) : json_new(a, JSON_NULL));
    if (!rule) return true;
    if (!register_facts(m->db, names, s->holder, &m->at, &facts)) return false;
    DecideOptions opt = {.as_of = m->day, .as_known_ms = m->at.as_known, .seq = m->at.seq};
    Decision d = decide(a, m->reg->book, rule, &facts, &opt);
    json_set(j, S("again"), json_string(a, outcome_text(d.outcome)));
    Json *missing = json_set(j, S("missing"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < d.nmissing; i++) json_push(missing, json_string(a, d.missing[i].name));
    d.distance = distance_find(a, m->reg->book, &facts, &opt, &d);
    const DistanceEntry *near = discover_nearest(d.distance, m->day, &effort);
    Str text = near ? distance_sentence(a, &d, near, m->cli->c->lang) : S("");
    json_set(j, S("distance"), text.n ? json_string(a, text) : json_new(a, JSON_NULL));
    return ctx_ok(m->cli->c);
}

bool title_command_expiring(TitleCommand *m, Json **answer) {
    Arena *a = m->cli->arena;
    const Library *l = library_of(m->reg->pack);
    TitleBook b;
    FactNames names;
    int32_t from, to;
    int unknown = 0;
    Str name;
    if (!library_quarter(m->cli->c, m->o[OPTION_QUARTER].text, m->at.as_of, &from, &to, &name) ||
        !title_book(m->db, 0, &m->at, &b) || !fact_names(m->db, m->reg->pack, &m->at, &names))
        return false;
    *answer = json_new(a, JSON_OBJECT);
    json_set(*answer, S("quarter"), json_string(a, name));
    Json *items = json_set(*answer, S("items"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < b.n; i++) {
        const TitleStatus *s = &b.status[i];
        bool by_term;
        if (!title_counts(s)) continue;
        int32_t due = library_due(l, &b, s, &by_term);
        unknown += due == 0 && s->title->kind == TITLE_RECOGNISED;
        if (due < from || due >= to) continue;
        Json *j = json_push(items, json_new(a, JSON_OBJECT));
        json_set(j, S("due"), json_string(a, title_day_text(a, due)));
        json_set(j, S("due_by"), json_string(a, by_term ? S("term") : S("review")));
        json_set(j, S("id"), json_int(a, s->title->id));
        json_set(j, S("enterprise"), json_string(a, holder_name(m, s)));
        json_set(j, S("name"), json_string(a, s->title->name));
        json_set(j, S("level"), json_string(a, s->title->level));
        if (!out_again(m, &names, s, j)) return false;
    }
    json_set(*answer, S("term_unknown"), json_int(a, unknown));
    return ctx_ok(m->cli->c);
}

/* --- movement, cohorts -------------------------------------------------------------------------
 */

bool title_command_movement(TitleCommand *m, Json **answer) {
    Arena *a = m->cli->arena;
    const Library *l = library_of(m->reg->pack);
    TitleBook b, old;
    LibraryFirm *now, *then;
    int n, nthen, tiers = l->ntiers < LIBRARY_TIERS_MAX ? l->ntiers : LIBRARY_TIERS_MAX;
    int32_t since = library_months_later(m->at.as_of - 10000, 0);
    int32_t given = 0;
    if (!title_option_day(m, OPTION_SINCE, &given)) return false;
    if (given) since = given;
    if (!title_book(m->db, 0, &m->at, &b) || !title_book_on(m->db, &b, since, &old)) return false;
    library_firms(a, l, &b, &now, &n);
    library_firms(a, l, &old, &then, &nthen);
    const int *cells = library_movement(a, l, then, nthen, now, n);
    *answer = json_new(a, JSON_OBJECT);
    json_set(*answer, S("since"), json_string(a, title_day_text(a, since)));
    json_set(*answer, S("as_of"), json_string(a, title_day_text(a, m->at.as_of)));
    Json *items = json_set(*answer, S("items"), json_new(a, JSON_ARRAY));
    for (int i = 0; i <= tiers; i++)
        for (int k = 0; k <= tiers; k++) {
            if (!cells[i * (tiers + 1) + k]) continue;
            Json *j = json_push(items, json_new(a, JSON_OBJECT));
            json_set(j, S("how"), json_string(a, library_move_text(i, k, tiers)));
            json_set(j, S("from"),
                     i < tiers ? json_string(a, l->tiers[i]->id) : json_new(a, JSON_NULL));
            json_set(j, S("to"),
                     k < tiers ? json_string(a, l->tiers[k]->id) : json_new(a, JSON_NULL));
            json_set(j, S("n"), json_int(a, cells[i * (tiers + 1) + k]));
        }
    return true;
}

bool title_command_cohorts(TitleCommand *m, Json **answer) {
    Arena *a = m->cli->arena;
    TitleBook b;
    TitleKind kind = 0;
    Cohort *c;
    Str tier;
    int n;
    if (!option_tier(m, &tier) || !title_option_kind(m, &kind) || !title_book(m->db, 0, &m->at, &b))
        return false;
    library_cohorts(a, &b, tier, (int)kind, &c, &n);
    *answer = json_new(a, JSON_OBJECT);
    Json *items = json_set(*answer, S("items"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < n; i++)
        for (int y = 0; y < COHORT_MARKS; y++) {
            const CohortMark *k = &c[i].marks[y];
            Json *j = json_push(items, json_new(a, JSON_OBJECT));
            json_set(j, S("year"), json_int(a, c[i].year));
            json_set(j, S("intake"), json_int(a, c[i].intake));
            json_set(j, S("years"), json_int(a, y + 1));
            json_set(j, S("held"), json_int(a, k->held));
            json_set(j, S("renewed"), json_int(a, k->renewed));
            json_set(j, S("ran_out"), json_int(a, k->ran_out));
            json_set(j, S("expired"), json_int(a, k->expired));
            json_set(j, S("removed"), json_int(a, k->removed));
            json_set(j, S("revoked"), json_int(a, k->revoked));
            json_set(j, S("censored"), json_int(a, k->censored));
        }
    return true;
}

/* --- lists imported ----------------------------------------------------------------------------
 */

static bool undo_tx(Db *db, void *user) {
    TitleCommand *m = user;
    int n;
    if (!title_list_undo(db, m->reg->pack, m->id, &m->act, &n)) return false;
    m->event.target = n;
    return true;
}

static bool undo(TitleCommand *m, Json **answer) {
    if (!str_to_i64(m->o[OPTION_UNDO].text, &m->id))
        return FAIL(m->cli->c, ERR_INPUT, M_CLI_NUMBER, S("--undo"), m->o[OPTION_UNDO].text);
    if (!tx_run(m->db, DB_WRITE, undo_tx, m)) return false;
    *answer = json_new(m->cli->arena, JSON_OBJECT);
    json_set(*answer, S("undone"), json_int(m->cli->arena, m->event.target));
    return true;
}

static Json *list_row(Arena *a, const TitleListRow *row, Lang lang) {
    Json *j = json_new(a, JSON_OBJECT);
    json_set(j, S("row"), json_int(a, row->row));
    json_set(j, S("text"), json_string(a, row->line));
    json_set(j, S("state"), json_string(a, row->refused ? S("refused") : S("accepted")));
    json_set(j, S("column"), json_string(a, row->column));
    json_set(j, S("value"), json_string(a, row->value));
    json_set(j, S("why"), json_string(a, row->refused ? note_text(a, &row->note, lang) : S("")));
    json_set(j, S("hint"), json_string(a, row->refused ? note_hint(a, &row->note, lang) : S("")));
    return j;
}

static void report(TitleCommand *m, const TitleListReport *r, Json **answer) {
    Arena *a = m->cli->arena;
    *answer = json_new(a, JSON_OBJECT);
    json_set(*answer, S("rows"), json_int(a, r->n));
    json_set(*answer, S("accepted"), json_int(a, r->accepted));
    json_set(*answer, S("refused"), json_int(a, r->refused));
    json_set(*answer, S("person"), json_int(a, r->person));
    json_set(*answer, S("not_found"), json_int(a, r->not_found));
    json_set(*answer, S("batch"), r->batch ? json_int(a, r->batch) : json_new(a, JSON_NULL));
    Json *items = json_set(*answer, S("items"), json_new(a, JSON_ARRAY));
    for (int64_t i = 0; i < r->n; i++)
        if (m->cli->json || r->items[i].refused)
            json_push(items, list_row(a, &r->items[i], m->cli->c->lang));
    if (r->refused) m->status = EXIT_NO;
    if (m->cli->json) return;
    const Str said[] = {
        str_printf(a, "%lld", (long long)r->n), str_printf(a, "%lld", (long long)r->accepted),
        str_printf(a, "%lld", (long long)r->refused), str_printf(a, "%lld", (long long)r->person),
        str_printf(a, "%lld", (long long)r->not_found)};
    Msg text = r->batch ? M_TITLE_LIST_SAID : M_TITLE_LIST_CHECKED;
    json_set(*answer, S("said"), json_string(a, msg_text(a, text, m->cli->c->lang, 5, said)));
}

bool title_command_import(TitleCommand *m, Json **answer) {
    enum { LIST_MIB = 64 };
    const CliOpt *o = m->o;
    TitleListReport r;
    if (o[OPTION_UNDO].given) return undo(m, answer);
    TitleListOptions l = {.name = m->what,
                          .sheet = o[OPTION_SHEET].text,
                          .dry_run = o[OPTION_CHECK].given,
                          .only_good = o[OPTION_ONLY_GOOD].given,
                          .again = o[OPTION_AGAIN].given,
                          .act = m->act,
                          .fill = {.tier = o[OPTION_TIER].text,
                                   .level = o[OPTION_LEVEL].text,
                                   .name = o[OPTION_NAME].text,
                                   .publisher = o[OPTION_PUBLISHER].text,
                                   .document_number = o[OPTION_NUMBER].text,
                                   .document = o[OPTION_DOCUMENT].text}};
    if (!title_option_kind(m, &l.fill.kind) || !title_option_day(m, OPTION_FROM, &l.fill.from) ||
        !title_option_day(m, OPTION_TO, &l.fill.to) || !option_tier(m, &l.fill.tier) ||
        !file_read(m->cli->c, m->what, (size_t)LIST_MIB << 20, &l.bytes) ||
        !title_list_run(m->db, m->reg, &l, &r))
        return false;
    report(m, &r, answer);
    return true;
}

bool title_command_lists(TitleCommand *m, Json **answer) {
    Arena *a = m->cli->arena;
    TitleList *l;
    int n;
    int64_t total;
    if (!title_lists(m->db, 0, 500, &l, &n, &total)) return false;
    *answer = json_new(a, JSON_OBJECT);
    Json *items = json_set(*answer, S("items"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < n; i++) {
        Json *j = json_push(items, json_new(a, JSON_OBJECT));
        json_set(j, S("batch"), json_int(a, l[i].batch));
        json_set(j, S("name"), json_string(a, l[i].name));
        json_set(j, S("rows"), json_int(a, l[i].rows));
        json_set(j, S("accepted"), json_int(a, l[i].accepted));
        json_set(j, S("refused"), json_int(a, l[i].refused));
        json_set(j, S("actor"), json_string(a, l[i].actor));
        json_set(j, S("reason"), json_string(a, l[i].reason));
        json_set(j, S("undone"), json_bool(a, l[i].undone_ms != 0));
    }
    return true;
}
