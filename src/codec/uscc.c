/* GB 32100-2015 credit codes. See uscc.h. */
#include "codec/uscc.h"

#include <string.h>

#include "base/utf8.h"

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int value_of(char c) {
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

char uscc_check_char(Str first17) {
    int sum = 0, weight = 1;
    if (first17.n < USCC_LENGTH - 1) return '\0';
    for (int i = 0; i < USCC_LENGTH - 1; i++) {
        int v = value_of(first17.p[i]);
        if (v < 0) return '\0';
        sum += v * weight;
        weight = weight * 3 % 31; /* GB 32100-2015 appendix: W_i = 3^(i-1) mod 31 */
    }
    return alphabet[(31 - sum % 31) % 31];
}

UsccResult uscc_check(Str code, int *at) {
    if (code.n != USCC_LENGTH) return USCC_BAD_LENGTH;
    for (int i = 0; i < USCC_LENGTH; i++) {
        if (value_of(code.p[i]) >= 0) continue;
        if (at) *at = i;
        return USCC_BAD_CHARACTER;
    }
    return uscc_check_char(code) == code.p[USCC_LENGTH - 1] ? USCC_OK : USCC_BAD_CHECK;
}

char uscc_org_check_char(Str first8) {
    static const int weights[] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    if (first8.n < 8) return '\0';
    for (int i = 0; i < 8; i++) {
        char c = first8.p[i];
        bool digit = c >= '0' && c <= '9';
        if (!digit && (c < 'A' || c > 'Z')) return '\0';
        sum += (digit ? c - '0' : c - 'A' + 10) * weights[i];
    }
    int check = 11 - sum % 11;
    if (check == 10) return 'X';
    return check == 11 ? '0' : (char)('0' + check);
}

Str uscc_normalize(Arena *a, Str s) {
    char *out = arena_alloc(a, (size_t)s.n + 4);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < s.n;) {
        uint32_t cp = utf8_next(s, &i);
        if (cp >= 0xFF01 && cp <= 0xFF5E) cp -= 0xFEE0;
        if (cp == ' ' || cp == '\t' || cp == '\r' || cp == '\n' || cp == 0xA0 || cp == 0x3000 ||
            cp == 0xFEFF || cp == 0x200B)
            continue;
        if (cp >= 'a' && cp <= 'z') cp -= 32;
        n += utf8_put(out + n, cp);
    }
    return (Str){out, n};
}
