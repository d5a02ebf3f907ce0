/* What the first page says about the register, added up from a snapshot: enterprises by place and
 * industry, facts that rules ask for and how many enterprises have them. */
#ifndef JIXIA_CITY_OVERVIEW_H
#define JIXIA_CITY_OVERVIEW_H
#include "city/snapshot.h"

typedef struct Tally {
    Str code, name; /* both empty: not recorded */
    int64_t n;
} Tally;

typedef struct Completeness {
    const Indicator *indicator;
    int rules; /* rules in force that read it */
    int64_t have, conflicts;
} Completeness;

/* Enterprises by place: the units of the city in their order, then other places, then unknown.
 * Units without an enterprise are listed with 0. One registered in a district and assessed by a
 * zone counts in both, as in the lists behind the numbers. */
Tally *overview_places(Arena *a, const CodeLists *l, const Snapshot *s, int *n);
/* Enterprises by section of GB/T 4754, then codes that are none of its own, then unknown. */
Tally *overview_industries(Arena *a, const CodeLists *l, const Snapshot *s, int *n);
/* Data that rules for enterprises in force on the day read, most asked for first. */
Completeness *overview_completeness(Arena *a, const Rulebook *b, const Snapshot *s, int *n);
#endif
