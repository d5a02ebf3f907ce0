/* Notifications 通知: one bell a person.
 *
 * A mechanism calls notify() inside the transaction of what happened; who is meant is looked up
 * there and then, so a notification exists exactly when the act does. It holds a code of the text
 * table and its arguments, never a finished text: each reader gets it in the own language.
 */
#ifndef JIXIA_CITY_NOTIFY_H
#define JIXIA_CITY_NOTIFY_H
#include "city/user.h"

/* Why somebody is told. Append only: stored as numbers. */
typedef enum NotifyWhy {
    NOTIFY_WAITS,  /* something waits for you */
    NOTIFY_ASKED,  /* you asked for it: a job, a letter, an answer */
    NOTIFY_FOLLOWS /* you follow it */
} NotifyWhy;

/* Who is meant: one user, or everybody who fits all that is given. With neither roles, office,
 * organisation nor subject it is nobody. The disabled and the actor are left out: nobody is told of
 * the own act. */
typedef struct NotifyTo {
    int64_t user;         /* id; 0: by roles */
    Str user_name;        /* or by name; empty: by roles */
    uint32_t roles;       /* bits of Role; 0: any */
    int64_t office;       /* 处室; 0: any */
    int64_t organisation; /* of a partner; 0: any */
    int64_t subject;      /* the accounts bound to this enterprise; 0: any */
    Str department;       /* its name as text; empty: any */
    Str district;         /* division code; empty: any */
} NotifyTo;

typedef struct Notify {
    NotifyTo to;
    NotifyWhy why;
    Msg what; /* a line of the text tables; M_NOTIFY_SAID takes a Chinese and an English text */
    Str args[MSG_ARGS_MAX];
    int nargs;
    Str object;     /* kind:id, as in the journal: "case:12", "enterprise:7", "rule:cn/unicorn" */
    Str link;       /* page below the root: "/cases/12"; empty: none */
    Str actor;      /* who did it; empty or "system:…": nobody is left out */
    bool followers; /* also those who follow the object and may still read it. Leave it out for
                       what not everybody who may see the object may know. */
} Notify;

/* Tells them, inside the caller's write transaction. Nobody is told the same thing twice. */
bool notify(Db *db, const Notify *n);

typedef struct Notice {
    int64_t id, at_ms, read_ms; /* read_ms 0: not read yet */
    NotifyWhy why;
    Str code, object, link, actor;
    Str text[2]; /* by Lang */
} Notice;

/* Newest first from `offset`, at most `most`; *total and *unread count all. In the ctx arena. */
bool notify_list(Db *db, int64_t user, bool unread_only, int offset, int most, Notice **out, int *n,
                 int64_t *total, int64_t *unread);
/* Changes whenever the list of this user does: for an ETag. */
Str notify_tag(Db *db, int64_t user);
/* Marks as read up to notification `upto` (0: all), or the one `id` when that is not 0. Others'
 * are never touched. */
bool notify_read(Db *db, int64_t user, int64_t id, int64_t upto);

Str notify_why_text(NotifyWhy w); /* waits, asked, follows */

/* --- following -------------------------------------------------------------------------------- */

/* May a user with these roles follow (and so hear of) an object? Kinds: enterprise, case, rule,
 * round, notice. */
bool follow_allowed(const User *u, Str object);
/* Follow or no longer; idempotent. ERR_DENIED without the right to read the object. */
bool follow_set(Db *db, const User *u, Str object, bool on);
typedef struct Follow {
    Str object;
    int64_t since_ms;
} Follow;
bool follow_list(Db *db, int64_t user, Follow **out, int *n);
#endif
