/* The parser: operators and primaries. It makes IR as it reads (FEEL scopes run from left to right,
 * so types of what stands left are known where names must be resolved). After a syntax error the
 * current token stays TOK_END, every loop ends, and the caller throws the nodes away. */
#include "feel/parse.h"

#include "feel/temporal.h"

void ids_push(Parser *p, Ids *ids, IrId id, Str name) {
    if (ids->n >= PARSE_ITEMS) return;
    GROW(p->p->arena, ids->names, ids->n, ids->names_cap);
    GROW(p->p->arena, ids->v, ids->n, ids->cap);
    ids->names[ids->n] = name;
    ids->v[ids->n++] = id;
}

IrAt parse_at(const Parser *p, ptrdiff_t from) {
    return (IrAt){p->unit, (int32_t)from, (int32_t)p->last};
}

Note *parse_note(Parser *p, int severity, ptrdiff_t from, ptrdiff_t to, Msg msg, Str x, Str y,
                 Str z) {
    Str place = str_printf(p->p->arena, "%.*s:%td-%td", STRF(p->element), from, to);
    Note *note = NOTE(p->c, severity, place, msg, x, y, z);
    note->unit = p->unit + 1;
    note->from = (int)from;
    note->to = (int)to;
    return note;
}

void parse_next(Parser *p) {
    if (p->failed) return;
    p->last = p->tok.to;
    p->tok = lex_token(p->s, p->tok.to);
}

bool parse_is_op(const Parser *p, int op) {
    return p->tok.kind == TOK_OP && p->tok.op == op;
}

static Str token_text(const Parser *p) {
    return str_sub(p->s, p->tok.from, p->tok.to);
}

bool parse_is_word(const Parser *p, const char *word) {
    return p->tok.kind == TOK_WORD && str_eq(token_text(p), str_from(word));
}

bool parse_accept_op(Parser *p, int op) {
    if (!parse_is_op(p, op)) return false;
    parse_next(p);
    return true;
}

bool parse_accept_word(Parser *p, const char *word) {
    if (!parse_is_word(p, word)) return false;
    parse_next(p);
    return true;
}

void parse_stop(Parser *p) {
    p->failed = true;
    p->tok = (Tok){.kind = TOK_END, .from = p->s.n, .to = p->s.n};
}

static void note_bad_token(Parser *p) {
    Str text = token_text(p);
    if (p->tok.bad == 0) {
        parse_note(p, 0, p->tok.from, p->tok.to, M_FEEL_BAD_STRING, text, (Str){0}, (Str){0});
        return;
    }
    Str meant = lex_halfwidth(p->p->arena, p->tok.bad);
    parse_note(p, 0, p->tok.from, p->tok.to, meant.n ? M_FEEL_FULLWIDTH : M_FEEL_BAD_CHAR, text,
               meant, (Str){0});
}

/* Stops the parse; what was found instead is noted by the caller. */
static IrId stopped(Parser *p) {
    parse_stop(p);
    return ir_null(p->p, S(""), parse_at(p, p->last));
}

static IrId fail_expecting(Parser *p, Expected what, Str token) {
    static const Msg TEXTS[][2] = {
        [EXPECT_TOKEN] = {M_FEEL_EXPECTED, M_FEEL_UNFINISHED},
        [EXPECT_EXPRESSION] = {M_FEEL_EXPECTED_EXPRESSION, M_FEEL_UNFINISHED_EXPRESSION},
        [EXPECT_NAME] = {M_FEEL_EXPECTED_NAME, M_FEEL_UNFINISHED_NAME},
        [EXPECT_TYPE] = {M_FEEL_EXPECTED_TYPE, M_FEEL_UNFINISHED_TYPE},
        [EXPECT_END] = {M_FEEL_EXPECTED_END, M_FEEL_EXPECTED_END},
    };
    if (!p->failed && p->tok.kind == TOK_BAD)
        note_bad_token(p);
    else if (!p->failed)
        parse_note(p, 0, p->tok.from, p->tok.to, TEXTS[what][p->tok.kind == TOK_END], token_text(p),
                   token, (Str){0});
    return stopped(p);
}

IrId parse_fail(Parser *p, Expected what) {
    return fail_expecting(p, what, (Str){0});
}

IrId parse_fail_token(Parser *p, Str token) {
    return fail_expecting(p, EXPECT_TOKEN, token);
}

IrId parse_too_deep(Parser *p) {
    if (!p->failed)
        parse_note(p, 0, p->tok.from, p->tok.to, M_FEEL_TOO_DEEP,
                   str_printf(p->p->arena, "%d", PARSE_DEPTH), (Str){0}, (Str){0});
    return stopped(p);
}

void parse_expect_op(Parser *p, int op, const char *text) {
    if (!parse_accept_op(p, op)) parse_fail_token(p, str_from(text));
}

void parse_expect_word(Parser *p, const char *word) {
    if (!parse_accept_word(p, word)) parse_fail_token(p, str_from(word));
}

bool parse_is_keyword(Str w) {
    static const char *const WORDS[] = {"and",  "or",     "in",        "between",  "then",
                                        "else", "return", "satisfies", "instance", "of",
                                        "if",   "for",    "some",      "every",    "function",
                                        "true", "false",  "null",      "external"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_eq(w, str_from(WORDS[i]))) return true;
    return false;
}

/* Notes an operation that can only give null. */
static IrId checked(Parser *p, IrOp op, IrId a, IrId b, ptrdiff_t from) {
    const Type *x = p->p->nodes[a].type, *y = p->p->nodes[b].type;
    if (infer_never(op, x, y) && !p->failed)
        parse_note(p, 1, from, p->last, M_FEEL_NEVER, op_text(op), type_text(p->p->arena, x),
                   type_text(p->p->arena, y));
    return ir_binary(p->p, op, a, b, parse_at(p, from));
}

static IrId parse_number(Parser *p) {
    Str text = token_text(p);
    Dec d;
    ptrdiff_t from = p->tok.from;
    Str full = text.p[0] == '.' ? str_cat(p->p->arena, S("0"), text) : text;
    bool good = dec_parse(full, &d);
    if (!good) parse_note(p, 0, from, p->tok.to, M_FEEL_BAD_NUMBER, text, (Str){0}, (Str){0});
    parse_next(p);
    if (!good) return ir_null(p->p, text, parse_at(p, from));
    return ir_const(p->p, val_num(p->p->arena, &d), type_of(T_NUMBER), parse_at(p, from));
}

static Str string_value(Parser *p, ptrdiff_t from) {
    Str s = lex_string(p->p->arena, str_sub(p->s, from, p->tok.to));
    return s.n ? s : S("");
}

static IrId parse_string(Parser *p) {
    ptrdiff_t from = p->tok.from;
    Str s = string_value(p, from);
    parse_next(p);
    return ir_const(p->p, val_str(s), type_of(T_STRING), parse_at(p, from));
}

static IrId parse_at_literal(Parser *p) {
    ptrdiff_t from = p->tok.from;
    Str s = string_value(p, from + 1);
    Val v;
    bool good = temporal_parse_literal(p->p->arena, s, &v);
    if (!good) parse_note(p, 1, from, p->tok.to, M_FEEL_LITERAL, s, (Str){0}, (Str){0});
    parse_next(p);
    if (good) return ir_const(p->p, v, NULL, parse_at(p, from));
    return ir_null(p->p, s, parse_at(p, from));
}

/* `< x` and the like: a one-sided range (DMN 1.5). */
static bool unary_operator(const Parser *p, RangeOp *op) {
    if (p->tok.kind != TOK_OP) return false;
    switch (p->tok.op) {
    case '=': *op = RANGE_EQ; return true;
    case OP_NE: *op = RANGE_NE; return true;
    case '<': *op = RANGE_LT; return true;
    case OP_LE: *op = RANGE_LE; return true;
    case '>': *op = RANGE_GT; return true;
    case OP_GE: *op = RANGE_GE; return true;
    default: return false;
    }
}

static IrId parse_unary_range(Parser *p, RangeOp op) {
    ptrdiff_t from = p->tok.from;
    parse_next(p);
    IrId x = parse_arithmetic(p);
    bool upper = op == RANGE_LT || op == RANGE_LE;
    unsigned closed = op == RANGE_LE ? IRF_HI_CLOSED : op == RANGE_GE ? IRF_LO_CLOSED : 0U;
    if (op == RANGE_EQ) closed = IRF_LO_CLOSED | IRF_HI_CLOSED;
    return ir_range(p->p, op, upper ? IR_NONE : x, upper ? x : IR_NONE, closed, parse_at(p, from));
}

/* After the lower end and `..`. */
static IrId parse_range_rest(Parser *p, IrId lo, bool lo_closed, ptrdiff_t from) {
    bool outer = p->range_end;
    p->range_end = true;
    IrId hi = parse_arithmetic(p);
    p->range_end = outer;
    unsigned closed = lo_closed ? IRF_LO_CLOSED : 0U;
    if (parse_accept_op(p, ']'))
        closed |= IRF_HI_CLOSED;
    else if (!parse_accept_op(p, ')') && !parse_accept_op(p, '['))
        return parse_fail_token(p, S("] )"));
    return ir_range(p->p, RANGE_INTERVAL, lo, hi, closed, parse_at(p, from));
}

static IrId parse_parenthesis(Parser *p) {
    ptrdiff_t from = p->tok.from;
    parse_next(p);
    RangeOp op;
    IrId x = unary_operator(p, &op) ? parse_unary_range(p, op) : parse_expression(p);
    if (parse_accept_op(p, OP_DOTS)) return parse_range_rest(p, x, false, from);
    parse_expect_op(p, ')', ")");
    return x;
}

static IrId parse_bracket(Parser *p) {
    ptrdiff_t from = p->tok.from;
    bool list = parse_is_op(p, '[');
    parse_next(p);
    Ids items = {0};
    if (!(list && parse_is_op(p, ']'))) {
        do {
            RangeOp op;
            IrId x = unary_operator(p, &op) ? parse_unary_range(p, op) : parse_expression(p);
            if (items.n == 0 && parse_accept_op(p, OP_DOTS))
                return parse_range_rest(p, x, list, from);
            ids_push(p, &items, x, (Str){0});
        } while (list && parse_accept_op(p, ','));
    }
    if (!list) return parse_fail_token(p, S(".."));
    parse_expect_op(p, ']', "]");
    return ir_list(p->p, items.v, items.n, parse_at(p, from));
}

static IrId parse_primary(Parser *p) {
    IrId out;
    bool outer = p->range_end;
    switch (p->tok.kind) {
    case TOK_NUMBER: return parse_number(p);
    case TOK_STRING: return parse_string(p);
    case TOK_AT: return parse_at_literal(p);
    case TOK_WORD: return parse_form(p, &out) ? out : parse_name(p);
    default: break;
    }
    p->range_end = false;
    if (parse_is_op(p, '('))
        out = parse_parenthesis(p);
    else if (parse_is_op(p, '[') || parse_is_op(p, ']'))
        out = parse_bracket(p);
    else if (parse_is_op(p, '{'))
        out = parse_context(p);
    else
        out = parse_fail(p, EXPECT_EXPRESSION);
    p->range_end = outer;
    return out;
}

/* `[` behind the upper end of a range closes it when no operand can follow. */
static bool closes_range(const Parser *p) {
    if (!p->range_end || !parse_is_op(p, '[')) return false;
    Tok t = lex_token(p->s, p->tok.to);
    if (t.kind == TOK_END) return true;
    if (t.kind == TOK_OP) return t.op != '(' && t.op != '[' && t.op != '-' && t.op != '{';
    if (t.kind != TOK_WORD) return false;
    Str w = str_sub(p->s, t.from, t.to);
    return str_eq(w, S("and")) || str_eq(w, S("or")) || str_eq(w, S("then")) ||
           str_eq(w, S("else")) || str_eq(w, S("satisfies")) || str_eq(w, S("return"));
}

static IrId parse_filter(Parser *p, IrId list, ptrdiff_t from) {
    const Scope *outer = p->scope;
    parse_next(p);
    Scope *s = scope_filter(p->p, outer, infer_elem(p->p->nodes[list].type));
    p->scope = s;
    RangeOp op;
    IrId body = unary_operator(p, &op) ? parse_unary_range(p, op) : parse_expression(p);
    p->scope = outer;
    parse_expect_op(p, ']', "]");
    return ir_filter(p->p, s, list, body, parse_at(p, from));
}

static IrId parse_postfix(Parser *p) {
    ptrdiff_t from = p->tok.from;
    IrId x = parse_primary(p);
    for (int k = 0; k < PARSE_ITEMS; k++) {
        bool outer = p->range_end;
        if (parse_is_op(p, '.')) {
            x = parse_dot(p, x, from);
        } else if (parse_is_op(p, '[') && !closes_range(p)) {
            p->range_end = false;
            x = parse_filter(p, x, from);
        } else if (parse_is_op(p, '(')) {
            p->range_end = false;
            x = parse_arguments(p, x, from);
        } else if (parse_accept_word(p, "instance")) {
            parse_expect_word(p, "of");
            const Type *t = parse_type(p);
            x = ir_instance(p->p, x, t, parse_at(p, from));
        } else {
            break;
        }
        p->range_end = outer;
    }
    return x;
}

static IrId parse_negation(Parser *p) {
    if (!parse_is_op(p, '-')) return parse_postfix(p);
    ptrdiff_t from = p->tok.from;
    parse_next(p);
    if (++p->depth > PARSE_DEPTH) {
        p->depth--;
        return parse_too_deep(p);
    }
    IrId x = parse_negation(p);
    p->depth--;
    return ir_unary(p->p, IR_NEG, x, parse_at(p, from));
}

static IrId parse_power(Parser *p) {
    ptrdiff_t from = p->tok.from;
    IrId x = parse_negation(p);
    while (parse_accept_op(p, OP_POW)) {
        IrId y = parse_negation(p);
        x = checked(p, IR_POW, x, y, from);
    }
    return x;
}

/* Operands joined from the left by either of two signs. */
static IrId parse_chain(Parser *p, IrId (*operand)(Parser *), int sign1, IrOp op1, int sign2,
                        IrOp op2) {
    ptrdiff_t from = p->tok.from;
    IrId x = operand(p);
    while (parse_is_op(p, sign1) || parse_is_op(p, sign2)) {
        IrOp op = parse_is_op(p, sign1) ? op1 : op2;
        parse_next(p);
        IrId y = operand(p);
        x = checked(p, op, x, y, from);
    }
    return x;
}

static IrId parse_product(Parser *p) {
    return parse_chain(p, parse_power, '*', IR_MUL, '/', IR_DIV);
}

IrId parse_arithmetic(Parser *p) {
    return parse_chain(p, parse_product, '+', IR_ADD, '-', IR_SUB);
}

static IrId parse_in(Parser *p, IrId x, ptrdiff_t from) {
    const Scope *outer = p->scope;
    Scope *s = scope_test(p->p, outer, p->p->nodes[x].type);
    ptrdiff_t start = p->tok.from;
    p->scope = s;
    Tok save = p->tok;
    ptrdiff_t save_last = p->last;
    IrId tests = IR_NONE;
    if (parse_accept_op(p, '(')) {
        /* (1..2) is a range, (1, 2) are tests; (a) - 1 is an operand */
        IrId first = parse_test(p);
        bool range = parse_is_op(p, OP_DOTS);
        Ids ids = {0};
        ids_push(p, &ids, first, (Str){0});
        while (!range && parse_accept_op(p, ',')) ids_push(p, &ids, parse_test(p), (Str){0});
        if (!range) parse_expect_op(p, ')', ")");
        if (!range) tests = ir_tests(p->p, s, ids.v, ids.n, false, parse_at(p, start));
    }
    if (tests == IR_NONE) {
        if (!p->failed) {
            p->tok = save;
            p->last = save_last;
        }
        RangeOp op;
        IrId test = unary_operator(p, &op) ? parse_unary_range(p, op) : parse_arithmetic(p);
        tests = ir_tests(p->p, s, &test, 1, false, parse_at(p, start));
    }
    p->scope = outer;
    return ir_in(p->p, x, tests, parse_at(p, from));
}

static IrOp comparison(const Parser *p) {
    RangeOp op;
    static const IrOp OPS[] = {[RANGE_EQ] = IR_EQ, [RANGE_NE] = IR_NE, [RANGE_LT] = IR_LT,
                               [RANGE_LE] = IR_LE, [RANGE_GT] = IR_GT, [RANGE_GE] = IR_GE};
    return unary_operator(p, &op) ? OPS[op] : IR_OPS;
}

static IrId parse_comparison(Parser *p) {
    ptrdiff_t from = p->tok.from;
    IrId x = parse_arithmetic(p);
    for (;;) {
        IrOp op = comparison(p);
        if (op != IR_OPS) {
            parse_next(p);
            IrId y = parse_arithmetic(p);
            x = checked(p, op, x, y, from);
        } else if (parse_accept_word(p, "between")) {
            IrId lo = parse_arithmetic(p);
            parse_expect_word(p, "and");
            IrId hi = parse_arithmetic(p);
            x = ir_between(p->p, x, lo, hi, parse_at(p, from));
        } else if (parse_accept_word(p, "in")) {
            x = parse_in(p, x, from);
        } else {
            return x;
        }
    }
}

static IrId parse_conjunction(Parser *p) {
    ptrdiff_t from = p->tok.from;
    IrId x = parse_comparison(p);
    while (parse_accept_word(p, "and")) {
        IrId y = parse_comparison(p);
        x = ir_binary(p->p, IR_AND, x, y, parse_at(p, from));
    }
    return x;
}

IrId parse_expression(Parser *p) {
    if (++p->depth > PARSE_DEPTH) {
        p->depth--;
        return parse_too_deep(p);
    }
    ptrdiff_t from = p->tok.from;
    IrId x = parse_conjunction(p);
    while (parse_accept_word(p, "or")) {
        IrId y = parse_conjunction(p);
        x = ir_binary(p->p, IR_OR, x, y, parse_at(p, from));
    }
    p->depth--;
    return x;
}

/* Notes a test that no value of the input's type can pass. */
static void check_test(Parser *p, IrId test, ptrdiff_t from) {
    const Scope *s = p->scope;
    if (!s->test || p->failed || (p->p->nodes[test].flags & IRF_INPUT)) return;
    const Type *input = s->names[0]->type, *t = infer_elem(p->p->nodes[test].type);
    if (input->kind == T_LIST || input->kind == T_RANGE) return;
    if (t->kind == T_LIST || t->kind == T_RANGE) t = infer_elem(t);
    if (t->kind != T_BOOLEAN && type_disjoint(input, t))
        parse_note(p, 1, from, p->last, M_FEEL_NO_MATCH, str_sub(p->s, from, p->last),
                   type_text(p->p->arena, t), type_text(p->p->arena, input));
}

IrId parse_test(Parser *p) {
    RangeOp op;
    ptrdiff_t from = p->tok.from;
    IrId x = unary_operator(p, &op) ? parse_unary_range(p, op) : parse_expression(p);
    check_test(p, x, from);
    return x;
}

IrId parse_tests(Parser *p, int close) {
    ptrdiff_t from = p->tok.from;
    Ids ids = {0};
    if (p->tok.kind == TOK_END) return ir_tests(p->p, p->scope, NULL, 0, false, parse_at(p, from));
    if (parse_is_op(p, '-') && lex_token(p->s, p->tok.to).kind == TOK_END) {
        parse_next(p);
        return ir_tests(p->p, p->scope, NULL, 0, false, parse_at(p, from));
    }
    bool negated = false;
    Tok save = p->tok;
    if (parse_is_word(p, "not")) {
        Tok paren = lex_token(p->s, p->tok.to);
        Found f = scope_match(p->scope, p->s, p->tok.from);
        negated =
            paren.kind == TOK_OP && paren.op == '(' && (!f.name || f.name->kind == NAME_BUILTIN);
        if (negated) parse_next(p), parse_next(p);
    }
    do ids_push(p, &ids, parse_test(p), (Str){0});
    while (parse_accept_op(p, ','));
    if (negated || close) parse_expect_op(p, ')', ")");
    if (negated && !p->failed && p->tok.kind != TOK_END) { /* not(…) and … is an expression */
        p->tok = save;
        negated = false;
        ids.n = 0;
        ids_push(p, &ids, parse_expression(p), (Str){0});
    }
    return ir_tests(p->p, p->scope, ids.v, ids.n, negated, parse_at(p, from));
}
