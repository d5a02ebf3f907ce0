/* The demonstration register: the same for a seed, marked, complete after an interruption, and
 * decided as a whole. */
#include "base/date.h"
#include "city/demo.h"
#include "city/evaluate.h"
#include "codec/uscc.h"
#include "tests/test.h"

typedef struct Fixture {
    Arena *arena;
    Ctx c;
    Str url;
    Register *reg;
    Db *db;
} Fixture;

static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};

static bool setup(Fixture *f) {
    InitReport report;
    *f = (Fixture){.arena = arena_open(0)};
    f->c = ctx_new(f->arena, (int64_t)1782864000 * 1000);
    f->url = test_db_url(f->arena);
    if (register_init(&f->c, f->url, S("packs/zibo"), &ACT, &report))
        f->reg = register_open(&f->c, f->url, 4);
    f->db = f->reg ? db_borrow(&f->c, f->reg->store) : NULL;
    CHECK(f->db != NULL);
    return f->db != NULL;
}

static void teardown(Fixture *f) {
    if (f->db) db_return(f->db);
    if (f->reg) register_close(f->reg);
    arena_close(f->arena);
}

/* Codes, names, places of the made-up firms, in order. */
static Str listing(Fixture *f) {
    Buf b = buf_new(f->arena, 0);
    SubjectHits page;
    int64_t after = 0;
    while (subject_page(f->db, SUBJECT_ENTERPRISE, after, 100, &page) && page.n) {
        for (int i = 0; i < page.n; i++) {
            const Subject *s = &page.items[i];
            if (s->demo)
                buf_printf(&b, "%.*s %.*s %.*s\n", STRF(s->code), STRF(s->name), STRF(s->unit));
        }
        after = page.items[page.n - 1].id;
    }
    return buf_str(&b);
}

TEST(demo_is_the_same_for_a_seed_and_grows) {
    Fixture a, b;
    DemoReport r;
    if (setup(&a) && setup(&b)) {
        CHECK(register_demo(&a.c, a.reg, 150, 7, &ACT, &r));
        CHECK_INT(r.subjects, 150);
        CHECK_INT(r.before, 0);
        CHECK(register_demo(&b.c, b.reg, 40, 7, &ACT, &r));
        CHECK(register_demo(&b.c, b.reg, 150, 7, &ACT, &r));
        CHECK_INT(r.before, 40);
        CHECK_INT(r.subjects, 110);
        CHECK(register_demo(&b.c, b.reg, 150, 7, &ACT, &r));
        CHECK_INT(r.subjects, 0);
        CHECK_STR(listing(&b), listing(&a));
        CHECK(register_demo(&b.c, b.reg, 150, 8, &ACT, &r));
        CHECK_INT(r.subjects, 150);
        CHECK(!str_eq(listing(&b), listing(&a)));
    }
    teardown(&b);
    teardown(&a);
}

TEST(demo_marks_every_subject_and_fact) {
    Fixture f;
    DemoReport r;
    if (setup(&f) && register_demo(&f.c, f.reg, 100, 1, &ACT, &r)) {
        FactAt at = {.as_of = 20220930};
        Source *sources;
        int nsources, firms = 0;
        int64_t facts = 0;
        CHECK(fact_at(f.db, &at) && source_list(f.db, &sources, &nsources));
        SubjectHits page;
        CHECK(subject_page(f.db, SUBJECT_ENTERPRISE, 0, 1000, &page));
        for (int i = 0; i < page.n; i++) {
            const Subject *s = &page.items[i];
            FactView view;
            if (!s->demo) continue;
            firms++;
            CHECK(str_starts(s->name, S("演示")));
            CHECK(str_starts(s->code, S("uscc:91")));
            CHECK(uscc_check(str_sub(s->code, 5, s->code.n), NULL) == USCC_OK);
            CHECK_STR(str_sub(s->code, 13, 15), S("DE"));
            CHECK(fact_read(f.db, s->id, &at, NULL, &view));
            facts += view.n_facts;
            for (int k = 0; k < view.n; k++)
                for (int m = 0; m < view.slots[k].n_all; m++)
                    CHECK_STR(sources[view.slots[k].all[m]->source - 1].grade, S("demo"));
        }
        CHECK_INT(firms, 100);
        CHECK_INT(facts, r.facts);
    }
    teardown(&f);
}

TEST(demo_refuses_wrong_sizes) {
    Fixture f;
    DemoReport r;
    if (setup(&f)) {
        CHECK(!register_demo(&f.c, f.reg, 0, 1, &ACT, &r));
        CHECK_STR(msg_code(f.c.err.note.msg), S("demo.range"));
        ctx_clear(&f.c);
        CHECK(!register_demo(&f.c, f.reg, 10, DEMO_SEEDS, &ACT, &r));
        ctx_clear(&f.c);
        CHECK(!register_demo(&f.c, f.reg, (int64_t)DEMO_MAX + 1, 1, &ACT, &r));
        ctx_clear(&f.c);
        CHECK_STR(listing(&f), S(""));
    }
    teardown(&f);
}

TEST(demo_is_decided_and_outcomes_add_up) {
    Fixture f;
    DemoReport r;
    if (setup(&f) && register_demo(&f.c, f.reg, 300, 1, &ACT, &r)) {
        EvaluateReport one, two;
        EvaluateOptions o = {.rules = (const Rule *const *)f.reg->pack->rules,
                             .nrules = f.reg->pack->nrules,
                             .as_of = date_to_days(2022, 9, 30),
                             .threads = 1};
        CHECK(register_evaluate(&f.c, f.reg, &o, &one));
        o.threads = 2;
        CHECK(register_evaluate(&f.c, f.reg, &o, &two));
        int64_t met = 0;
        for (int i = 0; i < o.nrules; i++) {
            int64_t sum = 0;
            for (int k = 0; k < OUTCOMES; k++) {
                sum += one.counts[i][k];
                CHECK_INT(two.counts[i][k], one.counts[i][k]);
            }
            CHECK_INT(sum, one.subjects);
            met += one.counts[i][OUTCOME_MET];
        }
        CHECK(met > 0);
        CHECK_INT(one.nerrors, 0);
    }
    teardown(&f);
}
