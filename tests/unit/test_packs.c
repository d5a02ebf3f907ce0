/* The shipped packs: they load, every worked example gives its outcome, and taking away any single
 * fact leaves the outcome undecided or unchanged for every value the fact could have had. */
#include <string.h>

#include "base/date.h"
#include "city/cases.h"
#include "tests/test.h"

typedef struct Loaded {
    Arena *arena;
    Ctx c;
    PackSet *pack;
    Rulebook *book;
} Loaded;

static bool load(Loaded *l) {
    PackFile *files;
    int n;
    l->arena = arena_open(0);
    l->c = ctx_new(l->arena, 0);
    l->c.lang = LANG_EN;
    l->pack = pack_read(&l->c, S("packs/zibo"), &files, &n) ? pack_parse(&l->c, files, n) : NULL;
    l->book = l->pack ? rulebook_open(&l->c, l->pack) : NULL;
    if (l->book) return true;
    Str text = note_text(l->arena, &l->c.err.note, LANG_EN);
    test_failed(__FILE__, __LINE__,
                str_z(l->arena,
                      str_printf(l->arena, "%.*s (%.*s)", STRF(text), STRF(l->c.err.note.place))));
    return false;
}

static void unload(Loaded *l) {
    rulebook_close(l->book);
    pack_close(l->pack);
    arena_close(l->arena);
}

static void fail_with(Loaded *l, Str text) {
    test_failed(__FILE__, __LINE__, str_z(l->arena, text));
}

TEST(packs_load) {
    Loaded l;
    if (load(&l)) {
        CHECK(l.pack->npacks == 3);
        CHECK(l.pack->nrules > 0);
        CHECK(pack_indicator(l.pack, S("revenue")) == pack_indicator(l.pack, S("营业收入")));
    }
    unload(&l);
}

/* Values a missing fact could have had: around the one it had, far from it, and its domain. */
static int admissible(Arena *a, const Rulebook *b, const FactUse *f, Val out[24]) {
    static const int64_t FACTORS[] = {0, 1, 2, 5, 10, 1000};
    const Indicator *i = f->indicator;
    int n = 0;
    for (int k = 0; k < i->nvalues && k < 12; k++) out[n++] = b->values[i->id][k];
    if (i->type == IND_BOOLEAN) {
        out[n++] = val_bool(false);
        out[n++] = val_bool(true);
    }
    if (i->type == IND_DATE && f->value.tag == V_DATE) {
        static const int DAYS[] = {-9000, -3700, -1100, -1, 0, 1, 800, 3000};
        for (size_t k = 0; k < sizeof DAYS / sizeof *DAYS; k++)
            out[n++] = val_date(f->value.i + DAYS[k]);
    }
    for (size_t k = 0; val_is_num(f->value) && k < sizeof FACTORS / sizeof *FACTORS; k++) {
        Dec d = val_dec(f->value), m = dec_int(FACTORS[k]), ten = dec_int(10);
        if (dec_mul(&d, &d, &m) && (i->type == IND_INTEGER || k == 0 || dec_div(&d, &d, &ten)))
            out[n++] = val_num(a, &d);
    }
    int kept = 0;
    for (int k = 0; k < n; k++) {
        int cmp;
        Val lo = b->bounds[i->id][0], hi = b->bounds[i->id][1];
        if (lo.tag != V_NULL && val_compare(out[k], lo, &cmp) && cmp < 0) continue;
        if (hi.tag != V_NULL && val_compare(out[k], hi, &cmp) && cmp > 0) continue;
        out[kept++] = out[k];
    }
    return kept;
}

static bool names(const Decision *d, const Indicator *i) {
    for (int k = 0; k < d->nmissing; k++)
        if (d->missing[k].indicator == i || d->missing[k].indicator->fallback == i) return true;
    return false;
}

/* Without fact number `at` the case is undecided and names it, or every admissible value of the
 * fact gives the outcome that was decided without it. Values that end in an error of the model
 * (a null outcome) are no outcomes to compare. */
static void check_without(Loaded *l, const Case *k, int at) {
    Arena *a = l->arena;
    Case less = *k;
    FactUse gone = k->facts.facts[at];
    DecideOptions o = {.as_of = k->as_of, .version = k->version};
    less.facts.facts = arena_copy(a, k->facts.facts, (size_t)k->facts.n * sizeof gone);
    memmove(less.facts.facts + at, less.facts.facts + at + 1,
            (size_t)(k->facts.n - at - 1) * sizeof gone);
    less.facts.n--;
    Decision d = decide(a, l->book, k->rule, &less.facts, &o);
    if (d.outcome != OUTCOME_MET && d.outcome != OUTCOME_NOT_MET) {
        Decision full = decide(a, l->book, k->rule, &k->facts, &o);
        /* What another rule can work out is asked for by that rule's own facts. */
        bool named = gone.indicator->from_rule.n ? d.nmissing > 0 : names(&d, gone.indicator);
        if (full.outcome != d.outcome && !named)
            fail_with(l, str_printf(a, "%.*s without %.*s: %.*s does not name it", STRF(k->name),
                                    STRF(gone.indicator->name), STRF(outcome_text(d.outcome))));
        return;
    }
    Val values[24];
    int n = admissible(a, l->book, &gone, values);
    for (int v = 0; v < n; v++) {
        Case other = *k;
        other.facts.facts = arena_copy(a, k->facts.facts, (size_t)k->facts.n * sizeof gone);
        other.facts.facts[at].value = values[v];
        Decision e = decide(a, l->book, k->rule, &other.facts, &o);
        if (e.outcome == d.outcome) continue;
        if (e.nerrors) continue;
        fail_with(l, str_printf(a, "%.*s: decided %.*s without %.*s, which makes it %.*s",
                                STRF(k->name), STRF(outcome_text(d.outcome)),
                                STRF(gone.indicator->name), STRF(outcome_text(e.outcome))));
    }
}

static void run_rule(Loaded *l, const Rule *r) {
    Case *cases;
    int n;
    if (!cases_read(&l->c, l->pack, r, &cases, &n)) {
        Str text = note_text(l->arena, &l->c.err.note, LANG_EN);
        fail_with(l, str_printf(l->arena, "%.*s (%.*s)", STRF(text), STRF(l->c.err.note.place)));
        ctx_clear(&l->c);
        return;
    }
    for (int i = 0; i < n; i++) {
        ArenaMark m = arena_mark(l->arena);
        test_case_begin(str_z(l->arena, r->id), cases[i].name);
        Str wrong = case_check(l->arena, l->book, &cases[i], NULL);
        if (wrong.n) fail_with(l, wrong);
        for (int at = 0; at < cases[i].facts.n; at++) {
            ArenaMark inner = arena_mark(l->arena);
            if (cases[i].facts.facts[at].has_value) check_without(l, &cases[i], at);
            arena_rewind(l->arena, inner);
        }
        test_case_end();
        arena_rewind(l->arena, m);
    }
}

TEST(packs_cases) {
    Loaded l;
    if (load(&l))
        for (int i = 0; i < l.pack->nrules; i++) run_rule(&l, l.pack->rules[i]);
    unload(&l);
}

TEST(packs_every_rule_has_cases) {
    Loaded l;
    if (load(&l))
        for (int i = 0; i < l.pack->nrules; i++)
            if (!l.pack->rules[i]->cases)
                fail_with(&l, str_cat(l.arena, l.pack->rules[i]->id, S(" has no cases.yaml")));
    unload(&l);
}
