/* Questions in bulk and what becomes of answers; authorisations; the statistics bureau; watches. */
#include "base/date.h"
#include "city/library/authorisation.h"
#include "city/library/question.h"
#include "city/library/watch.h"
#include "city/register.h"
#include "tests/test.h"

static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};
enum { DAY = 20220930, SECOND = 1000 };
#define NOW INT64_C(1782864000000) /* 2026-07-01 */
#define RULE "cn/gbt-unicorn"

typedef struct Fixture {
    Arena *arena;
    Ctx c;
    Register *reg;
    Db *db;
    int64_t firm;
} Fixture;

static void setup(Fixture *f) {
    InitReport init;
    *f = (Fixture){.arena = arena_open((size_t)1 << 30)};
    f->c = ctx_new(f->arena, NOW);
    f->c.lang = LANG_ZH;
    Str url = test_db_url(f->arena);
    CHECK(register_init(&f->c, url, S("packs/zibo"), &ACT, &init));
    f->reg = register_open(&f->c, url, 3);
    f->db = f->reg ? db_borrow(&f->c, f->reg->store) : NULL;
    CHECK(f->db && tx_begin(f->db, DB_WRITE));
    f->firm = subject_add(f->db,
                          &(SubjectNew){.kind = SUBJECT_ENTERPRISE,
                                        .name = S("淄博芯感传感有限公司"),
                                        .division = S("370303"),
                                        .since = 20150101},
                          &ACT);
    CHECK(f->firm && tx_commit(f->db));
}

static void teardown(Fixture *f) {
    db_return(f->db);
    register_close(f->reg);
    CHECK(ctx_ok(&f->c));
    arena_close(f->arena);
}

static void failed_with(Fixture *f, const char *code) {
    CHECK_STR(msg_code(f->c.err.note.msg), str_from(code));
    ctx_clear(&f->c);
}

static bool put_in_tx(Fixture *f, const char *indicator, int32_t period, Str value, Str source) {
    const Indicator *i = pack_indicator(f->reg->pack, str_from(indicator));
    int64_t batch = batch_new(f->db, &(BatchNew){.origin = S("test")});
    FactLoader *l = batch ? fact_loader_open(f->db, batch) : NULL;
    FactNew n = {.subject = f->firm,
                 .indicator = indicator_id(f->db, i->code, true),
                 .period = period,
                 .type = i->type == IND_BOOLEAN ? FACT_BOOLEAN : FACT_NUMBER,
                 .value = value,
                 .source = source_id(f->db, source, S(""), S(""), true)};
    return n.source && l && fact_loader_add(l, &n) && fact_loader_close(l) &&
           batch_publish(f->db, batch, &ACT, NULL);
}

static void put(Fixture *f, const char *indicator, int32_t period, Str value, Str source) {
    f->c.now_ms += SECOND;
    CHECK(tx_begin(f->db, DB_WRITE));
    CHECK(put_in_tx(f, indicator, period, value, source));
    CHECK(tx_commit(f->db));
}

static const FactUse *counts(Fixture *f, const char *indicator, int32_t year, int32_t day) {
    FactAt at = {.as_of = day};
    FactNames names;
    FactSet *set = NEW(f->arena, FactSet);
    CHECK(fact_at(f->db, &at) && fact_names(f->db, f->reg->pack, &at, &names));
    CHECK(register_facts(f->db, &names, f->firm, &at, set));
    return factset_get(set, pack_indicator(f->reg->pack, str_from(indicator)), year);
}

/* --- the statistics bureau ---------------------------------------------------------------------
 */

TEST(source_of_the_statistics_bureau_is_refused) {
    Fixture f;
    setup(&f);
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK_INT(source_id(f.db, S("statistics"), S(""), S(""), true), 0);
    failed_with(&f, "source.refused");
    CHECK_INT(source_id(f.db, S("statistics/2021"), S(""), S(""), true), 0);
    failed_with(&f, "source.refused");
    CHECK(source_id(f.db, S("department/2021"), S(""), S(""), true) > 0);
    /* a store that has such a source from before: its facts are shown and never count */
    CHECK(
        EXEC(f.db, "INSERT INTO source(id, code, title, note) VALUES(9999, 'statistics', '', '')"));
    tx_rollback(f.db);
    CHECK(!source_class(S("statistics"))->decides);
    teardown(&f);
}

/* --- authorisations -----------------------------------------------------------------------------
 */

TEST(authorisation_bounds_what_is_read) {
    Fixture f;
    setup(&f);
    Authorisation a = {.subject = f.firm,
                       .grantee = S("市新经济处"),
                       .document = S("授权书 1"),
                       .from = 20220101,
                       .to = 20230101,
                       .indicators = S("[\"revenue\"]")};
    CHECK(tx_begin(f.db, DB_WRITE));
    int64_t id = authorisation_add(f.db, f.reg->pack, &a, &ACT);
    CHECK_INT(id, 1);
    a.indicators = S("[\"no_such_thing\"]");
    CHECK_INT(authorisation_add(f.db, f.reg->pack, &a, &ACT), 0);
    failed_with(&f, "authorisation.scope");
    a.indicators = S("[\"revenue\"]");
    a.to = 20220101;
    CHECK_INT(authorisation_add(f.db, f.reg->pack, &a, &ACT), 0);
    failed_with(&f, "city.bad_interval");
    a.grantee = S(" ");
    CHECK_INT(authorisation_add(f.db, f.reg->pack, &a, &ACT), 0);
    failed_with(&f, "authorisation.paper");
    CHECK(authorisation_check(f.db, id, f.firm, S("revenue"), DAY, S("市新经济处")));
    CHECK(!authorisation_check(f.db, id, f.firm, S("revenue"), DAY, S("别的单位")));
    failed_with(&f, "authorisation.outside");
    CHECK(!authorisation_check(f.db, id, f.firm, S("revenue"), 20230101, S("")));
    failed_with(&f, "authorisation.outside");
    CHECK(!authorisation_check(f.db, id, f.firm, S("employees"), DAY, S("")));
    failed_with(&f, "authorisation.outside");
    CHECK(tx_commit(f.db));
    put(&f, "revenue", 2021, S("1860"), S("authorised_proof/auth-1"));
    put(&f, "rd_expense", 2021, S("59"), S("authorised_proof/auth-1"));
    CHECK(counts(&f, "revenue", 2021, DAY) != NULL);
    CHECK(counts(&f, "rd_expense", 2021, DAY) == NULL);   /* outside the scope */
    CHECK(counts(&f, "revenue", 2021, 20230101) == NULL); /* outside the term */
    CHECK(tx_begin(f.db, DB_WRITE));
    f.c.now_ms += SECOND;
    CHECK(authorisation_withdraw(f.db, id, &ACT));
    CHECK(!authorisation_withdraw(f.db, id, &ACT));
    failed_with(&f, "authorisation.none");
    CHECK(tx_commit(f.db));
    CHECK(counts(&f, "revenue", 2021, DAY) == NULL);
    teardown(&f);
}

/* --- questions ----------------------------------------------------------------------------------
 */

static int64_t ask(Fixture *f, const char *indicator, int lag) {
    const Rule *rule = pack_rule(&f->c, f->reg->pack, S(RULE));
    const Indicator *i = pack_indicator(f->reg->pack, str_from(indicator));
    Discovery d = {.rule = rule, .year = 2021};
    DiscoverRow row = {.subject = f->firm, .indicator = (int16_t)i->id, .lag = (int8_t)lag};
    QuestionAsk q = {.discovery = &d, .row = &row, .days = 10};
    CaseActor clerk = case_actor_system(S("wang"));
    int64_t id = 0;
    CHECK(tx_begin(f->db, DB_WRITE));
    if (question_open(f->db, f->reg, &q, &clerk, &id))
        CHECK(tx_commit(f->db));
    else
        tx_rollback(f->db);
    return id;
}

/* Answers and accepts, or neither. */
static bool answer(Fixture *f, int64_t id, const char *data) {
    CaseActor clerk = case_actor_system(S("wang"));
    CaseFile k;
    Json *change = json_parse(&f->c, str_from(data), S("test"));
    f->c.now_ms += SECOND;
    CHECK(tx_begin(f->db, DB_WRITE));
    bool ok =
        case_act(f->db, f->reg, id, &(CaseMove){.act = S("答复"), .data = change}, &clerk, &k) &&
        case_act(f->db, f->reg, id, &(CaseMove){.act = S("采用")}, &clerk, &k);
    if (ok)
        CHECK(tx_commit(f->db));
    else
        tx_rollback(f->db);
    return ok;
}

TEST(question_answers_become_facts_with_their_source) {
    Fixture f;
    setup(&f);
    int64_t id = ask(&f, "rd_expense", 0);
    CHECK(id > 0);
    CHECK_INT(ask(&f, "rd_expense", 0), 0); /* open already */
    CHECK(ask(&f, "rd_expense", 1) > id);   /* another year is another question */
    CHECK(!answer(&f, id, "{\"答复\":\"五百多万\"}"));
    failed_with(&f, "question.value");
    CHECK(counts(&f, "rd_expense", 2021, DAY) == NULL);
    CHECK(!answer(&f, id, "{\"答复\":\"5900000\",\"来源类别\":\"audit_report\"}"));
    failed_with(&f, "question.proof");
    CHECK(answer(&f, id, "{\"答复\":\"5900000.00\"}"));
    const FactUse *u = counts(&f, "rd_expense", 2021, DAY);
    CHECK(u && str_starts(u->source, S("self_report/case-")));
    CHECK(u && str_starts(u->evidence, S("case:")));
    /* a better source wins, whichever came last; a later answer of the firm outranks nothing */
    put(&f, "rd_expense", 2021, S("5800000"), S("annual_report/2021"));
    u = counts(&f, "rd_expense", 2021, DAY);
    CHECK(u && str_starts(u->source, S("annual_report")));
    id = ask(&f, "rd_expense", 0);
    CHECK(id && answer(&f, id, "{\"答复\":\"9900000\"}"));
    u = counts(&f, "rd_expense", 2021, DAY);
    CHECK(u && str_starts(u->source, S("annual_report")) && u->passed_over == 2);
    id = ask(&f, "rd_expense", 0);
    CHECK(id &&
          answer(&f, id,
                 "{\"答复\":\"5850000\",\"来源类别\":\"audit_report\",\"凭据\":\"鲁24ABC\"}"));
    u = counts(&f, "rd_expense", 2021, DAY);
    CHECK(u && str_starts(u->source, S("audit_report")) && str_find(u->evidence, S("鲁24ABC")) > 0);
    teardown(&f);
}

TEST(question_to_a_department_is_yes_or_no_with_its_number) {
    Fixture f;
    setup(&f);
    int64_t id = ask(&f, "rd_expense", 0);
    CHECK(!answer(&f, id,
                  "{\"答复\":\"5900000\",\"来源类别\":\"department\",\"凭据\":\"淄科函 1 号\"}"));
    failed_with(&f, "question.answer");
    CHECK(
        !answer(&f, id, "{\"答复\":\"5900000\",\"来源类别\":\"authorised_proof\",\"凭据\":\"7\"}"));
    failed_with(&f, "authorisation.none");
    CHECK(!answer(&f, id, "{\"答复\":\"5900000\",\"来源类别\":\"statistics\",\"凭据\":\"x\"}"));
    CHECK(f.c.err.code != ERR_NONE); /* no choice of the flow */
    ctx_clear(&f.c);
    teardown(&f);
}

/* --- watches ------------------------------------------------------------------------------------
 */

TEST(watch_tells_when_a_line_is_crossed) {
    Fixture f;
    WatchRun run;
    WatchEvent *events;
    Watch *all;
    int n;
    setup(&f);
    CHECK(tx_begin(f.db, DB_WRITE));
    int64_t id = watch_add(f.db, f.reg, 5, f.firm, S("cn/enterprise-size"), S(""), &ACT);
    CHECK(id && watch_add(f.db, f.reg, 5, f.firm, S("cn/enterprise-size"), S(""), &ACT) == id);
    CHECK(watch_add(f.db, f.reg, 6, f.firm, S("cn/enterprise-size"), S(""), &ACT) > id);
    CHECK_INT(watch_add(f.db, f.reg, 5, f.firm, S("zibo/talent-degree"), S(""), &ACT), 0);
    failed_with(&f, "rule.unknown");
    CHECK(tx_commit(f.db));
    CHECK(watch_run(f.db, f.reg, DAY, &run) && run.looked == 1 && run.events == 0);
    CHECK(watch_run(f.db, f.reg, DAY, &run) && run.events == 0);
    int64_t seen = Q_I64(f.db, 0, "SELECT count(*) FROM watch_seen WHERE outcome = 'undecidable'");
    CHECK_INT(seen, 1);
    put(&f, "revenue", 2021, S("500000000"), S("annual_report"));
    put(&f, "employees", 2021, S("400"), S("annual_report"));
    CHECK(tx_begin(f.db, DB_WRITE));
    int64_t batch = batch_new(f.db, &(BatchNew){.origin = S("test")});
    FactLoader *l = fact_loader_open(f.db, batch);
    FactNew industry = {.subject = f.firm,
                        .indicator = indicator_id(f.db, S("industry_code"), true),
                        .type = FACT_TEXT,
                        .value = S("2614"),
                        .source = source_id(f.db, S("annual_report"), S(""), S(""), true)};
    CHECK(industry.indicator && fact_loader_add(l, &industry) && fact_loader_close(l));
    CHECK(batch_publish(f.db, batch, &ACT, NULL) && tx_commit(f.db));
    CHECK(watch_tick(f.db, f.reg, DAY, &run) && run.events > 0);
    int first = run.events;
    CHECK(watch_tick(f.db, f.reg, DAY, &run) && run.looked == 0); /* nothing was learned */
    CHECK(watch_events(f.db, 5, 100, &events, &n) && n == first);
    CHECK(n > 0 && str_eq(events[n - 1].was, S("undecidable")));
    CHECK(watch_events(f.db, 7, 100, &events, &n) && n == 0);
    CHECK(watch_list(f.db, 5, &all, &n) && n == 1 && str_eq(all[0].outcome, S("met")));
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK(!watch_end(f.db, 6, id, &ACT)); /* another person's */
    failed_with(&f, "watch.none");
    CHECK(watch_end(f.db, 5, id, &ACT) && tx_commit(f.db));
    CHECK(watch_list(f.db, 5, &all, &n) && n == 0);
    teardown(&f);
}
