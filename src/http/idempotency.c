/* Repeated writes: the same key and request of the same user get the first answer again, for seven
 * days; the same key with another request is 422, one still running 409.
 *
 * A claim belongs to the process that runs the request and holds as long as that process lives,
 * however long the work takes: a process says every HTTP_BEAT_MS that it is alive, and its claims
 * are given up when it has said nothing for DEAD_MS, or at once when it ran on this machine and is
 * gone (base/life.h): a server that starts again after its death takes up what it had begun. In its
 * own process a claim holds while the request runs (`running`): on a full disk one may be left that
 * could not be taken back. A request that has done its act and died before its answer was kept is
 * marked as done (by journal_add, in the act's own transaction): it is never done twice.
 *
 * A request over many acts in parts, each in a transaction with a row that says so
 * (idempotency_part): sent again, it goes on with the rest. Claims and kept answers are notes
 * (DB_NOTE): should a power cut lose one, the act itself says what was done. */
#include <pthread.h>

#include "base/hash.h"
#include "base/life.h"
#include "http/http.h"

enum { KEEP_MS = 7 * 86400000, DEAD_MS = 120000, DONE = 1 };

/* The claims of requests that run in this process; each lies in its request's arena. */
struct IdempotencyRun {
    struct IdempotencyRun *next;
    Str process, key; /* process: of the register, a process may have several */
    int64_t user;
};
static pthread_mutex_t running_lock = PTHREAD_MUTEX_INITIALIZER;
static IdempotencyRun *running;

static Str key_of(const Request *r) {
    return http_header(r, S("idempotency-key"));
}

static Str request_hash(const Request *r) {
    Hash *h = hash_open(HASH_SHA256);
    hash_add(h, str_printf(r->c->arena, "%.*s %.*s\n", STRF(r->method), STRF(r->path)));
    hash_add(h, r->body);
    unsigned char out[HASH_BYTES];
    hash_close(h, out);
    return hex_text(r->c->arena, out, HASH_BYTES);
}

static int64_t user_of(const Request *r) {
    return r->user ? r->user->id : 0;
}

static bool running_here(const Request *r, Str key) {
    pthread_mutex_lock(&running_lock);
    const IdempotencyRun *at = running;
    while (at && !(at->user == user_of(r) && str_eq(at->key, key) &&
                   str_eq(at->process, r->reg->process)))
        at = at->next;
    pthread_mutex_unlock(&running_lock);
    return at != NULL;
}

static void running_add(Request *r, Str key) {
    IdempotencyRun *mine = NEW(r->c->arena, IdempotencyRun);
    *mine = (IdempotencyRun){.process = r->reg->process, .key = key, .user = user_of(r)};
    pthread_mutex_lock(&running_lock);
    mine->next = running;
    running = r->running = mine;
    pthread_mutex_unlock(&running_lock);
}

void idempotency_over(Request *r) {
    if (!r->running) return;
    pthread_mutex_lock(&running_lock);
    IdempotencyRun **at = &running;
    while (*at != r->running) at = &(*at)->next;
    *at = r->running->next;
    pthread_mutex_unlock(&running_lock);
    r->running = NULL;
}

typedef struct Claim {
    Request *r;
    Str key, hash;
    Response *out;
    bool answered;
} Claim;

static bool old_answer(Claim *k, Rows *rows) {
    Arena *a = k->r->c->arena;
    if (!str_eq(row_str(rows, 0), k->hash)) return FAIL(k->r->c, ERR_RULE, M_HTTP_KEY_REUSED);
    int status = (int)row_i64(rows, 1);
    if (status == 0) return FAIL(k->r->c, ERR_STATE, M_HTTP_KEY_RUNNING);
    if (status == DONE) return FAIL(k->r->c, ERR_STATE, M_HTTP_KEY_DONE);
    *k->out = (Response){.status = status,
                         .etag = str_dup(a, row_str(rows, 2)),
                         .location = str_dup(a, row_str(rows, 3)),
                         .body = str_dup(a, row_str(rows, 4))};
    if (status >= 400) k->out->type = S("application/problem+json; charset=utf-8");
    k->answered = true;
    return true;
}

bool idempotency_beat(Db *db, const Register *reg) {
    int64_t now = db_ctx(db)->now_ms;
    return EXEC(db, "DELETE FROM process WHERE seen_ms < $1", db_i(now - KEEP_MS)) &&
           EXEC(db,
                "INSERT INTO process(name, seen_ms) VALUES ($1, $2) "
                "ON CONFLICT (name) DO UPDATE SET seen_ms = excluded.seen_ms",
                db_s(reg->process), db_i(now));
}

/* Two statements, each with an index of its own: a table of kept answers is not read through. */
static bool drop_old(Db *db, const Register *reg) {
    int64_t now = db_ctx(db)->now_ms;
    return EXEC(db, "DELETE FROM idempotency WHERE made_ms < $1", db_i(now - KEEP_MS)) &&
           EXEC(db, "DELETE FROM idempotency_part WHERE made_ms < $1", db_i(now - KEEP_MS)) &&
           EXEC(db,
                "DELETE FROM idempotency WHERE status = 0 AND process <> $1 AND "
                "process NOT IN (SELECT name FROM process WHERE seen_ms >= $2)",
                db_s(reg->process), db_i(now - DEAD_MS));
}

bool idempotency_bury(Db *db, const Register *reg) {
    Arena *a = db_ctx(db)->arena;
    Str *names = NULL;
    int n = 0, cap = 0;
    Rows *q = Q(db, "SELECT name FROM process ORDER BY name");
    while (q && row_next(q)) {
        GROW(a, names, n, cap);
        names[n++] = str_dup(a, row_str(q, 0));
    }
    if (q) rows_close(q);
    for (int i = 0; i < n; i++)
        if (!str_eq(names[i], reg->process) && life_over(a, names[i]) &&
            !EXEC(db, "DELETE FROM process WHERE name = $1", db_s(names[i])))
            return false;
    return ctx_ok(db_ctx(db));
}

/* What a request of this process left that is over and could not take its claim back. */
static bool drop_left(Db *db, const Claim *k) {
    return running_here(k->r, k->key) ||
           EXEC(db,
                "DELETE FROM idempotency WHERE app_user = $1 AND key = $2 AND status = 0 AND "
                "process = $3",
                db_i(user_of(k->r)), db_s(k->key), db_s(k->r->reg->process));
}

static bool claim(Db *db, void *user) {
    Claim *k = user;
    Ctx *c = db_ctx(db);
    int64_t id = user_of(k->r), made = 0;
    if (!idempotency_beat(db, k->r->reg) || !drop_old(db, k->r->reg)) return false;
    if (!k->r->running && !drop_left(db, k)) return false;
    Rows *rows = Q(db,
                   "SELECT request_sha256, status, etag, location, body FROM idempotency "
                   "WHERE app_user = $1 AND key = $2",
                   db_i(id), db_s(k->key));
    bool seen = rows && row_next(rows);
    bool ok = ctx_ok(c) && (!seen || old_answer(k, rows));
    if (rows) rows_close(rows);
    if (!ok || seen) return ok;
    DbVal args[] = {db_s(k->key), db_i(id),        db_s(k->hash),
                    db_b(S("")),  db_i(c->now_ms), db_s(k->r->reg->process)};
    if (!db_exec(db,
                 "INSERT INTO idempotency(key, app_user, request_sha256, status, etag, location, "
                 "body, made_ms, process) VALUES ($1, $2, $3, 0, '', '', $4, $5, $6) "
                 "ON CONFLICT DO NOTHING",
                 &made, 6, args))
        return false;
    if (made != 1) return FAIL(c, ERR_STATE, M_HTTP_KEY_RUNNING); /* claimed a moment ago */
    if (!k->r->running) running_add(k->r, k->key);                /* before anybody sees the row */
    return true;
}

bool idempotency_begin(Request *r, Response *out, bool *answered) {
    Claim k = {.r = r, .key = key_of(r), .hash = request_hash(r), .out = out};
    *answered = false;
    if (k.key.n < 8 || k.key.n > 64) return FAIL(r->c, ERR_INPUT, M_HTTP_KEY);
    if (!tx_run(r->db, DB_NOTE, claim, &k)) {
        idempotency_over(r);
        return false;
    }
    *answered = k.answered;
    r->c->claim = k.answered ? S("") : k.key;
    r->c->claimed_by = user_of(r);
    return !k.answered;
}

typedef struct Keep {
    Request *r;
    const Response *out;
} Keep;

static bool keep(Db *db, void *user) {
    const Keep *k = user;
    int64_t id = user_of(k->r);
    return (!k->r->in_parts ||
            EXEC(db, "DELETE FROM idempotency_part WHERE app_user = $1 AND key = $2", db_i(id),
                 db_s(key_of(k->r)))) &&
           EXEC(db,
                "UPDATE idempotency SET status = $1, etag = $2, location = $3, body = $4 "
                "WHERE app_user = $5 AND key = $6",
                db_i(k->out->status ? k->out->status : 200), db_s(k->out->etag),
                db_s(k->out->location), db_b(k->out->body), db_i(id), db_s(key_of(k->r)));
}

static bool forget(Db *db, void *user) {
    const Keep *k = user;
    int64_t id = user_of(k->r);
    return EXEC(db, "DELETE FROM idempotency WHERE app_user = $1 AND key = $2 AND status = 0",
                db_i(id), db_s(key_of(k->r)));
}

/* An answer of the server's own making (5xx) is not kept: the client may try again. */
void idempotency_end(Request *r, const Response *out) {
    Keep k = {r, out};
    Err before = r->c->err;
    ctx_clear(r->c);
    r->c->claim = S("");
    tx_run(r->db, DB_NOTE, out->status >= 500 ? forget : keep, &k);
    idempotency_over(r);
    r->c->err = before;
}

/* --- in parts ----------------------------------------------------------------------------------
 */

Str idempotency_request(const Request *r) {
    return request_hash(r);
}

bool idempotency_parts(Request *r, IdempotencyPart **out, int *n) {
    int cap = 0;
    *out = NULL;
    *n = 0;
    r->in_parts = true;
    r->c->claim = S(""); /* no act of it means that all of it is done */
    Rows *q = Q(r->db,
                "SELECT item, result FROM idempotency_part WHERE app_user = $1 AND key = $2 AND "
                "request_sha256 = $3 ORDER BY item",
                db_i(r->user->id), db_s(key_of(r)), db_s(request_hash(r)));
    while (q && row_next(q)) {
        GROW(r->c->arena, *out, *n, cap);
        (*out)[(*n)++] = (IdempotencyPart){row_i64(q, 0), str_dup(r->c->arena, row_str(q, 1))};
    }
    if (q) rows_close(q);
    return ctx_ok(r->c);
}

bool idempotency_part_done(Db *db, const Request *r, Str request, int64_t item, Str result) {
    return EXEC(db,
                "INSERT INTO idempotency_part(app_user, key, item, request_sha256, result, "
                "made_ms) VALUES ($1, $2, $3, $4, $5, $6)",
                db_i(r->user->id), db_s(key_of(r)), db_i(item), db_s(request), db_s(result),
                db_i(db_ctx(db)->now_ms));
}
