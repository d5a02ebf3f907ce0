/* Reading multipart/form-data. Every part must be closed by the boundary, names must be there and
 * differ, nothing but a line end may stand before the first boundary or behind the last. A file
 * name loses its folders, so that it can never name a place on a disk. */
#include "http/multipart.h"

#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

enum { BOUNDARY_MAX = 70, PART_HEAD_MAX = 4096, PART_HEADERS_MAX = 8, NAME_MAX_BYTES = 255 };

static bool bad(Ctx *c, const char *why) {
    return FAIL(c, ERR_INPUT, M_HTTP_MULTIPART, str_from(why));
}

/* --- parameters of a header ------------------------------------------------------------------- */

/* Takes `name=value` or `name="value"` off the front of *rest (behind a semicolon). In quotes only
 * \" and \\ are escapes (browsers write %22). */
static bool next_parameter(Arena *a, Str *rest, Str *name, Str *value) {
    Str s = str_trim(*rest);
    if (!str_starts(s, S(";"))) return false;
    s = str_trim(str_sub(s, 1, s.n));
    ptrdiff_t eq = str_find(s, S("="));
    if (eq <= 0) return false;
    *name = str_sub(s, 0, eq);
    s = str_sub(s, eq + 1, s.n);
    if (!str_starts(s, S("\""))) {
        ptrdiff_t end = str_find(s, S(";"));
        if (end < 0) end = s.n;
        *value = str_trim(str_sub(s, 0, end));
        *rest = str_sub(s, end, s.n);
        return value->n > 0 && str_find(*value, S("\"")) < 0;
    }
    Buf b = buf_new(a, 0);
    ptrdiff_t i = 1;
    for (; i < s.n && s.p[i] != '"'; i++) {
        bool escape = s.p[i] == '\\' && i + 1 < s.n && (s.p[i + 1] == '"' || s.p[i + 1] == '\\');
        if (escape) i++;
        buf_char(&b, s.p[i]);
    }
    if (i >= s.n) return false;
    *value = buf_str(&b);
    *rest = str_sub(s, i + 1, s.n);
    return true;
}

/* RFC 2046 5.1.1: 1 to 70 of these, not ending in a blank. */
static bool boundary_text(Str s) {
    static const char others[] = "'()+_,-./:=? ";
    if (s.n < 1 || s.n > BOUNDARY_MAX || s.p[s.n - 1] == ' ') return false;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        bool plain = (ch >= '0' && ch <= '9') || ((ch | 32) >= 'a' && (ch | 32) <= 'z');
        if (!plain && (ch == 0 || !strchr(others, ch))) return false;
    }
    return true;
}

static bool boundary_of(Ctx *c, Str content_type, Str *out) {
    ptrdiff_t at = str_find(content_type, S(";"));
    Str rest = at < 0 ? S("") : str_sub(content_type, at, content_type.n), name, value;
    *out = (Str){0};
    while (str_trim(rest).n) {
        if (!next_parameter(c->arena, &rest, &name, &value)) return bad(c, "content-type");
        if (!str_eq_nocase(name, S("boundary"))) continue;
        if (out->n) return bad(c, "boundary");
        *out = value;
    }
    return boundary_text(*out) || bad(c, "boundary");
}

/* --- parts ------------------------------------------------------------------------------------ */

/* The last piece of a path of any system, without control characters. */
static Str base_name(Arena *a, Str s) {
    for (ptrdiff_t i = s.n - 1; i >= 0; i--)
        if (s.p[i] == '/' || s.p[i] == '\\') {
            s = str_sub(s, i + 1, s.n);
            break;
        }
    Buf b = buf_new(a, 0);
    for (ptrdiff_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= ' ' && s.p[i] != 0x7f) buf_char(&b, s.p[i]);
    Str out = str_trim(buf_str(&b));
    return str_eq(out, S(".")) || str_eq(out, S("..")) ? S("") : out;
}

static bool read_disposition(Ctx *c, Str value, Part *part) {
    Str name, text;
    bool named = false;
    ptrdiff_t at = str_find(value, S(";"));
    if (at < 0 || !str_eq_nocase(str_trim(str_sub(value, 0, at)), S("form-data")))
        return bad(c, "content-disposition");
    for (Str rest = str_sub(value, at, value.n); str_trim(rest).n;) {
        if (!next_parameter(c->arena, &rest, &name, &text) || utf8_invalid_at(text) >= 0)
            return bad(c, "content-disposition");
        if (str_eq_nocase(name, S("name"))) {
            if (named || text.n == 0 || text.n > NAME_MAX_BYTES ||
                memchr(text.p, 0, (size_t)text.n))
                return bad(c, "name");
            part->name = text;
            named = true;
        } else if (str_eq_nocase(name, S("filename"))) {
            if (part->file || text.n > 4 * NAME_MAX_BYTES) return bad(c, "filename");
            part->filename = base_name(c->arena, text);
            part->file = true;
            if (part->filename.n > NAME_MAX_BYTES) return bad(c, "filename");
        }
    }
    return named || bad(c, "name");
}

static bool read_header(Ctx *c, Str line, Part *part, bool *disposition) {
    ptrdiff_t colon = str_find(line, S(":"));
    if (colon <= 0 || line.p[0] == ' ' || line.p[0] == '\t') return bad(c, "header");
    Str name = str_sub(line, 0, colon), value = str_trim(str_sub(line, colon + 1, line.n));
    if (str_eq_nocase(name, S("content-disposition"))) {
        if (*disposition) return bad(c, "content-disposition");
        *disposition = true;
        return read_disposition(c, value, part);
    }
    if (!str_eq_nocase(name, S("content-transfer-encoding"))) return true;
    /* RFC 7578 4.7: senders must not encode; what changes nothing is let through. */
    return str_eq_nocase(value, S("binary")) || str_eq_nocase(value, S("8bit")) ||
           str_eq_nocase(value, S("7bit")) || bad(c, "content-transfer-encoding");
}

/* Reads the headers off the front of *rest. */
static bool read_head(Ctx *c, Str *rest, Part *part) {
    bool disposition = false;
    size_t used = 0;
    for (int i = 0; i <= PART_HEADERS_MAX; i++) {
        Str window = str_sub(*rest, 0, PART_HEAD_MAX);
        ptrdiff_t end = str_find(window, S("\r\n"));
        if (end < 0) return bad(c, "header");
        Str line = str_sub(*rest, 0, end);
        *rest = str_sub(*rest, end + 2, rest->n);
        if (line.n == 0) return disposition || bad(c, "content-disposition");
        used += (size_t)line.n;
        if (used > PART_HEAD_MAX || !read_header(c, line, part, &disposition))
            return bad(c, "header");
    }
    return bad(c, "header");
}

/* Splits *rest at the next delimiter line; *last: it was the closing one. A line that only begins
 * like the boundary is content. */
static bool read_content(Ctx *c, Str *rest, Str delimiter, Str *bytes, bool *last) {
    const char *p = rest->p, *end = rest->p + rest->n;
    while (p < end) {
        const char *hit = memmem(p, (size_t)(end - p), delimiter.p, (size_t)delimiter.n);
        if (!hit) break;
        Str after = {hit + delimiter.n, end - hit - delimiter.n};
        *last = str_starts(after, S("--"));
        if (*last || str_starts(after, S("\r\n"))) {
            *bytes = (Str){rest->p, hit - rest->p};
            *rest = str_sub(after, 2, after.n);
            return true;
        }
        p = hit + 2;
    }
    return bad(c, "boundary");
}

const Part *multipart_find(const Multipart *m, Str name) {
    for (int i = 0; i < m->n; i++)
        if (str_eq(m->parts[i].name, name)) return &m->parts[i];
    return NULL;
}

bool multipart_read(Ctx *c, Str content_type, Str body, Multipart *out) {
    Str boundary, rest = body;
    bool last = false;
    *out = (Multipart){0};
    if (!boundary_of(c, content_type, &boundary)) return false;
    Str delimiter = str_cat(c->arena, S("\r\n--"), boundary);
    Str first = str_sub(delimiter, 2, delimiter.n);
    if (str_starts(rest, S("\r\n"))) rest = str_sub(rest, 2, rest.n);
    if (!str_starts(rest, first) || !str_starts(str_sub(rest, first.n, rest.n), S("\r\n")))
        return bad(c, "boundary");
    rest = str_sub(rest, first.n + 2, rest.n);
    while (!last) {
        if (out->n == MULTIPART_PARTS_MAX) return bad(c, "parts");
        Part part = {0};
        if (!read_head(c, &rest, &part)) return false;
        if (!read_content(c, &rest, delimiter, &part.bytes, &last)) return false;
        if (multipart_find(out, part.name)) return bad(c, "name");
        out->parts[out->n++] = part;
    }
    bool clean = rest.n == 0 || str_eq(rest, S("\r\n"));
    return clean || bad(c, "epilogue");
}
