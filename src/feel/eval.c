/* The scalar evaluator: it defines what the IR means. Nodes are evaluated on demand, operands
 * before operators, branches and right sides of and/or only when needed. No allocation happens per
 * node on the numeric and boolean path.
 *
 * Limits: each node costs one step; nesting (of nodes, and so of calls) is bounded, which bounds
 * the C stack. A limit gives null with a reason. */
#include "feel/eval.h"

#include "feel/build.h"
#include "feel/regex.h"
#include "feel/temporal.h"

Eval eval_new(const Program *p, Arena *a) {
    Eval e = {.prog = p, .arena = a, .diag = ctx_new(a, 0)};
    e.steps = FEEL_STEPS;
    e.max_depth = FEEL_DEPTH;
    e.max_list = FEEL_LIST;
    e.regex_steps = REGEX_STEPS_MAX;
    e.at = IR_NONE;
    return e;
}

DiagMark diag_mark(const Eval *e) {
    return (DiagMark){e->diag.notes, e->diag.notes_last, e->diag.note_count};
}

void diag_rewind(Eval *e, DiagMark m) {
    e->diag.notes = m.notes;
    e->diag.notes_last = m.last;
    e->diag.note_count = m.count;
    if (m.last) m.last->next = NULL;
}

/* A loop can make a null in each of millions of rounds: behind the limit one reason stands for all.
 * It is the last of the list; after a rewind it may have to be put there again. */
static Val null_beyond(Eval *e) {
    Ctx *d = &e->diag;
    Null *why = e->beyond;
    if (!why) {
        Ctx aside = ctx_new(e->arena, 0);
        why = NEW(e->arena, Null);
        why->note = NOTE(&aside, 1, S(""), M_FEEL_LIMIT_REASONS,
                         str_printf(e->arena, "%d", (int)FEEL_REASONS));
        e->beyond = why;
    }
    d->note_count++;
    if (d->notes_last != why->note) {
        if (d->notes_last)
            d->notes_last->next = why->note;
        else
            d->notes = why->note;
        d->notes_last = why->note;
    }
    return (Val){.tag = V_NULL, .p = why};
}

Val feel_null_(Eval *e, Msg msg, int n, const Str *args) {
    if (e->reasons >= FEEL_REASONS) return null_beyond(e);
    e->reasons++;
    Str place = ir_place(e->arena, e->prog, e->at);
    Null *why = NEW(e->arena, Null);
    why->note = note_at_(&e->diag, 1, place, msg, n, args);
    ir_mark(why->note, e->prog, e->at);
    Val v = {.tag = V_NULL, .p = why};
    if (e->trace) trace_add(e, TRACE_NULL, e->at, 0, v, NULL, 0);
    return v;
}

Str kind_text(Eval *e, Val v) {
    return type_text(e->arena, type_of_kind(e->arena, v));
}

Str value_text(Eval *e, Val v) {
    Buf b = buf_new(e->arena, 200);
    if (v.tag == V_FUNCTION) return S("function");
    val_literal(&b, v);
    return buf_str(&b);
}

const Frame *frame_open(Eval *e, FrameBox *box, int32_t region, const Frame *up) {
    const IrRegion *r = &e->prog->regions[region];
    if (!r->captured && r->nslots <= FRAME_SMALL) {
        box->f = (Frame){up, box->slots};
        return &box->f;
    }
    Frame *f = NEW(e->arena, Frame);
    *f = (Frame){up, NEW_N(e->arena, Val, r->nslots)};
    return f;
}

const Frame *frame_iteration(Eval *e, const Frame *f, int32_t region) {
    const IrRegion *r = &e->prog->regions[region];
    if (!r->captured) return f;
    Frame *copy = NEW(e->arena, Frame);
    size_t bytes = sizeof(Val) * (size_t)r->nslots;
    *copy = (Frame){f->up, arena_copy(e->arena, f->slots, bytes)};
    return copy;
}

/* Cases off the common path stay out of feel_eval, whose frame every nested node pays for. */
#define APART static __attribute__((noinline)) Val

static inline Val eval_local(const IrNode *n, const Frame *f) {
    for (int32_t k = n->a; k > 0 && f; k--) f = f->up;
    return f ? f->slots[n->b] : val_null();
}

APART global_by_hook(Eval *e, const IrNode *n) {
    if (!e->hooks || !e->hooks->global) return FEEL_NULL(e, M_FEEL_NO_GLOBAL);
    return e->hooks->global(e, n->a);
}

static inline bool global_stands(const Eval *e, int32_t id) {
    if (!e->global_state) return false;
    uint8_t state = e->global_state[id];
    return state == GLOBAL_DONE || (state == GLOBAL_GIVEN && !e->trace);
}

static inline Val eval_global(Eval *e, IrId id, const IrNode *n) {
    e->at = id;
    return global_stands(e, n->a) ? e->globals[n->a] : global_by_hook(e, n);
}

static Val eval_deep(Eval *e, IrId id, const Frame *f);
static Val eval_shared(Eval *e, IrId id, const Frame *f);

/* What feel_eval gives, without a call for what is already there. */
static inline Val operand(Eval *e, IrId id, const Frame *f) {
    if (id < 0) return val_null();
    const IrNode *n = ir_node(e->prog, id);
    if (n->op == IR_CONST) return e->prog->consts[n->a];
    if (n->op == IR_GLOBAL && global_stands(e, n->a) && e->steps > 0) {
        Val v = e->globals[n->a];
        e->at = id;
        if (v.tag < V_LIST && e->depth < e->max_depth) {
            e->steps--;
            return v;
        }
    }
    return n->flags & IRF_SHARED ? eval_shared(e, id, f) : eval_deep(e, id, f);
}

/* An operation that stands elsewhere too. Its value is kept when that can make no difference: it is
 * known and of one piece, computing it found nothing to report, and no trace is written. */
APART eval_shared(Eval *e, IrId id, const Frame *f) {
    int slot = ir_node(e->prog, id)->aux;
    if (!e->has_shared || e->trace || e->steps <= 0 || e->depth >= e->max_depth)
        return eval_deep(e, id, f);
    if (e->has_shared[slot]) {
        e->at = id;
        e->steps--;
        return e->shared[slot];
    }
    int reasons = e->reasons, notes = e->diag.note_count;
    Val v = eval_deep(e, id, f);
    bool plain = v.tag >= V_BOOL && v.tag < V_LIST;
    if (plain && e->reasons == reasons && e->diag.note_count == notes) {
        e->shared[slot] = v;
        e->has_shared[slot] = 1;
    }
    return v;
}

/* Two small decimals brought to one exponent; false when that does not fit. */
static inline bool align(Val *x, Val *y) {
    int diff = x->exp - y->exp;
    if (diff == 0) return true;
    Val *wide = diff > 0 ? x : y; /* its coefficient grows */
    if (diff < 0) diff = -diff;
    if (diff > DEC_POW10_MAX || __builtin_mul_overflow(wide->i, DEC_POW10[diff], &wide->i))
        return false;
    wide->exp = (int8_t)(wide->exp - diff);
    return true;
}

/* The common case of arithmetic and comparison: two small decimals and a small result, as the
 * operators of decimal/dec.h give it. */
static inline bool small_op(IrOp op, Val x, Val y, Val *out) {
    if (x.tag != V_NUM || y.tag != V_NUM) return false;
    int64_t r;
    if (op == IR_MUL) {
        int exp = x.exp + y.exp;
        if (exp < INT8_MIN || exp > INT8_MAX || __builtin_mul_overflow(x.i, y.i, &r)) return false;
        *out = (Val){.tag = V_NUM, .exp = (int8_t)exp, .i = r};
        return true;
    }
    if (op == IR_DIV || op == IR_POW || !align(&x, &y)) return false;
    switch (op) {
    case IR_ADD:
        if (__builtin_add_overflow(x.i, y.i, &r)) return false;
        *out = (Val){.tag = V_NUM, .exp = x.exp, .i = r};
        return true;
    case IR_SUB:
        if (__builtin_sub_overflow(x.i, y.i, &r)) return false;
        *out = (Val){.tag = V_NUM, .exp = x.exp, .i = r};
        return true;
    case IR_EQ: *out = val_bool(x.i == y.i); return true;
    case IR_NE: *out = val_bool(x.i != y.i); return true;
    case IR_LT: *out = val_bool(x.i < y.i); return true;
    case IR_LE: *out = val_bool(x.i <= y.i); return true;
    case IR_GT: *out = val_bool(x.i > y.i); return true;
    case IR_GE: *out = val_bool(x.i >= y.i); return true;
    default: return false;
    }
}

APART op_traced(Eval *e, IrId id, IrOp op, Val x, Val y) {
    Val v;
    if (!small_op(op, x, y, &v)) {
        e->at = id;
        v = feel_op(e, op, x, y);
    }
    if (e->trace && op >= IR_EQ) trace_add(e, TRACE_COMPARE, id, 0, v, (Val[]){x, y}, 2);
    return v;
}

static Val eval_binary(Eval *e, IrId id, const IrNode *n, const Frame *f) {
    IrOp op = (IrOp)n->op;
    Val x = operand(e, n->a, f), y = operand(e, n->b, f), v;
    if (small_op(op, x, y, &v) && !e->trace) return v;
    return op_traced(e, id, op, x, y);
}

static Val eval_logic(Eval *e, IrId id, const IrNode *n, const Frame *f) {
    Val x = operand(e, n->a, f);
    bool decides = n->op == IR_OR;
    if (val_is(x, decides)) return x;
    Val y = operand(e, n->b, f);
    if (x.tag == V_BOOL && y.tag == V_BOOL) return y;
    e->at = id;
    return feel_op(e, (IrOp)n->op, x, y);
}

APART either(Eval *e, const IrNode *n, const Frame *f, Val cond) {
    unsigned t = val_truths(cond);
    Val cases[2];
    int count = 0;
    if (t & TRUTH_T) cases[count++] = feel_eval(e, n->b, f);
    if (t & (TRUTH_F | TRUTH_N)) cases[count++] = feel_eval(e, n->c, f);
    return unknown_join(e, cases, count, &cond, 1);
}

static Val eval_if(Eval *e, const IrNode *n, const Frame *f) {
    Val cond = operand(e, n->a, f);
    if (cond.tag == V_UNKNOWN) return either(e, n, f, cond);
    return operand(e, val_is(cond, true) ? n->b : n->c, f);
}

APART eval_between(Eval *e, IrId id, const IrNode *n, const Frame *f) {
    Val x = feel_eval(e, n->a, f), lo = feel_eval(e, n->b, f), hi = feel_eval(e, n->c, f);
    e->at = id;
    Val low = feel_op(e, IR_GE, x, lo), high = feel_op(e, IR_LE, x, hi);
    Val v = feel_op(e, IR_AND, low, high);
    if (e->trace) trace_add(e, TRACE_COMPARE, id, 0, v, (Val[]){x, lo, hi}, 3);
    return v;
}

APART eval_neg(Eval *e, IrId id, const IrNode *n, const Frame *f) {
    Val x = feel_eval(e, n->a, f);
    if (x.tag == V_NUM && x.i != INT64_MIN) {
        x.i = -x.i;
        return x;
    }
    e->at = id;
    if (x.tag == V_DAYS || x.tag == V_MONTHS) {
        Val out;
        if (temporal_neg(x, &out)) return out;
    }
    if (val_is_num(x) || x.tag == V_UNKNOWN) return feel_op(e, IR_SUB, val_int(0), x);
    if (x.tag == V_NULL && x.p) return x;
    return FEEL_NULL(e, M_FEEL_OPERANDS, S("-"), kind_text(e, x), S(""));
}

APART eval_in(Eval *e, IrId id, const IrNode *n, const Frame *f) {
    Val x = feel_eval(e, n->a, f);
    e->at = id;
    Val v = eval_tests(e, ir_node(e->prog, n->b), x, f);
    e->at = id;
    if (v.tag == V_NULL && !v.p && x.tag == V_NULL)
        v = FEEL_NULL(e, M_FEEL_OPERANDS, S("in"), S("null"), S(""));
    if (e->trace) trace_add(e, TRACE_COMPARE, id, 0, v, &x, 1);
    return v;
}

APART eval_list(Eval *e, const IrNode *n, const Frame *f) {
    int count;
    const int32_t *items = ir_items(e->prog, n->a, &count);
    Val *v = NEW_N(e->arena, Val, count);
    for (int i = 0; i < count; i++) v[i] = feel_eval(e, items[i], f);
    return val_list(v, count);
}

static Val eval_path(Eval *e, IrId id, const IrNode *n, const Frame *f) {
    Val x = operand(e, n->a, f), out;
    e->at = id;
    Str name = e->prog->names[n->b];
    if (n->op == IR_PATH) {
        if (x.tag == V_CONTEXT && ctx_get(x, name, &out)) return out;
        return feel_path(e, x, name);
    }
    if (x.tag == V_CONTEXT && ctx_get(x, name, &out)) return out;
    if (x.tag == V_UNKNOWN) return unknown_of(e, &x, 1);
    if (n->c != IR_NONE) return feel_eval(e, n->c, f);
    return feel_path(e, x, name);
}

APART eval_function(Eval *e, const IrNode *n, const Frame *f) {
    Function *fn = NEW(e->arena, Function);
    *fn = (Function){.kind = FN_LAMBDA, .fn = e->prog->fns[n->a], .frame = f};
    return (Val){.tag = V_FUNCTION, .p = fn};
}

APART eval_error(Eval *e, IrId id, const IrNode *n) {
    e->at = id;
    Str why = n->a == IR_NONE ? S("") : e->prog->names[n->a];
    return FEEL_NULL(e, M_FEEL_SYNTAX_NULL, why);
}

APART eval_hooked(Eval *e, IrId id, const IrNode *n, const Frame *f) {
    e->at = id;
    if (!e->hooks || !e->hooks->table) return FEEL_NULL(e, M_FEEL_NO_GLOBAL);
    return e->hooks->table(e, e->prog->tables[n->a], f);
}

APART eval_coerce(Eval *e, IrId id, const IrNode *n, const Frame *f) {
    Val x = feel_eval(e, n->a, f);
    e->at = id;
    Val v = feel_coerce(e, x, n->type);
    if (e->trace && v.tag != x.tag) trace_add(e, TRACE_COERCE, id, 0, v, &x, 1);
    return v;
}

static Val eval_node(Eval *e, IrId id, const Frame *f) {
    const IrNode *n = ir_node(e->prog, id);
    switch ((IrOp)n->op) {
    case IR_CONST: return e->prog->consts[n->a];
    case IR_GLOBAL: return eval_global(e, id, n);
    case IR_LOCAL: return eval_local(n, f);
    case IR_NEG: return eval_neg(e, id, n, f);
    case IR_ADD ... IR_GE: return eval_binary(e, id, n, f);
    case IR_AND:
    case IR_OR: return eval_logic(e, id, n, f);
    case IR_BETWEEN: return eval_between(e, id, n, f);
    case IR_IN: return eval_in(e, id, n, f);
    case IR_IF: return eval_if(e, n, f);
    case IR_PATH:
    case IR_MEMBER: return eval_path(e, id, n, f);
    case IR_FILTER: return eval_filter(e, n, f);
    case IR_LIST: return eval_list(e, n, f);
    case IR_CONTEXT: return eval_context(e, n, f);
    case IR_RANGE: e->at = id; return eval_range(e, n, f);
    case IR_FOR:
    case IR_SOME:
    case IR_EVERY: e->at = id; return eval_loop(e, n, f);
    case IR_FUNCTION: return eval_function(e, n, f);
    case IR_CALL: e->at = id; return eval_call(e, n, f);
    case IR_BUILTIN: return eval_builtin(e, id, f);
    case IR_INSTANCE: return eval_instance(e, feel_eval(e, n->a, f), e->prog->type_refs[n->b]);
    case IR_COERCE: return eval_coerce(e, id, n, f);
    case IR_TABLE: return eval_hooked(e, id, n, f);
    default: return eval_error(e, id, n);
    }
}

static Val eval_deep(Eval *e, IrId id, const Frame *f) {
    if (--e->steps < 0) {
        e->at = id;
        return e->steps == -1 ? FEEL_NULL(e, M_FEEL_LIMIT_STEPS) : val_null();
    }
    if (++e->depth > e->max_depth) {
        e->depth--;
        e->at = id;
        return FEEL_NULL(e, M_FEEL_LIMIT_DEPTH);
    }
    Val v = eval_node(e, id, f);
    e->depth--;
    if ((v.tag == V_LIST || v.tag == V_CONTEXT) && val_nesting(v) > FEEL_NESTING) {
        e->at = id;
        return FEEL_NULL(e, M_FEEL_LIMIT_DEPTH);
    }
    return v;
}

Val feel_eval(Eval *e, IrId id, const Frame *f) {
    return operand(e, id, f);
}

Val feel_test(Eval *e, IrId cell, Val input, const Frame *f) {
    if (cell < 0) return val_bool(true);
    const IrNode *n = ir_node(e->prog, cell);
    if (n->op != IR_TESTS) return feel_eval(e, cell, f);
    e->at = cell;
    return eval_tests(e, n, input, f);
}

/* A chain longer than what can be evaluated is cut there: its head counts as one condition. */
static int flatten(const Program *p, IrId id, IrId *out, int n, int max, int depth) {
    const IrNode *x = ir_node(p, id);
    if (x->op == IR_COERCE && depth < FEEL_DEPTH) return flatten(p, x->a, out, n, max, depth + 1);
    if (x->op != IR_AND || depth >= FEEL_DEPTH) {
        if (n < max) out[n] = id;
        return n + 1;
    }
    n = flatten(p, x->a, out, n, max, depth + 1);
    return flatten(p, x->b, out, n, max, depth + 1);
}

int feel_conjuncts(Eval *e, IrId id, const Frame *f, Conjunct *out, int max) {
    IrId *ids = NEW_N(e->arena, IrId, max);
    int n = flatten(e->prog, id, ids, 0, max, 0);
    for (int i = 0; i < n && i < max; i++) {
        const IrNode *x = ir_node(e->prog, ids[i]);
        Conjunct *c = &out[i];
        *c = (Conjunct){.node = ids[i], .op = (IrOp)x->op, .text = ir_text(e->prog, ids[i])};
        bool compares = x->op >= IR_EQ && x->op <= IR_GE;
        if (compares || x->op == IR_IN || x->op == IR_BETWEEN) c->left = feel_eval(e, x->a, f);
        if (compares) c->right = feel_eval(e, x->b, f);
        c->outcome = compares ? feel_op(e, c->op, c->left, c->right) : feel_eval(e, ids[i], f);
    }
    return n;
}
