/* Clocks of cases: started and stopped by moves, paused and resumed by acts, escalated by time.
 *
 * A clock is counted in whole days of China; the day it starts is not counted (《民法典》201条). A
 * term in calendar days that ends on a free day ends on the next working day (203条). Where the
 * calendar does not reach, a clock has no due day until case_tick finds that it does.
 */
#include "base/date.h"
#include "base/log.h"
#include "city/bundle/notify.h"
#include "city/flow/case_inner.h"

#define NO_DAY INT64_MIN

static DbVal day_or_null(int64_t day) {
    return day == NO_DAY ? db_n() : db_i(day);
}

/* The last day of a term of n days after `day`; NO_DAY where the calendar does not reach. */
static int64_t due_day(Arena *a, const Calendar *k, int64_t day, int n, bool working) {
    Ctx own = ctx_new(a, 0);
    int64_t due;
    if (working) return workday_add(&own, k, day, n, &due) ? due : NO_DAY;
    return workday_add(&own, k, day + n, 0, &due) ? due : NO_DAY;
}

/* The due day of a clock that had none when it started. */
static int64_t first_due(Arena *a, const Register *reg, const CaseClock *k) {
    return due_day(a, pack_calendar(reg->pack), k->started_day, k->days, k->working);
}

static int64_t days_left(Arena *a, const Calendar *k, int64_t day, int64_t due, bool working) {
    Ctx own = ctx_new(a, 0);
    int n;
    if (due == NO_DAY) return INT32_MAX;
    if (!working) return due - day;
    return workday_between(&own, k, day, due, &n) ? n : INT32_MAX;
}

/* --- moves -------------------------------------------------------------------------------------
 */

static bool clock_days(Db *db, const Register *reg, const CaseFile *k, const FlowClock *clock,
                       int *days) {
    const Json *parameters;
    int64_t n;
    *days = clock->days;
    if (!clock->days_of.n) return true;
    if (!case_parameters(db, reg, k, &parameters)) return false;
    if (!str_to_i64(json_get_str(parameters, clock->days_of), &n) || n < 1 || n > 3660)
        return FAIL(db_ctx(db), ERR_RULE, M_CASE_CLOCK_DAYS, clock->name, clock->days_of);
    *days = (int)n;
    return true;
}

static bool start(Db *db, const Register *reg, const CaseFile *k, const FlowClock *clock,
                  int64_t day) {
    int days;
    if (!clock_days(db, reg, k, clock, &days)) return false;
    int64_t due = due_day(db_ctx(db)->arena, pack_calendar(reg->pack), day, days, clock->working);
    Str to = clock->escalate_to < 0 ? S("") : role_text((Role)clock->escalate_to);
    return EXEC(db, "DELETE FROM case_clock WHERE case_file = $1 AND name = $2", db_i(k->id),
                db_s(clock->name)) &&
           EXEC(db,
                "INSERT INTO case_clock(case_file, name, days, working, started_day, due_day, "
                "paused_day, pause_reason, used_days, stopped_day, escalate_to, escalated_ms) "
                "VALUES ($1, $2, $3, $4, $5, $6, NULL, '', 0, NULL, $7, NULL)",
                db_i(k->id), db_s(clock->name), db_i(days), db_i(clock->working), db_i(day),
                day_or_null(due), db_s(to));
}

static int64_t day_of(Rows *r, int col) {
    return row_null(r, col) ? NO_DAY : row_i64(r, col);
}

#define CLOCK_COLUMNS                                                                              \
    "c.name, c.days, c.working, c.started_day, c.due_day, c.paused_day, c.pause_reason, "          \
    "c.used_days, c.stopped_day, c.escalate_to, c.escalated_ms, c.case_file "

static CaseClock clock_of(Arena *a, Rows *r) {
    return (CaseClock){.name = str_dup(a, row_str(r, 0)),
                       .days = (int)row_i64(r, 1),
                       .working = row_i64(r, 2) != 0,
                       .started_day = row_i64(r, 3),
                       .due_day = day_of(r, 4),
                       .paused_day = day_of(r, 5),
                       .pause_reason = str_dup(a, row_str(r, 6)),
                       .used_days = (int)row_i64(r, 7),
                       .stopped_day = day_of(r, 8),
                       .escalate_to = str_dup(a, row_str(r, 9)),
                       .escalated_ms = row_i64(r, 10),
                       .case_file = row_i64(r, 11)};
}

static bool find_clock(Db *db, int64_t id, Str name, CaseClock *out) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db,
                "SELECT " CLOCK_COLUMNS "FROM case_clock c WHERE c.case_file = $1 AND c.name = $2 "
                "AND c.stopped_day IS NULL",
                db_i(id), db_s(name));
    bool found = r && row_next(r);
    if (found) *out = clock_of(c->arena, r);
    if (r) rows_close(r);
    if (!ctx_ok(c)) return false;
    return found || FAIL(c, ERR_STATE, M_CASE_CLOCK_NONE, name);
}

static bool pause_clock(Db *db, const Register *reg, int64_t id, Str name, Str reason,
                        int64_t day) {
    Ctx *c = db_ctx(db);
    CaseClock k = {0};
    if (!find_clock(db, id, name, &k)) return false;
    if (k.paused_day != NO_DAY) return FAIL(c, ERR_STATE, M_CASE_CLOCK_PAUSED, name);
    int64_t left = days_left(c->arena, pack_calendar(reg->pack), day, k.due_day, k.working);
    if (left == INT32_MAX) return FAIL(c, ERR_STATE, M_CASE_CLOCK_UNKNOWN, name);
    if (left < 0) return FAIL(c, ERR_STATE, M_CASE_CLOCK_OVER, name);
    int64_t used = left > k.days ? 0 : k.days - left;
    return EXEC(db,
                "UPDATE case_clock SET paused_day = $3, pause_reason = $4, used_days = $5 "
                "WHERE case_file = $1 AND name = $2",
                db_i(id), db_s(name), db_i(day), db_s(reason), db_i(used));
}

static bool resume_clock(Db *db, const Register *reg, int64_t id, Str name, int64_t day) {
    Ctx *c = db_ctx(db);
    CaseClock k = {0};
    if (!find_clock(db, id, name, &k)) return false;
    if (k.paused_day == NO_DAY) return FAIL(c, ERR_STATE, M_CASE_CLOCK_RUNS, name);
    int64_t due = due_day(c->arena, pack_calendar(reg->pack), day, k.days - k.used_days, k.working);
    return EXEC(db,
                "UPDATE case_clock SET paused_day = NULL, pause_reason = '', due_day = $3 "
                "WHERE case_file = $1 AND name = $2",
                db_i(id), db_s(name), day_or_null(due));
}

bool case_clock_move(Db *db, const Register *reg, const CaseFile *k, const FlowAct *a,
                     const FlowState *from, const CaseMove *m, int64_t day) {
    if (a->pause.n && !pause_clock(db, reg, k->id, a->pause, m->reason, day)) return false;
    if (a->resume.n && !resume_clock(db, reg, k->id, a->resume, day)) return false;
    if (from == k->state) return true;
    if (from && !EXEC(db,
                      "UPDATE case_clock SET stopped_day = $2 "
                      "WHERE case_file = $1 AND stopped_day IS NULL",
                      db_i(k->id), db_i(day)))
        return false;
    return !k->state->clock || start(db, reg, k, k->state->clock, day);
}

/* --- reading -----------------------------------------------------------------------------------
 */

bool case_clocks(Db *db, const Register *reg, int64_t id, bool all, CaseClock **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    int64_t today = china_day(c->now_ms);
    *out = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT " CLOCK_COLUMNS "FROM case_clock c WHERE c.case_file = $1 "
                "AND ($2 = 1 OR c.stopped_day IS NULL) ORDER BY c.started_day, c.name",
                db_i(id), db_i(all));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = clock_of(c->arena, r);
    }
    if (r) rows_close(r);
    for (int i = 0; i < *n; i++) {
        CaseClock *k = &(*out)[i];
        k->left = (int)days_left(c->arena, pack_calendar(reg->pack), today, k->due_day, k->working);
        if (k->paused_day != NO_DAY) k->left = k->days - k->used_days;
    }
    return ctx_ok(c);
}

/* --- time passes -------------------------------------------------------------------------------
 */

typedef struct Tick {
    const Register *reg;
    CaseTick *report;
    int64_t today, id;
    Str name;
    CaseFile file; /* as the transaction locked it */
    int escalated, acted, dated, refused;
} Tick;

/* The role a clock is escalated to hears of it (a role of a district: that of the case), and who
 * follows the case. */
static bool ring(Db *db, const Tick *t, const CaseFile *k, const CaseClock *clock) {
    Arena *a = db_ctx(db)->arena;
    int role = role_find(clock->escalate_to);
    Notify n = {.why = NOTIFY_WAITS,
                .what = M_CASE_ESCALATED,
                .args = {k->title, clock->name, date_text(a, clock->due_day)},
                .nargs = 3,
                .object = case_object(a, k->id),
                .link = str_printf(a, "/cases/%lld", (long long)k->id),
                .actor = S("system:clock"),
                .followers = true,
                .reg = t->reg};
    bool district =
        role >= 0 && right_scope(right_find(S("case:read")), (Role)role) == SCOPE_DISTRICT;
    if (role >= 0 && (!district || k->division.n)) n.to.roles = (uint32_t)1 << role;
    if (district) n.to.district = k->division;
    return notify(db, &n);
}

static bool escalate(Db *db, Tick *t, CaseFile *k, const CaseClock *clock, int64_t at_ms) {
    CaseEventNew e = {.at_ms = at_ms,
                      .actor = S("system:clock"),
                      .act = str_cat(db_ctx(db)->arena, S("clock:"), clock->name),
                      .from = k->state->id,
                      .to = k->state->id,
                      .reason = date_text(db_ctx(db)->arena, clock->due_day),
                      .data = S("{}")};
    t->escalated = 1;
    return case_event_add(db, k, &e, S("case.escalate")) &&
           EXEC(db, "UPDATE case_clock SET escalated_ms = $3 WHERE case_file = $1 AND name = $2",
                db_i(k->id), db_s(clock->name), db_i(at_ms)) &&
           ring(db, t, k, clock);
}

/* The first act by clock whose guards pass; one that is closed waits for the next tick. */
static bool act_by_clock(Db *db, void *user) {
    Tick *t = user;
    Ctx *c = db_ctx(db);
    const CaseFile *k = &t->file;
    CaseActor actor = {.name = S("system:clock")};
    for (int i = 0; i < k->flow->nacts; i++) {
        const FlowAct *a = &k->flow->acts[i];
        CaseGate gate = {0};
        CaseFile out;
        if (!a->by_clock || !flow_act_from(a, k->state)) continue;
        CaseMove m = {.act = a->id,
                      .code = a->ncodes ? a->codes[0]->id : S(""),
                      .reason = msg_text(c->arena, M_CASE_BY_CLOCK, LANG_ZH, 1, &t->name)};
        if (case_gate(db, t->reg, k, a, &actor, &m, &gate)) {
            t->acted = 1;
            return case_act(db, t->reg, k->id, &m, &actor, &out);
        }
        if (c->err.code != ERR_RULE && c->err.code != ERR_STATE) return false;
        ctx_clear(c);
    }
    return true;
}

/* A case that refuses its act must not hold up the others, nor take its own escalation back: it is
 * logged, and tried again with the next tick. */
static bool refused(Ctx *c, Tick *t) {
    if (ctx_ok(c) || ctx_grave(c)) return false;
    LOG(LOG_WARN, "case_clock", {"case", case_object(c->arena, t->id)},
        {"text", note_text(c->arena, &c->err.note, LANG_EN)});
    t->refused = 1;
    t->acted = 0;
    ctx_clear(c);
    return true;
}

static bool tick_clock(Db *db, void *user) {
    Tick *t = user;
    Ctx *c = db_ctx(db);
    CaseFile *k = &t->file;
    CaseClock clock = {0};
    int64_t at_ms;
    t->escalated = t->acted = t->dated = t->refused = 0;
    if (!case_lock(db, t->reg, t->id, k)) return false;
    if (k->closed_ms || !find_clock(db, t->id, t->name, &clock)) {
        if (c->err.code == ERR_STATE) ctx_clear(c); /* stopped meanwhile */
        return ctx_ok(c);
    }
    if (clock.paused_day != NO_DAY || !case_now(db, k, &at_ms)) return ctx_ok(c);
    if (clock.due_day == NO_DAY) {
        clock.due_day = first_due(c->arena, t->reg, &clock);
        t->dated = clock.due_day != NO_DAY;
        if (t->dated && !EXEC(db,
                              "UPDATE case_clock SET due_day = $3 WHERE case_file = $1 AND "
                              "name = $2",
                              db_i(k->id), db_s(clock.name), db_i(clock.due_day)))
            return false;
    }
    if (clock.due_day == NO_DAY || clock.due_day >= t->today) return true;
    if (!clock.escalated_ms && !escalate(db, t, k, &clock, at_ms)) return false;
    return tx_part(db, act_by_clock, t) || refused(c, t);
}

/* A clock that time may have something to do with, and where its case stands. */
typedef struct Over {
    CaseClock clock;
    Str flow, sm3, state;
} Over;

static bool has_act(const Flow *f, const FlowState *s) {
    for (int i = 0; s && i < f->nacts; i++)
        if (f->acts[i].by_clock && flow_act_from(&f->acts[i], s)) return true;
    return false;
}

/* Whether there is anything to do, before a transaction is begun: hundreds of clocks may be over
 * that were escalated long ago, or lie beyond the calendar. A flow that cannot be read is for the
 * transaction to say. */
static bool has_work(Db *db, const Register *reg, Map *flows, const Over *o) {
    Ctx *c = db_ctx(db);
    if (o->clock.due_day == NO_DAY) return first_due(c->arena, reg, &o->clock) != NO_DAY;
    if (!o->clock.escalated_ms) return true;
    const Flow *f = map_get(flows, o->sm3);
    if (!f) f = case_flow_of(db, reg, o->flow, o->sm3);
    if (!f) {
        if (!ctx_grave(c)) ctx_clear(c);
        return true;
    }
    map_put(flows, o->sm3, (void *)(uintptr_t)f);
    return has_act(f, flow_state(f, o->state));
}

static bool read_over(Db *db, int64_t today, Over **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT " CLOCK_COLUMNS ", k.flow, k.flow_sm3, k.state "
                "FROM case_clock c JOIN case_file k ON k.id = c.case_file "
                "WHERE c.stopped_day IS NULL AND c.paused_day IS NULL AND k.closed_ms IS NULL "
                "AND (c.due_day IS NULL OR c.due_day < $1) ORDER BY c.case_file, c.name",
                db_i(today));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = (Over){.clock = clock_of(c->arena, r),
                                .flow = str_dup(c->arena, row_str(r, 12)),
                                .sm3 = str_dup(c->arena, row_str(r, 13)),
                                .state = str_dup(c->arena, row_str(r, 14))};
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

bool case_tick(Db *db, const Register *reg, CaseTick *out) {
    Ctx *c = db_ctx(db);
    Map flows = map_new(c->arena);
    Over *all;
    int n, kept = 0;
    int64_t today = china_day(c->now_ms);
    *out = (CaseTick){0};
    if (!read_over(db, today, &all, &n)) return false;
    for (int i = 0; i < n && ctx_ok(c); i++)
        if (has_work(db, reg, &flows, &all[i])) all[kept++] = all[i];
    for (int i = 0; i < kept && ctx_ok(c); i++) {
        const CaseClock *k = &all[i].clock;
        Tick t = {.reg = reg, .today = today, .id = k->case_file, .name = k->name};
        CtxMark mark = ctx_mark(c);
        if (!tx_run(db, DB_WRITE, tick_clock, &t) && !refused(c, &t)) return false;
        ctx_rewind(c, mark);
        out->escalated += t.escalated;
        out->acted += t.acted;
        out->dated += t.dated;
        out->refused += t.refused;
    }
    return ctx_ok(c);
}
