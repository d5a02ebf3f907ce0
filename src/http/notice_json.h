/* Notices, objections, letters and certificates as the contract writes them. */
#ifndef JIXIA_HTTP_NOTICE_JSON_H
#define JIXIA_HTTP_NOTICE_JSON_H
#include "city/notice/objection.h"
#include "http/http.h"
#include "http/json_out.h"

/* A day of yyyymmdd as ISO text; null for 0. */
void out_day_int(Arena *a, Json *o, Str key, int32_t day);
/* A row of the list. */
Json *notice_row_json(Request *r, const PublicNotice *n);
/* The whole notice: blocks, values, open fields, the paper as it reads, firms with what holds them,
 * what the user may do. NULL on failure. */
Json *notice_json(Request *r, const PublicNotice *n);
Str notice_etag(const Request *r, const PublicNotice *n);
/* What everybody may know of a published notice, besides its frozen bytes. */
Json *notice_public_json(Request *r, const PublicNotice *n, int64_t day);
/* Without who objects and what it says, unless it was read whole. */
Json *objection_json(Request *r, const Objection *o, bool whole);
Str objection_etag(const Request *r, const Objection *o);
bool has_right(const Request *r, Str name);
#endif
