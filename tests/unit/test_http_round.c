/* Rounds over HTTP: whole rounds by vote and by consensus, declared interests, members who leave,
 * facts that change after the freeze, what is refused, and what nobody sees too early. The same
 * runs on both databases. */
#include <string.h>

#include "city/fact.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

enum { PEOPLE = 4 };

typedef struct Round2 {
    HttpFixture *f;
    Str who[PEOPLE], token[PEOPLE];
    int64_t id;
} Round2;

static const char *const CODES[] = {"stock:000655.SZ", "stock:000726.SZ"};

static HttpReply send(HttpFixture *f, Str token, const char *method, const char *path, Str body,
                      Str tag) {
    HttpCall call = {.method = method, .path = path, .token = token, .body = body};
    if (tag.n) call.headers[0] = (Pair){S("If-Match"), str_printf(f->arena, "\"%.*s\"", STRF(tag))};
    return http_call(f, &call);
}

static const char *path(Round2 *r, const char *rest) {
    return str_z(r->f->arena, str_printf(r->f->arena, "/rounds/%lld%s", (long long)r->id, rest));
}

/* An act with the present ETag; `rest` are further members, with a comma before. */
static HttpReply act(Round2 *r, const char *name, const char *rest) {
    HttpReply shown = http_get(r->f, r->f->boss, path(r, ""));
    bool sign = strcmp(name, "sign") == 0;
    Str body = str_printf(r->f->arena, "{\"act\":\"%s\",\"reason\":\"test\"%s}", name, rest);
    return send(r->f, r->f->boss, "POST", path(r, sign ? "/signatures" : "/acts"), body,
                shown.etag);
}

/* A round of two firms with three of four people each, opened. */
static void begin(Round2 *r, const char *tag, const char *more) {
    HttpFixture *f = http_fixture();
    *r = (Round2){.f = f};
    Str body = str_printf(
        f->arena,
        "{\"reason\":\"test\",\"setting\":{\"title\":\"%s\",\"rule\":\"cn/above-scale\","
        "\"from\":\"2021-09-01\",\"to\":\"2021-09-30\",\"as_of\":\"2021-09-30\",\"per_file\":3,"
        "\"criteria\":[{\"id\":\"c\",\"title\":\"test\",\"weight\":\"100\",\"top\":5}],%s}}",
        tag, more);
    HttpReply a = send(f, f->boss, "POST", "/rounds", body, S(""));
    CHECK_INT(a.status, 201);
    r->id = json_get_i64(a.json, S("id"), 0);
    CHECK_INT(act(r, "open", "").status, 200);
    for (int i = 0; i < PEOPLE; i++) {
        r->who[i] = str_printf(f->arena, "%s-%d", tag, i);
        http_new_user(f, r->who[i], 1u << ROLE_REVIEWER, false);
        r->token[i] = http_sign_in(f, r->who[i], S(FIXTURE_PASSWORD));
        Str m = str_printf(f->arena, ",\"person\":\"%.*s\"", STRF(r->who[i]));
        CHECK_INT(act(r, "member", str_z(f->arena, m)).status, 200);
    }
    for (int i = 0; i < 2; i++) {
        Str s = str_printf(f->arena, ",\"subjects\":[\"%s\"]", CODES[i]);
        CHECK_INT(act(r, "enter", str_z(f->arena, s)).status, 200);
    }
}

static void assign(Round2 *r) {
    CHECK_INT(act(r, "close", "").status, 200);
    CHECK_INT(act(r, "assign", "").status, 200);
}

/* The first review of a person that is not declared yet; 0: none. */
static int64_t next_review(Round2 *r, int who) {
    HttpReply a = http_get(r->f, r->token[who], "/reviews");
    const Json *items = json_get(a.json, S("items"));
    for (const Json *e = items ? items->first : NULL; e; e = e->next)
        if (json_get_i64(e, S("round"), 0) == r->id && !json_get_str(e, S("declared")).n)
            return json_get_i64(e, S("id"), 0);
    return 0;
}

static const char *review(Round2 *r, int64_t id, const char *rest) {
    return str_z(r->f->arena, str_printf(r->f->arena, "/reviews/%lld%s", (long long)id, rest));
}

static HttpReply declare(Round2 *r, int who, int64_t id, bool interest) {
    return send(r->f, r->token[who], "POST", review(r, id, "/declaration"),
                interest ? S("{\"interest\":true,\"note\":\"holds 8 %\"}")
                         : S("{\"interest\":false}"),
                S(""));
}

/* Everybody declares no interest and hands in the same sheet. */
static int hand_in(Round2 *r, const char *sheet) {
    int n = 0;
    for (int who = 0; who < PEOPLE; who++)
        for (int64_t id; (id = next_review(r, who)) != 0; n++) {
            HttpReply a = declare(r, who, id, false);
            Str body = str_printf(r->f->arena, "{\"submit\":true,\"sheet\":%s}", sheet);
            a = send(r->f, r->token[who], "PATCH", review(r, id, ""), body, a.etag);
            CHECK_INT(a.status, 200);
        }
    return n;
}

TEST(http_round_by_vote_ends_with_two_signatures_of_the_same_content) {
    Round2 r;
    begin(&r, "vote", "\"method\":\"vote\",\"votes\":2,\"signatures\":2");
    HttpReply a = http_get(r.f, r.f->boss, path(&r, ""));
    CHECK(json_get_str(a.json, S("seed_sm3")).n == 64);
    CHECK_STR(json_get_str(a.json, S("seed")), S(""));
    assign(&r);
    a = http_get(r.f, r.f->boss, path(&r, ""));
    CHECK(json_get_str(a.json, S("seed")).n == 64);
    CHECK_INT(hand_in(&r, "{\"vote\":\"yes\",\"marks\":{\"c\":\"3\"}}"), 6);
    CHECK_INT(act(&r, "finish", "").status, 200);
    CHECK_INT(act(&r, "sign", "").status, 409); /* no verdicts yet */
    CHECK_INT(act(&r, "decide", ",\"filter\":{},\"verdict\":\"admit\"").status, 200);
    CHECK_INT(act(&r, "decide", ",\"filter\":{},\"verdict\":\"maybe\"").status, 422);
    a = act(&r, "sign", "");
    CHECK_INT(json_get_i64(a.json, S("signatures"), 0), 1);
    CHECK_INT(act(&r, "sign", "").status, 409); /* once a person */
    a = http_get(r.f, r.f->boss, path(&r, "/candidates?verdict=admit"));
    CHECK_INT(json_get_i64(a.json, S("total"), 0), 2);
    CHECK_STR(json_get_str(json_at(json_get(a.json, S("items")), 0), S("score")), S("3"));
    a = http_get(r.f, r.f->boss, path(&r, ""));
    CHECK_STR(json_get_str(a.json, S("decided")), S(""));
}

TEST(http_reviewer_reaches_only_the_own_file_and_declares_first) {
    Round2 r;
    begin(&r, "wall", "\"method\":\"average\"");
    assign(&r);
    int64_t id = next_review(&r, 0);
    CHECK(id > 0);
    HttpReply a = http_get(r.f, r.token[0], review(&r, id, ""));
    CHECK(a.status == 200 && !json_get(a.json, S("criteria")) && !json_get(a.json, S("facts")));
    CHECK(str_find(a.body, S("金岭")) < 0 && str_find(a.body, S("鲁泰")) < 0);
    Str half = S("{\"sheet\":{\"marks\":{\"c\":\"2.5\"}}}");
    CHECK_INT(send(r.f, r.token[0], "PATCH", review(&r, id, ""), half, a.etag).status, 409);
    CHECK_INT(http_get(r.f, r.token[1], review(&r, id, "")).status, 404);
    CHECK_INT(declare(&r, 1, id, false).status, 404);
    a = declare(&r, 0, id, false);
    CHECK(a.status == 200 && json_get(a.json, S("criteria")) && json_get(a.json, S("facts")));
    CHECK(str_find(a.body, S("金岭")) < 0 && str_find(a.body, S("鲁泰")) < 0);
    Str old = a.etag;
    a = send(r.f, r.token[0], "PATCH", review(&r, id, ""), half, old);
    CHECK_INT(a.status, 200);
    CHECK_INT(send(r.f, r.token[0], "PATCH", review(&r, id, ""), half, old).status, 412);
    static const char *const BAD[] = {
        "{\"submit\":true,\"sheet\":{\"marks\":{}}}", "{\"sheet\":{\"marks\":{\"c\":\"5.5\"}}}",
        "{\"sheet\":{\"marks\":{\"c\":\"-1\"}}}", "{\"sheet\":{\"marks\":{\"c\":\"2.3\"}}}",
        "{\"submit\":true,\"sheet\":{\"marks\":{\"c\":\"5\"}}}"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        HttpReply b = send(r.f, r.token[0], "PATCH", review(&r, id, ""), str_from(BAD[i]), a.etag);
        CHECK_INT(b.status, 422);
    }
    Str why =
        S("{\"submit\":true,\"sheet\":{\"marks\":{\"c\":\"5\"},\"comments\":{\"c\":\"why\"}}}");
    a = send(r.f, r.token[0], "PATCH", review(&r, id, ""), why, a.etag);
    CHECK_INT(a.status, 200);
    CHECK_INT(send(r.f, r.token[0], "PATCH", review(&r, id, ""), half, a.etag).status, 409);
    CHECK_INT(act(&r, "finish", "").status, 422); /* sheets are missing: never averaged over */
}

/* Adds a file to a case by the office; its id. */
static int64_t attach(Round2 *r, Str path, const char *kind, const char *name) {
    Str body =
        str_printf(r->f->arena,
                   "--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n%s\r\n--b\r\n"
                   "Content-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n"
                   "Content-Type: application/pdf\r\n\r\n%%PDF-1.4\n%s\n%%%%EOF\r\n--b--\r\n",
                   kind, name, name);
    HttpReply a = http_call(
        r->f, &(HttpCall){
                  .method = "POST",
                  .path = str_z(r->f->arena, str_printf(r->f->arena, "%.*s/documents", STRF(path))),
                  .token = r->f->boss,
                  .body = body,
                  .headers = {{S("Content-Type"), S("multipart/form-data; boundary=b")}}});
    CHECK_INT(a.status, 201);
    const Json *items = json_get(a.json, S("items"));
    int64_t id = 0;
    CHECK(items && str_to_i64(json_get_str(items->last, S("id")), &id));
    return id;
}

/* The candidates' cases, by code: those the office entered have one each. */
static Str case_of(Round2 *r, const char *code) {
    HttpReply a = http_get(r->f, r->f->boss, path(r, ""));
    Str list = str_printf(r->f->arena, "/cases?flow=candidate&parent=%lld",
                          (long long)json_get_i64(a.json, S("case"), 0));
    a = http_get(r->f, r->f->boss, str_z(r->f->arena, list));
    CHECK_INT(json_get_i64(a.json, S("total"), 0), 2);
    const Json *items = json_get(a.json, S("items"));
    for (const Json *e = items ? items->first : NULL; e; e = e->next)
        if (str_eq(json_get_str(json_get(e, S("subject")), S("code")), str_from(code))) {
            CHECK_STR(json_get_str(e, S("state")), S("入列"));
            return str_cat(r->f->arena, S("/cases/"), json_get_str(e, S("id")));
        }
    CHECK(false);
    return S("");
}

/* How much of a firm's facts is hidden from a person. */
static int hidden(Round2 *r, int who, int64_t firm) {
    Str at = str_printf(r->f->arena, "/enterprises/%lld/facts", (long long)firm);
    Str body = http_get(r->f, r->token[who], str_z(r->f->arena, at)).body;
    int n = 0;
    for (ptrdiff_t k; (k = str_find(body, S("\"masked\":true"))) >= 0; n++)
        body = str_sub(body, k + 1, body.n);
    return n;
}

/* A seat opens its firm in the second pass, not in the blind one, where what is open would tell the
 * name; to none who declared nothing or has left, nor after the scores are closed. */
TEST(http_reviewer_sees_the_firm_from_the_second_pass_until_the_seat_ends) {
    Round2 r;
    begin(&r, "sees", "\"method\":\"vote\",\"votes\":1");
    assign(&r);
    HttpReply a = http_get(r.f, r.f->boss, path(&r, "/candidates"));
    int64_t firm[2];
    for (int i = 0; i < 2; i++)
        firm[i] = json_get_i64(json_at(json_get(a.json, S("items")), i), S("subject"), 0);
    int before[PEOPLE][2], seats = 0;
    for (int p = 0; p < PEOPLE; p++)
        for (int i = 0; i < 2; i++) before[p][i] = hidden(&r, p, firm[i]);
    CHECK(before[0][0] > 0 && before[0][1] > 0);
    CHECK_INT(hand_in(&r, "{\"vote\":\"yes\",\"marks\":{\"c\":\"3\"}}"), 6);
    for (int p = 0; p < PEOPLE; p++)
        for (int i = 0; i < 2; i++) CHECK_INT(hidden(&r, p, firm[i]), before[p][i]);
    CHECK_INT(act(&r, "second", "").status, 200);
    int leaver = -1;
    for (int p = 0; p < PEOPLE; p++)
        for (int i = 0; i < 2; i++)
            if (hidden(&r, p, firm[i]) < before[p][i]) {
                seats++;
                leaver = p;
            }
    CHECK_INT(seats, 6);
    CHECK(http_get(r.f, r.token[leaver], "/reviews").json &&
          json_get_i64(http_get(r.f, r.token[leaver], "/reviews").json, S("total"), 0) > 0);
    Str who = str_printf(r.f->arena, ",\"person\":\"%.*s\"", STRF(r.who[leaver]));
    CHECK_INT(act(&r, "leave", str_z(r.f->arena, who)).status, 200);
    CHECK_INT(json_get_i64(http_get(r.f, r.token[leaver], "/reviews").json, S("total"), -1), 0);
    for (int i = 0; i < 2; i++) CHECK_INT(hidden(&r, leaver, firm[i]), before[leaver][i]);
    CHECK_INT(act(&r, "finish", "").status, 200);
    for (int p = 0; p < PEOPLE; p++)
        for (int i = 0; i < 2; i++) CHECK_INT(hidden(&r, p, firm[i]), before[p][i]);
    for (int p = 0; p < PEOPLE; p++) {
        a = http_get(r.f, r.token[p], "/reviews");
        const Json *items = json_get(a.json, S("items"));
        if (!items || !items->first) continue;
        a = http_get(r.f, r.token[p], review(&r, json_get_i64(items->first, S("id"), 0), ""));
        CHECK(a.status == 200 && json_get(a.json, S("sheet")) && !json_get(a.json, S("facts")) &&
              !json_get(a.json, S("others")) && !json_get(a.json, S("documents")));
    }
}

/* Who has a seat opens the documents of its candidate in the second pass, and nobody else's. */
TEST(http_reviewer_opens_documents_of_the_own_file_in_the_second_pass) {
    Round2 r;
    begin(&r, "papers", "\"method\":\"vote\",\"votes\":2");
    Str files[2] = {case_of(&r, CODES[0]), case_of(&r, CODES[1])};
    int64_t papers[2] = {attach(&r, files[0], "审计报告", "first.pdf"),
                         attach(&r, files[1], "证明", "second.pdf")};
    CHECK_INT(act(&r, "enter", ",\"subjects\":[\"stock:000655.SZ\"]").status, 200);
    CHECK(case_of(&r, CODES[0]).n > 0); /* entered once more: still one case each */
    assign(&r);
    int who = 0;
    while (who < PEOPLE && !next_review(&r, who)) who++;
    int64_t id = next_review(&r, who);
    HttpReply a = http_get(r.f, r.token[who], review(&r, id, ""));
    CHECK(!json_get(a.json, S("documents")) && str_find(a.body, S(".pdf")) < 0);
    a = declare(&r, who, id, false);
    CHECK_INT(json_get_i64(a.json, S("documents_later"), -1), 1);
    CHECK(json_get(a.json, S("documents"))->count == 0 && str_find(a.body, S(".pdf")) < 0);
    Str at[2];
    for (int i = 0; i < 2; i++)
        at[i] = str_printf(r.f->arena, "/reviews/%lld/documents/%lld", (long long)id,
                           (long long)papers[i]);
    for (int i = 0; i < 2; i++)
        CHECK_INT(http_get(r.f, r.token[who], str_z(r.f->arena, at[i])).status, 404);
    Str sheet = S("{\"submit\":true,\"sheet\":{\"vote\":\"yes\",\"marks\":{\"c\":\"3\"}}}");
    a = http_get(r.f, r.token[who], review(&r, id, ""));
    CHECK_INT(send(r.f, r.token[who], "PATCH", review(&r, id, ""), sheet, a.etag).status, 200);
    CHECK_INT(hand_in(&r, "{\"vote\":\"yes\",\"marks\":{\"c\":\"3\"}}"), 5);
    CHECK_INT(act(&r, "second", "").status, 200);
    a = http_get(r.f, r.token[who], review(&r, id, ""));
    const Json *list = json_get(a.json, S("documents"));
    CHECK(list && list->count == 1 && json_get_i64(a.json, S("documents_later"), -1) == 0);
    int64_t shown = json_get_i64(list->first, S("id"), 0);
    int mine = shown == papers[0] ? 0 : 1;
    CHECK_INT(shown, papers[mine]);
    a = http_get(r.f, r.token[who], str_z(r.f->arena, at[mine]));
    CHECK(a.status == 200 && str_starts(a.body, S("%PDF-1.4")));
    CHECK_INT(http_get(r.f, r.token[who], str_z(r.f->arena, at[1 - mine])).status, 404);
    CHECK_INT(http_get(r.f, r.token[(who + 1) % PEOPLE], str_z(r.f->arena, at[mine])).status, 404);
    a = http_get(r.f, r.f->boss, "/audit/journal?limit=500");
    CHECK(str_find(a.body, S("file.read")) >= 0);
    /* the seat ends, and what it opened with it */
    CHECK_INT(act(&r, "finish", "").status, 200);
    CHECK_INT(http_get(r.f, r.token[who], str_z(r.f->arena, at[mine])).status, 404);
    a = http_get(r.f, r.token[who], review(&r, id, ""));
    CHECK(str_find(a.body, S(".pdf")) < 0);
}

TEST(http_declared_interest_moves_one_file_and_is_kept_on_the_wall) {
    Round2 r;
    begin(&r, "intr", "\"method\":\"average\"");
    assign(&r);
    int64_t id = next_review(&r, 0);
    HttpReply a = declare(&r, 0, id, true);
    CHECK(a.status == 200 && !json_get_bool(a.json, S("lacking"), true));
    CHECK_INT(http_get(r.f, r.token[0], review(&r, id, "")).status, 404);
    a = http_get(r.f, r.f->boss, path(&r, "/panel"));
    CHECK_INT(json_get_i64(a.json, S("seats"), 0), 6);
    const Json *wall = json_get(a.json, S("wall"));
    CHECK(wall && wall->count == 1);
    CHECK_STR(json_get_str(json_at(wall, 0), S("kind")), S("declared"));
    /* With three of four left nobody more can go. */
    Str who = str_printf(r.f->arena, ",\"person\":\"%.*s\"", STRF(r.who[1]));
    a = act(&r, "leave", str_z(r.f->arena, who));
    CHECK_INT(json_get_i64(a.json, S("lacking"), 0), 1);
    CHECK_INT(act(&r, "leave", str_z(r.f->arena, who)).status, 404);
}

TEST(http_consensus_counts_signatures_of_those_seated) {
    Round2 r;
    begin(&r, "cons", "\"method\":\"consensus\",\"consensus_signatures\":1");
    assign(&r);
    hand_in(&r, "{\"marks\":{\"c\":\"3\"}}");
    HttpReply a = http_get(r.f, r.f->boss, path(&r, "/candidates"));
    Str number = json_get_str(json_at(json_get(a.json, S("items")), 0), S("number"));
    Str one = str_printf(r.f->arena, ",\"candidate\":\"%.*s\"", STRF(number));
    Str value = str_cat(r.f->arena, one, S(",\"value\":\"81.5\""));
    CHECK_INT(act(&r, "consensus", str_z(r.f->arena, value)).status, 200);
    CHECK_INT(act(&r, "sign", str_z(r.f->arena, one)).status, 404); /* the office has no seat */
    CHECK_INT(act(&r, "finish", "").status, 422);
    CHECK_INT(act(&r, "finish", ",\"lacking\":true").status, 200);
    CHECK_INT(act(&r, "finish", "").status, 409);
}

/* Publishes other values of one year for a firm; the batch, to be undone again. */
typedef struct Change {
    int64_t batch;
    bool undo;
} Change;

static bool change_in_tx(Db *db, void *user) {
    Change *k = user;
    Act why = {S("tester"), S("test")};
    FactAt at = {0};
    FactView v;
    if (k->undo) return batch_reverse(db, k->batch, &why) != 0;
    int64_t subject = subject_by_code(db, S("stock"), S("000726.SZ"));
    if (!subject || !fact_at(db, &at) || !fact_read(db, subject, &at, NULL, &v)) return false;
    k->batch = batch_new(db, &(BatchNew){.origin = S("test")});
    FactLoader *l = fact_loader_open(db, k->batch);
    for (int i = 0; i < v.n; i++) {
        const Fact *f = v.slots[i].value;
        if (!f || f->period != 2020 || f->type != FACT_NUMBER) continue;
        FactNew n = {.subject = subject, .indicator = f->indicator, .period = f->period};
        n.type = f->type, n.value = S("1"), n.source = f->source;
        if (!fact_loader_add(l, &n)) return false;
    }
    return fact_loader_close(l) && batch_publish(db, k->batch, &why, NULL);
}

static void change(HttpFixture *f, Change *k) {
    f->ctx.now_ms = f->now_ms;
    Db *db = db_borrow(&f->ctx, f->reg->store);
    CHECK(db && tx_run(db, DB_WRITE, change_in_tx, k));
    db_return(db);
}

TEST(http_facts_that_change_after_the_freeze_hold_a_verdict_until_seen) {
    Round2 r;
    Change k = {0};
    begin(&r, "diff", "\"method\":\"average\"");
    assign(&r);
    HttpReply a = http_get(r.f, r.f->boss, path(&r, "/diff"));
    CHECK_INT(json_get_i64(a.json, S("total"), -1), 0);
    change(r.f, &k);
    a = http_get(r.f, r.f->boss, path(&r, "/diff"));
    CHECK_INT(json_get_i64(a.json, S("total"), -1), 1);
    const Json *item = json_at(json_get(a.json, S("items")), 0);
    CHECK(json_get(item, S("facts"))->count >= 1);
    const char *one = str_z(r.f->arena, str_printf(r.f->arena, ",\"candidate\":\"%.*s\"",
                                                   STRF(json_get_str(item, S("number")))));
    CHECK_INT(act(&r, "decide", ",\"filter\":{},\"verdict\":\"refuse\"").status, 409);
    CHECK_INT(act(&r, "keep", one).status, 200);
    CHECK_INT(act(&r, "decide", ",\"filter\":{},\"verdict\":\"refuse\"").status, 200);
    k.undo = true;
    change(r.f, &k); /* other facts again, looked at by nobody */
    a = http_get(r.f, r.f->boss, path(&r, "/diff"));
    CHECK_INT(json_get_i64(a.json, S("total"), -1), 1);
    CHECK_INT(act(&r, "rerun", one).status, 200);
    a = http_get(r.f, r.f->boss, path(&r, "/diff"));
    CHECK_INT(json_get_i64(a.json, S("total"), -1), 0);
}

TEST(http_bad_settings_of_a_round_are_pointed_at) {
    static const char *const BAD[][2] = {
        {"\"method\":\"median\"", "/method"},
        {"\"method\":\"vote\",\"votes\":9", "/votes"},
        {"\"method\":\"average\",\"decimals\":9", "/decimals"},
        {"\"method\":\"average\",\"minimum\":\"101\"", "/minimum"},
        {"\"method\":\"average\",\"rounding\":\"up\"", "/rounding"},
        {"\"method\":\"average\",\"order\":\"x\"", "/order"},
        {"\"method\":\"average\",\"sample\":0", "/sample"},
        {"\"method\":\"average\",\"score_by\":\"2021-02-30\"", "/score_by"}};
    HttpFixture *f = http_fixture();
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        Str body = str_printf(
            f->arena,
            "{\"reason\":\"test\",\"setting\":{\"title\":\"x\",\"rule\":\"cn/above-scale\","
            "\"from\":\"2021-09-01\",\"to\":\"2021-09-30\",\"as_of\":\"2021-09-30\",\"per_file\":3,"
            "\"criteria\":[{\"id\":\"c\",\"title\":\"t\",\"weight\":\"100\",\"top\":5}],%s}}",
            BAD[i][0]);
        HttpReply a = send(f, f->boss, "POST", "/rounds", body, S(""));
        CHECK_INT(a.status, 422);
        CHECK(str_find(a.body, str_from(BAD[i][1])) >= 0);
    }
}
