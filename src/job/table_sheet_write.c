/* Writer of decision tables as workbooks. See table_sheet.h. */
#include <stdio.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/secret.h"
#include "job/table_sheet.h"
#include "job/table_sheet_form.h"
#include "job/xlsx_write.h"

static void line(XlsxWriter *w, Str label, Str text, XlsxStyle style) {
    xlsx_field(w, label, XLSX_HEAD);
    xlsx_field(w, text, style);
    xlsx_end_row(w);
}

static Str kind_text(GridKind k) {
    static const Str TEXTS[] = {STR_INIT(SHEET_INPUT), STR_INIT(SHEET_OUTPUT), STR_INIT(SHEET_NOTE),
                                STR_INIT(SHEET_REMARK)};
    return TEXTS[k];
}

/* What a head row holds of a column. */
static Str head_cell(const GridColumn *k, SheetHead head) {
    switch (head) {
    case HEAD_COLUMN: return kind_text(k->kind);
    case HEAD_COLUMN_ID: return k->key;
    case HEAD_LABEL: return k->label;
    case HEAD_EXPRESSION: return k->expr;
    case HEAD_TYPE: return k->type;
    case HEAD_VALUES: return k->values;
    default: return k->deflt;
    }
}

static void write_heads(XlsxWriter *w, const DmnGrid *g) {
    for (SheetHead h = HEAD_COLUMN; h <= HEAD_DEFAULT; h++) {
        xlsx_field(w, SHEET_HEADS[h], XLSX_HEAD);
        for (int i = 0; i < g->ncolumns; i++) {
            bool fixed = h == HEAD_COLUMN || h == HEAD_COLUMN_ID;
            xlsx_field(w, head_cell(&g->columns[i], h), fixed ? XLSX_KEY : XLSX_FIELD);
        }
        xlsx_end_row(w);
    }
    for (int i = 0; i <= g->ncolumns; i++)
        xlsx_field(w, i ? S("") : SHEET_HEADS[HEAD_RULES], XLSX_HEAD);
    xlsx_end_row(w);
}

static void write_remarks(XlsxWriter *w) {
    xlsx_remark(w, S("怎样修改"),
                S("直接改白色单元格。单元格都是 FEEL 文字：文本加半角双引号，"
                  "不限写 -。"));
    xlsx_remark(w, S("新增规则"), S("插入一行，A 列（规则编号）留空。复制的行请清空 A 列。"));
    xlsx_remark(w, S("删除、移动规则"), S("删除整行或移动整行。"));
    xlsx_remark(w, S("不能修改"), S("列的增删与次序、灰色的编号、校验值。"));
    xlsx_remark(w, S("How to edit"),
                S("Change the white cells. Cells are FEEL text: strings in straight quotes, - for "
                  "any value. A new rule is a row without an id in column A; delete or move whole "
                  "rows. Columns, ids and the fingerprint stay as they are."));
}

bool table_sheet_write(Ctx *c, const DmnGrid *g, Str mark, Str path) {
    XlsxWriter *w = xlsx_create(c, path, S(SHEET_NAME));
    if (!w) return false;
    xlsx_columns(w, 0, 0, 20);
    xlsx_columns(w, 1, g->ncolumns > 1 ? g->ncolumns : 1, 24);
    line(w, SHEET_HEADS[HEAD_DECISION], g->decision, XLSX_KEY);
    line(w, SHEET_HEADS[HEAD_TABLE], g->key, XLSX_KEY);
    line(w, SHEET_HEADS[HEAD_PRINT], hash_hex(c->arena, HASH_SM3, dmn_grid_text(c->arena, g)),
         XLSX_KEY);
    line(w, SHEET_HEADS[HEAD_DESCRIPTION], g->description, XLSX_FIELD);
    line(w, SHEET_HEADS[HEAD_HIT], g->hit, XLSX_FIELD);
    write_heads(w, g);
    for (int i = 0; i < g->nrows; i++) {
        xlsx_field(w, g->rows[i].key, XLSX_KEY);
        for (int k = 0; k < g->ncolumns; k++) xlsx_field(w, g->rows[i].cells[k], XLSX_FIELD);
        xlsx_end_row(w);
    }
    xlsx_freeze(w, SHEET_HEAD_COUNT, 1);
    write_remarks(w);
    if (mark.n) {
        xlsx_remark(w, S("水印"), mark);
        xlsx_page_marks(w, mark);
    }
    return xlsx_finish(w);
}

bool table_sheet_bytes(Ctx *c, const DmnGrid *g, Str mark, Str *out) {
    enum { MOST = 64 << 20 };
    Str path = str_printf(c->arena, "/tmp/jixia-%.*s.xlsx", STRF(secret_token(c->arena, 12)));
    bool ok = table_sheet_write(c, g, mark, path) && file_read(c, path, MOST, out);
    remove(str_z(c->arena, path));
    return ok;
}
