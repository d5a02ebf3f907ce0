/* The public library (include/jixia/dmn.h): values in and out, diagnostics, limits, threads. */
#include <pthread.h>

#include "base/buf.h"
#include "dmn/api.h"
#include "tests/library_fixture.h"

static const char SUM[] = HEAD INPUT("a", "收入", "number") INPUT("b", "d", "date")
    DECISION("s", "和", NEEDS("a"), "收入 * 1.1")
        DECISION("t", "t", NEEDS("b"), "{年: d.year, l: [d, null]}") TAIL;

TEST(library_values_pass_exactly) {
    jx_dmn_model *m = load(SUM);
    jx_dmn_eval *e = eval_of(m);
    const jx_dmn_value *v;
    int64_t n;
    size_t size;
    const char *digits = "1234567890123456789012345678901.5";
    CHECK_INT(jx_dmn_eval_set(e, "收入", jx_dmn_number(e, digits)), JX_DMN_OK);
    CHECK_Z(jx_dmn_value_text(e, run(e, "收入")), digits);
    CHECK_INT(jx_dmn_eval_set(e, "收入", jx_dmn_integer(e, INT64_MAX)), JX_DMN_OK);
    CHECK(jx_dmn_value_integer(run(e, "收入"), &n) && n == INT64_MAX);
    CHECK_INT(jx_dmn_eval_set(e, "收入", jx_dmn_integer(e, 10)), JX_DMN_OK);
    v = run(e, "和");
    CHECK(jx_dmn_value_integer(v, &n) && n == 11);
    CHECK_INT(jx_dmn_value_kind(v), JX_DMN_NUMBER);
    CHECK_INT(jx_dmn_eval_set_json(e, "{\"d\": \"2026-07-01\"}", 19), JX_DMN_OK);
    v = run(e, "t");
    CHECK_Z(jx_dmn_value_json(e, v), "{\"年\":2026,\"l\":[\"2026-07-01\",null]}");
    CHECK_INT(jx_dmn_value_count(v), 2);
    CHECK_INT(jx_dmn_value_kind(jx_dmn_value_at(jx_dmn_value_get(v, "l"), 0)), JX_DMN_DATE);
    CHECK(strncmp(jx_dmn_value_key(v, 0, &size), "年", 3) == 0 && size == 3);
    CHECK(!jx_dmn_value_at(v, 2) && !jx_dmn_value_get(v, "x") && !jx_dmn_value_key(v, 2, NULL));
    CHECK(!jx_dmn_value_integer(v, &n) && !jx_dmn_value_string(v, &size) && size == 0);
    CHECK(!jx_dmn_number(e, "12元") && !jx_dmn_string(e, "\xff", 1) && !jx_dmn_temporal(e, "x"));
    v = jx_dmn_string(e, "a\0b", 3);
    CHECK(memcmp(jx_dmn_value_string(v, &size), "a\0b", 3) == 0 && size == 3);
    jx_dmn_eval_free(e);
    jx_dmn_model_free(m);
}

TEST(library_unknown_facts) {
    jx_dmn_model *m = load(SUM);
    jx_dmn_eval *e = eval_of(m);
    const char *names[4];
    const jx_dmn_value *lo = jx_dmn_integer(e, 10), *hi = jx_dmn_integer(e, 20);
    CHECK_INT(jx_dmn_eval_set(e, "收入", jx_dmn_unknown(e, "营业收入", lo, hi)), JX_DMN_OK);
    const jx_dmn_value *v = run(e, "和");
    CHECK_INT(jx_dmn_value_kind(v), JX_DMN_UNKNOWN);
    CHECK_Z(jx_dmn_value_json(e, v), "{\"unknown\":true,\"min\":11,\"max\":22}");
    CHECK_INT(jx_dmn_missing(e, v, names, 4), 1);
    CHECK_Z(names[0], "营业收入");
    CHECK(!jx_dmn_unknown(e, "\xe8\x90", lo, hi) && !jx_dmn_unknown(e, NULL, lo, hi));
    CHECK(!jx_dmn_unknown(e, "x", hi, lo) && jx_dmn_unknown(e, "x", lo, lo));
    CHECK(!jx_dmn_unknown(e, "x", lo, jx_dmn_temporal(e, "2026-07-01")));
    CHECK(jx_dmn_unknown(e, "x", NULL, lo) && !jx_dmn_unknown(e, "x", jx_dmn_null(e), lo));
    jx_dmn_eval_free(e);
    jx_dmn_model_free(m);
}

TEST(library_diagnostics_have_places) {
    jx_dmn_model *m = load(HEAD INPUT("a", "a", "number") DECISION(
        "s", "s", NEEDS("a"), "if a &lt; 1\n  then 1 / 0 else a ÷ 2") TAIL);
    const jx_dmn_diag *d;
    CHECK_INT(jx_dmn_model_diags(m, &d), 1);
    CHECK_INT(d->severity, JX_DMN_ERROR);
    CHECK_Z(d->place.file, "m.dmn");
    CHECK_Z(d->place.element, "s_e");
    CHECK_INT(d->place.line, 4);
    CHECK_INT(d->place.column, 21);
    jx_dmn_model_free(m);
    m = load(HEAD INPUT("a", "a", "number") DECISION(
        "s", "s", NEEDS("a"), "if a &lt; 1 then\n 1 / <![CDATA[0]]> else null") TAIL);
    CHECK_INT(jx_dmn_model_diags(m, &d), 0);
    jx_dmn_eval *e = eval_of(m);
    jx_dmn_eval_set(e, "a", jx_dmn_integer(e, 0));
    const jx_dmn_value *v = run(e, "s");
    CHECK_INT(jx_dmn_eval_diags(e, &d), 1);
    CHECK_Z(d->code, "feel.no_number");
    CHECK_Z(d->place.element, "s_e");
    CHECK_INT(d->place.line, 4);
    CHECK_INT(d->place.column, 2);
    CHECK_INT(d->place.byte_from, 15);
    CHECK_INT(d->place.byte_to, 20);
    CHECK_Z(jx_dmn_value_reason(e, v)->code, "feel.no_number");
    CHECK_INT(jx_dmn_eval_run(e, "s", JX_DMN_STRICT, &v), JX_DMN_REASONS);
    jx_dmn_eval_set(e, "a", jx_dmn_integer(e, 3));
    CHECK_INT(jx_dmn_eval_run(e, "s", JX_DMN_STRICT, &v), JX_DMN_OK);
    CHECK(jx_dmn_value_kind(v) == JX_DMN_NULL && !jx_dmn_value_reason(e, v));
    jx_dmn_eval_free(e);
    jx_dmn_model_free(m);
}

/* Each null that an error makes has a reason with a place; one that is meant has none. */
TEST(library_nulls_have_reasons) {
    static const struct {
        const char *text;
        bool reason;
    } CASES[] = {
        {"1 / 0", true},
        {"1 + \"a\"", true},
        {"1 &lt; \"a\"", true},
        {"-\"a\"", true},
        {"[1, 2][5]", true},
        {"{x: 1}.y", true},
        {"\"a\".b", true},
        {"date(\"2021-02-30\")", true},
        {"@\"2021-01-01\".hour", true},
        {"number(\"x\")", true},
        {"substring(\"a\", 0)", true},
        {"matches(\"a\", \"[\")", true},
        {"min([])", true},
        {"mean([])", true},
        {"max(1, \"a\")", true},
        {"round up(1, 99999)", true},
        {"sqrt(-1)", true},
        {"f(1)", true},
        {"(function(x: number) x)(\"a\")", true},
        {"(function(x) x)(1, 2)", true},
        {"for i in 1..\"a\" return i", true},
        {"if 1 / 0 &gt; 1 then 1 else 1 + null", true},
        {"3 between 1 and \"a\"", true},
        {"1 in (&lt; \"a\")", true},
        {"a", true}, /* not given */
        {"null", false},
        {"if true then null else 1", false},
        {"{x: null}.x", false},
        {"[null][1]", false},
        {"null and true", false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Arena *arena = arena_open(0);
        Str xml =
            str_printf(arena, HEAD INPUT("a", "a", "Any") DECISION("s", "s", NEEDS("a"), "%s") TAIL,
                       CASES[i].text);
        jx_dmn_model *m = load(str_z(arena, xml));
        jx_dmn_eval *e = eval_of(m);
        const jx_dmn_diag *d = NULL;
        const jx_dmn_value *v = run(e, "s");
        size_t n = jx_dmn_eval_diags(e, &d);
        bool placed = n > 0 && d[0].place.line > 0 && *d[0].code && *d[0].text;
        bool good = jx_dmn_value_kind(v) == JX_DMN_NULL && (n > 0) == CASES[i].reason &&
                    (jx_dmn_value_reason(e, v) != NULL) == CASES[i].reason &&
                    placed == CASES[i].reason;
        if (!good) test_failed(__FILE__, __LINE__, CASES[i].text);
        jx_dmn_eval_free(e);
        jx_dmn_model_free(m);
        arena_close(arena);
    }
}

TEST(library_full_width_marks_are_named) {
    static const char *const CASES[][2] = {
        {"a ＞ 1", ">"}, {"（a）", "("}, {"max(a，1)", ","}, {"“x”", "\""}, {"a ＝ 1", "="}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Arena *arena = arena_open(0);
        Str xml =
            str_printf(arena, HEAD INPUT("a", "a", "Any") DECISION("s", "s", NEEDS("a"), "%s") TAIL,
                       CASES[i][0]);
        jx_dmn_model *m = load(str_z(arena, xml));
        const jx_dmn_diag *d = NULL;
        bool named = false;
        size_t n = jx_dmn_model_diags(m, &d);
        for (size_t k = 0; k < n; k++)
            named = named || (strcmp(d[k].code, "feel.fullwidth") == 0 &&
                              strstr(d[k].hint, CASES[i][1]) && d[k].place.line > 0);
        if (!named) test_failed(__FILE__, __LINE__, CASES[i][0]);
        jx_dmn_model_free(m);
        arena_close(arena);
    }
}

TEST(library_failures_say_why) {
    const jx_dmn_diag *d;
    jx_dmn_model *m = load_with("<a>", &ENGLISH, JX_DMN_INVALID);
    CHECK_INT(jx_dmn_model_diags(m, &d), 1);
    CHECK_Z(d->place.file, "m.dmn");
    CHECK_INT(d->place.line, 1);
    CHECK(strlen(d->text) > 0);
    jx_dmn_eval *e = NULL;
    CHECK_INT(jx_dmn_eval_new(m, &e), JX_DMN_MISUSE);
    CHECK(!e);
    jx_dmn_model_free(m);
    CHECK_INT(jx_dmn_load(NULL, 0, NULL, &m), JX_DMN_MISUSE);
    m = load(SUM);
    e = eval_of(m);
    const jx_dmn_value *v;
    CHECK_INT(jx_dmn_eval_run(e, "合", 0, &v), JX_DMN_UNKNOWN_NAME);
    CHECK_INT(jx_dmn_eval_diags(e, &d), 1);
    CHECK(strstr(d->hint, "和") != NULL);
    CHECK_INT(jx_dmn_eval_set_json(e, "{\"d\": \"2026-02-30\"}", 19), JX_DMN_INVALID);
    CHECK_INT(jx_dmn_eval_diags(e, &d), 1);
    CHECK_INT(d->place.line, 1);
    CHECK_INT(jx_dmn_eval_set_json(e, "{\"d\": ", 6), JX_DMN_INVALID);
    CHECK_INT(jx_dmn_eval_set(e, "x", jx_dmn_null(e)), JX_DMN_UNKNOWN_NAME);
    CHECK_INT(jx_dmn_eval_clock(e, 0, "Asia/Jinan"), JX_DMN_INVALID);
    CHECK_INT(jx_dmn_eval_clock(e, 0, "Asia/Shanghai"), JX_DMN_OK);
    CHECK_INT(jx_dmn_eval_clock(e, 0, "+08:00"), JX_DMN_OK);
    jx_dmn_eval_free(e);
    jx_dmn_model_free(m);
}

/* Each decision can use up one limit. */
static const char GREEDY[] =
    HEAD INPUT("a", "a", "Any") DECISION("l", "long", NEEDS("a"), "count(for i in 1..a return i)")
        DECISION("s", "steps", NEEDS("a"), "count(for i in 1..a, j in 1..a return i * j)")
            DECISION("b", "bytes", NEEDS("a"), "for i in 1..a return string(i) + string(i)")
                DECISION("r", "regex", NEEDS("a"), "matches(a, \"^(a|aa)+$\")")
                    DECISION("d", "deep", NEEDS("a") KNOWS("f"),
                             "f(a)") "<businessKnowledgeModel id=\"f\" "
                                     "name=\"f\"><encapsulatedLogic><formalParameter name=\"n\"/>"
                                     "<literalExpression><text>if n = 0 then 0 else 1 + f(n - "
                                     "1)</text></literalExpression>"
                                     "</encapsulatedLogic></businessKnowledgeModel>" TAIL;

static void limited(jx_dmn_limits l, const char *decision, int64_t a, const char *code) {
    jx_dmn_options o = {.lang = JX_DMN_ENGLISH, .limits = l};
    jx_dmn_model *m = load_with(GREEDY, &o, JX_DMN_OK);
    jx_dmn_eval *e = eval_of(m);
    const jx_dmn_diag *d;
    const jx_dmn_value *v;
    if (a)
        jx_dmn_eval_set(e, "a", jx_dmn_integer(e, a));
    else
        jx_dmn_eval_set(e, "a", jx_dmn_string(e, "aaaaaaaaaaaaaaaaaaaaaaab", 24));
    jx_dmn_status status = jx_dmn_eval_run(e, decision, 0, &v);
    if (code) {
        CHECK_INT(status, JX_DMN_OK);
        CHECK_INT(jx_dmn_value_kind(v), JX_DMN_NULL);
        bool found = false;
        size_t n = jx_dmn_eval_diags(e, &d);
        for (size_t i = 0; i < n; i++) found = found || strcmp(d[i].code, code) == 0;
        CHECK(found);
    } else {
        CHECK_INT(status, JX_DMN_LIMIT);
        CHECK(!v && !jx_dmn_integer(e, 1));
        CHECK_INT(jx_dmn_eval_run(e, decision, 0, &v), JX_DMN_LIMIT);
        CHECK_INT(jx_dmn_eval_diags(e, &d), 0);
        jx_dmn_eval_clear(e);
        jx_dmn_eval_set(e, "a", jx_dmn_integer(e, 2));
        CHECK_INT(jx_dmn_value_count(run(e, "bytes")), 2);
    }
    jx_dmn_eval_free(e);
    jx_dmn_model_free(m);
}

TEST(library_limits_hold) {
    limited((jx_dmn_limits){.list_length = 1000}, "long", 1001, "feel.limit_list");
    limited((jx_dmn_limits){.steps = 10000}, "steps", 900, "feel.limit_steps");
    limited((jx_dmn_limits){.depth = 50}, "deep", 100, "feel.limit_depth");
    limited((jx_dmn_limits){.depth = INT32_MAX}, "deep", 1000000, "feel.limit_depth");
    limited((jx_dmn_limits){.regex_steps = 1000}, "regex", 0, "feel.fn_limit");
    limited((jx_dmn_limits){.eval_bytes = 1 << 20}, "bytes", 900000, NULL);
    jx_dmn_options o = {.limits.model_bytes = 20000};
    jx_dmn_model *m = load_with(GREEDY, &o, JX_DMN_LIMIT);
    CHECK(!m);
}

/* The status of loading `text` within so many bytes; *m is NULL unless it loaded. */
static jx_dmn_status load_within(Str text, size_t bytes, jx_dmn_model **m) {
    jx_dmn_source file = {.name = "hostile.dmn", .bytes = text.p, .size = (size_t)text.n};
    jx_dmn_options o = {.limits.model_bytes = bytes};
    jx_dmn_status status = jx_dmn_load(&file, 1, &o, m);
    CHECK((status == JX_DMN_OK) == (*m != NULL));
    return status;
}

/* A small model in 1.5 MB of what no model keeps: the tree of a rule lives only while it is read.
 */
static Str padded(Arena *a) {
    Buf b = buf_new(a, 0);
    buf_lit(&b, HEAD "<decision id='d' name='d'><decisionTable><input><inputExpression><text>1"
                     "</text></inputExpression></input><output/><rule><extensionElements>");
    for (int i = 0; i < 20000; i++) buf_printf(&b, "<x id='t%d'>%060d</x>", i, i);
    buf_lit(&b, "</extensionElements><inputEntry><text>1</text></inputEntry><outputEntry><text>1"
                "</text></outputEntry></rule></decisionTable></decision>" TAIL);
    return buf_str(&b);
}

/* A table with two cut points a cell: the check works with far more than it reports. */
static Str many_cuts(Arena *a) {
    enum { RULES = 1000, COLUMNS = 8 };
    Buf b = buf_new(a, 0);
    buf_lit(&b, HEAD INPUT("a", "a", "number") "<decision id='d' name='d'>" NEEDS(
                    "a") "<decisionTable hitPolicy='FIRST'>");
    for (int k = 0; k < COLUMNS; k++)
        buf_printf(&b,
                   "<input><inputExpression typeRef='number'><text>a+%d</text></inputExpression>"
                   "</input>",
                   k);
    buf_lit(&b, "<output/>");
    for (int r = 0; r < RULES; r++) {
        buf_lit(&b, "<rule>");
        for (int k = 0; k < COLUMNS; k++)
            buf_printf(&b, "<inputEntry><text>[%d..%d]</text></inputEntry>", r * 7 + k,
                       r * 8 + k + 9);
        buf_printf(&b, "<outputEntry><text>%d</text></outputEntry></rule>", r);
    }
    buf_lit(&b, "</decisionTable></decision>" TAIL);
    return buf_str(&b);
}

TEST(library_bytes_bound_what_loading_takes) {
    Arena *a = arena_open(0);
    Str text = padded(a);
    jx_dmn_model *m;
    for (size_t bytes = 1 << 12; bytes <= 8 << 20; bytes *= 2)
        CHECK_INT(load_within(text, bytes, &m), JX_DMN_LIMIT);
    CHECK_INT(load_within(text, (size_t)64 << 20, &m), JX_DMN_OK);
    CHECK(arena_used(m->arena) < 1 << 18);
    jx_dmn_model_free(m);
    arena_close(a);
}

TEST(library_bytes_bound_what_checking_takes) {
    Arena *a = arena_open(0);
    jx_dmn_model *m = NULL;
    jx_dmn_report *r;
    CHECK_INT(load_within(many_cuts(a), (size_t)256 << 20, &m), JX_DMN_OK);
    CHECK_INT(jx_dmn_model_check(m, &r), JX_DMN_OK);
    CHECK(arena_used(r->arena) < 1 << 20);
    jx_dmn_report_free(r);
    m->options.limits.model_bytes = 1 << 20;
    CHECK_INT(jx_dmn_model_check(m, &r), JX_DMN_LIMIT);
    CHECK(r == NULL);
    jx_dmn_model_free(m);
    arena_close(a);
}

TEST(library_misuse_is_a_status) {
    jx_dmn_model *m = load(SUM);
    jx_dmn_eval *e = eval_of(m);
    const jx_dmn_value *v, *none = NULL;
    jx_dmn_report *r = (jx_dmn_report *)m;
    CHECK_INT(jx_dmn_eval_set(e, "d", NULL), JX_DMN_MISUSE);
    CHECK_INT(jx_dmn_eval_run(e, NULL, 0, &v), JX_DMN_MISUSE);
    CHECK_INT(jx_dmn_eval_run(NULL, "d", 0, &v), JX_DMN_MISUSE);
    CHECK_INT(jx_dmn_model_check(NULL, &r), JX_DMN_MISUSE);
    CHECK(r == NULL);
    CHECK_INT(jx_dmn_model_check(m, NULL), JX_DMN_MISUSE);
    CHECK(!jx_dmn_list(e, &none, 1) && !jx_dmn_null(NULL));
    CHECK_INT(jx_dmn_value_kind(NULL), JX_DMN_NULL);
    CHECK_INT(jx_dmn_value_count(NULL), 0);
    CHECK_INT(jx_dmn_model_diags(NULL, NULL), 0);
    jx_dmn_eval_clear(NULL);
    jx_dmn_eval_free(NULL);
    jx_dmn_model_free(NULL);
    jx_dmn_report_free(NULL);
    jx_dmn_eval_free(e);
    jx_dmn_model_free(m);
}

TEST(library_items_and_check) {
    jx_dmn_model *m = load(SUM);
    const jx_dmn_item *items;
    CHECK_INT(jx_dmn_model_items(m, &items), 4);
    CHECK_Z(items[0].name, "收入");
    CHECK_Z(items[0].type, "number");
    CHECK_INT(items[2].kind, JX_DMN_DECISION);
    jx_dmn_report *r;
    const jx_dmn_diag *d;
    CHECK_INT(jx_dmn_model_check(m, &r), JX_DMN_OK);
    CHECK_INT(jx_dmn_report_diags(r, &d), 0);
    jx_dmn_report_free(r);
    jx_dmn_model_free(m);
    m = load(HEAD INPUT("a", "a", "number") TAIL);
    CHECK_INT(jx_dmn_model_check(m, &r), JX_DMN_OK);
    CHECK_INT(jx_dmn_report_diags(r, &d), 1);
    CHECK_Z(d->code, "dmn.unused_input");
    CHECK_Z(d->place.element, "a");
    CHECK_INT(d->place.line, 2);
    jx_dmn_report_free(r);
    jx_dmn_model_free(m);
}

/* --- one model, four threads --------------------------------------------------------------------
 */

typedef struct Job {
    const jx_dmn_model *m;
    int first, wrong;
} Job;

static void *work(void *user) {
    enum { ROWS = 200 };
    Job *job = user;
    jx_dmn_eval *e = NULL;
    if (jx_dmn_eval_new(job->m, &e) != JX_DMN_OK) job->wrong++;
    for (int i = 0; e && i < ROWS; i++) {
        const jx_dmn_value *v;
        int64_t got = 0;
        jx_dmn_eval_set(e, "a", jx_dmn_integer(e, job->first + i));
        bool ok = jx_dmn_eval_run(e, "sum", 0, &v) == JX_DMN_OK && jx_dmn_value_integer(v, &got);
        job->wrong += !ok || got != 3 * (job->first + i);
        jx_dmn_report *r = NULL;
        if (i == 0) job->wrong += jx_dmn_model_check(job->m, &r) != JX_DMN_OK;
        jx_dmn_report_free(r);
        jx_dmn_eval_clear(e);
    }
    jx_dmn_eval_free(e);
    return NULL;
}

TEST(library_threads_share_a_model) {
    enum { THREADS = 4 };
    jx_dmn_model *m = load(HEAD INPUT("a", "a", "number") DECISION(
        "s", "sum", NEEDS("a"),
        "sum(for i in [1, 2] return if matches(\"x\", \"[x-z]\") then a * i else 0)") TAIL);
    Job jobs[THREADS];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        jobs[i] = (Job){.m = m, .first = i * 1000};
        CHECK_INT(pthread_create(&threads[i], NULL, work, &jobs[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(jobs[i].wrong, 0);
    }
    jx_dmn_model_free(m);
}
