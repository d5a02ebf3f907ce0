/* Facts with two clocks: batches, corrections, withdrawals, and which fact counts, against a
 * reference that knows nothing of records. */
#include <string.h>

#include "base/rng.h"
#include "city/fact.h"
#include "city/source.h"
#include "tests/store_fixture.h"
#include "tests/test.h"

static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};

static void setup(StoreFixture *f) {
    store_fixture_open(f, 1000000);
    for (int id = 1; id <= 9; id++)
        EXEC(f->db,
             "INSERT INTO subject(id, kind, name, code, demo, division, unit, created_ms) "
             "VALUES($1, 1, 'x', 'y', 0, '', '', 0)",
             db_i(id));
    CHECK(ctx_ok(&f->ctx));
}

/* Publishes n facts as one batch at time now_ms; the seq. */
static int64_t publish(StoreFixture *f, int64_t now_ms, const FactNew *facts, int n) {
    int64_t seq = 0;
    f->ctx.now_ms = now_ms;
    CHECK(tx_begin(f->db, DB_WRITE));
    int64_t batch = batch_new(f->db, &(BatchNew){.origin = S("test")});
    FactLoader *l = fact_loader_open(f->db, batch);
    for (int i = 0; i < n; i++) CHECK(fact_loader_add(l, &facts[i]));
    CHECK(fact_loader_close(l));
    CHECK(batch_publish(f->db, batch, &ACT, &seq));
    CHECK(tx_commit(f->db));
    return seq;
}

static FactNew revenue(int64_t subject, int32_t year, Str value, int source) {
    return (FactNew){.subject = subject,
                     .indicator = 1,
                     .period = year,
                     .type = FACT_NUMBER,
                     .value = value,
                     .source = source};
}

static Str counting(StoreFixture *f, int64_t subject, int32_t indicator, int32_t period, FactAt at,
                    const FactRank *rank) {
    FactView v;
    if (!fact_at(f->db, &at) || !fact_read(f->db, subject, &at, rank, &v)) return S("failed");
    const FactSlot *s = fact_slot(&v, indicator, period);
    return !s ? S("no slot") : s->value ? s->value->value : S("none counts");
}

static int by_number(const void *user, int32_t indicator, int source) {
    (void)user, (void)indicator;
    return source;
}
static const FactRank BY_NUMBER = {by_number, NULL};

TEST(fact_round_trip_keeps_everything) {
    StoreFixture f;
    setup(&f);
    FactNew in[] = {
        {.subject = 3,
         .indicator = 300,
         .period = 20210630,
         .type = FACT_CONTEXT,
         .key = S("证书-1"),
         .value = S("{\"级别\":\"省级\"}"),
         .received = S("省 级"),
         .unit_received = S("个"),
         .source = 70000,
         .evidence = S("a.xlsx!B7"),
         .known_ms = 5},
        {.subject = 3,
         .indicator = 2,
         .type = FACT_DATE,
         .kind = FACT_UPPER,
         .value = S("2001-02-28"),
         .from = 20010101,
         .to = 99991231,
         .source = 1},
        {.subject = 3, .indicator = 3, .period = 2020, .type = FACT_NONE, .source = 1},
        {.subject = 3, .indicator = 4, .type = FACT_BOOLEAN, .value = S("false"), .source = 1}};
    publish(&f, 2000, in, 4);
    FactView v;
    FactAt at = {.as_of = 20220101};
    CHECK(fact_at(f.db, &at) && fact_read(f.db, 3, &at, NULL, &v));
    CHECK_INT(v.n, 4);
    CHECK_INT(v.n_facts, 4);
    CHECK(fact_slot(&v, 2, 0) && !fact_slot(&v, 2, 0)->value);
    CHECK_STR(fact_slot(&v, 2, 0)->upper->value, S("2001-02-28"));
    CHECK_INT(fact_slot(&v, 2, 0)->upper->from, 20010101);
    CHECK_INT(fact_slot(&v, 2, 0)->upper->to, 99991231);
    CHECK(fact_slot(&v, 3, 2020)->value->type == FACT_NONE);
    CHECK(fact_slot(&v, 300, 20210630) == NULL); /* it has a key */
    int n;
    const FactSlot *events = fact_slots(&v, 300, &n);
    CHECK_INT(n, 1);
    const Fact *e = events->value;
    CHECK(e && e->type == FACT_CONTEXT && e->source == 70000 && e->known_ms == 5);
    CHECK_STR(e->key, S("证书-1"));
    CHECK_STR(e->value, S("{\"级别\":\"省级\"}"));
    CHECK_STR(e->received, S("省 级"));
    CHECK_STR(e->unit_received, S("个"));
    CHECK_STR(e->evidence, S("a.xlsx!B7"));
    CHECK_INT(e->period, 20210630);
    CHECK_INT(e->recorded_ms, 2000);
    CHECK(fact_slots(&v, 999, &n) == NULL && n == 0);
    at.as_of = 20210629; /* the event has not happened */
    CHECK(fact_read(f.db, 3, &at, NULL, &v));
    CHECK(fact_slots(&v, 300, &n)->value == NULL);
    store_fixture_close(&f);
}

TEST(fact_precedence_then_latest) {
    StoreFixture f;
    setup(&f);
    int64_t first = publish(&f, 1000, &(FactNew){0}, 0);
    publish(&f, 2000, (FactNew[]){revenue(1, 2021, S("100"), 2)}, 1);
    CHECK_STR(counting(&f, 1, 1, 2021, (FactAt){0}, &BY_NUMBER), S("100"));
    publish(&f, 3000, (FactNew[]){revenue(1, 2021, S("90"), 3)}, 1); /* a worse source */
    CHECK_STR(counting(&f, 1, 1, 2021, (FactAt){0}, &BY_NUMBER), S("100"));
    CHECK_STR(counting(&f, 1, 1, 2021, (FactAt){0}, NULL), S("90"));
    int64_t seq = publish(&f, 4000, (FactNew[]){revenue(1, 2021, S("101"), 2)}, 1);
    CHECK_STR(counting(&f, 1, 1, 2021, (FactAt){0}, &BY_NUMBER), S("101"));
    publish(&f, 5000, (FactNew[]){revenue(1, 2021, S("80"), 1)}, 1); /* the best source */
    CHECK_STR(counting(&f, 1, 1, 2021, (FactAt){0}, &BY_NUMBER), S("80"));
    CHECK_STR(counting(&f, 1, 1, 2021, (FactAt){.seq = seq}, &BY_NUMBER), S("101"));
    CHECK_STR(counting(&f, 1, 1, 2021, (FactAt){.as_known = 3500}, &BY_NUMBER), S("100"));
    CHECK_STR(counting(&f, 1, 1, 2021, (FactAt){.as_known = 1999}, &BY_NUMBER), S("no slot"));
    CHECK_STR(counting(&f, 1, 1, 2021, (FactAt){.seq = first}, &BY_NUMBER), S("no slot"));
    store_fixture_close(&f);
}

TEST(fact_last_in_a_batch_counts) {
    StoreFixture f;
    setup(&f);
    FactNew in[] = {revenue(1, 2021, S("1"), 1), revenue(1, 2021, S("2"), 1),
                    revenue(1, 2021, S("3"), 1)};
    in[0].evidence = S("z");
    in[1].evidence = S("a");
    in[2].known_ms = 7;
    publish(&f, 2000, in, 3);
    CHECK_STR(counting(&f, 1, 1, 2021, (FactAt){0}, NULL), S("3"));
    publish(&f, 2000, in, 2);
    CHECK_STR(counting(&f, 1, 1, 2021, (FactAt){0}, NULL), S("2"));
    store_fixture_close(&f);
}

TEST(fact_backdated_knowledge_never_changes_an_old_reading) {
    StoreFixture f;
    setup(&f);
    int64_t seq = publish(&f, 5000, (FactNew[]){revenue(1, 2020, S("1"), 1)}, 1);
    FactNew late = revenue(1, 2020, S("2"), 1);
    late.known_ms = 100; /* known long ago, recorded only now */
    publish(&f, 9000, &late, 1);
    FactAt old = {.as_known = 6000, .seq = seq};
    CHECK_STR(counting(&f, 1, 1, 2020, old, NULL), S("1"));
    CHECK_STR(counting(&f, 1, 1, 2020, (FactAt){.as_known = 6000}, NULL), S("2"));
    CHECK_STR(counting(&f, 1, 1, 2020, (FactAt){.as_known = 200}, NULL), S("2"));
    late.known_ms = 9001; /* the future */
    CHECK(tx_begin(f.db, DB_WRITE));
    FactLoader *l = fact_loader_open(f.db, batch_new(f.db, &(BatchNew){.origin = S("x")}));
    CHECK(!fact_loader_add(l, &late));
    CHECK_STR(msg_code(f.ctx.err.note.msg), S("city.future"));
    fact_loader_close(l);
    tx_rollback(f.db);
    ctx_clear(&f.ctx);
    store_fixture_close(&f);
}

TEST(fact_recorded_time_never_goes_back) {
    StoreFixture f;
    setup(&f);
    publish(&f, 9000, (FactNew[]){revenue(1, 2020, S("1"), 1)}, 1);
    publish(&f, 4000, (FactNew[]){revenue(1, 2020, S("2"), 1)}, 1); /* the clock was moved back */
    CHECK_INT(Q_I64(f.db, 0, "SELECT min(recorded_ms) FROM batch"), 9000);
    CHECK_STR(counting(&f, 1, 1, 2020, (FactAt){0}, NULL), S("2"));
    store_fixture_close(&f);
}

TEST(fact_staged_batch_is_invisible_until_published) {
    StoreFixture f;
    setup(&f);
    f.ctx.now_ms = 2000;
    CHECK(tx_begin(f.db, DB_WRITE));
    int64_t batch = batch_new(f.db, &(BatchNew){.origin = S("a.csv"), .origin_sha256 = S("ab")});
    FactLoader *l = fact_loader_open(f.db, batch);
    FactNew fact = revenue(1, 2021, S("5"), 1);
    CHECK(fact_loader_add(l, &fact) && fact_loader_close(l) && tx_commit(f.db));
    CHECK_STR(counting(&f, 1, 1, 2021, (FactAt){0}, NULL), S("no slot"));
    CHECK_INT(batch_of_file(f.db, S("ab")), 0);
    CHECK(tx_begin(f.db, DB_WRITE) && batch_publish(f.db, batch, &ACT, NULL) && tx_commit(f.db));
    CHECK_STR(counting(&f, 1, 1, 2021, (FactAt){0}, NULL), S("5"));
    CHECK_INT(batch_of_file(f.db, S("ab")), batch);
    CHECK(tx_begin(f.db, DB_WRITE) && !batch_publish(f.db, batch, &ACT, NULL));
    CHECK_INT(f.ctx.err.code, ERR_STATE);
    tx_rollback(f.db);
    ctx_clear(&f.ctx);
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK(!batch_publish(f.db, batch_new(f.db, &(BatchNew){0}), &(Act){S("x"), S(" ")}, NULL));
    CHECK_STR(msg_code(f.ctx.err.note.msg), S("city.no_reason"));
    tx_rollback(f.db);
    ctx_clear(&f.ctx);
    int dropped = 0;
    CHECK(tx_begin(f.db, DB_WRITE) && batch_new(f.db, &(BatchNew){0}) &&
          batch_new(f.db, &(BatchNew){0}) && tx_commit(f.db));
    CHECK(tx_begin(f.db, DB_WRITE) && batch_sweep(f.db, 2001, &dropped) && tx_commit(f.db));
    CHECK_INT(dropped, 2);
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM batch"), 1);
    store_fixture_close(&f);
}

TEST(fact_undoing_a_batch_is_a_version_of_its_own) {
    StoreFixture f;
    setup(&f);
    publish(&f, 1000, (FactNew[]){revenue(1, 2021, S("1"), 1)}, 1);
    int64_t seq = publish(&f, 2000, (FactNew[]){revenue(1, 2021, S("2"), 1)}, 1);
    int64_t batch = Q_I64(f.db, 0, "SELECT id FROM batch WHERE seq = $1", db_i(seq));
    f.ctx.now_ms = 3000;
    CHECK(tx_begin(f.db, DB_WRITE) && batch_reverse(f.db, batch, &ACT) && tx_commit(f.db));
    CHECK_STR(counting(&f, 1, 1, 2021, (FactAt){0}, NULL), S("1"));
    CHECK_STR(counting(&f, 1, 1, 2021, (FactAt){.seq = seq}, NULL), S("2"));
    CHECK_STR(counting(&f, 1, 1, 2021, (FactAt){.as_known = 2500}, NULL), S("2"));
    CHECK(tx_begin(f.db, DB_WRITE) && !batch_reverse(f.db, batch, &ACT));
    CHECK_INT(f.ctx.err.code, ERR_STATE);
    tx_rollback(f.db);
    ctx_clear(&f.ctx);
    Batch *list;
    int n;
    CHECK(batch_list(f.db, 0, 10, &list, &n));
    CHECK_INT(n, 3);
    CHECK(list[0].reverses == batch && list[1].reversed_by == list[0].id && list[1].facts == 1);
    store_fixture_close(&f);
}

static void refuse(StoreFixture *f, FactNew fact, Str code) {
    CHECK(tx_begin(f->db, DB_WRITE));
    FactLoader *l = fact_loader_open(f->db, batch_new(f->db, &(BatchNew){0}));
    CHECK(!fact_loader_add(l, &fact));
    CHECK_INT(f->ctx.err.code, ERR_INPUT);
    CHECK_STR(msg_code(f->ctx.err.note.msg), code);
    CHECK(!fact_loader_close(l));
    tx_rollback(f->db);
    ctx_clear(&f->ctx);
}

TEST(fact_bad_facts_are_refused) {
    StoreFixture f;
    setup(&f);
    static const char *const BAD[] = {"",    "1.0", "01",   "+1",  "-0",  "1e5", "1.",    ".5",
                                      "--1", "1,0", "0.10", "NaN", "1E5", "-",   "1E+05", "１"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        refuse(&f, revenue(1, 2021, str_from(BAD[i]), 1), S("city.bad_number"));
    refuse(&f, revenue(0, 2021, S("1"), 1), S("city.bad_fact"));
    refuse(&f, revenue(1, 2021, S("1"), 0), S("city.bad_fact"));
    refuse(&f, revenue(1, 20210230, S("1"), 1), S("city.bad_day"));
    FactNew n = revenue(1, 0, S("2021-02-30"), 1);
    n.type = FACT_DATE;
    refuse(&f, n, S("city.bad_value"));
    n.type = FACT_BOOLEAN;
    refuse(&f, n, S("city.bad_value"));
    n = revenue(1, 2021, S("1"), 1);
    n.received = str_of("1\0002", 3);
    refuse(&f, n, S("store.text"));
    n.received = S("\xff");
    refuse(&f, n, S("store.text"));
    n = revenue(1, 0, S("0"), 1);
    n.from = 20210102;
    n.to = 20210102;
    refuse(&f, n, S("city.bad_interval"));
    publish(&f, 1000,
            (FactNew[]){revenue(1, 2021, S("-12345678901234567890.5"), 1),
                        revenue(1, 2020, S("1.5E+60"), 1), revenue(1, 2019, S("0"), 1)},
            3);
    CHECK_STR(counting(&f, 1, 1, 2020, (FactAt){0}, NULL), S("1.5E+60"));
    store_fixture_close(&f);
}

TEST(fact_too_long_is_refused) {
    StoreFixture f;
    setup(&f);
    CHECK(tx_begin(f.db, DB_WRITE));
    FactLoader *l = fact_loader_open(f.db, batch_new(f.db, &(BatchNew){0}));
    FactNew n = revenue(1, 2021, S("1"), 1);
    n.received = str_of(memset(arena_alloc(f.arena, 2 << 20), 'x', 2 << 20), 2 << 20);
    CHECK(!fact_loader_add(l, &n));
    CHECK_INT(f.ctx.err.code, ERR_LIMIT);
    fact_loader_close(l);
    tx_rollback(f.db);
    ctx_clear(&f.ctx);
    store_fixture_close(&f);
}

TEST(fact_many_in_one_record_and_many_blocks) {
    StoreFixture f;
    setup(&f);
    enum { N = 60001 }; /* more than a block of the loader, and than a record holds */
    f.ctx.now_ms = 1000;
    CHECK(tx_begin(f.db, DB_WRITE));
    int64_t batch = batch_new(f.db, &(BatchNew){0});
    FactLoader *l = fact_loader_open(f.db, batch);
    for (int i = 0; i < N; i++) {
        FactNew n = revenue(1 + i % 2, 2021, S("1"), 1);
        n.indicator = 1 + i;
        CHECK(fact_loader_add(l, &n));
    }
    CHECK(fact_loader_close(l) && batch_publish(f.db, batch, &ACT, NULL) && tx_commit(f.db));
    FactView v;
    FactAt at = {0};
    CHECK(fact_at(f.db, &at) && fact_read(f.db, 1, &at, NULL, &v));
    CHECK_INT(v.n, (N + 1) / 2);
    CHECK(fact_slot(&v, N, 2021) && fact_slot(&v, N, 2021)->value->id > 0);
    CHECK(!fact_slot(&v, N - 1, 2021));
    Batch *list;
    int n;
    CHECK(batch_list(f.db, 0, 1, &list, &n) && n == 1 && list[0].facts == N);
    store_fixture_close(&f);
}

TEST(fact_coverage_joins_and_ends) {
    StoreFixture f;
    setup(&f);
    f.ctx.now_ms = 1000;
    CHECK(tx_begin(f.db, DB_WRITE));
    int64_t batch = batch_new(f.db, &(BatchNew){0}), seq;
    CHECK(coverage_add(f.db, batch, 7, 20200101, 20210101, 1));
    CHECK(coverage_add(f.db, batch, 7, 20210101, 0, 1));
    CHECK(coverage_add(f.db, batch, 8, 20200101, 20210101, 1));
    CHECK(coverage_add(f.db, batch, 8, 20210102, 20220101, 1));
    CHECK(batch_publish(f.db, batch, &ACT, &seq) && tx_commit(f.db));
    FactAt at = {.as_of = 20211231, .as_known = 1000, .seq = seq};
    const Coverage *c = coverage_read(f.db, &at);
    CHECK(c && coverage_holds(c, 7, 20200101, 0) && coverage_holds(c, 7, 20201231, 20210102));
    CHECK(c && !coverage_holds(c, 7, 20191231, 0) && !coverage_holds(c, 7, 20200101, 20230101));
    CHECK(c && coverage_holds(c, 8, 20200101, 20210101) &&
          !coverage_holds(c, 8, 20200101, 20210103));
    CHECK(c && !coverage_holds(c, 9, 20200101, 20200102));
    at.as_known = 999;
    c = coverage_read(f.db, &at);
    CHECK(c && !coverage_holds(c, 7, 20200101, 20210101));
    store_fixture_close(&f);
}

/* --- the reference ---------------------------------------------------------------------------- */

enum { REF_MAX = 2000, REF_SUBJECTS = 4 };
typedef struct Ref {
    FactNew f;
    int64_t seq, known, number; /* number: order of entry, also its value */
    int64_t undone_seq, undone_known;
    int64_t withdrawn_seq[4], withdrawn_known[4];
    int withdrawals;
} Ref;

static int odd_rank(const void *user, int32_t indicator, int source) {
    (void)user;
    return indicator == 2 ? 3 - source : source == 3 && indicator == 3 ? -1 : source;
}
static const FactRank ODD = {odd_rank, NULL};

static bool ref_may(const Ref *r, const FactNew *want, FactAt at, int64_t subject) {
    if (r->f.subject != subject || r->f.indicator != want->indicator ||
        r->f.period != want->period || r->f.kind != want->kind || !str_eq(r->f.key, want->key))
        return false;
    if (r->seq > at.seq || r->known > at.as_known) return false;
    if (r->undone_seq && r->undone_seq <= at.seq && r->undone_known <= at.as_known) return false;
    for (int i = 0; i < r->withdrawals; i++)
        if (r->withdrawn_seq[i] <= at.seq && r->withdrawn_known[i] <= at.as_known) return false;
    if (r->f.period > 9999 && r->f.period > at.as_of) return false;
    if (r->f.period == 0 && r->f.from && at.as_of < r->f.from) return false;
    if (r->f.period == 0 && r->f.to && at.as_of >= r->f.to) return false;
    return odd_rank(NULL, r->f.indicator, r->f.source) >= 0;
}

static const Ref *ref_counts(const Ref *refs, int n, const FactNew *want, FactAt at,
                             int64_t subject) {
    const Ref *best = NULL;
    for (int i = 0; i < n; i++) {
        const Ref *r = &refs[i];
        if (!ref_may(r, want, at, subject)) continue;
        int rank = odd_rank(NULL, r->f.indicator, r->f.source);
        int best_rank = best ? odd_rank(NULL, best->f.indicator, best->f.source) : 0;
        if (!best || rank < best_rank || (rank == best_rank && r->seq >= best->seq)) best = r;
    }
    return best;
}

static const int32_t PERIODS[] = {0, 2020, 2021, 20200315, 20210101};
static const int32_t DAYS[] = {0, 20200101, 20200601, 20210101, 20220101};

static FactNew random_fact(Rng *rng, Arena *a, int64_t now, int64_t number) {
    FactNew f = {.subject = 1 + (int64_t)rng_below(rng, REF_SUBJECTS),
                 .indicator = 1 + (int32_t)rng_below(rng, 3),
                 .period = PERIODS[rng_below(rng, 5)],
                 .type = FACT_NUMBER,
                 .kind = rng_below(rng, 5) ? FACT_VALUE : FACT_LOWER,
                 .value = str_printf(a, "%lld", (long long)number),
                 .source = 1 + (int)rng_below(rng, 3)};
    if (f.period > 9999 && rng_below(rng, 2)) f.key = S("k");
    if (rng_below(rng, 4) == 0) f.known_ms = 1 + (int64_t)rng_below(rng, (uint64_t)now);
    if (rng_below(rng, 4) == 0) f.evidence = S("e");
    if (f.period == 0) {
        f.from = DAYS[rng_below(rng, 5)];
        f.to = rng_below(rng, 2) ? 20230101 : f.from < 20210101 ? 20210701 : 0;
    }
    return f;
}

typedef struct World {
    StoreFixture f;
    Rng rng;
    Ref refs[REF_MAX];
    int n;
    int64_t now, seq;
} World;

static void world_publish(World *w) {
    FactNew facts[8];
    int n = 1 + (int)rng_below(&w->rng, 8);
    for (int i = 0; i < n; i++) facts[i] = random_fact(&w->rng, w->f.arena, w->now, w->n + i + 1);
    w->seq = publish(&w->f, w->now, facts, n);
    for (int i = 0; i < n; i++, w->n++)
        w->refs[w->n] = (Ref){.f = facts[i],
                              .number = w->n + 1,
                              .seq = w->seq,
                              .known = facts[i].known_ms ? facts[i].known_ms : w->now};
}

static void world_reverse(World *w) {
    int64_t victim = 1 + (int64_t)rng_below(&w->rng, (uint64_t)w->seq);
    Db *db = w->f.db;
    int64_t batch = Q_I64(db, 0,
                          "SELECT id FROM batch WHERE seq = $1 AND reverses IS NULL "
                          "AND facts > 0",
                          db_i(victim));
    int64_t undone = Q_I64(db, 0, "SELECT count(*) FROM batch WHERE reverses = $1", db_i(batch));
    if (!batch || undone) return;
    w->f.ctx.now_ms = w->now;
    CHECK(tx_begin(db, DB_WRITE) && batch_reverse(db, batch, &ACT) && tx_commit(db));
    w->seq++;
    for (int i = 0; i < w->n; i++)
        if (w->refs[i].seq == victim) {
            w->refs[i].undone_seq = w->seq;
            w->refs[i].undone_known = w->now;
        }
}

static void world_withdraw(World *w) {
    Ref *r = &w->refs[rng_below(&w->rng, (uint64_t)w->n)];
    if (r->withdrawals) return;
    Db *db = w->f.db;
    FactView v = {0};
    FactAt at = {.as_of = 20300101};
    w->f.ctx.now_ms = w->now;
    CHECK(fact_at(db, &at) && fact_read(db, r->f.subject, &at, NULL, &v));
    int64_t id = 0;
    for (int i = 0; i < v.n; i++)
        for (int k = 0; k < v.slots[i].n_all; k++)
            if (str_eq(v.slots[i].all[k]->value, r->f.value)) id = v.slots[i].all[k]->id;
    CHECK(id > 0);
    CHECK(tx_begin(db, DB_WRITE));
    int64_t batch = batch_new(db, &(BatchNew){.origin = S("w")});
    CHECK(fact_withdraw(db, batch, r->f.subject, id, S("wrong firm")));
    CHECK(batch_publish(db, batch, &ACT, &w->seq) && tx_commit(db));
    r->withdrawn_seq[0] = w->seq;
    r->withdrawn_known[0] = w->now;
    r->withdrawals = 1;
}

static void compare_slot(const World *w, const FactSlot *s, FactAt at, int64_t subject) {
    FactNew want = {.indicator = s->indicator, .period = s->period, .key = s->key};
    const Ref *value = ref_counts(w->refs, w->n, &want, at, subject);
    want.kind = FACT_LOWER;
    const Ref *lower = ref_counts(w->refs, w->n, &want, at, subject);
    CHECK_STR(s->value ? s->value->value : S("-"), value ? value->f.value : S("-"));
    CHECK_STR(s->lower ? s->lower->value : S("-"), lower ? lower->f.value : S("-"));
    CHECK(s->upper == NULL);
}

/* Every slot the view has agrees, and the view has every fact the reference sees. */
static void compare(World *w, const FactView *v, FactAt at, int64_t subject) {
    int seen = 0;
    for (int i = 0; i < v->n; i++) compare_slot(w, &v->slots[i], at, subject);
    for (int i = 0; i < w->n; i++)
        seen += w->refs[i].f.subject == subject && w->refs[i].seq <= at.seq &&
                w->refs[i].known <= at.as_known;
    CHECK_INT(v->n_facts, seen);
}

TEST(fact_which_counts_agrees_with_the_reference) {
    static World w;
    w = (World){.rng = rng_new(20260701), .now = 1000};
    setup(&w.f);
    for (int step = 0; step < 120; step++, w.now += 1 + (int64_t)rng_below(&w.rng, 50)) {
        uint64_t what = rng_below(&w.rng, 8);
        if (what == 0 && w.n) world_reverse(&w);
        if (what == 1 && w.n) world_withdraw(&w);
        if (what > 1) world_publish(&w);
        FactAt at = {.as_of = DAYS[1 + rng_below(&w.rng, 4)],
                     .as_known = 900 + (int64_t)rng_below(&w.rng, (uint64_t)(w.now - 890)),
                     .seq = 1 + (int64_t)rng_below(&w.rng, (uint64_t)(w.seq + 1))};
        int64_t subject = 1 + (int64_t)rng_below(&w.rng, REF_SUBJECTS);
        FactView v;
        CHECK(fact_read(w.f.db, subject, &at, &ODD, &v));
        compare(&w, &v, at, subject);
        if (step % 10) continue;
        FactStream *s = fact_stream_open(w.f.db, 1, 0, &at, &ODD);
        int subjects = 0;
        for (const FactView *one; (one = fact_stream_next(s)) != NULL; subjects++)
            compare(&w, one, at, one->subject);
        fact_stream_close(s);
        CHECK_INT(subjects, 9);
    }
    CHECK(w.n > 200);
    store_fixture_close(&w.f);
}
