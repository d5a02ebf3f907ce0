/* Replay of many decisions. See replay.h. Workers claim ranges of ids from a counter; each has its
 * own connection, arenas and cache of old rulebooks. */
#include "city/bundle/replay.h"

#include <pthread.h>

#include "base/date.h"
#include "base/rng.h"

enum { PAGE = 256, BOOKS_MAX = 8 };

/* --- one packet --------------------------------------------------------------------------------
 */

typedef struct OldBook {
    Str hash; /* the version it was opened for; its by_hash knows the others */
    Arena *arena;
    Ctx c;
    PackSet *pack;
    Rulebook *book;
} OldBook;

struct Replayer {
    const Register *reg;
    Arena *arena, *names_arena;
    Ctx names_ctx;
    Db *names_db;
    const PackSet *names_pack; /* whose names are held, and of which point; NULL: none */
    FactAt names_at;
    FactNames names;
    OldBook books[BOOKS_MAX];
    int nbooks, oldest;
};

Replayer *replayer_open(Ctx *c, const Register *r, bool many) {
    Arena *a = arena_child(c->arena, 0);
    Replayer *p = NEW(a, Replayer);
    *p = (Replayer){.reg = r, .arena = a, .names_arena = arena_child(a, 0)};
    p->names_ctx = ctx_new(p->names_arena, c->now_ms);
    if (!many) return p;
    p->names_db = db_borrow(&p->names_ctx, r->store);
    if (p->names_db) return p;
    ctx_adopt(c, &p->names_ctx);
    arena_close(a);
    return NULL;
}

static void book_close(OldBook *b) {
    rulebook_close(b->book);
    pack_close(b->pack);
    if (b->arena) arena_close(b->arena);
    *b = (OldBook){0};
}

void replayer_close(Replayer *p) {
    if (!p) return;
    for (int i = 0; i < p->nbooks; i++) book_close(&p->books[i]);
    if (p->names_db) db_return(p->names_db);
    arena_close(p->arena);
}

/* Reads the rule set that first had a version; it stays until BOOKS_MAX newer ones were needed.
 * NULL (recorded, unless there is none) otherwise. */
static const OldBook *book_open(Replayer *p, Db *db, Str hash) {
    Ctx *c = db_ctx(db);
    OldBook *b = &p->books[p->nbooks < BOOKS_MAX ? p->nbooks : p->oldest];
    book_close(b);
    if (p->nbooks < BOOKS_MAX)
        p->nbooks++;
    else
        p->oldest = (p->oldest + 1) % BOOKS_MAX;
    b->arena = arena_child(p->arena, 0);
    b->c = ctx_new(b->arena, c->now_ms);
    b->hash = str_dup(b->arena, hash);
    PackFile *files;
    int n;
    if (!rules_load(db, b->hash, &files, &n) || n == 0) return NULL;
    for (int k = 0; k < n; k++) /* the packet's arena ends before the book */
        files[k] = (PackFile){.pack = str_dup(b->arena, files[k].pack),
                              .path = str_dup(b->arena, files[k].path),
                              .bytes = str_dup(b->arena, files[k].bytes)};
    b->pack = pack_parse(&b->c, arena_copy(b->arena, files, (size_t)n * sizeof *files), n);
    b->book = b->pack ? rulebook_open(&b->c, b->pack) : NULL;
    ctx_adopt(c, &b->c);
    return b->book ? b : NULL;
}

/* The rulebook that knows a version: the one in force, or an old one. */
static bool rules_of(Replayer *p, Db *db, Str hash, const PackSet **pack, const Rulebook **book) {
    *pack = p->reg->pack;
    *book = p->reg->book;
    if (!hash.n || map_get(&p->reg->book->by_hash, hash)) return true;
    const OldBook *found = NULL;
    for (int i = 0; i < p->nbooks && !found; i++)
        if (p->books[i].book && map_get(&p->books[i].book->by_hash, hash)) found = &p->books[i];
    if (!found) found = book_open(p, db, hash);
    if (!found) return ctx_ok(db_ctx(db)); /* replaying says that the rule is missing */
    *pack = found->pack;
    *book = found->book;
    return true;
}

/* Packets of one run share their clocks, so one set of names serves many. */
static const FactNames *names_at(Replayer *p, Db *db, const PackSet *pack, const FactAt *at) {
    if (!p->names_db) return fact_names(db, pack, at, &p->names) ? &p->names : NULL;
    bool held = p->names_pack == pack && p->names_at.as_of == at->as_of &&
                p->names_at.as_known == at->as_known && p->names_at.seq == at->seq;
    if (held) return &p->names;
    arena_reset(p->names_arena);
    p->names_pack = NULL;
    if (!fact_names(p->names_db, pack, at, &p->names)) {
        ctx_adopt(db_ctx(db), &p->names_ctx);
        return NULL;
    }
    p->names_pack = pack;
    p->names_at = *at;
    return &p->names;
}

/* The facts of the packet's subject at the packet's clocks; false when the register has no such
 * subject or the packet was made from a file. */
static bool facts_at(Replayer *p, Db *db, const PackSet *pack, const PacketHead *h, FactSet *out) {
    ptrdiff_t colon = str_find(h->subject, S(":"));
    if (colon <= 0 || h->seq == 0) return false;
    int64_t id = subject_holder(db, str_sub(h->subject, 0, colon),
                                str_sub(h->subject, colon + 1, h->subject.n));
    FactAt at = {.as_of = date_to_int(h->as_of), .as_known = h->as_known_ms, .seq = h->seq};
    if (!id) return false;
    const FactNames *names = names_at(p, db, pack, &at);
    if (!names || !register_facts(db, names, id, &at, out)) return false;
    out->subject = h->subject; /* a better code may have come since */
    return true;
}

bool replayer_run(Replayer *p, Db *db, Str packet, PacketDiff *diff) {
    Ctx *c = db_ctx(db);
    PacketHead head;
    FactSet facts;
    const PackSet *pack;
    const Rulebook *book;
    if (!packet_read(c, packet, &head)) {
        if (!packet_damage(c, packet, diff)) return false;
        ctx_clear(c);
        return true;
    }
    if (!rules_of(p, db, head.rule_hash, &pack, &book)) return false;
    bool here = facts_at(p, db, pack, &head, &facts);
    return ctx_ok(c) && packet_replay(c, book, packet, here ? &facts : NULL, diff);
}

/* --- many --------------------------------------------------------------------------------------
 */

typedef struct Shared {
    const Register *reg;
    const ReplayOptions *o;
    pthread_mutex_t lock; /* of what follows */
    int64_t last;         /* the highest id */
    int64_t next;         /* id, or place in the sample, handed out next */
    ReplayReport *report;
    bool failed;
} Shared;

typedef struct Worker {
    Shared *shared;
    Ctx c;
    Arena *arena; /* of c */
    Db *db;
    Replayer *replayer;
    pthread_t thread;
    bool started;
} Worker;

static bool claim(Shared *s, int64_t *from, int64_t *to) {
    int64_t end = s->o->sample ? s->o->sample : s->last;
    pthread_mutex_lock(&s->lock);
    *from = s->next;
    *to = *from + PAGE <= end ? *from + PAGE : end;
    s->next = *to;
    bool more = *from < end && !s->failed;
    pthread_mutex_unlock(&s->lock);
    return more;
}

static void tell(Shared *s, int64_t id, bool ran, const PacketDiff *diff, const Ctx *c) {
    pthread_mutex_lock(&s->lock);
    s->report->checked++;
    if (ran && diff->same) {
        s->report->same++;
    } else if (s->o->differs) {
        ReplayDifference d = {.decision = id, .code = S("differs"), .diff = *diff};
        if (!ran) d.code = msg_code(c->err.note.msg);
        s->o->differs(s->o->user, &d);
    }
    pthread_mutex_unlock(&s->lock);
}

/* What keeps one packet from being replayed is its finding; a failing store ends the run. */
static bool replay_one(Worker *w, int64_t id, Str packet) {
    PacketDiff diff = {0};
    ArenaMark m = arena_mark(w->arena);
    bool ran = replayer_run(w->replayer, w->db, packet, &diff);
    if (!ran && (w->c.err.code == ERR_STORE || w->c.err.code == ERR_BUSY)) return false;
    tell(w->shared, id, ran, &diff, &w->c);
    ctx_clear(&w->c);
    arena_rewind(w->arena, m);
    return true;
}

typedef struct Page {
    int64_t ids[PAGE];
    Str packets[PAGE];
    int n;
} Page;

static void take(Worker *w, Rows *r, Page *p) {
    p->ids[p->n] = row_i64(r, 0);
    p->packets[p->n++] = str_dup(w->arena, row_str(r, 1));
}

static void read_range(Worker *w, int64_t from, int64_t to, Page *p) {
    Rows *r = Q(w->db, "SELECT id, packet FROM decision WHERE id > $1 AND id <= $2 ORDER BY id",
                db_i(from), db_i(to));
    while (r && row_next(r) && p->n < PAGE) take(w, r, p);
    if (r) rows_close(r);
}

/* One decision drawn from each of `sample` equal stretches of the ids; a stretch without one gives
 * none. */
static void read_sample(Worker *w, int64_t from, int64_t to, Page *p) {
    const Shared *s = w->shared;
    for (int64_t i = from; i < to; i++) {
        int64_t low = s->last * i / s->o->sample, high = s->last * (i + 1) / s->o->sample;
        if (high == low) continue;
        Rng rng = rng_new(s->o->seed ^ (uint64_t)i << 20);
        int64_t at = low + (int64_t)rng_below(&rng, (uint64_t)(high - low));
        Rows *r = Q(w->db,
                    "SELECT id, packet FROM decision WHERE id > $1 AND id <= $2 ORDER BY id "
                    "LIMIT 1",
                    db_i(at), db_i(high));
        if (r && row_next(r)) take(w, r, p);
        if (r) rows_close(r);
    }
}

static bool run_page(Worker *w, int64_t from, int64_t to) {
    ArenaMark m = arena_mark(w->arena);
    Page *p = NEW(w->arena, Page);
    if (w->shared->o->sample)
        read_sample(w, from, to, p);
    else
        read_range(w, from, to, p);
    bool ok = ctx_ok(&w->c);
    for (int i = 0; ok && i < p->n; i++) ok = replay_one(w, p->ids[i], p->packets[i]);
    if (ok) arena_rewind(w->arena, m);
    return ok;
}

typedef struct Guarded {
    Worker *w;
    int64_t from, to;
    bool ok;
} Guarded;

static void page_in(void *user) {
    Guarded *g = user;
    g->ok = run_page(g->w, g->from, g->to);
}

static void *work(void *user) {
    Worker *w = user;
    Guarded g = {.w = w};
    while (claim(w->shared, &g.from, &g.to)) {
        if (!arena_guard(w->arena, page_in, &g)) {
            ctx_clear(&w->c);
            g.ok = FAIL(&w->c, ERR_LIMIT, M_LIMIT_MEMORY);
        }
        if (g.ok) continue;
        pthread_mutex_lock(&w->shared->lock);
        w->shared->failed = true;
        pthread_mutex_unlock(&w->shared->lock);
    }
    return NULL;
}

static bool worker_open(Worker *w, Shared *s, const Ctx *c) {
    w->shared = s;
    w->arena = arena_open(0);
    w->c = ctx_new(w->arena, c->now_ms);
    w->db = db_borrow(&w->c, s->reg->store);
    w->replayer = w->db ? replayer_open(&w->c, s->reg, true) : NULL;
    return w->replayer != NULL;
}

static void worker_close(Worker *w, Ctx *c) {
    ctx_adopt(c, &w->c);
    replayer_close(w->replayer);
    if (w->db) db_return(w->db);
    arena_close(w->arena);
}

static bool count(Ctx *c, const Register *r, Shared *s) {
    Db *db = db_borrow(c, r->store);
    if (!db) return false;
    s->last = Q_I64(db, 0, "SELECT max(id) FROM decision");
    s->report->total = Q_I64(db, 0, "SELECT count(*) FROM decision");
    db_return(db);
    return ctx_ok(c);
}

bool register_replay_all(Ctx *c, const Register *r, const ReplayOptions *o, ReplayReport *out) {
    Shared s = {.reg = r, .o = o, .lock = PTHREAD_MUTEX_INITIALIZER, .report = out};
    int n = o->threads < 1 ? 1 : o->threads > REPLAY_THREADS_MAX ? REPLAY_THREADS_MAX : o->threads;
    *out = (ReplayReport){0};
    if (!count(c, r, &s)) return false;
    Worker *workers = NEW_N(c->arena, Worker, n);
    bool ok = true;
    for (int i = 0; i < n; i++) ok = worker_open(&workers[i], &s, c) && ok;
    for (int i = 1; ok && i < n; i++)
        workers[i].started = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    if (ok) work(&workers[0]);
    for (int i = 1; i < n; i++)
        if (workers[i].started) pthread_join(workers[i].thread, NULL);
    for (int i = 0; i < n; i++) worker_close(&workers[i], c);
    return ok && ctx_ok(c);
}
