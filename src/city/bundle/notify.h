/* Notifications 通知: one bell a person.
 *
 * A mechanism calls notify() inside the transaction of what happened; who is meant is looked up
 * there and then, so a notification exists exactly when the act does. It holds a code of the text
 * table and its arguments, never a finished text: each reader gets it in the own language.
 */
#ifndef JIXIA_CITY_NOTIFY_H
#define JIXIA_CITY_NOTIFY_H
#include "city/register.h"
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
    bool followers; /* also those who follow the object (or `also`) and may still read it. Leave it
                       out for what not everybody who may see the object may know. */
    Str also;
    const Register *reg; /* with followers: to look at their rights by; NULL: only those are told
                            who may read all of the kind */
    bool formal; /* a legal notice: mailed at once to those meant who have an address, when there is
                    a mail server; city/bundle/mail.h keeps the proof */
} Notify;

/* Tells them, inside the caller's write transaction. Nobody is told the same thing twice, and what
 * nobody is told leaves no trace. */
bool notify(Db *db, const Notify *n);

typedef struct Notice {
    int64_t id, at_ms, read_ms; /* read_ms 0: not read yet */
    NotifyWhy why;
    bool formal;
    Str code, object, link, actor;
    Str text[2]; /* by Lang */
} Notice;

/* Newest first from `offset`, at most `most`; *total and *unread count all. In the ctx arena. */
bool notify_list(Db *db, int64_t user, bool unread_only, int offset, int most, Notice **out, int *n,
                 int64_t *total, int64_t *unread);
/* A part of the list of a user. */
typedef struct NotifyPart {
    int why;             /* NotifyWhy; < 0: any */
    bool unread;         /* only what is not read */
    int64_t after, upto; /* ids: after < id <= upto; upto 0: open */
    int64_t offset, most;
} NotifyPart;
bool notify_part(Db *db, int64_t user, const NotifyPart *p, Notice **out, int *n, int64_t *total);
int64_t notify_unread(Db *db, int64_t user);
/* One, whoever it is for; ERR_MISSING. Without why and read_ms. */
bool notify_get(Db *db, int64_t id, Notice *out);
/* Changes whenever the list of this user does: for an ETag. */
Str notify_tag(Db *db, int64_t user);
/* Marks as read up to notification `upto` (0: all), or the one `id` when that is not 0. Others'
 * are never touched. */
bool notify_read(Db *db, int64_t user, int64_t id, int64_t upto);

/* Records that the bell showed a user those from `from` to `upto`; the first time counts. */
bool notify_shown(Db *db, int64_t user, int64_t from, int64_t upto);

Str notify_why_text(NotifyWhy w); /* waits, asked, follows */
int notify_why_find(Str text);    /* -1: none */

/* --- following -------------------------------------------------------------------------------- */

/* May a user see an object now: a case in their scope, an enterprise they may know of, a rule, a
 * round, a published notice? False for other kinds. reg NULL: only who may read all of the kind. */
bool notice_visible(Db *db, const Register *reg, const User *u, Str object);
/* Follow or no longer; idempotent. ERR_DENIED for what they may not see. */
bool follow_set(Db *db, const Register *reg, const User *u, Str object, bool on);
typedef struct Follow {
    Str object;
    int64_t since_ms;
} Follow;
bool follow_list(Db *db, int64_t user, Follow **out, int *n);
#endif
