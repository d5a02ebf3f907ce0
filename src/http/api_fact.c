/* GET /enterprises/{id}/facts: every slot of every indicator with the fact that counts, the others
 * beside it and why each does not count, and what rules ask for that nobody has given.
 *
 * What counts was decided by fact_read; here it is only put into words.
 */
#include "http/api_fact.h"
#include "base/date.h"
#include "city/pack_names.h"
#include "http/api.h"

typedef struct Facts {
    RowMaker m;
    Known k;
    FactBatches batches;
    Json *items;
    const Indicator *only; /* NULL: all */
    bool missing, sensitive;
} Facts;

/* --- batches -----------------------------------------------------------------------------------
 */

const FactBatch *fact_batch(Request *r, FactBatches *all, int64_t id) {
    Arena *a = r->c->arena;
    for (int i = 0; i < all->n; i++)
        if (all->items[i]->id == id) return all->items[i];
    FactBatch *b = NEW(a, FactBatch);
    *b = (FactBatch){.id = id};
    Rows *rows =
        Q(r->db,
          "SELECT b.origin, b.actor, b.reason, v.reason, v.actor, d.id, d.name FROM batch b "
          "LEFT JOIN batch v ON v.reverses = b.id "
          "LEFT JOIN import_draft d ON d.batch = b.id WHERE b.id = $1",
          db_i(id));
    if (row_next(rows)) {
        b->origin = str_dup(a, row_str(rows, 0));
        b->actor = str_dup(a, row_str(rows, 1));
        b->reason = str_dup(a, row_str(rows, 2));
        b->undone_reason = str_dup(a, row_str(rows, 3));
        b->undone_by = str_dup(a, row_str(rows, 4));
        b->import = row_i64(rows, 5);
        b->name = str_dup(a, row_str(rows, 6));
    }
    rows_close(rows);
    GROW(a, all->items, all->n, all->cap);
    all->items[all->n++] = b;
    return b;
}

/* --- one fact ----------------------------------------------------------------------------------
 */

Str fact_text(Request *r, Msg m, Str one, Str two) {
    Str args[2] = {one, two};
    return msg_text(r->c->arena, m, r->c->lang, 2, args);
}

Str fact_source(const FactNames *n, const Fact *f) {
    return f->source >= 1 && f->source <= n->nsources ? n->sources[f->source - 1].code : S("");
}

static Str title_of(const Facts *s, const Fact *f) {
    const Request *r = s->m.r;
    return pack_source_title(r->c->arena, r->reg->pack, fact_source(&s->m.names, f), r->c->lang);
}

Json *fact_value_json(Request *r, const Indicator *i, const Fact *f) {
    Arena *a = r->c->arena;
    Ctx c = ctx_new(a, 0);
    switch (f->type) {
    case FACT_BOOLEAN: return json_bool(a, str_eq(f->value, S("true")));
    case FACT_CONTEXT: return out_value(a, json_parse(&c, f->value, i->name));
    case FACT_NONE:
        if (i->type == IND_BOOLEAN) return json_bool(a, false);
        return json_new(a, i->type == IND_LIST ? JSON_ARRAY : JSON_NULL);
    default: return json_string(a, f->value);
    }
}

bool fact_is_demo(const FactNames *n, const Subject *who, const Fact *f) {
    const SourceClass *class = source_class(fact_source(n, f));
    return who->demo || (class && class->demo);
}

/* The row of "table.xlsx:17", as an import writes its evidence when the table names none. */
static int64_t row_of(const FactBatch *b, Str evidence) {
    int64_t row;
    Str rest = evidence;
    if (!b->import || !str_starts(rest, b->name)) return 0;
    rest = str_sub(rest, b->name.n, rest.n);
    if (!str_starts(rest, S(":"))) return 0;
    return str_to_i64(str_sub(rest, 1, rest.n), &row) && row > 0 ? row : 0;
}

static void out_evidence(Arena *a, Json *o, const FactBatch *b, const Fact *f) {
    Str text = f->evidence.n ? f->evidence : b->origin;
    int64_t row = row_of(b, f->evidence);
    if (text.n == 0) {
        out_null(a, o, S("evidence"));
        return;
    }
    Json *e = out_object(a, o, S("evidence"));
    Str import = b->import ? str_printf(a, "%lld", (long long)b->import) : S("");
    out_str(a, e, S("text"), text);
    out_opt(a, e, S("import"), import);
    if (row)
        out_int(a, e, S("row"), row);
    else
        out_null(a, e, S("row"));
    out_opt(a, e, S("href"), import.n ? str_cat(a, S("/imports/"), import) : S(""));
}

static void out_flag(Arena *a, Json *list, Str code, Str text) {
    Json *j = out_item(a, list);
    out_str(a, j, S("code"), code);
    out_str(a, j, S("text"), text);
}

/* The codes of demonstration firms fail their check on purpose: no flag for those. */
static void out_flags(const Facts *s, Json *o, const Fact *f) {
    Request *r = s->m.r;
    Arena *a = r->c->arena;
    Json *list = out_list(a, o, S("flags"));
    if (str_starts(fact_source(&s->m.names, f), S("suspect")))
        out_flag(a, list, S("suspect"), fact_text(r, M_FACT_SUSPECT, S(""), S("")));
    if (str_eq(s->k.check, S("failed")) && !s->k.who.demo)
        out_flag(a, list, S("marked_code"), fact_text(r, M_FACT_MARKED, s->k.uscc, S("")));
}

static void out_date(Arena *a, Json *o, Str key, int32_t day) {
    int64_t days;
    out_opt(a, o, key, day && date_from_int(day, &days) ? date_text(a, days) : S(""));
}

typedef struct Standing {
    Str status, reason;
} Standing;

static Json *fact_json(Facts *s, const Indicator *i, const Fact *f, Standing st) {
    Request *r = s->m.r;
    Arena *a = r->c->arena;
    const FactBatch *b = fact_batch(r, &s->batches, f->batch);
    Str source = fact_source(&s->m.names, f);
    bool number = f->type == FACT_NUMBER;
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("id"), str_printf(a, "%lld", (long long)f->id));
    json_set(o, S("value"), fact_value_json(r, i, f));
    out_opt(a, o, S("bound"),
            f->kind == FACT_LOWER   ? S(">=")
            : f->kind == FACT_UPPER ? S("<=")
                                    : S(""));
    out_opt(a, o, S("as_received"), f->received.n ? f->received : f->value);
    out_opt(a, o, S("unit_received"),
            f->unit_received.n ? f->unit_received
            : number           ? i->unit
                               : S(""));
    out_str(a, o, S("source"), source);
    out_text(a, o, S("source_title"), pack_source_title(a, r->reg->pack, source, LANG_ZH),
             pack_source_title(a, r->reg->pack, source, LANG_EN));
    out_evidence(a, o, b, f);
    out_date(a, o, S("valid_from"), f->from);
    out_date(a, o, S("valid_to"), f->to);
    out_instant(a, o, S("known_at"), f->known_ms);
    out_int(a, o, S("seq"), f->seq);
    out_str(a, o, S("actor"), b->actor);
    out_str(a, o, S("status"), st.status);
    out_opt(a, o, S("reason"), st.reason);
    out_flags(s, o, f);
    out_bool(a, o, S("demo"), fact_is_demo(&s->m.names, &s->k.who, f));
    return o;
}

/* --- why a fact does not count -----------------------------------------------------------------
 */

static bool may_count(const Fact *f) {
    return !f->withdrawn && !f->not_valid && !f->not_ranked;
}

/* A withdrawal says why; a fact of an import that was reversed has the reason of the reversal. */
static Str withdrawn_reason(Facts *s, const Fact *f) {
    Request *r = s->m.r;
    Str why = S("");
    Rows *rows = Q(r->db,
                   "SELECT w.reason FROM withdrawal w JOIN batch b ON b.id = w.batch WHERE "
                   "w.subject = $1 AND w.fact = $2 AND b.seq <= $3 ORDER BY b.seq DESC",
                   db_i(f->subject), db_i(f->id), db_i(r->at.seq));
    if (row_next(rows)) why = str_dup(r->c->arena, row_str(rows, 0));
    rows_close(rows);
    if (why.n) return fact_text(r, M_FACT_WITHDRAWN, why, S(""));
    return fact_text(r, M_FACT_REVERSED, fact_batch(r, &s->batches, f->batch)->undone_reason,
                     S(""));
}

static Str validity_reason(const Facts *s, const Fact *f) {
    Request *r = s->m.r;
    Arena *a = r->c->arena;
    int64_t from = 0, to = 0;
    if (f->period > 9999) return fact_text(r, M_FACT_LATER, S(""), S(""));
    Str first = f->from && date_from_int(f->from, &from) ? date_text(a, from) : S("…");
    Str last = f->to && date_from_int(f->to, &to) ? date_text(a, to) : S("…");
    return fact_text(r, M_FACT_NOT_VALID, first, last);
}

static Str unusable_reason(const Facts *s, const Fact *f) {
    bool suspect = str_starts(fact_source(&s->m.names, f), S("suspect"));
    if (suspect && f->evidence.n) return fact_text(s->m.r, M_FACT_SUSPECT_NOTE, f->evidence, S(""));
    if (suspect) return fact_text(s->m.r, M_FACT_SUSPECT, S(""), S(""));
    return fact_text(s->m.r, M_FACT_REFUSED, title_of(s, f), S(""));
}

/* all[at] among those of its slot; better ones stand before it. */
static Standing standing(Facts *s, const FactSlot *slot, int at) {
    Request *r = s->m.r;
    const Fact *f = slot->all[at], *best = slot->value ? slot->value : NULL;
    if (f->withdrawn) return (Standing){S("withdrawn"), withdrawn_reason(s, f)};
    if (f->not_valid) return (Standing){S("outside_validity"), validity_reason(s, f)};
    if (f->not_ranked) return (Standing){S("unusable"), unusable_reason(s, f)};
    if (f == slot->value || (!slot->value && (f == slot->lower || f == slot->upper)))
        return (Standing){S("counts"), S("")};
    for (int i = 0; i < at; i++) {
        const Fact *o = slot->all[i]; /* never NULL, which the analyzer cannot know */
        if (o && o->source == f->source && o->kind == f->kind)
            return (Standing){
                S("corrected"),
                fact_text(r, M_FACT_CORRECTED, instant_text(r->c->arena, o->known_ms), S(""))};
    }
    if (!best) best = f->kind == FACT_LOWER ? slot->lower : slot->upper;
    if (best && best->kind != f->kind)
        return (Standing){S("passed_over"), fact_text(r, M_FACT_EXACT, S(""), S(""))};
    bool later = best && best->rank == f->rank;
    return (Standing){S("passed_over"),
                      fact_text(r, later ? M_FACT_OLDER : M_FACT_BEHIND, title_of(s, f), S(""))};
}

static Str why_counts(const Facts *s, const FactSlot *slot, const Fact *counting) {
    Request *r = s->m.r;
    bool again = false;
    for (int i = 0; i < slot->n_all; i++) {
        const Fact *f = slot->all[i];
        if (f == counting || !may_count(f)) continue;
        if (f->source == counting->source) {
            again = true;
            continue;
        }
        if (f->rank == counting->rank)
            return fact_text(r, M_FACT_WHY_LATEST, title_of(s, counting), S(""));
        return fact_text(r, M_FACT_WHY_RANK, title_of(s, counting), title_of(s, f));
    }
    return fact_text(r, again ? M_FACT_WHY_NEWEST : M_FACT_WHY_ONLY, S(""), S(""));
}

/* --- groups ------------------------------------------------------------------------------------
 */

static Str period_of(Arena *a, const Indicator *i, int32_t period) {
    int64_t day;
    if (i->period == PERIOD_YEARLY && period) return str_printf(a, "%d", period);
    return period && date_from_int(period, &day) ? date_text(a, day) : S("");
}

static void out_rules(Facts *s, Json *o, const Indicator *i) {
    Request *r = s->m.r;
    const PackSet *p = r->reg->pack;
    Json *list = out_list(r->c->arena, o, S("rules"));
    for (int k = 0; k < p->nrules; k++)
        if (rulebook_reads(r->reg->book, p->rules[k], i))
            json_push(list, json_string(r->c->arena, p->rules[k]->id));
}

/* What stands in for an indicator without a fact: another field or a rule. */
static Str borrowed(const Facts *s, const Indicator *i, int32_t period) {
    if (i->fallback && factset_get(&s->k.set, i->fallback, i->period == PERIOD_YEARLY ? period : 0))
        return i->fallback->code;
    return i->from_rule;
}

/* Whether rules in force ask for it and have no value: a bound alone is none. */
static bool is_missing(const Facts *s, const Indicator *i, int32_t period) {
    const RowMaker *m = &s->m;
    for (int k = 0; k < m->nasked; k++) {
        const Asked *q = &m->asked[k];
        if (q->indicator != i || (q->lag >= 0 && m->year - q->lag != period)) continue;
        if (!snapshot_given(&s->k.whole, q, m->year)) return true;
    }
    return false;
}

static Str why_nothing(Facts *s, const Indicator *i, int32_t period, Str instead, bool any) {
    Request *r = s->m.r;
    const FactUse *f = factset_get(&s->k.set, i, i->period == PERIOD_YEARLY ? period : 0);
    const Indicator *other = instead.n ? pack_indicator(r->reg->pack, instead) : NULL;
    if (instead.n) return fact_text(r, M_FACT_WHY_BORROWED, other ? other->name : instead, S(""));
    if (f && f->none) return fact_text(r, M_FACT_WHY_COVERED, S(""), S(""));
    return fact_text(r, any ? M_FACT_WHY_UNUSABLE : M_FACT_WHY_NONE, S(""), S(""));
}

/* One slot, or a period without facts (slot NULL). */
static void add_group(Facts *s, const Indicator *i, int32_t period, const FactSlot *slot) {
    Request *r = s->m.r;
    Arena *a = r->c->arena;
    const Fact *f = !slot         ? NULL
                    : slot->value ? slot->value
                    : slot->lower ? slot->lower
                                  : slot->upper;
    Str instead = f ? S("") : borrowed(s, i, period);
    Json *o = out_item(a, s->items);
    out_str(a, o, S("field"), i->code);
    out_str(a, o, S("name"), i->name);
    out_text(a, o, S("label"), i->zh.n ? i->zh : i->name, i->en);
    out_opt(a, o, S("period"), period_of(a, i, period));
    out_opt(a, o, S("unit"), i->unit);
    if (f)
        json_set(o, S("counts"), fact_json(s, i, f, (Standing){S("counts"), S("")}));
    else
        out_null(a, o, S("counts"));
    out_str(a, o, S("why"),
            f ? why_counts(s, slot, f) : why_nothing(s, i, period, instead, slot != NULL));
    Json *others = out_list(a, o, S("others"));
    for (int k = 0; slot && k < slot->n_all; k++)
        if (slot->all[k] != f)
            json_push(others, fact_json(s, i, slot->all[k], standing(s, slot, k)));
    out_bool(a, o, S("conflict"), slot && snapshot_differs(slot));
    out_opt(a, o, S("borrowed_from"), instead);
    out_bool(a, o, S("missing"), is_missing(s, i, period));
    out_rules(s, o, i);
    s->sensitive |= slot && is_sensitive(i);
    if (slot) table_grade(s->m.r, i->grade);
}

/* A period with facts that are not for this reader to see. */
static void add_masked(Facts *s, const Indicator *i, int32_t period) {
    Request *r = s->m.r;
    Arena *a = r->c->arena;
    Json *o = out_item(a, s->items);
    out_str(a, o, S("field"), i->code);
    out_str(a, o, S("name"), i->name);
    out_text(a, o, S("label"), i->zh.n ? i->zh : i->name, i->en);
    out_opt(a, o, S("period"), period_of(a, i, period));
    out_opt(a, o, S("unit"), i->unit);
    out_null(a, o, S("counts"));
    out_str(a, o, S("why"), fact_text(r, M_PEOPLE_MASKED, S(""), S("")));
    out_list(a, o, S("others"));
    out_bool(a, o, S("conflict"), false);
    out_null(a, o, S("borrowed_from"));
    out_bool(a, o, S("missing"), false);
    out_rules(s, o, i);
    out_bool(a, o, S("masked"), true);
}

/* Newest period first; then the years that rules ask for and nobody has given. */
static void add_field(Facts *s, const Indicator *i) {
    const RowMaker *m = &s->m;
    const FactSlot *slots = NULL;
    int n = 0;
    for (int id = 1; id <= m->names.nindicators; id++)
        if (m->names.indicators[id - 1] == i) slots = fact_slots(&s->k.all, id, &n);
    bool shown = row_shows(m, &s->k, i);
    for (int k = n - 1; k >= 0; k--) {
        if (shown)
            add_group(s, i, slots[k].period, &slots[k]);
        else if (k == n - 1 || slots[k].period != slots[k + 1].period)
            add_masked(s, i, slots[k].period);
    }
    if (!s->missing) return;
    if (i->from_rule.n && n == 0) add_group(s, i, 0, NULL);
    for (int q = 0; q < m->nasked; q++) {
        if (m->asked[q].indicator != i) continue;
        int32_t period = m->asked[q].lag < 0 ? 0 : m->year - m->asked[q].lag;
        bool there = period == 0 && n > 0;
        for (int k = 0; k < n; k++) there |= slots[k].period == period;
        if (!there) add_group(s, i, period, NULL);
    }
}

bool api_facts(Request *r, Response *out) {
    Arena *a = r->c->arena;
    const PackSet *p = r->reg->pack;
    Facts s = {0};
    TableForm form;
    int64_t id;
    Str field = http_query(r, S("field"));
    if (!table_form(r, &form) || !http_id(r, 0, &id) ||
        !http_query_bool(r, S("missing"), true, &s.missing) || !row_maker_open(r, &s.m) ||
        !row_known(&s.m, id, &s.k))
        return false;
    s.only = field.n ? pack_indicator(p, field) : NULL;
    if (field.n && !s.only) return HTTP_INVALID(r, S("?field"), M_HTTP_FIELD, field);
    Json *o = json_new(a, JSON_OBJECT);
    s.items = out_list(a, o, S("items"));
    for (int i = 0; i < p->nindicators; i++)
        if (!s.only || s.only == p->indicators[i]) add_field(&s, p->indicators[i]);
    if (!ctx_ok(r->c) || !journal_read(r, s.k.who.code, s.sensitive)) return false;
    if (form != TABLE_JSON) return facts_export(r, s.k.who.name, s.items, form, out);
    out_int(a, o, S("total"), s.items->count);
    http_out_clocks(r, o);
    http_reply_tagged(out, r, o);
    if (s.sensitive) out->cache = S("no-store"); /* nothing of it stays in a browser */
    return ctx_ok(r->c);
}
