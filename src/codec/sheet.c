/* Merged ranges and column names. See sheet.h. */
#include "codec/sheet.h"

#include <string.h>

Str sheet_column_name(Arena *a, int column) {
    char letters[8];
    int n = 0;
    for (int c = column + 1; c > 0 && n < 7; c = (c - 1) / 26)
        letters[n++] = (char)('A' + (c - 1) % 26);
    char *out = arena_alloc(a, (size_t)n + 1);
    for (int i = 0; i < n; i++) out[i] = letters[n - 1 - i];
    return str_of(out, (size_t)n);
}

/* Index of the first row with a number of at least `row`. */
static int row_index(const Sheet *s, int64_t row) {
    int lo = 0, hi = s->row_count;
    while (lo < hi) {
        int mid = lo + (hi - lo) / 2;
        if (s->rows[mid].row < row)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static void widen(Arena *a, SheetRow *r, int n) {
    if (n <= r->n) return;
    Cell *cells = NEW_N(a, Cell, n);
    if (r->n) memcpy(cells, r->cells, (size_t)r->n * sizeof *cells);
    r->cells = cells;
    r->n = n;
}

bool sheet_fill_merges(Ctx *c, Sheet *s) {
    int64_t filled = 0;
    for (int m = 0; m < s->merge_count; m++) {
        Merge g = s->merges[m];
        int at = row_index(s, g.row);
        if (at == s->row_count || s->rows[at].row != g.row || s->rows[at].n <= g.col) continue;
        Cell first = s->rows[at].cells[g.col];
        int end = g.col_end < s->column_count ? g.col_end + 1 : s->column_count;
        if (!first.text.n && first.kind == CELL_TEXT) continue;
        for (; at < s->row_count && s->rows[at].row <= g.row_end; at++) {
            SheetRow *r = &s->rows[at];
            filled += end - g.col;
            if (filled > SHEET_CELLS_MAX)
                return FAIL_AT(c, ERR_LIMIT, s->name, M_XLSX_LIMIT, S("merged cells"),
                               str_printf(c->arena, "%d", SHEET_CELLS_MAX));
            widen(c->arena, r, end);
            for (int k = g.col; k < end; k++) {
                if (r->cells[k].text.n || r->cells[k].kind != CELL_TEXT) continue;
                r->cells[k] = first;
                r->cells[k].from_above = r->row != g.row;
                r->cells[k].from_left = k != g.col;
            }
        }
    }
    return true;
}
