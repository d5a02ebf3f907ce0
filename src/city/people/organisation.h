/* Organisations of partners 推荐机构 (think tanks 智库, venture capital 创投) and their agreements
 * 合作协议: term, confidentiality promise, the indicators and tiers they may see. Without an
 * agreement in force that carries a promise an organisation sees what is public, nothing else.
 * Functions that write run inside the caller's DB_WRITE transaction and add their journal entry. */
#ifndef JIXIA_CITY_ORGANISATION_H
#define JIXIA_CITY_ORGANISATION_H
#include "city/user.h"

typedef struct Organisation {
    int64_t id, created_ms, version;
    Str kind; /* think_tank | venture | other */
    Str name, code, contact;
    bool closed;
} Organisation;

/* Days are yyyymmdd; `to` is the first day it no longer holds, 0: open. */
typedef struct Agreement {
    int64_t id, organisation, made_ms;
    Str number;
    int32_t from, to;
    int32_t promised; /* 保密承诺 given on this day, 0: not */
    Str promise;      /* what was promised, or the document that says it */
    Str indicators;   /* JSON list of indicator codes in scope */
    Str tiers;        /* JSON list of rule ids in scope */
    int32_t ended;    /* ended early from this day on, 0: not */
    Str ended_reason, actor;
} Agreement;

bool organisation_kind_valid(Str kind);
/* Its id, 0 on failure: ERR_RULE for a bad name, kind or code, ERR_STATE for a name that is taken.
 */
int64_t organisation_add(Db *db, const Organisation *o, const Act *act);
/* Changes name, code, contact, closed; ERR_STALE when version is not the stored one. */
bool organisation_change(Db *db, const Organisation *o, const Act *act);
/* ERR_MISSING when there is none. */
bool organisation_get(Db *db, int64_t id, Organisation *out);
bool organisation_by_name(Db *db, Str name, Organisation *out); /* false without failure: none */
bool organisation_list(Db *db, Organisation **out, int *n);

/* ERR_RULE for a term that ends before it begins. indicators and tiers are lists the caller checked
 * against the rule set. */
int64_t agreement_add(Db *db, const Agreement *g, const Act *act);
/* Ends it from a day on; ERR_STATE when it was ended before or has run out. */
bool agreement_end(Db *db, int64_t organisation, int64_t id, int32_t day, const Act *act);
/* Newest first; organisation 0: of all. */
bool agreement_list(Db *db, int64_t organisation, Agreement **out, int *n);
/* in_force | not_yet | ended | no_promise */
Str agreement_state(const Agreement *g, int32_t day);
#endif
