/* Lists against titles over HTTP: every kind of difference with its likely reason, findings, files;
 * lists that are no lists. */
#include "city/library/title.h"
#include "city/reconcile/reconcile.h"
#include "job/list.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};

typedef struct Firm {
    Str name, level;
    int32_t from, to; /* of the title; from 0: none */
    int64_t id;
} Firm;

static Firm firms[] = {
    {S("淄博对账甲新材料有限公司"), STR_INIT("省"), 20200101, 0, 0},
    {S("淄博对账乙装备股份有限公司"), STR_INIT("省"), 20200101, 20210101, 0},
    {S("淄博对账丙医药有限公司"), STR_INIT("市"), 20200101, 0, 0},
    {S("淄博对账丁电子有限公司"), STR_INIT("省"), 20200101, 0, 0},
    {S("淄博对账戊化工有限公司"), STR_INIT(""), 0, 0, 0},
};
enum { FIRMS = sizeof firms / sizeof *firms };

static bool set_up(Db *db, void *user) {
    HttpFixture *f = user;
    for (int i = 0; i < FIRMS; i++) {
        Firm *k = &firms[i];
        k->id = subject_add(db, &(SubjectNew){.kind = SUBJECT_ENTERPRISE, .name = k->name}, &ACT);
        if (!k->id) return false;
        if (!k->from) continue;
        TitleNew t = {.subject = k->id,
                      .kind = TITLE_RECOGNISED,
                      .tier = S("瞪羚"),
                      .level = k->level,
                      .publisher = S("山东省工业和信息化厅"),
                      .document_number = S("测试文号"),
                      .from = k->from,
                      .to = k->to};
        if (!title_record(db, f->reg->pack, &t, &ACT)) return false;
    }
    return true;
}

static const Json *line_of(const Json *items, Str text) {
    for (const Json *e = items->first; e; e = e->next)
        if (str_eq(json_get_str(e, S("text")), text)) return e;
    return NULL;
}

static void expect(const Json *items, Str text, Str kind, Str cause) {
    const Json *l = line_of(items, text);
    CHECK(l != NULL);
    if (!l) return;
    CHECK_STR(json_get_str(l, S("kind")), kind);
    CHECK_STR(json_get_str(l, S("cause")), cause);
}

static HttpReply make(HttpFixture *f) {
    return http_call(
        f, &(HttpCall){.method = "POST",
                       .path = "/reconciliations",
                       .token = f->boss,
                       .body = S("{\"title\":\"省级瞪羚名单\",\"tier\":\"瞪羚\",\"level\":\"省\","
                                 "\"as_of\":\"2021-11-20\",\"reason\":\"省厅公布\",\"rows\":["
                                 "\"淄博对账甲新材料股份有限公司\",\"淄博对账乙装备有限公司\","
                                 "\"淄博对账丙医药有限公司\",\"对账甲新材料有限公司\","
                                 "\"淄博对账戊化工有限公司\",\"青岛毫无关系的某某商贸行\"]}")});
}

TEST(reconcile_says_why) {
    HttpFixture *f = http_fixture();
    Ctx c = ctx_new(f->arena, f->now_ms);
    Db *db = db_borrow(&c, f->reg->store);
    CHECK(tx_run(db, DB_WRITE, set_up, f));
    db_return(db);
    HttpReply r = make(f);
    CHECK_INT(r.status, 201);
    CHECK_INT(json_get_i64(r.json, S("lines"), 0), 6);
    CHECK_INT(json_get_i64(r.json, S("agreed"), 0), 1);
    CHECK_INT(json_get_i64(r.json, S("only_there"), 0), 5);
    int64_t here = json_get_i64(r.json, S("only_here"), 0);
    const char *path =
        str_z(f->arena, str_cat(f->arena, str_sub(r.location, 7, r.location.n), S("/lines")));
    Str etag = r.etag, id = str_dup(f->arena, json_get_str(r.json, S("id")));
    CHECK(here >= 1);
    r = http_get(f, f->boss, path);
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get_i64(r.json, S("total"), 0), 6 + here);
    const Json *items = json_get(r.json, S("items"));
    expect(items, S("淄博对账甲新材料股份有限公司"), S("agreed"), S(""));
    expect(items, S("淄博对账乙装备有限公司"), S("only_there"), S("ended"));
    expect(items, S("淄博对账丙医药有限公司"), S("only_there"), S("other_level"));
    expect(items, S("对账甲新材料有限公司"), S("only_there"), S("twice"));
    expect(items, S("淄博对账戊化工有限公司"), S("only_there"), S("no_record"));
    expect(items, S("青岛毫无关系的某某商贸行"), S("only_there"), S("not_registered"));
    expect(items, S("淄博对账丁电子有限公司"), S("only_here"), S(""));
    HttpCall find = {
        .method = "PATCH",
        .path = str_z(f->arena, str_printf(f->arena, "/reconciliations/%.*s/lines/2", STRF(id))),
        .token = f->boss,
        .body = S("{\"finding\":\"称号已到期\"}"),
        .headers = {{S("If-Match"), str_printf(f->arena, "\"%.*s\"", STRF(etag))}}};
    CHECK_INT(http_call(f, &find).status, 200);
    CHECK_INT(http_call(f, &find).status, 412); /* somebody has changed it since */
    r = http_get(
        f, f->boss,
        str_z(f->arena, str_printf(f->arena, "/reconciliations/%.*s/lines?format=csv", STRF(id))));
    CHECK_INT(r.status, 200);
    CHECK(str_find(r.body, S("称号已到期")) > 0 && str_find(r.body, S("本市记录已失效")) > 0);
}

TEST(reconcile_refuses) {
    HttpFixture *f = http_fixture();
    static const Str BAD[] = {
        STR_INIT("{\"title\":\"x\",\"tier\":\"瞪羚\",\"reason\":\"r\",\"rows\":[]}"),
        STR_INIT("{\"title\":\"x\",\"tier\":\"瞪羚\",\"reason\":\" \",\"rows\":[\"甲\"]}"),
        STR_INIT("{\"title\":\"x\",\"tier\":\"\",\"reason\":\"r\",\"rows\":[\"甲\"]}"),
        STR_INIT("{\"title\":\"x\",\"tier\":\"瞪羚\",\"reason\":\"r\",\"rows\":\"甲\"}"),
        STR_INIT("{\"title\":\"x\",\"tier\":\"瞪羚\",\"reason\":\"r\",\"as_of\":\"2021-02-30\","
                 "\"rows\":[\"甲\"]}"),
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        HttpCall call = {
            .method = "POST", .path = "/reconciliations", .token = f->boss, .body = BAD[i]};
        CHECK_INT(http_call(f, &call).status, 422);
    }
    CHECK_INT(http_get(f, f->boss, "/reconciliations/999999").status, 404);
}

TEST(list_file_finds_its_column) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    ListFile l;
    Str csv = S("2021年度名单\n序号,企业名称,备注\n1,甲公司,\n2,,空行\n3,乙公司,x\n");
    CHECK(list_read(&c, csv, S("a.csv"), 10, &l));
    CHECK_INT(l.n, 2);
    CHECK_STR(l.lines[1], S("乙公司"));
    CHECK_INT(l.rows[1], 5);
    CHECK_STR(l.column, S("企业名称"));
    CHECK(
        list_read(&c, S("名称,统一社会信用代码\n甲,91370303MA9TE5T04X\n乙,\n"), S("b.csv"), 9, &l));
    CHECK_STR(l.lines[0], S("91370303MA9TE5T04X"));
    CHECK_STR(l.lines[1], S("乙"));
    CHECK(list_read(&c, S("甲公司\n乙公司\n"), S("c.csv"), 9, &l) && l.n == 2);
    CHECK(!list_read(&c, S("序号,地址\n1,淄博\n"), S("d.csv"), 9, &l));
    ctx_clear(&c);
    CHECK(!list_read(&c, S("企业名称\n甲\n乙\n丙\n"), S("e.csv"), 2, &l));
    arena_close(a);
}
