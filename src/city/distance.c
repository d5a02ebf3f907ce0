/* Finding the distance of a decision. See distance.h.
 *
 * Order: which facts may change; whether the outcome can be reached at all; each fact alone; pairs
 * when no fact alone is enough; then the reasons for what was not found. Every not_met that gets no
 * suggestion gets at least one entry that names conditions.
 */
#include "city/distance_find.h"

enum { INPUTS_MAX = 64 };

/* --- probing ------------------------------------------------------------------------------------
 */

static Val probe(void *user, Arena *scratch, const NearPut *put, int n) {
    Find *f = user;
    Val today = f->today;
    FactUse *kept = NEW_N(scratch, FactUse, n);
    for (int i = 0; i < n; i++) {
        uint16_t path = put[i].axis->path;
        if (path == DECIDE_TODAY) {
            today = put[i].value;
            continue;
        }
        FactUse *use = &f->set.facts[f->place[path]];
        kept[i] = *use;
        use->value = put[i].value;
        use->has_value = true;
        use->none = false;
    }
    Val v = decide_probe(scratch, f->book, f->cv, &f->set, &f->options, f->node, today);
    for (int i = n - 1; i >= 0; i--)
        if (put[i].axis->path != DECIDE_TODAY) f->set.facts[f->place[put[i].axis->path]] = kept[i];
    return v;
}

bool find_reachable(Find *f, const DmnNode *node, const NearAxis *more) {
    const NearAxis **axes = NEW_N(f->a, const NearAxis *, f->nfree + 1);
    int n = 0;
    for (int i = 0; i < f->nfree; i++)
        if (!more || f->free[i]->path != more->path) axes[n++] = f->free[i];
    if (more) axes[n++] = more;
    const DmnNode *before = f->node;
    f->node = node;
    bool yes = near_reachable(&f->near, axes, n);
    f->node = before;
    return yes;
}

/* --- facts --------------------------------------------------------------------------------------
 */

static DistanceWhy lock_of(const Find *f, const FactUse *u) {
    const Indicator *i = u->indicator;
    if (i->by != BY_DATA) return DISTANCE_JUDGED;
    if (i->type == IND_LIST) return DISTANCE_RECORD;
    if (i->fixed) return DISTANCE_FACT;
    if (u->year && u->year != f->d->year) return DISTANCE_PAST;
    return DISTANCE_WHY_NONE;
}

/* The value of a fact that is known, also when it is known that there is none. */
static Val value_now(const FactUse *u) {
    if (u->has_value) return u->value;
    if (u->indicator->type == IND_BOOLEAN) return val_bool(false);
    return u->indicator->type == IND_INTEGER ? val_int(0) : val_null();
}

Dec distance_step(const Indicator *i) {
    Dec step = i->type == IND_INTEGER ? dec_int(1) : dec_scaled(1, -2);
    if (i->step.n) dec_parse(i->step, &step);
    return step;
}

/* What the model compares an indicator with, as itself or as the one it stands in for. */
static void read_cuts(Find *f, NearFact *k) {
    for (int i = 0; i < f->cv->ninputs; i++) {
        const Indicator *ind = f->cv->inputs[i].indicator;
        Val *cuts;
        if (!ind || (ind != k->fact.indicator && ind->fallback != k->fact.indicator)) continue;
        k->axis.ncuts =
            near_cuts(f->a, f->cv->model, f->cv->inputs[i].node, lag_name(k->fact.lag), &cuts);
        k->axis.cuts = cuts;
        if (ind == k->fact.indicator) return;
    }
}

static void read_choices(Find *f, NearFact *k) {
    static const Val TRUTHS[2] = {{.tag = V_BOOL, .i = 1}, {.tag = V_BOOL, .i = 0}};
    const Indicator *i = k->fact.indicator;
    if (i->type == IND_BOOLEAN) {
        k->axis.choices = TRUTHS;
        k->axis.nchoices = 2;
    } else if (i->nvalues) {
        k->axis.choices = f->book->values[i->id];
        k->axis.nchoices = i->nvalues;
    } else {
        k->axis.choices = k->axis.cuts;
        k->axis.nchoices = k->axis.ncuts;
    }
}

/* What is known of a fact that has bounds only. */
static Val bounds_of(Arena *a, const FactUse *u) {
    Unknown *b = NEW(a, Unknown);
    *b = (Unknown){.lo = u->lo, .hi = u->hi};
    return (Val){.tag = V_UNKNOWN, .p = b};
}

/* Every value the fact could have, if it were free. */
static NearAxis any_of(const NearFact *k, const FactUse *u) {
    NearAxis any = k->axis;
    any.up = any.down = true;
    if (!u->has_value && !u->none) any.now = u->lo.tag == V_NULL ? u->hi : u->lo;
    bool amount = val_is_num(any.now) || any.now.tag == V_DATE;
    any.blind = !amount && any.nchoices == 0;
    return any;
}

static void add_fact(Find *f, const FactUse *u) {
    const Indicator *i = u->indicator;
    NearFact *k = &f->facts[f->nfacts];
    int lag = u->year ? f->d->year - u->year : -1;
    bool known = u->has_value || u->none;
    if (!known && u->lo.tag == V_NULL && u->hi.tag == V_NULL) return; /* missing */
    *k = (NearFact){.lock = lock_of(f, u)};
    if (!known && k->lock == DISTANCE_WHY_NONE) k->lock = DISTANCE_BOUND;
    f->nfacts++;
    Val now = known ? value_now(u) : bounds_of(f->a, u);
    k->fact = (DistanceFact){.indicator = i, .year = u->year, .lag = lag, .now = now};
    k->axis = (NearAxis){.path = decide_path(i, lag),
                         .now = now,
                         .step = distance_step(i),
                         .up = !str_eq(i->direction, S("down")),
                         .down = !str_eq(i->direction, S("up")),
                         .min = f->book->bounds[i->id][0],
                         .max = f->book->bounds[i->id][1]};
    f->place[k->axis.path] = (int32_t)(u - f->given);
    read_cuts(f, k);
    if (i->type == IND_BOOLEAN || i->type == IND_TEXT) read_choices(f, k);
    k->any = any_of(k, u);
    if (k->lock != DISTANCE_WHY_NONE) return;
    if (k->any.blind) k->lock = DISTANCE_TEXT;
    if (k->lock == DISTANCE_WHY_NONE) f->free[f->nfree++] = &k->axis;
}

/* A figure further back than the rule reads has no path of its own. */
static bool has_path(const Find *f, const FactUse *u) {
    return !u->year || (u->year <= f->d->year && f->d->year - u->year < LAGS);
}

static void read_facts(Find *f) {
    const Decision *d = f->d;
    f->npaths = decide_path(f->book->pack->indicators[f->book->pack->nindicators - 1], LAGS) + 1;
    f->place = NEW_N(f->a, int32_t, f->npaths);
    f->facts = NEW_N(f->a, NearFact, d->nfacts + 1);
    f->free = NEW_N(f->a, const NearAxis *, d->nfacts + 1);
    for (int i = 0; i < d->nfacts; i++)
        if (has_path(f, d->facts[i])) add_fact(f, d->facts[i]);
}

/* --- entries ------------------------------------------------------------------------------------
 */

DistanceEntry *find_entry(Find *f, DistanceKind kind, DistanceWhy why) {
    GROW(f->a, f->entries, f->n, f->cap);
    DistanceEntry *e = &f->entries[f->n++];
    *e = (DistanceEntry){.kind = kind, .why = why, .by = DISTANCE_NO_DAY};
    e->conditions = f->failing;
    e->nconditions = f->nfailing;
    return e;
}

/* Conditions that are no way of another one. */
static void read_failing(Find *f) {
    const Decision *d = f->d;
    f->failing = NEW_N(f->a, const DmnNode *, d->nconditions + 1);
    for (int i = 0; i < d->nconditions; i++) {
        const ConditionResult *k = &d->conditions[i];
        if (k->outcome == OUTCOME_NOT_MET && k->condition->way_of.n == 0)
            f->failing[f->nfailing++] = k->node;
    }
    if (f->nfailing == 0) f->failing[f->nfailing++] = f->cv->outcome;
}

static DistanceChange change_of(Find *f, const NearFact *k, const NearResult *r) {
    DistanceChange c = {
        .fact = k->fact, .to = r->value, .values = r->values, .nvalues = r->nvalues};
    Val now = k->fact.now;
    if (val_is_num(now) && val_is_num(r->value)) {
        Dec x = val_dec(r->value), y = val_dec(now), d;
        if (dec_sub(&d, &x, &y)) c.change = val_num(f->a, &d);
    } else if (now.tag == V_DATE && r->value.tag == V_DATE) {
        c.change = val_int(r->value.i - now.i);
    }
    return c;
}

static void add_missing(Find *f, DistanceEntry *e, const uint16_t *ask, int n) {
    int lag;
    e->missing = NEW_N(f->a, Missing, n + 1);
    for (int i = 0; i < n; i++)
        if (decide_path_fact(f->book->pack, ask[i], &lag))
            e->missing[e->nmissing++] = decide_missing(f->a, f->book->pack, ask[i]);
}

static void add_fact_to(Find *f, DistanceEntry *e, const NearFact *k) {
    if (!e->facts) e->facts = NEW_N(f->a, DistanceFact, f->nfacts + 1);
    e->facts[e->nfacts++] = k->fact;
}

/* --- changes ------------------------------------------------------------------------------------
 */

/* Each fact alone. Returns whether one is enough. */
static bool find_singles(Find *f) {
    bool found = false;
    f->node = f->cv->outcome;
    for (int i = 0; i < f->nfacts; i++) {
        NearFact *k = &f->facts[i];
        const NearAxis *axis = &k->axis;
        if (k->lock != DISTANCE_WHY_NONE || !near_reachable(&f->near, &axis, 1)) continue;
        NearResult r = near_single(&f->near, axis, NULL, 0);
        if (r.kind == NEAR_NEVER) continue;
        k->done = true;
        DistanceEntry *e = NULL;
        if (r.kind == NEAR_FOUND) {
            e = find_entry(f, DISTANCE_SINGLE, DISTANCE_WHY_NONE);
            found = true;
        } else if (r.kind == NEAR_OPEN) {
            e = find_entry(f, DISTANCE_BLOCKED, DISTANCE_MISSING);
            add_missing(f, e, r.ask, r.nask);
        } else {
            add_fact_to(f, find_entry(f, DISTANCE_NOT_SEARCHED, DISTANCE_BUDGET), k);
            continue;
        }
        e->changes[e->nchanges++] = change_of(f, k, &r);
    }
    return found;
}

static void find_pair(Find *f, const NearFact *x, const NearFact *y) {
    NearResult xs, ys;
    NearKind kind = near_pair(&f->near, &x->axis, &y->axis, &xs, &ys);
    if (kind == NEAR_UNPROVED) {
        DistanceEntry *e = find_entry(f, DISTANCE_NOT_SEARCHED, DISTANCE_BUDGET);
        add_fact_to(f, e, x);
        add_fact_to(f, e, y);
    } else if (kind == NEAR_FOUND || kind == NEAR_OPEN) {
        bool found = kind == NEAR_FOUND;
        DistanceEntry *e = find_entry(f, found ? DISTANCE_PAIR : DISTANCE_BLOCKED,
                                      found ? DISTANCE_WHY_NONE : DISTANCE_MISSING);
        if (!found) add_missing(f, e, ys.ask, ys.nask);
        e->changes[0] = change_of(f, x, &xs);
        e->changes[1] = change_of(f, y, &ys);
        e->nchanges = 2;
    }
}

static void find_pairs(Find *f) {
    f->node = f->cv->outcome;
    for (int i = 0; i < f->nfacts; i++)
        for (int k = i + 1; k < f->nfacts && f->near.budget > 0; k++) {
            const NearFact *x = &f->facts[i], *y = &f->facts[k];
            if (x->lock == DISTANCE_WHY_NONE && y->lock == DISTANCE_WHY_NONE && !x->done &&
                !y->done)
                find_pair(f, x, y);
        }
}

/* --- reasons ------------------------------------------------------------------------------------
 */

/* Whether a decision reads a fact: by its own input, or where it stands in for another. */
static bool reads(const Find *f, const DmnNode *node, const NearFact *k) {
    const DmnNode *inputs[INPUTS_MAX];
    int n = dmn_inputs_of(f->cv->model, node, inputs, INPUTS_MAX);
    for (int i = 0; i < n && i < INPUTS_MAX; i++) {
        const Indicator *ind = pack_indicator(f->book->pack, inputs[i]->name);
        if (ind &&
            (ind == k->fact.indicator || ind->fallback == k->fact.indicator || ind->from_rule.n))
            return true;
    }
    return n > INPUTS_MAX;
}

static DistanceWhy why_not(const NearFact *k) {
    return k->lock == DISTANCE_WHY_NONE ? DISTANCE_ONEWAY : k->lock;
}

/* The facts in the way of a decision: those that alone would turn it if they were free; when none
 * would, all it reads that cannot move freely. Returns the reason said, the strongest last. */
static DistanceWhy obstacles(Find *f, const DmnNode *node, bool *in_way) {
    DistanceWhy why = DISTANCE_WHY_NONE;
    for (int pass = 0; pass < 2 && why == DISTANCE_WHY_NONE; pass++)
        for (int i = 0; i < f->nfacts; i++) {
            const NearFact *k = &f->facts[i];
            bool moves = k->lock == DISTANCE_WHY_NONE && k->axis.up && k->axis.down;
            in_way[i] =
                reads(f, node, k) && (pass == 0 ? find_reachable(f, node, &k->any) : !moves);
            if (in_way[i] && why_not(k) > why) why = why_not(k);
        }
    return why;
}

/* A condition that nothing that can change turns, and why. */
static void find_fixed(Find *f, const DmnNode *node) {
    bool *in_way = NEW_N(f->a, bool, f->nfacts + 1);
    DistanceWhy why = obstacles(f, node, in_way);
    if (why == DISTANCE_WHY_NONE) why = DISTANCE_JOINT;
    DistanceKind kind = why >= DISTANCE_RECORD  ? DISTANCE_NOT_SEARCHED
                        : why == DISTANCE_JOINT ? DISTANCE_BLOCKED
                                                : DISTANCE_FIXED;
    DistanceEntry *e = find_entry(f, kind, why);
    e->conditions = arena_copy(f->a, &node, sizeof node);
    e->nconditions = 1;
    for (int i = 0; i < f->nfacts; i++)
        if (in_way[i] && why_not(&f->facts[i]) == why) add_fact_to(f, e, &f->facts[i]);
    if (kind == DISTANCE_FIXED) e->by = find_ended(f, node);
}

/* The conditions that cannot be turned; false when there is none. */
static bool find_obstacles(Find *f) {
    bool any = false;
    for (int i = 0; i < f->nfailing; i++) {
        if (find_reachable(f, f->failing[i], NULL)) continue;
        find_fixed(f, f->failing[i]);
        any = true;
    }
    return any;
}

/* Why there is no suggestion, when nothing was said of it yet. */
static void find_rest(Find *f, bool reachable) {
    for (int i = 0; i < f->n; i++)
        if (f->entries[i].kind != DISTANCE_WAIT) return;
    if (reachable)
        find_entry(f, DISTANCE_BLOCKED, DISTANCE_JOINT);
    else
        find_fixed(f, f->cv->outcome);
}

/* --- the whole ----------------------------------------------------------------------------------
 */

/* By kind, in the order they were found. */
static void sort_entries(Find *f) {
    for (int i = 1; i < f->n; i++)
        for (int k = i; k > 0 && f->entries[k - 1].kind > f->entries[k].kind; k--) {
            DistanceEntry t = f->entries[k];
            f->entries[k] = f->entries[k - 1];
            f->entries[k - 1] = t;
        }
}

static bool suggested(const Find *f) {
    for (int i = 0; i < f->n; i++)
        if (f->entries[i].kind <= DISTANCE_PAIR) return true;
    return false;
}

static void find_all(Find *f) {
    bool reachable = find_reachable(f, f->cv->outcome, NULL);
    if (reachable && !find_singles(f)) find_pairs(f);
    for (int i = 0; i < f->n; i++)
        if (f->entries[i].kind <= DISTANCE_PAIR) find_until(f, &f->entries[i]);
    find_wait(f);
    if (!suggested(f) && !find_obstacles(f)) find_rest(f, reachable);
    sort_entries(f);
}

const Distance *distance_find(Arena *a, const Rulebook *b, const FactSet *facts,
                              const DecideOptions *o, const Decision *d) {
    Distance *out = NEW(a, Distance);
    if (d->outcome != OUTCOME_NOT_MET) return out;
    Find *f = NEW(a, Find);
    *f = (Find){.a = a, .book = b, .d = d, .given = facts->facts, .set = *facts, .options = *o};
    f->cv = rulebook_version(b, d->version);
    f->options.tables = false;
    f->options.year = d->year;
    f->set.facts = arena_copy(a, facts->facts, sizeof *facts->facts * (size_t)facts->n);
    f->today = val_date(d->as_of);
    f->near = (Near){.keep = a,
                     .scratch = arena_open(0),
                     .probe = probe,
                     .user = f,
                     .budget = DISTANCE_BUDGET_MAX};
    read_failing(f);
    read_facts(f);
    find_all(f);
    arena_close(f->near.scratch);
    *out = (Distance){.entries = f->entries,
                      .n = f->n,
                      .evaluations = f->near.used,
                      .stopped = f->near.budget <= 0};
    return out;
}

Str distance_kind_text(DistanceKind k) {
    static const Str TEXTS[] = {STR_INIT("single"),  STR_INIT("pair"),  STR_INIT("wait"),
                                STR_INIT("blocked"), STR_INIT("fixed"), STR_INIT("not_searched")};
    return TEXTS[k];
}

Str distance_why_text(DistanceWhy w) {
    static const Str TEXTS[] = {STR_INIT(""),      STR_INIT("joint"),   STR_INIT("missing"),
                                STR_INIT("fact"),  STR_INIT("past"),    STR_INIT("judged"),
                                STR_INIT("bound"), STR_INIT("one_way"), STR_INIT("record"),
                                STR_INIT("text"),  STR_INIT("budget")};
    return TEXTS[w];
}
