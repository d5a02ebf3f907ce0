/* The compiled rules of a pack set. */
#include "base/date.h"
#include "city/decide.h"

static Val bound_value(Ctx *c, const Indicator *i, Str text) {
    Val v = val_null();
    Json j = {.kind = JSON_STRING, .text = text};
    if (text.n) fact_value(c, i, &j, i->name, &v);
    return v;
}

/* What no fact exceeds: an unknown number is a number, an unknown date a date, so that comparing it
 * can only be true or false. */
static Val widest(const Indicator *i, bool upper) {
    if (i->type == IND_DATE)
        return val_date(upper ? date_to_days(9999, 12, 31) : date_to_days(1, 1, 1));
    if (i->type != IND_NUMBER && i->type != IND_INTEGER) return val_null();
    return (Val){.tag = V_NUM, .i = upper ? 1 : -1, .exp = 30};
}

/* Bounds and admissible values of each indicator, for unknown facts. */
static bool prepare_domains(Ctx *c, Rulebook *b) {
    const PackSet *p = b->pack;
    b->bounds = arena_array(c->arena, (size_t)p->nindicators + 1, sizeof *b->bounds);
    b->values = NEW_N(c->arena, Val *, p->nindicators + 1);
    for (int k = 0; k < p->nindicators; k++) {
        const Indicator *i = p->indicators[k];
        b->bounds[k][0] = i->min.n ? bound_value(c, i, i->min) : widest(i, false);
        b->bounds[k][1] = i->max.n ? bound_value(c, i, i->max) : widest(i, true);
        if (i->nvalues == 0) continue;
        b->values[k] = NEW_N(c->arena, Val, i->nvalues);
        for (int v = 0; v < i->nvalues; v++) b->values[k][v] = bound_value(c, i, i->values[v]);
    }
    return ctx_ok(c);
}

static Str version_place(Arena *a, const RuleVersion *v) {
    return str_printf(a, "packs/%.*s/%.*s", STRF(v->rule->pack), STRF(v->file->path));
}

static bool find_node(Ctx *c, const CompiledVersion *cv, Str name, const DmnNode **out) {
    *out = name.n ? dmn_find(cv->model, name) : NULL;
    if (name.n == 0 || *out) return true;
    FAIL_AT(c, ERR_INPUT, version_place(c->arena, cv->version), M_RULE_DECISION, name,
            cv->version->rule->id);
    fail_near(c, dmn_nearest(cv->model, name, false));
    return false;
}

static bool bind_inputs(Ctx *c, const PackSet *p, CompiledVersion *cv) {
    const DmnModel *m = cv->model;
    cv->inputs = NEW_N(c->arena, InputBinding, m->nnodes + 1);
    for (int i = 0; i < m->nnodes; i++) {
        if (m->nodes[i]->kind != NODE_INPUT) continue;
        InputBinding *in = &cv->inputs[cv->ninputs++];
        in->node = m->nodes[i];
        if (str_eq(in->node->name, S("参数"))) continue;
        in->indicator = pack_indicator(p, in->node->name);
        if (!in->indicator)
            return FAIL_AT(c, ERR_INPUT, version_place(c->arena, cv->version), M_FACT_UNKNOWN,
                           in->node->name);
    }
    return true;
}

static bool no_errors(Ctx *c, const RuleVersion *v, const Note *before) {
    for (const Note *n = before ? before->next : c->notes; n; n = n->next)
        if (n->severity == 0)
            return FAIL_AT(c, ERR_INPUT, version_place(c->arena, v), M_RULE_MODEL,
                           note_text(c->arena, n, c->lang), n->place);
    return true;
}

static bool compile_version(Ctx *c, Rulebook *b, const RuleVersion *v) {
    CompiledVersion *cv = &b->versions[b->n++];
    DmnSource source = {.file = version_place(c->arena, v), .bytes = v->file->bytes};
    Note *before = c->notes_last;
    cv->version = v;
    cv->model = dmn_load(c, &source, 1);
    if (!cv->model || !no_errors(c, v, before) || !bind_inputs(c, b->pack, cv)) return false;
    if (!find_node(c, cv, v->outcome, &cv->outcome)) return false;
    if (!find_node(c, cv, v->result, &cv->result)) return false;
    cv->conditions = NEW_N(c->arena, const DmnNode *, v->nconditions + 1);
    for (int i = 0; i < v->nconditions; i++)
        if (!find_node(c, cv, v->conditions[i].decision, &cv->conditions[i])) return false;
    map_put(&b->by_hash, v->hash, cv);
    return true;
}

static bool compile_all(Ctx *c, Rulebook *b) {
    int n = 0;
    for (int i = 0; i < b->pack->nrules; i++) n += b->pack->rules[i]->nversions;
    b->versions = NEW_N(c->arena, CompiledVersion, n + 1);
    for (int i = 0; i < b->pack->nrules; i++) {
        const Rule *r = b->pack->rules[i];
        for (int v = 0; v < r->nversions; v++)
            if (!compile_version(c, b, &r->versions[v])) return false;
    }
    return prepare_domains(c, b);
}

/* The arena is the book's, or closed again. */
static Rulebook *open_in(Ctx *c, Arena *a, const PackSet *p) {
    Rulebook *b = NEW(a, Rulebook);
    *b = (Rulebook){.arena = a, .pack = p, .by_hash = map_new(a)};
    Ctx inner = ctx_new(a, c->now_ms);
    inner.lang = c->lang;
    if (compile_all(&inner, b)) return b;
    ctx_adopt(c, &inner);
    arena_close(a);
    return NULL;
}

Rulebook *rulebook_open(Ctx *c, const PackSet *p) {
    return open_in(c, arena_open(0), p);
}

Rulebook *rulebook_open_within(Ctx *c, const PackSet *p) {
    return open_in(c, arena_child(c->arena, 0), p);
}

void rulebook_close(Rulebook *b) {
    if (b) arena_close(b->arena);
}

const CompiledVersion *rulebook_version(const Rulebook *b, const RuleVersion *v) {
    return map_get(&b->by_hash, v->hash);
}

bool rulebook_reads(const Rulebook *b, const Rule *r, const Indicator *i) {
    for (int v = 0; v < r->nversions; v++) {
        const CompiledVersion *cv = rulebook_version(b, &r->versions[v]);
        for (int k = 0; cv && k < cv->ninputs; k++)
            if (cv->inputs[k].indicator == i) return true;
    }
    return false;
}
