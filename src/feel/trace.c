/* The trace: an append-only array of 32-byte records and a pool of operand values, both in the
 * evaluation arena. Recording stops quietly at a million records. */
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
    if (t->n >= TRACE_MAX) return NULL;
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
    if (!e->trace) return -1;
    TraceRec *rec = push(e->trace, kind, node, detail);
    if (!rec) return -1;
    rec->value = val_null();
    e->trace->top = e->trace->n - 1;
    return e->trace->top;
}

void trace_close(Eval *e, int32_t rec, Val value) {
    if (!e->trace || rec < 0) return;
    e->trace->recs[rec].value = value;
    e->trace->top = e->trace->recs[rec].parent;
}

void trace_add(Eval *e, TraceKind kind, IrId node, int32_t detail, Val value, const Val *left,
               const Val *right) {
    Trace *t = e->trace;
    TraceRec *rec = t ? push(t, kind, node, detail) : NULL;
    if (!rec) return;
    rec->value = value;
    if (!left) return;
    rec->pooled = right ? 2 : 1;
    rec->detail = t->npool;
    pool_push(t, *left);
    if (right) pool_push(t, *right);
}
