/* Titles as JSON and as rows of a file, for the command line; the web's answers add who may see. */
#ifndef JIXIA_CITY_LIBRARY_TITLE_JSON_H
#define JIXIA_CITY_LIBRARY_TITLE_JSON_H
#include "city/library/library_report.h"
#include "codec/json.h"

/* 2026Q4 (empty: the quarter of `today`) as its first day and the first day after it; name as
 * written. ERR_INPUT otherwise. */
bool library_quarter(Ctx *c, Str text, int32_t today, int32_t *from, int32_t *to, Str *name);
/* The rule that says whether a title would pass again: of its review, else its own; NULL where none
 * is known and for 上榜, which others decide. */
const Rule *library_again(const Library *l, const Title *t);

/* yyyymmdd as ISO; empty for 0. */
Str title_day_text(Arena *a, int32_t day);
Json *title_status_json(Arena *a, const TitleStatus *s, Str holder);
Json *title_event_json(Arena *a, const TitleBook *b, const TitleEvent *e);
#endif
