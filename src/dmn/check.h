/* Static checks of a model beyond what loading finds (engine 7.8): every finding has a stable code,
 * a place, and, for tables, a row of inputs that shows it when it is run. */
#ifndef JIXIA_DMN_CHECK_H
#define JIXIA_DMN_CHECK_H
#include "codec/json.h"
#include "dmn/dmn.h"

typedef struct DmnFinding {
    const Note *note;     /* code, severity, text, hint, place; chained in the same order */
    const DmnNode *node;  /* the decision or knowledge model it belongs to; NULL: none */
    const DmnExpr *table; /* the decision table (->table); NULL: not of a table */
    int rule, other;      /* of the table, from 1; 0: none. other: the second rule of a pair */
    int column;           /* from 1: inputs, then outputs; 0: none */
    Str element;          /* id of the cell, rule, table or node; empty when the file gives none */
    const Json *row;      /* inputs (or decisions) by name for `dmn eval --input`; NULL: none */
    struct DmnFinding *next;
} DmnFinding;

typedef struct DmnCheckOptions {
    int64_t budget; /* steps of the analysis of all tables together; 0: DMN_CHECK_BUDGET */
    int shown;      /* findings of one code and table listed one by one; 0: DMN_CHECK_SHOWN */
} DmnCheckOptions;
/* A step looks at one cell of one rule: about 2 ns, so a check ends within about 2 s. */
enum { DMN_CHECK_BUDGET = 500 * 1000 * 1000, DMN_CHECK_SHOWN = 50 };

/* All findings of a model, those of loading (the notes of c so far) first. Everything lives in
 * c->arena; the model is not changed; c gets no further notes. What was cut off by the budget or by
 * the number shown is a finding of its own. Only what is certain is reported: columns that depend
 * on the same facts are confirmed by running the row, and cells that are no constant tests are
 * said to be left out. */
const DmnFinding *dmn_check(Ctx *c, const DmnModel *m, const DmnCheckOptions *o);

/* {"code","severity","text","hint","place","decision","table","rule","other","column","element",
 * "row"}; absent numbers and texts are null. */
Json *dmn_finding_json(Arena *a, const DmnFinding *f, Lang lang);

/* A row of inputs at a boundary of a table, with what the engine makes of it. */
typedef struct DmnBoundaryRow {
    const DmnNode *node; /* whose table it is for */
    const Json *row;     /* inputs (or decisions) by name */
    Str rules;           /* that match: "1,3"; empty: none */
    Str result;          /* of the decision, as JSON text */
} DmnBoundaryRow;
typedef struct DmnBoundary {
    DmnBoundaryRow *rows;
    int n, cap;
    int rules, met; /* rules of the tables, and those some row matches */
    int left_out;   /* rows that could not be made: an expression cannot be solved for its inputs */
} DmnBoundary;
/* Test rows for the tables of a decision (NULL: of all): each cut point of each column and its
 * neighbours (one step of the type, for numbers of the finest scale written), each within the rule
 * whose cell begins or ends there, null, and a row for every rule; without doubles. In c->arena. */
DmnBoundary dmn_boundary(Ctx *c, const DmnModel *m, const DmnNode *decision,
                         const DmnCheckOptions *o);
#endif
