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

/* A cell that a person changed: read in place of what the file holds. */
typedef struct ImportEdit {
    int64_t row;
    int column; /* from 0 */
    Str text;
} ImportEdit;

/* What a person says of a column, in place of its head. */
typedef struct ImportChoice {
    int column; /* from 0 */
    Str field; /* indicator code, or an `as` word of layouts (uscc, name, year …); empty: unused */
    Str unit;  /* empty: as the head says */
    int year;  /* 0: as the head says */
} ImportChoice;

/* One row as checked; cells are valid during the call only. */
typedef struct ImportLine {
    int64_t row;
    const Cell *cells;
    int n;
    bool refused, warned, skipped; /* skipped: a total, a note or a repeated head */
    bool known;                    /* on file already: `subject` is its id */
    int64_t subject;               /* 0: new, or unknown because the row is refused */
    Str name;                      /* of the subject; empty when unknown */
} ImportLine;

typedef struct ImportReport ImportReport;

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
    /* The list is complete (design 5.1): in [complete_from, complete_to), yyyymmdd, whoever is not
     * in it has none of its indicators with `absent: none`. 0: it does not say so. */
    int32_t complete_from, complete_to;
    Act act;
    /* For imports that a person works on before they are committed: */
    Str unit;                /* of money columns that name none; empty: the layout's, the title's */
    const ImportEdit *edits; /* in order of row and column */
    const ImportChoice *choices;
    int nedits, nchoices;
    /* Unknown heads do not end the reading but set ImportReport.unmapped; so does a column in 亿元
     * that was not confirmed. */
    bool mapping;
    void (*each)(void *user, const ImportLine *line); /* every row but blank ones, in order */
    /* Inside the transaction, when the batch is published: what must be true with it. False rolls
     * everything back. With it, a batch without facts is published too. */
    bool (*finish)(Db *db, void *user, const ImportReport *report);
    void *user; /* of both */
} ImportOptions;

/* Where the meaning of a column comes from. */
typedef enum ImportBy {
    IMPORT_BY_NONE,
    IMPORT_BY_ALIAS,
    IMPORT_BY_LAYOUT,
    IMPORT_BY_PERSON
} ImportBy;

enum { IMPORT_SAMPLES = 3 };

/* A column as the import reads it. */
typedef struct ImportColumn {
    Str head, field; /* field as in ImportChoice */
    Str unit;        /* 万元; empty: none, or not settled */
    bool unit_sure;
    int year; /* of yearly facts; 0: none, or from a column of years */
    ImportBy by;
    Str samples[IMPORT_SAMPLES];
    int sample_count;
} ImportColumn;

/* One reason against a row, or a warning about it. */
typedef struct ImportProblem {
    int64_t row;
    Str column; /* head, or column letters */
    int index;  /* of the column from 0; -1: the row as a whole */
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

struct ImportReport {
    int64_t rows; /* data rows: accepted + refused */
    int64_t accepted, refused, warnings;
    int64_t skipped; /* blank rows, totals, notes, repeated heads; not among rows */
    int64_t facts, new_subjects, known_subjects, batch, seq;
    int64_t read_ms, store_ms; /* reading and checking; resolving and storing */
    int64_t head_row;
    FileKind kind;
    TextEncoding encoding;
    int64_t first_head_row; /* less than head_row when the heads take two rows */
    char separator;         /* CSV */
    Str sheet, source, sha256;
    Str *sheets; /* of a workbook */
    int sheet_count;
    int year;              /* of yearly columns that name none, given or found; 0 */
    Str unit;              /* of money columns that name none, given or found; empty */
    bool unmapped;         /* columns or a unit need a person: the failure says why */
    ImportColumn *columns; /* head_count of them */
    Str *heads;
    int head_count;
    ImportProblem *problems; /* refusals and warnings in the order of rows */
    int problem_count, problem_cap;
    bool warnings_cut; /* more warnings than IMPORT_WARNINGS_LISTED: counted, not listed */
    RefusedRow *refused_rows;
    int refused_cap;
};

enum { IMPORT_WARNINGS_LISTED = 10000 };

/* Runs an import. False: the file as a whole cannot be imported (failure recorded), nothing was
 * written. With `db` NULL the rows are only checked (dry run, subjects not looked up). Remarks
 * about the file (columns not read, other sheets) are Notes of c. */
bool import_run(Ctx *c, Db *db, const PackSet *pack, const ImportOptions *o, ImportReport *out);

/* The layout of that id among the packs' layouts/ files, parsed; NULL on failure. */
const Json *import_layout(Ctx *c, const PackSet *pack, Str id);

/* The answer of the command: {"rows","accepted","refused","warnings","errors":[…], …}. */
void import_json(JsonWriter *w, const ImportReport *r, Lang lang);
/* The highest grade of the indicators the columns are read as, 内部 at least. */
Grade import_grade(const PackSet *pack, const ImportReport *r);
/* The refused rows with their heads and the reasons in the last column: CSV, or XLSX when the path
 * ends in .xlsx. mark: on every page and in 说明, or the last row of a CSV, which an import passes
 * over; empty: none. */
bool import_write_refused(Ctx *c, const ImportReport *r, Str mark, Str path);
#endif
