/* The public page that says what a certificate is worth today. It works without a script. */
#include "base/hash.h"
#include "city/library/title.h"
#include "http/api_letter.h"
#include "http/page.h"

Msg certificate_state_msg(CertificateState s) {
    static const Msg TEXTS[CERTIFICATE_STATES] = {M_PAGE_VALID,    M_PAGE_NOT_YET, M_PAGE_SUSPENDED,
                                                  M_PAGE_ENDED,    M_PAGE_REVOKED, M_PAGE_VOID,
                                                  M_PAGE_WITHDRAWN};
    return TEXTS[s];
}

static Str day_text(Arena *a, int32_t day) {
    return str_printf(a, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
}

static void put_ask(Buf *b, const Request *r, Str code) {
    buf_lit(b, "<form method=\"get\" action=\"/public/verify\"><p><label for=\"code\">");
    html_msg(b, r, M_PAGE_VERIFY_CODE);
    buf_lit(b, "</label><input id=\"code\" name=\"code\" maxlength=\"64\" autocomplete=\"off\" "
               "required value=\"");
    html_text(b, code);
    buf_lit(b, "\"></p><p><button>");
    html_msg(b, r, M_PAGE_VERIFY_ASK);
    buf_lit(b, "</button></p></form>");
}

static Str term_text(Request *r, const Certificate *k) {
    Arena *a = r->c->arena;
    const Str days[] = {day_text(a, k->from),
                        k->to_now ? day_text(a, title_last_day(k->to_now)) : S("")};
    return k->to_now ? msg_text(a, M_PAGE_PERIOD_DAYS, r->c->lang, 2, days)
                     : msg_text(a, M_PAGE_TERM_FROM, r->c->lang, 1, days);
}

static Str signed_text(Request *r, const Certificate *k) {
    Arena *a = r->c->arena;
    if (!certificate_sound(k)) return msg_text(a, M_PAGE_SIGNED_NO, r->c->lang, 0, NULL);
    const Str key[] = {hash_hex(a, HASH_SM3, k->public_key)};
    return msg_text(a, M_PAGE_SIGNED_YES, r->c->lang, 1, key);
}

static void put_answer(Buf *b, Request *r, const Certificate *k) {
    Arena *a = r->c->arena;
    const Str on[] = {day_text(a, notice_today(r->c))};
    const Str since[] = {k->since ? day_text(a, k->since) : S("")};
    bool valid = k->state == CERTIFICATE_VALID;
    buf_printf(b, "<section class=\"%s\" role=\"status\"><p><strong>", valid ? "facts" : "problem");
    html_text(b, msg_text(a, M_PAGE_VERIFY_ON, r->c->lang, 1, on));
    buf_lit(b, "：");
    html_msg(b, r, certificate_state_msg(k->state));
    buf_lit(b, "</strong>");
    if (!valid && k->since) {
        buf_lit(b, " ");
        html_text(b, msg_text(a, M_PAGE_SINCE, r->c->lang, 1, since));
    }
    buf_lit(b, "</p></section><section class=\"facts\"><dl>");
    html_term(b, r, M_PAGE_NAME, k->name);
    if (!str_eq(k->name, k->name_now)) html_term(b, r, M_PAGE_NAME_NOW, k->name_now);
    html_term(b, r, M_PAGE_USCC, k->uscc);
    html_term(b, r, M_PAGE_TITLE, k->title_name);
    html_term(b, r, M_PAGE_LEVEL, k->level);
    html_term(b, r, M_PAGE_TERM, term_text(r, k));
    html_term(b, r, M_PAGE_DECISION, k->document_number);
    html_term(b, r, M_PAGE_ISSUER, k->issuer);
    html_term(b, r, M_PAGE_CERTIFICATE, k->number);
    html_term(b, r, M_PAGE_SIGNED, signed_text(r, k));
    buf_lit(b, "</dl></section>");
}

bool page_verify(Request *r, Response *out, Str code) {
    Certificate k;
    bool there = false;
    if (code.n && !certificate_of_code(r, code, &k, &there)) return false;
    Buf b = page_begin(r, msg_text(r->c->arena, M_PAGE_VERIFY, r->c->lang, 0, NULL));
    buf_lit(&b, "<h1>");
    html_msg(&b, r, M_PAGE_VERIFY);
    buf_lit(&b, "</h1>");
    if (there && k.demo) {
        buf_lit(&b, "<p class=\"problem\">");
        html_msg(&b, r, M_PAGE_DEMO);
        buf_lit(&b, "</p>");
    }
    if (there) put_answer(&b, r, &k);
    if (code.n && !there) {
        buf_lit(&b, "<p class=\"problem\" role=\"alert\">");
        html_msg(&b, r, M_PAGE_VERIFY_UNKNOWN);
        buf_lit(&b, "</p>");
    }
    if (!there) put_ask(&b, r, code);
    page_end(r, out, &b, code.n && !there ? 404 : 200);
    out->cache = S("no-store");
    return true;
}
