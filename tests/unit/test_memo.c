/* city/memo: what was put is found by its key until the oldest have to go. */
#include "city/memo.h"

#include "tests/test.h"

TEST(memo_finds_what_was_put_and_nothing_else) {
    Arena *a = arena_open(0);
    Memo *m = memo_open();
    Str text;
    CHECK(!memo_get(m, a, S("round 1 1"), &text));
    memo_put(m, S("round 1 1"), S("one"));
    memo_put(m, S("round 1 2"), S(""));
    CHECK(memo_get(m, a, S("round 1 1"), &text));
    CHECK_STR(text, S("one"));
    CHECK(memo_get(m, a, S("round 1 2"), &text));
    CHECK_STR(text, S(""));
    CHECK(!memo_get(m, a, S("round 1"), &text));
    memo_put(m, S("round 1 1"), S("another"));
    CHECK(memo_get(m, a, S("round 1 1"), &text));
    CHECK_STR(text, S("another"));
    memo_close(m);
    arena_close(a);
}

TEST(memo_lets_the_oldest_go_and_keeps_nothing_huge) {
    Arena *a = arena_open(0);
    Memo *m = memo_open();
    Str text, huge = str_of(NEW_N(a, char, 9 << 20), 9 << 20);
    for (int i = 0; i < 40; i++) memo_put(m, str_printf(a, "k%d", i), str_printf(a, "v%d", i));
    CHECK(!memo_get(m, a, S("k0"), &text));
    CHECK(memo_get(m, a, S("k39"), &text));
    CHECK_STR(text, S("v39"));
    memo_put(m, S("huge"), huge);
    CHECK(!memo_get(m, a, S("huge"), &text));
    memo_close(m);
    arena_close(a);
}
