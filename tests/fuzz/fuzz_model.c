/* DMN models: loading, checking and evaluating within limits; twice gives the same. */
#include "dmn/check.h"
#include "dmn/dmn.h"
#include "tests/fuzz/fuzz.h"

enum { NODES = 12, STEPS = 200000 };

static Str result(const DmnModel *m, Arena *a, const DmnNode *n, bool unknown) {
    DmnEval *e = dmn_eval_new(m, a);
    dmn_feel(e)->steps = STEPS;
    dmn_feel(e)->max_list = 5000;
    dmn_feel(e)->max_depth = 300;
    for (int i = 0; unknown && i < m->nnodes; i++)
        if (m->nodes[i]->kind == NODE_INPUT)
            dmn_set_node(
                e, m->nodes[i],
                unknown_fact(a, (uint16_t)i, val_null(), val_null(), NULL, 0, true, false));
    Val v = dmn_run_node(e, n);
    Buf b = buf_new(a, 1 << 16);
    val_literal(&b, v);
    return buf_str(&b);
}

void fuzz_one(Ctx *c, Str data) {
    DmnSource file = {S("m.dmn"), data};
    DmnModel *m = dmn_load(c, &file, 1);
    HOLDS((m != NULL) == ctx_ok(c));
    if (!m) return;
    DmnCheckOptions few = {.budget = STEPS};
    dmn_check(c, m, &few);
    for (int i = 0; i < m->nnodes && i < NODES; i++) {
        Str once = result(m, c->arena, m->nodes[i], false);
        HOLDS(str_eq(once, result(m, c->arena, m->nodes[i], false)));
        result(m, c->arena, m->nodes[i], true);
    }
}
