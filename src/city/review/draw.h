/* Drawing lots 双随机 that anyone can draw again. Pure.
 *
 * Before the list closes only the digests of a seed are published (draw_commit); afterwards the
 * seed and the list. The draw, in words that any language can follow (all texts UTF-8, "\n" is the
 * byte 0x0A, digests are lower-case hex SHA-256):
 *
 *   key of case c            = SHA-256(seed "\n" "case" "\n" c)
 *   the sample               = the n cases with the smallest keys, compared as text
 *   key of inspector i for c = SHA-256(seed "\n" "inspector" "\n" c "\n" i)
 *   the inspectors of c      = of those not kept from c by a conflict, the m with the smallest keys
 *   digest of a list         = SHA-256 of its members, sorted by bytes, each followed by "\n"
 *
 * tests/redraw.py is an implementation that shares nothing with this one. docs/decisions/0009 says
 * why it is drawn so.
 */
#ifndef JIXIA_CITY_REVIEW_DRAW_H
#define JIXIA_CITY_REVIEW_DRAW_H
#include "base/str.h"

enum { DRAW_SEED_BYTES_MIN = 32 };

/* The digests of a seed, published before the list closes. */
typedef struct DrawCommit {
    Str sm3, sha256; /* hex */
} DrawCommit;
DrawCommit draw_commit(Arena *a, Str seed);
/* Is it the seed behind the published digests? */
bool draw_commit_holds(Arena *a, Str seed, const DrawCommit *c);

typedef struct Drawn {
    int member; /* index in the list */
    Str key;    /* hex */
} Drawn;
/* The n smallest keys (all when n is larger) of the list, in order of key; out has room for
 * min(n, count). Members must differ. Returns how many. */
int draw_cases(Arena *a, Str seed, const Str *list, int count, int n, Drawn *out);
/* The same for the inspectors of a case; kept[i]: inspector i is kept from it (may be NULL). */
int draw_inspectors(Arena *a, Str seed, Str member, const Str *list, const bool *kept, int count,
                    int m, Drawn *out);
/* The digest of a list. */
Str draw_list_digest(Arena *a, const Str *list, int count);
#endif
