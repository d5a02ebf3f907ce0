/* JSON: RFC 8259 accepted and refused, places, canonical form, writer. */
#include <string.h>

#include "codec/json.h"
#include "tests/test.h"

static Ctx fresh(void) {
    return ctx_new(arena_open(0), 0);
}

static void done(Ctx *c) {
    arena_close(c->arena);
}

static Str round_trip(Ctx *c, Str text) {
    Json *j = json_parse(c, text, S("t"));
    if (!j) return S("refused");
    Buf b = buf_new(c->arena, 0);
    json_print(&b, j, 0);
    return buf_str(&b);
}

TEST(values) {
    Ctx c = fresh();
    CHECK_STR(round_trip(&c, S(" [1, -0.10e+5 ,true,false,null,\"\", {}, []]\r\n")),
              S("[1,-0.10e+5,true,false,null,\"\",{},[]]"));
    CHECK_STR(round_trip(&c, S("\xEF\xBB\xBF\"中\"")), S("\"中\""));
    CHECK_STR(round_trip(&c, S("{\"b\":1,\"a\":{\"\":2}}")), S("{\"b\":1,\"a\":{\"\":2}}"));
    done(&c);
}

TEST(strings) {
    Ctx c = fresh();
    Json *j = json_parse(&c, S("\"a\\u4e2d\\ud840\\udc00\\n\\/\\u0000z\""), S("t"));
    CHECK(j != NULL);
    CHECK_STR(json_str(j, S("")), S("a中𠀀\n/\0z"));
    Buf b = buf_new(c.arena, 0);
    json_escape(&b, S("\"\\\b\f\n\r\t\x01\x1f\x7f中/"));
    CHECK_STR(buf_str(&b), S("\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\x7f中/\""));
    done(&c);
}

TEST(refused) {
    static const char *const bad[] = {"",
                                      " ",
                                      "[1,]",
                                      "{\"a\":1,}",
                                      "[1 2]",
                                      "{a:1}",
                                      "{\"a\" 1}",
                                      "01",
                                      "1.",
                                      ".5",
                                      "+1",
                                      "1e",
                                      "--1",
                                      "NaN",
                                      "nul",
                                      "truex",
                                      "[",
                                      "{",
                                      "\"abc",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\n\"",
                                      "\"\\ud800\"",
                                      "\"\\udc00\"",
                                      "\"\\ud800\\u0041\"",
                                      "1 2",
                                      "[1]]",
                                      "'a'",
                                      "// c\n1",
                                      "\"\xC0\xAF\"",
                                      "\"\xED\xA0\x80\"",
                                      "\"\xFF\"",
                                      "\"\\",
                                      "{\"a\"",
                                      "{\"a\":",
                                      "\xC2\xA0"
                                      "1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Ctx c = fresh();
        CHECK_STR(round_trip(&c, str_from(bad[i])), S("refused"));
        CHECK_INT(c.err.code, ERR_INPUT);
        done(&c);
    }
    Ctx c = fresh();
    CHECK_STR(round_trip(&c, S("1\0")), S("refused"));
    done(&c);
}

TEST(place) {
    Ctx c = fresh();
    CHECK(!json_parse(&c, S("{\n  \"中文\": x\n}"), S("f.json")));
    CHECK_STR(c.err.note.place, S("f.json:2:9"));
    Ctx d = fresh();
    CHECK(!json_parse(&d, S("{\"a\":1,\n\"a\":2}"), S("f.json")));
    CHECK_STR(d.err.note.place, S("f.json:2:1"));
    CHECK_STR(msg_code(d.err.note.msg), S("json.duplicate"));
    Json *j = json_parse(&(Ctx){.arena = c.arena}, S("[1,\n\n2]"), S("f"));
    CHECK_INT(json_at(j, 1)->line, 3);
    done(&c);
    done(&d);
}

TEST(depth) {
    Ctx c = fresh();
    char text[2 * 101 + 1] = {0};
    memset(text, '[', 100);
    memset(text + 100, ']', 100);
    CHECK(json_parse(&c, str_from(text), S("t")) != NULL);
    memset(text, '[', 101);
    memset(text + 101, ']', 101);
    CHECK(!json_parse(&c, str_of(text, 202), S("t")));
    CHECK_STR(msg_code(c.err.note.msg), S("json.depth"));
    Ctx d = fresh();
    Str deep = str_of(arena_alloc(d.arena, 1 << 20), 1 << 20);
    memset((char *)(uintptr_t)deep.p, '{', 1 << 20);
    CHECK(!json_parse(&d, deep, S("t")));
    done(&c);
    done(&d);
}

TEST(many_keys) {
    Ctx c = fresh();
    Buf b = buf_new(c.arena, 0);
    buf_char(&b, '{');
    for (int i = 0; i < 100000; i++) buf_printf(&b, "%s\"k%d\":%d", i ? "," : "", i, i);
    buf_char(&b, '}');
    Json *j = json_parse(&c, buf_str(&b), S("t"));
    CHECK(j && j->count == 100000);
    b.p[b.n - 1] = ',';
    buf_lit(&b, "\"k0\":1}");
    CHECK(!json_parse(&c, buf_str(&b), S("t")));
    CHECK_STR(msg_code(c.err.note.msg), S("json.duplicate"));
    done(&c);
}

TEST(canonical) {
    Ctx c = fresh();
    Json *j = json_parse(&c,
                         S("{\"b\": [1.50, {\"z\":null,\"Z\":true}], \"\xEF\xBF\xBD\":1, "
                           "\"\xF0\x9F\x98\x80\":2, \"a\":\"\\u001F\\/\", \"中\":\"\"}"),
                         S("t"));
    Buf b = buf_new(c.arena, 0);
    json_canonical(&b, j);
    CHECK_STR(buf_str(&b), S("{\"a\":\"\\u001f/\",\"b\":[1.50,{\"Z\":true,\"z\":null}],\"中\":\"\","
                             "\"\xEF\xBF\xBD\":1,\"\xF0\x9F\x98\x80\":2}"));
    done(&c);
}

TEST(reading) {
    Ctx c = fresh();
    Json *j = json_parse(&c, S("{\"s\":\"x\",\"n\":12,\"d\":1.5,\"b\":true,\"z\":null}"), S("t"));
    CHECK_STR(json_get_str(j, S("s")), S("x"));
    CHECK_STR(json_get_str(j, S("d")), S("1.5"));
    CHECK_STR(json_get_str(j, S("z")), S(""));
    CHECK_INT(json_get_i64(j, S("n"), 7), 12);
    CHECK_INT(json_get_i64(j, S("d"), 7), 7);
    CHECK_INT(json_get_i64(j, S("s"), 7), 7);
    CHECK(json_get_bool(j, S("b"), false));
    CHECK(json_get_bool(j, S("q"), true));
    CHECK(!json_get(NULL, S("q")) && !json_at(j, 0));
    done(&c);
}

TEST(build_and_write) {
    Ctx c = fresh();
    Json *o = json_new(c.arena, JSON_OBJECT);
    Json *list = json_set(o, S("list"), json_new(c.arena, JSON_ARRAY));
    json_push(list, json_int(c.arena, -5));
    json_push(list, json_string(c.arena, S("q\"")));
    json_set(o, S("t"), json_bool(c.arena, true));
    Buf b = buf_new(c.arena, 0);
    json_print(&b, o, 2);
    CHECK_STR(buf_str(&b), S("{\n  \"list\": [\n    -5,\n    \"q\\\"\"\n  ],\n  \"t\": true\n}"));
    Buf d = buf_new(c.arena, 0);
    JsonWriter w = jw_new(&d);
    jw_object(&w);
    jw_key(&w, S("a"));
    jw_array(&w);
    jw_int(&w, 1);
    jw_num(&w, S("2.50"));
    jw_object(&w);
    jw_object_end(&w);
    jw_array_end(&w);
    jw_key(&w, S("b"));
    jw_json(&w, o);
    jw_key(&w, S("c"));
    jw_null(&w);
    jw_key(&w, S("d"));
    jw_bool(&w, false);
    jw_key(&w, S("e"));
    jw_str(&w, S("中"));
    jw_object_end(&w);
    CHECK_STR(buf_str(&d), S("{\"a\":[1,2.50,{}],\"b\":{\"list\":[-5,\"q\\\"\"],\"t\":true},"
                             "\"c\":null,\"d\":false,\"e\":\"中\"}"));
    CHECK(!d.over);
    done(&c);
}

TEST(number_grammar) {
    CHECK(json_is_number(S("-0")) && json_is_number(S("1E5")) && json_is_number(S("0.0")));
    CHECK(!json_is_number(S("")) && !json_is_number(S("-")) && !json_is_number(S("01")));
    CHECK(!json_is_number(S("1.e5")) && !json_is_number(S("2021-06-30")));
}
