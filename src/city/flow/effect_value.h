/* Values in the entries of effects (effects.h): a text as it stands, or taken from the case. */
#ifndef JIXIA_CITY_FLOW_EFFECT_VALUE_H
#define JIXIA_CITY_FLOW_EFFECT_VALUE_H
#include "city/flow/case.h"

/* 数据.NAME: the case's data; 参数.NAME: those of the case it belongs to (its own when it belongs
 * to none); today: the day of the act, ISO; anything else: itself. Empty for what is not there,
 * null or no text. A failure of the store is recorded. */
Str effect_text(Db *db, const CaseStep *s, const Json *value);
/* The same as a day, yyyymmdd; 0 when it is empty, ERR_RULE when it is none. */
bool effect_day(Db *db, const CaseStep *s, const Json *value, int32_t *out);
/* Who acts and why, for the journal: the reason given, else the title of the act. */
Act effect_act(const CaseStep *s);
#endif
