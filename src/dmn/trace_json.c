/* Traces as JSON. See trace_json.h. */
#include "dmn/trace_json.h"

#include "dmn/trace.h"
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

static Json *table_head(Arena *a, const DmnTableView *v) {
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

/* --- traces -------------------------------------------------------------------------------------
 */

static const Str KINDS[] = {
    [TRACE_INPUT] = STR_INIT("input"),     [TRACE_DECISION] = STR_INIT("decision"),
    [TRACE_SERVICE] = STR_INIT("service"), [TRACE_TABLE] = STR_INIT("table"),
    [TRACE_RULE] = STR_INIT("rule"),       [TRACE_CELL] = STR_INIT("cell"),
    [TRACE_CALL] = STR_INIT("call"),       [TRACE_COMPARE] = STR_INIT("compare"),
    [TRACE_COERCE] = STR_INIT("coerce"),   [TRACE_NULL] = STR_INIT("null"),
    [TRACE_CLAMP] = STR_INIT("clamp"),     [TRACE_ROUND] = STR_INIT("round"),
};

typedef struct Form {
    DmnEval *e;
    const Trace *t;
    const DmnNode *node;
    Arena *a;
    Json *tables, *events;
    int left; /* items that may still be shown */
    int indent;
    size_t shift; /* blanks before each of its lines in the answer */
    Json *out;
} Form;

static void bound_json(Arena *a, Json *o, Str key, Val at, bool reaches) {
    Json *b = json_set(o, key, json_new(a, JSON_OBJECT));
    json_set(b, S("at"), json_from_val(a, at));
    json_set(b, S("included"), json_bool(a, reaches));
}

/* {"input": 2, "up": {"at": 50000000, "included": true}, "down": …, "values": […]} */
static Json *near_json(Form *f, const DmnTableView *v, int rule, int column) {
    Json *o = json_new(f->a, JSON_OBJECT);
    DmnCut cut;
    json_set(o, S("input"), json_int(f->a, column + 1));
    if (!dmn_cut(f->e, v, rule, column, &cut)) return o;
    if (cut.up) bound_json(f->a, o, S("up"), cut.up_at, cut.up_reaches);
    if (cut.down) bound_json(f->a, o, S("down"), cut.down_at, cut.down_reaches);
    if (cut.nvalues == 0) return o;
    Json *values = json_set(o, S("values"), json_new(f->a, JSON_ARRAY));
    for (int i = 0; i < cut.nvalues; i++) json_push(values, json_from_val(f->a, cut.values[i]));
    return o;
}

static int add_table(Form *f, int record) {
    const DmnTableView *v = dmn_trace_table(f->e, record);
    Json *o = json_push(f->tables, table_head(f->a, v));
    Json *rules = json_set(o, S("rules"), json_new(f->a, JSON_ARRAY));
    for (int i = 0; i < v->table->nrules && f->left > 0; i++, f->left--) {
        Json *rule = json_push(rules, rule_json(f->a, v, i));
        int failing = dmn_first_failing(v, i);
        if (failing < 0) continue;
        json_set(rule, S("first_failing"), json_int(f->a, failing + 1));
        if (dmn_is_near(v, i, failing)) json_set(rule, S("near"), near_json(f, v, i, failing));
    }
    json_set(o, S("of"), json_int(f->a, v->table->nrules));
    json_set(o, S("result"), json_from_val(f->a, v->result));
    return f->tables->count - 1;
}

/* The record a reader sees as its parent: rules and cells belong to their table. */
static int shown_parent(const Trace *t, const int *index, int record) {
    int i = t->recs[record].parent;
    while (i >= 0 && !dmn_trace_stands(&t->recs[i])) i = t->recs[i].parent;
    return i < 0 ? -1 : index[i];
}

static void add_event(Form *f, int record, int parent) {
    const TraceRec *r = &f->t->recs[record];
    const DmnModel *m = dmn_model(f->e);
    Arena *a = f->a;
    Json *o = json_push(f->events, json_new(a, JSON_OBJECT));
    json_set(o, S("kind"), json_string(a, KINDS[r->kind]));
    json_set(o, S("parent"), json_int(a, parent));
    bool named = r->kind == TRACE_INPUT || r->kind == TRACE_DECISION || r->kind == TRACE_SERVICE;
    if (named) json_set(o, S("name"), json_string(a, m->nodes[r->detail]->name));
    if (r->kind == TRACE_TABLE) json_set(o, S("table"), json_int(a, add_table(f, record)));
    if (!named && r->kind != TRACE_TABLE) {
        Note at = {0};
        ir_mark(&at, m->prog, r->node);
        json_set(o, S("element"), json_string(a, dmn_note_place(m, &at).element));
        json_set(o, S("from"), json_int(a, at.from));
        json_set(o, S("to"), json_int(a, at.to));
        json_set(o, S("text"), json_string(a, ir_text(m->prog, r->node)));
    }
    if (r->pooled) {
        Json *list = json_set(o, S("of"), json_new(a, JSON_ARRAY));
        for (int i = 0; i < r->pooled; i++)
            json_push(list, json_from_val(a, f->t->pool[r->detail + i]));
    }
    if (r->kind == TRACE_CLAMP) json_set(o, S("decided_by"), json_int(a, r->spare + 1));
    json_set(o, S("value"), json_from_val(a, r->value));
    const Note *why = val_null_note(r->value);
    if (why) json_set(o, S("reason"), json_string(a, msg_code(why->msg)));
}

static Str print(void *user, int items) {
    Form *f = user;
    Arena *a = f->a;
    int all = dmn_trace_items(f->e);
    int *index = NEW_N(a, int, f->t->n);
    f->tables = json_new(a, JSON_ARRAY);
    f->events = json_new(a, JSON_ARRAY);
    f->left = items;
    for (int i = 0; i < f->t->n && f->left > 0; i++) {
        if (!dmn_trace_stands(&f->t->recs[i])) continue;
        f->left--;
        index[i] = f->events->count;
        add_event(f, i, shown_parent(f->t, index, i));
    }
    f->out = json_new(a, JSON_OBJECT);
    json_set(f->out, S("tables"), f->tables);
    dmn_feel(f->e)->trace = NULL; /* conditions are evaluated again: that is not part of it */
    Json *none = json_new(a, JSON_ARRAY);
    json_set(f->out, S("conditions"), items ? dmn_conditions_json(f->e, f->node, a) : none);
    dmn_feel(f->e)->trace = (Trace *)f->t;
    json_set(f->out, S("events"), f->events);
    json_set(f->out, S("shown"), json_int(a, items < all ? items : all));
    json_set(f->out, S("items"), json_int(a, all));
    json_set(f->out, S("cut"), json_bool(a, items < all || f->t->full));
    Buf b = buf_new(a, 0);
    json_print(&b, f->out, f->indent);
    size_t size = b.n; /* as it will stand in the answer, every line moved in */
    for (size_t i = 0; i < b.n && f->shift > 0; i++) size += b.p[i] == '\n' ? f->shift : 0;
    return (Str){b.p, (ptrdiff_t)size};
}

Json *dmn_trace_json(DmnEval *e, const DmnNode *n, size_t limit_bytes, int indent, size_t shift) {
    Arena *a = dmn_feel(e)->arena;
    Form f = {.e = e, .t = dmn_trace(e), .node = n, .a = a, .indent = indent, .shift = shift};
    if (!f.t) return json_new(a, JSON_OBJECT);
    dmn_trace_fit(a, dmn_trace_items(e), limit_bytes, print, &f);
    return f.out;
}
