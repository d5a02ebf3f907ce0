/* Reader of decision tables from workbooks. See table_sheet.h. Cells that are as they were are
 * taken as they are; only what was changed has to stand up to the checks. */
#include "job/table_sheet.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "codec/filekind.h"
#include "codec/xlsx.h"
#include "feel/lex.h"
#include "job/table_sheet_form.h"

typedef struct SheetReader {
    Ctx *c;
    Str name;
    const DmnGrid *base;
    Sheet *sheet;
    const SheetRow *heads[SHEET_HEAD_COUNT];
    int first_rule; /* index of the row behind the heads */
    DmnGrid out;
    Map by_key, seen;
} SheetReader;

Str table_sheet_place(Arena *a, Str name, int64_t row, int column) {
    return str_printf(a, "%.*s[%s!%.*s%lld]", STRF(name), SHEET_NAME,
                      STRF(sheet_column_name(a, column)), (long long)row);
}

static Str place(const SheetReader *r, int64_t row, int column) {
    return table_sheet_place(r->c->arena, r->name, row, column);
}

static const Cell *cell_at(const SheetRow *row, int column) {
    return row && column < row->n ? &row->cells[column] : NULL;
}

/* The text of a cell; false when a spreadsheet has made something else of it. */
static bool cell_text(SheetReader *r, const SheetRow *row, int column, Str *out) {
    const Cell *k = cell_at(row, column);
    *out = (Str){0};
    if (!k) return true;
    Str at = place(r, row->row, column);
    if (k->formula || k->kind == CELL_NO_VALUE)
        return FAIL_AT(r->c, ERR_RULE, at, M_SHEET_FORMULA, k->text);
    if (k->kind == CELL_DATE) return FAIL_AT(r->c, ERR_RULE, at, M_SHEET_DATE, k->text);
    if (k->kind == CELL_ERROR) return FAIL_AT(r->c, ERR_RULE, at, M_SHEET_ERROR, k->text);
    if (k->kind == CELL_TOO_LARGE) return FAIL_AT(r->c, ERR_RULE, at, M_SHEET_LONG);
    *out = str_trim(k->text);
    for (ptrdiff_t i = 0; i < out->n; i++)
        if ((unsigned char)out->p[i] < ' ' && out->p[i] != '\n' && out->p[i] != '\t' &&
            out->p[i] != '\r')
            return FAIL_AT(r->c, ERR_RULE, at, M_SHEET_CONTROL);
    return true;
}

/* Tokens the lexer does not know: full-width signs, typographic quotes, dashes. */
static bool check_feel(SheetReader *r, Str text, int64_t row, int column) {
    for (ptrdiff_t at = 0; at < text.n;) {
        Tok t = lex_token(text, at);
        if (t.kind == TOK_END) break;
        if (t.kind == TOK_BAD) {
            Arena *a = r->c->arena;
            Str where = place(r, row, column);
            Str half = t.bad ? lex_halfwidth(a, t.bad) : (Str){0};
            char utf8[4];
            Str bad = str_dup(a, str_of(utf8, (size_t)utf8_put(utf8, t.bad)));
            if (!t.bad) return FAIL_AT(r->c, ERR_RULE, where, M_SHEET_QUOTE, text);
            if (half.n) return FAIL_AT(r->c, ERR_RULE, where, M_FEEL_FULLWIDTH, bad, half);
            return FAIL_AT(r->c, ERR_RULE, where, M_SHEET_CHARACTER, bad, text);
        }
        at = t.to > at ? t.to : at + 1;
    }
    return true;
}

/* A FEEL cell that may have been changed. */
static bool feel_cell(SheetReader *r, const SheetRow *row, int column, Str was, Str *out) {
    if (!cell_text(r, row, column, out)) return false;
    return str_eq(*out, was) || check_feel(r, *out, row->row, column);
}

/* --- head --------------------------------------------------------------------------------------
 */

static Str first_word(Str s) {
    s = str_trim(s);
    ptrdiff_t blank = str_find(s, S(" "));
    return blank < 0 ? s : str_sub(s, 0, blank);
}

static bool find_heads(SheetReader *r) {
    int i = 0;
    for (; i < r->sheet->row_count && !r->heads[HEAD_RULES]; i++) {
        const SheetRow *row = &r->sheet->rows[i];
        Str word = row->n ? first_word(row->cells[0].text) : (Str){0};
        for (int h = 0; h < SHEET_HEAD_COUNT; h++) {
            if (!word.n || !str_eq(word, first_word(SHEET_HEADS[h]))) continue;
            if (r->heads[h])
                return FAIL_AT(r->c, ERR_RULE, place(r, row->row, 0), M_SHEET_HEAD_TWICE, word);
            r->heads[h] = row;
        }
    }
    r->first_rule = i;
    for (int h = 0; h < SHEET_HEAD_COUNT; h++)
        if (!r->heads[h]) return FAIL_AT(r->c, ERR_RULE, r->name, M_SHEET_NO_HEAD, SHEET_HEADS[h]);
    return true;
}

static bool check_state(SheetReader *r) {
    Str key, print;
    if (!cell_text(r, r->heads[HEAD_TABLE], 1, &key) ||
        !cell_text(r, r->heads[HEAD_PRINT], 1, &print))
        return false;
    if (!str_eq(key, r->base->key))
        return FAIL_AT(r->c, ERR_RULE, place(r, r->heads[HEAD_TABLE]->row, 1), M_SHEET_OTHER_TABLE,
                       key, r->base->key);
    Str now = hash_hex(r->c->arena, HASH_SM3, dmn_grid_text(r->c->arena, r->base));
    return str_eq(now, print) || FAIL_AT(r->c, ERR_STALE, place(r, r->heads[HEAD_PRINT]->row, 1),
                                         M_SHEET_STALE, r->base->decision);
}

static bool read_table_cells(SheetReader *r) {
    const SheetRow *hit = r->heads[HEAD_HIT];
    Str decision;
    r->out.key = r->base->key;
    if (!cell_text(r, r->heads[HEAD_DECISION], 1, &decision) ||
        !cell_text(r, r->heads[HEAD_DESCRIPTION], 1, &r->out.description) ||
        !cell_text(r, hit, 1, &r->out.hit))
        return false;
    r->out.decision = r->base->decision;
    if (!str_eq(decision, r->base->decision))
        return FAIL_AT(r->c, ERR_RULE, place(r, r->heads[HEAD_DECISION]->row, 1),
                       M_SHEET_OTHER_TABLE, decision, r->base->decision);
    return dmn_grid_hit(r->out.hit) ||
           FAIL_AT(r->c, ERR_RULE, place(r, hit->row, 1), M_DMN_HIT_POLICY, r->out.hit, S(""));
}

static bool kind_of(Str text, GridKind *kind) {
    static const Str KINDS[] = {STR_INIT(SHEET_INPUT), STR_INIT(SHEET_OUTPUT), STR_INIT(SHEET_NOTE),
                                STR_INIT(SHEET_REMARK)};
    for (int i = 0; i <= GRID_REMARK; i++)
        if (str_eq(first_word(text), first_word(KINDS[i]))) {
            *kind = (GridKind)i;
            return true;
        }
    return false;
}

/* A column the table does not have: only annotations may be new, in front of the remarks. */
static bool new_column(SheetReader *r, int i, GridKind kind, Str key) {
    bool ok = kind == GRID_NOTE && !key.n;
    return ok || FAIL_AT(r->c, ERR_RULE, place(r, r->heads[HEAD_COLUMN]->row, i + 1),
                         M_GRID_COLUMNS, r->base->decision);
}

static bool read_column(SheetReader *r, int i, int *had, GridColumn *k) {
    Str kind, key;
    static const GridColumn NONE = {0};
    if (!cell_text(r, r->heads[HEAD_COLUMN], i + 1, &kind) ||
        !cell_text(r, r->heads[HEAD_COLUMN_ID], i + 1, &key))
        return false;
    const GridColumn *was = *had < r->base->ncolumns ? &r->base->columns[*had] : &NONE;
    bool known = kind_of(kind, &k->kind);
    if (known && was->key.n && was->kind == k->kind && str_eq(was->key, key))
        (*had)++;
    else if (!known || !new_column(r, i, k->kind, key))
        return FAIL_AT(r->c, ERR_RULE, place(r, r->heads[HEAD_COLUMN]->row, i + 1), M_GRID_COLUMNS,
                       r->base->decision);
    else
        was = &NONE;
    k->key = was->key;
    return cell_text(r, r->heads[HEAD_LABEL], i + 1, &k->label) &&
           feel_cell(r, r->heads[HEAD_EXPRESSION], i + 1, was->expr, &k->expr) &&
           cell_text(r, r->heads[HEAD_TYPE], i + 1, &k->type) &&
           feel_cell(r, r->heads[HEAD_VALUES], i + 1, was->values, &k->values) &&
           feel_cell(r, r->heads[HEAD_DEFAULT], i + 1, was->deflt, &k->deflt);
}

static bool read_columns(SheetReader *r) {
    const SheetRow *kinds = r->heads[HEAD_COLUMN];
    int n = kinds->n - 1, had = 0;
    while (n > 0 && !str_trim(kinds->cells[n].text).n) n--;
    r->out.columns = NEW_N(r->c->arena, GridColumn, n);
    r->out.ncolumns = n;
    for (int i = 0; i < n; i++)
        if (!read_column(r, i, &had, &r->out.columns[i])) return false;
    return had == r->base->ncolumns ||
           FAIL_AT(r->c, ERR_RULE, place(r, kinds->row, n), M_GRID_COLUMNS, r->base->decision);
}

/* --- rules --------------------------------------------------------------------------------------
 */

/* The text a cell had: columns are those of base, except for new notes. */
static Str cell_was(const SheetReader *r, const GridRow *was, int i) {
    const GridColumn *k = &r->out.columns[i];
    if (!was || !k->key.n) return (Str){0};
    for (int b = 0; b < r->base->ncolumns; b++)
        if (r->base->columns[b].kind == k->kind && str_eq(r->base->columns[b].key, k->key))
            return was->cells[b];
    return (Str){0};
}

static bool read_cell(SheetReader *r, const SheetRow *row, const GridRow *was, int i, Str *out) {
    GridKind kind = r->out.columns[i].kind;
    Str before = cell_was(r, was, i);
    if (kind > GRID_OUTPUT) return cell_text(r, row, i + 1, out);
    if (!feel_cell(r, row, i + 1, before, out)) return false;
    if (kind == GRID_INPUT && !out->n) *out = S("-");
    if (kind == GRID_OUTPUT && !out->n && (before.n || !was))
        return FAIL_AT(r->c, ERR_RULE, place(r, row->row, i + 1), M_SHEET_NO_OUTPUT);
    return true;
}

static bool is_blank(const SheetRow *row) {
    for (int i = 0; i < row->n; i++)
        if (str_trim(row->cells[i].text).n || row->cells[i].kind != CELL_TEXT) return false;
    return true;
}

static bool read_rule(SheetReader *r, const SheetRow *row, GridRow *g) {
    *g = (GridRow){.cells = NEW_N(r->c->arena, Str, r->out.ncolumns), .place = row->row};
    if (!cell_text(r, row, 0, &g->key)) return false;
    const GridRow *was = g->key.n ? map_get(&r->by_key, g->key) : NULL;
    if (g->key.n && !was)
        return FAIL_AT(r->c, ERR_RULE, place(r, row->row, 0), M_GRID_NO_ROW, g->key);
    if (g->key.n && map_put(&r->seen, g->key, g))
        return FAIL_AT(r->c, ERR_RULE, place(r, row->row, 0), M_GRID_ROW_TWICE, g->key);
    for (int i = 0; i < r->out.ncolumns; i++)
        if (!read_cell(r, row, was, i, &g->cells[i])) return false;
    for (int i = r->out.ncolumns + 1; i < row->n; i++)
        if (str_trim(row->cells[i].text).n)
            return FAIL_AT(r->c, ERR_RULE, place(r, row->row, i), M_SHEET_OUTSIDE,
                           row->cells[i].text);
    return true;
}

static bool read_rules(SheetReader *r) {
    Arena *a = r->c->arena;
    r->by_key = map_new(a);
    r->seen = map_new(a);
    for (int i = 0; i < r->base->nrows; i++)
        map_put(&r->by_key, r->base->rows[i].key, &r->base->rows[i]);
    r->out.rows = NEW_N(a, GridRow, r->sheet->row_count);
    for (int i = r->first_rule; i < r->sheet->row_count; i++) {
        const SheetRow *row = &r->sheet->rows[i];
        if (is_blank(row)) continue;
        if (!read_rule(r, row, &r->out.rows[r->out.nrows])) return false;
        r->out.nrows++;
    }
    return r->out.nrows > 0 || FAIL_AT(r->c, ERR_RULE, r->name, M_SHEET_NO_RULES);
}

static bool open_sheet(SheetReader *r, Str bytes, Workbook *book) {
    if (file_kind(bytes) != FILE_XLSX) return FAIL_AT(r->c, ERR_INPUT, r->name, M_SHEET_NOT_XLSX);
    if (!xlsx_read(r->c, bytes, r->name, -1, book)) return false;
    int which = book->loaded;
    for (int i = 0; i < book->n; i++)
        if (str_eq(book->sheets[i].name, S(SHEET_NAME))) which = i;
    if (which != book->loaded && !xlsx_read(r->c, bytes, r->name, which, book)) return false;
    r->sheet = &book->sheets[book->loaded];
    if (r->sheet->merge_count)
        return FAIL_AT(r->c, ERR_RULE, place(r, r->sheet->merges[0].row, r->sheet->merges[0].col),
                       M_SHEET_MERGED);
    return find_heads(r);
}

bool table_sheet_read(Ctx *c, Str bytes, Str name, const DmnGrid *base, DmnGrid *out) {
    SheetReader r = {.c = c, .name = name, .base = base};
    Workbook book;
    if (!open_sheet(&r, bytes, &book) || !check_state(&r) || !read_table_cells(&r) ||
        !read_columns(&r) || !read_rules(&r))
        return false;
    *out = r.out;
    return true;
}

bool table_sheet_names(Ctx *c, Str bytes, Str name, Str *decision, Str *key) {
    SheetReader r = {.c = c, .name = name};
    Workbook book;
    return open_sheet(&r, bytes, &book) && cell_text(&r, r.heads[HEAD_DECISION], 1, decision) &&
           cell_text(&r, r.heads[HEAD_TABLE], 1, key);
}
