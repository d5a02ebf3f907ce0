/* Relations of points and ranges (DMN 10.3.2.3.10, table 78). A point is the closed range of its
 * own; one-sided ranges reach to infinity. */
#include "feel/builtin.h"

/* One end of a range; value V_NULL: infinite. */
typedef struct End {
    Val v;
    bool closed;
} End;
typedef struct Span {
    End lo, hi;
    bool point;
} Span;

static bool span_of(Val v, Span *s) {
    if (v.tag != V_RANGE) {
        *s = (Span){.lo = {v, true}, .hi = {v, true}, .point = true};
        return v.tag != V_NULL;
    }
    const Range *r = v.p;
    Val one = r->lo.tag == V_NULL ? r->hi : r->lo;
    *s = (Span){.lo = {r->lo, r->lo_closed}, .hi = {r->hi, r->hi_closed}};
    if (r->op == RANGE_EQ) *s = (Span){.lo = {one, true}, .hi = {one, true}};
    if (r->op == RANGE_LT || r->op == RANGE_LE) *s = (Span){.hi = {one, r->op == RANGE_LE}};
    if (r->op == RANGE_GT || r->op == RANGE_GE) *s = (Span){.lo = {one, r->op == RANGE_GE}};
    return r->op != RANGE_NE;
}

/* Comparisons of the four pairs of ends, infinities included. */
typedef struct Pairs {
    int lo_lo, lo_hi, hi_lo, hi_hi; /* sign of x's end - y's end */
} Pairs;

/* side: -1 a lower end, 1 an upper end: what V_NULL stands for. */
static bool ends_cmp(End x, int xside, End y, int yside, int *cmp) {
    bool xinf = x.v.tag == V_NULL, yinf = y.v.tag == V_NULL;
    if (!xinf && !yinf) return val_compare(x.v, y.v, cmp);
    int xs = xinf ? xside : 0, ys = yinf ? yside : 0;
    *cmp = (xs > ys) - (xs < ys);
    return true;
}

typedef bool RelFn(const Span *x, const Span *y, const Pairs *p);

static Val relate(Eval *e, const char *fn, Val x, Val y, RelFn *rel) {
    Span s, t;
    Pairs p;
    if (!span_of(x, &s)) return fn_type(e, fn, "range1", x);
    if (!span_of(y, &t)) return fn_type(e, fn, "range2", y);
    if (!ends_cmp(s.lo, -1, t.lo, -1, &p.lo_lo) || !ends_cmp(s.lo, -1, t.hi, 1, &p.lo_hi) ||
        !ends_cmp(s.hi, 1, t.lo, -1, &p.hi_lo) || !ends_cmp(s.hi, 1, t.hi, 1, &p.hi_hi))
        return fn_order(e, fn, x, y);
    return val_bool(rel(&s, &t, &p));
}

static bool before(const Span *x, const Span *y, const Pairs *p) {
    return p->hi_lo < 0 || (p->hi_lo == 0 && !(x->hi.closed && y->lo.closed));
}
static bool meets(const Span *x, const Span *y, const Pairs *p) {
    return p->hi_lo == 0 && x->hi.closed && y->lo.closed;
}
/* x begins no later than y ends, and the other way round. */
static bool reaches(const Span *x, const Span *y, int hi_lo) {
    return hi_lo > 0 || (hi_lo == 0 && x->hi.closed && y->lo.closed);
}
static bool overlaps(const Span *x, const Span *y, const Pairs *p) {
    return reaches(x, y, p->hi_lo) && reaches(y, x, -p->lo_hi);
}
static bool overlaps_before(const Span *x, const Span *y, const Pairs *p) {
    bool starts = p->lo_lo < 0 || (p->lo_lo == 0 && x->lo.closed && !y->lo.closed);
    bool ends = p->hi_hi < 0 || (p->hi_hi == 0 && (!x->hi.closed || y->hi.closed));
    return starts && ends && reaches(x, y, p->hi_lo);
}
static bool finishes(const Span *x, const Span *y, const Pairs *p) {
    if (p->hi_hi != 0) return false;
    if (x->point) return y->hi.closed;
    return x->hi.closed == y->hi.closed &&
           (p->lo_lo > 0 || (p->lo_lo == 0 && (!x->lo.closed || y->lo.closed)));
}
static bool includes(const Span *x, const Span *y, const Pairs *p) {
    return (p->lo_lo < 0 || (p->lo_lo == 0 && (x->lo.closed || !y->lo.closed))) &&
           (p->hi_hi > 0 || (p->hi_hi == 0 && (x->hi.closed || !y->hi.closed)));
}
static bool starts(const Span *x, const Span *y, const Pairs *p) {
    if (p->lo_lo != 0) return false;
    if (x->point) return y->lo.closed;
    return x->lo.closed == y->lo.closed &&
           (p->hi_hi < 0 || (p->hi_hi == 0 && (!x->hi.closed || y->hi.closed)));
}
static bool coincides(const Span *x, const Span *y, const Pairs *p) {
    return p->lo_lo == 0 && p->hi_hi == 0 && x->lo.closed == y->lo.closed &&
           x->hi.closed == y->hi.closed;
}

/* x REL y, and its converse with the arguments swapped. */
#define RELATION(name, text, rel, x, y)                                                            \
    Val name(Eval *e, const Val *args, int n) {                                                    \
        (void)n;                                                                                   \
        return relate(e, text, args[x], args[y], rel);                                             \
    }
RELATION(bi_before, "before", before, 0, 1)
RELATION(bi_after, "after", before, 1, 0)
RELATION(bi_meets, "meets", meets, 0, 1)
RELATION(bi_met_by, "met by", meets, 1, 0)
RELATION(bi_overlaps, "overlaps", overlaps, 0, 1)
RELATION(bi_overlaps_before, "overlaps before", overlaps_before, 0, 1)
RELATION(bi_overlaps_after, "overlaps after", overlaps_before, 1, 0)
RELATION(bi_finishes, "finishes", finishes, 0, 1)
RELATION(bi_finished_by, "finished by", finishes, 1, 0)
RELATION(bi_includes, "includes", includes, 0, 1)
RELATION(bi_during, "during", includes, 1, 0)
RELATION(bi_starts, "starts", starts, 0, 1)
RELATION(bi_started_by, "started by", starts, 1, 0)
RELATION(bi_coincides, "coincides", coincides, 0, 1)
