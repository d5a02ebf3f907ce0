/* XPath regular expressions and case mapping. */
#include <string.h>

#include "base/rng.h"
#include "feel/regex.h"
#include "feel/textcase.h"
#include "tests/test.h"

static Arena *arena;

/* 1 match, 0 none, -1 bad pattern, -2 bad flags, -4 limit. */
static int match(const char *input, const char *pattern, const char *flags) {
    bool hit = false;
    RegexStatus s = regex_matches(arena, REGEX_STEPS_MAX, str_from(input), str_from(pattern),
                                  str_from(flags), &hit);
    return s == REGEX_OK ? hit : -(int)s;
}

static Str replaced(const char *input, const char *pattern, const char *rep, const char *flags) {
    Str out;
    RegexStatus s = regex_replace(arena, REGEX_STEPS_MAX, str_from(input), str_from(pattern),
                                  str_from(rep), str_from(flags), &out);
    return s == REGEX_OK ? out : str_printf(arena, "status %d", (int)s);
}

static Str pieces(const char *input, const char *pattern) {
    Str *parts, out = S("");
    int n;
    RegexStatus s =
        regex_split(arena, REGEX_STEPS_MAX, str_from(input), str_from(pattern), &parts, &n);
    if (s != REGEX_OK) return str_printf(arena, "status %d", (int)s);
    for (int i = 0; i < n; i++) {
        if (i) out = str_cat(arena, out, S("|"));
        out = str_cat(arena, out, parts[i]);
    }
    return out;
}

TEST(regex_matches_plain) {
    arena = arena_open(0);
    CHECK_INT(match("高新技术企业", "高新.*企业", ""), 1);
    CHECK_INT(match("高新技术企业", "^企业", ""), 0);
    CHECK_INT(match("2614", "^26\\d{2}$", ""), 1);
    CHECK_INT(match("２６１４", "^\\d{4}$", ""), 1); /* full-width digits are Nd */
    CHECK_INT(match("ab", "a|b|", ""), 1);
    CHECK_INT(match("", "", ""), 1);
    CHECK_INT(match("a.c", "a\\.c", ""), 1);
    CHECK_INT(match("abc", "a\\.c", ""), 0);
    CHECK_INT(match("a\nc", "a.c", ""), 0);
    CHECK_INT(match("a\nc", "a.c", "s"), 1);
    CHECK_INT(match("a\r", "a.", ""), 0);
    CHECK_INT(match("a\n", "a$", ""), 0);
    CHECK_INT(match("a\nb", "^b$", "m"), 1);
    CHECK_INT(match("a\nb", "^b$", ""), 0);
    CHECK_INT(match("abab", "^(ab)\\1$", ""), 1);
    CHECK_INT(match("xx", "^(?:x)(x)$", ""), 1);
    CHECK_INT(match("b", "(a)?b\\1", ""), 1);
    CHECK_INT(match("(?i)a", "(?i)a", "q"), 1);
    CHECK_INT(match("A", "(?i)a", "q"), 0);
    CHECK_INT(match("a+b", "A+B", "qi"), 1);
    CHECK_INT(match("\\Qa", "\\\\Qa", ""), 1);
    arena_close(arena);
}

TEST(regex_classes) {
    arena = arena_open(0);
    CHECK_INT(match("b", "^[a-c-[b]]$", ""), 0);
    CHECK_INT(match("c", "^[a-c-[b]]$", ""), 1);
    CHECK_INT(match("e", "^[a-z-[a-m-[e]]]$", ""), 1);
    CHECK_INT(match("d", "^[a-z-[a-m-[e]]]$", ""), 0);
    CHECK_INT(match("x", "^[^a-c-[x]]$", ""), 0);
    CHECK_INT(match("y", "^[^a-c-[x]]$", ""), 1);
    CHECK_INT(match("-", "^[a-]$", ""), 1);
    CHECK_INT(match("-", "^[-a]$", ""), 1);
    CHECK_INT(match("-", "^[a-c-e]$", ""), 1); /* a dash behind a range is itself */
    CHECK_INT(match("e", "^[a-c-e]$", ""), 1);
    CHECK_INT(match("d", "^[a-c-e]$", ""), 0);
    CHECK_INT(match("-", "^[\\d-z]$", ""), 1);
    CHECK_INT(match("-", "^[^-a]$", ""), 0);
    CHECK_INT(match("]", "^[\\]\\[\\^\\-]$", ""), 1);
    CHECK_INT(match("5", "^[\\D]$", ""), 0);
    CHECK_INT(match("淄", "^[\\d\\D]$", ""), 1);
    CHECK_INT(match(" ", "^\\S$", ""), 0);
    CHECK_INT(match("\xC2\xA0", "^\\s$", ""), 0); /* only the four blanks of XML */
    CHECK_INT(match("_a-1.x", "^\\i\\c*$", ""), 1);
    CHECK_INT(match("1a", "^\\i", ""), 0);
    CHECK_INT(match("淄博", "^\\i\\c$", ""), 1);
    CHECK_INT(match("-", "^\\w$", ""), 0);
    CHECK_INT(match("+", "^\\w$", ""), 1); /* symbols are word characters in XML Schema */
    CHECK_INT(match("！", "^\\W$", ""), 1);
    CHECK_INT(match("淄", "^\\p{IsCJKUnifiedIdeographs}$", ""), 1);
    CHECK_INT(match("a", "^\\P{IsCJKUnifiedIdeographs}$", ""), 1);
    CHECK_INT(match("α", "^\\p{IsGreek}\\p{IsGreek}?$", ""), 1);
    CHECK_INT(match("É", "^\\p{Lu}$", ""), 1);
    CHECK_INT(match("K", "k", "i"), 1); /* the Kelvin sign */
    CHECK_INT(match("I", "[A-Z-[OI]]", "i"), 0);
    CHECK_INT(match("o", "[A-Z-[OI]]", "i"), 0);
    CHECK_INT(match("a]", "a[ ]b", "x"), 0);
    CHECK_INT(match("a b", "a [ ] b", "x"), 1);
    CHECK_INT(match("[b", "\\ [ b", "x"), 1);
    arena_close(arena);
}

TEST(regex_refuses) {
    arena = arena_open(0);
    static const char *const BAD[] = {"(",
                                      ")",
                                      "a)",
                                      "(a",
                                      "[",
                                      "[]",
                                      "[^]",
                                      "[a",
                                      "a]",
                                      "{",
                                      "}",
                                      "a{",
                                      "a{}",
                                      "a{,3}",
                                      "a{3,2}",
                                      "a{65536}",
                                      "a{99999999999}",
                                      "*",
                                      "+a",
                                      "?",
                                      "a**",
                                      "a++",
                                      "a*+",
                                      "(?i)a",
                                      "(?=a)",
                                      "(?<n>a)",
                                      "(?P<n>a)",
                                      "(*FAIL)",
                                      "\\",
                                      "\\a",
                                      "\\b",
                                      "\\Q",
                                      "\\x41",
                                      "\\u0041",
                                      "\\0",
                                      "\\1",
                                      "(a\\1)",
                                      "(a)\\2",
                                      "[\\1]",
                                      "[z-a]",
                                      "[--z]",
                                      "[a-\\d]",
                                      "[[a]]",
                                      "[a-[b]c]",
                                      "[a&&b[c]]",
                                      "\\p",
                                      "\\p{",
                                      "\\p{Xx}",
                                      "\\p{ L}",
                                      "\\p{IsNoSuch}",
                                      "\\pL",
                                      "\\p{^L}",
                                      "\\p{Cs}",
                                      "\\p{Is}",
                                      "a|*"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        CHECK_INT(match("a", BAD[i], ""), -(int)REGEX_BAD_PATTERN);
        if (match("a", BAD[i], "") != -(int)REGEX_BAD_PATTERN) test_failed(BAD[i], 0, BAD[i]);
    }
    CHECK_INT(match("a", "a", "g"), -(int)REGEX_BAD_FLAGS);
    CHECK_INT(match("a", "a", " "), -(int)REGEX_BAD_FLAGS);
    CHECK_INT(match("a", "a", "I"), -(int)REGEX_BAD_FLAGS);
    arena_close(arena);
}

TEST(regex_limits) {
    arena = arena_open(0);
    char deep[1001];
    memset(deep, '(', 500);
    memset(deep + 500, ')', 500);
    deep[1000] = 0;
    CHECK_INT(match("a", deep, ""), -(int)REGEX_LIMIT);
    memset(deep, '[', 1000);
    CHECK_INT(match("a", deep, "") < 0, 1);
    Str longest = str_of(arena_array(arena, REGEX_PATTERN_MAX + 1, 1), REGEX_PATTERN_MAX + 1);
    memset((char *)(uintptr_t)longest.p, 'a', (size_t)longest.n);
    bool hit;
    CHECK(regex_matches(arena, REGEX_STEPS_MAX, S("a"), longest, S(""), &hit) == REGEX_LIMIT);
    /* Exponential without a limit. */
    CHECK_INT(match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a|aa)+$", ""), -4);
    CHECK_INT(match("\xff", "a", ""), -4);
    CHECK_INT(match("a", "\xff", ""), 0); /* read as U+FFFD */
    arena_close(arena);
}

TEST(regex_replaces) {
    arena = arena_open(0);
    CHECK_STR(replaced("2024-05-06", "(\\d+)-(\\d+)-(\\d+)", "$3.$2.$1", ""), S("06.05.2024"));
    CHECK_STR(replaced("淄博市", "博", "$0$0", ""), S("淄博博市"));
    CHECK_STR(replaced("abc", "b", "\\$\\\\", ""), S("a$\\c"));
    CHECK_STR(replaced("abc", "(b)", "$12", ""), S("ab2c"));
    CHECK_STR(replaced("abc", "b", "$1", ""), S("ac"));
    CHECK_STR(replaced("a.c", ".", "$", "q"), S("a$c"));
    CHECK_STR(replaced("abc", "b", "$", ""), S("status 3"));
    CHECK_STR(replaced("abc", "b", "$x", ""), S("status 3"));
    CHECK_STR(replaced("abc", "b", "\\n", ""), S("status 3"));
    CHECK_STR(replaced("abc", "x*", "-", ""), S("status 1"));
    CHECK_STR(replaced("abc", "", "-", ""), S("status 1"));
    CHECK_STR(replaced("", "a", "-", ""), S(""));
    CHECK_STR(replaced("aXbX", "x", "-", "i"), S("a-b-"));
    arena_close(arena);
}

TEST(regex_splits) {
    arena = arena_open(0);
    CHECK_STR(pieces("a, b;c", "[,;]\\s*"), S("a|b|c"));
    CHECK_STR(pieces(";a;;b;", ";"), S("|a||b|"));
    CHECK_STR(pieces("", ";"), S(""));
    CHECK_STR(pieces("电子、化工、医药", "、"), S("电子|化工|医药"));
    CHECK_STR(pieces("abc", ""), S("status 1"));
    CHECK_STR(pieces("abc", "("), S("status 1"));
    arena_close(arena);
}

TEST(text_case) {
    arena = arena_open(0);
    CHECK_STR(text_upper(arena, S("zibo é ß ﬁ ｚ я ǆ 𐐨 淄博")), S("ZIBO É SS FI Ｚ Я Ǆ 𐐀 淄博"));
    CHECK_STR(text_lower(arena, S("ZIBO É ẞ Ｚ Я Ǆ 𐐀 淄博")), S("zibo é ß ｚ я ǆ 𐐨 淄博"));
    CHECK_STR(text_lower(arena, S("ΟΔΟΣ ΣΟΣ Σ")), S("οδος σος σ"));
    CHECK_STR(text_lower(arena, S("İ")), S("i̇"));
    CHECK_STR(text_upper(arena, S("")), S(""));
    CHECK_STR(text_upper(arena, S("\xCE\x90")), S("\xCE\x99\xCC\x88\xCC\x81"));
    arena_close(arena);
}

/* What our grammar accepts, PCRE2 accepts; and nothing crashes. */
TEST(regex_random_patterns) {
    static const char *const BITS[] = {"a",        "b",
                                       "淄",       "(",
                                       ")",        "(?:",
                                       "[",        "]",
                                       "[^",       "-",
                                       "-[",       "{2}",
                                       "{1,3}",    "{",
                                       "}",        "*",
                                       "+",        "?",
                                       "|",        "^",
                                       "$",        ".",
                                       "\\d",      "\\S",
                                       "\\p{L}",   "\\P{IsGreek}",
                                       "\\c",      "\\1",
                                       "\\-",      "\\n",
                                       "]",        ")",
                                       "[a-z]",    "\xf0\x9f\x90\x8e",
                                       " ",        "\\",
                                       "#",        "\\]",
                                       "{0,65535}"};
    Rng r = rng_new(7);
    for (int k = 0; k < 20000; k++) {
        arena = arena_open(0);
        Str pattern = S(""), out;
        int n = (int)rng_below(&r, 12), groups;
        for (int i = 0; i < n; i++)
            pattern = str_cat(arena, pattern,
                              str_from(BITS[rng_below(&r, sizeof BITS / sizeof BITS[0])]));
        Str flags = rng_below(&r, 3) ? S("") : S("xmis");
        RegexStatus ours = regex_translate(arena, pattern, flags, &out, &groups);
        bool hit;
        RegexStatus theirs =
            regex_matches(arena, REGEX_STEPS_MAX, S("ab淄a-b\n2"), pattern, flags, &hit);
        bool fits = ours == theirs || (ours == REGEX_OK && theirs == REGEX_LIMIT);
        if (!fits) printf("pattern «%.*s» gives «%.*s»\n", STRF(pattern), STRF(out));
        CHECK(fits);
        arena_close(arena);
    }
}
