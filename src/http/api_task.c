/* What waits for a person, what a person opened, what changed of what a person follows; the flows
 * and the calendar. */
#include <stdlib.h>

#include "base/date.h"
#include "base/map.h"
#include "city/bundle/notify.h"
#include "city/flow/calendar.h"
#include "http/api.h"
#include "http/api_case.h"
#include "http/json_out.h"

enum { TASKS_MAX = 200, SCAN_MAX = 5000, FOLLOWED_MAX = 100 };

typedef struct Task {
    CaseFile file;
    const FlowAct *act; /* the first a person may do in its state */
} Task;

/* The first act of a state that is this person's; guards are looked at on the case's own page. */
static const FlowAct *act_for(const CaseFile *k, const CaseActor *actor) {
    const Right *r = right_find(S("case:act"));
    for (int i = 0; i < k->flow->nacts; i++) {
        const FlowAct *a = &k->flow->acts[i];
        if (!flow_act_from(a, k->state)) continue;
        bool mine = a->by_opener && str_eq(k->opened_by, actor->name);
        for (int role = 0; role < ROLES && !mine; role++) {
            if (!((actor->roles & a->by) >> role & 1)) continue;
            RightScope s = right_scope(r, (Role)role);
            mine =
                s == SCOPE_ALL ||
                (s == SCOPE_DISTRICT && k->division.n && str_eq(k->division, actor->district)) ||
                (s == SCOPE_OWN && ((k->subject && k->subject == actor->subject) ||
                                    (k->organisation && k->organisation == actor->organisation)));
        }
        if (mine) return a;
    }
    return NULL;
}

static void task_json(Request *r, Json *list, const CaseFile *k, const FlowAct *a) {
    Json *o = case_row_json(r, k);
    if (a)
        out_text(r->c->arena, o, S("verb"), a->zh, a->en);
    else
        out_null(r->c->arena, o, S("verb"));
    json_push(list, o);
}

typedef struct Due {
    int64_t day; /* INT64_MAX: none */
    int task;
} Due;

static int by_due(const void *x, const void *y) {
    const Due *a = x, *b = y;
    if (a->day != b->day) return a->day < b->day ? -1 : 1;
    return b->task - a->task; /* the list is newest change first */
}

/* The first due day of each case that has a clock running. */
static bool read_due(Request *r, const Task *tasks, int n, Due *due) {
    Map days = map_new(r->c->arena);
    Rows *rows =
        Q(r->db, "SELECT case_file, min(due_day) FROM case_clock WHERE stopped_day IS NULL "
                 "AND paused_day IS NULL AND due_day IS NOT NULL GROUP BY case_file");
    while (rows && row_next(rows)) {
        int64_t *day = NEW(r->c->arena, int64_t);
        *day = row_i64(rows, 1);
        map_put(&days, str_printf(r->c->arena, "%lld", (long long)row_i64(rows, 0)), day);
    }
    if (rows) rows_close(rows);
    for (int i = 0; i < n; i++) {
        const int64_t *day =
            map_get(&days, str_printf(r->c->arena, "%lld", (long long)tasks[i].file.id));
        due[i] = (Due){day ? *day : INT64_MAX, i};
    }
    if (n) qsort(due, (size_t)n, sizeof *due, by_due);
    return ctx_ok(r->c);
}

/* The most urgent first: what is due soonest, then what waits longest. */
static bool out_waiting(Request *r, Json *o, const CaseActor *actor) {
    CaseFilter f = {.open_only = true, .limit = SCAN_MAX};
    CaseFile *all;
    int n, found = 0;
    Json *list = out_list(r->c->arena, o, S("waits"));
    if (!case_list(r->db, r->reg, &f, actor, &all, &n, NULL)) return false;
    Task *tasks = NEW_N(r->c->arena, Task, n + 1);
    Due *due = NEW_N(r->c->arena, Due, n + 1);
    for (int i = 0; i < n; i++) {
        const FlowAct *a = act_for(&all[i], actor);
        if (a) tasks[found++] = (Task){all[i], a};
    }
    if (!read_due(r, tasks, found, due)) return false;
    for (int i = 0; i < found && i < TASKS_MAX; i++)
        task_json(r, list, &tasks[due[i].task].file, tasks[due[i].task].act);
    out_int(r->c->arena, o, S("waits_total"), found);
    return ctx_ok(r->c);
}

static bool out_opened(Request *r, Json *o, const CaseActor *actor) {
    CaseFilter f = {.opened_by = actor->name, .limit = TASKS_MAX};
    CaseFile *all;
    int n;
    int64_t total;
    Json *list = out_list(r->c->arena, o, S("opened"));
    if (!case_list(r->db, r->reg, &f, actor, &all, &n, &total)) return false;
    for (int i = 0; i < n; i++) task_json(r, list, &all[i], NULL);
    out_int(r->c->arena, o, S("opened_total"), total);
    return true;
}

static bool out_followed(Request *r, Json *o, const CaseActor *actor) {
    Follow *all;
    int n, shown = 0;
    Json *list = out_list(r->c->arena, o, S("followed"));
    if (!follow_list(r->db, r->user->id, &all, &n)) return false;
    for (int i = 0; i < n && shown < FOLLOWED_MAX; i++) {
        int64_t id;
        CaseFile k;
        Str object = all[i].object;
        if (!str_starts(object, S("case:")) || !str_to_i64(str_sub(object, 5, object.n), &id))
            continue;
        if (case_view(r->db, r->reg, id, actor, &k)) {
            task_json(r, list, &k, NULL);
            shown++;
        } else if (r->c->err.code == ERR_MISSING) {
            ctx_clear(r->c); /* no longer in the person's scope */
        } else {
            return false;
        }
    }
    return true;
}

bool api_tasks(Request *r, Response *out) {
    Json *o = json_new(r->c->arena, JSON_OBJECT);
    CaseActor actor = case_actor(r->user);
    if (!out_waiting(r, o, &actor) || !out_opened(r, o, &actor) || !out_followed(r, o, &actor))
        return false;
    http_reply(out, r, 200, o);
    out->cache = S("no-store");
    return true;
}

/* --- flows and calendar ------------------------------------------------------------------------
 */

static void out_opening(Request *r, Json *o, const Flow *f) {
    Arena *a = r->c->arena;
    Json *list = out_list(a, o, S("opens"));
    for (int i = 0; i < f->nacts; i++) {
        const FlowAct *t = &f->acts[i];
        if (!t->opens) continue;
        Json *j = out_item(a, list);
        out_str(a, j, S("id"), t->id);
        out_text(a, j, S("title"), t->zh, t->en);
        out_bool(a, j, S("reason"), t->reason);
        Json *fields = out_list(a, j, S("fields"));
        for (int k = 0; k < t->nfields; k++) {
            const FlowField *field = t->fields[k];
            Json *e = out_item(a, fields);
            out_str(a, e, S("name"), field->name);
            out_text(a, e, S("title"), field->zh, field->en);
            out_str(a, e, S("type"), field_type_text(field->type));
            Json *choices = out_list(a, e, S("choices"));
            for (int c = 0; c < field->nchoices; c++) {
                Json *x = out_item(a, choices);
                out_str(a, x, S("id"), field->choices[c].id);
                out_text(a, x, S("title"), field->choices[c].zh, field->choices[c].en);
            }
        }
    }
}

bool api_flows(Request *r, Response *out) {
    Arena *a = r->c->arena;
    CaseActor actor = case_actor(r->user);
    Json *o = json_new(a, JSON_OBJECT), *list = out_list(a, o, S("items"));
    for (int i = 0; i < r->reg->pack->nflows; i++) {
        const Flow *f = r->reg->pack->flows[i];
        Json *j = out_item(a, list);
        out_str(a, j, S("id"), f->id);
        out_text(a, j, S("title"), f->zh, f->en);
        out_str(a, j, S("subject"), f->subject_enterprise ? S("enterprise") : S("none"));
        out_opt(a, j, S("parent"), f->parent);
        out_basis(a, j, S("basis"), &f->basis, f->status);
        out_opt(a, j, S("note"), f->note);
        out_str(a, j, S("sm3"), f->sm3);
        out_bool(a, j, S("may_open"), flow_openable(f, &actor));
        Json *states = out_list(a, j, S("states"));
        for (int s = 0; s < f->nstates; s++) {
            Json *e = out_item(a, states);
            out_str(a, e, S("id"), f->states[s].id);
            out_text(a, e, S("title"), f->states[s].zh, f->states[s].en);
            out_str(a, e, S("stage"), f->states[s].stage);
            out_bool(a, e, S("final"), f->states[s].final);
        }
        out_opening(r, j, f);
    }
    http_reply(out, r, 200, o);
    out->cache = S("no-store");
    return true;
}

bool api_calendar(Request *r, Response *out) {
    Arena *a = r->c->arena;
    const Calendar *k = pack_calendar(r->reg->pack);
    Json *o = json_new(a, JSON_OBJECT);
    out_int(a, o, S("from_year"), k->from_year);
    out_int(a, o, S("to_year"), k->to_year);
    Json *list = out_list(a, o, S("days"));
    for (int i = 0; i < k->n; i++) {
        Json *j = out_item(a, list);
        out_day(a, j, S("day"), k->days[i].day);
        out_str(a, j, S("kind"), k->days[i].working ? S("working") : S("holiday"));
        out_str(a, j, S("name"), k->days[i].name);
        out_str(a, j, S("document"), k->days[i].document->key);
    }
    http_reply_tagged(out, r, o);
    return true;
}
