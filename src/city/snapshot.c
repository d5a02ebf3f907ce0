/* The cache of snapshots. See snapshot.h.
 *
 * A place is empty, being computed, or ready; ready ones are counted while somebody reads them and
 * only given up when nobody does. A reader that died without releasing (its request ran out of
 * memory) is forgotten after an hour.
 */
#include "city/snapshot.h"

#include <pthread.h>

#include "base/clock.h"
#include "city/snapshot_build.h"

enum { PLACES = 6, LARGE = 200000, LARGE_PLACES = 2, FORGOTTEN_MS = 3600000 };

typedef enum PlaceState { PLACE_EMPTY, PLACE_WAITING, PLACE_COMPUTING, PLACE_READY } PlaceState;

/* What a snapshot depends on. */
typedef struct Key {
    int64_t as_of, as_known, seq, subjects, mergers;
} Key;

typedef struct Place {
    PlaceState state;
    Key key;
    FactAt at;
    Arena *arena;
    Snapshot *snapshot;
    int readers;
    int64_t used_ms;
} Place;

struct SnapshotCache {
    Arena *arena;
    pthread_mutex_t lock;
    pthread_cond_t ready;
    pthread_t thread;
    bool has_thread, running; /* has_thread: to be joined */
    atomic_bool stop;
    atomic_llong done; /* enterprises of the one being computed */
    const Register *reg;
    Place places[PLACES];
};

SnapshotCache *snapshot_cache_open(void) {
    Arena *a = arena_open(0);
    SnapshotCache *k = NEW(a, SnapshotCache);
    k->arena = a;
    pthread_mutex_init(&k->lock, NULL);
    pthread_cond_init(&k->ready, NULL);
    atomic_init(&k->stop, false);
    atomic_init(&k->done, 0);
    return k;
}

void snapshot_cache_close(SnapshotCache *k) {
    if (!k) return;
    atomic_store(&k->stop, true);
    if (k->has_thread) pthread_join(k->thread, NULL);
    for (int i = 0; i < PLACES; i++) arena_close(k->places[i].arena);
    pthread_mutex_destroy(&k->lock);
    pthread_cond_destroy(&k->ready);
    arena_close(k->arena);
}

static bool same(const Key *x, const Key *y) {
    return x->as_of == y->as_of && x->as_known == y->as_known && x->seq == y->seq &&
           x->subjects == y->subjects && x->mergers == y->mergers;
}

/* All that was published is known to every later instant: those share a snapshot. */
static bool read_key(Db *db, int64_t as_of, const FactAt *at, Key *key) {
    int64_t last = Q_I64(db, 0, "SELECT next FROM counter WHERE name = 'recorded_ms'");
    *key = (Key){.as_of = as_of, .as_known = at->as_known, .seq = at->seq};
    if (at->as_known >= last) key->as_known = INT64_MAX;
    key->subjects = Q_I64(db, 0, "SELECT next FROM counter WHERE name = 'subject'");
    key->mergers = Q_I64(db, 0, "SELECT 2 * count(*) + count(undone_ms) FROM merger");
    return ctx_ok(db_ctx(db));
}

/* --- places; the lock is held ------------------------------------------------------------------
 */

static void empty(Place *p) {
    arena_close(p->arena);
    *p = (Place){0};
}

static bool may_go(const Place *p, int64_t now_ms) {
    return p->state == PLACE_READY && (p->readers == 0 || now_ms - p->used_ms > FORGOTTEN_MS);
}

static Place *oldest(SnapshotCache *k, int64_t now_ms) {
    Place *out = NULL;
    for (int i = 0; i < PLACES; i++)
        if (may_go(&k->places[i], now_ms) && (!out || k->places[i].used_ms < out->used_ms))
            out = &k->places[i];
    return out;
}

/* A free place; large snapshots keep fewer. NULL when all are in use. */
static Place *free_place(SnapshotCache *k, int64_t subjects, int64_t now_ms) {
    int used = 0, most = subjects > LARGE ? LARGE_PLACES : PLACES;
    for (int i = 0; i < PLACES; i++) used += k->places[i].state != PLACE_EMPTY;
    for (Place *p; used >= most; used--) {
        if (!(p = oldest(k, now_ms))) return NULL;
        empty(p);
    }
    for (int i = 0; i < PLACES; i++)
        if (k->places[i].state == PLACE_EMPTY) return &k->places[i];
    return NULL;
}

static Place *find(SnapshotCache *k, const Key *key) {
    for (int i = 0; i < PLACES; i++)
        if (k->places[i].state != PLACE_EMPTY && same(&k->places[i].key, key)) return &k->places[i];
    return NULL;
}

/* --- computing ---------------------------------------------------------------------------------
 */

/* Called with the lock; lets go of it while computing. */
static bool compute(SnapshotCache *k, Place *p, Ctx *c) {
    p->state = PLACE_COMPUTING;
    p->arena = arena_open((size_t)4 << 30);
    Snapshot *s = NEW(p->arena, Snapshot);
    s->as_of = p->key.as_of;
    s->at = p->at;
    s->cache = k;
    atomic_store(&k->done, 0);
    pthread_mutex_unlock(&k->lock);
    bool ok = snapshot_build(c, k->reg, p->arena, s, &k->stop, &k->done);
    pthread_mutex_lock(&k->lock);
    if (ok) {
        p->snapshot = s;
        p->state = PLACE_READY;
        p->used_ms = clock_now_ms();
    } else {
        empty(p);
    }
    pthread_cond_broadcast(&k->ready);
    return ok;
}

static Place *waiting(SnapshotCache *k) {
    for (int i = 0; i < PLACES; i++)
        if (k->places[i].state == PLACE_WAITING) return &k->places[i];
    return NULL;
}

static void *background(void *user) {
    SnapshotCache *k = user;
    Place *p;
    pthread_mutex_lock(&k->lock);
    while (!atomic_load(&k->stop) && (p = waiting(k)) != NULL) {
        Arena *a = arena_open(0);
        Ctx c = ctx_new(a, clock_now_ms());
        compute(k, p, &c);
        arena_close(a);
    }
    k->running = false;
    pthread_mutex_unlock(&k->lock);
    return NULL;
}

static void start_background(SnapshotCache *k) {
    if (k->running) return;
    if (k->has_thread) pthread_join(k->thread, NULL); /* it has let go of the lock for good */
    k->has_thread = k->running = pthread_create(&k->thread, NULL, background, k) == 0;
}

/* Waits for a place that somebody computes; NULL when it takes longer or failed. */
static Place *wait_for(SnapshotCache *k, const Key *key, int wait_ms) {
    struct timespec end = clock_after(wait_ms);
    for (;;) {
        Place *p = find(k, key);
        if (!p || p->state == PLACE_READY) return p;
        if (pthread_cond_clockwait(&k->ready, &k->lock, CLOCK_MONOTONIC, &end) != 0) return NULL;
    }
}

/* Begins a snapshot nobody has asked for; false when computing it failed. */
static bool begin(SnapshotCache *k, Ctx *c, const Key *key, const FactAt *at, int64_t subjects) {
    Place *p = free_place(k, subjects, c->now_ms);
    if (!p) return true;
    *p = (Place){.state = PLACE_WAITING, .key = *key, .at = *at};
    if (subjects <= SNAPSHOT_INLINE_MAX) return compute(k, p, c);
    start_background(k);
    return true;
}

/* Whether it is there or somebody computes it. */
static bool is_known(SnapshotCache *k, const Register *r, const Key *key) {
    pthread_mutex_lock(&k->lock);
    k->reg = r;
    bool known = find(k, key) != NULL;
    pthread_mutex_unlock(&k->lock);
    return known;
}

bool snapshot_get(Db *db, const Register *r, int64_t as_of, const FactAt *at, int wait_ms,
                  const Snapshot **out) {
    SnapshotCache *k = r->snapshots;
    Ctx *c = db_ctx(db);
    Key key;
    *out = NULL;
    if (!read_key(db, as_of, at, &key)) return false;
    int64_t subjects = key.subjects; /* counted only when it matters: that takes a while */
    if (subjects > SNAPSHOT_INLINE_MAX && !is_known(k, r, &key)) subjects = subject_count(db, 0);
    if (!ctx_ok(c)) return false;
    pthread_mutex_lock(&k->lock);
    k->reg = r;
    bool ok = find(k, &key) || begin(k, c, &key, at, subjects);
    Place *p = ok ? wait_for(k, &key, wait_ms) : NULL;
    if (p) {
        p->readers++;
        p->used_ms = clock_now_ms();
        *out = p->snapshot;
    }
    pthread_mutex_unlock(&k->lock);
    return ok;
}

bool snapshot_warm(Db *db, const Register *r, int64_t as_of, const FactAt *at) {
    SnapshotCache *k = r->snapshots;
    Key key;
    if (!read_key(db, as_of, at, &key)) return false;
    if (key.subjects <= SNAPSHOT_INLINE_MAX || is_known(k, r, &key)) return true;
    int64_t subjects = subject_count(db, 0);
    if (!ctx_ok(db_ctx(db)) || subjects <= SNAPSHOT_INLINE_MAX) return ctx_ok(db_ctx(db));
    pthread_mutex_lock(&k->lock);
    bool ok = find(k, &key) || begin(k, db_ctx(db), &key, at, subjects);
    pthread_mutex_unlock(&k->lock);
    return ok;
}

int64_t snapshot_progress(const Register *r) {
    return atomic_load(&r->snapshots->done);
}

void snapshot_release(const Snapshot *s) {
    if (!s) return;
    SnapshotCache *k = s->cache;
    pthread_mutex_lock(&k->lock);
    for (int i = 0; i < PLACES; i++)
        if (k->places[i].snapshot == s && k->places[i].readers > 0) k->places[i].readers--;
    pthread_mutex_unlock(&k->lock);
}

int64_t snapshot_row(const Snapshot *s, int64_t id) {
    int64_t low = 0, high = s->n;
    while (low < high) {
        int64_t mid = low + (high - low) / 2;
        if (s->id[mid] < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < s->n && s->id[low] == id ? low : -1;
}
