/* Is a box of slots covered by rules? The box is halved at the boundary of the rule that nearly
 * covers it, and only the rules that meet a half are asked again (a k-d descent as in Overmars and
 * Yap, SIAM J. Comput. 20, 1991, on Klee's measure problem). Memory is one list of rules, sorted in
 * place; the smaller half is the recursive one, so the depth is at most the sum of the logarithms
 * of the dimensions. Each question has a share of the budget of steps.
 */
#include <string.h>

#include "base/rng.h"
#include "dmn/analyse.h"

typedef enum Meets { MEETS_NOT, MEETS_PART, MEETS_ALL } Meets;

/* How a cell lies to the slots [lo, hi]. */
static Meets cell_meets(const Grid *g, const GridCell *c, Span in) {
    if (c->n == 0 || c->hull.hi < in.lo || c->hull.lo > in.hi) return MEETS_NOT;
    if (c->n == 1) return c->hull.lo <= in.lo && c->hull.hi >= in.hi ? MEETS_ALL : MEETS_PART;
    const Span *s = &g->spans[c->more];
    int i = 0;
    while (i < c->n && s[i].hi < in.lo) i++;
    if (i == c->n || s[i].lo > in.hi) return MEETS_NOT;
    return s[i].lo <= in.lo && s[i].hi >= in.hi ? MEETS_ALL : MEETS_PART;
}

/* In how many dimensions the rule covers the box only in part; -1: it does not meet it. */
static int partial(Cover *v, int rule) {
    int n = 0, k = 0;
    for (; k < v->g->ndims; k++) {
        Meets m = cell_meets(v->g, grid_cell(v->g, rule, k), v->box[k]);
        if (m == MEETS_NOT) {
            n = -1;
            break;
        }
        n += m == MEETS_PART;
    }
    v->share -= k + 1;
    return n;
}

/* The last slot of the first half when the box is cut in dimension k where the rule's cell begins
 * or ends; the cell covers the dimension in part. */
static int boundary(const Cover *v, int rule, int k) {
    const GridCell *c = grid_cell(v->g, rule, k);
    const Span *s = c->n > 1 ? &v->g->spans[c->more] : &c->hull;
    Span in = v->box[k];
    int i = 0;
    while (s[i].hi < in.lo) i++;
    return s[i].lo <= in.lo ? s[i].hi : s[i].lo - 1;
}

/* Moves the rules that meet the box to the front. Gives their number, -1 when one covers all of
 * it; *best is the one with the fewest partial dimensions. */
static int sift(Cover *v, int n, int *best) {
    int m = 0, least = v->g->ndims + 1;
    for (int i = 0; i < n; i++) {
        int r = v->rules[i], p = partial(v, r);
        if (p < 0) continue;
        if (p == 0) return -1;
        v->rules[i] = v->rules[m];
        v->rules[m++] = r;
        if (p < least) {
            least = p;
            *best = r;
        }
    }
    return m;
}

/* The dimension to cut: among those `rule` covers in part, the one with the fewest slots. */
static int choose(const Cover *v, int rule) {
    int dim = -1, width = 0;
    for (int k = 0; k < v->g->ndims; k++) {
        if (cell_meets(v->g, grid_cell(v->g, rule, k), v->box[k]) != MEETS_PART) continue;
        int w = v->box[k].hi - v->box[k].lo;
        if (dim >= 0 && w >= width) continue;
        dim = k;
        width = w;
    }
    return dim;
}

/* Nothing covers the box: a hole, if it meets the rule everything is about. Plain values that stand
 * in the file make the best examples. */
static bool hole(Cover *v) {
    for (int k = 0; k < v->g->ndims; k++) {
        const Dim *d = &v->g->dims[k];
        const GridCell *in = v->within >= 0 ? grid_cell(v->g, v->within, k) : NULL;
        int found = -1;
        for (int i = v->box[k].lo; i <= v->box[k].hi; i++) {
            if (in && !cell_has(v->g, in, i)) continue;
            bool plain = d->slots[i].sort == SLOT_VALUE;
            if (found < 0) found = i;
            if (plain && d->slots[i].point) found = i;
            if ((plain && d->slots[i].point) || --v->share < 0) break;
        }
        if (found < 0) return false;
        v->point[k] = found;
    }
    if (v->max == 0) return true;
    if (v->nholes == v->max) {
        v->more = true;
        return true;
    }
    v->holes[v->nholes++].dims =
        arena_copy(v->s->scratch, v->box, (size_t)v->g->ndims * sizeof *v->box);
    return true;
}

static CoverResult descend(Cover *v, int n) {
    CoverResult result = COVER_YES;
    ArenaMark mark = arena_mark(v->s->stack);
    Span *saved = arena_copy(v->s->stack, v->box, (size_t)v->g->ndims * sizeof *v->box);
    for (;;) {
        int best = -1;
        n = sift(v, n, &best);
        if (n < 0) break;
        if (v->share < 0) {
            result = COVER_STOPPED;
            break;
        }
        if (n == 0) {
            if (hole(v)) result = COVER_NO;
            if (v->share < 0) result = COVER_STOPPED;
            break;
        }
        int k = choose(v, best), cut = boundary(v, best, k);
        Span whole = v->box[k], low = {whole.lo, cut}, high = {cut + 1, whole.hi};
        bool first = cut - whole.lo < whole.hi - cut - 1;
        v->box[k] = first ? low : high;
        CoverResult half = descend(v, n);
        v->box[k] = first ? high : low;
        if (half != COVER_YES) result = half;
        if (half == COVER_STOPPED || (half == COVER_NO && (v->max == 0 || v->more))) break;
    }
    memcpy(v->box, saved, (size_t)v->g->ndims * sizeof *v->box);
    arena_rewind(v->s->stack, mark);
    return result;
}

/* --- guessing -----------------------------------------------------------------------------------
 */

/* A slot of the box at random, in the rule everything is about. */
static int random_slot(Cover *v, Rng *g, int k) {
    Span in = v->box[k];
    if (v->within >= 0) {
        const GridCell *c = grid_cell(v->g, v->within, k);
        const Span *s = c->n > 1 ? &v->g->spans[c->more] : &c->hull;
        Span one = s[rng_below(g, (uint64_t)c->n)];
        in.lo = one.lo > in.lo ? one.lo : in.lo;
        in.hi = one.hi < in.hi ? one.hi : in.hi;
    }
    if (in.lo > in.hi) return -1;
    uint64_t slots = (uint64_t)in.hi - (uint64_t)in.lo + 1;
    return in.lo + (int)rng_below(g, slots);
}

static bool covers_point(Cover *v, int rule) {
    for (int k = 0; k < v->g->ndims; k++) {
        v->share--;
        if (!cell_has(v->g, grid_cell(v->g, rule, k), v->point[k])) return false;
    }
    return true;
}

/* Where much is open, a few points at random find it sooner than the descent, which takes the box
 * apart from its covered side. */
static bool guess(Cover *v) {
    enum { GUESSES = 40 };
    Rng g = rng_new((uint64_t)v->nrules);
    for (int i = 0; i < GUESSES && v->share >= 0; i++) {
        bool ok = true, open = true;
        for (int k = 0; k < v->g->ndims && ok; k++) ok = (v->point[k] = random_slot(v, &g, k)) >= 0;
        for (int r = 0; ok && r < v->nrules && open; r++) open = !covers_point(v, v->rules[r]);
        if (ok && open && v->share >= 0) return true;
    }
    return false;
}

Cover cover_new(Check *s, const Grid *g) {
    Cover v = {.s = s, .g = g, .within = -1};
    v.box = NEW_N(s->scratch, Span, g->ndims);
    v.point = NEW_N(s->scratch, int32_t, g->ndims);
    v.rules = NEW_N(s->scratch, int32_t, g->t->nrules);
    return v;
}

CoverResult cover_run(Cover *v) {
    int64_t share = v->share < v->s->budget ? v->share : v->s->budget;
    v->nholes = 0;
    v->more = false;
    v->share = share;
    CoverResult result = COVER_STOPPED;
    if (share >= 0) result = v->max == 0 && guess(v) ? COVER_NO : descend(v, v->nrules);
    v->s->budget -= share - v->share;
    return result;
}

/* The one dimension in which two boxes differ, when they touch there; -1: they cannot be joined. */
static int joint(const Box *x, const Box *y, int n) {
    int dim = -1;
    for (int k = 0; k < n; k++) {
        Span a = x->dims[k], b = y->dims[k];
        if (a.lo == b.lo && a.hi == b.hi) continue;
        if (dim >= 0 || (a.hi + 1 != b.lo && b.hi + 1 != a.lo)) return -1;
        dim = k;
    }
    return dim;
}

void cover_merge(Cover *v) {
    for (bool again = true; again && v->s->budget > 0;) {
        again = false;
        for (int i = 0; i < v->nholes; i++)
            for (int j = i + 1; j < v->nholes; j++) {
                v->s->budget -= v->g->ndims;
                int k = joint(&v->holes[i], &v->holes[j], v->g->ndims);
                if (k < 0) continue;
                Span *a = &v->holes[i].dims[k], b = v->holes[j].dims[k];
                if (b.lo < a->lo) a->lo = b.lo;
                if (b.hi > a->hi) a->hi = b.hi;
                v->holes[j--] = v->holes[--v->nholes];
                again = true;
            }
    }
}
