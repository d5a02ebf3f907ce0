/* Numbers and units as people write them. See numtext.h.
 *
 * A text is folded to half width first (into a fixed buffer: a number that does not fit is none);
 * plain digits take a short way because most cells are that. */
#include "codec/numtext.h"

#include <string.h>

#include "base/utf8.h"

enum { FOLDED_MAX = 96, DIGITS_MAX = 34, SMALL_DIGITS = 18 };

typedef struct Word {
    Str text;
    NumScale scale;
} Word;

static const Word units[] = {
    {STR_INIT("元"), {NUM_UNIT_YUAN, 0}},         {STR_INIT("yuan"), {NUM_UNIT_YUAN, 0}},
    {STR_INIT("万元"), {NUM_UNIT_YUAN, 4}},       {STR_INIT("亿元"), {NUM_UNIT_YUAN, 8}},
    {STR_INIT("千元"), {NUM_UNIT_YUAN, 3}},       {STR_INIT("百元"), {NUM_UNIT_YUAN, 2}},
    {STR_INIT("十万元"), {NUM_UNIT_YUAN, 5}},     {STR_INIT("百万元"), {NUM_UNIT_YUAN, 6}},
    {STR_INIT("千万元"), {NUM_UNIT_YUAN, 7}},     {STR_INIT("万亿元"), {NUM_UNIT_YUAN, 12}},
    {STR_INIT("人民币元"), {NUM_UNIT_YUAN, 0}},   {STR_INIT("人民币万元"), {NUM_UNIT_YUAN, 4}},
    {STR_INIT("人民币亿元"), {NUM_UNIT_YUAN, 8}}, {STR_INIT("元人民币"), {NUM_UNIT_YUAN, 0}},
    {STR_INIT("万元人民币"), {NUM_UNIT_YUAN, 4}}, {STR_INIT("亿元人民币"), {NUM_UNIT_YUAN, 8}},
    {STR_INIT("角"), {NUM_UNIT_YUAN, -1}},        {STR_INIT("分"), {NUM_UNIT_YUAN, -2}},
    {STR_INIT("百"), {NUM_UNIT_FACTOR, 2}},       {STR_INIT("千"), {NUM_UNIT_FACTOR, 3}},
    {STR_INIT("万"), {NUM_UNIT_FACTOR, 4}},       {STR_INIT("百万"), {NUM_UNIT_FACTOR, 6}},
    {STR_INIT("千万"), {NUM_UNIT_FACTOR, 7}},     {STR_INIT("亿"), {NUM_UNIT_FACTOR, 8}},
    {STR_INIT("万亿"), {NUM_UNIT_FACTOR, 12}},    {STR_INIT("%"), {NUM_UNIT_RATIO, -2}},
    {STR_INIT("‰"), {NUM_UNIT_RATIO, -3}},        {STR_INIT("百分比"), {NUM_UNIT_RATIO, -2}},
    {STR_INIT("人"), {NUM_UNIT_PEOPLE, 0}},       {STR_INIT("名"), {NUM_UNIT_PEOPLE, 0}},
    {STR_INIT("万人"), {NUM_UNIT_PEOPLE, 4}},     {STR_INIT("人次"), {NUM_UNIT_PEOPLE, 0}},
    {STR_INIT("件"), {NUM_UNIT_PIECE, 0}},        {STR_INIT("项"), {NUM_UNIT_PIECE, 0}},
    {STR_INIT("家"), {NUM_UNIT_PIECE, 0}},        {STR_INIT("户"), {NUM_UNIT_PIECE, 0}},
    {STR_INIT("个"), {NUM_UNIT_PIECE, 0}},        {STR_INIT("台"), {NUM_UNIT_PIECE, 0}},
    {STR_INIT("套"), {NUM_UNIT_PIECE, 0}},        {STR_INIT("次"), {NUM_UNIT_PIECE, 0}},
    {STR_INIT("条"), {NUM_UNIT_PIECE, 0}},        {STR_INIT("年"), {NUM_UNIT_YEAR, 0}},
    {STR_INIT("美元"), {NUM_UNIT_FOREIGN, 0}},    {STR_INIT("万美元"), {NUM_UNIT_FOREIGN, 4}},
    {STR_INIT("亿美元"), {NUM_UNIT_FOREIGN, 8}},  {STR_INIT("港元"), {NUM_UNIT_FOREIGN, 0}},
    {STR_INIT("万港元"), {NUM_UNIT_FOREIGN, 4}},  {STR_INIT("亿港元"), {NUM_UNIT_FOREIGN, 8}},
    {STR_INIT("欧元"), {NUM_UNIT_FOREIGN, 0}},    {STR_INIT("万欧元"), {NUM_UNIT_FOREIGN, 4}},
    {STR_INIT("日元"), {NUM_UNIT_FOREIGN, 0}},    {STR_INIT("万日元"), {NUM_UNIT_FOREIGN, 4}},
};

/* s in half width without blanks; {NULL, 0} when it does not fit. */
static Str folded(Str s, char out[FOLDED_MAX + 4]) {
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < s.n;) {
        uint32_t cp = utf8_next(s, &i);
        if (cp >= 0xFF01 && cp <= 0xFF5E) cp -= 0xFEE0;
        if (cp == 0x2212 || cp == 0x2010 || cp == 0x2011 || cp == 0xFE63) cp = '-';
        if (cp == 0xFFE5) cp = 0xA5; /* both yen and yuan signs */
        if (cp == ' ' || cp == '\t' || cp == '\r' || cp == '\n' || cp == 0xA0 || cp == 0x3000 ||
            cp == 0x2009 || cp == 0x202F || cp == 0x200B || cp == 0xFEFF)
            continue;
        if (n + 4 > FOLDED_MAX) return (Str){0};
        n += utf8_put(out + n, cp);
    }
    return (Str){out, n};
}

static bool one_of(Str s, const Str *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(s, list[i])) return true;
    return false;
}

bool num_is_unknown(Str s) {
    static const Str words[] = {
        STR_INIT("-"),        STR_INIT("--"),     STR_INIT("—"),    STR_INIT("——"),
        STR_INIT("–"),        STR_INIT("/"),      STR_INIT("\\"),   STR_INIT("N/A"),
        STR_INIT("NA"),       STR_INIT("#N/A"),   STR_INIT("null"), STR_INIT("NaN"),
        STR_INIT("不详"),     STR_INIT("未知"),   STR_INIT("暂无"), STR_INIT("未提供"),
        STR_INIT("未填"),     STR_INIT("未填报"), STR_INIT("待补"), STR_INIT("待核"),
        STR_INIT("不适用"),   STR_INIT("…"),      STR_INIT("……"),   STR_INIT("－"),
        STR_INIT("暂无数据"), STR_INIT("无数据"), STR_INIT("―"),    STR_INIT("---")};
    if (s.n > 16 || (s.n > 0 && s.p[0] >= '0' && s.p[0] <= '9')) return false; /* most cells */
    s = str_trim(s);
    return s.n == 0 || one_of(s, words, sizeof words / sizeof *words);
}

bool num_is_none(Str s) {
    static const Str words[] = {STR_INIT("无"), STR_INIT("没有"), STR_INIT("none")};
    if (s.n > 16 || (s.n > 0 && s.p[0] >= '0' && s.p[0] <= '9')) return false;
    return one_of(str_trim(s), words, sizeof words / sizeof *words);
}

bool num_unit(Str word, NumScale *out) {
    char buf[FOLDED_MAX + 4];
    Str s = folded(word, buf);
    for (size_t i = 0; s.n && i < sizeof units / sizeof *units; i++) {
        if (!str_eq(s, units[i].text)) continue;
        *out = units[i].scale;
        return true;
    }
    return false;
}

/* The last opening bracket of head, or -1; *len its bytes. */
static ptrdiff_t last_open(Str head) {
    for (ptrdiff_t i = head.n; i-- > 0;)
        if (head.p[i] == '(' || head.p[i] == '[' || str_starts(str_sub(head, i, head.n), S("（")) ||
            str_starts(str_sub(head, i, head.n), S("【")))
            return i;
    return -1;
}

bool num_head_unit(Str head, NumScale *out, Str *rest) {
    static const Str closers[] = {STR_INIT(")"), STR_INIT("）"), STR_INIT("]"), STR_INIT("】")};
    static const Str cuts[] = {STR_INIT("/"), STR_INIT("／"), STR_INIT(","), STR_INIT("，"),
                               STR_INIT("_")};
    *rest = head = str_trim(head);
    Str inner = head;
    for (int i = 0; i < 4; i++)
        if (str_ends(inner, closers[i])) inner.n -= closers[i].n;
    ptrdiff_t open = inner.n < head.n ? last_open(inner) : -1;
    if (open >= 0) {
        Str word =
            str_sub(inner, open + (head.p[open] == '(' || head.p[open] == '[' ? 1 : 3), inner.n);
        if (str_starts(word, S("单位：")) || str_starts(word, S("单位:")))
            word = str_sub(word, str_starts(word, S("单位:")) ? 7 : 9, word.n);
        if (!num_unit(word, out)) return false;
        *rest = str_trim(str_sub(head, 0, open));
        return true;
    }
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++)
        for (ptrdiff_t at = head.n; at-- > 0;) {
            if (!str_starts(str_sub(head, at, head.n), cuts[i])) continue;
            if (!num_unit(str_sub(head, at + cuts[i].n, head.n), out)) break;
            *rest = str_trim(str_sub(head, 0, at));
            return true;
        }
    return false;
}

/* The digits of a number while they are collected. */
typedef struct Digits {
    char d[DIGITS_MAX + 2]; /* significant digits, without leading zeros */
    int n;
    int exp;      /* power of ten of the last one */
    int trailing; /* zeros at the end not stored yet */
    bool any, over;
} Digits;

static void add_digit(Digits *g, char c, bool fraction) {
    g->any = true;
    if (fraction) g->exp--;
    if (c == '0') {
        if (g->n) g->trailing++;
        return;
    }
    for (; g->trailing > 0 && g->n < DIGITS_MAX + 1; g->trailing--) g->d[g->n++] = '0';
    if (g->n >= DIGITS_MAX + 1 || g->trailing) {
        g->over = true;
        return;
    }
    g->d[g->n++] = c;
}

/* Digits with , groups of three and a fraction; returns the bytes read or -1 for wrong groups. */
static ptrdiff_t read_digits(Str s, Digits *g) {
    ptrdiff_t i = 0, group = 0;
    bool grouped = false;
    for (; i < s.n; i++) {
        char c = s.p[i];
        if (c >= '0' && c <= '9') {
            add_digit(g, c, false);
            group++;
        } else if ((c == ',' || c == '\'') && i > 0) {
            if (grouped ? group != 3 : group < 1 || group > 3) return -1;
            grouped = true;
            group = 0;
        } else {
            break;
        }
    }
    if (grouped && group != 3) return -1;
    if (i < s.n && s.p[i] == '.') {
        for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) add_digit(g, s.p[i], true);
    }
    g->exp += g->trailing;
    return i;
}

static NumResult finish(Arena *a, const Digits *g, bool negative, NumScale scale, NumText *out) {
    if (g->over || g->n > DIGITS_MAX) return NUM_TOO_LONG;
    NumText t = {.exp = g->n ? g->exp + scale.exp : 0, .scale = scale};
    if (g->n > SMALL_DIGITS) {
        t.big = true;
        t.text = str_printf(a, "%s%.*sE%d", negative ? "-" : "", g->n, g->d, t.exp);
    } else {
        for (int i = 0; i < g->n; i++) t.coef = t.coef * 10 + (g->d[i] - '0');
        if (negative) t.coef = -t.coef;
    }
    *out = t;
    return NUM_OK;
}

static Str without_currency(Str s) {
    static const Str marks[] = {STR_INIT("\xC2\xA5"), STR_INIT("人民币"), STR_INIT("RMB"),
                                STR_INIT("CNY")};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (str_starts(s, marks[i])) return str_sub(s, marks[i].n, s.n);
    return s;
}

static bool has_exponent(Str rest) {
    ptrdiff_t i = 1;
    if (rest.n < 2 || (rest.p[0] != 'E' && rest.p[0] != 'e')) return false;
    if (rest.p[i] == '+' || rest.p[i] == '-') i++;
    return i < rest.n && rest.p[i] >= '0' && rest.p[i] <= '9';
}

/* The short way: optional minus, digits, optional fraction, at most 18 of them in all. */
static bool read_plain(Str s, NumText *out) {
    int64_t v = 0;
    bool negative = s.n > 0 && s.p[0] == '-';
    ptrdiff_t i = negative, start = i, point = -1;
    if (s.n > SMALL_DIGITS) return false;
    for (; i < s.n; i++) {
        if (s.p[i] == '.' && point < 0 && i > start)
            point = i;
        else if (s.p[i] >= '0' && s.p[i] <= '9')
            v = v * 10 + (s.p[i] - '0');
        else
            return false;
    }
    if (i == start || point == i - 1) return false;
    *out = (NumText){.coef = negative ? -v : v, .exp = point < 0 ? 0 : (int)(point + 1 - s.n)};
    return true;
}

NumResult num_read(Arena *a, Str s, NumText *out) {
    char buf[FOLDED_MAX + 4];
    if (read_plain(s, out)) return NUM_OK;
    if (num_is_unknown(s)) return NUM_EMPTY;
    if (num_is_none(s)) return NUM_NONE;
    s = folded(s, buf);
    if (!s.p || !s.n) return NUM_BAD;
    bool negative = false, brackets = s.n > 2 && s.p[0] == '(' && s.p[s.n - 1] == ')';
    if (brackets) s = str_sub(s, 1, s.n - 1);
    s = without_currency(s);
    if (s.n && (s.p[0] == '-' || s.p[0] == '+')) {
        negative = s.p[0] == '-';
        if (brackets) return NUM_BAD;
        s = without_currency(str_sub(s, 1, s.n));
    }
    Digits g = {0};
    ptrdiff_t n = read_digits(s, &g);
    if (n < 0 || !g.any) return NUM_BAD;
    Str rest = str_sub(s, n, s.n);
    NumScale scale = {NUM_UNIT_NONE, 0};
    if (has_exponent(rest)) return NUM_SCIENTIFIC;
    if (rest.n && !num_unit(rest, &scale)) return NUM_BAD;
    if (scale.unit == NUM_UNIT_YEAR) return NUM_BAD;
    return finish(a, &g, negative || brackets, scale, out);
}
