/* Pinyin of Chinese names for search: toneless syllables, every reading kept (Unicode Han database,
 * made into a table by tools/pinyin.c), with a list of words whose customary reading is not the
 * first one of their characters (厦门 xiamen, 银行 yinhang). u with diaeresis is v.
 *
 * A name is cut into units: a Chinese character has readings; a letter or digit stands for itself
 * (half width, lower case); everything else is left out. */
#ifndef JIXIA_CODEC_PINYIN_H
#define JIXIA_CODEC_PINYIN_H
#include "base/str.h"

enum { PINYIN_READINGS_MAX = 16, PINYIN_UNITS_MAX = 128 };

/* All readings of a character, the customary one first; returns how many (0: none known). */
int pinyin_readings(uint32_t cp, Str out[PINYIN_READINGS_MAX]);

typedef struct PinyinList {
    Str *items; /* distinct, the customary form first */
    int n;
    bool more; /* there are more forms than max */
} PinyinList;

/* Initials of a name, "zbqx" for 淄博齐翔, one item for each combination of readings that differs,
 * at most max. Only the first PINYIN_UNITS_MAX units count, here and below. */
PinyinList pinyin_initials(Arena *a, Str name, int max);
/* The same in full, "ziboqixiang". */
PinyinList pinyin_full(Arena *a, Str name, int max);
/* Tokens for the search index separated by blanks, over all readings: bigrams of initials with the
 * prefix i ("izb ibq iqx") and bigrams of the letters in full with the prefix f ("fzi fib fbo …").
 */
Str pinyin_grams(Arena *a, Str name);
/* The tokens a query must have, all of them, to be found by initials (or in full); empty when the
 * query has fewer than two letters or is not made of letters and digits. */
Str pinyin_query(Arena *a, Str query, bool full);
/* Whether some part of the name reads like the query: each character by any reading, each syllable
 * whole, by its initial, or (the last one) by its beginning: zbqx, ziboqx, zbqix. The recheck
 * behind pinyin_grams. An empty query matches nothing. */
bool pinyin_matches(Str name, Str query);
#endif
