/* Fuzz targets: each file fuzz_<target>.c defines fuzz_one, driven by libFuzzer through fuzz.c.
 * A broken invariant aborts; so do the sanitizers. See `make fuzz`. */
#ifndef JIXIA_FUZZ_H
#define JIXIA_FUZZ_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* One input. c->arena is new, limited, and closed afterwards; reaching its limit ends the input. */
void fuzz_one(Ctx *c, Str data);

/* Aborts with a message when the invariant does not hold. */
#define HOLDS(cond) ((cond) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #cond))
void fuzz_broken(const char *file, int line, const char *what) __attribute__((noreturn));
/* Prints a text before an abort: what the invariant was about. */
void fuzz_show(const char *label, Str text);
#endif
