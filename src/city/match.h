/* 名单比对: a pasted column of names or codes against the register, answered in the same order.
 *
 * A line is folded (width, case, blanks, brackets), tried as a code, then as a name or former name,
 * then without its company form (有限公司, 股份有限公司 …), then by shared bigrams. Scores are
 * thousandths; 1000 means the code or the whole name agrees.
 */
#ifndef JIXIA_CITY_MATCH_H
#define JIXIA_CITY_MATCH_H
#include "city/subject.h"

typedef enum MatchBy {
    MATCH_NOTHING,
    MATCH_CODE,
    MATCH_NAME,
    MATCH_FORMER_NAME,
    MATCH_CORE,   /* equal without the company form */
    MATCH_SIMILAR /* shares enough of the name */
} MatchBy;

enum { MATCH_AUTOMATIC = 950, MATCH_PERSON = 600, MATCH_CANDIDATES_MAX = 5 };

typedef struct MatchCandidate {
    int64_t subject; /* root */
    Str name;        /* current */
    MatchBy by;
    int score; /* thousandths */
} MatchCandidate;

typedef struct Match {
    Str line;                                        /* as pasted */
    MatchCandidate candidates[MATCH_CANDIDATES_MAX]; /* best first */
    int n;
    bool sure;   /* one candidate >= MATCH_AUTOMATIC and no second one there */
    int same_as; /* index of an earlier line that found the same subject, -1: none */
} Match;

/* out has room for n; texts are in the ctx arena. A line without anything to match has no
 * candidate. Chosen facts come from fact_read of candidates[0].subject, in the same order. */
bool match_lines(Db *db, const Str *lines, int n, Match *out);
#endif
