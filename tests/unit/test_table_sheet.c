/* Decision tables as workbooks: every table of the packs comes back byte for byte, edits touch only
 * what they name, and what spreadsheets spoil is refused by cell. */
#include <string.h>

#include "base/file.h"
#include "city/pack.h"
#include "codec/xlsx.h"
#include "dmn/dmn.h"
#include "job/table_sheet.h"
#include "tests/test.h"
#include "tests/unit/zipfile.h"

static const char MODEL[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
    "<dmn:definitions xmlns:dmn=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" id=\"d\" "
    "name=\"m\" namespace=\"urn:m\">\r\n"
    "  <!-- kept -->\r\n"
    "  <dmn:inputData id='in' name='甲'><dmn:variable id='v' name='甲' typeRef='number'/>"
    "</dmn:inputData>\r\n"
    "  <dmn:decision id='dec' name='档次'>\r\n"
    "    <dmn:variable id='dv' name='档次' typeRef='string'/>\r\n"
    "    <dmn:informationRequirement id='r'><dmn:requiredInput href='#in'/>"
    "</dmn:informationRequirement>\r\n"
    "    <dmn:decisionTable id='t' hitPolicy='FIRST'>\r\n"
    "      <dmn:input id='c1' label='甲'><dmn:inputExpression id='e1' typeRef='number'>"
    "<dmn:text>甲</dmn:text></dmn:inputExpression></dmn:input>\r\n"
    "      <dmn:output id='c2'/>\r\n"
    "      <dmn:rule id='a'>\r\n"
    "        <dmn:inputEntry id='a1'><dmn:text><![CDATA[< 5]]></dmn:text></dmn:inputEntry>\r\n"
    "        <dmn:outputEntry id='a2'><dmn:text>\"低\"</dmn:text></dmn:outputEntry>\r\n"
    "      </dmn:rule>\r\n"
    "      <!-- of b -->\r\n"
    "      <dmn:rule id='b'>\r\n"
    "        <dmn:inputEntry id='b1'><dmn:text/></dmn:inputEntry>\r\n"
    "        <dmn:outputEntry id='b2'><dmn:text>\"高\"</dmn:text></dmn:outputEntry>\r\n"
    "      </dmn:rule>\r\n"
    "    </dmn:decisionTable>\r\n"
    "  </dmn:decision>\r\n"
    "</dmn:definitions>\r\n";

typedef struct World {
    Ctx c;
    Str bytes;
    DmnDefs *d;
    DmnGrid *grids;
    int n;
} World;

static World world_of(Str bytes) {
    World w = {.c = ctx_new(arena_open(0), 0), .bytes = bytes};
    w.d = dmn_read(&w.c, bytes, S("m.dmn"));
    w.n = w.d ? dmn_grids(&w.c, w.d, &w.grids) : 0;
    return w;
}

static World world(void) {
    return world_of(str_from(MODEL));
}

/* A grid one may edit. */
static DmnGrid copy(World *w, int spare) {
    DmnGrid g = w->grids[0];
    GridRow *rows = NEW_N(w->c.arena, GridRow, g.nrows + spare);
    for (int i = 0; i < g.nrows; i++) {
        rows[i] = g.rows[i];
        rows[i].cells = arena_copy(w->c.arena, g.rows[i].cells, (size_t)g.ncolumns * sizeof(Str));
    }
    g.rows = rows;
    g.columns = arena_copy(w->c.arena, g.columns, (size_t)g.ncolumns * sizeof(GridColumn));
    return g;
}

static Str code_of(World *w) {
    return ctx_ok(&w->c) ? S("") : msg_code(w->c.err.note.msg);
}

static Str replaced(Arena *a, Str s, Str what, Str with) {
    ptrdiff_t at = str_find(s, what);
    CHECK(at >= 0);
    if (at < 0) return s;
    return str_cat(a, str_cat(a, str_sub(s, 0, at), with), str_sub(s, at + what.n, s.n));
}

static void through_xlsx(Ctx *c, Str label, Str bytes) {
    DmnDefs *d = dmn_read(c, bytes, label);
    DmnGrid *grids, back;
    int n = d ? dmn_grids(c, d, &grids) : 0;
    Str path = path_join(c->arena, str_from(test_folder()), S("table.xlsx")), sheet, out;
    for (int i = 0; i < n; i++) {
        test_case_begin("table_sheet",
                        str_printf(c->arena, "%.*s %.*s", STRF(label), STRF(grids[i].key)));
        bool ok = table_sheet_write(c, &grids[i], S(""), path) &&
                  file_read(c, path, 1 << 24, &sheet) &&
                  table_sheet_read(c, sheet, S("table.xlsx"), &grids[i], &back) &&
                  dmn_grid_write(c, bytes, d, &grids[i], &back, &out);
        CHECK_STR(ok ? S("") : note_text(c->arena, &c->err.note, LANG_EN), S(""));
        if (ok) CHECK_STR(out, bytes);
        if (ok) CHECK_STR(dmn_grid_text(c->arena, &back), dmn_grid_text(c->arena, &grids[i]));
        test_case_end();
        ctx_clear(c);
    }
}

TEST(packs_round_trip) {
    Ctx c = ctx_new(arena_open(0), 0);
    PackFile *files;
    int n, tables = 0;
    CHECK(pack_read(&c, S("packs/zibo"), &files, &n));
    for (int i = 0; i < n; i++) {
        if (!str_ends(files[i].path, S(".dmn"))) continue;
        if (str_find(files[i].bytes, S("<decisionTable")) >= 0) tables++;
        through_xlsx(&c, files[i].path, files[i].bytes);
    }
    CHECK(tables >= 20);
    through_xlsx(&c, S("own"), str_from(MODEL));
    arena_close(c.arena);
}

TEST(edited_cells_only) {
    World w = world();
    DmnGrid g = copy(&w, 0);
    Str out;
    CHECK_INT(w.n, 1);
    CHECK_STR(g.rows[1].cells[0], S("-"));
    g.rows[0].cells[0] = S("< 6 & 甲]]>");
    g.rows[1].cells[0] = S(">= 6");
    g.hit = S("UNIQUE");
    g.columns[0].label = S("甲\"乙\"");
    g.columns[0].values = S("[0..100]");
    CHECK(dmn_grid_write(&w.c, w.bytes, w.d, &w.grids[0], &g, &out));
    Arena *a = w.c.arena;
    Str want = replaced(a, w.bytes, S("<![CDATA[< 5]]>"), S("&lt; 6 &amp; 甲]]&gt;"));
    want = replaced(a, want, S("<dmn:text/>"), S("<dmn:text>>= 6</dmn:text>"));
    want = replaced(a, want, S("hitPolicy='FIRST'"), S("hitPolicy=\"UNIQUE\""));
    want = replaced(a, want, S("label='甲'"), S("label=\"甲&quot;乙&quot;\""));
    want = replaced(a, want, S("</dmn:inputExpression></dmn:input>"),
                    S("</dmn:inputExpression><dmn:inputValues id=\"c1_v\">"
                      "<dmn:text>[0..100]</dmn:text></dmn:inputValues></dmn:input>"));
    CHECK_STR(out, want);
    arena_close(a);
}

TEST(collect_and_outputs) {
    World w = world();
    DmnGrid g = copy(&w, 0);
    Str out;
    g.hit = S("COLLECT SUM");
    g.description = S("按甲分档 <试行>");
    g.columns[1].expr = S("档");
    g.columns[1].values = S("\"低\",\"高\"");
    g.columns[1].deflt = S("\"低\"");
    CHECK(dmn_grid_write(&w.c, w.bytes, w.d, &w.grids[0], &g, &out));
    CHECK(str_find(out, S("hitPolicy=\"COLLECT\" aggregation=\"SUM\"")) > 0);
    CHECK(str_find(out, S("<dmn:output id='c2' name=\"档\"><dmn:outputValues id=\"c2_v\">"
                          "<dmn:text>\"低\",\"高\"</dmn:text></dmn:outputValues>"
                          "<dmn:defaultOutputEntry id=\"c2_d\"><dmn:text>\"低\"</dmn:text>"
                          "</dmn:defaultOutputEntry></dmn:output>")) > 0);
    CHECK(str_find(out, S("\r\n    <dmn:description>按甲分档 &lt;试行></dmn:description>")) > 0);
    World back = world_of(out);
    DmnGrid plain = copy(&back, 0);
    plain.hit = S("FIRST");
    plain.columns[1].values = plain.columns[1].deflt = plain.columns[1].expr = S("");
    CHECK(dmn_grid_write(&back.c, out, back.d, &back.grids[0], &plain, &out));
    CHECK(str_find(out, S("aggregation")) < 0 && str_find(out, S("outputValues")) < 0);
    arena_close(back.c.arena);
    arena_close(w.c.arena);
}

TEST(rules_added_moved_removed) {
    World w = world();
    DmnGrid g = copy(&w, 2);
    Str out, again;
    Str fresh[2] = {S("> 90"), S("\"特\"")};
    GridRow b = g.rows[1];
    g.rows[0] = (GridRow){.key = S(""), .cells = fresh};
    g.rows[1] = b;
    CHECK(dmn_grid_write(&w.c, w.bytes, w.d, &w.grids[0], &g, &out));
    CHECK(dmn_grid_write(&w.c, w.bytes, w.d, &w.grids[0], &g, &again));
    CHECK_STR(again, out);
    ptrdiff_t from = str_find(w.bytes, S("\r\n      <dmn:rule id='a'>"));
    ptrdiff_t to = str_find(w.bytes, S("\r\n      <!-- of b -->"));
    Str want =
        str_cat(w.c.arena, str_sub(w.bytes, 0, from),
                str_cat(w.c.arena,
                        S("\r\n      <dmn:rule id=\"t_r3\">"
                          "\r\n        <dmn:inputEntry id=\"t_r3_i1\"><dmn:text>> 90</dmn:text>"
                          "</dmn:inputEntry>"
                          "\r\n        <dmn:outputEntry id=\"t_r3_o1\"><dmn:text>\"特\"</dmn:text>"
                          "</dmn:outputEntry>\r\n      </dmn:rule>"),
                        str_sub(w.bytes, to, w.bytes.n)));
    CHECK_STR(out, want);
    GridRow a = w.grids[0].rows[0];
    g.rows[0] = b;
    g.rows[1] = a;
    CHECK(dmn_grid_write(&w.c, w.bytes, w.d, &w.grids[0], &g, &out));
    CHECK(str_find(out, S("<!-- of b -->")) < str_find(out, S("rule id='b'")));
    CHECK(str_find(out, S("rule id='b'")) < str_find(out, S("rule id='a'")));
    CHECK_INT(out.n, w.bytes.n);
    arena_close(w.c.arena);
}

TEST(notes_may_be_added) {
    World w = world();
    DmnGrid g = copy(&w, 0);
    Str out;
    GridColumn columns[3] = {g.columns[0], g.columns[1], {.kind = GRID_NOTE, .label = S("依据")}};
    g.columns = columns;
    g.ncolumns = 3;
    Str one[3] = {g.rows[0].cells[0], g.rows[0].cells[1], S("第五条")};
    Str two[3] = {g.rows[1].cells[0], g.rows[1].cells[1], S("")};
    g.rows[0].cells = one;
    g.rows[1].cells = two;
    CHECK(dmn_grid_write(&w.c, w.bytes, w.d, &w.grids[0], &g, &out));
    CHECK(str_find(out, S("<dmn:output id='c2'/>\r\n      <dmn:annotation name=\"依据\"/>")) > 0);
    CHECK(str_find(out, S("<dmn:annotationEntry><dmn:text>第五条</dmn:text>")) > 0);
    World back = world_of(out);
    CHECK_INT(back.grids[0].ncolumns, 3);
    CHECK_STR(back.grids[0].rows[0].cells[2], S("第五条"));
    arena_close(back.c.arena);
    arena_close(w.c.arena);
}

TEST(refused) {
    World w = world();
    DmnGrid g = copy(&w, 1);
    Str out;
    g.rows[0].key = S("nobody");
    CHECK(!dmn_grid_write(&w.c, w.bytes, w.d, &w.grids[0], &g, &out));
    CHECK_STR(code_of(&w), S("dmn.no_rule"));
    ctx_clear(&w.c);
    g.rows[0].key = g.rows[1].key;
    CHECK(!dmn_grid_write(&w.c, w.bytes, w.d, &w.grids[0], &g, &out));
    CHECK_STR(code_of(&w), S("dmn.rule_twice"));
    ctx_clear(&w.c);
    g = copy(&w, 0);
    g.ncolumns = 1;
    CHECK(!dmn_grid_write(&w.c, w.bytes, w.d, &w.grids[0], &g, &out));
    CHECK_STR(code_of(&w), S("dmn.columns_changed"));
    ctx_clear(&w.c);
    g = copy(&w, 0);
    g.hit = S("UNIQUE SUM");
    CHECK(!dmn_grid_write(&w.c, w.bytes, w.d, &w.grids[0], &g, &out));
    CHECK_STR(code_of(&w), S("dmn.hit_policy"));
    ctx_clear(&w.c);
    CHECK(!dmn_grid_find(&w.c, w.grids, w.n, S("没有")));
    CHECK_STR(code_of(&w), S("dmn.no_table"));
    arena_close(w.c.arena);
}

/* The workbook of the model with one cell replaced, as a spreadsheet program would write it: `row`
 * counts from 1; the replacement is the XML of the cell without its reference. */
static Str sheet_with(World *w, Str cell, Str xml) {
    const DmnGrid *g = &w->grids[0];
    Arena *a = w->c.arena;
    Str path = path_join(a, str_from(test_folder()), S("h.xlsx")), bytes;
    DmnGrid same;
    CHECK(table_sheet_write(&w->c, g, S(""), path) && file_read(&w->c, path, 1 << 24, &bytes));
    CHECK(table_sheet_read(&w->c, bytes, S("h.xlsx"), g, &same));
    Str print = {0};
    Str decision, key;
    CHECK(table_sheet_names(&w->c, bytes, S("h.xlsx"), &decision, &key));
    CHECK_STR(decision, S("档次"));
    CHECK_STR(key, S("t"));
    Workbook book;
    CHECK(xlsx_read(&w->c, bytes, S("h.xlsx"), 0, &book));
    Buf b = buf_new(a, 0);
    buf_lit(&b, "<sheetData>");
    for (int i = 0; i < book.sheets[0].row_count; i++) {
        const SheetRow *r = &book.sheets[0].rows[i];
        buf_printf(&b, "<row r='%lld'>", (long long)r->row);
        for (int k = 0; k < 4; k++) {
            Str ref = str_printf(a, "%c%lld", 'A' + k, (long long)r->row);
            print = k < r->n ? r->cells[k].text : (Str){0};
            print = replaced(a, str_cat(a, print, S("\1")), S("\1"), S(""));
            for (ptrdiff_t at; (at = str_find(print, S("<"))) >= 0;)
                print = str_cat(a, str_cat(a, str_sub(print, 0, at), S("&lt;")),
                                str_sub(print, at + 1, print.n));
            if (str_eq(ref, cell))
                buf_printf(&b, "<c r='%.*s' %.*s</c>", STRF(ref), STRF(xml));
            else if (print.n)
                buf_printf(&b, "<c r='%.*s' t='inlineStr'><is><t>%.*s</t></is></c>", STRF(ref),
                           STRF(print));
        }
        buf_lit(&b, "</row>");
    }
    buf_lit(&b, "</sheetData>");
    if (str_eq(cell, S("merge"))) buf_put(&b, xml);
    return xlsx_of(a, buf_str(&b), S(""), false);
}

static void check_refused(Str cell, Str xml, Str want) {
    World w = world();
    DmnGrid g;
    Str bytes = sheet_with(&w, cell, xml);
    bool ok = table_sheet_read(&w.c, bytes, S("h.xlsx"), &w.grids[0], &g);
    Str got = ok ? S("")
                 : str_printf(w.c.arena, "%.*s %.*s", STRF(code_of(&w)), STRF(w.c.err.note.place));
    CHECK_STR(got, want);
    arena_close(w.c.arena);
}

TEST(spoiled_workbooks) {
    check_refused(S("B14"), S("t='inlineStr'><is><t>&lt; 7</t></is>"), S(""));
    check_refused(S("B14"), S("><v>7</v>"), S(""));
    check_refused(S("B14"), S("t='inlineStr'><is><t>＜ 7</t></is>"),
                  S("feel.fullwidth h.xlsx[决策表!B14]"));
    check_refused(S("B14"), S("t='inlineStr'><is><t>—</t></is>"),
                  S("table.character h.xlsx[决策表!B14]"));
    check_refused(S("C14"), S("t='inlineStr'><is><t>“低”</t></is>"),
                  S("feel.fullwidth h.xlsx[决策表!C14]"));
    check_refused(S("C14"), S("t='inlineStr'><is><t>\"低</t></is>"),
                  S("table.quote h.xlsx[决策表!C14]"));
    check_refused(S("C14"), S("t='inlineStr'><is><t> </t></is>"),
                  S("table.no_output h.xlsx[决策表!C14]"));
    check_refused(S("B15"), S("s='1'><v>44377</v>"), S("table.date h.xlsx[决策表!B15]"));
    check_refused(S("B15"), S("><f>1+1</f><v>2</v>"), S("table.formula h.xlsx[决策表!B15]"));
    check_refused(S("B15"), S("t='str'><f>A1</f><v></v>"), S("table.formula h.xlsx[决策表!B15]"));
    check_refused(S("B15"), S("t='e'><v>#N/A</v>"), S("table.error h.xlsx[决策表!B15]"));
    check_refused(S("D15"), S("t='inlineStr'><is><t>旁注</t></is>"),
                  S("table.outside h.xlsx[决策表!D15]"));
    check_refused(S("A15"), S("t='inlineStr'><is><t>a</t></is>"),
                  S("dmn.rule_twice h.xlsx[决策表!A15]"));
    check_refused(S("A15"), S("t='inlineStr'><is><t>zz</t></is>"),
                  S("dmn.no_rule h.xlsx[决策表!A15]"));
    check_refused(S("B3"), S("t='inlineStr'><is><t>0</t></is>"),
                  S("table.stale h.xlsx[决策表!B3]"));
    check_refused(S("B2"), S("t='inlineStr'><is><t>other</t></is>"),
                  S("table.other_table h.xlsx[决策表!B2]"));
    check_refused(S("B5"), S("t='inlineStr'><is><t>first</t></is>"),
                  S("dmn.hit_policy h.xlsx[决策表!B5]"));
    check_refused(S("B7"), S("t='inlineStr'><is><t>c9</t></is>"),
                  S("dmn.columns_changed h.xlsx[决策表!B6]"));
    check_refused(S("D6"), S("t='inlineStr'><is><t>输入</t></is>"),
                  S("dmn.columns_changed h.xlsx[决策表!D6]"));
    check_refused(S("A10"), S("t='inlineStr'><is><t></t></is>"), S("table.no_head h.xlsx"));
    check_refused(S("merge"), S("<mergeCells><mergeCell ref='B14:B15'/></mergeCells>"),
                  S("table.merged h.xlsx[决策表!B14]"));
}

TEST(no_workbook) {
    World w = world();
    DmnGrid g;
    CHECK(!table_sheet_read(&w.c, S("a,b\n"), S("x.csv"), &w.grids[0], &g));
    CHECK_STR(code_of(&w), S("table.not_xlsx"));
    arena_close(w.c.arena);
}
