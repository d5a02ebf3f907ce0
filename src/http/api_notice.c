/* Notices of the office: list, draft, change, publish, conclude, take down, as DOCX. The work is in
 * city/notice/notice.h; what the public sees is in api_notice_public.c. */
#include "base/date.h"
#include "base/utf8.h"
#include "http/api.h"
#include "http/notice_json.h"
#include "http/page.h"
#include "http/table_out.h"
#include "job/docx.h"

enum { REASON_MAX = 500, LIMIT_MAX = 500, DAY_TEXT = 10, CODE_TEXT = 18 };

static bool notice_of_path(Request *r, PublicNotice *n) {
    int64_t id;
    return http_id(r, 0, &id) && notice_get(r->db, id, n);
}

static bool reply(Request *r, Response *out, int status, const PublicNotice *n) {
    Json *o = notice_json(r, n);
    if (!o) return false;
    http_reply(out, r, status, o);
    out->etag = notice_etag(r, n);
    out->cache = S("no-store");
    return true;
}

/* Of two people who change one notice the second gets 412 with what the first has saved. */
static bool notice_to_change(Request *r, PublicNotice *n) {
    if (!notice_of_path(r, n)) return false;
    if (http_if_match(r, notice_etag(r, n))) return true;
    if (http_header(r, S("if-match")).n) r->current = notice_row_json(r, n);
    return false;
}

bool api_notices(Request *r, Response *out) {
    Arena *a = r->c->arena;
    NoticeFilter f = {.state = -1};
    Str state = http_query(r, S("state"));
    PublicNotice *list;
    int n;
    int64_t total;
    if (!http_query_int(r, S("offset"), 0, 0, INT32_MAX, &f.offset) ||
        !http_query_int(r, S("limit"), 100, 1, LIMIT_MAX, &f.limit) ||
        !http_query_int(r, S("round"), 0, 0, INT64_MAX, &f.round))
        return false;
    if (state.n && (f.state = notice_state_find(state)) < 0)
        return HTTP_INVALID(r, S("?state"), M_HTTP_QUERY, S("state"), state);
    if (!notice_list(r->db, &f, &list, &n, &total)) return false;
    Json *o = json_new(a, JSON_OBJECT), *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) json_push(items, notice_row_json(r, &list[i]));
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), f.offset);
    out_int(a, o, S("limit"), f.limit);
    http_reply(out, r, 200, o);
    return true;
}

bool api_notice(Request *r, Response *out) {
    PublicNotice n;
    return notice_of_path(r, &n) && reply(r, out, 200, &n);
}

/* --- reading a body ----------------------------------------------------------------------------
 */

/* A day as ISO text; 0 for null or nothing. */
static bool read_day(Request *r, const Json *j, const char *key, int32_t *out) {
    const Json *v = json_get(j, str_from(key));
    int64_t day;
    if (!v) return true;
    *out = 0;
    if (v->kind == JSON_NULL || (v->kind == JSON_STRING && !v->text.n)) return true;
    if (v->kind != JSON_STRING || !date_parse(v->text, &day))
        return HTTP_INVALID(r, str_cat(r->c->arena, S("/"), str_from(key)), M_HTTP_QUERY,
                            str_from(key), str_sub(json_str(v, S("")), 0, DAY_TEXT));
    *out = date_to_int(day);
    return true;
}

/* The texts a clerk may give a firm of the list; name, code and district are the register's. */
static bool read_firm(Request *r, const Json *e, int at, PaperFirm *f) {
    int64_t id = 0;
    Str pointer = str_printf(r->c->arena, "/rows/%d", at);
    const Json *key = e->kind == JSON_OBJECT ? json_get(e, S("enterprise")) : e;
    Str given = json_str(key, S(""));
    bool is_code = given.n == CODE_TEXT; /* a credit code may be all digits */
    if (is_code && !(id = subject_find(r->db, given))) return false;
    if (!is_code && (!str_to_i64(given, &id) || id <= 0))
        return HTTP_INVALID(r, pointer, M_HTTP_REQUIRED, S("enterprise"));
    if (!notice_firm_of(r->db, &r->reg->codes, id, f)) return false;
    if (e->kind != JSON_OBJECT) return true;
    int64_t file = 0;
    if (str_to_i64(json_get_str(e, S("case")), &file)) f->case_file = file;
    f->group = json_get_str(e, S("group"));
    f->note = json_get_str(e, S("note"));
    return true;
}

static bool read_firms(Request *r, const Json *j, PaperFirm **firms, int *n) {
    const Json *list = json_get(j, S("rows"));
    *firms = NULL;
    *n = 0;
    if (!list) return true;
    if (list->kind != JSON_ARRAY || list->count > PAPER_FIRMS_MAX)
        return HTTP_INVALID(r, S("/rows"), M_NOTICE_BLOCK, S("rows"));
    *firms = NEW_N(r->c->arena, PaperFirm, list->count);
    for (const Json *e = list->first; e; e = e->next, ++*n)
        if (!read_firm(r, e, *n, &(*firms)[*n])) return false;
    return true;
}

static bool read_days(Request *r, const Json *j, int *days) {
    const Json *v = json_get(j, S("working_days"));
    int64_t n = 0;
    if (!v) return true;
    if (v->kind != JSON_NULL &&
        (!str_to_i64(json_str(v, S("x")), &n) || n < 1 || n > NOTICE_DAYS_MAX))
        return HTTP_INVALID(r, S("/working_days"), M_NOTICE_DAYS,
                            str_printf(r->c->arena, "%d", NOTICE_DAYS_MAX));
    *days = (int)n;
    return true;
}

static bool read_id(Request *r, const Json *j, const char *key, int64_t *out) {
    Str text = json_get_str(j, str_from(key));
    if (!json_get(j, str_from(key))) return true;
    *out = 0;
    return !text.n || str_to_i64(text, out) ||
           HTTP_INVALID(r, str_cat(r->c->arena, S("/"), str_from(key)), M_HTTP_QUERY, str_from(key),
                        str_sub(text, 0, DAY_TEXT));
}

/* --- drafting ----------------------------------------------------------------------------------
 */

/* A transaction may run again: it starts from `base` each time. */
typedef struct Work {
    Request *r;
    PublicNotice base, n;
    NoticeNew fresh;
    PaperFirm *firms;
    int nfirms;
    int32_t from_day;
    Act act;
} Work;

static bool add_in_tx(Db *db, void *user) {
    Work *w = user;
    return notice_add(db, w->r->reg->pack, &w->fresh, &w->act, &w->n);
}

bool api_notice_add(Request *r, Response *out) {
    Json *j = http_json(r);
    Work w = {.r = r};
    if (!j || !read_firms(r, j, &w.firms, &w.nfirms) || !read_days(r, j, &w.fresh.working_days) ||
        !read_id(r, j, "round", &w.fresh.round) || !read_id(r, j, "replaces", &w.fresh.replaces))
        return false;
    w.fresh.template_id = json_get_str(j, S("template"));
    w.fresh.values = json_get(j, S("values"));
    w.fresh.persons = json_get(j, S("persons"));
    w.fresh.firms = w.firms;
    w.fresh.nfirms = w.nfirms;
    w.act = http_act(r, msg_text(r->c->arena, M_NOTICE_ACT_DRAFT, r->c->lang, 0, NULL));
    if (!tx_run(r->db, DB_WRITE, add_in_tx, &w)) return false;
    out->location = str_printf(r->c->arena, "/api/v1/notices/%lld", (long long)w.n.id);
    return reply(r, out, 201, &w.n);
}

static bool change_in_tx(Db *db, void *user) {
    Work *w = user;
    w->n = w->base;
    return w->n.state == NOTICE_DRAFT ? notice_change(db, &w->n, w->firms, w->nfirms, &w->act)
                                      : notice_enter(db, &w->n, &w->act);
}

/* Content of a draft. */
static bool read_content(Request *r, const Json *j, Work *w) {
    static const char *const PARTS[] = {"blocks", "values", "persons"};
    Json *content = json_copy(r->c->arena, w->base.content);
    for (int i = 0; i < 3; i++) {
        const Json *given = json_get(j, str_from(PARTS[i]));
        if (!given) continue;
        Json *fresh = json_new(r->c->arena, JSON_OBJECT);
        for (const Json *e = content->first; e; e = e->next)
            json_set(fresh, e->key,
                     json_copy(r->c->arena, str_eq(e->key, str_from(PARTS[i])) ? given : e));
        content = fresh;
    }
    w->base.content = content;
    return read_firms(r, j, &w->firms, &w->nfirms) && read_days(r, j, &w->base.working_days) &&
           read_id(r, j, "replaces", &w->base.replaces);
}

/* What is entered back. */
static bool read_entered(Request *r, const Json *j, PublicNotice *n) {
    if (json_get(j, S("number"))) n->number = json_get_str(j, S("number"));
    if (json_get(j, S("site_url"))) n->site_url = str_trim(json_get_str(j, S("site_url")));
    return read_day(r, j, "take_down_on", &n->take_down_day);
}

bool api_notice_change(Request *r, Response *out) {
    Json *j = http_json(r);
    Work w = {.r = r};
    if (!j || !notice_to_change(r, &w.base)) return false;
    bool draft = w.base.state == NOTICE_DRAFT;
    w.act = http_act(r, msg_text(r->c->arena, draft ? M_NOTICE_ACT_CHANGE : M_NOTICE_ACT_ENTER,
                                 r->c->lang, 0, NULL));
    return (draft ? read_content(r, j, &w) : read_entered(r, j, &w.base)) &&
           tx_run(r->db, DB_WRITE, change_in_tx, &w) && reply(r, out, 200, &w.n);
}

/* --- acts ---------------------------------------------------------------------------------------
 */

static bool publish_in_tx(Db *db, void *user) {
    Work *w = user;
    w->n = w->base;
    return notice_publish(db, w->r->reg->pack, &w->n, w->from_day, &w->act);
}

static bool conclude_in_tx(Db *db, void *user) {
    Work *w = user;
    w->n = w->base;
    return notice_conclude(db, &w->n, &w->act);
}

static bool end_in_tx(Db *db, void *user) {
    Work *w = user;
    w->n = w->base;
    return notice_end(db, &w->n, &w->act);
}

static bool act_on(Request *r, Response *out, bool (*fn)(Db *, void *)) {
    Json *j = http_json(r);
    Work w = {.r = r};
    if (!j || !notice_to_change(r, &w.base) || !read_day(r, j, "from", &w.from_day)) return false;
    Str reason = str_trim(json_get_str(j, S("reason")));
    if (!reason.n || utf8_length(reason) > REASON_MAX)
        return HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
    w.act = http_act(r, reason);
    return tx_run(r->db, DB_WRITE, fn, &w) && reply(r, out, 200, &w.n);
}

bool api_notice_publish(Request *r, Response *out) {
    return act_on(r, out, publish_in_tx);
}

bool api_notice_conclude(Request *r, Response *out) {
    return act_on(r, out, conclude_in_tx);
}

bool api_notice_end(Request *r, Response *out) {
    return act_on(r, out, end_in_tx);
}

/* --- files --------------------------------------------------------------------------------------
 */

bool api_notice_docx(Request *r, Response *out) {
    PublicNotice n;
    Paper p;
    PaperLayout l;
    Str mark = S("");
    if (!notice_of_path(r, &n) || !notice_paper(r->db, &n, &p)) return false;
    if (notice_is_issued(&n))
        table_unmarked(r);
    else
        mark = table_mark(r);
    if (!paper_layout(r->c, r->reg->pack, &l) || !docx_write(r->c, &p, &l, mark, &out->body))
        return false;
    out->status = 200;
    out->type = S(DOCX_TYPE);
    out->cache = S("no-store");
    out->filename =
        str_cat(r->c->arena, paper_file_name(r, n.title, n.template_id, n.id), S(".docx"));
    return true;
}

bool api_paper_templates(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Json *all = paper_templates(r->c, r->reg->pack), *o = json_new(a, JSON_OBJECT);
    if (!all) return false;
    Json *items = out_list(a, o, S("items"));
    for (const Json *t = all->first; t; t = t->next) {
        Json *e = out_item(a, items);
        const Json *title = json_get(t, S("title"));
        out_str(a, e, S("id"), json_get_str(t, S("id")));
        out_str(a, e, S("kind"), json_get_str(t, S("kind")));
        out_text(a, e, S("title"), json_get_str(title, S("zh")), json_get_str(title, S("en")));
        out_opt(a, e, S("status"), json_get_str(t, S("status")));
        out_opt(a, e, S("note"), json_get_str(t, S("note")));
        json_set(e, S("blocks"), json_copy(a, json_get(t, S("blocks"))));
    }
    out_int(a, o, S("total"), all->count);
    http_reply_tagged(out, r, o);
    return true;
}
