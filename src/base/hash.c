/* Digests through OpenSSL 3 EVP. The algorithms are fetched once: a fetch per use costs half again
 * as much as hashing 100 bytes. */
#include "base/hash.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static EVP_MD *digests[2];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void free_digests(void) {
    EVP_MD_free(digests[HASH_SM3]);
    EVP_MD_free(digests[HASH_SHA256]);
}

static void fetch_digests(void) {
    digests[HASH_SM3] = EVP_MD_fetch(NULL, "SM3", NULL);
    digests[HASH_SHA256] = EVP_MD_fetch(NULL, "SHA256", NULL);
    atexit(free_digests);
}

static _Noreturn void no_digest(void) {
    fputs("jixia: hash: the crypto library refused a digest\n", stderr);
    abort();
}

Hash *hash_open(HashKind kind) {
    pthread_once(&once, fetch_digests);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    if (!md || !digests[kind] || !EVP_DigestInit_ex2(md, digests[kind], NULL)) no_digest();
    return (Hash *)md;
}

void hash_add(Hash *h, Str bytes) {
    if (!EVP_DigestUpdate((EVP_MD_CTX *)h, bytes.p, (size_t)bytes.n)) no_digest();
}

void hash_copy(Hash *to, const Hash *from) {
    if (!EVP_MD_CTX_copy_ex((EVP_MD_CTX *)to, (const EVP_MD_CTX *)from)) no_digest();
}

void hash_finish(Hash *h, unsigned char out[HASH_BYTES]) {
    unsigned n = 0;
    if (!EVP_DigestFinal_ex((EVP_MD_CTX *)h, out, &n) || n != HASH_BYTES) no_digest();
}

void hash_close(Hash *h, unsigned char out[HASH_BYTES]) {
    hash_finish(h, out);
    EVP_MD_CTX_free((EVP_MD_CTX *)h);
}

void hash_hmac_sha1(Str key, Str message, unsigned char out[HASH_SHA1_BYTES]) {
    size_t n = 0;
    if (!EVP_Q_mac(NULL, "HMAC", NULL, "SHA1", NULL, key.p, (size_t)key.n,
                   (const unsigned char *)message.p, (size_t)message.n, out, HASH_SHA1_BYTES, &n) ||
        n != HASH_SHA1_BYTES)
        no_digest();
}

Str hex_text(Arena *a, const unsigned char *bytes, size_t n) {
    static const char HEX[] = "0123456789abcdef";
    char *p = arena_alloc(a, n * 2 + 1);
    for (size_t i = 0; i < n; i++) {
        p[2 * i] = HEX[bytes[i] >> 4];
        p[2 * i + 1] = HEX[bytes[i] & 15];
    }
    return str_of(p, n * 2);
}

Str hash_hex(Arena *a, HashKind kind, Str bytes) {
    unsigned char out[HASH_BYTES];
    Hash *h = hash_open(kind);
    hash_add(h, bytes);
    hash_close(h, out);
    return hex_text(a, out, HASH_BYTES);
}
