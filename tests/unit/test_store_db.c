/* The SQL seam on the engine of this run (SQLite, or PostgreSQL when $JIXIA_TEST_PG is set). */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/store_fixture.h"
#include "tests/test.h"

static void setup(StoreFixture *f) {
    store_fixture_open(f, 1000);
    EXEC(f->db, "CREATE TABLE t (id bigint PRIMARY KEY, name text, bytes bytea, n bigint)");
    CHECK(ctx_ok(&f->ctx));
}

TEST(store_binds_by_number_not_by_order) {
    StoreFixture f;
    setup(&f);
    EXEC(f.db, "INSERT INTO t(id, name, n) VALUES($1, $2, $3)", db_i(1), db_s(S("a")), db_i(10));
    EXEC(f.db, "INSERT INTO t(id, name, n) VALUES($1, $2, $3)", db_i(2), db_s(S("b")), db_i(20));
    int64_t changed = 0;
    CHECK(db_exec(f.db, "UPDATE t SET n = $2 WHERE id = $1", &changed, 2,
                  (DbVal[]){db_i(1), db_i(2)}));
    CHECK_INT(changed, 1);
    CHECK_INT(Q_I64(f.db, -1, "SELECT n FROM t WHERE id = $1", db_i(1)), 2);
    CHECK_INT(Q_I64(f.db, -1, "SELECT n FROM t WHERE id = $1", db_i(2)), 20);
    CHECK_INT(Q_I64(f.db, -1, "SELECT sum(n) FROM t"), 22);
    CHECK_INT(Q_I64(f.db, -7, "SELECT n FROM t WHERE id = $1", db_i(99)), -7);
    store_fixture_close(&f);
}

TEST(store_round_trips_every_type) {
    StoreFixture f;
    setup(&f);
    Str bytes = str_of("\0\x01\\\xff\n\t", 6), text = S("淄博\t\\N\n“瞪羚”");
    EXEC(f.db, "INSERT INTO t(id, name, bytes, n) VALUES($1, $2, $3, $4)", db_i(INT64_MIN),
         db_s(text), db_b(bytes), db_i(INT64_MAX));
    EXEC(f.db, "INSERT INTO t(id, name, bytes, n) VALUES($1, $2, $3, $4)", db_i(5), db_s(S("")),
         db_n(), db_n());
    Rows *r = Q(f.db, "SELECT id, name, bytes, n FROM t ORDER BY id");
    CHECK(row_next(r));
    CHECK(row_i64(r, 0) == INT64_MIN && row_i64(r, 3) == INT64_MAX);
    CHECK_STR(row_str(r, 1), text);
    CHECK_STR(row_str(r, 2), bytes);
    CHECK_STR(row_str(r, 3), S("9223372036854775807"));
    CHECK(row_next(r));
    CHECK(!row_null(r, 1) && row_str(r, 1).n == 0);
    CHECK(row_null(r, 2) && row_null(r, 3) && row_i64(r, 3) == 0 && row_str(r, 2).n == 0);
    CHECK(!row_next(r));
    CHECK(!row_next(r));
    rows_close(r);
    store_fixture_close(&f);
}

static void refused(StoreFixture *f, const char *sql, int n) {
    DbVal args[3] = {db_i(1), db_i(1), db_i(1)};
    CHECK(db_query(f->db, sql, n, args) == NULL);
    CHECK_INT(f->ctx.err.code, ERR_BUG);
    CHECK_STR(msg_code(f->ctx.err.note.msg), S("store.params"));
    ctx_clear(&f->ctx);
}

TEST(store_refuses_other_parameters) {
    StoreFixture f;
    setup(&f);
    refused(&f, "SELECT id FROM t WHERE id = ?", 1);
    refused(&f, "SELECT id FROM t WHERE id = :a", 1);
    refused(&f, "SELECT id FROM t WHERE id = @a", 1);
    refused(&f, "SELECT id FROM t WHERE id = $a", 1);
    refused(&f, "SELECT id FROM t WHERE id = $0", 1);
    refused(&f, "SELECT id FROM t WHERE id = $1::bigint", 1);
    refused(&f, "SELECT id FROM t WHERE id = $2", 2);
    refused(&f, "SELECT id FROM t WHERE id = $1", 2);
    refused(&f, "SELECT id FROM t WHERE id = $1x", 1);
    refused(&f, "SELECT id FROM t WHERE id = $999999999999", 1);
    Rows *r = Q(f.db, "SELECT id /* :x ? $9 */ FROM t WHERE name = '?:$7' -- $8\n");
    CHECK(r != NULL && ctx_ok(&f.ctx));
    rows_close(r);
    store_fixture_close(&f);
}

TEST(store_same_statement_nests) {
    StoreFixture f;
    setup(&f);
    for (int i = 0; i < 3; i++) EXEC(f.db, "INSERT INTO t(id, n) VALUES($1, $1)", db_i(i));
    static const char ALL[] = "SELECT id FROM t ORDER BY id";
    int pairs = 0;
    Rows *x = Q(f.db, ALL);
    while (row_next(x)) {
        Rows *y = Q(f.db, ALL);
        while (row_next(y)) pairs++;
        rows_close(y);
    }
    rows_close(x);
    CHECK_INT(pairs, 9);
    store_fixture_close(&f);
}

TEST(store_failed_statement_breaks_the_transaction) {
    StoreFixture f;
    setup(&f);
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK(EXEC(f.db, "INSERT INTO t(id) VALUES($1)", db_i(1)));
    CHECK(!EXEC(f.db, "INSERT INTO t(id) VALUES($1)", db_i(1)));
    CHECK_INT(f.ctx.err.code, ERR_STATE);
    CHECK_STR(msg_code(f.ctx.err.note.msg), S("store.unique"));
    ctx_clear(&f.ctx);
    CHECK(!EXEC(f.db, "INSERT INTO t(id) VALUES($1)", db_i(2)));
    ctx_clear(&f.ctx);
    CHECK(!tx_commit(f.db));
    ctx_clear(&f.ctx);
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM t"), 0);
    store_fixture_close(&f);
}

static bool insert_then_fail(Db *db, void *user) {
    (void)user;
    return EXEC(db, "INSERT INTO t(id) VALUES($1)", db_i(7)) && false;
}

TEST(store_rolls_back_what_is_not_committed) {
    StoreFixture f;
    setup(&f);
    CHECK(!tx_run(f.db, DB_WRITE, insert_then_fail, NULL));
    CHECK(ctx_ok(&f.ctx));
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK(EXEC(f.db, "INSERT INTO t(id) VALUES($1)", db_i(8)));
    CHECK(Q(f.db, "SELECT id FROM t") != NULL);
    db_return(f.db);
    f.db = db_borrow(&f.ctx, f.store);
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM t"), 0);
    CHECK(!tx_commit(f.db));
    ctx_clear(&f.ctx);
    store_fixture_close(&f);
}

TEST(store_load_is_atomic) {
    StoreFixture f;
    setup(&f);
    CHECK(db_load(f.db, "t", "id, name") == NULL); /* outside a transaction */
    ctx_clear(&f.ctx);
    CHECK(tx_begin(f.db, DB_WRITE));
    Load *l = db_load(f.db, "t", "id, name, bytes");
    for (int i = 0; i < 5000; i++)
        CHECK(db_load_row(l, (DbVal[]){db_i(i), db_s(S("a\tb\\c\n")), db_b(str_of("\0\\", 2))}));
    CHECK(db_load_end(l) && tx_commit(f.db));
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM t WHERE name = $1", db_s(S("a\tb\\c\n"))),
              5000);
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM t WHERE bytes = $1", db_b(str_of("\0\\", 2))),
              5000);
    CHECK(tx_begin(f.db, DB_WRITE));
    l = db_load(f.db, "t", "id, name");
    db_load_row(l, (DbVal[]){db_i(9999), db_n()});
    db_load_row(l, (DbVal[]){db_i(1), db_n()}); /* there already */
    CHECK(!(db_load_end(l) && tx_commit(f.db)));
    tx_rollback(f.db);
    ctx_clear(&f.ctx);
    CHECK(tx_begin(f.db, DB_WRITE));
    l = db_load(f.db, "t", "id");
    db_load_row(l, (DbVal[]){db_i(8888)});
    tx_rollback(f.db); /* inside the load */
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM t"), 5000);
    store_fixture_close(&f);
}

static bool add_one(Db *db, void *user) {
    (void)user;
    if (!EXEC(db, "UPDATE counter SET next = next WHERE name = 'x'")) return false;
    int64_t n = Q_I64(db, -1, "SELECT next FROM counter WHERE name = 'x'");
    return EXEC(db, "UPDATE counter SET next = $1 WHERE name = 'x'", db_i(n + 1));
}

static void *writer(void *store) {
    Arena *a = arena_open(0);
    for (int i = 0; i < 50; i++) {
        Ctx c = ctx_new(a, 0);
        Db *db = db_borrow(&c, store);
        CHECK(tx_run(db, DB_WRITE, add_one, NULL));
        db_return(db);
    }
    arena_close(a);
    return NULL;
}

TEST(store_writers_lose_nothing) {
    StoreFixture f;
    setup(&f);
    EXEC(f.db, "INSERT INTO counter(name, next) VALUES('x', 0)");
    pthread_t threads[6];
    for (int i = 0; i < 6; i++) pthread_create(&threads[i], NULL, writer, f.store);
    for (int i = 0; i < 6; i++) pthread_join(threads[i], NULL);
    CHECK_INT(Q_I64(f.db, -1, "SELECT next FROM counter WHERE name = 'x'"), 300);
    store_fixture_close(&f);
}

static bool insert_n(Db *db, void *user) {
    return EXEC(db, "INSERT INTO t(id) VALUES($1)", db_i(*(const int64_t *)user));
}

static bool insert_and_refuse(Db *db, void *user) {
    insert_n(db, user);
    Q(db, "SELECT id FROM t"); /* left open: closed with the part */
    return FAIL(db_ctx(db), ERR_RULE, M_CITY_NO_REASON, S("x"));
}

static bool nested(Db *db, void *user) {
    int64_t inner = 40;
    if (!insert_n(db, user) || tx_part(db, insert_and_refuse, &inner)) return false;
    ctx_clear(db_ctx(db));
    return true;
}

/* What a part that fails did is undone, the transaction goes on and is committed whole. */
TEST(store_a_part_that_fails_leaves_the_rest) {
    StoreFixture f;
    setup(&f);
    int64_t one = 1, two = 2, three = 3, none = 9;
    CHECK(!tx_part(f.db, insert_n, &none)); /* in no transaction */
    CHECK_INT(f.ctx.err.code, ERR_BUG);
    ctx_clear(&f.ctx);
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK(tx_part(f.db, insert_n, &one));
    CHECK(!tx_part(f.db, insert_n, &one)); /* a statement fails */
    CHECK_INT(f.ctx.err.code, ERR_STATE);
    ctx_clear(&f.ctx);
    CHECK(!tx_part(f.db, insert_and_refuse, &none)); /* the function says no */
    CHECK_INT(f.ctx.err.code, ERR_RULE);
    ctx_clear(&f.ctx);
    CHECK(tx_part(f.db, insert_n, &two));
    CHECK(tx_part(f.db, nested, &three));
    CHECK(tx_commit(f.db));
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM t WHERE id IN (1, 2, 3)"), 3);
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM t"), 3);
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK(tx_part(f.db, insert_n, &none));
    tx_rollback(f.db);
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM t"), 3);
    store_fixture_close(&f);
}

/* A note is a write like others, and what follows on the same connection is durable again. */
TEST(store_notes_are_written_and_the_next_write_is_durable) {
    StoreFixture f;
    setup(&f);
    int64_t one = 1, two = 2;
    CHECK(tx_run(f.db, DB_NOTE, insert_n, &one));
    CHECK(!tx_run(f.db, DB_NOTE, insert_n, &one));
    ctx_clear(&f.ctx);
    if (store_is_postgres(f.store)) {
        CHECK(tx_begin(f.db, DB_NOTE));
        CHECK_INT(Q_I64(f.db, -1,
                        "SELECT count(*) FROM pg_settings WHERE name = 'synchronous_commit' AND "
                        "source = 'session' AND setting = 'off'"),
                  1);
        tx_rollback(f.db);
        CHECK_INT(Q_I64(f.db, -1,
                        "SELECT count(*) FROM pg_settings WHERE name = 'synchronous_commit' AND "
                        "source = 'session'"),
                  0);
    } else {
        CHECK_INT(Q_I64(f.db, -1, "PRAGMA synchronous"), 2);
    }
    CHECK(tx_run(f.db, DB_WRITE, insert_n, &two));
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM t"), 2);
    store_fixture_close(&f);
}

typedef struct Crowd {
    Store *store;
    atomic_bool over;
    atomic_int greedy;
} Crowd;

/* Writes again and again without a pause, as an act on thousands does. */
static void *greedy(void *user) {
    Crowd *k = user;
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Db *db = db_borrow(&c, k->store);
    while (!atomic_load(&k->over)) {
        CHECK(tx_run(db, DB_WRITE, add_one, NULL));
        atomic_fetch_add(&k->greedy, 1);
    }
    db_return(db);
    arena_close(a);
    return NULL;
}

/* Who waits is passed by one turn only: the sum over many tries says so, whatever the scheduler
 * does to one of them. */
TEST(store_writers_take_turns) {
    enum { TRIES = 40 };
    StoreFixture f;
    setup(&f);
    EXEC(f.db, "INSERT INTO counter(name, next) VALUES('x', 0)");
    Crowd k = {.store = f.store};
    pthread_t thread;
    pthread_create(&thread, NULL, greedy, &k);
    while (atomic_load(&k.greedy) < 10) usleep(1000);
    int passed = 0;
    for (int i = 0; i < TRIES; i++) {
        int before = atomic_load(&k.greedy);
        CHECK(tx_run(f.db, DB_WRITE, add_one, NULL));
        passed += atomic_load(&k.greedy) - before;
    }
    atomic_store(&k.over, true);
    pthread_join(thread, NULL);
    if (!store_is_postgres(f.store)) CHECK(passed <= 10 * TRIES);
    store_fixture_close(&f);
}

TEST(store_read_transaction_sees_one_state) {
    StoreFixture f;
    setup(&f);
    Ctx c2 = ctx_new(f.arena, 0);
    Db *other = db_borrow(&c2, f.store);
    CHECK(tx_begin(f.db, DB_READ));
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM t"), 0);
    CHECK(EXEC(other, "INSERT INTO t(id) VALUES(1)"));
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM t"), 0);
    CHECK(tx_commit(f.db));
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM t"), 1);
    db_return(other);
    store_fixture_close(&f);
}

TEST(store_like_minds_letters_and_order_is_by_code_point) {
    StoreFixture f;
    setup(&f);
    EXEC(f.db, "DELETE FROM counter");
    EXEC(f.db, "INSERT INTO counter(name, next) VALUES('b', 0), ('B', 1), ('a_', 2), ('淄', 3)");
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM counter WHERE name LIKE $1", db_s(S("B%"))), 1);
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM counter WHERE name LIKE $1 ESCAPE '\\'",
                    db_s(S("%\\_"))),
              1);
    Rows *r = Q(f.db, "SELECT next FROM counter ORDER BY name");
    for (int64_t want[] = {1, 2, 0, 3}, i = 0; row_next(r); i++) CHECK_INT(row_i64(r, 0), want[i]);
    rows_close(r);
    store_fixture_close(&f);
}

TEST(store_migrates_once_and_refuses_a_newer_schema) {
    StoreFixture f;
    setup(&f);
    int64_t n = Q_I64(f.db, -1, "SELECT count(*) FROM schema_migration");
    CHECK(n >= 1);
    CHECK(store_migrate(&f.ctx, f.store));
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM schema_migration"), n);
    CHECK_INT(Q_I64(f.db, -1, "SELECT min(length(sm3)) FROM schema_migration"), 64);
    EXEC(f.db, "UPDATE schema_migration SET sm3 = 'x' WHERE version = 1");
    CHECK(!store_migrate(&f.ctx, f.store));
    CHECK_STR(msg_code(f.ctx.err.note.msg), S("store.changed"));
    ctx_clear(&f.ctx);
    EXEC(f.db, "INSERT INTO schema_migration(version, name, sm3, applied_ms) "
               "VALUES(999999, 'x', 'y', 0)");
    CHECK(!store_migrate(&f.ctx, f.store));
    CHECK_STR(msg_code(f.ctx.err.note.msg), S("store.newer"));
    CHECK_INT(f.ctx.err.code, ERR_STATE);
    ctx_clear(&f.ctx);
    store_fixture_close(&f);
}

TEST(store_refuses_text_that_is_none) {
    StoreFixture f;
    setup(&f);
    CHECK(!EXEC(f.db, "INSERT INTO t(id, name) VALUES(1, $1)", db_s(str_of("a\0b", 3))));
    CHECK_INT(f.ctx.err.code, ERR_INPUT);
    ctx_clear(&f.ctx);
    CHECK(!EXEC(f.db, "INSERT INTO t(id, name) VALUES(1, $1)", db_s(S("\xe6\xb7"))));
    ctx_clear(&f.ctx);
    CHECK(tx_begin(f.db, DB_WRITE));
    Load *l = db_load(f.db, "t", "id, name");
    CHECK(!db_load_row(l, (DbVal[]){db_i(1), db_s(S("\xff"))}));
    tx_rollback(f.db);
    ctx_clear(&f.ctx);
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM t"), 0);
    store_fixture_close(&f);
}

/* A process that is killed inside a load: all of it or nothing. */
static void killed_load(const char *url, int rows_before_death) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Db *db = db_borrow(&c, store_open(&c, str_from(url), false, 1));
    tx_begin(db, DB_WRITE);
    Load *l = db_load(db, "t", "id, name");
    for (int i = 0; i < rows_before_death; i++) db_load_row(l, (DbVal[]){db_i(i), db_s(S("x"))});
    if (rows_before_death == 3000) {
        db_load_end(l);
        tx_commit(db);
    }
    raise(SIGKILL);
}

TEST(store_survives_a_kill_in_a_load) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Str url = test_db_url(a);
    const char *z = str_z(a, url);
    Store *s = store_open(&c, url, true, 2);
    Db *db = db_borrow(&c, s);
    EXEC(db, "CREATE TABLE t (id bigint PRIMARY KEY, name text)");
    for (int rows = 0; rows <= 3000; rows += 1000) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) killed_load(z, rows);
        int status = 0;
        CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
        int64_t want = rows == 3000 ? 3000 : 0;
        CHECK_INT(Q_I64(db, -1, "SELECT count(*) FROM t"), want);
        CHECK(ctx_ok(&c));
    }
    CHECK(EXEC(db, "INSERT INTO t(id) VALUES(-1)")); /* no lock was left behind */
    db_return(db);
    store_close(s);
    arena_close(a);
}

typedef struct Cut {
    Db *other;
    int calls;
} Cut;

/* The server ends this connection the first time round. */
static bool insert_with_cut(Db *db, void *user) {
    Cut *cut = user;
    if (cut->calls++ == 0) {
        int64_t pid = Q_I64(db, 0, "SELECT pg_backend_pid()");
        Q_I64(cut->other, 0, "SELECT pg_terminate_backend(CAST($1 AS integer))", db_i(pid));
    }
    return EXEC(db, "INSERT INTO t(id) VALUES(1)");
}

TEST(store_connects_again_when_the_server_cut_it) {
    StoreFixture f;
    setup(&f);
    if (store_is_postgres(f.store)) {
        Ctx c2 = ctx_new(f.arena, 0);
        Cut cut = {.other = db_borrow(&c2, f.store)};
        CHECK(tx_run(f.db, DB_WRITE, insert_with_cut, &cut));
        CHECK_INT(cut.calls, 2);
        CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM t"), 1);
        db_return(cut.other);
    }
    store_fixture_close(&f);
}

TEST(store_missing_database_is_said) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    CHECK(store_open(&c, S("sqlite:/nonexistent/x.db"), false, 1) == NULL);
    CHECK_INT(c.err.code, ERR_MISSING);
    Ctx d = ctx_new(a, 0);
    CHECK(store_open(&d, S("postgresql://u:secret@127.0.0.1:1/x"), false, 1) == NULL);
    CHECK_INT(d.err.code, ERR_STORE);
    CHECK(str_find(note_text(a, &d.err.note, LANG_EN), S("secret")) < 0);
    arena_close(a);
}
