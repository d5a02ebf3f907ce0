/* The seam: pool, statement cache, transactions, dispatch to the driver. See db.h.
 *
 * Invariants: a connection belongs to one borrower at a time; nothing runs once the borrower's Ctx
 * has failed or a statement of the open transaction has failed (PostgreSQL would refuse, SQLite
 * would go on: here both refuse); rows still open are closed at the end of the transaction.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "store/driver.h"

enum { WAIT_S = 10, POOL_MAX = 64, TRIES_MAX = 6, SLOTS_FIRST = 128 };

/* A writer that waits; on its own stack. */
typedef struct Turn {
    struct Turn *next;
    bool mine; /* the turn was given to it */
} Turn;

struct Store {
    Arena *arena;
    const Driver *driver;
    Str url;
    pthread_mutex_t lock;
    pthread_cond_t freed;   /* a connection came back */
    pthread_cond_t written; /* the writer's turn was given to one who waits */
    Db *idle;
    int made, size;
    bool writing;
    Turn *waiting; /* in the order they came */
};

static Db *connect_new(Ctx *c, Store *s, bool create) {
    void *conn = s->driver->open(c, s->url, create);
    if (!conn) return NULL;
    Arena *a = arena_open(0);
    Db *db = NEW(a, Db);
    *db = (Db){.store = s, .driver = s->driver, .conn = conn, .arena = a, .mask = SLOTS_FIRST - 1};
    db->slots = NEW_N(a, Stmt *, SLOTS_FIRST);
    return db;
}

static void forget_statements(Db *db) {
    for (uint32_t i = 0; i <= db->mask; i++) {
        for (Stmt *s = db->slots[i]; s; s = s->next) db->driver->unprepare(db, s);
        db->slots[i] = NULL;
    }
    db->statements = 0;
}

static void disconnect(Db *db) {
    forget_statements(db);
    db->driver->close(db->conn);
    arena_close(db->arena);
}

Store *store_open(Ctx *c, Str url, bool create, int pool_size) {
    Arena *a = arena_open(0);
    Store *s = NEW(a, Store);
    *s = (Store){.arena = a, .driver = &SQLITE_DRIVER, .url = str_dup(a, url)};
    if (str_starts(url, S("postgresql://")) || str_starts(url, S("postgres://")))
        s->driver = &PG_DRIVER;
    else if (str_starts(url, S("sqlite:")))
        s->url = str_sub(s->url, 7, url.n);
    s->size = pool_size < 1 ? 1 : pool_size > POOL_MAX ? POOL_MAX : pool_size;
    Db *db = connect_new(c, s, create);
    if (!db) {
        arena_close(a);
        return NULL;
    }
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->freed, NULL);
    pthread_cond_init(&s->written, NULL);
    s->idle = db;
    s->made = 1;
    return s;
}

void store_close(Store *s) {
    if (!s) return;
    while (s->idle) {
        Db *db = s->idle;
        s->idle = db->next;
        disconnect(db);
    }
    pthread_cond_destroy(&s->written);
    pthread_cond_destroy(&s->freed);
    pthread_mutex_destroy(&s->lock);
    arena_close(s->arena);
}

bool store_is_postgres(const Store *s) {
    return s->driver == &PG_DRIVER;
}

Str store_beside(Arena *a, const Store *s, Str name) {
    const char *data = getenv("JIXIA_DATA"), *home = getenv("HOME");
    if (!store_is_postgres(s)) return str_printf(a, "%.*s.%.*s", STRF(s->url), STRF(name));
    if (data && *data) return str_printf(a, "%s/%.*s", data, STRF(name));
    return str_printf(a, "%s/.local/share/jixia/%.*s", home && *home ? home : ".", STRF(name));
}

Str store_key_path(Arena *a, const Store *s) {
    const char *given = getenv("JIXIA_SECRET_KEY");
    if (given && *given) return str_dup(a, str_from(given));
    return store_beside(a, s, store_is_postgres(s) ? S("secret.key") : S("key"));
}

static struct timespec deadline(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += WAIT_S;
    return t;
}

Db *db_borrow(Ctx *c, Store *s) {
    if (!ctx_ok(c)) return NULL;
    struct timespec until = deadline();
    pthread_mutex_lock(&s->lock);
    while (!s->idle && s->made >= s->size)
        if (pthread_cond_clockwait(&s->freed, &s->lock, CLOCK_MONOTONIC, &until) != 0) break;
    Db *db = s->idle;
    bool make = !db && s->made < s->size;
    if (db) s->idle = db->next;
    if (make) s->made++;
    pthread_mutex_unlock(&s->lock);
    if (!db && !make) {
        FAIL(c, ERR_BUSY, M_STORE_POOL, str_printf(c->arena, "%d", WAIT_S));
        return NULL;
    }
    if (make) db = connect_new(c, s, false);
    if (make && !db) {
        pthread_mutex_lock(&s->lock);
        s->made--;
        pthread_cond_signal(&s->freed);
        pthread_mutex_unlock(&s->lock);
        return NULL;
    }
    db->ctx = c;
    db->next = NULL;
    db->retry = db->broken = false;
    return db;
}

static void load_drop(Db *db) {
    if (!db->load) return;
    Load *l = db->load;
    db->load = NULL;
    db->driver->load_end(l, false);
    arena_close(l->arena);
}

static void rows_close_all(Db *db) {
    while (db->open) rows_close(db->open);
}

void db_return(Db *db) {
    if (!db) return;
    load_drop(db);
    rows_close_all(db);
    if (db->in_tx) tx_rollback(db);
    Store *s = db->store;
    db->ctx = NULL;
    bool dead = db->dead;
    if (dead) disconnect(db);
    pthread_mutex_lock(&s->lock);
    if (dead) {
        s->made--;
    } else {
        db->next = s->idle;
        s->idle = db;
    }
    pthread_cond_signal(&s->freed);
    pthread_mutex_unlock(&s->lock);
}

Ctx *db_ctx(Db *db) {
    return db->ctx;
}

const Store *db_store(const Db *db) {
    return db->store;
}

/* --- statements ------------------------------------------------------------------------------- */

static uint32_t slot_of(const Db *db, const char *sql) {
    uint64_t h = (uint64_t)(uintptr_t)sql * 0x9E3779B97F4A7C15u;
    uint32_t i = (uint32_t)(h >> 32) & db->mask;
    while (db->slots[i] && db->slots[i]->sql != sql) i = (i + 1) & db->mask;
    return i;
}

static void cache_grow(Db *db) {
    Stmt **old = db->slots;
    uint32_t n = db->mask + 1;
    db->mask = n * 2 - 1;
    db->slots = NEW_N(db->arena, Stmt *, n * 2);
    for (uint32_t i = 0; i < n; i++)
        if (old[i]) db->slots[slot_of(db, old[i]->sql)] = old[i];
}

/* A prepared statement of the literal that has no open rows. */
static Stmt *stmt_get(Db *db, const char *sql, int n) {
    uint32_t at = slot_of(db, sql);
    for (Stmt *s = db->slots[at]; s; s = s->next)
        if (!s->busy && s->params == n) return s;
    if (n > SQL_PARAMS_MAX || sql_params(sql) != n) {
        Arena *a = db->ctx->arena;
        FAIL(db->ctx, ERR_BUG, M_STORE_PARAMS, str_printf(a, "%d", n), str_from(sql));
        return NULL;
    }
    Stmt *s = NEW(db->arena, Stmt);
    *s = (Stmt){.sql = sql, .params = n};
    if (!db->driver->prepare(db, s)) return NULL;
    if (!db->slots[at] && (uint32_t)++db->statements * 2 > db->mask) {
        cache_grow(db);
        at = slot_of(db, sql);
    }
    s->next = db->slots[at];
    db->slots[at] = s;
    return s;
}

static bool usable(Db *db) {
    if (!ctx_ok(db->ctx)) return false;
    if (db->broken) return FAIL(db->ctx, ERR_BUG, M_STORE_TX, S("statement after a failure"));
    return true;
}

static bool failed(Db *db) {
    if (db->in_tx) db->broken = true;
    return false;
}

/* Both engines hold only well-formed text: PostgreSQL refuses the rest, SQLite would keep it. */
static bool texts_fit(Db *db, int n, const DbVal *args) {
    for (int i = 0; i < n; i++) {
        if (args[i].type != DB_TEXT || !args[i].s.n) continue;
        if (memchr(args[i].s.p, 0, (size_t)args[i].s.n) || utf8_invalid_at(args[i].s) >= 0)
            return FAIL(db->ctx, ERR_INPUT, M_STORE_TEXT);
    }
    return true;
}

static Rows *rows_open(Db *db, const char *sql, int n, const DbVal *args, bool keep) {
    if (!usable(db)) return NULL;
    Stmt *s = texts_fit(db, n, args) ? stmt_get(db, sql, n) : NULL;
    if (!s) {
        failed(db);
        return NULL;
    }
    Rows *r = db->spare;
    if (r)
        db->spare = r->next;
    else
        r = NEW(db->arena, Rows);
    *r = (Rows){.db = db, .stmt = s, .next = db->open};
    db->open = r;
    s->busy = true;
    if (db->driver->start(r, n, args, keep)) return r;
    rows_close(r);
    failed(db);
    return NULL;
}

Rows *db_query(Db *db, const char *sql, int n, const DbVal *args) {
    return rows_open(db, sql, n, args, true);
}

bool row_next(Rows *r) {
    if (!r || r->done) return false;
    if (r->db->driver->next(r)) return true;
    r->done = true;
    if (!ctx_ok(r->db->ctx)) failed(r->db);
    return false;
}

int64_t row_i64(Rows *r, int col) {
    return r->db->driver->get_i64(r, col);
}

Str row_str(Rows *r, int col) {
    return r->db->driver->get_str(r, col);
}

bool row_null(Rows *r, int col) {
    return r->db->driver->get_null(r, col);
}

void rows_close(Rows *r) {
    if (!r) return;
    Db *db = r->db;
    Rows **link = &db->open;
    while (*link && *link != r) link = &(*link)->next;
    if (!*link) return; /* closed already, with its transaction */
    *link = r->next;
    db->driver->finish(r);
    r->stmt->busy = false;
    r->next = db->spare;
    db->spare = r;
}

bool db_exec(Db *db, const char *sql, int64_t *changed, int n, const DbVal *args) {
    Rows *r = rows_open(db, sql, n, args, false);
    if (!r) return false;
    while (row_next(r)) continue;
    if (changed) *changed = r->changed;
    rows_close(r);
    return ctx_ok(db->ctx);
}

int64_t db_one_i64(Db *db, int64_t fallback, const char *sql, int n, const DbVal *args) {
    Rows *r = rows_open(db, sql, n, args, false);
    if (!r) return fallback;
    int64_t v = row_next(r) && !row_null(r, 0) ? row_i64(r, 0) : fallback;
    rows_close(r);
    return v;
}

bool db_script(Db *db, const char *sql) {
    return usable(db) && (db->driver->script(db, sql) || failed(db));
}

/* --- transactions ----------------------------------------------------------------------------- */

static void turn_leave(Store *s, const Turn *t) {
    Turn **link = &s->waiting;
    while (*link && *link != t) link = &(*link)->next;
    if (*link) *link = t->next;
}

/* SQLite has one writer: threads of this process queue here, without polling the file. First come,
 * first served: who writes thousands of times in a row lets the others through in between. */
static bool writer_take(Db *db) {
    Store *s = db->store;
    if (!s->driver->one_writer) return true;
    struct timespec until = deadline();
    Turn me = {0}, **last = &s->waiting;
    pthread_mutex_lock(&s->lock);
    if (s->writing) {
        while (*last) last = &(*last)->next;
        *last = &me;
        while (!me.mine)
            if (pthread_cond_clockwait(&s->written, &s->lock, CLOCK_MONOTONIC, &until) != 0) break;
        if (!me.mine) turn_leave(s, &me);
    } else {
        s->writing = me.mine = true;
    }
    db->holds_writer = me.mine;
    pthread_mutex_unlock(&s->lock);
    return db->holds_writer || FAIL(db->ctx, ERR_BUSY, M_STORE_BUSY);
}

static void writer_give(Db *db) {
    if (!db->holds_writer) return;
    Store *s = db->store;
    pthread_mutex_lock(&s->lock);
    Turn *next = s->waiting;
    if (next) {
        s->waiting = next->next;
        next->mine = true;
        pthread_cond_broadcast(&s->written);
    } else {
        s->writing = false;
    }
    db->holds_writer = false;
    pthread_mutex_unlock(&s->lock);
}

/* A failure recorded already stays the one that counts. */
static bool script_quietly(Db *db, const char *sql) {
    Arena *scratch = arena_open(0);
    Ctx quiet = ctx_new(scratch, 0), *kept = db->ctx;
    bool retry = db->retry;
    db->ctx = &quiet;
    bool ok = db->driver->script(db, sql);
    db->ctx = kept;
    db->retry = retry;
    arena_close(scratch);
    return ok;
}

static void tx_over(Db *db) {
    db->in_tx = db->broken = false;
    if (db->note && db->driver->after_note && !db->dead &&
        !script_quietly(db, db->driver->after_note))
        db->dead = true;
    db->note = false;
    writer_give(db);
}

bool tx_begin(Db *db, TxKind kind) {
    if (!usable(db)) return false;
    if (db->in_tx) return FAIL(db->ctx, ERR_BUG, M_STORE_TX, S("begin inside a transaction"));
    db->retry = false;
    if (kind != DB_READ && !writer_take(db)) return false;
    db->note = kind == DB_NOTE;
    db->in_tx = db->driver->script(db, kind == DB_READ   ? db->driver->begin_read
                                       : kind == DB_NOTE ? db->driver->begin_note
                                                         : db->driver->begin_write);
    if (!db->in_tx) tx_over(db);
    return db->in_tx;
}

bool tx_commit(Db *db) {
    if (!db->in_tx) return FAIL(db->ctx, ERR_BUG, M_STORE_TX, S("commit outside a transaction"));
    if (db->load) FAIL(db->ctx, ERR_BUG, M_STORE_TX, S("commit inside a load"));
    rows_close_all(db);
    bool ok = usable(db) && db->driver->script(db, "COMMIT");
    if (!ok) {
        tx_rollback(db);
        return false;
    }
    tx_over(db);
    return true;
}

void tx_rollback(Db *db) {
    if (!db->in_tx) return;
    load_drop(db);
    rows_close_all(db);
    if (!db->dead && !script_quietly(db, "ROLLBACK")) db->dead = true;
    tx_over(db);
}

/* Busy or gone, the engine may have ended the transaction: then only a rollback may follow. */
bool tx_part(Db *db, bool (*fn)(Db *, void *), void *user) {
    if (!usable(db)) return false;
    if (!db->in_tx || db->load)
        return FAIL(db->ctx, ERR_BUG, M_STORE_TX, S("a part of no transaction"));
    if (!db->driver->script(db, "SAVEPOINT part")) return failed(db);
    bool ok = fn(db, user) && ctx_ok(db->ctx) && !db->broken;
    load_drop(db);
    rows_close_all(db);
    if (ok && db->driver->script(db, "RELEASE SAVEPOINT part")) return true;
    if (db->retry || db->dead) return failed(db);
    db->broken = !script_quietly(db, "ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part");
    return false;
}

static void pause_before(int attempt) {
    long ms = 5L << attempt;
    struct timespec t = {.tv_sec = 0, .tv_nsec = ms * 1000000};
    nanosleep(&t, NULL);
}

static bool reconnect(Db *db) {
    forget_statements(db);
    db->driver->close(db->conn);
    db->conn = db->driver->open(db->ctx, db->store->url, false);
    db->dead = !db->conn;
    return !db->dead;
}

bool tx_run(Db *db, TxKind kind, bool (*fn)(Db *, void *), void *user) {
    if (!usable(db)) return false;
    for (int attempt = 1; attempt < TRIES_MAX; attempt++) {
        if (tx_begin(db, kind)) {
            bool done = fn(db, user) && ctx_ok(db->ctx);
            if (done && tx_commit(db)) return true;
            tx_rollback(db);
            if (done && db->dead) return false; /* nobody knows whether the commit arrived */
        }
        if (ctx_ok(db->ctx)) return false; /* fn said no without a failure */
        if (!db->retry && !db->dead) return false;
        if (attempt + 1 == TRIES_MAX) return false;
        ctx_clear(db->ctx);
        pause_before(attempt);
        if (db->dead && !reconnect(db)) return false;
    }
    return false;
}

/* --- bulk load -------------------------------------------------------------------------------- */

Load *db_load(Db *db, const char *table, const char *columns) {
    if (!usable(db)) return NULL;
    if (!db->in_tx || db->load) {
        FAIL(db->ctx, ERR_BUG, M_STORE_TX, S("a load needs a transaction of its own turn"));
        return NULL;
    }
    Arena *a = arena_child(db->ctx->arena, 0);
    Load *l = NEW(a, Load);
    *l = (Load){.db = db, .table = table, .arena = a, .columns = 1};
    for (const char *p = columns; *p; p++) l->columns += *p == ',';
    if (l->columns <= SQL_PARAMS_MAX && db->driver->load_begin(l, columns)) {
        db->load = l;
        return l;
    }
    if (ctx_ok(db->ctx)) FAIL(db->ctx, ERR_BUG, M_STORE_TX, S("too many columns in a load"));
    failed(db);
    arena_close(a);
    return NULL;
}

bool db_load_row(Load *l, const DbVal *values) {
    if (!l || !usable(l->db)) return false;
    return (texts_fit(l->db, l->columns, values) && l->db->driver->load_row(l, values)) ||
           failed(l->db);
}

bool db_load_end(Load *l) {
    if (!l) return false;
    Db *db = l->db;
    if (db->load != l) return false;
    db->load = NULL;
    bool ok = db->driver->load_end(l, ctx_ok(db->ctx) && !db->broken) && ctx_ok(db->ctx);
    arena_close(l->arena);
    return ok || failed(db);
}
