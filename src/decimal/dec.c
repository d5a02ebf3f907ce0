/* Decimals in two tiers. See dec.h.
 *
 * Invariant: a Dec that fits (coefficient in int64, exponent -128 … 127, trailing zeros dropped if
 * needed) is small; only `settle` makes big ones. The BID encoding is packed and unpacked here, so
 * rounding, text and hashing work on (sign, coefficient, exponent) and the library is asked only
 * for arithmetic that must round.
 */
#include "decimal/dec.h"
#include "decimal/dec_parts.h"

#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#include <bid_conf.h>
#include <bid_functions.h>

typedef unsigned __int128 u128;

enum { BIAS = 6176, DIGITS = 34, EXP_MAX = 6111, SMALL_EXP_MIN = -128, SMALL_EXP_MAX = 127 };

/* A number taken apart: (-1)^neg * coef * 10^exp. */
typedef struct Parts {
    u128 coef;
    int exp;
    bool neg;
} Parts;

const int64_t DEC_POW10[] = {1,
                             10,
                             100,
                             1000,
                             10000,
                             100000,
                             1000000,
                             10000000,
                             100000000,
                             1000000000,
                             10000000000,
                             100000000000,
                             1000000000000,
                             10000000000000,
                             100000000000000,
                             1000000000000000,
                             10000000000000000,
                             100000000000000000,
                             1000000000000000000};
static u128 pow10_128(int k) {
    if (k <= DEC_POW10_MAX) return (uint64_t)DEC_POW10[k];
    u128 high = (uint64_t)DEC_POW10[DEC_POW10_MAX];
    k -= DEC_POW10_MAX;
    if (k <= DEC_POW10_MAX) return high * (uint64_t)DEC_POW10[k];
    return high * high * (uint64_t)DEC_POW10[k - DEC_POW10_MAX];
}

/* The last decimal digit is 0; 2^64 is 6 modulo 10. */
static bool ends_in_zero(u128 c) {
    return ((uint64_t)(c >> 64) % 10 * 6 + (uint64_t)c % 10) % 10 == 0;
}

static int bits_of(u128 c) {
    uint64_t high = (uint64_t)(c >> 64), low = (uint64_t)c;
    return high ? 128 - __builtin_clzll(high) : low ? 64 - __builtin_clzll(low) : 0;
}

static int digits_of(u128 c) {
    int n = 1;
    while (c >= 1000000000) {
        c /= 1000000000;
        n += 9;
    }
    while (c >= 10) {
        c /= 10;
        n++;
    }
    return n;
}

static Parts parts_of(const Dec *x) {
    if (!x->big) {
        bool neg = x->coef < 0;
        uint64_t c = neg ? 0 - (uint64_t)x->coef : (uint64_t)x->coef;
        return (Parts){.coef = c, .exp = x->exp, .neg = neg};
    }
    Parts p = {.neg = x->hi >> 63 != 0};
    if ((x->hi >> 61 & 3) == 3) { /* a non-canonical encoding is zero */
        p.exp = (int)(x->hi >> 47 & 0x3fff) - BIAS;
        return p;
    }
    p.exp = (int)(x->hi >> 49 & 0x3fff) - BIAS;
    p.coef = (u128)(x->hi & 0x1ffffffffffff) << 64 | (uint64_t)x->coef;
    return p;
}

/* The Dec of parts with at most 34 digits and an exponent in range. */
static Dec settle(Parts p) {
    while (p.coef > INT64_MAX || p.exp > SMALL_EXP_MAX || p.exp < SMALL_EXP_MIN) {
        if (p.coef == 0) return (Dec){0};
        if (p.exp > SMALL_EXP_MAX && p.coef <= INT64_MAX / 10) { /* more zeros may make it fit */
            p.coef *= 10;
            p.exp--;
        } else if (p.exp <= SMALL_EXP_MAX && p.exp < EXP_MAX && ends_in_zero(p.coef)) {
            p.coef /= 10;
            p.exp++;
        } else {
            uint64_t hi =
                (uint64_t)p.neg << 63 | (uint64_t)(p.exp + BIAS) << 49 | (uint64_t)(p.coef >> 64);
            return (Dec){.big = true, .coef = (int64_t)(uint64_t)p.coef, .hi = hi};
        }
    }
    int64_t c = (int64_t)(uint64_t)p.coef;
    return (Dec){.coef = p.neg ? -c : c, .exp = (int16_t)p.exp};
}

static BID_UINT128 bid_of(const Dec *x) {
    BID_UINT128 b;
    if (x->big) {
        b.w[0] = (uint64_t)x->coef;
        b.w[1] = x->hi;
        return b;
    }
    Parts p = parts_of(x);
    b.w[0] = (uint64_t)p.coef;
    b.w[1] = (uint64_t)p.neg << 63 | (uint64_t)(p.exp + BIAS) << 49;
    return b;
}

/* Takes a library result; false for NaN and infinity. */
static bool take(Dec *r, BID_UINT128 b) {
    if ((b.w[1] >> 59 & 15) == 15) return false;
    Dec big = {.big = true, .coef = (int64_t)b.w[0], .hi = b.w[1]};
    *r = settle(parts_of(&big));
    return true;
}

Dec dec_int(int64_t v) {
    return (Dec){.coef = v};
}

Dec dec_scaled(int64_t coef, int exp) {
    return (Dec){.coef = coef, .exp = (int16_t)exp};
}

/* Brings two small numbers to one exponent; false when that does not fit 64 bits. */
static bool align(const Dec *x, const Dec *y, int64_t *cx, int64_t *cy, int *exp) {
    int diff = x->exp - y->exp;
    *cx = x->coef;
    *cy = y->coef;
    *exp = diff < 0 ? x->exp : y->exp;
    if (diff == 0) return true;
    if (diff > DEC_POW10_MAX || diff < -DEC_POW10_MAX) return false;
    return diff > 0 ? !__builtin_mul_overflow(*cx, DEC_POW10[diff], cx)
                    : !__builtin_mul_overflow(*cy, DEC_POW10[-diff], cy);
}

bool dec_add(Dec *r, const Dec *x, const Dec *y) {
    int64_t a, b, sum;
    int exp;
    if (!x->big && !y->big && align(x, y, &a, &b, &exp) && !__builtin_add_overflow(a, b, &sum)) {
        *r = dec_scaled(sum, exp);
        return true;
    }
    _IDEC_flags f = 0;
    return take(r, bid128_add(bid_of(x), bid_of(y), BID_ROUNDING_TO_NEAREST, &f));
}

bool dec_abs(Dec *r, const Dec *x) {
    Parts p = parts_of(x);
    p.neg = false;
    *r = settle(p);
    return true;
}

bool dec_sub(Dec *r, const Dec *x, const Dec *y) {
    int64_t a, b, rest;
    int exp;
    if (!x->big && !y->big && align(x, y, &a, &b, &exp) && !__builtin_sub_overflow(a, b, &rest)) {
        *r = dec_scaled(rest, exp);
        return true;
    }
    _IDEC_flags f = 0;
    return take(r, bid128_sub(bid_of(x), bid_of(y), BID_ROUNDING_TO_NEAREST, &f));
}

bool dec_mul(Dec *r, const Dec *x, const Dec *y) {
    int64_t product;
    int exp = x->exp + y->exp;
    if (!x->big && !y->big && exp >= SMALL_EXP_MIN && exp <= SMALL_EXP_MAX &&
        !__builtin_mul_overflow(x->coef, y->coef, &product)) {
        *r = dec_scaled(product, exp);
        return true;
    }
    _IDEC_flags f = 0;
    return take(r, bid128_mul(bid_of(x), bid_of(y), BID_ROUNDING_TO_NEAREST, &f));
}

/* Of a coefficient that is not 0 and below 2^63; log10(2) is 1233 / 4096 and a bit. */
static int digits_64(uint64_t c) {
    int n = (64 - __builtin_clzll(c)) * 1233 >> 12;
    return n + (c >= (uint64_t)DEC_POW10[n]);
}

/* An exact quotient with fewer zeros at its end, as far as its exponent stays at most `wanted`. */
static Parts fewer_zeros(Parts p, int wanted) {
    for (int k = 16; k > 0; k /= 2) {
        u128 unit = pow10_128(k);
        while (wanted - p.exp >= k && p.coef % unit == 0) {
            p.coef /= unit;
            p.exp += k;
        }
    }
    return p;
}

/* The quotient of two coefficients that are not 0 with 34 digits, rounded half even:
 * a * 10^k / b with k chosen so that it has them. The dividend takes three words, the quotient two,
 * so it is two divisions of two words by one. */
static Parts quotient(uint64_t a, uint64_t b, int exp) {
    int da = digits_64(a), db = digits_64(b), less = da < db ? db - da : 0;
    int more = da > db ? da - db : 0;
    bool at_least = a * (uint64_t)DEC_POW10[less] >= b * (uint64_t)DEC_POW10[more];
    int k = DIGITS - 1 - (da - db) + !at_least, first = DEC_POW10_MAX + 1 - da;
    u128 unit = pow10_128(k - first), wide = a * (uint64_t)DEC_POW10[first];
    u128 low = wide * (uint64_t)unit, high = wide * (uint64_t)(unit >> 64) + (low >> 64);
    u128 rest = high % b << 64 | (uint64_t)low;
    Parts q = {.coef = high / b << 64 | (uint64_t)(rest / b), .exp = exp - k};
    uint64_t left = (uint64_t)(rest % b);
    if (left == 0) return fewer_zeros(q, exp);
    uint64_t twice = left * 2;                           /* b is below 2^63 */
    q.coef += twice > b || (twice == b && (q.coef & 1)); /* never 10^34: b has 19 digits at most */
    return q;
}

bool dec_div(Dec *r, const Dec *x, const Dec *y) {
    if (dec_is_zero(y)) return false;
    int exp = x->exp - y->exp;
    bool small = !x->big && !y->big && x->coef != INT64_MIN && y->coef != INT64_MIN;
    if (small && x->coef % y->coef == 0 && exp >= SMALL_EXP_MIN && exp <= SMALL_EXP_MAX) {
        *r = dec_scaled(x->coef / y->coef, exp);
        return true;
    }
    if (small && x->coef != 0) {
        int64_t a = x->coef, b = y->coef;
        Parts q = quotient((uint64_t)(a < 0 ? -a : a), (uint64_t)(b < 0 ? -b : b), exp);
        q.neg = (a < 0) != (b < 0);
        *r = settle(q);
        return true;
    }
    _IDEC_flags f = 0;
    return take(r, bid128_div(bid_of(x), bid_of(y), BID_ROUNDING_TO_NEAREST, &f));
}

/* x ** n in the small tier by squaring, exact; false when a product does not fit. */
static bool pow_small(Dec *r, const Dec *x, int64_t n) {
    int64_t base = x->coef, result = 1;
    if (n > SMALL_EXP_MAX || x->exp * n > SMALL_EXP_MAX || x->exp * n < SMALL_EXP_MIN) return false;
    for (int64_t k = n; k > 0; k >>= 1) {
        if (k & 1 && __builtin_mul_overflow(result, base, &result)) return false;
        if (k > 1 && __builtin_mul_overflow(base, base, &base)) return false;
    }
    *r = dec_scaled(result, (int)(x->exp * n));
    return true;
}

bool dec_pow(Dec *r, const Dec *x, const Dec *y) {
    int64_t n;
    if (!x->big && dec_to_i64(y, &n) && n >= 0 && pow_small(r, x, n)) return true;
    if (dec_to_i64(y, &n)) return dec_pow_int(r, x, n);
    if (dec_is_zero(x) && dec_sign(y) < 0) return false;
    _IDEC_flags f = 0;
    return take(r, bid128_pow(bid_of(x), bid_of(y), BID_ROUNDING_TO_NEAREST, &f));
}

bool dec_modulo(Dec *r, const Dec *x, const Dec *y) {
    if (dec_is_zero(y)) return false;
    int64_t a, b;
    int exp;
    Dec rest;
    if (!x->big && !y->big && align(x, y, &a, &b, &exp) && b != -1) {
        rest = dec_scaled(a % b, exp);
    } else {
        _IDEC_flags f = 0;
        if (!take(&rest, bid128_fmod(bid_of(x), bid_of(y), &f))) return false;
    }
    if (!dec_is_zero(&rest) && dec_sign(&rest) != dec_sign(y)) return dec_add(r, &rest, y);
    *r = rest;
    return true;
}

bool dec_sqrt(Dec *r, const Dec *x) {
    if (dec_sign(x) < 0) return false;
    _IDEC_flags f = 0;
    return take(r, bid128_sqrt(bid_of(x), BID_ROUNDING_TO_NEAREST, &f));
}

bool dec_exp_near(Dec *r, const Dec *x) {
    _IDEC_flags f = 0;
    return take(r, bid128_exp(bid_of(x), BID_ROUNDING_TO_NEAREST, &f));
}

bool dec_ln(Dec *r, const Dec *x) {
    if (dec_sign(x) <= 0) return false;
    _IDEC_flags f = 0;
    return take(r, bid128_log(bid_of(x), BID_ROUNDING_TO_NEAREST, &f));
}

/* Whether the magnitude q.rest goes up: half is -1, 0 or 1 for rest below, at or above one half. */
static bool goes_up(DecRound mode, bool neg, bool odd, bool inexact, int half) {
    switch (mode) {
    case DEC_HALF_EVEN: return half > 0 || (half == 0 && odd);
    case DEC_HALF_UP: return half >= 0;
    case DEC_HALF_DOWN: return half > 0;
    case DEC_UP: return inexact;
    case DEC_DOWN: return false;
    case DEC_FLOOR: return inexact && neg;
    case DEC_CEILING: return inexact && !neg;
    }
    return false;
}

/* Drops the last k digits of the coefficient. */
static void drop_digits(Parts *p, int k, DecRound mode) {
    u128 q = 0, rest = p->coef;
    int half = -1;
    if (k <= 38) {
        u128 unit = pow10_128(k);
        q = p->coef / unit;
        rest = p->coef % unit;
        half = rest * 2 > unit ? 1 : rest * 2 == unit ? 0 : -1;
    }
    p->coef = q + goes_up(mode, p->neg, q & 1, rest != 0, rest ? half : -1);
    p->exp += k;
}

/* The same in 64 bits, when the rounded number is small too. */
static bool round_small(Dec *r, const Dec *x, int64_t scale, DecRound mode) {
    int64_t k = -scale - x->exp;
    if (k <= 0) *r = *x;
    if (k <= 0) return true;
    if (k > DEC_POW10_MAX || -scale > SMALL_EXP_MAX) return false;
    bool neg = x->coef < 0;
    uint64_t c = neg ? 0 - (uint64_t)x->coef : (uint64_t)x->coef;
    uint64_t unit = (uint64_t)DEC_POW10[k], q = c / unit, rest = c % unit;
    int half = rest > unit - rest ? 1 : rest == unit - rest ? 0 : -1;
    q += goes_up(mode, neg, q & 1, rest != 0, rest ? half : -1);
    *r = dec_scaled(neg ? -(int64_t)q : (int64_t)q, (int)-scale);
    return true;
}

bool dec_round(Dec *r, const Dec *x, int64_t scale, DecRound mode) {
    if (scale < DEC_SCALE_MIN || scale > DEC_SCALE_MAX) return false;
    if (!x->big && round_small(r, x, scale, mode)) return true;
    Parts p = parts_of(x);
    int k = (int)-scale - p.exp;
    if (k <= 0 || p.coef == 0) {
        *r = *x;
        return true;
    }
    drop_digits(&p, k, mode);
    if (digits_of(p.coef) > DIGITS) { /* 999…9 became 10^34 */
        if (p.exp == EXP_MAX) return false;
        p.coef /= 10;
        p.exp++;
    }
    *r = settle(p);
    return true;
}

int dec_sign(const Dec *x) {
    if (!x->big) return (x->coef > 0) - (x->coef < 0);
    return x->hi >> 63 ? -1 : 1; /* a big zero does not exist */
}

bool dec_is_zero(const Dec *x) {
    return !x->big && x->coef == 0;
}

/* The order of two coefficients below 2^113, the first times 10^k. */
static int cmp_scaled(u128 x, int k, u128 y) {
    if (k > DIGITS) return 1; /* a coefficient has at most 34 digits */
    u128 unit = pow10_128(k);
    if (bits_of(x) + bits_of(unit) > 114) return 1; /* the product is at least 2^113 */
    x *= unit;
    return (x > y) - (x < y);
}

static int cmp_magnitudes(Parts x, Parts y) {
    return x.exp >= y.exp ? cmp_scaled(x.coef, x.exp - y.exp, y.coef)
                          : -cmp_scaled(y.coef, y.exp - x.exp, x.coef);
}

int dec_cmp(const Dec *x, const Dec *y) {
    int sx = dec_sign(x), sy = dec_sign(y);
    if (sx != sy) return sx < sy ? -1 : 1;
    if (x->big || y->big) return sx * cmp_magnitudes(parts_of(x), parts_of(y));
    int diff = x->exp - y->exp;
    if (diff > DEC_POW10_MAX) return sx; /* the larger unit alone exceeds any 64-bit coefficient */
    if (diff < -DEC_POW10_MAX) return -sx;
    __int128 a = x->coef, b = y->coef;
    if (diff > 0)
        a *= DEC_POW10[diff];
    else
        b *= DEC_POW10[-diff];
    return (a > b) - (a < b);
}

static Parts stripped(const Dec *x) {
    Parts p = parts_of(x);
    if (p.coef == 0) return (Parts){0};
    while (p.coef % 10 == 0) {
        p.coef /= 10;
        p.exp++;
    }
    return p;
}

bool dec_is_int(const Dec *x) {
    if (!x->big && x->exp >= -DEC_POW10_MAX)
        return x->exp >= 0 || x->coef % DEC_POW10[-x->exp] == 0;
    return stripped(x).exp >= 0;
}

bool dec_trunc_i64(const Dec *x, int64_t *out) {
    if (!x->big && x->exp <= 0 && x->exp >= -DEC_POW10_MAX) {
        *out = x->coef / DEC_POW10[-x->exp];
        return *out != INT64_MIN; /* as below: the magnitude must fit */
    }
    Parts p = parts_of(x);
    if (p.exp < 0) {
        p.coef = p.exp < -38 ? 0 : p.coef / pow10_128(-p.exp);
        p.exp = 0;
    }
    if (p.coef == 0) p.exp = 0;
    if (p.exp > DEC_POW10_MAX) return false;
    u128 v;
    if (__builtin_mul_overflow(p.coef, (u128)DEC_POW10[p.exp], &v) || v > INT64_MAX) return false;
    *out = p.neg ? -(int64_t)(uint64_t)v : (int64_t)(uint64_t)v;
    return true;
}

bool dec_to_i64(const Dec *x, int64_t *out) {
    return dec_is_int(x) && dec_trunc_i64(x, out);
}

uint64_t dec_hash(const Dec *x) {
    Parts p = stripped(x);
    uint64_t key[3] = {(uint64_t)p.coef, (uint64_t)(p.coef >> 64),
                       (uint64_t)(uint32_t)p.exp << 1 | p.neg};
    return str_hash(str_of(key, sizeof key));
}

double dec_double(const Dec *x) {
    _IDEC_flags f = 0;
    return bid128_to_binary64(bid_of(x), BID_ROUNDING_TO_NEAREST, &f);
}

bool dec_parse_far(const char *z, Dec *r) {
    _IDEC_flags f = 0;
    return take(r, bid128_from_string((char *)z, BID_ROUNDING_TO_NEAREST, &f));
}

DecParts dec_parts(const Dec *x) {
    Parts p = stripped(x);
    return (DecParts){.high = (uint64_t)(p.coef / pow10_128(17)),
                      .low = (uint64_t)(p.coef % pow10_128(17)),
                      .exp = p.exp,
                      .neg = p.neg};
}

Dec dec_from_parts(DecParts d) {
    return settle(
        (Parts){.coef = (u128)d.high * pow10_128(17) + d.low, .exp = d.exp, .neg = d.neg});
}
