/* Reader of DMN files: definitions, imports, item definitions, inputs, decisions, business
 * knowledge models, decision services. The XML tree carries the places; this file gives it names.
 *
 * Only elements of the namespace of the root are kept, so extension elements are skipped whatever
 * they are called. A file of no known DMN namespace is refused.
 */
#include "dmn/read.h"

/* Namespaces of DMN 1.1 to 1.5 (formal/15-09-01 … 20230324). */
static const Str NAMESPACES[] = {
    STR_INIT("http://www.omg.org/spec/DMN/20151101/dmn.xsd"),
    STR_INIT("http://www.omg.org/spec/DMN/20180521/MODEL/"),
    STR_INIT("https://www.omg.org/spec/DMN/20191111/MODEL/"),
    STR_INIT("https://www.omg.org/spec/DMN/20211108/MODEL/"),
    STR_INIT("https://www.omg.org/spec/DMN/20230324/MODEL/"),
};

Str dmn_place_at(Arena *a, const DmnDefs *d, XmlAt at) {
    return str_printf(a, "%.*s:%u:%u", STRF(d->file), at.line, at.column);
}

Str dmn_place(Arena *a, const DmnDefs *d, const XmlNode *xml) {
    if (!xml) return d ? d->file : (Str){0};
    return dmn_place_at(a, d, xml_at(xml));
}

Str dmn_type_name(Str qname) {
    /* `feel:number` of 1.1; other prefixes are kept, imports use a dot */
    static const Str FEEL = STR_INIT("feel:");
    return str_starts(qname, FEEL) ? str_sub(qname, FEEL.n, qname.n) : qname;
}

DmnCell dmn_read_cell(const XmlNode *xml, Str child) {
    const XmlNode *k = xml_child(xml, child);
    if (!k) return (DmnCell){.at = xml_at(xml)};
    const XmlNode *text = xml_child(k, S("text"));
    return (DmnCell){.text = text ? str_trim(text->text) : (Str){0},
                     .id = xml_attr(k, S("id")),
                     .at = xml_at(k)};
}

/* The type reference is an attribute, or (item definitions of 1.1 to 1.5) a child element. */
static Str type_ref_of(const XmlNode *xml) {
    Str at = xml_attr(xml, S("typeRef"));
    const XmlNode *child = at.n ? NULL : xml_child(xml, S("typeRef"));
    return dmn_type_name(str_trim(child ? child->text : at));
}

static bool need_attr(Ctx *c, const DmnDefs *d, const XmlNode *xml, Str attr, Str *out) {
    *out = str_trim(xml_attr(xml, attr));
    if (out->n) return true;
    return FAIL_AT(c, ERR_INPUT, dmn_place(c->arena, d, xml), M_DMN_NO_ATTRIBUTE, xml->name, attr);
}

static bool read_params(Ctx *c, DmnDefs *d, const XmlNode *xml, Str child, DmnEntry **out, int *n) {
    *n = 0;
    *out = NEW_N(c->arena, DmnEntry, xml_count(xml, child));
    for (const XmlNode *k = xml_child(xml, child); k; k = xml_next(k)) {
        DmnEntry *e = &(*out)[(*n)++];
        *e = (DmnEntry){.type_ref = type_ref_of(k), .xml = k};
        if (!need_attr(c, d, k, S("name"), &e->name)) return false;
    }
    return true;
}

static bool read_item(Ctx *c, DmnDefs *d, const XmlNode *xml, DmnItem *item) {
    *item = (DmnItem){.id = xml_attr(xml, S("id")),
                      .type_ref = type_ref_of(xml),
                      .is_collection = str_eq(xml_attr(xml, S("isCollection")), S("true")),
                      .allowed = dmn_read_cell(xml, S("allowedValues")),
                      .constraint = dmn_read_cell(xml, S("typeConstraint")),
                      .xml = xml,
                      .defs = d};
    if (!need_attr(c, d, xml, S("name"), &item->name)) return false;
    const XmlNode *fn = xml_child(xml, S("functionItem"));
    if (fn) {
        item->is_function = true;
        item->type_ref = dmn_type_name(xml_attr(fn, S("outputTypeRef")));
        return read_params(c, d, fn, S("parameters"), &item->params, &item->nparams);
    }
    item->parts = NEW_N(c->arena, DmnItem, xml_count(xml, S("itemComponent")));
    for (const XmlNode *k = xml_child(xml, S("itemComponent")); k; k = xml_next(k))
        if (!read_item(c, d, k, &item->parts[item->nparts++])) return false;
    return true;
}

/* The href inside a requirement element, e.g. informationRequirement/requiredDecision. */
static bool read_req(Ctx *c, DmnDefs *d, DmnNode *n, DmnReqKind kind, const XmlNode *k) {
    DmnReq *r = &n->reqs[n->nreqs++];
    *r = (DmnReq){.kind = kind, .xml = k};
    return need_attr(c, d, k, S("href"), &r->href);
}

static bool read_reqs(Ctx *c, DmnDefs *d, DmnNode *n) {
    static const struct {
        Str outer, inner;
        DmnReqKind kind;
    } KINDS[] = {
        {STR_INIT("informationRequirement"), STR_INIT("requiredInput"), REQ_INPUT},
        {STR_INIT("informationRequirement"), STR_INIT("requiredDecision"), REQ_DECISION},
        {STR_INIT("knowledgeRequirement"), STR_INIT("requiredKnowledge"), REQ_KNOWLEDGE},
        {STR_INIT(""), STR_INIT("outputDecision"), REQ_OUTPUT},
        {STR_INIT(""), STR_INIT("encapsulatedDecision"), REQ_ENCAPSULATED},
        {STR_INIT(""), STR_INIT("inputDecision"), REQ_INPUT_DECISION},
        {STR_INIT(""), STR_INIT("inputData"), REQ_INPUT},
    };
    int max = 0;
    for (const XmlNode *k = n->xml->first; k; k = k->next) max++;
    n->reqs = NEW_N(c->arena, DmnReq, max);
    for (const XmlNode *k = n->xml->first; k; k = k->next) {
        for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
            if (!str_eq(k->name, KINDS[i].outer.n ? KINDS[i].outer : KINDS[i].inner)) continue;
            const XmlNode *at = KINDS[i].outer.n ? xml_child(k, KINDS[i].inner) : k;
            if (at && !read_req(c, d, n, KINDS[i].kind, at)) return false;
        }
    }
    return true;
}

static bool read_node(Ctx *c, DmnDefs *d, const XmlNode *xml, DmnNodeKind kind) {
    DmnNode *n = NEW(c->arena, DmnNode);
    const XmlNode *variable = xml_child(xml, S("variable"));
    const XmlNode *question = xml_child(xml, S("question"));
    const XmlNode *description = xml_child(xml, S("description"));
    *n = (DmnNode){.kind = kind,
                   .id = xml_attr(xml, S("id")),
                   .label = xml_attr(xml, S("label")),
                   .type_ref = variable ? type_ref_of(variable) : (Str){0},
                   .question = question ? str_trim(question->text) : (Str){0},
                   .description = description ? str_trim(description->text) : (Str){0},
                   .defs = d,
                   .xml = xml};
    if (!need_attr(c, d, xml, S("name"), &n->name) || !read_reqs(c, d, n)) return false;
    if (kind == NODE_DECISION) n->expr = dmn_read_child_expr(c, d, xml);
    if (kind == NODE_BKM) {
        const XmlNode *logic = xml_child(xml, S("encapsulatedLogic"));
        if (logic) n->expr = dmn_read_function(c, d, logic);
    }
    d->nodes[d->nnodes++] = n;
    if (n->id.n) map_put(&d->ids, n->id, n);
    return ctx_ok(c);
}

static bool read_imports(Ctx *c, DmnDefs *d, const XmlNode *root) {
    d->imports = NEW_N(c->arena, DmnImport, xml_count(root, S("import")));
    for (const XmlNode *k = xml_child(root, S("import")); k; k = xml_next(k)) {
        DmnImport *im = &d->imports[d->nimports++];
        *im = (DmnImport){.name = str_trim(xml_attr(k, S("name"))), .xml = k};
        if (!need_attr(c, d, k, S("namespace"), &im->ns)) return false;
    }
    return true;
}

static bool read_nodes(Ctx *c, DmnDefs *d, const XmlNode *root) {
    static const struct {
        Str name;
        DmnNodeKind kind;
    } KINDS[] = {
        {STR_INIT("inputData"), NODE_INPUT},
        {STR_INIT("decision"), NODE_DECISION},
        {STR_INIT("businessKnowledgeModel"), NODE_BKM},
        {STR_INIT("decisionService"), NODE_SERVICE},
    };
    int n = 0;
    for (const XmlNode *k = root->first; k; k = k->next) n++;
    d->nodes = NEW_N(c->arena, DmnNode *, n);
    for (const XmlNode *k = root->first; k; k = k->next) {
        for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
            if (str_eq(k->name, KINDS[i].name) && !read_node(c, d, k, KINDS[i].kind)) return false;
    }
    return true;
}

static DmnDefs *read_root(Ctx *c, DmnDefs *d, XmlNode *root) {
    d->name = str_trim(xml_attr(root, S("name")));
    d->ns = xml_attr(root, S("namespace"));
    d->id = xml_attr(root, S("id"));
    d->xml = root;
    bool known = false;
    for (size_t i = 0; i < sizeof NAMESPACES / sizeof *NAMESPACES; i++)
        known = known || str_eq(root->ns, NAMESPACES[i]);
    if (!known || !str_eq(root->name, S("definitions"))) {
        FAIL_AT(c, ERR_INPUT, dmn_place(c->arena, d, root), M_DMN_NOT_DMN, root->name, root->ns);
        return NULL;
    }
    read_prune(root, root->ns);
    /* Every id once (XML Schema ID). */
    if (!read_ids(d->reading, root) || !read_imports(c, d, root)) return NULL;
    d->items = NEW_N(c->arena, DmnItem, xml_count(root, S("itemDefinition")));
    for (const XmlNode *k = xml_child(root, S("itemDefinition")); k; k = xml_next(k))
        if (!read_item(c, d, k, &d->items[d->nitems++])) return NULL;
    return read_nodes(c, d, root) ? d : NULL;
}

/* brief NULL: rules stay in the tree. */
static DmnDefs *read_file(Ctx *c, Arena *work, Arena *brief, Str bytes, Str file) {
    DmnDefs *d = NEW(c->arena, DmnDefs);
    *d = (DmnDefs){
        .file = str_dup(c->arena, file), .ids = map_new(c->arena), .all_ids = map_new(work)};
    DmnReading r = {.c = c,
                    .defs = d,
                    .whole = !brief,
                    .work = work,
                    .packed = {.arena = c->arena},
                    .texts = map_new(work),
                    .raws = map_new(work),
                    .tables = map_new(work)};
    XmlTaker taker = {.name = S("rule"), .arena = brief, .take = read_taken_rule, .user = &r};
    d->reading = &r;
    XmlNode *root = xml_parse_taking(c, bytes, file, brief ? &taker : NULL);
    DmnDefs *read = root ? read_root(c, d, root) : NULL;
    d->reading = NULL;
    if (brief) d->all_ids = map_new(c->arena);
    return read;
}

DmnDefs *dmn_read(Ctx *c, Str bytes, Str file) {
    return read_file(c, c->arena, NULL, bytes, file);
}

DmnDefs *dmn_read_brief(Ctx *c, Arena *work, Arena *brief, Str bytes, Str file) {
    return read_file(c, work, brief, bytes, file);
}
