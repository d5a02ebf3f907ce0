/* Static analysis of decision tables: overlaps, hidden rules, gaps (engine 7.8; Calvanese et al.,
 * Information Systems 78, 2018, on the same questions).
 *
 * Each column is reduced to its classes: values that let the same rules through. A point of the
 * table is one class per column, so questions about all inputs become searches over few points,
 * cut off as soon as the set of rules left is empty, and given up after a budget.
 */
#include "dmn/check.h"
#include "dmn/table.h"

#include <string.h>

enum { BUDGET = 200000, FINDINGS_MAX = 20 };

typedef struct Class {
    const uint64_t *bits;
    Val value; /* an example */
    bool open; /* any other text, where nothing says which texts there are */
} Class;

typedef struct Domain {
    Class *classes;
    int n, cap;
} Domain;

typedef struct Analysis {
    Ctx *c;
    const DmnModel *m;
    const IrTable *t;
    const TableIndex *ix;
    const DmnExpr *source;
    Eval e;
    Domain *columns;
    RuleSet *residual; /* rules with a cell that is not constant */
    Val *point;        /* the example being built */
    int budget;
    int findings;
} Analysis;

static bool value_allowed(Analysis *s, int k, Val v) {
    const IrTableInput *in = &s->t->inputs[k];
    if (in->allowed != IR_NONE && !val_is(feel_test(&s->e, in->allowed, v, NULL), true))
        return false;
    if (!in->type || in->type->allowed < 0) return true;
    return val_is(feel_test(&s->e, in->type->allowed, v, NULL), true);
}

static void class_add(Analysis *s, int k, Val v) {
    const TableColumn *col = &s->ix->cols[k];
    Domain *d = &s->columns[k];
    int slot = column_slot(col, v);
    if (slot < 0 || !value_allowed(s, k, v)) return;
    const uint64_t *bits = column_set(s->c->arena, s->ix, col, slot);
    for (int i = 0; i < d->n; i++)
        if (memcmp(d->classes[i].bits, bits, (size_t)s->ix->words * sizeof *bits) == 0) return;
    GROW(s->c->arena, d->classes, d->n, d->cap);
    const IrTableInput *in = &s->t->inputs[k];
    bool listed = in->allowed != IR_NONE || (in->type && in->type->allowed >= 0);
    bool open = v.tag == V_STRING && !(slot & 1) && !listed;
    d->classes[d->n++] = (Class){bits, v, open};
}

/* The constants of the allowed values, which need not be cuts of the column. */
static void class_allowed(Analysis *s, int k, IrId allowed) {
    const Program *p = s->m->prog;
    if (allowed < 0 || ir_node(p, allowed)->op != IR_TESTS) return;
    int n;
    const int32_t *items = ir_items(p, ir_node(p, allowed)->a, &n);
    for (int i = 0; i < n; i++) {
        if (ir_node(p, items[i])->op != IR_CONST) continue;
        Val v = p->consts[ir_node(p, items[i])->a];
        if (v.tag == V_RANGE) {
            class_add(s, k, ((const Range *)v.p)->lo);
            class_add(s, k, ((const Range *)v.p)->hi);
        } else {
            class_add(s, k, v);
        }
    }
}

/* Points first: they make better examples than what lies between. */
static void domain_make(Analysis *s, int k) {
    const TableColumn *col = &s->ix->cols[k];
    Val v;
    if (!col->indexed) return;
    for (int odd = 1; odd >= 0; odd--)
        for (int i = odd; i <= 2 * col->ncuts; i += 2)
            if (col->ncuts && !col->gone[i] && column_value(s->c->arena, col, i, &v))
                class_add(s, k, v);
    class_allowed(s, k, s->t->inputs[k].allowed);
    if (s->t->inputs[k].type) class_allowed(s, k, s->t->inputs[k].type->allowed);
    /* a column of dashes: one class, any value */
    if (s->columns[k].n == 0 && col->ncuts == 0) {
        GROW(s->c->arena, s->columns[k].classes, s->columns[k].n, s->columns[k].cap);
        s->columns[k].classes[s->columns[k].n++] = (Class){s->ix->all, val_null(), false};
    }
}

/* Finds a point where no rule of `alive` is left; inside rule `within`, or (-1) anywhere but in
 * texts that need not occur. */
static bool uncovered(Analysis *s, int k, const RuleSet *alive, int within) {
    int words = s->ix->words;
    bool empty = set_next(alive, words, 0) < 0;
    if (k == s->t->ninputs) return empty;
    if (--s->budget < 0) return false;
    RuleSet *next = NEW_N(s->e.arena, RuleSet, words);
    for (int i = 0; i < s->columns[k].n; i++) {
        const Class *cl = &s->columns[k].classes[i];
        if (within >= 0 ? !set_has(cl->bits, within) : cl->open) continue;
        for (int w = 0; w < words; w++) next[w] = alive[w] & cl->bits[w];
        s->point[k] = cl->value;
        if (uncovered(s, k + 1, next, within)) return true;
    }
    return false;
}

static Str example(Analysis *s) {
    Buf b = buf_new(s->c->arena, 0);
    for (int k = 0; k < s->t->ninputs; k++) {
        if (s->point[k].tag == V_NULL) continue;
        if (b.n) buf_lit(&b, ", ");
        buf_put(&b, s->t->inputs[k].label);
        buf_lit(&b, " = ");
        val_literal(&b, s->point[k]);
    }
    return b.n ? buf_str(&b) : S("-");
}

static Str number(Analysis *s, int rule) {
    return str_printf(s->c->arena, "%d", rule + 1);
}

static Str rule_place(Analysis *s, int rule) {
    return dmn_place(s->c->arena, s->source->defs, s->source->table->rules[rule].xml);
}

static bool same_outputs(Analysis *s, int x, int y) {
    const Program *p = s->m->prog;
    for (int i = 0; i < s->t->noutputs; i++) {
        const IrNode *a = ir_node(p, s->t->rules[x].outputs[i]);
        const IrNode *b = ir_node(p, s->t->rules[y].outputs[i]);
        if (a->op != IR_CONST || b->op != IR_CONST) return true; /* not known to differ */
        if (val_equal(p->consts[a->a], p->consts[b->a]) != 1) return false;
    }
    return true;
}

static bool overlap(Analysis *s, int x, int y) {
    for (int k = 0; k < s->t->ninputs; k++) {
        int i = 0;
        const Domain *d = &s->columns[k];
        while (i < d->n && !(set_has(d->classes[i].bits, x) && set_has(d->classes[i].bits, y))) i++;
        if (i == d->n) return false;
        s->point[k] = d->classes[i].value;
    }
    return true;
}

static void find_overlaps(Analysis *s) {
    for (int x = 0; x < s->t->nrules; x++)
        for (int y = x + 1; y < s->t->nrules && s->findings < FINDINGS_MAX; y++) {
            if (set_has(s->residual, x) || set_has(s->residual, y)) continue;
            if (s->t->policy == HIT_ANY && same_outputs(s, x, y)) continue;
            if (!overlap(s, x, y)) continue;
            s->findings++;
            NOTE(s->c, 1, rule_place(s, y), M_DMN_RULES_OVERLAP, s->t->name, number(s, x),
                 number(s, y), example(s));
        }
}

static void find_hidden(Analysis *s) {
    int words = s->ix->words;
    RuleSet *earlier = NEW_N(s->c->arena, RuleSet, words);
    for (int r = 0; r < s->t->nrules; r++) {
        s->budget = BUDGET;
        if (r && !uncovered(s, 0, earlier, r) && s->budget >= 0)
            NOTE(s->c, 1, rule_place(s, r), M_DMN_RULE_DEAD, s->t->name, number(s, r));
        if (!set_has(s->residual, r)) set_add(earlier, r);
    }
}

static void find_gap(Analysis *s) {
    for (int i = 0; i < s->t->noutputs; i++)
        if (s->t->outputs[i].fallback != IR_NONE) return;
    s->budget = BUDGET;
    if (!uncovered(s, 0, s->ix->all, -1)) return;
    Str place = dmn_place(s->c->arena, s->source->defs, s->source->xml);
    NOTE(s->c, 2, place, M_DMN_GAP, s->t->name, example(s));
}

void dmn_analyse_table(Ctx *c, const DmnModel *m, const IrTable *t, const DmnExpr *source) {
    Arena *scratch = arena_child(c->arena, 0);
    Analysis s = {.c = c, .m = m, .t = t, .ix = t->index, .source = source};
    s.e = eval_new(m->prog, scratch);
    s.columns = NEW_N(c->arena, Domain, t->ninputs);
    s.point = NEW_N(c->arena, Val, t->ninputs);
    s.residual = NEW_N(c->arena, RuleSet, s.ix->words);
    bool known = t->nrules > 0;
    for (int k = 0; k < t->ninputs; k++) {
        domain_make(&s, k);
        known = known && s.columns[k].n > 0;
        for (int w = 0; w < s.ix->words; w++) s.residual[w] |= s.ix->cols[k].residual[w];
    }
    bool single = t->policy == HIT_UNIQUE || t->policy == HIT_ANY || t->policy == HIT_PRIORITY ||
                  t->policy == HIT_FIRST;
    if (known && (t->policy == HIT_UNIQUE || t->policy == HIT_ANY)) find_overlaps(&s);
    if (known && t->policy == HIT_FIRST) find_hidden(&s);
    if (known && single) find_gap(&s);
    arena_close(scratch);
}
