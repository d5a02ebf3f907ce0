/* Public pages: the frame, texts, papers. See page.h. Everything that came from a database or a
 * request goes through html_text. */
#include "http/page.h"

#include "base/utf8.h"
#include "codec/qr.h"
#include "http/json_out.h"

void html_text(Buf *b, Str s) {
    for (ptrdiff_t i = 0; i < s.n; i++) {
        switch (s.p[i]) {
        case '<': buf_lit(b, "&lt;"); break;
        case '>': buf_lit(b, "&gt;"); break;
        case '&': buf_lit(b, "&amp;"); break;
        case '"': buf_lit(b, "&quot;"); break;
        case '\'': buf_lit(b, "&#39;"); break;
        default: buf_char(b, s.p[i]);
        }
    }
}

void html_msg(Buf *b, const Request *r, Msg m) {
    html_text(b, msg_text(r->c->arena, m, r->c->lang, 0, NULL));
}

void html_term(Buf *b, const Request *r, Msg m, Str value) {
    if (!value.n) return;
    buf_lit(b, "<dt>");
    html_msg(b, r, m);
    buf_lit(b, "</dt><dd>");
    html_text(b, value);
    buf_lit(b, "</dd>");
}

static Buf page_head(const Request *r, Str title, Str style) {
    Buf b = buf_new(r->c->arena, 0);
    bool en = r->c->lang == LANG_EN;
    buf_printf(&b, "<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">",
               en ? "en" : "zh-CN");
    buf_lit(&b, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>");
    html_text(&b, title);
    buf_lit(&b, "</title><link rel=\"icon\" href=\"/favicon.svg\"><link rel=\"stylesheet\" "
                "href=\"/notice.css\">");
    if (style.n) {
        buf_lit(&b, "<style>");
        buf_put(&b, style);
        buf_lit(&b, "</style>");
    }
    buf_lit(&b, "</head><body>");
    return b;
}

Buf page_print(const Request *r, Str title, Str style) {
    Buf b = page_head(r, title, style);
    buf_lit(&b, "<main id=\"main\">");
    return b;
}

Buf page_begin(const Request *r, Str title) {
    Buf b = page_head(r, title, S(""));
    buf_lit(&b, "<a class=\"skip\" href=\"#main\">");
    html_msg(&b, r, M_PAGE_SKIP);
    buf_lit(&b, "</a><header><nav aria-label=\"");
    html_msg(&b, r, M_PAGE_NOTICES);
    buf_lit(&b, "\"><a href=\"/public/notices\">");
    html_msg(&b, r, M_PAGE_NOTICES);
    buf_lit(&b, "</a> <a href=\"/public/titles\">");
    html_msg(&b, r, M_PAGE_TITLES);
    buf_lit(&b, "</a> <a href=\"/public/verify\">");
    html_msg(&b, r, M_PAGE_VERIFY);
    buf_lit(&b, "</a></nav></header><main id=\"main\" tabindex=\"-1\">");
    return b;
}

void page_end(Request *r, Response *out, Buf *b, int status) {
    buf_lit(b, "</main></body></html>\n");
    (void)r;
    out->status = status;
    out->type = S("text/html; charset=utf-8");
    out->cache = S("no-cache");
    out->body = buf_str(b);
}

/* --- papers -------------------------------------------------------------------------------------
 */

Str paper_file_name(const Request *r, Str title, Str template_id, int64_t id) {
    Arena *a = r->c->arena;
    if (title.n && str_find(title, S("{")) < 0) return url_part(a, title);
    const Json *all = paper_templates(r->c, r->reg->pack);
    Str kind = template_id;
    for (const Json *t = all ? all->first : NULL; t; t = t->next)
        if (str_eq(json_get_str(t, S("id")), template_id))
            kind = json_get_str(json_get(t, S("title")), S("zh"));
    return url_part(a, str_printf(a, "%.*s-%lld", STRF(kind), (long long)id));
}

static void put_cell(Buf *b, const char *tag, Str text) {
    buf_printf(b, "<%s>", tag);
    html_text(b, text);
    buf_printf(b, "</%.2s>", tag);
}

static void put_table(Buf *b, const PaperBlock *t) {
    int whole = 0;
    for (int k = 0; k < t->ncolumns; k++) whole += t->widths[k];
    buf_lit(b, "<div class=\"scroll\" tabindex=\"0\"><table>");
    if (whole > 0) {
        buf_lit(b, "<colgroup>");
        for (int k = 0; k < t->ncolumns; k++)
            buf_printf(b, "<col width=\"%d%%\">", 100 * t->widths[k] / whole);
        buf_lit(b, "</colgroup>");
    }
    if (t->heads) {
        buf_lit(b, "<thead><tr>");
        for (int k = 0; k < t->ncolumns; k++) put_cell(b, "th scope=\"col\"", t->heads[k]);
        buf_lit(b, "</tr></thead>");
    }
    buf_lit(b, "<tbody>");
    for (int i = 0; i < t->nrows; i++) {
        buf_lit(b, "<tr>");
        for (int k = 0; k < t->ncolumns; k++)
            put_cell(b, "td", t->cells[(ptrdiff_t)i * t->ncolumns + k]);
        buf_lit(b, "</tr>");
    }
    buf_lit(b, "</tbody></table></div>");
}

static void put_block(Buf *b, const PaperBlock *k) {
    Str text = k->text, kind = paper_kind_text(k->kind);
    const char *tag = k->kind == PAPER_TITLE                             ? "h1"
                      : k->kind == PAPER_HEAD1 || k->kind == PAPER_HEAD2 ? "h2"
                                                                         : "p";
    if (k->kind == PAPER_TABLE) put_table(b, k);
    while (k->kind != PAPER_TABLE && text.p) {
        buf_printf(b, "<%s class=\"%.*s\">", tag, STRF(kind));
        html_text(b, str_cut(&text, '\n'));
        buf_printf(b, "</%s>", tag);
    }
}

void page_paper(Buf *b, const Paper *p) {
    buf_lit(b, "<article class=\"paper\" lang=\"zh-CN\">");
    for (int i = 0; i < p->nblocks; i++) put_block(b, &p->blocks[i]);
    buf_lit(b, "</article>");
}

bool page_paper_codes(Ctx *c, Buf *b, const Paper *p) {
    Qr q;
    buf_lit(b, "<article class=\"paper\" lang=\"zh-CN\">");
    for (int i = 0; i < p->nblocks; i++) {
        if (p->blocks[i].kind != PAPER_CODE) {
            put_block(b, &p->blocks[i]);
            continue;
        }
        if (!qr_make(c, p->blocks[i].text, &q)) return false;
        buf_lit(b, "<p class=\"code\" role=\"img\" aria-label=\"");
        html_text(b, p->blocks[i].text);
        buf_lit(b, "\">");
        buf_put(b, qr_svg(c->arena, &q));
        buf_lit(b, "</p>");
    }
    buf_lit(b, "</article>");
    return true;
}

/* --- forms --------------------------------------------------------------------------------------
 */

static int hex_digit(char ch) {
    if (ch >= '0' && ch <= '9') return ch - '0';
    if (ch >= 'a' && ch <= 'f') return ch - 'a' + 10;
    return ch >= 'A' && ch <= 'F' ? ch - 'A' + 10 : -1;
}

static Str form_decode(Arena *a, Str s) {
    Buf b = buf_new(a, 0);
    for (ptrdiff_t i = 0; i < s.n; i++) {
        int hi = s.p[i] == '%' && i + 2 < s.n ? hex_digit(s.p[i + 1]) : -1;
        int lo = hi >= 0 ? hex_digit(s.p[i + 2]) : -1;
        if (lo >= 0) {
            buf_char(&b, (char)(hi << 4 | lo));
            i += 2;
        } else {
            buf_char(&b, s.p[i] == '+' ? ' ' : s.p[i]);
        }
    }
    return utf8_invalid_at(buf_str(&b)) < 0 ? buf_str(&b) : S("");
}

Str form_field(Request *r, Str name) {
    Str rest = r->body;
    while (rest.p && rest.n) {
        Str pair = str_cut(&rest, '&');
        Str key = str_cut(&pair, '=');
        if (str_eq(key, name)) return form_decode(r->c->arena, pair);
    }
    return S("");
}
