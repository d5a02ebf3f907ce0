/* Decision tables to IR (DMN 1.5 clause 8): inputs, cells and outputs become nodes; the index of
 * the table is made when the whole program stands (table_index.c).
 *
 * Cells of constants are most of a large table. Equal ones of a column share their nodes, whose
 * place is then that of the column, and what compiling them left behind is given back: only the
 * tests and their constants stay. A cell with a finding keeps nodes and place of its own.
 */
#include <string.h>

#include "dmn/build.h"

/* One column, of inputs or outputs. */
typedef struct Column {
    const Scope *scope;
    FeelMode mode;
    const Type *expected;
    const XmlNode *xml; /* of its clause */
    Str element;
    Map seen; /* text of a cell of constants → Shared * */
} Column;

typedef struct Shared {
    IrId node;
} Shared;

/* A text of a clause. */
static IrId clause_text(Builder *b, const DmnExpr *e, const DmnClause *cl, Str child, Str text,
                        FeelMode mode, const Scope *s, const Type *expected) {
    const XmlNode *xml = xml_child(cl->xml, child);
    return build_text(b, e->defs, xml ? xml : cl->xml, text, mode, s, expected);
}

static IrTableInput input(Builder *b, const DmnExpr *e, const DmnClause *cl, const Scope *s) {
    const Type *t = build_type(b, (DmnDefs *)e->defs, cl->type_ref, cl->xml);
    Str text = cl->expr.text.n ? cl->expr.text : cl->label;
    IrTableInput in = {.allowed = IR_NONE, .label = cl->label, .element = cl->id};
    in.expr = clause_text(b, e, cl, S("inputExpression"), text, FEEL_EXPRESSION, s, t);
    if (in.label.n == 0) in.label = text;
    in.type = t ? t : ir_node(b->p, in.expr)->type;
    if (cl->values.text.n)
        in.allowed = clause_text(b, e, cl, S("inputValues"), cl->values.text, FEEL_TESTS,
                                 scope_test(b->p, s, in.type), NULL);
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
        out.allowed = clause_text(b, e, cl, S("outputValues"), cl->values.text, FEEL_TESTS,
                                  scope_test(b->p, s, out.type), NULL);
        priorities(b, &out);
    }
    if (cl->deflt.text.n)
        out.fallback =
            clause_text(b, e, cl, S("defaultOutputEntry"), cl->deflt.text, FEEL_EXPRESSION, s, t);
    return out;
}

/* --- cells --------------------------------------------------------------------------------------
 */

/* How far program and arena were filled. */
typedef struct Before {
    ArenaMark mark;
    Note *notes;
    int n, nconsts, nlists, nnames, nfns, nregions, ntables, nunits, ntype_refs;
} Before;

static Before before_cell(const Builder *b) {
    const Program *p = b->p;
    return (Before){arena_mark(p->arena),
                    b->c->notes_last,
                    p->n,
                    p->nconsts,
                    p->nlists,
                    p->nnames,
                    p->nfns,
                    p->nregions,
                    p->ntables,
                    p->nunits,
                    p->ntype_refs};
}

/* Constants that can be made again from what is copied here. */
static bool plain(Val v) {
    static const bool PLAIN[V_TAGS] = {[V_BOOL] = true, [V_NUM] = true,    [V_STRING] = true,
                                       [V_DATE] = true, [V_MONTHS] = true, [V_DAYS] = true};
    if (v.tag == V_NULL) return !v.p;
    if (v.tag != V_RANGE) return PLAIN[v.tag];
    const Range *r = v.p;
    return r->lo.tag != V_RANGE && r->hi.tag != V_RANGE && plain(r->lo) && plain(r->hi);
}

static Val plain_copy(Arena *a, Val v) {
    if (v.tag == V_STRING) return val_str(str_dup(a, val_text(v)));
    if (v.tag != V_RANGE) return v;
    Range *r = arena_copy(a, v.p, sizeof *r);
    r->lo = plain_copy(a, r->lo);
    r->hi = plain_copy(a, r->hi);
    return (Val){.tag = V_RANGE, .exp = v.exp, .aux = v.aux, .n = v.n, .p = r};
}

/* The constants of a cell, and the nodes that hold them. */
typedef struct Plain {
    IrNode cell;
    IrAt cell_at;
    int n;
    const IrNode *nodes;
    const IrAt *at;
    const Val *vals;
} Plain;

/* Is the cell a constant, or tests of constants? Copies it out of the program. */
static bool plain_cell(const Builder *b, IrId id, Plain *out) {
    const Program *p = b->p;
    const IrNode *n = ir_node(p, id);
    int32_t self = id;
    const int32_t *items = &self;
    *out = (Plain){.cell = *n, .cell_at = p->at[id], .n = 1};
    if (n->op == IR_TESTS) items = ir_items(p, n->a, &out->n);
    IrNode *nodes = NEW_N(b->work, IrNode, out->n);
    IrAt *at = NEW_N(b->work, IrAt, out->n);
    Val *vals = NEW_N(b->work, Val, out->n);
    for (int i = 0; i < out->n; i++) {
        nodes[i] = *ir_node(p, items[i]);
        at[i] = p->at[items[i]];
        if (nodes[i].op != IR_CONST || nodes[i].flags || !plain(p->consts[nodes[i].a]))
            return false;
        vals[i] = plain_copy(b->work, p->consts[nodes[i].a]);
    }
    out->nodes = nodes;
    out->at = at;
    out->vals = vals;
    return true;
}

/* Types of constants other than ranges are shared by all programs; equal ranges share theirs here,
 * since the one the compiler made is given back. */
static const Type *range_type(Builder *b, Val v) {
    const Range *r = v.p;
    VTag tag = (VTag)(r->lo.tag == V_NULL ? r->hi.tag : r->lo.tag);
    if (!b->ranges[tag]) b->ranges[tag] = type_of_value(b->p->arena, v);
    return b->ranges[tag];
}

/* Takes back what compiling the cell made and makes the cell again from its constants. */
static IrId made_again(Builder *b, const Before *was, const Plain *c, const DmnCell *cell,
                       const Column *col, Str element) {
    Program *p = b->p;
    p->n = was->n;
    p->nconsts = was->nconsts;
    p->nlists = was->nlists;
    p->nunits = was->nunits;
    arena_rewind(p->arena, was->mark);
    int32_t unit = program_add_unit(p, cell->text, element);
    p->units[unit].source = cell;
    IrId *items = NEW_N(b->work, IrId, c->n);
    for (int i = 0; i < c->n; i++) {
        Val v = plain_copy(p->arena, c->vals[i]);
        const Type *t = v.tag == V_RANGE ? range_type(b, v) : c->nodes[i].type;
        items[i] = ir_const(p, v, t, (IrAt){unit, c->at[i].from, c->at[i].to});
    }
    if (c->cell.op != IR_TESTS) return items[0];
    return ir_tests(p, col->scope, items, c->n, c->cell.flags & IRF_NOT,
                    (IrAt){unit, c->cell_at.from, c->cell_at.to});
}

static bool only_nodes(const Program *p, const Before *was) {
    return p->nnames == was->nnames && p->nfns == was->nfns && p->nregions == was->nregions &&
           p->ntables == was->ntables && p->ntype_refs == was->ntype_refs;
}

static IrId cell_node(Builder *b, const DmnExpr *e, const DmnCell *cell, Str rule, Column *col) {
    Shared *shared = map_get(&col->seen, cell->text);
    if (shared) {
        IrUnit *unit = &b->p->units[b->p->at[shared->node].unit];
        if (col->element.n) unit->element = col->element;
        unit->source = col->xml;
        return shared->node;
    }
    Before was = before_cell(b);
    IrId id = build_cell(b, e->defs, cell, rule, col->mode, col->scope, col->expected);
    Plain c;
    if (b->c->notes_last != was.notes || !only_nodes(b->p, &was) || !plain_cell(b, id, &c))
        return id;
    id = made_again(b, &was, &c, cell, col, cell->id.n ? cell->id : rule);
    shared = NEW(b->work, Shared);
    shared->node = id;
    map_put(&col->seen, cell->text, shared);
    return id;
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

static Column *columns(Builder *b, const IrTable *t, const DmnTable *src, const Scope *s) {
    Column *cols = NEW_N(b->work, Column, t->ninputs + t->noutputs);
    for (int i = 0; i < t->ninputs; i++)
        cols[i] = (Column){.scope = scope_test(b->p, s, t->inputs[i].type),
                           .mode = FEEL_TESTS,
                           .xml = src->inputs[i].xml,
                           .element = src->inputs[i].id};
    for (int i = 0; i < t->noutputs; i++) {
        const Type *type = t->outputs[i].type;
        cols[t->ninputs + i] = (Column){.scope = s,
                                        .mode = FEEL_EXPRESSION,
                                        .expected = type->kind == T_ANY ? NULL : type,
                                        .xml = src->outputs[i].xml,
                                        .element = src->outputs[i].id};
    }
    for (int i = 0; i < t->ninputs + t->noutputs; i++) cols[i].seen = map_new(b->work);
    return cols;
}

static IrId null_cell(Builder *b, const DmnExpr *e, const DmnCell *cell) {
    Arena *a = b->c->arena;
    Str element = cell->id.n ? cell->id : dmn_place_at(a, e->defs, cell->at);
    int32_t unit = program_add_unit(b->p, (Str){0}, element);
    b->p->units[unit].source = cell;
    return ir_const(b->p, val_null(), NULL, (IrAt){.unit = unit});
}

static void rules(Builder *b, const DmnExpr *e, IrTable *t, const Scope *s) {
    const DmnTable *src = e->table;
    Arena *a = b->c->arena;
    int wide = t->ninputs + t->noutputs;
    IrId *cells = arena_array(a, (size_t)t->nrules * (size_t)wide, sizeof *cells);
    IrRule *out = NEW_N(a, IrRule, t->nrules);
    Column *cols = columns(b, t, src, s);
    for (int i = 0; i < t->nrules; i++, cells += wide) {
        const DmnRule *r = &src->rules[i];
        for (int k = 0; k < t->ninputs; k++)
            cells[k] = str_eq(r->in[k].text, S("-")) ? IR_NONE
                                                     : cell_node(b, e, &r->in[k], r->id, &cols[k]);
        for (int k = 0; k < t->noutputs; k++)
            cells[t->ninputs + k] = r->out[k].text.n
                                        ? cell_node(b, e, &r->out[k], r->id, &cols[t->ninputs + k])
                                        : null_cell(b, e, &r->out[k]);
        const Str *notes = r->notes;
        if (r->nnotes < t->nnotes) {
            Str *padded = NEW_N(a, Str, t->nnotes);
            if (r->nnotes) memcpy(padded, r->notes, (size_t)r->nnotes * sizeof *padded);
            notes = padded;
        }
        out[i] = (IrRule){
            .cells = cells, .outputs = cells + t->ninputs, .notes = notes, .element = r->id};
    }
    t->rules = out;
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
    t->inputs = inputs;
    t->outputs = outputs;
    for (int i = 0; i < t->ninputs; i++) inputs[i] = input(b, e, &src->inputs[i], s);
    for (int i = 0; i < t->noutputs; i++) outputs[i] = output(b, e, &src->outputs[i], s);
    rules(b, e, t, s);
    (void)expected;
    IrId node = ir_table(b->p, t, result_type(b, t), build_at(b, e->defs, e->xml));
    GROW(a, b->m->sources, b->m->nsources, b->m->sources_cap);
    b->m->sources[b->m->nsources++] = e;
    return node;
}
