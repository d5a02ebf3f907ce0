/* What a person chose about notifications: address, digest, language, the secret calendar feed. */
#ifndef JIXIA_CITY_BUNDLE_SETTING_H
#define JIXIA_CITY_BUNDLE_SETTING_H
#include "city/user.h"

typedef struct NotifySetting {
    int64_t user;
    Str email;   /* empty: none */
    bool digest; /* a daily summary by mail */
    Lang lang;
    bool feed;           /* there is an address of a calendar feed */
    int64_t digest_day;  /* day (since 1970) of the last digest, 0: none yet */
    int64_t digest_upto; /* the notification it reached */
    int64_t version;     /* 0: nothing chosen yet */
} NotifySetting;

/* The choice of a user, or what holds without one. */
bool setting_get(Db *db, int64_t user, NotifySetting *out);
/* Stores email, digest and language; ERR_STALE when version is not the stored one, ERR_RULE for an
 * address that is none. In a write transaction. */
bool setting_put(Db *db, const NotifySetting *s);
/* A new secret for the address of the calendar feed; the one before is void. In a write
 * transaction. */
bool setting_new_feed(Db *db, int64_t user, Str *token);
bool setting_end_feed(Db *db, int64_t user);
/* The user whose feed has this secret and who may sign in; false without failure when none. */
bool setting_of_feed(Db *db, Str token, User *out, Lang *lang);
#endif
