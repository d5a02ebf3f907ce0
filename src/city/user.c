/* Users and sessions. See user.h. */
#include "city/user.h"

#include "base/hash.h"
#include "base/secret.h"
#include "base/utf8.h"

#define USER_COLUMNS                                                                               \
    "id, name, display_name, department, district, roles, must_change, disabled, "                 \
    "locked_until_ms, created_ms, last_sign_in_ms, last_sign_in_from, version"

static User row_user(Arena *a, Rows *r) {
    return (User){.id = row_i64(r, 0),
                  .name = str_dup(a, row_str(r, 1)),
                  .display_name = str_dup(a, row_str(r, 2)),
                  .department = str_dup(a, row_str(r, 3)),
                  .district = str_dup(a, row_str(r, 4)),
                  .roles = (uint32_t)row_i64(r, 5),
                  .must_change = row_i64(r, 6) != 0,
                  .disabled = row_i64(r, 7) != 0,
                  .locked_until_ms = row_i64(r, 8),
                  .created_ms = row_i64(r, 9),
                  .last_sign_in_ms = row_i64(r, 10),
                  .last_sign_in_from = str_dup(a, row_str(r, 11)),
                  .version = row_i64(r, 12)};
}

static bool one_user(Db *db, Rows *r, User *out) {
    bool found = r && row_next(r);
    if (found) *out = row_user(db_ctx(db)->arena, r);
    if (r) rows_close(r);
    return found;
}

bool user_get(Db *db, int64_t id, User *out) {
    if (one_user(db, Q(db, "SELECT " USER_COLUMNS " FROM app_user WHERE id = $1", db_i(id)), out))
        return true;
    Ctx *c = db_ctx(db);
    return ctx_ok(c) && FAIL(c, ERR_MISSING, M_USER_UNKNOWN);
}

bool user_by_name(Db *db, Str name, User *out) {
    return one_user(db, Q(db, "SELECT " USER_COLUMNS " FROM app_user WHERE name = $1", db_s(name)),
                    out);
}

bool user_list(Db *db, Str part, User **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db, "SELECT " USER_COLUMNS " FROM app_user ORDER BY name");
    while (r && row_next(r)) {
        User u = row_user(c->arena, r);
        if (str_find(u.name, part) < 0 && str_find(u.display_name, part) < 0 &&
            str_find(u.department, part) < 0)
            continue;
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = u;
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

int64_t user_count(Db *db) {
    return Q_I64(db, 0, "SELECT count(*) FROM app_user");
}

/* --- writing -----------------------------------------------------------------------------------
 */

static bool valid_name(Str name) {
    if (name.n < 2 || name.n > 32) return false;
    for (ptrdiff_t i = 0; i < name.n; i++) {
        char ch = name.p[i];
        bool ok = (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '.' || ch == '-' ||
                  ch == '_';
        if (!ok) return false;
    }
    return true;
}

/* Long, and not made of one or two characters; length beats composition rules (NIST SP 800-63B). */
static bool strong(Str name, Str password) {
    ptrdiff_t length = utf8_length(password);
    int distinct = 0;
    if (length < PASSWORD_MIN || password.n > PASSWORD_MAX) return false;
    if (utf8_invalid_at(password) >= 0 || str_find(password, name) >= 0) return false;
    for (ptrdiff_t i = 0; i < password.n; i++)
        distinct += str_find(str_sub(password, 0, i), str_sub(password, i, i + 1)) < 0 || i == 0;
    return distinct >= 5;
}

static bool journal_user(Db *db, const Act *act, const char *action, int64_t id) {
    Ctx *c = db_ctx(db);
    return journal_add(db, act, str_from(action), str_printf(c->arena, "user:%lld", (long long)id),
                       S(""));
}

int64_t user_add(Db *db, const User *u, Str password, const Act *act) {
    Ctx *c = db_ctx(db);
    User other;
    Str hash;
    if (!valid_name(u->name)) return FAIL(c, ERR_RULE, M_USER_NAME, u->name);
    if (u->roles == 0) return FAIL(c, ERR_RULE, M_USER_NO_ROLE);
    if (!strong(u->name, password)) return FAIL(c, ERR_RULE, M_USER_WEAK);
    if (user_by_name(db, u->name, &other)) return FAIL(c, ERR_STATE, M_USER_TAKEN, u->name);
    if (!ctx_ok(c)) return 0;
    if (!secret_hash_password(c->arena, password, &hash)) return FAIL(c, ERR_BUSY, M_LIMIT_MEMORY);
    int64_t id = Q_I64(db, 0, "SELECT max(id) FROM app_user") + 1;
    bool ok = EXEC(db,
                   "INSERT INTO app_user(" USER_COLUMNS ", password, failures) VALUES "
                   "($1, $2, $3, $4, $5, $6, $7, 0, 0, $8, 0, '', 1, $9, 0)",
                   db_i(id), db_s(u->name), db_s(u->display_name.n ? u->display_name : u->name),
                   db_s(u->department), db_s(u->district), db_i(u->roles), db_i(u->must_change),
                   db_i(c->now_ms), db_s(hash)) &&
              journal_user(db, act, "user.add", id);
    return ok ? id : 0;
}

bool user_change(Db *db, const User *u, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    DbVal args[] = {db_s(u->display_name), db_s(u->department), db_s(u->district),
                    db_i(u->roles),        db_i(u->disabled),   db_i(u->locked_until_ms),
                    db_i(u->id),           db_i(u->version)};
    if (u->roles == 0) return FAIL(c, ERR_RULE, M_USER_NO_ROLE);
    if (!db_exec(db,
                 "UPDATE app_user SET display_name = $1, department = $2, district = $3, "
                 "roles = $4, disabled = $5, locked_until_ms = $6, version = version + 1 "
                 "WHERE id = $7 AND version = $8",
                 &changed, 8, args))
        return false;
    if (changed != 1) return FAIL(c, ERR_STALE, M_STALE);
    if (u->disabled && !EXEC(db, "DELETE FROM session WHERE app_user = $1", db_i(u->id)))
        return false;
    return journal_user(db, act, "user.change", u->id);
}

bool user_set_password(Db *db, int64_t id, Str password, bool must_change, const Act *act) {
    Ctx *c = db_ctx(db);
    User u;
    Str hash;
    if (!user_get(db, id, &u)) return false;
    if (!strong(u.name, password)) return FAIL(c, ERR_RULE, M_USER_WEAK);
    if (!secret_hash_password(c->arena, password, &hash)) return FAIL(c, ERR_BUSY, M_LIMIT_MEMORY);
    return EXEC(db,
                "UPDATE app_user SET password = $1, must_change = $2, failures = 0, "
                "locked_until_ms = 0, version = version + 1 WHERE id = $3",
                db_s(hash), db_i(must_change), db_i(id)) &&
           EXEC(db, "DELETE FROM session WHERE app_user = $1", db_i(id)) &&
           journal_user(db, act, "user.password", id);
}

Str user_one_time_password(Arena *a) {
    static const char LETTERS[] = "abcdefghjkmnpqrstuvwxyz23456789";
    unsigned char raw[16];
    char *out = arena_alloc(a, sizeof raw);
    secret_random(raw, sizeof raw);
    for (size_t i = 0; i < sizeof raw; i++) out[i] = LETTERS[raw[i] % (sizeof LETTERS - 1)];
    return str_of(out, sizeof raw);
}

/* --- sessions ----------------------------------------------------------------------------------
 */

static Str stored_password(Db *db, int64_t id, int64_t *failures) {
    Ctx *c = db_ctx(db);
    Str hash = S("");
    Rows *r = Q(db, "SELECT password, failures FROM app_user WHERE id = $1", db_i(id));
    if (r && row_next(r)) {
        hash = str_dup(c->arena, row_str(r, 0));
        *failures = row_i64(r, 1);
    }
    if (r) rows_close(r);
    return hash;
}

bool user_check_password(Db *db, int64_t id, Str password) {
    int64_t failures;
    return secret_check_password(stored_password(db, id, &failures), password);
}

static bool count_failure(Db *db, const User *u, int64_t failures) {
    Ctx *c = db_ctx(db);
    bool lock = failures + 1 >= LOCK_AFTER;
    int64_t until = lock ? c->now_ms + (int64_t)LOCK_MINUTES * 60000 : 0;
    if (!EXEC(db, "UPDATE app_user SET failures = $1, locked_until_ms = $2 WHERE id = $3",
              db_i(lock ? 0 : failures + 1), db_i(until), db_i(u->id)))
        return false;
    Act act = {.actor = u->name, .reason = S("sign-in")};
    return !lock || journal_user(db, &act, "user.lock", u->id);
}

/* A hash nobody's password has: an unknown name takes as long as a known one. */
static void waste_time(Ctx *c, Str password) {
    Str hash;
    secret_hash_password(c->arena, password, &hash);
}

typedef struct SignIn {
    Str address;
    User *user;
    Str *token;
    Str hash;     /* that the password was compared with */
    bool matches; /* the password with the hash */
    bool wrong;
} SignIn;

/* A name that is locked learns nothing about its password. */
static bool not_locked(Ctx *c, const User *u) {
    if (u->locked_until_ms <= c->now_ms) return true;
    int64_t wait = (u->locked_until_ms - c->now_ms + 999) / 1000;
    return FAIL(c, ERR_BUSY, M_USER_LOCKED, str_printf(c->arena, "%lld", (long long)wait));
}

static bool session_add(Db *db, const SignIn *s) {
    Ctx *c = db_ctx(db);
    Act act = {.actor = s->user->name, .reason = S("sign-in")};
    *s->token = secret_token(c->arena, 32);
    return EXEC(db, "DELETE FROM session WHERE expires_ms < $1", db_i(c->now_ms)) &&
           EXEC(db,
                "INSERT INTO session(token_sm3, app_user, created_ms, seen_ms, expires_ms, "
                "address) VALUES ($1, $2, $3, $3, $4, $5)",
                db_s(hash_hex(c->arena, HASH_SM3, *s->token)), db_i(s->user->id), db_i(c->now_ms),
                db_i(c->now_ms + (int64_t)SESSION_HOURS * 3600000), db_s(s->address)) &&
           EXEC(db,
                "UPDATE app_user SET failures = 0, locked_until_ms = 0, last_sign_in_ms = $1, "
                "last_sign_in_from = $2 WHERE id = $3",
                db_i(c->now_ms), db_s(s->address), db_i(s->user->id)) &&
           journal_user(db, &act, "session.open", s->user->id);
}

/* The row is locked and read again: many attempts at once must not get around the lock, nor a
 * password that was changed meanwhile still open a session. */
static bool open_in_tx(Db *db, void *data) {
    SignIn *s = data;
    int64_t failures = 0;
    s->wrong = true;
    if (!EXEC(db, "UPDATE app_user SET failures = failures WHERE id = $1", db_i(s->user->id)) ||
        !user_get(db, s->user->id, s->user))
        return false;
    if (s->user->disabled) return true;
    if (!not_locked(db_ctx(db), s->user)) return false;
    Str hash = stored_password(db, s->user->id, &failures);
    if (!s->matches || !str_eq(hash, s->hash)) return count_failure(db, s->user, failures);
    s->wrong = false;
    return session_add(db, s);
}

/* The password is compared before the transaction: argon2id takes tens of milliseconds, during
 * which nobody else could write. */
bool session_open(Db *db, Str name, Str password, Str address, User *user, Str *token) {
    Ctx *c = db_ctx(db);
    SignIn s = {.address = address, .user = user, .token = token};
    int64_t failures;
    if (!user_by_name(db, name, user) || user->disabled) {
        if (ctx_ok(c)) waste_time(c, password);
        return FAIL(c, ERR_AUTH, M_SIGN_IN_WRONG);
    }
    if (!not_locked(c, user)) return false;
    s.hash = stored_password(db, user->id, &failures);
    if (!ctx_ok(c)) return false;
    s.matches = secret_check_password(s.hash, password);
    if (!tx_run(db, DB_WRITE, open_in_tx, &s)) return false;
    return !s.wrong || FAIL(c, ERR_AUTH, M_SIGN_IN_WRONG);
}

bool session_find(Db *db, Str token, User *out) {
    Ctx *c = db_ctx(db);
    if (token.n != 43) return false; /* 32 bytes in base64 */
    return one_user(db,
                    Q(db,
                      "SELECT " USER_COLUMNS " FROM app_user WHERE disabled = 0 AND id = "
                      "(SELECT app_user FROM session WHERE token_sm3 = $1 AND expires_ms > $2)",
                      db_s(hash_hex(c->arena, HASH_SM3, token)), db_i(c->now_ms)),
                    out);
}

bool session_close(Db *db, Str token) {
    Ctx *c = db_ctx(db);
    return EXEC(db, "DELETE FROM session WHERE token_sm3 = $1 OR expires_ms < $2",
                db_s(hash_hex(c->arena, HASH_SM3, token)), db_i(c->now_ms));
}
