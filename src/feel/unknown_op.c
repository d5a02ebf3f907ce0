/* Operators on unknowns: candidates first (unknown_lift), then bounds. Interval arithmetic is sound
 * because decimal rounding is monotone: the rounded result of any admissible choice lies between
 * the rounded results at the ends. */
#include "feel/eval.h"

/* What a list or context inside another costs when compared: it is looked through for unknowns. */
enum { NESTED_STEPS = 64 };

static const Val OPEN = {.tag = V_NULL};

typedef struct OpCase {
    IrOp op;
} OpCase;

static Val op_case(Eval *e, const void *ctx, const Val *args, int n) {
    (void)n;
    return op_known(e, ((const OpCase *)ctx)->op, args[0], args[1]);
}

static unsigned kleene(IrOp op, unsigned x, unsigned y) {
    unsigned decides = op == IR_OR ? TRUTH_T : TRUTH_F, other = decides ^ 3U;
    unsigned out = (x & decides) | (y & decides);
    if ((x & other) && (y & other)) out |= other;
    if (((x & TRUTH_N) && (y & (TRUTH_N | other))) || ((y & TRUTH_N) && (x & other)))
        out |= TRUTH_N;
    return out;
}

/* --- intervals --- */

typedef struct Span {
    Val lo, hi;
    bool may_null;
} Span;

static bool is_open(Val v) {
    return v.tag == V_NULL;
}

/* op on two ends; open when either is open or the kinds do not fit. */
static Val ends(Eval *e, IrOp op, Val x, Val y) {
    if (is_open(x) || is_open(y)) return OPEN;
    DiagMark before = diag_mark(e);
    Trace *trace = e->trace;
    e->trace = NULL;
    Val v = op_known(e, op, x, y);
    e->trace = trace;
    diag_rewind(e, before);
    return v.tag == V_NULL ? OPEN : v;
}

/* The smallest (want -1) or largest (want 1) of n ends; open when one is. */
static Val extreme(const Val *v, int n, int want) {
    Val best = v[0];
    for (int i = 0; i < n; i++) {
        int c;
        if (is_open(v[i]) || !val_compare(v[i], best, &c)) return OPEN;
        if (c * want > 0) best = v[i];
    }
    return best;
}

static int sign_of(Val v) {
    Dec d = val_dec(v);
    return dec_sign(&d);
}

static bool at_least_zero(Val lo) {
    return val_is_num(lo) && sign_of(lo) >= 0;
}

static Span corners(Eval *e, IrOp op, Val xl, Val xh, Val yl, Val yh) {
    Val v[4] = {ends(e, op, xl, yl), ends(e, op, xl, yh), ends(e, op, xh, yl), ends(e, op, xh, yh)};
    return (Span){extreme(v, 4, -1), extreme(v, 4, 1), false};
}

static bool same_end(Val x, Val y) {
    int c;
    return !is_open(x) && !is_open(y) && val_compare(x, y, &c) && c == 0;
}

/* One factor is exactly k: the ends are scaled, also open ones. */
static Span scaled(Eval *e, Val lo, Val hi, Val k) {
    if (!val_is_num(k)) return corners(e, IR_MUL, lo, hi, k, k);
    bool flip = sign_of(k) < 0;
    return (Span){ends(e, IR_MUL, flip ? hi : lo, k), ends(e, IR_MUL, flip ? lo : hi, k), false};
}

static Span product(Eval *e, Val xl, Val xh, Val yl, Val yh) {
    if (same_end(yl, yh)) return scaled(e, xl, xh, yl);
    if (same_end(xl, xh)) return scaled(e, yl, yh, xl);
    if (at_least_zero(xl) && at_least_zero(yl))
        return (Span){ends(e, IR_MUL, xl, yl), ends(e, IR_MUL, xh, yh), false};
    return corners(e, IR_MUL, xl, xh, yl, yh);
}

/* The divisor must keep one sign. */
static Span quotient(Eval *e, Val xl, Val xh, Val yl, Val yh) {
    bool positive = val_is_num(yl) && sign_of(yl) > 0, negative = val_is_num(yh) && sign_of(yh) < 0;
    if (!positive && !negative) return (Span){OPEN, OPEN, true};
    if (positive && at_least_zero(xl)) {
        Val lo = is_open(yh) ? val_int(0) : ends(e, IR_DIV, xl, yh);
        return (Span){lo, ends(e, IR_DIV, xh, yl), false};
    }
    if (positive && same_end(yl, yh))
        return (Span){ends(e, IR_DIV, xl, yl), ends(e, IR_DIV, xh, yl), false};
    return corners(e, IR_DIV, xl, xh, yl, yh);
}

static Span power(Eval *e, Val xl, Val xh, Val y) {
    int64_t n;
    Dec d = val_is_num(y) ? val_dec(y) : dec_int(-1);
    if (!at_least_zero(xl) || !dec_to_i64(&d, &n) || n < 1) return (Span){OPEN, OPEN, true};
    return (Span){ends(e, IR_POW, xl, y), ends(e, IR_POW, xh, y), false};
}

static bool one_kind(Val lo, Val hi) {
    return is_open(lo) || is_open(hi) || lo.tag == hi.tag || (val_is_num(lo) && val_is_num(hi));
}

static Val arithmetic(Eval *e, IrOp op, Val x, Val y) {
    Val xl, xh, yl, yh;
    val_bounds(x, &xl, &xh);
    val_bounds(y, &yl, &yh);
    Val args[2] = {x, y};
    bool blind = (is_open(xl) && is_open(xh)) || (is_open(yl) && is_open(yh));
    if (!one_kind(xl, xh) || !one_kind(yl, yh)) return unknown_of(e, args, 2);
    Span s = {OPEN, OPEN, true};
    bool numbers = (val_is_num(xl) || val_is_num(xh)) && (val_is_num(yl) || val_is_num(yh));
    if (op == IR_ADD)
        s = (Span){ends(e, IR_ADD, xl, yl), ends(e, IR_ADD, xh, yh), false};
    else if (op == IR_SUB)
        s = (Span){ends(e, IR_SUB, xl, yh), ends(e, IR_SUB, xh, yl), false};
    else if (op == IR_MUL && numbers)
        s = product(e, xl, xh, yl, yh);
    else if (op == IR_DIV && numbers)
        s = quotient(e, xl, xh, yl, yh);
    else if (op == IR_POW && numbers && same_end(yl, yh))
        s = power(e, xl, xh, yl);
    bool may_null =
        s.may_null || blind || val_may_null(x) || val_may_null(y) || is_open(s.lo) || is_open(s.hi);
    return unknown_hull(e, s.lo, s.hi, may_null, args, 2);
}

/* --- comparison --- */

/* Possible truth of x < y (or x <= y), by bounds. */
static unsigned less(Val x, Val y, bool or_equal) {
    Val xl, xh, yl, yh;
    int c;
    val_bounds(x, &xl, &xh);
    val_bounds(y, &yl, &yh);
    bool typed = !(is_open(xl) && is_open(xh)) && !(is_open(yl) && is_open(yh));
    unsigned out = val_may_null(x) || val_may_null(y) || !typed ? TRUTH_N : 0U;
    bool always =
        !is_open(xh) && !is_open(yl) && val_compare(xh, yl, &c) && (or_equal ? c <= 0 : c < 0);
    bool never =
        !is_open(xl) && !is_open(yh) && val_compare(xl, yh, &c) && (or_equal ? c > 0 : c >= 0);
    if (typed && !always && !never) {
        Val a = is_open(xl) ? xh : xl, b = is_open(yl) ? yh : yl;
        if (!val_compare(a, b, &c)) out |= TRUTH_N;
    }
    return out | (always ? TRUTH_T : never ? TRUTH_F : TRUTH_T | TRUTH_F);
}

static unsigned flip(unsigned t) {
    return (t & TRUTH_N) | (t & TRUTH_T ? TRUTH_F : 0U) | (t & TRUTH_F ? TRUTH_T : 0U);
}

static unsigned equal_truths(Eval *e, Val x, Val y);

static unsigned equal_items(Eval *e, const Val *x, const Val *y, int n) {
    unsigned some = 0, certain = 0;
    for (int i = 0; i < n; i++) {
        if (x[i].tag == V_LIST || x[i].tag == V_CONTEXT) e->steps -= NESTED_STEPS;
        if (e->steps < 0) return TRUTH_F | TRUTH_T | TRUTH_N;
        unsigned t = equal_truths(e, x[i], y[i]);
        some |= t;
        if (t == TRUTH_F) certain = TRUTH_F;
    }
    if (certain) return TRUTH_F | (some & TRUTH_N);
    return some | TRUTH_T;
}

static unsigned equal_contexts(Eval *e, const Context *x, Val y) {
    const Context *c = val_ctx(y);
    if (x->n != c->n) return TRUTH_F;
    Val *other = NEW_N(e->arena, Val, x->n);
    for (int i = 0; i < x->n; i++)
        if (!ctx_get(y, x->keys[i], &other[i])) return TRUTH_F;
    return equal_items(e, x->vals, other, x->n);
}

static unsigned equal_truths(Eval *e, Val x, Val y) {
    if (!val_has_unknown(x) && !val_has_unknown(y)) {
        int q = val_equal_within(x, y, &e->steps);
        if (e->steps < 0) return TRUTH_F | TRUTH_T | TRUTH_N;
        return q > 0 ? TRUTH_T : q < 0 ? TRUTH_F : TRUTH_N;
    }
    if (x.tag == V_NULL || y.tag == V_NULL) {
        Val other = x.tag == V_NULL ? y : x;
        return TRUTH_F | (val_may_null(other) ? TRUTH_T : 0U);
    }
    Val args[2] = {x, y};
    if (unknown_liftable(e, args, 2)) {
        OpCase eq = {IR_EQ};
        return val_truths(unknown_lift(e, op_case, &eq, args, 2));
    }
    if (x.tag == V_LIST && y.tag == V_LIST)
        return x.n == y.n ? equal_items(e, val_items(x), val_items(y), (int)x.n) : TRUTH_F;
    if (x.tag == V_CONTEXT && y.tag == V_CONTEXT) return equal_contexts(e, val_ctx(x), y);
    unsigned before = less(x, y, false), after = less(y, x, false);
    unsigned out = (before | after) & TRUTH_N;
    if (val_may_null(x) || val_may_null(y)) out |= TRUTH_F | TRUTH_T; /* null = null, null = v */
    if ((before & ~(unsigned)TRUTH_N) == TRUTH_T || (after & ~(unsigned)TRUTH_N) == TRUTH_T)
        return out | TRUTH_F;
    return out | TRUTH_F | TRUTH_T;
}

Val op_unknown(Eval *e, IrOp op, Val x, Val y) {
    Val args[2] = {x, y};
    if (op == IR_AND || op == IR_OR)
        return val_of_truths(e, kleene(op, val_truths(x), val_truths(y)), args, 2);
    OpCase c = {op};
    if (unknown_liftable(e, args, 2)) return unknown_lift(e, op_case, &c, args, 2);
    if (op <= IR_POW) return arithmetic(e, op, x, y);
    unsigned t;
    switch (op) {
    case IR_EQ: t = equal_truths(e, x, y); break;
    case IR_NE: t = flip(equal_truths(e, x, y)); break;
    case IR_LT: t = less(x, y, false); break;
    case IR_LE: t = less(x, y, true); break;
    case IR_GT: t = less(y, x, false); break;
    default: t = less(y, x, true);
    }
    return e->steps < 0 ? steps_over(e) : val_of_truths(e, t, args, 2);
}
