/* Gaps: cases no rule of a single-hit table covers. Proper values first; texts nobody listed and
 * null are told apart, because they need not occur, and only where a listed value is covered. */
#include "dmn/analyse.h"

enum { HOLES_MAX = 400 };

/* --- a box as people read it --------------------------------------------------------------------
 */

static void put_value(Buf *b, const Slot *slot) {
    val_literal(b, slot->value);
}

/* Values that have no order, one by one. */
static void put_listed(Buf *b, const Dim *d, Span in) {
    enum { LISTED_MAX = 8 };
    int n = 0;
    for (int i = in.lo; i <= in.hi; i++) {
        if (n++) buf_lit(b, ", ");
        if (n > LISTED_MAX) {
            buf_lit(b, "…");
            return;
        }
        if (d->slots[i].sort == SLOT_TEXT)
            buf_lit(b, "…");
        else
            put_value(b, &d->slots[i]);
    }
}

/* An interval between cuts: a gap before slot i ends at the cut i + 1. */
static void put_interval(Buf *b, const Dim *d, Span in) {
    const Slot *lo = &d->slots[in.lo], *hi = &d->slots[in.hi];
    int below = lo->point ? in.lo : in.lo - 1, above = hi->point ? in.hi : in.hi + 1;
    bool has_lo = below >= 0 && d->slots[below].point;
    bool has_hi = above < d->nvalues && d->slots[above].point;
    if (has_lo && has_hi && below == above) {
        put_value(b, &d->slots[below]);
    } else if (has_lo && has_hi) {
        buf_char(b, lo->point ? '[' : '(');
        put_value(b, &d->slots[below]);
        buf_lit(b, "..");
        put_value(b, &d->slots[above]);
        buf_char(b, hi->point ? ']' : ')');
    } else if (has_lo || has_hi) {
        bool closed = has_lo ? lo->point : hi->point;
        buf_printf(b, "%s%s ", has_lo ? ">" : "<", closed ? "=" : "");
        put_value(b, &d->slots[has_lo ? below : above]);
    } else {
        buf_lit(b, "-");
    }
}

static bool is_ordered(const Dim *d, Span in) {
    VTag kind = d->slots[in.lo].value.tag;
    if (kind == V_STRING || kind == V_BOOL) return false;
    return d->slots[in.hi].sort == SLOT_VALUE && d->slots[in.lo].sort == SLOT_VALUE;
}

/* The cells of a rule that would fill the hole. */
static Str box_text(Study *st, const Box *box) {
    const Grid *g = st->g;
    Buf b = buf_new(st->s->arena, 0);
    for (int col = 0; col < st->t->ninputs; col++)
        for (int k = 0; k < g->ndims; k++) {
            const Dim *d = &g->dims[k];
            Span in = box->dims[k];
            if (d->cols[0] != col) continue;
            if (in.lo == 0 && in.hi >= d->nvalues - 1 && d->nvalues) continue;
            if (b.n) buf_lit(&b, ", ");
            buf_put(&b, st->t->inputs[col].label);
            buf_lit(&b, ": ");
            if (is_ordered(d, in))
                put_interval(&b, d, in);
            else
                put_listed(&b, d, in);
        }
    return b.n ? buf_str(&b) : S("-");
}

/* The plain values of a dimension; all it has when there are none. */
static Span plain(const Dim *d) {
    return (Span){0, (d->nvalues ? d->nvalues : d->nslots) - 1};
}

/* --- searching ----------------------------------------------------------------------------------
 */

typedef struct Gaps {
    Study *st;
    Box *proper; /* holes of plain values */
    int nproper;
    bool stopped;
} Gaps;

static CoverResult ask(Gaps *q, int max, int64_t share) {
    Cover *v = &q->st->cover;
    v->within = -1;
    v->max = max;
    v->nrules = q->st->t->nrules;
    for (int i = 0; i < v->nrules; i++) v->rules[i] = i;
    v->share = share;
    return cover_run(v);
}

/* Asks about the box in st->cover; its holes are joined. When taking the box apart takes too long,
 * a point found by guessing is a hole too. */
static void search(Gaps *q, int64_t share) {
    Cover *v = &q->st->cover;
    int n = q->st->g->ndims;
    if (!v->holes) v->holes = NEW_N(q->st->s->scratch, Box, HOLES_MAX);
    CoverResult any = ask(q, 0, share / 4);
    if (any == COVER_YES) return;
    Box found = {.dims = NEW_N(q->st->s->scratch, Span, n)};
    for (int k = 0; k < n; k++) found.dims[k] = (Span){v->point[k], v->point[k]};
    if (ask(q, HOLES_MAX, share / 4 * 3) == COVER_STOPPED) q->stopped = true;
    if (v->nholes == 0 && any == COVER_NO) v->holes[v->nholes++] = found;
    cover_merge(v);
}

/* Plain values that stand in the file make the best examples. */
static void box_point(Study *st, const Box *box) {
    for (int k = 0; k < st->g->ndims; k++) {
        const Dim *d = &st->g->dims[k];
        int found = box->dims[k].lo;
        for (int i = found; i <= box->dims[k].hi && d->slots[i].sort == SLOT_VALUE; i++)
            if (d->slots[i].point) {
                found = i;
                break;
            }
        st->point[k] = found;
    }
    study_values(st);
}

static bool within(const Box *x, const Box *y, int n, int except) {
    for (int k = 0; k < n; k++)
        if (k != except && (x->dims[k].lo < y->dims[k].lo || x->dims[k].hi > y->dims[k].hi))
            return false;
    return true;
}

/* Is the hole at a special value of dimension k only a part of one for all its plain values? */
static bool explained(const Gaps *q, const Box *hole, int k) {
    const Dim *d = &q->st->g->dims[k];
    for (int i = 0; i < q->nproper; i++) {
        Span in = q->proper[i].dims[k];
        if (in.lo == 0 && in.hi == d->nvalues - 1 &&
            within(hole, &q->proper[i], q->st->g->ndims, k))
            return true;
    }
    return false;
}

static void report(Gaps *q, const Box *box, int severity, Msg msg, int k) {
    Study *st = q->st;
    if (study_full(st)) return;
    box_point(st, box);
    int col = k >= 0 ? st->g->dims[k].cols[0] : -1;
    Str shown = study_example(st);
    DmnFinding *f = study_add(st, severity, msg, CLAIM_NONE, -1, -1, col, shown);
    if (!f) return;
    Note *n = (Note *)f->note;
    n->args[1] = k >= 0 ? st->t->inputs[col].label : box_text(st, box);
    n->args[2] = shown;
}

static void proper_gaps(Gaps *q) {
    Study *st = q->st;
    Cover *v = &st->cover;
    for (int k = 0; k < st->g->ndims; k++) v->box[k] = plain(&st->g->dims[k]);
    search(q, st->s->budget / 2);
    q->nproper = v->nholes;
    q->proper = NEW_N(st->s->scratch, Box, v->nholes);
    for (int i = 0; i < v->nholes; i++) {
        q->proper[i] = v->holes[i];
        report(q, &v->holes[i], 1, M_DMN_GAP, -1);
    }
    bool more = v->more;
    study_close(st, M_DMN_GAP);
    if (more) q->stopped = true;
}

/* Some slots of one dimension (other texts, null), the others at plain values. */
static void special_gap(Gaps *q, int k, Span in, Msg msg) {
    Study *st = q->st;
    Cover *v = &st->cover;
    if (in.lo > in.hi) return;
    for (int i = 0; i < st->g->ndims; i++) v->box[i] = plain(&st->g->dims[i]);
    v->box[k] = in;
    search(q, st->s->budget / (4 * (st->g->ndims + 1)));
    for (int i = 0; i < v->nholes; i++) {
        if (explained(q, &v->holes[i], k)) continue;
        int before = st->unproved;
        report(q, &v->holes[i], 2, msg, k);
        if (st->unproved == before) break;
    }
}

static void special_gaps(Gaps *q, SlotSort sort, Msg msg) {
    for (int k = 0; k < q->st->g->ndims; k++) {
        const Dim *d = &q->st->g->dims[k];
        bool text = sort == SLOT_TEXT;
        special_gap(
            q, k, text ? (Span){d->nvalues, d->ntexts - 1} : (Span){d->ntexts, d->nslots - 1}, msg);
    }
    study_close(q->st, msg);
}

/* Several special values at once: only of interest when nothing else is open. */
static void last_gap(Gaps *q) {
    Study *st = q->st;
    Cover *v = &st->cover;
    for (int k = 0; k < st->g->ndims; k++) v->box[k] = (Span){0, st->g->dims[k].nslots - 1};
    search(q, st->s->budget / 2);
    if (v->nholes) report(q, &v->holes[0], 2, M_DMN_GAP_REST, -1);
    study_close(st, M_DMN_GAP_REST);
}

void analyse_gaps(Study *st) {
    Gaps q = {.st = st};
    for (int i = 0; i < st->t->noutputs; i++)
        if (st->t->outputs[i].fallback != IR_NONE) return;
    DmnFinding *last = st->s->last;
    proper_gaps(&q);
    special_gaps(&q, SLOT_TEXT, M_DMN_GAP_TEXT);
    special_gaps(&q, SLOT_NULL, M_DMN_GAP_NULL);
    if (st->s->last == last && !q.stopped && st->unproved == 0) last_gap(&q);
    if (q.stopped) study_stopped(st, M_DMN_BUDGET_GAPS, 0);
}
