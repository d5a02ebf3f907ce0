/* Finding the heads of a sheet, and the plan they give.
 *
 * The first rows are looked at one by one, alone and together with the row below (heads in two
 * rows); the reading that gives the most known columns, an identity among them, is the head. Lines
 * above it may say the year and the unit (单位：万元). */
#include <string.h>

#include "codec/gram.h"
#include "codec/uscc.h"
#include "job/import_plan.h"

typedef struct Sighting {
    SheetRow *rows; /* the first rows of the file */
    int n;
    const Map *targets;
    bool layout;
    Arena *a;
} Sighting;

static Str cell_at(const SheetRow *r, int k) {
    return k < r->n && r->cells[k].kind != CELL_ERROR ? str_trim(r->cells[k].text) : S("");
}

/* Line breaks inside a head do not matter. */
static Str head_text(Arena *a, Str s) {
    char *out = arena_alloc(a, (size_t)s.n + 1);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (s.p[i] != '\n' && s.p[i] != '\r') out[n++] = s.p[i];
    return (Str){out, n};
}

/* The upper head over column k: its own, or the one to its left that spans it. */
static Str upper_head(const SheetRow *top, const SheetRow *bottom, int k) {
    for (int i = k; i >= 0; i--) {
        Str s = cell_at(top, i);
        if (s.n) return s;
        if (!cell_at(bottom, i).n) return S("");
    }
    return S("");
}

/* Upper and lower head as one; the unit of the upper one goes to the end, where units stand. */
static Str joined_head(Arena *a, Str upper, Str lower) {
    NumScale unit;
    Str rest = upper, tail = S("");
    if (num_head_unit(upper, &unit, &rest)) tail = str_sub(upper, rest.n, upper.n);
    return head_text(a, str_cat(a, str_cat(a, rest, lower), tail));
}

/* The candidates for the head of column k when rows i and i + 1 are the heads. */
static int heads_of(const Sighting *g, int i, bool two, int k, Str out[2]) {
    const SheetRow *top = &g->rows[i];
    Str upper = cell_at(top, k);
    if (!two) {
        out[0] = head_text(g->a, upper);
        return upper.n > 0 && !top->cells[k].from_left; /* a head over several columns is none */
    }
    const SheetRow *bottom = &g->rows[i + 1];
    Str lower = cell_at(bottom, k);
    if (!lower.n || (k < bottom->n && bottom->cells[k].from_above)) {
        out[0] = head_text(g->a, upper);
        return upper.n > 0;
    }
    if (bottom->cells[k].from_left) return 0;
    upper = upper_head(top, bottom, k);
    out[0] = joined_head(g->a, upper, lower);
    out[1] = head_text(g->a, lower);
    return upper.n ? 2 : 1;
}

static HeadTarget *target_of(const Sighting *g, int i, bool two, int k, Column *col) {
    Str heads[2];
    int n = heads_of(g, i, two, k, heads);
    *col = (Column){.slot = -1};
    for (int h = 0; h < n; h++) {
        Column found = {.slot = -1};
        HeadTarget *t = import_head_target(g->a, g->targets, g->layout, heads[h], &found);
        if (h == 0 || t) *col = found;
        if (t) return t;
    }
    return NULL;
}

static bool is_identity(ColumnAs as) {
    return as == COL_USCC || as == COL_STOCK || as == COL_ID || as == COL_NAME;
}

static int width_of(const Sighting *g, int i, bool two) {
    int n = g->rows[i].n;
    if (two && g->rows[i + 1].n > n) n = g->rows[i + 1].n;
    return n < IMPORT_COLUMNS_MAX ? n : IMPORT_COLUMNS_MAX;
}

/* How many columns a reading knows; identities count double. */
static int score_of(const Sighting *g, int i, bool two) {
    int score = 0;
    for (int k = 0; k < width_of(g, i, two); k++) {
        Column col;
        HeadTarget *t = target_of(g, i, two, k, &col);
        if (t) score += is_identity(t->as) ? 2 : 1;
    }
    return score;
}

/* Where the heads are: *row the index of their first row. Returns the rows they take, 0: none. */
static int find_heads(const Sighting *g, int64_t fixed, int *row) {
    int best = 0, rows = 0;
    for (int i = 0; i < g->n; i++) {
        if (fixed && g->rows[i].row != fixed) continue;
        for (int two = 0; two < 2; two++) {
            if (two && i + 1 >= g->n) continue;
            int score = score_of(g, i, two);
            if (score <= best) continue;
            best = score;
            *row = i;
            rows = 1 + two;
        }
    }
    return best >= 2 || (fixed && best) ? rows : 0;
}

/* --- the plan ------------------------------------------------------------------------------- */

static Str joined_heads(Arena *a, const Plan *p, bool unused_only) {
    Buf b = buf_new(a, 1 << 16);
    for (int i = 0; i < p->n; i++) {
        if (!p->columns[i].head.n || (unused_only && p->columns[i].as != COL_UNUSED)) continue;
        if (b.n) buf_lit(&b, "、");
        buf_put(&b, p->columns[i].head);
    }
    return buf_str(&b);
}

static NumUnit base_unit(const Indicator *ind) {
    NumScale s;
    if (str_eq(ind->unit, S("比率"))) return NUM_UNIT_RATIO;
    return num_unit(ind->unit, &s) ? s.unit : NUM_UNIT_NONE;
}

static bool apply_layout(Ctx *c, const Json *entry, Column *col) {
    Str unit = json_get_str(entry, S("unit")), bound = json_get_str(entry, S("bound"));
    Str as = json_get_str(entry, S("as"));
    if (str_starts(as, S("id:"))) col->scheme = str_sub(as, 3, as.n);
    col->year = (int)json_get_i64(entry, S("year"), 0);
    if (str_eq(bound, S("lower"))) col->bound = FACT_LOWER;
    if (str_eq(bound, S("upper"))) col->bound = FACT_UPPER;
    if (!unit.n) return true;
    col->confirmed = true;
    if (num_unit(unit, &col->scale)) return true;
    Str wanted = col->indicator ? col->indicator->unit : S("");
    return FAIL(c, ERR_INPUT, M_IMPORT_UNIT_MISFIT, col->head, unit, wanted);
}

static bool unit_fits(const Column *col) {
    NumUnit u = col->scale.unit;
    if (u == NUM_UNIT_NONE || u == col->base) return true;
    return u == NUM_UNIT_FACTOR && col->base != NUM_UNIT_RATIO;
}

/* Unit, bounds and slot of a column of numbers. */
static bool plan_number(Ctx *c, Plan *p, Column *col, const ImportOptions *o) {
    const Indicator *ind = col->indicator;
    if (!ind || (ind->type != IND_NUMBER && ind->type != IND_INTEGER)) return true;
    col->base = base_unit(ind);
    col->is_count =
        ind->type == IND_INTEGER || (col->base != NUM_UNIT_YUAN && col->base != NUM_UNIT_RATIO);
    if (!unit_fits(col))
        return FAIL(c, ERR_INPUT, M_IMPORT_UNIT_MISFIT, col->head,
                    str_printf(c->arena, "10^%d", col->scale.exp), ind->unit);
    if (col->base == NUM_UNIT_YUAN && col->scale.unit == NUM_UNIT_NONE) col->scale = p->money;
    col->confirmed |= o->confirm_units || str_eq(o->unit, S("亿元"));
    bool open = col->scale.exp == 8 && !col->confirmed;
    if (open && o->dry_run && !o->mapping) NOTE(c, 1, (Str){0}, M_IMPORT_CONFIRM_UNIT, col->head);
    col->has_min = ind->min.n && dec_parse(ind->min, &col->min);
    col->has_max = ind->max.n && dec_parse(ind->max, &col->max);
    if (open && (!o->dry_run || o->mapping))
        return FAIL(c, ERR_RULE, M_IMPORT_CONFIRM_UNIT, col->head);
    if (ind->period != PERIOD_YEARLY) return true;
    for (int i = 0; i < p->n && col->slot < 0; i++)
        if (&p->columns[i] != col && p->columns[i].indicator == ind) col->slot = p->columns[i].slot;
    if (col->slot < 0) col->slot = p->slots++;
    return true;
}

static bool same_meaning(const Column *x, const Column *y) {
    if (x->as != y->as || x->as == COL_UNUSED || x->as == COL_IGNORE) return false;
    if (x->as == COL_ID) return str_eq(x->scheme, y->scheme);
    return x->as != COL_FACT || (x->indicator == y->indicator && x->year == y->year &&
                                 x->lag == y->lag && x->bound == y->bound);
}

static const ImportChoice *choice_of(const ImportOptions *o, int column) {
    for (int i = 0; i < o->nchoices; i++)
        if (o->choices[i].column == column) return &o->choices[i];
    return NULL;
}

static bool apply_target(Ctx *c, HeadTarget *t, Column *col) {
    col->as = t->as;
    col->indicator = t->indicator;
    col->by = t->entry ? IMPORT_BY_LAYOUT : IMPORT_BY_ALIAS;
    t->used = true;
    return !t->entry || apply_layout(c, t->entry, col);
}

/* What a person says of a column; unit and year of the head stay where nothing else is said. */
static bool apply_choice(Ctx *c, const PackSet *pack, const ImportChoice *k, Column *col) {
    Str field = str_eq(k->field, S("stock_code")) ? S("stock") : k->field;
    col->by = IMPORT_BY_PERSON;
    col->indicator = NULL;
    col->as = field.n ? import_as(field) : COL_UNUSED;
    if (!field.n) return true;
    if (col->as == COL_UNUSED) {
        col->indicator = pack_indicator(pack, field);
        if (!col->indicator || col->indicator->by == BY_BASIS)
            return FAIL(c, ERR_RULE, M_IMPORT_FIELD, field);
        col->as = COL_FACT;
    }
    if (k->year) col->year = k->year, col->lag = 0;
    if (!k->unit.n) return true;
    col->confirmed = true;
    if (str_eq(k->unit, S("比率"))) {
        col->scale = (NumScale){NUM_UNIT_RATIO, 0};
        return true;
    }
    return num_unit(k->unit, &col->scale) ||
           FAIL(c, ERR_RULE, M_IMPORT_UNIT_MISFIT, col->head, k->unit,
                col->indicator ? col->indicator->unit : S(""));
}

static bool plan_columns(Ctx *c, const PackSet *pack, const Sighting *g, int row, bool two,
                         const ImportOptions *o, Plan *p) {
    p->n = width_of(g, row, two);
    p->columns = NEW_N(c->arena, Column, p->n);
    bool ok = true; /* a failure does not hide the other columns from the person who maps them */
    for (int k = 0; k < p->n; k++) p->columns[k].slot = -1;
    for (int k = 0; k < p->n; k++) {
        Column *col = &p->columns[k];
        HeadTarget *t = target_of(g, row, two, k, col);
        const ImportChoice *choice = choice_of(o, k);
        if (t) ok &= apply_target(c, t, col);
        if (choice) ok &= apply_choice(c, pack, choice, col);
        if (col->as == COL_UNUSED) continue;
        p->used = k + 1;
        if (col->as == COL_YEAR) p->has_year_column = true;
        for (int i = 0; i < k; i++)
            if (same_meaning(&p->columns[i], col))
                ok = FAIL(c, ERR_INPUT, M_IMPORT_TWICE, p->columns[i].head, col->head);
        if (col->as == COL_FACT) ok &= plan_number(c, p, col, o);
    }
    return ok;
}

static bool check_plan(Ctx *c, const Map *targets, bool layout, const Plan *p) {
    bool key = false, fact = false;
    for (int i = 0; layout && i < targets->n; i++) {
        const HeadTarget *t = targets->entries[i].value;
        if (!t->used && t->as != COL_IGNORE)
            return FAIL(c, ERR_INPUT, M_IMPORT_HEAD_MISSING, json_get_str(t->entry, S("head")));
    }
    for (int i = 0; i < p->n; i++) {
        const Column *col = &p->columns[i];
        key |= is_identity(col->as);
        fact |= col->as != COL_UNUSED && col->as != COL_IGNORE && col->as != COL_YEAR;
        bool yearly = col->as == COL_FACT && col->indicator->period == PERIOD_YEARLY;
        if (yearly && !col->year && !p->has_year_column && !p->year)
            return FAIL(c, ERR_INPUT, M_IMPORT_NO_YEAR, col->head);
    }
    if (!key)
        return FAIL(c, ERR_INPUT, M_IMPORT_NO_KEY,
                    str_printf(c->arena, "%lld", (long long)p->head_row),
                    joined_heads(c->arena, p, false));
    return fact || FAIL(c, ERR_INPUT, M_IMPORT_NOTHING, joined_heads(c->arena, p, false));
}

/* 单位：万元 in a line above the heads. */
static void unit_line(Plan *p, Str s) {
    static const Str marks[] = {STR_INIT("单位："), STR_INIT("单位:")};
    for (int m = 0; m < 2; m++) {
        ptrdiff_t at = str_find(s, marks[m]);
        NumScale scale;
        if (at < 0) continue;
        Str word = str_trim(str_sub(s, at + marks[m].n, s.n));
        for (int i = 0; i < 2; i++) {
            Str end = i ? S(")") : S("）");
            if (str_ends(word, end)) word.n -= end.n;
        }
        if (num_unit(word, &scale) && scale.unit == NUM_UNIT_YUAN) {
            p->money = scale;
            p->money_from_row = true;
        }
    }
}

/* The one year that the titles name; 0 when they name none, several, or part of a year. */
static int title_year(Arena *a, const Sighting *g, int heads, Str *title) {
    static const Str parts[] = {STR_INIT("季度"), STR_INIT("上半年"), STR_INIT("下半年"),
                                STR_INIT("月"), STR_INIT("Q")};
    int year = 0;
    for (int i = 0; i < heads; i++)
        for (int k = 0; k < g->rows[i].n; k++) {
            Str s = gram_fold(a, cell_at(&g->rows[i], k));
            for (ptrdiff_t at = 0; at + 7 <= s.n; at++) {
                int y = year_read(str_sub(s, at, at + 7));
                if (!y || !str_eq(str_sub(s, at + 4, at + 7), S("年"))) continue;
                for (int q = 0; q < 5; q++)
                    if (str_find(s, parts[q]) >= 0) return 0;
                if (year && year != y) return 0;
                year = y;
                *title = cell_at(&g->rows[i], k);
            }
        }
    return year;
}

static void read_titles(Ctx *c, const Sighting *g, int heads, const ImportOptions *o, Plan *p) {
    Str title = {0}, unit = json_get_str(o->layout, S("unit"));
    NumScale scale;
    if (o->unit.n) unit = o->unit;
    if (num_unit(unit, &scale) && scale.unit == NUM_UNIT_YUAN) p->money = scale;
    for (int i = 0; i < heads && !unit.n; i++)
        for (int k = 0; k < g->rows[i].n; k++) unit_line(p, cell_at(&g->rows[i], k));
    p->year = o->year ? o->year : (int)json_get_i64(o->layout, S("year"), 0);
    if (p->year) return;
    p->year = title_year(c->arena, g, heads, &title);
    if (p->year) NOTE(c, 2, (Str){0}, M_IMPORT_YEAR_FOUND, title);
}

static void read_first_rows(Arena *a, Table *t, Sighting *g) {
    TableRow row;
    g->rows = NEW_N(a, SheetRow, IMPORT_HEAD_ROWS_MAX);
    while (g->n < IMPORT_HEAD_ROWS_MAX && table_next(t, &row)) {
        SheetRow *r = &g->rows[g->n++];
        *r = (SheetRow){.row = row.row, .n = row.n};
        r->cells = arena_copy(a, row.cells, (size_t)row.n * sizeof(Cell));
        for (int k = 0; k < row.n; k++) r->cells[k].text = str_dup(a, row.cells[k].text);
    }
    table_rewind(t);
}

static void skip_to_data(Table *t, int64_t head_row) {
    TableRow row;
    Table at = *t;
    while (table_next(&at, &row) && row.row <= head_row) *t = at;
}

/* Where no head is known: the first row that looks like heads, several texts side by side. */
static int guess_heads(const Sighting *g, int *row) {
    for (int i = 0; i < g->n; i++) {
        int filled = 0;
        for (int k = 0; k < g->rows[i].n; k++)
            filled += cell_at(&g->rows[i], k).n > 0 && !g->rows[i].cells[k].from_left;
        if (filled < 2) continue;
        *row = i;
        return 1;
    }
    return 0;
}

bool import_plan(Ctx *c, const PackSet *pack, Table *t, const ImportOptions *o,
                 ImportReport *report, Plan *out) {
    Map targets;
    int row = 0;
    *out = (Plan){0};
    if (!import_targets(c, pack, o->layout, &targets)) return false;
    Sighting g = {.targets = &targets, .layout = o->layout != NULL, .a = c->arena};
    read_first_rows(c->arena, t, &g);
    int rows = find_heads(&g, json_get_i64(o->layout, S("head_row"), 0), &row);
    if (!rows && o->mapping) rows = guess_heads(&g, &row);
    if (!rows)
        return FAIL(c, ERR_INPUT, M_IMPORT_NO_HEAD,
                    str_printf(c->arena, "%d", IMPORT_HEAD_ROWS_MAX));
    out->first_head_row = g.rows[row].row;
    out->head_row = g.rows[row + rows - 1].row;
    read_titles(c, &g, row, o, out);
    Str create = json_get_str(o->layout, S("create"));
    if (str_eq(create, S("name"))) out->create = CREATE_BY_NAME;
    if (str_eq(create, S("none"))) out->create = CREATE_NONE;
    bool ok = plan_columns(c, pack, &g, row, rows == 2, o, out) &&
              check_plan(c, &targets, o->layout != NULL, out);
    import_columns(c->arena, out, g.rows, g.n, report);
    report->unmapped = !ok;
    if (!ok) return false;
    for (int k = 0; k < out->n && !out->first_head.n; k++)
        if (out->columns[k].as != COL_UNUSED && out->columns[k].as != COL_IGNORE)
            out->first_head = cell_at(&g.rows[row + rows - 1], out->first_column = k);
    Str left = joined_heads(c->arena, out, true);
    if (left.n) NOTE(c, 2, (Str){0}, M_IMPORT_COLUMNS_LEFT, left);
    skip_to_data(t, out->head_row);
    return true;
}
