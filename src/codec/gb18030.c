/* Encoding detection and conversion by the C library's iconv. See gb18030.h. */
#include "codec/gb18030.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/utf8.h"

TextEncoding text_encoding(Str bytes) {
    if (str_starts(bytes, S("\xEF\xBB\xBF"))) return TEXT_UTF8_BOM;
    if (str_starts(bytes, S("\xFF\xFE"))) return TEXT_UTF16_LE;
    if (str_starts(bytes, S("\xFE\xFF"))) return TEXT_UTF16_BE;
    return utf8_invalid_at(bytes) < 0 ? TEXT_UTF8 : TEXT_GB18030;
}

Str text_encoding_name(TextEncoding e) {
    static const Str names[] = {STR_INIT("UTF-8"), STR_INIT("UTF-8 BOM"), STR_INIT("UTF-16LE"),
                                STR_INIT("UTF-16BE"), STR_INIT("GB18030")};
    return names[e];
}

static bool bad_byte(Ctx *c, Str bytes, ptrdiff_t at, TextEncoding e) {
    int64_t line = 1;
    for (ptrdiff_t i = 0; i < at; i++) line += bytes.p[i] == '\n';
    Str offset = str_printf(c->arena, "%td", at + 1);
    Msg m = M_TEXT_NOT_GB18030;
    if (e == TEXT_UTF8 || e == TEXT_UTF8_BOM) m = M_TEXT_NOT_UTF8;
    if (e == TEXT_UTF16_LE || e == TEXT_UTF16_BE) m = M_TEXT_UTF16_ODD;
    return FAIL(c, ERR_INPUT, m, offset, str_printf(c->arena, "%lld", (long long)line));
}

/* UTF-8 with a mark whose body is damaged. */
static bool repair_utf8(Ctx *c, Str bytes, int64_t *bad, Str *out) {
    char *to = arena_alloc(c->arena, (size_t)bytes.n * 3 + 1);
    ptrdiff_t n = 0;
    for (ptrdiff_t at; (at = utf8_invalid_at(bytes)) >= 0;) {
        if (at) memcpy(to + n, bytes.p, (size_t)at);
        n += at;
        n += utf8_put(to + n, 0xFFFD);
        ++*bad;
        bytes = str_sub(bytes, at + 1, bytes.n);
    }
    if (bytes.n) memcpy(to + n, bytes.p, (size_t)bytes.n);
    *out = (Str){to, n + bytes.n};
    return true;
}

static const char *iconv_name(TextEncoding e) {
    if (e == TEXT_UTF16_LE) return "UTF-16LE";
    return e == TEXT_UTF16_BE ? "UTF-16BE" : "GB18030";
}

static bool convert(Ctx *c, iconv_t cd, Str bytes, TextEncoding e, int64_t *bad, Str *out) {
    /* A two-byte character becomes three bytes at most; a replaced byte becomes three. */
    size_t room = (size_t)bytes.n * 3 + 4;
    char *to = arena_alloc(c->arena, room), *dst = to;
    char *src = (char *)(uintptr_t)bytes.p;
    size_t left = (size_t)bytes.n;
    while (left > 0 && iconv(cd, &src, &left, &dst, &room) == (size_t)-1) {
        if (!bad || errno == E2BIG) return bad_byte(c, bytes, src - bytes.p, e);
        ++*bad;
        int n = utf8_put(dst, 0xFFFD);
        dst += n;
        room -= (size_t)n;
        src++;
        left--;
    }
    *out = (Str){to, dst - to};
    return true;
}

bool text_decode(Ctx *c, Str bytes, TextEncoding encoding, int64_t *bad, Str *out) {
    if (bad) *bad = 0;
    if (encoding == TEXT_UTF8_BOM) bytes = str_sub(bytes, 3, bytes.n);
    if (encoding == TEXT_UTF16_LE || encoding == TEXT_UTF16_BE) bytes = str_sub(bytes, 2, bytes.n);
    if (encoding == TEXT_UTF8 || encoding == TEXT_UTF8_BOM) {
        ptrdiff_t at = utf8_invalid_at(bytes);
        *out = bytes;
        if (at < 0) return true;
        return bad ? repair_utf8(c, bytes, bad, out) : bad_byte(c, bytes, at, encoding);
    }
    iconv_t cd = iconv_open("UTF-8", iconv_name(encoding));
    if (cd == (iconv_t)-1) return FAIL(c, ERR_BUG, M_BUG, S("iconv GB18030"));
    bool ok = convert(c, cd, bytes, encoding, bad, out);
    iconv_close(cd);
    return ok;
}

Str text_to_gb18030(Arena *a, Str utf8) {
    iconv_t cd = iconv_open("GB18030", "UTF-8");
    if (cd == (iconv_t)-1) return (Str){0};
    size_t room = (size_t)utf8.n * 2 + 4, left = (size_t)utf8.n;
    char *to = arena_alloc(a, room), *dst = to, *src = (char *)(uintptr_t)utf8.p;
    size_t r = iconv(cd, &src, &left, &dst, &room);
    iconv_close(cd);
    return r == (size_t)-1 ? (Str){0} : (Str){to, dst - to};
}
