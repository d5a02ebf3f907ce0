/* Lists as lines. See list.h. */
#include "job/list.h"

#include "codec/gram.h"
#include "job/table.h"

enum { HEAD_ROWS_MAX = 20 };

typedef struct Columns {
    int code, name; /* -1: none */
    Str code_head, name_head;
} Columns;

static bool among(Str head, const Str *words, int n) {
    for (int i = 0; i < n; i++)
        if (str_eq(head, words[i])) return true;
    return false;
}

/* What heads of lists call the two columns, folded. */
static void look(Ctx *c, const TableRow *row, Columns *k) {
    static const Str CODES[] = {STR_INIT("统一社会信用代码"), STR_INIT("信用代码"),
                                STR_INIT("社会信用代码"), STR_INIT("uscc")};
    static const Str NAMES[] = {STR_INIT("企业名称"), STR_INIT("名称"),      STR_INIT("企业"),
                                STR_INIT("公司名称"), STR_INIT("单位名称"),  STR_INIT("申报单位"),
                                STR_INIT("name"),     STR_INIT("enterprise")};
    for (int i = 0; i < row->n; i++) {
        Str head = gram_fold(c->arena, row->cells[i].text);
        if (k->code < 0 && among(head, CODES, 4)) {
            k->code = i;
            k->code_head = str_dup(c->arena, str_trim(row->cells[i].text));
        }
        if (k->name < 0 && among(head, NAMES, 8)) {
            k->name = i;
            k->name_head = str_dup(c->arena, str_trim(row->cells[i].text));
        }
    }
}

static Str cell(const TableRow *row, int column) {
    return column >= 0 && column < row->n ? str_trim(row->cells[column].text) : S("");
}

static bool add(Ctx *c, ListFile *out, Str line, int64_t row, int most, int *cap) {
    if (!line.n) return true;
    if (out->n == most) return FAIL(c, ERR_INPUT, M_LIST_LONG, str_printf(c->arena, "%d", most));
    if (out->n == *cap) {
        int more = *cap ? *cap * 2 : 256;
        Str *lines = NEW_N(c->arena, Str, more);
        int64_t *rows = NEW_N(c->arena, int64_t, more);
        for (int i = 0; i < out->n; i++) {
            lines[i] = out->lines[i];
            rows[i] = out->rows[i];
        }
        out->lines = lines;
        out->rows = rows;
        *cap = more;
    }
    out->rows[out->n] = row;
    out->lines[out->n++] = str_dup(c->arena, line);
    return true;
}

/* The row of heads, and whether the file has a single column. */
static bool find_columns(Ctx *c, Table *t, Columns *k, int64_t *head, bool *single) {
    TableRow row;
    *head = 0;
    *single = true;
    for (int i = 0; i < HEAD_ROWS_MAX && table_next(t, &row); i++) {
        if (row.problem != MSG_NONE) return FAIL(c, ERR_INPUT, row.problem);
        *single = *single && row.n <= 1;
        look(c, &row, k);
        if (k->code < 0 && k->name < 0) continue;
        *head = row.row;
        return true;
    }
    return ctx_ok(c);
}

bool list_read(Ctx *c, Str bytes, Str name, int most, ListFile *out) {
    Table t;
    TableRow row;
    Columns k = {-1, -1, {0}, {0}};
    int64_t head;
    bool single;
    int cap = 0;
    *out = (ListFile){0};
    if (!table_open(c, bytes, name, S(""), &t) || !find_columns(c, &t, &k, &head, &single))
        return false;
    if (k.code < 0 && k.name < 0 && !single) return FAIL(c, ERR_INPUT, M_LIST_COLUMN, name);
    out->column = k.name >= 0 ? k.name_head : k.code_head;
    table_rewind(&t);
    while (table_next(&t, &row)) {
        if (row.problem != MSG_NONE)
            return FAIL_AT(c, ERR_INPUT, str_printf(c->arena, "%lld", (long long)row.row),
                           row.problem);
        if (row.row <= head) continue;
        Str code = cell(&row, k.code);
        Str line = code.n ? code : cell(&row, k.code < 0 && k.name < 0 ? 0 : k.name);
        if (!add(c, out, line, row.row, most, &cap)) return false;
    }
    return ctx_ok(c);
}
