/* The flows of the pack from end to end: every act of each once in the good way and once refused,
 * with what it leaves behind: titles on the days before and after, deadlines, the journal. */
#include "base/clock.h"
#include "base/date.h"
#include "city/flow/calendar.h"
#include "city/flow/case.h"
#include "city/flow/evidence.h"
#include "city/library/recommend_case.h"
#include "city/library/title.h"
#include "city/subject.h"
#include "tests/test.h"

enum { ACTS_MAX = 40, DAY_MS = 24 * 3600 * 1000 };
static const Act ACT = {STR_INIT("test"), STR_INIT("测试")};

typedef enum Who {
    OFFICE,
    CLERK,
    DISTRICT,
    THERE,
    PARTNER,
    FIRM,
    STRANGER,
    LEADER,
    POLICY,
    PEOPLE
} Who;

typedef struct Play {
    Arena *arena;
    Ctx c;
    Register *reg;
    Db *db;
    int64_t firm, other;
    CaseActor people[PEOPLE];
    CaseFile k;
    int done[ACTS_MAX], refused[ACTS_MAX]; /* acts of the flow played, by number */
    int wrote;                             /* journal entries the case should have */
} Play;

/* What somebody tries. what: an act, or one of open: sign: attach: edit: with what it is about.
 * want: the state the case then stands in, or ! and the code of the refusal. */
typedef struct Step {
    Who who;
    const char *what, *data, *reason, *code, *want;
} Step;

static bool firms(Db *db, void *user) {
    Play *p = user;
    SubjectNew a = {.kind = SUBJECT_ENTERPRISE,
                    .name = S("甲公司"),
                    .uscc = S("91370300MA3BXX0A17"),
                    .unit = S("370303"),
                    .since = 20200101};
    SubjectNew b = {.kind = SUBJECT_ENTERPRISE,
                    .name = S("乙公司"),
                    .uscc = S("91370300MA3BXX0B14"),
                    .division = S("370305")};
    p->firm = subject_add(db, &a, &ACT);
    p->other = subject_add(db, &b, &ACT);
    return p->firm && p->other;
}

/* Noon in China of a day. */
static void today(Play *p, int year, int month, int day) {
    p->c.now_ms = date_to_days(year, month, day) * DAY_MS + 4 * 3600 * 1000LL;
}

static bool begin(Play *p) {
    static const struct {
        const char *name;
        Role role;
    } CAST[PEOPLE] = {[OFFICE] = {"office", ROLE_CLERK_OFFICE},
                      [CLERK] = {"clerk", ROLE_CLERK_OFFICE},
                      [DISTRICT] = {"district", ROLE_CLERK_DISTRICT},
                      [THERE] = {"there", ROLE_CLERK_DISTRICT},
                      [PARTNER] = {"partner", ROLE_PARTNER},
                      [FIRM] = {"firm", ROLE_ENTERPRISE},
                      [STRANGER] = {"stranger", ROLE_ENTERPRISE},
                      [LEADER] = {"leader", ROLE_LEADER},
                      [POLICY] = {"policy", ROLE_POLICY}};
    InitReport report;
    *p = (Play){.arena = arena_open(0)};
    p->c = ctx_new(p->arena, 0);
    today(p, 2026, 9, 24);
    Str url = test_db_url(p->arena);
    if (register_init(&p->c, url, S("packs/zibo"), &ACT, &report))
        p->reg = register_open(&p->c, url, 4);
    p->db = p->reg ? db_borrow(&p->c, p->reg->store) : NULL;
    bool ok = p->db && tx_run(p->db, DB_WRITE, firms, p);
    for (int i = 0; i < PEOPLE; i++)
        p->people[i] =
            (CaseActor){.name = str_from(CAST[i].name), .user = i + 1, .roles = 1u << CAST[i].role};
    p->people[DISTRICT].district = S("370303");
    p->people[THERE].district = S("370305");
    p->people[PARTNER].organisation = 7;
    p->people[FIRM].subject = p->firm;
    p->people[STRANGER].subject = p->other;
    if (!ok)
        test_failed(__FILE__, __LINE__,
                    str_z(p->arena, note_text(p->arena, &p->c.err.note, LANG_EN)));
    return ok;
}

static void end(Play *p) {
    if (p->db) db_return(p->db);
    register_close(p->reg);
    arena_close(p->arena);
}

/* --- steps -------------------------------------------------------------------------------------
 */

typedef struct Try {
    Play *p;
    const Step *s;
    Str flow, on; /* on: what follows the colon */
    bool (*fn)(Db *, struct Try *, const CaseActor *, const CaseMove *);
} Try;

static bool do_open(Db *db, Try *t, const CaseActor *who, const CaseMove *m) {
    CaseNew n = {.flow = t->flow,
                 .act = t->on,
                 .subject = t->p->firm,
                 .data = m->data,
                 .reason = m->reason,
                 .code = m->code};
    return case_open(db, t->p->reg, &n, who, &t->p->k);
}

static bool do_sign(Db *db, Try *t, const CaseActor *who, const CaseMove *m) {
    return case_sign(db, t->p->reg, t->p->k.id, m, who);
}

static bool do_attach(Db *db, Try *t, const CaseActor *who, const CaseMove *m) {
    static const Str PDF = STR_INIT("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n");
    CaseDocument d;
    (void)m;
    return case_document_add(db, t->p->reg, t->p->k.id, t->on, S("a.pdf"), PDF, who, &d);
}

static bool do_edit(Db *db, Try *t, const CaseActor *who, const CaseMove *m) {
    return case_edit(db, t->p->reg, t->p->k.id, m, who, &t->p->k);
}

static bool do_act(Db *db, Try *t, const CaseActor *who, const CaseMove *m) {
    return case_act(db, t->p->reg, t->p->k.id, m, who, &t->p->k);
}

static bool try_tx(Db *db, void *user) {
    Try *t = user;
    Play *p = t->p;
    const Step *s = t->s;
    Str text = str_from(s->data ? s->data : "");
    CaseMove m = {.act = t->on, .reason = str_from(s->reason), .code = str_from(s->code)};
    if (text.n) m.data = json_parse(&p->c, str_dup(p->arena, text), S("data"));
    return t->fn(db, t, &p->people[s->who], &m) && case_get(db, p->reg, p->k.id, &p->k);
}

static void tell_apart(Try *t) {
    static const struct {
        const char *head;
        bool (*fn)(Db *, Try *, const CaseActor *, const CaseMove *);
    } HEADS[] = {
        {"open:", do_open}, {"sign:", do_sign}, {"attach:", do_attach}, {"edit:", do_edit}};
    t->on = str_from(t->s->what);
    t->fn = do_act;
    for (size_t i = 0; i < sizeof HEADS / sizeof *HEADS; i++) {
        Str head = str_from(HEADS[i].head);
        if (!str_starts(t->on, head)) continue;
        t->on = str_sub(t->on, head.n, t->on.n);
        t->fn = HEADS[i].fn;
    }
}

static void count(Play *p, Str flow, const Try *t, bool ok) {
    const Flow *f = flow_find(p->reg->pack, flow);
    const CaseActor *who = &p->people[t->s->who];
    for (int i = 0; f && i < f->nacts && (t->fn == do_act || t->fn == do_open); i++) {
        const FlowAct *a = &f->acts[i];
        if (t->on.n ? str_eq(a->id, t->on) : flow_act_openable(a, who))
            (ok ? p->done : p->refused)[i]++;
    }
    if (t->fn == do_open && ok) p->wrote = 0;
    p->wrote += ok;
}

/* What was done is the last thing the journal says of the case; what was refused is not in it. */
static void check_journal(Play *p, const Try *t, bool ok) {
    Str object = str_printf(p->arena, "case:%lld", (long long)p->k.id);
    JournalEntry *e;
    int n;
    CHECK(journal_list(p->db, object, 0, 200, &e, &n));
    CHECK_INT(n, p->wrote);
    if (!ok || n != p->wrote) return;
    CHECK_STR(e[0].actor, p->people[t->s->who].name);
    if (t->s->reason) CHECK_STR(e[0].reason, str_from(t->s->reason));
}

static void play(Play *p, const char *flow, const Step *steps, int n) {
    for (int i = 0; i < n; i++) {
        Try t = {.p = p, .s = &steps[i], .flow = str_from(flow)};
        Str want = str_from(steps[i].want);
        CaseFile before = p->k;
        test_case_begin(flow, str_printf(p->arena, "%d %s", i + 1, steps[i].what));
        tell_apart(&t);
        bool ok = tx_run(p->db, DB_WRITE, try_tx, &t);
        count(p, t.flow, &t, ok);
        Str got = ok ? p->k.state->id : str_cat(p->arena, S("!"), msg_code(p->c.err.note.msg));
        CHECK_STR(got, want);
        ctx_clear(&p->c);
        if (!ok) p->k = before;
        if (p->k.id) check_journal(p, &t, ok);
        test_case_end();
    }
}
#define PLAY(p, flow, steps) play(p, flow, steps, (int)(sizeof(steps) / sizeof *(steps)))

/* Every act of the flow was done at least once and refused at least once. */
static void check_all_played(Play *p, const char *flow) {
    const Flow *f = flow_find(p->reg->pack, str_from(flow));
    CHECK(f && f->nacts <= ACTS_MAX);
    for (int i = 0; f && i < f->nacts; i++) {
        test_case_begin(flow, f->acts[i].id);
        CHECK(p->done[i] > 0);
        CHECK(p->refused[i] > 0);
        test_case_end();
    }
    JournalReport r;
    int64_t sealed;
    CHECK(journal_seal(p->db, 1000, &sealed) && sealed > 0);
    CHECK(journal_verify(p->db, &r));
    CHECK_INT(r.bad, 0);
    CHECK_INT(r.unsealed, 0);
}

/* --- titles and clocks -------------------------------------------------------------------------
 */

/* What the firm's title 在库 was on a day, as known now: - before it, then held, suspended, ended.
 */
static Str title_on(Play *p, int32_t day) {
    FactAt at = {.as_of = day, .as_known = INT64_MAX, .seq = INT64_MAX};
    TitleBook b;
    CHECK(title_book(p->db, p->firm, &at, &b));
    if (b.n == 0 || b.status[b.n - 1].state == TITLE_NOT_YET) return S("-");
    return title_state_text(b.status[b.n - 1].state);
}

/* The last day of the clock that runs; empty when none does. */
static Str due(Play *p) {
    CaseClock *k;
    int n;
    CHECK(case_clocks(p->db, p->reg, p->k.id, false, &k, &n) && n <= 1);
    return n == 1 && k->due_day != INT64_MIN ? date_text(p->arena, k->due_day) : S("");
}

/* The case as it stands after something that was no step. */
static bool again_tx(Db *db, void *user) {
    Play *p = user;
    return case_get(db, p->reg, p->k.id, &p->k);
}

static bool place_tx(Db *db, void *user) {
    Play *p = user;
    return subject_place(db, p->firm, PLACE_ASSESSED, S("370305"), 20261014, &ACT);
}

static bool bar_tx(Db *db, void *user) {
    Play *p = user;
    TitleEventNew e = {.subject = p->firm,
                       .kind = TITLE_BAR,
                       .day = 20261101,
                       .bar_until = 20271101,
                       .document = S("决定书 1 号")};
    return title_event(db, p->reg->pack, &e, &ACT) != 0;
}

/* --- membership --------------------------------------------------------------------------------
 */

#define SEED "{\"类别\":\"种子\",\"入库理由\":\"氢能阀门\"}"

static const Step PROPOSED[] = {
    {FIRM, "open:提出", SEED, NULL, NULL, "!case.not_yours"},
    {THERE, "open:提出", SEED, NULL, NULL, "!case.not_yours"},
    {PARTNER, "open:提出", "{\"类别\":\"种子\"}", NULL, NULL, "!case.needs_field"},
    {PARTNER, "open:", SEED, NULL, NULL, "待企业同意"}, /* the first that is for a partner */
    /* nobody is in the library before the firm has said yes */
    {OFFICE, "入库", NULL, "同意", NULL, "!case.state"},
    {PARTNER, "同意", NULL, "代企业同意", NULL, "!case.not_yours"},
    {DISTRICT, "同意", NULL, "电话同意", NULL, "!case.not_yours"},
    {STRANGER, "同意", NULL, NULL, NULL, "!case.unknown"},
    {OFFICE, "同意", NULL, NULL, NULL, "!recommend.paper"},
    {FIRM, "同意", NULL, NULL, NULL, "待审核"},
    {DISTRICT, "入库", NULL, "同意", NULL, "!case.not_yours"},
    {OFFICE, "入库", NULL, "  ", NULL, "!case.needs_reason"},
    {OFFICE, "入库", NULL, "同意", "条件不符", "!case.code"},
    {OFFICE, "入库", NULL, "同意", NULL, "在库"},
    {OFFICE, "不入库", NULL, "晚了", "条件不符", "!case.state"},
};
static const Step WATCHED[] = {
    {CLERK, "列入关注", NULL, "订单减少", NULL, "!case.needs_field"},
    {THERE, "列入关注", "{\"关注事项\":\"订单\"}", "x", NULL, "!case.unknown"},
    {DISTRICT, "列入关注", "{\"关注事项\":\"订单\"}", "订单减少", NULL, "关注"},
    {DISTRICT, "解除关注", NULL, "好转", NULL, "!case.not_yours"},
    {OFFICE, "解除关注", NULL, "好转", NULL, "在库"},
    {OFFICE, "恢复", NULL, "x", NULL, "!case.state"},
};
static const Step SUSPENDED[] = {
    {LEADER, "暂停", NULL, "停产", NULL, "!case.not_yours"},
    {OFFICE, "暂停", NULL, NULL, NULL, "!case.needs_reason"},
    {OFFICE, "暂停", NULL, "停产", NULL, "暂停"},
};
static const Step RESUMED[] = {
    {OFFICE, "恢复", NULL, NULL, NULL, "!case.needs_reason"},
    {OFFICE, "恢复", NULL, "复产", NULL, "在库"},
};
#define GROUND "{\"移出依据\":\"停产一年\"}"
static const Step KEPT[] = {
    {OFFICE, "拟移出", GROUND, "停产", NULL, "!case.needs_code"},
    {OFFICE, "拟移出", GROUND, "停产", "材料不足", "!case.needs_code"},
    {OFFICE, "拟移出", GROUND, "停产", "其他", "拟移出"},
    {PARTNER, "申辩", "{\"陈述申辩\":\"x\"}", NULL, NULL, "!case.not_yours"},
    {FIRM, "申辩", NULL, NULL, NULL, "!case.needs_field"},
    {FIRM, "申辩", "{\"移出依据\":\"无\"}", NULL, NULL, "!case.field"},
    {FIRM, "申辩", "{\"陈述申辩\":\"已复产\"}", NULL, NULL, "拟移出"},
    {OFFICE, "不移出继续暂停", NULL, "x", NULL, "!case.when"},
    {OFFICE, "撤销拟移出", NULL, "理由成立", NULL, "在库"},
    {OFFICE, "暂停", NULL, "又停产", NULL, "暂停"},
    {OFFICE, "拟移出", NULL, "停产", "其他", "拟移出"},
    {OFFICE, "撤销拟移出", NULL, "x", NULL, "!case.when"},
    {OFFICE, "不移出继续暂停", NULL, "再看", NULL, "暂停"},
    {DISTRICT, "转区县", NULL, "x", NULL, "!case.same_district"},
};
static const Step MOVED[] = {
    {THERE, "转区县", NULL, "迁来", NULL, "!case.unknown"},
    {DISTRICT, "转区县", NULL, NULL, NULL, "!case.needs_reason"},
    {DISTRICT, "转区县", NULL, "迁往临淄", NULL, "暂停"},
    {DISTRICT, "转区县", NULL, "x", NULL, "!case.unknown"}, /* theirs no more */
    {OFFICE, "恢复", NULL, "复产", NULL, "在库"},
    {THERE, "列入关注", "{\"关注事项\":\"搬迁\"}", "刚搬来", NULL, "关注"},
};
static const Step REMOVED[] = {
    {OFFICE, "拟移出", GROUND, "企业要求", "企业自愿", "拟移出"},
    {OFFICE, "移出", NULL, "企业要求", NULL, "!case.needs_signatures"},
    {THERE, "sign:移出", NULL, "企业要求", NULL, "!case.not_yours"},
    {OFFICE, "sign:入库", NULL, NULL, NULL, "!case.no_signature"},
    {OFFICE, "sign:移出", NULL, "企业要求", NULL, "拟移出"},
    {OFFICE, "移出", NULL, "企业要求", NULL, "!case.needs_signatures"},
    {LEADER, "sign:移出", NULL, "企业要求", NULL, "拟移出"},
    {FIRM, "移出", NULL, "企业要求", NULL, "!case.not_yours"},
    {LEADER, "移出", NULL, "停产", NULL, "!case.signed_other"},
    {LEADER, "移出", NULL, "企业要求", NULL, "已移出"},
    {OFFICE, "恢复", NULL, "x", NULL, "!case.state"},
    {OFFICE, "edit:", GROUND, NULL, NULL, "!case.closed"},
};
static const Step DECLINED[] = {
    {PARTNER, "open:提出", SEED, NULL, NULL, "待企业同意"},
    {PARTNER, "不同意", NULL, "x", NULL, "!case.not_yours"},
    {OFFICE, "不同意", NULL, NULL, NULL, "!recommend.paper"},
    {FIRM, "不同意", NULL, NULL, NULL, "企业不同意"},
    {OFFICE, "入库", NULL, "x", NULL, "!case.state"},
};
static const Step UNANSWERED[] = {
    {DISTRICT, "open:提出", SEED, NULL, NULL, "待企业同意"},
    {OFFICE, "不入库", NULL, "三次联系未答", NULL, "!case.needs_code"},
    {DISTRICT, "不入库", NULL, "三次联系未答", "企业未答复", "!case.not_yours"},
    {OFFICE, "不入库", NULL, "三次联系未答", "企业未答复", "未入库"},
};
/* A firm that applies itself is not asked again; one that is barred does not come in. */
static const Step APPLIED[] = {
    {STRANGER, "open:申请", SEED, NULL, NULL, "!case.not_yours"},
    {PARTNER, "open:申请", SEED, NULL, NULL, "!case.not_yours"},
    {FIRM, "open:", SEED, NULL, NULL, "待审核"},
    {OFFICE, "入库", NULL, "同意", NULL, "!case.when"},
};

/* --- a consent given before --- */

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
    if (begin(&p)) {
        Word w = {.p = &p, .rule = "zibo/gazelle", .given = true};
        CHECK(tx_run(p.db, DB_WRITE, recommend_tx, &w));
        CHECK_STR(proposed(&p, GAZELLE), S("待企业同意")); /* it has not spoken yet */
        CHECK(tx_run(p.db, DB_WRITE, answer_tx, &w));
        CHECK_STR(proposed(&p, SEED), S("待企业同意")); /* that was to another tier */
        today(&p, 2026, 10, 8);
        CHECK_STR(proposed(&p, GAZELLE), S("待审核"));
        CHECK_INT(consents(&p), 1);
        CaseEvent *e;
        int n;
        CHECK(case_events(p.db, p.k.id, &e, &n) && n == 3);
        CHECK_STR(e[1].act, S("同意"));
        const char *said[] = {"2026-09-24", "答复或录入：firm", "瞪羚"};
        for (int i = 0; i < 3; i++) CHECK(str_find(e[1].reason, str_from(said[i])) >= 0);
        CHECK(str_find(e[1].reason, str_printf(p.arena, "推荐 %lld", (long long)w.id)) >= 0);
        today(&p, 2027, 9, 24); /* twelve months later it is too old */
        CHECK_STR(proposed(&p, GAZELLE), S("待企业同意"));
        CHECK(tx_run(p.db, DB_WRITE, answer_tx, &w));
        CHECK_STR(proposed(&p, GAZELLE), S("待审核"));
        w.given = false;
        CHECK(tx_run(p.db, DB_WRITE, answer_tx, &w)); /* taken back */
        CHECK_STR(proposed(&p, GAZELLE), S("待企业同意"));
        w.given = true;
        CHECK(tx_run(p.db, DB_WRITE, answer_tx, &w));
        CHECK(tx_run(p.db, DB_WRITE, withdraw_tx, &w)); /* nobody recommends it any more */
        CHECK_STR(proposed(&p, GAZELLE), S("待企业同意"));
    }
    end(&p);
}

/* Proposed first, recommended then: the answer to one is the answer to both. */
TEST(flow_runs_membership_joins_a_later_recommendation) {
    static const Step OPEN[] = {{OFFICE, "open:提出", GAZELLE, NULL, NULL, "待企业同意"}};
    static const Step IN[] = {{OFFICE, "入库", NULL, "同意", NULL, "在库"}};
    Play p;
    if (begin(&p)) {
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
    end(&p);
}

TEST(flow_runs_membership) {
    Play p;
    if (begin(&p)) {
        PLAY(&p, "membership", PROPOSED);
        today(&p, 2026, 10, 8);
        PLAY(&p, "membership", WATCHED);
        CHECK_STR(title_on(&p, 20260923), S("-"));
        CHECK_STR(title_on(&p, 20260924), S("held"));
        today(&p, 2026, 10, 9);
        PLAY(&p, "membership", SUSPENDED);
        today(&p, 2026, 10, 12);
        PLAY(&p, "membership", RESUMED);
        today(&p, 2026, 10, 13);
        PLAY(&p, "membership", KEPT);
        CHECK_STR(title_on(&p, 20261008), S("held"));
        CHECK_STR(title_on(&p, 20261009), S("suspended"));
        CHECK_STR(title_on(&p, 20261011), S("suspended"));
        CHECK_STR(title_on(&p, 20261012), S("held"));
        CHECK_STR(title_on(&p, 20261013), S("suspended"));
        today(&p, 2026, 10, 14);
        CHECK(tx_run(p.db, DB_WRITE, place_tx, &p));
        PLAY(&p, "membership", MOVED);
        CHECK_STR(p.k.division, S("370305"));
        today(&p, 2026, 10, 20);
        PLAY(&p, "membership", REMOVED);
        CHECK_STR(title_on(&p, 20261019), S("held"));
        CHECK_STR(title_on(&p, 20261020), S("ended"));
        CHECK(p.k.closed_ms == p.c.now_ms);
        p.people[DISTRICT].district = S("370305");
        PLAY(&p, "membership", DECLINED);
        PLAY(&p, "membership", UNANSWERED);
        today(&p, 2026, 11, 2);
        CHECK(tx_run(p.db, DB_WRITE, bar_tx, &p));
        PLAY(&p, "membership", APPLIED);
        CHECK_INT(Q_I64(p.db, 0, "SELECT count(*) FROM title"), 1);
        check_all_played(&p, "membership");
    }
    end(&p);
}

/* --- change reports ----------------------------------------------------------------------------
 */

#define RENAMED "{\"变更种类\":\"更名\",\"变更日期\":\"2026-09-20\",\"说明\":\"更名\"}"

static const Step REPORTED[] = {
    {PARTNER, "open:报告", RENAMED, NULL, NULL, "!case.not_yours"},
    {STRANGER, "open:报告", RENAMED, NULL, NULL, "!case.not_yours"},
    {FIRM, "open:报告", "{\"变更种类\":\"更名\"}", NULL, NULL, "!case.needs_field"},
    {FIRM, "open:报告", "{\"变更种类\":\"升天\"}", NULL, NULL, "!case.value"},
    {FIRM, "open:报告", RENAMED, NULL, NULL, "待核对"},
    {FIRM, "核对", "{\"核对意见\":\"属实\"}", NULL, NULL, "!case.not_yours"},
    {DISTRICT, "核对", "{\"核对意见\":\"属实\"}", NULL, NULL, "!case.needs_document"},
    {FIRM, "退回", NULL, "x", "缺证明", "!case.not_yours"},
    {DISTRICT, "退回", NULL, "请附证明", NULL, "!case.needs_code"},
    {DISTRICT, "退回", NULL, NULL, "缺证明", "!case.needs_reason"},
    {DISTRICT, "退回", NULL, "请附证明", "缺证明", "待补正"},
    {DISTRICT, "补正", NULL, NULL, NULL, "!case.not_yours"},
    {STRANGER, "attach:证明", NULL, NULL, NULL, "!case.unknown"},
    {FIRM, "attach:证明", NULL, NULL, NULL, "待补正"},
    {FIRM, "补正", "{\"变更日期\":\"2020-01-01\"}", NULL, NULL, "!case.field"},
    {FIRM, "补正", "{\"说明\":\"\"}", NULL, NULL, "!case.needs_field"},
    {FIRM, "补正", "{\"说明\":\"更名，附证明\"}", NULL, NULL, "待核对"},
    {THERE, "核对", "{\"核对意见\":\"属实\"}", NULL, NULL, "!case.unknown"},
    {DISTRICT, "核对", NULL, NULL, NULL, "!case.needs_field"},
    {DISTRICT, "核对", "{\"核对意见\":\"属实\"}", NULL, NULL, "待复核"},
    {DISTRICT, "登记", NULL, "属实", NULL, "!case.not_yours"},
    {OFFICE, "登记", NULL, NULL, NULL, "!case.needs_reason"},
    {FIRM, "撤回", NULL, "x", NULL, "!case.state"},
    {OFFICE, "登记", NULL, "属实", NULL, "已登记"},
};
/* A change that is still to come is not recorded. */
static const Step TO_COME[] = {
    {DISTRICT, "open:报告",
     "{\"变更种类\":\"迁移\",\"变更日期\":\"2026-12-01\",\"说明\":\"迁往临淄\"}", NULL, NULL,
     "待核对"},
    {DISTRICT, "attach:证明", NULL, NULL, NULL, "待核对"},
    {DISTRICT, "核对", "{\"核对意见\":\"属实\"}", NULL, NULL, "待复核"},
    {OFFICE, "登记", NULL, "属实", NULL, "!case.when"},
    {OFFICE, "退回", NULL, "届时再报", "内容不清", "待补正"},
    {FIRM, "撤回", NULL, "不搬了", NULL, "!case.not_yours"}, /* who opened it takes it back */
    {DISTRICT, "撤回", NULL, NULL, NULL, "!case.needs_reason"},
    {DISTRICT, "撤回", NULL, "不搬了", NULL, "已撤回"},
};

TEST(flow_runs_change_report) {
    Play p;
    if (begin(&p)) {
        PLAY(&p, "change-report", REPORTED);
        PLAY(&p, "change-report", TO_COME);
        check_all_played(&p, "change-report");
        /* the report is a record of its own: the register is changed by who keeps it */
        Subject who;
        CHECK(subject_get(p.db, p.firm, &who));
        CHECK_STR(who.name, S("甲公司"));
    }
    end(&p);
}

/* --- platforms ---------------------------------------------------------------------------------
 */

#define OPINIONS "{\"专家意见\":\"可行\",\"处室意见\":\"支持\"}"

static const Step TRANSFORMED[] = {
    {PARTNER, "open:申报", "{\"转型说明\":\"平台\"}", NULL, NULL, "!case.not_yours"},
    {FIRM, "open:申报", "{\"转型说明\":\" \"}", NULL, NULL, "!case.needs_field"},
    {FIRM, "open:申报", "{\"转型说明\":\"平台\"}", NULL, NULL, "待受理"},
    {OFFICE, "受理", NULL, NULL, NULL, "!case.needs_document"},
    {FIRM, "attach:转型方案", NULL, NULL, NULL, "待受理"},
    {FIRM, "受理", NULL, NULL, NULL, "!case.not_yours"},
    {OFFICE, "受理", NULL, NULL, NULL, "征求意见"},
    {OFFICE, "汇总", "{\"专家意见\":\"可行\"}", NULL, NULL, "!case.needs_field"},
    {FIRM, "汇总", OPINIONS, NULL, NULL, "!case.not_yours"},
    {OFFICE, "列入", NULL, "支持", NULL, "!case.state"},
    {OFFICE, "汇总", OPINIONS, NULL, NULL, "待决定"},
    {OFFICE, "列入", NULL, "支持", NULL, "!case.needs_signatures"},
    {OFFICE, "sign:列入", NULL, "支持", NULL, "待决定"},
    {OFFICE, "列入", NULL, "支持", NULL, "!case.needs_signatures"},
    {FIRM, "sign:列入", NULL, "支持", NULL, "!case.not_yours"},
    {LEADER, "sign:列入", NULL, "支持", NULL, "待决定"},
    {OFFICE, "edit:", "{\"专家意见\":\"有保留\"}", "改", NULL, "待决定"},
    {OFFICE, "列入", NULL, "支持", NULL, "!case.needs_signatures"}, /* the edit voided both */
    {CLERK, "sign:列入", NULL, "支持", NULL, "待决定"},
    {LEADER, "sign:列入", NULL, "支持", NULL, "待决定"},
    {OFFICE, "列入", NULL, NULL, NULL, "!case.needs_reason"},
    {OFFICE, "sign:列入", NULL, NULL, NULL, "!case.needs_reason"},
    {LEADER, "列入", NULL, "支持", NULL, "支持"},
};
static const Step NOT_TRANSFORMED[] = {
    {DISTRICT, "open:申报", "{\"转型说明\":\"平台\"}", NULL, NULL, "待受理"},
    {DISTRICT, "不列入", NULL, "没有方案", NULL, "!case.not_yours"},
    {LEADER, "不列入", NULL, NULL, NULL, "!case.needs_reason"},
    {LEADER, "不列入", NULL, "没有方案", NULL, "不支持"},
};

TEST(flow_runs_platform_is_for_people_to_decide) {
    Play p;
    if (begin(&p)) {
        const Flow *f = flow_find(p.reg->pack, S("platform"));
        CHECK(f && f->status == STATUS_INFERRED && str_find(f->note, S("依据待补")) >= 0);
        for (int i = 0; f && i < f->nacts; i++)
            CHECK(f->acts[i].noutcomes == 0 && f->acts[i].when == IR_NONE && !f->acts[i].by_clock);
        PLAY(&p, "platform", TRANSFORMED);
        PLAY(&p, "platform", NOT_TRANSFORMED);
        check_all_played(&p, "platform");
        CHECK_INT(Q_I64(p.db, -1, "SELECT count(*) FROM title"), 0);
    }
    end(&p);
}

/* --- corrections of data -----------------------------------------------------------------------
 */

#define WRONG "{\"指标\":\"营业收入 2025\",\"更正为\":\"1.2 亿元\",\"说明\":\"多报一位\"}"

static const Step CORRECTED[] = {
    {OFFICE, "open:申请", WRONG, NULL, NULL, "!case.not_yours"},
    {STRANGER, "open:申请", WRONG, NULL, NULL, "!case.not_yours"},
    {FIRM, "open:申请", "{\"指标\":\"营业收入 2025\"}", NULL, NULL, "!case.needs_field"},
    {FIRM, "open:申请", WRONG, NULL, NULL, "待核对"},
    {FIRM, "退回", NULL, "x", NULL, "!case.not_yours"},
    {DISTRICT, "退回", NULL, NULL, NULL, "!case.needs_reason"},
    {DISTRICT, "退回", NULL, "请说明来源", NULL, "待补正"},
    {OFFICE, "补充", NULL, NULL, NULL, "!case.not_yours"},
    {FIRM, "补充", "{\"核对意见\":\"同意\"}", NULL, NULL, "!case.field"},
    {FIRM, "补充", "{\"说明\":\"见审计报告\"}", NULL, NULL, "待核对"},
    {FIRM, "更正", NULL, "x", NULL, "!case.not_yours"},
    {DISTRICT, "更正", NULL, "已重新导入", NULL, "!case.needs_field"},
    {DISTRICT, "更正", "{\"核对意见\":\"属实\"}", NULL, NULL, "!case.needs_reason"},
    {DISTRICT, "更正", "{\"核对意见\":\"属实\"}", "已重新导入", NULL, "已更正"},
    {FIRM, "撤回", NULL, "x", NULL, "!case.state"},
};
static const Step NOT_CORRECTED[] = {
    {FIRM, "open:申请", WRONG, NULL, NULL, "待核对"},
    {THERE, "不更正", "{\"核对意见\":\"不符\"}", "来源无误", NULL, "!case.unknown"},
    {OFFICE, "不更正", NULL, "来源无误", NULL, "!case.needs_field"},
    {OFFICE, "不更正", "{\"核对意见\":\"不符\"}", "来源无误", NULL, "不更正"},
};
static const Step TAKEN_BACK[] = {
    {FIRM, "open:申请", WRONG, NULL, NULL, "待核对"},
    {OFFICE, "撤回", NULL, "x", NULL, "!case.not_yours"},
    {FIRM, "撤回", NULL, NULL, NULL, "!case.needs_reason"},
    {FIRM, "撤回", NULL, "没有错", NULL, "已撤回"},
};

TEST(flow_runs_data_correction_changes_no_fact) {
    Play p;
    if (begin(&p)) {
        int64_t facts = Q_I64(p.db, -1, "SELECT count(*) FROM fact_record");
        PLAY(&p, "data-correction", CORRECTED);
        PLAY(&p, "data-correction", NOT_CORRECTED);
        PLAY(&p, "data-correction", TAKEN_BACK);
        check_all_played(&p, "data-correction");
        CHECK_INT(Q_I64(p.db, -1, "SELECT count(*) FROM fact_record"), facts);
    }
    end(&p);
}

/* --- questions: the clock ----------------------------------------------------------------------
 */

#define ASK "{\"问题\":\"去年收入？\",\"答复天数\":5}"

static const Step ASKED[] = {
    {FIRM, "open:提问", ASK, NULL, NULL, "!case.not_yours"},
    {OFFICE, "open:提问", "{\"问题\":\"去年收入？\"}", NULL, NULL, "!case.needs_field"},
    {OFFICE, "open:提问", ASK, NULL, NULL, "待答复"},
};
static const Step ANSWERED[] = {
    {FIRM, "答复", NULL, NULL, NULL, "!case.needs_field"},
    {STRANGER, "答复", "{\"答复\":\"一亿\"}", NULL, NULL, "!case.unknown"},
    {FIRM, "答复", "{\"答复\":\"不少\"}", NULL, NULL, "已答复"},
    {FIRM, "退回", NULL, "x", "答非所问", "!case.not_yours"},
    {OFFICE, "退回", NULL, "请答金额", "没有的代码", "!case.needs_code"},
};
static const Step SENT_BACK[] = {{OFFICE, "退回", NULL, "请答金额", "答非所问", "待答复"}};
static const Step IN_TIME[] = {
    {OFFICE, "逾期", NULL, "不想等了", NULL, "!case.when"}, /* its last day is not over */
    {FIRM, "逾期", NULL, "x", NULL, "!case.not_yours"},
    {OFFICE, "采用", NULL, NULL, NULL, "!case.state"},
};
static const Step TOO_LATE[] = {
    {OFFICE, "逾期", NULL, NULL, NULL, "!case.needs_reason"},
    {OFFICE, "逾期", NULL, "两次催告", NULL, "未答复"},
};
static const Step ACCEPTED[] = {
    {DISTRICT, "open:提问", ASK, NULL, NULL, "待答复"},
    {FIRM, "答复", "{\"答复\":\"一亿元\"}", NULL, NULL, "已答复"},
    {FIRM, "采用", NULL, NULL, NULL, "!case.not_yours"},
    {DISTRICT, "采用", NULL, NULL, NULL, "已采用"},
};
static const Step DROPPED[] = {
    {DISTRICT, "open:提问", ASK, NULL, NULL, "待答复"},
    {FIRM, "撤回", NULL, "x", NULL, "!case.not_yours"},
    {DISTRICT, "撤回", NULL, NULL, NULL, "!case.needs_reason"},
    {DISTRICT, "撤回", NULL, "问错了", NULL, "已撤回"},
};

/* 中秋 25 to 27 September, 国庆 1 to 7 October, Saturday 10 October worked (the notice for 2026).
 */
TEST(flow_runs_question_by_the_calendar) {
    Play p;
    CaseTick tick;
    if (begin(&p)) {
        PLAY(&p, "question", ASKED);
        CHECK_STR(due(&p), S("2026-10-09"));
        today(&p, 2026, 9, 28);
        PLAY(&p, "question", ANSWERED);
        CHECK_STR(due(&p), S(""));
        today(&p, 2026, 9, 29);
        PLAY(&p, "question", SENT_BACK);
        CHECK_STR(due(&p), S("2026-10-12"));
        today(&p, 2026, 10, 12);
        PLAY(&p, "question", IN_TIME);
        CHECK(case_tick(p.db, p.reg, &tick));
        CHECK_INT(tick.escalated, 0);
        today(&p, 2026, 10, 13);
        CHECK(case_tick(p.db, p.reg, &tick));
        CHECK_INT(tick.escalated, 1);
        p.wrote++;
        CHECK(tx_run(p.db, DB_READ, again_tx, &p));
        PLAY(&p, "question", TOO_LATE);
        PLAY(&p, "question", ACCEPTED);
        PLAY(&p, "question", DROPPED);
        check_all_played(&p, "question");
    }
    end(&p);
}

/* --- points of a return ------------------------------------------------------------------------
 */

typedef struct Saying {
    Play *p;
    int64_t id;
    Who who;
    CaseSay what;
} Saying;

static bool say_tx(Db *db, void *user) {
    const Saying *s = user;
    return case_say(db, s->p->reg, s->id, &s->what, &s->p->people[s->who]);
}

/* Empty when it was said, else the code of the refusal. */
static Str said(Play *p, int64_t id, Who who, CaseSay what) {
    Saying s = {p, id, who, what};
    bool ok = tx_run(p->db, DB_WRITE, say_tx, &s);
    Str code = ok ? S("") : msg_code(p->c.err.note.msg);
    ctx_clear(&p->c);
    return code;
}

static CaseMessage *messages(Play *p, int64_t id, int want) {
    CaseMessage *m;
    int n;
    CHECK(case_messages(p->db, id, &m, &n));
    CHECK_INT(n, want);
    return n == want ? m : NULL;
}

static const Step MINE[] = {{FIRM, "open:报告", RENAMED, NULL, NULL, "待核对"}};
static const Step ANOTHER[] = {{DISTRICT, "open:报告", RENAMED, NULL, NULL, "待核对"}};

/* Each point is answered by itself; the last word counts. */
TEST(flow_runs_points_are_answered_one_by_one) {
    Play p;
    if (begin(&p)) {
        PLAY(&p, "change-report", MINE);
        int64_t id = p.k.id;
        PLAY(&p, "change-report", ANOTHER);
        int64_t other = p.k.id;
        CaseSay field = {.text = S("日期不符"), .field = S("变更日期"), .asks = true};
        CHECK_STR(said(&p, id, FIRM, (CaseSay){.text = S("请说明"), .asks = true}),
                  S("case.not_yours"));
        CHECK_STR(said(&p, id, DISTRICT, (CaseSay){.text = S("缺证明"), .asks = true}), S(""));
        CHECK_STR(said(&p, id, DISTRICT, field), S(""));
        CHECK_STR(said(&p, id, FIRM, (CaseSay){.text = S("收到")}), S(""));
        const CaseMessage *m = messages(&p, id, 3);
        int64_t point = m ? m[0].id : 0, remark = m ? m[2].id : 0;
        CHECK(m && m[0].asks && m[1].asks && !m[2].asks && !m[0].answered && !m[1].answered);
        /* what does not ask, is not there, or is of another case has no answer */
        CHECK_STR(said(&p, id, FIRM, (CaseSay){.text = S("x"), .answers = remark}),
                  S("case.point"));
        CHECK_STR(said(&p, id, FIRM, (CaseSay){.text = S("x"), .answers = 999}), S("case.point"));
        CHECK_STR(said(&p, other, FIRM, (CaseSay){.text = S("x"), .answers = point}),
                  S("case.point"));
        CHECK_STR(said(&p, id, STRANGER, (CaseSay){.text = S("x"), .answers = point}),
                  S("case.unknown"));
        field.answers = point;
        CHECK_STR(said(&p, id, DISTRICT, field), S("case.point"));
        CHECK_STR(said(&p, id, FIRM, (CaseSay){.text = S(" "), .answers = point}), S("case.text"));
        CHECK_STR(said(&p, id, FIRM, (CaseSay){.text = S("已附"), .answers = point}), S(""));
        m = messages(&p, id, 4);
        CHECK(m && m[0].answered && !m[1].answered && m[3].answers == point);
        if (m) CHECK_STR(m[0].answer, S("已附"));
        CHECK_STR(said(&p, id, DISTRICT, (CaseSay){.text = S("看不清"), .answers = point}), S(""));
        m = messages(&p, id, 5);
        CHECK(m && !m[0].answered);
        CHECK_STR(said(&p, id, FIRM, (CaseSay){.text = S("重传"), .answers = point}), S(""));
        m = messages(&p, id, 6);
        CHECK(m && m[0].answered && !m[1].answered);
        if (m) CHECK_STR(m[0].answer, S("重传"));
    }
    end(&p);
}
