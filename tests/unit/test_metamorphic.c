/* Changes of a decision table that must not change its results, tried on every table of the suite
 * (tests/suite_fixture.h) and on random step tables. Nothing here knows the right result; it only
 * has to stay. */
#include <string.h>

#include "base/file.h"
#include "base/rng.h"
#include "codec/yaml.h"
#include "tests/suite_fixture.h"
#include "tests/test.h"

typedef SuiteTable *(*Change)(Arena *a, Rng *r, const SuiteTable *t);

static SuiteTable *copy_of(Arena *a, const SuiteTable *t, int more_rules, int more_columns) {
    SuiteTable *n = arena_copy(a, t, sizeof *t);
    int width = t->ncolumns + t->noutputs;
    n->inputs = arena_copy(a, t->inputs, (size_t)t->ninputs * sizeof *t->inputs);
    n->columns = NEW_N(a, Str, t->ncolumns + more_columns);
    memcpy(n->columns, t->columns, (size_t)t->ncolumns * sizeof *t->columns);
    n->rules = NEW_N(a, Str *, t->nrules + more_rules);
    for (int i = 0; i < t->nrules; i++) {
        n->rules[i] = NEW_N(a, Str, width + more_columns);
        memcpy(n->rules[i], t->rules[i], (size_t)t->ncolumns * sizeof(Str));
        memcpy(n->rules[i] + t->ncolumns + more_columns, t->rules[i] + t->ncolumns,
               (size_t)t->noutputs * sizeof(Str));
    }
    return n;
}

/* Rules in another order, where the policy does not look at it. Of several outputs of one rank
 * priority and output order keep the rules' order, so those with one column only. */
static SuiteTable *shuffled(Arena *a, Rng *r, const SuiteTable *t) {
    static const char *const FREE[] = {"U", "A", "C+", "C<", "C>", "C#", "P", "O"};
    bool fits = false;
    for (size_t i = 0; i < sizeof FREE / sizeof *FREE; i++)
        fits = fits || (str_eq(t->policy, str_from(FREE[i])) && (i < 6 || t->noutputs == 1));
    if (!fits) return NULL;
    SuiteTable *n = copy_of(a, t, 0, 0);
    for (int i = n->nrules - 1; i > 0; i--) {
        int k = (int)rng_below(r, (uint64_t)i + 1);
        Str *rule = n->rules[i];
        n->rules[i] = n->rules[k];
        n->rules[k] = rule;
    }
    return n;
}

/* A rule that nothing passes, somewhere. */
static SuiteTable *with_dead_rule(Arena *a, Rng *r, const SuiteTable *t) {
    SuiteTable *n = copy_of(a, t, 1, 0);
    int width = t->ncolumns + t->noutputs, at = (int)rng_below(r, (uint64_t)t->nrules + 1);
    memmove(n->rules + at + 1, n->rules + at, (size_t)(t->nrules - at) * sizeof *n->rules);
    n->nrules++;
    n->rules[at] = NEW_N(a, Str, width);
    for (int i = 0; i < t->ncolumns; i++) n->rules[at][i] = S("-");
    n->rules[at][rng_below(r, (uint64_t)t->ncolumns)] = S("? = null and ? != null");
    for (int i = t->ncolumns; i < width; i++) n->rules[at][i] = t->rules[0][i];
    return n;
}

/* A column that everything passes. */
static SuiteTable *with_open_column(Arena *a, Rng *r, const SuiteTable *t) {
    SuiteTable *n = copy_of(a, t, 0, 1);
    n->columns[n->ncolumns++] = t->columns[rng_below(r, (uint64_t)t->ncolumns)];
    for (int i = 0; i < n->nrules; i++) n->rules[i][t->ncolumns] = S("-");
    return n;
}

/* Names outside quotes replaced; the blanks of the new name are doubled and broken. */
static Str renamed_text(Arena *a, Str s, const SuiteTable *t) {
    Buf b = buf_new(a, 0);
    bool quoted = false;
    for (ptrdiff_t i = 0; i < s.n;) {
        int best = -1;
        for (int k = 0; k < t->ninputs && !quoted; k++)
            if (str_starts(str_sub(s, i, s.n), t->inputs[k].name) &&
                (best < 0 || t->inputs[k].name.n > t->inputs[best].name.n))
                best = k;
        if (best >= 0) {
            buf_printf(&b, "改名  \n %d\t的 %.*s", best, STRF(t->inputs[best].name));
            i += t->inputs[best].name.n;
            continue;
        }
        if (s.p[i] == '"') quoted = !quoted;
        buf_char(&b, s.p[i++]);
    }
    return buf_str(&b);
}

static SuiteTable *renamed(Arena *a, Rng *r, const SuiteTable *t) {
    (void)r;
    SuiteTable *n = copy_of(a, t, 0, 0);
    for (int i = 0; i < t->ncolumns; i++) n->columns[i] = renamed_text(a, t->columns[i], t);
    for (int i = 0; i < t->nrules; i++)
        for (int k = 0; k < t->ncolumns + t->noutputs; k++)
            if (!str_eq(t->inputs[0].name, S("x"))) /* too short to find in other words */
                n->rules[i][k] = renamed_text(a, t->rules[i][k], t);
    for (int i = 0; i < t->ninputs; i++)
        n->inputs[i].name = str_printf(a, "改名 %d 的 %.*s", i, STRF(t->inputs[i].name));
    return n;
}

static const struct {
    const char *name;
    Change change;
} CHANGES[] = {{"rules in another order", shuffled},
               {"a rule nothing passes", with_dead_rule},
               {"a column everything passes", with_open_column},
               {"other names, blanks within", renamed}};

/* The results of both tables for all the value rows. */
static void same_results(Ctx *c, const SuiteTable *x, const SuiteTable *y, Str **rows, int n) {
    DmnModel *mx = suite_model(c, x), *my = suite_model(c, y);
    CHECK(mx && my);
    for (int i = 0; mx && my && i < n; i++) {
        Str want = suite_run(c->arena, mx, x, rows[i]);
        CHECK_STR(suite_run(c->arena, my, y, rows[i]), want);
    }
}

static int rows_of(Arena *a, const SuiteTable *t, const Json *cases, Str ***rows) {
    int n = 0;
    *rows = NEW_N(a, Str *, cases->count);
    for (const Json *k = cases->first; k; k = k->next) {
        Str *row = (*rows)[n++] = NEW_N(a, Str, t->ninputs);
        const Json *v = k->first;
        for (int i = 0; i < t->ninputs; i++, v = v->next) row[i] = json_str(v, S("null"));
    }
    return n;
}

/* Each input of each row is made unknown between its value and that of the next row: a decided
 * result is the result of both. */
static void either_results(Ctx *c, const SuiteTable *t, Str **rows, int n) {
    DmnModel *m = suite_model(c, t);
    CHECK(m);
    for (int i = 0; m && i < n; i++) {
        for (int k = 0; k < t->ninputs; k++) {
            Str *row = arena_copy(c->arena, rows[i], (size_t)t->ninputs * sizeof(Str));
            Str one = row[k], two = rows[(i + 1) % n][k];
            if (str_starts(one, S("unknown")) || str_starts(two, S("unknown"))) continue;
            row[k] = str_printf(c->arena, "either %.*s ~ %.*s", STRF(one), STRF(two));
            Str got = suite_run(c->arena, m, t, row);
            if (str_eq(got, S("unknown"))) continue;
            row[k] = one;
            CHECK_STR(got, suite_run(c->arena, m, t, row));
            row[k] = two;
            CHECK_STR(got, suite_run(c->arena, m, t, row));
        }
    }
}

static int change_folder(const char *folder, Rng *r) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Str *names, bytes, **rows;
    int files = 0, tried = 0;
    CHECK(file_list(&c, str_from(folder), &names, &files));
    for (int i = 0; i < files; i++) {
        if (!str_ends(names[i], S(".yaml"))) continue;
        CHECK(file_read(&c, path_join(a, str_from(folder), names[i]), 8 << 20, &bytes));
        const Json *file = yaml_parse(&c, bytes, names[i]);
        for (const Json *e = file ? file->first : NULL; e; e = e->next) {
            if (!json_get(e, S("table"))) continue;
            ArenaMark mark = arena_mark(a);
            SuiteTable *t = suite_table(a, e);
            int n = rows_of(a, t, json_get(e, S("cases")), &rows);
            for (size_t k = 0; k < sizeof CHANGES / sizeof *CHANGES; k++) {
                SuiteTable *y = CHANGES[k].change(a, r, t);
                if (!y) continue;
                test_case_begin(CHANGES[k].name, t->name);
                same_results(&c, t, y, rows, n);
                test_case_end();
                tried++;
            }
            test_case_begin("unknown between two values", t->name);
            either_results(&c, t, rows, n);
            test_case_end();
            c.notes = c.notes_last = NULL;
            arena_rewind(a, mark);
        }
    }
    arena_close(a);
    return tried;
}

TEST(metamorphic_suite_by_hand) {
    Rng r = rng_new(1);
    CHECK(change_folder("tests/suite", &r) >= 25);
}

TEST(metamorphic_suite_of_the_oracle) {
    Rng r = rng_new(2);
    CHECK(change_folder("build/suite", &r) >= 250);
}

/* --- random step tables: a band split in two, and another unit --- */

enum { BANDS = 5, ROWS = 40 };

typedef struct Steps {
    int64_t cut[BANDS + 1];
    int extra; /* the band to split, or -1 */
    int unit;  /* the power of ten of the unit */
} Steps;

static Str in_unit(Arena *a, int64_t v, int unit) {
    Dec d = dec_scaled(v, unit);
    return dec_text(a, &d);
}

static SuiteTable *steps_table(Arena *a, const Steps *s, const char *policy) {
    SuiteTable *t = NEW(a, SuiteTable);
    *t = (SuiteTable){.name = S("steps"), .policy = str_from(policy)};
    t->ninputs = t->ncolumns = t->noutputs = 1;
    t->inputs = NEW(a, SuiteName);
    t->inputs[0] = (SuiteName){S("营业 收入"), S("number")};
    t->columns = NEW(a, Str);
    t->columns[0] = t->inputs[0].name;
    t->outputs = NEW_N(a, const Json *, 1);
    t->outputs[0] = json_new(a, JSON_OBJECT);
    t->rules = NEW_N(a, Str *, BANDS + 1);
    for (int i = 0; i < BANDS; i++) {
        int64_t lo = s->cut[i], hi = s->cut[i + 1], middle = lo + (hi - lo) / 2;
        int parts = i == s->extra && middle > lo ? 2 : 1;
        for (int k = 0; k < parts; k++) {
            int64_t from = k ? middle : lo, to = parts == 2 && !k ? middle : hi;
            Str *rule = t->rules[t->nrules++] = NEW_N(a, Str, 2);
            Str left = in_unit(a, from, s->unit), right = in_unit(a, to, s->unit);
            rule[0] = str_printf(a, "[%.*s..%.*s)", STRF(left), STRF(right));
            rule[1] = str_printf(a, "%d", i * 100);
        }
    }
    return t;
}

/* A value near a threshold, sometimes unknown between two, in a unit; the same for equal seeds. */
static Str step_value(Arena *a, Rng *r, const Steps *s, int unit) {
    int64_t v = s->cut[rng_below(r, BANDS + 1)] + (int64_t)rng_below(r, 5) - 2;
    if (rng_below(r, 4)) return in_unit(a, v, unit);
    Str lo = in_unit(a, v, unit), hi = in_unit(a, v + (int64_t)rng_below(r, 40), unit);
    return str_printf(a, "unknown %.*s %.*s", STRF(lo), STRF(hi));
}

TEST(metamorphic_steps) {
    static const char *const POLICIES[] = {"U", "A", "F", "C+"};
    Rng r = rng_new(3);
    for (int k = 0; k < 120; k++) {
        Arena *a = arena_open(0);
        Ctx c = ctx_new(a, 0);
        Steps s = {.extra = -1};
        for (int i = 0; i <= BANDS; i++)
            s.cut[i] = (i ? s.cut[i - 1] : -20) + 1 + (int64_t)rng_below(&r, 50);
        Steps split = s, scaled = s;
        split.extra = (int)rng_below(&r, BANDS);
        scaled.unit = 4; /* 万元 to 元 */
        const char *policy = POLICIES[k % 4];
        SuiteTable *x = steps_table(a, &s, policy), *y = steps_table(a, &split, policy);
        SuiteTable *z = steps_table(a, &scaled, policy);
        DmnModel *mx = suite_model(&c, x), *my = suite_model(&c, y), *mz = suite_model(&c, z);
        CHECK(mx && my && mz);
        for (int i = 0; mx && my && mz && i < ROWS; i++) {
            Rng one = rng_new(rng_u64(&r)), two = one;
            Str v = step_value(a, &one, &s, 0), w = step_value(a, &two, &s, 4);
            Str want = suite_run(a, mx, x, &v);
            CHECK_STR(suite_run(a, my, y, &v), want);
            CHECK_STR(suite_run(a, mz, z, &w), want);
        }
        arena_close(a);
    }
}
