/* What waits for a person, what a person opened, what changed of what a person follows; the flows
 * and the calendar. */
#include "city/bundle/notify.h"
#include "city/flow/calendar.h"
#include "city/flow/case_wait.h"
#include "http/api.h"
#include "http/api_case.h"
#include "http/json_out.h"

enum { TASKS_MAX = 200, FOLLOWED_MAX = 100 };

/* Rows with the act that waits in each; acts NULL: none. */
static bool tasks_json(Request *r, Json *list, const CaseFile *const *files,
                       const FlowAct *const *acts, int n) {
    Json **rows = case_rows_json(r, files, n);
    for (int i = 0; rows && i < n; i++) {
        if (acts)
            out_text(r->c->arena, rows[i], S("verb"), acts[i]->zh, acts[i]->en);
        else
            out_null(r->c->arena, rows[i], S("verb"));
        json_push(list, rows[i]);
    }
    return rows != NULL;
}

/* The most urgent first: what is due soonest, then what waits longest. */
static bool out_waiting(Request *r, Json *o, const CaseActor *actor) {
    Arena *a = r->c->arena;
    CaseWait *all;
    int n;
    int64_t total;
    Json *list = out_list(a, o, S("waits"));
    if (!case_waiting(r->db, r->reg, actor, TASKS_MAX, &all, &n, &total)) return false;
    const CaseFile **files = NEW_N(a, const CaseFile *, n + 1);
    const FlowAct **acts = NEW_N(a, const FlowAct *, n + 1);
    for (int i = 0; i < n; i++) {
        files[i] = &all[i].file;
        acts[i] = all[i].act;
    }
    out_int(a, o, S("waits_total"), total);
    return tasks_json(r, list, files, acts, n);
}

static bool out_opened(Request *r, Json *o, const CaseActor *actor) {
    Arena *a = r->c->arena;
    CaseFilter f = {.opened_by = actor->name, .limit = TASKS_MAX};
    CaseFile *all;
    int n;
    int64_t total;
    Json *list = out_list(a, o, S("opened"));
    if (!case_list(r->db, r->reg, &f, actor, &all, &n, &total)) return false;
    const CaseFile **files = NEW_N(a, const CaseFile *, n + 1);
    for (int i = 0; i < n; i++) files[i] = &all[i];
    out_int(a, o, S("opened_total"), total);
    return tasks_json(r, list, files, NULL, n);
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
            const CaseFile *one = &k;
            if (!tasks_json(r, list, &one, NULL, 1)) return false;
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

/* Those the reader may do: the first is the one an opening without a name does. */
static void out_opening(Request *r, Json *o, const Flow *f, const CaseActor *actor) {
    Arena *a = r->c->arena;
    Json *list = out_list(a, o, S("opens"));
    for (int i = 0; i < f->nacts; i++) {
        const FlowAct *t = &f->acts[i];
        if (!flow_act_openable(t, actor)) continue;
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
        out_opening(r, j, f, &actor);
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
