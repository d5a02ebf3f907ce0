/* What the search takes from a model: the constants an input is compared with, and a probe for
 * models that stand alone. See distance.h. */
#include <stdlib.h>

#include "dmn/distance.h"
#include "dmn/table.h"

/* --- constants ----------------------------------------------------------------------------------
 */

typedef struct Cuts {
    Arena *a;
    const Program *p;
    int global; /* id of the input */
    Str member;
    Val *v;
    int n, cap;
} Cuts;

/* Whether a node is the input itself, or its member. */
static bool is_input(const Cuts *c, IrId id) {
    if (id == IR_NONE) return false;
    const IrNode *n = ir_node(c->p, id);
    while (n->op == IR_COERCE) n = ir_node(c->p, n->a);
    if (c->member.n == 0) return n->op == IR_GLOBAL && n->a == c->global;
    if (n->op != IR_PATH || !str_eq(c->p->names[n->b], c->member)) return false;
    n = ir_node(c->p, n->a);
    while (n->op == IR_COERCE) n = ir_node(c->p, n->a);
    return n->op == IR_GLOBAL && n->a == c->global;
}

static void put_value(Cuts *c, Val v) {
    if (v.tag == V_RANGE) {
        const Range *r = v.p;
        put_value(c, r->lo);
        put_value(c, r->hi);
    } else if (v.tag == V_LIST) {
        for (uint32_t i = 0; i < v.n; i++) put_value(c, val_items(v)[i]);
    } else if (val_is_num(v) || v.tag == V_DATE || v.tag == V_STRING || v.tag == V_BOOL) {
        GROW(c->a, c->v, c->n, c->cap);
        c->v[c->n++] = v;
    }
}

/* The constant a node is, or that stands below it: tests and lists are looked into. */
static void put_node(Cuts *c, IrId id) {
    if (id == IR_NONE) return;
    const IrNode *n = ir_node(c->p, id);
    if (n->op == IR_CONST) put_value(c, c->p->consts[n->a]);
    if (n->op == IR_COERCE) put_node(c, n->a);
    if (n->op == IR_RANGE) {
        put_node(c, n->a);
        put_node(c, n->b);
    }
    if (n->op != IR_TESTS && n->op != IR_LIST) return;
    int count;
    const int32_t *items = ir_items(c->p, n->a, &count);
    for (int i = 0; i < count; i++) put_node(c, items[i]);
}

static void scan_node(Cuts *c, const IrNode *n) {
    switch ((IrOp)n->op) {
    case IR_EQ ... IR_GE:
        if (is_input(c, n->a)) put_node(c, n->b);
        if (is_input(c, n->b)) put_node(c, n->a);
        break;
    case IR_BETWEEN:
        if (!is_input(c, n->a)) break;
        put_node(c, n->b);
        put_node(c, n->c);
        break;
    case IR_IN:
        if (is_input(c, n->a)) put_node(c, n->b);
        break;
    default: break;
    }
}

static int order(const void *x, const void *y) {
    const Val *a = x, *b = y;
    int cmp = 0;
    bool num = val_is_num(*a);
    if (num != val_is_num(*b)) return num ? -1 : 1;
    if (!num && a->tag != b->tag) return a->tag < b->tag ? -1 : 1;
    if (a->tag == V_STRING) return str_cmp(val_text(*a), val_text(*b));
    if (a->tag == V_BOOL) return (a->i > b->i) - (a->i < b->i);
    val_compare(*a, *b, &cmp);
    return cmp;
}

int near_cuts(Arena *a, const DmnModel *m, const DmnNode *input, Str member, Val **out) {
    const Program *p = m->prog;
    Cuts c = {.a = a, .p = p, .global = input->index, .member = member};
    for (int i = 0; i < p->n; i++) scan_node(&c, ir_node(p, i));
    for (int i = 0; i < p->ntables; i++) {
        const IrTable *t = p->tables[i];
        for (int k = 0; k < t->ninputs; k++) {
            if (!is_input(&c, t->inputs[k].expr)) continue;
            for (int r = 0; r < t->nrules; r++) put_node(&c, t->rules[r].cells[k]);
            put_node(&c, t->inputs[k].allowed);
        }
    }
    if (c.n > 1) qsort(c.v, (size_t)c.n, sizeof *c.v, order);
    int n = 0;
    for (int i = 0; i < c.n; i++)
        if (n == 0 || order(&c.v[n - 1], &c.v[i]) != 0) c.v[n++] = c.v[i];
    *out = c.v;
    return n;
}

/* --- a model alone ------------------------------------------------------------------------------
 */

/* The context with one member replaced. */
static Val with_member(Arena *a, Val context, Str member, Val v) {
    if (context.tag != V_CONTEXT) return context;
    const Context *old = val_ctx(context);
    Context *x = NEW(a, Context);
    Val *vals = arena_copy(a, old->vals, sizeof *vals * (size_t)old->n);
    for (int i = 0; i < old->n; i++)
        if (str_eq(old->keys[i], member)) vals[i] = v;
    *x = (Context){.n = old->n, .keys = old->keys, .vals = vals};
    return val_context(x);
}

Val near_model_probe(void *model, Arena *scratch, const NearPut *put, int n) {
    const NearModel *q = model;
    const DmnModel *m = q->model;
    Val *given = arena_copy(scratch, q->given, sizeof *given * (size_t)m->nnodes);
    for (int i = 0; i < n; i++) {
        const NearInput *in = &q->inputs[put[i].axis - q->axes];
        Val *v = &given[in->node->index];
        *v = in->member.n ? with_member(scratch, *v, in->member, put[i].value) : put[i].value;
    }
    DmnEval *e = dmn_eval_new(m, scratch);
    dmn_feel(e)->now_ns = q->now_ns;
    dmn_feel(e)->unknowns = true;
    for (int i = 0; i < m->nnodes; i++)
        if (given[i].tag != V_NULL) dmn_set_node(e, m->nodes[i], given[i]);
    Val v = dmn_run_node(e, q->decision);
    return q->want.tag == V_NULL ? v : feel_equal(dmn_feel(e), v, q->want);
}
