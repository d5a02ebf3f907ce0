/* Str: a slice of UTF-8 bytes. Not zero-terminated; the bytes belong to somebody else (an arena, a
 * literal, the caller's buffer). Functions that make new bytes take the arena that will own them.
 */
#ifndef JIXIA_BASE_STR_H
#define JIXIA_BASE_STR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct Str {
    const char *p;
    ptrdiff_t n; /* bytes */
} Str;

/* A Str of a string literal; usable in static initialisers as STR_INIT. */
#define S(lit) ((Str){"" lit, (ptrdiff_t)sizeof(lit) - 1})
#define STR_INIT(lit)                                                                              \
    { "" lit, (ptrdiff_t)sizeof(lit) - 1 }
/* printf: "%.*s" with STRF(s). */
#define STRF(s) (int)(s).n, (s).p

Str str_from(const char *z);         /* of a zero-terminated string; NULL gives empty */
Str str_of(const void *p, size_t n); /* of n bytes at p */
const char *str_z(Arena *a, Str s);  /* zero-terminated copy, for foreign interfaces */
Str str_dup(Arena *a, Str s);        /* copy of the bytes */
Str str_cat(Arena *a, Str x, Str y); /* x followed by y */
Str str_printf(Arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool str_eq(Str x, Str y);        /* same bytes */
bool str_eq_nocase(Str x, Str y); /* same bytes, ASCII letters without case */
int str_cmp(Str x, Str y);        /* byte order, which is code point order in UTF-8 */
bool str_starts(Str s, Str prefix);
bool str_ends(Str s, Str suffix);
ptrdiff_t str_find(Str s, Str needle);            /* byte offset of the first occurrence, or -1 */
Str str_sub(Str s, ptrdiff_t from, ptrdiff_t to); /* bytes [from, to), clamped to s */
Str str_trim(Str s); /* without ASCII white space, U+3000 and U+00A0 at both ends */
/* Splits *rest at the first sep: returns what stood before it and moves *rest behind it. At the end
 * *rest becomes {NULL, 0}. Loop: while (rest.p) { Str part = str_cut(&rest, ','); ... } */
Str str_cut(Str *rest, char sep);
/* Decimal digits with optional sign, whole string; false when not a number or out of range. */
bool str_to_i64(Str s, int64_t *out);
uint64_t str_hash(Str s); /* FNV-1a with a final mix; not for hostile keys on disk */
/* Levenshtein distance over code points, cut off at max (returns max + 1 when larger). */
int str_distance(Str x, Str y, int max);
#endif
