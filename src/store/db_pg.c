/* The PostgreSQL driver; the only file that includes libpq-fe.h.
 *
 * Each literal is prepared once per connection. Parameters travel as text, so the server gives them
 * the type their place asks for; results come in binary. A result is fetched whole: large readings
 * go by key ranges. Writes run READ COMMITTED: the caller locks what it serialises before reading.
 */
#include <postgresql/libpq-fe.h>
#include <string.h>

#include "base/buf.h"
#include "store/driver.h"

enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_NUMERIC = 1700,
    COPY_BYTES = 64 << 10,
    NUMBER_BYTES = 24
};

static bool pg_failed(Db *db, const PGresult *res, const char *sql) {
    Ctx *c = db->ctx;
    const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
    const char *primary = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    Str what = str_trim(str_from(primary ? primary : PQerrorMessage(db->conn)));
    if (PQstatus(db->conn) != CONNECTION_OK) {
        db->dead = true;
        return FAIL(c, ERR_STORE, M_STORE_LOST, what);
    }
    Str code = str_from(state ? state : "");
    if (str_starts(code, S("40")) || str_eq(code, S("55P03"))) {
        db->retry = true; /* serialization failure, deadlock, lock not available */
        return FAIL(c, ERR_BUSY, M_STORE_BUSY);
    }
    if (str_eq(code, S("23505"))) return FAIL(c, ERR_STATE, M_STORE_UNIQUE, what);
    if (str_eq(code, S("53100"))) return FAIL(c, ERR_STORE, M_STORE_FULL, what);
    if (str_eq(code, S("25006"))) return FAIL(c, ERR_STORE, M_STORE_READ_ONLY, what);
    return FAIL(c, ERR_STORE, M_STORE_SQL, what, str_from(sql));
}

static void no_notice(void *arg, const PGresult *res) {
    (void)arg, (void)res;
}

static void *pg_open(Ctx *c, Str url, bool create) {
    (void)create;
    const char *keys[] = {"dbname", "client_encoding", "application_name", "connect_timeout", NULL};
    const char *values[] = {str_z(c->arena, url), "UTF8", "jixia", "10", NULL};
    PGconn *conn = PQconnectdbParams(keys, values, 1);
    if (!conn || PQstatus(conn) != CONNECTION_OK) {
        Str why = str_trim(str_from(conn ? PQerrorMessage(conn) : "no memory"));
        ptrdiff_t at = str_find(url, S("@"));
        Str shown = at < 0 ? url : str_sub(url, at + 1, url.n); /* never a password */
        FAIL(c, ERR_STORE, M_STORE_OPEN, shown, why);
        PQfinish(conn);
        return NULL;
    }
    PQsetNoticeReceiver(conn, no_notice, NULL);
    return conn;
}

static void pg_close(void *conn) {
    PQfinish(conn);
}

static bool pg_prepare(Db *db, Stmt *s) {
    static const char HEX[] = "0123456789abcdef";
    uint64_t id = (uint64_t)(uintptr_t)s; /* unique while the statement is cached */
    s->name[0] = 's';
    for (int i = 0; i < 16; i++) s->name[1 + i] = HEX[(id >> (60 - 4 * i)) & 15];
    PGresult *res = PQprepare(db->conn, s->name, s->sql, 0, NULL);
    bool ok = PQresultStatus(res) == PGRES_COMMAND_OK || pg_failed(db, res, s->sql);
    PQclear(res);
    return ok;
}

/* The connection forgets its statements when it is closed; only then are they forgotten here. */
static void pg_unprepare(Db *db, Stmt *s) {
    (void)db;
    s->handle = NULL;
}

/* Decimal digits of v at the end of buf; returns their start. */
static const char *digits_of(char buf[NUMBER_BYTES], int64_t v) {
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    char *p = buf + NUMBER_BYTES - 1;
    *p = 0;
    do {
        *--p = (char)('0' + u % 10);
        u /= 10;
    } while (u);
    if (v < 0) *--p = '-';
    return p;
}

static bool pg_start(Rows *r, int n, const DbVal *args, bool keep) {
    (void)keep;
    Db *db = r->db;
    const char *values[SQL_PARAMS_MAX];
    int lengths[SQL_PARAMS_MAX], formats[SQL_PARAMS_MAX];
    char numbers[SQL_PARAMS_MAX][NUMBER_BYTES];
    ArenaMark mark = arena_mark(db->ctx->arena);
    for (int k = 0; k < n; k++) {
        const DbVal *v = &args[k];
        formats[k] = v->type == DB_BLOB;
        lengths[k] = (int)v->s.n;
        if (v->type == DB_INT)
            values[k] = digits_of(numbers[k], v->i);
        else if (v->type == DB_TEXT)
            values[k] = str_z(db->ctx->arena, v->s);
        else
            values[k] = v->type == DB_BLOB ? (v->s.p ? v->s.p : "") : NULL;
    }
    PGresult *res = PQexecPrepared(db->conn, r->stmt->name, n, values, lengths, formats, 1);
    arena_rewind(db->ctx->arena, mark);
    r->result = res;
    ExecStatusType status = PQresultStatus(res);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        return pg_failed(db, res, r->stmt->sql);
    r->count = PQntuples(res);
    r->row = -1;
    if (!str_to_i64(str_from(PQcmdTuples(res)), &r->changed)) r->changed = 0;
    return true;
}

static bool pg_next(Rows *r) {
    return ++r->row < r->count;
}

static void pg_finish(Rows *r) {
    PQclear(r->result);
    r->result = NULL;
}

static uint64_t big_endian(const char *p, int n) {
    uint64_t v = 0;
    for (int i = 0; i < n; i++) v = v << 8 | (unsigned char)p[i];
    return v;
}

/* An integral numeric, as sum(bigint) gives: base-10000 digits, weight of the first, sign. */
static int64_t numeric_i64(const char *p) {
    int n = (int)big_endian(p, 2), weight = (int16_t)big_endian(p + 2, 2);
    int64_t v = 0;
    for (int i = 0; i <= weight; i++)
        v = v * 10000 + (i < n ? (int64_t)big_endian(p + 8 + 2 * i, 2) : 0);
    return big_endian(p + 4, 2) == 0x4000 ? -v : v;
}

static int64_t pg_i64(Rows *r, int col) {
    if (PQgetisnull(r->result, r->row, col)) return 0;
    const char *p = PQgetvalue(r->result, r->row, col);
    int64_t v = 0;
    switch (PQftype(r->result, col)) {
    case OID_INT8: return (int64_t)big_endian(p, 8);
    case OID_INT4: return (int32_t)big_endian(p, 4);
    case OID_INT2: return (int16_t)big_endian(p, 2);
    case OID_BOOL: return *p;
    case OID_NUMERIC: return numeric_i64(p);
    default: return str_to_i64(str_from(p), &v) ? v : 0;
    }
}

static Str pg_str(Rows *r, int col) {
    if (PQgetisnull(r->result, r->row, col)) return S("");
    switch (PQftype(r->result, col)) {
    case OID_INT8:
    case OID_INT4:
    case OID_INT2:
    case OID_BOOL:
    case OID_NUMERIC: return str_printf(r->db->ctx->arena, "%lld", (long long)pg_i64(r, col));
    default:
        return str_of(PQgetvalue(r->result, r->row, col),
                      (size_t)PQgetlength(r->result, r->row, col));
    }
}

static bool pg_null(Rows *r, int col) {
    return PQgetisnull(r->result, r->row, col);
}

static bool pg_script(Db *db, const char *sql) {
    PGresult *res = PQexec(db->conn, sql);
    ExecStatusType status = PQresultStatus(res);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || pg_failed(db, res, sql);
    /* COMMIT of a transaction the server has given up answers ROLLBACK and no error. */
    if (ok && strcmp(sql, "COMMIT") == 0 && strcmp(PQcmdStatus(res), "COMMIT") != 0)
        ok = FAIL(db->ctx, ERR_STORE, M_STORE_TX, S("the server rolled back"));
    PQclear(res);
    return ok;
}

/* --- COPY ------------------------------------------------------------------------------------- */

static bool pg_load_begin(Load *l, const char *columns) {
    Str sql = str_printf(l->arena, "COPY %s(%s) FROM STDIN", l->table, columns);
    PGresult *res = PQexec(l->db->conn, sql.p);
    bool ok = PQresultStatus(res) == PGRES_COPY_IN || pg_failed(l->db, res, sql.p);
    PQclear(res);
    Buf *b = NEW(l->arena, Buf);
    *b = buf_new(l->arena, 0);
    l->bytes = b;
    return ok;
}

/* Text of COPY: tab, newline, carriage return and backslash are escaped. */
static void copy_text(Buf *b, Str s) {
    ptrdiff_t from = 0;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        char escape = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\\' ? '\\' : 0;
        if (!escape) continue;
        buf_put(b, str_sub(s, from, i));
        buf_char(b, '\\');
        buf_char(b, escape);
        from = i + 1;
    }
    buf_put(b, str_sub(s, from, s.n));
}

static void copy_blob(Buf *b, Str s) {
    static const char HEX[] = "0123456789abcdef";
    buf_lit(b, "\\\\x");
    for (ptrdiff_t i = 0; i < s.n; i++) {
        buf_char(b, HEX[(unsigned char)s.p[i] >> 4]);
        buf_char(b, HEX[s.p[i] & 15]);
    }
}

static bool copy_flush(Load *l) {
    Buf *b = l->bytes;
    bool ok = !b->over && PQputCopyData(l->db->conn, b->n ? b->p : "", (int)b->n) == 1;
    b->n = 0;
    return ok || pg_failed(l->db, NULL, l->table);
}

static bool pg_load_row(Load *l, const DbVal *values) {
    Buf *b = l->bytes;
    char number[NUMBER_BYTES];
    for (int k = 0; k < l->columns; k++) {
        const DbVal *v = &values[k];
        if (k) buf_char(b, '\t');
        if (v->type == DB_INT) buf_put(b, str_from(digits_of(number, v->i)));
        if (v->type == DB_TEXT) copy_text(b, v->s);
        if (v->type == DB_BLOB) copy_blob(b, v->s);
        if (v->type == DB_NULL) buf_lit(b, "\\N");
    }
    buf_char(b, '\n');
    return b->n < COPY_BYTES || copy_flush(l);
}

static bool pg_load_end(Load *l, bool keep) {
    Db *db = l->db;
    bool ok = keep && copy_flush(l);
    if (PQputCopyEnd(db->conn, ok ? NULL : "given up") != 1) pg_failed(db, NULL, l->table);
    for (PGresult *res; (res = PQgetResult(db->conn)) != NULL; PQclear(res))
        if (PQresultStatus(res) != PGRES_COMMAND_OK) ok = ok && pg_failed(db, res, l->table);
    return ok;
}

const Driver PG_DRIVER = {
    .begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    .begin_write = "BEGIN ISOLATION LEVEL READ COMMITTED",
    .begin_note = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL synchronous_commit TO off",
    .open = pg_open,
    .close = pg_close,
    .prepare = pg_prepare,
    .unprepare = pg_unprepare,
    .start = pg_start,
    .next = pg_next,
    .finish = pg_finish,
    .get_i64 = pg_i64,
    .get_str = pg_str,
    .get_null = pg_null,
    .script = pg_script,
    .load_begin = pg_load_begin,
    .load_row = pg_load_row,
    .load_end = pg_load_end,
};
