/* Invitations. See invitation.h. */
#include "city/people/invitation.h"

#include "base/hash.h"
#include "base/secret.h"
#include "store/counter.h"

enum { TOKEN_LENGTH = 43 }; /* 32 bytes in base64 */

bool invitation_withdraw(Db *db, int64_t user, int64_t *n, const Act *act) {
    int64_t changed = 0;
    DbVal args[] = {db_i(db_ctx(db)->now_ms), db_i(user)};
    if (!db_exec(db,
                 "UPDATE invitation SET withdrawn_ms = $1 WHERE app_user = $2 AND used_ms = 0 AND "
                 "withdrawn_ms = 0",
                 &changed, 2, args))
        return false;
    if (n) *n = changed;
    return changed == 0 || user_journal(db, act, "invitation.withdraw", user);
}

bool invitation_make(Db *db, int64_t user, Str *token, int64_t *expires_ms, const Act *act) {
    Ctx *c = db_ctx(db);
    *token = secret_token(c->arena, 32);
    *expires_ms = c->now_ms + (int64_t)INVITATION_HOURS * 3600000;
    int64_t id = counter_take(db, S("invitation"), 1);
    return id && invitation_withdraw(db, user, NULL, act) &&
           EXEC(db,
                "INSERT INTO invitation(id, token_sm3, app_user, made_by, made_ms, expires_ms, "
                "used_ms, withdrawn_ms) VALUES ($1, $2, $3, $4, $5, $6, 0, 0)",
                db_i(id), db_s(hash_hex(c->arena, HASH_SM3, *token)), db_i(user), db_s(act->actor),
                db_i(c->now_ms), db_i(*expires_ms)) &&
           user_journal(db, act, "invitation.make", user);
}

bool invitation_find(Db *db, Str token, User *out) {
    Ctx *c = db_ctx(db);
    int64_t user = 0;
    if (token.n == TOKEN_LENGTH)
        user = Q_I64(db, 0,
                     "SELECT app_user FROM invitation WHERE token_sm3 = $1 AND used_ms = 0 AND "
                     "withdrawn_ms = 0 AND expires_ms > $2",
                     db_s(hash_hex(c->arena, HASH_SM3, token)), db_i(c->now_ms));
    if (!ctx_ok(c)) return false;
    if (!user) return FAIL(c, ERR_AUTH, M_PEOPLE_INVITATION);
    if (!user_get(db, user, out)) return false;
    return !out->disabled || FAIL(c, ERR_AUTH, M_PEOPLE_INVITATION);
}

bool invitation_accept(Db *db, Str token, PasswordHash password, User *out) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    if (!invitation_find(db, token, out)) return false;
    DbVal args[] = {db_i(c->now_ms), db_s(hash_hex(c->arena, HASH_SM3, token))};
    if (!db_exec(db,
                 "UPDATE invitation SET used_ms = $1 WHERE token_sm3 = $2 AND used_ms = 0 AND "
                 "withdrawn_ms = 0",
                 &changed, 2, args))
        return false;
    if (changed != 1) return FAIL(c, ERR_AUTH, M_PEOPLE_INVITATION);
    Act act = {.actor = out->name, .reason = S("invitation")};
    return user_set_password(db, out->id, password, false, &act) &&
           user_journal(db, &act, "invitation.accept", out->id);
}

int64_t invitation_open_until(Db *db, int64_t user) {
    return Q_I64(db, 0,
                 "SELECT max(expires_ms) FROM invitation WHERE app_user = $1 AND used_ms = 0 AND "
                 "withdrawn_ms = 0 AND expires_ms > $2",
                 db_i(user), db_i(db_ctx(db)->now_ms));
}
