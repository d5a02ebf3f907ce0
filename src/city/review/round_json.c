/* What rounds and reviews look like as JSON, for the API and the command line alike. */
#include "base/date.h"
#include "city/evaluate.h"
#include "city/memo.h"
#include "city/review/round_act.h"
#include "city/review/round_parts.h"

enum { PREVIEW_NEAR_MOST = 500 };

static void text(Arena *a, Json *o, const char *key, Str s) {
    json_set(o, str_from(key), json_string(a, s));
}
static void number(Arena *a, Json *o, const char *key, int64_t n) {
    json_set(o, str_from(key), json_int(a, n));
}
static void moment(Arena *a, Json *o, const char *key, int64_t ms) {
    json_set(o, str_from(key), ms ? json_string(a, instant_text(a, ms)) : json_new(a, JSON_NULL));
}
static Json *member(Arena *a, Json *o, const char *key, JsonKind kind) {
    return json_set(o, str_from(key), json_new(a, kind));
}

Json *round_row_json(Arena *a, const Round *r) {
    Json *o = json_new(a, JSON_OBJECT);
    number(a, o, "id", r->id);
    number(a, o, "version", r->version);
    text(a, o, "title", r->title);
    text(a, o, "rule", r->rule);
    text(a, o, "rule_version", r->rule_version);
    text(a, o, "rule_hash", r->rule_hash);
    moment(a, o, "created", r->created_ms);
    moment(a, o, "opened", r->opened_ms);
    moment(a, o, "listed", r->listed_ms);
    moment(a, o, "assigned", r->assigned_ms);
    moment(a, o, "second", r->second_ms);
    moment(a, o, "scored", r->scored_ms);
    moment(a, o, "decided", r->decided_ms);
    return o;
}

static void count(Arena *a, Json *o, Str key, int64_t n) {
    Str name = key.n ? key : S("none");
    Json *is = json_get(o, name);
    long long sum = json_get_i64(o, name, 0) + n;
    if (is)
        is->text = str_printf(a, "%lld", sum);
    else
        json_set(o, name, json_int(a, n));
}

static void tally_json(Arena *a, Json *o, const RoundTally *t) {
    Json *f = member(a, o, "funnel", JSON_OBJECT), *by = member(a, o, "outcomes", JSON_OBJECT);
    Json *moves = member(a, o, "movements", JSON_OBJECT);
    Json *matrix = member(a, o, "matrix", JSON_OBJECT);
    Json *was[] = {member(a, matrix, "0", JSON_OBJECT), member(a, matrix, "1", JSON_OBJECT),
                   member(a, matrix, "2", JSON_OBJECT)};
    for (int i = 0; i < t->nkinds; i++) {
        const TallyKind *k = &t->kind[i];
        Candidate one = {.verdict = k->verdict, .had = k->had};
        count(a, by, k->outcome, k->count);
        count(a, moves, round_movement(&one), k->count);
        count(a, was[k->had == 1 || k->had == 2 ? k->had : 0], k->verdict, k->count);
    }
    number(a, f, "candidates", t->candidates);
    number(a, f, "met", json_get_i64(by, S("met"), 0));
    number(a, f, "seats", t->seats);
    number(a, f, "submitted", t->submitted);
    number(a, f, "scored", t->scored);
    number(a, f, "passing", t->passing);
    number(a, f, "decided", t->decided);
}

/* Every change of what is signed raises the version of its round; the version is read again, so
 * that the digest of a newer one is not kept under it. */
static bool content_of(Db *db, const Register *reg, const Round *r, Str *out) {
    Arena *a = db_ctx(db)->arena;
    Str key = str_printf(a, "content %lld %lld", (long long)r->id, (long long)r->version);
    if (memo_get(reg->memo, a, key, out)) return true;
    if (!round_content(db, r, out)) return false;
    if (Q_I64(db, 0, "SELECT version FROM review_round WHERE id = $1", db_i(r->id)) == r->version)
        memo_put(reg->memo, key, *out);
    return ctx_ok(db_ctx(db));
}

bool round_json(Db *db, const Register *reg, const Round *r, Json **out) {
    Arena *a = db_ctx(db)->arena;
    RoundTally t;
    Str content;
    if (!round_tally(db, r, &t) || !content_of(db, reg, r, &content)) return false;
    Json *o = *out = round_row_json(a, r);
    number(a, o, "case", r->case_file);
    number(a, o, "seq", r->seq);
    text(a, o, "setting_sm3", r->setting_sm3);
    text(a, o, "seed_sm3", r->seed_sm3);
    text(a, o, "seed_sha256", r->seed_sha256);
    text(a, o, "seed", r->seed);
    text(a, o, "list_sha256", r->list_sha256);
    text(a, o, "content_sm3", content);
    json_set(o, S("setting"), json_parse(db_ctx(db), r->setting_text, S("setting")));
    tally_json(a, o, &t);
    Json *signs = member(a, o, "signatures", JSON_ARRAY);
    Rows *q = Q(db,
                "SELECT actor, at_ms, content_sm3 FROM review_signature WHERE object = $1 "
                "ORDER BY id",
                db_s(str_printf(a, "round:%lld", (long long)r->id)));
    while (q && row_next(q)) {
        Json *e = json_push(signs, json_new(a, JSON_OBJECT));
        text(a, e, "actor", str_dup(a, row_str(q, 0)));
        moment(a, e, "at", row_i64(q, 1));
        json_set(e, S("void"), json_bool(a, !str_eq(row_str(q, 2), content)));
    }
    if (q) rows_close(q);
    return ctx_ok(db_ctx(db));
}

Json *round_candidate_json(Arena *a, const Candidate *k) {
    Json *o = json_new(a, JSON_OBJECT);
    number(a, o, "id", k->id);
    text(a, o, "number", k->number);
    number(a, o, "subject", k->subject);
    text(a, o, "code", k->subject_code);
    text(a, o, "name", k->name);
    text(a, o, "division", k->division);
    text(a, o, "field", k->field);
    number(a, o, "had", k->had);
    text(a, o, "outcome", k->outcome);
    text(a, o, "result", k->result);
    number(a, o, "decision", k->decision);
    text(a, o, "kept", k->kept);
    number(a, o, "scored", k->scored);
    text(a, o, "score", k->score);
    text(a, o, "verdict", k->verdict);
    text(a, o, "movement", round_movement(k));
    text(a, o, "code_of_reason", k->code);
    text(a, o, "reason", k->reason);
    return o;
}

static void file_json(Arena *a, const RoundSetting *s, const Candidate *k, const FileStats *f,
                      Json *o) {
    int d = s->score.decimals;
    Dec spread = f->high;
    (void)dec_sub(&spread, &f->high, &f->low);
    text(a, o, "number", k->number);
    text(a, o, "name", k->name);
    number(a, o, "sheets", f->sheets);
    bool vote = s->score.method == SCORE_VOTE, ready = f->result.state == SCORE_READY;
    text(a, o, "result",
         !ready ? S("")
         : vote ? str_printf(a, "%d", f->result.yes)
                : dec_fixed(a, &f->result.value, d));
    number(a, o, "missing", f->result.missing);
    number(a, o, "rank", f->rank);
    number(a, o, "adjusted", f->adjusted);
    number(a, o, "best", f->best);
    number(a, o, "worst", f->worst);
    number(a, o, "flips", f->flips);
    text(a, o, "spread", dec_fixed(a, &spread, d));
    text(a, o, "deviation", dec_fixed(a, &f->deviation, d));
}

static bool make_panel(Db *db, const Round *r, Json **out) {
    Arena *a = db_ctx(db)->arena;
    PanelView v;
    Json *wall;
    if (!panel_view(db, r, &v) || !panel_wall(db, r->id, &wall)) return false;
    Json *o = *out = json_new(a, JSON_OBJECT);
    number(a, o, "seats", v.seats);
    number(a, o, "submitted", v.submitted);
    Json *members = member(a, o, "members", JSON_ARRAY), *files = member(a, o, "files", JSON_ARRAY);
    for (int i = 0; i < v.nmembers; i++) {
        const PanelMember *m = &v.members[i];
        const ReviewerStats *s = &v.member[i];
        Json *e = json_push(members, json_new(a, JSON_OBJECT));
        text(a, e, "person", m->person);
        Json *fields = member(a, e, "fields", JSON_ARRAY);
        for (int k = 0; k < m->nfields; k++) json_push(fields, json_string(a, m->fields[k]));
        number(a, e, "most", m->most);
        json_set(e, S("chair"), json_bool(a, m->chair));
        json_set(e, S("gone"), json_bool(a, m->gone));
        number(a, e, "load", m->load);
        number(a, e, "submitted", m->submitted);
        text(a, e, "leniency", s->compared ? dec_fixed(a, &s->leniency, 2) : S(""));
        number(a, e, "highest", s->highest);
        number(a, e, "lowest", s->lowest);
    }
    for (int f = 0; f < v.nfiles; f++)
        file_json(a, &r->setting, &v.files[f], &v.file[f],
                  json_push(files, json_new(a, JSON_OBJECT)));
    json_set(o, S("wall"), wall);
    return true;
}

/* What the panel depends on: the round, its sheets, the names of its candidates (seq). */
static bool panel_key(Db *db, const Round *r, Str *key) {
    FactAt at = {0};
    if (!fact_at(db, &at)) return false;
    Rows *q = Q(db,
                "SELECT count(*), sum(version), max(submitted_ms) FROM review_seat "
                "WHERE round = $1 AND ended_ms = 0",
                db_i(r->id));
    if (q && row_next(q))
        *key =
            str_printf(db_ctx(db)->arena, "panel %lld %lld %lld %lld %lld %lld", (long long)r->id,
                       (long long)r->version, (long long)at.seq, (long long)row_i64(q, 0),
                       (long long)row_i64(q, 1), (long long)row_i64(q, 2));
    if (q) rows_close(q);
    return ctx_ok(db_ctx(db));
}

bool panel_json(Db *db, const Register *reg, const Round *r, Json **out) {
    Ctx *c = db_ctx(db);
    Str key = S(""), after = S(""), kept;
    Round now = *r;
    if (!panel_key(db, r, &key)) return false;
    if (memo_get(reg->memo, c->arena, key, &kept)) {
        *out = json_parse(c, kept, S("panel"));
        return *out != NULL;
    }
    if (!make_panel(db, r, out)) return false;
    now.version = Q_I64(db, 0, "SELECT version FROM review_round WHERE id = $1", db_i(r->id));
    if (!panel_key(db, &now, &after)) return false;
    if (str_eq(key, after)) memo_put(reg->memo, key, review_text(c->arena, *out));
    return true;
}

bool round_diff_json(Db *db, const Register *reg, const Round *r, Json **out) {
    Arena *a = db_ctx(db)->arena;
    CandidateDiff *d;
    int n;
    if (!round_diff(db, reg, r, &d, &n)) return false;
    *out = json_new(a, JSON_OBJECT);
    Json *items = member(a, *out, "items", JSON_ARRAY);
    for (int i = 0; i < n; i++) {
        Candidate k;
        Subject s;
        if (!round_candidate(db, d[i].candidate, &k) || !subject_get(db, k.subject, &s))
            return false;
        Json *e = json_push(items, json_new(a, JSON_OBJECT));
        number(a, e, "candidate", k.id);
        text(a, e, "number", k.number);
        text(a, e, "name", s.name);
        text(a, e, "before", outcome_text(d[i].before));
        text(a, e, "after", outcome_text(d[i].after));
        Json *facts = member(a, e, "facts", JSON_ARRAY);
        for (int j = 0; j < d[i].nchanged; j++) json_push(facts, json_string(a, d[i].changed[j]));
    }
    number(a, *out, "total", n);
    return true;
}

/* --- preview ---------------------------------------------------------------------------------- */

typedef struct Outlook {
    Arena *arena;
    Json *met, *near;
    int64_t lacking;
} Outlook;

static bool preview_row(void *user, const Subject *s, const FactSet *facts, const Decision *d) {
    (void)facts;
    Outlook *p = user;
    if (s->kind != SUBJECT_ENTERPRISE) return true;
    if (d->outcome == OUTCOME_MET)
        json_push(p->met, json_string(p->arena, str_dup(p->arena, s->code)));
    if (d->outcome != OUTCOME_UNDECIDABLE || d->nmissing != 1 || d->missing[0].kind != MISSING_FACT)
        return true;
    p->lacking++;
    if (p->near->count >= PREVIEW_NEAR_MOST) return true;
    Json *e = json_push(p->near, json_new(p->arena, JSON_OBJECT));
    text(p->arena, e, "code", str_dup(p->arena, s->code));
    text(p->arena, e, "name", str_dup(p->arena, s->name));
    text(p->arena, e, "lacks", str_dup(p->arena, d->missing[0].name));
    return true;
}

bool round_preview(Db *db, const Register *reg, const Round *r, Json **out) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    const Rule *rule = pack_rule(c, reg->pack, r->rule);
    Outlook p = {.arena = a, .met = json_new(a, JSON_ARRAY), .near = json_new(a, JSON_ARRAY)};
    EvaluateReport report;
    EvaluateOptions o = {.rules = &rule,
                         .nrules = 1,
                         .as_of = r->setting.as_of,
                         .threads = 1,
                         .row = preview_row,
                         .user = &p};
    if (!rule || !register_evaluate(c, reg, &o, &report)) return false;
    *out = json_new(a, JSON_OBJECT);
    number(a, *out, "subjects", report.subjects);
    Json *counts = member(a, *out, "counts", JSON_OBJECT);
    for (int i = 0; i < OUTCOMES; i++)
        json_set(counts, outcome_text((Outcome)i), json_int(a, report.counts[0][i]));
    number(a, *out, "lack_one_fact", p.lacking);
    json_set(*out, S("met"), p.met);
    json_set(*out, S("near"), p.near);
    return true;
}

/* --- a review --------------------------------------------------------------------------------- */

/* Values of facts as the decision at the freeze read them, as far as their grade is open to a
 * reviewer; texts could name somebody and are left out while the pass is blind. */
static bool material(Db *db, const Register *reg, const Candidate *k, bool blind, Json *o,
                     bool *read) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    KeptDecision d;
    int64_t withheld = 0;
    Json *list = member(a, o, "facts", JSON_ARRAY);
    if (!k->decision) return true;
    if (!decision_get(db, k->decision, &d)) return false;
    const Json *packet = json_parse(c, d.packet, S("packet")),
               *facts = json_get(packet, S("facts"));
    for (const Json *f = facts ? facts->first : NULL; f; f = f->next) {
        const Indicator *i = pack_indicator(reg->pack, json_get_str(f, S("name")));
        const Json *value = json_get(f, S("value"));
        Str plain = json_str(value, S(""));
        bool speaks = value && value->kind != JSON_BOOL && !json_is_number(plain) &&
                      !(plain.n == 10 && plain.p[4] == '-');
        if (!i || i->grade > (blind ? GRADE_INTERNAL : GRADE_SENSITIVE) || (blind && speaks)) {
            withheld++;
            continue;
        }
        *read = *read || i->grade == GRADE_SENSITIVE;
        Json *e = json_push(list, json_new(a, JSON_OBJECT));
        text(a, e, "name", i->name);
        number(a, e, "year", json_get_i64(f, S("year"), 0));
        text(a, e, "value",
             value && value->kind <= JSON_STRING
                 ? json_str(value, value->truth ? S("true") : S("false"))
             : value ? review_text(a, value)
                     : S(""));
        text(a, e, "unit", json_get_str(f, S("unit")));
    }
    number(a, o, "withheld", withheld);
    text(a, o, "outcome", k->outcome);
    return ctx_ok(c);
}

static bool others(Db *db, const Seat *s, Json *o) {
    Ctx *c = db_ctx(db);
    Seat *all;
    int n;
    Json *list = member(c->arena, o, "others", JSON_ARRAY);
    if (!seat_list_of(db, s->candidate, &all, &n)) return false;
    for (int i = 0; i < n; i++) {
        if (all[i].id == s->id) continue;
        Json *e = json_push(list, json_new(c->arena, JSON_OBJECT));
        text(c->arena, e, "person", all[i].person);
        json_set(e, S("sheet"), json_parse(c, all[i].sheet, S("sheet")));
    }
    return ctx_ok(c);
}

static bool documents(Db *db, const Round *r, const Seat *s, Json *o) {
    Arena *a = db_ctx(db)->arena;
    CaseDocument *d = NULL;
    int n, later;
    if (!seat_documents(db, r, s, &d, &n, &later)) return false;
    Json *list = member(a, o, "documents", JSON_ARRAY);
    for (int i = 0; i < n; i++) {
        Json *e = json_push(list, json_new(a, JSON_OBJECT));
        number(a, e, "id", d[i].id);
        text(a, e, "kind", d[i].kind);
        text(a, e, "name", d[i].name);
        text(a, e, "type", evidence_type_text(d[i].type));
        number(a, e, "size", d[i].size);
        text(a, e, "grade", grade_text(d[i].grade));
    }
    number(a, o, "documents_later", later);
    return true;
}

bool seat_json(Db *db, const Register *reg, const Round *r, const Seat *s, Json **out, bool *read) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    Candidate k;
    bool second = r->second_ms > 0;
    *read = false;
    if (!round_candidate(db, s->candidate, &k)) return false;
    Json *o = *out = json_new(a, JSON_OBJECT);
    number(a, o, "id", s->id);
    number(a, o, "version", s->version);
    number(a, o, "round", r->id);
    text(a, o, "round_title", r->title);
    text(a, o, "number", s->number);
    text(a, o, "field", k.field);
    number(a, o, "pass", second ? 2 : 1);
    moment(a, o, "declared", s->declared_ms);
    moment(a, o, "saved", s->saved_ms);
    moment(a, o, "submitted", s->submitted_ms);
    text(a, o, "score_by",
         r->setting.score_by == INT64_MAX ? S("") : date_text(a, r->setting.score_by));
    json_set(o, S("closed"), json_bool(a, r->scored_ms > 0));
    text(a, o, "method", score_method_text(r->setting.score.method));
    json_set(o, S("demo"), json_bool(a, r->setting.demo));
    if (!s->declared_ms) return true; /* nothing of the file before interests are declared */
    const Json *list = json_get(r->setting.json, S("criteria"));
    Json *criteria = member(a, o, "criteria", JSON_ARRAY);
    for (const Json *e = list ? list->first : NULL; e; e = e->next)
        json_push(criteria, arena_copy(a, e, sizeof *e));
    json_set(o, S("sheet"), json_parse(c, s->sheet, S("sheet")));
    if (second) {
        Subject subject;
        if (!subject_get(db, k.subject, &subject)) return false;
        text(a, o, "name", subject.name);
        text(a, o, "code", subject.code);
    }
    if (r->scored_ms) return true; /* the work is over, and what was opened for it closes */
    return (!second || others(db, s, o)) && material(db, reg, &k, !second, o, read) &&
           documents(db, r, s, o);
}
