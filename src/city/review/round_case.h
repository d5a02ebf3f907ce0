/* Rounds as cases: effects and guards of the flows `round` and `candidate` (packs, flows/). The
 * case carries the settings (data 设置, JSON as text); its acts run the same functions as
 * round_act. */
#ifndef JIXIA_CITY_REVIEW_ROUND_CASE_H
#define JIXIA_CITY_REVIEW_ROUND_CASE_H
#include "city/flow/case.h"
#include "feel/value.h"

/* round.freeze: a round from the case's settings, opened. */
bool effect_round_freeze(Db *db, const CaseStep *s, const Json *args);
/* round.enter: the subject of a candidate's case becomes a candidate of the parent's round. */
bool effect_round_enter(Db *db, const CaseStep *s, const Json *args);
/* round.close: closes the list. */
bool effect_round_close(Db *db, const CaseStep *s, const Json *args);
/* panel.assign, panel.close: seats the panel, closes scoring. */
bool effect_panel_assign(Db *db, const CaseStep *s, const Json *args);
bool effect_panel_close(Db *db, const CaseStep *s, const Json *args);
/* sample.draw {inspectors: FIELD}: draws with the users that field of the case lists. */
bool effect_sample_draw(Db *db, const CaseStep *s, const Json *args);
/* 评审: of a round 候选数, 应交, 已交; of a candidate 规则结果, 得分, 决定. */
bool context_review(Db *db, const Register *reg, const CaseFile *k, Val *out);
#endif
