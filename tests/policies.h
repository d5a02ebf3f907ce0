/* All hit policies, as attributes of a decision table; the last one counts. */
#ifndef JIXIA_TEST_POLICIES_H
#define JIXIA_TEST_POLICIES_H

static const char *const POLICIES[] = {
    "hitPolicy='UNIQUE'",
    "hitPolicy='ANY'",
    "hitPolicy='PRIORITY'",
    "hitPolicy='FIRST'",
    "hitPolicy='RULE ORDER'",
    "hitPolicy='OUTPUT ORDER'",
    "hitPolicy='COLLECT'",
    "hitPolicy='COLLECT' aggregation='SUM'",
    "hitPolicy='COLLECT' aggregation='MIN'",
    "hitPolicy='COLLECT' aggregation='MAX'",
    "hitPolicy='COLLECT' aggregation='COUNT'",
};
enum { POLICY_COUNT = sizeof POLICIES / sizeof *POLICIES };
#endif
