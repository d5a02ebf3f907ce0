/* The lexer: DMN 10.3.1.2 rules 27 to 38 and 60 to 64. It never allocates and never fails: what it
 * does not know is a TOK_BAD of one character. */
#include "feel/lex.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "feel/scope.h"

static ptrdiff_t skip_comment(Str s, ptrdiff_t at) {
    if (str_starts(str_sub(s, at, s.n), S("//"))) {
        while (at < s.n && s.p[at] != '\n' && s.p[at] != '\r') at++;
        return at;
    }
    if (!str_starts(str_sub(s, at, s.n), S("/*"))) return at;
    ptrdiff_t end = str_find(str_sub(s, at + 2, s.n), S("*/"));
    return end < 0 ? s.n : at + end + 4;
}

static ptrdiff_t skip_space(Str s, ptrdiff_t at) {
    for (;;) {
        ptrdiff_t i = at;
        Str t = name_token(s, &i);
        at = t.n ? t.p - s.p : s.n;
        ptrdiff_t next = skip_comment(s, at);
        if (next == at) return at;
        at = next;
    }
}

static bool digit_at(Str s, ptrdiff_t i) {
    return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

static ptrdiff_t lex_number(Str s, ptrdiff_t i) {
    while (digit_at(s, i)) i++;
    if (i < s.n && s.p[i] == '.' && digit_at(s, i + 1))
        for (i++; digit_at(s, i); i++) continue;
    if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        ptrdiff_t k = i + 1;
        if (k < s.n && (s.p[k] == '+' || s.p[k] == '-')) k++;
        if (digit_at(s, k))
            for (i = k; digit_at(s, i); i++) continue;
    }
    return i;
}

/* The byte behind the closing quote, or -1. */
static ptrdiff_t lex_quoted(Str s, ptrdiff_t i) {
    for (i++; i < s.n; i++) {
        if (s.p[i] == '\\')
            i++;
        else if (s.p[i] == '"')
            return i + 1;
    }
    return -1;
}

static int lex_operator(Str s, ptrdiff_t at, ptrdiff_t *to) {
    static const struct {
        char text[3];
        int op;
    } TWO[] = {{"..", OP_DOTS}, {"**", OP_POW}, {"<=", OP_LE},
               {">=", OP_GE},   {"!=", OP_NE},  {"->", OP_ARROW}};
    for (size_t i = 0; i < sizeof TWO / sizeof *TWO; i++)
        if (at + 1 < s.n && s.p[at] == TWO[i].text[0] && s.p[at + 1] == TWO[i].text[1]) {
            *to = at + 2;
            return TWO[i].op;
        }
    static const Str SINGLE = STR_INIT("+-*/()[]{},:.<>=@");
    for (ptrdiff_t i = 0; i < SINGLE.n; i++)
        if (SINGLE.p[i] == s.p[at]) {
            *to = at + 1;
            return s.p[at];
        }
    return 0;
}

Tok lex_token(Str s, ptrdiff_t at) {
    at = skip_space(s, at);
    Tok t = {.kind = TOK_END, .from = at, .to = at};
    if (at >= s.n) return t;
    ptrdiff_t next = at;
    uint32_t cp = utf8_next(s, &next);
    if (digit_at(s, at) || (cp == '.' && digit_at(s, at + 1))) {
        t.kind = TOK_NUMBER;
        t.to = lex_number(s, at);
    } else if (cp == '"' || (cp == '@' && at + 1 < s.n && s.p[at + 1] == '"')) {
        t.kind = cp == '@' ? TOK_AT : TOK_STRING;
        t.to = lex_quoted(s, cp == '@' ? at + 1 : at);
        if (t.to < 0) t = (Tok){.kind = TOK_BAD, .from = at, .to = s.n};
    } else if (name_start(cp)) {
        t.kind = TOK_WORD;
        name_token(s, &at);
        t.to = at;
    } else if ((t.op = lex_operator(s, at, &t.to)) != 0) {
        t.kind = TOK_OP;
    } else {
        t.kind = TOK_BAD;
        t.bad = cp;
        t.to = next;
    }
    return t;
}

static bool hex_digits(Str s, ptrdiff_t at, int n, uint32_t *out) {
    *out = 0;
    if (at + n > s.n) return false;
    for (int i = 0; i < n; i++) {
        char c = s.p[at + i];
        int d = c >= '0' && c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
        if (d < 0 || d > 15 || (c > '9' && d < 10)) return false;
        *out = *out * 16 + (uint32_t)d;
    }
    return true;
}

/* Decodes \uXXXX (surrogate pairs joined) or \UXXXXXX at s[at]; returns bytes read, 0: none. */
static ptrdiff_t unicode_escape(Str s, ptrdiff_t at, uint32_t *cp) {
    uint32_t low;
    if (s.p[at + 1] == 'U') return hex_digits(s, at + 2, 6, cp) && *cp <= 0x10FFFF ? 8 : 0;
    if (!hex_digits(s, at + 2, 4, cp)) return 0;
    if (*cp >= 0xD800 && *cp < 0xDC00 && at + 7 < s.n && s.p[at + 6] == '\\' &&
        s.p[at + 7] == 'u' && hex_digits(s, at + 8, 4, &low) && low >= 0xDC00 && low < 0xE000) {
        *cp = 0x10000 + ((*cp - 0xD800) << 10) + (low - 0xDC00);
        return 12;
    }
    if (*cp >= 0xD800 && *cp < 0xE000) *cp = 0xFFFD;
    return 6;
}

Str lex_string(Arena *a, Str quoted) {
    Str s = str_sub(quoted, 1, quoted.n - 1);
    Buf b = buf_new(a, 0);
    for (ptrdiff_t i = 0; i < s.n; i++) {
        if (s.p[i] != '\\' || i + 1 >= s.n) {
            buf_char(&b, s.p[i]);
            continue;
        }
        static const Str FROM = STR_INIT("nrt\"'\\"), TO = STR_INIT("\n\r\t\"'\\");
        char c = s.p[i + 1];
        ptrdiff_t k = str_find(FROM, str_of(&c, 1)), used;
        uint32_t cp;
        if (k >= 0) {
            buf_char(&b, TO.p[k]);
            i++;
        } else if ((c == 'u' || c == 'U') && (used = unicode_escape(s, i, &cp)) > 0) {
            buf_utf8(&b, cp);
            i += used - 1;
        } else {
            buf_char(&b, '\\');
        }
    }
    return buf_str(&b);
}

Str lex_halfwidth(Arena *a, uint32_t cp) {
    static const struct {
        uint32_t cp;
        const char *meant;
    } OTHER[] = {{0x201C, "\""}, {0x201D, "\""}, {0x2018, "'"},  {0x2019, "'"},  {0x3010, "["},
                 {0x3011, "]"},  {0x3001, ","},  {0x3002, "."},  {0xD7, "*"},    {0xF7, "/"},
                 {0x2212, "-"},  {0x2264, "<="}, {0x2265, ">="}, {0x2260, "!="}, {0x2026, ".."}};
    if (cp >= 0xFF01 && cp <= 0xFF5E) return str_printf(a, "%c", (int)(cp - 0xFF01 + '!'));
    for (size_t i = 0; i < sizeof OTHER / sizeof *OTHER; i++)
        if (OTHER[i].cp == cp) return str_from(OTHER[i].meant);
    return (Str){0};
}
