/* Digests: SM3 (GB/T 32905-2016) for rules, packets and the journal, SHA-256 for files. */
#ifndef JIXIA_BASE_HASH_H
#define JIXIA_BASE_HASH_H
#include "base/str.h"

typedef enum HashKind { HASH_SM3, HASH_SHA256 } HashKind;
enum { HASH_BYTES = 32, HASH_SHA1_BYTES = 20 };
typedef struct Hash Hash;

/* An incremental digest; aborts when the library lacks the algorithm. */
Hash *hash_open(HashKind kind);
void hash_add(Hash *h, Str bytes);
/* Makes `to` (open, of the same kind) what `from` is: a prefix hashed once, continued often. */
void hash_copy(Hash *to, const Hash *from);
/* Writes the digest and frees h. */
void hash_close(Hash *h, unsigned char out[HASH_BYTES]);
/* Writes the digest; h may only be copied into or closed then. */
void hash_finish(Hash *h, unsigned char out[HASH_BYTES]);
/* The digest of one piece of bytes, as 64 lower-case hex digits. */
Str hash_hex(Arena *a, HashKind kind, Str bytes);
/* HMAC-SHA-1 (RFC 2104): for one-time codes, whose standard wants it; for nothing else. */
void hash_hmac_sha1(Str key, Str message, unsigned char out[HASH_SHA1_BYTES]);
Str hex_text(Arena *a, const unsigned char *bytes, size_t n);
#endif
