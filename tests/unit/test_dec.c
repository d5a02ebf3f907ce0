/* Decimals: known answers, then random and edge operands against two oracles behind pipes. */
#include <stdio.h>
#include <string.h>

#include "decimal/dec.h"
#include "tests/oracle/ops.h"
#include "tests/test.h"

static Dec D(const char *text) {
    Dec d = {0};
    if (!dec_parse(str_from(text), &d)) test_failed(__FILE__, __LINE__, text);
    return d;
}

static void check_text(const char *in, const char *want) {
    char out[DEC_TEXT_MAX];
    Dec d = D(in);
    int n = dec_print(out, &d);
    CHECK_STR(str_of(out, (size_t)n), str_from(want));
}

TEST(dec_canonical_text) {
    check_text("0", "0");
    check_text("-0.000", "0");
    check_text("1.10", "1.1");
    check_text("1e3", "1000");
    check_text("-12.340E-1", "-1.234");
    check_text("0.000001", "0.000001");
    check_text("9223372036854775807", "9223372036854775807");
    check_text("-9223372036854775808", "-9223372036854775808");
    check_text("1234567890123456789012345678901234", "1234567890123456789012345678901234");
    check_text("12345678901234567890123456789012345", "12345678901234567890123456789012340");
    check_text("99999999999999999999999999999999995", "100000000000000000000000000000000000");
    check_text("1e39", "1000000000000000000000000000000000000000");
    check_text("1e40", "1E+40");
    check_text("1.5e-40", "1.5E-40");
    check_text("9.999999999999999999999999999999999e6144",
               "9.999999999999999999999999999999999E+6144");
    check_text("1e-6176", "1E-6176");
    check_text("5e-6177", "0");
    check_text("50000000000000000000000000000000000000001e-6217", "1E-6176");
    check_text("26759918985474676647892018473896502491e-6182",
               "2.6759918985474676647892018473897E-6145");
    check_text("999999e-6177", "1E-6171");
    check_text("1e-99999999999", "0");
}

TEST(dec_refuses_what_is_no_number) {
    static const char *const BAD[] = {
        "",    "-",  ".",  "1.",   "+1",     "1e",  "1e+",   "NaN", "inf",
        "1_0", " 1", "1 ", "0x10", "1e6145", "--1", "1.2.3", "１",  "1e99999999999999999999"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        Dec d;
        if (dec_parse(str_from(BAD[i]), &d)) test_failed(__FILE__, __LINE__, BAD[i]);
    }
}

TEST(dec_arithmetic_known_answers) {
    Dec r, a = D("0.1"), b = D("0.2"), three = D("3"), zero = D("0");
    CHECK(dec_add(&r, &a, &b) && dec_cmp(&r, &(Dec){.coef = 3, .exp = -1}) == 0);
    a = D("1");
    CHECK(dec_div(&r, &a, &three));
    Dec third = D("0.3333333333333333333333333333333333");
    CHECK(dec_cmp(&r, &third) == 0);
    CHECK(!dec_div(&r, &a, &zero));
    Dec big = D("9.999999999999999999999999999999999e6144");
    CHECK(!dec_add(&r, &big, &big));
    CHECK(!dec_mul(&r, &big, &three));
    a = D("-7"), b = D("3");
    CHECK(dec_modulo(&r, &a, &b) && dec_cmp(&r, &(Dec){.coef = 2}) == 0);
    a = D("1.2"), b = D("3");
    CHECK(dec_pow(&r, &a, &b) && dec_cmp(&r, &(Dec){.coef = 1728, .exp = -3}) == 0);
}

TEST(dec_rounding_scales) {
    Dec r, x = D("5.5"), half = D("2.5"), neg = D("-2.5");
    CHECK(dec_round(&r, &x, 6176, DEC_UP) && dec_cmp(&r, &x) == 0);
    CHECK(!dec_round(&r, &x, 6177, DEC_UP));
    CHECK(dec_round(&r, &x, -6111, DEC_UP) && dec_cmp(&r, &(Dec){0}) > 0);
    CHECK(dec_round(&r, &half, 0, DEC_HALF_EVEN) && dec_cmp(&r, &(Dec){.coef = 2}) == 0);
    CHECK(dec_round(&r, &half, 0, DEC_HALF_UP) && dec_cmp(&r, &(Dec){.coef = 3}) == 0);
    CHECK(dec_round(&r, &neg, 0, DEC_FLOOR) && dec_cmp(&r, &(Dec){.coef = -3}) == 0);
    CHECK(dec_round(&r, &neg, 0, DEC_CEILING) && dec_cmp(&r, &(Dec){.coef = -2}) == 0);
}

TEST(dec_equal_values_hash_equal) {
    Dec a = D("1.10"), b = D("1.1"), c = D("110e-2"), z = D("-0"), zero = D("0.00");
    CHECK(dec_hash(&a) == dec_hash(&b) && dec_hash(&b) == dec_hash(&c));
    CHECK(dec_hash(&z) == dec_hash(&zero));
    CHECK(dec_cmp(&a, &b) == 0);
}

TEST(dec_fixed_point_display) {
    Arena *a = arena_open(0);
    Dec x = D("1234.565"), y = D("-0.004"), z = D("12e5");
    CHECK_STR(dec_fixed(a, &x, 2), S("1234.56"));
    CHECK_STR(dec_fixed(a, &y, 2), S("0.00"));
    CHECK_STR(dec_fixed(a, &y, 3), S("-0.004"));
    CHECK_STR(dec_fixed(a, &z, 1), S("1200000.0"));
    CHECK_STR(dec_fixed(a, &z, 0), S("1200000"));
    arena_close(a);
}

/* A power that lies beyond the format has a reciprocal within it, or one that is 0. */
TEST(dec_negative_powers_of_far_numbers) {
    static const struct {
        const char *x;
        int n;
        const char *want;
    } C[] = {{"4.05e6107", -14, "0"},
             {"1e3072", -2, "1E-6144"},
             {"1e3100", -2, "0"},
             {"2e3085", -2, "2.5E-6171"},
             {"3e3075", -2, "1.1111111111111111111111111E-6151"},
             {"-1e1000", -3, "-1E-3000"}};
    for (size_t i = 0; i < sizeof C / sizeof *C; i++) {
        char out[DEC_TEXT_MAX];
        Dec x = D(C[i].x), n = dec_int(C[i].n), r;
        CHECK(dec_pow(&r, &x, &n));
        int len = dec_print(out, &r);
        CHECK_STR(str_of(out, (size_t)len), str_from(C[i].want));
    }
}

static Dec random_dec(Rng *r) {
    int64_t coef = (int64_t)(rng_u64(r) >> rng_below(r, 64));
    Dec x = dec_scaled(rng_below(r, 2) ? coef : -coef, (int)rng_below(r, 80) - 40);
    Dec y = dec_int((int64_t)rng_below(r, 1000) + 1), far = D("1e-3000");
    if (rng_below(r, 2)) CHECK(dec_div(&x, &x, &y));
    if (rng_below(r, 50) == 0) CHECK(dec_mul(&x, &x, &far));
    return x;
}

/* The order is the sign of the difference, which is never rounded to 0. */
TEST(dec_order_is_the_sign_of_the_difference) {
    Rng r = rng_new(9);
    int equal = 0;
    for (int k = 0; k < 20000; k++) {
        Dec x = random_dec(&r), y = random_dec(&r), rest, thousand = D("1000"), milli = D("0.001");
        if (k % 3 == 0) y = x;
        if (k % 6 == 0) CHECK(dec_round(&y, &y, (int64_t)rng_below(&r, 40) - 20, DEC_UP));
        if (k % 9 == 0) CHECK(dec_mul(&y, &y, &thousand) && dec_mul(&y, &y, &milli));
        CHECK(dec_sub(&rest, &x, &y));
        CHECK_INT(dec_cmp(&x, &y), dec_sign(&rest));
        CHECK_INT(dec_cmp(&y, &x), -dec_sign(&rest));
        equal += dec_is_zero(&rest);
    }
    CHECK(equal > 2000 && equal < 10000);
}

static void check_oracle(const char *command) {
    char line[512], last[512] = "";
    FILE *p = popen(command, "r");
    if (!p) {
        test_failed(__FILE__, __LINE__, command);
        return;
    }
    while (fgets(line, sizeof line, p)) {
        if (!strncmp(line, "DIFFERENT", 9)) test_failed(__FILE__, __LINE__, line);
        memcpy(last, line, sizeof last);
    }
    pclose(p);
    if (!strstr(last, "checked, 0 different")) test_failed(__FILE__, __LINE__, last);
}

TEST(dec_against_python_and_gcc) {
    char path[256], command[512];
    snprintf(path, sizeof path, "%s/ops.txt", test_folder());
    FILE *f = fopen(path, "w");
    Rng r = rng_new(20211122);
    Arena *a = arena_open(0);
    for (int k = 0; f && k < 2000 * OPS_N; k++) {
        ops_line(f, &r, a, OPS[k % OPS_N]);
        arena_reset(a);
    }
    arena_close(a);
    if (!f || fclose(f) != 0) {
        test_failed(__FILE__, __LINE__, path);
        return;
    }
    snprintf(command, sizeof command, "python3 tests/oracle/decimal_check.py %s", path);
    check_oracle(command);
    snprintf(command, sizeof command, "build/tools/dec128 %s", path);
    check_oracle(command);
}
