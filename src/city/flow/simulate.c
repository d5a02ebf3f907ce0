/* Random walks along a flow. See simulate.h. */
#include "city/flow/simulate.h"

#include "base/rng.h"

/* One of the acts that lead on from a state (NULL: opening ones); NULL when there is none. */
static const FlowAct *choose(const Flow *f, const FlowState *s, Rng *rng) {
    const FlowAct *found = NULL;
    uint64_t n = 0;
    for (int i = 0; i < f->nacts; i++) {
        const FlowAct *a = &f->acts[i];
        if (s ? !flow_act_from(a, s) : !a->opens) continue;
        if (rng_below(rng, ++n) == 0) found = a;
    }
    return found;
}

static const FlowState *enter(const Flow *f, const FlowState *from, const FlowAct *a,
                              FlowWalks *w) {
    const FlowState *to = a->to ? a->to : from;
    w->steps++;
    w->acts[a - f->acts]++;
    if (to == from) return to;
    w->states[to - f->states]++;
    if (to->clock) w->clocks[to->clock - f->clocks]++;
    return to;
}

static void walk(const Flow *f, int64_t most, Rng *rng, FlowWalks *w) {
    const FlowState *s = NULL;
    int64_t before = w->steps;
    w->walks++;
    while (w->steps < most && w->steps - before < WALK_ACTS_MAX) {
        const FlowAct *a = choose(f, s, rng);
        if (!a) break;
        s = enter(f, s, a, w);
        if (s->final) break;
    }
    bool ended = s && s->final;
    w->finished += ended;
    w->cut += !ended && w->steps - before >= WALK_ACTS_MAX;
    if (ended && w->steps - before > w->longest) w->longest = w->steps - before;
}

/* From the final states backwards; acts repeat until nothing new is found. */
static void mark_ends(const Flow *f, FlowWalks *w) {
    bool more = true;
    for (int i = 0; i < f->nstates; i++) w->ends[i] = f->states[i].final;
    while (more) {
        more = false;
        for (int i = 0; i < f->nacts; i++) {
            const FlowAct *a = &f->acts[i];
            for (int k = 0; a->to && w->ends[a->to - f->states] && k < a->nfrom; k++) {
                bool *from = &w->ends[a->from[k] - f->states];
                more |= !*from;
                *from = true;
            }
        }
    }
    for (int i = 0; i < f->nstates; i++) w->stuck += !w->ends[i];
}

FlowWalks flow_simulate(Arena *a, const Flow *f, int64_t steps, uint64_t seed) {
    FlowWalks w = {.states = NEW_N(a, int64_t, f->nstates + 1),
                   .acts = NEW_N(a, int64_t, f->nacts + 1),
                   .clocks = NEW_N(a, int64_t, f->nclocks + 1),
                   .ends = NEW_N(a, bool, f->nstates + 1)};
    mark_ends(f, &w);
    Rng rng = rng_new(seed);
    while (w.steps < steps) walk(f, steps, &rng, &w);
    return w;
}
