/* Users. See user.h; sessions stand in session.c. */
#include "city/user.h"

#include "base/date.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "store/counter.h"

#define USER_COLUMNS                                                                               \
    "id, name, display_name, department, district, roles, must_change, disabled, "                 \
    "COALESCE((SELECT f.locked_until_ms FROM sign_in_failure f WHERE f.name = app_user.name), "    \
    "0), created_ms, last_sign_in_ms, last_sign_in_from, version, office, organisation, "          \
    "COALESCE((SELECT min(b.subject) FROM enterprise_binding b WHERE b.app_user = app_user.id "    \
    "AND b.state = 'bound' AND b.from_day <= $1 AND (b.to_day = 0 OR b.to_day > $1)), 0)"

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
                  .version = row_i64(r, 12),
                  .office = row_i64(r, 13),
                  .organisation = row_i64(r, 14),
                  .subject = row_i64(r, 15)};
}

/* Today in China, yyyymmdd: the first argument of every query with USER_COLUMNS. */
static DbVal today(Db *db) {
    return db_i(date_to_int((db_ctx(db)->now_ms + 8 * 3600000) / 86400000));
}

static bool one_user(Db *db, Rows *r, User *out) {
    bool found = r && row_next(r);
    if (found) *out = row_user(db_ctx(db)->arena, r);
    if (r) rows_close(r);
    return found;
}

bool user_get(Db *db, int64_t id, User *out) {
    if (one_user(db,
                 Q(db, "SELECT " USER_COLUMNS " FROM app_user WHERE id = $2", today(db), db_i(id)),
                 out))
        return true;
    Ctx *c = db_ctx(db);
    return ctx_ok(c) && FAIL(c, ERR_MISSING, M_USER_UNKNOWN);
}

bool user_by_name(Db *db, Str name, User *out) {
    return one_user(
        db, Q(db, "SELECT " USER_COLUMNS " FROM app_user WHERE name = $2", today(db), db_s(name)),
        out);
}

bool user_list(Db *db, Str part, User **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db, "SELECT " USER_COLUMNS " FROM app_user ORDER BY name", today(db));
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

bool user_name_valid(Str name) {
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

bool user_journal(Db *db, const Act *act, const char *action, int64_t id) {
    Ctx *c = db_ctx(db);
    return journal_add(db, act, str_from(action), str_printf(c->arena, "user:%lld", (long long)id),
                       S(""));
}

bool user_hash_password(Ctx *c, Str name, Str password, PasswordHash *out) {
    if (!ctx_ok(c)) return false;
    if (!strong(name, password)) return FAIL(c, ERR_RULE, M_USER_WEAK);
    return secret_hash_password(c->arena, password, &out->text) ||
           FAIL(c, ERR_BUSY, M_LIMIT_MEMORY);
}

int64_t user_add(Db *db, const User *u, PasswordHash password, const Act *act) {
    Ctx *c = db_ctx(db);
    User other;
    if (!user_name_valid(u->name)) return FAIL(c, ERR_RULE, M_USER_NAME, u->name);
    if (u->roles == 0) return FAIL(c, ERR_RULE, M_USER_NO_ROLE);
    int64_t id = counter_take(db, S("app_user"), 1); /* adders are in line from here on */
    if (!id) return 0;
    if (!roles_apart(u->roles) && user_count(db) > 0) return FAIL(c, ERR_RULE, M_PEOPLE_APART);
    if (user_by_name(db, u->name, &other)) return FAIL(c, ERR_STATE, M_USER_TAKEN, u->name);
    bool ok = EXEC(db,
                   "INSERT INTO app_user(id, name, display_name, department, district, roles, "
                   "must_change, disabled, created_ms, last_sign_in_ms, last_sign_in_from, "
                   "version, password, office, organisation) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, 0, '', 1, $9, $10, $11)",
                   db_i(id), db_s(u->name), db_s(u->display_name.n ? u->display_name : u->name),
                   db_s(u->department), db_s(u->district), db_i(u->roles), db_i(u->must_change),
                   db_i(c->now_ms), db_s(password.text), db_i(u->office), db_i(u->organisation)) &&
              user_journal(db, act, "user.add", id);
    return ok ? id : 0;
}

bool user_change(Db *db, const User *u, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    DbVal args[] = {db_s(u->display_name), db_s(u->department), db_s(u->district),
                    db_i(u->roles),        db_i(u->disabled),   db_i(u->id),
                    db_i(u->version),      db_i(u->office),     db_i(u->organisation)};
    User old = {0};
    if (u->roles == 0) return FAIL(c, ERR_RULE, M_USER_NO_ROLE);
    if (!user_get(db, u->id, &old)) return false;
    if (u->roles != old.roles && !roles_apart(u->roles)) return FAIL(c, ERR_RULE, M_PEOPLE_APART);
    if (!db_exec(db,
                 "UPDATE app_user SET display_name = $1, department = $2, district = $3, "
                 "roles = $4, disabled = $5, office = $8, organisation = $9, "
                 "version = version + 1 WHERE id = $6 AND version = $7",
                 &changed, 9, args))
        return false;
    if (changed != 1) return FAIL(c, ERR_STALE, M_STALE);
    if (u->locked_until_ms == 0 && !user_unlock(db, u->name)) return false;
    if (u->disabled && !EXEC(db, "DELETE FROM session WHERE app_user = $1", db_i(u->id)))
        return false;
    return user_journal(db, act, "user.change", u->id);
}

bool user_set_password(Db *db, int64_t id, PasswordHash password, bool must_change,
                       const Act *act) {
    User u;
    return user_get(db, id, &u) &&
           EXEC(db,
                "UPDATE app_user SET password = $1, must_change = $2, version = version + 1 "
                "WHERE id = $3",
                db_s(password.text), db_i(must_change), db_i(id)) &&
           user_unlock(db, u.name) &&
           EXEC(db, "DELETE FROM session WHERE app_user = $1", db_i(id)) &&
           user_journal(db, act, "user.password", id);
}

Str user_one_time_password(Arena *a) {
    static const char LETTERS[] = "abcdefghjkmnpqrstuvwxyz23456789";
    unsigned char raw[16];
    char *out = arena_alloc(a, sizeof raw);
    secret_random(raw, sizeof raw);
    for (size_t i = 0; i < sizeof raw; i++) out[i] = LETTERS[raw[i] % (sizeof LETTERS - 1)];
    return str_of(out, sizeof raw);
}

/* What the session says over the account: the sign-in before this one, a preview. */
static bool read_session(Db *db, Str token_sm3, User *u) {
    Arena *a = db_ctx(db)->arena;
    Rows *r = Q(db,
                "SELECT serial, previous_ms, previous_from, view_roles, view_district, "
                "view_organisation, view_subject FROM session WHERE token_sm3 = $1",
                db_s(token_sm3));
    u->own_roles = u->roles;
    if (r && row_next(r)) {
        u->session = row_i64(r, 0);
        u->last_sign_in_ms = row_i64(r, 1);
        u->last_sign_in_from = str_dup(a, row_str(r, 2));
        u->viewing = row_i64(r, 3) != 0;
        if (u->viewing) {
            u->roles = (uint32_t)row_i64(r, 3);
            u->district = str_dup(a, row_str(r, 4));
            u->organisation = row_i64(r, 5);
            u->subject = row_i64(r, 6);
        }
    }
    if (r) rows_close(r);
    return ctx_ok(db_ctx(db));
}

bool user_of_session(Db *db, Str token_sm3, User *out) {
    return one_user(db,
                    Q(db,
                      "SELECT " USER_COLUMNS " FROM app_user WHERE disabled = 0 AND id = "
                      "(SELECT app_user FROM session WHERE token_sm3 = $2 AND expires_ms > $3)",
                      today(db), db_s(token_sm3), db_i(db_ctx(db)->now_ms)),
                    out) &&
           read_session(db, token_sm3, out);
}
