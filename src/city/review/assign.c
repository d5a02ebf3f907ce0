/* Assignment as a least-cost flow on the graph of reviewers: see assign.h.
 *
 * The flow network file -> reviewer -> load is folded onto the reviewers: an edge r -> s says that
 * some file of r could go to s instead. For each edge the number of such files is kept per change
 * of fields (+1, 0, -1), so searches never look at files. One more node stands for the load: an
 * edge r -> load says that r ends with one file more, load -> r with one fewer. Invariants: on[f,r]
 * only where the wall lets it (or fixed), load[r] <= cap[r], count[r,s,d] is the number of movable
 * files.
 */
#include "city/review/assign.h"

#include "base/hash.h"
#include "base/rng.h"

typedef struct Work {
    Arena *arena;
    const AssignIn *in;
    int F, R;
    int *forder, *rorder;              /* by id: the order of the input never matters */
    uint8_t *on, *fixed, *may, *match; /* [file * R + reviewer] */
    int32_t *count;                    /* [(r * R + s) * 3 + change + 1] */
    int *load, *cap, *have;
    uint64_t *tie; /* per reviewer and file: [file * R + reviewer], of the seed */
    int64_t field_cost, load_cost;
    int64_t *dist;
    int *from, *queue;
} Work;

static int compare(const AssignIn *in, bool files, int x, int y) {
    return files ? str_cmp(in->file[x].id, in->file[y].id)
                 : str_cmp(in->reviewer[x].id, in->reviewer[y].id);
}

/* Indexes 0 … n-1 by id (merge sort, bottom up). */
static int *by_id(Arena *a, const AssignIn *in, bool files, int n) {
    int *x = NEW_N(a, int, n + 1), *y = NEW_N(a, int, n + 1);
    for (int i = 0; i < n; i++) x[i] = i;
    for (int w = 1; w < n; w *= 2) {
        for (int lo = 0; lo < n; lo += 2 * w) {
            int mid = lo + w < n ? lo + w : n, hi = lo + 2 * w < n ? lo + 2 * w : n;
            int i = lo, j = mid;
            for (int k = lo; k < hi; k++)
                y[k] =
                    i < mid && (j >= hi || compare(in, files, x[i], x[j]) <= 0) ? x[i++] : x[j++];
        }
        int *t = x;
        x = y;
        y = t;
    }
    return x;
}

/* A number of the seed and a word, the same on every machine. */
static uint64_t seed_number(Str seed, Str word) {
    unsigned char out[HASH_BYTES];
    Hash *h = hash_open(HASH_SM3);
    hash_add(h, seed);
    hash_add(h, S("\n"));
    hash_add(h, word);
    hash_close(h, out);
    uint64_t v = 0;
    for (int i = 0; i < 8; i++) v = v << 8 | out[i];
    return v;
}

static bool knows(const AssignReviewer *r, Str field) {
    if (!field.n) return true;
    for (int i = 0; i < r->nfields; i++)
        if (str_eq(r->fields[i], field)) return true;
    return false;
}

static size_t cell(const Work *w, int f, int r) {
    return (size_t)f * (size_t)w->R + (size_t)r;
}

static void open_work(Work *w, Arena *a, const AssignIn *in) {
    *w = (Work){.arena = a, .in = in, .F = in->files, .R = in->reviewers};
    size_t cells = (size_t)w->F * (size_t)w->R + 1, R = (size_t)w->R;
    w->forder = by_id(a, in, true, w->F);
    w->rorder = by_id(a, in, false, w->R);
    w->on = NEW_N(a, uint8_t, cells), w->fixed = NEW_N(a, uint8_t, cells);
    w->may = NEW_N(a, uint8_t, cells), w->match = NEW_N(a, uint8_t, cells);
    w->tie = NEW_N(a, uint64_t, cells);
    w->count = NEW_N(a, int32_t, R * R * 3 + 1);
    w->load = NEW_N(a, int, R + 1), w->cap = NEW_N(a, int, R + 1),
    w->have = NEW_N(a, int, w->F + 1);
    w->dist = NEW_N(a, int64_t, R + 2), w->from = NEW_N(a, int, R + 2);
    w->queue = NEW_N(a, int, R + 2);
    bool field = in->order == ASSIGN_FIELD_FIRST;
    int64_t files = (int64_t)w->F * in->per_file + 2;
    /* One step of the first criterion outweighs all of the second: a cycle changes the fields of at
     * most R + 1 files, the load term by at most 2 (most load). */
    w->field_cost = field ? 2 * files + 3 : 1;
    w->load_cost = field ? 1 : (int64_t)w->R + 3;
    for (int r = 0; r < w->R; r++)
        w->cap[r] = in->reviewer[r].gone       ? 0
                    : in->reviewer[r].most > 0 ? in->reviewer[r].most
                                               : w->F;
    for (int i = 0; i < w->F; i++) {
        int f = w->forder[i];
        Rng rng = rng_new(seed_number(in->seed, in->file[f].id));
        for (int j = 0; j < w->R; j++) {
            int r = w->rorder[j];
            size_t at = cell(w, f, r);
            w->tie[at] = rng_u64(&rng);
            w->may[at] = !in->wall[at] && !in->reviewer[r].gone;
            w->match[at] = knows(&in->reviewer[r], in->file[f].field);
        }
    }
}

/* Adds (sign +1) or takes away what file f, sitting at r, offers to the other reviewers. */
static void offer(Work *w, int f, int r, int sign) {
    size_t at = cell(w, f, r);
    if (w->fixed[at]) return;
    for (int s = 0; s < w->R; s++) {
        size_t to = cell(w, f, s);
        if (s == r || !w->may[to] || w->on[to]) continue;
        int change = (int)w->match[at] - (int)w->match[to];
        w->count[((size_t)r * (size_t)w->R + (size_t)s) * 3 + (size_t)(change + 1)] += sign;
    }
}

/* All offers of a file: before and after its seats change. */
static void offers(Work *w, int f, int sign) {
    for (int r = 0; r < w->R; r++)
        if (w->on[cell(w, f, r)]) offer(w, f, r, sign);
}

static void seat(Work *w, int f, int r) {
    offers(w, f, -1);
    w->on[cell(w, f, r)] = 1;
    w->load[r]++, w->have[f]++;
    offers(w, f, +1);
}

static void hand(Work *w, int f, int r, int s) {
    offers(w, f, -1);
    w->on[cell(w, f, r)] = 0, w->on[cell(w, f, s)] = 1;
    w->load[r]--, w->load[s]++;
    offers(w, f, +1);
}

/* The file of r that goes to s with this change of fields, by the seed. */
static int movable(const Work *w, int r, int s, int change) {
    int best = -1;
    for (int i = 0; i < w->F; i++) {
        int f = w->forder[i];
        size_t at = cell(w, f, r), to = cell(w, f, s);
        if (!w->on[at] || w->fixed[at] || w->on[to] || !w->may[to]) continue;
        if ((int)w->match[at] - (int)w->match[to] != change) continue;
        if (best < 0 || w->tie[to] < w->tie[cell(w, best, s)]) best = f;
    }
    return best;
}

/* The cheapest change of fields an edge has (-1, 0, 1), or 2 when it has no file. */
static int cheapest(const Work *w, int r, int s) {
    const int32_t *c = &w->count[((size_t)r * (size_t)w->R + (size_t)s) * 3];
    return c[0] > 0 ? -1 : c[1] > 0 ? 0 : c[2] > 0 ? 1 : 2;
}

static int64_t seat_cost(const Work *w, int f, int r) {
    return (w->match[cell(w, f, r)] ? 0 : w->field_cost) + w->load_cost * (2 * w->load[r] + 1);
}

/* The reviewer with room that costs least for file f; -1: none. */
static int choose(const Work *w, int f) {
    int best = -1;
    int64_t cost = 0;
    for (int j = 0; j < w->R; j++) {
        int r = w->rorder[j];
        size_t at = cell(w, f, r);
        if (!w->may[at] || w->on[at] || w->load[r] >= w->cap[r]) continue;
        int64_t c = seat_cost(w, f, r);
        if (best < 0 || c < cost || (c == cost && w->tie[at] < w->tie[cell(w, f, best)]))
            best = r, cost = c;
    }
    return best;
}

/* Seats file f through the shortest chain of hand-overs that ends at a reviewer with room. */
static bool augment(Work *w, int f) {
    int head = 0, tail = 0, end = -1;
    for (int r = 0; r < w->R; r++) w->from[r] = -2;
    for (int j = 0; j < w->R; j++) {
        int r = w->rorder[j];
        if (!w->may[cell(w, f, r)] || w->on[cell(w, f, r)]) continue;
        w->from[r] = -1;
        w->queue[tail++] = r;
    }
    while (head < tail && end < 0) {
        int r = w->queue[head++];
        if (w->load[r] < w->cap[r]) end = r;
        for (int j = 0; j < w->R && end < 0; j++) {
            int s = w->rorder[j];
            if (w->from[s] != -2 || cheapest(w, r, s) > 1) continue;
            w->from[s] = r;
            w->queue[tail++] = s;
        }
    }
    if (end < 0) return false;
    while (w->from[end] >= 0) {
        int r = w->from[end];
        hand(w, movable(w, r, end, cheapest(w, r, end)), r, end);
        end = r;
    }
    seat(w, f, end);
    return true;
}

/* Cost of the edge x -> y; false: no such edge. Node R is the load. */
static bool edge(const Work *w, int x, int y, int64_t *cost) {
    if (x == w->R) {
        if (w->in->reviewer[y].gone || w->load[y] == 0) return false;
        *cost = -w->load_cost * (2 * w->load[y] - 1);
        return true;
    }
    if (y == w->R) {
        if (w->load[x] >= w->cap[x]) return false;
        *cost = w->load_cost * (2 * w->load[x] + 1);
        return true;
    }
    int d = cheapest(w, x, y);
    if (d > 1) return false;
    *cost = d * w->field_cost;
    return true;
}

/* A node on a cycle of negative cost, by Bellman and Ford from all nodes at once; -1: none. */
static int negative(Work *w) {
    int n = w->R + 1, last = -1;
    for (int i = 0; i < n; i++) w->dist[i] = 0, w->from[i] = -1;
    for (int round = 0; round < n; round++) {
        last = -1;
        for (int i = 0; i < n; i++) {
            int x = i < w->R ? w->rorder[i] : i;
            for (int j = 0; j < n; j++) {
                int y = j < w->R ? w->rorder[j] : j;
                int64_t c = 0;
                if (x == y || !edge(w, x, y, &c) || w->dist[x] + c >= w->dist[y]) continue;
                w->dist[y] = w->dist[x] + c, w->from[y] = x, last = y;
            }
        }
        if (last < 0) return -1;
    }
    for (int i = 0; i < n; i++) last = w->from[last];
    return last;
}

/* Turns a cycle: every file on it goes one reviewer further. The files are chosen first: after one
 * moved the others still may, since each edge of a cycle starts at another reviewer. */
static void turn(Work *w, int start) {
    int n = 0, y = start;
    do {
        w->queue[n++] = y;
        y = w->from[y];
    } while (y != start);
    for (int i = 0; i < n; i++) {
        int to = w->queue[i], r = w->from[to];
        if (to == w->R || r == w->R) continue;
        hand(w, movable(w, r, to, cheapest(w, r, to)), r, to);
    }
}

static int eligible(const Work *w, int f) {
    int n = 0;
    for (int r = 0; r < w->R; r++) n += w->may[cell(w, f, r)];
    return n;
}

/* What stands already, as far as it still may. */
static void keep(Work *w) {
    for (int i = 0; i < w->in->nkept; i++) {
        const AssignPair *p = &w->in->kept[i];
        size_t at = cell(w, p->file, p->reviewer);
        if (w->on[at] || (!p->fixed && !w->may[at])) continue;
        w->fixed[at] = p->fixed;
        w->on[at] = 1;
        w->load[p->reviewer]++, w->have[p->file]++;
    }
    for (int r = 0; r < w->R; r++)
        if (w->cap[r] < w->load[r]) w->cap[r] = w->load[r];
    for (int f = 0; f < w->F; f++) offers(w, f, +1);
}

/* Seats round by round, files with few who may first. */
static void fill(Work *w) {
    int *few = NEW_N(w->arena, int, w->F + 1);
    for (int f = 0; f < w->F; f++) few[f] = eligible(w, f);
    for (int n = 0; n <= w->R; n++)
        for (int i = 0; i < w->F; i++) {
            int f = w->forder[i];
            if (few[f] != n) continue;
            while (w->have[f] < w->in->per_file) {
                int r = choose(w, f);
                if (r >= 0)
                    seat(w, f, r);
                else if (!augment(w, f))
                    break;
            }
        }
}

static void report_lacks(Work *w, AssignOut *out) {
    int cap = 0;
    for (int i = 0; i < w->F; i++) {
        int f = w->forder[i];
        if (w->have[f] >= w->in->per_file) continue;
        AssignLack k = {.file = f, .got = w->have[f]};
        for (int r = 0; r < w->R; r++) {
            size_t at = cell(w, f, r);
            if (w->in->reviewer[r].gone)
                k.gone++;
            else if (w->in->wall[at])
                k.walled++;
            else if (!w->on[at] && w->load[r] >= w->cap[r])
                k.full++;
        }
        GROW(w->arena, out->lack, out->lacks, cap);
        out->lack[out->lacks++] = k;
    }
}

static void report(Work *w, AssignOut *out) {
    size_t cells = (size_t)w->F * (size_t)w->R + 1;
    uint8_t *was = NEW_N(w->arena, uint8_t, cells);
    for (int i = 0; i < w->in->nkept; i++)
        was[cell(w, w->in->kept[i].file, w->in->kept[i].reviewer)] = 1;
    int n = 0;
    for (int f = 0; f < w->F; f++) n += w->have[f];
    out->pair = NEW_N(w->arena, AssignPair, n + 1);
    for (int i = 0; i < w->F; i++)
        for (int j = 0; j < w->R; j++) {
            int f = w->forder[i], r = w->rorder[j];
            size_t at = cell(w, f, r);
            if (was[at] && !w->on[at] && w->may[at]) out->moved++;
            if (!w->on[at]) continue;
            out->pair[out->n++] = (AssignPair){.file = f, .reviewer = r, .fixed = w->fixed[at]};
            out->off_field += !w->match[at];
            out->added += !was[at];
        }
    out->load = w->load;
    bool any = false;
    for (int r = 0; r < w->R; r++) {
        if (w->in->reviewer[r].gone) continue;
        if (!any || w->load[r] < out->least) out->least = w->load[r];
        if (!any || w->load[r] > out->most) out->most = w->load[r];
        any = true;
    }
    report_lacks(w, out);
}

void assign_panel(Arena *a, const AssignIn *in, AssignOut *out) {
    *out = (AssignOut){0};
    Work w = {0};
    open_work(&w, a, in);
    keep(&w);
    fill(&w);
    for (int at = in->nkept ? -1 : negative(&w); at >= 0; at = negative(&w)) turn(&w, at);
    report(&w, out);
}
