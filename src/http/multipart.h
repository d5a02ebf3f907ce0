/* multipart/form-data (RFC 7578, RFC 2046 5.1) of a request held in memory. Strict: what browsers
 * and curl send is read, anything else is refused. */
#ifndef JIXIA_HTTP_MULTIPART_H
#define JIXIA_HTTP_MULTIPART_H
#include "base/err.h"

enum { MULTIPART_PARTS_MAX = 32 };

typedef struct Part {
    Str name;
    Str filename; /* without folders; empty: a field */
    bool file;    /* a file name was given, perhaps an empty one */
    Str bytes;    /* inside the body */
} Part;

typedef struct Multipart {
    Part parts[MULTIPART_PARTS_MAX];
    int n;
} Multipart;

/* content_type: the header's whole value. False (ERR_INPUT): not well formed, a part twice, more
 * parts than MULTIPART_PARTS_MAX. Texts live in c->arena or the body. */
bool multipart_read(Ctx *c, Str content_type, Str body, Multipart *out);
/* NULL when there is none. */
const Part *multipart_find(const Multipart *m, Str name);
#endif
