/* People at work on a server: load PORT PLAN SECONDS THINK_MS >samples
 *
 * The plan says who does what, one line each, its parts separated by tabs:
 *   user COOKIE                    what follows is this person's
 *   scene                          a page opened or something done: requests without a pause
 * between METHOD PATH [BODY]             a request; `@` in a body is a number no other request has
 * Each person has a thread and a connection, goes through the scenes in order, from the first again
 * after the last, and pauses before each for a random time with the mean THINK_MS (exponential, at
 * most five times the mean). A write sends the ETag of the last reading of its scene as If-Match,
 * and an Idempotency-Key. Each answer is a line of the output: METHOD PATH STATUS MICROSECONDS,
 * from the first byte sent to the last received, the ids in the path as they were; status 0: no
 * answer. The client takes little: it neither reads JSON nor keeps bodies. */
#include <arpa/inet.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/rng.h"

enum { PEOPLE_MAX = 1000, IN_BYTES = 1 << 16, ETAG_BYTES = 80, ANSWER_S = 120 };

typedef struct Step {
    Str method, path, body; /* method empty: a scene begins */
} Step;

typedef struct Sample {
    const Step *step;
    int status;
    int64_t us;
} Sample;

typedef struct Person {
    Arena *arena;
    Str cookie;
    Step *steps;
    int n, cap, number, port;
    double think_ms;
    int64_t end_us, sent;
    Sample *samples;
    int nsamples, samples_cap;
    int link;  /* -1: none */
    bool used; /* the link has carried an answer: it may have ended while nobody looked */
    char etag[ETAG_BYTES], *in;
} Person;

/* --- one request --------------------------------------------------------------------------------
 */

static bool connect_to(Person *p) {
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)p->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval wait = {.tv_sec = ANSWER_S};
    p->used = false;
    p->link = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (p->link < 0) return false;
    setsockopt(p->link, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    return connect(p->link, (struct sockaddr *)&at, sizeof at) == 0;
}

static void hang_up(Person *p) {
    if (p->link >= 0) close(p->link);
    p->link = -1;
}

static bool send_all(int link, Str s) {
    while (s.n) {
        ssize_t n = send(link, s.p, (size_t)s.n, MSG_NOSIGNAL);
        if (n <= 0) return false;
        s = str_sub(s, n, s.n);
    }
    return true;
}

/* The value of a header, its name with the colon and a blank. */
static Str header(Str head, const char *name) {
    ptrdiff_t at = str_find(head, str_from(name));
    if (at < 0) return S("");
    Str rest = str_sub(head, at + (ptrdiff_t)strlen(name), head.n);
    return str_sub(rest, 0, str_find(rest, S("\r\n")));
}

/* Receives an answer whole: its status, 0 when it broke off. */
static int receive(Person *p) {
    size_t have = 0;
    ptrdiff_t end = -1;
    while (end < 0) {
        if (have == IN_BYTES) return 0;
        ssize_t n = recv(p->link, p->in + have, IN_BYTES - have, 0);
        if (n <= 0) return 0;
        have += (size_t)n;
        end = str_find(str_of(p->in, have), S("\r\n\r\n"));
    }
    Str head = str_of(p->in, (size_t)end + 2);
    int64_t status = 0, length = 0;
    if (!str_to_i64(str_sub(head, 9, 12), &status)) return 0;
    Str size = header(head, "Content-Length: "), etag = header(head, "ETag: ");
    if (size.n && !str_to_i64(size, &length)) return 0;
    if (etag.n && etag.n < ETAG_BYTES) {
        memcpy(p->etag, etag.p, (size_t)etag.n);
        p->etag[etag.n] = 0;
    }
    bool close_after = str_find(head, S("\r\nConnection: close\r\n")) >= 0;
    for (int64_t left = length - ((int64_t)have - end - 4); left > 0;) {
        ssize_t n = recv(p->link, p->in, IN_BYTES, 0);
        if (n <= 0) return 0;
        left -= n;
    }
    if (close_after) hang_up(p);
    p->used = true;
    return (int)status;
}

static Str request_text(Person *p, const Step *s) {
    Buf body = buf_new(p->arena, 0), b = buf_new(p->arena, 0);
    bool writes = !str_eq(s->method, S("GET"));
    p->sent++;
    for (ptrdiff_t i = 0; i < s->body.n; i++)
        if (s->body.p[i] == '@')
            buf_printf(&body, "%d-%lld", p->number, (long long)p->sent);
        else
            buf_char(&body, s->body.p[i]);
    buf_printf(&b,
               "%.*s /api/v1%.*s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nCookie: jixia=%.*s\r\n"
               "Accept: application/json\r\n",
               STRF(s->method), STRF(s->path), p->port, STRF(p->cookie));
    if (writes) {
        buf_printf(&b, "X-Jixia-CSRF: 1\r\nIdempotency-Key: load-%d-%lld-%lld\r\n", p->number,
                   (long long)p->end_us, (long long)p->sent);
        if (*p->etag) buf_printf(&b, "If-Match: %s\r\n", p->etag);
        buf_printf(&b, "Content-Type: application/json\r\nContent-Length: %td\r\n", body.n);
    }
    buf_lit(&b, "\r\n");
    buf_put(&b, buf_str(&body));
    return buf_str(&b);
}

static void ask(Person *p, const Step *s) {
    ArenaMark mark = arena_mark(p->arena);
    Str text = request_text(p, s);
    int64_t start = clock_mono_us();
    int status = 0;
    for (int tries = 0; tries < 2 && !status; tries++) {
        bool kept = p->link >= 0 && p->used;
        if (p->link < 0 && !connect_to(p)) break;
        if (send_all(p->link, text)) status = receive(p);
        if (!status) hang_up(p);
        if (!status && !kept) break;
    }
    int64_t us = clock_mono_us() - start;
    arena_rewind(p->arena, mark);
    p->samples[p->nsamples++] = (Sample){s, status, us};
}

/* --- a person -----------------------------------------------------------------------------------
 */

static void pause_before_scene(const Person *p, Rng *rng) {
    double u = ((double)(rng_u64(rng) >> 11) + 1) / 9007199254740993.0, k = -log(u);
    int64_t us = (int64_t)(p->think_ms * 1000 * (k > 5 ? 5 : k));
    int64_t left = p->end_us - clock_mono_us();
    if (us > left) us = left;
    if (us > 0) usleep((useconds_t)us);
}

static void *work(void *user) {
    Person *p = user;
    Rng rng = rng_new((uint64_t)p->number + 1);
    for (int i = 0; p->n && p->nsamples < p->samples_cap; i = (i + 1) % p->n) {
        if (!p->steps[i].method.n) {
            pause_before_scene(p, &rng);
            *p->etag = 0;
            if (clock_mono_us() >= p->end_us) break;
        } else {
            ask(p, &p->steps[i]);
        }
    }
    hang_up(p);
    return NULL;
}

/* --- the plan -----------------------------------------------------------------------------------
 */

static Person *read_plan(Arena *a, FILE *f, int *n) {
    Person *all = NEW_N(a, Person, PEOPLE_MAX), *p = NULL;
    Buf text = buf_new(a, 0);
    char part[4096];
    for (size_t got; (got = fread(part, 1, sizeof part, f)) > 0;) buf_put(&text, str_of(part, got));
    for (Str rest = buf_str(&text); rest.p && rest.n;) {
        Str line = str_cut(&rest, '\n'), word = str_cut(&line, '\t');
        Step s = {0};
        if (str_eq(word, S("user"))) {
            if (*n == PEOPLE_MAX) break;
            p = &all[(*n)++];
            *p = (Person){.cookie = line, .number = *n, .link = -1};
            continue;
        }
        if (!p) break;
        if (!str_eq(word, S("scene"))) {
            s = (Step){.method = word, .path = str_cut(&line, '\t')};
            s.body = line.p ? line : S("");
        }
        GROW(a, p->steps, p->n, p->cap);
        p->steps[p->n++] = s;
    }
    return all;
}

int main(int argc, char **argv) {
    enum { SAMPLES = 50000 };
    int64_t port = 0, seconds = 0, think_ms = 0;
    FILE *f = argc == 5 ? fopen(argv[2], "rb") : NULL;
    if (!f || !str_to_i64(str_from(argv[1]), &port) || !str_to_i64(str_from(argv[3]), &seconds) ||
        !str_to_i64(str_from(argv[4]), &think_ms)) {
        fputs("usage: load PORT PLAN SECONDS THINK_MS\n", stderr);
        return 2;
    }
    Arena *a = arena_open(0);
    pthread_t threads[PEOPLE_MAX];
    int n = 0;
    Person *all = read_plan(a, f, &n);
    fclose(f);
    for (int i = 0; i < n; i++) {
        Person *p = &all[i];
        p->arena = arena_open(0);
        p->in = NEW_N(p->arena, char, IN_BYTES);
        p->samples = NEW_N(p->arena, Sample, SAMPLES);
        p->samples_cap = SAMPLES;
        p->port = (int)port;
        p->think_ms = (double)think_ms;
        p->end_us = clock_mono_us() + seconds * 1000000;
        if (pthread_create(&threads[i], NULL, work, p) != 0) return 1;
    }
    for (int i = 0; i < n; i++) {
        pthread_join(threads[i], NULL);
        for (int k = 0; k < all[i].nsamples; k++) {
            const Sample *s = &all[i].samples[k];
            printf("%.*s\t%.*s\t%d\t%lld\n", STRF(s->step->method), STRF(s->step->path), s->status,
                   (long long)s->us);
        }
        arena_close(all[i].arena);
    }
    arena_close(a);
    return 0;
}
