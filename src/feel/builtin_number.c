/* Numeric functions (DMN 10.3.4.5), not and is. Rounding functions and abs take unknown numbers:
 * they are monotone (abs in two pieces), so bounds map to bounds. */
#include "feel/builtin.h"
#include "feel/temporal.h"

/* Rounds a known number; also traces it. */
static Val round_known(Eval *e, const char *fn, Val n, Val scale, DecRound mode) {
    int64_t digits;
    Dec d = val_dec(n), r;
    if (!int_of(scale, &digits) || !dec_round(&r, &d, digits, mode))
        return fn_range(e, fn, "scale", scale);
    Val v = val_num(e->arena, &r);
    Val before[2] = {n, scale};
    if (e->trace) trace_add(e, TRACE_ROUND, e->at, 0, v, before, 2);
    return v;
}

/* A bound rounded; V_NULL stays open. */
static Val round_bound(Eval *e, Val bound, int64_t digits, DecRound mode) {
    if (!val_is_num(bound)) return val_null();
    Dec d = val_dec(bound), r;
    return dec_round(&r, &d, digits, mode) ? val_num(e->arena, &r) : val_null();
}

static Val round_fn(Eval *e, const char *fn, const Val *args, int n, DecRound mode) {
    Val scale = n > 1 ? args[1] : val_int(0);
    if (args[0].tag == V_NULL) return fn_null_arg(e, fn, "n");
    if (scale.tag == V_NULL) return fn_null_arg(e, fn, "scale");
    if (!any_unknown(args, n)) return round_known(e, fn, args[0], scale, mode);
    int64_t digits;
    if (val_unknown(scale)) return unknown_of(e, args, n);
    if (!int_of(scale, &digits) || digits < DEC_SCALE_MIN || digits > DEC_SCALE_MAX)
        return fn_range(e, fn, "scale", scale);
    const Unknown *u = val_unk(args[0]);
    if (u->ncands) { /* candidates never hold null: may_null says it */
        Val *results = NEW_N(e->arena, Val, u->ncands + 1);
        for (int i = 0; i < u->ncands; i++) results[i] = round_bound(e, u->cands[i], digits, mode);
        return unknown_join(e, results, u->ncands + u->may_null, args, n);
    }
    Val lo, hi;
    val_bounds(args[0], &lo, &hi);
    return unknown_hull(e, round_bound(e, lo, digits, mode), round_bound(e, hi, digits, mode),
                        val_may_null(args[0]), args, n);
}

#define ROUNDING(id, name, mode)                                                                   \
    Val bi_##id(Eval *e, const Val *args, int n) {                                                 \
        return round_fn(e, name, args, n, mode);                                                   \
    }
ROUNDING(decimal, "decimal", DEC_HALF_EVEN)
ROUNDING(floor, "floor", DEC_FLOOR)
ROUNDING(ceiling, "ceiling", DEC_CEILING)
ROUNDING(round_up, "round up", DEC_UP)
ROUNDING(round_down, "round down", DEC_DOWN)
ROUNDING(round_half_up, "round half up", DEC_HALF_UP)
ROUNDING(round_half_down, "round half down", DEC_HALF_DOWN)

/* Of a number or duration; V_NULL when it has none. */
static Val abs_known(Eval *e, Val v) {
    Val r = val_null();
    if (temporal_abs(v, &r)) return r;
    if (!val_is_num(v)) return val_null();
    Dec d = val_dec(v), a;
    return dec_abs(&a, &d) ? val_num(e->arena, &a) : val_null();
}

/* -1, 0, 1 against zero; 0 also for V_NULL. */
static int sign_of(Val v) {
    if (val_is_num(v)) {
        Dec d = val_dec(v);
        return dec_sign(&d);
    }
    if (v.tag != V_DAYS && v.tag != V_MONTHS) return 0;
    return v.i < 0 ? -1 : v.i > 0 || v.n > 0;
}

static Val zero_like(Val v) {
    return val_is_num(v) ? val_int(0) : (Val){.tag = v.tag};
}

static bool has_sign(Val v) {
    return val_is_num(v) || v.tag == V_DAYS || v.tag == V_MONTHS;
}

static Val abs_unknown(Eval *e, Val v) {
    const Unknown *u = val_unk(v);
    if (u->ncands) {
        Val *results = NEW_N(e->arena, Val, u->ncands + 1);
        for (int i = 0; i < u->ncands; i++) results[i] = abs_known(e, u->cands[i]);
        return unknown_join(e, results, u->ncands + u->may_null, &v, 1);
    }
    Val lo, hi;
    int cmp;
    bool null = val_may_null(v), below = false, above = false;
    val_bounds(v, &lo, &hi);
    if (!has_sign(lo) && !has_sign(hi)) return unknown_of(e, &v, 1);
    if (has_sign(lo)) above = sign_of(lo) >= 0;
    if (has_sign(hi)) below = sign_of(hi) <= 0;
    if (above) return unknown_hull(e, lo, hi, null, &v, 1);
    Val far = abs_known(e, lo); /* null when open */
    if (below) return unknown_hull(e, abs_known(e, hi), far, null, &v, 1);
    Val zero = zero_like(has_sign(lo) ? lo : hi);
    if (!has_sign(lo) || !has_sign(hi)) return unknown_hull(e, zero, val_null(), null, &v, 1);
    if (val_compare(far, hi, &cmp) && cmp < 0) far = hi;
    return unknown_hull(e, zero, far, null, &v, 1);
}

Val bi_abs(Eval *e, const Val *args, int n) {
    (void)n;
    if (val_unknown(args[0])) return abs_unknown(e, args[0]);
    Val v = args[0];
    if (v.tag == V_LIST && v.n == 1) v = val_items(v)[0]; /* singleton list to element */
    if (!val_is_num(v) && v.tag != V_DAYS && v.tag != V_MONTHS) return fn_type(e, "abs", "n", v);
    Val r = abs_known(e, v);
    return r.tag == V_NULL ? fn_result(e, "abs") : r;
}

Val bi_modulo(Eval *e, const Val *args, int n) {
    (void)n;
    if (args[0].tag == V_NULL) return fn_null_arg(e, "modulo", "dividend");
    if (args[1].tag == V_NULL) return fn_null_arg(e, "modulo", "divisor");
    Dec x = val_dec(args[0]), y = val_dec(args[1]), r;
    if (!dec_modulo(&r, &x, &y)) return fn_range(e, "modulo", "divisor", args[1]);
    return val_num(e->arena, &r);
}

static Val unary(Eval *e, const char *fn, Val v, bool (*op)(Dec *r, const Dec *x)) {
    if (v.tag == V_NULL) return fn_null_arg(e, fn, "number");
    Dec d = val_dec(v), r;
    return op(&r, &d) ? val_num(e->arena, &r) : fn_range(e, fn, "number", v);
}

Val bi_sqrt(Eval *e, const Val *args, int n) {
    (void)n;
    return unary(e, "sqrt", args[0], dec_sqrt);
}
Val bi_log(Eval *e, const Val *args, int n) {
    (void)n;
    return unary(e, "log", args[0], dec_ln);
}
Val bi_exp(Eval *e, const Val *args, int n) {
    (void)n;
    return unary(e, "exp", args[0], dec_exp);
}

/* Remainder 0 by 2? A number that is not whole is neither odd nor even. */
static Val parity(Eval *e, const char *fn, Val v, bool odd) {
    if (v.tag == V_NULL) return fn_null_arg(e, fn, "number");
    Dec d = val_dec(v), two = dec_int(2), r;
    if (!dec_is_int(&d)) return val_bool(false);
    if (!dec_modulo(&r, &d, &two)) return fn_result(e, fn);
    return val_bool(dec_is_zero(&r) != odd);
}

Val bi_odd(Eval *e, const Val *args, int n) {
    (void)n;
    return parity(e, "odd", args[0], true);
}
Val bi_even(Eval *e, const Val *args, int n) {
    (void)n;
    return parity(e, "even", args[0], false);
}

Val bi_not(Eval *e, const Val *args, int n) {
    if (val_unknown(args[0])) {
        unsigned t = val_truths(args[0]);
        return val_of_truths(e, (t & 4) | (t & 1) << 1 | (t & 2) >> 1, args, n);
    }
    if (args[0].tag == V_NULL) return args[0];
    if (args[0].tag != V_BOOL) return fn_type(e, "not", "negand", args[0]);
    return val_bool(!args[0].i);
}

Val bi_is(Eval *e, const Val *args, int n) {
    (void)n;
    bool same = val_same_within(args[0], args[1], &e->steps);
    return e->steps < 0 ? fn_limit(e, "is") : val_bool(same);
}
