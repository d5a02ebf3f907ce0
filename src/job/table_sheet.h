/* A decision table as a workbook and back 决策表的 XLSX 往返.
 *
 * Sheet 决策表: head rows (decision, table id, description, hit policy, fingerprint of the table),
 * then a row each for the columns' kinds, ids, labels, expressions, types, values and defaults,
 * then a rule a row with its id in column A. All cells are text. A new rule has no id; a row left
 * out is a rule removed; the order of rows is the order of rules.
 */
#ifndef JIXIA_JOB_TABLE_SHEET_H
#define JIXIA_JOB_TABLE_SHEET_H
#include "dmn/grid.h"

/* Writes the workbook to `path`, whole or not at all. mark: on every printed page and in 说明;
 * empty: none. */
bool table_sheet_write(Ctx *c, const DmnGrid *g, Str mark, Str path);
/* The same as bytes. */
bool table_sheet_bytes(Ctx *c, const DmnGrid *g, Str mark, Str *out);
/* Reads a workbook made from `base`. Refused, with sheet and cell: a workbook of another table or
 * of another state of it (ERR_STALE), columns that moved, ids that are unknown or double, cells a
 * spreadsheet has turned into dates, formulas or errors, merged cells, full-width characters in an
 * expression. `name` is the file's, for places. */
bool table_sheet_read(Ctx *c, Str bytes, Str name, const DmnGrid *base, DmnGrid *out);
/* The names of the table a workbook was made from: its decision and key. */
bool table_sheet_names(Ctx *c, Str bytes, Str name, Str *decision, Str *key);
/* "name[决策表!C12]" of a cell of a grid that was read from a workbook, column from 0. */
Str table_sheet_place(Arena *a, Str name, int64_t row, int column);
#endif
