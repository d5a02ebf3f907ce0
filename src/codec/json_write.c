/* JSON writers: the canonical form of packets, printing of trees, and the streaming writer.
 *
 * All three escape alike (RFC 8785 3.2.2.2: only what JSON requires, short forms, lower-case hex).
 * Canonical means: keys in code point order, which is byte order in UTF-8, and no blanks. */
#include <stdlib.h>

#include "codec/json.h"

void json_escape(Buf *b, Str s) {
    static const char hex[] = "0123456789abcdef";
    buf_char(b, '"');
    ptrdiff_t from = 0;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        if (ch >= 0x20 && ch != '"' && ch != '\\') continue;
        buf_put(b, str_sub(s, from, i));
        from = i + 1;
        char shown = 0;
        switch (ch) {
        case '"': shown = '"'; break;
        case '\\': shown = '\\'; break;
        case '\b': shown = 'b'; break;
        case '\f': shown = 'f'; break;
        case '\n': shown = 'n'; break;
        case '\r': shown = 'r'; break;
        case '\t': shown = 't'; break;
        default: break;
        }
        buf_char(b, '\\');
        if (shown) {
            buf_char(b, shown);
        } else {
            buf_lit(b, "u00");
            buf_char(b, hex[ch >> 4]);
            buf_char(b, hex[ch & 15]);
        }
    }
    buf_put(b, str_sub(s, from, s.n));
    buf_char(b, '"');
}

static void put_plain(Buf *b, const Json *j) {
    if (!j || j->kind == JSON_NULL)
        buf_lit(b, "null");
    else if (j->kind == JSON_BOOL)
        buf_put(b, j->truth ? S("true") : S("false"));
    else if (j->kind == JSON_NUMBER)
        buf_put(b, j->text);
    else
        json_escape(b, j->text);
}

static bool is_tree(const Json *j) {
    return j && (j->kind == JSON_ARRAY || j->kind == JSON_OBJECT);
}

static int by_key(const void *x, const void *y) {
    return str_cmp((*(Json *const *)x)->key, (*(Json *const *)y)->key);
}

void json_canonical(Buf *b, const Json *j) {
    if (!is_tree(j)) {
        put_plain(b, j);
        return;
    }
    bool object = j->kind == JSON_OBJECT;
    Json **items = NEW_N(b->arena, Json *, j->count);
    int n = 0;
    for (Json *k = j->first; k; k = k->next) items[n++] = k;
    if (object && n > 1) qsort(items, (size_t)n, sizeof(Json *), by_key);
    buf_char(b, object ? '{' : '[');
    for (int i = 0; i < n; i++) {
        if (i) buf_char(b, ',');
        if (object) {
            json_escape(b, items[i]->key);
            buf_char(b, ':');
        }
        json_canonical(b, items[i]);
    }
    buf_char(b, object ? '}' : ']');
}

static void new_line(Buf *b, int indent, int level) {
    if (!indent) return;
    buf_char(b, '\n');
    for (int i = 0; i < indent * level; i++) buf_char(b, ' ');
}

static void print_at(Buf *b, const Json *j, int indent, int level) {
    if (!is_tree(j)) {
        put_plain(b, j);
        return;
    }
    bool object = j->kind == JSON_OBJECT;
    buf_char(b, object ? '{' : '[');
    for (const Json *k = j->first; k; k = k->next) {
        if (k != j->first) buf_char(b, ',');
        new_line(b, indent, level + 1);
        if (object) {
            json_escape(b, k->key);
            buf_put(b, indent ? S(": ") : S(":"));
        }
        print_at(b, k, indent, level + 1);
    }
    if (j->first) new_line(b, indent, level);
    buf_char(b, object ? '}' : ']');
}

void json_print(Buf *b, const Json *j, int indent) {
    print_at(b, j, indent, 0);
}

JsonWriter jw_new(Buf *b) {
    return (JsonWriter){.buf = b, .first = {true}};
}

/* The comma before a value or key, unless it is the first here or follows its key. */
static void separate(JsonWriter *w) {
    if (w->after_key)
        w->after_key = false;
    else if (w->depth && !w->first[w->depth])
        buf_char(w->buf, ',');
    w->first[w->depth] = false;
}

static void open_tree(JsonWriter *w, char c) {
    separate(w);
    buf_char(w->buf, c);
    if (w->depth == JSON_DEPTH_MAX) {
        w->buf->over = true; /* deeper than any reader accepts: the text is marked incomplete */
        return;
    }
    w->first[++w->depth] = true;
}

static void close_tree(JsonWriter *w, char c) {
    buf_char(w->buf, c);
    if (w->depth) w->depth--;
}

void jw_object(JsonWriter *w) {
    open_tree(w, '{');
}
void jw_object_end(JsonWriter *w) {
    close_tree(w, '}');
}
void jw_array(JsonWriter *w) {
    open_tree(w, '[');
}
void jw_array_end(JsonWriter *w) {
    close_tree(w, ']');
}

void jw_key(JsonWriter *w, Str key) {
    separate(w);
    json_escape(w->buf, key);
    buf_char(w->buf, ':');
    w->after_key = true;
}

void jw_str(JsonWriter *w, Str s) {
    separate(w);
    json_escape(w->buf, s);
}

void jw_num(JsonWriter *w, Str canonical_text) {
    separate(w);
    buf_put(w->buf, canonical_text);
}

void jw_int(JsonWriter *w, int64_t v) {
    separate(w);
    buf_printf(w->buf, "%lld", (long long)v);
}

void jw_bool(JsonWriter *w, bool v) {
    separate(w);
    buf_put(w->buf, v ? S("true") : S("false"));
}

void jw_null(JsonWriter *w) {
    separate(w);
    buf_lit(w->buf, "null");
}

void jw_json(JsonWriter *w, const Json *j) {
    separate(w);
    json_print(w->buf, j, 0);
}
