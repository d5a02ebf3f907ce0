/* XLSX files, written row by row in constant memory (libxlsxwriter): one sheet of data and a second
 * one, 说明, that says what the data is. Codes and other text stay text; a number of more than 15
 * digits is written as text, because a spreadsheet would change it. */
#ifndef JIXIA_JOB_XLSX_WRITE_H
#define JIXIA_JOB_XLSX_WRITE_H
#include "base/err.h"

typedef struct XlsxWriter XlsxWriter;
/* Starts a workbook that will appear at `path` whole or not at all. NULL on failure. */
XlsxWriter *xlsx_create(Ctx *c, Str path, Str sheet_name);
/* The head row: bold, frozen, filtered. Must come first; the rows follow it. */
void xlsx_heads(XlsxWriter *w, const Str *heads, int n);
void xlsx_text(XlsxWriter *w, Str s);
/* Canonical decimal text. */
void xlsx_decimal(XlsxWriter *w, Str s);
/* ISO text becomes a date cell; anything else stays text. */
void xlsx_date(XlsxWriter *w, Str iso);
void xlsx_skip(XlsxWriter *w); /* an empty cell */
void xlsx_end_row(XlsxWriter *w);
/* A line of the sheet 说明. */
void xlsx_remark(XlsxWriter *w, Str label, Str text);
/* A text at the top and at the foot of every printed page of both sheets; cut at 200 bytes. */
void xlsx_page_marks(XlsxWriter *w, Str text);
/* Cells of a form a person fills in, text throughout, so that no program makes dates of it. */
typedef enum XlsxStyle { XLSX_HEAD, XLSX_KEY, XLSX_FIELD } XlsxStyle;
/* A cell of a form, also an empty one. A text longer than a cell holds fails the workbook. */
void xlsx_field(XlsxWriter *w, Str s, XlsxStyle style);
/* Columns [first, last] are text, `width` characters wide. */
void xlsx_columns(XlsxWriter *w, int first, int last, int width);
/* Rows and columns that stay in sight. */
void xlsx_freeze(XlsxWriter *w, int rows, int columns);
/* Finishes the file; false when it could not be written (nothing is left behind). */
bool xlsx_finish(XlsxWriter *w);
/* Forgets it; nothing is left behind. */
void xlsx_drop(XlsxWriter *w);
#endif
