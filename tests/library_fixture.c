/* See library_fixture.h. */
#include "tests/library_fixture.h"

jx_dmn_model *load_with(const char *xml, const jx_dmn_options *o, jx_dmn_status want) {
    jx_dmn_source file = {"m.dmn", xml, strlen(xml)};
    jx_dmn_model *m = NULL;
    CHECK_INT(jx_dmn_load(&file, 1, o, &m), want);
    return m;
}

const jx_dmn_options ENGLISH = {.lang = JX_DMN_ENGLISH};

jx_dmn_model *load(const char *xml) {
    return load_with(xml, &ENGLISH, JX_DMN_OK);
}

jx_dmn_eval *eval_of(const jx_dmn_model *m) {
    jx_dmn_eval *e = NULL;
    CHECK_INT(jx_dmn_eval_new(m, &e), JX_DMN_OK);
    return e;
}

const jx_dmn_value *run(jx_dmn_eval *e, const char *name) {
    const jx_dmn_value *v = NULL;
    CHECK_INT(jx_dmn_eval_run(e, name, 0, &v), JX_DMN_OK);
    return v;
}

void check_z(const char *file, int line, const char *got, const char *want) {
    test_check_str(file, line, str_from(got), str_from(want));
}
