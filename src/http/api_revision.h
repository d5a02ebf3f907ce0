/* Shared by api_revision*.c. */
#ifndef JIXIA_HTTP_API_REVISION_H
#define JIXIA_HTTP_API_REVISION_H
#include "http/api.h"
#include "http/revision_json.h"

/* The revision of the path. */
bool revision_of_path(Request *r, Revision *v);
/* The same for a write: If-Match must name its version. */
bool revision_to_change(Request *r, Revision *v);
/* Answers with the revision and its ETag. */
bool revision_reply(Request *r, Response *out, int status, const Revision *v);
#endif
