/* Settings of notifications. See setting.h. The secret of a feed is stored as its SM3 only. */
#include "city/bundle/setting.h"

#include "base/hash.h"
#include "base/secret.h"
#include "codec/mail.h"

enum { TOKEN_BYTES = 24 };

bool setting_get(Db *db, int64_t user, NotifySetting *out) {
    Ctx *c = db_ctx(db);
    *out = (NotifySetting){.user = user, .lang = LANG_ZH};
    Rows *r = Q(db,
                "SELECT email, digest, language, feed_sm3, digest_day, digest_to, version "
                "FROM notify_setting WHERE app_user = $1",
                db_i(user));
    if (r && row_next(r))
        *out = (NotifySetting){.user = user,
                               .email = str_dup(c->arena, row_str(r, 0)),
                               .digest = row_i64(r, 1) != 0,
                               .lang = str_eq(row_str(r, 2), S("en")) ? LANG_EN : LANG_ZH,
                               .feed = row_str(r, 3).n > 0,
                               .digest_day = row_i64(r, 4),
                               .digest_upto = row_i64(r, 5),
                               .version = row_i64(r, 6)};
    if (r) rows_close(r);
    return ctx_ok(c);
}

/* Every user has at most one row; it appears with the first choice. */
static bool make_row(Db *db, int64_t user) {
    return EXEC(db,
                "INSERT INTO notify_setting(app_user, email, digest, language, feed_sm3, "
                "digest_day, digest_to, version) VALUES($1, '', 0, 'zh', '', 0, 0, 0) "
                "ON CONFLICT(app_user) DO NOTHING",
                db_i(user));
}

bool setting_put(Db *db, const NotifySetting *s) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    if (s->email.n && !mail_address_valid(s->email))
        return FAIL_AT(c, ERR_RULE, S("/email"), M_NOTIFY_EMAIL, s->email);
    if (s->digest && !s->email.n) return FAIL_AT(c, ERR_RULE, S("/email"), M_NOTIFY_NO_EMAIL);
    DbVal args[] = {db_i(s->user), db_s(s->email), db_i(s->digest),
                    db_s(s->lang == LANG_EN ? S("en") : S("zh")), db_i(s->version)};
    if (!make_row(db, s->user) ||
        !db_exec(db,
                 "UPDATE notify_setting SET email = $2, digest = $3, language = $4, "
                 "version = version + 1 WHERE app_user = $1 AND version = $5",
                 &changed, 5, args))
        return false;
    return changed == 1 || FAIL(c, ERR_STALE, M_STALE);
}

static bool set_feed(Db *db, int64_t user, Str sm3) {
    return make_row(db, user) &&
           EXEC(db,
                "UPDATE notify_setting SET feed_sm3 = $2, version = version + 1 "
                "WHERE app_user = $1",
                db_i(user), db_s(sm3));
}

bool setting_new_feed(Db *db, int64_t user, Str *token) {
    Arena *a = db_ctx(db)->arena;
    *token = secret_token(a, TOKEN_BYTES);
    return set_feed(db, user, hash_hex(a, HASH_SM3, *token));
}

bool setting_end_feed(Db *db, int64_t user) {
    return set_feed(db, user, S(""));
}

bool setting_of_feed(Db *db, Str token, User *out, Lang *lang) {
    Ctx *c = db_ctx(db);
    NotifySetting s;
    if (token.n < TOKEN_BYTES) return false;
    int64_t user = Q_I64(db, 0, "SELECT app_user FROM notify_setting WHERE feed_sm3 = $1",
                         db_s(hash_hex(c->arena, HASH_SM3, token)));
    if (!user || !user_get(db, user, out) || out->disabled || !setting_get(db, user, &s))
        return false;
    *lang = s.lang;
    return true;
}
