/* Reading the acts of a flow, and compiling their guards. See flow_read.c. */
#include "city/flow/context.h"
#include "city/flow/effects.h"
#include "city/flow/flow_read.h"
#include "city/pack_parse.h"

static const char *const ACT_KEYS[] = {"id",   "title",  "from",    "to",    "by",        "opens",
                                       "when", "unmet",  "rule",    "needs", "parent_in", "pause",
                                       "note", "resume", "effects", NULL};
static const char *const NEED_KEYS[] = {"documents",  "fields",  "reason", "codes",
                                        "signatures", "signers", "visits", NULL};
static const char *const RULE_KEYS[] = {"id", "outcome", NULL};
static const char *const OUTCOME_WORDS[] = {"met",          "not_met",        "undecidable",
                                            "needs_person", "not_applicable", NULL};
enum { SIGNATURES_MAX = 20 };

static void read_from(FlowReader *r, const Json *j, FlowAct *a) {
    int n;
    const Json *e = flow_list(r, j, S("from"), &n);
    Str to = json_get_str(j, S("to"));
    a->from = NEW_N(r->c->arena, const FlowState *, n + 1);
    for (; e; e = e->next) {
        const FlowState *s = flow_state(r->flow, json_str(e, S("")));
        if (s)
            a->from[a->nfrom++] = s;
        else
            FLOW_BAD(r, e->line, M_FLOW_STATE, json_str(e, S("")));
        if (s && s->final) FLOW_BAD(r, e->line, M_FLOW_FINAL, s->id);
    }
    if (to.n && !(a->to = flow_state(r->flow, to))) FLOW_BAD(r, j->line, M_FLOW_STATE, to);
    if (a->opens && !a->to) a->to = r->flow->start;
    if (a->opens == (n > 0)) FLOW_BAD(r, j->line, M_FLOW_KEY, S("from"));
}

static void read_rule(FlowReader *r, const Json *j, FlowAct *a) {
    const Json *rule = json_get(j, S("rule"));
    int n;
    if (!rule || rule->kind == JSON_NULL) return;
    flow_keys(r, rule, RULE_KEYS);
    Str id = json_get_str(rule, S("id"));
    if (str_starts(id, S("参数.")))
        a->rule_of = str_sub(id, S("参数.").n, id.n);
    else if (map_has(&r->pack->by_rule, id) || r->stored)
        a->rule = id;
    else
        FLOW_BAD(r, rule->line, M_FLOW_RULE, id);
    if (!r->flow->subject_enterprise) FLOW_BAD(r, rule->line, M_FLOW_KEY, S("rule"));
    const Json *e = flow_list(r, rule, S("outcome"), &n);
    a->outcomes = NEW_N(r->c->arena, Str, n + 1);
    for (; e; e = e->next) {
        a->outcomes[a->noutcomes++] = json_str(e, S(""));
        if (pack_word(json_str(e, S("")), OUTCOME_WORDS, -1) < 0)
            FLOW_BAD(r, e->line, M_FLOW_KEY, S("outcome"));
    }
    if (!a->noutcomes) FLOW_BAD(r, rule->line, M_FLOW_KEY, S("outcome"));
}

static void need_documents(FlowReader *r, const Json *needs, FlowAct *a) {
    int n;
    const Json *e = flow_list(r, needs, S("documents"), &n);
    a->documents = NEW_N(r->c->arena, const FlowDocument *, n + 1);
    for (; e; e = e->next) {
        const FlowDocument *d = flow_document(r->flow, json_str(e, S("")));
        if (d)
            a->documents[a->ndocuments++] = d;
        else
            FLOW_BAD(r, e->line, M_FLOW_DOCUMENT, json_str(e, S("")));
    }
}

static void need_fields(FlowReader *r, const Json *needs, FlowAct *a) {
    int n;
    const Json *e = flow_list(r, needs, S("fields"), &n);
    a->fields = NEW_N(r->c->arena, const FlowField *, n + 1);
    for (; e; e = e->next) {
        const FlowField *f = flow_field(r->flow, json_str(e, S("")));
        if (f)
            a->fields[a->nfields++] = f;
        else
            FLOW_BAD(r, e->line, M_FLOW_FIELD, json_str(e, S("")));
    }
}

static void need_codes(FlowReader *r, const Json *needs, FlowAct *a) {
    int n;
    const Json *e = flow_list(r, needs, S("codes"), &n);
    a->codes = NEW_N(r->c->arena, const FlowCode *, n + 1);
    for (; e; e = e->next) {
        const FlowCode *k = flow_code(r->flow, json_str(e, S("")));
        if (k)
            a->codes[a->ncodes++] = k;
        else
            FLOW_BAD(r, e->line, M_FLOW_CODE, json_str(e, S("")));
    }
}

static void read_needs(FlowReader *r, const Json *j, FlowAct *a) {
    const Json *needs = json_get(j, S("needs"));
    if (!needs || needs->kind == JSON_NULL) return;
    flow_keys(r, needs, NEED_KEYS);
    need_documents(r, needs, a);
    need_fields(r, needs, a);
    need_codes(r, needs, a);
    int64_t signatures = flow_int(r, needs, S("signatures"), 0);
    if (signatures < 0 || signatures > SIGNATURES_MAX)
        FLOW_BAD(r, needs->line, M_FLOW_KEY, S("signatures"));
    a->signatures = (int)signatures;
    a->signers = flow_roles(r, needs, S("signers"), NULL, NULL);
    if (!a->signers) a->signers = a->by;
    a->reason = flow_bool(r, needs, S("reason"));
    a->visits = flow_bool(r, needs, S("visits"));
}

static void read_effects(FlowReader *r, const Json *j, FlowAct *a) {
    int n;
    const Json *e = flow_list(r, j, S("effects"), &n);
    a->effects = NEW_N(r->c->arena, FlowEffect, n + 1);
    for (; e; e = e->next) {
        Str name = json_get_str(e, S("do"));
        const Effect *effect = effect_find(name);
        if (!effect) {
            Note *note = FLOW_BAD(r, e->line, M_FLOW_EFFECT, name);
            Str near = effect_nearest(name);
            if (near.n) note->hint = near;
            continue;
        }
        for (const Json *k = e->first; k; k = k->next)
            if (!str_eq(k->key, S("do")) && pack_word(k->key, effect->keys, -1) < 0)
                FLOW_BAD(r, k->line, M_FLOW_UNKNOWN_KEY, k->key);
        a->effects[a->neffects++] = (FlowEffect){.effect = effect, .args = e, .line = e->line};
    }
}

static bool is_clock(const Flow *f, Str name) {
    for (int i = 0; i < f->nclocks; i++)
        if (str_eq(f->clocks[i].name, name)) return true;
    return false;
}

static void read_parent_in(FlowReader *r, const Json *j, FlowAct *a) {
    int n;
    const Json *e = flow_list(r, j, S("parent_in"), &n);
    a->parent_in = NEW_N(r->c->arena, Str, n + 1);
    for (; e; e = e->next) a->parent_in[a->nparent_in++] = json_str(e, S(""));
    if (n && !r->flow->parent.n) FLOW_BAD(r, j->line, M_FLOW_KEY, S("parent_in"));
}

static void read_act(FlowReader *r, const Json *j) {
    Flow *f = r->flow;
    FlowAct a = {.id = json_get_str(j, S("id")),
                 .opens = flow_bool(r, j, S("opens")),
                 .when = IR_NONE,
                 .when_text = flow_words(r, j, S("when")),
                 .pause = flow_words(r, j, S("pause")),
                 .resume = flow_words(r, j, S("resume")),
                 .line = j->line};
    flow_keys(r, j, ACT_KEYS);
    if (!a.id.n) FLOW_BAD(r, j->line, M_FLOW_KEY, S("id"));
    if (flow_act(f, a.id)) FLOW_BAD(r, j->line, M_FLOW_TWICE, a.id);
    flow_text(r, j, S("title"), &a.zh, &a.en);
    /* flows of before this was asked for stay readable */
    if (json_get(j, S("unmet")) || (a.when_text.n && !r->stored))
        flow_text(r, j, S("unmet"), &a.unmet_zh, &a.unmet_en);
    a.by = flow_roles(r, j, S("by"), &a.by_opener, &a.by_clock);
    if (!a.by && !a.by_opener && !a.by_clock) FLOW_BAD(r, j->line, M_FLOW_NOBODY, a.id);
    if (a.opens && !a.by) FLOW_BAD(r, j->line, M_FLOW_NOBODY, a.id);
    read_from(r, j, &a);
    read_parent_in(r, j, &a);
    read_rule(r, j, &a);
    read_needs(r, j, &a);
    read_effects(r, j, &a);
    if (a.pause.n && !is_clock(f, a.pause)) FLOW_BAD(r, j->line, M_FLOW_CLOCK, a.pause);
    if (a.resume.n && !is_clock(f, a.resume)) FLOW_BAD(r, j->line, M_FLOW_CLOCK, a.resume);
    if (a.pause.n) a.reason = true; /* a clock stands still for a reason that is said */
    f->acts[f->nacts++] = a;
}

void flow_read_acts(FlowReader *r, const Json *root) {
    int n;
    const Json *j = flow_list(r, root, S("acts"), &n);
    if (n == 0 || n > FLOW_ACTS_MAX) {
        FLOW_BAD(r, root->line, n ? M_FLOW_MANY : M_FLOW_KEY, S("acts"));
        return;
    }
    r->flow->acts = NEW_N(r->c->arena, FlowAct, n);
    for (; j; j = j->next) read_act(r, j);
}

void flow_compile(FlowReader *r) {
    Flow *f = r->flow;
    f->program = program_new(r->c->arena);
    const Scope *scope = context_scope(f->program, f);
    for (int i = 0; i < f->nacts; i++) {
        FlowAct *a = &f->acts[i];
        if (!a->when_text.n) continue;
        Ctx own = ctx_new(r->c->arena, r->c->now_ms);
        own.lang = r->c->lang;
        a->when = feel_compile(&own, f->program, a->when_text, FEEL_EXPRESSION, scope, NULL, a->id);
        for (const Note *n = own.notes; n; n = n->next)
            FLOW_BAD(r, a->line, M_FLOW_WHEN, a->id, note_text(r->c->arena, n, r->c->lang));
    }
}
