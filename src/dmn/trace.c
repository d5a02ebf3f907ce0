/* From records to tables: which cell failed, what was near, where the cut lies. See trace.h.
 *
 * A constant cell is judged again by the index or by itself. A cell that is not constant was
 * recorded when it was tested; when it was not, it is tested now if it can be: outside of decision
 * services (whose globals are gone) and without locals. What is found out here is no diagnostic. */
#include "dmn/trace.h"

#include "dmn/table.h"

const Trace *dmn_trace(const DmnEval *e) {
    return dmn_feel((DmnEval *)e)->trace;
}

static uint8_t outcome_of(Val v) {
    if (v.tag == V_UNKNOWN) return CELL_UNKNOWN;
    if (v.tag != V_BOOL) return CELL_NULL;
    return v.i ? CELL_TRUE : CELL_FALSE;
}

static bool in_service(const Trace *t, int record) {
    for (int i = record; i >= 0; i = t->recs[i].parent)
        if (t->recs[i].kind == TRACE_SERVICE) return true;
    return false;
}

typedef struct Filling {
    DmnEval *e;
    const Trace *t;
    int record;
    DmnTableView *v;
    bool again; /* cells may be tested now */
} Filling;

static uint8_t *cell_at(const DmnTableView *v, int rule, int column) {
    return (uint8_t *)&v->cells[(size_t)rule * (size_t)v->table->ninputs + (size_t)column];
}

/* What was tested while the table ran. */
static void fill_recorded(Filling *f) {
    const IrTable *t = f->v->table;
    for (int i = f->record + 1; i < f->t->n; i++) {
        const TraceRec *r = &f->t->recs[i];
        if (r->parent < f->record) break;
        if (r->parent != f->record || r->detail < 0 || r->detail >= t->nrules) continue;
        if (r->kind == TRACE_CELL) *cell_at(f->v, r->detail, r->spare) = outcome_of(r->value);
        if (r->kind != TRACE_RULE) continue;
        Val *outs = (Val *)f->v->outputs + (size_t)r->detail * (size_t)t->noutputs;
        for (int k = 0; k < t->noutputs; k++)
            outs[k] = t->noutputs > 1 && r->value.tag == V_CONTEXT ? val_ctx(r->value)->vals[k]
                                                                   : r->value;
    }
}

static void fill_column(Filling *f, int k) {
    const IrTable *t = f->v->table;
    const TableIndex *ix = t->index;
    const TableColumn *col = &ix->cols[k];
    Eval *feel = dmn_feel(f->e);
    Val v = f->v->inputs[k];
    bool known = !val_has_unknown(v);
    int slot = known && v.tag != V_NULL ? column_slot(col, v) : -1;
    const RuleSet *set = NULL;
    if (known && v.tag == V_NULL) set = col->null_bits;
    if (slot >= 0) set = column_set(feel->arena, ix, col, slot);
    for (int i = 0; i < t->nrules; i++) {
        uint8_t *cell = cell_at(f->v, i, k);
        IrId id = t->rules[i].cells[k];
        if (id == IR_NONE) {
            *cell = CELL_TRUE;
        } else if (set && !set_has(col->residual, i)) {
            *cell = set_has(set, i) ? CELL_TRUE : CELL_FALSE;
        } else if (*cell == CELL_NOT_REACHED) {
            bool local = ir_node(feel->prog, id)->flags & IRF_LOCALS;
            if (f->again && !local) *cell = outcome_of(feel_test(feel, id, v, NULL));
        }
    }
}

static void fill_rules(const DmnTableView *v) {
    const IrTable *t = v->table;
    for (int i = 0; i < t->nrules; i++) {
        uint8_t o = CELL_TRUE;
        for (int k = 0; k < t->ninputs && o != CELL_FALSE; k++) {
            uint8_t cell = *cell_at(v, i, k);
            if (cell == CELL_FALSE || cell == CELL_NULL) o = CELL_FALSE;
            if (cell == CELL_NOT_REACHED) o = CELL_NOT_REACHED;
            if (cell == CELL_UNKNOWN && o == CELL_TRUE) o = CELL_UNKNOWN;
        }
        ((uint8_t *)v->rules)[i] = o;
    }
}

/* The table as it would run, with the outputs that were recorded: to see which rules were used. */
static void fill_used(Filling *f) {
    const IrTable *t = f->v->table;
    Arena *a = dmn_feel(f->e)->arena;
    TableRun run = {.e = dmn_feel(f->e), .t = t, .ix = t->index, .quiet = true};
    run.outs = NEW_N(a, Val, t->nrules);
    run.have = NEW_N(a, uint8_t, t->nrules);
    Val none = val_null();
    if (t->noutputs > 1) {
        Context *c = NEW(a, Context);
        *c = (Context){.vals = NEW_N(a, Val, t->noutputs)};
        none = val_context(c);
    }
    for (int i = 0; i < t->nrules; i++) { /* those that were not recorded rank last */
        run.have[i] = 1;
        run.outs[i] = none;
    }
    for (int i = f->record + 1; i < f->t->n; i++) {
        const TraceRec *r = &f->t->recs[i];
        if (r->parent < f->record) break;
        if (r->parent != f->record || r->kind != TRACE_RULE || r->detail < 0) continue;
        run.outs[r->detail] = r->value;
    }
    table_view_used(&run, f->v);
}

const DmnTableView *dmn_trace_table(DmnEval *e, int record) {
    Eval *feel = dmn_feel(e);
    Arena *a = feel->arena;
    const Trace *trace = feel->trace;
    const TraceRec *r = &trace->recs[record];
    const IrTable *t = feel->prog->tables[r->detail];
    DmnTableView *v = NEW(a, DmnTableView);
    size_t cells = (size_t)t->nrules * (size_t)t->ninputs;
    *v = (DmnTableView){.table = t,
                        .source = dmn_model(e)->sources[t->id],
                        .inputs = trace->pool + r->node,
                        .cells = arena_alloc(a, cells),
                        .rules = NEW_N(a, uint8_t, t->nrules),
                        .outputs = NEW_N(a, Val, t->nrules * t->noutputs),
                        .result = r->value};
    for (int i = r->parent; i >= 0 && !v->node; i = trace->recs[i].parent)
        if (trace->recs[i].kind == TRACE_DECISION)
            v->node = dmn_model(e)->nodes[trace->recs[i].detail];
    Filling f = {.e = e, .t = trace, .record = record, .v = v, .again = !in_service(trace, record)};
    DiagMark before = diag_mark(feel);
    feel->trace = NULL;
    fill_recorded(&f);
    if (r->node >= 0)
        for (int k = 0; k < t->ninputs; k++) fill_column(&f, k);
    fill_rules(v);
    fill_used(&f);
    feel->trace = (Trace *)trace;
    diag_rewind(feel, before);
    return v;
}

int dmn_first_failing(const DmnTableView *v, int rule) {
    for (int k = 0; k < v->table->ninputs; k++) {
        uint8_t o = *cell_at(v, rule, k);
        if (o == CELL_FALSE || o == CELL_NULL) return k;
    }
    return -1;
}

bool dmn_is_near(const DmnTableView *v, int rule, int column) {
    for (int k = 0; k < v->table->ninputs; k++)
        if (k != column && *cell_at(v, rule, k) != CELL_TRUE) return false;
    return true;
}

/* --- cuts ---------------------------------------------------------------------------------------
 */

static bool passes(Eval *e, const TableColumn *col, IrId cell, int slot, Val *sample) {
    if (col->gone[slot] || !column_value(e->arena, col, slot, sample)) return false;
    return val_is(feel_test(e, cell, *sample, NULL), true);
}

static void cut_ordered(Eval *e, const TableColumn *col, IrId cell, int slot, DmnCut *out) {
    Val sample;
    for (int s = slot + 1; s <= 2 * col->ncuts && !out->up; s++) {
        if (!passes(e, col, cell, s, &sample)) continue;
        out->up = true;
        out->up_reaches = s & 1;
        out->up_at = col->cuts[(s - 1) / 2];
    }
    for (int s = slot - 1; s >= 0 && !out->down; s--) {
        if (!passes(e, col, cell, s, &sample)) continue;
        out->down = true;
        out->down_reaches = s & 1;
        out->down_at = col->cuts[s / 2];
    }
}

static void cut_listed(Eval *e, const TableColumn *col, IrId cell, DmnCut *out) {
    enum { MAX = sizeof out->values / sizeof *out->values };
    Val sample;
    for (int s = 1; s < 2 * col->ncuts && out->nvalues < MAX; s += 2)
        if (passes(e, col, cell, s, &sample)) out->values[out->nvalues++] = sample;
}

bool dmn_cut(DmnEval *e, const DmnTableView *v, int rule, int column, DmnCut *out) {
    const TableIndex *ix = v->table->index;
    const TableColumn *col = &ix->cols[column];
    Eval *feel = dmn_feel(e);
    *out = (DmnCut){0};
    if (!col->indexed || set_has(col->residual, rule)) return false;
    Val value = v->inputs[column];
    int slot = value.tag == V_NULL || val_has_unknown(value) ? -1 : column_slot(col, value);
    IrId cell = v->table->rules[rule].cells[column];
    const Trace *trace = feel->trace;
    DiagMark before = diag_mark(feel);
    feel->trace = NULL;
    if (slot >= 0 && col->kind != V_STRING && col->kind != V_BOOL)
        cut_ordered(feel, col, cell, slot, out);
    else
        cut_listed(feel, col, cell, out);
    feel->trace = (Trace *)trace;
    diag_rewind(feel, before);
    return out->up || out->down || out->nvalues > 0;
}

/* --- size ---------------------------------------------------------------------------------------
 */

int dmn_trace_items(const DmnEval *e) {
    const Trace *t = dmn_trace(e);
    int64_t n = 0;
    for (int i = 0; t && i < t->n; i++) {
        const TraceRec *r = &t->recs[i];
        n += dmn_trace_stands(r);
        if (r->kind == TRACE_TABLE) n += dmn_model(e)->prog->tables[r->detail]->nrules;
    }
    return n < INT32_MAX ? (int)n : INT32_MAX;
}

Str dmn_trace_fit(Arena *a, int items, size_t limit_bytes, DmnTraceForm print, void *user) {
    enum { ITEM_BYTES_MIN = 8 };
    if (!limit_bytes) return print(user, items);
    int lo = 0, hi = items + 1; /* lo items are printed come what may, hi are too many */
    if (limit_bytes / ITEM_BYTES_MIN < (size_t)items) hi = (int)(limit_bytes / ITEM_BYTES_MIN) + 1;
    for (int mid = hi - 1; hi - lo > 1; mid = lo + (hi - lo) / 2) {
        ArenaMark mark = arena_mark(a);
        if ((size_t)print(user, mid).n <= limit_bytes)
            lo = mid;
        else
            hi = mid;
        arena_rewind(a, mark);
    }
    return print(user, lo);
}
