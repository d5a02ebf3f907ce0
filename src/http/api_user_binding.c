/* Accounts of enterprises: asking with a proof, the clerk's decision, what one's own account is
 * bound to. A clerk of a district sees the requests of enterprises assessed by it. */
#include "base/date.h"
#include "city/people/binding.h"
#include "http/api.h"
#include "http/json_out.h"
#include "http/multipart.h"

static void out_date(Arena *a, Json *o, Str key, int32_t day) {
    int64_t days;
    if (day && date_from_int(day, &days))
        out_day(a, o, key, days);
    else
        out_null(a, o, key);
}

static Json *binding_json(Arena *a, const Binding *b) {
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("id"), str_printf(a, "%lld", (long long)b->id));
    out_str(a, o, S("state"), b->state);
    out_str(a, o, S("user"), b->user_name);
    out_str(a, o, S("display_name"), b->display_name);
    out_str(a, o, S("enterprise"), str_printf(a, "%lld", (long long)b->subject));
    out_str(a, o, S("enterprise_name"), b->subject_name);
    out_str(a, o, S("code"), b->code);
    out_opt(a, o, S("district"), b->unit);
    out_str(a, o, S("proof_name"), b->proof_name);
    out_str(a, o, S("proof_sm3"), b->proof_sm3);
    out_instant(a, o, S("asked_at"), b->asked_ms);
    out_opt(a, o, S("decided_by"), b->decided_by);
    out_instant(a, o, S("decided_at"), b->decided_ms);
    out_opt(a, o, S("reason"), b->reason);
    out_date(a, o, S("from"), b->from);
    out_date(a, o, S("to"), b->to);
    return o;
}

static bool reply_list(Request *r, Response *out, int64_t user, Str unit) {
    Arena *a = r->c->arena;
    Binding *all;
    int n;
    if (!binding_list(r->db, user, unit, &all, &n)) return false;
    Json *o = json_new(a, JSON_OBJECT);
    Json *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) json_push(items, binding_json(a, &all[i]));
    out_int(a, o, S("total"), n);
    http_reply(out, r, 200, o);
    return true;
}

/* A clerk of a district without one has none to see. */
static Str unit_of(const Request *r) {
    if (r->scope == SCOPE_ALL) return S("");
    return r->user->district.n ? r->user->district : S("-");
}

bool api_bindings(Request *r, Response *out) {
    return reply_list(r, out, 0, unit_of(r));
}

static bool get(Request *r, Binding *b) {
    int64_t id;
    Str unit = unit_of(r);
    if (!http_id(r, 0, &id) || !binding_get(r->db, id, b)) return false;
    return unit.n == 0 || str_eq(unit, b->unit) || FAIL(r->c, ERR_MISSING, M_PEOPLE_NO_BINDING);
}

bool api_binding_proof(Request *r, Response *out) {
    Binding b;
    if (!get(r, &b) || !binding_proof(r->db, b.id, &out->body)) return false;
    out->status = 200;
    out->type = b.proof_type;
    out->filename = url_part(r->c->arena, b.proof_name);
    out->cache = S("no-store");
    return true;
}

typedef struct Work {
    const Request *r;
    int64_t id;
    bool bind;
    int32_t to;
    Str code, name, proof;
    Act act;
} Work;

static bool decide_in_tx(Db *db, void *data) {
    const Work *w = data;
    return binding_decide(db, w->id, w->bind, w->to, &w->act);
}

static bool end_in_tx(Db *db, void *data) {
    const Work *w = data;
    return binding_end(db, w->id, &w->act);
}

static bool read_reason(Request *r, const Json *j, Act *act) {
    Str reason = str_trim(json_get_str(j, S("reason")));
    *act = http_act(r, reason);
    return reason.n > 0 || HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
}

static bool change(Request *r, Response *out, Work *w, bool (*fn)(Db *, void *)) {
    Binding b;
    if (!get(r, &b)) return false;
    w->id = b.id;
    if (!tx_run(r->db, DB_WRITE, fn, w) || !binding_get(r->db, b.id, &b)) return false;
    http_reply(out, r, 200, binding_json(r->c->arena, &b));
    return true;
}

bool api_binding_decide(Request *r, Response *out) {
    Work w = {.r = r};
    Json *j = http_json(r);
    int64_t day;
    if (!j || !read_reason(r, j, &w.act)) return false;
    const Json *bind = json_get(j, S("bind"));
    Str to = json_get_str(j, S("to"));
    if (!bind || bind->kind != JSON_BOOL)
        return HTTP_INVALID(r, S("/bind"), M_HTTP_REQUIRED, S("bind"));
    if (to.n && !date_parse(to, &day)) return HTTP_INVALID(r, S("/to"), M_HTTP_QUERY, S("to"), to);
    w.bind = bind->truth;
    w.to = to.n ? date_to_int(day) : 0;
    return change(r, out, &w, decide_in_tx);
}

bool api_binding_end(Request *r, Response *out) {
    Work w = {.r = r};
    Json *j = http_json(r);
    return j && read_reason(r, j, &w.act) && change(r, out, &w, end_in_tx);
}

/* --- one's own ---------------------------------------------------------------------------------
 */

bool api_own_bindings(Request *r, Response *out) {
    return reply_list(r, out, r->user->id, S(""));
}

static bool ask_in_tx(Db *db, void *data) {
    Work *w = data;
    return (w->id = binding_ask(db, w->r->user, w->code, w->name, w->proof, &w->act)) != 0;
}

bool api_binding_ask(Request *r, Response *out) {
    Work w = {.r = r, .act = http_act(r, S("act for an enterprise"))};
    Multipart *m = NEW(r->c->arena, Multipart);
    if (!multipart_read(r->c, http_header(r, S("content-type")), r->body, m)) return false;
    const Part *code = multipart_find(m, S("code")), *proof = multipart_find(m, S("proof"));
    if (!code || code->file) return HTTP_INVALID(r, S("/code"), M_HTTP_REQUIRED, S("code"));
    if (!proof || !proof->file || !proof->filename.n)
        return HTTP_INVALID(r, S("/proof"), M_HTTP_REQUIRED, S("proof"));
    w.code = str_trim(code->bytes);
    w.name = proof->filename;
    w.proof = proof->bytes;
    Binding b;
    if (!tx_run(r->db, DB_WRITE, ask_in_tx, &w) || !binding_get(r->db, w.id, &b)) return false;
    http_reply(out, r, 201, binding_json(r->c->arena, &b));
    return true;
}
