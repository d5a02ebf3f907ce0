/* Notices in flows: what guards can ask under 公示 of a case that stands in a notice. */
#ifndef JIXIA_CITY_NOTICE_FLOW_H
#define JIXIA_CITY_NOTICE_FLOW_H
#include "city/flow/case.h"
#include "feel/value.h"

/* 公示 {状态, 已结束, 未结异议, 成立异议, 文号}: of the newest published notice of the case's round
 * (its parent) that names the case's enterprise; of a round's own case: of its newest, and of all
 * its enterprises. 状态: published, concluded, taken_down, null
 * without one; 已结束: concluded, its period being over. */
bool notice_context(Db *db, const Register *reg, const CaseFile *k, Val *out);
extern const char *const NOTICE_MEMBERS[];
#endif
