/* Unary tests: the first byte picks the type, the rest are the tests. A decided answer for an
 * unknown input is the answer for each of its candidates. */
#include "base/utf8.h"
#include "feel/feel.h"
#include "feel/temporal.h"
#include "tests/fuzz/fuzz.h"

static Val candidate(Arena *a, int type, int i) {
    static const char *const TEXT[3][4] = {
        {"a", "b", "", "一档"},
        {"2024-02-29", "2024-03-01", "1999-12-31", "-0001-01-01"},
        {"P1D", "PT36H", "PT0S", "-P2D"}};
    Val v = val_null();
    if (type == 0) return val_int(i * 7 - 7);
    if (type == 1) return val_bool(i & 1);
    if (type == 2) return val_str(str_from(TEXT[0][i]));
    temporal_parse_literal(a, str_from(TEXT[type - 2][i]), &v);
    return v;
}

static void show(Arena *a, Val input, Val got, Val all) {
    Buf b = buf_new(a, 0);
    val_literal(&b, input);
    buf_lit(&b, " gives ");
    val_literal(&b, got);
    buf_lit(&b, ", unknown ");
    val_literal(&b, all);
    fuzz_show("input", buf_str(&b));
}

void fuzz_one(Ctx *c, Str data) {
    static const TypeKind KINDS[] = {T_NUMBER, T_BOOLEAN, T_STRING, T_DATE, T_DAYS};
    if (data.n < 1 || data.n > 1000 || utf8_invalid_at(data) >= 0) return;
    Arena *a = c->arena;
    int type = (unsigned char)data.p[0] % 5;
    Program *p = program_new(a);
    Scope *s = scope_test(p, scope_root(p), type_of(KINDS[type]));
    IrId cell = feel_compile(c, p, str_sub(data, 1, data.n), FEEL_TESTS, s, NULL, S("t"));
    Eval e = eval_new(p, a);
    e.steps = 10000;
    e.max_list = 1000;
    e.max_depth = 100;
    Val v[4], got[4];
    for (int i = 0; i < 4; i++) {
        v[i] = candidate(a, type, i);
        got[i] = feel_test(&e, cell, v[i], NULL);
        HOLDS(got[i].tag == V_BOOL || got[i].tag == V_NULL);
    }
    Eval u = eval_new(p, a);
    u.unknowns = true;
    u.steps = 100000;
    u.max_list = 1000;
    u.max_depth = 100;
    Val all =
        feel_test(&u, cell, unknown_fact(a, 1, val_null(), val_null(), v, 4, false, false), NULL);
    if (all.tag == V_UNKNOWN || e.steps < 0 || u.steps < 0) return;
    for (int i = 0; i < 4; i++) {
        bool same = got[i].tag == all.tag && (all.tag != V_BOOL || got[i].i == all.i);
        if (!same) show(a, v[i], got[i], all);
        HOLDS(same);
    }
}
