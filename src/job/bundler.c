/* The maker of bundles. See bundler.h. Each is made in memory of its own, so that one too large
 * ends as a failed order and not the server. */
#include "job/bundler.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "city/bundle/order.h"

/* A page holds all of its bundle: beyond READER_MAX bytes no browser is glad of it. */
enum { TICK_MS = 200, ROUND_TICKS = 5, READER_MAX = 16 << 20 };

typedef struct Making {
    Ctx c; /* of its own memory */
    const Register *reg;
    BundleOrder *order;
    bool ok;
} Making;

static bool wish_of(Making *m, BundleWish *w) {
    Ctx *c = &m->c;
    const BundleOrder *o = m->order;
    *w = (BundleWish){
        .as_of = o->as_of, .whole_journal = o->whole_journal, .act = {o->actor, o->reason}};
    Db *db = db_borrow(c, m->reg->store);
    bool ok = db && order_wish(db, m->reg, o->object, w);
    if (db) db_return(db);
    return ok;
}

static bool seal(Making *m) {
    Ctx *c = &m->c;
    BundleWish w;
    Str path = order_path(c->arena, m->reg->store, m->order->id);
    if (!m->reg->key_path.n) return FAIL(c, ERR_STATE, M_ORDER_NO_KEY);
    if (!order_folder(c, m->reg->store) || !wish_of(m, &w)) return false;
    SignKey *key = sign_open(c, m->reg->key_path);
    bool ok = key && bundle_make(c, m->reg, &w, key, path, &m->order->report);
    sign_close(key);
    return ok;
}

/* The page: checks the whole bundle on the way. */
static void run_reader(void *user) {
    Making *m = user;
    Ctx *c = &m->c;
    const Store *s = m->reg->store;
    Str html;
    m->ok = bundle_reader(c, order_path(c->arena, s, m->order->id), &html) &&
            file_write(c, order_reader_path(c->arena, s, m->order->id), html);
    if (m->ok) m->order->reader_bytes = html.n;
}

static void make_bundle(const Register *reg, BundleOrder *o, Arena *kept) {
    Arena *a = arena_open(0);
    Making m = {.c = ctx_new(a, clock_now_ms()), .reg = reg, .order = o};
    bool ok = seal(&m);
    o->state = ok ? ORDER_MADE : ORDER_FAILED;
    o->report.sm3 = str_dup(kept, o->report.sm3);
    o->problem = ok ? S("") : str_dup(kept, note_text(a, &m.c.err.note, LANG_ZH));
    arena_close(a);
}

/* Without a page it is a bundle still. */
static void make_reader(const Register *reg, BundleOrder *o) {
    if (o->state != ORDER_MADE || o->report.bytes > READER_MAX) return;
    Arena *a = arena_open(0);
    Making m = {.c = ctx_new(a, clock_now_ms()), .reg = reg, .order = o};
    m.c.lang = LANG_ZH;
    if (!arena_guard(a, run_reader, &m) || !m.ok)
        LOG(LOG_WARN, "bundle", {"reader", note_text(a, &m.c.err.note, LANG_EN)});
    arena_close(a);
}

static bool make_one(Ctx *c, const Register *reg, BundleOrder *o) {
    make_bundle(reg, o, c->arena);
    make_reader(reg, o);
    c->now_ms = clock_now_ms();
    Db *db = db_borrow(c, reg->store);
    bool ok = db && order_end(db, reg, o);
    if (db) db_return(db);
    return ok;
}

/* False: nothing waits, or the store failed. */
static bool next(Ctx *c, const Register *reg, BundleOrder *o) {
    Db *db = db_borrow(c, reg->store);
    bool ok = db && order_sweep(db) && order_take(db, reg, o);
    if (db) db_return(db);
    return ok && o->id;
}

bool bundler_run(Ctx *c, const Register *reg, int *made) {
    BundleOrder o;
    int n = 0;
    while (next(c, reg, &o) && make_one(c, reg, &o)) n++;
    if (made) *made = n;
    return ctx_ok(c);
}

/* --- in the background of a server -------------------------------------------------------------
 */

struct Bundler {
    const Register *reg;
    pthread_t thread;
    atomic_bool stop;
};

static void one_round(Bundler *b) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, clock_now_ms());
    Db *db = db_borrow(&c, b->reg->store);
    const Register *now = db ? register_enter(db, b->reg) : NULL;
    if (db) db_return(db);
    if (now) bundler_run(&c, now, NULL);
    if (now) register_leave(now);
    if (!ctx_ok(&c)) LOG(LOG_ERROR, "bundle", {"text", note_text(a, &c.err.note, LANG_EN)});
    arena_close(a);
}

static void *work(void *user) {
    Bundler *b = user;
    const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
    for (int i = 0; !atomic_load(&b->stop); i = (i + 1) % ROUND_TICKS) {
        if (i == 0) one_round(b);
        nanosleep(&tick, NULL);
    }
    return NULL;
}

Bundler *bundler_start(Arena *a, const Register *reg) {
    Bundler *b = NEW(a, Bundler);
    b->reg = reg;
    atomic_init(&b->stop, false);
    return pthread_create(&b->thread, NULL, work, b) == 0 ? b : NULL;
}

void bundler_stop(Bundler *b) {
    if (!b) return;
    atomic_store(&b->stop, true);
    pthread_join(b->thread, NULL);
}
