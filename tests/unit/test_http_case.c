/* Cases over HTTP: two clerks, replays, scope of an enterprise, files, tasks. */
#include "tests/http_fixture.h"
#include "tests/test.h"

static HttpReply post(HttpFixture *f, Str token, const char *path, const char *body) {
    return http_call(
        f, &(HttpCall){.method = "POST", .path = path, .token = token, .body = str_from(body)});
}

/* A new case; its id stays valid for the run. */
static const char *new_case(HttpFixture *f, HttpReply *r) {
    *r = post(
        f, f->tokens[ROLE_CLERK_OFFICE], "/cases",
        "{\"flow\":\"question\",\"subject\":\"1\",\"data\":{\"问题\":\"q\",\"答复天数\":\"5\"}}");
    CHECK_INT(r->status, 201);
    ptrdiff_t at = str_find(r->location, S("/cases/"));
    return str_z(f->arena, str_sub(r->location, at, r->location.n));
}

TEST(http_case_two_clerks_and_a_replay) {
    HttpFixture *f = http_fixture();
    HttpReply r;
    const char *path = new_case(f, &r);
    Str tag = str_printf(f->arena, "\"%.*s\"", STRF(r.etag));
    const char *acts = str_z(f->arena, str_cat(f->arena, str_from(path), S("/acts")));
    HttpCall call = {.method = "POST",
                     .path = acts,
                     .token = f->tokens[ROLE_CLERK_OFFICE],
                     .body = S("{\"act\":\"答复\",\"data\":{\"答复\":\"一亿元\"}}"),
                     .headers = {{S("If-Match"), tag}, {S("Idempotency-Key"), S("case-replay-1")}}};
    r = http_call(f, &call);
    CHECK_INT(r.status, 200);
    CHECK_STR(json_get_str(r.json, S("state")), S("已答复"));
    r = http_call(f, &call); /* the same request again: the same answer, nothing done twice */
    CHECK_INT(r.status, 200);
    CHECK_STR(json_get_str(r.json, S("state")), S("已答复"));
    call.token = f->boss;
    call.headers[1].value = S("case-replay-2");
    r = http_call(f, &call);
    CHECK_INT(r.status, 412);
    CHECK_STR(json_get_str(json_get(r.json, S("current")), S("state")), S("已答复"));
    r = http_get(f, f->boss, str_z(f->arena, str_cat(f->arena, str_from(path), S("/events"))));
    CHECK_INT(json_get(r.json, S("items"))->count, 2);
}

TEST(http_case_refusals_say_what_is_missing) {
    HttpFixture *f = http_fixture();
    HttpReply r;
    const char *path = new_case(f, &r);
    Str tag = str_printf(f->arena, "\"%.*s\"", STRF(r.etag));
    const Json *acts = json_get(r.json, S("acts"));
    CHECK(acts && acts->count >= 2);
    HttpCall call = {.method = "POST",
                     .path = str_z(f->arena, str_cat(f->arena, str_from(path), S("/acts"))),
                     .token = f->tokens[ROLE_CLERK_OFFICE],
                     .body = S("{\"act\":\"答复\"}"),
                     .headers = {{S("If-Match"), tag}}};
    r = http_call(f, &call);
    CHECK_INT(r.status, 422);
    CHECK_STR(json_get_str(json_at(json_get(r.json, S("errors")), 0), S("pointer")),
              S("/data/答复"));
    call.body = S("{\"act\":\"采用\"}");
    CHECK_INT(http_call(f, &call).status, 409);
    call.body = S("{\"act\":\"飞\"}");
    CHECK_INT(http_call(f, &call).status, 400);
    call.token = f->tokens[ROLE_POLICY];
    call.body = S("{\"act\":\"答复\",\"data\":{\"答复\":\"x\"}}");
    CHECK_INT(http_call(f, &call).status, 403);
}

TEST(http_case_of_another_enterprise) {
    HttpFixture *f = http_fixture();
    HttpReply r;
    const char *path = new_case(f, &r);
    Str firm = f->tokens[ROLE_ENTERPRISE]; /* bound to no enterprise */
    CHECK_INT(http_get(f, firm, path).status, 404);
    CHECK_INT(http_get(f, firm, "/cases/1").status, 404);
    static const char *const PARTS[] = {"events", "messages", "papers", "documents"};
    for (int i = 0; i < 4; i++)
        CHECK_INT(http_get(f, firm, str_z(f->arena, str_printf(f->arena, "%s/%s", path, PARTS[i])))
                      .status,
                  404);
    r = http_get(f, firm, "/cases");
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 0);
    CHECK_INT(json_get(r.json, S("items"))->count, 0);
    r = post(f, firm, "/cases/acts", "{\"act\":\"撤回\",\"reason\":\"x\",\"ids\":[\"1\"]}");
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get_i64(r.json, S("done"), -1), 0);
    r = http_get(f, firm, "/me/tasks");
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get(r.json, S("waits"))->count, 0);
}

static HttpReply upload(HttpFixture *f, Str token, const char *path, const char *name,
                        const char *bytes) {
    Str body =
        str_printf(f->arena,
                   "--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n证明\r\n"
                   "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
                   "Content-Type: application/octet-stream\r\n\r\n%s\r\n--b--\r\n",
                   name, bytes);
    return http_call(
        f, &(HttpCall){.method = "POST",
                       .path = str_z(f->arena, str_printf(f->arena, "%s/documents", path)),
                       .token = token,
                       .body = body,
                       .headers = {{S("Content-Type"), S("multipart/form-data; boundary=b")}}});
}

TEST(http_case_files) {
    HttpFixture *f = http_fixture();
    HttpReply r;
    const char *path = new_case(f, &r);
    Str clerk = f->tokens[ROLE_CLERK_OFFICE];
    r = upload(f, clerk, path, "a.pdf", "<html>no pdf</html>");
    CHECK_INT(r.status, 422);
    r = upload(f, clerk, path, "a.pdf", "%PDF-1.4\nhello\n%%EOF");
    CHECK_INT(r.status, 201);
    Str href = str_dup(f->arena, json_get_str(json_at(json_get(r.json, S("items")), 0), S("href")));
    const char *file = str_z(f->arena, str_sub(href, S("/api/v1").n, href.n));
    r = http_get(f, clerk, file);
    CHECK_INT(r.status, 200);
    CHECK_STR(r.type, S("application/pdf"));
    CHECK_INT(http_get(f, f->tokens[ROLE_ENTERPRISE], file).status, 404);
    CHECK_INT(http_get(f, f->tokens[ROLE_POLICY], file).status, 200); /* 敏感 */
    CHECK_INT(http_get(f, f->tokens[ROLE_REVIEWER], file).status, 404);
    CHECK_INT(http_get(f, clerk, "/files/0000").status, 404);
}

TEST(http_case_tasks_and_flows) {
    HttpFixture *f = http_fixture();
    HttpReply r;
    new_case(f, &r);
    r = http_get(f, f->tokens[ROLE_CLERK_OFFICE], "/me/tasks");
    CHECK_INT(r.status, 200);
    const Json *first = json_at(json_get(r.json, S("waits")), 0);
    CHECK(json_get_str(json_get(first, S("verb")), S("zh")).n > 0);
    CHECK(json_get(r.json, S("opened"))->count > 0);
    r = http_get(f, f->tokens[ROLE_CLERK_OFFICE], "/meta/flows");
    CHECK(json_get(r.json, S("items"))->count >= 6);
    r = http_get(f, f->tokens[ROLE_ENTERPRISE], "/meta/calendar");
    CHECK_INT(json_get_i64(r.json, S("to_year"), 0), 2026);
    r = http_get(f, f->boss, "/cases?flow=question&open=true&q=question-");
    CHECK(json_get_i64(r.json, S("total"), 0) >= 1);
}
