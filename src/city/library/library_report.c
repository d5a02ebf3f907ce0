/* See library_report.h. */
#include "city/library/library_report.h"

#include <stdlib.h>

int library_tier_index(const Library *l, Str id) {
    for (int i = 0; i < l->ntiers && i < LIBRARY_TIERS_MAX; i++)
        if (str_eq(l->tiers[i]->id, id)) return i;
    return -1;
}

static int by_root(const void *px, const void *py) {
    const LibraryFirm *x = px, *y = py;
    return (x->root > y->root) - (x->root < y->root);
}

void library_firms(Arena *a, const Library *l, const TitleBook *b, LibraryFirm **out, int *n) {
    LibraryFirm *f = NEW_N(a, LibraryFirm, b->n + 1);
    int count = 0, k = 0;
    for (int i = 0; i < b->n; i++) {
        const TitleStatus *s = &b->status[i];
        int tier = library_tier_index(l, s->title->tier);
        if (tier < 0 || !title_counts(s)) continue;
        f[count] = (LibraryFirm){.root = s->holder, .tiers = UINT64_C(1) << tier};
        f[count++].by_kind[s->title->kind] = UINT64_C(1) << tier;
    }
    if (count) qsort(f, (size_t)count, sizeof *f, by_root);
    for (int i = 0; i < count; i++) {
        if (!k || f[k - 1].root != f[i].root) {
            f[k++] = f[i];
            continue;
        }
        f[k - 1].tiers |= f[i].tiers;
        for (int kind = 0; kind <= TITLE_LISTED; kind++)
            f[k - 1].by_kind[kind] |= f[i].by_kind[kind];
    }
    *out = f;
    *n = k;
}

int library_count(const LibraryFirm *firms, int n, uint64_t tiers, int kind) {
    int count = 0;
    for (int i = 0; i < n; i++)
        count += ((kind ? firms[i].by_kind[kind] : firms[i].tiers) & tiers) != 0;
    return count;
}

/* One firm's tiers before and after. */
static void move(int *cells, int tiers, uint64_t old, uint64_t now) {
    uint64_t came = now & ~old, gone = old & ~now;
    int side = tiers + 1;
    for (int i = 0; i < tiers; i++) {
        uint64_t bit = UINT64_C(1) << i;
        if (old & now & bit) cells[i * side + i]++;
        if (came & bit && !gone) cells[tiers * side + i]++;
        if (gone & bit && !came) cells[i * side + tiers]++;
        for (int k = 0; gone & bit && k < tiers; k++)
            if (came >> k & 1) cells[i * side + k]++;
    }
}

int *library_movement(Arena *a, const Library *l, const LibraryFirm *old, int nold,
                      const LibraryFirm *now, int nnow) {
    int tiers = l->ntiers < LIBRARY_TIERS_MAX ? l->ntiers : LIBRARY_TIERS_MAX, i = 0, k = 0;
    int *cells = NEW_N(a, int, (tiers + 1) * (tiers + 1));
    while (i < nold || k < nnow) {
        bool first = k == nnow || (i < nold && old[i].root < now[k].root);
        bool second = i == nold || (k < nnow && now[k].root < old[i].root);
        move(cells, tiers, second ? 0 : old[i].tiers, first ? 0 : now[k].tiers);
        i += !second;
        k += !first;
    }
    return cells;
}

Str library_move_text(int from, int to, int tiers) {
    if (from == to) return S("kept");
    if (from == tiers) return S("new");
    return to == tiers ? S("left") : S("moved");
}

static void mark(CohortMark *m, const TitleStatus *s) {
    m->held += title_counts(s);
    m->renewed += title_counts(s) && s->renewals > 0;
    if (s->state != TITLE_ENDED) return;
    m->ran_out += s->why == TITLE_EXPIRE && !s->by;
    m->expired += s->why == TITLE_EXPIRE && s->by;
    m->removed += s->why == TITLE_REMOVE;
    m->revoked += s->why == TITLE_REVOKE;
}

static Cohort *cohort_of(Arena *a, Cohort **list, int *n, int *cap, int year) {
    int at = 0;
    while (at < *n && (*list)[at].year < year) at++;
    if (at < *n && (*list)[at].year == year) return &(*list)[at];
    GROW(a, *list, *n, *cap);
    for (int i = (*n)++; i > at; i--) (*list)[i] = (*list)[i - 1];
    (*list)[at] = (Cohort){.year = year};
    return &(*list)[at];
}

void library_cohorts(Arena *a, const TitleBook *b, Str tier, int kind, Cohort **out, int *n) {
    int cap = 0;
    *out = NULL;
    *n = 0;
    for (int i = 0; i < b->n; i++) {
        const Title *t = &b->titles[i];
        bool wanted = (!tier.n || str_eq(t->tier, tier)) && (!kind || (int)t->kind == kind);
        if (!wanted || b->status[i].state == TITLE_VOID || t->from > b->at.as_of) continue;
        Cohort *c = cohort_of(a, out, n, &cap, t->from / 10000);
        c->intake++;
        for (int k = 0; k < COHORT_MARKS; k++) {
            FactAt at = b->at;
            int events;
            const TitleEvent *e = title_events(b, t->id, &events);
            at.as_of = library_months_later(t->from, 12 * (k + 1));
            if (at.as_of > b->at.as_of) {
                c->marks[k].censored++;
                continue;
            }
            TitleStatus s = title_status(t, e, events, &at, &b->mergers);
            mark(&c->marks[k], &s);
        }
    }
}

int32_t library_due(const Library *l, const TitleBook *b, const TitleStatus *s, bool *by_term) {
    const LibraryTitle *named = library_title(l, s->title->tier, s->title->level);
    int32_t from = s->title->from;
    int n;
    const TitleEvent *e = title_events(b, s->title->id, &n);
    *by_term = s->to != 0;
    if (s->to) return title_last_day(s->to);
    if (s->title->kind != TITLE_RECOGNISED || !named || !named->cycle_years) return 0;
    for (int i = 0; i < n; i++)
        if (e[i].kind == TITLE_RENEW && e[i].day > from && e[i].day <= b->at.as_of &&
            !title_taken_back(e, n, e[i].title, e[i].id, &b->at))
            from = e[i].day;
    return library_months_later(from, 12 * named->cycle_years);
}
