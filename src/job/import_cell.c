/* One cell to one fact: numbers with units, dates, yes and no, texts, lists of dates. */
#include "base/date.h"
#include "job/import_plan.h"

static RowFact *new_fact(Import *im, Row *row, const Column *col, FactType type, Str value) {
    GROW(im->block, row->facts, row->n, row->cap);
    RowFact *f = &row->facts[row->n++];
    bool yearly = col->indicator->period == PERIOD_YEARLY;
    *f = (RowFact){.column = col, .type = type, .value = value};
    if (yearly) f->period = col->year ? col->year : row->year - col->lag;
    return f;
}

static void refuse(Import *im, Row *row, const Column *col, const Cell *cell, Msg m) {
    PROBLEM(im, row, 0, col, cell->text, m);
}

static bool looks_scientific(Str s) {
    ptrdiff_t i = 0, digits = 0;
    for (; i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '.'); i++) digits++;
    if (digits < 1 || i + 2 >= s.n || (s.p[i] != 'E' && s.p[i] != 'e')) return false;
    i++;
    if (s.p[i] == '+' || s.p[i] == '-') i++;
    if (i == s.n) return false;
    for (; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return true;
}

/* --- numbers --------------------------------------------------------------------------------- */

static Msg number_problem(NumResult r) {
    if (r == NUM_SCIENTIFIC) return M_ROW_SCIENTIFIC;
    return r == NUM_TOO_LONG ? M_ROW_TOO_LONG : M_ROW_NUMBER;
}

/* The unit that applies to a number: its own, else its column's. */
static bool scale_of(Import *im, Row *row, const Column *col, const Cell *cell, const NumText *t,
                     NumScale *out) {
    NumUnit own = t->scale.unit;
    *out = own == NUM_UNIT_NONE ? col->scale : (NumScale){own, 0}; /* its power is in t already */
    if (own == NUM_UNIT_FOREIGN) {
        refuse(im, row, col, cell, M_ROW_FOREIGN);
        return false;
    }
    bool fits = own == NUM_UNIT_NONE || own == col->base ||
                (own == NUM_UNIT_FACTOR && col->base != NUM_UNIT_RATIO);
    if (!fits) PROBLEM(im, row, 0, col, cell->text, M_ROW_UNIT, col->indicator->unit);
    return fits;
}

static bool number_fits(Import *im, Row *row, const Column *col, const Cell *cell, const Dec *d,
                        bool unit_known) {
    static const Dec one = {.coef = 1};
    if (col->indicator->type == IND_INTEGER && !dec_is_int(d)) {
        refuse(im, row, col, cell, M_ROW_NOT_INTEGER);
        return false;
    }
    Dec size = *d;
    dec_abs(&size, d);
    if (col->base == NUM_UNIT_RATIO && !unit_known && dec_cmp(&size, &one) > 0) {
        refuse(im, row, col, cell, M_ROW_RATIO);
        return false;
    }
    if ((col->has_min && dec_cmp(d, &col->min) < 0) ||
        (col->has_max && dec_cmp(d, &col->max) > 0)) {
        Str min = col->indicator->min, max = col->indicator->max;
        PROBLEM(im, row, 0, col, cell->text, M_ROW_RANGE, min.n ? min : S("—"),
                max.n ? max : S("—"));
        return false;
    }
    return true;
}

/* The size of coef * 10^exp, right in 15 digits: for comparing and showing, not for deciding. */
static double size_of(int64_t coef, int exp) {
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9, 1e10,
                                    1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20};
    if (exp < -20 || exp > 20) return 0;
    return exp < 0 ? (double)coef / powers[-exp] : (double)coef * powers[exp];
}

static void number_cell(Import *im, Row *row, const Column *col, const Cell *cell) {
    NumText t;
    NumScale scale;
    Dec d;
    char text[DEC_TEXT_MAX];
    Str s = cell->text;
    NumResult r = num_read(im->block, s, &t);
    if (r == NUM_EMPTY) return;
    if (r == NUM_NONE) {
        if (!col->is_count) return; /* of an amount, 无 says nothing */
        new_fact(im, row, col, FACT_NUMBER, S("0"))->received = s;
        return;
    }
    if (r != NUM_OK) {
        refuse(im, row, col, cell, number_problem(r));
        return;
    }
    if (!scale_of(im, row, col, cell, &t, &scale)) return;
    if (t.big) {
        Dec unscaled;
        Dec power = dec_scaled(1, scale.exp);
        if (!dec_parse(t.text, &unscaled) || !dec_mul(&d, &unscaled, &power)) {
            refuse(im, row, col, cell, M_ROW_TOO_LONG);
            return;
        }
    } else {
        d = dec_scaled(t.coef, t.exp + scale.exp);
    }
    if (!number_fits(im, row, col, cell, &d, scale.unit != NUM_UNIT_NONE)) return;
    int n = dec_print(text, &d);
    Str value = str_of(text, (size_t)n);
    bool same = str_eq(value, s);
    RowFact *f = new_fact(im, row, col, FACT_NUMBER, same ? s : str_dup(im->block, value));
    f->size = t.big ? dec_double(&d) : size_of(t.coef, t.exp + scale.exp);
    if (same) return;
    f->received = s;
    if (t.scale.unit == NUM_UNIT_NONE && col->scale.exp == 4) f->unit_received = S("万元");
    if (t.scale.unit == NUM_UNIT_NONE && col->scale.exp == 8) f->unit_received = S("亿元");
    if (t.scale.unit == NUM_UNIT_NONE && col->scale.exp == 3) f->unit_received = S("千元");
    if (t.scale.unit == NUM_UNIT_NONE && col->scale.exp == -2) f->unit_received = S("%");
}

/* --- dates ----------------------------------------------------------------------------------- */

/* A date of a cell; false without one (a problem is recorded unless the cell is empty). */
static bool date_of(Import *im, Row *row, const Column *col, const Cell *cell, Str s,
                    int64_t *days) {
    int64_t serial = 0;
    DateResult r = date_read(s, days);
    if (r == DATE_BAD && str_to_i64(s, &serial) && serial >= 10000 && serial < 100000) {
        r = date_from_serial(serial, false, days);
        if (r == DATE_OK)
            PROBLEM(im, row, 1, col, cell->text, M_ROW_SERIAL, date_text(im->c->arena, *days));
    }
    if (r == DATE_OK) return true;
    if (r == DATE_EMPTY) return false;
    Msg m = r == DATE_NO_SUCH ? M_ROW_DATE_NONE : M_ROW_DATE;
    refuse(im, row, col, cell, r == DATE_INCOMPLETE ? M_ROW_DATE_PART : m);
    return false;
}

static void date_cell(Import *im, Row *row, const Column *col, const Cell *cell) {
    int64_t days = 0;
    if (!date_of(im, row, col, cell, cell->text, &days)) return;
    Str value = date_text(im->block, days);
    RowFact *f = new_fact(im, row, col, FACT_DATE, value);
    if (!str_eq(value, cell->text)) f->received = cell->text;
}

static bool is_separator(const char *p, ptrdiff_t left, int *n) {
    static const Str seps[] = {STR_INIT("、"), STR_INIT("；"), STR_INIT(";"),
                               STR_INIT("\n"), STR_INIT("，"), STR_INIT(",")};
    for (int i = 0; i < 6; i++)
        if (str_starts((Str){p, left}, seps[i])) {
            *n = (int)seps[i].n;
            return true;
        }
    return false;
}

/* Events: one or several dates, each a fact of its day; 无 is a known none. */
static void list_cell(Import *im, Row *row, const Column *col, const Cell *cell) {
    Str rest = cell->text;
    if (num_is_none(rest)) {
        new_fact(im, row, col, FACT_NONE, S(""))->received = rest;
        return;
    }
    while (rest.n > 0) {
        int sep = 0;
        ptrdiff_t i = 0;
        while (i < rest.n && !is_separator(rest.p + i, rest.n - i, &sep)) i++;
        Str piece = str_trim(str_sub(rest, 0, i));
        int64_t days = 0;
        if (piece.n && date_of(im, row, col, cell, piece, &days)) {
            RowFact *f = new_fact(im, row, col, FACT_DATE, date_text(im->block, days));
            f->period = date_to_int(days);
            if (!str_eq(f->value, piece)) f->received = piece;
        }
        rest = str_sub(rest, i + sep, rest.n);
    }
}

/* --- yes and no, texts ------------------------------------------------------------------------ */

static void boolean_cell(Import *im, Row *row, const Column *col, const Cell *cell) {
    static const Str yes[] = {STR_INIT("是"), STR_INIT("有"),  STR_INIT("true"), STR_INIT("1"),
                              STR_INIT("√"),  STR_INIT("✓"),   STR_INIT("Y"),    STR_INIT("yes"),
                              STR_INIT("已"), STR_INIT("符合")};
    static const Str no[] = {STR_INIT("否"),   STR_INIT("无"),    STR_INIT("false"), STR_INIT("0"),
                             STR_INIT("×"),    STR_INIT("✗"),     STR_INIT("N"),     STR_INIT("no"),
                             STR_INIT("没有"), STR_INIT("不符合")};
    Str s = cell->text;
    for (int i = 0; i < 10; i++) {
        bool is_yes = str_eq_nocase(s, yes[i]);
        if (!is_yes && !str_eq_nocase(s, no[i])) continue;
        Str value = is_yes ? S("true") : S("false");
        RowFact *f = new_fact(im, row, col, FACT_BOOLEAN, value);
        if (!str_eq(s, value)) f->received = s;
        return;
    }
    refuse(im, row, col, cell, M_ROW_BOOLEAN);
}

static Str joined_values(Arena *a, const Indicator *ind) {
    Buf b = buf_new(a, 4096);
    for (int i = 0; i < ind->nvalues; i++) {
        if (i) buf_lit(&b, "、");
        buf_put(&b, ind->values[i]);
    }
    return buf_str(&b);
}

static void text_cell(Import *im, Row *row, const Column *col, const Cell *cell) {
    const Indicator *ind = col->indicator;
    bool allowed = ind->nvalues == 0;
    for (int i = 0; i < ind->nvalues; i++) allowed |= str_eq(ind->values[i], cell->text);
    if (!allowed) {
        PROBLEM(im, row, 0, col, cell->text, M_ROW_NOT_ALLOWED, joined_values(im->c->arena, ind));
        return;
    }
    if (looks_scientific(cell->text) || (cell->kind == CELL_NUMBER && cell->text.n > 15)) {
        refuse(im, row, col, cell, M_ROW_SCIENTIFIC);
        return;
    }
    new_fact(im, row, col, FACT_TEXT, cell->text);
    if (str_eq(ind->code, S("registered_division"))) row->division = cell->text;
}

/* What the kind of a spreadsheet cell forbids. */
static bool kind_fits(Import *im, Row *row, const Column *col, const Cell *cell) {
    bool number = col->indicator->type == IND_NUMBER || col->indicator->type == IND_INTEGER;
    Msg m = MSG_NONE;
    if (cell->kind == CELL_NO_VALUE) m = M_ROW_NO_VALUE;
    if (cell->kind == CELL_ERROR) m = M_ROW_CELL_ERROR;
    if (cell->kind == CELL_DATE && number) m = M_ROW_NUMBER;
    if (cell->kind == CELL_TOO_LARGE) m = M_CELL_TOO_LARGE;
    if (number && (cell->from_above || cell->from_left)) m = M_ROW_MERGED;
    if (m == MSG_NONE) return true;
    PROBLEM(im, row, 0, col, cell->text, m, S("1048576"));
    return false;
}

void import_check_cell(Import *im, Row *row, const Column *col, const Cell *cell) {
    Cell trimmed = *cell;
    trimmed.text = str_trim(cell->text);
    IndicatorType type = col->indicator->type;
    if (cell->kind == CELL_ERROR && str_eq(cell->text, S("#N/A"))) return;
    if (!kind_fits(im, row, col, &trimmed)) return;
    if (type == IND_NUMBER || type == IND_INTEGER) {
        number_cell(im, row, col, &trimmed);
    } else if (num_is_unknown(trimmed.text)) {
        return;
    } else if (type == IND_LIST) {
        list_cell(im, row, col, &trimmed);
    } else if (type == IND_BOOLEAN) {
        boolean_cell(im, row, col, &trimmed);
    } else if (type == IND_DATE) {
        date_cell(im, row, col, &trimmed);
    } else if (!num_is_none(trimmed.text)) {
        text_cell(im, row, col, &trimmed);
    }
}
