/* Firms incubated 孵化 by another, as a source says: which firm, by which incubator, from when to
 * when, where it stands. Append-only: a record is corrected by one that replaces it, and a reader
 * at an earlier point of knowledge sees what was known then.
 */
#ifndef JIXIA_CITY_LIBRARY_INCUBATION_H
#define JIXIA_CITY_LIBRARY_INCUBATION_H
#include "city/fact.h"
#include "city/subject.h"

/* Days are yyyymmdd; to: the first day it no longer holds, 0: open. */
typedef struct Incubation {
    int64_t id, incubator, subject, replaces; /* 0: replaces nothing */
    int32_t from, to;
    Str source,
        document; /* whose word it is; key of a document of the packs, or where the paper is */
    Str actor, reason;
    int64_t recorded_ms;
} Incubation;

/* Records one; its id, 0 on failure. ERR_RULE for a firm that incubates itself, days out of order,
 * no source or document; ERR_MISSING for a record to replace that is not one of the firm's, or was
 * replaced already. In a DB_WRITE transaction; journalled. */
int64_t incubation_record(Db *db, const Incubation *n, const Act *act);
/* The records of a firm (mergers followed) known at `at`: those in which it is incubated, then
 * those in which it incubates, each by day; replaced ones are left out. */
bool incubation_list(Db *db, int64_t subject, const FactAt *at, Incubation **out, int *n);
/* Does it hold on a day? */
bool incubation_holds(const Incubation *i, int32_t day);
#endif
