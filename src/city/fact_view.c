/* Which fact counts (design §5.1). See fact.h and fact_view.h.
 *
 * A fact may count when it is not withdrawn, valid at as_of and its source is not refused. Among
 * those: the best rank, then the highest seq, then the highest id. The others stay listed.
 */
#include "city/fact_view.h"

#include <stdlib.h>

#define ORDER_BY(x, y)                                                                             \
    if ((x) != (y)) return (x) < (y) ? -1 : 1

void fact_judge(Fact *facts, int n, const FactAt *at, const FactRank *rank) {
    for (int i = 0; i < n; i++) {
        Fact *f = &facts[i];
        if (f->period == 0)
            f->not_valid = (f->from && f->from > at->as_of) || (f->to && f->to <= at->as_of);
        else if (f->period > 9999)
            f->not_valid = f->period > at->as_of;
        f->rank = rank && rank->rank ? rank->rank(rank->user, f->indicator, f->source) : 0;
        f->not_ranked = f->rank < 0;
    }
}

static bool may_count(const Fact *f) {
    return !f->withdrawn && !f->not_valid && !f->not_ranked;
}

static int slot_cmp(const Fact *x, const Fact *y) {
    ORDER_BY(x->indicator, y->indicator);
    ORDER_BY(x->period, y->period);
    return x->key.n | y->key.n ? str_cmp(x->key, y->key) : 0;
}

static int fact_cmp(const void *px, const void *py) {
    const Fact *x = *(const Fact *const *)px, *y = *(const Fact *const *)py;
    int by_slot = slot_cmp(x, y);
    if (by_slot) return by_slot;
    ORDER_BY(!may_count(x), !may_count(y));
    ORDER_BY(x->rank, y->rank);
    ORDER_BY(y->seq, x->seq);
    ORDER_BY(y->id, x->id);
    return 0;
}

static void slot_fill(FactSlot *s, const Fact *const *facts, int n) {
    *s = (FactSlot){.indicator = facts[0]->indicator,
                    .period = facts[0]->period,
                    .key = facts[0]->key,
                    .all = facts,
                    .n_all = n};
    for (int i = 0; i < n && may_count(facts[i]); i++) {
        const Fact **place = facts[i]->kind == FACT_VALUE   ? &s->value
                             : facts[i]->kind == FACT_LOWER ? &s->lower
                                                            : &s->upper;
        if (!*place) *place = facts[i];
    }
}

void fact_view_make(Arena *a, int64_t subject, const Fact *facts, int n, FactView *out) {
    const Fact **order = NEW_N(a, const Fact *, n ? n : 1);
    int slots = 0;
    for (int i = 0; i < n; i++) order[i] = &facts[i];
    qsort(order, (size_t)n, sizeof *order, fact_cmp);
    for (int i = 0; i < n; i++) slots += i == 0 || slot_cmp(order[i - 1], order[i]) != 0;
    *out = (FactView){.subject = subject, .n = slots, .n_facts = n};
    out->slots = NEW_N(a, FactSlot, slots ? slots : 1);
    for (int i = 0, k = 0; i < n; k++) {
        int end = i + 1;
        while (end < n && slot_cmp(order[i], order[end]) == 0) end++;
        slot_fill(&out->slots[k], order + i, end - i);
        i = end;
    }
}

/* The first slot not before (indicator, period, empty key). */
static int lower_bound(const FactView *v, int32_t indicator, int32_t period) {
    int low = 0, high = v->n;
    while (low < high) {
        int mid = (low + high) / 2;
        const FactSlot *s = &v->slots[mid];
        bool before = s->indicator != indicator ? s->indicator < indicator : s->period < period;
        if (before)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

const FactSlot *fact_slot(const FactView *v, int32_t indicator, int32_t period) {
    int i = lower_bound(v, indicator, period);
    if (i == v->n) return NULL;
    const FactSlot *s = &v->slots[i];
    return s->indicator == indicator && s->period == period && s->key.n == 0 ? s : NULL;
}

const FactSlot *fact_slots(const FactView *v, int32_t indicator, int *n) {
    int i = lower_bound(v, indicator, 0), end = i;
    while (end < v->n && v->slots[end].indicator == indicator) end++;
    *n = end - i;
    return *n ? &v->slots[i] : NULL;
}
