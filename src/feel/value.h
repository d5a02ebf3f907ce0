/* Val: a FEEL value in 16 bytes. Values are immutable; what they point to lives in the arena of the
 * model (constants) or of the evaluation, or was lent by the caller (inputs).
 *
 * Two values are not of FEEL's making: V_NULL carries the reason why it is null, and V_UNKNOWN is a
 * fact nobody has told us, which propagates unless the result cannot depend on it (design 5.1).
 */
#ifndef JIXIA_FEEL_VALUE_H
#define JIXIA_FEEL_VALUE_H
#include "base/buf.h"
#include "base/err.h"
#include "decimal/dec.h"

typedef enum VTag {
    V_NULL,     /* p: const Null *, or NULL for the literal null */
    V_UNKNOWN,  /* p: const Unknown * */
    V_BOOL,     /* i: 0 or 1 */
    V_NUM,      /* i: coefficient, exp: exponent (a small Dec) */
    V_BIGNUM,   /* p: const Dec * (big) */
    V_STRING,   /* p: bytes, n: byte length */
    V_DATE,     /* i: days since 1970-01-01 */
    V_TIME,     /* p: const Time * */
    V_DATETIME, /* p: const DateTime * */
    V_DAYS, /* days and time duration. i: whole seconds (floor), n: nanoseconds 0 … 999,999,999 */
    V_MONTHS,   /* years and months duration. i: months */
    V_LIST,     /* p: const Val *, n: length */
    V_CONTEXT,  /* p: const Context * */
    V_RANGE,    /* p: const Range * */
    V_FUNCTION, /* p: const Function * (feel/ir.h) */
    V_TAGS
} VTag;

typedef struct Val {
    uint8_t tag;
    int8_t exp;
    uint16_t aux; /* lists, contexts, ranges: what they hold (val_inside); otherwise 0 */
    uint32_t n;
    union {
        int64_t i;
        const void *p;
    };
} Val;
_Static_assert(sizeof(Val) == 16, "a value is 16 bytes");

/* Why a value is null. */
typedef struct Null {
    Note *note; /* message, arguments, place */
} Null;

/* A missing fact, or a result that depends on one. */
typedef struct Unknown {
    const uint16_t *deps; /* input path ids (ascending) the value depends on */
    int ndeps;
    Val lo, hi;       /* bounds, inclusive, of a number, date or duration; V_NULL: unbounded */
    const Val *cands; /* all values it can have, when few are possible; ncands 0: not known */
    int ncands;
    bool may_null; /* null is possible too */
    bool person;   /* every dependency is an indicator `by: person` */
} Unknown;

/* Zones: none (local), a fixed offset, or an IANA zone. `Z` is the offset 0; zone text and offset
 * are different values for `is`. */
typedef enum ZoneKind { ZONE_NONE, ZONE_OFFSET, ZONE_NAME } ZoneKind;
typedef struct Zone {
    ZoneKind kind;
    int32_t offset; /* ZONE_OFFSET: seconds east of UTC */
    uint16_t id;    /* ZONE_NAME: index of the compiled zone table */
} Zone;
typedef struct Time {
    int64_t nanos; /* of the day, 0 … 86,399,999,999,999 */
    Zone zone;
} Time;
typedef struct DateTime {
    int64_t days; /* since 1970-01-01, local */
    Time time;
} DateTime;

typedef struct Context {
    int n;
    const Str *keys; /* in order of definition */
    const Val *vals;
} Context;

typedef enum RangeOp {
    RANGE_INTERVAL,
    RANGE_EQ,
    RANGE_NE,
    RANGE_LT,
    RANGE_LE,
    RANGE_GT,
    RANGE_GE
} RangeOp;
typedef struct Range {
    RangeOp op; /* (< 10) is RANGE_LT, not an interval from null */
    Val lo, hi; /* intervals: both ends; one-sided: the end that exists, the other V_NULL */
    bool lo_closed, hi_closed;
} Range;

static inline Val val_null(void) {
    return (Val){.tag = V_NULL};
}
static inline Val val_bool(bool b) {
    return (Val){.tag = V_BOOL, .i = b};
}
static inline Val val_int(int64_t v) {
    return (Val){.tag = V_NUM, .i = v};
}
static inline Val val_str(Str s) {
    return (Val){.tag = V_STRING, .n = (uint32_t)s.n, .p = s.p};
}
static inline Val val_date(int64_t days) {
    return (Val){.tag = V_DATE, .i = days};
}
/* aux of a value that holds others: how deep lists and contexts nest inside it, and whether an
 * unknown is anywhere inside. Kept because one list may be shared at every level: looking for it
 * again would take for ever. */
enum { VAL_NESTING = 0x7fff, VAL_HOLDS_UNKNOWN = 0x8000 };
static inline uint16_t val_inside_join(uint16_t x, uint16_t y) {
    int deep = (x & VAL_NESTING) > (y & VAL_NESTING) ? x & VAL_NESTING : y & VAL_NESTING;
    return (uint16_t)(deep | ((x | y) & VAL_HOLDS_UNKNOWN));
}
static inline uint16_t val_inside(const Val *items, int n) {
    uint16_t all = 0;
    for (int i = 0; i < n; i++) {
        uint16_t one = items[i].tag == V_UNKNOWN ? VAL_HOLDS_UNKNOWN : items[i].aux;
        if (items[i].tag == V_LIST || items[i].tag == V_CONTEXT)
            one = (uint16_t)(one + ((one & VAL_NESTING) < VAL_NESTING));
        all = val_inside_join(all, one);
    }
    return all;
}
/* The items must stand: what they hold is looked at once, here. */
static inline Val val_list(const Val *items, int n) {
    return (Val){.tag = V_LIST, .n = (uint32_t)n, .p = items, .aux = val_inside(items, n)};
}
static inline Val val_context(const Context *c) {
    return (Val){.tag = V_CONTEXT, .p = c, .aux = val_inside(c->vals, c->n)};
}
static inline Val val_range(const Range *r) {
    uint16_t inside = val_inside_join(val_inside(&r->lo, 1), val_inside(&r->hi, 1));
    return (Val){.tag = V_RANGE, .p = r, .aux = inside};
}
/* How deep lists and contexts nest inside one: 0 when it holds none. */
static inline int val_nesting(Val v) {
    return v.aux & VAL_NESTING;
}
static inline Str val_text(Val v) {
    return (Str){v.p, (ptrdiff_t)v.n};
}
static inline const Val *val_items(Val v) {
    return v.p;
}
static inline const Context *val_ctx(Val v) {
    return v.p;
}
static inline bool val_is_num(Val v) {
    return v.tag == V_NUM || v.tag == V_BIGNUM;
}
static inline bool val_is(Val v, bool b) {
    return v.tag == V_BOOL && (v.i != 0) == b;
}

/* Numbers to and from Dec. A big Dec is copied into the arena. */
static inline Val val_num(Arena *a, const Dec *d) {
    if (!d->big) return (Val){.tag = V_NUM, .exp = (int8_t)d->exp, .i = d->coef};
    return (Val){.tag = V_BIGNUM, .p = arena_copy(a, d, sizeof *d)};
}
/* v must be a number */
static inline Dec val_dec(Val v) {
    if (v.tag == V_BIGNUM) return *(const Dec *)v.p;
    return (Dec){.coef = v.i, .exp = v.exp};
}

/* FEEL equality: -1 false, 1 true, 0 not comparable (null). Times compare by whole seconds,
 * date-times as instants; null equals only null. Never called with V_UNKNOWN inside; the evaluator
 * handles those first. */
int val_equal(Val x, Val y);
/* The same for at most *left steps, from which those taken are subtracted (one per list or context
 * inside another and 8 entries of it): one list may be shared at every level, and then there are
 * far more pairs to compare than lists. 0 when they do not suffice: *left is below 0 then. */
enum { VAL_WALK = 50 * 1000 * 1000 };
int val_equal_within(Val x, Val y, int64_t *left);
/* Order of two values of one ordered kind: sets *cmp to -1, 0, 1. False when not comparable. */
bool val_compare(Val x, Val y, int *cmp);
/* `is`: same kind and same value, zones compared as written; within steps as above, false when they
 * do not suffice. */
bool val_same_within(Val x, Val y, int64_t *left);
bool val_same(Val x, Val y);
/* Written out, the value has at most so many parts: what is shared counts each time. */
bool val_fits(Val v, int64_t most);
/* FEEL string() of a value; strings bare at the top, quoted inside lists and contexts. */
void val_string(Buf *b, Val v);
/* Source text that gives the value back (strings quoted). */
void val_literal(Buf *b, Val v);
/* The value of a context entry; false when there is none. */
bool ctx_get(Val context, Str key, Val *out);
/* The reason of a null, or NULL. */
const Note *val_null_note(Val v);
#endif
