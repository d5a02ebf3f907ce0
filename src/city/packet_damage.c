/* A packet whose content does not fit its own digest was changed after it was written. Recomputing
 * would then blame what follows from the change (an outcome) and not what was changed (a fact, a
 * date): the one changed byte is searched for instead, by trying every other value of every byte
 * until the digest fits. Single bits first; all values while the packet is small enough. */
#include <string.h>

#include "base/hash.h"
#include "city/packet.h"

enum { HEX = 64, ALL_VALUES_MAX = 3000, BITS_MAX = 20000 };

typedef struct Damage {
    Str text;        /* the content: the packet without its digest */
    ptrdiff_t cut;   /* where the digest's member stood, */
    ptrdiff_t cut_n; /* and how long it was */
    unsigned char want[HASH_BYTES];
    Str digest; /* as stored */
} Damage;

static int hex_digit(char ch) {
    if (ch >= '0' && ch <= '9') return ch - '0';
    return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* Cuts the member "sm3":"…", out of canonical bytes. */
static bool split(Arena *a, Str bytes, Damage *d) {
    Str key = S("\"sm3\":\"");
    d->cut = str_find(bytes, key);
    d->cut_n = key.n + HEX + 2;
    if (d->cut < 0 || d->cut + d->cut_n > bytes.n) return false;
    d->digest = str_sub(bytes, d->cut + key.n, d->cut + key.n + HEX);
    for (int i = 0; i < HASH_BYTES; i++) {
        int high = hex_digit(d->digest.p[2 * i]), low = hex_digit(d->digest.p[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        d->want[i] = (unsigned char)(high << 4 | low);
    }
    d->text = str_cat(a, str_sub(bytes, 0, d->cut), str_sub(bytes, d->cut + d->cut_n, bytes.n));
    return true;
}

/* The digest itself was changed when it differs from the content's in one place. */
static bool digest_differs_once(Arena *a, const Damage *d) {
    Str now = hash_hex(a, HASH_SM3, d->text);
    int differ = 0;
    for (int i = 0; i < HEX; i++) differ += now.p[i] != d->digest.p[i];
    return differ <= 1;
}

typedef struct Search {
    Hash *prefix, *trial;
} Search;

static bool fits(const Damage *d, Search *s, ptrdiff_t at, unsigned char value) {
    unsigned char got[HASH_BYTES];
    hash_copy(s->trial, s->prefix);
    hash_add(s->trial, str_of((const char *)&value, 1));
    hash_add(s->trial, str_sub(d->text, at + 1, d->text.n));
    hash_finish(s->trial, got);
    return memcmp(got, d->want, HASH_BYTES) == 0;
}

/* The byte that must be put back, and its old value. */
static bool search(const Damage *d, bool bits, ptrdiff_t *at, unsigned char *value) {
    unsigned char ignored[HASH_BYTES];
    Search s = {hash_open(HASH_SM3), hash_open(HASH_SM3)};
    bool found = false;
    for (ptrdiff_t i = 0; i < d->text.n && !found; i++) {
        unsigned char now = (unsigned char)d->text.p[i];
        for (int k = 1; k < 256 && !found; k++) {
            bool one_bit = (k & (k - 1)) == 0;
            if (one_bit != bits) continue;
            *at = i;
            *value = (unsigned char)(now ^ k);
            found = fits(d, &s, i, *value);
        }
        hash_add(s.prefix, str_sub(d->text, i, i + 1));
    }
    hash_close(s.prefix, ignored);
    hash_close(s.trial, ignored);
    return found;
}

bool packet_damage(Ctx *c, Str bytes, PacketDiff *out) {
    Damage d;
    ptrdiff_t at = 0;
    unsigned char value = 0;
    if (!split(c->arena, bytes, &d) || digest_differs_once(c->arena, &d)) return false;
    bool found = d.text.n <= BITS_MAX && search(&d, true, &at, &value);
    if (!found) found = d.text.n <= ALL_VALUES_MAX && search(&d, false, &at, &value);
    if (!found) return false;
    char *repaired = arena_copy(c->arena, bytes.p, (size_t)bytes.n);
    ptrdiff_t place = at < d.cut ? at : at + d.cut_n;
    repaired[place] = (char)value;
    *out = packet_diff(c, bytes, str_of(repaired, (size_t)bytes.n));
    return true;
}
