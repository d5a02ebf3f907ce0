/* iCalendar lines: folding between characters, escaping, days and instants. */
#include "codec/ical.h"
#include "tests/test.h"

static Str text_line(Arena *a, const char *text) {
    Buf b = buf_new(a, 0);
    ical_text(&b, S("SUMMARY"), str_from(text));
    return buf_str(&b);
}

TEST(ical_escapes) {
    Arena *a = arena_open(0);
    CHECK_STR(text_line(a, "a;b,c\\d\ne\r\x01"), S("SUMMARY:a\\;b\\,c\\\\d\\ne\r\n"));
    CHECK_STR(text_line(a, ""), S("SUMMARY:\r\n"));
    /* A line end in a text begins no line of its own. */
    CHECK_STR(text_line(a, "x\r\nEND:VEVENT"), S("SUMMARY:x\\nEND:VEVENT\r\n"));
    CHECK_STR(ical_day(a, 18808), S("20210630"));
    CHECK_STR(ical_instant(a, 1625040000000), S("20210630T080000Z"));
    arena_close(a);
}

TEST(ical_folds_between_characters) {
    Arena *a = arena_open(0);
    for (int n = 0; n < 200; n++) {
        Buf text = buf_new(a, 0), whole = buf_new(a, 0);
        for (int i = 0; i < n; i++) buf_put(&text, i % 3 ? S("企") : S("x"));
        Str line = text_line(a, str_z(a, buf_str(&text)));
        CHECK(str_ends(line, S("\r\n")));
        for (Str rest = line; rest.n;) {
            ptrdiff_t end = str_find(rest, S("\r\n"));
            CHECK(end <= 75 && end > 0);
            Str part = str_sub(rest, 0, end);
            if (rest.p != line.p) CHECK(part.p[0] == ' ');
            CHECK(((unsigned char)part.p[rest.p != line.p] & 0xc0) != 0x80);
            buf_put(&whole, str_sub(part, rest.p != line.p, part.n));
            rest = str_sub(rest, end + 2, rest.n);
        }
        CHECK_STR(buf_str(&whole), str_cat(a, S("SUMMARY:"), buf_str(&text)));
    }
    arena_close(a);
}
