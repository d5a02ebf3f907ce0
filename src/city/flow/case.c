/* Cases: reading them, who may see them, lists. Acts are in case_act.c, guards in case_gate.c.
 *
 * Invariants: a case's state is one of the flow whose file has flow_sm3, and that file is in
 * rule_content for ever; version, changed_ms and the last event go together.
 */
#include "city/flow/case.h"

#include "base/date.h"
#include "city/flow/case_inner.h"

Str case_object(Arena *a, int64_t id) {
    return str_printf(a, "case:%lld", (long long)id);
}

Str case_json(Arena *a, const Json *j) {
    Buf b = buf_new(a, 0);
    json_canonical(&b, j);
    return buf_str(&b);
}

CaseActor case_actor(const User *u) {
    return (CaseActor){.name = u->name,
                       .user = u->id,
                       .roles = u->roles,
                       .district = u->district,
                       .organisation = u->organisation,
                       .subject = u->subject,
                       .viewer = u->viewing ? u->own_roles : 0};
}

CaseActor case_actor_system(Str name) {
    return (CaseActor){.name = name, .roles = ((uint32_t)1 << ROLES) - 1};
}

/* --- scope -------------------------------------------------------------------------------------
 */

void case_acts_for(const CaseActor *actor, int64_t *firm, int64_t *body) {
    bool enterprise = actor->roles == 1u << ROLE_ENTERPRISE;
    bool partner = actor->roles == 1u << ROLE_PARTNER;
    *firm = !enterprise ? 0 : actor->subject ? actor->subject : -1;
    *body = !partner ? 0 : actor->organisation ? actor->organisation : -1;
}

bool case_opened_by(const CaseFile *k, const CaseActor *actor) {
    int64_t firm, body;
    case_acts_for(actor, &firm, &body);
    return actor->user && str_eq(k->opened_by, actor->name) &&
           (!firm || !k->subject || k->subject == firm) &&
           (!body || !k->organisation || k->organisation == body);
}

static bool is_own(const CaseFile *k, const CaseActor *actor) {
    return (k->subject && k->subject == actor->subject) ||
           (k->organisation && k->organisation == actor->organisation) || case_opened_by(k, actor);
}

bool case_reach(const char *right, const CaseFile *k, const CaseActor *actor, uint32_t roles,
                int *role) {
    const Right *r = right_find(str_from(right));
    roles &= actor->roles;
    for (int i = 0; i < ROLES; i++) {
        if (!(roles >> i & 1)) continue;
        RightScope s = right_scope(r, (Role)i);
        bool here = s == SCOPE_ALL || (s == SCOPE_OWN && is_own(k, actor)) ||
                    (s == SCOPE_DISTRICT && k->division.n && str_eq(k->division, actor->district));
        if (!here) continue;
        if (role) *role = i;
        return true;
    }
    return false;
}

bool case_role(const CaseFile *k, const FlowAct *a, const CaseActor *actor, int *role) {
    *role = -1;
    if (!actor->user && a->by_clock) return true;
    if (case_reach("case:act", k, actor, a->by, role)) return true;
    *role = -1;
    return a->by_opener && k->opened_by.n &&
           (actor->user ? case_opened_by(k, actor) : str_eq(k->opened_by, actor->name));
}

Str case_role_text(int role) {
    return role < 0 ? S("") : role_text((Role)role);
}

bool case_visible(const CaseFile *k, const CaseActor *actor) {
    uint32_t roles = k->flow->view ? k->flow->view : UINT32_MAX;
    return case_reach("case:read", k, actor, roles, NULL) || case_opened_by(k, actor);
}

bool flow_act_openable(const FlowAct *a, const CaseActor *actor) {
    const Right *r = right_find(S("case:act"));
    return a->opens && rights_scope(r, actor->roles & a->by) != SCOPE_NONE;
}

bool flow_openable(const Flow *f, const CaseActor *actor) {
    for (int i = 0; i < f->nacts; i++)
        if (flow_act_openable(&f->acts[i], actor)) return true;
    return false;
}

/* --- reading -----------------------------------------------------------------------------------
 */

/* The flow a case was opened under: the one in force, or parsed again from the store. */
const Flow *case_flow_of(Db *db, const Register *reg, Str id, Str sm3) {
    Ctx *c = db_ctx(db);
    const Flow *now = flow_find(reg->pack, id);
    if (now && str_eq(now->sm3, sm3)) return now;
    PackFile *file = NEW(c->arena, PackFile);
    *file = (PackFile){.pack = S("store"), .path = str_cat(c->arena, S("flows/"), id)};
    Rows *r = Q(db, "SELECT bytes FROM rule_content WHERE sm3 = $1", db_s(sm3));
    if (r && row_next(r)) file->bytes = str_dup(c->arena, row_str(r, 0));
    if (r) rows_close(r);
    if (!ctx_ok(c)) return NULL;
    if (!file->bytes.n) {
        FAIL(c, ERR_STORE, M_FLOW_UNKNOWN, id);
        return NULL;
    }
    return flow_parse_stored(c, reg->pack, file);
}

RawCase case_raw(Arena *a, Rows *r) {
    return (RawCase){.file = {.id = row_i64(r, 0),
                              .version = row_i64(r, 1),
                              .subject = row_i64(r, 5),
                              .parent = row_i64(r, 6),
                              .number = str_dup(a, row_str(r, 7)),
                              .title = str_dup(a, row_str(r, 8)),
                              .division = str_dup(a, row_str(r, 9)),
                              .organisation = row_i64(r, 10),
                              .opened_ms = row_i64(r, 12),
                              .opened_by = str_dup(a, row_str(r, 13)),
                              .changed_ms = row_i64(r, 14),
                              .closed_ms = row_i64(r, 15),
                              .seq_at_open = row_i64(r, 16)},
                     .flow = str_dup(a, row_str(r, 2)),
                     .sm3 = str_dup(a, row_str(r, 3)),
                     .state = str_dup(a, row_str(r, 4)),
                     .data = str_dup(a, row_str(r, 11))};
}

bool case_finish(Db *db, const Register *reg, RawCase *raw, Map *flows, CaseFile *out) {
    Ctx *c = db_ctx(db);
    const Flow *f = flows ? map_get(flows, raw->sm3) : NULL;
    if (!f) f = case_flow_of(db, reg, raw->flow, raw->sm3);
    if (!f) return false;
    if (flows) map_put(flows, raw->sm3, (void *)(uintptr_t)f);
    raw->file.flow = f;
    raw->file.state = flow_state(f, raw->state);
    raw->file.data = json_parse(c, raw->data, S("case data"));
    *out = raw->file;
    return raw->file.state ? ctx_ok(c) : FAIL(c, ERR_STORE, M_FLOW_STATE, raw->state);
}

bool case_get(Db *db, const Register *reg, int64_t id, CaseFile *out) {
    Ctx *c = db_ctx(db);
    RawCase raw = {0};
    Rows *r = Q(db, "SELECT " CASE_COLUMNS "FROM case_file k WHERE k.id = $1", db_i(id));
    bool found = r && row_next(r);
    if (found) raw = case_raw(c->arena, r);
    if (r) rows_close(r);
    if (!ctx_ok(c)) return false;
    if (!found)
        return FAIL(c, ERR_MISSING, M_CASE_UNKNOWN, str_printf(c->arena, "%lld", (long long)id));
    return case_finish(db, reg, &raw, NULL, out);
}

bool case_view(Db *db, const Register *reg, int64_t id, const CaseActor *actor, CaseFile *out) {
    Ctx *c = db_ctx(db);
    if (!case_get(db, reg, id, out)) return false;
    return case_visible(out, actor) ||
           FAIL(c, ERR_MISSING, M_CASE_UNKNOWN, str_printf(c->arena, "%lld", (long long)id));
}

bool case_lock(Db *db, const Register *reg, int64_t id, CaseFile *out) {
    return EXEC(db,
                "UPDATE case_file SET version = version WHERE id = (SELECT parent FROM case_file "
                "WHERE id = $1)",
                db_i(id)) &&
           EXEC(db, "UPDATE case_file SET version = version WHERE id = $1", db_i(id)) &&
           case_get(db, reg, id, out);
}

bool case_now(Db *db, const CaseFile *k, int64_t *at_ms) {
    Ctx *c = db_ctx(db);
    *at_ms = c->now_ms > k->changed_ms ? c->now_ms : k->changed_ms;
    if (k->changed_ms - c->now_ms <= CASE_SKEW_MS) return true;
    return FAIL(c, ERR_STATE, M_CASE_CLOCK_BACK, instant_text(c->arena, c->now_ms),
                instant_text(c->arena, k->changed_ms));
}
