/* Computing a snapshot: pages of subjects beside the stream of their facts, in order of id. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "city/snapshot_build.h"
#include "codec/pinyin.h"

enum { PAGE = 1000, TEXTS_MAX = 65534, NFACTS_MAX = 65535 };

typedef struct SortKey {
    Str key, name;
    uint32_t row;
} SortKey;

typedef struct Build {
    Snapshot *s;
    const Register *reg;
    Arena *kept;    /* of the snapshot */
    Arena *scratch; /* reset for each subject */
    Arena *sorting; /* names until they are ranked */
    Ctx c;
    Db *db;
    FactNames names;
    Map texts, results;
    int ntexts, nresults, texts_cap, results_cap;
    SortKey *by_name, *by_uscc;
    int64_t cap;
    const atomic_bool *stop;
    atomic_llong *done;
    bool ok;
} Build;

/* --- what is asked -----------------------------------------------------------------------------
 */

static bool reads_lag(Arena *a, const RuleVersion *v, const Indicator *i, int lag) {
    Str path = str_printf(a, "%.*s.%.*s", STRF(i->name), STRF(lag_name(lag)));
    return str_find(v->file->bytes, path) >= 0;
}

static void ask_version(Arena *a, const CompiledVersion *cv, uint8_t *lags) {
    for (int k = 0; k < cv->ninputs; k++) {
        const Indicator *i = cv->inputs[k].indicator;
        if (!i || i->by != BY_DATA || i->from_rule.n) continue;
        if (i->period != PERIOD_YEARLY) {
            lags[i->id] = 1;
            continue;
        }
        uint8_t found = 0;
        for (int lag = 0; lag < LAGS; lag++)
            if (reads_lag(a, cv->version, i, lag)) found = (uint8_t)(found | 1 << lag);
        lags[i->id] = (uint8_t)(lags[i->id] | (found ? found : 1));
    }
}

Asked *snapshot_asked(Arena *a, const Rulebook *b, int64_t as_of, int *n) {
    const PackSet *p = b->pack;
    uint8_t *lags = NEW_N(a, uint8_t, p->nindicators + 1);
    for (int i = 0; i < p->nrules; i++) {
        const RuleVersion *v = rule_version_on(p->rules[i], as_of);
        if (!v || as_of >= v->closed_from || !str_eq(p->rules[i]->subject, S("enterprise")))
            continue;
        ask_version(a, rulebook_version(b, v), lags);
    }
    Asked *out = NEW_N(a, Asked, p->nindicators * LAGS + 1);
    *n = 0;
    for (int i = 0; i < p->nindicators; i++)
        for (int lag = 0; lag < LAGS; lag++)
            if (lags[i] >> lag & 1)
                out[(*n)++] =
                    (Asked){p->indicators[i], p->indicators[i]->period == PERIOD_YEARLY ? lag : -1};
    return out;
}

bool snapshot_given(const FactSet *set, const Asked *k, int year) {
    int32_t period = k->lag < 0 ? 0 : year - k->lag;
    const FactUse *f = factset_get(set, k->indicator, period);
    if (f && (f->has_value || f->none)) return true;
    f = k->indicator->fallback ? factset_get(set, k->indicator->fallback, period) : NULL;
    return f && f->has_value;
}

/* --- columns -----------------------------------------------------------------------------------
 */

/* The index of a text in a list that is written once; `over` when the list is full. */
static uint16_t intern(Build *b, Map *map, Str **list, int *n, int *cap, Str text, uint16_t over) {
    if (text.n == 0) return 0;
    uintptr_t seen = (uintptr_t)map_get(map, text);
    if (seen) return (uint16_t)seen;
    if (*n >= TEXTS_MAX) return over;
    GROW(b->kept, *list, *n, *cap);
    (*list)[*n] = str_dup(b->kept, text);
    map_put(map, (*list)[*n], (void *)(uintptr_t)*n); /* NOLINT: an index, never followed */
    return (uint16_t)(*n)++;
}

static uint16_t text_id(Build *b, Str text) {
    return intern(b, &b->texts, &b->s->texts, &b->ntexts, &b->texts_cap, text, 0);
}

/* A result as the text it is filtered by: numbers canonical, dates ISO, true | false. */
static Str result_text(Arena *a, Val v) {
    if (v.tag == V_STRING) return val_text(v);
    if (v.tag == V_BOOL) return v.i ? S("true") : S("false");
    if (v.tag == V_DATE) return date_text(a, v.i);
    if (!val_is_num(v)) return S("");
    Dec d = val_dec(v);
    return dec_text(a, &d);
}

static uint16_t result_id(Build *b, Val v) {
    if (v.tag == V_LIST || v.tag == V_CONTEXT) return SNAPSHOT_OTHER;
    return intern(b, &b->results, &b->s->results, &b->nresults, &b->results_cap,
                  result_text(b->scratch, v), SNAPSHOT_OTHER);
}

static bool usable(const Fact *f) {
    return !f->withdrawn && !f->not_valid && !f->not_ranked;
}

bool snapshot_differs(const FactSlot *s) {
    for (int i = 0; s->value && i < s->n_all; i++) {
        const Fact *f = s->all[i];
        if (!usable(f) || f->kind != FACT_VALUE || f->source == s->value->source) continue;
        if (f->type != s->value->type || !str_eq(f->value, s->value->value)) return true;
    }
    return false;
}

static uint64_t source_bit(int source) {
    return 1ULL << (source < SNAPSHOT_SOURCES_MAX ? source - 1 : SNAPSHOT_SOURCES_MAX - 1);
}

static void set_bit(Build *b, uint8_t *bits, int64_t row, int indicator) {
    uint8_t *byte = &bits[row * b->s->field_bytes + indicator / 8];
    *byte = (uint8_t)(*byte | 1 << (indicator % 8));
}

static void count_facts(Build *b, int64_t row, const FactSlot *slot) {
    Snapshot *s = b->s;
    for (int i = 0; i < slot->n_all; i++) {
        const Fact *f = slot->all[i];
        if (f->withdrawn || f->source < 1 || f->source > s->nsources) continue;
        s->sources[row] |= source_bit(f->source);
        s->source_facts[f->source - 1]++;
        if (f->known_ms > s->source_known_ms[f->source - 1])
            s->source_known_ms[f->source - 1] = f->known_ms;
    }
}

static void put_slot(Build *b, int64_t row, const FactSlot *slot) {
    Snapshot *s = b->s;
    const Indicator *i = slot->indicator >= 1 && slot->indicator <= b->names.nindicators
                             ? b->names.indicators[slot->indicator - 1]
                             : NULL;
    const Fact *shown = slot->value ? slot->value : slot->lower ? slot->lower : slot->upper;
    count_facts(b, row, slot);
    if (!i || !shown) return;
    if (s->nfacts[row] < NFACTS_MAX) s->nfacts[row]++;
    s->facts++;
    if (shown->known_ms > s->last_known_ms[row]) s->last_known_ms[row] = shown->known_ms;
    set_bit(b, s->has_bits, row, i->id);
    if (snapshot_differs(slot)) set_bit(b, s->differs_bits, row, i->id);
}

static void sum_row(Build *b, int64_t row) {
    Snapshot *s = b->s;
    for (int i = 0; i < s->nindicators; i++) {
        s->has[i] += snapshot_bit(s->has_bits, s, row, i);
        s->differs[i] += snapshot_bit(s->differs_bits, s, row, i);
    }
    for (int k = 0; k < s->nsources; k++)
        s->source_subjects[k] += (s->sources[row] & source_bit(k + 1)) != 0;
    s->demo += s->is_demo[row];
}

static void put_facts(Build *b, int64_t row, const FactView *view, const FactSet *set) {
    static const Str INDUSTRY = STR_INIT("行业代码");
    Snapshot *s = b->s;
    for (int i = 0; i < view->n; i++) put_slot(b, row, &view->slots[i]);
    for (int i = 0; i < s->nasked; i++)
        if (snapshot_given(set, &s->asked[i], s->year)) s->have[row]++;
    const Indicator *industry = pack_indicator(s->pack, INDUSTRY);
    const FactUse *f = industry ? factset_get(set, industry, 0) : NULL;
    if (f && f->has_value && f->value.tag == V_STRING)
        s->industry[row] = text_id(b, val_text(f->value));
}

static void put_outcomes(Build *b, int64_t row, const FactSet *set) {
    Snapshot *s = b->s;
    DecideOptions o = {
        .as_of = s->as_of, .as_known_ms = s->at.as_known, .seq = s->at.seq, .brief = true};
    for (int r = 0; r < s->nrules; r++) {
        Decision d = decide(b->scratch, b->reg->book, s->pack->rules[r], set, &o);
        s->outcomes[r * b->cap + row] = (uint8_t)d.outcome;
        s->result[r * b->cap + row] = result_id(b, d.result);
        s->counts[r][d.outcome]++;
        s->errors[r] += d.nerrors;
    }
}

static void put_subject(Build *b, const Subject *who, const FactView *view) {
    Snapshot *s = b->s;
    int64_t row = s->n++;
    arena_reset(b->scratch);
    FactSet set = factset_from_view(b->scratch, &b->names, view, who, &s->at);
    s->id[row] = who->id;
    s->is_demo[row] = who->demo;
    s->division[row] = text_id(b, who->division);
    s->unit[row] = text_id(b, who->unit);
    Str name = str_dup(b->sorting, who->name);
    PinyinList full = pinyin_full(b->scratch, who->name, 1);
    b->by_name[row] = (SortKey){.key = full.n ? str_dup(b->sorting, full.items[0]) : name,
                                .name = name,
                                .row = (uint32_t)row};
    Str code = str_starts(who->code, S("uscc:")) ? str_sub(who->code, 5, who->code.n) : S("\x7f");
    b->by_uscc[row] =
        (SortKey){.key = str_dup(b->sorting, code), .name = name, .row = (uint32_t)row};
    put_facts(b, row, view, &set);
    put_outcomes(b, row, &set);
    sum_row(b, row);
}

/* --- pages -------------------------------------------------------------------------------------
 */

/* Places as of the day: the last that began by then. */
static bool place_page(Build *b, SubjectHits *page) {
    int at = 0;
    Rows *r = Q(b->db,
                "SELECT subject, kind, code FROM placement WHERE subject >= $1 AND subject <= $2 "
                "AND from_day <= $3 ORDER BY subject, kind, from_day, recorded_ms",
                db_i(page->items[0].id), db_i(page->items[page->n - 1].id), db_i(b->s->at.as_of));
    for (int i = 0; i < page->n; i++) page->items[i].division = page->items[i].unit = S("");
    while (r && row_next(r)) {
        while (at < page->n && page->items[at].id < row_i64(r, 0)) at++;
        if (at == page->n || page->items[at].id != row_i64(r, 0)) continue;
        Str *field =
            row_i64(r, 1) == PLACE_ASSESSED ? &page->items[at].unit : &page->items[at].division;
        *field = str_dup(b->c.arena, row_str(r, 2));
    }
    if (r) rows_close(r);
    return ctx_ok(&b->c);
}

static bool put_page(Build *b, const SubjectHits *page) {
    FactView none = {0};
    FactRank rank = fact_names_rank(&b->names);
    int64_t last = page->items[page->n - 1].id;
    FactStream *stream = fact_stream_open(b->db, page->items[0].id, last + 1, &b->s->at, &rank);
    const FactView *view = stream ? fact_stream_next(stream) : NULL;
    for (int i = 0; stream && i < page->n && b->s->n < b->cap; i++) {
        while (view && view->subject < page->items[i].id) view = fact_stream_next(stream);
        bool own = view && view->subject == page->items[i].id;
        put_subject(b, &page->items[i], own ? view : &none);
    }
    if (stream) fact_stream_close(stream);
    return ctx_ok(&b->c);
}

static int key_cmp(const void *px, const void *py) {
    const SortKey *x = px, *y = py;
    int d = str_cmp(x->key, y->key);
    if (!d) d = str_cmp(x->name, y->name);
    return d ? d : (x->row > y->row) - (x->row < y->row);
}

static uint32_t *ranks(Build *b, SortKey *keys) {
    int64_t n = b->s->n;
    uint32_t *out = NEW_N(b->kept, uint32_t, n + 1);
    if (n > 1) qsort(keys, (size_t)n, sizeof *keys, key_cmp);
    for (int64_t i = 0; i < n; i++) out[keys[i].row] = (uint32_t)i;
    return out;
}

/* Outcomes were laid out for `cap` rows; the columns of rules move together. */
static void close_gaps(Build *b) {
    Snapshot *s = b->s;
    for (int r = 1; r < s->nrules && s->n < b->cap; r++) {
        memmove(s->outcomes + r * s->n, s->outcomes + r * b->cap, (size_t)s->n);
        memmove(s->result + r * s->n, s->result + r * b->cap, (size_t)s->n * sizeof *s->result);
    }
}

static void make_columns(Build *b) {
    Snapshot *s = b->s;
    Arena *a = b->kept;
    int64_t n = b->cap + 1;
    const PackSet *p = s->pack = b->reg->pack;
    s->nrules = p->nrules;
    s->nindicators = p->nindicators;
    s->field_bytes = (p->nindicators + 7) / 8;
    s->id = NEW_N(a, int64_t, n);
    s->is_demo = NEW_N(a, uint8_t, n);
    s->division = NEW_N(a, uint16_t, n);
    s->unit = NEW_N(a, uint16_t, n);
    s->industry = NEW_N(a, uint16_t, n);
    s->nfacts = NEW_N(a, uint16_t, n);
    s->have = NEW_N(a, uint16_t, n);
    s->last_known_ms = NEW_N(a, int64_t, n);
    s->sources = NEW_N(a, uint64_t, n);
    s->outcomes = NEW_N(a, uint8_t, n * (p->nrules + 1));
    s->result = NEW_N(a, uint16_t, n * (p->nrules + 1));
    s->has_bits = NEW_N(a, uint8_t, n * s->field_bytes + 1);
    s->differs_bits = NEW_N(a, uint8_t, n * s->field_bytes + 1);
    s->counts = arena_array(a, (size_t)p->nrules + 1, sizeof *s->counts);
    s->errors = NEW_N(a, int64_t, p->nrules + 1);
    s->has = NEW_N(a, int64_t, p->nindicators + 1);
    s->differs = NEW_N(a, int64_t, p->nindicators + 1);
    b->by_name = NEW_N(b->sorting, SortKey, n);
    b->by_uscc = NEW_N(b->sorting, SortKey, n);
}

static void make_sources(Build *b) {
    Snapshot *s = b->s;
    Source *list = NEW_N(b->kept, Source, b->names.nsources + 1);
    for (int i = 0; i < b->names.nsources; i++) {
        const Source *from = &b->names.sources[i];
        list[i] = (Source){.id = from->id,
                           .code = str_dup(b->kept, from->code),
                           .grade = str_dup(b->kept, from->grade),
                           .title = str_dup(b->kept, from->title),
                           .note = str_dup(b->kept, from->note)};
    }
    s->source_list = list;
    s->nsources = b->names.nsources;
    s->source_facts = NEW_N(b->kept, int64_t, s->nsources + 1);
    s->source_subjects = NEW_N(b->kept, int64_t, s->nsources + 1);
    s->source_known_ms = NEW_N(b->kept, int64_t, s->nsources + 1);
}

static bool start(Build *b) {
    Snapshot *s = b->s;
    b->db = db_borrow(&b->c, b->reg->store);
    if (!b->db || !fact_names(b->db, b->reg->pack, &s->at, &b->names)) return false;
    b->cap = subject_count(b->db, SUBJECT_ENTERPRISE);
    b->texts = map_new(b->kept);
    b->results = map_new(b->kept);
    make_columns(b);
    make_sources(b);
    GROW(b->kept, s->texts, b->ntexts, b->texts_cap);
    s->texts[b->ntexts++] = S("");
    GROW(b->kept, s->results, b->nresults, b->results_cap);
    s->results[b->nresults++] = S("");
    s->year = decide_year(s->as_of);
    s->asked = snapshot_asked(b->kept, b->reg->book, s->as_of, &s->nasked);
    return ctx_ok(&b->c);
}

static bool run(Build *b) {
    SubjectHits page;
    int64_t after = 0;
    ArenaMark m = arena_mark(b->c.arena);
    while (b->s->n < b->cap) {
        if (atomic_load(b->stop)) return FAIL(&b->c, ERR_BUSY, M_SNAPSHOT_STOPPED);
        if (!subject_page(b->db, SUBJECT_ENTERPRISE, after, PAGE, &page)) return false;
        if (page.n == 0) break;
        after = page.items[page.n - 1].id;
        if (!place_page(b, &page) || !put_page(b, &page)) return false;
        atomic_store(b->done, b->s->n);
        arena_rewind(b->c.arena, m);
    }
    close_gaps(b);
    b->s->by_name = ranks(b, b->by_name);
    b->s->by_uscc = ranks(b, b->by_uscc);
    b->s->computed_ms = clock_now_ms();
    return true;
}

static void build(void *user) {
    Build *b = user;
    b->ok = start(b) && run(b) && ctx_ok(&b->c);
}

bool snapshot_build(Ctx *c, const Register *r, Arena *kept, Snapshot *s, const atomic_bool *stop,
                    atomic_llong *done) {
    Build b = {.s = s,
               .reg = r,
               .stop = stop,
               .done = done,
               .kept = kept,
               .scratch = arena_child(kept, 0),
               .sorting = arena_child(kept, 0),
               .c = ctx_new(arena_child(kept, 0), clock_now_ms())};
    if (!arena_guard(kept, build, &b)) b.ok = FAIL(&b.c, ERR_LIMIT, M_LIMIT_MEMORY);
    if (b.db) db_return(b.db);
    ctx_adopt(c, &b.c);
    arena_close(b.scratch);
    arena_close(b.sorting);
    arena_close(b.c.arena);
    return b.ok;
}
