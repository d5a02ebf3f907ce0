/* Effects: what an act of a flow does besides moving its case. One table, from the word after `do:`
 * to a function of the mechanism that does it, run in the act's transaction. A mechanism adds a row
 * (effects.c) and needs nothing else.
 */
#ifndef JIXIA_CITY_FLOW_EFFECTS_H
#define JIXIA_CITY_FLOW_EFFECTS_H
#include "city/flow/case.h"

/* False: the failure recorded undoes the whole act. args: the entry of the flow's YAML. */
typedef bool (*EffectFn)(Db *db, const CaseStep *step, const Json *args);

typedef struct Effect {
    Str name;
    EffectFn run;
    const char *const *keys; /* the keys its entry may have besides `do`; NULL-ended */
} Effect;

/* NULL when nothing has that name. */
const Effect *effect_find(Str name);
/* The nearest name, for “did you mean”; empty when none is near. */
Str effect_nearest(Str name);

/* case_act.c, effects.c: those of the cases themselves.
 * case.open {flow, data: {…}}: opens a case of the flow about the same subject, this case its
 * parent when the flow's parent is this flow.
 * case.act {flow, act, where: [STATE…]}: does an act on the children of that flow in these states.
 * data.set {field, value: today|actor|TEXT}: writes the case's data. */
bool effect_case_open(Db *db, const CaseStep *step, const Json *args);
bool effect_case_act(Db *db, const CaseStep *step, const Json *args);
/* case.district {}: the case passes to the district of its enterprise today; ERR_RULE when that is
 * where it is. */
bool effect_case_district(Db *db, const CaseStep *step, const Json *args);
bool effect_data_set(Db *db, const CaseStep *step, const Json *args);
/* A further act on the step's own case, by the system for who acts; step->file is then as that act
 * left it. */
bool case_step_act(Db *db, const CaseStep *step, const CaseMove *m);
/* Whether a list of texts has this one; true without a list. */
bool case_in_list(const Json *list, Str text);
#endif
