/* Boxed expressions to IR (DMN 1.5 clause 10.2.1). Each boxed form is the FEEL form it stands for:
 * a relation is a list of contexts, an invocation a call with named arguments, a function
 * definition a closure.
 */
#include "dmn/build.h"

IrAt build_at(Builder *b, const DmnDefs *d, const XmlNode *xml) {
    Str id = xml_attr(xml, S("id"));
    Str element = id.n ? id : dmn_place(b->c->arena, d, xml);
    int32_t unit = program_add_unit(b->p, (Str){0}, element);
    b->p->units[unit].source = xml;
    return (IrAt){.unit = unit};
}

/* Findings of a text get the place of its element in the file in front. A name that is not in scope
 * is an error of the model (10.4), though FEEL alone goes on with null. */
static void place_notes(Builder *b, Str place, Note *before) {
    Arena *a = b->c->arena;
    for (Note *n = before ? before->next : b->c->notes; n; n = n->next) {
        Str in = b->node ? b->node->name : (Str){0};
        n->place = str_printf(a, "%.*s %.*s", STRF(place), STRF(n->place));
        if (n->msg == M_FEEL_UNKNOWN_NAME) n->severity = 0;
        if (in.n) n->place = str_printf(a, "%.*s (%.*s)", STRF(n->place), STRF(in));
    }
}

static IrId text_at(Builder *b, Str place, const void *source, Str id, Str text, FeelMode mode,
                    const Scope *s, const Type *expected) {
    Note *before = b->c->notes_last;
    int32_t unit = b->p->nunits; /* the one feel_compile makes first */
    IrId node = feel_compile(b->c, b->p, text, mode, s, expected, id);
    b->p->units[unit].source = source;
    place_notes(b, place, before);
    return node;
}

IrId build_text(Builder *b, const DmnDefs *d, const XmlNode *xml, Str text, FeelMode mode,
                const Scope *s, const Type *expected) {
    Arena *a = b->c->arena;
    Str id = xml_attr(xml, S("id"));
    if (id.n == 0 && xml->parent && xml->parent->attrs) id = xml_attr(xml->parent, S("id"));
    if (id.n == 0) id = str_printf(a, "%u:%u", xml->line, xml->column);
    return text_at(b, dmn_place(a, d, xml), xml, id, text, mode, s, expected);
}

IrId build_cell(Builder *b, const DmnDefs *d, const DmnCell *cell, Str owner, FeelMode mode,
                const Scope *s, const Type *expected) {
    Arena *a = b->c->arena;
    Str id = cell->id.n ? cell->id : owner;
    if (id.n == 0) id = str_printf(a, "%u:%u", cell->at.line, cell->at.column);
    return text_at(b, dmn_place_at(a, d, cell->at), cell, id, cell->text, mode, s, expected);
}

static IrId null_at(Builder *b, const DmnExpr *e) {
    return ir_const(b->p, val_null(), NULL, build_at(b, e->defs, e->xml));
}

static const Type *type_at(Builder *b, const DmnExpr *e, Str ref) {
    return build_type(b, (DmnDefs *)e->defs, ref, e->xml);
}

static IrId coerced(Builder *b, IrId node, const Type *t) {
    return t && t->kind != T_ANY ? ir_coerce(b->p, node, t, b->p->at[node]) : node;
}

static const Type *node_type(Builder *b, IrId node) {
    return ir_node(b->p, node)->type;
}

static IrId literal(Builder *b, const DmnExpr *e, const Scope *s) {
    if (str_trim(e->text).n == 0) return null_at(b, e);
    return build_text(b, e->defs, e->xml, e->text, FEEL_EXPRESSION, s, NULL);
}

static IrId child(Builder *b, const DmnExpr *parent, const DmnExpr *e, const Scope *s,
                  const Type *expected) {
    return e ? build_expr(b, e, s, expected) : null_at(b, parent);
}

static IrId context(Builder *b, const DmnExpr *e, const Scope *up) {
    Scope *s = scope_open(b->p, up, REGION_CONTEXT);
    Str *names = NEW_N(b->c->arena, Str, e->nentries);
    IrId *values = NEW_N(b->c->arena, IrId, e->nentries);
    bool has_result = false;
    for (int i = 0; i < e->nentries; i++) {
        const DmnEntry *en = &e->entries[i];
        values[i] = child(b, e, en->expr, s, type_at(b, e, en->type_ref));
        names[i] = en->name;
        has_result = i == e->nentries - 1 && en->name.n == 0;
        scope_add(s, en->name, node_type(b, values[i]));
        if (en->name.n) program_add_member(b->p, en->name);
    }
    return ir_context(b->p, s, names, values, e->nentries, has_result,
                      build_at(b, e->defs, e->xml));
}

static IrId invocation(Builder *b, const DmnExpr *e, const Scope *s) {
    Str *names = NEW_N(b->c->arena, Str, e->nentries);
    IrId *args = NEW_N(b->c->arena, IrId, e->nentries);
    IrId callee = child(b, e, e->a, s, NULL);
    for (int i = 0; i < e->nentries; i++) {
        const DmnEntry *en = &e->entries[i];
        names[i] = en->name;
        args[i] = child(b, e, en->expr, s, type_at(b, e, en->type_ref));
    }
    return ir_call(b->p, callee, e->nentries ? names : NULL, args, e->nentries,
                   build_at(b, e->defs, e->xml));
}

/* The text of a string literal entry of an external function's context. */
static Str external_part(const DmnExpr *body, Str name) {
    if (!body || body->kind != EXPR_CONTEXT) return (Str){0};
    for (int i = 0; i < body->nentries; i++) {
        const DmnEntry *en = &body->entries[i];
        if (!str_eq(en->name, name) || !en->expr) continue;
        Str t = str_trim(en->expr->text);
        return t.n >= 2 && t.p[0] == '"' ? str_sub(t, 1, t.n - 1) : t;
    }
    return (Str){0};
}

static IrId function(Builder *b, const DmnExpr *e, const Scope *up) {
    Scope *s = scope_open(b->p, up, REGION_FUNCTION);
    TypeMember *params = NEW_N(b->c->arena, TypeMember, e->nentries);
    for (int i = 0; i < e->nentries; i++) {
        params[i].name = e->entries[i].name;
        params[i].type = type_at(b, e, e->entries[i].type_ref);
        scope_add(s, params[i].name, params[i].type ? params[i].type : type_of(T_ANY));
    }
    IrAt at = build_at(b, e->defs, e->xml);
    Str name = b->node ? b->node->name : (Str){0};
    if (str_eq(e->function_kind, S("Java")))
        return ir_external(b->p, s, name, params, e->nentries, external_part(e->a, S("class")),
                           external_part(e->a, S("method signature")), NULL, at);
    if (str_eq(e->function_kind, S("PMML")))
        return ir_external(b->p, s, name, params, e->nentries, S("PMML"), (Str){0}, NULL, at);
    IrId body = child(b, e, e->a, s, NULL);
    return ir_function(b->p, s, name, params, e->nentries, body, NULL, at);
}

static IrId list(Builder *b, const DmnExpr *e, const Scope *s) {
    IrId *items = NEW_N(b->c->arena, IrId, e->nentries);
    for (int i = 0; i < e->nentries; i++) items[i] = child(b, e, e->entries[i].expr, s, NULL);
    return ir_list(b->p, items, e->nentries, build_at(b, e->defs, e->xml));
}

static IrId relation(Builder *b, const DmnExpr *e, const Scope *up) {
    IrAt at = build_at(b, e->defs, e->xml);
    IrId *rows = NEW_N(b->c->arena, IrId, e->nrows);
    Str *names = NEW_N(b->c->arena, Str, e->nentries);
    for (int k = 0; k < e->nentries; k++) {
        names[k] = e->entries[k].name;
        program_add_member(b->p, names[k]);
    }
    for (int r = 0; r < e->nrows; r++) {
        Scope *s = scope_open(b->p, up, REGION_CONTEXT);
        IrId *values = NEW_N(b->c->arena, IrId, e->nentries);
        for (int k = 0; k < e->nentries; k++) {
            const DmnExpr *cell = e->cells[r * e->nentries + k];
            values[k] = child(b, e, cell, s, type_at(b, e, e->entries[k].type_ref));
            scope_add(s, (Str){0}, node_type(b, values[k])); /* cells do not see each other */
        }
        rows[r] = ir_context(b->p, s, names, values, e->nentries, false, at);
    }
    return ir_list(b->p, rows, e->nrows, at);
}

static const Type *element_type(Builder *b, IrId list_node) {
    const Type *t = node_type(b, list_node);
    if (t->kind == T_LIST || t->kind == T_RANGE) return t->elem ? t->elem : type_of(T_ANY);
    return t;
}

/* True for true, false and null; null for anything else. Boxed conditions must be boolean
 * (10.2.2.5 ff.), where FEEL itself takes what is not true as not holding. */
static IrId boolean_or_null(Builder *b, IrId v, IrAt at) {
    Program *p = b->p;
    IrId is_true = ir_binary(p, IR_EQ, v, ir_const(p, val_bool(true), NULL, at), at);
    IrId is_false = ir_binary(p, IR_EQ, v, ir_const(p, val_bool(false), NULL, at), at);
    IrId is_null = ir_binary(p, IR_EQ, v, ir_const(p, val_null(), NULL, at), at);
    return ir_binary(p, IR_OR, ir_binary(p, IR_OR, is_true, is_false, at), is_null, at);
}

static bool is_boolean(Builder *b, IrId v) {
    return node_type(b, v)->kind == T_BOOLEAN;
}

/* value where ok is true, else null with a reason. */
static IrId only_if(Builder *b, IrId ok, IrId value, IrAt at) {
    Str why = msg_text(b->c->arena, M_DMN_NOT_BOOLEAN, b->c->lang, 0, NULL);
    return ir_if(b->p, ok, value, ir_null(b->p, why, at), at);
}

static IrId filter_of(Builder *b, const DmnExpr *e, const Scope *up, IrId in, bool check,
                      IrId *match) {
    Scope *s = scope_filter(b->p, up, element_type(b, in));
    IrAt at = build_at(b, e->defs, e->xml);
    *match = child(b, e, e->b, s, NULL);
    return ir_filter(b->p, s, in, check ? boolean_or_null(b, *match, at) : *match, at);
}

static IrId count_of(Builder *b, IrId list_node, IrAt at) {
    IrId count = ir_name(b->p, b->root, S("count"), at);
    return ir_call(b->p, count, NULL, &list_node, 1, at);
}

static IrId filter(Builder *b, const DmnExpr *e, const Scope *up) {
    IrAt at = build_at(b, e->defs, e->xml);
    IrId match, in = child(b, e, e->a, up, NULL);
    IrId found = filter_of(b, e, up, in, false, &match);
    if (is_boolean(b, match)) return found;
    IrId boolean = count_of(b, filter_of(b, e, up, in, true, &match), at);
    IrId ok = ir_binary(b->p, IR_EQ, boolean, count_of(b, in, at), at);
    return only_if(b, ok, found, at);
}

static IrId loop_of(Builder *b, const DmnExpr *e, const Scope *up, IrOp op, bool check,
                    IrId *body) {
    IrAt at = build_at(b, e->defs, e->xml);
    Scope *s = scope_open(b->p, up, REGION_LOOP);
    IrId domain = child(b, e, e->a, s, NULL);
    scope_add(s, e->var, element_type(b, domain));
    if (op == IR_FOR) scope_add(s, S("partial"), type_list(b->c->arena, type_of(T_ANY)));
    *body = child(b, e, e->b, s, NULL);
    IrId inner = check ? boolean_or_null(b, *body, at) : *body;
    return ir_loop(b->p, op, s, &domain, 1, inner, at);
}

static IrId loop(Builder *b, const DmnExpr *e, const Scope *up, IrOp op) {
    IrId body, found = loop_of(b, e, up, op, false, &body);
    if (op == IR_FOR || is_boolean(b, body)) return found;
    IrId ok = loop_of(b, e, up, IR_EVERY, true, &body);
    return only_if(b, ok, found, build_at(b, e->defs, e->xml));
}

static IrId conditional(Builder *b, const DmnExpr *e, const Scope *s) {
    IrAt at = build_at(b, e->defs, e->xml);
    IrId cond = child(b, e, e->a, s, NULL);
    IrId yes = child(b, e, e->b, s, NULL);
    IrId no = child(b, e, e->c, s, NULL);
    IrId found = ir_if(b->p, cond, yes, no, at);
    if (is_boolean(b, cond)) return found;
    return only_if(b, boolean_or_null(b, cond, at), found, at);
}

static IrId by_kind(Builder *b, const DmnExpr *e, const Scope *s, const Type *expected) {
    switch (e->kind) {
    case EXPR_LITERAL: return literal(b, e, s);
    case EXPR_TABLE: return build_table(b, e, s, expected);
    case EXPR_CONTEXT: return context(b, e, s);
    case EXPR_INVOCATION: return invocation(b, e, s);
    case EXPR_FUNCTION: return function(b, e, s);
    case EXPR_LIST: return list(b, e, s);
    case EXPR_RELATION: return relation(b, e, s);
    case EXPR_IF: return conditional(b, e, s);
    case EXPR_FILTER: return filter(b, e, s);
    case EXPR_FOR: return loop(b, e, s, IR_FOR);
    case EXPR_SOME: return loop(b, e, s, IR_SOME);
    case EXPR_EVERY: return loop(b, e, s, IR_EVERY);
    }
    return null_at(b, e);
}

IrId build_expr(Builder *b, const DmnExpr *e, const Scope *s, const Type *expected) {
    const Type *own = type_at(b, e, e->type_ref);
    IrId node = coerced(b, by_kind(b, e, s, own ? own : expected), own);
    return coerced(b, node, expected);
}
