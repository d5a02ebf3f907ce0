/* Two points compared: what was learned, what was decided, who may see it; the search as a file. */
#include "tests/http_fixture.h"
#include "tests/test.h"

static const Json *line_of(const Json *answer, Str path) {
    const Json *items = json_get(answer, S("items"));
    for (const Json *e = items ? items->first : NULL; e; e = e->next)
        if (str_eq(json_get_str(e, S("path")), path)) return e;
    return NULL;
}

TEST(audit_diff_shows_what_was_learned_between) {
    HttpFixture *f = http_fixture();
    Str auditor = f->tokens[ROLE_AUDITOR];
    HttpReply r = http_get(f, auditor, "/audit/diff?object=enterprise:1");
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 0); /* one point */
    int64_t same = json_get_i64(r.json, S("same"), 0);
    CHECK(same > 5);
    r = http_get(f, auditor, "/audit/diff?object=enterprise:1&from_as_known=1999-01-01");
    CHECK_INT(r.status, 200);
    int64_t total = json_get_i64(r.json, S("total"), 0);
    CHECK(total > 5 && total + json_get_i64(r.json, S("same"), 0) <= same + 2);
    const Json *items = json_get(r.json, S("items"));
    CHECK(json_get(items->first, S("before"))->kind == JSON_NULL);
}

TEST(audit_diff_follows_a_case_and_a_rule) {
    HttpFixture *f = http_fixture();
    Str auditor = f->tokens[ROLE_AUDITOR];
    HttpReply r = http_call(
        f,
        &(HttpCall){.method = "POST",
                    .path = "/cases",
                    .token = f->tokens[ROLE_CLERK_OFFICE],
                    .body = S("{\"flow\":\"question\",\"subject\":\"1\",\"data\":{\"问题\":\"q\","
                              "\"答复天数\":\"5\"}}")});
    CHECK_INT(r.status, 201);
    Str id = str_dup(f->arena, json_get_str(r.json, S("id")));
    r = http_get(f, auditor,
                 str_z(f->arena,
                       str_printf(f->arena, "/audit/diff?object=case:%.*s&from_as_known=1999-01-01",
                                  STRF(id))));
    CHECK_INT(r.status, 200);
    const Json *data = line_of(r.json, S("data/问题"));
    CHECK(data != NULL);
    CHECK_STR(json_get_str(data, S("after")), S("q"));
    CHECK(line_of(r.json, S("state")) != NULL);
    r = http_get(f, auditor, "/audit/diff?object=rule:zibo/gazelle&from_as_of=1999-01-01");
    CHECK_INT(r.status, 200);
    CHECK(line_of(r.json, S("hash")) != NULL);
}

TEST(audit_diff_is_for_auditors_and_refuses_nonsense) {
    HttpFixture *f = http_fixture();
    for (int role = 0; role < ROLES; role++)
        CHECK_INT(http_get(f, f->tokens[role], "/audit/diff?object=enterprise:1").status,
                  role == ROLE_AUDITOR ? 200 : 403);
    static const char *const BAD[] = {"/audit/diff", "/audit/diff?object=user:1",
                                      "/audit/diff?object=enterprise:x",
                                      "/audit/diff?object=enterprise:1&from_as_of=2022-13-01",
                                      "/audit/diff?object=enterprise:1&from_as_known=never"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        int status = http_get(f, f->tokens[ROLE_AUDITOR], BAD[i]).status;
        CHECK(status == 422 || status == 400);
    }
    CHECK_INT(http_get(f, f->tokens[ROLE_AUDITOR], "/audit/diff?object=case:999999").status, 404);
}

TEST(audit_search_is_a_file_with_a_mark) {
    HttpFixture *f = http_fixture();
    HttpReply r = http_get(f, f->tokens[ROLE_AUDITOR], "/audit/journal?action=user.&format=csv");
    CHECK_INT(r.status, 200);
    CHECK(str_find(r.type, S("text/csv")) >= 0 && str_find(r.body, S("user.add")) > 0);
    CHECK(str_find(r.body, S("auditor")) > 0); /* who took it */
    CHECK_INT(http_get(f, f->tokens[ROLE_AUDITOR], "/audit/journal?format=pdf").status, 422);
    CHECK_INT(http_get(f, f->tokens[ROLE_LEADER], "/audit/journal?format=csv").status, 403);
}
