/* The cache of discoveries. See discover.h.
 *
 * One thread computes what waits, in order of asking; it ends when nothing does. A place that is
 * read is not given up. The snapshot a discovery is made from is held by the asker only while it
 * asks, so the thread gets it again from the snapshots of the register. */
#include <pthread.h>

#include "base/clock.h"
#include "city/library/discover.h"

enum { PLACES = 24, SNAPSHOT_WAIT_MS = 500 };

typedef enum PlaceState { PLACE_EMPTY, PLACE_WAITING, PLACE_COMPUTING, PLACE_READY } PlaceState;

/* The snapshot is known by when it was computed: a new one of the same point reads the same. */
typedef struct Place {
    PlaceState state;
    const Rule *rule;
    int64_t as_of, snapshot_ms;
    FactAt at;
    Arena *arena;
    Discovery *discovery;
    int readers;
    int64_t used_ms, asked; /* asked: order of waiting */
} Place;

struct DiscoverCache {
    Arena *arena;
    pthread_mutex_t lock;
    pthread_cond_t ready;
    pthread_t thread;
    bool has_thread, running;
    atomic_bool stop;
    atomic_llong done;
    int64_t asked;
    const Register *reg;
    Place places[PLACES];
};

DiscoverCache *discover_cache_open(void) {
    Arena *a = arena_open(0);
    DiscoverCache *k = NEW(a, DiscoverCache);
    k->arena = a;
    pthread_mutex_init(&k->lock, NULL);
    pthread_cond_init(&k->ready, NULL);
    atomic_init(&k->stop, false);
    atomic_init(&k->done, 0);
    return k;
}

void discover_cache_close(DiscoverCache *k) {
    if (!k) return;
    atomic_store(&k->stop, true);
    if (k->has_thread) pthread_join(k->thread, NULL);
    for (int i = 0; i < PLACES; i++) arena_close(k->places[i].arena);
    pthread_mutex_destroy(&k->lock);
    pthread_cond_destroy(&k->ready);
    arena_close(k->arena);
}

/* --- places; the lock is held ------------------------------------------------------------------
 */

static bool same(const Place *p, const Snapshot *s, const Rule *rule) {
    return p->state != PLACE_EMPTY && p->rule == rule && p->as_of == s->as_of &&
           p->at.seq == s->at.seq && p->snapshot_ms == s->computed_ms;
}

static Place *find(DiscoverCache *k, const Snapshot *s, const Rule *rule) {
    for (int i = 0; i < PLACES; i++)
        if (same(&k->places[i], s, rule)) return &k->places[i];
    return NULL;
}

static void empty(Place *p) {
    arena_close(p->arena);
    *p = (Place){0};
}

/* An empty place, or the ready one nobody has read for longest; NULL: all are in use. */
static Place *free_place(DiscoverCache *k) {
    Place *out = NULL;
    for (int i = 0; i < PLACES; i++) {
        Place *p = &k->places[i];
        if (p->state == PLACE_EMPTY) return p;
        if (p->state != PLACE_READY || p->readers) continue;
        if (!out || p->used_ms < out->used_ms) out = p;
    }
    if (out) empty(out);
    return out;
}

static Place *first_waiting(DiscoverCache *k) {
    Place *out = NULL;
    for (int i = 0; i < PLACES; i++)
        if (k->places[i].state == PLACE_WAITING && (!out || k->places[i].asked < out->asked))
            out = &k->places[i];
    return out;
}

/* --- the thread ---------------------------------------------------------------------------------
 */

static bool compute(DiscoverCache *k, const Place *p, Arena *kept, Discovery *out, Ctx *c) {
    const Snapshot *s = NULL;
    Db *db = db_borrow(c, k->reg->store);
    bool ok = db != NULL;
    while (ok && !s && !atomic_load(&k->stop))
        ok = snapshot_get(db, k->reg, p->as_of, &p->at, SNAPSHOT_WAIT_MS, &s);
    if (db) db_return(db);
    ok = ok && s && discover_run(c, k->reg, s, p->rule, kept, &k->stop, &k->done, out);
    if (ok) out->snapshot_ms = s->computed_ms;
    snapshot_release(s);
    return ok;
}

static void take(DiscoverCache *k, Place *p) {
    Place asked = *p;
    p->state = PLACE_COMPUTING;
    atomic_store(&k->done, 0);
    pthread_mutex_unlock(&k->lock);
    Arena *a = arena_open(0), *kept = arena_open(0);
    Ctx c = ctx_new(a, clock_now_ms());
    Discovery *d = NEW(kept, Discovery);
    bool ok = compute(k, &asked, kept, d, &c);
    arena_close(a);
    pthread_mutex_lock(&k->lock);
    if (ok) {
        p->arena = kept;
        p->discovery = d;
        p->snapshot_ms = d->snapshot_ms;
        p->state = PLACE_READY;
        p->used_ms = clock_now_ms();
    } else {
        arena_close(kept);
        *p = (Place){0};
    }
    pthread_cond_broadcast(&k->ready);
}

static void *background(void *user) {
    DiscoverCache *k = user;
    Place *p;
    pthread_mutex_lock(&k->lock);
    while (!atomic_load(&k->stop) && (p = first_waiting(k)) != NULL) take(k, p);
    k->running = false;
    pthread_mutex_unlock(&k->lock);
    return NULL;
}

static void start(DiscoverCache *k) {
    if (k->running) return;
    if (k->has_thread) pthread_join(k->thread, NULL); /* it has let go of the lock for good */
    k->has_thread = k->running = pthread_create(&k->thread, NULL, background, k) == 0;
}

/* --- asking -------------------------------------------------------------------------------------
 */

bool discover_get(Ctx *c, const Register *r, const Snapshot *s, const Rule *rule, int wait_ms,
                  const Discovery **out, int64_t *done) {
    DiscoverCache *k = r->discoveries;
    struct timespec end = clock_after(wait_ms);
    *out = NULL;
    pthread_mutex_lock(&k->lock);
    k->reg = r;
    Place *p = find(k, s, rule);
    if (!p && (p = free_place(k)) != NULL) {
        *p = (Place){.state = PLACE_WAITING,
                     .rule = rule,
                     .as_of = s->as_of,
                     .at = s->at,
                     .snapshot_ms = s->computed_ms,
                     .asked = ++k->asked};
        start(k);
    }
    bool begun = p != NULL;
    while ((p = find(k, s, rule)) && p->state != PLACE_READY)
        if (pthread_cond_clockwait(&k->ready, &k->lock, CLOCK_MONOTONIC, &end) != 0) break;
    if (p && p->state == PLACE_READY) {
        p->readers++;
        p->used_ms = clock_now_ms();
        *out = p->discovery;
    }
    *done = p && p->state == PLACE_COMPUTING ? atomic_load(&k->done) : 0;
    pthread_mutex_unlock(&k->lock);
    return p || !begun || FAIL(c, ERR_STATE, M_DISCOVER_FAILED, rule->id);
}

void discover_release(const Register *r, const Discovery *d) {
    DiscoverCache *k = r->discoveries;
    if (!d) return;
    pthread_mutex_lock(&k->lock);
    for (int i = 0; i < PLACES; i++)
        if (k->places[i].discovery == d && k->places[i].readers > 0) k->places[i].readers--;
    pthread_mutex_unlock(&k->lock);
}
