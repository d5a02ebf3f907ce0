/* Numbers, units, dates and years as sheets hold them. */
#include "base/date.h"
#include "codec/numtext.h"
#include "tests/test.h"

typedef struct Case {
    const char *text;
    NumResult result;
    int64_t coef;
    int exp;
    NumUnit unit;
} Case;

TEST(numbers) {
    static const Case cases[] = {
        {"0", NUM_OK, 0, 0, NUM_UNIT_NONE},
        {"-0", NUM_OK, 0, 0, NUM_UNIT_NONE},
        {"12.50", NUM_OK, 1250, -2, NUM_UNIT_NONE},
        {"1,234.5", NUM_OK, 12345, -1, NUM_UNIT_NONE},
        {"１２．５％", NUM_OK, 125, -3, NUM_UNIT_RATIO},
        {"1.2亿", NUM_OK, 12, 7, NUM_UNIT_FACTOR},
        {"-8.3万元", NUM_OK, -83, 3, NUM_UNIT_YUAN},
        {"￥5,000元", NUM_OK, 5, 3, NUM_UNIT_YUAN},
        {"¥ 1,234,567.89", NUM_OK, 123456789, -2, NUM_UNIT_NONE},
        {"(300)", NUM_OK, -3, 2, NUM_UNIT_NONE},
        {"（１，３００）", NUM_OK, -13, 2, NUM_UNIT_NONE},
        {"−5", NUM_OK, -5, 0, NUM_UNIT_NONE},
        {" 42\xC2\xA0", NUM_OK, 42, 0, NUM_UNIT_NONE},
        {"230人", NUM_OK, 23, 1, NUM_UNIT_PEOPLE},
        {"3‰", NUM_OK, 3, -3, NUM_UNIT_RATIO},
        {"5万美元", NUM_OK, 5, 4, NUM_UNIT_FOREIGN},
        {"1000000000000000000000", NUM_OK, 1, 21, NUM_UNIT_NONE},
        {"", NUM_EMPTY, 0, 0, 0},
        {"—", NUM_EMPTY, 0, 0, 0},
        {" - ", NUM_EMPTY, 0, 0, 0},
        {"N/A", NUM_EMPTY, 0, 0, 0},
        {"暂无", NUM_EMPTY, 0, 0, 0},
        {"无", NUM_NONE, 0, 0, 0},
        {"9.137E+17", NUM_SCIENTIFIC, 0, 0, 0},
        {"1e5", NUM_SCIENTIFIC, 0, 0, 0},
        {"abc", NUM_BAD, 0, 0, 0},
        {"12abc", NUM_BAD, 0, 0, 0},
        {"1,23", NUM_BAD, 0, 0, 0},
        {"1234,567", NUM_BAD, 0, 0, 0},
        {"1,2345", NUM_BAD, 0, 0, 0},
        {"1.2.3", NUM_BAD, 0, 0, 0},
        {"--5", NUM_BAD, 0, 0, 0},
        {"(-5)", NUM_BAD, 0, 0, 0},
        {"约300", NUM_BAD, 0, 0, 0},
        {"300-500", NUM_BAD, 0, 0, 0},
        {"2021年", NUM_BAD, 0, 0, 0},
        {".", NUM_BAD, 0, 0, 0},
        {"\xEF\xBF\xBD"
         "5",
         NUM_BAD, 0, 0, 0},
        {"1234567890123456789012345678901234567", NUM_TOO_LONG, 0, 0, 0},
    };
    Arena *a = arena_open(0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        NumText t = {0};
        NumResult r = num_read(a, str_from(cases[i].text), &t);
        Str want = str_printf(a, "%s: %d %lld %d %d", cases[i].text, cases[i].result,
                              (long long)cases[i].coef, cases[i].exp, cases[i].unit);
        int64_t v = t.coef;
        int e = t.exp;
        for (; r == NUM_OK && cases[i].exp > e && v % 10 == 0 && v; v /= 10) e++;
        if (v == 0) e = 0;
        CHECK_STR(
            str_printf(a, "%s: %d %lld %d %d", cases[i].text, r, (long long)v, e, t.scale.unit),
            want);
    }
    NumText big;
    CHECK_INT(num_read(a, S("-1,234,567,890,123,456,789.50万元"), &big), NUM_OK);
    CHECK(big.big);
    CHECK_STR(big.text, S("-12345678901234567895E3"));
    arena_close(a);
}

TEST(head_units) {
    static const struct {
        const char *head, *rest;
        NumUnit unit;
        int exp;
    } cases[] = {
        {"营业收入(万元)", "营业收入", NUM_UNIT_YUAN, 4},
        {"营业收入（亿元）", "营业收入", NUM_UNIT_YUAN, 8},
        {"研发费用/万元", "研发费用", NUM_UNIT_YUAN, 4},
        {"研发费用（单位：元）", "研发费用", NUM_UNIT_YUAN, 0},
        {"占比[%]", "占比", NUM_UNIT_RATIO, -2},
        {"从业人员，人", "从业人员", NUM_UNIT_PEOPLE, 0},
        {"revenue_元", "revenue", NUM_UNIT_YUAN, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        NumScale s = {0};
        Str rest = {0};
        CHECK(num_head_unit(str_from(cases[i].head), &s, &rest));
        CHECK_STR(rest, str_from(cases[i].rest));
        CHECK_INT(s.unit, cases[i].unit);
        CHECK_INT(s.exp, cases[i].exp);
    }
    NumScale s;
    Str rest;
    CHECK(!num_head_unit(S("营业收入(合并)"), &s, &rest));
    CHECK(!num_head_unit(S("营业收入"), &s, &rest));
    CHECK(!num_head_unit(S(")"), &s, &rest) && !num_head_unit(S(""), &s, &rest));
}

TEST(dates) {
    static const struct {
        const char *text;
        DateResult result;
        int date;
    } cases[] = {
        {"2021-06-30", DATE_OK, 20210630},
        {"2021/6/30", DATE_OK, 20210630},
        {"2021.6.30", DATE_OK, 20210630},
        {"2021年6月30日", DATE_OK, 20210630},
        {"２０２１年６月３０日", DATE_OK, 20210630},
        {"20210630", DATE_OK, 20210630},
        {"2021-06-30 00:00:00", DATE_OK, 20210630},
        {"2021/6/3 8:00", DATE_OK, 20210603},
        {"2021-06-30T08:00:00Z", DATE_OK, 20210630},
        {" 2021年 6月 30日 ", DATE_OK, 20210630},
        {"2020-02-29", DATE_OK, 20200229},
        {"2021-02-30", DATE_NO_SUCH, 0},
        {"2021/2/29", DATE_NO_SUCH, 0},
        {"20211301", DATE_NO_SUCH, 0},
        {"2021-00-10", DATE_NO_SUCH, 0},
        {"2021", DATE_INCOMPLETE, 0},
        {"2021年6月", DATE_INCOMPLETE, 0},
        {"2021-06", DATE_INCOMPLETE, 0},
        {"", DATE_EMPTY, 0},
        {"—", DATE_EMPTY, 0},
        {"30/6/2021", DATE_BAD, 0},
        {"21-6-30", DATE_BAD, 0},
        {"昨天", DATE_BAD, 0},
        {"2021-6-30-1", DATE_BAD, 0},
        {"2021--30", DATE_BAD, 0},
        {"2021-06-30 又", DATE_BAD, 0},
        {"12", DATE_BAD, 0},
        {"2021-061-30", DATE_BAD, 0},
    };
    Arena *a = arena_open(0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t days = 0;
        DateResult r = date_read(str_from(cases[i].text), &days);
        CHECK_STR(str_printf(a, "%s %d %d", cases[i].text, r, r == DATE_OK ? date_to_int(days) : 0),
                  str_printf(a, "%s %d %d", cases[i].text, cases[i].result, cases[i].date));
    }
    arena_close(a);
}

TEST(serials) {
    int64_t d = 0;
    CHECK(date_from_serial(44377, false, &d) == DATE_OK && date_to_int(d) == 20210630);
    CHECK(date_from_serial(42915, true, &d) == DATE_OK && date_to_int(d) == 20210630);
    CHECK(date_from_serial(59, false, &d) == DATE_OK && date_to_int(d) == 19000228);
    CHECK(date_from_serial(61, false, &d) == DATE_OK && date_to_int(d) == 19000301);
    CHECK_INT(date_from_serial(60, false, &d), DATE_NO_SUCH);
    CHECK_INT(date_from_serial(0, false, &d), DATE_BAD);
    CHECK_INT(date_from_serial(2958466, false, &d), DATE_BAD);
}

TEST(years) {
    CHECK_INT(year_read(S("2021")), 2021);
    CHECK_INT(year_read(S("２０２１年度")), 2021);
    CHECK_INT(year_read(S(" 2021年 ")), 2021);
    CHECK_INT(year_read(S("2021年6月")), 0);
    CHECK_INT(year_read(S("21")), 0);
    CHECK_INT(year_read(S("20211")), 0);
    CHECK_INT(year_read(S("3021")), 0);
}
