/* What everybody sees of notices without signing in: the list, the frozen bytes of one as they are,
 * both as CSV too, and the schema of the frozen form. */
#include "city/flow/calendar.h"
#include "codec/csv.h"
#include "http/api.h"
#include "http/page.h"
#include "http/table_out.h"

enum { LIMIT_MAX = 500, CHINA_MS = 8 * 3600 * 1000, DAY_MS = 86400000 };

bool notice_of_public(Request *r, Str text, PublicNotice *n) {
    int64_t id;
    if (!str_to_i64(text, &id) || id <= 0) return FAIL(r->c, ERR_MISSING, M_HTTP_MISSING);
    if (!notice_get(r->db, id, n)) return false;
    if (notice_is_public(n, notice_today(r->c))) return true;
    bool was = n->sm3.n > 0;
    return was ? FAIL(r->c, ERR_MISSING, M_NOTICE_GONE, n->sm3)
               : FAIL(r->c, ERR_MISSING, M_HTTP_MISSING);
}

/* Stands at the end of the day asked for, but knows no more than was known then. */
static bool public_list(Request *r, NoticeFilter *f, PublicNotice **list, int *n, int64_t *total) {
    f->state = -1;
    f->published = true;
    f->today = r->at.as_of;
    f->known_ms = (r->as_of + 1) * DAY_MS - CHINA_MS - 1;
    if (f->known_ms > r->at.as_known) f->known_ms = r->at.as_known;
    return http_query_int(r, S("offset"), 0, 0, INT32_MAX, &f->offset) &&
           http_query_int(r, S("limit"), 100, 1, LIMIT_MAX, &f->limit) &&
           notice_list(r->db, f, list, n, total);
}

/* A member as a cell of a table: null is empty. */
static Str cell(const Json *o, Str key) {
    const Json *v = json_get(o, key);
    if (v && v->kind == JSON_BOOL) return v->truth ? S("true") : S("false");
    return json_str(v, S(""));
}

static void put_table(Request *r, Response *out, const Json *rows, const char *const *keys, int n,
                      Str name) {
    Buf b = buf_new(r->c->arena, 0);
    csv_begin(&b);
    for (int k = 0; k < n; k++) csv_text(&b, str_from(keys[k]), k == 0);
    csv_end_row(&b);
    for (const Json *o = rows->first; o; o = o->next) {
        for (int k = 0; k < n; k++) csv_text(&b, cell(o, str_from(keys[k])), k == 0);
        csv_end_row(&b);
    }
    table_reply(r, out, buf_str(&b), name, false);
}

/* JSON or CSV: a workbook would be an export, which is a right. */
static bool wants_csv(Request *r, bool *csv) {
    TableForm form;
    if (!table_form(r, &form)) return false;
    *csv = form == TABLE_CSV;
    return form != TABLE_XLSX ||
           HTTP_INVALID(r, S("?format"), M_HTTP_QUERY, S("format"), S("xlsx"));
}

bool api_public_notices(Request *r, Response *out) {
    static const char *const KEYS[] = {
        "id",  "title",  "state",    "published_at", "from",        "to",  "firms",
        "sm3", "number", "site_url", "replaces",     "replaced_by", "open"};
    Arena *a = r->c->arena;
    NoticeFilter f = {0};
    PublicNotice *list;
    int n;
    int64_t total;
    bool csv;
    if (!wants_csv(r, &csv) || !public_list(r, &f, &list, &n, &total)) return false;
    Json *o = json_new(a, JSON_OBJECT), *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) json_push(items, notice_public_json(r, &list[i], r->as_of));
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), f.offset);
    out_int(a, o, S("limit"), f.limit);
    http_out_clocks(r, o);
    if (csv)
        put_table(r, out, items, KEYS, sizeof KEYS / sizeof *KEYS, S("notices"));
    else
        http_reply_tagged(out, r, o);
    return true;
}

bool api_public_notice(Request *r, Response *out) {
    static const char *const KEYS[] = {"position", "name", "code", "district", "group", "note"};
    PublicNotice n;
    Str frozen;
    bool csv;
    if (!wants_csv(r, &csv) || !notice_of_public(r, r->params[0], &n) ||
        !notice_frozen(r->db, &n, &frozen))
        return false;
    out->status = 200;
    out->body = frozen;
    out->type = S("application/json; charset=utf-8");
    out->etag = n.sm3;
    if (!csv) return true;
    const Json *j = json_parse(r->c, frozen, S("frozen"));
    if (!j) return false;
    put_table(r, out, json_get(j, S("firms")), KEYS, 6,
              str_printf(r->c->arena, "notice-%lld", (long long)n.id));
    out->etag = str_cat(r->c->arena, n.sm3, S("-csv"));
    return true;
}

bool api_public_notice_state(Request *r, Response *out) {
    PublicNotice n;
    if (!notice_of_public(r, r->params[0], &n)) return false;
    http_reply_tagged(out, r, notice_public_json(r, &n, china_day(r->c->now_ms)));
    return true;
}
