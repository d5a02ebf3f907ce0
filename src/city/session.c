/* Signing in and sessions. See user.h.
 *
 * Wrong passwords are counted by the name that was given, whether or not somebody has it: a known
 * name, an unknown one and a disabled one get the same answers after the same time.
 */
#include "base/hash.h"
#include "base/secret.h"
#include "city/people/factor.h"
#include "city/user.h"
#include "store/counter.h"

enum { LOCK_MS = LOCK_MINUTES * 60000 };

/* --- wrong passwords ---------------------------------------------------------------------------
 */

bool user_unlock(Db *db, Str name) {
    return EXEC(db, "DELETE FROM sign_in_failure WHERE name = $1", db_s(name));
}

/* A name that is locked learns nothing about its password. */
static bool not_locked(Db *db, Str name) {
    Ctx *c = db_ctx(db);
    int64_t until =
        Q_I64(db, 0, "SELECT locked_until_ms FROM sign_in_failure WHERE name = $1", db_s(name));
    if (until <= c->now_ms) return ctx_ok(c);
    int64_t wait = (until - c->now_ms + 999) / 1000;
    return FAIL(c, ERR_BUSY, M_USER_LOCKED, str_printf(c->arena, "%lld", (long long)wait));
}

/* Takes the row of the name, so that many attempts at once are counted one by one, and forgets old
 * rows: those whose last failure is as long ago as a lock lasts. */
static bool take_row(Db *db, Str name) {
    int64_t now = db_ctx(db)->now_ms;
    return EXEC(db, "DELETE FROM sign_in_failure WHERE last_ms <= $1 AND locked_until_ms <= $2",
                db_i(now - LOCK_MS), db_i(now)) &&
           EXEC(db,
                "INSERT INTO sign_in_failure(name, failures, locked_until_ms, last_ms) "
                "VALUES ($1, 0, 0, $2) "
                "ON CONFLICT (name) DO UPDATE SET failures = sign_in_failure.failures",
                db_s(name), db_i(now)) &&
           not_locked(db, name);
}

/* id: of the user, 0 when nobody has the name. */
static bool count_failure(Db *db, Str name, int64_t id) {
    Ctx *c = db_ctx(db);
    int64_t failures =
        1 + Q_I64(db, 0, "SELECT failures FROM sign_in_failure WHERE name = $1", db_s(name));
    bool lock = failures >= LOCK_AFTER;
    if (!EXEC(db,
              "UPDATE sign_in_failure SET failures = $1, locked_until_ms = $2, last_ms = $3 "
              "WHERE name = $4",
              db_i(lock ? 0 : failures), db_i(lock ? c->now_ms + LOCK_MS : 0), db_i(c->now_ms),
              db_s(name)))
        return false;
    Act act = {.actor = name, .reason = S("sign-in")};
    return !lock || !id || user_journal(db, &act, "user.lock", id);
}

/* --- signing in --------------------------------------------------------------------------------
 */

static Str stored_password(Db *db, int64_t id) {
    Str hash = S("");
    Rows *r = Q(db, "SELECT password FROM app_user WHERE id = $1", db_i(id));
    if (r && row_next(r)) hash = str_dup(db_ctx(db)->arena, row_str(r, 0));
    if (r) rows_close(r);
    return hash;
}

typedef struct Attempt {
    Str name, address, code, agent;
    User *user;
    Str *token;   /* NULL: only the password is asked for */
    Str hash;     /* that the password was compared with */
    bool known;   /* somebody who may sign in has the name */
    bool matches; /* the password with the hash */
    bool right;
    bool code_needed; /* right so far, but there is a second factor and no code */
} Attempt;

static bool session_add(Db *db, const Attempt *s) {
    Ctx *c = db_ctx(db);
    Act act = {.actor = s->name, .reason = S("sign-in")};
    *s->token = secret_token(c->arena, 32);
    int64_t serial = counter_take(db, S("session"), 1);
    return serial && EXEC(db, "DELETE FROM session WHERE expires_ms < $1", db_i(c->now_ms)) &&
           EXEC(db,
                "INSERT INTO session(token_sm3, app_user, created_ms, seen_ms, expires_ms, "
                "address, serial, agent, previous_ms, previous_from) "
                "VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9)",
                db_s(hash_hex(c->arena, HASH_SM3, *s->token)), db_i(s->user->id), db_i(c->now_ms),
                db_i(c->now_ms + (int64_t)SESSION_HOURS * 3600000), db_s(s->address), db_i(serial),
                db_s(str_sub(s->agent, 0, 200)), db_i(s->user->last_sign_in_ms),
                db_s(s->user->last_sign_in_from)) &&
           EXEC(db,
                "UPDATE app_user SET last_sign_in_ms = $1, last_sign_in_from = $2 WHERE id = $3",
                db_i(c->now_ms), db_s(s->address), db_i(s->user->id)) &&
           user_journal(db, &act, "session.open", s->user->id);
}

/* The second factor of a sign-in whose password is right. */
static bool check_code(Db *db, Attempt *s) {
    Ctx *c = db_ctx(db);
    bool needed;
    s->right = factor_take(db, s->user->id, s->code, &needed);
    s->code_needed = needed && s->code.n == 0;
    return ctx_ok(c);
}

/* The rows are taken and read again: many attempts at once must not get around the lock, nor a
 * password that was changed meanwhile still open a session. */
static bool attempt_in_tx(Db *db, void *data) {
    Attempt *s = data;
    s->right = s->code_needed = false;
    if (!take_row(db, s->name)) return false;
    if (s->known) {
        if (!EXEC(db, "UPDATE app_user SET version = version WHERE id = $1", db_i(s->user->id)) ||
            !user_get(db, s->user->id, s->user))
            return false;
        Str hash = stored_password(db, s->user->id);
        s->right = s->matches && !s->user->disabled && str_eq(hash, s->hash);
    }
    if (s->right && s->token && !check_code(db, s)) return false;
    if (s->code_needed) return true;
    if (!s->right) return count_failure(db, s->name, s->known ? s->user->id : 0);
    return user_unlock(db, s->name) && (!s->token || session_add(db, s));
}

/* The password is compared before the transaction: argon2id takes tens of milliseconds, during
 * which nobody else could write. */
static bool attempt(Db *db, Attempt *s, Str password) {
    Ctx *c = db_ctx(db);
    s->known = user_by_name(db, s->name, s->user) && !s->user->disabled;
    if (!ctx_ok(c) || !not_locked(db, s->name)) return false;
    if (s->known) s->hash = stored_password(db, s->user->id);
    if (!ctx_ok(c)) return false;
    if (s->known)
        s->matches = secret_check_password(s->hash, password);
    else
        secret_check_nobody(password);
    if (!user_name_valid(s->name)) return true; /* no such name can ever be: nothing to count */
    return tx_run(db, DB_WRITE, attempt_in_tx, s);
}

bool session_sign_in(Db *db, const SignIn *given, User *user, Str *token) {
    Ctx *c = db_ctx(db);
    Attempt s = {.name = given->name,
                 .address = given->address,
                 .code = str_trim(given->code),
                 .agent = given->agent,
                 .user = user,
                 .token = token};
    if (!attempt(db, &s, given->password)) return false;
    if (s.code_needed) return FAIL_AT(c, ERR_AUTH, S("/code"), M_PEOPLE_CODE_NEEDED);
    return s.right || FAIL(c, ERR_AUTH, M_SIGN_IN_WRONG);
}

static bool renew_in_tx(Db *db, void *data) {
    return session_add(db, data);
}

bool session_renew(Db *db, const User *u, Str address, Str agent, Str *token) {
    User copy = *u;
    Attempt s = {
        .name = u->name, .address = address, .agent = agent, .user = &copy, .token = token};
    return tx_run(db, DB_WRITE, renew_in_tx, &s);
}

bool session_open(Db *db, Str name, Str password, Str address, User *user, Str *token) {
    SignIn s = {.name = name, .password = password, .address = address};
    return session_sign_in(db, &s, user, token);
}

bool user_check_password(Db *db, const User *u, Str password) {
    User again;
    Attempt s = {.name = u->name, .user = &again};
    return attempt(db, &s, password) && s.right;
}

bool session_find(Db *db, Str token, User *out) {
    if (token.n != 43) return false; /* 32 bytes in base64 */
    return user_of_session(db, hash_hex(db_ctx(db)->arena, HASH_SM3, token), out);
}

bool session_close(Db *db, Str token) {
    Ctx *c = db_ctx(db);
    return EXEC(db, "DELETE FROM session WHERE token_sm3 = $1 OR expires_ms < $2",
                db_s(hash_hex(c->arena, HASH_SM3, token)), db_i(c->now_ms));
}

/* --- sessions of a user ------------------------------------------------------------------------
 */

bool session_list(Db *db, int64_t user, SessionRow **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT serial, created_ms, expires_ms, address, agent, view_roles FROM session "
                "WHERE app_user = $1 AND expires_ms > $2 ORDER BY created_ms DESC, serial DESC",
                db_i(user), db_i(c->now_ms));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = (SessionRow){.serial = row_i64(r, 0),
                                      .created_ms = row_i64(r, 1),
                                      .expires_ms = row_i64(r, 2),
                                      .address = str_dup(c->arena, row_str(r, 3)),
                                      .agent = str_dup(c->arena, row_str(r, 4)),
                                      .viewing = row_i64(r, 5) != 0};
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

bool session_end(Db *db, int64_t user, int64_t serial, const Act *act) {
    int64_t changed = 0;
    DbVal args[] = {db_i(user), db_i(serial)};
    if (!db_exec(db, "DELETE FROM session WHERE app_user = $1 AND serial = $2", &changed, 2, args))
        return false;
    if (changed == 0) return FAIL(db_ctx(db), ERR_MISSING, M_PEOPLE_NO_SESSION);
    return user_journal(db, act, "session.end", user);
}

bool session_preview(Db *db, const User *u, const Preview *p, const Act *act) {
    return EXEC(db,
                "UPDATE session SET view_roles = $1, view_district = $2, view_organisation = $3, "
                "view_subject = $4 WHERE app_user = $5 AND serial = $6",
                db_i(p->roles), db_s(p->district), db_i(p->organisation), db_i(p->subject),
                db_i(u->id), db_i(u->session)) &&
           user_journal(db, act, p->roles ? "session.preview" : "session.preview_end", u->id);
}
