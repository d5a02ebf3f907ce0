/* The rows of an import, cells changed by hand, and the files made of it. */
#include <string.h>

#include "http/api_enterprise.h"
#include "http/api_import.h"
#include "http/json_out.h"
#include "http/table_out.h"

enum { PATCH_ROWS_MAX = 10000 };

static bool known_states(Str list) {
    static const Str all[] = {STR_INIT("accepted"), STR_INIT("refused"), STR_INIT("warned"),
                              STR_INIT("skipped")};
    for (Str rest = list; list.n && rest.p;) {
        Str s = str_cut(&rest, ',');
        bool known = false;
        for (int i = 0; i < 4; i++) known |= str_eq(s, all[i]);
        if (!known) return false;
    }
    return true;
}

bool api_import_rows(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Draft d;
    DraftLines lines;
    DraftQuery q = {.states = http_query(r, S("state"))};
    if (!http_query_int(r, S("offset"), 0, 0, INT32_MAX, &q.offset)) return false;
    if (!http_query_int(r, S("limit"), 100, 1, 500, &q.limit)) return false;
    if (!known_states(q.states))
        return HTTP_INVALID(r, S("?state"), M_HTTP_QUERY, S("state"), q.states);
    if (!import_of_path(r, &d) || !draft_lines(r->db, r->reg->pack, &d, &q, &lines)) return false;
    Json *o = json_new(a, JSON_OBJECT);
    import_lines_answer(r, &d, &lines, out_list(a, o, S("items")));
    out_int(a, o, S("total"), lines.total);
    out_int(a, o, S("offset"), q.offset);
    out_int(a, o, S("limit"), q.limit);
    http_reply_tagged(out, r, o);
    return true;
}

/* --- corrections ------------------------------------------------------------------------------ */

typedef struct Patch {
    ImportEdit *edits;
    int64_t *rows; /* ascending, each once */
    int nedits, cap, nrows, columns;
} Patch;

static bool read_cells(Request *r, const Json *cells, int64_t row, int at, Patch *p) {
    Arena *a = r->c->arena;
    for (const Json *e = cells ? cells->first : NULL; e; e = e->next) {
        int64_t column = -1;
        Str text = json_str(e, S(""));
        bool fits = str_to_i64(e->key, &column) && column >= 0 && column < p->columns;
        if (!fits || e->kind != JSON_STRING || memchr(text.p, 0, (size_t)text.n))
            return HTTP_INVALID(r, str_printf(a, "/rows/%d/cells/%.*s", at, STRF(e->key)),
                                M_IMPORT_COLUMN, e->key);
        GROW(a, p->edits, p->nedits, p->cap);
        p->edits[p->nedits++] = (ImportEdit){row, (int)column, text};
    }
    return true;
}

static void add_row(Patch *p, int64_t row) {
    int i = p->nrows;
    for (int k = 0; k < p->nrows; k++)
        if (p->rows[k] == row) return;
    for (; i > 0 && p->rows[i - 1] > row; i--) p->rows[i] = p->rows[i - 1];
    p->rows[i] = row;
    p->nrows++;
}

static bool read_patch(Request *r, const Json *j, const Draft *d, Patch *p) {
    const Json *rows = json_get(j, S("rows")), *columns = json_get(d->report, S("columns"));
    int at = 0;
    if (!rows || rows->kind != JSON_ARRAY || !rows->first)
        return HTTP_INVALID(r, S("/rows"), M_HTTP_REQUIRED, S("rows"));
    if (rows->count > PATCH_ROWS_MAX)
        return FAIL(r->c, ERR_LIMIT, M_DRAFT_EDITS, str_printf(r->c->arena, "%d", PATCH_ROWS_MAX));
    *p = (Patch){.rows = NEW_N(r->c->arena, int64_t, rows->count),
                 .columns = columns ? columns->count : 0};
    for (const Json *e = rows->first; e; e = e->next, at++) {
        int64_t row = json_get_i64(e, S("row"), 0);
        if (row <= json_get_i64(d->report, S("head_row"), 0))
            return HTTP_INVALID(r, str_printf(r->c->arena, "/rows/%d/row", at), M_IMPORT_NO_ROW,
                                str_printf(r->c->arena, "%lld", (long long)row));
        if (!read_cells(r, json_get(e, S("cells")), row, at, p)) return false;
        add_row(p, row);
    }
    return true;
}

/* Every row that was named must be one of the file. */
static bool all_there(Request *r, const Patch *p, const DraftLines *lines) {
    for (int i = 0, k = 0; i < p->nrows; i++, k++)
        if (k == lines->n || lines->items[k].row != p->rows[i])
            return HTTP_INVALID(r, S("/rows"), M_IMPORT_NO_ROW,
                                str_printf(r->c->arena, "%lld", (long long)p->rows[i]));
    return true;
}

bool api_import_fix(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Draft d;
    Patch p;
    DraftLines lines;
    Json *j = http_json(r);
    if (!j || !import_to_change(r, &d) || !read_patch(r, j, &d, &p)) return false;
    if (!draft_edit(r->c, &d, p.edits, p.nedits)) return false;
    DraftQuery q = {.rows = p.rows, .nrows = p.nrows};
    if (!draft_lines(r->db, r->reg->pack, &d, &q, &lines) || !all_there(r, &p, &lines))
        return false;
    if (!draft_change(r->db, r->reg->pack, &d)) return false;
    Json *o = json_new(a, JSON_OBJECT), *answer = import_answer(r, &d);
    if (!answer) return false;
    json_set(o, S("import"), answer);
    import_lines_answer(r, &d, &lines, out_list(a, o, S("rows")));
    http_reply(out, r, 200, o);
    out->etag = import_etag(r, &d);
    return true;
}

/* --- files ------------------------------------------------------------------------------------ */

/* CSV when asked for by ?format or Accept, else a workbook. */
static bool wants_xlsx(const Request *r) {
    Str format = http_query(r, S("format"));
    if (format.n) return !str_eq(format, S("csv"));
    return http_accepts(r, S(XLSX_TYPE)) || !http_accepts(r, S("text/csv"));
}

bool api_import_refused(Request *r, Response *out) {
    Draft d;
    Str bytes = {0};
    bool xlsx = wants_xlsx(r);
    if (!import_of_path(r, &d)) return false;
    Grade grade = draft_grade(r->reg->pack, &d);
    table_grade(r, grade);
    if (!journal_read(r, str_printf(r->c->arena, "import:%lld", (long long)d.id),
                      grade >= GRADE_SENSITIVE) ||
        !draft_refused(r->db, r->reg->pack, &d, xlsx, table_mark(r), &bytes))
        return false;
    table_reply(r, out, bytes, str_printf(r->c->arena, "拒收的行-%lld", (long long)d.id), xlsx);
    return true;
}

bool api_import_template(Request *r, Response *out) {
    Str bytes = {0};
    bool xlsx = wants_xlsx(r);
    if (!draft_template(r->c, r->reg->pack, http_query(r, S("fields")), xlsx, &bytes)) return false;
    table_reply(r, out, bytes, S("导入模板"), xlsx);
    return true;
}
