/* Sending what waits in the queue of mail (city/bundle/mail.h): once from the command line, and in
 * the background of a server. */
#ifndef JIXIA_JOB_MAILER_H
#define JIXIA_JOB_MAILER_H
#include <stdatomic.h>

#include "city/register.h"

typedef struct MailerReport {
    int digests, sent, refused, later, unclear;
    Str problem; /* the last thing that was wrong with server or settings; empty: none */
} MailerReport;

typedef struct MailerOptions {
    const atomic_bool *stop; /* may be NULL */
    bool digests;            /* make those that are due first */
    int all_ms;              /* of one mail; 0: SMTP_ALL_MS */
} MailerOptions;

/* Makes the digests that are due and sends what is due, one after the other. ERR_STATE when no
 * server is set, ERR_DENIED for a password file others may read. A server that cannot be reached
 * ends the run: the rest waits. */
bool mailer_run(Ctx *c, const Register *reg, const MailerOptions *o, MailerReport *out);

/* A thread that does so every half minute, when a server is set. NULL when it cannot start. */
typedef struct Mailer Mailer;
Mailer *mailer_start(Arena *a, const Register *reg);
/* Ends within a second, but for a mail whose end of data is out: its answer is waited for. */
void mailer_stop(Mailer *m);
#endif
