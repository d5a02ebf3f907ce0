/* dmn: reading, diagnostics, requirement graph, services, imports, JSON. */
#include "dmn/dmn.h"
#include "dmn/trace_json.h"
#include "dmn/value_json.h"
#include "tests/test.h"

#define DEFS "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' "

static DmnModel *load(Ctx *c, const char *body) {
    Str xml = str_printf(c->arena, DEFS "namespace='urn:t' name='t'>%s</definitions>", body);
    DmnSource src = {S("t.dmn"), xml};
    return dmn_load(c, &src, 1);
}

static Str run(const DmnModel *m, Arena *a, Str decision, const char *json) {
    DmnEval *e = dmn_eval_new(m, a);
    Ctx c = ctx_new(a, 0);
    Json *in = json_parse(&c, str_from(json), S("in.json"));
    CHECK(in != NULL);
    for (const Json *k = in ? in->first : NULL; k; k = k->next) {
        const DmnNode *n = dmn_find(m, k->key);
        Val v = val_null();
        CHECK(n && val_from_json(&c, k, m->types[n->index], k->key, &v));
        if (n) dmn_set_node(e, n, v);
    }
    Val v = val_null();
    CHECK(dmn_run(e, decision, &v));
    Buf b = buf_new(a, 0);
    json_canonical(&b, json_from_val(a, v));
    return buf_str(&b);
}

static const char LOAN[] =
    "<itemDefinition name='tFirm'>"
    "<itemComponent name='营业收入'><typeRef>number</typeRef></itemComponent>"
    "<itemComponent name='成立日期'><typeRef>date</typeRef></itemComponent></itemDefinition>"
    "<inputData id='i' name='企业'><variable name='企业' typeRef='tFirm'/></inputData>"
    "<businessKnowledgeModel id='b' name='加成'><variable name='加成'/><encapsulatedLogic>"
    "<formalParameter name='x' typeRef='number'/>"
    "<literalExpression><text>x * 1.1</text></literalExpression></encapsulatedLogic>"
    "</businessKnowledgeModel>"
    "<decision id='d' name='应得'><variable name='应得' typeRef='number'/>"
    "<informationRequirement><requiredInput href='#i'/></informationRequirement>"
    "<knowledgeRequirement><requiredKnowledge href='urn:t#b'/></knowledgeRequirement>"
    "<literalExpression><text>加成(企业.营业收入)</text></literalExpression></decision>"
    "<decision id='e' name='达标'><variable name='达标' typeRef='boolean'/>"
    "<informationRequirement><requiredDecision href='#d'/></informationRequirement>"
    "<informationRequirement><requiredInput href='#i'/></informationRequirement>"
    "<literalExpression><text>应得 &gt;= 110 and 企业.成立日期 &lt; date(\"2020-01-01\")</text>"
    "</literalExpression></decision>"
    "<decisionService id='s' name='服务'><variable name='服务'/><outputDecision href='#e'/>"
    "<inputDecision href='#d'/><inputData href='#i'/></decisionService>";

TEST(dmn_runs_a_graph) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    DmnModel *m = load(&c, LOAN);
    CHECK(m && c.note_count == 0);
    const char *in = "{\"企业\":{\"营业收入\":\"100.10\",\"成立日期\":\"2019-05-01\"}}";
    CHECK_STR(run(m, a, S("应得"), in), S("110.11"));
    CHECK_STR(run(m, a, S("达标"), in), S("true"));
    CHECK_STR(
        run(m, a, S("达标"), "{\"应得\":1,\"企业\":{\"营业收入\":1,\"成立日期\":\"2019-05-01\"}}"),
        S("false"));
    CHECK_STR(run(m, a, S("服务"),
                  "{\"应得\":200,\"企业\":{\"营业收入\":1,\"成立日期\":\"2019-05-01\"}}"),
              S("true"));
    CHECK_STR(run(m, a, S("应得"), "{}"), S("null"));
    const DmnNode *inputs[4];
    CHECK_INT(dmn_inputs_of(m, dmn_find(m, S("达标")), inputs, 4), 1);
    CHECK_STR(inputs[0]->name, S("企业"));
    arena_close(a);
}

TEST(dmn_reads_every_version) {
    static const char *const NS[] = {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    };
    Arena *a = arena_open(0);
    for (int i = 0; i < 5; i++) {
        Ctx c = ctx_new(a, 0);
        Str xml = str_printf(a,
                             "<d:definitions xmlns:d='%s' xmlns:x='urn:x' namespace='t' name='t'>"
                             "<x:decision/><d:inputData id='i' name='n'>"
                             "<d:variable name='n' typeRef='feel:number'/></d:inputData>"
                             "<d:decision id='e' name='e'><d:variable name='e'/>"
                             "<d:informationRequirement><d:requiredInput href='#i'/>"
                             "</d:informationRequirement><d:literalExpression><x:text>0</x:text>"
                             "<d:text>n + 1</d:text></d:literalExpression></d:decision>"
                             "</d:definitions>",
                             NS[i]);
        DmnSource src = {S("t.dmn"), xml};
        DmnModel *m = dmn_load(&c, &src, 1);
        CHECK(m && c.note_count == 0);
        if (m) CHECK_STR(run(m, a, S("e"), "{\"n\":\"41\"}"), S("42"));
    }
    arena_close(a);
}

TEST(dmn_conditions_show_value_required_gap) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    DmnModel *m = load(&c, LOAN);
    DmnEval *e = dmn_eval_new(m, a);
    dmn_set(e, S("应得"), val_int(90));
    DmnCondition found[4];
    int n = dmn_conditions(e, dmn_find(m, S("达标")), found, 4);
    CHECK_INT(n, 2);
    CHECK_STR(found[0].text, S("应得 >= 110"));
    CHECK(val_is(found[0].outcome, false));
    CHECK_INT(found[0].value.i, 90);
    CHECK_INT(found[0].required.i, 110);
    CHECK_INT(found[0].gap.i, 20);
    CHECK_INT(dmn_feel(e)->diag.note_count, 0);
    arena_close(a);
}

TEST(dmn_unknown_facts_flow_through) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    DmnModel *m = load(&c, LOAN);
    Val none = val_null();
    Val keys[2] = {unknown_fact(a, 3, none, none, NULL, 0, false, false), val_date(20000)};
    static const Str NAMES[] = {STR_INIT("营业收入"), STR_INIT("成立日期")};
    Context firm = {.n = 2, .keys = NAMES, .vals = keys};
    DmnEval *e = dmn_eval_new(m, a);
    Val v;
    dmn_set(e, S("企业"), val_context(&firm));
    CHECK(dmn_run(e, S("达标"), &v) && val_is(v, false));
    keys[1] = val_date(10000);
    dmn_set(e, S("企业"), val_context(&firm));
    CHECK(dmn_run(e, S("达标"), &v) && v.tag == V_UNKNOWN);
    CHECK(v.tag == V_UNKNOWN && val_unk(v)->ndeps == 1 && val_unk(v)->deps[0] == 3);
    arena_close(a);
}

#define IN "<inputData id='a' name='a'><variable name='a'/></inputData>"
#define DEC(id, reqs, text)                                                                        \
    "<decision id='" id "' name='" id "'><variable name='" id "'/>" reqs                           \
    "<literalExpression><text>" text "</text></literalExpression></decision>"
#define NEEDS(id)                                                                                  \
    "<informationRequirement><requiredDecision href='#" id "'/></informationRequirement>"

TEST(dmn_refuses_bad_models) {
    static const struct {
        const char *body;
        Msg msg;
        const char *place;
    } BAD[] = {
        {IN IN, M_DMN_DUPLICATE_ID, "t.dmn:1:"},
        {"<inputData id='x'/>", M_DMN_NO_ATTRIBUTE, "t.dmn:1:"},
        {DEC("p", NEEDS("q"), "q") DEC("q", NEEDS("p"), "p"), M_DMN_CYCLE, "t.dmn:1:"},
        {DEC("p", NEEDS("p"), "1"), M_DMN_CYCLE, "t.dmn:1:"},
        {DEC("abcd", NEEDS("abcx"), "1"), M_DMN_NO_ELEMENT, "t.dmn:1:"},
        {IN DEC("p", NEEDS("a"), "1"), M_DMN_WRONG_ELEMENT, "t.dmn:1:"},
        {"<import namespace='urn:o' name='o' "
         "importType='https://www.omg.org/spec/DMN/20191111/MODEL/'/>",
         M_DMN_NO_IMPORT, "t.dmn:1:"},
        {"<decision id='d' name='d'><decisionTable/></decision>", M_DMN_NO_OUTPUT, "t.dmn:1:"},
        {"<decision id='d' name='d'><decisionTable hitPolicy='SOME'><output/></decisionTable>"
         "</decision>",
         M_DMN_HIT_POLICY, "t.dmn:1:"},
        {"<decision id='d' name='d'><decisionTable><input/><output/><rule/></decisionTable>"
         "</decision>",
         M_DMN_RULE_CELLS, "t.dmn:1:"},
    };
    Arena *a = arena_open(0);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        Ctx c = ctx_new(a, 0);
        CHECK(load(&c, BAD[i].body) == NULL);
        CHECK_STR(msg_code(c.err.note.msg), msg_code(BAD[i].msg));
        CHECK(str_starts(c.err.note.place, str_from(BAD[i].place)));
        CHECK_INT(err_exit_status(c.err.code), 2);
    }
    Ctx c = ctx_new(a, 0);
    DmnSource other = {S("x"), S("<definitions xmlns='urn:other' namespace='n'/>")};
    CHECK(dmn_load(&c, &other, 1) == NULL);
    CHECK_INT(c.err.note.msg, M_DMN_NOT_DMN);
    arena_close(a);
}

/* A chain of n + 1 decisions. */
static DmnModel *chain(Ctx *c, int n) {
    Buf b = buf_new(c->arena, 0);
    for (int i = 0; i <= n; i++) {
        buf_printf(&b, "<decision id='d%d' name='d%d'><variable name='d%d'/>", i, i, i);
        if (i < n)
            buf_printf(&b,
                       "<informationRequirement><requiredDecision href='#d%d'/>"
                       "</informationRequirement><literalExpression><text>d%d + 1</text>"
                       "</literalExpression></decision>",
                       i + 1, i + 1);
    }
    buf_lit(&b, "<literalExpression><text>0</text></literalExpression></decision>");
    return load(c, str_z(c->arena, buf_str(&b)));
}

TEST(dmn_long_chains_end) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0), d = ctx_new(a, 0);
    DmnModel *m = chain(&c, DMN_HEIGHT_MAX);
    CHECK(m != NULL);
    if (m) CHECK_STR(run(m, a, S("d0"), "{}"), S("200"));
    CHECK(chain(&d, 5000) == NULL);
    CHECK_INT(d.err.note.msg, M_DMN_HEIGHT);
    CHECK_INT(d.err.code, ERR_LIMIT);
    arena_close(a);
}

TEST(dmn_hints_at_the_nearest) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    CHECK(load(&c, DEC("abcd", NEEDS("abcx"), "1")) == NULL);
    CHECK_STR(note_hint(a, &c.err.note, LANG_ZH), S("是否指“#abcd”？"));
    Ctx d = ctx_new(a, 0);
    DmnModel *m = load(&d, "<itemDefinition name='tLoan'><typeRef>number</typeRef>"
                           "</itemDefinition><inputData id='a' name='企业名称'>"
                           "<variable name='企业名称' typeRef='tLoam'/></inputData>");
    CHECK(m && m->errors == 1);
    CHECK_INT(d.notes->msg, M_DMN_UNKNOWN_TYPE);
    CHECK_STR(d.notes->args[1], S("tLoan"));
    CHECK_STR(dmn_nearest(m, S("企业名"), true), S("企业名称"));
    arena_close(a);
}

TEST(dmn_scope_is_requirements_only) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    DmnModel *m = load(&c, IN DEC("p", "", "a"));
    CHECK(m && m->errors == 1);
    CHECK_INT(c.notes->msg, M_FEEL_UNKNOWN_NAME);
    CHECK(str_starts(c.notes->place, S("t.dmn:1:")));
    CHECK_STR(run(m, a, S("p"), "{\"a\":1}"), S("null"));
    arena_close(a);
}

TEST(dmn_imports_by_namespace) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    DmnSource files[3] = {
        {S("main.dmn"),
         S(DEFS "namespace='urn:m' name='m'><import namespace='urn:o' name='外 部' importType='x'/>"
                "<decision id='d' name='d'><variable name='d'/><informationRequirement>"
                "<requiredDecision href='urn:o#e'/></informationRequirement><literalExpression>"
                "<text>外 部.e + 1</text></literalExpression></decision></definitions>")},
        {S("broken.dmn"), S("<definitions")},
        {S("other.dmn"), S(DEFS "namespace='urn:o' name='o'>" DEC("e", "", "41") "</definitions>")},
    };
    DmnModel *m = dmn_load(&c, files, 3);
    CHECK(m && c.note_count == 0);
    CHECK_STR(run(m, a, S("d"), "{}"), S("42"));
    CHECK_STR(run(m, a, S("d"), "{\"外 部.e\":1}"), S("2"));
    arena_close(a);
}

TEST(dmn_json_both_ways) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    static const char TEXT[] =
        "{\"d\":\"2020-02-29\",\"l\":[\"10:00:00Z\"],\"n\":1.50,\"x\":[null,true]}";
    TypeMember parts[] = {{S("d"), type_of(T_DATE)},
                          {S("l"), type_list(a, type_of(T_TIME))},
                          {S("n"), type_of(T_NUMBER)}};
    const Type *t = type_context(a, parts, 3, true);
    Json *j = json_parse(&c, str_from(TEXT), S("in"));
    Val v;
    CHECK(val_from_json(&c, j, t, S("v"), &v));
    Buf b = buf_new(a, 0);
    json_canonical(&b, json_from_val(a, v));
    CHECK_STR(buf_str(&b),
              S("{\"d\":\"2020-02-29\",\"l\":[\"10:00:00Z\"],\"n\":1.5,\"x\":[null,true]}"));
    CHECK(!val_from_json(&c, json_parse(&c, S("{\"d\":\"2021-02-29\"}"), S("in")), t, S("v"), &v));
    CHECK_INT(c.err.note.msg, M_DMN_VALUE_TYPE);
    CHECK_STR(c.err.note.args[0], S("v.d"));
    arena_close(a);
}

/* Every prefix and many single-byte changes of a model: refused or loaded, never a crash. */
TEST(dmn_survives_damaged_models) {
    Arena *a = arena_open(0);
    Str xml = str_printf(a, DEFS "namespace='urn:t' name='t'>%s</definitions>", LOAN);
    for (ptrdiff_t i = 0; i < xml.n; i += 3) {
        Arena *in = arena_open(0);
        Ctx c = ctx_new(in, 0);
        Str copy = str_dup(in, i % 2 ? str_sub(xml, 0, i) : xml);
        if (i % 2 == 0) ((char *)copy.p)[i] = "<>\"#x&'/= "[i % 10];
        DmnSource src = {S("t"), copy};
        DmnModel *m = dmn_load(&c, &src, 1);
        CHECK((m == NULL) == (c.err.code != ERR_NONE));
        if (m) run(m, in, m->main->nnodes ? m->main->nodes[0]->name : S("x"), "{}");
        arena_close(in);
    }
    arena_close(a);
}
