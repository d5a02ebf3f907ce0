/* Decimals from and to text. See dec.h for the canonical form. */
#include <stdio.h>
#include <string.h>

#include "decimal/dec.h"
#include "decimal/dec_parts.h"

enum { DIGITS = 34, HALF = 17, EXP_MIN = -6176, EXP_MAX = 6111 };

/* What a reader collects: the first 34 significant digits and how the rest rounds. */
typedef struct Reader {
    char digit[DIGITS];
    int n;         /* digits kept */
    int dropped;   /* digits after the 34th */
    int next;      /* the first dropped digit */
    bool sticky;   /* a later dropped digit is not zero */
    int64_t scale; /* digits behind the point */
} Reader;

static void read_digit(Reader *d, char c) {
    if (d->n == 0 && c == '0') return;
    if (d->n < DIGITS) {
        d->digit[d->n++] = c;
        return;
    }
    if (d->dropped++ == 0)
        d->next = c - '0';
    else
        d->sticky |= c != '0';
}

/* Reads [0-9]* at *i; the number of digits. */
static ptrdiff_t read_digits(Reader *d, Str s, ptrdiff_t *i, bool fraction) {
    ptrdiff_t from = *i;
    for (; *i < s.n && s.p[*i] >= '0' && s.p[*i] <= '9'; (*i)++) {
        read_digit(d, s.p[*i]);
        d->scale += fraction;
    }
    return *i - from;
}

static bool read_exponent(Str s, ptrdiff_t *i, int64_t *e) {
    if (*i >= s.n || (s.p[*i] != 'e' && s.p[*i] != 'E')) return true;
    Str rest = str_sub(s, *i + 1, s.n);
    *i = s.n;
    return rest.n <= 12 && str_to_i64(rest, e);
}

/* Gives up `count` more digits: those below the smallest exponent. */
static void drop_digits(Reader *d, int64_t count) {
    for (; count > 0 && d->n > 0; count--) {
        d->sticky |= d->next != 0;
        d->next = d->digit[--d->n] - '0';
    }
    if (count > 0) {
        d->sticky |= d->next != 0;
        d->next = 0;
    }
}

/* Half even on the kept digits; 999…9 carries into a new digit and gives 1, otherwise 0. */
static int round_kept(Reader *d) {
    bool odd = d->n > 0 && (d->digit[d->n - 1] - '0') % 2;
    if (d->next < 5 || (d->next == 5 && !d->sticky && !odd)) return 0;
    int k = d->n - 1;
    while (k >= 0 && d->digit[k] == '9') d->digit[k--] = '0';
    if (k >= 0) {
        d->digit[k]++;
        return 0;
    }
    d->digit[0] = '1';
    if (d->n > 0) return 1;
    d->n = 1;
    return 0;
}

static uint64_t number_of(const char *p, int n) {
    uint64_t v = 0;
    for (int i = 0; i < n; i++) v = v * 10 + (uint64_t)(p[i] - '0');
    return v;
}

/* An exponent above the range: the library pads the digits with zeros when they fit. */
static bool parse_far(const Reader *d, bool neg, int64_t exp, Dec *r) {
    char z[DIGITS + 32];
    if (exp > EXP_MAX + DIGITS) return false;
    snprintf(z, sizeof z, "%s%.*sE%lld", neg ? "-" : "", d->n, d->digit, (long long)exp);
    return dec_parse_far(z, r);
}

bool dec_parse(Str s, Dec *r) {
    Reader d = {0};
    ptrdiff_t i = s.n > 0 && s.p[0] == '-';
    bool neg = i == 1;
    int64_t e = 0;
    ptrdiff_t whole = read_digits(&d, s, &i, false), part = 0;
    if (i < s.n && s.p[i] == '.') {
        i++;
        part = read_digits(&d, s, &i, true);
        if (part == 0) return false;
    }
    if (whole + part == 0 || !read_exponent(s, &i, &e) || i != s.n) return false;
    int64_t exp = e - d.scale + d.dropped;
    if (exp < EXP_MIN) {
        drop_digits(&d, EXP_MIN - exp);
        exp = EXP_MIN;
    }
    exp += round_kept(&d);
    if (d.n == 0) {
        *r = dec_int(0);
        return true;
    }
    if (exp > EXP_MAX) return parse_far(&d, neg, exp, r);
    int head = d.n > HALF ? d.n - HALF : 0;
    *r = dec_from_parts((DecParts){.high = number_of(d.digit, head),
                                   .low = number_of(d.digit + head, d.n - head),
                                   .exp = (int)exp,
                                   .neg = neg});
    return true;
}

static const char ZEROS[] = "0000000000000000000000000000000000000000"; /* DEC_PLAIN_MAX */

/* The significant digits, no leading zeros; the count. */
static int digits_text(char out[DIGITS + 1], const DecParts *p) {
    if (p->high)
        return snprintf(out, DIGITS + 1, "%llu%017llu", (unsigned long long)p->high,
                        (unsigned long long)p->low);
    return snprintf(out, DIGITS + 1, "%llu", (unsigned long long)p->low);
}

int dec_print(char out[DEC_TEXT_MAX], const Dec *x) {
    DecParts p = dec_parts(x);
    char d[DIGITS + 1];
    int n = digits_text(d, &p), point = n + p.exp; /* digits before the point */
    const char *sign = p.neg ? "-" : "";
    int plain = p.exp >= 0 ? point : point > 0 ? n + 1 : 2 - point + n;
    if (plain > DEC_PLAIN_MAX)
        return snprintf(out, DEC_TEXT_MAX, "%s%c%s%sE%s%d", sign, d[0], n > 1 ? "." : "", d + 1,
                        point > 0 ? "+" : "", point - 1);
    if (p.exp >= 0) return snprintf(out, DEC_TEXT_MAX, "%s%s%.*s", sign, d, p.exp, ZEROS);
    if (point > 0) return snprintf(out, DEC_TEXT_MAX, "%s%.*s.%s", sign, point, d, d + point);
    return snprintf(out, DEC_TEXT_MAX, "%s0.%.*s%s", sign, -point, ZEROS, d);
}

Str dec_text(Arena *a, const Dec *x) {
    char out[DEC_TEXT_MAX];
    int n = dec_print(out, x);
    return str_dup(a, str_of(out, (size_t)n));
}

Str dec_fixed(Arena *a, const Dec *x, int scale) {
    Dec r;
    if (scale < 0 || !dec_round(&r, x, scale, DEC_HALF_EVEN)) return dec_text(a, x);
    DecParts p = dec_parts(&r);
    char d[DIGITS + 1];
    int n = digits_text(d, &p), point = n + p.exp;
    Str zeros = str_printf(a, "%0*d", scale + (p.exp > 0 ? p.exp : 0) + 40, 0);
    Str whole = point <= 0 ? S("0")
                           : str_cat(a, str_of(d, (size_t)(point < n ? point : n)),
                                     str_sub(zeros, 0, point - n));
    Str sign = p.neg ? S("-") : S("");
    if (scale == 0) return str_cat(a, sign, whole);
    Str part =
        point >= n
            ? S("")
            : str_cat(a, str_sub(zeros, 0, -point),
                      str_of(d + (point > 0 ? point : 0), (size_t)(n - (point > 0 ? point : 0))));
    part = str_sub(str_cat(a, part, zeros), 0, scale);
    return str_printf(a, "%.*s%.*s.%.*s", STRF(sign), STRF(whole), STRF(part));
}
