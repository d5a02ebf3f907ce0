/* Random decimal operations as lines `op x y got` for the oracles (decimal_check.py, dec128.c). */
#ifndef JIXIA_ORACLE_OPS_H
#define JIXIA_ORACLE_OPS_H
#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/rng.h"

enum { OPS_N = 18 };
extern const char *const OPS[OPS_N];
/* Writes one line of operation `op`; the operands come from r. */
void ops_line(FILE *f, Rng *r, Arena *a, const char *op);
#endif
