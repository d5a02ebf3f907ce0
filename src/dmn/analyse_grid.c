/* The grid of a decision table: dimensions, slots, and each rule as a box of spans (the elementary
 * intervals of Calvanese et al., Information Systems 78, 2018).
 *
 * What a cell lets through is never worked out by rule of thumb: between the cell's own constants
 * one value of each stretch is put through the cell itself (feel_test). The slots know the allowed
 * values and have null as the last, unless allowed values leave it out.
 */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "dmn/analyse.h"

typedef struct Cuts {
    Arena *a;
    Val *v;
    int n, cap;
    bool ranged; /* some text is the end of a range: texts have an order */
} Cuts;

/* Consecutive slots for places, some of which no value can take. */
typedef struct Track {
    int first;
    int32_t *count; /* places before i that have a slot: n + 1 */
    int n;
} Track;

/* Values of one kind. Numbers and dates: position 2i+1 is cut i, 2i the gap before it, all on one
 * track. Texts with ranges: cuts on one track, the gaps, as texts nobody listed, on another.
 * Texts without ranges: the cuts alone, and every other text is one slot. */
typedef struct Group {
    VTag kind;
    const Val *cuts;
    int ncuts;
    bool ordered;
    bool split; /* ordered, with the gaps on a track of their own */
    Track main, gaps;
    int npos;
    int other; /* the slot of any other text; -1: none */
} Group;

typedef struct Maker {
    Check *s;
    const IrTable *t;
    Grid *g;
    Eval e;
    Dim *dim;
    Group *groups;
    int ngroups;
    Span *out; /* of the cell being made */
    int nout, out_cap;
} Maker;

static VTag kind_of(Val v) {
    return v.tag == V_BIGNUM ? V_NUM : (VTag)v.tag;
}

static bool can_cut(VTag k) {
    return k == V_NUM || k == V_STRING || k == V_BOOL || k == V_DATE || k == V_MONTHS ||
           k == V_DAYS;
}

static int cut_cmp(Val x, Val y) {
    int cmp = 0;
    if (kind_of(x) != kind_of(y)) return (int)kind_of(x) - (int)kind_of(y);
    if (x.tag == V_BOOL) return (x.i > y.i) - (x.i < y.i);
    if (x.tag == V_STRING) return str_cmp(val_text(x), val_text(y));
    val_compare(x, y, &cmp);
    return cmp;
}

static int cut_order(const void *x, const void *y) {
    return cut_cmp(*(const Val *)x, *(const Val *)y);
}

/* --- constants of tests -------------------------------------------------------------------------
 */

static bool cut_put(Cuts *cuts, Val v, bool ranged) {
    if (v.tag == V_NULL) return true;
    if (!can_cut(kind_of(v))) return false;
    if (!cuts->a) return true;
    GROW(cuts->a, cuts->v, cuts->n, cuts->cap);
    cuts->v[cuts->n++] = v;
    cuts->ranged = cuts->ranged || (ranged && v.tag == V_STRING);
    return true;
}

static bool cut_value(Cuts *cuts, Val v) {
    if (v.tag == V_RANGE) {
        const Range *r = v.p;
        bool order = r->op != RANGE_EQ && r->op != RANGE_NE;
        return cut_put(cuts, r->lo, order) && cut_put(cuts, r->hi, order);
    }
    if (v.tag != V_LIST) return cut_put(cuts, v, false);
    for (uint32_t i = 0; i < v.n; i++)
        if (!cut_value(cuts, val_items(v)[i])) return false;
    return true;
}

/* Is the node `?` itself? */
static bool is_input(const Program *p, IrId id) {
    const IrNode *n = ir_node(p, id);
    return n->op == IR_LOCAL && (n->flags & IRF_INPUT) && n->c >= 0 &&
           p->regions[n->c].kind == REGION_TEST && n->b == 0;
}

static bool is_const(const Program *p, IrId id) {
    return ir_node(p, id)->op == IR_CONST;
}

static bool cut_const(const Program *p, Cuts *cuts, IrId id, bool ranged) {
    return is_const(p, id) && cut_put(cuts, p->consts[ir_node(p, id)->a], ranged);
}

static bool cuts_of_tests(const Program *p, IrId id, Cuts *cuts, int depth);

/* A condition made of comparisons of `?` with constants. */
static bool cuts_of_condition(const Program *p, IrId id, Cuts *cuts, int depth) {
    const IrNode *n = ir_node(p, id);
    enum { DEPTH_MAX = 60 };
    if (depth > DEPTH_MAX) return false;
    bool order = n->op >= IR_LT && n->op <= IR_GE;
    switch (n->op) {
    case IR_CONST: return p->consts[n->a].tag == V_BOOL;
    case IR_AND:
    case IR_OR:
        return cuts_of_condition(p, n->a, cuts, depth + 1) &&
               cuts_of_condition(p, n->b, cuts, depth + 1);
    case IR_EQ ... IR_GE:
        if (is_input(p, n->a)) return cut_const(p, cuts, n->b, order);
        return is_input(p, n->b) && cut_const(p, cuts, n->a, order);
    case IR_BETWEEN:
        return is_input(p, n->a) && cut_const(p, cuts, n->b, true) &&
               cut_const(p, cuts, n->c, true);
    case IR_IN: return is_input(p, n->a) && cuts_of_tests(p, n->b, cuts, depth + 1);
    default: return false;
    }
}

static bool cuts_of_tests(const Program *p, IrId id, Cuts *cuts, int depth) {
    const IrNode *tests = ir_node(p, id);
    if (tests->op != IR_TESTS) return false;
    int n;
    const int32_t *items = ir_items(p, tests->a, &n);
    for (int i = 0; i < n; i++) {
        const IrNode *item = ir_node(p, items[i]);
        bool ok;
        if (item->op == IR_CONST && !(item->flags & IRF_INPUT))
            ok = cut_value(cuts, p->consts[item->a]);
        else
            ok = (item->flags & IRF_INPUT) && cuts_of_condition(p, items[i], cuts, depth);
        if (!ok) return false;
    }
    return true;
}

bool grid_constant(const Program *p, IrId cell) {
    Cuts none = {0};
    return cell == IR_NONE || cuts_of_tests(p, cell, &none, 0);
}

/* Kinds with an order and a next value; cells on other inputs are left to the engine. */
static bool can_slot(const Type *t) {
    if (!t) return true;
    return t->kind <= T_DATE || t->kind == T_DAYS || t->kind == T_MONTHS;
}

static bool cell_known(const Program *p, const IrTable *t, int rule, int col) {
    IrId cell = t->rules[rule].cells[col];
    return cell == IR_NONE || (can_slot(t->inputs[col].type) && grid_constant(p, cell));
}

/* --- which values can occur ---------------------------------------------------------------------
 */

enum { ALLOWED_MAX = 12 };

/* Tests a value of a column has to pass: its input values, and the allowed values of each type it
 * comes through. Those that are more than constant tests are left to the engine. */
static int allowed_tests(const Program *p, const IrTable *t, int col, IrId *out, bool *all) {
    const IrTableInput *in = &t->inputs[col];
    int n = 0;
    IrId found[ALLOWED_MAX];
    found[n++] = in->allowed;
    found[n++] = in->type ? in->type->allowed : IR_NONE;
    for (IrId id = in->expr; id >= 0 && n < ALLOWED_MAX;) {
        const IrNode *node = ir_node(p, id);
        found[n++] = node->type->allowed;
        id = node->op == IR_COERCE ? node->a : IR_NONE;
    }
    int k = 0;
    for (int i = 0; i < n; i++) {
        if (found[i] < 0) continue;
        bool known = grid_constant(p, found[i]);
        *all = *all && known;
        if (known) out[k++] = found[i];
    }
    return k;
}

static bool passes(Eval *e, IrId tests, Val v) {
    DiagMark before = diag_mark(e);
    bool ok = val_is(feel_test(e, tests, v, NULL), true);
    diag_rewind(e, before);
    return ok;
}

bool grid_allowed(Check *s, const IrTable *t, int col, Val v) {
    IrId tests[ALLOWED_MAX];
    bool all = true;
    Eval e = eval_new(s->m->prog, s->scratch);
    int n = allowed_tests(s->m->prog, t, col, tests, &all);
    for (int i = 0; i < n; i++)
        if (!passes(&e, tests[i], v)) return false;
    return true;
}

static bool dim_allows(Maker *k, Val v) {
    IrId tests[ALLOWED_MAX];
    bool all = true;
    for (int i = 0; i < k->dim->ncols; i++) {
        int n = allowed_tests(k->s->m->prog, k->t, k->dim->cols[i], tests, &all);
        for (int j = 0; j < n; j++)
            if (!passes(&k->e, tests[j], v)) return false;
    }
    return true;
}

/* --- slots --------------------------------------------------------------------------------------
 */

static bool between_nums(Arena *a, const Val *lo, const Val *hi, Val *out) {
    Dec x = val_dec(lo ? *lo : *hi), y = val_dec(hi ? *hi : *lo), r;
    Dec one = dec_int(1), two = dec_int(2);
    bool ok = lo ? dec_add(&r, &x, &one) : dec_sub(&r, &y, &one);
    if (ok && lo && hi && dec_cmp(&r, &y) >= 0) ok = dec_add(&r, &x, &y) && dec_div(&r, &r, &two);
    if (!ok || (lo && dec_cmp(&r, &x) <= 0) || (hi && dec_cmp(&r, &y) >= 0)) return false;
    *out = val_num(a, &r);
    return true;
}

/* A readable text when there is room for one; the least text above lo has U+0001 behind it. */
static bool between_texts(Arena *a, const Val *lo, const Val *hi, Val *out) {
    static const char *const TAILS[] = {"a", "0", "\x01"};
    for (int i = 0; i < 3; i++) {
        *out = val_str(lo ? str_cat(a, val_text(*lo), str_from(TAILS[i])) : S(""));
        if (!hi || str_cmp(val_text(*out), val_text(*hi)) < 0) return true;
    }
    return false;
}

static bool between(Arena *a, VTag kind, const Val *lo, const Val *hi, Val *out) {
    if (kind == V_BOOL) return false;
    if (!lo && !hi) {
        *out = (Val){.tag = (uint8_t)kind};
        return true;
    }
    if (kind == V_NUM) return between_nums(a, lo, hi, out);
    if (kind == V_STRING) return between_texts(a, lo, hi, out);
    *out = lo ? *lo : *hi;
    if ((lo && out->i == INT64_MAX) || (!lo && out->i == INT64_MIN)) return false;
    out->i += lo ? 1 : -1;
    if (!lo || !hi || cut_cmp(*out, *hi) < 0) return true;
    if (kind != V_DAYS || lo->n >= 999999999) return false;
    *out = *lo;
    out->n++;
    return cut_cmp(*out, *hi) < 0;
}

static void slot_add(Maker *k, Val v, SlotSort sort, bool point) {
    k->dim->slots[k->dim->nslots++] = (Slot){.value = v, .sort = (uint8_t)sort, .point = point};
}

/* A text that is none of the cuts. */
static Val other_text(Maker *k, const Group *gr) {
    Str base = S("其他");
    for (int i = 0;; i++) {
        Str text = i ? str_printf(k->s->arena, "%.*s%d", STRF(base), i) : base;
        Val v = val_str(text);
        if (gr->ncuts == 0 || !bsearch(&v, gr->cuts, (size_t)gr->ncuts, sizeof v, cut_order))
            return v;
    }
}

/* A value at a position of a group; false when there is none or it cannot occur. */
static bool position_value(Maker *k, const Group *gr, int pos, Val *v) {
    int cut = gr->ordered ? pos / 2 : pos;
    if (!gr->ordered || (pos & 1)) {
        *v = gr->cuts[cut];
    } else if (!between(k->s->arena, gr->kind, cut > 0 ? &gr->cuts[cut - 1] : NULL,
                        cut < gr->ncuts ? &gr->cuts[cut] : NULL, v)) {
        return false;
    }
    return dim_allows(k, *v);
}

/* Slots for positions from, from + step, … */
static Track track_slots(Maker *k, const Group *gr, int from, int step, SlotSort sort) {
    Track t = {.first = k->dim->nslots};
    t.n = (gr->npos - from + step - 1) / step;
    t.count = NEW_N(k->s->scratch, int32_t, t.n + 1);
    for (int i = 0; i < t.n; i++) {
        Val v;
        int pos = from + i * step;
        bool ok = position_value(k, gr, pos, &v);
        if (ok) slot_add(k, v, sort, !gr->ordered || (pos & 1));
        t.count[i + 1] = t.count[i] + ok;
    }
    return t;
}

static void group_slots(Maker *k, Group *gr) {
    gr->npos = gr->ordered ? 2 * gr->ncuts + 1 : gr->ncuts;
    gr->split = gr->ordered && gr->kind == V_STRING;
    gr->other = -1;
    gr->main = track_slots(k, gr, gr->split ? 1 : 0, gr->split ? 2 : 1, SLOT_VALUE);
}

/* Texts nobody listed come behind the values of all kinds. */
static void group_texts(Maker *k, Group *gr) {
    if (gr->kind != V_STRING) return;
    if (gr->split) {
        gr->gaps = track_slots(k, gr, 0, 2, SLOT_TEXT);
        return;
    }
    Val v = other_text(k, gr);
    if (!dim_allows(k, v)) return;
    gr->other = k->dim->nslots;
    slot_add(k, v, SLOT_TEXT, false);
}

static VTag kind_of_type(const Type *t) {
    switch (t->kind) {
    case T_NUMBER: return V_NUM;
    case T_STRING: return V_STRING;
    case T_BOOLEAN: return V_BOOL;
    case T_DATE: return V_DATE;
    case T_DAYS: return V_DAYS;
    case T_MONTHS: return V_MONTHS;
    default: return V_NULL;
    }
}

/* Cuts into groups by kind (the type's kind alone, when it has one); sorted, without doubles. */
static void groups_make(Maker *k, Cuts *cuts, const Type *type) {
    VTag only = kind_of_type(type);
    if (only == V_BOOL || (only == V_NULL && cuts->n && kind_of(cuts->v[0]) == V_BOOL)) {
        cut_put(cuts, val_bool(false), false);
        cut_put(cuts, val_bool(true), false);
    }
    if (cuts->n) qsort(cuts->v, (size_t)cuts->n, sizeof *cuts->v, cut_order);
    k->groups = NEW_N(k->s->scratch, Group, V_TAGS);
    k->ngroups = 0;
    for (int i = 0, n = 0; i < cuts->n; i = n) {
        VTag kind = kind_of(cuts->v[i]);
        Val *v = &cuts->v[i];
        int kept = 0;
        for (n = i; n < cuts->n && kind_of(cuts->v[n]) == kind; n++)
            if (kept == 0 || cut_cmp(v[kept - 1], cuts->v[n]) != 0) v[kept++] = cuts->v[n];
        if (only != V_NULL && only != kind) continue;
        bool ordered = kind != V_BOOL && (kind != V_STRING || cuts->ranged);
        k->groups[k->ngroups++] =
            (Group){.kind = kind, .cuts = v, .ncuts = kept, .ordered = ordered};
    }
    if (k->ngroups) return; /* cells that only ask for null: any value is one slot */
    VTag kind = only == V_NULL ? V_STRING : only;
    k->groups[k->ngroups++] = (Group){.kind = kind, .cuts = cuts->v, .ordered = kind != V_STRING};
}

static void dim_slots(Maker *k, Cuts *cuts, const Type *type) {
    groups_make(k, cuts, type);
    int most = 1;
    for (int i = 0; i < k->ngroups; i++) most += 2 * k->groups[i].ncuts + 2;
    k->dim->slots = NEW_N(k->s->scratch, Slot, most);
    for (int i = 0; i < k->ngroups; i++) group_slots(k, &k->groups[i]);
    k->dim->nvalues = k->dim->nslots;
    for (int i = 0; i < k->ngroups; i++) group_texts(k, &k->groups[i]);
    k->dim->ntexts = k->dim->nslots;
    if (k->dim->nvalues == 0) k->dim->nvalues = k->dim->ntexts;
    for (int i = 0; i < k->dim->nvalues; i++) k->dim->slots[i].sort = SLOT_VALUE;
    if (dim_allows(k, val_null())) slot_add(k, val_null(), SLOT_NULL, true);
}

/* --- cells --------------------------------------------------------------------------------------
 */

static void span_add(Maker *k, int lo, int hi) {
    if (lo > hi) return;
    GROW(k->s->scratch, k->out, k->nout, k->out_cap);
    k->out[k->nout++] = (Span){lo, hi};
}

/* The slots of places [from, to] of a track; empty (lo > hi) when there are none. */
static Span track_span(const Track *t, int from, int to) {
    if (from > to || !t->count) return (Span){0, -1};
    return (Span){t->first + t->count[from], t->first + t->count[to + 1] - 1};
}

/* Positions [from, to] of a group behave alike for the cell. */
static void stretch(Maker *k, const Group *gr, IrId cell, int from, int to) {
    if (from > to) return;
    Span a = track_span(&gr->main, gr->split ? from / 2 : from, gr->split ? (to + 1) / 2 - 1 : to);
    Span b = {0, -1};
    if (gr->split) b = track_span(&gr->gaps, (from + 1) / 2, to / 2);
    if (a.lo > a.hi && b.lo > b.hi) return;
    if (!passes(&k->e, cell, k->dim->slots[a.lo <= a.hi ? a.lo : b.lo].value)) return;
    span_add(k, a.lo, a.hi);
    span_add(k, b.lo, b.hi);
}

static int position(const Group *gr, Val v) {
    const Val *at =
        gr->ncuts ? bsearch(&v, gr->cuts, (size_t)gr->ncuts, sizeof v, cut_order) : NULL;
    int i = at ? (int)(at - gr->cuts) : -1;
    return i < 0 || !gr->ordered ? i : 2 * i + 1;
}

static void cell_group(Maker *k, const Group *gr, IrId cell, const Cuts *own) {
    int from = 0;
    bool rest = gr->ordered || gr->kind == V_BOOL;
    bool other = gr->other >= 0 && passes(&k->e, cell, k->dim->slots[gr->other].value);
    if (!rest) { /* texts the cell does not name behave like any other text */
        Val aside = gr->other >= 0 ? k->dim->slots[gr->other].value : other_text(k, gr);
        rest = other || passes(&k->e, cell, aside);
    }
    for (int i = 0; i < own->n; i++) {
        int at = kind_of(own->v[i]) == gr->kind ? position(gr, own->v[i]) : -1;
        if (at < from) continue;
        if (rest) stretch(k, gr, cell, from, at - 1);
        stretch(k, gr, cell, at, at);
        from = at + 1;
    }
    if (rest) stretch(k, gr, cell, from, gr->npos - 1);
    if (other) span_add(k, gr->other, gr->other);
}

static int span_order(const void *x, const void *y) {
    const Span *a = x, *b = y;
    return (a->lo > b->lo) - (a->lo < b->lo);
}

/* The spans put so far become a cell: sorted and joined. */
static GridCell cell_close(Maker *k) {
    Grid *g = k->g;
    if (k->nout > 1) qsort(k->out, (size_t)k->nout, sizeof *k->out, span_order);
    int n = 0;
    for (int i = 0; i < k->nout; i++) {
        Span *last = &k->out[n - (n > 0)];
        if (n && k->out[i].lo <= last->hi + 1) {
            if (k->out[i].hi > last->hi) last->hi = k->out[i].hi;
        } else {
            k->out[n++] = k->out[i];
        }
    }
    GridCell c = {.n = n};
    if (n) c.hull = (Span){k->out[0].lo, k->out[n - 1].hi};
    c.more = g->nspans;
    for (int i = 0; n > 1 && i < n; i++) {
        GROW(k->s->scratch, g->spans, g->nspans, g->spans_cap);
        g->spans[g->nspans++] = k->out[i];
    }
    k->nout = 0;
    return c;
}

static GridCell cell_make(Maker *k, IrId cell) {
    Cuts own = {.a = k->s->scratch};
    k->nout = 0;
    cuts_of_tests(k->s->m->prog, cell, &own, 0);
    if (own.n) qsort(own.v, (size_t)own.n, sizeof *own.v, cut_order);
    for (int i = 0; i < k->ngroups; i++) cell_group(k, &k->groups[i], cell, &own);
    int null = k->dim->nslots - 1;
    if (null >= 0 && k->dim->slots[null].sort == SLOT_NULL && passes(&k->e, cell, val_null()))
        span_add(k, null, null);
    return cell_close(k);
}

static const Span *spans_of(const Grid *g, const GridCell *c) {
    return c->n > 1 ? &g->spans[c->more] : &c->hull;
}

static GridCell cell_intersect(Maker *k, const GridCell *x, const GridCell *y) {
    k->nout = 0;
    for (int i = 0; i < x->n; i++)
        for (int j = 0; j < y->n; j++) {
            Span a = spans_of(k->g, x)[i], b = spans_of(k->g, y)[j];
            span_add(k, a.lo > b.lo ? a.lo : b.lo, a.hi < b.hi ? a.hi : b.hi);
        }
    return cell_close(k);
}

bool cell_has(const Grid *g, const GridCell *c, int slot) {
    if (c->n == 0 || slot < c->hull.lo || slot > c->hull.hi) return false;
    if (c->n == 1) return true;
    const Span *s = spans_of(g, c);
    for (int i = 0; i < c->n; i++)
        if (slot >= s[i].lo && slot <= s[i].hi) return true;
    return false;
}

int cells_common(const Grid *g, const GridCell *x, const GridCell *y) {
    if (x->n == 0 || y->n == 0 || x->hull.lo > y->hull.hi || y->hull.lo > x->hull.hi) return -1;
    const Span *a = spans_of(g, x), *b = spans_of(g, y);
    for (int i = 0, j = 0; i < x->n && j < y->n;) {
        int lo = a[i].lo > b[j].lo ? a[i].lo : b[j].lo;
        int hi = a[i].hi < b[j].hi ? a[i].hi : b[j].hi;
        if (lo <= hi) return lo;
        if (a[i].hi < b[j].hi)
            i++;
        else
            j++;
    }
    return -1;
}

bool cell_contains(const Grid *g, const GridCell *x, const GridCell *y) {
    if (y->n == 0) return true;
    if (x->n == 0 || x->hull.lo > y->hull.lo || x->hull.hi < y->hull.hi) return false;
    if (x->n == 1) return true;
    const Span *a = spans_of(g, x), *b = spans_of(g, y);
    int i = 0;
    for (int j = 0; j < y->n; j++) {
        while (i < x->n && a[i].hi < b[j].lo) i++;
        if (i == x->n || a[i].lo > b[j].lo || a[i].hi < b[j].hi) return false;
    }
    return true;
}

/* --- the grid -----------------------------------------------------------------------------------
 */

/* Cells of all columns of the dimension into cuts; false when nothing restricts it. */
static bool dim_cuts(Maker *k, Cuts *cuts) {
    const Program *p = k->s->m->prog;
    bool any = false;
    for (int c = 0; c < k->dim->ncols; c++) {
        int col = k->dim->cols[c];
        Map seen = map_new(k->s->scratch);
        for (int r = 0; r < k->t->nrules; r++) {
            IrId cell = k->t->rules[r].cells[col];
            if (cell == IR_NONE) continue;
            Str text = ir_text(p, cell);
            if (text.n && map_has(&seen, text)) continue;
            if (text.n) map_put(&seen, text, cuts);
            if (!cell_known(p, k->t, r, col)) continue;
            any = true;
            cuts_of_tests(p, cell, cuts, 0);
        }
        IrId tests[ALLOWED_MAX];
        bool all = true;
        int n = allowed_tests(p, k->t, col, tests, &all);
        for (int i = 0; i < n; i++) cuts_of_tests(p, tests[i], cuts, 0);
        if (!all) k->g->joint = true;
    }
    return any;
}

/* The column's cells of all rules; texts seen before are not tested again. */
static void column_cells(Maker *k, int col, GridCell *out) {
    const Program *p = k->s->m->prog;
    Map seen = map_new(k->s->scratch);
    GridCell full = {{0, k->dim->nslots - 1}, 1, 0};
    for (int r = 0; r < k->t->nrules; r++) {
        IrId cell = k->t->rules[r].cells[col];
        out[r] = full;
        if (cell == IR_NONE || !cell_known(p, k->t, r, col)) continue;
        Str text = ir_text(p, cell);
        GridCell *known = text.n ? map_get(&seen, text) : NULL;
        if (!known) {
            ArenaMark mark = arena_mark(k->e.arena);
            GridCell made = cell_make(k, cell);
            arena_rewind(k->e.arena, mark);
            known = arena_copy(k->s->scratch, &made, sizeof made);
            if (text.n) map_put(&seen, text, known);
        }
        out[r] = *known;
    }
}

typedef struct Layer {
    Dim dim;
    GridCell *cells; /* per rule */
    double weight;   /* the share of slots a rule lets through, on average */
} Layer;

static void layer_make(Maker *k, Layer *l) {
    int n = k->t->nrules;
    l->cells = NEW_N(k->s->scratch, GridCell, n);
    column_cells(k, k->dim->cols[0], l->cells);
    GridCell *more = k->dim->ncols > 1 ? NEW_N(k->s->scratch, GridCell, n) : NULL;
    for (int c = 1; c < k->dim->ncols; c++) {
        column_cells(k, k->dim->cols[c], more);
        for (int r = 0; r < n; r++) l->cells[r] = cell_intersect(k, &l->cells[r], &more[r]);
    }
    double width = 0;
    for (int r = 0; r < n; r++)
        width += l->cells[r].n ? l->cells[r].hull.hi - l->cells[r].hull.lo + 1 : 0;
    l->weight = width / ((double)n * (k->dim->nslots ? k->dim->nslots : 1));
    l->dim = *k->dim;
}

static int layer_order(const void *x, const void *y) {
    const Layer *a = x, *b = y;
    if (a->weight < b->weight) return -1;
    if (a->weight > b->weight) return 1;
    return a->dim.cols[0] - b->dim.cols[0];
}

static void find_residual(Maker *k) {
    for (int r = 0; r < k->t->nrules; r++)
        for (int c = 0; c < k->t->ninputs; c++) {
            if (cell_known(k->s->m->prog, k->t, r, c)) continue;
            if (k->g->nresidual++ == 0) {
                k->g->residual_rule = r;
                k->g->residual_col = c;
            }
            k->g->residual[r] = true;
        }
}

/* Columns with the same expression belong together. */
static int columns_like(Maker *k, int col, bool *taken, int *out) {
    const Program *p = k->s->m->prog;
    Str text = ir_text(p, k->t->inputs[col].expr);
    int n = 0;
    for (int c = col; c < k->t->ninputs; c++) {
        bool same = c == col || (text.n && str_eq(text, ir_text(p, k->t->inputs[c].expr)));
        if (taken[c] || !same) continue;
        taken[c] = true;
        out[n++] = c;
    }
    return n;
}

static void grid_fill(Maker *k, Layer *layers, int n) {
    Grid *g = k->g;
    int nrules = k->t->nrules;
    qsort(layers, (size_t)n, sizeof *layers, layer_order);
    g->dims = NEW_N(k->s->scratch, Dim, n);
    g->ndims = n;
    g->cells = NEW_N(k->s->scratch, GridCell, (size_t)nrules * (size_t)n);
    for (int i = 0; i < n; i++) {
        g->dims[i] = layers[i].dim;
        for (int r = 0; r < nrules; r++) {
            g->cells[(size_t)r * (size_t)n + (size_t)i] = layers[i].cells[r];
            if (layers[i].cells[r].n == 0) g->never[r] = true;
        }
        for (int j = 0; j < i; j++)
            if (witness_shares(k->s->m, g->dims[i].expr, g->dims[j].expr)) g->joint = true;
    }
}

Grid *grid_make(Check *s, const IrTable *t) {
    Arena *a = s->scratch, *values = arena_child(s->arena, 0);
    Grid *g = NEW(a, Grid);
    *g = (Grid){.t = t};
    Maker k = {.s = s, .t = t, .g = g, .e = eval_new(s->m->prog, values)};
    g->residual = NEW_N(a, bool, t->nrules);
    g->never = NEW_N(a, bool, t->nrules);
    bool *taken = NEW_N(a, bool, t->ninputs);
    Layer *layers = NEW_N(a, Layer, t->ninputs);
    int n = 0;
    for (int col = 0; col < t->ninputs; col++) {
        if (taken[col]) continue;
        int *cols = NEW_N(a, int, t->ninputs);
        Dim dim = {.expr = t->inputs[col].expr, .cols = cols};
        dim.ncols = columns_like(&k, col, taken, cols);
        k.dim = &dim;
        Cuts cuts = {.a = a};
        if (!dim_cuts(&k, &cuts)) continue;
        const Type *type = t->inputs[col].type;
        dim_slots(&k, &cuts, type ? type : type_of(T_ANY));
        layer_make(&k, &layers[n++]);
    }
    grid_fill(&k, layers, n);
    find_residual(&k);
    arena_close(values);
    return g;
}
