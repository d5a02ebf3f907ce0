/* What the addresses of titles and of the library share. */
#ifndef JIXIA_HTTP_API_TITLE_H
#define JIXIA_HTTP_API_TITLE_H
#include "city/library/library.h"
#include "city/people/sight.h"
#include "http/http.h"
#include "http/json_out.h"

/* yyyymmdd as ISO; null for 0. */
void title_out_day(Arena *a, Json *o, Str key, int32_t day);
/* Title of the contract: the record with its status at the request's clocks. */
Json *title_json(Request *r, const TitleStatus *s, const Subject *holder);
/* Titles a reader may know of: of enterprises it knows, internal ones at the grade 内部. keep[i]
 * for each of b; holders (by index) are read on the way. */
bool title_sight(Request *r, const TitleBook *b, bool **keep, Subject **holders);
/* The titles of an enterprise that EnterprisePage shows (manner, date …). */
bool title_out_enterprise(Request *r, Json *o, int64_t root);
#endif
