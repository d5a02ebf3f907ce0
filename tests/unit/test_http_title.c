/* Titles over HTTP: recorded by paper, seen by those who may, counted, due, public. */
#include "city/subject.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};

static int64_t firm(HttpFixture *f, Str name) {
    Db *db = db_borrow(&f->ctx, f->reg->store);
    CHECK(tx_begin(db, DB_WRITE));
    SubjectNew s = {.kind = SUBJECT_ENTERPRISE, .name = name, .since = 20100101};
    int64_t id = subject_add(db, &s, &ACT);
    CHECK(tx_commit(db));
    db_return(db);
    return id;
}

static HttpReply post(HttpFixture *f, Str token, Str path, Str body) {
    return http_call(
        f,
        &(HttpCall){.method = "POST", .path = str_z(f->arena, path), .token = token, .body = body});
}

static const char *path(HttpFixture *f, const char *form, int64_t id) {
    return str_z(f->arena, str_printf(f->arena, "%s%lld", form, (long long)id));
}

TEST(http_title_from_paper_to_public_list) {
    HttpFixture *f = http_fixture();
    Str office = f->tokens[ROLE_CLERK_OFFICE];
    int64_t id = firm(f, S("淄博称号测试有限公司"));
    Str body = str_printf(f->arena,
                          "{\"enterprise\":\"%lld\",\"kind\":\"recognised\",\"tier\":\"瞪羚\","
                          "\"level\":\"省\",\"publisher\":\"山东省工业和信息化厅\","
                          "\"document_number\":\"测试〔2020〕1号\",\"from\":\"2020-02-10\","
                          "\"reason\":\"按文件登记\"}",
                          (long long)id);
    CHECK_INT(post(f, f->tokens[ROLE_LEADER], S("/titles"), body).status, 403);
    HttpReply r = post(f, office, S("/titles"), body);
    CHECK_INT(r.status, 201);
    CHECK_STR(json_get_str(r.json, S("state")), S("held"));
    CHECK_STR(json_get_str(r.json, S("name")), S("山东省瞪羚企业"));
    CHECK(json_get(r.json, S("first"))->kind == JSON_NULL);
    Str title = str_dup(f->arena, json_get_str(r.json, S("id")));
    CHECK_INT(post(f, office, S("/titles"), body).status, 409); /* held already */
    r = http_get(f, office, path(f, "/enterprises/", id));
    const Json *shown = json_at(json_get(r.json, S("titles")), 0);
    CHECK_STR(json_get_str(shown, S("manner")), S("认定"));
    r = http_get(f, S(""), "/public/titles?tier=%E7%9E%AA%E7%BE%9A&level=%E7%9C%81");
    CHECK_INT(r.status, 200);
    CHECK(json_get_i64(r.json, S("total"), 0) >= 1);
    r = http_get(f, office, "/library/expiring?quarter=2023Q1"); /* the cycle of three years */
    CHECK_INT(r.status, 200);
    const Json *due = json_at(json_get(r.json, S("items")), 0);
    CHECK_STR(json_get_str(due, S("due")), S("2023-02-10"));
    CHECK_STR(json_get_str(due, S("due_by")), S("review"));
    CHECK_STR(json_get_str(json_get(due, S("again")), S("rule")), S("shandong/gazelle"));
    CHECK_INT(http_get(f, office, "/library/expiring?quarter=2023Q5").status, 422);
    r = http_get(f, office, "/library?since=2019-01-01");
    CHECK_INT(r.status, 200);
    CHECK(json_get_i64(r.json, S("enterprises"), 0) >= 1);
    CHECK(json_get(r.json, S("movement"))->count >= 1);
    r = http_get(f, office, "/library/cohorts?tier=gazelle");
    CHECK_INT(json_get_i64(json_at(json_get(r.json, S("items")), 0), S("year"), 0), 2020);
    Str events = str_printf(f->arena, "/titles/%.*s/events", STRF(title));
    CHECK_INT(post(f, office, events, S("{\"kind\":\"suspend\",\"day\":\"2021-01-05\"}")).status,
              422);
    r = post(
        f, office, events,
        S("{\"kind\":\"revoke\",\"day\":\"2021-01-05\",\"code\":\"弄虚作假\",\"reason\":\"x\"}"));
    CHECK_INT(r.status, 200);
    CHECK_STR(json_get_str(r.json, S("why")), S("revoke"));
    CHECK_STR(json_get_str(json_at(json_get(r.json, S("events")), 0), S("bar_until")),
              S("2024-01-05"));
    r = http_get(f, S(""),
                 "/public/titles?tier=%E7%9E%AA%E7%BE%9A&level=%E7%9C%81&kind=recognised");
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 0);
}

TEST(http_title_internal_records_stay_inside) {
    HttpFixture *f = http_fixture();
    Str office = f->tokens[ROLE_CLERK_OFFICE];
    int64_t id = firm(f, S("淄博在库测试有限公司"));
    Str body = str_printf(f->arena,
                          "{\"enterprise\":\"%lld\",\"kind\":\"in_library\",\"tier\":\"种子\","
                          "\"level\":\"市\",\"from\":\"2021-02-10\",\"reason\":\"补录\"}",
                          (long long)id);
    HttpReply r = post(f, office, S("/titles"), body); /* by hand, without its paper */
    CHECK(r.status == 400 && str_find(r.body, S("title.hand_paper")) >= 0);
    body = str_sub(body, 0, body.n - 1);
    body = str_cat(f->arena, body, S(",\"document\":\"2021年名单\"}"));
    Str open = str_printf(f->arena,
                          "{\"flow\":\"membership\",\"subject\":\"%lld\",\"data\":"
                          "{\"类别\":\"种子\",\"入库理由\":\"x\"},\"reason\":\"x\"}",
                          (long long)id);
    r = post(f, office, S("/cases"), open);
    CHECK_INT(r.status, 201);
    Str number = str_dup(f->arena, json_get_str(r.json, S("number")));
    r = post(f, office, S("/titles"), body); /* while a case would let it in */
    CHECK(r.status == 409 && str_find(r.body, number) >= 0);
    Db *db = db_borrow(&f->ctx, f->reg->store);
    CHECK(EXEC(db, "UPDATE case_file SET closed_ms = 1 WHERE number = $1", db_s(number)));
    db_return(db);
    r = post(f, office, S("/titles"), body);
    CHECK_INT(r.status, 201);
    CHECK(json_get_bool(r.json, S("by_hand"), false));
    r = http_get(f, office, "/titles?tier=%E7%A7%8D%E5%AD%90&format=csv");
    CHECK(str_find(r.body, S("手工补录")) >= 0);
    r = http_get(f, office, "/titles?tier=%E7%A7%8D%E5%AD%90");
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 1);
    r = http_get(f, f->tokens[ROLE_PARTNER], "/titles?tier=%E7%A7%8D%E5%AD%90");
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 0);
    r = http_get(f, S(""), "/public/titles?tier=%E7%A7%8D%E5%AD%90");
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 0);
    r = http_get(f, S(""), "/public/titles?format=csv");
    CHECK(r.status == 200 && str_starts(r.body, S("\xef\xbb\xbf"
                                                  "enterprise,")));
    CHECK(str_find(r.body, S("淄博在库测试")) < 0);
    CHECK_INT(http_get(f, office, "/titles?tier=x").status, 422);
}

TEST(http_public_rounds_and_codes) {
    HttpFixture *f = http_fixture();
    Db *db = db_borrow(&f->ctx, f->reg->store);
    CHECK(EXEC(db, "INSERT INTO review_round(id, version, case_file, title, rule, setting, "
                   "setting_sm3, rule_version, rule_hash, as_of, as_known_ms, seq, seed, "
                   "seed_sm3, seed_sha256, list_sha256, created_ms, opened_ms, listed_ms, "
                   "assigned_ms, second_ms, scored_ms, decided_ms) VALUES (901, 1, 9901, "
                   "'公开批次', 'zibo/gazelle', '{}', '', '', '', 20210930, 0, 0, '', '', '', "
                   "'', 1, 1, 1, 0, 0, 0, 500)"));
    CHECK(EXEC(db, "INSERT INTO public_notice(id, version, state, round, template, title, "
                   "content, sm3, number, site_url, scan_sm3, scan_name, owner, created_ms, "
                   "changed_ms, published_by, ended_by, from_day, published_ms) VALUES (901, 1, "
                   "0, 9901, 'notice', 't', '{}', '', '', '', '', '', '', 1, 1, '', '', "
                   "20210101, 5000)"));
    db_return(db);
    HttpReply r = http_get(f, S(""), "/public/rounds");
    CHECK_INT(r.status, 200);
    const Json *row = json_at(json_get(r.json, S("items")), 0);
    CHECK_STR(json_get_str(row, S("title")), S("公开批次"));
    CHECK_INT(json_get_i64(row, S("admitted"), -1), 0);
    CHECK(json_get(row, S("not_admitted"))->kind == JSON_NULL);
    CHECK_INT(json_get_i64(row, S("fewer_than"), -1), 5); /* the pack's floor */
    r = http_get(f, S(""), "/public/rounds?as_known=1970-01-01T00:00:01Z");
    CHECK_INT(json_get(r.json, S("items"))->count, 0);
    r = http_get(f, S(""), "/public/rounds?format=csv");
    CHECK(str_find(r.body, S("title,demo,rule,as_of,decided,admitted,not_admitted,refused,held,"
                             "fewer_than\r\n公开批次,false,zibo/gazelle,2021-09-30,"
                             "1970-01-01T00:00:00")) > 0);
    CHECK(str_find(r.body, S(",0,,,,5\r\n")) > 0);
    CHECK_INT(http_get(f, S(""), "/public/rounds?format=xlsx").status, 422);
}

TEST(http_title_is_due_on_the_last_day_of_its_term) {
    HttpFixture *f = http_fixture();
    Str office = f->tokens[ROLE_CLERK_OFFICE];
    int64_t id = firm(f, S("淄博期限测试有限公司"));
    Str body =
        str_printf(f->arena,
                   "{\"enterprise\":\"%lld\",\"kind\":\"recognised\",\"tier\":\"哪吒\","
                   "\"level\":\"市\",\"publisher\":\"市局\",\"document_number\":\"期限〔2020〕1号"
                   "\",\"from\":\"2020-02-10\",\"to\":\"2027-01-01\",\"reason\":\"登记\"}",
                   (long long)id);
    CHECK_INT(post(f, office, S("/titles"), body).status, 201);
    /* 有效期至 2026-12-31: the fourth quarter, not the first of the year after */
    HttpReply r = http_get(f, office, "/library/expiring?quarter=2026Q4&as_of=2026-10-01");
    const Json *due = json_at(json_get(r.json, S("items")), 0);
    CHECK_STR(json_get_str(due, S("due")), S("2026-12-31"));
    CHECK_STR(json_get_str(due, S("due_by")), S("term"));
    r = http_get(f, office, "/library/expiring?quarter=2027Q1&as_of=2026-10-01");
    CHECK_INT(json_get(r.json, S("items"))->count, 0);
    r = http_get(f, office, "/titles?tier=%E5%93%AA%E5%90%92&state=counts&as_of=2026-12-31");
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 1);
    r = http_get(f, office, "/titles?tier=%E5%93%AA%E5%90%92&state=counts&as_of=2027-01-01");
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 0);
    r = http_get(f, office, "/titles?tier=%E5%93%AA%E5%90%92&format=csv&as_of=2026-12-31");
    CHECK(str_find(r.body, S("2026-12-31")) > 0 && str_find(r.body, S("2027-01-01")) < 0);
}
