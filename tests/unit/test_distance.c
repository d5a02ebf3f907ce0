/* Distance on the rules of the packs and made-up firms: every suggestion, put to the decision as
 * plain facts, turns the outcome, and one step less does not; whoever gets none is told what is in
 * the way. JIXIA_DISTANCE_FIRMS sets how many firms (tests/distance.sh: 10,000). */
#include <stdlib.h>

#include "base/date.h"
#include "city/cases.h"
#include "city/demo.h"
#include "city/distance.h"
#include "city/report.h"
#include "tests/pack_fixture.h"
#include "tests/test.h"

typedef struct Fixture {
    Arena *arena, *scratch;
    Ctx c;
    Register *reg;
    const Rulebook *book;
    Db *db;
    FactAt at;
    FactNames names;
    DecideOptions options;
    int64_t kinds[6], whys[12], decisions, bare, evaluations, most, stopped;
} Fixture;

static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};

static int64_t firms(void) {
    const char *text = getenv("JIXIA_DISTANCE_FIRMS");
    int64_t n;
    return text && str_to_i64(str_from(text), &n) && n > 0 ? n : 200;
}

static bool setup(Fixture *f) {
    InitReport report;
    DemoReport demo;
    *f = (Fixture){.arena = arena_open((size_t)2 << 30), .scratch = arena_open(0)};
    f->c = ctx_new(f->arena, (int64_t)1782864000 * 1000);
    Str url = test_db_url(f->arena);
    if (!register_init(&f->c, url, S("packs/zibo"), &ACT, &report)) return false;
    f->reg = register_open(&f->c, url, 2);
    if (!f->reg || !register_demo(&f->c, f->reg, firms(), 7, &ACT, &demo)) return false;
    f->book = f->reg->book;
    f->db = db_borrow(&f->c, f->reg->store);
    f->at = (FactAt){.as_of = 20221122};
    if (!f->db || !fact_at(f->db, &f->at)) return false;
    f->options = (DecideOptions){.as_of = date_to_days(2022, 11, 22)};
    return fact_names(f->db, f->reg->pack, &f->at, &f->names);
}

static void teardown(Fixture *f) {
    if (f->db) db_return(f->db);
    if (f->reg) register_close(f->reg);
    arena_close(f->scratch);
    arena_close(f->arena);
}

/* The outcome with changes made to the facts, as anyone would decide it. */
static Outcome outcome_with(Fixture *f, const Rule *rule, const FactSet *facts,
                            const DistanceChange *changes, int n, const DecideOptions *options) {
    Arena *a = f->scratch;
    FactSet set = *facts;
    DecideOptions o = *options;
    o.brief = true;
    set.facts = arena_copy(a, facts->facts, sizeof *facts->facts * (size_t)facts->n);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < set.n; k++) {
            FactUse *u = &set.facts[k];
            if (u->indicator != changes[i].fact.indicator || u->year != changes[i].fact.year)
                continue;
            u->value = changes[i].to;
            u->has_value = true;
            u->none = false;
        }
    return decide(a, f->book, rule, &set, &o).outcome;
}

/* One step of the dictionary back to where the fact stands; false for choices. */
static bool one_less(Arena *a, DistanceChange *c) {
    if (!val_is_num(c->to)) return false;
    Dec to = val_dec(c->to), step = distance_step(c->fact.indicator), d = val_dec(c->change);
    bool ok = dec_sign(&d) > 0 ? dec_sub(&to, &to, &step) : dec_add(&to, &to, &step);
    c->to = val_num(a, &to);
    return ok;
}

static bool open_outcome(Outcome o) {
    return o == OUTCOME_UNDECIDABLE || o == OUTCOME_NEEDS_PERSON;
}

static void check_changes(Fixture *f, const Decision *d, const FactSet *facts,
                          const DistanceEntry *e, bool met) {
    DistanceChange with[2] = {e->changes[0], e->changes[1]};
    Outcome o = outcome_with(f, d->rule, facts, with, e->nchanges, &f->options);
    CHECK(met ? o == OUTCOME_MET : open_outcome(o));
    for (int i = 0; i < e->nchanges; i++) {
        DistanceChange less[2] = {with[0], with[1]};
        if (!one_less(f->scratch, &less[i])) continue;
        o = outcome_with(f, d->rule, facts, less, e->nchanges, &f->options);
        CHECK(met ? o != OUTCOME_MET : o == OUTCOME_NOT_MET);
    }
    for (int i = 0; i < with[0].nvalues; i++) {
        with[0].to = e->changes[0].values[i];
        CHECK(outcome_with(f, d->rule, facts, with, e->nchanges, &f->options) == OUTCOME_MET);
    }
}

/* With the year and the version held, the changes hold until `by` and not on the day after. */
static void check_until(Fixture *f, const Decision *d, const FactSet *facts,
                        const DistanceEntry *e) {
    if (e->by == DISTANCE_NO_DAY) return;
    DecideOptions o = {.as_of = e->by, .year = d->year, .version = d->version};
    CHECK(outcome_with(f, d->rule, facts, e->changes, e->nchanges, &o) == OUTCOME_MET);
    o.as_of++;
    if (e->ends) CHECK(outcome_with(f, d->rule, facts, e->changes, e->nchanges, &o) != OUTCOME_MET);
}

static void check_wait(Fixture *f, const Decision *d, const FactSet *facts,
                       const DistanceEntry *e) {
    DecideOptions o = {.as_of = e->by};
    CHECK(outcome_with(f, d->rule, facts, NULL, 0, &o) == OUTCOME_MET);
    o.as_of--;
    CHECK(outcome_with(f, d->rule, facts, NULL, 0, &o) != OUTCOME_MET);
}

static void check_entry(Fixture *f, const Decision *d, const FactSet *facts,
                        const DistanceEntry *e) {
    CHECK(e->nconditions > 0);
    f->kinds[e->kind]++;
    f->whys[e->why]++;
    CHECK(distance_sentence(f->scratch, d, e, LANG_ZH).n > 0);
    CHECK(distance_sentence(f->scratch, d, e, LANG_EN).n > 0);
    if (e->kind <= DISTANCE_PAIR) {
        CHECK_INT(e->nchanges, e->kind == DISTANCE_PAIR ? 2 : 1);
        check_changes(f, d, facts, e, true);
        check_until(f, d, facts, e);
    }
    if (e->kind == DISTANCE_WAIT) check_wait(f, d, facts, e);
    if (e->why == DISTANCE_MISSING) {
        CHECK(e->nmissing > 0);
        check_changes(f, d, facts, e, false);
    }
    if (e->kind == DISTANCE_FIXED) CHECK(e->nfacts > 0);
}

static void check_decision(Fixture *f, const Rule *rule, const FactSet *facts) {
    Decision d = decide(f->scratch, f->book, rule, facts, &f->options);
    d.distance = distance_find(f->scratch, f->book, facts, &f->options, &d);
    if (d.outcome != OUTCOME_NOT_MET) {
        CHECK_INT(d.distance->n, 0);
        return;
    }
    f->decisions++;
    CHECK(d.distance->n > 0);
    f->evaluations += d.distance->evaluations;
    f->stopped += d.distance->stopped;
    if (d.distance->evaluations > f->most) f->most = d.distance->evaluations;
    for (int i = 0; i < d.distance->n; i++) check_entry(f, &d, facts, &d.distance->entries[i]);
    f->bare += d.distance->entries[0].kind > DISTANCE_WAIT;
}

static void check_subject(Fixture *f, int64_t subject) {
    ArenaMark mark = arena_mark(f->arena);
    FactSet facts;
    CHECK(register_facts(f->db, &f->names, subject, &f->at, &facts));
    for (int i = 0; i < f->reg->pack->nrules; i++) {
        const Rule *rule = f->reg->pack->rules[i];
        if (!str_eq(rule->subject, facts.kind)) continue;
        check_decision(f, rule, &facts);
        arena_reset(f->scratch);
    }
    arena_rewind(f->arena, mark);
}

static void print_counts(const Fixture *f) {
    if (!getenv("JIXIA_DISTANCE_FIRMS")) return;
    printf("distance.not_met %lld\ndistance.without_suggestion %lld\n", (long long)f->decisions,
           (long long)f->bare);
    for (int i = 0; i < 6; i++)
        printf("distance.%.*s %lld\n", STRF(distance_kind_text((DistanceKind)i)),
               (long long)f->kinds[i]);
    for (int i = 1; i < 11; i++)
        printf("distance.reason.%.*s %lld\n", STRF(distance_why_text((DistanceWhy)i)),
               (long long)f->whys[i]);
    printf(
        "distance.evaluations_mean %lld\ndistance.evaluations_most %lld\ndistance.stopped %lld\n",
        (long long)(f->evaluations / (f->decisions ? f->decisions : 1)), (long long)f->most,
        (long long)f->stopped);
}

TEST(distance_of_made_up_firms_holds) {
    Fixture f;
    SubjectHits page;
    int64_t after = 0;
    bool ok = setup(&f);
    CHECK(ok);
    while (ok && subject_page(f.db, SUBJECT_ENTERPRISE, after, 100, &page) && page.n) {
        after = page.items[page.n - 1].id;
        for (int i = 0; i < page.n; i++) check_subject(&f, page.items[i].id);
    }
    CHECK(f.decisions > 500);
    CHECK(f.kinds[DISTANCE_SINGLE] > 10);
    CHECK(f.kinds[DISTANCE_FIXED] > 50);
    print_counts(&f);
    teardown(&f);
}

/* The worked examples of the packs: full sets of facts around every threshold. */
static void check_cases(Fixture *f, const PackSet *pack) {
    for (int i = 0; i < pack->nrules; i++) {
        Case *cases;
        int n;
        CHECK(cases_read(&f->c, pack, pack->rules[i], &cases, &n));
        for (int k = 0; k < n; k++) {
            test_case_begin(str_z(f->arena, pack->rules[i]->id), cases[k].name);
            f->options = (DecideOptions){.as_of = cases[k].as_of, .version = cases[k].version};
            check_decision(f, pack->rules[i], &cases[k].facts);
            test_case_end();
            arena_reset(f->scratch);
        }
    }
}

TEST(distance_of_worked_examples_holds) {
    Fixture f = {.arena = arena_open(0), .scratch = arena_open(0)};
    f.c = ctx_new(f.arena, 0);
    PackSet *pack = test_packs(&f.c);
    Rulebook *book = rulebook_open(&f.c, pack);
    CHECK(book != NULL);
    f.book = book;
    if (book) check_cases(&f, pack);
    CHECK(f.kinds[DISTANCE_SINGLE] > 300);
    CHECK(f.kinds[DISTANCE_PAIR] > 2);
    CHECK(f.kinds[DISTANCE_WAIT] > 5);
    CHECK(f.kinds[DISTANCE_NOT_SEARCHED] > 10);
    print_counts(&f);
    rulebook_close(book);
    pack_close(pack);
    arena_close(f.scratch);
    arena_close(f.arena);
}
