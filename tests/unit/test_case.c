/* Cases: opening, acting, guards, signatures, clocks, paper, files, scope; by two flows that have
 * nothing in common. */
#include "city/flow/case.h"

#include "base/clock.h"
#include "base/date.h"
#include "base/file.h"
#include "city/flow/calendar.h"
#include "city/flow/evidence.h"
#include "city/subject.h"
#include "tests/test.h"

static const Act ACT = {STR_INIT("test"), STR_INIT("测试")};
#define DAY_MS (24 * 3600 * 1000LL)

typedef struct World {
    Arena *arena;
    Ctx c;
    Str url;
    Register *reg;
    Db *db;
    int64_t firm, other;
} World;

static bool fine(World *w, bool ok) {
    if (!ok)
        test_failed(
            __FILE__, __LINE__,
            str_z(w->arena, str_printf(w->arena, "%.*s: %.*s", STRF(msg_code(w->c.err.note.msg)),
                                       STRF(note_text(w->arena, &w->c.err.note, LANG_EN)))));
    return ok;
}

/* The failure recorded has this code; it is forgotten. */
static void refused(World *w, bool ok, ErrCode code, const char *msg) {
    CHECK(!ok);
    CHECK_INT(w->c.err.code, code);
    CHECK_STR(msg_code(w->c.err.note.msg), str_from(msg));
    ctx_clear(&w->c);
}

/* 2026-11-02, a Monday. */
static int64_t monday(void) {
    return date_to_days(2026, 11, 2) * DAY_MS + 2 * 3600 * 1000;
}

static bool firms(Db *db, void *user) {
    World *w = user;
    SubjectNew a = {.kind = SUBJECT_ENTERPRISE,
                    .name = S("甲公司"),
                    .uscc = S("91370300MA3BXX0A17"),
                    .division = S("370303")};
    SubjectNew b = {.kind = SUBJECT_ENTERPRISE,
                    .name = S("乙公司"),
                    .uscc = S("91370300MA3BXX0B14"),
                    .division = S("370305")};
    w->firm = subject_add(db, &a, &ACT);
    w->other = subject_add(db, &b, &ACT);
    return w->firm && w->other;
}

static bool begin(World *w) {
    InitReport report;
    w->arena = arena_open(0);
    w->c = ctx_new(w->arena, monday());
    w->url = test_db_url(w->arena);
    if (!fine(w, register_init(&w->c, w->url, S("packs/zibo"), &ACT, &report))) return false;
    w->reg = register_open(&w->c, w->url, 4);
    w->db = w->reg ? db_borrow(&w->c, w->reg->store) : NULL;
    return fine(w, w->db != NULL) && fine(w, tx_run(w->db, DB_WRITE, firms, w));
}

static void end(World *w) {
    if (w->db) db_return(w->db);
    register_close(w->reg);
    arena_close(w->arena);
}

static CaseActor person(const char *name, Role role) {
    return (CaseActor){.name = str_from(name), .user = 1, .roles = 1u << role};
}

/* --- calls in a transaction of their own -------------------------------------------------------
 */

typedef struct Call {
    World *w;
    const CaseActor *actor;
    CaseNew open;
    CaseMove move;
    int64_t id;
    CaseFile out;
    Str kind, name, bytes, text;
    CaseDocument document;
    CasePaper paper;
    CaseSay say;
} Call;

static bool open_tx(Db *db, void *user) {
    Call *k = user;
    return case_open(db, k->w->reg, &k->open, k->actor, &k->out);
}
static bool act_tx(Db *db, void *user) {
    Call *k = user;
    return case_act(db, k->w->reg, k->id, &k->move, k->actor, &k->out);
}
static bool edit_tx(Db *db, void *user) {
    Call *k = user;
    return case_edit(db, k->w->reg, k->id, &k->move, k->actor, &k->out);
}
static bool sign_tx(Db *db, void *user) {
    Call *k = user;
    return case_sign(db, k->w->reg, k->id, &k->move, k->actor);
}
static bool say_tx(Db *db, void *user) {
    Call *k = user;
    return case_say(db, k->w->reg, k->id, &k->say, k->actor);
}
static bool file_tx(Db *db, void *user) {
    Call *k = user;
    return case_document_add(db, k->w->reg, k->id, k->kind, k->name, k->bytes, k->actor,
                             &k->document);
}
static bool paper_tx(Db *db, void *user) {
    Call *k = user;
    return case_paper(db, k->w->reg, k->id, &k->paper, k->actor);
}

static Json *data(World *w, const char *text) {
    return json_parse(&w->c, str_dup(w->arena, str_from(text)), S("data"));
}

static bool open_case(World *w, const char *flow, int64_t subject, const char *json,
                      const CaseActor *actor, CaseFile *out) {
    Call k = {.w = w,
              .actor = actor,
              .open = {.flow = str_from(flow), .subject = subject, .data = data(w, json)}};
    bool ok = tx_run(w->db, DB_WRITE, open_tx, &k);
    *out = k.out;
    return ok;
}

static bool act(World *w, CaseFile *f, const char *what, const char *json, const char *reason,
                const CaseActor *actor) {
    Call k = {.w = w,
              .actor = actor,
              .id = f->id,
              .move = {.act = str_from(what),
                       .reason = str_from(reason),
                       .version = f->version,
                       .data = json ? data(w, json) : NULL}};
    bool ok = tx_run(w->db, DB_WRITE, act_tx, &k);
    if (ok) *f = k.out;
    return ok;
}

static bool attach(World *w, int64_t id, const char *kind, const char *name, Str bytes,
                   const CaseActor *actor, CaseDocument *out) {
    Call k = {.w = w,
              .actor = actor,
              .id = id,
              .kind = str_from(kind),
              .name = str_from(name),
              .bytes = bytes};
    bool ok = tx_run(w->db, DB_WRITE, file_tx, &k);
    *out = k.document;
    return ok;
}

#define PDF S("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")

/* --- a case from end to end --------------------------------------------------------------------
 */

TEST(case_question_runs) {
    World w = {0};
    CaseFile k;
    CaseActor clerk = person("clerk", ROLE_CLERK_OFFICE), firm = person("firm", ROLE_ENTERPRISE);
    if (begin(&w)) {
        firm.subject = w.firm;
        refused(&w, open_case(&w, "question", w.firm, "{\"问题\":\"去年收入？\"}", &clerk, &k),
                ERR_RULE, "case.needs_field");
        refused(&w, open_case(&w, "question", 0, "{}", &clerk, &k), ERR_RULE, "case.subject");
        refused(&w, open_case(&w, "question", w.firm, "{}", &firm, &k), ERR_DENIED,
                "case.not_yours");
        refused(&w, open_case(&w, "nothing", w.firm, "{}", &clerk, &k), ERR_MISSING,
                "flow.unknown");
        CHECK_INT(Q_I64(w.db, -1, "SELECT count(*) FROM case_file"), 0);
        CHECK(fine(&w, open_case(&w, "question", w.firm, "{\"问题\":\"去年收入？\",\"答复天数\":5}",
                                 &clerk, &k)));
        CHECK_STR(k.number, S("question-2026-0001"));
        CHECK_STR(k.state->id, S("待答复"));
        CHECK_STR(k.division, S("370303"));
        refused(&w, act(&w, &k, "采用", NULL, "", &clerk), ERR_STATE, "case.state");
        refused(&w, act(&w, &k, "答复", NULL, "", &firm), ERR_RULE, "case.needs_field");
        refused(&w, act(&w, &k, "答复", "{\"不存在\":1}", "", &firm), ERR_RULE, "case.field");
        refused(&w, act(&w, &k, "答复", "{\"答复天数\":\"许多\"}", "", &clerk), ERR_RULE,
                "case.value");
        /* the firm does not change the question, nor the time it has */
        refused(&w, act(&w, &k, "答复", "{\"答复\":\"x\",\"答复天数\":\"99\"}", "", &firm),
                ERR_RULE, "case.field");
        Call bend = {
            .w = &w, .id = k.id, .actor = &firm, .move = {.data = data(&w, "{\"问题\":\"y\"}")}};
        refused(&w, tx_run(w.db, DB_WRITE, edit_tx, &bend), ERR_RULE, "case.field");
        CHECK(fine(&w, act(&w, &k, "答复", "{\"答复\":\"一亿元\"}", "", &firm)));
        CHECK_STR(k.state->id, S("已答复"));
        refused(&w, act(&w, &k, "退回", NULL, "请补充", &clerk), ERR_RULE, "case.needs_code");
        CHECK(fine(&w, act(&w, &k, "采用", NULL, "", &clerk)));
        CHECK(k.closed_ms == monday());
        refused(&w, act(&w, &k, "采用", NULL, "", &clerk), ERR_STATE, "case.state");
        CaseEvent *e;
        int n;
        CHECK(fine(&w, case_events(w.db, k.id, &e, &n)));
        CHECK_INT(n, 3);
        CHECK_STR(e[1].actor, S("firm"));
        CHECK_STR(e[1].role, S("enterprise"));
        CHECK_INT(
            Q_I64(w.db, 0, "SELECT count(*) FROM journal WHERE object = $1", db_s(S("case:1"))), 3);
    }
    end(&w);
}

/* --- two people, another's case, replays -------------------------------------------------------
 */

TEST(case_two_clerks) {
    World w = {0};
    CaseFile k;
    CaseActor one = person("one", ROLE_CLERK_OFFICE), two = person("two", ROLE_CLERK_OFFICE);
    CaseActor firm = person("firm", ROLE_ENTERPRISE), stranger = firm;
    if (begin(&w)) {
        firm.subject = w.firm;
        stranger.subject = w.other;
        CHECK(fine(&w,
                   open_case(&w, "question", w.firm, "{\"问题\":\"q\",\"答复天数\":5}", &one, &k)));
        CaseFile seen = k;
        CHECK(fine(&w, act(&w, &k, "撤回", NULL, "问错了", &one)));
        refused(&w, act(&w, &seen, "撤回", NULL, "我也撤", &two), ERR_STALE, "case.stale");
        CHECK(fine(&w,
                   open_case(&w, "question", w.firm, "{\"问题\":\"q\",\"答复天数\":5}", &one, &k)));
        refused(&w, act(&w, &k, "答复", "{\"答复\":\"x\"}", "", &stranger), ERR_MISSING,
                "case.unknown");
        CaseFile got;
        refused(&w, case_view(w.db, w.reg, k.id, &stranger, &got), ERR_MISSING, "case.unknown");
        refused(&w, case_view(w.db, w.reg, 999, &firm, &got), ERR_MISSING, "case.unknown");
        CHECK(fine(&w, case_view(w.db, w.reg, k.id, &firm, &got)));
        CaseFilter all = {0};
        CaseFile *list;
        int n;
        int64_t total;
        CHECK(fine(&w, case_list(w.db, w.reg, &all, &stranger, &list, &n, &total)));
        CHECK_INT(n, 0);
        CHECK_INT(total, 0);
        CHECK(fine(&w, case_list(w.db, w.reg, &all, &firm, &list, &n, &total)));
        CHECK_INT(n, 2);
        CHECK(fine(&w, case_list(w.db, w.reg, &all, NULL, &list, &n, &total)));
        CHECK_INT(total, 2);
        CaseFilter some = {.state = S("待答复"), .open_only = true, .q = S("甲公司")};
        CHECK(fine(&w, case_list(w.db, w.reg, &some, &one, &list, &n, &total)));
        CHECK_INT(n, 1);
    }
    end(&w);
}

TEST(case_district_scope) {
    World w = {0};
    CaseFile k, got;
    CaseActor office = person("office", ROLE_CLERK_OFFICE);
    CaseActor here = person("here", ROLE_CLERK_DISTRICT), there = here;
    if (begin(&w)) {
        here.district = S("370303");
        there.district = S("370305");
        there.name = S("there");
        CHECK(
            fine(&w, open_case(&w, "change-report", w.firm,
                               "{\"变更种类\":\"更名\",\"变更日期\":\"2026-10-01\",\"说明\":\"x\"}",
                               &office, &k)));
        CHECK(fine(&w, case_view(w.db, w.reg, k.id, &here, &got)));
        refused(&w, case_view(w.db, w.reg, k.id, &there, &got), ERR_MISSING, "case.unknown");
        refused(&w,
                open_case(&w, "change-report", w.firm,
                          "{\"变更种类\":\"更名\",\"变更日期\":\"2026-10-01\",\"说明\":\"x\"}",
                          &there, &got),
                ERR_DENIED, "case.not_yours");
        refused(&w,
                open_case(&w, "change-report", w.firm, "{\"变更种类\":\"魔法\"}", &office, &got),
                ERR_RULE, "case.value");
    }
    end(&w);
}

/* --- guards, documents, signatures -------------------------------------------------------------
 */

TEST(case_needs_document_and_guard) {
    World w = {0};
    CaseFile k;
    CaseDocument d;
    CaseActor office = person("office", ROLE_CLERK_OFFICE);
    if (begin(&w)) {
        CHECK(
            fine(&w, open_case(&w, "change-report", w.firm,
                               "{\"变更种类\":\"更名\",\"变更日期\":\"2026-12-01\",\"说明\":\"x\"}",
                               &office, &k)));
        refused(&w, act(&w, &k, "核对", "{\"核对意见\":\"属实\"}", "", &office), ERR_RULE,
                "case.needs_document");
        CHECK(fine(&w, attach(&w, k.id, "证明", "证明.pdf", PDF, &office, &d)));
        CHECK(fine(&w, case_get(w.db, w.reg, k.id, &k)));
        CHECK(fine(&w, act(&w, &k, "核对", "{\"核对意见\":\"属实\"}", "", &office)));
        /* the change lies in the future: the guard of 登记 */
        refused(&w, act(&w, &k, "登记", NULL, "x", &office), ERR_RULE, "case.when");
        CaseActOpen *acts;
        int n;
        CHECK(fine(&w, case_acts_open(w.db, w.reg, &k, &office, &acts, &n)));
        CHECK_INT(n, 2);
        for (int i = 0; i < n; i++) CHECK(acts[i].open == (acts[i].why.n == 0));
        w.c.now_ms = date_to_days(2026, 12, 2) * DAY_MS;
        CHECK(fine(&w, act(&w, &k, "登记", NULL, "属实", &office)));
    }
    end(&w);
}

TEST(case_signatures_void) {
    World w = {0};
    CaseFile k;
    CaseSigned n;
    CaseActor one = person("one", ROLE_CLERK_OFFICE), boss = person("boss", ROLE_LEADER);
    if (begin(&w)) {
        CHECK(fine(&w, open_case(&w, "membership", w.firm, "{\"类别\":\"种子\",\"入库理由\":\"x\"}",
                                 &one, &k)));
        refused(&w, act(&w, &k, "入库", NULL, "同意", &one), ERR_STATE, "case.state");
        CHECK(fine(&w, act(&w, &k, "同意", NULL, "企业回函", &one)));
        CHECK(fine(&w, act(&w, &k, "入库", NULL, "同意", &one)));
        CHECK_INT(Q_I64(w.db, 0,
                        "SELECT count(*) FROM title WHERE case_file = $1 AND kind = 1 AND "
                        "reason = '同意'",
                        db_i(k.id)),
                  1);
        Call out = {.w = &w,
                    .id = k.id,
                    .actor = &one,
                    .move = {.act = S("拟移出"),
                             .reason = S("迁出"),
                             .code = S("迁出本市"),
                             .data = data(&w, "{\"移出依据\":\"迁出\"}")}};
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, act_tx, &out)));
        k = out.out;
        refused(&w, act(&w, &k, "移出", NULL, "x", &one), ERR_RULE, "case.needs_signatures");
        Call sign = {
            .w = &w, .id = k.id, .actor = &one, .move = {.act = S("移出"), .reason = S("x")}};
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, sign_tx, &sign)));
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, sign_tx, &sign))); /* twice is once */
        sign.actor = &boss;
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, sign_tx, &sign)));
        CHECK(fine(&w, case_get(w.db, w.reg, k.id, &k)));
        CHECK(fine(&w, case_signatures(w.db, &k, S("移出"), &n)));
        CHECK_INT(n.n, 2);
        CHECK_STR(n.reason, S("x"));
        Call edit = {.w = &w,
                     .id = k.id,
                     .actor = &one,
                     .move = {.data = data(&w, "{\"移出依据\":\"改了\"}"), .reason = S("改")}};
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, edit_tx, &edit)));
        k = edit.out;
        CHECK(fine(&w, case_signatures(w.db, &k, S("移出"), &n)));
        CHECK_INT(n.n, 0);
        refused(&w, act(&w, &k, "移出", NULL, "x", &one), ERR_RULE, "case.needs_signatures");
        /* nor is what was signed for another reason; without one nobody signs what asks for it */
        sign.move.reason = S(" ");
        refused(&w, tx_run(w.db, DB_WRITE, sign_tx, &sign), ERR_RULE, "case.needs_reason");
        sign.move.code = S("其他");
        sign.move.reason = S("x");
        refused(&w, tx_run(w.db, DB_WRITE, sign_tx, &sign), ERR_RULE, "case.code");
        sign.move.code = S("");
        sign.actor = &one;
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, sign_tx, &sign)));
        sign.actor = &boss;
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, sign_tx, &sign)));
        k.version = 0;
        refused(&w, act(&w, &k, "移出", NULL, "y", &boss), ERR_RULE, "case.signed_other");
        refused(&w, act(&w, &k, "移出", "{\"移出依据\":\"又改\"}", "x", &boss), ERR_RULE,
                "case.needs_signatures");
        CHECK(fine(&w, act(&w, &k, "移出", NULL, "x", &boss)));
        CHECK_STR(k.state->id, S("已移出"));
        sign.move.act = S("入库");
        refused(&w, tx_run(w.db, DB_WRITE, sign_tx, &sign), ERR_STATE, "case.no_signature");
    }
    end(&w);
}

/* --- files -------------------------------------------------------------------------------------
 */

TEST(case_files) {
    World w = {0};
    CaseFile k;
    CaseDocument d, again;
    EvidenceFile file;
    CaseActor office = person("office", ROLE_CLERK_OFFICE), firm = person("firm", ROLE_ENTERPRISE);
    CaseActor policy = person("policy", ROLE_POLICY), chain = person("chain", ROLE_CHAIN);
    CaseActor stranger = firm, finance = person("finance", ROLE_FINANCE);
    CHECK_INT(evidence_grade_of(&finance), GRADE_SENSITIVE);
    CHECK_INT(evidence_grade_of(&policy), GRADE_SENSITIVE); /* as of facts */
    CHECK_INT(evidence_grade_of(&chain), GRADE_INTERNAL);
    if (begin(&w)) {
        firm.subject = w.firm;
        stranger.subject = w.other;
        CHECK(fine(
            &w, open_case(&w, "question", w.firm, "{\"问题\":\"q\",\"答复天数\":5}", &office, &k)));
        refused(&w, attach(&w, k.id, "证明", "a.pdf", S("\x89PNG\r\n\x1a\n...."), &firm, &d),
                ERR_RULE, "file.lies");
        refused(&w, attach(&w, k.id, "证明", "a.pdf", S("MZ\x90 program"), &firm, &d), ERR_RULE,
                "file.type");
        refused(&w,
                attach(&w, k.id, "证明", "a.pdf", S("<html><script>x</script></html>"), &firm, &d),
                ERR_RULE, "file.type");
        refused(&w, attach(&w, k.id, "证明", "a.exe", PDF, &firm, &d), ERR_RULE, "file.lies");
        refused(&w, attach(&w, k.id, "证明", "../../a.pdf", PDF, &firm, &d), ERR_RULE, "file.name");
        refused(&w, attach(&w, k.id, "证明", "", PDF, &firm, &d), ERR_RULE, "file.name");
        refused(&w, attach(&w, k.id, "别的", "a.pdf", PDF, &firm, &d), ERR_RULE, "file.kind");
        char *big = arena_alloc(w.arena, (21 << 20));
        for (int i = 0; i < 8; i++) big[i] = "%PDF-1.7"[i];
        refused(&w, attach(&w, k.id, "证明", "a.pdf", str_of(big, 21 << 20), &firm, &d), ERR_LIMIT,
                "file.large");
        refused(&w, attach(&w, k.id, "证明", "a.pdf", PDF, &stranger, &d), ERR_MISSING,
                "case.unknown");
        CHECK_INT(Q_I64(w.db, -1, "SELECT count(*) FROM file_blob"), 0);
        CHECK(fine(&w, attach(&w, k.id, "证明", "a.PDF", PDF, &firm, &d)));
        CHECK(fine(&w, attach(&w, k.id, "证明", "b.pdf", PDF, &firm, &again)));
        CHECK_STR(d.sm3, again.sm3);
        CHECK_INT(Q_I64(w.db, -1, "SELECT count(*) FROM file_blob"), 1);
        int64_t before = Q_I64(w.db, 0, "SELECT count(*) FROM journal");
        CHECK(fine(&w, evidence_open(w.db, w.reg, d.sm3, &firm, &file, &again)));
        CHECK_STR(file.bytes, PDF);
        CHECK_INT(Q_I64(w.db, 0, "SELECT count(*) FROM journal"), before + 1);
        refused(&w, evidence_open(w.db, w.reg, d.sm3, &stranger, &file, &again), ERR_MISSING,
                "file.unknown");
        refused(&w, evidence_open(w.db, w.reg, d.sm3, &chain, &file, &again), ERR_MISSING,
                "file.unknown"); /* sees the case, not what is 敏感 */
        refused(&w, evidence_open(w.db, w.reg, S("00"), &office, &file, &again), ERR_MISSING,
                "file.unknown");
    }
    end(&w);
}

static bool withdraw_tx(Db *db, void *user) {
    Call *k = user;
    return case_document_withdraw(db, k->w->reg, k->id, k->document.id, S("x"), k->actor);
}

/* A firm hands in and takes back its own papers, not the office's. */
TEST(case_firm_leaves_the_office_its_records) {
    World w = {0};
    CaseFile k;
    CaseDocument mine, theirs;
    CaseActor office = person("office", ROLE_CLERK_OFFICE), firm = person("firm", ROLE_ENTERPRISE);
    if (begin(&w)) {
        firm.subject = w.firm;
        CHECK(fine(&w, open_case(&w, "site-visit", w.firm,
                                 "{\"事由种类\":\"其他\",\"事由\":\"x\",\"依据\":\"y\"}", &office,
                                 &k)));
        refused(&w, attach(&w, k.id, "核查记录", "a.pdf", PDF, &firm, &mine), ERR_DENIED,
                "file.not_yours");
        CHECK(fine(&w, attach(&w, k.id, "核查记录", "a.pdf", PDF, &office, &theirs)));
        Call take = {.w = &w, .id = k.id, .actor = &firm, .document = theirs};
        refused(&w, tx_run(w.db, DB_WRITE, withdraw_tx, &take), ERR_DENIED, "file.not_yours");
        Call paper = {.w = &w,
                      .id = k.id,
                      .actor = &firm,
                      .paper = {.kind = S("回函"),
                                .sent_day = INT64_MIN,
                                .due_day = INT64_MIN,
                                .answered_day = INT64_MIN}};
        refused(&w, tx_run(w.db, DB_WRITE, paper_tx, &paper), ERR_DENIED, "case.not_yours");
        CHECK(fine(
            &w, open_case(&w, "question", w.firm, "{\"问题\":\"q\",\"答复天数\":5}", &office, &k)));
        CHECK(fine(&w, attach(&w, k.id, "证明", "b.pdf", PDF, &firm, &mine)));
        take = (Call){.w = &w, .id = k.id, .actor = &firm, .document = mine};
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, withdraw_tx, &take)));
        refused(&w, tx_run(w.db, DB_WRITE, withdraw_tx, &take), ERR_MISSING, "file.unknown");
    }
    end(&w);
}

/* --- thread and paper --------------------------------------------------------------------------
 */

TEST(case_thread_and_paper) {
    World w = {0};
    CaseFile k;
    CaseActor office = person("office", ROLE_CLERK_OFFICE);
    if (begin(&w)) {
        CHECK(fine(&w, open_case(&w, "platform", w.firm, "{\"转型说明\":\"x\"}", &office, &k)));
        Call say = {.w = &w, .id = k.id, .actor = &office, .say = {.text = S("请补充方案")}};
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, say_tx, &say)));
        say.say.text = S("  ");
        refused(&w, tx_run(w.db, DB_WRITE, say_tx, &say), ERR_RULE, "case.text");
        CaseMessage *m;
        CasePaper *p;
        int n;
        CHECK(fine(&w, case_messages(w.db, k.id, &m, &n)));
        CHECK_INT(n, 1);
        Call paper = {.w = &w,
                      .id = k.id,
                      .actor = &office,
                      .paper = {.kind = S("征求意见函"),
                                .addressee = S("市税务局"),
                                .sent_day = 20000,
                                .due_day = 20010,
                                .answered_day = INT64_MIN}};
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, paper_tx, &paper)));
        int64_t id = paper.paper.id;
        paper.paper = (CasePaper){.id = id,
                                  .answer = S("无意见"),
                                  .answered_day = 19999,
                                  .sent_day = INT64_MIN,
                                  .due_day = INT64_MIN};
        refused(&w, tx_run(w.db, DB_WRITE, paper_tx, &paper), ERR_RULE, "case.paper_order");
        paper.paper = (CasePaper){.id = id,
                                  .answer = S("无意见"),
                                  .answered_day = 20005,
                                  .sent_day = INT64_MIN,
                                  .due_day = INT64_MIN};
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, paper_tx, &paper)));
        paper.paper = (CasePaper){.id = id,
                                  .answer = S("有意见"),
                                  .answered_day = INT64_MIN,
                                  .sent_day = INT64_MIN,
                                  .due_day = INT64_MIN};
        refused(&w, tx_run(w.db, DB_WRITE, paper_tx, &paper), ERR_STATE, "case.paper_set");
        CHECK(fine(&w, case_papers(w.db, k.id, &p, &n)));
        CHECK_INT(n, 1);
        CHECK_STR(p[0].answer, S("无意见"));
    }
    end(&w);
}

/* --- time --------------------------------------------------------------------------------------
 */

static CaseClock clock_of(World *w, int64_t id) {
    CaseClock *k;
    int n;
    CHECK(fine(w, case_clocks(w->db, w->reg, id, true, &k, &n)));
    CHECK_INT(n, 1);
    return n == 1 ? k[0] : (CaseClock){0};
}

/* An objection to the firm, whose case is opened by its receipt. */
static bool plant_objection(Db *db, void *user) {
    const World *w = user;
    return EXEC(db, "INSERT INTO public_notice(id, version, state, template, title, content, sm3, "
                    "number, site_url, scan_sm3, scan_name, owner, created_ms, changed_ms, "
                    "published_by, ended_by) VALUES (1, 1, 1, 'notice', 'n', '{}', '', '', '', '', "
                    "'', 'x', 1, 1, '', '')") &&
           EXEC(db,
                "INSERT INTO notice_firm(notice, position, subject, name, code, district, "
                "firm_group, note) VALUES (1, 1, $1, 'n', '', '', '', '')",
                db_i(w->firm)) &&
           EXEC(db,
                "INSERT INTO objection(id, version, notice, position, subject, receipt, channel, "
                "state, person, contact, organisation, text, sender_sm3, received_ms, "
                "received_day, registered_by, answer, closed_by) VALUES (1, 1, 1, 1, $1, 'r-1', "
                "1, 0, 'p', 'c', '', 't', '', 1, 20261102, 'office', '', '')",
                db_i(w->firm));
}

/* Neither the list nor its total tells who objections are about. */
TEST(case_list_counts_only_what_is_seen) {
    World w = {0};
    CaseFile k, *list;
    CaseFilter of_firm = {.limit = 1, .offset = 5};
    CaseActor office = person("office", ROLE_CLERK_OFFICE), chain = person("chain", ROLE_CHAIN);
    int n;
    int64_t total;
    if (begin(&w)) {
        of_firm.subject = w.firm;
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, plant_objection, &w)));
        CHECK(fine(&w, open_case(&w, "objection", w.firm, "{\"回执号\":\"r-1\"}", &office, &k)));
        CHECK(fine(&w, case_list(w.db, w.reg, &of_firm, &chain, &list, &n, &total)));
        CHECK_INT(total, 0);
        CHECK(fine(&w, case_list(w.db, w.reg, &of_firm, &office, &list, &n, &total)));
        CHECK_INT(total, 1);
    }
    end(&w);
}

TEST(case_clock_pauses_and_escalates) {
    World w = {0};
    CaseFile k;
    CaseTick t;
    CaseActor office = person("office", ROLE_CLERK_OFFICE);
    if (begin(&w)) {
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, plant_objection, &w)));
        CHECK(fine(&w, open_case(&w, "objection", w.firm, "{\"回执号\":\"r-1\"}", &office, &k)));
        refused(&w, act(&w, &k, "中止", NULL, "等鉴定", &office), ERR_STATE, "case.state");
        CHECK(fine(&w, act(&w, &k, "受理", "{\"核查天数\":10}", "", &office)));
        CaseClock c = clock_of(&w, k.id);
        CHECK_INT(c.due_day, date_to_days(2026, 11, 16)); /* ten working days after Monday */
        CHECK_INT(c.left, 10);
        w.c.now_ms += 3 * DAY_MS; /* Thursday: three used */
        refused(&w, act(&w, &k, "中止", NULL, "", &office), ERR_RULE, "case.needs_reason");
        CHECK(fine(&w, act(&w, &k, "中止", NULL, "等鉴定", &office)));
        c = clock_of(&w, k.id);
        CHECK_INT(c.used_days, 3);
        CHECK_STR(c.pause_reason, S("等鉴定"));
        refused(&w, act(&w, &k, "中止", NULL, "再等", &office), ERR_STATE, "case.clock_paused");
        w.c.now_ms += 20 * DAY_MS; /* Wednesday, 25 November */
        CHECK(fine(&w, case_tick(w.db, w.reg, &t)));
        CHECK_INT(t.escalated, 0); /* paused clocks are not over */
        CHECK(fine(&w, act(&w, &k, "恢复", NULL, "鉴定完成", &office)));
        c = clock_of(&w, k.id);
        CHECK_INT(c.due_day, date_to_days(2026, 12, 4)); /* seven more working days */
        refused(&w, act(&w, &k, "恢复", NULL, "x", &office), ERR_STATE, "case.clock_runs");
        w.c.now_ms = date_to_days(2026, 12, 4) * DAY_MS;
        CHECK(fine(&w, case_tick(w.db, w.reg, &t)));
        CHECK_INT(t.escalated, 0); /* the last day is still in time */
        w.c.now_ms = date_to_days(2026, 12, 7) * DAY_MS;
        CHECK(fine(&w, case_tick(w.db, w.reg, &t)));
        CHECK_INT(t.escalated, 1);
        CHECK(fine(&w, case_tick(w.db, w.reg, &t)));
        CHECK_INT(t.escalated, 0); /* once */
        CHECK(fine(&w, case_get(w.db, w.reg, k.id, &k)));
        CHECK_STR(k.state->id, S("核查"));
    }
    end(&w);
}

TEST(case_clock_beyond_the_calendar) {
    World w = {0};
    CaseFile k;
    CaseTick t;
    CaseActor office = person("office", ROLE_CLERK_OFFICE);
    if (begin(&w)) {
        w.c.now_ms = date_to_days(2026, 12, 30) * DAY_MS;
        CHECK(fine(
            &w, open_case(&w, "question", w.firm, "{\"问题\":\"q\",\"答复天数\":5}", &office, &k)));
        CaseClock c = clock_of(&w, k.id);
        CHECK(c.due_day == INT64_MIN); /* not guessed */
        CHECK_INT(c.left, INT32_MAX);
        CHECK(fine(&w, case_tick(w.db, w.reg, &t)));
        CHECK_INT(t.dated, 0);
    }
    end(&w);
}

TEST(case_server_clock_moved_back) {
    World w = {0};
    CaseFile k;
    CaseActor office = person("office", ROLE_CLERK_OFFICE);
    if (begin(&w)) {
        CHECK(fine(&w, open_case(&w, "platform", w.firm, "{\"转型说明\":\"x\"}", &office, &k)));
        int64_t opened = k.changed_ms;
        w.c.now_ms = opened - CASE_SKEW_MS - 1;
        refused(&w, act(&w, &k, "不列入", NULL, "x", &office), ERR_STATE, "case.clock_back");
        w.c.now_ms = opened - CASE_SKEW_MS;
        CHECK(fine(&w, act(&w, &k, "不列入", NULL, "x", &office)));
        CHECK_INT(k.changed_ms, opened); /* the event does not go back in time */
    }
    end(&w);
}

/* --- a flow that has nothing to do with enterprises --------------------------------------------
 */

/* The rule set of the register with a flow of the tests added. */
static bool with_flow(World *w, const char *id) {
    PackFile *files, *more;
    int n;
    Str bytes, path = str_printf(w->arena, "flows/%s.yaml", id);
    bool changed;
    if (!pack_read(&w->c, S("packs/zibo"), &files, &n) ||
        !file_read(&w->c, str_cat(w->arena, S("tests/data/"), path), 1 << 20, &bytes))
        return false;
    more = NEW_N(w->arena, PackFile, n + 1);
    for (int i = 0; i < n; i++) more[i] = files[i];
    more[n] = (PackFile){.pack = S("zibo"), .path = path, .bytes = bytes};
    PackSet *p = pack_parse(&w->c, more, n + 1);
    bool ok =
        p && tx_begin(w->db, DB_WRITE) && rules_save(w->db, p, &ACT, &changed) && tx_commit(w->db);
    pack_close(p);
    return ok;
}

TEST(case_of_another_kind) {
    World w = {0};
    CaseFile k;
    CaseTick t;
    CaseActor chain = person("chain", ROLE_CHAIN);
    chain.user = 2;
    if (begin(&w) && fine(&w, with_flow(&w, "loan"))) {
        const Register *first = w.reg, *now = register_enter(w.db, first);
        w.reg = (Register *)(uintptr_t)now;
        CHECK(now != first);
        refused(&w, open_case(&w, "loan", w.firm, "{}", &chain, &k), ERR_RULE, "case.subject");
        CHECK(fine(&w, open_case(&w, "loan", 0, "{\"instrument\":\"spectrometer\",\"days\":40}",
                                 &chain, &k)));
        CHECK(!act(&w, &k, "lend", NULL, "", &chain)); /* told in the words of the flow */
        CHECK_STR(note_text(w.c.arena, &w.c.err.note, LANG_ZH),
                  S("“借出”的条件未满足：借期超过三十天"));
        ctx_clear(&w.c);
        refused(&w, act(&w, &k, "lend", NULL, "", &chain), ERR_RULE, "case.when");
        CHECK(fine(&w, act(&w, &k, "lend", "{\"days\":\"5\"}", "", &chain)));
        CHECK_STR(k.state->id, S("lent"));
        CaseClock c = clock_of(&w, k.id);
        CHECK_INT(c.due_day, date_to_days(2026, 11, 9)); /* Saturday 7th: the next working day */
        refused(&w, act(&w, &k, "write-off", NULL, "x", &chain), ERR_DENIED, "case.not_yours");
        w.c.now_ms = date_to_days(2026, 11, 10) * DAY_MS;
        CHECK(fine(&w, case_tick(w.db, w.reg, &t)));
        CHECK_INT(t.escalated, 1);
        CHECK_INT(t.acted, 1);
        CHECK(fine(&w, case_get(w.db, w.reg, k.id, &k)));
        CHECK_STR(k.state->id, S("lost"));
        CHECK(k.closed_ms > 0);
        CHECK(fine(&w, case_tick(w.db, w.reg, &t)));
        CHECK_INT(t.acted, 0);
        /* under the rule set before, the flow is not in force; its cases are still read */
        register_leave(now);
        w.reg = (Register *)(uintptr_t)first;
        CHECK(flow_find(first->pack, S("loan")) == NULL);
        CHECK(fine(&w, case_get(w.db, first, k.id, &k)));
        CHECK_STR(k.flow->id, S("loan"));
    }
    end(&w);
}

/* What one case refuses when its time is over neither stops the others nor takes back that it was
 * escalated. */
TEST(case_tick_goes_on_over_a_refusal) {
    World w = {0};
    CaseFile stuck, k;
    CaseTick t;
    CaseActor chain = person("chain", ROLE_CHAIN), office = person("office", ROLE_CLERK_OFFICE);
    if (begin(&w) && fine(&w, with_flow(&w, "stuck"))) {
        const Register *first = w.reg;
        w.reg = (Register *)(uintptr_t)register_enter(w.db, first);
        CHECK(fine(&w, open_case(&w, "stuck", 0, "{}", &chain, &stuck)));
        CHECK(fine(
            &w, open_case(&w, "question", w.firm, "{\"问题\":\"q\",\"答复天数\":1}", &office, &k)));
        w.c.now_ms += 7 * DAY_MS;
        CHECK(fine(&w, case_tick(w.db, w.reg, &t)));
        CHECK_INT(t.escalated, 2);
        CHECK_INT(t.refused, 1);
        CHECK_INT(t.acted, 0);
        CHECK(clock_of(&w, stuck.id).escalated_ms > 0);
        CHECK(clock_of(&w, k.id).escalated_ms > 0);
        CHECK(fine(&w, case_get(w.db, w.reg, stuck.id, &stuck)));
        CHECK_STR(stuck.state->id, S("waits"));
        CHECK(fine(&w, case_tick(w.db, w.reg, &t))); /* tried again; the rest is done */
        CHECK_INT(t.escalated, 0);
        CHECK_INT(t.refused, 1);
        register_leave(w.reg);
        w.reg = (Register *)(uintptr_t)first;
    }
    end(&w);
}

/* --- killed in between -------------------------------------------------------------------------
 */

TEST(case_act_is_whole_or_nothing) {
    World w = {0};
    CaseFile k, out;
    CaseActor office = person("office", ROLE_CLERK_OFFICE);
    if (begin(&w)) {
        CHECK(fine(
            &w, open_case(&w, "question", w.firm, "{\"问题\":\"q\",\"答复天数\":5}", &office, &k)));
        int64_t journal = Q_I64(w.db, 0, "SELECT count(*) FROM journal");
        int64_t told = Q_I64(w.db, 0, "SELECT count(*) FROM notification");
        CaseMove m = {.act = S("答复"), .data = data(&w, "{\"答复\":\"x\"}")};
        CHECK(fine(&w, tx_begin(w.db, DB_WRITE)));
        CHECK(fine(&w, case_act(w.db, w.reg, k.id, &m, &office, &out)));
        CHECK_STR(out.state->id, S("已答复"));
        tx_rollback(w.db); /* what a process that dies leaves behind */
        CHECK(fine(&w, case_get(w.db, w.reg, k.id, &out)));
        CHECK_STR(out.state->id, S("待答复"));
        CHECK_INT(out.version, k.version);
        CHECK(clock_of(&w, k.id).stopped_day == INT64_MIN);
        CHECK_INT(Q_I64(w.db, 0, "SELECT count(*) FROM case_event"), 1);
        CHECK_INT(Q_I64(w.db, 0, "SELECT count(*) FROM journal"), journal);
        CHECK_INT(Q_I64(w.db, 0, "SELECT count(*) FROM notification"), told);
        CHECK(fine(&w, act(&w, &k, "答复", "{\"答复\":\"x\"}", "", &office)));
    }
    end(&w);
}
