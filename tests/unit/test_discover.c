/* Discovery: the classes against the decisions themselves, counts, order, the cache. */
#include "base/clock.h"
#include "base/date.h"
#include "city/demo.h"
#include "city/library/discover_words.h"
#include "tests/test.h"

enum { FIRMS = 150, WAIT_MS = 120000 };

static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};

typedef struct Fixture {
    Arena *arena;
    Ctx c;
    Register *reg;
    Db *db;
    FactAt at;
    FactNames names;
    const Snapshot *s;
    int64_t day;
} Fixture;

static void setup(Fixture *f) {
    InitReport init;
    DemoReport demo;
    *f = (Fixture){.arena = arena_open((size_t)2 << 30)};
    f->c = ctx_new(f->arena, (int64_t)1782864000 * 1000);
    Str url = test_db_url(f->arena);
    CHECK(date_parse(S("2022-09-30"), &f->day));
    CHECK(register_init(&f->c, url, S("packs/zibo"), &ACT, &init));
    f->reg = register_open(&f->c, url, 4);
    CHECK(f->reg && register_demo(&f->c, f->reg, FIRMS, 7, &ACT, &demo));
    f->db = db_borrow(&f->c, f->reg->store);
    f->at.as_of = date_to_int(f->day);
    CHECK(f->db && fact_at(f->db, &f->at));
    CHECK(fact_names(f->db, f->reg->pack, &f->at, &f->names));
    while (!f->s) CHECK(snapshot_get(f->db, f->reg, f->day, &f->at, WAIT_MS, &f->s));
}

static void teardown(Fixture *f) {
    snapshot_release(f->s);
    db_return(f->db);
    register_close(f->reg);
    CHECK(ctx_ok(&f->c));
    arena_close(f->arena);
}

/* Whether the fact, given a value, makes the decision definite in every way tried. */
static bool is_the_only_one_missing(const Fixture *f, const Decision *d, const DiscoverRow *row) {
    (void)f;
    return d->nmissing == 1 && d->missing[0].indicator->id == row->indicator &&
           d->missing[0].lag == row->lag && d->missing[0].kind == MISSING_FACT;
}

static void check_row(Fixture *f, const Discovery *d, const DiscoverRow *row) {
    FactSet set;
    DiscoverWords words;
    DecideOptions o = {.as_of = f->day, .as_known_ms = f->at.as_known, .seq = f->at.seq};
    CHECK(register_facts(f->db, &f->names, row->subject, &f->at, &set));
    Decision now = decide(f->arena, f->reg->book, d->rule, &set, &o);
    switch ((DiscoverClass)row->class) {
    case DISCOVER_PASSES: CHECK(now.outcome == OUTCOME_MET); break;
    case DISCOVER_ONE_FACT:
        CHECK(now.outcome == OUTCOME_UNDECIDABLE && is_the_only_one_missing(f, &now, row));
        break;
    case DISCOVER_MANY_FACTS: CHECK(now.outcome == OUTCOME_UNDECIDABLE); break;
    case DISCOVER_PERSON: CHECK(now.outcome == OUTCOME_NEEDS_PERSON); break;
    case DISCOVER_OUTSIDE: CHECK(now.outcome == OUTCOME_NOT_APPLICABLE); break;
    default: CHECK(now.outcome == OUTCOME_NOT_MET);
    }
    CHECK(discover_words(f->db, f->reg, &f->names, d, row, &words));
    CHECK((row->class == DISCOVER_CLOSE) == (words.change.n > 0));
    CHECK((row->class == DISCOVER_ONE_FACT) == (words.lacks.n > 0));
    if (row->class == DISCOVER_CLOSE) CHECK(words.nearest->kind == (DistanceKind)row->kind);
}

TEST(discover_classes_are_the_decisions) {
    static const char *const RULES[] = {"zibo/gazelle", "cn/tech-sme", "cn/innovative-sme",
                                        "zibo/nezha", "zibo/talent-degree"};
    Fixture f;
    int64_t seen[DISCOVER_CLASSES] = {0};
    setup(&f);
    for (size_t k = 0; k < sizeof RULES / sizeof *RULES; k++) {
        const Rule *rule = pack_rule(&f.c, f.reg->pack, str_from(RULES[k]));
        Arena *kept = arena_open(0);
        Discovery d;
        CHECK(rule && discover_run(&f.c, f.reg, f.s, rule, kept, NULL, NULL, &d));
        CHECK_INT(d.n, f.s->n);
        int64_t sum = 0, lacking = 0;
        for (int i = 0; i < DISCOVER_CLASSES; i++) sum += d.counts[i], seen[i] += d.counts[i];
        for (int i = 0; i < d.nlacks; i++) lacking += d.lacks[i].n;
        CHECK_INT(sum, d.n);
        CHECK_INT(lacking, d.counts[DISCOVER_ONE_FACT]);
        for (int64_t i = 0; i < d.n; i++) {
            if (i) CHECK(d.rows[i - 1].class <= d.rows[i].class);
            ArenaMark m = arena_mark(f.arena);
            check_row(&f, &d, &d.rows[i]);
            arena_rewind(f.arena, m);
        }
        arena_close(kept);
    }
    CHECK(seen[DISCOVER_PASSES] && seen[DISCOVER_ONE_FACT] && seen[DISCOVER_MANY_FACTS]);
    CHECK(seen[DISCOVER_FAR] && seen[DISCOVER_CLOSE] && seen[DISCOVER_OUTSIDE]);
    teardown(&f);
}

TEST(discover_is_kept_until_something_is_learned) {
    Fixture f;
    const Discovery *d = NULL, *again = NULL;
    int64_t done;
    setup(&f);
    const Rule *rule = pack_rule(&f.c, f.reg->pack, S("cn/tech-sme"));
    CHECK(discover_get(&f.c, f.reg, f.s, rule, WAIT_MS, &d, &done) && d);
    CHECK(discover_get(&f.c, f.reg, f.s, rule, 0, &again, &done) && again == d);
    discover_release(f.reg, again);
    CHECK(discover_get(&f.c, f.reg, f.s, pack_rule(&f.c, f.reg->pack, S("zibo/gazelle")), WAIT_MS,
                       &again, &done));
    CHECK(again && again != d && again->n == d->n);
    discover_release(f.reg, again);
    discover_release(f.reg, d);
    teardown(&f);
}
