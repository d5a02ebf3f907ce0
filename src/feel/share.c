/* Common subexpressions: value numbering over the whole program (Cocke and Schwartz 1970).
 *
 * Operands stand before what uses them, so one pass in index order numbers every node by operator
 * and numbers of its operands. Only pure operators on constants and globals take part: without
 * locals a node has one value in one graph of requirements. The nodes themselves stay, each with
 * its own place for findings; the evaluator keeps a value only when computing it found nothing
 * (eval.c).
 */
#include "base/map.h"
#include "feel/build.h"
#include "feel/feel.h"

enum { SLOTS_MAX = 4096 };

typedef struct Numbering {
    Program *p;
    Arena *a;
    Map first;     /* the first node with a key: its number, as IrId + 1 */
    IrId *number;  /* per node, IR_NONE: not yet */
    int32_t *uses; /* per number: nodes that have it */
} Numbering;

static void put_int(Buf *b, int64_t v) {
    buf_put(b, str_of(&v, sizeof v));
}

static bool takes_part(const IrNode *n) {
    if (n->flags & (IRF_LOCALS | IRF_INPUT)) return false;
    if (n->op == IR_BUILTIN) return !builtin_at(n->a)->impure;
    return (n->op >= IR_NEG && n->op <= IR_BETWEEN) || n->op == IR_IF || n->op == IR_PATH;
}

/* Constants that are one value in every digit have one key. */
static bool const_key(Buf *b, Val v) {
    put_int(b, v.tag);
    if (v.tag == V_STRING) {
        buf_put(b, val_text(v));
        return true;
    }
    if (v.tag != V_BOOL && v.tag != V_NUM && v.tag != V_DATE && v.tag != V_MONTHS) return false;
    buf_put(b, str_of(&v, sizeof v));
    return true;
}

static IrId number_of(Numbering *s, IrId id);

static void operands_key(Numbering *s, Buf *b, IrId id) {
    int n = ir_operands(s->p, id, NULL, 0);
    IrId *ops = NEW_N(s->a, IrId, n);
    ir_operands(s->p, id, ops, n);
    for (int i = 0; i < n; i++) put_int(b, ops[i] < 0 ? IR_NONE : number_of(s, ops[i]));
}

static bool node_key(Numbering *s, Buf *b, IrId id) {
    const IrNode *n = ir_node(s->p, id);
    put_int(b, n->op);
    if (n->op == IR_CONST) return const_key(b, s->p->consts[n->a]);
    if (n->op == IR_GLOBAL) {
        put_int(b, n->a);
        return true;
    }
    if (!takes_part(n)) return false;
    if (n->op == IR_BUILTIN) put_int(b, (int64_t)n->a << 32 | (uint32_t)n->c);
    operands_key(s, b, id);
    if (n->op == IR_PATH) buf_put(b, s->p->names[n->b]);
    return true;
}

static IrId number_of(Numbering *s, IrId id) {
    if (s->number[id] != IR_NONE) return s->number[id];
    Buf b = buf_new(s->a, 0);
    s->number[id] = id;
    if (!node_key(s, &b, id)) return id;
    void *first = map_get(&s->first, buf_str(&b));
    if (first)
        s->number[id] = (IrId)((intptr_t)first - 1);
    else
        map_put(&s->first, buf_str(&b), (void *)(intptr_t)(id + 1));
    return s->number[id];
}

void program_share(Program *p, Arena *scratch) {
    Numbering s = {.p = p, .a = scratch, .first = map_new(scratch)};
    s.number = NEW_N(scratch, IrId, p->n);
    s.uses = NEW_N(scratch, int32_t, p->n);
    int32_t *slot = NEW_N(scratch, int32_t, p->n);
    for (int i = 0; i < p->n; i++) s.number[i] = IR_NONE;
    for (int i = 0; i < p->n; i++)
        if (takes_part(&p->nodes[i])) s.uses[number_of(&s, i)]++;
    for (int i = 0; i < p->n; i++) {
        IrNode *n = &p->nodes[i];
        if (n->op == IR_PATH || !takes_part(n) || s.uses[s.number[i]] < 2) continue;
        int32_t *at = &slot[s.number[i]];
        if (*at == 0 && p->nshared >= SLOTS_MAX) continue;
        if (*at == 0) *at = ++p->nshared;
        n->flags |= IRF_SHARED;
        n->aux = (uint16_t)(*at - 1);
    }
}
