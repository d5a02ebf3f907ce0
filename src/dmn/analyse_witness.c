/* Rows of inputs that bring a table to given values of its columns. A column's expression is solved
 * backwards for the inputs (or decisions, which `dmn eval` takes as inputs too) it depends on:
 * names, paths, arithmetic with constants, comparisons, beginnings of texts. What cannot be solved
 * has no row; what was solved is still run through the engine by whoever claims something. */
#include "dmn/analyse.h"

#include "dmn/value_json.h"

enum { PATH_MAX = 8, SOLVE_DEPTH = 40 };

typedef struct Target {
    const DmnNode *node;
    Str path[PATH_MAX];
    int n;
} Target;

typedef struct Assign {
    Target at;
    Val v;
} Assign;

typedef struct Solver {
    const DmnModel *m;
    const Program *p;
    Arena *a;
    Assign *set;
    int n, cap;
    int depth;
} Solver;

/* --- what a local stands for --------------------------------------------------------------------
 */

/* The argument a knowledge model is called with for a parameter: of the first decision that calls
 * it; IR_NONE when none does. */
static IrId argument_of(const DmnModel *m, int32_t region, int slot) {
    const Program *p = m->prog;
    int model = -1;
    Str name = {0};
    for (int i = 0; i < m->nnodes; i++) {
        IrId root = m->roots[i];
        if (m->nodes[i]->kind != NODE_BKM || root < 0 || ir_node(p, root)->op != IR_FUNCTION)
            continue;
        const IrFn *fn = p->fns[ir_node(p, root)->a];
        if (fn->region != region || slot >= fn->nparams) continue;
        model = i;
        name = fn->params[slot];
    }
    for (int i = 0; model >= 0 && i < p->n; i++) {
        const IrNode *call = ir_node(p, i);
        if (call->op != IR_CALL) continue;
        const IrNode *callee = ir_node(p, call->a);
        if (callee->op != IR_GLOBAL || callee->a != model) continue;
        int n;
        const int32_t *args = ir_items(p, call->b, &n);
        for (int k = 0; k < n; k++)
            if (call->c < 0 ? k == slot : str_eq(p->names[call->c + k], name)) return args[k];
    }
    return IR_NONE;
}

/* The node that defines a local: the entry of a context, the argument of a call. */
static IrId definition(const DmnModel *m, const IrNode *local) {
    const Program *p = m->prog;
    if (local->c < 0) return IR_NONE;
    const IrRegion *region = &p->regions[local->c];
    if (region->kind == REGION_FUNCTION) return argument_of(m, local->c, local->b);
    if (region->kind != REGION_CONTEXT || region->owner < 0) return IR_NONE;
    const IrNode *context = ir_node(p, region->owner);
    if (context->op != IR_CONTEXT) return IR_NONE;
    int n;
    const int32_t *items = ir_items(p, context->a, &n);
    return local->b < n ? items[local->b] : IR_NONE;
}

/* Name and path a node reads, through locals and coercions; false when it is something else. */
static bool target_of(const DmnModel *m, IrId id, Target *out) {
    const Program *p = m->prog;
    Str path[PATH_MAX];
    int n = 0;
    for (int depth = 0; id >= 0 && depth < SOLVE_DEPTH; depth++) {
        const IrNode *node = ir_node(p, id);
        if (node->op == IR_GLOBAL) {
            const DmnNode *g = m->nodes[node->a];
            if (g->kind != NODE_INPUT && g->kind != NODE_DECISION) return false;
            out->node = g;
            out->n = n;
            for (int i = 0; i < n; i++) out->path[i] = path[n - 1 - i];
            return true;
        }
        if (node->op == IR_PATH && n < PATH_MAX)
            path[n++] = p->names[node->b];
        else if (node->op == IR_LOCAL)
            id = definition(m, node);
        else if (node->op != IR_COERCE)
            return false;
        if (node->op != IR_LOCAL) id = node->a;
    }
    return false;
}

/* --- solving ------------------------------------------------------------------------------------
 */

static bool solve(Solver *s, IrId id, Val want);

static bool same_start(const Target *x, const Target *y) {
    if (x->node != y->node) return false;
    for (int i = 0; i < x->n && i < y->n; i++)
        if (!str_eq(x->path[i], y->path[i])) return false;
    return true;
}

static bool assign(Solver *s, const Target *t, Val v) {
    for (int i = 0; i < s->n; i++) {
        if (!same_start(&s->set[i].at, t)) continue;
        return s->set[i].at.n == t->n && val_equal(s->set[i].v, v) == 1;
    }
    GROW(s->a, s->set, s->n, s->cap);
    s->set[s->n++] = (Assign){*t, v};
    return true;
}

static bool constant(const Solver *s, IrId id, Val *v) {
    const IrNode *n = ir_node(s->p, id);
    while (n->op == IR_COERCE) n = ir_node(s->p, n->a);
    if (n->op != IR_CONST) return false;
    *v = s->p->consts[n->a];
    return true;
}

static bool opposite(Solver *s, IrOp op, Val want, Val known, bool known_left, Val *out) {
    Eval e = eval_new(s->p, s->a);
    switch (op) {
    case IR_ADD: *out = feel_op(&e, IR_SUB, want, known); break;
    case IR_SUB:
        *out = known_left ? feel_op(&e, IR_SUB, known, want) : feel_op(&e, IR_ADD, want, known);
        break;
    case IR_MUL: *out = feel_op(&e, IR_DIV, want, known); break;
    case IR_DIV:
        *out = known_left ? feel_op(&e, IR_DIV, known, want) : feel_op(&e, IR_MUL, want, known);
        break;
    default: return false;
    }
    return out->tag != V_NULL;
}

/* x op y = want: one side known, or the right one taken as 0 or 1. */
static bool solve_arithmetic(Solver *s, const IrNode *n, Val want) {
    Val known, v;
    if (want.tag == V_NULL) return solve(s, n->a, want);
    if (constant(s, n->a, &known))
        return opposite(s, n->op, want, known, true, &v) && solve(s, n->b, v);
    if (constant(s, n->b, &known))
        return opposite(s, n->op, want, known, false, &v) && solve(s, n->a, v);
    if (!val_is_num(want)) return false;
    known = val_int(n->op == IR_ADD || n->op == IR_SUB ? 0 : 1);
    return solve(s, n->b, known) && solve(s, n->a, want);
}

/* A value on the wanted side of a constant: the constant itself or one step away. */
static bool solve_comparison(Solver *s, const IrNode *n, Val want) {
    Val known;
    bool left = constant(s, n->a, &known);
    IrId open = left ? n->b : n->a;
    if (!left && !constant(s, n->b, &known)) return false;
    if (want.tag == V_NULL) return solve(s, open, want);
    if (want.tag != V_BOOL) return false;
    static const int STEP[][2] = {/* for false, for true; open side on the left */
                                  [IR_EQ - IR_EQ] = {1, 0},  [IR_NE - IR_EQ] = {0, 1},
                                  [IR_LT - IR_EQ] = {0, -1}, [IR_LE - IR_EQ] = {1, 0},
                                  [IR_GT - IR_EQ] = {0, 1},  [IR_GE - IR_EQ] = {-1, 0}};
    int step = STEP[n->op - IR_EQ][want.i != 0];
    if (left) step = -step;
    if (step == 0) return solve(s, open, known);
    Eval e = eval_new(s->p, s->a);
    if (val_is_num(known)) return solve(s, open, feel_op(&e, IR_ADD, known, val_int(step)));
    if (known.tag == V_BOOL) return solve(s, open, val_bool(!known.i));
    if (known.tag == V_DATE) return solve(s, open, val_date(known.i + step));
    if (known.tag == V_STRING) return solve(s, open, val_str(S("其他")));
    return false;
}

static bool solve_logic(Solver *s, const IrNode *n, Val want) {
    if (want.tag != V_BOOL) return false;
    bool both = (n->op == IR_AND) == (want.i != 0);
    int before = s->n;
    if (both) return solve(s, n->a, want) && solve(s, n->b, want);
    if (solve(s, n->a, want)) return true;
    s->n = before;
    return solve(s, n->b, want);
}

/* Beginnings of texts, counts of lists, negation. */
static bool solve_builtin(Solver *s, const IrNode *n, Val want) {
    int count;
    const int32_t *args = ir_items(s->p, n->b, &count);
    Str name = str_from(builtin_at(n->a)->name);
    Val v, len;
    if (count == 0 || args[0] < 0) return false;
    if (str_eq(name, S("not")) && want.tag == V_BOOL) return solve(s, args[0], val_bool(!want.i));
    if (str_eq(name, S("substring")) && want.tag == V_STRING && count >= 2)
        return constant(s, args[1], &v) && val_equal(v, val_int(1)) == 1 && solve(s, args[0], want);
    if (str_eq(name, S("starts with")) && want.tag == V_BOOL && count == 2)
        return constant(s, args[1], &v) && v.tag == V_STRING &&
               solve(s, args[0], want.i ? v : val_str(S("其他")));
    if (str_eq(name, S("count")) && val_is_num(want)) {
        enum { COUNT_MAX = 100 };
        Dec d = val_dec(want);
        int64_t items;
        if (!dec_to_i64(&d, &items) || items < 0 || items > COUNT_MAX) return false;
        len = val_list(NEW_N(s->a, Val, items), (int)items);
        return solve(s, args[0], len);
    }
    return false;
}

static bool solve(Solver *s, IrId id, Val want) {
    Target t;
    Val v;
    if (id < 0 || s->depth > SOLVE_DEPTH) return false;
    if (target_of(s->m, id, &t)) return assign(s, &t, want);
    const IrNode *n = ir_node(s->p, id);
    bool ok = false;
    s->depth++;
    switch (n->op) {
    case IR_CONST: ok = constant(s, id, &v) && val_equal(v, want) == 1; break;
    case IR_COERCE: ok = solve(s, n->a, want); break;
    case IR_LOCAL: ok = solve(s, definition(s->m, n), want); break;
    case IR_NEG: {
        Eval e = eval_new(s->p, s->a);
        ok = val_is_num(want) && solve(s, n->a, feel_op(&e, IR_SUB, val_int(0), want));
        break;
    }
    case IR_ADD:
    case IR_SUB:
    case IR_MUL:
    case IR_DIV: ok = solve_arithmetic(s, n, want); break;
    case IR_EQ:
    case IR_NE:
    case IR_LT:
    case IR_LE:
    case IR_GT:
    case IR_GE: ok = solve_comparison(s, n, want); break;
    case IR_AND:
    case IR_OR: ok = solve_logic(s, n, want); break;
    case IR_BUILTIN: ok = solve_builtin(s, n, want); break;
    default: break;
    }
    s->depth--;
    return ok;
}

/* --- rows ---------------------------------------------------------------------------------------
 */

/* The name `dmn eval` knows a node by; empty when it is out of reach. */
static Str node_key(const DmnModel *m, Arena *a, const DmnNode *n) {
    if (n->defs == m->main) return n->name;
    for (int i = 0; i < m->main->nimports; i++) {
        const DmnImport *im = &m->main->imports[i];
        if (im->defs != n->defs) continue;
        return im->name.n ? str_printf(a, "%.*s.%.*s", STRF(im->name), STRF(n->name)) : n->name;
    }
    return (Str){0};
}

/* A value of a type in which nothing is known: a context needs all its members to conform. */
static Json *blank(Arena *a, const Type *t, int depth) {
    enum { BLANK_DEPTH = 6 };
    if (!t || t->kind != T_CONTEXT || depth > BLANK_DEPTH) return json_new(a, JSON_NULL);
    Json *o = json_new(a, JSON_OBJECT);
    for (int i = 0; i < t->nmembers; i++)
        json_set(o, t->members[i].name, blank(a, t->members[i].type, depth + 1));
    return o;
}

/* The member of an object, made when it is not there yet. */
static Json *member(Solver *s, Json *object, Str key, const Type *t) {
    Json *j = json_get(object, key);
    return j ? j : json_set(object, key, blank(s->a, t, 0));
}

static bool put(Solver *s, Json *row, const Assign *set) {
    const DmnNode *node = set->at.node;
    Str key = node_key(s->m, s->a, node);
    if (key.n == 0) return false;
    const Type *t = s->m->types[node->index];
    Json *at = member(s, row, key, t);
    for (int i = 0; i < set->at.n; i++) {
        if (at->kind == JSON_NULL) at->kind = JSON_OBJECT;
        if (at->kind != JSON_OBJECT) return false;
        t = t && t->kind == T_CONTEXT ? type_member(t, set->at.path[i]) : NULL;
        at = member(s, at, set->at.path[i], t);
    }
    Json *v = json_from_val(s->a, set->v);
    v->key = at->key;
    v->next = at->next;
    *at = *v;
    return true;
}

Json *witness_row(Check *s, const IrTable *t, const Val *values, const bool *given) {
    Solver solver = {.m = s->m, .p = s->m->prog, .a = s->arena};
    for (int k = 0; k < t->ninputs; k++)
        if (given[k] && !solve(&solver, t->inputs[k].expr, values[k])) return NULL;
    Json *row = json_new(s->arena, JSON_OBJECT);
    for (int i = 0; i < solver.n; i++)
        if (!put(&solver, row, &solver.set[i])) return NULL;
    return row;
}

/* The decision whose evaluation reaches a table: its own, or one that calls its knowledge model. */
static const DmnTableView *view_of(const DmnEval *e, const IrTable *t) {
    const DmnTableView *v = dmn_tables(e);
    while (v && v->table != t) v = v->next;
    return v;
}

const DmnTableView *witness_run(Check *s, Arena *a, const IrTable *t, const Json *row,
                                DmnEval **out) {
    const DmnModel *m = s->m;
    DmnEval *e = dmn_eval_new(m, a);
    dmn_feel(e)->now_ns = s->c->now_ms * 1000000;
    Ctx own = ctx_new(a, s->c->now_ms);
    if (!dmn_set_json(&own, e, row, (Str){0})) return NULL;
    if (out) *out = e;
    dmn_explain(e, true);
    const DmnNode *home = s->owner[t->id];
    if (home && home->kind == NODE_DECISION) dmn_run_node(e, home);
    const DmnTableView *view = view_of(e, t);
    for (int i = 0; !view && i < m->nnodes; i++) {
        if (m->nodes[i]->kind != NODE_DECISION || m->nodes[i] == home) continue;
        dmn_run_node(e, m->nodes[i]);
        view = view_of(e, t);
    }
    return view;
}

/* --- common facts -------------------------------------------------------------------------------
 */

enum { LEAVES_MAX = 64 };

typedef struct Leaves {
    const DmnModel *m;
    Target at[LEAVES_MAX];
    int n;
    bool many; /* more than could be kept, or not followed: shares with everything */
} Leaves;

static void leaves_of(Leaves *l, IrId id, int depth);

static void leaves_list(Leaves *l, int32_t list, int depth) {
    int n;
    const int32_t *items = ir_items(l->m->prog, list, &n);
    for (int i = 0; i < n; i++)
        if (items[i] >= 0) leaves_of(l, items[i], depth + 1);
}

static void leaves_of(Leaves *l, IrId id, int depth) {
    const IrNode *n = ir_node(l->m->prog, id);
    Target t;
    if (l->many || n->op == IR_CONST || n->op == IR_NULL) return;
    if (depth > SOLVE_DEPTH || l->n == LEAVES_MAX) {
        l->many = true;
        return;
    }
    if (target_of(l->m, id, &t)) {
        l->at[l->n++] = t;
        return;
    }
    if (n->op >= IR_NEG && n->op <= IR_OR) {
        leaves_of(l, n->a, depth + 1);
        if (n->op != IR_NEG) leaves_of(l, n->b, depth + 1);
    } else if (n->op == IR_COERCE || n->op == IR_PATH || n->op == IR_INSTANCE) {
        leaves_of(l, n->a, depth + 1);
    } else if (n->op == IR_BUILTIN || n->op == IR_LIST) {
        leaves_list(l, n->op == IR_LIST ? n->a : n->b, depth);
    } else if (n->op == IR_IF || n->op == IR_BETWEEN) {
        leaves_of(l, n->a, depth + 1);
        leaves_of(l, n->b, depth + 1);
        leaves_of(l, n->c, depth + 1);
    } else {
        l->many = true;
    }
}

bool witness_shares(const DmnModel *m, IrId x, IrId y) {
    Leaves a = {.m = m}, b = {.m = m};
    leaves_of(&a, x, 0);
    leaves_of(&b, y, 0);
    if ((a.many && (b.n || b.many)) || (b.many && a.n)) return true;
    for (int i = 0; i < a.n; i++)
        for (int j = 0; j < b.n; j++)
            if (same_start(&a.at[i], &b.at[j])) return true;
    return false;
}
