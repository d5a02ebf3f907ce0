/* JSON, strict RFC 8259: UTF-8 checked, duplicate keys refused, depth at most JSON_DEPTH_MAX,
 * numbers kept as their text. The same tree serves YAML (codec/yaml.h). */
#ifndef JIXIA_CODEC_JSON_H
#define JIXIA_CODEC_JSON_H
#include "base/buf.h"
#include "base/err.h"

enum { JSON_DEPTH_MAX = 100 };

typedef enum JsonKind {
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
} JsonKind;

typedef struct Json Json;
struct Json {
    JsonKind kind;
    bool truth;         /* JSON_BOOL */
    uint32_t line;      /* 1-based line in the source text; 0 when built by program */
    int count;          /* children of an array or object */
    Str text;           /* number: its text; string: the unescaped text */
    Str key;            /* name within the parent object */
    Json *first, *last; /* children in order */
    Json *next;
};

/* Parses the whole text; a failure names `name` with line and column. NULL on failure. The tree
 * lives in c->arena; unescaped strings without escapes point into text. */
Json *json_parse(Ctx *c, Str text, Str name);

/* Whether s is a number of the JSON grammar. */
bool json_is_number(Str s);

/* Reading: all of these accept NULL and a wrong kind and give the fallback. */
Json *json_get(const Json *object, Str key); /* NULL when absent */
Json *json_at(const Json *array, int i);
Str json_str(const Json *j, Str fallback);     /* text of a string or number */
Str json_get_str(const Json *object, Str key); /* empty when absent or null */
int64_t json_get_i64(const Json *object, Str key, int64_t fallback);
bool json_get_bool(const Json *object, Str key, bool fallback);

/* Building. */
Json *json_new(Arena *a, JsonKind kind);
Json *json_string(Arena *a, Str s);
Json *json_number(Arena *a, Str canonical_text);
Json *json_int(Arena *a, int64_t v);
Json *json_bool(Arena *a, bool v);
Json *json_set(Json *object, Str key,
               Json *value); /* appends; the key must be new; returns value */
Json *json_push(Json *array, Json *value);
/* A copy of the tree, without its key, to be put elsewhere; the texts are shared. */
Json *json_copy(Arena *a, const Json *j);

/* Canonical form (packets): keys in code point order, no blanks, RFC 8785 escaping, numbers as
 * their text. Written compact when indent is 0, else with that many blanks per level and the keys
 * in the order of the tree. */
void json_canonical(Buf *b, const Json *j);
void json_print(Buf *b, const Json *j, int indent);

/* Streaming writer for answers that are never held as a tree. Commas and colons are its business.
 */
typedef struct JsonWriter {
    Buf *buf;
    uint8_t depth;
    bool first[JSON_DEPTH_MAX + 1];
    bool after_key;
} JsonWriter;
JsonWriter jw_new(Buf *b);
void jw_object(JsonWriter *w);
void jw_object_end(JsonWriter *w);
void jw_array(JsonWriter *w);
void jw_array_end(JsonWriter *w);
void jw_key(JsonWriter *w, Str key);
void jw_str(JsonWriter *w, Str s);
void jw_num(JsonWriter *w, Str canonical_text); /* as a JSON number */
void jw_int(JsonWriter *w, int64_t v);
void jw_bool(JsonWriter *w, bool v);
void jw_null(JsonWriter *w);
void jw_json(JsonWriter *w, const Json *j);
/* Escaped string with quotes, as in RFC 8785. */
void json_escape(Buf *b, Str s);
#endif
