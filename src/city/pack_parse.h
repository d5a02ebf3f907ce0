/* Inside of the pack reader: shared by pack.c, pack_dictionary.c and pack_rule.c. */
#ifndef JIXIA_CITY_PACK_PARSE_H
#define JIXIA_CITY_PACK_PARSE_H
#include "city/pack.h"

/* "packs/cn/indicators.yaml:12"; without the line when it is 0. */
Str pack_place(Arena *a, const PackFile *f, uint32_t line);
/* Records that a key is missing or wrong; always false. */
bool pack_fail_key(Ctx *c, const PackFile *f, uint32_t line, Str key);
/* Refuses keys of an object that are not in the NULL-ended list: a misspelt key would be passed
 * over in silence. Records the nearest one. */
bool pack_known_keys(Ctx *c, const PackFile *f, const Json *object, const char *const *known);
/* Index of text in a NULL-ended list of words, or -1. An empty text gives fallback. */
int pack_word(Str text, const char *const *words, int fallback);
bool pack_parse_documents(Ctx *c, PackSet *p, const PackFile *f);
bool pack_parse_indicators(Ctx *c, PackSet *p, const PackFile *f);
/* Resolves fallbacks, after all dictionaries were read. */
bool pack_link_indicators(Ctx *c, PackSet *p);
bool pack_parse_rule(Ctx *c, PackSet *p, const PackFile *f);
#endif
