/* The index of a decision table: slots and rule sets per column (bit-vector packet classification,
 * Lakshman and Stiliadis 1998; engine 7.6).
 *
 * A set is never worked out by rule of thumb: for each cell, one value of every stretch between the
 * cell's own cut points is put through the cell itself (feel_test), so the index means exactly what
 * the cell means.
 *
 * Size. Neighbouring slots differ by few rules, so a column keeps the flips between them: their
 * number is that of the stretches, linear in the text of the table. Where whole sets cost little
 * more than that, each distinct one is kept once and a lookup is one pointer; otherwise there is a
 * whole set every so many flips and a lookup adds the flips since. Ten thousand rules with ten
 * thousand cuts in each of eight columns take megabytes, not the gigabit of all bits.
 */
#include "dmn/table.h"

#include <string.h>

int set_next(const RuleSet *s, int words, int from) {
    for (int w = from >> 6; w < words; w++) {
        uint64_t bits = s[w];
        if (w == from >> 6) bits &= ~(uint64_t)0 << (from & 63);
        if (bits) return (w << 6) + __builtin_ctzll(bits);
    }
    return -1;
}

int set_count(const RuleSet *s, int words) {
    int n = 0;
    for (int w = 0; w < words; w++) n += __builtin_popcountll(s[w]);
    return n;
}

static bool can_index(VTag k) {
    return k == V_NUM || k == V_STRING || k == V_BOOL || k == V_DATE || k == V_MONTHS;
}

/* --- cut points of cells ------------------------------------------------------------------------
 */

typedef struct Cuts {
    Arena *a;
    Val *v;
    int n, cap;
} Cuts;

static void cut_put(Cuts *cuts, Val v) {
    if (!can_index(cut_kind(v))) return;
    GROW(cuts->a, cuts->v, cuts->n, cuts->cap);
    cuts->v[cuts->n++] = v;
}

static void cuts_of_value(Cuts *cuts, Val v) {
    if (v.tag == V_RANGE) {
        const Range *r = v.p;
        cut_put(cuts, r->lo);
        cut_put(cuts, r->hi);
    } else if (v.tag == V_LIST) {
        for (uint32_t i = 0; i < v.n; i++) cuts_of_value(cuts, val_items(v)[i]);
    } else {
        cut_put(cuts, v);
    }
}

/* Collects the constants a cell compares with; false when the cell is not made of constants. */
static bool cell_cuts(const Program *p, IrId cell, Cuts *cuts) {
    if (cell == IR_NONE) return true;
    const IrNode *tests = ir_node(p, cell);
    if (tests->op != IR_TESTS) return false;
    int n;
    const int32_t *items = ir_items(p, tests->a, &n);
    for (int i = 0; i < n; i++) {
        const IrNode *item = ir_node(p, items[i]);
        if (item->op != IR_CONST || (item->flags & IRF_INPUT)) return false;
        cuts_of_value(cuts, p->consts[item->a]);
    }
    return true;
}

/* Sorts and removes doubles; only cuts of one kind stay. */
static void cuts_tidy(Cuts *cuts, VTag kind) {
    int n = 0;
    for (int i = 0; i < cuts->n; i++)
        if (cut_kind(cuts->v[i]) == kind) cuts->v[n++] = cuts->v[i];
    for (int gap = n / 2; gap > 0; gap /= 2)
        for (int i = gap; i < n; i++)
            for (int k = i; k >= gap && cut_cmp(cuts->v[k - gap], cuts->v[k]) > 0; k -= gap) {
                Val t = cuts->v[k];
                cuts->v[k] = cuts->v[k - gap];
                cuts->v[k - gap] = t;
            }
    cuts->n = 0;
    for (int i = 0; i < n; i++)
        if (cuts->n == 0 || cut_cmp(cuts->v[cuts->n - 1], cuts->v[i]) != 0)
            cuts->v[cuts->n++] = cuts->v[i];
}

/* --- what each cell lets through ----------------------------------------------------------------
 */

/* A cell of many constants is tested once per constant and stretch: beyond this many tests in one
 * table the rest of such cells is left to be tested whenever the table is evaluated. */
enum { FILL_TESTS_MAX = 40 * 1000 * 1000 };

/* Slots [from, to] that a cell lets through. */
typedef struct Run {
    int from, to;
} Run;

typedef struct Fill {
    Arena *a; /* of the work */
    Eval e;
    const IrTable *t;
    int words;
    int64_t tests;
    TableColumn *col;
    Run *runs;
    int nruns, runs_cap;
    int *first; /* nrules + 1: the first run of each rule */
    int *alike; /* per node: 1 + the rule of this column that has this very cell, 0: none yet */
} Fill;

/* Slots [from, to] behave alike for this cell. */
static void fill_stretch(Fill *f, IrId cell, int rule, int from, int to) {
    Val v = val_null();
    int at = from;
    while (at <= to && !column_value(f->a, f->col, at, &v)) at++;
    if (at > to) return;
    Val passes = feel_test(&f->e, cell, v, NULL);
    if (passes.tag != V_BOOL) set_add(f->col->odd, rule);
    if (!val_is(passes, true)) return;
    if (f->nruns > f->first[rule] && f->runs[f->nruns - 1].to == from - 1) {
        f->runs[f->nruns - 1].to = to;
        return;
    }
    GROW(f->a, f->runs, f->nruns, f->runs_cap);
    f->runs[f->nruns++] = (Run){from, to};
}

static void fill_all(Fill *f, int rule) {
    GROW(f->a, f->runs, f->nruns, f->runs_cap);
    f->runs[f->nruns++] = (Run){0, 2 * f->col->ncuts};
    set_add(f->col->null_bits, rule);
}

/* The same cell in an earlier rule. */
static void fill_alike(Fill *f, int rule, int before) {
    for (int i = f->first[before], end = f->first[before + 1]; i < end; i++) {
        GROW(f->a, f->runs, f->nruns, f->runs_cap);
        f->runs[f->nruns++] = f->runs[i];
    }
    if (set_has(f->col->null_bits, before)) set_add(f->col->null_bits, rule);
    if (set_has(f->col->odd, before)) set_add(f->col->odd, rule);
}

static void fill_cell(Fill *f, IrId cell, int rule, Cuts *own) {
    int from = 0, last = 2 * f->col->ncuts;
    for (int i = 0; i < own->n; i++) {
        int at = column_slot(f->col, own->v[i]);
        if (from < at) fill_stretch(f, cell, rule, from, at - 1);
        fill_stretch(f, cell, rule, at, at);
        from = at + 1;
    }
    if (from <= last) fill_stretch(f, cell, rule, from, last);
    if (val_is(feel_test(&f->e, cell, val_null(), NULL), true)) set_add(f->col->null_bits, rule);
}

static void leave_residual(Fill *f, int rule) {
    set_add(f->col->residual, rule);
    f->col->has_residual = true;
    fill_all(f, rule);
}

static void fill_rule(Fill *f, IrId cell, int rule) {
    if (cell == IR_NONE) {
        fill_all(f, rule);
        return;
    }
    int before = f->alike[cell] - 1;
    if (before >= 0) {
        fill_alike(f, rule, before);
        return;
    }
    Cuts own = {.a = f->a};
    bool constant = f->col->ncuts > 0 && cell_cuts(f->e.prog, cell, &own);
    int64_t n = own.n;
    cuts_tidy(&own, f->col->kind);
    int64_t tests = n * (2 * (int64_t)own.n + 2);
    if (!constant || f->tests + tests > FILL_TESTS_MAX) {
        leave_residual(f, rule);
        return;
    }
    f->tests += tests;
    f->alike[cell] = rule + 1;
    fill_cell(f, cell, rule, &own);
}

/* --- sets ---------------------------------------------------------------------------------------
 */

/* Whole sets are kept for each slot as long as a column takes at most so many bytes, or so many per
 * flip; a flip alone takes 4. */
enum { SETS_BYTES_MIN = 128 << 10, SETS_BYTES_PER_FLIP = 40 };

/* Distinct sets by hash, open addressing. */
typedef struct Sets {
    Arena *keep;
    uint64_t *hash;
    const RuleSet **set; /* NULL: only counted */
    size_t mask;
    int words, n;
} Sets;

static Sets sets_new(Arena *a, Arena *keep, int words, size_t most) {
    size_t size = 16;
    while (size < 2 * most) size *= 2;
    return (Sets){.keep = keep,
                  .hash = NEW_N(a, uint64_t, size),
                  .set = NEW_N(a, const RuleSet *, size),
                  .mask = size - 1,
                  .words = words};
}

/* A rule's share in the hash of a set: hashes of sets change with a flip (Zobrist 1970). */
static uint64_t rule_hash(int rule) {
    uint64_t x = ((uint64_t)rule + 1) * 0x9E3779B97F4A7C15U;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9U;
    x = (x ^ x >> 27) * 0x94D049BB133111EBU;
    return x ^ x >> 31;
}

static void sets_count(Sets *s, uint64_t hash) {
    hash |= 1;
    size_t i = hash >> 1 & s->mask;
    while (s->hash[i] && s->hash[i] != hash) i = (i + 1) & s->mask;
    if (!s->hash[i]) s->n++;
    s->hash[i] = hash;
}

/* The kept set that equals cur, which is copied when there is none. */
static const RuleSet *sets_keep(Sets *s, uint64_t hash, const RuleSet *cur) {
    size_t bytes = (size_t)s->words * sizeof *cur;
    hash |= 1;
    size_t i = hash >> 1 & s->mask;
    while (s->set[i] && (s->hash[i] != hash || memcmp(s->set[i], cur, bytes) != 0))
        i = (i + 1) & s->mask;
    if (s->set[i]) return s->set[i];
    s->hash[i] = hash;
    s->set[i] = arena_copy(s->keep, cur, bytes);
    return s->set[i];
}

/* The flips of a column in order of slots: at[s] … at[s + 1) happen on entering slot s. */
typedef struct Flips {
    int32_t *rules;
    uint32_t *at;
    uint32_t n;
} Flips;

static Flips flips_of(const Fill *f, int slots) {
    Flips fl = {.at = NEW_N(f->a, uint32_t, slots + 2)};
    uint32_t *next = NEW_N(f->a, uint32_t, slots + 2);
    for (int i = 0; i < f->nruns; i++) {
        fl.at[f->runs[i].from + 1]++;
        fl.at[f->runs[i].to + 2]++;
    }
    for (int s = 0; s <= slots; s++) fl.at[s + 1] += fl.at[s];
    for (int s = 0; s <= slots; s++) next[s] = fl.at[s];
    fl.n = fl.at[slots];
    fl.rules = NEW_N(f->a, int32_t, 2 * f->nruns);
    for (int r = 0; r < f->t->nrules; r++)
        for (int i = f->first[r]; i < f->first[r + 1]; i++) {
            fl.rules[next[f->runs[i].from]++] = r;
            fl.rules[next[f->runs[i].to + 1]++] = r;
        }
    return fl;
}

/* Are the distinct sets few or small enough to keep each? */
static bool sets_fit(const Fill *f, const Flips *fl, int slots) {
    size_t most = fl->n + 1 < (uint32_t)slots ? fl->n + 1 : (size_t)slots;
    Sets seen = sets_new(f->a, NULL, f->words, most);
    uint64_t hash = 0;
    for (int s = 0; s < slots; s++) {
        for (uint32_t i = fl->at[s]; i < fl->at[s + 1]; i++) hash ^= rule_hash(fl->rules[i]);
        sets_count(&seen, hash);
    }
    size_t bytes = (size_t)seen.n * (size_t)f->words * sizeof(RuleSet);
    return bytes <= SETS_BYTES_MIN || bytes / SETS_BYTES_PER_FLIP <= fl->n;
}

static void store_sets(Fill *f, Arena *keep) {
    TableColumn *col = f->col;
    int slots = 2 * col->ncuts + 1;
    Flips fl = flips_of(f, slots);
    bool whole = sets_fit(f, &fl, slots);
    size_t most = whole ? (size_t)slots : fl.n / (uint32_t)f->words + 2;
    Sets kept = sets_new(f->a, keep, f->words, most);
    RuleSet *cur = NEW_N(f->a, RuleSet, f->words);
    uint64_t hash = 0;
    SlotSet at = {0};
    col->slots = NEW_N(keep, SlotSet, slots);
    if (!whole) col->flips = arena_copy(keep, fl.rules, fl.n * sizeof *fl.rules);
    for (int s = 0; s < slots; s++) {
        for (uint32_t i = fl.at[s]; i < fl.at[s + 1]; i++) {
            cur[fl.rules[i] >> 6] ^= (uint64_t)1 << (fl.rules[i] & 63);
            hash ^= rule_hash(fl.rules[i]);
        }
        at.to = fl.at[s + 1];
        bool far = at.to - at.from > (uint32_t)f->words;
        if (s == 0 || far || (whole && fl.at[s] != at.to)) {
            at.base = sets_keep(&kept, hash, cur);
            at.from = at.to;
        }
        col->slots[s] = at;
        if (whole) col->slots[s].from = col->slots[s].to = 0;
    }
}

const RuleSet *column_set(Arena *a, const TableIndex *ix, const TableColumn *col, int slot) {
    const SlotSet *s = &col->slots[slot];
    if (s->from == s->to) return s->base;
    RuleSet *set = arena_copy(a, s->base, (size_t)ix->words * sizeof *set);
    for (uint32_t i = s->from; i < s->to; i++)
        set[col->flips[i] >> 6] ^= (uint64_t)1 << (col->flips[i] & 63);
    return set;
}

/* --- columns ------------------------------------------------------------------------------------
 */

static void cut_column(Fill *f, Arena *keep, int k) {
    TableColumn *col = f->col;
    Cuts cuts = {.a = f->a};
    for (int r = 0; r < f->t->nrules; r++) {
        int n = cuts.n;
        IrId cell = f->t->rules[r].cells[k];
        if (cell == IR_NONE || f->alike[cell] < 0) continue;
        if (!cell_cuts(f->e.prog, cell, &cuts)) cuts.n = n;
        f->alike[cell] = -1;
    }
    col->indexed = true;
    col->kind = cuts.n ? cut_kind(cuts.v[0]) : V_NUM;
    if (col->kind == V_BOOL) {
        cut_put(&cuts, val_bool(false));
        cut_put(&cuts, val_bool(true));
    }
    cuts_tidy(&cuts, col->kind);
    col->cuts = arena_copy(keep, cuts.v, (size_t)cuts.n * sizeof(Val));
    col->ncuts = cuts.n;
    column_keys(keep, col);
    int slots = 2 * cuts.n + 1;
    col->gone = NEW_N(keep, bool, slots);
    Val v;
    for (int s = 0; s < slots && cuts.n; s++) col->gone[s] = !column_value(f->a, col, s, &v);
}

static void index_column(Fill *f, Arena *keep, TableColumn *col, int k) {
    const IrRule *rules = f->t->rules;
    int n = f->t->nrules;
    f->col = col;
    f->nruns = 0;
    col->residual = NEW_N(keep, RuleSet, f->words);
    col->null_bits = NEW_N(keep, RuleSet, f->words);
    col->odd = NEW_N(keep, RuleSet, f->words);
    cut_column(f, keep, k);
    for (int r = 0; r < n; r++)
        if (rules[r].cells[k] != IR_NONE) f->alike[rules[r].cells[k]] = 0;
    for (int r = 0; r < n; r++) {
        f->first[r] = f->nruns;
        fill_rule(f, rules[r].cells[k], r);
        f->first[r + 1] = f->nruns;
    }
    store_sets(f, keep);
}

void table_index(Arena *a, Arena *scratch, const Program *p, IrTable *t) {
    TableIndex *ix = NEW(a, TableIndex);
    ix->words = t->nrules ? (t->nrules + 63) / 64 : 1;
    ix->cols = NEW_N(a, TableColumn, t->ninputs);
    ix->all = NEW_N(a, RuleSet, ix->words);
    for (int r = 0; r < t->nrules; r++) set_add(ix->all, r);
    Fill f = {.a = scratch, .e = eval_new(p, scratch), .t = t, .words = ix->words};
    f.first = NEW_N(scratch, int, t->nrules + 1);
    f.alike = NEW_N(scratch, int, p->n);
    for (int k = 0; k < t->ninputs; k++) {
        ArenaMark mark = arena_mark(scratch);
        f.e = eval_new(p, scratch);
        f.runs = NULL;
        f.runs_cap = 0;
        index_column(&f, a, &ix->cols[k], k);
        ix->has_residual = ix->has_residual || ix->cols[k].has_residual;
        arena_rewind(scratch, mark);
    }
    t->index = ix;
}
