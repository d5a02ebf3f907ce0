/* Revisions as the contract shows them; shared by api_revision*.c. */
#ifndef JIXIA_HTTP_REVISION_JSON_H
#define JIXIA_HTTP_REVISION_JSON_H
#include "city/revision.h"
#include "http/http.h"

/* A Revision of the contract, with the tables of its model and what the user may do with it. */
Json *revision_json(Request *r, const Revision *v);
/* A RevisionRow: one line of the list. */
Json *revision_row_json(Request *r, const Revision *v);
/* A RevisionCheck. */
Json *revision_check_json(Request *r, const RevisionCheck *k);
Str revision_etag(const Request *r, const Revision *v);
#endif
