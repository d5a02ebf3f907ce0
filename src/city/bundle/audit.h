/* Auditing: the journal searched, and what was known of a subject at one point against another. */
#ifndef JIXIA_CITY_BUNDLE_AUDIT_H
#define JIXIA_CITY_BUNDLE_AUDIT_H
#include "city/register.h"

typedef struct AuditFilter {
    Str actor, action, object; /* empty: any; an action or object that ends in ':' or '.' is a
                                  beginning: "case." finds case.act and case.open */
    int64_t from_ms, to_ms;    /* from <= at < to; 0: open */
} AuditFilter;

/* Entries that fit, newest first, in the ctx arena; *total counts all of them. */
bool audit_search(Db *db, const AuditFilter *f, int64_t offset, int64_t limit, JournalEntry **out,
                  int *n, int64_t *total);

typedef struct AuditReplay {
    KeptDecision kept;
    Str stored_sm3;  /* of the packet as kept */
    PacketDiff diff; /* against deciding again from the register at the packet's clocks */
} AuditReplay;
/* Decides a kept decision again; ERR_MISSING. */
bool audit_replay(Db *db, const Register *r, int64_t decision, AuditReplay *out);
#endif
