/* The mail server as the operator set it, and the proof of delivery. See mail.h.
 *
 * Invariant: no password is ever in the store, in the journal or in an answer; the store knows the
 * file that has it.
 */
#include "city/bundle/mail.h"

#include "codec/json.h"
#include "codec/mail.h"

#define NAME S("mail")

static const struct {
    Str key;
    size_t at;
} TEXTS[] = {
    {STR_INIT("server"), offsetof(MailConfig, server)},
    {STR_INIT("from"), offsetof(MailConfig, from)},
    {STR_INIT("from_name"), offsetof(MailConfig, from_name)},
    {STR_INIT("user"), offsetof(MailConfig, user)},
    {STR_INIT("password_file"), offsetof(MailConfig, password_file)},
    {STR_INIT("ca_file"), offsetof(MailConfig, ca_file)},
    {STR_INIT("site"), offsetof(MailConfig, site)},
};
enum { TEXT_COUNT = sizeof TEXTS / sizeof *TEXTS, DIGEST_HOUR = 8 };

bool mail_config_get(Db *db, MailConfig *out) {
    Ctx *c = db_ctx(db);
    Str text = {0};
    *out = (MailConfig){.digest_hour = DIGEST_HOUR};
    Rows *r = Q(db, "SELECT value FROM setting WHERE name = $1", db_s(NAME));
    if (r && row_next(r)) text = str_dup(c->arena, row_str(r, 0));
    if (r) rows_close(r);
    if (text.n == 0) return ctx_ok(c);
    Json *o = json_parse(c, text, NAME);
    if (!o) return false;
    for (int i = 0; i < TEXT_COUNT; i++)
        *(Str *)((char *)out + TEXTS[i].at) = json_get_str(o, TEXTS[i].key);
    out->plain = json_get_bool(o, S("plain"), false);
    out->digest_hour = (int)json_get_i64(o, S("digest_hour"), DIGEST_HOUR);
    return true;
}

/* The host of smtp://host:port; empty when it is none. */
static Str host_of(Str server) {
    Str rest = str_starts(server, S("smtps://"))  ? str_sub(server, 8, server.n)
               : str_starts(server, S("smtp://")) ? str_sub(server, 7, server.n)
                                                  : S("");
    Str host = str_starts(rest, S("[")) ? str_sub(rest, 0, str_find(rest, S("]")) + 1)
                                        : str_cut(&rest, ':');
    for (ptrdiff_t i = 0; i < server.n; i++)
        if (server.p[i] <= ' ' || server.p[i] > '~' || server.p[i] == '@') return S("");
    return str_find(host, S("/")) >= 0 ? S("") : host;
}

static bool has_control(Str s) {
    for (ptrdiff_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ') return true;
    return false;
}

static bool check(Ctx *c, const MailConfig *k) {
    static const Str HERE[] = {STR_INIT("127.0.0.1"), STR_INIT("localhost"), STR_INIT("[::1]")};
    Str host = host_of(k->server);
    bool here = false;
    for (size_t i = 0; i < sizeof HERE / sizeof *HERE; i++) here = here || str_eq(host, HERE[i]);
    if (host.n == 0) return FAIL_AT(c, ERR_RULE, S("server"), M_MAIL_SERVER, k->server);
    if (!mail_address_valid(k->from))
        return FAIL_AT(c, ERR_RULE, S("from"), M_NOTIFY_EMAIL, k->from);
    for (int i = 0; i < TEXT_COUNT; i++)
        if (has_control(*(const Str *)((const char *)k + TEXTS[i].at)))
            return FAIL_AT(c, ERR_RULE, TEXTS[i].key, M_MAIL_CONTROL, TEXTS[i].key);
    if (k->plain && (!here || k->user.n || str_starts(k->server, S("smtps"))))
        return FAIL_AT(c, ERR_RULE, S("plain"), M_MAIL_PLAIN, host);
    if ((k->user.n > 0) != (k->password_file.n > 0))
        return FAIL_AT(c, ERR_RULE, S("password_file"), M_MAIL_PASSWORD);
    if (k->digest_hour < 0 || k->digest_hour > 23)
        return FAIL_AT(c, ERR_RULE, S("digest_hour"), M_MAIL_HOUR);
    return true;
}

bool mail_config_set(Db *db, const MailConfig *k, const Act *act) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    Buf b = buf_new(a, 0);
    if (!check(c, k)) return false;
    for (int i = 0; i < TEXT_COUNT; i++)
        json_set(o, TEXTS[i].key, json_string(a, *(const Str *)((const char *)k + TEXTS[i].at)));
    json_set(o, S("plain"), json_bool(a, k->plain));
    json_set(o, S("digest_hour"), json_int(a, k->digest_hour));
    json_canonical(&b, o);
    return EXEC(db,
                "INSERT INTO setting(name, value) VALUES($1, $2) "
                "ON CONFLICT(name) DO UPDATE SET value = excluded.value",
                db_s(NAME), db_s(buf_str(&b))) &&
           journal_add(db, act, S("mail.configure"), S("setting:mail"), buf_str(&b));
}

bool mail_config_end(Db *db, const Act *act) {
    return EXEC(db, "DELETE FROM setting WHERE name = $1", db_s(NAME)) &&
           journal_add(db, act, S("mail.off"), S("setting:mail"), S(""));
}
