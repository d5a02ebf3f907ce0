/* Letters 函件 and decisions 认定文件: drafted from a template, edited, sent, and what became of
 * them.
 *
 * A draft holds blocks with fields (paper.h), values and, where the paper has a list, its firms.
 * Sending fills them in and freezes the result as canonical JSON with its SM3; those bytes never
 * change. Each sending, delivery, return and first reading is an event that is only ever added:
 * a letter that came back can be sent again another way. Delivered is what somebody entered with
 * its proof, or the first reading by the enterprise's own account; nothing is taken as delivered
 * because it was sent.
 *
 * An answer to who objected names nobody: its addressee is the receipt number, and the name stands
 * in the paper only for who may read objections whole (objection.h).
 */
#ifndef JIXIA_CITY_NOTICE_LETTER_H
#define JIXIA_CITY_NOTICE_LETTER_H
#include "city/notice/notice.h"
#include "city/notice/objection.h"

/* Append only: stored as numbers. */
typedef enum LetterState {
    LETTER_DRAFT,
    LETTER_SENT,
    LETTER_DELIVERED,
    LETTER_RETURNED, /* came back; it may be sent again */
    LETTER_DROPPED,  /* a draft given up */
    LETTER_STATES
} LetterState;
typedef enum LetterWay {
    WAY_NONE,
    WAY_PORTAL,  /* 站内 */
    WAY_POST,    /* 邮寄 */
    WAY_MAIL,    /* 邮件 */
    WAY_HAND,    /* 直接送达 */
    WAY_PUBLISH, /* 公布: of a decision */
    LETTER_WAYS
} LetterWay;
typedef enum LetterEventKind {
    LETTER_EVENT_SENT,
    LETTER_EVENT_DELIVERED,
    LETTER_EVENT_RETURNED,
    LETTER_EVENT_READ,
    LETTER_EVENTS
} LetterEventKind;

/* Days are yyyymmdd, 0: none. Ids 0: none. */
typedef struct Letter {
    int64_t id, version;
    LetterState state;
    LetterWay way;
    int64_t case_file, round, notice, subject, organisation, objection;
    Str template_id, kind; /* kind: letter, decision */
    Str addressee, title;
    const Json *content; /* {blocks, values, firms, computed, date_form} */
    Str sm3, number, site_url, scan_sm3, scan_name;
    int32_t sent_day, due_day, delivered_day, returned_day;
    Str owner, sent_by;
    int64_t created_ms, changed_ms, sent_ms, read_ms;
} Letter;

typedef struct LetterEvent {
    LetterEventKind kind;
    LetterWay way;
    int32_t day;
    int64_t at_ms;
    Str proof, proof_sm3, actor;
} LetterEvent;

Str letter_state_text(LetterState s); /* draft, sent, delivered, returned, dropped */
int letter_state_find(Str text);
Str letter_way_text(LetterWay w);         /* portal, post, mail, hand, published; empty for none */
int letter_way_find(Str text);            /* -1: none of them */
Str letter_event_text(LetterEventKind k); /* sent, delivered, returned, read */
int letter_event_find(Str text);

typedef struct LetterNew {
    Str template_id; /* of kind letter or decision */
    Str addressee;   /* empty: the name of the subject */
    int64_t case_file, round, notice, subject, organisation, objection;
    const Json *values; /* NULL: none */
    Str body;           /* paragraphs in place of the template's own; empty: the template's */
    const PaperFirm *firms;
    int nfirms;
    int32_t due_day; /* an answer is asked for until then */
} LetterNew;

/* Functions that write run inside the caller's DB_WRITE transaction and add a journal entry.
 * 收件人 and, of an enterprise, 企业名称 and 信用代码 are filled in where the caller left them.
 * ERR_MISSING, ERR_RULE without an addressee or with a template that is neither letter nor
 * decision. */
bool letter_add(Db *db, const PackSet *p, const LetterNew *n, const Act *act, Letter *out);
bool letter_get(Db *db, int64_t id, Letter *out); /* ERR_MISSING */
typedef struct LetterFilter {
    int state;                                 /* LetterState, -1: any */
    int64_t subject, case_file, round, notice; /* 0: any */
    Str kind;                                  /* empty: any */
    bool sent_only;
    int64_t offset, limit;
} LetterFilter;
bool letter_list(Db *db, const LetterFilter *f, Letter **out, int *n, int64_t *total);
bool letter_events(Db *db, int64_t id, LetterEvent **out, int *n);
/* Writes a draft's content, addressee and due day. ERR_STATE, ERR_STALE. */
bool letter_change(Db *db, Letter *l, const Act *act);
/* What is entered back once it is sent: site_url, scan. */
bool letter_enter(Db *db, Letter *l, const Act *act);
bool letter_drop(Db *db, Letter *l, const Act *act);
/* Fields without a value, the computed ones left out. */
Json *letter_open_fields(Ctx *c, const Letter *l);
/* The paper as it stands, or as it was frozen. whole: who may know the name of who objected. */
bool letter_paper(Db *db, const Letter *l, bool whole, Paper *out);
bool letter_frozen(Db *db, const Letter *l, Str *out); /* ERR_STATE for a draft */

/* Sends a draft, or again what came back or has not arrived: ERR_RULE with open fields, ERR_STATE
 * when it was delivered. A letter to an enterprise sent 站内 is in its account at once and in the
 * bell. day 0: today; never later than today. */
bool letter_send(Db *db, Letter *l, LetterWay way, int32_t day, const Act *act);
typedef struct LetterOutcome {
    LetterEventKind kind; /* delivered or returned */
    int32_t day;          /* 0: today */
    Str proof;            /* what shows it: a receipt, a tracking number */
    Str proof_sm3;        /* a file, empty: none */
} LetterOutcome;
/* What became of a letter that was sent. ERR_RULE without proof, ERR_STATE when it is no longer on
 * its way or the day lies before the sending. */
bool letter_outcome(Db *db, Letter *l, const LetterOutcome *o, const Act *act);
/* The enterprise's account opens it: the first time it is an event, and what is on its way 站内 is
 * delivered by it, also when it was opened before, while it was sent another way. */
bool letter_read(Db *db, Letter *l, Str account);
/* Whether opening it now would be written down. */
bool letter_reading_counts(const Letter *l);
#endif
