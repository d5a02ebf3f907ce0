/* A list of titles 称号名单 (CSV, XLSX, XLS) as records: each row names a firm, by code or name,
 * and a title; what the rows do not say, the options do.
 *
 * accepted + refused = rows. A refused row says the column, the value, why and a hint; a name that
 * may mean several firms waits for a person (match_confirm) and names them. What is accepted goes
 * into one batch in one transaction, all of it or nothing; a list can be undone: every record of it
 * is taken back as a mistake, so a reader of an earlier point still sees it.
 */
#ifndef JIXIA_JOB_TITLE_LIST_H
#define JIXIA_JOB_TITLE_LIST_H
#include "city/library/library.h"
#include "city/match.h"
#include "city/register.h"
#include "job/table.h"

enum { TITLE_LIST_ROWS_MAX = 10000 };

typedef struct TitleListOptions {
    Str name, bytes, sheet; /* the file */
    TitleNew fill;          /* for cells that are empty or not there; kind 0: 认定 */
    bool dry_run;           /* checks everything, writes nothing */
    bool only_good;         /* rows were refused: record the others all the same */
    bool again;             /* the same file stands already: record it once more */
    Act act;
} TitleListOptions;

typedef enum TitleListFound {
    TITLE_LIST_NOT_FOUND, /* 查无此企业 */
    TITLE_LIST_PERSON,    /* 待人工确认 */
    TITLE_LIST_AUTOMATIC
} TitleListFound;

typedef struct TitleListRow {
    int64_t row; /* as the program that made the file shows it */
    Str line;    /* the firm as written */
    Str tier, level;
    TitleListFound found;
    const Match *match;
    int64_t subject; /* 0 unless found */
    bool refused;
    Str column, value; /* of the cell that is refused; may be empty */
    Note note;         /* why */
} TitleListRow;

typedef struct TitleListReport {
    TitleListRow *items;
    int64_t n, accepted, refused, person, not_found; /* person, not_found: of the refused */
    int64_t batch;                                   /* 0: nothing was recorded */
    Str sha256;
} TitleListReport;

/* Outside a transaction. False when the file as a whole cannot be read, or nothing may be recorded:
 * rows were refused and !only_good (ERR_RULE), no row is good, the same file stands (ERR_STATE). */
bool title_list_run(Db *db, const Register *reg, const TitleListOptions *o, TitleListReport *out);

typedef struct TitleList {
    int64_t batch, rows, accepted, refused, made_ms, undone_ms;
    Str name, sha256, actor, reason, undone_by, undone_reason;
} TitleList;
/* Newest first. */
bool title_lists(Db *db, int64_t offset, int64_t limit, TitleList **out, int *n, int64_t *total);
/* ERR_MISSING. */
bool title_list_get(Db *db, int64_t batch, TitleList *out);
/* Inside a write transaction. ERR_STATE when it was undone before; *n: records taken back. */
bool title_list_undo(Db *db, const PackSet *p, int64_t batch, const Act *act, int *n);
#endif
