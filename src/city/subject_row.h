/* Shared by the files of subjects; internal to city/subject*.c and match.c. */
#ifndef JIXIA_CITY_SUBJECT_ROW_H
#define JIXIA_CITY_SUBJECT_ROW_H
#include "city/subject.h"

/* The columns subject_row reads, of table subject s. */
#define SUBJECT_COLUMNS "s.id, s.kind, s.name, s.code, s.demo, s.division, s.unit, s.merged_into"

/* The subject in the current row (texts copied into a); *merged_into gets 0 or the id it leads to.
 */
Subject subject_row(Arena *a, Rows *r, int64_t *merged_into);
/* What identifiers are compared by: half width, lower case, no blanks or punctuation. */
Str subject_key(Arena *a, Str value);
/* The tokens of a name in the search index. */
Str subject_tokens(Arena *a, Str name);
/* Locks what changes subjects and their identifiers until the end of the transaction. */
bool subject_lock(Db *db);
/* Brings name, code, division and unit of the row in line with identifiers and places. */
bool subject_refresh(Db *db, int64_t id);
#endif
