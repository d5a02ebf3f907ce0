/* The SQLite driver; the only file that includes sqlite3.h.
 *
 * Parameters are bound by name: in SQLite `$1` is a name whose index is the order of its first
 * appearance. WAL, synchronous=FULL: a committed transaction survives a power cut; one of DB_NOTE
 * (synchronous=NORMAL) the death of the process, and it reaches the disk with the next.
 */
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "store/driver.h"

enum { BUSY_MS = 5000 };

static bool sqlite_failed(Db *db, const char *sql) {
    sqlite3 *conn = db->conn;
    Ctx *c = db->ctx;
    int code = sqlite3_extended_errcode(conn);
    Str what = str_from(sqlite3_errmsg(conn));
    int primary = code & 0xff;
    if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) {
        db->retry = true;
        return FAIL(c, ERR_BUSY, M_STORE_BUSY);
    }
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
        return FAIL(c, ERR_STATE, M_STORE_UNIQUE, what);
    if (primary == SQLITE_FULL) return FAIL(c, ERR_STORE, M_STORE_FULL, what);
    if (primary == SQLITE_READONLY) return FAIL(c, ERR_STORE, M_STORE_READ_ONLY, what);
    return FAIL(c, ERR_STORE, M_STORE_SQL, what, str_from(sql));
}

#define SINGLE "single:"

static Str uri_of(Arena *a, Str path) {
    Buf b = buf_new(a, 0);
    buf_lit(&b, "file:");
    for (ptrdiff_t i = 0; i < path.n; i++) {
        char ch = path.p[i];
        if (ch == '%' || ch == '?' || ch == '#')
            buf_printf(&b, "%%%02x", (unsigned)ch);
        else
            buf_char(&b, ch);
    }
    buf_lit(&b, "?immutable=1");
    return buf_str(&b);
}

/* A file that is a document rather than a store: written once, whole, without a log beside it, and
 * then only read, as it is. What stands behind the last page is not looked at. */
static void *open_single(Ctx *c, Str path, bool create) {
    sqlite3 *conn = NULL;
    Str name = create ? path : uri_of(c->arena, path);
    int flags = SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                              : SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    int rc = sqlite3_open_v2(str_z(c->arena, name), &conn, flags, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_extended_result_codes(conn, 1);
        sqlite3_db_config(conn, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        rc = sqlite3_exec(conn,
                          create ? "PRAGMA page_size=4096; PRAGMA journal_mode=OFF;"
                                   "PRAGMA trusted_schema=OFF; PRAGMA cache_size=-32768;"
                                 : "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
                                   "PRAGMA cache_size=-32768;",
                          NULL, NULL, NULL);
    }
    if (rc == SQLITE_OK) return conn;
    FAIL(c, ERR_STORE, M_STORE_OPEN, path, str_from(conn ? sqlite3_errmsg(conn) : "no memory"));
    sqlite3_close(conn);
    return NULL;
}

static void *sqlite_open(Ctx *c, Str url, bool create) {
    if (str_starts(url, S(SINGLE))) return open_single(c, str_sub(url, S(SINGLE).n, url.n), create);
    const char *path = str_z(c->arena, url);
    if (!create && access(path, F_OK) != 0) {
        FAIL(c, ERR_MISSING, M_STORE_MISSING, url);
        return NULL;
    }
    sqlite3 *conn = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    int rc = sqlite3_open_v2(path, &conn, flags, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_extended_result_codes(conn, 1);
        sqlite3_busy_timeout(conn, BUSY_MS);
        sqlite3_db_config(conn, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        rc = sqlite3_exec(conn,
                          "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                          "PRAGMA foreign_keys=ON; PRAGMA case_sensitive_like=ON;"
                          "PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY;"
                          "PRAGMA cache_size=-32768; PRAGMA wal_autocheckpoint=4000;",
                          NULL, NULL, NULL);
    }
    if (rc == SQLITE_OK) return conn;
    FAIL(c, ERR_STORE, M_STORE_OPEN, url, str_from(conn ? sqlite3_errmsg(conn) : "no memory"));
    sqlite3_close(conn);
    return NULL;
}

static void sqlite_close(void *conn) {
    if (!conn) return;
    if (sqlite3_db_readonly(conn, "main") == 0)
        sqlite3_exec(conn, "PRAGMA optimize", NULL, NULL, NULL);
    sqlite3_close(conn);
}

static bool prepare_text(Db *db, Stmt *s, const char *sql) {
    sqlite3_stmt *st = NULL;
    const char *tail = NULL;
    if (sqlite3_prepare_v3(db->conn, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, &tail) != SQLITE_OK)
        return sqlite_failed(db, sql);
    if (!st || (tail && *tail)) {
        sqlite3_finalize(st);
        return FAIL(db->ctx, ERR_BUG, M_STORE_SQL, S("one statement, please"), str_from(sql));
    }
    for (int k = 0; k < s->params; k++) {
        char name[8] = "$";
        int digits = k + 1 >= 10 ? 2 : 1;
        if (digits == 2) name[1] = (char)('0' + (k + 1) / 10);
        name[digits] = (char)('0' + (k + 1) % 10);
        s->at[k] = sqlite3_bind_parameter_index(st, name);
        if (s->at[k]) continue;
        sqlite3_finalize(st);
        return FAIL(db->ctx, ERR_BUG, M_STORE_PARAMS, str_from(name), str_from(sql));
    }
    s->handle = st;
    return true;
}

static bool sqlite_prepare(Db *db, Stmt *s) {
    return prepare_text(db, s, s->sql);
}

static void sqlite_unprepare(Db *db, Stmt *s) {
    (void)db;
    sqlite3_finalize(s->handle);
    s->handle = NULL;
}

static int bind_one(sqlite3_stmt *st, int at, const DbVal *v, sqlite3_destructor_type life) {
    const char *p = v->s.p ? v->s.p : "";
    switch (v->type) {
    case DB_INT: return sqlite3_bind_int64(st, at, v->i);
    case DB_TEXT: return sqlite3_bind_text64(st, at, p, (sqlite3_uint64)v->s.n, life, SQLITE_UTF8);
    case DB_BLOB: return sqlite3_bind_blob64(st, at, p, (sqlite3_uint64)v->s.n, life);
    case DB_NULL: break;
    }
    return sqlite3_bind_null(st, at);
}

static bool bind_all(Db *db, Stmt *s, const DbVal *args, sqlite3_destructor_type life) {
    for (int k = 0; k < s->params; k++)
        if (bind_one(s->handle, s->at[k], &args[k], life) != SQLITE_OK)
            return sqlite_failed(db, s->sql);
    return true;
}

/* The first step is taken at once, so that a refused INSERT … RETURNING fails here. */
static bool sqlite_start(Rows *r, int n, const DbVal *args, bool keep) {
    (void)n;
    Db *db = r->db;
    if (!bind_all(db, r->stmt, args, keep ? SQLITE_TRANSIENT : SQLITE_STATIC)) return false;
    int rc = sqlite3_step(r->stmt->handle);
    if (rc == SQLITE_ROW) {
        r->first = true;
        return true;
    }
    if (rc != SQLITE_DONE) return sqlite_failed(db, r->stmt->sql);
    r->changed = sqlite3_changes64(db->conn);
    r->done = true;
    return true;
}

static bool sqlite_next(Rows *r) {
    if (r->first) {
        r->first = false;
        return true;
    }
    int rc = sqlite3_step(r->stmt->handle);
    if (rc == SQLITE_ROW) return true;
    if (rc == SQLITE_DONE)
        r->changed = sqlite3_changes64(r->db->conn);
    else
        sqlite_failed(r->db, r->stmt->sql);
    return false;
}

static void sqlite_finish(Rows *r) {
    sqlite3_reset(r->stmt->handle);
    sqlite3_clear_bindings(r->stmt->handle);
}

static int64_t sqlite_i64(Rows *r, int col) {
    return sqlite3_column_int64(r->stmt->handle, col);
}

static Str sqlite_str(Rows *r, int col) {
    sqlite3_stmt *st = r->stmt->handle;
    const void *p = sqlite3_column_type(st, col) == SQLITE_BLOB
                        ? sqlite3_column_blob(st, col)
                        : (const void *)sqlite3_column_text(st, col);
    return str_of(p ? p : "", (size_t)sqlite3_column_bytes(st, col));
}

static bool sqlite_null(Rows *r, int col) {
    return sqlite3_column_type(r->stmt->handle, col) == SQLITE_NULL;
}

static bool sqlite_script(Db *db, const char *sql) {
    return sqlite3_exec(db->conn, sql, NULL, NULL, NULL) == SQLITE_OK || sqlite_failed(db, sql);
}

static bool sqlite_load_begin(Load *l, const char *columns) {
    Str values = S("$1");
    for (int k = 2; k <= l->columns; k++)
        values = str_printf(l->arena, "%.*s,$%d", STRF(values), k);
    Str sql =
        str_printf(l->arena, "INSERT INTO %s(%s) VALUES(%.*s)", l->table, columns, STRF(values));
    l->stmt = NEW(l->arena, Stmt);
    *l->stmt = (Stmt){.sql = sql.p, .params = l->columns};
    return prepare_text(l->db, l->stmt, str_z(l->arena, sql));
}

static bool sqlite_load_row(Load *l, const DbVal *values) {
    if (!bind_all(l->db, l->stmt, values, SQLITE_STATIC)) return false;
    bool ok = sqlite3_step(l->stmt->handle) == SQLITE_DONE || sqlite_failed(l->db, l->stmt->sql);
    sqlite3_reset(l->stmt->handle);
    return ok;
}

static bool sqlite_load_end(Load *l, bool keep) {
    (void)keep;
    sqlite_unprepare(l->db, l->stmt);
    return true;
}

const Driver SQLITE_DRIVER = {
    .begin_read = "BEGIN",
    .begin_write = "BEGIN IMMEDIATE",
    .begin_note = "PRAGMA synchronous=NORMAL; BEGIN IMMEDIATE",
    .after_note = "PRAGMA synchronous=FULL",
    .one_writer = true,
    .open = sqlite_open,
    .close = sqlite_close,
    .prepare = sqlite_prepare,
    .unprepare = sqlite_unprepare,
    .start = sqlite_start,
    .next = sqlite_next,
    .finish = sqlite_finish,
    .get_i64 = sqlite_i64,
    .get_str = sqlite_str,
    .get_null = sqlite_null,
    .script = sqlite_script,
    .load_begin = sqlite_load_begin,
    .load_row = sqlite_load_row,
    .load_end = sqlite_load_end,
};
