/* One reader for the tables offices send: CSV (any encoding), XLSX and old XLS. Rows come with the
 * number the program that made the file shows. */
#ifndef JIXIA_JOB_TABLE_H
#define JIXIA_JOB_TABLE_H
#include "codec/csv.h"
#include "codec/filekind.h"
#include "codec/gb18030.h"
#include "codec/sheet.h"

typedef struct TableRow {
    Cell *cells; /* valid until the next row */
    int n;
    int64_t row;
    bool hidden;
    Msg problem; /* MSG_NONE, or why the row cannot be read */
    int problem_column;
} TableRow;

typedef struct Table {
    Ctx *c;
    Str name;
    FileKind kind;
    TextEncoding encoding; /* CSV */
    int64_t bad_bytes;     /* CSV: bytes that are no text; each became U+FFFD */
    Str text;
    Csv csv;
    Workbook book; /* XLSX, XLS */
    const Sheet *sheet;
    int at;
    Cell *cells;
    int cap;
} Table;

/* Opens the bytes of a file; merged ranges are filled. `sheet` picks a sheet by name (empty: the
 * first visible one with rows). A file that is no table, or not the kind its name says, is refused
 * and named for what it is. */
bool table_open(Ctx *c, Str bytes, Str name, Str sheet, Table *out);
bool table_next(Table *t, TableRow *row);
void table_rewind(Table *t);
#endif
