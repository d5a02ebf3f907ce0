/* POST /match 名单比对: a pasted column of names or codes, answered in the same order. */
#include "city/match.h"
#include "http/api.h"
#include "http/api_enterprise.h"

enum { LINES_MOST = 5000 };

static Str score_text(Arena *a, int score) {
    if (score >= 1000) return S("1");
    if (score <= 0) return S("0");
    return str_printf(a, "0.%03d", score);
}

static Str by_text(MatchBy by) {
    switch (by) {
    case MATCH_CODE: return S("code");
    case MATCH_NAME: return S("name");
    case MATCH_FORMER_NAME: return S("former_name");
    case MATCH_CONFIRMED: return S("confirmed");
    case MATCH_CORE:
    case MATCH_PLACE:
    case MATCH_SIMILAR: return S("fuzzy");
    default: return S("none");
    }
}

/* "revenue,employees" of a JSON list; false (422) when an item is no text. */
static bool joined(Request *r, const Json *list, Str pointer, Str *out) {
    Buf b = buf_new(r->c->arena, 1 << 16);
    for (const Json *e = list ? list->first : NULL; e; e = e->next) {
        if (e->kind != JSON_STRING) return HTTP_INVALID(r, pointer, M_HTTP_REQUIRED, pointer);
        if (b.n) buf_char(&b, ',');
        buf_put(&b, e->text);
    }
    *out = buf_str(&b);
    return true;
}

static bool read_lines(Request *r, const Json *j, Str **lines, int *n) {
    const Json *rows = json_get(j, S("rows"));
    *n = 0;
    if (!rows || rows->kind != JSON_ARRAY)
        return HTTP_INVALID(r, S("/rows"), M_HTTP_REQUIRED, S("rows"));
    if (rows->count > LINES_MOST)
        return HTTP_INVALID(r, S("/rows"), M_HTTP_LINES, str_printf(r->c->arena, "%d", LINES_MOST));
    *lines = NEW_N(r->c->arena, Str, rows->count + 1);
    for (const Json *e = rows->first; e; e = e->next) {
        if (e->kind != JSON_STRING)
            return HTTP_INVALID(r, str_printf(r->c->arena, "/rows/%d", *n), M_HTTP_REQUIRED,
                                S("rows"));
        (*lines)[(*n)++] = e->text;
    }
    return true;
}

static bool out_candidates(RowMaker *m, Json *o, const Match *x) {
    Arena *a = m->r->c->arena;
    Json *list = out_list(a, o, S("candidates"));
    for (int i = x->sure ? 1 : 0; i < x->n; i++) {
        const MatchCandidate *c = &x->candidates[i];
        Subject who;
        if (!subject_get(m->r->db, c->subject, &who)) return false;
        bool uscc = str_starts(who.code, S("uscc:"));
        Json *j = out_item(a, list);
        out_str(a, j, S("id"), str_printf(a, "%lld", (long long)c->subject));
        out_str(a, j, S("name"), c->name);
        out_opt(a, j, S("uscc"), uscc ? str_sub(who.code, 5, who.code.n) : S(""));
        out_str(a, j, S("score"), score_text(a, c->score));
    }
    return true;
}

static bool out_row(RowMaker *m, Json *list, const Match *x, int number) {
    Arena *a = m->r->c->arena;
    const MatchCandidate *best = x->n ? &x->candidates[0] : NULL;
    Json *o = out_item(a, list);
    out_int(a, o, S("row"), number);
    out_str(a, o, S("text"), x->line);
    out_str(a, o, S("by"), by_text(best ? best->by : MATCH_NOTHING));
    out_str(a, o, S("score"), score_text(a, best ? best->score : 0));
    if (best && x->sure) {
        Known k;
        if (!row_known(m, best->subject, &k)) return false;
        json_set(o, S("enterprise"), row_json(m, &k, S(""), S("")));
    } else {
        out_null(a, o, S("enterprise"));
    }
    return out_candidates(m, o, x);
}

/* --- as a file ---------------------------------------------------------------------------------
 */

static Str word(const Request *r, Msg m) {
    return msg_text(r->c->arena, m, r->c->lang, 0, NULL);
}

static Msg by_word(MatchBy by) {
    switch (by) {
    case MATCH_CODE: return M_MATCH_CODE;
    case MATCH_NAME: return M_MATCH_NAME;
    case MATCH_FORMER_NAME: return M_MATCH_FORMER;
    case MATCH_CONFIRMED: return M_MATCH_CONFIRMED;
    case MATCH_CORE:
    case MATCH_PLACE:
    case MATCH_SIMILAR: return M_MATCH_FUZZY;
    default: return M_MATCH_NONE;
    }
}

static bool put_line(RowMaker *m, Export *e, const Match *x, int number, int cells) {
    Arena *a = m->r->c->arena;
    const MatchCandidate *best = x->n ? &x->candidates[0] : NULL;
    Buf others = buf_new(a, 0);
    export_number(e, str_printf(a, "%d", number));
    export_text(e, x->line);
    export_text(e, word(m->r, by_word(best ? best->by : MATCH_NOTHING)));
    export_number(e, score_text(a, best ? best->score : 0));
    if (best && x->sure) {
        Known k;
        if (!row_known(m, best->subject, &k)) return false;
        enterprise_cells(m, e, &k);
    } else {
        for (int i = 0; i < cells; i++) export_text(e, S(""));
    }
    for (int i = x->sure ? 1 : 0; i < x->n; i++)
        buf_printf(&others, "%s%.*s（%.*s）", others.n ? "；" : "", STRF(x->candidates[i].name),
                   STRF(score_text(a, x->candidates[i].score)));
    export_text(e, buf_str(&others));
    return export_end_row(e);
}

static bool export_matches(RowMaker *m, const Match *found, int n, TableForm form, Response *out) {
    static const Msg FIRST[] = {M_EXPORT_LINE, M_EXPORT_TEXT, M_EXPORT_BY_WAY, M_EXPORT_SCORE};
    Request *r = m->r;
    Arena *a = r->c->arena;
    Str heads[ENTERPRISE_HEADS_MAX + 5], name = word(r, M_EXPORT_MATCH_SHEET);
    for (int i = 0; i < 4; i++) heads[i] = word(r, FIRST[i]);
    int cells = enterprise_heads(m, heads + 4), matched = 0;
    heads[4 + cells] = word(r, M_EXPORT_CANDIDATES);
    Export *e = table_begin(r, form, name, heads, cells + 5);
    bool ok = e != NULL;
    for (int i = 0; ok && i < n; i++) {
        ok = put_line(m, e, &found[i], i + 1, cells);
        matched += found[i].sure;
    }
    if (!e) return false;
    row_grade(m);
    Str counts[] = {str_printf(a, "%d", matched), str_printf(a, "%d", n)};
    table_remarks(r, e, msg_text(a, M_EXPORT_OF, r->c->lang, 2, counts));
    return table_end(r, e, ok, name, out);
}

static void reply_matches(RowMaker *m, Json *o, const Match *found, int n, Response *out) {
    Arena *a = m->r->c->arena;
    int matched = 0;
    for (int i = 0; i < n; i++) matched += found[i].sure;
    out_int(a, o, S("total"), n);
    out_int(a, o, S("matched"), matched);
    http_out_clocks(m->r, o);
    http_reply(out, m->r, 200, o);
}

bool api_match(Request *r, Response *out) {
    Arena *a = r->c->arena;
    RowMaker m;
    TableForm form;
    Str *lines = NULL, rules, fields;
    int n;
    Json *j = http_json(r);
    if (!j || !table_form(r, &form) || !read_lines(r, j, &lines, &n) || !row_maker_open(r, &m) ||
        !joined(r, json_get(j, S("rules")), S("/rules"), &rules) ||
        !joined(r, json_get(j, S("fields")), S("/fields"), &fields) ||
        !row_add_rules(&m, rules, S("/rules")) || !row_add_fields(&m, fields, S("/fields")))
        return false;
    Match *found = NEW_N(a, Match, n + 1);
    if (!match_lines(r->db, &r->reg->codes, lines, n, found)) return false;
    if (!journal_read(r, S("match"), fields_sensitive(&m))) return false;
    if (form != TABLE_JSON) return export_matches(&m, found, n, form, out);
    Json *o = json_new(a, JSON_OBJECT);
    Json *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++)
        if (!out_row(&m, items, &found[i], i + 1)) return false;
    reply_matches(&m, o, found, n, out);
    return true;
}

/* --- what a person says of a pair --------------------------------------------------------------
 */

typedef struct Confirmation {
    Str line;
    int64_t enterprise;
    bool same;
    Act act;
} Confirmation;

static bool confirm_step(Db *db, void *user) {
    const Confirmation *k = user;
    return match_confirm(db, k->line, k->enterprise, k->same, &k->act);
}

bool api_match_confirm(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Json *j = http_json(r);
    if (!j) return false;
    const Json *same = json_get(j, S("same"));
    Confirmation k = {.line = str_trim(json_get_str(j, S("line"))),
                      .same = same && same->truth,
                      .act = http_act(r, S("名单比对确认"))};
    if (!k.line.n) return HTTP_INVALID(r, S("/line"), M_HTTP_REQUIRED, S("line"));
    if (!same || same->kind != JSON_BOOL)
        return HTTP_INVALID(r, S("/same"), M_HTTP_REQUIRED, S("same"));
    if (!str_to_i64(json_get_str(j, S("enterprise")), &k.enterprise))
        return HTTP_INVALID(r, S("/enterprise"), M_HTTP_REQUIRED, S("enterprise"));
    if (!tx_run(r->db, DB_WRITE, confirm_step, &k)) return false;
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("line"), k.line);
    out_str(a, o, S("enterprise"), json_get_str(j, S("enterprise")));
    out_bool(a, o, S("same"), k.same);
    http_reply(out, r, 200, o);
    return true;
}
