/* Calls: lambdas, services, built-ins; named arguments; choice of the parameter set of a built-in
 * (DMN 10.3.2.13.5, 10.3.4). */
#include "feel/eval.h"

int builtin_find(Str name) {
    for (int i = 0; i < BUILTIN_COUNT; i++)
        if (str_eq(str_from(BUILTINS[i].name), name)) return i;
    return -1;
}

const Builtin *builtin_at(int index) {
    return &BUILTINS[index];
}

static Val wrong_count(Eval *e, Str name, int n) {
    return FEEL_NULL(e, M_FEEL_ARG_COUNT, name, str_printf(e->arena, "%d", n));
}

static Val argument(Eval *e, Val v, const Type *t) {
    return t && (t->kind != T_ANY || t->allowed >= 0) ? feel_coerce(e, v, t) : v;
}

/* A function is not invoked with an argument that does not conform (DMN 10.3.2.9.4). */
static bool refused(Val given, Val coerced) {
    return coerced.tag == V_NULL && given.tag != V_NULL;
}

static Val call_lambda(Eval *e, const Function *fn, const Val *args, int n) {
    const IrFn *f = fn->fn;
    if (n != f->nparams) return wrong_count(e, f->name, n);
    const IrRegion *r = &e->prog->regions[f->region];
    Frame *in = NEW(e->arena, Frame);
    *in = (Frame){fn->frame, NEW_N(e->arena, Val, r->nslots)};
    for (int i = 0; i < n; i++) {
        in->slots[i] = argument(e, args[i], f->param_types[i]);
        if (refused(args[i], in->slots[i])) return in->slots[i];
    }
    Val v;
    if (f->body == IR_NONE) {
        if (!external_call(e, f->external_class, f->external_method, in->slots, n, &v))
            return FEEL_NULL(e, M_FEEL_EXTERNAL, f->external_method);
    } else {
        IrId at = e->at;
        v = feel_eval(e, f->body, in);
        e->at = at;
    }
    return argument(e, v, f->result);
}

static Val call_service(Eval *e, const Function *fn, const Val *args, int n) {
    if (!e->hooks || !e->hooks->service) return FEEL_NULL(e, M_FEEL_NO_GLOBAL);
    if (n != fn->nparams) return wrong_count(e, S(""), n);
    Val *in = NEW_N(e->arena, Val, n);
    for (int i = 0; i < n; i++) {
        in[i] = argument(e, args[i], fn->param_types ? fn->param_types[i] : NULL);
        if (refused(args[i], in[i])) return in[i];
    }
    return argument(e, e->hooks->service(e, fn->service, in, n), fn->result);
}

Val feel_call(Eval *e, Val f, const Val *args, int n) {
    if (f.tag == V_UNKNOWN) {
        e->met = f;
        return unknown_of(e, &f, 1);
    }
    if (f.tag != V_FUNCTION)
        return f.tag == V_NULL && f.p ? f : FEEL_NULL(e, M_FEEL_NOT_FUNCTION, kind_text(e, f));
    if (e->depth >= e->max_depth) return FEEL_NULL(e, M_FEEL_LIMIT_DEPTH);
    const Function *fn = f.p;
    Val v;
    e->depth++;
    switch (fn->kind) {
    case FN_BUILTIN: v = builtin_call(e, fn->builtin, args, n); break;
    case FN_SERVICE: v = call_service(e, fn, args, n); break;
    default: v = call_lambda(e, fn, args, n);
    }
    e->depth--;
    if (v.tag == V_UNKNOWN) e->met = v;
    return v;
}

/* Arguments by name into the order of the parameters; false when the names do not fit. */
static bool by_name(const Str *params, int nparams, const Str *names, const Val *args, int n,
                    Val *out) {
    if (n != nparams) return false;
    for (int i = 0; i < n; i++) {
        int k = 0;
        while (k < nparams && !str_eq(params[k], names[i])) k++;
        if (k == nparams) return false;
        out[k] = args[i];
    }
    return true;
}

static Val call_named(Eval *e, Val f, const Str *names, const Val *args, int n) {
    if (f.tag != V_FUNCTION) return feel_call(e, f, args, n);
    const Function *fn = f.p;
    Val *out = NEW_N(e->arena, Val, n + BUILTIN_PARAMS);
    if (fn->kind == FN_BUILTIN) {
        const Builtin *b = builtin_at(fn->builtin);
        for (int k = 0; k < b->nsigs; k++) {
            Str params[BUILTIN_PARAMS];
            int np = 0;
            for (; np < BUILTIN_PARAMS && b->sigs[k].params[np]; np++)
                params[np] = str_from(b->sigs[k].params[np]);
            if (by_name(params, np, names, args, n, out)) return feel_call(e, f, out, n);
        }
        return FEEL_NULL(e, M_FEEL_ARG_NAME, str_from(b->name), n ? names[0] : S(""));
    }
    bool lambda = fn->kind == FN_LAMBDA;
    const Str *params = lambda ? fn->fn->params : fn->params;
    if (by_name(params, lambda ? fn->fn->nparams : fn->nparams, names, args, n, out))
        return feel_call(e, f, out, n);
    return FEEL_NULL(e, M_FEEL_ARG_NAME, lambda ? fn->fn->name : S(""), n ? names[0] : S(""));
}

Val eval_call(Eval *e, const IrNode *n, const Frame *f) {
    IrId at = e->at;
    int count;
    const int32_t *items = ir_items(e->prog, n->b, &count);
    Val few[8], *args = count <= 8 ? few : NEW_N(e->arena, Val, count);
    Val callee = feel_eval(e, n->a, f);
    for (int i = 0; i < count; i++) args[i] = feel_eval(e, items[i], f);
    e->at = at;
    int32_t rec = e->trace ? trace_open(e, TRACE_CALL, at, 0) : -1;
    Val v = n->c == IR_NONE ? feel_call(e, callee, args, count)
                            : call_named(e, callee, e->prog->names + n->c, args, count);
    if (rec >= 0) trace_close(e, rec, v);
    return v;
}

/* --- built-ins --- */

static TypeKind sig_type(const BuiltinSig *s, int i) {
    int last = 0;
    while (last + 1 < BUILTIN_PARAMS && s->params[last + 1]) last++;
    return (TypeKind)s->types[i < last ? i : last];
}

/* A value as a parameter type wants it; false when it does not fit. */
static bool fit(Eval *e, Val v, TypeKind want, Val *out) {
    static const uint16_t TAGS[T_KINDS] = {
        [T_NUMBER] = 1 << V_NUM | 1 << V_BIGNUM,
        [T_STRING] = 1 << V_STRING,
        [T_BOOLEAN] = 1 << V_BOOL,
        [T_DATE] = 1 << V_DATE,
        [T_TIME] = 1 << V_TIME,
        [T_DATETIME] = 1 << V_DATETIME,
        [T_DAYS] = 1 << V_DAYS,
        [T_MONTHS] = 1 << V_MONTHS,
        [T_LIST] = 1 << V_LIST,
        [T_CONTEXT] = 1 << V_CONTEXT,
        [T_RANGE] = 1 << V_RANGE,
        [T_FUNCTION] = 1 << V_FUNCTION,
    };
    *out = v;
    if (want == T_ANY || v.tag == V_NULL || v.tag == V_UNKNOWN || (TAGS[want] >> v.tag & 1))
        return true;
    if (want == T_LIST) {
        *out = val_list(arena_copy(e->arena, &v, sizeof v), 1);
        return true;
    }
    if (v.tag == V_LIST && v.n == 1) return fit(e, val_items(v)[0], want, out);
    if (want == T_DATETIME && v.tag == V_DATE) {
        *out = feel_coerce(e, v, type_of(T_DATETIME));
        return true;
    }
    return false;
}

static bool fits(Eval *e, const BuiltinSig *s, const Val *args, int n, Val *out, int *bad) {
    for (int i = 0; i < n; i++)
        if (!fit(e, args[i], sig_type(s, i), &out[i])) {
            *bad = i;
            return false;
        }
    return true;
}

typedef struct BuiltinCase {
    const Builtin *b;
    int sig; /* the parameter set, or IR_NONE */
} BuiltinCase;

static Val call_plain(Eval *e, const void *ctx, const Val *args, int n) {
    const BuiltinCase *c = ctx;
    const Builtin *b = c->b;
    Val few[8], *in = n <= 8 ? few : NEW_N(e->arena, Val, n);
    const BuiltinSig *first = NULL;
    int bad = 0, at = 0;
    for (int k = 0; k < b->nsigs; k++) {
        const BuiltinSig *s = &b->sigs[k];
        if (n < s->min || n > s->max || (c->sig >= 0 && c->sig != k)) continue;
        if (fits(e, s, args, n, in, &at)) return b->fn(e, in, n);
        if (!first) first = s, bad = at;
    }
    Str name = str_from(b->name);
    if (!first) return wrong_count(e, name, n);
    int p = bad < BUILTIN_PARAMS && first->params[bad] ? bad : 0;
    return FEEL_NULL(e, M_FEEL_ARG_TYPE, name, str_from(first->params[p]), kind_text(e, args[bad]));
}

static Val call_set(Eval *e, int index, int sig, const Val *args, int n) {
    const Builtin *b = builtin_at(index);
    const BuiltinCase c = {b, sig};
    if (!e->unknowns) return call_plain(e, &c, args, n);
    bool open = false;
    for (int i = 0; i < n && !open; i++) open = val_has_unknown(args[i]);
    Val outer = e->met;
    e->met = val_null();
    bool lift = open && (b->unknown == BU_LIFT || unknown_liftable(e, args, n));
    Val v = lift ? unknown_lift(e, call_plain, &c, args, n) : call_plain(e, &c, args, n);
    if (e->met.tag ==
        V_UNKNOWN) { /* a function argument gave an unknown: no result can be trusted */
        Val *deps = NEW_N(e->arena, Val, n + 1);
        for (int i = 0; i < n; i++) deps[i] = args[i];
        deps[n] = e->met;
        v = unknown_of(e, deps, n + 1);
    }
    e->met = outer;
    return v;
}

Val builtin_call(Eval *e, int index, const Val *args, int n) {
    return call_set(e, index, IR_NONE, args, n);
}

static bool all_numbers(const Val *args, int n) {
    bool all = true;
    for (int i = 0; i < n; i++) all = all && val_is_num(args[i]);
    return all;
}

Val eval_builtin(Eval *e, IrId id, const Frame *f) {
    const IrNode *n = ir_node(e->prog, id);
    int count;
    const int32_t *items = ir_items(e->prog, n->b, &count);
    Val few[8], *args = count <= 8 ? few : NEW_N(e->arena, Val, count);
    for (int i = 0; i < count; i++)
        args[i] = items[i] == IR_NONE ? val_null() : feel_eval(e, items[i], f);
    e->at = id;
    bool direct = (n->flags & IRF_NUMBERS) && all_numbers(args, count);
    int32_t rec = e->trace ? trace_open(e, TRACE_CALL, id, n->a) : -1;
    Val v = direct ? builtin_at(n->a)->fn(e, args, count) : call_set(e, n->a, n->c, args, count);
    if (rec >= 0) trace_close(e, rec, v);
    return v;
}
