/* The SQL seam: one text for SQLite and PostgreSQL.
 *
 * Parameters are exactly $1 … $n, each bound by number (the driver refuses anything else). Types:
 * 64-bit integer, text, bytes, NULL. ORDER BY states NULLS; no JSON, arrays, ::casts or engine
 * functions in SQL. Every function records its failure in the Ctx of the connection's borrower.
 * Connections come from a pool and are used by one thread at a time.
 */
#ifndef JIXIA_STORE_DB_H
#define JIXIA_STORE_DB_H
#include "base/err.h"

typedef struct Store Store; /* an opened database with its pool; shared by threads */
typedef struct Db Db;       /* a borrowed connection, bound to a Ctx */
typedef struct Rows Rows;

typedef enum DbType { DB_NULL, DB_INT, DB_TEXT, DB_BLOB } DbType;
typedef struct DbVal {
    DbType type;
    int64_t i;
    Str s;
} DbVal;
static inline DbVal db_i(int64_t v) {
    return (DbVal){.type = DB_INT, .i = v};
}
static inline DbVal db_s(Str v) {
    return (DbVal){.type = DB_TEXT, .s = v};
}
static inline DbVal db_b(Str v) {
    return (DbVal){.type = DB_BLOB, .s = v};
}
static inline DbVal db_n(void) {
    return (DbVal){.type = DB_NULL};
}
/* Text, or NULL when empty. */
static inline DbVal db_sn(Str v) {
    return v.n ? db_s(v) : db_n();
}

/* url: a path, "sqlite:PATH" or "postgresql://…"; "single:PATH" is a SQLite file without a log
 * beside it, for documents: made once (create), later only read. Creates the SQLite file when
 * create is true. Runs no migration. NULL on failure. */
Store *store_open(Ctx *c, Str url, bool create, int pool_size);
void store_close(Store *s);
/* Brings the schema to the newest version, each numbered migration in one transaction with its hash
 * recorded. Refuses a schema newer than the binary. */
bool store_migrate(Ctx *c, Store *s);
bool store_is_postgres(const Store *s);
/* The file of the key for what the database must not tell by itself (base/secret.h): the setting
 * JIXIA_SECRET_KEY, else PATH.key beside a SQLite file, else secret.key in JIXIA_DATA or
 * ~/.local/share/jixia. Servers of one database share it. */
Str store_key_path(Arena *a, const Store *s);
/* Where files stand that go with the database: PATH.name beside a SQLite file, else name in
 * JIXIA_DATA or ~/.local/share/jixia, which servers of one database share. */
Str store_beside(Arena *a, const Store *s, Str name);

/* Borrows a connection for c; waits up to 10 s. NULL on failure. */
Db *db_borrow(Ctx *c, Store *s);
/* Gives it back: open results are closed, an open transaction is rolled back. */
void db_return(Db *db);
Ctx *db_ctx(Db *db);
const Store *db_store(const Db *db);

/* Runs a statement; NULL on failure. `sql` must be a string with static lifetime (it is the key of
 * the statement cache). Rows live until rows_close, db_return or the end of the transaction. */
#define Q(db, sql, ...)                                                                            \
    db_query((db), (sql), (int)(sizeof((DbVal[]){{0}, ##__VA_ARGS__}) / sizeof(DbVal)) - 1,        \
             (DbVal[]){{0}, ##__VA_ARGS__} + 1)
Rows *db_query(Db *db, const char *sql, int n, const DbVal *args);
bool row_next(Rows *r);            /* false at the end and on failure (recorded) */
int64_t row_i64(Rows *r, int col); /* 0 for NULL */
Str row_str(Rows *r, int col);     /* valid until the next row_next; empty for NULL */
bool row_null(Rows *r, int col);
void rows_close(Rows *r);
/* Runs a statement without results; *changed (may be NULL) gets the affected rows. */
#define EXEC(db, sql, ...)                                                                         \
    db_exec((db), (sql), NULL, (int)(sizeof((DbVal[]){{0}, ##__VA_ARGS__}) / sizeof(DbVal)) - 1,   \
            (DbVal[]){{0}, ##__VA_ARGS__} + 1)
bool db_exec(Db *db, const char *sql, int64_t *changed, int n, const DbVal *args);
/* The first column of the first row; fallback when there is no row or it is NULL. */
#define Q_I64(db, fallback, sql, ...)                                                              \
    db_one_i64((db), (fallback), (sql),                                                            \
               (int)(sizeof((DbVal[]){{0}, ##__VA_ARGS__}) / sizeof(DbVal)) - 1,                   \
               (DbVal[]){{0}, ##__VA_ARGS__} + 1)
int64_t db_one_i64(Db *db, int64_t fallback, const char *sql, int n, const DbVal *args);

/* Transactions. DB_WRITE takes the writer lock at once (SQLite BEGIN IMMEDIATE; PostgreSQL READ
 * COMMITTED, the caller locks what it serialises). tx_run calls fn and commits when it returns
 * true, rolls back otherwise, and runs it again (up to 5 times, with growing pauses) when the
 * engine reports busy or a serialization failure; fn must therefore be repeatable. Writers of this
 * process take turns in the order they came.
 *
 * DB_NOTE is a write that the death of the process does not lose, but a power cut may when no
 * other write came after it: bookkeeping beside an act that is safe by itself. */
typedef enum TxKind { DB_READ, DB_WRITE, DB_NOTE } TxKind;
bool tx_begin(Db *db, TxKind kind);
bool tx_commit(Db *db);
void tx_rollback(Db *db);
bool tx_run(Db *db, TxKind kind, bool (*fn)(Db *, void *), void *user);
/* Runs fn as a part of the open transaction (a savepoint): when it returns false, or a statement of
 * it fails, what it did is undone, its failure stands in the Ctx (ctx_clear), and the transaction
 * can go on; unless the engine is busy or gone, then every further statement fails. No rows may be
 * open. */
bool tx_part(Db *db, bool (*fn)(Db *, void *), void *user);

/* Bulk load inside the current transaction: COPY on PostgreSQL, prepared inserts on SQLite.
 * columns: comma-separated names. Each db_load_row passes one value per column. */
typedef struct Load Load;
Load *db_load(Db *db, const char *table, const char *columns);
bool db_load_row(Load *l, const DbVal *values);
bool db_load_end(Load *l);
#endif
