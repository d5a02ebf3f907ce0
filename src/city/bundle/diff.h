/* What was known of a thing at one point against another: an enterprise, a case, a rule, a title.
 */
#ifndef JIXIA_CITY_BUNDLE_DIFF_H
#define JIXIA_CITY_BUNDLE_DIFF_H
#include "city/people/sight.h"
#include "city/register.h"

typedef struct DiffLine {
    Str path;          /* "facts/营业收入/2021", "titles/4/state", "data/问题" */
    Str before, after; /* as text */
    bool had, has;     /* was there, is there */
} DiffLine;

typedef struct AuditDiff {
    DiffLine *lines; /* by path; only what differs */
    int n;
    int same;       /* paths that do not differ */
    int hidden;     /* facts that the reader may not see, differing or not */
    bool sensitive; /* something above 内部 is among the lines */
} AuditDiff;

/* object: enterprise:ID, case:ID, rule:PACK/ID, title:ID. sight NULL: everything is shown. Cases
 * know one clock, as_known. ERR_MISSING, ERR_INPUT for another kind. */
bool audit_diff(Db *db, const Register *r, const Sight *sight, Str object, const FactAt *before,
                const FactAt *after, AuditDiff *out);
#endif
