/* Case mapping. See textcase.h. */
#include "feel/textcase.h"

#include "base/buf.h"
#include "base/utf8.h"

/* A run of code points first … last, `step` apart, that map by adding `delta`. */
typedef struct CaseRun {
    uint32_t first, last;
    int32_t delta;
    uint8_t step;
} CaseRun;
/* A code point whose mapping has up to three code points. */
typedef struct CaseSpecial {
    uint32_t from, to[3];
} CaseSpecial;
#include "case_table.h"

static uint32_t mapped(const CaseRun *runs, int n, uint32_t c) {
    int lo = 0, hi = n - 1;
    while (lo <= hi) {
        int mid = (lo + hi) / 2;
        if (c < runs[mid].first)
            hi = mid - 1;
        else if (c > runs[mid].last)
            lo = mid + 1;
        else if ((c - runs[mid].first) % runs[mid].step)
            return c;
        else
            return (uint32_t)((int32_t)c + runs[mid].delta);
    }
    return c;
}

static bool put_special(Buf *b, const CaseSpecial *specials, int n, uint32_t c) {
    for (int i = 0; i < n; i++) {
        if (specials[i].from != c) continue;
        for (int k = 0; k < 3 && specials[i].to[k]; k++) buf_utf8(b, specials[i].to[k]);
        return true;
    }
    return false;
}

static bool is_cased(uint32_t c) {
    return mapped(CASE_LOWER, CASE_LOWER_N, c) != c || mapped(CASE_UPPER, CASE_UPPER_N, c) != c;
}

Str text_upper(Arena *a, Str s) {
    Buf b = buf_new(a, (size_t)s.n * 6 + 16);
    for (ptrdiff_t i = 0; i < s.n;) {
        uint32_t c = utf8_next(s, &i);
        if (c < 0x80)
            buf_char(&b, (char)(c >= 'a' && c <= 'z' ? c - 32 : c));
        else if (!put_special(&b, CASE_UPPER_SPECIAL, CASE_UPPER_SPECIAL_N, c))
            buf_utf8(&b, mapped(CASE_UPPER, CASE_UPPER_N, c));
    }
    return buf_str(&b);
}

Str text_lower(Arena *a, Str s) {
    enum { SIGMA = 0x3A3, FINAL_SIGMA = 0x3C2 };
    Buf b = buf_new(a, (size_t)s.n * 6 + 16);
    bool word = false; /* a cased letter stands before */
    for (ptrdiff_t i = 0; i < s.n;) {
        uint32_t c = utf8_next(s, &i);
        ptrdiff_t next = i;
        bool last = c == SIGMA && (i >= s.n || !is_cased(utf8_next(s, &next)));
        if (c == SIGMA && word && last)
            buf_utf8(&b, FINAL_SIGMA);
        else if (!put_special(&b, CASE_LOWER_SPECIAL, CASE_LOWER_SPECIAL_N, c))
            buf_utf8(&b, mapped(CASE_LOWER, CASE_LOWER_N, c));
        word = is_cased(c);
    }
    return buf_str(&b);
}
