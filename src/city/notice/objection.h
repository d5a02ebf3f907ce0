/* Objections 异议 to firms of a notice, under the real name of who objects.
 *
 * Who objects and what it says is for the office alone: it is in no public data, export, log,
 * journal entry or case; reading it is journalled. What the others see is that there is one, its
 * receipt number and what became of it. An objection holds the firm it is about: until it is closed
 * (open), or for good when it was upheld.
 */
#ifndef JIXIA_CITY_NOTICE_OBJECTION_H
#define JIXIA_CITY_NOTICE_OBJECTION_H
#include "city/notice/notice.h"

enum {
    OBJECTION_TEXT_MAX = 4000,
    OBJECTION_FIELD_MAX = 200,
    OBJECTION_SENDER_HOUR = 5,  /* public objections of one sender in an hour */
    OBJECTION_NOTICE_HOUR = 200 /* of all senders to one notice */
};

/* Append only: stored as numbers. */
typedef enum ObjectionState {
    OBJECTION_OPEN,
    OBJECTION_UPHELD,    /* 成立 */
    OBJECTION_DISMISSED, /* 不成立 */
    OBJECTION_WITHDRAWN, /* 撤回 */
    OBJECTION_STATES
} ObjectionState;
typedef enum ObjectionChannel {
    CHANNEL_WEB,
    CHANNEL_PAPER,
    CHANNEL_PHONE,
    CHANNEL_MAIL,
    CHANNELS
} ObjectionChannel;

typedef struct Objection {
    int64_t id, version, notice, subject, case_file; /* subject, case_file 0: none */
    int position;                                    /* of the firm in the notice */
    Str firm;                                        /* its name there */
    Str receipt;
    ObjectionChannel channel;
    ObjectionState state;
    Str person, contact, organisation, text; /* for the office alone */
    int64_t received_ms, closed_ms;          /* closed_ms 0: open */
    int32_t received_day;                    /* yyyymmdd */
    Str registered_by, answer, closed_by;
    bool repeated; /* objection_add: it was there already */
} Objection;

Str objection_state_text(ObjectionState s); /* open, upheld, dismissed, withdrawn */
int objection_state_find(Str text);
Str objection_channel_text(ObjectionChannel k); /* web, paper, phone, mail */
int objection_channel_find(Str text);

typedef struct ObjectionNew {
    int64_t notice;
    int position;
    ObjectionChannel channel;
    Str person, contact, organisation, text;
    int32_t received_day; /* 0: today */
    Str sender;           /* network address of a public sender; kept as a salted hash only */
} ObjectionNew;

/* Takes an objection in, inside the caller's DB_WRITE transaction: ERR_STATE outside the period of
 * a published notice (a paper one counts by the day it was received), ERR_RULE without name,
 * contact or text, ERR_BUSY when one sender or all send too many. by: who registers it; empty: the
 * public. The same form sent to the same notice once more by the public is the one it was (its
 * receipt comes back), unless that was withdrawn. */
bool objection_add(Db *db, const ObjectionNew *n, Str by, Objection *out);
/* Without person, contact, organisation and text unless `whole`. ERR_MISSING. */
bool objection_get(Db *db, int64_t id, bool whole, Objection *out);
/* Those of a notice, newest first, without what is for the office alone. */
bool objection_list(Db *db, int64_t notice, Objection **out, int *n);
/* Notes in the journal that somebody has read it. Inside a write transaction. */
bool objection_seen(Db *db, int64_t id, const Act *act);
/* Closes an open one with an answer. ERR_STALE when version is not the stored one. */
bool objection_close(Db *db, Objection *o, ObjectionState to, Str answer, const Act *act);
/* How many objections hold a firm (0: any firm): open ones, and upheld ones, in the notices of a
 * round (0: in any). */
bool objection_counts(Db *db, int64_t subject, int64_t round, int *open, int *upheld);
/* The one a case handles; ERR_STATE when it handles none. */
bool objection_of_case(Db *db, int64_t case_file, Objection *out);
/* Takes an objection in and opens the case that handles it, of the flow the notice names
 * (`objection_flow`), with its receipt as 回执号. A firm that is not in the register, or a notice
 * that names no flow, gets none: such an objection is closed by objection_decide. */
bool objection_file(Db *db, const Register *reg, const ObjectionNew *n, Str by, Objection *out);
/* objection_close for one that no case handles; ERR_STATE says which case when one does. */
bool objection_decide(Db *db, Objection *o, ObjectionState to, Str answer, const Act *act);
/* The salted hash of a network address on this day: what is kept of who sends; empty for none. In a
 * write transaction. */
Str objection_sender(Db *db, Str sender);
/* Whom a receipt belongs to: its state and answer. False without failure when there is none. */
bool objection_by_receipt(Db *db, Str receipt, Objection *out);
#endif
