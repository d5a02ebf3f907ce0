/* The only user of libmicrohttpd. It turns a connection into a Request once the gate let its head
 * pass and its body is whole, and a Response back into bytes.
 *
 * The gate refuses what proxies and servers read differently (request smuggling): exactly one Host,
 * at most one Content-Length, never both that and Transfer-Encoding, only `chunked`, no blanks in
 * header names, known methods, no NUL, no folded lines.
 *
 * The library joins folded lines, drops lines without a name and cuts texts at a NUL without saying
 * so. It leaves the texts of a head where they were received, so what it passed over shows as a
 * gap between them (head_is_whole).
 */
#include "http/server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "http/http.h"
#include "http/patience.h"

enum {
    CONNECTIONS_MAX = 1000,
    PER_ADDRESS_MAX = 200,
    IDLE_S = 15,     /* of silence */
    PATIENCE_S = 30, /* for a head; for a body or an answer beside what its length takes */
    HEAD_BYTES = 64 << 10,
    PATH_MAX_BYTES = 2048,
    STOP_S = 10
};

struct Server {
    struct MHD_Daemon *daemon;
    const Register *reg;
    Arena *arena;
    Patience *patience;
    atomic_int running;
    atomic_bool stopping;
    bool secure_cookie;
};

/* One request on its way in. */
typedef struct Conn {
    Arena *arena;
    Line *line;
    size_t target_bytes; /* of the request target as received */
    bool let_in;         /* the gate was passed, or `refuse` is set */
    Ctx c;
    Request r;
    Buf body;
    size_t body_max;
    size_t received;
    int refuse;  /* status the gate answers with, 0: let in */
    bool denied; /* for what its head says: the body is passed over, the failure stands in c */
    bool over;   /* answered before its body came: the connection ends with the answer */
    int64_t start_us, start_cpu_us;
} Conn;

bool server_secure_cookie(const Server *s) {
    return s && s->secure_cookie;
}

/* --- gate --------------------------------------------------------------------------------------
 */

typedef struct Head {
    Conn *conn;
    int hosts, lengths, encodings;
    bool bad;
} Head;

static bool token_text(Str s) {
    for (ptrdiff_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == ':' || (unsigned char)s.p[i] >= 0x7f)
            return false;
    return s.n > 0;
}

static enum MHD_Result on_header(void *user, enum MHD_ValueKind kind, const char *key, size_t nkey,
                                 const char *value, size_t nvalue) {
    (void)kind;
    Head *h = user;
    Request *r = &h->conn->r;
    Str name = str_of(key, nkey), text = value ? str_of(value, nvalue) : S("");
    if (!token_text(name) || memchr(text.p, 0, (size_t)text.n)) h->bad = true;
    if (str_eq_nocase(name, S("host"))) h->hosts++;
    if (str_eq_nocase(name, S("content-length"))) h->lengths++;
    if (str_eq_nocase(name, S("transfer-encoding"))) {
        h->encodings++;
        if (!str_eq_nocase(text, S("chunked"))) h->bad = true;
    }
    if (r->nheaders == HTTP_PAIRS_MAX)
        h->bad = true;
    else
        r->headers[r->nheaders++] = (Pair){name, text};
    return MHD_YES;
}

static enum MHD_Result on_argument(void *user, enum MHD_ValueKind kind, const char *key,
                                   size_t nkey, const char *value, size_t nvalue) {
    (void)kind;
    Head *h = user;
    Request *r = &h->conn->r;
    Pair p = {str_of(key, nkey), value ? str_of(value, nvalue) : S("")};
    if (utf8_invalid_at(p.name) >= 0 || utf8_invalid_at(p.value) >= 0 ||
        memchr(p.value.p, 0, (size_t)p.value.n))
        h->bad = true;
    if (r->nquery == HTTP_PAIRS_MAX)
        h->bad = true;
    else
        r->query[r->nquery++] = p;
    return MHD_YES;
}

static uintptr_t end_of(const char *text, size_t n) {
    return (uintptr_t)text + n;
}

/* Nothing but CR LF, or LF, between two texts of the head. */
static bool is_line_end(uintptr_t from, const char *to) {
    return (uintptr_t)to == from + 2 || (uintptr_t)to == from + 1;
}

/* Whether the parts of a head lie side by side: method, target, version, then names and values in
 * order, one colon and at most two blanks between them. Sizes come from what the library says the
 * head has in all. */
static bool head_is_whole(struct MHD_Connection *mhd, const Conn *conn, const char *method,
                          const char *version) {
    const Request *r = &conn->r;
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    uintptr_t end = end_of(version, strlen(version));
    if ((uintptr_t)version != end_of(method, strlen(method)) + conn->target_bytes + 2) return false;
    for (int i = 0; i < r->nheaders; i++) {
        const Pair *h = &r->headers[i];
        uintptr_t colon = end_of(h->name.p, (size_t)h->name.n);
        if (!is_line_end(end, h->name.p)) return false;
        uintptr_t blanks = (uintptr_t)h->value.p - colon - 1;
        if (h->value.n && blanks > 2) return false;
        end = blanks > 2 ? colon + 1 : end_of(h->value.p, (size_t)h->value.n);
    }
    uintptr_t all = size ? (uintptr_t)method + size->header_size : 0;
    return all >= end + 2 && all <= end + 4;
}

static bool known_method(Str m) {
    static const char *const KNOWN[] = {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (str_eq(m, str_from(KNOWN[i]))) return true;
    return false;
}

static int gate(struct MHD_Connection *mhd, Conn *conn, const char *method, const char *version) {
    Head h = {.conn = conn};
    Request *r = &conn->r;
    r->headers = NEW_N(conn->arena, Pair, HTTP_PAIRS_MAX);
    r->query = NEW_N(conn->arena, Pair, HTTP_PAIRS_MAX);
    MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, on_header, &h);
    MHD_get_connection_values_n(mhd, MHD_GET_ARGUMENT_KIND, on_argument, &h);
    if (!known_method(r->method)) return 501;
    if (!head_is_whole(mhd, conn, method, version)) return 400;
    if (h.bad || h.hosts != 1 || h.lengths > 1 || h.encodings > 1) return 400;
    if (h.lengths && h.encodings) return 400;
    /* what is no text is neither answered nor logged */
    if (utf8_invalid_at(r->path) >= 0) r->path = S("");
    if (r->path.n == 0 || r->path.p[0] != '/') return 400;
    if (r->path.n > PATH_MAX_BYTES) return 414;
    return 0;
}

/* --- requests ----------------------------------------------------------------------------------
 */

static Str client_address(Arena *a, struct MHD_Connection *mhd) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char text[INET6_ADDRSTRLEN] = "";
    const struct sockaddr *addr = info ? info->client_addr : NULL;
    if (addr && addr->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)addr)->sin_addr, text,
                  sizeof text);
    if (addr && addr->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)addr)->sin6_addr, text,
                  sizeof text);
    return str_dup(a, str_from(text));
}

/* The first the library tells of a request: its target as received. */
static void *on_target(void *user, const char *target, struct MHD_Connection *mhd) {
    Server *s = user;
    Arena *a = arena_open(HTTP_ARENA_MAX);
    Conn *conn = NEW(a, Conn);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    conn->arena = a;
    conn->line = info ? info->socket_context : NULL;
    conn->target_bytes = strlen(target);
    conn->start_us = clock_mono_us();
    conn->start_cpu_us = clock_cpu_us();
    atomic_fetch_add(&s->running, 1);
    return conn;
}

/* Decodes %XX of a path or argument. %00 becomes a byte that no text has: the gate refuses it. */
static size_t on_escaped(void *user, struct MHD_Connection *mhd, char *text) {
    (void)user, (void)mhd;
    for (char *p = strstr(text, "%00"); p; p = strstr(p, "%00")) memset(p, 0xff, 3);
    return MHD_http_unescape(text);
}

static void conn_begin(Server *s, struct MHD_Connection *mhd, Conn *conn, const char *url,
                       const char *method, const char *version) {
    Arena *a = conn->arena;
    conn->let_in = true;
    conn->c = ctx_new(a, clock_now_ms());
    conn->body = buf_new(a, HTTP_UPLOAD_MAX);
    conn->r = (Request){.c = &conn->c,
                        .server = s,
                        .reg = s->reg,
                        .id = secret_token(a, 9),
                        .method = str_dup(a, str_from(method)),
                        .path = str_dup(a, str_from(url)),
                        .address = client_address(a, mhd)};
    conn->refuse = gate(mhd, conn, method, version);
    const char *token = MHD_lookup_connection_value(mhd, MHD_COOKIE_KIND, "jixia");
    conn->r.token = str_dup(a, str_from(token));
    conn->denied = !conn->refuse && !http_admit(&conn->r, &conn->body_max);
}

/* Whether a request that is refused by its head is answered before its body: when the head is not
 * to be trusted, when the client waits to be told, when there is more than is worth passing over.
 * A shorter body is passed over, because a client that still sends may not read the answer. */
static bool answer_now(const Conn *conn) {
    int64_t length = 0;
    Str text = http_header(&conn->r, S("content-length"));
    if (conn->refuse) return true;
    if (!conn->denied) return false;
    if (text.n && !str_to_i64(text, &length)) return true;
    return length > HTTP_UPLOAD_MAX ||
           str_eq_nocase(http_header(&conn->r, S("expect")), S("100-continue"));
}

static void add_header(struct MHD_Response *m, Arena *a, const char *name, Str value) {
    if (value.n) MHD_add_response_header(m, name, str_z(a, value));
}

#define POLICY                                                                                     \
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "                 \
    "frame-ancestors 'none'"

static void security_headers(struct MHD_Response *m, const Response *out) {
    MHD_add_response_header(m, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(m, "Referrer-Policy", "same-origin");
    MHD_add_response_header(m, "Content-Security-Policy",
                            out->inline_styles ? POLICY
                                "; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
                                               : POLICY);
    MHD_add_response_header(m, "Vary", "Accept, Accept-Language, Accept-Encoding");
}

static enum MHD_Result send_response(struct MHD_Connection *mhd, Conn *conn, const Response *out) {
    Arena *a = conn->arena;
    struct MHD_Response *m = MHD_create_response_from_buffer(
        (size_t)out->body.n, (void *)(uintptr_t)out->body.p, MHD_RESPMEM_MUST_COPY);
    if (!m) return MHD_NO;
    add_header(m, a, "Content-Type", out->type);
    add_header(m, a, "Location", out->location);
    add_header(m, a, "Set-Cookie", out->cookie);
    add_header(m, a, "Content-Encoding", out->encoding);
    add_header(m, a, "Cache-Control", out->cache.n ? out->cache : S("no-store"));
    if (out->etag.n) add_header(m, a, "ETag", str_printf(a, "\"%.*s\"", STRF(out->etag)));
    if (out->filename.n)
        add_header(m, a, "Content-Disposition",
                   str_printf(a, "attachment; filename=\"export\"; filename*=UTF-8''%.*s",
                              STRF(out->filename)));
    add_header(m, a, "X-Request-Id", conn->r.id);
    add_header(m, a, "Content-Language", conn->c.lang == LANG_EN ? S("en") : S("zh-CN"));
    if (out->retry_after_s)
        add_header(m, a, "Retry-After", str_printf(a, "%lld", (long long)out->retry_after_s));
    if (conn->over) MHD_add_response_header(m, "Connection", "close");
    security_headers(m, out);
    enum MHD_Result ok = MHD_queue_response(mhd, (unsigned)out->status, m);
    MHD_destroy_response(m);
    return ok;
}

static void log_request(const Conn *conn, const Response *out) {
    Arena *a = conn->arena;
    const Request *r = &conn->r;
    int64_t us = clock_mono_us() - conn->start_us, cpu = clock_cpu_us() - conn->start_cpu_us;
    LOG(out->status >= 500 ? LOG_ERROR : LOG_INFO, "http", {"req", r->id}, {"method", r->method},
        {"path", r->path}, {"status", str_printf(a, "%d", out->status)},
        {"user", r->user ? r->user->name : S("-")}, {"us", str_printf(a, "%lld", (long long)us)},
        {"cpu_us", str_printf(a, "%lld", (long long)cpu)},
        {"bytes", str_printf(a, "%td", out->body.n)});
    const Err *e = &conn->c.err;
    if (out->status >= 500 && e->code != ERR_NONE)
        LOG(LOG_ERROR, "failure", {"req", r->id}, {"at", str_printf(a, "%s:%d", e->file, e->line)},
            {"text", note_text(a, &e->note, LANG_EN)});
}

static void answer(Conn *conn, Response *out) {
    if (conn->refuse) {
        conn->c.err = (Err){0};
        if (conn->refuse == 413)
            FAIL(&conn->c, ERR_LIMIT, M_HTTP_TOO_LARGE,
                 str_printf(conn->arena, "%zu", conn->body_max));
        else
            FAIL(&conn->c, ERR_INPUT, M_HTTP_REFUSED);
        http_problem(&conn->r, out);
        out->status = conn->refuse;
        return;
    }
    if (conn->denied) {
        http_problem(&conn->r, out);
        return;
    }
    conn->r.body = buf_str(&conn->body);
    http_dispatch(&conn->r, out);
}

/* False when more came than anybody passes over. */
static bool take_body(Conn *conn, const char *data, size_t *size) {
    patience_moved(conn->line, *size);
    conn->received += *size;
    if (!conn->denied && conn->body.n + *size > conn->body_max) conn->refuse = 413;
    if (!conn->refuse && !conn->denied) buf_put(&conn->body, str_of(data, *size));
    *size = 0;
    return conn->received <= (size_t)HTTP_UPLOAD_MAX * 2;
}

/* One step of a request: its head, a piece of its body, or, when all is there, the answer. False:
 * more is to come. */
static bool take(Server *s, Conn *conn, struct MHD_Connection *mhd, const char *url,
                 const char *method, const char *version, Response *out) {
    if (!conn->let_in) {
        conn_begin(s, mhd, conn, url, method, version);
        conn->over = answer_now(conn);
        if (!conn->over) {
            patience_begin(conn->line, 0);
            return false;
        }
    }
    patience_rest(conn->line);
    answer(conn, out);
    return true;
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **state) {
    Server *s = user;
    Conn *conn = *state;
    if (!conn) return MHD_NO;
    Response out = {0};
    jmp_buf trap;
    if (setjmp(trap) == 0) {
        arena_trap(conn->arena, &trap);
        bool piece = conn->let_in && *size;
        bool ok = !piece || take_body(conn, data, size);
        bool answered = !piece && take(s, conn, mhd, url, method, version, &out);
        arena_trap(conn->arena, NULL);
        if (!ok) return MHD_NO;
        if (!answered) return MHD_YES;
    } else { /* over the memory limit, outside of a handler */
        arena_trap(conn->arena, NULL);
        if (!conn->let_in || *size) return MHD_NO;
        out = (Response){.status = 413,
                         .type = S("application/problem+json"),
                         .body = S("{\"type\":\"/problems/limit\",\"title\":\"too large\","
                                   "\"status\":413}")};
    }
    log_request(conn, &out);
    enum MHD_Result sent = send_response(mhd, conn, &out);
    http_end(&conn->r); /* before the answer is on its way: nobody knows how long that takes */
    patience_begin(conn->line, (size_t)out.body.n);
    return sent;
}

static void on_completed(void *user, struct MHD_Connection *mhd, void **state,
                         enum MHD_RequestTerminationCode why) {
    Server *s = user;
    Conn *conn = *state;
    (void)mhd, (void)why;
    if (!conn) return;
    patience_begin(conn->line, 0); /* for the next one */
    http_end(&conn->r);
    arena_close(conn->arena);
    *state = NULL;
    atomic_fetch_sub(&s->running, 1);
}

static void on_connection(void *user, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode what) {
    Server *s = user;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (what == MHD_CONNECTION_NOTIFY_STARTED && info)
        *context = patience_enter(s->patience, info->connect_fd);
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) patience_leave(*context);
}

/* --- start and stop ----------------------------------------------------------------------------
 */

Server *server_start(Ctx *c, const Register *reg, const ServerOptions *o) {
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons((uint16_t)o->port)};
    if (inet_pton(AF_INET, str_z(c->arena, o->bind), &addr.sin_addr) != 1) {
        FAIL(c, ERR_INPUT, M_HTTP_ADDRESS, o->bind);
        return NULL;
    }
    Arena *a = arena_open(0);
    Server *s = NEW(a, Server);
    s->arena = a;
    s->reg = reg;
    s->secure_cookie = o->secure_cookie;
    s->patience = patience_start(a, o->patience_s ? o->patience_s : PATIENCE_S, CONNECTIONS_MAX);
    s->daemon =
        !s->patience
            ? NULL
            : MHD_start_daemon(
                  MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL,
                  (uint16_t)o->port, NULL, NULL, on_request, s, MHD_OPTION_SOCK_ADDR, &addr,
                  MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
                  MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)PER_ADDRESS_MAX,
                  MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
                  MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_BYTES,
                  MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
                  MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_URI_LOG_CALLBACK,
                  on_target, s, MHD_OPTION_UNESCAPE_CALLBACK, on_escaped, NULL,
                  MHD_OPTION_THREAD_STACK_SIZE, (size_t)1 << 20, MHD_OPTION_END);
    if (s->daemon) return s;
    patience_stop(s->patience);
    FAIL(c, ERR_INPUT, M_HTTP_LISTEN, o->bind, str_printf(c->arena, "%d", o->port));
    arena_close(a);
    return NULL;
}

int server_port(const Server *s) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

void server_stop(Server *s) {
    if (!s) return;
    MHD_socket listening = MHD_quiesce_daemon(s->daemon);
    for (int i = 0; i < STOP_S * 20 && atomic_load(&s->running) > 0; i++) usleep(50000);
    MHD_stop_daemon(s->daemon);
    patience_stop(s->patience);
    if (listening != MHD_INVALID_SOCKET) close(listening);
    arena_close(s->arena);
}
