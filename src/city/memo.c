/* See memo.h. A ring of slots, each with an arena of its own that is freed with it. */
#include "city/memo.h"

#include <pthread.h>
#include <string.h>

enum { SLOTS = 32, TEXT_MOST = 8 << 20 };

struct Memo {
    Arena *arena;
    pthread_mutex_t lock;
    int next;
    struct {
        Arena *arena; /* NULL: empty */
        Str key, text;
    } slot[SLOTS];
};

Memo *memo_open(void) {
    Arena *a = arena_open(0);
    Memo *m = NEW(a, Memo);
    m->arena = a;
    pthread_mutex_init(&m->lock, NULL);
    return m;
}

void memo_close(Memo *m) {
    for (int i = 0; i < SLOTS; i++) arena_close(m->slot[i].arena);
    pthread_mutex_destroy(&m->lock);
    arena_close(m->arena);
}

static int find(const Memo *m, Str key) {
    for (int i = 0; i < SLOTS; i++)
        if (m->slot[i].arena && str_eq(m->slot[i].key, key)) return i;
    return -1;
}

/* Room is made between two looks: an arena that is full jumps away, and must not do so under the
 * lock. */
bool memo_get(Memo *m, Arena *a, Str key, Str *text) {
    *text = S("");
    pthread_mutex_lock(&m->lock);
    int at = find(m, key);
    ptrdiff_t n = at < 0 ? 0 : m->slot[at].text.n;
    pthread_mutex_unlock(&m->lock);
    if (at < 0) return false;
    char *copy = NEW_N(a, char, n + 1);
    pthread_mutex_lock(&m->lock);
    at = find(m, key);
    bool same = at >= 0 && m->slot[at].text.n == n;
    if (same && n) memcpy(copy, m->slot[at].text.p, (size_t)n);
    pthread_mutex_unlock(&m->lock);
    if (same) *text = str_of(copy, (size_t)n);
    return same;
}

void memo_put(Memo *m, Str key, Str text) {
    if (text.n > TEXT_MOST) return;
    Arena *a = arena_try(0), *old = NULL;
    if (!a) return;
    Str name = str_dup(a, key), copy = str_dup(a, text);
    pthread_mutex_lock(&m->lock);
    int at = find(m, key);
    if (at < 0) {
        at = m->next;
        m->next = (m->next + 1) % SLOTS;
    }
    old = m->slot[at].arena;
    m->slot[at].arena = a;
    m->slot[at].key = name;
    m->slot[at].text = copy;
    pthread_mutex_unlock(&m->lock);
    arena_close(old);
}
