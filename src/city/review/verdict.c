/* Verdicts and their signatures. What is signed is a digest over every candidate's packet, score
 * and verdict; whatever changes one of them changes the digest, and signatures of another digest
 * count for nothing. */
#include "base/hash.h"
#include "city/review/round.h"
#include "city/review/round_parts.h"
#include "store/counter.h"

static bool known(Str v) {
    return str_eq(v, S("admit")) || str_eq(v, S("refuse")) || str_eq(v, S("hold"));
}

static bool may_decide(Ctx *c, const Round *r) {
    if (!r->listed_ms) return FAIL(c, ERR_STATE, M_ROUND_NOT_LISTED);
    return !r->decided_ms || FAIL(c, ERR_STATE, M_ROUND_DECIDED);
}

bool round_verdict(Db *db, const Round *r, const int64_t *ids, int n, Str verdict, Str code,
                   const Act *act) {
    Ctx *c = db_ctx(db);
    if (!may_decide(c, r) || !review_touch(db, r->id)) return false;
    if (!known(verdict)) return FAIL(c, ERR_RULE, M_VERDICT_BAD, verdict);
    Json *o = json_new(c->arena, JSON_OBJECT);
    json_set(o, S("verdict"), json_string(c->arena, verdict));
    Json *list = json_set(o, S("candidates"), json_new(c->arena, JSON_ARRAY));
    for (int i = 0; i < n; i++) {
        int64_t changed = 0;
        if (!db_exec(
                db,
                "UPDATE review_candidate SET verdict = $1, code = $2, reason = $3 "
                "WHERE id = $4 AND round = $5",
                &changed, 5,
                (DbVal[]){db_s(verdict), db_s(code), db_s(act->reason), db_i(ids[i]), db_i(r->id)}))
            return false;
        if (changed != 1)
            return FAIL(c, ERR_MISSING, M_CANDIDATE_MISSING,
                        str_printf(c->arena, "%lld", (long long)ids[i]));
        json_push(list, json_int(c->arena, ids[i]));
    }
    return review_note(db, act, S("round.verdict"), r->id, o);
}

bool round_content(Db *db, const Round *r, Str *sm3) {
    static const char *const MEMBERS[] = {"number", "kept", "score", "verdict", "code", "reason"};
    Arena *a = db_ctx(db)->arena;
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("round"), json_int(a, r->id));
    json_set(o, S("rule_hash"), json_string(a, r->rule_hash));
    json_set(o, S("setting_sm3"), json_string(a, r->setting_sm3));
    Json *list = json_set(o, S("verdicts"), json_new(a, JSON_ARRAY));
    Rows *q = Q(db,
                "SELECT number, kept, score, verdict, code, reason, decision FROM "
                "review_candidate WHERE round = $1 ORDER BY id",
                db_i(r->id));
    while (q && row_next(q)) {
        Json *e = json_push(list, json_new(a, JSON_OBJECT));
        for (int i = 0; i < 6; i++)
            json_set(e, str_from(MEMBERS[i]), json_string(a, str_dup(a, row_str(q, i))));
        json_set(e, S("decision"), json_int(a, row_i64(q, 6)));
    }
    if (q) rows_close(q);
    *sm3 = hash_hex(a, HASH_SM3, review_text(a, o));
    return ctx_ok(db_ctx(db));
}

bool round_sign(Db *db, const Round *r, const Act *act, int *given) {
    Ctx *c = db_ctx(db);
    Str content, object = str_printf(c->arena, "round:%lld", (long long)r->id);
    if (!may_decide(c, r) || !review_touch(db, r->id)) return false;
    int64_t open =
        Q_I64(db, 0, "SELECT count(*) FROM review_candidate WHERE round = $1 AND verdict = ''",
              db_i(r->id));
    if (open)
        return FAIL(c, ERR_STATE, M_VERDICT_NONE, str_printf(c->arena, "%lld", (long long)open));
    if (!round_content(db, r, &content)) return false;
    if (Q_I64(db, 0,
              "SELECT count(*) FROM review_signature WHERE object = $1 AND content_sm3 = $2 AND "
              "actor = $3",
              db_s(object), db_s(content), db_s(act->actor)))
        return FAIL(c, ERR_STATE, M_SIGN_TWICE, act->actor);
    int64_t id = counter_take(db, S("review_signature"), 1);
    if (!id || !EXEC(db,
                     "INSERT INTO review_signature(id, object, actor, content_sm3, at_ms) "
                     "VALUES ($1, $2, $3, $4, $5)",
                     db_i(id), db_s(object), db_s(act->actor), db_s(content), db_i(c->now_ms)))
        return false;
    *given = (int)Q_I64(db, 0,
                        "SELECT count(*) FROM review_signature WHERE object = $1 AND "
                        "content_sm3 = $2",
                        db_s(object), db_s(content));
    Json *o = json_new(c->arena, JSON_OBJECT);
    json_set(o, S("content_sm3"), json_string(c->arena, content));
    bool ok = *given < r->setting.signatures ||
              review_moment(db, "UPDATE review_round SET decided_ms = $1 WHERE id = $2", r->id);
    return ok && review_note(db, act, S("round.sign"), r->id, o);
}
