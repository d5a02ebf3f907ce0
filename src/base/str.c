/* Slices. See str.h. */
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

Str str_from(const char *z) {
    return z ? (Str){z, (ptrdiff_t)strlen(z)} : (Str){"", 0};
}

Str str_of(const void *p, size_t n) {
    return (Str){p, (ptrdiff_t)n};
}

const char *str_z(Arena *a, Str s) {
    char *z = arena_alloc(a, (size_t)s.n + 1);
    if (s.n) memcpy(z, s.p, (size_t)s.n);
    return z;
}

Str str_dup(Arena *a, Str s) {
    return (Str){str_z(a, s), s.n};
}

Str str_cat(Arena *a, Str x, Str y) {
    char *p = arena_alloc(a, (size_t)x.n + (size_t)y.n + 1);
    if (x.n) memcpy(p, x.p, (size_t)x.n);
    if (y.n) memcpy(p + x.n, y.p, (size_t)y.n);
    return (Str){p, x.n + y.n};
}

Str str_printf(Arena *a, const char *fmt, ...) {
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0) n = 0;
    char *p = arena_alloc(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return (Str){p, n};
}

bool str_eq(Str x, Str y) {
    return x.n == y.n && (x.n == 0 || memcmp(x.p, y.p, (size_t)x.n) == 0);
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool str_eq_nocase(Str x, Str y) {
    if (x.n != y.n) return false;
    for (ptrdiff_t i = 0; i < x.n; i++)
        if (lower(x.p[i]) != lower(y.p[i])) return false;
    return true;
}

int str_cmp(Str x, Str y) {
    ptrdiff_t n = x.n < y.n ? x.n : y.n;
    int c = n ? memcmp(x.p, y.p, (size_t)n) : 0;
    return c ? c : (x.n > y.n) - (x.n < y.n);
}

bool str_starts(Str s, Str prefix) {
    return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix);
}

bool str_ends(Str s, Str suffix) {
    return s.n >= suffix.n && str_eq(str_sub(s, s.n - suffix.n, s.n), suffix);
}

ptrdiff_t str_find(Str s, Str needle) {
    if (needle.n == 0) return 0;
    if (needle.n > s.n) return -1;
    const char *at = memmem(s.p, (size_t)s.n, needle.p, (size_t)needle.n);
    return at ? at - s.p : -1;
}

Str str_sub(Str s, ptrdiff_t from, ptrdiff_t to) {
    if (from < 0) from = 0;
    if (to > s.n) to = s.n;
    if (from >= to) return (Str){s.p, 0};
    return (Str){s.p + from, to - from};
}

/* Bytes of white space at the start of s (ASCII, U+00A0, U+3000, U+FEFF), or 0. */
static ptrdiff_t space_at(Str s) {
    if (s.n > 0 && (s.p[0] == ' ' || (s.p[0] >= '\t' && s.p[0] <= '\r'))) return 1;
    if (str_starts(s, S("\xC2\xA0"))) return 2;
    if (str_starts(s, S("\xE3\x80\x80")) || str_starts(s, S("\xEF\xBB\xBF"))) return 3;
    return 0;
}

Str str_trim(Str s) {
    for (ptrdiff_t k; (k = space_at(s)) > 0;) s = str_sub(s, k, s.n);
    for (;;) {
        ptrdiff_t cut = 0;
        for (ptrdiff_t k = 1; k <= 3 && !cut; k++)
            if (s.n >= k && space_at(str_sub(s, s.n - k, s.n)) == k) cut = k;
        if (!cut) return s;
        s.n -= cut;
    }
}

Str str_cut(Str *rest, char sep) {
    const char *at = rest->n ? memchr(rest->p, sep, (size_t)rest->n) : NULL;
    Str part = *rest;
    if (at) {
        part.n = at - rest->p;
        *rest = (Str){at + 1, rest->n - part.n - 1};
    } else {
        *rest = (Str){NULL, 0};
    }
    return part;
}

bool str_to_i64(Str s, int64_t *out) {
    bool neg = s.n > 0 && s.p[0] == '-';
    ptrdiff_t i = neg || (s.n > 0 && s.p[0] == '+');
    int64_t v = 0;
    if (i == s.n) return false;
    for (; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        if (__builtin_mul_overflow(v, 10, &v)) return false;
        int d = s.p[i] - '0';
        if (__builtin_sub_overflow(v, d, &v)) return false; /* negative, so INT64_MIN fits */
    }
    if (!neg && v == INT64_MIN) return false;
    *out = neg ? v : -v;
    return true;
}

uint64_t str_hash(Str s) {
    uint64_t h = 0xcbf29ce484222325u;
    for (ptrdiff_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    return h ^ (h >> 32);
}

enum { DISTANCE_LEN_MAX = 128 };

static int code_points(Str s, uint32_t *out) {
    int n = 0;
    for (ptrdiff_t i = 0; i < s.n && n < DISTANCE_LEN_MAX;) out[n++] = utf8_next(s, &i);
    return n;
}

int str_distance(Str x, Str y, int max) {
    uint32_t a[DISTANCE_LEN_MAX], b[DISTANCE_LEN_MAX];
    int n = code_points(x, a), m = code_points(y, b), row[DISTANCE_LEN_MAX + 1] = {0};
    if (n - m > max || m - n > max) return max + 1;
    for (int j = 0; j <= m; j++) row[j] = j;
    for (int i = 1; i <= n; i++) {
        int diagonal = row[0], least = row[0] = i;
        for (int j = 1; j <= m; j++) {
            int up = row[j], best = diagonal + (a[i - 1] != b[j - 1]);
            if (up + 1 < best) best = up + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            diagonal = up;
            row[j] = best;
            if (best < least) least = best;
        }
        if (least > max) return max + 1;
    }
    return row[m] > max ? max + 1 : row[m];
}
