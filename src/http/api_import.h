/* How imports look in answers; shared by api_import*.c. */
#ifndef JIXIA_HTTP_API_IMPORT_H
#define JIXIA_HTTP_API_IMPORT_H
#include "http/api.h"
#include "job/draft.h"

/* An Import of the contract. NULL on a failure of the store. */
Json *import_answer(Request *r, const Draft *d);
/* An ImportRow: one line of the list. */
Json *import_row_answer(Request *r, const Draft *d);
/* ImportLines of a check, pushed to a list. */
void import_lines_answer(Request *r, const Draft *d, const DraftLines *lines, Json *list);
Str import_etag(const Request *r, const Draft *d);
/* The draft of the path when the reader's scope holds it; false (404) otherwise. */
bool import_of_path(Request *r, Draft *d);
/* The same for a write: If-Match must name its version. */
bool import_to_change(Request *r, Draft *d);
/* Answers with the import and its ETag. */
bool import_reply(Request *r, Response *out, int status, const Draft *d);
#endif
