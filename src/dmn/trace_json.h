/* Explanations as JSON: tables with input values and the outcome of cells and rules, conditions of
 * boolean decisions, and the whole trace of an evaluation. */
#ifndef JIXIA_DMN_TRACE_JSON_H
#define JIXIA_DMN_TRACE_JSON_H
#include "codec/json.h"
#include "dmn/dmn.h"

/* The conditions of a boolean decision (empty when it has none). */
Json *dmn_conditions_json(DmnEval *e, const DmnNode *n, Arena *a);
/* The trace of a decision since trace_start:
 *
 *   {"tables": [{…, "rules": [{…, "first_failing": 2, "near": {"input": 2, "up": …}}], "of": 3}],
 *    "conditions": […],
 *    "events": [{"kind": "input", "parent": -1, "name": …, "value": …}, …],
 *    "shown": 12, "items": 12, "cut": false}
 *
 * Inputs and rules are numbered from 1, events from 0; parent -1 is none. limit_bytes > 0: cut so
 * that its text has at most so many bytes when it is printed with this indent and each line stands
 * `shift` blanks further in (the least form says what was cut and may be longer). In the arena of
 * the evaluation. */
Json *dmn_trace_json(DmnEval *e, const DmnNode *n, size_t limit_bytes, int indent, size_t shift);
#endif
