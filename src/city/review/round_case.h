/* Rounds as cases: effects and guards of the flows `round` and `candidate` (packs, flows/). The
 * case carries the settings (data 设置, JSON as text); its acts run the same functions as
 * round_act. */
#ifndef JIXIA_CITY_REVIEW_ROUND_CASE_H
#define JIXIA_CITY_REVIEW_ROUND_CASE_H
#include "city/flow/case.h"
#include "feel/value.h"

struct Round; /* city/review/round.h */
struct CandidateNew;

/* Drafts a round: as a case, by the flow whose opening act has the effect round.draft; without one
 * in the packs it stands for itself. Its id, 0 on failure. */
int64_t round_begin(Db *db, const Register *reg, const Json *setting, const Act *act);
/* What an enterprise holds as it enters: 0 nothing, 1 the title of the round's rule, 2 another. */
bool round_held(Db *db, const Register *reg, const struct Round *r, int64_t subject, int *had);
/* Gives each candidate the office entered itself a case below the round's, by the flow whose
 * opening act has the effect round.enter; one whose case is under way already gets that one. A
 * round without a case, or packs without such an act: nothing. */
bool round_case_enter(Db *db, const Register *reg, const struct Round *r,
                      const struct CandidateNew *list, int n, const Act *act);
/* What the round's case has to say to an act on the round that is about to be done: its guards are
 * asked and it moves, without the effect. A round without a case: nothing. */
bool round_case_move(Db *db, const Register *reg, const struct Round *r, Str effect,
                     const Json *body, const Act *act);
/* Opens visits of the drawn: the act of the round's case that has the effect sample.visit, with
 * what is given as its data. *after: the case. ERR_STATE when the round's flow has no such act. */
bool round_case_visit(Db *db, const Register *reg, const struct Round *r, const Json *data,
                      const Act *act, CaseFile *after);
/* New settings of a draft, kept in its case too. */
bool round_case_setting(Db *db, const Register *reg, const struct Round *r, const Json *setting,
                        const Act *act);
/* round.draft: the round of a case that opens. */
bool effect_round_draft(Db *db, const CaseStep *s, const Json *args);
/* round.freeze: the round with the case's settings as they are now, opened. */
bool effect_round_freeze(Db *db, const CaseStep *s, const Json *args);
/* round.enter: the subject of a candidate's case becomes a candidate of the parent's round, with
 * those who recommended it as its sponsors. */
bool effect_round_enter(Db *db, const CaseStep *s, const Json *args);
/* round.close: closes the list. */
bool effect_round_close(Db *db, const CaseStep *s, const Json *args);
/* panel.assign, panel.close {lacking}: seats the panel, closes scoring. */
bool effect_panel_assign(Db *db, const CaseStep *s, const Json *args);
bool effect_panel_close(Db *db, const CaseStep *s, const Json *args);
/* sample.draw {inspectors: FIELD}: draws with the users that field of the case lists. */
bool effect_sample_draw(Db *db, const CaseStep *s, const Json *args);
/* 评审: of a round 候选数, 应交, 已交; of a candidate 规则结果, 得分, 决定. */
bool context_review(Db *db, const Register *reg, const CaseFile *k, Val *out);
#endif
