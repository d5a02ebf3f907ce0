/* The flows of the pack from end to end: every act of each once in the good way and once refused,
 * with what it leaves behind: titles on the days before and after, deadlines, the journal. */
#include "base/clock.h"
#include "base/date.h"
#include "city/flow/case.h"
#include "city/flow/evidence.h"
#include "city/library/title.h"
#include "city/subject.h"
#include "tests/test.h"
#include "tests/unit/flow_play.h"

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

TEST(flow_runs_membership) {
    Play p;
    if (play_begin(&p)) {
        PLAY(&p, "membership", PROPOSED);
        play_today(&p, 2026, 10, 8);
        PLAY(&p, "membership", WATCHED);
        CHECK_STR(title_on(&p, 20260923), S("-"));
        CHECK_STR(title_on(&p, 20260924), S("held"));
        play_today(&p, 2026, 10, 9);
        PLAY(&p, "membership", SUSPENDED);
        play_today(&p, 2026, 10, 12);
        PLAY(&p, "membership", RESUMED);
        play_today(&p, 2026, 10, 13);
        PLAY(&p, "membership", KEPT);
        CHECK_STR(title_on(&p, 20261008), S("held"));
        CHECK_STR(title_on(&p, 20261009), S("suspended"));
        CHECK_STR(title_on(&p, 20261011), S("suspended"));
        CHECK_STR(title_on(&p, 20261012), S("held"));
        CHECK_STR(title_on(&p, 20261013), S("suspended"));
        play_today(&p, 2026, 10, 14);
        CHECK(tx_run(p.db, DB_WRITE, place_tx, &p));
        PLAY(&p, "membership", MOVED);
        CHECK_STR(p.k.division, S("370305"));
        play_today(&p, 2026, 10, 20);
        PLAY(&p, "membership", REMOVED);
        CHECK_STR(title_on(&p, 20261019), S("held"));
        CHECK_STR(title_on(&p, 20261020), S("ended"));
        CHECK(p.k.closed_ms == p.c.now_ms);
        p.people[DISTRICT].district = S("370305");
        PLAY(&p, "membership", DECLINED);
        PLAY(&p, "membership", UNANSWERED);
        play_today(&p, 2026, 11, 2);
        CHECK(tx_run(p.db, DB_WRITE, bar_tx, &p));
        PLAY(&p, "membership", APPLIED);
        CHECK_INT(Q_I64(p.db, 0, "SELECT count(*) FROM title"), 1);
        check_all_played(&p, "membership");
    }
    play_end(&p);
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
    if (play_begin(&p)) {
        PLAY(&p, "change-report", REPORTED);
        PLAY(&p, "change-report", TO_COME);
        check_all_played(&p, "change-report");
        /* the report is a record of its own: the register is changed by who keeps it */
        Subject who;
        CHECK(subject_get(p.db, p.firm, &who));
        CHECK_STR(who.name, S("甲公司"));
    }
    play_end(&p);
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
    if (play_begin(&p)) {
        const Flow *f = flow_find(p.reg->pack, S("platform"));
        CHECK(f && f->status == STATUS_INFERRED && str_find(f->note, S("依据待补")) >= 0);
        for (int i = 0; f && i < f->nacts; i++)
            CHECK(f->acts[i].noutcomes == 0 && f->acts[i].when == IR_NONE && !f->acts[i].by_clock);
        PLAY(&p, "platform", TRANSFORMED);
        PLAY(&p, "platform", NOT_TRANSFORMED);
        check_all_played(&p, "platform");
        CHECK_INT(Q_I64(p.db, -1, "SELECT count(*) FROM title"), 0);
    }
    play_end(&p);
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
    if (play_begin(&p)) {
        int64_t facts = Q_I64(p.db, -1, "SELECT count(*) FROM fact_record");
        PLAY(&p, "data-correction", CORRECTED);
        PLAY(&p, "data-correction", NOT_CORRECTED);
        PLAY(&p, "data-correction", TAKEN_BACK);
        check_all_played(&p, "data-correction");
        CHECK_INT(Q_I64(p.db, -1, "SELECT count(*) FROM fact_record"), facts);
    }
    play_end(&p);
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
    if (play_begin(&p)) {
        PLAY(&p, "question", ASKED);
        CHECK_STR(due(&p), S("2026-10-09"));
        play_today(&p, 2026, 9, 28);
        PLAY(&p, "question", ANSWERED);
        CHECK_STR(due(&p), S(""));
        play_today(&p, 2026, 9, 29);
        PLAY(&p, "question", SENT_BACK);
        CHECK_STR(due(&p), S("2026-10-12"));
        play_today(&p, 2026, 10, 12);
        PLAY(&p, "question", IN_TIME);
        CHECK(case_tick(p.db, p.reg, &tick));
        CHECK_INT(tick.escalated, 0);
        play_today(&p, 2026, 10, 13);
        CHECK(case_tick(p.db, p.reg, &tick));
        CHECK_INT(tick.escalated, 1);
        p.wrote++;
        CHECK(tx_run(p.db, DB_READ, again_tx, &p));
        PLAY(&p, "question", TOO_LATE);
        PLAY(&p, "question", ACCEPTED);
        PLAY(&p, "question", DROPPED);
        check_all_played(&p, "question");
    }
    play_end(&p);
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
    if (play_begin(&p)) {
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
    play_end(&p);
}
