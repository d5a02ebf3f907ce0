/* The packs of the city for tests that need no store. */
#ifndef JIXIA_PACK_FIXTURE_H
#define JIXIA_PACK_FIXTURE_H
#include "city/pack.h"

/* Reads packs/zibo; close with pack_close. NULL when it does not load: the test has failed then,
 * with the place and the reason in English. */
PackSet *test_packs(Ctx *c);
#endif
