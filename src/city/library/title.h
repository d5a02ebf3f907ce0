/* Titles 称号 of subjects, as records that are only ever added (docs/library-titles.md).
 *
 * Three kinds of record: 在库 (in the library: the city's own, internal unless published, brings no
 * money), 认定 (recognised by a decision, with document number and term), 上榜 (named by a
 * published list). Recording one of the last two publishes the fact 称号记录 in the same
 * transaction, so that award rules decide by it. What happens to a title is an event. Status is
 * computed for a day and a point of knowledge, never stored: an older reader sees what was known
 * then.
 *
 * Days are yyyymmdd, 0 open; `to` is the first day a thing no longer holds. Functions that write
 * run inside the caller's DB_WRITE transaction and add their journal entry.
 */
#ifndef JIXIA_CITY_LIBRARY_TITLE_H
#define JIXIA_CITY_LIBRARY_TITLE_H
#include "city/fact.h"
#include "city/pack.h"
#include "city/subject.h"

enum { TITLE_EVENTS_MAX = 256 }; /* of one title */

/* Stored as numbers: append only. */
typedef enum TitleKind { TITLE_IN_LIBRARY = 1, TITLE_RECOGNISED, TITLE_LISTED } TitleKind;

typedef enum TitleEventKind {
    TITLE_SUSPEND = 1, /* 暂停, until `to` or a resumption */
    TITLE_RESUME,      /* 恢复 */
    TITLE_RENEW,       /* 复核通过: the term now ends at `to` */
    TITLE_REMOVE,      /* 移出库 */
    TITLE_REVOKE,      /* 撤销称号: the fact of the recognition is withdrawn too */
    TITLE_EXPIRE,      /* 到期失效, by decision (a term that is known ends of itself) */
    TITLE_CORRECT,     /* 更正: the record, or one of its events, was a mistake */
    TITLE_TRANSFER,    /* 承继: passes to another subject (a merger of firms) */
    TITLE_BAR,         /* 限制申报 of the subject, without a title */
    TITLE_PUBLISH      /* 公布 a record that was internal */
} TitleEventKind;

/* Whether a title is the first of its kind, tier and level. */
typedef enum TitleFirst { TITLE_FIRST_UNKNOWN, TITLE_FIRST_NO, TITLE_FIRST_YES } TitleFirst;

typedef struct TitleNew {
    int64_t subject;
    TitleKind kind;
    Str tier, level;     /* of the library (library.h) */
    Str name;            /* as the paper has it; empty: the tier's */
    Str publisher;       /* who decided or published; may be unknown for a list */
    Str document_number; /* 文号 */
    Str document;        /* key of a document, or where the paper is */
    int32_t from, to;    /* from must be known; to 0: no end is known */
    TitleFirst first;    /* as the paper says; unknown: computed from what is recorded */
    bool published;      /* for 在库; the other kinds always are */
    int64_t case_file, round;
    Str source; /* source code of the fact, of a class; empty: official for 认定, list for 上榜 */
} TitleNew;

typedef struct TitleEventNew {
    int64_t title;   /* 0 for TITLE_BAR */
    int64_t subject; /* for TITLE_BAR */
    TitleEventKind kind;
    int32_t day, to;
    int64_t target;    /* see TitleEvent */
    int32_t bar_until; /* 0: none, or the one the reason code brings (library.h) */
    Str code;          /* structured reason */
    Str document;
    int64_t case_file;
} TitleEventNew;

typedef struct Title {
    int64_t id, subject; /* as recorded */
    TitleKind kind;
    Str tier, level, name, publisher, document_number, document;
    int32_t from, to;
    TitleFirst first;
    bool published;
    int64_t case_file, round, batch, recorded_ms, seq;
    Str actor, reason;
    bool by_hand; /* 手工补录: 在库 entered by a person, not by a case or a list (title_hand.h) */
} Title;

typedef struct TitleEvent {
    int64_t id, title, subject;
    TitleEventKind kind;
    int32_t day, to;
    int64_t target; /* transfer: the subject; correct: the event taken back, 0 the record itself */
    int32_t bar_until;
    Str code, document;
    int64_t case_file, batch, recorded_ms, seq;
    Str actor, reason;
} TitleEvent;

/* Records a title; its id, 0 on failure. ERR_INPUT: a tier or level the library has not, no day, a
 * recognition without publisher and paper; ERR_RULE: an enterprise that is barred on that day
 * (在库, and 认定 by a case of the city's own), a first that an earlier record contradicts;
 * ERR_STATE: the same title is held then. */
int64_t title_record(Db *db, const PackSet *p, const TitleNew *t, const Act *act);
/* Many in one fact batch. A failure of title_batch_add that is not the store's leaves the batch as
 * it was: the caller may clear it and go on. Ids are visible to readers after title_batch_close. */
typedef struct TitleBatch TitleBatch;
TitleBatch *title_batch_open(Db *db, const PackSet *p, Str origin, const Act *act);
int64_t title_batch_add(TitleBatch *b, const TitleNew *t);
int64_t title_batch_id(const TitleBatch *b);
bool title_batch_close(TitleBatch *b);
/* Instead of closing, before the transaction is rolled back. b may be NULL. */
void title_batch_drop(TitleBatch *b);
/* Records an event; its id, 0 on failure. ERR_STATE when the title's status on that day does not
 * allow it; a reason is needed for every event. */
int64_t title_event(Db *db, const PackSet *p, const TitleEventNew *e, const Act *act);

/* --- reading ---------------------------------------------------------------------------------- */

typedef enum TitleState {
    TITLE_NOT_YET,   /* decided, from a later day */
    TITLE_HELD,      /* 有效 */
    TITLE_SUSPENDED, /* 暂停 */
    TITLE_ENDED,     /* 失效, why says how */
    TITLE_VOID       /* 更正: the record was a mistake */
} TitleState;

/* A title as a reader at a point sees it. */
typedef struct TitleStatus {
    const Title *title;
    int64_t holder; /* the root that holds it on the day */
    TitleState state;
    TitleEventKind why; /* ended: TITLE_EXPIRE, TITLE_REMOVE or TITLE_REVOKE; else 0 */
    int32_t since;      /* the day the state began */
    int32_t to;         /* the term's end as known, 0: no end is known */
    int renewals;       /* until the day */
    bool published;
    const TitleEvent *by; /* the event that brought the state; NULL: the record or its term */
} TitleStatus;

/* Titles and events known at a point, of one subject group or of all. */
typedef struct TitleBook {
    const Title *titles;       /* by id */
    const TitleEvent *events;  /* by title, id; those of subjects alone (title 0) first */
    const TitleStatus *status; /* of each title */
    int n, nevents;
    FactAt at;
    SubjectMergers mergers; /* as of at->seq */
} TitleBook;

/* All titles, or those held or ever held by a subject and what was merged into it (0: all), with
 * their status on at->as_of, in the ctx arena. */
bool title_book(Db *db, int64_t subject, const FactAt *at, TitleBook *out);
/* The same records with their status on another day. */
bool title_book_on(Db *db, const TitleBook *b, int32_t day, TitleBook *out);
/* One title with its events; ERR_MISSING. */
bool title_get(Db *db, int64_t id, const FactAt *at, TitleBook *out);
/* The events of a title in a book. */
const TitleEvent *title_events(const TitleBook *b, int64_t title, int *n);
/* The last day that counts of a term whose first day that does not is `to`, as papers name it
 * (有效期至); 0 for 0. And back. */
int32_t title_last_day(int32_t to);
int32_t title_day_after(int32_t last);
/* Whether it counts: held, or suspended. */
bool title_counts(const TitleStatus *s);
/* The status of one title from its events, in any order; events of other titles are passed over.
 * mergers: as of at->seq (subject.h), NULL for none. */
TitleStatus title_status(const Title *t, const TitleEvent *events, int n, const FactAt *at,
                         const SubjectMergers *mergers);
/* The correction known at a point that takes back an event of a title (0: the record), or NULL. */
const TitleEvent *title_taken_back(const TitleEvent *events, int n, int64_t title, int64_t event,
                                   const FactAt *at);
/* The first day on which the subject may apply again, 0 when it is not barred on at->as_of; *by
 * (may be NULL) gets the event. */
bool title_bar(Db *db, int64_t subject, const FactAt *at, int32_t *until, TitleEvent *by);
/* The same from a book that holds the subject's titles; root by b->mergers. */
int32_t title_barred(const TitleBook *b, int64_t root, const TitleEvent **by);

Str title_kind_text(TitleKind k); /* 在库 认定 上榜 */
Str title_kind_word(TitleKind k); /* in_library, recognised, listed */
int title_kind_find(Str text);    /* by that text or in_library, recognised, listed; -1: none */
Str title_event_text(TitleEventKind k); /* suspend, resume, … */
int title_event_find(Str text);
Str title_state_text(TitleState s); /* not_yet, held, suspended, ended, void */
#endif
