/* Functions that make one value of a list (DMN 10.3.4.4): min, max, sum, mean, product, median,
 * stddev, mode, all, any. With unknown elements the first five give the bounds of what is possible;
 * all and any are three-valued over possible truths. */
#include "feel/builtin.h"

static Val empty(Eval *e, const char *fn) {
    return FEEL_NULL(e, M_FEEL_FN_EMPTY, str_from(fn));
}

static bool has_unknown(const Val *items, int n) {
    for (int i = 0; i < n; i++) {
        if (val_has_unknown(items[i])) return true;
    }
    return false;
}

/* The items; false with *out the null when there are none to take. */
static bool take(Eval *e, const char *fn, const Val *args, int n, const Val **items, int *count,
                 Val *out) {
    if (!items_of(args, n, items, count)) {
        *out = fn_null_arg(e, fn, "list");
        return false;
    }
    if (!spend(e, *count)) {
        *out = fn_limit(e, fn);
        return false;
    }
    return true;
}

/* --- min and max ------------------------------------------------------------------------------ */

/* The smallest (sign -1) or largest (sign 1) of values that are all known; V_NULL entries are
 * skipped when skip is set. */
static bool extreme(const Val *items, int n, int sign, bool skip, int *best) {
    *best = -1;
    for (int i = 0; i < n; i++) {
        int cmp;
        if (skip && items[i].tag == V_NULL) continue;
        if (!val_compare(items[i], items[*best < 0 ? i : *best], &cmp)) return false;
        if (*best < 0 || cmp * sign > 0) *best = i;
    }
    return true;
}

/* Of the near ends (lo for min, hi for max) every one must be known to give a bound; of the far
 * ends the known ones bound the result. An unknown without bounds or candidates is taken to be of
 * the kind of the others. */
static Val extreme_unknown(Eval *e, const Val *items, int n, int sign) {
    Val *lo = NEW_N(e->arena, Val, n), *hi = NEW_N(e->arena, Val, n);
    bool null = false, open = false;
    for (int i = 0; i < n; i++) {
        val_bounds(items[i], &lo[i], &hi[i]);
        bool bare = lo[i].tag == V_NULL && hi[i].tag == V_NULL;
        if (bare && (!val_unknown(items[i]) || val_unk(items[i])->ncands))
            return unknown_of(e, items, n);
        null = null || val_may_null(items[i]);
        open = open || (sign < 0 ? lo : hi)[i].tag == V_NULL;
    }
    int at, end;
    const Val *nears = sign < 0 ? lo : hi, *fars = sign < 0 ? hi : lo;
    if (!extreme(nears, n, sign, true, &at) || !extreme(fars, n, sign, true, &end))
        return unknown_of(e, items, n);
    Val near = open || at < 0 ? val_null() : nears[at];
    Val far = end < 0 ? val_null() : fars[end];
    return sign < 0 ? unknown_hull(e, near, far, null, items, n)
                    : unknown_hull(e, far, near, null, items, n);
}

static Val extreme_fn(Eval *e, const char *fn, const Val *args, int n, int sign) {
    const Val *items;
    int count, best;
    Val out;
    if (n == 2 && !e->trace && val_is_num(args[0]) && val_is_num(args[1]) && spend(e, n))
        return val_compare(args[1], args[0], &best) && best * sign > 0 ? args[1] : args[0];
    if (!take(e, fn, args, n, &items, &count, &out)) return out;
    if (count == 0) return empty(e, fn);
    if (n == 1 && val_unknown(args[0])) return unknown_of(e, args, n);
    if (has_unknown(items, count)) return extreme_unknown(e, items, count, sign);
    if (!extreme(items, count, sign, false, &best)) {
        for (int i = 0; i < count; i++) {
            int cmp;
            if (!val_compare(items[0], items[i], &cmp)) return fn_order(e, fn, items[0], items[i]);
        }
        return fn_order(e, fn, items[0], items[count - 1]);
    }
    if (e->trace) trace_add(e, TRACE_CLAMP, e->at, (uint16_t)best, items[best], items, count);
    return items[best];
}

Val bi_min(Eval *e, const Val *args, int n) {
    return extreme_fn(e, "min", args, n, -1);
}
Val bi_max(Eval *e, const Val *args, int n) {
    return extreme_fn(e, "max", args, n, 1);
}

/* --- sum, mean, product ----------------------------------------------------------------------- */

/* Folds numbers with an operator. Durations can be added too when `durations` is set. */
static Val fold(Eval *e, const char *fn, const Val *items, int n, IrOp op, bool durations) {
    Val sum = items[0];
    for (int i = 0; i < n; i++) {
        Val v = items[i];
        bool duration = durations && (v.tag == V_DAYS || v.tag == V_MONTHS);
        if (!val_is_num(v) && !val_unknown(v) && !duration) return fn_type(e, fn, "list", v);
        if (i > 0) sum = feel_op(e, op, sum, v);
        if (sum.tag == V_NULL) return sum;
    }
    return sum;
}

static Val fold_fn(Eval *e, const char *fn, const Val *args, int n, IrOp op, bool mean) {
    const Val *items;
    int count;
    Val out;
    if (!take(e, fn, args, n, &items, &count, &out)) return out;
    if (count == 0) return empty(e, fn);
    if (n == 1 && val_unknown(args[0])) return unknown_of(e, args, n);
    out = fold(e, fn, items, count, op, op == IR_ADD);
    return mean && out.tag != V_NULL ? feel_op(e, IR_DIV, out, val_int(count)) : out;
}

Val bi_sum(Eval *e, const Val *args, int n) {
    return fold_fn(e, "sum", args, n, IR_ADD, false);
}
Val bi_mean(Eval *e, const Val *args, int n) {
    return fold_fn(e, "mean", args, n, IR_ADD, true);
}
Val bi_product(Eval *e, const Val *args, int n) {
    return fold_fn(e, "product", args, n, IR_MUL, false);
}

/* --- median, stddev, mode --------------------------------------------------------------------- */

/* The items as sorted decimals; false with *out the null. Merge sort, bottom up. */
static bool sorted(Eval *e, const char *fn, const Val *args, int n, Dec **decs, int *count,
                   Val *out) {
    const Val *items;
    if (!take(e, fn, args, n, &items, count, out)) return false;
    Dec *from = NEW_N(e->arena, Dec, *count), *to = NEW_N(e->arena, Dec, *count);
    for (int i = 0; i < *count; i++) {
        if (!val_is_num(items[i])) {
            *out = fn_type(e, fn, "list", items[i]);
            return false;
        }
        from[i] = val_dec(items[i]);
    }
    for (int width = 1; width < *count; width *= 2) {
        for (int lo = 0; lo < *count; lo += 2 * width) {
            int mid = lo + width < *count ? lo + width : *count;
            int hi = lo + 2 * width < *count ? lo + 2 * width : *count;
            for (int i = lo, j = mid, k = lo; k < hi; k++) {
                bool right = i == mid || (j < hi && dec_cmp(&from[j], &from[i]) < 0);
                to[k] = right ? from[j++] : from[i++];
            }
        }
        Dec *swap = from;
        from = to;
        to = swap;
    }
    *decs = from;
    return true;
}

Val bi_median(Eval *e, const Val *args, int n) {
    Dec *d, mid, two = dec_int(2);
    int count;
    Val out;
    if (!sorted(e, "median", args, n, &d, &count, &out)) return out;
    if (count == 0) return empty(e, "median");
    mid = d[count / 2];
    if (count % 2 == 0 && (!dec_add(&mid, &mid, &d[count / 2 - 1]) || !dec_div(&mid, &mid, &two)))
        return fn_result(e, "median");
    return val_num(e->arena, &mid);
}

Val bi_stddev(Eval *e, const Val *args, int n) {
    Dec *d, mean = dec_int(0), sum = dec_int(0), r;
    int count;
    Val out;
    if (!sorted(e, "stddev", args, n, &d, &count, &out)) return out;
    if (count < 2) return fn_result(e, "stddev"); /* of a sample: divided by count - 1 */
    Dec size = dec_int(count), less = dec_int(count - 1);
    bool ok = true;
    for (int i = 0; i < count; i++) ok = ok && dec_add(&mean, &mean, &d[i]);
    ok = ok && dec_div(&mean, &mean, &size);
    for (int i = 0; i < count; i++) {
        ok = ok && dec_sub(&r, &d[i], &mean) && dec_mul(&r, &r, &r) && dec_add(&sum, &sum, &r);
    }
    ok = ok && dec_div(&sum, &sum, &less) && dec_sqrt(&r, &sum);
    return ok ? val_num(e->arena, &r) : fn_result(e, "stddev");
}

Val bi_mode(Eval *e, const Val *args, int n) {
    Dec *d;
    int count, most = 0, found = 0;
    Val out;
    if (!sorted(e, "mode", args, n, &d, &count, &out)) return out;
    Val *modes = NEW_N(e->arena, Val, count);
    for (int i = 0, j; i < count; i = j) {
        for (j = i + 1; j < count && dec_cmp(&d[i], &d[j]) == 0;) j++;
        if (j - i > most) most = j - i, found = 0;
        if (j - i == most) modes[found++] = val_num(e->arena, &d[i]);
    }
    return new_list(modes, found);
}

/* --- all and any ------------------------------------------------------------------------------ */

/* Kleene's and (decides 1: false) or or (decides 2: true) over the items. What is not a boolean
 * counts as null, with a reason when it is not null itself. */
static Val quantify(Eval *e, const char *fn, const Val *args, int n, unsigned decides) {
    const Val *items;
    int count;
    Val out, odd = val_null();
    if (!take(e, fn, args, n, &items, &count, &out)) return out;
    if (n == 1 && val_unknown(args[0]) && val_truths(args[0]) == 7)
        return val_of_truths(e, 7, args, n); /* perhaps a list */
    unsigned other = 3 - decides;
    bool may_decide = false, may_other = true, may_null = false;
    for (int i = 0; i < count; i++) {
        unsigned t = val_truths(items[i]);
        if (t == decides) return val_bool(decides == 2);
        may_decide = may_decide || (t & decides);
        may_other = may_other && (t & other);
        may_null = may_null || (t & 4);
        if (!val_unknown(items[i]) && t == 4 && items[i].tag != V_NULL) odd = items[i];
    }
    if (odd.tag != V_NULL && !may_decide) return fn_type(e, fn, "list", odd);
    unsigned truths = (may_decide ? decides : 0) | (may_other ? other : 0) | (may_null ? 4 : 0);
    return val_of_truths(e, truths, items, count);
}

Val bi_all(Eval *e, const Val *args, int n) {
    return quantify(e, "all", args, n, 1);
}
Val bi_any(Eval *e, const Val *args, int n) {
    return quantify(e, "any", args, n, 2);
}
