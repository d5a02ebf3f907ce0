/* The sample of a round: drawn once, kept as a record from which anyone draws it again. */
#include "city/review/draw.h"

#include "city/review/round.h"
#include "city/review/round_parts.h"

static Json *texts(Arena *a, const Str *list, int n) {
    Json *j = json_new(a, JSON_ARRAY);
    for (int i = 0; i < n; i++) json_push(j, json_string(a, list[i]));
    return j;
}

/* Inspectors the wall keeps from a candidate: declared interests in the subject, own seats. */
static bool kept_from(Db *db, const Candidate *k, const Str *who, int n, bool *kept) {
    for (int i = 0; i < n; i++)
        kept[i] =
            Q_I64(db, 0, "SELECT count(*) FROM review_wall WHERE candidate = $1 AND person = $2",
                  db_i(k->id), db_s(who[i])) > 0 ||
            Q_I64(db, 0,
                  "SELECT count(*) FROM interest i JOIN app_user u ON u.id = i.app_user "
                  "WHERE u.name = $1 AND i.subject = $2 AND i.ended_ms IS NULL",
                  db_s(who[i]), db_i(k->subject)) > 0;
    return ctx_ok(db_ctx(db));
}

static bool draw_one(Db *db, const Round *r, const Candidate *k, const Str *who, int n,
                     Json *sample) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    bool *kept = NEW_N(a, bool, n + 1);
    Drawn *d = NEW_N(a, Drawn, n + 1);
    Str *behind = NEW_N(a, Str, n + 1);
    int nbehind = 0, want = r->setting.inspectors;
    if (!kept_from(db, k, who, n, kept)) return false;
    int got = draw_inspectors(a, r->seed, k->number, who, kept, n, want, d);
    if (got < want) return FAIL(c, ERR_RULE, M_DRAW_FEW, k->number, str_printf(a, "%d", want));
    Json *e = json_push(sample, json_new(a, JSON_OBJECT));
    json_set(e, S("case"), json_string(a, k->number));
    Json *list = json_set(e, S("inspectors"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < got; i++) json_push(list, json_string(a, who[d[i].member]));
    for (int i = 0; i < n; i++)
        if (kept[i]) behind[nbehind++] = who[i];
    json_set(e, S("kept_from"), texts(a, behind, nbehind));
    return true;
}

static Json *record_of(Arena *a, const Round *r, const Str *numbers, int n, const Str *who,
                       int nwho) {
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("round"), json_int(a, r->id));
    json_set(o, S("seed"), json_string(a, r->seed));
    json_set(o, S("seed_sm3"), json_string(a, r->seed_sm3));
    json_set(o, S("seed_sha256"), json_string(a, r->seed_sha256));
    json_set(o, S("list_sha256"), json_string(a, r->list_sha256));
    json_set(o, S("list"), texts(a, numbers, n));
    json_set(o, S("n"), json_int(a, r->setting.sample));
    json_set(o, S("inspectors"), texts(a, who, nwho));
    json_set(o, S("per_case"), json_int(a, r->setting.inspectors));
    return o;
}

bool round_draw(Db *db, const Round *r, const Str *who, int nwho, const Act *act, Str *record) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    Candidate *k;
    int n;
    int64_t total;
    if (!r->listed_ms) return FAIL(c, ERR_STATE, M_ROUND_NOT_LISTED);
    if (!r->setting.sample || !r->setting.inspectors) return FAIL(c, ERR_STATE, M_DRAW_UNSET);
    if (!review_touch(db, r->id) || !round_drawn(db, r->id, record)) return false;
    if (record->n) return FAIL(c, ERR_STATE, M_DRAW_DONE);
    if (!round_candidates(db, &(CandidateFilter){.round = r->id, .had = -1}, &k, &n, &total))
        return false;
    Str *numbers = NEW_N(a, Str, n + 1);
    Drawn *d = NEW_N(a, Drawn, n + 1);
    for (int i = 0; i < n; i++) numbers[i] = k[i].number;
    int got = draw_cases(a, r->seed, numbers, n, r->setting.sample, d);
    Json *o = record_of(a, r, numbers, n, who, nwho);
    Json *sample = json_set(o, S("sample"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < got; i++)
        if (!draw_one(db, r, &k[d[i].member], who, nwho, sample)) return false;
    *record = review_text(a, o);
    return EXEC(db, "INSERT INTO review_draw(round, record, actor, at_ms) VALUES ($1, $2, $3, $4)",
                db_i(r->id), db_s(*record), db_s(act->actor), db_i(c->now_ms)) &&
           review_note(db, act, S("round.draw"), r->id, o);
}

bool round_drawn(Db *db, int64_t round, Str *record) {
    Ctx *c = db_ctx(db);
    *record = S("");
    Rows *q = Q(db, "SELECT record FROM review_draw WHERE round = $1", db_i(round));
    if (q && row_next(q)) *record = str_dup(c->arena, row_str(q, 0));
    if (q) rows_close(q);
    return ctx_ok(c);
}

/* --- drawing again ---------------------------------------------------------------------------- */

static Str *read_texts(Arena *a, const Json *j, int *n) {
    *n = j ? j->count : 0;
    Str *list = NEW_N(a, Str, *n + 1);
    int i = 0;
    for (const Json *e = j ? j->first : NULL; e; e = e->next) list[i++] = json_str(e, S(""));
    return list;
}

static bool has(const Str *list, int n, Str s) {
    for (int i = 0; i < n; i++)
        if (str_eq(list[i], s)) return true;
    return false;
}

static bool same_inspectors(Arena *a, Str seed, const Json *e, const Str *who, int nwho, int per) {
    int nkept, nsaid;
    Str *behind = read_texts(a, json_get(e, S("kept_from")), &nkept);
    Str *said = read_texts(a, json_get(e, S("inspectors")), &nsaid);
    bool *kept = NEW_N(a, bool, nwho + 1);
    Drawn *d = NEW_N(a, Drawn, nwho + 1);
    for (int i = 0; i < nwho; i++) kept[i] = has(behind, nkept, who[i]);
    int got = draw_inspectors(a, seed, json_get_str(e, S("case")), who, kept, nwho, per, d);
    bool same = got == nsaid;
    for (int i = 0; same && i < got; i++) same = str_eq(who[d[i].member], said[i]);
    return same;
}

bool round_redraw(Ctx *c, const Json *record, Str *what) {
    Arena *a = c->arena;
    int n, nwho, i = 0;
    Str seed = json_get_str(record, S("seed"));
    Str *list = read_texts(a, json_get(record, S("list")), &n);
    Str *who = read_texts(a, json_get(record, S("inspectors")), &nwho);
    DrawCommit k = {json_get_str(record, S("seed_sm3")), json_get_str(record, S("seed_sha256"))};
    *what = S("seed");
    if (!draw_commit_holds(a, seed, &k)) return false;
    *what = S("list");
    if (!str_eq(draw_list_digest(a, list, n), json_get_str(record, S("list_sha256")))) return false;
    Drawn *d = NEW_N(a, Drawn, n + 1);
    int64_t want = json_get_i64(record, S("n"), 0), per = json_get_i64(record, S("per_case"), 0);
    const Json *sample = json_get(record, S("sample"));
    *what = S("n");
    if (want < 1 || want > INT32_MAX || per < 0 || per > INT32_MAX || !sample) return false;
    int got = draw_cases(a, seed, list, n, (int)want, d);
    *what = S("sample");
    if (sample->count != got) return false;
    for (const Json *e = sample->first; e; e = e->next, i++) {
        *what = json_get_str(e, S("case"));
        if (!str_eq(*what, list[d[i].member])) return false;
        if (!same_inspectors(a, seed, e, who, nwho, (int)per)) return false;
    }
    return true;
}
