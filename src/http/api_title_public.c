/* Titles for anybody: those that are published and hold, as JSON, CSV and a page without a script.
 *
 * Nothing here depends on who asks, and nothing that is not published is counted. Newest first. */
#include <stdlib.h>

#include "codec/csv.h"
#include "http/api.h"
#include "http/api_title.h"
#include "http/page.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MOST = 1000, OFFSET_MOST = 1 << 30, ON_PAGE = 80 };

typedef struct PublicList {
    const TitleStatus **items; /* newest first */
    int n;
} PublicList;

static int newest_first(const void *px, const void *py) {
    const Title *x = (*(const TitleStatus *const *)px)->title;
    const Title *y = (*(const TitleStatus *const *)py)->title;
    if (x->from != y->from) return x->from > y->from ? -1 : 1;
    return (x->id < y->id) - (x->id > y->id);
}

static bool read_list(Request *r, const TitleWanted *w, TitleBook *b, PublicList *out) {
    if (!title_book(r->db, 0, &r->at, b)) return false;
    out->items = NEW_N(r->c->arena, const TitleStatus *, b->n + 1);
    out->n = 0;
    for (int i = 0; i < b->n; i++) {
        const TitleStatus *s = &b->status[i];
        if (s->published && title_counts(s) && title_wanted(w, s)) out->items[out->n++] = s;
    }
    if (out->n) qsort(out->items, (size_t)out->n, sizeof *out->items, newest_first);
    return true;
}

static bool read_holders(Request *r, const PublicList *p, int from, int n, Subject **out) {
    int64_t *ids = NEW_N(r->c->arena, int64_t, n + 1);
    *out = NEW_N(r->c->arena, Subject, n + 1);
    for (int i = 0; i < n; i++) ids[i] = p->items[from + i]->holder;
    return subject_get_many(r->db, ids, n, *out);
}

static Str day_text(Arena *a, int32_t day) {
    return day ? str_printf(a, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100) : S("");
}

/* --- JSON and CSV ------------------------------------------------------------------------------
 */

static Str credit_code(const Subject *who) {
    static const Str SCHEME = STR_INIT("uscc:");
    return str_starts(who->code, SCHEME) ? str_sub(who->code, SCHEME.n, who->code.n) : S("");
}

static Json *row_json(Request *r, const TitleStatus *s, const Subject *who) {
    Arena *a = r->c->arena;
    const Title *t = s->title;
    Json *j = json_new(a, JSON_OBJECT);
    out_str(a, j, S("enterprise"), who->name);
    out_opt(a, j, S("code"), credit_code(who));
    out_bool(a, j, S("demo"), who->demo);
    out_str(a, j, S("kind"), title_kind_word(t->kind));
    out_str(a, j, S("tier"), t->tier);
    out_str(a, j, S("level"), t->level);
    out_str(a, j, S("name"), t->name);
    out_opt(a, j, S("publisher"), t->publisher);
    out_opt(a, j, S("document_number"), t->document_number);
    title_out_day(a, j, S("from"), t->from);
    title_out_day(a, j, S("to"), s->to);
    out_str(a, j, S("state"), title_state_text(s->state));
    return j;
}

/* The columns of the CSV: those of the JSON, by the same names. */
static Str csv_of(Request *r, const PublicList *p, const Subject *who) {
    static const char *const HEADS[] = {
        "enterprise",      "code", "demo", "kind", "tier", "level", "name", "publisher",
        "document_number", "from", "to",   "state"};
    const int n = sizeof HEADS / sizeof *HEADS;
    Buf b = buf_new(r->c->arena, (size_t)64 << 20);
    csv_begin(&b);
    for (int k = 0; k < n; k++) csv_text(&b, str_from(HEADS[k]), k == 0);
    csv_end_row(&b);
    for (int i = 0; i < p->n; i++) {
        const TitleStatus *s = p->items[i];
        const Title *t = s->title;
        const Str cells[] = {who[i].name,
                             credit_code(&who[i]),
                             who[i].demo ? S("true") : S("false"),
                             title_kind_word(t->kind),
                             t->tier,
                             t->level,
                             t->name,
                             t->publisher,
                             t->document_number,
                             day_text(r->c->arena, t->from),
                             day_text(r->c->arena, s->to),
                             title_state_text(s->state)};
        for (int k = 0; k < n; k++) csv_text(&b, cells[k], k == 0);
        csv_end_row(&b);
    }
    return buf_str(&b);
}

static bool titles_csv(Request *r, Response *out) {
    TitleWanted w;
    TitleBook b;
    PublicList p;
    Subject *who;
    if (!title_read_wanted(r, &w) || !read_list(r, &w, &b, &p) ||
        !read_holders(r, &p, 0, p.n, &who))
        return false;
    table_reply(r, out, csv_of(r, &p, who), S("titles"), false);
    return ctx_ok(r->c);
}

static bool titles_json(Request *r, Response *out) {
    Arena *a = r->c->arena;
    TitleWanted w;
    TitleBook b;
    PublicList p;
    Subject *who;
    int64_t offset, limit;
    if (!title_read_wanted(r, &w) || !http_query_int(r, S("offset"), 0, 0, OFFSET_MOST, &offset) ||
        !http_query_int(r, S("limit"), LIMIT_DEFAULT, 1, LIMIT_MOST, &limit) ||
        !read_list(r, &w, &b, &p))
        return false;
    int from = offset < p.n ? (int)offset : p.n, n = p.n - from;
    if (n > limit) n = (int)limit;
    if (!read_holders(r, &p, from, n, &who)) return false;
    Json *o = json_new(a, JSON_OBJECT), *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) json_push(items, row_json(r, p.items[from + i], &who[i]));
    out_int(a, o, S("total"), p.n);
    out_int(a, o, S("offset"), offset);
    out_int(a, o, S("limit"), limit);
    http_out_clocks(r, o);
    http_reply_tagged(out, r, o);
    return true;
}

bool api_public_titles(Request *r, Response *out) {
    TableForm form;
    if (!table_form(r, &form)) return false;
    if (form == TABLE_CSV) return titles_csv(r, out);
    return form == TABLE_XLSX ? HTTP_INVALID(r, S("?format"), M_HTTP_QUERY, S("format"), S("xlsx"))
                              : titles_json(r, out);
}

/* --- the page ----------------------------------------------------------------------------------
 */

static void put_option(Buf *b, Str value, Str text, Str chosen) {
    buf_lit(b, "<option value=\"");
    html_text(b, value);
    buf_printf(b, "\"%s>", str_eq(value, chosen) ? " selected" : "");
    html_text(b, text);
    buf_lit(b, "</option>");
}

static void put_filter(Buf *b, const Request *r, const TitleWanted *w) {
    const Library *l = library_of(r->reg->pack);
    Str all = msg_text(r->c->arena, M_PAGE_TITLES_ALL, r->c->lang, 0, NULL);
    bool en = r->c->lang == LANG_EN;
    buf_lit(
        b,
        "<form class=\"filter\" method=\"get\" action=\"/public/titles\"><p><label for=\"tier\">");
    html_msg(b, r, M_TITLE_COL_TIER);
    buf_lit(b, "</label><select id=\"tier\" name=\"tier\">");
    put_option(b, S(""), all, w->tier);
    for (int i = 0; i < l->ntiers; i++)
        put_option(b, l->tiers[i]->id, en && l->tiers[i]->en.n ? l->tiers[i]->en : l->tiers[i]->id,
                   w->tier);
    buf_lit(b, "</select></p><p><label for=\"level\">");
    html_msg(b, r, M_TITLE_COL_LEVEL);
    buf_lit(b, "</label><select id=\"level\" name=\"level\">");
    put_option(b, S(""), all, w->level);
    for (int i = 0; i < l->nlevels; i++) put_option(b, l->levels[i], l->levels[i], w->level);
    buf_lit(b, "</select></p><p><button>");
    html_msg(b, r, M_PAGE_TITLES_FILTER);
    buf_lit(b, "</button></p></form>");
}

static void put_cell(Buf *b, Str text) {
    buf_lit(b, "<td>");
    html_text(b, text);
    buf_lit(b, "</td>");
}

static void put_day(Buf *b, Str text) {
    buf_lit(b, "<td class=\"day\">");
    html_text(b, text);
    buf_lit(b, "</td>");
}

static void put_rows(Buf *b, const Request *r, const PublicList *p, int from, int n,
                     const Subject *who) {
    static const Msg HEADS[] = {M_TITLE_COL_FIRM,  M_TITLE_COL_NAME,      M_TITLE_COL_KIND,
                                M_TITLE_COL_LEVEL, M_TITLE_COL_PUBLISHER, M_TITLE_COL_NUMBER,
                                M_TITLE_COL_FROM,  M_TITLE_COL_TO};
    Arena *a = r->c->arena;
    buf_lit(b, "<div class=\"scroll wide\" tabindex=\"0\"><table><thead><tr>");
    for (int k = 0; k < 8; k++) {
        buf_lit(b, "<th scope=\"col\">");
        html_msg(b, r, HEADS[k]);
        buf_lit(b, "</th>");
    }
    buf_lit(b, "</tr></thead><tbody>");
    for (int i = 0; i < n; i++) {
        const TitleStatus *s = p->items[from + i];
        const Title *t = s->title;
        buf_lit(b, "<tr>");
        put_cell(b, who[i].demo ? str_cat(a, who[i].name, S(" DEMO")) : who[i].name);
        put_cell(b, t->name);
        put_cell(b, title_kind_said(r, t->kind));
        put_cell(b, t->level);
        put_cell(b, t->publisher);
        put_cell(b, t->document_number);
        put_day(b, day_text(a, t->from));
        put_day(b, day_text(a, title_last_day(s->to)));
        buf_lit(b, "</tr>");
    }
    buf_lit(b, "</tbody></table></div>");
}

static void put_way(Buf *b, const Request *r, const TitleWanted *w, int64_t page, Msg text) {
    Arena *a = r->c->arena;
    buf_printf(b, " <a href=\"/public/titles?tier=%.*s&amp;level=%.*s&amp;page=%lld\">",
               STRF(url_part(a, w->tier)), STRF(url_part(a, w->level)), (long long)page);
    html_msg(b, r, text);
    buf_lit(b, "</a>");
}

static bool page_of(Request *r, Response *out) {
    Arena *a = r->c->arena;
    TitleWanted w;
    TitleBook b;
    PublicList p;
    Subject *who;
    int64_t page;
    if (!title_read_wanted(r, &w) ||
        !http_query_int(r, S("page"), 1, 1, OFFSET_MOST / ON_PAGE, &page) ||
        !read_list(r, &w, &b, &p))
        return false;
    int64_t first = (page - 1) * ON_PAGE;
    int from = first < p.n ? (int)first : p.n, n = p.n - from < ON_PAGE ? p.n - from : ON_PAGE;
    if (!read_holders(r, &p, from, n, &who)) return false;
    Buf h = page_begin(r, msg_text(a, M_PAGE_TITLES, r->c->lang, 0, NULL));
    buf_lit(&h, "<h1>");
    html_msg(&h, r, M_PAGE_TITLES);
    buf_lit(&h, "</h1>");
    put_filter(&h, r, &w);
    const Str counts[] = {day_text(a, r->at.as_of), str_printf(a, "%d", p.n),
                          str_printf(a, "%d", n ? from + 1 : 0), str_printf(a, "%d", from + n)};
    buf_lit(&h, "<p>");
    html_text(&h, n ? msg_text(a, M_PAGE_TITLES_LEAD, r->c->lang, 4, counts)
                    : msg_text(a, M_PAGE_TITLES_NONE, r->c->lang, 0, NULL));
    buf_lit(&h, "</p>");
    if (n) put_rows(&h, r, &p, from, n, who);
    buf_lit(&h, "<p class=\"facts\">");
    if (page > 1) put_way(&h, r, &w, page - 1, M_PAGE_TITLES_BEFORE);
    if (from + n < p.n) put_way(&h, r, &w, page + 1, M_PAGE_TITLES_NEXT);
    buf_lit(&h, " <a href=\"/public/titles.csv\">CSV</a> <a href=\"/public/titles.json\">JSON</a>"
                "</p>");
    page_end(r, out, &h, 200);
    return true;
}

bool page_titles(Request *r, Response *out, Str rest) {
    if (!http_read_clocks(r)) return false;
    if (!rest.n) return page_of(r, out);
    if (str_eq(rest, S(".csv"))) return titles_csv(r, out);
    out->type = S("application/json; charset=utf-8");
    if (str_eq(rest, S(".json"))) return titles_json(r, out);
    return FAIL(r->c, ERR_MISSING, M_HTTP_MISSING);
}
