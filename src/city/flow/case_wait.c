/* See case_wait.h.
 *
 * Cases of one state of one flow differ, for a person, only in whose they are: in the district, of
 * the own enterprise or organisation, opened by oneself. So the acts are looked at once a state and
 * what a person may do becomes a few yes and no (Reach) that the store filters and counts by; the
 * files are read of those alone that are shown.
 */
#include "city/flow/case_wait.h"

#include <stdlib.h>

#include "city/flow/case_inner.h"

/* Who is reached: everybody, the clerk of the district, who the case is about, who opened it. */
typedef struct Reach {
    bool all, district, own, opener;
} Reach;

/* One state of one flow with open cases. */
typedef struct Place {
    Str flow, sm3, state;
    const Flow *f;
    const FlowState *s;
    int64_t cases;
    Reach may, sees;
} Place;

typedef struct Found {
    int64_t id, due_day, changed_ms; /* due_day INT64_MAX: none */
} Found;

typedef struct Wait {
    Db *db;
    const Register *reg;
    const CaseActor *actor;
    Place *place;
    int nplaces, most;
    Found *found;
    int n, cap;
} Wait;

static void add_reach(Reach *r, RightScope s) {
    r->all |= s == SCOPE_ALL;
    r->district |= s == SCOPE_DISTRICT;
    r->own |= s == SCOPE_OWN;
}

static Reach reach_of(const char *right, uint32_t roles) {
    const Right *r = right_find(str_from(right));
    Reach out = {0};
    for (int i = 0; i < ROLES; i++)
        if (roles >> i & 1) add_reach(&out, right_scope(r, (Role)i));
    return out;
}

static Reach may_of(const Place *p, const CaseActor *actor) {
    Reach out = {0};
    for (int i = 0; i < p->f->nacts; i++) {
        const FlowAct *a = &p->f->acts[i];
        if (!flow_act_from(a, p->s)) continue;
        Reach r = reach_of("case:act", actor->roles & a->by);
        out.all |= r.all;
        out.district |= r.district;
        out.own |= r.own;
        out.opener |= a->by_opener;
    }
    return out;
}

static bool read_places(Wait *w) {
    Ctx *c = db_ctx(w->db);
    Map flows = map_new(c->arena);
    int cap = 0;
    Rows *q = Q(w->db, "SELECT flow, flow_sm3, state, count(*) FROM case_file WHERE closed_ms IS "
                       "NULL GROUP BY flow, flow_sm3, state ORDER BY flow, flow_sm3, state");
    while (q && row_next(q)) {
        GROW(c->arena, w->place, w->nplaces, cap);
        w->place[w->nplaces++] = (Place){.flow = str_dup(c->arena, row_str(q, 0)),
                                         .sm3 = str_dup(c->arena, row_str(q, 1)),
                                         .state = str_dup(c->arena, row_str(q, 2)),
                                         .cases = row_i64(q, 3)};
    }
    if (q) rows_close(q);
    for (int i = 0; i < w->nplaces && ctx_ok(c); i++) {
        Place *p = &w->place[i];
        p->f = map_get(&flows, p->sm3);
        if (!p->f) p->f = case_flow_of(w->db, w->reg, p->flow, p->sm3);
        if (!p->f) return false;
        map_put(&flows, p->sm3, (void *)(uintptr_t)p->f);
        p->s = flow_state(p->f, p->state);
        if (!p->s) return FAIL(c, ERR_STORE, M_FLOW_STATE, p->state);
        p->may = may_of(p, w->actor);
        p->sees = reach_of("case:read", w->actor->roles & (p->f->view ? p->f->view : UINT32_MAX));
    }
    return ctx_ok(c);
}

/* --- in the store -------------------------------------------------------------------------------
 */

/* What may_of and case_visible say of one case: $4 the name, $5 the district, $6 the enterprise, $7
 * the organisation; $8 … $11 may, $12 … $14 sees; $15 and $16 whose acts theirs are. */
#define OPENED CASE_OPENED("$4", "$15", "$16")
#define MINE                                                                                       \
    "($8 = 1 OR ($9 = 1 AND k.division <> '' AND k.division = $5) OR ($10 = 1 AND "                \
    "(($6 > 0 AND k.subject = $6) OR ($7 > 0 AND k.organisation = $7) OR " OPENED ")) "            \
    "OR ($11 = 1 AND " OPENED ")) AND ($12 = 1 OR " OPENED " OR ($13 = 1 AND "                     \
    "k.division <> '' AND k.division = $5) OR ($14 = 1 AND (($6 > 0 AND k.subject = $6) OR "       \
    "($7 > 0 AND k.organisation = $7))))"
#define OPEN_OF "k.closed_ms IS NULL AND k.flow = $1 AND k.flow_sm3 = $2 AND k.state = $3 AND "
enum { PLACE_ARGS = 16 };

static void place_args(const Wait *w, const Place *p, DbVal *v) {
    const CaseActor *a = w->actor;
    int64_t firm, body;
    case_acts_for(a, &firm, &body);
    DbVal all[PLACE_ARGS] = {db_s(p->flow),
                             db_s(p->sm3),
                             db_s(p->state),
                             db_s(a->name),
                             db_s(a->district),
                             db_i(a->subject),
                             db_i(a->organisation),
                             db_i(p->may.all),
                             db_i(p->may.district),
                             db_i(p->may.own),
                             db_i(p->may.opener),
                             db_i(p->sees.all),
                             db_i(p->sees.district),
                             db_i(p->sees.own),
                             db_i(firm),
                             db_i(body)};
    for (int i = 0; i < PLACE_ARGS; i++) v[i] = all[i];
}

static bool nobody(Reach r) {
    return !r.all && !r.district && !r.own && !r.opener;
}

static int64_t count_of(Wait *w, const Place *p) {
    DbVal v[PLACE_ARGS];
    if (nobody(p->may)) return 0;
    if (p->may.all && p->sees.all) return p->cases;
    place_args(w, p, v);
    return db_one_i64(w->db, 0, "SELECT count(*) FROM case_file k WHERE " OPEN_OF MINE, PLACE_ARGS,
                      v);
}

static void add(Wait *w, Found f) {
    GROW(db_ctx(w->db)->arena, w->found, w->n, w->cap);
    w->found[w->n++] = f;
}

/* The first due of a state. A clock runs in the state that starts it, and in no other. */
static bool find_due(Wait *w, const Place *p) {
    DbVal v[PLACE_ARGS + 1];
    if (!p->s->clock) return true;
    place_args(w, p, v);
    v[PLACE_ARGS] = db_i(w->most);
    Rows *q = db_query(w->db,
                       "SELECT k.id, min(c.due_day), k.changed_ms FROM case_file k "
                       "JOIN case_clock c ON c.case_file = k.id WHERE " OPEN_OF
                       "c.stopped_day IS NULL AND c.paused_day IS NULL AND c.due_day IS NOT NULL "
                       "AND " MINE " GROUP BY k.id, k.changed_ms "
                       "ORDER BY 2, k.changed_ms, k.id LIMIT $17",
                       PLACE_ARGS + 1, v);
    while (q && row_next(q)) add(w, (Found){row_i64(q, 0), row_i64(q, 1), row_i64(q, 2)});
    if (q) rows_close(q);
    return ctx_ok(db_ctx(w->db));
}

static bool find_others(Wait *w, const Place *p) {
    DbVal v[PLACE_ARGS + 1];
    place_args(w, p, v);
    v[PLACE_ARGS] = db_i(w->most);
    Rows *q = db_query(w->db,
                       "SELECT k.id, k.changed_ms FROM case_file k WHERE " OPEN_OF MINE
                       " AND NOT EXISTS (SELECT 1 FROM case_clock c WHERE c.case_file = k.id AND "
                       "c.stopped_day IS NULL AND c.paused_day IS NULL AND c.due_day IS NOT NULL) "
                       "ORDER BY k.changed_ms, k.id LIMIT $17",
                       PLACE_ARGS + 1, v);
    while (q && row_next(q)) add(w, (Found){row_i64(q, 0), INT64_MAX, row_i64(q, 1)});
    if (q) rows_close(q);
    return ctx_ok(db_ctx(w->db));
}

static int by_urgency(const void *x, const void *y) {
    const Found *a = x, *b = y;
    if (a->due_day != b->due_day) return a->due_day < b->due_day ? -1 : 1;
    if (a->changed_ms != b->changed_ms) return a->changed_ms < b->changed_ms ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

static bool find(Wait *w, bool (*of)(Wait *, const Place *)) {
    for (int i = 0; i < w->nplaces; i++)
        if (!nobody(w->place[i].may) && !of(w, &w->place[i])) return false;
    if (w->n) qsort(w->found, (size_t)w->n, sizeof *w->found, by_urgency);
    if (w->n > w->most) w->n = w->most;
    return true;
}

/* --- the files ----------------------------------------------------------------------------------
 */

/* The first act that is this person's; case_role also takes those of a clock, who is nobody here.
 */
static const FlowAct *act_of(const CaseFile *k, const CaseActor *actor) {
    int role;
    for (int i = 0; i < k->flow->nacts; i++) {
        const FlowAct *a = &k->flow->acts[i];
        if (flow_act_from(a, k->state) && case_role(k, a, actor, &role)) return a;
    }
    return NULL;
}

bool case_waiting(Db *db, const Register *reg, const CaseActor *actor, int most, CaseWait **out,
                  int *n, int64_t *total) {
    Ctx *c = db_ctx(db);
    Wait w = {.db = db, .reg = reg, .actor = actor, .most = most};
    *n = 0;
    *total = 0;
    if (!read_places(&w)) return false;
    for (int i = 0; i < w.nplaces; i++) *total += count_of(&w, &w.place[i]);
    if (!find(&w, find_due)) return false;
    if (w.n < most && !find(&w, find_others)) return false;
    *out = NEW_N(c->arena, CaseWait, w.n + 1);
    for (int i = 0; i < w.n; i++) {
        CaseWait *k = &(*out)[*n];
        if (!case_get(db, reg, w.found[i].id, &k->file)) return false;
        k->act = act_of(&k->file, actor);
        if (k->act && case_visible(&k->file, actor)) (*n)++;
    }
    return ctx_ok(c);
}
