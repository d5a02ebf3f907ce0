/* Released revisions and the register: what was decided before is replayed with the old version,
 * init keeps them, a server takes the new set over. */
#include "base/clock.h"
#include "base/date.h"
#include "city/revision.h"
#include "city/user.h"
#include "tests/test.h"

static const Act AUTHOR = {STR_INIT("author"), STR_INIT("拟修订")};
static const Act OTHER = {STR_INIT("other"), STR_INIT("核对无误")};

typedef struct World {
    Arena *arena;
    Ctx c;
    Str url;
    Register *reg;
    Db *db;
} World;

static bool fine(World *w, bool ok) {
    if (!ok)
        test_failed(__FILE__, __LINE__,
                    str_z(w->arena, note_text(w->arena, &w->c.err.note, LANG_EN)));
    return ok;
}

static bool begin(World *w) {
    InitReport report;
    w->arena = arena_open(0);
    w->c = ctx_new(w->arena, clock_now_ms());
    w->url = test_db_url(w->arena);
    if (!fine(w, register_init(&w->c, w->url, S("packs/zibo"), &AUTHOR, &report))) return false;
    w->reg = register_open(&w->c, w->url, 4);
    w->db = w->reg ? db_borrow(&w->c, w->reg->store) : NULL;
    return fine(w, w->db != NULL);
}

static void end(World *w) {
    if (w->db) db_return(w->db);
    register_close(w->reg);
    arena_close(w->arena);
}

static Str facts_text(void) {
    return S("{\"成立日期\":\"2022-11-01\",\"是否独立法人\":true,\"是否获专业机构私募投资\":true,"
             "\"是否上市\":false,\"最近一轮投后估值\":1200000000,\"累计融资额\":60000000}");
}

/* The packet of the rule on a day by the register's rules. */
static Str packet_on(World *w, const Register *r, Str day, Str *outcome) {
    int64_t as_of = 0;
    FactSet facts;
    CHECK(date_parse(day, &as_of));
    const Json *j = json_parse(&w->c, facts_text(), S("facts"));
    CHECK(factset_from_json(&w->c, r->pack, j, S("f"), decide_year(as_of), &facts));
    DecideOptions o = {.as_of = as_of};
    Decision d = decide(w->arena, r->book, pack_rule(&w->c, r->pack, S("cn/unicorn")), &facts, &o);
    *outcome = outcome_text(d.outcome);
    return packet_bytes(w->arena, &d, &facts);
}

static bool release(World *w, Revision *v) {
    Revision wanted = {
        .rule = S("cn/unicorn"),
        .base_version = S("2025"),
        .new_version = S("2030"),
        .effective_from = S("2030-01-01"),
        .reason = S("按新办法调整"),
        .document = S("GEI25"),
        .article = S("独角兽"),
        .status = S("V"),
        .cases =
            S("[{\"name\":\"R-1\",\"like\":\"UN-E1\",\"as_of\":\"2030-02-01\","
              "\"facts\":{\"成立日期\":\"2022-11-01\"},\"expect\":{\"outcome\":\"not_met\"}}]")};
    if (!fine(w, revision_add(w->db, w->reg->pack, &wanted, &AUTHOR, v))) return false;
    ptrdiff_t at = str_find(v->dmn, S(">= 1000000000"));
    v->dmn = str_cat(w->arena, str_sub(v->dmn, 0, at),
                     str_cat(w->arena, S(">= 2000000000"), str_sub(v->dmn, at + 13, v->dmn.n)));
    return fine(w, revision_change(w->db, v, &AUTHOR)) &&
           fine(w, revision_submit(w->db, v, &AUTHOR)) &&
           fine(w, revision_release(w->db, v, &OTHER));
}

TEST(revision_release_and_replay) {
    World w = {0};
    Revision v;
    Str before, outcome;
    if (begin(&w) && release(&w, &v)) {
        before = packet_on(&w, w.reg, S("2029-06-30"), &outcome);
        CHECK_STR(outcome, S("met"));
        packet_on(&w, w.reg, S("2030-06-30"), &outcome);
        CHECK_STR(outcome, S("met")); /* requests under way keep the rules they began with */
        const Register *now = register_enter(w.db, w.reg);
        CHECK(now != w.reg);
        CHECK_STR(now->process, w.reg->process); /* its claims stay those of one process */
        packet_on(&w, now, S("2030-06-30"), &outcome);
        CHECK_STR(outcome, S("not_met"));
        packet_on(&w, now, S("2029-06-30"), &outcome);
        CHECK_STR(outcome, S("met"));
        PacketDiff diff = {0};
        CHECK(fine(&w, register_replay(&w.c, w.db, now, before, &diff)));
        CHECK(diff.same);
        const Register *again = register_enter(w.db, w.reg);
        CHECK(again == now);
        register_leave(again);
        register_leave(now);
    }
    end(&w);
}

TEST(revision_init_keeps_it) {
    World w = {0};
    Revision v;
    InitReport report;
    if (begin(&w) && release(&w, &v)) {
        CHECK(fine(&w, register_init(&w.c, w.url, S("packs/zibo"), &AUTHOR, &report)));
        CHECK(!report.new_rules);
        const Register *now = register_enter(w.db, w.reg);
        const Rule *rule = pack_rule(&w.c, now->pack, S("cn/unicorn"));
        CHECK_STR(rule->versions[rule->nversions - 1].id, S("2030"));
        CHECK(rule->versions[rule->nversions - 2].to == rule->versions[rule->nversions - 1].from);
        register_leave(now);
        /* the base has moved on: a second revision from the old state is told */
        Revision late = {.rule = S("cn/unicorn"), .base_version = S("2025")}, out;
        CHECK(revision_add(w.db, w.reg->pack, &late, &AUTHOR, &out));
        RevisionCheck k;
        CHECK(revision_check(w.db, &out, 0, &k));
        CHECK(k.errors == 1 && k.findings->note->msg == M_REVISION_BASE_CHANGED);
    }
    end(&w);
}

typedef struct Checking {
    Db *db;
    const Revision *r;
    RevisionCheck out;
    bool ok;
} Checking;

static void check_in(void *user) {
    Checking *k = user;
    k->ok = revision_check(k->db, k->r, 0, &k->out);
}

/* Memory may end anywhere in a check: the boundary is reached and nothing is left behind (the
 * sanitizer counts), and with enough of it the answer is the usual one. */
TEST(revision_check_out_of_memory) {
    World w = {0};
    Revision v, wanted = {.rule = S("cn/unicorn"),
                          .effective_from = S("2030-01-01"),
                          .reason = S("试"),
                          .document = S("GEI25"),
                          .article = S("独角兽")};
    int ended = 0;
    bool done = false;
    if (begin(&w) && fine(&w, revision_add(w.db, w.reg->pack, &wanted, &AUTHOR, &v)))
        for (size_t bytes = 1 << 20; !done && bytes < (size_t)1 << 30; bytes *= 2) {
            Ctx c = ctx_new(arena_open(bytes), clock_now_ms());
            Checking k = {.db = db_borrow(&c, w.reg->store), .r = &v};
            done = arena_guard(c.arena, check_in, &k);
            ended += !done;
            if (done) CHECK(k.ok && k.out.errors == 0 && k.out.ncases > 0 && k.out.failed == 0);
            db_return(k.db);
            arena_close(c.arena);
        }
    CHECK(done && ended >= 3);
    end(&w);
}

TEST(revision_acts_in_order) {
    World w = {0};
    Revision v, wanted = {.rule = S("cn/unicorn")};
    if (begin(&w) && fine(&w, revision_add(w.db, w.reg->pack, &wanted, &AUTHOR, &v))) {
        CHECK(!revision_release(w.db, &v, &OTHER));
        CHECK_STR(msg_code(w.c.err.note.msg), S("revision.state"));
        ctx_clear(&w.c);
        CHECK(!revision_return(w.db, &v, &OTHER));
        ctx_clear(&w.c);
        CHECK(!revision_submit(w.db, &v, &AUTHOR));
        CHECK_STR(msg_code(w.c.err.note.msg), S("revision.no_basis"));
        ctx_clear(&w.c);
        Revision old = v;
        CHECK(fine(&w, revision_change(w.db, &v, &AUTHOR)));
        CHECK(!revision_change(w.db, &old, &OTHER));
        CHECK_INT(w.c.err.code, ERR_STALE);
        ctx_clear(&w.c);
        CHECK(!revision_is_author(w.db, v.id, S("other")));
        CHECK(fine(&w, revision_withdraw(w.db, &v, &AUTHOR)));
        CHECK(!revision_change(w.db, &v, &AUTHOR));
        ctx_clear(&w.c);
        JournalEntry *e;
        int n;
        CHECK(journal_list(w.db, str_printf(w.arena, "revision:%lld", (long long)v.id), 0, 10, &e,
                           &n));
        CHECK_INT(n, 3);
    }
    end(&w);
}

TEST(revision_days) {
    World w = {0};
    if (begin(&w)) {
        PackFile *files = w.reg->pack->files, *out;
        int n;
        Revision r = {.id = 9,
                      .rule = S("cn/unicorn"),
                      .base_version = S("2025"),
                      .new_version = S("x"),
                      .document = S("GEI25"),
                      .status = S("V"),
                      .cases = S("[]"),
                      .effective_from = S("2025-01-01")};
        r.dmn = pack_file(w.reg->pack, S("cn"), S("rules/unicorn/unicorn-2025.dmn"))->bytes;
        CHECK(!revision_apply(&w.c, files, w.reg->pack->nfiles, &r, 0, &out, &n));
        CHECK_STR(msg_code(w.c.err.note.msg), S("revision.same_day"));
        ctx_clear(&w.c);
        r.effective_from = S("2019-01-01"); /* inside the version of 2018, before that of 2025 */
        r.effective_to = S("2025-06-01");
        CHECK(!revision_apply(&w.c, files, w.reg->pack->nfiles, &r, 0, &out, &n));
        CHECK_STR(msg_code(w.c.err.note.msg), S("revision.overlap"));
        ctx_clear(&w.c);
        r.effective_to = S("");
        CHECK(fine(&w, revision_apply(&w.c, files, w.reg->pack->nfiles, &r, 0, &out, &n)));
        PackSet *p = pack_parse(&w.c, out, n);
        const Rule *rule = p ? pack_rule(&w.c, p, S("cn/unicorn")) : NULL;
        if (fine(&w, rule != NULL)) {
            CHECK_INT(rule->nversions, 3);
            CHECK_STR(rule->versions[1].id, S("x"));
            CHECK_STR(date_text(w.arena, rule->versions[0].to), S("2019-01-01"));
            CHECK_STR(date_text(w.arena, rule->versions[1].to), S("2025-01-01"));
            /* versions not concerned keep their hash */
            const Rule *was = pack_rule(&w.c, w.reg->pack, S("cn/unicorn"));
            CHECK_STR(rule->versions[2].hash, was->versions[1].hash);
        }
        pack_close(p);
    }
    end(&w);
}
