/* Visits over HTTP: one from the desk to its result with everything that must be there, and those
 * of a drawn sample, which hold their candidates. The same runs on both databases. */
#include "tests/http_fixture.h"
#include "tests/test.h"

static HttpReply post(HttpFixture *f, Str token, Str path, Str body, Str tag) {
    HttpCall call = {.method = "POST", .path = str_z(f->arena, path), .token = token, .body = body};
    if (tag.n) call.headers[0] = (Pair){S("If-Match"), str_printf(f->arena, "\"%.*s\"", STRF(tag))};
    return http_call(f, &call);
}

static Str case_path(HttpFixture *f, Str id, const char *rest) {
    return str_printf(f->arena, "/cases/%.*s%s", STRF(id), rest);
}

/* An act with the present ETag, as this person. */
static HttpReply act(HttpFixture *f, Str token, Str id, const char *name, const char *data) {
    HttpReply now = http_get(f, f->boss, str_z(f->arena, case_path(f, id, "")));
    Str body =
        str_printf(f->arena, "{\"act\":\"%s\",\"reason\":\"按程序\",\"data\":%s}", name, data);
    return post(f, token, case_path(f, id, "/acts"), body, now.etag);
}

static Str pointer(const HttpReply *r) {
    return json_get_str(json_at(json_get(r->json, S("errors")), 0), S("pointer"));
}

static HttpReply propose(HttpFixture *f, const char *data) {
    Str body =
        str_printf(f->arena, "{\"flow\":\"site-visit\",\"subject\":\"1\",\"data\":%s}", data);
    return post(f, f->tokens[ROLE_CLERK_OFFICE], S("/cases"), body, S(""));
}

static HttpReply record(HttpFixture *f, Str id) {
    Str body = S("--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n核查记录\r\n"
                 "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"r.pdf\"\r\n"
                 "Content-Type: application/octet-stream\r\n\r\n%PDF-1.4\nx\n%%EOF\r\n--b--\r\n");
    return http_call(
        f, &(HttpCall){.method = "POST",
                       .path = str_z(f->arena, case_path(f, id, "/documents")),
                       .token = f->tokens[ROLE_CLERK_OFFICE],
                       .body = body,
                       .headers = {{S("Content-Type"), S("multipart/form-data; boundary=b")}}});
}

/* The state of a case, whatever it was answered last. */
static Str state(HttpFixture *f, Str id) {
    HttpReply r = http_get(f, f->boss, str_z(f->arena, case_path(f, id, "")));
    return str_dup(f->arena, json_get_str(r.json, S("state")));
}

TEST(http_visit_from_the_desk_to_its_result) {
    HttpFixture *f = http_fixture();
    Str clerk = f->tokens[ROLE_CLERK_OFFICE], leader = f->tokens[ROLE_LEADER];
    static const struct {
        const char *data, *lacks;
    } OPENING[] = {{"{\"事由\":\"x\",\"依据\":\"y\"}", "/data/事由种类"},
                   {"{\"事由种类\":\"材料疑点\",\"依据\":\"y\"}", "/data/事由"},
                   {"{\"事由种类\":\"材料疑点\",\"事由\":\"x\"}", "/data/依据"}};
    HttpReply r;
    for (size_t i = 0; i < sizeof OPENING / sizeof *OPENING; i++) {
        r = propose(f, OPENING[i].data);
        CHECK_INT(r.status, 422);
        CHECK_STR(pointer(&r), str_from(OPENING[i].lacks));
    }
    CHECK_INT(propose(f, "{\"事由种类\":\"别的\",\"事由\":\"x\",\"依据\":\"y\"}").status, 422);
    r = propose(f,
                "{\"事由种类\":\"材料疑点\",\"事由\":\"收入与纳税不符\",\"依据\":\"办法第三条\"}");
    CHECK_INT(r.status, 201);
    Str id = str_dup(f->arena, json_get_str(r.json, S("id")));
    CHECK(str_find(r.body, S("依据待补")) >= 0); /* no cap is set, and the answer says so */
    CHECK_STR(state(f, id), S("案头"));
    /* the desk comes first, then day and people */
    CHECK_INT(act(f, clerk, id, "批准", "{}").status, 409);
    r = act(f, clerk, id, "申请现场", "{\"核查日期\":\"2026-12-01\",\"核查人员\":[\"甲\",\"乙\"]}");
    CHECK_INT(r.status, 422);
    CHECK_STR(pointer(&r), S("/data/案头结论"));
    r = act(f, clerk, id, "申请现场", "{\"案头结论\":\"存疑\",\"核查人员\":[\"甲\",\"乙\"]}");
    CHECK_STR(pointer(&r), S("/data/核查日期"));
    r = act(f, clerk, id, "申请现场", "{\"案头结论\":\"存疑\",\"核查日期\":\"2099-12-01\"}");
    CHECK_STR(pointer(&r), S("/data/核查人员"));
    r = act(f, clerk, id, "申请现场",
            "{\"案头结论\":\"存疑\",\"核查日期\":\"2099-12-01\",\"核查人员\":[\"甲\"]}");
    CHECK_INT(r.status, 422); /* two at least */
    r = act(f, clerk, id, "申请现场",
            "{\"案头结论\":\"存疑\",\"核查日期\":\"2001-12-01\",\"核查人员\":[\"甲\",\"乙\"]}");
    CHECK_INT(r.status, 422); /* a day that is over */
    CHECK_STR(state(f, id), S("案头"));
    r = act(f, clerk, id, "申请现场",
            "{\"案头结论\":\"存疑\",\"核查日期\":\"2099-12-01\",\"核查人员\":[\"甲\",\"leader\"],"
            "\"联合部门\":[\"市税务局\"]}");
    CHECK_INT(r.status, 200);
    CHECK_STR(state(f, id), S("待批准"));
    CHECK_INT(act(f, f->tokens[ROLE_CLERK_DISTRICT], id, "批准", "{}").status / 100, 4);
    CHECK_INT(act(f, leader, id, "批准", "{}").status, 422); /* one of those who visit */
    CHECK_INT(act(f, clerk, id, "批准", "{}").status, 200);
    CHECK_STR(state(f, id), S("待核查"));
    r = act(f, clerk, id, "完成", "{\"核查结果\":\"属实\",\"情况说明\":\"设备在产\"}");
    CHECK_INT(r.status, 422); /* without the record both signed */
    CHECK_INT(record(f, id).status, 201);
    r = act(f, clerk, id, "完成", "{\"情况说明\":\"设备在产\"}");
    CHECK_STR(pointer(&r), S("/data/核查结果"));
    r = act(f, clerk, id, "完成", "{\"核查结果\":\"属实\"}");
    CHECK_STR(pointer(&r), S("/data/情况说明"));
    CHECK_INT(act(f, clerk, id, "完成", "{\"核查结果\":\"属实\",\"情况说明\":\"在产\"}").status,
              200);
    CHECK_STR(state(f, id), S("已核查"));
    CHECK_INT(act(f, clerk, id, "取消", "{}").status, 409);
}

TEST(http_visit_cap_is_the_offices_word) {
    HttpFixture *f = http_fixture();
    Str clerk = f->tokens[ROLE_CLERK_OFFICE];
    HttpReply r = http_get(f, clerk, "/visits/cap");
    CHECK_STR(json_get_str(r.json, S("status")), S("依据待补"));
    Str set = S("{\"most\":3,\"months\":12,\"basis\":\"纪要\",\"reason\":\"会议\"}");
    CHECK_INT(post(f, f->tokens[ROLE_CLERK_DISTRICT], S("/visits/cap"), set, S("")).status, 403);
    CHECK_INT(
        post(f, clerk, S("/visits/cap"), S("{\"most\":3,\"months\":12,\"reason\":\"x\"}"), S(""))
            .status,
        422);
    CHECK_INT(post(f, clerk, S("/visits/cap"), S("{\"most\":3,\"reason\":\"x\"}"), S("")).status,
              422);
    r = post(f, clerk, S("/visits/cap"), set, S(""));
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get_i64(r.json, S("most"), 0), 3);
    r = post(f, clerk, S("/visits/cap"), S("{\"most\":null,\"months\":null,\"reason\":\"收回\"}"),
             S(""));
    CHECK_STR(json_get_str(r.json, S("status")), S("依据待补"));
}

/* --- a drawn sample ----------------------------------------------------------------------------
 */

typedef struct Drawn2 {
    HttpFixture *f;
    int64_t id;
    Str candidates[2]; /* ids of the cases */
} Drawn2;

static HttpReply on_round(Drawn2 *d, const char *name, const char *rest) {
    HttpFixture *f = d->f;
    Str path = str_printf(f->arena, "/rounds/%lld", (long long)d->id);
    HttpReply now = http_get(f, f->boss, str_z(f->arena, path));
    Str body = str_printf(f->arena, "{\"act\":\"%s\",\"reason\":\"按程序\"%s}", name, rest);
    return post(f, f->boss, str_cat(f->arena, path, S("/acts")), body, now.etag);
}

static void draw(Drawn2 *d) {
    HttpFixture *f = d->f = http_fixture();
    HttpReply r = post(
        f, f->boss, S("/rounds"),
        S("{\"reason\":\"x\",\"setting\":{\"title\":\"visits\",\"rule\":\"cn/above-scale\","
          "\"from\":\"2021-09-01\",\"to\":\"2021-09-30\",\"as_of\":\"2021-09-30\",\"per_file\":1,"
          "\"method\":\"average\",\"sample\":1,\"inspectors\":2,\"criteria\":[{\"id\":\"c\","
          "\"title\":\"t\",\"weight\":\"100\",\"top\":5}]}}"),
        S(""));
    CHECK_INT(r.status, 201);
    d->id = json_get_i64(r.json, S("id"), 0);
    CHECK_INT(on_round(d, "open", "").status, 200);
    CHECK_INT(
        on_round(d, "enter", ",\"subjects\":[\"stock:000655.SZ\",\"stock:000726.SZ\"]").status,
        200);
    CHECK_INT(on_round(d, "close", "").status, 200);
    CHECK_INT(on_round(d, "visit", ",\"data\":{\"核查依据\":\"办法\"}").status, 409); /* no draw */
    CHECK_INT(on_round(d, "sample", ",\"inspectors\":[\"张\",\"王\",\"赵\"]").status, 200);
    CHECK_INT(on_round(d, "decide", ",\"filter\":{},\"verdict\":\"admit\"").status, 200);
}

/* The ids of the two candidates' cases, the drawn one first. */
static bool find_cases(Drawn2 *d) {
    HttpFixture *f = d->f;
    Db *db = db_borrow(&f->ctx, f->reg->store);
    int n = 0;
    Rows *r = db ? Q(db,
                     "SELECT k.case_file FROM review_candidate k LEFT JOIN review_visit v ON "
                     "v.candidate = k.id WHERE k.round = $1 ORDER BY v.candidate IS NULL, k.id",
                     db_i(d->id))
                 : NULL;
    while (r && row_next(r) && n < 2)
        d->candidates[n++] = str_printf(f->arena, "%lld", (long long)row_i64(r, 0));
    if (r) rows_close(r);
    if (db) db_return(db);
    return n == 2;
}

TEST(http_visit_drawn_holds_its_candidate) {
    Drawn2 d;
    draw(&d);
    HttpFixture *f = d.f;
    CHECK_INT(on_round(&d, "visit", "").status, 422); /* the basis is not entered */
    HttpReply r = on_round(&d, "visit", ",\"data\":{\"核查依据\":\"抽查办法\"}");
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get(r.json, S("visits"))->count, 1);
    const Json *one = json_at(json_get(r.json, S("visits")), 0);
    Str visit = str_dup(f->arena, json_get_str(one, S("visit")));
    Str number = str_dup(f->arena, json_get_str(one, S("number")));
    CHECK_STR(json_get_str(one, S("state")), S("案头"));
    r = on_round(&d, "visit", ""); /* again: no second one */
    CHECK_INT(json_get(r.json, S("visits"))->count, 1);
    CHECK_STR(json_get_str(json_at(json_get(r.json, S("visits")), 0), S("visit")), visit);
    r = http_get(f, f->boss, str_z(f->arena, case_path(f, visit, "")));
    CHECK(str_find(r.body, S("抽查办法")) >= 0 && str_find(r.body, S("双随机抽查")) >= 0);
    CHECK_INT(json_get(json_get(r.json, S("data")), S("核查人员"))->count, 2);
    CHECK(find_cases(&d));
    Str held = d.candidates[0], free_one = d.candidates[1], clerk = f->tokens[ROLE_CLERK_OFFICE];
    r = act(f, clerk, held, "拟认定", "{}");
    CHECK_INT(r.status, 409);
    CHECK(str_find(r.body, number) >= 0);
    /* among many it is skipped, named, with the reason */
    Str many =
        str_printf(f->arena, "{\"act\":\"拟认定\",\"reason\":\"通过\",\"ids\":[\"%.*s\",\"%.*s\"]}",
                   STRF(held), STRF(free_one));
    r = post(f, clerk, S("/cases/acts"), many, S(""));
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get_i64(r.json, S("done"), -1), 1);
    const Json *items = json_get(r.json, S("items"));
    for (const Json *e = items ? items->first : NULL; e; e = e->next) {
        bool is = str_eq(json_get_str(e, S("id")), held);
        CHECK(json_get_bool(e, S("done"), is) != is);
        CHECK((str_find(json_get_str(e, S("why")), number) >= 0) == is);
    }
    CHECK_STR(state(f, free_one), S("拟认定"));
    CHECK_INT(act(f, clerk, visit, "案头认定", "{\"案头结论\":\"属实\"}").status, 200);
    CHECK_INT(act(f, clerk, held, "拟认定", "{}").status, 200);
    CHECK_STR(state(f, held), S("拟认定"));
    r = on_round(&d, "visit", "");
    CHECK(!json_get_bool(json_at(json_get(r.json, S("visits")), 0), S("open"), true));
    r = http_get(f, f->boss,
                 str_z(f->arena, str_printf(f->arena, "/rounds/%lld/draw", (long long)d.id)));
    CHECK_INT(json_get(r.json, S("visits"))->count, 1);
    CHECK(json_get_bool(r.json, S("agrees"), false));
}
