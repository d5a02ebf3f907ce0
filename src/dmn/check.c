/* Static checks (engine 7.8). Gaps, overlaps and dead rules of tables: analyse.c. */
#include "dmn/check.h"

#include "dmn/table.h"

static Str place(Ctx *c, const DmnNode *n, const XmlNode *xml) {
    return dmn_place(c->arena, n->defs, xml);
}

static void check_inputs(Ctx *c, const DmnModel *m) {
    uint8_t *required = NEW_N(c->arena, uint8_t, m->nnodes);
    for (int i = 0; i < m->nnodes; i++)
        for (int k = 0; k < m->nodes[i]->nreqs; k++) required[m->nodes[i]->reqs[k].node->index] = 1;
    for (int i = 0; i < m->nnodes; i++) {
        const DmnNode *n = m->nodes[i];
        if (n->defs != m->main) continue;
        if (n->kind == NODE_INPUT && !required[i])
            NOTE(c, 1, place(c, n, n->xml), M_DMN_UNUSED_INPUT, n->name);
        if (n->kind == NODE_DECISION && !n->expr)
            NOTE(c, 1, place(c, n, n->xml), M_DMN_NO_LOGIC, n->name);
    }
}

/* The texts of an expression, to see whether a requirement's name occurs in them at all. */
static bool mentions(const XmlNode *xml, Str name) {
    if (str_find(xml->text, name) >= 0) return true;
    for (const XmlAttr *at = xml->attrs; at; at = at->next)
        if (str_eq(at->name, S("name")) && str_eq(at->value, name)) return true;
    for (const XmlNode *k = xml->first; k; k = k->next)
        if (mentions(k, name)) return true;
    return false;
}

static void check_requirements(Ctx *c, const DmnModel *m) {
    for (int i = 0; i < m->nnodes; i++) {
        const DmnNode *n = m->nodes[i];
        if (n->defs != m->main || !n->expr || n->kind == NODE_SERVICE) continue;
        for (int k = 0; k < n->nreqs; k++) {
            const DmnReq *r = &n->reqs[k];
            if (!mentions(n->expr->xml, r->node->name))
                NOTE(c, 1, place(c, n, r->xml), M_DMN_UNUSED_REQUIREMENT, n->name, r->node->name);
        }
    }
}

/* Does some slot with a value of the allowed ones (or null) let the rule through? */
static bool cell_can_match(Eval *e, const IrTable *t, const TableIndex *ix, int rule, int k) {
    const TableColumn *col = &ix->cols[k];
    if (t->rules[rule].cells[k] == IR_NONE || !col->indexed || set_has(col->residual, rule))
        return true;
    if (set_has(col->null_bits, rule)) return true;
    for (int s = 0; s <= 2 * col->ncuts; s++) {
        if (col->gone[s] || !set_has(column_set(e->arena, ix, col, s), rule)) continue;
        if (t->inputs[k].allowed == IR_NONE || !(s & 1)) return true;
        if (!val_is(feel_test(e, t->inputs[k].allowed, col->cuts[s / 2], NULL), false)) return true;
    }
    return false;
}

static void check_tables(Ctx *c, const DmnModel *m) {
    Eval e = eval_new(m->prog, c->arena);
    for (int i = 0; i < m->prog->ntables; i++) {
        const IrTable *t = m->prog->tables[i];
        const DmnExpr *src = m->sources[i];
        for (int r = 0; r < t->nrules; r++)
            for (int k = 0; k < t->ninputs; k++) {
                if (cell_can_match(&e, t, t->index, r, k)) continue;
                Arena *a = c->arena;
                NOTE(c, 1, dmn_place(a, src->defs, src->table->rules[r].in[k].xml),
                     M_DMN_CELL_NEVER, t->name, str_printf(a, "%d", r + 1),
                     str_printf(a, "%d", k + 1));
            }
    }
}

void dmn_check(Ctx *c, const DmnModel *m) {
    check_inputs(c, m);
    check_requirements(c, m);
    check_tables(c, m);
    for (int i = 0; i < m->prog->ntables; i++)
        dmn_analyse_table(c, m, m->prog->tables[i], m->sources[i]);
}
