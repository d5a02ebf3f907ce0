/* The IR of the amount formula of docs/decisions/0002-one-ir.md, and that nodes come after what
 * they use. */
#include "feel/feel.h"
#include "tests/test.h"

TEST(feel_ir_of_the_amount) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Program *p = program_new(a);
    Scope *s = scope_plain(p, scope_root(p));
    scope_add_global(s, S("rd"), type_of(T_NUMBER), 0);
    scope_add_global(s, S("prior"), type_of(T_NUMBER), 1);
    TypeMember m[2] = {{S("rate"), type_of(T_NUMBER)}, {S("cap"), type_of(T_NUMBER)}};
    scope_add_global(s, S("grant"), type_context(a, m, 2, false), 2);
    IrId id =
        feel_compile(&c, p, S("max(0, min(round half up(rd * grant.rate, 2), grant.cap - prior))"),
                     FEEL_EXPRESSION, s, type_of(T_NUMBER), S("amount"));
    Buf b = buf_new(a, 0);
    ir_print(&b, p, id);
    CHECK_INT(c.note_count, 0);
    Str text = buf_str(&b), rest = text;
    int lines = 0;
    while (rest.p && rest.n) {
        Str line = str_cut(&rest, '\n');
        if (line.n) lines++;
    }
    CHECK_INT(lines, 13); /* no coercion: the type of the formula is known */
    CHECK(str_find(text, S("mul")) > 0 && str_find(text, S("builtin round half up")) > 0);
    CHECK(str_find(text, S(".rate")) > 0 && str_find(text, S(": number")) > 0);
    CHECK(str_find(text, S("builtin max")) > str_find(text, S("builtin min")));
    for (IrId i = 0; i < p->n; i++) {
        const IrNode *n = ir_node(p, i);
        if (n->op >= IR_ADD && n->op <= IR_OR) CHECK(n->a < i && n->b < i);
    }
    if (str_find(text, S("global #0")) < 0) printf("%.*s", STRF(text));
    arena_close(a);
}
