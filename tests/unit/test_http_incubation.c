/* Incubation over HTTP: recorded with its source, corrected by replacement, two clocks, both sides.
 */
#include "city/subject.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

typedef struct Firms {
    int64_t hub, young, other;
} Firms;

static bool add_firms(Db *db, void *user) {
    Firms *k = user;
    Act act = {S("test"), S("test")};
    SubjectNew n = {
        .kind = SUBJECT_ENTERPRISE, .name = S("孵化测试众创空间"), .division = S("370303")};
    k->hub = subject_add(db, &n, &act);
    n.name = S("孵化测试新材料");
    k->young = subject_add(db, &n, &act);
    n.name = S("孵化测试旁观者");
    k->other = subject_add(db, &n, &act);
    return k->hub && k->young && k->other;
}

static const char *path(HttpFixture *f, int64_t id, const char *more) {
    return str_z(f->arena,
                 str_printf(f->arena, "/enterprises/%lld/incubation%s", (long long)id, more));
}

static HttpReply record(HttpFixture *f, int64_t firm, int64_t by, const char *rest) {
    Str body =
        str_printf(f->arena, "{\"incubator\":\"%lld\",\"reason\":\"登记\"%s}", (long long)by, rest);
    return http_call(f, &(HttpCall){.method = "POST",
                                    .path = path(f, firm, ""),
                                    .token = f->tokens[ROLE_CLERK_OFFICE],
                                    .body = body});
}

static const Json *only(const HttpReply *r, Str list) {
    const Json *items = json_get(r->json, list);
    CHECK(items && items->count == 1);
    return json_at(items, 0);
}

TEST(http_incubation_two_sides_and_two_clocks) {
    HttpFixture *f = http_fixture();
    Firms k = {0};
    Db *db = db_borrow(&f->ctx, f->reg->store);
    CHECK(db && tx_run(db, DB_WRITE, add_firms, &k));
    if (db) db_return(db);
    Str clerk = f->tokens[ROLE_CLERK_OFFICE];
    static const char *const BAD[] = {
        ",\"source\":\"市科技局\",\"document\":\"名单\"",
        ",\"from\":\"2021-01-01\",\"document\":\"名单\"",
        ",\"from\":\"2021-01-01\",\"source\":\"市科技局\"",
        ",\"from\":\"2021-01-01\",\"to\":\"2021-01-01\",\"source\":\"a\",\"document\":\"b\"",
        ",\"from\":\"2021-02-30\",\"source\":\"a\",\"document\":\"b\""};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        CHECK_INT(record(f, k.young, k.hub, BAD[i]).status, 422);
    const char *good =
        ",\"from\":\"2021-03-01\",\"source\":\"市科技局\",\"document\":\"在孵企业名单第12行\"";
    CHECK_INT(record(f, k.young, k.young, good).status, 422);
    CHECK_INT(record(f, k.young, 999999, good).status, 404);
    CHECK_INT(record(f, 999999, k.hub, good).status, 404);
    HttpReply r = record(f, k.young, k.hub, good);
    CHECK_INT(r.status, 201);
    const Json *one = only(&r, S("incubated_by"));
    Str id = str_dup(f->arena, json_get_str(one, S("id")));
    Str known = str_dup(f->arena, json_get_str(one, S("recorded_at")));
    CHECK(json_get_bool(one, S("holds"), false));
    r = http_get(f, clerk, path(f, k.hub, ""));
    CHECK_STR(json_get_str(json_get(only(&r, S("incubates")), S("enterprise")), S("name")),
              S("孵化测试新材料"));
    r = http_get(f, clerk, path(f, k.hub, "?as_of=2021-02-28"));
    CHECK(!json_get_bool(only(&r, S("incubates")), S("holds"), true));
    r = http_get(f, clerk, path(f, k.hub, "?as_known=2001-01-01T00:00:00Z"));
    CHECK_INT(json_get(r.json, S("incubates"))->count, 0);
    /* a correction replaces; at the earlier point of knowledge the first stands */
    f->now_ms += 1000;
    Str fixed = str_printf(f->arena,
                           ",\"from\":\"2021-03-01\",\"to\":\"2023-03-01\",\"source\":\"市科技局\","
                           "\"document\":\"毕业名单\",\"replaces\":\"%.*s\"",
                           STRF(id));
    CHECK_INT(record(f, k.other, k.hub, str_z(f->arena, fixed)).status, 404); /* of another firm */
    CHECK_INT(record(f, k.young, k.hub, str_z(f->arena, fixed)).status, 201);
    CHECK_INT(record(f, k.young, k.hub, str_z(f->arena, fixed)).status, 404); /* once */
    r = http_get(f, clerk, path(f, k.young, "?as_of=2023-02-28"));
    one = only(&r, S("incubated_by"));
    CHECK_STR(json_get_str(one, S("to")), S("2023-03-01"));
    CHECK(json_get_bool(one, S("holds"), false));
    r = http_get(f, clerk, path(f, k.young, "?as_of=2023-03-01"));
    CHECK(!json_get_bool(only(&r, S("incubated_by")), S("holds"), true));
    Str then = str_printf(f->arena, "?as_known=%.*s", STRF(known));
    r = http_get(f, clerk, path(f, k.young, str_z(f->arena, then)));
    CHECK_STR(json_get_str(only(&r, S("incubated_by")), S("to")), S(""));
    /* who sees nothing internal is told no record; an unbound enterprise no firm */
    r = http_get(f, f->tokens[ROLE_REVIEWER], path(f, k.young, ""));
    CHECK(r.status != 200 || json_get(r.json, S("incubated_by"))->count == 0);
    CHECK_INT(http_get(f, f->tokens[ROLE_ENTERPRISE], path(f, k.young, "")).status, 404);
    CHECK_INT(http_call(f, &(HttpCall){.method = "POST",
                                       .path = path(f, k.young, ""),
                                       .token = f->tokens[ROLE_POLICY],
                                       .body = S("{}")})
                  .status,
              403);
}
