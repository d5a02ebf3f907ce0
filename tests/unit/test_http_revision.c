/* Revisions over HTTP: drafted, changed by workbook and by model, checked, submitted, released by a
 * second person; who may not; old versions still decide and replay. */
#include <string.h>

#include "base/file.h"
#include "city/revision.h"
#include "job/table_sheet.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

static const char WORDS[] =
    "{\"rule\":\"cn/"
    "unicorn\",\"base_version\":\"2025\",\"new_version\":\"2030\",\"title\":\"下限调整\","
    "\"effective_from\":\"2030-01-01\",\"reason\":\"按新办法调整\",\"document\":\"GEI25\","
    "\"article\":\"独角兽\",\"status\":\"V*\"}";

typedef struct Path {
    HttpFixture *f;
    Str author, other, etag;
    const char *path; /* /revisions/N */
} Path;

static HttpReply call(Path *p, const char *method, const char *below, Str token, Str body) {
    HttpCall c = {.method = method,
                  .path = str_z(p->f->arena, str_printf(p->f->arena, "%s%s", p->path, below)),
                  .token = token,
                  .body = body};
    if (strcmp(method, "GET") != 0)
        c.headers[0] = (Pair){S("If-Match"), str_printf(p->f->arena, "\"%.*s\"", STRF(p->etag))};
    HttpReply r = http_call(p->f, &c);
    if (r.etag.n && strcmp(method, "GET") != 0) p->etag = r.etag;
    return r;
}

static void check_status(HttpReply *r, int want, const char *code) {
    const Json *e = json_at(json_get(r->json, S("errors")), 0);
    CHECK_INT(r->status, want);
    if (r->status != want) test_failed(__FILE__, __LINE__, str_z(arena_open(0), r->body));
    if (code) CHECK_STR(json_get_str(e, S("code")), str_from(code));
}

static Path draft(const char *name, const char *words) {
    Path p = {.f = http_fixture()};
    Arena *a = p.f->arena;
    Str author = str_printf(a, "%s-author", name), other = str_printf(a, "%s-other", name);
    http_new_user(p.f, author, 1u << ROLE_POLICY, false);
    http_new_user(p.f, other, 1u << ROLE_POLICY, false);
    p.author = http_sign_in(p.f, author, S(FIXTURE_PASSWORD));
    p.other = http_sign_in(p.f, other, S(FIXTURE_PASSWORD));
    p.path = "/revisions";
    HttpReply r = call(&p, "POST", "", p.author, str_from(words));
    check_status(&r, 201, NULL);
    p.path = str_z(a, str_sub(r.location, S("/api/v1").n, r.location.n));
    return p;
}

/* The model of the revision with one text replaced. */
static Str model_with(Path *p, const char *what, const char *with) {
    HttpReply r = call(p, "GET", "/model", p->author, S(""));
    Str s = str_dup(p->f->arena, r.body);
    ptrdiff_t at = str_find(s, str_from(what));
    CHECK(r.status == 200 && at >= 0);
    Str head = str_cat(p->f->arena, str_sub(s, 0, at < 0 ? 0 : at), str_from(with));
    return str_cat(p->f->arena, head, str_sub(s, at + str_from(what).n, s.n));
}

static int64_t number(HttpReply *r, Str key) {
    return json_get_i64(r->json, key, -1);
}

TEST(http_revision_from_draft_to_release) {
    Path p = draft("whole", WORDS);
    Arena *a = p.f->arena;
    HttpReply r = call(&p, "GET", "", p.author, S(""));
    CHECK_STR(json_get_str(r.json, S("state")), S("draft"));
    CHECK_STR(r.cache, S("no-store")); /* "may" is the user's own */
    CHECK(!json_get_bool(r.json, S("basis_missing"), true));
    Str model = model_with(&p, ">= 1000000000", ">= 2000000000");
    HttpReply up = call(&p, "POST", "/model", p.author, model);
    check_status(&up, 200, NULL);
    r = call(&p, "GET", "/diff", p.author, S(""));
    CHECK_INT(number(&r, S("total")), 1);
    CHECK_STR(json_get_str(json_at(json_get(r.json, S("changes")), 0), S("owner")), S("估值达标"));
    /* no case is decided by the new version yet */
    r = call(&p, "GET", "/check", p.author, S(""));
    CHECK_INT(number(&r, S("errors")), 0);
    CHECK_INT(number(&r, S("failed")), 0);
    CHECK_INT(number(&r, S("by_new")), 0);
    r = call(&p, "PATCH", "", p.author,
             S("{\"cases\":[{\"name\":\"R-1\",\"like\":\"UN-E1\",\"as_of\":\"2030-02-01\","
               "\"facts\":{\"成立日期\":\"2022-01-01\",\"最近一轮投后估值\":1999999999},"
               "\"expect\":{\"outcome\":\"met\"}}]}"));
    check_status(&r, 200, NULL);
    r = call(&p, "POST", "/submission", p.author, S("{\"reason\":\"请核\"}"));
    check_status(&r, 200, NULL);
    CHECK_STR(json_get_str(r.json, S("state")), S("submitted"));
    r = call(&p, "POST", "/release", p.author, S("{\"reason\":\"发布\"}"));
    check_status(&r, 403, NULL);
    CHECK(str_find(r.body, S("whole-author")) > 0);
    r = call(&p, "POST", "/release", p.other, S("{\"reason\":\"发布\"}"));
    check_status(&r, 422, NULL); /* the case says met, the new version says not */
    CHECK(str_find(r.body, S("R-1")) > 0);
    r = call(&p, "POST", "/return", p.other, S("{\"reason\":\"算例不对\"}"));
    check_status(&r, 200, NULL);
    r = call(
        &p, "PATCH", "", p.author,
        S("{\"cases\":[{\"name\":\"R-1\",\"like\":\"UN-E1\",\"as_of\":\"2030-02-01\","
          "\"facts\":{\"成立日期\":\"2022-01-01\",\"最近一轮投后估值\":1999999999},"
          "\"expect\":{\"outcome\":\"not_met\",\"conditions\":{\"估值达标\":\"not_met\"}}}]}"));
    check_status(&r, 200, NULL);
    CHECK_STR(json_get_str(r.json, S("state")), S("draft"));
    r = call(&p, "POST", "/submission", p.author, S("{\"reason\":\"再请核\"}"));
    check_status(&r, 200, NULL);
    r = call(&p, "GET", "/check", p.other, S(""));
    CHECK(json_get_bool(r.json, S("releasable"), false));
    r = call(&p, "POST", "/release", p.other, S("{\"reason\":\"核对无误\"}"));
    check_status(&r, 200, NULL);
    CHECK_STR(json_get_str(r.json, S("state")), S("released"));
    r = http_get(p.f, p.author, "/rules/cn/unicorn?as_of=2030-01-01");
    CHECK_STR(json_get_str(r.json, S("current")), S("2030"));
    CHECK(str_find(r.body, S("\"value\":\"2000000000\"")) > 0);
    r = http_get(p.f, p.author, "/rules/cn/unicorn?as_of=2029-12-31");
    CHECK_STR(json_get_str(r.json, S("current")), S("2025"));
    r = http_get(p.f, p.author, "/rules/cn/unicorn/diff?from=2025&to=2030");
    CHECK_INT(number(&r, S("total")), 1);
    r = call(&p, "PATCH", "", p.author, S("{\"title\":\"晚了\"}"));
    check_status(&r, 409, NULL);
    (void)a;
}

TEST(http_revision_without_basis_decides_nothing) {
    Path p = draft("basis", "{\"rule\":\"cn/unicorn\",\"effective_from\":\"2031-01-01\","
                            "\"reason\":\"x\",\"status\":\"I\"}");
    HttpReply r = call(&p, "GET", "", p.author, S(""));
    CHECK(json_get_bool(r.json, S("basis_missing"), false));
    r = call(&p, "POST", "/submission", p.author, S("{\"reason\":\"请核\"}"));
    check_status(&r, 422, "revision.no_basis");
    r = call(&p, "PATCH", "", p.author, S("{\"document\":\"没有这份\"}"));
    check_status(&r, 422, "pack.document");
    r = call(&p, "PATCH", "", p.author,
             S("{\"new_document\":{\"key\":\"NEW-1\",\"title\":\"新办法\",\"issuer\":\"市政府\","
               "\"issued\":\"2030-12-01\",\"url\":\"javascript:alert(1)\"}}"));
    check_status(&r, 422, "revision.field");
    r = call(&p, "PATCH", "", p.author,
             S("{\"document\":\"NEW-1\",\"new_document\":{\"key\":\"NEW-1\",\"title\":\"新办法\","
               "\"issuer\":\"市政府\",\"issued\":\"2030-12-01\"}}"));
    check_status(&r, 200, NULL);
    CHECK_STR(json_get_str(r.json, S("document_title")), S("新办法"));
    r = call(&p, "POST", "/withdrawal", p.author, S("{\"reason\":\"不做了\"}"));
    check_status(&r, 200, NULL);
    CHECK_STR(json_get_str(r.json, S("state")), S("withdrawn"));
}

TEST(http_revision_two_who_change_one) {
    Path p = draft("two", "{\"rule\":\"cn/unicorn\",\"title\":\"一\"}");
    HttpReply r = call(&p, "GET", "", p.author, S(""));
    Str first = p.etag = r.etag;
    r = call(&p, "PATCH", "", p.author, S("{\"title\":\"甲的\"}"));
    check_status(&r, 200, NULL);
    p.etag = first;
    r = call(&p, "PATCH", "", p.other, S("{\"title\":\"乙的\"}"));
    check_status(&r, 412, NULL);
    CHECK_STR(json_get_str(json_get(r.json, S("current")), S("title")), S("甲的"));
}

TEST(http_revision_from_another_base) {
    Path p = draft("base", "{\"rule\":\"cn/unicorn\",\"base_version\":\"2018\"}");
    HttpReply r = call(&p, "PATCH", "", p.author, S("{\"base_version\":\"2025\"}"));
    check_status(&r, 200, NULL);
    r = call(&p, "GET", "", p.author, S(""));
    CHECK_STR(json_get_str(r.json, S("base_version")), S("2025"));
    r = call(&p, "GET", "/diff", p.author, S(""));
    CHECK_STR(json_get_str(r.json, S("from")), S("2025"));
    CHECK(number(&r, S("total")) > 0); /* the model is that of 2018 still */
    r = call(&p, "PATCH", "", p.author, S("{\"base_version\":\"1999\"}"));
    check_status(&r, 422, NULL);
    r = call(&p, "PATCH", "", p.author, S("{\"new_version\":null}"));
    check_status(&r, 200, NULL); /* a version has a name */
    CHECK(json_get_str(r.json, S("new_version")).n > 1);
}

TEST(http_revision_by_workbook) {
    Path p = draft("book", "{\"rule\":\"cn/unicorn\",\"base_version\":\"2018\"}");
    HttpReply r = call(&p, "GET", "", p.author, S(""));
    p.etag = r.etag;
    r = call(&p, "GET", "/table", p.author, S(""));
    CHECK_INT(r.status, 200);
    Str book = str_dup(p.f->arena, r.body);
    r = call(&p, "POST", "/table", p.author, book);
    check_status(&r, 200, NULL);
    r = call(&p, "GET", "/diff", p.author, S(""));
    CHECK_INT(number(&r, S("total")), 0);
    /* the same through the writer, with a cell changed */
    Ctx c = ctx_new(p.f->arena, 0);
    r = call(&p, "GET", "/model", p.author, S(""));
    DmnGrid *grids, g;
    DmnDefs *d = dmn_read(&c, str_dup(p.f->arena, r.body), S("m"));
    CHECK(d && dmn_grids(&c, d, &grids) == 1);
    Str path = path_join(c.arena, str_from(test_folder()), S("revised.xlsx")), bytes;
    Str print = dmn_grid_text(c.arena, grids);
    CHECK(table_sheet_read(&c, book, S("b"), grids, &g));
    CHECK_STR(dmn_grid_text(c.arena, &g), print);
    g.rows[0].cells[1] = S(">= 20000000000");
    CHECK(table_sheet_write(&c, &g, S(""), path) && file_read(&c, path, 1 << 24, &bytes));
    r = call(&p, "POST", "/table", p.author, bytes); /* its fingerprint is of another table */
    check_status(&r, 412, NULL);
    r = call(&p, "POST", "/table", p.author, S("no workbook"));
    check_status(&r, 400, NULL);
    r = call(&p, "GET", "/table?table=none", p.author, S(""));
    CHECK_INT(r.status, 404);
}

TEST(http_revision_refuses) {
    HttpFixture *f = http_fixture();
    Path p = {.f = f, .path = "/revisions", .author = f->tokens[ROLE_POLICY]};
    HttpReply r = call(&p, "POST", "", f->tokens[ROLE_CLERK_OFFICE], str_from(WORDS));
    CHECK_INT(r.status, 403);
    r = call(&p, "POST", "", p.author, S("{\"rule\":\"cn/none\"}"));
    CHECK_INT(r.status, 404);
    r = call(&p, "POST", "", p.author, S("{\"title\":\"x\"}"));
    check_status(&r, 422, "http.required");
    r = call(&p, "POST", "", p.author, S("{\"rule\":\"cn/unicorn\",\"status\":\"sure\"}"));
    check_status(&r, 422, "revision.field");
    r = call(&p, "POST", "", p.author,
             S("{\"rule\":\"cn/unicorn\",\"effective_from\":\"2030-02-30\"}"));
    check_status(&r, 422, "revision.field");
    r = call(&p, "POST", "", p.author, S("{\"rule\":\"cn/unicorn\",\"nothing\":\"x\"}"));
    check_status(&r, 422, "http.member");
    r = call(&p, "POST", "", p.author, S("{\"rule\":\"cn/unicorn\",\"new_version\":\"../x\"}"));
    check_status(&r, 422, "revision.field");
    Path q = draft("refuses", WORDS);
    r = call(&q, "POST", "/model", q.author, S("<html/>"));
    CHECK_INT(r.status, 400);
    r = call(&q, "POST", "/model", q.author, model_with(&q, "成立日期", "没有的指标"));
    check_status(&r, 200, NULL);
    r = call(&q, "GET", "/check", q.author, S(""));
    CHECK(number(&r, S("errors")) > 0);
    CHECK(!json_get_bool(r.json, S("releasable"), true));
    r = http_get(f, f->tokens[ROLE_POLICY], "/revisions?rule=cn/unicorn&state=draft&limit=2");
    CHECK(number(&r, S("total")) >= 2);
    CHECK_INT(json_get(r.json, S("items"))->count, 2);
    r = http_get(f, f->tokens[ROLE_POLICY], "/revisions?state=gone");
    CHECK_INT(r.status, 422);
    r = http_get(f, f->tokens[ROLE_POLICY], "/rules/cn/unicorn/versions/1999/model");
    CHECK_INT(r.status, 404);
}

/* What the static check finds stands with the rule, by cell, in the language asked for. */
TEST(http_findings_of_a_rule) {
    HttpFixture *f = http_fixture();
    HttpReply r = http_get(f, f->boss, "/rules/zibo/talent-recognition/findings");
    CHECK_INT(r.status, 200);
    const Json *list = json_get(r.json, S("findings")), *one = json_at(list, 0);
    CHECK_INT(json_get_i64(r.json, S("errors"), -1), 0);
    CHECK(json_get_i64(r.json, S("remarks"), 0) > 0);
    CHECK_STR(json_str(json_get(one, S("severity")), S("")), S("remark"));
    CHECK(json_get(one, S("row"))->kind == JSON_OBJECT);
    CHECK(json_get_i64(one, S("column"), 0) > 0);
    r = http_get(f, f->boss, "/rules/zibo/talent-recognition/findings?version=1999");
    CHECK_INT(r.status, 422);
    r = http_get(f, f->boss, "/rules/zibo/nothing/findings");
    CHECK_INT(r.status, 404);
}
