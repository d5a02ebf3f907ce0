/* Who incubated an enterprise and whom it incubates. */
#include "city/library/incubation.h"
#include "city/people/sight.h"
#include "http/api.h"
#include "http/api_title.h"

static Json *one_json(Request *r, const Incubation *i, const Subject *other) {
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("id"), title_id_text(a, i->id));
    title_out_firm(a, o, other);
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

bool api_incubation_add(Request *r, Response *out) {
    IncubationWrite w = {0};
    Incubation *n = &w.n;
    Json *j = http_json(r);
    if (!j || !http_id(r, 0, &n->subject) || !title_read_reason(r, j, &w.act) ||
        !title_read_id(r, j, S("incubator"), &n->incubator) ||
        !title_read_id(r, j, S("replaces"), &n->replaces) ||
        !title_read_day(r, j, S("from"), &n->from) || !title_read_day(r, j, S("to"), &n->to))
        return false;
    if (!n->incubator) return HTTP_INVALID(r, S("/incubator"), M_HTTP_REQUIRED, S("incubator"));
    n->source = json_get_str(j, S("source"));
    n->document = json_get_str(j, S("document"));
    if (!tx_run(r->db, DB_WRITE, record_in_tx, &w)) return false;
    r->at.as_known = r->c->now_ms; /* what was written is seen */
    return reply_list(r, n->subject, 201, out);
}
