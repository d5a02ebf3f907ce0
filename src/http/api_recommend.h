/* What the routes of recommendations and candidates share. */
#ifndef JIXIA_HTTP_API_RECOMMEND_H
#define JIXIA_HTTP_API_RECOMMEND_H
#include "city/library/recommend.h"
#include "http/http.h"

Str id_text(Arena *a, int64_t id);
/* Today in China, yyyymmdd. */
int32_t recommend_today(const Request *r);
/* What the caller may see of the list. */
bool recommend_filter(Request *r, RecommendFilter *f);
/* `enterprise`: id, name, code, district of a firm: what everybody may see; null for 0. */
bool out_firm(Request *r, Json *o, int64_t subject);
/* `rule` and `title`. */
void out_rule_name(Request *r, Json *o, Str id);
#endif
