/* Reader of boxed expressions (DMN 1.5 clause 10.2) and decision tables (clause 8).
 *
 * Shape errors (a rule with too few cells, an unknown hit policy) are failures here, so that every
 * later stage can rely on complete structs.
 */
#include "dmn/read.h"

static DmnExpr *expr_new(Ctx *c, DmnDefs *d, const XmlNode *xml, DmnExprKind kind) {
    DmnExpr *e = NEW(c->arena, DmnExpr);
    *e = (DmnExpr){.kind = kind,
                   .id = xml_attr(xml, S("id")),
                   .type_ref = dmn_type_name(str_trim(xml_attr(xml, S("typeRef")))),
                   .label = xml_attr(xml, S("label")),
                   .xml = xml,
                   .defs = d};
    return e;
}

DmnExpr *dmn_read_child_expr(Ctx *c, DmnDefs *d, const XmlNode *xml) {
    if (!xml) return NULL;
    for (const XmlNode *k = xml->first; k && ctx_ok(c); k = k->next) {
        DmnExpr *e = dmn_read_expr(c, d, k);
        if (e) return e;
    }
    return NULL;
}

static DmnExpr *read_literal(Ctx *c, DmnDefs *d, const XmlNode *xml) {
    DmnExpr *e = expr_new(c, d, xml, EXPR_LITERAL);
    const XmlNode *text = xml_child(xml, S("text"));
    if (text) e->text = text->text;
    return e;
}

/* name and type of an entry stand in its variable, parameter or own attributes. */
static DmnEntry entry_of(const XmlNode *xml, const XmlNode *named) {
    return (DmnEntry){.name = str_trim(xml_attr(named, S("name"))),
                      .type_ref = dmn_type_name(str_trim(xml_attr(named, S("typeRef")))),
                      .xml = xml};
}

static DmnExpr *read_context(Ctx *c, DmnDefs *d, const XmlNode *xml) {
    DmnExpr *e = expr_new(c, d, xml, EXPR_CONTEXT);
    e->entries = NEW_N(c->arena, DmnEntry, xml_count(xml, S("contextEntry")));
    for (const XmlNode *k = xml_child(xml, S("contextEntry")); k; k = xml_next(k)) {
        DmnEntry *entry = &e->entries[e->nentries++];
        *entry = entry_of(k, xml_child(k, S("variable")));
        entry->expr = dmn_read_child_expr(c, d, k);
    }
    return e;
}

static DmnExpr *read_invocation(Ctx *c, DmnDefs *d, const XmlNode *xml) {
    DmnExpr *e = expr_new(c, d, xml, EXPR_INVOCATION);
    e->a = dmn_read_child_expr(c, d, xml);
    e->entries = NEW_N(c->arena, DmnEntry, xml_count(xml, S("binding")));
    for (const XmlNode *k = xml_child(xml, S("binding")); k; k = xml_next(k)) {
        DmnEntry *entry = &e->entries[e->nentries++];
        *entry = entry_of(k, xml_child(k, S("parameter")));
        entry->expr = dmn_read_child_expr(c, d, k);
    }
    return e;
}

DmnExpr *dmn_read_function(Ctx *c, DmnDefs *d, const XmlNode *xml) {
    DmnExpr *e = expr_new(c, d, xml, EXPR_FUNCTION);
    e->function_kind = xml_attr(xml, S("kind"));
    e->entries = NEW_N(c->arena, DmnEntry, xml_count(xml, S("formalParameter")));
    for (const XmlNode *k = xml_child(xml, S("formalParameter")); k; k = xml_next(k))
        e->entries[e->nentries++] = entry_of(k, k);
    e->a = dmn_read_child_expr(c, d, xml);
    return e;
}

static DmnExpr *read_list(Ctx *c, DmnDefs *d, const XmlNode *xml) {
    DmnExpr *e = expr_new(c, d, xml, EXPR_LIST);
    int n = 0;
    for (const XmlNode *k = xml->first; k; k = k->next) n++;
    e->entries = NEW_N(c->arena, DmnEntry, n);
    for (const XmlNode *k = xml->first; k && ctx_ok(c); k = k->next) {
        DmnExpr *item = dmn_read_expr(c, d, k);
        if (item) e->entries[e->nentries++] = (DmnEntry){.expr = item, .xml = k};
    }
    return e;
}

static bool read_row(Ctx *c, DmnDefs *d, DmnExpr *e, const XmlNode *row) {
    int n = 0;
    for (const XmlNode *k = row->first; k && ctx_ok(c); k = k->next) {
        DmnExpr *cell = dmn_read_expr(c, d, k);
        if (!cell) continue;
        if (n < e->nentries) e->cells[e->nrows * e->nentries + n] = cell;
        n++;
    }
    e->nrows++;
    if (n == e->nentries || !ctx_ok(c)) return ctx_ok(c);
    return FAIL_AT(c, ERR_INPUT, dmn_place(c->arena, d, row), M_DMN_ROW_CELLS,
                   str_printf(c->arena, "%d", n), str_printf(c->arena, "%d", e->nentries));
}

static DmnExpr *read_relation(Ctx *c, DmnDefs *d, const XmlNode *xml) {
    DmnExpr *e = expr_new(c, d, xml, EXPR_RELATION);
    e->entries = NEW_N(c->arena, DmnEntry, xml_count(xml, S("column")));
    for (const XmlNode *k = xml_child(xml, S("column")); k; k = xml_next(k))
        e->entries[e->nentries++] = entry_of(k, k);
    e->cells = NEW_N(c->arena, DmnExpr *, xml_count(xml, S("row")) * e->nentries);
    for (const XmlNode *k = xml_child(xml, S("row")); k; k = xml_next(k))
        if (!read_row(c, d, e, k)) return NULL;
    return e;
}

static DmnExpr *read_iterator(Ctx *c, DmnDefs *d, const XmlNode *xml, DmnExprKind kind, Str body) {
    DmnExpr *e = expr_new(c, d, xml, kind);
    e->var = str_trim(xml_attr(xml, S("iteratorVariable")));
    e->a = dmn_read_child_expr(c, d, xml_child(xml, S("in")));
    e->b = dmn_read_child_expr(c, d, xml_child(xml, body));
    return e;
}

static DmnExpr *read_if(Ctx *c, DmnDefs *d, const XmlNode *xml) {
    DmnExpr *e = expr_new(c, d, xml, EXPR_IF);
    e->a = dmn_read_child_expr(c, d, xml_child(xml, S("if")));
    e->b = dmn_read_child_expr(c, d, xml_child(xml, S("then")));
    e->c = dmn_read_child_expr(c, d, xml_child(xml, S("else")));
    return e;
}

/* --- decision tables ----------------------------------------------------------------------------
 */

static bool read_policy(Ctx *c, DmnDefs *d, const XmlNode *xml, DmnTable *t) {
    static const Str HITS[] = {
        [HIT_UNIQUE] = STR_INIT("UNIQUE"),         [HIT_ANY] = STR_INIT("ANY"),
        [HIT_PRIORITY] = STR_INIT("PRIORITY"),     [HIT_FIRST] = STR_INIT("FIRST"),
        [HIT_RULE_ORDER] = STR_INIT("RULE ORDER"), [HIT_OUTPUT_ORDER] = STR_INIT("OUTPUT ORDER"),
        [HIT_COLLECT] = STR_INIT("COLLECT"),
    };
    static const Str AGGS[] = {
        [AGG_NONE] = STR_INIT(""),   [AGG_SUM] = STR_INIT("SUM"),     [AGG_MIN] = STR_INIT("MIN"),
        [AGG_MAX] = STR_INIT("MAX"), [AGG_COUNT] = STR_INIT("COUNT"),
    };
    Str hit = xml_attr(xml, S("hitPolicy")), agg = xml_attr(xml, S("aggregation"));
    size_t h = 0, g = 0;
    while (hit.n && h < sizeof HITS / sizeof *HITS && !str_eq(hit, HITS[h])) h++;
    while (g < sizeof AGGS / sizeof *AGGS && !str_eq(agg, AGGS[g])) g++;
    if (h == sizeof HITS / sizeof *HITS || g == sizeof AGGS / sizeof *AGGS)
        return FAIL_AT(c, ERR_INPUT, dmn_place(c->arena, d, xml), M_DMN_HIT_POLICY, hit, agg);
    t->hit = (HitPolicy)h;
    t->agg = t->hit == HIT_COLLECT ? (HitAggregate)g : AGG_NONE;
    return true;
}

static void read_clauses(Ctx *c, const XmlNode *xml, DmnTable *t) {
    t->inputs = NEW_N(c->arena, DmnClause, xml_count(xml, S("input")));
    t->outputs = NEW_N(c->arena, DmnClause, xml_count(xml, S("output")));
    for (const XmlNode *k = xml_child(xml, S("input")); k; k = xml_next(k)) {
        const XmlNode *in = xml_child(k, S("inputExpression"));
        t->inputs[t->ninputs++] =
            (DmnClause){.id = xml_attr(k, S("id")),
                        .label = xml_attr(k, S("label")),
                        .type_ref = dmn_type_name(str_trim(xml_attr(in, S("typeRef")))),
                        .expr = dmn_read_cell(k, S("inputExpression")),
                        .values = dmn_read_cell(k, S("inputValues")),
                        .xml = k};
    }
    for (const XmlNode *k = xml_child(xml, S("output")); k; k = xml_next(k))
        t->outputs[t->noutputs++] =
            (DmnClause){.id = xml_attr(k, S("id")),
                        .name = str_trim(xml_attr(k, S("name"))),
                        .label = xml_attr(k, S("label")),
                        .type_ref = dmn_type_name(str_trim(xml_attr(k, S("typeRef")))),
                        .values = dmn_read_cell(k, S("outputValues")),
                        .deflt = dmn_read_cell(k, S("defaultOutputEntry")),
                        .xml = k};
}

static DmnExpr *read_table(Ctx *c, DmnDefs *d, const XmlNode *xml) {
    DmnExpr *e = expr_new(c, d, xml, EXPR_TABLE);
    DmnTable *t = e->table = NEW(c->arena, DmnTable);
    if (!read_policy(c, d, xml, t)) return NULL;
    read_clauses(c, xml, t);
    if (t->noutputs == 0) {
        FAIL_AT(c, ERR_INPUT, dmn_place(c->arena, d, xml), M_DMN_NO_OUTPUT);
        return NULL;
    }
    t->note_names = NEW_N(c->arena, Str, xml_count(xml, S("annotation")));
    for (const XmlNode *k = xml_child(xml, S("annotation")); k; k = xml_next(k))
        t->note_names[t->nnote_names++] = xml_attr(k, S("name"));
    return read_rules(c, d, xml, t) ? e : NULL;
}

DmnExpr *dmn_read_expr(Ctx *c, DmnDefs *d, const XmlNode *xml) {
    Str n = xml->name;
    if (str_eq(n, S("literalExpression"))) return read_literal(c, d, xml);
    if (str_eq(n, S("decisionTable"))) return read_table(c, d, xml);
    if (str_eq(n, S("context"))) return read_context(c, d, xml);
    if (str_eq(n, S("invocation"))) return read_invocation(c, d, xml);
    if (str_eq(n, S("functionDefinition"))) return dmn_read_function(c, d, xml);
    if (str_eq(n, S("list"))) return read_list(c, d, xml);
    if (str_eq(n, S("relation"))) return read_relation(c, d, xml);
    if (str_eq(n, S("conditional"))) return read_if(c, d, xml);
    if (str_eq(n, S("filter"))) return read_iterator(c, d, xml, EXPR_FILTER, S("match"));
    if (str_eq(n, S("for"))) return read_iterator(c, d, xml, EXPR_FOR, S("return"));
    if (str_eq(n, S("some"))) return read_iterator(c, d, xml, EXPR_SOME, S("satisfies"));
    if (str_eq(n, S("every"))) return read_iterator(c, d, xml, EXPR_EVERY, S("satisfies"));
    return NULL;
}
