/* Built-in functions on missing facts: what is decided must hold for every admissible fact, and
 * what is bounded must hold every result. */
#include "feel/feel.h"
#include "tests/test.h"

static Arena *arena;
static Eval eval;

static void open_eval(void) {
    arena = arena_open(0);
    eval = eval_new(program_new(arena), arena);
    eval.unknowns = true;
}

static Val fact(uint16_t path, int lo, int hi) {
    return unknown_fact(arena, path, val_int(lo), val_int(hi), NULL, 0, false, false);
}

static Val open_fact(uint16_t path) {
    return unknown_fact(arena, path, val_null(), val_null(), NULL, 0, false, false);
}

static Val call(const char *fn, const Val *args, int n) {
    return builtin_call(&eval, builtin_find(str_from(fn)), args, n);
}

static Str bounds(Val v) {
    Buf b = buf_new(arena, 0);
    Val lo, hi;
    val_bounds(v, &lo, &hi);
    val_string(&b, lo);
    buf_lit(&b, "..");
    val_string(&b, hi);
    if (val_may_null(v)) buf_lit(&b, " null");
    return buf_str(&b);
}

/* Is a concrete result among what the unknown result allows? */
static bool covers(Val u, Val v) {
    Val lo, hi;
    int c;
    if (u.tag != V_UNKNOWN) return val_equal(u, v) > 0;
    if (v.tag == V_NULL) return val_may_null(u);
    val_bounds(u, &lo, &hi);
    if (lo.tag != V_NULL && (!val_compare(lo, v, &c) || c > 0)) return false;
    return hi.tag == V_NULL || (val_compare(v, hi, &c) && c <= 0);
}

/* Every choice of x in [lo, hi] and y in [-1, 1] against the unknown answer. */
static void check_sound(const char *fn, int lo, int hi) {
    Val args[3] = {fact(1, lo, hi), val_int(2), fact(2, -1, 1)};
    Val u = call(fn, args, 3), list = val_list(args, 3);
    Val of_list = call(fn, &list, 1);
    for (int x = lo; x <= hi; x++) {
        for (int y = -1; y <= 1; y++) {
            Val known[3] = {val_int(x), val_int(2), val_int(y)};
            Val v = call(fn, known, 3);
            CHECK(covers(u, v));
            CHECK(covers(of_list, v));
        }
    }
}

TEST(unknown_aggregates_are_sound) {
    open_eval();
    static const char *const FNS[] = {"min", "max", "sum", "mean", "product"};
    static const int LO[] = {-3, -2, 0, 1, 3}, HI[] = {-1, 2, 0, 4, 5};
    for (size_t f = 0; f < sizeof FNS / sizeof FNS[0]; f++) {
        for (int k = 0; k < 5; k++) check_sound(FNS[f], LO[k], HI[k]);
    }
    arena_close(arena);
}

TEST(unknown_aggregates_keep_bounds) {
    open_eval();
    Val args[2] = {fact(1, 0, 10), val_int(4)};
    CHECK_STR(bounds(call("min", args, 2)), S("0..4"));
    CHECK_STR(bounds(call("max", args, 2)), S("4..10"));
    CHECK_STR(bounds(call("sum", args, 2)), S("4..14"));
    args[0] = open_fact(1);
    CHECK_STR(bounds(call("min", args, 2)), S("null..4"));
    CHECK_STR(bounds(call("max", args, 2)), S("4..null"));
    args[0] = unknown_fact(arena, 1, val_int(5), val_int(9), NULL, 0, true, false);
    CHECK_STR(bounds(call("max", args, 2)), S("5..9 null"));
    args[0] = fact(1, 5, 9);
    CHECK_STR(bounds(call("min", args, 2)), S("4..4")); /* decided: 4 whatever the fact is */
    args[0] = open_fact(1);
    args[1] = val_str(S("x"));
    CHECK(val_may_null(call("min", args, 2)));
    arena_close(arena);
}

TEST(unknown_rounding_and_abs) {
    open_eval();
    static const char *const FNS[] = {"decimal",    "floor",         "ceiling",        "round up",
                                      "round down", "round half up", "round half down"};
    for (size_t f = 0; f < sizeof FNS / sizeof FNS[0]; f++) {
        Val args[2] = {fact(1, -26, 17), val_int(-1)};
        Val u = call(FNS[f], args, 2);
        CHECK(val_unknown(u));
        for (int x = -26; x <= 17; x++) {
            Val known[2] = {val_int(x), val_int(-1)};
            CHECK(covers(u, call(FNS[f], known, 2)));
        }
    }
    Val x = fact(1, -3, 2);
    CHECK_STR(bounds(call("abs", &x, 1)), S("0..3"));
    x = fact(1, -3, -2);
    CHECK_STR(bounds(call("abs", &x, 1)), S("2..3"));
    x = fact(1, 2, 3);
    CHECK_STR(bounds(call("abs", &x, 1)), S("2..3"));
    x = unknown_fact(arena, 1, val_int(-3), val_null(), NULL, 0, false, false);
    CHECK_STR(bounds(call("abs", &x, 1)), S("0..null"));
    Val cands[2] = {val_int(-7), val_int(7)};
    x = unknown_fact(arena, 1, val_null(), val_null(), cands, 2, false, false);
    Val v = call("abs", &x, 1);
    CHECK(val_is_num(v) && v.i == 7); /* decided */
    x = unknown_fact(arena, 1, val_null(), val_null(), cands, 2, true, false);
    CHECK(val_may_null(call("abs", &x, 1)));
    arena_close(arena);
}

TEST(unknown_truth_functions) {
    open_eval();
    Val cands[2] = {val_bool(false), val_bool(true)};
    Val u = unknown_fact(arena, 1, val_null(), val_null(), cands, 2, false, false);
    Val args[2] = {u, val_bool(false)};
    CHECK(val_is(call("all", args, 2), false));
    CHECK_INT(val_truths(call("any", args, 2)), 3);
    args[1] = val_bool(true);
    CHECK(val_is(call("any", args, 2), true));
    CHECK_INT(val_truths(call("all", args, 2)), 3);
    args[1] = val_null();
    CHECK_INT(val_truths(call("all", args, 2)), 5);
    CHECK_INT(val_truths(call("any", args, 2)), 6);
    CHECK_INT(val_truths(call("not", &u, 1)), 3);
    arena_close(arena);
}

TEST(unknown_lists) {
    open_eval();
    Val items[2] = {val_int(1), fact(1, 5, 9)};
    Val args[2] = {val_list(items, 2), val_int(1)};
    CHECK(val_is(call("list contains", args, 2), true));
    args[1] = val_int(2);
    CHECK(val_is(call("list contains", args, 2), false));
    args[1] = val_int(6);
    CHECK(val_unknown(call("list contains", args, 2)));
    CHECK_INT(call("count", args, 1).i, 2);
    Val more = call("append", args, 2);
    CHECK(more.tag == V_LIST && more.n == 3 && val_unknown(val_items(more)[1]));
    Val back = call("reverse", args, 1);
    CHECK(back.tag == V_LIST && val_unknown(val_items(back)[0]));
    args[1] = fact(2, 1, 2);
    CHECK(val_unknown(call("remove", args, 2)));
    args[0] = open_fact(3);
    CHECK_STR(bounds(call("count", args, 1)), S("0..null"));
    CHECK(val_unknown(call("list contains", args, 2)));
    arena_close(arena);
}
