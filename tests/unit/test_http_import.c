/* Imports through the API: upload, report, corrections, commit, undo; what is refused and why. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "codec/xlsx.h"
#include "job/draft.h"
#include "tests/http_fixture.h"
#include "tests/test.h"
#include "tests/unit/zipfile.h"

#define BOUNDARY "----test7MA4YWxk"
#define CSV_HEAD "企业名称,统一社会信用代码,年度,营业收入(万元),从业人员\r\n"

/* Every test has files of its own: the content is another one, so nothing is the same twice. */
static Str sheet(Arena *a, int serial) {
    return str_printf(a,
                      CSV_HEAD "接口甲%d公司,91370303MA3TEX0107,2021,1200,45\r\n"
                               "接口乙%d公司,9.137E+17,2021,\"3,400.5\",60\r\n"
                               "接口丙%d公司,91370303MA3TEX0309,2021,一千二百,12\r\n"
                               ",,2021,300,12\r\n"
                               "合计,,,4900.5,129\r\n",
                      serial, serial, serial);
}

static Str upload_body(Arena *a, const char *name, Str bytes, const char *fields) {
    Buf b = buf_new(a, 0);
    buf_printf(&b,
               "--" BOUNDARY
               "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
               "Content-Type: application/octet-stream\r\n\r\n",
               name);
    buf_put(&b, bytes);
    buf_printf(&b, "\r\n%s--" BOUNDARY "--\r\n", fields);
    return buf_str(&b);
}

static HttpReply upload(HttpFixture *f, Str token, const char *name, Str bytes) {
    return http_call(f, &(HttpCall){.method = "POST",
                                    .path = "/imports",
                                    .token = token,
                                    .body = upload_body(f->arena, name, bytes, ""),
                                    .headers = {{S("Content-Type"),
                                                 S("multipart/form-data; boundary=" BOUNDARY)}}});
}

/* A write with If-Match; etag empty: without it. */
static HttpReply change(HttpFixture *f, Str token, const char *method, Str path, Str etag,
                        Str body) {
    HttpCall call = {.method = method, .path = str_z(f->arena, path), .token = token, .body = body};
    if (etag.n)
        call.headers[0] = (Pair){S("If-Match"), str_printf(f->arena, "\"%.*s\"", STRF(etag))};
    return http_call(f, &call);
}

static Str below(HttpFixture *f, const HttpReply *r, const char *tail) {
    Str path = str_sub(r->location, S("/api/v1").n, r->location.n);
    return str_cat(f->arena, path, str_from(tail));
}

static Str counts(HttpFixture *f, const Json *j) {
    return str_printf(
        f->arena, "%.*s %lld/%lld/%lld/%lld", STRF(json_get_str(j, S("state"))),
        (long long)json_get_i64(j, S("rows"), -1), (long long)json_get_i64(j, S("accepted"), -1),
        (long long)json_get_i64(j, S("refused"), -1), (long long)json_get_i64(j, S("facts"), -1));
}

/* The value of a yearly number at a seq (0: now); "-" when there is none. */
static Str value_at(HttpFixture *f, const char *uscc, const char *indicator, int64_t seq) {
    Str out = S("-");
    Db *db = db_borrow(&f->ctx, f->reg->store);
    int64_t id = subject_by_code(db, S("uscc"), str_from(uscc));
    FactAt at = {.seq = seq};
    FactView view;
    if (id && fact_at(db, &at) && fact_read(db, id, &at, NULL, &view)) {
        const FactSlot *s = fact_slot(&view, indicator_id(db, str_from(indicator), false), 2021);
        if (s && s->value) out = str_dup(f->arena, s->value->value);
    }
    db_return(db);
    CHECK(ctx_ok(&f->ctx));
    ctx_clear(&f->ctx);
    return out;
}

static const char FIXES[] =
    "{\"rows\":[{\"row\":3,\"cells\":{\"1\":\"91370303MA3TEX0208\"}},"
    "{\"row\":4,\"cells\":{\"3\":\"1200\"}},"
    "{\"row\":5,\"cells\":{\"0\":\"接口丁公司\",\"1\":\"91370303MA3TEX040A\"}}]}";
static const char COMMIT[] = "{\"only_good\":false,\"reason\":\"测试\"}";

TEST(http_import_fix_commit_undo) {
    HttpFixture *f = http_fixture();
    Str clerk = f->tokens[ROLE_CLERK_OFFICE];
    HttpReply r = upload(f, clerk, "三行错误.csv", sheet(f->arena, 1));
    CHECK_INT(r.status, 201);
    CHECK_STR(counts(f, r.json), S("checked 4/1/3/2"));
    CHECK_INT(json_get_i64(r.json, S("skipped"), -1), 1);
    CHECK_STR(json_get_str(json_at(json_get(r.json, S("columns")), 3), S("unit")), S("万元"));
    Str path = below(f, &r, ""), rows = below(f, &r, "/rows"), commit = below(f, &r, "/commit");
    Str etag = r.etag;

    HttpReply bad =
        http_get(f, clerk, str_z(f->arena, str_cat(f->arena, rows, S("?state=refused"))));
    CHECK_INT(json_get_i64(bad.json, S("total"), -1), 3);
    const Json *first = json_at(json_get(bad.json, S("items")), 0);
    const Json *error = json_at(json_get(first, S("errors")), 0);
    CHECK_INT(json_get_i64(first, S("row"), 0), 3);
    CHECK_INT(json_get_i64(error, S("column"), -1), 1);
    CHECK_STR(json_get_str(error, S("field")), S("uscc"));
    CHECK_STR(json_get_str(error, S("code")), S("import.code_spoiled"));

    CHECK_INT(change(f, clerk, "POST", commit, etag, str_from(COMMIT)).status, 409);
    CHECK_INT(change(f, clerk, "PATCH", rows, S(""), str_from(FIXES)).status, 428);
    CHECK_INT(change(f, clerk, "PATCH", rows, S("import-1-0"), str_from(FIXES)).status, 412);
    r = change(f, clerk, "PATCH", rows, etag, str_from(FIXES));
    CHECK_INT(r.status, 200);
    CHECK_STR(counts(f, json_get(r.json, S("import"))), S("checked 4/4/0/8"));
    const Json *fixed = json_at(json_get(r.json, S("rows")), 2);
    CHECK_STR(json_get_str(json_get(fixed, S("subject")), S("name")), S("接口丁公司"));
    CHECK_INT(json_get(fixed, S("edited"))->count, 2);
    CHECK_INT(change(f, clerk, "PATCH", rows, etag, str_from(FIXES)).status, 412);

    r = change(f, clerk, "POST", commit, r.etag, str_from(COMMIT));
    CHECK_INT(r.status, 200);
    CHECK_STR(counts(f, r.json), S("committed 4/4/0/8"));
    int64_t seq = json_get_i64(r.json, S("seq"), 0);
    CHECK(seq > 0);
    etag = r.etag;
    CHECK_STR(value_at(f, "91370303MA3TEX0208", "revenue", 0), S("34005000"));
    CHECK_STR(value_at(f, "91370303MA3TEX040A", "employees", 0), S("12"));
    CHECK_INT(change(f, clerk, "PATCH", rows, etag, str_from(FIXES)).status, 409);
    CHECK_INT(change(f, clerk, "DELETE", path, etag, S("")).status, 409);
    CHECK_INT(change(f, clerk, "POST", commit, etag, str_from(COMMIT)).status, 409);

    Str reversal = str_cat(f->arena, path, S("/reversal"));
    CHECK_INT(change(f, clerk, "POST", reversal, etag, S("{\"reason\":\" \"}")).status, 422);
    r = change(f, clerk, "POST", reversal, etag, S("{\"reason\":\"撤销\"}"));
    CHECK_INT(r.status, 200);
    CHECK_STR(json_get_str(r.json, S("state")), S("reversed"));
    CHECK_STR(value_at(f, "91370303MA3TEX0208", "revenue", 0), S("-"));
    CHECK_STR(value_at(f, "91370303MA3TEX0208", "revenue", seq), S("34005000"));
    CHECK_INT(change(f, clerk, "POST", reversal, r.etag, S("{\"reason\":\"x\"}")).status, 409);
}

TEST(http_import_only_good_rows) {
    HttpFixture *f = http_fixture();
    Str clerk = f->tokens[ROLE_CLERK_OFFICE];
    HttpReply r = upload(f, clerk, "b.csv", sheet(f->arena, 2));
    Str refused = below(f, &r, "/refused?format=csv"), book = below(f, &r, "/refused");
    r = change(f, clerk, "POST", below(f, &r, "/commit"), r.etag,
               S("{\"only_good\":true,\"reason\":\"只导入正确行\"}"));
    CHECK_STR(counts(f, r.json), S("committed 4/1/3/2"));
    r = http_get(f, clerk, str_z(f->arena, refused));
    CHECK_STR(r.type, S("text/csv; charset=utf-8"));
    CHECK(str_find(r.body, S("原因\r\n")) > 0);
    CHECK(str_find(r.body, S("接口乙2公司")) > 0);
    CHECK(str_find(r.body, S("接口甲2公司")) < 0);
    r = http_get(f, clerk, str_z(f->arena, book));
    Ctx c = ctx_new(f->arena, 0);
    Workbook w;
    bool read = xlsx_read(&c, r.body, S("refused.xlsx"), -1, &w);
    CHECK(read);
    if (!read) return;
    const SheetRow *row = &w.sheets[w.loaded].rows[3];
    CHECK(w.sheets[w.loaded].row_count == 4);
    CHECK(str_find(row->cells[row->n - 1].text, S("没有信用代码")) >= 0);
}

TEST(http_import_same_file_twice) {
    HttpFixture *f = http_fixture();
    Str clerk = f->tokens[ROLE_CLERK_OFFICE];
    Str good = S("{\"only_good\":true,\"reason\":\"测试\"}");
    HttpReply one = upload(f, clerk, "c.csv", sheet(f->arena, 3));
    CHECK(json_get(one.json, S("same_as"))->kind == JSON_NULL);
    HttpReply two = upload(f, clerk, "另一个名字.csv", sheet(f->arena, 3));
    Str id = json_get_str(json_get(two.json, S("same_as")), S("id"));
    CHECK_STR(id, str_sub(one.location, S("/api/v1/imports/").n, one.location.n));
    HttpReply r = change(f, clerk, "POST", below(f, &one, "/commit"), one.etag, good);
    CHECK_INT(r.status, 200);
    Str done = r.etag;
    r = change(f, clerk, "POST", below(f, &two, "/commit"), two.etag, good);
    CHECK_INT(r.status, 409);
    CHECK(str_find(r.body, S("同样的内容已经入库")) > 0);
    r = change(f, clerk, "POST", below(f, &one, "/reversal"), done, S("{\"reason\":\"换一份\"}"));
    CHECK_INT(r.status, 200);
    CHECK_INT(change(f, clerk, "POST", below(f, &two, "/commit"), two.etag, good).status, 200);
}

TEST(http_import_replayed) {
    HttpFixture *f = http_fixture();
    Str body = upload_body(f->arena, "d.csv", sheet(f->arena, 4), "");
    HttpCall call = {.method = "POST",
                     .path = "/imports",
                     .token = f->tokens[ROLE_CLERK_OFFICE],
                     .body = body,
                     .headers = {{S("Content-Type"), S("multipart/form-data; boundary=" BOUNDARY)},
                                 {S("Idempotency-Key"), S("import-replay-1")}}};
    HttpReply one = http_call(f, &call);
    Str first = str_dup(f->arena, one.body);
    HttpReply two = http_call(f, &call);
    CHECK_INT(two.status, 201);
    CHECK_STR(two.body, first);
    CHECK_STR(two.location, one.location);
    call.body = upload_body(f->arena, "e.csv", sheet(f->arena, 5), "");
    CHECK_INT(http_call(f, &call).status, 422);
}

TEST(http_import_two_commit_at_once) {
    HttpFixture *f = http_fixture();
    Str clerk = f->tokens[ROLE_CLERK_OFFICE], boss = f->boss;
    Str good = S("{\"only_good\":true,\"reason\":\"测试\"}");
    HttpReply r = upload(f, clerk, "f.csv", sheet(f->arena, 6));
    Str commit = below(f, &r, "/commit");
    CHECK_INT(change(f, clerk, "POST", commit, r.etag, good).status, 200);
    CHECK_INT(change(f, boss, "POST", commit, r.etag, good).status, 412);
    /* Both read the draft before either wrote: the second is told inside its transaction. */
    r = upload(f, clerk, "g.csv", sheet(f->arena, 7));
    Db *db = db_borrow(&f->ctx, f->reg->store);
    Draft one, two;
    Act act = {S("tester"), S("test")};
    int64_t id = 0;
    CHECK(str_to_i64(str_sub(r.location, S("/api/v1/imports/").n, r.location.n), &id));
    CHECK(draft_get(db, id, &one) && draft_get(db, id, &two));
    CHECK(draft_commit(db, f->reg->pack, &one, true, &act));
    CHECK(!draft_commit(db, f->reg->pack, &two, true, &act));
    CHECK(f->ctx.err.code == ERR_STALE || f->ctx.err.code == ERR_STATE);
    ctx_clear(&f->ctx);
    CHECK_INT(Q_I64(db, -1, "SELECT count(*) FROM batch WHERE origin_sha256 = $1 AND seq > 0",
                    db_s(one.sha256)),
              1);
    db_return(db);
}

TEST(http_import_scope_of_district) {
    HttpFixture *f = http_fixture();
    Str office = f->tokens[ROLE_CLERK_OFFICE], district = f->tokens[ROLE_CLERK_DISTRICT];
    HttpReply theirs = upload(f, office, "h.csv", sheet(f->arena, 8));
    HttpReply own = upload(f, district, "i.csv", sheet(f->arena, 9));
    CHECK_INT(own.status, 201);
    CHECK_INT(http_get(f, district, str_z(f->arena, below(f, &theirs, ""))).status, 404);
    CHECK_INT(http_get(f, district, str_z(f->arena, below(f, &theirs, "/rows"))).status, 404);
    CHECK_INT(
        change(f, district, "POST", below(f, &theirs, "/commit"), theirs.etag, str_from(COMMIT))
            .status,
        404);
    HttpReply list = http_get(f, district, "/imports");
    CHECK_INT(json_get_i64(list.json, S("total"), 0), 1);
    CHECK_INT(http_get(f, office, str_z(f->arena, below(f, &own, ""))).status, 200);
    CHECK_INT(http_get(f, f->tokens[ROLE_LEADER], "/imports").status, 403);
    CHECK_INT(upload(f, f->tokens[ROLE_AUDITOR], "j.csv", sheet(f->arena, 10)).status, 403);
}

/* --- mapping ---------------------------------------------------------------------------------- */

static Str problem_of(const HttpReply *r) {
    return json_get_str(json_get(r->json, S("problem")), S("title"));
}

TEST(http_import_maps_columns) {
    HttpFixture *f = http_fixture();
    Str clerk = f->tokens[ROLE_CLERK_OFFICE];
    HttpReply r = upload(f, clerk, "k.csv",
                         S("单位,代号,卖了多少(亿元),说不清\r\n"
                           "映射甲公司,91370303MA3TEX050B,1.2,x\r\n"));
    CHECK_INT(r.status, 201);
    CHECK_STR(counts(f, r.json), S("mapping 0/0/0/0"));
    CHECK(problem_of(&r).n > 0);
    CHECK_INT(json_get(r.json, S("columns"))->count, 4);
    Str path = below(f, &r, "");
    CHECK_INT(change(f, clerk, "POST", below(f, &r, "/commit"), r.etag, str_from(COMMIT)).status,
              409);
    r = change(f, clerk, "PATCH", path, r.etag,
               S("{\"columns\":[{\"index\":0,\"field\":\"name\"},{\"index\":1,\"field\":\"uscc\"},"
                 "{\"index\":2,\"field\":\"revenue\"}]}"));
    CHECK_STR(json_get_str(r.json, S("state")), S("mapping"));
    CHECK(str_find(problem_of(&r), S("亿元")) > 0);
    r = change(f, clerk, "PATCH", path, r.etag,
               S("{\"columns\":[{\"index\":2,\"field\":\"revenue\",\"unit\":\"亿元\"}]}"));
    CHECK_STR(json_get_str(r.json, S("state")), S("mapping"));
    CHECK(str_find(problem_of(&r), S("年")) > 0);
    Str etag = r.etag;
    r = change(f, clerk, "PATCH", path, etag, S("{\"period\":\"2021Q2\"}"));
    CHECK_INT(r.status, 422);
    r = change(f, clerk, "PATCH", path, etag, S("{\"period\":\"2021\"}"));
    CHECK_STR(counts(f, r.json), S("checked 1/1/0/1"));
    const Json *col = json_at(json_get(r.json, S("columns")), 2);
    CHECK_STR(json_get_str(col, S("by")), S("person"));
    CHECK_STR(json_get_str(col, S("period")), S("2021"));
    CHECK_STR(json_get_str(col, S("unit")), S("亿元"));
    r = change(f, clerk, "POST",
               below(f, &(HttpReply){.location = str_cat(f->arena, S("/api/v1"), path)}, "/commit"),
               r.etag, str_from(COMMIT));
    CHECK_INT(r.status, 200);
    CHECK_STR(value_at(f, "91370303MA3TEX050B", "revenue", 0), S("120000000"));
}

TEST(http_import_mapping_refused) {
    HttpFixture *f = http_fixture();
    Str clerk = f->tokens[ROLE_CLERK_OFFICE];
    HttpReply r = upload(f, clerk, "l.csv", sheet(f->arena, 11));
    Str path = below(f, &r, ""), etag = r.etag;
    static const struct {
        const char *body;
        int status;
    } cases[] = {
        {"{\"source\":\"gossip\"}", 422},
        {"{\"unit\":\"斤\"}", 422},
        {"{\"known_at\":\"2999-01-01T00:00:00Z\"}", 422},
        {"{\"known_at\":\"yesterday\"}", 422},
        {"{\"layout\":\"no-such\"}", 404},
        {"{\"columns\":[{\"index\":99,\"field\":\"revenue\"}]}", 422},
        {"{\"columns\":[{\"index\":-1,\"field\":\"revenue\"}]}", 422},
        {"{\"columns\":{}}", 422},
        {"[]", 400},
        {"{", 400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_INT(change(f, clerk, "PATCH", path, etag, str_from(cases[i].body)).status,
                  cases[i].status);
    r = change(f, clerk, "PATCH", path, etag,
               S("{\"columns\":[{\"index\":3,\"field\":\"no_such_field\"}]}"));
    CHECK_STR(json_get_str(r.json, S("state")), S("mapping"));
    CHECK(str_find(problem_of(&r), S("no_such_field")) > 0);
    r = change(f, clerk, "PATCH", path, r.etag, S("{\"columns\":[{\"index\":3,\"field\":null}]}"));
    CHECK_STR(json_get_str(r.json, S("state")), S("checked"));
    Str rows = str_cat(f->arena, path, S("/rows"));
    static const char *const fixes[] = {"{\"rows\":[]}",
                                        "{\"rows\":[{\"row\":1,\"cells\":{\"0\":\"x\"}}]}",
                                        "{\"rows\":[{\"row\":999,\"cells\":{\"0\":\"x\"}}]}",
                                        "{\"rows\":[{\"row\":2,\"cells\":{\"99\":\"x\"}}]}",
                                        "{\"rows\":[{\"row\":2,\"cells\":{\"0\":7}}]}",
                                        "{\"rows\":[{\"row\":2,\"cells\":{\"0\":\"\\u0000\"}}]}"};
    for (size_t i = 0; i < sizeof fixes / sizeof *fixes; i++)
        CHECK_INT(change(f, clerk, "PATCH", rows, r.etag, str_from(fixes[i])).status, 422);
    CHECK_INT(change(f, clerk, "DELETE", path, r.etag, S("")).status, 204);
    r = http_get(f, clerk, str_z(f->arena, path));
    CHECK_STR(json_get_str(r.json, S("state")), S("discarded"));
}

TEST(http_import_pasted_rows) {
    HttpFixture *f = http_fixture();
    HttpCall call = {.method = "POST",
                     .path = "/imports",
                     .token = f->tokens[ROLE_CLERK_OFFICE],
                     .body =
                         S("{\"rows\":[[\"企业名称\",\"统一社会信用代码\",\"营业收入\"],"
                           "[\"粘贴,\\\"甲\\\"公司\",\"91370303MA3TEX060C\",\"-8,600.00\"]],"
                           "\"period\":\"2021\",\"unit\":\"万元\",\"source\":\"self_report\"}")};
    HttpReply r = http_call(f, &call);
    CHECK_INT(r.status, 201);
    CHECK_STR(json_get_str(r.json, S("unit")), S("万元"));
    CHECK_INT(json_get_i64(r.json, S("rows"), 0), 1);
    r = http_get(f, call.token, str_z(f->arena, below(f, &r, "/rows")));
    const Json *cells = json_get(json_at(json_get(r.json, S("items")), 0), S("cells"));
    CHECK_STR(json_str(json_at(cells, 0), S("")), S("粘贴,\"甲\"公司"));
    CHECK_STR(json_str(json_at(cells, 2), S("")), S("-8,600.00"));
    call.body = S("{\"rows\":[]}");
    CHECK_INT(http_call(f, &call).status, 422);
    call.body = S("{\"rows\":[1]}");
    CHECK_INT(http_call(f, &call).status, 422);
}

/* --- files that lie --------------------------------------------------------------------------- */

#define CELL(text) "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"

TEST(http_import_workbook_and_lies) {
    HttpFixture *f = http_fixture();
    Arena *a = f->arena;
    Str clerk = f->tokens[ROLE_CLERK_OFFICE];
    Str book = xlsx_of(a,
                       S("<sheetData><row r=\"1\">" CELL("企业名称") CELL("统一社会信用代码")
                             CELL("2021年营业收入(万元)") "</row><row r=\"2\">" CELL("册甲公司")
                                 CELL("91370303MA3TEX070D") "<c><v>1200</v></c></row></sheetData>"),
                       S(""), false);
    HttpReply r = upload(f, clerk, "册.xlsx", book);
    CHECK_STR(counts(f, r.json), S("checked 1/1/0/1"));
    CHECK_STR(json_get_str(json_get(r.json, S("file")), S("kind")), S("xlsx"));
    r = upload(f, clerk, "其实是工作簿.csv", book);
    CHECK_STR(counts(f, r.json), S("checked 1/1/0/1"));
    CHECK_STR(json_get_str(json_get(r.json, S("file")), S("said")), S("csv"));
    CHECK_INT(upload(f, clerk, "网页.xlsx", S("<html><body>404</body></html>")).status, 415);
    CHECK_INT(upload(f, clerk, "错误.csv", S("{\"error\":\"no\"}")).status, 415);
    CHECK_INT(upload(f, clerk, "空.csv", S("")).status, 415);
    CHECK_INT(upload(f, clerk, "坏.xlsx", str_sub(book, 0, book.n - 40)).status, 400);
    ZipMaker z = zip_maker(a);
    zip_add(&z, S("[Content_Types].xml"), S("<Types/>"));
    zip_add_blanks(&z, S("xl/workbook.xml"), 1u << 30);
    r = upload(f, clerk, "炸弹.xlsx", zip_bytes(&z));
    CHECK(r.status >= 400 && r.status < 500);
}

TEST(http_import_bodies_refused) {
    HttpFixture *f = http_fixture();
    HttpCall call = {.method = "POST",
                     .path = "/imports",
                     .token = f->tokens[ROLE_CLERK_OFFICE],
                     .body = upload_body(f->arena, "m.csv", sheet(f->arena, 12), ""),
                     .headers = {{S("Content-Type"), S("multipart/form-data")}}};
    CHECK_INT(http_call(f, &call).status, 400);
    call.headers[0].value = S("multipart/form-data; boundary=other");
    CHECK_INT(http_call(f, &call).status, 400);
    call.headers[0].value = S("text/csv");
    CHECK_INT(http_call(f, &call).status, 415);
    call.headers[0].value = S("multipart/form-data; boundary=" BOUNDARY);
    call.body = S("--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"source\"\r\n\r\n"
                  "self_report\r\n--" BOUNDARY "--");
    CHECK_INT(http_call(f, &call).status, 422);
    call.body = upload_body(f->arena, "../", S("x"), "");
    CHECK_INT(http_call(f, &call).status, 422);
    size_t large = (size_t)70 << 20;
    char *bytes = calloc(1, large);
    call.body = str_of(bytes, large);
    CHECK_INT(http_call(f, &call).status, 413);
    free(bytes);
}

TEST(http_import_template_reads_back) {
    HttpFixture *f = http_fixture();
    Arena *a = f->arena;
    Str clerk = f->tokens[ROLE_CLERK_OFFICE];
    HttpReply r = http_get(f, clerk, "/imports/template");
    CHECK_INT(r.status, 200);
    Ctx c = ctx_new(a, f->now_ms);
    ImportOptions o = {.name = S("t.xlsx"), .bytes = str_dup(a, r.body), .dry_run = true};
    ImportReport report;
    if (!import_run(&c, NULL, f->reg->pack, &o, &report)) {
        CHECK_STR(note_text(a, &c.err.note, LANG_ZH), S(""));
        return;
    }
    CHECK(report.head_count > 20);
    for (int i = 0; i < report.head_count; i++)
        if (!report.columns[i].field.n) test_check_str(__FILE__, __LINE__, report.heads[i], S(""));
    r = http_get(f, clerk, "/imports/template?format=csv&fields=revenue,founded_on");
    CHECK_STR(str_sub(r.body, 3, r.body.n),
              S("企业名称,统一社会信用代码,年度,营业收入（万元）,成立日期\r\n"));
    CHECK_INT(http_get(f, clerk, "/imports/template?fields=nothing").status, 422);
}
