/* What waits for a person: open cases in whose state the person may do an act. */
#ifndef JIXIA_CITY_FLOW_CASE_WAIT_H
#define JIXIA_CITY_FLOW_CASE_WAIT_H
#include "city/flow/case.h"

typedef struct CaseWait {
    CaseFile file;
    const FlowAct *act; /* the first, in the order of the flow; guards are not looked at */
} CaseWait;

/* The most urgent `most`: those with a clock that runs, by the day it is over, then those that have
 * been unchanged longest. *total: all of them. */
bool case_waiting(Db *db, const Register *reg, const CaseActor *actor, int most, CaseWait **out,
                  int *n, int64_t *total);
#endif
