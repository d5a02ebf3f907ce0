/* Distance 差一点: how far a subject that does not meet a rule is from meeting it.
 *
 * Nothing here is written by hand for a rule: the facts that may change are those the decision read
 * and the dictionary does not hold fixed; the changes are searched on the model (dmn/distance.h),
 * exact to one `step` of the indicator, with everything else as it is. A missing fact stays
 * missing: only a change to a definite "met" is a suggestion. Derived, never part of a packet.
 */
#ifndef JIXIA_CITY_DISTANCE_H
#define JIXIA_CITY_DISTANCE_H
#include "city/decide.h"

typedef enum DistanceKind {
    DISTANCE_SINGLE,      /* one fact changed: met */
    DISTANCE_PAIR,        /* two facts changed: met; neither can be one step less */
    DISTANCE_WAIT,        /* nothing changed but the day: met from `by` on */
    DISTANCE_BLOCKED,     /* conditions that must turn together, or facts missing behind a change */
    DISTANCE_FIXED,       /* conditions no change of what can change would turn */
    DISTANCE_NOT_SEARCHED /* facts or expressions the search does not go into */
} DistanceKind;

typedef enum DistanceWhy {
    DISTANCE_WHY_NONE,
    DISTANCE_JOINT,   /* blocked: neither one fact nor two are enough */
    DISTANCE_MISSING, /* blocked: after the change facts are missing */
    DISTANCE_FACT,    /* fixed: by the dictionary (founding date, registered place) */
    DISTANCE_PAST,    /* fixed: figures of closed years */
    DISTANCE_JUDGED,  /* fixed: a person's judgement */
    DISTANCE_BOUND,   /* fixed: only bounds of it are known, and they rule it out */
    DISTANCE_ONEWAY,  /* fixed: only against the way the figures are wished to go */
    DISTANCE_RECORD,  /* not searched: records and lists */
    DISTANCE_TEXT,    /* not searched: texts without a list of values */
    DISTANCE_BUDGET   /* not searched to the end: see distance.h of dmn */
} DistanceWhy;

/* A fact: what a change changes, and what is in the way. */
typedef struct DistanceFact {
    const Indicator *indicator;
    int32_t year; /* yearly figures; 0 otherwise */
    int lag;      /* 0: 本年; -1: no yearly figure */
    Val now;
} DistanceFact;

typedef struct DistanceChange {
    DistanceFact fact; /* now: from */
    Val to;
    Val change;        /* to - from: a number, days; V_NULL for the rest */
    const Val *values; /* choices: all that would do, `to` among them */
    int nvalues;
} DistanceChange;

typedef struct DistanceEntry {
    DistanceKind kind;
    DistanceWhy why;
    DistanceChange changes[2];
    int nchanges;
    const DmnNode **conditions; /* the conditions it is about: they are not met now */
    DistanceFact *facts;        /* fixed, not searched: what is in the way */
    Missing *missing;           /* blocked: what would be missing */
    int nconditions, nfacts, nmissing;
    int64_t by;          /* day; NO_DAY: none. Single, pair: the last day it still holds; wait: the
                            first day; fixed: the last day the condition could be met */
    const DmnNode *ends; /* single, pair: the condition that ends it; NULL: the rule itself */
} DistanceEntry;
#define DISTANCE_NO_DAY INT64_MAX

typedef struct Distance {
    DistanceEntry *entries; /* in the order of DistanceKind */
    int n;
    int64_t evaluations; /* of the model */
    bool stopped;        /* the budget of evaluations ended: entries say what was left out */
} Distance;

enum {
    DISTANCE_BUDGET_MAX = 20000, /* evaluations a decision may cost */
    DISTANCE_WAIT_YEARS = 5,     /* how far ahead waiting is looked at */
    DISTANCE_HOLD_YEARS = 10     /* how far ahead the end of a suggestion is looked for */
};

/* The distance of a decision that is not met; no entries for other outcomes. Everything is in a. */
const Distance *distance_find(Arena *a, const Rulebook *b, const FactSet *facts,
                              const DecideOptions *o, const Decision *d);

/* The step of an indicator: of the dictionary, else 1 for integers and 0.01 for numbers. */
Dec distance_step(const Indicator *i);

/* single, pair, wait, blocked, fixed, not_searched; joint, missing, fact, … ; empty for none. */
Str distance_kind_text(DistanceKind k);
Str distance_why_text(DistanceWhy w);
/* The entry as a sentence for the firm. */
Str distance_sentence(Arena *a, const Decision *d, const DistanceEntry *e, Lang lang);
/* A value of a fact in full, never rounded; 2,345.678901 万元. */
Str distance_value(Arena *a, Val v, const Indicator *i, Lang lang);
/* The amount of a change without its sign; empty when it is no amount. */
Str distance_amount(Arena *a, const DistanceChange *c, Lang lang);
/* The words of a condition: of the rule, else the name of the decision. */
Str distance_condition(const Decision *d, const DmnNode *n, Lang lang);
/* 营业收入（2021 年） */
Str distance_fact_name(Arena *a, const DistanceFact *f, Lang lang);
/* The entries as JSON (docs/reference/distance.md): numbers as in report_json. */
Json *distance_json(Arena *a, const Decision *d, Lang lang, bool numbers);
#endif
