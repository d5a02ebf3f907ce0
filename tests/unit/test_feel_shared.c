/* Values in which one list or context stands twice at every level: 2^60 parts written out, 60 in
 * memory. Whatever looks into them ends, with the right answer or with a limit as the reason. */
#include "dmn/value_json.h"
#include "feel/feel.h"
#include "tests/test.h"

enum { LEVELS = 60, STEPS = 1000 * 1000 };

static Val global_value(Eval *e, int id) {
    (void)id;
    return *(const Val *)e->user;
}
static const EvalHooks HOOKS = {.global = global_value};

/* `a0: leaf, a1: [a0, a0], …` or `a0: leaf, a1: {p: a0, q: a0}, …` */
static void tower(Buf *b, char name, const char *leaf, bool contexts) {
    buf_printf(b, "%c0: %s, ", name, leaf);
    for (int i = 1; i <= LEVELS; i++)
        buf_printf(b, contexts ? "%c%d: {p: %c%d, q: %c%d}, " : "%c%d: [%c%d, %c%d], ", name, i,
                   name, i - 1, name, i - 1);
}

/* Both towers on a leaf, and what is asked of them. */
static Val ask(Arena *a, const char *leaf, const char *text, Val n, Eval *e) {
    Ctx c = ctx_new(a, 0);
    Program *p = program_new(a);
    Scope *s = scope_plain(p, scope_root(p));
    scope_add_global(s, S("n"), type_of(T_ANY), 0);
    Buf b = buf_new(a, 0);
    buf_char(&b, '{');
    tower(&b, 'a', leaf, false);
    tower(&b, 'b', leaf, false);
    tower(&b, 'c', leaf, true);
    tower(&b, 'd', leaf, true);
    buf_printf(&b, "r: %s}.r", text);
    IrId id = feel_compile(&c, p, buf_str(&b), FEEL_EXPRESSION, s, NULL, S("t"));
    Val *value = arena_copy(a, &n, sizeof n);
    *e = eval_new(p, a);
    e->hooks = &HOOKS;
    e->user = value;
    e->unknowns = val_has_unknown(n);
    e->steps = STEPS;
    return feel_eval(e, id, NULL);
}

static void check(const char *leaf, const char *text, Val n, const char *want) {
    Arena *a = arena_open(0);
    Eval e;
    Val v = ask(a, leaf, text, n, &e);
    Buf b = buf_new(a, 1000);
    val_literal(&b, v);
    if (e.diag.note_count) buf_lit(&b, " !");
    if (!str_eq(buf_str(&b), str_from(want))) printf("in «%s» on %s\n", text, leaf);
    CHECK_STR(buf_str(&b), str_from(want));
    arena_close(a);
}

TEST(feel_shared_values_are_compared_within_the_limit) {
    static const char *const CASES[][2] = {
        {"a60 = a60", "true"},
        {"c60 = c60", "true"},
        {"a12 = b12", "true"},
        {"c12 = d12", "true"},
        {"a12 = b13", "false"},
        {"a60 = b60", "null !"},
        {"c60 != d60", "null !"},
        {"is(a60, b60)", "null !"},
        {"is(a12, b12)", "true"},
        {"list contains([b60], a60)", "null !"},
        {"list contains([b60], b60)", "true"},
        {"index of([b60], a60)", "null !"},
        {"distinct values([a60, b60])", "null !"},
        {"count(distinct values([a12, b12]))", "1"},
        {"a60 in [b60]", "null !"},
        {"count(a60)", "2"},
        {"a60.p", "null !"},
        {"flatten(a60)", "null !"},
        {"a60 + 1", "null !"},
        {"[c60, d60][1] = 1", "null !"},
        {"if n = 1 then count(c60.p.p.p) else 2", "1"},
        {"a60 instance of "
         "list<list<list<list<list<list<list<list<list<list<list<list<list<list<list<"
         "list<list<list<list<list<list<list<list<list<list<list<list<list<Any>>>>>>>>>>>>>>>>>>>>>"
         ">>>"
         ">>>>",
         "null !"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        check("n", CASES[i][0], val_int(1), CASES[i][1]);
    }
}

TEST(feel_shared_constants_compile) {
    check("1", "a12 = b12", val_null(), "true");
    check("1", "count(a60)", val_null(), "2");
    check("1", "count([a60, b60, c60, d60])", val_null(), "4");
    check("1", "a60 instance of list<string>", val_null(), "false");
}

TEST(feel_shared_unknowns_are_looked_through_once) {
    Arena *a = arena_open(0);
    Val two[2] = {val_int(1), val_int(2)};
    Val few = unknown_fact(a, 7, val_null(), val_null(), two, 2, false, false);
    Val wide = unknown_fact(a, 7, val_int(0), val_null(), NULL, 0, true, false);
    const Val facts[2] = {few, wide};
    static const char *const ASKED[] = {"a60 = b60",
                                        "c60 = d60",
                                        "list contains(a60, 3)",
                                        "if n > 1 then a60 else b60",
                                        "if n > 1 then [a60] else [c60]",
                                        "min(a60)",
                                        "a60[item = b59]",
                                        "{x: a60}.x[1]",
                                        "string(a60)",
                                        "distinct values([a60, b60])",
                                        "sum(for x in a60 return count(x))",
                                        "a60 instance of list<list<number>>",
                                        "n in [a60, b60]"};
    for (size_t i = 0; i < sizeof ASKED / sizeof *ASKED; i++)
        for (int k = 0; k < 2; k++) {
            Eval e;
            Arena *own = arena_open((size_t)256 << 20);
            Val v = ask(own, "n", ASKED[i], facts[k], &e);
            if (v.tag == V_UNKNOWN) CHECK(val_unk(v)->ndeps == 1 && val_unk(v)->deps[0] == 7);
            CHECK(val_has_unknown(v) || e.steps < 0 || v.tag == V_NULL || v.tag == V_BOOL ||
                  v.tag == V_NUM);
            arena_close(own);
        }
    Eval e;
    Val v = ask(a, "n", "a12 = b12", few, &e); /* one choice for both */
    CHECK(val_is(v, true));
    v = ask(a, "n", "a60", few, &e);
    CHECK(val_has_unknown(v) && val_nesting(v) == LEVELS - 1);
    arena_close(a);
}

TEST(feel_shared_values_as_json_are_cut_visibly) {
    Arena *a = arena_open(0);
    Eval e;
    Val v = ask(a, "n", "a60", val_int(1), &e);
    CHECK(!val_fits(v, JSON_VALUES_MAX));
    Json *j = json_from_val(a, v);
    CHECK(j->kind == JSON_STRING && str_ends(j->text, S("…")));
    v = ask(a, "n", "a3", val_int(1), &e);
    CHECK(val_fits(v, 15) && !val_fits(v, 14));
    Buf b = buf_new(a, 0);
    json_canonical(&b, json_from_val(a, v));
    CHECK_STR(buf_str(&b), S("[[[1,1],[1,1]],[[1,1],[1,1]]]"));
    arena_close(a);
}
