/* The TCK runner: its comparator, and the kit itself when it is there ($JIXIA_TCK, or shared/tck
 * beside the checkout). Without the kit one case fewer runs; nothing is counted as passed. */
#include <stdlib.h>

#include "base/file.h"
#include "dmn/tck.h"
#include "tests/test.h"

static const char MODEL[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' namespace='t' name='t'>"
    "<inputData id='i' name='i'><variable name='i'/></inputData>"
    "<decision id='d' name='d'><variable name='d'/>"
    "<informationRequirement><requiredInput href='#i'/></informationRequirement>"
    "<literalExpression><text>i</text></literalExpression></decision>"
    "<decision id='e' name='e'><variable name='e'/>"
    "<literalExpression><text>1 + \"a\"</text></literalExpression></decision>"
    "<decision id='n' name='n'><variable name='n'/>"
    "<literalExpression><text>null</text></literalExpression></decision>"
    "</definitions>";

/* Runs one case given the inner XML of input and expected. */
static bool passes(const char *input, const char *result) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Str xml = str_printf(a,
                         "<testCases xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>"
                         "<testCase id='1'><inputNode name='i'>%s</inputNode>%s</testCase>"
                         "</testCases>",
                         input, result);
    DmnSource src = {S("t"), str_from(MODEL)};
    DmnModel *m = dmn_load(&c, &src, 1);
    TckFile *f = tck_read(&c, xml, S("t.xml"));
    CHECK(m && f && f->ncases == 1);
    Str why = {0};
    bool ok = m && f && tck_run(a, m, f->cases, &why);
    CHECK(ok == (why.n == 0));
    arena_close(a);
    return ok;
}

#define V(type, text) "<value xsi:type='xsd:" type "'>" text "</value>"
#define D(inner) "<resultNode name='d'><expected>" inner "</expected></resultNode>"

TEST(tck_numbers_are_exact_up_to_seven_digits) {
    CHECK(passes(V("decimal", "1.50"), D(V("decimal", "1.5"))));
    CHECK(passes(V("decimal", "1.5"), D(V("double", "1.5E0"))));
    CHECK(!passes(V("decimal", "1.00000001"), D(V("decimal", "1"))));
    CHECK(!passes(V("decimal", "0.12345671"), D(V("decimal", "0.1234567"))));
    CHECK(passes(V("decimal", "0.333333333333"), D(V("decimal", "0.33333333"))));
    CHECK(!passes(V("decimal", "0.3333334"), D(V("decimal", "0.33333333"))));
    CHECK(!passes(V("string", "1"), D(V("decimal", "1"))));
}

TEST(tck_values_are_typed) {
    CHECK(passes(V("date", "2020-01-01"), D(V("date", "2020-01-01"))));
    CHECK(!passes(V("string", "2020-01-01"), D(V("date", "2020-01-01"))));
    CHECK(!passes(V("duration", "P12M"), D(V("duration", "P365D"))));
    CHECK(passes(V("duration", "P12M"), D(V("duration", "P1Y"))));
    CHECK(!passes(V("time", "10:00:00.5"), D(V("time", "10:00:00"))));
    CHECK(passes("<value xsi:nil='true'/>", D("<value xsi:nil='true'/>")));
    CHECK(passes("<value xsi:nil='true'/>", "<resultNode name='d'/>"));
    CHECK(!passes(V("boolean", "false"), "<resultNode name='d'/>"));
}

#define ITEM(v) "<item>" v "</item>"
#define PART(n, v) "<component name='" n "'>" v "</component>"

TEST(tck_lists_by_order_contexts_by_key) {
    static const char ONE_TWO[] =
        "<list>" ITEM(V("decimal", "1")) ITEM(V("decimal", "2")) "</list>";
    CHECK(passes(ONE_TWO, D("<list>" ITEM(V("decimal", "1")) ITEM(V("decimal", "2")) "</list>")));
    CHECK(!passes(ONE_TWO, D("<list>" ITEM(V("decimal", "2")) ITEM(V("decimal", "1")) "</list>")));
    CHECK(!passes(ONE_TWO, D("<list>" ITEM(V("decimal", "1")) "</list>")));
    static const char AB[] = PART("a", V("decimal", "1")) PART("b", V("string", "x"));
    CHECK(passes(AB, D(PART("b", V("string", "x")) PART("a", V("decimal", "1")))));
    CHECK(!passes(AB, D(PART("a", V("decimal", "1")))));
    CHECK(!passes(AB, D(PART("a", V("decimal", "1")) PART("c", V("string", "x")))));
}

TEST(tck_error_needs_a_diagnostic) {
    CHECK(passes("", "<resultNode name='e' errorResult='true'/>"));
    CHECK(passes("", "<resultNode name='e'/>"));
    CHECK(!passes("", "<resultNode name='n' errorResult='true'/>"));
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    CHECK(tck_read(&c, S("<other/>"), S("t.xml")) == NULL);
    CHECK_INT(c.err.note.msg, M_DMN_TCK_FORMAT);
    arena_close(a);
}

/* --- the kit ------------------------------------------------------------------------------------
 */

/* The number of cases run. */
static int run_file(Str folder, Str file, Str *names, int n) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Str bytes;
    TckFile *f = NULL;
    if (file_read(&c, path_join(a, folder, file), 64 << 20, &bytes)) f = tck_read(&c, bytes, file);
    DmnSource *files = NEW_N(a, DmnSource, n + 1);
    int count = 1;
    for (int i = 0; f && i < n; i++) {
        DmnSource *s = str_eq(names[i], f->model) ? &files[0] : &files[count];
        if (!str_ends(names[i], S(".dmn"))) continue;
        s->file = names[i];
        count += s != files;
        CHECK(file_read(&c, path_join(a, folder, names[i]), 64 << 20, &s->bytes));
    }
    DmnModel *m = f ? dmn_load(&c, files, count) : NULL;
    for (int i = 0; f && i < f->ncases; i++) {
        Str why = {0};
        Arena *own = arena_open(0);
        test_case_begin("tck", str_printf(a, "%.*s %.*s", STRF(file), STRF(f->cases[i].id)));
        if (!m || !tck_run(own, m, &f->cases[i], &why))
            test_failed(__FILE__, __LINE__, str_z(a, why));
        test_case_end();
        arena_close(own);
    }
    int cases = f ? f->ncases : 0;
    arena_close(a);
    return cases;
}

static int run_folder(Arena *a, Str folder) {
    Ctx c = ctx_new(a, 0);
    Str *names;
    int n, cases = 0;
    if (!file_list(&c, folder, &names, &n)) return 0;
    for (int i = 0; i < n; i++)
        if (str_ends(names[i], S(".xml"))) cases += run_file(folder, names[i], names, n);
    return cases;
}

TEST(tck_kit) {
    static const char *const LEVELS[] = {"compliance-level-2", "compliance-level-3"};
    const char *kit = getenv("JIXIA_TCK");
    Arena *a = arena_open(0);
    int folders = 0, cases = 0;
    for (int i = 0; i < 2; i++) {
        Ctx c = ctx_new(a, 0);
        Str *names;
        int n;
        Str level = str_printf(a, "%s/TestCases/%s", kit ? kit : "../shared/tck", LEVELS[i]);
        if (!file_list(&c, level, &names, &n)) continue;
        for (int k = 0; k < n; k++, folders++)
            cases += run_folder(a, path_join(a, level, names[k]));
    }
    CHECK(folders == 0 || cases > 0);
    if (folders == 0) printf("skipped: the DMN TCK is not here (set JIXIA_TCK)\n");
    arena_close(a);
}
