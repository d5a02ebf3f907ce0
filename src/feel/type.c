/* Static types: construction, conformance (DMN 10.3.2.9.2), joins, text. Types are never changed
 * once another type or node points to them. */
#include "feel/type.h"

#include <limits.h>
#include <string.h>

#define BASE(k, text)                                                                              \
    [k] = {.kind = (k), .name = STR_INIT(text), .allowed = -1, .open = true, .any_function = true}
static const Type BASES[T_KINDS] = {
    BASE(T_ANY, "Any"),
    BASE(T_NULL, "Null"),
    BASE(T_NUMBER, "number"),
    BASE(T_STRING, "string"),
    BASE(T_BOOLEAN, "boolean"),
    BASE(T_DATE, "date"),
    BASE(T_TIME, "time"),
    BASE(T_DATETIME, "date and time"),
    BASE(T_DAYS, "days and time duration"),
    BASE(T_MONTHS, "years and months duration"),
    BASE(T_LIST, "list"),
    BASE(T_CONTEXT, "context"),
    BASE(T_RANGE, "range"),
    BASE(T_FUNCTION, "function"),
};

const Type *type_of(TypeKind kind) {
    return &BASES[kind];
}

static Type *type_new(Arena *a, TypeKind kind) {
    Type *t = NEW(a, Type);
    t->kind = kind;
    t->allowed = -1;
    return t;
}

static const Type *type_wrap(Arena *a, TypeKind kind, const Type *elem) {
    if (!elem || (elem->kind == T_ANY && elem->allowed < 0)) return type_of(kind);
    Type *t = type_new(a, kind);
    t->elem = elem;
    return t;
}

const Type *type_list(Arena *a, const Type *elem) {
    return type_wrap(a, T_LIST, elem);
}

const Type *type_range(Arena *a, const Type *elem) {
    return type_wrap(a, T_RANGE, elem);
}

static void members_copy(Arena *a, Type *t, const TypeMember *members, int n) {
    t->members = NEW_N(a, TypeMember, n);
    if (n) memcpy(t->members, members, sizeof *members * (size_t)n);
    t->nmembers = n;
}

const Type *type_context(Arena *a, const TypeMember *members, int n, bool open) {
    Type *t = type_new(a, T_CONTEXT);
    members_copy(a, t, members, n);
    t->open = open;
    return t;
}

const Type *type_function(Arena *a, const TypeMember *params, int n, const Type *result) {
    Type *t = type_new(a, T_FUNCTION);
    members_copy(a, t, params, n);
    t->elem = result;
    return t;
}

const Type *type_named(Arena *a, const Type *t, Str name, int32_t allowed) {
    Type *copy = NEW(a, Type);
    *copy = *t;
    copy->name = str_dup(a, name);
    copy->allowed = allowed;
    return copy;
}

const Type *type_builtin(Str name) {
    static const struct {
        const char *name;
        TypeKind kind;
    } OTHER[] = {
        {"any", T_ANY},
        {"null", T_NULL},
        {"dateTime", T_DATETIME},
        {"dayTimeDuration", T_DAYS},
        {"days and time duration", T_DAYS},
        {"yearMonthDuration", T_MONTHS},
        {"date time", T_DATETIME},
    };
    for (int k = 0; k < T_KINDS; k++)
        if (str_eq(BASES[k].name, name)) return &BASES[k];
    for (size_t i = 0; i < sizeof OTHER / sizeof *OTHER; i++)
        if (str_eq(str_from(OTHER[i].name), name)) return &BASES[OTHER[i].kind];
    return NULL;
}

const Type *type_member(const Type *context, Str name) {
    if (context->kind != T_CONTEXT) return NULL;
    for (int i = 0; i < context->nmembers; i++)
        if (str_eq(context->members[i].name, name)) return context->members[i].type;
    return NULL;
}

static const Type *part(const Type *t) {
    return t ? t : type_of(T_ANY);
}

/* A type may use another many times over and so on down: what is left of a walk says where to stop.
 * Beyond, a join is any and nothing conforms, which is always safe: the value is looked at then. */
enum { TYPE_WALK = 100 * 1000 };

static const Type *join(Arena *a, const Type *x, const Type *y, int *left);
static bool conforms(const Type *from, const Type *to, int *left);

static const Type *join_contexts(Arena *a, const Type *x, const Type *y, int *left) {
    TypeMember *m = NEW_N(a, TypeMember, x->nmembers + y->nmembers);
    int n = 0;
    for (int i = 0; i < x->nmembers; i++) {
        const Type *other = type_member(y, x->members[i].name);
        m[n] = x->members[i];
        if (other) m[n].type = join(a, m[n].type, other, left);
        n++;
    }
    for (int i = 0; i < y->nmembers; i++)
        if (!type_member(x, y->members[i].name)) m[n++] = y->members[i];
    return type_context(a, m, n, x->open || y->open);
}

static const Type *join(Arena *a, const Type *x, const Type *y, int *left) {
    if (x == y) return x;
    if (--*left < 0) return type_of(T_ANY);
    if (x->kind == T_NULL) return y;
    if (y->kind == T_NULL) return x;
    if (x->kind != y->kind) return type_of(T_ANY);
    switch (x->kind) {
    case T_LIST: return type_list(a, join(a, part(x->elem), part(y->elem), left));
    case T_RANGE: return type_range(a, join(a, part(x->elem), part(y->elem), left));
    case T_CONTEXT: return join_contexts(a, x, y, left);
    case T_FUNCTION: return type_of(T_FUNCTION);
    default: return type_of(x->kind);
    }
}

const Type *type_join(Arena *a, const Type *x, const Type *y) {
    int left = TYPE_WALK;
    return join(a, x, y, &left);
}

static bool function_conforms(const Type *from, const Type *to, int *left) {
    if (to->any_function) return true;
    if (from->any_function || from->nmembers != to->nmembers) return false;
    for (int i = 0; i < to->nmembers; i++)
        if (!conforms(part(to->members[i].type), part(from->members[i].type), left)) return false;
    return conforms(part(from->elem), part(to->elem), left);
}

static bool context_conforms(const Type *from, const Type *to, int *left) {
    for (int i = 0; i < to->nmembers; i++) {
        const Type *have = type_member(from, to->members[i].name);
        if (!have || !conforms(part(have), part(to->members[i].type), left)) return false;
    }
    return true;
}

static bool conforms(const Type *from, const Type *to, int *left) {
    if (from == to) return true;
    if (--*left < 0) return false;
    if (to->allowed >= 0) return false;
    if (to->kind == T_ANY || from->kind == T_NULL) return true;
    if (from->kind != to->kind) return false;
    switch (to->kind) {
    case T_LIST:
    case T_RANGE: return conforms(part(from->elem), part(to->elem), left);
    case T_CONTEXT: return context_conforms(from, to, left);
    case T_FUNCTION: return function_conforms(from, to, left);
    default: return true;
    }
}

bool type_conforms(const Type *from, const Type *to) {
    int left = TYPE_WALK;
    return conforms(from, to, &left);
}

bool type_disjoint(const Type *x, const Type *y) {
    if (x->kind == T_ANY || y->kind == T_ANY || x->kind == T_NULL || y->kind == T_NULL)
        return false;
    if (x->kind == T_LIST && y->kind != T_LIST) return type_disjoint(part(x->elem), y);
    if (y->kind == T_LIST && x->kind != T_LIST) return type_disjoint(x, part(y->elem));
    if (x->kind == y->kind) return false;
    return !(x->kind == T_DATE && y->kind == T_DATETIME) &&
           !(x->kind == T_DATETIME && y->kind == T_DATE);
}

static void text_members(Buf *b, const Type *t, Arena *a, char sep) {
    for (int i = 0; i < t->nmembers; i++) {
        if (i) buf_lit(b, ", ");
        if (sep) {
            buf_put(b, t->members[i].name);
            buf_lit(b, ": ");
        }
        buf_put(b, type_text(a, part(t->members[i].type)));
    }
}

Str type_text(Arena *a, const Type *t) {
    if (t->name.n) return t->name;
    Buf b = buf_new(a, 0);
    buf_put(&b, BASES[t->kind].name);
    buf_char(&b, '<');
    if (t->kind == T_CONTEXT || t->kind == T_FUNCTION)
        text_members(&b, t, a, t->kind == T_CONTEXT ? ':' : 0);
    else
        buf_put(&b, type_text(a, part(t->elem)));
    buf_char(&b, '>');
    if (t->kind == T_FUNCTION) {
        buf_lit(&b, "->");
        buf_put(&b, type_text(a, part(t->elem)));
    }
    return buf_str(&b);
}

/* The type of a value, looking into at most `depth` lists and contexts inside one another and at so
 * many in all as are left. */
static const Type *type_at(Arena *a, Val v, int depth, int *left);

static const Type *list_type(Arena *a, Val v, int depth, int *left) {
    const Type *elem = type_of(T_NULL);
    for (uint32_t i = 0; i < v.n && elem->kind != T_ANY; i++) {
        Val item = val_items(v)[i];
        bool again = i > 0 && item.p == val_items(v)[i - 1].p && item.n == val_items(v)[i - 1].n &&
                     item.tag == val_items(v)[i - 1].tag;
        if (!again) elem = type_join(a, elem, type_at(a, item, depth - 1, left));
    }
    return v.n ? type_list(a, elem) : type_list(a, type_of(T_NULL));
}

static const Type *context_type(Arena *a, const Context *c, int depth, int *left) {
    TypeMember *m = NEW_N(a, TypeMember, c->n);
    for (int i = 0; i < c->n; i++)
        m[i] = (TypeMember){c->keys[i], type_at(a, c->vals[i], depth - 1, left)};
    return type_context(a, m, c->n, false);
}

static const Type *type_at(Arena *a, Val v, int depth, int *left) {
    static const TypeKind SIMPLE[V_TAGS] = {
        [V_NULL] = T_NULL,       [V_UNKNOWN] = T_ANY,   [V_BOOL] = T_BOOLEAN,
        [V_NUM] = T_NUMBER,      [V_BIGNUM] = T_NUMBER, [V_STRING] = T_STRING,
        [V_DATE] = T_DATE,       [V_TIME] = T_TIME,     [V_DATETIME] = T_DATETIME,
        [V_DAYS] = T_DAYS,       [V_MONTHS] = T_MONTHS, [V_LIST] = T_LIST,
        [V_CONTEXT] = T_CONTEXT, [V_RANGE] = T_RANGE,   [V_FUNCTION] = T_FUNCTION,
    };
    bool looks = depth > 0 && (v.tag == V_LIST || v.tag == V_CONTEXT) && --*left >= 0;
    if (looks && v.tag == V_LIST) return list_type(a, v, depth, left);
    if (looks) return context_type(a, val_ctx(v), depth, left);
    if (v.tag == V_RANGE) {
        const Range *r = v.p;
        Val end = r->lo.tag == V_NULL ? r->hi : r->lo;
        return type_range(a, type_at(a, end, depth, left));
    }
    return type_of(SIMPLE[v.tag]);
}

const Type *type_of_value(Arena *a, Val v) {
    int left = TYPE_WALK;
    return type_at(a, v, INT_MAX, &left);
}

const Type *type_of_kind(Arena *a, Val v) {
    enum { SHOWN = 2 };
    int left = TYPE_WALK;
    return type_at(a, v, SHOWN, &left);
}
