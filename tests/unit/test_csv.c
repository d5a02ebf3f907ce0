/* CSV: quotes, line ends, row numbers, hostile cells, the writer's guard. */
#include <string.h>

#include "codec/csv.h"
#include "tests/test.h"

/* Rows as "row/line:cell|cell;" with ! in front of the column of a problem. */
static Str shown(Arena *a, Str text) {
    Csv r = csv_open(a, text, 0);
    CsvRow row;
    Buf b = buf_new(a, 0);
    while (csv_next(&r, &row)) {
        buf_printf(&b, "%lld/%lld:", (long long)row.row, (long long)row.line);
        for (int i = 0; i < row.n; i++) {
            if (i) buf_char(&b, '|');
            buf_put(&b, row.cells[i]);
        }
        if (row.problem)
            buf_printf(&b, "!%d %.*s", row.problem_column, STRF(msg_code(row.problem)));
        buf_char(&b, ';');
    }
    if (r.failed) buf_lit(&b, "FAILED");
    return buf_str(&b);
}

static void check(Str text, Str want) {
    Arena *a = arena_open(0);
    CHECK_STR(shown(a, text), want);
    arena_close(a);
}

TEST(cells) {
    check(S("a,b\r\n1,\"x,\"\"y\"\"\"\n\"\",\n"), S("1/1:a|b;2/2:1|x,\"y\";3/3:|;"));
    check(S("\xEF\xBB\xBF名称,值"), S("1/1:名称|值;"));
    check(S("a\rb\r\n\nc"), S("1/1:a;2/2:b;3/3:;4/4:c;"));
    check(S("\"a\nb\",1\n2,3"), S("1/1:a\nb|1;2/3:2|3;"));
    check(S(""), S(""));
    check(S("a\"b,c"), S("1/1:a\"b|c;"));
    check(S("x\ty\n1,5\t2"), S("1/1:x|y;2/2:1,5|2;"));
    check(S("x;y\n1,5;2"), S("1/1:x|y;2/2:1,5|2;"));
}

TEST(problems) {
    check(S("a,b\n\"x\"y,2\n3,4"), S("1/1:a|b;2/2:x|2!0 csv.after_quote;3/3:3|4;"));
    check(S("a,\"b\n1,2\n"), S("1/1:a|!1 csv.quote_open;FAILED"));
    check(S("a,b\0c\nd,e"), S("1/1:a|b\0c!1 cell.nul;2/2:d|e;"));
    check(S("a,\"b\0c\"\nd,e"), S("1/1:a|b\0c!1 cell.nul;2/2:d|e;"));
}

TEST(ten_megabyte_cell) {
    Arena *a = arena_open(0);
    size_t n = (size_t)10 << 20;
    for (int quoted = 0; quoted < 3; quoted++) {
        char *text = arena_alloc(a, n + 32);
        memset(text, 'x', n);
        memcpy(text, "a,b\n1,x", 7);
        if (quoted) text[6] = '"';
        if (quoted) text[n - 1] = '"';
        if (quoted == 2) memset(text + 7, '"', n - 8 - n % 2);
        memcpy(text + n, "\n2,3\n", 5);
        Csv r = csv_open(a, str_of(text, n + 5), 0);
        CsvRow row;
        CHECK(csv_next(&r, &row) && csv_next(&r, &row));
        CHECK_INT(row.row, 2);
        if (quoted < 2) {
            CHECK_STR(msg_code(row.problem), S("cell.too_large"));
            CHECK_INT(row.problem_column, 1);
            CHECK(csv_next(&r, &row) && row.row == 3 && row.n == 2);
        } else {
            CHECK_STR(msg_code(row.problem), S("cell.too_large"));
        }
    }
    arena_close(a);
}

TEST(many_copies_of_a_row_keep_their_cells) {
    Arena *a = arena_open(0);
    check(S("\"a\"\"\",\"b\"\"\",\"c\"\"c\"\n\"d\"\"\"\n"), S("1/1:a\"|b\"|c\"c;2/2:d\";"));
    arena_close(a);
}

TEST(write_guarded) {
    Arena *a = arena_open(0);
    Buf b = buf_new(a, 0);
    csv_begin(&b);
    csv_text(&b, S("=1+1"), true);
    csv_text(&b, S("-x"), false);
    csv_number(&b, S("-5"), false);
    csv_text(&b, S("@a,\"b\""), false);
    csv_text(&b, S("plain"), false);
    csv_text(&b, S("＝cmd"), false);
    csv_end_row(&b);
    CHECK_STR(buf_str(&b), S("\xEF\xBB\xBF'=1+1,'-x,-5,\"'@a,\"\"b\"\"\",plain,'＝cmd\r\n"));
    CHECK_STR(shown(a, buf_str(&b)), S("1/1:'=1+1|'-x|-5|'@a,\"b\"|plain|'＝cmd;"));
    arena_close(a);
}
