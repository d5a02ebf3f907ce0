/* Encodings: detection, conversion, bad bytes with their place. */
#include "codec/gb18030.h"
#include "tests/test.h"

TEST(detect) {
    CHECK_INT(text_encoding(S("")), TEXT_UTF8);
    CHECK_INT(text_encoding(S("abc")), TEXT_UTF8);
    CHECK_INT(text_encoding(S("淄博")), TEXT_UTF8);
    CHECK_INT(text_encoding(S("\xEF\xBB\xBFx")), TEXT_UTF8_BOM);
    CHECK_INT(text_encoding(S("\xD7\xCD\xB2\xA9")), TEXT_GB18030);
    CHECK_INT(text_encoding(S("\xFF\xFEx\0")), TEXT_UTF16_LE);
    CHECK_INT(text_encoding(S("\xFE\xFF\0x")), TEXT_UTF16_BE);
    CHECK_STR(text_encoding_name(TEXT_GB18030), S("GB18030"));
}

TEST(convert) {
    Ctx c = ctx_new(arena_open(0), 0);
    Str out = {0};
    CHECK(text_decode(&c, S("a\xD7\xCD\xB2\xA9,1\n"), TEXT_GB18030, NULL, &out));
    CHECK_STR(out, S("a淄博,1\n"));
    CHECK(text_decode(&c, S("\xFF\xFE\xC4\x6D\x0A\x00"), TEXT_UTF16_LE, NULL, &out));
    CHECK_STR(out, S("淄\n"));
    CHECK(text_decode(&c, S("\xEF\xBB\xBF淄"), TEXT_UTF8_BOM, NULL, &out));
    CHECK_STR(out, S("淄"));
    /* Rare characters of names survive both ways (four-byte forms). */
    Str rare = S("𬭎䶮㛃镕");
    Str gb = text_to_gb18030(c.arena, rare);
    CHECK(gb.n > 0 && text_decode(&c, gb, TEXT_GB18030, NULL, &out));
    CHECK_STR(out, rare);
    arena_close(c.arena);
}

TEST(bad_bytes) {
    Ctx c = ctx_new(arena_open(0), 0);
    Str out = {0};
    int64_t bad = 0;
    CHECK(!text_decode(&c,
                       S("ab\nc\xFF"
                         "d"),
                       TEXT_GB18030, NULL, &out));
    CHECK_STR(note_text(c.arena, &c.err.note, LANG_EN), S("not valid GB18030 (byte 5, line 2)"));
    CHECK(text_decode(&c,
                      S("ab\xFF"
                        "c\xD7"),
                      TEXT_GB18030, &bad, &out));
    CHECK_STR(out, S("ab\xEF\xBF\xBD"
                     "c\xEF\xBF\xBD"));
    CHECK_INT(bad, 2);
    CHECK(text_decode(&c, S("\xEF\xBB\xBFx\xFFy\xC0"), TEXT_UTF8_BOM, &bad, &out));
    CHECK_STR(out, S("x\xEF\xBF\xBDy\xEF\xBF\xBD"));
    CHECK_INT(bad, 2);
    ctx_clear(&c);
    CHECK(!text_decode(&c, S("x\xFF"), TEXT_UTF8, NULL, &out));
    arena_close(c.arena);
}
