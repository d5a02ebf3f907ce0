/* Edits of XML bytes. See splice.h. Tags are scanned only where expat has already found one, so the
 * scanner may trust that quotes close. */
#include "dmn/splice.h"

#include "base/buf.h"

/* Insertions stand before what is replaced at the same place. */
static bool goes_before(const Edit *x, const Edit *y) {
    if (x->from != y->from) return x->from < y->from;
    return x->to == x->from && y->to > y->from;
}

void splice_put(Splice *s, ptrdiff_t from, ptrdiff_t to, Str text) {
    GROW(s->arena, s->edits, s->n, s->cap);
    int at = s->n++;
    Edit e = {.from = from, .to = to};
    for (; at > 0 && goes_before(&e, &s->edits[at - 1]); at--) s->edits[at] = s->edits[at - 1];
    s->edits[at] = (Edit){.from = from, .to = to, .text = text};
}

Str splice_apply(Splice *s, ptrdiff_t from, ptrdiff_t to) {
    Buf b = buf_new(s->arena, 0);
    ptrdiff_t at = from;
    for (int i = 0; i < s->n; i++) {
        const Edit *e = &s->edits[i];
        if (e->from < at || e->to > to) continue;
        buf_put(&b, str_sub(s->bytes, at, e->from));
        buf_put(&b, e->text);
        at = e->to;
    }
    buf_put(&b, str_sub(s->bytes, at, to));
    return buf_str(&b);
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Behind the '>' of the start tag. */
static ptrdiff_t tag_end(const Splice *s, const XmlNode *xml) {
    char quote = 0;
    ptrdiff_t i = (ptrdiff_t)xml->byte;
    for (; i < s->bytes.n && (quote || s->bytes.p[i] != '>'); i++) {
        char c = s->bytes.p[i];
        if (quote) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        }
    }
    return i + 1;
}

/* Behind the name of the start tag. */
static ptrdiff_t name_end(const Splice *s, const XmlNode *xml) {
    ptrdiff_t i = (ptrdiff_t)xml->byte + 1;
    while (i < s->bytes.n && !is_space(s->bytes.p[i]) && s->bytes.p[i] != '>' &&
           s->bytes.p[i] != '/')
        i++;
    return i;
}

static Str tag_name(const Splice *s, const XmlNode *xml) {
    return str_sub(s->bytes, (ptrdiff_t)xml->byte + 1, name_end(s, xml));
}

static bool is_closed(const Splice *s, ptrdiff_t end) {
    return s->bytes.p[end - 2] == '/';
}

/* Start of the end tag. */
static ptrdiff_t close_start(const Splice *s, const XmlNode *xml) {
    ptrdiff_t i = (ptrdiff_t)xml->byte_end - 1;
    while (i > 0 && s->bytes.p[i] != '<') i--;
    return i;
}

Str splice_prefix(const Splice *s, const XmlNode *xml) {
    Str name = tag_name(s, xml);
    ptrdiff_t colon = str_find(name, S(":"));
    return colon < 0 ? (Str){0} : str_sub(name, 0, colon + 1);
}

Str splice_escape(Arena *a, Str text) {
    Buf b = buf_new(a, 0);
    for (ptrdiff_t i = 0; i < text.n; i++) {
        switch (text.p[i]) {
        case '&': buf_lit(&b, "&amp;"); break;
        case '<': buf_lit(&b, "&lt;"); break;
        case '\r': buf_lit(&b, "&#13;"); break;
        case '>':
            if (i >= 2 && text.p[i - 1] == ']' && text.p[i - 2] == ']')
                buf_lit(&b, "&gt;");
            else
                buf_char(&b, '>');
            break;
        default: buf_char(&b, text.p[i]);
        }
    }
    return buf_str(&b);
}

static Str escape_value(Arena *a, Str text) {
    Str s = splice_escape(a, text);
    Buf b = buf_new(a, 0);
    for (ptrdiff_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_lit(&b, "&quot;");
        else if (s.p[i] == '\n')
            buf_lit(&b, "&#10;");
        else if (s.p[i] == '\t')
            buf_lit(&b, "&#9;");
        else
            buf_char(&b, s.p[i]);
    }
    return buf_str(&b);
}

void splice_text(Splice *s, const XmlNode *xml, Str text) {
    ptrdiff_t open = tag_end(s, xml);
    Str content = splice_escape(s->arena, text);
    if (is_closed(s, open))
        splice_put(s, open - 2, open,
                   str_printf(s->arena, ">%.*s</%.*s>", STRF(content), STRF(tag_name(s, xml))));
    else
        splice_put(s, open, close_start(s, xml), content);
}

void splice_inside(Splice *s, const XmlNode *xml, Str text) {
    ptrdiff_t open = tag_end(s, xml);
    if (is_closed(s, open)) {
        splice_put(s, open - 2, open,
                   str_printf(s->arena, ">%.*s</%.*s>", STRF(text), STRF(tag_name(s, xml))));
        return;
    }
    ptrdiff_t at = close_start(s, xml);
    while (at > open && is_space(s->bytes.p[at - 1])) at--;
    splice_put(s, at, at, text);
}

void splice_after(Splice *s, const XmlNode *xml, Str text) {
    splice_put(s, (ptrdiff_t)xml->byte_end, (ptrdiff_t)xml->byte_end, text);
}

/* An attribute in a start tag: `from` where the white space before it begins, `value` its value. */
static bool find_attr(const Splice *s, const XmlNode *xml, Str name, ptrdiff_t *from, Edit *value) {
    ptrdiff_t end = tag_end(s, xml), i = name_end(s, xml);
    while (i < end) {
        ptrdiff_t space = i;
        while (i < end && is_space(s->bytes.p[i])) i++;
        ptrdiff_t start = i;
        while (i < end && !is_space(s->bytes.p[i]) && s->bytes.p[i] != '=' &&
               s->bytes.p[i] != '>' && s->bytes.p[i] != '/')
            i++;
        Str found = str_sub(s->bytes, start, i);
        while (i < end && s->bytes.p[i] != '"' && s->bytes.p[i] != '\'') i++;
        if (i >= end) return false;
        char quote = s->bytes.p[i++];
        ptrdiff_t first = i;
        while (i < end && s->bytes.p[i] != quote) i++;
        *from = space;
        *value = (Edit){.from = first, .to = i++};
        if (str_eq(found, name)) return true;
    }
    return false;
}

void splice_attr(Splice *s, const XmlNode *xml, Str name, Str value) {
    ptrdiff_t from;
    Edit at;
    Str text = escape_value(s->arena, value);
    if (find_attr(s, xml, name, &from, &at)) {
        if (!value.n)
            splice_put(s, from, at.to + 1, (Str){0});
        else /* with its quotes, which may have been single */
            splice_put(s, at.from - 1, at.to + 1, str_printf(s->arena, "\"%.*s\"", STRF(text)));
        return;
    }
    if (!value.n) return;
    ptrdiff_t end = tag_end(s, xml), behind = is_closed(s, end) ? end - 2 : end - 1;
    splice_put(s, behind, behind, str_printf(s->arena, " %.*s=\"%.*s\"", STRF(name), STRF(text)));
}

ptrdiff_t splice_margin(const Splice *s, const XmlNode *xml) {
    ptrdiff_t i = (ptrdiff_t)xml->byte;
    while (i > 0 && is_space(s->bytes.p[i - 1])) i--;
    return i;
}

Str splice_indent(const Splice *s, const XmlNode *xml) {
    return str_sub(s->bytes, splice_margin(s, xml), (ptrdiff_t)xml->byte);
}

void splice_remove(Splice *s, const XmlNode *xml) {
    splice_put(s, splice_margin(s, xml), (ptrdiff_t)xml->byte_end, (Str){0});
}
