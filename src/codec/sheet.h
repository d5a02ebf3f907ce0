/* A table of cells as a spreadsheet file holds it: what the readers of XLSX, XLS and CSV give the
 * import. Rows count from 1 as the program shows them; columns from 0. */
#ifndef JIXIA_CODEC_SHEET_H
#define JIXIA_CODEC_SHEET_H
#include "base/err.h"

typedef enum CellKind {
    CELL_TEXT,     /* also the empty cell: no text */
    CELL_NUMBER,   /* plain decimal text of at most 15 significant digits */
    CELL_DATE,     /* 2021-06-30 */
    CELL_BOOL,     /* true | false */
    CELL_ERROR,    /* #N/A, #DIV/0! … */
    CELL_NO_VALUE, /* a formula whose value the file does not hold */
    CELL_TOO_LARGE /* more than CSV_CELL_MAX bytes; the text is empty */
} CellKind;

typedef struct Cell {
    Str text;
    uint8_t kind;    /* CellKind */
    bool from_above; /* copied down from the first cell of a merged range */
    bool from_left;  /* copied to the right */
    bool formula;    /* the value is what a formula gave */
} Cell;

typedef struct SheetRow {
    int64_t row;
    Cell *cells;
    int n;
    bool hidden;
} SheetRow;

typedef struct Merge {
    int64_t row, row_end;
    int col, col_end; /* all inclusive */
} Merge;

typedef struct Sheet {
    Str name;
    bool hidden;
    SheetRow *rows; /* only rows with a cell */
    int row_count;
    int column_count; /* of the longest row */
    Merge *merges;
    int merge_count;
} Sheet;

typedef struct Workbook {
    Sheet *sheets; /* of those not loaded only name and hidden are set */
    int n;
    int loaded; /* index of the sheet with rows */
} Workbook;

enum {
    SHEET_CELLS_MAX = 6000000,
    SHEET_ROWS_MAX = 1048576,
    SHEET_COLUMNS_MAX = 16384,
    SHEET_MERGES_MAX = 100000
};

/* Copies the first cell of each merged range into its empty cells and marks them. Bounded by the
 * rows that exist and by SHEET_CELLS_MAX; false when that is reached. */
bool sheet_fill_merges(Ctx *c, Sheet *s);
/* Column letters: 0 → A, 27 → AB. */
Str sheet_column_name(Arena *a, int column);
#endif
