/* Health, the contract, signing in and out, one's own account. */
#include "base/date.h"
#include "base/hash.h"
#include "base/version.h"
#include "http/api.h"
#include "http/json_out.h"
#include "http/server.h"
#include "openapi_json.h"

bool api_health(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    const PackSet *p = r->reg->pack;
    const PackInfo *info = &p->packs[p->npacks - 1];
    out_str(a, o, S("status"), S("ok"));
    out_str(a, o, S("version"), S(JIXIA_VERSION));
    out_str(a, o, S("store"), store_is_postgres(r->reg->store) ? S("postgresql") : S("sqlite"));
    Json *pack = out_object(a, o, S("pack"));
    out_str(a, pack, S("id"), info->id);
    out_str(a, pack, S("version"), info->version);
    out_text(a, pack, S("title"), info->title_zh, info->title_en);
    out_text(a, pack, S("city"), info->title_zh, info->title_en);
    out_str(a, pack, S("time_zone"), info->zone);
    out_str(a, o, S("today"), date_text(a, (r->c->now_ms + 8 * 3600000) / 86400000));
    out_int(a, o, S("seq"), r->at.seq);
    bool demo = Q_I64(r->db, 0,
                      "SELECT count(*) FROM (SELECT 1 FROM subject WHERE demo = 1 "
                      "LIMIT 1) AS d") > 0;
    out_bool(a, o, S("demo"), demo);
    http_reply(out, r, 200, o);
    return true;
}

bool api_openapi(Request *r, Response *out) {
    Str text = str_of(OPENAPI[0].data, OPENAPI[0].size);
    out->etag = str_sub(hash_hex(r->c->arena, HASH_SHA256, text), 0, 16);
    out->body = text;
    out->status = 200;
    return true;
}

/* --- the account -------------------------------------------------------------------------------
 */

static Str id_text(Arena *a, int64_t id) {
    return id ? str_printf(a, "%lld", (long long)id) : S("");
}

static Json *me_json(Arena *a, const User *u) {
    Json *o = api_account(a, u);
    Json *rights = out_list(a, o, S("rights"));
    for (int i = 0; i < RIGHT_COUNT; i++)
        if (rights_scope(&RIGHTS[i], u->roles) != SCOPE_NONE)
            json_push(rights, json_string(a, RIGHTS[i].name));
    out_opt(a, o, S("organisation"), id_text(a, u->organisation));
    out_opt(a, o, S("enterprise"), id_text(a, u->subject));
    out_bool(a, o, S("preview"), u->viewing);
    out_bool(a, o, S("must_change_password"), u->must_change);
    if (u->last_sign_in_ms == 0) {
        out_null(a, o, S("last_sign_in"));
        return o;
    }
    Json *last = out_object(a, o, S("last_sign_in"));
    out_instant(a, last, S("at"), u->last_sign_in_ms);
    out_str(a, last, S("from"), u->last_sign_in_from);
    return o;
}

static bool reply_session(Request *r, Response *out, int status, const User *u) {
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    if (u)
        json_set(o, S("user"), me_json(a, u));
    else
        out_null(a, o, S("user"));
    out_bool(a, o, S("first_run"),
             Q_I64(r->db, 0, "SELECT count(*) FROM app_user WHERE last_sign_in_ms > 0") == 0);
    http_reply(out, r, status, o);
    return ctx_ok(r->c);
}

static Str cookie(const Request *r, Str token, int64_t age_s) {
    return str_printf(r->c->arena, "jixia=%.*s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
                      STRF(token), (long long)age_s,
                      server_secure_cookie(r->server) ? "; Secure" : "");
}

bool api_session(Request *r, Response *out) {
    return reply_session(r, out, 200, r->user);
}

bool api_sign_in(Request *r, Response *out) {
    Json *j = http_json(r);
    User u;
    Str token;
    if (!j) return false;
    Str name = json_get_str(j, S("name")), password = json_get_str(j, S("password"));
    if (name.n == 0) return HTTP_INVALID(r, S("/name"), M_HTTP_REQUIRED, S("name"));
    if (password.n == 0) return HTTP_INVALID(r, S("/password"), M_HTTP_REQUIRED, S("password"));
    if (password.n > PASSWORD_MAX) return FAIL(r->c, ERR_AUTH, M_SIGN_IN_WRONG);
    SignIn in = {.name = name,
                 .password = password,
                 .code = json_get_str(j, S("code")),
                 .address = r->address,
                 .agent = http_header(r, S("user-agent"))};
    if (!session_sign_in(r->db, &in, &u, &token)) return false;
    out->cookie = cookie(r, token, SESSION_HOURS * 3600);
    Str set = out->cookie;
    bool ok = reply_session(r, out, 201, &u);
    out->cookie = set;
    return ok;
}

bool api_sign_out(Request *r, Response *out) {
    if (!session_close(r->db, r->token)) return false;
    out->status = 204;
    out->cookie = cookie(r, S(""), 0);
    return true;
}

bool api_me(Request *r, Response *out) {
    http_reply(out, r, 200, me_json(r->c->arena, r->user));
    return true;
}

typedef struct NewPassword {
    Request *r;
    PasswordHash hash;
} NewPassword;

static bool change_in_tx(Db *db, void *user) {
    const NewPassword *n = user;
    Act act = http_act(n->r, S("own password"));
    return user_set_password(db, n->r->user->id, n->hash, false, &act);
}

bool api_change_password(Request *r, Response *out) {
    Json *j = http_json(r);
    if (!j) return false;
    NewPassword n = {.r = r};
    Str password = json_get_str(j, S("password"));
    if (!user_check_password(r->db, r->user, json_get_str(j, S("current"))))
        return ctx_ok(r->c) && HTTP_INVALID(r, S("/current"), M_HTTP_CURRENT_PASSWORD);
    if (!user_hash_password(r->c, r->user->name, password, &n.hash) ||
        !tx_run(r->db, DB_WRITE, change_in_tx, &n))
        return false;
    User u; /* the change ended all sessions; this one goes on under a new token */
    Str token;
    if (!user_get(r->db, r->user->id, &u) ||
        !session_renew(r->db, &u, r->address, http_header(r, S("user-agent")), &token))
        return false;
    http_reply(out, r, 200, me_json(r->c->arena, &u));
    out->cookie = cookie(r, token, SESSION_HOURS * 3600);
    return true;
}
