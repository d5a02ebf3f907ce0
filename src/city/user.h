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
    int64_t session;      /* serial of the session that was read, 0: none */
    bool viewing;         /* a preview: roles, district, organisation, subject are not their own */
    uint32_t own_roles;   /* what they are without the preview */
} User;

/* A password as it is stored, argon2id. Making one takes tens of milliseconds: do it before the
 * transaction that writes it. */
typedef struct PasswordHash {
    Str text;
} PasswordHash;
/* ERR_RULE for a weak password of the user with this name. */
bool user_hash_password(Ctx *c, Str name, Str password, PasswordHash *out);

/* Adds a user; ERR_STATE when the name is taken, ERR_RULE for a bad name, no role or roles that
 * must be apart (roles_apart; the first user of a register may have them all, to set up the
 * others). Returns the id, 0 on failure. */
int64_t user_add(Db *db, const User *u, PasswordHash password, const Act *act);
/* Changes display name, department, district, office, organisation, roles, disabled, unlocks when
 * locked_until_ms is 0; ERR_STALE when version is not the stored one. */
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
/* What a person gives to sign in. code: of the second factor, empty when not asked yet. */
typedef struct SignIn {
    Str name, password, code, address, agent;
} SignIn;
/* The same with a second factor: ERR_AUTH with M_PEOPLE_CODE_NEEDED when the password is right and
 * a code is needed, which counts as no attempt. A wrong code counts as a wrong password does. */
bool session_sign_in(Db *db, const SignIn *s, User *user, Str *token);
/* A new session of somebody who is signed in and has just changed the password: no factor is asked
 * again. */
bool session_renew(Db *db, const User *u, Str address, Str agent, Str *token);
/* The user of a token; false without failure when it is none, expired or the user disabled. */
bool session_find(Db *db, Str token, User *out);
bool session_close(Db *db, Str token);

typedef struct SessionRow {
    int64_t serial, created_ms, expires_ms;
    Str address, agent;
    bool viewing;
} SessionRow;
/* The sessions of a user that hold, newest first. */
bool session_list(Db *db, int64_t user, SessionRow **out, int *n);
/* Ends one of a user by its serial; ERR_MISSING when it is none of theirs. */
bool session_end(Db *db, int64_t user, int64_t serial, const Act *act);
/* A preview 以此视角预览: the session goes on with other roles and another place, read only, until
 * roles is 0. */
typedef struct Preview {
    uint32_t roles;
    Str district;
    int64_t organisation, subject;
} Preview;
bool session_preview(Db *db, const User *u, const Preview *p, const Act *act);
/* Is the password of a user right? A wrong one counts as at signing in; ERR_BUSY while locked. */
bool user_check_password(Db *db, const User *u, Str password);
/* A password nobody needs to remember for long: 16 unambiguous characters. */
Str user_one_time_password(Arena *a);
#endif
