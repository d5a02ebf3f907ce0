/* A decision table as a grid of texts, as a person edits it in a workbook, and the way back: the
 * edited grid put into the bytes of the file it came from, everything else byte for byte as it was.
 *
 * Keys are the ids of the DMN elements; an element without one has its place, "#3". Texts are
 * trimmed; an empty input cell is "-". Everything lives in the ctx arena.
 */
#ifndef JIXIA_DMN_GRID_H
#define JIXIA_DMN_GRID_H
#include "dmn/model.h"

typedef enum GridKind {
    GRID_INPUT,
    GRID_OUTPUT,
    GRID_NOTE,  /* annotation */
    GRID_REMARK /* the description of each rule */
} GridKind;

typedef struct GridColumn {
    GridKind kind;
    Str key;    /* notes and remarks: "#1" … */
    Str label;  /* of a note: its name */
    Str expr;   /* of an input; of an output: its name */
    Str type;   /* typeRef as written */
    Str values; /* allowed input or output values */
    Str deflt;  /* default output entry */
    const XmlNode *xml;
} GridColumn;

typedef struct GridRow {
    Str key; /* empty: a new rule */
    Str *cells;
    const XmlNode *xml;
    int64_t place; /* where a reader found it: row of a sheet */
} GridRow;

typedef struct DmnGrid {
    Str decision;    /* name of the decision or knowledge model it stands in */
    Str key;         /* of the table */
    Str hit;         /* "UNIQUE", "COLLECT SUM", … */
    Str description; /* of the decision */
    GridColumn *columns;
    GridRow *rows;
    int ncolumns, nrows;
    const XmlNode *xml;   /* decisionTable */
    const XmlNode *owner; /* decision or businessKnowledgeModel */
} DmnGrid;

/* One table of a file by its element; without a decision it stands in. */
DmnGrid dmn_grid_of(Ctx *c, const XmlNode *table);
/* Every decision table of a file, in order. */
int dmn_grids(Ctx *c, const DmnDefs *d, DmnGrid **out);
/* The table of a decision (or with that key); NULL when there is none or a decision has several:
 * the failure lists the keys. */
const DmnGrid *dmn_grid_find(Ctx *c, const DmnGrid *grids, int n, Str name);
/* Canonical text of a grid: equal for equal tables; what a workbook's fingerprint is made of. */
Str dmn_grid_text(Arena *a, const DmnGrid *g);
/* Is it one of the hit policies of DMN 8.2.10, in the form of DmnGrid.hit? */
bool dmn_grid_hit(Str text);
/* Puts `wanted` into the file that `base` was read from: bytes are those of d. Rows are matched by
 * key; rows without a key are new and get ids derived from the table's id, the same ones every
 * time. Columns must be those of base, in their order; notes may be added behind them. The result
 * is read again before it is given. */
bool dmn_grid_write(Ctx *c, Str bytes, const DmnDefs *d, const DmnGrid *base, const DmnGrid *wanted,
                    Str *out);
#endif
