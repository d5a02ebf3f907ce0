/* UTF-8. The well-formed ranges are those of table 3-7 of the Unicode Standard. */
#include "base/utf8.h"

/* Length of the well-formed sequence at the start of s, or 0. */
static int sequence(Str s) {
    if (s.n <= 0) return 0;
    const unsigned char *p = (const unsigned char *)s.p;
    unsigned c = p[0];
    if (c < 0x80) return 1;
    int n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    if (c < 0xC2 || c > 0xF4 || s.n < n) return 0;
    unsigned lo = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    unsigned hi = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < lo || p[1] > hi) return 0;
    for (int i = 2; i < n; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    return n;
}

uint32_t utf8_next(Str s, ptrdiff_t *i) {
    if (*i >= s.n) return 0;
    const unsigned char *p = (const unsigned char *)s.p + *i;
    int n = sequence(str_sub(s, *i, s.n));
    *i += n ? n : 1;
    switch (n) {
    case 1: return p[0];
    case 2: return (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
    case 3: return (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
    case 4:
        return (p[0] & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
    default: return 0xFFFD;
    }
}

int utf8_put(char out[4], uint32_t cp) {
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | (cp >> 18 & 0x07));
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

ptrdiff_t utf8_invalid_at(Str s) {
    for (ptrdiff_t i = 0; i < s.n;) {
        if ((unsigned char)s.p[i] < 0x80) {
            i++;
            continue;
        }
        int n = sequence(str_sub(s, i, s.n));
        if (n == 0) return i;
        i += n;
    }
    return -1;
}

ptrdiff_t utf8_unseen_at(Str s) {
    for (ptrdiff_t i = 0; i < s.n;) {
        ptrdiff_t at = i;
        uint32_t cp = utf8_next(s, &i);
        bool blank = cp == '\t' || cp == '\n' || cp == '\r';
        bool control = (cp < 0x20 && !blank) || (cp >= 0x7F && cp <= 0x9F);
        bool turns = (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
        if (control || turns) return at;
    }
    return -1;
}

ptrdiff_t utf8_length(Str s) {
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < s.n; n++) utf8_next(s, &i);
    return n;
}

ptrdiff_t utf8_offset(Str s, ptrdiff_t k) {
    ptrdiff_t i = 0;
    while (k-- > 0 && i < s.n) utf8_next(s, &i);
    return i;
}
