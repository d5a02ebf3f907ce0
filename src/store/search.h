/* An index from tokens (bigrams of names, initials) to ids, the same on both engines: for each
 * token and block of 65,536 ids, the ids that have it as two bytes each. Ids are never taken out:
 * whoever searches rechecks the hits, which bigrams need anyway.
 */
#ifndef JIXIA_STORE_SEARCH_H
#define JIXIA_STORE_SEARCH_H
#include "store/db.h"

/* Adds one id under blank-separated tokens. Inside a write transaction. */
bool search_add(Db *db, int64_t id, Str tokens);

/* Many ids, in ascending order for speed. Written when the block of ids changes and at the end. */
typedef struct SearchLoader SearchLoader;
SearchLoader *search_loader_open(Db *db);
bool search_loader_add(SearchLoader *l, int64_t id, Str tokens);
bool search_loader_close(SearchLoader *l);

/* The ids that have all tokens, ascending, in the ctx arena. Stops narrowing when few are left, so
 * hits may lack some of the tokens. None without tokens. */
bool search_find(Db *db, Str tokens, int64_t **ids, int *n);
/* The ids of one token, ascending, in arena a; reading stops soon after `most`, so *n > most says
 * that there are more. */
bool search_token(Db *db, Arena *a, Str token, int most, int64_t **ids, int *n);
/* Ids in ascending order, for qsort. */
int search_id_cmp(const void *px, const void *py);
#endif
