/* GB 32100-2015: the standard's own example and damaged codes. */
#include "codec/uscc.h"
#include "tests/test.h"

TEST(check) {
    int at = -1;
    /* The worked example of the standard (facts S64): 91350100M000100Y4?, check character 3. */
    CHECK_INT(uscc_check_char(S("91350100M000100Y4")), '3');
    CHECK_INT(uscc_check(S("91350100M000100Y43"), &at), USCC_OK);
    CHECK_INT(uscc_check(S("91350100M000100Y44"), &at), USCC_BAD_CHECK);
    CHECK_INT(uscc_check(S("91350100M000100Y4"), &at), USCC_BAD_LENGTH);
    CHECK_INT(uscc_check(S("9.137E+17"), &at), USCC_BAD_LENGTH);
    CHECK_INT(uscc_check(S("91350100I000100Y43"), &at), USCC_BAD_CHARACTER);
    CHECK_INT(at, 8);
    CHECK_INT(uscc_check(S("91350100m000100Y43"), &at), USCC_BAD_CHARACTER);
    CHECK_INT(uscc_check(S("9135010\0M000100Y43"), &at), USCC_BAD_CHARACTER);
    CHECK_INT(uscc_check_char(S("9135")), 0);
}

/* USCC-E1 … E3 of the national facts, sums worked out by hand there. */
TEST(worked_examples) {
    CHECK_INT(uscc_check(S("91370302XXXX00019H"), NULL), USCC_OK);
    CHECK_INT(uscc_check(S("91370305123456788K"), NULL), USCC_OK);
    CHECK_INT(uscc_check(S("92370306MAQXYH8T42"), NULL), USCC_OK);
    CHECK_INT(uscc_org_check_char(S("XXXX0001")), '9');
    CHECK_INT(uscc_org_check_char(S("12345678")), '8');
    CHECK_INT(uscc_org_check_char(S("MAQXYH8T")), '4');
}

TEST(every_single_error_is_found) {
    static const char letters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    char code[] = "91350100M000100Y43";
    for (int i = 0; i < USCC_LENGTH; i++) {
        char before = code[i];
        for (int k = 0; letters[k]; k++) {
            code[i] = letters[k];
            UsccResult want = letters[k] == before ? USCC_OK : USCC_BAD_CHECK;
            CHECK_INT(uscc_check(str_of(code, USCC_LENGTH), NULL), want);
        }
        code[i] = before;
    }
}

TEST(organisation_code) {
    CHECK_INT(uscc_org_check_char(S("M000100Y")), '4');
    CHECK_INT(uscc_org_check_char(S("M00010")), 0);
    CHECK_INT(uscc_org_check_char(S("m000100Y")), 0);
}

TEST(normalize) {
    Arena *a = arena_open(0);
    CHECK_STR(uscc_normalize(a, S(" ９１３５0100 m000100y43\xC2\xA0")), S("91350100M000100Y43"));
    arena_close(a);
}
