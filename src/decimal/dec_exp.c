/* e ** x.
 *
 * Far from 0 the decimal library loses digits (6 units of the last at |x| = 12,000), so there x is
 * taken as k ln 10 + rest and the result is 10 ** k times e ** rest, |rest| <= ln 10 / 2. With ln
 * 10 in two parts, the first short enough that k times it is exact (k has at most 4 digits), the
 * rest is off by half a unit of its last digit at most.
 */
#include "decimal/dec.h"
#include "decimal/dec_parts.h"

enum { NEAR = 30, FAR = 20000 };

/* r * 10^k in two steps: 10^k alone may be too small for the format. */
static bool shifted(Dec *r, const Dec *x, int64_t k) {
    Dec half, rest;
    DecParts p = {.low = 1, .exp = (int)(k / 2)}, q = {.low = 1, .exp = (int)(k - k / 2)};
    half = dec_from_parts(p);
    rest = dec_from_parts(q);
    return dec_mul(&half, x, &half) && dec_mul(r, &half, &rest);
}

bool dec_exp(Dec *r, const Dec *x) {
    Dec size, near = dec_int(NEAR), far = dec_int(FAR);
    if (!dec_abs(&size, x)) return false;
    if (dec_cmp(&size, &near) < 0 || dec_cmp(&size, &far) > 0) return dec_exp_near(r, x);
    Dec high, low, k, part, rest;
    int64_t power;
    if (!dec_parse(S("2.30258509299404568401799145468"), &high) ||
        !dec_parse(S("4.364207601101488628772976033327901E-30"), &low))
        return false;
    if (!dec_div(&k, x, &high) || !dec_round(&k, &k, 0, DEC_HALF_EVEN) || !dec_to_i64(&k, &power))
        return false;
    if (!dec_mul(&part, &k, &high) || !dec_sub(&rest, x, &part)) return false;
    if (!dec_mul(&part, &k, &low) || !dec_sub(&rest, &rest, &part)) return false;
    return dec_exp_near(&rest, &rest) && shifted(r, &rest, power);
}
