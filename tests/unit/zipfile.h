/* Builds small zip archives in memory for tests: stored entries, and one of blanks packed as hard
 * as deflate can (about 158 to 1 with fixed codes). */
#ifndef JIXIA_TEST_ZIPFILE_H
#define JIXIA_TEST_ZIPFILE_H
#include "base/buf.h"

typedef struct ZipMaker {
    Buf body, directory;
    int n;
} ZipMaker;

ZipMaker zip_maker(Arena *a);
void zip_add(ZipMaker *z, Str name, Str content);
void zip_add_blanks(ZipMaker *z, Str name, uint32_t unpacked);
Str zip_bytes(ZipMaker *z);
/* A workbook of one sheet: its sheetData and what follows as XML, shared strings as <si> elements
 * (may be empty), and number formats 0 General, 1 yyyy-mm-dd, 2 0.00. */
Str xlsx_of(Arena *a, Str sheet_xml, Str strings_xml, bool system_1904);
#endif
