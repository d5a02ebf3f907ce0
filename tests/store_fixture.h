/* A database of its own for a test: a context, the store with its migrations, one connection. */
#ifndef JIXIA_STORE_FIXTURE_H
#define JIXIA_STORE_FIXTURE_H
#include "store/db.h"

typedef struct StoreFixture {
    Arena *arena;
    Ctx ctx;
    Store *store;
    Db *db;
} StoreFixture;

/* Opens all of it on the engine of this run; the context's clock stands at now_ms. */
void store_fixture_open(StoreFixture *f, int64_t now_ms);
/* Closes it; an error still in the context fails the test. */
void store_fixture_close(StoreFixture *f);
#endif
