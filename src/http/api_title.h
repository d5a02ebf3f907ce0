/* What the addresses of titles and of the library share. */
#ifndef JIXIA_HTTP_API_TITLE_H
#define JIXIA_HTTP_API_TITLE_H
#include "city/library/library.h"
#include "city/people/sight.h"
#include "http/http.h"
#include "http/json_out.h"
#include "http/table_out.h"

enum { TITLE_COLUMNS = 17 };

/* What a list of titles is asked for: ?tier= &level= &kind= &state= &district=. */
typedef struct TitleWanted {
    Str tier, level, state, district;
    int kind; /* 0: any */
} TitleWanted;
bool title_read_wanted(Request *r, TitleWanted *w);
/* Does the record fit, by all but the district? */
bool title_wanted(const TitleWanted *w, const TitleStatus *s);

/* A title as a row of a file, and its heads (TITLE_COLUMNS); how many. */
int title_heads(const Request *r, Str *out);
void title_cells(const Request *r, Export *e, const TitleStatus *s, const Subject *who);
/* In the language of the request. */
Str title_kind_said(const Request *r, TitleKind k);
Str title_state_said(const Request *r, TitleState s);

/* An id as the contract sends it; empty for 0. */
Str title_id_text(Arena *a, int64_t id);
/* yyyymmdd as ISO; null for 0. */
void title_out_day(Arena *a, Json *o, Str key, int32_t day);
/* {enterprise: {id, name, demo}}. */
void title_out_firm(Arena *a, Json *o, const Subject *who);
/* Of a body: a day as yyyymmdd and an id, 0 when the key is absent; the reason, which is needed.
 * False: the failure names the key. */
bool title_read_day(Request *r, const Json *j, Str key, int32_t *out);
bool title_read_id(Request *r, const Json *j, Str key, int64_t *out);
bool title_read_reason(Request *r, const Json *j, Act *act);
/* Title of the contract: the record with its status at the request's clocks. */
Json *title_json(Request *r, const TitleStatus *s, const Subject *holder);
/* Titles a reader may know of: of enterprises it knows, internal ones at the grade 内部. keep[i]
 * for each of b; holders (by index) are read on the way. */
bool title_sight(Request *r, const TitleBook *b, bool **keep, Subject **holders);
/* The titles of an enterprise that EnterprisePage shows (manner, date …). */
bool title_out_enterprise(Request *r, Json *o, int64_t root);
#endif
