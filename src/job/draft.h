/* Import drafts: an uploaded table on its way into the register. The bytes are kept by their
 * SHA-256, beside them what a person said (source, year, unit, sheet, layout, columns) and the
 * cells that were changed; whatever else there is to know is computed from these. A draft survives
 * a restart. Its state changes in the transaction that publishes the batch or reverses it, so after
 * a crash it says what is true.
 *
 * Every change names the version it was made on: another one in between is ERR_STALE.
 */
#ifndef JIXIA_JOB_DRAFT_H
#define JIXIA_JOB_DRAFT_H
#include "job/import.h"

/* Stored as numbers: append only. Uploads are checked at once, and a commit is one transaction, so
 * `reading` and `committing` are never seen in the store. */
typedef enum DraftState {
    DRAFT_READING,
    DRAFT_MAPPING, /* columns or a unit need a person */
    DRAFT_CHECKED,
    DRAFT_COMMITTING,
    DRAFT_COMMITTED,
    DRAFT_REVERSED,
    DRAFT_DISCARDED,
    DRAFT_FAILED, /* its bytes can no longer be read */
    DRAFT_STATES
} DraftState;

enum { DRAFT_EDITS_MAX = 100000, DRAFT_FILE_MAX = 64 << 20 };

/* What a person says of the whole file; empty: as the file, the layout or the default says. */
typedef struct DraftMapping {
    Str source, layout, sheet, unit;
    int year;
    int64_t known_ms;
    ImportChoice *choices;
    int nchoices;
} DraftMapping;

typedef struct Draft {
    int64_t id, version, created_ms;
    DraftState state;
    Str name, sha256, owner;
    int64_t size;
    DraftMapping mapping;
    ImportEdit *edits;
    int nedits;
    const Json *report; /* of the last check (draft_check.c); an object */
    int64_t rows, accepted, refused, warnings, facts;
    Str source; /* in effect */
    int64_t batch, seq, committed_ms, reversed_ms;
    Str committed_by, reason;
} Draft;

Str draft_state_text(DraftState s);
/* The extension a name claims ("xlsx") when the content is another kind; else empty. */
Str draft_said(Str name, Str kind);

/* Checks the bytes and keeps them as a new draft: d holds name, owner and mapping. False when the
 * file cannot be read at all (nothing is kept). */
bool draft_add(Db *db, const PackSet *pack, Str bytes, Draft *d);
/* ERR_MISSING when there is none. */
bool draft_get(Db *db, int64_t id, Draft *out);
/* Newest first; of one owner unless empty. total counts all of them. */
bool draft_list(Db *db, Str owner, int64_t offset, int64_t limit, Draft **out, int *n,
                int64_t *total);
/* Another draft of the same bytes: one that is committed, else an earlier one not discarded; 0. */
int64_t draft_same(Db *db, const Draft *d, DraftState *state, int64_t *created_ms);

/* Checks again with d's mapping and edits and keeps both. */
bool draft_change(Db *db, const PackSet *pack, Draft *d);
/* Adds changes of cells to those d has; later ones win. ERR_LIMIT above DRAFT_EDITS_MAX. */
bool draft_edit(Ctx *c, Draft *d, const ImportEdit *edits, int n);

/* A row as checked, with its reasons. */
typedef struct DraftLine {
    int64_t row;
    Str *cells;
    int n;
    Str state; /* accepted refused warned skipped */
    int64_t subject;
    Str name;
    int first, problems; /* among DraftLines.report's problems */
} DraftLine;

typedef struct DraftQuery {
    Str states; /* by comma; empty: all */
    int64_t offset, limit;
    const int64_t *rows; /* only these, ascending; then states, offset and limit do not count */
    int nrows;
} DraftQuery;

typedef struct DraftLines {
    ImportReport report;
    DraftLine *items;
    int n;
    int64_t total;
} DraftLines;
/* Reads the file again. While columns need a person there are no rows. */
bool draft_lines(Db *db, const PackSet *pack, const Draft *d, const DraftQuery *q, DraftLines *out);

/* Publishes the good rows. ERR_STATE unless checked, with rows refused and !only_good, with no good
 * row, or when the very same import is committed already. */
bool draft_commit(Db *db, const PackSet *pack, Draft *d, bool only_good, const Act *act);
/* Reverses the batch of a committed draft. */
bool draft_reverse(Db *db, Draft *d, const Act *act);
/* Drops one that was not committed, and its bytes when no other draft has them. */
bool draft_discard(Db *db, Draft *d, const Act *act);

/* The refused rows with the reasons in the last column, marked with `mark`. */
bool draft_refused(Db *db, const PackSet *pack, const Draft *d, bool xlsx, Str mark, Str *bytes);
/* The highest grade of the indicators its columns are read as. */
Grade draft_grade(const PackSet *pack, const Draft *d);
/* An empty sheet with the heads an import knows; fields: indicator codes by comma, empty: all. */
bool draft_template(Ctx *c, const PackSet *pack, Str fields, bool xlsx, Str *bytes);

/* Inside job/draft*.c. */
/* Checks without writing; sets state, report and counts of d. */
bool draft_check(Db *db, const PackSet *pack, Str bytes, Draft *d);
bool draft_bytes(Db *db, const Draft *d, Str *out);
/* The options of d's import. */
bool draft_options(Ctx *c, const PackSet *pack, const Draft *d, Str bytes, ImportOptions *out);
/* What the store keeps of a report. */
const Json *draft_report(Ctx *c, const ImportReport *r);
#endif
