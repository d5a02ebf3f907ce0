/* Decisions for people and programs: the JSON of `jixia decide` and `why` (design 6), and a page in
 * Chinese or English that a clerk can hand to the firm. */
#ifndef JIXIA_CITY_REPORT_H
#define JIXIA_CITY_REPORT_H
#include "city/packet.h"

/* The JSON form. Numbers are JSON numbers in canonical text when `numbers` is true (command line),
 * else strings (HTTP). The packet is included when d is not brief. */
Json *report_json(Arena *a, const Decision *d, const FactSet *set, Lang lang, bool numbers);
/* The page as text. */
void report_text(Buf *b, const Decision *d, Lang lang);
/* A value for people: money of 10,000 yuan and more in 万元 or 亿元 with the exact amount dropped
 * to two decimals, ratios as percent, thousands separators, dates as they are. */
Str report_value(Arena *a, Val v, Str unit, Lang lang);
/* Decision tables with their values, for DmnTable of the web: null when d has none. */
Json *report_tables(Arena *a, const Decision *d, bool numbers);
Json *report_value_json(Arena *a, Val v, bool numbers);
#endif
