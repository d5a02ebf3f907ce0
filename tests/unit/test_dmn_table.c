/* Decision tables: hit policies, the index against the cells themselves, unknown inputs against
 * enumeration. */
#include "base/rng.h"
#include "dmn/dmn.h"
#include "tests/policies.h"
#include "tests/test.h"

static const char HEAD[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' namespace='t' name='t'>"
    "<inputData name='a'><variable name='a' typeRef='number'/></inputData>"
    "<inputData name='b'><variable name='b' typeRef='number'/></inputData>"
    "<inputData name='k'><variable name='k' typeRef='number'/></inputData>"
    "<decision name='d'><variable name='d'/>"
    "<informationRequirement><requiredInput href='#ia'/></informationRequirement>"
    "<informationRequirement><requiredInput href='#ib'/></informationRequirement>"
    "<informationRequirement><requiredInput href='#ik'/></informationRequirement>";

/* HEAD with ids for the inputs. */
static void head(Buf *b) {
    Str rest = str_of(HEAD, sizeof HEAD - 1);
    static const char *const NAMES[] = {"a", "b", "k"};
    for (int i = 0; i < 3; i++) {
        char mark[40];
        snprintf(mark, sizeof mark, "<inputData name='%s'", NAMES[i]);
        ptrdiff_t at = str_find(rest, str_from(mark)) + (ptrdiff_t)sizeof "<inputData" - 1;
        buf_put(b, str_sub(rest, 0, at));
        buf_printf(b, " id='i%s'", NAMES[i]);
        rest = str_sub(rest, at, rest.n);
    }
    buf_put(b, rest);
}

static void put_text(Buf *b, const char *element, Str text) {
    buf_printf(b, "<%s><text><![CDATA[%.*s]]></text></%s>", element, STRF(text), element);
}

typedef struct Table {
    const char *hit;                      /* attributes */
    const char *values, *deflt, *allowed; /* allowed: of the input a */
    Str cells[16][2], outs[16];
    int nrules;
} Table;

static DmnModel *load(Ctx *c, const Table *t) {
    Buf b = buf_new(c->arena, 0);
    head(&b);
    buf_printf(&b, "<decisionTable id='t' %s>", t->hit);
    for (int i = 0; i < 2; i++)
        buf_printf(&b,
                   "<input><inputExpression typeRef='number'><text>%s</text></inputExpression>"
                   "<inputValues><text>%s</text></inputValues></input>",
                   i ? "b" : "a", i == 0 && t->allowed ? t->allowed : "");
    buf_lit(&b, "<output name='o' typeRef='number'>");
    if (t->values) put_text(&b, "outputValues", str_from(t->values));
    if (t->deflt) put_text(&b, "defaultOutputEntry", str_from(t->deflt));
    buf_lit(&b, "</output>");
    for (int r = 0; r < t->nrules; r++) {
        buf_lit(&b, "<rule>");
        put_text(&b, "inputEntry", t->cells[r][0]);
        put_text(&b, "inputEntry", t->cells[r][1]);
        put_text(&b, "outputEntry", t->outs[r]);
        buf_lit(&b, "</rule>");
    }
    buf_lit(&b, "</decisionTable></decision></definitions>");
    DmnSource src = {S("t.dmn"), buf_str(&b)};
    return dmn_load(c, &src, 1);
}

static Val run(const DmnModel *m, Arena *a, Val va, Val vb, const DmnTableView **view) {
    DmnEval *e = dmn_eval_new(m, a);
    Val v = val_null();
    dmn_set(e, S("a"), va);
    dmn_set(e, S("b"), vb);
    dmn_set(e, S("k"), val_int(3));
    dmn_explain(e, view != NULL);
    CHECK(dmn_run(e, S("d"), &v));
    if (view) *view = dmn_tables(e);
    return v;
}

static Str shown(Arena *a, Val v) {
    Buf b = buf_new(a, 0);
    val_literal(&b, v);
    return buf_str(&b);
}

/* --- known inputs -------------------------------------------------------------------------------
 */

TEST(dmn_hit_policies) {
    static const struct {
        const char *hit, *values, *deflt, *want; /* for a = 5 */
        const char *none;                        /* for a = 50 */
    } CASES[] = {
        {"hitPolicy='FIRST'", NULL, NULL, "3", "null"},
        {"hitPolicy='FIRST'", NULL, "9", "3", "9"},
        {"hitPolicy='UNIQUE'", NULL, NULL, "null", "null"},
        {"hitPolicy='ANY'", NULL, NULL, "null", "null"},
        {"hitPolicy='PRIORITY'", "1, 2, 3", NULL, "1", "null"},
        {"hitPolicy='PRIORITY'", "2, 1, 3", NULL, "2", "null"},
        {"hitPolicy='RULE ORDER'", NULL, NULL, "[3, 1, 2]", "null"},
        {"hitPolicy='OUTPUT ORDER'", "1, 2, 3", NULL, "[1, 2, 3]", "null"},
        {"hitPolicy='COLLECT'", NULL, NULL, "[3, 1, 2]", "null"},
        {"hitPolicy='COLLECT' aggregation='SUM'", NULL, NULL, "6", "null"},
        {"hitPolicy='COLLECT' aggregation='MIN'", NULL, NULL, "1", "null"},
        {"hitPolicy='COLLECT' aggregation='MAX'", NULL, NULL, "3", "null"},
        {"hitPolicy='COLLECT' aggregation='COUNT'", NULL, NULL, "3", "0"},
    };
    Arena *a = arena_open(0);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Table t = {.hit = CASES[i].hit, .values = CASES[i].values, .deflt = CASES[i].deflt};
        static const char *const IN[] = {"< 10", "[5..6]", "5", "> 100"};
        static const char *const OUT[] = {"3", "1", "2", "7"};
        for (int r = 0; r < 4; r++) {
            t.cells[r][0] = str_from(IN[r]);
            t.cells[r][1] = S("-");
            t.outs[r] = str_from(OUT[r]);
        }
        t.nrules = 4;
        Ctx c = ctx_new(a, 0);
        DmnModel *m = load(&c, &t);
        CHECK(m != NULL);
        CHECK_STR(shown(a, run(m, a, val_int(5), val_null(), NULL)), str_from(CASES[i].want));
        CHECK_STR(shown(a, run(m, a, val_int(50), val_null(), NULL)), str_from(CASES[i].none));
    }
    arena_close(a);
}

TEST(dmn_violation_names_both_rules) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Table t = {.hit = "hitPolicy='UNIQUE'", .nrules = 3};
    for (int r = 0; r < 3; r++) {
        t.cells[r][0] = r == 1 ? S("> 100") : S("-");
        t.cells[r][1] = S("-");
        t.outs[r] = S("1");
    }
    DmnModel *m = load(&c, &t);
    Val v = run(m, a, val_int(1), val_int(1), NULL);
    const Note *n = val_null_note(v);
    CHECK(n != NULL && n->msg == M_DMN_UNIQUE);
    CHECK_STR(n->args[1], S("1"));
    CHECK_STR(n->args[2], S("3"));
    arena_close(a);
}

/* --- random tables ------------------------------------------------------------------------------
 */

static Str random_cell(Arena *a, Rng *g, bool residual) {
    int x = (int)rng_below(g, 6), y = x + (int)rng_below(g, 4);
    switch (rng_below(g, residual ? 11 : 8)) {
    case 0: return S("-");
    case 1: return str_printf(a, "< %d", x);
    case 2: return str_printf(a, ">= %d", x);
    case 3: return str_printf(a, "[%d..%d)", x, y);
    case 4: return str_printf(a, "(%d..%d]", x, y);
    case 5: return str_printf(a, "%d, %d", x, y + 1);
    case 6: return str_printf(a, "not(%d, > %d)", x, y);
    case 7: return str_printf(a, "%d", x);
    case 8: return S("< k");
    case 9: return str_printf(a, "? * 2 > %d", x);
    default: return S("k, k + 1");
    }
}

enum { COUNT_POLICY = POLICY_COUNT - 1 };

static Table random_table(Arena *a, Rng *g, size_t policy, int residual) {
    Table t = {.hit = POLICIES[policy], .values = "1, 2, 3"};
    t.deflt = rng_below(g, 3) == 0 ? "2" : NULL;
    t.allowed = policy != COUNT_POLICY && rng_below(g, 4) == 0 ? "[1..5]" : NULL;
    t.nrules = residual == 2 ? 10 + (int)rng_below(g, 5) : 1 + (int)rng_below(g, 6);
    for (int r = 0; r < t.nrules; r++) {
        t.cells[r][0] = random_cell(a, g, residual != 0);
        t.cells[r][1] = residual == 2 ? S("-") : random_cell(a, g, residual != 0);
        int x = (int)rng_below(g, 20), wide = (int)rng_below(g, 2) * 20;
        if (residual == 2)
            t.cells[r][0] = str_printf(a, "? * 2 > %d and ? * 2 < %d", x, x + 3 + wide);
        t.outs[r] = str_printf(a, "%d", 1 + (int)rng_below(g, 3));
    }
    return t;
}

static Val half(Arena *a, int halves) {
    Dec d = dec_scaled(halves * 5, -1);
    return val_num(a, &d);
}

TEST(dmn_index_agrees_with_cells) {
    Rng g = rng_new(11);
    for (int i = 0; i < 60; i++) {
        Arena *a = arena_open(0);
        Ctx c = ctx_new(a, 0);
        Table t = random_table(a, &g, COUNT_POLICY, i % 2);
        t.deflt = NULL;
        DmnModel *m = load(&c, &t);
        CHECK(m != NULL && c.note_count == 0);
        for (int x = -2; x < 22; x++) {
            const DmnTableView *view;
            Val v = run(m, a, x == 21 ? val_null() : half(a, x), half(a, x / 2 * 3 % 19), &view);
            int hits = 0;
            for (int r = 0; r < t.nrules; r++) hits += view->rules[r] == CELL_TRUE;
            CHECK_STR(shown(a, v), str_printf(a, "%d", hits));
        }
        arena_close(a);
    }
}

/* Can the unknown (or known) result r stand for the value v? */
static bool admits(Val r, Val v) {
    if (r.tag == V_UNKNOWN) {
        const Unknown *u = val_unk(r);
        if (v.tag == V_NULL) return u->may_null;
        for (int i = 0; i < u->ncands; i++)
            if (admits(u->cands[i], v)) return true;
        int cmp;
        if (u->ncands) return false;
        if (u->lo.tag != V_NULL && (!val_compare(u->lo, v, &cmp) || cmp > 0)) return false;
        return u->hi.tag == V_NULL || (val_compare(u->hi, v, &cmp) && cmp >= 0);
    }
    if (r.tag == V_LIST && v.tag == V_LIST) {
        if (r.n != v.n) return false;
        for (uint32_t i = 0; i < r.n; i++)
            if (!admits(val_items(r)[i], val_items(v)[i])) return false;
        return true;
    }
    return (r.tag == V_NULL && v.tag == V_NULL) || val_equal(r, v) == 1;
}

typedef struct Span {
    int from, to; /* halves */
    bool open;    /* no bounds: more than the span is possible */
    bool unknown;
} Span;

static Span random_span(Rng *g) {
    Span s = {.from = (int)rng_below(g, 14), .unknown = rng_below(g, 4) != 0};
    s.to = s.unknown ? s.from + (int)rng_below(g, 7) : s.from;
    s.open = s.unknown && rng_below(g, 4) == 0;
    if (s.open) s.from = -2, s.to = 22;
    return s;
}

static Val span_val(Arena *a, Span s, uint16_t path) {
    if (!s.unknown) return half(a, s.from);
    Val lo = s.open ? val_null() : half(a, s.from), hi = s.open ? val_null() : half(a, s.to);
    return unknown_fact(a, path, lo, hi, NULL, 0, false, false);
}

/* Checks one table; the number of results that were decided goes into *decided. */
static void against_enumeration(Arena *a, Rng *g, const DmnModel *m, const Table *t, bool exact,
                                int *decided) {
    Span sa = random_span(g), sb = random_span(g);
    Val r = run(m, a, span_val(a, sa, 1), span_val(a, sb, 2), NULL);
    Val first = val_null();
    bool same = true, any = false;
    for (int x = sa.from; x <= sa.to; x++)
        for (int y = sb.from; y <= sb.to; y++) {
            Val v = run(m, a, half(a, x), half(a, y), NULL);
            if (!any) first = v;
            same = same && admits(first, v);
            any = true;
            if (admits(r, v)) continue;
            CHECK(!"the unknown result must admit every concrete one");
            printf("  %s: %.*s but a=%d/2 b=%d/2 gives %.*s\n", t->hit, STRF(shown(a, r)), x, y,
                   STRF(shown(a, v)));
            return;
        }
    *decided += !val_has_unknown(r);
    if (same && exact && !t->allowed) CHECK(!val_has_unknown(r));
}

TEST(dmn_unknown_inputs_against_enumeration) {
    Rng g = rng_new(5);
    int decided = 0, total = 0;
    for (int i = 0; i < 330; i++) {
        Arena *a = arena_open(0);
        Ctx c = ctx_new(a, 0);
        bool residual = i % 3 == 2;
        Table t = random_table(a, &g, (size_t)i % POLICY_COUNT, residual);
        DmnModel *m = load(&c, &t);
        CHECK(m != NULL);
        for (int k = 0; k < 3; k++, total++) against_enumeration(a, &g, m, &t, !residual, &decided);
        arena_close(a);
    }
    CHECK(decided > total / 10 && decided < total);
}

/* So many cells that cannot be told apart by slots that the worlds do not fit: by bounds. */
TEST(dmn_unknown_by_bounds_against_enumeration) {
    Rng g = rng_new(17);
    int decided = 0;
    for (int i = 0; i < 110; i++) {
        Arena *a = arena_open(0);
        Ctx c = ctx_new(a, 0);
        Table t = random_table(a, &g, (size_t)i % POLICY_COUNT, 2);
        DmnModel *m = load(&c, &t);
        CHECK(m != NULL);
        for (int k = 0; k < 3; k++) against_enumeration(a, &g, m, &t, false, &decided);
        arena_close(a);
    }
    CHECK(decided > 10);
}

TEST(dmn_unknown_reports_dependencies) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Table t = {.hit = "hitPolicy='FIRST'", .nrules = 2};
    t.cells[0][0] = S(">= 10");
    t.cells[0][1] = S("-");
    t.cells[1][0] = S("-");
    t.cells[1][1] = S("-");
    t.outs[0] = S("1");
    t.outs[1] = S("2");
    DmnModel *m = load(&c, &t);
    Val none = val_null();
    Val ua = unknown_fact(a, 7, none, none, NULL, 0, false, false);
    Val ub = unknown_fact(a, 9, none, none, NULL, 0, false, false);
    Val v = run(m, a, ua, ub, NULL);
    CHECK(v.tag == V_UNKNOWN);
    CHECK_INT(val_unk(v)->ndeps, 1);
    CHECK_INT(val_unk(v)->deps[0], 7);
    Val small = unknown_fact(a, 7, none, val_int(9), NULL, 0, false, false);
    CHECK_STR(shown(a, run(m, a, small, ub, NULL)), S("2"));
    const DmnTableView *view;
    run(m, a, ua, ub, &view);
    CHECK_INT(view->cells[0], CELL_UNKNOWN);
    CHECK_INT(view->rules[0], CELL_UNKNOWN);
    CHECK_INT(view->rules[1], CELL_TRUE);
    arena_close(a);
}
