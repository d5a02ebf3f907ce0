/* Values an expression can have: divisors that can be zero, by intervals; calls and expressions
 * that can only be null. Intervals come from constants, allowed values, functions that are never
 * negative, and from the conditions around the place (if, and, or). A divisor nothing is known
 * about gives no finding: then every division would.
 */
#include "dmn/analyse.h"

enum { DEPTH_MAX = 80, GUARDS_MAX = 64, NODES_MAX = 400 * 1000 };

typedef struct Bounds {
    bool has_lo, has_hi, lo_open, hi_open;
    Dec lo, hi;
} Bounds;

/* A comparison known to hold here. */
typedef struct Guard {
    IrId node;
    IrOp op;
    Dec bound;
} Guard;

typedef struct Values {
    Check *s;
    const DmnModel *m;
    const Program *p;
    const DmnNode *node;
    Guard guards[GUARDS_MAX];
    int nguards;
    int depth;
    int left; /* nodes still to be looked at */
} Values;

/* --- intervals ----------------------------------------------------------------------------------
 */

static Bounds exactly(Dec d) {
    return (Bounds){.has_lo = true, .has_hi = true, .lo = d, .hi = d};
}

static Bounds from_zero(void) {
    return (Bounds){.has_lo = true, .lo = dec_int(0)};
}

static Bounds hull(Bounds x, Bounds y) {
    Bounds r = {.has_lo = x.has_lo && y.has_lo, .has_hi = x.has_hi && y.has_hi};
    if (r.has_lo) {
        int cmp = dec_cmp(&x.lo, &y.lo);
        r.lo = cmp <= 0 ? x.lo : y.lo;
        r.lo_open = cmp < 0 ? x.lo_open : cmp > 0 ? y.lo_open : x.lo_open && y.lo_open;
    }
    if (r.has_hi) {
        int cmp = dec_cmp(&x.hi, &y.hi);
        r.hi = cmp >= 0 ? x.hi : y.hi;
        r.hi_open = cmp > 0 ? x.hi_open : cmp < 0 ? y.hi_open : x.hi_open && y.hi_open;
    }
    return r;
}

static void at_least(Bounds *r, Dec d, bool open) {
    int cmp = r->has_lo ? dec_cmp(&d, &r->lo) : 1;
    if (cmp > 0) r->lo = d;
    r->lo_open = cmp > 0 ? open : r->lo_open || (cmp == 0 && open);
    r->has_lo = true;
}

static void at_most(Bounds *r, Dec d, bool open) {
    int cmp = r->has_hi ? dec_cmp(&d, &r->hi) : -1;
    if (cmp < 0) r->hi = d;
    r->hi_open = cmp < 0 ? open : r->hi_open || (cmp == 0 && open);
    r->has_hi = true;
}

static Bounds of_value(Val v) {
    if (val_is_num(v)) return exactly(val_dec(v));
    Bounds r = {0};
    if (v.tag != V_RANGE) return r;
    const Range *in = v.p;
    if (in->op == RANGE_NE) return r;
    bool single = in->op == RANGE_EQ || in->op == RANGE_INTERVAL;
    Val lo = in->lo, hi = in->op == RANGE_EQ ? in->lo : in->hi;
    if (in->op == RANGE_LT || in->op == RANGE_LE) {
        hi = in->lo.tag != V_NULL ? in->lo : in->hi;
        lo = val_null();
    } else if (!single) {
        lo = in->lo.tag != V_NULL ? in->lo : in->hi;
        hi = val_null();
    }
    bool interval = in->op == RANGE_INTERVAL;
    if (val_is_num(lo)) at_least(&r, val_dec(lo), interval ? !in->lo_closed : in->op == RANGE_GT);
    if (val_is_num(hi)) at_most(&r, val_dec(hi), interval ? !in->hi_closed : in->op == RANGE_LT);
    return r;
}

/* What allowed values leave. */
static Bounds of_allowed(const Values *w, const Type *t) {
    Bounds r = {0};
    if (t->kind != T_NUMBER || t->allowed < 0) return r;
    const IrNode *tests = ir_node(w->p, t->allowed);
    if (tests->op != IR_TESTS || (tests->flags & IRF_NOT)) return r;
    int n;
    const int32_t *items = ir_items(w->p, tests->a, &n);
    for (int i = 0; i < n; i++) {
        const IrNode *item = ir_node(w->p, items[i]);
        if (item->op != IR_CONST || (item->flags & IRF_INPUT)) return (Bounds){0};
        Bounds one = of_value(w->p->consts[item->a]);
        r = i ? hull(r, one) : one;
    }
    return r;
}

static Bounds both(Bounds x, Bounds y) {
    if (y.has_lo) at_least(&x, y.lo, y.lo_open);
    if (y.has_hi) at_most(&x, y.hi, y.hi_open);
    return x;
}

static Bounds negated(Bounds x) {
    Bounds r = {.has_lo = x.has_hi, .has_hi = x.has_lo, .lo_open = x.hi_open, .hi_open = x.lo_open};
    Dec zero = dec_int(0);
    if (r.has_lo && !dec_sub(&r.lo, &zero, &x.hi)) r.has_lo = false;
    if (r.has_hi && !dec_sub(&r.hi, &zero, &x.lo)) r.has_hi = false;
    return r;
}

static Bounds sum(Bounds x, Bounds y) {
    Bounds r = {.has_lo = x.has_lo && y.has_lo,
                .has_hi = x.has_hi && y.has_hi,
                .lo_open = x.lo_open || y.lo_open,
                .hi_open = x.hi_open || y.hi_open};
    if (r.has_lo && !dec_add(&r.lo, &x.lo, &y.lo)) r.has_lo = false;
    if (r.has_hi && !dec_add(&r.hi, &x.hi, &y.hi)) r.has_hi = false;
    return r;
}

/* Closed bounds: good enough for zero, which an open factor does not exclude on its own. */
static Bounds product(Bounds x, Bounds y) {
    Bounds r = {0};
    Dec zero = dec_int(0);
    bool x_pos = x.has_lo && dec_sign(&x.lo) >= 0, y_pos = y.has_lo && dec_sign(&y.lo) >= 0;
    if (x_pos && y_pos) {
        r = from_zero();
        r.lo_open = (dec_sign(&x.lo) > 0 || x.lo_open) && (dec_sign(&y.lo) > 0 || y.lo_open);
        Dec lo;
        if (dec_mul(&lo, &x.lo, &y.lo) && dec_cmp(&lo, &zero) > 0) at_least(&r, lo, false);
        if (x.has_hi && y.has_hi && dec_mul(&r.hi, &x.hi, &y.hi)) r.has_hi = true;
    }
    return r;
}

static bool same_node(const Program *p, IrId x, IrId y, int depth) {
    if (x == y) return true;
    if (x < 0 || y < 0 || depth > DEPTH_MAX) return false;
    const IrNode *a = ir_node(p, x), *b = ir_node(p, y);
    if (a->op == IR_COERCE) return same_node(p, a->a, y, depth + 1);
    if (b->op == IR_COERCE) return same_node(p, x, b->a, depth + 1);
    if (a->op != b->op) return false;
    switch (a->op) {
    case IR_GLOBAL: return a->a == b->a;
    case IR_LOCAL: return a->b == b->b && a->c == b->c;
    case IR_CONST: return val_equal(p->consts[a->a], p->consts[b->a]) == 1;
    case IR_PATH:
        return str_eq(p->names[a->b], p->names[b->b]) && same_node(p, a->a, b->a, depth + 1);
    case IR_ADD:
    case IR_SUB:
    case IR_MUL:
    case IR_DIV: return same_node(p, a->a, b->a, depth + 1) && same_node(p, a->b, b->b, depth + 1);
    default: return false;
    }
}

static Bounds range_of(Values *w, IrId id, int depth);

static Bounds of_builtin(Values *w, const IrNode *n, int depth) {
    Str name = str_from(builtin_at(n->a)->name);
    int count;
    const int32_t *args = ir_items(w->p, n->b, &count);
    if (str_eq(name, S("count")) || str_eq(name, S("string length")) || str_eq(name, S("abs")))
        return from_zero();
    bool most = str_eq(name, S("max"));
    Bounds r = {0};
    if ((!most && !str_eq(name, S("min"))) || count < 2) return r;
    for (int i = 0; i < count && args[i] >= 0; i++) {
        Bounds x = range_of(w, args[i], depth + 1);
        if (most && x.has_lo) at_least(&r, x.lo, x.lo_open);
        if (!most && x.has_hi) at_most(&r, x.hi, x.hi_open);
    }
    return r;
}

static Bounds of_operation(Values *w, const IrNode *n, int depth) {
    Bounds none = {0};
    switch (n->op) {
    case IR_CONST: return of_value(w->p->consts[n->a]);
    case IR_COERCE: return range_of(w, n->a, depth + 1);
    case IR_NEG: return negated(range_of(w, n->a, depth + 1));
    case IR_ADD: return sum(range_of(w, n->a, depth + 1), range_of(w, n->b, depth + 1));
    case IR_SUB:
        if (same_node(w->p, n->a, n->b, 0)) return exactly(dec_int(0));
        return sum(range_of(w, n->a, depth + 1), negated(range_of(w, n->b, depth + 1)));
    case IR_MUL: return product(range_of(w, n->a, depth + 1), range_of(w, n->b, depth + 1));
    case IR_IF: return hull(range_of(w, n->b, depth + 1), range_of(w, n->c, depth + 1));
    case IR_BUILTIN: return of_builtin(w, n, depth);
    default: return none;
    }
}

static Bounds range_of(Values *w, IrId id, int depth) {
    if (depth > DEPTH_MAX || --w->left < 0) return (Bounds){0};
    const IrNode *n = ir_node(w->p, id);
    Bounds r = both(of_operation(w, n, depth), of_allowed(w, n->type));
    for (int i = 0; i < w->nguards; i++) {
        const Guard *g = &w->guards[i];
        if (!same_node(w->p, g->node, id, 0)) continue;
        if (g->op == IR_EQ || g->op == IR_GE || g->op == IR_GT)
            at_least(&r, g->bound, g->op == IR_GT);
        if (g->op == IR_EQ || g->op == IR_LE || g->op == IR_LT)
            at_most(&r, g->bound, g->op == IR_LT);
    }
    return r;
}

/* --- conditions around a place ------------------------------------------------------------------
 */

static IrOp turned(IrOp op) { /* a op b as b op' a */
    switch (op) {
    case IR_LT: return IR_GT;
    case IR_LE: return IR_GE;
    case IR_GT: return IR_LT;
    case IR_GE: return IR_LE;
    default: return op;
    }
}

static IrOp denied(IrOp op) {
    switch (op) {
    case IR_LT: return IR_GE;
    case IR_LE: return IR_GT;
    case IR_GT: return IR_LE;
    case IR_GE: return IR_LT;
    case IR_EQ: return IR_NE;
    default: return IR_EQ;
    }
}

static bool number_at(const Program *p, IrId id, Dec *out) {
    const IrNode *n = ir_node(p, id);
    if (n->op != IR_CONST || !val_is_num(p->consts[n->a])) return false;
    *out = val_dec(p->consts[n->a]);
    return true;
}

static void assume(Values *w, IrId id, bool truth, int depth) {
    const IrNode *n = ir_node(w->p, id);
    Dec d;
    if (depth > DEPTH_MAX || w->nguards == GUARDS_MAX) return;
    if ((n->op == IR_AND && truth) || (n->op == IR_OR && !truth)) {
        assume(w, n->a, truth, depth + 1);
        assume(w, n->b, truth, depth + 1);
        return;
    }
    if (n->op < IR_EQ || n->op > IR_GE) return;
    bool right = number_at(w->p, n->b, &d), left = !right && number_at(w->p, n->a, &d);
    if (!right && !left) return;
    IrOp op = left ? turned(n->op) : (IrOp)n->op;
    w->guards[w->nguards++] = (Guard){left ? n->b : n->a, truth ? op : denied(op), d};
}

/* --- findings -----------------------------------------------------------------------------------
 */

static void finding(Values *w, IrId id, int severity, Msg msg, Str x, Str y) {
    const Program *p = w->p;
    Arena *a = w->s->arena;
    Str args[] = {x, y};
    Str place = str_printf(a, "%.*s %.*s (%.*s)", STRF(dmn_place(a, w->node->defs, w->node->xml)),
                           STRF(ir_place(a, p, id)), STRF(w->node->name));
    DmnFinding *f = check_add(w->s, severity, place, msg, 2, args);
    f->node = w->node;
    ir_mark((Note *)f->note, p, id);
    f->element = p->at[id].unit >= 0 ? p->units[p->at[id].unit].element : w->node->id;
}

static Str range_text(Values *w, const Bounds *r) {
    Arena *a = w->s->arena;
    return str_printf(a, "%s%.*s..%.*s%s", r->has_lo && !r->lo_open ? "[" : "(",
                      STRF(r->has_lo ? dec_text(a, &r->lo) : S("")),
                      STRF(r->has_hi ? dec_text(a, &r->hi) : S("")),
                      r->has_hi && !r->hi_open ? "]" : ")");
}

static bool has_zero(const Bounds *r) {
    if (r->has_lo && (dec_sign(&r->lo) > 0 || (dec_sign(&r->lo) == 0 && r->lo_open))) return false;
    return !r->has_hi || dec_sign(&r->hi) > 0 || (dec_sign(&r->hi) == 0 && !r->hi_open);
}

/* Is zero ruled out by a condition `x != 0`? */
static bool not_zero(Values *w, IrId id) {
    for (int i = 0; i < w->nguards; i++)
        if (w->guards[i].op == IR_NE && dec_is_zero(&w->guards[i].bound) &&
            same_node(w->p, w->guards[i].node, id, 0))
            return true;
    return false;
}

static void check_division(Values *w, const IrNode *n, IrId id) {
    if (n->type->kind != T_NUMBER && n->type->kind != T_ANY) return;
    Bounds r = range_of(w, n->b, 0);
    if ((!r.has_lo && !r.has_hi) || !has_zero(&r) || not_zero(w, n->b)) return;
    Str text = ir_text(w->p, n->b);
    bool always = r.has_lo && r.has_hi && dec_is_zero(&r.lo) && dec_is_zero(&r.hi);
    if (always)
        finding(w, id, 1, M_DMN_DIVISOR_ZERO, text, (Str){0});
    else
        finding(w, id, 1, M_DMN_DIVISOR_MAY, text, range_text(w, &r));
}

static bool fits(const Program *p, const BuiltinSig *sig, const int32_t *args, int n) {
    if (n < sig->min || n > sig->max) return false;
    for (int i = 0; i < n; i++) {
        int k = i < BUILTIN_PARAMS ? i : BUILTIN_PARAMS - 1;
        while (k > 0 && !sig->params[k]) k--;
        TypeKind want = (TypeKind)sig->types[k];
        if (args[i] < 0 || want == T_ANY || want == T_LIST) continue;
        const Type *t = ir_node(p, args[i])->type;
        if (t->kind == T_LIST || t->kind == T_NULL) continue;
        if (type_disjoint(t, type_of(want))) return false;
    }
    return true;
}

static void check_call(Values *w, const IrNode *n, IrId id) {
    const Builtin *b = builtin_at(n->a);
    int count;
    const int32_t *args = ir_items(w->p, n->b, &count);
    bool counted = false;
    for (int i = 0; i < b->nsigs; i++) {
        if (fits(w->p, &b->sigs[i], args, count)) return;
        counted = counted || (count >= b->sigs[i].min && count <= b->sigs[i].max);
    }
    if (!counted) return; /* a wrong number of arguments was noted while compiling */
    finding(w, id, 1, M_DMN_CALL_TYPES, str_from(b->name), ir_text(w->p, id));
}

/* Constants folded to null whose text does not say null. */
static void check_constant(Values *w, const IrNode *n, IrId id) {
    if (w->p->consts[n->a].tag != V_NULL) return;
    Str text = str_trim(ir_text(w->p, id));
    if (text.n && !str_eq(text, S("null"))) finding(w, id, 1, M_DMN_NULL_RESULT, text, (Str){0});
}

/* --- walking ------------------------------------------------------------------------------------
 */

static void walk(Values *w, IrId id);

static void walk_list(Values *w, int32_t list) {
    int n;
    const int32_t *items = ir_items(w->p, list, &n);
    for (int i = 0; i < n; i++) walk(w, items[i]);
}

static void walk_table(Values *w, const IrTable *t) {
    for (int i = 0; i < t->ninputs; i++) walk(w, t->inputs[i].expr);
    for (int r = 0; r < t->nrules; r++)
        for (int i = 0; i < t->noutputs; i++) {
            IrId out = t->rules[r].outputs[i];
            if (ir_node(w->p, out)->op != IR_CONST) walk(w, out); /* the table's own findings */
        }
}

static void walk_if(Values *w, const IrNode *n) {
    int before = w->nguards;
    walk(w, n->a);
    assume(w, n->a, true, 0);
    walk(w, n->b);
    w->nguards = before;
    assume(w, n->a, false, 0);
    walk(w, n->c);
    w->nguards = before;
}

static void walk_children(Values *w, const IrNode *n) {
    int before = w->nguards;
    switch (n->op) {
    case IR_IF: walk_if(w, n); break;
    case IR_AND:
    case IR_OR:
        walk(w, n->a);
        assume(w, n->a, n->op == IR_AND, 0);
        walk(w, n->b);
        w->nguards = before;
        break;
    case IR_NEG:
    case IR_PATH:
    case IR_COERCE:
    case IR_INSTANCE: walk(w, n->a); break;
    case IR_BETWEEN: walk(w, n->c); /* fall through */
    case IR_ADD ... IR_GE:
    case IR_IN:
    case IR_FILTER:
        walk(w, n->a);
        walk(w, n->b);
        break;
    case IR_TESTS:
    case IR_LIST:
    case IR_CONTEXT: walk_list(w, n->a); break;
    case IR_FOR:
    case IR_SOME:
    case IR_EVERY:
        walk_list(w, n->a);
        walk(w, n->b);
        break;
    case IR_FUNCTION: walk(w, w->p->fns[n->a]->body); break;
    case IR_CALL: walk(w, n->a); /* fall through */
    case IR_BUILTIN: walk_list(w, n->b); break;
    case IR_TABLE: walk_table(w, w->p->tables[n->a]); break;
    default: break;
    }
}

static void walk(Values *w, IrId id) {
    if (id < 0 || w->depth > 4 * DEPTH_MAX || --w->left < 0) return;
    const IrNode *n = ir_node(w->p, id);
    w->depth++;
    walk_children(w, n);
    if (n->op == IR_DIV) check_division(w, n, id);
    if (n->op == IR_BUILTIN) check_call(w, n, id);
    if (n->op == IR_CONST) check_constant(w, n, id);
    w->depth--;
}

void check_values(Check *s) {
    Values *w = NEW(s->scratch, Values);
    *w = (Values){.s = s, .m = s->m, .p = s->m->prog, .left = NODES_MAX};
    for (int i = 0; i < s->m->nnodes; i++) {
        w->node = s->m->nodes[i];
        w->nguards = 0;
        if (w->node->defs == s->m->main) walk(w, s->m->roots[i]);
    }
}
