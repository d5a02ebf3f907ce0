/* Recommendations as cases: one for a round opens the candidate's case below the round's, or joins
 * the one that is there; the firm's answer is an act of it. Which flow and which acts, the packs
 * say: the flow below the round's with the effect round.enter; the acts with the effect
 * recommendation.answer. */
#ifndef JIXIA_CITY_LIBRARY_RECOMMEND_CASE_H
#define JIXIA_CITY_LIBRARY_RECOMMEND_CASE_H
#include "city/flow/case.h"
#include "city/library/recommend.h"
#include "feel/value.h"

/* The case of the round a recommendation of a rule is for when it names none: the one that is open;
 * 0 when there is none or more than one. */
int64_t recommend_round(Db *db, Str rule);
/* The rounds recommendations are taken for today, of a rule or (empty) of any, newest first. */
typedef struct RecommendRound {
    int64_t case_file;
    Str title, rule, from, to; /* the window as the office set it, yyyy-mm-dd; empty: not set */
} RecommendRound;
bool recommend_rounds(Db *db, Str rule, RecommendRound **out, int *n);
/* RecommendNew.round of one for the library only, whatever rounds are open. */
enum { RECOMMEND_NO_ROUND = -1 };
/* A recommendation as every door makes it: the round found when none is named, the candidate's case
 * opened or joined, the firm told; an enterprise's own is its consent. In the caller's write
 * transaction. */
typedef struct RecommendMake {
    RecommendNew n;
    Sponsor by;
    CaseActor actor;
    int32_t day; /* today, yyyymmdd */
    Act act;
    Match match;         /* out: how the firm was found */
    Recommendation made; /* out */
} RecommendMake;
bool recommend_make(Db *db, const Register *reg, RecommendMake *k);
/* Opens or joins the candidate's case of a recommendation; one for the library only joins the open
 * case of its firm that waits for the firm's word on the same tier (recommendation.join), if there
 * is one. Without a firm, nothing. ERR_RULE when the round is of another rule. */
bool recommend_join(Db *db, const Register *reg, int64_t id, const Act *act);
/* The firm's answer, by an act of the candidate's case where there is one (of one for the library
 * only: while the case waits for it). */
bool candidate_answer(Db *db, const Register *reg, int64_t id, bool given, Str document,
                      const CaseActor *actor, const Act *act);
/* recommendation.answer {given}: records what the firm says in its case. */
bool effect_recommendation_answer(Db *db, const CaseStep *s, const Json *args);
/* recommendation.join {tier, act}, of an act that opens: open recommendations of the firm for the
 * library only, by a rule of the tier, belong to the case from now on. When the firm's newest word
 * on them is a consent, that no case they belonged to before has used, the act is done
 * with it: the reason says who consented, when, to which recommendation. */
bool effect_recommendation_join(Db *db, const CaseStep *s, const Json *args);
extern const char *const RECOMMENDATION_JOIN_KEYS[];

/* 推荐: 家数 (sponsors), 来源 (list of their kinds), 利益 (one of them declared an interest). */
bool recommend_context(Db *db, const Register *reg, const CaseFile *k, Val *out);
extern const char *const RECOMMEND_MEMBERS[];
#endif
