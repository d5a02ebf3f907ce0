/* Small helpers that every API file uses to build its answers. */
#ifndef JIXIA_HTTP_JSON_OUT_H
#define JIXIA_HTTP_JSON_OUT_H
#include "city/pack.h"
#include "codec/json.h"

/* A string; null when empty (out_opt). */
static inline void out_str(Arena *a, Json *o, Str key, Str value) {
    json_set(o, key, json_string(a, value));
}
static inline void out_opt(Arena *a, Json *o, Str key, Str value) {
    json_set(o, key, value.n ? json_string(a, value) : json_new(a, JSON_NULL));
}
static inline void out_int(Arena *a, Json *o, Str key, int64_t value) {
    json_set(o, key, json_int(a, value));
}
static inline void out_bool(Arena *a, Json *o, Str key, bool value) {
    json_set(o, key, json_bool(a, value));
}
static inline void out_null(Arena *a, Json *o, Str key) {
    json_set(o, key, json_new(a, JSON_NULL));
}
static inline Json *out_list(Arena *a, Json *o, Str key) {
    return json_set(o, key, json_new(a, JSON_ARRAY));
}
static inline Json *out_object(Arena *a, Json *o, Str key) {
    return json_set(o, key, json_new(a, JSON_OBJECT));
}
static inline Json *out_item(Arena *a, Json *list) {
    return json_push(list, json_new(a, JSON_OBJECT));
}
/* {zh, en}: the Chinese text stands in for a missing English one. */
static inline void out_text(Arena *a, Json *o, Str key, Str zh, Str en) {
    Json *t = out_object(a, o, key);
    out_str(a, t, S("zh"), zh);
    out_str(a, t, S("en"), en.n ? en : zh);
}
/* Where a sentence of a rule stands: a Basis of the contract. */
void out_basis(Arena *a, Json *o, Str key, const Basis *b, Status status);
/* A value of YAML or JSON as the contract writes values: numbers are strings. */
Json *out_value(Arena *a, const Json *j);
/* {n, href}: a number with the list behind it. */
void out_count(Arena *a, Json *o, Str key, int64_t n, Str href);
/* A piece of a query or path, percent-encoded; '/' stays. */
Str url_part(Arena *a, Str s);
/* The instant as RFC 3339; null for 0. */
void out_instant(Arena *a, Json *o, Str key, int64_t ms);
/* The day as ISO; null for INT64_MAX and INT64_MIN. */
void out_day(Arena *a, Json *o, Str key, int64_t day);
#endif
