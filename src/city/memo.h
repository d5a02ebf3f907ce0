/* Texts that took long to make, kept by what they depend on: a key names everything that may change
 * the text (a round and its version, a seq), so what is found is never stale and what no longer
 * counts is simply not asked for again. Shared by threads; the oldest go first. */
#ifndef JIXIA_CITY_MEMO_H
#define JIXIA_CITY_MEMO_H
#include "base/arena.h"
#include "base/str.h"

typedef struct Memo Memo;

Memo *memo_open(void);
void memo_close(Memo *m);
/* A copy in the arena; false when there is none. */
bool memo_get(Memo *m, Arena *a, Str key, Str *text);
/* Keeps a copy. A text of more than 8 MiB is not kept. */
void memo_put(Memo *m, Str key, Str text);
#endif
