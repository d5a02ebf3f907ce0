/* The program: side arrays, units, printing. Nodes are made in build.c. Invariant: the operands of
 * a node have smaller indices, so one pass in index order visits definitions before uses. */
#include "feel/ir.h"

#include "feel/build.h"
#include "feel/feel.h"
#include "feel/scope.h"

Program *program_new(Arena *a) {
    static const char *const PROPERTIES[] = {"time offset", "start included", "end included"};
    Program *p = NEW(a, Program);
    p->arena = p->growing = a;
    p->types = map_new(a);
    p->members = map_new(a);
    for (size_t i = 0; i < sizeof PROPERTIES / sizeof *PROPERTIES; i++)
        program_add_member(p, str_from(PROPERTIES[i]));
    return p;
}

/* The array in the arena of the program, without room to grow. */
static void *settled(const Program *p, const void *v, int n, size_t size, int *cap) {
    *cap = n;
    return arena_copy(p->arena, v, (size_t)n * size);
}

/* Names stay where they are: constants point at them. */
void program_settle(Program *p) {
    if (p->growing == p->arena) return;
    p->nodes = settled(p, p->nodes, p->n, sizeof *p->nodes, &p->cap);
    p->at = settled(p, p->at, p->n, sizeof *p->at, &p->at_cap);
    p->consts = settled(p, p->consts, p->nconsts, sizeof *p->consts, &p->consts_cap);
    p->lists = settled(p, p->lists, p->nlists, sizeof *p->lists, &p->lists_cap);
    p->fns = settled(p, p->fns, p->nfns, sizeof *p->fns, &p->fns_cap);
    p->regions = settled(p, p->regions, p->nregions, sizeof *p->regions, &p->regions_cap);
    p->tables = settled(p, p->tables, p->ntables, sizeof *p->tables, &p->tables_cap);
    p->units = settled(p, p->units, p->nunits, sizeof *p->units, &p->units_cap);
    p->type_refs = settled(p, p->type_refs, p->ntype_refs, sizeof *p->type_refs, &p->type_refs_cap);
    p->growing = p->arena;
}

void program_add_type(Program *p, Str name, const Type *t) {
    map_put(&p->types, str_dup(p->arena, name), (void *)(uintptr_t)t);
}

void program_add_member(Program *p, Str name) {
    if (map_has(&p->members, name)) return;
    Name *n = NEW(p->arena, Name);
    *n = (Name){.text = str_dup(p->arena, name), .kind = NAME_MEMBER, .type = type_of(T_ANY)};
    map_put(&p->members, n->text, n);
    trie_add(p->arena, &p->member_trie, n->text, n);
}

int32_t program_add_unit(Program *p, Str text, Str element) {
    GROW(p->growing, p->units, p->nunits, p->units_cap);
    p->units[p->nunits] = (IrUnit){.text = text, .element = element};
    return p->nunits++;
}

int32_t program_const(Program *p, Val v) {
    GROW(p->growing, p->consts, p->nconsts, p->consts_cap);
    p->consts[p->nconsts] = v;
    return p->nconsts++;
}

static void list_push(Program *p, int32_t v) {
    GROW(p->growing, p->lists, p->nlists, p->lists_cap);
    p->lists[p->nlists++] = v;
}

int32_t program_list(Program *p, const IrId *items, int n) {
    int32_t at = p->nlists;
    list_push(p, n);
    for (int i = 0; i < n; i++) list_push(p, items[i]);
    return at;
}

int32_t program_names(Program *p, const Str *names, int n) {
    int32_t at = p->nnames;
    for (int i = 0; i < n; i++) {
        GROW(p->arena, p->names, p->nnames, p->names_cap);
        p->names[p->nnames++] = str_dup(p->arena, names[i]);
    }
    return at;
}

int32_t program_type_ref(Program *p, const Type *t) {
    GROW(p->growing, p->type_refs, p->ntype_refs, p->type_refs_cap);
    p->type_refs[p->ntype_refs] = t;
    return p->ntype_refs++;
}

int32_t program_fn(Program *p, IrFn fn) {
    IrFn *copy = NEW(p->arena, IrFn);
    *copy = fn;
    GROW(p->growing, p->fns, p->nfns, p->fns_cap);
    p->fns[p->nfns] = copy;
    return p->nfns++;
}

int32_t program_table(Program *p, IrTable *t) {
    GROW(p->growing, p->tables, p->ntables, p->tables_cap);
    p->tables[p->ntables] = t;
    t->id = p->ntables;
    return p->ntables++;
}

IrId program_node(Program *p, IrNode node, IrAt at) {
    GROW(p->growing, p->nodes, p->n, p->cap);
    GROW(p->growing, p->at, p->n, p->at_cap);
    p->nodes[p->n] = node;
    p->at[p->n] = at;
    return p->n++;
}

Str ir_text(const Program *p, IrId id) {
    if (id < 0 || p->at[id].unit < 0) return (Str){0};
    return str_sub(p->units[p->at[id].unit].text, p->at[id].from, p->at[id].to);
}

Str ir_place(Arena *a, const Program *p, IrId id) {
    if (id < 0 || p->at[id].unit < 0) return (Str){0};
    const IrAt *at = &p->at[id];
    return str_printf(a, "%.*s:%d-%d", STRF(p->units[at->unit].element), at->from, at->to);
}

void ir_mark(Note *note, const Program *p, IrId id) {
    if (id < 0 || p->at[id].unit < 0) return;
    note->unit = p->at[id].unit + 1;
    note->from = p->at[id].from;
    note->to = p->at[id].to;
}

static const char *const OP_NAMES[IR_OPS] = {
    [IR_CONST] = "const",
    [IR_GLOBAL] = "global",
    [IR_LOCAL] = "local",
    [IR_NEG] = "neg",
    [IR_ADD] = "add",
    [IR_SUB] = "sub",
    [IR_MUL] = "mul",
    [IR_DIV] = "div",
    [IR_POW] = "pow",
    [IR_EQ] = "eq",
    [IR_NE] = "ne",
    [IR_LT] = "lt",
    [IR_LE] = "le",
    [IR_GT] = "gt",
    [IR_GE] = "ge",
    [IR_AND] = "and",
    [IR_OR] = "or",
    [IR_BETWEEN] = "between",
    [IR_IN] = "in",
    [IR_TESTS] = "tests",
    [IR_IF] = "if",
    [IR_PATH] = "path",
    [IR_MEMBER] = "member",
    [IR_FILTER] = "filter",
    [IR_LIST] = "list",
    [IR_CONTEXT] = "context",
    [IR_RANGE] = "range",
    [IR_SPAN] = "span",
    [IR_FOR] = "for",
    [IR_SOME] = "some",
    [IR_EVERY] = "every",
    [IR_FUNCTION] = "function",
    [IR_CALL] = "call",
    [IR_BUILTIN] = "builtin",
    [IR_INSTANCE] = "instance",
    [IR_COERCE] = "coerce",
    [IR_TABLE] = "table",
    [IR_NULL] = "null",
};

int ir_operands(const Program *p, IrId id, IrId *out, int max) {
    const IrNode *x = ir_node(p, id);
    int n = 0;
    IrId single[3] = {IR_NONE, IR_NONE, IR_NONE};
    int32_t list = IR_NONE;
    switch ((IrOp)x->op) {
    case IR_NEG:
    case IR_PATH:
    case IR_INSTANCE:
    case IR_COERCE: single[0] = x->a; break;
    case IR_ADD ... IR_OR:
    case IR_IN:
    case IR_RANGE:
    case IR_SPAN:
    case IR_FILTER: single[0] = x->a, single[1] = x->b; break;
    case IR_BETWEEN:
    case IR_IF: single[0] = x->a, single[1] = x->b, single[2] = x->c; break;
    case IR_MEMBER: single[0] = x->a, single[1] = x->c; break;
    case IR_TESTS:
    case IR_LIST:
    case IR_CONTEXT: list = x->a; break;
    case IR_FOR:
    case IR_SOME:
    case IR_EVERY: list = x->a, single[0] = x->b; break;
    case IR_CALL: single[0] = x->a, list = x->b; break;
    case IR_BUILTIN: list = x->b; break;
    case IR_FUNCTION: single[0] = p->fns[x->a]->body; break;
    default: break;
    }
    if (list >= 0) {
        int count;
        const int32_t *items = ir_items(p, list, &count);
        for (int i = 0; i < count; i++, n++)
            if (n < max) out[n] = items[i];
    }
    for (int i = 0; i < 3; i++)
        if (single[i] >= 0) {
            if (n < max) out[n] = single[i];
            n++;
        }
    return n;
}

static void print_detail(Buf *b, const Program *p, const IrNode *x) {
    if (x->op == IR_CONST) {
        buf_char(b, ' ');
        if (p->consts[x->a].tag == V_FUNCTION)
            buf_lit(b, "function");
        else
            val_literal(b, p->consts[x->a]);
    }
    if (x->op == IR_GLOBAL) buf_printf(b, " #%d", x->a);
    if (x->op == IR_LOCAL) buf_printf(b, " %d.%d", x->a, x->b);
    if (x->op == IR_PATH || x->op == IR_MEMBER) buf_printf(b, " .%.*s", STRF(p->names[x->b]));
    if (x->op == IR_BUILTIN) buf_printf(b, " %s", builtin_at(x->a)->name);
    if (x->op == IR_TESTS && (x->flags & IRF_NOT)) buf_lit(b, " not");
}

static void print_node(Buf *b, const Program *p, IrId id, bool *seen) {
    if (id < 0 || seen[id]) return;
    seen[id] = true;
    int n = ir_operands(p, id, NULL, 0);
    IrId *ops = NEW_N(b->arena, IrId, n);
    ir_operands(p, id, ops, n);
    for (int i = 0; i < n; i++) print_node(b, p, ops[i], seen);
    const IrNode *x = ir_node(p, id);
    buf_printf(b, "%%%d %s", id, OP_NAMES[x->op]);
    print_detail(b, p, x);
    for (int i = 0; i < n; i++) buf_printf(b, ops[i] < 0 ? " -" : " %%%d", ops[i]);
    buf_printf(b, " : %.*s\n", STRF(type_text(b->arena, x->type)));
}

void ir_print(Buf *b, const Program *p, IrId id) {
    print_node(b, p, id, NEW_N(b->arena, bool, p->n));
}
