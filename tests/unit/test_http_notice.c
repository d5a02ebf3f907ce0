/* Notices over HTTP: from a draft to the public, pages without a script, who sees an objection. */
#include <string.h>

#include "base/date.h"
#include "base/hash.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

enum { CHINA_MS = 8 * 3600 * 1000, DAY_MS = 86400000 };

static Str day(HttpFixture *f, int offset) {
    return date_text(f->arena, (f->now_ms + CHINA_MS) / DAY_MS + offset);
}

static HttpReply call(HttpFixture *f, Str token, const char *method, Str path, Str etag, Str body) {
    return http_call(f, &(HttpCall){.method = method,
                                    .path = str_z(f->arena, path),
                                    .token = token,
                                    .body = body,
                                    .headers = {{etag.n ? S("If-Match") : S("X-None"), etag}}});
}

static Str at(HttpFixture *f, Str id, const char *tail) {
    return str_printf(f->arena, "/notices/%.*s%s", STRF(id), tail);
}

static HttpReply draft(HttpFixture *f, const char *more) {
    Str body = str_printf(
        f->arena,
        "{\"working_days\":1,\"values\":{\"年度\":\"2021年\",\"称号\":\"<script>alert(1)</"
        "script>\","
        "\"依据\":\"x\",\"受理单位\":\"x\",\"联系电话\":\"13800138000\",\"联系地址\":\"x\","
        "\"发文机关\":\"x\"},\"rows\":[\"1\",{\"enterprise\":\"2\",\"group\":\"新增\"}]%s}",
        more);
    return call(f, f->boss, "POST", S("/notices"), S(""), body);
}

static HttpReply publish(HttpFixture *f, Str id, Str etag) {
    Str body = str_printf(f->arena, "{\"reason\":\"x\",\"from\":\"%.*s\"}", STRF(day(f, 0)));
    return call(f, f->boss, "POST", at(f, id, "/publication"), etag, body);
}

TEST(http_notice_reaches_the_public) {
    HttpFixture *f = http_fixture();
    HttpReply r = draft(f, "");
    CHECK_INT(r.status, 201);
    Str id = str_dup(f->arena, json_get_str(r.json, S("id"))), etag = r.etag;
    CHECK_INT(json_get(r.json, S("open_fields"))->count, 0);
    CHECK_INT(json_get(r.json, S("rows"))->count, 2);
    Str page = str_cat(f->arena, S("/public"), at(f, id, ""));
    CHECK_INT(call(f, S(""), "GET", page, S(""), S("")).status, 404);
    r = call(f, f->boss, "PATCH", at(f, id, ""), etag, S("{\"values\":{\"年度\":\"2022年\"}}"));
    CHECK_INT(r.status, 200);
    CHECK(json_get(r.json, S("open_fields"))->count > 0);
    CHECK_INT(publish(f, id, etag).status, 412);
    CHECK_INT(publish(f, id, r.etag).status, 422);
    r = draft(f, "");
    id = str_dup(f->arena, json_get_str(r.json, S("id")));
    page = str_cat(f->arena, S("/public"), at(f, id, ""));
    r = publish(f, id, r.etag);
    CHECK_INT(r.status, 200);
    Str sm3 = str_dup(f->arena, json_get_str(r.json, S("sm3")));
    etag = r.etag;
    r = call(f, S(""), "GET", page, S(""), S(""));
    CHECK_INT(r.status, 200);
    CHECK_STR(hash_hex(f->arena, HASH_SM3, r.body), sm3);
    Str frozen = str_dup(f->arena, r.body);
    CHECK(str_find(frozen, S("138****8000")) > 0);
    r = call(f, f->boss, "PATCH", at(f, id, ""), etag, S("{\"number\":\"x〔2021〕1号\"}"));
    CHECK_INT(r.status, 200);
    CHECK_STR(call(f, S(""), "GET", page, S(""), S("")).body, frozen);
    r = call(f, S(""), "GET", str_cat(f->arena, page, S("/state")), S(""), S(""));
    CHECK_STR(json_get_str(r.json, S("number")), S("x〔2021〕1号"));
    r = call(f, S(""), "GET", str_cat(f->arena, page, S("?format=csv")), S(""), S(""));
    CHECK(str_find(r.body, S("position,name,code")) >= 0);
    r = call(f, f->boss, "GET", at(f, id, "/docx"), S(""), S(""));
    CHECK(str_starts(r.body, S("PK")));
    CHECK_INT(call(f, f->boss, "POST", at(f, id, "/conclusion"), S("\"notice-x\""),
                   S("{\"reason\":\"x\"}"))
                  .status,
              412);
}

static void dispatch(HttpFixture *f, Request *r, Response *out, const char *method, Str path,
                     Str body) {
    f->ctx.now_ms = f->now_ms;
    *out = (Response){0};
    *r = (Request){.c = &f->ctx,
                   .reg = f->reg,
                   .method = str_from(method),
                   .path = path,
                   .body = body,
                   .address = S("198.51.100.77")};
    http_dispatch(r, out);
    http_end(r);
    ctx_clear(&f->ctx);
}

TEST(http_notice_page_works_without_a_script) {
    HttpFixture *f = http_fixture();
    Request r;
    Response out;
    HttpReply made = draft(f, "");
    Str id = str_dup(f->arena, json_get_str(made.json, S("id")));
    CHECK_INT(publish(f, id, made.etag).status, 200);
    Str page = str_cat(f->arena, S("/public"), at(f, id, ""));
    dispatch(f, &r, &out, "GET", S("/public/notices"), S(""));
    CHECK_INT(out.status, 200);
    CHECK(str_find(out.body, page) > 0);
    dispatch(f, &r, &out, "GET", page, S(""));
    CHECK_INT(out.status, 200);
    CHECK(str_starts(out.type, S("text/html")));
    CHECK(str_find(out.body, S("<script")) < 0);
    CHECK(str_find(out.body, S("&lt;script&gt;alert(1)")) > 0);
    CHECK(str_find(out.body, S("<form method=\"post\"")) > 0);
    dispatch(f, &r, &out, "POST", page, S("position=1&person=&contact=c&text=t"));
    CHECK_INT(out.status, 422);
    CHECK(str_find(out.body, S("role=\"alert\"")) > 0);
    dispatch(f, &r, &out, "POST", page,
             S("position=1&person=%E7%8E%8B%E4%BA%94%3Cb%3E&contact=c&text=t+u"));
    CHECK_INT(out.status, 201);
    CHECK(str_find(out.body, S("王五")) < 0);
    HttpReply list = call(f, f->boss, "GET", at(f, id, "/objections"), S(""), S(""));
    const Json *one = json_at(json_get(list.json, S("items")), 0);
    CHECK(!json_get(one, S("person")) && !json_get(one, S("text")));
    Str objection = str_dup(f->arena, json_get_str(one, S("id")));
    Str path = str_cat(f->arena, S("/objections/"), objection);
    list = call(f, f->tokens[ROLE_CLERK_OFFICE], "GET", path, S(""), S(""));
    CHECK_STR(json_get_str(list.json, S("person")), S("王五<b>"));
    CHECK_STR(json_get_str(list.json, S("text")), S("t u"));
    list = call(f, f->tokens[ROLE_AUDITOR], "GET", path, S(""), S(""));
    CHECK_INT(list.status, 200);
    CHECK(!json_get(list.json, S("person")));
    dispatch(f, &r, &out, "GET", S("/public/notices/999999"), S(""));
    CHECK_INT(out.status, 404);
    dispatch(f, &r, &out, "GET", S("/public/notices/1/../../x"), S(""));
    CHECK_INT(out.status, 404);
}

/* The row of the notice in the public list of that day; NULL: it is not there. */
static const Json *listed(HttpFixture *f, Str id, Str as_of, const char *more) {
    Str path = str_printf(f->arena, "/public/notices?limit=500&as_of=%.*s%s", STRF(as_of), more);
    HttpReply r = call(f, S(""), "GET", path, S(""), S(""));
    CHECK_INT(r.status, 200);
    CHECK_STR(json_get_str(r.json, S("as_of")), as_of);
    for (const Json *e = json_get(r.json, S("items"))->first; e; e = e->next)
        if (str_eq(json_get_str(e, S("id")), id)) return e;
    return NULL;
}

TEST(http_notice_list_of_a_day_in_the_past) {
    HttpFixture *f = http_fixture();
    f->now_ms -= 2 * DAY_MS;
    HttpReply r = draft(f, "");
    Str id = str_dup(f->arena, json_get_str(r.json, S("id")));
    r = publish(f, id, r.etag);
    f->now_ms += 2 * DAY_MS;
    CHECK_INT(r.status, 200);
    r = draft(f, str_z(f->arena, str_printf(f->arena, ",\"replaces\":\"%.*s\"", STRF(id))));
    Str next = str_dup(f->arena, json_get_str(r.json, S("id")));
    CHECK_INT(publish(f, next, r.etag).status, 200);
    CHECK_STR(json_get_str(listed(f, id, day(f, 0), ""), S("replaced_by")), next);
    r = call(f, f->boss, "GET", at(f, id, ""), S(""), S(""));
    r = call(f, f->boss, "POST", at(f, id, "/end"), r.etag, S("{\"reason\":\"更正\"}"));
    CHECK_INT(r.status, 200);
    const Json *then = listed(f, id, day(f, -2), "");
    CHECK(then != NULL);
    CHECK_STR(json_get_str(then, S("state")), S("published"));
    CHECK(json_get(then, S("replaced_by"))->kind == JSON_NULL);
    CHECK(json_get_bool(then, S("open"), false));
    CHECK(!listed(f, next, day(f, -2), ""));
    CHECK(!listed(f, id, day(f, -3), ""));
    CHECK(!listed(f, id, day(f, 0), ""));
    CHECK(!listed(f, id, day(f, 30), ""));
    CHECK(listed(f, next, day(f, 30), "") != NULL);
    Str known = str_cat(f->arena, S("&as_known="), day(f, -3));
    CHECK(!listed(f, id, day(f, -2), str_z(f->arena, known)));
}

TEST(http_notice_taken_down_is_gone) {
    HttpFixture *f = http_fixture();
    HttpReply r = draft(f, "");
    Str id = str_dup(f->arena, json_get_str(r.json, S("id")));
    r = publish(f, id, r.etag);
    CHECK_INT(r.status, 200);
    r = call(f, f->boss, "POST", at(f, id, "/end"), r.etag, S("{\"reason\":\"更正\"}"));
    CHECK_INT(r.status, 200);
    CHECK_STR(json_get_str(r.json, S("state")), S("taken_down"));
    r = call(f, S(""), "GET", str_cat(f->arena, S("/public"), at(f, id, "")), S(""), S(""));
    CHECK_INT(r.status, 410);
}
