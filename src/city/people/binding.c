/* Accounts of enterprises. See binding.h. */
#include "city/people/binding.h"

#include "base/hash.h"
#include "city/people/people.h"
#include "city/subject.h"
#include "codec/filekind.h"
#include "codec/uscc.h"
#include "store/counter.h"

#define COLUMNS                                                                                    \
    "b.id, b.app_user, b.subject, b.asked_ms, b.decided_ms, b.ended_ms, u.name, u.display_name, "  \
    "s.name, b.code, s.unit, b.state, b.proof_name, b.proof_type, b.proof_sm3, b.decided_by, "     \
    "b.reason, b.ended_by, b.from_day, b.to_day"
#define TABLES                                                                                     \
    "enterprise_binding b JOIN app_user u ON u.id = b.app_user JOIN subject s ON s.id = b.subject"

static Binding row_binding(Ctx *c, Rows *r) {
    Binding b = {.id = row_i64(r, 0),
                 .user = row_i64(r, 1),
                 .subject = row_i64(r, 2),
                 .asked_ms = row_i64(r, 3),
                 .decided_ms = row_i64(r, 4),
                 .ended_ms = row_i64(r, 5),
                 .from = (int32_t)row_i64(r, 18),
                 .to = (int32_t)row_i64(r, 19)};
    Str *const texts[] = {&b.user_name, &b.display_name, &b.subject_name, &b.code,
                          &b.unit,      &b.state,        &b.proof_name,   &b.proof_type,
                          &b.proof_sm3, &b.decided_by,   &b.reason,       &b.ended_by};
    for (int i = 0; i < 12; i++) *texts[i] = str_dup(c->arena, row_str(r, 6 + i));
    if (str_eq(b.state, S("bound")) && b.to && b.to <= people_today(c)) b.state = S("ended");
    return b;
}

bool binding_get(Db *db, int64_t id, Binding *out) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db, "SELECT " COLUMNS " FROM " TABLES " WHERE b.id = $1", db_i(id));
    bool found = r && row_next(r);
    if (found) *out = row_binding(c, r);
    if (r) rows_close(r);
    return found || (ctx_ok(c) && FAIL(c, ERR_MISSING, M_PEOPLE_NO_BINDING));
}

bool binding_list(Db *db, int64_t user, Str unit, Binding **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT " COLUMNS " FROM " TABLES " WHERE ($1 = 0 OR b.app_user = $1) AND "
                "($2 = '' OR s.unit = $2) ORDER BY b.id DESC",
                db_i(user), db_s(unit));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = row_binding(c, r);
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

static Str type_of(Str proof) {
    if (str_starts(proof, S("%PDF-"))) return S("application/pdf");
    if (str_starts(proof, S("\x89PNG\r\n\x1a\n"))) return S("image/png");
    return str_starts(proof, S("\xff\xd8\xff")) ? S("image/jpeg") : S("");
}

static bool check_ask(Db *db, const User *u, Str code, Str proof) {
    Ctx *c = db_ctx(db);
    int32_t today = people_today(c);
    if (uscc_check(code, NULL) != USCC_OK)
        return FAIL_AT(c, ERR_RULE, S("/code"), M_PEOPLE_CODE, code);
    if (proof.n > BINDING_PROOF_MAX || type_of(proof).n == 0)
        return FAIL_AT(c, ERR_RULE, S("/proof"), M_PEOPLE_PROOF,
                       file_kind_text(c->arena, file_kind(proof), c->lang));
    int64_t open = Q_I64(db, 0,
                         "SELECT count(*) FROM enterprise_binding WHERE app_user = $1 AND "
                         "(state = 'asked' OR (state = 'bound' AND (to_day = 0 OR to_day > $2)))",
                         db_i(u->id), db_i(today));
    return ctx_ok(c) && (open == 0 || FAIL(c, ERR_STATE, M_PEOPLE_BOUND_ALREADY));
}

int64_t binding_ask(Db *db, const User *u, Str code, Str name, Str proof, const Act *act) {
    Ctx *c = db_ctx(db);
    code = uscc_normalize(c->arena, code);
    int64_t id = counter_take(db, S("enterprise_binding"), 1);
    if (!id || !people_text(c, S("proof"), &name, 300) || !check_ask(db, u, code, proof)) return 0;
    int64_t subject = subject_by_code(db, S("uscc"), code);
    if (!subject) {
        if (ctx_ok(c)) FAIL_AT(c, ERR_RULE, S("/code"), M_PEOPLE_NO_ENTERPRISE, code);
        return 0;
    }
    bool ok =
        EXEC(db,
             "INSERT INTO enterprise_binding(id, app_user, code, subject, state, "
             "proof_name, proof_type, proof_sm3, proof, asked_ms, decided_by, decided_ms, "
             "reason, from_day, to_day, ended_by, ended_ms) VALUES ($1, $2, $3, $4, "
             "'asked', $5, $6, $7, $8, $9, '', 0, '', 0, 0, '', 0)",
             db_i(id), db_i(u->id), db_s(code), db_i(subject), db_s(name), db_s(type_of(proof)),
             db_s(hash_hex(c->arena, HASH_SM3, proof)), db_b(proof), db_i(c->now_ms)) &&
        people_journal(db, act, "binding.ask", "binding", id, code);
    return ok ? id : 0;
}

bool binding_decide(Db *db, int64_t id, bool bind, int32_t to, const Act *act) {
    Ctx *c = db_ctx(db);
    int32_t today = people_today(c);
    int64_t changed = 0;
    Binding b;
    if (!binding_get(db, id, &b)) return false;
    if (str_eq(b.user_name, act->actor)) return FAIL(c, ERR_RULE, M_PEOPLE_OWN_BINDING);
    if (bind && to && to <= today) return FAIL_AT(c, ERR_RULE, S("/to"), M_PEOPLE_TERM);
    DbVal args[] = {db_s(bind ? S("bound") : S("refused")),
                    db_s(act->actor),
                    db_i(c->now_ms),
                    db_s(act->reason),
                    db_i(bind ? today : 0),
                    db_i(bind ? to : 0),
                    db_i(id)};
    if (!db_exec(db,
                 "UPDATE enterprise_binding SET state = $1, decided_by = $2, decided_ms = $3, "
                 "reason = $4, from_day = $5, to_day = $6 WHERE id = $7 AND state = 'asked'",
                 &changed, 7, args))
        return false;
    return (changed == 1 || FAIL(c, ERR_STATE, M_PEOPLE_DECIDED)) &&
           people_journal(db, act, bind ? "binding.bind" : "binding.refuse", "binding", id, b.code);
}

bool binding_end(Db *db, int64_t id, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    Binding b;
    if (!binding_get(db, id, &b)) return false;
    DbVal args[] = {db_i(people_today(c)), db_s(act->actor), db_i(c->now_ms), db_i(id)};
    if (!db_exec(db,
                 "UPDATE enterprise_binding SET state = 'ended', to_day = $1, ended_by = $2, "
                 "ended_ms = $3 WHERE id = $4 AND state = 'bound'",
                 &changed, 4, args))
        return false;
    return (changed == 1 || FAIL(c, ERR_STATE, M_PEOPLE_DECIDED)) &&
           people_journal(db, act, "binding.end", "binding", id, b.code);
}

bool binding_proof(Db *db, int64_t id, Str *bytes) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db, "SELECT proof FROM enterprise_binding WHERE id = $1", db_i(id));
    bool found = r && row_next(r);
    if (found) *bytes = str_dup(c->arena, row_str(r, 0));
    if (r) rows_close(r);
    return found || (ctx_ok(c) && FAIL(c, ERR_MISSING, M_PEOPLE_NO_BINDING));
}
