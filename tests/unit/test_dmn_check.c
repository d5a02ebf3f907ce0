/* Static analysis: against brute force on random tables, every row run through the engine, the
 * packs, budgets, hostile sizes. */
#include <string.h>

#include "base/file.h"
#include "base/rng.h"
#include "dmn/check.h"
#include "dmn/value_json.h"
#include "tests/test.h"

#define DEFS "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' "

static DmnModel *load_text(Ctx *c, Str body) {
    Str xml =
        str_printf(c->arena, DEFS "namespace='urn:t' name='t'>%.*s</definitions>", STRF(body));
    DmnSource src = {S("t.dmn"), xml};
    return dmn_load(c, &src, 1);
}

static DmnModel *load(Ctx *c, const char *body) {
    return load_text(c, str_from(body));
}

/* Findings at least as grave as `severity`. */
static int count_of(const DmnFinding *f, int severity) {
    int n = 0;
    for (; f; f = f->next) n += f->note->severity <= severity;
    return n;
}

static const DmnFinding *find(const DmnFinding *f, Msg msg) {
    while (f && f->note->msg != msg) f = f->next;
    return f;
}

/* --- every row shows what its finding claims ---------------------------------------------------
 */

/* Runs the row as `jixia dmn eval --input` does: printed, parsed, converted, set by name. */
static const DmnTableView *view_of(Arena *a, const DmnModel *m, const DmnFinding *f) {
    Buf text = buf_new(a, 0);
    json_canonical(&text, f->row);
    Ctx c = ctx_new(a, 0);
    DmnEval *e = dmn_eval_new(m, a);
    Json *in = json_parse(&c, buf_str(&text), S("row"));
    for (const Json *k = in->first; k; k = k->next) {
        const DmnNode *n = dmn_find(m, k->key);
        Val v = val_null();
        CHECK(n && val_from_json(&c, k, m->types[n->index], k->key, &v));
        if (n) dmn_set_node(e, n, v);
    }
    dmn_explain(e, true);
    for (int i = 0; i < m->nnodes; i++)
        if (m->nodes[i]->kind == NODE_DECISION) dmn_run_node(e, m->nodes[i]);
    const DmnTableView *v = dmn_tables(e);
    while (v && v->source != f->table) v = v->next;
    return v;
}

static int matching(const DmnTableView *v) {
    int n = 0;
    for (int r = 0; r < v->table->nrules; r++) n += v->rules[r] == CELL_TRUE;
    return n;
}

static bool shows(const DmnModel *m, const DmnFinding *f) {
    Arena *a = arena_open(0);
    const DmnTableView *v = view_of(a, m, f);
    bool ok = v != NULL;
    int r = f->rule - 1, other = f->other - 1;
    switch (ok ? f->note->msg : MSG_NONE) {
    case M_DMN_RULES_OVERLAP:
    case M_DMN_RULES_CONFLICT:
        ok = v->rules[r] == CELL_TRUE && v->rules[other] == CELL_TRUE && v->result.tag == V_NULL;
        break;
    case M_DMN_RULE_REDUNDANT: ok = v->rules[r] == CELL_TRUE && v->rules[other] == CELL_TRUE; break;
    case M_DMN_RULE_HIDDEN: ok = v->rules[other] == CELL_TRUE; /* fall through */
    case M_DMN_RULE_DEAD: ok = ok && v->rules[r] == CELL_TRUE && !v->used[r]; break;
    case M_DMN_GAP:
    case M_DMN_GAP_NULL:
    case M_DMN_GAP_TEXT:
    case M_DMN_GAP_REST: ok = matching(v) == 0 && v->result.tag == V_NULL; break;
    case M_DMN_CELL_NEVER:
    case M_DMN_CELL_VALUE: ok = v->rules[r] != CELL_TRUE || v->result.tag == V_NULL; break;
    case M_DMN_OUTPUT_OUTSIDE:
    case M_DMN_OUTPUT_NULL: ok = v->rules[r] == CELL_TRUE; break;
    default: ok = false;
    }
    arena_close(a);
    return ok;
}

/* All rows of all findings; how many there were. */
static int check_rows(const DmnModel *m, const DmnFinding *f) {
    int n = 0;
    for (; f; f = f->next) {
        if (!f->row) continue;
        bool ok = shows(m, f);
        CHECK(ok);
        if (!ok) printf("%.*s\n", STRF(msg_code(f->note->msg)));
        n++;
    }
    return n;
}

/* --- single cases -------------------------------------------------------------------------------
 */

TEST(dmn_check_finds_what_is_unused) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    DmnModel *m = load(
        &c,
        "<inputData id='a' name='甲'><variable name='甲' typeRef='number'/></inputData>"
        "<inputData id='b' name='乙'><variable name='乙'/></inputData>"
        "<inputData id='c' name='丙'><variable name='丙'/></inputData>"
        "<decision id='d' name='d'><variable name='d'/>"
        "<informationRequirement><requiredInput href='#a'/></informationRequirement>"
        "<informationRequirement><requiredInput href='#c'/></informationRequirement>"
        "<decisionTable id='t'><input><inputExpression typeRef='number'><text>甲</text>"
        "</inputExpression><inputValues><text>1, 2</text></inputValues></input><output/>"
        "<rule><inputEntry><text>1</text></inputEntry><outputEntry><text>1</text></outputEntry>"
        "</rule><rule><inputEntry id='c7'><text>7</text></inputEntry><outputEntry><text>2</text>"
        "</outputEntry></rule></decisionTable></decision>");
    CHECK(m && c.note_count == 0);
    const DmnFinding *f = dmn_check(&c, m, NULL);
    CHECK_INT(count_of(f, 2), 4);
    CHECK_INT(f->note->msg, M_DMN_UNUSED_INPUT);
    CHECK_STR(f->element, S("b"));
    f = f->next;
    CHECK_INT(f->note->msg, M_DMN_UNUSED_REQUIREMENT);
    f = f->next;
    CHECK_INT(f->note->msg, M_DMN_CELL_NEVER);
    CHECK_INT(f->rule, 2);
    CHECK_INT(f->column, 1);
    CHECK_STR(f->element, S("c7"));
    f = f->next;
    CHECK_INT(f->note->msg, M_DMN_GAP);
    CHECK_STR(f->note->args[1], S("甲: 2"));
    CHECK_STR(f->element, S("t"));
    CHECK_INT(check_rows(m, dmn_check(&c, m, NULL)), 2);
    CHECK_INT(c.note_count, 0);
    arena_close(a);
}

/* A table of one number and one allowed string; cells are pairs, the output is the rule's number.
 */
static Str table_model(Arena *a, const char *policy, const char *const cells[][2],
                       const char *const *outs, int n) {
    Buf b = buf_new(a, 0);
    buf_printf(
        &b,
        "<inputData id='a' name='甲'><variable name='甲' typeRef='number'/></inputData>"
        "<inputData id='b' name='乙'><variable name='乙' typeRef='string'/></inputData>"
        "<decision id='d' name='d'><variable name='d'/>"
        "<informationRequirement><requiredInput href='#a'/></informationRequirement>"
        "<informationRequirement><requiredInput href='#b'/></informationRequirement>"
        "<decisionTable hitPolicy='%s'><input label='甲'><inputExpression typeRef='number'>"
        "<text>甲</text></inputExpression></input><input label='乙'>"
        "<inputExpression typeRef='string'><text>乙</text></inputExpression>"
        "<inputValues><text>\"x\",\"y\"</text></inputValues></input>"
        "<output typeRef='number'><outputValues><text>1,2,3,4</text></outputValues></output>",
        policy);
    for (int i = 0; i < n; i++) {
        buf_lit(&b, "<rule>");
        for (int k = 0; k < 2; k++)
            buf_printf(&b, "<inputEntry><text><![CDATA[%s]]></text></inputEntry>", cells[i][k]);
        if (outs)
            buf_printf(&b, "<outputEntry><text>%s</text></outputEntry></rule>", outs[i]);
        else
            buf_printf(&b, "<outputEntry><text>%d</text></outputEntry></rule>", i + 1);
    }
    buf_lit(&b, "</decisionTable></decision>");
    return buf_str(&b);
}

TEST(dmn_check_analyses_tables) {
    static const struct {
        const char *policy, *cells[4][2], *outs[4];
        int n;
        Msg msg;          /* of the first finding that is no remark; MSG_NONE: there is none */
        const char *last; /* its last argument */
    } CASES[] = {
        {"UNIQUE", {{"< 10", "-"}, {">= 10", "-"}}, {"1", "2"}, 2, MSG_NONE, ""},
        {"UNIQUE", {{"<= 10", "-"}, {">= 10", "-"}}, {"1", "2"}, 2, M_DMN_RULES_OVERLAP, "甲 = 10"},
        {"UNIQUE", {{"-", "\"x\""}, {"-", "\"y\""}}, {"1", "2"}, 2, MSG_NONE, ""},
        {"UNIQUE", {{"-", "\"x\""}}, {"1"}, 1, M_DMN_GAP, "乙 = \"y\""},
        {"UNIQUE", {{"< 10", "-"}, {"> 10", "-"}}, {"1", "2"}, 2, M_DMN_GAP, "甲 = 10"},
        {"UNIQUE", {{"< 3", "-"}, {"> 9", "-"}}, {"1", "2"}, 2, M_DMN_GAP, "甲 = 3"},
        {"ANY", {{"-", "-"}, {"1", "-"}}, {"1", "2"}, 2, M_DMN_RULES_CONFLICT, "甲 = 1"},
        {"ANY", {{"-", "-"}, {"1", "-"}}, {"1", "1"}, 2, MSG_NONE, ""},
        {"FIRST",
         {{"[1..5]", "-"}, {"2", "\"x\""}, {"-", "-"}},
         {"1", "2", "3"},
         3,
         M_DMN_RULE_HIDDEN,
         "甲 = 2, 乙 = \"x\""},
        {"FIRST", {{"[1..5]", "\"x\""}, {"2", "-"}, {"-", "-"}}, {"1", "2", "3"}, 3, MSG_NONE, ""},
        /* covered by two rules together, not by one */
        {"FIRST",
         {{"<= 5", "-"}, {"> 3", "-"}, {"[1..7]", "-"}, {"-", "-"}},
         {"1", "2", "3", "4"},
         4,
         M_DMN_RULE_DEAD,
         "甲 = 1"},
        {"PRIORITY",
         {{"[1..5]", "-"}, {"-", "-"}, {"2", "-"}},
         {"2", "1", "3"},
         3,
         M_DMN_RULE_HIDDEN,
         "甲 = 1"},
        {"COLLECT", {{"1", "-"}, {"1", "-"}}, {"1", "2"}, 2, MSG_NONE, ""},
        {"RULE ORDER", {{"1", "-"}}, {"1"}, 1, MSG_NONE, ""},
        {"UNIQUE", {{"1", "-"}, {"? + 1 > 0", "-"}}, {"1", "2"}, 2, MSG_NONE, ""},
        {"UNIQUE",
         {{"1", "-"}, {"? > 0 and ? < 2", "-"}},
         {"1", "2"},
         2,
         M_DMN_RULES_OVERLAP,
         "甲 = 1"},
        {"FIRST", {{"[5..3]", "-"}, {"-", "-"}}, {"1", "2"}, 2, M_DMN_CELL_NEVER, "甲 = 5"},
        {"FIRST", {{"-", "\"x\", \"z\""}, {"-", "-"}}, {"1", "2"}, 2, M_DMN_CELL_VALUE, "\"z\""},
        {"FIRST", {{"1", "-"}, {"-", "-"}}, {"9", "2"}, 2, M_DMN_OUTPUT_OUTSIDE, "9"},
        {"FIRST", {{"1", "-"}, {"-", "-"}}, {"\"x\"", "2"}, 2, M_DMN_OUTPUT_NULL, "\"x\""},
    };
    Arena *a = arena_open(0);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Ctx c = ctx_new(a, 0);
        Str body = table_model(a, CASES[i].policy, CASES[i].cells, CASES[i].outs, CASES[i].n);
        DmnModel *m = load_text(&c, body);
        CHECK(m != NULL);
        const DmnFinding *all = dmn_check(&c, m, NULL), *f = all;
        check_rows(m, all);
        while (f && (f->note->severity > 1 || !str_starts(msg_code(f->note->msg), S("dmn."))))
            f = f->next;
        CHECK_STR(f ? msg_code(f->note->msg) : S(""),
                  CASES[i].msg ? msg_code(CASES[i].msg) : S(""));
        if (!f || !CASES[i].msg) continue;
        int last = f->note->nargs - 1;
        while (last > 0 && f->note->args[last].n == 0) last--;
        CHECK_STR(f->note->args[last], str_from(CASES[i].last));
    }
    arena_close(a);
}

/* Null and texts nobody listed are told apart from gaps between values. */
TEST(dmn_check_tells_kinds_of_gaps_apart) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    static const char *const BOTH[][2] = {{"< 10", "-"}, {">= 10", "-"}};
    DmnModel *m = load_text(&c, table_model(a, "UNIQUE", BOTH, NULL, 2));
    const DmnFinding *f = dmn_check(&c, m, NULL);
    CHECK_INT(count_of(f, 2), 1);
    f = find(f, M_DMN_GAP_NULL);
    CHECK(f != NULL);
    CHECK_STR(f->note->args[1], S("甲"));
    CHECK_INT(f->column, 1);
    static const char *const OPEN[][2] = {{"-", "\"x\""}, {"-", "null, \"y\""}};
    m = load_text(&c, table_model(a, "UNIQUE", OPEN, NULL, 2));
    CHECK(find(dmn_check(&c, m, NULL), M_DMN_GAP_NULL) ==
          NULL); /* the allowed values leave it out */
    arena_close(a);
}

/* --- random tables against brute force ----------------------------------------------------------
 */

enum { COLS_MAX = 4, RULES_MAX = 9, REPS_MAX = 24 };
typedef enum Kind { K_NUM, K_STR, K_BOOL, K_DATE, KINDS } Kind;

typedef struct Random {
    Kind kinds[COLS_MAX];
    bool listed[COLS_MAX]; /* has allowed values */
    int ncols, nrules;
    const char *policy;
    Str reps[COLS_MAX][REPS_MAX]; /* JSON texts that can occur; null last */
    int sort[COLS_MAX][REPS_MAX]; /* 0 value, 1 other text, 2 null */
    int nreps[COLS_MAX];
} Random;

static Str random_value(Arena *a, Rng *g, Kind k) {
    switch (k) {
    case K_NUM: return str_printf(a, "%d", (int)rng_below(g, 6));
    case K_STR: return str_printf(a, "\"%c\"", 'a' + (int)rng_below(g, 4));
    case K_BOOL: return rng_below(g, 2) ? S("true") : S("false");
    default: return str_printf(a, "date(\"2020-01-%02d\")", 10 + (int)rng_below(g, 5));
    }
}

static Str random_cell(Arena *a, Rng *g, Kind k) {
    Str x = random_value(a, g, k), y = random_value(a, g, k);
    static const char *const OPS[] = {"<", "<=", ">", ">="};
    int what = (int)rng_below(g, 12);
    if (what < 3) return S("-");
    if (what == 3) return S("null");
    if (what == 4) return str_printf(a, "not(%.*s)", STRF(x));
    if (what == 5) return str_printf(a, "%.*s, %.*s", STRF(x), STRF(y));
    if (what == 6) return str_printf(a, "? != %.*s", STRF(x));
    if (k == K_STR || k == K_BOOL || what == 7) return x;
    if (what < 10) return str_printf(a, "%s %.*s", OPS[rng_below(g, 4)], STRF(x));
    if (str_cmp(x, y) > 0) {
        Str t = x;
        x = y;
        y = t;
    }
    return str_printf(a, "%c%.*s..%.*s%c", "[("[rng_below(g, 2)], STRF(x), STRF(y),
                      "])"[rng_below(g, 2)]);
}

static void rep(Random *r, int k, Str text, int sort) {
    r->reps[k][r->nreps[k]] = text;
    r->sort[k][r->nreps[k]++] = sort;
}

static void representatives(Arena *a, Random *r, int k) {
    if (r->kinds[k] == K_NUM)
        for (int i = r->listed[k] ? 0 : -2; i <= (r->listed[k] ? 6 : 12); i++)
            rep(r, k,
                str_printf(a, "%s%d.%d", i < 0 ? "-" : "", (i < 0 ? -i : i) / 2, i % 2 ? 5 : 0), 0);
    if (r->kinds[k] == K_STR)
        for (int i = 0; i < (r->listed[k] ? 3 : 4); i++)
            rep(r, k, str_printf(a, "\"%c\"", 'a' + i), 0);
    if (r->kinds[k] == K_STR && !r->listed[k]) rep(r, k, S("\"q\""), 1);
    if (r->kinds[k] == K_BOOL) {
        rep(r, k, S("false"), 0);
        rep(r, k, S("true"), 0);
    }
    if (r->kinds[k] == K_DATE)
        for (int i = r->listed[k] ? 10 : 9; i <= (r->listed[k] ? 12 : 15); i++)
            rep(r, k, str_printf(a, "\"2020-01-%02d\"", i), 0);
    if (!r->listed[k]) rep(r, k, S("null"), 2);
}

/* A text no cell and no list names is any other text. */
static void unnamed_texts(Random *r, int k, Str cells) {
    for (int i = 0; i < r->nreps[k]; i++)
        if (r->kinds[k] == K_STR && !r->listed[k] && str_find(cells, r->reps[k][i]) < 0 &&
            r->sort[k][i] == 0)
            r->sort[k][i] = 1;
    bool named = false;
    for (int i = 0; i < r->nreps[k]; i++) named = named || r->sort[k][i] == 0;
    for (int i = 0; i < r->nreps[k] && !named; i++)
        if (r->sort[k][i] == 1) r->sort[k][i] = 0;
}

static Str random_model(Arena *a, Rng *g, Random *r) {
    static const char *const TYPES[] = {"number", "string", "boolean", "date"};
    static const char *const LISTS[] = {"[0..3]", "\"a\",\"b\",\"c\"", "true,false",
                                        "[date(\"2020-01-10\")..date(\"2020-01-12\")]"};
    static const char *const POLICIES[] = {"UNIQUE",   "ANY",     "FIRST",
                                           "PRIORITY", "COLLECT", "RULE ORDER"};
    memset(r, 0, sizeof *r);
    r->ncols = 1 + (int)rng_below(g, 3);
    r->nrules = 1 + (int)rng_below(g, RULES_MAX - 1);
    r->policy = POLICIES[rng_below(g, 6)];
    Buf b = buf_new(a, 0), in = buf_new(a, 0);
    Buf req = buf_new(a, 0);
    for (int k = 0; k < r->ncols; k++) {
        r->kinds[k] = (Kind)rng_below(g, KINDS);
        r->listed[k] = rng_below(g, 3) == 0;
        bool by_type = r->listed[k] && rng_below(g, 2);
        const char *type = TYPES[r->kinds[k]];
        representatives(a, r, k);
        if (by_type)
            buf_printf(&b,
                       "<itemDefinition name='t%d'><typeRef>%s</typeRef><allowedValues><text>%s"
                       "</text></allowedValues></itemDefinition>",
                       k, type, LISTS[r->kinds[k]]);
        if (by_type) type = str_z(a, str_printf(a, "t%d", k));
        buf_printf(&b,
                   "<inputData id='i%d' name='x%d'><variable name='x%d' typeRef='%s'/>"
                   "</inputData>",
                   k, k, k, type);
        buf_printf(&req,
                   "<informationRequirement><requiredInput href='#i%d'/>"
                   "</informationRequirement>",
                   k);
        buf_printf(&in, "<input><inputExpression typeRef='%s'><text>x%d</text></inputExpression>",
                   TYPES[r->kinds[k]], k);
        if (r->listed[k] && !by_type)
            buf_printf(&in, "<inputValues><text>%s</text></inputValues>", LISTS[r->kinds[k]]);
        buf_lit(&in, "</input>");
    }
    buf_lit(&b, "<decision id='d' name='d'><variable name='d'/>");
    buf_put(&b, buf_str(&req));
    buf_printf(&b, "<decisionTable id='t' hitPolicy='%s'>", r->policy);
    buf_put(&b, buf_str(&in));
    buf_lit(&b, "<output><outputValues><text>1,2,3</text></outputValues></output>");
    Buf seen[COLS_MAX];
    for (int k = 0; k < r->ncols; k++) seen[k] = buf_new(a, 0);
    for (int i = 0; i < r->nrules; i++) {
        buf_lit(&b, "<rule>");
        for (int k = 0; k < r->ncols; k++) {
            Str cell = random_cell(a, g, r->kinds[k]);
            buf_printf(&b, "<inputEntry><text><![CDATA[%.*s]]></text></inputEntry>", STRF(cell));
            buf_put(&seen[k], cell);
        }
        buf_printf(&b, "<outputEntry><text>%d</text></outputEntry></rule>",
                   1 + (int)rng_below(g, 3));
    }
    for (int k = 0; k < r->ncols; k++) unnamed_texts(r, k, buf_str(&seen[k]));
    buf_lit(&b, "</decisionTable></decision>");
    return buf_str(&b);
}

/* What all combinations of representatives show. */
typedef struct Brute {
    bool both[RULES_MAX][RULES_MAX];
    bool matches[RULES_MAX], gives[RULES_MAX];
    bool differ[RULES_MAX][RULES_MAX];
    bool gap, gap_any;
    /* per column: open at null (text), covered at some value with the same others */
    bool gap_null[COLS_MAX], gap_text[COLS_MAX];
} Brute;

static int next_combination(const Random *r, int *at) {
    for (int k = 0; k < r->ncols; k++) {
        if (++at[k] < r->nreps[k]) return 1;
        at[k] = 0;
    }
    return 0;
}

static const DmnTableView *run_at(Arena *a, const DmnModel *m, const Random *r, const int *at) {
    DmnEval *e = dmn_eval_new(m, a);
    Ctx c = ctx_new(a, 0);
    for (int k = 0; k < r->ncols; k++) {
        char name[] = {'x', (char)('0' + k), 0};
        const DmnNode *n = dmn_find(m, str_from(name));
        Val v;
        CHECK(val_from_json(&c, json_parse(&c, r->reps[k][at[k]], S("v")), m->types[n->index],
                            n->name, &v));
        dmn_set_node(e, n, v);
    }
    dmn_explain(e, true);
    dmn_run_node(e, dmn_find(m, S("d")));
    return dmn_tables(e);
}

/* Is a combination with a special value at k open, and covered for some plain value there? */
static bool special_open(Arena *a, const DmnModel *m, const Random *r, const int *at, int k) {
    int other[COLS_MAX];
    for (int i = 0; i < r->ncols; i++) {
        if (i != k && r->sort[i][at[i]] != 0) return false;
        other[i] = at[i];
    }
    for (int i = 0; i < r->nreps[k]; i++) {
        other[k] = i;
        if (r->sort[k][i] == 0 && matching(run_at(a, m, r, other)) > 0) return true;
    }
    return false;
}

static void brute_force(const DmnModel *m, const Random *r, Brute *b) {
    int at[COLS_MAX] = {0};
    memset(b, 0, sizeof *b);
    do {
        Arena *a = arena_open(0);
        const DmnTableView *v = run_at(a, m, r, at);
        bool plain = true, any = false;
        for (int k = 0; k < r->ncols; k++) plain = plain && r->sort[k][at[k]] == 0;
        for (int x = 0; x < r->nrules; x++) {
            if (v->rules[x] != CELL_TRUE) continue;
            any = b->matches[x] = true;
            b->gives[x] = b->gives[x] || v->used[x];
            for (int y = x + 1; y < r->nrules; y++) {
                if (v->rules[y] != CELL_TRUE) continue;
                b->both[x][y] = true;
                b->differ[x][y] = val_equal(v->outputs[x], v->outputs[y]) != 1;
            }
        }
        b->gap = b->gap || (plain && !any);
        b->gap_any = b->gap_any || !any;
        for (int k = 0; k < r->ncols && !any; k++) {
            int sort = r->sort[k][at[k]];
            bool *flag = sort == 2 ? &b->gap_null[k] : &b->gap_text[k];
            if (sort && !*flag) *flag = special_open(a, m, r, at, k);
        }
        arena_close(a);
    } while (next_combination(r, at));
}

static bool has_pair(const DmnFinding *f, Msg msg, int x, int y) {
    for (; f; f = f->next)
        if (f->note->msg == msg && f->other == x + 1 && f->rule == y + 1) return true;
    return false;
}

static bool has_rule(const DmnFinding *f, int r) {
    for (; f; f = f->next)
        if ((f->note->msg == M_DMN_RULE_DEAD || f->note->msg == M_DMN_RULE_HIDDEN) &&
            f->rule == r + 1)
            return true;
    return false;
}

static bool has_column(const DmnFinding *f, Msg msg, int k) {
    for (; f; f = f->next)
        if (f->note->msg == msg && f->column == k + 1) return true;
    return false;
}

static bool agrees(const Random *r, const Brute *b, const DmnFinding *f) {
    bool unique = !strcmp(r->policy, "UNIQUE"), any = !strcmp(r->policy, "ANY");
    bool ordered = !strcmp(r->policy, "FIRST") || !strcmp(r->policy, "PRIORITY");
    bool single = unique || any || ordered, gaps = false;
    for (int x = 0; x < r->nrules; x++) {
        if (has_rule(f, x) != (ordered && b->matches[x] && !b->gives[x])) return false;
        for (int y = x + 1; y < r->nrules; y++) {
            bool want_overlap = unique && b->both[x][y];
            bool want_conflict = any && b->both[x][y] && b->differ[x][y];
            if (has_pair(f, M_DMN_RULES_OVERLAP, x, y) != want_overlap) return false;
            if (has_pair(f, M_DMN_RULES_CONFLICT, x, y) != want_conflict) return false;
        }
    }
    for (int k = 0; k < r->ncols; k++) {
        if (has_column(f, M_DMN_GAP_NULL, k) < (single && b->gap_null[k])) return false;
        if (has_column(f, M_DMN_GAP_TEXT, k) < (single && b->gap_text[k])) return false;
    }
    static const Msg GAPS[] = {M_DMN_GAP, M_DMN_GAP_NULL, M_DMN_GAP_TEXT, M_DMN_GAP_REST};
    for (int i = 0; i < 4; i++) gaps = gaps || find(f, GAPS[i]);
    if ((find(f, M_DMN_GAP) != NULL) != (single && b->gap)) return false;
    return gaps == (single && b->gap_any);
}

static void print_all(int table, Str text, const DmnFinding *f) {
    printf("table %d: %.*s\n", table, STRF(text));
    for (; f; f = f->next)
        printf("%.*s %d %d %d\n", STRF(msg_code(f->note->msg)), f->other, f->rule, f->column);
}

TEST(dmn_check_agrees_with_brute_force) {
    enum { TABLES = 1500 };
    Rng g = rng_new(20);
    int rows = 0;
    for (int i = 0; i < TABLES; i++) {
        Arena *a = arena_open(0);
        Ctx c = ctx_new(a, 0);
        Random r;
        Brute b;
        Str text = random_model(a, &g, &r);
        DmnModel *m = load_text(&c, text);
        CHECK(m != NULL && m->errors == 0);
        DmnCheckOptions o = {.shown = 1000};
        const DmnFinding *f = dmn_check(&c, m, &o);
        CHECK(!find(f, M_DMN_UNPROVED) && !find(f, M_DMN_NOT_ANALYSED));
        brute_force(m, &r, &b);
        bool ok = agrees(&r, &b, f);
        CHECK(ok);
        if (!ok) print_all(i, text, f);
        rows += check_rows(m, f);
        DmnBoundary d = dmn_boundary(&c, m, NULL, NULL);
        int can = 0;
        for (int k = 0; k < r.nrules; k++) can += b.matches[k];
        CHECK_INT(d.met, can); /* every rule that can match is met by some row */
        CHECK_INT(d.left_out, 0);
        arena_close(a);
        if (!ok) break;
    }
    CHECK(rows > TABLES);
}

/* --- boundary rows ------------------------------------------------------------------------------
 */

static bool has_boundary(const DmnBoundary *d, const char *row, const char *rules,
                         const char *result) {
    for (int i = 0; i < d->n; i++) {
        Arena *a = arena_open(0);
        Buf b = buf_new(a, 0);
        json_canonical(&b, d->rows[i].row);
        bool same = str_eq(buf_str(&b), str_from(row)) &&
                    str_eq(d->rows[i].rules, str_from(rules)) &&
                    str_eq(d->rows[i].result, str_from(result));
        arena_close(a);
        if (same) return true;
    }
    return false;
}

TEST(dmn_boundary_rows_meet_cuts_and_neighbours) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    static const char *const CELLS[][2] = {{"< 10.5", "\"x\""}, {">= 10.5", "-"}};
    DmnModel *m = load_text(&c, table_model(a, "UNIQUE", CELLS, NULL, 2));
    DmnBoundary d = dmn_boundary(&c, m, dmn_find(m, S("d")), NULL);
    CHECK(has_boundary(&d, "{\"乙\":\"x\",\"甲\":10.4}", "1", "1"));
    CHECK(has_boundary(&d, "{\"乙\":\"x\",\"甲\":10.5}", "2", "2"));
    CHECK(has_boundary(&d, "{\"乙\":\"x\",\"甲\":10.6}", "2", "2"));
    CHECK(has_boundary(&d, "{\"乙\":\"x\",\"甲\":null}", "", "null"));
    CHECK_INT(d.met, 2);
    CHECK_INT(d.rules, 2);
    for (int i = 0; i < d.n; i++) /* no doubles */
        for (int k = 0; k < i; k++) {
            Buf x = buf_new(a, 0), y = buf_new(a, 0);
            json_canonical(&x, d.rows[i].row);
            json_canonical(&y, d.rows[k].row);
            CHECK(!str_eq(buf_str(&x), buf_str(&y)));
        }
    arena_close(a);
}

/* --- sizes and budgets --------------------------------------------------------------------------
 */

/* A table of ncols numbers; cell r, k is [lo..hi]. */
static DmnModel *wide_table(Ctx *c, const char *policy, int nrules, int ncols,
                            void (*cell)(Rng *g, int rule, int *lo, int *hi)) {
    Rng g = rng_new(7);
    Buf b = buf_new(c->arena, 0);
    for (int k = 0; k < ncols; k++)
        buf_printf(&b,
                   "<inputData id='i%d' name='x%d'><variable name='x%d' typeRef='number'/>"
                   "</inputData>",
                   k, k, k);
    buf_lit(&b, "<decision id='d' name='d'><variable name='d'/>");
    for (int k = 0; k < ncols; k++)
        buf_printf(
            &b, "<informationRequirement><requiredInput href='#i%d'/></informationRequirement>", k);
    buf_printf(&b, "<decisionTable hitPolicy='%s'>", policy);
    for (int k = 0; k < ncols; k++)
        buf_printf(&b,
                   "<input><inputExpression typeRef='number'><text>x%d</text></inputExpression>"
                   "</input>",
                   k);
    buf_lit(&b, "<output/>");
    for (int r = 0; r < nrules; r++) {
        buf_lit(&b, "<rule>");
        for (int k = 0; k < ncols; k++) {
            int lo, hi;
            cell(&g, r, &lo, &hi);
            buf_printf(&b, "<inputEntry><text>[%d..%d]</text></inputEntry>", lo, hi);
        }
        buf_printf(&b, "<outputEntry><text>%d</text></outputEntry></rule>", r);
    }
    buf_lit(&b, "</decisionTable></decision>");
    return load_text(c, buf_str(&b));
}

static void nested(Rng *g, int rule, int *lo, int *hi) {
    (void)g;
    *lo = rule;
    *hi = 2000 - rule;
}

static void narrow(Rng *g, int rule, int *lo, int *hi) {
    (void)rule;
    *lo = (int)rng_below(g, 300);
    *hi = *lo + (int)rng_below(g, 60);
}

TEST(dmn_check_stops_at_its_budget_and_says_so) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    DmnModel *m = wide_table(&c, "UNIQUE", 300, 40, nested);
    DmnCheckOptions few = {.budget = 100000, .shown = 5}, all = {.shown = 5};
    const DmnFinding *f = dmn_check(&c, m, &few), *stop = find(f, M_DMN_BUDGET_PAIRS);
    CHECK(stop != NULL);
    CHECK_STR(stop->note->args[1], S("100000"));
    CHECK_STR(stop->note->args[3], S("300"));
    CHECK(count_of(f, 2) < 40); /* nothing is listed without end */
    CHECK(check_rows(m, f) >= 5);
    f = dmn_check(&c, m, &all);
    CHECK(find(f, M_DMN_BUDGET_PAIRS) == NULL);
    const DmnFinding *more = find(f, M_DMN_MORE);
    CHECK(more != NULL);
    CHECK_STR(more->note->args[1], S("44845")); /* of 300 * 299 / 2 overlaps, 5 are listed */
    arena_close(a);
}

/* Many decisions that each name many inputs: what a check looks at is bounded, too. */
TEST(dmn_check_stops_looking_for_uses) {
    enum { DECISIONS = 20, INPUTS = 100 };
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Buf b = buf_new(a, 0);
    for (int i = 0; i < INPUTS; i++)
        buf_printf(&b, "<inputData id='i%d' name='x%d'><variable name='x%d'/></inputData>", i, i,
                   i);
    for (int d = 0; d < DECISIONS; d++) {
        buf_printf(&b, "<decision id='d%d' name='d%d'>", d, d);
        for (int i = 0; i < INPUTS; i++)
            buf_printf(
                &b, "<informationRequirement><requiredInput href='#i%d'/></informationRequirement>",
                i);
        buf_printf(&b, "<literalExpression><text>\"%01000d\"</text></literalExpression></decision>",
                   d);
    }
    DmnModel *m = load_text(&c, buf_str(&b));
    DmnCheckOptions few = {.budget = 1000 * INPUTS * 3}, all = {0};
    const DmnFinding *f = dmn_check(&c, m, &few), *stop = find(f, M_DMN_BUDGET_USES);
    CHECK(stop != NULL);
    CHECK_STR(stop->note->args[0], S("d2"));
    CHECK_STR(stop->note->args[1], S("300000"));
    f = dmn_check(&c, m, &all);
    CHECK(find(f, M_DMN_BUDGET_USES) == NULL);
    CHECK_INT(count_of(f, 1), DECISIONS * INPUTS);
    arena_close(a);
}

/* The size of the issue; the budget is what bounds the time (bench/table.c measures it). */
TEST(dmn_check_decides_a_table_of_3700_rules) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    DmnModel *m = wide_table(&c, "FIRST", 3700, 8, narrow);
    DmnCheckOptions o = {.shown = 3};
    const DmnFinding *f = dmn_check(&c, m, &o);
    CHECK(find(f, M_DMN_BUDGET_HIDDEN) == NULL && find(f, M_DMN_BUDGET_PAIRS) == NULL);
    CHECK(find(f, M_DMN_GAP) != NULL);
    CHECK(check_rows(m, f) >= 3);
    arena_close(a);
}

/* --- the packs ----------------------------------------------------------------------------------
 */

static void check_model(Str folder, Str name, int *models, int *rows) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    DmnSource src = {name, {0}};
    CHECK(file_read(&c, path_join(a, folder, name), 1 << 24, &src.bytes));
    DmnModel *m = dmn_load(&c, &src, 1);
    CHECK(m != NULL);
    const DmnFinding *f = m ? dmn_check(&c, m, NULL) : NULL;
    CHECK_INT(count_of(f, 0), 0);
    /* The shipped rules were looked through: no warnings either, remarks about null and unlisted
     * texts only. */
    for (const DmnFinding *k = f; k; k = k->next)
        if (k->note->severity == 1)
            printf("%.*s: %.*s\n", STRF(name), STRF(note_text(a, k->note, LANG_EN)));
    CHECK_INT(count_of(f, 1), 0);
    *rows += check_rows(m, f);
    ++*models;
    arena_close(a);
}

TEST(dmn_check_finds_no_error_in_the_packs) {
    static const char *const PACKS[] = {"packs/cn/rules", "packs/shandong/rules",
                                        "packs/zibo/rules"};
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    int models = 0, rows = 0;
    for (int i = 0; i < 3; i++) {
        Str *rules, *files;
        int n = 0, nfiles = 0;
        CHECK(file_list(&c, str_from(PACKS[i]), &rules, &n));
        for (int k = 0; k < n; k++) {
            Str folder = path_join(a, str_from(PACKS[i]), rules[k]);
            CHECK(file_list(&c, folder, &files, &nfiles));
            for (int j = 0; j < nfiles; j++)
                if (str_ends(files[j], S(".dmn"))) check_model(folder, files[j], &models, &rows);
        }
    }
    CHECK(models >= 40 && rows > 0);
    arena_close(a);
}
