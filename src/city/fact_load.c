/* Staging facts: checks, grouping into records, bulk load. See fact.h.
 *
 * Facts wait in an arena until BLOCK_FACTS of them are there; then they are ordered by record
 * (subject, year, source; a new one where known time or evidence changes), packed and loaded with
 * ids taken in one piece, so that nothing is asked of the database while a COPY runs.
 */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "city/fact_pack.h"
#include "city/fits.h"
#include "store/counter.h"

enum {
    BLOCK_FACTS = 50000,
    BLOCK_BYTES = 64 << 20,
    RECORD_BYTES_MAX = 1 << 20,
    FACT_BYTES_MAX = 1 << 20
};

typedef struct Waiting {
    FactNew f;
    int order;
} Waiting;

typedef struct Record {
    const FactNew *head;
    Str bytes;
} Record;

struct FactLoader {
    Db *db;
    Arena *arena; /* of the loader itself */
    Arena *block; /* what waits; reset at each flush */
    Waiting *waiting;
    const Waiting **sorted;
    Record *records;
    int n;
    int64_t batch, facts;
    Hash *hash;
    bool failed;
};

FactLoader *fact_loader_open(Db *db, int64_t batch) {
    int64_t there = Q_I64(db, 0, "SELECT id FROM batch WHERE id = $1 AND seq IS NULL", db_i(batch));
    Ctx *c = db_ctx(db);
    if (!there) {
        FAIL(c, ERR_STATE, M_CITY_NO_BATCH, str_printf(c->arena, "%lld", (long long)batch));
        return NULL;
    }
    Arena *a = arena_child(c->arena, 0);
    FactLoader *l = NEW(a, FactLoader);
    *l = (FactLoader){.db = db, .arena = a, .block = arena_child(a, 0), .batch = batch};
    l->waiting = NEW_N(a, Waiting, BLOCK_FACTS);
    l->sorted = NEW_N(a, const Waiting *, BLOCK_FACTS);
    l->records = NEW_N(a, Record, BLOCK_FACTS);
    l->hash = hash_open(HASH_SM3);
    return l;
}

static bool digits_only(Str s) {
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n > 0;
}

/* Canonical decimal text: what dec_text prints. */
static bool number_is_canonical(Str s) {
    bool negative = str_starts(s, S("-"));
    Str body = str_sub(s, negative, s.n), exponent = {0};
    ptrdiff_t e = str_find(body, S("E"));
    if (e >= 0) {
        exponent = str_sub(body, e + 1, body.n);
        body = str_sub(body, 0, e);
        if (exponent.n < 2 || (*exponent.p != '+' && *exponent.p != '-')) return false;
        if (!digits_only(str_sub(exponent, 1, exponent.n)) || exponent.p[1] == '0') return false;
    }
    ptrdiff_t dot = str_find(body, S("."));
    Str whole = str_sub(body, 0, dot < 0 ? body.n : dot);
    if (!digits_only(whole) || (whole.n > 1 && *whole.p == '0')) return false;
    if (dot < 0) return !(negative && str_eq(whole, S("0")));
    Str fraction = str_sub(body, dot + 1, body.n);
    return digits_only(fraction) && fraction.p[fraction.n - 1] != '0';
}

static bool value_fits(const FactNew *f) {
    int64_t days;
    switch (f->type) {
    case FACT_NUMBER: return number_is_canonical(f->value);
    case FACT_DATE: return date_parse(f->value, &days);
    case FACT_BOOLEAN: return str_eq(f->value, S("true")) || str_eq(f->value, S("false"));
    case FACT_CONTEXT:
        return f->value.n >= 2 && *f->value.p == '{' && f->value.p[f->value.n - 1] == '}';
    case FACT_NONE: return f->value.n == 0 && f->kind == FACT_VALUE;
    case FACT_TEXT: return f->kind == FACT_VALUE;
    }
    return false;
}

/* Well-formed, without NUL, of a bearable length. */
static bool texts_fit(Ctx *c, const FactNew *f) {
    const Str texts[] = {f->value, f->key, f->received, f->unit_received, f->evidence};
    ptrdiff_t bytes = 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!texts[i].n) continue;
        bytes += texts[i].n;
        if (memchr(texts[i].p, 0, (size_t)texts[i].n) || utf8_invalid_at(texts[i]) >= 0)
            return FAIL(c, ERR_INPUT, M_STORE_TEXT);
    }
    return bytes <= FACT_BYTES_MAX ||
           FAIL(c, ERR_LIMIT, M_CITY_TOO_LONG, str_printf(c->arena, "%lld", (long long)bytes),
                str_printf(c->arena, "%d", FACT_BYTES_MAX));
}

static bool fact_fits(Ctx *c, const FactNew *f) {
    if (f->subject < 1 || f->indicator < 1 || f->source < 1)
        return FAIL(c, ERR_INPUT, M_CITY_BAD_FACT);
    if (!texts_fit(c, f)) return false;
    if (!value_fits(f))
        return FAIL(c, ERR_INPUT, f->type == FACT_NUMBER ? M_CITY_BAD_NUMBER : M_CITY_BAD_VALUE,
                    f->value);
    bool year = f->period >= 0 && f->period <= 9999;
    if ((!year && !day_fits(c, f->period)) || !day_fits(c, f->from) || !day_fits(c, f->to))
        return false;
    if (f->from && f->to && f->to <= f->from)
        return FAIL(c, ERR_INPUT, M_CITY_BAD_INTERVAL, str_printf(c->arena, "%d", f->from),
                    str_printf(c->arena, "%d", f->to));
    if (f->known_ms > c->now_ms)
        return FAIL(c, ERR_INPUT, M_CITY_FUTURE, instant_text(c->arena, f->known_ms));
    return true;
}

#define ORDER_BY(x, y)                                                                             \
    if ((x) != (y)) return (x) < (y) ? -1 : 1

static int place_cmp(const FactNew *x, const FactNew *y) {
    ORDER_BY(x->subject, y->subject);
    ORDER_BY(fact_year(x->period), fact_year(y->period));
    ORDER_BY(x->source, y->source);
    return 0;
}

static bool same_record(const FactNew *x, const FactNew *y) {
    return place_cmp(x, y) == 0 && x->known_ms == y->known_ms && str_eq(x->evidence, y->evidence);
}

/* Facts of one source keep their order of entry, so that the last one in a batch has the highest
 * id. */
static int waiting_cmp(const void *px, const void *py) {
    const Waiting *x = *(const Waiting *const *)px, *y = *(const Waiting *const *)py;
    int by_place = place_cmp(&x->f, &y->f);
    if (by_place) return by_place;
    ORDER_BY(x->order, y->order);
    return 0;
}

/* Packs the facts waiting into records; returns how many. */
static int pack_records(FactLoader *l) {
    int records = 0, in_record = 0;
    Buf b = buf_new(l->block, 0);
    size_t from = 0;
    for (int i = 0; i < l->n; i++) l->sorted[i] = &l->waiting[i];
    qsort(l->sorted, (size_t)l->n, sizeof *l->sorted, waiting_cmp);
    for (int i = 0; i < l->n; i++) {
        const FactNew *f = &l->sorted[i]->f;
        bool fresh = i == 0 || !same_record(&l->sorted[i - 1]->f, f) ||
                     in_record == RECORD_FACTS_MAX || b.n - from > RECORD_BYTES_MAX;
        if (fresh) {
            if (records) l->records[records - 1].bytes.n = (ptrdiff_t)(b.n - from);
            from = b.n;
            l->records[records++] = (Record){.head = f};
            in_record = 0;
            fact_pack_begin(&b);
        }
        fact_pack_add(&b, f);
        in_record++;
    }
    if (records) l->records[records - 1].bytes.n = (ptrdiff_t)(b.n - from);
    const char *p = b.p; /* the buffer does not move any more */
    for (int i = 0; i < records; i++) {
        l->records[i].bytes.p = p;
        p += l->records[i].bytes.n;
    }
    if (b.over) FAIL(db_ctx(l->db), ERR_LIMIT, M_LIMIT_MEMORY);
    return b.over ? 0 : records;
}

static void hash_record(FactLoader *l, const Record *r) {
    const int64_t head[] = {r->head->subject,  fact_year(r->head->period), r->head->source,
                            r->head->known_ms, r->head->evidence.n,        r->bytes.n};
    hash_add(l->hash, str_of(head, sizeof head));
    hash_add(l->hash, r->head->evidence);
    hash_add(l->hash, r->bytes);
}

static bool flush(FactLoader *l) {
    if (l->n == 0) return true;
    int records = pack_records(l);
    int64_t id = records ? counter_take(l->db, S("fact_record"), records) : 0;
    Load *load = id ? db_load(l->db, "fact_record",
                              "subject, year, id, batch, source, known_ms, evidence, facts")
                    : NULL;
    for (int i = 0; load && i < records; i++) {
        const FactNew *h = l->records[i].head;
        hash_record(l, &l->records[i]);
        db_load_row(load, (DbVal[]){db_i(h->subject), db_i(fact_year(h->period)), db_i(id + i),
                                    db_i(l->batch), db_i(h->source), db_i(h->known_ms),
                                    db_sn(h->evidence), db_b(l->records[i].bytes)});
    }
    bool ok = load && db_load_end(load);
    l->facts += l->n;
    l->n = 0;
    arena_reset(l->block);
    return ok;
}

static Str keep(Arena *a, Str s) {
    return s.n ? str_dup(a, s) : (Str){"", 0};
}

bool fact_loader_add(FactLoader *l, const FactNew *f) {
    if (!l || l->failed || !fact_fits(db_ctx(l->db), f)) return false;
    bool full = l->n == BLOCK_FACTS || arena_used(l->block) > BLOCK_BYTES;
    if (full && !flush(l)) {
        l->failed = true;
        return false;
    }
    Waiting *w = &l->waiting[l->n];
    *w = (Waiting){.f = *f, .order = l->n};
    w->f.key = keep(l->block, f->key);
    w->f.value = keep(l->block, f->value);
    w->f.received = keep(l->block, f->received);
    w->f.unit_received = keep(l->block, f->unit_received);
    bool same = l->n && str_eq(w[-1].f.evidence, f->evidence);
    w->f.evidence = same ? w[-1].f.evidence : keep(l->block, f->evidence);
    l->n++;
    return true;
}

bool fact_loader_close(FactLoader *l) {
    if (!l) return false;
    Db *db = l->db;
    Arena *a = db_ctx(db)->arena;
    bool ok = !l->failed && ctx_ok(db_ctx(db)) && flush(l);
    unsigned char digest[HASH_BYTES];
    hash_close(l->hash, digest);
    if (ok) { /* what several loaders of a batch staged is chained */
        Str before = S(""), part = hex_text(a, digest, HASH_BYTES);
        Rows *r = Q(db, "SELECT content_sm3 FROM batch WHERE id = $1", db_i(l->batch));
        if (row_next(r)) before = str_dup(a, row_str(r, 0));
        rows_close(r);
        Str both = before.n ? hash_hex(a, HASH_SM3, str_cat(a, before, part)) : part;
        ok = EXEC(db, "UPDATE batch SET facts = facts + $2, content_sm3 = $3 WHERE id = $1",
                  db_i(l->batch), db_i(l->facts), db_s(both));
    }
    arena_close(l->block);
    arena_close(l->arena);
    return ok;
}
