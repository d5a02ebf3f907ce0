/* Random walks along flows: the flows of the pack, and others that have nothing in common with
 * them, with what is wrong with them. */
#include "city/flow/simulate.h"

#include "tests/pack_fixture.h"
#include "tests/test.h"

enum { STEPS = 20000 };

typedef struct World {
    Arena *arena;
    Ctx c;
    PackSet *pack;
} World;

static bool begin(World *w) {
    w->arena = arena_open(0);
    w->c = ctx_new(w->arena, 0);
    w->pack = test_packs(&w->c);
    return w->pack != NULL;
}

static void end(World *w) {
    pack_close(w->pack);
    arena_close(w->arena);
}

static const Flow *parse(World *w, const char *text) {
    PackFile *f = NEW(w->arena, PackFile);
    *f = (PackFile){.pack = S("x"), .path = S("flows/t.yaml"), .bytes = str_from(text)};
    return flow_parse(&w->c, w->pack, f);
}

/* What holds of every walk, whatever the flow. */
static void check_sums(const Flow *f, const FlowWalks *w) {
    int64_t done = 0, opened = 0, started = 0, entered = 0;
    for (int i = 0; i < f->nacts; i++) {
        done += w->acts[i];
        if (f->acts[i].opens) opened += w->acts[i];
    }
    for (int i = 0; i < f->nclocks; i++) started += w->clocks[i];
    for (int i = 0; i < f->nstates; i++)
        if (f->states[i].clock) entered += w->states[i];
    CHECK_INT(w->steps, STEPS);
    CHECK_INT(done, STEPS);
    CHECK_INT(opened, w->walks);
    CHECK_INT(started, entered);
    CHECK(w->finished + w->cut <= w->walks && w->finished + w->cut >= w->walks - 1);
    CHECK(w->longest <= WALK_ACTS_MAX);
}

TEST(simulate_reaches_all_of_every_flow_of_the_pack) {
    World w = {0};
    if (begin(&w)) {
        CHECK(w.pack->nflows >= 9);
        for (int k = 0; k < w.pack->nflows; k++) {
            const Flow *f = w.pack->flows[k];
            FlowWalks walks = flow_simulate(w.arena, f, STEPS, 1);
            test_case_begin("simulate", f->id);
            check_sums(f, &walks);
            CHECK_INT(walks.stuck, 0);
            CHECK_INT(walks.cut, 0);
            for (int i = 0; i < f->nstates; i++) CHECK(walks.states[i] > 0);
            for (int i = 0; i < f->nacts; i++) CHECK(walks.acts[i] > 0);
            for (int i = 0; i < f->nclocks; i++) CHECK(walks.clocks[i] > 0);
            test_case_end();
        }
    }
    end(&w);
}

TEST(simulate_same_seed_same_walks) {
    World w = {0};
    if (begin(&w)) {
        const Flow *f = flow_find(w.pack, S("membership"));
        FlowWalks a = flow_simulate(w.arena, f, STEPS, 7), b = flow_simulate(w.arena, f, STEPS, 7);
        FlowWalks other = flow_simulate(w.arena, f, STEPS, 8);
        bool differs = false;
        for (int i = 0; i < f->nacts; i++) {
            CHECK_INT(a.acts[i], b.acts[i]);
            differs |= a.acts[i] != other.acts[i];
        }
        CHECK(differs);
    }
    end(&w);
}

#define HEAD                                                                                       \
    "id: t\ntitle: {zh: 借阅}\nsubject: none\nstatus: I\nnote: x\nstart: 在架\nstates:\n"      \
    "  - {id: 在架}\n"
#define ACT(id, from, to)                                                                          \
    "  - {id: " id ", title: {zh: x}, from: [" from "], to: " to ", by: [leader]}\n"
#define OPEN "acts:\n  - {id: 入藏, title: {zh: x}, opens: true, by: [leader]}\n"

/* Books: lent and given back for ever, nothing of it counted towards an end. */
static const char RING[] =
    HEAD "  - {id: 借出, clock: {name: 借期, days: 30, kind: calendar, escalate_to: leader}}\n"
         "  - {id: 修补}\n  - {id: 剔除, final: true}\n" OPEN ACT("借", "在架", "借出")
             ACT("修", "借出", "修补") ACT("再借", "修补", "借出") ACT("剔", "在架", "剔除");

TEST(simulate_finds_the_ring_nobody_leaves) {
    World w = {0};
    if (begin(&w)) {
        const Flow *f = parse(&w, RING); /* each state has a way out: reading finds nothing */
        CHECK(f != NULL);
        if (f) {
            FlowWalks walks = flow_simulate(w.arena, f, STEPS, 1);
            check_sums(f, &walks);
            CHECK_INT(walks.stuck, 2);
            CHECK(walks.ends[flow_state(f, S("在架")) - f->states]);
            CHECK(!walks.ends[flow_state(f, S("借出")) - f->states]);
            CHECK(!walks.ends[flow_state(f, S("修补")) - f->states]);
            CHECK(walks.cut > 0 && walks.finished > 0);
            CHECK_INT(walks.longest, 2); /* 入藏, 剔: of those that ended */
            CHECK_INT(f->nclocks, 1);
            CHECK_INT(walks.clocks[0], walks.states[flow_state(f, S("借出")) - f->states]);
        }
    }
    end(&w);
}

/* What a walk would have to guess is refused before it: a state nothing leads to, one nothing leads
 * out of, an act by a clock where none runs. */
TEST(simulate_is_of_flows_that_are_read) {
    static const char *const BAD[][2] = {
        {HEAD "  - {id: 仓库}\n  - {id: 剔除, final: true}\n" OPEN ACT("剔", "在架", "剔除")
             ACT("出", "仓库", "在架"),
         "flow.unreached"},
        {HEAD "  - {id: 借出}\n  - {id: 剔除, final: true}\n" OPEN ACT("借", "在架", "借出")
             ACT("剔", "在架", "剔除"),
         "flow.dead_end"},
        {HEAD "  - {id: 剔除, final: true}\n" OPEN
              "  - {id: 剔, title: {zh: x}, from: [在架], to: 剔除, by: [clock]}\n",
         "flow.clock"},
    };
    World w = {0};
    if (begin(&w)) {
        for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
            CHECK(parse(&w, BAD[i][0]) == NULL);
            CHECK_STR(msg_code(w.c.err.note.msg), str_from(BAD[i][1]));
            ctx_clear(&w.c);
        }
    }
    end(&w);
}

/* One act is the least there is; a walk is cut where the steps end. */
TEST(simulate_of_one_step) {
    World w = {0};
    if (begin(&w)) {
        const Flow *f = flow_find(w.pack, S("question"));
        FlowWalks walks = flow_simulate(w.arena, f, 1, 1);
        CHECK_INT(walks.steps, 1);
        CHECK_INT(walks.walks, 1);
        CHECK_INT(walks.finished, 0);
        CHECK_INT(walks.cut, 0);
    }
    end(&w);
}
