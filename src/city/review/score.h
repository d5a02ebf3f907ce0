/* Scoring 评分: from the sheets of the reviewers of one file to one result. Pure, exact decimals.
 *
 * A sheet holds one mark a criterion, 0 … its top. The sheet's total is sum(weight * mark / top);
 * the weights add up to 100, so totals are out of 100. Totals are carried as exact fractions over
 * one common denominator and divided once, at the end (34 digits); the result is then rounded once,
 * to the decimals and in the way the rule names. A missing sheet is never averaged over: with fewer
 * sheets than the rule asks for the result is `incomplete` and has no value.
 *
 *   average    mean of the totals
 *   trimmed    去高去低: mean of the totals without one highest and one lowest; 3 sheets at least
 *   vote       passed when `votes` say yes; decided early only when the missing votes cannot change
 *              it; an abstention is a vote that is not yes
 *   consensus  合议: one recorded value, signed by `signatures` of those seated
 */
#ifndef JIXIA_CITY_REVIEW_SCORE_H
#define JIXIA_CITY_REVIEW_SCORE_H
#include "decimal/dec.h"

typedef enum ScoreMethod {
    SCORE_AVERAGE,
    SCORE_TRIMMED,
    SCORE_VOTE,
    SCORE_CONSENSUS,
    SCORE_METHODS
} ScoreMethod;
typedef enum Vote { VOTE_NONE, VOTE_YES, VOTE_NO, VOTE_ABSTAIN } Vote;

enum { SCORE_CRITERIA_MAX = 40, SCORE_TOP_MAX = 100, SCORE_DECIMALS_MAX = 6 };

typedef struct ScoreRule {
    ScoreMethod method;
    int criteria;
    const Dec *weight; /* each > 0, together 100 */
    const int *top;    /* the highest mark of each, 1 … SCORE_TOP_MAX */
    int sheets;        /* how many sheets a result needs: the size of the panel of a file */
    int votes;         /* vote: yes votes that pass */
    int signatures;    /* consensus: signatures that make it count */
    int decimals;      /* 0 … SCORE_DECIMALS_MAX */
    DecRound rounding;
} ScoreRule;

typedef struct ScoreSheet {
    const Dec *mark; /* per criterion */
    Vote vote;
} ScoreSheet;

typedef enum ScoreState { SCORE_INCOMPLETE, SCORE_READY } ScoreState;

typedef struct ScoreResult {
    ScoreState state;
    Dec value;   /* average, trimmed, consensus; READY only */
    bool passed; /* vote; READY only */
    int yes, no, abstained, given, missing;
    int dropped_high, dropped_low; /* trimmed: indexes of the sheets left out; -1: none */
} ScoreResult;

/* What is wrong with a rule, for people who set one up. */
typedef enum ScoreFault {
    SCORE_SOUND,
    SCORE_NO_CRITERIA, /* none, or too many */
    SCORE_BAD_WEIGHT,  /* not above 0, or they do not add up to 100 */
    SCORE_BAD_TOP,
    SCORE_BAD_SHEETS, /* no sheets; trimmed with fewer than 3 */
    SCORE_BAD_VOTES,  /* 0, or more than there are sheets */
    SCORE_BAD_SIGNATURES,
    SCORE_BAD_DECIMALS
} ScoreFault;
ScoreFault score_rule_fault(const ScoreRule *r);

/* Does the mark lie in 0 … top, in whole or half points? */
bool score_mark_valid(const Dec *mark, int top);
/* Is it one of the two ends, which need a comment? */
bool score_mark_extreme(const Dec *mark, int top);

/* The total of one sheet, out of 100, unrounded (34 digits). */
Dec score_total(const ScoreRule *r, const ScoreSheet *s);
/* The result of a file from the sheets handed in (n of them, average, trimmed, vote). */
ScoreResult score_file(const ScoreRule *r, const ScoreSheet *sheets, int n);
/* The result of a file by consensus: the recorded value and how many signed it. */
ScoreResult score_consensus(const ScoreRule *r, const Dec *value, int signatures);

/* Ranks 1, 2, 2, 4 … of values, highest first; equal values share a rank, nothing breaks a tie.
 * rank[i] is 0 where !has[i]. */
void score_rank(Arena *a, const Dec *value, const bool *has, int n, int *rank);

Str score_method_text(ScoreMethod m); /* average, trimmed, vote, consensus */
int score_method_find(Str text);      /* -1: none */
#endif
