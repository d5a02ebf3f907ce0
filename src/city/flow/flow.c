/* Look-ups in a flow. See flow.h. */
#include "city/flow/flow.h"

const Flow *flow_find(const PackSet *p, Str id) {
    return map_get(&p->by_flow, id);
}

const FlowState *flow_state(const Flow *f, Str id) {
    for (int i = 0; i < f->nstates; i++)
        if (str_eq(f->states[i].id, id)) return &f->states[i];
    return NULL;
}

const FlowAct *flow_act(const Flow *f, Str id) {
    for (int i = 0; i < f->nacts; i++)
        if (str_eq(f->acts[i].id, id)) return &f->acts[i];
    return NULL;
}

const FlowField *flow_field(const Flow *f, Str name) {
    for (int i = 0; i < f->nfields; i++)
        if (str_eq(f->fields[i].name, name)) return &f->fields[i];
    return NULL;
}

const FlowDocument *flow_document(const Flow *f, Str id) {
    for (int i = 0; i < f->ndocuments; i++)
        if (str_eq(f->documents[i].id, id)) return &f->documents[i];
    return NULL;
}

const FlowCode *flow_code(const Flow *f, Str id) {
    for (int i = 0; i < f->ncodes; i++)
        if (str_eq(f->codes[i].id, id)) return &f->codes[i];
    return NULL;
}

bool flow_act_from(const FlowAct *a, const FlowState *s) {
    for (int i = 0; i < a->nfrom; i++)
        if (a->from[i] == s) return true;
    return false;
}
