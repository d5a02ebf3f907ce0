/* Orders of sealed bundles. See order.h. */
#include "city/bundle/order.h"

#include <unistd.h>

#include "base/file.h"
#include "city/flow/case.h"
#include "city/subject.h"
#include "store/counter.h"

enum { PROCESS_DEAD_MS = 120000, USCC_LETTERS = 18 };

static Str number(Arena *a, int64_t n) {
    return str_printf(a, "%lld", (long long)n);
}

Str order_state_text(OrderState s) {
    static const char *const TEXTS[] = {"waits", "in_hand", "made", "failed", "gone"};
    return str_from(TEXTS[s]);
}

/* --- what is asked for -------------------------------------------------------------------------
 */

static bool wish_enterprise(Db *db, Str object, Str rest, int64_t id, BundleWish *out) {
    Ctx *c = db_ctx(db);
    if (rest.n == USCC_LETTERS) /* a code, of digits alone at times */
        return (out->subject = subject_find(db, object)) != 0;
    out->subject = id > 0 ? subject_root(db, id) : 0;
    return ctx_ok(c) && (out->subject || FAIL(c, ERR_MISSING, M_CITY_NO_SUBJECT, rest));
}

bool order_wish(Db *db, const Register *r, Str object, BundleWish *out) {
    Ctx *c = db_ctx(db);
    CaseFile k;
    int64_t id = 0;
    ptrdiff_t at = str_find(object, S(":"));
    Str kind = str_sub(object, 0, at < 0 ? 0 : at), rest = str_sub(object, at + 1, object.n);
    bool is_number = str_to_i64(rest, &id) && id > 0;
    if (str_eq(kind, S("rule"))) {
        out->rule = rest;
        return pack_rule(c, r->pack, rest) != NULL;
    }
    if (str_eq(kind, S("enterprise"))) return wish_enterprise(db, object, rest, id, out);
    if (is_number && str_eq(kind, S("case"))) return case_get(db, r, out->kase = id, &k);
    if (!is_number || !str_eq(kind, S("round"))) return FAIL(c, ERR_INPUT, M_ORDER_OBJECT);
    out->round = id;
    return Q_I64(db, 0, "SELECT count(*) FROM review_round WHERE id = $1", db_i(id)) == 1 ||
           (ctx_ok(c) && FAIL(c, ERR_MISSING, M_BUNDLE_NO_ROUND, rest));
}

int64_t order_add(Db *db, const BundleOrder *o, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t id = counter_take(db, S("bundle_order"), 1); /* held: who asks next sees this one */
    int64_t open = id ? Q_I64(db, 0, "SELECT count(*) FROM bundle_order WHERE state IN (0, 1)") : 0;
    if (open >= ORDERS_OPEN) FAIL(c, ERR_STATE, M_ORDER_MANY, number(c->arena, open));
    bool ok =
        ctx_ok(c) &&
        EXEC(db,
             "INSERT INTO bundle_order(id, object, as_of, whole_journal, actor, reason, asked_ms, "
             "state) VALUES($1, $2, $3, $4, $5, $6, $7, 0)",
             db_i(id), db_s(o->object), db_i(o->as_of), db_i(o->whole_journal), db_s(act->actor),
             db_s(act->reason), db_i(c->now_ms)) &&
        journal_add(db, act, S("bundle.ask"), o->object,
                    str_printf(c->arena, "%lld\n%lld\n%d", (long long)id, (long long)o->as_of,
                               o->whole_journal));
    return ok ? id : 0;
}

/* --- reading ------------------------------------------------------------------------------------
 */

#define COLUMNS                                                                                    \
    "id, object, as_of, whole_journal, actor, reason, asked_ms, ended_ms, state, tries, grade, "   \
    "decisions, cases, documents, entries, bytes, reader_bytes, sm3, problem"

static BundleOrder read_order(Arena *a, Rows *r) {
    return (BundleOrder){.id = row_i64(r, 0),
                         .object = str_dup(a, row_str(r, 1)),
                         .as_of = row_i64(r, 2),
                         .whole_journal = row_i64(r, 3) != 0,
                         .actor = str_dup(a, row_str(r, 4)),
                         .reason = str_dup(a, row_str(r, 5)),
                         .asked_ms = row_i64(r, 6),
                         .ended_ms = row_i64(r, 7),
                         .state = (OrderState)row_i64(r, 8),
                         .tries = (int)row_i64(r, 9),
                         .report = {.grade = (Grade)row_i64(r, 10),
                                    .decisions = row_i64(r, 11),
                                    .cases = row_i64(r, 12),
                                    .documents = row_i64(r, 13),
                                    .entries = row_i64(r, 14),
                                    .bytes = row_i64(r, 15),
                                    .sm3 = str_dup(a, row_str(r, 17))},
                         .reader_bytes = row_i64(r, 16),
                         .problem = str_dup(a, row_str(r, 18))};
}

bool order_get(Db *db, int64_t id, BundleOrder *out) {
    Ctx *c = db_ctx(db);
    *out = (BundleOrder){0};
    Rows *r = Q(db, "SELECT " COLUMNS " FROM bundle_order WHERE id = $1", db_i(id));
    if (r && row_next(r)) *out = read_order(c->arena, r);
    if (r) rows_close(r);
    return ctx_ok(c) && (out->id || FAIL(c, ERR_MISSING, M_ORDER_NONE, number(c->arena, id)));
}

bool order_list(Db *db, Str object, int64_t offset, int64_t most, BundleOrder **out, int *n,
                int64_t *total) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    *total = Q_I64(db, 0, "SELECT count(*) FROM bundle_order WHERE $1 = '' OR object = $1",
                   db_s(object));
    Rows *r = Q(db,
                "SELECT " COLUMNS " FROM bundle_order WHERE $1 = '' OR object = $1 "
                "ORDER BY id DESC LIMIT $2 OFFSET $3",
                db_s(object), db_i(most), db_i(offset));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = read_order(c->arena, r);
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

/* --- making -------------------------------------------------------------------------------------
 */

typedef struct Turn {
    const Register *reg;
    BundleOrder *out;
    const BundleOrder *order;
} Turn;

/* A server that died with it in hand, three times: it is likely what it dies of. */
static bool give_up(Db *db) {
    Ctx *c = db_ctx(db);
    return EXEC(db,
                "UPDATE bundle_order SET state = 3, ended_ms = $1, problem = $2 WHERE state = 1 "
                "AND tries >= $3 AND process NOT IN (SELECT name FROM process WHERE seen_ms >= $4)",
                db_i(c->now_ms), db_s(msg_text(c->arena, M_ORDER_TRIES, LANG_ZH, 0, NULL)),
                db_i(ORDER_TRIES), db_i(c->now_ms - PROCESS_DEAD_MS));
}

static bool take_in_tx(Db *db, void *user) {
    const Turn *t = user;
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    if (!give_up(db)) return false;
    int64_t id = Q_I64(db, 0,
                       "SELECT min(id) FROM bundle_order WHERE state = 0 OR (state = 1 AND process "
                       "NOT IN (SELECT name FROM process WHERE seen_ms >= $1))",
                       db_i(c->now_ms - PROCESS_DEAD_MS));
    *t->out = (BundleOrder){0};
    if (!id || !ctx_ok(c)) return ctx_ok(c);
    DbVal args[] = {db_i(id), db_s(t->reg->process), db_i(c->now_ms - PROCESS_DEAD_MS)};
    if (!db_exec(db,
                 "UPDATE bundle_order SET state = 1, process = $2, tries = tries + 1 WHERE "
                 "id = $1 AND (state = 0 OR (state = 1 AND process NOT IN "
                 "(SELECT name FROM process WHERE seen_ms >= $3)))",
                 &changed, 3, args))
        return false;
    return changed == 0 || order_get(db, id, t->out); /* 0: another server was quicker */
}

bool order_take(Db *db, const Register *r, BundleOrder *out) {
    Turn t = {.reg = r, .out = out};
    *out = (BundleOrder){0};
    int64_t open = Q_I64(db, 0, "SELECT count(*) FROM bundle_order WHERE state IN (0, 1)");
    if (open == 0) return ctx_ok(db_ctx(db)); /* asked every second: no write for nothing */
    return tx_run(db, DB_WRITE, take_in_tx, &t);
}

static bool end_in_tx(Db *db, void *user) {
    const Turn *t = user;
    const BundleOrder *o = t->order;
    const BundleReport *k = &o->report;
    return EXEC(db,
                "UPDATE bundle_order SET state = $2, ended_ms = $3, grade = $4, decisions = $5, "
                "cases = $6, documents = $7, entries = $8, bytes = $9, reader_bytes = $10, "
                "sm3 = $11, problem = $12 WHERE id = $1 AND state = 1 AND process = $13",
                db_i(o->id), db_i(o->state), db_i(db_ctx(db)->now_ms), db_i(k->grade),
                db_i(k->decisions), db_i(k->cases), db_i(k->documents), db_i(k->entries),
                db_i(k->bytes), db_i(o->reader_bytes), db_s(k->sm3), db_s(o->problem),
                db_s(t->reg->process));
}

bool order_end(Db *db, const Register *r, const BundleOrder *o) {
    Turn t = {.reg = r, .order = o};
    return tx_run(db, DB_WRITE, end_in_tx, &t);
}

/* --- files --------------------------------------------------------------------------------------
 */

static Str file_of(Arena *a, const Store *s, int64_t id, const char *ending) {
    return str_printf(a, "%.*s/%lld.%s", STRF(store_beside(a, s, S("bundles"))), (long long)id,
                      ending);
}

Str order_path(Arena *a, const Store *s, int64_t id) {
    return file_of(a, s, id, "zbb");
}

Str order_reader_path(Arena *a, const Store *s, int64_t id) {
    return file_of(a, s, id, "html");
}

bool order_folder(Ctx *c, const Store *s) {
    return file_folder(c, store_beside(c->arena, s, S("bundles")));
}

static bool gone(Db *db, void *user) {
    const int64_t *id = user;
    return EXEC(db, "UPDATE bundle_order SET state = 4 WHERE id = $1 AND state = 2", db_i(*id));
}

bool order_sweep(Db *db) {
    Ctx *c = db_ctx(db);
    int64_t old = c->now_ms - (int64_t)ORDER_KEEP_DAYS * 86400000, id = 0;
    for (;;) {
        id = Q_I64(db, 0, "SELECT min(id) FROM bundle_order WHERE state = 2 AND ended_ms < $1",
                   db_i(old));
        if (!id) return ctx_ok(c);
        if (!tx_run(db, DB_WRITE, gone, &id)) return false;
        unlink(str_z(c->arena, order_path(c->arena, db_store(db), id)));
        unlink(str_z(c->arena, order_reader_path(c->arena, db_store(db), id)));
    }
}
