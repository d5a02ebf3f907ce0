/* The second factor. See factor.h. Keys are sealed in the store (base/secret.h) with a key that
 * stands in a file; those of stores from before are sealed when the server starts. */
#include "city/people/factor.h"

#include "base/buf.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/secret.h"
#include "city/people/people.h"

enum { SECRET_BYTES = 20 };

static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

Str base32_text(Arena *a, Str bytes) {
    Buf b = buf_new(a, 0);
    uint32_t bits = 0;
    int n = 0;
    for (ptrdiff_t i = 0; i < bytes.n; i++) {
        bits = bits << 8 | (unsigned char)bytes.p[i];
        for (n += 8; n >= 5; n -= 5) buf_char(&b, LETTERS[bits >> (n - 5) & 31]);
    }
    if (n) buf_char(&b, LETTERS[bits << (5 - n) & 31]);
    return buf_str(&b);
}

bool base32_read(Arena *a, Str text, Str *out) {
    Buf b = buf_new(a, 0);
    uint32_t bits = 0;
    int n = 0;
    for (ptrdiff_t i = 0; i < text.n; i++) {
        char ch = text.p[i];
        if (ch == ' ' || ch == '=') continue;
        if (ch >= 'a' && ch <= 'z') ch = (char)(ch - 32);
        int v = ch >= 'A' && ch <= 'Z' ? ch - 'A' : ch >= '2' && ch <= '7' ? ch - '2' + 26 : -1;
        if (v < 0) return false;
        bits = bits << 5 | (uint32_t)v;
        n += 5;
        if (n >= 8) buf_char(&b, (char)(bits >> (n -= 8) & 255));
    }
    *out = buf_str(&b);
    return true;
}

Str factor_code(Arena *a, Str key, int64_t step) {
    unsigned char mac[HASH_SHA1_BYTES], message[8];
    for (int i = 0; i < 8; i++) message[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    hash_hmac_sha1(key, str_of(message, sizeof message), mac);
    int at = mac[HASH_SHA1_BYTES - 1] & 15; /* RFC 4226 5.4 */
    uint32_t code = (uint32_t)(mac[at] & 127) << 24 | (uint32_t)mac[at + 1] << 16 |
                    (uint32_t)mac[at + 2] << 8 | mac[at + 3];
    return str_printf(a, "%06u", (unsigned)(code % 1000000));
}

static Str part(Arena *a, Str s) {
    Buf b = buf_new(a, 0);
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
                     (ch >= '0' && ch <= '9') || ch == '.' || ch == '-' || ch == '_';
        if (plain)
            buf_char(&b, (char)ch);
        else
            buf_printf(&b, "%%%02X", ch);
    }
    return buf_str(&b);
}

Str factor_uri(Arena *a, Str issuer, Str user, Str secret) {
    Str who = part(a, issuer);
    return str_printf(a,
                      "otpauth://totp/%.*s:%.*s?secret=%.*s&issuer=%.*s&algorithm=SHA1"
                      "&digits=%d&period=%d",
                      STRF(who), STRF(part(a, user)), STRF(secret), STRF(who), FACTOR_DIGITS,
                      FACTOR_STEP_S);
}

/* --- sealed in the store -----------------------------------------------------------------------
 */

static Str about(Arena *a, int64_t user) {
    return str_printf(a, "second_factor:%lld", (long long)user);
}

/* The key of the store; a new one only when nothing is sealed yet: beside what an absent key has
 * sealed it would hide that the key is missing. */
static bool key_of(Db *db, SecretKey *out) {
    Ctx *c = db_ctx(db);
    int64_t sealed = Q_I64(db, 0, "SELECT count(*) FROM second_factor WHERE secret LIKE '%.%'");
    return ctx_ok(c) && secret_key(c, store_key_path(c->arena, db_store(db)), sealed == 0, out);
}

static bool write_secret(Db *db, int64_t user, const SecretKey *key, Str secret) {
    Arena *a = db_ctx(db)->arena;
    return EXEC(db, "UPDATE second_factor SET secret = $1 WHERE app_user = $2",
                db_s(secret_seal(a, key, about(a, user), secret)), db_i(user));
}

bool factor_seal_all(Db *db) {
    Ctx *c = db_ctx(db);
    SecretKey key;
    int64_t *users = NULL;
    Str *secrets = NULL;
    int n = 0, cap = 0, cap_secrets = 0;
    Rows *r = Q(db, "SELECT app_user, secret FROM second_factor ORDER BY app_user");
    while (r && row_next(r)) {
        if (secret_is_sealed(row_str(r, 1))) continue;
        GROW(c->arena, users, n, cap);
        GROW(c->arena, secrets, n, cap_secrets);
        users[n] = row_i64(r, 0);
        secrets[n++] = str_dup(c->arena, row_str(r, 1));
    }
    if (r) rows_close(r);
    if (!ctx_ok(c) || n == 0) return ctx_ok(c);
    if (!key_of(db, &key)) return false;
    for (int i = 0; i < n; i++)
        if (!write_secret(db, users[i], &key, secrets[i])) return false;
    return true;
}

/* What the authenticator has. A key that is missing or another one is for the log, not for who
 * signs in: their codes are wrong then, recovery codes are not. Empty without a key. */
static Str open_secret(Db *db, int64_t user, Str stored) {
    Ctx *c = db_ctx(db);
    Str secret = S("");
    SecretKey key;
    if (!secret_is_sealed(stored)) return stored;
    if (!key_of(db, &key)) {
        if (c->err.code == ERR_STORE || c->err.code == ERR_BUSY) return S("");
        LOG(LOG_ERROR, "second_factor", {"text", note_text(c->arena, &c->err.note, LANG_EN)});
        ctx_clear(c);
    } else if (!secret_unseal(c->arena, &key, about(c->arena, user), stored, &secret)) {
        LOG(LOG_ERROR, "second_factor", {"text", S("sealed with another key")},
            {"user", str_printf(c->arena, "%lld", (long long)user)});
    }
    return secret;
}

/* --- in the store ------------------------------------------------------------------------------
 */

bool factor_get(Db *db, int64_t user, Factor *out) {
    *out = (Factor){0};
    Rows *r =
        Q(db, "SELECT made_ms, confirmed_ms FROM second_factor WHERE app_user = $1", db_i(user));
    if (r && row_next(r))
        *out = (Factor){.any = true,
                        .confirmed = row_i64(r, 1) != 0,
                        .made_ms = row_i64(r, 0),
                        .confirmed_ms = row_i64(r, 1)};
    if (r) rows_close(r);
    out->recovery_left =
        Q_I64(db, 0, "SELECT count(*) FROM recovery_code WHERE app_user = $1 AND used_ms = 0",
              db_i(user));
    return ctx_ok(db_ctx(db));
}

bool factor_begin(Db *db, const User *u, Str *secret, const Act *act) {
    Ctx *c = db_ctx(db);
    unsigned char raw[SECRET_BYTES];
    SecretKey key;
    Factor f;
    if (!factor_get(db, u->id, &f)) return false;
    if (f.confirmed) return FAIL(c, ERR_STATE, M_PEOPLE_FACTOR_ON);
    if (!key_of(db, &key)) return false;
    secret_random(raw, sizeof raw);
    *secret = base32_text(c->arena, str_of(raw, sizeof raw));
    Str sealed = secret_seal(c->arena, &key, about(c->arena, u->id), *secret);
    return EXEC(db, "DELETE FROM second_factor WHERE app_user = $1", db_i(u->id)) &&
           EXEC(db,
                "INSERT INTO second_factor(app_user, secret, made_ms, confirmed_ms, last_step) "
                "VALUES ($1, $2, $3, 0, 0)",
                db_i(u->id), db_s(sealed), db_i(c->now_ms)) &&
           user_journal(db, act, "user.factor_begin", u->id);
}

/* Of equal length: the time does not tell how much of it is right. */
static bool same(Str x, Str y) {
    int differ = x.n != y.n;
    for (ptrdiff_t i = 0; i < x.n && i < y.n; i++) differ |= x.p[i] ^ y.p[i];
    return differ == 0;
}

/* The step a code belongs to, later than `last`; 0: none. */
static int64_t step_of(Ctx *c, Str secret, Str code, int64_t last) {
    Str key;
    int64_t now = c->now_ms / 1000 / FACTOR_STEP_S, found = 0;
    if (code.n != FACTOR_DIGITS || !secret.n || !base32_read(c->arena, secret, &key)) return 0;
    for (int64_t step = now - FACTOR_WINDOW; step <= now + FACTOR_WINDOW; step++)
        if (same(factor_code(c->arena, key, step), code) && step > last) found = step;
    return found;
}

static bool stored(Db *db, int64_t user, Str *secret, int64_t *last, bool *confirmed) {
    Rows *r = Q(db, "SELECT secret, last_step, confirmed_ms FROM second_factor WHERE app_user = $1",
                db_i(user));
    bool any = r && row_next(r);
    if (any) {
        *secret = str_dup(db_ctx(db)->arena, row_str(r, 0));
        *last = row_i64(r, 1);
        *confirmed = row_i64(r, 2) != 0;
    }
    if (r) rows_close(r);
    if (any) *secret = open_secret(db, user, *secret);
    return any && ctx_ok(db_ctx(db));
}

/* What a person types: without blanks and dashes. */
static Str typed(Arena *a, Str code) {
    Buf b = buf_new(a, 0);
    for (ptrdiff_t i = 0; i < code.n; i++)
        if (code.p[i] != ' ' && code.p[i] != '-') buf_char(&b, code.p[i]);
    return buf_str(&b);
}

static Str recovery_hash(Ctx *c, int64_t user, Str code) {
    return hash_hex(c->arena, HASH_SM3,
                    str_printf(c->arena, "%lld|%.*s", (long long)user, STRF(code)));
}

bool factor_confirm(Db *db, const User *u, Str code, Str *codes, const Act *act) {
    Ctx *c = db_ctx(db);
    Str secret;
    int64_t last;
    bool confirmed;
    if (!stored(db, u->id, &secret, &last, &confirmed))
        return ctx_ok(c) && FAIL(c, ERR_STATE, M_PEOPLE_FACTOR_NONE);
    if (confirmed) return FAIL(c, ERR_STATE, M_PEOPLE_FACTOR_ON);
    int64_t step = step_of(c, secret, typed(c->arena, code), last);
    if (!step) return FAIL_AT(c, ERR_RULE, S("/code"), M_PEOPLE_FACTOR_WRONG);
    if (!EXEC(db, "UPDATE second_factor SET confirmed_ms = $1, last_step = $2 WHERE app_user = $3",
              db_i(c->now_ms), db_i(step), db_i(u->id)) ||
        !EXEC(db, "DELETE FROM recovery_code WHERE app_user = $1", db_i(u->id)))
        return false;
    for (int i = 0; i < RECOVERY_CODES; i++) {
        codes[i] = user_one_time_password(c->arena);
        if (!EXEC(db, "INSERT INTO recovery_code(app_user, code_sm3, used_ms) VALUES ($1, $2, 0)",
                  db_i(u->id), db_s(recovery_hash(c, u->id, codes[i]))))
            return false;
    }
    return user_journal(db, act, "user.factor_on", u->id);
}

bool factor_remove(Db *db, int64_t user, const Act *act) {
    return EXEC(db, "DELETE FROM recovery_code WHERE app_user = $1", db_i(user)) &&
           EXEC(db, "DELETE FROM second_factor WHERE app_user = $1", db_i(user)) &&
           user_journal(db, act, "user.factor_off", user);
}

bool factor_take(Db *db, int64_t user, Str code, bool *needed) {
    Ctx *c = db_ctx(db);
    Str secret = S("");
    int64_t last = 0, changed = 0;
    bool confirmed = false;
    bool any = stored(db, user, &secret, &last, &confirmed) && confirmed;
    if (needed) *needed = any;
    if (!any) return ctx_ok(c);
    Str given = typed(c->arena, code);
    int64_t step = step_of(c, secret, given, last);
    if (step) { /* two at once: the second finds the step taken */
        DbVal args[] = {db_i(step), db_i(user)};
        return db_exec(db,
                       "UPDATE second_factor SET last_step = $1 WHERE app_user = $2 AND "
                       "last_step < $1",
                       &changed, 2, args) &&
               changed == 1;
    }
    DbVal args[] = {db_i(c->now_ms), db_i(user), db_s(recovery_hash(c, user, given))};
    return db_exec(db,
                   "UPDATE recovery_code SET used_ms = $1 WHERE app_user = $2 AND code_sm3 = $3 "
                   "AND used_ms = 0",
                   &changed, 3, args) &&
           changed == 1;
}
