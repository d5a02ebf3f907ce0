/* Checks that every writer of facts and subjects makes of what it is given; internal to city. */
#ifndef JIXIA_CITY_FITS_H
#define JIXIA_CITY_FITS_H
#include "base/err.h"

/* A day as YYYYMMDD that exists, or 0 for none; otherwise ERR_INPUT. */
bool day_fits(Ctx *c, int32_t day);
/* Text of at most `most` bytes; otherwise ERR_LIMIT. */
bool length_fits(Ctx *c, Str text, int most);
#endif
