/* Import 导入: a sheet of an office or a download becomes facts.
 *
 * The sheet is read in blocks: each row is checked and either accepted whole or refused with every
 * reason (row number as in the file, column, value, code, text, hint). Accepted rows become facts
 * of one batch in one transaction, published at the end: after a crash the import is wholly there
 * or wholly absent. The same file is recognised by its SHA-256; a whole import is undone by a batch
 * that reverses it (batch_reverse). Identities are resolved in bulk and kept in memory; no query is
 * made per row.
 */
#ifndef JIXIA_JOB_IMPORT_H
#define JIXIA_JOB_IMPORT_H
#include "city/fact.h"
#include "city/pack.h"
#include "city/source.h"
#include "city/subject.h"
#include "codec/json.h"
#include "job/table.h"

typedef struct ImportOptions {
    Str name, bytes;    /* the file */
    const Json *layout; /* NULL: heads are looked up in the dictionary */
    Str sheet;          /* of a workbook; empty: the layout's, else the first with rows */
    Str source;         /* source code; empty: the layout's, else self_report */
    int64_t known_ms;   /* when the city learned it; 0: the layout's, else now */
    int year;           /* of yearly columns that name none; 0: the layout's, else the title's */
    bool dry_run;       /* checks everything, writes nothing */
    bool again;         /* import a file that was imported before once more */
    bool confirm_units; /* a person confirmed columns in 亿元 */
    Act act;
} ImportOptions;

/* One reason against a row, or a warning about it. */
typedef struct ImportProblem {
    int64_t row;
    Str column; /* head, or column letters */
    Str value;
    Note note; /* message, arguments, severity 0 or 1 */
} ImportProblem;

typedef struct RefusedRow {
    int64_t row;
    Str *cells;
    int n;
    int problem; /* index of its first one; they follow each other */
    int problems;
} RefusedRow;

typedef struct ImportReport {
    int64_t rows; /* data rows: accepted + refused */
    int64_t accepted, refused, warnings;
    int64_t skipped; /* blank rows, totals, notes, repeated heads; not among rows */
    int64_t facts, new_subjects, batch, seq;
    int64_t read_ms, store_ms; /* reading and checking; resolving and storing */
    int64_t head_row;
    FileKind kind;
    TextEncoding encoding;
    Str sheet, source, sha256;
    Str *heads;
    int head_count;
    ImportProblem *problems; /* refusals and warnings in the order of rows */
    int problem_count, problem_cap;
    bool warnings_cut; /* more warnings than IMPORT_WARNINGS_LISTED: counted, not listed */
    RefusedRow *refused_rows;
    int refused_cap;
} ImportReport;

enum { IMPORT_WARNINGS_LISTED = 10000 };

/* Runs an import. False: the file as a whole cannot be imported (failure recorded), nothing was
 * written. With `db` NULL the rows are only checked (dry run, subjects not looked up). Remarks
 * about the file (columns not read, other sheets) are Notes of c. */
bool import_run(Ctx *c, Db *db, const PackSet *pack, const ImportOptions *o, ImportReport *out);

/* The layout of that id among the packs' layouts/ files, parsed; NULL on failure. */
const Json *import_layout(Ctx *c, const PackSet *pack, Str id);

/* The answer of the command: {"rows","accepted","refused","warnings","errors":[…], …}. */
void import_json(JsonWriter *w, const ImportReport *r, Lang lang);
/* The refused rows with their heads and the reasons in the last column: CSV, or XLSX when the path
 * ends in .xlsx. */
bool import_write_refused(Ctx *c, const ImportReport *r, Str path);
#endif
