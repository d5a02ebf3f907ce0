/* The register over HTTP: lists behind filters, one enterprise, explanations, history, matching;
 * rights, clocks, hostile values. */
#include "tests/http_fixture.h"
#include "tests/test.h"

static int count(HttpReply r) {
    const Json *items = json_get(r.json, S("items"));
    return items ? items->count : -1;
}

static HttpReply boss(const char *path) {
    HttpFixture *f = http_fixture();
    return http_get(f, f->boss, path);
}

/* The path of an enterprise by its stock code. */
static const char *firm(Str code, const char *rest) {
    HttpFixture *f = http_fixture();
    Db *db = db_borrow(&f->ctx, f->reg->store);
    int64_t id = subject_by_code(db, S("stock"), code);
    db_return(db);
    CHECK(id > 0);
    return str_z(f->arena, str_printf(f->arena, "/enterprises/%lld%s", (long long)id, rest));
}

static const Json *condition(const Json *list, Str outcome) {
    for (const Json *e = list ? list->first : NULL; e; e = e->next)
        if (str_eq(json_get_str(e, S("outcome")), outcome)) return e;
    return NULL;
}

TEST(enterprise_list_counts_and_windows) {
    HttpReply r = boss("/enterprises?limit=7&offset=25&demo=false");
    CHECK_INT(r.status, 200);
    int64_t total = json_get_i64(r.json, S("total"), 0);
    CHECK(total >= 30);
    CHECK_INT(json_get_i64(r.json, S("of"), 0) >= total, 1);
    CHECK_INT(count(r), total - 25 < 7 ? total - 25 : 7);
    r = boss("/enterprises?has=revenue&demo=false");
    int64_t has = json_get_i64(r.json, S("total"), -1);
    r = boss("/enterprises?missing=revenue&demo=false");
    CHECK_INT(has + json_get_i64(r.json, S("total"), -1), total);
}

TEST(enterprise_list_outcomes_add_up) {
    static const char *const OUTCOMES_TEXT[] = {"met", "not_met", "undecidable", "needs_person",
                                                "not_applicable"};
    HttpFixture *f = http_fixture();
    int64_t all = json_get_i64(boss("/enterprises").json, S("total"), -1), sum = 0;
    for (int i = 0; i < OUTCOMES; i++) {
        Str path =
            str_printf(f->arena, "/enterprises?rule=zibo/gazelle&as_of=2022-09-30&outcome=%s",
                       OUTCOMES_TEXT[i]);
        HttpReply r = boss(str_z(f->arena, path));
        sum += json_get_i64(r.json, S("total"), -1);
        const Json *first = json_at(json_get(r.json, S("items")), 0);
        const Json *cell = json_get(json_get(first, S("outcomes")), S("zibo/gazelle"));
        if (first) CHECK_STR(json_get_str(cell, S("outcome")), str_from(OUTCOMES_TEXT[i]));
    }
    CHECK_INT(sum, all);
}

TEST(enterprise_list_sorts_by_a_field) {
    HttpReply r = boss("/enterprises?sort=-revenue&fields=revenue&has=revenue&demo=false");
    Dec before = dec_int(INT64_MAX), d;
    int n = 0;
    for (const Json *e = json_get(r.json, S("items"))->first; e; e = e->next, n++) {
        const Json *v = json_get(json_get(e, S("values")), S("revenue"));
        CHECK(dec_parse(json_get_str(v, S("value")), &d));
        CHECK(dec_cmp(&d, &before) <= 0);
        before = d;
    }
    CHECK(n > 5);
}

TEST(enterprise_search_says_how) {
    HttpReply r = boss("/enterprises?q=%E6%96%B0%E5%8D%8E%E5%88%B6%E8%8D%AF"); /* 新华制药 */
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 1);
    const Json *hit = json_at(json_get(r.json, S("items")), 0);
    CHECK_STR(json_get_str(hit, S("stock_code")), S("000756.SZ"));
    CHECK_STR(json_get_str(json_get(hit, S("match")), S("by")), S("name"));
    r = boss("/enterprises?q=xhzy");
    hit = json_at(json_get(r.json, S("items")), 0);
    CHECK_STR(json_get_str(json_get(hit, S("match")), S("by")), S("initials"));
}

TEST(enterprise_list_refuses_what_it_does_not_know) {
    static const char *const BAD[] = {"/enterprises?has=nothing",
                                      "/enterprises?rule=no/such",
                                      "/enterprises?outcome=met",
                                      "/enterprises?rule=zibo/gazelle&outcome=perhaps",
                                      "/enterprises?sort=bogus",
                                      "/enterprises?demo=maybe",
                                      "/enterprises?limit=0",
                                      "/enterprises?limit=501",
                                      "/enterprises?offset=-1",
                                      "/enterprises?import=1%27%20OR%201",
                                      "/enterprises?as_of=2022-02-30",
                                      "/enterprises?as_known=never",
                                      "/enterprises?rules=zibo/gazelle,,x",
                                      "/enterprises?fields=%00",
                                      "/enterprises?limit=99999999999999999999"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) CHECK_INT(boss(BAD[i]).status, 422);
    CHECK_INT(boss("/enterprises?snapshot=zz").status, 410);
    CHECK_INT(boss("/enterprises?snapshot=999999-1-20220101").status, 410);
    CHECK_INT(boss("/enterprises?q=%25_%27%3B--").status, 200);
    CHECK_INT(boss("/enterprises?district=%27%20OR%20%271").status, 200);
    CHECK_INT(count(boss("/enterprises?district=%27%20OR%20%271")), 0);
}

TEST(enterprise_unknown_ids) {
    CHECK_INT(boss("/enterprises/999999").status, 404);
    CHECK_INT(boss("/enterprises/abc").status, 404);
    CHECK_INT(boss("/enterprises/-1/explain").status, 404);
    CHECK_INT(boss("/enterprises/0/history").status, 404);
    CHECK_INT(boss(firm(S("000756.SZ"), "/explain?rule=no/such")).status, 422);
    CHECK_INT(boss(firm(S("000756.SZ"), "/explain?kind=zz")).status, 422);
}

TEST(enterprise_rights) {
    HttpFixture *f = http_fixture();
    CHECK_INT(http_get(f, S(""), "/enterprises").status, 401);
    CHECK_INT(http_get(f, f->tokens[ROLE_AUDITADMIN], "/enterprises").status, 403);
    CHECK_INT(http_get(f, f->tokens[ROLE_PARTNER], "/enterprises").status, 200);
    CHECK_INT(http_get(f, f->tokens[ROLE_SECADMIN], firm(S("000756.SZ"), "")).status, 403);
    CHECK_INT(http_get(f, f->tokens[ROLE_SYSADMIN], firm(S("000756.SZ"), "/explain")).status, 403);
    CHECK_INT(http_get(f, f->tokens[ROLE_CLERK_OFFICE], "/enterprises").status, 200);
    HttpCall csv = {.method = "GET",
                    .path = "/enterprises",
                    .token = f->tokens[ROLE_REVIEWER],
                    .headers = {{S("Accept"), S("text/csv")}}};
    CHECK_INT(http_call(f, &csv).status, 403); /* reads, may not take the list away */
    csv.token = f->tokens[ROLE_CLERK_OFFICE];
    HttpReply r = http_call(f, &csv);
    CHECK_INT(r.status, 200);
    CHECK(str_starts(r.body, S("\xEF\xBB\xBF")));
    CHECK(str_find(r.body, S("000756.SZ")) > 0);
}

TEST(enterprise_clocks_travel) {
    static const char *const PATHS[] = {
        "?as_of=2021-06-30&as_known=2020-07-01",
        "/explain?tables=false&as_of=2021-06-30&as_known=2020-07-01",
        "/history?as_of=2021-06-30&as_known=2020-07-01"};
    for (int i = 0; i < 3; i++) {
        HttpReply r = boss(firm(S("000756.SZ"), PATHS[i]));
        CHECK_INT(r.status, 200);
        CHECK_STR(json_get_str(r.json, S("as_of")), S("2021-06-30"));
        CHECK(str_starts(json_get_str(r.json, S("as_known")), S("2020-07-01")));
    }
    int64_t then = json_get_i64(
        boss(firm(S("000756.SZ"), "/history?as_of=2021-06-30&as_known=2020-07-01")).json,
        S("total"), -1);
    int64_t now = json_get_i64(boss(firm(S("000756.SZ"), "/history")).json, S("total"), -1);
    CHECK(then > 0 && then < now);
    HttpReply r = boss("/enterprises?has=revenue&as_known=2000-01-01");
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 0); /* nothing was known then */
}

TEST(enterprise_explained) {
    HttpReply r =
        boss(firm(S("000756.SZ"), "/explain?rule=zibo/gazelle&as_of=2022-09-30&packet=true"));
    CHECK_INT(r.status, 200);
    CHECK_INT(count(r), 1);
    const Json *x = json_at(json_get(r.json, S("items")), 0);
    CHECK_STR(json_get_str(x, S("outcome")), S("not_met"));
    CHECK_STR(json_get_str(x, S("validity")), S("unchecked"));
    const Json *conditions = json_get(x, S("conditions"));
    CHECK_STR(json_get_str(json_at(conditions, 0), S("outcome")), S("not_met")); /* failed first */
    const Json *met = condition(conditions, S("met"));
    CHECK(met != NULL);
    CHECK(str_find(json_get_str(met, S("source")), S("annual_report")) < 0); /* a title, no code */
    CHECK(json_get(x, S("inputs"))->count > 0);
    CHECK(json_get(x, S("steps"))->count > 0);
    CHECK(json_get(x, S("packet"))->kind == JSON_OBJECT);
    CHECK(json_get_str(x, S("reason")).n > 0);
}

/* A decision not met says how far; any other says nothing of it. */
TEST(enterprise_explained_with_distance) {
    HttpReply r = boss(firm(S("000756.SZ"), "/explain?tables=false&as_of=2022-09-30"));
    CHECK_INT(r.status, 200);
    int entries = 0;
    for (const Json *x = json_get(r.json, S("items"))->first; x; x = x->next) {
        const Json *list = json_get(x, S("distance"));
        bool not_met = str_eq(json_get_str(x, S("outcome")), S("not_met"));
        CHECK(list && (list->count > 0) == not_met);
        CHECK(!json_get_bool(x, S("distance_stopped"), true));
        for (const Json *d = list ? list->first : NULL; d; d = d->next, entries++) {
            CHECK(json_get_str(d, S("kind")).n > 0);
            CHECK(json_get_str(d, S("text")).n > 0);
            CHECK(json_get(d, S("conditions"))->count > 0);
        }
    }
    CHECK(entries > 3);
}

TEST(enterprise_explained_for_every_rule) {
    HttpFixture *f = http_fixture();
    HttpReply r = boss(firm(S("002088.SZ"), "/explain"));
    CHECK_INT(r.status, 200);
    CHECK_INT(count(r), f->reg->pack->nrules);
    int tables = 0;
    for (const Json *x = json_get(r.json, S("items"))->first; x; x = x->next)
        for (const Json *t = json_get(x, S("tables"))->first; t; t = t->next, tables++)
            for (const Json *h = json_get(t, S("hits"))->first; h; h = h->next) {
                int64_t index = 0;
                CHECK(str_to_i64(h->text, &index));
                const Json *rule = json_at(json_get(t, S("rules")), (int)index - 1);
                CHECK_STR(json_get_str(rule, S("state")), S("hit"));
            }
    CHECK(tables > 0);
}

TEST(match_answers_in_order) {
    HttpFixture *f = http_fixture();
    HttpCall call = {
        .method = "POST",
        .path = "/match",
        .token = f->boss,
        .body = S("{\"rows\":[\"000756.SZ\",\"没有这样的公司名\",\"鲁泰纺织股份有限公司\",\"\"],"
                  "\"fields\":[\"revenue\"],\"rules\":[\"cn/enterprise-size\"]}")};
    HttpReply r = http_call(f, &call);
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 4);
    CHECK_INT(json_get_i64(r.json, S("matched"), -1), 2);
    const Json *items = json_get(r.json, S("items"));
    CHECK_STR(json_get_str(json_at(items, 0), S("by")), S("code"));
    CHECK_STR(json_get_str(json_at(items, 1), S("by")), S("none"));
    CHECK_STR(json_get_str(json_at(items, 2), S("by")), S("name"));
    call.body = S("{\"rows\":[1]}");
    CHECK_INT(http_call(f, &call).status, 422);
    call.body = S("{\"rows\":[\"x\"],\"fields\":[\"nothing\"]}");
    CHECK_INT(http_call(f, &call).status, 422);
    call.body = S("[]");
    CHECK_INT(http_call(f, &call).status, 400);
    call.token = f->tokens[ROLE_LEADER];
    call.body = S("{\"rows\":[]}");
    CHECK_INT(http_call(f, &call).status, 403);
}

static const Json *parameter(const Json *list, Str at) {
    for (const Json *e = list ? list->first : NULL; e; e = e->next)
        if (str_eq(json_get_str(e, S("at")), at)) return e;
    return NULL;
}

TEST(rule_parameters_have_the_unit_of_what_they_bound) {
    HttpReply r = boss("/rules/zibo/gazelle");
    const Json *versions = json_get(r.json, S("versions"));
    const Json *last = versions ? versions->first : NULL;
    CHECK(last != NULL);
    const Json *list = json_get(last, S("parameters"));
    CHECK_STR(json_get_str(parameter(list, S("base_rev_e")), S("unit")), S("元"));
    CHECK_STR(json_get_str(parameter(list, S("base_staff_e")), S("unit")), S("人"));
    const Json *growth = json_get(parameter(list, S("rev_growth_e")), S("unit"));
    CHECK(growth && growth->kind == JSON_NULL);
}

TEST(enterprise_explained_with_the_notes_of_the_rule) {
    HttpReply r = boss(firm(S("002088.SZ"), "/explain?rule=cn/enterprise-size&as_of=2022-09-30"));
    const Json *items = json_get(r.json, S("items"));
    const Json *notes = items && items->first ? json_get(items->first, S("notes")) : NULL;
    CHECK(notes && notes->count > 0);
}

TEST(match_confirmations_over_http) {
    HttpFixture *f = http_fixture();
    HttpCall ask = {.method = "POST",
                    .path = "/match",
                    .token = f->boss,
                    .body = S("{\"rows\":[\"不知名的写法甲\"]}")};
    CHECK_INT(json_get_i64(http_call(f, &ask).json, S("matched"), -1), 0);
    HttpCall say = {.method = "POST",
                    .path = "/match/confirmations",
                    .token = f->boss,
                    .body = S("{\"line\":\"不知名的写法甲\",\"enterprise\":\"1\",\"same\":true}")};
    CHECK_INT(http_call(f, &say).status, 200);
    HttpReply r = http_call(f, &ask);
    CHECK_INT(json_get_i64(r.json, S("matched"), -1), 1);
    CHECK_STR(json_get_str(json_get(r.json, S("items"))->first, S("by")), S("confirmed"));
    say.body = S("{\"line\":\"不知名的写法甲\",\"enterprise\":\"1\",\"same\":false}");
    CHECK_INT(http_call(f, &say).status, 200);
    CHECK_INT(json_get_i64(http_call(f, &ask).json, S("matched"), -1), 0);
    static const Str BAD[] = {STR_INIT("{\"line\":\"\",\"enterprise\":\"1\",\"same\":true}"),
                              STR_INIT("{\"line\":\"甲\",\"enterprise\":\"x\",\"same\":true}"),
                              STR_INIT("{\"line\":\"甲\",\"enterprise\":\"1\",\"same\":\"yes\"}")};
    for (int i = 0; i < 3; i++) {
        say.body = BAD[i];
        CHECK_INT(http_call(f, &say).status, 422);
    }
    say.body = S("{\"line\":\"甲\",\"enterprise\":\"999999999\",\"same\":true}");
    CHECK_INT(http_call(f, &say).status, 404);
}
