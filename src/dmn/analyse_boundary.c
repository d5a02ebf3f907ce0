/* Test rows at the boundaries of decision tables. A boundary is tried inside the first rule whose
 * cell begins or ends there, so that the other columns let the rule through and the boundary alone
 * decides. */
#include <string.h>

#include "base/map.h"
#include "dmn/analyse.h"
#include "dmn/value_json.h"

typedef struct Bounds {
    Check *s;
    Study *st;
    DmnBoundary *out;
    int *points; /* per rule: its slots in every dimension; -1 first: the rule has no point */
    bool *met;   /* rules some row matched */
    Map seen;    /* rows by their text */
} Bounds;

/* --- rows ---------------------------------------------------------------------------------------
 */

static Str json_text(Arena *a, const Json *j) {
    Buf b = buf_new(a, 0);
    json_canonical(&b, j);
    return buf_str(&b);
}

static Str rules_text(Bounds *w, const DmnTableView *v) {
    Buf b = buf_new(w->s->arena, 0);
    for (int r = 0; r < v->table->nrules; r++) {
        if (v->rules[r] != CELL_TRUE) continue;
        w->met[r] = true;
        buf_printf(&b, "%s%d", b.n ? "," : "", r + 1);
    }
    return buf_str(&b);
}

/* The row of st->values, run; once. */
static void add_row(Bounds *w) {
    Check *s = w->s;
    DmnBoundary *out = w->out;
    const Json *row = witness_row(s, w->st->t, w->st->values, w->st->given);
    if (!row) {
        out->left_out++;
        return;
    }
    Str text = json_text(s->arena, row);
    if (map_has(&w->seen, text)) return;
    map_put(&w->seen, text, w);
    Arena *a = arena_child(s->arena, 0);
    DmnEval *e;
    const DmnNode *home = s->owner[w->st->t->id];
    const DmnTableView *v = witness_run(s, a, w->st->t, row, &e);
    if (v) {
        Val result = home && home->kind == NODE_DECISION ? dmn_run_node(e, home) : v->result;
        GROW(s->arena, out->rows, out->n, out->cap);
        out->rows[out->n++] = (DmnBoundaryRow){
            .node = home,
            .row = row,
            .rules = rules_text(w, v),
            .result = str_dup(s->arena, json_text(s->arena, json_from_val(a, result)))};
    } else {
        out->left_out++;
    }
    arena_close(a);
}

/* --- boundaries ---------------------------------------------------------------------------------
 */

/* One step of the type: for numbers a unit of the finest scale written in the dimension. */
static Val step_of(Check *s, const Dim *d) {
    int exp = 0;
    for (int i = 0; i < d->nvalues; i++) {
        if (!d->slots[i].point || d->slots[i].value.tag != V_NUM) continue;
        Dec cut = val_dec(d->slots[i].value);
        if (cut.exp < exp) exp = cut.exp;
    }
    Dec one = dec_scaled(1, exp);
    return val_num(s->arena, &one);
}

static bool moved(Check *s, const Dim *d, Val v, int by, Val *out) {
    Eval e = eval_new(s->m->prog, s->arena);
    *out = v;
    if (by == 0) return true;
    if (val_is_num(v)) {
        *out = feel_op(&e, by < 0 ? IR_SUB : IR_ADD, v, step_of(s, d));
        return val_is_num(*out);
    }
    if (v.tag != V_DATE && v.tag != V_MONTHS && v.tag != V_DAYS) return false;
    out->i += by;
    return true;
}

/* The rule's own values but for one dimension. */
static void try_value(Bounds *w, int rule, int k, Val v) {
    Study *st = w->st;
    const Dim *d = &st->g->dims[k];
    for (int i = 0; i < d->ncols; i++)
        if (!grid_allowed(w->s, st->t, d->cols[i], v)) return;
    memcpy(st->point, &w->points[rule * st->g->ndims], (size_t)st->g->ndims * sizeof *st->point);
    study_values(st);
    for (int i = 0; i < d->ncols; i++) st->values[d->cols[i]] = v;
    add_row(w);
}

static void try_slot(Bounds *w, int rule, int k, int slot, bool *tried) {
    const Dim *d = &w->st->g->dims[k];
    if (slot < 0 || slot >= d->nslots || tried[slot]) return;
    tried[slot] = true;
    const Slot *at = &d->slots[slot];
    bool plain = at->sort == SLOT_VALUE && at->point;
    for (int by = -1; by <= 1; by++) {
        Val v;
        if (by != 0 && !plain) continue;
        if (at->sort == SLOT_VALUE && !at->point) continue; /* between cuts: their neighbours */
        if (moved(w->s, d, at->value, by, &v)) try_value(w, rule, k, v);
    }
}

/* Where the rule's cell begins and ends, and what lies just outside. */
static void cell_bounds(Bounds *w, int rule, int k, bool *tried) {
    const Grid *g = w->st->g;
    const GridCell *c = grid_cell(g, rule, k);
    const Span *s = c->n > 1 ? &g->spans[c->more] : &c->hull;
    if (c->n == 1 && c->hull.lo == 0 && c->hull.hi == g->dims[k].nslots - 1) return;
    for (int i = 0; i < c->n; i++) {
        try_slot(w, rule, k, s[i].lo - 1, tried);
        try_slot(w, rule, k, s[i].lo, tried);
        try_slot(w, rule, k, s[i].hi, tried);
        try_slot(w, rule, k, s[i].hi + 1, tried);
    }
}

static void table_rows(Bounds *w) {
    Study *st = w->st;
    Check *s = w->s;
    const Grid *g = st->g;
    int nrules = st->t->nrules;
    w->points = NEW_N(s->scratch, int, nrules *(g->ndims + 1));
    w->met = NEW_N(s->scratch, bool, nrules);
    w->seen = map_new(s->scratch);
    for (int r = 0; r < nrules; r++) {
        if (!study_rule_point(st, r, s->budget / (nrules - r) + 1)) continue;
        memcpy(&w->points[r * g->ndims], st->point, (size_t)g->ndims * sizeof *st->point);
        add_row(w);
    }
    for (int k = 0; k < g->ndims; k++) {
        bool *tried = NEW_N(s->scratch, bool, g->dims[k].nslots + 1);
        int some = -1;
        for (int r = 0; r < nrules; r++) {
            if (g->never[r]) continue;
            some = some < 0 ? r : some;
            cell_bounds(w, r, k, tried);
        }
        /* other texts and null, where no cell ends at them */
        for (int i = g->dims[k].nvalues; some >= 0 && i < g->dims[k].nslots; i++)
            try_slot(w, some, k, i, tried);
    }
    for (int r = 0; r < nrules; r++) w->out->met += w->met[r];
    w->out->rules += nrules;
}

DmnBoundary dmn_boundary(Ctx *c, const DmnModel *m, const DmnNode *decision,
                         const DmnCheckOptions *o) {
    Check s = check_new(c, m, o);
    DmnBoundary out = {0};
    for (int i = 0; i < m->prog->ntables; i++) {
        if (decision && s.owner[i] != decision) continue;
        check_open(&s);
        s.budget = s.all / m->prog->ntables;
        Study st = study_new(&s, m->prog->tables[i], m->sources[i]);
        Bounds w = {.s = &s, .st = &st, .out = &out};
        table_rows(&w);
        check_close(&s);
    }
    return out;
}
