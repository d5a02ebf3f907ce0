/* YAML of packs: what becomes what, and what is refused. */
#include "codec/yaml.h"
#include "tests/test.h"

static Str parsed(Ctx *c, Str text) {
    Json *j = yaml_parse(c, text, S("p.yaml"));
    if (!j) return msg_code(c->err.note.msg);
    Buf b = buf_new(c->arena, 0);
    json_print(&b, j, 0);
    return buf_str(&b);
}

static void check(Str text, Str want) {
    Ctx c = ctx_new(arena_open(0), 0);
    CHECK_STR(parsed(&c, text), want);
    arena_close(c.arena);
}

TEST(scalars) {
    check(S("a: 1\nb: 1.50\nc: true\nd: null\ne:\nf: ~\ng: no\nh: 2021-06-30\ni: '1'\nj: \"true\"\n"
            "k: 01\nl: 0x10\nm: 1e5\n"),
          S("{\"a\":1,\"b\":1.50,\"c\":true,\"d\":null,\"e\":null,\"f\":null,\"g\":\"no\","
            "\"h\":\"2021-06-30\",\"i\":\"1\",\"j\":\"true\",\"k\":\"01\",\"l\":\"0x10\",\"m\":"
            "1e5}"));
    check(S(""), S("null"));
    check(S("# only a comment\n"), S("null"));
    check(S("\xEF\xBB\xBFname: 营业收入\n"), S("{\"name\":\"营业收入\"}"));
}

TEST(trees) {
    check(S("- {id: x, values: [大型, 中型]}\n- text: |\n    a\n    b\n  2021: 5\n"),
          S("[{\"id\":\"x\",\"values\":[\"大型\",\"中型\"]},{\"text\":\"a\\nb\\n\",\"2021\":5}]"));
}

TEST(lines) {
    Ctx c = ctx_new(arena_open(0), 0);
    Json *j = yaml_parse(&c, S("a: 1\nb:\n  - x\n  - y\n"), S("p"));
    CHECK_INT(json_at(json_get(j, S("b")), 1)->line, 4);
    arena_close(c.arena);
}

TEST(refused) {
    check(S("a: &x 1\nb: *x\n"), S("yaml.refused"));
    check(S("a: *x\n"), S("yaml.refused"));
    check(S("a: !!str 1\n"), S("yaml.refused"));
    check(S("a: !!python/object:os.system [x]\n"), S("yaml.refused"));
    check(S("? [a]\n: 1\n"), S("yaml.refused"));
    check(S("a: 1\n---\nb: 2\n"), S("yaml.refused"));
    check(S("a: 1\na: 2\n"), S("yaml.duplicate"));
    check(S("a: [1\n"), S("yaml.syntax"));
    check(S("a:\n\t- 1\n"), S("yaml.syntax"));
    check(S("a: \xFF\n"), S("text.not_utf8"));
    check(S("a: b\0c\n"), S("yaml.syntax"));
    check(S("a: b: c\n"), S("yaml.syntax"));
}

TEST(place) {
    Ctx c = ctx_new(arena_open(0), 0);
    CHECK(!yaml_parse(&c, S("a: 1\nb: 2\na: 3\n"), S("p.yaml")));
    CHECK_STR(c.err.note.place, S("p.yaml:3:1"));
    arena_close(c.arena);
}

TEST(deep) {
    Ctx c = ctx_new(arena_open(0), 0);
    Buf b = buf_new(c.arena, 0);
    for (int i = 0; i < 2000; i++) buf_char(&b, '[');
    CHECK_STR(parsed(&c, buf_str(&b)), S("yaml.depth"));
    arena_close(c.arena);
}
