/* Imports: upload, mapping, commit, undo. The rows are in api_import_rows.c, the answers in
 * api_import_json.c, the work in job/draft.h.
 *
 * Scope: who may import only for themselves (district clerks) sees, changes and commits the imports
 * they uploaded; the others are not there for them. */
#include "http/api_import.h"
#include "base/date.h"
#include "base/utf8.h"
#include "http/json_out.h"
#include "http/multipart.h"

enum { REASON_MAX = 500 };

bool import_of_path(Request *r, Draft *d) {
    int64_t id;
    if (!http_id(r, 0, &id) || !draft_get(r->db, id, d)) return false;
    if (r->scope == SCOPE_ALL || str_eq(d->owner, r->user->name)) return true;
    return FAIL(r->c, ERR_MISSING, M_HTTP_MISSING);
}

bool import_to_change(Request *r, Draft *d) {
    return import_of_path(r, d) && http_if_match(r, import_etag(r, d));
}

bool import_reply(Request *r, Response *out, int status, const Draft *d) {
    Json *o = import_answer(r, d);
    if (!o) return false;
    http_reply(out, r, status, o);
    out->etag = import_etag(r, d);
    return true;
}

/* --- mapping ---------------------------------------------------------------------------------- */

static bool set_source(Request *r, Str s, DraftMapping *m) {
    m->source = s;
    if (!s.n || (s.n <= 100 && source_class(s))) return source_is_taken(r->c, s);
    return HTTP_INVALID(r, S("/source"), M_IMPORT_SOURCE, s);
}

static bool set_period(Request *r, Str s, DraftMapping *m) {
    int64_t year = 0;
    m->year = 0;
    if (!s.n) return true;
    if (s.n == 4 && str_to_i64(s, &year) && year >= 1900 && year <= 2100) {
        m->year = (int)year;
        return true;
    }
    return HTTP_INVALID(r, S("/period"), M_ROW_YEAR);
}

static bool set_unit(Request *r, Str s, DraftMapping *m) {
    m->unit = s;
    bool known = str_eq(s, S("元")) || str_eq(s, S("千元")) || str_eq(s, S("万元")) ||
                 str_eq(s, S("百万元")) || str_eq(s, S("亿元"));
    return !s.n || known || HTTP_INVALID(r, S("/unit"), M_HTTP_QUERY, S("unit"), s);
}

static bool set_known(Request *r, Str s, DraftMapping *m) {
    m->known_ms = 0;
    if (!s.n || (instant_parse(s, &m->known_ms) && m->known_ms > 0 && m->known_ms <= r->c->now_ms))
        return true;
    return HTTP_INVALID(r, S("/known_at"), M_HTTP_QUERY, S("known_at"), s);
}

/* One member of the mapping by its name in the contract; others are left alone. */
static bool set_member(Request *r, Str key, Str value, DraftMapping *m) {
    if (str_eq(key, S("source"))) return set_source(r, value, m);
    if (str_eq(key, S("period"))) return set_period(r, value, m);
    if (str_eq(key, S("unit"))) return set_unit(r, value, m);
    if (str_eq(key, S("known_at"))) return set_known(r, value, m);
    if (str_eq(key, S("sheet"))) m->sheet = value;
    if (!str_eq(key, S("layout")) || str_eq(m->layout, value)) return true;
    m->layout = value;
    m->nchoices = 0; /* what was said of columns was said against the layout before */
    return !value.n || import_layout(r->c, r->reg->pack, value);
}

static bool read_choice(Request *r, const Json *e, int at, int columns, DraftMapping *m) {
    Arena *a = r->c->arena;
    int64_t index = json_get_i64(e, S("index"), -1);
    Str field = json_get_str(e, S("field"));
    const Json *unit = json_get(e, S("unit")), *period = json_get(e, S("period"));
    DraftMapping year = {0};
    if (index < 0 || index >= columns)
        return HTTP_INVALID(r, str_printf(a, "/columns/%d/index", at), M_IMPORT_COLUMN,
                            str_printf(a, "%lld", (long long)index));
    if (period && !set_period(r, json_str(period, S("")), &year)) return false;
    ImportChoice *k = NULL;
    for (int i = 0; i < m->nchoices; i++)
        if (m->choices[i].column == index) k = &m->choices[i];
    if (!k) k = &m->choices[m->nchoices++];
    bool same = str_eq(k->field, field); /* another field forgets unit and year */
    *k = (ImportChoice){.column = (int)index,
                        .field = field,
                        .unit = unit || !same ? json_str(unit, S("")) : k->unit,
                        .year = period || !same ? year.year : k->year};
    return true;
}

static bool read_choices(Request *r, const Json *list, const Draft *d, DraftMapping *m) {
    const Json *columns = json_get(d->report, S("columns"));
    int have = columns ? columns->count : 0, at = 0;
    if (!list) return true;
    if (list->kind != JSON_ARRAY || list->count > have)
        return HTTP_INVALID(r, S("/columns"), M_IMPORT_COLUMN, S("columns"));
    ImportChoice *all = NEW_N(r->c->arena, ImportChoice, m->nchoices + list->count);
    for (int i = 0; i < m->nchoices; i++) all[i] = m->choices[i];
    m->choices = all;
    for (const Json *e = list->first; e; e = e->next, at++)
        if (!read_choice(r, e, at, have, m)) return false;
    return true;
}

bool api_import_map(Request *r, Response *out) {
    Draft d;
    Json *j = http_json(r);
    if (!j || !import_to_change(r, &d)) return false;
    Str sheet = d.mapping.sheet;
    for (const Json *e = j->first; e; e = e->next)
        if (!set_member(r, e->key, json_str(e, S("")), &d.mapping)) return false;
    if (!str_eq(sheet, d.mapping.sheet)) { /* other columns, other rows */
        d.mapping.nchoices = 0;
        d.nedits = 0;
    }
    if (!read_choices(r, json_get(j, S("columns")), &d, &d.mapping)) return false;
    return draft_change(r->db, r->reg->pack, &d) && import_reply(r, out, 200, &d);
}

/* --- upload ----------------------------------------------------------------------------------- */

static bool read_upload(Request *r, Draft *d, Str *bytes) {
    Multipart *m = NEW(r->c->arena, Multipart);
    if (!multipart_read(r->c, http_header(r, S("content-type")), r->body, m)) return false;
    const Part *file = multipart_find(m, S("file"));
    if (!file || !file->file || !file->filename.n)
        return HTTP_INVALID(r, S("/file"), M_HTTP_REQUIRED, S("file"));
    d->name = file->filename;
    *bytes = file->bytes;
    for (int i = 0; i < m->n; i++) {
        const Part *p = &m->parts[i];
        if (p == file) continue;
        if (p->file || p->bytes.n > 1000 || utf8_invalid_at(p->bytes) >= 0)
            return HTTP_INVALID(r, str_cat(r->c->arena, S("/"), p->name), M_HTTP_MULTIPART,
                                p->name);
        if (!set_member(r, p->name, str_trim(p->bytes), &d->mapping)) return false;
    }
    return true;
}

static void put_cell(Buf *b, Str s, bool first) {
    if (!first) buf_char(b, ',');
    buf_char(b, '"');
    for (ptrdiff_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"') buf_char(b, '"');
        buf_char(b, s.p[i]);
    }
    buf_char(b, '"');
}

/* Pasted rows become a CSV file: kept, recognised and read like an uploaded one. */
static bool read_rows(Request *r, Draft *d, Str *bytes) {
    Json *j = http_json(r);
    const Json *rows = json_get(j, S("rows"));
    if (!j) return false;
    if (!rows || rows->kind != JSON_ARRAY || !rows->first)
        return HTTP_INVALID(r, S("/rows"), M_HTTP_REQUIRED, S("rows"));
    Str name = str_trim(json_get_str(j, S("name")));
    if (!name.n) name = str_cat(r->c->arena, S("粘贴 "), date_text(r->c->arena, r->as_of));
    d->name = str_sub(name, 0, utf8_offset(name, 200));
    Buf b = buf_new(r->c->arena, 0);
    buf_lit(&b, "\xEF\xBB\xBF");
    int at = 0;
    for (const Json *e = rows->first; e; e = e->next, at++) {
        if (e->kind != JSON_ARRAY)
            return HTTP_INVALID(r, str_printf(r->c->arena, "/rows/%d", at), M_HTTP_REQUIRED,
                                S("rows"));
        for (const Json *cell = e->first; cell; cell = cell->next)
            put_cell(&b, json_str(cell, S("")), cell == e->first);
        buf_lit(&b, "\r\n");
    }
    *bytes = buf_str(&b);
    for (const Json *e = j->first; e; e = e->next)
        if (!set_member(r, e->key, json_str(e, S("")), &d->mapping)) return false;
    return true;
}

bool api_import_add(Request *r, Response *out) {
    Draft d = {.owner = r->user->name};
    Str bytes = {0};
    bool multipart = str_eq_nocase(r->type, S("multipart/form-data"));
    if (multipart ? !read_upload(r, &d, &bytes) : !read_rows(r, &d, &bytes)) return false;
    if (!draft_add(r->db, r->reg->pack, bytes, &d)) return false;
    out->location = str_printf(r->c->arena, "/api/v1/imports/%lld", (long long)d.id);
    return import_reply(r, out, 201, &d);
}

/* --- reading ---------------------------------------------------------------------------------- */

bool api_imports(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Draft *drafts;
    int n;
    int64_t offset, limit, total;
    if (!http_query_int(r, S("offset"), 0, 0, INT32_MAX, &offset)) return false;
    if (!http_query_int(r, S("limit"), 100, 1, 500, &limit)) return false;
    Str owner = r->scope == SCOPE_ALL ? S("") : r->user->name;
    if (!draft_list(r->db, owner, offset, limit, &drafts, &n, &total)) return false;
    Json *o = json_new(a, JSON_OBJECT);
    Json *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) json_push(items, import_row_answer(r, &drafts[i]));
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), offset);
    out_int(a, o, S("limit"), limit);
    http_reply_tagged(out, r, o);
    return true;
}

bool api_import(Request *r, Response *out) {
    Draft d;
    return import_of_path(r, &d) && import_reply(r, out, 200, &d);
}

/* --- commit, undo, discard -------------------------------------------------------------------- */

static bool read_reason(Request *r, const Json *j, Str *out) {
    *out = str_trim(json_get_str(j, S("reason")));
    if (out->n && utf8_length(*out) <= REASON_MAX) return true;
    return HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
}

bool api_import_commit(Request *r, Response *out) {
    Draft d;
    Str reason;
    Json *j = http_json(r);
    if (!j || !import_to_change(r, &d) || !read_reason(r, j, &reason)) return false;
    const Json *only_good = json_get(j, S("only_good"));
    if (!only_good || only_good->kind != JSON_BOOL)
        return HTTP_INVALID(r, S("/only_good"), M_HTTP_REQUIRED, S("only_good"));
    Act act = http_act(r, reason);
    return draft_commit(r->db, r->reg->pack, &d, only_good->truth, &act) &&
           import_reply(r, out, 200, &d);
}

bool api_import_reverse(Request *r, Response *out) {
    Draft d;
    Str reason;
    Json *j = http_json(r);
    if (!j || !import_to_change(r, &d) || !read_reason(r, j, &reason)) return false;
    Act act = http_act(r, reason);
    return draft_reverse(r->db, &d, &act) && import_reply(r, out, 200, &d);
}

bool api_import_discard(Request *r, Response *out) {
    Draft d;
    Act act = http_act(r, S("discarded"));
    if (!import_to_change(r, &d) || !draft_discard(r->db, &d, &act)) return false;
    out->status = 204;
    return true;
}
