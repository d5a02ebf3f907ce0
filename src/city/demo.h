/* The demonstration register: made-up enterprises with valid codes, a census-like industry mix and
 * plausible paths of growth. Every subject is marked DEMO and every fact is of the source class
 * `demo`, so nothing of it can pass for a record of a real firm: names carry 演示 and a number, and
 * the organisation code inside each credit code begins with DE, a series that is not issued. */
#ifndef JIXIA_CITY_DEMO_H
#define JIXIA_CITY_DEMO_H
#include "city/register.h"

enum { DEMO_FIRST_YEAR = 2017, DEMO_LAST_YEAR = 2021, DEMO_MAX = 20000000, DEMO_SEEDS = 31 };

typedef struct DemoReport {
    int64_t before; /* enterprises of this seed that were there already */
    int64_t subjects, facts, batches;
} DemoReport;

/* Adds enterprises 1 … n of `seed` (0 … DEMO_SEEDS - 1) that are not there yet, in batches of one
 * transaction each: a run that was cut short is completed by the next. Enterprise i of a seed is
 * the same whatever n is. */
bool register_demo(Ctx *c, const Register *r, int64_t n, int64_t seed, const Act *act,
                   DemoReport *out);
#endif
