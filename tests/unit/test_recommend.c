/* Recommendations: agreements, joining, mergers, secrets between sponsors, withdrawals, hostile
 * partners. */
#include "city/library/recommend.h"
#include "city/library/title.h"
#include "city/people/organisation.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};
#define RULE "zibo/gazelle"

typedef struct Setup {
    HttpFixture *f;
    Db *db;
    Str partner[2], firm_account;
    int64_t org[2], firm, twin;
} Setup;

static int64_t firm(Setup *s, Str name, Str uscc) {
    return subject_add(s->db,
                       &(SubjectNew){.kind = SUBJECT_ENTERPRISE,
                                     .name = name,
                                     .uscc = uscc,
                                     .division = S("370321"),
                                     .since = 20190101},
                       &ACT);
}

static int64_t organisation(Setup *s, Str name, Str kind, const char *tiers) {
    int64_t id = organisation_add(
        s->db, &(Organisation){.name = name, .kind = kind, .contact = S("x")}, &ACT);
    Agreement g = {.organisation = id,
                   .number = S("协议 1 号"),
                   .from = 20200101,
                   .promised = 20200101,
                   .promise = S("保密承诺书"),
                   .indicators = S("[]"),
                   .tiers = str_from(tiers)};
    CHECK(id && agreement_add(s->db, &g, &ACT));
    return id;
}

static Str account(Setup *s, const char *name, Role role, int64_t org) {
    int64_t id = http_new_user(s->f, str_from(name), 1u << role, false);
    CHECK(EXEC(s->db, "UPDATE app_user SET organisation = $2 WHERE id = $1", db_i(id), db_i(org)));
    return http_sign_in(s->f, str_from(name), S(FIXTURE_PASSWORD));
}

/* Names differ between tests: the fixture's register is shared. */
static void setup(Setup *s, const char *tag) {
    *s = (Setup){.f = http_fixture()};
    Arena *a = s->f->arena;
    s->f->ctx.now_ms = s->f->now_ms;
    s->db = db_borrow(&s->f->ctx, s->f->reg->store);
    CHECK(s->db && tx_begin(s->db, DB_WRITE));
    s->firm = firm(s, str_printf(a, "桓台%s氢能阀有限公司", tag), S(""));
    s->twin = firm(s, str_printf(a, "淄博桓台%s氢能阀门厂", tag), S(""));
    s->org[0] = organisation(s, str_printf(a, "%s智库", tag), S("think_tank"), "[\"" RULE "\"]");
    s->org[1] = organisation(s, str_printf(a, "%s创投", tag), S("venture"), "[\"" RULE "\"]");
    CHECK(tx_commit(s->db));
    for (int i = 0; i < 2; i++)
        s->partner[i] =
            account(s, str_z(a, str_printf(a, "%s-p%d", tag, i)), ROLE_PARTNER, s->org[i]);
    CHECK(ctx_ok(&s->f->ctx));
}

static void teardown(Setup *s) {
    CHECK(ctx_ok(&s->f->ctx));
    db_return(s->db);
}

static HttpReply recommend(Setup *s, Str token, const char *more, int64_t subject) {
    Str body = str_printf(s->f->arena, "{\"rule\":\"" RULE "\",\"enterprise\":\"%lld\",%s}",
                          (long long)subject, more);
    return http_call(
        s->f,
        &(HttpCall){.method = "POST", .path = "/recommendations", .token = token, .body = body});
}

static const char PLAIN[] = "\"reason\":\"阀门领先\",\"interest\":{\"kind\":\"none\"}";
static const char SECRET[] =
    "\"reason\":\"内部消息：将获大单\",\"interest\":{\"kind\":\"holding\",\"share\":\"0.042\"}";

static const char *path_z(Setup *s, const char *form, Str id) {
    Str before = str_from(form), out = S("");
    Str head = str_cut(&before, '%');
    out = str_cat(s->f->arena, head, id);
    return str_z(s->f->arena, before.p ? str_cat(s->f->arena, out, before) : out);
}

TEST(recommend_two_sponsors_join_and_see_only_how_many) {
    Setup s;
    setup(&s, "join");
    HttpReply r = recommend(&s, s.partner[0], PLAIN, s.firm);
    CHECK_INT(r.status, 201);
    Str first = str_dup(s.f->arena, json_get_str(r.json, S("id")));
    r = recommend(&s, s.partner[1], SECRET, s.firm);
    CHECK_INT(r.status, 201);
    CHECK_INT(json_get_i64(r.json, S("sponsors"), 0), 2);
    Str second = str_dup(s.f->arena, json_get_str(r.json, S("id")));
    r = http_get(s.f, s.partner[0], path_z(&s, "/recommendations/%", first));
    CHECK(r.status == 200 && json_get_i64(r.json, S("sponsors"), 0) == 2);
    CHECK(str_find(r.body, S("创投")) < 0 && str_find(r.body, S("大单")) < 0);
    /* guessing the other's id, its files, changing it */
    CHECK_INT(http_get(s.f, s.partner[0], path_z(&s, "/recommendations/%", second)).status, 404);
    CHECK_INT(http_get(s.f, s.partner[0], path_z(&s, "/recommendations/%/files/1", second)).status,
              404);
    r = http_call(s.f, &(HttpCall){.method = "POST",
                                   .path = path_z(&s, "/recommendations/%/withdrawal", second),
                                   .token = s.partner[0],
                                   .body = S("{\"reason\":\"x\"}")});
    CHECK_INT(r.status, 404);
    r = http_get(s.f, s.partner[0], "/recommendations");
    CHECK(json_get_i64(r.json, S("total"), 0) == 1 && str_find(r.body, S("大单")) < 0);
    r = http_get(s.f, s.partner[0], path_z(&s, "/candidates/%", second));
    CHECK_INT(r.status, 403);
    r = http_get(s.f, s.f->tokens[ROLE_CLERK_OFFICE], path_z(&s, "/candidates/%", second));
    CHECK(r.status == 200 && json_get_i64(r.json, S("sponsors"), 0) == 2);
    Interest *held;
    int n;
    CHECK(interest_holders(s.db, s.firm, 0, &held, &n));
    CHECK(n == 1 && held[0].organisation == s.org[1]);
    CHECK_STR(held[0].share, S("0.042"));
    /* again, by somebody who has done it */
    r = recommend(&s, s.partner[0], PLAIN, s.firm);
    CHECK_INT(r.status, 409);
    teardown(&s);
}

TEST(recommend_a_replayed_request_is_one) {
    Setup s;
    setup(&s, "replay");
    Str body = str_printf(s.f->arena, "{\"rule\":\"" RULE "\",\"enterprise\":\"%lld\",%s}",
                          (long long)s.firm, PLAIN);
    HttpCall call = {.method = "POST",
                     .path = "/recommendations",
                     .token = s.partner[0],
                     .body = body,
                     .bare = true,
                     .headers = {{S("X-Jixia-CSRF"), S("1")},
                                 {S("Content-Type"), S("application/json")},
                                 {S("Idempotency-Key"), S("recommend-replay-1")}}};
    HttpReply one = http_call(s.f, &call);
    CHECK_INT(one.status, 201);
    Str id = str_dup(s.f->arena, json_get_str(one.json, S("id")));
    HttpReply two = http_call(s.f, &call);
    CHECK_INT(two.status, 201);
    CHECK_STR(json_get_str(two.json, S("id")), id);
    CHECK_INT(json_get_i64(http_get(s.f, s.partner[0], "/recommendations").json, S("total"), 0), 1);
    teardown(&s);
}

TEST(recommend_needs_an_agreement_that_names_the_rule) {
    Setup s;
    setup(&s, "agree");
    Arena *a = s.f->arena;
    CHECK(tx_begin(s.db, DB_WRITE));
    int64_t other = organisation(&s, S("agree别的智库"), S("think_tank"), "[\"cn/unicorn\"]");
    CHECK(tx_commit(s.db));
    Str token = account(&s, "agree-other", ROLE_PARTNER, other);
    HttpReply r = recommend(&s, token, PLAIN, s.firm);
    CHECK_INT(r.status, 422);
    CHECK(str_find(r.body, S("recommend.scope")) > 0);
    CHECK(tx_begin(s.db, DB_WRITE));
    Agreement *all;
    int n;
    CHECK(agreement_list(s.db, s.org[0], &all, &n) && n == 1);
    CHECK(agreement_end(s.db, s.org[0], all[0].id, 20210101, &ACT));
    CHECK(tx_commit(s.db));
    CHECK_INT(recommend(&s, s.partner[0], PLAIN, s.firm).status, 422);
    Str nobody = account(&s, "agree-nobody", ROLE_PARTNER, 0);
    CHECK_INT(recommend(&s, nobody, PLAIN, s.firm).status, 422);
    /* no answer about interests, no reason, no tier, no firm */
    CHECK_INT(recommend(&s, s.partner[1], "\"reason\":\"x\"", s.firm).status, 422);
    CHECK_INT(recommend(&s, s.partner[1], "\"interest\":{\"kind\":\"none\"}", s.firm).status, 422);
    CHECK_INT(recommend(&s, s.partner[1],
                        "\"reason\":\"x\",\"interest\":{\"kind\":\"holding\",\"share\":\"4.2\"}",
                        s.firm)
                  .status,
              400);
    CHECK_INT(recommend(&s, s.partner[1], PLAIN, 99999999).status, 404);
    r = http_call(s.f, &(HttpCall){.method = "POST",
                                   .path = "/recommendations",
                                   .token = s.partner[1],
                                   .body = str_printf(a,
                                                      "{\"rule\":\"zibo/talent-degree\","
                                                      "\"enterprise\":\"%lld\",%s}",
                                                      (long long)s.firm, PLAIN)});
    CHECK_INT(r.status, 422);
    CHECK_INT(json_get_i64(http_get(s.f, s.partner[1], "/recommendations").json, S("total"), 9), 0);
    teardown(&s);
}

TEST(recommend_a_merger_joins_and_its_undoing_parts) {
    Setup s;
    setup(&s, "merge");
    Str clerk = s.f->tokens[ROLE_CLERK_OFFICE];
    HttpReply r = recommend(&s, s.partner[0], PLAIN, s.firm);
    Str first = str_dup(s.f->arena, json_get_str(r.json, S("id")));
    CHECK_INT(recommend(&s, s.partner[1], PLAIN, s.twin).status, 201);
    r = http_get(s.f, clerk, path_z(&s, "/candidates/%", first));
    CHECK_INT(json_get_i64(r.json, S("sponsors"), 0), 1);
    CHECK(tx_begin(s.db, DB_WRITE));
    int64_t merger = subject_merge(s.db, s.firm, s.twin, &ACT);
    CHECK(merger && tx_commit(s.db));
    r = http_get(s.f, clerk, path_z(&s, "/candidates/%", first));
    CHECK_INT(json_get_i64(r.json, S("sponsors"), 0), 2);
    r = http_call(s.f, &(HttpCall){.method = "POST",
                                   .path = path_z(&s, "/candidates/%/consent", first),
                                   .token = clerk,
                                   .body = S("{\"given\":true}")});
    CHECK_INT(r.status, 422); /* for the firm only with the paper */
    r = http_call(s.f, &(HttpCall){.method = "POST",
                                   .path = path_z(&s, "/candidates/%/consent", first),
                                   .token = clerk,
                                   .body = S("{\"given\":true,\"document\":\"同意书 2026-07\"}")});
    CHECK_INT(r.status, 200);
    CHECK_STR(json_get_str(r.json, S("consent")), S("given"));
    CHECK(tx_begin(s.db, DB_WRITE));
    CHECK(subject_unmerge(s.db, merger, &ACT) && tx_commit(s.db));
    r = http_get(s.f, clerk, path_z(&s, "/candidates/%", first));
    CHECK_INT(json_get_i64(r.json, S("sponsors"), 0), 1);
    teardown(&s);
}

TEST(recommend_an_unknown_name_waits_for_a_clerk) {
    Setup s;
    setup(&s, "name");
    Str clerk = s.f->tokens[ROLE_CLERK_OFFICE];
    const char *body =
        "{\"rule\":\"" RULE "\",\"firm_name\":\"没有人认识的阀门公司\",\"reason\":\"x\","
        "\"interest\":{\"kind\":\"none\"}}";
    HttpReply r = http_call(s.f, &(HttpCall){.method = "POST",
                                             .path = "/recommendations",
                                             .token = s.partner[0],
                                             .body = str_from(body)});
    CHECK_INT(r.status, 201);
    CHECK(json_get(r.json, S("enterprise"))->kind == JSON_NULL);
    Str id = str_dup(s.f->arena, json_get_str(r.json, S("id")));
    CHECK_INT(http_get(s.f, clerk, path_z(&s, "/candidates/%", id)).status, 404);
    Str say = str_printf(s.f->arena, "{\"enterprise\":\"%lld\"}", (long long)s.firm);
    HttpCall call = {.method = "POST",
                     .path = path_z(&s, "/recommendations/%/identification", id),
                     .token = s.partner[0],
                     .body = say};
    CHECK_INT(http_call(s.f, &call).status, 403);
    call.token = clerk;
    CHECK_INT(http_call(s.f, &call).status, 200);
    CHECK_INT(http_call(s.f, &call).status, 409);
    CHECK_INT(http_get(s.f, clerk, path_z(&s, "/candidates/%", id)).status, 200);
    teardown(&s);
}

TEST(recommend_is_withdrawn_once_and_files_are_what_they_say) {
    Setup s;
    setup(&s, "file");
    HttpReply r = recommend(&s, s.partner[0], PLAIN, s.firm);
    Str id = str_dup(s.f->arena, json_get_str(r.json, S("id")));
    static const char *const FORM = "--b\r\nContent-Disposition: form-data; name=\"file\"; "
                                    "filename=\"%s\"\r\n\r\n%s\r\n--b--\r\n";
    static const struct {
        const char *name, *bytes;
        int status;
    } FILES[] = {{"意向书.pdf", "%PDF-1.4\n%%EOF", 201},
                 {"意向书.PDF", "%PDF-1.4\n%%EOF", 201},
                 {"意向书.png", "%PDF-1.4\n%%EOF", 422},
                 {"病毒.pdf", "MZ not a document", 422},
                 {"无名", "%PDF-1.4\n%%EOF", 422}};
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        r = http_call(
            s.f,
            &(HttpCall){.method = "POST",
                        .path = path_z(&s, "/recommendations/%/files", id),
                        .token = s.partner[0],
                        .body = str_printf(s.f->arena, FORM, FILES[i].name, FILES[i].bytes),
                        .headers = {{S("Content-Type"), S("multipart/form-data; boundary=b")}}});
        CHECK_INT(r.status, FILES[i].status);
    }
    r = http_get(s.f, s.partner[0], path_z(&s, "/recommendations/%", id));
    CHECK_INT(json_get(r.json, S("files"))->count, 2);
    HttpCall call = {.method = "POST",
                     .path = path_z(&s, "/recommendations/%/withdrawal", id),
                     .token = s.partner[0],
                     .body = S("{\"reason\":\" \"}")};
    CHECK_INT(http_call(s.f, &call).status, 422);
    call.body = S("{\"reason\":\"企业不申报\"}");
    CHECK_INT(http_call(s.f, &call).status, 200);
    CHECK_INT(http_call(s.f, &call).status, 409);
    CHECK_INT(recommend(&s, s.partner[0], PLAIN, s.firm).status, 201); /* again, after that */
    teardown(&s);
}

TEST(recommend_is_stopped_by_a_bar_with_its_reason) {
    Setup s;
    setup(&s, "bar");
    TitleEventNew e = {.subject = s.firm,
                       .kind = TITLE_BAR,
                       .day = 20220101,
                       .bar_until = 20991231,
                       .document = S("处罚决定 1 号")};
    Act act = {S("tester"), S("提供虚假材料")};
    CHECK(tx_begin(s.db, DB_WRITE));
    CHECK(title_event(s.db, s.f->reg->pack, &e, &act));
    CHECK(tx_commit(s.db));
    HttpReply r = recommend(&s, s.partner[0], PLAIN, s.firm);
    CHECK_INT(r.status, 422);
    CHECK(str_find(r.body, S("提供虚假材料")) > 0);
    CHECK_INT(recommend(&s, s.partner[0], PLAIN, s.twin).status, 201);
    teardown(&s);
}

/* --- in a round ---------------------------------------------------------------------------------
 */

static HttpReply post(Setup *s, Str token, const char *path, Str body, Str tag) {
    HttpCall call = {.method = "POST", .path = path, .token = token, .body = body};
    if (tag.n)
        call.headers[0] = (Pair){S("If-Match"), str_printf(s->f->arena, "\"%.*s\"", STRF(tag))};
    return http_call(s->f, &call);
}

static Str office(Setup *s) {
    return s->f->tokens[ROLE_CLERK_OFFICE];
}

static void round_step(Setup *s, Str id, const char *act) {
    const char *path = path_z(s, "/rounds/%", id);
    HttpReply r = http_get(s->f, office(s), path);
    Str body = str_printf(s->f->arena, "{\"act\":\"%s\",\"reason\":\"x\"}", act);
    CHECK_INT(post(s, office(s), path_z(s, "/rounds/%/acts", id), body, r.etag).status, 200);
}

static void case_state(Setup *s, Str id, const char *want) {
    HttpReply r = http_get(s->f, office(s), path_z(s, "/cases/%", id));
    CHECK_INT(r.status, 200);
    CHECK_STR(json_get_str(r.json, S("state")), str_from(want));
}

static int case_step(Setup *s, Str id, const char *body) {
    HttpReply r = http_get(s->f, office(s), path_z(s, "/cases/%", id));
    return post(s, office(s), path_z(s, "/cases/%/acts", id), str_from(body), r.etag).status;
}

/* A round opened by its own door; its case comes with it. */
static Str round_made(Setup *s, Str *file) {
    HttpReply r =
        post(s, office(s), "/rounds",
             S("{\"reason\":\"x\",\"setting\":{\"title\":\"test\",\"rule\":\"" RULE
               "\",\"from\":\"2021-09-01\",\"to\":\"2021-09-30\",\"as_of\":\"2021-09-30\","
               "\"method\":\"average\",\"per_file\":1,\"criteria\":[{\"id\":\"c\","
               "\"title\":\"test\",\"weight\":100,\"top\":5,\"status\":\"DEMO\"}],"
               "\"demo\":true}}"),
             S(""));
    CHECK_INT(r.status, 201);
    Str id = str_dup(s->f->arena, json_get_str(r.json, S("id")));
    *file = str_dup(s->f->arena, json_get_str(r.json, S("case")));
    CHECK(id.n && file->n);
    return id;
}

static Str in_round(Setup *s, Str file) {
    return str_printf(s->f->arena,
                      "{\"rule\":\"" RULE "\",\"enterprise\":\"%lld\",\"round\":\"%.*s\",%s}",
                      (long long)s->firm, STRF(file), PLAIN);
}

TEST(recommend_in_a_round_is_one_case_for_all_sponsors) {
    Setup s;
    Str file;
    setup(&s, "round");
    Str round = round_made(&s, &file), body = in_round(&s, file);
    case_state(&s, file, "起草");
    /* not open yet */
    CHECK_INT(post(&s, s.partner[0], "/recommendations", body, S("")).status, 409);
    round_step(&s, round, "open");
    case_state(&s, file, "受理");
    HttpReply r = post(&s, s.partner[0], "/recommendations", body, S(""));
    CHECK_INT(r.status, 201);
    Str mine = str_dup(s.f->arena, json_get_str(r.json, S("case")));
    Str id = str_dup(s.f->arena, json_get_str(r.json, S("id")));
    case_state(&s, mine, "待企业同意");
    /* what the page asks before: the open rounds of the rule, and what stands already in each */
    r = http_get(s.f, s.partner[0],
                 path_z(&s, "/recommendations/check?rule=" RULE "&enterprise=%",
                        str_printf(s.f->arena, "%lld&round=none", (long long)s.firm)));
    CHECK(json_get(r.json, S("recommendation"))->kind == JSON_NULL);
    const Json *open = json_get(r.json, S("rounds"));
    CHECK(open->count >= 1);
    CHECK_STR(json_get_str(json_at(open, 0), S("case")), file);
    /* beside the round: for the library only, without a case */
    r = post(&s, s.partner[0], "/recommendations",
             str_printf(s.f->arena,
                        "{\"rule\":\"" RULE "\",\"enterprise\":\"%lld\",\"round\":\"none\",%s}",
                        (long long)s.firm, PLAIN),
             S(""));
    CHECK_INT(r.status, 201);
    CHECK(json_get(r.json, S("round"))->kind == JSON_NULL);
    CHECK(json_get(r.json, S("case"))->kind == JSON_NULL);
    r = http_get(s.f, s.partner[0],
                 path_z(&s, "/recommendations/check?rule=" RULE "&enterprise=%",
                        str_printf(s.f->arena, "%lld&round=everything", (long long)s.firm)));
    CHECK_INT(r.status, 422);
    r = post(&s, s.partner[1], "/recommendations", body, S(""));
    CHECK_INT(r.status, 201);
    CHECK_STR(json_get_str(r.json, S("case")), mine);
    /* on paper that nobody names; then named; then once more */
    const char *answer = path_z(&s, "/candidates/%/consent", id);
    CHECK_INT(post(&s, office(&s), answer, S("{\"given\":true}"), S("")).status, 422);
    r = post(&s, office(&s), answer, S("{\"given\":true,\"document\":\"回函 1 号\"}"), S(""));
    CHECK_INT(r.status, 200);
    CHECK_STR(json_get_str(r.json, S("consent")), S("given"));
    case_state(&s, mine, "待初核");
    r = post(&s, office(&s), answer, S("{\"given\":true,\"document\":\"回函 1 号\"}"), S(""));
    CHECK_INT(r.status, 409);
    CHECK_INT(Q_I64(s.db, 0, "SELECT count(*) FROM recommendation_consent WHERE subject = $1",
                    db_i(s.firm)),
              1);
    /* passed by the district: a candidate of the round, kept from both who recommended it */
    CHECK_INT(case_step(&s, mine, "{\"act\":\"初核通过\",\"data\":{\"初核意见\":\"属实\"}}"), 200);
    CHECK_INT(Q_I64(s.db, 0,
                    "SELECT count(*) FROM review_sponsor p JOIN review_candidate k ON k.id = "
                    "p.candidate WHERE k.subject = $1 AND p.organisation > 0",
                    db_i(s.firm)),
              2);
    round_step(&s, round, "close");
    case_state(&s, file, "名单封闭");
    teardown(&s);
}

TEST(recommend_an_answer_in_the_case_is_the_answer) {
    Setup s;
    Str file;
    setup(&s, "answer");
    Str round = round_made(&s, &file);
    CHECK_INT(case_step(&s, file, "{\"act\":\"启动\",\"reason\":\"x\"}"), 200);
    HttpReply r = http_get(s.f, office(&s), path_z(&s, "/rounds/%", round));
    CHECK(json_get_str(r.json, S("seed_sha256")).n == 64);
    r = post(&s, s.partner[0], "/recommendations", in_round(&s, file), S(""));
    CHECK_INT(r.status, 201);
    Str mine = str_dup(s.f->arena, json_get_str(r.json, S("case")));
    Str id = str_dup(s.f->arena, json_get_str(r.json, S("id")));
    CHECK_INT(case_step(&s, mine, "{\"act\":\"不同意\"}"), 422);
    CHECK_INT(case_step(&s, mine, "{\"act\":\"不同意\",\"reason\":\"企业来函\"}"), 200);
    r = http_get(s.f, office(&s), path_z(&s, "/candidates/%", id));
    CHECK_STR(json_get_str(r.json, S("consent")), S("declined"));
    CHECK_STR(json_get_str(r.json, S("consent_document")), S("企业来函"));
    /* a round of another rule */
    Str other = str_printf(s.f->arena,
                           "{\"rule\":\"zibo/unicorn\",\"enterprise\":\"%lld\",\"round\":\"%.*s\""
                           ",\"reason\":\"x\"}",
                           (long long)s.twin, STRF(file));
    CHECK_INT(post(&s, office(&s), "/recommendations", other, S("")).status, 422);
    /* a case that is no round, and none: nobody learns which numbers stand for cases */
    const Str not_rounds[] = {mine, S("999999")};
    for (int i = 0; i < 2; i++) {
        r = post(&s, s.partner[1], "/recommendations", in_round(&s, not_rounds[i]), S(""));
        CHECK_INT(r.status, 422);
    }
    CHECK_INT(
        Q_I64(s.db, 0, "SELECT count(*) FROM recommendation WHERE subject = $1", db_i(s.twin)), 0);
    teardown(&s);
}
