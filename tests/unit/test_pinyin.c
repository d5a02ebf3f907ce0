/* Pinyin: all readings, word list, forms, grams, matching. */
#include "codec/pinyin.h"
#include "tests/test.h"

static bool has(PinyinList l, Str s) {
    for (int i = 0; i < l.n; i++)
        if (str_eq(l.items[i], s)) return true;
    return false;
}

TEST(readings) {
    Str r[PINYIN_READINGS_MAX];
    CHECK(pinyin_readings(0x4E50, r) >= 2); /* 乐 le yue */
    CHECK_STR(r[0], S("le"));
    CHECK_INT(pinyin_readings('a', r), 0);
    CHECK(pinyin_readings(0x7EFF, r) == 2); /* 绿 lv lu */
    CHECK_STR(r[0], S("lv"));
    CHECK(pinyin_readings(0x4DAE, r) >= 1);  /* 䶮 */
    CHECK(pinyin_readings(0x2CB4E, r) >= 1); /* 𬭎 */
    CHECK_INT(pinyin_readings(0x10FFFF, r), 0);
}

TEST(names) {
    Arena *a = arena_open(0);
    CHECK_STR(pinyin_full(a, S("淄博"), 4).items[0], S("zibo"));
    CHECK_STR(pinyin_full(a, S("厦门"), 4).items[0], S("xiamen"));
    CHECK(has(pinyin_full(a, S("厦门"), 8), S("shamen")));
    CHECK_STR(pinyin_full(a, S("重庆银行"), 4).items[0], S("chongqingyinhang"));
    CHECK_STR(pinyin_full(a, S("临淄区高新Ａ1（集团）"), 1).items[0], S("linziqugaoxina1jituan"));
    PinyinList l = pinyin_initials(a, S("淄博齐翔腾达"), 16);
    CHECK_STR(l.items[0], S("zbqxtd"));
    CHECK(has(pinyin_initials(a, S("长城"), 16), S("zc")));
    CHECK_STR(pinyin_initials(a, S("长城"), 16).items[0], S("cc"));
    CHECK(pinyin_full(a, S("长乐重行长乐重行长乐重行"), 5).more);
    CHECK_INT(pinyin_full(a, S("长乐重行长乐重行长乐重行"), 5).n, 5);
    CHECK_INT(pinyin_full(a, S("（）"), 5).n, 0);
    arena_close(a);
}

TEST(matching) {
    Str name = S("淄博齐翔腾达化工股份有限公司");
    CHECK(pinyin_matches(name, S("zbqx")));
    CHECK(pinyin_matches(name, S("ZiBo QiXiang")));
    CHECK(pinyin_matches(name, S("zibqxi")));
    CHECK(pinyin_matches(name, S("hg")));
    CHECK(pinyin_matches(name, S("huag")));
    CHECK(!pinyin_matches(name, S("bz")));
    CHECK(!pinyin_matches(name, S("")));
    CHECK(!pinyin_matches(name, S("淄")));
    CHECK(pinyin_matches(S("厦门银行"), S("xmyh")) && pinyin_matches(S("厦门银行"), S("smyx")));
    CHECK(pinyin_matches(S("六安"), S("luan")) && pinyin_matches(S("六安"), S("liuan")));
    Arena *a = arena_open(0);
    char *many = arena_alloc(a, 3000);
    for (int i = 0; i < 1000; i++) {
        many[3 * i] = (char)0xE9, many[3 * i + 1] = (char)0x87,
                 many[3 * i + 2] = (char)0x8D; /* 重 */
    }
    CHECK(
        !pinyin_matches(str_of(many, 3000), S("zczczczczczczczczczczczczczczczczczczczczczczczx")));
    arena_close(a);
}

TEST(grams_find_what_matches) {
    Arena *a = arena_open(0);
    Str g = pinyin_grams(a, S("厦门1"));
    CHECK(str_find(g, S("ixm")) >= 0 && str_find(g, S("ism")) >= 0 && str_find(g, S("im1")) >= 0);
    CHECK(str_find(g, S("fxi")) >= 0 && str_find(g, S("fam")) >= 0 && str_find(g, S("fn1")) >= 0);
    CHECK_STR(pinyin_query(a, S("Xm"), false), S("ixm"));
    CHECK_STR(pinyin_query(a, S("zi bo"), true), S("fzi fib fbo"));
    CHECK_STR(pinyin_query(a, S("x"), false), S(""));
    CHECK_STR(pinyin_query(a, S("厦x"), false), S(""));
    arena_close(a);
}
