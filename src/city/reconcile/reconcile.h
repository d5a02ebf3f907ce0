/* Reconciling 对账: the list a province or a ministry publishes, line by line against the titles
 * the city has on record. Each line agrees, is only there, or needs a person to say which firm it
 * means; each title that no line names is only here. The likely reason stands beside every
 * difference.
 *
 * A reconciliation is frozen when it is made: it says what the two sides were at (as_of, seq). What
 * a person finds out is added to a line, never changes it.
 */
#ifndef JIXIA_CITY_RECONCILE_H
#define JIXIA_CITY_RECONCILE_H
#include "city/library/title.h"
#include "city/match.h"

/* Stored: append only. */
typedef enum ReconcileKind {
    RECONCILE_AGREED = 1, /* 一致 */
    RECONCILE_THERE,      /* 仅名单有 */
    RECONCILE_HERE,       /* 仅本市有 */
    RECONCILE_UNCLEAR     /* 待人工认企业 */
} ReconcileKind;

/* The likely reason of a difference; texts: reconcile.* of library.def. */
typedef enum ReconcileCause {
    CAUSE_NONE,
    CAUSE_NOT_REGISTERED, /* no firm of the register has such a name */
    CAUSE_NO_RECORD,      /* the firm is known, the title not on record */
    CAUSE_ENDED,          /* it had the title, which ended before the day */
    CAUSE_OTHER_LEVEL,    /* it holds the tier at another level */
    CAUSE_TWICE,          /* an earlier line names the same firm */
    CAUSE_SEVERAL,        /* several firms fit */
    CAUSE_LATER,          /* recorded here from a later day than the list's */
    CAUSE_RENAMED,        /* the firm has changed its name: the list may have another */
    CAUSE_MAYBE_LINE      /* a line a person still has to say may mean it */
} ReconcileCause;

enum { RECONCILE_LINES_MAX = 20000 };

typedef struct Reconciliation {
    int64_t id, version, made_ms, seq;
    Str title, tier, level, publisher, file_sm3, file_name, actor, reason;
    int32_t as_of; /* yyyymmdd: the list's day */
    int64_t lines, agreed, only_here, only_there, unclear;
} Reconciliation;

typedef struct ReconcileLine {
    int place; /* from 1; titles that no line names come behind the lines */
    ReconcileKind kind;
    ReconcileCause cause;
    Str line;               /* as in the list; for a title only here the firm's name */
    int64_t subject, title; /* 0: none */
    Str name;               /* of the subject */
    int score;              /* of the match, thousandths */
    Str settled, settled_by;
    int64_t settled_ms; /* 0: not settled */
} ReconcileLine;

/* Compares and stores. wanted: title, tier, level, publisher (empty: any), as_of (0: today),
 * file_*. A line is a name or a code. ERR_RULE without lines or with too many. Inside a write
 * transaction. */
bool reconcile_make(Db *db, const CodeLists *places, const Reconciliation *wanted, const Str *lines,
                    int n, const Act *act, Reconciliation *out);
bool reconcile_get(Db *db, int64_t id, Reconciliation *out); /* ERR_MISSING */
/* Newest first. */
bool reconcile_list(Db *db, int64_t offset, int64_t limit, Reconciliation **out, int *n,
                    int64_t *total);
/* In order of place; kind 0: all. */
bool reconcile_lines(Db *db, int64_t id, int kind, int64_t offset, int64_t limit,
                     ReconcileLine **out, int *n, int64_t *total);
/* What a person found out about a line; the last word holds. ERR_STALE when version is not the
 * stored one. */
bool reconcile_settle(Db *db, int64_t id, int64_t version, int place, Str finding, const Act *act);

Str reconcile_kind_text(ReconcileKind k); /* agreed, only_there, only_here, unclear */
int reconcile_kind_find(Str text);        /* 0: none of them */
Str reconcile_cause_text(ReconcileCause c);
Msg reconcile_cause_message(ReconcileCause c);
#endif
