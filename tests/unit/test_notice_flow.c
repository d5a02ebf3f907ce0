/* From decided candidates to notice, objection, letter: acts of the flows of the pack of Zibo. */
#include "base/clock.h"
#include "base/date.h"
#include "city/flow/case.h"
#include "city/flow/evidence.h"
#include "city/notice/letter.h"
#include "city/subject.h"
#include "tests/test.h"

static const Act ACT = {STR_INIT("test"), STR_INIT("测试")};
#define DAY_MS (24 * 3600 * 1000LL)
#define HOSTILE "=1+1<script>alert(1)</script>\xe2\x80\xae有限公司"

typedef struct World {
    Arena *arena;
    Ctx c;
    Str url;
    Register *reg;
    Db *db;
    int64_t firms[3], round;
} World;

static bool fine(World *w, bool ok) {
    if (!ok)
        test_failed(
            __FILE__, __LINE__,
            str_z(w->arena, str_printf(w->arena, "%.*s: %.*s", STRF(msg_code(w->c.err.note.msg)),
                                       STRF(note_text(w->arena, &w->c.err.note, LANG_EN)))));
    return ok;
}

static void refused(World *w, bool ok, ErrCode code, const char *msg) {
    CHECK(!ok);
    CHECK_INT(w->c.err.code, code);
    CHECK_STR(msg_code(w->c.err.note.msg), str_from(msg));
    ctx_clear(&w->c);
}

static bool plant(Db *db, void *user) {
    World *w = user;
    static const char *const CODES[] = {"91370300MA3BXX0A17", "91370300MA3BXX0B14",
                                        "91370300MA3BXX0C11"};
    for (int i = 0; i < 3; i++) {
        SubjectNew s = {.kind = SUBJECT_ENTERPRISE,
                        .name = i == 2 ? S(HOSTILE) : str_printf(w->arena, "甲%d公司", i),
                        .uscc = str_from(CODES[i]),
                        .division = S("370303")};
        w->firms[i] = subject_add(db, &s, &ACT);
        if (!w->firms[i]) return false;
    }
    return true;
}

/* 2026-11-02, a Monday. */
static bool begin(World *w) {
    InitReport report;
    w->arena = arena_open(0);
    w->c = ctx_new(w->arena, date_to_days(2026, 11, 2) * DAY_MS + 2 * 3600 * 1000);
    w->url = test_db_url(w->arena);
    if (!fine(w, register_init(&w->c, w->url, S("packs/zibo"), &ACT, &report))) return false;
    w->reg = register_open(&w->c, w->url, 4);
    w->db = w->reg ? db_borrow(&w->c, w->reg->store) : NULL;
    return fine(w, w->db != NULL) && fine(w, tx_run(w->db, DB_WRITE, plant, w));
}

static void end(World *w) {
    if (w->db) db_return(w->db);
    register_close(w->reg);
    arena_close(w->arena);
}

typedef struct Call {
    World *w;
    CaseActor actor;
    CaseNew open;
    CaseMove move;
    int64_t id;
    CaseFile out;
    Str state;
    ObjectionNew objection;
    Objection received;
    Letter letter;
    LetterOutcome outcome;
    LetterWay way;
} Call;

static bool open_tx(Db *db, void *user) {
    Call *k = user;
    return case_open(db, k->w->reg, &k->open, &k->actor, &k->out);
}
static bool act_tx(Db *db, void *user) {
    Call *k = user;
    return case_act(db, k->w->reg, k->id, &k->move, &k->actor, &k->out);
}
static bool sign_tx(Db *db, void *user) {
    Call *k = user;
    return case_sign(db, k->w->reg, k->id, &k->move, &k->actor);
}
static bool state_tx(Db *db, void *user) {
    Call *k = user;
    return EXEC(db, "UPDATE case_file SET state = $2 WHERE id = $1", db_i(k->id), db_s(k->state));
}
static bool object_tx(Db *db, void *user) {
    Call *k = user;
    return objection_file(db, k->w->reg, &k->objection, S(""), &k->received);
}
static bool decide_tx(Db *db, void *user) {
    Call *k = user;
    return objection_decide(db, &k->received, OBJECTION_DISMISSED, S("x"), &ACT);
}
static bool file_tx(Db *db, void *user) {
    Call *k = user;
    CaseDocument d;
    return case_document_add(db, k->w->reg, k->id, S("核查材料"), S("a.pdf"),
                             S("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"),
                             &k->actor, &d);
}

static bool edit_tx(Db *db, void *user) {
    Call *k = user;
    return case_edit(db, k->w->reg, k->id, &k->move, &k->actor, &k->out);
}
static bool send_tx(Db *db, void *user) {
    Call *k = user;
    return letter_send(db, &k->letter, k->way, 0, &ACT);
}
static bool change_tx(Db *db, void *user) {
    Call *k = user;
    return letter_change(db, &k->letter, &ACT);
}
static bool outcome_tx(Db *db, void *user) {
    Call *k = user;
    return letter_outcome(db, &k->letter, &k->outcome, &ACT);
}
static bool read_tx(Db *db, void *user) {
    Call *k = user;
    return letter_read(db, &k->letter, S("firm-account"));
}
static bool inform_tx(Db *db, void *user) {
    Call *k = user;
    const LetterNew n = {.template_id = S("inform"), .subject = k->w->firms[0]};
    return letter_add(db, k->w->reg->pack, &n, &ACT, &k->letter);
}

static CaseActor person(const char *name, Role role) {
    return (CaseActor){.name = str_from(name), .user = 1, .roles = 1u << role};
}

static Json *data(World *w, const char *text) {
    return json_parse(&w->c, str_dup(w->arena, str_from(text)), S("data"));
}

static void stand(World *w, int64_t id, const char *state) {
    Call k = {.w = w, .id = id, .state = str_from(state)};
    CHECK(fine(w, tx_run(w->db, DB_WRITE, state_tx, &k)));
}

static bool act(World *w, int64_t id, const char *what, const char *json, Role role) {
    Call k = {.w = w,
              .actor = person("office", role),
              .id = id,
              .move = {.act = str_from(what),
                       .reason = S("按程序"),
                       .data = json ? data(w, json) : NULL}};
    return tx_run(w->db, DB_WRITE, act_tx, &k);
}

static void sign(World *w, int64_t id, const char *what, const char *name, Role role) {
    Call k = {.w = w,
              .actor = person(name, role),
              .id = id,
              .move = {.act = str_from(what), .reason = S("按程序")}};
    CHECK(fine(w, tx_run(w->db, DB_WRITE, sign_tx, &k)));
}

static const char SETTING[] =
    "{\"设置\":\"{\\\"title\\\":\\\"评审\\\",\\\"rule\\\":\\\"zibo/"
    "gazelle\\\",\\\"from\\\":\\\"2026-09-01\\\","
    "\\\"to\\\":\\\"2026-09-20\\\",\\\"as_of\\\":\\\"2022-08-31\\\",\\\"method\\\":\\\"average\\\","
    "\\\"per_file\\\":1,"
    "\\\"criteria\\\":[{\\\"id\\\":\\\"c\\\",\\\"title\\\":\\\"c\\\",\\\"weight\\\":\\\"100\\\","
    "\\\"top\\\":5,\\\"status\\\":\\\"DEMO\\\"}]}\",\"年度\":\"2026年\","
    "\"公示称号\":\"瞪羚企业\",\"公示天数\":5,"
    "\"公示依据\":\"办法\",\"受理单位\":\"处室\",\"联系电话\":\"0533-2300000\","
    "\"联系地址\":\"x\",\"发文机关\":\"市局\"}";

/* A round whose reviews are over, with a candidate in 拟认定 for each firm. */
static bool decided(World *w, int64_t *candidates) {
    Call k = {.w = w, .actor = person("office", ROLE_CLERK_OFFICE)};
    k.open = (CaseNew){.flow = S("round"), .data = data(w, SETTING)};
    if (!fine(w, tx_run(w->db, DB_WRITE, open_tx, &k))) return false;
    w->round = k.out.id;
    stand(w, w->round, "受理");
    for (int i = 0; i < 3; i++) {
        k.open = (CaseNew){.flow = S("candidate"), .subject = w->firms[i], .parent = w->round};
        if (!fine(w, tx_run(w->db, DB_WRITE, open_tx, &k))) return false;
        candidates[i] = k.out.id;
        stand(w, k.out.id, i == 1 ? "未通过" : "拟认定");
    }
    stand(w, w->round, "已评");
    return true;
}

static const char GRANT[] =
    "{\"称号\":\"瞪羚\",\"级别\":\"市\",\"认定单位\":\"市局\",\"认定文号\":\"淄科〔2026〕1号\","
    "\"起始日\":\"2026-11-20\",\"终止日\":\"2029-10-31\"}";

static int64_t newest(World *w, const char *what) {
    return str_eq(str_from(what), S("letter"))
               ? Q_I64(w->db, 0, "SELECT max(id) FROM letter")
               : Q_I64(w->db, 0, "SELECT max(id) FROM public_notice");
}

/* However often it is opened, by however many: the second is told which one is there. */
TEST(candidate_is_one_open_case_of_a_firm_in_a_round) {
    World w = {0};
    int64_t candidates[3];
    if (begin(&w) && decided(&w, candidates)) {
        Call k = {.w = &w, .actor = person("office", ROLE_CLERK_OFFICE)};
        k.open = (CaseNew){.flow = S("candidate"), .subject = w.firms[0], .parent = w.round};
        stand(&w, w.round, "受理");
        refused(&w, tx_run(w.db, DB_WRITE, open_tx, &k), ERR_STATE, "case.twice");
        CHECK(EXEC(w.db, "UPDATE case_file SET closed_ms = 1 WHERE id = $1", db_i(candidates[0])));
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, open_tx, &k)));
    }
    end(&w);
}

TEST(notice_flow_from_candidates_to_letters) {
    World w = {0};
    int64_t k[3];
    PublicNotice n;
    NoticeFirm *firms;
    Letter l;
    Paper paper;
    int count;
    if (begin(&w) && decided(&w, k)) {
        refused(&w, act(&w, w.round, "发布公示", NULL, ROLE_CLERK_OFFICE), ERR_STATE,
                "notice.round_none");
        CHECK(fine(&w, act(&w, w.round, "起草公示", NULL, ROLE_CLERK_OFFICE)));
        refused(&w, act(&w, w.round, "起草公示", NULL, ROLE_CLERK_OFFICE), ERR_STATE,
                "notice.draft_there");
        CHECK(fine(&w, notice_get(w.db, newest(&w, "notice"), &n)));
        CHECK_INT(n.firms, 2);
        CHECK_INT(n.working_days, 5);
        CHECK_INT(notice_open_fields(&w.c, &n)->count, 0);
        CHECK(fine(&w, notice_firms(w.db, n.id, &firms, &count)));
        CHECK_INT(firms[0].firm.subject, w.firms[0]);
        CHECK_INT(firms[1].firm.case_file, k[2]);
        CHECK(str_find(firms[1].firm.name, S("\xe2\x80\xae")) < 0);
        CHECK(fine(&w, act(&w, w.round, "发布公示", NULL, ROLE_CLERK_OFFICE)));
        refused(&w, act(&w, w.round, "发布公示", NULL, ROLE_CLERK_OFFICE), ERR_STATE,
                "notice.round_none");
        refused(&w, act(&w, w.round, "结束公示", NULL, ROLE_CLERK_OFFICE), ERR_STATE,
                "notice.not_over");
        refused(&w, act(&w, k[0], "认定", GRANT, ROLE_CLERK_OFFICE), ERR_RULE, "case.when");
        w.c.now_ms += 8 * DAY_MS;
        CHECK(fine(&w, act(&w, w.round, "结束公示", NULL, ROLE_LEADER)));
        CHECK(fine(&w, act(&w, w.round, "起草认定文件", NULL, ROLE_CLERK_OFFICE)));
        CHECK(fine(&w, letter_get(w.db, newest(&w, "letter"), &l)));
        CHECK_STR(l.kind, S("decision"));
        CHECK_INT(json_get(l.content, S("firms"))->count, 2);
        /* what was concluded stays so when its page is taken down */
        CHECK(fine(&w, tx_begin(w.db, DB_WRITE)));
        CHECK(fine(&w, notice_get(w.db, n.id, &n) && notice_end(w.db, &n, &ACT)));
        CHECK(fine(&w, tx_commit(w.db)));
        CHECK(fine(&w, act(&w, k[0], "认定", GRANT, ROLE_CLERK_OFFICE)));
        CHECK_INT(Q_I64(w.db, 0, "SELECT to_day FROM title WHERE case_file = $1", db_i(k[0])),
                  20291101); /* the paper's last day is 31 October */
        CHECK(fine(&w, letter_get(w.db, newest(&w, "letter"), &l)));
        CHECK_INT(l.subject, w.firms[0]);
        CHECK_INT(l.state, LETTER_SENT);
        CHECK(fine(&w, letter_paper(w.db, &l, false, &paper)));
        CHECK(str_find(paper.blocks[2].text, S("淄博市瞪羚企业")) > 0);
        CHECK(str_find(paper.blocks[2].text, S("淄科〔2026〕1号")) > 0);
    }
    end(&w);
}

static ObjectionNew against(int64_t notice, int position) {
    return (ObjectionNew){.notice = notice,
                          .position = position,
                          .person = S("李四"),
                          .contact = S("13900139000"),
                          .text = S("数据不实"),
                          .sender = S("198.51.100.7")};
}

TEST(objection_opens_a_case_that_ends_it) {
    World w = {0};
    int64_t k[3];
    Objection o;
    CaseFile file;
    Letter l;
    Paper paper;
    if (begin(&w) && decided(&w, k)) {
        CHECK(fine(&w, act(&w, w.round, "起草公示", NULL, ROLE_CLERK_OFFICE)));
        CHECK(fine(&w, act(&w, w.round, "发布公示", NULL, ROLE_CLERK_OFFICE)));
        w.c.now_ms += DAY_MS;
        Call c = {.w = &w, .objection = against(newest(&w, "notice"), 1)};
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, object_tx, &c)));
        CHECK(c.received.case_file > 0);
        CHECK(fine(&w, case_get(w.db, w.reg, c.received.case_file, &file)));
        CHECK_STR(json_get_str(file.data, S("回执号")), c.received.receipt);
        CHECK_INT(file.data->count, 1);
        CHECK(str_find(file.title, S("李四")) < 0);
        refused(&w, tx_run(w.db, DB_WRITE, decide_tx, &c), ERR_STATE, "objection.case");
        /* a case without an objection is none, and a receipt counts once */
        Call again = {.w = &w, .actor = person("office", ROLE_CLERK_OFFICE)};
        again.open = (CaseNew){
            .flow = S("objection"), .subject = w.firms[0], .data = data(&w, "{\"回执号\":\"no\"}")};
        refused(&w, tx_run(w.db, DB_WRITE, open_tx, &again), ERR_RULE, "objection.link");
        again.open.data = file.data;
        refused(&w, tx_run(w.db, DB_WRITE, open_tx, &again), ERR_RULE, "objection.link");
        w.c.now_ms += 8 * DAY_MS;
        CHECK(fine(&w, act(&w, w.round, "结束公示", NULL, ROLE_CLERK_OFFICE)));
        refused(&w, act(&w, k[0], "认定", GRANT, ROLE_CLERK_OFFICE), ERR_RULE, "case.when");
        CHECK(fine(&w, act(&w, k[2], "认定", GRANT, ROLE_CLERK_OFFICE))); /* holds one firm only */
        int64_t id = file.id;
        CHECK(fine(&w, act(&w, id, "受理", "{\"核查天数\":5}", ROLE_CLERK_OFFICE)));
        c.id = id;
        c.actor = person("office", ROLE_CLERK_OFFICE);
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, file_tx, &c)));
        CHECK(fine(&w, act(&w, id, "核查完毕", "{\"核查情况\":\"已核\"}", ROLE_CLERK_OFFICE)));
        const char *answer = "{\"处理意见\":\"经核查，数据属实，异议不成立。\"}";
        refused(&w, act(&w, id, "认定不成立", answer, ROLE_CLERK_OFFICE), ERR_RULE,
                "case.needs_signatures");
        Call edit = {.w = &w, .id = id, .actor = person("office", ROLE_CLERK_OFFICE)};
        edit.move.data = data(&w, answer);
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, edit_tx, &edit)));
        sign(&w, id, "认定不成立", "office", ROLE_CLERK_OFFICE);
        sign(&w, id, "认定不成立", "leader", ROLE_LEADER);
        CHECK(fine(&w, act(&w, id, "认定不成立", NULL, ROLE_LEADER)));
        CHECK(fine(&w, objection_get(w.db, c.received.id, false, &o)));
        CHECK_INT(o.state, OBJECTION_DISMISSED);
        CHECK_STR(o.answer, S("经核查，数据属实，异议不成立。"));
        CHECK(fine(&w, act(&w, k[0], "认定", GRANT, ROLE_CLERK_OFFICE)));
        CHECK_INT(Q_I64(w.db, 0, "SELECT count(*) FROM letter WHERE objection = 1"), 1);
        CHECK(fine(
            &w, letter_get(w.db, Q_I64(w.db, 0, "SELECT id FROM letter WHERE objection = 1"), &l)));
        CHECK(fine(&w, letter_paper(w.db, &l, true, &paper)));
        CHECK_STR(paper.blocks[1].text, S("李四："));
        Call send = {.w = &w, .letter = l, .way = WAY_POST};
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, send_tx, &send)));
        CHECK(fine(&w, letter_paper(w.db, &send.letter, false, &paper)));
        CHECK(str_find(paper.blocks[1].text, S("李四")) < 0);
        CHECK(str_find(paper.blocks[1].text, o.receipt) > 0);
    }
    end(&w);
}

TEST(letter_is_sent_returned_delivered_read) {
    World w = {0};
    Letter l;
    LetterEvent *e;
    int n;
    if (begin(&w)) {
        Call k = {.w = &w};
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, inform_tx, &k)));
        CHECK(letter_open_fields(&w.c, &k.letter)->count > 3);
        k.way = WAY_POST;
        refused(&w, tx_run(w.db, DB_WRITE, send_tx, &k), ERR_RULE, "notice.open_fields");
        CHECK(fine(&w, letter_get(w.db, k.letter.id, &k.letter)));
        k.letter.content = data(&w, "{\"blocks\":[{\"kind\":\"title\",\"text\":\"{x}\"},"
                                    "{\"kind\":\"body\",\"text\":\"=HYPERLINK(1) <b>\"}],"
                                    "\"values\":{\"x\":\"告知\"}}");
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, change_tx, &k)));
        k.way = WAY_PUBLISH;
        refused(&w, tx_run(w.db, DB_WRITE, send_tx, &k), ERR_RULE, "letter.way");
        k.outcome = (LetterOutcome){.kind = LETTER_EVENT_DELIVERED, .proof = S("x")};
        refused(&w, tx_run(w.db, DB_WRITE, outcome_tx, &k), ERR_STATE, "letter.state");
        k.way = WAY_POST;
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, send_tx, &k)));
        Str sm3 = str_dup(w.arena, k.letter.sm3);
        CHECK_INT(k.letter.sent_day, 20261102);
        refused(&w, tx_run(w.db, DB_WRITE, change_tx, &k), ERR_STATE, "letter.state");
        k.outcome = (LetterOutcome){.kind = LETTER_EVENT_RETURNED, .proof = S(" ")};
        refused(&w, tx_run(w.db, DB_WRITE, outcome_tx, &k), ERR_RULE, "letter.proof");
        k.outcome.proof = S("查无此人 EMS 123");
        k.outcome.day = 20261101;
        refused(&w, tx_run(w.db, DB_WRITE, outcome_tx, &k), ERR_RULE, "letter.day");
        k.outcome.day = 20261103;
        refused(&w, tx_run(w.db, DB_WRITE, outcome_tx, &k), ERR_RULE, "letter.day");
        w.c.now_ms -= DAY_MS; /* a server clock moved back: nothing arrives before it was sent */
        k.outcome.day = 0;
        refused(&w, tx_run(w.db, DB_WRITE, outcome_tx, &k), ERR_RULE, "letter.day");
        refused(&w, tx_run(w.db, DB_WRITE, send_tx, &k), ERR_RULE, "letter.day");
        k.outcome.day = 20261103;
        w.c.now_ms += 4 * DAY_MS;
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, outcome_tx, &k)));
        CHECK_INT(k.letter.state, LETTER_RETURNED);
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, read_tx, &k))); /* delivers nothing: it came back */
        CHECK_INT(k.letter.state, LETTER_RETURNED);
        k.way = WAY_PORTAL;
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, send_tx, &k)));
        CHECK_STR(k.letter.sm3, sm3);
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, read_tx, &k)));
        CHECK_INT(k.letter.state, LETTER_DELIVERED);
        CHECK(k.letter.read_ms == w.c.now_ms);
        w.c.now_ms += DAY_MS;
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, read_tx, &k)));
        CHECK(fine(&w, letter_get(w.db, k.letter.id, &l)));
        CHECK(l.read_ms == w.c.now_ms - DAY_MS);
        CHECK(fine(&w, letter_events(w.db, l.id, &e, &n)));
        CHECK_INT(n, 5); /* sent, returned, read, sent, delivered */
        CHECK_INT(e[4].kind, LETTER_EVENT_DELIVERED);
        CHECK_INT(e[1].day, 20261103);
        refused(&w, tx_run(w.db, DB_WRITE, send_tx, &k), ERR_STATE, "letter.state");
    }
    end(&w);
}
