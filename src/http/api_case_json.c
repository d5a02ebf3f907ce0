/* Cases as the contract writes them. What the reader may not see is absent, not null. */
#include "base/date.h"
#include "city/flow/calendar.h"
#include "city/subject.h"
#include "http/api_case.h"
#include "http/json_out.h"

Str case_etag(const Request *r, const CaseFile *k) {
    return str_printf(r->c->arena, "case-%lld-%lld", (long long)k->id, (long long)k->version);
}

static Str id_text(Request *r, int64_t id) {
    return str_printf(r->c->arena, "%lld", (long long)id);
}

static void out_id(Request *r, Json *o, Str key, int64_t id) {
    out_opt(r->c->arena, o, key, id ? id_text(r, id) : S(""));
}

static void day_or_null(Arena *a, Json *o, Str key, int64_t day) {
    out_opt(a, o, key, day == INT64_MIN ? S("") : date_text(a, day));
}

bool case_of_path(Request *r, CaseFile *k) {
    CaseActor actor = case_actor(r->user);
    int64_t id;
    return http_id(r, 0, &id) && case_view(r->db, r->reg, id, &actor, k);
}

Json *case_data_json(Request *r, const Flow *f, const Json *data) {
    Arena *a = r->c->arena;
    CaseActor actor = case_actor(r->user);
    Grade grade = evidence_grade_of(&actor);
    Json *o = json_new(a, JSON_OBJECT);
    for (const Json *j = data ? data->first : NULL; j; j = j->next) {
        const FlowField *field = flow_field(f, j->key);
        if (field && field->grade <= grade) json_set(o, j->key, out_value(a, j));
    }
    return o;
}

static void out_subject(Request *r, Json *o, const Subject *who) {
    Arena *a = r->c->arena;
    if (!who->id) {
        out_null(a, o, S("subject"));
        return;
    }
    Json *s = out_object(a, o, S("subject"));
    out_str(a, s, S("id"), id_text(r, who->id));
    out_str(a, s, S("name"), who->name);
    out_str(a, s, S("code"), who->code);
    out_bool(a, s, S("demo"), who->demo);
}

static void clock_json(Request *r, Json *list, const CaseClock *k) {
    Arena *a = r->c->arena;
    Json *o = out_item(a, list);
    out_str(a, o, S("name"), k->name);
    out_int(a, o, S("days"), k->days);
    out_str(a, o, S("kind"), k->working ? S("working") : S("calendar"));
    day_or_null(a, o, S("started"), k->started_day);
    day_or_null(a, o, S("due"), k->due_day);
    day_or_null(a, o, S("paused"), k->paused_day);
    out_opt(a, o, S("pause_reason"), k->pause_reason);
    day_or_null(a, o, S("stopped"), k->stopped_day);
    if (k->left == INT32_MAX || k->stopped_day != INT64_MIN)
        out_null(a, o, S("left"));
    else
        out_int(a, o, S("left"), k->left);
    out_instant(a, o, S("escalated_at"), k->escalated_ms);
    out_opt(a, o, S("escalate_to"), k->escalate_to);
}

static Json *row_json(Request *r, const CaseFile *k, const Subject *who) {
    Arena *a = r->c->arena;
    CaseClock *clocks;
    int n;
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("id"), id_text(r, k->id));
    out_int(a, o, S("version"), k->version);
    out_str(a, o, S("number"), k->number);
    out_str(a, o, S("title"), k->title);
    out_str(a, o, S("flow"), k->flow->id);
    out_text(a, o, S("flow_title"), k->flow->zh, k->flow->en);
    out_str(a, o, S("state"), k->state->id);
    out_text(a, o, S("state_title"), k->state->zh, k->state->en);
    out_str(a, o, S("stage"), k->state->stage);
    out_bool(a, o, S("closed"), k->closed_ms != 0);
    out_subject(r, o, who);
    out_id(r, o, S("parent"), k->parent);
    out_opt(a, o, S("division"), k->division);
    out_id(r, o, S("organisation"), k->organisation);
    out_instant(a, o, S("opened_at"), k->opened_ms);
    out_str(a, o, S("opened_by"), k->opened_by);
    out_instant(a, o, S("changed_at"), k->changed_ms);
    out_instant(a, o, S("closed_at"), k->closed_ms);
    Json *list = out_list(a, o, S("clocks"));
    /* a clock runs in the state that starts it, and in no other */
    if (k->state->clock && case_clocks(r->db, r->reg, k->id, false, &clocks, &n))
        for (int i = 0; i < n; i++) clock_json(r, list, &clocks[i]);
    return o;
}

Json **case_rows_json(Request *r, const CaseFile *const *cases, int n) {
    Arena *a = r->c->arena;
    int64_t *ids = NEW_N(a, int64_t, n + 1);
    Subject *who = NEW_N(a, Subject, n + 1), *of = NEW_N(a, Subject, n + 1);
    Json **out = NEW_N(a, Json *, n + 1);
    int known = 0, at = 0;
    for (int i = 0; i < n; i++)
        if (cases[i]->subject) ids[known++] = cases[i]->subject;
    if (!subject_get_many(r->db, ids, known, of)) return NULL;
    for (int i = 0; i < n; i++)
        if (cases[i]->subject) who[i] = of[at++];
    for (int i = 0; i < n; i++) out[i] = row_json(r, cases[i], &who[i]);
    return ctx_ok(r->c) ? out : NULL;
}

Json *case_row_json(Request *r, const CaseFile *k) {
    Subject who = {0};
    if (k->subject && !subject_get(r->db, k->subject, &who)) who = (Subject){0};
    return row_json(r, k, &who);
}

static void out_fields(Request *r, Json *list, const CaseFile *file) {
    const Flow *f = file->flow;
    Arena *a = r->c->arena;
    CaseActor actor = case_actor(r->user);
    for (int i = 0; i < f->nfields; i++) {
        const FlowField *k = &f->fields[i];
        if (k->grade > evidence_grade_of(&actor)) continue;
        Json *o = out_item(a, list);
        out_str(a, o, S("name"), k->name);
        out_text(a, o, S("title"), k->zh, k->en);
        out_str(a, o, S("type"), field_type_text(k->type));
        out_str(a, o, S("grade"), grade_text(k->grade));
        out_bool(a, o, S("writable"), !file->closed_ms && case_field_open(file, NULL, k, &actor));
        Json *choices = out_list(a, o, S("choices"));
        for (int c = 0; c < k->nchoices; c++) {
            Json *e = out_item(a, choices);
            out_str(a, e, S("id"), k->choices[c].id);
            out_text(a, e, S("title"), k->choices[c].zh, k->choices[c].en);
        }
    }
}

static void out_states(Request *r, Json *list, const CaseFile *k) {
    for (int i = 0; i < k->flow->nstates; i++) {
        const FlowState *s = &k->flow->states[i];
        Json *o = out_item(r->c->arena, list);
        out_str(r->c->arena, o, S("id"), s->id);
        out_text(r->c->arena, o, S("title"), s->zh, s->en);
        out_str(r->c->arena, o, S("stage"), s->stage);
        out_bool(r->c->arena, o, S("final"), s->final);
        out_bool(r->c->arena, o, S("here"), s == k->state);
    }
}

static bool out_act(Request *r, Json *list, const CaseFile *k, const CaseActOpen *open) {
    Arena *a = r->c->arena;
    const FlowAct *t = open->act;
    CaseSigned s = {0};
    if (t->signatures && !case_signatures(r->db, k, t->id, &s)) return false;
    Json *o = out_item(a, list);
    out_str(a, o, S("id"), t->id);
    out_text(a, o, S("title"), t->zh, t->en);
    out_bool(a, o, S("open"), open->open);
    out_opt(a, o, S("why"), open->why);
    out_opt(a, o, S("to"), t->to ? t->to->id : S(""));
    out_bool(a, o, S("reason"), t->reason);
    Json *fields = out_list(a, o, S("fields"));
    for (int i = 0; i < t->nfields; i++) json_push(fields, json_string(a, t->fields[i]->name));
    Json *codes = out_list(a, o, S("codes"));
    for (int i = 0; i < t->ncodes; i++) {
        Json *e = out_item(a, codes);
        out_str(a, e, S("id"), t->codes[i]->id);
        out_text(a, e, S("title"), t->codes[i]->zh, t->codes[i]->en);
    }
    out_int(a, o, S("signatures"), t->signatures);
    out_int(a, o, S("signed"), s.n);
    out_opt(a, o, S("signed_code"), s.code);
    out_opt(a, o, S("signed_reason"), s.reason);
    return true;
}

Json *case_document_json(Request *r, const CaseFile *k, const CaseDocument *d) {
    Arena *a = r->c->arena;
    const FlowDocument *kind = flow_document(k->flow, d->kind);
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("id"), id_text(r, d->id));
    out_str(a, o, S("kind"), d->kind);
    out_text(a, o, S("kind_title"), kind ? kind->zh : d->kind, kind ? kind->en : S(""));
    out_str(a, o, S("name"), d->name);
    out_str(a, o, S("type"), evidence_type_text(d->type));
    out_int(a, o, S("size"), d->size);
    out_str(a, o, S("sm3"), d->sm3);
    out_str(a, o, S("href"), str_cat(a, S("/api/v1/files/"), d->sm3));
    out_str(a, o, S("grade"), grade_text(d->grade));
    out_str(a, o, S("by"), d->uploaded_by);
    out_instant(a, o, S("at"), d->at_ms);
    out_bool(a, o, S("withdrawn"), d->withdrawn);
    return o;
}

/* Those the reader may hand in. */
static void out_kinds(Request *r, Json *list, const CaseFile *k) {
    Arena *a = r->c->arena;
    CaseActor actor = case_actor(r->user);
    for (int i = 0; i < k->flow->ndocuments; i++) {
        const FlowDocument *d = &k->flow->documents[i];
        if (!evidence_may_add(k, d, &actor)) continue;
        Json *o = out_item(a, list);
        out_str(a, o, S("id"), d->id);
        out_text(a, o, S("title"), d->zh, d->en);
        out_int(a, o, S("max_mb"), d->max_mb);
        out_str(a, o, S("grade"), grade_text(d->grade));
        Json *types = out_list(a, o, S("types"));
        for (int t = EVIDENCE_NONE + 1; t < EVIDENCE_TYPES; t++)
            if (d->types >> t & 1)
                json_push(types, json_string(a, evidence_type_text((EvidenceType)t)));
    }
}

/* The points of returns for correction, answered or not. */
static bool out_points(Request *r, Json *list, int64_t id) {
    Arena *a = r->c->arena;
    CaseMessage *m;
    int n;
    if (!case_messages(r->db, id, &m, &n)) return false;
    for (int i = 0; i < n; i++) {
        if (!m[i].asks) continue;
        Json *o = out_item(a, list);
        out_str(a, o, S("id"), id_text(r, m[i].id));
        out_str(a, o, S("text"), m[i].text);
        out_opt(a, o, S("field"), m[i].field);
        out_str(a, o, S("by"), m[i].actor);
        out_instant(a, o, S("at"), m[i].at_ms);
        out_bool(a, o, S("answered"), m[i].answered);
        out_opt(a, o, S("answer"), m[i].answer);
    }
    return true;
}

Json *case_json_full(Request *r, const CaseFile *k) {
    Arena *a = r->c->arena;
    CaseActor actor = case_actor(r->user);
    CaseActOpen *acts;
    CaseClock *clocks;
    int n, nclocks;
    Json *o = case_row_json(r, k);
    if (!case_acts_open(r->db, r->reg, k, &actor, &acts, &n) ||
        !case_clocks(r->db, r->reg, k->id, true, &clocks, &nclocks))
        return NULL;
    json_set(o, S("data"), case_data_json(r, k->flow, k->data));
    out_fields(r, out_list(a, o, S("fields")), k);
    out_states(r, out_list(a, o, S("states")), k);
    out_kinds(r, out_list(a, o, S("document_kinds")), k);
    Json *list = out_list(a, o, S("acts"));
    for (int i = 0; i < n; i++)
        if (!out_act(r, list, k, &acts[i])) return NULL;
    out_bool(a, o, S("editable"), n > 0 && !k->closed_ms);
    if (!out_points(r, out_list(a, o, S("points")), k->id)) return NULL;
    Json *all = out_list(a, o, S("all_clocks"));
    for (int i = 0; i < nclocks; i++) clock_json(r, all, &clocks[i]);
    out_opt(a, o, S("note"), k->flow->note);
    out_str(a, o, S("status"), status_text(k->flow->status));
    return ctx_ok(r->c) ? o : NULL;
}
