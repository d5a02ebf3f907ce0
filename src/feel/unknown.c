/* Unknown semantics (design 5.1). Everything here answers with a value only when that is the value
 * for every admissible choice of the missing facts; otherwise with an unknown whose bounds and
 * candidates cover all results. Two occurrences of one Unknown object are one value, so lifting
 * keeps them equal; other correlations are lost, which is sound.
 *
 * Candidates never contain null: may_null says it. Candidates are a complete list; no candidates
 * means that only the bounds are known. */
#include "feel/eval.h"

#include "feel/temporal.h"

enum { LEAVES_MAX = 6, DEPS_MAX = 4096 };

/* Calls visit for each unknown inside v. */
static void each_unknown(Val v, void (*visit)(void *, const Unknown *), void *to) {
    if (v.tag == V_UNKNOWN) visit(to, val_unk(v));
    if (v.tag == V_LIST)
        for (uint32_t i = 0; i < v.n; i++) each_unknown(val_items(v)[i], visit, to);
    if (v.tag == V_CONTEXT)
        for (int i = 0; i < val_ctx(v)->n; i++) each_unknown(val_ctx(v)->vals[i], visit, to);
    if (v.tag == V_RANGE) {
        const Range *r = v.p;
        each_unknown(r->lo, visit, to);
        each_unknown(r->hi, visit, to);
    }
}

/* --- dependencies --- */

typedef struct Deps {
    Arena *arena;
    const uint16_t *v;
    int n;
    bool person, any;
} Deps;

static void deps_add(void *to, const Unknown *u) {
    Deps *d = to;
    d->person = d->any ? d->person && u->person : u->person;
    d->any = true;
    if (d->v == u->deps || u->ndeps == 0) return;
    if (d->n == 0) {
        d->v = u->deps;
        d->n = u->ndeps;
        return;
    }
    uint16_t *out = NEW_N(d->arena, uint16_t, d->n + u->ndeps);
    int i = 0, k = 0, n = 0;
    while (i < d->n || k < u->ndeps) {
        if (k == u->ndeps || (i < d->n && d->v[i] < u->deps[k]))
            out[n++] = d->v[i++];
        else if (i == d->n || u->deps[k] < d->v[i])
            out[n++] = u->deps[k++];
        else
            out[n++] = d->v[i++], k++;
    }
    d->v = out;
    d->n = n;
}

static Unknown *unknown_new(Eval *e, const Val *vals, int n, const Val *more, int m) {
    Deps d = {.arena = e->arena};
    for (int i = 0; i < n; i++) each_unknown(vals[i], deps_add, &d);
    for (int i = 0; i < m; i++) each_unknown(more[i], deps_add, &d);
    Unknown *u = NEW(e->arena, Unknown);
    *u = (Unknown){.deps = d.v, .ndeps = d.n, .person = d.any && d.person};
    return u;
}

static Val unknown_val(const Unknown *u) {
    return (Val){.tag = V_UNKNOWN, .p = u};
}

Val unknown_fact(Arena *a, uint16_t path, Val lo, Val hi, const Val *cands, int n, bool may_null,
                 bool person) {
    Unknown *u = NEW(a, Unknown);
    *u = (Unknown){.lo = lo, .hi = hi, .ncands = n, .may_null = may_null, .person = person};
    u->deps = arena_copy(a, &path, sizeof path);
    u->ndeps = 1;
    if (n) u->cands = arena_copy(a, cands, sizeof *cands * (size_t)n);
    return unknown_val(u);
}

Val unknown_of(Eval *e, const Val *vals, int n) {
    Unknown *u = unknown_new(e, vals, n, NULL, 0);
    u->may_null = true;
    return unknown_val(u);
}

/* --- bounds, nullness, truth --- */

static bool boundable(Val v) {
    return val_is_num(v) || v.tag == V_DATE || v.tag == V_DAYS || v.tag == V_MONTHS;
}

static void cand_bounds(const Unknown *u, Val *lo, Val *hi) {
    *lo = *hi = val_null();
    for (int i = 0; i < u->ncands; i++) {
        int c;
        if (!boundable(u->cands[i]) || (i && !val_compare(u->cands[i], *lo, &c))) {
            *lo = *hi = val_null();
            return;
        }
        if (i == 0 || c < 0) *lo = u->cands[i];
        if (i == 0 || (val_compare(u->cands[i], *hi, &c) && c > 0)) *hi = u->cands[i];
    }
}

void val_bounds(Val v, Val *lo, Val *hi) {
    *lo = *hi = val_null();
    if (v.tag == V_UNKNOWN) {
        const Unknown *u = val_unk(v);
        *lo = u->lo;
        *hi = u->hi;
        if (u->ncands && lo->tag == V_NULL && hi->tag == V_NULL) cand_bounds(u, lo, hi);
    } else if (boundable(v)) {
        *lo = *hi = v;
    }
}

bool val_may_null(Val v) {
    return v.tag == V_NULL || (v.tag == V_UNKNOWN && val_unk(v)->may_null);
}

unsigned val_truths(Val v) {
    if (v.tag == V_BOOL) return v.i ? TRUTH_T : TRUTH_F;
    if (v.tag != V_UNKNOWN) return TRUTH_N;
    const Unknown *u = val_unk(v);
    unsigned t = u->may_null ? TRUTH_N : 0U;
    if (u->ncands == 0) return t | (u->lo.tag || u->hi.tag ? TRUTH_N : TRUTH_F | TRUTH_T | TRUTH_N);
    for (int i = 0; i < u->ncands; i++) t |= val_truths(u->cands[i]);
    return t;
}

Val val_of_truths(Eval *e, unsigned truths, const Val *deps, int n) {
    if (truths == TRUTH_T || truths == TRUTH_F) return val_bool(truths == TRUTH_T);
    if (truths == TRUTH_N || truths == 0) return val_null();
    Unknown *u = unknown_new(e, deps, n, NULL, 0);
    Val *c = NEW_N(e->arena, Val, 2);
    if (truths & TRUTH_F) c[u->ncands++] = val_bool(false);
    if (truths & TRUTH_T) c[u->ncands++] = val_bool(true);
    u->cands = c;
    u->may_null = (truths & TRUTH_N) != 0;
    return unknown_val(u);
}

Val unknown_hull(Eval *e, Val lo, Val hi, bool may_null, const Val *vals, int n) {
    int c;
    if (!may_null && lo.tag != V_NULL && hi.tag != V_NULL && val_compare(lo, hi, &c) && c == 0)
        return lo;
    Unknown *u = unknown_new(e, vals, n, NULL, 0);
    u->lo = lo;
    u->hi = hi;
    u->may_null = may_null;
    return unknown_val(u);
}

/* --- joining --- */

/* The same value, also deep inside; never for functions unless they are one object. */
static bool same(Val x, Val y) {
    if (x.tag == V_NULL || y.tag == V_NULL) return x.tag == y.tag;
    if (x.tag == V_FUNCTION || y.tag == V_FUNCTION) return x.tag == y.tag && x.p == y.p;
    if (val_is_num(x) && val_is_num(y)) return val_equal(x, y) > 0;
    if (x.tag != y.tag) return false;
    if (x.tag == V_LIST && x.n != y.n) return false;
    if (x.tag == V_LIST)
        for (uint32_t i = 0; i < x.n; i++)
            if (!same(val_items(x)[i], val_items(y)[i])) return false;
    if (x.tag == V_LIST) return true;
    if (x.tag != V_CONTEXT) return val_same(x, y);
    if (val_ctx(x)->n != val_ctx(y)->n) return false;
    for (int i = 0; i < val_ctx(x)->n; i++) {
        Val other;
        if (!ctx_get(y, val_ctx(x)->keys[i], &other) || !same(val_ctx(x)->vals[i], other))
            return false;
    }
    return true;
}

typedef struct Join {
    Val cands[UNKNOWN_CASES];
    int n;
    bool listed;         /* cands is complete */
    bool bounded, first; /* lo and hi hold */
    Val lo, hi;
    bool may_null;
} Join;

static void join_cand(Join *j, Val v) {
    if (v.tag == V_NULL) {
        j->may_null = true;
        return;
    }
    for (int i = 0; i < j->n; i++)
        if (same(j->cands[i], v)) return;
    if (j->n == UNKNOWN_CASES)
        j->listed = false;
    else
        j->cands[j->n++] = v;
}

static void join_bounds(Join *j, Val v) {
    Val lo, hi;
    if (v.tag == V_NULL) return;
    val_bounds(v, &lo, &hi);
    int c;
    if (j->first) {
        j->lo = lo;
        j->hi = hi;
        j->first = false;
        return;
    }
    if (lo.tag == V_NULL || (j->lo.tag != V_NULL && !val_compare(lo, j->lo, &c)))
        j->lo = val_null();
    else if (j->lo.tag != V_NULL && c < 0)
        j->lo = lo;
    if (hi.tag == V_NULL || (j->hi.tag != V_NULL && !val_compare(hi, j->hi, &c)))
        j->hi = val_null();
    else if (j->hi.tag != V_NULL && c > 0)
        j->hi = hi;
}

static void join_add(Join *j, Val v) {
    if (v.tag == V_UNKNOWN) {
        const Unknown *u = val_unk(v);
        j->may_null = j->may_null || u->may_null;
        if (u->ncands == 0) j->listed = false;
        for (int i = 0; i < u->ncands; i++) join_cand(j, u->cands[i]);
    } else {
        if (val_has_unknown(v)) j->listed = false;
        join_cand(j, v);
    }
    join_bounds(j, v);
}

Val unknown_join(Eval *e, const Val *results, int n, const Val *deps, int ndeps) {
    if (n == 1) return results[0];
    bool equal = n > 0;
    for (int i = 1; i < n && equal; i++)
        equal = results[i].tag == V_UNKNOWN
                    ? results[0].tag == V_UNKNOWN && results[i].p == results[0].p
                    : !val_has_unknown(results[i]) && !val_has_unknown(results[0]) &&
                          same(results[i], results[0]);
    if (equal) return results[0];
    Join *j = NEW(e->arena, Join);
    j->listed = j->first = true;
    for (int i = 0; i < n; i++) join_add(j, results[i]);
    Unknown *u = unknown_new(e, results, n, deps, ndeps);
    u->lo = j->lo;
    u->hi = j->hi;
    u->may_null = j->may_null;
    if (j->listed) {
        u->cands = j->cands;
        u->ncands = j->n;
    } else if (u->lo.tag == V_NULL && u->hi.tag == V_NULL) {
        u->may_null = true;
    }
    return unknown_val(u);
}

/* --- lifting --- */

typedef struct Leaves {
    const Unknown *v[LEAVES_MAX];
    int n;
    bool good;
} Leaves;

static void leaf_add(void *to, const Unknown *u) {
    Leaves *l = to;
    for (int i = 0; i < l->n; i++)
        if (l->v[i] == u) return;
    if (l->n == LEAVES_MAX || u->ncands == 0)
        l->good = false;
    else
        l->v[l->n++] = u;
}

/* How many combinations; 0: too many or open. */
static int combinations(Leaves *l, const Val *args, int n) {
    l->n = 0;
    l->good = true;
    for (int i = 0; i < n; i++) each_unknown(args[i], leaf_add, l);
    int total = l->good ? 1 : 0;
    for (int i = 0; i < l->n && total; i++) {
        total *= l->v[i]->ncands + l->v[i]->may_null;
        if (total > UNKNOWN_CASES) return 0;
    }
    return total;
}

bool unknown_liftable(const Val *args, int n) {
    Leaves l;
    return combinations(&l, args, n) > 0;
}

/* v with every unknown replaced by its choice in combination number k. */
static Val choose(Eval *e, Val v, const Leaves *l, int k) {
    if (!val_has_unknown(v)) return v;
    if (v.tag == V_UNKNOWN) {
        for (int i = 0; i < l->n; i++) {
            int count = l->v[i]->ncands + l->v[i]->may_null, c = k % count;
            if (l->v[i] == v.p) return c < l->v[i]->ncands ? l->v[i]->cands[c] : val_null();
            k /= count;
        }
        return v;
    }
    if (v.tag == V_RANGE) {
        Range r = *(const Range *)v.p;
        r.lo = choose(e, r.lo, l, k);
        r.hi = choose(e, r.hi, l, k);
        return val_range(arena_copy(e->arena, &r, sizeof r));
    }
    int n = v.tag == V_LIST ? (int)v.n : val_ctx(v)->n;
    const Val *from = v.tag == V_LIST ? val_items(v) : val_ctx(v)->vals;
    Val *out = NEW_N(e->arena, Val, n);
    for (int i = 0; i < n; i++) out[i] = choose(e, from[i], l, k);
    if (v.tag == V_LIST) return val_list(out, n);
    Context *c = NEW(e->arena, Context);
    *c = (Context){n, val_ctx(v)->keys, out};
    return val_context(c);
}

Val unknown_lift(Eval *e, LiftFn fn, const void *ctx, const Val *args, int n) {
    Leaves l;
    int total = combinations(&l, args, n);
    if (total == 0) return unknown_of(e, args, n);
    Val results[UNKNOWN_CASES], *in = NEW_N(e->arena, Val, n);
    DiagMark before = diag_mark(e);
    Trace *trace = e->trace;
    e->trace = NULL;
    for (int k = 0; k < total; k++) {
        for (int i = 0; i < n; i++) in[i] = choose(e, args[i], &l, k);
        results[k] = fn(e, ctx, in, n);
    }
    e->trace = trace;
    diag_rewind(e, before); /* what only some choice would report is not reported */
    if (total == 1 && results[0].tag == V_NULL) return fn(e, ctx, in, n);
    return unknown_join(e, results, total, args, n);
}
