/* A rule's model as the contract shows it: steps and decision tables as written. */
#ifndef JIXIA_HTTP_RULE_JSON_H
#define JIXIA_HTTP_RULE_JSON_H
#include "city/decide.h"
#include "codec/json.h"

/* Step of an input, a decision or a business knowledge model; units from the dictionary. */
Json *rule_step_json(Arena *a, const PackSet *p, const CompiledVersion *cv, const DmnNode *n);
/* All decision tables of a version, also those inside contexts: DecisionTable objects pushed to a
 * list, in order of the file. */
void rule_tables_json(Arena *a, const PackSet *p, const CompiledVersion *cv, Json *list);
/* The DecisionTable of one expression of kind EXPR_TABLE that stands in node n. */
Json *rule_table_json(Arena *a, const PackSet *p, const CompiledVersion *cv, const DmnNode *n,
                      const DmnExpr *e);
/* A parameter with its unit: the one rule.yaml states, or that of the fact it is compared with, or
 * of the rule's result; null for ratios, durations and what no single fact measures. */
Json *rule_parameter_json(Arena *a, const PackSet *p, const CompiledVersion *cv,
                          const RuleParameter *k);
/* The unit of an expression that is one fact: 营业收入 or 营业收入.前3年; empty: none. */
Str rule_fact_unit(const PackSet *p, Str expr);
/* The notes of a version, pushed to a list of texts. */
void rule_notes_json(Arena *a, const RuleVersion *v, Json *list);
/* DMN words: UNIQUE, …, OUTPUT ORDER. */
Str rule_hit_text(HitPolicy p);
#endif
