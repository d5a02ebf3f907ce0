/* Zone files: a sound one, each part of it broken in turn, every cut, every flipped bit. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "tests/test.h"
#include "tools/tzif.h"

enum { FIRST = 44, SECOND = FIRST + 5 + 2 * 6 + 8, AT = SECOND + 44, TYPES = AT + 3 * 9 };

static void put(Buf *b, uint64_t v, int bytes) {
    while (bytes-- > 0) buf_char(b, (char)(unsigned char)(v >> (8 * bytes)));
}

static void put_header(Buf *b, char version, const uint32_t counts[6]) {
    buf_lit(b, "TZif");
    buf_char(b, version);
    put(b, 0, 8), put(b, 0, 7);
    for (int i = 0; i < 6; i++) put(b, counts[i], 4);
}

static void put_types(Buf *b) {
    put(b, 8 * 3600, 4), put(b, 0, 1), put(b, 0, 1);
    put(b, 9 * 3600, 4), put(b, 1, 1), put(b, 4, 1);
    put(b, 0x43535400, 4), put(b, 0x43445400, 4);
}

/* Eight hours east; nine in two summers, and from then on by the rule. */
static Str sound(Arena *a) {
    Buf b = buf_new(a, 1 << 12);
    put_header(&b, '2', (uint32_t[]){0, 0, 0, 1, 2, 8});
    put(&b, 1000, 4), put(&b, 1, 1), put_types(&b);
    put_header(&b, '2', (uint32_t[]){2, 2, 0, 3, 2, 8});
    put(&b, (uint64_t)-1000, 8), put(&b, 1000, 8), put(&b, 2000, 8);
    put(&b, 1, 1), put(&b, 0, 1), put(&b, 1, 1);
    put_types(&b);
    put(&b, 1, 2), put(&b, 0, 2);
    buf_lit(&b, "\nCST-8CDT,M3.5.0/-1,J300/24:30:15\n");
    return buf_str(&b);
}

static const char *read_str(Str s, Tzif *out) {
    return tzif_read((const uint8_t *)s.p, (size_t)s.n, out);
}

static const char *rule(const char *text, TzifRule *out) {
    return tzif_rule(text, strlen(text), out);
}

/* What is said of a file when `bytes` bytes at `at` hold v; "" when it is sound. */
static Str said(Arena *a, int at, uint64_t v, int bytes) {
    Tzif z;
    Str s = str_dup(a, sound(a));
    for (int i = 0; i < bytes; i++) ((char *)s.p)[at + i] = (char)(v >> (8 * (bytes - 1 - i)));
    const char *wrong = read_str(s, &z);
    return str_from(wrong ? wrong : "");
}

TEST(tzif_sound_file) {
    Arena *a = arena_open(0);
    Tzif z = {0};
    Str s = sound(a);
    CHECK(!read_str(s, &z));
    CHECK_INT(z.ntimes, 3);
    CHECK_INT(z.ntypes, 2);
    CHECK_INT(tzif_at(&z, 0), -1000);
    CHECK_INT(tzif_at(&z, 2), 2000);
    CHECK_INT(tzif_at_type(&z, 0), 1);
    CHECK_INT(tzif_at_type(&z, 1), 0);
    CHECK_INT(tzif_offset(&z, 1), 9 * 3600);
    CHECK_INT(z.rule.std, 8 * 3600);
    CHECK_INT(z.rule.dst, 9 * 3600);
    CHECK(z.rule.has_dst);
    CHECK_INT(z.rule.start.month * 100 + z.rule.start.week * 10 + z.rule.start.day, 350);
    CHECK_INT(z.rule.start.seconds, -3600);
    CHECK_INT(z.rule.end.kind, 'J');
    CHECK_INT(z.rule.end.day, 300);
    CHECK_INT(z.rule.end.seconds, 24 * 3600 + 30 * 60 + 15);
    arena_close(a);
}

TEST(tzif_says_what_is_wrong) {
    Arena *a = arena_open(0);
    static const struct {
        int at;
        uint64_t value;
        int bytes;
        const char *says;
    } BROKEN[] = {
        {0, 'X', 1, "not a TZif file of version 2 or later"},
        {4, 0, 1, "not a TZif file of version 2 or later"},
        {20, UINT32_MAX, 4, "cut short"},
        {32, UINT32_MAX, 4, "cut short"},
        {32, 2, 4, "no 64-bit block"},
        {SECOND, 'X', 1, "no 64-bit block"},
        {SECOND + 28, 1, 4, "leap seconds are not wanted"},
        {SECOND + 32, UINT32_MAX, 4, "too many transitions"},
        {SECOND + 32, 4096, 4, "cut short"},
        {SECOND + 36, 0, 4, "no types, or too many"},
        {SECOND + 36, 257, 4, "no types, or too many"},
        {SECOND + 20, 1, 4, "a count of UT marks that is not that of types"},
        {SECOND + 24, 3, 4, "a count of standard marks that is not that of types"},
        {SECOND + 40, 0, 4, "no abbreviations"},
        {SECOND + 40, UINT32_MAX, 4, "cut short"},
        {AT, (uint64_t)1 << 63, 8, "a transition out of range"},
        {AT + 16, ((uint64_t)1 << 59) + 1, 8, "a transition out of range"},
        {AT + 8, (uint64_t)-1000, 8, "transitions that do not ascend"},
        {AT + 24, 2, 1, "a type that is not there"},
        {TYPES, 26 * 3600, 4, "an offset out of range"},
        {TYPES, UINT32_MAX - 25 * 3600 + 1, 4, "an offset out of range"},
        {TYPES + 4, 2, 1, "a daylight mark that is neither 0 nor 1"},
        {TYPES + 5, 8, 1, "an abbreviation that is not there"},
        {TYPES + 19, 'T', 1, "an abbreviation without an end"},
        {TYPES + 20, 2, 1, "a mark that is neither 0 nor 1"},
        {TYPES + 24, ' ', 1, "no footer"},
        {TYPES + 25, ' ', 1, "a rule without name and offset"},
        {TYPES + 30, '\n', 1, "a rule with a name of daylight saving that is none"},
    };
    for (size_t i = 0; i < sizeof BROKEN / sizeof BROKEN[0]; i++)
        CHECK_STR(said(a, BROKEN[i].at, BROKEN[i].value, BROKEN[i].bytes),
                  str_from(BROKEN[i].says));
    CHECK_STR(said(a, AT + 16, (uint64_t)1 << 59, 8), S(""));
    CHECK_STR(said(a, TYPES, UINT32_MAX - 25 * 3600 + 2, 4), S(""));
    Tzif z;
    Buf big = buf_new(a, 1 << 20);
    buf_put(&big, sound(a));
    while (buf_str(&big).n <= TZIF_BYTES_MAX) buf_char(&big, '\n');
    CHECK_STR(str_from(read_str(buf_str(&big), &z)), S("too large"));
    arena_close(a);
}

/* Each input is copied to its own length, so that reading behind its end is seen. */
TEST(tzif_survives_cuts_and_flipped_bits) {
    Arena *a = arena_open(0);
    Str s = sound(a);
    Tzif z;
    for (ptrdiff_t n = 0; n < s.n; n++) {
        Arena *one = arena_open(0);
        /* a block of its own, ending where the input ends */
        size_t lead = ((size_t)1 << 20) - (size_t)n;
        char *p = (char *)arena_alloc(one, lead + (size_t)n) + lead;
        memcpy(p, s.p, (size_t)n);
        CHECK(read_str((Str){p, n}, &z));
        arena_close(one);
    }
    int sound_still = 0;
    for (int bit = 0; bit < 8 * s.n; bit++) {
        char *p = arena_copy(a, s.p, (size_t)s.n);
        p[bit / 8] = (char)(p[bit / 8] ^ 1 << bit % 8);
        if (read_str((Str){p, s.n}, &z)) continue;
        sound_still++;
        int64_t last = INT64_MIN;
        for (size_t i = 0; i < z.ntimes; i++) {
            CHECK(tzif_at(&z, i) > last && (size_t)tzif_at_type(&z, i) < z.ntypes);
            last = tzif_at(&z, i);
        }
    }
    CHECK(sound_still > 0 && sound_still < 8 * s.n);
    arena_close(a);
}

TEST(tzif_rules) {
    TzifRule r;
    static const char *const GOOD[] = {"CST-8",
                                       "<+0530>-5:30",
                                       "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
                                       "EET-2EEST,M3.4.4/50,M10.4.4/50",
                                       "ABC24DEF,0,J365/167:59:59",
                                       "AAA-24:59:59BBB-1,365/+1,J1"};
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) CHECK(!rule(GOOD[i], &r));
    CHECK(!rule("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", &r));
    CHECK_INT(r.std, 37800);
    CHECK_INT(r.dst, 39600);
    CHECK_INT(r.end.seconds, 7200);
    CHECK(!rule("EET-24EET,M3.4.4/5,M1.4.4", &r));
    CHECK_INT(r.dst, 25 * 3600);
    CHECK(!rule("UTC0", &r));
    CHECK(!r.has_dst && r.std == 0 && r.start.kind == 'N');
    static const char *const BAD[] = {"",
                                      "C",
                                      "CST",
                                      "CS-8",
                                      "<CST-8",
                                      "<>0",
                                      "CST-25",
                                      "CST-8:60",
                                      "CST-8:00:60",
                                      "CST-0008",
                                      "CST-8 ",
                                      "CST-8CDT",
                                      "CST-8CDT,M3.5.0",
                                      "CST-8CD,M3.5.0,M4.1.0",
                                      "CST-8CDT,M0.5.0,M4.1.0",
                                      "CST-8CDT,M13.5.0,M4.1.0",
                                      "CST-8CDT,M3.0.0,M4.1.0",
                                      "CST-8CDT,M3.6.0,M4.1.0",
                                      "CST-8CDT,M3.5.7,M4.1.0",
                                      "CST-8CDT,J0,M4.1.0",
                                      "CST-8CDT,J366,M4.1.0",
                                      "CST-8CDT,366,M4.1.0",
                                      "CST-8CDT,M3.5.0/168,M4.1.0",
                                      "CST-8CDT,M3.5.0/,M4.1.0",
                                      "CST-8CDT,M3.5.0,M4.1.0,",
                                      "CST-8CDT,M99999999999.5.0,M4.1.0",
                                      "CST-8CDT+,M3.5.0,M4.1.0"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) CHECK(rule(BAD[i], &r));
}
