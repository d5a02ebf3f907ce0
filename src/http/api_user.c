/* Users: read by administrators and auditors, written by the system and security administrators.
 * A new password is shown once and must be changed at the first sign-in. */
#include "city/people/factor.h"
#include "city/people/invitation.h"
#include "city/people/office.h"
#include "city/people/organisation.h"
#include "http/api.h"
#include "http/json_out.h"

Json *api_account(Arena *a, const User *u) {
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("id"), str_printf(a, "%lld", (long long)u->id));
    out_str(a, o, S("name"), u->name);
    out_str(a, o, S("display_name"), u->display_name);
    out_opt(a, o, S("department"), u->department);
    out_opt(a, o, S("district"), u->district);
    Json *roles = out_list(a, o, S("roles"));
    for (int i = 0; i < ROLES; i++)
        if (u->roles >> i & 1) json_push(roles, json_string(a, role_text((Role)i)));
    return o;
}

static void out_id(Arena *a, Json *o, Str key, int64_t id) {
    out_opt(a, o, key, id ? str_printf(a, "%lld", (long long)id) : S(""));
}

/* What is asked of one account at a time. */
static void out_access(Request *r, Json *o, const User *u) {
    Factor f;
    if (!factor_get(r->db, u->id, &f)) return;
    out_bool(r->c->arena, o, S("second_factor"), f.confirmed);
    out_instant(r->c->arena, o, S("invited_until"), invitation_open_until(r->db, u->id));
}

static Json *user_json(Arena *a, const User *u) {
    Json *o = api_account(a, u);
    out_bool(a, o, S("disabled"), u->disabled);
    out_instant(a, o, S("locked_until"), u->locked_until_ms);
    out_bool(a, o, S("must_change_password"), u->must_change);
    out_instant(a, o, S("created_at"), u->created_ms);
    out_instant(a, o, S("last_sign_in_at"), u->last_sign_in_ms);
    out_id(a, o, S("office"), u->office);
    out_id(a, o, S("organisation"), u->organisation);
    out_id(a, o, S("enterprise"), u->subject);
    return o;
}

static Str user_etag(const Request *r, const User *u) {
    return str_printf(r->c->arena, "user-%lld-%lld", (long long)u->id, (long long)u->version);
}

bool api_users(Request *r, Response *out) {
    Arena *a = r->c->arena;
    User *users;
    int n;
    if (!user_list(r->db, http_query(r, S("q")), &users, &n)) return false;
    Json *o = json_new(a, JSON_OBJECT);
    Json *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) json_push(items, user_json(a, &users[i]));
    out_int(a, o, S("total"), n);
    http_reply_tagged(out, r, o);
    return true;
}

bool api_user(Request *r, Response *out) {
    int64_t id;
    User u;
    if (!http_id(r, 0, &id) || !user_get(r->db, id, &u)) return false;
    Json *o = user_json(r->c->arena, &u);
    out_access(r, o, &u);
    http_reply(out, r, 200, o);
    out->etag = user_etag(r, &u);
    return true;
}

/* Reads `roles`; false (422) for an unknown one. Absent: unchanged. */
static bool read_roles(Request *r, const Json *j, uint32_t *roles) {
    const Json *list = json_get(j, S("roles"));
    if (!list) return true;
    *roles = 0;
    int k = 0;
    for (const Json *e = list->kind == JSON_ARRAY ? list->first : NULL; e; e = e->next, k++) {
        int role = role_find(json_str(e, S("")));
        if (role < 0)
            return HTTP_INVALID(r, str_printf(r->c->arena, "/roles/%d", k), M_HTTP_ROLE,
                                json_str(e, S("")), role_list(r->c->arena, r->c->lang == LANG_EN));
        *roles |= 1u << role;
    }
    return true;
}

/* Where an account belongs: a district or zone of the city, an office, an organisation that are
 * there. A clerk of a district needs one. */
static bool check_place(Request *r, const User *u) {
    Office office;
    Organisation organisation;
    if (u->district.n && !map_get(&r->reg->codes.division, u->district))
        return HTTP_INVALID(r, S("/district"), M_PEOPLE_DISTRICT, u->district);
    if (u->district.n == 0 && u->roles == 1u << ROLE_CLERK_DISTRICT)
        return HTTP_INVALID(r, S("/district"), M_PEOPLE_DISTRICT_NEEDED);
    return (!u->office || office_get(r->db, u->office, &office)) &&
           (!u->organisation || organisation_get(r->db, u->organisation, &organisation));
}

static bool read_id(Request *r, const Json *j, Str key, int64_t *id) {
    const Json *v = json_get(j, key);
    Str s = json_str(v, S(""));
    if (!v) return true;
    *id = 0;
    return s.n == 0 || (str_to_i64(s, id) && *id > 0) ||
           HTTP_INVALID(r, str_cat(r->c->arena, S("/"), key), M_HTTP_QUERY, key, s);
}

static bool read_place(Request *r, const Json *j, User *u) {
    return read_id(r, j, S("office"), &u->office) &&
           read_id(r, j, S("organisation"), &u->organisation) && check_place(r, u);
}

typedef struct Change {
    Request *r;
    User user;
    bool end_factor;
    Str password; /* empty: not set anew */
    PasswordHash hash;
    Act act;
} Change;

static bool add_in_tx(Db *db, void *data) {
    Change *k = data;
    k->user.id = user_add(db, &k->user, k->hash, &k->act);
    return k->user.id && user_get(db, k->user.id, &k->user);
}

static bool change_in_tx(Db *db, void *data) {
    Change *k = data;
    if (!user_change(db, &k->user, &k->act)) return false;
    if (k->password.n && !user_set_password(db, k->user.id, k->hash, true, &k->act)) return false;
    if (k->end_factor && !factor_remove(db, k->user.id, &k->act)) return false;
    return user_get(db, k->user.id, &k->user);
}

static void reply_result(Request *r, Response *out, int status, const Change *k) {
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("user"), user_json(a, &k->user));
    out_opt(a, o, S("one_time_password"), k->password);
    http_reply(out, r, status, o);
    out->etag = user_etag(r, &k->user);
}

static Str reason_of(const Json *j, Str fallback) {
    Str s = str_trim(json_get_str(j, S("reason")));
    return s.n ? s : fallback;
}

bool api_user_add(Request *r, Response *out) {
    Json *j = http_json(r);
    if (!j) return false;
    Change k = {.r = r, .password = user_one_time_password(r->c->arena)};
    k.user = (User){.name = json_get_str(j, S("name")),
                    .display_name = json_get_str(j, S("display_name")),
                    .department = json_get_str(j, S("department")),
                    .district = json_get_str(j, S("district")),
                    .must_change = true};
    k.act = http_act(r, reason_of(j, S("new user")));
    if (!read_roles(r, j, &k.user.roles) || !read_place(r, j, &k.user) ||
        !user_hash_password(r->c, k.user.name, k.password, &k.hash) ||
        !tx_run(r->db, DB_WRITE, add_in_tx, &k))
        return false;
    reply_result(r, out, 201, &k);
    out->location = str_printf(r->c->arena, "/api/v1/users/%lld", (long long)k.user.id);
    return true;
}

static void patch_text(const Json *j, Str key, Str *field) {
    const Json *v = json_get(j, key);
    if (v) *field = json_str(v, S(""));
}

bool api_user_change(Request *r, Response *out) {
    int64_t id;
    Change k = {.r = r};
    Json *j = http_json(r);
    if (!j || !http_id(r, 0, &id) || !user_get(r->db, id, &k.user)) return false;
    if (!http_if_match(r, user_etag(r, &k.user))) return false;
    if (reason_of(j, S("")).n == 0)
        return HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
    patch_text(j, S("display_name"), &k.user.display_name);
    patch_text(j, S("department"), &k.user.department);
    patch_text(j, S("district"), &k.user.district);
    k.user.disabled = json_get_bool(j, S("disabled"), k.user.disabled);
    if (k.user.disabled && id == r->user->id) return FAIL(r->c, ERR_RULE, M_HTTP_OWN_ACCOUNT);
    if (json_get_bool(j, S("unlock"), false)) k.user.locked_until_ms = 0;
    if (json_get_bool(j, S("reset_password"), false))
        k.password = user_one_time_password(r->c->arena);
    k.act = http_act(r, reason_of(j, S("")));
    if (k.password.n && !user_hash_password(r->c, k.user.name, k.password, &k.hash)) return false;
    k.end_factor = json_get_bool(j, S("reset_second_factor"), false);
    uint32_t roles = k.user.roles;
    if (!read_roles(r, j, &k.user.roles) || !read_place(r, j, &k.user)) return false;
    if (k.user.roles != roles && id == r->user->id)
        return HTTP_INVALID(r, S("/roles"), M_PEOPLE_OWN_ROLES);
    if (!tx_run(r->db, DB_WRITE, change_in_tx, &k)) return false;
    reply_result(r, out, 200, &k);
    return true;
}
