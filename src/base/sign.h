/* Signatures: SM2 with SM3 (GB/T 32918.2-2016, GB/T 32905-2016), the signer's identity being the
 * default 1234567812345678 of GM/T 0009-2012. Keys are PEM files outside any database. */
#ifndef JIXIA_BASE_SIGN_H
#define JIXIA_BASE_SIGN_H
#include "base/err.h"

enum { SIGN_KEY_MAX = 512, SIGNATURE_MAX = 80 };
#define SIGN_ALGORITHM S("SM2-SM3")

typedef struct SignKey SignKey; /* a private key; in memory until sign_close */

/* Makes a key and writes it to a new file that only its owner may read (0600); an existing file is
 * never touched (ERR_STATE). */
bool sign_new(Ctx *c, Str path);
/* Reads a private key. ERR_DENIED when others than the owner may read the file. NULL on failure. */
SignKey *sign_open(Ctx *c, Str path);
void sign_close(SignKey *k);
/* The public key as SubjectPublicKeyInfo (DER), in the arena. */
Str sign_public(Arena *a, const SignKey *k);
/* The signature (DER) of the bytes, in the arena; empty on failure (recorded). */
Str sign_bytes(Ctx *c, const SignKey *k, Str bytes);
/* Whether a signature is this key's over these bytes. False also for bytes that are no key. */
bool sign_verify(Str public_der, Str bytes, Str signature);
/* The public key of a PEM file (public or private key) as DER; false (recorded) otherwise. */
bool sign_read_public(Ctx *c, Str path, Str *der);
/* PEM of a public key. */
Str sign_public_pem(Arena *a, Str der);
#endif
