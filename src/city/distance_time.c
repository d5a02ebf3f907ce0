/* Distance and time: what the day alone changes, and until when a suggestion holds. See distance.h.
 *
 * The day is one more axis: the search puts stretches of days to the model as it puts amounts.
 */
#include "base/date.h"
#include "city/distance_find.h"

enum { ENDED_YEARS = 60 };

bool find_reads_day(const Find *f, const DmnNode *node) {
    enum { INPUTS_MAX = 64 };
    const DmnNode *inputs[INPUTS_MAX];
    int n = dmn_inputs_of(f->cv->model, node, inputs, INPUTS_MAX);
    for (int i = 0; i < f->cv->ninputs; i++)
        for (int k = 0; !f->cv->inputs[i].indicator && k < n && k < INPUTS_MAX; k++)
            if (inputs[k] == f->cv->inputs[i].node) return true;
    return n > INPUTS_MAX;
}

static int64_t years_on(int64_t day, int years) {
    Ymd d = date_from_days(day);
    int last = date_month_days(d.year + years, d.month);
    return date_to_days(d.year + years, d.month, d.day < last ? d.day : last);
}

/* Days from `from` (not itself) to `to`. */
static NearAxis days(int64_t from, int64_t to) {
    return (NearAxis){.path = DECIDE_TODAY,
                      .now = val_date(from),
                      .up = to > from,
                      .down = to < from,
                      .min = val_date(to < from ? to : from),
                      .max = val_date(to > from ? to : from)};
}

/* --- waiting ------------------------------------------------------------------------------------
 */

/* The first day of [from, to], all of one reference year and one version, on which the outcome is
 * met; DISTANCE_NO_DAY: none. */
static int64_t first_met(Find *f, const RuleVersion *v, int64_t from, int64_t to) {
    const CompiledVersion *cv = f->cv;
    DecideOptions o = f->options;
    f->cv = rulebook_version(f->book, v);
    f->options.as_of = from;
    f->options.year = decide_year(from);
    f->node = f->cv->outcome;
    NearAxis day = days(from - 1, to);
    NearResult r = {0};
    if (f->node) r = near_single(&f->near, &day, NULL, 0);
    f->cv = cv;
    f->options = o;
    return r.kind == NEAR_FOUND ? r.value.i : DISTANCE_NO_DAY;
}

void find_wait(Find *f) {
    int64_t end = years_on(f->d->as_of, DISTANCE_WAIT_YEARS), from = f->d->as_of + 1, to;
    if (f->options.version) return; /* one version was asked for, not the one in force */
    for (; from <= end && f->near.budget > 0; from = to + 1) {
        ArenaMark mark = arena_mark(f->near.scratch);
        DecideOptions o = f->options;
        o.as_of = from;
        o.year = 0;
        o.brief = true;
        Decision d = decide(f->near.scratch, f->book, f->d->rule, &f->set, &o);
        arena_rewind(f->near.scratch, mark);
        f->near.used++;
        to = date_to_days(date_from_days(from).year, 12, 31);
        if (to > end) to = end;
        const RuleVersion *v = d.version;
        if (!v) continue;
        if (v->to > from && v->to <= to) to = v->to - 1;
        if (v->closed_from > from && v->closed_from <= to) to = v->closed_from - 1;
        if (d.outcome == OUTCOME_NOT_APPLICABLE) continue;
        int64_t day = first_met(f, v, from, to);
        if (day == DISTANCE_NO_DAY) continue;
        find_entry(f, DISTANCE_WAIT, DISTANCE_WHY_NONE)->by = day;
        return;
    }
}

/* --- until when ---------------------------------------------------------------------------------
 */

/* The condition that is not met on a day with the changes made. */
static const DmnNode *ending(Find *f, const NearPut *put, int n, int64_t day) {
    const DmnNode *found = NULL;
    NearAxis axis = days(day - 1, day);
    NearPut *all = NEW_N(f->a, NearPut, n + 1);
    for (int i = 0; i < n; i++) all[i] = put[i];
    all[n] = (NearPut){&axis, val_date(day)};
    for (int i = 0; !found && i < f->d->nconditions; i++) {
        const ConditionResult *k = &f->d->conditions[i];
        if (k->condition->way_of.n) continue;
        ArenaMark mark = arena_mark(f->near.scratch);
        f->node = k->node;
        f->near.used++;
        if (!val_is(f->near.probe(f, f->near.scratch, all, n + 1), true)) found = k->node;
        arena_rewind(f->near.scratch, mark);
    }
    return found;
}

void find_until(Find *f, DistanceEntry *e) {
    const RuleVersion *v = f->d->version;
    NearAxis changed[2];
    NearPut put[2];
    int64_t end = years_on(f->d->as_of, DISTANCE_HOLD_YEARS);
    int64_t over = v->to < v->closed_from ? v->to : v->closed_from;
    if (over <= end) {
        end = over - 1;
        e->by = end;
    }
    if (!find_reads_day(f, f->cv->outcome) || end <= f->d->as_of) return;
    for (int i = 0; i < e->nchanges; i++) {
        const DistanceFact *k = &e->changes[i].fact;
        changed[i] = (NearAxis){.path = decide_path(k->indicator, k->lag), .now = k->now};
        put[i] = (NearPut){&changed[i], e->changes[i].to};
    }
    f->node = f->cv->outcome;
    NearAxis day = days(f->d->as_of, end);
    NearResult r = near_lost(&f->near, &day, put, e->nchanges);
    if (r.kind != NEAR_FOUND) return;
    e->by = r.value.i - 1;
    e->ends = ending(f, put, e->nchanges, r.value.i);
}

int64_t find_ended(Find *f, const DmnNode *node) {
    if (!find_reads_day(f, node)) return DISTANCE_NO_DAY;
    NearPut *put = NEW_N(f->a, NearPut, f->nfree + 1);
    for (int i = 0; i < f->nfree; i++) put[i] = (NearPut){f->free[i], near_range(f->a, f->free[i])};
    f->node = node;
    NearAxis day = days(f->d->as_of, years_on(f->d->as_of, -ENDED_YEARS));
    NearResult r = near_possible(&f->near, &day, put, f->nfree);
    return r.kind == NEAR_FOUND ? r.value.i : DISTANCE_NO_DAY;
}
