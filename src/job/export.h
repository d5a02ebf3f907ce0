/* Export 导出: one table to CSV or XLSX, by the extension of the path, row by row in constant
 * memory. The file appears whole or not at all. CSV is UTF-8 with a byte order mark; text that a
 * spreadsheet would run as a formula is guarded; codes stay text. A workbook gets a second sheet
 * 说明 with the remarks. */
#ifndef JIXIA_JOB_EXPORT_H
#define JIXIA_JOB_EXPORT_H
#include "base/err.h"
#include "city/pack.h"

/* How the last row of a CSV begins that says who took it; imports pass over such a row. */
#define EXPORT_MARK_ZH "【水印】"
#define EXPORT_MARK_EN "【Watermark】"

/* The words of a mark in the context's language: who took it, when (China's time, to the minute),
 * of which grade. */
Str export_mark(Ctx *c, Str who, Grade grade);

typedef struct Export Export;
/* Starts the table with its heads. NULL on failure. */
Export *export_open(Ctx *c, Str path, Str sheet, const Str *heads, int n);
void export_text(Export *e, Str s);
void export_number(Export *e, Str canonical);
void export_date(Export *e, Str iso);
/* Ends a row. False when the file is full (a sheet ends at row 1,048,576) or cannot be written; the
 * failure is recorded and export_close fails. */
bool export_end_row(Export *e);
/* What the table is, filters, as-of date, who, when. Nothing in CSV. */
void export_remark(Export *e, Str label, Str text);
/* Who took it away, when, of which grade: the header and footer of every printed page and a remark;
 * in CSV the last row, one cell that begins with the label. After the last row. */
void export_watermark(Export *e, Str label, Str text);
/* Finishes the file when `keep` is true, else forgets it. False on a failure. */
bool export_close(Export *e, bool keep);
#endif
