/* Files named for what they are. */
#include "codec/filekind.h"
#include "tests/test.h"
#include "tests/unit/zipfile.h"

TEST(kinds) {
    Arena *a = arena_open(0);
    CHECK_INT(file_kind(S("")), FILE_EMPTY);
    CHECK_INT(file_kind(S(" \r\n")), FILE_EMPTY);
    CHECK_INT(file_kind(S("a,b\n1,2\n")), FILE_CSV);
    CHECK_INT(file_kind(S("a,b\0\n1,2\n")), FILE_CSV);
    CHECK_INT(file_kind(S("\xD7\xCD\xB2\xA9,1")), FILE_CSV);
    CHECK_INT(file_kind(S("{\"error\":\"no\"}")), FILE_JSON);
    CHECK_INT(file_kind(S("\xEF\xBB\xBF [1,2]")), FILE_JSON);
    CHECK_INT(file_kind(S("[区县],[名称]\n")), FILE_CSV);
    CHECK_INT(file_kind(S("<!DOCTYPE html><html>")), FILE_HTML);
    CHECK_INT(file_kind(S("\n<TABLE border=1>")), FILE_HTML);
    CHECK_INT(file_kind(S("<?xml version='1.0'?><a/>")), FILE_XML);
    CHECK_INT(file_kind(S("%PDF-1.7")), FILE_PDF);
    CHECK_INT(file_kind(S("\x89PNG\r\n")), FILE_IMAGE);
    CHECK_INT(file_kind(S("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k"
                          "\0a\0g\0e\0")),
              FILE_ENCRYPTED);
    CHECK_INT(file_kind(S("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 W\0o\0r\0k\0b\0o\0o\0k\0")), FILE_XLS);
    CHECK_INT(file_kind(S("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 W\0o\0r\0d\0")), FILE_OLE);
    CHECK_INT(file_kind(xlsx_of(a, S(""), S(""), false)), FILE_XLSX);
    ZipMaker z = zip_maker(a);
    zip_add(&z, S("word/document.xml"), S("x"));
    CHECK_INT(file_kind(zip_bytes(&z)), FILE_ZIP);
    CHECK_INT(file_kind(str_of(arena_alloc(a, 100), 100)), FILE_BINARY);
    CHECK_STR(file_kind_text(a, FILE_HTML, LANG_EN), S("an HTML page"));
    CHECK_STR(file_kind_text(a, FILE_BINARY, LANG_ZH), S("二进制文件"));
    arena_close(a);
}
