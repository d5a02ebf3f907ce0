/* The fact 称号记录 of a title, and whether a title is the first. Internal to
 * city/library/title*.c. */
#ifndef JIXIA_CITY_LIBRARY_TITLE_FACT_H
#define JIXIA_CITY_LIBRARY_TITLE_FACT_H
#include "city/library/library.h"

/* The key of the fact that a title published. */
Str title_fact_key(Arena *a, int64_t title);
/* Stages the fact of a title in an open loader. source: its code, empty: by kind. */
bool title_fact_add(Db *db, const LibraryRecord *k, FactLoader *l, const Title *t, Str source);
/* Withdraws it in a staged batch; nothing when there is none (any more). */
bool title_fact_withdraw(Db *db, const LibraryRecord *k, int64_t batch, const Title *t, Str reason);
/* Whether t would be the first of its kind, tier and level: NO when the subject has an earlier one,
 * among b's records, the n pending ones or the facts; YES when coverage shows that there was none
 * since the firm began; else unknown. */
bool title_first(Db *db, const LibraryRecord *k, const TitleBook *b, const Title *pending, int n,
                 const Title *t, TitleFirst *out);
/* The record as canonical JSON, for the journal. */
Str title_content(Arena *a, const Title *t);
Str title_event_content(Arena *a, const TitleEvent *e);
#endif
