/* Titles of the sources of facts, as people read them. */
#ifndef JIXIA_CITY_PACK_NAMES_H
#define JIXIA_CITY_PACK_NAMES_H
#include "city/pack.h"

/* Reads the sources.csv of all packs into by_source; called by pack_parse. */
bool pack_read_sources(Ctx *c, PackSet *p);

/* Title of a source code: that of its document (class/document, a key of sources.csv), else that of
 * its class, else the code itself. `suspect/…` says so. */
Str pack_source_title(Arena *a, const PackSet *p, Str code, Lang lang);
#endif
