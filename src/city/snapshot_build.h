/* Computing a snapshot; internal to city/snapshot*.c and the pages that show the same figures. */
#ifndef JIXIA_CITY_SNAPSHOT_BUILD_H
#define JIXIA_CITY_SNAPSHOT_BUILD_H
#include <stdatomic.h>

#include "city/snapshot.h"

/* Fills *s (as_of and at are given) in arena `kept`, on a connection of its own. ERR_BUSY when
 * *stop becomes true. *done counts the enterprises that are ready. */
bool snapshot_build(Ctx *c, const Register *r, Arena *kept, Snapshot *s, const atomic_bool *stop,
                    atomic_llong *done);
#endif
