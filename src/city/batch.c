/* Batches, withdrawals, coverage: the writing side of facts. See fact.h.
 *
 * A batch is visible when it has a seq. The row of counter 'seq' is locked from taking a seq to the
 * commit, so a reader who sees seq n sees every lower one too, and recorded times never go back.
 */
#include "base/date.h"
#include "base/hash.h"
#include "city/fact_pack.h"
#include "store/counter.h"

static Str number(Ctx *c, int64_t n) {
    return str_printf(c->arena, "%lld", (long long)n);
}

static bool no_batch(Ctx *c, int64_t id) {
    return FAIL(c, ERR_STATE, M_CITY_NO_BATCH, number(c, id));
}

int64_t batch_new(Db *db, const BatchNew *b) {
    Ctx *c = db_ctx(db);
    if (b->known_ms > c->now_ms) {
        FAIL(c, ERR_INPUT, M_CITY_FUTURE, instant_text(c->arena, b->known_ms));
        return 0;
    }
    int64_t id = counter_take(db, S("batch"), 1);
    if (!id) return 0;
    bool ok = EXEC(db,
                   "INSERT INTO batch(id, known_ms, made_ms, facts, content_sm3, origin, "
                   "origin_sha256, reverses, actor, reason) "
                   "VALUES($1, $2, $3, 0, '', $4, $5, $6, '', '')",
                   db_i(id), db_i(b->known_ms), db_i(c->now_ms), db_s(b->origin),
                   db_s(b->origin_sha256), b->reverses ? db_i(b->reverses) : db_n());
    return ok ? id : 0;
}

static Str content_of(Db *db, int64_t batch) {
    Ctx *c = db_ctx(db);
    Str out = S("");
    Rows *r = Q(db,
                "SELECT content_sm3, facts, origin, origin_sha256, reverses FROM batch "
                "WHERE id = $1",
                db_i(batch));
    if (row_next(r))
        out = str_printf(c->arena, "%.*s\n%lld\n%.*s\n%.*s\n%lld", STRF(row_str(r, 0)),
                         (long long)row_i64(r, 1), STRF(row_str(r, 2)), STRF(row_str(r, 3)),
                         (long long)row_i64(r, 4));
    rows_close(r);
    return out;
}

bool batch_publish(Db *db, int64_t batch, const Act *act, int64_t *seq) {
    Ctx *c = db_ctx(db);
    int64_t next = counter_take(db, S("seq"), 1);
    if (!next) return false;
    EXEC(db, "UPDATE counter SET next = $1 WHERE name = 'recorded_ms' AND next < $1",
         db_i(c->now_ms));
    int64_t recorded = Q_I64(db, 0, "SELECT next FROM counter WHERE name = 'recorded_ms'");
    int64_t changed = 0;
    db_exec(
        db,
        "UPDATE batch SET seq = $2, recorded_ms = $3, actor = $4, reason = $5 "
        "WHERE id = $1 AND seq IS NULL",
        &changed, 5,
        (DbVal[]){db_i(batch), db_i(next), db_i(recorded), db_s(act->actor), db_s(act->reason)});
    if (!ctx_ok(c)) return false;
    if (changed != 1) return no_batch(c, batch);
    if (seq) *seq = next;
    return journal_add(db, act, S("fact.publish"),
                       str_printf(c->arena, "batch:%lld", (long long)batch), content_of(db, batch));
}

bool batch_drop(Db *db, int64_t batch) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    EXEC(db, "UPDATE batch SET facts = facts WHERE id = $1", db_i(batch));
    int64_t staged =
        Q_I64(db, 0, "SELECT count(*) FROM batch WHERE id = $1 AND seq IS NULL", db_i(batch));
    if (!ctx_ok(c)) return false;
    if (!staged) return no_batch(c, batch);
    return EXEC(db, "DELETE FROM fact_record WHERE batch = $1", db_i(batch)) &&
           EXEC(db, "DELETE FROM withdrawal WHERE batch = $1", db_i(batch)) &&
           EXEC(db, "DELETE FROM coverage WHERE batch = $1", db_i(batch)) &&
           db_exec(db, "DELETE FROM batch WHERE id = $1", &changed, 1, (DbVal[]){db_i(batch)});
}

bool batch_sweep(Db *db, int64_t before_ms, int *dropped) {
    Ctx *c = db_ctx(db);
    *dropped = 0;
    for (;;) {
        int64_t id = Q_I64(db, 0, "SELECT min(id) FROM batch WHERE seq IS NULL AND made_ms < $1",
                           db_i(before_ms));
        if (!id || !ctx_ok(c)) return ctx_ok(c);
        if (!batch_drop(db, id)) return false;
        (*dropped)++;
    }
}

int64_t batch_of_file(Db *db, Str sha256) {
    if (!sha256.n) return 0;
    return Q_I64(db, 0,
                 "SELECT max(b.id) FROM batch b WHERE b.origin_sha256 = $1 AND b.seq IS NOT NULL "
                 "AND NOT EXISTS (SELECT 1 FROM batch v WHERE v.reverses = b.id "
                 "AND v.seq IS NOT NULL)",
                 db_s(sha256));
}

int64_t batch_reverse(Db *db, int64_t batch, const Act *act) {
    Ctx *c = db_ctx(db);
    if (!EXEC(db, "UPDATE counter SET next = next WHERE name = 'seq'")) return 0;
    int64_t there =
        Q_I64(db, 0, "SELECT count(*) FROM batch WHERE id = $1 AND seq IS NOT NULL", db_i(batch));
    int64_t undone = Q_I64(db, 0, "SELECT count(*) FROM batch WHERE reverses = $1", db_i(batch));
    if (!there || undone) {
        no_batch(c, batch);
        return 0;
    }
    int64_t id = batch_new(db, &(BatchNew){.origin = S("undo"), .reverses = batch});
    return id && batch_publish(db, id, act, NULL) ? id : 0;
}

bool batch_list(Db *db, int64_t before, int most, Batch **out, int *n) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT b.id, b.seq, b.recorded_ms, b.facts, b.reverses, v.id, b.origin, "
                "b.origin_sha256, b.actor, b.reason FROM batch b "
                "LEFT JOIN batch v ON v.reverses = b.id AND v.seq IS NOT NULL "
                "WHERE b.seq < $1 ORDER BY b.seq DESC LIMIT $2",
                db_i(before ? before : INT64_MAX), db_i(most));
    while (row_next(r)) {
        GROW(a, *out, *n, cap);
        (*out)[(*n)++] = (Batch){.id = row_i64(r, 0),
                                 .seq = row_i64(r, 1),
                                 .recorded_ms = row_i64(r, 2),
                                 .facts = row_i64(r, 3),
                                 .reverses = row_i64(r, 4),
                                 .reversed_by = row_i64(r, 5),
                                 .origin = str_dup(a, row_str(r, 6)),
                                 .origin_sha256 = str_dup(a, row_str(r, 7)),
                                 .actor = str_dup(a, row_str(r, 8)),
                                 .reason = str_dup(a, row_str(r, 9))};
    }
    rows_close(r);
    return ctx_ok(c);
}

/* --- withdrawals ------------------------------------------------------------------------------ */

static bool fact_exists(Db *db, int64_t subject, int64_t fact) {
    int64_t place = fact % RECORD_FACTS_MAX, facts = 0;
    Rows *r = Q(db,
                "SELECT r.facts FROM fact_record r JOIN batch b ON b.id = r.batch "
                "WHERE r.subject = $1 AND r.id = $2 AND b.seq IS NOT NULL",
                db_i(subject), db_i(fact / RECORD_FACTS_MAX));
    if (row_next(r)) {
        FactReader f = fact_unpack(row_str(r, 0));
        for (Fact one; fact_unpack_next(&f, 0, &one);) facts++;
    }
    rows_close(r);
    return fact > 0 && place < facts;
}

bool fact_withdraw(Db *db, int64_t batch, int64_t subject, int64_t fact, Str reason) {
    Ctx *c = db_ctx(db);
    if (!str_trim(reason).n) return FAIL(c, ERR_INPUT, M_CITY_NO_REASON, S("fact.withdraw"));
    int64_t staged =
        Q_I64(db, 0, "SELECT count(*) FROM batch WHERE id = $1 AND seq IS NULL", db_i(batch));
    if (!staged) return no_batch(c, batch);
    if (!fact_exists(db, subject, fact))
        return FAIL(c, ERR_MISSING, M_CITY_NO_FACT, number(c, fact));
    Str line = str_printf(c->arena, "withdraw %lld %lld %.*s", (long long)subject, (long long)fact,
                          STRF(reason));
    return EXEC(db, "INSERT INTO withdrawal(subject, fact, batch, reason) VALUES($1, $2, $3, $4)",
                db_i(subject), db_i(fact), db_i(batch), db_s(reason)) &&
           EXEC(db, "UPDATE batch SET content_sm3 = $2 WHERE id = $1", db_i(batch),
                db_s(hash_hex(c->arena, HASH_SM3, str_cat(c->arena, content_of(db, batch), line))));
}

/* --- coverage --------------------------------------------------------------------------------- */

typedef struct Interval {
    int32_t indicator, from, to;
} Interval;

struct Coverage {
    const Interval *items; /* by indicator and from */
    int n;
    int32_t as_of;
};

bool coverage_add(Db *db, int64_t batch, int32_t indicator, int32_t from, int32_t to, int source) {
    Ctx *c = db_ctx(db);
    int64_t days;
    if (!date_from_int(from, &days)) return FAIL(c, ERR_INPUT, M_CITY_BAD_DAY, number(c, from));
    if (to && !date_from_int(to, &days)) return FAIL(c, ERR_INPUT, M_CITY_BAD_DAY, number(c, to));
    if (to && to <= from)
        return FAIL(c, ERR_INPUT, M_CITY_BAD_INTERVAL, number(c, from), number(c, to));
    Str line = str_printf(c->arena, "cover %d %d %d %d", indicator, from, to, source);
    return EXEC(db,
                "INSERT INTO coverage(batch, indicator, from_day, to_day, source) "
                "VALUES($1, $2, $3, $4, $5)",
                db_i(batch), db_i(indicator), db_i(from), db_i(to), db_i(source)) &&
           EXEC(db, "UPDATE batch SET content_sm3 = $2 WHERE id = $1", db_i(batch),
                db_s(hash_hex(c->arena, HASH_SM3, str_cat(c->arena, content_of(db, batch), line))));
}

const Coverage *coverage_read(Db *db, const FactAt *at) {
    Ctx *c = db_ctx(db);
    Interval *items = NULL;
    int n = 0, cap = 0;
    Rows *r = Q(db,
                "SELECT k.indicator, k.from_day, k.to_day FROM coverage k "
                "JOIN batch b ON b.id = k.batch "
                "LEFT JOIN batch v ON v.reverses = b.id AND v.seq <= $1 "
                "AND v.recorded_ms <= $2 "
                "WHERE b.seq <= $1 AND v.id IS NULL AND CASE WHEN b.known_ms > 0 "
                "THEN b.known_ms ELSE b.recorded_ms END <= $2 "
                "ORDER BY k.indicator, k.from_day, k.id",
                db_i(at->seq), db_i(at->as_known));
    while (row_next(r)) {
        GROW(c->arena, items, n, cap);
        items[n++] = (Interval){.indicator = (int32_t)row_i64(r, 0),
                                .from = (int32_t)row_i64(r, 1),
                                .to = (int32_t)row_i64(r, 2)};
    }
    rows_close(r);
    Coverage *out = NEW(c->arena, Coverage);
    *out = (Coverage){.items = items, .n = n, .as_of = at->as_of};
    return ctx_ok(c) ? out : NULL;
}

/* The day after yyyymmdd. */
static int32_t next_day(int32_t day) {
    int64_t days;
    return date_from_int(day, &days) ? date_to_int(days + 1) : day;
}

bool coverage_holds(const Coverage *c, int32_t indicator, int32_t from, int32_t to) {
    int32_t end = to ? to : next_day(c->as_of), reached = from;
    for (int i = 0; i < c->n && reached < end; i++) {
        const Interval *k = &c->items[i];
        if (k->indicator != indicator || k->from > reached) continue;
        int32_t until = k->to ? k->to : next_day(c->as_of);
        if (until > reached) reached = until;
    }
    return reached >= end;
}
