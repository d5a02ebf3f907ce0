/* Numbers and number formats of workbooks. See xlsx.h. */
#include <string.h>

#include "codec/xlsx.h"

enum { SHOWN_DIGITS = 15, PLAIN_EXP_MAX = 40, STORED_MAX = 64 };

/* Rounds the n digits at d half up to SHOWN_DIGITS; returns the digits left and raises *exp. */
static int round_digits(char *d, int n, int *exp) {
    if (n <= SHOWN_DIGITS) return n;
    bool up = d[SHOWN_DIGITS] >= '5';
    *exp += n - SHOWN_DIGITS;
    n = SHOWN_DIGITS;
    int i = n - 1;
    for (; up && i >= 0; i--) {
        up = d[i] == '9';
        d[i] = up ? '0' : (char)(d[i] + 1);
    }
    if (up) { /* 999… became 1000… */
        d[0] = '1';
        *exp += 1;
    }
    return n;
}

static Str plain(Arena *a, bool negative, const char *d, int n, int exp) {
    char *out = arena_alloc(a, (size_t)n + 2 * PLAIN_EXP_MAX + 8);
    ptrdiff_t at = 0;
    if (negative) out[at++] = '-';
    int point = n + exp; /* digits before the decimal point */
    if (point <= 0) {
        out[at++] = '0';
        out[at++] = '.';
        for (int i = point; i < 0; i++) out[at++] = '0';
    }
    for (int i = 0; i < n; i++) {
        if (i == point && i > 0) out[at++] = '.';
        out[at++] = d[i];
    }
    for (int i = n; i < point; i++) out[at++] = '0';
    return (Str){out, at};
}

Str xlsx_number(Arena *a, Str stored) {
    char d[STORED_MAX];
    int n = 0, exp = 0;
    Str s = str_trim(stored);
    bool negative = s.n > 0 && s.p[0] == '-', fraction = false, any = false;
    ptrdiff_t i = negative || (s.n > 0 && s.p[0] == '+');
    for (; i < s.n && (s.p[i] == '.' || (s.p[i] >= '0' && s.p[i] <= '9')); i++) {
        if (s.p[i] == '.') {
            if (fraction) return stored;
            fraction = true;
            continue;
        }
        any = true;
        exp -= fraction;
        if (n == 0 && s.p[i] == '0') continue;
        if (n == STORED_MAX) return stored;
        d[n++] = s.p[i];
    }
    int64_t e = 0;
    if (i < s.n && (s.p[i] == 'E' || s.p[i] == 'e')) {
        if (!str_to_i64(str_sub(s, i + 1, s.n), &e) || e < -400 || e > 400) return stored;
        i = s.n;
    }
    if (i < s.n || !any) return stored;
    exp += (int)e;
    n = round_digits(d, n, &exp);
    while (n > 0 && d[n - 1] == '0') {
        n--;
        exp++;
    }
    if (n == 0) return S("0");
    if (exp > PLAIN_EXP_MAX || exp + n < -PLAIN_EXP_MAX) return stored;
    return plain(a, negative, d, n, exp);
}

bool xlsx_is_date_format(Str code) {
    bool day = false, month = false, time = false;
    for (ptrdiff_t i = 0; i < code.n; i++) {
        char c = code.p[i];
        if (c == '"' || c == '[') { /* literal text, colour, condition, locale */
            char close = c == '"' ? '"' : ']';
            for (i++; i < code.n && code.p[i] != close; i++) {
            }
        } else if (c == '\\' || c == '_' || c == '*') {
            i++;
        } else if (c == ';') {
            break; /* the first section is for positive numbers */
        } else if (c == '0' || c == '#' || c == '?') {
            if (!time) return false;
        } else if (c == 'y' || c == 'Y' || c == 'd' || c == 'D' || c == 'e') {
            day = true;
        } else if (c == 'm' || c == 'M') {
            month = true;
        } else if (c == 'h' || c == 'H' || c == 's' || c == 'S') {
            time = true;
        } else if (c == 'G' || c == 'E') { /* General, 0.00E+00 */
            return false;
        }
    }
    return day || (month && !time);
}
