/* Facts of an enterprise as the page shows them: what counts, what does not and why, at which
 * clocks. */
#include "codec/xlsx.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

static int64_t firm_id(HttpFixture *f, Str code) {
    Db *db = db_borrow(&f->ctx, f->reg->store);
    int64_t id = subject_by_code(db, S("stock"), code);
    db_return(db);
    CHECK(id > 0);
    return id;
}

static HttpReply get_facts(HttpFixture *f, Str code, const char *query) {
    Str path =
        str_printf(f->arena, "/enterprises/%lld/facts%s", (long long)firm_id(f, code), query);
    HttpReply r = http_get(f, f->boss, str_z(f->arena, path));
    CHECK_INT(r.status, 200);
    return r;
}

static const Json *group(HttpReply r, Str name, Str period) {
    const Json *items = json_get(r.json, S("items"));
    for (const Json *g = items ? items->first : NULL; g; g = g->next)
        if (str_eq(json_get_str(g, S("name")), name) &&
            str_eq(json_get_str(g, S("period")), period))
            return g;
    return NULL;
}

static bool has_text(const Json *list, Str text) {
    for (const Json *e = list ? list->first : NULL; e; e = e->next)
        if (str_eq(e->text, text)) return true;
    return false;
}

static bool is_true(const Json *o, Str key) {
    const Json *j = json_get(o, key);
    return j && j->kind == JSON_BOOL && j->truth;
}

TEST(facts_of_a_known_firm) {
    HttpFixture *f = http_fixture();
    HttpReply r = get_facts(f, S("002088.SZ"), "");
    const Json *g = group(r, S("净利润"), S("2019"));
    const Json *fact = json_get(g, S("counts"));
    CHECK_STR(json_get_str(fact, S("value")), S("340262932.35"));
    CHECK_STR(json_get_str(fact, S("status")), S("counts"));
    CHECK_STR(json_get_str(fact, S("source")), S("annual_report/finglm"));
    CHECK_STR(json_get_str(fact, S("known_at")), S("2020-04-28T16:00:00Z"));
    CHECK_STR(json_get_str(g, S("unit")), S("元"));
    CHECK(!is_true(g, S("missing")) && !is_true(g, S("conflict")));
    CHECK(json_get_str(g, S("why")).n > 0);
    CHECK_INT(json_get_i64(r.json, S("total"), -1), json_get(r.json, S("items"))->count);
}

TEST(facts_a_suspect_value_is_shown_and_unusable) {
    HttpFixture *f = http_fixture();
    HttpReply r = get_facts(f, S("002088.SZ"), "?field=%E5%87%80%E5%88%A9%E6%B6%A6");
    const Json *g = group(r, S("净利润"), S("2020"));
    CHECK(g != NULL);
    CHECK(json_get(g, S("counts"))->kind == JSON_NULL);
    const Json *others = json_get(g, S("others"));
    CHECK_INT(others->count, 1);
    CHECK_STR(json_get_str(others->first, S("value")), S("937420.55"));
    CHECK_STR(json_get_str(others->first, S("status")), S("unusable"));
    CHECK(str_find(json_get_str(others->first, S("reason")), S("数量级")) >= 0);
    const Json *flags = json_get(others->first, S("flags"));
    CHECK(flags->count >= 1);
    CHECK_STR(json_get_str(flags->first, S("code")), S("suspect"));
    const Json *items = json_get(r.json, S("items"));
    for (const Json *e = items->first; e; e = e->next)
        CHECK_STR(json_get_str(e, S("name")), S("净利润"));
}

TEST(facts_as_known_hides_what_came_later) {
    HttpFixture *f = http_fixture();
    HttpReply r = get_facts(f, S("002088.SZ"), "?missing=false&as_known=2020-04-28");
    CHECK(group(r, S("净利润"), S("2019")) == NULL);
    r = get_facts(f, S("002088.SZ"), "?missing=false&as_known=2020-04-29");
    CHECK(group(r, S("净利润"), S("2019")) != NULL);
    CHECK(group(r, S("净利润"), S("2020")) == NULL);
}

TEST(facts_missing_ones_are_those_rules_ask_for) {
    HttpFixture *f = http_fixture();
    Str path = str_printf(f->arena, "/enterprises/%lld", (long long)firm_id(f, S("000756.SZ")));
    HttpReply r = http_get(f, f->boss, str_z(f->arena, path));
    int64_t missing = json_get_i64(r.json, S("missing"), -1), seen = 0;
    r = get_facts(f, S("000756.SZ"), "");
    const Json *items = json_get(r.json, S("items"));
    for (const Json *g = items->first; g; g = g->next) {
        if (!is_true(g, S("missing"))) continue;
        seen++;
        const Json *fact = json_get(g, S("counts")); /* a bound is not yet a value */
        CHECK(fact->kind == JSON_NULL || json_get_str(fact, S("bound")).n > 0);
        CHECK(json_get(g, S("rules"))->count > 0);
    }
    CHECK_INT(seen, missing);
    CHECK(missing > 0);
    const Json *g = group(r, S("营业收入"), S("2020"));
    CHECK(g && has_text(json_get(g, S("rules")), S("cn/enterprise-size")));
    r = get_facts(f, S("000756.SZ"), "?missing=false");
    for (const Json *e = json_get(r.json, S("items"))->first; e; e = e->next)
        CHECK(json_get(e, S("counts"))->kind != JSON_NULL || json_get(e, S("others"))->count > 0);
}

TEST(facts_refuse_what_is_not_there) {
    HttpFixture *f = http_fixture();
    CHECK_INT(http_get(f, f->boss, "/enterprises/999999/facts").status, 404);
    CHECK_INT(http_get(f, f->boss, "/enterprises/x/facts").status, 404);
    CHECK_INT(http_get(f, f->boss, "/enterprises/1/facts?missing=maybe").status, 422);
    HttpReply r = http_get(f, f->boss, "/enterprises/1/facts?field=nothing");
    CHECK_INT(r.status, 422);
    CHECK_STR(json_get_str(json_get(r.json, S("errors"))->first, S("pointer")), S("?field"));
}

static int64_t reads(HttpFixture *f, Str object) {
    JournalEntry *e;
    int n = 0, found = 0;
    Db *db = db_borrow(&f->ctx, f->reg->store);
    CHECK(journal_list(db, object, 0, 1000, &e, &n));
    for (int i = 0; i < n; i++)
        found += str_eq(e[i].action, S("fact.read")) && str_eq(e[i].actor, S("boss"));
    db_return(db);
    return found;
}

TEST(facts_sensitive_reads_are_journalled_once) {
    HttpFixture *f = http_fixture();
    bool sensitive = false;
    HttpReply r = get_facts(f, S("000756.SZ"), "?missing=false");
    for (const Json *g = json_get(r.json, S("items"))->first; g; g = g->next) {
        const Indicator *i = pack_indicator(f->reg->pack, json_get_str(g, S("field")));
        sensitive |= i->grade == GRADE_SENSITIVE || i->grade == GRADE_SECRET;
    }
    int64_t before = reads(f, S("stock:000756.SZ"));
    get_facts(f, S("000756.SZ"), "");
    CHECK_INT(reads(f, S("stock:000756.SZ")), before + (sensitive ? 1 : 0));
    CHECK(before == 0 || sensitive);
}

TEST(match_answers_in_the_same_order) {
    HttpFixture *f = http_fixture();
    Str body = S("{\"rows\":[\"不存在的某某公司\",\"000756.SZ\",\"002088.SZ\"],"
                 "\"fields\":[\"revenue\"],\"rules\":[\"cn/enterprise-size\"]}");
    HttpReply r = http_call(
        f, &(HttpCall){.method = "POST", .path = "/match", .token = f->boss, .body = body});
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 3);
    CHECK_INT(json_get_i64(r.json, S("matched"), -1), 2);
    const Json *row = json_get(r.json, S("items"))->first;
    CHECK_STR(json_get_str(row, S("by")), S("none"));
    CHECK_STR(json_get_str(row, S("score")), S("0"));
    CHECK(json_get(row, S("enterprise"))->kind == JSON_NULL);
    row = row->next;
    CHECK_INT(json_get_i64(row, S("row"), -1), 2);
    CHECK_STR(json_get_str(row, S("by")), S("code"));
    CHECK_STR(json_get_str(row, S("score")), S("1"));
    const Json *firm = json_get(row, S("enterprise"));
    CHECK_STR(json_get_str(firm, S("stock_code")), S("000756.SZ"));
    const Json *revenue = json_get(json_get(firm, S("values")), S("revenue"));
    CHECK_STR(json_get_str(revenue, S("value")), S("6560077586.4"));
    CHECK_STR(json_get_str(revenue, S("period")), S("2021"));
    CHECK_STR(json_get_str(json_get(row->next, S("enterprise")), S("stock_code")), S("002088.SZ"));
}

TEST(history_is_newest_first_and_pages) {
    HttpFixture *f = http_fixture();
    int64_t id = firm_id(f, S("000756.SZ"));
    Str path = str_printf(f->arena, "/enterprises/%lld/history?limit=500", (long long)id);
    HttpReply r = http_get(f, f->boss, str_z(f->arena, path));
    CHECK_INT(r.status, 200);
    Str last = S("");
    int64_t total = json_get_i64(r.json, S("total"), -1);
    const Json *items = json_get(r.json, S("items"));
    CHECK(total > 0 && items->count == total);
    for (const Json *e = items->first; e; e = e->next) {
        CHECK(last.n == 0 || str_cmp(json_get_str(e, S("at")), last) <= 0);
        last = json_get_str(e, S("at"));
    }
    path = str_cat(f->arena, path, S("&as_known=2020-12-31"));
    r = http_get(f, f->boss, str_z(f->arena, path));
    int64_t then = json_get_i64(r.json, S("total"), -1);
    CHECK(then > 0 && then < total);
}

typedef struct Story {
    int64_t kept, absorbed, merger;
} Story;

/* Two firms, one renamed and taken into the other and set apart again. */
static bool tell(Db *db, void *user) {
    static const Act act = {STR_INIT("clerk"), STR_INIT("工商变更")};
    Story *s = user;
    SubjectNew kept = {
        .kind = SUBJECT_ENTERPRISE, .name = S("历程甲公司"), .division = S("370303")};
    SubjectNew absorbed = {.kind = SUBJECT_ENTERPRISE, .name = S("历程乙公司")};
    Identifier renamed = {.scheme = S("name"), .value = S("历程新名公司"), .from = 20240101};
    s->kept = subject_add(db, &kept, &act);
    s->absorbed = subject_add(db, &absorbed, &act);
    s->merger = s->absorbed ? subject_merge(db, s->kept, s->absorbed, &act) : 0;
    return s->merger && subject_identify(db, s->kept, &renamed, &act) &&
           subject_unmerge(db, s->merger, &act);
}

static const Json *event_of(HttpReply r, Str kind, Str part) {
    const Json *items = json_get(r.json, S("items"));
    for (const Json *e = items ? items->first : NULL; e; e = e->next)
        if (str_eq(json_get_str(e, S("kind")), kind) &&
            str_find(json_get_str(e, S("text")), part) >= 0)
            return e;
    return NULL;
}

TEST(history_tells_names_mergers_and_their_undoing) {
    HttpFixture *f = http_fixture();
    Story s = {0};
    f->ctx.now_ms = f->now_ms;
    Db *db = db_borrow(&f->ctx, f->reg->store);
    CHECK(tx_run(db, DB_WRITE, tell, &s));
    db_return(db);
    f->now_ms += 1000;
    Str path = str_printf(f->arena, "/enterprises/%lld/history", (long long)s.kept);
    HttpReply r = http_get(f, f->boss, str_z(f->arena, path));
    CHECK_INT(r.status, 200);
    CHECK(event_of(r, S("merge"), S("“历程乙公司”并入")) != NULL);
    CHECK(event_of(r, S("merge"), S("撤销“历程乙公司”")) != NULL);
    const Json *named = event_of(r, S("identifier"), S("历程新名公司"));
    CHECK_STR(json_get_str(named, S("actor")), S("clerk"));
    CHECK_STR(json_get_str(named, S("reason")), S("工商变更"));
    CHECK(event_of(r, S("identifier"), S("历程甲公司")) != NULL);
    int named_so = 0; /* told once, however many entries the journal has of that instant */
    for (const Json *e = json_get(r.json, S("items"))->first; e; e = e->next)
        named_so += str_find(json_get_str(e, S("text")), S("登记名称：历程新名公司")) >= 0;
    CHECK_INT(named_so, 1);
    CHECK(event_of(r, S("identifier"), S("历程乙公司")) == NULL); /* stands for itself again */
    path = str_printf(f->arena, "/enterprises/%lld/history", (long long)s.absorbed);
    r = http_get(f, f->boss, str_z(f->arena, path));
    CHECK(event_of(r, S("merge"), S("撤销")) != NULL);
}

typedef struct Taken {
    HttpFixture *f;
    int64_t subject, fact, at;
} Taken;

static bool take_back(Db *db, void *user) {
    static const Act act = {STR_INIT("clerk"), STR_INIT("填错")};
    const Taken *t = user;
    int64_t batch = batch_new(db, &(BatchNew){.origin = S("withdrawal")});
    return batch && fact_withdraw(db, batch, t->subject, t->fact, S("把万元当成元")) &&
           batch_publish(db, batch, &act, NULL);
}

/* A withdrawal is an event of the day it was recorded; the fact stays an event of its own. */
TEST(history_dates_a_withdrawal_by_its_record) {
    HttpFixture *f = http_fixture();
    Taken t = {.f = f, .subject = firm_id(f, S("002088.SZ"))};
    HttpReply r = get_facts(f, S("002088.SZ"), "?missing=false&field=assets");
    const Json *g = json_get(r.json, S("items"))->first;
    CHECK(g && str_to_i64(json_get_str(json_get(g, S("counts")), S("id")), &t.fact));
    Str known = str_dup(f->arena, json_get_str(json_get(g, S("counts")), S("known_at")));
    f->ctx.now_ms = f->now_ms;
    Db *db = db_borrow(&f->ctx, f->reg->store);
    CHECK(tx_run(db, DB_WRITE, take_back, &t));
    db_return(db);
    f->now_ms += 1000;
    Str path = str_printf(f->arena, "/enterprises/%lld/history?limit=500", (long long)t.subject);
    r = http_get(f, f->boss, str_z(f->arena, path));
    const Json *e = event_of(r, S("withdrawal"), S("已撤回"));
    CHECK(e != NULL);
    CHECK(str_cmp(json_get_str(e, S("at")), known) > 0);
    CHECK_STR(json_get_str(e, S("reason")), S("把万元当成元"));
    CHECK_STR(json_get_str(e, S("actor")), S("clerk"));
    CHECK(json_get(e, S("after"))->kind == JSON_NULL);
    CHECK(event_of(r, S("import"), S("条事实")) != NULL);
}

/* --- as files ----------------------------------------------------------------------------------
 */

static Str cell(const Sheet *s, int row, int col) {
    return row < s->row_count && col < s->rows[row].n ? s->rows[row].cells[col].text : S("");
}

/* The column with this head; -1: none. */
static int column(const Sheet *s, Str head) {
    for (int i = 0; s->row_count && i < s->rows[0].n; i++)
        if (str_eq(s->rows[0].cells[i].text, head)) return i;
    return -1;
}

TEST(facts_as_a_workbook_and_as_csv) {
    HttpFixture *f = http_fixture();
    Str path = str_printf(f->arena, "/enterprises/%lld/facts?missing=false&field=net_profit",
                          (long long)firm_id(f, S("002088.SZ")));
    HttpCall call = {.method = "GET",
                     .path = str_z(f->arena, path),
                     .token = f->boss,
                     .headers = {{S("Accept"), S("text/csv")}}};
    HttpReply r = http_call(f, &call);
    CHECK_INT(r.status, 200);
    CHECK_STR(r.type, S("text/csv; charset=utf-8"));
    CHECK(str_starts(r.body, S("\xef\xbb\xbf")) && str_find(r.body, S("340262932.35")) > 0);
    CHECK(str_find(r.body, S("不可用")) > 0); /* the suspect one is there and says so */
    call.path = str_z(f->arena, str_cat(f->arena, path, S("&format=xlsx")));
    r = http_call(f, &call);
    CHECK_INT(r.status, 200);
    Workbook w;
    Ctx c = ctx_new(f->call, f->now_ms);
    CHECK(xlsx_read(&c, r.body, S("facts.xlsx"), -1, &w) && w.n == 2);
    const Sheet *s = &w.sheets[w.loaded];
    int value = column(s, S("值（基本单位）")), field = column(s, S("字段"));
    CHECK(value > 0 && field > 0 && s->row_count >= 4);
    bool found = false;
    for (int i = 1; i < s->row_count; i++) {
        CHECK_STR(cell(s, i, field), S("net_profit"));
        found |= str_eq(cell(s, i, value), S("340262932.35"));
    }
    CHECK(found);
    CHECK_STR(w.sheets[1].name, S("说明"));
    call.path = str_z(f->arena, str_cat(f->arena, path, S("&format=pdf")));
    CHECK_INT(http_call(f, &call).status, 422);
    call.path = str_z(f->arena, str_cat(f->arena, path, S("&format=csv")));
    call.token = f->tokens[ROLE_REVIEWER]; /* reads facts, takes none away */
    CHECK_INT(http_call(f, &call).status, 403);
}

TEST(matches_as_a_workbook) {
    HttpFixture *f = http_fixture();
    HttpCall call = {.method = "POST",
                     .path = "/match?format=xlsx",
                     .token = f->boss,
                     .body = S("{\"rows\":[\"没有这家企业\",\"002088.SZ\"],"
                               "\"fields\":[\"net_profit\"]}")};
    HttpReply r = http_call(f, &call);
    CHECK_INT(r.status, 200);
    Workbook w;
    Ctx c = ctx_new(f->call, f->now_ms);
    CHECK(xlsx_read(&c, r.body, S("match.xlsx"), -1, &w) && w.n == 2);
    const Sheet *s = &w.sheets[w.loaded];
    CHECK_INT(s->row_count, 3);
    int text = column(s, S("名单原文")), by = column(s, S("匹配方式"));
    CHECK_STR(cell(s, 1, text), S("没有这家企业"));
    CHECK_STR(cell(s, 1, by), S("未找到"));
    CHECK_STR(cell(s, 2, by), S("代码"));
    CHECK_STR(cell(s, 2, column(s, S("证券代码"))), S("002088.SZ"));
    CHECK(cell(s, 2, column(s, S("净利润（元）"))).n > 0);
    call.path = "/match";
    call.headers[0] = (Pair){S("Accept"), S("text/csv")};
    r = http_call(f, &call);
    CHECK(str_starts(r.body, S("\xef\xbb\xbf序号,名单原文")));
}

/* What a reader has already is not sent again, whatever the instant; a new fact is. */
TEST(facts_and_lists_are_kept_by_etag) {
    HttpFixture *f = http_fixture();
    Str id = str_printf(f->arena, "/enterprises/%lld", (long long)firm_id(f, S("002088.SZ")));
    Str paths[] = {str_cat(f->arena, id, S("/facts")), id, str_cat(f->arena, id, S("/history")),
                   S("/enterprises?limit=5"), S("/enterprises?q=zb&demo=false")};
    int64_t before = f->now_ms;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        HttpCall call = {.method = "GET", .path = str_z(f->arena, paths[i]), .token = f->boss};
        HttpReply r = http_call(f, &call);
        CHECK_INT(r.status, 200);
        CHECK(r.etag.n > 0);
        call.headers[0] =
            (Pair){S("If-None-Match"), str_printf(f->arena, "\"%.*s\"", STRF(r.etag))};
        f->now_ms += 1000;
        r = http_call(f, &call);
        CHECK_INT(r.status, 304);
        CHECK_INT(r.body.n, 0);
        call.path =
            str_z(f->arena, str_cat(f->arena, paths[i],
                                    str_find(paths[i], S("?")) >= 0 ? S("&as_of=2015-01-01")
                                                                    : S("?as_of=2015-01-01")));
        CHECK_INT(http_call(f, &call).status, 200);
    }
    f->now_ms = before;
}
