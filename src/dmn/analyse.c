/* Static analysis of a decision table: overlaps, conflicts, hidden and redundant rules (engine
 * 7.8). Rules are boxes over slots (analyse_grid.c), coverage is analyse_cover.c, and every claim
 * about a row is run through the engine before it is reported (study_add).
 */
#include "dmn/analyse.h"

#include <string.h>

#include "dmn/table.h"

/* --- findings -----------------------------------------------------------------------------------
 */

static Str number(Study *st, int64_t n) {
    return n < 0 ? (Str){0} : str_printf(st->s->arena, "%lld", (long long)n);
}

void study_values(Study *st) {
    const Grid *g = st->g;
    memset(st->given, 0, (size_t)st->t->ninputs * sizeof *st->given);
    for (int k = 0; k < g->ndims; k++)
        for (int i = 0; i < g->dims[k].ncols; i++) {
            st->values[g->dims[k].cols[i]] = g->dims[k].slots[st->point[k]].value;
            st->given[g->dims[k].cols[i]] = true;
        }
}

Str study_example(Study *st) {
    Buf b = buf_new(st->s->arena, 0);
    for (int k = 0; k < st->t->ninputs; k++) {
        if (!st->given[k]) continue;
        if (b.n) buf_lit(&b, ", ");
        buf_put(&b, st->t->inputs[k].label);
        buf_lit(&b, " = ");
        val_literal(&b, st->values[k]);
    }
    return b.n ? buf_str(&b) : S("-");
}

static bool confirmed(const DmnTableView *v, Claim claim, int x, int y) {
    switch (claim) {
    case CLAIM_BOTH: return v->rules[x] == CELL_TRUE && v->rules[y] == CELL_TRUE;
    case CLAIM_MATCHES: return v->rules[x] == CELL_TRUE;
    case CLAIM_NOT: return v->rules[x] != CELL_TRUE || v->result.tag == V_NULL;
    case CLAIM_NOT_USED:
        if (y < 0) return v->rules[x] == CELL_TRUE && !v->used[x];
        return v->rules[x] == CELL_TRUE && v->rules[y] == CELL_TRUE && !v->used[y];
    case CLAIM_NONE: break;
    }
    for (int r = 0; r < v->table->nrules; r++)
        if (v->rules[r] == CELL_TRUE) return false;
    return true;
}

/* The row, when running it reaches the table. False: it speaks against the claim. */
static bool prove(Study *st, Claim claim, int x, int y, const Json **row) {
    *row = witness_row(st->s, st->t, st->values, st->given);
    if (!*row) return !st->g->joint;
    Arena *a = arena_child(st->s->arena, 0);
    const DmnTableView *v = witness_run(st->s, a, st->t, *row, NULL);
    bool ok = v ? confirmed(v, claim, x, y) : !st->g->joint;
    if (!v) *row = NULL;
    arena_close(a);
    return ok;
}

static const DmnCell *cell_at(const Study *st, int rule, int col) {
    const DmnTable *t = st->src->table;
    if (rule < 0 || col < 0) return NULL;
    return col < t->ninputs ? &t->rules[rule].in[col] : &t->rules[rule].out[col - t->ninputs];
}

bool study_full(Study *st) {
    if (st->seen < st->s->shown) return false;
    st->seen++;
    return true;
}

DmnFinding *study_add(Study *st, int severity, Msg msg, Claim claim, int x, int y, int col,
                      Str what) {
    Check *s = st->s;
    const Json *row = NULL;
    if (study_full(st)) return NULL;
    if (!prove(st, claim, x, y, &row)) {
        st->unproved++;
        return NULL;
    }
    st->seen++;
    int at = y >= 0 ? y : x;
    const DmnCell *cell = cell_at(st, at, col);
    const DmnRule *rule = at >= 0 ? &st->src->table->rules[at] : NULL;
    XmlAt place = cell ? cell->at : rule ? rule->at : xml_at(st->src->xml);
    Str column = col >= 0 ? number(st, col + 1) : (Str){0};
    Str args[] = {st->t->name, number(st, x + 1 > 0 ? x + 1 : -1),
                  y >= 0 ? number(st, y + 1) : column, what};
    DmnFinding *f =
        check_add(s, severity, dmn_place_at(s->arena, st->src->defs, place), msg, 4, args);
    f->table = st->src;
    f->node = s->owner[st->t->id];
    f->rule = at + 1;
    f->other = y >= 0 ? x + 1 : 0;
    f->column = col + 1;
    f->element = cell && cell->id.n ? cell->id : rule ? rule->id : st->src->id;
    f->row = row;
    return f;
}

static DmnFinding *table_note(Study *st, int severity, Msg msg, Str x, Str y, Str z) {
    Check *s = st->s;
    Str args[] = {st->t->name, x, y, z};
    Str place = dmn_place(s->arena, st->src->defs, st->src->xml);
    DmnFinding *f = check_add(s, severity, place, msg, 4, args);
    f->table = st->src;
    f->node = s->owner[st->t->id];
    f->element = st->src->id;
    return f;
}

void study_close(Study *st, Msg msg) {
    int hidden = st->seen - st->s->shown;
    if (hidden > 0)
        table_note(st, 2, M_DMN_MORE, number(st, hidden), msg_code(msg), number(st, st->s->shown));
    st->seen = 0;
}

void study_stopped(Study *st, Msg msg, int done) {
    table_note(st, 1, msg, number(st, st->s->all), number(st, done), number(st, st->t->nrules));
}

/* --- rules --------------------------------------------------------------------------------------
 */

static const Val *output_const(const Study *st, int rule, int out) {
    const Program *p = st->s->m->prog;
    const IrNode *n = ir_node(p, st->t->rules[rule].outputs[out]);
    return n->op == IR_CONST ? &p->consts[n->a] : NULL;
}

bool study_same_outputs(const Study *st, int x, int y, bool unless_known) {
    for (int i = 0; i < st->t->noutputs; i++) {
        const Val *a = output_const(st, x, i), *b = output_const(st, y, i);
        if (!a || !b) return unless_known;
        if (val_equal(*a, *b) != 1) return false;
    }
    return true;
}

/* Place of a constant output among the output values; -1: not constant. */
static int rank_of(const Study *st, int rule, int out) {
    const IrTableOutput *o = &st->t->outputs[out];
    const Val *v = output_const(st, rule, out);
    for (int i = 0; v && i < o->npriority; i++)
        if (val_equal(o->priority[i], *v) == 1) return i;
    return v ? o->npriority : -1;
}

bool study_beats(const Study *st, int x, int y) {
    if (st->t->policy == HIT_FIRST) return x < y;
    if (st->t->policy != HIT_PRIORITY) return false;
    for (int i = 0; i < st->t->noutputs; i++) {
        int a = rank_of(st, x, i), b = rank_of(st, y, i);
        if (a < 0 || b < 0) return false;
        if (a != b) return a < b;
    }
    return x < y;
}

static bool meet(const Study *st, int x, int y, int64_t *steps) {
    const Grid *g = st->g;
    for (int k = 0; k < g->ndims; k++) {
        --*steps;
        if (cells_common(g, grid_cell(g, x, k), grid_cell(g, y, k)) < 0) return false;
    }
    return true;
}

static bool contains(const Study *st, int x, int y, int64_t *steps) {
    const Grid *g = st->g;
    for (int k = 0; k < g->ndims; k++) {
        --*steps;
        if (!cell_contains(g, grid_cell(g, x, k), grid_cell(g, y, k))) return false;
    }
    return true;
}

/* A slot both cells let through, a plain value that stands in the file before others. */
static int common_slot(const Study *st, int x, int y, int k) {
    const Grid *g = st->g;
    const GridCell *a = grid_cell(g, x, k), *b = grid_cell(g, y, k);
    int first = cells_common(g, a, b);
    int hi = a->hull.hi < b->hull.hi ? a->hull.hi : b->hull.hi;
    const Dim *d = &g->dims[k];
    enum { LOOK = 200 };
    for (int i = first; i >= 0 && i <= hi && i < first + LOOK && d->slots[i].sort == SLOT_VALUE;
         i++)
        if (d->slots[i].point && cell_has(g, a, i) && cell_has(g, b, i)) return i;
    return first;
}

static void common_point(Study *st, int x, int y) {
    for (int k = 0; k < st->g->ndims; k++) st->point[k] = common_slot(st, x, y, k);
    study_values(st);
}

/* Asks whether rule r is covered by the candidates put into st->cover. */
static CoverResult covered(Study *st, int r, int n, int64_t share) {
    Cover *v = &st->cover;
    v->nrules = n;
    v->within = r;
    v->max = 0;
    v->share = share;
    for (int k = 0; k < st->g->ndims; k++) v->box[k] = grid_cell(st->g, r, k)->hull;
    return cover_run(v);
}

bool study_rule_point(Study *st, int rule, int64_t share) {
    Cover *v = &st->cover;
    int n = 0;
    if (st->g->never[rule]) return false;
    bool ordered = st->t->policy == HIT_FIRST || st->t->policy == HIT_PRIORITY;
    int64_t before = st->s->budget;
    for (int x = 0; x < st->t->nrules; x++)
        if (x != rule && (!ordered || study_beats(st, x, rule)) &&
            meet(st, x, rule, &st->s->budget))
            v->rules[n++] = x;
    CoverResult found =
        st->s->budget > before - share ? covered(st, rule, n, share) : COVER_STOPPED;
    if (found == COVER_NO)
        memcpy(st->point, v->point, (size_t)st->g->ndims * sizeof *st->point);
    else
        for (int k = 0; k < st->g->ndims; k++) st->point[k] = common_slot(st, rule, rule, k);
    study_values(st);
    return true;
}

/* --- overlaps and conflicts ---------------------------------------------------------------------
 */

static void find_overlaps(Study *st) {
    const Grid *g = st->g;
    bool any = st->t->policy == HIT_ANY;
    Msg msg = any ? M_DMN_RULES_CONFLICT : M_DMN_RULES_OVERLAP;
    int x = 0;
    for (; x < st->t->nrules && st->s->budget >= 0; x++) {
        if (g->residual[x] || g->never[x]) continue;
        for (int y = x + 1; y < st->t->nrules && st->s->budget >= 0; y++) {
            if (g->residual[y] || !meet(st, x, y, &st->s->budget)) continue;
            if (any && study_same_outputs(st, x, y, true)) continue;
            if (study_full(st)) continue;
            common_point(st, x, y);
            study_add(st, 1, msg, CLAIM_BOTH, x, y, -1, study_example(st));
        }
    }
    study_close(st, msg);
    if (x < st->t->nrules || st->s->budget < 0)
        study_stopped(st, M_DMN_BUDGET_PAIRS, x > 0 ? x - 1 : 0);
}

/* --- hidden rules -------------------------------------------------------------------------------
 */

/* Rules that would come before r and meet it into st->cover; *all is one that contains it, or -1.
 */
static int rivals(Study *st, int r, int *all) {
    int n = 0;
    *all = -1;
    for (int x = 0; x < st->t->nrules && st->s->budget >= 0; x++) {
        if (st->t->policy == HIT_FIRST && x >= r) break;
        if (x == r || st->g->residual[x] || !study_beats(st, x, r)) continue;
        if (!meet(st, x, r, &st->s->budget)) continue;
        st->cover.rules[n++] = x;
        if (*all < 0 && contains(st, x, r, &st->s->budget)) *all = x;
    }
    return n;
}

/* Decides one rule with a share of the steps; false: it could not be decided. */
static bool decide_hidden(Study *st, int r, int64_t share) {
    int all, n = rivals(st, r, &all);
    CoverResult found = all < 0 ? covered(st, r, n, share) : COVER_YES;
    if (found != COVER_YES || (all < 0 && n == 0) || study_full(st)) return found != COVER_STOPPED;
    for (int k = 0; k < st->g->ndims; k++) st->point[k] = common_slot(st, r, r, k);
    study_values(st);
    if (all >= 0)
        study_add(st, 1, M_DMN_RULE_HIDDEN, CLAIM_NOT_USED, all, r, -1, study_example(st));
    else
        study_add(st, 1, M_DMN_RULE_DEAD, CLAIM_NOT_USED, r, -1, -1, study_example(st));
    return true;
}

/* First every rule with a small share, then those that need more. */
static void find_hidden(Study *st) {
    int hard = 0, undecided = 0, nrules = st->t->nrules;
    int32_t *again = NEW_N(st->s->scratch, int32_t, nrules);
    for (int r = 0; r < nrules; r++) {
        int64_t share = st->s->budget / (nrules - r) + 1;
        if (!st->g->never[r] && !decide_hidden(st, r, share)) again[hard++] = r;
    }
    for (int i = 0; i < hard; i++)
        undecided += !decide_hidden(st, again[i], st->s->budget / (hard - i));
    study_close(st, M_DMN_RULE_DEAD);
    if (undecided) study_stopped(st, M_DMN_BUDGET_HIDDEN, nrules - undecided);
}

/* --- redundant rules ----------------------------------------------------------------------------
 */

/* With hit policy first, taking x out gives its cases to y only when no rule in between with
 * another output meets x. */
static bool nothing_between(Study *st, int x, int y) {
    for (int r = x + 1; r < y; r++)
        if (!study_same_outputs(st, r, x, false) && meet(st, r, x, &st->s->budget)) return false;
    return true;
}

static void find_redundant(Study *st) {
    const Grid *g = st->g;
    bool first = st->t->policy == HIT_FIRST;
    int x = 0;
    for (; x < st->t->nrules && st->s->budget >= 0; x++) {
        if (g->residual[x] || g->never[x]) continue;
        for (int y = first ? x + 1 : 0; y < st->t->nrules && st->s->budget >= 0; y++) {
            if (y == x || g->residual[y] || !contains(st, y, x, &st->s->budget)) continue;
            if (!study_same_outputs(st, x, y, false)) continue;
            if (first ? !nothing_between(st, x, y) : y > x && contains(st, x, y, &st->s->budget))
                continue;
            if (study_full(st)) break;
            common_point(st, x, y);
            study_add(st, 2, M_DMN_RULE_REDUNDANT, CLAIM_BOTH, y, x, -1, study_example(st));
            break;
        }
    }
    study_close(st, M_DMN_RULE_REDUNDANT);
    if (x < st->t->nrules || st->s->budget < 0)
        study_stopped(st, M_DMN_BUDGET_PAIRS, x > 0 ? x - 1 : 0);
}

/* --- a table ------------------------------------------------------------------------------------
 */

static void tell_left_out(Study *st) {
    const Grid *g = st->g;
    if (g->nresidual) {
        DmnFinding *f =
            table_note(st, 2, M_DMN_NOT_ANALYSED, number(st, g->nresidual),
                       number(st, g->residual_rule + 1), number(st, g->residual_col + 1));
        f->rule = g->residual_rule + 1;
        f->column = g->residual_col + 1;
    }
    if (st->unproved)
        table_note(st, 2, M_DMN_UNPROVED, number(st, st->unproved), (Str){0}, (Str){0});
}

/* A question may take half of the steps left. */
static void with_part(Study *st, void (*ask)(Study *st)) {
    int64_t rest = st->s->budget / 2;
    st->s->budget -= rest;
    ask(st);
    st->s->budget = rest + (st->s->budget > 0 ? st->s->budget : 0);
}

Study study_new(Check *s, const IrTable *t, const DmnExpr *src) {
    Study st = {.s = s, .t = t, .src = src};
    st.g = grid_make(s, t);
    st.cover = cover_new(s, st.g);
    st.point = NEW_N(s->scratch, int, st.g->ndims);
    st.values = NEW_N(s->scratch, Val, t->ninputs);
    st.given = NEW_N(s->scratch, bool, t->ninputs);
    return st;
}

void analyse_table(Check *s, const IrTable *t, const DmnExpr *src) {
    if (t->nrules == 0) return;
    Study st = study_new(s, t, src);
    analyse_cells(&st);
    if (t->policy == HIT_UNIQUE || t->policy == HIT_ANY) with_part(&st, find_overlaps);
    if (t->policy == HIT_FIRST || t->policy == HIT_PRIORITY) with_part(&st, find_hidden);
    if (t->policy == HIT_FIRST || t->policy == HIT_ANY) with_part(&st, find_redundant);
    bool single = t->policy == HIT_UNIQUE || t->policy == HIT_ANY || t->policy == HIT_PRIORITY ||
                  t->policy == HIT_FIRST;
    if (single) analyse_gaps(&st);
    tell_left_out(&st);
}
