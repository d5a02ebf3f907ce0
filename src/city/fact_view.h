/* From facts to slots: which fact counts. Internal to city/fact*.c. */
#ifndef JIXIA_CITY_FACT_VIEW_H
#define JIXIA_CITY_FACT_VIEW_H
#include "city/fact.h"

/* Sets not_valid, rank and not_ranked of each fact. */
void fact_judge(Fact *facts, int n, const FactAt *at, const FactRank *rank);
/* Orders the facts of one subject into slots, in arena a. The facts must outlive the view. */
void fact_view_make(Arena *a, int64_t subject, const Fact *facts, int n, FactView *out);
#endif
