/* Recommendations for the library only and the case by which the firm comes in: what
 * recommend_case.c needs of recommend_join.c. */
#ifndef JIXIA_CITY_LIBRARY_RECOMMEND_JOIN_H
#define JIXIA_CITY_LIBRARY_RECOMMEND_JOIN_H
#include "city/library/recommend_case.h"

/* The case a recommendation belongs to from now on. */
bool recommend_belongs(Db *db, int64_t id, int64_t case_file);
/* One for the library only: the firm's open case that waits for its word on a tier of the rule gets
 * it; none such: nothing. */
bool recommend_join_waiting(Db *db, const Register *reg, const Recommendation *o);
#endif
