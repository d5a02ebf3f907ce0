/* Tables as files: what every address uses that also answers as CSV or XLSX. The same address with
 * another Accept, or with ?format=csv|xlsx, gives the whole table; CSV is UTF-8 with a byte order
 * mark, a workbook has a second sheet 说明. */
#ifndef JIXIA_HTTP_TABLE_OUT_H
#define JIXIA_HTTP_TABLE_OUT_H
#include "city/pack.h"
#include "http/http.h"
#include "job/export.h"

#define XLSX_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

typedef enum TableForm { TABLE_JSON, TABLE_CSV, TABLE_XLSX } TableForm;

/* What the client asked for; ?format wins over Accept. False (422) for an unknown format. */
bool table_form(Request *r, TableForm *out);
/* Starts the file; the caller's right to export is checked. NULL on failure. */
Export *table_begin(Request *r, TableForm form, Str sheet, const Str *heads, int n);
/* The sheet 说明: clocks, `count` (empty: none), query, who, when, units. */
void table_remarks(Request *r, Export *e, Str count);
/* Says that the file holds something of a grade; the highest counts, 内部 is the least. */
void table_grade(Request *r, Grade grade);
/* Who takes the answer away, when, and of which grade (as table_grade was told), for a file that is
 * no table; the request's answer counts as marked. */
Str table_mark(Request *r);
/* The answer is published for everybody: it needs no mark. */
void table_unmarked(Request *r);
/* Marks the file with who, when and the grade (a header and footer on every printed page and a line
 * of 说明; the last row of a CSV), finishes it and makes it the answer, under `name` and the day it
 * was read at. */
bool table_end(Request *r, Export *e, bool keep, Str name, Response *out);
/* Bytes that are a file already as the answer; name without extension. */
void table_reply(Request *r, Response *out, Str bytes, Str name, bool xlsx);
#endif
