/* Checks of a flow as a whole: states nobody reaches, states nobody leaves, names of other flows.
 */
#include "city/flow/effects.h"
#include "city/flow/flow_read.h"
#include "city/pack_parse.h"

static int index_of(const Flow *f, const FlowState *s) {
    return (int)(s - f->states);
}

/* Marks the states that can be reached; acts repeat until nothing new is found. */
static void reach(const Flow *f, bool *seen) {
    bool more = true;
    while (more) {
        more = false;
        for (int i = 0; i < f->nacts; i++) {
            const FlowAct *a = &f->acts[i];
            bool from = a->opens;
            for (int k = 0; k < a->nfrom; k++) from |= seen[index_of(f, a->from[k])];
            if (!from || !a->to || seen[index_of(f, a->to)]) continue;
            seen[index_of(f, a->to)] = more = true;
        }
    }
}

static bool leaves(const Flow *f, const FlowState *s) {
    for (int i = 0; i < f->nacts; i++) {
        const FlowAct *a = &f->acts[i];
        if (a->to && a->to != s && flow_act_from(a, s)) return true;
    }
    return false;
}

/* A clock runs in the state that starts it and in no other. */
static void check_clock(FlowReader *r, const FlowAct *a, Str name) {
    for (int i = 0; name.n && i < a->nfrom; i++)
        if (!a->from[i]->clock || !str_eq(a->from[i]->clock->name, name))
            FLOW_BAD(r, a->line, M_FLOW_CLOCK, name);
}

static void check_effect(FlowReader *r, const FlowEffect *e) {
    static const char *const PLACES[] = {"opener", "firm", "organisation", NULL};
    Str field = json_get_str(e->args, S("field")), to = json_get_str(e->args, S("to"));
    if (str_eq(e->effect->name, S("data.set")) && !flow_field(r->flow, field))
        FLOW_BAD(r, e->line, M_FLOW_FIELD, field);
    if (str_eq(e->effect->name, S("notify")) && role_find(to) < 0 && pack_word(to, PLACES, -1) < 0)
        FLOW_BAD(r, e->line, M_FLOW_ROLE, to);
}

void flow_check(FlowReader *r) {
    Flow *f = r->flow;
    bool *seen = NEW_N(r->c->arena, bool, f->nstates);
    bool opens = false;
    reach(f, seen);
    for (int i = 0; i < f->nacts; i++) {
        const FlowAct *a = &f->acts[i];
        opens |= a->opens;
        check_clock(r, a, a->pause);
        check_clock(r, a, a->resume);
        for (int k = 0; k < a->neffects; k++) check_effect(r, &a->effects[k]);
        if (!a->by_clock) continue;
        for (int k = 0; k < a->nfrom; k++)
            if (!a->from[k]->clock) FLOW_BAD(r, a->line, M_FLOW_CLOCK, a->from[k]->id);
    }
    if (!opens) FLOW_BAD(r, 0, M_FLOW_OPENS);
    for (int i = 0; i < f->nstates; i++) {
        const FlowState *s = &f->states[i];
        if (!seen[i]) FLOW_BAD(r, s->line, M_FLOW_UNREACHED, s->id);
        if (!s->final && !leaves(f, s)) FLOW_BAD(r, s->line, M_FLOW_DEAD_END, s->id);
    }
}

static void link_states(FlowReader *r, const FlowEffect *e, Str key, const Flow *of) {
    int n;
    for (const Json *j = flow_list(r, e->args, key, &n); j; j = j->next)
        if (!flow_state(of, json_str(j, S(""))))
            FLOW_BAD(r, j->line, M_FLOW_STATE, json_str(j, S("")));
}

/* What an effect names is of the flow it names, else of its own. */
static void link_effect(FlowReader *r, const FlowEffect *e) {
    Str id = json_get_str(e->args, S("flow")), act = json_get_str(e->args, S("act"));
    const Json *flow_key = json_get(e->args, S("flow"));
    const Flow *other = !flow_key || str_eq(id, r->flow->id) ? r->flow : flow_find(r->pack, id);
    if (!other) {
        FLOW_BAD(r, e->line, M_FLOW_UNKNOWN, id);
        return;
    }
    if (act.n && !flow_act(other, act)) FLOW_BAD(r, e->line, M_FLOW_ACT, act);
    if (flow_key) link_states(r, e, S("where"), other);
    link_states(r, e, S("in"), r->flow);
}

void flow_link(FlowReader *r) {
    const Flow *f = r->flow;
    const Flow *parent = f->parent.n ? flow_find(r->pack, f->parent) : NULL;
    if (f->parent.n && !parent) FLOW_BAD(r, 0, M_FLOW_UNKNOWN, f->parent);
    for (int i = 0; i < f->nacts; i++) {
        const FlowAct *a = &f->acts[i];
        for (int k = 0; parent && k < a->nparent_in; k++)
            if (!flow_state(parent, a->parent_in[k]))
                FLOW_BAD(r, a->line, M_FLOW_STATE, a->parent_in[k]);
        for (int k = 0; k < a->neffects; k++) link_effect(r, &a->effects[k]);
    }
}
