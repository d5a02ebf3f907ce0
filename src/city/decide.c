/* Deciding a rule. See decide.h; the semantics are those of design 5.1.
 *
 * An input path is indicator id * 8 + lag, so that what an unknown depends on leads straight back
 * to the missing fact. A missing fact is V_UNKNOWN with the bounds the dictionary and bound facts
 * give; a rule's result that stands in for a fact (from_rule) passes its own unknowns through.
 */
#include "city/decide.h"

#include <stdlib.h>

#include "base/date.h"

enum { DEPTH_MAX = 4, PATH_LAGS = 8, CONJUNCTS_MAX = 16, INPUTS_MAX = 64 };

typedef struct Run {
    Arena *a;
    const Rulebook *book;
    const FactSet *set;
    const DecideOptions *o;
    int64_t day;
    Val today; /* 参数.基准日: the day, or an unknown one */
    int year;
    int depth;
    const FactUse **facts; /* what was read, with repetitions */
    int nfacts, facts_cap;
} Run;

int decide_year(int64_t day) {
    return date_from_days(day).year - 1;
}

uint16_t decide_path(const Indicator *i, int lag) {
    return (uint16_t)(i->id * PATH_LAGS + (lag < 0 ? 0 : lag));
}

const Indicator *decide_path_fact(const PackSet *p, uint16_t path, int *lag) {
    if (path / PATH_LAGS >= p->nindicators) return NULL;
    const Indicator *i = p->indicators[path / PATH_LAGS];
    *lag = i->period == PERIOD_YEARLY ? path % PATH_LAGS : -1;
    return i;
}

/* --- inputs ------------------------------------------------------------------------------------
 */

static void used(Run *r, const FactUse *f) {
    GROW(r->a, r->facts, r->nfacts, r->facts_cap);
    r->facts[r->nfacts++] = f;
}

static Val tighter(Val bound, Val fact, bool lower) {
    int cmp;
    if (fact.tag == V_NULL) return bound;
    if (bound.tag == V_NULL || !val_compare(bound, fact, &cmp)) return fact;
    return (lower ? cmp < 0 : cmp > 0) ? fact : bound;
}

static Val missing_fact(Run *r, const Indicator *i, int lag, const FactUse *f) {
    static const Val TRUTHS[2] = {{.tag = V_BOOL, .i = 0}, {.tag = V_BOOL, .i = 1}};
    Val lo = r->book->bounds[i->id][0], hi = r->book->bounds[i->id][1];
    const Val *cands = i->type == IND_BOOLEAN ? TRUTHS : r->book->values[i->id];
    int n = i->type == IND_BOOLEAN ? 2 : i->nvalues;
    if (f) {
        lo = tighter(lo, f->lo, true);
        hi = tighter(hi, f->hi, false);
    }
    return unknown_fact(r->a, decide_path(i, lag), lo, hi, cands, n, false, i->by == BY_PERSON);
}

/* What a known none means for a type: no, nothing, zero things; no date, no text. */
static Val known_none(const Indicator *i) {
    switch (i->type) {
    case IND_BOOLEAN: return val_bool(false);
    case IND_LIST: return val_list(NULL, 0);
    case IND_INTEGER: return val_int(0);
    default: return val_null();
    }
}

static Decision decide_at(Run *outer, const Rule *rule);

/* The result of the rule that stands in for a fact; false when it gives none. */
static bool from_rule(Run *r, const Indicator *i, Val *out) {
    if (i->from_rule.n == 0 || r->depth >= DEPTH_MAX) return false;
    const Rule *rule = map_get(&r->book->pack->by_rule, i->from_rule);
    if (!rule) return false;
    Decision d = decide_at(r, rule);
    *out = d.result;
    return d.result.tag != V_NULL;
}

static Val fact_or_unknown(Run *r, const Indicator *i, int lag) {
    int32_t year = lag < 0 ? 0 : r->year - lag;
    const FactUse *f = factset_get(r->set, i, year);
    Val v;
    if (f) used(r, f);
    if (f && f->has_value) return f->value;
    if (f && f->none) return known_none(i);
    const FactUse *other = i->fallback ? factset_get(r->set, i->fallback, year) : NULL;
    if (other && other->has_value) {
        used(r, other);
        return other->value;
    }
    if (lag < 0 && from_rule(r, i, &v)) return v;
    return missing_fact(r, i, lag, f);
}

static Val yearly(Run *r, const Indicator *i) {
    Context *x = NEW(r->a, Context);
    Str *keys = NEW_N(r->a, Str, LAGS);
    Val *vals = NEW_N(r->a, Val, LAGS);
    for (int lag = 0; lag < LAGS; lag++) {
        keys[lag] = lag_name(lag);
        vals[lag] = fact_or_unknown(r, i, lag);
    }
    *x = (Context){.n = LAGS, .keys = keys, .vals = vals};
    return val_context(x);
}

/* A switch is a date when it reads as one, a number, a truth value, or a text. */
static Val switch_value(Arena *a, const Json *j) {
    const Json *value = j->kind == JSON_OBJECT ? json_get(j, S("value")) : j;
    int64_t day;
    Dec d;
    if (!value) return val_null();
    if (value->kind == JSON_BOOL) return val_bool(value->truth);
    if (value->kind == JSON_NUMBER && dec_parse(value->text, &d)) return val_num(a, &d);
    if (value->kind == JSON_STRING && date_parse(value->text, &day)) return val_date(day);
    if (value->kind == JSON_STRING) return val_str(value->text);
    return val_null();
}

static Val parameters(Run *r, const RuleVersion *v) {
    const Json *own = v->switches, *given = r->set->switches;
    int cap = 2 + (own ? own->count : 0) + (given ? given->count : 0);
    Context *x = NEW(r->a, Context);
    Str *keys = NEW_N(r->a, Str, cap);
    Val *vals = NEW_N(r->a, Val, cap);
    *x = (Context){.n = 2, .keys = keys, .vals = vals};
    keys[0] = S("基准日");
    vals[0] = r->today;
    keys[1] = S("参考年");
    vals[1] = val_int(r->year);
    for (const Json *j = own ? own->first : NULL; j; j = j->next) {
        const Json *override = json_get(given, j->key);
        keys[x->n] = j->key;
        vals[x->n++] = switch_value(r->a, override ? override : j);
    }
    for (const Json *j = given ? given->first : NULL; j; j = j->next) {
        if (json_get(own, j->key)) continue;
        keys[x->n] = j->key;
        vals[x->n++] = switch_value(r->a, j);
    }
    return val_context(x);
}

static DmnEval *prepare(Run *r, const CompiledVersion *cv) {
    DmnEval *e = dmn_eval_new(cv->model, r->a);
    dmn_feel(e)->now_ns = r->day * 86400000000000;
    dmn_feel(e)->unknowns = true;
    if (r->o->tables && r->depth == 0) dmn_explain(e, true);
    for (int i = 0; i < cv->ninputs; i++) {
        const Indicator *ind = cv->inputs[i].indicator;
        Val v = !ind                           ? parameters(r, cv->version)
                : ind->period == PERIOD_YEARLY ? yearly(r, ind)
                                               : fact_or_unknown(r, ind, -1);
        dmn_set_node(e, cv->inputs[i].node, v);
    }
    return e;
}

/* --- outcome -----------------------------------------------------------------------------------
 */

static Outcome outcome_of(Val v) {
    if (val_is(v, true)) return OUTCOME_MET;
    if (val_is(v, false)) return OUTCOME_NOT_MET;
    if (v.tag == V_UNKNOWN && val_unk(v)->person) return OUTCOME_NEEDS_PERSON;
    return OUTCOME_UNDECIDABLE;
}

Missing decide_missing(Arena *a, const PackSet *p, uint16_t path) {
    int lag = -1;
    const Indicator *i = decide_path_fact(p, path, &lag);
    Str name = lag < 0 ? i->name : str_printf(a, "%.*s.%.*s", STRF(i->name), STRF(lag_name(lag)));
    MissingKind kind = i->by == BY_PERSON  ? MISSING_PERSON
                       : i->by == BY_BASIS ? MISSING_BASIS
                                           : MISSING_FACT;
    return (Missing){.indicator = i, .lag = lag, .name = name, .kind = kind};
}

static void add_missing(Run *r, Decision *d, Val v) {
    if (v.tag != V_UNKNOWN) return;
    const Unknown *u = val_unk(v);
    int cap = d->nmissing + u->ndeps;
    Missing *all = NEW_N(r->a, Missing, cap + 1);
    for (int i = 0; i < d->nmissing; i++) all[i] = d->missing[i];
    for (int k = 0; k < u->ndeps; k++)
        all[d->nmissing++] = decide_missing(r->a, r->book->pack, u->deps[k]);
    d->missing = all;
}

static void add_errors(Run *r, Decision *d, const DmnEval *e) {
    const Note *n = dmn_feel((DmnEval *)e)->diag.notes;
    int count = 0;
    for (const Note *k = n; k; k = k->next) count++;
    d->errors = NEW_N(r->a, Note, count + 1);
    for (; n; n = n->next) d->errors[d->nerrors++] = *n;
}

/* --- conditions --------------------------------------------------------------------------------
 */

static Str operator_text(IrOp op) {
    switch (op) {
    case IR_EQ: return S("= ");
    case IR_NE: return S("≠ ");
    case IR_LT: return S("< ");
    case IR_LE: return S("≤ ");
    case IR_GT: return S("> ");
    case IR_GE: return S("≥ ");
    default: return S("");
    }
}

static Str required_text(Arena *a, IrOp op, Val required) {
    Buf b = buf_new(a, 4096);
    buf_put(&b, operator_text(op));
    val_string(&b, required);
    return buf_str(&b);
}

/* Of the comparisons joined by `and`, the one that decides: the first that fails, else the first
 * that is not known, else the only one. */
static const DmnCondition *deciding(const DmnCondition *list, int n) {
    for (int i = 0; i < n; i++)
        if (val_is(list[i].outcome, false)) return &list[i];
    for (int i = 0; i < n; i++)
        if (list[i].outcome.tag != V_BOOL) return &list[i];
    return n == 1 ? &list[0] : NULL;
}

static bool is_amount(const Indicator *i) {
    return i && (i->type == IND_NUMBER || i->type == IND_INTEGER);
}

static void add_name(Arena *a, Str *list, Str name) {
    if (name.n == 0 || str_find(*list, name) >= 0) return;
    *list = list->n ? str_printf(a, "%.*s、%.*s", STRF(*list), STRF(name)) : name;
}

/* The fact an input is read from in a year: its own, or the one that stands in for it. */
static const FactUse *read_from(const Run *r, const Indicator *i, int32_t year, bool *borrowed) {
    const FactUse *own = factset_get(r->set, i, year);
    *borrowed = false;
    if ((own && (own->has_value || own->none)) || !i->fallback) return own;
    const FactUse *other = factset_get(r->set, i->fallback, year);
    *borrowed = other && other->has_value;
    return *borrowed ? other : own;
}

/* The facts behind a condition: where they are from, and their unit when they share one. */
static void describe_inputs(Run *r, const CompiledVersion *cv, ConditionResult *k) {
    const DmnNode *inputs[INPUTS_MAX];
    bool mixed = false, borrowed;
    int n = dmn_inputs_of(cv->model, k->node, inputs, INPUTS_MAX);
    for (int i = 0; i < n && i < INPUTS_MAX; i++) {
        const Indicator *ind = pack_indicator(r->book->pack, inputs[i]->name);
        if (is_amount(ind) && k->unit.n && !str_eq(k->unit, ind->unit)) mixed = true;
        if (is_amount(ind)) k->unit = ind->unit;
        for (int lag = 0; ind && lag < (ind->period == PERIOD_YEARLY ? LAGS : 1); lag++) {
            int32_t year = ind->period == PERIOD_YEARLY ? r->year - lag : 0;
            const FactUse *f = read_from(r, ind, year, &borrowed);
            if (f) add_name(r->a, &k->source, f->source);
            if (f && borrowed) add_name(r->a, &k->borrowed, f->indicator->name);
        }
    }
    if (mixed) k->unit = S("");
}

static void decide_conditions(Run *r, const CompiledVersion *cv, DmnEval *e, Decision *d) {
    const RuleVersion *v = cv->version;
    d->conditions = NEW_N(r->a, ConditionResult, v->nconditions + 1);
    d->nconditions = v->nconditions;
    for (int i = 0; i < v->nconditions; i++) {
        ConditionResult *k = &d->conditions[i];
        DmnCondition parts[CONJUNCTS_MAX];
        *k = (ConditionResult){.condition = &v->conditions[i], .node = cv->conditions[i]};
        k->outcome = outcome_of(dmn_run_node(e, k->node));
        describe_inputs(r, cv, k);
        int n = dmn_conditions(e, k->node, parts, CONJUNCTS_MAX);
        const DmnCondition *p = deciding(parts, n < CONJUNCTS_MAX ? n : CONJUNCTS_MAX);
        if (!p) continue;
        k->text = p->text;
        k->value = p->value;
        k->gap = p->gap;
        k->op = p->op;
        k->bar = p->required;
        if (p->required.tag != V_NULL && p->required.tag != V_UNKNOWN)
            k->required = required_text(r->a, p->op, p->required);
        /* A quotient of amounts has no unit of its own. */
        if (str_find(k->text, S("/")) >= 0) k->unit = S("");
    }
}

/* --- facts read --------------------------------------------------------------------------------
 */

static int by_name(const void *x, const void *y) {
    const FactUse *a = *(const FactUse *const *)x, *b = *(const FactUse *const *)y;
    int c = str_cmp(a->indicator->name, b->indicator->name);
    return c ? c : (a->year < b->year) - (a->year > b->year);
}

static void list_facts(Run *r, Decision *d) {
    if (r->nfacts > 1) qsort(r->facts, (size_t)r->nfacts, sizeof *r->facts, by_name);
    d->facts = r->facts;
    for (int i = 0; i < r->nfacts; i++)
        if (d->nfacts == 0 || d->facts[d->nfacts - 1] != r->facts[i])
            d->facts[d->nfacts++] = r->facts[i];
}

/* --- deciding ----------------------------------------------------------------------------------
 */

static Decision not_applicable(Decision d, Msg why) {
    d.outcome = OUTCOME_NOT_APPLICABLE;
    d.why = why;
    return d;
}

/* The day by which the version is chosen: the end of the reference year for rules that look at a
 * closed period, otherwise the day of the question. */
static const RuleVersion *choose_version(const Run *r, const Rule *rule) {
    if (r->o->version && r->depth == 0) return r->o->version;
    const RuleVersion *v = rule_version_on(rule, r->o->as_of);
    if (v && str_eq(v->applies_by, S("period_end")))
        return rule_version_on(rule, date_to_days(r->year, 12, 31));
    return v;
}

/* The value of every input and decision; after the errors were gathered, since a decision nobody
 * asked for may fail. */
static void list_steps(Run *r, const CompiledVersion *cv, DmnEval *e, Decision *d) {
    d->steps = NEW_N(r->a, DecisionStep, cv->model->nnodes + 1);
    for (int i = 0; i < cv->model->nnodes; i++) {
        const DmnNode *n = cv->model->nodes[i];
        if (n->kind == NODE_INPUT || n->kind == NODE_DECISION)
            d->steps[d->nsteps++] = (DecisionStep){n, dmn_run_node(e, n)};
    }
}

static void run_version(Run *r, const CompiledVersion *cv, Decision *d) {
    DmnEval *e = prepare(r, cv);
    if (cv->result) d->result = dmn_run_node(e, cv->result);
    if (cv->outcome) {
        Val v = dmn_run_node(e, cv->outcome);
        d->outcome = outcome_of(v);
        add_missing(r, d, v);
    } else if (d->result.tag == V_UNKNOWN) {
        d->outcome = outcome_of(d->result);
        add_missing(r, d, d->result);
    } else {
        d->outcome = d->result.tag == V_NULL ? OUTCOME_UNDECIDABLE : OUTCOME_MET;
    }
    if (r->depth > 0) return;
    if (!r->o->brief) decide_conditions(r, cv, e, d);
    add_errors(r, d, e);
    if (r->o->tables) list_steps(r, cv, e, d);
    d->tables = dmn_tables(e);
}

static Decision decide_run(Run *r, const Rule *rule) {
    Decision d = {.pack = r->book->pack,
                  .rule = rule,
                  .subject = r->set->subject,
                  .subject_name = r->set->name,
                  .demo = r->set->demo,
                  .as_of = r->o->as_of,
                  .as_known_ms = r->o->as_known_ms,
                  .seq = r->o->seq,
                  .year = r->year};
    const RuleVersion *v = d.version = choose_version(r, rule);
    if (!v) return not_applicable(d, M_DECIDE_NO_VERSION);
    if (r->set->kind.n && !str_eq(r->set->kind, rule->subject))
        return not_applicable(d, M_DECIDE_OTHER_SUBJECT);
    if (r->o->as_of >= v->closed_from) return not_applicable(d, M_DECIDE_CLOSED);
    d.validity = r->o->as_of > v->last_seen ? VALIDITY_UNCHECKED : VALIDITY_IN_FORCE;
    const CompiledVersion *cv = rulebook_version(r->book, v);
    run_version(r, cv, &d);
    return d;
}

static Decision decide_at(Run *outer, const Rule *rule) {
    Run inner = *outer;
    inner.depth++;
    Decision d = decide_run(&inner, rule);
    outer->facts = inner.facts;
    outer->nfacts = inner.nfacts;
    outer->facts_cap = inner.facts_cap;
    return d;
}

Decision decide(Arena *a, const Rulebook *b, const Rule *r, const FactSet *facts,
                const DecideOptions *o) {
    Run run = {.a = a, .book = b, .set = facts, .o = o, .day = o->as_of};
    run.today = val_date(run.day);
    run.year = o->year ? o->year : decide_year(o->as_of);
    Decision d = decide_run(&run, r);
    if (!o->brief) list_facts(&run, &d);
    return d;
}

Val decide_probe(Arena *a, const Rulebook *b, const CompiledVersion *cv, const FactSet *facts,
                 const DecideOptions *o, const DmnNode *node, Val today) {
    Run run = {.a = a, .book = b, .set = facts, .o = o, .day = o->as_of, .today = today};
    run.year = o->year ? o->year : decide_year(o->as_of);
    return dmn_run_node(prepare(&run, cv), node);
}

Str outcome_text(Outcome o) {
    static const Str TEXTS[OUTCOMES] = {STR_INIT("met"), STR_INIT("not_met"),
                                        STR_INIT("undecidable"), STR_INIT("needs_person"),
                                        STR_INIT("not_applicable")};
    return TEXTS[o];
}

Str missing_kind_text(MissingKind k) {
    static const Str TEXTS[] = {STR_INIT("fact"), STR_INIT("person"), STR_INIT("basis")};
    return TEXTS[k];
}

Msg outcome_message(Outcome o) {
    static const Msg MESSAGES[OUTCOMES] = {M_OUTCOME_MET, M_OUTCOME_NOT_MET, M_OUTCOME_UNDECIDABLE,
                                           M_OUTCOME_NEEDS_PERSON, M_OUTCOME_NOT_APPLICABLE};
    return MESSAGES[o];
}
