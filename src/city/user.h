/* Users and sessions. Passwords are argon2id; a session is 256 random bits, stored as its SM3. Five
 * wrong passwords in a row lock a name for a while, and nothing tells which of name and password
 * was wrong. */
#ifndef JIXIA_CITY_USER_H
#define JIXIA_CITY_USER_H
#include "city/journal.h"
#include "city/rights.h"

enum {
    PASSWORD_MIN = 10,
    PASSWORD_MAX = 128,
    SESSION_HOURS = 12,
    LOCK_AFTER = 5,
    LOCK_MINUTES = 10
};

typedef struct User {
    int64_t id;
    Str name, display_name, department, district;
    uint32_t roles; /* bits of Role */
    bool must_change, disabled;
    int64_t locked_until_ms, created_ms, last_sign_in_ms, version;
    Str last_sign_in_from;
    int64_t office;       /* 处室, 0: none */
    int64_t organisation; /* of a partner 推荐机构, 0: none */
    int64_t subject;      /* the enterprise the account is bound to today, 0: none */
} User;

/* A password as it is stored, argon2id. Making one takes tens of milliseconds: do it before the
 * transaction that writes it. */
typedef struct PasswordHash {
    Str text;
} PasswordHash;
/* ERR_RULE for a weak password of the user with this name. */
bool user_hash_password(Ctx *c, Str name, Str password, PasswordHash *out);

/* Adds a user; ERR_STATE when the name is taken, ERR_RULE for a bad name or no role. Returns the
 * id, 0 on failure. */
int64_t user_add(Db *db, const User *u, PasswordHash password, const Act *act);
/* Changes display name, department, district, roles, disabled, unlocks when locked_until_ms is 0;
 * ERR_STALE when version is not the stored one. */
bool user_change(Db *db, const User *u, const Act *act);
/* Sets a password; `must_change` for a one-time password. Ends the user's sessions and a lock. */
bool user_set_password(Db *db, int64_t id, PasswordHash password, bool must_change, const Act *act);
/* Forgets the wrong passwords given for a name. */
bool user_unlock(Db *db, Str name);
/* 2 to 32 of a-z 0-9 . - _ */
bool user_name_valid(Str name);
/* A journal entry on a user: `action` such as "user.add". */
bool user_journal(Db *db, const Act *act, const char *action, int64_t id);
bool user_get(Db *db, int64_t id, User *out);
bool user_by_name(Db *db, Str name, User *out); /* false without failure when there is none */
/* The user who may sign in and has a session with this SM3; false without failure otherwise. */
bool user_of_session(Db *db, Str token_sm3, User *out);
bool user_list(Db *db, Str part, User **out, int *n);
int64_t user_count(Db *db);

/* Signs in: a new session's token, in the ctx arena. ERR_AUTH for anything wrong, ERR_BUSY (429)
 * with the seconds to wait as argument while the name is locked, whether or not it is anybody's. */
bool session_open(Db *db, Str name, Str password, Str address, User *user, Str *token);
/* The user of a token; false without failure when it is none, expired or the user disabled. */
bool session_find(Db *db, Str token, User *out);
bool session_close(Db *db, Str token);
/* Is the password of a user right? A wrong one counts as at signing in; ERR_BUSY while locked. */
bool user_check_password(Db *db, const User *u, Str password);
/* A password nobody needs to remember for long: 16 unambiguous characters. */
Str user_one_time_password(Arena *a);
#endif
