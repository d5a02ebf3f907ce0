/* Loading a model: read all files, resolve, compile every decision and business knowledge model in
 * a scope made of its requirements only (DMN 1.5 clause 10.4).
 */
#include "dmn/build.h"
#include "dmn/table.h"

static void build_node(Builder *b, DmnNode *n);

/* A requirement as a name in scope; what it refers to is compiled first. */
static void add_requirement(Builder *b, Scope *s, const DmnReq *r) {
    build_node(b, r->node);
    Str name = r->node->name;
    if (r->import.n) {
        Arena *a = b->c->arena;
        name = str_cat(a, str_cat(a, r->import, S(".")), name);
    }
    scope_add_global(s, name, b->m->types[r->node->index], r->node->index);
}

static Scope *node_scope(Builder *b, DmnNode *n) {
    Scope *s = scope_plain(b->p, b->root);
    for (int i = 0; i < n->nreqs; i++)
        if (n->reqs[i].node != n) add_requirement(b, s, &n->reqs[i]);
    return s;
}

static const Type *or_any(const Type *t) {
    return t ? t : type_of(T_ANY);
}

/* The variable of a business knowledge model has a function type (1.3) or, in older files, the type
 * of the result. */
static const Type *result_of(const Type *t) {
    if (t && t->kind == T_FUNCTION) return t->elem;
    return t;
}

static const Type *signature(Builder *b, const DmnNode *n, const Type *result) {
    const DmnExpr *e = n->expr;
    TypeMember *params = NEW_N(b->c->arena, TypeMember, e->nentries);
    for (int i = 0; i < e->nentries; i++)
        params[i] =
            (TypeMember){e->entries[i].name,
                         or_any(build_type(b, n->defs, e->entries[i].type_ref, e->entries[i].xml))};
    return type_function(b->c->arena, params, e->nentries, or_any(result));
}

static void build_bkm(Builder *b, DmnNode *n) {
    if (!n->expr) return;
    const Type *declared = build_type(b, n->defs, n->type_ref, n->xml);
    const Type *result = result_of(declared);
    if (!result && n->expr->a) result = build_type(b, n->defs, n->expr->a->type_ref, n->xml);
    b->m->types[n->index] = signature(b, n, result);
    Scope *s = node_scope(b, n);
    scope_add_global(s, n->name, b->m->types[n->index], n->index);
    IrId fn = build_expr(b, n->expr, s, NULL);
    if (ir_node(b->p, fn)->op == IR_FUNCTION && result_of(declared))
        b->p->fns[ir_node(b->p, fn)->a]->result = result_of(declared);
    b->m->roots[n->index] = fn;
}

static void build_decision(Builder *b, DmnNode *n) {
    const Type *t = build_type(b, n->defs, n->type_ref, n->xml);
    Scope *s = node_scope(b, n);
    b->m->types[n->index] = or_any(t);
    if (!n->expr) return;
    IrId root = build_expr(b, n->expr, s, t && t->kind != T_ANY ? t : NULL);
    b->m->roots[n->index] = root;
    if (!t) b->m->types[n->index] = ir_node(b->p, root)->type;
}

/* The type of one output decision, or the context of all. */
static const Type *outputs_type(Builder *b, DmnNode *n) {
    TypeMember *members = NEW_N(b->c->arena, TypeMember, n->nreqs);
    int k = 0;
    for (int i = 0; i < n->nreqs; i++) {
        build_node(b, n->reqs[i].node);
        if (n->reqs[i].kind != REQ_OUTPUT) continue;
        const DmnNode *out = n->reqs[i].node;
        members[k++] = (TypeMember){out->name, or_any(b->m->types[out->index])};
    }
    if (k == 1) return members[0].type;
    return k ? type_context(b->c->arena, members, k, false) : type_of(T_ANY);
}

/* Parameters: input data, then input decisions, each in the order of the file (6.3.10 says input
 * decisions and data are the inputs; the kit fixes data first). */
static void build_service(Builder *b, DmnNode *n) {
    Arena *a = b->c->arena;
    Function *f = &b->m->services[n->index];
    Str *params = NEW_N(a, Str, n->nreqs);
    const Type **types = NEW_N(a, const Type *, n->nreqs);
    TypeMember *members = NEW_N(a, TypeMember, n->nreqs);
    int k = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < n->nreqs; i++) {
            const DmnReq *r = &n->reqs[i];
            if (r->kind != (pass == 0 ? REQ_INPUT : REQ_INPUT_DECISION)) continue;
            build_node(b, r->node);
            params[k] = r->node->name;
            types[k] = b->m->types[r->node->index];
            members[k] = (TypeMember){params[k], or_any(types[k])};
            k++;
        }
    const Type *result = result_of(build_type(b, n->defs, n->type_ref, n->xml));
    if (!result) result = outputs_type(b, n);
    *f = (Function){.kind = FN_SERVICE,
                    .service = n->index,
                    .params = params,
                    .param_types = types,
                    .nparams = k,
                    .result = result};
    b->m->types[n->index] = type_function(a, members, k, result);
}

static void build_node(Builder *b, DmnNode *n) {
    if (b->state[n->index]) return;
    b->state[n->index] = 1;
    const DmnNode *outer = b->node;
    b->node = n;
    switch (n->kind) {
    case NODE_INPUT:
        b->m->types[n->index] = or_any(build_type(b, n->defs, n->type_ref, n->xml));
        break;
    case NODE_DECISION: build_decision(b, n); break;
    case NODE_BKM: build_bkm(b, n); break;
    case NODE_SERVICE: build_service(b, n); break;
    }
    b->node = outer;
    b->state[n->index] = 2;
}

/* What lasts only while a model is loaded: most of what reading and compiling need. */
typedef struct Work {
    Arena *arena;
    Arena *brief; /* of one rule */
} Work;

/* Files beside the main one count only when they are imported, so one that does not read is no
 * failure here: if it is needed, the import says so. */
static DmnDefs *read_beside(Ctx *c, const Work *w, const DmnSource *file) {
    Ctx own = ctx_new(c->arena, c->now_ms);
    return dmn_read_brief(&own, w->arena, w->brief, file->bytes, file->file);
}

static bool imports(const DmnDefs *from, const DmnDefs *d) {
    for (; from; from = from->next)
        for (int i = 0; i < from->nimports; i++)
            if (str_eq(from->imports[i].ns, d->ns)) return true;
    return false;
}

static DmnDefs *read_all(Ctx *c, const Work *w, const DmnSource *files, int n) {
    DmnDefs *main = dmn_read_brief(c, w->arena, w->brief, files[0].bytes, files[0].file);
    if (!main) return NULL;
    DmnDefs **beside = NEW_N(c->arena, DmnDefs *, n), *last = main;
    for (int i = 1; i < n && main->nimports; i++) beside[i] = read_beside(c, w, &files[i]);
    for (bool more = true; more;) {
        more = false;
        for (int i = 1; i < n; i++) {
            if (!beside[i] || !imports(main, beside[i])) continue;
            last = last->next = beside[i];
            beside[i] = NULL;
            more = true;
        }
    }
    return dmn_resolve(c, main) ? main : NULL;
}

static void number_nodes(DmnModel *m) {
    for (DmnDefs *d = m->main; d; d = d->next) m->nnodes += d->nnodes;
    m->nodes = NEW_N(m->arena, DmnNode *, m->nnodes);
    m->roots = NEW_N(m->arena, IrId, m->nnodes);
    m->types = NEW_N(m->arena, const Type *, m->nnodes);
    m->services = NEW_N(m->arena, Function, m->nnodes);
    int k = 0;
    for (DmnDefs *d = m->main; d; d = d->next)
        for (int i = 0; i < d->nnodes; i++, k++) {
            m->nodes[k] = d->nodes[i];
            m->nodes[k]->index = k;
            m->roots[k] = IR_NONE;
            m->types[k] = type_of(T_ANY);
            if (d == m->main) map_put(&m->names, d->nodes[i]->name, d->nodes[i]);
        }
}

static DmnModel *load(Ctx *c, const Work *w, const DmnSource *files, int n) {
    DmnDefs *main = read_all(c, w, files, n);
    if (!main) return NULL;
    DmnModel *m = NEW(c->arena, DmnModel);
    *m = (DmnModel){.arena = c->arena, .main = main, .names = map_new(c->arena)};
    m->prog = program_new(c->arena);
    m->prog->growing = w->arena;
    number_nodes(m);
    Builder b = {.c = c, .m = m, .p = m->prog, .root = scope_root(m->prog), .work = w->arena};
    b.state = NEW_N(w->arena, uint8_t, m->nnodes);
    for (DmnDefs *d = main; d; d = d->next) build_items(&b, d);
    for (int i = 0; i < m->nnodes; i++) build_node(&b, m->nodes[i]);
    program_share(m->prog, w->arena);
    program_settle(m->prog);
    for (int i = 0; i < m->prog->ntables; i++)
        table_index(c->arena, w->arena, m->prog, m->prog->tables[i]);
    for (const Note *note = c->notes; note; note = note->next) m->errors += note->severity == 0;
    return m;
}

DmnModel *dmn_load(Ctx *c, const DmnSource *files, int n) {
    const Work w = {arena_child(c->arena, 0), arena_child(c->arena, 0)};
    DmnModel *m = load(c, &w, files, n);
    arena_close(w.brief);
    arena_close(w.arena);
    return m;
}

DmnNode *dmn_find_ns(const DmnModel *m, Str ns, Str name) {
    for (int i = 0; i < m->nnodes; i++) {
        DmnNode *n = m->nodes[i];
        bool here = ns.n ? str_eq(n->defs->ns, ns) : n->defs == m->main;
        if (here && str_eq(n->name, name)) return n;
    }
    return NULL;
}

DmnNode *dmn_find(const DmnModel *m, Str name) {
    DmnNode *n = map_get(&m->names, name);
    for (int i = 0; !n && i < m->main->nimports; i++) {
        const DmnImport *im = &m->main->imports[i];
        if (!im->defs) continue;
        if (im->name.n == 0)
            n = dmn_find_ns(m, im->ns, name);
        else if (str_starts(name, im->name) && name.n > im->name.n && name.p[im->name.n] == '.')
            n = dmn_find_ns(m, im->ns, str_sub(name, im->name.n + 1, name.n));
    }
    return n;
}

Str dmn_nearest(const DmnModel *m, Str name, bool inputs_too) {
    int best = 4;
    Str near = {0};
    for (int i = 0; i < m->main->nnodes; i++) {
        const DmnNode *n = m->main->nodes[i];
        if (n->kind == NODE_BKM || (n->kind == NODE_INPUT && !inputs_too)) continue;
        int distance = str_distance(n->name, name, best);
        if (distance >= best) continue;
        best = distance;
        near = n->name;
    }
    return near;
}

static int collect_inputs(const DmnNode *n, uint8_t *seen, const DmnNode **out, int max, int k) {
    if (seen[n->index]) return k;
    seen[n->index] = 1;
    if (n->kind == NODE_INPUT) {
        if (k < max) out[k] = n;
        return k + 1;
    }
    for (int i = 0; i < n->nreqs; i++) k = collect_inputs(n->reqs[i].node, seen, out, max, k);
    return k;
}

int dmn_inputs_of(const DmnModel *m, const DmnNode *n, const DmnNode **out, int max) {
    Arena *a = arena_open(0);
    uint8_t *seen = NEW_N(a, uint8_t, m->nnodes);
    int k = collect_inputs(n, seen, out, max, 0);
    arena_close(a);
    return k;
}
