/* Authorisations of enterprises over HTTP, and questions in bulk from a discovery. */
#include "base/date.h"
#include "city/library/authorisation.h"
#include "city/library/question.h"
#include "http/api.h"
#include "http/api_discovery.h"
#include "http/api_enterprise.h"
#include "http/api_recommend.h"

static bool may_see(Request *r, int64_t subject) {
    Subject who;
    int64_t root = subject_root(r->db, subject);
    if (r->scope == SCOPE_ALL && root) return true;
    if (r->scope == SCOPE_OWN && root && r->user->subject &&
        subject_root(r->db, r->user->subject) == root)
        return true;
    if (r->scope == SCOPE_DISTRICT && root && r->user->district.n &&
        subject_get(r->db, root, &who) &&
        (str_eq(who.division, r->user->district) || str_eq(who.unit, r->user->district)))
        return true;
    return ctx_ok(r->c) && FAIL(r->c, ERR_MISSING, M_HTTP_MISSING);
}

static void out_day_of(Arena *a, Json *o, Str key, int32_t day) {
    int64_t days;
    if (day && date_from_int(day, &days))
        out_day(a, o, key, days);
    else
        out_null(a, o, key);
}

static bool out_authorisation(Request *r, Json *o, const Authorisation *k) {
    Arena *a = r->c->arena;
    Json *codes = json_parse(r->c, k->indicators, S("indicators"));
    if (!codes) return false;
    out_str(a, o, S("id"), id_text(a, k->id));
    if (!out_firm(r, o, k->subject)) return false;
    out_str(a, o, S("grantee"), k->grantee);
    json_set(o, S("indicators"), codes);
    out_day_of(a, o, S("from"), k->from);
    out_day_of(a, o, S("to"), k->to);
    out_str(a, o, S("document"), k->document);
    out_str(a, o, S("made_by"), k->actor);
    out_instant(a, o, S("made_at"), k->made_ms);
    out_instant(a, o, S("withdrawn_at"), k->withdrawn_ms);
    out_opt(a, o, S("withdrawn_reason"), k->withdrawn_reason);
    return true;
}

bool api_authorisations(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Str firm = http_query(r, S("enterprise"));
    int64_t subject = r->scope == SCOPE_OWN ? r->user->subject : 0;
    Authorisation *items = NULL;
    int n = 0;
    if (firm.n && (!str_to_i64(firm, &subject) || subject < 1))
        return HTTP_INVALID(r, S("?enterprise"), M_HTTP_QUERY, S("enterprise"), firm);
    if (subject && (!may_see(r, subject) || !authorisation_list(r->db, subject, &items, &n)))
        return false;
    Json *o = json_new(a, JSON_OBJECT), *list = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++)
        if (!out_authorisation(r, out_item(a, list), &items[i])) return false;
    out_int(a, o, S("total"), n);
    http_out_clocks(r, o);
    http_reply_tagged(out, r, o);
    return true;
}

typedef struct Write {
    const Register *reg;
    Authorisation a;
    int64_t id;
    Act act;
} Write;

static bool add_in_tx(Db *db, void *user) {
    Write *k = user;
    k->id = authorisation_add(db, k->reg->pack, &k->a, &k->act);
    return k->id && authorisation_get(db, k->id, &k->a);
}

static bool read_day(Request *r, const Json *j, Str key, int32_t *out) {
    Str text = json_get_str(j, key);
    int64_t day;
    *out = 0;
    if (!text.n) return true;
    if (!date_parse(text, &day))
        return HTTP_INVALID(r, str_cat(r->c->arena, S("/"), key), M_HTTP_QUERY, key, text);
    *out = date_to_int(day);
    return true;
}

static bool reply_one(Request *r, int status, const Authorisation *k, Response *out) {
    Json *o = json_new(r->c->arena, JSON_OBJECT);
    if (!out_authorisation(r, o, k)) return false;
    http_reply(out, r, status, o);
    return true;
}

bool api_authorisation_add(Request *r, Response *out) {
    Json *j = http_json(r);
    if (!j) return false;
    Str firm = json_get_str(j, S("enterprise")), reason = json_get_str(j, S("reason"));
    const Json *codes = json_get(j, S("indicators"));
    Write k = {.reg = r->reg,
               .act = http_act(r, reason.n ? reason : S("登记企业授权书")),
               .a = {.grantee = json_get_str(j, S("grantee")),
                     .document = json_get_str(j, S("document"))}};
    if (!str_to_i64(firm, &k.a.subject) || k.a.subject < 1)
        return HTTP_INVALID(r, S("/enterprise"), M_HTTP_REQUIRED, S("enterprise"));
    if (!codes || codes->kind != JSON_ARRAY)
        return HTTP_INVALID(r, S("/indicators"), M_HTTP_REQUIRED, S("indicators"));
    Buf b = buf_new(r->c->arena, 0);
    json_canonical(&b, codes);
    k.a.indicators = buf_str(&b);
    if (!read_day(r, j, S("from"), &k.a.from) || !read_day(r, j, S("to"), &k.a.to) ||
        !may_see(r, k.a.subject))
        return false;
    return tx_run(r->db, DB_WRITE, add_in_tx, &k) && reply_one(r, 201, &k.a, out);
}

static bool withdraw_in_tx(Db *db, void *user) {
    Write *k = user;
    return authorisation_withdraw(db, k->id, &k->act) && authorisation_get(db, k->id, &k->a);
}

bool api_authorisation_withdraw(Request *r, Response *out) {
    Json *j = http_json(r);
    Write k = {.reg = r->reg};
    if (!j || !http_id(r, 0, &k.id) || !authorisation_get(r->db, k.id, &k.a) ||
        !may_see(r, k.a.subject))
        return false;
    k.act = http_act(r, json_get_str(j, S("reason")));
    return tx_run(r->db, DB_WRITE, withdraw_in_tx, &k) && reply_one(r, 200, &k.a, out);
}

/* --- questions ----------------------------------------------------------------------------------
 */

typedef struct Asking {
    const Register *reg;
    QuestionAsk q;
    CaseActor actor;
    int64_t id;
} Asking;

static bool ask_in_tx(Db *db, void *user) {
    Asking *k = user;
    return question_open(db, k->reg, &k->q, &k->actor, &k->id);
}

/* Whether the row is among the chosen ones; without a list all are. */
static bool is_chosen(const Json *ids, const DiscoverRow *row) {
    int64_t id;
    if (!ids) return true;
    for (const Json *e = ids->first; e; e = e->next)
        if (str_to_i64(json_str(e, S("")), &id) && id == row->subject) return true;
    return false;
}

static bool is_asked(const Request *r, const DiscoveryAsked *q, const Discovery *d, const Json *ids,
                     int64_t i) {
    return d->rows[i].class == DISCOVER_ONE_FACT && discovery_wanted(r, q, d, &d->rows[i]) &&
           is_chosen(ids, &d->rows[i]);
}

static bool ask_all(Request *r, const DiscoveryAsked *q, const Discovery *d, const Json *j,
                    Response *out) {
    Arena *a = r->c->arena;
    const Json *ids = json_get(j, S("enterprises"));
    int64_t n = 0, opened = 0, already = 0;
    Asking k = {.reg = r->reg,
                .q = {.discovery = d,
                      .days = (int)json_get_i64(j, S("days"), 0),
                      .text = str_trim(json_get_str(j, S("text")))},
                .actor = case_actor(r->user)};
    if (k.q.days < 1 || k.q.days > QUESTION_DAYS_MOST)
        return HTTP_INVALID(r, S("/days"), M_QUESTION_DAYS);
    for (int64_t i = 0; i < d->n; i++) n += is_asked(r, q, d, ids, i);
    if (n > QUESTION_MOST)
        return HTTP_INVALID(r, S("/enterprises"), M_QUESTION_MANY,
                            str_printf(a, "%d", QUESTION_MOST));
    Json *o = json_new(a, JSON_OBJECT), *cases = out_list(a, o, S("cases"));
    r->c->claim = S(""); /* one question does not mean that all are asked */
    for (int64_t i = 0; i < d->n; i++) {
        if (!is_asked(r, q, d, ids, i)) continue;
        k.q.row = &d->rows[i];
        if (!tx_run(r->db, DB_WRITE, ask_in_tx, &k)) return false;
        if (k.id) json_push(cases, json_string(a, id_text(a, k.id)));
        opened += k.id != 0;
        already += k.id == 0;
    }
    out_int(a, o, S("of"), n);
    out_int(a, o, S("opened"), opened);
    out_int(a, o, S("already"), already);
    http_reply(out, r, 200, o);
    return true;
}

/* POST /discovery/questions?rule=…&district=…&fact=…: the firms that lack one fact are each asked
 * for it. One transaction a firm: what was asked stays asked, and asking again asks the rest. */
bool api_discovery_ask(Request *r, Response *out) {
    Json *j = http_json(r);
    DiscoveryAsked q;
    const Discovery *d = NULL;
    if (!j || !discovery_read(r, &q) || !discovery_open(r, &q, &d)) return false;
    bool ok = ask_all(r, &q, d, j, out);
    discover_release(r->reg, d);
    return ok;
}
