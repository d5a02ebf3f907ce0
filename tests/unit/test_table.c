/* Tables of every kind read alike; files named for what they are; what is written reads back. */
#include "base/file.h"
#include "job/table.h"
#include "job/xlsx_write.h"
#include "tests/test.h"
#include "tests/unit/zipfile.h"

static Str shown(Ctx *c, Str bytes, const char *name) {
    Table t;
    TableRow row;
    if (!table_open(c, bytes, str_from(name), S(""), &t)) return msg_code(c->err.note.msg);
    Buf b = buf_new(c->arena, 0);
    while (table_next(&t, &row)) {
        buf_printf(&b, "%lld:", (long long)row.row);
        for (int i = 0; i < row.n; i++) {
            if (i) buf_char(&b, '|');
            buf_put(&b, row.cells[i].text);
        }
        buf_char(&b, ';');
    }
    return buf_str(&b);
}

static void check(Str bytes, const char *name, Str want) {
    Ctx c = ctx_new(arena_open(0), 0);
    CHECK_STR(shown(&c, bytes, name), want);
    arena_close(c.arena);
}

TEST(kinds_and_names) {
    Arena *a = arena_open(0);
    Str xlsx = xlsx_of(a, S("<sheetData><row><c><v>1</v></c></row></sheetData>"), S(""), false);
    check(S("a,b\n1,2\n"), "x.csv", S("1:a|b;2:1|2;"));
    check(S("\xD7\xCD\xB2\xA9,b\n"), "x.csv", S("1:淄博|b;"));
    check(S("\xFF\xFE"
            "a\0\t\0b\0\n\0"),
          "x.txt", S("1:a|b;"));
    check(xlsx, "x.xlsx", S("1:1;"));
    check(xlsx, "upload", S("1:1;"));
    check(xlsx, "x.csv", S("import.misnamed"));
    check(xlsx, "x.xls", S("import.misnamed"));
    check(S("a,b\n"), "x.xlsx", S("import.misnamed"));
    check(S("{\"error\":\"unauthorised\"}"), "x.csv", S("import.misnamed"));
    check(S("<html><body>login</body></html>"), "x.xls", S("import.misnamed"));
    check(S("<html><body>login</body></html>"), "download", S("import.file_kind"));
    check(S(""), "x.csv", S("import.file_kind"));
    check(S("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"),
          "x.xlsx", S("import.password"));
    check(S("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 W\0o\0r\0k\0b\0o\0o\0k\0"), "x.xls",
          S("xls.damaged"));
    arena_close(a);
}

TEST(written_reads_back) {
    Ctx c = ctx_new(arena_open(0), 0);
    Str path = str_printf(c.arena, "%s/out.xlsx", test_folder()), bytes;
    XlsxWriter *w = xlsx_create(&c, path, S("数据"));
    CHECK(w != NULL);
    xlsx_heads(w, (Str[]){S("代码"), S("收入"), S("日期"), S("空"), S("长")}, 5);
    xlsx_text(w, S("91350100M000100Y43"));
    xlsx_decimal(w, S("-1234.56"));
    xlsx_date(w, S("2021-06-30"));
    xlsx_skip(w);
    xlsx_decimal(w, S("913703001234567890"));
    xlsx_end_row(w);
    xlsx_text(w, S("=1+1"));
    xlsx_end_row(w);
    xlsx_remark(w, S("截至"), S("2021-12-31"));
    CHECK(xlsx_finish(w));
    CHECK(file_read(&c, path, 1 << 20, &bytes));
    CHECK_STR(shown(&c, bytes, "out.xlsx"),
              S("1:代码|收入|日期|空|长;2:91350100M000100Y43|-1234.56|2021-06-30||"
                "913703001234567890;3:=1+1;"));
    Table t;
    CHECK(table_open(&c, bytes, S("out.xlsx"), S("说明"), &t));
    TableRow row;
    CHECK(table_next(&t, &row) && row.n == 2);
    CHECK_STR(row.cells[1].text, S("2021-12-31"));
    CHECK(!table_open(&c, bytes, S("out.xlsx"), S("没有"), &t));
    CHECK_STR(msg_code(c.err.note.msg), S("import.no_sheet"));
    arena_close(c.arena);
}

TEST(unwritable) {
    Ctx c = ctx_new(arena_open(0), 0);
    XlsxWriter *w = xlsx_create(&c, S("/nonexistent/out.xlsx"), S("a"));
    CHECK(!w || !xlsx_finish(w));
    CHECK(!ctx_ok(&c));
    arena_close(c.arena);
}
