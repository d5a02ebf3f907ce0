/* FEEL expressions in a scope with difficult names. The literal of a result gives the result back;
 * more white space changes nothing; a result decided while `a` is missing is the result of each of
 * its candidates. */
#include <string.h>

#include "base/utf8.h"
#include "feel/feel.h"
#include "feel/scope.h"
#include "tests/fuzz/fuzz.h"

static const char *const NAMES[] = {
    "a",      "b",     "利润总额",       "a-b",          "Profit and loss",
    "if foo", "x y z", "date and timer", "研发 费用/人", "list",
    "null 1"};
enum { NAMES_N = sizeof NAMES / sizeof *NAMES };

static Val global(Eval *e, int id) {
    switch (id) {
    case 0: return *(const Val *)e->user;
    case 1: return val_str(S("b"));
    case 2: return val_int(-12);
    case 3: return val_bool(true);
    case 9: {
        Val *v = NEW_N(e->arena, Val, 3);
        v[0] = val_int(1), v[1] = val_null(), v[2] = val_str(S("x"));
        return val_list(v, 3);
    }
    default: return val_null();
    }
}

static const EvalHooks HOOKS = {.global = global};

/* The literal of the value, given a; empty when a limit was met or something is unknown. */
static Str value_of(const Scope *s, Str text, Val first) {
    Arena *a = s->prog->arena;
    Ctx c = ctx_new(a, 0);
    IrId id = feel_compile(&c, s->prog, text, FEEL_EXPRESSION, s, NULL, S("t"));
    Eval e = eval_new(s->prog, a);
    e.hooks = &HOOKS;
    e.user = &first;
    e.unknowns = first.tag == V_UNKNOWN;
    e.steps = e.unknowns ? 60000 : 8000;
    e.max_list = 1000;
    e.max_depth = 100;
    Buf b = buf_new(a, 1 << 16);
    Val v = feel_eval(&e, id, NULL);
    val_literal(&b, v);
    HOLDS(ctx_ok(&c) && (e.unknowns || !val_has_unknown(v)));
    return b.over || e.steps < 0 || val_has_unknown(v) ? (Str){0} : buf_str(&b);
}

/* Each blank twice; empty when the text has strings or comments, whose blanks count. */
static Str wider(Arena *a, Str s) {
    Buf b = buf_new(a, 0);
    for (ptrdiff_t i = 0; i < s.n; i++) {
        if (strchr("\"/\\", s.p[i])) return (Str){0};
        buf_char(&b, s.p[i]);
        if (s.p[i] == ' ') buf_char(&b, '\n');
    }
    return buf_str(&b);
}

static void same(const char *what, Str text, Str x, Str y) {
    if (str_eq(x, y)) return;
    fuzz_show("text", text);
    fuzz_show("gives", x);
    fuzz_show("gives", y);
    fuzz_broken(__FILE__, __LINE__, what);
}

void fuzz_one(Ctx *c, Str data) {
    if (data.n > 1000 || utf8_invalid_at(data) >= 0) return;
    Arena *a = c->arena;
    Program *p = program_new(a);
    Scope *s = scope_plain(p, scope_root(p));
    for (int i = 0; i < NAMES_N; i++) scope_add_global(s, str_from(NAMES[i]), NULL, i);
    Val one = val_int(7), two = val_int(-1), cands[2] = {one, two};
    Str v = value_of(s, data, one), wide = wider(a, data);
    if (!v.p || str_find(v, S("function")) >= 0) return; /* functions have no literal */
    if (wide.n) same("white space does not matter", data, v, value_of(s, wide, one));
    Str again = value_of(s, v, one);
    if (again.p) same("the literal gives the value", data, v, again);
    Str w = value_of(s, data, two);
    Str both =
        value_of(s, data, unknown_fact(a, 1, val_null(), val_null(), cands, 2, false, false));
    if (!both.p || !w.p) return;
    same("decided for the first candidate", data, v, both);
    same("decided for the second candidate", data, w, both);
}
