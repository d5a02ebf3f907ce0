/* Contexts, filters and iterations (DMN 10.3.2.5, 10.3.2.13, 10.3.2.14). */
#include "feel/eval.h"
#include "feel/temporal.h"

Val eval_context(Eval *e, const IrNode *n, const Frame *f) {
    int count;
    const int32_t *values = ir_items(e->prog, n->a, &count);
    const IrRegion *r = &e->prog->regions[n->c];
    Frame *in = NEW(e->arena, Frame);
    *in = (Frame){f, NEW_N(e->arena, Val, r->nslots)};
    for (int i = 0; i < count; i++) in->slots[i] = feel_eval(e, values[i], in);
    if (n->flags & IRF_RESULT) return in->slots[count - 1];
    Context *c = NEW(e->arena, Context);
    *c = (Context){count, count ? e->prog->names + n->b : NULL, in->slots};
    return val_context(c);
}

/* A value where a list is needed: itself, or the list of it; null stays null. */
static Val as_list(Eval *e, Val v) {
    if (v.tag == V_LIST || v.tag == V_NULL || v.tag == V_UNKNOWN) return v;
    return val_list(arena_copy(e->arena, &v, sizeof v), 1);
}

/* --- filters --- */

static Val index_of(Eval *e, Val list, Val index) {
    Dec d = val_dec(index);
    int64_t i;
    if (dec_to_i64(&d, &i)) {
        if (i < 0) i += (int64_t)list.n + 1;
        if (i >= 1 && i <= (int64_t)list.n) return val_items(list)[i - 1];
    }
    return FEEL_NULL(e, M_FEEL_INDEX, value_text(e, index), str_printf(e->arena, "%u", list.n));
}

static Val index_case(Eval *e, const void *ctx, const Val *args, int n) {
    (void)n;
    const Val *list = ctx;
    return val_is_num(args[0]) ? index_of(e, *list, args[0]) : val_null();
}

/* The lists that remain when the items marked unknown are in or out. deps: the list and every
 * condition that is not known. */
static Val undecided_filter(Eval *e, Val list, const uint8_t *keep, int kept, int open,
                            const Val *deps) {
    Val cases[16];
    if (open > 4) return unknown_of(e, deps, open + 1);
    for (int mask = 0; mask < 1 << open; mask++) {
        Val *out = NEW_N(e->arena, Val, kept + open);
        int n = 0, bit = 0;
        for (uint32_t i = 0; i < list.n; i++)
            if (keep[i] == 1 || (keep[i] == 2 && (mask >> bit++ & 1)))
                out[n++] = val_items(list)[i];
        cases[mask] = val_list(out, n);
    }
    return unknown_join(e, cases, 1 << open, deps, open + 1);
}

/* An unknown that may be a number: the filter may be an index. */
static bool may_be_index(Val v) {
    if (v.tag != V_UNKNOWN) return false;
    const Unknown *u = val_unk(v);
    for (int i = 0; i < u->ncands; i++)
        if (u->cands[i].tag != V_BOOL) return true;
    return u->ncands == 0;
}

/* Evaluates the body for each item. A number stops it: the filter is an index. */
static bool mark(Eval *e, const IrNode *n, Val list, const Frame *f, uint8_t *keep, int count[3],
                 Val *deps, Val *index) {
    FrameBox box;
    const Frame *in = frame_open(e, &box, n->c, f);
    for (uint32_t i = 0; i < list.n; i++) {
        in->slots[0] = val_items(list)[i];
        Val v = feel_eval(e, n->b, frame_iteration(e, in, n->c));
        if (val_is_num(v) || may_be_index(v)) {
            *index = v;
            return false;
        }
        unsigned t = val_truths(v);
        keep[i] = t == TRUTH_T ? 1 : t & TRUTH_T ? 2 : 0;
        count[keep[i]]++;
        if (keep[i] == 2) deps[count[2]] = v;
    }
    return true;
}

static bool is_index(Eval *e, const IrNode *n) {
    const IrNode *body = ir_node(e->prog, n->b);
    return body->type->kind == T_NUMBER;
}

static Val filter_by(Eval *e, const IrNode *n, Val list, const Frame *f) {
    uint8_t few[64] = {0};
    uint8_t *keep = list.n <= sizeof few ? few : NEW_N(e->arena, uint8_t, list.n);
    int count[3] = {0};
    Val *deps = NEW_N(e->arena, Val, e->unknowns ? list.n + 1 : 1), index;
    deps[0] = list;
    bool filtered = mark(e, n, list, f, keep, count, deps, &index);
    e->at = (IrId)(n - e->prog->nodes); /* of the filter, not of what it evaluated last */
    if (!filtered)
        return index.tag == V_UNKNOWN ? unknown_of(e, (Val[]){index, list}, 2)
                                      : index_of(e, list, index);
    if (count[2]) return undecided_filter(e, list, keep, count[1], count[2], deps);
    Val *out = NEW_N(e->arena, Val, count[1]);
    int k = 0;
    for (uint32_t i = 0; i < list.n; i++)
        if (keep[i]) out[k++] = val_items(list)[i];
    return val_list(out, k);
}

Val eval_filter(Eval *e, const IrNode *n, const Frame *f) {
    Val list = as_list(e, feel_eval(e, n->a, f));
    if (list.tag == V_NULL && list.p) return list;
    if (list.tag == V_UNKNOWN) return unknown_of(e, &list, 1);
    if (list.tag == V_NULL) list = val_list(arena_copy(e->arena, &list, sizeof list), 1);
    if (!is_index(e, n)) return filter_by(e, n, list, f);
    FrameBox box;
    const Frame *in = frame_open(e, &box, n->c, f);
    in->slots[0] = list.n ? val_items(list)[0] : val_null();
    Val index = feel_eval(e, n->b, in);
    e->at = (IrId)(n - e->prog->nodes);
    if (index.tag == V_UNKNOWN) {
        Val v = unknown_lift(e, index_case, &list, &index, 1);
        return unknown_join(e, &v, 1, &index, 1);
    }
    return val_is_num(index) ? index_of(e, list, index) : index;
}

/* --- iterations --- */

typedef struct Loop {
    const IrNode *n;
    const int32_t *domains;
    int ndomains;
    const Frame *f;
    Val *out; /* for: results so far */
    int count, cap;
    uint16_t inside; /* of the results so far (val_inside) */
    Val acc;         /* some, every */
    Val stop;        /* set when the loop cannot go on */
    bool stopped;
} Loop;

static void loop_level(Eval *e, Loop *l, int k);

static void loop_body(Eval *e, Loop *l) {
    const IrNode *n = l->n;
    e->steps--;
    if (n->op == IR_FOR) {
        Val partial = {.tag = V_LIST, .n = (uint32_t)l->count, .p = l->out, .aux = l->inside};
        l->f->slots[l->ndomains] = partial;
        Val v = feel_eval(e, n->b, frame_iteration(e, l->f, n->c));
        if (l->count >= e->max_list || e->steps < 0) {
            l->stopped = true;
            l->stop = FEEL_NULL(e, M_FEEL_LIMIT_LIST,
                                str_printf(e->arena, "%lld", (long long)e->max_list));
            return;
        }
        GROW(e->arena, l->out, l->count, l->cap);
        l->out[l->count++] = v;
        l->inside = val_inside_join(l->inside, val_inside(&v, 1));
        return;
    }
    Val v = feel_eval(e, n->b, frame_iteration(e, l->f, n->c));
    l->acc = feel_op(e, n->op == IR_SOME ? IR_OR : IR_AND, l->acc, v);
    if (val_is(l->acc, n->op == IR_SOME) || e->steps < 0) {
        l->stopped = true;
        l->stop = l->acc;
    }
}

static void loop_value(Eval *e, Loop *l, int k, Val v) {
    l->f->slots[k] = v;
    loop_level(e, l, k + 1);
}

static void loop_stop(Loop *l, Val v) {
    l->stopped = true;
    l->stop = v;
}

/* From one integer or date to another, up or down, both included. */
static void loop_span(Eval *e, Loop *l, int k, Val lo, Val hi) {
    int64_t from, to;
    if (lo.tag == V_UNKNOWN || hi.tag == V_UNKNOWN) {
        loop_stop(l, unknown_of(e, (Val[]){lo, hi}, 2));
        return;
    }
    bool good = lo.tag == V_DATE && hi.tag == V_DATE;
    if (good) {
        from = lo.i, to = hi.i;
    } else if (val_is_num(lo) && val_is_num(hi)) {
        Dec a = val_dec(lo), b = val_dec(hi);
        good = dec_to_i64(&a, &from) && dec_to_i64(&b, &to);
    }
    if (!good) {
        loop_stop(l, FEEL_NULL(e, M_FEEL_SPAN, value_text(e, lo), value_text(e, hi)));
        return;
    }
    for (int64_t i = from;; i += from <= to ? 1 : -1) {
        loop_value(e, l, k, lo.tag == V_DATE ? val_date(i) : val_int(i));
        if (l->stopped || i == to) return;
    }
}

/* Iterating over a range value; an open end is left out. */
static void loop_range(Eval *e, Loop *l, int k, const Range *r) {
    Val one = val_int(1), lo = r->lo, hi = r->hi;
    if (lo.tag == V_DATE) one = temporal_days(SECONDS_PER_DAY, 0);
    if (!r->lo_closed) lo = feel_op(e, IR_ADD, lo, one);
    if (!r->hi_closed) hi = feel_op(e, IR_SUB, hi, one);
    int c;
    bool backward = !val_compare(r->lo, r->hi, &c) || c > 0;
    if (r->op != RANGE_INTERVAL || (backward && !e->unknowns)) {
        loop_stop(l, FEEL_NULL(e, M_FEEL_SPAN, value_text(e, r->lo), value_text(e, r->hi)));
        return;
    }
    if (!val_compare(lo, hi, &c) || c <= 0) loop_span(e, l, k, lo, hi);
}

static void loop_level(Eval *e, Loop *l, int k) {
    if (k == l->ndomains) {
        loop_body(e, l);
        return;
    }
    const IrNode *d = ir_node(e->prog, l->domains[k]);
    if (d->op == IR_SPAN) {
        Val lo = feel_eval(e, d->a, l->f), hi = feel_eval(e, d->b, l->f);
        e->at = l->domains[k];
        loop_span(e, l, k, lo, hi);
        return;
    }
    Val list = as_list(e, feel_eval(e, l->domains[k], l->f));
    e->at = l->domains[k];
    if (list.tag == V_UNKNOWN) {
        loop_stop(l, unknown_of(e, &list, 1));
    } else if (list.tag == V_NULL) {
        loop_stop(l, list.p ? list : FEEL_NULL(e, M_FEEL_NOT_LIST, S("null")));
    } else if (list.n == 1 && val_items(list)[0].tag == V_RANGE) {
        loop_range(e, l, k, val_items(list)[0].p);
    } else {
        for (uint32_t i = 0; i < list.n && !l->stopped; i++)
            loop_value(e, l, k, val_items(list)[i]);
    }
}

Val eval_loop(Eval *e, const IrNode *n, const Frame *f) {
    FrameBox box;
    Loop l = {.n = n, .acc = val_bool(n->op == IR_EVERY)};
    l.domains = ir_items(e->prog, n->a, &l.ndomains);
    l.f = frame_open(e, &box, n->c, f);
    loop_level(e, &l, 0);
    if (l.stopped) return l.stop;
    return n->op == IR_FOR ? val_list(l.out, l.count) : l.acc;
}
