/* Counters. See counter.h. */
#include "store/counter.h"

int64_t counter_take(Db *db, Str name, int64_t n) {
    int64_t next =
        Q_I64(db, 0, "UPDATE counter SET next = next + $2 WHERE name = $1 RETURNING next",
              db_s(name), db_i(n));
    if (!next) FAIL(db_ctx(db), ERR_STORE, M_STORE_NO_SCHEMA);
    return next ? next - n : 0;
}
