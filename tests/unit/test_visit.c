/* How often a firm is visited: below, at and beyond the cap, complaints, joint visits, months over
 * the end of a year, and no cap at all. */
#include "base/date.h"
#include "city/review/visit.h"
#include "city/subject.h"
#include "tests/test.h"

static const Act ACT = {STR_INIT("test"), STR_INIT("测试")};

typedef struct World {
    Arena *arena;
    Ctx c;
    Register *reg;
    Db *db;
    int64_t firm, twin;
} World;

static bool fine(World *w, bool ok) {
    if (!ok)
        test_failed(__FILE__, __LINE__,
                    str_z(w->arena, note_text(w->arena, &w->c.err.note, LANG_EN)));
    return ok;
}

/* The clock at noon of a day. */
static void on(World *w, int year, int month, int day) {
    w->c.now_ms = date_to_days(year, month, day) * 86400000LL + 4 * 3600000LL;
}

static bool firms(Db *db, void *user) {
    World *w = user;
    SubjectNew a = {.kind = SUBJECT_ENTERPRISE, .name = S("甲公司"), .division = S("370303")};
    SubjectNew b = {.kind = SUBJECT_ENTERPRISE, .name = S("甲旧公司"), .division = S("370303")};
    w->firm = subject_add(db, &a, &ACT);
    w->twin = subject_add(db, &b, &ACT);
    return w->firm && w->twin;
}

static bool begin(World *w) {
    InitReport report;
    w->arena = arena_open(0);
    w->c = ctx_new(w->arena, 0);
    on(w, 2026, 11, 2);
    Str url = test_db_url(w->arena);
    if (!fine(w, register_init(&w->c, url, S("packs/zibo"), &ACT, &report))) return false;
    w->reg = register_open(&w->c, url, 4);
    w->db = w->reg ? db_borrow(&w->c, w->reg->store) : NULL;
    return fine(w, w->db != NULL) && fine(w, tx_run(w->db, DB_WRITE, firms, w));
}

static void end(World *w) {
    if (w->db) db_return(w->db);
    register_close(w->reg);
    arena_close(w->arena);
}

typedef struct Call {
    World *w;
    CaseActor who;
    CaseNew open;
    CaseMove move;
    CaseFile out;
    VisitCap cap;
    int64_t id;
} Call;

static bool open_tx(Db *db, void *user) {
    Call *k = user;
    return case_open(db, k->w->reg, &k->open, &k->who, &k->out);
}

static bool act_tx(Db *db, void *user) {
    Call *k = user;
    return case_act(db, k->w->reg, k->id, &k->move, &k->who, &k->out);
}

static bool cap_tx(Db *db, void *user) {
    Call *k = user;
    return visit_cap_set(db, &k->cap, &ACT);
}

static bool merge_tx(Db *db, void *user) {
    World *w = user;
    return subject_merge(db, w->firm, w->twin, &ACT) != 0;
}

static bool set_cap(World *w, int most, int months, const char *basis) {
    Call k = {.w = w, .cap = {.most = most, .months = months, .basis = str_from(basis)}};
    return tx_run(w->db, DB_WRITE, cap_tx, &k);
}

static Call call(World *w) {
    return (Call){.w = w, .who = {.name = S("clerk"), .user = 1, .roles = 1u << ROLE_CLERK_OFFICE}};
}

static bool open_of(World *w, int64_t firm, const char *cause, const char *more, CaseFile *out) {
    Call k = call(w);
    Str data = str_printf(w->arena,
                          "{\"事由种类\":\"%s\",\"事由\":\"收入存疑\",\"依据\":\"办法第三条\"%s}",
                          cause, more);
    k.open = (CaseNew){
        .flow = S("site-visit"), .subject = firm, .data = json_parse(&w->c, data, S("data"))};
    bool ok = tx_run(w->db, DB_WRITE, open_tx, &k);
    *out = k.out;
    return ok;
}

static bool visit(World *w, const char *cause, const char *more, CaseFile *out) {
    return open_of(w, w->firm, cause, more, out);
}

static bool act(World *w, CaseFile *f, const char *what, const char *json) {
    Call k = call(w);
    k.id = f->id;
    k.move = (CaseMove){.act = str_from(what),
                        .reason = S("理由"),
                        .data = json_parse(&w->c, str_from(json), S("data"))};
    bool ok = tx_run(w->db, DB_WRITE, act_tx, &k);
    if (ok) *f = k.out;
    return ok;
}

/* Beyond the cap; the message names these visits and not those. */
static void beyond(World *w, bool ok, Str named, Str unnamed) {
    CHECK(!ok);
    CHECK_INT(w->c.err.code, ERR_RULE);
    CHECK_STR(msg_code(w->c.err.note.msg), S("visit.cap"));
    Str said = note_text(w->arena, &w->c.err.note, LANG_ZH);
    CHECK(str_find(said, named) >= 0);
    CHECK(!unnamed.n || str_find(said, unnamed) < 0);
    ctx_clear(&w->c);
}

static Str said(const CaseFile *k) {
    return json_get_str(k->data, S("频次上限"));
}

TEST(visit_without_a_cap_nothing_is_refused) {
    World w = {0};
    CaseFile k;
    if (begin(&w)) {
        for (int i = 0; i < 5; i++) CHECK(fine(&w, visit(&w, "其他", "", &k)));
        CHECK_STR(said(&k), S("依据待补（处室未设频次上限）"));
        CHECK_INT(json_get(k.data, S("此前核查"))->count, 4);
        VisitCap cap;
        CHECK(visit_cap_get(w.db, INT64_MAX, &cap));
        CHECK_STR(json_get_str(visit_cap_json(w.arena, &cap), S("status")), S("依据待补"));
    }
    end(&w);
}

TEST(visit_cap_needs_both_numbers_and_a_basis) {
    World w = {0};
    VisitCap cap;
    if (begin(&w)) {
        static const struct {
            int most, months;
            const char *basis;
        } BAD[] = {{2, 0, "b"},   {0, 12, "b"},  {-1, 12, "b"}, {1001, 12, "b"},
                   {2, 121, "b"}, {2, -12, "b"}, {2, 12, ""},   {2, 12, "  "}};
        for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
            CHECK(!set_cap(&w, BAD[i].most, BAD[i].months, BAD[i].basis));
            CHECK_INT(w.c.err.code, ERR_RULE);
            ctx_clear(&w.c);
        }
        CHECK(fine(&w, set_cap(&w, 2, 12, "会议纪要")));
        int64_t then = w.c.now_ms;
        on(&w, 2026, 11, 3);
        CHECK(fine(&w, set_cap(&w, 0, 0, "")));
        CHECK(visit_cap_get(w.db, INT64_MAX, &cap) && cap.most == 0);
        CHECK(visit_cap_get(w.db, then, &cap) && cap.most == 2 && cap.months == 12);
        CHECK(visit_cap_get(w.db, then - 1, &cap) && cap.most == 0);
    }
    end(&w);
}

TEST(visit_cap_below_at_and_beyond) {
    World w = {0};
    CaseFile first, second, k;
    if (begin(&w)) {
        CHECK(fine(&w, set_cap(&w, 2, 12, "会议纪要")));
        CHECK(fine(&w, visit(&w, "材料疑点", "", &first)));
        CHECK_STR(said(&first), S("12 个月内至多 2 次，此前计 0 次"));
        CHECK(fine(&w, visit(&w, "其他", "", &second)));
        CHECK_STR(said(&second), S("12 个月内至多 2 次，此前计 1 次"));
        beyond(&w, visit(&w, "材料疑点", "", &k), first.number, S(""));
        beyond(&w, visit(&w, "双随机抽查", "", &k), second.number, S(""));
        beyond(&w, visit(&w, "其他", "", &k), S("材料疑点"), S(""));
        CHECK_INT(Q_I64(w.db, -1, "SELECT count(*) FROM case_file"), 2);
        /* a complaint is opened and says what stood there */
        CHECK(fine(&w, visit(&w, "投诉举报", "", &k)));
        CHECK_STR(said(&k), S("12 个月内至多 2 次，此前计 2 次"));
        const Json *earlier = json_get(k.data, S("此前核查"));
        CHECK_INT(earlier->count, 2);
        CHECK(str_starts(json_str(json_at(earlier, 0), S("")), first.number));
        CHECK(str_starts(json_str(json_at(earlier, 1), S("")), second.number));
        /* settled at the desk, cancelled: nobody came */
        CHECK(fine(&w, act(&w, &first, "案头认定", "{\"案头结论\":\"属实\"}")));
        CHECK(fine(&w, act(&w, &k, "取消", "{}")));
        CHECK(fine(&w, visit(&w, "其他", "", &k)));
        beyond(&w, visit(&w, "其他", "", &k), second.number, first.number);
        /* an entry merged with it is the same firm */
        CHECK(fine(&w, tx_run(w.db, DB_WRITE, merge_tx, &w)));
        beyond(&w, open_of(&w, w.twin, "其他", "", &k), second.number, S(""));
    }
    end(&w);
}

TEST(visit_joint_counts_once) {
    World w = {0};
    CaseFile first, second, k;
    if (begin(&w)) {
        CHECK(fine(&w, set_cap(&w, 2, 12, "会议纪要")));
        CHECK(fine(&w, visit(&w, "材料疑点", ",\"核查日期\":\"2026-11-05\"", &first)));
        CHECK(fine(&w, visit(&w, "其他", ",\"核查日期\":\"2026-11-05\"", &second)));
        CHECK_STR(said(&second), S("12 个月内至多 2 次，此前计 0 次"));
        CHECK(fine(&w, visit(&w, "其他", ",\"核查日期\":\"2026-11-09\"", &k)));
        /* one that joins is no further visit, until it takes another day */
        Str joins = str_printf(w.arena, ",\"并入核查\":\"%.*s\"", STRF(first.number));
        CHECK(fine(&w, visit(&w, "其他", str_z(w.arena, joins), &k)));
        CHECK_STR(said(&k), S("12 个月内至多 2 次，此前计 1 次"));
        const char *other =
            "{\"案头结论\":\"存疑\",\"核查日期\":\"2026-11-10\",\"核查人员\":[\"a\",\"b\"]}";
        beyond(&w, act(&w, &k, "申请现场", other), first.number, S(""));
        const char *same =
            "{\"案头结论\":\"存疑\",\"核查日期\":\"2026-11-05\",\"核查人员\":[\"a\",\"b\"]}";
        CHECK(fine(&w, act(&w, &k, "申请现场", same)));
        beyond(&w, visit(&w, "其他", ",\"并入核查\":\"site-visit-2026-9999\"", &k), first.number,
               S(""));
    }
    end(&w);
}

/* One visit in three months; a stretch from the last day of November ends on the last of February,
 * and that day no longer belongs to it. */
TEST(visit_months_over_the_end_of_a_year) {
    World w = {0};
    CaseFile first, k;
    if (begin(&w)) {
        CHECK(fine(&w, set_cap(&w, 1, 3, "会议纪要")));
        on(&w, 2026, 11, 30);
        CHECK(fine(&w, visit(&w, "其他", ",\"核查日期\":\"2026-11-30\"", &first)));
        on(&w, 2026, 12, 31);
        beyond(&w, visit(&w, "其他", "", &k), first.number, S(""));
        on(&w, 2027, 2, 27);
        beyond(&w, visit(&w, "其他", "", &k), S("2026-11-30"), S(""));
        on(&w, 2027, 2, 28);
        CHECK(fine(&w, visit(&w, "其他", ",\"核查日期\":\"2027-03-31\"", &k)));
        CHECK_STR(k.number, S("site-visit-2027-0001"));
        /* a day before a visit that is planned already */
        beyond(&w, visit(&w, "其他", ",\"核查日期\":\"2027-03-01\"", &k), S("2027-03-31"),
               first.number);
        CHECK(fine(&w, visit(&w, "其他", ",\"核查日期\":\"2027-06-30\"", &k)));
    }
    end(&w);
}
