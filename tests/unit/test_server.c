/* The real server on a free port of the loopback interface, spoken to byte by byte: the gate, many
 * requests at once, slow and vanishing clients, a stop while requests run. Run under TSan too. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "http/server.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

enum { THREADS = 8, REQUESTS = 50, ANSWER_MAX = 1 << 20, WAIT_S = 20 };

static Server *start(HttpFixture *f) {
    ServerOptions o = {.bind = S("127.0.0.1")};
    log_set_level(LOG_ERROR);
    Server *s = server_start(&f->ctx, f->reg, &o);
    CHECK(s != NULL);
    return s;
}

static void stop(Server *s) {
    server_stop(s);
    log_set_level(LOG_INFO);
}

/* receive_buffer: how much is taken before anybody reads; 0: what is usual. */
static int dial_with(int port, int receive_buffer) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct timeval wait = {.tv_sec = WAIT_S};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    if (receive_buffer)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) return fd;
    close(fd);
    return -1;
}

static int dial(int port) {
    return dial_with(port, 0);
}

static bool send_all(int fd, Str bytes) {
    while (bytes.n) {
        ssize_t n = send(fd, bytes.p, (size_t)bytes.n, MSG_NOSIGNAL);
        if (n <= 0) return false;
        bytes = str_sub(bytes, n, bytes.n);
    }
    return true;
}

/* Everything the server sends until it closes (requests say Connection: close). */
static Str receive(Arena *a, int fd) {
    Buf b = buf_new(a, ANSWER_MAX);
    char chunk[4096];
    ssize_t n;
    while ((n = recv(fd, chunk, sizeof chunk, 0)) > 0) buf_put(&b, str_of(chunk, (size_t)n));
    return buf_str(&b);
}

/* The status of one answer; 0 when the server closed without any. */
static int status_of(Str answer) {
    int64_t status = 0;
    if (!str_starts(answer, S("HTTP/1.")) || answer.n < 12) return 0;
    return str_to_i64(str_sub(answer, 9, 12), &status) ? (int)status : 0;
}

static int exchange(int port, Str request) {
    int fd = dial(port);
    Arena *a = arena_open(0);
    if (fd < 0) return -1;
    send_all(fd, request);
    shutdown(fd, SHUT_WR);
    int status = status_of(receive(a, fd));
    close(fd);
    arena_close(a);
    return status;
}

#define HEALTH "GET /api/v1/health HTTP/1.1\r\n"
#define HOST "Host: localhost\r\n"
#define CLOSE "Connection: close\r\n"

TEST(server_answers) {
    HttpFixture *f = http_fixture();
    Server *s = start(f);
    int port = server_port(s), fd = dial(port);
    Arena *a = arena_open(0);
    CHECK(port > 0 && fd >= 0);
    send_all(fd, S(HEALTH HOST CLOSE "\r\n"));
    Str answer = receive(a, fd);
    close(fd);
    CHECK_INT(status_of(answer), 200);
    CHECK(str_find(answer, S("X-Content-Type-Options: nosniff")) > 0);
    CHECK(str_find(answer, S("Content-Security-Policy: default-src 'self'")) > 0);
    CHECK(str_find(answer, S("\"status\":\"ok\"")) > 0);
    CHECK_INT(exchange(port, S("HEAD /api/v1/health HTTP/1.1\r\n" HOST CLOSE "\r\n")), 200);
    CHECK_INT(exchange(port, S("GET /api/v1/rules HTTP/1.1\r\n" HOST CLOSE "\r\n")), 401);
    CHECK_INT(exchange(port, S("GET /api/v1/nothing HTTP/1.1\r\n" HOST CLOSE "\r\n")), 404);
    arena_close(a);
    stop(s);
}

/* --- the gate ----------------------------------------------------------------------------------
 */

#define SIGN_IN "POST /api/v1/session HTTP/1.1\r\n"

TEST(server_gate_refuses_what_proxies_read_differently) {
    static const Str BAD[] = {
        STR_INIT(HEALTH CLOSE "\r\n"),                         /* no Host */
        STR_INIT(HEALTH HOST "Host: other\r\n" CLOSE "\r\n"),  /* two */
        STR_INIT(HEALTH HOST HOST CLOSE "\r\n"),               /* the same twice */
        STR_INIT(HEALTH HOST "X-A : b\r\n" CLOSE "\r\n"),      /* blank before the colon */
        STR_INIT(HEALTH HOST "X-A: b\r\n c\r\n" CLOSE "\r\n"), /* folded line */
        STR_INIT(HEALTH HOST "X A: b\r\n" CLOSE "\r\n"),       /* blank in a name */
        STR_INIT(HEALTH HOST "X-A: a\0b\r\n" CLOSE "\r\n"),    /* NUL in a value */
        STR_INIT(HEALTH HOST "X\0A: b\r\n" CLOSE "\r\n"),      /* NUL in a name */
        STR_INIT(HEALTH HOST ": b\r\n" CLOSE "\r\n"),          /* no name */
        STR_INIT("BREW /api/v1/health HTTP/1.1\r\n" HOST CLOSE "\r\n"),
        STR_INIT("get /api/v1/health HTTP/1.1\r\n" HOST CLOSE "\r\n"),
        STR_INIT("TRACE /api/v1/health HTTP/1.1\r\n" HOST CLOSE "\r\n"),
        STR_INIT("CONNECT localhost:80 HTTP/1.1\r\n" HOST CLOSE "\r\n"),
        STR_INIT("GET /api/v1/health\0x HTTP/1.1\r\n" HOST CLOSE "\r\n"),
        STR_INIT("GET /api/v1/hea\xfflth HTTP/1.1\r\n" HOST CLOSE "\r\n"),
        STR_INIT("GET /api/v1/hea%FFlth HTTP/1.1\r\n" HOST CLOSE "\r\n"),
        STR_INIT("GET /api/v1/health%00 HTTP/1.1\r\n" HOST CLOSE "\r\n"),
        STR_INIT("GET /api/v1/health?q=%00 HTTP/1.1\r\n" HOST CLOSE "\r\n"),
        STR_INIT("GET /api/v1/health?q=%C0%AF HTTP/1.1\r\n" HOST CLOSE "\r\n"),
        STR_INIT("GET /api/v1/health HTTP/9.9\r\n" HOST CLOSE "\r\n"),
        STR_INIT("nonsense\r\n\r\n"),
        STR_INIT("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), /* the beginning of TLS */
        STR_INIT(SIGN_IN HOST "Content-Length: 2\r\nContent-Length: 2\r\n" CLOSE "\r\n{}"),
        STR_INIT(SIGN_IN HOST "Content-Length: 2\r\nContent-Length: 3\r\n" CLOSE "\r\n{}"),
        STR_INIT(SIGN_IN HOST "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n" CLOSE
                              "\r\n2\r\n{}\r\n0\r\n\r\n"),
        STR_INIT(SIGN_IN HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" CLOSE
                              "\r\n2\r\n{}\r\n0\r\n\r\n"),
        STR_INIT(SIGN_IN HOST "Transfer-Encoding: gzip, chunked\r\n" CLOSE "\r\n"),
        STR_INIT(SIGN_IN HOST "Content-Length: -1\r\n" CLOSE "\r\n{}"),
        STR_INIT(SIGN_IN HOST "Content-Length: 0x2\r\n" CLOSE "\r\n{}"),
        STR_INIT(SIGN_IN HOST "Content-Length: 99999999999999999999\r\n" CLOSE "\r\n{}"),
    };
    HttpFixture *f = http_fixture();
    Server *s = start(f);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        int status = exchange(server_port(s), BAD[i]);
        test_case_begin("server gate", BAD[i]);
        CHECK(status == 0 || (status >= 400 && status <= 505));
        test_case_end();
    }
    CHECK_INT(exchange(server_port(s), S(HEALTH HOST CLOSE "\r\n")), 200);
    stop(s);
}

/* A path that is no text does not stand in the answer, which is UTF-8 as all JSON is. */
TEST(server_answers_a_path_that_is_no_text_in_utf8) {
    static const Str PATHS[] = {STR_INIT("%00"), STR_INIT("%f0%28"), STR_INIT("%e5%e5")};
    HttpFixture *f = http_fixture();
    Server *s = start(f);
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        int fd = dial(server_port(s));
        send_all(fd, str_printf(f->arena, "GET /api/v1/cases/%.*s HTTP/1.1\r\n" HOST CLOSE "\r\n",
                                STRF(PATHS[i])));
        Str got = receive(f->arena, fd);
        close(fd);
        CHECK_INT(status_of(got), 400);
        CHECK_INT(utf8_invalid_at(got), -1);
        CHECK(str_find(got, S("\"title\"")) >= 0);
        CHECK(str_find(got, S("\"instance\"")) < 0);
    }
    stop(s);
}

TEST(server_lets_ordinary_heads_in) {
    static const Str GOOD[] = {
        STR_INIT(HEALTH HOST "X-A:\r\n" CLOSE "\r\n"),
        STR_INIT(HEALTH HOST "X-A: \r\n" CLOSE "\r\n"),
        STR_INIT(HEALTH HOST CLOSE "X-A:\r\n\r\n"),
        STR_INIT(HEALTH "Host:localhost\r\n" CLOSE "X-A:b\r\n\r\n"),
        STR_INIT(HEALTH "host: localhost\r\nconnection: close\r\nx-a:  b c\r\n\r\n"),
        STR_INIT("GET /api/v1/health?a=b&c=%41+d&e&=f HTTP/1.1\r\n" HOST CLOSE "\r\n"),
        STR_INIT("GET /api/v1/%68ealth HTTP/1.1\r\n" HOST CLOSE "\r\n"),
        STR_INIT(HEALTH HOST CLOSE "Cookie: jixia=abc; other=\"x y\"; z\r\n\r\n"),
        STR_INIT("\r\n" HEALTH HOST CLOSE "\r\n"),
        STR_INIT("GET /api/v1/health HTTP/1.0\r\n" HOST "\r\n"),
    };
    HttpFixture *f = http_fixture();
    Server *s = start(f);
    Arena *a = arena_open(0);
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        int status = exchange(server_port(s), GOOD[i]);
        test_case_begin("server head", GOOD[i]);
        CHECK_INT(status, 200);
        test_case_end();
    }
    Buf b = buf_new(a, 0);
    buf_lit(&b, HEALTH HOST CLOSE);
    for (int i = 0; i < 60; i++)
        buf_printf(&b, "X-Header-%d: a value of some length, as browsers and proxies send\r\n", i);
    buf_lit(&b, "X-Long: ");
    for (int i = 0; i < 20000; i++) buf_char(&b, 'x');
    buf_lit(&b, "\r\n\r\n");
    CHECK_INT(exchange(server_port(s), buf_str(&b)), 200);
    arena_close(a);
    stop(s);
}

TEST(server_gate_limits_heads_and_bodies) {
    HttpFixture *f = http_fixture();
    Server *s = start(f);
    Arena *a = arena_open(0);
    Buf b = buf_new(a, 0);
    buf_lit(&b, HEALTH HOST CLOSE);
    for (int i = 0; i < 1000; i++) buf_printf(&b, "X-%d: %d\r\n", i, i);
    buf_lit(&b, "\r\n");
    int status = exchange(server_port(s), buf_str(&b));
    CHECK(status == 0 || status == 400 || status == 413 || status == 431);
    b = buf_new(a, 0);
    buf_lit(&b, "GET /api/v1/");
    for (int i = 0; i < 5000; i++) buf_lit(&b, "long/");
    buf_lit(&b, " HTTP/1.1\r\n" HOST CLOSE "\r\n");
    status = exchange(server_port(s), buf_str(&b));
    CHECK(status == 0 || status == 400 || status == 414);
    b = buf_new(a, 0);
    buf_printf(&b, SIGN_IN HOST CLOSE "Content-Length: %d\r\n\r\n", 10 << 20);
    for (int i = 0; i < 10 << 10; i++)
        for (int k = 0; k < 16; k++)
            buf_lit(&b, "0123456789012345678901234567890123456789012345678901234567890123");
    status = exchange(server_port(s), buf_str(&b));
    CHECK(status == 0 || status == 413);
    b.n = 0;
    buf_printf(&b,
               "POST /api/v1/imports HTTP/1.1\r\n" HOST CLOSE "X-Jixia-CSRF: 1\r\n"
               "Content-Length: %d\r\n\r\n",
               5 << 20);
    for (int i = 0; i < 5 << 10; i++)
        for (int k = 0; k < 16; k++)
            buf_lit(&b, "0123456789012345678901234567890123456789012345678901234567890123");
    CHECK_INT(exchange(server_port(s), buf_str(&b)), 401);
    CHECK_INT(exchange(server_port(s), S(HEALTH HOST CLOSE "\r\n")), 200);
    arena_close(a);
    stop(s);
}

/* --- many at once ------------------------------------------------------------------------------
 */

typedef struct Client {
    pthread_t thread;
    int port, number;
    Str token;
    atomic_int *good;
} Client;

static void *client(void *user) {
    static const char *const PATHS[] = {"/health",      "/rules",        "/overview",
                                        "/search?q=zb", "/meta/sources", "/rules/zibo/gazelle",
                                        "/me"};
    Client *k = user;
    Arena *a = arena_open(0);
    for (int i = 0; i < REQUESTS; i++) {
        const char *path = PATHS[(i + k->number) % (int)(sizeof PATHS / sizeof *PATHS)];
        Str request =
            str_printf(a, "GET /api/v1%s HTTP/1.1\r\n" HOST CLOSE "Cookie: jixia=%.*s\r\n\r\n",
                       path, STRF(k->token));
        if (exchange(k->port, request) == 200) atomic_fetch_add(k->good, 1);
        arena_reset(a);
    }
    arena_close(a);
    return NULL;
}

TEST(server_answers_many_at_once) {
    HttpFixture *f = http_fixture();
    Server *s = start(f);
    Client clients[THREADS];
    atomic_int good = 0;
    Str token = http_sign_in(f, S("boss"), S(FIXTURE_PASSWORD));
    for (int i = 0; i < THREADS; i++) {
        clients[i] = (Client){.port = server_port(s), .number = i, .token = token, .good = &good};
        CHECK(pthread_create(&clients[i].thread, NULL, client, &clients[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(clients[i].thread, NULL);
    CHECK_INT(atomic_load(&good), THREADS * REQUESTS);
    stop(s);
}

/* Two requests on one connection, one after the other and both at once. */
TEST(server_keeps_connections) {
    HttpFixture *f = http_fixture();
    Server *s = start(f);
    Arena *a = arena_open(0);
    int fd = dial(server_port(s));
    send_all(fd, S(HEALTH HOST "\r\n" HEALTH HOST CLOSE "\r\n"));
    Str answers = receive(a, fd);
    close(fd);
    ptrdiff_t first = str_find(answers, S("HTTP/1.1 200"));
    CHECK_INT(first, 0);
    CHECK(str_find(str_sub(answers, 12, answers.n), S("HTTP/1.1 200")) > 0);
    arena_close(a);
    stop(s);
}

/* --- slow, vanishing, stopping -----------------------------------------------------------------
 */

TEST(server_waits_for_slow_clients_and_forgets_those_gone) {
    HttpFixture *f = http_fixture();
    Server *s = start(f);
    Arena *a = arena_open(0);
    Str request = S(HEALTH HOST CLOSE "\r\n");
    int slow = dial(server_port(s)), gone = dial(server_port(s)), half = dial(server_port(s));
    send_all(gone, S(SIGN_IN HOST "Content-Length: 100\r\n\r\n{\"name\":"));
    close(gone);
    send_all(half, S("GET /api/v1/hea"));
    for (ptrdiff_t i = 0; i < request.n; i++) {
        CHECK(send_all(slow, str_sub(request, i, i + 1)));
        if (i % 8 == 0) usleep(2000);
    }
    CHECK_INT(status_of(receive(a, slow)), 200);
    close(slow);
    CHECK_INT(exchange(server_port(s), request), 200);
    int64_t from = clock_mono_us();
    stop(s); /* the half request does not hold it up */
    CHECK(clock_mono_us() - from < 12 * 1000000);
    close(half);
    arena_close(a);
}

typedef struct Late {
    pthread_t thread;
    int port;
    Str token;
    atomic_bool sent;
    int status;
} Late;

static void *late(void *user) {
    Late *k = user;
    Arena *a = arena_open(0);
    Str body = S("{\"name\":\"boss\",\"password\":\"" FIXTURE_PASSWORD "\"}");
    int fd = dial(k->port);
    send_all(fd, str_printf(a,
                            SIGN_IN HOST CLOSE "Content-Type: application/json\r\n"
                                               "X-Jixia-CSRF: 1\r\nContent-Length: %td\r\n\r\n%.*s",
                            body.n, STRF(body)));
    atomic_store(&k->sent, true);
    k->status = status_of(receive(a, fd));
    close(fd);
    arena_close(a);
    return NULL;
}

/* A sign-in takes tens of milliseconds: it runs while the server is told to stop. */
TEST(server_finishes_what_runs_when_stopped) {
    HttpFixture *f = http_fixture();
    Server *s = start(f);
    int port = server_port(s);
    Late k = {.port = port};
    CHECK(pthread_create(&k.thread, NULL, late, &k) == 0);
    while (!atomic_load(&k.sent)) usleep(500);
    usleep(5000);
    stop(s);
    pthread_join(k.thread, NULL);
    CHECK_INT(k.status, 201);
    CHECK_INT(dial(port), -1);
}

/* --- those who take their time on purpose -------------------------------------------------------
 */

/* Who does not take the answer must not keep what others need: the connections to the database. */
TEST(server_does_not_wait_for_readers_with_what_others_need) {
    HttpFixture *f = http_fixture();
    Server *s = start(f);
    int port = server_port(s), slow[HTTP_POOL + 8], small = 4096;
    Str request = S("GET /api/v1/openapi.json HTTP/1.1\r\n" HOST "\r\n");
    for (int i = 0; i < HTTP_POOL + 8; i++) {
        slow[i] = dial_with(port, small);
        for (int k = 0; k < 8; k++) send_all(slow[i], request); /* more than buffers hold */
    }
    usleep(500000);
    int64_t from = clock_mono_us();
    CHECK_INT(exchange(port, S(HEALTH HOST CLOSE "\r\n")), 200);
    CHECK(clock_mono_us() - from < 5 * 1000000);
    for (int i = 0; i < HTTP_POOL + 8; i++) close(slow[i]);
    stop(s);
}

/* Sends a byte now and then, which is no silence; the seconds until the server has enough, at most
 * `most`. */
static double drip(int port, Str begin, Str byte, double most) {
    int fd = dial(port);
    int64_t from = clock_mono_us();
    char got;
    send_all(fd, begin);
    while (clock_mono_us() - from < (int64_t)(most * 1e6)) {
        usleep(100000);
        if (!send_all(fd, byte) || recv(fd, &got, 1, MSG_DONTWAIT | MSG_PEEK) == 0) break;
    }
    close(fd);
    return (double)(clock_mono_us() - from) / 1e6;
}

TEST(server_ends_what_only_drips) {
    static const struct {
        Str begin, byte;
    } CASES[] = {
        {STR_INIT(HEALTH "X-A: "), STR_INIT("x")},
        {STR_INIT("GET /"), STR_INIT("x")},
        {STR_INIT(""), STR_INIT("\r\n")},
        {STR_INIT(SIGN_IN HOST "Content-Length: 9000\r\n\r\n{"), STR_INIT(" ")},
        {STR_INIT(SIGN_IN HOST "Transfer-Encoding: chunked\r\n\r\n"), STR_INIT("1\r\n \r\n")}};
    HttpFixture *f = http_fixture();
    ServerOptions o = {.bind = S("127.0.0.1"), .patience_s = 1};
    log_set_level(LOG_ERROR);
    Server *s = server_start(&f->ctx, f->reg, &o);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        test_case_begin("server drip", CASES[i].begin);
        CHECK(drip(server_port(s), CASES[i].begin, CASES[i].byte, 8) < 5);
        test_case_end();
    }
    CHECK_INT(exchange(server_port(s), S(HEALTH HOST CLOSE "\r\n")), 200);
    stop(s);
}

/* A long body that comes as fast as lines carry it is waited for. */
TEST(server_waits_for_a_body_that_comes) {
    HttpFixture *f = http_fixture();
    ServerOptions o = {.bind = S("127.0.0.1"), .patience_s = 1};
    log_set_level(LOG_ERROR);
    Server *s = server_start(&f->ctx, f->reg, &o);
    Arena *a = arena_open(0);
    Str token = http_sign_in(f, S("boss"), S(FIXTURE_PASSWORD));
    enum { PIECE = 32 << 10, PIECES = 30 };
    int fd = dial(server_port(s));
    Buf b = buf_new(a, 0);
    for (int i = 0; i < PIECE; i++) buf_char(&b, ' ');
    send_all(fd, str_printf(a,
                            "POST /api/v1/match HTTP/1.1\r\n" HOST CLOSE "Cookie: jixia=%.*s\r\n"
                            "Content-Type: application/json\r\nX-Jixia-CSRF: 1\r\n"
                            "Content-Length: %d\r\n\r\n",
                            STRF(token), PIECE * PIECES + 14));
    for (int i = 0; i < PIECES; i++) { /* three seconds */
        CHECK(send_all(fd, buf_str(&b)));
        usleep(100000);
    }
    send_all(fd, S("{\"rows\":[\"x\"]}"));
    CHECK_INT(status_of(receive(a, fd)), 200);
    close(fd);
    arena_close(a);
    stop(s);
}

/* The head says enough: nothing of the body is waited for. */
TEST(server_refuses_by_the_head_alone) {
    static const struct {
        Str head;
        int want;
    } CASES[] = {
        {STR_INIT(SIGN_IN HOST "Content-Length: 1073741824\r\n\r\n"), 413},
        {STR_INIT("POST /api/v1/imports HTTP/1.1\r\n" HOST "X-Jixia-CSRF: 1\r\n"
                  "Content-Length: 1073741824\r\n\r\n"),
         413},
        {STR_INIT("POST /api/v1/imports HTTP/1.1\r\n" HOST "X-Jixia-CSRF: 1\r\n"
                  "Content-Length: 5000000\r\nExpect: 100-continue\r\n\r\n"),
         401},
        {STR_INIT("PATCH /api/v1/me HTTP/1.1\r\n" HOST
                  "Content-Length: 5000000\r\nExpect: 100-continue\r\n\r\n"),
         413},
        {STR_INIT("POST /nowhere HTTP/1.1\r\n" HOST "Content-Length: 1073741824\r\n\r\n"), 413},
        {STR_INIT(SIGN_IN HOST "Content-Length: 20\r\nX A: b\r\n\r\n"), 400},
    };
    HttpFixture *f = http_fixture();
    Server *s = start(f);
    Arena *a = arena_open(0);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int fd = dial(server_port(s));
        int64_t from = clock_mono_us();
        send_all(fd, CASES[i].head);
        Str answer = receive(a, fd); /* which ends the connection, too */
        close(fd);
        test_case_begin("server head alone", CASES[i].head);
        CHECK_INT(status_of(answer), CASES[i].want);
        CHECK(str_find(answer, S("\"detail\"")) > 0);
        CHECK(clock_mono_us() - from < 5 * 1000000);
        test_case_end();
    }
    arena_close(a);
    stop(s);
}

/* What is sent on and on without an announced length is not read on and on. */
TEST(server_ends_a_body_without_end) {
    HttpFixture *f = http_fixture();
    Server *s = start(f);
    Arena *a = arena_open(0);
    Buf b = buf_new(a, 0);
    buf_lit(&b, "100000\r\n");
    for (int i = 0; i < 1 << 20; i++) buf_char(&b, ' ');
    buf_lit(&b, "\r\n");
    int fd = dial(server_port(s)), sent = 0;
    send_all(fd, S(SIGN_IN HOST "Transfer-Encoding: chunked\r\n\r\n"));
    while (sent < 400 && send_all(fd, buf_str(&b))) sent++;
    close(fd);
    CHECK(sent < 400);
    CHECK_INT(exchange(server_port(s), S(HEALTH HOST CLOSE "\r\n")), 200);
    arena_close(a);
    stop(s);
}

TEST(server_starts_again) {
    HttpFixture *f = http_fixture();
    for (int i = 0; i < 3; i++) {
        Server *s = start(f);
        CHECK_INT(exchange(server_port(s), S(HEALTH HOST CLOSE "\r\n")), 200);
        stop(s);
    }
    ServerOptions o = {.bind = S("not an address")};
    CHECK(server_start(&f->ctx, f->reg, &o) == NULL);
    ctx_clear(&f->ctx);
}
