/* Discovery over a snapshot. See discover.h. Subjects run in the order of their ids beside the
 * stream of their facts; each is decided in an arena that is reset behind it. */
#include "city/library/discover.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/date.h"

enum { CHUNK = 1000, MILLION = 1000000 };

static const Str CLASSES[DISCOVER_CLASSES] = {
    STR_INIT("passes"), STR_INIT("one_fact"), STR_INIT("close"),  STR_INIT("many_facts"),
    STR_INIT("person"), STR_INIT("far"),      STR_INIT("outside")};

Str discover_class_text(DiscoverClass k) {
    return CLASSES[k];
}

int discover_class_find(Str text) {
    for (int i = 0; i < DISCOVER_CLASSES; i++)
        if (str_eq(CLASSES[i], text)) return i;
    return -1;
}

/* --- one decision -------------------------------------------------------------------------------
 */

DiscoverClass discover_open_class(const Decision *d, const Missing **lacking) {
    *lacking = NULL;
    if (d->outcome == OUTCOME_NEEDS_PERSON) return DISCOVER_PERSON;
    int facts = 0;
    for (int i = 0; i < d->nmissing; i++) {
        if (d->missing[i].kind != MISSING_FACT) return DISCOVER_MANY_FACTS;
        *lacking = &d->missing[i];
        facts++;
    }
    if (facts == 1 && !d->nerrors) return DISCOVER_ONE_FACT;
    *lacking = NULL;
    return DISCOVER_MANY_FACTS;
}

/* |to - from| / max(|from|, |to|) in millionths; a change that is no number counts as a whole. */
static int64_t relative(const DistanceChange *k) {
    int64_t out = MILLION;
    if (!val_is_num(k->to) || !val_is_num(k->change)) return MILLION;
    Dec change = val_dec(k->change), to = val_dec(k->to), from = dec_int(0), share, scaled;
    if (val_is_num(k->fact.now)) from = val_dec(k->fact.now);
    dec_abs(&change, &change);
    dec_abs(&to, &to);
    dec_abs(&from, &from);
    const Dec *base = dec_cmp(&from, &to) > 0 ? &from : &to;
    Dec million = dec_int(MILLION);
    if (!dec_div(&share, &change, base) || !dec_mul(&scaled, &share, &million)) return MILLION;
    if (!dec_round(&scaled, &scaled, 0, DEC_UP) || !dec_to_i64(&scaled, &out)) return MILLION;
    return out;
}

static int64_t effort_of(const DistanceEntry *e, int64_t as_of) {
    int64_t sum = 0;
    if (e->kind == DISTANCE_WAIT) return e->by > as_of ? e->by - as_of : 0;
    for (int i = 0; i < e->nchanges; i++) sum += relative(&e->changes[i]);
    return sum < DISCOVER_EFFORT_MAX ? sum : DISCOVER_EFFORT_MAX;
}

const DistanceEntry *discover_nearest(const Distance *d, int64_t as_of, int32_t *effort) {
    const DistanceEntry *best = NULL;
    *effort = DISCOVER_NO_EFFORT;
    for (int i = 0; i < d->n; i++) {
        const DistanceEntry *e = &d->entries[i];
        if (e->kind > DISTANCE_WAIT) continue;
        int64_t cost = effort_of(e, as_of);
        if (best && (best->kind < e->kind || cost >= *effort)) continue;
        best = e;
        *effort = (int32_t)cost;
    }
    return best;
}

/* --- the run ------------------------------------------------------------------------------------
 */

typedef struct Run {
    Ctx *c;
    const Register *reg;
    const Snapshot *s;
    Discovery *out;
    FactNames names;
    Arena *scratch; /* reset for each subject */
    Db *db;
    const Subject *who; /* the one being looked into */
    const FactView *view;
    DiscoverRow *row;
    const atomic_bool *stop;
    atomic_llong *done;
} Run;

static void look_into(void *user) {
    Run *x = user;
    const Snapshot *s = x->s;
    Arena *a = x->scratch;
    const Missing *lacking;
    FactSet set = factset_from_view(a, &x->names, x->view, x->who, &s->at);
    DecideOptions o = {.as_of = s->as_of, .as_known_ms = s->at.as_known, .seq = s->at.seq};
    Decision d = decide(a, x->reg->book, x->out->rule, &set, &o);
    if (d.outcome != OUTCOME_NOT_MET) {
        x->row->class = (uint8_t)discover_open_class(&d, &lacking);
        if (!lacking) return;
        x->row->indicator = (int16_t)lacking->indicator->id;
        x->row->lag = (int8_t)lacking->lag;
        return;
    }
    const Distance *away = distance_find(a, x->reg->book, &set, &o, &d);
    const DistanceEntry *e = discover_nearest(away, s->as_of, &x->row->effort);
    x->out->stopped += away->stopped;
    x->row->class = e ? DISCOVER_CLOSE : DISCOVER_FAR;
    if (!e) return;
    x->row->kind = (uint8_t)e->kind;
    x->row->by = e->by;
    if (e->nchanges == 0) return;
    x->row->indicator = (int16_t)e->changes[0].fact.indicator->id;
    x->row->lag = (int8_t)e->changes[0].fact.lag;
}

/* What the snapshot says already; false when the enterprise has to be looked into. */
static bool known_class(const Run *x, int64_t place, DiscoverRow *row) {
    int rule = 0;
    while (x->s->pack->rules[rule] != x->out->rule) rule++;
    Outcome o = (Outcome)x->s->outcomes[rule * x->s->n + place];
    *row = (DiscoverRow){.subject = x->s->id[place],
                         .place = (uint32_t)place,
                         .division = x->s->division[place],
                         .unit = x->s->unit[place],
                         .demo = x->s->is_demo[place],
                         .indicator = -1,
                         .lag = -1,
                         .effort = DISCOVER_NO_EFFORT,
                         .by = DISTANCE_NO_DAY,
                         .class = DISCOVER_OUTSIDE};
    if (o == OUTCOME_MET) row->class = DISCOVER_PASSES;
    return o == OUTCOME_MET || o == OUTCOME_NOT_APPLICABLE;
}

static const FactView NONE;

static bool run_chunk(Run *x, int64_t from, int64_t to) {
    const Snapshot *s = x->s;
    FactRank rank = fact_names_rank(&x->names);
    Subject *who = NEW_N(x->c->arena, Subject, CHUNK);
    if (!subject_get_many(x->db, s->id + from, (int)(to - from), who)) return false;
    FactStream *stream = fact_stream_open(x->db, s->id[from], s->id[to - 1] + 1, &s->at, &rank);
    const FactView *view = stream ? fact_stream_next(stream) : NULL;
    bool ok = stream != NULL;
    for (int64_t i = from; ok && i < to; i++) {
        DiscoverRow *row = &x->out->rows[x->out->n++];
        while (view && view->subject < s->id[i]) view = fact_stream_next(stream);
        x->row = row;
        x->who = &who[i - from];
        x->view = view && view->subject == s->id[i] ? view : &NONE;
        arena_reset(x->scratch);
        if (!known_class(x, i, row) && !arena_guard(x->scratch, look_into, x))
            ok = FAIL_AT(x->c, ERR_LIMIT, x->who->name, M_LIMIT_MEMORY);
        if (x->done) atomic_store(x->done, x->out->n);
        if (x->stop && atomic_load(x->stop)) ok = FAIL(x->c, ERR_BUSY, M_SNAPSHOT_STOPPED);
    }
    if (stream) fact_stream_close(stream);
    return ok && ctx_ok(x->c);
}

/* --- order and counts ---------------------------------------------------------------------------
 */

static int row_cmp(const void *px, const void *py) {
    const DiscoverRow *x = px, *y = py;
    int d = (x->class > y->class) - (x->class < y->class);
    if (!d) d = (x->kind > y->kind) - (x->kind < y->kind);
    if (!d) d = (x->effort > y->effort) - (x->effort < y->effort);
    return d ? d : (x->subject > y->subject) - (x->subject < y->subject);
}

static int lack_cmp(const void *px, const void *py) {
    const DiscoverLack *x = px, *y = py;
    int d = (x->n < y->n) - (x->n > y->n);
    if (!d) d = x->indicator - y->indicator;
    return d ? d : x->lag - y->lag;
}

static void add_lack(Arena *a, Discovery *out, int *cap, const DiscoverRow *row) {
    int i = 0;
    while (i < out->nlacks &&
           (out->lacks[i].indicator != row->indicator || out->lacks[i].lag != row->lag))
        i++;
    if (i == out->nlacks) {
        GROW(a, out->lacks, out->nlacks, *cap);
        out->lacks[out->nlacks++] = (DiscoverLack){.indicator = row->indicator, .lag = row->lag};
    }
    out->lacks[i].n++;
}

static void finish(Run *x, Arena *kept) {
    Discovery *out = x->out;
    int cap = 0, ntexts = 0;
    for (int64_t i = 0; i < out->n; i++) {
        const DiscoverRow *row = &out->rows[i];
        out->counts[row->class]++;
        if (row->class == DISCOVER_ONE_FACT) add_lack(kept, out, &cap, row);
        if (row->division >= ntexts) ntexts = row->division + 1;
        if (row->unit >= ntexts) ntexts = row->unit + 1;
    }
    out->texts = NEW_N(kept, Str, ntexts + 1);
    for (int i = 0; i < ntexts; i++) out->texts[i] = str_dup(kept, x->s->texts[i]);
    if (out->n > 1) qsort(out->rows, (size_t)out->n, sizeof *out->rows, row_cmp);
    if (out->nlacks > 1) qsort(out->lacks, (size_t)out->nlacks, sizeof *out->lacks, lack_cmp);
    out->computed_ms = clock_now_ms();
}

bool discover_run(Ctx *c, const Register *r, const Snapshot *s, const Rule *rule, Arena *kept,
                  const atomic_bool *stop, atomic_llong *done, Discovery *out) {
    Run x = {.c = c, .reg = r, .s = s, .out = out, .stop = stop, .done = done};
    *out = (Discovery){.rule = rule,
                       .as_of = s->as_of,
                       .at = s->at,
                       .year = s->year,
                       .snapshot_ms = s->computed_ms,
                       .rows = NEW_N(kept, DiscoverRow, s->n + 1)};
    x.db = db_borrow(c, r->store);
    x.scratch = arena_child(c->arena, 0);
    bool ok = x.db && fact_names(x.db, r->pack, &s->at, &x.names);
    ArenaMark m = arena_mark(c->arena);
    for (int64_t at = 0; ok && at < s->n; at += CHUNK) {
        ok = run_chunk(&x, at, at + CHUNK < s->n ? at + CHUNK : s->n);
        if (ok) arena_rewind(c->arena, m);
    }
    if (x.db) db_return(x.db);
    arena_close(x.scratch);
    if (ok) finish(&x, kept);
    return ok && ctx_ok(c);
}
