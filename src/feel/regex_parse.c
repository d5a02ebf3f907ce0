/* The grammar of XPath regular expressions (XML Schema Part 2 appendix G, XPath Functions 5.6.1),
 * emitted as PCRE2. Every literal is emitted as \x{…}, so no character of the user's text can mean
 * something to PCRE2. See regex.h. */
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "feel/regex.h"

typedef struct UnicodeBlock {
    const char *name;
    uint32_t first, last;
} UnicodeBlock;
#include "block_table.h"

typedef struct Span {
    uint32_t lo, hi;
} Span;

/* XML 1.0 NameStartChar, and what NameChar adds. Sorted. */
static const Span NAME_START[] = {
    {':', ':'},       {'A', 'Z'},       {'_', '_'},       {'a', 'z'},
    {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},    {0x370, 0x37D},
    {0x37F, 0x1FFF},  {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF},
    {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF}};
static const Span NAME[] = {{'-', '.'},       {'0', ':'},        {'A', 'Z'},       {'_', '_'},
                            {'a', 'z'},       {0xB7, 0xB7},      {0xC0, 0xD6},     {0xD8, 0xF6},
                            {0xF8, 0x37D},    {0x37F, 0x1FFF},   {0x200C, 0x200D}, {0x203F, 0x2040},
                            {0x2070, 0x218F}, {0x2C00, 0x2FEF},  {0x3001, 0xD7FF}, {0xF900, 0xFDCF},
                            {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF}};
static const Span SPACE[] = {{'\t', '\n'}, {'\r', '\r'}, {' ', ' '}};

typedef struct Parser {
    Arena *arena;
    Str s;
    ptrdiff_t i;
    bool dot_all, lines;
    int groups;   /* opened so far */
    bool *closed; /* per group number */
    int depth;
    RegexStatus status;
} Parser;

static bool bad(Parser *p) {
    if (p->status == REGEX_OK) p->status = REGEX_BAD_PATTERN;
    return false;
}

/* The byte at the cursor, 0 at the end. All metacharacters are ASCII. */
static char peek(const Parser *p) {
    return p->i < p->s.n ? p->s.p[p->i] : 0;
}
static char peek_at(const Parser *p, int k) {
    return p->i + k < p->s.n ? p->s.p[p->i + k] : 0;
}
static bool eat(Parser *p, char c) {
    if (p->i >= p->s.n || p->s.p[p->i] != c) return false;
    p->i++;
    return true;
}

/* A range inside a class; surrogates, which no text holds, are cut off. */
static void put_span(Buf *b, uint32_t lo, uint32_t hi) {
    if (lo >= 0xD800 && lo < 0xE000) lo = 0xE000;
    if (hi >= 0xD800 && hi < 0xE000) hi = 0xD7FF;
    if (lo > hi) return;
    buf_printf(b, "\\x{%X}", lo);
    if (hi > lo) buf_printf(b, "-\\x{%X}", hi);
}

static void put_spans(Buf *b, const Span *spans, size_t n, bool inverse) {
    uint32_t next = 0;
    for (size_t i = 0; i < n; i++) {
        if (!inverse)
            put_span(b, spans[i].lo, spans[i].hi);
        else if (spans[i].lo > next)
            put_span(b, next, spans[i].lo - 1);
        next = spans[i].hi + 1;
    }
    if (inverse) put_span(b, next, 0x10FFFF);
}
#define PUT_SPANS(b, spans, inverse) put_spans(b, spans, sizeof spans / sizeof spans[0], inverse)

static bool is_category(Str s) {
    static const char ALL[] = " L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po "
                              "Z Zs Zl Zp S Sm Sc Sk So C Cc Cf Co Cn ";
    if (s.n < 1 || s.n > 2) return false;
    char key[5] = {' ', s.p[0], s.n == 2 ? s.p[1] : ' ', ' ', 0};
    if (s.n == 1) key[3] = 0;
    return s.p[0] != ' ' && s.p[s.n - 1] != ' ' && strstr(ALL, key) != NULL;
}

static bool find_block(Str name, Span *out) {
    static const struct {
        const char *old, *now;
    } RENAMED[] = {{"Greek", "GreekandCoptic"},
                   {"CombiningMarksforSymbols", "CombiningDiacriticalMarksforSymbols"},
                   {"PrivateUse", "PrivateUseArea"}};
    for (size_t i = 0; i < sizeof RENAMED / sizeof RENAMED[0]; i++) {
        if (str_eq(name, str_from(RENAMED[i].old))) name = str_from(RENAMED[i].now);
    }
    for (size_t i = 0; i < sizeof UNICODE_BLOCKS / sizeof UNICODE_BLOCKS[0]; i++) {
        if (!str_eq(name, str_from(UNICODE_BLOCKS[i].name))) continue;
        *out = (Span){UNICODE_BLOCKS[i].first, UNICODE_BLOCKS[i].last};
        return true;
    }
    return false;
}

/* \p{…} or \P{…}, the cursor behind the letter: into a class. */
static bool put_property(Parser *p, Buf *b, bool inverse) {
    if (!eat(p, '{')) return bad(p);
    ptrdiff_t from = p->i;
    while (p->i < p->s.n && peek(p) != '}') p->i++;
    Str name = str_sub(p->s, from, p->i);
    if (!eat(p, '}')) return bad(p);
    Span block;
    if (is_category(name)) {
        buf_printf(b, "\\%c{%.*s}", inverse ? 'P' : 'p', STRF(name));
        return true;
    }
    if (!str_starts(name, S("Is")) || !find_block(str_sub(name, 2, name.n), &block)) return bad(p);
    put_spans(b, &block, 1, inverse);
    return true;
}

/* A multi-character escape, written into a class; the cursor stands behind its letter. */
static bool put_multi(Parser *p, Buf *b, char c) {
    switch (c) {
    case 's':
    case 'S': PUT_SPANS(b, SPACE, c == 'S'); return true;
    case 'i':
    case 'I': PUT_SPANS(b, NAME_START, c == 'I'); return true;
    case 'c':
    case 'C': PUT_SPANS(b, NAME, c == 'C'); return true;
    case 'd': buf_lit(b, "\\p{Nd}"); return true;
    case 'D': buf_lit(b, "\\P{Nd}"); return true;
    case 'w': buf_lit(b, "\\p{L}\\p{M}\\p{N}\\p{S}"); return true;
    case 'W': buf_lit(b, "\\p{P}\\p{Z}\\p{C}"); return true;
    default: return put_property(p, b, c == 'P');
    }
}

static bool is_multi(char c) {
    return c && strchr("sSiIcCdDwWpP", c) != NULL;
}

/* A single-character escape behind the backslash. */
static bool single_escape(Parser *p, uint32_t *cp) {
    char c = peek(p);
    if (!c || !strchr("nrt\\|.?*+(){}-[]^$", c)) return bad(p);
    p->i++;
    *cp = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : (uint32_t)c;
    return true;
}

/* One character of a class that may begin or end a range. */
static bool class_char(Parser *p, uint32_t *cp) {
    if (eat(p, '\\')) return single_escape(p, cp);
    char c = peek(p);
    if (p->i >= p->s.n || c == '[' || c == ']') return bad(p);
    *cp = utf8_next(p->s, &p->i);
    return true;
}

/* A character or range of a class, the cursor on it. A dash that begins a part is itself, as in
 * [a-c-e], and never the end of a range (XSD 1.1 part 2, G.4.2.1). */
static bool class_range(Parser *p, Buf *b) {
    uint32_t lo, hi;
    bool dash = peek(p) == '-';
    if (dash && peek_at(p, 1) == '-' && peek_at(p, 2) != ']' && peek_at(p, 2) != '[') return bad(p);
    if (!class_char(p, &lo)) return false;
    hi = lo;
    if (peek(p) == '-' && peek_at(p, 1) != ']' && peek_at(p, 1) != '[' && !dash) {
        if (peek_at(p, 1) == '-' && peek_at(p, 2) == '[') { /* a dash, then a subtraction */
            put_span(b, lo, lo);
            return true;
        }
        p->i++;
        if (!class_char(p, &hi)) return false;
    }
    if (lo > hi) return bad(p);
    put_span(b, lo, hi);
    return true;
}

/* A class expression, the cursor behind its [. */
static bool parse_class(Parser *p, Buf *out) {
    if (++p->depth > REGEX_DEPTH_MAX) {
        p->status = REGEX_LIMIT;
        return false;
    }
    Buf items = buf_new(p->arena, 1 << 20), minus = buf_new(p->arena, 1 << 20);
    bool inverse = eat(p, '^'), first = true;
    while (peek(p) != ']') {
        if (p->i >= p->s.n) return bad(p);
        if (!first && peek(p) == '-' && peek_at(p, 1) == '[') {
            p->i += 2;
            if (!parse_class(p, &minus)) return false;
            if (peek(p) != ']') return bad(p);
            break;
        }
        if (peek(p) == '\\' && is_multi(peek_at(p, 1))) {
            p->i += 2;
            if (!put_multi(p, &items, p->s.p[p->i - 1])) return false;
        } else if (!class_range(p, &items)) {
            return false;
        }
        first = false;
    }
    p->i++;
    p->depth--;
    if (first) return bad(p);
    if (minus.n) {
        buf_lit(out, "(?:(?!");
        buf_put(out, buf_str(&minus));
        buf_char(out, ')');
    }
    if (items.n) {
        buf_put(out, inverse ? S("[^") : S("["));
        buf_put(out, buf_str(&items));
        buf_char(out, ']');
    } else {
        buf_put(out, inverse ? S("[\\x{0}-\\x{10FFFF}]") : S("(?!)"));
    }
    if (minus.n) buf_char(out, ')');
    return true;
}

/* \N: the longest number of a group that is already closed. */
static bool back_reference(Parser *p, Buf *b) {
    int n = 0;
    while (peek(p) >= '0' && peek(p) <= '9') {
        int next = n * 10 + (peek(p) - '0');
        if (n > 0 && next > p->groups) break;
        n = next;
        p->i++;
    }
    if (n < 1 || n > p->groups || !p->closed[n]) return bad(p);
    buf_printf(b, "\\g{%d}", n);
    return true;
}

static bool parse_branches(Parser *p, Buf *b);

static bool parse_group(Parser *p, Buf *b) {
    int number = 0;
    if (++p->depth > REGEX_DEPTH_MAX) {
        p->status = REGEX_LIMIT;
        return false;
    }
    if (eat(p, '?')) {
        if (!eat(p, ':')) return bad(p);
        buf_lit(b, "(?:");
    } else {
        number = ++p->groups;
        buf_char(b, '(');
    }
    if (!parse_branches(p, b) || !eat(p, ')')) return bad(p);
    p->closed[number] = number > 0;
    p->depth--;
    buf_char(b, ')');
    return true;
}

static bool parse_escape(Parser *p, Buf *b) {
    char c = peek(p);
    uint32_t cp = 0;
    if (c >= '1' && c <= '9') return back_reference(p, b);
    if (is_multi(c)) {
        p->i++;
        buf_char(b, '[');
        if (!put_multi(p, b, c)) return false;
        buf_char(b, ']');
        return true;
    }
    if (!single_escape(p, &cp)) return false;
    put_span(b, cp, cp);
    return true;
}

static bool parse_atom(Parser *p, Buf *b) {
    char c = peek(p);
    switch (c) {
    case '(': p->i++; return parse_group(p, b);
    case '[': p->i++; return parse_class(p, b);
    case '\\': p->i++; return parse_escape(p, b);
    case '.':
        p->i++;
        buf_put(b, p->dot_all ? S("[\\x{0}-\\x{10FFFF}]") : S("[^\\x{A}\\x{D}]"));
        return true;
    case '^':
        p->i++;
        buf_put(b, p->lines ? S("(?:(?m:^))") : S("(?:\\A)"));
        return true;
    case '$':
        p->i++;
        buf_put(b, p->lines ? S("(?:(?m:$))") : S("(?:\\z)"));
        return true;
    case '?':
    case '*':
    case '+':
    case '{':
    case '}':
    case ']': return bad(p);
    default: break;
    }
    uint32_t cp = utf8_next(p->s, &p->i);
    put_span(b, cp, cp);
    return true;
}

/* A number of a {n,m} quantifier; PCRE2 allows up to 65535. */
static bool parse_count(Parser *p, int *n) {
    *n = 0;
    if (peek(p) < '0' || peek(p) > '9') return bad(p);
    while (peek(p) >= '0' && peek(p) <= '9') {
        *n = *n * 10 + (p->s.p[p->i++] - '0');
        if (*n > 65535) return bad(p);
    }
    return true;
}

static bool parse_quantifier(Parser *p, Buf *b) {
    int from, to;
    char c = peek(p);
    if (c == '?' || c == '*' || c == '+') {
        p->i++;
        buf_char(b, c);
    } else if (c == '{') {
        p->i++;
        if (!parse_count(p, &from)) return false;
        if (!eat(p, ',')) {
            buf_printf(b, "{%d}", from);
        } else if (peek(p) == '}') {
            buf_printf(b, "{%d,}", from);
        } else {
            if (!parse_count(p, &to)) return false;
            if (to < from) return bad(p);
            buf_printf(b, "{%d,%d}", from, to);
        }
        if (!eat(p, '}')) return bad(p);
    } else {
        return true;
    }
    if (eat(p, '?')) buf_char(b, '?');
    return true;
}

static bool parse_branches(Parser *p, Buf *b) {
    while (p->i < p->s.n && peek(p) != ')') {
        if (eat(p, '|')) {
            buf_char(b, '|');
            continue;
        }
        if (!parse_atom(p, b) || !parse_quantifier(p, b)) return false;
    }
    return true;
}

/* Flag x: white space goes, except inside class expressions. */
static Str without_blanks(Arena *a, Str s) {
    Buf b = buf_new(a, (size_t)s.n + 1);
    int depth = 0;
    bool escaped = false;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (depth == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) continue;
        if (!escaped && c == '[') depth++;
        if (!escaped && c == ']' && depth > 0) depth--;
        escaped = !escaped && c == '\\';
        buf_char(&b, c);
    }
    return buf_str(&b);
}

static bool has(Str flags, char c) {
    return flags.n > 0 && memchr(flags.p, c, (size_t)flags.n) != NULL;
}

RegexStatus regex_translate(Arena *a, Str pattern, Str flags, Str *out, int *groups) {
    if (pattern.n > REGEX_PATTERN_MAX) return REGEX_LIMIT;
    Buf b = buf_new(a, 1 << 20);
    *groups = 0;
    if (has(flags, 'q')) {
        for (ptrdiff_t i = 0; i < pattern.n;) {
            uint32_t cp = utf8_next(pattern, &i);
            put_span(&b, cp, cp);
        }
        *out = buf_str(&b);
        return b.over ? REGEX_LIMIT : REGEX_OK;
    }
    if (has(flags, 'x')) pattern = without_blanks(a, pattern);
    Parser p = {.arena = a,
                .s = pattern,
                .dot_all = has(flags, 's'),
                .lines = has(flags, 'm'),
                .closed = NEW_N(a, bool, pattern.n + 2)};
    if (parse_branches(&p, &b) && p.i < p.s.n) bad(&p);
    *out = buf_str(&b);
    *groups = p.groups;
    if (b.over) return REGEX_LIMIT;
    return p.status;
}
