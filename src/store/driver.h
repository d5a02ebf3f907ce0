/* What the two database drivers give to db.c. Nobody outside src/store includes this.
 *
 * A driver records failures in db->ctx and says with db->retry whether the same transaction may
 * succeed when it is run again (busy, serialization failure, deadlock), and with db->dead that the
 * connection is lost.
 */
#ifndef JIXIA_STORE_DRIVER_H
#define JIXIA_STORE_DRIVER_H
#include "store/db.h"

enum { SQL_PARAMS_MAX = 64 };

typedef struct Stmt {
    const char *sql; /* the literal: its address is the key of the cache */
    int params;      /* $1 … $params */
    bool busy;       /* has open rows */
    void *handle;
    int at[SQL_PARAMS_MAX]; /* SQLite: index of $k at [k - 1] */
    char name[24];          /* PostgreSQL: name of the prepared statement */
    struct Stmt *next;      /* further statements of the same literal */
} Stmt;

struct Rows {
    Db *db;
    Stmt *stmt;
    void *result; /* PostgreSQL: PGresult */
    int row, count;
    bool first; /* SQLite: a row was fetched and not yet handed out */
    bool done;
    int64_t changed;
    struct Rows *next;
};

struct Load {
    Db *db;
    const char *table;
    int columns;
    Stmt *stmt;  /* SQLite */
    void *bytes; /* PostgreSQL: Buf */
    Arena *arena;
};

typedef struct Driver {
    const char *begin_read, *begin_write, *begin_note;
    const char *after_note; /* after the end of such a transaction; NULL: nothing */
    bool one_writer;        /* the process queues its writers itself */
    void *(*open)(Ctx *c, Str url, bool create);
    void (*close)(void *conn);
    bool (*prepare)(Db *db, Stmt *s);
    void (*unprepare)(Db *db, Stmt *s);
    bool (*start)(Rows *r, int n, const DbVal *args, bool keep);
    bool (*next)(Rows *r);
    void (*finish)(Rows *r);
    int64_t (*get_i64)(Rows *r, int col);
    Str (*get_str)(Rows *r, int col);
    bool (*get_null)(Rows *r, int col);
    bool (*script)(Db *db, const char *sql);
    bool (*load_begin)(Load *l, const char *columns);
    bool (*load_row)(Load *l, const DbVal *values);
    bool (*load_end)(Load *l, bool keep);
} Driver;

struct Db {
    Store *store;
    const Driver *driver;
    Ctx *ctx;
    void *conn;
    Arena *arena; /* of the connection: statements and rows */
    Stmt **slots; /* by address of the literal; mask + 1 of them */
    uint32_t mask;
    int statements;
    Rows *open, *spare;
    Load *load;
    bool in_tx, holds_writer, note;
    bool broken; /* a statement of the transaction failed: only a rollback may follow */
    bool retry, dead;
    struct Db *next;
};

extern const Driver SQLITE_DRIVER;
extern const Driver PG_DRIVER;

/* Runs several statements without parameters or results (migrations, transaction control). */
bool db_script(Db *db, const char *sql);
/* The highest n of $1 … $n in sql, or -1 when it uses anything else (?, :name, @name, ::cast, a gap
 * in the numbers). Text in quotes and comments does not count. */
int sql_params(const char *sql);
#endif
