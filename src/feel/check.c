/* Type inference over operators and paths. It is used for two things only: coercions that can be
 * left out, and findings about operations that can only give null; so "any" is always a sound
 * answer. */
#include "feel/build.h"

Str op_text(IrOp op) {
    switch (op) {
    case IR_NEG:
    case IR_SUB: return S("-");
    case IR_ADD: return S("+");
    case IR_MUL: return S("*");
    case IR_DIV: return S("/");
    case IR_POW: return S("**");
    case IR_EQ: return S("=");
    case IR_NE: return S("!=");
    case IR_LT: return S("<");
    case IR_LE: return S("<=");
    case IR_GT: return S(">");
    case IR_GE: return S(">=");
    case IR_AND: return S("and");
    case IR_OR: return S("or");
    case IR_BETWEEN: return S("between");
    case IR_IN: return S("in");
    default: return S("");
    }
}

static bool is_duration(TypeKind k) {
    return k == T_DAYS || k == T_MONTHS;
}

static bool is_point(TypeKind k) {
    return k == T_DATE || k == T_TIME || k == T_DATETIME;
}

/* DMN table 52 to 55: kind of x op y; T_NULL when there is no such operation. */
static TypeKind arithmetic(IrOp op, TypeKind x, TypeKind y) {
    if (x == T_NUMBER && y == T_NUMBER) return T_NUMBER;
    if (op == IR_ADD && x == T_STRING && y == T_STRING) return T_STRING;
    if (op == IR_POW) return T_NULL;
    if (op == IR_MUL || op == IR_DIV) {
        if (is_duration(x) && y == T_NUMBER) return x;
        if (op == IR_MUL && x == T_NUMBER && is_duration(y)) return y;
        return op == IR_DIV && is_duration(x) && x == y ? T_NUMBER : T_NULL;
    }
    if (is_duration(x) && x == y) return x;
    if (is_point(x) && is_duration(y)) return x == T_TIME && y == T_MONTHS ? T_NULL : x;
    if (op == IR_ADD && is_duration(x) && is_point(y)) return arithmetic(op, y, x);
    if (op == IR_SUB && is_point(x) && is_point(y))
        return (x == T_TIME) == (y == T_TIME) ? T_DAYS : T_NULL;
    return T_NULL;
}

const Type *infer_binary(IrOp op, const Type *x, const Type *y) {
    if (op >= IR_EQ && op <= IR_OR) return type_of(T_BOOLEAN);
    if (op == IR_SPAN) return type_list(NULL, NULL);
    if (x->kind == T_ANY || y->kind == T_ANY) return type_of(T_ANY);
    TypeKind k = arithmetic(op, x->kind, y->kind);
    return type_of(k == T_NULL ? T_ANY : k);
}

static bool ordered(TypeKind k) {
    return k == T_NUMBER || k == T_STRING || is_point(k) || is_duration(k);
}

bool infer_never(IrOp op, const Type *x, const Type *y) {
    TypeKind a = x->kind, b = y->kind;
    if (a == T_ANY || b == T_ANY || a == T_NULL || b == T_NULL) return false;
    if (op >= IR_ADD && op <= IR_POW) return arithmetic(op, a, b) == T_NULL;
    if (op == IR_EQ || op == IR_NE) return type_disjoint(x, y) && a != T_LIST && b != T_LIST;
    if (op >= IR_LT && op <= IR_GE)
        return a != T_LIST && b != T_LIST && (!ordered(a) || type_disjoint(x, y));
    return false;
}

const Type *infer_elem(const Type *t) {
    if (t->kind == T_LIST || t->kind == T_RANGE) return t->elem ? t->elem : type_of(T_ANY);
    return t;
}

/* Properties of temporal values and ranges (DMN table 65). */
static const Type *property(const Type *t, Str name) {
    if (t->kind == T_RANGE) {
        if (str_eq(name, S("start")) || str_eq(name, S("end"))) return infer_elem(t);
        if (str_starts(name, S("start ")) || str_starts(name, S("end "))) return type_of(T_BOOLEAN);
        return NULL;
    }
    if (str_eq(name, S("timezone"))) return type_of(T_STRING);
    if (str_eq(name, S("time offset"))) return type_of(T_DAYS);
    return str_eq(name, S("value")) ? type_of(T_ANY) : type_of(T_NUMBER);
}

const Type *infer_path(Arena *a, const Type *t, Str name) {
    if (t->kind == T_CONTEXT) {
        const Type *m = type_member(t, name);
        if (m) return m;
        return t->open ? type_of(T_ANY) : NULL;
    }
    if (t->kind == T_LIST) {
        if (!t->elem) return type_of(T_ANY);
        const Type *m = infer_path(a, t->elem, name);
        return m ? type_list(a, m) : NULL;
    }
    if (is_point(t->kind) || is_duration(t->kind) || t->kind == T_RANGE) return property(t, name);
    return t->kind == T_ANY || t->kind == T_NULL ? type_of(T_ANY) : NULL;
}
