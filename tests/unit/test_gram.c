/* Bigrams: folding, grams, recheck. */
#include "codec/gram.h"
#include "tests/test.h"

TEST(fold_and_grams) {
    Arena *a = arena_open(0);
    CHECK_STR(gram_fold(a, S(" 山东（淄博）ＡＢc-1.２ ")), S("山东淄博abc12"));
    CHECK_STR(gram_text(a, S("淄博齐翔")), S("淄博 博齐 齐翔"));
    CHECK_STR(gram_text(a, S("淄博淄博")), S("淄博 博淄"));
    CHECK_STR(gram_text(a, S("A股")), S("a股"));
    CHECK_STR(gram_text(a, S("淄")), S(""));
    CHECK_STR(gram_text(a, S("")), S(""));
    CHECK_STR(gram_text(a, S("𬭎业é")), S("u2cb4e业 业u00e9"));
    CHECK_STR(gram_text(a, S("①、②\xEF\xBF\xBD")), S(""));
    arena_close(a);
}

TEST(recheck) {
    Arena *a = arena_open(0);
    CHECK(gram_contains(a, S("山东（淄博）齐翔公司"), S("淄博齐翔")));
    CHECK(!gram_contains(a, S("博齐淄博翔"), S("淄博齐")));
    arena_close(a);
}
