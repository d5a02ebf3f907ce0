/* The data of a case: what a change may set, by the fields of the flow, the grade of each and who
 * changes it. */
#include "base/date.h"
#include "base/utf8.h"
#include "city/flow/case_inner.h"
#include "city/flow/evidence.h"

enum { LIST_MAX = 1000 };

static bool is_choice(const FlowField *f, Str id) {
    for (int i = 0; i < f->nchoices; i++)
        if (str_eq(f->choices[i].id, id)) return true;
    return false;
}

/* The value as it is kept; NULL when it does not fit the field. */
static Json *kept(Arena *a, const FlowField *f, const Json *j) {
    int64_t day;
    bool text = j->kind == JSON_STRING && utf8_length(j->text) <= CASE_FIELD_MAX;
    switch (f->type) {
    case FIELD_TEXT: return text ? json_string(a, j->text) : NULL;
    case FIELD_NUMBER:
        if (j->kind == JSON_NUMBER || (text && json_is_number(j->text)))
            return json_number(a, j->text);
        return NULL;
    case FIELD_DATE: return text && date_parse(j->text, &day) ? json_string(a, j->text) : NULL;
    case FIELD_BOOLEAN: return j->kind == JSON_BOOL ? json_bool(a, j->truth) : NULL;
    case FIELD_CHOICE: return text && is_choice(f, j->text) ? json_string(a, j->text) : NULL;
    case FIELD_LIST: break;
    }
    if (j->kind != JSON_ARRAY || j->count > LIST_MAX) return NULL;
    Json *list = json_new(a, JSON_ARRAY);
    for (const Json *e = j->first; e; e = e->next) {
        if (e->kind != JSON_STRING || utf8_length(e->text) > CASE_TEXT_MAX) return NULL;
        json_push(list, json_string(a, e->text));
    }
    return list;
}

static bool asks_for(const FlowAct *a, const FlowField *f) {
    for (int i = 0; i < a->nfields; i++)
        if (a->fields[i] == f) return true;
    return false;
}

bool case_field_open(const CaseFile *k, const FlowAct *act, const FlowField *f,
                     const CaseActor *actor) {
    int role;
    if (f->grade > evidence_grade_of(actor)) return false;
    if (rights_scope(right_find(S("case:act")), actor->roles) > SCOPE_OWN) return true;
    if (act) return asks_for(act, f);
    for (int i = 0; i < k->flow->nacts; i++) {
        const FlowAct *a = &k->flow->acts[i];
        if (flow_act_from(a, k->state) && asks_for(a, f) && case_role(k, a, actor, &role))
            return true;
    }
    return false;
}

static bool check_member(Ctx *c, const CaseFile *k, const FlowAct *act, const Json *j,
                         const CaseActor *actor) {
    const FlowField *field = flow_field(k->flow, j->key);
    Str place = str_cat(c->arena, S("/data/"), j->key);
    /* Who may not write a field is not told whether there is one. */
    if (!field || !case_field_open(k, act, field, actor))
        return FAIL_AT(c, ERR_RULE, place, M_CASE_FIELD, j->key);
    if (j->kind != JSON_NULL && !kept(c->arena, field, j))
        return FAIL_AT(c, ERR_RULE, place, M_CASE_VALUE, j->key, field_type_text(field->type));
    return true;
}

bool case_merge(Ctx *c, const CaseFile *k, const FlowAct *act, const Json *change,
                const CaseActor *actor, const Json **out) {
    const Flow *f = k->flow;
    const Json *data = k->data;
    Json *all = json_new(c->arena, JSON_OBJECT);
    if (change && change->kind != JSON_OBJECT)
        return FAIL_AT(c, ERR_RULE, S("/data"), M_CASE_VALUE, S("data"), S("object"));
    for (const Json *j = change ? change->first : NULL; j; j = j->next)
        if (!check_member(c, k, act, j, actor)) return false;
    for (int i = 0; i < f->nfields; i++) {
        Str name = f->fields[i].name;
        const Json *now = json_get(change, name), *old = json_get(data, name);
        const Json *value = now ? now : old;
        if (!value || value->kind == JSON_NULL) continue;
        Json *v = kept(c->arena, &f->fields[i], value);
        if (v) json_set(all, name, v);
    }
    *out = all;
    return case_json(c->arena, all).n <= CASE_DATA_MAX || FAIL(c, ERR_LIMIT, M_CASE_LARGE);
}
