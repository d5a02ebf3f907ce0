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

static bool is_own(const CaseFile *k, const CaseActor *actor) {
    return (k->subject && k->subject == actor->subject) ||
           (k->organisation && k->organisation == actor->organisation) ||
           (actor->user && str_eq(k->opened_by, actor->name));
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
    return a->by_opener && k->opened_by.n && str_eq(k->opened_by, actor->name);
}

Str case_role_text(int role) {
    return role < 0 ? S("") : role_text((Role)role);
}

bool case_visible(const CaseFile *k, const CaseActor *actor) {
    uint32_t roles = k->flow->view ? k->flow->view : UINT32_MAX;
    return case_reach("case:read", k, actor, roles, NULL) ||
           (actor->user && str_eq(k->opened_by, actor->name));
}

bool flow_openable(const Flow *f, const CaseActor *actor) {
    const Right *r = right_find(S("case:act"));
    for (int i = 0; i < f->nacts; i++)
        if (f->acts[i].opens && rights_scope(r, actor->roles & f->acts[i].by) != SCOPE_NONE)
            return true;
    return false;
}

/* --- reading -----------------------------------------------------------------------------------
 */

/* The flow a case was opened under: the one in force, or parsed again from the store. */
static const Flow *flow_of(Db *db, const Register *reg, Str id, Str sm3) {
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
    return flow_parse(c, reg->pack, file);
}

/* Rows read first, flows looked up afterwards: a row's text lives until the next one. */
typedef struct RawCase {
    CaseFile file;
    Str flow, sm3, state, data;
} RawCase;

#define CASE_COLUMNS                                                                               \
    "k.id, k.version, k.flow, k.flow_sm3, k.state, k.subject, k.parent, k.number, k.title, "       \
    "k.division, k.organisation, k.data, k.opened_ms, k.opened_by, k.changed_ms, k.closed_ms, "    \
    "k.seq_at_open "

static RawCase raw_of(Arena *a, Rows *r) {
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

static bool finish(Db *db, const Register *reg, RawCase *raw, Map *flows, CaseFile *out) {
    Ctx *c = db_ctx(db);
    const Flow *f = flows ? map_get(flows, raw->sm3) : NULL;
    if (!f) f = flow_of(db, reg, raw->flow, raw->sm3);
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
    if (found) raw = raw_of(c->arena, r);
    if (r) rows_close(r);
    if (!ctx_ok(c)) return false;
    if (!found)
        return FAIL(c, ERR_MISSING, M_CASE_UNKNOWN, str_printf(c->arena, "%lld", (long long)id));
    return finish(db, reg, &raw, NULL, out);
}

bool case_view(Db *db, const Register *reg, int64_t id, const CaseActor *actor, CaseFile *out) {
    Ctx *c = db_ctx(db);
    if (!case_get(db, reg, id, out)) return false;
    return case_visible(out, actor) ||
           FAIL(c, ERR_MISSING, M_CASE_UNKNOWN, str_printf(c->arena, "%lld", (long long)id));
}

bool case_lock(Db *db, const Register *reg, int64_t id, CaseFile *out) {
    return EXEC(db, "UPDATE case_file SET version = version WHERE id = $1", db_i(id)) &&
           case_get(db, reg, id, out);
}

bool case_now(Db *db, const CaseFile *k, int64_t *at_ms) {
    Ctx *c = db_ctx(db);
    *at_ms = c->now_ms > k->changed_ms ? c->now_ms : k->changed_ms;
    if (k->changed_ms - c->now_ms <= CASE_SKEW_MS) return true;
    return FAIL(c, ERR_STATE, M_CASE_CLOCK_BACK, instant_text(c->arena, c->now_ms),
                instant_text(c->arena, k->changed_ms));
}

/* --- lists -------------------------------------------------------------------------------------
 */

/* What a filter says in SQL; the scope of the actor is part of it, so that totals tell nothing. */
#define CASE_WHERE                                                                                 \
    "FROM case_file k WHERE ($1 = '' OR k.flow = $1) AND ($2 = '' OR k.state = $2) "               \
    "AND ($3 = '' OR k.stage = $3) AND ($4 = '' OR k.division = $4) "                              \
    "AND ($5 = '' OR k.number LIKE $5 OR k.title LIKE $5) AND ($6 = '' OR k.opened_by = $6) "      \
    "AND ($7 = 0 OR k.parent = $7) AND ($8 = 0 OR k.subject = $8) "                                \
    "AND ($9 = 0 OR k.organisation = $9) AND ($10 = 0 OR k.closed_ms IS NULL) "                    \
    "AND ($11 = 1 OR k.opened_by = $12 OR ($13 <> '' AND k.division = $13) "                       \
    "OR ($14 <> 0 AND k.subject = $14) OR ($15 <> 0 AND k.organisation = $15)) "

enum { FILTER_ARGS = 15 };

/* The widest reading of the rights; flows with a view of their own are filtered afterwards. */
static void filter_args(Arena *a, const CaseFilter *f, const CaseActor *actor, DbVal *v) {
    RightScope s = actor ? rights_scope(right_find(S("case:read")), actor->roles) : SCOPE_ALL;
    bool district = s == SCOPE_DISTRICT;
    Str like = f->q.n ? str_printf(a, "%%%.*s%%", STRF(f->q)) : S("");
    v[0] = db_s(f->flow);
    v[1] = db_s(f->state);
    v[2] = db_s(f->stage);
    v[3] = db_s(f->division);
    v[4] = db_s(like);
    v[5] = db_s(f->opened_by);
    v[6] = db_i(f->parent);
    v[7] = db_i(f->subject);
    v[8] = db_i(f->organisation);
    v[9] = db_i(f->open_only);
    v[10] = db_i(s == SCOPE_ALL);
    v[11] = db_s(actor ? actor->name : S(""));
    v[12] = db_s(district ? actor->district : S(""));
    v[13] = db_i(actor && s >= SCOPE_OWN ? actor->subject : 0);
    v[14] = db_i(actor && s >= SCOPE_OWN ? actor->organisation : 0);
}

bool case_list(Db *db, const Register *reg, const CaseFilter *f, const CaseActor *actor,
               CaseFile **out, int *n, int64_t *total) {
    Ctx *c = db_ctx(db);
    DbVal v[FILTER_ARGS + 2];
    RawCase *raw = NULL;
    int nraw = 0, cap = 0;
    Map flows = map_new(c->arena);
    filter_args(c->arena, f, actor, v);
    v[FILTER_ARGS] = db_i(f->limit > 0 ? f->limit : 100);
    v[FILTER_ARGS + 1] = db_i(f->offset);
    *n = 0;
    Rows *r = db_query(db,
                       "SELECT " CASE_COLUMNS CASE_WHERE
                       "ORDER BY k.changed_ms DESC, k.id DESC LIMIT $16 OFFSET $17",
                       FILTER_ARGS + 2, v);
    while (r && row_next(r)) {
        GROW(c->arena, raw, nraw, cap);
        raw[nraw++] = raw_of(c->arena, r);
    }
    if (r) rows_close(r);
    *out = NEW_N(c->arena, CaseFile, nraw + 1);
    for (int i = 0; i < nraw && ctx_ok(c); i++) {
        if (!finish(db, reg, &raw[i], &flows, &(*out)[*n])) return false;
        if (!actor || case_visible(&(*out)[*n], actor)) (*n)++;
    }
    if (total) *total = db_one_i64(db, 0, "SELECT count(*) " CASE_WHERE, FILTER_ARGS, v);
    if (total && *n < nraw) *total -= nraw - *n;
    return ctx_ok(c);
}
