/* Organisations of partners with their agreements, and offices with their duties. A partner sees
 * its own organisation only. */
#include "base/date.h"
#include "city/people/office.h"
#include "city/people/organisation.h"
#include "city/people/people.h"
#include "http/api.h"
#include "http/json_out.h"

/* --- what several answers share ----------------------------------------------------------------
 */

static void out_date(Arena *a, Json *o, Str key, int32_t day) {
    int64_t days;
    if (day && date_from_int(day, &days))
        out_day(a, o, key, days);
    else
        out_null(a, o, key);
}

static void out_id(Arena *a, Json *o, Str key, int64_t id) {
    out_opt(a, o, key, id ? str_printf(a, "%lld", (long long)id) : S(""));
}

/* A day of the body as yyyymmdd; absent or null: 0. */
static bool read_day(Request *r, const Json *j, Str key, int32_t *out) {
    Str s = json_get_str(j, key);
    int64_t day;
    *out = 0;
    if (s.n == 0) return true;
    if (!date_parse(s, &day))
        return HTTP_INVALID(r, str_cat(r->c->arena, S("/"), key), M_HTTP_QUERY, key, s);
    *out = date_to_int(day);
    return true;
}

static bool read_reason(Request *r, const Json *j, Act *act) {
    Str reason = str_trim(json_get_str(j, S("reason")));
    *act = http_act(r, reason);
    return reason.n > 0 || HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
}

static Str etag_of(Request *r, const char *kind, int64_t id, int64_t version) {
    return str_printf(r->c->arena, "%s-%lld-%lld", kind, (long long)id, (long long)version);
}

/* --- organisations -----------------------------------------------------------------------------
 */

static Json *list_of(Request *r, Str text) {
    Ctx c = ctx_new(r->c->arena, 0);
    Json *j = json_parse(&c, text, S("list"));
    return j ? j : json_new(r->c->arena, JSON_ARRAY);
}

static Json *agreement_json(Request *r, const Agreement *g) {
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    out_id(a, o, S("id"), g->id);
    out_str(a, o, S("number"), g->number);
    out_date(a, o, S("from"), g->from);
    out_date(a, o, S("to"), g->to);
    out_date(a, o, S("promised_on"), g->promised);
    out_opt(a, o, S("promise"), g->promise);
    json_set(o, S("indicators"), list_of(r, g->indicators));
    json_set(o, S("tiers"), list_of(r, g->tiers));
    out_date(a, o, S("ended_on"), g->ended);
    out_opt(a, o, S("ended_reason"), g->ended_reason);
    out_str(a, o, S("state"), agreement_state(g, people_today(r->c)));
    return o;
}

static Json *organisation_json(Request *r, const Organisation *g) {
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    Agreement *all;
    int n;
    out_id(a, o, S("id"), g->id);
    out_str(a, o, S("kind"), g->kind);
    out_str(a, o, S("name"), g->name);
    out_opt(a, o, S("code"), g->code);
    out_opt(a, o, S("contact"), g->contact);
    out_bool(a, o, S("closed"), g->closed);
    out_instant(a, o, S("created_at"), g->created_ms);
    Json *list = out_list(a, o, S("agreements"));
    if (agreement_list(r->db, g->id, &all, &n))
        for (int i = 0; i < n; i++) json_push(list, agreement_json(r, &all[i]));
    out_int(a, o, S("users"),
            Q_I64(r->db, 0, "SELECT count(*) FROM app_user WHERE organisation = $1", db_i(g->id)));
    return o;
}

static bool reply_organisation(Request *r, Response *out, int status, int64_t id) {
    Organisation g;
    if (!organisation_get(r->db, id, &g)) return false;
    http_reply(out, r, status, organisation_json(r, &g));
    out->etag = etag_of(r, "organisation", g.id, g.version);
    if (status == 201)
        out->location = str_printf(r->c->arena, "/api/v1/organisations/%lld", (long long)id);
    return ctx_ok(r->c);
}

bool api_organisations(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Organisation *all;
    int n;
    Json *o = json_new(a, JSON_OBJECT);
    Json *items = out_list(a, o, S("items"));
    if (!organisation_list(r->db, &all, &n)) return false;
    for (int i = 0; i < n; i++)
        if (r->scope == SCOPE_ALL || all[i].id == r->user->organisation)
            json_push(items, organisation_json(r, &all[i]));
    out_int(a, o, S("total"), items->count);
    http_reply_tagged(out, r, o);
    return ctx_ok(r->c);
}

bool api_organisation(Request *r, Response *out) {
    int64_t id;
    if (!http_id(r, 0, &id)) return false;
    if (r->scope != SCOPE_ALL && id != r->user->organisation)
        return FAIL(r->c, ERR_MISSING, M_HTTP_MISSING);
    return reply_organisation(r, out, 200, id);
}

typedef struct Work {
    Organisation organisation;
    Agreement agreement;
    Office office;
    Handover handover;
    Str duty, document;
    int32_t day;
    int64_t id;
    Act act;
} Work;

static bool add_organisation(Db *db, void *data) {
    Work *w = data;
    return (w->id = organisation_add(db, &w->organisation, &w->act)) != 0;
}

static bool change_organisation(Db *db, void *data) {
    Work *w = data;
    return organisation_change(db, &w->organisation, &w->act);
}

static void patch(const Json *j, Str key, Str *field) {
    const Json *v = json_get(j, key);
    if (v) *field = json_str(v, S(""));
}

static void patch_organisation(const Json *j, Organisation *g) {
    patch(j, S("kind"), &g->kind);
    patch(j, S("name"), &g->name);
    patch(j, S("code"), &g->code);
    patch(j, S("contact"), &g->contact);
    g->closed = json_get_bool(j, S("closed"), g->closed);
}

bool api_organisation_add(Request *r, Response *out) {
    Json *j = http_json(r);
    Work w = {0};
    if (!j || !read_reason(r, j, &w.act)) return false;
    patch_organisation(j, &w.organisation);
    return tx_run(r->db, DB_WRITE, add_organisation, &w) && reply_organisation(r, out, 201, w.id);
}

bool api_organisation_change(Request *r, Response *out) {
    Json *j = http_json(r);
    Work w = {0};
    int64_t id;
    if (!j || !http_id(r, 0, &id) || !organisation_get(r->db, id, &w.organisation) ||
        !http_if_match(r, etag_of(r, "organisation", id, w.organisation.version)) ||
        !read_reason(r, j, &w.act))
        return false;
    patch_organisation(j, &w.organisation);
    return tx_run(r->db, DB_WRITE, change_organisation, &w) && reply_organisation(r, out, 200, id);
}

/* --- agreements --------------------------------------------------------------------------------
 */

/* A list of names that the rule set knows, as canonical JSON. */
static bool read_scope(Request *r, const Json *j, Str key, bool rules, Str *out) {
    Arena *a = r->c->arena;
    const Json *list = json_get(j, key);
    Json *kept = json_new(a, JSON_ARRAY);
    int k = 0;
    for (const Json *e = list && list->kind == JSON_ARRAY ? list->first : NULL; e;
         e = e->next, k++) {
        Str name = json_str(e, S(""));
        const Indicator *i = rules ? NULL : pack_indicator(r->reg->pack, name);
        const Rule *rule = rules ? map_get(&r->reg->pack->by_rule, name) : NULL;
        if (!i && !rule)
            return HTTP_INVALID(r, str_printf(a, "/%.*s/%d", STRF(key), k),
                                rules ? M_RULE_UNKNOWN : M_HTTP_FIELD, name);
        json_push(kept, json_string(a, i ? i->code : rule->id));
    }
    Buf b = buf_new(a, 0);
    json_canonical(&b, kept);
    *out = buf_str(&b);
    return true;
}

static bool add_agreement(Db *db, void *data) {
    Work *w = data;
    return agreement_add(db, &w->agreement, &w->act) != 0;
}

bool api_agreement_add(Request *r, Response *out) {
    Json *j = http_json(r);
    Work w = {0};
    Agreement *g = &w.agreement;
    if (!j || !http_id(r, 0, &g->organisation) || !read_reason(r, j, &w.act) ||
        !read_day(r, j, S("from"), &g->from) || !read_day(r, j, S("to"), &g->to) ||
        !read_day(r, j, S("promised_on"), &g->promised) ||
        !read_scope(r, j, S("indicators"), false, &g->indicators) ||
        !read_scope(r, j, S("tiers"), true, &g->tiers))
        return false;
    g->number = json_get_str(j, S("number"));
    g->promise = json_get_str(j, S("promise"));
    return tx_run(r->db, DB_WRITE, add_agreement, &w) &&
           reply_organisation(r, out, 201, g->organisation);
}

static bool end_agreement(Db *db, void *data) {
    const Work *w = data;
    return agreement_end(db, w->organisation.id, w->id, w->day, &w->act);
}

bool api_agreement_end(Request *r, Response *out) {
    Json *j = http_json(r);
    Work w = {0};
    if (!j || !http_id(r, 0, &w.organisation.id) || !http_id(r, 1, &w.id) ||
        !read_reason(r, j, &w.act) || !read_day(r, j, S("on"), &w.day))
        return false;
    if (!w.day) w.day = people_today(r->c);
    return tx_run(r->db, DB_WRITE, end_agreement, &w) &&
           reply_organisation(r, out, 200, w.organisation.id);
}

/* --- offices -----------------------------------------------------------------------------------
 */

static void out_duties(Request *r, Json *o, int64_t office, const Duty *all, int n) {
    Arena *a = r->c->arena;
    Json *list = out_list(a, o, S("duties"));
    for (int i = 0; i < n; i++) {
        if (all[i].office != office) continue;
        Json *j = out_item(a, list);
        out_str(a, j, S("duty"), all[i].duty);
        out_date(a, j, S("from"), all[i].from);
        out_date(a, j, S("to"), all[i].to);
        out_opt(a, j, S("document"), all[i].document);
        out_str(a, j, S("reason"), all[i].reason);
        out_str(a, j, S("actor"), all[i].actor);
    }
}

static bool reply_offices(Request *r, Response *out, int status) {
    Arena *a = r->c->arena;
    Office *all;
    Duty *duties;
    int n, nduties;
    Json *o = json_new(a, JSON_OBJECT);
    Json *items = out_list(a, o, S("items"));
    if (!office_list(r->db, &all, &n) || !office_duties(r->db, &duties, &nduties)) return false;
    for (int i = 0; i < n; i++) {
        Json *j = out_item(a, items);
        out_id(a, j, S("id"), all[i].id);
        out_str(a, j, S("name"), all[i].name);
        out_opt(a, j, S("district"), all[i].district);
        out_date(a, j, S("from"), all[i].from);
        out_date(a, j, S("to"), all[i].to);
        out_id(a, j, S("merged_into"), all[i].merged_into);
        out_int(a, j, S("version"), all[i].version);
        out_duties(r, j, all[i].id, duties, nduties);
    }
    out_int(a, o, S("total"), n);
    http_reply(out, r, status, o);
    return ctx_ok(r->c);
}

bool api_offices(Request *r, Response *out) {
    return reply_offices(r, out, 200);
}

static bool add_office(Db *db, void *data) {
    Work *w = data;
    return office_add(db, &w->office, &w->act) != 0;
}

bool api_office_add(Request *r, Response *out) {
    Json *j = http_json(r);
    Work w = {0};
    if (!j || !read_reason(r, j, &w.act) || !read_day(r, j, S("from"), &w.office.from))
        return false;
    w.office.name = json_get_str(j, S("name"));
    w.office.district = json_get_str(j, S("district"));
    if (w.office.district.n && !map_get(&r->reg->codes.division, w.office.district))
        return HTTP_INVALID(r, S("/district"), M_PEOPLE_DISTRICT, w.office.district);
    return tx_run(r->db, DB_WRITE, add_office, &w) && reply_offices(r, out, 201);
}

static bool rename_office(Db *db, void *data) {
    const Work *w = data;
    return office_rename(db, &w->office, &w->act);
}

bool api_office_rename(Request *r, Response *out) {
    Json *j = http_json(r);
    Work w = {0};
    int64_t id;
    if (!j || !http_id(r, 0, &id) || !office_get(r->db, id, &w.office) ||
        !http_if_match(r, etag_of(r, "office", id, w.office.version)) || !read_reason(r, j, &w.act))
        return false;
    patch(j, S("name"), &w.office.name);
    return tx_run(r->db, DB_WRITE, rename_office, &w) && reply_offices(r, out, 200);
}

static bool give_duty(Db *db, void *data) {
    const Work *w = data;
    return office_give(db, w->id, w->duty, w->day, w->document, &w->act);
}

bool api_office_duty(Request *r, Response *out) {
    Json *j = http_json(r);
    Work w = {0};
    if (!j || !http_id(r, 0, &w.id) || !read_reason(r, j, &w.act) ||
        !read_day(r, j, S("from"), &w.day))
        return false;
    w.duty = json_get_str(j, S("duty"));
    w.document = json_get_str(j, S("document"));
    if (!w.day) w.day = people_today(r->c);
    return tx_run(r->db, DB_WRITE, give_duty, &w) && reply_offices(r, out, 201);
}

static bool hand_over(Db *db, void *data) {
    const Work *w = data;
    return office_hand_over(db, &w->handover, &w->act);
}

/* Without a duty the whole office goes over: a merger. */
bool api_office_handover(Request *r, Response *out) {
    Json *j = http_json(r);
    Work w = {0};
    Handover *h = &w.handover;
    if (!j || !http_id(r, 0, &h->from_office) || !read_reason(r, j, &w.act) ||
        !read_day(r, j, S("on"), &h->day))
        return false;
    if (!str_to_i64(json_get_str(j, S("to")), &h->to_office))
        return HTTP_INVALID(r, S("/to"), M_HTTP_REQUIRED, S("to"));
    h->duty = json_get_str(j, S("duty"));
    h->document = json_get_str(j, S("document"));
    if (!h->day) h->day = people_today(r->c);
    return tx_run(r->db, DB_WRITE, hand_over, &w) && reply_offices(r, out, 200);
}
