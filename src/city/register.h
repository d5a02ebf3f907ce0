/* The register of a city: a store with the rule set loaded in it. What the command line and the
 * server open first. Immutable once opened; shared by threads, each borrowing its own Db. When a
 * rule set is added while a server runs, the next request enters a new Register on the same store;
 * requests under way keep theirs. */
#ifndef JIXIA_CITY_REGISTER_H
#define JIXIA_CITY_REGISTER_H
#include "city/codelist.h"
#include "city/decide.h"
#include "city/journal.h"
#include "city/packet.h"

struct SnapshotCache;
struct DiscoverCache;
struct RegisterTurn;

typedef struct Register {
    Store *store;
    PackSet *pack;
    Rulebook *book;
    CodeLists codes;
    Arena *arena;   /* of the pack's bytes */
    Str process;    /* this life (base/life.h) and a random part, for claims */
    Str key_path;   /* JIXIA_KEY: the file of the city's private key; empty: none */
    Str public_url; /* JIXIA_PUBLIC_URL: where the public reaches it; empty: not said */
    struct SnapshotCache *snapshots;   /* city/snapshot.h; has a lock of its own */
    struct DiscoverCache *discoveries; /* city/library/discover.h; likewise */
    struct Memo *memo;                 /* city/memo.h; likewise */
    int64_t rule_set;                  /* id of the set loaded */
    struct RegisterTurn *turn;         /* of the one that was opened; shared by its successors */
    int users;                         /* entered and not left; guarded by turn's lock */
} Register;

/* Opens the store at url and the newest rule set in it. ERR_STATE when it has none (jixia init). */
Register *register_open(Ctx *c, Str url, int pool_size);
void register_close(Register *r);
/* The register with the newest rule set, r or a successor of it, for one request; to be given back
 * with register_leave. A set that cannot be loaded is logged and the one before stays. */
const Register *register_enter(Db *db, const Register *r);
void register_leave(const Register *r);

typedef struct InitReport {
    int packs, rules, indicators, documents;
    bool new_rules;                           /* the rule set differs from the one before */
    int64_t facts, subjects, tables, suspect; /* loaded now from tables of the packs */
} InitReport;

/* Creates or upgrades the store, checks the pack and makes it the rule set in force, loads its fact
 * tables that are not loaded yet. Everything or nothing of the rule set; each fact table is one
 * batch. Idempotent. */
bool register_init(Ctx *c, Str url, Str pack_folder, const Act *act, InitReport *out);

/* Makes the files a rule set of the store (inside a write transaction) unless the newest one is the
 * same; *changed says which. */
bool rules_save(Db *db, const PackSet *p, const Act *act, bool *changed);
/* Reads the files of the newest rule set, or of the one that first had a rule version (by hash,
 * empty: newest). *n is 0 when there is none. */
bool rules_load(Db *db, Str version_hash, PackFile **files, int *n);

/* A subject's facts at a point, in the ctx arena. names: see fact_names. */
bool register_facts(Db *db, const FactNames *names, int64_t subject, const FactAt *at,
                    FactSet *out);

/* Keeps a decision: its packet and the facts it read, with a journal entry, inside the caller's
 * write transaction. Returns its id, 0 on failure. */
int64_t decision_keep(Db *db, int64_t subject, const Decision *d, const FactSet *facts,
                      const Act *act);
typedef struct KeptDecision {
    int64_t id, subject, as_known_ms, seq, made_ms;
    int32_t as_of;
    Str rule, version, outcome, packet, actor;
} KeptDecision;
bool decision_get(Db *db, int64_t id, KeptDecision *out);

/* Replays a packet against the register when its subject is there, else with its own facts; rule
 * versions no longer in force are read from the store. */
bool register_replay(Ctx *c, Db *db, const Register *r, Str packet, PacketDiff *diff);
#endif
