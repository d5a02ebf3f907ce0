/* Snapshots: the outcomes of all rules for all enterprises at one point (as_of, as_known, seq), and
 * what lists filter and sort by. A snapshot is immutable; a cache in the register keeps the last
 * few. At most 2,000 subjects (about a second) are computed while the caller waits; a larger
 * register by a thread in the background.
 *
 * Row i of every column is the i-th enterprise (roots, ascending ids). About 180 bytes an
 * enterprise with 30 rules and 190 indicators.
 */
#ifndef JIXIA_CITY_SNAPSHOT_H
#define JIXIA_CITY_SNAPSHOT_H
#include "city/register.h"

enum {
    SNAPSHOT_INLINE_MAX = 2000,   /* subjects computed while the caller waits */
    SNAPSHOT_RESULTS_MAX = 65535, /* distinct results kept; others read as SNAPSHOT_OTHER */
    SNAPSHOT_OTHER = 65535,
    SNAPSHOT_SOURCES_MAX = 64 /* sources a subject's mask tells apart; ids beyond share the last */
};

/* A fact that rules in force ask for. */
typedef struct Asked {
    const Indicator *indicator;
    int lag; /* -1: attribute or event */
} Asked;

typedef struct Snapshot {
    int64_t as_of; /* day */
    FactAt at;
    int year;            /* reference year */
    int64_t computed_ms; /* when it was ready */
    int64_t n;           /* enterprises */
    int64_t demo;        /* of them for demonstration */
    int64_t facts;       /* facts that count, all enterprises together */
    const PackSet *pack; /* rules and indicators the columns are by */
    int nrules, nindicators;

    int64_t *id;
    uint8_t *is_demo;
    Str *texts;         /* codes the columns below point to; 0 is the empty text */
    uint16_t *division; /* registered division: index into texts */
    uint16_t *unit;     /* assessed unit */
    uint16_t *industry; /* 行业代码 */
    uint16_t *nfacts;   /* facts that count */
    uint16_t *have;     /* of those asked for by rules in force */
    int64_t *last_known_ms;
    uint64_t *sources; /* bit (id - 1): the source with this id gave a fact that counts or not */
    uint32_t *by_name, *by_uscc; /* place in the order of name, of credit code */

    uint8_t *outcomes;     /* Outcome, [rule * n + i] */
    uint16_t *result;      /* [rule * n + i] index into results: 0 none, SNAPSHOT_OTHER: not kept */
    Str *results;          /* texts: numbers canonical, dates ISO, true | false */
    uint8_t *has_bits;     /* [i * field_bytes + id / 8] a fact of the indicator counts */
    uint8_t *differs_bits; /* the same: usable sources disagree in some period */
    int field_bytes;

    int64_t (*counts)[OUTCOMES]; /* per rule; they add up to n */
    int64_t *errors;             /* per rule: rule errors met */
    int64_t *has, *differs;      /* per indicator: enterprises */
    const Source *source_list;   /* by id - 1 */
    int nsources;
    int64_t *source_facts, *source_subjects; /* per source */
    int64_t *source_known_ms;                /* per source: the last fact known */
    Asked *asked;
    int nasked;
    struct SnapshotCache *cache; /* that keeps it */
} Snapshot;

typedef struct SnapshotCache SnapshotCache;

/* Of register_open and register_close; closing waits for the background thread to stop. */
SnapshotCache *snapshot_cache_open(void);
void snapshot_cache_close(SnapshotCache *k);

/* The snapshot of the register at a point; as_of is the day of at->as_of. Waits at most wait_ms for
 * one that is being computed; *out is then NULL and the call succeeds: ask again. Release it. */
bool snapshot_get(Db *db, const Register *r, int64_t as_of, const FactAt *at, int wait_ms,
                  const Snapshot **out);
void snapshot_release(const Snapshot *s);
/* Begins one in the background when it will be asked for and takes long; returns at once. */
bool snapshot_warm(Db *db, const Register *r, int64_t as_of, const FactAt *at);
/* How many enterprises of the one being computed are ready. */
int64_t snapshot_progress(const Register *r);

/* Row of a subject (root), or -1. */
int64_t snapshot_row(const Snapshot *s, int64_t id);
static inline bool snapshot_bit(const uint8_t *bits, const Snapshot *s, int64_t row,
                                int indicator) {
    return bits[row * s->field_bytes + indicator / 8] >> (indicator % 8) & 1;
}
/* Whether sources that may count disagree in a slot. */
bool snapshot_differs(const FactSlot *s);
/* Whether the fact, or the one that stands in for it, was given. */
bool snapshot_given(const FactSet *set, const Asked *k, int year);
/* What rules in force on a day ask of an enterprise, data only: by indicator id, then lag. */
Asked *snapshot_asked(Arena *a, const Rulebook *b, int64_t as_of, int *n);
#endif
