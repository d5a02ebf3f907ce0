/* Opening cases and acting on them: one transaction of the caller's, whole or nothing. */
#include "base/date.h"
#include "base/utf8.h"
#include "city/bundle/notify.h"
#include "city/flow/case_inner.h"
#include "city/flow/effects.h"
#include "city/subject.h"
#include "store/counter.h"

static Str act_title(const Ctx *c, const FlowAct *a) {
    return flow_title(a->zh, a->en, c->lang);
}

static bool save(Db *db, const CaseFile *k) {
    Ctx *c = db_ctx(db);
    return EXEC(db,
                "UPDATE case_file SET state = $2, stage = $3, data = $4, closed_ms = $5 "
                "WHERE id = $1",
                db_i(k->id), db_s(k->state->id), db_s(k->state->stage),
                db_s(case_json(c->arena, k->data)), k->closed_ms ? db_i(k->closed_ms) : db_n());
}

bool case_step_data(Db *db, CaseStep *s, Str field, const Json *value) {
    Ctx *c = db_ctx(db);
    CaseActor system = case_actor_system(s->actor->name);
    Json *change = json_new(c->arena, JSON_OBJECT), *copy = NEW(c->arena, Json);
    *copy = *value;
    copy->next = NULL;
    json_set(change, field, copy);
    if (!case_merge(c, s->file, NULL, change, &system, &s->file->data)) return false;
    return save(db, s->file);
}

static bool run_effects(Db *db, CaseStep *s) {
    for (int i = 0; i < s->act->neffects; i++) {
        const FlowEffect *e = &s->act->effects[i];
        if (s->move->done.n && str_eq(e->effect->name, s->move->done)) continue;
        if (!e->effect->run(db, s, e->args)) return false;
    }
    return ctx_ok(db_ctx(db));
}

/* Those who follow the case or its enterprise, and may see the case. */
static bool tell_followers(Db *db, const CaseStep *s) {
    Arena *a = db_ctx(db)->arena;
    const CaseFile *k = s->file;
    Notify n = {.why = NOTIFY_FOLLOWS,
                .what = M_CASE_MOVED,
                .args = {k->title, s->act->zh, k->state->zh, s->act->en.n ? s->act->en : s->act->zh,
                         k->state->en.n ? k->state->en : k->state->zh},
                .nargs = 5,
                .object = case_object(a, k->id),
                .link = str_printf(a, "/cases/%lld", (long long)k->id),
                .actor = s->actor->name,
                .followers = true,
                .reg = s->reg};
    if (k->subject) n.also = str_printf(a, "enterprise:%lld", (long long)k->subject);
    return notify(db, &n);
}

const FlowAct *flow_act_doing(const Flow *f, Str effect, bool opens, Str key, bool is) {
    for (int i = 0; i < f->nacts; i++) {
        const FlowAct *a = &f->acts[i];
        for (int e = 0; a->opens == opens && e < a->neffects; e++)
            if (str_eq(a->effects[e].effect->name, effect) &&
                (!key.n || json_get_bool(a->effects[e].args, key, false) == is))
                return a;
    }
    return NULL;
}

/* Moves a case whose guards have passed. k is as before, with the data of the move in it. */
static bool move(Db *db, const Register *reg, CaseFile *k, const FlowAct *a, const FlowState *from,
                 const CaseMove *m, const CaseActor *actor, int role, CaseGate *gate, int depth) {
    Ctx *c = db_ctx(db);
    CaseStep s = {.reg = reg,
                  .file = k,
                  .act = a,
                  .from = from,
                  .actor = actor,
                  .move = m,
                  .depth = depth,
                  .day = china_day(c->now_ms)};
    if (!case_now(db, k, &s.at_ms)) return false;
    Str reason = str_trim(m->reason).n ? m->reason : a->zh;
    Act who = {.actor = actor->name, .reason = reason};
    if (gate->decided) {
        s.decision = decision_keep(db, k->subject, &gate->decision, &gate->facts, &who);
        if (!s.decision) return false;
    }
    if (a->to) k->state = a->to;
    if (k->state->final && !k->closed_ms) k->closed_ms = s.at_ms;
    CaseEventNew e = {.at_ms = s.at_ms,
                      .decision = s.decision,
                      .actor = actor->name,
                      .role = case_role_text(role),
                      .act = a->id,
                      .from = from ? from->id : S(""),
                      .to = k->state->id,
                      .code = m->code,
                      .reason = m->reason,
                      .data = m->data ? case_json(c->arena, m->data) : S("{}")};
    s.event = case_event_add(db, k, &e, from ? S("case.act") : S("case.open"));
    return s.event && save(db, k) && case_clock_move(db, reg, k, a, from, m, s.day) &&
           run_effects(db, &s) && tell_followers(db, &s);
}

/* --- opening -----------------------------------------------------------------------------------
 */

/* The one that is named, else the first that is for the person; nobody's when there is none, so
 * that the refusal has a name. */
static const FlowAct *opening(Ctx *c, const Flow *f, Str act, const CaseActor *actor) {
    const FlowAct *first = NULL;
    for (int i = 0; i < f->nacts; i++) {
        const FlowAct *a = &f->acts[i];
        if (act.n ? a->opens && str_eq(a->id, act) : flow_act_openable(a, actor)) return a;
        if (a->opens && !first) first = a;
    }
    if (first && !act.n) return first;
    FAIL(c, ERR_INPUT, M_FLOW_ACT, act);
    return NULL;
}

static bool check_subject(Db *db, const CaseNew *n, CaseFile *k, Subject *who) {
    Ctx *c = db_ctx(db);
    if (k->flow->subject_enterprise != (n->subject != 0))
        return FAIL(c, ERR_RULE, M_CASE_SUBJECT, flow_title(k->flow->zh, k->flow->en, c->lang));
    if (!n->subject) return true;
    if (!subject_get(db, n->subject, who)) return false;
    k->subject = who->id;
    if (!k->division.n) k->division = who->unit.n ? who->unit : who->division;
    return true;
}

/* One enterprise has one open case of a kind below a parent; its lock is held, so two who open it
 * at once see each other. */
static bool check_first(Db *db, const CaseFile *k) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db,
                "SELECT number FROM case_file WHERE flow = $1 AND parent = $2 AND subject = $3 AND "
                "closed_ms IS NULL ORDER BY id LIMIT 1",
                db_s(k->flow->id), db_i(k->parent), db_i(k->subject));
    Str there = r && row_next(r) ? str_dup(c->arena, row_str(r, 0)) : S("");
    if (r) rows_close(r);
    if (!there.n) return ctx_ok(c);
    return FAIL(c, ERR_STATE, M_CASE_TWICE, flow_title(k->flow->zh, k->flow->en, c->lang), there);
}

static bool check_parent(Db *db, const Register *reg, const CaseNew *n, const CaseFile *k) {
    Ctx *c = db_ctx(db);
    CaseFile parent;
    if (!n->parent && !k->flow->parent.n) return true;
    if (!n->parent || !k->flow->parent.n)
        return FAIL(c, ERR_RULE, M_CASE_NO_PARENT, flow_title(k->flow->zh, k->flow->en, c->lang));
    if (!case_lock(db, reg, n->parent, &parent)) return false;
    if (!str_eq(parent.flow->id, k->flow->parent))
        return FAIL(c, ERR_RULE, M_CASE_NO_PARENT, flow_title(k->flow->zh, k->flow->en, c->lang));
    return !k->subject || check_first(db, k);
}

/* membership-2026-0012: by flow and year, without a gap: what fails takes its number back. */
static bool give_number(Db *db, CaseFile *k) {
    Ctx *c = db_ctx(db);
    Str head = str_printf(c->arena, "%.*s-%d", STRF(k->flow->id),
                          date_from_days(china_day(c->now_ms)).year);
    int64_t next = Q_I64(db, 0,
                         "INSERT INTO counter(name, next) VALUES ($1, 2) ON CONFLICT (name) "
                         "DO UPDATE SET next = counter.next + 1 RETURNING next",
                         db_s(str_cat(c->arena, S("case:"), head)));
    k->number = str_printf(c->arena, "%.*s-%04lld", STRF(head), (long long)(next - 1));
    k->id = counter_take(db, S("case_file"), 1);
    return ctx_ok(c);
}

static bool insert(Db *db, const CaseFile *k) {
    Ctx *c = db_ctx(db);
    return EXEC(db,
                "INSERT INTO case_file(id, version, flow, flow_sm3, state, stage, subject, parent, "
                "number, title, division, organisation, data, opened_ms, opened_by, changed_ms, "
                "closed_ms, seq_at_open) VALUES ($1, 0, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
                "$12, $13, $14, $13, NULL, $15)",
                db_i(k->id), db_s(k->flow->id), db_s(k->flow->sm3), db_s(k->state->id),
                db_s(k->state->stage), k->subject ? db_i(k->subject) : db_n(),
                k->parent ? db_i(k->parent) : db_n(), db_s(k->number), db_s(k->title),
                db_s(k->division), db_i(k->organisation), db_s(case_json(c->arena, k->data)),
                db_i(c->now_ms), db_s(k->opened_by), db_i(k->seq_at_open));
}

static bool fill(Db *db, const Register *reg, const CaseNew *n, const FlowAct *a,
                 const CaseActor *actor, CaseFile *k) {
    Ctx *c = db_ctx(db);
    Subject who = {0};
    k->parent = n->parent;
    k->title = str_trim(n->title);
    k->division = n->division;
    k->organisation = n->organisation ? n->organisation : actor->organisation;
    k->opened_ms = k->changed_ms = c->now_ms;
    k->seq_at_open = Q_I64(db, 1, "SELECT next FROM counter WHERE name = 'seq'") - 1;
    if (utf8_unseen_at(k->title) >= 0)
        return FAIL_AT(c, ERR_RULE, S("/title"), M_PEOPLE_UNSEEN, S("title"));
    if (!check_subject(db, n, k, &who) || !check_parent(db, reg, n, k)) return false;
    if (!k->title.n)
        k->title = who.name.n
                       ? str_printf(c->arena, "%.*s：%.*s", STRF(k->flow->zh), STRF(who.name))
                       : k->flow->zh;
    return case_merge(c, k, a, n->data, actor, &k->data);
}

static bool open_at(Db *db, const Register *reg, const CaseNew *n, const CaseActor *actor,
                    CaseFile *out, int depth) {
    Ctx *c = db_ctx(db);
    CaseFile k = {.flow = flow_find(reg->pack, n->flow)};
    CaseGate gate = {0};
    int role;
    if (!k.flow) return FAIL(c, ERR_MISSING, M_FLOW_UNKNOWN, n->flow);
    const FlowAct *a = opening(c, k.flow, n->act, actor);
    if (!a || !fill(db, reg, n, a, actor, &k)) return false;
    k.state = a->to;
    /* Nothing is the own case of somebody before it is there. */
    if (!case_role(&k, a, actor, &role))
        return FAIL(c, ERR_DENIED, M_CASE_NOT_YOURS, act_title(c, a));
    k.opened_by = actor->name;
    CaseMove m = {
        .act = a->id, .code = n->code, .reason = n->reason, .data = k.data, .done = n->done};
    if (!give_number(db, &k) || !insert(db, &k)) return false;
    if (!case_gate(db, reg, &k, a, actor, &m, &gate)) return false;
    if (!move(db, reg, &k, a, NULL, &m, actor, role, &gate, depth)) return false;
    *out = k;
    return true;
}

bool case_open(Db *db, const Register *reg, const CaseNew *n, const CaseActor *actor,
               CaseFile *out) {
    return open_at(db, reg, n, actor, out, 0);
}

/* --- acting ------------------------------------------------------------------------------------
 */

static bool is_fresh(Ctx *c, const CaseFile *k, int64_t version) {
    return !version || version == k->version || FAIL(c, ERR_STALE, M_CASE_STALE, k->number);
}

static bool act_at(Db *db, const Register *reg, int64_t id, const CaseMove *m,
                   const CaseActor *actor, CaseFile *out, int depth) {
    Ctx *c = db_ctx(db);
    CaseFile k;
    CaseGate gate = {0};
    int role;
    if (!case_lock(db, reg, id, &k)) return false;
    if (actor->user && !case_visible(&k, actor))
        return FAIL(c, ERR_MISSING, M_CASE_UNKNOWN, str_printf(c->arena, "%lld", (long long)id));
    const FlowAct *a = flow_act(k.flow, m->act);
    if (!a || a->opens) return FAIL(c, ERR_INPUT, M_FLOW_ACT, m->act);
    if (!is_fresh(c, &k, m->version)) return false;
    if (!flow_act_from(a, k.state))
        return FAIL(c, ERR_STATE, M_CASE_STATE, act_title(c, a),
                    flow_title(k.state->zh, k.state->en, c->lang));
    if (!case_role(&k, a, actor, &role))
        return FAIL(c, ERR_DENIED, M_CASE_NOT_YOURS, act_title(c, a));
    const FlowState *from = k.state;
    if (m->data && !case_merge(c, &k, a, m->data, actor, &k.data)) return false;
    if (!case_gate(db, reg, &k, a, actor, m, &gate)) return false;
    if (!move(db, reg, &k, a, from, m, actor, role, &gate, depth)) return false;
    *out = k;
    return true;
}

bool case_act(Db *db, const Register *reg, int64_t id, const CaseMove *m, const CaseActor *actor,
              CaseFile *out) {
    return act_at(db, reg, id, m, actor, out, 0);
}

bool case_edit(Db *db, const Register *reg, int64_t id, const CaseMove *m, const CaseActor *actor,
               CaseFile *out) {
    Ctx *c = db_ctx(db);
    CaseFile k;
    int64_t at_ms;
    int role = -1;
    bool mine = false;
    if (!case_lock(db, reg, id, &k)) return false;
    if (actor->user && !case_visible(&k, actor))
        return FAIL(c, ERR_MISSING, M_CASE_UNKNOWN, str_printf(c->arena, "%lld", (long long)id));
    if (!is_fresh(c, &k, m->version) || !case_now(db, &k, &at_ms)) return false;
    if (k.closed_ms) return FAIL(c, ERR_STATE, M_CASE_CLOSED, k.number);
    for (int i = 0; i < k.flow->nacts && !mine; i++)
        mine = flow_act_from(&k.flow->acts[i], k.state) &&
               case_role(&k, &k.flow->acts[i], actor, &role);
    if (!mine) return FAIL(c, ERR_DENIED, M_CASE_NOT_YOURS, k.number);
    if (!case_merge(c, &k, NULL, m->data, actor, &k.data)) return false;
    CaseEventNew e = {.at_ms = at_ms,
                      .actor = actor->name,
                      .role = case_role_text(role),
                      .act = S("edit"),
                      .from = k.state->id,
                      .to = k.state->id,
                      .reason = m->reason,
                      .data = m->data ? case_json(c->arena, m->data) : S("{}")};
    if (!case_event_add(db, &k, &e, S("case.edit")) || !save(db, &k)) return false;
    *out = k;
    return true;
}

/* --- effects ------------------------------------------------------------------------------------
 */

bool effect_case_district(Db *db, const CaseStep *s, const Json *args) {
    Ctx *c = db_ctx(db);
    CaseFile *k = s->file;
    Subject who;
    (void)args;
    if (!k->subject) return FAIL(c, ERR_RULE, M_CASE_SAME_DISTRICT, k->number);
    if (!subject_get(db, k->subject, &who)) return false;
    Str now = who.unit.n ? who.unit : who.division;
    if (!now.n || str_eq(now, k->division))
        return FAIL(c, ERR_RULE, M_CASE_SAME_DISTRICT, k->number);
    k->division = now;
    return EXEC(db, "UPDATE case_file SET division = $2 WHERE id = $1", db_i(k->id), db_s(now));
}

/* --- effects on other cases --------------------------------------------------------------------
 */

static bool too_deep(Db *db, const CaseStep *s) {
    return s->depth >= CASE_DEPTH_MAX && !FAIL(db_ctx(db), ERR_RULE, M_CASE_DEPTH, s->file->number);
}

bool effect_case_open(Db *db, const CaseStep *s, const Json *args) {
    CaseFile out;
    CaseActor system = case_actor_system(s->actor->name);
    const Flow *f = flow_find(s->reg->pack, json_get_str(args, S("flow")));
    if (too_deep(db, s)) return false;
    bool child = f && str_eq(f->parent, s->file->flow->id);
    CaseNew n = {.flow = json_get_str(args, S("flow")),
                 .subject = s->file->subject,
                 .parent = child ? s->file->id : 0,
                 .organisation = s->file->organisation,
                 .division = s->file->division,
                 .data = json_get(args, S("data")),
                 .reason = s->move->reason.n ? s->move->reason : s->act->zh};
    return open_at(db, s->reg, &n, &system, &out, s->depth + 1);
}

bool case_in_list(const Json *list, Str text) {
    for (const Json *j = list ? list->first : NULL; j; j = j->next)
        if (str_eq(json_str(j, S("")), text)) return true;
    return !list;
}

bool effect_case_act(Db *db, const CaseStep *s, const Json *args) {
    Ctx *c = db_ctx(db);
    CaseActor system = case_actor_system(s->actor->name);
    CaseMove m = {.act = json_get_str(args, S("act")),
                  .reason = s->move->reason.n ? s->move->reason : s->act->zh};
    int64_t *ids = NULL;
    int n = 0, cap = 0;
    if (too_deep(db, s)) return false;
    Rows *r = Q(db, "SELECT id, state FROM case_file WHERE parent = $1 AND flow = $2 ORDER BY id",
                db_i(s->file->id), db_s(json_get_str(args, S("flow"))));
    while (r && row_next(r)) {
        if (!case_in_list(json_get(args, S("where")), row_str(r, 1))) continue;
        GROW(c->arena, ids, n, cap);
        ids[n++] = row_i64(r, 0);
    }
    if (r) rows_close(r);
    for (int i = 0; i < n && ctx_ok(c); i++) {
        CaseFile out;
        if (!act_at(db, s->reg, ids[i], &m, &system, &out, s->depth + 1)) return false;
    }
    return ctx_ok(c);
}

bool case_step_act(Db *db, const CaseStep *s, const CaseMove *m) {
    CaseActor system = case_actor_system(s->actor->name);
    CaseFile out;
    if (too_deep(db, s)) return false;
    if (!act_at(db, s->reg, s->file->id, m, &system, &out, s->depth + 1)) return false;
    *s->file = out;
    return true;
}
