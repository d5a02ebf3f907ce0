/* Keeping the decisions of a whole run: their packets, facts and journal entries, in transactions
 * of some hundred decisions. */
#ifndef JIXIA_CITY_BUNDLE_KEEP_H
#define JIXIA_CITY_BUNDLE_KEEP_H
#include "city/evaluate.h"

/* Evaluates as `o` says (row and user are its own) and keeps every decision that is applicable.
 * *kept counts them, also when it fails: those of finished transactions stay. */
bool register_evaluate_keep(Ctx *c, const Register *r, EvaluateOptions o, const Act *act,
                            EvaluateReport *out, int64_t *kept);
#endif
