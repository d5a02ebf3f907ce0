/* Revisions of rules 拟修订: a version of a rule to come, kept in the store until a second person
 * releases it. It holds a base version, a new model, the day it takes effect, its reason, its basis
 * (document and article) and worked cases.
 *
 *     draft → submitted → released
 *       ↑         ↓ returned (with a reason; changing it makes it a draft again)
 *       └ draft, submitted, returned → withdrawn
 *
 * A revision without a document is 依据待补: it can be drafted and decides nothing, for it cannot
 * be submitted. Nobody who put content into a revision may release it. Releasing makes a new rule
 * set of the files in force with the revision applied; older versions stay, so packets replay.
 */
#ifndef JIXIA_CITY_REVISION_H
#define JIXIA_CITY_REVISION_H
#include "city/register.h"
#include "dmn/check.h"

/* Append only: stored. */
typedef enum RevisionState {
    REVISION_DRAFT,
    REVISION_SUBMITTED,
    REVISION_RELEASED,
    REVISION_RETURNED,
    REVISION_WITHDRAWN,
    REVISION_STATES
} RevisionState;

enum { REVISION_MODEL_MAX = 8 << 20, REVISION_CASES_MAX = 1 << 20 };

typedef struct Revision {
    int64_t id, version; /* version: raised by every change, for If-Match */
    RevisionState state;
    Str rule;                    /* pack/id */
    Str base_version, base_hash; /* of the version it was made from */
    Str new_version;             /* id of the version it makes */
    Str title;
    Str effective_from, effective_to; /* ISO days; to: empty when no end is known */
    Str reason;
    Str document, article; /* the basis; document empty: 依据待补 */
    Str status;            /* V, V*, I, DEMO: how well the new figures are proved */
    Str new_document;      /* JSON object of a document no pack has yet; empty: none */
    Str cases;             /* JSON array in the form of cases.yaml */
    Str dmn_sm3, dmn;      /* dmn: only when asked for */
    Str owner, submitted_by, decided_by, decided_reason;
    int64_t created_ms, changed_ms, submitted_ms, decided_ms, rule_set;
} Revision;

Str revision_state_text(RevisionState s);
int revision_state_find(Str text); /* -1: none of that name */

/* --- store (revision.c) --- */

/* Drafts a revision of a rule from a version (empty: the newest); fills *out. */
bool revision_add(Db *db, const PackSet *p, const Revision *wanted, const Act *act, Revision *out);
/* By id, with its model. ERR_MISSING. */
bool revision_get(Db *db, int64_t id, Revision *out);
typedef struct RevisionFilter {
    Str rule;  /* empty: any */
    int state; /* -1: any */
    int64_t offset, limit;
} RevisionFilter;
/* Newest first, without models. */
bool revision_list(Db *db, const RevisionFilter *f, Revision **out, int *n, int64_t *total);
/* Stores the content of r (title … dmn) over version r->version; ERR_STALE when that is not the
 * newest, ERR_STATE unless it is a draft or was returned. */
bool revision_change(Db *db, Revision *r, const Act *act);
bool revision_submit(Db *db, Revision *r, const Act *act);
bool revision_return(Db *db, Revision *r, const Act *act);
bool revision_withdraw(Db *db, Revision *r, const Act *act);
/* Has this person put content into it? */
bool revision_is_author(Db *db, int64_t id, Str actor);

/* --- what it makes (revision_apply.c) --- */

/* The files of a rule set with the revision applied: the model, a version in rule.yaml from its
 * day, the version before it ended there, cases, document. day: last seen in force. In the ctx
 * arena. */
bool revision_apply(Ctx *c, const PackFile *files, int n, const Revision *r, int64_t day,
                    PackFile **out, int *nout);

/* --- checks and release (revision_check.c) --- */

typedef struct RevisionCase {
    Str name, source, version, expected, why; /* why: empty when it passes */
    int64_t as_of;
    bool attached; /* a case of the revision itself */
} RevisionCase;

typedef struct RevisionCheck {
    const DmnFinding *findings; /* of the model, in order; severity 0 blocks */
    int errors, warnings;
    RevisionCase *cases;
    int ncases, failed;
    int by_new; /* cases decided by the new version */
} RevisionCheck;

/* Checks the model (loading, dmn_check), applies the revision to the rule set in force and runs the
 * rule's cases and its own. A model with errors runs no case. False only on a failure of the store;
 * what cannot be applied is a finding. */
bool revision_check(Db *db, const Revision *r, int64_t day, RevisionCheck *out);
/* Releases it: by somebody who is no author, with a basis, without errors, all cases passing and at
 * least one decided by the new version. */
bool revision_release(Db *db, Revision *r, const Act *act);
/* Puts the released revisions a set of files lacks on top of it, inside the write transaction that
 * saves it: what init does, so that a pack folder without them takes nothing back. A version that
 * was taken over into the folder is left as it stands there. */
bool revisions_carry(Db *db, PackFile **files, int *n);
#endif
