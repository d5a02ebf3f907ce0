/* Lists of titles: rows recorded and refused add up, each refusal has its place; nothing by half;
 * undone and seen as it was; hostile files. */
#include "city/subject.h"
#include "job/title_list.h"
#include "tests/http_fixture.h"
#include "tests/test.h"
#include "tests/unit/zipfile.h"

static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};

typedef struct World {
    HttpFixture *f;
    Db *db;
    int64_t round, twin, other;
} World;

static int64_t firm(Db *db, Str name) {
    SubjectNew s = {.kind = SUBJECT_ENTERPRISE, .name = name, .since = 20100101};
    return subject_add(db, &s, &ACT);
}

/* Firms whose names no other test uses; tag makes them new each time. */
static void open_world(World *w, Str tag) {
    w->f = http_fixture();
    w->db = db_borrow(&w->f->ctx, w->f->reg->store);
    Arena *a = w->f->arena;
    CHECK(tx_begin(w->db, DB_WRITE));
    w->round = firm(w->db, str_printf(a, "淄博%.*s轴承制造有限公司", STRF(tag)));
    w->twin = firm(w->db, str_printf(a, "淄博%.*s双生仪表有限公司", STRF(tag)));
    w->other = firm(w->db, str_printf(a, "淄博%.*s双生仪表股份有限公司", STRF(tag)));
    CHECK(tx_commit(w->db));
}

static void close_world(World *w) {
    db_return(w->db);
}

static bool run(World *w, TitleListOptions o, TitleListReport *out) {
    o.act = ACT;
    return title_list_run(w->db, w->f->reg, &o, out);
}

static Str list_of(World *w, Str tag) {
    return str_printf(w->f->arena,
                      "附件\n企业名称,称号,级别,公布日期,发布单位,文号,有效期至\n"
                      "淄博%.*s轴承制造有限公司,2020年度山东省瞪羚企业,,2020-02-10,省厅,"
                      "甲〔2020〕1号,2030-12-31\n"
                      "淄博%.*s双生仪表,哪吒,市级,2021年3月1日,市局,乙〔2021〕1号\n"
                      "查无此企业的名字有限公司,瞪羚,省,2020-02-10,省厅,甲\n"
                      "淄博%.*s轴承制造有限公司,单项冠军,国家,2020-02-10,部,丙\n"
                      "淄博%.*s双生仪表有限公司,瞪羚,省,2020-02-30,省厅,甲\n"
                      "淄博%.*s双生仪表有限公司,瞪羚,省,2020年,省厅,甲\n"
                      "淄博%.*s轴承制造有限公司,瞪羚,省,2021-02-10,省厅,甲\n"
                      "淄博%.*s双生仪表有限公司,独角兽,省,2021-02-10,,\n"
                      ",,,,,\n",
                      STRF(tag), STRF(tag), STRF(tag), STRF(tag), STRF(tag), STRF(tag), STRF(tag));
}

static Str code_of(const TitleListReport *r, int64_t row) {
    for (int64_t i = 0; i < r->n; i++)
        if (r->items[i].row == row)
            return r->items[i].refused ? msg_code(r->items[i].note.msg) : S("ok");
    return S("no row");
}

static int64_t titles(World *w) {
    return Q_I64(w->db, -1, "SELECT count(*) FROM title");
}

TEST(title_list_rows_are_recorded_or_refused_with_their_place) {
    World w;
    TitleListReport r;
    open_world(&w, S("甲乙"));
    TitleListOptions o = {.name = S("名单.csv"), .bytes = list_of(&w, S("甲乙")), .dry_run = true};
    int64_t before = titles(&w);
    CHECK(run(&w, o, &r));
    CHECK_INT(r.n, 8);
    CHECK_INT(r.accepted + r.refused, r.n);
    CHECK_INT(r.accepted, 1);
    CHECK_INT(r.person, 1);
    CHECK_INT(r.not_found, 1);
    CHECK_INT(r.batch, 0);
    CHECK_INT(titles(&w), before);
    CHECK_STR(code_of(&r, 3), S("ok"));
    CHECK_STR(code_of(&r, 4), S("title_list.person"));
    CHECK_STR(code_of(&r, 5), S("title_list.not_found"));
    CHECK_STR(code_of(&r, 6), S("title.tier"));
    CHECK_STR(r.items[3].column, S("称号"));
    CHECK_STR(r.items[3].value, S("单项冠军"));
    CHECK_STR(code_of(&r, 7), S("import.no_such_date"));
    CHECK_STR(r.items[4].column, S("公布日期"));
    CHECK_STR(code_of(&r, 8), S("import.date_incomplete"));
    CHECK_STR(code_of(&r, 9), S("title.held")); /* the row of the same list above */
    CHECK_STR(code_of(&r, 10), S("title.paper"));
    CHECK_STR(r.items[7].column, S("发布单位"));
    o.dry_run = false; /* nothing by half */
    CHECK(!run(&w, o, &r));
    CHECK_STR(msg_code(w.f->ctx.err.note.msg), S("title_list.refused"));
    ctx_clear(&w.f->ctx);
    CHECK_INT(titles(&w), before);
    /* a person says which of the two it is; the word is remembered */
    CHECK(tx_begin(w.db, DB_WRITE));
    CHECK(match_confirm(w.db, S("淄博甲乙双生仪表"), w.twin, true, &ACT));
    CHECK(tx_commit(w.db));
    o.only_good = true;
    CHECK(run(&w, o, &r));
    CHECK_INT(r.accepted, 2);
    CHECK(r.batch > 0);
    CHECK_INT(titles(&w), before + 2);
    /* the day a paper names is the last of the term */
    CHECK_INT(Q_I64(w.db, 0, "SELECT to_day FROM title WHERE subject = $1", db_i(w.round)),
              20310101);
    close_world(&w);
}

TEST(title_list_is_known_again_and_undone) {
    World w;
    TitleListReport r;
    TitleList l;
    int n = 0;
    open_world(&w, S("丙丁"));
    TitleListOptions o = {
        .name = S("名单.csv"), .bytes = list_of(&w, S("丙丁")), .only_good = true};
    CHECK(run(&w, o, &r));
    int64_t batch = r.batch;
    CHECK(!run(&w, o, &r));
    CHECK_STR(msg_code(w.f->ctx.err.note.msg), S("title_list.same"));
    ctx_clear(&w.f->ctx);
    FactAt then = {.as_of = 20211231};
    CHECK(fact_at(w.db, &then));
    CHECK(tx_begin(w.db, DB_WRITE));
    CHECK(title_list_undo(w.db, w.f->reg->pack, batch, &ACT, &n));
    CHECK(tx_commit(w.db));
    CHECK_INT(n, 1);
    CHECK(title_list_get(w.db, batch, &l));
    CHECK(l.undone_ms > 0);
    CHECK_INT(l.accepted, 1);
    TitleBook b;
    FactAt now = {.as_of = 20211231, .as_known = INT64_MAX, .seq = INT64_MAX};
    CHECK(title_book(w.db, w.round, &now, &b));
    CHECK_INT(b.status[0].state, TITLE_VOID);
    CHECK(title_book(w.db, w.round, &then, &b)); /* who read before saw it */
    CHECK_INT(b.status[0].state, TITLE_HELD);
    CHECK(tx_begin(w.db, DB_WRITE));
    CHECK(!title_list_undo(w.db, w.f->reg->pack, batch, &ACT, &n));
    CHECK_STR(msg_code(w.f->ctx.err.note.msg), S("title_list.undone"));
    ctx_clear(&w.f->ctx);
    tx_rollback(w.db);
    CHECK(run(&w, o, &r)); /* it stands no more, so it may come again */
    CHECK_INT(r.accepted, 1);
    close_world(&w);
}

/* --- hostile files -----------------------------------------------------------------------------
 */

static void fails(World *w, Str name, Str bytes) {
    TitleListReport r;
    TitleListOptions o = {.name = name, .bytes = bytes, .only_good = true};
    int64_t before = titles(w);
    CHECK(!run(w, o, &r));
    CHECK(!ctx_ok(&w->f->ctx));
    ctx_clear(&w->f->ctx);
    CHECK_INT(titles(w), before);
}

TEST(title_list_hostile_files) {
    World w;
    TitleListReport r;
    open_world(&w, S("戊己"));
    Arena *a = w.f->arena;
    fails(&w, S("名单.xlsx"), S("企业名称,称号\n甲,瞪羚\n")); /* not what its name says */
    fails(&w, S("名单.csv"), S("%PDF-1.7 企业名称"));
    fails(&w, S("名单.csv"), S(""));
    fails(&w, S("名单.csv"), S("序号,金额\n1,2\n")); /* no column names firms */
    Buf wide = buf_new(a, 8 << 20);
    buf_lit(&wide, "企业名称");
    for (int i = 0; i < 1000000; i++) buf_char(&wide, ',');
    buf_lit(&wide, "\n甲有限公司\n");
    fails(&w, S("宽.csv"), buf_str(&wide));
    /* formulas: what they gave is read, without a value they are refused; text stays text */
    Str sheet =
        xlsx_of(a,
                S("<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>企业名称</t></is></c>"
                  "<c r=\"B1\" t=\"inlineStr\"><is><t>称号</t></is></c></row>"
                  "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>=cmd|' /C calc'!A0</t></is></c>"
                  "<c r=\"B2\" t=\"inlineStr\"><is><t>瞪羚</t></is></c></row>"
                  "<row r=\"3\"><c r=\"A3\"><f>CONCAT(A1,\"x\")</f></c>"
                  "<c r=\"B3\" t=\"inlineStr\"><is><t>瞪羚</t></is></c></row>"
                  "<row r=\"4\"><c r=\"A4\" t=\"e\"><v>#REF!</v></c></row></sheetData>"),
                S(""), false);
    TitleListOptions o = {.name = S("公式.xlsx"), .bytes = sheet, .dry_run = true};
    CHECK(run(&w, o, &r));
    CHECK_INT(r.n, 3);
    CHECK_INT(r.refused, 3);
    CHECK_STR(code_of(&r, 2), S("title_list.not_found"));
    CHECK_STR(r.items[0].line, S("=cmd|' /C calc'!A0"));
    CHECK_STR(code_of(&r, 3), S("import.formula_without_value"));
    CHECK_STR(code_of(&r, 4), S("import.cell_error"));
    close_world(&w);
}

/* --- over HTTP ---------------------------------------------------------------------------------
 */

static HttpReply send(HttpFixture *f, Str token, Str file, Str fields) {
    Str body = str_printf(f->arena,
                          "--b\r\nContent-Disposition: form-data; name=\"file\"; "
                          "filename=\"l.csv\"\r\n\r\n%.*s\r\n%.*s--b--\r\n",
                          STRF(file), STRF(fields));
    return http_call(
        f, &(HttpCall){.method = "POST",
                       .path = "/titles/lists",
                       .token = token,
                       .body = body,
                       .headers = {{S("Content-Type"), S("multipart/form-data; boundary=b")}}});
}

static Str field(Arena *a, Str name, Str value) {
    return str_printf(a, "--b\r\nContent-Disposition: form-data; name=\"%.*s\"\r\n\r\n%.*s\r\n",
                      STRF(name), STRF(value));
}

TEST(title_list_over_http) {
    World w;
    open_world(&w, S("庚辛"));
    HttpFixture *f = w.f;
    Str office = f->tokens[ROLE_CLERK_OFFICE], list = list_of(&w, S("庚辛"));
    close_world(&w);
    Str check = field(f->arena, S("check"), S("true"));
    Str reason = field(f->arena, S("reason"), S("登记名单"));
    Str good = str_cat(f->arena, reason, field(f->arena, S("only_good"), S("true")));
    CHECK_INT(send(f, f->tokens[ROLE_LEADER], list, check).status, 403);
    HttpReply r = send(f, office, list, check);
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get_i64(r.json, S("accepted"), 0) + json_get_i64(r.json, S("refused"), 0), 8);
    CHECK(json_get(json_at(json_get(r.json, S("items")), 1), S("candidates"))->count >= 2);
    CHECK_INT(send(f, office, list, S("")).status, 422);  /* no reason */
    CHECK_INT(send(f, office, list, reason).status, 422); /* rows are refused */
    r = send(f, office, list, good);
    CHECK_INT(r.status, 201);
    Str batch = str_dup(f->arena, json_get_str(r.json, S("batch")));
    CHECK_INT(send(f, office, list, good).status, 409);
    r = http_get(f, office, "/titles/lists");
    CHECK_STR(json_get_str(json_at(json_get(r.json, S("items")), 0), S("batch")), batch);
    HttpCall undo = {
        .method = "POST",
        .path = str_z(f->arena, str_printf(f->arena, "/titles/lists/%.*s/undo", STRF(batch))),
        .token = office,
        .body = S("{\"reason\":\"名单有误\"}")};
    r = http_call(f, &undo);
    CHECK_INT(r.status, 200);
    CHECK(json_get(r.json, S("undone"))->truth);
    undo.path = "/titles/lists/999999999/undo";
    CHECK_INT(http_call(f, &undo).status, 404);
}
