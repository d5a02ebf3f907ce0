/* Forms: if, for, some, every, function definitions, context literals, and true, false, null. */
#include "feel/parse.h"

static IrId parse_if(Parser *p) {
    ptrdiff_t from = p->tok.from;
    parse_next(p);
    IrId cond = parse_expression(p);
    parse_expect_word(p, "then");
    IrId yes = parse_expression(p);
    parse_expect_word(p, "else");
    IrId no = parse_expression(p);
    return ir_if(p->p, cond, yes, no, parse_at(p, from));
}

/* One `x in domain`, and the variable into scope. */
static void parse_iterator(Parser *p, Scope *s, Ids *domains) {
    Str name = parse_defined(p, 0, "in");
    parse_expect_word(p, "in");
    ptrdiff_t from = p->tok.from;
    IrId domain = parse_expression(p);
    const Type *elem = infer_elem(p->p->nodes[domain].type);
    if (parse_accept_op(p, OP_DOTS)) {
        IrId hi = parse_expression(p);
        elem = p->p->nodes[domain].type;
        domain = ir_binary(p->p, IR_SPAN, domain, hi, parse_at(p, from));
    }
    ids_push(p, domains, domain, name);
    scope_add(s, name, elem);
}

static IrId parse_loop(Parser *p, IrOp op) {
    ptrdiff_t from = p->tok.from;
    const Scope *outer = p->scope;
    parse_next(p);
    Scope *s = scope_open(p->p, outer, REGION_LOOP);
    p->scope = s;
    Ids domains = {0};
    do parse_iterator(p, s, &domains);
    while (parse_accept_op(p, ',') && !p->failed);
    if (op == IR_FOR) scope_add(s, S("partial"), type_of(T_LIST));
    parse_expect_word(p, op == IR_FOR ? "return" : "satisfies");
    IrId body = parse_expression(p);
    p->scope = outer;
    return ir_loop(p->p, op, s, domains.v, domains.n, body, parse_at(p, from));
}

static Str parse_key(Parser *p) {
    if (p->tok.kind != TOK_STRING) return parse_defined(p, ':', NULL);
    Str key = lex_string(p->p->arena, str_sub(p->s, p->tok.from, p->tok.to));
    parse_next(p);
    return key.n ? key : S("");
}

IrId parse_context(Parser *p) {
    ptrdiff_t from = p->tok.from;
    const Scope *outer = p->scope;
    parse_next(p);
    Scope *s = scope_open(p->p, outer, REGION_CONTEXT);
    p->scope = s;
    Ids entries = {0};
    if (!parse_is_op(p, '}')) {
        do {
            Str key = parse_key(p);
            parse_expect_op(p, ':', ":");
            IrId x = parse_expression(p);
            ids_push(p, &entries, x, key);
            scope_add(s, key, p->p->nodes[x].type);
            if (key.n) program_add_member(p->p, key);
        } while (parse_accept_op(p, ','));
    }
    parse_expect_op(p, '}', "}");
    p->scope = outer;
    return ir_context(p->p, s, entries.names, entries.v, entries.n, false, parse_at(p, from));
}

/* Parameters up to the closing parenthesis. */
static int parse_params(Parser *p, Scope *s, TypeMember **out) {
    TypeMember *m = NULL;
    int n = 0, cap = 0;
    while (!parse_is_op(p, ')') && !p->failed) {
        ptrdiff_t from = p->tok.from;
        while (p->tok.kind != TOK_END && !parse_is_op(p, ':') && !parse_is_op(p, ',') &&
               !parse_is_op(p, ')'))
            parse_next(p);
        Str name = name_normal(p->p->arena, str_sub(p->s, from, p->last));
        const Type *t = parse_accept_op(p, ':') ? parse_type(p) : NULL;
        if (name.n == 0) parse_fail(p, EXPECT_NAME);
        GROW(p->p->arena, m, n, cap);
        m[n++] = (TypeMember){name, t};
        scope_add(s, name, t);
        if (!parse_accept_op(p, ',')) break;
    }
    parse_expect_op(p, ')', ")");
    *out = m;
    return n;
}

/* The text of a constant entry of an external function's context. */
static Str constant_text(Val v, const char *key) {
    Val out;
    if (v.tag != V_CONTEXT || !ctx_get(v, str_from(key), &out) || out.tag != V_STRING) return S("");
    return val_text(out);
}

static IrId external(Parser *p, Scope *s, const TypeMember *m, int n, ptrdiff_t from) {
    IrId body = parse_expression(p);
    Val java = {0}, v = {0};
    if (p->p->nodes[body].op == IR_CONST) v = p->p->consts[p->p->nodes[body].a];
    if (v.tag != V_CONTEXT || !ctx_get(v, S("java"), &java)) java = (Val){0};
    return ir_external(p->p, s, S(""), m, n, constant_text(java, "class"),
                       constant_text(java, "method signature"), NULL, parse_at(p, from));
}

static IrId parse_function(Parser *p) {
    ptrdiff_t from = p->tok.from;
    const Scope *outer = p->scope;
    parse_next(p);
    Scope *s = scope_open(p->p, outer, REGION_FUNCTION);
    parse_expect_op(p, '(', "(");
    TypeMember *m;
    int n = parse_params(p, s, &m);
    const Type *result = parse_accept_op(p, ':') ? parse_type(p) : NULL;
    p->scope = s;
    IrId id;
    if (parse_accept_word(p, "external")) {
        id = external(p, s, m, n, from);
    } else {
        IrId body = parse_expression(p);
        id = ir_function(p->p, s, S(""), m, n, body, result, parse_at(p, from));
    }
    p->scope = outer;
    return id;
}

static IrId parse_constant(Parser *p, Val v) {
    ptrdiff_t from = p->tok.from;
    parse_next(p);
    return ir_const(p->p, v, NULL, parse_at(p, from));
}

bool parse_form(Parser *p, IrId *out) {
    /* a name in scope that begins with the keyword is longer than it */
    if (scope_match(p->scope, p->s, p->tok.from).to > p->tok.to) return false;
    Tok next = lex_token(p->s, p->tok.to);
    if (parse_is_word(p, "true"))
        *out = parse_constant(p, val_bool(true));
    else if (parse_is_word(p, "false"))
        *out = parse_constant(p, val_bool(false));
    else if (parse_is_word(p, "null"))
        *out = parse_constant(p, val_null());
    else if (parse_is_word(p, "if"))
        *out = parse_if(p);
    else if (parse_is_word(p, "for"))
        *out = parse_loop(p, IR_FOR);
    else if (parse_is_word(p, "some"))
        *out = parse_loop(p, IR_SOME);
    else if (parse_is_word(p, "every"))
        *out = parse_loop(p, IR_EVERY);
    else if (parse_is_word(p, "function") && next.kind == TOK_OP && next.op == '(')
        *out = parse_function(p);
    else
        return false;
    return true;
}
