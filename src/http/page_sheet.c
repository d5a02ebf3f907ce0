/* 一企一页: what a visitor of a firm takes along, on paper. It is made of the answers the same
 * person gets from the addresses of the enterprise, so it never shows more than these. */
#include "base/date.h"
#include "city/flow/case.h"
#include "city/report.h"
#include "http/api.h"
#include "http/page.h"
#include "http/table_out.h"

enum { FACTS_MAX = 18, RULES_MAX = 10, DISTANCE_MAX = 2, CASES_MAX = 6, NOTE_LINES = 4 };

static const char STYLE[] =
    "@page{size:A4;margin:12mm 14mm}"
    "body{font:10pt/1.45 system-ui,\"Noto Sans CJK SC\",sans-serif}main{max-width:182mm}"
    "h1{font:700 16pt/1.3 system-ui,\"Noto Sans CJK SC\",sans-serif;text-align:left;margin:0 0 2mm}"
    "h2{font-size:11pt;margin:3mm 0 1mm;border-bottom:1px solid #555}"
    "dl{grid-template-columns:max-content 1fr max-content 1fr;gap:0 4mm}"
    "table{font-size:9pt;line-height:1.35}th,td{padding:.6mm 1.5mm}.num{text-align:right}"
    "ul{margin:0;padding-left:5mm}.note{border-bottom:1px solid #777;height:8mm;margin:0}"
    ".mark{position:fixed;top:40%;left:0;width:100%;height:60mm;pointer-events:none}"
    ".mark text{font-size:16px;fill:#000;fill-opacity:.08}"
    "footer{margin-top:4mm;font-size:8.5pt;color:#333}.warn{color:#8a0000;font-weight:700}"
    "@media print{body{font:10pt/1.45 system-ui,\"Noto Sans CJK SC\",sans-serif}"
    "table{font-size:9pt}h2{margin:3mm 0 1mm}tr{break-inside:avoid}}";

/* What an address of this person answers; NULL on failure. */
static Json *ask(Request *r, Handler fn) {
    Response out = {0};
    return fn(r, &out) ? json_parse(r->c, out.body, S("answer")) : NULL;
}

static Str in_lang(const Request *r, const Json *text) {
    Str en = json_get_str(text, S("en"));
    return r->c->lang == LANG_EN && en.n ? en : json_get_str(text, S("zh"));
}

static void head(Buf *b, const Request *r, Msg m) {
    buf_lit(b, "<h2>");
    html_msg(b, r, m);
    buf_lit(b, "</h2>");
}

static void cell(Buf *b, Str text) {
    buf_lit(b, "<td>");
    html_text(b, text);
    buf_lit(b, "</td>");
}

static void none(Buf *b, const Request *r) {
    buf_lit(b, "<p>");
    html_msg(b, r, M_PAGE_NONE);
    buf_lit(b, "</p>");
}

static Str title_state_words(const Request *r, Str state) {
    static const struct {
        const char *state;
        Msg text;
    } WORDS[] = {{"held", M_PAGE_VALID},
                 {"suspended", M_PAGE_SUSPENDED},
                 {"ended", M_PAGE_ENDED},
                 {"not_yet", M_PAGE_NOT_YET},
                 {"void", M_PAGE_VOID}};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_eq(str_from(WORDS[i].state), state))
            return msg_text(r->c->arena, WORDS[i].text, r->c->lang, 0, NULL);
    return state;
}

/* A paper names the last day that counts; the answer says the first that does not. */
static Str last_day(Arena *a, Str to) {
    int64_t day;
    return date_parse(to, &day) ? date_text(a, day - 1) : S("");
}

static void put_titles(Buf *b, Request *r, const Json *answer) {
    const Json *items = json_get(answer, S("items"));
    head(b, r, M_PAGE_SHEET_TITLES);
    if (!items || !items->first) {
        none(b, r);
        return;
    }
    buf_lit(b, "<table><tbody>");
    for (const Json *t = items->first; t; t = t->next) {
        buf_lit(b, "<tr>");
        cell(b, json_get_str(t, S("name")));
        cell(b, json_get_str(t, S("level")));
        cell(b, title_state_words(r, json_get_str(t, S("state"))));
        cell(b, json_get_str(t, S("from")));
        cell(b, last_day(r->c->arena, json_get_str(t, S("to"))));
        cell(b, json_get_str(t, S("document_number")));
        buf_lit(b, "</tr>");
    }
    buf_lit(b, "</tbody></table>");
}

/* Of a yearly figure the newest year that is known. */
static bool is_newest(const Json *items, const Json *fact) {
    Str field = json_get_str(fact, S("field")), period = json_get_str(fact, S("period"));
    for (const Json *o = items->first; o; o = o->next) {
        const Json *counts = json_get(o, S("counts"));
        bool other = o != fact && counts && counts->kind == JSON_OBJECT &&
                     str_eq(json_get_str(o, S("field")), field);
        if (other && str_cmp(json_get_str(o, S("period")), period) > 0) return false;
    }
    return true;
}

/* 2,636.4 万元; what is no figure stays as it is. */
static Str figure(const Request *r, Str value, Str unit) {
    Dec d;
    if (!unit.n || !dec_parse(value, &d)) return value;
    return report_value(r->c->arena, val_num(r->c->arena, &d), unit, r->c->lang);
}

static void put_facts(Buf *b, Request *r, const Json *answer) {
    const Json *items = json_get(answer, S("items"));
    int n = 0;
    head(b, r, M_PAGE_SHEET_FACTS);
    buf_lit(b, "<table><tbody>");
    for (const Json *f = items ? items->first : NULL; f && n < FACTS_MAX; f = f->next) {
        const Json *counts = json_get(f, S("counts"));
        if (!counts || counts->kind != JSON_OBJECT || !is_newest(items, f)) continue;
        Str value = json_get_str(counts, S("value"));
        if (!value.n) continue;
        buf_lit(b, "<tr>");
        cell(b, in_lang(r, json_get(f, S("label"))));
        cell(b, json_get_str(f, S("period")));
        buf_lit(b, "<td class=\"num\">");
        html_text(b, figure(r, value, json_get_str(f, S("unit"))));
        buf_lit(b, "</td>");
        cell(b, in_lang(r, json_get(counts, S("source_title"))));
        cell(b, str_sub(json_get_str(counts, S("known_at")), 0, 10));
        buf_lit(b, "</tr>");
        n++;
    }
    buf_lit(b, "</tbody></table><p>");
    html_msg(b, r, M_PAGE_HIDDEN);
    buf_lit(b, "</p>");
}

static Str outcome_words(const Request *r, Str outcome) {
    for (int o = OUTCOME_MET; o <= OUTCOME_NOT_APPLICABLE; o++)
        if (str_eq(outcome_text((Outcome)o), outcome))
            return msg_text(r->c->arena, outcome_message((Outcome)o), r->c->lang, 0, NULL);
    return outcome;
}

static void put_rules(Buf *b, Request *r, const Json *answer) {
    const Json *items = json_get(answer, S("items"));
    int n = 0;
    head(b, r, M_PAGE_SHEET_RULES);
    buf_lit(b, "<table><tbody>");
    for (const Json *e = items ? items->first : NULL; e && n < RULES_MAX; e = e->next) {
        Str outcome = json_get_str(e, S("outcome"));
        const Json *distance = json_get(e, S("distance"));
        int shown = 0;
        bool title = str_eq(json_get_str(e, S("kind")), S("title"));
        if (!title || !outcome.n || str_eq(outcome, S("not_applicable"))) continue;
        buf_lit(b, "<tr>");
        cell(b, json_get_str(e, S("title")));
        cell(b, outcome_words(r, outcome));
        buf_lit(b, "<td>");
        html_text(b, json_get_str(e, S("reason")));
        for (const Json *d = distance ? distance->first : NULL; d && shown < DISTANCE_MAX;
             d = d->next, shown++) {
            buf_lit(b, "<br>");
            html_text(b, json_get_str(d, S("text")));
        }
        buf_lit(b, "</td></tr>");
        n++;
    }
    buf_lit(b, "</tbody></table>");
}

static bool put_cases(Buf *b, Request *r, int64_t subject) {
    CaseActor actor = case_actor(r->user);
    CaseFilter f = {.subject = subject, .limit = CASES_MAX};
    CaseFile *list;
    int n;
    if (!has_right(r, S("case:read"))) return true;
    if (!case_list(r->db, r->reg, &f, &actor, &list, &n, NULL)) return false;
    head(b, r, M_PAGE_SHEET_CASES);
    if (n == 0) none(b, r);
    buf_lit(b, "<table><tbody>");
    for (int i = 0; i < n; i++) {
        const CaseFile *k = &list[i];
        buf_lit(b, "<tr>");
        cell(b, k->number);
        cell(b, k->title);
        cell(b, flow_title(k->state->zh, k->state->en, r->c->lang));
        cell(b, str_sub(instant_text(r->c->arena, k->changed_ms), 0, 10));
        buf_lit(b, "</tr>");
    }
    buf_lit(b, "</tbody></table>");
    return true;
}

static void put_who(Buf *b, Request *r, const Json *e) {
    const Json *industry = json_get(e, S("industry")), *founded = json_get(e, S("founded"));
    const Json *ids = json_get(e, S("identifiers"));
    buf_lit(b, "<h1>");
    html_text(b, json_get_str(e, S("name")));
    buf_lit(b, "</h1>");
    if (json_get_bool(e, S("demo"), false)) {
        buf_lit(b, "<p class=\"warn\">");
        html_msg(b, r, M_PAGE_DEMO);
        buf_lit(b, "</p>");
    }
    buf_lit(b, "<dl>");
    for (const Json *i = ids ? ids->first : NULL; i; i = i->next)
        if (str_eq(json_get_str(i, S("scheme")), S("uscc")))
            html_term(b, r, M_PAGE_USCC, json_get_str(i, S("value")));
    html_term(b, r, M_PAGE_SHEET_DISTRICT, json_get_str(json_get(e, S("district")), S("name")));
    html_term(b, r, M_PAGE_SHEET_INDUSTRY, json_get_str(industry, S("name")));
    html_term(b, r, M_PAGE_SHEET_FOUNDED, json_get_str(founded, S("value")));
    buf_lit(b, "</dl>");
}

bool api_enterprise_sheet(Request *r, Response *out) {
    Arena *a = r->c->arena;
    int64_t id;
    if (!http_id(r, 0, &id)) return false;
    const Json *who = ask(r, api_enterprise);
    const Json *titles = who ? ask(r, api_enterprise_titles) : NULL;
    const Json *facts = titles ? ask(r, api_facts) : NULL;
    const Json *rules = facts ? ask(r, api_explain) : NULL;
    if (!rules) return false;
    Buf b = page_print(r, json_get_str(who, S("name")), str_from(STYLE));
    const Str marks[] = {table_mark(r), date_text(a, r->as_of)};
    Str mark = msg_text(a, M_PAGE_PRINTED, r->c->lang, 2, marks);
    buf_lit(&b, "<svg class=\"mark\" aria-hidden=\"true\" viewBox=\"0 0 600 180\"><text "
                "text-anchor=\"middle\" transform=\"translate(300 90) rotate(-14)\">");
    html_text(&b, mark);
    buf_lit(&b, "</text></svg>");
    put_who(&b, r, who);
    put_titles(&b, r, titles);
    put_facts(&b, r, facts);
    put_rules(&b, r, rules);
    if (!put_cases(&b, r, id)) return false;
    head(&b, r, M_PAGE_SHEET_NOTES);
    for (int i = 0; i < NOTE_LINES; i++) buf_lit(&b, "<p class=\"note\"></p>");
    buf_lit(&b, "<footer>");
    html_text(&b, mark);
    buf_lit(&b, "</footer>");
    page_end(r, out, &b, 200);
    out->inline_styles = true;
    out->cache = S("no-store");
    return true;
}
