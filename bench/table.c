/* bench/table: large FIRST tables of eight inputs, like shared industrial tables: four codes (200,
 * 50, 16 and 4 of them), three numbers cut into intervals, a boolean; the last rule takes all.
 *
 *   table dmn RULES          the table as DMN, as an editor writes it
 *   table json RULES ROWS    the same for peers: {"rules": [[cells…]…], "rows": [[inputs…, rule]…]}
 *   table run RULES          loading, memory, evaluation and the static check: `name value unit`
 *                            lines, medians of RUNS
 *
 * Every answer is compared with a plain loop over the rules; one that differs ends the run.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/rng.h"
#include "dmn/check.h"
#include "dmn/dmn.h"

enum { RUNS = 5, INPUTS = 8, CODES = 4, FLAG = 7, SET_MAX = 3, PASS_ROWS = 20000, WARM_ROWS = 500 };

typedef struct Column {
    const char *name, *type;
    int card;     /* codes: how many */
    int64_t step; /* numbers: width of an elementary interval */
    int cuts;     /* numbers: elementary intervals */
    unsigned any; /* percent of cells that take everything */
} Column;

static const Column COLUMNS[INPUTS] = {
    {"园区", "string", 200, 0, 0, 10},
    {"行业", "string", 50, 0, 0, 40},
    {"类别", "string", 16, 0, 0, 40},
    {"规模", "string", 4, 0, 0, 40},
    {"营业收入", "number", 0, 1000000, 400, 40},
    {"从业人员", "number", 0, 25, 200, 40},
    {"成立年数", "number", 0, 1, 30, 40},
    {"高新技术", "boolean", 2, 0, 0, 60},
};

typedef struct Cell {
    bool any;
    int n, set[SET_MAX]; /* codes and flags */
    int64_t lo, hi;      /* numbers: lo <= x < hi */
} Cell;

typedef struct Rule {
    Cell cells[INPUTS];
} Rule;

static Rule *make_rules(Arena *a, int n) {
    Rng r = rng_new(3700);
    Rule *rules = NEW_N(a, Rule, n);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < INPUTS; k++) {
            const Column *col = &COLUMNS[k];
            Cell *c = &rules[i].cells[k];
            c->any = rng_below(&r, 100) < col->any || i == n - 1;
            c->n = k == FLAG ? 1 : 1 + (int)rng_below(&r, k == 0 ? 3 : 2);
            for (int v = 0; col->card && v < c->n; v++)
                c->set[v] = (int)rng_below(&r, (uint64_t)col->card);
            if (col->card) continue;
            int64_t from = (int64_t)rng_below(&r, (uint64_t)col->cuts);
            int64_t to = from + 1 + (int64_t)rng_below(&r, (uint64_t)col->cuts / 2);
            c->lo = from * col->step;
            c->hi = to * col->step;
        }
    return rules;
}

typedef struct Row {
    int64_t x[INPUTS];
    int rule; /* that takes it */
} Row;

static bool passes(const Cell *c, int k, int64_t x) {
    if (c->any) return true;
    if (!COLUMNS[k].card) return x >= c->lo && x < c->hi;
    for (int i = 0; i < c->n; i++)
        if (c->set[i] == x) return true;
    return false;
}

static int rule_of(const Rule *rules, const Row *row) {
    for (int i = 0;; i++) {
        int k = 0;
        while (k < INPUTS && passes(&rules[i].cells[k], k, row->x[k])) k++;
        if (k == INPUTS) return i;
    }
}

static Row *make_rows(Arena *a, const Rule *rules, int n) {
    Rng r = rng_new(8);
    Row *rows = NEW_N(a, Row, n);
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < INPUTS; k++) {
            const Column *col = &COLUMNS[k];
            int64_t most = col->card ? col->card : col->step * col->cuts + 1;
            rows[i].x[k] = (int64_t)rng_below(&r, (uint64_t)most);
        }
        rows[i].rule = rule_of(rules, &rows[i]);
    }
    return rows;
}

/* --- texts --------------------------------------------------------------------------------------
 */

static void put_code(Buf *b, int k, int64_t code) {
    buf_printf(b, "%c%03lld", 'A' + k, (long long)code);
}

/* A cell as DMN and the peers alike write it; quote is how a quotation mark is written there. */
static void put_cell(Buf *b, const Cell *c, int k, const char *quote) {
    if (k == FLAG) {
        buf_printf(b, "%s", c->set[0] ? "true" : "false");
        return;
    }
    if (!COLUMNS[k].card) {
        buf_printf(b, "[%lld..%lld)", (long long)c->lo, (long long)c->hi);
        return;
    }
    for (int i = 0; i < c->n; i++) {
        buf_printf(b, "%s%s", i ? "," : "", quote);
        put_code(b, k, c->set[i]);
        buf_printf(b, "%s", quote);
    }
}

static void put_clauses(Buf *b) {
    for (int k = 0; k < INPUTS; k++)
        buf_printf(b,
                   "      <input id=\"Input_%d\" label=\"%s\">\n"
                   "        <inputExpression id=\"InputExpression_%d\" typeRef=\"%s\">\n"
                   "          <text>%s</text>\n        </inputExpression>\n      </input>\n",
                   k, COLUMNS[k].name, k, COLUMNS[k].type, COLUMNS[k].name);
    buf_lit(b, "      <output id=\"Output_1\" name=\"条款\" typeRef=\"number\"/>\n");
}

static void put_rule(Buf *b, const Rule *rule, int i) {
    buf_printf(b, "      <rule id=\"DecisionRule_%07d\">\n", i);
    for (int k = 0; k < INPUTS; k++) {
        const Cell *c = &rule->cells[k];
        buf_printf(b, "        <inputEntry id=\"UnaryTests_%07d\">\n          <text>",
                   i * INPUTS + k);
        if (c->any)
            buf_char(b, '-');
        else
            put_cell(b, c, k, "\"");
        buf_lit(b, "</text>\n        </inputEntry>\n");
    }
    buf_printf(b,
               "        <outputEntry id=\"LiteralExpression_%07d\">\n          <text>%d</text>\n"
               "        </outputEntry>\n      </rule>\n",
               i, i);
}

static Str make_dmn(Arena *a, const Rule *rules, int n) {
    Buf b = buf_new(a, 0);
    buf_lit(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" id=\"table\" "
                "name=\"table\" namespace=\"urn:jixia:bench\">\n");
    for (int k = 0; k < INPUTS; k++)
        buf_printf(&b,
                   "  <inputData id=\"in%d\" name=\"%s\"><variable name=\"%s\" typeRef=\"%s\"/>"
                   "</inputData>\n",
                   k, COLUMNS[k].name, COLUMNS[k].name, COLUMNS[k].type);
    buf_lit(&b, "  <decision id=\"r\" name=\"条款\">\n    <variable name=\"条款\" "
                "typeRef=\"number\"/>\n");
    for (int k = 0; k < INPUTS; k++)
        buf_printf(&b,
                   "    <informationRequirement id=\"q%d\"><requiredInput href=\"#in%d\"/>"
                   "</informationRequirement>\n",
                   k, k);
    buf_lit(&b, "    <decisionTable id=\"t\" hitPolicy=\"FIRST\">\n");
    put_clauses(&b);
    for (int i = 0; i < n; i++) put_rule(&b, &rules[i], i);
    buf_lit(&b, "    </decisionTable>\n  </decision>\n</definitions>\n");
    return buf_str(&b);
}

static void put_json_input(Buf *b, int k, int64_t x) {
    if (k == FLAG) {
        buf_printf(b, "%s", x ? "true" : "false");
    } else if (COLUMNS[k].card) {
        buf_char(b, '"');
        put_code(b, k, x);
        buf_char(b, '"');
    } else {
        buf_printf(b, "%lld", (long long)x);
    }
}

static Str make_json(Arena *a, const Rule *rules, int n, const Row *rows, int nrows) {
    Buf b = buf_new(a, 0);
    buf_lit(&b, "{\"rules\":[");
    for (int i = 0; i < n; i++) {
        buf_printf(&b, "%s[", i ? ",\n" : "");
        for (int k = 0; k < INPUTS; k++) {
            buf_printf(&b, "%s\"", k ? "," : "");
            if (!rules[i].cells[k].any) put_cell(&b, &rules[i].cells[k], k, "\\\"");
            buf_char(&b, '"');
        }
        buf_char(&b, ']');
    }
    buf_lit(&b, "],\"rows\":[");
    for (int i = 0; i < nrows; i++) {
        buf_printf(&b, "%s[", i ? ",\n" : "");
        for (int k = 0; k < INPUTS; k++) {
            put_json_input(&b, k, rows[i].x[k]);
            buf_char(&b, ',');
        }
        buf_printf(&b, "%d]", rows[i].rule);
    }
    buf_lit(&b, "]}\n");
    return buf_str(&b);
}

/* --- the engine ---------------------------------------------------------------------------------
 */

typedef struct Loaded {
    Arena *arena; /* all the model needs: what was read and what was compiled */
    size_t heap;  /* bytes the C library holds for it, slack of blocks included */
    DmnModel *m;
    const DmnNode *inputs[INPUTS], *decision;
    double seconds; /* of processor time */
} Loaded;

/* Processor time, so that what else runs on the machine does not count. */
static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t heap_bytes(void) {
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

static bool load(Loaded *l, Str dmn) {
    DmnSource source = {.file = S("table.dmn"), .bytes = dmn};
    size_t before = heap_bytes();
    l->arena = arena_open((size_t)2 << 30);
    Ctx c = ctx_new(l->arena, 0);
    double start = cpu_seconds();
    l->m = dmn_load(&c, &source, 1);
    l->seconds = cpu_seconds() - start;
    l->heap = heap_bytes() - before;
    if (!l->m || l->m->errors) return false;
    for (int k = 0; k < INPUTS; k++) l->inputs[k] = dmn_find(l->m, str_from(COLUMNS[k].name));
    l->decision = dmn_find(l->m, S("条款"));
    return true;
}

/* The codes as the caller of the engine has them: texts that stand ready. */
typedef struct Codes {
    Val text[CODES][200];
} Codes;

static Codes *make_codes(Arena *a) {
    Codes *codes = NEW(a, Codes);
    for (int k = 0; k < CODES; k++)
        for (int v = 0; v < COLUMNS[k].card; v++) {
            Buf b = buf_new(a, 64);
            put_code(&b, k, v);
            codes->text[k][v] = val_str(buf_str(&b));
        }
    return codes;
}

static Val decide(DmnEval *e, const Loaded *l, const Codes *codes, const Row *row) {
    dmn_eval_reset(e);
    for (int k = 0; k < INPUTS; k++) {
        Val v = k == FLAG   ? val_bool(row->x[k] != 0)
                : k < CODES ? codes->text[k][row->x[k]]
                            : val_int(row->x[k]);
        dmn_set_node(e, l->inputs[k], v);
    }
    return dmn_run_node(e, l->decision);
}

static int by_value(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static double median(double v[RUNS]) {
    qsort(v, RUNS, sizeof *v, by_value);
    return v[RUNS / 2];
}

/* Decides all rows; how many answers are wrong. most: the arena's largest use in one evaluation. */
static int pass(DmnEval *e, const Loaded *l, const Codes *codes, const Row *rows, int n,
                size_t *most) {
    int wrong = 0;
    dmn_eval_reset(e);
    size_t fresh = arena_used(dmn_feel(e)->arena);
    for (int i = 0; i < n; i++) {
        Val v = decide(e, l, codes, &rows[i]);
        wrong += !(v.tag == V_NUM && v.exp == 0 && v.i == rows[i].rule);
        size_t used = arena_used(dmn_feel(e)->arena) - fresh;
        if (used > *most) *most = used;
    }
    return wrong;
}

/* Processor seconds of the static check as `jixia dmn check` runs it; *found: its findings. */
static double check_once(const DmnModel *m, int *found) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    double start = cpu_seconds();
    const DmnFinding *f = dmn_check(&c, m, NULL);
    double seconds = cpu_seconds() - start;
    *found = 0;
    for (; f; f = f->next) *found += 1;
    arena_close(a);
    return seconds;
}

static int run(Arena *a, int n) {
    Rule *rules = make_rules(a, n);
    Row *rows = make_rows(a, rules, PASS_ROWS);
    Str dmn = make_dmn(a, rules, n);
    Codes *codes = make_codes(a);
    double loads[RUNS], passes_s[RUNS];
    Loaded l = {0};
    for (int k = 0; k < RUNS; k++) {
        arena_close(l.arena);
        if (!load(&l, dmn)) return 3;
        loads[k] = l.seconds;
    }
    Arena *scratch = arena_open(0);
    DmnEval *e = dmn_eval_new(l.m, scratch);
    size_t most = 0;
    int wrong = pass(e, &l, codes, rows, WARM_ROWS, &most);
    long blocks = arena_blocks(scratch);
    for (int k = 0; k < RUNS; k++) {
        double start = cpu_seconds();
        wrong += pass(e, &l, codes, rows, PASS_ROWS, &most);
        passes_s[k] = cpu_seconds() - start;
    }
    size_t memory = arena_used(l.arena);
    double checks[RUNS];
    int found = 0;
    for (int k = 0; k < RUNS; k++) checks[k] = check_once(l.m, &found);
    printf("table_%d.load_ms %.1f ms\n", n, median(loads) * 1e3);
    printf("table_%d.xml_mb %.2f MB\n", n, (double)dmn.n / 1e6);
    printf("table_%d.memory_mb %.2f MB\n", n, (double)memory / 1e6);
    printf("table_%d.memory_per_xml %.2f x\n", n, (double)memory / (double)dmn.n);
    printf("table_%d.heap_mb %.2f MB\n", n, (double)l.heap / 1e6);
    printf("table_%d.ns_per_evaluation %.0f ns\n", n, median(passes_s) / PASS_ROWS * 1e9);
    printf("table_%d.bytes_per_evaluation %zu B\n", n, most);
    printf("table_%d.memory_requests %ld\n", n, arena_blocks(scratch) - blocks);
    printf("table_%d.check_ms %.0f ms\n", n, median(checks) * 1e3);
    printf("table_%d.check_findings %d\n", n, found);
    printf("table_%d.wrong %d rows\n", n, wrong);
    arena_close(scratch);
    arena_close(l.arena);
    return wrong ? 1 : 0;
}

/* Every cell is an interval of its own: as many different sets in a column as it has cuts. */
static int worst(Arena *a, int n) {
    Rule *rules = make_rules(a, n);
    for (int i = 0; i < n; i++)
        for (int k = CODES; k < FLAG; k++) {
            Cell *c = &rules[i].cells[k];
            *c = (Cell){.any = i == n - 1, .lo = 2 * (int64_t)i, .hi = 2 * (int64_t)i + n + 1};
        }
    Str dmn = make_dmn(a, rules, n);
    Loaded l = {0};
    if (!load(&l, dmn)) return 3;
    double memory = (double)arena_used(l.arena);
    printf("table_worst.load_ms %.1f ms\n", l.seconds * 1e3);
    printf("table_worst.memory_mb %.2f MB\n", memory / 1e6);
    printf("table_worst.memory_per_xml %.2f x\n", memory / (double)dmn.n);
    arena_close(l.arena);
    return 0;
}

int main(int argc, char **argv) {
    Arena *a = arena_open((size_t)4 << 30);
    int n = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0;
    int nrows = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 0;
    int status = 2;
    if (n > 0 && n < 1000000 && nrows < 10000000) {
        if (argc == 3 && strcmp(argv[1], "run") == 0) status = run(a, n);
        if (argc == 3 && strcmp(argv[1], "worst") == 0) status = worst(a, n);
        Str out = {0};
        if (argc == 3 && strcmp(argv[1], "dmn") == 0) out = make_dmn(a, make_rules(a, n), n);
        if (argc == 4 && strcmp(argv[1], "json") == 0) {
            Rule *rules = make_rules(a, n);
            out = make_json(a, rules, n, make_rows(a, rules, nrows), nrows);
        }
        if (out.n) status = fwrite(out.p, 1, (size_t)out.n, stdout) == (size_t)out.n ? 0 : 3;
    }
    if (status == 2) fputs("usage: table run|worst|dmn RULES; table json RULES ROWS\n", stderr);
    arena_close(a);
    return status;
}
