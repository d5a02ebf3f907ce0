/* Static checks of a model beyond what loading finds. */
#ifndef JIXIA_DMN_CHECK_H
#define JIXIA_DMN_CHECK_H
#include "dmn/dmn.h"

/* Adds findings to c: unused inputs and requirements, decisions without logic, cells that can never
 * match, and for each table dmn_analyse_table. Loading has already noted unknown names, types and
 * what does not parse. */
void dmn_check(Ctx *c, const DmnModel *m);
/* Rules of a unique table that overlap (for any: with other outputs), rules of a first table that
 * earlier ones hide, and cases no rule of a single-hit table covers, each with an example. Only
 * what is certain is reported: a rule with a cell that is not constant covers everything when gaps
 * are sought and nothing when overlaps and hidden rules are. Null is not counted as a case. */
void dmn_analyse_table(Ctx *c, const DmnModel *m, const IrTable *t, const DmnExpr *source);
#endif
