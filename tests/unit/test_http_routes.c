/* Every route against the rights table and the contract; what every write refuses; sessions;
 * repeated and hostile requests. */
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

enum { CONTRACT_MAX = 4 << 20, MINUTE_MS = 60000 };

static bool is_get(const Route *t) {
    return strcmp(t->method, "GET") == 0;
}

static void fail_at(const char *method, const char *path, Str what, int status) {
    char text[256];
    snprintf(text, sizeof text, "%s %s: %.*s: %d", method, path, STRF(what), status);
    test_failed(__FILE__, __LINE__, text);
}

/* The path of a route with things that exist where they are cheap to make. */
static const char *path_of(HttpFixture *f, const Route *t) {
    Str path = str_from(t->path);
    if (str_starts(path, S("/rules/{"))) return "/rules/zibo/gazelle";
    for (ptrdiff_t at; (at = str_find(path, S("{"))) >= 0;) {
        ptrdiff_t end = str_find(path, S("}"));
        Str out = str_cat(f->arena, str_sub(path, 0, at), S("1"));
        path = str_cat(f->arena, out, str_sub(path, end + 1, path.n));
    }
    return str_z(f->arena, path);
}

/* --- rights ------------------------------------------------------------------------------------
 */

TEST(http_every_route_has_a_right) {
    for (const Route *t = ROUTES; t->method; t++) {
        if (!right_find(str_from(t->right))) fail_at(t->method, t->path, str_from(t->right), 0);
        for (const Route *o = ROUTES; o != t; o++)
            if (strcmp(o->method, t->method) == 0 && strcmp(o->path, t->path) == 0)
                fail_at(t->method, t->path, S("listed twice"), 0);
    }
}

TEST(http_not_signed_in) {
    HttpFixture *f = http_fixture();
    for (const Route *t = ROUTES; t->method; t++) {
        bool open = strcmp(t->right, "public:read") == 0;
        HttpCall call = {.method = t->method, .path = path_of(f, t), .body = S("{}")};
        HttpReply r = http_call(f, &call);
        if ((r.status == 401) == open || r.status == 403 || r.status >= 500)
            fail_at(t->method, t->path, S("not signed in"), r.status);
        call.token = S("0123456789012345678901234567890123456789012");
        r = http_call(f, &call);
        if ((r.status == 401) == open) fail_at(t->method, t->path, S("unknown token"), r.status);
    }
}

TEST(http_all_routes_all_roles) {
    HttpFixture *f = http_fixture();
    for (const Route *t = ROUTES; t->method; t++) {
        const Right *right = right_find(str_from(t->right));
        for (int i = 0; right && i < ROLES; i++) {
            bool allowed = right_scope(right, (Role)i) != SCOPE_NONE;
            bool ends = strcmp(t->method, "DELETE") == 0 && strcmp(t->path, "/session") == 0;
            Str own = ends ? http_sign_in(f, role_text((Role)i), S(FIXTURE_PASSWORD)) : S("");
            HttpReply r = http_call(f, &(HttpCall){.method = t->method,
                                                   .path = path_of(f, t),
                                                   .token = ends ? own : f->tokens[i],
                                                   .body = S("{}")});
            if (r.status == 401 || (r.status == 403) == allowed || r.status >= 500)
                fail_at(t->method, t->path, role_text((Role)i), r.status);
            if (r.status != 403) continue;
            CHECK_STR(json_get_str(r.json, S("right")), right->name);
            CHECK(json_get(r.json, S("roles"))->count > 0);
        }
    }
}

TEST(http_a_denied_write_changes_nothing) {
    HttpFixture *f = http_fixture();
    Str body = S("{\"name\":\"intruder\",\"display_name\":\"x\",\"roles\":[\"sysadmin\"]}");
    HttpReply r = http_call(
        f, &(HttpCall){
               .method = "POST", .path = "/users", .token = f->tokens[ROLE_AUDITOR], .body = body});
    CHECK_INT(r.status, 403);
    r = http_get(f, f->boss, "/users?q=intruder");
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 0);
}

/* --- the contract ------------------------------------------------------------------------------
 */

static Json *contract(HttpFixture *f) {
    Str text;
    Json *j = NULL;
    if (file_read(&f->ctx, S("src/http/openapi.json"), CONTRACT_MAX, &text))
        j = json_parse(&f->ctx, text, S("openapi.json"));
    CHECK(j != NULL);
    return j;
}

static Str lower(Arena *a, const char *method) {
    Buf b = buf_new(a, 0);
    for (; *method; method++) buf_char(&b, (char)(*method | 32));
    return buf_str(&b);
}

static const Json *operation(HttpFixture *f, const Json *doc, const Route *t) {
    const Json *path = json_get(json_get(doc, S("paths")), str_from(t->path));
    return json_get(path, lower(f->arena, t->method));
}

static bool takes(const Json *op, Str parameter) {
    const Json *list = json_get(op, S("parameters"));
    for (const Json *p = list ? list->first : NULL; p; p = p->next)
        if (str_ends(json_get_str(p, S("$ref")), parameter)) return true;
    return false;
}

TEST(http_every_route_is_in_the_contract) {
    HttpFixture *f = http_fixture();
    const Json *doc = contract(f);
    for (const Route *t = ROUTES; t->method; t++) {
        const Json *op = operation(f, doc, t);
        if (!op) {
            fail_at(t->method, t->path, S("not in openapi.json"), 0);
            continue;
        }
        CHECK_STR(json_get_str(op, S("x-right")), str_from(t->right));
        if (takes(op, S("/idempotency_key")) != t->idempotent)
            fail_at(t->method, t->path, S("Idempotency-Key differs"), 0);
    }
}

TEST(http_the_contract_promises_no_more) {
    HttpFixture *f = http_fixture();
    const Json *paths = json_get(contract(f), S("paths"));
    for (const Json *p = paths ? paths->first : NULL; p; p = p->next) {
        for (const Json *op = p->first; op; op = op->next) {
            bool found = false;
            for (const Route *t = ROUTES; t->method; t++)
                found |= str_eq(str_from(t->path), p->key) &&
                         str_eq(lower(f->arena, t->method), op->key);
            if (!found)
                fail_at(str_z(f->arena, op->key), str_z(f->arena, p->key), S("no route"), 0);
        }
    }
}

/* --- writes ------------------------------------------------------------------------------------
 */

static bool is_json_write(const Json *op) {
    const Json *content = json_get(json_get(op, S("requestBody")), S("content"));
    return json_get(content, S("application/json")) ||
           json_get(content, S("application/merge-patch+json"));
}

TEST(http_writes_need_the_csrf_header) {
    HttpFixture *f = http_fixture();
    for (const Route *t = ROUTES; t->method; t++) {
        if (is_get(t)) continue;
        HttpCall call = {.method = t->method,
                         .path = path_of(f, t),
                         .token = f->boss,
                         .body = S("{}"),
                         .bare = true,
                         .headers = {{S("Content-Type"), S("application/json")},
                                     {S("Idempotency-Key"), S("csrf-csrf")}}};
        HttpReply r = http_call(f, &call);
        if (r.status != 403) fail_at(t->method, t->path, S("without X-Jixia-CSRF"), r.status);
        call.headers[2] = (Pair){S("X-Jixia-CSRF"), S("0")};
        r = http_call(f, &call);
        if (r.status != 403) fail_at(t->method, t->path, S("X-Jixia-CSRF: 0"), r.status);
        call.headers[2].value = S("1");
        call.headers[3] = (Pair){S("Sec-Fetch-Site"), S("cross-site")};
        r = http_call(f, &call);
        if (r.status != 403) fail_at(t->method, t->path, S("from another site"), r.status);
    }
}

TEST(http_writes_need_if_match) {
    HttpFixture *f = http_fixture();
    const Json *doc = contract(f);
    for (const Route *t = ROUTES; t->method; t++) {
        bool said = t->members && str_find(str_from(t->members), S("reason")) >= 0;
        Str body = said ? S("{\"reason\":\"test\"}") : S("{}");
        if (is_get(t) || !takes(operation(f, doc, t), S("/if_match"))) continue;
        HttpCall call = {
            .method = t->method, .path = path_of(f, t), .token = f->boss, .body = body};
        HttpReply r = http_call(f, &call);
        if (r.status != 428) fail_at(t->method, t->path, S("without If-Match"), r.status);
        call.headers[0] = (Pair){S("If-Match"), S("\"user-1-0\"")};
        r = http_call(f, &call);
        if (r.status != 412) fail_at(t->method, t->path, S("stale If-Match"), r.status);
    }
}

/* The names of the members by spaces, as the contract has them. */
static Str members_of(HttpFixture *f, const Json *doc, const Json *op) {
    const Json *content = json_get(json_get(op, S("requestBody")), S("content"));
    const Json *type = json_get(content, S("application/json"));
    if (!type) type = json_get(content, S("application/merge-patch+json"));
    const Json *schema = json_get(type, S("schema"));
    Str ref = json_get_str(schema, S("$ref")), home = S("#/components/schemas/");
    if (str_starts(ref, home))
        schema = json_get(json_get(json_get(doc, S("components")), S("schemas")),
                          str_sub(ref, home.n, ref.n));
    Buf b = buf_new(f->arena, 0);
    const Json *all = json_get(schema, S("properties"));
    for (const Json *e = all ? all->first : NULL; e; e = e->next)
        buf_printf(&b, "%s%.*s", b.n ? " " : "", STRF(e->key));
    return buf_str(&b);
}

TEST(http_writes_refuse_unknown_members) {
    HttpFixture *f = http_fixture();
    const Json *doc = contract(f);
    int tested = 0;
    for (const Route *t = ROUTES; t->method; t++) {
        const Json *op = operation(f, doc, t);
        if (is_get(t) || !is_json_write(op)) continue;
        Str known = members_of(f, doc, op);
        tested++;
        if (!t->members || !str_eq(str_from(t->members), known))
            fail_at(t->method, t->path, known, 0);
        HttpReply r = http_call(f, &(HttpCall){.method = t->method,
                                               .path = path_of(f, t),
                                               .token = f->boss,
                                               .body = S("{\"no/such\":1}")});
        const Json *error = json_at(json_get(r.json, S("errors")), 0);
        if (r.status != 422 || !str_eq(json_get_str(error, S("pointer")), S("/no~1such")))
            fail_at(t->method, t->path, S("an unknown member"), r.status);
        if (str_find(r.body, known) < 0) fail_at(t->method, t->path, S("no hint"), r.status);
    }
    CHECK(tested >= 70);
}

TEST(http_writes_need_a_whole_body) {
    static const Str BAD[] = {STR_INIT(""),
                              STR_INIT("{"),
                              STR_INIT("[]"),
                              STR_INIT("\"x\""),
                              STR_INIT("{\"a\":1,\"a\":2}"),
                              STR_INIT("{\"a\":\"\xff\"}"),
                              STR_INIT("{} {}"),
                              STR_INIT("nul")};
    HttpFixture *f = http_fixture();
    const Json *doc = contract(f);
    int tested = 0;
    for (const Route *t = ROUTES; t->method; t++) {
        if (is_get(t) || !is_json_write(operation(f, doc, t))) continue;
        tested++;
        HttpCall call = {.method = t->method, .path = path_of(f, t), .token = f->boss};
        for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
            call.body = BAD[i];
            HttpReply r = http_call(f, &call);
            if (r.status != 400) fail_at(t->method, t->path, BAD[i], r.status);
        }
        call.body = S("{}");
        call.headers[0] = (Pair){S("Content-Type"), S("text/plain")};
        HttpReply r = http_call(f, &call);
        if (r.status != 415) fail_at(t->method, t->path, S("text/plain"), r.status);
    }
    CHECK(tested >= 4);
}

static void check_pointer(HttpFixture *f, const HttpCall *call, Str pointer) {
    HttpReply r = http_call(f, call);
    CHECK_INT(r.status, 422);
    CHECK_STR(json_get_str(json_at(json_get(r.json, S("errors")), 0), S("pointer")), pointer);
}

TEST(http_wrong_values_are_pointed_at) {
    HttpFixture *f = http_fixture();
    check_pointer(f, &(HttpCall){.method = "POST", .path = "/session", .body = S("{}")},
                  S("/name"));
    check_pointer(f,
                  &(HttpCall){.method = "POST",
                              .path = "/users",
                              .token = f->boss,
                              .body = S("{\"name\":\"new.user\",\"roles\":[\"policy\",\"king\"]}")},
                  S("/roles/1"));
    check_pointer(f,
                  &(HttpCall){.method = "GET", .path = "/rules?as_of=2021-02-30", .token = f->boss},
                  S("?as_of"));
    check_pointer(f, &(HttpCall){.method = "GET", .path = "/search?q=", .token = f->boss}, S("?q"));
    check_pointer(f, &(HttpCall){.method = "GET", .path = "/search?q=ab&limit=0", .token = f->boss},
                  S("?limit"));
}

/* --- problems ----------------------------------------------------------------------------------
 */

static void check_problem(HttpReply r, int status, Str type) {
    CHECK_INT(r.status, status);
    CHECK(str_starts(r.type, S("application/problem+json")));
    CHECK_STR(json_get_str(r.json, S("type")), type);
    CHECK_INT(json_get_i64(r.json, S("status"), 0), status);
    CHECK(json_get_str(r.json, S("title")).n > 0);
    CHECK(json_get_str(r.json, S("detail")).n > 0);
    CHECK(str_starts(json_get_str(r.json, S("instance")), S("/api/v1/")));
    CHECK_STR(json_get_str(r.json, S("request_id")), S("test"));
}

TEST(http_problems) {
    HttpFixture *f = http_fixture();
    check_problem(http_get(f, S(""), "/rules"), 401, S("/problems/sign-in"));
    check_problem(http_get(f, f->tokens[ROLE_LEADER], "/users"), 403, S("/problems/denied"));
    check_problem(http_get(f, f->boss, "/nothing"), 404, S("/problems/missing"));
    check_problem(http_get(f, f->boss, "/rules/zibo/nothing"), 404, S("/problems/missing"));
    check_problem(http_get(f, f->boss, "/users/0"), 404, S("/problems/missing"));
    check_problem(http_get(f, f->boss, "/users/99999999999999999999"), 404, S("/problems/missing"));
    HttpReply r = http_call(f, &(HttpCall){.method = "PUT", .path = "/rules", .token = f->boss});
    CHECK_INT(r.status, 405);
    r = http_call(f, &(HttpCall){.method = "GET",
                                 .path = "/rules/zibo/nothing",
                                 .token = f->boss,
                                 .headers = {{S("Accept-Language"), S("en")}}});
    CHECK_STR(json_get_str(r.json, S("title")), S("there is no rule “zibo/nothing”"));
}

TEST(http_answers_are_kept_by_etag) {
    static const char *const PATHS[] = {
        "/meta/fields",        "/meta/rules", "/meta/documents",  "/meta/sources",
        "/meta/divisions",     "/meta/roles", "/meta/industries", "/rules",
        "/rules/zibo/gazelle", "/overview"};
    HttpFixture *f = http_fixture();
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        HttpReply r = http_get(f, f->tokens[ROLE_POLICY], PATHS[i]);
        Str tag = r.etag, quoted = str_printf(f->arena, "W/\"x\", \"%.*s\"", STRF(tag));
        if (r.status != 200 || tag.n == 0) fail_at("GET", PATHS[i], S("no ETag"), r.status);
        HttpCall call = {.method = "GET",
                         .path = PATHS[i],
                         .token = f->tokens[ROLE_LEADER],
                         .headers = {{S("If-None-Match"), quoted}}};
        r = http_call(f, &call);
        if (r.status != 304 || r.body.n) fail_at("GET", PATHS[i], S("same"), r.status);
        call.headers[0].value = S("\"other\"");
        r = http_call(f, &call);
        if (r.status != 200) fail_at("GET", PATHS[i], S("another"), r.status);
        call.path = str_z(f->arena, str_cat(f->arena, str_from(PATHS[i]), S("?as_of=2021-06-30")));
        call.headers[0].value = quoted;
        r = http_call(f, &call);
        if (r.status != 200) fail_at("GET", call.path, S("another day"), r.status);
    }
}

/* --- numbers and their lists -------------------------------------------------------------------
 */

typedef struct Number {
    int64_t n;
    const char *href;
} Number;

/* All {n, href} below j. */
static int numbers(Arena *a, const Json *j, Number *out, int n, int most) {
    Str href = json_get_str(j, S("href"));
    if (j->kind == JSON_OBJECT && json_get(j, S("n")) && n < most)
        out[n++] = (Number){json_get_i64(j, S("n"), -1), str_z(a, href)};
    for (const Json *e = j->first; e; e = e->next) n = numbers(a, e, out, n, most);
    return n;
}

TEST(http_numbers_of_the_overview_are_their_lists) {
    enum { MOST = 2000 };
    static Number all[MOST];
    HttpFixture *f = http_fixture();
    HttpReply r = http_get(f, f->tokens[ROLE_LEADER], "/overview");
    CHECK_INT(r.status, 200);
    int n = r.json ? numbers(f->arena, r.json, all, 0, MOST) : 0;
    CHECK(n > 100);
    for (int i = 0; i < n; i++) {
        r = http_get(f, f->tokens[ROLE_LEADER], all[i].href);
        if (json_get_i64(r.json, S("total"), -1) != all[i].n)
            fail_at("number", all[i].href, str_printf(f->arena, "%lld", (long long)all[i].n),
                    (int)json_get_i64(r.json, S("total"), -1));
    }
    CHECK_INT(json_get(http_get(f, f->tokens[ROLE_LEADER], "/overview").json, S("imports"))->count,
              0);
}

/* --- sessions ----------------------------------------------------------------------------------
 */

static HttpReply sign_in(HttpFixture *f, const char *name, const char *password) {
    Str body = str_printf(f->arena, "{\"name\":\"%s\",\"password\":\"%s\"}", name, password);
    return http_call(f, &(HttpCall){.method = "POST", .path = "/session", .body = body});
}

static Str token_of(HttpFixture *f, HttpReply r) {
    Str s = r.cookie;
    CHECK(str_starts(s, S("jixia=")));
    CHECK(str_find(s, S("HttpOnly")) > 0 && str_find(s, S("SameSite=Lax")) > 0);
    return str_dup(f->arena, str_sub(str_cut(&s, ';'), 6, 1000));
}

TEST(http_five_wrong_passwords_lock) {
    HttpFixture *f = http_fixture();
    int64_t before = f->now_ms;
    http_new_user(f, S("locked"), 1u << ROLE_POLICY, false);
    for (int i = 0; i < LOCK_AFTER; i++) {
        CHECK_INT(sign_in(f, "nobody", FIXTURE_PASSWORD).status, 401);
        CHECK_INT(sign_in(f, "locked", "wrong").status, 401);
    }
    HttpReply locked = sign_in(f, "nobody", FIXTURE_PASSWORD);
    CHECK_INT(locked.status, 429);
    CHECK_INT(json_get_i64(locked.json, S("retry_after"), 0), LOCK_MINUTES * 60);
    CHECK_INT(sign_in(f, "locked", FIXTURE_PASSWORD).status, 429);
    f->now_ms += LOCK_MINUTES * MINUTE_MS - 1;
    CHECK_INT(sign_in(f, "locked", FIXTURE_PASSWORD).status, 429);
    f->now_ms += 1;
    HttpReply r = sign_in(f, "locked", FIXTURE_PASSWORD);
    CHECK_INT(r.status, 201);
    CHECK_STR(json_get_str(json_get(r.json, S("user")), S("name")), S("locked"));
    f->now_ms = before;
}

TEST(http_sessions_end) {
    HttpFixture *f = http_fixture();
    int64_t before = f->now_ms;
    http_new_user(f, S("guest"), 1u << ROLE_POLICY, false);
    Str token = token_of(f, sign_in(f, "guest", FIXTURE_PASSWORD));
    CHECK_INT(http_get(f, token, "/me").status, 200);
    f->now_ms += SESSION_HOURS * 60 * (int64_t)MINUTE_MS - 1;
    CHECK_INT(http_get(f, token, "/me").status, 200);
    f->now_ms += 1;
    CHECK_INT(http_get(f, token, "/me").status, 401);
    f->now_ms = before;
    HttpReply r = http_call(f, &(HttpCall){.method = "DELETE", .path = "/session", .token = token});
    CHECK_INT(r.status, 204);
    CHECK(str_find(r.cookie, S("Max-Age=0")) > 0);
    CHECK_INT(http_get(f, token, "/me").status, 401);
}

TEST(http_disabled_users_are_out) {
    HttpFixture *f = http_fixture();
    int64_t id = http_new_user(f, S("leaver"), 1u << ROLE_POLICY, false);
    const char *path = str_z(f->arena, str_printf(f->arena, "/users/%lld", (long long)id));
    Str token = token_of(f, sign_in(f, "leaver", FIXTURE_PASSWORD));
    Str etag = str_printf(f->arena, "\"%.*s\"", STRF(http_get(f, f->boss, path).etag));
    HttpReply r = http_call(f, &(HttpCall){.method = "PATCH",
                                           .path = path,
                                           .token = f->boss,
                                           .body = S("{\"disabled\":true,\"reason\":\"left\"}"),
                                           .headers = {{S("If-Match"), etag}}});
    CHECK_INT(r.status, 200);
    CHECK_INT(http_get(f, token, "/me").status, 401);
    CHECK_INT(sign_in(f, "leaver", FIXTURE_PASSWORD).status, 401);
}

TEST(http_one_time_passwords_must_be_changed) {
    HttpFixture *f = http_fixture();
    http_new_user(f, S("novice"), 1u << ROLE_SYSADMIN, true);
    Str token = token_of(f, sign_in(f, "novice", FIXTURE_PASSWORD));
    HttpCall add = {.method = "POST",
                    .path = "/users",
                    .token = token,
                    .body = S("{\"name\":\"by.novice\",\"roles\":[\"policy\"]}")};
    CHECK_INT(http_get(f, token, "/users").status, 200);
    HttpReply r = http_call(f, &add);
    CHECK_INT(r.status, 403);
    HttpCall change = {.method = "PATCH",
                       .path = "/me",
                       .token = token,
                       .body = S("{\"current\":\"wrong\",\"password\":\"another-moon-43\"}")};
    CHECK_INT(http_call(f, &change).status, 422);
    change.body = S("{\"current\":\"" FIXTURE_PASSWORD "\",\"password\":\"short\"}");
    CHECK_INT(http_call(f, &change).status, 422);
    change.body = S("{\"current\":\"" FIXTURE_PASSWORD "\",\"password\":\"another-moon-43\"}");
    r = http_call(f, &change);
    CHECK_INT(r.status, 200);
    CHECK_INT(http_get(f, token, "/me").status, 401);
    add.token = token_of(f, r);
    r = http_call(f, &add);
    CHECK_INT(r.status, 201);
    CHECK(json_get_str(r.json, S("one_time_password")).n >= 16);
    CHECK(str_starts(r.location, S("/api/v1/users/")));
}

/* --- repeated requests -------------------------------------------------------------------------
 */

TEST(http_the_same_key_gives_the_same_answer) {
    HttpFixture *f = http_fixture();
    HttpCall add = {.method = "POST",
                    .path = "/users",
                    .token = f->boss,
                    .body = S("{\"name\":\"once\",\"roles\":[\"policy\"]}"),
                    .headers = {{S("Idempotency-Key"), S("same-key-1")}}};
    HttpReply r = http_call(f, &add);
    CHECK_INT(r.status, 201);
    Str first = str_dup(f->arena, r.body), etag = r.etag, location = r.location;
    r = http_call(f, &add);
    CHECK_INT(r.status, 201);
    CHECK_STR(r.body, first);
    CHECK_STR(r.etag, etag);
    CHECK_STR(r.location, location);
    add.body = S("{\"name\":\"twice\",\"roles\":[\"policy\"]}");
    check_problem(http_call(f, &add), 422, S("/problems/validation"));
    add.token = f->tokens[ROLE_SYSADMIN]; /* keys are each user's own */
    CHECK_INT(http_call(f, &add).status, 201);
    add.headers[0].value = S("short");
    CHECK_INT(http_call(f, &add).status, 400);
}

static void put_running_body(HttpFixture *f, const User *boss, Str process, int64_t age_ms,
                             Str body) {
    Str request = str_cat(f->arena, S("POST /api/v1/users\n"), body);
    Db *db = db_borrow(&f->ctx, f->reg->store);
    CHECK(tx_begin(db, DB_WRITE));
    CHECK(EXEC(db, "DELETE FROM idempotency WHERE key = 'still-running'"));
    CHECK(EXEC(db,
               "INSERT INTO idempotency(key, app_user, request_sha256, status, etag, location, "
               "body, made_ms, process) VALUES ('still-running', $1, $2, 0, '', '', $3, $4, $5)",
               db_i(boss->id), db_s(hash_hex(f->arena, HASH_SHA256, request)), db_b(S("")),
               db_i(f->now_ms - age_ms), db_s(process)));
    CHECK(tx_commit(db));
    db_return(db);
}

static void put_running(HttpFixture *f, const User *boss, Str process, int64_t age_ms) {
    put_running_body(f, boss, process, age_ms, S("{\"name\":\"running\",\"roles\":[\"policy\"]}"));
}

/* The server died between the act and its answer. */
TEST(http_a_lost_answer_is_not_done_again) {
    HttpFixture *f = http_fixture();
    HttpCall call = {.method = "POST",
                     .path = "/users",
                     .token = f->boss,
                     .body = S("{\"name\":\"lost.answer\",\"roles\":[\"policy\"]}"),
                     .headers = {{S("Idempotency-Key"), S("lost-answer-1")}}};
    CHECK_INT(http_call(f, &call).status, 201);
    Db *db = db_borrow(&f->ctx, f->reg->store);
    int64_t entries = Q_I64(db, 0, "SELECT count(*) FROM journal");
    CHECK(EXEC(db,
               "UPDATE idempotency SET status = 1, body = $1, made_ms = made_ms - 300000, "
               "process = 'dead' WHERE key = 'lost-answer-1'",
               db_b(S(""))));
    HttpReply r = http_call(f, &call);
    CHECK_INT(r.status, 409);
    CHECK(str_find(r.body, S("办妥")) > 0);
    CHECK_INT(Q_I64(db, 0, "SELECT count(*) FROM journal"), entries);
    db_return(db);
}

/* The disk was full: the request failed and could not take its claim back. */
TEST(http_a_claim_that_was_left_is_given_up) {
    HttpFixture *f = http_fixture();
    User boss;
    Db *db = db_borrow(&f->ctx, f->reg->store);
    CHECK(user_by_name(db, S("boss"), &boss));
    db_return(db);
    HttpCall call = {.method = "POST",
                     .path = "/users",
                     .token = f->boss,
                     .body = S("{\"name\":\"left.claim\",\"roles\":[\"policy\"]}"),
                     .headers = {{S("Idempotency-Key"), S("still-running")}}};
    put_running_body(f, &boss, f->reg->process, 1000, call.body);
    CHECK_INT(http_call(f, &call).status, 201);
    CHECK_INT(http_call(f, &call).status, 201); /* the first answer again */
}

/* A claim holds while the process lives that made it, whatever the time it takes. */
TEST(http_a_running_key_is_a_conflict) {
    HttpFixture *f = http_fixture();
    int64_t before = f->now_ms;
    User boss;
    Db *db = db_borrow(&f->ctx, f->reg->store);
    CHECK(user_by_name(db, S("boss"), &boss));
    CHECK(tx_begin(db, DB_WRITE));
    CHECK(EXEC(db, "INSERT INTO process(name, seen_ms) VALUES ('other', $1)", db_i(f->now_ms)));
    CHECK(tx_commit(db));
    db_return(db);
    HttpCall call = {.method = "POST",
                     .path = "/users",
                     .token = f->boss,
                     .body = S("{\"name\":\"running\",\"roles\":[\"policy\"]}"),
                     .headers = {{S("Idempotency-Key"), S("still-running")}}};
    put_running(f, &boss, S("other"), 3600000); /* one that was alive a moment ago */
    check_problem(http_call(f, &call), 409, S("/problems/conflict"));
    f->now_ms += 130000;
    put_running(f, &boss, S("other"), 130000); /* two minutes without a word: dead */
    CHECK_INT(http_call(f, &call).status, 201);
    f->now_ms = before;
}

/* In the process itself it holds as long as the request runs. */
TEST(http_a_key_runs_once_at_a_time) {
    HttpFixture *f = http_fixture();
    int64_t before = f->now_ms;
    Ctx c = ctx_new(f->arena, f->now_ms);
    Pair key = {S("Idempotency-Key"), S("runs-a-long-time")};
    Str body = S("{\"name\":\"runs.long\",\"roles\":[\"policy\"]}");
    HttpCall call = {
        .method = "POST", .path = "/users", .token = f->boss, .body = body, .headers = {key}};
    Request r = {.c = &c,
                 .reg = f->reg,
                 .db = db_borrow(&c, f->reg->store),
                 .method = S("POST"),
                 .path = S("/api/v1/users"),
                 .body = body,
                 .headers = &key,
                 .nheaders = 1};
    Response out = {.status = 500};
    bool answered;
    User boss;
    CHECK(f->reg->process.n > 0 && user_by_name(r.db, S("boss"), &boss));
    r.user = &boss;
    CHECK(idempotency_begin(&r, &out, &answered) && !answered);
    check_problem(http_call(f, &call), 409, S("/problems/conflict"));
    f->now_ms += 3600000;
    check_problem(http_call(f, &call), 409, S("/problems/conflict"));
    idempotency_end(&r, &out);
    CHECK_INT(http_call(f, &call).status, 201);
    http_end(&r);
    f->now_ms = before;
}

/* A server of this machine that is gone is forgotten at once, one elsewhere is not. */
TEST(http_claims_of_the_dead_of_this_machine_are_given_up_at_once) {
    HttpFixture *f = http_fixture();
    User boss;
    Db *db = db_borrow(&f->ctx, f->reg->store);
    Str own = f->reg->process, dead = str_cat(f->ctx.arena, str_sub(own, 0, own.n - 13), S("7/x"));
    CHECK(user_by_name(db, S("boss"), &boss));
    CHECK(tx_begin(db, DB_WRITE));
    CHECK(EXEC(db, "INSERT INTO process(name, seen_ms) VALUES ($1, $3), ($2, $3)", db_s(dead),
               db_s(S("elsewhere/1/2/3")), db_i(f->now_ms)));
    CHECK(tx_commit(db));
    HttpCall call = {.method = "POST",
                     .path = "/users",
                     .token = f->boss,
                     .body = S("{\"name\":\"buried\",\"roles\":[\"policy\"]}"),
                     .headers = {{S("Idempotency-Key"), S("still-running")}}};
    put_running_body(f, &boss, dead, 1000, call.body);
    check_problem(http_call(f, &call), 409, S("/problems/conflict"));
    CHECK(tx_begin(db, DB_WRITE));
    CHECK(idempotency_bury(db, f->reg));
    CHECK(tx_commit(db));
    CHECK_INT(Q_I64(db, 0, "SELECT count(*) FROM process WHERE name = $1", db_s(dead)), 0);
    CHECK_INT(Q_I64(db, 0, "SELECT count(*) FROM process WHERE name LIKE 'elsewhere%'"), 1);
    db_return(db);
    CHECK_INT(http_call(f, &call).status, 201);
}

/* --- memory ------------------------------------------------------------------------------------
 */

TEST(http_without_memory_a_request_ends_and_the_next_one_runs) {
    static const char *const PATHS[] = {"/rules", "/enterprises", "/enterprises/1/facts",
                                        "/enterprises/1/explain", "/meta/fields"};
    HttpFixture *f = http_fixture();
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        HttpCall call = {.method = "GET", .path = PATHS[i], .token = f->boss, .memory = 24 << 10};
        check_problem(http_call(f, &call), 413, S("/problems/limit"));
        CHECK_INT(http_get(f, f->boss, PATHS[i]).status, 200);
    }
    HttpCall add = {.method = "POST",
                    .path = "/match",
                    .token = f->boss,
                    .memory = 24 << 10,
                    .body = S("{\"rows\":[\"演示氢能科技有限公司\"]}")};
    check_problem(http_call(f, &add), 413, S("/problems/limit"));
    add.memory = 0;
    CHECK_INT(http_call(f, &add).status, 200);
}

/* A long body is not waited for when its head already says no. */
TEST(http_long_bodies_are_admitted_by_their_head) {
    HttpFixture *f = http_fixture();
    static const struct {
        const char *path, *length;
        int user; /* 0 none, 1 one who may not, 2 one who may */
        bool csrf;
        ErrCode want;
    } CASES[] = {
        {"/api/v1/imports", "10000000", 2, true, ERR_NONE},
        {"/api/v1/imports", "10000000", 0, true, ERR_AUTH},
        {"/api/v1/imports", "10000000", 1, true, ERR_DENIED},
        {"/api/v1/imports", "10000000", 2, false, ERR_DENIED},
        {"/api/v1/imports", "67108865", 2, true, ERR_LIMIT},
        {"/api/v1/imports", NULL, 0, true, ERR_AUTH}, /* chunked: any length */
        {"/api/v1/imports", "99999999999999999999", 0, true, ERR_LIMIT},
        {"/api/v1/session", "2000000", 0, true, ERR_LIMIT},
        {"/api/v1/session", "200", 0, true, ERR_NONE},
        {"/api/v1/nothing", "200", 0, true, ERR_MISSING},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Arena *a = arena_open(0);
        Ctx c = ctx_new(a, f->now_ms);
        size_t most;
        Request r = {.c = &c, .reg = f->reg, .method = S("POST"), .path = str_from(CASES[i].path)};
        r.headers = NEW_N(a, Pair, 2);
        if (CASES[i].length)
            r.headers[r.nheaders++] = (Pair){S("Content-Length"), str_from(CASES[i].length)};
        if (CASES[i].csrf) r.headers[r.nheaders++] = (Pair){S("X-Jixia-CSRF"), S("1")};
        if (CASES[i].user) r.token = CASES[i].user == 2 ? f->boss : f->tokens[ROLE_LEADER];
        CHECK(http_admit(&r, &most) == (CASES[i].want == ERR_NONE));
        CHECK_INT(c.err.code, CASES[i].want);
        CHECK(r.db == NULL);
        arena_close(a);
    }
}

/* --- hostile -----------------------------------------------------------------------------------
 */

static Str repeated(Arena *a, const char *piece, size_t n) {
    Buf b = buf_new(a, 0);
    for (size_t i = 0; i < n; i++) buf_put(&b, str_from(piece));
    return buf_str(&b);
}

TEST(http_hostile_bodies) {
    HttpFixture *f = http_fixture();
    Arena *a = arena_open(0);
    Str deep = str_cat(a, S("{\"name\":"), repeated(a, "[", 100000));
    Str big = str_printf(a, "{\"name\":\"%.*s\"}", STRF(repeated(a, "0123456789", 1 << 20)));
    HttpCall call = {.method = "POST", .path = "/session", .body = big};
    CHECK_INT(http_call(f, &call).status, 413);
    call.body = deep;
    CHECK_INT(http_call(f, &call).status, 413);
    call.body = S("{\"name\":\"a\\u0000b\",\"password\":\"x\"}");
    int status = http_call(f, &call).status;
    CHECK(status == 400 || status == 401);
    call.body = S("{\"name\":\"' OR 1=1 --\",\"password\":\"x\"}");
    CHECK_INT(http_call(f, &call).status, 401);
    arena_close(a);
}

TEST(http_hostile_queries) {
    static const char *const QS[] = {"' OR '1'='1",
                                     "%' --",
                                     "\\",
                                     "_",
                                     "%%",
                                     "<script>alert(1)</script>",
                                     "\"; DROP TABLE subject; --",
                                     "\xf0\x9f\x92\xa5",
                                     "淄%_\\",
                                     "0x00",
                                     "𠮷野"};
    HttpFixture *f = http_fixture();
    for (size_t i = 0; i < sizeof QS / sizeof *QS; i++) {
        const char *path = str_z(f->arena, str_printf(f->arena, "/search?q=%s", QS[i]));
        HttpReply r = http_get(f, f->boss, path);
        if (r.status != 200) fail_at("GET", path, S("search"), r.status);
        CHECK_STR(json_get_str(r.json, S("q")), str_from(QS[i]));
        path = str_z(f->arena, str_printf(f->arena, "/users?q=%s", QS[i]));
        r = http_get(f, f->boss, path);
        if (r.status != 200) fail_at("GET", path, S("users"), r.status);
        bool in_names = strcmp(QS[i], "_") == 0; /* clerk_office */
        CHECK((json_get_i64(r.json, S("total"), -1) > 0) == in_names);
        path = str_z(f->arena, str_printf(f->arena, "/rules/%s/x", QS[i]));
        r = http_get(f, f->boss, path);
        if (r.status != 404) fail_at("GET", path, S("rule"), r.status);
    }
    CHECK_INT(http_get(f, f->boss, "/health").status, 200);
    CHECK(http_get(f, f->boss, "/search?q=新华").json != NULL);
    const char *path =
        str_z(f->arena, str_cat(f->arena, S("/search?q="), repeated(f->arena, "淄", 101)));
    CHECK_INT(http_get(f, f->boss, path).status, 422);
}
