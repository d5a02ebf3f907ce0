/* The trace: an append-only array of 32-byte records and a pool of operand values, both in the
 * evaluation arena. Recording stops quietly at a million records. */
#include "feel/feel.h"

enum { TRACE_MAX = 1 << 20 };

void trace_start(Eval *e) {
    e->trace = NEW(e->arena, Trace);
    *e->trace = (Trace){.arena = e->arena, .top = -1};
}

static int32_t push(Trace *t, TraceRec rec) {
    if (t->n >= TRACE_MAX) return -1;
    GROW(t->arena, t->recs, t->n, t->cap);
    rec.parent = t->top;
    t->recs[t->n] = rec;
    return t->n++;
}

static void pool_push(Trace *t, Val v) {
    GROW(t->arena, t->pool, t->npool, t->pool_cap);
    t->pool[t->npool++] = v;
}

int32_t trace_open(Eval *e, TraceKind kind, IrId node, int32_t detail) {
    if (!e->trace) return -1;
    TraceRec rec = {.kind = (uint8_t)kind, .node = node, .detail = detail};
    int32_t at = push(e->trace, rec);
    if (at >= 0) e->trace->top = at;
    return at;
}

void trace_close(Eval *e, int32_t rec, Val value) {
    if (!e->trace || rec < 0) return;
    e->trace->recs[rec].value = value;
    e->trace->top = e->trace->recs[rec].parent;
}

void trace_add(Eval *e, TraceKind kind, IrId node, int32_t detail, Val value, const Val *left,
               const Val *right) {
    Trace *t = e->trace;
    if (!t || t->n >= TRACE_MAX) return;
    TraceRec rec = {.kind = (uint8_t)kind, .node = node, .detail = detail, .value = value};
    if (left) {
        rec.pooled = right ? 2 : 1;
        rec.detail = t->npool;
        pool_push(t, *left);
        if (right) pool_push(t, *right);
    }
    push(t, rec);
}
