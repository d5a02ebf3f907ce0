/* A row of a discovery for people. */
#ifndef JIXIA_CITY_LIBRARY_DISCOVER_WORDS_H
#define JIXIA_CITY_LIBRARY_DISCOVER_WORDS_H
#include "city/library/discover.h"

typedef struct DiscoverWords {
    Str lacks;                    /* one_fact: 研发费用（2020 年） */
    Str change, by;               /* close: the nearest way as a sentence; its day, ISO */
    const Decision *decision;     /* close: with its distance */
    const DistanceEntry *nearest; /* close: of that distance */
} DiscoverWords;

Msg discover_class_message(DiscoverClass k); /* 符合, 只缺一项数据, … */
Str discover_fact_name(Arena *a, const PackSet *p, int indicator, int lag, int year, Lang lang);
/* In the ctx arena. */
bool discover_words(Db *db, const Register *r, const FactNames *names, const Discovery *d,
                    const DiscoverRow *row, DiscoverWords *out);
#endif
