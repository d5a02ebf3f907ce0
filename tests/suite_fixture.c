/* See suite_fixture.h. */
#include "tests/suite_fixture.h"

#include <string.h>

enum { STEPS = 2000000 };

static Str *texts(Arena *a, const Json *list) {
    Str *out = NEW_N(a, Str, list ? list->count + 1 : 1);
    int n = 0;
    for (const Json *j = list ? list->first : NULL; j; j = j->next) out[n++] = json_str(j, S(""));
    return out;
}

static int count_of(const Json *list) {
    return list ? list->count : 0;
}

SuiteTable *suite_table(Arena *a, const Json *entry) {
    SuiteTable *t = NEW(a, SuiteTable);
    const Json *inputs = json_get(entry, S("inputs")), *columns = json_get(entry, S("columns"));
    const Json *outputs = json_get(entry, S("outputs")), *rules = json_get(entry, S("rules"));
    *t = (SuiteTable){.name = json_get_str(entry, S("table")),
                      .policy = json_get_str(entry, S("policy")),
                      .ninputs = count_of(inputs),
                      .ncolumns = columns ? columns->count : count_of(inputs),
                      .noutputs = count_of(outputs),
                      .nrules = count_of(rules)};
    t->inputs = NEW_N(a, SuiteName, t->ninputs);
    t->columns = columns ? texts(a, columns) : NEW_N(a, Str, t->ninputs);
    t->outputs = NEW_N(a, const Json *, t->noutputs);
    t->rules = NEW_N(a, Str *, t->nrules);
    int n = 0;
    for (const Json *j = inputs ? inputs->first : NULL; j; j = j->next, n++) {
        t->inputs[n] = (SuiteName){j->key, json_str(j, S(""))};
        if (!columns) t->columns[n] = j->key;
    }
    n = 0;
    for (const Json *j = outputs ? outputs->first : NULL; j; j = j->next) t->outputs[n++] = j;
    n = 0;
    for (const Json *j = rules ? rules->first : NULL; j; j = j->next) t->rules[n++] = texts(a, j);
    return t;
}

static void put_xml(Buf *b, Str s) {
    for (ptrdiff_t i = 0; i < s.n; i++) {
        switch (s.p[i]) {
        case '<': buf_lit(b, "&lt;"); break;
        case '>': buf_lit(b, "&gt;"); break;
        case '&': buf_lit(b, "&amp;"); break;
        case '"': buf_lit(b, "&quot;"); break;
        default: buf_char(b, s.p[i]);
        }
    }
}

static void put_element(Buf *b, const char *outer, const char *inner, Str text) {
    buf_printf(b, "<%s>%s", outer, inner);
    put_xml(b, text);
    buf_printf(b, "</text></%s>", outer);
}

static void put_policy(Buf *b, Str policy) {
    static const struct {
        const char *letter, *attributes;
    } P[] = {{"U", "hitPolicy=\"UNIQUE\""},
             {"A", "hitPolicy=\"ANY\""},
             {"F", "hitPolicy=\"FIRST\""},
             {"P", "hitPolicy=\"PRIORITY\""},
             {"R", "hitPolicy=\"RULE ORDER\""},
             {"O", "hitPolicy=\"OUTPUT ORDER\""},
             {"C", "hitPolicy=\"COLLECT\""},
             {"C+", "hitPolicy=\"COLLECT\" aggregation=\"SUM\""},
             {"C<", "hitPolicy=\"COLLECT\" aggregation=\"MIN\""},
             {"C>", "hitPolicy=\"COLLECT\" aggregation=\"MAX\""},
             {"C#", "hitPolicy=\"COLLECT\" aggregation=\"COUNT\""}};
    for (size_t i = 0; i < sizeof P / sizeof *P; i++)
        if (str_eq(policy, str_from(P[i].letter))) buf_put(b, str_from(P[i].attributes));
}

static void put_output(Buf *b, const SuiteTable *t, const Json *o) {
    Str name = json_get_str(o, S("name")), type = json_get_str(o, S("type"));
    Str values = json_get_str(o, S("values")), fallback = json_get_str(o, S("default"));
    buf_lit(b, "<output");
    if (t->noutputs > 1) {
        buf_lit(b, " name=\"");
        put_xml(b, name);
        buf_char(b, '"');
    }
    if (type.n) buf_printf(b, " typeRef=\"%.*s\"", STRF(type));
    buf_char(b, '>');
    if (values.n) put_element(b, "outputValues", "<text>", values);
    if (fallback.n) put_element(b, "defaultOutputEntry", "<text>", fallback);
    buf_lit(b, "</output>");
}

static void put_table(Buf *b, const SuiteTable *t) {
    buf_lit(b, "<decisionTable ");
    put_policy(b, t->policy);
    buf_char(b, '>');
    for (int i = 0; i < t->ncolumns; i++) {
        buf_lit(b, "<input>");
        put_element(b, "inputExpression", "<text>", t->columns[i]);
        buf_lit(b, "</input>");
    }
    for (int i = 0; i < t->noutputs; i++) put_output(b, t, t->outputs[i]);
    for (int r = 0; r < t->nrules; r++) {
        buf_lit(b, "<rule>");
        for (int i = 0; i < t->ncolumns + t->noutputs; i++)
            put_element(b, i < t->ncolumns ? "inputEntry" : "outputEntry", "<text>",
                        t->rules[r][i]);
        buf_lit(b, "</rule>");
    }
    buf_lit(b, "</decisionTable>");
}

DmnModel *suite_model(Ctx *c, const SuiteTable *t) {
    Buf b = buf_new(c->arena, 0);
    buf_lit(&b, "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"s\" "
                "namespace=\"n\" id=\"s\">");
    for (int i = 0; i < t->ninputs; i++) {
        buf_printf(&b, "<inputData id=\"i%d\" name=\"", i);
        put_xml(&b, t->inputs[i].name);
        buf_lit(&b, "\"><variable name=\"");
        put_xml(&b, t->inputs[i].name);
        buf_printf(&b, "\" typeRef=\"%.*s\"/></inputData>", STRF(t->inputs[i].type));
    }
    buf_lit(&b, "<decision id=\"d\" name=\"结果\"><variable name=\"结果\"/>");
    for (int i = 0; i < t->ninputs; i++)
        buf_printf(&b,
                   "<informationRequirement><requiredInput href=\"#i%d\"/>"
                   "</informationRequirement>",
                   i);
    put_table(&b, t);
    buf_lit(&b, "</decision></definitions>");
    DmnSource file = {S("suite.dmn"), buf_str(&b)};
    DmnModel *m = dmn_load(c, &file, 1);
    return m && m->errors == 0 ? m : NULL;
}

static Val value_of(Arena *a, Str text) {
    Ctx c = ctx_new(a, 0);
    Program *p = program_new(a);
    Scope *s = scope_plain(p, scope_root(p));
    IrId id = feel_compile(&c, p, text, FEEL_EXPRESSION, s, NULL, S("value"));
    Eval e = eval_new(p, a);
    return feel_eval(&e, id, NULL);
}

/* `either A ~ B`: one of two values is the fact. */
static Val either_of(Arena *a, Str text, int i) {
    ptrdiff_t mid = str_find(text, S(" ~ "));
    Val v[2] = {value_of(a, str_sub(text, 7, mid)), value_of(a, str_sub(text, mid + 3, text.n))};
    bool null = v[0].tag == V_NULL || v[1].tag == V_NULL;
    Val *some = v[0].tag == V_NULL ? v + 1 : v;
    if (some->tag == V_NULL) return val_null();
    return unknown_fact(a, (uint16_t)i, val_null(), val_null(), some, null ? 1 : 2, null, false);
}

static Val input_of(Arena *a, Str text, int i) {
    if (str_starts(text, S("either "))) return either_of(a, text, i);
    if (!str_starts(text, S("unknown"))) return value_of(a, text);
    Str rest = text, lo, hi;
    str_cut(&rest, ' ');
    lo = rest.p ? str_cut(&rest, ' ') : S("null");
    hi = rest.p ? rest : S("null");
    return unknown_fact(a, (uint16_t)i, value_of(a, lo), value_of(a, hi), NULL, 0, false, false);
}

static Str literal(Arena *a, Val v) {
    if (v.tag == V_UNKNOWN) return S("unknown");
    Buf b = buf_new(a, 0);
    val_literal(&b, v);
    return buf_str(&b);
}

Str suite_run(Arena *a, const DmnModel *m, const SuiteTable *t, const Str *values) {
    DmnEval *e = dmn_eval_new(m, a);
    for (int i = 0; i < t->ninputs; i++) dmn_set_node(e, m->nodes[i], input_of(a, values[i], i));
    return literal(a, dmn_run_node(e, m->nodes[t->ninputs]));
}

typedef struct Lets {
    const Json **items;
} Lets;

static Val let_value(Eval *e, int id) {
    const Lets *l = e->user;
    return input_of(e->arena, json_str(l->items[id], S("")), id);
}

Str suite_value(Arena *a, Str text, const Json *let) {
    static const EvalHooks HOOKS = {.global = let_value};
    Ctx c = ctx_new(a, 0);
    Program *p = program_new(a);
    Scope *s = scope_plain(p, scope_root(p));
    Lets lets = {NEW_N(a, const Json *, count_of(let) + 1)};
    int n = 0;
    bool unknowns = false;
    for (const Json *j = let ? let->first : NULL; j; j = j->next, n++) {
        scope_add_global(s, j->key, NULL, n);
        lets.items[n] = j;
        unknowns = unknowns || str_starts(json_str(j, S("")), S("unknown"));
    }
    IrId id = feel_compile(&c, p, text, FEEL_EXPRESSION, s, NULL, S("suite"));
    Eval e = eval_new(p, a);
    e.hooks = &HOOKS;
    e.user = &lets;
    e.unknowns = unknowns;
    e.steps = STEPS;
    Val v = feel_eval(&e, id, NULL);
    return v.tag == V_NULL && val_null_note(v) ? S("error") : literal(a, v);
}
