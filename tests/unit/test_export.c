/* Export: CSV and XLSX alike, whole or not at all. */
#include <unistd.h>

#include "base/file.h"
#include "job/export.h"
#include "job/table.h"
#include "tests/test.h"

static bool write_table(Ctx *c, Str path, bool keep) {
    Export *e = export_open(c, path, S("数据"), (Str[]){S("代码"), S("数"), S("日期")}, 3);
    if (!e) return false;
    for (int i = 0; i < 3000; i++) {
        export_text(e, i ? S("91350100M000100Y43") : S("=cmd|x"));
        export_number(e, S("-12.5"));
        export_date(e, S("2021-06-30"));
        if (!export_end_row(e)) break;
    }
    export_remark(e, S("截至"), S("2021-12-31"));
    return export_close(e, keep);
}

TEST(csv_and_xlsx_read_back_alike) {
    static const char *const names[] = {"out.csv", "out.xlsx"};
    for (int k = 0; k < 2; k++) {
        Ctx c = ctx_new(arena_open(0), 0);
        Str path = str_printf(c.arena, "%s/%s", test_folder(), names[k]), bytes;
        CHECK(write_table(&c, path, true));
        CHECK(!file_exists(c.arena, str_cat(c.arena, path, S(".part"))));
        Table t;
        TableRow row;
        CHECK(file_read(&c, path, 1 << 20, &bytes));
        CHECK(table_open(&c, bytes, str_from(names[k]), S(""), &t));
        int rows = 0;
        while (table_next(&t, &row)) {
            rows++;
            if (rows == 2) CHECK_STR(row.cells[0].text, k ? S("=cmd|x") : S("'=cmd|x"));
            if (rows != 3) continue;
            CHECK_STR(row.cells[0].text, S("91350100M000100Y43"));
            CHECK_STR(row.cells[1].text, S("-12.5"));
            CHECK_STR(row.cells[2].text, S("2021-06-30"));
        }
        CHECK_INT(rows, 3001);
        arena_close(c.arena);
    }
}

TEST(forgotten_or_unwritable) {
    static const char *const names[] = {"out.csv", "out.xlsx"};
    for (int k = 0; k < 2; k++) {
        Ctx c = ctx_new(arena_open(0), 0);
        Str path = str_printf(c.arena, "%s/%s", test_folder(), names[k]);
        CHECK(write_table(&c, path, false));
        CHECK(!file_exists(c.arena, path));
        CHECK(!file_exists(c.arena, str_cat(c.arena, path, S(".part"))));
        path = str_printf(c.arena, "/nonexistent/%s", names[k]);
        CHECK(!write_table(&c, path, true));
        CHECK(!ctx_ok(&c));
        arena_close(c.arena);
    }
}

TEST(a_mark_names_the_minute_in_china) {
    Ctx c = ctx_new(arena_open(0), 1795462031527); /* 2026-11-23T19:27:11.527Z */
    CHECK_STR(export_mark(&c, S("cli:clerk"), GRADE_SECRET),
              S("导出人 cli:clerk，时间 2026-11-24 03:27，级别 商业秘密"));
    c.lang = LANG_EN;
    CHECK_STR(export_mark(&c, S("a"), GRADE_INTERNAL),
              S("exported by a, at 2026-11-24 03:27, grade 内部"));
    arena_close(c.arena);
}
