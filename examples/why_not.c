/* Says why a grant came out as it did, and which rule was how near: a traced run of the model
 * beside this file, with values made by the program instead of JSON.
 *
 *     why_not grant.dmn */
#include <jixia/dmn.h>
#include <stdio.h>

enum { MODEL_MAX = 1 << 16 };

static jx_dmn_model *load(const char *path) {
    static char xml[MODEL_MAX];
    jx_dmn_source file = {path, xml, 0};
    jx_dmn_options english = {0};
    jx_dmn_model *model = NULL;
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    file.size = fread(xml, 1, sizeof xml, f);
    fclose(f);
    english.lang = JX_DMN_ENGLISH;
    jx_dmn_load(&file, 1, &english, &model);
    return model;
}

int main(int argc, char **argv) {
    jx_dmn_model *model = argc == 2 ? load(argv[1]) : NULL;
    jx_dmn_eval *eval = NULL;
    const jx_dmn_value *grant;
    if (jx_dmn_eval_new(model, &eval) != JX_DMN_OK) return 1;
    jx_dmn_eval_set(eval, "研发费用", jx_dmn_number(eval, "1234567.89"));
    jx_dmn_eval_set(eval, "营业收入", jx_dmn_integer(eval, 10000000));
    jx_dmn_eval_set(eval, "从业人员", jx_dmn_integer(eval, 18));
    jx_dmn_status status = jx_dmn_eval_run(eval, "补助金额", JX_DMN_TRACE, &grant);
    if (status == JX_DMN_OK) fputs(jx_dmn_eval_trace(eval, JX_DMN_TEXT, 0), stdout);

    /* The same firm, the number of its staff not known yet: between 10 and 60. */
    const jx_dmn_value *low = jx_dmn_integer(eval, 10), *high = jx_dmn_integer(eval, 60);
    jx_dmn_eval_set(eval, "从业人员", jx_dmn_unknown(eval, "从业人员", low, high));
    status = jx_dmn_eval_run(eval, "补助金额", 0, &grant);
    const char *missing = "";
    jx_dmn_missing(eval, grant, &missing, 1);
    printf("%s, missing: %s\n", jx_dmn_value_json(eval, grant), missing);
    jx_dmn_eval_free(eval);
    jx_dmn_model_free(model);
    return status == JX_DMN_OK ? 0 : 1;
}
