/* XLSX reader: the small parts (workbook, relations, styles, shared strings) first, then one sheet,
 * each streamed from the archive through expat.
 *
 * Invariants: archive and parser are closed on every way out, the full arena included; every index
 * of the file (string, style, row, column) is checked before use; rows come in ascending order. */
#include "codec/xlsx.h"

#include <string.h>

#include "base/date.h"
#include "base/map.h"
#include "base/utf8.h"
#include "codec/csv.h"
#include "codec/numtext.h"
#include "codec/unzip.h"
#include "codec/xml.h"

typedef struct Reader {
    Ctx *c;
    Str name;
    Unzip *zip;
    XmlStream *xml; /* open while a part is read */
    bool system_1904;
    Map targets;    /* relation id → Str * path */
    Str *sheet_ids; /* relation id of each sheet */
    Workbook book;
    int sheet_cap;
    Map date_formats; /* number format id → marker */
    bool *date_styles;
    int style_count, style_cap;
    bool in_cell_styles;
    Str *strings; /* shared; p NULL: too large */
    int string_count, string_cap;
    Buf text; /* of the element being read */
    bool collect, phonetic, too_large;
    /* the sheet being read */
    Sheet *sheet;
    int row_cap, merge_cap;
    Cell *cells; /* of the row being read; length cells_n */
    int cells_n, cells_cap;
    int64_t row, slots;
    bool row_hidden, formula, has_value;
    int column, style;
    char type; /* of the cell: n s b e d, i inlineStr, f str */
} Reader;

static Str attr(const char *const *attrs, const char *name) {
    for (; *attrs; attrs += 2)
        if (strcmp(attrs[0], name) == 0) return str_from(attrs[1]);
    return (Str){0};
}

static int64_t attr_i64(const char *const *attrs, const char *name, int64_t fallback) {
    int64_t v = fallback;
    Str s = attr(attrs, name);
    return s.n && str_to_i64(s, &v) ? v : fallback;
}

static bool attr_true(const char *const *attrs, const char *name) {
    Str s = attr(attrs, name);
    return str_eq(s, S("1")) || str_eq(s, S("true"));
}

static bool damaged(Reader *r, Str what) {
    return FAIL_AT(r->c, ERR_INPUT, r->name, M_XLSX_DAMAGED, str_dup(r->c->arena, what));
}

static bool too_large(Reader *r, Str what, int limit) {
    return FAIL_AT(r->c, ERR_LIMIT, r->sheet ? r->sheet->name : r->name, M_XLSX_LIMIT, what,
                   str_printf(r->c->arena, "%d", limit));
}

static bool on_text(void *user, Str text) {
    Reader *r = user;
    if (!r->collect || r->phonetic) return true;
    if (r->text.n + (size_t)text.n > CSV_CELL_MAX)
        r->too_large = true;
    else
        buf_put(&r->text, text);
    return true;
}

static void begin_text(Reader *r) {
    r->text.n = 0;
    r->too_large = false;
}

/* The collected text with _xHHHH_ escapes (ECMA-376 22.9.2.19) of control characters resolved. */
static Str taken_text(Reader *r) {
    Str s = str_dup(r->c->arena, buf_str(&r->text));
    char *out = (char *)(uintptr_t)s.p;
    ptrdiff_t n = 0;
    if (str_find(s, S("_x")) < 0) return s;
    for (ptrdiff_t i = 0; i < s.n;) {
        Str seven = str_sub(s, i, i + 7);
        bool escape = seven.n == 7 && str_starts(seven, S("_x00")) && seven.p[6] == '_';
        if (escape && str_eq(str_sub(seven, 4, 6), S("0D"))) {
            i += 7; /* a carriage return before its line feed */
        } else if (escape && str_eq(str_sub(seven, 4, 6), S("5F"))) {
            out[n++] = '_';
            i += 7;
        } else {
            out[n++] = s.p[i++];
        }
    }
    return (Str){out, n};
}

/* --- parts --------------------------------------------------------------------------------- */

static bool feed(void *user, Str piece, bool last) {
    return xml_stream_feed(user, piece, last);
}

static bool read_part(Reader *r, Str path, bool (*start)(void *, Str, const char *const *),
                      bool (*end)(void *, Str)) {
    XmlHandler h = {.start = start, .end = end, .text = on_text, .user = r};
    Str place = str_printf(r->c->arena, "%.*s/%.*s", STRF(r->name), STRF(path));
    r->collect = r->phonetic = false;
    r->xml = xml_stream_open(r->c, &h, place);
    bool ok = unzip_read(r->zip, path, feed, r->xml);
    xml_stream_close(r->xml);
    r->xml = NULL;
    return ok;
}

static bool workbook_start(void *user, Str name, const char *const *attrs) {
    Reader *r = user;
    if (str_eq(name, S("workbookPr"))) r->system_1904 = attr_true(attrs, "date1904");
    if (!str_eq(name, S("sheet"))) return true;
    Arena *a = r->c->arena;
    int cap = r->sheet_cap;
    GROW(a, r->sheet_ids, r->book.n, cap);
    GROW(a, r->book.sheets, r->book.n, r->sheet_cap);
    Str state = attr(attrs, "state");
    r->sheet_ids[r->book.n] = str_dup(a, attr(attrs, "id"));
    r->book.sheets[r->book.n++] = (Sheet){.name = str_dup(a, attr(attrs, "name")),
                                          .hidden = state.n && !str_eq(state, S("visible"))};
    return true;
}

static bool relations_start(void *user, Str name, const char *const *attrs) {
    Reader *r = user;
    Arena *a = r->c->arena;
    if (!str_eq(name, S("Relationship"))) return true;
    Str *target = NEW(a, Str);
    Str path = attr(attrs, "Target");
    *target = str_starts(path, S("/")) ? str_dup(a, str_sub(path, 1, path.n))
                                       : str_cat(a, S("xl/"), path);
    map_put(&r->targets, str_dup(a, attr(attrs, "Id")), target);
    return true;
}

/* ECMA-376 18.8.30: the formats every program knows, dates among them (27-36, 50-58 in Chinese). */
static bool builtin_date(int64_t id) {
    return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 ||
           (id >= 50 && id <= 54) || id == 57 || id == 58;
}

static bool styles_start(void *user, Str name, const char *const *attrs) {
    Reader *r = user;
    Arena *a = r->c->arena;
    if (str_eq(name, S("numFmt"))) {
        bool date = xlsx_is_date_format(attr(attrs, "formatCode"));
        map_put(&r->date_formats, str_dup(a, attr(attrs, "numFmtId")), date ? r : NULL);
    } else if (str_eq(name, S("cellXfs"))) {
        r->in_cell_styles = true;
    } else if (str_eq(name, S("xf")) && r->in_cell_styles) {
        Str id = attr(attrs, "numFmtId");
        int64_t number = attr_i64(attrs, "numFmtId", 0);
        bool own = map_has(&r->date_formats, id);
        GROW(a, r->date_styles, r->style_count, r->style_cap);
        r->date_styles[r->style_count++] =
            own ? map_get(&r->date_formats, id) != NULL : builtin_date(number);
    }
    return true;
}

static bool styles_end(void *user, Str name) {
    Reader *r = user;
    if (str_eq(name, S("cellXfs"))) r->in_cell_styles = false;
    return true;
}

static bool strings_start(void *user, Str name, const char *const *attrs) {
    Reader *r = user;
    (void)attrs;
    if (str_eq(name, S("si"))) begin_text(r);
    if (str_eq(name, S("t"))) r->collect = true;
    if (str_eq(name, S("rPh"))) r->phonetic = true; /* reading aids are not part of the text */
    return true;
}

static bool strings_end(void *user, Str name) {
    Reader *r = user;
    if (str_eq(name, S("t"))) r->collect = false;
    if (str_eq(name, S("rPh"))) r->phonetic = false;
    if (!str_eq(name, S("si"))) return true;
    GROW(r->c->arena, r->strings, r->string_count, r->string_cap);
    r->strings[r->string_count++] = r->too_large ? (Str){0} : taken_text(r);
    return true;
}

/* --- one sheet ------------------------------------------------------------------------------ */

/* The column of a reference such as AB12, or -1; *row gets its row when not NULL. */
static int reference(Str ref, int64_t *row) {
    int column = 0;
    ptrdiff_t i = 0;
    for (; i < ref.n && ref.p[i] >= 'A' && ref.p[i] <= 'Z' && i < 4; i++)
        column = column * 26 + (ref.p[i] - 'A' + 1);
    int64_t at = 0;
    bool ok = i > 0 && i < ref.n && ref.p[i] != '-' && str_to_i64(str_sub(ref, i, ref.n), &at);
    if (!ok || column > SHEET_COLUMNS_MAX || at < 1 || at > SHEET_ROWS_MAX) return -1;
    if (row) *row = at;
    return column - 1;
}

static bool row_start(Reader *r, const char *const *attrs) {
    int64_t row = attr_i64(attrs, "r", r->row + 1);
    if (row <= r->row || row > SHEET_ROWS_MAX) return damaged(r, S("row numbers"));
    r->row = row;
    r->row_hidden = attr_true(attrs, "hidden");
    r->cells_n = 0;
    r->column = -1;
    return true;
}

static bool row_end(Reader *r) {
    if (r->cells_n == 0) return true;
    r->slots += r->cells_n;
    if (r->slots > SHEET_CELLS_MAX) return too_large(r, S("cells"), SHEET_CELLS_MAX);
    Sheet *s = r->sheet;
    GROW(r->c->arena, s->rows, s->row_count, r->row_cap);
    s->rows[s->row_count++] =
        (SheetRow){.row = r->row,
                   .cells = arena_copy(r->c->arena, r->cells, (size_t)r->cells_n * sizeof(Cell)),
                   .n = r->cells_n,
                   .hidden = r->row_hidden};
    if (r->cells_n > s->column_count) s->column_count = r->cells_n;
    return true;
}

static bool cell_start(Reader *r, const char *const *attrs) {
    Str ref = attr(attrs, "r"), type = attr(attrs, "t");
    int column = ref.n ? reference(ref, NULL) : r->column + 1;
    if (column <= r->column || column >= SHEET_COLUMNS_MAX) return damaged(r, S("cell references"));
    r->column = column;
    r->style = (int)attr_i64(attrs, "s", 0);
    r->formula = r->has_value = false;
    r->type = type.n ? type.p[0] : 'n';
    if (str_eq(type, S("inlineStr"))) r->type = 'i';
    if (str_eq(type, S("str"))) r->type = 'f';
    begin_text(r);
    return true;
}

/* A number cell, with a date format perhaps. */
static Cell number_cell(Reader *r, Str stored) {
    Cell cell = {.kind = CELL_NUMBER, .text = xlsx_number(r->c->arena, stored)};
    bool date = r->style >= 0 && r->style < r->style_count && r->date_styles[r->style];
    int64_t serial = 0, days = 0;
    Str whole = cell.text;
    ptrdiff_t point = str_find(whole, S("."));
    if (point > 0) whole = str_sub(whole, 0, point);
    if (date && str_to_i64(whole, &serial) &&
        date_from_serial(serial, r->system_1904, &days) == DATE_OK) {
        cell.kind = CELL_DATE;
        cell.text = date_text(r->c->arena, days);
    }
    return cell;
}

static bool cell_value(Reader *r, Cell *cell) {
    Str s = taken_text(r);
    *cell = (Cell){.text = s};
    if (r->too_large) {
        *cell = (Cell){.text = S(""), .kind = CELL_TOO_LARGE};
    } else if (r->type == 's') {
        int64_t i = -1;
        if (!r->has_value) return true;
        if (!str_to_i64(str_trim(s), &i) || i < 0 || i >= r->string_count)
            return damaged(r, S("shared string"));
        cell->text = r->strings[i];
        if (!cell->text.p) *cell = (Cell){.text = S(""), .kind = CELL_TOO_LARGE};
    } else if (r->type == 'b') {
        *cell = (Cell){.text = str_eq(s, S("1")) ? S("true") : S("false"), .kind = CELL_BOOL};
    } else if (r->type == 'e') {
        cell->kind = CELL_ERROR;
    } else if (r->type == 'd') {
        *cell = (Cell){.text = str_sub(s, 0, 10), .kind = CELL_DATE};
    } else if (r->type == 'n' && s.n) {
        *cell = number_cell(r, s);
    }
    if (r->formula && s.n == 0 && r->type != 'f') cell->kind = CELL_NO_VALUE;
    return true;
}

static bool cell_end(Reader *r) {
    Cell cell;
    if (!cell_value(r, &cell)) return false;
    cell.formula = r->formula;
    if (cell.text.n == 0 && cell.kind == CELL_TEXT && !cell.formula) return true;
    for (int i = r->cells_n; i <= r->column; i++) {
        GROW(r->c->arena, r->cells, i, r->cells_cap);
        r->cells[i] = (Cell){.text = S("")};
    }
    r->cells_n = r->column + 1;
    r->cells[r->column] = cell;
    return true;
}

static bool merge_start(Reader *r, Str ref) {
    Str rest = ref;
    Str from = str_cut(&rest, ':');
    Merge m = {0};
    m.col = reference(from, &m.row);
    m.col_end = rest.p ? reference(rest, &m.row_end) : -1;
    if (m.col < 0 || m.col_end < m.col || m.row_end < m.row) return damaged(r, S("merged range"));
    Sheet *s = r->sheet;
    if (s->merge_count == SHEET_MERGES_MAX)
        return too_large(r, S("merged ranges"), SHEET_MERGES_MAX);
    GROW(r->c->arena, s->merges, s->merge_count, r->merge_cap);
    s->merges[s->merge_count++] = m;
    return true;
}

static bool sheet_start(void *user, Str name, const char *const *attrs) {
    Reader *r = user;
    if (str_eq(name, S("c"))) return cell_start(r, attrs);
    if (str_eq(name, S("row"))) return row_start(r, attrs);
    if (str_eq(name, S("mergeCell"))) return merge_start(r, attr(attrs, "ref"));
    if (str_eq(name, S("f"))) r->formula = true;
    if (str_eq(name, S("rPh"))) r->phonetic = true;
    if (str_eq(name, S("v")) || str_eq(name, S("t"))) r->collect = r->has_value = true;
    return true;
}

static bool sheet_end(void *user, Str name) {
    Reader *r = user;
    if (str_eq(name, S("v")) || str_eq(name, S("t"))) r->collect = false;
    if (str_eq(name, S("rPh"))) r->phonetic = false;
    if (str_eq(name, S("c"))) return cell_end(r);
    if (str_eq(name, S("row"))) return row_end(r);
    return true;
}

static bool load_sheet(Reader *r, int i) {
    const Str *path = map_get(&r->targets, r->sheet_ids[i]);
    if (!path || !unzip_has(r->zip, *path)) return damaged(r, S("sheet without content"));
    r->sheet = &r->book.sheets[i];
    r->row_cap = r->merge_cap = r->cells_n = r->cells_cap = 0;
    r->cells = NULL;
    r->row = r->slots = 0;
    r->book.loaded = i;
    return read_part(r, *path, sheet_start, sheet_end);
}

static bool load_parts(Reader *r) {
    if (!unzip_has(r->zip, S("xl/workbook.xml"))) return damaged(r, S("xl/workbook.xml"));
    if (!read_part(r, S("xl/workbook.xml"), workbook_start, NULL)) return false;
    if (!read_part(r, S("xl/_rels/workbook.xml.rels"), relations_start, NULL)) return false;
    if (unzip_has(r->zip, S("xl/styles.xml")) &&
        !read_part(r, S("xl/styles.xml"), styles_start, styles_end))
        return false;
    return !unzip_has(r->zip, S("xl/sharedStrings.xml")) ||
           read_part(r, S("xl/sharedStrings.xml"), strings_start, strings_end);
}

static bool load(Reader *r, int which) {
    if (!load_parts(r)) return false;
    if (which >= 0 && which < r->book.n) return load_sheet(r, which);
    for (int i = 0; i < r->book.n; i++) {
        if (r->book.sheets[i].hidden) continue;
        if (!load_sheet(r, i)) return false;
        if (r->book.sheets[i].row_count) return true;
    }
    return FAIL_AT(r->c, ERR_INPUT, r->name, M_XLSX_NO_SHEET);
}

bool xlsx_read(Ctx *c, Str bytes, Str name, int which, Workbook *out) {
    Reader *r = NEW(c->arena, Reader);
    r->c = c;
    r->name = name;
    r->text = buf_new(c->arena, CSV_CELL_MAX);
    r->targets = map_new(c->arena);
    r->date_formats = map_new(c->arena);
    r->zip = unzip_open(c, bytes, name);
    if (!r->zip) return false;
    jmp_buf full;
    jmp_buf *outer = arena_trap(c->arena, &full);
    if (setjmp(full) == 0) {
        bool ok = load(r, which);
        arena_trap(c->arena, outer);
        unzip_close(r->zip);
        if (ok) *out = r->book;
        return ok;
    }
    if (r->xml) xml_stream_close(r->xml);
    unzip_close(r->zip);
    arena_trap(c->arena, outer);
    return FAIL(c, ERR_LIMIT, M_LIMIT_MEMORY);
}
