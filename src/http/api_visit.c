/* The cap of visits: how often a firm may be visited, by the office's own word. */
#include "city/review/visit.h"
#include "http/api.h"
#include "http/json_out.h"

static bool reply_cap(Request *r, Response *out, int status, int64_t as_known) {
    VisitCap cap;
    if (!visit_cap_get(r->db, as_known, &cap)) return false;
    http_reply(out, r, status, visit_cap_json(r->c->arena, &cap));
    return true;
}

bool api_visit_cap(Request *r, Response *out) {
    return reply_cap(r, out, 200, r->at.as_known);
}

typedef struct CapWrite {
    VisitCap cap;
    Act act;
} CapWrite;

static bool set_in_tx(Db *db, void *user) {
    CapWrite *w = user;
    return visit_cap_set(db, &w->cap, &w->act);
}

bool api_visit_cap_set(Request *r, Response *out) {
    Json *j = http_json(r);
    CapWrite w = {0};
    if (!j) return false;
    Str reason = str_trim(json_get_str(j, S("reason")));
    if (!reason.n) return HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
    int64_t most = json_get_i64(j, S("most"), 0), months = json_get_i64(j, S("months"), 0);
    w.cap = (VisitCap){.most = most < 0 || most > INT32_MAX ? -1 : (int)most,
                       .months = months < 0 || months > INT32_MAX ? -1 : (int)months,
                       .basis = json_get_str(j, S("basis"))};
    if (!json_get(j, S("most")) || !json_get(j, S("months"))) /* null: no cap; absent: forgotten */
        return HTTP_INVALID(r, S("/most"), M_HTTP_REQUIRED, S("most, months"));
    w.act = http_act(r, reason);
    return tx_run(r->db, DB_WRITE, set_in_tx, &w) && reply_cap(r, out, 200, INT64_MAX);
}
