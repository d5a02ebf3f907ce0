/* The second factor 第二因素: one-time codes by time (TOTP, RFC 6238: HMAC-SHA-1, 30 seconds, six
 * digits, what every authenticator app speaks) and recovery codes. A code holds for its step and
 * the one before and after; none is taken twice, nor one older than the last taken. The store has
 * the keys sealed only (store_key_path). */
#ifndef JIXIA_CITY_FACTOR_H
#define JIXIA_CITY_FACTOR_H
#include "city/user.h"

enum { FACTOR_STEP_S = 30, FACTOR_DIGITS = 6, FACTOR_WINDOW = 1, RECOVERY_CODES = 10 };

/* The code of a step (seconds / 30) for a key, six digits (RFC 4226 5.3, RFC 6238 4). */
Str factor_code(Arena *a, Str key, int64_t step);
/* RFC 4648 base 32 without padding, and back (case and blanks do not matter); false: not base 32.
 */
Str base32_text(Arena *a, Str bytes);
bool base32_read(Arena *a, Str text, Str *out);

typedef struct Factor {
    bool any, confirmed;
    int64_t made_ms, confirmed_ms, recovery_left;
} Factor;
bool factor_get(Db *db, int64_t user, Factor *out);

/* Begins: a new secret (base 32) that is not in force until a code of it was given. ERR_STATE when
 * one is in force. Inside a write transaction, as all below. */
bool factor_begin(Db *db, const User *u, Str *secret, const Act *act);
/* The URI an authenticator reads. */
Str factor_uri(Arena *a, Str issuer, Str user, Str secret);
/* Puts it in force; codes gets RECOVERY_CODES texts, shown once. ERR_RULE for a wrong code. */
bool factor_confirm(Db *db, const User *u, Str code, Str *codes, const Act *act);
/* Seals the keys that stand in the store as they are (of versions before); at start. */
bool factor_seal_all(Db *db);
/* Takes it away, with its recovery codes. */
bool factor_remove(Db *db, int64_t user, const Act *act);
/* Is the code right, and not taken before? It is taken then. A recovery code does once. True too
 * when there is no second factor in force; *needed (may be NULL) says whether there is one. */
bool factor_take(Db *db, int64_t user, Str code, bool *needed);
#endif
