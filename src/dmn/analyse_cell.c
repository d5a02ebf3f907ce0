/* Single cells: tests nothing passes, values outside the allowed ones, outputs outside the output
 * values or that can only be null. */
#include "base/map.h"
#include "dmn/analyse.h"

/* Some constant the cell names: what the row shows that does not match. */
static bool first_constant(const Program *p, IrId cell, Val *out) {
    int n;
    const IrNode *tests = ir_node(p, cell);
    if (tests->op != IR_TESTS) return false;
    const int32_t *items = ir_items(p, tests->a, &n);
    for (int i = 0; i < n; i++) {
        const IrNode *item = ir_node(p, items[i]);
        if (item->op != IR_CONST) continue;
        Val v = p->consts[item->a];
        if (v.tag == V_RANGE)
            v = ((const Range *)v.p)->lo.tag != V_NULL ? ((const Range *)v.p)->lo
                                                       : ((const Range *)v.p)->hi;
        if (v.tag == V_LIST || v.tag == V_NULL) continue;
        *out = v;
        return true;
    }
    return false;
}

/* The rule's own values in the other columns, the cell's constant in this one. */
static void failing_row(Study *st, int rule, int k, int col) {
    for (int i = 0; i < st->g->ndims; i++) {
        const GridCell *c = grid_cell(st->g, rule, i);
        st->point[i] = c->n ? c->hull.lo : 0;
    }
    study_values(st);
    Val v, usual = st->g->dims[k].slots[0].value;
    if (!first_constant(st->s->m->prog, st->t->rules[rule].cells[col], &v)) return;
    if (v.tag != usual.tag && !(val_is_num(v) && val_is_num(usual))) return;
    for (int i = 0; i < st->g->dims[k].ncols; i++) st->values[st->g->dims[k].cols[i]] = v;
}

static void never_matching(Study *st) {
    const Grid *g = st->g;
    for (int r = 0; r < st->t->nrules; r++)
        for (int k = 0; k < g->ndims; k++) {
            if (grid_cell(g, r, k)->n > 0 || g->dims[k].nslots == 0) continue;
            int col = g->dims[k].cols[g->dims[k].ncols - 1];
            if (st->t->rules[r].cells[col] == IR_NONE) col = g->dims[k].cols[0];
            failing_row(st, r, k, col);
            study_add(st, 1, M_DMN_CELL_NEVER, CLAIM_NOT, r, -1, col, study_example(st));
        }
    study_close(st, M_DMN_CELL_NEVER);
}

/* --- values outside the allowed ones ------------------------------------------------------------
 */

/* The first constant of a list of tests that can never occur; the others make the cell pass. */
static bool outside(Study *st, int col, IrId cell, Val *out) {
    const Program *p = st->s->m->prog;
    const IrNode *tests = ir_node(p, cell);
    int n;
    if (tests->op != IR_TESTS || (tests->flags & IRF_NOT)) return false;
    const int32_t *items = ir_items(p, tests->a, &n);
    for (int i = 0; i < n && n > 1; i++) {
        const IrNode *item = ir_node(p, items[i]);
        if (item->op != IR_CONST || (item->flags & IRF_INPUT)) continue;
        *out = p->consts[item->a];
        if (out->tag == V_NULL || out->tag == V_RANGE || out->tag == V_LIST) continue;
        if (!grid_allowed(st->s, st->t, col, *out)) return true;
    }
    return false;
}

static Str value_text(Study *st, Val v) {
    Buf b = buf_new(st->s->arena, 0);
    val_literal(&b, v);
    return buf_str(&b);
}

static int dim_of(const Grid *g, int col) {
    for (int k = 0; k < g->ndims; k++)
        for (int i = 0; i < g->dims[k].ncols; i++)
            if (g->dims[k].cols[i] == col) return k;
    return -1;
}

static void outside_values(Study *st) {
    for (int col = 0; col < st->t->ninputs; col++) {
        int k = dim_of(st->g, col);
        if (k < 0) continue;
        Map seen = map_new(st->s->scratch);
        for (int r = 0; r < st->t->nrules; r++) {
            IrId cell = st->t->rules[r].cells[col];
            Val v;
            if (cell == IR_NONE || grid_cell(st->g, r, k)->n == 0) continue;
            Str text = ir_text(st->s->m->prog, cell);
            if (text.n && map_has(&seen, text)) continue;
            if (!outside(st, col, cell, &v)) {
                if (text.n) map_put(&seen, text, st);
                continue;
            }
            failing_row(st, r, k, col);
            for (int i = 0; i < st->g->dims[k].ncols; i++) st->values[st->g->dims[k].cols[i]] = v;
            study_add(st, 1, M_DMN_CELL_VALUE, CLAIM_NOT, r, -1, col, value_text(st, v));
        }
    }
    study_close(st, M_DMN_CELL_VALUE);
}

/* --- outputs ------------------------------------------------------------------------------------
 */

static bool not_allowed(Study *st, const IrTableOutput *out, Val v) {
    const Program *p = st->s->m->prog;
    IrId tests[] = {out->allowed, out->type ? out->type->allowed : IR_NONE};
    for (int i = 0; i < 2; i++) {
        if (tests[i] < 0 || !grid_constant(p, tests[i])) continue;
        Eval e = eval_new(p, st->s->scratch);
        if (!val_is(feel_test(&e, tests[i], v, NULL), true)) return true;
    }
    return false;
}

/* An output that is null whatever the inputs, though null is not what its text says. */
static bool only_null(const Program *p, IrId id) {
    const IrNode *n = ir_node(p, id);
    for (; n->op == IR_COERCE; n = ir_node(p, n->a))
        if (type_disjoint(n->type, ir_node(p, n->a)->type)) return true;
    return n->op == IR_NULL || (n->op == IR_CONST && p->consts[n->a].tag == V_NULL);
}

static void check_output(Study *st, int r, int out) {
    const Program *p = st->s->m->prog;
    const IrTableOutput *o = &st->t->outputs[out];
    IrId id = st->t->rules[r].outputs[out];
    const IrNode *n = ir_node(p, id);
    Str text = st->src->table->rules[r].out[out].text;
    int64_t share = st->s->budget / (2 * st->t->nrules + 2);
    int col = st->t->ninputs + out;
    if (only_null(p, id)) {
        if (str_eq(text, S("null")) || !study_rule_point(st, r, share)) return;
        study_add(st, text.n ? 1 : 2, M_DMN_OUTPUT_NULL, CLAIM_MATCHES, r, -1, col, text);
    } else if (n->op == IR_CONST && not_allowed(st, o, p->consts[n->a])) {
        if (!study_rule_point(st, r, share)) return;
        study_add(st, 1, M_DMN_OUTPUT_OUTSIDE, CLAIM_MATCHES, r, -1, col,
                  value_text(st, p->consts[n->a]));
    }
}

void analyse_cells(Study *st) {
    never_matching(st);
    outside_values(st);
    for (int out = 0; out < st->t->noutputs; out++)
        for (int r = 0; r < st->t->nrules; r++) check_output(st, r, out);
    study_close(st, M_DMN_OUTPUT_OUTSIDE);
}
