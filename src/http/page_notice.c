/* The public pages of notices: the list, one with its form for objections, what became of a
 * receipt. They work without a script and by keyboard alone. */
#include "http/page.h"

enum { LIST_MAX = 200, POSITIONS_SHOWN = PAPER_FIRMS_MAX };

static Str day_text(Arena *a, int32_t day) {
    return day ? str_printf(a, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100) : S("");
}

static bool is_open(const Request *r, const PublicNotice *n) {
    return n->state == NOTICE_PUBLISHED && !n->replaced_by && notice_today(r->c) <= n->to_day;
}

static void put_link(Buf *b, int64_t id, Str text) {
    buf_printf(b, "<a href=\"/public/notices/%lld\">", (long long)id);
    html_text(b, text);
    buf_lit(b, "</a>");
}

/* --- the list -----------------------------------------------------------------------------------
 */

static bool list_page(Request *r, Response *out) {
    NoticeFilter f = {.state = -1,
                      .published = true,
                      .today = notice_today(r->c),
                      .known_ms = r->c->now_ms,
                      .limit = LIST_MAX};
    PublicNotice *list;
    int n;
    int64_t total;
    Arena *a = r->c->arena;
    if (!notice_list(r->db, &f, &list, &n, &total)) return false;
    Buf b = page_begin(r, msg_text(a, M_PAGE_NOTICES, r->c->lang, 0, NULL));
    buf_lit(&b, "<h1>");
    html_msg(&b, r, M_PAGE_NOTICES);
    buf_lit(&b, "</h1>");
    const Str counts[] = {str_printf(a, "%d", n), str_printf(a, "%lld", (long long)total)};
    buf_lit(&b, "<p>");
    html_text(&b, msg_text(a, M_PAGE_COUNT, r->c->lang, 2, counts));
    buf_lit(&b, "</p><ul class=\"list\">");
    for (int i = 0; i < n; i++) {
        const Str days[] = {day_text(a, list[i].from_day), day_text(a, list[i].to_day)};
        buf_lit(&b, "<li>");
        put_link(&b, list[i].id, list[i].title);
        buf_lit(&b, "<br><span>");
        html_text(&b, msg_text(a, M_PAGE_PERIOD_DAYS, r->c->lang, 2, days));
        buf_lit(&b, " · ");
        html_msg(&b, r, is_open(r, &list[i]) ? M_PAGE_OPEN : M_PAGE_CLOSED);
        buf_lit(&b, "</span></li>");
    }
    buf_lit(&b, "</ul>");
    page_end(r, out, &b, 200);
    return true;
}

/* --- one notice ---------------------------------------------------------------------------------
 */

static void put_input(Buf *b, const Request *r, const char *name, Msg label, bool needed) {
    buf_printf(b, "<p><label for=\"%s\">", name);
    html_msg(b, r, label);
    buf_printf(b, "</label><input id=\"%s\" name=\"%s\" maxlength=\"%d\" autocomplete=\"off\"%s",
               name, name, OBJECTION_FIELD_MAX, needed ? " required" : "");
    buf_lit(b, " value=\"");
    html_text(b, form_field((Request *)(uintptr_t)r, str_from(name)));
    buf_lit(b, "\"></p>");
}

static void put_firm_choice(Buf *b, Request *r, const Json *firms) {
    Str chosen = form_field(r, S("position"));
    buf_lit(b, "<p><label for=\"position\">");
    html_msg(b, r, M_PAGE_FIRM);
    buf_lit(b, "</label><select id=\"position\" name=\"position\" required>"
               "<option value=\"\"></option>");
    for (const Json *f = firms ? firms->first : NULL; f; f = f->next) {
        Str position = json_get_str(f, S("position"));
        buf_printf(b, "<option value=\"%.*s\"%s>%.*s. ", STRF(position),
                   str_eq(position, chosen) ? " selected" : "", STRF(position));
        html_text(b, json_get_str(f, S("name")));
        buf_lit(b, "</option>");
    }
    buf_lit(b, "</select></p>");
}

static void put_form(Buf *b, Request *r, const PublicNotice *n, const Json *firms, Str problem) {
    buf_printf(b, "<section class=\"objection\" aria-labelledby=\"object\"><h2 id=\"object\">");
    html_msg(b, r, M_PAGE_OBJECT);
    buf_lit(b, "</h2><p>");
    html_msg(b, r, M_PAGE_PRIVATE);
    buf_lit(b, "</p>");
    if (problem.n) {
        buf_lit(b, "<p class=\"problem\" role=\"alert\">");
        html_text(b, problem);
        buf_lit(b, "</p>");
    }
    buf_printf(b, "<form method=\"post\" action=\"/public/notices/%lld\">", (long long)n->id);
    put_firm_choice(b, r, firms);
    put_input(b, r, "person", M_PAGE_PERSON, true);
    put_input(b, r, "contact", M_PAGE_CONTACT, true);
    put_input(b, r, "organisation", M_PAGE_ORGANISATION, false);
    buf_printf(b, "<p><label for=\"text\">");
    html_msg(b, r, M_PAGE_TEXT);
    buf_printf(b,
               "</label><textarea id=\"text\" name=\"text\" rows=\"8\" maxlength=\"%d\" required>",
               OBJECTION_TEXT_MAX);
    html_text(b, form_field(r, S("text")));
    buf_lit(b, "</textarea></p><p><button>");
    html_msg(b, r, M_PAGE_SEND);
    buf_lit(b, "</button></p></form></section>");
}

static void put_facts(Buf *b, Request *r, const PublicNotice *n) {
    Arena *a = r->c->arena;
    const Str days[] = {day_text(a, n->from_day), day_text(a, n->to_day)};
    buf_lit(b, "<section class=\"facts\" aria-labelledby=\"facts\"><h2 id=\"facts\">");
    html_msg(b, r, M_PAGE_FACTS);
    buf_lit(b, "</h2><dl>");
    html_term(b, r, M_PAGE_PERIOD, msg_text(a, M_PAGE_PERIOD_DAYS, r->c->lang, 2, days));
    html_term(b, r, M_PAGE_STATE,
              msg_text(a, is_open(r, n) ? M_PAGE_OPEN : M_PAGE_CLOSED, r->c->lang, 0, NULL));
    html_term(b, r, M_PAGE_NUMBER, n->number);
    html_term(b, r, M_PAGE_SITE, n->site_url);
    html_term(b, r, M_PAGE_TAKE_DOWN, day_text(a, n->take_down_day));
    html_term(b, r, M_PAGE_SM3, n->sm3);
    buf_lit(b, "</dl><p>");
    if (n->replaces) {
        html_msg(b, r, M_PAGE_REPLACES);
        put_link(b, n->replaces, str_printf(a, " %lld ", (long long)n->replaces));
    }
    if (n->replaced_by) {
        html_msg(b, r, M_PAGE_REPLACED_BY);
        put_link(b, n->replaced_by, str_printf(a, " %lld ", (long long)n->replaced_by));
    }
    buf_printf(b,
               "<a href=\"/api/v1/public/notices/%lld\">JSON</a> "
               "<a href=\"/api/v1/public/notices/%lld?format=csv\">CSV</a></p></section>",
               (long long)n->id, (long long)n->id);
}

static bool notice_page(Request *r, Response *out, const PublicNotice *n, Str problem, int status) {
    Str frozen;
    Paper p;
    if (!notice_frozen(r->db, n, &frozen)) return false;
    const Json *j = json_parse(r->c, frozen, S("frozen"));
    if (!j || !paper_read(r->c, json_get(j, S("blocks")), &p)) return false;
    Buf b = page_begin(r, n->title);
    page_paper(&b, &p);
    put_facts(&b, r, n);
    if (is_open(r, n)) put_form(&b, r, n, json_get(j, S("firms")), problem);
    page_end(r, out, &b, status);
    return true;
}

/* --- objecting ----------------------------------------------------------------------------------
 */

typedef struct Work {
    const Register *reg;
    ObjectionNew fresh;
    Objection o;
} Work;

static bool add_in_tx(Db *db, void *user) {
    Work *w = user;
    return objection_file(db, w->reg, &w->fresh, S(""), &w->o);
}

static bool from_here(const Request *r) {
    Str site = http_header(r, S("sec-fetch-site"));
    return !site.n || str_eq(site, S("same-origin")) || str_eq(site, S("none"));
}

static bool object_page(Request *r, Response *out, const PublicNotice *n) {
    Arena *a = r->c->arena;
    int64_t position = 0;
    if (!from_here(r)) return FAIL(r->c, ERR_DENIED, M_HTTP_CSRF);
    str_to_i64(form_field(r, S("position")), &position);
    Work w = {.reg = r->reg,
              .fresh = {.notice = n->id,
                        .channel = CHANNEL_WEB,
                        .position = position > 0 && position <= POSITIONS_SHOWN ? (int)position : 0,
                        .person = form_field(r, S("person")),
                        .contact = form_field(r, S("contact")),
                        .organisation = form_field(r, S("organisation")),
                        .text = form_field(r, S("text")),
                        .sender = r->address}};
    if (!tx_run(r->db, DB_WRITE, add_in_tx, &w)) {
        ErrCode code = r->c->err.code;
        bool theirs = code == ERR_RULE || code == ERR_BUSY || code == ERR_STATE;
        if (!theirs) return false;
        Str problem = note_text(a, &r->c->err.note, r->c->lang);
        ctx_clear(r->c);
        return notice_page(r, out, n, problem, code == ERR_BUSY ? 429 : 422);
    }
    Buf b = page_begin(r, n->title);
    buf_lit(&b, "<h1>");
    html_msg(&b, r, M_PAGE_RECEIVED);
    buf_lit(&b, "</h1><dl>");
    html_term(&b, r, M_PAGE_RECEIPT, w.o.receipt);
    html_term(&b, r, M_PAGE_FIRM, w.o.firm);
    buf_lit(&b, "</dl><p>");
    html_msg(&b, r, M_PAGE_KEEP);
    buf_lit(&b, "</p><p>");
    put_link(&b, n->id, n->title);
    buf_lit(&b, "</p>");
    page_end(r, out, &b, 201);
    out->cache = S("no-store");
    return true;
}

/* --- which page ---------------------------------------------------------------------------------
 */

static bool run(Request *r, Response *out, Str rest) {
    PublicNotice n;
    bool post = str_eq(r->method, S("POST"));
    if (!rest.n && !post) return list_page(r, out);
    if (!str_starts(rest, S("/"))) return FAIL(r->c, ERR_MISSING, M_HTTP_MISSING);
    if (!notice_of_public(r, str_sub(rest, 1, rest.n), &n)) return false;
    return post ? object_page(r, out, &n) : notice_page(r, out, &n, S(""), 200);
}

static void failure_page(Request *r, Response *out) {
    Response problem = {0};
    http_problem(r, &problem);
    int status = problem.status;
    Str text = status >= 500 ? msg_text(r->c->arena, M_HTTP_INTERNAL, r->c->lang, 0, NULL)
                             : note_text(r->c->arena, &r->c->err.note, r->c->lang);
    Buf b = page_begin(r, text);
    buf_lit(&b, "<h1>");
    html_text(&b, text);
    buf_lit(&b, "</h1>");
    page_end(r, out, &b, status);
}

/* /public/verify/CODE, or asked for by the form: ?code=. */
static bool run_verify(Request *r, Response *out, Str rest) {
    Str code = str_starts(rest, S("/")) ? str_sub(rest, 1, rest.n) : rest;
    if (rest.n && (!str_starts(rest, S("/")) || str_find(code, S("/")) >= 0))
        return FAIL(r->c, ERR_MISSING, M_HTTP_MISSING);
    return page_verify(r, out, code.n ? code : str_trim(http_query(r, S("code"))));
}

typedef struct PublicRoot {
    Str path;
    bool (*run)(Request *r, Response *out, Str rest);
    bool posts;
} PublicRoot;

static const PublicRoot *root_of(Str path) {
    static const PublicRoot ROOTS[] = {{STR_INIT("/public/notices"), run, true},
                                       {STR_INIT("/public/verify"), run_verify, false},
                                       {STR_INIT("/public/titles"), page_titles, false}};
    for (size_t i = 0; i < sizeof ROOTS / sizeof *ROOTS; i++)
        if (str_starts(path, ROOTS[i].path)) return &ROOTS[i];
    return NULL;
}

bool http_public_page(Request *r, Response *out) {
    const PublicRoot *root = root_of(r->path);
    if (!root) return false;
    bool known = str_eq(r->method, S("GET")) || str_eq(r->method, S("HEAD")) ||
                 (root->posts && str_eq(r->method, S("POST")));
    r->db = known ? db_borrow(r->c, r->reg->store) : NULL;
    if (r->db) r->reg = r->entered = register_enter(r->db, r->reg);
    if (!known) FAIL(r->c, ERR_INPUT, M_HTTP_METHOD, r->method);
    Str rest = str_sub(r->path, root->path.n, r->path.n);
    if (!r->db || !root->run(r, out, rest)) failure_page(r, out);
    return true;
}
