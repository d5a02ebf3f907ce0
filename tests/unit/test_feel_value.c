/* Values: equality, order, `is`, text forms. */
#include "feel/temporal.h"
#include "feel/value.h"
#include "tests/test.h"

static Arena *arena;

static Val at(const char *z) {
    Val v;
    return temporal_parse_literal(arena, str_from(z), &v) ? v : val_null();
}

static Val text(const char *z) {
    return val_str(str_from(z));
}

static Val num(const char *z) {
    Dec d = dec_int(0);
    CHECK(dec_parse(str_from(z), &d));
    return val_num(arena, &d);
}

static Val ctx(const char *k1, Val v1, const char *k2, Val v2) {
    Str *keys = NEW_N(arena, Str, 2);
    Val *vals = NEW_N(arena, Val, 2);
    keys[0] = str_from(k1), keys[1] = str_from(k2);
    vals[0] = v1, vals[1] = v2;
    Context *c = NEW(arena, Context);
    *c = (Context){.n = 2, .keys = keys, .vals = vals};
    return val_context(c);
}

static Val list(Val x, Val y) {
    Val *items = NEW_N(arena, Val, 2);
    items[0] = x, items[1] = y;
    return val_list(items, 2);
}

static Val range(RangeOp op, Val lo, Val hi, bool lo_closed, bool hi_closed) {
    Range *r = NEW(arena, Range);
    *r = (Range){.op = op, .lo = lo, .hi = hi, .lo_closed = lo_closed, .hi_closed = hi_closed};
    return val_range(r);
}

static Str str_form(Val v) {
    Buf b = buf_new(arena, 0);
    val_string(&b, v);
    return buf_str(&b);
}

static Str lit_form(Val v) {
    Buf b = buf_new(arena, 0);
    val_literal(&b, v);
    return buf_str(&b);
}

TEST(value_equal_scalars) {
    arena = arena_open(0);
    CHECK_INT(val_equal(val_null(), val_null()), 1);
    CHECK_INT(val_equal(val_null(), val_bool(false)), -1);
    CHECK_INT(val_equal(val_list(NULL, 0), val_null()), -1);
    CHECK_INT(val_equal(val_int(1), text("1")), 0);
    CHECK_INT(val_equal(num("1.10"), num("1.1")), 1);
    CHECK_INT(val_equal(num("1234567890123456789012345678901234"),
                        num("1234567890123456789012345678901233")),
              -1);
    CHECK_INT(val_equal(text("淄博"), text("淄博")), 1);
    CHECK_INT(val_equal(text("a"), text("A")), -1);
    CHECK_INT(val_equal(at("10:30:00.1"), at("10:30:00.9")), 1);
    CHECK_INT(val_equal(at("10:30:00Z"), at("11:30:00+01:00")), 1);
    CHECK_INT(val_equal(at("10:30:00Z"), at("10:30:00")), -1);
    CHECK_INT(val_equal(at("2024-01-01T08:00:00@Asia/Shanghai"), at("2024-01-01T00:00:00Z")), 1);
    CHECK_INT(val_equal(at("2024-01-01"), at("2024-01-01T00:00:00")), 0);
    CHECK_INT(val_equal(at("P1D"), at("PT24H")), 1);
    CHECK_INT(val_equal(at("P0D"), at("P0M")), 0);
    arena_close(arena);
}

TEST(value_equal_inside) {
    arena = arena_open(0);
    CHECK_INT(val_equal(list(val_int(1), text("x")), list(num("1.0"), text("x"))), 1);
    CHECK_INT(val_equal(list(val_int(1), text("x")), list(text("1"), text("x"))), -1);
    CHECK_INT(val_equal(list(val_int(1), val_int(2)), val_list(NULL, 0)), -1);
    Val x = ctx("a", val_int(1), "b", list(val_int(1), val_null()));
    Val y = ctx("b", list(val_int(1), val_null()), "a", num("1.00"));
    CHECK_INT(val_equal(x, y), 1);
    CHECK_INT(val_equal(x, ctx("a", val_int(1), "c", val_int(1))), -1);
    CHECK_INT(val_equal(x, list(x, x)), 0);
    Val r = range(RANGE_INTERVAL, val_int(1), val_int(3), true, false);
    CHECK_INT(val_equal(r, range(RANGE_INTERVAL, val_int(1), num("3.0"), true, false)), 1);
    CHECK_INT(val_equal(r, range(RANGE_INTERVAL, val_int(1), val_int(3), true, true)), -1);
    Val ten = val_int(10);
    Val eq = range(RANGE_EQ, ten, ten, true, true);
    CHECK_INT(val_equal(eq, range(RANGE_INTERVAL, ten, ten, true, true)), -1);
    CHECK_INT(val_equal(eq, range(RANGE_EQ, ten, ten, true, true)), 1);
    arena_close(arena);
}

TEST(value_order) {
    arena = arena_open(0);
    int c;
    CHECK(val_compare(num("1e2"), val_int(99), &c) && c == 1);
    CHECK(val_compare(text("a"), text("b"), &c) && c == -1);
    CHECK(val_compare(text("\xF0\x9F\x90\x8E"), text("\xEF\xBD\xA1"), &c) && c == 1);
    CHECK(val_compare(at("-0001-01-01"), at("0001-01-01"), &c) && c == -1);
    CHECK(val_compare(at("-PT0.5S"), at("PT0S"), &c) && c == -1);
    CHECK(val_compare(at("PT0.5S"), at("PT0.6S"), &c) && c == -1);
    CHECK(val_compare(at("23:00:00Z"), at("23:00:00-01:00"), &c) && c == -1);
    CHECK(!val_compare(at("23:00:00Z"), at("23:00:00"), &c));
    CHECK(!val_compare(at("2024-01-01T00:00:00Z"), at("2024-01-01T00:00:00"), &c));
    CHECK(!val_compare(val_bool(true), val_bool(false), &c));
    CHECK(!val_compare(val_null(), val_null(), &c));
    CHECK(!val_compare(val_int(1), text("1"), &c));
    arena_close(arena);
}

TEST(value_same) {
    arena = arena_open(0);
    CHECK(val_same(at("10:30:00Z"), at("10:30:00+00:00")));
    CHECK(!val_same(at("10:30:00Z"), at("11:30:00+01:00")));
    CHECK(!val_same(at("10:30:00@Etc/UTC"), at("10:30:00Z")));
    CHECK(!val_same(at("10:30:00.1"), at("10:30:00.2")));
    CHECK(!val_same(at("2024-01-01T00:00:00@Australia/Melbourne"),
                    at("2024-01-01T00:00:00@Australia/Sydney")));
    CHECK(!val_same(at("P0D"), at("P0M")));
    CHECK(val_same(list(at("10:30:00Z"), val_null()), list(at("10:30:00Z"), val_null())));
    CHECK(!val_same(val_null(), val_int(0)));
    arena_close(arena);
}

TEST(value_text) {
    arena = arena_open(0);
    CHECK_STR(str_form(text("say \"hi\"")), S("say \"hi\""));
    CHECK_STR(str_form(list(text("say \"hi\"\n"), val_null())), S("[\"say \\\"hi\\\"\\n\", null]"));
    CHECK_STR(str_form(num("1.500")), S("1.5"));
    CHECK_STR(str_form(ctx("营业收入", val_int(1), "a b", val_bool(true))),
              S("{营业收入: 1, a b: true}"));
    CHECK_STR(str_form(ctx("", val_int(1), "a-b", val_int(2))), S("{\"\": 1, \"a-b\": 2}"));
    CHECK_STR(str_form(at("2024-01-01")), S("2024-01-01"));
    CHECK_STR(str_form(list(at("2024-01-01"), at("P1D"))), S("[2024-01-01, P1D]"));
    CHECK_STR(lit_form(list(at("2024-01-01"), at("P1D"))), S("[@\"2024-01-01\", @\"P1D\"]"));
    CHECK_STR(lit_form(text("\x01")), S("\"\\u0001\""));
    CHECK_STR(str_form(range(RANGE_INTERVAL, val_int(1), val_int(3), false, true)), S("(1..3]"));
    CHECK_STR(str_form(range(RANGE_GE, val_int(1), val_null(), true, false)), S("(>=1)"));
    CHECK_STR(str_form(range(RANGE_LT, val_null(), text("x"), false, false)), S("(<\"x\")"));
    CHECK_STR(str_form(val_list(NULL, 0)), S("[]"));
    arena_close(arena);
}

TEST(value_context_entry) {
    arena = arena_open(0);
    Val x = ctx("a", val_int(1), "", val_int(2)), v;
    CHECK(ctx_get(x, S("a"), &v) && v.i == 1);
    CHECK(ctx_get(x, S(""), &v) && v.i == 2);
    CHECK(!ctx_get(x, S("b"), &v));
    CHECK(!ctx_get(val_int(1), S("a"), &v));
    CHECK(val_null_note(val_null()) == NULL);
    arena_close(arena);
}
