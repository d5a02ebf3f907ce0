/* Comparison of models: what editors change without meaning is no change, everything else is named
 * by element and cell. */
#include "base/file.h"
#include "dmn/diff.h"
#include "tests/test.h"

static const char HEAD[] = "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' "
                           "id='d' name='m' namespace='urn:m'>";
static const char TABLE[] =
    "<inputData id='in' name='甲'><variable id='v' name='甲' typeRef='number'/></inputData>"
    "<decision id='dec' name='档次'><variable id='dv' name='档次' typeRef='string'/>"
    "<informationRequirement id='r'><requiredInput href='#in'/></informationRequirement>"
    "<decisionTable id='t' hitPolicy='UNIQUE'>"
    "<input id='c1' label='甲'><inputExpression id='e1' typeRef='number'><text>甲</text>"
    "</inputExpression></input><output id='c2'/>"
    "<rule id='a'><inputEntry id='a1'><text>&lt; 5</text></inputEntry>"
    "<outputEntry id='a2'><text>\"低\"</text></outputEntry></rule>"
    "<rule id='b'><inputEntry id='b1'><text>-</text></inputEntry>"
    "<outputEntry id='b2'><text>\"高\"</text></outputEntry></rule>"
    "<rule id='c'><inputEntry id='c11'><text>7</text></inputEntry>"
    "<outputEntry id='c12'><text>\"中\"</text></outputEntry></rule>"
    "</decisionTable></decision>";

static Str model(Arena *a, Str body) {
    return str_printf(a, "%s%.*s</definitions>", HEAD, STRF(body));
}

static Str swap(Arena *a, Str s, const char *what, const char *with) {
    ptrdiff_t at = str_find(s, str_from(what));
    CHECK(at >= 0);
    if (at < 0) return s;
    Str rest = str_sub(s, at + str_from(what).n, s.n);
    return str_cat(a, str_cat(a, str_sub(s, 0, at), str_from(with)), rest);
}

/* The changes as lines. */
static Str changes(Ctx *c, Str x, Str y) {
    DmnDefs *a = dmn_read(c, x, S("a")), *b = dmn_read(c, y, S("b"));
    DmnChange *items;
    Buf out = buf_new(c->arena, 0);
    if (!a || !b) return note_text(c->arena, &c->err.note, LANG_EN);
    int n = dmn_diff(c, a, b, &items);
    for (int i = 0; i < n; i++) {
        if (i) buf_char(&out, '\n');
        buf_put(&out, items[i].element);
        buf_char(&out, ' ');
        buf_put(&out, dmn_change_line(c->arena, &items[i], LANG_EN));
    }
    CHECK((n == 0) == str_eq(dmn_canonical(c, a), dmn_canonical(c, b)));
    return buf_str(&out);
}

static void check_swap(const char *what, const char *with, const char *want) {
    Ctx c = ctx_new(arena_open(0), 0);
    Str x = model(c.arena, str_from(TABLE));
    CHECK_STR(changes(&c, x, swap(c.arena, x, what, with)), str_from(want));
    arena_close(c.arena);
}

TEST(what_says_nothing) {
    check_swap("<inputData id='in' name='甲'>", "\n  <inputData name=\"甲\"\n id=\"in\" >\n", "");
    check_swap(" hitPolicy='UNIQUE'", " preferredOrientation='Rule-as-Row'", "");
    check_swap("<text>-</text>", "<text> </text>", "");
    check_swap("<text>甲</text>", "<text>\n  甲 </text>", "");
    check_swap("typeRef='number'", "typeRef='feel:number'", "");
    check_swap("<decision id='dec' name='档次'>",
               "<decision id='dec' name='档次'><description/><extensionElements>"
               "<x xmlns='urn:x'/></extensionElements>",
               "");
    check_swap("name='m'", "name='m' exporter='x' exporterVersion='9'", "");
    check_swap("</decisionTable></decision>",
               "</decisionTable></decision><dmndi:DMNDI "
               "xmlns:dmndi='https://www.omg.org/spec/DMN/20191111/DMNDI/'><dmndi:DMNDiagram/>"
               "</dmndi:DMNDI>",
               "");
}

TEST(cells_and_columns) {
    check_swap("&lt; 5", "&lt; 6", "a1 档次 · rule 1 · c1 · cell changed: < 5 → < 6");
    check_swap("\"高\"", "\"很高\"", "b2 档次 · rule 2 · c2 · cell changed: \"高\" → \"很高\"");
    check_swap("hitPolicy='UNIQUE'", "hitPolicy='COLLECT' aggregation='MAX'",
               "t 档次 · hit policy changed: UNIQUE → COLLECT MAX");
    check_swap("label='甲'", "label='乙'", "c1 档次 · c1 · label changed: 甲 → 乙");
    check_swap("<output id='c2'/>", "<output id='c2' name='档' typeRef='string'/>",
               "c2 档次 · c2 · name changed:  → 档\nc2 档次 · c2 · type changed:  → string");
    check_swap("</inputExpression></input>",
               "</inputExpression><inputValues id='iv'><text>[0..9]</text></inputValues></input>",
               "c1 档次 · c1 · values changed:  → [0..9]");
}

TEST(rules) {
    Ctx c = ctx_new(arena_open(0), 0);
    Str x = model(c.arena, str_from(TABLE));
    Str rule = S("<rule id='a'><inputEntry id='a1'><text>&lt; 5</text></inputEntry>"
                 "<outputEntry id='a2'><text>\"低\"</text></outputEntry></rule>");
    ptrdiff_t at = str_find(x, rule);
    Str without = str_cat(c.arena, str_sub(x, 0, at), str_sub(x, at + rule.n, x.n));
    CHECK_STR(changes(&c, x, without), S("a 档次 · rule 1 · rule removed: < 5 | \"低\""));
    CHECK_STR(changes(&c, without, x), S("a 档次 · rule 1 · rule added: < 5 | \"低\""));
    Str last = swap(c.arena, without, "</decisionTable>",
                    str_z(c.arena, str_cat(c.arena, rule, S("</decisionTable>"))));
    CHECK_STR(changes(&c, x, last), S("a 档次 · rule 3 · rule moved: 1 → 3"));
    arena_close(c.arena);
}

TEST(other_elements) {
    check_swap("name='档次'>", "name='档级'>", "dec 档级 · name changed: 档次 → 档级");
    check_swap("typeRef='number'/>", "typeRef='string'/>", "v 甲 · type changed: number → string");
    check_swap("<decision id='dec'",
               "<decision id='e' name='另'><literalExpression id='l'>"
               "<text>1 + 1</text></literalExpression></decision>"
               "<decision id='dec'",
               "e 另 · decision added: 另 1 + 1");
    check_swap("<informationRequirement id='r'><requiredInput href='#in'/>"
               "</informationRequirement>",
               "", "r 档次 · requirement removed: #in");
    check_swap("<variable id='dv'", "<description>按甲分档</description><variable id='dv'",
               "dec 档次 · description added: 按甲分档");
}

TEST(of_the_model_itself) {
    check_swap("<inputData id='in'", "<description>说</description><inputData id='in'",
               "d m · description added: 说");
}

TEST(itself) {
    Ctx c = ctx_new(arena_open(0), 0);
    Str bytes;
    CHECK(file_read(&c, S("packs/cn/rules/high-tech/high-tech-2016.dmn"), 1 << 24, &bytes));
    CHECK_STR(changes(&c, bytes, bytes), S(""));
    Str other;
    CHECK(file_read(&c, S("packs/cn/rules/unicorn/unicorn-2018.dmn"), 1 << 24, &other));
    CHECK(changes(&c, bytes, other).n > 0);
    arena_close(c.arena);
}
