/* Offices 处室 and their duties 职责 by date. An office hands one duty over, or merges: all its
 * duties and people go on with the other from that day, and its own history stays readable.
 * Functions that write run inside the caller's DB_WRITE transaction and add their journal entry. */
#ifndef JIXIA_CITY_OFFICE_H
#define JIXIA_CITY_OFFICE_H
#include "city/user.h"

typedef struct Office {
    int64_t id, merged_into /* 0: not */, version;
    Str name, district; /* district empty: of the city */
    int32_t from, to;
} Office;

typedef struct Duty {
    int64_t id, office;
    Str duty, document, reason, actor;
    int32_t from, to;
} Duty;

typedef struct Handover {
    int64_t from_office, to_office;
    Str duty; /* empty: all of them, and the office is merged into the other */
    int32_t day;
    Str document;
} Handover;

int64_t office_add(Db *db, const Office *o, const Act *act);
/* Renames; ERR_STALE when version is not the stored one. */
bool office_rename(Db *db, const Office *o, const Act *act);
bool office_get(Db *db, int64_t id, Office *out);
bool office_list(Db *db, Office **out, int *n);
/* Gives a duty nobody has on that day; ERR_STATE when somebody has it. */
bool office_give(Db *db, int64_t office, Str duty, int32_t day, Str document, const Act *act);
bool office_hand_over(Db *db, const Handover *h, const Act *act);
bool office_duties(Db *db, Duty **out, int *n);
/* The office that acts for this one on a day: itself, or what it was merged into. */
int64_t office_on(Db *db, int64_t id, int32_t day);
/* Who has a duty on a day; 0: nobody. */
int64_t office_of_duty(Db *db, Str duty, int32_t day);
#endif
