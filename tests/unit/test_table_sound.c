/* Decision tables are sound over missing facts: random tables whose cells and outputs also name
 * other inputs, each missing fact between bounds or of two values. A decided result must be the
 * result for every value the facts may have. */
#include "base/rng.h"
#include "tests/suite_fixture.h"
#include "tests/test.h"

enum { INPUTS = 3, TABLES = 800, ROWS = 5 };

static int pick(Rng *r, int n) {
    return (int)rng_below(r, (uint64_t)n);
}

static Str name(Rng *r) {
    static const Str NAMES[] = {STR_INIT("x"), STR_INIT("y 数"), STR_INIT("z")};
    return NAMES[pick(r, INPUTS)];
}

static Str cell(Rng *r, Arena *a) {
    Str n = name(r), m = name(r);
    int k = pick(r, 7) - 2;
    switch (pick(r, 16)) {
    case 0: return str_printf(a, "< %d", k);
    case 1: return str_printf(a, ">= %d", k);
    case 2: return str_printf(a, "%d, %d", k, k + 2);
    case 3: return str_printf(a, "[%d..%d)", k, k + 2);
    case 4: return str_printf(a, "not(%d)", k);
    case 5: return str_printf(a, ">= %.*s", STRF(n));
    case 6: return str_printf(a, "%.*s", STRF(n));
    case 7: return str_printf(a, "[%.*s..%.*s]", STRF(n), STRF(m));
    case 8: return str_printf(a, "? > %.*s and %.*s < %d", STRF(n), STRF(m), k);
    case 9: return str_printf(a, "not(%.*s, %d)", STRF(n), k);
    case 10: return str_printf(a, "[1, %.*s]", STRF(n));
    case 11: return S("null");
    case 12: return str_printf(a, "%.*s > %d", STRF(n), k);
    default: return S("-");
    }
}

static Str output(Rng *r, Arena *a) {
    if (pick(r, 3)) return str_printf(a, "%d", pick(r, 3));
    Str n = name(r), m = name(r);
    return pick(r, 2) ? n : str_printf(a, "%.*s + %.*s", STRF(n), STRF(m));
}

static SuiteTable *random_table(Rng *r, Arena *a) {
    static const char *const POLICIES[] = {"U", "A",  "F",  "P",  "R", "O",
                                           "C", "C+", "C<", "C>", "C#"};
    SuiteTable *t = NEW(a, SuiteTable);
    *t = (SuiteTable){.name = S("random"), .policy = str_from(POLICIES[pick(r, 11)])};
    t->ninputs = INPUTS;
    t->ncolumns = 1 + pick(r, INPUTS);
    t->noutputs = 1;
    t->nrules = 1 + pick(r, 5);
    t->inputs = NEW_N(a, SuiteName, INPUTS);
    t->inputs[0] = (SuiteName){S("x"), S("number")};
    t->inputs[1] = (SuiteName){S("y 数"), pick(r, 2) ? S("number") : S("Any")};
    t->inputs[2] = (SuiteName){S("z"), S("number")};
    t->columns = NEW_N(a, Str, t->ncolumns);
    for (int i = 0; i < t->ncolumns; i++)
        t->columns[i] = pick(r, 4) ? name(r) : str_printf(a, "%.*s * 2", STRF(t->inputs[0].name));
    Json *out = json_new(a, JSON_OBJECT);
    if (pick(r, 3) == 0) json_set(out, S("default"), json_string(a, output(r, a)));
    if (pick(r, 3) == 0) json_set(out, S("values"), json_string(a, S("2, 0, 1")));
    t->outputs = NEW_N(a, const Json *, 1);
    t->outputs[0] = out;
    t->rules = NEW_N(a, Str *, t->nrules);
    for (int i = 0; i < t->nrules; i++) {
        t->rules[i] = NEW_N(a, Str, t->ncolumns + 1);
        for (int k = 0; k < t->ncolumns; k++) t->rules[i][k] = cell(r, a);
        t->rules[i][t->ncolumns] = output(r, a);
    }
    return t;
}

/* One fact: what it is called in a row, and the values it may have. */
typedef struct Fact {
    Str text;
    Str choice[5];
    int n;
} Fact;

static Fact fact(Rng *r, Arena *a) {
    int lo = pick(r, 7) - 2, hi = lo + pick(r, 3);
    Fact f = {0};
    if (pick(r, 2)) {
        f.text = pick(r, 8) ? str_printf(a, "%d", lo) : S("null");
        f.choice[f.n++] = f.text;
    } else if (pick(r, 2)) {
        f.choice[f.n++] = str_printf(a, "%d", lo);
        f.choice[f.n++] = pick(r, 4) ? str_printf(a, "%d", hi) : S("null");
        f.text = str_printf(a, "either %.*s ~ %.*s", STRF(f.choice[0]), STRF(f.choice[1]));
    } else {
        f.text = str_printf(a, "unknown %d %d", lo, hi);
        for (int v = 2 * lo; v <= 2 * hi; v++) /* halves too */
            f.choice[f.n++] =
                str_printf(a, "%s%d%s", v < 0 ? "-" : "", (v < 0 ? -v : v) / 2, v % 2 ? ".5" : "");
    }
    return f;
}

static void print_unsound(const SuiteTable *t, const Fact *f, Str *row) {
    printf("%.*s\n", STRF(t->policy));
    for (int i = 0; i < t->nrules; i++) {
        for (int k = 0; k <= t->ncolumns; k++) printf(" | %.*s", STRF(t->rules[i][k]));
        printf("\n");
    }
    for (int k = 0; k < t->ncolumns; k++) printf(" column %.*s\n", STRF(t->columns[k]));
    for (int i = 0; i < INPUTS; i++) printf(" %.*s: %.*s\n", STRF(f[i].text), STRF(row[i]));
}

/* Counts a decided result; every choice must give it. */
static int check_row(Arena *a, const DmnModel *m, const SuiteTable *t, const Fact *f) {
    Str row[INPUTS] = {f[0].text, f[1].text, f[2].text};
    Str got = suite_run(a, m, t, row);
    if (str_find(got, S("unknown")) >= 0) return 0;
    for (int i = 0; i < f[0].n * f[1].n * f[2].n; i++) {
        row[0] = f[0].choice[i % f[0].n];
        row[1] = f[1].choice[i / f[0].n % f[1].n];
        row[2] = f[2].choice[i / f[0].n / f[1].n];
        ArenaMark mark = arena_mark(a);
        Str exact = suite_run(a, m, t, row);
        if (!str_eq(exact, got)) print_unsound(t, f, row);
        CHECK_STR(got, exact);
        arena_rewind(a, mark);
    }
    return 1;
}

TEST(table_unknown_is_sound) {
    Rng r = rng_new(20240603);
    int decided = 0, rows = 0;
    for (int k = 0; k < TABLES; k++) {
        Arena *a = arena_open(0);
        Ctx c = ctx_new(a, 0);
        SuiteTable *t = random_table(&r, a);
        DmnModel *m = suite_model(&c, t);
        CHECK(m);
        for (int i = 0; m && i < ROWS; i++, rows++) {
            Fact f[INPUTS] = {fact(&r, a), fact(&r, a), fact(&r, a)};
            decided += check_row(a, m, t, f);
        }
        arena_close(a);
    }
    CHECK(rows == TABLES * ROWS && decided > rows / 3 && decided < rows);
}
