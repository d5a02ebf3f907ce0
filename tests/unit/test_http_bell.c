/* The bell over HTTP: polling, marking as read, following, settings, the secret of the feed. */
#include "city/bundle/notify.h"
#include "city/bundle/setting.h"
#include "codec/mail.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

static void tell(HttpFixture *f, Str name) {
    Db *db = db_borrow(&f->ctx, f->reg->store);
    CHECK(tx_begin(db, DB_WRITE));
    CHECK(notify(db, &(Notify){.to = {.user_name = name},
                               .what = M_NOTIFY_SAID,
                               .args = {S("请核查"), S("please check")},
                               .nargs = 2,
                               .object = S("enterprise:1"),
                               .link = S("/enterprises/1")}));
    CHECK(tx_commit(db));
    db_return(db);
}

static HttpReply post(HttpFixture *f, Str token, const char *path, Str body) {
    return http_call(f, &(HttpCall){.method = "POST", .path = path, .token = token, .body = body});
}

TEST(http_bell_polls_and_marks) {
    HttpFixture *f = http_fixture();
    http_new_user(f, S("bell.one"), 1u << ROLE_CLERK_OFFICE, false);
    http_new_user(f, S("bell.two"), 1u << ROLE_CLERK_OFFICE, false);
    Str one = http_sign_in(f, S("bell.one"), S(FIXTURE_PASSWORD));
    Str two = http_sign_in(f, S("bell.two"), S(FIXTURE_PASSWORD));
    HttpReply r = http_get(f, one, "/me/notifications");
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 0);
    Str empty = r.etag;
    HttpCall poll = {
        .method = "GET",
        .path = "/me/notifications",
        .token = one,
        .headers = {{S("If-None-Match"), str_printf(f->arena, "\"%.*s\"", STRF(empty))}}};
    CHECK_INT(http_call(f, &poll).status, 304);
    tell(f, S("bell.one"));
    tell(f, S("bell.one"));
    r = http_call(f, &poll);
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get_i64(r.json, S("unread"), -1), 2);
    const Json *first = json_at(json_get(r.json, S("items")), 0);
    CHECK_STR(json_get_str(json_get(first, S("text")), S("en")), S("please check"));
    CHECK_STR(json_get_str(first, S("why")), S("waits"));
    Str id = str_dup(f->arena, json_get_str(first, S("id")));
    Str body = str_printf(f->arena, "{\"id\":\"%.*s\"}", STRF(id));
    r = post(f, two, "/me/notifications/read", body); /* somebody else's: nothing happens */
    CHECK(r.status == 200 && json_get_i64(r.json, S("unread"), -1) == 0);
    r = post(f, one, "/me/notifications/read", body);
    CHECK(r.status == 200 && json_get_i64(r.json, S("unread"), -1) == 1);
    r = http_get(f, one, "/me/notifications?unread=true");
    CHECK(json_get_i64(r.json, S("total"), -1) == 1);
    r = post(f, one, "/me/notifications/read",
             str_printf(f->arena, "{\"upto\":\"%.*s\"}", STRF(id)));
    CHECK_INT(json_get_i64(r.json, S("unread"), -1), 0);
    CHECK_INT(post(f, one, "/me/notifications/read", S("{}")).status, 422);
    CHECK_INT(post(f, one, "/me/notifications/read", S("{\"id\":\"x\"}")).status, 422);
    CHECK_INT(http_get(f, two, "/me/notifications?limit=500").status, 422);
}

TEST(http_bell_follows) {
    HttpFixture *f = http_fixture();
    Str token = f->tokens[ROLE_CLERK_OFFICE];
    HttpReply r = post(f, token, "/me/follows", S("{\"object\":\"rule:zibo/gazelle\"}"));
    CHECK(r.status == 200 && json_get_i64(r.json, S("total"), 0) == 1);
    CHECK_INT(post(f, token, "/me/follows", S("{\"object\":\"user:1\"}")).status, 403);
    /* Who sees a part follows what they see: a partner what is public of a firm, a firm itself. */
    const Str firm = S("{\"object\":\"enterprise:1\"}"), none = S("{\"object\":\"case:999999\"}");
    CHECK_INT(http_get(f, f->tokens[ROLE_PARTNER], "/enterprises/1").status, 200);
    CHECK_INT(post(f, f->tokens[ROLE_PARTNER], "/me/follows", firm).status, 200);
    CHECK_INT(http_get(f, f->tokens[ROLE_ENTERPRISE], "/enterprises/1").status, 404);
    CHECK_INT(post(f, f->tokens[ROLE_ENTERPRISE], "/me/follows", firm).status, 403);
    CHECK_INT(post(f, f->tokens[ROLE_SECADMIN], "/me/follows", firm).status, 403);
    CHECK_INT(post(f, token, "/me/follows", none).status, 403);
    CHECK_INT(post(f, token, "/me/follows", S("{\"object\":\"case:1; DROP\"}")).status, 403);
    r = post(f, token, "/me/follows", S("{\"object\":\"rule:zibo/gazelle\",\"on\":false}"));
    CHECK(r.status == 200 && json_get_i64(r.json, S("total"), -1) == 0);
}

static int64_t told(HttpFixture *f, Str token, Str object) {
    HttpReply r = http_get(f, token, "/me/notifications?why=follows&limit=200");
    int64_t n = 0;
    CHECK_INT(r.status, 200);
    const Json *items = json_get(r.json, S("items"));
    for (const Json *e = items ? items->first : NULL; e; e = e->next)
        n += str_eq(json_get_str(e, S("object")), object);
    return n;
}

/* Who follows a case, or its enterprise, hears what was done to it, while they may see it. */
TEST(http_bell_tells_followers_what_changed) {
    HttpFixture *f = http_fixture();
    Str leader = f->tokens[ROLE_LEADER], firm = f->tokens[ROLE_ENTERPRISE];
    HttpReply r = post(f, leader, "/me/follows", S("{\"object\":\"enterprise:1\"}"));
    CHECK_INT(r.status, 200);
    r = post(f, f->tokens[ROLE_CLERK_OFFICE], "/cases",
             S("{\"flow\":\"question\",\"subject\":\"1\",\"data\":{\"问题\":\"融资额是多少\","
               "\"答复天数\":5},"
               "\"reason\":\"核实\"}"));
    CHECK_INT(r.status, 201);
    Str object = str_cat(f->arena, S("case:"), json_get_str(r.json, S("id")));
    CHECK_INT(told(f, leader, object), 1);
    CHECK_INT(told(f, firm, object), 0);
    Str body = str_printf(f->arena, "{\"object\":\"%.*s\"}", STRF(object));
    CHECK_INT(post(f, firm, "/me/follows", body).status, 403);
    for (int role = 0; role < ROLES; role++) { /* who may see it may follow it, nobody else */
        const char *path =
            str_z(f->arena, str_cat(f->arena, S("/cases/"), str_sub(object, 5, object.n)));
        bool sees = http_get(f, f->tokens[role], path).status == 200;
        CHECK_INT(post(f, f->tokens[role], "/me/follows", body).status, sees ? 200 : 403);
    }
    CHECK_INT(http_get(f, leader, "/me/notifications?why=x").status, 422);
    r = http_get(f, leader, "/me/notifications?why=follows&limit=1");
    Str id = json_get_str(json_at(json_get(r.json, S("items")), 0), S("id"));
    body = str_printf(f->arena, "{\"from\":\"%.*s\",\"upto\":\"%.*s\"}", STRF(id), STRF(id));
    CHECK_INT(post(f, leader, "/me/notifications/shown", body).status, 204);
    CHECK_INT(post(f, leader, "/me/notifications/shown", S("{}")).status, 422);
    const char *proof =
        str_z(f->arena, str_printf(f->arena, "/notifications/%.*s/proof", STRF(id)));
    CHECK_INT(http_get(f, leader, proof).status, 403);
    r = http_get(f, f->tokens[ROLE_AUDITOR], proof);
    CHECK_INT(r.status, 200);
    const Json *who = json_at(json_get(r.json, S("people")), 0);
    CHECK(json_get_str(who, S("shown_at")).n > 0 && json_get_str(who, S("read_at")).n == 0);
    CHECK_INT(
        post(f, leader, "/me/follows", S("{\"object\":\"enterprise:1\",\"on\":false}")).status,
        200);
}

TEST(http_bell_settings) {
    HttpFixture *f = http_fixture();
    Str token = f->tokens[ROLE_LEADER];
    HttpReply r = http_get(f, token, "/me/notification-settings");
    CHECK(r.status == 200 && !json_get_bool(r.json, S("digest"), true));
    HttpCall patch = {.method = "PATCH",
                      .path = "/me/notification-settings",
                      .token = token,
                      .body = S("{\"digest\":true}"),
                      .headers = {{S("If-Match"), r.etag}}};
    CHECK_INT(http_call(f, &patch).status, 422); /* no address */
    patch.body = S("{\"digest\":true,\"email\":\"a@example.org\\r\\nBcc: x@example.org\"}");
    CHECK_INT(http_call(f, &patch).status, 422);
    patch.body = S("{\"digest\":true,\"email\":\"a@example.org\",\"language\":\"en\"}");
    r = http_call(f, &patch);
    CHECK_INT(r.status, 200);
    CHECK_STR(json_get_str(r.json, S("language")), S("en"));
    CHECK_INT(http_call(f, &patch).status, 412);
    r = http_call(f, &(HttpCall){.method = "POST", .path = "/me/calendar-feed", .token = token});
    CHECK_INT(r.status, 201);
    Str path = str_dup(f->arena, json_get_str(r.json, S("path")));
    CHECK(str_starts(path, S("/api/v1/calendar/")));
    const char *feed = str_z(f->arena, str_sub(path, 7, path.n));
    r = http_get(f, S(""), feed); /* the address is the secret: no session */
    CHECK(r.status == 200 && str_starts(r.body, S("BEGIN:VCALENDAR\r\n")));
    CHECK(str_ends(r.body, S("END:VCALENDAR\r\n")) && str_starts(r.type, S("text/calendar")));
    CHECK_INT(http_get(f, S(""), "/calendar/000000000000000000000000.ics").status, 404);
    r = http_get(f, token, "/me/notification-settings");
    CHECK(json_get_bool(r.json, S("calendar_feed"), false));
    r = http_call(f, &(HttpCall){.method = "DELETE", .path = "/me/calendar-feed", .token = token});
    CHECK_INT(r.status, 204);
    CHECK_INT(http_get(f, S(""), feed).status, 404);
}

TEST(http_audit_searches_the_journal) {
    HttpFixture *f = http_fixture();
    Str token = f->tokens[ROLE_AUDITOR];
    CHECK_INT(http_get(f, f->tokens[ROLE_CLERK_OFFICE], "/audit/journal").status, 403);
    HttpReply r = http_get(f, token, "/audit/journal?action=user.add&limit=3");
    CHECK_INT(r.status, 200);
    int64_t users = json_get_i64(r.json, S("total"), 0);
    CHECK(users > ROLES && json_get(r.json, S("items"))->count == 3);
    CHECK_STR(json_get_str(json_at(json_get(r.json, S("items")), 0), S("actor")), S("tester"));
    r = http_get(f, token, "/audit/journal?action=user.&object=user:");
    CHECK(json_get_i64(r.json, S("total"), 0) >= users);
    r = http_get(f, token, "/audit/journal?object=user:1");
    CHECK(json_get_i64(r.json, S("total"), 0) >= 1);
    for (const Json *e = json_get(r.json, S("items"))->first; e; e = e->next)
        CHECK_STR(json_get_str(e, S("object")), S("user:1"));
    r = http_get(f, token, "/audit/journal?actor=nobody");
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 0);
    r = http_get(f, token, "/audit/journal?to=2001-01-01");
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 0);
    CHECK_INT(http_get(f, token, "/audit/journal?from=yesterday").status, 422);
    r = http_get(f, token, "/audit/check");
    CHECK(r.status == 200 && json_get_bool(r.json, S("whole"), false));
    CHECK_INT(http_get(f, token, "/audit/decisions/999999/replay").status, 404);
}

TEST(notify_mail_addresses) {
    static const char *const GOOD[] = {"a@b.cn", "wang.min+x@mail.example.org"};
    static const char *const BAD[] = {
        "",        "a@b",      "@b.cn",   "a b@c.cn", "a@b.cn\r\nX: y",
        "a@@b.cn", "<a@b.cn>", "王@b.cn", "a@b..cn",  "a@b.cn."};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        CHECK(mail_address_valid(str_from(GOOD[i])));
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        CHECK(!mail_address_valid(str_from(BAD[i])));
}
