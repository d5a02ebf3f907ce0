/* Decision tables with unknown inputs (design 5.1): the result is decided only when every
 * admissible value of the missing facts gives it.
 *
 * First by worlds: a missing number lies in some of the slots of its column, so the set of matching
 * rules is one of few; cells that cannot be told apart by slots fork the set in two. Each distinct
 * set is put through the hit policy as if it were known, and the results are joined. Columns are
 * treated as independent, which admits worlds that cannot occur when two columns depend on one
 * fact: sound, not complete. When there are too many worlds, by bounds: each rule matches
 * certainly, possibly or not (table_between).
 */
#include <string.h>

#include "dmn/table.h"

enum { WORLDS_MAX = 256, SUBSETS_MAX = 6 };

typedef struct Worlds {
    TableRun *r;
    RuleSet *sets; /* n sets */
    int n;
    bool over; /* more than WORLDS_MAX */
} Worlds;

static RuleSet *world(const Worlds *w, int i) {
    return w->sets + (size_t)i * (size_t)w->r->ix->words;
}

static Worlds worlds_new(TableRun *r) {
    return (Worlds){.r = r, .sets = NEW_N(r->e->arena, RuleSet, (WORLDS_MAX + 1) * r->ix->words)};
}

static void world_put(Worlds *w, const RuleSet *set) {
    size_t bytes = (size_t)w->r->ix->words * sizeof *set;
    for (int i = 0; i < w->n; i++)
        if (memcmp(world(w, i), set, bytes) == 0) return;
    if (w->n == WORLDS_MAX) {
        w->over = true;
        return;
    }
    memcpy(world(w, w->n++), set, bytes);
}

/* --- slots a value may lie in -------------------------------------------------------------------
 */

typedef struct SlotRange {
    bool usable;
    int from, to;
    bool null; /* the null slot too */
} SlotRange;

/* Slots between the bounds of an unknown; unusable when bounds are of another kind. */
static SlotRange slots_of(const TableColumn *col, const Unknown *u) {
    SlotRange s = {.usable = col->indexed && col->ncuts > 0, .null = u->may_null};
    s.to = 2 * col->ncuts;
    if (u->lo.tag != V_NULL) s.from = column_slot(col, u->lo);
    if (u->hi.tag != V_NULL) s.to = column_slot(col, u->hi);
    if (s.from < 0 || s.to < 0) s.usable = false;
    return s;
}

/* The value of a missing fact may be of a kind the cuts are not of (an unknown of undeclared type),
 * so slots are used only where the type of the column or a bound says so. */
static bool kind_known(const TableRun *r, int k, const Unknown *u) {
    static const TypeKind KINDS[] = {[V_NUM] = T_NUMBER,
                                     [V_STRING] = T_STRING,
                                     [V_BOOL] = T_BOOLEAN,
                                     [V_DATE] = T_DATE,
                                     [V_MONTHS] = T_MONTHS};
    const TableColumn *col = &r->ix->cols[k];
    const Type *t = r->t->inputs[k].type;
    if (u->lo.tag != V_NULL || u->hi.tag != V_NULL) return true;
    return t && t->kind == KINDS[col->kind];
}

/* --- one column ---------------------------------------------------------------------------------
 */

static unsigned cell_truths(TableRun *r, int rule, int k, Val v) {
    IrId cell = r->t->rules[rule].cells[k];
    if (cell == IR_NONE) return 2;
    return val_truths(feel_test(r->e, cell, v, r->f));
}

/* Forks each world of `from` at the rules of `which` (NULL: all) whose cell is undecided for v. */
static void fork_cells(TableRun *r, int k, Val v, const RuleSet *which, const RuleSet *base,
                       Worlds *to) {
    int words = r->ix->words;
    Worlds cur = worlds_new(r);
    world_put(&cur, base);
    for (int i = set_next(base, words, 0); i >= 0 && !cur.over; i = set_next(base, words, i + 1)) {
        if (which && !set_has(which, i)) continue;
        unsigned truths = cell_truths(r, i, k, v);
        if (truths == 2) continue;
        Worlds next = worlds_new(r);
        for (int w = 0; w < cur.n; w++) {
            RuleSet *set = arena_copy(r->e->arena, world(&cur, w), (size_t)words * sizeof *set);
            if (truths & 2) world_put(&next, set);
            set_drop(set, i);
            world_put(&next, set);
        }
        next.over = next.over || cur.over;
        cur = next;
    }
    for (int w = 0; w < cur.n; w++) world_put(to, world(&cur, w));
    to->over = to->over || cur.over;
}

/* base restricted to the rules of bits, residual cells of the column forked. */
static void restrict_to(TableRun *r, int k, const RuleSet *base, const uint64_t *bits, Worlds *to) {
    const TableColumn *col = &r->ix->cols[k];
    int words = r->ix->words;
    RuleSet *set = arena_copy(r->e->arena, base, (size_t)words * sizeof *set);
    for (int w = 0; w < words; w++) set[w] &= bits[w];
    if (col->has_residual)
        fork_cells(r, k, r->inputs[k], col->residual, set, to);
    else
        world_put(to, set);
}

static void column_slots(TableRun *r, int k, SlotRange s, const RuleSet *base, Worlds *to) {
    const TableColumn *col = &r->ix->cols[k];
    for (int i = s.from; i <= s.to && !to->over; i++)
        if (!col->gone[i]) restrict_to(r, k, base, column_set(r->e->arena, r->ix, col, i), to);
    if (s.null) restrict_to(r, k, base, col->null_bits, to);
}

/* Each candidate is a known value: its cells decide (or fork when a cell itself is unknown). */
static void column_candidates(TableRun *r, int k, const Unknown *u, const RuleSet *base,
                              Worlds *to) {
    for (int i = 0; i < u->ncands && !to->over; i++) fork_cells(r, k, u->cands[i], NULL, base, to);
    if (u->may_null) fork_cells(r, k, val_null(), NULL, base, to);
}

static void column_worlds(TableRun *r, int k, const RuleSet *base, Worlds *to) {
    Val v = r->inputs[k];
    if (v.tag == V_UNKNOWN) {
        const Unknown *u = val_unk(v);
        if (u->ncands > 0) {
            column_candidates(r, k, u, base, to);
            return;
        }
        SlotRange s = slots_of(&r->ix->cols[k], u);
        if (s.usable && kind_known(r, k, u)) {
            column_slots(r, k, s, base, to);
            return;
        }
    }
    fork_cells(r, k, v, NULL, base, to);
}

/* --- bounds -------------------------------------------------------------------------------------
 */

typedef struct Join {
    TableRun *r;
    Val *vals;
    int n, cap;
} Join;

static void join_put(Join *j, Val v) {
    GROW(j->r->e->arena, j->vals, j->n, j->cap);
    j->vals[j->n++] = v;
}

/* Bounds of C+ over certain and possible rules: every possible rule adds its output or nothing. */
static Val between_sum(TableRun *r, const RuleSet *cert, const RuleSet *poss, const Val *deps,
                       int n) {
    Eval *e = r->e;
    Val sum = val_int(0), outs[3] = {val_int(0)};
    for (int i = set_next(poss, r->ix->words, 0); i >= 0; i = set_next(poss, r->ix->words, i + 1)) {
        Val v = table_output(r, i);
        if (!set_has(cert, i)) {
            outs[1] = v;
            v = unknown_join(e, outs, 2, deps, n);
        }
        sum = feel_op(e, IR_ADD, sum, v);
    }
    if (set_next(cert, r->ix->words, 0) >= 0) return sum;
    outs[0] = sum;
    outs[1] = table_default(r);
    return unknown_join(e, outs, 2, deps, n);
}

/* C< and C>: the certain rules bound the result on one side, all outputs on the other. */
static Val between_extreme(TableRun *r, const RuleSet *cert, const RuleSet *poss, const Val *deps,
                           int n) {
    int words = r->ix->words;
    Join j = {.r = r};
    bool some = set_next(cert, words, 0) >= 0;
    Val base = some ? table_hit(r, cert) : table_default(r);
    join_put(&j, base);
    for (int i = set_next(poss, words, 0); i >= 0; i = set_next(poss, words, i + 1)) {
        if (set_has(cert, i)) continue;
        RuleSet *with = arena_copy(r->e->arena, cert, (size_t)words * sizeof *with);
        set_add(with, i);
        join_put(&j, table_hit(r, with));
    }
    return unknown_join(r->e, j.vals, j.n, deps, n);
}

/* Policies that give the output of one rule. A violation of U or A is possible whenever two rules
 * may match, so null is. */
static Val between_single(TableRun *r, const RuleSet *cert, const RuleSet *poss, const Val *deps,
                          int n) {
    int words = r->ix->words, certain = -1;
    Join j = {.r = r};
    for (int i = set_next(poss, words, 0); i >= 0; i = set_next(poss, words, i + 1)) {
        bool sure = set_has(cert, i);
        if (sure && certain >= 0 && r->t->policy == HIT_PRIORITY)
            certain = table_priority(r, i, certain) < 0 ? i : certain;
        else if (sure && certain < 0)
            certain = i;
    }
    bool exclusive = r->t->policy == HIT_UNIQUE || r->t->policy == HIT_ANY;
    for (int i = set_next(poss, words, 0); i >= 0; i = set_next(poss, words, i + 1)) {
        bool before = certain < 0 || i == certain || exclusive;
        if (!before && r->t->policy == HIT_FIRST) before = i < certain;
        if (!before && r->t->policy == HIT_PRIORITY) before = table_priority(r, i, certain) < 0;
        if (before) join_put(&j, table_output(r, i));
    }
    if (certain < 0) join_put(&j, table_default(r));
    if (exclusive && set_count(poss, words) > 1) join_put(&j, val_null());
    return unknown_join(r->e, j.vals, j.n, deps, n);
}

/* Lists: every subset when few rules are open, otherwise an unknown without candidates. */
static Val between_lists(TableRun *r, const RuleSet *cert, const RuleSet *poss, const Val *deps,
                         int n) {
    int words = r->ix->words, open[SUBSETS_MAX], nopen = 0;
    for (int i = set_next(poss, words, 0); i >= 0; i = set_next(poss, words, i + 1)) {
        if (set_has(cert, i)) continue;
        if (nopen == SUBSETS_MAX) return unknown_of(r->e, deps, n);
        open[nopen++] = i;
    }
    Join j = {.r = r};
    for (unsigned pick = 0; pick < 1U << nopen; pick++) {
        RuleSet *set = arena_copy(r->e->arena, cert, (size_t)words * sizeof *set);
        for (int i = 0; i < nopen; i++)
            if (pick >> i & 1) set_add(set, open[i]);
        join_put(&j, table_hit(r, set));
    }
    return unknown_join(r->e, j.vals, j.n, deps, n);
}

Val table_between(TableRun *r, const RuleSet *cert, const RuleSet *poss, const Val *deps, int n) {
    int words = r->ix->words;
    if (memcmp(cert, poss, (size_t)words * sizeof *cert) == 0) return table_hit(r, cert);
    if (r->t->policy == HIT_RULE_ORDER || r->t->policy == HIT_OUTPUT_ORDER ||
        (r->t->policy == HIT_COLLECT && r->t->aggregate == AGG_NONE))
        return between_lists(r, cert, poss, deps, n);
    if (r->t->policy != HIT_COLLECT) {
        if ((r->t->policy == HIT_PRIORITY || r->t->policy == HIT_ANY) && r->e->unknowns)
            for (int i = set_next(poss, words, 0); i >= 0; i = set_next(poss, words, i + 1))
                if (val_has_unknown(table_output(r, i))) return unknown_of(r->e, deps, n);
        return between_single(r, cert, poss, deps, n);
    }
    if (r->t->noutputs > 1 && r->t->aggregate != AGG_COUNT) return unknown_of(r->e, deps, n);
    if (r->t->aggregate == AGG_SUM) return between_sum(r, cert, poss, deps, n);
    if (r->t->aggregate != AGG_COUNT) return between_extreme(r, cert, poss, deps, n);
    Val lo = val_int(set_count(cert, words)), hi = val_int(set_count(poss, words));
    if (lo.i > 0) return unknown_hull(r->e, lo, hi, false, deps, n);
    Val outs[2] = {unknown_hull(r->e, val_int(1), hi, false, deps, n), table_default(r)};
    return unknown_join(r->e, outs, 2, deps, n);
}

/* --- all together -------------------------------------------------------------------------------
 */

/* What the cells of a column depend on when some are undecided; V_NULL when none is. */
static Val column_open(const TableRun *r, int k) {
    if (val_has_unknown(r->inputs[k])) return r->inputs[k];
    return r->open ? r->open[k] : val_null();
}

static Val by_bounds(TableRun *r, const RuleSet *known, const Val *deps, int ndeps) {
    int words = r->ix->words;
    size_t bytes = (size_t)words * sizeof(RuleSet);
    RuleSet *poss = arena_copy(r->e->arena, known, bytes);
    RuleSet *cert = arena_copy(r->e->arena, known, bytes);
    for (int k = 0; k < r->t->ninputs; k++) {
        if (column_open(r, k).tag == V_NULL) continue;
        for (int i = set_next(poss, words, 0); i >= 0; i = set_next(poss, words, i + 1)) {
            unsigned truths = cell_truths(r, i, k, r->inputs[k]);
            if (!(truths & 2)) set_drop(poss, i);
            if (truths != 2) set_drop(cert, i);
        }
    }
    return table_between(r, cert, poss, deps, ndeps);
}

static Val join_worlds(TableRun *r, const Worlds *cur, const Val *deps, int ndeps) {
    Join j = {.r = r};
    for (int i = 0; i < cur->n; i++) join_put(&j, table_hit(r, world(cur, i)));
    if (j.n == 1) return j.vals[0];
    return unknown_join(r->e, j.vals, j.n, deps, ndeps);
}

Val table_unknown(TableRun *r, const RuleSet *known) {
    Worlds cur = worlds_new(r);
    Val *deps = NEW_N(r->e->arena, Val, r->t->ninputs);
    int ndeps = 0;
    DiagMark before = diag_mark(r->e);
    world_put(&cur, known);
    for (int k = 0; k < r->t->ninputs && !cur.over; k++) {
        if (column_open(r, k).tag == V_NULL) continue;
        Worlds next = worlds_new(r);
        for (int w = 0; w < cur.n && !next.over; w++) column_worlds(r, k, world(&cur, w), &next);
        bool same = next.n == cur.n && !next.over &&
                    memcmp(next.sets, cur.sets,
                           (size_t)cur.n * (size_t)r->ix->words * sizeof(RuleSet)) == 0;
        if (!same) deps[ndeps++] = column_open(r, k);
        cur = next;
    }
    for (int k = 0; cur.over && k < r->t->ninputs; k++) {
        if (k == 0) ndeps = 0;
        if (column_open(r, k).tag != V_NULL) deps[ndeps++] = column_open(r, k);
    }
    r->quiet = cur.over || cur.n > 1;
    Val v = cur.over ? by_bounds(r, known, deps, ndeps) : join_worlds(r, &cur, deps, ndeps);
    /* findings of worlds that need not be the real one */
    if (r->quiet && v.tag != V_NULL) diag_rewind(r->e, before);
    return v;
}
