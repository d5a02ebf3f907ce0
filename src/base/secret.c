/* Secrets through libsodium. Parameters: OWASP's argon2id minimum (19 MiB, 2 passes). */
#include "base/secret.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

static void ready(void) {
    if (sodium_init() < 0) {
        fputs("jixia: secret: libsodium cannot start\n", stderr);
        abort();
    }
}

void secret_random(void *out, size_t n) {
    ready();
    randombytes_buf(out, n);
}

Str secret_token(Arena *a, size_t n) {
    unsigned char *raw = arena_alloc(a, n);
    secret_random(raw, n);
    size_t size = sodium_base64_encoded_len(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = arena_alloc(a, size);
    sodium_bin2base64(text, size, raw, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return str_from(text);
}

bool secret_hash_password(Arena *a, Str password, Str *out) {
    ready();
    char *hash = arena_alloc(a, crypto_pwhash_STRBYTES);
    if (crypto_pwhash_str_alg(hash, password.p, (unsigned long long)password.n, 2, 19u << 20,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        return false;
    *out = str_from(hash);
    return true;
}

bool secret_check_password(Str hash, Str password) {
    ready();
    char text[crypto_pwhash_STRBYTES] = {0};
    if (hash.n <= 0 || hash.n >= (ptrdiff_t)sizeof text) return false;
    for (ptrdiff_t i = 0; i < hash.n; i++) text[i] = hash.p[i];
    return crypto_pwhash_str_verify(text, password.p, (unsigned long long)password.n) == 0;
}

void secret_check_nobody(Str password) {
    static const Str NOBODY = STR_INIT("$argon2id$v=19$m=19456,t=2,p=1$39ujgz4wVcAlKTMUkRiTIQ"
                                       "$4KjgRFOADXIMxyk+3AOzda6pOUIBL/vhR7l5GuJWC/g");
    secret_check_password(NOBODY, password);
}
