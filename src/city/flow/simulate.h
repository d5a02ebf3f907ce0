/* Random walks along a flow before it is released: which states are reached and how often, which
 * acts are done and by whom, which clocks run. Guards are not decided: every act of a state is
 * taken as possible, so what is never reached in enough steps cannot be reached at all. Which
 * states lead to no end is computed, not walked: a ring that nobody can leave has a way out of
 * every state in it and so is no finding of flow_parse. */
#ifndef JIXIA_CITY_FLOW_SIMULATE_H
#define JIXIA_CITY_FLOW_SIMULATE_H
#include "city/flow/flow.h"

enum { WALK_ACTS_MAX = 1000 };

typedef struct FlowWalks {
    int64_t walks, finished, cut; /* cut: WALK_ACTS_MAX acts without an end */
    int64_t steps, longest;       /* acts done in all; in the longest walk that ended */
    int64_t *states;              /* times each state was entered */
    int64_t *acts;                /* times each act was done */
    int64_t *clocks;              /* times each clock was started */
    bool *ends;                   /* of each state: a final one can be reached from it */
    int stuck;                    /* states of which that is not so */
} FlowWalks;

/* The same seed gives the same walks. */
FlowWalks flow_simulate(Arena *a, const Flow *f, int64_t steps, uint64_t seed);
#endif
