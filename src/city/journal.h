/* The journal 日志: who did what and why, hash-chained with SM3.
 *
 * Every write adds its entry in its own transaction (journal_add). Entries get their number and
 * their link in the chain from a sealer (journal_seal), at least every second while serving and
 * before a command exits; until then they are the unsealed tail. Entry n carries
 *   SM3(previous hash | n | at | actor | action | object | reason | SM3 of the content)
 * with each text preceded by its length, so no two entries share a preimage.
 */
#ifndef JIXIA_CITY_JOURNAL_H
#define JIXIA_CITY_JOURNAL_H
#include "store/db.h"

/* Who acts and why: no write goes without (both must be non-empty, else ERR_INPUT). */
typedef struct Act {
    Str actor;  /* user name, or "cli:root", "system:sealer" */
    Str reason; /* 事由 */
} Act;

/* Adds an entry at db_ctx(db)->now_ms inside the caller's transaction. action: a stable word such
 * as "fact.publish"; object: what it concerns, scheme:value or kind:id; content: the canonical
 * bytes of what was written (only their SM3 is kept). A request that claimed a key (Ctx.claim) is
 * marked as done in the same transaction. */
bool journal_add(Db *db, const Act *act, Str action, Str object, Str content);

/* Numbers and links up to `most` unsealed entries in a transaction of its own; *sealed (may be
 * NULL) gets how many. Safe to call from several processes. */
bool journal_seal(Db *db, int most, int64_t *sealed);

typedef struct JournalReport {
    int64_t entries;  /* sealed entries found */
    int64_t unsealed; /* entries without a number yet */
    int64_t bad;      /* number of the first entry that does not fit, 0: the chain is whole */
    Str why;          /* "changed" | "missing" | "inserted" | "reordered" | "cut off" */
    int64_t other; /* reordered: the number at which the entry that belongs here stands; else 0 */
    Str head;      /* hash of the last entry that fits, hex */
} JournalReport;

/* Walks the whole chain in a read transaction of its own, in memory that does not grow with it.
 * True when it could be read, whatever it found. At the first entry that does not fit it looks
 * whether a later one does (reordered), the next one does (inserted), or the rest goes on one
 * number later (missing); otherwise the entry was changed. */
bool journal_verify(Db *db, JournalReport *out);

typedef struct JournalEntry {
    int64_t id, number; /* number 0: not sealed yet */
    int64_t at_ms;
    Str actor, action, object, reason, content_sm3, sm3;
} JournalEntry;

/* The link of an entry (its number, time and texts) behind the link of the one before, hex; behind
 * is empty for entry 1. */
Str journal_link(Arena *a, Str behind, const JournalEntry *e);

/* The newest entries first, at most `most`, older than `before_id` (0: from the newest), of one
 * object when it is not empty. *out is in the ctx arena. */
bool journal_list(Db *db, Str object, int64_t before_id, int most, JournalEntry **out, int *n);
#endif
