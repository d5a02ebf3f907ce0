/* One row of a table: who it is about, when, and its cells one by one. */
#include "base/date.h"
#include "codec/uscc.h"
#include "job/import_plan.h"

void import_problem(Import *im, Row *row, int severity, const Column *col, Str value, Msg m, int n,
                    const Str *args) {
    ImportReport *r = im->report;
    Arena *a = im->c->arena;
    if (severity == 0) row->refused = true;
    if (severity == 1) row->warned = true;
    if (severity == 1 && ++r->warnings > IMPORT_WARNINGS_LISTED) {
        r->warnings_cut = true;
        return;
    }
    GROW(a, r->problems, r->problem_count, r->problem_cap);
    ImportProblem *p = &r->problems[r->problem_count++];
    *p = (ImportProblem){.row = row->row, .value = str_dup(a, str_sub(value, 0, 200))};
    p->note = (Note){.msg = m, .severity = severity, .nargs = n};
    for (int i = 0; i < n && i < MSG_ARGS_MAX; i++) p->note.args[i] = str_dup(a, args[i + 1]);
    p->index = col ? (int)(col - im->plan.columns) : -1;
    if (col) p->column = col->head;
}

/* A credit code as far as it can be one; a wrong check character warns only. */
static void read_uscc(Import *im, Row *row, const Column *col, const Cell *cell) {
    Arena *a = im->c->arena;
    Str code = uscc_normalize(im->block, cell->text);
    int at = 0;
    if (num_is_unknown(code) || num_is_none(code)) return;
    bool number = cell->kind == CELL_NUMBER && code.n > 15;
    bool exponent = code.n < USCC_LENGTH && str_find(code, S("E+")) > 0;
    if (number || exponent) {
        PROBLEM(im, row, 0, col, cell->text, M_ROW_CODE_SPOILED);
        return;
    }
    switch (uscc_check(code, &at)) {
    case USCC_BAD_LENGTH:
        PROBLEM(im, row, 0, col, cell->text, M_ROW_CODE_LENGTH,
                str_printf(a, "%td", str_trim(code).n));
        return;
    case USCC_BAD_CHARACTER:
        PROBLEM(im, row, 0, col, cell->text, M_ROW_CODE_CHARACTER, str_printf(a, "%d", at + 1),
                str_sub(code, at, at + 1));
        return;
    case USCC_BAD_CHECK: PROBLEM(im, row, 1, col, cell->text, M_ROW_CODE_CHECK); break;
    case USCC_OK: break;
    }
    row->uscc = code;
}

/* 6 digits, with or without the exchange; the exchange follows from the first digit. */
static void read_stock(Import *im, Row *row, const Column *col, const Cell *cell) {
    Str s = uscc_normalize(im->block, cell->text);
    if (num_is_unknown(s) || num_is_none(s)) return;
    if (s.n == 9 && s.p[6] == '.') s = str_sub(s, 0, 6);
    if (s.n == 8 && (str_starts(s, S("SH")) || str_starts(s, S("SZ")) || str_starts(s, S("BJ"))))
        s = str_sub(s, 2, 8);
    bool digits = s.n == 6;
    for (ptrdiff_t i = 0; i < s.n; i++) digits &= s.p[i] >= '0' && s.p[i] <= '9';
    if (!digits) {
        PROBLEM(im, row, 0, col, cell->text, M_ROW_STOCK);
        return;
    }
    bool beijing = s.p[0] == '4' || s.p[0] == '8' || str_starts(s, S("92"));
    bool shanghai = s.p[0] == '6' || s.p[0] == '9' || s.p[0] == '5';
    char *code = arena_alloc(im->block, 16);
    for (int i = 0; i < 6; i++) code[i] = s.p[i];
    code[6] = '.';
    code[7] = beijing ? 'B' : 'S';
    code[8] = beijing ? 'J' : shanghai ? 'H' : 'Z';
    row->stock = str_of(code, 9);
}

static void read_day(Import *im, Row *row, const Column *col, const Cell *cell, int32_t *out) {
    int64_t days = 0;
    DateResult r = date_read(cell->text, &days);
    if (r == DATE_OK) *out = date_to_int(days);
    if (r == DATE_NO_SUCH) PROBLEM(im, row, 0, col, cell->text, M_ROW_DATE_NONE);
    if (r == DATE_BAD || r == DATE_INCOMPLETE) PROBLEM(im, row, 0, col, cell->text, M_ROW_DATE);
}

static void read_identity(Import *im, Row *row, const Column *col, const Cell *cell) {
    Str s = str_trim(cell->text);
    bool unknown = num_is_unknown(s) || num_is_none(s);
    switch (col->as) {
    case COL_USCC: read_uscc(im, row, col, cell); return;
    case COL_STOCK: read_stock(im, row, col, cell); return;
    case COL_YEAR:
        row->year = year_read(s);
        if (!row->year) PROBLEM(im, row, 0, col, s, M_ROW_YEAR);
        return;
    case COL_FROM: read_day(im, row, col, cell, &row->from); return;
    case COL_TO: read_day(im, row, col, cell, &row->to); return;
    case COL_EVIDENCE: row->evidence = s; return;
    default: break;
    }
    if (unknown) return;
    if (col->as == COL_ID) row->id = s, row->scheme = col->scheme;
    if (col->as == COL_NAME) row->name = s;
    if (col->as == COL_SHORT_NAME) row->short_name = s;
    if (col->as == COL_FORMER_NAME) row->former_name = s;
    if (col->as == COL_DIVISION) row->division = s;
    if (col->as == COL_UNIT) row->unit = s;
}

static void check_cells(Import *im, const TableRow *t, Row *row, bool facts) {
    const Plan *p = &im->plan;
    int n = t->n < p->used ? t->n : p->used;
    for (int k = 0; k < n; k++) {
        const Column *col = &p->columns[k];
        const Cell *cell = &t->cells[k];
        if (col->as <= COL_IGNORE || (col->as == COL_FACT) != facts) continue;
        if (cell->text.n == 0 && cell->kind == CELL_TEXT) continue;
        if (im->bad_bytes && str_find(cell->text, S("\xEF\xBF\xBD")) >= 0)
            PROBLEM(im, row, 0, col, cell->text, M_ROW_CHARACTER);
        else if (facts)
            import_check_cell(im, row, col, cell);
        else
            read_identity(im, row, col, cell);
    }
}

static void check_shape(Import *im, const TableRow *t, Row *row) {
    int filled = t->n;
    while (filled > im->plan.n && str_trim(t->cells[filled - 1].text).n == 0) filled--;
    if (filled > im->plan.n && im->report->kind == FILE_CSV)
        PROBLEM(im, row, 0, NULL, S(""), M_ROW_SHAPE, str_printf(im->c->arena, "%d", filled),
                str_printf(im->c->arena, "%d", im->plan.n));
    if (t->problem != MSG_NONE) {
        const Column *col =
            t->problem_column < im->plan.n ? &im->plan.columns[t->problem_column] : NULL;
        PROBLEM(im, row, 0, col, S(""), t->problem, S("1048576"));
    }
}

void import_check_row(Import *im, const TableRow *t, Row *row) {
    *row = (Row){.row = t->row, .year = im->plan.year, .problem = im->report->problem_count};
    check_shape(im, t, row);
    if (row->refused) return;
    check_cells(im, t, row, false);
    bool key = row->uscc.n || row->stock.n || row->id.n || row->name.n;
    if (!key && !row->refused) PROBLEM(im, row, 0, NULL, S(""), M_ROW_NO_KEY);
    if (im->plan.has_year_column && !row->year && !row->refused)
        PROBLEM(im, row, 0, NULL, S(""), M_ROW_YEAR);
    check_cells(im, t, row, true);
}
