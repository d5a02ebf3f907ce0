/* Evaluating a decision table with known inputs, and the parts shared with unknown ones. */
#include "dmn/table.h"

#include <string.h>

static Str number(Arena *a, int n) {
    return str_printf(a, "%d", n);
}

static Str value_text(Arena *a, Val v) {
    Buf b = buf_new(a, 200);
    val_literal(&b, v);
    return buf_str(&b);
}

enum { ALLOWED_NO, ALLOWED_YES, ALLOWED_MAYBE };

/* An input outside its allowed values is an error: null (8.2.6). Null itself passes; of an unknown
 * it may not be known. */
static int inputs_allowed(TableRun *r) {
    int ok = ALLOWED_YES;
    for (int i = 0; i < r->t->ninputs; i++) {
        const IrTableInput *in = &r->t->inputs[i];
        if (in->allowed == IR_NONE || r->inputs[i].tag == V_NULL) continue;
        unsigned truths = val_truths(feel_test(r->e, in->allowed, r->inputs[i], r->f));
        if (ok == ALLOWED_YES && (truths & 1) && truths != 1) ok = ALLOWED_MAYBE;
        if (truths != 1) continue;
        Arena *a = r->e->arena;
        FEEL_NULL(r->e, M_DMN_INPUT_VALUE, r->t->name, in->label, value_text(a, r->inputs[i]));
        ok = ALLOWED_NO;
    }
    return ok;
}

static Val checked_output(TableRun *r, const IrTableOutput *out, Val v) {
    if (out->allowed == IR_NONE || v.tag == V_NULL) return v;
    unsigned truths = val_truths(feel_test(r->e, out->allowed, v, r->f));
    if (!(truths & 1)) return v;
    if (truths != 1) {
        Val both[2] = {v, val_null()};
        return unknown_join(r->e, both, 2, &v, 1);
    }
    return FEEL_NULL(r->e, M_DMN_OUTPUT_VALUE, r->t->name, value_text(r->e->arena, v));
}

static Val compose(TableRun *r, const Val *vals) {
    int n = r->t->noutputs;
    if (n == 1) return vals[0];
    Arena *a = r->e->arena;
    Str *keys = NEW_N(a, Str, n);
    for (int i = 0; i < n; i++) keys[i] = r->t->outputs[i].name;
    Context *c = NEW(a, Context);
    *c = (Context){.n = n, .keys = keys, .vals = vals};
    return val_context(c);
}

Val table_output(TableRun *r, int rule) {
    if (r->have && r->have[rule]) return r->outs[rule];
    int n = r->t->noutputs;
    Val *vals = NEW_N(r->e->arena, Val, n);
    int32_t rec = r->e->trace ? trace_open(r->e, TRACE_RULE, IR_NONE, rule) : -1;
    for (int i = 0; i < n; i++) {
        Val v = feel_eval(r->e, r->t->rules[rule].outputs[i], r->f);
        vals[i] = checked_output(r, &r->t->outputs[i], v);
    }
    Val v = compose(r, vals);
    if (rec >= 0) trace_close(r->e, rec, v);
    if (r->have) {
        r->have[rule] = 1;
        r->outs[rule] = v;
    }
    return v;
}

Val table_default(TableRun *r) {
    int n = r->t->noutputs;
    bool any = false;
    Val *vals = NEW_N(r->e->arena, Val, n);
    for (int i = 0; i < n; i++) {
        IrId fallback = r->t->outputs[i].fallback;
        if (fallback == IR_NONE) continue;
        any = true;
        vals[i] = feel_eval(r->e, fallback, r->f);
    }
    if (any) {
        Val v = compose(r, vals);
        if (r->e->trace) trace_close(r->e, trace_open(r->e, TRACE_RULE, IR_NONE, -1), v);
        return v;
    }
    if (r->t->aggregate == AGG_COUNT) return val_int(0);
    return r->quiet ? val_null() : FEEL_NULL(r->e, M_DMN_NO_RULE, r->t->name);
}

/* --- one definite set of matching rules: the hit policies (8.2.10, 8.2.11) ----------------------
 */

static int rank_in(const IrTableOutput *out, Val v) {
    for (int i = 0; i < out->npriority; i++)
        if (val_equal(out->priority[i], v) == 1) return i;
    return out->npriority;
}

int table_priority(TableRun *r, int x, int y) {
    Val vx = table_output(r, x), vy = table_output(r, y);
    for (int i = 0; i < r->t->noutputs; i++) {
        const IrTableOutput *out = &r->t->outputs[i];
        Val ox = r->t->noutputs > 1 ? val_ctx(vx)->vals[i] : vx;
        Val oy = r->t->noutputs > 1 ? val_ctx(vy)->vals[i] : vy;
        int d = rank_in(out, ox) - rank_in(out, oy);
        if (d) return d;
    }
    return x - y;
}

static Val violation(TableRun *r, Msg msg, int x, int y) {
    if (r->quiet) return val_null();
    Arena *a = r->e->arena;
    return FEEL_NULL(r->e, msg, r->t->name, number(a, x + 1), number(a, y + 1));
}

static Val hit_any(TableRun *r, const RuleSet *set, int first) {
    Val v = table_output(r, first);
    for (int i = set_next(set, r->ix->words, first + 1); i >= 0;
         i = set_next(set, r->ix->words, i + 1)) {
        Val eq = feel_equal(r->e, v, table_output(r, i));
        if (eq.tag == V_UNKNOWN) {
            Val both[2] = {v, table_output(r, i)};
            return unknown_of(r->e, both, 2);
        }
        if (!val_is(eq, true)) return violation(r, M_DMN_ANY, first, i);
    }
    return v;
}

static Val aggregate_one(TableRun *r, const Val *vals, int n) {
    static const Str NAMES[] = {
        [AGG_NONE] = STR_INIT(""),   [AGG_SUM] = STR_INIT("sum"), [AGG_COUNT] = STR_INIT("count"),
        [AGG_MIN] = STR_INIT("min"), [AGG_MAX] = STR_INIT("max"),
    };
    Val list = val_list(vals, n);
    return builtin_call(r->e, builtin_find(NAMES[r->t->aggregate]), &list, 1);
}

static Val aggregate(TableRun *r, const int *rules, int n) {
    Arena *a = r->e->arena;
    int outs = r->t->noutputs;
    Val *results = NEW_N(a, Val, outs);
    if (r->t->aggregate == AGG_COUNT) return val_int(n);
    for (int k = 0; k < outs; k++) {
        Val *vals = NEW_N(a, Val, n);
        for (int i = 0; i < n; i++) {
            Val v = table_output(r, rules[i]);
            vals[i] = outs > 1 ? val_ctx(v)->vals[k] : v;
        }
        results[k] = aggregate_one(r, vals, n);
    }
    return compose(r, results);
}

static bool ranks_unknown(TableRun *r, const int *rules, int n) {
    for (int i = 0; i < n; i++)
        if (val_has_unknown(table_output(r, rules[i]))) return true;
    return false;
}

static void sort_by_priority(TableRun *r, int *rules, int n) {
    for (int i = 1; i < n; i++)
        for (int k = i; k > 0 && table_priority(r, rules[k - 1], rules[k]) > 0; k--) {
            int t = rules[k];
            rules[k] = rules[k - 1];
            rules[k - 1] = t;
        }
}

static Val many(TableRun *r, const int *rules, int n) {
    Val *vals = NEW_N(r->e->arena, Val, n);
    for (int i = 0; i < n; i++) vals[i] = table_output(r, rules[i]);
    return val_list(vals, n);
}

Val table_hit(TableRun *r, const RuleSet *set) {
    int words = r->ix->words, first = set_next(set, words, 0);
    if (first < 0) return table_default(r);
    int *rules = NEW_N(r->e->arena, int, set_count(set, words));
    int n = 0;
    for (int i = first; i >= 0; i = set_next(set, words, i + 1)) rules[n++] = i;
    bool by_output = r->t->policy == HIT_PRIORITY || r->t->policy == HIT_OUTPUT_ORDER;
    if (by_output && n > 1 && ranks_unknown(r, rules, n)) {
        Val all = many(r, rules, n);
        return unknown_of(r->e, &all, 1);
    }
    if (by_output) sort_by_priority(r, rules, n);
    switch (r->t->policy) {
    case HIT_UNIQUE:
        return n == 1 ? table_output(r, first) : violation(r, M_DMN_UNIQUE, rules[0], rules[1]);
    case HIT_ANY: return hit_any(r, set, first);
    case HIT_PRIORITY:
    case HIT_FIRST: return table_output(r, rules[0]);
    case HIT_RULE_ORDER:
    case HIT_OUTPUT_ORDER: return many(r, rules, n);
    case HIT_COLLECT:
        return r->t->aggregate == AGG_NONE ? many(r, rules, n) : aggregate(r, rules, n);
    }
    return val_null();
}

/* --- matching -----------------------------------------------------------------------------------
 */

enum { BLOCK = 4, COLUMNS_FAST = 32 };

static void and_into(RuleSet *set, const RuleSet *with, int words) {
    for (int w = 0; w < words; w++) set[w] &= with[w];
}

/* The sets of all columns; false when a value has no slot somewhere. */
static bool known_sets(TableRun *r, const RuleSet **sets) {
    for (int k = 0; k < r->t->ninputs; k++) {
        const TableColumn *col = &r->ix->cols[k];
        int slot = r->inputs[k].tag == V_NULL ? -1 : column_slot(col, r->inputs[k]);
        if (slot < 0 && r->inputs[k].tag != V_NULL) return false;
        sets[k] = slot < 0 ? col->null_bits : column_set(r->e->arena, r->ix, col, slot);
    }
    return true;
}

/* The lowest rule in all sets, or -1. */
static int first_common(const RuleSet *const *sets, int n, int words) {
    int w = 0;
    for (; w + BLOCK <= words; w += BLOCK) {
        uint64_t b[BLOCK];
        memcpy(b, sets[0] + w, sizeof b);
        for (int k = 1; k < n; k++)
            for (int i = 0; i < BLOCK; i++) b[i] &= sets[k][w + i];
        if ((b[0] | b[1] | b[2] | b[3]) == 0) continue;
        return (w << 6) + set_next(b, BLOCK, 0);
    }
    for (; w < words; w++) {
        uint64_t x = sets[0][w];
        for (int k = 1; k < n; k++) x &= sets[k][w];
        if (x) return (w << 6) + __builtin_ctzll(x);
    }
    return -1;
}

static int32_t trace_cell(Eval *e, IrId cell, int rule, int column) {
    int32_t rec = trace_open(e, TRACE_CELL, cell, rule);
    if (rec >= 0) e->trace->recs[rec].spare = (uint16_t)column;
    return rec;
}

/* Keeps the rules whose cell in a column the known value passes. A cell that names a missing fact
 * may be undecided all the same: its rule stays, and the column is left for table_unknown. */
static void match_column(TableRun *r, int k, RuleSet *set) {
    const TableColumn *col = &r->ix->cols[k];
    Val v = r->inputs[k];
    int words = r->ix->words;
    int slot = v.tag == V_NULL ? -1 : column_slot(col, v);
    bool index = slot >= 0 || v.tag == V_NULL;
    if (index)
        and_into(set, slot >= 0 ? column_set(r->e->arena, r->ix, col, slot) : col->null_bits,
                 words);
    if (index && !col->has_residual) return;
    for (int i = set_next(set, words, 0); i >= 0; i = set_next(set, words, i + 1)) {
        IrId cell = r->t->rules[i].cells[k];
        if (cell == IR_NONE || (index && !set_has(col->residual, i))) continue;
        int32_t rec = r->e->trace ? trace_cell(r->e, cell, i, k) : -1;
        Val passes = feel_test(r->e, cell, v, r->f);
        if (rec >= 0) trace_close(r->e, rec, passes);
        if (r->open && passes.tag == V_UNKNOWN)
            r->open[k] = unknown_of(r->e, (Val[]){r->open[k], passes}, 2);
        else if (!val_is(passes, true))
            set_drop(set, i);
    }
}

static uint8_t outcome_of(Val v) {
    if (v.tag == V_UNKNOWN) return CELL_UNKNOWN;
    if (v.tag != V_BOOL) return CELL_NULL;
    return v.i ? CELL_TRUE : CELL_FALSE;
}

/* Every cell of a column: what the index says of a value in a slot, else by testing. */
static void view_column(TableRun *r, int k, uint8_t *cells) {
    const IrTable *t = r->t;
    const TableColumn *col = &r->ix->cols[k];
    int slot = column_slot(col, r->inputs[k]);
    const RuleSet *set = slot < 0 ? NULL : column_set(r->e->arena, r->ix, col, slot);
    for (int i = 0; i < t->nrules; i++) {
        IrId cell = t->rules[i].cells[k];
        uint8_t o = CELL_TRUE;
        if (cell != IR_NONE && set && !set_has(col->residual, i) && !set_has(col->odd, i))
            o = set_has(set, i) ? CELL_TRUE : CELL_FALSE;
        else if (cell != IR_NONE)
            o = outcome_of(feel_test(r->e, cell, r->inputs[k], r->f));
        cells[i * t->ninputs + k] = o;
    }
}

/* Every cell, also those the result does not need. */
static void view_fill(TableRun *r, DmnTableView *view) {
    const IrTable *t = r->t;
    Arena *a = r->e->arena;
    uint8_t *cells = NEW_N(a, uint8_t, t->nrules * t->ninputs);
    uint8_t *rules = NEW_N(a, uint8_t, t->nrules);
    Val *outputs = NEW_N(a, Val, t->nrules * t->noutputs);
    DiagMark before = diag_mark(r->e);
    for (int k = 0; k < t->ninputs; k++) view_column(r, k, cells);
    for (int i = 0; i < t->nrules; i++) {
        rules[i] = CELL_TRUE;
        for (int k = 0; k < t->ninputs; k++) {
            uint8_t o = cells[i * t->ninputs + k];
            if (o == CELL_FALSE || o == CELL_NULL) rules[i] = CELL_FALSE;
            if (o == CELL_UNKNOWN && rules[i] == CELL_TRUE) rules[i] = CELL_UNKNOWN;
        }
        if (rules[i] == CELL_FALSE) continue;
        Val v = table_output(r, i);
        for (int k = 0; k < t->noutputs; k++)
            outputs[i * t->noutputs + k] = t->noutputs > 1 ? val_ctx(v)->vals[k] : v;
    }
    diag_rewind(r->e, before);
    view->table = t;
    view->inputs = r->inputs;
    view->cells = cells;
    view->rules = rules;
    view->outputs = outputs;
}

void table_view_used(TableRun *r, DmnTableView *view) {
    const IrTable *t = r->t;
    uint8_t *used = NEW_N(r->e->arena, uint8_t, t->nrules);
    int best = -1;
    for (int i = 0; i < t->nrules; i++) {
        if (view->rules[i] != CELL_TRUE && view->rules[i] != CELL_UNKNOWN) continue;
        used[i] = 1;
        if (t->policy == HIT_FIRST && best >= 0) used[i] = 0;
        if (view->rules[i] != CELL_TRUE) continue;
        if (t->policy == HIT_PRIORITY && best >= 0) {
            bool better = table_priority(r, i, best) < 0;
            used[better ? best : i] = 0;
            if (!better) continue;
        }
        if (best < 0 || t->policy == HIT_PRIORITY) best = i;
    }
    view->used = used;
}

/* A table of constants, all inputs known: the sets of the slots say everything. */
static bool run_sets(TableRun *r, Val *out) {
    const RuleSet *sets[COLUMNS_FAST];
    int n = r->t->ninputs, words = r->ix->words;
    if (r->ix->has_residual || n < 1 || n > COLUMNS_FAST || !known_sets(r, sets)) return false;
    if (r->t->policy == HIT_FIRST) {
        int rule = first_common(sets, n, words);
        *out = rule < 0 ? table_default(r) : table_output(r, rule);
        return true;
    }
    RuleSet *set = arena_copy(r->e->arena, sets[0], (size_t)words * sizeof *set);
    for (int k = 1; k < n; k++) and_into(set, sets[k], words);
    *out = table_hit(r, set);
    return true;
}

static Val run_columns(TableRun *r, bool unknown) {
    RuleSet *set = arena_copy(r->e->arena, r->ix->all, (size_t)r->ix->words * sizeof *set);
    for (int k = 0; k < r->t->ninputs; k++)
        if (!unknown || !val_has_unknown(r->inputs[k])) match_column(r, k, set);
    return unknown ? table_unknown(r, set) : table_hit(r, set);
}

static Val run(TableRun *r, bool unknown) {
    int allowed = inputs_allowed(r);
    if (allowed == ALLOWED_NO) return val_null();
    Val v;
    if (unknown || !run_sets(r, &v)) v = run_columns(r, unknown);
    if (allowed == ALLOWED_YES) return v;
    Val both[2] = {v, val_null()};
    return unknown_join(r->e, both, 2, r->inputs, r->t->ninputs);
}

Val table_eval(Eval *e, const IrTable *t, const Frame *f, DmnTableView *view) {
    Arena *a = e->arena;
    TableRun r = {.e = e, .t = t, .ix = t->index, .f = f};
    r.inputs = NEW_N(a, Val, t->ninputs);
    int32_t rec = e->trace ? trace_open(e, TRACE_TABLE, IR_NONE, t->id) : -1;
    bool unknown = false;
    for (int k = 0; k < t->ninputs; k++) {
        r.inputs[k] = feel_eval(e, t->inputs[k].expr, f);
        unknown = unknown || (e->unknowns && val_has_unknown(r.inputs[k]));
    }
    if (e->unknowns && r.ix->has_residual) {
        r.open = NEW_N(a, Val, t->ninputs);
        unknown = true;
    }
    bool once = t->policy == HIT_UNIQUE || t->policy == HIT_FIRST;
    if (unknown || view || !once) { /* an output may be wanted more than once */
        r.outs = NEW_N(a, Val, t->nrules);
        r.have = NEW_N(a, uint8_t, t->nrules);
    }
    if (rec >= 0) trace_inputs(e, rec, r.inputs, t->ninputs);
    Val v = run(&r, unknown);
    if (rec >= 0) trace_close(e, rec, v);
    if (view) {
        view_fill(&r, view);
        table_view_used(&r, view);
        view->result = v;
    }
    return v;
}
