/* Invitations 邀请: a link that does once, until an hour; who follows it sets the password. The
 * link is known by the SM3 of its token only. */
#ifndef JIXIA_CITY_INVITATION_H
#define JIXIA_CITY_INVITATION_H
#include "city/user.h"

enum { INVITATION_HOURS = 72 };

/* A new link for a user; earlier ones no longer hold. Inside a write transaction. */
bool invitation_make(Db *db, int64_t user, Str *token, int64_t *expires_ms, const Act *act);
/* Whom a token invites; ERR_AUTH for one that is none, used, withdrawn or too old. */
bool invitation_find(Db *db, Str token, User *out);
/* Sets the password of who is invited and uses the link up. Inside a write transaction. */
bool invitation_accept(Db *db, Str token, PasswordHash password, User *out);
/* Withdraws what is open for a user; *n (may be NULL): how many. */
bool invitation_withdraw(Db *db, int64_t user, int64_t *n, const Act *act);
/* When the open invitation of a user ends; 0: there is none. */
int64_t invitation_open_until(Db *db, int64_t user);
#endif
