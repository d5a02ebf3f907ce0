/* A published list 名单 as lines: the column of a table that names firms. */
#ifndef JIXIA_JOB_LIST_H
#define JIXIA_JOB_LIST_H
#include "base/err.h"

typedef struct ListFile {
    Str *lines;    /* as written; rows without a name are left out */
    int64_t *rows; /* as the program that made the file shows them */
    int n;
    Str column; /* the head of the column read */
} ListFile;

/* Reads CSV, XLSX or XLS. The column is the one whose head says 统一社会信用代码 or 企业名称 (a
 * code is taken before a name, row by row); the head may stand below title lines. A file of one
 * column needs no head. ERR_INPUT when no column names firms, or there are more than `most` lines.
 */
bool list_read(Ctx *c, Str bytes, Str name, int most, ListFile *out);
#endif
