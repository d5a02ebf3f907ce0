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

static const int64_t POW10_64[] = {1,
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
enum { POW10_64_MAX = 18 };

static u128 pow10_128(int k) {
    return k <= POW10_64_MAX ? (u128)POW10_64[k]
                             : (u128)POW10_64[POW10_64_MAX] * (u128)pow10_128(k - POW10_64_MAX);
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
        } else if (p.exp <= SMALL_EXP_MAX && p.exp < EXP_MAX && p.coef % 10 == 0) {
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
    if (diff > POW10_64_MAX || diff < -POW10_64_MAX) return false;
    return diff > 0 ? !__builtin_mul_overflow(*cx, POW10_64[diff], cx)
                    : !__builtin_mul_overflow(*cy, POW10_64[-diff], cy);
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

bool dec_div(Dec *r, const Dec *x, const Dec *y) {
    if (dec_is_zero(y)) return false;
    int exp = x->exp - y->exp;
    if (!x->big && !y->big && x->coef != INT64_MIN && x->coef % y->coef == 0 &&
        exp >= SMALL_EXP_MIN && exp <= SMALL_EXP_MAX) {
        *r = dec_scaled(x->coef / y->coef, exp);
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

bool dec_exp(Dec *r, const Dec *x) {
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

bool dec_round(Dec *r, const Dec *x, int64_t scale, DecRound mode) {
    if (scale < DEC_SCALE_MIN || scale > DEC_SCALE_MAX) return false;
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

int dec_cmp(const Dec *x, const Dec *y) {
    int sx = dec_sign(x), sy = dec_sign(y);
    if (sx != sy) return sx < sy ? -1 : 1;
    if (x->big || y->big) {
        _IDEC_flags f = 0;
        BID_UINT128 a = bid_of(x), b = bid_of(y);
        return bid128_quiet_less(a, b, &f) ? -1 : bid128_quiet_greater(a, b, &f);
    }
    int diff = x->exp - y->exp;
    if (diff > POW10_64_MAX) return sx; /* the larger unit alone exceeds any 64-bit coefficient */
    if (diff < -POW10_64_MAX) return -sx;
    __int128 a = x->coef, b = y->coef;
    if (diff > 0)
        a *= POW10_64[diff];
    else
        b *= POW10_64[-diff];
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
    return stripped(x).exp >= 0;
}

bool dec_trunc_i64(const Dec *x, int64_t *out) {
    Parts p = parts_of(x);
    if (p.exp < 0) {
        p.coef = p.exp < -38 ? 0 : p.coef / pow10_128(-p.exp);
        p.exp = 0;
    }
    if (p.coef == 0) p.exp = 0;
    if (p.exp > POW10_64_MAX) return false;
    u128 v;
    if (__builtin_mul_overflow(p.coef, (u128)POW10_64[p.exp], &v) || v > INT64_MAX) return false;
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
