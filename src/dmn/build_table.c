/* Decision tables to IR (DMN 1.5 clause 8): inputs, cells and outputs become nodes; the index of
 * the table is made when the whole program stands (table_index.c).
 */
#include <string.h>

#include "dmn/build.h"

static IrId cell_text(Builder *b, const DmnExpr *e, const DmnCell *cell, FeelMode mode,
                      const Scope *s, const Type *t) {
    return build_text(b, e->defs, cell->xml ? cell->xml : e->xml, cell->text, mode, s, t);
}

static IrTableInput input(Builder *b, const DmnExpr *e, const DmnClause *cl, const Scope *s) {
    const Type *t = build_type(b, (DmnDefs *)e->defs, cl->type_ref, cl->xml);
    Str text = cl->expr.text.n ? cl->expr.text : cl->label;
    IrTableInput in = {.allowed = IR_NONE, .label = cl->label, .element = cl->id};
    in.expr =
        build_text(b, e->defs, cl->expr.xml ? cl->expr.xml : cl->xml, text, FEEL_EXPRESSION, s, t);
    if (in.label.n == 0) in.label = text;
    in.type = t ? t : ir_node(b->p, in.expr)->type;
    if (cl->values.text.n)
        in.allowed = cell_text(b, e, &cl->values, FEEL_TESTS, scope_test(b->p, s, in.type), NULL);
    return in;
}

/* The constants of the output values, in the order written: highest priority first (8.2.11). */
static void priorities(Builder *b, IrTableOutput *out) {
    const IrNode *tests = ir_node(b->p, out->allowed);
    if (tests->op != IR_TESTS || (tests->flags & IRF_NOT)) return;
    int n;
    const int32_t *items = ir_items(b->p, tests->a, &n);
    Val *vals = NEW_N(b->c->arena, Val, n);
    int k = 0;
    for (int i = 0; i < n; i++) {
        const IrNode *item = ir_node(b->p, items[i]);
        if (item->op == IR_CONST) vals[k++] = b->p->consts[item->a];
    }
    out->priority = vals;
    out->npriority = k;
}

static IrTableOutput output(Builder *b, const DmnExpr *e, const DmnClause *cl, const Scope *s) {
    const Type *t = build_type(b, (DmnDefs *)e->defs, cl->type_ref, cl->xml);
    IrTableOutput out = {.name = cl->name,
                         .type = t ? t : type_of(T_ANY),
                         .allowed = IR_NONE,
                         .fallback = IR_NONE,
                         .label = cl->label.n ? cl->label : cl->name,
                         .element = cl->id};
    if (cl->values.text.n) {
        out.allowed = cell_text(b, e, &cl->values, FEEL_TESTS, scope_test(b->p, s, out.type), NULL);
        priorities(b, &out);
    }
    if (cl->deflt.text.n) out.fallback = cell_text(b, e, &cl->deflt, FEEL_EXPRESSION, s, t);
    return out;
}

static IrId input_cell(Builder *b, const DmnExpr *e, const DmnCell *cell, const IrTableInput *in,
                       const Scope *s) {
    if (str_eq(cell->text, S("-"))) return IR_NONE;
    return cell_text(b, e, cell, FEEL_TESTS, scope_test(b->p, s, in->type), NULL);
}

static IrRule rule(Builder *b, const DmnExpr *e, const DmnRule *r, const IrTable *t,
                   const Scope *s) {
    IrId *cells = NEW_N(b->c->arena, IrId, t->ninputs);
    IrId *outputs = NEW_N(b->c->arena, IrId, t->noutputs);
    for (int i = 0; i < t->ninputs; i++) cells[i] = input_cell(b, e, &r->in[i], &t->inputs[i], s);
    for (int i = 0; i < t->noutputs; i++) {
        const Type *type = t->outputs[i].type;
        if (r->out[i].text.n == 0)
            outputs[i] = ir_const(b->p, val_null(), NULL, build_at(b, e->defs, r->out[i].xml));
        else
            outputs[i] =
                cell_text(b, e, &r->out[i], FEEL_EXPRESSION, s, type->kind == T_ANY ? NULL : type);
    }
    Str *notes = NEW_N(b->c->arena, Str, t->nnotes);
    for (int i = 0; i < t->nnotes && i < r->nnotes; i++) notes[i] = r->notes[i];
    return (IrRule){.cells = cells, .outputs = outputs, .notes = notes, .element = r->id};
}

static const Type *result_type(Builder *b, const IrTable *t) {
    const Type *one = t->outputs[0].type;
    if (t->aggregate == AGG_COUNT) return type_of(T_NUMBER);
    if (t->noutputs > 1 || t->outputs[0].name.n > 0) {
        TypeMember *members = NEW_N(b->c->arena, TypeMember, t->noutputs);
        for (int i = 0; i < t->noutputs; i++) {
            members[i] = (TypeMember){t->outputs[i].name, t->outputs[i].type};
            if (t->noutputs > 1) program_add_member(b->p, t->outputs[i].name);
        }
        if (t->noutputs > 1) one = type_context(b->c->arena, members, t->noutputs, false);
    }
    bool many = t->policy == HIT_RULE_ORDER || t->policy == HIT_OUTPUT_ORDER ||
                (t->policy == HIT_COLLECT && t->aggregate == AGG_NONE);
    return many ? type_list(b->c->arena, one) : one;
}

IrId build_table(Builder *b, const DmnExpr *e, const Scope *s, const Type *expected) {
    const DmnTable *src = e->table;
    Arena *a = b->c->arena;
    IrTable *t = NEW(a, IrTable);
    *t = (IrTable){.name = b->node ? b->node->name : e->label,
                   .element = e->id,
                   .policy = src->hit,
                   .aggregate = src->agg,
                   .ninputs = src->ninputs,
                   .noutputs = src->noutputs,
                   .nrules = src->nrules,
                   .nnotes = src->nrules ? src->rules[0].nnotes : 0,
                   .note_names = src->note_names};
    IrTableInput *inputs = NEW_N(a, IrTableInput, t->ninputs);
    IrTableOutput *outputs = NEW_N(a, IrTableOutput, t->noutputs);
    IrRule *rules = NEW_N(a, IrRule, t->nrules);
    t->inputs = inputs;
    t->outputs = outputs;
    t->rules = rules;
    for (int i = 0; i < t->ninputs; i++) inputs[i] = input(b, e, &src->inputs[i], s);
    for (int i = 0; i < t->noutputs; i++) outputs[i] = output(b, e, &src->outputs[i], s);
    for (int i = 0; i < t->nrules; i++) rules[i] = rule(b, e, &src->rules[i], t, s);
    (void)expected;
    IrId node = ir_table(b->p, t, result_type(b, t), build_at(b, e->defs, e->xml));
    GROW(a, b->m->sources, b->m->nsources, b->m->sources_cap);
    b->m->sources[b->m->nsources++] = e;
    return node;
}
