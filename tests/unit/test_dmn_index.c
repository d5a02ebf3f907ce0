/* The index of decision tables: random tables with it and with every cell tested one by one, all
 * hit policies, known, null and unknown inputs; tables whose sets cannot all be kept; memory. */
#include <string.h>

#include "base/rng.h"
#include "dmn/table.h"
#include "tests/policies.h"
#include "tests/test.h"

enum { KINDS = 4, RULES_MAX = 150 };

static const char *const NAMES[KINDS] = {"n", "s", "f", "t"};
static const char *const TYPES[KINDS] = {"number", "string", "boolean", "date"};

/* --- random models ------------------------------------------------------------------------------
 */

static Str constant(Arena *a, Rng *g, int kind) {
    static const char *const NUMBERS[] = {"-1.25", "0", "1.5", "150e-2", "12345678901234567890123"};
    static const char *const TEXTS[] = {"中华", "中华人民", "中华人民共和", "中华人民共和国", "甲"};
    int x = (int)rng_below(g, 12);
    if (kind == 0) return x < 5 ? str_from(NUMBERS[x]) : str_printf(a, "%d", x);
    if (kind == 1 && x < 5) return str_printf(a, "\"%s\"", TEXTS[x]);
    if (kind == 1) return str_printf(a, "\"%c\"", 'a' + x);
    if (kind == 2) return x & 1 ? S("true") : S("false");
    return str_printf(a, "date(\"2024-01-%02d\")", x + 1);
}

static void put_test(Buf *b, Arena *a, Rng *g, int kind) {
    static const char *const OPS[] = {"<", "<=", ">", ">="};
    Str x = constant(a, g, kind), y = constant(a, g, kind);
    int form = (int)rng_below(g, kind == 2 ? 2 : 5);
    if (form < 2)
        buf_put(b, x);
    else if (form == 2)
        buf_printf(b, "%s %.*s", OPS[rng_below(g, 4)], STRF(x));
    else
        buf_printf(b, "%c%.*s..%.*s%c", "[("[rng_below(g, 2)], STRF(x), STRF(y),
                   "])"[rng_below(g, 2)]);
}

static void put_cell(Buf *b, Arena *a, Rng *g, int kind, bool residual) {
    uint64_t form = rng_below(g, 12);
    bool negated = form == 9;
    if (form < 4) {
        buf_lit(b, "-");
        return;
    }
    if (form == 10) {
        buf_lit(b, "null");
        return;
    }
    if (form == 11) {
        if (residual) buf_put(b, kind == 0 ? S("? * 2 > k") : S("? = null or k > 3"));
        if (!residual) put_test(b, a, g, (kind + 1) % KINDS);
        return;
    }
    if (negated) buf_lit(b, "not(");
    int n = 1 + (int)rng_below(g, 3);
    for (int i = 0; i < n; i++) {
        if (i) buf_lit(b, ", ");
        put_test(b, a, g, kind);
    }
    if (negated) buf_lit(b, ")");
}

static void put_entry(Buf *b, const char *element, Str text) {
    buf_printf(b, "<%s><text><![CDATA[%.*s]]></text></%s>", element, STRF(text), element);
}

static void put_head(Buf *b, bool typed, bool values, const char *policy) {
    buf_lit(b, "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' namespace='t' "
               "name='t'><inputData id='ik' name='k'><variable name='k'/></inputData>");
    for (int k = 0; k < KINDS; k++)
        buf_printf(b, "<inputData id='i%d' name='%s'><variable name='%s'%s%s%s/></inputData>", k,
                   NAMES[k], NAMES[k], typed ? " typeRef='" : "", typed ? TYPES[k] : "",
                   typed ? "'" : "");
    buf_lit(b, "<decision name='d'><variable name='d'/><informationRequirement>"
               "<requiredInput href='#ik'/></informationRequirement>");
    for (int k = 0; k < KINDS; k++)
        buf_printf(
            b, "<informationRequirement><requiredInput href='#i%d'/></informationRequirement>", k);
    buf_printf(b, "<decisionTable %s>", policy);
    for (int k = 0; k < KINDS; k++)
        buf_printf(b, "<input><inputExpression%s%s%s><text>%s</text></inputExpression></input>",
                   typed ? " typeRef='" : "", typed ? TYPES[k] : "", typed ? "'" : "", NAMES[k]);
    buf_printf(b, "<output name='o'>%s</output>",
               values ? "<outputValues><text>3, 1, 2</text></outputValues>" : "");
}

static Str random_model(Arena *a, Rng *g, int policy, bool residual) {
    Buf b = buf_new(a, 0);
    int n = rng_below(g, 3) ? 1 + (int)rng_below(g, 8) : 1 + (int)rng_below(g, RULES_MAX);
    put_head(&b, rng_below(g, 2), true, POLICIES[policy]);
    for (int i = 0; i < n; i++) {
        buf_lit(&b, "<rule>");
        for (int k = 0; k < KINDS; k++) {
            Buf cell = buf_new(a, 0);
            put_cell(&cell, a, g, k, residual);
            put_entry(&b, "inputEntry", buf_str(&cell));
        }
        put_entry(&b, "outputEntry", str_printf(a, "%d", 1 + (int)rng_below(g, 3)));
        buf_lit(&b, "</rule>");
    }
    buf_lit(&b, "</decisionTable></decision></definitions>");
    return buf_str(&b);
}

static DmnModel *load(Arena *a, Str text) {
    Ctx c = ctx_new(a, 0);
    DmnSource src = {S("t.dmn"), text};
    DmnModel *m = dmn_load(&c, &src, 1);
    Str why = m ? S("") : note_text(a, &c.err.note, LANG_EN);
    if (!m) printf("  %.*s\n", STRF(why));
    return m;
}

/* Takes the index away: every cell is tested one by one. */
static void blind(DmnModel *m) {
    for (int i = 0; i < m->prog->ntables; i++) {
        TableIndex *ix = m->prog->tables[i]->index;
        ix->has_residual = true;
        for (int k = 0; k < m->prog->tables[i]->ninputs; k++) {
            TableColumn *col = &ix->cols[k];
            col->indexed = false;
            col->has_residual = true;
            col->residual = ix->all;
            col->null_bits = ix->all;
        }
    }
}

/* --- known and unknown inputs -------------------------------------------------------------------
 */

static Val number(Arena *a, int halves) {
    Dec d = dec_scaled(halves * 5, -1);
    return val_num(a, &d);
}

static Val random_input(Arena *a, Rng *g, int kind) {
    static const char *const TEXTS[] = {"中华", "中华人民", "中华人", "中华人民共和国了", "甲", ""};
    int x = (int)rng_below(g, 14);
    if (rng_below(g, 8) == 0) return val_null();
    if (rng_below(g, 10) == 0) kind = (kind + 1) % KINDS;
    Dec big;
    switch (kind) {
    case 0:
        if (x == 13 && dec_parse(S("12345678901234567890123"), &big)) return val_num(a, &big);
        if (x == 12 && dec_parse(S("1.4999999999999999999999"), &big)) return val_num(a, &big);
        if (x == 11 && dec_parse(S("-1.25"), &big)) return val_num(a, &big);
        return number(a, (int)rng_below(g, 28) - 4);
    case 1:
        if (x < 6) return val_str(str_from(TEXTS[x]));
        return val_str(str_printf(a, x & 1 ? "%c" : "%cx", 'a' + (int)rng_below(g, 13)));
    case 2: return val_bool(x & 1);
    default: return val_date(19722 + x);
    }
}

static Val run(const DmnModel *m, Arena *a, const Val *in) {
    DmnEval *e = dmn_eval_new(m, a);
    Val v = val_null();
    for (int k = 0; k < KINDS; k++) dmn_set(e, str_from(NAMES[k]), in[k]);
    dmn_set(e, S("k"), val_int(3));
    CHECK(dmn_run(e, S("d"), &v));
    return v;
}

/* A value as text, a violation with the rules it names. */
static Str shown(Arena *a, Val v) {
    Buf b = buf_new(a, 0);
    if (v.tag == V_UNKNOWN) return S("unknown");
    const Note *n = v.tag == V_NULL ? val_null_note(v) : NULL;
    val_literal(&b, v);
    if (n) buf_put(&b, note_text(a, n, LANG_EN));
    return buf_str(&b);
}

/* A random model of policy i, with its index and without. */
static bool load_both(Arena *a, Rng *g, int i, DmnModel **fast, DmnModel **plain) {
    Str text = random_model(a, g, i % POLICY_COUNT, i % 3 == 2);
    *fast = load(a, text);
    *plain = load(a, text);
    CHECK(*fast && *plain);
    if (!*fast || !*plain) return false;
    blind(*plain);
    return true;
}

TEST(dmn_index_against_plain_scan) {
    Rng g = rng_new(2026);
    int hits = 0;
    for (int i = 0; i < 330; i++) {
        Arena *a = arena_open(0);
        DmnModel *fast, *plain;
        if (!load_both(a, &g, i, &fast, &plain)) return;
        for (int x = 0; x < 60; x++) {
            Val in[KINDS];
            for (int k = 0; k < KINDS; k++) in[k] = random_input(a, &g, k);
            Val v = run(fast, a, in);
            CHECK_STR(shown(a, v), shown(a, run(plain, a, in)));
            hits += v.tag != V_NULL;
        }
        arena_close(a);
    }
    CHECK(hits > 3000);
}

/* May the real result be v? */
static bool admits(Arena *a, Val r, Val v) {
    if (r.tag != V_UNKNOWN) return str_eq(shown(a, r), shown(a, v)) || v.tag == V_NULL;
    const Unknown *u = val_unk(r);
    if (v.tag == V_NULL) return u->may_null;
    for (int i = 0; i < u->ncands; i++)
        if (str_eq(shown(a, u->cands[i]), shown(a, v))) return true;
    return u->ncands == 0;
}

/* What the index says of unknown inputs holds for each value they can have, as the plain scan finds
 * it. */
TEST(dmn_index_unknown_against_plain_scan) {
    Rng g = rng_new(34);
    int decided = 0;
    for (int i = 0; i < 220; i++) {
        Arena *a = arena_open(0);
        DmnModel *fast, *plain;
        if (!load_both(a, &g, i, &fast, &plain)) return;
        for (int x = 0; x < 6; x++) {
            Val in[KINDS];
            for (int k = 0; k < KINDS; k++) in[k] = random_input(a, &g, k);
            int from = (int)rng_below(&g, 20) - 3, to = from + 1 + (int)rng_below(&g, 6);
            bool open = rng_below(&g, 2) != 0;
            in[0] = unknown_fact(a, 7, number(a, from), number(a, to), NULL, 0, open, false);
            Val r = run(fast, a, in);
            decided += r.tag != V_UNKNOWN && r.tag != V_NULL;
            for (int at = from; at <= to + open; at++) {
                in[0] = at > to ? val_null() : number(a, at);
                Val v = run(plain, a, in);
                CHECK(val_has_unknown(r) ? r.tag != V_UNKNOWN || admits(a, r, v)
                                         : str_eq(shown(a, r), shown(a, v)) || r.tag == V_NULL);
            }
        }
        arena_close(a);
    }
    CHECK(decided > 100);
}

/* --- size ---------------------------------------------------------------------------------------
 */

enum { LARGE = 2000 };

/* Every cell of the number column has cuts of its own: nearly 4,000 different sets of 2,000 rules.
 */
static Str large_model(Arena *a) {
    Buf b = buf_new(a, 0);
    put_head(&b, true, false, "hitPolicy='COLLECT'");
    for (int i = 0; i < LARGE; i++) {
        buf_lit(&b, "<rule>");
        put_entry(&b, "inputEntry", str_printf(a, "[%d.25..%d.75]", i, i + 40));
        put_entry(&b, "inputEntry", str_printf(a, "\"code %04d\",\"code %04d\"", i, i * 7 % LARGE));
        put_entry(&b, "inputEntry", S("-"));
        put_entry(&b, "inputEntry", S("-"));
        put_entry(&b, "outputEntry", str_printf(a, "%d", i));
        buf_lit(&b, "</rule>");
    }
    buf_lit(&b, "</decisionTable></decision></definitions>");
    return buf_str(&b);
}

TEST(dmn_index_stays_linear) {
    Arena *a = arena_open(0), *keep = arena_open(0), *scratch = arena_open(0);
    DmnModel *m = load(a, large_model(a));
    CHECK(m != NULL);
    if (!m) return;
    IrTable *t = m->prog->tables[0];
    table_index(keep, scratch, m->prog, t);
    const TableIndex *ix = t->index;
    const TableColumn *col = &ix->cols[0];
    CHECK_INT(col->ncuts, 2 * LARGE);
    size_t all = (size_t)(4 * LARGE + 1) * (size_t)ix->words * sizeof(RuleSet);
    CHECK(arena_used(keep) < all / 2);
    for (int i = 0; i < LARGE; i += 37) {
        Val in[KINDS] = {number(a, 2 * i + 1), val_null(), val_bool(true), val_date(0)};
        int slot = column_slot(col, in[0]);
        const RuleSet *set = column_set(a, ix, col, slot);
        for (int r = 0; r < LARGE; r++) CHECK(set_has(set, r) == (r <= i && i <= r + 40));
        in[1] = val_str(str_printf(a, "code %04d", i));
        Val v = run(m, a, in);
        CHECK(v.tag == V_LIST && v.n >= 1);
        for (uint32_t k = 0; v.tag == V_LIST && k < v.n; k++) {
            int64_t r = val_items(v)[k].i;
            CHECK((r == i || r * 7 % LARGE == i) && r <= i && i <= r + 40);
        }
    }
    arena_close(scratch);
    arena_close(keep);
    arena_close(a);
}

/* A cell of very many constants is left to be tested one by one instead of costing their square. */
TEST(dmn_index_gives_up_on_huge_cells) {
    enum { MANY = 8000 };
    Arena *a = arena_open(0);
    Buf cell = buf_new(a, 0), b = buf_new(a, 0);
    for (int i = 0; i < MANY; i++) buf_printf(&cell, "%s%d", i ? "," : "", 2 * i);
    put_head(&b, true, false, "hitPolicy='FIRST'");
    buf_lit(&b, "<rule>");
    put_entry(&b, "inputEntry", buf_str(&cell));
    for (int k = 1; k < KINDS; k++) put_entry(&b, "inputEntry", S("-"));
    put_entry(&b, "outputEntry", S("1"));
    buf_lit(&b, "</rule></decisionTable></decision></definitions>");
    DmnModel *m = load(a, buf_str(&b));
    CHECK(m != NULL);
    if (!m) return;
    CHECK(((TableIndex *)m->prog->tables[0]->index)->has_residual);
    Val in[KINDS] = {val_int(2 * MANY - 2), val_null(), val_null(), val_null()};
    CHECK_STR(shown(a, run(m, a, in)), S("1"));
    in[0] = val_int(2 * MANY - 1);
    CHECK(run(m, a, in).tag == V_NULL);
    arena_close(a);
}

/* One decimal of 34 digits, one string, stands between two cuts: what is missing may be it. */
TEST(dmn_index_sees_the_narrowest_gap) {
    static const char *const CELLS[][2] = {
        {"<= 6.000000000000000000000000000000000", ">= 6.000000000000000000000000000000002"},
        {"<= -6.000000000000000000000000000000002", ">= -6.000000000000000000000000000000000"},
        {"<= -9e6144", ">= 9e6144"},
    };
    for (size_t i = 0; i < sizeof CELLS / sizeof *CELLS; i++) {
        Arena *a = arena_open(0);
        Buf b = buf_new(a, 0);
        put_head(&b, true, false, "hitPolicy='UNIQUE'");
        for (int r = 0; r < 2; r++) {
            buf_lit(&b, "<rule>");
            put_entry(&b, "inputEntry", str_from(CELLS[i][r]));
            for (int k = 1; k < KINDS; k++) put_entry(&b, "inputEntry", S("-"));
            put_entry(&b, "outputEntry", S("1"));
            buf_lit(&b, "</rule>");
        }
        buf_lit(&b, "</decisionTable></decision></definitions>");
        DmnModel *m = load(a, buf_str(&b));
        CHECK(m != NULL);
        if (!m) return;
        Val in[KINDS] = {unknown_fact(a, 7, number(a, -28), number(a, 28), NULL, 0, false, false),
                         val_null(), val_null(), val_null()};
        CHECK(run(m, a, in).tag == (i < 2 ? V_UNKNOWN : V_NULL));
        arena_close(a);
    }
}

/* Loading in an arena too small for it ends in the arena's trap, wherever memory runs out. */
TEST(dmn_index_meets_a_full_arena) {
    Arena *a = arena_open(0);
    Str text = large_model(a);
    int full = 0;
    for (size_t limit = (size_t)1 << 20; limit < (size_t)96 << 20; limit += limit / 3) {
        Arena *small = arena_open(limit);
        jmp_buf trap;
        if (setjmp(trap)) {
            full++;
        } else {
            arena_trap(small, &trap);
            CHECK(load(small, text) != NULL);
        }
        arena_close(small);
    }
    CHECK(full > 2);
    arena_close(a);
}

/* --- places -------------------------------------------------------------------------------------
 */

static DmnPlace place_of(const DmnModel *m, const Ctx *c, Str name) {
    for (const Note *n = c->notes; n; n = n->next)
        if (n->msg == M_FEEL_UNKNOWN_NAME && str_eq(n->args[0], name)) return dmn_note_place(m, n);
    return (DmnPlace){0};
}

/* Rules are not kept as XML, but a finding in a cell still has its line and column, through
 * entities, CDATA, white space and a prefix; equal cells with findings have one each. */
TEST(dmn_findings_in_cells_have_places) {
    static const char MODEL[] =
        "<d:definitions xmlns:d='https://www.omg.org/spec/DMN/20191111/MODEL/' namespace='t'\n"
        " name='t'><d:inputData id='i' name='n'><d:variable name='n'/></d:inputData>\n"
        "<d:decision name='d'><d:variable name='d'/><d:informationRequirement>\n"
        "<d:requiredInput href='#i'/></d:informationRequirement><d:decisionTable>\n"
        "<d:input><d:inputExpression><d:text>n</d:text></d:inputExpression></d:input>\n"
        "<d:output/>\n"
        "<d:rule id='r1'><d:inputEntry id='c1'><d:text>&lt; 3 + one</d:text></d:inputEntry>\n"
        "<d:outputEntry><d:text><![CDATA[\n  two]]></d:text></d:outputEntry></d:rule>\n"
        "<rule xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/'><inputEntry>"
        "<text>three</text></inputEntry>\n"
        "<outputEntry><text>1</text></outputEntry></rule>\n"
        "<d:rule><d:inputEntry><d:text>three</d:text></d:inputEntry>\n"
        "<d:outputEntry><d:text>1</d:text></d:outputEntry></d:rule>\n"
        "</d:decisionTable></d:decision></d:definitions>";
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    DmnSource src = {S("t.dmn"), str_from(MODEL)};
    DmnModel *m = dmn_load(&c, &src, 1);
    CHECK(m != NULL);
    if (!m) return;
    DmnPlace one = place_of(m, &c, S("one")), two = place_of(m, &c, S("two"));
    CHECK_INT(one.line, 7);
    CHECK_INT(one.column, 56);
    CHECK_STR(one.element, S("c1"));
    CHECK_INT(two.line, 9);
    CHECK_INT(two.column, 3);
    CHECK_STR(two.element, S("r1"));
    int threes = 0;
    for (const Note *n = c.notes; n; n = n->next) {
        if (n->msg != M_FEEL_UNKNOWN_NAME || !str_eq(n->args[0], S("three"))) continue;
        DmnPlace p = dmn_note_place(m, n);
        CHECK_INT(p.line, threes ? 12 : 10);
        CHECK_INT(p.column, threes ? 31 : 78);
        threes++;
    }
    CHECK_INT(threes, 2);
    arena_close(a);
}
