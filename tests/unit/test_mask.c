/* Masking of personal data in public texts. */
#include "city/notice/mask.h"
#include "tests/test.h"

static void masks(const char *text, const char *want) {
    Arena *a = arena_open(0);
    const Str persons[] = {S("张三"), S("张三丰"), S("李"), S(" 买买提·艾力 ")};
    CHECK_STR(mask_text(a, str_from(text), persons, 4), str_from(want));
    arena_close(a);
}

TEST(mask_persons) {
    Arena *a = arena_open(0);
    CHECK_STR(mask_person(a, S("张三")), S("张*"));
    CHECK_STR(mask_person(a, S("欧阳修文")), S("欧***"));
    CHECK_STR(mask_person(a, S("买买提·艾力")), S("买**·**"));
    CHECK_STR(mask_person(a, S("张")), S("张*"));
    CHECK_STR(mask_person(a, S("")), S(""));
    arena_close(a);
    masks("联系人张三，张三丰；李子园食品", "联系人张*，张**；李子园食品");
    masks("法定代表人买买提·艾力", "法定代表人买**·**");
}

TEST(mask_mobile_numbers) {
    masks("电话13800138000。", "电话138****8000。");
    masks("138 0013 8000", "138**** 8000");
    masks("138-0013-8000", "138****-8000");
    masks("+86 13800138000", "+86 138****8000");
    masks("１３８００１３８０００", "１３８****８０００");
    masks("0533-2301234", "0533-2301234");
    masks("12345678901", "12345678901");
    masks("138001380001", "138001380001");
    masks("SN13800138000", "SN13800138000");
    masks("13800138000A", "13800138000A");
}

TEST(mask_identity_numbers) {
    masks("身份证370303199003074512", "身份证3703**********4512");
    masks("37030319900307451x", "3703**********451x");
    masks("370303900307451", "3703*******7451");
    masks("370303199013074512", "370303199013074512");
    masks("91370303MA9TE5T04X", "91370303MA9TE5T04X");
    masks("913703031642131248", "913703031642131248");
    masks("20210901", "20210901");
}

TEST(mask_mail) {
    masks("zhang.san@example.org,", "z***@example.org,");
    masks("a@b", "a@b");
    masks("@example.org", "@example.org");
}
