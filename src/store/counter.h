/* Ids that are never reused and never have a gap inside one taking: rows of the table counter. The
 * row stays locked until the end of the transaction, so takers are in line and commit in order. */
#ifndef JIXIA_STORE_COUNTER_H
#define JIXIA_STORE_COUNTER_H
#include "store/db.h"

/* Takes n ids and returns the first; 0 on failure. Inside a write transaction. */
int64_t counter_take(Db *db, Str name, int64_t n);
#endif
