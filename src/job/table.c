/* Tables of all kinds. See table.h. */
#include "job/table.h"

#include "codec/xlsx.h"
#include "job/xls.h"

/* The extension of a name in lower case ASCII comparison. */
static bool named(Str name, Str extension) {
    return name.n >= extension.n &&
           str_eq_nocase(str_sub(name, name.n - extension.n, name.n), extension);
}

static bool kind_fits_name(FileKind k, Str name) {
    if (named(name, S(".csv")) || named(name, S(".txt")) || named(name, S(".tsv")))
        return k == FILE_CSV;
    if (named(name, S(".xlsx")) || named(name, S(".xlsm"))) return k == FILE_XLSX;
    return !named(name, S(".xls")) || k == FILE_XLS;
}

static bool check_kind(Ctx *c, Str name, FileKind k) {
    Str what = file_kind_text(c->arena, k, c->lang);
    if (k == FILE_ENCRYPTED) return FAIL(c, ERR_INPUT, M_IMPORT_PASSWORD, name);
    if (k != FILE_EMPTY && !kind_fits_name(k, name))
        return FAIL(c, ERR_INPUT, M_IMPORT_MISNAMED, name, what);
    if (k != FILE_CSV && k != FILE_XLSX && k != FILE_XLS)
        return FAIL(c, ERR_INPUT, M_IMPORT_KIND, name, what);
    return true;
}

static bool no_sheet(Ctx *c, const Workbook *w, Str sheet) {
    Buf names = buf_new(c->arena, 0);
    for (int i = 0; i < w->n; i++) {
        if (i) buf_lit(&names, "、");
        buf_put(&names, w->sheets[i].name);
    }
    return FAIL(c, ERR_INPUT, M_IMPORT_NO_SHEET, sheet, buf_str(&names));
}

static bool open_xlsx(Table *t, Str bytes, Str sheet) {
    Ctx *c = t->c;
    if (!xlsx_read(c, bytes, t->name, -1, &t->book)) {
        if (!sheet.n || c->err.note.msg != M_XLSX_NO_SHEET) return false;
        ctx_clear(c);
        if (!xlsx_read(c, bytes, t->name, 0, &t->book)) return false;
    }
    if (!sheet.n) return true;
    int which = -1;
    for (int i = 0; i < t->book.n; i++)
        if (str_eq(t->book.sheets[i].name, sheet)) which = i;
    if (which < 0) return no_sheet(c, &t->book, sheet);
    return which == t->book.loaded || xlsx_read(c, bytes, t->name, which, &t->book);
}

bool table_open(Ctx *c, Str bytes, Str name, Str sheet, Table *out) {
    *out = (Table){.c = c, .name = name, .kind = file_kind(bytes)};
    if (!check_kind(c, name, out->kind)) return false;
    if (out->kind == FILE_CSV) {
        out->encoding = text_encoding(bytes);
        if (!text_decode(c, bytes, out->encoding, &out->bad_bytes, &out->text)) return false;
        out->csv = csv_open(c->arena, out->text, 0);
        return true;
    }
    bool ok = out->kind == FILE_XLSX ? open_xlsx(out, bytes, sheet)
                                     : xls_read(c, bytes, name, sheet, &out->book);
    if (!ok) return false;
    Sheet *s = &out->book.sheets[out->book.loaded];
    out->sheet = s;
    return sheet_fill_merges(c, s);
}

static bool next_csv(Table *t, TableRow *row) {
    CsvRow r;
    if (!csv_next(&t->csv, &r)) return false;
    if (r.n > t->cap) {
        t->cap = r.n + 16;
        t->cells = NEW_N(t->c->arena, Cell, t->cap);
    }
    for (int i = 0; i < r.n; i++) t->cells[i].text = r.cells[i];
    *row = (TableRow){.cells = t->cells,
                      .n = r.n,
                      .row = r.row,
                      .problem = r.problem,
                      .problem_column = r.problem_column};
    return true;
}

bool table_next(Table *t, TableRow *row) {
    if (t->kind == FILE_CSV) return next_csv(t, row);
    if (t->at >= t->sheet->row_count) return false;
    const SheetRow *r = &t->sheet->rows[t->at++];
    *row = (TableRow){.cells = r->cells, .n = r->n, .row = r->row, .hidden = r->hidden};
    return true;
}

void table_rewind(Table *t) {
    t->at = 0;
    if (t->kind == FILE_CSV) t->csv = csv_open(t->c->arena, t->text, t->csv.sep);
}
