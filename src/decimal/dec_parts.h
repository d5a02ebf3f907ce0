/* Inside of the decimal layer: what arithmetic (dec.c) and text (dec_text.c) share. */
#ifndef JIXIA_DECIMAL_DEC_PARTS_H
#define JIXIA_DECIMAL_DEC_PARTS_H
#include "decimal/dec.h"

/* (-1)^neg * (high * 10^17 + low) * 10^exp: 34 digits in two halves of 17. */
typedef struct DecParts {
    uint64_t high, low;
    int exp;
    bool neg;
} DecParts;

/* Without trailing zeros; zero is all 0. */
DecParts dec_parts(const Dec *x);
/* exp must be within -6176 … 6111. */
Dec dec_from_parts(DecParts d);
/* The library's reader, for texts whose exponent leaves the plain range; z has at most 64 digits.
 */
bool dec_parse_far(const char *z, Dec *r);
/* x ** n correctly rounded; false when out of range or 0 ** negative. */
bool dec_pow_int(Dec *r, const Dec *x, int64_t n);
/* e ** x by the decimal library: good to 2 units of the last digit for |x| < 30, worse far out. */
bool dec_exp_near(Dec *r, const Dec *x);
#endif
