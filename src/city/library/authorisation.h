/* Authorisations 授权书: an enterprise lets a named department read named data of it, for a term,
 * on a paper. A fact of source authorised_proof/auth-ID counts only inside what its authorisation
 * says: that enterprise, those indicators, that term, not withdrawn. Functions that write run
 * inside the caller's DB_WRITE transaction and add their journal entry.
 */
#ifndef JIXIA_CITY_LIBRARY_AUTHORISATION_H
#define JIXIA_CITY_LIBRARY_AUTHORISATION_H
#include "city/journal.h"
#include "city/pack.h"

typedef struct Authorisation {
    int64_t id, subject; /* as recorded */
    Str grantee;         /* 被授权单位 */
    Str indicators;      /* JSON list of indicator codes */
    int32_t from, to;    /* yyyymmdd; to: the first day it no longer holds, 0: no end */
    Str document;        /* the paper */
    int64_t made_ms, withdrawn_ms;
    Str actor, reason, withdrawn_by, withdrawn_reason;
} Authorisation;

/* Records one; its id, 0 on failure. ERR_RULE without grantee, paper, indicators the dictionary
 * has, or with a term that ends before it begins. */
int64_t authorisation_add(Db *db, const PackSet *p, const Authorisation *a, const Act *act);
/* From now on nothing it covers is read. ERR_STATE when it was withdrawn before. */
bool authorisation_withdraw(Db *db, int64_t id, const Act *act);
bool authorisation_get(Db *db, int64_t id, Authorisation *out); /* ERR_MISSING */
/* Those of a subject and what was merged into it, newest first. */
bool authorisation_list(Db *db, int64_t subject, Authorisation **out, int *n);

/* Whether it lets an indicator of a subject be read on a day, as known then (ms). */
bool authorisation_covers(const Authorisation *a, Str indicator, int32_t day, int64_t known_ms);
/* The same as a check: ERR_RULE says what is outside. grantee empty: not asked. */
bool authorisation_check(Db *db, int64_t id, int64_t subject, Str indicator, int32_t day,
                         Str grantee);
/* The authorisation a source code names (authorised_proof/auth-12), 0: none. */
int64_t authorisation_of_source(Str code);
#endif
