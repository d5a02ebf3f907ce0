/* Reproducible random numbers (xoshiro256**, seeded by splitmix64; both by Blackman and Vigna).
 * For generators and tests; secrets come from secret.h. */
#ifndef JIXIA_BASE_RNG_H
#define JIXIA_BASE_RNG_H
#include <stdint.h>

typedef struct Rng {
    uint64_t s[4];
} Rng;

Rng rng_new(uint64_t seed);
uint64_t rng_u64(Rng *r);
/* Uniform in [0, n); n > 0. */
uint64_t rng_below(Rng *r, uint64_t n);
#endif
