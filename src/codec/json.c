/* JSON reader, strict RFC 8259: recursive descent over the whole text, at most JSON_DEPTH_MAX deep.
 *
 * Invariants: the text is checked as UTF-8 before the first token, so every Str of the tree is
 * well-formed; lone surrogate escapes are refused for the same reason. Numbers keep their text.
 * Duplicate keys are found by comparing with the earlier children of a small object and by a hash
 * for a large one, so a hostile object of n keys costs O(n).
 */
#include "codec/json.h"

#include <string.h>

#include "base/map.h"
#include "base/utf8.h"

enum { KEYS_LINEAR_MAX = 16 };

typedef struct Parser {
    Ctx *c;
    Str name;
    const char *start, *p, *end;
    uint32_t line;
    int depth;
} Parser;

/* The place of a byte, "name:line:column", columns counted in characters. */
static Str place_of(const Parser *j, const char *at) {
    long line = 1;
    const char *bol = j->start;
    for (const char *q = j->start; q < at; q++)
        if (*q == '\n') {
            line++;
            bol = q + 1;
        }
    long column = 1 + (long)utf8_length((Str){bol, at - bol});
    return str_printf(j->c->arena, "%.*s:%ld:%ld", STRF(j->name), line, column);
}

static Json *syntax(Parser *j, const char *at, Msg what) {
    Str text = msg_text(j->c->arena, what, j->c->lang, 0, NULL);
    FAIL_AT(j->c, ERR_INPUT, place_of(j, at), M_JSON_SYNTAX, text);
    return NULL;
}

static void skip_blank(Parser *j) {
    for (; j->p < j->end; j->p++) {
        if (*j->p == '\n')
            j->line++;
        else if (*j->p != ' ' && *j->p != '\t' && *j->p != '\r')
            return;
    }
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Four hex digits at p, or -1. */
static int32_t hex4(const char *p, const char *end) {
    int32_t v = 0;
    if (end - p < 4) return -1;
    for (int i = 0; i < 4; i++) {
        int d = hex_digit(p[i]);
        if (d < 0) return -1;
        v = v * 16 + d;
    }
    return v;
}

/* The escape behind the backslash at *at; moves *at behind it. False when malformed. */
static bool read_escape(const char **at, const char *end, uint32_t *cp) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *p = *at + 1;
    if (p == end) return false;
    const char *plain = *p ? strchr(from, *p) : NULL;
    if (plain) {
        *cp = (unsigned char)to[plain - from];
        *at = p + 1;
        return true;
    }
    int32_t hi = *p == 'u' ? hex4(p + 1, end) : -1;
    if (hi < 0 || (hi >= 0xDC00 && hi <= 0xDFFF)) return false;
    p += 5;
    *cp = (uint32_t)hi;
    if (hi >= 0xD800 && hi <= 0xDBFF) {
        int32_t lo = end - p >= 6 && p[0] == '\\' && p[1] == 'u' ? hex4(p + 2, end) : -1;
        if (lo < 0xDC00 || lo > 0xDFFF) return false;
        *cp = 0x10000u + ((uint32_t)(hi - 0xD800) << 10) + (uint32_t)(lo - 0xDC00);
        p += 6;
    }
    *at = p;
    return true;
}

/* The string whose opening quote is at j->p; points into the text when it has no escape. */
static bool read_string(Parser *j, Str *out) {
    const char *open = j->p, *p = open + 1;
    while (p < j->end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20) p++;
    if (p < j->end && *p == '"') {
        *out = (Str){open + 1, p - open - 1};
        j->p = p + 1;
        return true;
    }
    const char *q = p;
    while (q < j->end && *q != '"') q += *q == '\\' && q + 1 < j->end ? 2 : 1;
    char *bytes = arena_alloc(j->c->arena, (size_t)(q - open) + 4);
    size_t n = (size_t)(p - open - 1);
    if (n) memcpy(bytes, open + 1, n);
    while (p < j->end && *p != '"') {
        if ((unsigned char)*p < 0x20) return syntax(j, p, M_JSON_CONTROL) != NULL;
        if (*p != '\\') {
            bytes[n++] = *p++;
            continue;
        }
        uint32_t cp = 0;
        if (!read_escape(&p, j->end, &cp)) return syntax(j, p, M_JSON_ESCAPE) != NULL;
        n += (size_t)utf8_put(bytes + n, cp);
    }
    if (p >= j->end) return syntax(j, open, M_JSON_OPEN_STRING) != NULL;
    *out = str_of(bytes, n);
    j->p = p + 1;
    return true;
}

/* Length of the JSON number at the start of [p, end), or 0. */
static ptrdiff_t number_length(const char *p, const char *end) {
    const char *q = p;
    if (q < end && *q == '-') q++;
    if (q == end || *q < '0' || *q > '9') return 0;
    if (*q == '0')
        q++;
    else
        while (q < end && *q >= '0' && *q <= '9') q++;
    if (q < end && *q == '.') {
        const char *digits = ++q;
        while (q < end && *q >= '0' && *q <= '9') q++;
        if (q == digits) return 0;
    }
    if (q < end && (*q == 'e' || *q == 'E')) {
        q++;
        if (q < end && (*q == '+' || *q == '-')) q++;
        const char *digits = q;
        while (q < end && *q >= '0' && *q <= '9') q++;
        if (q == digits) return 0;
    }
    return q - p;
}

bool json_is_number(Str s) {
    return s.n > 0 && number_length(s.p, s.p + s.n) == s.n;
}

static Json *read_value(Parser *j);

static Json *read_array(Parser *j, Json *array) {
    j->p++;
    skip_blank(j);
    if (j->p < j->end && *j->p == ']') {
        j->p++;
        return array;
    }
    for (;;) {
        Json *item = read_value(j);
        if (!item) return NULL;
        json_push(array, item);
        skip_blank(j);
        if (j->p < j->end && *j->p == ',')
            j->p++;
        else if (j->p < j->end && *j->p == ']')
            break;
        else
            return syntax(j, j->p, M_JSON_ARRAY_NEXT);
    }
    j->p++;
    return array;
}

/* Whether key stands in object already; `seen` takes over once the object is large. */
static bool key_known(Ctx *c, const Json *object, Map *seen, Str key) {
    if (object->count < KEYS_LINEAR_MAX) return json_get(object, key) != NULL;
    if (!seen->arena) {
        *seen = map_new(c->arena);
        for (Json *k = object->first; k; k = k->next) map_put(seen, k->key, k);
    }
    if (map_has(seen, key)) return true;
    map_put(seen, key, NULL);
    return false;
}

static Json *read_member(Parser *j, Json *object, Map *seen) {
    Str key;
    skip_blank(j);
    const char *at = j->p;
    if (at == j->end || *at != '"') return syntax(j, at, M_JSON_KEY);
    if (!read_string(j, &key)) return NULL;
    if (key_known(j->c, object, seen, key)) {
        FAIL_AT(j->c, ERR_INPUT, place_of(j, at), M_JSON_DUPLICATE, key);
        return NULL;
    }
    skip_blank(j);
    if (j->p == j->end || *j->p != ':') return syntax(j, j->p, M_JSON_COLON);
    j->p++;
    Json *value = read_value(j);
    return value ? json_set(object, key, value) : NULL;
}

static Json *read_object(Parser *j, Json *object) {
    Map seen = {0};
    j->p++;
    skip_blank(j);
    if (j->p < j->end && *j->p == '}') {
        j->p++;
        return object;
    }
    for (;;) {
        if (!read_member(j, object, &seen)) return NULL;
        skip_blank(j);
        if (j->p < j->end && *j->p == ',')
            j->p++;
        else if (j->p < j->end && *j->p == '}')
            break;
        else
            return syntax(j, j->p, M_JSON_OBJECT_NEXT);
    }
    j->p++;
    return object;
}

static bool read_word(Parser *j, Str word) {
    if (!str_starts((Str){j->p, j->end - j->p}, word)) return false;
    j->p += word.n;
    return true;
}

static Json *read_plain(Parser *j, Json *v) {
    ptrdiff_t n = number_length(j->p, j->end);
    if (n) {
        v->kind = JSON_NUMBER;
        v->text = (Str){j->p, n};
        j->p += n;
        return v;
    }
    if (read_word(j, S("true"))) {
        v->kind = JSON_BOOL;
        return v->truth = true, v;
    }
    if (read_word(j, S("false"))) return v->kind = JSON_BOOL, v;
    if (read_word(j, S("null"))) return v;
    return syntax(j, j->p, j->p == j->end ? M_JSON_EARLY : M_JSON_NO_VALUE);
}

static Json *read_value(Parser *j) {
    skip_blank(j);
    Json *v = NEW(j->c->arena, Json);
    v->line = j->line;
    char first = j->p < j->end ? *j->p : '\0';
    if (first == '"') {
        v->kind = JSON_STRING;
        return read_string(j, &v->text) ? v : NULL;
    }
    if (first != '{' && first != '[') return read_plain(j, v);
    if (++j->depth > JSON_DEPTH_MAX) {
        Str limit = str_printf(j->c->arena, "%d", JSON_DEPTH_MAX);
        FAIL_AT(j->c, ERR_LIMIT, place_of(j, j->p), M_JSON_DEPTH, limit);
        return NULL;
    }
    v->kind = first == '{' ? JSON_OBJECT : JSON_ARRAY;
    v = first == '{' ? read_object(j, v) : read_array(j, v);
    j->depth--;
    return v;
}

Json *json_parse(Ctx *c, Str text, Str name) {
    /* RFC 8259 8.1: a parser may ignore a byte order mark. */
    if (str_starts(text, S("\xEF\xBB\xBF"))) text = str_sub(text, 3, text.n);
    Parser j = {
        .c = c, .name = name, .start = text.p, .p = text.p, .end = text.p + text.n, .line = 1};
    ptrdiff_t bad = utf8_invalid_at(text);
    if (bad >= 0) {
        FAIL_AT(c, ERR_INPUT, place_of(&j, text.p + bad), M_TEXT_NOT_UTF8,
                str_printf(c->arena, "%td", bad + 1));
        return NULL;
    }
    Json *root = read_value(&j);
    if (!root) return NULL;
    skip_blank(&j);
    if (j.p < j.end) return syntax(&j, j.p, M_JSON_BEHIND);
    return root;
}

Json *json_get(const Json *object, Str key) {
    if (!object || object->kind != JSON_OBJECT) return NULL;
    for (Json *k = object->first; k; k = k->next)
        if (str_eq(k->key, key)) return k;
    return NULL;
}

Json *json_at(const Json *array, int i) {
    if (!array || array->kind != JSON_ARRAY || i < 0) return NULL;
    Json *k = array->first;
    while (k && i-- > 0) k = k->next;
    return k;
}

Str json_str(const Json *j, Str fallback) {
    return j && (j->kind == JSON_STRING || j->kind == JSON_NUMBER) ? j->text : fallback;
}

Str json_get_str(const Json *object, Str key) {
    return json_str(json_get(object, key), S(""));
}

int64_t json_get_i64(const Json *object, Str key, int64_t fallback) {
    int64_t v = 0;
    const Json *j = json_get(object, key);
    return j && j->kind == JSON_NUMBER && str_to_i64(j->text, &v) ? v : fallback;
}

bool json_get_bool(const Json *object, Str key, bool fallback) {
    const Json *j = json_get(object, key);
    return j && j->kind == JSON_BOOL ? j->truth : fallback;
}

Json *json_new(Arena *a, JsonKind kind) {
    Json *j = NEW(a, Json);
    j->kind = kind;
    return j;
}

Json *json_string(Arena *a, Str s) {
    Json *j = json_new(a, JSON_STRING);
    j->text = s;
    return j;
}

Json *json_number(Arena *a, Str canonical_text) {
    Json *j = json_new(a, JSON_NUMBER);
    j->text = canonical_text;
    return j;
}

Json *json_int(Arena *a, int64_t v) {
    return json_number(a, str_printf(a, "%lld", (long long)v));
}

Json *json_bool(Arena *a, bool v) {
    Json *j = json_new(a, JSON_BOOL);
    j->truth = v;
    return j;
}

Json *json_push(Json *array, Json *value) {
    if (array->last)
        array->last->next = value;
    else
        array->first = value;
    array->last = value;
    array->count++;
    return value;
}

Json *json_copy(Arena *a, const Json *j) {
    Json *copy = json_new(a, j->kind);
    copy->truth = j->truth;
    copy->line = j->line;
    copy->text = j->text;
    for (const Json *e = j->first; e; e = e->next) {
        Json *child = json_copy(a, e);
        child->key = e->key;
        json_push(copy, child);
    }
    return copy;
}

Json *json_set(Json *object, Str key, Json *value) {
    value->key = key;
    return json_push(object, value);
}
