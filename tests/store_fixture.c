/* The database fixture of the tests; see store_fixture.h. */
#include "tests/store_fixture.h"

#include "tests/test.h"

enum { CONNECTIONS = 4 };

void store_fixture_open(StoreFixture *f, int64_t now_ms) {
    f->arena = arena_open(0);
    f->ctx = ctx_new(f->arena, now_ms);
    f->store = store_open(&f->ctx, test_db_url(f->arena), true, CONNECTIONS);
    CHECK(f->store && store_migrate(&f->ctx, f->store));
    f->db = db_borrow(&f->ctx, f->store);
    CHECK(f->db != NULL);
}

void store_fixture_close(StoreFixture *f) {
    CHECK(ctx_ok(&f->ctx));
    db_return(f->db);
    store_close(f->store);
    arena_close(f->arena);
}
