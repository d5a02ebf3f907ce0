/* Buf: a growing byte buffer in an arena, with a limit. Going over the limit sets `over` and drops
 * further bytes; check it once at the end. */
#ifndef JIXIA_BASE_BUF_H
#define JIXIA_BASE_BUF_H
#include "base/str.h"

typedef struct Buf {
    Arena *arena;
    char *p;
    size_t n; /* bytes used */
    size_t cap;
    size_t limit; /* bytes at most */
    bool over;    /* the limit was hit: the content is incomplete */
} Buf;

/* limit 0 means 256 MiB. */
Buf buf_new(Arena *a, size_t limit);
void buf_put(Buf *b, Str s);
void buf_char(Buf *b, char c);
void buf_utf8(Buf *b, uint32_t cp);
void buf_printf(Buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The bytes so far; valid until the next write. */
Str buf_str(const Buf *b);
#define buf_lit(b, lit) buf_put((b), S(lit))
#endif
