/* See json_out.h. */
#include "http/json_out.h"

#include <string.h>

#include "base/date.h"

void out_instant(Arena *a, Json *o, Str key, int64_t ms) {
    out_opt(a, o, key, ms ? instant_text(a, ms) : S(""));
}

void out_day(Arena *a, Json *o, Str key, int64_t day) {
    bool open = day == INT64_MAX || day == INT64_MIN;
    out_opt(a, o, key, open ? S("") : date_text(a, day));
}

void out_basis(Arena *a, Json *o, Str key, const Basis *b, Status status) {
    static const Document NONE;
    const Document *d = b->document ? b->document : &NONE;
    Json *j = out_object(a, o, key);
    out_opt(a, j, S("document"), d->key);
    out_opt(a, j, S("title"), d->title);
    out_opt(a, j, S("number"), d->number);
    out_opt(a, j, S("article"), b->article);
    out_opt(a, j, S("status"), status_text(status));
    out_opt(a, j, S("url"), d->url);
    out_opt(a, j, S("validity"), d->validity);
}

Json *out_value(Arena *a, const Json *j) {
    if (!j) return json_new(a, JSON_NULL);
    switch (j->kind) {
    case JSON_NUMBER:
    case JSON_STRING: return json_string(a, j->text);
    case JSON_BOOL: return json_bool(a, j->truth);
    case JSON_NULL: return json_new(a, JSON_NULL);
    default: break;
    }
    Json *copy = json_new(a, j->kind);
    for (const Json *e = j->first; e; e = e->next)
        if (j->kind == JSON_OBJECT)
            json_set(copy, e->key, out_value(a, e));
        else
            json_push(copy, out_value(a, e));
    return copy;
}

void out_count(Arena *a, Json *o, Str key, int64_t n, Str href) {
    Json *j = out_object(a, o, key);
    out_int(a, j, S("n"), n);
    out_str(a, j, S("href"), href);
}

Str url_part(Arena *a, Str s) {
    static const char KEPT[] = "-._~/";
    Buf b = buf_new(a, 0);
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        bool plain = (ch >= '0' && ch <= '9') || ((ch | 32) >= 'a' && (ch | 32) <= 'z');
        if (plain || (ch && memchr(KEPT, ch, sizeof KEPT - 1)))
            buf_char(&b, (char)ch);
        else
            buf_printf(&b, "%%%02X", ch);
    }
    return buf_str(&b);
}
