/* Letters, certificates and sheets over HTTP: what an enterprise reads, forged codes, files that
 * lie, pages for print. */
#include <string.h>

#include "base/date.h"
#include "city/flow/evidence.h"
#include "city/library/title.h"
#include "city/notice/certificate.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

enum { PAGE_MAX = 65 << 10 };
#define PDF "%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

static HttpReply call(HttpFixture *f, Str token, const char *method, Str path, Str etag, Str body) {
    return http_call(f, &(HttpCall){.method = method,
                                    .path = str_z(f->arena, path),
                                    .token = token,
                                    .body = body,
                                    .headers = {{etag.n ? S("If-Match") : S("X-None"), etag}}});
}

static Str at(HttpFixture *f, Str id, const char *tail) {
    return str_printf(f->arena, "/letters/%.*s%s", STRF(id), tail);
}

static Str draft(HttpFixture *f, Str *etag) {
    HttpReply r =
        call(f, f->boss, "POST", S("/letters"), S(""),
             S("{\"template\":\"inform\",\"enterprise\":\"1\",\"values\":{\"文号\":\"1号\","
               "\"事项\":\"<b>x</b>\",\"正文\":\"=1+1\",\"依据\":\"x\",\"异议期限\":\"x\","
               "\"受理单位\":\"x\",\"联系电话\":\"x\",\"发文机关\":\"x\"}}"));
    CHECK_INT(r.status, 201);
    *etag = r.etag;
    return str_dup(f->arena, json_get_str(r.json, S("id")));
}

/* A session of an enterprise's account. */
static Str firm_account(HttpFixture *f, const char *name, int64_t subject) {
    int64_t id = http_new_user(f, str_from(name), 1u << ROLE_ENTERPRISE, false);
    Db *db = db_borrow(&f->ctx, f->reg->store);
    CHECK(EXEC(db,
               "INSERT INTO enterprise_binding(id, app_user, code, subject, state, proof_name, "
               "proof_type, proof_sm3, proof, asked_ms, decided_by, decided_ms, reason, from_day, "
               "to_day, ended_by, ended_ms) VALUES ($1 + 100000, $1, 'x', $2, 'bound', 'x', 'pdf', "
               "'', $3, 1, "
               "'test', 1, '', 20000101, 0, '', 0)",
               db_i(id), db_i(subject), db_b(S("x"))));
    db_return(db);
    return http_sign_in(f, str_from(name), S(FIXTURE_PASSWORD));
}

TEST(http_letter_values_are_merged) {
    HttpFixture *f = http_fixture();
    Str etag, one = draft(f, &etag);
    Str body = S("{\"values\":{\"事项\":\"新\",\"依据\":null,\"正文\":\"二\"}}");
    HttpReply r = call(f, f->boss, "PATCH", at(f, one, ""), etag, body);
    CHECK_INT(r.status, 200);
    const Json *values = json_get(r.json, S("values"));
    CHECK_STR(json_get_str(values, S("事项")), S("新"));
    CHECK_STR(json_get_str(values, S("文号")), S("1号"));
    CHECK(!json_get(values, S("依据")));
    CHECK_INT(json_get(r.json, S("open_fields"))->count, 1);
    etag = r.etag;
    CHECK_INT(call(f, f->boss, "PATCH", at(f, one, ""), etag, S("{\"values\":[]}")).status, 422);
    r = call(f, f->boss, "PATCH", at(f, one, ""), etag, S("{\"values\":null}"));
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get(r.json, S("values"))->count, 0);
}

/* Whether the printed page says in the margin that it is a draft, and who printed it. */
static bool printed_as_draft(HttpFixture *f, Str path) {
    Str print = str_cat(f->arena, path, S("/print"));
    HttpReply r = call(f, f->boss, "GET", print, S(""), S(""));
    CHECK_INT(r.status, 200);
    bool margin = str_find(r.body, S("@bottom-left{")) > 0;
    CHECK(margin == (str_find(r.body, S("content:\"草稿 · 导出人 boss，时间 ")) > 0));
    CHECK(margin == (str_find(r.body, S("<footer>草稿 · ")) > 0));
    return margin;
}

TEST(http_printed_draft_says_so_and_what_was_sent_does_not) {
    HttpFixture *f = http_fixture();
    Str etag, one = draft(f, &etag);
    CHECK(printed_as_draft(f, at(f, one, "")));
    Str body = S("{\"way\":\"portal\",\"reason\":\"x\"}");
    CHECK_INT(call(f, f->boss, "POST", at(f, one, "/sending"), etag, body).status, 200);
    CHECK(!printed_as_draft(f, at(f, one, "")));
    HttpReply r = call(f, f->boss, "POST", S("/notices"), S(""), S("{\"rows\":[\"1\"]}"));
    CHECK_INT(r.status, 201);
    Str notice = str_cat(f->arena, S("/notices/"), json_get_str(r.json, S("id")));
    CHECK(printed_as_draft(f, notice));
}

/* The name of a draft's file never shows a field that nobody has filled. */
TEST(http_paper_file_name_has_no_open_field) {
    HttpFixture *f = http_fixture();
    HttpReply r = call(f, f->boss, "POST", S("/notices"), S(""), S("{\"rows\":[\"1\"]}"));
    CHECK_INT(r.status, 201);
    Str id = str_dup(f->arena, json_get_str(r.json, S("id")));
    CHECK(str_find(json_get_str(r.json, S("title")), S("{")) >= 0);
    Str path = str_printf(f->arena, "/notices/%.*s/docx", STRF(id));
    r = call(f, f->boss, "GET", path, S(""), S(""));
    CHECK_STR(r.filename,
              str_printf(f->arena, "%%E5%%85%%AC%%E7%%A4%%BA%%E7%%A8%%BF-%.*s.docx", STRF(id)));
}

TEST(http_letter_is_read_by_its_firm_alone) {
    HttpFixture *f = http_fixture();
    Str etag, one = draft(f, &etag);
    Str own = firm_account(f, "letter.firm1", 1), other = firm_account(f, "letter.firm2", 2);
    CHECK_INT(call(f, own, "GET", at(f, one, ""), S(""), S("")).status, 404);
    Str body = S("{\"way\":\"portal\",\"reason\":\"x\"}");
    HttpReply r = call(f, f->boss, "POST", at(f, one, "/sending"), etag, body);
    CHECK_INT(r.status, 200);
    CHECK_STR(json_get_str(r.json, S("state")), S("sent"));
    CHECK_INT(call(f, f->boss, "POST", at(f, one, "/sending"), etag, body).status, 412);
    etag = r.etag;
    CHECK_INT(call(f, other, "GET", at(f, one, ""), S(""), S("")).status, 404);
    CHECK_INT(call(f, other, "GET", at(f, one, "/docx"), S(""), S("")).status, 404);
    CHECK_INT(call(f, other, "GET", at(f, one, "/print"), S(""), S("")).status, 404);
    r = call(f, other, "GET", S("/letters"), S(""), S(""));
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 0);
    CHECK_INT(call(f, own, "PATCH", at(f, one, ""), etag, S("{}")).status, 403);
    r = call(f, own, "GET", at(f, one, ""), S(""), S(""));
    CHECK_INT(r.status, 200);
    CHECK_STR(json_get_str(r.json, S("state")), S("delivered"));
    CHECK(json_get_str(r.json, S("read_at")).n > 0);
    r = call(f, own, "GET", at(f, one, "/print"), S(""), S(""));
    CHECK(str_find(r.body, S("&lt;b&gt;x&lt;/b&gt;")) > 0);
    CHECK(str_find(r.body, S("<script")) < 0);
    r = call(f, own, "GET", at(f, one, "/docx"), S(""), S(""));
    CHECK(str_starts(r.body, S("PK")));
    r = call(f, f->boss, "PATCH", at(f, one, ""), S("\"x\""), S("{}"));
    CHECK_INT(r.status, 412);
}

static HttpReply upload(HttpFixture *f, Str path, const char *name, const char *bytes) {
    Str body =
        str_printf(f->arena,
                   "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
                   "\r\n%s\r\n--b--\r\n",
                   name, bytes);
    return http_call(
        f, &(HttpCall){.method = "POST",
                       .path = str_z(f->arena, path),
                       .token = f->boss,
                       .body = body,
                       .headers = {{S("Content-Type"), S("multipart/form-data; boundary=b")}}});
}

static int64_t entries(HttpFixture *f, const char *action) {
    Ctx c = ctx_new(f->arena, f->now_ms);
    Db *db = db_borrow(&c, f->reg->store);
    int64_t n =
        Q_I64(db, 0, "SELECT count(*) FROM journal WHERE action = $1", db_s(str_from(action)));
    db_return(db);
    return n;
}

TEST(http_letter_scan_is_what_its_bytes_are) {
    HttpFixture *f = http_fixture();
    Str etag, id = draft(f, &etag);
    CHECK_INT(upload(f, at(f, id, "/files"), "a.pdf", PDF).status, 409); /* not sent yet */
    HttpReply r = call(f, f->boss, "POST", at(f, id, "/sending"), etag,
                       S("{\"way\":\"hand\",\"reason\":\"x\"}"));
    CHECK_INT(r.status, 200);
    CHECK_INT(upload(f, at(f, id, "/files"), "a.png", PDF).status, 422);
    CHECK_INT(upload(f, at(f, id, "/files"), "a.pdf", "<html>").status, 422);
    r = upload(f, at(f, id, "/files"), "a.pdf", PDF);
    CHECK_INT(r.status, 201);
    Str file = str_dup(f->arena, json_get_str(r.json, S("sm3")));
    r = call(f, f->boss, "GET", str_cat(f->arena, at(f, id, "/files/"), file), S(""), S(""));
    CHECK_STR(r.body, S(PDF));
    r = call(f, f->boss, "GET", at(f, id, "/files/0000"), S(""), S(""));
    CHECK_INT(r.status, 404);
    r = upload(f, S("/notices/1/files"), "stamped.pdf", PDF);
    CHECK_INT(r.status, 201);
    r = call(f, f->boss, "GET", str_cat(f->arena, S("/notices/1/files/"), file), S(""), S(""));
    CHECK_STR(r.body, S(PDF));
}

/* The answer to an upload was lost and the client sends it again: entered once. */
TEST(http_scan_sent_again_is_entered_once) {
    HttpFixture *f = http_fixture();
    Str body = S("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"once.pdf\"\r\n"
                 "\r\n" PDF "\r\n--b--\r\n");
    HttpCall call = {.method = "POST",
                     .path = "/notices/1/files",
                     .token = f->boss,
                     .body = body,
                     .headers = {{S("Content-Type"), S("multipart/form-data; boundary=b")},
                                 {S("Idempotency-Key"), S("scan-sent-again")}}};
    int64_t before = entries(f, "notice.enter");
    CHECK_INT(http_call(f, &call).status, 201);
    CHECK_INT(http_call(f, &call).status, 201);
    CHECK_INT(entries(f, "notice.enter") - before, 1);
    call.bare = true; /* and never without a key */
    call.headers[1] = (Pair){S("X-Jixia-CSRF"), S("1")};
    CHECK_INT(http_call(f, &call).status, 400);
}

typedef struct Grant {
    HttpFixture *f;
    int64_t title;
    Certificate k;
} Grant;

static bool grant_tx(Db *db, void *user) {
    Grant *g = user;
    const Act act = {.actor = S("test"), .reason = S("test")};
    TitleNew t = {.subject = 1,
                  .kind = TITLE_RECOGNISED,
                  .tier = S("哪吒"),
                  .level = S("市"),
                  .publisher = S("市局"),
                  .document_number = S("淄科〔2021〕9号"),
                  .from = 20210101,
                  .case_file = 1};
    g->title = title_record(db, g->f->reg->pack, &t, &act);
    return g->title && certificate_issue(db, g->f->reg, g->title, &act, &g->k);
}

static bool revoke_tx(Db *db, void *user) {
    const Grant *g = user;
    const Act act = {.actor = S("test"), .reason = S("test")};
    TitleEventNew e = {.title = g->title, .kind = TITLE_REVOKE, .day = notice_today(db_ctx(db))};
    return title_event(db, g->f->reg->pack, &e, &act) != 0;
}

static HttpReply page(HttpFixture *f, Str path, Arena **keep) {
    Request r = {.c = &f->ctx,
                 .reg = f->reg,
                 .method = S("GET"),
                 .path = path,
                 .address = S("203.0.113.50")};
    Response out = {0};
    (void)keep;
    f->ctx.now_ms = f->now_ms;
    http_dispatch(&r, &out);
    http_end(&r);
    ctx_clear(&f->ctx);
    return (HttpReply){.status = out.status, .body = out.body};
}

TEST(http_certificate_is_verified_by_its_code) {
    HttpFixture *f = http_fixture();
    Grant g = {.f = f};
    f->ctx.now_ms = f->now_ms;
    Db *db = db_borrow(&f->ctx, f->reg->store);
    CHECK(tx_run(db, DB_WRITE, grant_tx, &g));
    CHECK(g.k.code.n >= 22);
    Str path = str_cat(f->arena, S("/public/verify/"), g.k.code);
    HttpReply r = page(f, path, NULL);
    CHECK_INT(r.status, 200);
    CHECK(str_find(r.body, S("有效")) > 0);
    CHECK(str_find(r.body, S("淄科〔2021〕9号")) > 0);
    CHECK(str_find(r.body, S("<script")) < 0);
    CHECK(r.body.n < PAGE_MAX);
    r = call(f, S(""), "GET", str_cat(f->arena, S("/public/certificates/"), g.k.code), S(""),
             S(""));
    CHECK_STR(json_get_str(r.json, S("state")), S("valid"));
    /* a second one for the same title; one for a title of the province */
    Str body =
        str_printf(f->arena, "{\"title_record\":\"%lld\",\"reason\":\"x\"}", (long long)g.title);
    CHECK_INT(call(f, f->boss, "POST", S("/certificates"), S(""), body).status, 409);
    Str own = firm_account(f, "cert.firm1", 1), other = firm_account(f, "cert.firm2", 2);
    Str print = str_printf(f->arena, "/certificates/%lld/print", (long long)g.k.id);
    r = call(f, own, "GET", print, S(""), S(""));
    CHECK_INT(r.status, 200);
    CHECK(str_find(r.body, S("<svg")) > 0);
    CHECK_INT(call(f, other, "GET", print, S(""), S("")).status, 404);
    CHECK(tx_run(db, DB_WRITE, revoke_tx, &g));
    db_return(db);
    r = page(f, path, NULL);
    CHECK(str_find(r.body, S("已撤销")) > 0);
    CHECK(str_find(r.body, S("class=\"problem\"")) > 0);
}

TEST(http_certificate_codes_are_not_guessed) {
    HttpFixture *f = http_fixture();
    HttpReply r = page(f, S("/public/verify/J<script>"), NULL);
    CHECK_INT(r.status, 404);
    CHECK(str_find(r.body, S("<script>")) < 0);
    CHECK(str_find(r.body, S("查无此证书")) > 0);
    CHECK_INT(page(f, S("/public/verify/a/b"), NULL).status, 404);
    CHECK_INT(page(f, S("/public/verifyx"), NULL).status, 404);
    CHECK_INT(page(f, S("/public/verify"), NULL).status, 200);
    int status = 0;
    for (int i = 0; i <= CERTIFICATE_MISS_HOUR; i++)
        status = page(f, S("/public/verify/Jforged"), NULL).status;
    CHECK_INT(status, 429);
}

TEST(http_sheet_shows_no_more_than_the_reader_sees) {
    HttpFixture *f = http_fixture();
    Str own = firm_account(f, "sheet.firm2", 2);
    HttpReply r = call(f, f->boss, "GET", S("/enterprises/1/sheet"), S(""), S(""));
    CHECK_INT(r.status, 200);
    CHECK(str_find(r.body, S("boss")) > 0);
    CHECK(str_find(r.body, S("<script")) < 0);
    /* money as people write it */
    CHECK(str_find(r.body, S("<td class=\"num\">")) > 0 && str_find(r.body, S(" 亿元</td>")) > 0);
    CHECK_INT(call(f, own, "GET", S("/enterprises/1/sheet"), S(""), S("")).status, 404);
    CHECK_INT(call(f, own, "GET", S("/enterprises/2/sheet"), S(""), S("")).status, 200);
    CHECK_INT(call(f, f->boss, "GET", S("/enterprises/999999/sheet"), S(""), S("")).status, 404);
}

/* Twice the same request with one key: one letter. */
TEST(http_letter_drafted_once_for_one_key) {
    HttpFixture *f = http_fixture();
    HttpCall c = {.method = "POST",
                  .path = "/letters",
                  .token = f->boss,
                  .body = S("{\"template\":\"inform\",\"enterprise\":\"1\"}"),
                  .headers = {{S("Idempotency-Key"), S("letter-once-1")}}};
    HttpReply r = http_call(f, &c);
    CHECK_INT(r.status, 201);
    Str first = str_dup(f->arena, r.location);
    r = http_call(f, &c);
    CHECK_STR(r.location, first);
}
