/* Orders of sealed bundles 证据包: asked for by a person, made in the background (job/bundler.h),
 * fetched within ORDER_KEEP_DAYS.
 *
 * An order in hand belongs to the life of one process (Register.process). When that life is over
 * somebody else takes it up again, ORDER_TRIES times at most; making it twice does no harm, for a
 * file is written whole and the order names the one that counts by its SM3. Who asked for what, and
 * each making, stand in the journal.
 */
#ifndef JIXIA_CITY_BUNDLE_ORDER_H
#define JIXIA_CITY_BUNDLE_ORDER_H
#include "city/bundle/bundle.h"

/* Append only: stored as numbers. */
typedef enum OrderState {
    ORDER_WAITS,
    ORDER_IN_HAND,
    ORDER_MADE,
    ORDER_FAILED,
    ORDER_GONE /* made, and its file removed since */
} OrderState;
enum { ORDER_TRIES = 3, ORDER_KEEP_DAYS = 30, ORDERS_OPEN = 20 };

typedef struct BundleOrder {
    int64_t id;
    Str object;    /* enterprise:ID, case:ID, round:ID, rule:PACK/RULE */
    int64_t as_of; /* of a rule: its decisions of this day (yyyymmdd); 0: of any */
    bool whole_journal;
    Str actor, reason;
    int64_t asked_ms, ended_ms; /* ended_ms 0: not yet */
    OrderState state;
    int tries;
    BundleReport report;  /* once made */
    int64_t reader_bytes; /* of the page made of it; 0: none, it would be too large */
    Str problem;          /* why it failed, in Chinese */
} BundleOrder;

/* waits, in_hand, made, failed, gone */
Str order_state_text(OrderState s);

/* What an object asks for: subject, kase, round or rule of *out, the rest as it was. ERR_INPUT when
 * it is none of the four kinds, ERR_MISSING when there is no such thing. An enterprise may also be
 * given by its code. */
bool order_wish(Db *db, const Register *r, Str object, BundleWish *out);

/* Puts an order in, inside a write transaction, with its journal entry ("bundle.ask"). Its id; 0 on
 * failure: ERR_STATE while ORDERS_OPEN are not done. */
int64_t order_add(Db *db, const BundleOrder *o, const Act *act);
bool order_get(Db *db, int64_t id, BundleOrder *out); /* ERR_MISSING */
/* Newest first, those of one object when it is not empty. */
bool order_list(Db *db, Str object, int64_t offset, int64_t most, BundleOrder **out, int *n,
                int64_t *total);

/* Takes the oldest order that waits, or whose process is gone, for this process, in a transaction
 * of its own. out->id 0: none. What was taken up ORDER_TRIES times in vain is ended as failed. */
bool order_take(Db *db, const Register *r, BundleOrder *out);
/* Writes what came of one taken (state, report, sm3, problem), in a transaction of its own; nothing
 * when it is no longer this process's. */
bool order_end(Db *db, const Register *r, const BundleOrder *o);
/* Removes files older than ORDER_KEEP_DAYS, and says so in their orders. */
bool order_sweep(Db *db);

/* Where the file of an order stands, and the page made of it: a folder beside the database
 * (store_beside), made with the first. */
Str order_path(Arena *a, const Store *s, int64_t id);
Str order_reader_path(Arena *a, const Store *s, int64_t id);
bool order_folder(Ctx *c, const Store *s);
#endif
