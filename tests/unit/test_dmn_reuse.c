/* dmn: one DmnEval for many decisions gives what a new one gives, and asks the system for nothing.
 */
#include <malloc.h>

#include "base/file.h"
#include "base/rng.h"
#include "dmn/dmn.h"
#include "tests/test.h"

enum { ROUNDS = 10000, FILE_MAX = 1 << 20 };

static const char *const INPUTS[] = {"sector", "size",    "hitech", "staff",
                                     "years",  "revenue", "rd",     "prior"};
enum { NINPUTS = sizeof INPUTS / sizeof *INPUTS };

typedef struct Fixture {
    Arena *arena, *evals;
    DmnModel *m;
    const DmnNode *in[NINPUTS], *amount;
    Rng rng;
} Fixture;

static Fixture open_fixture(void) {
    Fixture f = {.arena = arena_open(0), .evals = arena_open(0), .rng = rng_new(20261122)};
    Ctx c = ctx_new(f.arena, 0);
    DmnSource src = {.file = S("bench/policy.dmn")};
    CHECK(file_read(&c, src.file, FILE_MAX, &src.bytes));
    f.m = dmn_load(&c, &src, 1);
    for (int i = 0; i < NINPUTS; i++) f.in[i] = dmn_find(f.m, str_from(INPUTS[i]));
    f.amount = dmn_find(f.m, S("amount"));
    return f;
}

static void close_fixture(Fixture *f) {
    arena_close(f->arena);
    arena_close(f->evals);
}

static int below(Fixture *f, int n) {
    return (int)rng_below(&f->rng, (uint64_t)n);
}

static Val money(Fixture *f, Arena *a, int n) {
    Dec d = dec_scaled(below(f, n), -2);
    return val_num(a, &d);
}

/* Values that reach every rule; odd: also null, values of another kind and unknown facts. */
static void make_row(Fixture *f, Arena *a, bool odd, Val row[NINPUTS]) {
    static const char *const SECTORS[] = {"IC", "BIO", "AI", "NEV", "SOFT", "MECH", "OTHER", "?"};
    static const char *const SIZES[] = {"micro", "small", "medium", "large"};
    row[0] = val_str(str_from(SECTORS[below(f, 8)]));
    row[1] = val_str(str_from(SIZES[below(f, 4)]));
    row[2] = val_bool(below(f, 3) != 0);
    row[3] = val_int(below(f, 600));
    row[4] = val_int(below(f, 9));
    row[5] = money(f, a, below(f, 20) ? 100000000 : 1);
    row[6] = money(f, a, 20000000);
    row[7] = money(f, a, below(f, 4) ? 1 : 1000000);
    if (!odd || below(f, 2)) return;
    Val some[2] = {row[5], row[6]};
    Val strange[] = {val_null(), val_str(S("x")),
                     unknown_fact(a, 3, val_null(), val_int(9), NULL, 0, false, false),
                     unknown_fact(a, 4, val_null(), val_null(), some, 2, true, true)};
    row[below(f, NINPUTS)] = strange[below(f, 4)];
}

static Val decide(Fixture *f, DmnEval *e, const Val row[NINPUTS]) {
    for (int i = 0; i < NINPUTS; i++) dmn_set_node(e, f->in[i], row[i]);
    return dmn_run_node(e, f->amount);
}

static void write_value(Buf *b, Val v) {
    val_literal(b, v);
    if (!val_unknown(v)) return;
    const Unknown *u = val_unk(v);
    val_literal(b, u->lo);
    val_literal(b, u->hi);
    buf_printf(b, "%d %d %d", u->ncands, u->ndeps, u->may_null);
    for (int i = 0; i < u->ncands; i++) val_literal(b, u->cands[i]);
}

/* The result and every finding, as text. */
static Str outcome(Arena *a, DmnEval *e, Val v) {
    Buf b = buf_new(a, 0);
    write_value(&b, v);
    for (const Note *n = dmn_feel(e)->diag.notes; n; n = n->next) {
        buf_char(&b, '\n');
        buf_put(&b, n->place);
        buf_char(&b, ' ');
        buf_put(&b, note_text(a, n, LANG_EN));
    }
    return buf_str(&b);
}

TEST(dmn_reused_evaluation_is_a_new_one) {
    Fixture f = open_fixture();
    Arena *fresh = arena_open(0);
    DmnEval *e = dmn_eval_new(f.m, f.evals);
    int unknowns = 0, findings = 0;
    for (int i = 0; i < 3000; i++) {
        ArenaMark mark = arena_mark(f.arena);
        Val row[NINPUTS];
        make_row(&f, f.arena, true, row);
        arena_reset(fresh);
        dmn_eval_reset(e);
        DmnEval *other = dmn_eval_new(f.m, fresh);
        Val x = decide(&f, e, row), y = decide(&f, other, row);
        CHECK_STR(outcome(f.arena, e, x), outcome(f.arena, other, y));
        unknowns += val_unknown(x);
        findings += dmn_feel(e)->diag.note_count > 0;
        arena_rewind(f.arena, mark);
    }
    CHECK(unknowns > 50);
    CHECK(findings > 50);
    arena_close(fresh);
    close_fixture(&f);
}

#ifdef __SANITIZE_ADDRESS__
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *, size_t),
                                              void (*on_free)(const volatile void *));
static long mallocs;
static void on_malloc(const volatile void *p, size_t n) {
    (void)p, (void)n;
    mallocs++;
}
static void on_free(const volatile void *p) {
    (void)p;
}
static long system_calls(void) {
    static bool hooked;
    if (!hooked) hooked = __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free) > 0;
    CHECK(hooked);
    return mallocs;
}
#else
static long system_calls(void) {
    struct mallinfo2 m = mallinfo2();
    return (long)(m.uordblks + m.hblkhd);
}
#endif

static void run_rounds(Fixture *f, DmnEval *e, bool traced, int rounds) {
    for (int i = 0; i < rounds; i++) {
        Val row[NINPUTS];
        dmn_eval_reset(e);
        if (traced) trace_start(dmn_feel(e));
        make_row(f, f->evals, true, row);
        decide(f, e, row);
    }
}

TEST(dmn_evaluation_allocates_in_its_arena_only) {
    Fixture f = open_fixture();
    DmnEval *e = dmn_eval_new(f.m, f.evals);
    for (int traced = 0; traced < 2; traced++) {
        dmn_explain(e, traced);
        Rng rng = f.rng;
        run_rounds(&f, e, traced, ROUNDS); /* warm: what these rows need at most is there */
        f.rng = rng;
        long blocks = arena_blocks(f.evals), calls = system_calls();
        size_t model = arena_used(f.arena);
        run_rounds(&f, e, traced, ROUNDS);
        CHECK_INT(arena_blocks(f.evals), blocks);
        CHECK_INT(system_calls(), calls);
        CHECK_INT(arena_used(f.arena), model);
    }
    long calls = system_calls(); /* the count counts */
    Arena *more = arena_open(0);
    CHECK(system_calls() > calls);
    arena_close(more);
    close_fixture(&f);
}

TEST(dmn_arena_keeps_a_block_for_the_next_round) {
    Arena *a = arena_open(0);
    ArenaMark mark = arena_mark(a);
    for (int i = 0; i < 20; i++) {
        for (int k = 0; k < 10; k++) arena_alloc(a, 10000);
        arena_rewind(a, mark);
    }
    CHECK(arena_blocks(a) <= 5);
    arena_close(a);
}

static uint8_t outcome_of(Val v) {
    if (v.tag == V_UNKNOWN) return CELL_UNKNOWN;
    return v.tag != V_BOOL ? CELL_NULL : v.i ? CELL_TRUE : CELL_FALSE;
}

#define RULE(x, y)                                                                                 \
    "<rule><inputEntry><text>" x "</text></inputEntry><inputEntry><text>" y                        \
    "</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"

/* Cells of several kinds in one column: false and null differ, and so they are shown. */
TEST(dmn_explained_cells_are_what_the_cells_give) {
    static const char XML[] =
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' namespace='u' name='m'>"
        "<inputData id='x' name='x'/><inputData id='y' name='y'/><decision id='d' name='d'>"
        "<informationRequirement><requiredInput href='#x'/></informationRequirement>"
        "<informationRequirement><requiredInput href='#y'/></informationRequirement>"
        "<decisionTable hitPolicy='COLLECT'>"
        "<input><inputExpression><text>x</text></inputExpression></input>"
        "<input><inputExpression><text>y</text></inputExpression></input><output/>" //
        RULE("\"a\", 5", "-") RULE("[1..3], \"b\"", "not(\"x\")") RULE("&lt; 3", "&gt; \"m\"")
            RULE("not(3, 5)", "\"x\", \"y\"") RULE("null", "true") RULE("-", "[\"a\"..\"k\"]")
                RULE("? = y", "null, \"x\"") RULE("&gt;= 2.50", "y") //
        "</decisionTable></decision></definitions>";
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    DmnSource src = {S("m.dmn"), str_from(XML)};
    DmnModel *m = dmn_load(&c, &src, 1);
    Dec half = dec_scaled(25, -1);
    Val values[] = {val_null(),      val_int(1),       val_int(2),       val_num(a, &half),
                    val_int(3),      val_int(5),       val_int(9),       val_str(S("a")),
                    val_str(S("x")), val_str(S("zz")), val_bool(true),   val_date(3),
                    val_str(S("m")), val_str(S("b")),  val_list(NULL, 0)};
    enum { N = sizeof values / sizeof *values };
    int count[CELL_UNKNOWN + 1] = {0};
    DmnEval *e = dmn_eval_new(m, a);
    dmn_explain(e, true);
    for (int k = 0; k < N * N; k++) {
        dmn_eval_reset(e);
        dmn_set(e, S("x"), values[k / N]);
        dmn_set(e, S("y"), values[k % N]);
        dmn_run_node(e, dmn_find(m, S("d")));
        const DmnTableView *v = dmn_tables(e);
        for (int i = 0; v && i < v->table->nrules * v->table->ninputs; i++) {
            const IrRule *rule = &v->table->rules[i / 2];
            Val got = feel_test(dmn_feel(e), rule->cells[i % 2], v->inputs[i % 2], NULL);
            CHECK_INT(v->cells[i], outcome_of(got));
            count[v->cells[i]]++;
        }
    }
    CHECK(count[CELL_FALSE] > 100 && count[CELL_TRUE] > 100 && count[CELL_NULL] > 100);
    arena_close(a);
}

#define EXPR(name, text)                                                                           \
    "<decision id='" name "' name='" name "'><informationRequirement><requiredInput href='#a'/>"   \
    "</informationRequirement><informationRequirement><requiredInput href='#b'/>"                  \
    "</informationRequirement><literalExpression><text>" text                                      \
    "</text></literalExpression></decision>"

/* Expressions with parts that stand twice: kept values change neither result nor findings. */
TEST(dmn_common_parts_are_computed_once_and_mean_the_same) {
    static const char XML[] =
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' namespace='u' name='m'>"
        "<inputData id='a' name='a'/><inputData id='b' name='b'/>" //
        EXPR("p", "(a * b + 1) + (a * b + 1) * (a / b)")
            EXPR("q", "if a / b &gt; 1 then a / b else a * b - a * b")
                EXPR("r", "for i in [1, 2, 3] return i * (a * b + 1) + max(a, b) - max(a, b)")
                    EXPR("s", "string(1.10 * a) + string(1.1 * a) + (if a = null then \"1\" else "
                              "string(a / b))")
                        EXPR("t", "a / b &gt; 1 and a * b &gt; 1 or a / b &gt; 1") //
        "</definitions>";
    static const char *const NAMES[] = {"p", "q", "r", "s", "t"};
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    DmnSource src = {S("m.dmn"), str_from(XML)};
    DmnModel *m = dmn_load(&c, &src, 1);
    CHECK(m && m->prog->nshared >= 5 && m->prog->nshared < 20);
    Dec half = dec_scaled(25, -1);
    Val two[2] = {val_int(1), val_int(4)};
    Val values[] = {val_int(0),
                    val_int(3),
                    val_num(a, &half),
                    val_null(),
                    val_str(S("x")),
                    unknown_fact(a, 1, val_int(1), val_int(9), NULL, 0, false, false),
                    unknown_fact(a, 2, val_null(), val_null(), two, 2, true, false)};
    enum { N = sizeof values / sizeof *values };
    DmnEval *kept = dmn_eval_new(m, arena_child(a, 0)), *plain = dmn_eval_new(m, arena_child(a, 0));
    int64_t steps_kept = 0, steps_plain = 0;
    for (int k = 0; k < N * N * 5; k++) {
        const DmnNode *n = dmn_find(m, str_from(NAMES[k % 5]));
        DmnCondition cond[4];
        dmn_eval_reset(kept);
        dmn_eval_reset(plain);
        dmn_set(kept, S("a"), val_int(77)); /* forgotten when the inputs change */
        dmn_conditions(kept, n, cond, 4);
        for (int i = 0; i < 2; i++) {
            dmn_feel(plain)->has_shared = NULL;
            dmn_set(i ? kept : plain, S("a"), values[k / 5 / N]);
            dmn_set(i ? kept : plain, S("b"), values[k / 5 % N]);
        }
        int64_t before = dmn_feel(kept)->steps;
        Val x = dmn_run_node(kept, n), y = dmn_run_node(plain, n);
        steps_kept += before - dmn_feel(kept)->steps;
        steps_plain += FEEL_STEPS - dmn_feel(plain)->steps;
        CHECK_STR(outcome(a, kept, x), outcome(a, plain, y));
    }
    CHECK(steps_kept < steps_plain);
    arena_close(a);
}
