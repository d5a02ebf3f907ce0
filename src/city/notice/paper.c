/* Papers: blocks with fields filled in. See paper.h. A template is checked by the same function as
 * what a clerk has edited. */
#include "city/notice/paper.h"

#include "base/utf8.h"
#include "codec/yaml.h"

static const Str KINDS[PAPER_KINDS] = {
    [PAPER_NUMBER] = STR_INIT("number"), [PAPER_TITLE] = STR_INIT("title"),
    [PAPER_TO] = STR_INIT("to"),         [PAPER_BODY] = STR_INIT("body"),
    [PAPER_HEAD1] = STR_INIT("head1"),   [PAPER_HEAD2] = STR_INIT("head2"),
    [PAPER_SIGN] = STR_INIT("sign"),     [PAPER_DATE] = STR_INIT("date"),
    [PAPER_NOTE] = STR_INIT("note"),     [PAPER_CELL] = STR_INIT("cell"),
    [PAPER_HEAD] = STR_INIT("head"),     [PAPER_TABLE] = STR_INIT("table"),
    [PAPER_CODE] = STR_INIT("code")};

static const Str FIRM_FIELDS[] = {STR_INIT("position"), STR_INIT("name"),  STR_INIT("code"),
                                  STR_INIT("district"), STR_INIT("group"), STR_INIT("note")};
enum { FIRM_FIELD_COUNT = sizeof FIRM_FIELDS / sizeof *FIRM_FIELDS, WIDTH_MAX = 100 };

Str paper_kind_text(PaperKind k) {
    return KINDS[k];
}

static int kind_find(Str text) {
    for (int i = 0; i < PAPER_KINDS; i++)
        if (i != PAPER_CELL && i != PAPER_HEAD && str_eq(KINDS[i], text)) return i;
    return -1;
}

static int field_find(Str text) {
    for (int i = 0; i < FIRM_FIELD_COUNT; i++)
        if (str_eq(FIRM_FIELDS[i], text)) return i;
    return -1;
}

/* --- plain text ---------------------------------------------------------------------------------
 */

/* C0 and C1 controls, surrogates and non-characters of XML 1.0 (2.2), marks of direction. */
static bool is_hidden(uint32_t cp) {
    return (cp < 0x20 && cp != '\n') || (cp >= 0x7F && cp < 0xA0) ||
           (cp >= 0xD800 && cp <= 0xDFFF) || (cp & 0xFFFE) == 0xFFFE ||
           (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0x200E ||
           cp == 0x200F || cp == 0x061C || cp == 0xFEFF;
}

Str paper_plain(Arena *a, Str s) {
    Buf b = buf_new(a, 0);
    for (ptrdiff_t i = 0; i < s.n;) {
        uint32_t cp = utf8_next(s, &i);
        if (cp == '\t') buf_char(&b, ' ');
        if (!is_hidden(cp)) buf_utf8(&b, cp);
    }
    return buf_str(&b);
}

/* --- templates ----------------------------------------------------------------------------------
 */

static Str template_path(Arena *a, Str id) {
    return str_printf(a, "documents/%.*s.yaml", STRF(id));
}

static Json *parse_file(Ctx *c, const PackFile *f) {
    return yaml_parse(c, f->bytes, str_printf(c->arena, "%.*s/%.*s", STRF(f->pack), STRF(f->path)));
}

static const PackFile *find_file(const PackSet *p, Str path) {
    for (int i = p->npacks - 1; i >= 0; i--) {
        const PackFile *f = pack_file(p, p->packs[i].id, path);
        if (f) return f;
    }
    return NULL;
}

static Json *checked(Ctx *c, Json *j, Str id) {
    if (!j) return NULL;
    const Json *blocks = json_get(j, S("blocks"));
    bool named = str_eq(json_get_str(j, S("id")), id) && json_get_str(j, S("kind")).n > 0 &&
                 json_get_str(json_get(j, S("title")), S("zh")).n > 0;
    if (named && paper_check(c, blocks, NULL)) return j;
    FAIL(c, ERR_INPUT, M_NOTICE_TEMPLATE_BAD, id);
    return NULL;
}

Json *paper_template(Ctx *c, const PackSet *p, Str id) {
    const PackFile *f = find_file(p, template_path(c->arena, id));
    if (f) return checked(c, parse_file(c, f), id);
    FAIL(c, ERR_MISSING, M_NOTICE_NO_TEMPLATE, paper_plain(c->arena, str_sub(id, 0, 60)));
    return NULL;
}

static bool is_template(const PackFile *f, Str *id) {
    Str head = S("documents/"), tail = S(".yaml");
    if (!str_starts(f->path, head) || !str_ends(f->path, tail)) return false;
    *id = str_sub(f->path, head.n, f->path.n - tail.n);
    return str_find(*id, S("/")) < 0 && !str_eq(*id, S("layout"));
}

Json *paper_templates(Ctx *c, const PackSet *p) {
    Json *list = json_new(c->arena, JSON_ARRAY);
    for (int i = 0; i < p->nfiles; i++) {
        Str id;
        if (!is_template(&p->files[i], &id)) continue;
        if (find_file(p, p->files[i].path) != &p->files[i]) continue;
        Json *j = checked(c, parse_file(c, &p->files[i]), id);
        if (!j) return NULL;
        json_push(list, j);
    }
    return list;
}

/* --- checking -----------------------------------------------------------------------------------
 */

static bool bad(Ctx *c, int block, const char *what) {
    return FAIL_AT(c, ERR_RULE, str_printf(c->arena, "/blocks/%d", block), M_NOTICE_BLOCK,
                   str_from(what));
}

static bool check_widths(const Json *list, int n) {
    for (const Json *w = list ? list->first : NULL; w; w = w->next) {
        int64_t v;
        if (!str_to_i64(json_str(w, S("")), &v) || v < 1 || v > WIDTH_MAX) return false;
    }
    return !list || list->count == n;
}

/* A table written out: rows of texts, all of one length. */
static bool check_rows(Ctx *c, const Json *table, int at) {
    const Json *rows = json_get(table, S("rows"));
    int n = rows->first ? rows->first->count : 0;
    if (rows->kind != JSON_ARRAY || n < 1 || n > PAPER_COLUMNS_MAX ||
        rows->count > PAPER_BLOCKS_MAX)
        return bad(c, at, "rows");
    for (const Json *r = rows->first; r; r = r->next) {
        if (r->kind != JSON_ARRAY || r->count != n) return bad(c, at, "rows");
        for (const Json *cell = r->first; cell; cell = cell->next)
            if (cell->kind != JSON_STRING || utf8_length(cell->text) > PAPER_TEXT_MAX)
                return bad(c, at, "rows");
    }
    return check_widths(json_get(table, S("widths")), n) || bad(c, at, "widths");
}

/* The table of the firms. */
static bool check_table(Ctx *c, const Json *table, int at) {
    const Json *columns = json_get(table, S("columns"));
    if (json_get(table, S("rows"))) return check_rows(c, table, at);
    if (!columns || columns->kind != JSON_ARRAY || columns->count < 1 ||
        columns->count > PAPER_COLUMNS_MAX)
        return bad(c, at, "columns");
    for (const Json *k = columns->first; k; k = k->next) {
        int64_t width = json_get_i64(k, S("width"), 0);
        if (!json_get_str(k, S("title")).n || field_find(json_get_str(k, S("field"))) < 0 ||
            width < 1 || width > WIDTH_MAX || utf8_length(json_get_str(k, S("title"))) > WIDTH_MAX)
            return bad(c, at, "columns");
    }
    return true;
}

static bool check_values(Ctx *c, const Json *values) {
    if (!values) return true;
    if (values->kind != JSON_OBJECT || values->count > PAPER_BLOCKS_MAX)
        return FAIL_AT(c, ERR_RULE, S("/values"), M_NOTICE_BLOCK, S("values"));
    for (const Json *v = values->first; v; v = v->next)
        if (v->kind != JSON_STRING || utf8_length(v->text) > PAPER_VALUE_MAX)
            return FAIL_AT(c, ERR_RULE, str_cat(c->arena, S("/values/"), v->key), M_NOTICE_BLOCK,
                           v->key);
    return true;
}

bool paper_check(Ctx *c, const Json *blocks, const Json *values) {
    int at = 0;
    if (!blocks || blocks->kind != JSON_ARRAY || !blocks->count || blocks->count > PAPER_BLOCKS_MAX)
        return FAIL_AT(c, ERR_RULE, S("/blocks"), M_NOTICE_BLOCK, S("blocks"));
    for (const Json *b = blocks->first; b; b = b->next, at++) {
        int kind = kind_find(json_get_str(b, S("kind")));
        const Json *text = json_get(b, S("text"));
        if (kind < 0) return bad(c, at, "kind");
        if (kind == PAPER_TABLE) {
            if (!check_table(c, b, at)) return false;
        } else if (!text || text->kind != JSON_STRING || utf8_length(text->text) > PAPER_TEXT_MAX) {
            return bad(c, at, "text");
        }
    }
    return check_values(c, values);
}

/* --- fields -------------------------------------------------------------------------------------
 */

/* The next {name} of s at or behind *at: what stands before it and its name. False: no more; then
 * *before is the rest. A brace that no
 * short name follows is text. */
static bool next_field(Str s, ptrdiff_t *at, Str *before, Str *name) {
    enum { NAME_MAX_BYTES = 60 };
    for (ptrdiff_t from = *at; from < s.n; from++) {
        if (s.p[from] != '{') continue;
        ptrdiff_t end = from + 1;
        while (end < s.n && s.p[end] != '{' && s.p[end] != '}' && s.p[end] != '\n') end++;
        if (end >= s.n || s.p[end] != '}' || end == from + 1 || end - from > NAME_MAX_BYTES)
            continue;
        *before = str_sub(s, *at, from);
        *name = str_sub(s, from + 1, end);
        *at = end + 1;
        return true;
    }
    *before = str_sub(s, *at, s.n);
    *at = s.n;
    return false;
}

static Str fill(Arena *a, Str text, const Json *values) {
    Buf b = buf_new(a, 0);
    Str before, name;
    ptrdiff_t at = 0;
    while (next_field(text, &at, &before, &name)) {
        Str value = str_trim(json_get_str(values, name));
        buf_put(&b, before);
        if (value.n)
            buf_put(&b, value);
        else
            buf_printf(&b, "{%.*s}", STRF(name));
    }
    buf_put(&b, before);
    return paper_plain(a, buf_str(&b));
}

static void note_open(Arena *a, Json *list, Str text, const Json *values) {
    Str before, name;
    ptrdiff_t at = 0;
    while (next_field(text, &at, &before, &name)) {
        bool known = str_trim(json_get_str(values, name)).n > 0;
        for (const Json *e = list->first; e && !known; e = e->next) known = str_eq(e->text, name);
        if (!known) json_push(list, json_string(a, name));
    }
}

Json *paper_open_fields(Ctx *c, const Json *blocks, const Json *values) {
    Json *list = json_new(c->arena, JSON_ARRAY);
    for (const Json *b = blocks->first; b; b = b->next) {
        note_open(c->arena, list, json_get_str(b, S("text")), values);
        const Json *rows = json_get(b, S("rows"));
        for (const Json *r = rows ? rows->first : NULL; r; r = r->next)
            for (const Json *cell = r->first; cell; cell = cell->next)
                note_open(c->arena, list, cell->text, values);
    }
    return list;
}

/* --- filling ------------------------------------------------------------------------------------
 */

static Str firm_field(Arena *a, const PaperFirm *f, int at, int field) {
    const Str texts[FIRM_FIELD_COUNT] = {S(""), f->name, f->code, f->district, f->group, f->note};
    return field == 0 ? str_printf(a, "%d", at + 1) : paper_plain(a, texts[field]);
}

static void fill_firms(Arena *a, const Json *table, const PaperFirm *firms, int n, PaperBlock *b) {
    const Json *columns = json_get(table, S("columns"));
    int k = 0;
    b->ncolumns = columns->count;
    b->nrows = n;
    b->heads = NEW_N(a, Str, b->ncolumns);
    b->widths = NEW_N(a, int, b->ncolumns);
    b->cells = NEW_N(a, Str, (size_t)b->ncolumns * (size_t)n);
    for (const Json *c = columns->first; c; c = c->next, k++) {
        int field = field_find(json_get_str(c, S("field")));
        b->heads[k] = paper_plain(a, json_get_str(c, S("title")));
        b->widths[k] = (int)json_get_i64(c, S("width"), 1);
        for (int i = 0; i < n; i++)
            b->cells[(ptrdiff_t)i * b->ncolumns + k] = firm_field(a, &firms[i], i, field);
    }
}

static void fill_rows(Arena *a, const Json *table, const Json *values, PaperBlock *b) {
    const Json *rows = json_get(table, S("rows")), *widths = json_get(table, S("widths"));
    int at = 0;
    b->ncolumns = rows->first->count;
    b->nrows = rows->count;
    b->widths = NEW_N(a, int, b->ncolumns);
    b->cells = NEW_N(a, Str, b->ncolumns * b->nrows);
    for (int k = 0; k < b->ncolumns; k++) {
        int64_t width = 1;
        if (widths) str_to_i64(json_str(json_at(widths, k), S("1")), &width);
        b->widths[k] = (int)width;
    }
    for (const Json *r = rows->first; r; r = r->next)
        for (const Json *cell = r->first; cell; cell = cell->next)
            b->cells[at++] = fill(a, cell->text, values);
}

Json *paper_values_merge(Arena *a, const Json *was, const Json *patch) {
    if (patch->kind != JSON_OBJECT && patch->kind != JSON_NULL) return json_copy(a, patch);
    Json *o = json_new(a, JSON_OBJECT);
    for (const Json *e = was && patch->kind == JSON_OBJECT ? was->first : NULL; e; e = e->next)
        if (!json_get(patch, e->key)) json_set(o, e->key, json_copy(a, e));
    for (const Json *e = patch->first; e; e = e->next)
        if (e->kind != JSON_NULL) json_set(o, e->key, json_copy(a, e));
    return o;
}

bool paper_fill(Ctx *c, const Json *blocks, const Json *values, const PaperFirm *firms, int n,
                Paper *out) {
    Arena *a = c->arena;
    if (n > PAPER_FIRMS_MAX)
        return FAIL(c, ERR_LIMIT, M_NOTICE_TOO_MANY, str_printf(a, "%d", n),
                    str_printf(a, "%d", PAPER_FIRMS_MAX));
    *out = (Paper){.blocks = NEW_N(a, PaperBlock, blocks->count), .nblocks = blocks->count};
    PaperBlock *b = out->blocks;
    for (const Json *j = blocks->first; j; j = j->next, b++) {
        b->kind = (PaperKind)kind_find(json_get_str(j, S("kind")));
        if (b->kind != PAPER_TABLE)
            b->text = fill(a, json_get_str(j, S("text")), values);
        else if (json_get(j, S("rows")))
            fill_rows(a, j, values, b);
        else
            fill_firms(a, j, firms, n, b);
    }
    return true;
}

/* --- as JSON ------------------------------------------------------------------------------------
 */

static void table_json(Arena *a, Json *o, const PaperBlock *b) {
    Json *columns = json_set(o, S("columns"), json_new(a, JSON_ARRAY));
    Json *rows = json_set(o, S("rows"), json_new(a, JSON_ARRAY));
    for (int k = 0; k < b->ncolumns; k++) {
        Json *column = json_push(columns, json_new(a, JSON_OBJECT));
        json_set(column, S("title"), json_string(a, b->heads ? b->heads[k] : S("")));
        json_set(column, S("width"), json_int(a, b->widths[k]));
    }
    for (int i = 0; i < b->nrows; i++) {
        Json *row = json_push(rows, json_new(a, JSON_ARRAY));
        for (int k = 0; k < b->ncolumns; k++)
            json_push(row, json_string(a, b->cells[(ptrdiff_t)i * b->ncolumns + k]));
    }
}

Json *paper_json(Arena *a, const Paper *p) {
    Json *list = json_new(a, JSON_ARRAY);
    for (int i = 0; i < p->nblocks; i++) {
        const PaperBlock *b = &p->blocks[i];
        Json *o = json_push(list, json_new(a, JSON_OBJECT));
        json_set(o, S("kind"), json_string(a, KINDS[b->kind]));
        if (b->kind == PAPER_TABLE)
            table_json(a, o, b);
        else
            json_set(o, S("text"), json_string(a, b->text));
    }
    return list;
}

static bool read_table(Arena *a, const Json *j, PaperBlock *b) {
    const Json *columns = json_get(j, S("columns")), *rows = json_get(j, S("rows"));
    int k = 0, at = 0;
    if (!columns || !rows || !columns->count) return false;
    b->ncolumns = columns->count;
    b->nrows = rows->count;
    b->heads = NEW_N(a, Str, b->ncolumns);
    b->widths = NEW_N(a, int, b->ncolumns);
    b->cells = NEW_N(a, Str, (size_t)b->ncolumns * (size_t)b->nrows);
    bool titled = false;
    for (const Json *c = columns->first; c; c = c->next, k++) {
        b->heads[k] = json_get_str(c, S("title"));
        b->widths[k] = (int)json_get_i64(c, S("width"), 1);
        titled |= b->heads[k].n > 0;
    }
    if (!titled) b->heads = NULL;
    for (const Json *r = rows->first; r; r = r->next) {
        if (r->count != b->ncolumns) return false;
        for (const Json *cell = r->first; cell; cell = cell->next) b->cells[at++] = cell->text;
    }
    return true;
}

bool paper_read(Ctx *c, const Json *blocks, Paper *out) {
    Arena *a = c->arena;
    int n = blocks ? blocks->count : 0;
    *out = (Paper){.blocks = NEW_N(a, PaperBlock, n), .nblocks = n};
    PaperBlock *b = out->blocks;
    for (const Json *j = blocks ? blocks->first : NULL; j; j = j->next, b++) {
        int kind = kind_find(json_get_str(j, S("kind")));
        if (kind < 0) return FAIL(c, ERR_INPUT, M_NOTICE_BLOCK, S("kind"));
        b->kind = (PaperKind)kind;
        b->text = json_get_str(j, S("text"));
        if (b->kind == PAPER_TABLE && !read_table(a, j, b))
            return FAIL(c, ERR_INPUT, M_NOTICE_BLOCK, S("table"));
    }
    return true;
}
