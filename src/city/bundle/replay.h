/* Replay of many kept decisions: each decided again from the register at its own clocks, with the
 * rules it was made under, and compared byte for byte with the packet as stored. */
#ifndef JIXIA_CITY_BUNDLE_REPLAY_H
#define JIXIA_CITY_BUNDLE_REPLAY_H
#include "city/register.h"

/* What stays between packets: the rulebooks of old versions, the names of a point in time. Used by
 * one thread. */
typedef struct Replayer Replayer;
/* NULL on failure. The register must outlive it. For many packets it borrows a connection of its
 * own, where it keeps what they share; otherwise it takes none. */
Replayer *replayer_open(Ctx *c, const Register *r, bool many);
void replayer_close(Replayer *p);
/* Replays one packet on db's connection, against the register when its subject is there, else with
 * its own facts; damage is a difference. False (recorded) when it cannot be read or its rules are
 * nowhere. */
bool replayer_run(Replayer *p, Db *db, Str packet, PacketDiff *diff);

typedef struct ReplayDifference {
    int64_t decision;
    Str code;        /* "differs", or the code of what kept it from being replayed */
    PacketDiff diff; /* for "differs" */
} ReplayDifference;

enum { REPLAY_THREADS_MAX = 64 };

typedef struct ReplayOptions {
    int64_t sample; /* about how many, spread over all; 0: every one */
    uint64_t seed;  /* of the sample */
    int threads;
    /* Called for each decision that is not the same (not in order, one at a time). May be NULL. */
    void (*differs)(void *user, const ReplayDifference *d);
    void *user;
} ReplayOptions;

typedef struct ReplayReport {
    int64_t total; /* kept decisions */
    int64_t checked, same;
} ReplayReport;

/* Memory does not grow with the number of decisions. */
bool register_replay_all(Ctx *c, const Register *r, const ReplayOptions *o, ReplayReport *out);
#endif
