/* Records of partners: columns at +12, +24, +36 months; who sees them; the two signatures of a
 * publication. */
#include "city/library/partner_record.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};
#define RULE "zibo/gazelle"

typedef struct Setup {
    HttpFixture *f;
    Db *db;
    int64_t org, other, firm[4];
    Str tier; /* one that the rule decides */
} Setup;

static int64_t partner(Setup *s, const char *tag, const char *name) {
    return organisation_add(s->db,
                            &(Organisation){.name = str_printf(s->f->arena, "%s%s", name, tag),
                                            .kind = S("think_tank"),
                                            .contact = S("x")},
                            &ACT);
}

/* A recommendation made on a day, as the store holds it. */
static int64_t recommended(Setup *s, int64_t org, int64_t firm, int32_t day) {
    int64_t id =
        Q_I64(s->db, 0, "SELECT next FROM counter WHERE name = 'recommendation'") + 100000 + firm;
    CHECK(
        EXEC(s->db,
             "INSERT INTO recommendation(id, version, subject, firm_name, firm_code, rule, round, "
             "case_file, sponsor, organisation, app_user, district, reason, interest, "
             "interest_id, outcome, made_day, made_ms, made_by, withdrawn_ms, withdrawn_reason) "
             "VALUES($1, 1, $2, '', '', $3, 0, 0, 'think_tank', $4, 0, '', 'x', 'none', 0, '', "
             "$5, 1, 'p', NULL, '')",
             db_i(id), db_i(firm), db_s(S(RULE)), db_i(org), db_i(day)));
    return id;
}

static int64_t title(Setup *s, int64_t firm, TitleKind kind, const char *level, int32_t from) {
    int64_t id = title_record(s->db, s->f->reg->pack,
                              &(TitleNew){.subject = firm,
                                          .kind = kind,
                                          .tier = s->tier,
                                          .level = str_from(level),
                                          .publisher = S("市工信局"),
                                          .document_number = S("淄工信〔2023〕1 号"),
                                          .document = S("paper"),
                                          .from = from},
                              &ACT);
    CHECK(id);
    return id;
}

static void setup(Setup *s, const char *tag) {
    *s = (Setup){.f = http_fixture()};
    s->f->ctx.now_ms = s->f->now_ms;
    s->db = db_borrow(&s->f->ctx, s->f->reg->store);
    CHECK(s->db && tx_begin(s->db, DB_WRITE));
    const Library *l = library_of(s->f->reg->pack);
    for (int i = 0; i < l->ntiers; i++)
        for (int j = 0; j < l->tiers[i]->nrules; j++)
            if (str_eq(l->tiers[i]->rules[j]->id, S(RULE))) s->tier = l->tiers[i]->id;
    CHECK(s->tier.n);
    s->org = partner(s, tag, "业绩智库");
    s->other = partner(s, tag, "另一智库");
    for (int i = 0; i < 4; i++)
        s->firm[i] =
            subject_add(s->db,
                        &(SubjectNew){.kind = SUBJECT_ENTERPRISE,
                                      .name = str_printf(s->f->arena, "业绩%s企业%d", tag, i),
                                      .division = S("370321"),
                                      .since = 20150101},
                        &ACT);
    CHECK(tx_commit(s->db) && ctx_ok(&s->f->ctx));
}

static bool term_is(const PartnerTerm *t, int due, int entered, int recognised, int in_library,
                    int moved_up, int withdrawn) {
    return t->due == due && t->entered == entered && t->recognised == recognised &&
           t->in_library == in_library && t->moved_up == moved_up && t->withdrawn == withdrawn;
}

TEST(partner_record_counts_each_firm_on_its_own_day) {
    Setup s;
    PartnerRecord k;
    setup(&s, "计");
    CHECK(tx_begin(s.db, DB_WRITE));
    recommended(&s, s.org, s.firm[0], 20230110);
    recommended(&s, s.org, s.firm[1], 20230110);
    recommended(&s, s.org, s.firm[2], 20250601);
    recommended(&s, s.other, s.firm[3], 20230110);
    /* the first: in the library at once, recognised in the second year, by the province later */
    title(&s, s.firm[0], TITLE_IN_LIBRARY, "市", 20230301);
    title(&s, s.firm[0], TITLE_RECOGNISED, "市", 20240601);
    title(&s, s.firm[0], TITLE_RECOGNISED, "省", 20250701);
    /* the second: came in and was removed before two years were over */
    int64_t gone = title(&s, s.firm[1], TITLE_IN_LIBRARY, "市", 20230401);
    CHECK(title_event(s.db, s.f->reg->pack,
                      &(TitleEventNew){.title = gone, .kind = TITLE_REMOVE, .day = 20240901},
                      &ACT));
    /* a title from before the recommendation is nothing of the partner's */
    title(&s, s.firm[3], TITLE_RECOGNISED, "市", 20220601);
    CHECK(tx_commit(s.db));
    FactAt at = {.as_of = 20260201};
    CHECK(fact_at(s.db, &at) && partner_record(s.db, s.f->reg->pack, s.org, &at, &k));
    CHECK_INT(k.recommended, 3);
    CHECK(term_is(&k.term[0], 2, 2, 0, 2, 0, 0));
    CHECK(term_is(&k.term[1], 2, 2, 1, 1, 0, 1));
    CHECK(term_is(&k.term[2], 2, 2, 1, 1, 1, 1));
    /* a day before the term is over it is not counted; on the day it is */
    at.as_of = 20240109;
    CHECK(partner_record(s.db, s.f->reg->pack, s.org, &at, &k) && k.term[0].due == 0);
    at.as_of = 20240110;
    CHECK(partner_record(s.db, s.f->reg->pack, s.org, &at, &k) && k.term[0].due == 2);
    at.as_of = 20260201;
    CHECK(partner_record(s.db, s.f->reg->pack, s.other, &at, &k));
    CHECK(k.recommended == 1 && term_is(&k.term[0], 1, 0, 0, 0, 0, 0));
    CHECK(!partner_record(s.db, s.f->reg->pack, 987654, &at, &k));
    CHECK_INT(s.f->ctx.err.code, ERR_MISSING);
    ctx_clear(&s.f->ctx);
    db_return(s.db);
}

TEST(partner_record_counts_what_was_taken_back_once) {
    Setup s;
    PartnerRecord k;
    setup(&s, "撤");
    CHECK(tx_begin(s.db, DB_WRITE));
    int64_t id = recommended(&s, s.org, s.firm[0], 20230110);
    CHECK(EXEC(s.db, "UPDATE recommendation SET withdrawn_ms = 1690000000000 WHERE id = $1",
               db_i(id)));
    CHECK(tx_commit(s.db));
    FactAt at = {.as_of = 20260201};
    CHECK(fact_at(s.db, &at) && partner_record(s.db, s.f->reg->pack, s.org, &at, &k));
    CHECK_INT(k.recommended, 1);
    CHECK(term_is(&k.term[0], 1, 0, 0, 0, 0, 1) && term_is(&k.term[2], 1, 0, 0, 0, 0, 1));
    db_return(s.db);
}

TEST(partner_record_is_out_when_two_have_signed_the_same) {
    Setup s;
    setup(&s, "签");
    HttpFixture *f = s.f;
    int64_t account = http_new_user(f, S("record-p"), 1u << ROLE_PARTNER, false);
    CHECK(EXEC(s.db, "UPDATE app_user SET organisation = $2 WHERE id = $1", db_i(account),
               db_i(s.org)));
    Str partner_token = http_sign_in(f, S("record-p"), S(FIXTURE_PASSWORD));
    const char *mine =
        str_z(f->arena, str_printf(f->arena, "/organisations/%lld/record", (long long)s.org));
    const char *theirs =
        str_z(f->arena, str_printf(f->arena, "/organisations/%lld/record", (long long)s.other));
    const char *open = str_z(
        f->arena, str_printf(f->arena, "/public/organisations/%lld/record", (long long)s.org));
    HttpCall sign = {
        .method = "POST",
        .path = str_z(f->arena,
                      str_printf(f->arena, "/organisations/%lld/publications", (long long)s.org)),
        .body = S("{\"reason\":\"公布\"}"),
        .token = f->tokens[ROLE_CLERK_OFFICE]};
    CHECK_INT(http_get(f, partner_token, mine).status, 200);
    CHECK_INT(http_get(f, partner_token, theirs).status, 404);
    CHECK_INT(http_get(f, f->tokens[ROLE_CLERK_DISTRICT], mine).status, 404);
    CHECK_INT(http_get(f, f->tokens[ROLE_CLERK_OFFICE], theirs).status, 200);
    CHECK_INT(http_get(f, S(""), open).status, 404);
    HttpReply r = http_call(f, &sign);
    CHECK_INT(r.status, 201);
    CHECK(json_get(r.json, S("published_at"))->kind == JSON_NULL);
    CHECK_INT(http_get(f, S(""), open).status, 404);
    CHECK_INT(http_call(f, &sign).status, 409); /* not by the same person */
    sign.token = partner_token;
    CHECK_INT(http_call(f, &sign).status, 403);
    /* the record changes in between: the leader's is the first signature of another content */
    CHECK(tx_begin(s.db, DB_WRITE));
    recommended(&s, s.org, s.firm[0], 20230110);
    CHECK(tx_commit(s.db));
    sign.token = f->tokens[ROLE_LEADER];
    r = http_call(f, &sign);
    CHECK(r.status == 201 && json_get(r.json, S("published_at"))->kind == JSON_NULL);
    sign.token = f->tokens[ROLE_CLERK_OFFICE];
    r = http_call(f, &sign);
    CHECK(r.status == 201 && json_get(r.json, S("published_at"))->kind == JSON_STRING);
    r = http_get(f, S(""), open);
    CHECK_INT(r.status, 200);
    CHECK_INT(json_get_i64(json_get(r.json, S("record")), S("recommended"), 0), 1);
    CHECK_INT(http_call(f, &sign).status, 409);
    db_return(s.db);
}
