/* Parameters of a rule for the contract: value, unit, how well proved. */
#include "http/json_out.h"
#include "http/rule_json.h"

enum { DEPTH_MAX = 50 };

typedef struct Search {
    const PackSet *pack;
    const CompiledVersion *cv;
    const DmnNode *node;
    const RuleParameter *k;
    Str unit;
} Search;

/* “营业收入.前3年 >= 10000000”: a fact compared with the parameter itself. */
static Str compared_unit(const Search *s, Str text) {
    static const Str SIGNS[] = {STR_INIT(">="), STR_INIT("<="), STR_INIT(">"), STR_INIT("<"),
                                STR_INIT("=")};
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++) {
        ptrdiff_t at = str_find(text, SIGNS[i]);
        if (at < 0) continue;
        Str left = str_trim(str_sub(text, 0, at));
        Str right = str_trim(str_sub(text, at + SIGNS[i].n, text.n));
        if (str_eq(right, s->k->value)) return rule_fact_unit(s->pack, left);
        return str_eq(left, s->k->value) ? rule_fact_unit(s->pack, right) : S("");
    }
    return S("");
}

static void search_table(Search *s, const DmnTable *t) {
    bool result = s->node == s->cv->result && t->noutputs == 1;
    for (int i = 0; i < t->nrules; i++) {
        for (int k = 0; k < t->ninputs; k++)
            if (str_eq(t->rules[i].in[k].id, s->k->at))
                s->unit = rule_fact_unit(s->pack, t->inputs[k].expr.text);
        for (int k = 0; result && k < t->noutputs; k++)
            if (str_eq(t->rules[i].out[k].id, s->k->at)) s->unit = s->cv->version->unit;
    }
}

static void search(Search *s, const DmnExpr *e, int depth) {
    if (!e || depth > DEPTH_MAX || s->unit.n) return;
    if (e->kind == EXPR_TABLE) search_table(s, e->table);
    if (e->kind == EXPR_LITERAL && str_eq(e->id, s->k->at)) s->unit = compared_unit(s, e->text);
    search(s, e->a, depth + 1);
    search(s, e->b, depth + 1);
    search(s, e->c, depth + 1);
    for (int i = 0; i < e->nentries; i++) search(s, e->entries[i].expr, depth + 1);
    for (int i = 0; e->cells && i < e->nrows * e->nentries; i++) search(s, e->cells[i], depth + 1);
}

static Str unit_of(const PackSet *p, const CompiledVersion *cv, const RuleParameter *k) {
    Search s = {.pack = p, .cv = cv, .k = k, .unit = k->unit};
    for (int i = 0; cv && k->at.n && !s.unit.n && i < cv->model->nnodes; i++) {
        s.node = cv->model->nodes[i];
        search(&s, s.node->expr, 0);
    }
    return s.unit;
}

Json *rule_parameter_json(Arena *a, const PackSet *p, const CompiledVersion *cv,
                          const RuleParameter *k) {
    Json *o = json_new(a, JSON_OBJECT);
    out_opt(a, o, S("at"), k->at);
    out_str(a, o, S("name"), k->name);
    out_opt(a, o, S("value"), k->value);
    out_opt(a, o, S("unit"), unit_of(p, cv, k));
    /* Without a status nothing shows that the figure was read in a text. */
    out_str(a, o, S("status"), status_text(k->status ? k->status : STATUS_INFERRED));
    out_opt(a, o, S("source"), k->source);
    return o;
}
