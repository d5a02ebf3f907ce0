/* Growing buffers. See buf.h. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

Buf buf_new(Arena *a, size_t limit) {
    return (Buf){.arena = a, .limit = limit ? limit : (size_t)256 << 20};
}

static bool buf_room(Buf *b, size_t n) {
    if (b->over || n > b->limit - b->n) {
        b->over = true;
        return false;
    }
    if (n <= b->cap - b->n) return true;
    size_t cap = b->cap ? b->cap * 2 : 256;
    while (cap < b->n + n) cap *= 2;
    char *p = arena_alloc(b->arena, cap);
    if (b->n) memcpy(p, b->p, b->n);
    b->p = p;
    b->cap = cap;
    return true;
}

void buf_put(Buf *b, Str s) {
    if (s.n <= 0 || !buf_room(b, (size_t)s.n)) return;
    memcpy(b->p + b->n, s.p, (size_t)s.n);
    b->n += (size_t)s.n;
}

void buf_char(Buf *b, char c) {
    if (buf_room(b, 1)) b->p[b->n++] = c;
}

void buf_utf8(Buf *b, uint32_t cp) {
    char out[4];
    buf_put(b, str_of(out, (size_t)utf8_put(out, cp)));
}

void buf_printf(Buf *b, const char *fmt, ...) {
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n > 0 && buf_room(b, (size_t)n + 1)) {
        vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

Str buf_str(const Buf *b) {
    return (Str){b->n ? b->p : "", (ptrdiff_t)b->n};
}
