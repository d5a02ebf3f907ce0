/* Objections for the office: list of a notice, registering one made on paper, reading one whole
 * (journalled), closing it. */
#include "base/date.h"
#include "base/utf8.h"
#include "http/api.h"
#include "http/notice_json.h"

typedef struct Work {
    Request *r;
    Objection *o, base; /* base: as it was read; the transaction may run again */
    ObjectionNew fresh;
    ObjectionState to;
    Str answer, by;
    Act act;
} Work;

bool api_objections(Request *r, Response *out) {
    Arena *a = r->c->arena;
    PublicNotice v;
    Objection *list;
    int64_t id;
    int n;
    if (!http_id(r, 0, &id) || !notice_get(r->db, id, &v) || !objection_list(r->db, id, &list, &n))
        return false;
    Json *o = json_new(a, JSON_OBJECT), *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) json_push(items, objection_json(r, &list[i], false));
    out_int(a, o, S("total"), n);
    http_reply(out, r, 200, o);
    out->cache = S("no-store");
    return true;
}

static bool add_in_tx(Db *db, void *user) {
    Work *w = user;
    return objection_file(db, w->r->reg, &w->fresh, w->by, w->o);
}

static bool read_new(Request *r, const Json *j, ObjectionNew *n) {
    int64_t position = 0, day;
    Str on = json_get_str(j, S("received_on"));
    str_to_i64(json_get_str(j, S("position")), &position);
    n->position = position > 0 && position <= PAPER_FIRMS_MAX ? (int)position : 0;
    n->person = json_get_str(j, S("person"));
    n->contact = json_get_str(j, S("contact"));
    n->organisation = json_get_str(j, S("organisation"));
    n->text = json_get_str(j, S("text"));
    if (on.n && !date_parse(on, &day))
        return HTTP_INVALID(r, S("/received_on"), M_OBJECTION_FIELD, S("received_on"));
    if (on.n) n->received_day = date_to_int(day);
    return true;
}

bool api_objection_add(Request *r, Response *out) {
    Objection o;
    Json *j = http_json(r);
    Work w = {.r = r, .o = &o, .by = r->user->name};
    if (!j || !http_id(r, 0, &w.fresh.notice) || !read_new(r, j, &w.fresh)) return false;
    int channel = objection_channel_find(json_get_str(j, S("channel")));
    if (channel <= CHANNEL_WEB)
        return HTTP_INVALID(r, S("/channel"), M_OBJECTION_FIELD, S("channel"));
    w.fresh.channel = (ObjectionChannel)channel;
    if (!tx_run(r->db, DB_WRITE, add_in_tx, &w)) return false;
    http_reply(out, r, 201, objection_json(r, &o, false));
    out->location = str_printf(r->c->arena, "/api/v1/objections/%lld", (long long)o.id);
    out->etag = objection_etag(r, &o);
    return true;
}

static bool see_in_tx(Db *db, void *user) {
    Work *w = user;
    return objection_seen(db, w->o->id, &w->act);
}

bool api_objection(Request *r, Response *out) {
    Objection o;
    int64_t id;
    Work w = {.r = r, .o = &o};
    bool whole = has_right(r, S("objection:private"));
    if (!http_id(r, 0, &id) || !objection_get(r->db, id, whole, &o)) return false;
    w.act = http_act(r, msg_text(r->c->arena, M_OBJECTION_ACT_READ, r->c->lang, 0, NULL));
    if (whole && !tx_run(r->db, DB_WRITE, see_in_tx, &w)) return false;
    http_reply(out, r, 200, objection_json(r, &o, whole));
    out->etag = objection_etag(r, &o);
    out->cache = S("no-store");
    return true;
}

static bool close_in_tx(Db *db, void *user) {
    Work *w = user;
    *w->o = w->base;
    return objection_decide(db, w->o, w->to, w->answer, &w->act);
}

bool api_objection_close(Request *r, Response *out) {
    Objection o;
    int64_t id;
    Json *j = http_json(r);
    Work w = {.r = r, .o = &o};
    if (!j || !http_id(r, 0, &id) || !objection_get(r->db, id, false, &o) ||
        !http_if_match(r, objection_etag(r, &o)))
        return false;
    int to = objection_state_find(json_get_str(j, S("outcome")));
    if (to <= OBJECTION_OPEN)
        return HTTP_INVALID(r, S("/outcome"), M_OBJECTION_FIELD, S("outcome"));
    w.base = o;
    w.to = (ObjectionState)to;
    w.answer = json_get_str(j, S("answer"));
    w.act = http_act(r, msg_text(r->c->arena, M_OBJECTION_ACT_CLOSE, r->c->lang, 0, NULL));
    if (!tx_run(r->db, DB_WRITE, close_in_tx, &w)) return false;
    http_reply(out, r, 200, objection_json(r, &o, false));
    out->etag = objection_etag(r, &o);
    return true;
}

/* --- the public ---------------------------------------------------------------------------------
 */

/* Anybody, without signing in: what comes back is the receipt and nothing that was sent. */
bool api_public_objection_add(Request *r, Response *out) {
    Objection o;
    Json *j = http_json(r);
    Work w = {.r = r, .o = &o, .by = S("")};
    if (!j || !http_id(r, 0, &w.fresh.notice) || !read_new(r, j, &w.fresh)) return false;
    w.fresh.channel = CHANNEL_WEB;
    w.fresh.received_day = 0;
    w.fresh.sender = r->address;
    if (!tx_run(r->db, DB_WRITE, add_in_tx, &w)) return false;
    Json *answer = json_new(r->c->arena, JSON_OBJECT);
    out_str(r->c->arena, answer, S("receipt"), o.receipt);
    out_instant(r->c->arena, answer, S("received_at"), o.received_ms);
    http_reply(out, r, 201, answer);
    out->cache = S("no-store");
    return true;
}

/* Who holds a receipt may ask what became of it. */
bool api_public_objection(Request *r, Response *out) {
    Objection o;
    Arena *a = r->c->arena;
    if (!objection_by_receipt(r->db, str_sub(r->params[0], 0, 40), &o))
        return ctx_ok(r->c) && FAIL(r->c, ERR_MISSING, M_HTTP_MISSING);
    Json *j = json_new(a, JSON_OBJECT);
    out_str(a, j, S("receipt"), o.receipt);
    out_str(a, j, S("state"), objection_state_text(o.state));
    out_instant(a, j, S("received_at"), o.received_ms);
    out_opt(a, j, S("answer"), o.answer);
    http_reply(out, r, 200, j);
    out->cache = S("no-store");
    return true;
}
