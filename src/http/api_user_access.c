/* How people come in and go on: invitations, the second factor, sessions, the preview. */
#include "city/people/factor.h"
#include "city/people/invitation.h"
#include "http/api.h"
#include "http/json_out.h"

typedef struct Work {
    const Request *r;
    User user;
    Str token, code, codes[RECOVERY_CODES];
    int64_t id, expires_ms;
    PasswordHash hash;
    Preview preview;
    Act act;
} Work;

static bool read_reason(Request *r, const Json *j, Act *act) {
    Str reason = str_trim(json_get_str(j, S("reason")));
    *act = http_act(r, reason);
    return reason.n > 0 || HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
}

/* --- invitations -------------------------------------------------------------------------------
 */

static bool invite(Db *db, void *data) {
    Work *w = data;
    return invitation_make(db, w->id, &w->token, &w->expires_ms, &w->act);
}

bool api_user_invite(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Work w = {0};
    Json *j = http_json(r);
    if (!j || !http_id(r, 0, &w.id) || !read_reason(r, j, &w.act) ||
        !user_get(r->db, w.id, &w.user) || !tx_run(r->db, DB_WRITE, invite, &w))
        return false;
    Json *o = json_new(a, JSON_OBJECT);
    /* behind '#': a browser does not send it, no log keeps it */
    out_str(a, o, S("href"), str_cat(a, S("/invitation#"), w.token));
    out_instant(a, o, S("expires_at"), w.expires_ms);
    http_reply(out, r, 201, o);
    return true;
}

static bool uninvite(Db *db, void *data) {
    Work *w = data;
    return invitation_withdraw(db, w->id, NULL, &w->act);
}

bool api_user_uninvite(Request *r, Response *out) {
    Work w = {.act = http_act(r, S("withdrawn"))};
    if (!http_id(r, 0, &w.id) || !user_get(r->db, w.id, &w.user) ||
        !tx_run(r->db, DB_WRITE, uninvite, &w))
        return false;
    out->status = 204;
    return true;
}

static bool accept(Db *db, void *data) {
    Work *w = data;
    return invitation_accept(db, w->token, w->hash, &w->user);
}

bool api_invitation_accept(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Work w = {0};
    Json *j = http_json(r);
    if (!j) return false;
    w.token = json_get_str(j, S("token"));
    if (!w.token.n) return HTTP_INVALID(r, S("/token"), M_HTTP_REQUIRED, S("token"));
    if (!invitation_find(r->db, w.token, &w.user) ||
        !user_hash_password(r->c, w.user.name, json_get_str(j, S("password")), &w.hash) ||
        !tx_run(r->db, DB_WRITE, accept, &w))
        return false;
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("name"), w.user.name);
    out_str(a, o, S("display_name"), w.user.display_name);
    http_reply(out, r, 200, o);
    return true;
}

/* --- the second factor -------------------------------------------------------------------------
 */

bool api_factor(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Factor f;
    if (!factor_get(r->db, r->user->id, &f)) return false;
    Json *o = json_new(a, JSON_OBJECT);
    out_bool(a, o, S("in_force"), f.confirmed);
    out_instant(a, o, S("since"), f.confirmed_ms);
    out_int(a, o, S("recovery_codes_left"), f.recovery_left);
    http_reply(out, r, 200, o);
    return true;
}

/* What weakens or changes how somebody signs in asks for the password again. */
static bool check_password(Request *r, const Json *j) {
    if (user_check_password(r->db, r->user, json_get_str(j, S("password")))) return true;
    return ctx_ok(r->c) && HTTP_INVALID(r, S("/password"), M_HTTP_CURRENT_PASSWORD);
}

static bool begin(Db *db, void *data) {
    Work *w = data;
    return factor_begin(db, w->r->user, &w->code, &w->act);
}

bool api_factor_begin(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Work w = {.r = r, .act = http_act(r, S("second factor"))};
    Json *j = http_json(r);
    if (!j || !check_password(r, j) || !tx_run(r->db, DB_WRITE, begin, &w)) return false;
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("secret"), w.code);
    out_str(a, o, S("uri"), factor_uri(a, S("Jixia"), r->user->name, w.code));
    http_reply(out, r, 201, o);
    out->cache = S("no-store");
    return true;
}

static bool confirm(Db *db, void *data) {
    Work *w = data;
    return factor_confirm(db, w->r->user, w->code, w->codes, &w->act);
}

bool api_factor_confirm(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Work w = {.r = r, .act = http_act(r, S("second factor"))};
    Json *j = http_json(r);
    if (!j) return false;
    w.code = json_get_str(j, S("code"));
    if (!tx_run(r->db, DB_WRITE, confirm, &w)) return false;
    Json *o = json_new(a, JSON_OBJECT);
    Json *list = out_list(a, o, S("recovery_codes"));
    for (int i = 0; i < RECOVERY_CODES; i++) json_push(list, json_string(a, w.codes[i]));
    http_reply(out, r, 200, o);
    out->cache = S("no-store");
    return true;
}

static bool take_away(Db *db, void *data) {
    const Work *w = data;
    bool needed;
    if (!factor_take(db, w->r->user->id, w->code, &needed))
        return ctx_ok(db_ctx(db)) &&
               FAIL_AT(db_ctx(db), ERR_RULE, S("/code"), M_PEOPLE_FACTOR_WRONG);
    return factor_remove(db, w->r->user->id, &w->act);
}

bool api_factor_remove(Request *r, Response *out) {
    Work w = {.r = r, .act = http_act(r, S("second factor"))};
    Json *j = http_json(r);
    if (!j || !check_password(r, j)) return false;
    w.code = json_get_str(j, S("code"));
    return tx_run(r->db, DB_WRITE, take_away, &w) && api_factor(r, out);
}

/* --- sessions ----------------------------------------------------------------------------------
 */

static bool reply_sessions(Request *r, Response *out, int64_t user) {
    Arena *a = r->c->arena;
    SessionRow *all;
    int n;
    if (!session_list(r->db, user, &all, &n)) return false;
    Json *o = json_new(a, JSON_OBJECT);
    Json *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) {
        Json *j = out_item(a, items);
        out_str(a, j, S("id"), str_printf(a, "%lld", (long long)all[i].serial));
        out_instant(a, j, S("since"), all[i].created_ms);
        out_instant(a, j, S("until"), all[i].expires_ms);
        out_str(a, j, S("from"), all[i].address);
        out_opt(a, j, S("agent"), all[i].agent);
        out_bool(a, j, S("this_one"), all[i].serial == r->user->session);
        out_bool(a, j, S("preview"), all[i].viewing);
    }
    out_int(a, o, S("total"), n);
    http_reply(out, r, 200, o);
    return true;
}

bool api_own_sessions(Request *r, Response *out) {
    return reply_sessions(r, out, r->user->id);
}

bool api_user_sessions(Request *r, Response *out) {
    int64_t id;
    User u;
    return http_id(r, 0, &id) && user_get(r->db, id, &u) && reply_sessions(r, out, id);
}

static bool end_session(Db *db, void *data) {
    const Work *w = data;
    return session_end(db, w->user.id, w->id, &w->act);
}

bool api_own_session_end(Request *r, Response *out) {
    Work w = {.user = *r->user, .act = http_act(r, S("own session"))};
    if (!http_id(r, 0, &w.id) || !tx_run(r->db, DB_WRITE, end_session, &w)) return false;
    out->status = 204;
    return true;
}

bool api_user_session_end(Request *r, Response *out) {
    Work w = {.act = http_act(r, S("ended by an administrator"))};
    int64_t id;
    if (!http_id(r, 0, &id) || !http_id(r, 1, &w.id) || !user_get(r->db, id, &w.user) ||
        !tx_run(r->db, DB_WRITE, end_session, &w))
        return false;
    out->status = 204;
    return true;
}

/* --- the preview -------------------------------------------------------------------------------
 */

static bool preview(Db *db, void *data) {
    const Work *w = data;
    return session_preview(db, w->r->user, &w->preview, &w->act);
}

bool api_preview(Request *r, Response *out) {
    Work w = {.r = r};
    Json *j = http_json(r);
    if (!j) return false;
    Str word = json_get_str(j, S("role"));
    int role = role_find(word);
    if (role < 0 || role >= ROLE_SYSADMIN)
        return HTTP_INVALID(r, S("/role"), M_PEOPLE_VIEW_ROLE, word);
    if (!read_reason(r, j, &w.act)) return false;
    w.preview.roles = 1u << role;
    w.preview.district = json_get_str(j, S("district"));
    if (w.preview.district.n && !map_get(&r->reg->codes.division, w.preview.district))
        return HTTP_INVALID(r, S("/district"), M_PEOPLE_DISTRICT, w.preview.district);
    str_to_i64(json_get_str(j, S("organisation")), &w.preview.organisation);
    str_to_i64(json_get_str(j, S("enterprise")), &w.preview.subject);
    if (!tx_run(r->db, DB_WRITE, preview, &w)) return false;
    out->status = 204;
    return true;
}

bool api_preview_end(Request *r, Response *out) {
    Work w = {.r = r, .act = http_act(r, S("end of the preview"))};
    if (!tx_run(r->db, DB_WRITE, preview, &w)) return false;
    out->status = 204;
    return true;
}
