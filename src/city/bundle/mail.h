/* Mail that goes out 发信: a queue in the store, sent by job/mailer.h.
 *
 * No mail is lost or sent twice, whatever is killed when. A row is claimed (MAIL_HELD) by a process
 * until a moment; nothing of it counts for the receiver before the end of its data. Right before
 * that end is sent the row becomes MAIL_OFFERED, which succeeds only while the claim holds: a claim
 * that ran out goes back to waiting and is sent by another. A row that was offered and whose answer
 * nobody saw is MAIL_UNCLEAR: the server may have taken it, so only a person sends it again
 * (RFC 1047). Each try is kept with what the server said.
 */
#ifndef JIXIA_CITY_BUNDLE_MAIL_H
#define JIXIA_CITY_BUNDLE_MAIL_H
#include "city/journal.h"

/* Append only: stored as numbers. */
typedef enum MailState {
    MAIL_WAITS,
    MAIL_HELD,    /* in hand; nothing given to the server yet */
    MAIL_OFFERED, /* the end of the data goes out */
    MAIL_SENT,    /* the server took it (2yz behind the data) */
    MAIL_REFUSED, /* the server will not have it (5yz) */
    MAIL_GIVEN_UP,
    MAIL_UNCLEAR
} MailState;
enum {
    MAIL_TRIES = 12,
    MAIL_HOLD_MS = 5 * 60 * 1000, /* longer than sending may take: job/smtp.h */
    MAIL_ANSWER_MAX = 500,
    MAIL_BODY_MAX = 1 << 20
};

typedef struct Mail {
    int64_t id, user, notification, made_ms, next_ms, answered_ms; /* 0: none */
    int64_t day; /* since 1970-01-01; of a digest its own, else when it was made */
    MailState state;
    int tries;
    Str kind; /* digest, notice, letter, test */
    Str address, subject, body, object, actor, message_id, content_sm3, answer;
} Mail;

/* Puts a mail into the queue, inside the caller's write transaction; of `m` kind, address, subject,
 * body, object, actor, user, notification and (digest) day count. Returns its id: the proof id,
 * which mail_proof reads. 0 for a second digest of a person and day; on failure 0 and ERR_RULE for
 * an address that is none, ERR_LIMIT for a text too long. */
int64_t mail_queue(Db *db, const Mail *m);

/* Takes the next mail that is due for `holder`, in a transaction of its own. domain: behind the @
 * of its Message-ID, given with the first claim. out->id 0: none is due. */
bool mail_claim(Db *db, Str holder, Str domain, Mail *out);
/* The end of its data goes out now. ERR_STATE when the claim is no longer the holder's. */
bool mail_offer(Db *db, Str holder, int64_t id);
/* What became of a try. state: MAIL_WAITS (try again later; MAIL_GIVEN_UP after MAIL_TRIES),
 * MAIL_SENT, MAIL_REFUSED, MAIL_UNCLEAR. Nothing when the claim is no longer the holder's. */
bool mail_done(Db *db, Str holder, int64_t id, MailState state, Str answer);
/* Rows whose holder is gone: held ones wait again, offered ones are unclear. */
bool mail_sweep(Db *db, int64_t *again, int64_t *unclear);

Str mail_state_text(MailState s); /* waits, held, offered, sent, refused, given_up, unclear */
int mail_state_find(Str text);    /* -1: none */

/* Newest first; state < 0: any; object empty: any. Without bodies. */
bool mail_list(Db *db, int state, Str object, int64_t offset, int64_t most, Mail **out, int *n,
               int64_t *total);
bool mail_get(Db *db, int64_t id, Mail *out); /* ERR_MISSING */
/* Sends one again that is refused, given up or unclear; ERR_STATE otherwise. */
bool mail_again(Db *db, int64_t id, const Act *act);

typedef struct MailTry {
    int64_t at_ms;
    MailState state;
    Str answer;
} MailTry;
bool mail_tries(Db *db, int64_t id, MailTry **out, int *n);

/* --- proof of delivery 送达证明 ------------------------------------------------------------------
 */

typedef struct ProofPerson {
    Str user, display_name;
    int64_t shown_ms, read_ms; /* 0: not yet */
    int64_t mail;              /* 0: no mail went to them */
} ProofPerson;

typedef struct Proof {
    int64_t notification; /* 0: of a mail alone */
    int64_t made_ms;
    bool formal;
    Str object, actor, text[2];
    ProofPerson *people;
    int npeople;
    Mail *mails; /* with bodies, to check content_sm3 by */
    int nmails;
} Proof;
/* What is recorded of a notification's, or of a mail's, delivery. ERR_MISSING. */
bool proof_of_notification(Db *db, int64_t id, Proof *out);
bool proof_of_mail(Db *db, int64_t id, Proof *out);

/* A proof as JSON, with each mail's tries. */
struct Json;
struct Json *proof_json(Db *db, const Proof *p);

/* --- the mail server ----------------------------------------------------------------------------
 */

typedef struct MailConfig {
    Str server;              /* smtp://HOST[:PORT] or smtps://HOST[:PORT]; empty: none set */
    Str from, from_name;     /* of the sender */
    Str user, password_file; /* empty: no signing in. The password is in the file alone */
    Str ca_file;             /* certificates to trust; empty: the system's */
    Str site;                /* address of the web app for links, without a slash at its end */
    bool plain;              /* without TLS: for a server on this machine, never with a password */
    int digest_hour;         /* 0 to 23 in China */
} MailConfig;
/* server is empty when nothing was set. */
bool mail_config_get(Db *db, MailConfig *out);
/* Checks and stores it, with its journal entry (whose content has no password). ERR_RULE. */
bool mail_config_set(Db *db, const MailConfig *k, const Act *act);
bool mail_config_end(Db *db, const Act *act);
#endif
