/* XLSX writer. See xlsx_write.h. The only user of libxlsxwriter. */
#include "job/xlsx_write.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/buf.h"
#include "base/date.h"

enum { EXACT_DIGITS = 15, CELL_CHARS_MAX = 32767, ROWS_MAX = 1048576 };

struct XlsxWriter {
    Ctx *c;
    Arena *scratch;
    Str path, temporary;
    lxw_workbook *book;
    lxw_worksheet *data, *remarks;
    lxw_format *bold, *day, *form[XLSX_FIELD + 1]; /* form: by style, made when asked for */
    lxw_row_t row, remark_row;
    lxw_col_t column;
    bool failed;
};

/* The library finds out only at the end, and then prints: so ask first. */
static bool is_writable(Ctx *c, Str path, const char *temporary) {
    FILE *f = fopen(temporary, "wb");
    if (f) fclose(f);
    return f || FAIL(c, ERR_STORE, M_IO_WRITE, path, str_dup(c->arena, str_from(strerror(errno))));
}

XlsxWriter *xlsx_create(Ctx *c, Str path, Str sheet_name) {
    Str temporary = str_cat(c->arena, path, S(".part"));
    if (!is_writable(c, path, str_z(c->arena, temporary))) return NULL;
    XlsxWriter *w = NEW(c->arena, XlsxWriter);
    *w = (XlsxWriter){
        .c = c, .path = path, .temporary = temporary, .scratch = arena_child(c->arena, 0)};
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    w->book = workbook_new_opt(str_z(c->arena, w->temporary), &options);
    if (w->book) w->data = workbook_add_worksheet(w->book, str_z(c->arena, sheet_name));
    if (w->data) w->remarks = workbook_add_worksheet(w->book, "说明");
    if (!w->remarks) {
        FAIL(c, ERR_STORE, M_IO_WRITE, path, S("xlsx"));
        arena_close(w->scratch);
        return NULL;
    }
    w->bold = workbook_add_format(w->book);
    w->day = workbook_add_format(w->book);
    format_set_bold(w->bold);
    format_set_num_format(w->day, "yyyy-mm-dd");
    worksheet_set_column(w->remarks, 0, 0, 18, NULL);
    worksheet_set_column(w->remarks, 1, 1, 80, NULL);
    return w;
}

/* A text a cell can hold: cut at the limit of the format with a mark that says so. */
static const char *cell_text(XlsxWriter *w, Str s) {
    arena_reset(w->scratch);
    if (s.n <= CELL_CHARS_MAX) return str_z(w->scratch, s);
    ptrdiff_t n = CELL_CHARS_MAX - 64;
    while (n > 0 && ((unsigned char)s.p[n] & 0xC0) == 0x80) n--;
    return str_z(w->scratch, str_cat(w->scratch, str_sub(s, 0, n), S("…（超长，已截断）")));
}

static void check(XlsxWriter *w, lxw_error e) {
    if (e != LXW_NO_ERROR) w->failed = true;
    w->column++;
}

void xlsx_text(XlsxWriter *w, Str s) {
    check(w, worksheet_write_string(w->data, w->row, w->column, cell_text(w, s), NULL));
}

void xlsx_skip(XlsxWriter *w) {
    w->column++;
}

void xlsx_decimal(XlsxWriter *w, Str s) {
    int digits = 0;
    for (ptrdiff_t i = 0; i < s.n; i++) digits += s.p[i] >= '0' && s.p[i] <= '9';
    if (digits == 0 || digits > EXACT_DIGITS) {
        xlsx_text(w, s);
        return;
    }
    double v = strtod(cell_text(w, s), NULL);
    check(w, worksheet_write_number(w->data, w->row, w->column, v, NULL));
}

void xlsx_date(XlsxWriter *w, Str iso) {
    int64_t days = 0;
    if (!date_parse(iso, &days)) {
        xlsx_text(w, iso);
        return;
    }
    Ymd d = date_from_days(days);
    lxw_datetime at = {.year = d.year, .month = d.month, .day = d.day};
    check(w, worksheet_write_datetime(w->data, w->row, w->column, &at, w->day));
}

void xlsx_end_row(XlsxWriter *w) {
    if (++w->row >= ROWS_MAX) w->failed = true;
    w->column = 0;
}

void xlsx_heads(XlsxWriter *w, const Str *heads, int n) {
    for (int i = 0; i < n; i++)
        check(w, worksheet_write_string(w->data, 0, (lxw_col_t)i, cell_text(w, heads[i]), w->bold));
    worksheet_freeze_panes(w->data, 1, 0);
    if (n > 0) worksheet_set_column(w->data, 0, (lxw_col_t)(n - 1), 16, NULL);
    xlsx_end_row(w);
}

static lxw_format *form_format(XlsxWriter *w, XlsxStyle style) {
    if (w->form[style]) return w->form[style];
    lxw_format *f = w->form[style] = workbook_add_format(w->book);
    format_set_num_format(f, "@");
    format_set_text_wrap(f);
    format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    if (style == XLSX_HEAD) format_set_bold(f);
    if (style == XLSX_HEAD) format_set_bg_color(f, 0xE8EDF3);
    if (style == XLSX_KEY) format_set_font_color(f, 0x7A7A7A);
    if (style == XLSX_FIELD) format_set_border(f, LXW_BORDER_THIN);
    return f;
}

void xlsx_field(XlsxWriter *w, Str s, XlsxStyle style) {
    lxw_format *f = form_format(w, style);
    if (s.n > CELL_CHARS_MAX) w->failed = true;
    if (s.n)
        check(w, worksheet_write_string(w->data, w->row, w->column, cell_text(w, s), f));
    else
        check(w, worksheet_write_blank(w->data, w->row, w->column, f));
}

void xlsx_columns(XlsxWriter *w, int first, int last, int width) {
    worksheet_set_column(w->data, (lxw_col_t)first, (lxw_col_t)last, width,
                         form_format(w, XLSX_FIELD));
}

void xlsx_freeze(XlsxWriter *w, int rows, int columns) {
    worksheet_freeze_panes(w->data, (lxw_row_t)rows, (lxw_col_t)columns);
}

void xlsx_remark(XlsxWriter *w, Str label, Str text) {
    worksheet_write_string(w->remarks, w->remark_row, 0, cell_text(w, label), w->bold);
    worksheet_write_string(w->remarks, w->remark_row++, 1, cell_text(w, text), NULL);
}

void xlsx_page_marks(XlsxWriter *w, Str text) {
    enum { MOST = 200 }; /* the format takes 255 characters */
    Buf b = buf_new(w->scratch, 0);
    for (ptrdiff_t i = 0; i < text.n && b.n < MOST; i++) {
        if (text.p[i] == '&') buf_char(&b, '&'); /* begins a code there */
        buf_char(&b, text.p[i]);
    }
    const char *mark = str_z(w->scratch, str_cat(w->scratch, S("&C"), buf_str(&b)));
    worksheet_set_header(w->data, mark);
    worksheet_set_footer(w->data, mark);
    worksheet_set_header(w->remarks, mark);
    worksheet_set_footer(w->remarks, mark);
}

bool xlsx_finish(XlsxWriter *w) {
    const char *temporary = str_z(w->c->arena, w->temporary);
    lxw_error e = workbook_close(w->book);
    arena_close(w->scratch);
    bool ok =
        e == LXW_NO_ERROR && !w->failed && rename(temporary, str_z(w->c->arena, w->path)) == 0;
    if (ok) return true;
    unlink(temporary);
    const char *why = e == LXW_NO_ERROR ? "xlsx" : lxw_strerror(e);
    return FAIL(w->c, ERR_STORE, M_IO_WRITE, w->path, str_from(why));
}

void xlsx_drop(XlsxWriter *w) {
    workbook_close(w->book);
    arena_close(w->scratch);
    unlink(str_z(w->c->arena, w->temporary));
}
