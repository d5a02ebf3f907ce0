/* Integer powers, correctly rounded.
 *
 * The decimal library's power is up to two units off in the last place even for integer exponents,
 * so x ** n is computed here by squaring on 16 limbs of 9 digits (at least 136 digits), cutting
 * off below and remembering that something was cut. The error, at most 2n units of the 136th digit,
 * cannot reach the 34th unless the digits between are all 9, which no exact power of so few limbs
 * is. A negative power takes the library's quotient 1 / x ** n and moves it to the 34-digit number
 * whose half-unit neighbourhood, multiplied back, holds 1.
 */
#include <stdio.h>
#include <string.h>

#include "decimal/dec.h"
#include "decimal/dec_parts.h"

enum { LIMBS = 16, UNIT = 1000000000, EXP_STOP = 8000 };

/* Little-endian limbs times 10^exp; sticky: a non-zero rest was cut off. n is 0 only for zero. */
typedef struct Wide {
    uint32_t limb[2 * LIMBS];
    int n;
    int64_t exp;
    bool sticky;
} Wide;

static Wide wide_from(unsigned __int128 c, int64_t exp) {
    Wide w = {.exp = exp};
    for (; c; c /= UNIT) w.limb[w.n++] = (uint32_t)(c % UNIT);
    return w;
}

static Wide wide_mul(const Wide *x, const Wide *y) {
    Wide r = {.exp = x->exp + y->exp, .sticky = x->sticky || y->sticky};
    for (int i = 0; i < x->n; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < y->n || carry; j++) {
            uint64_t v = r.limb[i + j] + carry;
            if (j < y->n) v += (uint64_t)x->limb[i] * y->limb[j];
            r.limb[i + j] = (uint32_t)(v % UNIT);
            carry = v / UNIT;
        }
    }
    r.n = x->n + y->n;
    while (r.n > 0 && r.limb[r.n - 1] == 0) r.n--;
    int cut = r.n > LIMBS ? r.n - LIMBS : 0;
    for (int i = 0; i < cut; i++) r.sticky |= r.limb[i] != 0;
    memmove(r.limb, r.limb + cut, (size_t)(r.n - cut) * sizeof *r.limb);
    memset(r.limb + r.n - cut, 0, (size_t)cut * sizeof *r.limb);
    r.n -= cut;
    r.exp += 9 * cut;
    return r;
}

/* Decimal digits, most significant first; the count. */
static int wide_digits(const Wide *w, char out[9 * LIMBS + 1]) {
    int n = 0;
    for (int i = w->n - 1; i >= 0; i--)
        n += snprintf(out + n, 10, i == w->n - 1 ? "%u" : "%09u", w->limb[i]);
    return n;
}

static bool wide_to_dec(const Wide *w, bool neg, Dec *r) {
    char digits[9 * LIMBS + 1], text[9 * LIMBS + 32];
    int n = wide_digits(w, digits);
    n = snprintf(text, sizeof text, "%s%.*s%sE%lld", neg ? "-" : "", n, digits,
                 w->sticky ? "1" : "", (long long)(w->exp - w->sticky));
    return dec_parse(str_of(text, (size_t)n), r);
}

/* -1, 0, 1 as w is below, equal to or above 1. */
static int wide_cmp_one(const Wide *w) {
    char digits[9 * LIMBS + 1];
    int n = wide_digits(w, digits);
    if (n + w->exp <= 0) return -1;
    if (n + w->exp > 1 || digits[0] != '1' || w->sticky) return 1;
    for (int i = 1; i < n; i++)
        if (digits[i] != '0') return 1;
    return 0;
}

/* 1 / w, half even. The quotient is sought for w moved near 1, as w or 1 / w alone may lie beyond
 * the format; below its smallest normal number the result is rounded once, from what lies between
 * c and its neighbour. */
static bool wide_reciprocal(const Wide *full, bool neg, Dec *r) {
    static const unsigned __int128 SEVENTEEN = 100000000000000000;
    Dec power, one = dec_int(1), q;
    Wide near = *full, *w = &near;
    int64_t shift = near.exp + (int64_t)9 * near.n;
    near.exp -= shift;
    if (!wide_to_dec(w, false, &power) || !dec_div(&q, &one, &power)) return false;
    DecParts p = dec_parts(&q);
    unsigned __int128 c = p.high * SEVENTEEN + p.low;
    while (c < SEVENTEEN * SEVENTEEN / 10) { /* exactly 34 digits */
        c *= 10;
        p.exp--;
    }
    for (c -= 7;; c++) { /* the quotient of a rounded divisor is at most 5.5 units off */
        Wide middle = wide_from((2 * c + 1) * 5, p.exp - 1);
        Wide back = wide_mul(&middle, w);
        int cmp = wide_cmp_one(&back);
        if (cmp == 0) c += c & 1;
        if (cmp >= 0) break;
    }
    Wide result = wide_from(c, p.exp);
    if (p.exp - shift < -DEC_SCALE_MAX) {
        Wide back = wide_mul(&result, w);
        int cmp = wide_cmp_one(&back);
        if (cmp > 0) result = wide_from(c - 1, p.exp);
        result.sticky = cmp != 0;
    }
    result.exp -= shift;
    return wide_to_dec(&result, neg, r);
}

bool dec_pow_int(Dec *r, const Dec *x, int64_t n) {
    DecParts p = dec_parts(x);
    bool down = n < 0, neg = p.neg && (n & 1);
    uint64_t k = down ? 0 - (uint64_t)n : (uint64_t)n;
    Wide result = {.limb = {1}, .n = 1}, base = {.exp = p.exp};
    unsigned __int128 coef = (unsigned __int128)p.high * 100000000000000000u + p.low;
    if (coef == 0) {
        if (down) return false;
        *r = dec_int(n == 0);
        return true;
    }
    base = wide_from(coef, p.exp);
    for (; k; k >>= 1) {
        if (k & 1) result = wide_mul(&result, &base);
        int64_t top = result.exp + 9 * (int64_t)result.n;
        if (top < -EXP_STOP || result.exp > EXP_STOP) break; /* only further out from here */
        if (k > 1) base = wide_mul(&base, &base);
        if (base.exp > EXP_STOP * 4 || base.exp + 9 * base.n < -EXP_STOP * 4) {
            result = wide_mul(&result, &base);
            break;
        }
    }
    return down ? wide_reciprocal(&result, neg, r) : wide_to_dec(&result, neg, r);
}
