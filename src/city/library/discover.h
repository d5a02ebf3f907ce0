/* Discovery 发现: a rule of admission run over the whole register, to find who would pass, who
 * lacks one fact only (which one), who is close (what would have to change, by how much, by when).
 *
 * Nothing is a guess: "close" is a definite suggestion of city/distance.h, "lacks one fact" a
 * decision that stays open for exactly one missing fact of data. The outcomes come from a snapshot;
 * only enterprises it leaves undecided or not met are looked into. A discovery is immutable; a
 * cache of the register keeps the last few, computed in the background when they take long.
 */
#ifndef JIXIA_CITY_LIBRARY_DISCOVER_H
#define JIXIA_CITY_LIBRARY_DISCOVER_H
#include <stdatomic.h>

#include "city/distance.h"
#include "city/snapshot.h"

typedef enum DiscoverClass {
    DISCOVER_PASSES,     /* would pass */
    DISCOVER_ONE_FACT,   /* undecidable for one missing fact */
    DISCOVER_CLOSE,      /* not met; one or two facts, or waiting, would turn it */
    DISCOVER_MANY_FACTS, /* undecidable for several */
    DISCOVER_PERSON,     /* a person has to judge */
    DISCOVER_FAR,        /* not met; nothing found that would turn it */
    DISCOVER_OUTSIDE,    /* no version in force, or another kind of subject */
    DISCOVER_CLASSES
} DiscoverClass;

enum { DISCOVER_EFFORT_MAX = 2000000000, DISCOVER_NO_EFFORT = -1 };

typedef struct DiscoverRow {
    int64_t subject;         /* root */
    uint32_t place;          /* row of the snapshot it was made from */
    uint16_t division, unit; /* index into Discovery.texts */
    uint8_t class;           /* DiscoverClass */
    uint8_t kind;            /* close: DistanceKind of the nearest way */
    bool demo;
    int16_t indicator; /* lacking, or changed first: index in the pack; -1: none */
    int8_t lag;        /* of it; -1: no yearly figure */
    int32_t effort; /* close: changes relative to where they lead, millionths, summed; wait: days */
    int64_t by;     /* close: as DistanceEntry.by */
} DiscoverRow;

/* A fact that alone is lacking, and how many lack it. */
typedef struct DiscoverLack {
    int16_t indicator;
    int8_t lag;
    int64_t n;
} DiscoverLack;

typedef struct Discovery {
    const Rule *rule;
    int64_t as_of; /* day */
    FactAt at;
    int year;
    int64_t computed_ms, snapshot_ms;
    DiscoverRow *rows; /* by class; close: nearest first; otherwise by subject */
    int64_t n;
    int64_t counts[DISCOVER_CLASSES]; /* they add up to n */
    DiscoverLack *lacks;              /* the most frequent first */
    int nlacks;
    int64_t stopped; /* enterprises whose search ended at its budget */
    Str *texts;      /* codes of divisions */
} Discovery;

Str discover_class_text(DiscoverClass k); /* passes, one_fact, close, … */
int discover_class_find(Str text);        /* -1: none of that name */

/* Of a decision that is open: its class, and the fact when it is one. */
DiscoverClass discover_open_class(const Decision *d, const Missing **lacking);
/* The nearest definite way of a distance: a single change before a pair before waiting, the
 * smallest change first; NULL when there is none. */
const DistanceEntry *discover_nearest(const Distance *d, int64_t as_of, int32_t *effort);

/* Runs it over the enterprises of a snapshot into arena kept. done (may be NULL) counts them; stop
 * (may be NULL) ends it with ERR_BUSY. */
bool discover_run(Ctx *c, const Register *r, const Snapshot *s, const Rule *rule, Arena *kept,
                  const atomic_bool *stop, atomic_llong *done, Discovery *out);

/* --- the cache (discover_cache.c) --- */

typedef struct DiscoverCache DiscoverCache;
DiscoverCache *discover_cache_open(void); /* of register_open and register_close */
void discover_cache_close(DiscoverCache *k);

/* The discovery of a rule from a snapshot the caller holds. Waits at most wait_ms; *out is NULL
 * when it takes longer: ask again; *done says how many enterprises are looked at. Release it. */
bool discover_get(Ctx *c, const Register *r, const Snapshot *s, const Rule *rule, int wait_ms,
                  const Discovery **out, int64_t *done);
void discover_release(const Register *r, const Discovery *d);
#endif
