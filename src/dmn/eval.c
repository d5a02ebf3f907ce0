/* Running decisions: the requirement graph is evaluated on demand and memoised (DMN 1.5 clause
 * 10.4). A decision service runs in a graph of its own, where its parameters are given and nothing
 * else is.
 */
#include <string.h>

#include "dmn/table.h"

enum { STATE_NONE, STATE_RUNNING, STATE_DONE = GLOBAL_DONE };

/* The values of one graph: that of the evaluation, or that of a service call. */
typedef struct Graph {
    Val *given;
    uint8_t *is_given;
    Val *vals;
    uint8_t *state;
    uint8_t *start; /* the states before anything ran: STATE_NONE, GLOBAL_GIVEN */
    bool ran;       /* some state is another */
    Val *shared;    /* values of common subexpressions, and which are there */
    uint8_t *has_shared;
} Graph;

struct DmnEval {
    Eval feel;
    const DmnModel *m;
    Graph *graph;
    const DmnNode *node; /* being evaluated */
    bool explain;
    DmnTableView *views, *views_last;
    ArenaMark fresh; /* of the arena when the evaluation was new */
};

/* A graph of a service call keeps no shared values: it lives for one call, and calls are many. */
static Graph *graph_new(const DmnModel *m, Arena *a, bool sharing) {
    Graph *g = NEW(a, Graph);
    g->given = NEW_N(a, Val, m->nnodes);
    g->is_given = NEW_N(a, uint8_t, m->nnodes);
    g->vals = NEW_N(a, Val, m->nnodes);
    g->state = NEW_N(a, uint8_t, m->nnodes);
    g->start = NEW_N(a, uint8_t, m->nnodes);
    if (sharing) {
        g->shared = NEW_N(a, Val, m->prog->nshared);
        g->has_shared = NEW_N(a, uint8_t, m->prog->nshared);
    }
    return g;
}

static void enter(DmnEval *e, Graph *g) {
    e->graph = g;
    e->feel.globals = g->vals;
    e->feel.global_state = g->state;
    e->feel.shared = g->shared;
    e->feel.has_shared = g->has_shared;
}

static void forget_results(Graph *g, const DmnModel *m) {
    if (g->ran) memcpy(g->state, g->start, (size_t)m->nnodes);
    if (g->has_shared) memset(g->has_shared, 0, (size_t)m->prog->nshared);
    g->ran = false;
}

static Val evaluate(DmnEval *e, const DmnNode *n) {
    Eval *f = &e->feel;
    switch (n->kind) {
    case NODE_INPUT: return FEEL_NULL(f, M_DMN_INPUT_MISSING, n->name);
    case NODE_SERVICE: return (Val){.tag = V_FUNCTION, .p = &e->m->services[n->index]};
    default:
        if (e->m->roots[n->index] == IR_NONE) return FEEL_NULL(f, M_DMN_NO_LOGIC, n->name);
        return feel_eval(f, e->m->roots[n->index], NULL);
    }
}

static Val value_of(DmnEval *e, const DmnNode *n) {
    Graph *g = e->graph;
    int i = n->index;
    Eval *f = &e->feel;
    if (g->state[i] == STATE_DONE) return g->vals[i];
    if (g->state[i] == GLOBAL_GIVEN && !f->trace) return g->given[i];
    if (g->state[i] == STATE_RUNNING) return FEEL_NULL(f, M_DMN_RECURSIVE, n->name);
    g->state[i] = STATE_RUNNING;
    g->ran = true;
    const DmnNode *outer = e->node;
    e->node = n;
    bool given = g->is_given[i];
    int32_t rec = -1;
    if (f->trace) {
        bool read = given || n->kind == NODE_INPUT;
        rec = trace_open(f, read ? TRACE_INPUT : TRACE_DECISION, e->m->roots[i], i);
    }
    Val v = given ? feel_coerce(f, g->given[i], e->m->types[i]) : evaluate(e, n);
    if (rec >= 0) trace_close(f, rec, v);
    e->node = outer;
    g->vals[i] = v;
    g->state[i] = STATE_DONE;
    return v;
}

static Val hook_global(Eval *f, int id) {
    DmnEval *e = f->user;
    return value_of(e, e->m->nodes[id]);
}

static Val hook_table(Eval *f, const IrTable *t, const Frame *frame) {
    DmnEval *e = f->user;
    if (!e->explain) return table_eval(f, t, frame, NULL);
    DmnTableView *view = NEW(f->arena, DmnTableView);
    view->node = e->node;
    view->source = e->m->sources[t->id];
    Val v = table_eval(f, t, frame, view);
    if (e->views_last)
        e->views_last->next = view;
    else
        e->views = view;
    e->views_last = view;
    return v;
}

/* The value of one output decision, or a context of all (DMN13-163). */
static Val service_outputs(DmnEval *e, const DmnNode *n) {
    Arena *a = e->feel.arena;
    Str *keys = NEW_N(a, Str, n->nreqs);
    Val *vals = NEW_N(a, Val, n->nreqs);
    int k = 0;
    for (int i = 0; i < n->nreqs; i++) {
        if (n->reqs[i].kind != REQ_OUTPUT) continue;
        keys[k] = n->reqs[i].node->name;
        vals[k++] = value_of(e, n->reqs[i].node);
    }
    if (k == 1) return vals[0];
    Context *c = NEW(a, Context);
    *c = (Context){.n = k, .keys = keys, .vals = vals};
    return val_context(c);
}

static const DmnNode *service_param(const DmnNode *n, int index) {
    int k = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < n->nreqs; i++)
            if (n->reqs[i].kind == (pass == 0 ? REQ_INPUT : REQ_INPUT_DECISION) && k++ == index)
                return n->reqs[i].node;
    return NULL;
}

static Val hook_service(Eval *f, int id, const Val *args, int nargs) {
    DmnEval *e = f->user;
    const DmnNode *n = e->m->nodes[id];
    Graph *outer = e->graph, *g = graph_new(e->m, f->arena, false);
    for (int i = 0; i < nargs; i++) {
        const DmnNode *param = service_param(n, i);
        if (!param) break;
        g->given[param->index] = args[i];
        g->is_given[param->index] = 1;
    }
    enter(e, g);
    int32_t rec = f->trace ? trace_open(f, TRACE_SERVICE, f->at, id) : -1;
    Val v = service_outputs(e, n);
    if (rec >= 0) trace_close(f, rec, v);
    enter(e, outer);
    const Type *t = e->m->services[id].result;
    return t ? feel_coerce(f, v, t) : v;
}

static const EvalHooks HOOKS = {
    .global = hook_global, .table = hook_table, .service = hook_service};

DmnEval *dmn_eval_new(const DmnModel *m, Arena *a) {
    DmnEval *e = NEW(a, DmnEval);
    e->feel = eval_new(m->prog, a);
    e->feel.hooks = &HOOKS;
    e->feel.user = e;
    e->m = m;
    enter(e, graph_new(m, a, true));
    e->fresh = arena_mark(a);
    return e;
}

void dmn_eval_reset(DmnEval *e) {
    Eval *f = &e->feel;
    arena_rewind(f->arena, e->fresh);
    memset(e->graph->is_given, 0, (size_t)e->m->nnodes);
    memset(e->graph->start, STATE_NONE, (size_t)e->m->nnodes);
    e->graph->ran = true;
    forget_results(e->graph, e->m);
    diag_rewind(f, (DiagMark){0});
    f->steps = FEEL_STEPS;
    f->depth = 0;
    f->unknowns = false;
    f->met = val_null();
    f->at = IR_NONE;
    f->reasons = 0;
    f->beyond = NULL;
    f->trace = NULL;
    e->views = e->views_last = NULL;
}

const DmnModel *dmn_model(const DmnEval *e) {
    return e->m;
}

Eval *dmn_feel(DmnEval *e) {
    return &e->feel;
}

void dmn_set_node(DmnEval *e, const DmnNode *n, Val v) {
    Graph *g = e->graph;
    g->given[n->index] = v;
    g->is_given[n->index] = 1;
    forget_results(g, e->m);
    bool fits = feel_fits(v, e->m->types[n->index]);
    g->vals[n->index] = v;
    g->start[n->index] = g->state[n->index] = fits ? GLOBAL_GIVEN : STATE_NONE;
    if (val_has_unknown(v)) e->feel.unknowns = true;
}

bool dmn_set(DmnEval *e, Str name, Val v) {
    const DmnNode *n = dmn_find(e->m, name);
    if (!n || n->kind == NODE_BKM || n->kind == NODE_SERVICE) return false;
    dmn_set_node(e, n, v);
    return true;
}

/* A service as an invocable: its parameters come from the inputs by name. */
static Val run_service(DmnEval *e, const DmnNode *n) {
    const Function *s = &e->m->services[n->index];
    Val *args = NEW_N(e->feel.arena, Val, s->nparams);
    for (int i = 0; i < s->nparams; i++) {
        const DmnNode *param = service_param(n, i);
        if (!param) continue;
        bool given = e->graph->is_given[param->index];
        args[i] =
            given ? value_of(e, param) : FEEL_NULL(&e->feel, M_DMN_INPUT_MISSING, param->name);
    }
    return hook_service(&e->feel, n->index, args, s->nparams);
}

Val dmn_run_node(DmnEval *e, const DmnNode *n) {
    Val v = n->kind == NODE_SERVICE ? run_service(e, n) : value_of(e, n);
    if (val_fits(v, DMN_RESULT_MAX)) return v;
    Eval *f = &e->feel;
    return FEEL_NULL(f, M_FEEL_LIMIT_LIST, str_printf(f->arena, "%d", (int)DMN_RESULT_MAX));
}

bool dmn_run(DmnEval *e, Str name, Val *out) {
    const DmnNode *n = dmn_find(e->m, name);
    if (!n) return false;
    *out = dmn_run_node(e, n);
    return true;
}

void dmn_explain(DmnEval *e, bool on) {
    e->explain = on;
    e->views = e->views_last = NULL;
    forget_results(e->graph, e->m);
}

void dmn_restart(DmnEval *e) {
    Eval *f = &e->feel;
    forget_results(e->graph, e->m);
    diag_rewind(f, (DiagMark){0});
    f->reasons = 0;
    f->beyond = NULL;
    f->trace = NULL;
    f->depth = 0;
    f->at = IR_NONE;
}

const DmnTableView *dmn_tables(const DmnEval *e) {
    return e->views;
}

/* required - value when the comparison is not met and both sides have a difference. */
static Val gap_of(Eval *f, const Conjunct *c) {
    bool comparison =
        c->op == IR_EQ || c->op == IR_LT || c->op == IR_LE || c->op == IR_GT || c->op == IR_GE;
    if (!comparison || val_is(c->outcome, true) || c->outcome.tag == V_NULL) return val_null();
    bool same = c->left.tag == c->right.tag || (val_is_num(c->left) && val_is_num(c->right));
    bool sized = val_is_num(c->left) || c->left.tag == V_DATE || c->left.tag == V_DAYS ||
                 c->left.tag == V_MONTHS;
    return same && sized ? feel_op(f, IR_SUB, c->right, c->left) : val_null();
}

int dmn_conditions(DmnEval *e, const DmnNode *n, DmnCondition *out, int max) {
    enum { MANY = 64 };
    Conjunct found[MANY];
    IrId root = e->m->roots[n->index];
    if (n->kind != NODE_DECISION || root == IR_NONE) return 0;
    const Type *t = ir_node(e->m->prog, root)->type;
    if (t->kind != T_BOOLEAN && t->kind != T_ANY) return 0;
    if (!n->expr || n->expr->kind != EXPR_LITERAL) return 0;
    while (ir_node(e->m->prog, root)->op == IR_COERCE) root = ir_node(e->m->prog, root)->a;
    Eval *f = &e->feel;
    DiagMark before = diag_mark(f);
    int count = feel_conjuncts(f, root, NULL, found, max < MANY ? max : MANY);
    int shown = count < max ? count : max;
    if (shown > MANY) shown = MANY;
    for (int i = 0; i < shown; i++)
        out[i] = (DmnCondition){.text = found[i].text,
                                .outcome = found[i].outcome,
                                .value = found[i].left,
                                .required = found[i].right,
                                .gap = gap_of(f, &found[i]),
                                .op = found[i].op,
                                .node = found[i].node};
    diag_rewind(f, before);
    return count;
}
