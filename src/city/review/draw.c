/* Drawing lots: see draw.h. */
#include "city/review/draw.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"

DrawCommit draw_commit(Arena *a, Str seed) {
    return (DrawCommit){.sm3 = hash_hex(a, HASH_SM3, seed),
                        .sha256 = hash_hex(a, HASH_SHA256, seed)};
}

bool draw_commit_holds(Arena *a, Str seed, const DrawCommit *c) {
    DrawCommit is = draw_commit(a, seed);
    return str_eq(is.sm3, c->sm3) && str_eq(is.sha256, c->sha256);
}

static Str key(Arena *a, Str seed, const Str *part, int n) {
    unsigned char out[HASH_BYTES];
    Hash *h = hash_open(HASH_SHA256);
    hash_add(h, seed);
    for (int i = 0; i < n; i++) {
        hash_add(h, S("\n"));
        hash_add(h, part[i]);
    }
    hash_close(h, out);
    return hex_text(a, out, HASH_BYTES);
}

static int by_key(const void *x, const void *y) {
    return str_cmp(((const Drawn *)x)->key, ((const Drawn *)y)->key);
}

/* The n smallest of count. */
static int smallest(Drawn *all, int count, int n, Drawn *out) {
    if (count) qsort(all, (size_t)count, sizeof *all, by_key);
    if (n > count) n = count;
    for (int i = 0; i < n; i++) out[i] = all[i];
    return n;
}

int draw_cases(Arena *a, Str seed, const Str *list, int count, int n, Drawn *out) {
    Drawn *all = NEW_N(a, Drawn, count + 1);
    for (int i = 0; i < count; i++)
        all[i] = (Drawn){i, key(a, seed, (Str[]){S("case"), list[i]}, 2)};
    return smallest(all, count, n, out);
}

int draw_inspectors(Arena *a, Str seed, Str member, const Str *list, const bool *kept, int count,
                    int m, Drawn *out) {
    Drawn *all = NEW_N(a, Drawn, count + 1);
    int n = 0;
    for (int i = 0; i < count; i++)
        if (!kept || !kept[i])
            all[n++] = (Drawn){i, key(a, seed, (Str[]){S("inspector"), member, list[i]}, 3)};
    return smallest(all, n, m, out);
}

static int by_bytes(const void *x, const void *y) {
    return str_cmp(*(const Str *)x, *(const Str *)y);
}

Str draw_list_digest(Arena *a, const Str *list, int count) {
    Str *all = NEW_N(a, Str, count + 1);
    Buf b = buf_new(a, 0);
    for (int i = 0; i < count; i++) all[i] = list[i];
    if (count) qsort(all, (size_t)count, sizeof *all, by_bytes);
    for (int i = 0; i < count; i++) {
        buf_put(&b, all[i]);
        buf_char(&b, '\n');
    }
    return hash_hex(a, HASH_SHA256, buf_str(&b));
}
