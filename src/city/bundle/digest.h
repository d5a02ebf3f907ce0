/* The daily digest 每日摘要: one mail a person and day of what waits for them, what they asked for
 * and what they follow, in their language, of nothing they may not see now. */
#ifndef JIXIA_CITY_BUNDLE_DIGEST_H
#define JIXIA_CITY_BUNDLE_DIGEST_H
#include "city/bundle/mail.h"
#include "city/register.h"

enum { DIGEST_LINES = 40 }; /* of each of the three; the rest is counted */

/* Puts the digests that are due into the queue: of everybody who wants one, at or after the hour
 * the operator set, once a day in China, when something unread is new since the last. A clock that
 * was set back makes none again. Each person's in a transaction of its own. *made counts them. */
bool digest_make_due(Db *db, const Register *reg, const MailConfig *k, int *made);
#endif
