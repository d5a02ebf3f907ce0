/* Old .xls workbooks (BIFF 2 to 8) through libfreexl, which reads files: the bytes go through a
 * temporary one. Values are as codec/sheet.h says; libfreexl gives no merged ranges. */
#ifndef JIXIA_JOB_XLS_H
#define JIXIA_JOB_XLS_H
#include "codec/sheet.h"

/* Reads the sheet of that name, or the first one with rows when it is empty. */
bool xls_read(Ctx *c, Str bytes, Str name, Str sheet, Workbook *out);
#endif
