/* Who incubated an enterprise and whom it incubates. */
#include "base/date.h"
#include "city/library/incubation.h"
#include "city/people/sight.h"
#include "http/api.h"
#include "http/api_title.h"

static Json *one_json(Request *r, const Incubation *i, const Subject *other) {
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("id"), title_id_text(a, i->id));
    Json *e = out_object(a, o, S("enterprise"));
    out_str(a, e, S("id"), title_id_text(a, other->id));
    out_str(a, e, S("name"), other->name);
    out_bool(a, e, S("demo"), other->demo);
    title_out_day(a, o, S("from"), i->from);
    title_out_day(a, o, S("to"), i->to);
    out_bool(a, o, S("holds"), incubation_holds(i, r->at.as_of));
    out_str(a, o, S("source"), i->source);
    out_str(a, o, S("document"), i->document);
    out_opt(a, o, S("replaces"), title_id_text(a, i->replaces));
    out_str(a, o, S("actor"), i->actor);
    out_str(a, o, S("reason"), i->reason);
    out_instant(a, o, S("recorded_at"), i->recorded_ms);
    return o;
}

/* Records are 内部 of the enterprise asked for; of the other side the reader must know. What is
 * held back is counted. */
static bool reply_list(Request *r, int64_t id, int status, Response *out) {
    Arena *a = r->c->arena;
    Incubation *list;
    Sight sight;
    Subject who, other;
    int n, withheld = 0;
    if (!subject_get(r->db, id, &who) || !sight_open(r->db, r->reg->pack, r->user, &sight))
        return false;
    if (!sight_knows(&sight, who.id))
        return FAIL(r->c, ERR_MISSING, M_CITY_NO_SUBJECT, title_id_text(a, id));
    bool internal = sight_of(&sight, who.id, who.division, who.unit) >= GRADE_INTERNAL;
    if (!incubation_list(r->db, who.id, &r->at, &list, &n)) return false;
    Json *o = json_new(a, JSON_OBJECT), *by = out_list(a, o, S("incubated_by")),
         *of = out_list(a, o, S("incubates"));
    for (int i = 0; i < n; i++) {
        bool incubated = list[i].subject == who.id;
        if (!subject_get(r->db, incubated ? list[i].incubator : list[i].subject, &other))
            return false;
        if (internal && sight_knows(&sight, other.id))
            json_push(incubated ? by : of, one_json(r, &list[i], &other));
        else
            withheld++;
    }
    out_int(a, o, S("withheld"), internal ? withheld : 0);
    http_out_clocks(r, o);
    http_reply(out, r, status, o);
    return true;
}

bool api_incubation(Request *r, Response *out) {
    int64_t id;
    return http_id(r, 0, &id) && reply_list(r, id, 200, out);
}

typedef struct IncubationWrite {
    Incubation n;
    Act act;
} IncubationWrite;

static bool record_in_tx(Db *db, void *user) {
    IncubationWrite *w = user;
    return incubation_record(db, &w->n, &w->act) != 0;
}

static bool read_day(Request *r, const Json *j, Str key, int32_t *out) {
    Str s = json_get_str(j, key);
    int64_t day;
    if (s.n == 0) return true;
    if (!date_parse(s, &day))
        return HTTP_INVALID(r, str_cat(r->c->arena, S("/"), key), M_HTTP_QUERY, key, s);
    *out = date_to_int(day);
    return true;
}

bool api_incubation_add(Request *r, Response *out) {
    IncubationWrite w = {0};
    Incubation *n = &w.n;
    Json *j = http_json(r);
    if (!j || !http_id(r, 0, &n->subject) || !read_day(r, j, S("from"), &n->from) ||
        !read_day(r, j, S("to"), &n->to))
        return false;
    Str reason = str_trim(json_get_str(j, S("reason"))), by = json_get_str(j, S("incubator"));
    Str replaces = json_get_str(j, S("replaces"));
    if (!reason.n) return HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
    if (!by.n) return HTTP_INVALID(r, S("/incubator"), M_HTTP_REQUIRED, S("incubator"));
    if (replaces.n && (!str_to_i64(replaces, &n->replaces) || n->replaces < 1))
        return HTTP_INVALID(r, S("/replaces"), M_HTTP_QUERY, S("replaces"), replaces);
    if (!str_to_i64(by, &n->incubator)) n->incubator = subject_find(r->db, by);
    if (!n->incubator) return false;
    n->source = json_get_str(j, S("source"));
    n->document = json_get_str(j, S("document"));
    w.act = http_act(r, reason);
    if (!tx_run(r->db, DB_WRITE, record_in_tx, &w)) return false;
    r->at.as_known = r->c->now_ms; /* what was written is seen */
    return reply_list(r, n->subject, 201, out);
}
