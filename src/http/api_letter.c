/* Letters and decisions of the office; an enterprise reads what was sent to it, and that it did is
 * part of the letter's record. */
#include "http/api_letter.h"

#include "base/date.h"
#include "base/utf8.h"
#include "city/notice/letter_row.h"
#include "http/api.h"

enum { LIMIT_MAX = 500, REASON_MAX = 500, SHOWN = 20 };

/* A transaction may run again: it starts from `base` each time. */
typedef struct Work {
    Request *r;
    Letter base, l;
    LetterNew fresh;
    LetterWay way;
    LetterOutcome outcome;
    int32_t day;
    Act act;
} Work;

static bool reply(Request *r, Response *out, int status, const Letter *l) {
    Json *o = letter_json(r, l);
    if (!o) return false;
    http_reply(out, r, status, o);
    out->etag = letter_etag(r, l);
    out->cache = S("no-store");
    return true;
}

bool api_letters(Request *r, Response *out) {
    Arena *a = r->c->arena;
    LetterFilter f = {.state = -1, .kind = http_query(r, S("kind"))};
    Str state = http_query(r, S("state"));
    Letter *list;
    int n;
    int64_t total;
    if (!http_query_int(r, S("offset"), 0, 0, INT32_MAX, &f.offset) ||
        !http_query_int(r, S("limit"), 100, 1, LIMIT_MAX, &f.limit) ||
        !http_query_int(r, S("enterprise"), 0, 0, INT64_MAX, &f.subject) ||
        !http_query_int(r, S("case"), 0, 0, INT64_MAX, &f.case_file) ||
        !http_query_int(r, S("round"), 0, 0, INT64_MAX, &f.round))
        return false;
    if (state.n && (f.state = letter_state_find(state)) < 0)
        return HTTP_INVALID(r, S("?state"), M_HTTP_QUERY, S("state"), state);
    if (r->scope != SCOPE_ALL) {
        f.subject = r->user->subject ? r->user->subject : -1;
        f.sent_only = true;
    }
    if (!letter_list(r->db, &f, &list, &n, &total)) return false;
    Json *o = json_new(a, JSON_OBJECT), *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++)
        if (letter_shown(r, &list[i])) json_push(items, letter_row_json(r, &list[i]));
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), f.offset);
    out_int(a, o, S("limit"), f.limit);
    http_reply(out, r, 200, o);
    out->cache = S("no-store");
    return true;
}

static bool read_in_tx(Db *db, void *user) {
    Work *w = user;
    w->l = w->base;
    return letter_read(db, &w->l, w->r->user->name);
}

static bool see_in_tx(Db *db, void *user) {
    Work *w = user;
    return objection_seen(db, w->l.objection, &w->act);
}

bool api_letter(Request *r, Response *out) {
    Work w = {.r = r};
    if (!letter_of_path(r, &w.base)) return false;
    w.l = w.base;
    w.act = http_act(r, msg_text(r->c->arena, M_OBJECTION_ACT_READ, r->c->lang, 0, NULL));
    bool own = r->scope != SCOPE_ALL && !r->user->viewing && letter_reading_counts(&w.l);
    if (own && !tx_run(r->db, DB_WRITE, read_in_tx, &w)) return false;
    if (letter_whole(r, &w.l) && !tx_run(r->db, DB_WRITE, see_in_tx, &w)) return false;
    return reply(r, out, 200, &w.l);
}

/* --- reading a body -----------------------------------------------------------------------------
 */

static bool read_day(Request *r, const Json *j, const char *key, int32_t *out) {
    Str text = json_get_str(j, str_from(key));
    int64_t day;
    if (!json_get(j, str_from(key))) return true;
    *out = 0;
    if (!text.n) return true;
    if (!date_parse(text, &day))
        return HTTP_INVALID(r, str_cat(r->c->arena, S("/"), str_from(key)), M_HTTP_QUERY,
                            str_from(key), str_sub(text, 0, SHOWN));
    *out = date_to_int(day);
    return true;
}

static bool read_id(Request *r, const Json *j, const char *key, int64_t *out) {
    Str text = json_get_str(j, str_from(key));
    return !text.n || (str_to_i64(text, out) && *out > 0) ||
           HTTP_INVALID(r, str_cat(r->c->arena, S("/"), str_from(key)), M_HTTP_QUERY, str_from(key),
                        str_sub(text, 0, SHOWN));
}

static bool read_firms(Request *r, const Json *j, PaperFirm **firms, int *n) {
    const Json *list = json_get(j, S("rows"));
    *n = 0;
    *firms = NULL;
    if (!list) return true;
    if (list->kind != JSON_ARRAY || list->count > PAPER_FIRMS_MAX)
        return HTTP_INVALID(r, S("/rows"), M_NOTICE_BLOCK, S("rows"));
    *firms = NEW_N(r->c->arena, PaperFirm, list->count + 1);
    for (const Json *e = list->first; e; e = e->next, ++*n) {
        bool whole = e->kind == JSON_OBJECT;
        int64_t id = 0;
        const Json *key = whole ? json_get(e, S("enterprise")) : e;
        if (!str_to_i64(json_str(key, S("")), &id) || id <= 0)
            return HTTP_INVALID(r, str_printf(r->c->arena, "/rows/%d", *n), M_HTTP_REQUIRED,
                                S("enterprise"));
        PaperFirm *f = &(*firms)[*n];
        if (!notice_firm_of(r->db, &r->reg->codes, id, f)) return false;
        if (!whole) continue;
        f->group = json_get_str(e, S("group"));
        f->note = json_get_str(e, S("note"));
    }
    return true;
}

/* --- writing ------------------------------------------------------------------------------------
 */

static bool add_in_tx(Db *db, void *user) {
    Work *w = user;
    return letter_add(db, w->r->reg->pack, &w->fresh, &w->act, &w->l);
}

bool api_letter_add(Request *r, Response *out) {
    const Json *j = http_json(r);
    Work w = {.r = r};
    PaperFirm *firms;
    if (!j || !read_firms(r, j, &firms, &w.fresh.nfirms) ||
        !read_day(r, j, "due_on", &w.fresh.due_day) ||
        !read_id(r, j, "enterprise", &w.fresh.subject) ||
        !read_id(r, j, "organisation", &w.fresh.organisation) ||
        !read_id(r, j, "case", &w.fresh.case_file) || !read_id(r, j, "round", &w.fresh.round) ||
        !read_id(r, j, "notice", &w.fresh.notice))
        return false;
    w.fresh.firms = firms;
    w.fresh.template_id = json_get_str(j, S("template"));
    w.fresh.addressee = json_get_str(j, S("addressee"));
    w.fresh.values = json_get(j, S("values"));
    w.fresh.body = json_get_str(j, S("body"));
    w.act = http_act(r, msg_text(r->c->arena, M_LETTER_ACT_DRAFT, r->c->lang, 0, NULL));
    if (!tx_run(r->db, DB_WRITE, add_in_tx, &w)) return false;
    out->location = str_printf(r->c->arena, "/api/v1/letters/%lld", (long long)w.l.id);
    return reply(r, out, 201, &w.l);
}

static bool to_change(Request *r, Letter *l) {
    if (!letter_of_path(r, l)) return false;
    if (http_if_match(r, letter_etag(r, l))) return true;
    if (http_header(r, S("if-match")).n) r->current = letter_row_json(r, l);
    return false;
}

static bool change_in_tx(Db *db, void *user) {
    Work *w = user;
    w->l = w->base;
    return w->l.state == LETTER_DRAFT ? letter_change(db, &w->l, &w->act)
                                      : letter_enter(db, &w->l, &w->act);
}

static Json *with(Arena *a, const Json *object, Str key, const Json *value) {
    Json *o = json_new(a, JSON_OBJECT);
    for (const Json *e = object->first; e; e = e->next)
        if (!str_eq(e->key, key)) json_set(o, e->key, json_copy(a, e));
    json_set(o, key, json_copy(a, value));
    return o;
}

bool api_letter_change(Request *r, Response *out) {
    const Json *j = http_json(r);
    Work w = {.r = r};
    Arena *a = r->c->arena;
    PaperFirm *firms;
    int n;
    if (!j || !to_change(r, &w.base) || !read_firms(r, j, &firms, &n) ||
        !read_day(r, j, "due_on", &w.base.due_day))
        return false;
    const Json *blocks = json_get(j, S("blocks")), *values = json_get(j, S("values"));
    if (blocks) w.base.content = with(a, w.base.content, S("blocks"), blocks);
    if (values) {
        const Json *was = json_get(w.base.content, S("values"));
        w.base.content = with(a, w.base.content, S("values"), paper_values_merge(a, was, values));
    }
    if (firms) w.base.content = with(a, w.base.content, S("firms"), letter_firms_json(a, firms, n));
    if (json_get(j, S("addressee")) && !w.base.objection)
        w.base.addressee = json_get_str(j, S("addressee"));
    if (json_get(j, S("site_url"))) w.base.site_url = str_trim(json_get_str(j, S("site_url")));
    w.act = http_act(r, msg_text(a, M_LETTER_ACT_CHANGE, r->c->lang, 0, NULL));
    return tx_run(r->db, DB_WRITE, change_in_tx, &w) && reply(r, out, 200, &w.l);
}

static bool send_in_tx(Db *db, void *user) {
    Work *w = user;
    w->l = w->base;
    return letter_send(db, &w->l, w->way, w->day, &w->act);
}

static bool outcome_in_tx(Db *db, void *user) {
    Work *w = user;
    w->l = w->base;
    return letter_outcome(db, &w->l, &w->outcome, &w->act);
}

static bool end_in_tx(Db *db, void *user) {
    Work *w = user;
    w->l = w->base;
    return letter_drop(db, &w->l, &w->act);
}

static bool begin(Request *r, Work *w, const Json **j) {
    *w = (Work){.r = r};
    *j = http_json(r);
    if (!*j || !to_change(r, &w->base) || !read_day(r, *j, "on", &w->day)) return false;
    Str reason = str_trim(json_get_str(*j, S("reason")));
    if (!reason.n || utf8_length(reason) > REASON_MAX)
        return HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
    w->act = http_act(r, reason);
    return true;
}

bool api_letter_send(Request *r, Response *out) {
    Work w;
    const Json *j;
    if (!begin(r, &w, &j)) return false;
    int way = letter_way_find(json_get_str(j, S("way")));
    w.way = way < 0 ? WAY_NONE : (LetterWay)way;
    return tx_run(r->db, DB_WRITE, send_in_tx, &w) && reply(r, out, 200, &w.l);
}

bool api_letter_outcome(Request *r, Response *out) {
    Work w;
    const Json *j;
    if (!begin(r, &w, &j)) return false;
    int kind = letter_event_find(json_get_str(j, S("outcome")));
    Str file = json_get_str(j, S("file"));
    w.outcome = (LetterOutcome){.kind = kind < 0 ? LETTER_EVENT_SENT : (LetterEventKind)kind,
                                .day = w.day,
                                .proof = json_get_str(j, S("proof")),
                                .proof_sm3 = file};
    if (file.n && !Q_I64(r->db, 0, "SELECT 1 FROM file_blob WHERE sm3 = $1", db_s(file)))
        return HTTP_INVALID(r, S("/file"), M_FILE_UNKNOWN);
    return tx_run(r->db, DB_WRITE, outcome_in_tx, &w) && reply(r, out, 200, &w.l);
}

bool api_letter_end(Request *r, Response *out) {
    Work w;
    const Json *j;
    return begin(r, &w, &j) && tx_run(r->db, DB_WRITE, end_in_tx, &w) && reply(r, out, 200, &w.l);
}
