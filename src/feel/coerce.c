/* Conformance of values, implicit conversions, `instance of`, paths and properties
 * (DMN 10.3.2.9, 10.3.2.13). */
#include "feel/eval.h"
#include "feel/temporal.h"

static bool builtin_conforms(const Builtin *b, const Type *t) {
    if (t->elem && t->elem->kind != T_ANY && b->result != T_ANY && b->result != t->elem->kind)
        return false;
    for (int k = 0; k < b->nsigs; k++) {
        const BuiltinSig *s = &b->sigs[k];
        bool good = t->nmembers >= s->min && t->nmembers <= s->max;
        for (int i = 0; good && i < t->nmembers && i < BUILTIN_PARAMS && s->params[i]; i++) {
            const Type *p = t->members[i].type;
            good = s->types[i] == T_ANY || (p && p->kind == s->types[i]);
        }
        if (good) return true;
    }
    return false;
}

static bool function_conforms(const Function *f, const Type *t) {
    if (t->any_function) return true;
    TypeMember m[BUILTIN_PARAMS];
    if (f->kind == FN_BUILTIN) return builtin_conforms(builtin_at(f->builtin), t);
    bool lambda = f->kind == FN_LAMBDA;
    int n = lambda ? f->fn->nparams : f->nparams;
    if (n > BUILTIN_PARAMS) return false;
    for (int i = 0; i < n; i++) {
        const Type *p = lambda ? f->fn->param_types[i] : f->param_types ? f->param_types[i] : NULL;
        m[i] = (TypeMember){.type = p};
    }
    Type own = {.kind = T_FUNCTION, .members = m, .nmembers = n, .allowed = -1};
    own.elem = f->result;
    if (lambda) own.elem = f->fn->result ? f->fn->result : f->fn->inferred;
    return type_conforms(&own, t);
}

/* values: allowed values count too, at every level. */
static bool conforms(Eval *e, Val v, const Type *t, bool values);

static bool context_conforms(Eval *e, Val v, const Type *t, bool values) {
    for (int i = 0; i < t->nmembers; i++) {
        Val x;
        if (!ctx_get(v, t->members[i].name, &x)) return false;
        if (t->members[i].type && !conforms(e, x, t->members[i].type, values)) return false;
    }
    return true;
}

static bool range_conforms(Eval *e, const Range *r, const Type *t, bool values) {
    if (!t->elem) return true;
    Val end = r->lo.tag == V_NULL ? r->hi : r->lo;
    return end.tag != V_NULL && conforms(e, end, t->elem, values);
}

static bool kind_conforms(Eval *e, Val v, const Type *t, bool values) {
    switch (t->kind) {
    case T_ANY: return true;
    case T_NULL: return false;
    case T_NUMBER: return val_is_num(v);
    case T_STRING: return v.tag == V_STRING;
    case T_BOOLEAN: return v.tag == V_BOOL;
    case T_DATE: return v.tag == V_DATE;
    case T_TIME: return v.tag == V_TIME;
    case T_DATETIME: return v.tag == V_DATETIME;
    case T_DAYS: return v.tag == V_DAYS;
    case T_MONTHS: return v.tag == V_MONTHS;
    case T_CONTEXT: return v.tag == V_CONTEXT && context_conforms(e, v, t, values);
    case T_RANGE: return v.tag == V_RANGE && range_conforms(e, v.p, t, values);
    case T_FUNCTION: return v.tag == V_FUNCTION && function_conforms(v.p, t);
    default: break;
    }
    if (v.tag != V_LIST) return false;
    for (uint32_t i = 0; t->elem && i < v.n; i++)
        if (!conforms(e, val_items(v)[i], t->elem, values)) return false;
    return true;
}

static bool allowed(Eval *e, Val v, const Type *t) {
    if (t->allowed < 0) return true;
    Val ok = feel_test(e, t->allowed, v, NULL);
    return val_is(ok, true) || ok.tag == V_UNKNOWN;
}

static bool conforms(Eval *e, Val v, const Type *t, bool values) {
    if (v.tag == V_NULL || v.tag == V_UNKNOWN) return true;
    if (v.tag == V_LIST || v.tag == V_CONTEXT) /* one inside another, shared perhaps */
        e->steps -= 1 + (v.tag == V_LIST ? (int64_t)v.n : val_ctx(v)->n) / 8;
    if (e->steps < 0) return false;
    return kind_conforms(e, v, t, values) && (!values || allowed(e, v, t));
}

static Val refuse(Eval *e, Val v, const Type *t, bool by_kind) {
    if (e->steps < 0) return steps_over(e);
    Str type = type_text(e->arena, t);
    if (by_kind) return FEEL_NULL(e, M_FEEL_CONFORM, value_text(e, v), type);
    return FEEL_NULL(e, M_FEEL_NOT_ALLOWED, value_text(e, v), type);
}

static Val coerce_case(Eval *e, const void *ctx, const Val *args, int n) {
    (void)n;
    return feel_coerce(e, args[0], ctx);
}

/* What conforms by its tag alone, and null. */
static const uint16_t PLAIN[T_KINDS] = {
    [T_ANY] = (1 << V_TAGS) - 1 - (1 << V_UNKNOWN),
    [T_NUMBER] = 1 << V_NULL | 1 << V_NUM | 1 << V_BIGNUM,
    [T_STRING] = 1 << V_NULL | 1 << V_STRING,
    [T_BOOLEAN] = 1 << V_NULL | 1 << V_BOOL,
    [T_DATE] = 1 << V_NULL | 1 << V_DATE,
};

bool feel_fits(Val v, const Type *t) {
    return t->allowed < 0 && (PLAIN[t->kind] >> v.tag & 1);
}

Val feel_coerce(Eval *e, Val v, const Type *t) {
    if (feel_fits(v, t)) return v;
    if (v.tag == V_NULL) return v;
    if (v.tag == V_UNKNOWN)
        return unknown_liftable(e, &v, 1) ? unknown_lift(e, coerce_case, t, &v, 1) : v;
    if (kind_conforms(e, v, t, true)) return allowed(e, v, t) ? v : refuse(e, v, t, false);
    if (t->kind == T_LIST && v.tag != V_LIST) {
        Val one = val_list(arena_copy(e->arena, &v, sizeof v), 1);
        if (kind_conforms(e, one, t, true))
            return allowed(e, one, t) ? one : refuse(e, v, t, false);
    }
    if (v.tag == V_LIST && v.n == 1 && t->kind != T_LIST && val_items(v)[0].tag != V_NULL) {
        Val one = val_items(v)[0];
        if (one.tag == V_UNKNOWN) return feel_coerce(e, one, t);
        if (kind_conforms(e, one, t, true))
            return allowed(e, one, t) ? one : refuse(e, v, t, false);
    }
    if (v.tag == V_DATE && t->kind == T_DATETIME) {
        Zone utc = {.kind = ZONE_OFFSET};
        Val at = temporal_datetime(e->arena, v.i, 0, utc);
        return allowed(e, at, t) ? at : refuse(e, v, t, false);
    }
    return refuse(e, v, t, true);
}

static Val instance_case(Eval *e, const void *ctx, const Val *args, int n) {
    (void)n;
    return eval_instance(e, args[0], ctx);
}

Val eval_instance(Eval *e, Val v, const Type *t) {
    if (v.tag == V_UNKNOWN) return unknown_lift(e, instance_case, t, &v, 1);
    if (v.tag == V_NULL) return val_bool(t->kind == T_NULL);
    bool is = conforms(e, v, t, false); /* allowed values do not count */
    return e->steps < 0 ? steps_over(e) : val_bool(is);
}

static Val range_property(Eval *e, Val v, Str name) {
    const Range *r = v.p;
    bool eq = r->op == RANGE_EQ;
    if (str_eq(name, S("start"))) return r->lo;
    if (str_eq(name, S("end"))) return eq ? r->lo : r->hi;
    if (str_eq(name, S("start included"))) return val_bool(r->lo_closed);
    if (str_eq(name, S("end included"))) return val_bool(r->hi_closed);
    return FEEL_NULL(e, M_FEEL_NO_PROPERTY, name, S("range"));
}

static Val path_case(Eval *e, const void *ctx, const Val *args, int n) {
    (void)n;
    return feel_path(e, args[0], *(const Str *)ctx);
}

/* The year of an unknown date between two dates: of the properties the one that keeps the order. */
static bool year_between(Eval *e, Val v, Str name, Val *out) {
    const Unknown *u = val_unk(v);
    Val lo, hi;
    if (u->ncands || u->lo.tag != V_DATE || u->hi.tag != V_DATE || !str_eq(name, S("year")) ||
        !temporal_property(e->arena, u->lo, name, &lo) ||
        !temporal_property(e->arena, u->hi, name, &hi))
        return false;
    *out = unknown_hull(e, lo, hi, u->may_null, &v, 1);
    return true;
}

Val feel_path(Eval *e, Val v, Str name) {
    Val out;
    switch (v.tag) {
    case V_NULL: return v.p ? v : FEEL_NULL(e, M_FEEL_NO_PROPERTY, name, S("null"));
    case V_UNKNOWN:
        if (year_between(e, v, name, &out)) return out;
        return unknown_lift(e, path_case, &name, &v, 1);
    case V_CONTEXT:
        if (ctx_get(v, name, &out)) return out;
        break;
    case V_RANGE: return range_property(e, v, name);
    case V_LIST: {
        Val *items = NEW_N(e->arena, Val, v.n);
        for (uint32_t i = 0; i < v.n; i++) {
            Val item = val_items(v)[i];
            if (item.tag == V_LIST) e->steps -= 1 + (int64_t)item.n; /* shared perhaps */
            if (e->steps < 0) return steps_over(e);
            items[i] = feel_path(e, item, name);
        }
        return val_list(items, (int)v.n);
    }
    default:
        if (val_is_temporal(v) && temporal_property(e->arena, v, name, &out)) return out;
    }
    return FEEL_NULL(e, M_FEEL_NO_PROPERTY, name, kind_text(e, v));
}
