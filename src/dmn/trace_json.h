/* The trace of a decision as JSON: every table it evaluated with input values, outcomes of cells
 * and rules, and the conditions of boolean decisions. */
#ifndef JIXIA_DMN_TRACE_JSON_H
#define JIXIA_DMN_TRACE_JSON_H
#include "codec/json.h"
#include "dmn/dmn.h"

/* One table as the page shows it: inputs with values, rules with cells as written and outcome. */
Json *dmn_table_json(Arena *a, const DmnTableView *view);
/* The conditions of a boolean decision (empty when it has none). */
Json *dmn_conditions_json(DmnEval *e, const DmnNode *n, Arena *a);
/* {"tables": […], "conditions": […]} of a decision that was run with dmn_explain on. */
Json *dmn_trace_json(DmnEval *e, const DmnNode *n, Arena *a);
#endif
