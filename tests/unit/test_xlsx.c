/* XLSX reader: cell kinds, dates, merges, damaged and hostile workbooks. */
#include <string.h>

#include "codec/xlsx.h"
#include "tests/test.h"
#include "tests/unit/zipfile.h"

/* Rows as "row:text/kind|…;", or the code of the failure. */
static Str shown(Ctx *c, Str bytes, bool merge) {
    Workbook w;
    if (!xlsx_read(c, bytes, S("t.xlsx"), -1, &w)) return msg_code(c->err.note.msg);
    Sheet *s = &w.sheets[w.loaded];
    if (merge && !sheet_fill_merges(c, s)) return msg_code(c->err.note.msg);
    Buf b = buf_new(c->arena, 0);
    for (int i = 0; i < s->row_count; i++) {
        buf_printf(&b, "%s%lld:", s->rows[i].hidden ? "~" : "", (long long)s->rows[i].row);
        for (int k = 0; k < s->rows[i].n; k++) {
            const Cell *cell = &s->rows[i].cells[k];
            if (k) buf_char(&b, '|');
            buf_put(&b, cell->text);
            if (cell->kind) buf_printf(&b, "/%d", cell->kind);
            if (cell->from_above) buf_char(&b, '^');
            if (cell->from_left) buf_char(&b, '<');
        }
        buf_char(&b, ';');
    }
    return buf_str(&b);
}

static void check_sheet(Str sheet, Str strings, Str want) {
    Ctx c = ctx_new(arena_open(0), 0);
    CHECK_STR(shown(&c, xlsx_of(c.arena, sheet, strings, false), true), want);
    arena_close(c.arena);
}

TEST(cells) {
    check_sheet(S("<sheetData><row r='2'><c r='A2' t='s'><v>0</v></c><c r='C2' t='s'><v>1</v></c>"
                  "<c r='D2' t='inlineStr'><is><t>内</t><r><t>联</t></r></is></c></row>"
                  "<row r='5' hidden='1'><c r='A5'><v>1234.5600000000001</v></c>"
                  "<c r='B5' t='b'><v>1</v></c><c r='C5' t='e'><v>#N/A</v></c>"
                  "<c r='D5' t='str'><f>A1</f><v>x</v></c><c r='E5'><f>A1+1</f></c>"
                  "<c r='F5'><f>A1+1</f><v/></c><c r='G5' s='2'><v>1E-3</v></c></row></sheetData>"),
                S("<si><t>名称</t></si><si><r><t>富</t></r><r><t xml:space='preserve'> 文</t></r>"
                  "<rPh><t>xx</t></rPh></si>"),
                S("2:名称||富 文|内联;~5:1234.56/1|true/3|#N/A/4|x|/5|/5|0.001/1;"));
    check_sheet(S("<sheetData><row><c><v>1</v></c><c><v>2</v></c></row><row/>"
                  "<row><c s='1'/><c t='inlineStr'><is><t>a_x000D_\nb_x005F_</t></is></c></row>"
                  "</sheetData>"),
                S(""), S("1:1/1|2/1;3:|a\nb_;"));
}

TEST(dates) {
    Str sheet = S("<sheetData><row><c s='1'><v>44377</v></c><c s='1'><v>44377.75</v></c>"
                  "<c s='1'><v>60</v></c><c><v>44377</v></c><c t='d'><v>2021-06-30T00:00:00</v></c>"
                  "<c s='99'><v>1</v></c><c s='1'><v>-1</v></c></row></sheetData>");
    check_sheet(sheet, S(""), S("1:2021-06-30/2|2021-06-30/2|60/1|44377/1|2021-06-30/2|1/1|-1/1;"));
    Ctx c = ctx_new(arena_open(0), 0);
    CHECK_STR(shown(&c,
                    xlsx_of(c.arena,
                            S("<sheetData><row><c s='1'><v>42915</v></c></row>"
                              "</sheetData>"),
                            S(""), true),
                    false),
              S("1:2021-06-30/2;"));
    arena_close(c.arena);
}

TEST(formats) {
    CHECK(xlsx_is_date_format(S("yyyy\"年\"m\"月\"d\"日\"")));
    CHECK(xlsx_is_date_format(S("[$-804]yyyy/m/d;@")) && xlsx_is_date_format(S("mmm")));
    CHECK(!xlsx_is_date_format(S("General")) && !xlsx_is_date_format(S("0.00E+00")));
    CHECK(!xlsx_is_date_format(S("h:mm:ss")) && !xlsx_is_date_format(S("[Red]#,##0.00")));
    CHECK(!xlsx_is_date_format(S("0\"d\"")) && !xlsx_is_date_format(S("")));
    CHECK(!xlsx_is_date_format(S("\"unclosed d")) && !xlsx_is_date_format(S("0.0_);(d)")));
}

TEST(numbers_as_shown) {
    Arena *a = arena_open(0);
    CHECK_STR(xlsx_number(a, S("9.1370300123456794E+17")), S("913703001234568000"));
    CHECK_STR(xlsx_number(a, S("0.30000000000000004")), S("0.3"));
    CHECK_STR(xlsx_number(a, S("0.1")), S("0.1"));
    CHECK_STR(xlsx_number(a, S("-1.5E-7")), S("-0.00000015"));
    CHECK_STR(xlsx_number(a, S("99999999999999999")), S("100000000000000000"));
    CHECK_STR(xlsx_number(a, S("0")), S("0"));
    CHECK_STR(xlsx_number(a, S("-0.0")), S("0"));
    CHECK_STR(xlsx_number(a, S("1e400")), S("1e400"));
    CHECK_STR(xlsx_number(a, S("1e999999999999")), S("1e999999999999"));
    CHECK_STR(xlsx_number(a, S("abc")), S("abc"));
    CHECK_STR(xlsx_number(a, S("1.2.3")), S("1.2.3"));
    CHECK_STR(xlsx_number(a, S("")), S(""));
    arena_close(a);
}

TEST(merges) {
    check_sheet(S("<sheetData><row r='1'><c r='A1'><v>1</v></c><c r='D1'><v>4</v></c></row>"
                  "<row r='2'><c r='D2'><v>5</v></c></row><row r='4'><c r='B4'><v>6</v></c></row>"
                  "</sheetData><mergeCells><mergeCell ref='A1:B2'/><mergeCell ref='A3:XFD9'/>"
                  "<mergeCell ref='C1:C1048576'/></mergeCells>"),
                S(""), S("1:1/1|1/1<||4/1;2:1/1^|1/1^<||5/1;4:|6/1;"));
}

TEST(damaged) {
    check_sheet(S("<sheetData><row r='2'/><row r='2'/></sheetData>"), S(""), S("xlsx.damaged"));
    check_sheet(S("<sheetData><row r='9999999'/></sheetData>"), S(""), S("xlsx.damaged"));
    check_sheet(S("<sheetData><row><c r='B1'/><c r='A1'/></row></sheetData>"), S(""),
                S("xlsx.damaged"));
    check_sheet(S("<sheetData><row><c r='ZZZZ1'/></row></sheetData>"), S(""), S("xlsx.damaged"));
    check_sheet(S("<sheetData><row><c t='s'><v>7</v></c></row></sheetData>"), S(""),
                S("xlsx.damaged"));
    check_sheet(S("<mergeCells><mergeCell ref='B2:A1'/></mergeCells>"), S(""), S("xlsx.damaged"));
    check_sheet(S("<mergeCells><mergeCell ref=''/></mergeCells>"), S(""), S("xlsx.damaged"));
    check_sheet(S("<sheetData></sheetData>"), S(""), S("xlsx.no_sheet"));
    check_sheet(S("<sheetData>"), S(""), S("xml.syntax"));
}

TEST(not_archives) {
    Ctx c = ctx_new(arena_open(0), 0);
    CHECK_STR(shown(&c, S(""), false), S("xlsx.damaged"));
    ctx_clear(&c);
    CHECK_STR(shown(&c, S("PK\x03\x04 nothing"), false), S("zip.damaged"));
    ctx_clear(&c);
    ZipMaker z = zip_maker(c.arena);
    zip_add(&z, S("word/document.xml"), S("<x/>"));
    CHECK_STR(shown(&c, zip_bytes(&z), false), S("xlsx.damaged"));
    ctx_clear(&c);
    Str good = xlsx_of(c.arena, S("<sheetData><row><c><v>1</v></c></row></sheetData>"), S(""), 0);
    for (ptrdiff_t cut = 0; cut < good.n; cut += 37) {
        ctx_clear(&c);
        Workbook w;
        CHECK(!xlsx_read(&c, str_sub(good, 0, cut), S("t"), -1, &w));
    }
    arena_close(c.arena);
}

TEST(entities) {
    Ctx c = ctx_new(arena_open(0), 0);
    ZipMaker z = zip_maker(c.arena);
    zip_add(&z, S("xl/workbook.xml"), S("<!DOCTYPE x [<!ENTITY a 'b'>]><workbook>&a;</workbook>"));
    CHECK_STR(shown(&c, zip_bytes(&z), false), S("xml.doctype"));
    arena_close(c.arena);
}

TEST(bombs) {
    Ctx c = ctx_new(arena_open(0), 0);
    ZipMaker z = zip_maker(c.arena);
    zip_add(&z, S("xl/workbook.xml"), S("<workbook/>"));
    zip_add(&z, S("xl/_rels/workbook.xml.rels"), S("<Relationships/>"));
    zip_add_blanks(&z, S("xl/styles.xml"), 64u << 20);
    Str bytes = zip_bytes(&z);
    CHECK(bytes.n < 1 << 19);
    CHECK_STR(shown(&c, bytes, false), S("zip.limit"));
    ctx_clear(&c);
    ZipMaker many = zip_maker(c.arena);
    for (int i = 0; i < 5000; i++) zip_add(&many, str_printf(c.arena, "f%d", i), S(""));
    CHECK_STR(shown(&c, zip_bytes(&many), false), S("zip.limit"));
    arena_close(c.arena);
}

TEST(large_cells_and_sheets) {
    Ctx c = ctx_new(arena_open(0), 0);
    size_t n = (size_t)10 << 20;
    char *big = arena_alloc(c.arena, n);
    memset(big, 'x', n);
    Str sheet = str_printf(c.arena,
                           "<sheetData><row><c t='inlineStr'><is><t>%.*s</t></is></c>"
                           "<c><v>1</v></c></row></sheetData>",
                           (int)n, big);
    CHECK_STR(shown(&c, xlsx_of(c.arena, sheet, S(""), false), false), S("1:/6|1/1;"));
    Str strings = str_printf(c.arena, "<si><t>%.*s</t></si>", (int)n, big);
    CHECK_STR(shown(&c,
                    xlsx_of(c.arena, S("<sheetData><row><c t='s'><v>0</v></c></row></sheetData>"),
                            strings, false),
                    false),
              S("1:/6;"));
    Buf wide = buf_new(c.arena, 0);
    buf_lit(&wide, "<sheetData>");
    for (int i = 1; i <= 400; i++) buf_printf(&wide, "<row><c r='XFD%d'><v>1</v></c></row>", i);
    buf_lit(&wide, "</sheetData>");
    CHECK_STR(shown(&c, xlsx_of(c.arena, buf_str(&wide), S(""), false), false), S("xlsx.limit"));
    arena_close(c.arena);
}

TEST(full_arena_leaks_nothing) {
    Arena *source = arena_open(0);
    Buf b = buf_new(source, 0);
    buf_lit(&b, "<sheetData>");
    for (int i = 1; i <= 20000; i++) buf_printf(&b, "<row><c><v>%d</v></c></row>", i);
    buf_lit(&b, "</sheetData>");
    Str bytes = xlsx_of(source, buf_str(&b), S(""), false);
    Ctx c = ctx_new(arena_open(1 << 20), 0);
    CHECK_STR(shown(&c, bytes, false), S("limit.memory"));
    arena_close(c.arena);
    arena_close(source);
}

TEST(column_names) {
    Arena *a = arena_open(0);
    CHECK_STR(sheet_column_name(a, 0), S("A"));
    CHECK_STR(sheet_column_name(a, 25), S("Z"));
    CHECK_STR(sheet_column_name(a, 26), S("AA"));
    CHECK_STR(sheet_column_name(a, 16383), S("XFD"));
    arena_close(a);
}
