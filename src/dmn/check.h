/* Static checks of a model beyond what loading finds. */
#ifndef JIXIA_DMN_CHECK_H
#define JIXIA_DMN_CHECK_H
#include "dmn/dmn.h"

/* Adds findings to c: unused inputs and requirements, decisions without logic, cells that can never
 * match. Loading has already noted unknown names, types and what does not parse. */
void dmn_check(Ctx *c, const DmnModel *m);
/* Is the model (or what node depends on, when not NULL) unusable: does some finding say that a text
 * does not parse, a name or a type is unknown? */
bool dmn_broken(const DmnModel *m, const Note *notes, const DmnNode *node);
#endif
