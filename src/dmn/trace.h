/* A trace as people and programs read it. The evaluation recorded values only (feel/feel.h); here
 * they become tables with the outcome of every cell, the first failing input of each rule that did
 * not match, and how near it was. Inside of src/dmn; the forms are trace_json.h and trace_text.h.
 */
#ifndef JIXIA_DMN_TRACE_H
#define JIXIA_DMN_TRACE_H
#include "dmn/dmn.h"

/* Items of a trace: records that stand for themselves, and the rules of its tables. */
typedef struct DmnTraceSize {
    int items; /* in all */
    int shown;
    bool full; /* more happened than was recorded */
} DmnTraceSize;

/* Where a value would have to go for a cell to accept it. For numbers, dates and durations: up,
 * down or both; for other kinds: a few values that pass. */
typedef struct DmnCut {
    bool up, down;
    Val up_at, down_at;
    bool up_reaches, down_reaches; /* the cut itself passes (≥ rather than >) */
    Val values[4];
    int nvalues;
} DmnCut;

/* The table of a TRACE_TABLE record: cells that were never tested and cannot be afterwards are
 * CELL_NOT_REACHED, outputs that were not computed V_NULL. In the arena of the evaluation. */
const DmnTableView *dmn_trace_table(DmnEval *e, int record);
/* The first input whose cell keeps a rule from matching, -1 when none does. */
int dmn_first_failing(const DmnTableView *v, int rule);
/* The rule fails in this column only, and every other cell was tested and passes. */
bool dmn_is_near(const DmnTableView *v, int rule, int column);
/* The cut between the value of a column and the values that a rule's cell accepts; false when the
 * cell is not constant. */
bool dmn_cut(DmnEval *e, const DmnTableView *v, int rule, int column, DmnCut *out);
/* The items of the whole trace. */
int dmn_trace_items(const DmnEval *e);
/* Does the record stand for itself (rules and cells belong to their table)? */
static inline bool dmn_trace_stands(const TraceRec *r) {
    return r->kind != TRACE_RULE && r->kind != TRACE_CELL;
}
const Trace *dmn_trace(const DmnEval *e);

/* The largest number of items whose form is within the limit: print gives the form of the first
 * n items, in arena a. limit_bytes 0: all. */
typedef Str (*DmnTraceForm)(void *user, int items);
Str dmn_trace_fit(Arena *a, int items, size_t limit_bytes, DmnTraceForm print, void *user);
#endif
