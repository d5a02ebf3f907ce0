/* See patience.h. */
#include "http/patience.h"

#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"

enum { BYTES_PER_S = 8 << 10, LOOK_MS = 250, FREE = -1 };

struct Line {
    Patience *of;
    int fd;           /* FREE: no connection */
    int64_t until_us; /* 0: nobody is waited for */
};

struct Patience {
    pthread_t thread;
    pthread_mutex_t lock; /* of all lines: none is closed while it is shut down */
    pthread_cond_t ended;
    bool stopping;
    int64_t grace_us;
    Line *lines;
    int n;
};

static int64_t takes_us(size_t bytes) {
    return (int64_t)(bytes * 1000000 / BYTES_PER_S);
}

static void look(Patience *p) {
    int64_t now = clock_mono_us();
    for (int i = 0; i < p->n; i++) {
        Line *l = &p->lines[i];
        if (l->fd == FREE || !l->until_us || l->until_us > now) continue;
        shutdown(l->fd, SHUT_RDWR); /* its own thread sees the end and closes it */
        l->until_us = 0;
    }
}

static void *run(void *user) {
    Patience *p = user;
    pthread_mutex_lock(&p->lock);
    while (!p->stopping) {
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        t.tv_nsec += (long)LOOK_MS * 1000000;
        t.tv_sec += t.tv_nsec / 1000000000;
        t.tv_nsec %= 1000000000;
        pthread_cond_clockwait(&p->ended, &p->lock, CLOCK_MONOTONIC, &t);
        look(p);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

Patience *patience_start(Arena *a, int seconds, int most) {
    Patience *p = NEW(a, Patience);
    p->grace_us = (int64_t)seconds * 1000000;
    p->lines = NEW_N(a, Line, most);
    p->n = most;
    for (int i = 0; i < most; i++) p->lines[i] = (Line){.of = p, .fd = FREE};
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->ended, NULL);
    if (pthread_create(&p->thread, NULL, run, p) == 0) return p;
    pthread_cond_destroy(&p->ended);
    pthread_mutex_destroy(&p->lock);
    return NULL;
}

void patience_stop(Patience *p) {
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_signal(&p->ended);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    pthread_cond_destroy(&p->ended);
    pthread_mutex_destroy(&p->lock);
}

Line *patience_enter(Patience *p, int fd) {
    Line *l = NULL;
    pthread_mutex_lock(&p->lock);
    for (int i = 0; i < p->n && !l; i++)
        if (p->lines[i].fd == FREE) l = &p->lines[i];
    if (l) {
        l->fd = fd;
        l->until_us = clock_mono_us() + p->grace_us;
    }
    pthread_mutex_unlock(&p->lock);
    return l;
}

static void set(Line *l, int fd, int64_t until_us) {
    l->fd = fd;
    l->until_us = until_us;
}

void patience_leave(Line *l) {
    if (!l) return;
    pthread_mutex_lock(&l->of->lock);
    set(l, FREE, 0);
    pthread_mutex_unlock(&l->of->lock);
}

void patience_begin(Line *l, size_t bytes) {
    if (!l) return;
    pthread_mutex_lock(&l->of->lock);
    set(l, l->fd, clock_mono_us() + l->of->grace_us + takes_us(bytes));
    pthread_mutex_unlock(&l->of->lock);
}

void patience_moved(Line *l, size_t bytes) {
    if (!l) return;
    pthread_mutex_lock(&l->of->lock);
    if (l->until_us) set(l, l->fd, l->until_us + takes_us(bytes));
    pthread_mutex_unlock(&l->of->lock);
}

void patience_rest(Line *l) {
    if (!l) return;
    pthread_mutex_lock(&l->of->lock);
    set(l, l->fd, 0);
    pthread_mutex_unlock(&l->of->lock);
}
