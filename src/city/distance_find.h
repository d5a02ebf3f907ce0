/* Inside of distance: the state of one search, shared by its two files. */
#ifndef JIXIA_CITY_DISTANCE_FIND_H
#define JIXIA_CITY_DISTANCE_FIND_H
#include "city/distance.h"
#include "dmn/distance.h"

/* A fact the decision read and whose value is known. */
typedef struct NearFact {
    NearAxis axis; /* as it may change; not searched when lock says why not */
    NearAxis any;  /* every value there is */
    DistanceWhy lock;
    DistanceFact fact;
    bool done; /* changed alone it gives an answer: no pair needs it */
} NearFact;

typedef struct Find {
    Arena *a;
    const Rulebook *book;
    const Decision *d;
    const CompiledVersion *cv;
    DecideOptions options;
    const FactUse *given; /* the facts of the caller */
    FactSet set;          /* a copy: probes write into it */
    int32_t *place;       /* by path: where the fact stands in the set; -1 */
    int npaths;
    NearFact *facts;
    int nfacts;
    const NearAxis **free; /* axes of the facts that may change */
    int nfree;
    const DmnNode **failing; /* conditions of their own that are not met; else the outcome */
    int nfailing;
    const DmnNode *node; /* what is asked */
    Val today;
    Near near;
    DistanceEntry *entries;
    int n, cap;
} Find;

/* A new entry about all failing conditions. */
DistanceEntry *find_entry(Find *f, DistanceKind kind, DistanceWhy why);
/* Whether the model reads the day. */
bool find_reads_day(const Find *f, const DmnNode *node);
/* Whether node can be true with the facts that may change anywhere in their range, and `more` (may
 * be NULL) anywhere at all. */
bool find_reachable(Find *f, const DmnNode *node, const NearAxis *more);

/* Adds the first day from which the outcome is met with the facts as they are. */
void find_wait(Find *f);
/* Fills by and ends of a suggestion. */
void find_until(Find *f, DistanceEntry *e);
/* The last day before as_of on which a condition could be met; DISTANCE_NO_DAY: none is known. */
int64_t find_ended(Find *f, const DmnNode *node);
#endif
