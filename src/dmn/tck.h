/* Test cases of the DMN Technology Compatibility Kit: reading, running, comparing. No files here;
 * the command walks folders. The comparison is stricter than the kit's own runners: numbers are
 * exact where the expected literal is (at most 7 digits after the point), and an expected error
 * must have left a diagnostic.
 */
#ifndef JIXIA_DMN_TCK_H
#define JIXIA_DMN_TCK_H
#include "dmn/dmn.h"

typedef struct TckNode {
    Str name, ns;
    bool error;         /* errorResult="true" */
    const XmlNode *xml; /* holder of the value; NULL: null */
} TckNode;

typedef struct TckCase {
    Str id, type, invocable;
    TckNode *inputs, *results;
    int ninputs, nresults;
    bool has_value; /* some expected result is not null */
} TckCase;

typedef struct TckFile {
    Str name, model;
    TckCase *cases;
    int ncases;
} TckFile;

/* Reads a test file; NULL on failure. */
TckFile *tck_read(Ctx *c, Str bytes, Str name);
/* Runs one case in a fresh evaluation on arena a. True: passed. Otherwise *why says what was
 * expected and what came. */
bool tck_run(Arena *a, const DmnModel *m, const TckCase *t, Str *why);
#endif
