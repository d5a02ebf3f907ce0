/* Place words in front of a company's name 行政区划前缀 (企业名称登记管理规定 puts it first): what
 * a person leaves out when writing "新华制药" for 山东新华制药股份有限公司. Internal to match.c. */
#ifndef JIXIA_CITY_MATCH_PLACE_H
#define JIXIA_CITY_MATCH_PLACE_H
#include "city/codelist.h"

/* Names of provinces and cities, with and without 省 and 市. */
typedef struct PlaceWords {
    Arena *arena;
    Map words; /* the word to the same without its ending */
} PlaceWords;

/* places may be NULL: no word is then known as a place. */
PlaceWords place_words(Arena *a, const CodeLists *places);

/* A folded name without its company form, cut into places and the rest. */
typedef struct PlacedName {
    Str place; /* 山东淄博: the words without endings; empty: none */
    Str rest;
} PlacedName;
/* Keeps at least 3 characters as the rest: 山东矿机 stays whole. */
PlacedName place_cut(Arena *a, const PlaceWords *w, Str core);
/* Whether a line leaves out of the place only what people leave out: all of it, or a part. A place
 * more than the firm's own name has may be a branch's. */
bool place_left_out(Str line, Str name);
#endif
