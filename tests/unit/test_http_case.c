/* Cases over HTTP: two clerks, replays, scope of an enterprise, files, tasks. */
#include "base/hash.h"
#include "city/flow/case_inner.h"
#include "city/flow/case_wait.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

static HttpReply post(HttpFixture *f, Str token, const char *path, const char *body) {
    return http_call(
        f, &(HttpCall){.method = "POST", .path = path, .token = token, .body = str_from(body)});
}

/* A new case; its id stays valid for the run. */
static const char *new_case(HttpFixture *f, HttpReply *r) {
    *r = post(
        f, f->tokens[ROLE_CLERK_OFFICE], "/cases",
        "{\"flow\":\"question\",\"subject\":\"1\",\"data\":{\"问题\":\"q\",\"答复天数\":\"5\"}}");
    CHECK_INT(r->status, 201);
    ptrdiff_t at = str_find(r->location, S("/cases/"));
    return str_z(f->arena, str_sub(r->location, at, r->location.n));
}

TEST(http_case_two_clerks_and_a_replay) {
    HttpFixture *f = http_fixture();
    HttpReply r;
    const char *path = new_case(f, &r);
    Str tag = str_printf(f->arena, "\"%.*s\"", STRF(r.etag));
    const char *acts = str_z(f->arena, str_cat(f->arena, str_from(path), S("/acts")));
    HttpCall call = {.method = "POST",
                     .path = acts,
                     .token = f->tokens[ROLE_CLERK_OFFICE],
                     .body = S("{\"act\":\"答复\",\"data\":{\"答复\":\"一亿元\"}}"),
                     .headers = {{S("If-Match"), tag}, {S("Idempotency-Key"), S("case-replay-1")}}};
    r = http_call(f, &call);
    CHECK_INT(r.status, 200);
    CHECK_STR(json_get_str(r.json, S("state")), S("已答复"));
    r = http_call(f, &call); /* the same request again: the same answer, nothing done twice */
    CHECK_INT(r.status, 200);
    CHECK_STR(json_get_str(r.json, S("state")), S("已答复"));
    call.token = f->boss;
    call.headers[1].value = S("case-replay-2");
    r = http_call(f, &call);
    CHECK_INT(r.status, 412);
    CHECK_STR(json_get_str(json_get(r.json, S("current")), S("state")), S("已答复"));
    r = http_get(f, f->boss, str_z(f->arena, str_cat(f->arena, str_from(path), S("/events"))));
    CHECK_INT(json_get(r.json, S("items"))->count, 2);
}

TEST(http_case_refusals_say_what_is_missing) {
    HttpFixture *f = http_fixture();
    HttpReply r;
    const char *path = new_case(f, &r);
    Str tag = str_printf(f->arena, "\"%.*s\"", STRF(r.etag));
    const Json *acts = json_get(r.json, S("acts"));
    CHECK(acts && acts->count >= 2);
    HttpCall call = {.method = "POST",
                     .path = str_z(f->arena, str_cat(f->arena, str_from(path), S("/acts"))),
                     .token = f->tokens[ROLE_CLERK_OFFICE],
                     .body = S("{\"act\":\"答复\"}"),
                     .headers = {{S("If-Match"), tag}}};
    r = http_call(f, &call);
    CHECK_INT(r.status, 422);
    CHECK_STR(json_get_str(json_at(json_get(r.json, S("errors")), 0), S("pointer")),
              S("/data/答复"));
    call.body = S("{\"act\":\"采用\"}");
    CHECK_INT(http_call(f, &call).status, 409);
    call.body = S("{\"act\":\"飞\"}");
    CHECK_INT(http_call(f, &call).status, 400);
    call.token = f->tokens[ROLE_POLICY];
    call.body = S("{\"act\":\"答复\",\"data\":{\"答复\":\"x\"}}");
    CHECK_INT(http_call(f, &call).status, 403);
}

TEST(http_case_of_another_enterprise) {
    HttpFixture *f = http_fixture();
    HttpReply r;
    const char *path = new_case(f, &r);
    Str firm = f->tokens[ROLE_ENTERPRISE]; /* bound to no enterprise */
    CHECK_INT(http_get(f, firm, path).status, 404);
    CHECK_INT(http_get(f, firm, "/cases/1").status, 404);
    static const char *const PARTS[] = {"events", "messages", "papers", "documents"};
    for (int i = 0; i < 4; i++)
        CHECK_INT(http_get(f, firm, str_z(f->arena, str_printf(f->arena, "%s/%s", path, PARTS[i])))
                      .status,
                  404);
    r = http_get(f, firm, "/cases");
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 0);
    CHECK_INT(json_get(r.json, S("items"))->count, 0);
    r = post(f, firm, "/cases/acts", "{\"act\":\"撤回\",\"reason\":\"x\",\"ids\":[\"1\"]}");
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get_i64(r.json, S("done"), -1), 0);
    r = http_get(f, firm, "/me/tasks");
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get(r.json, S("waits"))->count, 0);
}

static HttpReply upload(HttpFixture *f, Str token, const char *path, const char *kind,
                        const char *name, const char *bytes) {
    Str body =
        str_printf(f->arena,
                   "--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n%s\r\n"
                   "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
                   "Content-Type: application/octet-stream\r\n\r\n%s\r\n--b--\r\n",
                   kind, name, bytes);
    return http_call(
        f, &(HttpCall){.method = "POST",
                       .path = str_z(f->arena, str_printf(f->arena, "%s/documents", path)),
                       .token = token,
                       .body = body,
                       .headers = {{S("Content-Type"), S("multipart/form-data; boundary=b")}}});
}

TEST(http_case_files) {
    HttpFixture *f = http_fixture();
    HttpReply r;
    const char *path = new_case(f, &r);
    Str clerk = f->tokens[ROLE_CLERK_OFFICE];
    r = upload(f, clerk, path, "证明", "a.pdf", "<html>no pdf</html>");
    CHECK_INT(r.status, 422);
    r = upload(f, clerk, path, "证明", "a.pdf", "%PDF-1.4\nhello\n%%EOF");
    CHECK_INT(r.status, 201);
    Str href = str_dup(f->arena, json_get_str(json_at(json_get(r.json, S("items")), 0), S("href")));
    const char *file = str_z(f->arena, str_sub(href, S("/api/v1").n, href.n));
    r = http_get(f, clerk, file);
    CHECK_INT(r.status, 200);
    CHECK_STR(r.type, S("application/pdf"));
    CHECK_INT(http_get(f, f->tokens[ROLE_ENTERPRISE], file).status, 404);
    CHECK_INT(http_get(f, f->tokens[ROLE_POLICY], file).status, 200); /* 敏感 */
    CHECK_INT(http_get(f, f->tokens[ROLE_REVIEWER], file).status, 404);
    CHECK_INT(http_get(f, clerk, "/files/0000").status, 404);
}

TEST(http_case_points_and_what_was_signed) {
    HttpFixture *f = http_fixture();
    HttpReply r;
    Str clerk = f->tokens[ROLE_CLERK_OFFICE];
    const char *path = new_case(f, &r);
    const char *say = str_z(f->arena, str_cat(f->arena, str_from(path), S("/messages")));
    const char *sign = str_z(f->arena, str_cat(f->arena, str_from(path), S("/signatures")));
    r = post(f, clerk, say, "{\"text\":\"哪一年？\",\"asks\":true}");
    CHECK_INT(r.status, 201);
    const Json *asked = json_at(json_get(r.json, S("items")), 0);
    CHECK(json_get_bool(asked, S("asks"), false) && !json_get_bool(asked, S("answered"), true));
    Str id = str_dup(f->arena, json_get_str(asked, S("id")));
    CHECK_INT(post(f, clerk, say, "{\"text\":\"x\",\"answers\":\"q\"}").status, 422);
    CHECK_INT(post(f, clerk, say, "{\"text\":\"x\",\"answers\":\"99999\"}").status, 422);
    Str answer = str_printf(f->arena, "{\"text\":\"2025 年\",\"answers\":\"%.*s\"}", STRF(id));
    CHECK_INT(post(f, f->boss, say, str_z(f->arena, answer)).status, 201);
    r = http_get(f, clerk, path);
    const Json *points = json_get(r.json, S("points"));
    CHECK_INT(points->count, 1);
    CHECK(json_get_bool(json_at(points, 0), S("answered"), false));
    CHECK_STR(json_get_str(json_at(points, 0), S("answer")), S("2025 年"));
    /* nothing of a question is signed */
    CHECK_INT(post(f, clerk, sign, "{\"act\":\"采用\",\"reason\":\"x\"}").status, 409);
    CHECK_INT(post(f, clerk, sign, "{\"reason\":\"x\"}").status, 422);
}

/* An act on a case as it stands now. */
static HttpReply step(HttpFixture *f, Str token, Str path, const char *body) {
    HttpReply r = http_get(f, token, str_z(f->arena, path));
    Str acts = str_cat(f->arena, path, S("/acts"));
    return http_call(f, &(HttpCall){.method = "POST",
                                    .path = str_z(f->arena, acts),
                                    .token = token,
                                    .body = str_from(body),
                                    .headers = {{S("If-Match"),
                                                 str_printf(f->arena, "\"%.*s\"", STRF(r.etag))}}});
}

/* What is signed is asked for, and given back to be taken over. */
TEST(http_case_signs_act_and_reason) {
    HttpFixture *f = http_fixture();
    Str clerk = f->tokens[ROLE_CLERK_OFFICE], leader = f->tokens[ROLE_LEADER];
    HttpReply r = post(f, clerk, "/cases",
                       "{\"flow\":\"platform\",\"subject\":\"1\",\"data\":{\"转型说明\":\"x\"}}");
    CHECK_INT(r.status, 201);
    Str path =
        str_dup(f->arena, str_sub(r.location, str_find(r.location, S("/cases/")), r.location.n));
    const char *sign = str_z(f->arena, str_cat(f->arena, path, S("/signatures")));
    r = upload(f, clerk, str_z(f->arena, path), "转型方案", "a.pdf", "%PDF-1.4\nhello\n%%EOF");
    CHECK_INT(r.status, 201);
    CHECK_INT(step(f, clerk, path, "{\"act\":\"受理\"}").status, 200);
    CHECK_INT(step(f, clerk, path,
                   "{\"act\":\"汇总\",\"data\":{\"专家意见\":\"可\",\"处室意见\":\"可\"}}")
                  .status,
              200);
    CHECK_INT(post(f, clerk, sign, "{\"act\":\"列入\"}").status, 422);
    CHECK_INT(post(f, clerk, sign, "{\"act\":\"列入\",\"reason\":\"支持\"}").status, 201);
    r = post(f, leader, sign, "{\"act\":\"列入\",\"reason\":\"支持\"}");
    CHECK_INT(r.status, 201);
    const Json *act = json_get(r.json, S("acts"))->first;
    while (act && !str_eq(json_get_str(act, S("id")), S("列入"))) act = act->next;
    CHECK_INT(json_get_i64(act, S("signed"), 0), 2);
    CHECK_STR(json_get_str(act, S("signed_reason")), S("支持"));
    r = step(f, clerk, path, "{\"act\":\"列入\",\"reason\":\"别的\"}");
    CHECK_INT(r.status, 422);
    CHECK(str_find(r.body, S("支持")) >= 0);
    r = step(f, clerk, path, "{\"act\":\"列入\",\"reason\":\"支持\"}");
    CHECK_INT(r.status, 200);
    CHECK_STR(json_get_str(r.json, S("state")), S("支持"));
}

TEST(http_case_tasks_and_flows) {
    HttpFixture *f = http_fixture();
    HttpReply r;
    new_case(f, &r);
    r = http_get(f, f->tokens[ROLE_CLERK_OFFICE], "/me/tasks");
    CHECK_INT(r.status, 200);
    const Json *first = json_at(json_get(r.json, S("waits")), 0);
    CHECK(json_get_str(json_get(first, S("verb")), S("zh")).n > 0);
    CHECK(json_get(r.json, S("opened"))->count > 0);
    r = http_get(f, f->tokens[ROLE_CLERK_OFFICE], "/meta/flows");
    CHECK(json_get(r.json, S("items"))->count >= 6);
    r = http_get(f, f->tokens[ROLE_ENTERPRISE], "/meta/calendar");
    CHECK_INT(json_get_i64(r.json, S("to_year"), 0), 2026);
    r = http_get(f, f->boss, "/cases?flow=question&open=true&q=question-");
    CHECK(json_get_i64(r.json, S("total"), 0) >= 1);
}

/* --- many at once ------------------------------------------------------------------------------
 */

#define ANSWER "{\"act\":\"答复\",\"data\":{\"答复\":\"批量\"},\"ids\":[%s]}"

static HttpReply batch(HttpFixture *f, const char *ids, const char *key) {
    return http_call(f, &(HttpCall){.method = "POST",
                                    .path = "/cases/acts",
                                    .token = f->tokens[ROLE_CLERK_OFFICE],
                                    .body = str_printf(f->arena, ANSWER, ids),
                                    .headers = {{S("Idempotency-Key"), str_from(key)}}});
}

static Str id_of(HttpFixture *f) {
    HttpReply r;
    Str path = str_from(new_case(f, &r));
    return str_sub(path, S("/cases/").n, path.n);
}

static int64_t answers(Db *db, Str id) {
    int64_t n = 0;
    CHECK(str_to_i64(id, &n));
    return Q_I64(db, -1, "SELECT count(*) FROM case_event WHERE case_file = $1 AND act = '答复'",
                 db_i(n));
}

TEST(http_case_batch_answers_each_and_one_refusal_is_its_own) {
    HttpFixture *f = http_fixture();
    Str a = id_of(f), b = id_of(f);
    Db *db = db_borrow(&f->ctx, f->reg->store);
    const char *ids = str_z(f->arena, str_printf(f->arena, "\"%.*s\",\"999999\",\"%.*s\",\"%.*s\"",
                                                 STRF(a), STRF(b), STRF(a)));
    HttpReply r = batch(f, ids, "batch-refusal-1");
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get_i64(r.json, S("done"), -1), 2);
    CHECK_INT(json_get_i64(r.json, S("refused"), -1), 1); /* the unknown one; a twice is once */
    const Json *items = json_get(r.json, S("items"));
    CHECK_STR(json_get_str(json_at(items, 0), S("state")), S("已答复"));
    CHECK(json_get_str(json_at(items, 1), S("why")).n > 0);
    CHECK_STR(json_get_str(json_at(items, 2), S("state")), S("已答复"));
    CHECK_INT(answers(db, a), 1);
    CHECK_INT(answers(db, b), 1);
    r = batch(f, ids, "batch-refusal-1"); /* the answer that was kept */
    CHECK_INT(json_get_i64(r.json, S("done"), -1), 2);
    CHECK_INT(Q_I64(db, -1, "SELECT count(*) FROM idempotency_part"), 0);
    /* a condition that is not known must not be passed over: it would act on more than is meant */
    r = post(f, f->tokens[ROLE_CLERK_OFFICE], "/cases/acts",
             "{\"act\":\"答复\",\"filter\":{\"flow\":\"question\",\"division\":\"370303\"}}");
    CHECK_INT(r.status, 422);
    db_return(db);
}

/* The server died when the first group was done: sent again, the request does the rest, says all.
 */
TEST(http_case_batch_goes_on_where_a_dead_server_stopped) {
    HttpFixture *f = http_fixture();
    Str a = id_of(f), b = id_of(f);
    Db *db = db_borrow(&f->ctx, f->reg->store);
    const char *first = str_z(f->arena, str_printf(f->arena, "\"%.*s\"", STRF(a)));
    const char *both = str_z(f->arena, str_printf(f->arena, "\"%.*s\",\"%.*s\"", STRF(a), STRF(b)));
    CHECK_INT(batch(f, first, "batch-first-1").status, 200);
    int64_t id = 0;
    CHECK(str_to_i64(a, &id));
    Str request = str_printf(f->arena, "POST /api/v1/cases/acts\n" ANSWER, both);
    CHECK(EXEC(db,
               "INSERT INTO idempotency_part(app_user, key, item, request_sha256, result, made_ms) "
               "SELECT app_user, 'batch-again-1', $1, $2, '已答复', made_ms FROM idempotency "
               "WHERE key = 'batch-first-1'",
               db_i(id), db_s(hash_hex(f->arena, HASH_SHA256, request))));
    HttpReply r = batch(f, both, "batch-again-1");
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get_i64(r.json, S("done"), -1), 2);
    CHECK_INT(json_get_i64(r.json, S("refused"), -1), 0);
    CHECK_INT(answers(db, a), 1);
    CHECK_INT(answers(db, b), 1);
    CHECK_INT(Q_I64(db, -1, "SELECT count(*) FROM idempotency_part"), 0);
    db_return(db);
}

/* --- what waits --------------------------------------------------------------------------------
 */

/* All open cases one may see in whose state one may do something, looked at one by one. */
static int64_t waiting_plainly(HttpFixture *f, Db *db, const CaseActor *who) {
    CaseFilter q = {.open_only = true, .limit = 100000};
    CaseFile *all;
    int n, role;
    int64_t waits = 0;
    CHECK(case_list(db, f->reg, &q, who, &all, &n, NULL));
    for (int i = 0; i < n; i++) {
        bool mine = false;
        for (int a = 0; a < all[i].flow->nacts && !mine; a++)
            mine = flow_act_from(&all[i].flow->acts[a], all[i].state) &&
                   case_role(&all[i], &all[i].flow->acts[a], who, &role);
        waits += mine;
    }
    return waits;
}

TEST(http_case_what_waits_is_what_one_may_act_on) {
    HttpFixture *f = http_fixture();
    HttpReply r;
    static const uint32_t KINDS[] = {
        1u << ROLE_LEADER,  1u << ROLE_CLERK_OFFICE, 1u << ROLE_CLERK_DISTRICT,
        1u << ROLE_POLICY,  1u << ROLE_PARTNER,      1u << ROLE_ENTERPRISE,
        1u << ROLE_AUDITOR, 1u << ROLE_SYSADMIN,     1u << ROLE_CLERK_DISTRICT | 1u << ROLE_POLICY};
    static const Str DISTRICTS[] = {STR_INIT(""), STR_INIT("370303"), STR_INIT("高新区")};
    for (int i = 0; i < 3; i++) new_case(f, &r);
    Db *db = db_borrow(&f->ctx, f->reg->store);
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        for (int d = 0; d < 3; d++)
            for (int64_t subject = 0; subject < 3; subject++) {
                CaseActor who = {.name = d ? S("nobody") : S("boss"),
                                 .user = 999,
                                 .roles = KINDS[i],
                                 .district = DISTRICTS[d],
                                 .subject = subject};
                CaseWait *all;
                int n;
                int64_t total;
                CHECK(case_waiting(db, f->reg, &who, 500, &all, &n, &total));
                CHECK_INT(total, waiting_plainly(f, db, &who));
                CHECK_INT(n, total < 500 ? total : 500);
                for (int k = 1; k < n; k++) CHECK(all[k].file.id != all[k - 1].file.id);
                CHECK(case_waiting(db, f->reg, &who, 2, &all, &n, &total));
                CHECK_INT(n, total < 2 ? total : 2);
            }
    db_return(db);
}
