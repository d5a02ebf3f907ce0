/* The trace: an append-only array of 32-byte records and a pool of operand values, both in the
 * evaluation arena. Recording stops at a million records, and says so. */
#include "feel/feel.h"

enum { TRACE_MAX = 1 << 20, TRACE_FIRST = 64 };

void trace_start(Eval *e) {
    e->trace = NEW(e->arena, Trace);
    *e->trace = (Trace){.arena = e->arena, .cap = TRACE_FIRST, .pool_cap = TRACE_FIRST, .top = -1};
    e->trace->recs = NEW_N(e->arena, TraceRec, TRACE_FIRST);
    e->trace->pool = NEW_N(e->arena, Val, TRACE_FIRST);
}

/* The next record, under the open one; NULL when there are too many. */
static TraceRec *push(Trace *t, TraceKind kind, IrId node, int32_t detail) {
    if (t->n >= TRACE_MAX) {
        t->full = true;
        return NULL;
    }
    GROW(t->arena, t->recs, t->n, t->cap);
    TraceRec *rec = &t->recs[t->n++];
    rec->kind = (uint8_t)kind;
    rec->pooled = 0;
    rec->spare = 0;
    rec->node = node;
    rec->parent = t->top;
    rec->detail = detail;
    return rec;
}

static void pool_push(Trace *t, Val v) {
    GROW(t->arena, t->pool, t->npool, t->pool_cap);
    t->pool[t->npool++] = v;
}

int32_t trace_open(Eval *e, TraceKind kind, IrId node, int32_t detail) {
    Trace *t = e->trace;
    if (!t || !push(t, kind, node, detail)) return -1;
    t->recs[t->n - 1].value = val_null();
    return t->top = t->n - 1;
}

void trace_close(Eval *e, int32_t rec, Val value) {
    if (!e->trace || rec < 0) return;
    e->trace->recs[rec].value = value;
    e->trace->top = e->trace->recs[rec].parent;
}

void trace_inputs(Eval *e, int32_t rec, const Val *vals, int n) {
    Trace *t = e->trace;
    if (!t || rec < 0) return;
    t->recs[rec].node = t->npool;
    for (int i = 0; i < n; i++) pool_push(t, vals[i]);
}

void trace_add(Eval *e, TraceKind kind, IrId node, uint16_t spare, Val value, const Val *vals,
               int n) {
    Trace *t = e->trace;
    TraceRec *rec = t ? push(t, kind, node, 0) : NULL;
    if (!rec) return;
    rec->value = value;
    rec->spare = spare;
    if (n <= 0 || n > TRACE_POOLED) return;
    rec->pooled = (uint8_t)n;
    rec->detail = t->npool;
    for (int i = 0; i < n; i++) pool_push(t, vals[i]);
}
