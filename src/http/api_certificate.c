/* Certificates for the office and for the enterprise they are about, and what the public may ask by
 * a code. */
#include "base/utf8.h"
#include "codec/qr.h"
#include "http/api.h"
#include "http/api_letter.h"
#include "http/page.h"

enum { LIMIT_MAX = 500, REASON_MAX = 500, CODE_MAX = 64 };

typedef struct Work {
    Request *r;
    Certificate base, k;
    int64_t title;
    Act act;
} Work;

static Json *row_json(Request *r, const Certificate *k) {
    Arena *a = r->c->arena;
    Json *o = certificate_public_json(r, k);
    out_str(a, o, S("id"), str_printf(a, "%lld", (long long)k->id));
    out_str(a, o, S("title_record"), str_printf(a, "%lld", (long long)k->title));
    out_str(a, o, S("enterprise"), str_printf(a, "%lld", (long long)k->subject));
    out_opt(a, o, S("case"), k->case_file ? str_printf(a, "%lld", (long long)k->case_file) : S(""));
    out_str(a, o, S("issued_by"), k->issued_by);
    out_instant(a, o, S("withdrawn_at"), k->withdrawn_ms);
    out_opt(a, o, S("withdrawn_reason"), k->withdrawn_reason);
    out_str(a, o, S("address"), certificate_address(r, k->code));
    return o;
}

static bool reply(Request *r, Response *out, int status, const Certificate *k) {
    http_reply(out, r, status, row_json(r, k));
    out->cache = S("no-store");
    return true;
}

bool api_certificates(Request *r, Response *out) {
    Arena *a = r->c->arena;
    int64_t subject, offset, limit, total;
    Certificate *list;
    int n;
    if (!http_query_int(r, S("offset"), 0, 0, INT32_MAX, &offset) ||
        !http_query_int(r, S("limit"), 100, 1, LIMIT_MAX, &limit) ||
        !http_query_int(r, S("enterprise"), 0, 0, INT64_MAX, &subject))
        return false;
    if (r->scope != SCOPE_ALL) subject = r->user->subject ? r->user->subject : -1;
    if (!certificate_list(r->db, subject, offset, limit, &list, &n, &total)) return false;
    Json *o = json_new(a, JSON_OBJECT), *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) json_push(items, row_json(r, &list[i]));
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), offset);
    out_int(a, o, S("limit"), limit);
    http_reply(out, r, 200, o);
    out->cache = S("no-store");
    return true;
}

bool api_certificate(Request *r, Response *out) {
    Certificate k;
    return certificate_of_path(r, &k) && reply(r, out, 200, &k);
}

static bool issue_in_tx(Db *db, void *user) {
    Work *w = user;
    return certificate_issue(db, w->r->reg, w->title, &w->act, &w->k);
}

static bool withdraw_in_tx(Db *db, void *user) {
    Work *w = user;
    w->k = w->base;
    return certificate_withdraw(db, &w->k, &w->act);
}

static const Json *with_reason(Request *r, Work *w) {
    const Json *j = http_json(r);
    Str reason = j ? str_trim(json_get_str(j, S("reason"))) : S("");
    if (j && (!reason.n || utf8_length(reason) > REASON_MAX)) {
        HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
        return NULL;
    }
    w->act = http_act(r, reason);
    return j;
}

bool api_certificate_add(Request *r, Response *out) {
    Work w = {.r = r};
    const Json *j = with_reason(r, &w);
    if (!j) return false;
    if (!str_to_i64(json_get_str(j, S("title_record")), &w.title) || w.title <= 0)
        return HTTP_INVALID(r, S("/title_record"), M_HTTP_REQUIRED, S("title_record"));
    if (!tx_run(r->db, DB_WRITE, issue_in_tx, &w)) return false;
    out->location = str_printf(r->c->arena, "/api/v1/certificates/%lld", (long long)w.k.id);
    return reply(r, out, 201, &w.k);
}

bool api_certificate_withdraw(Request *r, Response *out) {
    Work w = {.r = r};
    return with_reason(r, &w) && certificate_of_path(r, &w.base) &&
           tx_run(r->db, DB_WRITE, withdraw_in_tx, &w) && reply(r, out, 200, &w.k);
}

/* --- print --------------------------------------------------------------------------------------
 */

static const char STYLE[] =
    "@page{size:A4 landscape;margin:12mm}"
    ".sheet{position:relative;box-sizing:border-box;max-width:273mm;margin:0 auto;"
    "padding:14mm 22mm;border:2mm double #7a1f1f;min-height:184mm;font-size:17pt;line-height:1.9}"
    ".sheet .paper h1{font-size:38pt;line-height:1.3;margin:2mm 0 8mm;letter-spacing:.3em}"
    ".sheet .paper .number{text-align:right;font-size:11pt}"
    ".sheet .paper .sign,.sheet .paper .date{padding-right:0;margin-top:0;margin-right:60mm}"
    ".sheet .paper .sign{margin-top:12mm}"
    ".sheet .paper .code{position:absolute;right:18mm;bottom:26mm;width:36mm;height:36mm;margin:0}"
    ".sheet .paper .code svg{width:36mm;height:36mm}"
    ".sheet .paper .note{position:absolute;left:22mm;right:18mm;bottom:10mm;font-size:9pt;"
    "line-height:1.4;overflow-wrap:anywhere;text-align:right}"
    ".demo{position:absolute;left:0;top:20%;width:100%;height:60%;pointer-events:none}"
    ".demo text{font-size:60px;font-weight:700;fill:#a00000;fill-opacity:.18}"
    ".over{border:1mm solid #8a0000;color:#8a0000;padding:2mm 4mm;font-weight:700}"
    "@media print{.sheet{max-width:none}}";

bool api_certificate_print(Request *r, Response *out) {
    Certificate k;
    Paper p;
    if (!certificate_of_path(r, &k) ||
        !certificate_paper(r->c, r->reg->pack, &k, certificate_address(r, k.code), &p))
        return false;
    Buf b = page_print(r, k.title_name, str_from(STYLE));
    buf_lit(&b, "<div class=\"sheet\">");
    if (k.demo)
        buf_lit(&b, "<svg class=\"demo\" role=\"img\" aria-label=\"DEMO 演示\" viewBox=\"0 0 600 "
                    "220\"><text text-anchor=\"middle\" transform=\"translate(300 120) "
                    "rotate(-14)\">DEMO 演示</text></svg>");
    if (k.state != CERTIFICATE_VALID) {
        buf_lit(&b, "<p class=\"over\">");
        html_msg(&b, r, certificate_state_msg(k.state));
        buf_lit(&b, "</p>");
    }
    if (!page_paper_codes(r->c, &b, &p)) return false;
    buf_lit(&b, "</div>");
    page_end(r, out, &b, 200);
    out->inline_styles = true;
    out->cache = S("no-store");
    return true;
}

/* --- the public ---------------------------------------------------------------------------------
 */

typedef struct Miss {
    Str sender;
} Miss;

static bool miss_in_tx(Db *db, void *user) {
    const Miss *m = user;
    return certificate_miss(db, m->sender);
}

bool certificate_of_code(Request *r, Str code, Certificate *k, bool *there) {
    Miss m = {.sender = r->address};
    *there = code.n && code.n <= CODE_MAX && certificate_by_code(r->db, code, 0, k);
    if (*there || !ctx_ok(r->c)) return ctx_ok(r->c);
    return tx_run(r->db, DB_WRITE, miss_in_tx, &m);
}

bool api_public_certificate(Request *r, Response *out) {
    Certificate k;
    bool there;
    if (!certificate_of_code(r, r->params[0], &k, &there)) return false;
    if (!there) return FAIL(r->c, ERR_MISSING, M_PAGE_VERIFY_UNKNOWN);
    http_reply(out, r, 200, certificate_public_json(r, &k));
    out->cache = S("no-store");
    return true;
}
