/* Operators on values: arithmetic, comparison, three-valued logic, equality, membership, ranges,
 * unary tests. The functions named *_known never see unknowns; feel_op sends unknowns to
 * unknown.c. */
#include "feel/build.h"
#include "feel/eval.h"
#include "feel/temporal.h"

/* An operand that is null for a reason keeps that reason; otherwise the operator is the reason. */
static Val bad_operands(Eval *e, IrOp op, Val x, Val y) {
    if (x.tag == V_NULL && x.p) return x;
    if (y.tag == V_NULL && y.p) return y;
    return FEEL_NULL(e, M_FEEL_OPERANDS, op_text(op), kind_text(e, x), kind_text(e, y));
}

static Val number_op(Eval *e, IrOp op, Val x, Val y) {
    Dec a = val_dec(x), b = val_dec(y), r;
    bool good = false;
    switch (op) {
    case IR_ADD: good = dec_add(&r, &a, &b); break;
    case IR_SUB: good = dec_sub(&r, &a, &b); break;
    case IR_MUL: good = dec_mul(&r, &a, &b); break;
    case IR_DIV: good = dec_div(&r, &a, &b); break;
    case IR_POW: good = dec_pow(&r, &a, &b); break;
    default: break;
    }
    return good ? val_num(e->arena, &r) : FEEL_NULL(e, M_FEEL_NO_NUMBER, op_text(op));
}

static Val concat(Eval *e, Val x, Val y) {
    if ((int64_t)x.n + y.n > FEEL_LIST)
        return FEEL_NULL(e, M_FEEL_LIMIT_LIST, str_printf(e->arena, "%d", FEEL_LIST));
    return val_str(str_cat(e->arena, val_text(x), val_text(y)));
}

static Val arithmetic(Eval *e, IrOp op, Val x, Val y) {
    if (val_is_num(x) && val_is_num(y)) return number_op(e, op, x, y);
    if (op == IR_ADD && x.tag == V_STRING && y.tag == V_STRING) return concat(e, x, y);
    Val out;
    bool temporal = val_is_temporal(x) || val_is_temporal(y), good = false;
    if (temporal && op == IR_ADD) good = temporal_add(e->arena, x, y, &out);
    if (temporal && op == IR_SUB) good = temporal_sub(e->arena, x, y, &out);
    if (temporal && op == IR_MUL) good = temporal_mul(e->arena, x, y, &out);
    if (temporal && op == IR_DIV) good = temporal_div(e->arena, x, y, &out);
    return good ? out : bad_operands(e, op, x, y);
}

static Val compare(Eval *e, IrOp op, Val x, Val y) {
    int c;
    if (!val_compare(x, y, &c)) return bad_operands(e, op, x, y);
    switch (op) {
    case IR_LT: return val_bool(c < 0);
    case IR_LE: return val_bool(c <= 0);
    case IR_GT: return val_bool(c > 0);
    default: return val_bool(c >= 0);
    }
}

Val steps_over(Eval *e) {
    return FEEL_NULL(e, M_FEEL_LIMIT_STEPS);
}

static Val equality(Eval *e, IrOp op, Val x, Val y) {
    int q = val_equal_within(x, y, &e->steps);
    if (q == 0) return e->steps < 0 ? steps_over(e) : bad_operands(e, op, x, y);
    return val_bool((q > 0) == (op == IR_EQ));
}

/* Kleene; an operand that is no boolean counts as null, and is the reason when the result is. */
static Val logic(Eval *e, IrOp op, Val x, Val y) {
    bool decides = op == IR_OR;
    if (val_is(x, decides) || val_is(y, decides)) return val_bool(decides);
    if (x.tag == V_BOOL && y.tag == V_BOOL) return val_bool(!decides);
    Val bad = x.tag == V_BOOL ? y : x;
    if (bad.tag == V_NULL) return bad;
    return FEEL_NULL(e, M_FEEL_NOT_BOOLEAN, kind_text(e, bad));
}

Val op_known(Eval *e, IrOp op, Val x, Val y) {
    if (op <= IR_POW) return arithmetic(e, op, x, y);
    if (op == IR_EQ || op == IR_NE) return equality(e, op, x, y);
    if (op <= IR_GE) return compare(e, op, x, y);
    return logic(e, op, x, y);
}

Val feel_op(Eval *e, IrOp op, Val x, Val y) {
    if (e->unknowns && (val_has_unknown(x) || val_has_unknown(y))) return op_unknown(e, op, x, y);
    return op_known(e, op, x, y);
}

Val feel_equal(Eval *e, Val x, Val y) {
    return feel_op(e, IR_EQ, x, y);
}

static Val in_range(Eval *e, Val x, const Range *r) {
    if (x.tag == V_NULL && r->op != RANGE_EQ && r->op != RANGE_NE) return x;
    switch (r->op) {
    case RANGE_EQ: return feel_op(e, IR_EQ, x, r->lo);
    case RANGE_NE: return feel_op(e, IR_NE, x, r->lo);
    case RANGE_LT: return feel_op(e, IR_LT, x, r->hi);
    case RANGE_LE: return feel_op(e, IR_LE, x, r->hi);
    case RANGE_GT: return feel_op(e, IR_GT, x, r->lo);
    case RANGE_GE: return feel_op(e, IR_GE, x, r->lo);
    default: break;
    }
    Val low = feel_op(e, r->lo_closed ? IR_GE : IR_GT, x, r->lo);
    if (val_is(low, false)) return low;
    return feel_op(e, IR_AND, low, feel_op(e, r->hi_closed ? IR_LE : IR_LT, x, r->hi));
}

/* Equality without a finding when the kinds differ: membership just fails then. */
static Val quiet_equal(Eval *e, Val x, Val y) {
    if (e->unknowns && (val_has_unknown(x) || val_has_unknown(y)))
        return op_unknown(e, IR_EQ, x, y);
    bool equal = val_equal_within(x, y, &e->steps) > 0;
    return e->steps < 0 ? steps_over(e) : val_bool(equal);
}

static Val in_list(Eval *e, Val x, Val list) {
    Val acc = val_bool(false);
    if (x.tag == V_LIST) acc = quiet_equal(e, x, list);
    for (uint32_t i = 0; i < list.n && !val_is(acc, true); i++) {
        Val item = val_items(list)[i];
        bool range = item.tag == V_RANGE && x.tag != V_RANGE;
        Val one = range ? in_range(e, x, item.p) : quiet_equal(e, x, item);
        acc = feel_op(e, IR_OR, acc, one);
    }
    return acc;
}

Val feel_in(Eval *e, Val x, Val y) {
    if (y.tag == V_RANGE && x.tag != V_RANGE) return in_range(e, x, y.p);
    if (y.tag == V_LIST) return in_list(e, x, y);
    if (y.tag == V_UNKNOWN && val_unk(y)->lo.tag == V_NULL && val_unk(y)->hi.tag == V_NULL)
        return unknown_of(e, (Val[]){x, y}, 2); /* perhaps a list or a range */
    return feel_op(e, IR_EQ, x, y);
}

/* One test of a cell. A boolean that does not look at `?` decides alone when the input is no
 * boolean; but true and false as written are values, which a missing (null) input does not equal.
 */
static Val eval_test(Eval *e, IrId id, Val input, const Frame *f) {
    Val v = feel_eval(e, id, f);
    const IrNode *n = ir_node(e->prog, id);
    if (n->flags & IRF_INPUT) {
        if (v.tag == V_BOOL || v.tag == V_NULL || v.tag == V_UNKNOWN) return v;
    } else if (v.tag == V_BOOL && input.tag != V_BOOL && input.tag != V_UNKNOWN) {
        if (input.tag != V_NULL || n->op != IR_CONST) return v;
    }
    return feel_in(e, input, v);
}

typedef struct TestsCase {
    const IrNode *n;
    const Frame *f;
} TestsCase;

static Val tests_case(Eval *e, const void *ctx, const Val *args, int n) {
    (void)n;
    const TestsCase *t = ctx;
    return eval_tests(e, t->n, args[0], t->f);
}

Val eval_tests(Eval *e, const IrNode *n, Val input, const Frame *f) {
    if (input.tag == V_UNKNOWN && unknown_liftable(e, &input, 1)) {
        TestsCase t = {n, f};
        return unknown_lift(e, tests_case, &t, &input, 1);
    }
    int count;
    const int32_t *tests = ir_items(e->prog, n->a, &count);
    if (count == 0) return val_bool(true);
    FrameBox box;
    const Frame *in = frame_open(e, &box, n->c, f);
    in->slots[0] = input;
    Val acc = eval_test(e, tests[0], input, in);
    for (int i = 1; i < count && !val_is(acc, true); i++)
        acc = feel_op(e, IR_OR, acc, eval_test(e, tests[i], input, in));
    if (!(n->flags & IRF_NOT)) return acc;
    if (acc.tag == V_UNKNOWN) {
        unsigned t = val_truths(acc);
        unsigned flipped =
            (t & TRUTH_N) | (t & TRUTH_F ? TRUTH_T : 0U) | (t & TRUTH_T ? TRUTH_F : 0U);
        return val_of_truths(e, flipped, &acc, 1);
    }
    return acc.tag == V_BOOL ? val_bool(!acc.i) : acc;
}

static bool range_ends_fit(Val lo, Val hi) {
    int c;
    if (lo.tag == V_UNKNOWN || hi.tag == V_UNKNOWN) return true;
    return val_compare(lo, hi, &c);
}

Val eval_range(Eval *e, const IrNode *n, const Frame *f) {
    Range r = {.op = (RangeOp)n->aux};
    IrId at = e->at;
    r.lo = n->a == IR_NONE ? val_null() : feel_eval(e, n->a, f);
    r.hi = n->b == IR_NONE ? val_null() : feel_eval(e, n->b, f);
    r.lo_closed = (n->flags & IRF_LO_CLOSED) != 0;
    r.hi_closed = (n->flags & IRF_HI_CLOSED) != 0;
    e->at = at;
    if (r.op == RANGE_INTERVAL && r.lo.tag != V_NULL && r.hi.tag != V_NULL &&
        !range_ends_fit(r.lo, r.hi))
        return FEEL_NULL(e, M_FEEL_RANGE_ENDS, value_text(e, r.lo), value_text(e, r.hi));
    return val_range(arena_copy(e->arena, &r, sizeof r));
}
