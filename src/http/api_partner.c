/* Records of partners over HTTP: the office sees all, a partner its own, everybody what two people
 * have signed for publication. */
#include "base/date.h"
#include "city/library/partner_record.h"
#include "city/people/people.h"
#include "codec/json.h"
#include "http/api.h"
#include "http/json_out.h"

static bool out_publication(Request *r, Json *o, const PartnerPublication *p) {
    Arena *a = r->c->arena;
    Json *record = json_parse(r->c, p->content, S("partner_publication"));
    if (!record) return false;
    json_set(o, S("record"), record);
    out_str(a, o, S("sm3"), p->sm3);
    out_instant(a, o, S("published_at"), p->published_ms);
    return true;
}

/* How far the publication is; `same`: the record of its day is still what was signed. */
static bool out_state(Request *r, Json *o, int64_t id) {
    Arena *a = r->c->arena;
    PartnerPublication p;
    bool same;
    int64_t day;
    if (!partner_publication(r->db, r->reg->pack, id, &p, &same)) return false;
    if (!p.id) {
        json_set(o, S("publication"), json_new(a, JSON_NULL));
        return true;
    }
    Json *j = json_new(a, JSON_OBJECT);
    out_day(a, j, S("day"), date_from_int(p.day, &day) ? day : INT64_MAX);
    out_str(a, j, S("sm3"), p.sm3);
    out_str(a, j, S("first_by"), p.first_by);
    out_instant(a, j, S("first_at"), p.first_ms);
    out_opt(a, j, S("second_by"), p.second_by);
    out_instant(a, j, S("published_at"), p.published_ms);
    out_bool(a, j, S("same"), same);
    json_set(o, S("publication"), j);
    return true;
}

/* GET /organisations/{id}/record */
bool api_partner_record(Request *r, Response *out) {
    PartnerRecord k;
    int64_t id;
    if (!http_id(r, 0, &id)) return false;
    if (r->scope != SCOPE_ALL && (r->scope != SCOPE_OWN || id != r->user->organisation))
        return FAIL(r->c, ERR_MISSING, M_HTTP_MISSING);
    if (!partner_record(r->db, r->reg->pack, id, &r->at, &k)) return false;
    Json *o = partner_record_json(r->c->arena, &k);
    if (!out_state(r, o, id)) return false;
    http_out_clocks(r, o);
    http_reply_tagged(out, r, o);
    return true;
}

typedef struct Signing {
    const PackSet *pack;
    int64_t id;
    int32_t day;
    Act act;
    PartnerPublication made;
} Signing;

static bool publish_in_tx(Db *db, void *data) {
    Signing *k = data;
    return partner_publish(db, k->pack, k->id, k->day, &k->act, &k->made);
}

/* POST /organisations/{id}/publications */
bool api_partner_publish(Request *r, Response *out) {
    Json *j = http_json(r);
    Signing k = {.pack = r->reg->pack, .day = people_today(r->c)};
    if (!j || !http_id(r, 0, &k.id)) return false;
    Str reason = str_trim(json_get_str(j, S("reason")));
    if (!reason.n) return HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
    k.act = http_act(r, reason);
    if (!tx_run(r->db, DB_WRITE, publish_in_tx, &k)) return false;
    Json *o = json_new(r->c->arena, JSON_OBJECT);
    if (!out_publication(r, o, &k.made)) return false;
    out_str(r->c->arena, o, S("first_by"), k.made.first_by);
    out_opt(r->c->arena, o, S("second_by"), k.made.second_by);
    http_reply(out, r, 201, o);
    return true;
}

/* GET /public/organisations/{id}/record */
bool api_partner_public(Request *r, Response *out) {
    PartnerPublication p;
    int64_t id;
    Json *o = json_new(r->c->arena, JSON_OBJECT);
    if (!http_id(r, 0, &id) || !partner_published(r->db, id, &p) || !out_publication(r, o, &p))
        return false;
    http_reply_tagged(out, r, o);
    return true;
}
