/* Visits 现场核查 of a firm: how often, and what a drawn one holds back.
 *
 * No text says how often a firm may be visited, so the cap is the office's own word (visit_cap_set)
 * and 依据待补 until it is given: then nothing is refused. A visit is a case of the flow whose acts
 * have the effect visit.cap, unless it ended in a state that effect leaves out (settled at the
 * desk, cancelled). Its day is the one entered; an open one without a day is still to come and
 * counts as of today. Visits of one day, and one that says which other it joins, count once
 * (联合核查：一次进门). No stretch of `months` months holds more than `most`; the end of a stretch
 * is the same day of the month, or the month's last, and no longer belongs to it.
 */
#ifndef JIXIA_CITY_REVIEW_VISIT_H
#define JIXIA_CITY_REVIEW_VISIT_H
#include "city/flow/case.h"
#include "city/register.h"

enum { VISIT_MOST_MAX = 1000, VISIT_MONTHS_MAX = 120 };

typedef struct VisitCap {
    int most, months; /* most 0: none is set */
    Str basis, actor, reason;
    int64_t recorded_ms;
} VisitCap;

/* The cap as known at an instant (INT64_MAX: now). */
bool visit_cap_get(Db *db, int64_t as_known_ms, VisitCap *out);
/* Sets it, or takes it back (most 0). ERR_RULE for numbers out of range or without a basis. In a
 * DB_WRITE transaction; journalled. */
bool visit_cap_set(Db *db, const VisitCap *cap, const Act *act);
/* {most, months, basis, status, actor, reason, recorded_at}; without a cap numbers are null and
 * status is 依据待补. */
Json *visit_cap_json(Arena *a, const VisitCap *cap);

/* visit.cap {cause, exempt: [CAUSE…], day, joins, except: [STATE…], earlier, says}: fields of the
 * case, causes that are never refused, states that are no visit. Refuses (ERR_RULE) a visit beyond
 * the cap and names the earlier ones; writes the earlier visits and what the cap says into the
 * fields `earlier` and `says`. */
extern const char *const VISIT_CAP_KEYS[];
bool effect_visit_cap(Db *db, const CaseStep *s, const Json *args);

/* sample.visit {flow, data: {FIELD: VALUE}, people: FIELD, refused: FIELD}, an act of a round's
 * case: opens a visit of each candidate the sample drew that has none yet, with the inspectors
 * drawn for it; `refused` (a field of the round's case) lists those that could not be opened, each
 * with the reason. Doing it again opens what is missing and no second one. */
extern const char *const SAMPLE_VISIT_KEYS[];
bool effect_sample_visit(Db *db, const CaseStep *s, const Json *args);
/* The visits so opened of a round: [{case, visit, number, state, open}], case the candidate's
 * number. */
bool visits_drawn(Db *db, int64_t round, Json **out);
/* ERR_STATE, naming the visit, while one opened for the candidate of this case is under way. */
bool visits_closed(Db *db, const CaseFile *k);
#endif
