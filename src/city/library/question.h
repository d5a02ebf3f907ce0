/* Questions 一问一答: one question to a firm with a deadline instead of a form, opened in bulk from
 * a discovery. The flow is whichever of the pack has the effect fact.record; its entry says under
 * which of the flow's fields the question, the indicator, the period, the answer stand, so that no
 * name of a field or state stands in C.
 *
 * An accepted answer becomes a fact with its source: 企业填报 unless the clerk says which better
 * one it is, and then with its proof: the code of an audit report, an authorisation that covers it,
 * the number of a department's answer (yes or no only). What counts is still the pack's precedence.
 */
#ifndef JIXIA_CITY_LIBRARY_QUESTION_H
#define JIXIA_CITY_LIBRARY_QUESTION_H
#include "city/flow/case.h"
#include "city/library/discover.h"

enum { QUESTION_MOST = 2000, QUESTION_DAYS_MOST = 365 };

/* fact.record {ask, rule, indicator, period, days, value, class, proof}: names of fields. */
extern const char *const QUESTION_KEYS[];
bool effect_fact_record(Db *db, const CaseStep *step, const Json *args);

typedef struct QuestionAsk {
    const Discovery *discovery;
    const DiscoverRow *row;
    int days; /* working days to answer */
    Str text; /* empty: 请提供… */
} QuestionAsk;

/* Opens the question to the firm of a row that lacks one fact, in the caller's write transaction;
 * *id 0: the same question is open already. */
bool question_open(Db *db, const Register *reg, const QuestionAsk *q, const CaseActor *actor,
                   int64_t *id);
#endif
