/* Dec: decimal numbers with FEEL's meaning, IEEE 754-2008 decimal128: 34 significant digits, round
 * half even, exponents -6176 … 6111.
 *
 * Two tiers, one meaning. A small decimal is a 64-bit coefficient and an 8-bit exponent; every
 * operation that fits is exact there. Otherwise the operation runs in BID decimal128 (Intel's
 * library) and the result becomes small again whenever it fits, so a value has one representation
 * class and comparing is cheap. Trailing zeros are kept as preferred exponent but never matter for
 * equality, order, hash or canonical text. NaN and infinity do not exist: operations that would
 * give them return false and leave *r alone.
 */
#ifndef JIXIA_DECIMAL_DEC_H
#define JIXIA_DECIMAL_DEC_H
#include "base/str.h"

typedef struct Dec {
    int64_t coef; /* small: the coefficient; big: low 64 bits of the BID encoding */
    uint64_t hi;  /* big: high 64 bits of the BID encoding; small: 0 */
    int16_t exp;  /* small: the exponent, -128 … 127 */
    bool big;
} Dec;

typedef enum DecRound {
    DEC_HALF_EVEN,
    DEC_HALF_UP,
    DEC_HALF_DOWN,
    DEC_UP,
    DEC_DOWN,
    DEC_FLOOR,
    DEC_CEILING
} DecRound;

enum { DEC_TEXT_MAX = 64, DEC_PLAIN_MAX = 40, DEC_SCALE_MIN = -6111, DEC_SCALE_MAX = 6176 };

/* 10^0 … 10^18: what fits a coefficient. */
enum { DEC_POW10_MAX = 18 };
extern const int64_t DEC_POW10[DEC_POW10_MAX + 1];

Dec dec_int(int64_t v);
Dec dec_scaled(int64_t coef, int exp); /* coef * 10^exp, |exp| <= 127 */
/* FEEL and JSON number text: optional -, digits, optional fraction, optional exponent. More than 34
 * digits are rounded half even. False when malformed or out of range. */
bool dec_parse(Str s, Dec *r);
/* Canonical text: plain up to DEC_PLAIN_MAX characters, otherwise d.dddE+n; no trailing zeros,
 * no -0. */
Str dec_text(Arena *a, const Dec *x);
int dec_print(char out[DEC_TEXT_MAX], const Dec *x); /* the same without an arena; returns length */
/* Plain text with exactly `scale` decimals, rounded half even (display only). */
Str dec_fixed(Arena *a, const Dec *x, int scale);

bool dec_add(Dec *r, const Dec *x, const Dec *y);
bool dec_sub(Dec *r, const Dec *x, const Dec *y);
bool dec_mul(Dec *r, const Dec *x, const Dec *y);
bool dec_div(Dec *r, const Dec *x, const Dec *y);    /* false when y is 0 */
bool dec_pow(Dec *r, const Dec *x, const Dec *y);    /* integer powers exact then rounded once */
bool dec_modulo(Dec *r, const Dec *x, const Dec *y); /* x - y * floor(x / y) */
bool dec_sqrt(Dec *r, const Dec *x);
bool dec_exp(Dec *r, const Dec *x);
bool dec_ln(Dec *r, const Dec *x);
bool dec_abs(Dec *r, const Dec *x);
/* Rounds to `scale` decimals (may be negative). A scale beyond the digits x has leaves x as is.
 * False when scale is outside DEC_SCALE_MIN … DEC_SCALE_MAX. */
bool dec_round(Dec *r, const Dec *x, int64_t scale, DecRound mode);

int dec_cmp(const Dec *x, const Dec *y); /* -1, 0, 1 */
bool dec_is_zero(const Dec *x);
int dec_sign(const Dec *x); /* -1, 0, 1 */
bool dec_is_int(const Dec *x);
bool dec_to_i64(const Dec *x, int64_t *out); /* false when not an integer that fits */
/* x truncated toward zero to an integer that fits, else false. */
bool dec_trunc_i64(const Dec *x, int64_t *out);
uint64_t dec_hash(const Dec *x); /* equal values, equal hash */
double dec_double(const Dec *x); /* nearest double: charts and geometry only */
#endif
