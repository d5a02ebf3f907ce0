/* Tables as offices send them: the first byte says how the file is called. Rows come in order. */
#include "job/table.h"
#include "tests/fuzz/fuzz.h"

void fuzz_one(Ctx *c, Str data) {
    static const Str NAMES[] = {STR_INIT("t.csv"), STR_INIT("t.xlsx"), STR_INIT("t.txt"),
                                STR_INIT("t.xls")};
    Table t;
    TableRow row;
    int64_t last = 0;
    if (data.n < 1 || (unsigned char)data.p[0] % 4 == 3)
        return; /* old XLS is read by a foreign library */
    if (!table_open(c, str_sub(data, 1, data.n), NAMES[(unsigned char)data.p[0] % 4], S(""), &t)) {
        HOLDS(!ctx_ok(c));
        return;
    }
    for (int i = 0; i < 5000 && table_next(&t, &row); i++) {
        HOLDS(row.row > last && row.n <= SHEET_COLUMNS_MAX);
        last = row.row;
        for (int k = 0; k < row.n; k++) HOLDS(row.cells[k].text.n <= CSV_CELL_MAX);
    }
    table_rewind(&t);
    table_next(&t, &row);
}
