/* CSV (RFC 4180 as spreadsheets write it): commas, semicolons or tabs; quotes; CR, LF or CRLF;
 * cells with line breaks. Input is UTF-8 (see gb18030.h). Cells point into the text; only a cell
 * with doubled quotes is copied. */
#ifndef JIXIA_CODEC_CSV_H
#define JIXIA_CODEC_CSV_H
#include "base/buf.h"
#include "base/err.h"

enum { CSV_CELL_MAX = 1 << 20 };

typedef struct CsvRow {
    Str *cells; /* valid until the next csv_next */
    int n;
    int64_t row;        /* as a spreadsheet counts: 1 is the first record, blank lines count */
    int64_t line;       /* physical line on which the record starts, from 1 */
    Str raw;            /* the record's bytes without its line end */
    Msg problem;        /* MSG_NONE, or why the record is refused */
    int problem_column; /* 0-based column of the problem */
} CsvRow;

typedef struct Csv {
    Arena *arena;
    const char *start, *p, *end;
    char sep;
    bool failed; /* a quote was never closed: nothing behind it can be trusted */
    bool special[256];
    int64_t row, line;
    Str *cells;
    int cap;
    Buf scratch;
} Csv;

/* sep 0: detected from the first records (comma when nothing decides). A BOM is skipped. */
Csv csv_open(Arena *a, Str text, char sep);
/* The next record, blank ones included (n is then 1 with an empty cell); false at the end. A NUL
 * byte, an oversized cell or text behind a closing quote sets `problem` and the reading goes on at
 * the next record. A quote that is never closed sets `failed` and `problem` in the last record. */
bool csv_next(Csv *r, CsvRow *row);

/* Writing. The file starts with csv_begin (BOM); cells are separated by the writer. */
void csv_begin(Buf *b);
/* Text: quoted when needed; text that a spreadsheet would run as a formula (it starts with = + - @,
 * their full-width forms, tab or CR) gets a leading apostrophe (CWE-1236). */
void csv_text(Buf *b, Str s, bool first);
/* A number in canonical text, unguarded: a minus sign is not a formula. */
void csv_number(Buf *b, Str s, bool first);
void csv_end_row(Buf *b);
/* Whether s needs the apostrophe. */
bool csv_is_formula(Str s);
#endif
