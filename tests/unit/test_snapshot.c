/* Snapshots of a register too large to wait for: begun behind, counted, then shared. */
#include "base/clock.h"
#include "base/date.h"
#include "city/demo.h"
#include "city/snapshot.h"
#include "tests/test.h"

enum { FIRMS = 2100, WAIT_MS = 300000 };

static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};

static const Snapshot *at_day(Register *reg, Arena *a, int64_t day, int wait_ms) {
    Ctx c = ctx_new(a, clock_now_ms());
    const Snapshot *s = NULL;
    FactAt at = {.as_of = date_to_int(day)};
    Db *db = db_borrow(&c, reg->store);
    CHECK(db && fact_at(db, &at));
    CHECK(snapshot_get(db, reg, day, &at, wait_ms, &s));
    db_return(db);
    return s;
}

TEST(snapshot_of_a_large_register_is_computed_behind) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, clock_now_ms());
    InitReport init;
    DemoReport demo;
    Str url = test_db_url(a);
    int64_t day, other;
    CHECK(date_parse(S("2010-06-30"), &day)); /* hardly a rule was in force: soon computed */
    CHECK(date_parse(S("2010-07-01"), &other));
    CHECK(register_init(&c, url, S("packs/zibo"), &ACT, &init));
    Register *reg = register_open(&c, url, 4);
    CHECK(reg && register_demo(&c, reg, FIRMS, 1, &ACT, &demo));
    Db *db = db_borrow(&c, reg->store);
    FactAt at = {.as_of = date_to_int(day)};
    CHECK(fact_at(db, &at) && snapshot_warm(db, reg, day, &at)); /* returns at once */
    db_return(db);
    CHECK(at_day(reg, a, other, 0) == NULL); /* asked for behind the first */
    const Snapshot *s = at_day(reg, a, day, WAIT_MS);
    CHECK(s && s->n >= FIRMS && s->demo == FIRMS);
    const Snapshot *again = at_day(reg, a, day, 0);
    CHECK(again == s);
    const Snapshot *t = at_day(reg, a, other, WAIT_MS);
    CHECK(t && t != s && t->n == s->n);
    CHECK_INT(snapshot_progress(reg), t->n);
    for (int r = 0; r < s->nrules; r++) {
        int64_t sum = 0;
        for (int k = 0; k < OUTCOMES; k++) sum += s->counts[r][k];
        CHECK_INT(sum, s->n);
    }
    snapshot_release(s);
    snapshot_release(again);
    snapshot_release(t);
    register_close(reg);
    arena_close(a);
}
