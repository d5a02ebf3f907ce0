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
/* A value for people; a bound of an unknown in words (不低于 …); money of 10,000 yuan and more in
 * 万元 or 亿元 with the exact amount dropped to two decimals, ratios as percent, thousands
 * separators, dates as they are. */
Str report_value(Arena *a, Val v, Str unit, Lang lang);
/* The same without rounding: what must be true to the last digit. */
Str report_exact(Arena *a, Val v, Str unit, Lang lang);
/* The parts of a condition in people's words: the value (a bound when only that is known), what is
 * required, how far off it is (还差, 超出), where the facts are from. Empty when there is none. */
Str report_condition_value(Arena *a, const ConditionResult *k, Lang lang);
Str report_condition_required(Arena *a, const ConditionResult *k, Lang lang);
Str report_condition_gap(Arena *a, const ConditionResult *k, Lang lang);
Str report_condition_source(Arena *a, const Decision *d, const ConditionResult *k, Lang lang);
/* The order people read conditions in, as indexes: failed, open, met; each followed by the ways to
 * meet it, one deeper (depths may be NULL). */
int *report_order(Arena *a, const Decision *d, int **depths);
/* Decision tables with their values, for DmnTable of the web: null when d has none. */
Json *report_tables(Arena *a, const Decision *d, bool numbers);
Json *report_value_json(Arena *a, Val v, bool numbers);
#endif
