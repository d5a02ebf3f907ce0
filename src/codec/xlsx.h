/* Office Open XML workbooks (ECMA-376), read from memory: shared, rich and inline strings, dates by
 * number format in both day systems, merged ranges, hidden rows, formulas without a cached value.
 * Numbers are given as spreadsheets show them: at most 15 significant digits, plain text. */
#ifndef JIXIA_CODEC_XLSX_H
#define JIXIA_CODEC_XLSX_H
#include "codec/sheet.h"

/* Reads sheet number `which` (0-based), or the first visible one that has cells when it is -1. All
 * sheets are listed. The texts live in c->arena. Limits: see unzip.h and sheet.h. */
bool xlsx_read(Ctx *c, Str bytes, Str name, int which, Workbook *out);
/* The text of a number as stored ("9.1370300000000006E+17", "0.30000000000000004") in plain digits,
 * rounded half up to 15 significant ones; as it stands when it is no number or out of range. */
Str xlsx_number(Arena *a, Str stored);
/* Whether a number format shows a date. */
bool xlsx_is_date_format(Str code);
#endif
