/* Traces: what decided, what failed first, what was near, and how they are cut. */
#include "codec/json.h"
#include "tests/library_fixture.h"

#define CELL(tag, text) "<" tag "><text>" text "</text></" tag ">"
#define RULE2(a, b, out)                                                                           \
    "<rule>" CELL("inputEntry", a) CELL("inputEntry", b) CELL("outputEntry", out) "</rule>"
#define COLUMN(text) "<input><inputExpression><text>" text "</text></inputExpression></input>"
#define TABLE(policy, columns, rules)                                                              \
    "<decisionTable id=\"t\" hitPolicy=\"" policy "\">" columns "<output/>" rules "</"             \
    "decisionTable>"
#define DECIDES(name, needs, logic)                                                                \
    "<decision id=\"" name "_d\" name=\"" name "\"><variable name=\"" name "\"/>" needs logic      \
    "</decision>\n"

typedef struct Traced {
    jx_dmn_model *m;
    jx_dmn_eval *e;
    Arena *a;
    const char *text;
    Json *json;
} Traced;

static Traced traced(const char *xml, const char *input, const char *decision) {
    Traced t = {.m = load(xml), .a = arena_open(0)};
    const jx_dmn_value *v;
    t.e = eval_of(t.m);
    CHECK_INT(jx_dmn_eval_set_json(t.e, input, strlen(input)), JX_DMN_OK);
    CHECK_INT(jx_dmn_eval_run(t.e, decision, JX_DMN_TRACE, &v), JX_DMN_OK);
    t.text = jx_dmn_eval_trace(t.e, JX_DMN_TEXT, 0);
    const char *json = jx_dmn_eval_trace(t.e, JX_DMN_JSON, 0);
    Ctx c = ctx_new(t.a, 0);
    t.json = json_parse(&c, str_from(json), S("trace"));
    CHECK(t.json != NULL);
    return t;
}

static void end(Traced *t) {
    jx_dmn_eval_free(t->e);
    jx_dmn_model_free(t->m);
    arena_close(t->a);
}

static void says(const char *file, int line, const Traced *t, const char *what) {
    if (strstr(t->text, what)) return;
    test_failed(file, line, what);
    fputs(t->text, stdout);
}
#define SAYS(t, what) says(__FILE__, __LINE__, (t), (what))

/* {"kind": kind}, the first of the events. */
static Json *event(const Traced *t, const char *kind) {
    for (Json *k = json_get(t->json, S("events"))->first; k; k = k->next)
        if (str_eq(json_get_str(k, S("kind")), str_from(kind))) return k;
    return NULL;
}

static Str printed(Arena *a, const Json *j) {
    Buf b = buf_new(a, 0);
    if (j) json_print(&b, j, 0);
    return buf_str(&b);
}

TEST(library_trace_clamp_and_rounding) {
    Traced t = traced(HEAD INPUT("a", "a", "number")
                          DECISION("s", "s", NEEDS("a"),
                                   "max(0, min(round half up(a * 0.2, 2), 3000000, a))") TAIL,
                      "{\"a\": 1234.567}", "s");
    SAYS(&t, "decision s = 246.91");
    SAYS(&t, "round half up(a * 0.2, 2) rounded: 246.9134 → 246.91");
    SAYS(&t, "= 246.91, decided by item 1 (of 246.91, 3000000, 1234.567)");
    SAYS(&t, "= 246.91, decided by item 2 (of 0, 246.91)");
    CHECK_STR(printed(t.a, json_get(event(&t, "round"), S("of"))), S("[246.9134,2]"));
    CHECK_STR(printed(t.a, json_get(event(&t, "clamp"), S("decided_by"))), S("1"));
    end(&t);
}

static const char GRANT[] = HEAD INPUT("a", "staff", "number") INPUT("b", "kind", "string")
    DECIDES("grant", NEEDS("a") NEEDS("b"),
            TABLE("FIRST", COLUMN("staff") COLUMN("kind"),
                  RULE2("&gt;= 300", "\"IC\",\"BIO\"", "30") RULE2("[100..200)", "\"IC\"", "20")
                      RULE2("-", "\"BIO\"", "10") RULE2("-", "not(\"X\")", "0"))) TAIL;

TEST(library_trace_first_failing_and_near) {
    Traced t = traced(GRANT, "{\"staff\": 250, \"kind\": \"IC\"}", "grant");
    SAYS(&t, "rule 1 does not match: column 1 staff = 250, the cell wants >= 300; nothing else is "
             "in the way, it matches from 300 up");
    SAYS(&t, "rule 2 does not match: column 1 staff = 250, the cell wants [100..200); nothing else "
             "is in the way, it matches below 200");
    SAYS(&t,
         "rule 3 does not match: column 2 kind = \"IC\", the cell wants \"BIO\"; nothing else is "
         "in the way, it matches \"BIO\"");
    SAYS(&t, "rule 4 matches and gives 0");
    Json *rules = json_get(json_at(json_get(t.json, S("tables")), 0), S("rules"));
    CHECK_INT(json_get_i64(json_at(rules, 1), S("first_failing"), 0), 1);
    CHECK_STR(printed(t.a, json_get(json_at(rules, 1), S("near"))),
              S("{\"input\":1,\"down\":{\"at\":200,\"included\":false}}"));
    CHECK(json_get(json_at(rules, 3), S("first_failing")) == NULL);
    end(&t);
    t = traced(GRANT, "{\"staff\": 50, \"kind\": \"X\"}", "grant");
    rules = json_get(json_at(json_get(t.json, S("tables")), 0), S("rules"));
    CHECK(json_get(json_at(rules, 0), S("near")) == NULL); /* two inputs away */
    SAYS(&t, "null: no rule of decision table “grant” matches");
    end(&t);
    t = traced(GRANT, "{\"staff\": 50}", "grant");
    SAYS(&t, "input kind was not given");
    SAYS(&t, "rule 4 matches and gives 0");
    end(&t);
}

TEST(library_trace_cells_that_are_not_constant) {
    Traced t =
        traced(HEAD INPUT("a", "a", "number") INPUT("b", "b", "number")
                   DECIDES("d", NEEDS("a") NEEDS("b"),
                           TABLE("UNIQUE", COLUMN("a") COLUMN("b"),
                                 RULE2("&gt; b", "-", "1") RULE2("&lt;= b", "&gt; a * 2", "2")
                                     RULE2("? = b + 100", "&lt; 0", "3")
                                         RULE2("&lt;= b", "&lt;= a * 2", "4"))) TAIL,
               "{\"a\": 3, \"b\": 5}", "d");
    SAYS(&t, "decision d = 4");
    SAYS(&t,
         "rule 1 does not match: column 1 a = 3, the cell wants > b; nothing else is in the way");
    SAYS(&t, "rule 2 does not match: column 2 b = 5, the cell wants > a * 2; nothing else");
    SAYS(&t, "rule 3 does not match: column 1 a = 3, the cell wants ? = b + 100\n");
    SAYS(&t, "rule 4 matches and gives 4");
    end(&t);
}

TEST(library_trace_which_rules_are_used) {
#define OVERLAP(policy)                                                                            \
    HEAD INPUT("a", "a", "number") DECIDES(                                                        \
        "d", NEEDS("a"),                                                                           \
        TABLE(policy, COLUMN("a") COLUMN("a"),                                                     \
              RULE2("&gt; 0", "-", "1") RULE2("&gt; 1", "-", "2") RULE2("&gt; 9", "-", "3"))) TAIL
    Traced t = traced(OVERLAP("FIRST"), "{\"a\": 5}", "d");
    SAYS(&t, "rule 1 matches and gives 1");
    SAYS(&t, "rule 2 matches too and is not used");
    end(&t);
    t = traced(OVERLAP("COLLECT"), "{\"a\": 5}", "d");
    SAYS(&t, "rule 1 matches and gives 1");
    SAYS(&t, "rule 2 matches and gives 2");
    SAYS(&t, "rule 3 does not match");
    end(&t);
    t = traced(OVERLAP("UNIQUE"), "{\"a\": 5}", "d");
    SAYS(&t, "null: decision table “d” has hit policy unique, but rules 1 and 2 both match");
    end(&t);
}

TEST(library_trace_inside_services_and_functions) {
    /* a cell that was not tested inside a function with locals stays untested */
    Traced t = traced(
        HEAD INPUT("a", "a",
                   "number") "<businessKnowledgeModel id=\"f\" name=\"f\"><encapsulatedLogic>"
                             "<formalParameter name=\"x\"/>" TABLE(
                                 "FIRST", COLUMN("x") COLUMN("x"),
                                 RULE2("&gt; 7", "&gt; x", "1")
                                     RULE2("-", "&lt;= x",
                                           "2")) "</encapsulatedLogic></"
                                                 "businessKnowledgeModel>" DECISION(
                                                     "d", "d", NEEDS("a") KNOWS("f"), "f(a)") TAIL,
        "{\"a\": 5}", "d");
    SAYS(&t, "decision d = 2");
    SAYS(&t, "rule 1 does not match: column 1 x = 5, the cell wants > 7\n");
    SAYS(&t, "rule 2 matches and gives 2");
    end(&t);
}

TEST(library_trace_is_cut_to_size) {
    char in[64];
    Traced t =
        traced(HEAD INPUT("a", "a", "number")
                   DECISION("s", "s", NEEDS("a"), "sum(for i in 1..a return max(i, 3))") TAIL,
               "{\"a\": 400}", "s");
    size_t whole = strlen(t.text);
    CHECK(strstr(t.text, "cut:") == NULL);
    for (size_t limit = 150; limit < whole; limit = limit * 3 / 2) {
        const char *text = jx_dmn_eval_trace(t.e, JX_DMN_TEXT, limit);
        CHECK(strlen(text) <= limit && strlen(text) > limit / 2 && strstr(text, "… cut: "));
        const char *json = jx_dmn_eval_trace(t.e, JX_DMN_JSON, limit);
        CHECK(strlen(json) <= limit && strstr(json, "\"cut\":true"));
        Ctx c = ctx_new(t.a, 0);
        CHECK(json_parse(&c, str_from(json), S("cut")) != NULL);
    }
    snprintf(in, sizeof in, "%s", jx_dmn_eval_trace(t.e, JX_DMN_TEXT, 1));
    CHECK(strstr(in, "… cut: 0 of ") == in);
    end(&t);
}

TEST(library_trace_needs_a_traced_run) {
    jx_dmn_model *m = load(GRANT);
    jx_dmn_eval *e = eval_of(m);
    CHECK(!jx_dmn_eval_trace(e, JX_DMN_JSON, 0));
    run(e, "grant");
    CHECK(!jx_dmn_eval_trace(e, JX_DMN_TEXT, 0) && !jx_dmn_eval_trace(NULL, JX_DMN_TEXT, 0));
    jx_dmn_eval_free(e);
    jx_dmn_model_free(m);
}
