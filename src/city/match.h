/* 名单比对: a pasted column of names or codes against the register, answered in the same order.
 *
 * A line is folded (width, case, blanks, brackets), tried as a code, then as a name or former name,
 * then without its company form (有限公司, 股份有限公司 …), then without the province or city in
 * front of it, then by shared bigrams. Scores are thousandths; 1000 means the code or the whole
 * name agrees. What a person has said of a line and a firm is remembered: the pair is not asked
 * again.
 *
 * Thresholds: tests/unit/test_match_pairs.c measures precision and recall on labelled pairs made of
 * real names.
 */
#ifndef JIXIA_CITY_MATCH_H
#define JIXIA_CITY_MATCH_H
#include "city/codelist.h"
#include "city/subject.h"

typedef enum MatchBy {
    MATCH_NOTHING,
    MATCH_CODE,
    MATCH_NAME,
    MATCH_FORMER_NAME,
    MATCH_CORE,      /* equal without the company form */
    MATCH_PLACE,     /* equal without a place that only one of the two names */
    MATCH_CONFIRMED, /* a person said so */
    MATCH_SIMILAR    /* shares enough of the name */
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
    bool sure;   /* one candidate >= MATCH_AUTOMATIC and no second one there, or a person named
                    this one alone */
    int same_as; /* index of an earlier line that found the same subject, -1: none */
} Match;

/* out has room for n; texts are in the ctx arena. A line without anything to match has no
 * candidate. places: the divisions whose names may stand in front of a company's name, NULL: none.
 */
bool match_lines(Db *db, const CodeLists *places, const Str *lines, int n, Match *out);

/* Remembers what a person says of a line and a firm: the same, or not the same. The last word
 * holds. Inside a write transaction, with a journal entry. ERR_RULE for a line without text. */
bool match_confirm(Db *db, Str line, int64_t subject, bool same, const Act *act);
#endif
