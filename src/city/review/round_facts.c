/* The facts of a round: closing the list decides every candidate at one seq; later facts show as
 * differences, which a person runs again or passes over with a reason. */
#include "base/date.h"
#include "city/memo.h"
#include "city/review/round.h"
#include "city/review/round_parts.h"

/* What deciding the candidates of one round needs, read once. */
typedef struct Point {
    const Register *reg;
    const Rule *rule;
    const RuleVersion *version;
    FactAt at;
    FactNames names;
    int year;
    int64_t as_of;
} Point;

static bool point_open(Db *db, const Register *reg, const Round *r, int64_t as_known, int64_t seq,
                       Point *p) {
    *p = (Point){.reg = reg, .year = r->setting.year, .as_of = r->setting.as_of};
    p->version = round_rule(db_ctx(db), reg, r, &p->rule);
    p->at = (FactAt){.as_of = r->as_of, .as_known = as_known, .seq = seq};
    return p->version && fact_at(db, &p->at) && fact_names(db, reg->pack, &p->at, &p->names);
}

static bool decide_one(Db *db, const Point *p, int64_t subject, FactSet *set, Decision *d) {
    if (!register_facts(db, &p->names, subject, &p->at, set)) return false;
    DecideOptions o = {.as_of = p->as_of,
                       .as_known_ms = p->at.as_known,
                       .seq = p->at.seq,
                       .year = p->year,
                       .version = p->version};
    *d = decide(db_ctx(db)->arena, p->reg->book, p->rule, set, &o);
    return true;
}

static Str value_text(Arena *a, Val v) {
    const Json *j = value_to_json(a, v);
    return j->kind == JSON_NULL ? S("") : j->kind == JSON_STRING ? j->text : review_text(a, j);
}

/* Decides and keeps the packet. */
static bool keep(Db *db, const Point *p, int64_t candidate, int64_t subject, const Act *act) {
    FactSet set;
    Decision d;
    if (!decide_one(db, p, subject, &set, &d)) return false;
    int64_t id = decision_keep(db, subject, &d, &set, act);
    return id && EXEC(db,
                      "UPDATE review_candidate SET outcome = $1, result = $2, decision = $3, "
                      "kept = '', seq = $4, known_ms = $5 WHERE id = $6",
                      db_s(outcome_text(d.outcome)), db_s(value_text(db_ctx(db)->arena, d.result)),
                      db_i(id), db_i(p->at.seq), db_i(p->at.as_known), db_i(candidate));
}

static bool all_of(Db *db, int64_t round, Candidate **list, int *n) {
    int64_t total;
    return round_candidates(db, &(CandidateFilter){.round = round, .had = -1}, list, n, &total);
}

static bool reveal(Db *db, const Round *r, const Point *p, const Candidate *k, int n,
                   const Act *act) {
    Arena *a = db_ctx(db)->arena;
    Str *numbers = NEW_N(a, Str, n + 1);
    for (int i = 0; i < n; i++) numbers[i] = k[i].number;
    Str digest = draw_list_digest(a, numbers, n);
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("list_sha256"), json_string(a, digest));
    json_set(o, S("candidates"), json_int(a, n));
    json_set(o, S("seq"), json_int(a, p->at.seq));
    return EXEC(db,
                "UPDATE review_round SET as_known_ms = $1, seq = $2, list_sha256 = $3, "
                "listed_ms = $4 WHERE id = $5",
                db_i(p->at.as_known), db_i(p->at.seq), db_s(digest), db_i(db_ctx(db)->now_ms),
                db_i(r->id)) &&
           review_note(db, act, S("round.close"), r->id, o);
}

bool round_close_list(Db *db, const Register *reg, int64_t id, const Act *act) {
    Ctx *c = db_ctx(db);
    Round r;
    Point p;
    Candidate *k;
    int n;
    if (!review_touch(db, id) || !round_get(db, reg->pack, id, &r)) return false;
    if (!r.opened_ms) return FAIL(c, ERR_STATE, M_ROUND_NOT_OPEN);
    if (r.listed_ms) return FAIL(c, ERR_STATE, M_ROUND_LISTED);
    if (!point_open(db, reg, &r, 0, 0, &p) || !all_of(db, id, &k, &n)) return false;
    if (!n) return FAIL(c, ERR_STATE, M_ROUND_EMPTY);
    for (int i = 0; i < n; i++) {
        ArenaMark mark = arena_mark(c->arena);
        if (!keep(db, &p, k[i].id, k[i].subject, act)) return false;
        arena_rewind(c->arena, mark);
    }
    return reveal(db, &r, &p, k, n, act);
}

/* --- what changed ---------------------------------------------------------------------------- */

static const FactUse *same_fact(const Decision *d, const FactUse *f) {
    for (int i = 0; i < d->nfacts; i++)
        if (d->facts[i]->indicator == f->indicator && d->facts[i]->year == f->year)
            return d->facts[i];
    return NULL;
}

static void add_name(Arena *a, CandidateDiff *d, Str name) {
    Str *more = NEW_N(a, Str, d->nchanged + 1);
    for (int i = 0; i < d->nchanged; i++) {
        if (str_eq(d->changed[i], name)) return;
        more[i] = d->changed[i];
    }
    more[d->nchanged++] = name;
    d->changed = more;
}

/* Facts of x that y does not have, or has otherwise. */
static void differing(Arena *a, const Decision *x, const Decision *y, CandidateDiff *d) {
    for (int i = 0; i < x->nfacts; i++) {
        const FactUse *f = x->facts[i], *g = same_fact(y, f);
        if (!g || !str_eq(review_text(a, fact_to_json(a, f)), review_text(a, fact_to_json(a, g))))
            add_name(a, d, f->indicator->name);
    }
}

static bool diff_one(Db *db, const Point *was, const Point *is, const Candidate *k,
                     CandidateDiff *d) {
    Arena *a = db_ctx(db)->arena;
    FactSet x, y;
    Decision before, after;
    *d = (CandidateDiff){.candidate = k->id};
    if (!decide_one(db, was, k->subject, &x, &before) ||
        !decide_one(db, is, k->subject, &y, &after))
        return false;
    d->before = before.outcome;
    d->after = after.outcome;
    differing(a, &before, &after, d);
    differing(a, &after, &before, d);
    return true;
}

/* The point a candidate's facts were looked at: that of the freeze for most. */
static bool point_of(Db *db, const Register *reg, const Round *r, const Candidate *k, Point *p) {
    if (p->version && p->at.seq == k->seq && p->at.as_known == k->known_ms) return true;
    return point_open(db, reg, r, k->known_ms, k->seq, p);
}

static bool diff_all(Db *db, const Register *reg, const Round *r, Point *is, CandidateDiff **out,
                     int *n) {
    Ctx *c = db_ctx(db);
    Point was = {0};
    Candidate *k;
    int count, cap = 0;
    if (!all_of(db, r->id, &k, &count)) return false;
    for (int i = 0; i < count; i++) {
        CandidateDiff d;
        if (is->at.seq == k[i].seq) continue; /* nothing was published since */
        if (!point_of(db, reg, r, &k[i], &was)) return false;
        ArenaMark mark = arena_mark(c->arena);
        if (!diff_one(db, &was, is, &k[i], &d)) return false;
        if (!d.nchanged && d.before == d.after) {
            arena_rewind(c->arena, mark);
            continue;
        }
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = d;
    }
    return ctx_ok(c);
}

/* --- kept differences: after an import they take two decisions a candidate, and each page of the
 * round asks for them
 * -------------------------------------------------------------------------------- */

/* All that differences depend on: where facts stand now, and where each candidate's were looked at.
 */
static bool diff_key(Db *db, const Round *r, int64_t seq, Str *key) {
    Rows *q =
        Q(db, "SELECT count(*), sum(seq), max(known_ms) FROM review_candidate WHERE round = $1",
          db_i(r->id));
    if (q && row_next(q))
        *key = str_printf(db_ctx(db)->arena, "diff %lld %.*s %lld %lld %lld %lld", (long long)r->id,
                          STRF(r->rule_hash), (long long)seq, (long long)row_i64(q, 0),
                          (long long)row_i64(q, 1), (long long)row_i64(q, 2));
    if (q) rows_close(q);
    return ctx_ok(db_ctx(db));
}

static Str diff_text(Arena *a, const CandidateDiff *d, int n) {
    Json *list = json_new(a, JSON_ARRAY);
    for (int i = 0; i < n; i++) {
        Json *e = json_push(list, json_new(a, JSON_ARRAY));
        json_push(e, json_int(a, d[i].candidate));
        json_push(e, json_int(a, d[i].before));
        json_push(e, json_int(a, d[i].after));
        for (int j = 0; j < d[i].nchanged; j++) json_push(e, json_string(a, d[i].changed[j]));
    }
    return review_text(a, list);
}

static int64_t member_int(const Json *j) {
    int64_t n = 0;
    return j && str_to_i64(json_str(j, S("")), &n) ? n : 0;
}

static bool diff_read(Ctx *c, Str text, CandidateDiff **out, int *n) {
    const Json *list = json_parse(c, text, S("diff"));
    *out = NEW_N(c->arena, CandidateDiff, (list ? list->count : 0) + 1);
    for (const Json *e = list ? list->first : NULL; e; e = e->next) {
        CandidateDiff *d = &(*out)[(*n)++];
        const Json *before = e->first->next, *after = before->next;
        *d = (CandidateDiff){.candidate = member_int(e->first),
                             .before = (Outcome)member_int(before),
                             .after = (Outcome)member_int(after),
                             .changed = NEW_N(c->arena, Str, e->count)};
        for (const Json *f = after->next; f; f = f->next)
            d->changed[d->nchanged++] = json_str(f, S(""));
    }
    return ctx_ok(c);
}

bool round_diff(Db *db, const Register *reg, const Round *r, CandidateDiff **out, int *n) {
    Ctx *c = db_ctx(db);
    Point is;
    Str key = S(""), kept;
    *out = NULL;
    *n = 0;
    if (!r->listed_ms) return FAIL(c, ERR_STATE, M_ROUND_NOT_LISTED);
    if (!point_open(db, reg, r, 0, 0, &is) || !diff_key(db, r, is.at.seq, &key)) return false;
    if (memo_get(reg->memo, c->arena, key, &kept)) return diff_read(c, kept, out, n);
    if (!diff_all(db, reg, r, &is, out, n)) return false;
    memo_put(reg->memo, key, diff_text(c->arena, *out, *n));
    return true;
}

bool round_rerun(Db *db, const Register *reg, const Round *r, int64_t id, bool again,
                 const Act *act) {
    Ctx *c = db_ctx(db);
    Candidate k;
    Point p;
    if (!review_touch(db, r->id) || !round_candidate(db, id, &k)) return false;
    if (!r->listed_ms || r->decided_ms)
        return FAIL(c, ERR_STATE, r->decided_ms ? M_ROUND_DECIDED : M_ROUND_NOT_LISTED);
    if (k.round != r->id) return FAIL(c, ERR_MISSING, M_CANDIDATE_MISSING, k.number);
    Json *o = json_new(c->arena, JSON_OBJECT);
    json_set(o, S("candidate"), json_string(c->arena, k.number));
    json_set(o, S("again"), json_bool(c->arena, again));
    if (!point_open(db, reg, r, 0, 0, &p)) return false;
    bool ok = again ? keep(db, &p, id, k.subject, act)
                    : EXEC(db,
                           "UPDATE review_candidate SET kept = $1, seq = $2, known_ms = $3 "
                           "WHERE id = $4",
                           db_s(act->reason), db_i(p.at.seq), db_i(p.at.as_known), db_i(id));
    return ok && review_note(db, act, again ? S("round.rerun") : S("round.keep"), r->id, o);
}
