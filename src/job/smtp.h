/* One mail to a mail server, RFC 5321, through libcurl: TLS with the certificate checked (none only
 * where the settings allow it, without a password), every step with an end. */
#ifndef JIXIA_JOB_SMTP_H
#define JIXIA_JOB_SMTP_H
#include <stdatomic.h>

#include "city/bundle/mail.h"

enum { SMTP_CONNECT_MS = 15000, SMTP_ALL_MS = 120000 /* below MAIL_HOLD_MS */ };

typedef struct SmtpSend {
    const MailConfig *config;
    Str password;               /* empty: no signing in */
    Str to, message;            /* message with CR LF line ends: codec/mail.h */
    int all_ms;                 /* 0: SMTP_ALL_MS */
    bool (*before_end)(void *); /* right before the end of the data goes out; false stops */
    void *user;
    const atomic_bool *stop; /* true: give up before the end of the data. May be NULL */
} SmtpSend;

typedef struct SmtpAnswer {
    MailState state; /* MAIL_SENT, MAIL_REFUSED, MAIL_UNCLEAR, MAIL_WAITS (may be tried again) */
    bool server;     /* the failure is of server or settings, not of this mail */
    Str text;        /* what the server said last, or what went wrong; printable, one line */
} SmtpAnswer;

/* Never fails by itself: what went wrong is the answer. */
SmtpAnswer smtp_send(Arena *a, const SmtpSend *s);
/* Once in a program, before threads start. */
void smtp_init(void);
#endif
