/* How near: the smallest change of one input, or of two, that turns a truth value.
 *
 * The search asks the model itself, through a probe that evaluates it with some inputs replaced. An
 * input may be replaced by all values between two ends at once (an unknown with bounds, design
 * 5.1): when the answer is definite, it holds for every value between them, so whole stretches are
 * ruled out by one evaluation, whatever the expression is and whether or not it rises steadily.
 * What is left is halved, the near half first, down to single steps (branch and bound on intervals;
 * Hansen and Walster, Global Optimization Using Interval Analysis, 2004). So a change that is found
 * is proved to be the smallest on the grid of steps; where intervals prove nothing, the search goes
 * on step by step until its budget ends and then says so.
 */
#ifndef JIXIA_DMN_DISTANCE_H
#define JIXIA_DMN_DISTANCE_H
#include "dmn/dmn.h"

/* An input that may change. A number or date moves in steps; anything else takes one of the
 * choices. */
typedef struct NearAxis {
    uint16_t path; /* its id in Unknown.deps */
    Val now;       /* as it is: known */
    Dec step;      /* > 0: numbers lie on multiples of it; dates move by days */
    bool up, down; /* which ways it may move */
    bool blind;    /* never searched: its range is every value there is */
    Val min, max;  /* V_NULL: no bound of its own */
    const Val *choices;
    int nchoices;
    const Val *cuts; /* where its outcome may turn: a hint that saves evaluations */
    int ncuts;
} NearAxis;

/* An axis with a value in place of `now`; the value may be an unknown. */
typedef struct NearPut {
    const NearAxis *axis;
    Val value;
} NearPut;

/* The truth in question with n inputs replaced: true, false, null (an error: not true) or unknown.
 * Allocates in the scratch arena only, which is rewound afterwards. */
typedef Val (*NearProbe)(void *user, Arena *scratch, const NearPut *put, int n);

typedef enum NearKind {
    NEAR_NEVER, /* no value of the axis gives it: proved */
    NEAR_FOUND, /* put.value is the smallest change that makes it true */
    NEAR_OPEN,  /* none was found that makes it true; put.value is the smallest behind which it is
                   unknown */
    NEAR_UNPROVED, /* the budget ended first */
} NearKind;

typedef struct NearResult {
    NearKind kind;
    Val value;           /* found or open; lives in Near.keep */
    const Val *values;   /* choices: all that do, value among them */
    const uint16_t *ask; /* open: the paths it depends on then */
    int nvalues, nask;
} NearResult;

typedef struct Near {
    Arena *keep, *scratch;
    NearProbe probe;
    void *user;
    int64_t budget; /* evaluations left; shared by all searches */
    int64_t used;
} Near;

/* Evaluations one axis may use before it is given up, so that a hard one leaves some to others. */
enum {
    NEAR_AXIS_BUDGET = 3000,
    NEAR_PAIR_BUDGET = 4000, /* of a pair, each way round */
    NEAR_OPEN_BUDGET = 300   /* left to an axis once it met an unknown that does not come from it */
};

/* All values the axis may take, as it is among them: an unknown. */
Val near_range(Arena *a, const NearAxis *x);
/* The smallest change of x that makes the truth true, with `with` (n of them) replaced beside it.
 * Near.budget below 0 afterwards: it ended. */
NearResult near_single(Near *s, const NearAxis *x, const NearPut *with, int n);
/* The smallest change of x after which the truth is not surely false. */
NearResult near_possible(Near *s, const NearAxis *x, const NearPut *with, int n);
/* The smallest change of x after which the truth is no longer surely true. */
NearResult near_lost(Near *s, const NearAxis *x, const NearPut *with, int n);
/* A pair such that neither can be one step less: xs and ys are filled when FOUND. OPEN: none was
 * found, but with both values it is unknown (ys->ask). */
NearKind near_pair(Near *s, const NearAxis *x, const NearAxis *y, NearResult *xs, NearResult *ys);
/* Whether the truth can be anything but false with the axes given over their whole range. */
bool near_reachable(Near *s, const NearAxis *const *axes, int n);

/* The constants an input (or its member, when not empty) is compared with in a model: in
 * expressions, ranges, lists and cells of tables, ascending where they have an order, without
 * doubles. In arena a; *out may stay NULL. */
int near_cuts(Arena *a, const DmnModel *m, const DmnNode *input, Str member, Val **out);

/* --- a model alone ------------------------------------------------------------------------------
 */

/* The question "is the decision equal to want" on a model with inputs by node: the probe for those
 * who have no more than a model. Axis i replaces inputs[i], or its member when that is given. */
typedef struct NearInput {
    const DmnNode *node;
    Str member;
} NearInput;
typedef struct NearModel {
    const DmnModel *model;
    const DmnNode *decision;
    Val want;         /* V_NULL: true */
    const Val *given; /* per node of the model: its value; V_NULL: not given */
    const NearAxis *axes;
    const NearInput *inputs; /* parallel to axes */
    int64_t now_ns;
} NearModel;
Val near_model_probe(void *model, Arena *scratch, const NearPut *put, int n);
#endif
