/* Secrets: passwords (argon2id), random bytes, what is sealed with a key that stands in a file. */
#ifndef JIXIA_BASE_SECRET_H
#define JIXIA_BASE_SECRET_H
#include "base/err.h"

/* Fills n bytes from the system's random source. */
void secret_random(void *out, size_t n);
/* n random bytes as URL-safe base64 without padding. */
Str secret_token(Arena *a, size_t n);
/* The argon2id hash of a password as self-describing text (19 MiB, 2 passes); false without memory.
 */
bool secret_hash_password(Arena *a, Str password, Str *out);
bool secret_check_password(Str hash, Str password);
/* The hash nobody has: of the form and the cost of every other. */
Str secret_nobody(void);
/* Takes as long as checking a password, and never finds it right. */
void secret_check_nobody(Str password);

enum { SECRET_KEY_BYTES = 32 };
typedef struct SecretKey {
    unsigned char bytes[SECRET_KEY_BYTES];
} SecretKey;
/* The key in a file that only its owner may read (0600). `make`: a new one when there is no such
 * file; of two who make it at once one wins, and it is never half there. ERR_MISSING when there is
 * none, ERR_DENIED when others may read it, ERR_INPUT when it is no key. */
bool secret_key(Ctx *c, Str path, bool make, SecretKey *out);
/* Seals a text (XChaCha20-Poly1305 with a random nonce) for what `about` names: elsewhere it does
 * not open. The sealed text is letters, digits, '-', '_' and '.'. */
Str secret_seal(Arena *a, const SecretKey *k, Str about, Str plain);
/* Whether it is a sealed text at all, whatever key and cause. */
bool secret_is_sealed(Str text);
/* False when key, `about` or one bit are not those it was sealed with. */
bool secret_unseal(Arena *a, const SecretKey *k, Str about, Str sealed, Str *plain);
#endif
