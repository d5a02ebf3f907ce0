/* The mail server of the tests. See smtp_fixture.h. One talk after the other. */
#include "tests/smtp_fixture.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/test.h"

enum { WAIT_MS = 50 };

typedef struct Talk {
    SmtpFixture *f;
    int socket;
    size_t at; /* of what was received, looked at so far */
} Talk;

static void say(const Talk *t, const char *line) {
    if (send(t->socket, line, strlen(line), MSG_NOSIGNAL) < 0) return;
}

/* More bytes; false when there are none any more. */
static bool more(Talk *t) {
    SmtpFixture *f = t->f;
    struct pollfd p = {.fd = t->socket, .events = POLLIN};
    while (!atomic_load(&f->stop)) {
        if (poll(&p, 1, WAIT_MS) <= 0) continue;
        ssize_t n = recv(t->socket, f->last + f->n, SMTP_KEPT_MAX - 1 - f->n, 0);
        if (n <= 0) return false;
        f->n += (size_t)n;
        f->last[f->n] = 0;
        return true;
    }
    return false;
}

/* Waits for `end`; NULL when the talk is over first. */
static const char *until(Talk *t, const char *end) {
    for (;;) {
        const char *found = strstr(t->f->last + t->at, end);
        if (found) return found;
        if (!more(t)) return NULL;
    }
}

static void hang(Talk *t) {
    while (more(t)) continue;
}

static void data(Talk *t) {
    SmtpFixture *f = t->f;
    int mode = atomic_load(&f->mode);
    say(t, "354 go on\r\n");
    if (mode == SMTP_DROPS) {
        until(t, "Subject:");
        return;
    }
    const char *end = until(t, "\r\n.\r\n");
    if (!end) return;
    t->at = (size_t)(end - f->last) + 5;
    if (mode == SMTP_REFUSES_DATA) {
        say(t, "554 5.7.1 not this one\r\n");
    } else if (mode == SMTP_LATER_DATA) {
        say(t, "451 4.3.0 later\r\n");
    } else {
        atomic_fetch_add(&f->taken, 1);
        if (mode == SMTP_DROPS_AFTER) return;
        if (mode == SMTP_HANGS_AFTER)
            hang(t);
        else
            say(t, "250 2.0.0 Ok: queued as 4D2A\r\n");
    }
}

static void answer(Talk *t, const char *line) {
    int mode = atomic_load(&t->f->mode);
    if (strncmp(line, "RCPT", 4) == 0 && mode == SMTP_REFUSES_RCPT)
        say(t, "550 5.1.1 nobody here\r\n");
    else if (strncmp(line, "RCPT", 4) == 0 && mode == SMTP_LATER_RCPT)
        say(t, "450 4.2.0 try later\r\n");
    else if (strncmp(line, "DATA", 4) == 0)
        data(t);
    else
        say(t, "250 fine\r\n");
}

static void talk(SmtpFixture *f, int socket) {
    Talk t = {.f = f, .socket = socket};
    int mode = atomic_load(&f->mode);
    f->n = 0;
    f->last[0] = 0;
    atomic_fetch_add(&f->talks, 1);
    if (mode == SMTP_HANGS) hang(&t);
    say(&t, mode == SMTP_SHUT ? "421 4.3.2 closed\r\n" : "220 test\r\n");
    for (;;) {
        const char *end = until(&t, "\r\n");
        if (!end) break;
        const char *line = f->last + t.at;
        t.at = (size_t)(end - f->last) + 2;
        if (strncmp(line, "QUIT", 4) == 0) break;
        bool drops =
            strncmp(line, "DATA", 4) == 0 && (mode == SMTP_DROPS || mode == SMTP_DROPS_AFTER);
        answer(&t, line);
        if (drops) break;
    }
    close(socket);
}

static void *work(void *user) {
    SmtpFixture *f = user;
    struct pollfd p = {.fd = f->listener, .events = POLLIN};
    while (!atomic_load(&f->stop)) {
        if (poll(&p, 1, WAIT_MS) <= 0) continue;
        int socket = accept(f->listener, NULL, NULL);
        if (socket >= 0) talk(f, socket);
    }
    return NULL;
}

void smtp_fixture_open(SmtpFixture *f) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    memset(f, 0, sizeof *f);
    f->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(f->listener >= 0 && bind(f->listener, (struct sockaddr *)&at, sizeof at) == 0);
    CHECK(listen(f->listener, 8) == 0);
    CHECK(getsockname(f->listener, (struct sockaddr *)&at, &size) == 0);
    f->port = ntohs(at.sin_port);
    CHECK(pthread_create(&f->thread, NULL, work, f) == 0);
}

void smtp_fixture_close(SmtpFixture *f) {
    atomic_store(&f->stop, true);
    pthread_join(f->thread, NULL);
    close(f->listener);
}
