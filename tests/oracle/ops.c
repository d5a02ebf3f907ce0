/* Operands: few and many digits, ties, runs of 9 and 0, exponents near and at the ends of the
 * format. The seed fixes every line, so a difference can be reproduced. */
#include "tests/oracle/ops.h"

#include <string.h>

#include "decimal/dec.h"

const char *const OPS[OPS_N] = {"add",      "sub",      "mul",      "div",      "mod",
                                "sqrt",     "exp",      "ln",       "powi",     "powf",
                                "text",     "round-he", "round-hu", "round-hd", "round-up",
                                "round-dn", "round-fl", "round-ce"};

/* Most exponents are those of money; some are far, a few at the ends of the format. */
static int exponent(Rng *r) {
    uint64_t k = rng_below(r, 32);
    if (k >= 4) return (int)rng_below(r, 24) - 14;
    if (k >= 1) return (int)rng_below(r, 400) - 200;
    return rng_below(r, 2) ? 6144 - (int)rng_below(r, 60) : (int)rng_below(r, 60) - 6200;
}

static Str operand(Rng *r, Arena *a) {
    char digits[48];
    if (rng_below(r, 12) == 0) /* divisors with long exact quotients and ties */
        return str_printf(a, "%lld", 1LL << rng_below(r, 63));
    int n = rng_below(r, 3) ? 1 + (int)rng_below(r, 8) : 1 + (int)rng_below(r, 38);
    for (int i = 0; i < n; i++) digits[i] = (char)('0' + rng_below(r, 10));
    if (rng_below(r, 6) == 0) memset(digits + n / 2, '9', (size_t)(n - n / 2));
    if (rng_below(r, 6) == 0) memset(digits + n / 2, '0', (size_t)(n - n / 2));
    if (rng_below(r, 4) == 0) digits[n - 1] = '5';
    return str_printf(a, "%s%.*se%d", rng_below(r, 2) ? "-" : "", n, digits, exponent(r));
}

static bool compute(const char *op, const Dec *x, const Dec *y, Dec *r) {
    static const char *const MODES[] = {"he", "hu", "hd", "up", "dn", "fl", "ce"};
    int64_t scale;
    if (!strcmp(op, "add")) return dec_add(r, x, y);
    if (!strcmp(op, "sub")) return dec_sub(r, x, y);
    if (!strcmp(op, "mul")) return dec_mul(r, x, y);
    if (!strcmp(op, "div")) return dec_div(r, x, y);
    if (!strcmp(op, "mod")) return dec_modulo(r, x, y);
    if (!strcmp(op, "sqrt")) return dec_sqrt(r, x);
    if (!strcmp(op, "exp")) return dec_exp(r, x);
    if (!strcmp(op, "ln")) return dec_ln(r, x);
    if (!strncmp(op, "pow", 3)) return dec_pow(r, x, y);
    for (int m = 0; m < 7; m++)
        if (!strncmp(op, "round-", 6) && !strcmp(op + 6, MODES[m]) && dec_to_i64(y, &scale))
            return dec_round(r, x, scale, (DecRound)m);
    *r = *x;
    return true;
}

/* A second operand near the first, so that sums cancel and quotients come out even. */
static Str partner(Rng *r, Arena *a, Str xs) {
    if (rng_below(r, 8)) return operand(r, a);
    ptrdiff_t e = str_find(xs, S("e"));
    return str_printf(a, "%.*s%.*s", (int)(e > 1 ? e - 1 : e), xs.p, STRF(str_sub(xs, e, xs.n)));
}

static void texts(Rng *r, Arena *a, const char *op, Str *xs, Str *ys) {
    *xs = operand(r, a);
    *ys = partner(r, a, *xs);
    if (!strncmp(op, "round", 5)) *ys = str_printf(a, "%d", (int)rng_below(r, 60) - 30);
    if (!strcmp(op, "powi")) *ys = str_printf(a, "%d", (int)rng_below(r, 60) - 20);
    if (!strcmp(op, "powf"))
        *ys = str_printf(a, "%s%d.%d", rng_below(r, 3) ? "" : "-",
                         (int)rng_below(r, rng_below(r, 8) ? 12 : 9000), 1 + (int)rng_below(r, 99));
    if (!strcmp(op, "exp"))
        *xs =
            str_printf(a, "%s%d.%d", rng_below(r, 2) ? "-" : "",
                       (int)rng_below(r, rng_below(r, 8) ? 100 : 14000), (int)rng_below(r, 99999));
}

void ops_line(FILE *f, Rng *r, Arena *a, const char *op) {
    Str xs, ys;
    Dec x, y, result;
    do texts(r, a, op, &xs, &ys);
    while (!dec_parse(xs, &x) || !dec_parse(ys, &y)); /* some lie beyond the format */
    if (strcmp(op, "text") != 0) {                    /* the oracles read at most 34 digits */
        xs = dec_text(a, &x);
        ys = dec_text(a, &y);
    }
    Str got = compute(op, &x, &y, &result) ? dec_text(a, &result) : S("none");
    fprintf(f, "%s %.*s %.*s %.*s\n", op, STRF(xs), STRF(ys), STRF(got));
}
