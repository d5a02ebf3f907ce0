/* Acts on a round by name, from JSON: the command line and the API call the same, so both leave the
 * same records. Each runs in a transaction of its own. */
#ifndef JIXIA_CITY_REVIEW_ROUND_ACT_H
#define JIXIA_CITY_REVIEW_ROUND_ACT_H
#include "city/review/panel.h"

/* body: {act, reason, …}. Acts and what they take stand in docs/rounds.md. *answer: a JSON object.
 * actor signs and is journalled. */
bool round_act(Db *db, const Register *reg, int64_t id, const Json *body, Str actor, Json **answer);
/* Is there an act of this name? */
bool round_act_known(Str name);

/* The round with its settings, moments and counts. */
bool round_json(Db *db, const Register *reg, const Round *r, Json **out);
/* One line of the list of rounds. */
Json *round_row_json(Arena *a, const Round *r);
Json *round_candidate_json(Arena *a, const Candidate *k);
/* Members, statistics per file and reviewer, the wall: for the office and the chair. */
bool panel_json(Db *db, const Register *reg, const Round *r, Json **out);
/* What changed since the freeze. */
bool round_diff_json(Db *db, const Register *reg, const Round *r, Json **out);
/* Who would pass the rule now: counts per outcome, those met, those that lack one fact. */
bool round_preview(Db *db, const Register *reg, const Round *r, Json **out);
/* A seat as its reviewer sees it: blind in the first pass (number, marks and the values of facts
 * that are not sensitive), open up to 敏感 in the second (*read: it shows such a value), without
 * the file's material once scoring is closed. */
bool seat_json(Db *db, const Register *reg, const Round *r, const Seat *s, Json **out, bool *read);
#endif
