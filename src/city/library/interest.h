/* Interests 利益关系 of organisations and persons in enterprises: who holds a share, who works or
 * has worked there. Declared with a recommendation or by itself; the conflict wall of a review
 * reads them. A declaration is never changed: it ends, and a corrected one is made.
 *
 * Functions that write run inside the caller's DB_WRITE transaction and add their journal entry.
 */
#ifndef JIXIA_CITY_LIBRARY_INTEREST_H
#define JIXIA_CITY_LIBRARY_INTEREST_H
#include "city/journal.h"

/* Append only: stored by name. */
typedef enum InterestKind {
    INTEREST_HOLDING,    /* 持股 */
    INTEREST_EMPLOYMENT, /* 任职 */
    INTEREST_EARLIER,    /* 曾任职、曾投资 */
    INTEREST_OTHER,      /* 其他利益关系：note says which */
    INTEREST_KINDS
} InterestKind;

typedef struct Interest {
    int64_t id;
    int64_t organisation, user; /* who has it; 0: not an organisation, not a person */
    int64_t subject;            /* as declared; readers follow mergers */
    InterestKind kind;
    Str share; /* of the capital as a fraction, canonical: 4.2 % is 0.042; empty: none or unknown */
    Str note;
    int32_t from, to;              /* yyyymmdd, 0 open; to: the first day it no longer holds */
    int64_t declared_ms, ended_ms; /* ended_ms 0: not ended */
    Str declared_by;
} Interest;

Str interest_kind_text(InterestKind k); /* holding, employment, earlier, other */
int interest_kind_find(Str text);       /* -1: none of that name */

/* Declares an interest; its id, 0 on failure. ERR_INPUT when it names nobody, when the share is no
 * number above 0 and at most 1, when the interval ends before it begins, when kind other has no
 * note; ERR_MISSING for an unknown subject. What the same holder said of the same subject and kind
 * before ends, so the newest word counts. */
int64_t interest_declare(Db *db, const Interest *i, const Act *act);
/* Ends an interest. ERR_STATE when it has ended. */
bool interest_end(Db *db, int64_t id, const Act *act);

/* All interests in a subject that hold on a day (yyyymmdd; 0: whenever), those in subjects merged
 * with it included, not ended; in order of id, in the ctx arena. */
bool interest_holders(Db *db, int64_t subject, int32_t day, Interest **out, int *n);
/* The interests of an organisation or of a person (the other 0), ended ones included. */
bool interest_of(Db *db, int64_t organisation, int64_t user, Interest **out, int *n);
#endif
