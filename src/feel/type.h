/* Type: the static types of FEEL (DMN 10.3.2.9 ff.), also the types that item definitions declare.
 *
 * Types are immutable and live in the arena of the program. Structural: two types are the same when
 * they look the same; the name is for people only.
 */
#ifndef JIXIA_FEEL_TYPE_H
#define JIXIA_FEEL_TYPE_H
#include "feel/value.h"

typedef enum TypeKind {
    T_ANY,
    T_NULL,
    T_NUMBER,
    T_STRING,
    T_BOOLEAN,
    T_DATE,
    T_TIME,
    T_DATETIME,
    T_DAYS,
    T_MONTHS,
    T_LIST,     /* elem */
    T_CONTEXT,  /* members; open: others may occur */
    T_RANGE,    /* elem */
    T_FUNCTION, /* params, elem is the result */
    T_KINDS
} TypeKind;

typedef struct Type Type;
typedef struct TypeMember {
    Str name;
    const Type *type;
} TypeMember;

struct Type {
    TypeKind kind;
    bool open;           /* context: more members than the listed ones may occur */
    bool any_function;   /* function with unknown parameters and result */
    Str name;            /* of the item definition; empty for structural types */
    const Type *elem;    /* list and range: the element; function: the result. NULL means any */
    TypeMember *members; /* context: members; function: parameters */
    int nmembers;
    /* Allowed values (DMN 7.3.3): a unary-tests node of the program (IR_TESTS), or -1. */
    int32_t allowed;
};

/* The type of a kind without parts: T_ANY … T_MONTHS; list, range, context, function of anything.
 */
const Type *type_of(TypeKind kind);
const Type *type_list(Arena *a, const Type *elem);
const Type *type_range(Arena *a, const Type *elem);
/* Members are copied; open says that unlisted members may occur. */
const Type *type_context(Arena *a, const TypeMember *members, int n, bool open);
/* Parameter names may be empty. */
const Type *type_function(Arena *a, const TypeMember *params, int n, const Type *result);
/* A copy of a type with a name and allowed values (an IR_TESTS node, or -1). */
const Type *type_named(Arena *a, const Type *t, Str name, int32_t allowed);

/* A built-in type by its FEEL name ("number", "days and time duration", "Any", also the DMN 1.1
 * forms such as "dateTime"); NULL when there is none. */
const Type *type_builtin(Str name);
/* The member of a context type; NULL when it has none of this name. */
const Type *type_member(const Type *context, Str name);
/* The type that holds the values of both: equal types stay, others become any; contexts are united
 * member by member. */
const Type *type_join(Arena *a, const Type *x, const Type *y);
/* Can a value of type `from` be used where `to` is wanted, by conformance (DMN 10.3.2.9.2)? Any
 * conforms to nothing but any; use type_disjoint to find what can never work. */
bool type_conforms(const Type *from, const Type *to);
/* Certainly no value but null is in both types, coercions included. */
bool type_disjoint(const Type *x, const Type *y);
/* FEEL text of a type: "list<number>". */
Str type_text(Arena *a, const Type *t);
/* The type of a value, as exact as the value shows; of one with a hundred thousand lists and
 * contexts inside, shared ones counted each time, what comes later is any list or context. */
const Type *type_of_value(Arena *a, Val v);
/* The same for a message: what lies deeper than two levels is any list or context. One list may be
 * shared at every level, so looking all the way down could take for ever. */
const Type *type_of_kind(Arena *a, Val v);
#endif
