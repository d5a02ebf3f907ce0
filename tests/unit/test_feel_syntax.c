/* What is said of a text that does not parse, in both languages. */
#include "feel/feel.h"
#include "tests/test.h"

static void check_text(const char *text, const char *zh, const char *en) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Program *p = program_new(a);
    feel_compile(&c, p, str_from(text), FEEL_EXPRESSION, scope_root(p), NULL, S("t"));
    CHECK(c.notes != NULL);
    if (c.notes) {
        CHECK_STR(msg_code(c.notes->msg), S("feel.expected"));
        CHECK_STR(note_text(a, c.notes, LANG_ZH), str_from(zh));
        CHECK_STR(note_text(a, c.notes, LANG_EN), str_from(en));
    }
    arena_close(a);
}

TEST(feel_syntax_says_what_it_expected) {
    check_text("1 + *", "此处应为值或表达式，却是“*”",
               "expected a value or an expression here, found “*”");
    check_text("1 +", "表达式没有写完：此处还缺值或表达式",
               "the expression is not finished: a value or an expression is missing here");
    check_text("(1 + 2]", "此处应为“)”，却是“]”", "expected “)” here, found “]”");
    check_text("if 1 = 1", "表达式没有写完：此处还缺“then”",
               "the expression is not finished: “then” is missing here");
    check_text("1 2", "表达式到此应已结束，却还有“2”",
               "expected the end of the expression here, found “2”");
    check_text("{a: 1}.+", "此处应为名称，却是“+”", "expected a name here, found “+”");
    check_text("1 instance of", "表达式没有写完：此处还缺类型",
               "the expression is not finished: a type is missing here");
    check_text("1 instance of 5", "此处应为类型，却是“5”", "expected a type here, found “5”");
    check_text("for", "表达式没有写完：此处还缺名称",
               "the expression is not finished: a name is missing here");
}
