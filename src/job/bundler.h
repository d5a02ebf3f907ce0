/* Making the sealed bundles that were asked for (city/bundle/order.h), in the background of a
 * server. */
#ifndef JIXIA_JOB_BUNDLER_H
#define JIXIA_JOB_BUNDLER_H
#include "city/register.h"

/* Makes what waits, one after the other, each with the page made of it; *made (may be NULL) counts
 * those that were taken, also when they failed: why stands in their orders. Also removes what was
 * kept long enough. False when the store failed. */
bool bundler_run(Ctx *c, const Register *reg, int *made);

/* A thread that does so every second. NULL when it cannot start. */
typedef struct Bundler Bundler;
Bundler *bundler_start(Arena *a, const Register *reg);
/* Ends within a second, but for a bundle in the making: that is made first. */
void bundler_stop(Bundler *b);
#endif
