/* Traces as JSON. See trace_json.h. */
#include "dmn/trace_json.h"

#include "dmn/value_json.h"

static const Str OUTCOMES[] = {
    [CELL_NOT_REACHED] = STR_INIT("not_reached"),
    [CELL_FALSE] = STR_INIT("false"),
    [CELL_TRUE] = STR_INIT("true"),
    [CELL_NULL] = STR_INIT("null"),
    [CELL_UNKNOWN] = STR_INIT("unknown"),
};

static Json *rule_json(Arena *a, const DmnTableView *v, int rule) {
    const IrTable *t = v->table;
    const DmnRule *src = &v->source->table->rules[rule];
    Json *o = json_new(a, JSON_OBJECT), *cells = json_new(a, JSON_ARRAY);
    json_set(o, S("rule"), json_int(a, rule + 1));
    json_set(o, S("id"), json_string(a, src->id));
    json_set(o, S("outcome"), json_string(a, OUTCOMES[v->rules[rule]]));
    json_set(o, S("used"), json_bool(a, v->used[rule] != 0));
    for (int k = 0; k < t->ninputs; k++) {
        Json *cell = json_push(cells, json_new(a, JSON_OBJECT));
        json_set(cell, S("id"), json_string(a, src->in[k].id));
        json_set(cell, S("text"), json_string(a, src->in[k].text));
        json_set(cell, S("outcome"), json_string(a, OUTCOMES[v->cells[rule * t->ninputs + k]]));
    }
    json_set(o, S("cells"), cells);
    Json *outs = json_set(o, S("outputs"), json_new(a, JSON_ARRAY));
    for (int k = 0; k < t->noutputs; k++) {
        Json *out = json_push(outs, json_new(a, JSON_OBJECT));
        json_set(out, S("text"), json_string(a, src->out[k].text));
        json_set(out, S("value"), json_from_val(a, v->outputs[rule * t->noutputs + k]));
    }
    return o;
}

Json *dmn_table_json(Arena *a, const DmnTableView *v) {
    static const Str POLICIES[] = {
        [HIT_UNIQUE] = STR_INIT("U"),     [HIT_ANY] = STR_INIT("A"),
        [HIT_PRIORITY] = STR_INIT("P"),   [HIT_FIRST] = STR_INIT("F"),
        [HIT_RULE_ORDER] = STR_INIT("R"), [HIT_OUTPUT_ORDER] = STR_INIT("O"),
        [HIT_COLLECT] = STR_INIT("C"),
    };
    static const Str AGGREGATES[] = {
        [AGG_NONE] = STR_INIT(""), [AGG_SUM] = STR_INIT("+"), [AGG_COUNT] = STR_INIT("#"),
        [AGG_MIN] = STR_INIT("<"), [AGG_MAX] = STR_INIT(">"),
    };
    const IrTable *t = v->table;
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("decision"), json_string(a, v->node ? v->node->name : t->name));
    json_set(o, S("table"), json_string(a, t->element));
    json_set(o, S("policy"),
             json_string(a, str_cat(a, POLICIES[t->policy], AGGREGATES[t->aggregate])));
    Json *inputs = json_set(o, S("inputs"), json_new(a, JSON_ARRAY));
    for (int k = 0; k < t->ninputs; k++) {
        Json *in = json_push(inputs, json_new(a, JSON_OBJECT));
        json_set(in, S("label"), json_string(a, t->inputs[k].label));
        json_set(in, S("expression"), json_string(a, v->source->table->inputs[k].expr.text));
        json_set(in, S("value"), json_from_val(a, v->inputs[k]));
    }
    Json *outs = json_set(o, S("outputs"), json_new(a, JSON_ARRAY));
    for (int k = 0; k < t->noutputs; k++) json_push(outs, json_string(a, t->outputs[k].label));
    Json *rules = json_set(o, S("rules"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < t->nrules; i++) json_push(rules, rule_json(a, v, i));
    json_set(o, S("result"), json_from_val(a, v->result));
    return o;
}

Json *dmn_conditions_json(DmnEval *e, const DmnNode *n, Arena *a) {
    enum { MAX = 64 };
    DmnCondition found[MAX];
    Json *list = json_new(a, JSON_ARRAY);
    int count = dmn_conditions(e, n, found, MAX);
    for (int i = 0; i < count && i < MAX; i++) {
        Json *o = json_push(list, json_new(a, JSON_OBJECT));
        json_set(o, S("text"), json_string(a, found[i].text));
        json_set(o, S("outcome"), json_from_val(a, found[i].outcome));
        json_set(o, S("value"), json_from_val(a, found[i].value));
        json_set(o, S("required"), json_from_val(a, found[i].required));
        json_set(o, S("gap"), json_from_val(a, found[i].gap));
    }
    return list;
}

Json *dmn_trace_json(DmnEval *e, const DmnNode *n, Arena *a) {
    Json *o = json_new(a, JSON_OBJECT);
    Json *tables = json_set(o, S("tables"), json_new(a, JSON_ARRAY));
    for (const DmnTableView *v = dmn_tables(e); v; v = v->next)
        json_push(tables, dmn_table_json(a, v));
    json_set(o, S("conditions"), dmn_conditions_json(e, n, a));
    return o;
}
