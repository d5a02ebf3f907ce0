/* Makers of IR nodes: derive the type, carry the flags, fold constants. A node whose operands are
 * all constants and whose evaluation gives no error is replaced by its value; an error is left for
 * run time, where it gets its reason. */
#include "feel/build.h"

#include "feel/feel.h"
#include "feel/scope.h"

static IrId make(Program *p, IrOp op, int32_t a, int32_t b, int32_t c, const Type *t, IrAt at) {
    IrNode n = {.op = (uint8_t)op, .a = a, .b = b, .c = c, .type = t ? t : type_of(T_ANY)};
    return program_node(p, n, at);
}

static uint8_t flags_of(const Program *p, IrId id) {
    return id < 0 ? 0 : p->nodes[id].flags & (IRF_INPUT | IRF_LOCALS);
}

/* Takes over the dependencies of the operands. */
static IrId inherit(Program *p, IrId id) {
    IrId few[8];
    int n = ir_operands(p, id, few, 8);
    IrId *ops = n > 8 ? NEW_N(p->arena, IrId, n) : few;
    if (n > 8) ir_operands(p, id, ops, n);
    for (int i = 0; i < n; i++) p->nodes[id].flags |= flags_of(p, ops[i]);
    return id;
}

static bool is_const(const Program *p, IrId id) {
    return id >= 0 && p->nodes[id].op == IR_CONST;
}

/* Replaces the node made last by its value when all operands are constants. */
static IrId fold(Program *p, IrId id) {
    inherit(p, id);
    IrId few[16];
    int n = ir_operands(p, id, few, 16);
    IrId *ops = n > 16 ? NEW_N(p->arena, IrId, n) : few;
    if (n > 16) ir_operands(p, id, ops, n);
    for (int i = 0; i < n; i++)
        if (ops[i] >= 0 && !is_const(p, ops[i])) return id;
    Eval e = eval_new(p, p->arena);
    e.max_list = 10000;
    Val v = feel_eval(&e, id, NULL);
    if (e.diag.note_count || v.tag == V_NULL) return id;
    const Type *t = p->nodes[id].type;
    if (t->kind == T_ANY || t->kind == T_LIST || t->kind == T_RANGE || t->kind == T_CONTEXT)
        t = type_of_value(p->arena, v);
    IrNode folded = {.op = IR_CONST, .a = program_const(p, v), .b = -1, .c = -1, .type = t};
    p->nodes[id] = folded;
    return id;
}

IrId ir_const(Program *p, Val v, const Type *t, IrAt at) {
    if (!t) t = type_of_value(p->arena, v);
    return make(p, IR_CONST, program_const(p, v), -1, -1, t, at);
}

IrId ir_null(Program *p, Str why, IrAt at) {
    int32_t text = why.n ? program_names(p, &why, 1) : IR_NONE;
    return make(p, IR_NULL, text, -1, -1, type_of(T_ANY), at);
}

IrId ir_global(Program *p, int id, const Type *t, IrAt at) {
    return make(p, IR_GLOBAL, id, -1, -1, t, at);
}

static IrId builtin_value(Program *p, int index, IrAt at) {
    Function *f = NEW(p->arena, Function);
    *f = (Function){.kind = FN_BUILTIN, .builtin = index};
    return ir_const(p, (Val){.tag = V_FUNCTION, .p = f}, type_of(T_FUNCTION), at);
}

IrId ir_found(Program *p, const Found *f, IrAt at) {
    switch (f->name->kind) {
    case NAME_GLOBAL: return ir_global(p, f->name->id, f->name->type, at);
    case NAME_BUILTIN: return builtin_value(p, f->name->id, at);
    default: break;
    }
    const Type *t = f->name->kind == NAME_MEMBER ? type_of(T_ANY) : f->name->type;
    IrId id = make(p, IR_LOCAL, f->depth, f->name->id, f->scope->region, t, at);
    p->nodes[id].flags = (uint8_t)(IRF_LOCALS | (f->scope->test ? IRF_INPUT : 0));
    if (f->name->kind == NAME_LOCAL) return id;
    IrId path = make(p, IR_PATH, id, program_names(p, &f->name->text, 1), -1, f->name->type, at);
    return inherit(p, path);
}

IrId ir_name(Program *p, const Scope *s, Str name, IrAt at) {
    Found f = scope_match(s, name, 0);
    ptrdiff_t to = f.to;
    if (!f.name || name_token(name, &to).n) return IR_NONE;
    return ir_found(p, &f, at);
}

IrId ir_unary(Program *p, IrOp op, IrId a, IrAt at) {
    const Type *t = p->nodes[a].type;
    bool known = t->kind == T_NUMBER || t->kind == T_DAYS || t->kind == T_MONTHS;
    return fold(p, make(p, op, a, -1, -1, known ? type_of(t->kind) : NULL, at));
}

IrId ir_binary(Program *p, IrOp op, IrId a, IrId b, IrAt at) {
    const Type *t = op == IR_SPAN ? type_list(p->arena, p->nodes[a].type)
                                  : infer_binary(op, p->nodes[a].type, p->nodes[b].type);
    IrId id = make(p, op, a, b, -1, t, at);
    return op == IR_SPAN ? inherit(p, id) : fold(p, id);
}

IrId ir_between(Program *p, IrId x, IrId lo, IrId hi, IrAt at) {
    return fold(p, make(p, IR_BETWEEN, x, lo, hi, type_of(T_BOOLEAN), at));
}

IrId ir_instance(Program *p, IrId x, const Type *t, IrAt at) {
    int32_t ref = program_type_ref(p, t);
    return inherit(p, make(p, IR_INSTANCE, x, ref, -1, type_of(T_BOOLEAN), at));
}

IrId ir_if(Program *p, IrId cond, IrId yes, IrId no, IrAt at) {
    const Type *t = type_join(p->arena, p->nodes[yes].type, p->nodes[no].type);
    return fold(p, make(p, IR_IF, cond, yes, no, t, at));
}

IrId ir_path(Program *p, IrId value, Str name, IrAt at) {
    const Type *t = infer_path(p->arena, p->nodes[value].type, name);
    return fold(p, make(p, IR_PATH, value, program_names(p, &name, 1), -1, t, at));
}

IrId ir_member(Program *p, IrId item, Str name, IrId other, IrAt at) {
    return inherit(p, make(p, IR_MEMBER, item, program_names(p, &name, 1), other, NULL, at));
}

IrId ir_list(Program *p, const IrId *items, int n, IrAt at) {
    const Type *elem = type_of(T_NULL);
    for (int i = 0; i < n; i++) elem = type_join(p->arena, elem, p->nodes[items[i]].type);
    return fold(p,
                make(p, IR_LIST, program_list(p, items, n), -1, -1, type_list(p->arena, elem), at));
}

IrId ir_range(Program *p, RangeOp op, IrId lo, IrId hi, unsigned closed, IrAt at) {
    const Type *x = lo >= 0 ? p->nodes[lo].type : type_of(T_NULL);
    const Type *y = hi >= 0 ? p->nodes[hi].type : type_of(T_NULL);
    const Type *elem = type_join(p->arena, x, y);
    if (elem->kind == T_NULL) elem = type_of(T_ANY);
    IrId id = make(p, IR_RANGE, lo, hi, -1, type_range(p->arena, elem), at);
    p->nodes[id].aux = (uint16_t)op;
    p->nodes[id].flags = (uint8_t)closed;
    inherit(p, id);
    return fold(p, id);
}

static bool has_duplicate(const Str *names, int n, Str *which) {
    for (int i = 0; i < n; i++)
        for (int k = 0; k < i; k++)
            if (str_eq(names[i], names[k])) {
                *which = names[i];
                return true;
            }
    return false;
}

IrId ir_context(Program *p, const Scope *s, const Str *names, const IrId *values, int n,
                bool has_result, IrAt at) {
    Str twice;
    if (has_duplicate(names, n, &twice)) return ir_null(p, twice, at);
    TypeMember *m = NEW_N(p->arena, TypeMember, n);
    for (int i = 0; i < n; i++)
        m[i] = (TypeMember){str_dup(p->arena, names[i]), p->nodes[values[i]].type};
    const Type *t = has_result && n ? m[n - 1].type : type_context(p->arena, m, n, false);
    IrId id = make(p, IR_CONTEXT, program_list(p, values, n), program_names(p, names, n), s->region,
                   t, at);
    if (has_result) p->nodes[id].flags = IRF_RESULT;
    if (p->regions[s->region].nslots < n) p->regions[s->region].nslots = n;
    p->regions[s->region].owner = id;
    return fold(p, id);
}

IrId ir_filter(Program *p, const Scope *s, IrId list, IrId body, IrAt at) {
    const Type *in = p->nodes[list].type, *elem = infer_elem(in);
    TypeKind by = p->nodes[body].type->kind;
    const Type *t = by == T_NUMBER ? elem : by == T_BOOLEAN ? type_list(p->arena, elem) : NULL;
    IrId id = make(p, IR_FILTER, list, body, s->region, t, at);
    p->regions[s->region].owner = id;
    return fold(p, id);
}

IrId ir_loop(Program *p, IrOp op, const Scope *s, const IrId *domains, int n, IrId body, IrAt at) {
    const Type *t = op == IR_FOR ? type_list(p->arena, p->nodes[body].type) : type_of(T_BOOLEAN);
    IrId id = make(p, op, program_list(p, domains, n), body, s->region, t, at);
    p->regions[s->region].owner = id;
    return inherit(p, id);
}

/* A closure may outlive every region around it. */
static void capture(Program *p, const Scope *s) {
    for (; s; s = s->up)
        if (s->region >= 0) p->regions[s->region].captured = true;
}

static IrId function_node(Program *p, const Scope *s, IrFn fn, const TypeMember *params, int n,
                          IrAt at) {
    Str *names = NEW_N(p->arena, Str, n);
    const Type **types = NEW_N(p->arena, const Type *, n);
    for (int i = 0; i < n; i++) {
        names[i] = str_dup(p->arena, params[i].name);
        types[i] = params[i].type;
    }
    fn.params = names;
    fn.param_types = types;
    fn.nparams = n;
    fn.region = s->region;
    capture(p, s->up);
    const Type *t = type_function(p->arena, params, n, fn.result ? fn.result : fn.inferred);
    IrId id = make(p, IR_FUNCTION, program_fn(p, fn), -1, -1, t, at);
    p->nodes[id].flags = IRF_LOCALS;
    p->regions[s->region].owner = id;
    return inherit(p, id);
}

IrId ir_function(Program *p, const Scope *s, Str name, const TypeMember *params, int n, IrId body,
                 const Type *result, IrAt at) {
    IrFn fn = {.name = str_dup(p->arena, name), .result = result, .body = body};
    fn.inferred = p->nodes[body].type;
    return function_node(p, s, fn, params, n, at);
}

IrId ir_external(Program *p, const Scope *s, Str name, const TypeMember *params, int n, Str class,
                 Str method, const Type *result, IrAt at) {
    IrFn fn = {.name = str_dup(p->arena, name), .result = result, .body = IR_NONE};
    fn.external_class = str_dup(p->arena, class);
    fn.external_method = str_dup(p->arena, method);
    return function_node(p, s, fn, params, n, at);
}

/* Position of a parameter name in a parameter set, or -1. */
static int sig_param(const BuiltinSig *sig, Str name) {
    int n = sig->max < BUILTIN_PARAMS ? sig->max : BUILTIN_PARAMS;
    for (int i = 0; i < n; i++)
        if (sig->params[i] && str_eq(str_from(sig->params[i]), name)) return i;
    return -1;
}

/* Arguments of a built-in in the order of the first parameter set that has all the names. A
 * parameter that is not named is null, which only a parameter of any type takes. */
static int named_order(const Builtin *b, const Str *names, const IrId *args, int n,
                       IrId out[BUILTIN_PARAMS], int *sig) {
    for (int k = 0; k < b->nsigs; k++) {
        int count = 0, good = 0;
        for (int i = 0; i < BUILTIN_PARAMS; i++) out[i] = IR_NONE;
        for (int i = 0; i < n; i++) {
            int at = sig_param(&b->sigs[k], names[i]);
            if (at < 0 || out[at] != IR_NONE) break;
            out[at] = args[i];
            good++;
            if (at + 1 > count) count = at + 1;
        }
        bool all = good == n;
        for (int i = 0; all && i < b->sigs[k].min && i < BUILTIN_PARAMS; i++) {
            all = out[i] != IR_NONE || b->sigs[k].types[i] == T_ANY;
            if (i + 1 > count) count = i + 1;
        }
        *sig = k;
        if (all) return count;
    }
    return -1;
}

/* min and max give what they were given. */
static const Type *builtin_type(Program *p, const Builtin *b, const IrId *args, int n) {
    bool extreme = str_eq(str_from(b->name), S("min")) || str_eq(str_from(b->name), S("max"));
    if (!extreme || n == 0) return type_of((TypeKind)b->result);
    const Type *t = type_of(T_NULL);
    for (int i = 0; i < n; i++)
        t = type_join(p->arena, t, args[i] == IR_NONE ? t : infer_elem(p->nodes[args[i]].type));
    return t->kind == T_NULL || t->kind > T_MONTHS ? type_of(T_ANY) : type_of(t->kind);
}

/* The parameter set that n numbers choose takes them without a conversion. */
static bool takes_numbers(const Builtin *b, int sig, const IrId *args, int n) {
    int k = 0;
    while (k < b->nsigs &&
           (n < b->sigs[k].min || n > b->sigs[k].max || (sig != IR_NONE && sig != k)))
        k++;
    if (k == b->nsigs || n == 0) return false;
    const BuiltinSig *s = &b->sigs[k];
    for (int i = 0; i < BUILTIN_PARAMS && s->params[i]; i++)
        if (s->types[i] != T_NUMBER && s->types[i] != T_ANY) return false;
    for (int i = 0; i < n; i++)
        if (args[i] == IR_NONE) return false;
    return true;
}

static IrId builtin_node(Program *p, int index, const Str *names, const IrId *args, int n,
                         IrAt at) {
    const Builtin *b = builtin_at(index);
    IrId ordered[BUILTIN_PARAMS];
    int sig = IR_NONE;
    if (names && n) {
        n = named_order(b, names, args, n, ordered, &sig);
        if (n < 0) return ir_null(p, str_from(b->name), at);
        args = ordered;
    }
    IrId id =
        make(p, IR_BUILTIN, index, program_list(p, args, n), sig, builtin_type(p, b, args, n), at);
    if (takes_numbers(b, sig, args, n)) p->nodes[id].flags = IRF_NUMBERS;
    return b->impure ? inherit(p, id) : fold(p, id);
}

IrId ir_call(Program *p, IrId callee, const Str *names, const IrId *args, int n, IrAt at) {
    if (is_const(p, callee)) {
        Val f = p->consts[p->nodes[callee].a];
        const Function *fn = f.p;
        if (f.tag == V_FUNCTION && fn->kind == FN_BUILTIN)
            return builtin_node(p, fn->builtin, names, args, n, at);
    }
    const Type *t = p->nodes[callee].type;
    int32_t first = names && n ? program_names(p, names, n) : IR_NONE;
    IrId id = make(p, IR_CALL, callee, program_list(p, args, n), first,
                   t->kind == T_FUNCTION ? t->elem : NULL, at);
    return inherit(p, id);
}

IrId ir_tests(Program *p, const Scope *s, const IrId *tests, int n, bool negated, IrAt at) {
    IrId id = make(p, IR_TESTS, program_list(p, tests, n), -1, s->region, type_of(T_BOOLEAN), at);
    inherit(p, id);
    unsigned flags = p->nodes[id].flags & ~(unsigned)IRF_INPUT;
    p->nodes[id].flags = (uint8_t)(flags | (negated ? IRF_NOT : 0));
    p->regions[s->region].owner = id;
    return id;
}

IrId ir_in(Program *p, IrId value, IrId tests, IrAt at) {
    return inherit(p, make(p, IR_IN, value, tests, -1, type_of(T_BOOLEAN), at));
}

IrId ir_coerce(Program *p, IrId value, const Type *t, IrAt at) {
    const Type *have = p->nodes[value].type;
    bool sure = have->kind != T_ANY && have->kind != T_FUNCTION && type_conforms(have, t);
    if (!t || t->kind == T_ANY ? !t || t->allowed < 0 : sure) return value;
    return inherit(p, make(p, IR_COERCE, value, -1, -1, t, at));
}

IrId ir_table(Program *p, IrTable *t, const Type *result, IrAt at) {
    IrId id = make(p, IR_TABLE, program_table(p, t), -1, -1, result, at);
    p->nodes[id].flags = IRF_LOCALS;
    return id;
}
