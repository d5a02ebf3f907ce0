/* Checks lines `op x y got` (add, sub, mul, div) against gcc's _Decimal128. A program of its own:
 * libgcc's decimal functions and Intel's share symbol names with other signatures. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const _Decimal128 MOST = 9.999999999999999999999999999999999E+6144DL;

static _Decimal128 scaled(_Decimal128 v, int e) {
    for (; e >= 30; e -= 30) v *= 1E+30DL;
    for (; e > 0; e--) v *= 10;
    for (; e <= -30; e += 30) v *= 1E-30DL;
    for (; e < 0; e++) v *= 1E-1DL;
    return v;
}

static _Decimal128 parse(const char *s) {
    _Decimal128 v = 0;
    int neg = *s == '-', scale = 0, point = 0;
    for (s += neg; *s && *s != 'E' && *s != 'e'; s++) {
        if (*s == '.') {
            point = 1;
            continue;
        }
        v = v * 10 + (*s - '0');
        scale += point;
    }
    v = scaled(v, (*s ? (int)strtol(s + 1, NULL, 10) : 0) - scale);
    return neg ? -v : v;
}

int main(int argc, char **argv) {
    char op[16], x[128], y[128], got[128];
    long checked = 0, different = 0;
    FILE *f = argc > 1 ? fopen(argv[1], "r") : NULL;
    if (!f) return 2;
    while (fscanf(f, "%15s %127s %127s %127s", op, x, y, got) == 4) {
        _Decimal128 a = parse(x), b = parse(y), want;
        if (!strcmp(op, "add"))
            want = a + b;
        else if (!strcmp(op, "sub"))
            want = a - b;
        else if (!strcmp(op, "mul"))
            want = a * b;
        else if (!strcmp(op, "div") && b != 0)
            want = a / b;
        else
            continue;
        checked++;
        bool none = !strcmp(got, "none"), beyond = want != want || want > MOST || want < -MOST;
        if (none != beyond || (!none && parse(got) != want)) {
            different++;
            if (different <= 20) printf("DIFFERENT %s %s %s got %s\n", op, x, y, got);
        }
    }
    fclose(f);
    printf("%ld checked, %ld different\n", checked, different);
    return different != 0;
}
