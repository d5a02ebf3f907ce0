/* A mail server on 127.0.0.1 that behaves as it is told, for the tests of sending mail. */
#ifndef JIXIA_SMTP_FIXTURE_H
#define JIXIA_SMTP_FIXTURE_H
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

typedef enum SmtpMode {
    SMTP_ACCEPTS,
    SMTP_REFUSES_RCPT, /* 550 */
    SMTP_LATER_RCPT,   /* 450 */
    SMTP_REFUSES_DATA, /* 554 behind the data */
    SMTP_LATER_DATA,   /* 451 behind the data */
    SMTP_SHUT,         /* 421 as greeting */
    SMTP_HANGS,        /* says nothing at all */
    SMTP_DROPS,        /* closes in the middle of the data */
    SMTP_DROPS_AFTER,  /* takes the mail and closes without an answer */
    SMTP_HANGS_AFTER   /* takes the mail and never answers */
} SmtpMode;

enum { SMTP_KEPT_MAX = 1 << 17 };

typedef struct SmtpFixture {
    int listener, port;
    pthread_t thread;
    atomic_int mode, taken, talks; /* mails taken; connections */
    atomic_bool stop;
    char last[SMTP_KEPT_MAX]; /* the last talk as received, from EHLO on */
    size_t n;
} SmtpFixture;

void smtp_fixture_open(SmtpFixture *f);
void smtp_fixture_close(SmtpFixture *f);
#endif
