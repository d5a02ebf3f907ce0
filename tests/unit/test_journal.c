/* The journal: sealing, verifying, and each way to tamper with it. */
#include <pthread.h>

#include "city/journal.h"
#include "tests/store_fixture.h"
#include "tests/test.h"

static void write_entries(StoreFixture *f, int n) {
    CHECK(tx_begin(f->db, DB_WRITE));
    for (int i = 0; i < n; i++)
        CHECK(journal_add(f->db, &(Act){S("张三"), S("年度评审")}, S("fact.publish"),
                          str_printf(f->arena, "batch:%d", i), S("content")));
    CHECK(tx_commit(f->db));
}

static JournalReport report(StoreFixture *f) {
    JournalReport r;
    CHECK(journal_verify(f->db, &r));
    return r;
}

TEST(journal_seals_and_verifies) {
    StoreFixture f;
    store_fixture_open(&f, 1000);
    JournalReport r = report(&f);
    CHECK(r.entries == 0 && r.bad == 0 && r.unsealed == 0 && r.head.n == 0);
    write_entries(&f, 5);
    int64_t sealed = 0;
    CHECK(journal_seal(f.db, 3, &sealed));
    CHECK_INT(sealed, 3);
    r = report(&f);
    CHECK(r.entries == 3 && r.unsealed == 2 && r.bad == 0 && r.head.n == 64);
    CHECK(journal_seal(f.db, 0, &sealed));
    CHECK_INT(sealed, 2);
    CHECK(journal_seal(f.db, 0, &sealed));
    CHECK_INT(sealed, 0);
    JournalEntry *list;
    int n;
    CHECK(journal_list(f.db, S(""), 0, 2, &list, &n));
    CHECK_INT(n, 2);
    CHECK(list[0].number == 5 && list[1].number == 4 && list[0].at_ms == 1000);
    CHECK_STR(list[0].actor, S("张三"));
    CHECK_STR(list[0].sm3, report(&f).head);
    CHECK(journal_list(f.db, S("batch:1"), 0, 9, &list, &n));
    CHECK(n == 1 && list[0].number == 2);
    CHECK(journal_list(f.db, S(""), list[0].id, 9, &list, &n));
    CHECK(n == 1 && list[0].number == 1);
    store_fixture_close(&f);
}

TEST(journal_wants_actor_and_reason) {
    StoreFixture f;
    store_fixture_open(&f, 1000);
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK(!journal_add(f.db, &(Act){S(""), S("x")}, S("a"), S("b"), S("c")));
    CHECK_INT(f.ctx.err.code, ERR_INPUT);
    ctx_clear(&f.ctx);
    CHECK(!journal_add(f.db, &(Act){S("x"), S("　")}, S("a"), S("b"), S("c")));
    ctx_clear(&f.ctx);
    tx_rollback(f.db);
    store_fixture_close(&f);
}

TEST(journal_goes_with_its_transaction) {
    StoreFixture f;
    store_fixture_open(&f, 1000);
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK(journal_add(f.db, &(Act){S("x"), S("y")}, S("a"), S("b"), S("c")));
    tx_rollback(f.db);
    CHECK_INT(report(&f).unsealed, 0);
    store_fixture_close(&f);
}

static int64_t tamper_by(void (*change)(StoreFixture *), const char *sql, int64_t bad, Str why) {
    StoreFixture f;
    store_fixture_open(&f, 1000);
    write_entries(&f, 6);
    CHECK(journal_seal(f.db, 0, NULL));
    CHECK_INT(report(&f).bad, 0);
    if (change)
        change(&f);
    else
        CHECK(db_exec(f.db, sql, NULL, 0, NULL));
    JournalReport r = report(&f);
    CHECK_INT(r.bad, bad);
    CHECK_INT(r.entries, bad - 1);
    CHECK_STR(r.why, why);
    store_fixture_close(&f);
    return r.other;
}

static void tamper(const char *sql, int64_t bad, Str why) {
    CHECK_INT(tamper_by(NULL, sql, bad, why), 0);
}

TEST(journal_names_a_changed_entry) {
    tamper("UPDATE journal SET reason = 'other' WHERE number = 3", 3, S("changed"));
    tamper("UPDATE journal SET at_ms = at_ms + 1 WHERE number = 1", 1, S("changed"));
    tamper("UPDATE journal SET actor = '张三fact', action = '.publish' WHERE number = 2", 2,
           S("changed"));
    tamper("UPDATE journal SET sm3 = content_sm3 WHERE number = 6", 6, S("changed"));
    tamper("UPDATE journal SET content_sm3 = sm3 WHERE number = 4", 4, S("changed"));
}

static void remove_and_renumber(StoreFixture *f) {
    CHECK(EXEC(f->db, "DELETE FROM journal WHERE number = 3"));
    for (int n = 4; n <= 6; n++)
        CHECK(EXEC(f->db, "UPDATE journal SET number = number - 1 WHERE number = $1", db_i(n)));
    CHECK(EXEC(f->db, "UPDATE counter SET next = next - 1 WHERE name = 'journal'"));
}

TEST(journal_names_a_removed_entry) {
    tamper("DELETE FROM journal WHERE number = 4", 4, S("missing"));
    tamper("DELETE FROM journal WHERE number = 1", 1, S("missing"));
    tamper("DELETE FROM journal WHERE number = 6", 6, S("cut off"));
    CHECK_INT(tamper_by(remove_and_renumber, NULL, 3, S("missing")), 0);
}

static void swap_numbers(StoreFixture *f, int one, int two) {
    CHECK(EXEC(f->db, "UPDATE journal SET number = -1 WHERE number = $1", db_i(one)));
    CHECK(EXEC(f->db, "UPDATE journal SET number = $1 WHERE number = $2", db_i(one), db_i(two)));
    CHECK(EXEC(f->db, "UPDATE journal SET number = $1 WHERE number = -1", db_i(two)));
}

static void swap_neighbours(StoreFixture *f) {
    swap_numbers(f, 3, 4);
}

static void swap_far(StoreFixture *f) {
    swap_numbers(f, 2, 6);
}

TEST(journal_names_reordered_entries) {
    CHECK_INT(tamper_by(swap_neighbours, NULL, 3, S("reordered")), 4);
    CHECK_INT(tamper_by(swap_far, NULL, 2, S("reordered")), 6);
    /* Only what they say was exchanged. */
    CHECK_INT(tamper_by(NULL,
                        "UPDATE journal SET object = CASE number WHEN 2 THEN 'batch:2' ELSE "
                        "'batch:1' END WHERE number IN (2, 3)",
                        2, S("reordered")),
              3);
}

static void push_on(StoreFixture *f, int from) {
    for (int n = 6; n >= from; n--)
        CHECK(EXEC(f->db, "UPDATE journal SET number = number + 1 WHERE number = $1", db_i(n)));
    CHECK(EXEC(f->db, "UPDATE counter SET next = next + 1 WHERE name = 'journal'"));
}

static void insert_copy(StoreFixture *f) {
    push_on(f, 3);
    CHECK(EXEC(f->db,
               "INSERT INTO journal(number, at_ms, actor, action, object, reason, content_sm3, "
               "sm3) SELECT 3, at_ms, actor, action, object, reason, content_sm3, sm3 "
               "FROM journal WHERE number = 2"));
}

/* An entry sealed as the sealer would: what came after it in truth does not fit any more. */
static void insert_linked(StoreFixture *f) {
    push_on(f, 4);
    Str head = S("");
    Rows *r = Q(f->db, "SELECT sm3 FROM journal WHERE number = 3");
    if (row_next(r)) head = str_dup(f->arena, row_str(r, 0));
    rows_close(r);
    CHECK(EXEC(f->db, "UPDATE counter SET next = 4 WHERE name = 'journal'"));
    CHECK(EXEC(f->db, "UPDATE setting SET value = $1 WHERE name = 'journal_head'", db_s(head)));
    write_entries(f, 1);
    CHECK(journal_seal(f->db, 0, NULL));
    CHECK(EXEC(f->db, "UPDATE counter SET next = 8 WHERE name = 'journal'"));
}

TEST(journal_names_an_inserted_entry) {
    tamper("INSERT INTO journal(number, at_ms, actor, action, object, reason, content_sm3, sm3) "
           "VALUES(7, 0, 'x', 'x', 'x', 'x', 'x', 'x')",
           7, S("inserted"));
    tamper("UPDATE setting SET value = 'x' WHERE name = 'journal_head'", 7, S("inserted"));
    CHECK_INT(tamper_by(insert_copy, NULL, 3, S("inserted")), 0);
    CHECK_INT(tamper_by(insert_linked, NULL, 4, S("inserted")), 0);
}

static void *seal_many(void *store) {
    Arena *a = arena_open(0);
    for (int i = 0; i < 20; i++) {
        Ctx c = ctx_new(a, 0);
        Db *db = db_borrow(&c, store);
        CHECK(journal_seal(db, 7, NULL));
        db_return(db);
    }
    arena_close(a);
    return NULL;
}

TEST(journal_sealers_do_not_disturb_each_other) {
    StoreFixture f;
    store_fixture_open(&f, 1000);
    write_entries(&f, 300);
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, seal_many, f.store);
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    JournalReport r = report(&f);
    CHECK(r.entries == 300 && r.bad == 0 && r.unsealed == 0);
    store_fixture_close(&f);
}
