/* Secrets: passwords (argon2id), random bytes. */
#ifndef JIXIA_BASE_SECRET_H
#define JIXIA_BASE_SECRET_H
#include "base/str.h"

/* Fills n bytes from the system's random source. */
void secret_random(void *out, size_t n);
/* n random bytes as URL-safe base64 without padding. */
Str secret_token(Arena *a, size_t n);
/* The argon2id hash of a password as self-describing text (19 MiB, 2 passes); false without memory.
 */
bool secret_hash_password(Arena *a, Str password, Str *out);
bool secret_check_password(Str hash, Str password);
/* Takes as long as checking a password, and never finds it right. */
void secret_check_nobody(Str password);
#endif
