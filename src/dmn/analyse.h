/* Inside of the analysis of decision tables: rules as boxes over slots.
 *
 * Columns that ask for the same expression are one dimension. A dimension is cut into slots: values
 * no cell of it tells apart. Each cell becomes the spans of slots it lets through, each rule a box.
 */
#ifndef JIXIA_DMN_ANALYSE_H
#define JIXIA_DMN_ANALYSE_H
#include "dmn/check.h"

/* In this order within a dimension, so that plain values make the examples. */
typedef enum SlotSort { SLOT_VALUE, SLOT_TEXT /* any other text */, SLOT_NULL } SlotSort;
typedef struct Slot {
    Val value; /* an example */
    uint8_t sort;
    bool point; /* exactly this value: a cut */
} Slot;

typedef struct Span {
    int32_t lo, hi; /* slots, both included */
} Span;

/* n 0: lets nothing through; 1: the hull; otherwise spans[more … more + n). */
typedef struct GridCell {
    Span hull;
    int32_t n, more;
} GridCell;

typedef struct Dim {
    IrId expr;       /* of the first of its columns */
    const int *cols; /* columns of the table */
    int ncols;
    Slot *slots;
    int nslots;
    int nvalues; /* slots before this one are SLOT_VALUE */
    int ntexts;  /* from there to before this one SLOT_TEXT */
} Dim;

typedef struct Grid {
    const IrTable *t;
    Dim *dims; /* only those some rule restricts, most selective first */
    int ndims;
    GridCell *cells; /* nrules * ndims */
    Span *spans;
    int nspans, spans_cap;
    bool *residual; /* rule has a cell that is no constant test: its box may be too large */
    bool *never;    /* rule has a cell nothing passes */
    int nresidual;  /* cells that are no constant tests */
    int residual_rule, residual_col; /* the first of them */
    bool joint;                      /* two dimensions depend on one fact: a point need not exist */
} Grid;

/* A state of the whole analysis of a model. */
typedef struct Check {
    Ctx *c;
    const DmnModel *m;
    Arena *arena;   /* of findings */
    Arena *scratch; /* of one table */
    Arena *stack;   /* of a descent; separate, so that it can be taken back */
    int64_t budget; /* steps left for the table at hand; below 0: stopped */
    int64_t all;    /* steps the check was given */
    int shown;
    const DmnNode **owner; /* per table of the program: the node it stands in */
    DmnFinding *first, *last;
} Check;

/* --- analyse_grid.c --- */
/* The grid of a table. Everything in s->scratch. */
Grid *grid_make(Check *s, const IrTable *t);
/* Is the cell at (column, rule) made of constants only, so that the grid knows what passes? */
bool grid_constant(const Program *p, IrId cell);
/* Can a value occur at a column at all, by its input values and the types it comes through? */
bool grid_allowed(Check *s, const IrTable *t, int col, Val v);
static inline const GridCell *grid_cell(const Grid *g, int rule, int k) {
    return &g->cells[(size_t)rule * (size_t)g->ndims + (size_t)k];
}
bool cell_has(const Grid *g, const GridCell *c, int slot);
/* The first slot of both cells, or -1. Takes the spans into account. */
int cells_common(const Grid *g, const GridCell *x, const GridCell *y);
/* Does x let through everything y does? */
bool cell_contains(const Grid *g, const GridCell *x, const GridCell *y);

/* --- analyse_cover.c: is a box covered by rules? --- */
typedef enum CoverResult { COVER_YES, COVER_NO, COVER_STOPPED } CoverResult;
typedef struct Box {
    Span *dims; /* ndims */
} Box;
typedef struct Cover {
    Check *s;
    const Grid *g;
    Span *box;      /* ndims: what is asked about; restored afterwards */
    int32_t *rules; /* the candidates; order is not kept */
    int nrules;
    int within;    /* only what lies in this rule counts; -1: everything */
    int64_t share; /* steps for this question */
    /* answers */
    int32_t *point; /* ndims: a slot not covered */
    Box *holes;     /* all boxes not covered, when max > 0 */
    int nholes, max;
    bool more; /* there are more than max */
} Cover;
Cover cover_new(Check *s, const Grid *g);
CoverResult cover_run(Cover *v);
/* Joins boxes that differ in one dimension and touch there. */
void cover_merge(Cover *v);

/* --- analyse_witness.c: rows of inputs --- */
/* A row that makes the columns of a table take these values; NULL when an expression cannot be
 * solved for its inputs or two columns contradict. values: per column of the table; a column with
 * given[k] false may have any. */
Json *witness_row(Check *s, const IrTable *t, const Val *values, const bool *given);
/* The view of a table after running a row through the engine, as `dmn eval` would; NULL when the
 * row does not reach the table. Lives in a. e (may be NULL) gets the evaluation. */
const DmnTableView *witness_run(Check *s, Arena *a, const IrTable *t, const Json *row, DmnEval **e);
/* Do two expressions depend on a common fact? (paths: one is the beginning of the other) */
bool witness_shares(const DmnModel *m, IrId x, IrId y);

/* --- analyse.c --- */
/* A table under analysis: what all its questions need. */
typedef struct Study {
    Check *s;
    const IrTable *t;
    const DmnExpr *src;
    Grid *g;
    Cover cover;
    int *point;  /* ndims: the slots of the example being made */
    Val *values; /* the same per column of the table */
    bool *given;
    int seen;     /* findings of the code at hand */
    int unproved; /* left out because running their row did not confirm them */
} Study;

/* What running a row has to show. */
typedef enum Claim {
    CLAIM_BOTH,     /* rules x and y match */
    CLAIM_NONE,     /* no rule matches */
    CLAIM_MATCHES,  /* x matches */
    CLAIM_NOT,      /* x does not match, or the input is refused: the result is null */
    CLAIM_NOT_USED, /* y (x when there is no y) matches and does not give the result; x matches */
} Claim;

/* All findings of a table. */
void analyse_table(Check *s, const IrTable *t, const DmnExpr *src);
/* Adds a finding with the row of st->values, when running it confirms the claim (or when it cannot
 * be run and nothing speaks against it). x, y: rules from 0; -1: none. col: from 0; -1: none. */
DmnFinding *study_add(Study *st, int severity, Msg msg, Claim claim, int x, int y, int col,
                      Str what);
/* Enough findings of this kind were listed: counts this one and says so. */
bool study_full(Study *st);
/* st->point to st->values. */
void study_values(Study *st);
/* "甲 = 10, 乙 = "x"" of st->values. */
Str study_example(Study *st);
/* Ends a kind of finding: says how many were not listed. */
void study_close(Study *st, Msg msg);
/* Says that the budget ended a question when `done` of the rules had been compared. */
void study_stopped(Study *st, Msg msg, int done);
/* A point of a rule, if possible one where only it gives the result; false: it has none. */
bool study_rule_point(Study *st, int rule, int64_t share);
bool study_same_outputs(const Study *st, int x, int y, bool unless_known);
/* Does rule x give the result where both x and y match? (F: earlier, P: higher output) */
bool study_beats(const Study *st, int x, int y);
/* A table ready for questions. */
Study study_new(Check *s, const IrTable *t, const DmnExpr *src);
/* --- analyse_gap.c --- */
void analyse_gaps(Study *st);
/* --- analyse_cell.c: single cells --- */
void analyse_cells(Study *st);
/* --- check_value.c: intervals and nulls of expressions --- */
void check_values(Check *s);
/* --- check.c --- */
Check check_new(Ctx *c, const DmnModel *m, const DmnCheckOptions *o);
/* Opens and closes what one table is analysed in. */
void check_open(Check *s);
void check_close(Check *s);
/* Adds a finding; the caller fills in what else it knows. */
DmnFinding *check_add(Check *s, int severity, Str place, Msg msg, int n, const Str *args);
#define FINDING(s, severity, place, ...)                                                           \
    check_add((s), (severity), (place), FAIL_ARGS_(__VA_ARGS__))
#endif
