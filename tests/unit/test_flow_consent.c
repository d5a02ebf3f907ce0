/* A firm is asked once whether it comes into the library: what it said to a recommendation counts
 * in its case, and the other way round. */
#include "base/date.h"
#include "city/flow/calendar.h"
#include "city/library/recommend_case.h"
#include "tests/test.h"
#include "tests/unit/flow_play.h"

static const Act ACT = {STR_INIT("test"), STR_INIT("测试")};
#define SEED "{\"类别\":\"种子\",\"入库理由\":\"氢能阀门\"}"

/* A recommendation for the library only by the office, and what becomes of it. */
typedef struct Word {
    Play *p;
    const char *rule;
    int64_t id;
    bool given;
    Str document;
} Word;

static bool recommend_tx(Db *db, void *user) {
    Word *w = user;
    RecommendMake k = {.n = {.subject = w->p->firm,
                             .rule = str_from(w->rule),
                             .round = RECOMMEND_NO_ROUND,
                             .reason = S("氢能阀门"),
                             .interest_said = true},
                       .by = {.kind = S("office"), .user = 1},
                       .actor = w->p->people[OFFICE],
                       .day = date_to_int(china_day(w->p->c.now_ms)),
                       .act = ACT};
    bool ok = recommend_make(db, w->p->reg, &k);
    w->id = k.made.id;
    return ok;
}

static bool answer_tx(Db *db, void *user) {
    Word *w = user;
    Act act = {S("firm"), S("答复")};
    return candidate_answer(db, w->p->reg, w->id, w->given, w->document, &w->p->people[FIRM], &act);
}

static bool withdraw_tx(Db *db, void *user) {
    Word *w = user;
    Recommendation o;
    return recommend_get(db, w->id, &o) && recommend_withdraw(db, w->id, o.version, &ACT);
}

static int64_t consents(Play *p) {
    return Q_I64(p->db, 0, "SELECT count(*) FROM recommendation_consent");
}

/* The state the case proposed for a tier stands in; it is closed again. */
static Str proposed(Play *p, const char *data) {
    Step open[] = {{OFFICE, "open:提出", data, NULL, NULL, NULL}};
    Step close[] = {{OFFICE, "不入库", NULL, "到此为止", "条件不符", "未入库"}};
    Try t = {.p = p, .s = open, .flow = S("membership")};
    tell_apart(&t);
    CHECK(tx_run(p->db, DB_WRITE, try_tx, &t));
    Str state = p->k.state->id;
    t.s = close;
    tell_apart(&t);
    CHECK(tx_run(p->db, DB_WRITE, try_tx, &t));
    return state;
}

#define GAZELLE "{\"类别\":\"瞪羚\",\"入库理由\":\"氢能阀门\"}"

TEST(flow_runs_membership_asks_a_firm_once) {
    Play p;
    if (play_begin(&p)) {
        Word w = {.p = &p, .rule = "zibo/gazelle", .given = true};
        CHECK(tx_run(p.db, DB_WRITE, recommend_tx, &w));
        CHECK_STR(proposed(&p, GAZELLE), S("待企业同意")); /* it has not spoken yet */
        p.c.now_ms += 60000;
        CHECK(tx_run(p.db, DB_WRITE, answer_tx, &w));
        CHECK_STR(proposed(&p, SEED), S("待企业同意")); /* that was to another tier */
        play_today(&p, 2026, 10, 8);
        CHECK_STR(proposed(&p, GAZELLE), S("待审核"));
        CHECK_INT(consents(&p), 1);
        CaseEvent *e;
        int n;
        CHECK(case_events(p.db, p.k.id, &e, &n) && n == 3);
        CHECK_STR(e[1].act, S("同意"));
        const char *said[] = {"2026-09-24", "答复或录入：firm", "瞪羚"};
        for (int i = 0; i < 3; i++) CHECK(str_find(e[1].reason, str_from(said[i])) >= 0);
        CHECK(str_find(e[1].reason, str_printf(p.arena, "推荐 %lld", (long long)w.id)) >= 0);
        play_today(&p, 2026, 10, 9); /* that case has used it */
        CHECK_STR(proposed(&p, GAZELLE), S("待企业同意"));
        p.c.now_ms += 60000;
        CHECK(tx_run(p.db, DB_WRITE, answer_tx, &w));
        p.c.now_ms += 60000;
        CHECK_STR(proposed(&p, GAZELLE), S("待审核"));
        w.given = false;
        CHECK(tx_run(p.db, DB_WRITE, answer_tx, &w)); /* taken back */
        CHECK_STR(proposed(&p, GAZELLE), S("待企业同意"));
        w.given = true;
        CHECK(tx_run(p.db, DB_WRITE, answer_tx, &w));
        CHECK(tx_run(p.db, DB_WRITE, withdraw_tx, &w)); /* nobody recommends it any more */
        CHECK_STR(proposed(&p, GAZELLE), S("待企业同意"));
    }
    play_end(&p);
}

/* Proposed first, recommended then: the answer to one is the answer to both. */
TEST(flow_runs_membership_joins_a_later_recommendation) {
    static const Step OPEN[] = {{OFFICE, "open:提出", GAZELLE, NULL, NULL, "待企业同意"}};
    static const Step IN[] = {{OFFICE, "入库", NULL, "同意", NULL, "在库"}};
    Play p;
    if (play_begin(&p)) {
        Word w = {.p = &p, .rule = "zibo/gazelle", .given = true};
        PLAY(&p, "membership", OPEN);
        CHECK(tx_run(p.db, DB_WRITE, recommend_tx, &w));
        CHECK(tx_run(p.db, DB_WRITE, answer_tx, &w));
        CHECK(tx_run(p.db, DB_WRITE, again_tx, &p));
        CHECK_STR(p.k.state->id, S("待审核"));
        CHECK_INT(consents(&p), 1);
        p.wrote++;
        PLAY(&p, "membership", IN);
        w.given = false; /* too late for the case, but its word all the same */
        CHECK(tx_run(p.db, DB_WRITE, answer_tx, &w));
        CHECK(tx_run(p.db, DB_WRITE, again_tx, &p));
        CHECK_STR(p.k.state->id, S("在库"));
        CHECK_INT(consents(&p), 2);
    }
    play_end(&p);
}
