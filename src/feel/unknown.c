/* Unknown semantics (design 5.1). Everything here answers with a value only when that is the value
 * for every admissible choice of the missing facts; otherwise with an unknown whose bounds and
 * candidates cover all results. Two occurrences of one Unknown object are one value, so lifting
 * keeps them equal; other correlations are lost, which is sound.
 *
 * Candidates never contain null: may_null says it. Candidates are a complete list; no candidates
 * means that only the bounds are known. */
#include "base/map.h"
#include "feel/eval.h"

#include "feel/temporal.h"

enum { LEAVES_MAX = 6, DEPS_MAX = 4096 };

/* A walk over the unknowns inside values. Lists and contexts inside others are entered once: one
 * may be shared at every level. */
typedef struct Walk {
    void (*visit)(void *to, const Unknown *);
    void *to;
    Arena *arena;
    Map seen; /* by the bytes of the value */
    bool any_seen, stop;
} Walk;

static bool first_time(Walk *w, const Val *v) {
    if (!w->any_seen) w->seen = map_new(w->arena);
    w->any_seen = true;
    Str key = str_of(v, sizeof *v);
    if (map_has(&w->seen, key)) return false;
    map_put(&w->seen, key, w);
    return true;
}

static void walk_items(Walk *w, const Val *items, int64_t n);

static void walk_value(Walk *w, const Val *v) {
    if (v->tag == V_UNKNOWN) {
        w->visit(w->to, val_unk(*v));
    } else if (v->tag == V_LIST) {
        walk_items(w, val_items(*v), v->n);
    } else if (v->tag == V_CONTEXT) {
        walk_items(w, val_ctx(*v)->vals, val_ctx(*v)->n);
    } else if (v->tag == V_RANGE) {
        const Range *r = v->p;
        walk_items(w, &r->lo, 1);
        walk_items(w, &r->hi, 1);
    }
}

static void walk_items(Walk *w, const Val *items, int64_t n) {
    for (int64_t i = 0; i < n && !w->stop; i++) {
        const Val *v = &items[i];
        if (v->tag == V_UNKNOWN || (val_has_unknown(*v) && first_time(w, v))) walk_value(w, v);
    }
}

/* Calls visit for each unknown inside the values. */
static void each_unknown(Walk *w, const Val *vals, int n) {
    for (int i = 0; i < n && !w->stop; i++)
        if (val_has_unknown(vals[i])) walk_value(w, &vals[i]);
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
    Walk w = {.visit = deps_add, .to = &d, .arena = e->arena};
    each_unknown(&w, vals, n);
    each_unknown(&w, more, m);
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

typedef struct Join {
    Val cands[UNKNOWN_CASES];
    int n;
    bool listed;         /* cands is complete */
    bool bounded, first; /* lo and hi hold */
    Val lo, hi;
    bool may_null;
    int64_t *steps; /* left for comparing */
} Join;

static void join_cand(Join *j, Val v) {
    if (v.tag == V_NULL) {
        j->may_null = true;
        return;
    }
    for (int i = 0; i < j->n; i++)
        if (val_same_within(j->cands[i], v, j->steps)) return;
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
                          val_same_within(results[i], results[0], &e->steps);
    if (equal) return results[0];
    Join *j = NEW(e->arena, Join);
    j->listed = j->first = true;
    j->steps = &e->steps;
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
    Walk *walk;
} Leaves;

static void leaf_add(void *to, const Unknown *u) {
    Leaves *l = to;
    for (int i = 0; i < l->n; i++)
        if (l->v[i] == u) return;
    if (l->n == LEAVES_MAX || u->ncands == 0)
        l->good = false, l->walk->stop = true;
    else
        l->v[l->n++] = u;
}

/* How many combinations; 0: too many or open. */
static int combinations(Eval *e, Leaves *l, const Val *args, int n) {
    Walk w = {.visit = leaf_add, .to = l, .arena = e->arena};
    *l = (Leaves){.good = true, .walk = &w};
    each_unknown(&w, args, n);
    int total = l->good ? 1 : 0;
    for (int i = 0; i < l->n && total; i++) {
        total *= l->v[i]->ncands + l->v[i]->may_null;
        if (total > UNKNOWN_CASES) return 0;
    }
    return total;
}

bool unknown_liftable(Eval *e, const Val *args, int n) {
    Leaves l;
    return combinations(e, &l, args, n) > 0;
}

/* One choice for every unknown: combination number k. What is shared stays shared. */
typedef struct Choice {
    Eval *e;
    const Leaves *l;
    int k;
    Map done; /* the lists, contexts and ranges inside others: Val * by the bytes of the value */
} Choice;

static Val choose(Choice *c, const Val *v);

static Val choose_leaf(const Choice *c, Val v) {
    int k = c->k;
    for (int i = 0; i < c->l->n; i++) {
        const Unknown *u = c->l->v[i];
        int count = u->ncands + u->may_null, at = k % count;
        if (u == v.p) return at < u->ncands ? u->cands[at] : val_null();
        k /= count;
    }
    return v;
}

static Val *choose_items(Choice *c, const Val *items, int n) {
    Val *out = NEW_N(c->e->arena, Val, n);
    for (int i = 0; i < n; i++) {
        Str key = str_of(&items[i], sizeof items[i]);
        bool holds = items[i].tag != V_UNKNOWN && val_has_unknown(items[i]);
        const Val *before = holds ? map_get(&c->done, key) : NULL;
        out[i] = before ? *before : choose(c, &items[i]);
        if (holds && !before) map_put(&c->done, key, &out[i]);
    }
    return out;
}

/* *v with every unknown replaced by its choice. */
static Val choose(Choice *c, const Val *v) {
    Arena *a = c->e->arena;
    if (!val_has_unknown(*v)) return *v;
    if (v->tag == V_UNKNOWN) return choose_leaf(c, *v);
    if (v->tag == V_RANGE) {
        Range r = *(const Range *)v->p;
        r.lo = choose(c, &r.lo);
        r.hi = choose(c, &r.hi);
        return val_range(arena_copy(a, &r, sizeof r));
    }
    if (v->tag == V_LIST) return val_list(choose_items(c, val_items(*v), (int)v->n), (int)v->n);
    const Context *from = val_ctx(*v);
    Context *to = NEW(a, Context);
    *to = (Context){from->n, from->keys, choose_items(c, from->vals, from->n)};
    return val_context(to);
}

Val unknown_lift(Eval *e, LiftFn fn, const void *ctx, const Val *args, int n) {
    Leaves l;
    int total = combinations(e, &l, args, n);
    if (total == 0) return unknown_of(e, args, n);
    Val results[UNKNOWN_CASES], *in = NEW_N(e->arena, Val, n);
    DiagMark before = diag_mark(e);
    Trace *trace = e->trace;
    e->trace = NULL;
    for (int k = 0; k < total; k++) {
        Choice c = {.e = e, .l = &l, .k = k, .done = map_new(e->arena)};
        for (int i = 0; i < n; i++) in[i] = choose(&c, &args[i]);
        results[k] = fn(e, ctx, in, n);
    }
    e->trace = trace;
    diag_rewind(e, before); /* what only some choice would report is not reported */
    if (total == 1 && results[0].tag == V_NULL) return fn(e, ctx, in, n);
    return unknown_join(e, results, total, args, n);
}
