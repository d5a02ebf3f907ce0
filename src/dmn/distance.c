/* The search for the smallest change. See distance.h.
 *
 * A direction of an axis is a row of points 1, 2, … `most`, nearest first. A stretch of points is
 * put to the probe as one unknown. Invariant: points are decided in order of distance, so what is
 * hit first is the nearest, and all before it were proved to miss.
 */
#include "dmn/distance.h"

#include <stdlib.h>

enum { DAYS_FAR = 200 * 366, CUTS_MAX = 24 };
static const int64_t POINTS_FAR = 1000000000000000;

typedef enum Target { WANT_TRUE, WANT_POSSIBLE, WANT_LOST } Target;
typedef enum Answer { MISS, HIT, SPLIT } Answer;

typedef struct Hunt {
    Near *s;
    const NearAxis *x;
    Target target;
    NearPut *put; /* the others, then x */
    int nput;
    int sign;     /* +1, -1 */
    int64_t base; /* index of the point 0 */
    int64_t left; /* evaluations of this axis */
    bool ended;   /* a budget ended */
    int64_t open; /* the nearest point that is open; 0: none yet */
    NearResult *result;
    const NearAxis *then; /* a pair: what may change beside x; NULL: nothing */
    NearResult *second;   /* and what it must be */
} Hunt;

/* --- points -------------------------------------------------------------------------------------
 */

static bool ordered(const NearAxis *x) {
    return x->nchoices == 0 && (val_is_num(x->now) || x->now.tag == V_DATE);
}

/* The index of a value on the grid, rounded toward -∞ (or +∞); false when it does not fit. */
static bool index_of(const NearAxis *x, Val v, bool up, int64_t *k) {
    if (v.tag == V_DATE) {
        *k = v.i;
        return true;
    }
    Dec d = val_dec(v), q;
    return dec_div(&q, &d, &x->step) && dec_round(&q, &q, 0, up ? DEC_CEILING : DEC_FLOOR) &&
           dec_to_i64(&q, k);
}

static Val value_at(Arena *a, const NearAxis *x, int64_t k) {
    if (x->now.tag == V_DATE) return val_date(k);
    Dec n = dec_int(k), d;
    return dec_mul(&d, &n, &x->step) ? val_num(a, &d) : x->now;
}

/* How many points lie that way; sets *base. */
static int64_t points(const NearAxis *x, int sign, int64_t *base) {
    Val end = sign > 0 ? x->max : x->min;
    int64_t most = x->now.tag == V_DATE ? DAYS_FAR : POINTS_FAR, last;
    if (!(sign > 0 ? x->up : x->down) || !index_of(x, x->now, sign < 0, base)) return 0;
    if (llabs(*base) > INT64_MAX / 4) return 0;
    if (end.tag == V_NULL) return most;
    if (!index_of(x, end, sign < 0, &last)) return most;
    int64_t room = sign > 0 ? last - *base : *base - last;
    return room < 0 ? 0 : room < most ? room : most;
}

/* --- asking -------------------------------------------------------------------------------------
 */

static bool depends(const Unknown *u, uint16_t path) {
    for (int i = 0; i < u->ndeps; i++)
        if (u->deps[i] == path) return true;
    return false;
}

static Val kept(Arena *a, Val v) {
    if (v.tag != V_BIGNUM) return v;
    Dec d = val_dec(v);
    return val_num(a, &d);
}

/* The nearest point behind which it is unknown; what is left of the search is cut short, since most
 * of what lies behind will be unknown too. */
static void note_open(Hunt *h, const uint16_t *ask, int n, int64_t distance, Val at) {
    Arena *a = h->s->keep;
    if (h->open) return;
    h->open = distance;
    *h->result = (NearResult){.kind = NEAR_OPEN, .value = kept(a, at), .nask = n};
    h->result->ask = arena_copy(a, ask, sizeof *ask * (size_t)n);
    if (h->left > NEAR_OPEN_BUDGET) h->left = NEAR_OPEN_BUDGET;
}

/* What the value of a stretch says about the target. */
static Answer judge(const Hunt *h, Val v, bool point) {
    bool about_x = v.tag == V_UNKNOWN && depends(val_unk(v), h->x->path);
    if (about_x && !point) return SPLIT;
    bool yes = val_is(v, true), unknown = v.tag == V_UNKNOWN;
    switch (h->target) {
    case WANT_TRUE: return yes ? HIT : MISS;
    case WANT_POSSIBLE: return yes || unknown ? HIT : MISS;
    default: return yes ? MISS : HIT;
    }
}

/* A pair: is there a change of the other axis with x as it is at `first`? Where the answer for a
 * stretch does not depend on x, one of its points speaks for all. */
static Answer ask_second(Hunt *h, int64_t distance, Val first) {
    NearPut fixed = {h->x, first};
    int64_t before = h->s->used;
    NearResult r = near_single(h->s, h->then, &fixed, 1);
    h->left -= h->s->used - before;
    if (r.kind == NEAR_UNPROVED) h->ended = true;
    if (r.kind == NEAR_FOUND || (r.kind == NEAR_OPEN && !h->open)) *h->second = r;
    if (r.kind == NEAR_OPEN) note_open(h, r.ask, r.nask, distance, first);
    return r.kind == NEAR_FOUND ? HIT : MISS;
}

/* Asks about the value in place of x. first: the nearest point of it. */
static Answer ask(Hunt *h, Val value, bool point, int64_t distance, Val first) {
    Near *s = h->s;
    if (s->budget <= 0 || h->left <= 0) {
        h->ended = true;
        return MISS;
    }
    s->budget--;
    s->used++;
    h->left--;
    h->put[h->nput - 1].value = value;
    Val v = s->probe(s->user, s->scratch, h->put, h->nput);
    Answer answer = judge(h, v, point);
    if (answer == MISS && h->target == WANT_TRUE && v.tag == V_UNKNOWN)
        note_open(h, val_unk(v)->deps, val_unk(v)->ndeps, distance, first);
    return h->then && answer == HIT ? ask_second(h, distance, first) : answer;
}

static Answer ask_stretch(Hunt *h, int64_t from, int64_t to) {
    ArenaMark mark = arena_mark(h->s->scratch);
    Arena *a = h->s->scratch;
    Val near = value_at(a, h->x, h->base + h->sign * from);
    Val far = from == to ? near : value_at(a, h->x, h->base + h->sign * to);
    Val v = near;
    if (from != to)
        v = unknown_fact(a, h->x->path, h->sign > 0 ? near : far, h->sign > 0 ? far : near, NULL, 0,
                         false, false);
    Answer answer = ask(h, v, from == to, from, near);
    arena_rewind(a, mark);
    return answer;
}

static int64_t root(int64_t v) {
    int64_t lo = 1, hi = 3037000499;
    while (lo < hi) {
        int64_t mid = lo + (hi - lo + 1) / 2;
        if (mid <= v / mid)
            lo = mid;
        else
            hi = mid - 1;
    }
    return lo;
}

/* Where to cut a stretch: by magnitude while its ends are far apart, then in the middle. */
static int64_t middle(int64_t from, int64_t to) {
    if (to / 4 > from) {
        int64_t m = root(from) * root(to);
        if (m >= from && m < to) return m;
    }
    return from + (to - from) / 2;
}

/* The nearest hit of [from, to], or 0. */
static int64_t nearest(Hunt *h, int64_t from, int64_t to) {
    if (from > to || h->ended) return 0;
    Answer answer = ask_stretch(h, from, to);
    if (answer != SPLIT) return answer == HIT ? from : 0;
    int64_t mid = middle(from, to);
    int64_t hit = nearest(h, from, mid);
    return hit ? hit : nearest(h, mid + 1, to);
}

/* --- one direction ------------------------------------------------------------------------------
 */

static int by_size(const void *x, const void *y) {
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

/* The points where stretches begin: at each constant and right behind it. */
static int breaks(const Hunt *h, int64_t most, int64_t out[2 * CUTS_MAX]) {
    int n = 0;
    for (int i = 0; h->x->ncuts <= CUTS_MAX && i < h->x->ncuts; i++) {
        int64_t k;
        if (!val_is_num(h->x->cuts[i]) && h->x->cuts[i].tag != V_DATE) continue;
        if ((h->x->cuts[i].tag == V_DATE) != (h->x->now.tag == V_DATE)) continue;
        if (!index_of(h->x, h->x->cuts[i], h->sign < 0, &k)) continue;
        int64_t at = h->sign > 0 ? k - h->base : h->base - k;
        if (at > 1 && at <= most) out[n++] = at;
        if (at >= 1 && at < most) out[n++] = at + 1;
    }
    if (n > 1) qsort(out, (size_t)n, sizeof *out, by_size);
    return n;
}

static int64_t hunt_way(Hunt *h, int64_t most) {
    int64_t at[2 * CUTS_MAX], from = 1;
    if (most < 1) return 0;
    Answer all = ask_stretch(h, 1, most);
    if (all != SPLIT || h->ended) return all == HIT ? 1 : 0;
    int n = breaks(h, most, at);
    for (int i = 0; i < n; i++) {
        int64_t hit = nearest(h, from, at[i] - 1);
        if (hit) return hit;
        if (at[i] > from) from = at[i];
    }
    return nearest(h, from, most);
}

static void hunt_steps(Hunt *h) {
    int64_t best = 0, base = 0, open = 0;
    NearResult *r = h->result, met = {0};
    for (int way = 0; way < 2; way++) {
        h->sign = way == 0 ? 1 : -1;
        int64_t most = points(h->x, h->sign, &base);
        h->base = base;
        if (best && most >= best) most = best - 1;
        NearResult before = *r;
        h->open = 0;
        int64_t hit = hunt_way(h, most);
        if (h->open && open && h->open >= open) *r = before;
        if (h->open && (!open || h->open < open)) open = h->open;
        if (!hit) continue;
        best = hit;
        met.value = value_at(h->s->keep, h->x, base + h->sign * hit);
    }
    if (!best) return;
    *r = (NearResult){.kind = NEAR_FOUND, .value = met.value};
}

static void hunt_choices(Hunt *h) {
    Arena *a = h->s->keep;
    Val *all = NEW_N(a, Val, h->x->nchoices);
    int n = 0;
    for (int i = 0; i < h->x->nchoices && !h->ended; i++) {
        Val v = h->x->choices[i];
        if (val_equal(v, h->x->now) == 1) continue;
        ArenaMark mark = arena_mark(h->s->scratch);
        Answer answer = ask(h, v, true, 1, v);
        arena_rewind(h->s->scratch, mark);
        if (answer == HIT) all[n++] = v;
        if (answer == HIT && h->then) break; /* the other change belongs to this value */
    }
    if (n == 0) return;
    *h->result = (NearResult){.kind = NEAR_FOUND, .value = all[0], .values = all, .nvalues = n};
}

static NearResult hunt(Hunt h, const NearPut *with, int n) {
    NearResult r = {0};
    NearPut *put = NEW_N(h.s->keep, NearPut, n + 1);
    for (int i = 0; i < n; i++) put[i] = with[i];
    put[n] = (NearPut){.axis = h.x};
    h.put = put;
    h.nput = n + 1;
    h.left = h.then ? NEAR_PAIR_BUDGET : NEAR_AXIS_BUDGET;
    h.result = &r;
    if (ordered(h.x))
        hunt_steps(&h);
    else
        hunt_choices(&h);
    /* What was cut off might have held a nearer one: nothing is claimed, but that what was met
     * before an open one is false. */
    if (h.ended && r.kind != NEAR_OPEN) r = (NearResult){.kind = NEAR_UNPROVED};
    return r;
}

/* --- questions ----------------------------------------------------------------------------------
 */

NearResult near_single(Near *s, const NearAxis *x, const NearPut *with, int n) {
    return hunt((Hunt){.s = s, .x = x, .target = WANT_TRUE}, with, n);
}

NearResult near_possible(Near *s, const NearAxis *x, const NearPut *with, int n) {
    return hunt((Hunt){.s = s, .x = x, .target = WANT_POSSIBLE}, with, n);
}

NearResult near_lost(Near *s, const NearAxis *x, const NearPut *with, int n) {
    return hunt((Hunt){.s = s, .x = x, .target = WANT_LOST}, with, n);
}

Val near_range(Arena *a, const NearAxis *x) {
    int64_t base = 0;
    if (x->blind) return unknown_fact(a, x->path, val_null(), val_null(), NULL, 0, false, false);
    if (!ordered(x)) {
        Val *all = NEW_N(a, Val, x->nchoices + 1);
        for (int i = 0; i < x->nchoices; i++) all[i] = x->choices[i];
        all[x->nchoices] = x->now;
        return unknown_fact(a, x->path, val_null(), val_null(), all, x->nchoices + 1, false, false);
    }
    int64_t up = points(x, 1, &base);
    Val hi = up ? value_at(a, x, base + up) : x->now;
    int64_t down = points(x, -1, &base);
    Val lo = down ? value_at(a, x, base - down) : x->now;
    if (!up && !down) return x->now;
    return unknown_fact(a, x->path, lo, hi, NULL, 0, false, false);
}

bool near_reachable(Near *s, const NearAxis *const *axes, int n) {
    ArenaMark mark = arena_mark(s->scratch);
    NearPut *put = NEW_N(s->scratch, NearPut, n + 1);
    for (int i = 0; i < n; i++) put[i] = (NearPut){axes[i], near_range(s->scratch, axes[i])};
    s->budget--;
    s->used++;
    Val v = s->probe(s->user, s->scratch, put, n);
    bool reachable = v.tag == V_UNKNOWN || val_is(v, true);
    arena_rewind(s->scratch, mark);
    return reachable;
}

/* x as little as possible with y free, then y as little as possible with that x: what is nearer on
 * x is false for every y, what is nearer on y was searched. */
static NearKind pair_from(Near *s, const NearAxis *x, const NearAxis *y, NearResult *xs,
                          NearResult *ys) {
    NearPut free = {y, near_range(s->keep, y)};
    *xs = *ys = (NearResult){0};
    Hunt h = {.s = s, .x = x, .target = WANT_POSSIBLE, .then = y, .second = ys};
    *xs = hunt(h, &free, 1);
    return xs->kind;
}

NearKind near_pair(Near *s, const NearAxis *x, const NearAxis *y, NearResult *xs, NearResult *ys) {
    const NearAxis *both[2] = {x, y};
    *xs = *ys = (NearResult){0};
    if (!near_reachable(s, both, 2)) return NEAR_NEVER;
    NearKind kind = pair_from(s, x, y, xs, ys);
    return kind == NEAR_UNPROVED ? pair_from(s, y, x, ys, xs) : kind;
}
