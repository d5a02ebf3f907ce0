/* The candidates of a round: one, a part of the list, what they add up to. See round.h.
 *
 * A round has thousands and a page a hundred: the store filters, counts and cuts, only names are
 * looked for here, because the name of an enterprise is that of what it was merged into.
 */
#include "city/review/round.h"

#include "city/review/round_parts.h"

#define CANDIDATE                                                                                  \
    "k.id, k.round, k.case_file, k.subject, k.number, k.field, k.outcome, k.result, k.kept, "      \
    "k.score, k.verdict, k.code, k.reason, k.had, k.scored, k.decision, k.entered_ms, "            \
    "k.seq, k.known_ms"
static void read_candidate(Arena *a, Rows *q, Candidate *k) {
    *k = (Candidate){.id = row_i64(q, 0),
                     .round = row_i64(q, 1),
                     .case_file = row_i64(q, 2),
                     .subject = row_i64(q, 3),
                     .had = (int)row_i64(q, 13),
                     .scored = (int)row_i64(q, 14),
                     .decision = row_i64(q, 15),
                     .entered_ms = row_i64(q, 16),
                     .seq = row_i64(q, 17),
                     .known_ms = row_i64(q, 18)};
    Str *const texts[] = {&k->number, &k->field,   &k->outcome, &k->result, &k->kept,
                          &k->score,  &k->verdict, &k->code,    &k->reason};
    for (int i = 0; i < 9; i++) *texts[i] = str_dup(a, row_str(q, 4 + i));
}

bool round_candidate(Db *db, int64_t id, Candidate *out) {
    Ctx *c = db_ctx(db);
    Rows *q = Q(db, "SELECT " CANDIDATE " FROM review_candidate k WHERE k.id = $1", db_i(id));
    bool there = q && row_next(q);
    if (there) read_candidate(c->arena, q, out);
    if (q) rows_close(q);
    return ctx_ok(c) && (there || FAIL(c, ERR_MISSING, M_CANDIDATE_MISSING,
                                       str_printf(c->arena, "%lld", (long long)id)));
}

Str round_movement(const Candidate *k) {
    bool admit = str_eq(k->verdict, S("admit")), refuse = str_eq(k->verdict, S("refuse"));
    if (admit) return k->had == 0 ? S("new") : k->had == 1 ? S("kept") : S("moved");
    if (refuse) return k->had == 1 ? S("leaves") : S("refused");
    return str_eq(k->verdict, S("hold")) ? S("held") : S("open");
}

/* Names of all, in chunks of one query each. */
static bool names(Db *db, Candidate *list, int n) {
    Arena *a = db_ctx(db)->arena;
    int64_t *ids = NEW_N(a, int64_t, n + 1);
    Subject *s = NEW_N(a, Subject, n + 1);
    for (int i = 0; i < n; i++) ids[i] = list[i].subject;
    if (!subject_get_many(db, ids, n, s)) return false;
    for (int i = 0; i < n; i++) {
        list[i].name = s[i].name;
        list[i].subject_code = s[i].code;
        list[i].division = s[i].unit.n ? s[i].unit : s[i].division;
    }
    return true;
}

/* --- parts of the list --------------------------------------------------------------------------
 */

/* round_movement in the store's words. */
#define MOVEMENT                                                                                   \
    "CASE k.verdict WHEN 'admit' THEN CASE k.had WHEN 0 THEN 'new' WHEN 1 THEN 'kept' "            \
    "ELSE 'moved' END WHEN 'refuse' THEN CASE k.had WHEN 1 THEN 'leaves' ELSE 'refused' END "      \
    "WHEN 'hold' THEN 'held' ELSE 'open' END"
#define WHERE                                                                                      \
    "FROM review_candidate k WHERE k.round = $1 AND ($2 = '' OR k.outcome = $2) AND "              \
    "($3 < 0 OR k.had = $3) AND ($4 = 0 OR k.verdict = $5) AND ($6 = '' OR " MOVEMENT " = $6) "

enum { FILTER_ARGS = 6 };

static void filter_args(const CandidateFilter *f, DbVal *v) {
    bool none = str_eq(f->verdict, S("none"));
    v[0] = db_i(f->round);
    v[1] = db_s(f->outcome);
    v[2] = db_i(f->had);
    v[3] = db_i(f->verdict.n > 0);
    v[4] = db_s(none ? S("") : f->verdict);
    v[5] = db_s(f->movement);
}

static bool page(Db *db, const CandidateFilter *f, Candidate **out, int *n, int64_t *total) {
    Ctx *c = db_ctx(db);
    DbVal v[FILTER_ARGS + 2];
    int cap = 0;
    filter_args(f, v);
    *total = db_one_i64(db, 0, "SELECT count(*) " WHERE, FILTER_ARGS, v);
    v[FILTER_ARGS] = db_i(f->limit > 0 ? f->limit : INT64_MAX);
    v[FILTER_ARGS + 1] = db_i(f->offset);
    Rows *q = db_query(db, "SELECT " CANDIDATE " " WHERE "ORDER BY k.id LIMIT $7 OFFSET $8",
                       FILTER_ARGS + 2, v);
    while (q && row_next(q)) {
        GROW(c->arena, *out, *n, cap);
        read_candidate(c->arena, q, &(*out)[(*n)++]);
    }
    if (q) rows_close(q);
    return ctx_ok(c) && names(db, *out, *n);
}

/* What names and scores are compared by. */
typedef struct Slim {
    int64_t id, subject;
    Str number, score, name, code;
    bool merged;
} Slim;

static bool slim_list(Db *db, const CandidateFilter *f, Slim **out, int *n) {
    Ctx *c = db_ctx(db);
    DbVal v[FILTER_ARGS];
    int cap = 0;
    *out = NULL;
    *n = 0;
    filter_args(f, v);
    Rows *q = db_query(db,
                       "SELECT w.id, w.subject, w.number, w.score, s.name, s.code, s.merged_into "
                       "FROM (SELECT k.id, k.subject, k.number, k.score " WHERE ") w "
                       "JOIN subject s ON s.id = w.subject ORDER BY w.id",
                       FILTER_ARGS, v);
    while (q && row_next(q)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = (Slim){.id = row_i64(q, 0),
                                .subject = row_i64(q, 1),
                                .number = str_dup(c->arena, row_str(q, 2)),
                                .score = str_dup(c->arena, row_str(q, 3)),
                                .name = str_dup(c->arena, row_str(q, 4)),
                                .code = str_dup(c->arena, row_str(q, 5)),
                                .merged = !row_null(q, 6)};
    }
    if (q) rows_close(q);
    for (int i = 0; i < *n; i++) {
        Subject root;
        if (!(*out)[i].merged) continue;
        if (!subject_get(db, (*out)[i].subject, &root)) return false;
        (*out)[i].name = root.name;
        (*out)[i].code = root.code;
    }
    return ctx_ok(c);
}

static bool fits(const CandidateFilter *f, const Dec *least, const Slim *k) {
    Dec score;
    if (least && (!k->score.n || !dec_parse(k->score, &score) || dec_cmp(&score, least) < 0))
        return false;
    return !f->q.n || str_find(k->name, f->q) >= 0 || str_find(k->code, f->q) >= 0 ||
           str_eq(k->number, f->q);
}

/* Names and scores are compared here, and only the page is read whole. */
static bool searched(Db *db, const CandidateFilter *f, Candidate **out, int *n, int64_t *total) {
    Ctx *c = db_ctx(db);
    Dec least;
    Slim *all;
    int count, cap = 0;
    bool scored = f->least.n && dec_parse(f->least, &least);
    if (!slim_list(db, f, &all, &count)) return false;
    for (int i = 0; i < count; i++) {
        if (!fits(f, scored ? &least : NULL, &all[i])) continue;
        int64_t place = (*total)++;
        if (place < f->offset || (f->limit && place >= f->offset + f->limit)) continue;
        GROW(c->arena, *out, *n, cap);
        if (!round_candidate(db, all[i].id, &(*out)[(*n)++])) return false;
    }
    return names(db, *out, *n);
}

bool round_candidates(Db *db, const CandidateFilter *f, Candidate **out, int *n, int64_t *total) {
    *out = NULL;
    *n = 0;
    *total = 0;
    return f->q.n || f->least.n ? searched(db, f, out, n, total) : page(db, f, out, n, total);
}

/* --- sums ---------------------------------------------------------------------------------------
 */

static bool passing(Db *db, const Round *r, RoundTally *t) {
    Rows *q = Q(db,
                "SELECT score, count(*) FROM review_candidate WHERE round = $1 AND scored = 1 "
                "GROUP BY score",
                db_i(r->id));
    while (q && row_next(q)) {
        Dec d;
        if (!r->setting.has_minimum ||
            (dec_parse(row_str(q, 0), &d) && dec_cmp(&d, &r->setting.minimum) >= 0))
            t->passing += row_i64(q, 1);
    }
    if (q) rows_close(q);
    return ctx_ok(db_ctx(db));
}

bool round_tally(Db *db, const Round *r, RoundTally *out) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = (RoundTally){0};
    Rows *q = Q(db,
                "SELECT outcome, verdict, had, count(*), sum(CASE WHEN scored <> 0 THEN 1 ELSE 0 "
                "END) FROM review_candidate WHERE round = $1 GROUP BY outcome, verdict, had "
                "ORDER BY min(id)",
                db_i(r->id));
    while (q && row_next(q)) {
        GROW(c->arena, out->kind, out->nkinds, cap);
        TallyKind *k = &out->kind[out->nkinds++];
        *k = (TallyKind){.outcome = str_dup(c->arena, row_str(q, 0)),
                         .verdict = str_dup(c->arena, row_str(q, 1)),
                         .had = (int)row_i64(q, 2),
                         .count = row_i64(q, 3)};
        out->candidates += k->count;
        out->scored += row_i64(q, 4);
        out->decided += k->verdict.n ? k->count : 0;
    }
    if (q) rows_close(q);
    q = Q(db,
          "SELECT count(*), sum(CASE WHEN submitted_ms > 0 THEN 1 ELSE 0 END) FROM review_seat "
          "WHERE round = $1 AND ended_ms = 0",
          db_i(r->id));
    if (q && row_next(q)) {
        out->seats = row_i64(q, 0);
        out->submitted = row_i64(q, 1);
    }
    if (q) rows_close(q);
    return ctx_ok(c) && passing(db, r, out);
}
