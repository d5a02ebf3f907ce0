/* Small models and short calls for the tests of the public library. */
#ifndef JIXIA_TEST_LIBRARY_FIXTURE_H
#define JIXIA_TEST_LIBRARY_FIXTURE_H
#include <jixia/dmn.h>
#include <string.h>

#include "tests/test.h"

#define HEAD                                                                                       \
    "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" name=\"m\" "              \
    "namespace=\"urn:m\" id=\"m\">\n"
#define INPUT(id, name, type)                                                                      \
    "<inputData id=\"" id "\" name=\"" name "\"><variable name=\"" name "\" typeRef=\"" type       \
    "\"/></inputData>\n"
#define NEEDS(id)                                                                                  \
    "<informationRequirement><requiredInput href=\"#" id "\"/></informationRequirement>"
#define KNOWS(id)                                                                                  \
    "<knowledgeRequirement><requiredKnowledge href=\"#" id "\"/></knowledgeRequirement>"
#define DECISION(id, name, needs, text)                                                            \
    "<decision id=\"" id "\" name=\"" name "\"><variable name=\"" name "\"/>" needs                \
    "<literalExpression id=\"" id "_e\"><text>" text "</text></literalExpression></decision>\n"
#define TAIL "</definitions>\n"

/* Checks the status; the model may be NULL. */
jx_dmn_model *load_with(const char *xml, const jx_dmn_options *o, jx_dmn_status want);
/* A model that loads, with English texts. */
jx_dmn_model *load(const char *xml);
jx_dmn_eval *eval_of(const jx_dmn_model *m);
const jx_dmn_value *run(jx_dmn_eval *e, const char *name);
void check_z(const char *file, int line, const char *got, const char *want);
#define CHECK_Z(got, want) check_z(__FILE__, __LINE__, (got), (want))
extern const jx_dmn_options ENGLISH;
#endif
