/* feel_compile: one text into the program. A text that does not parse leaves its nodes unused and
 * becomes IR_NULL with the first finding as its reason. */
#include "feel/parse.h"

static IrId parse_mode(Parser *p, FeelMode mode) {
    ptrdiff_t from = p->tok.from;
    if (mode == FEEL_TESTS) return parse_tests(p, 0);
    IrId x = parse_test(p);
    if (mode != FEEL_EXPRESSIONS || !parse_is_op(p, ',')) return x;
    Ids items = {0};
    ids_push(p, &items, x, (Str){0});
    while (parse_accept_op(p, ',')) ids_push(p, &items, parse_test(p), (Str){0});
    return ir_list(p->p, items.v, items.n, parse_at(p, from));
}

static Parser parser_new(Ctx *c, Program *p, Str text, const Scope *scope, Str element) {
    Parser ps = {.c = c, .p = p, .s = str_dup(p->arena, text), .scope = scope};
    ps.element = str_dup(p->arena, element);
    ps.unit = program_add_unit(p, ps.s, ps.element);
    ps.tok = lex_token(ps.s, 0);
    return ps;
}

IrId feel_compile(Ctx *c, Program *p, Str text, FeelMode mode, const Scope *scope,
                  const Type *expected, Str element) {
    Parser ps = parser_new(c, p, text, scope, element);
    IrId id = parse_mode(&ps, mode);
    if (!ps.failed && ps.tok.kind != TOK_END) parse_fail(&ps, EXPECT_END);
    if (ps.failed) {
        Str why = c->notes_last ? note_text(p->arena, c->notes_last, c->lang) : S("");
        return ir_null(p, why, (IrAt){ps.unit, 0, (int32_t)ps.s.n});
    }
    if (!expected || mode == FEEL_TESTS) return id;
    const Type *t = p->nodes[id].type;
    if (type_disjoint(t, expected))
        parse_note(&ps, 1, 0, ps.s.n, M_FEEL_CONFORM, ir_text(p, id), type_text(p->arena, expected),
                   (Str){0});
    return ir_coerce(p, id, expected, p->at[id]);
}

const Type *feel_type(Program *p, Str text) {
    Ctx quiet = ctx_new(p->arena, 0);
    Parser ps = parser_new(&quiet, p, text, NULL, S(""));
    const Type *t = parse_type(&ps);
    return ps.failed || ps.tok.kind != TOK_END ? NULL : t;
}
