/* bench/engine: what the engine and the codecs do per second, beside plain C on the same rows in
 * the same run. Prints `name value unit` lines; every figure is the median of RUNS.
 *
 *   engine scalar bench/policy.dmn   decisions one at a time, and a hand-written loop; the amounts
 *                                    must agree or nothing is printed
 *   engine codec FILE.csv FILE.json  parsing
 *   engine rows N                    a CSV for the import, N enterprises, four figures each
 *   engine policy N                  a CSV of the rows decided by scalar, with the exact amounts
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/rng.h"
#include "codec/csv.h"
#include "codec/json.h"
#include "codec/uscc.h"
#include "dmn/dmn.h"

enum { RUNS = 5, ROWS = 100000, FILE_MAX = 1 << 30 };
enum { IC, BIO, AI, NEV, AERO, MECH, TEXT, FOOD, SOFT, OTHER, SECTORS };
enum { MICRO, SMALL, MEDIUM, LARGE, SIZES };
static const char *const SECTOR[] = {"IC",   "BIO",  "AI",   "NEV",  "AERO",
                                     "MECH", "TEXT", "FOOD", "SOFT", "OTHER"};
static const char *const SIZE[] = {"micro", "small", "medium", "large"};

/* Money in hundredths. */
typedef struct Row {
    int sector, size, staff, years;
    bool hitech;
    int64_t revenue, rd, prior, amount;
} Row;

static Row *make_rows(Arena *a) {
    Rng r = rng_new(20260701);
    Row *rows = NEW_N(a, Row, ROWS);
    for (int i = 0; i < ROWS; i++) {
        Row *x = &rows[i];
        x->sector = (int)rng_below(&r, SECTORS);
        x->size = (int)rng_below(&r, SIZES);
        x->hitech = rng_below(&r, 3) != 0;
        x->staff = x->size == LARGE ? 300 + (int)rng_below(&r, 5000) : (int)rng_below(&r, 300);
        x->years = (int)rng_below(&r, 30);
        if (rng_below(&r, 50)) x->revenue = (int64_t)rng_below(&r, (uint64_t)10000000000);
        x->rd = x->revenue / 1000 * (int64_t)rng_below(&r, 250) + (int64_t)rng_below(&r, 1000);
        if (rng_below(&r, 4) == 0) x->prior = (int64_t)rng_below(&r, 100000000);
    }
    return rows;
}

/* --- plain C ------------------------------------------------------------------------------------
 */

typedef struct Grant {
    int64_t percent, cap; /* cap in whole units */
} Grant;

/* rd / revenue >= percent / 100, exactly */
static bool intense(const Row *r, int64_t percent) {
    return r->revenue > 0 && r->rd * 100 >= percent * r->revenue;
}

static Grant grant_of(const Row *r) {
    int s = r->sector, z = r->size;
    bool h = r->hitech, car = s == NEV || s == AERO;
    if ((s == IC || s == BIO) && h && intense(r, 10)) return (Grant){20, 3000000};
    if (s == AI && z != LARGE && h && intense(r, 8)) return (Grant){18, 2000000};
    if (car && z == LARGE && h && intense(r, 5) && !intense(r, 10) && r->staff >= 300)
        return (Grant){12, 5000000};
    if (car && h && intense(r, 5)) return (Grant){10, 1500000};
    if (s == SOFT && z <= SMALL && intense(r, 15) && r->staff < 50 && r->years < 5)
        return (Grant){25, 300000};
    if (s != OTHER && z == MICRO && h && intense(r, 3) && r->years <= 3) return (Grant){15, 200000};
    if (z == SMALL && h && intense(r, 5)) return (Grant){12, 500000};
    if ((s == MECH || s == TEXT || s == FOOD) && intense(r, 3) && r->staff >= 100)
        return (Grant){6, 800000};
    if (h && intense(r, 3)) return (Grant){5, 500000};
    return (Grant){0, 0};
}

static int64_t amount_of(const Row *r) {
    Grant g = grant_of(r);
    int64_t due = (r->rd * g.percent + 50) / 100, left = g.cap * 100 - r->prior;
    int64_t paid = due < left ? due : left;
    return paid > 0 ? paid : 0;
}

/* --- measuring ----------------------------------------------------------------------------------
 */

static int by_value(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static double median(double v[RUNS]) {
    qsort(v, RUNS, sizeof *v, by_value);
    return v[RUNS / 2];
}

/* Of computing. */
static double seconds_since(int64_t start_us) {
    int64_t us = clock_cpu_us() - start_us;
    return (double)(us > 0 ? us : 1) / 1e6;
}

typedef struct Inputs {
    const DmnNode *sector, *size, *hitech, *staff, *years, *revenue, *rd, *prior, *amount;
} Inputs;

static Val money(Arena *a, int64_t hundredths) {
    Dec d = dec_scaled(hundredths, -2);
    return val_num(a, &d);
}

static void give_row(DmnEval *e, Arena *a, const Inputs *in, const Row *r) {
    dmn_set_node(e, in->sector, val_str(str_from(SECTOR[r->sector])));
    dmn_set_node(e, in->size, val_str(str_from(SIZE[r->size])));
    dmn_set_node(e, in->hitech, val_bool(r->hitech));
    dmn_set_node(e, in->staff, val_int(r->staff));
    dmn_set_node(e, in->years, val_int(r->years));
    dmn_set_node(e, in->revenue, money(a, r->revenue));
    dmn_set_node(e, in->rd, money(a, r->rd));
    dmn_set_node(e, in->prior, money(a, r->prior));
}

typedef enum Mode { PLAIN, TRACED, EXPLAINED } Mode;

/* How many rows the engine decides otherwise than the loop. Traced: a record of every read,
 * decision, call and comparison. Explained: every cell of the table too, as `why` shows it. */
static int run_engine(DmnEval *e, Arena *a, const Inputs *in, const Row *rows, Mode mode) {
    int different = 0;
    dmn_explain(e, mode == EXPLAINED);
    for (int i = 0; i < ROWS; i++) {
        dmn_eval_reset(e);
        if (mode != PLAIN) trace_start(dmn_feel(e));
        give_row(e, a, in, &rows[i]);
        Val v = dmn_run_node(e, in->amount);
        Dec want = dec_scaled(rows[i].amount, -2), got = dec_int(-1);
        if (val_is_num(v)) got = val_dec(v);
        different += dec_cmp(&got, &want) != 0;
        if (mode == EXPLAINED && !dmn_tables(e)) different++;
    }
    return different;
}

/* Seconds of computing: the machine may be busy with other things. */
static double plain_run(Row *rows) {
    int64_t start = clock_cpu_us();
    for (int i = 0; i < ROWS; i++) rows[i].amount = amount_of(&rows[i]);
    return (double)(clock_cpu_us() - start) / 1e6;
}

static int scalar(Ctx *c, const char *path) {
    DmnSource file = {.file = str_from(path)};
    if (!file_read(c, file.file, FILE_MAX, &file.bytes)) return 3;
    DmnModel *m = dmn_load(c, &file, 1);
    if (!m || m->errors) return 3;
    Inputs in = {dmn_find(m, S("sector")), dmn_find(m, S("size")),  dmn_find(m, S("hitech")),
                 dmn_find(m, S("staff")),  dmn_find(m, S("years")), dmn_find(m, S("revenue")),
                 dmn_find(m, S("rd")),     dmn_find(m, S("prior")), dmn_find(m, S("amount"))};
    Arena *a = arena_open(0);
    DmnEval *eval = dmn_eval_new(m, a);
    Row *rows = make_rows(c->arena);
    double plain[RUNS], engine[EXPLAINED + 1][RUNS];
    int different = 0;
    for (int k = 0; k < RUNS; k++) {
        plain[k] = plain_run(rows);
        for (Mode mode = PLAIN; mode <= EXPLAINED; mode++) {
            int64_t start = clock_cpu_us();
            different += run_engine(eval, a, &in, rows, mode);
            engine[mode][k] = (double)(clock_cpu_us() - start) / 1e6;
        }
    }
    arena_close(a);
    if (different) {
        fprintf(stderr, "bench: %d rows decided otherwise than in C\n", different);
        return 1;
    }
    double e = median(engine[PLAIN]), p = median(plain);
    double traced = median(engine[TRACED]), explained = median(engine[EXPLAINED]);
    printf("scalar.decisions_per_s %.0f decisions/s\n", ROWS / e);
    printf("scalar.ns_per_decision %.0f ns\n", e / ROWS * 1e9);
    printf("scalar.plain_c_ns %.2f ns\n", p / ROWS * 1e9);
    printf("scalar.vs_plain_c %.0f x\n", e / p);
    printf("scalar.traced_ns %.0f ns\n", traced / ROWS * 1e9);
    printf("scalar.traced_vs_untraced %.2f x\n", traced / e);
    printf("scalar.explained_ns %.0f ns\n", explained / ROWS * 1e9);
    printf("scalar.explained_vs_untraced %.2f x\n", explained / e);
    return 0;
}

/* --- codecs -------------------------------------------------------------------------------------
 */

static int64_t parse_csv(Ctx *c, Str text) {
    Csv csv = csv_open(c->arena, text, 0);
    CsvRow row;
    int64_t cells = 0;
    while (csv_next(&csv, &row)) cells += row.n;
    return cells;
}

static int codec(Ctx *c, const char *csv, const char *json) {
    Str table, tree;
    double a[RUNS], b[RUNS];
    if (!file_read(c, str_from(csv), FILE_MAX, &table)) return 3;
    if (!file_read(c, str_from(json), FILE_MAX, &tree)) return 3;
    for (int k = 0; k < RUNS; k++) {
        ArenaMark mark = arena_mark(c->arena);
        int64_t start = clock_cpu_us();
        if (!parse_csv(c, table)) return 3;
        a[k] = seconds_since(start);
        start = clock_cpu_us();
        if (!json_parse(c, tree, str_from(json))) return 3;
        b[k] = seconds_since(start);
        arena_rewind(c->arena, mark);
    }
    printf("csv.parse_mb_per_s %.0f MB/s\n", (double)table.n / 1e6 / median(a));
    printf("json.parse_mb_per_s %.0f MB/s\n", (double)tree.n / 1e6 / median(b));
    return 0;
}

/* --- rows for the import ------------------------------------------------------------------------
 */

static void credit_code(char code[USCC_LENGTH + 1], long number) {
    snprintf(code, USCC_LENGTH + 1, "91370300%08ld00", number % 100000000);
    code[16] = uscc_org_check_char(str_of(code + 8, 8));
    code[17] = uscc_check_char(str_of(code, 17));
}

static int rows(long n) {
    Rng r = rng_new(7);
    puts("统一社会信用代码,企业名称,营业收入,净利润,从业人员,资产总额");
    for (long i = 1; i <= n; i++) {
        char code[USCC_LENGTH + 1];
        long income = 10000 + (long)rng_below(&r, 100000000);
        credit_code(code, i);
        printf("%s,测试企业%ld有限公司,%ld,%ld.%02d,%d,%ld\n", code, i, income, income / 20,
               (int)rng_below(&r, 100), (int)rng_below(&r, 900) + 1, income * 2);
    }
    return 0;
}

static void put_money(int64_t hundredths) {
    printf(",%lld.%02d", (long long)(hundredths / 100), (int)(hundredths % 100));
}

/* The rows of the policy for other engines. */
static int policy_rows(Arena *a, long n) {
    const Row *rows = make_rows(a);
    puts("id,sector,size,hitech,staff,years,revenue,rd,prior,amount");
    for (long i = 0; i < n && i < ROWS; i++) {
        const Row *r = &rows[i];
        printf("%ld,%s,%s,%s,%d,%d", i, SECTOR[r->sector], SIZE[r->size],
               r->hitech ? "true" : "false", r->staff, r->years);
        put_money(r->revenue);
        put_money(r->rd);
        put_money(r->prior);
        put_money(amount_of(r));
        putchar('\n');
    }
    return 0;
}

int main(int argc, char **argv) {
    Arena *a = arena_open((size_t)4 << 30);
    Ctx c = ctx_new(a, clock_now_ms());
    int status = 2;
    c.lang = LANG_EN;
    if (argc == 3 && strcmp(argv[1], "scalar") == 0) status = scalar(&c, argv[2]);
    if (argc == 4 && strcmp(argv[1], "codec") == 0) status = codec(&c, argv[2], argv[3]);
    if (argc == 3 && strcmp(argv[1], "rows") == 0) status = rows(strtol(argv[2], NULL, 10));
    if (argc == 3 && strcmp(argv[1], "policy") == 0)
        status = policy_rows(a, strtol(argv[2], NULL, 10));
    if (!ctx_ok(&c)) {
        Str text = note_text(a, &c.err.note, LANG_EN);
        fprintf(stderr, "bench: %.*s\n", STRF(text));
    }
    arena_close(a);
    return status;
}
