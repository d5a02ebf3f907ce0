/* Models as data. See rule_json.h. */
#include "http/rule_json.h"

#include "http/json_out.h"

Str rule_hit_text(HitPolicy p) {
    static const Str TEXTS[] = {
        [HIT_UNIQUE] = STR_INIT("UNIQUE"),
        [HIT_ANY] = STR_INIT("ANY"),
        [HIT_PRIORITY] = STR_INIT("PRIORITY"),
        [HIT_FIRST] = STR_INIT("FIRST"),
        [HIT_COLLECT] = STR_INIT("COLLECT"),
        [HIT_RULE_ORDER] = STR_INIT("RULE ORDER"),
        [HIT_OUTPUT_ORDER] = STR_INIT("OUTPUT ORDER"),
    };
    return TEXTS[p];
}

static Str aggregation_text(HitAggregate g) {
    static const Str TEXTS[] = {[AGG_NONE] = STR_INIT(""),
                                [AGG_SUM] = STR_INIT("SUM"),
                                [AGG_COUNT] = STR_INIT("COUNT"),
                                [AGG_MIN] = STR_INIT("MIN"),
                                [AGG_MAX] = STR_INIT("MAX")};
    return TEXTS[g];
}

/* --- steps -------------------------------------------------------------------------------------
 */

static Str kind_text(const DmnExpr *e) {
    while (e && e->kind == EXPR_FUNCTION) e = e->a;
    if (!e) return S("literal");
    switch (e->kind) {
    case EXPR_TABLE: return S("table");
    case EXPR_CONTEXT:
    case EXPR_LIST:
    case EXPR_RELATION: return S("context");
    case EXPR_INVOCATION: return S("invocation");
    default: return S("literal");
    }
}

static void write_expr(Buf *b, const DmnExpr *e, int depth);

static void write_entries(Buf *b, const DmnExpr *e, int depth, bool named) {
    for (int i = 0; i < e->nentries; i++) {
        if (i) buf_lit(b, ", ");
        if (named && e->entries[i].name.n) buf_printf(b, "%.*s: ", STRF(e->entries[i].name));
        write_expr(b, e->entries[i].expr, depth + 1);
    }
}

/* A boxed expression as one line of FEEL; a table inside is named by its label. */
static void write_expr(Buf *b, const DmnExpr *e, int depth) {
    enum { DEPTH_MAX = 20 };
    if (!e || depth > DEPTH_MAX) return;
    switch (e->kind) {
    case EXPR_LITERAL: buf_put(b, e->text); break;
    case EXPR_TABLE: buf_printf(b, "table(%.*s)", STRF(e->label.n ? e->label : e->id)); break;
    case EXPR_FUNCTION: write_expr(b, e->a, depth + 1); break;
    case EXPR_CONTEXT:
        buf_lit(b, "{ ");
        write_entries(b, e, depth, true);
        buf_lit(b, " }");
        break;
    case EXPR_INVOCATION:
        write_expr(b, e->a, depth + 1);
        buf_char(b, '(');
        write_entries(b, e, depth, true);
        buf_char(b, ')');
        break;
    case EXPR_LIST:
        buf_char(b, '[');
        write_entries(b, e, depth, false);
        buf_char(b, ']');
        break;
    case EXPR_IF:
        buf_lit(b, "if ");
        write_expr(b, e->a, depth + 1);
        buf_lit(b, " then ");
        write_expr(b, e->b, depth + 1);
        buf_lit(b, " else ");
        write_expr(b, e->c, depth + 1);
        break;
    default: break;
    }
}

static Str expression_text(Arena *a, const DmnExpr *e) {
    while (e && e->kind == EXPR_FUNCTION) e = e->a;
    if (!e || e->kind == EXPR_TABLE) return S("");
    Buf b = buf_new(a, 1 << 16);
    write_expr(&b, e, 0);
    return buf_str(&b);
}

static Str node_unit(const PackSet *p, const CompiledVersion *cv, const DmnNode *n) {
    const Indicator *i = n->kind == NODE_INPUT ? pack_indicator(p, n->name) : NULL;
    if (i) return i->unit;
    return n == cv->result ? cv->version->unit : S("");
}

Json *rule_step_json(Arena *a, const PackSet *p, const CompiledVersion *cv, const DmnNode *n) {
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("decision"), n->name);
    out_str(a, o, S("name"), n->label.n ? n->label : n->name);
    out_str(a, o, S("place"), n->id);
    out_str(a, o, S("kind"), n->kind == NODE_INPUT ? S("input") : kind_text(n->expr));
    out_opt(a, o, S("expression"), expression_text(a, n->expr));
    out_opt(a, o, S("unit"), node_unit(p, cv, n));
    Json *uses = out_list(a, o, S("uses"));
    for (int i = 0; i < n->nreqs; i++)
        if (n->reqs[i].node) json_push(uses, json_string(a, n->reqs[i].node->name));
    return o;
}

/* --- tables ------------------------------------------------------------------------------------
 */

Str rule_fact_unit(const PackSet *p, Str expr) {
    Str name = expr;
    ptrdiff_t dot = str_find(expr, S("."));
    if (dot > 0) name = str_sub(expr, 0, dot);
    const Indicator *i = pack_indicator(p, str_trim(name));
    return i ? i->unit : S("");
}

static void out_inputs(Arena *a, const PackSet *p, Json *o, const DmnTable *t) {
    Json *list = out_list(a, o, S("inputs"));
    for (int k = 0; k < t->ninputs; k++) {
        const DmnClause *in = &t->inputs[k];
        Json *j = out_item(a, list);
        out_str(a, j, S("id"), in->id);
        out_str(a, j, S("label"), in->label.n ? in->label : in->expr.text);
        out_str(a, j, S("expression"), in->expr.text);
        out_opt(a, j, S("unit"), rule_fact_unit(p, in->expr.text));
    }
}

/* The items of a FEEL list at its top level; strings without their quotes. */
static void out_items(Arena *a, Json *o, Str key, Str text) {
    Json *list = out_list(a, o, key);
    bool quoted = false;
    ptrdiff_t from = 0;
    int depth = 0;
    for (ptrdiff_t i = 0; i <= text.n; i++) {
        char ch = i < text.n ? text.p[i] : ',';
        if (ch == '"') quoted = !quoted;
        if (!quoted && (ch == '(' || ch == '[')) depth++;
        if (!quoted && (ch == ')' || ch == ']')) depth--;
        if (i < text.n && (ch != ',' || quoted || depth > 0)) continue;
        Str item = str_trim(str_sub(text, from, i));
        from = i + 1;
        if (item.n >= 2 && str_starts(item, S("\"")) && str_ends(item, S("\"")))
            item = str_sub(item, 1, item.n - 1);
        if (item.n) json_push(list, json_string(a, item));
    }
}

static void out_outputs(Arena *a, const CompiledVersion *cv, Json *o, const DmnNode *n,
                        const DmnTable *t) {
    Json *list = out_list(a, o, S("outputs"));
    for (int k = 0; k < t->noutputs; k++) {
        const DmnClause *c = &t->outputs[k];
        bool result = n == cv->result && t->noutputs == 1;
        Json *j = out_item(a, list);
        out_str(a, j, S("id"), c->id);
        out_str(a, j, S("label"), c->label.n ? c->label : c->name.n ? c->name : n->name);
        out_opt(a, j, S("unit"), result ? cv->version->unit : S(""));
        out_items(a, j, S("values"), c->values.text);
    }
}

static const RuleParameter *parameter_at(const RuleVersion *v, Str id) {
    for (int i = 0; id.n && i < v->nparameters; i++)
        if (str_eq(v->parameters[i].at, id)) return &v->parameters[i];
    return NULL;
}

static Str annotation(Arena *a, const DmnRule *r) {
    Buf b = buf_new(a, 0);
    for (int i = 0; i < r->nnotes; i++) {
        if (r->notes[i].n == 0) continue;
        if (b.n) buf_lit(&b, "；");
        buf_put(&b, r->notes[i]);
    }
    return buf_str(&b);
}

static void out_rules(Arena *a, const PackSet *pack, const CompiledVersion *cv, Json *o,
                      const DmnTable *t) {
    Json *list = out_list(a, o, S("rules"));
    for (int i = 0; i < t->nrules; i++) {
        const DmnRule *r = &t->rules[i];
        Json *j = out_item(a, list);
        out_int(a, j, S("index"), i + 1);
        out_str(a, j, S("id"), r->id);
        Json *cells = out_list(a, j, S("cells"));
        for (int k = 0; k < t->ninputs; k++) {
            const RuleParameter *p = parameter_at(cv->version, r->in[k].id);
            Json *cell = out_item(a, cells);
            out_str(a, cell, S("id"), r->in[k].id);
            out_str(a, cell, S("text"), r->in[k].text);
            if (p) json_set(cell, S("parameter"), rule_parameter_json(a, pack, cv, p));
        }
        Json *outputs = out_list(a, j, S("outputs"));
        for (int k = 0; k < t->noutputs; k++) json_push(outputs, json_string(a, r->out[k].text));
        out_opt(a, j, S("annotation"), annotation(a, r));
    }
}

Json *rule_table_json(Arena *a, const PackSet *p, const CompiledVersion *cv, const DmnNode *n,
                      const DmnExpr *e) {
    const DmnTable *t = e->table;
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("decision"), n->name);
    out_str(a, o, S("name"), e->label.n ? e->label : n->name);
    out_str(a, o, S("place"), e->id.n ? e->id : n->id);
    out_str(a, o, S("hit_policy"), rule_hit_text(t->hit));
    out_opt(a, o, S("aggregation"), aggregation_text(t->agg));
    out_inputs(a, p, o, t);
    out_outputs(a, cv, o, n, t);
    out_rules(a, p, cv, o, t);
    return o;
}

typedef struct Walk {
    Arena *a;
    const PackSet *pack;
    const CompiledVersion *cv;
    const DmnNode *node;
    Json *list;
} Walk;

static void walk(Walk *w, const DmnExpr *e, int depth) {
    enum { DEPTH_MAX = 50 };
    if (!e || depth > DEPTH_MAX) return;
    if (e->kind == EXPR_TABLE)
        json_push(w->list, rule_table_json(w->a, w->pack, w->cv, w->node, e));
    walk(w, e->a, depth + 1);
    walk(w, e->b, depth + 1);
    walk(w, e->c, depth + 1);
    for (int i = 0; i < e->nentries; i++) walk(w, e->entries[i].expr, depth + 1);
    for (int i = 0; e->cells && i < e->nrows * e->nentries; i++) walk(w, e->cells[i], depth + 1);
}

void rule_tables_json(Arena *a, const PackSet *p, const CompiledVersion *cv, Json *list) {
    for (int i = 0; i < cv->model->nnodes; i++) {
        Walk w = {a, p, cv, cv->model->nodes[i], list};
        walk(&w, w.node->expr, 0);
    }
}

void rule_notes_json(Arena *a, const RuleVersion *v, Json *list) {
    const Json *versions = json_get(v->rule->source, S("versions")), *notes = NULL;
    for (const Json *j = versions ? versions->first : NULL; j; j = j->next)
        if (str_eq(json_get_str(j, S("id")), v->id)) notes = json_get(j, S("notes"));
    for (const Json *n = notes && notes->kind == JSON_ARRAY ? notes->first : NULL; n; n = n->next)
        json_push(list, json_string(a, json_str(n, S(""))));
}
