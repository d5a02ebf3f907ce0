/* Imports, hrefs and the shape of the requirement graph (DMN 1.5 clauses 6.2, 6.3.3, 7.3.1).
 *
 * After dmn_resolve every requirement points to its node, and following requirements ends: the
 * graph has no cycle but a business knowledge model that requires itself (recursion).
 */
#include "dmn/model.h"

static DmnDefs *find_defs(DmnDefs *main, Str ns) {
    for (DmnDefs *d = main; d; d = d->next)
        if (str_eq(d->ns, ns)) return d;
    return NULL;
}

static bool resolve_imports(Ctx *c, DmnDefs *main, DmnDefs *d) {
    for (int i = 0; i < d->nimports; i++) {
        DmnImport *im = &d->imports[i];
        im->defs = find_defs(main, im->ns);
        /* schemas and PMML are imported by other types; they add no decisions */
        if (!im->defs && str_find(xml_attr(im->xml, S("importType")), S("/DMN/")) >= 0)
            return FAIL_AT(c, ERR_INPUT, dmn_place(c->arena, d, im->xml), M_DMN_NO_IMPORT,
                           im->name.n ? im->name : im->ns);
    }
    return true;
}

/* The id in the file closest to one that was not found. */
static Str nearest_id(const DmnDefs *d, Str id) {
    int best = 4;
    Str found = {0};
    for (int i = 0; i < d->ids.n; i++) {
        int distance = str_distance(d->ids.entries[i].key, id, best);
        if (distance >= best) continue;
        best = distance;
        found = d->ids.entries[i].key;
    }
    return found;
}

static bool kind_fits(DmnReqKind req, DmnNodeKind node) {
    switch (req) {
    case REQ_INPUT: return node == NODE_INPUT;
    case REQ_KNOWLEDGE: return node == NODE_BKM || node == NODE_SERVICE;
    default: return node == NODE_DECISION;
    }
}

static bool resolve_req(Ctx *c, DmnDefs *main, DmnNode *n, DmnReq *r) {
    Str rest = r->href;
    Str ns = str_cut(&rest, '#');
    Str place = dmn_place(c->arena, n->defs, r->xml);
    DmnDefs *d = ns.n == 0 || str_eq(ns, n->defs->ns) ? n->defs : find_defs(main, ns);
    r->node = d && rest.p ? map_get(&d->ids, rest) : NULL;
    if (!r->node) {
        FAIL_AT(c, ERR_INPUT, place, M_DMN_NO_ELEMENT, r->href);
        Str near = d && rest.p ? nearest_id(d, rest) : (Str){0};
        if (near.n) fail_near(c, str_cat(c->arena, S("#"), near));
        return false;
    }
    if (!kind_fits(r->kind, r->node->kind))
        return FAIL_AT(c, ERR_INPUT, place, M_DMN_WRONG_ELEMENT, r->xml->name, r->node->xml->name);
    for (int i = 0; d != n->defs && i < n->defs->nimports; i++)
        if (n->defs->imports[i].defs == d) r->import = n->defs->imports[i].name;
    return true;
}

static bool too_long(Ctx *c, const DmnNode *n) {
    return FAIL_AT(c, ERR_LIMIT, dmn_place(c->arena, n->defs, n->xml), M_DMN_HEIGHT, n->name,
                   str_printf(c->arena, "%d", DMN_HEIGHT_MAX));
}

/* Depth first; mark 1: on the path, 2: done. */
static bool no_cycle(Ctx *c, DmnNode *n, int depth) {
    if (n->mark == 2) return true;
    if (n->mark == 1)
        return FAIL_AT(c, ERR_INPUT, dmn_place(c->arena, n->defs, n->xml), M_DMN_CYCLE, n->name);
    if (depth > DMN_HEIGHT_MAX) return too_long(c, n);
    n->mark = 1;
    for (int i = 0; i < n->nreqs; i++) {
        DmnReq *r = &n->reqs[i];
        if (r->node == n && n->kind == NODE_BKM) continue;
        if (!no_cycle(c, r->node, depth + 1)) return false;
        if (r->node->height >= n->height) n->height = r->node->height + 1;
    }
    n->mark = 2;
    return n->height <= DMN_HEIGHT_MAX || too_long(c, n);
}

static bool same_names(Ctx *c, DmnDefs *d) {
    Map names = map_new(c->arena);
    for (int i = 0; i < d->nnodes; i++) {
        DmnNode *before = map_put(&names, d->nodes[i]->name, d->nodes[i]);
        if (before)
            NOTE(c, 1, dmn_place(c->arena, d, d->nodes[i]->xml), M_DMN_DUPLICATE_NAME,
                 d->nodes[i]->name, dmn_place(c->arena, d, before->xml));
    }
    return true;
}

bool dmn_resolve(Ctx *c, DmnDefs *main) {
    for (DmnDefs *d = main; d; d = d->next)
        if (!resolve_imports(c, main, d) || !same_names(c, d)) return false;
    for (DmnDefs *d = main; d; d = d->next)
        for (int i = 0; i < d->nnodes; i++)
            for (int k = 0; k < d->nodes[i]->nreqs; k++)
                if (!resolve_req(c, main, d->nodes[i], &d->nodes[i]->reqs[k])) return false;
    for (DmnDefs *d = main; d; d = d->next)
        for (int i = 0; i < d->nnodes; i++)
            if (!no_cycle(c, d->nodes[i], 0)) return false;
    return true;
}
