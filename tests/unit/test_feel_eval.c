/* Expressions with their values: grammar, names, three-valued logic, lists, functions, errors. */
#include "base/rng.h"
#include "base/utf8.h"
#include "feel/feel.h"
#include "tests/test.h"

typedef struct Fixture {
    Arena *a;
    Ctx c;
    Program *p;
    Scope *s;
} Fixture;

static Val global_value(Eval *e, int id) {
    const Val *values = e->user;
    return values[id];
}

static const EvalHooks HOOKS = {.global = global_value};

static Fixture fixture(void) {
    Fixture f = {.a = arena_open(0)};
    f.c = ctx_new(f.a, 0);
    f.p = program_new(f.a);
    f.s = scope_plain(f.p, scope_root(f.p));
    return f;
}

/* Compiles and evaluates; the value as FEEL text, with " !" when a finding was recorded. */
static Str run(Fixture *f, const char *text, const Val *values) {
    IrId id = feel_compile(&f->c, f->p, str_from(text), FEEL_EXPRESSION, f->s, NULL, S("t"));
    Eval e = eval_new(f->p, f->a);
    e.hooks = &HOOKS;
    e.user = (void *)(uintptr_t)values;
    Val v = feel_eval(&e, id, NULL);
    Buf b = buf_new(f->a, 0);
    if (v.tag == V_FUNCTION)
        buf_lit(&b, "function");
    else
        val_literal(&b, v);
    if (e.diag.note_count) buf_lit(&b, " !");
    return buf_str(&b);
}

typedef struct Case {
    const char *text, *want;
} Case;

static void run_cases(const Case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        Fixture f = fixture();
        Str got = run(&f, cases[i].text, NULL);
        if (!str_eq(got, str_from(cases[i].want))) printf("in «%s»\n", cases[i].text);
        CHECK_STR(got, str_from(cases[i].want));
        arena_close(f.a);
    }
}
#define RUN(cases) run_cases(cases, sizeof(cases) / sizeof *(cases))

/* A null with a reason in each of very many rounds: memory stays bounded, the list says so. */
TEST(feel_reasons_are_limited) {
    Fixture f = fixture();
    enum { ROUNDS = 3 * FEEL_REASONS };
    Str text = str_printf(f.a, "count((for i in 1..%d return i / 0)[item = null])", (int)ROUNDS);
    IrId id = feel_compile(&f.c, f.p, text, FEEL_EXPRESSION, f.s, NULL, S("t"));
    Eval e = eval_new(f.p, f.a);
    Val v = feel_eval(&e, id, NULL);
    CHECK_INT(v.i, ROUNDS);
    CHECK_INT(e.diag.note_count, ROUNDS);
    int listed = 0;
    for (const Note *n = e.diag.notes; n; n = n->next) listed++;
    CHECK_INT(listed, FEEL_REASONS + 1);
    CHECK(e.diag.notes_last->msg == M_FEEL_LIMIT_REASONS);
    diag_rewind(&e, (DiagMark){0});
    CHECK(e.diag.notes == NULL && e.diag.note_count == 0);
    IrId one = feel_compile(&f.c, f.p, S("1 / 0"), FEEL_EXPRESSION, f.s, NULL, S("t"));
    feel_eval(&e, one, NULL); /* the same reason is listed again, once */
    feel_eval(&e, one, NULL);
    CHECK_INT(e.diag.note_count, 2);
    CHECK(e.diag.notes && e.diag.notes == e.diag.notes_last && !e.diag.notes->next);
    arena_close(f.a);
}

/* One list in itself twice, sixty times over: 2^60 leaves, and as many places in its text. */
TEST(feel_shared_lists_cost_their_steps) {
    static const char NESTED[] =
        "(for i in 1..60 return if i = 1 then [%s] else [partial[-1], partial[-1]])[-1]";
    static const char *const INNER[] = {"1", ""};
    for (size_t i = 0; i < sizeof INNER / sizeof *INNER; i++) {
        Fixture f = fixture();
        char nested[256];
        snprintf(nested, sizeof nested, NESTED, INNER[i]);
        Str flat = str_printf(f.a, "flatten(%s)", nested);
        Str wrong = str_printf(f.a, "%s + 1", nested);
        CHECK_STR(run(&f, str_z(f.a, flat), NULL), S("null !"));
        CHECK_STR(run(&f, str_z(f.a, wrong), NULL), S("null !"));
        arena_close(f.a);
    }
}

TEST(feel_arithmetic) {
    static const Case C[] = {
        {"1 + 2 * 3", "7"},
        {"-3 ** 2", "9"},
        {"3 ** 4 ** 5", "3486784401"},
        {"2 - 3 - 4", "-5"},
        {"(1 + 2) * 3", "9"},
        {"1 / 3", "0.3333333333333333333333333333333333"},
        {"0.1 + 0.2", "0.3"},
        {"1.23e4 = 12300", "true"},
        {".5 + 1", "1.5"},
        {"--5", "5"},
        {"1 / 0", "null !"},
        {"10 + null", "null !"},
        {"\"a\" + \"b\"", "\"ab\""},
        {"\"a\" + 1", "null !"},
        {"9223372036854775807 + 1", "9223372036854775808"},
        {"9999999999 * 9999999999", "99999999980000000001"},
        {"@\"2020-01-01\" + @\"P1D\"", "@\"2020-01-02\""},
        {"@\"2020-03-01\" - @\"2020-02-01\"", "@\"P29D\""},
        {"1 /* c */ + // end\n 2", "3"},
    };
    RUN(C);
}

TEST(feel_logic) {
    static const Case C[] = {
        {"true and false", "false"},    {"null and false", "false"},
        {"123 or true", "true"},        {"123 or false", "null !"},
        {"null or null", "null"},       {"false and 1/0 = 1", "false"},
        {"5 = \"5\"", "null !"},        {"null = null", "true"},
        {"1 = null", "false"},          {"null != 1", "true"},
        {"\"a\" < 1", "null !"},        {"1 < 2", "true"},
        {"if null then 1 else 2", "2"}, {"if 1 < 2 then \"y\" else \"n\"", "\"y\""},
        {"2 between 1 and 3", "true"},  {"2 between 3 and 4 or true", "true"},
        {"not(true)", "false"},
    };
    RUN(C);
}

TEST(feel_in) {
    static const Case C[] = {
        {"0.07 in [0.05..0.10) and 300 >= 300", "true"},
        {"1 in [1..5]", "true"},
        {"1 in (1..5]", "false"},
        {"1 in ]1..5]", "false"},
        {"5 in [1..5[", "false"},
        {"5 in [1..5[ and true", "false"},
        {"3 in (< 2, > 2)", "true"},
        {"3 in < 2", "false"},
        {"3 in (1, 2, 3)", "true"},
        {"3 in ([1..2], [3..4])", "true"},
        {"3 in (1 + 2)", "true"},
        {"\"c\" in (\"b\"..\"d\")", "true"},
        {"1 in [2, 3, 1]", "true"},
        {"5 in (> 3)", "true"},
        {"(< 10) = (null..10)", "false"},
        {"(=10) = [10..10]", "false"},
    };
    RUN(C);
}

TEST(feel_lists) {
    static const Case C[] = {
        {"[1, 2, 3][2]", "2"},
        {"[1, 2, 3][-1]", "3"},
        {"[1, 2, 3][4]", "null !"},
        {"[1, 2, 3][item > 1]", "[2, 3]"},
        {"10[1]", "10"},
        {"\"foo\"[true]", "[\"foo\"]"},
        {"[{x: 1}, {x: 2}][x > 1].x", "[2]"},
        {"[{x: 1}, {y: 2}].y[1]", "null !"},
        {"for i in 1..3 return i * i", "[1, 4, 9]"},
        {"for i in 4..2 return i", "[4, 3, 2]"},
        {"for i in [1, 2], j in [i, 10] return i * j", "[1, 10, 4, 20]"},
        {"for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1, 1, 2, 6, 24]"},
        {"some x in [1, 2], y in [3] satisfies x + y = 5", "true"},
        {"every x in [1, 2] satisfies x > 1", "false"},
        {"every x in [] satisfies x > 1", "true"},
        {"{a: 1, b: a + 1}.b", "2"},
        {"{a: 1, a: 2}", "null !"},
        {"{\"\": 1, \"长 名\": 2}.长 名", "2"},
        {"[[1, 2], [3]][1][2]", "2"},
    };
    RUN(C);
}

TEST(feel_functions) {
    static const Case C[] = {
        {"(function(x) x * 2)(4)", "8"},
        {"(function(a, b) a - b)(b: 1, a: 5)", "4"},
        {"{f: function(x: number) x + 1, y: f(2)}.y", "3"},
        {"{k: 3, f: function(x) x * k}.f(5)", "15"},
        {"{fact: function(n, self) if n <= 1 then 1 else n * self(n - 1, self), "
         "r: fact(20, fact)}.r",
         "2432902008176640000"},
        {"[for i in 1..3 return function() i][1][2]()", "2"},
        {"1(2)", "null !"},
        {"(function(x) x)(1, 2)", "null !"},
        {"(function(x: number) x)([7])", "7"},
        {"(function(x: number) x)(\"a\")", "null !"},
        {"1 instance of number", "true"},
        {"[1] instance of list<number>", "true"},
        {"[1] instance of number", "false"},
        {"@\"P1D\" instance of days and time duration", "true"},
        {"{a: 1} instance of context<a: number>", "true"},
        {"(function(x: number) x) instance of function<number> -> number", "true"},
        {"(function(x: string) x) instance of function<number> -> number", "false"},
    };
    RUN(C);
}

TEST(feel_strings) {
    static const Case C[] = {
        {"\"\\u0041\\U01F40E\" = \"A🐎\"", "true"},
        {"\"\\uD83D\\uDCA9\"", "\"💩\""},
        {"\"a\\\"b\\n\" = \"a\\\"b\\n\"", "true"},
        {"@\"2021-01-02\".month", "1"},
    };
    RUN(C);
}

TEST(feel_names_with_spaces) {
    Fixture f = fixture();
    static const char *const NAMES[] = {
        "Profit and loss", "a", "b", "a-b", "营业收入", "营业收入 增长率", "if foo then bar", "🐎"};
    Val v[8];
    for (int i = 0; i < 8; i++) {
        v[i] = val_int(10 * (i + 1));
        scope_add_global(f.s, str_from(NAMES[i]), type_of(T_NUMBER), i);
    }
    CHECK_STR(run(&f, "Profit   and\nloss + 1", v), S("11"));
    CHECK_STR(run(&f, "a-b", v), S("40"));
    CHECK_STR(run(&f, "b-a", v), S("10"));
    CHECK_STR(run(&f, "营业收入 增长率 - 营业收入", v), S("10"));
    CHECK_STR(run(&f, "if foo then bar", v), S("70"));
    CHECK_STR(run(&f, "🐎 * 2", v), S("160"));
    CHECK_INT(f.c.note_count, 0);
    arena_close(f.a);
}

TEST(feel_findings_have_hints) {
    Fixture f = fixture();
    scope_add_global(f.s, S("营业收入"), type_of(T_NUMBER), 0);
    run(&f, "营业收人 + 1", (Val[]){val_int(1)});
    CHECK_INT(f.c.note_count, 1);
    CHECK_STR(note_hint(f.a, f.c.notes, LANG_ZH), S("是否指“营业收入”？"));
    CHECK_STR(f.c.notes->place, S("t:0-12"));
    f.c = ctx_new(f.a, 0);
    run(&f, "（1 + 2）", NULL);
    CHECK(f.c.notes && f.c.notes->msg == M_FEEL_FULLWIDTH);
    f.c = ctx_new(f.a, 0);
    run(&f, "1 + \"a\"", NULL);
    CHECK(f.c.notes && f.c.notes->msg == M_FEEL_NEVER);
    f.c = ctx_new(f.a, 0);
    run(&f, "date an time(\"2020-01-01\")", NULL);
    CHECK(f.c.notes && f.c.notes->msg == M_FEEL_UNKNOWN_NAME);
    CHECK_STR(note_hint(f.a, f.c.notes, LANG_EN), S("是否指“date and time”？"));
    arena_close(f.a);
}

TEST(feel_hostile_text) {
    Fixture f = fixture();
    Buf b = buf_new(f.a, 0);
    for (int i = 0; i < 100000; i++) buf_char(&b, '(');
    CHECK_STR(run(&f, str_z(f.a, buf_str(&b)), NULL), S("null !"));
    CHECK(f.c.notes && f.c.notes->msg == M_FEEL_TOO_DEEP);
    static const char *const BAD[] = {"",          "(",
                                      ")",         "1 +",
                                      "[1..",      "{a:",
                                      "\"abc",     "@\"",
                                      "if",        "for x",
                                      "a.",        "f(",
                                      "1 2",       "function(",
                                      "]",         "..",
                                      "not(",      "1 in",
                                      "{1:2",      "@",
                                      "\xff\xfe",  "x y",
                                      "-",         "1e9999",
                                      "some x in", "1 instance of",
                                      "?"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        f.c = ctx_new(f.a, 0);
        Str got = run(&f, BAD[i], NULL);
        CHECK_STR(got, S("null !"));
        CHECK(f.c.note_count > 0);
    }
    CHECK_STR(run(&f, "{f: function(f) f(f), r: f(f)}.r", NULL), S("null !"));
    CHECK_STR(run(&f, "count(for i in 1..100000000000 return 1)", NULL), S("null !"));
    arena_close(f.a);
}

static bool test_cell(const char *cell, Val input, unsigned want) {
    Fixture f = fixture();
    Scope *s = scope_test(f.p, f.s, type_of(T_ANY));
    IrId id = feel_compile(&f.c, f.p, str_from(cell), FEEL_TESTS, s, NULL, S("cell"));
    Eval e = eval_new(f.p, f.a);
    bool good = val_truths(feel_test(&e, id, input, NULL)) == want;
    if (!good) printf("in cell «%s»\n", cell);
    arena_close(f.a);
    return good;
}

TEST(feel_unary_tests) {
    CHECK(test_cell("-", val_null(), 2));
    CHECK(test_cell("", val_int(1), 2));
    CHECK(test_cell("1, 2", val_int(2), 2));
    CHECK(test_cell("not(1, 2)", val_int(2), 1));
    CHECK(test_cell("not(1, 2)", val_int(3), 2));
    CHECK(test_cell("< 10", val_int(3), 2));
    CHECK(test_cell("[1..5]", val_int(6), 1));
    CHECK(test_cell("? > 3 and ? < 5", val_int(4), 2));
    CHECK(test_cell("\"大型\", \"中型\"", val_str(S("中型")), 2));
    CHECK(test_cell("true", val_bool(true), 2));
    CHECK(test_cell("false", val_bool(true), 1));
    CHECK(test_cell("[1, 2, 3]", val_int(2), 2));
    CHECK(test_cell("< 10", val_null(), 4));
    CHECK(test_cell("null", val_null(), 2));
    CHECK(test_cell("true", val_null(), 1)); /* a value, not a condition */
    CHECK(test_cell("not(false)", val_null(), 2));
    CHECK(test_cell("? = null or ?", val_null(), 2));
    CHECK(test_cell("-5", val_int(-5), 2));
    CHECK(test_cell("not(? > 3) or ? = 7", val_int(7), 2));
}

TEST(feel_conjuncts_show_both_sides) {
    Fixture f = fixture();
    scope_add_global(f.s, S("人数"), type_of(T_NUMBER), 0);
    scope_add_global(f.s, S("收入"), type_of(T_NUMBER), 1);
    IrId id = feel_compile(&f.c, f.p, S("人数 >= 10 and 收入 < 人数 * 2 and 收入 in [1..5]"),
                           FEEL_EXPRESSION, f.s, type_of(T_BOOLEAN), S("t"));
    Eval e = eval_new(f.p, f.a);
    e.hooks = &HOOKS;
    e.user = (Val[]){val_int(7), val_int(20)};
    Conjunct c[4];
    CHECK_INT(feel_conjuncts(&e, id, NULL, c, 4), 3);
    CHECK_INT(c[0].left.i, 7);
    CHECK_INT(c[0].right.i, 10);
    CHECK(c[0].op == IR_GE && val_is(c[0].outcome, false));
    CHECK_STR(c[1].text, S("收入 < 人数 * 2"));
    CHECK(val_is(c[1].outcome, false) && c[1].right.i == 14);
    CHECK(c[2].op == IR_IN && val_is(c[2].outcome, false) && c[2].left.i == 20);
    arena_close(f.a);
}

TEST(feel_trace_compares) {
    Fixture f = fixture();
    scope_add_global(f.s, S("x"), type_of(T_NUMBER), 0);
    IrId id = feel_compile(&f.c, f.p, S("x + 1 > 5"), FEEL_EXPRESSION, f.s, NULL, S("t"));
    Eval e = eval_new(f.p, f.a);
    e.hooks = &HOOKS;
    e.user = (Val[]){val_int(7)};
    trace_start(&e);
    CHECK(val_is(feel_eval(&e, id, NULL), true));
    CHECK_INT(e.trace->n, 1);
    const TraceRec *r = &e.trace->recs[0];
    CHECK(r->kind == TRACE_COMPARE && r->pooled == 2);
    CHECK_INT(e.trace->pool[r->detail].i, 8);
    CHECK_STR(ir_text(f.p, r->node), S("x + 1 > 5"));
    arena_close(f.a);
}

TEST(feel_constants_fold) {
    Fixture f = fixture();
    IrId id = feel_compile(&f.c, f.p, S("[1 + 1 .. 2 * 4]"), FEEL_EXPRESSION, f.s, NULL, S("t"));
    CHECK(ir_node(f.p, id)->op == IR_CONST);
    id = feel_compile(&f.c, f.p, S("1 / 0"), FEEL_EXPRESSION, f.s, NULL, S("t"));
    CHECK(ir_node(f.p, id)->op == IR_DIV);
    arena_close(f.a);
}

static Note *cell_finding(Fixture *f, const char *cell, TypeKind input) {
    f->c = ctx_new(f->a, 0);
    Scope *s = scope_test(f->p, f->s, type_of(input));
    feel_compile(&f->c, f->p, str_from(cell), FEEL_TESTS, s, NULL, S("cell"));
    return f->c.notes;
}

TEST(feel_findings_in_cells) {
    Fixture f = fixture();
    Note *n = cell_finding(&f, "大型", T_STRING);
    CHECK(n && n->msg == M_FEEL_UNKNOWN_NAME);
    CHECK_STR(note_hint(f.a, n, LANG_ZH), S("若是文字，请加半角双引号：\"大型\""));
    n = cell_finding(&f, "\"大型\"", T_NUMBER);
    CHECK(n && n->msg == M_FEEL_NO_MATCH);
    n = cell_finding(&f, "≥ 10", T_NUMBER);
    CHECK(n && n->msg == M_FEEL_FULLWIDTH);
    CHECK_STR(note_hint(f.a, n, LANG_ZH), S("请切换输入法后改为半角“>=”"));
    CHECK(!cell_finding(&f, "[1..5], > 7, ? = 9, -1", T_NUMBER));
    CHECK(!cell_finding(&f, "[@\"2020-01-01\"..@\"2021-01-01\"]", T_DATE));
    arena_close(f.a);
}

/* Token soup: any text compiles to a node and evaluates within the limits. */
TEST(feel_token_soup) {
    static const char *const T[] = {
        "1",       "2.5",   "\"s\"",    "x",           "(",        ")",      "[",    "]",
        "{",       "}",     ",",        ":",           ".",        "..",     "+",    "-",
        "*",       "/",     "**",       "<",           ">=",       "=",      "and",  "or",
        "in",      "if",    "then",     "else",        "for",      "return", "some", "not",
        "item",    "every", "between",  "instance of", "number",   "list<",  ">",    "?",
        "null",    "true",  "function", "satisfies",   "@\"P1D\"", "count",  "（",   "\xff",
        "partial", "i"};
    Rng rng = rng_new(42);
    int good = 0;
    for (int round = 0; round < 15000; round++) {
        Fixture f = fixture();
        Buf b = buf_new(f.a, 0);
        int n = 1 + (int)rng_below(&rng, 12);
        for (int i = 0; i < n; i++) {
            buf_put(&b, str_from(T[rng_below(&rng, sizeof T / sizeof *T)]));
            if (rng_below(&rng, 3)) buf_char(&b, ' ');
        }
        Scope *s = scope_test(f.p, f.s, NULL);
        FeelMode mode = rng_below(&rng, 2) ? FEEL_TESTS : FEEL_EXPRESSION;
        IrId id = feel_compile(&f.c, f.p, buf_str(&b), mode, s, NULL, S("t"));
        CHECK(id >= 0 && id < f.p->n);
        Eval e = eval_new(f.p, f.a);
        e.steps = 1000;
        Val input = val_int(1);
        Frame in = {NULL, &input};
        if (mode == FEEL_TESTS)
            feel_test(&e, id, input, NULL);
        else
            feel_eval(&e, id, &in);
        good += ir_node(f.p, id)->op != IR_NULL;
        arena_close(f.a);
    }
    CHECK(good > 500);
}
