/* Built-in functions: values, wrong arguments, limits. */
#include "feel/feel.h"
#include "feel/zone.h"
#include "tests/test.h"

/* The value of an expression as FEEL text, with " !" when a finding was recorded. */
static Str value_of(Arena *a, const char *text) {
    Ctx c = ctx_new(a, 0);
    Program *p = program_new(a);
    Scope *s = scope_plain(p, scope_root(p));
    IrId id = feel_compile(&c, p, str_from(text), FEEL_EXPRESSION, s, NULL, S("t"));
    Eval e = eval_new(p, a);
    e.now_ns = 1719792000LL * 1000000000; /* 2024-07-01T00:00:00Z */
    e.zone.kind = ZONE_NAME;
    CHECK(zone_find(S("Asia/Shanghai"), &e.zone.id));
    Val v = feel_eval(&e, id, NULL);
    Buf b = buf_new(a, 0);
    val_literal(&b, v);
    if (v.tag == V_NULL && e.diag.note_count) buf_lit(&b, " !");
    return buf_str(&b);
}

typedef struct Case {
    const char *text, *want;
} Case;

static void run_cases(const Case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        Arena *a = arena_open(0);
        Str got = value_of(a, cases[i].text);
        if (!str_eq(got, str_from(cases[i].want))) printf("in «%s»\n", cases[i].text);
        CHECK_STR(got, str_from(cases[i].want));
        arena_close(a);
    }
}
#define RUN(cases) run_cases(cases, sizeof(cases) / sizeof *(cases))

TEST(builtin_numbers) {
    static const Case C[] = {
        {"decimal(2.345, 2)", "2.34"},
        {"decimal(2.355, 2)", "2.36"},
        {"decimal(12345, -2)", "12300"},
        {"decimal(12.5, \"1\")", "null !"},
        {"floor(-0.01)", "-1"},
        {"floor(1.99, 1)", "1.9"},
        {"ceiling(1.01, 1)", "1.1"},
        {"ceiling(-0.99)", "0"},
        {"round up(-1.001, 2)", "-1.01"},
        {"round down(-1.009, 2)", "-1"},
        {"round half up(2.5, 0)", "3"},
        {"round half up(-2.5, 0)", "-3"},
        {"round half down(2.5, 0)", "2"},
        {"round half down(-2.51, 0)", "-3"},
        {"round half up(20000000 / 3, -4)", "6670000"},
        {"round up(1, 6177)", "null !"},
        {"round up(1, -6112)", "null !"},
        {"round up(1)", "null !"},
        {"abs(-12.5)", "12.5"},
        {"abs([-3])", "3"},
        {"abs(@\"-P1DT1H\")", "@\"P1DT1H\""},
        {"abs(\"-3\")", "null !"},
        {"modulo(-7, 3)", "2"},
        {"modulo(7.5, -2)", "-0.5"},
        {"modulo(7, 0)", "null !"},
        {"sqrt(2.25)", "1.5"},
        {"sqrt(-1)", "null !"},
        {"log(0)", "null !"},
        {"exp(0)", "1"},
        {"odd(-3)", "true"},
        {"odd(1e3)", "false"},
        {"even(1.5)", "false"},
        {"even(0)", "true"},
        {"odd(null)", "null !"},
        {"not(true)", "false"},
        {"not(1)", "null !"},
        {"is(1.0, 1)", "true"},
        {"is(\"a\", 1)", "false"},
        {"is(value1: 1)", "false"},
        {"is(value2: null)", "true"},
        {"is(value1: 1, value2: 1, value3: 1)", "null !"},
        {"list contains(list: [1, null])", "true"},
        {"round up(scale: 0)", "null !"},
        {"is(@\"10:00:00Z\", @\"10:00:00@Etc/UTC\")", "false"},
        {"number(\"1 234,50\", \" \", \",\")", "1234.5"},
        {"number(\"1.234.567\", \".\", \",\")", "1234567"},
        {"number(\"1.5\", null, \",\")", "null !"},
        {"number(\"-0.05\")", "-0.05"},
        {"number(\"abc\")", "null !"},
        {"number(\"1,5\", \",\", \",\")", "null !"},
        {"number(\"1'000\", \"'\", \".\")", "null !"},
        {"number(\"\", null, null)", "null !"},
        {"string(1.50)", "\"1.5\""},
        {"string([1, \"a\", null])", "\"[1, \\\"a\\\", null]\""},
        {"string(null)", "null"},
    };
    RUN(C);
}

TEST(builtin_strings) {
    static const Case C[] = {
        {"substring(\"淄博高新区\", 3)", "\"高新区\""},
        {"substring(\"淄博高新区\", -3, 2)", "\"高新\""},
        {"substring(\"淄博\", 1, 9)", "\"淄博\""},
        {"substring(\"淄博\", 3)", "null !"},
        {"substring(\"淄博\", 0)", "null !"},
        {"substring(\"淄博\", 1, -1)", "null !"},
        {"substring(\"\U0001F40Eab\", 2, 1)", "\"a\""},
        {"string length(\"\U0001F40E淄\")", "2"},
        {"string length([\"ab\"])", "2"},
        {"string length(1)", "null !"},
        {"upper case(\"zibo ß\")", "\"ZIBO SS\""},
        {"lower case(\"ZIBO 淄\")", "\"zibo 淄\""},
        {"substring before(\"a-b-c\", \"-\")", "\"a\""},
        {"substring before(\"abc\", \"x\")", "\"\""},
        {"substring after(\"a-b-c\", \"-\")", "\"b-c\""},
        {"substring after(\"abc\", \"\")", "\"abc\""},
        {"contains(\"高新技术企业\", \"技术\")", "true"},
        {"contains(\"高新\", null)", "null !"},
        {"starts with(\"2614\", \"26\")", "true"},
        {"ends with(\"2614\", \"26\")", "false"},
        {"matches(\"91370300MA3C\", \"^9137\\\\d{4}[0-9A-Z-[IOSVZ]]+$\")", "true"},
        {"matches(\"a\", \"(\")", "null !"},
        {"matches(\"a\", \"a\", \"z\")", "null !"},
        {"matches(\"A\", \"a\", \"i\")", "true"},
        {"replace(\"2024年5月\", \"(\\\\d+)年(\\\\d+)月\", \"$1-$2\")", "\"2024-5\""},
        {"replace(\"a\", \"a\", \"$\")", "null !"},
        {"split(\"电子;化工\", \";\")", "[\"电子\", \"化工\"]"},
        {"split(\"a\", \"[\")", "null !"},
        {"string join([\"a\", null, \"b\"], \"、\")", "\"a、b\""},
        {"string join([\"a\", 1])", "null !"},
        {"string join([])", "\"\""},
        {"upper case(string: \"a\")", "\"A\""},
        {"upper case(s: \"a\")", "null !"},
    };
    RUN(C);
}

TEST(builtin_lists) {
    static const Case C[] = {
        {"list contains([1, null], null)", "true"},
        {"list contains([1, 2], \"1\")", "false"},
        {"list contains(null, 1)", "null !"},
        {"list contains(3, 3)", "true"},
        {"count([1, null, [2]])", "3"},
        {"count(null)", "null !"},
        {"count([])", "0"},
        {"sublist([1, 2, 3], 2)", "[2, 3]"},
        {"sublist([1, 2, 3], -2, 1)", "[2]"},
        {"sublist([1, 2, 3], 1, 4)", "null !"},
        {"sublist([1, 2, 3], 0)", "null !"},
        {"sublist([1, 2, 3], 4)", "null !"},
        {"append([1], 2, [3])", "[1, 2, [3]]"},
        {"append([1])", "null !"},
        {"concatenate([1], [2, 3], [])", "[1, 2, 3]"},
        {"concatenate([1], null)", "null !"},
        {"insert before([1, 3], 2, 2)", "[1, 2, 3]"},
        {"insert before([1, 3], -1, 2)", "[1, 2, 3]"},
        {"insert before([1, 3], 4, 2)", "null !"},
        {"insert before([], 1, 2)", "null !"},
        {"remove([1, 2, 3], -1)", "[1, 2]"},
        {"remove([1], 2)", "null !"},
        {"reverse([1, [2, 3]])", "[[2, 3], 1]"},
        {"index of([1, null, 1], 1)", "[1, 3]"},
        {"index of([1, null], null)", "[2]"},
        {"union([1, 2], [2, 3], [1.0])", "[1, 2, 3]"},
        {"distinct values([1, \"1\", 1.0, null, null, [1], [1]])", "[1, \"1\", null, [1]]"},
        {"duplicate values([3, 1, 3, 1, 3, 2])", "[3, 1]"},
        {"duplicate values([])", "[]"},
        {"duplicate values([null, @\"10:00:00Z\", @\"11:00:00+01:00\", null, {a: 1}, {a: 1.0}])",
         "[null, @\"10:00:00Z\", {a: 1}]"},
        {"distinct values([@\"2024-01-01T08:00:00+08:00\", @\"2024-01-01T00:00:00Z\"])",
         "[@\"2024-01-01T08:00:00+08:00\"]"},
        {"distinct values([@\"P1D\", @\"PT24H\", @\"P0M\", @\"PT0S\"])",
         "[@\"P1D\", @\"P0M\", @\"PT0S\"]"},
        {"count(distinct values(for i in 1..50000 return i))", "50000"},
        {"count(duplicate values(for i in 1..50000 return floor(i / 2)))", "24999"},
        {"flatten([1, [2, [3, []]], 4])", "[1, 2, 3, 4]"},
        {"sort([3, 1, 2], function(x, y) x < y)", "[1, 2, 3]"},
        {"sort([{a: 1, b: 1}, {a: 1, b: 2}, {a: 0, b: 3}], function(x, y) x.a < y.a).b",
         "[3, 1, 2]"},
        {"sort([3, \"a\"], function(x, y) x < y)", "null !"},
        {"sort([], function(x, y) x < y)", "[]"},
        {"sort([2, 1], function(x) true)", "null !"},
        {"list replace([1, 2, 3], -3, 9)", "[9, 2, 3]"},
        {"list replace([1, 2, 3], 4, 9)", "null !"},
        {"list replace([1, 2, 3], function(x, y) x > y, 1)", "[1, 1, 1]"},
        {"list replace([1, 2, 3], function(x, y) 1, 1)", "null !"},
    };
    RUN(C);
}

TEST(builtin_aggregates) {
    static const Case C[] = {
        {"min([3, 1.5, 2])", "1.5"},
        {"min(3, 1, 2)", "1"},
        {"max([\"a\", \"c\", \"b\"])", "\"c\""},
        {"max(@\"2024-01-01\", @\"2024-02-01\")", "@\"2024-02-01\""},
        {"max([@\"P1D\", @\"PT25H\"])", "@\"P1DT1H\""},
        {"min([1, \"a\"])", "null !"},
        {"min([1, null])", "null !"},
        {"max([])", "null !"},
        {"max(7)", "7"},
        {"sum([0.1, 0.2])", "0.3"},
        {"sum([@\"P1D\", @\"PT1H\"])", "@\"P1DT1H\""},
        {"sum([1, \"a\"])", "null !"},
        {"sum([\"a\", \"b\"])", "null !"},
        {"sum([])", "null !"},
        {"sum(null)", "null !"},
        {"mean(1, 2, 4)", "2.333333333333333333333333333333333"},
        {"mean([])", "null !"},
        {"product([2, 3, 7])", "42"},
        {"product([@\"P1D\"])", "null !"},
        {"median([5, 1, 3])", "3"},
        {"median([5, 1, 3, 2])", "2.5"},
        {"median([])", "null !"},
        {"stddev([1, 3])", "1.414213562373095048801688724209698"},
        {"stddev([1])", "null !"},
        {"mode([2, 1, 2, 1, 3])", "[1, 2]"},
        {"mode([])", "[]"},
        {"mode([1, null])", "null !"},
        {"all([true, false, null])", "false"},
        {"all([true, null])", "null"},
        {"all([false, 1])", "false"},
        {"all([true, 1])", "null !"},
        {"all([])", "true"},
        {"any([null, true])", "true"},
        {"any([false, null])", "null"},
        {"any([])", "false"},
        {"any(\"true\")", "null !"},
    };
    RUN(C);
}

TEST(builtin_dates) {
    static const Case C[] = {
        {"date(2024, 2, 29)", "@\"2024-02-29\""},
        {"date(2023, 2, 29)", "null !"},
        {"date(2023.5, 2, 1)", "null !"},
        {"date(\"2024-02-29T00:00:00\")", "null !"},
        {"date(@\"2024-02-29T23:00:00-10:00\")", "@\"2024-02-29\""},
        {"date and time(\"2024-02-29\")", "@\"2024-02-29T00:00:00\""},
        {"date and time(@\"2024-02-29\", @\"10:00:00@Asia/Shanghai\")",
         "@\"2024-02-29T10:00:00@Asia/Shanghai\""},
        {"date and time(@\"10:00:00\", @\"10:00:00\")", "null !"},
        {"time(10, 5, 1.25, @\"-PT1H30M\")", "@\"10:05:01.25-01:30\""},
        {"time(10, 5, 1, null)", "@\"10:05:01\""},
        {"time(10, 5, 60, null)", "null !"},
        {"time(10, 5, -0.5, null)", "null !"},
        {"time(10, 5, 1, @\"PT19H\")", "null !"},
        {"time(@\"2024-02-29\")", "@\"00:00:00Z\""},
        {"time(@\"2024-02-29T10:00:00.5\")", "@\"10:00:00.5\""},
        {"duration(\"P400D\")", "@\"P400D\""},
        {"duration(\"P1W\")", "null !"},
        {"years and months duration(@\"2020-05-31\", @\"2024-05-30\")", "@\"P3Y11M\""},
        {"years and months duration(@\"2020-05-31\", 1)", "null !"},
        {"day of year(@\"2024-12-31\")", "366"},
        {"day of week(@\"2024-07-01\")", "\"Monday\""},
        {"month of year(@\"2024-07-01T00:00:00\")", "\"July\""},
        {"week of year(@\"2021-01-03\")", "53"},
        {"week of year(@\"2024-12-30\")", "1"},
        {"day of week(\"2024-07-01\")", "null !"},
        {"now()", "@\"2024-07-01T08:00:00@Asia/Shanghai\""},
        {"today()", "@\"2024-07-01\""},
        {"today(1)", "null !"},
        {"range(\"[1..2.5)\")", "[1..2.5)"},
        {"range(\"]-3..-1[\")", "(-3..-1)"},
        {"range(\"[date(\\\"2024-01-01\\\")..@\\\"2024-02-01\\\"]\")",
         "[@\"2024-01-01\"..@\"2024-02-01\"]"},
        {"range(\"[2..1]\")", "null !"},
        {"range(\"[1..2]x\")", "null !"},
        {"range(\"[1..\\\"a\\\"]\")", "null !"},
        {"range(\"[\\\"a..b\\\"..\\\"c\\\"]\")", "[\"a..b\"..\"c\"]"},
        {"range(\"[\")", "null !"},
    };
    RUN(C);
}

TEST(builtin_contexts) {
    static const Case C[] = {
        {"get value({营业收入: 5}, \"营业收入\")", "5"},
        {"get value({a: null}, \"a\")", "null"},
        {"get value({a: 1}, \"b\")", "null !"},
        {"get entries({a: 1})", "[{key: \"a\", value: 1}]"},
        {"context([{key: \"a b\", value: 1}, {key: \"\", value: null}])", "{a b: 1, \"\": null}"},
        {"context([{key: \"a\", value: 1}, {key: \"a\", value: 1}])", "null !"},
        {"context([{key: 1, value: 1}])", "null !"},
        {"context([1])", "null !"},
        {"context put({a: 1, b: 2}, \"a\", 3)", "{a: 3, b: 2}"},
        {"context put({a: {b: {c: 1}}, d: 1}, [\"a\", \"b\", \"e\"], 2)",
         "{a: {b: {c: 1, e: 2}}, d: 1}"},
        {"context put({a: 1}, [\"a\", \"b\"], 2)", "null !"},
        {"context put({a: 1}, [\"x\", \"b\"], 2)", "null !"},
        {"context put({a: 1}, [], 2)", "null !"},
        {"context put(context: {a: {b: 1}}, key: [\"a\", \"b\"], value: 2)", "null !"},
        {"context put(value: 2, keys: [\"a\", \"b\"], context: {a: {b: 1}})", "{a: {b: 2}}"},
        {"context merge([{a: 1, b: {c: 1}}, {b: {d: 2}, e: 3}])", "{a: 1, b: {d: 2}, e: 3}"},
        {"context merge([])", "{}"},
        {"context merge([null])", "null !"},
    };
    RUN(C);
}

TEST(builtin_ranges) {
    static const Case C[] = {
        {"before(1, (1..5])", "true"},
        {"before([1..5], 5)", "false"},
        {"before((< 5), 5)", "true"},
        {"before((<= 5), 5)", "false"},
        {"after((> 5), 5)", "true"},
        {"after(@\"2024-02-01\", @\"2024-01-01\")", "true"},
        {"meets([1..5], [5..6])", "true"},
        {"met by((5..6], [1..5])", "false"},
        {"overlaps((> 3), [1..5])", "true"},
        {"overlaps((> 5), [1..5])", "false"},
        {"overlaps before([1..5], (1..7])", "true"},
        {"overlaps after((1..7], [1..5])", "true"},
        {"finishes(5, (1..5])", "true"},
        {"finished by([1..5), [3..5))", "true"},
        {"includes((>= 1), [1..1000])", "true"},
        {"includes([1..1000], (>= 1))", "false"},
        {"during((1..5), [1..5])", "true"},
        {"starts(1, [1..5])", "true"},
        {"started by([1..5], [1..3])", "true"},
        {"coincides((1..2), (1..2))", "true"},
        {"coincides(1, 1.0)", "true"},
        {"coincides(1, \"a\")", "null !"},
        {"includes(1, 2)", "null !"},
        {"before(null, 1)", "null !"},
        {"overlaps([1..2], [\"a\"..\"b\"])", "null !"},
        {"includes(range: [1..5], point: 3)", "true"},
        {"during(point: 3, range: [1..5])", "true"},
    };
    RUN(C);
}

/* Values that nest without end are refused before anything walks them. */
TEST(builtin_deep_values) {
    static const Case C[] = {
#define NEST(n, first, step)                                                                       \
    "list contains(for i in 1.." n " return if i = 1 then " first " else " step ", null)"
        {NEST("400", "[]", "[partial[-1]]"), "false"},
        {NEST("401", "[]", "[partial[-1]]"), "null !"},
        {NEST("100000", "[]", "[partial[-1]]"), "null !"},
        {NEST("401", "{}", "{a: partial[-1]}"), "null !"},
        {NEST("401", "{}", "context put({}, \"a\", partial[-1])"), "null !"},
        {NEST("401", "[]", "append([], partial[-1])"), "null !"},
    };
    RUN(C);
}

#define JAVA(method, args) "(function(" args ") external {java: {class: \"java.lang." method "\"}})"

TEST(builtin_external) {
    static const Case C[] = {
        {JAVA("Math\", method signature: \"max(int, int)", "x, y") "(3, 4)", "4"},
        {JAVA("Math\", method signature: \"max(int,int)", "x, y") "(3, 4.5)", "null !"},
        {JAVA("Math\", method signature: \"cos(double)", "x") "(0)", "1"},
        {JAVA("Byte\", method signature: \"valueOf(byte)", "x") "(128)", "null !"},
        {JAVA("Integer\", method signature: \"valueOf(java.lang.String)", "x") "(\"12\")", "12"},
        {JAVA("Integer\", method signature: \"valueOf(java.lang.String)", "x") "(\"1.5\")",
         "null !"},
        {JAVA("String\", method signature: \"format(java.lang.String, [Ljava.lang.Object;)",
              "x, y") "(\"%s=100%%\", 1.50)",
         "\"1.5=100%\""},
        {JAVA("String\", method signature: \"format(java.lang.String, [Ljava.lang.Object;)",
              "x, y") "(\"%n\", 1)",
         "null !"},
        {JAVA("Runtime\", method signature: \"exec(java.lang.String)", "x") "(\"ls\")", "null !"},
        {JAVA("Math\", method signature: \"max(", "x") "(1)", "null !"},
        {JAVA("Math\", method signature: \"", "x") "(1)", "null !"},
    };
    RUN(C);
}
