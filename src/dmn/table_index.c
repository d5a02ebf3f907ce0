/* The index of a decision table: slots and rule sets per column (bit-vector packet classification,
 * Lakshman and Stiliadis 1998; engine 7.6).
 *
 * A set is never worked out by rule of thumb: for each cell, one value of every stretch between the
 * cell's own cut points is put through the cell itself (feel_test), so the index means exactly what
 * the cell means.
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

static VTag kind_of(Val v) {
    return v.tag == V_BIGNUM ? V_NUM : (VTag)v.tag;
}

static bool can_index(VTag k) {
    return k == V_NUM || k == V_STRING || k == V_BOOL || k == V_DATE || k == V_MONTHS;
}

static int cut_cmp(Val x, Val y) {
    int cmp = 0;
    if (x.tag == V_BOOL) return (x.i > y.i) - (x.i < y.i);
    if (x.tag == V_STRING) return str_cmp(val_text(x), val_text(y));
    val_compare(x, y, &cmp);
    return cmp;
}

/* --- cut points of cells ------------------------------------------------------------------------
 */

typedef struct Cuts {
    Arena *a;
    Val *v;
    int n, cap;
} Cuts;

static void cut_put(Cuts *cuts, Val v) {
    if (!can_index(kind_of(v))) return;
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
        if (kind_of(cuts->v[i]) == kind) cuts->v[n++] = cuts->v[i];
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

/* --- values inside slots ------------------------------------------------------------------------
 */

static bool between_nums(Arena *a, const Val *lo, const Val *hi, Val *out) {
    if (!lo && !hi) return false;
    Dec x = lo ? val_dec(*lo) : val_dec(*hi), y = hi ? val_dec(*hi) : x, r;
    Dec one = dec_int(1), two = dec_int(2);
    bool ok;
    if (!lo)
        ok = dec_sub(&r, &x, &one);
    else if (!hi)
        ok = dec_add(&r, &x, &one);
    else
        ok = dec_add(&r, &x, &y) && dec_div(&r, &r, &two);
    if (!ok) return false;
    if (lo && dec_cmp(&r, &x) <= 0) return false;
    if (hi && dec_cmp(&r, &y) >= 0) return false;
    *out = val_num(a, &r);
    return true;
}

/* The least string above s is s with U+0001 behind it. */
static bool between_strings(Arena *a, const Val *lo, const Val *hi, Val *out) {
    *out = val_str(lo ? str_cat(a, val_text(*lo), S("\x01")) : S(""));
    return !hi || str_cmp(val_text(*out), val_text(*hi)) < 0;
}

bool column_value(Arena *a, const TableColumn *col, int slot, Val *out) {
    if (slot & 1) {
        *out = col->cuts[slot / 2];
        return true;
    }
    const Val *lo = slot > 0 ? &col->cuts[slot / 2 - 1] : NULL;
    const Val *hi = slot / 2 < col->ncuts ? &col->cuts[slot / 2] : NULL;
    if (col->kind == V_BOOL) return false;
    if (col->kind == V_NUM) return between_nums(a, lo, hi, out);
    if (col->kind == V_STRING) return between_strings(a, lo, hi, out);
    *out = lo ? *lo : *hi;
    out->i += lo ? 1 : -1;
    return !lo || !hi || out->i < hi->i;
}

int column_slot(const TableColumn *col, Val v) {
    if (!col->indexed || kind_of(v) != col->kind) return -1;
    int lo = 0, hi = col->ncuts;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        int cmp = cut_cmp(col->cuts[mid], v);
        if (cmp == 0) return 2 * mid + 1;
        if (cmp < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return 2 * lo;
}

/* --- filling ------------------------------------------------------------------------------------
 */

typedef struct Fill {
    Arena *a;
    Eval e;
    const IrTable *t;
    int words;
} Fill;

/* Slots [from, to] behave alike for this cell. */
static void fill_stretch(Fill *f, TableColumn *col, IrId cell, int rule, int from, int to) {
    Val v = val_null();
    int at = from;
    while (at <= to && !column_value(f->a, col, at, &v)) at++;
    if (at > to) return;
    if (cell != IR_NONE && !val_is(feel_test(&f->e, cell, v, NULL), true)) return;
    for (int s = from; s <= to; s++) set_add(col->bits + (size_t)s * (size_t)f->words, rule);
}

static void fill_cell(Fill *f, TableColumn *col, IrId cell, int rule) {
    Cuts own = {.a = f->a};
    cell_cuts(f->e.prog, cell, &own);
    cuts_tidy(&own, col->kind);
    int from = 0;
    for (int i = 0; i < own.n; i++) {
        int at = column_slot(col, own.v[i]);
        if (from < at) fill_stretch(f, col, cell, rule, from, at - 1);
        fill_stretch(f, col, cell, rule, at, at);
        from = at + 1;
    }
    if (from <= 2 * col->ncuts) fill_stretch(f, col, cell, rule, from, 2 * col->ncuts);
    if (cell == IR_NONE || val_is(feel_test(&f->e, cell, val_null(), NULL), true))
        set_add(col->null_bits, rule);
}

static void index_column(Fill *f, Arena *keep, TableColumn *col, int k) {
    Cuts cuts = {.a = f->a};
    size_t words = (size_t)f->words;
    col->residual = NEW_N(keep, uint64_t, words);
    col->null_bits = NEW_N(keep, uint64_t, words);
    for (int r = 0; r < f->t->nrules; r++) {
        int n = cuts.n;
        if (cell_cuts(f->e.prog, f->t->rules[r].cells[k], &cuts)) continue;
        cuts.n = n;
        set_add(col->residual, r);
        col->has_residual = true;
    }
    col->indexed = true;
    col->kind = cuts.n ? kind_of(cuts.v[0]) : V_NUM;
    if (col->kind == V_BOOL) {
        cut_put(&cuts, val_bool(false));
        cut_put(&cuts, val_bool(true));
    }
    cuts_tidy(&cuts, col->kind);
    col->cuts = arena_copy(keep, cuts.v, (size_t)cuts.n * sizeof(Val));
    col->ncuts = cuts.n;
    size_t slots = 2 * (size_t)cuts.n + 1;
    col->bits = NEW_N(keep, uint64_t, slots * words);
    col->gone = NEW_N(keep, bool, slots);
    Val v;
    for (size_t s = 0; s < slots && cuts.n; s++)
        col->gone[s] = !column_value(f->a, col, (int)s, &v);
    for (int r = 0; r < f->t->nrules; r++) {
        IrId cell = f->t->rules[r].cells[k];
        if (!set_has(col->residual, r) && (cuts.n || cell == IR_NONE)) {
            if (cuts.n) {
                fill_cell(f, col, cell, r);
            } else {
                set_add(col->bits, r);
                set_add(col->null_bits, r);
            }
            continue;
        }
        if (set_has(col->residual, r) == false) { /* only null or odd constants: test each time */
            set_add(col->residual, r);
            col->has_residual = true;
        }
        for (size_t s = 0; s < slots; s++) set_add(col->bits + s * words, r);
        set_add(col->null_bits, r);
    }
}

void table_index(Arena *a, const Program *p, IrTable *t) {
    Arena *scratch = arena_open(0);
    TableIndex *ix = NEW(a, TableIndex);
    ix->words = (t->nrules + 63) / 64;
    if (ix->words == 0) ix->words = 1;
    ix->cols = NEW_N(a, TableColumn, t->ninputs);
    ix->all = NEW_N(a, uint64_t, ix->words);
    for (int r = 0; r < t->nrules; r++) set_add(ix->all, r);
    Fill f = {.a = scratch, .e = eval_new(p, scratch), .t = t, .words = ix->words};
    for (int k = 0; k < t->ninputs; k++) index_column(&f, a, &ix->cols[k], k);
    t->index = ix;
    arena_close(scratch);
}
