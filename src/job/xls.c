/* Old .xls workbooks. See xls.h. The only user of libfreexl. */
#include "job/xls.h"

#include <freexl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/utf8.h"
#include "codec/xlsx.h"

typedef struct Reader {
    Ctx *c;
    const void *xls;
    Workbook book;
} Reader;

static bool failed(Reader *r, int code) {
    return FAIL(r->c, ERR_INPUT, M_XLS_DAMAGED, str_printf(r->c->arena, "%d", code));
}

static Cell text_cell(Arena *a, const char *text, CellKind kind) {
    Str s = str_from(text);
    if (s.n > 1 << 20) return (Cell){.text = S(""), .kind = CELL_TOO_LARGE};
    if (utf8_invalid_at(s) >= 0) return (Cell){.text = S("\xEF\xBF\xBD"), .kind = CELL_TEXT};
    return (Cell){.text = str_dup(a, s), .kind = (uint8_t)kind};
}

static Cell cell_of(Arena *a, const FreeXL_CellValue *v) {
    char stored[64];
    switch (v->type) {
    case FREEXL_CELL_INT:
        return (Cell){.text = str_printf(a, "%d", v->value.int_value), .kind = CELL_NUMBER};
    case FREEXL_CELL_DOUBLE:
        snprintf(stored, sizeof stored, "%.17g", v->value.double_value);
        return (Cell){.text = xlsx_number(a, str_dup(a, str_from(stored))), .kind = CELL_NUMBER};
    case FREEXL_CELL_TEXT:
    case FREEXL_CELL_SST_TEXT: return text_cell(a, v->value.text_value, CELL_TEXT);
    case FREEXL_CELL_DATE:
    case FREEXL_CELL_DATETIME: {
        Cell cell = text_cell(a, v->value.text_value, CELL_DATE);
        cell.text = str_sub(cell.text, 0, 10);
        return cell;
    }
    case FREEXL_CELL_TIME: return text_cell(a, v->value.text_value, CELL_TEXT);
    default: return (Cell){.text = S("")};
    }
}

/* The row with its empty cells at the end cut off; n 0 when nothing is in it. */
static bool load_row(Reader *r, unsigned row, unsigned short columns, SheetRow *out) {
    Cell *cells = NEW_N(r->c->arena, Cell, columns);
    *out = (SheetRow){.row = (int64_t)row + 1, .cells = cells};
    for (unsigned short k = 0; k < columns; k++) {
        FreeXL_CellValue v;
        int code = freexl_get_cell_value(r->xls, row, k, &v);
        if (code != FREEXL_OK) return failed(r, code);
        cells[k] = cell_of(r->c->arena, &v);
        if (cells[k].text.n || cells[k].kind) out->n = k + 1;
    }
    return true;
}

static bool load_sheet(Reader *r, int i) {
    unsigned rows = 0;
    unsigned short columns = 0;
    Sheet *s = &r->book.sheets[i];
    int cap = 0, code = freexl_select_active_worksheet(r->xls, (unsigned short)i);
    if (code == FREEXL_OK) code = freexl_worksheet_dimensions(r->xls, &rows, &columns);
    if (code != FREEXL_OK) return failed(r, code);
    if ((int64_t)rows * columns > SHEET_CELLS_MAX)
        return FAIL_AT(r->c, ERR_LIMIT, s->name, M_XLSX_LIMIT, S("cells"),
                       str_printf(r->c->arena, "%d", SHEET_CELLS_MAX));
    for (unsigned k = 0; k < rows; k++) {
        SheetRow row;
        if (!load_row(r, k, columns, &row)) return false;
        if (row.n == 0) continue;
        GROW(r->c->arena, s->rows, s->row_count, cap);
        s->rows[s->row_count++] = row;
        if (row.n > s->column_count) s->column_count = row.n;
    }
    r->book.loaded = i;
    return true;
}

static bool list_sheets(Reader *r) {
    unsigned n = 0;
    int code = freexl_get_info(r->xls, FREEXL_BIFF_SHEET_COUNT, &n);
    if (code != FREEXL_OK || n > 1024) return failed(r, code);
    r->book.sheets = NEW_N(r->c->arena, Sheet, n);
    r->book.n = (int)n;
    for (unsigned i = 0; i < n; i++) {
        const char *name = NULL;
        code = freexl_get_worksheet_name(r->xls, (unsigned short)i, &name);
        if (code != FREEXL_OK) return failed(r, code);
        r->book.sheets[i].name = text_cell(r->c->arena, name, CELL_TEXT).text;
    }
    return true;
}

static bool load(Reader *r, Str sheet) {
    unsigned password = FREEXL_BIFF_PLAIN;
    freexl_get_info(r->xls, FREEXL_BIFF_PASSWORD, &password);
    if (password == FREEXL_BIFF_OBFUSCATED) return FAIL(r->c, ERR_INPUT, M_IMPORT_PASSWORD, S(""));
    if (!list_sheets(r)) return false;
    for (int i = 0; i < r->book.n; i++) {
        if (sheet.n && !str_eq(r->book.sheets[i].name, sheet)) continue;
        if (!load_sheet(r, i)) return false;
        if (sheet.n || r->book.sheets[i].row_count) return true;
    }
    return FAIL(r->c, ERR_INPUT, M_XLSX_NO_SHEET);
}

static bool write_all(int fd, Str bytes) {
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, (size_t)bytes.n);
        if (n <= 0) return false;
        bytes = str_sub(bytes, n, bytes.n);
    }
    return true;
}

bool xls_read(Ctx *c, Str bytes, Str name, Str sheet, Workbook *out) {
    char path[] = "/tmp/jixia-xls-XXXXXX";
    Reader *r = NEW(c->arena, Reader);
    r->c = c;
    int fd = mkstemp(path);
    if (fd < 0) return FAIL(c, ERR_STORE, M_IO_WRITE, str_from(path), S("mkstemp"));
    bool written = write_all(fd, bytes);
    close(fd);
    int code = written ? freexl_open(path, &r->xls) : FREEXL_FILE_NOT_FOUND;
    unlink(path);
    if (code != FREEXL_OK) return failed(r, code);
    jmp_buf full;
    jmp_buf *outer = arena_trap(c->arena, &full);
    if (setjmp(full) != 0) {
        arena_trap(c->arena, outer);
        freexl_close(r->xls);
        return FAIL_AT(c, ERR_LIMIT, name, M_LIMIT_MEMORY);
    }
    bool ok = load(r, sheet);
    arena_trap(c->arena, outer);
    freexl_close(r->xls);
    if (ok) *out = r->book;
    return ok;
}
