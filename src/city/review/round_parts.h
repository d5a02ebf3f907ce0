/* What the files of rounds share; nobody else includes it. */
#ifndef JIXIA_CITY_REVIEW_ROUND_PARTS_H
#define JIXIA_CITY_REVIEW_ROUND_PARTS_H
#include "city/review/round.h"

/* The compact text of a tree in canonical form. */
Str review_text(Arena *a, const Json *j);
/* A journal entry on the round. */
bool review_note(Db *db, const Act *act, Str action, int64_t round, const Json *content);
/* Locks the round's row for the rest of the transaction and raises its version. */
bool review_touch(Db *db, int64_t round);
/* Sets a moment of the round (a column of review_round; sql is the whole statement with $1 the
 * instant and $2 the id). */
bool review_moment(Db *db, const char *sql, int64_t round);
/* The version of the rule that was frozen; NULL (ERR_STATE) when the pack has it no more. */
const RuleVersion *round_rule(Ctx *c, const Register *reg, const Round *r, const Rule **rule);
#endif
