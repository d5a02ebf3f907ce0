/* Old .xls: a BIFF2 stream made by hand, damaged and cut ones. */
#include "job/table.h"
#include "job/xls.h"
#include "tests/test.h"

static void put16(Buf *b, unsigned v) {
    buf_char(b, (char)(v & 255));
    buf_char(b, (char)(v >> 8 & 255));
}

static void cell_head(Buf *b, unsigned record, unsigned size, unsigned row, unsigned column) {
    put16(b, record);
    put16(b, size);
    put16(b, row);
    put16(b, column);
    buf_char(b, 0);
    buf_char(b, 0);
    buf_char(b, 0);
}

static void label(Buf *b, unsigned row, unsigned column, Str s) {
    cell_head(b, 0x0004, (unsigned)(8 + s.n), row, column);
    buf_char(b, (char)s.n);
    buf_put(b, s);
}

static void number(Buf *b, unsigned row, unsigned column, double v) {
    cell_head(b, 0x0003, 15, row, column);
    buf_put(b, str_of(&v, sizeof v));
}

static Str biff2(Arena *a) {
    Buf b = buf_new(a, 0);
    put16(&b, 0x0009); /* BOF */
    put16(&b, 4);
    put16(&b, 2);
    put16(&b, 0x0010);
    put16(&b, 0x0042); /* CODEPAGE: Windows Latin */
    put16(&b, 2);
    put16(&b, 0x8001);
    put16(&b, 0x0000); /* DIMENSIONS */
    put16(&b, 8);
    put16(&b, 0);
    put16(&b, 3);
    put16(&b, 0);
    put16(&b, 2);
    label(&b, 0, 0, S("code"));
    label(&b, 0, 1, S("revenue"));
    label(&b, 1, 0, S("91350100M000100Y43"));
    number(&b, 1, 1, 1234.56);
    number(&b, 2, 1, 0.1 + 0.2);
    put16(&b, 0x000A); /* EOF */
    put16(&b, 0);
    return buf_str(&b);
}

TEST(biff2_by_hand) {
    Ctx c = ctx_new(arena_open(0), 0);
    Table t;
    TableRow row;
    CHECK_INT(file_kind(biff2(c.arena)), FILE_XLS);
    bool ok = table_open(&c, biff2(c.arena), S("old.xls"), S(""), &t);
    CHECK(ok);
    if (ok) {
        CHECK(table_next(&t, &row) && row.row == 1 && row.n == 2);
        CHECK_STR(row.cells[1].text, S("revenue"));
        CHECK(table_next(&t, &row));
        CHECK_STR(row.cells[0].text, S("91350100M000100Y43"));
        CHECK_STR(row.cells[1].text, S("1234.56"));
        CHECK(table_next(&t, &row) && row.row == 3);
        CHECK_STR(row.cells[1].text, S("0.3"));
        CHECK_INT(row.cells[1].kind, CELL_NUMBER);
        CHECK(!table_next(&t, &row));
    }
    arena_close(c.arena);
}

TEST(cut_and_damaged) {
    Ctx c = ctx_new(arena_open(0), 0);
    Str whole = biff2(c.arena);
    for (ptrdiff_t n = 5; n < whole.n; n += 3) {
        Workbook w;
        ctx_clear(&c);
        xls_read(&c, str_sub(whole, 0, n), S("x.xls"), S(""), &w); /* must not crash or hang */
    }
    Workbook w;
    ctx_clear(&c);
    CHECK(!xls_read(&c, S("not a workbook"), S("x.xls"), S(""), &w));
    CHECK_STR(msg_code(c.err.note.msg), S("xls.damaged"));
    arena_close(c.arena);
}
