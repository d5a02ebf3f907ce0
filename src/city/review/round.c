/* Rounds in the store: drafting, opening, entering candidates, reading. See round.h. */
#include "city/review/round.h"

#include "base/date.h"
#include "base/hash.h"
#include "base/secret.h"
#include "city/review/round_parts.h"
#include "store/counter.h"

enum { SEED_BYTES = 32, CHINA_MS = 8 * 3600 * 1000, DAY_MS = 24 * 3600 * 1000 };

Str review_text(Arena *a, const Json *j) {
    Buf b = buf_new(a, 0);
    json_canonical(&b, j);
    return buf_str(&b);
}

bool review_note(Db *db, const Act *act, Str action, int64_t round, const Json *content) {
    Arena *a = db_ctx(db)->arena;
    return journal_add(db, act, action, str_printf(a, "round:%lld", (long long)round),
                       content ? review_text(a, content) : S("{}"));
}

bool review_touch(Db *db, int64_t round) {
    return EXEC(db, "UPDATE review_round SET version = version + 1 WHERE id = $1", db_i(round));
}

bool review_moment(Db *db, const char *sql, int64_t round) {
    int64_t changed = 0;
    return db_exec(db, sql, &changed, 2, (DbVal[]){db_i(db_ctx(db)->now_ms), db_i(round)}) &&
           changed == 1;
}

const RuleVersion *round_rule(Ctx *c, const Register *reg, const Round *r, const Rule **rule) {
    *rule = pack_rule(c, reg->pack, r->rule);
    for (int i = 0; *rule && i < (*rule)->nversions; i++)
        if (str_eq((*rule)->versions[i].hash, r->rule_hash)) return &(*rule)->versions[i];
    if (ctx_ok(c)) FAIL(c, ERR_STATE, M_ROUND_VERSION_GONE, r->rule_version);
    return NULL;
}

/* --- reading ------------------------------------------------------------------------------------
 */

#define COLUMNS                                                                                    \
    "id, version, case_file, title, rule, setting, setting_sm3, rule_version, rule_hash, as_of, "  \
    "as_known_ms, seq, seed, seed_sm3, seed_sha256, list_sha256, created_ms, opened_ms, "          \
    "listed_ms, assigned_ms, second_ms, scored_ms, decided_ms"

static void read_row(Arena *a, Rows *q, Round *r) {
    *r = (Round){.id = row_i64(q, 0), .version = row_i64(q, 1), .case_file = row_i64(q, 2)};
    Str *const texts[] = {&r->title,       &r->rule,         &r->setting_text,
                          &r->setting_sm3, &r->rule_version, &r->rule_hash};
    for (int i = 0; i < 6; i++) *texts[i] = str_dup(a, row_str(q, 3 + i));
    r->as_of = (int32_t)row_i64(q, 9);
    r->as_known_ms = row_i64(q, 10);
    r->seq = row_i64(q, 11);
    r->seed_sm3 = str_dup(a, row_str(q, 13));
    r->seed_sha256 = str_dup(a, row_str(q, 14));
    r->list_sha256 = str_dup(a, row_str(q, 15));
    int64_t *const moments[] = {&r->created_ms, &r->opened_ms, &r->listed_ms, &r->assigned_ms,
                                &r->second_ms,  &r->scored_ms, &r->decided_ms};
    for (int i = 0; i < 7; i++) *moments[i] = row_i64(q, 16 + i);
    if (r->listed_ms) r->seed = str_dup(a, row_str(q, 12));
}

bool round_get(Db *db, const PackSet *p, int64_t id, Round *out) {
    Ctx *c = db_ctx(db);
    Rows *q = Q(db, "SELECT " COLUMNS " FROM review_round WHERE id = $1", db_i(id));
    bool there = q && row_next(q);
    if (there) read_row(c->arena, q, out);
    if (q) rows_close(q);
    if (!ctx_ok(c)) return false;
    if (!there)
        return FAIL(c, ERR_MISSING, M_ROUND_MISSING, str_printf(c->arena, "%lld", (long long)id));
    const Json *j = json_parse(c, out->setting_text, S("setting"));
    return j && round_setting_read(c, p, j, &out->setting);
}

bool round_list(Db *db, int offset, int limit, Round **out, int *n, int64_t *total) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    *total = Q_I64(db, 0, "SELECT count(*) FROM review_round");
    Rows *q = Q(db, "SELECT " COLUMNS " FROM review_round ORDER BY id DESC LIMIT $1 OFFSET $2",
                db_i(limit), db_i(offset));
    while (q && row_next(q)) {
        GROW(c->arena, *out, *n, cap);
        read_row(c->arena, q, &(*out)[(*n)++]);
    }
    if (q) rows_close(q);
    return ctx_ok(c);
}

/* --- writing ------------------------------------------------------------------------------------
 */

int64_t round_add(Db *db, const PackSet *p, const Json *setting, const Act *act) {
    Ctx *c = db_ctx(db);
    RoundSetting s;
    if (!round_setting_read(c, p, setting, &s)) return 0;
    int64_t id = counter_take(db, S("review_round"), 1);
    Str text = review_text(c->arena, setting);
    bool ok =
        id &&
        EXEC(db,
             "INSERT INTO review_round(id, version, case_file, title, rule, setting, setting_sm3, "
             "rule_version, rule_hash, as_of, as_known_ms, seq, seed, seed_sm3, seed_sha256, "
             "list_sha256, created_ms, opened_ms, listed_ms, assigned_ms, second_ms, scored_ms, "
             "decided_ms) VALUES ($1, 1, 0, $2, $3, $4, $5, '', '', $6, 0, 0, '', '', '', '', $7, "
             "0, 0, 0, 0, 0, 0)",
             db_i(id), db_s(s.title), db_s(s.rule), db_s(text),
             db_s(hash_hex(c->arena, HASH_SM3, text)), db_i(date_to_int(s.as_of)),
             db_i(c->now_ms)) &&
        review_note(db, act, S("round.add"), id, setting);
    return ok ? id : 0;
}

bool round_change(Db *db, const PackSet *p, int64_t id, int64_t version, const Json *setting,
                  const Act *act) {
    Ctx *c = db_ctx(db);
    RoundSetting s;
    Round r = {0};
    if (!review_touch(db, id) || !round_get(db, p, id, &r) ||
        !round_setting_read(c, p, setting, &s))
        return false;
    if (r.opened_ms) return FAIL(c, ERR_STATE, M_ROUND_OPENED);
    if (r.version != version + 1) return FAIL(c, ERR_STALE, M_SEAT_STALE);
    Str text = review_text(c->arena, setting);
    return EXEC(db,
                "UPDATE review_round SET title = $1, rule = $2, setting = $3, setting_sm3 = $4, "
                "as_of = $5 WHERE id = $6",
                db_s(s.title), db_s(s.rule), db_s(text), db_s(hash_hex(c->arena, HASH_SM3, text)),
                db_i(date_to_int(s.as_of)), db_i(id)) &&
           review_note(db, act, S("round.change"), id, setting);
}

/* The seed stays in the row; only its digests go into the journal. */
static bool commit_seed(Db *db, const Round *r, const RuleVersion *v, const Act *act) {
    Arena *a = db_ctx(db)->arena;
    unsigned char bytes[SEED_BYTES];
    secret_random(bytes, sizeof bytes);
    Str seed = hex_text(a, bytes, sizeof bytes);
    DrawCommit k = draw_commit(a, seed);
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("rule"), json_string(a, r->rule));
    json_set(o, S("rule_hash"), json_string(a, v->hash));
    json_set(o, S("setting_sm3"), json_string(a, r->setting_sm3));
    json_set(o, S("seed_sm3"), json_string(a, k.sm3));
    json_set(o, S("seed_sha256"), json_string(a, k.sha256));
    return EXEC(db,
                "UPDATE review_round SET rule_version = $1, rule_hash = $2, seed = $3, "
                "seed_sm3 = $4, seed_sha256 = $5, opened_ms = $6 WHERE id = $7",
                db_s(v->id), db_s(v->hash), db_s(seed), db_s(k.sm3), db_s(k.sha256),
                db_i(db_ctx(db)->now_ms), db_i(r->id)) &&
           review_note(db, act, S("round.commit"), r->id, o);
}

bool round_open(Db *db, const Register *reg, int64_t id, const Act *act) {
    Ctx *c = db_ctx(db);
    Round r = {0};
    if (!review_touch(db, id) || !round_get(db, reg->pack, id, &r)) return false;
    if (r.opened_ms) return FAIL(c, ERR_STATE, M_ROUND_OPENED);
    const Rule *rule = pack_rule(c, reg->pack, r.rule);
    const RuleVersion *v = rule ? rule_version_on(rule, r.setting.as_of) : NULL;
    if (!rule) return false;
    if (!v)
        return FAIL(c, ERR_RULE, M_ROUND_NO_VERSION, date_text(c->arena, r.setting.as_of), r.rule);
    return commit_seed(db, &r, v, act);
}

/* --- candidates ---------------------------------------------------------------------------------
 */

static bool sponsor(Db *db, int64_t candidate, const CandidateNew *k) {
    if (!k->person.n && !k->organisation) return true;
    return EXEC(db,
                "INSERT INTO review_sponsor(candidate, person, organisation) VALUES ($1, $2, $3) "
                "ON CONFLICT DO NOTHING",
                db_i(candidate), db_s(k->person), db_i(k->organisation));
}

static bool enter_one(Db *db, const Round *r, const CandidateNew *k, int64_t *place) {
    Ctx *c = db_ctx(db);
    int64_t id = Q_I64(db, 0, "SELECT id FROM review_candidate WHERE round = $1 AND subject = $2",
                       db_i(r->id), db_i(k->subject));
    if (id && k->case_file &&
        !EXEC(db, "UPDATE review_candidate SET case_file = $1 WHERE id = $2 AND case_file = 0",
              db_i(k->case_file), db_i(id)))
        return false;
    if (id || !ctx_ok(c)) return ctx_ok(c) && sponsor(db, id, k);
    id = counter_take(db, S("review_candidate"), 1);
    int64_t year = r->as_of / 10000;
    Str number = str_printf(c->arena, "%lld-%lld-%04lld", (long long)year, (long long)r->id,
                            (long long)++*place);
    return id &&
           EXEC(db,
                "INSERT INTO review_candidate(id, round, case_file, subject, number, field, "
                "entered_ms, had, outcome, result, decision, seq, known_ms, kept, scored, score, "
                "verdict, code, "
                "reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '', 0, 0, 0, '', 0, '', "
                "'', '', '')",
                db_i(id), db_i(r->id), db_i(k->case_file), db_i(k->subject), db_s(number),
                db_s(k->field), db_i(c->now_ms), db_i(k->had)) &&
           sponsor(db, id, k);
}

bool round_enter(Db *db, int64_t round, const CandidateNew *list, int n, const Act *act,
                 int64_t *added) {
    Ctx *c = db_ctx(db);
    Round r = {0};
    if (!review_touch(db, round)) return false;
    Rows *q = Q(db, "SELECT " COLUMNS " FROM review_round WHERE id = $1", db_i(round));
    bool there = q && row_next(q);
    if (there) read_row(c->arena, q, &r);
    if (q) rows_close(q);
    if (!ctx_ok(c)) return false;
    if (!there || !r.opened_ms) return FAIL(c, ERR_STATE, M_ROUND_NOT_OPEN);
    if (r.listed_ms) return FAIL(c, ERR_STATE, M_ROUND_LISTED);
    int64_t had =
        Q_I64(db, 0, "SELECT count(*) FROM review_candidate WHERE round = $1", db_i(round));
    int64_t place = had;
    Json *o = json_new(c->arena, JSON_OBJECT);
    Json *subjects = json_set(o, S("subjects"), json_new(c->arena, JSON_ARRAY));
    for (int i = 0; i < n; i++) {
        if (!enter_one(db, &r, &list[i], &place)) return false;
        json_push(subjects, json_int(c->arena, list[i].subject));
    }
    if (added) *added = place - had;
    return review_note(db, act, S("round.enter"), round, o);
}
