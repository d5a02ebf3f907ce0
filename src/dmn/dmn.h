/* DMN: load models, run decisions, explain them.
 *
 * A DmnModel is immutable after dmn_load and may be shared by threads. A DmnEval belongs to one
 * thread; it allocates only in the arena it was given. A business error is a value (null with a
 * reason, listed in the diagnostics), never a failure of the call. Nothing here reads a file or a
 * clock.
 *
 *     DmnModel *m = dmn_load(c, files, n);             once
 *     DmnEval *e = dmn_eval_new(m, arena);             per evaluation; or once, then
 *     dmn_eval_reset(e);                               before each further one
 *     dmn_set(e, S("从业人员"), val_int(320));
 *     dmn_set(e, S("营业收入"), unknown_fact(…));       a missing fact
 *     Val v = dmn_run(e, S("企业划型"));
 */
#ifndef JIXIA_DMN_DMN_H
#define JIXIA_DMN_DMN_H
#include "dmn/model.h"
#include "feel/feel.h"

typedef struct DmnSource {
    Str file; /* name, for messages */
    Str bytes;
} DmnSource;

typedef struct DmnModel {
    Arena *arena;
    Program *prog;
    DmnDefs *main;   /* the first file; the others follow by next */
    DmnNode **nodes; /* of all files; nodes[i]->index == i is the id of the global */
    int nnodes;
    IrId *roots;             /* per node: its logic; IR_NONE: none (inputs, services) */
    const Type **types;      /* per node: type of its value */
    Function *services;      /* per node; only those of NODE_SERVICE are filled */
    Map names;               /* DmnNode of the main file by name */
    const DmnExpr **sources; /* per table of the program: where it was written */
    int nsources, sources_cap;
    int errors; /* findings of severity 0 while loading */
} DmnModel;

/* Loads a model: files[0] is the main one, the others are those it may import (what it does not
 * import, also through others, is left out, whatever it holds). The model and
 * everything in it live in c->arena; the bytes are not needed afterwards. NULL on failure
 * (malformed XML or DMN, unknown references, cycles). FEEL that does not parse, unknown names and
 * types are notes of c, and the node in question evaluates to null. */
DmnModel *dmn_load(Ctx *c, const DmnSource *files, int n);

/* A node of the main file by name, or `import.name`; NULL when there is none. */
DmnNode *dmn_find(const DmnModel *m, Str name);
/* A node of any file by namespace (empty: the main file) and name. */
DmnNode *dmn_find_ns(const DmnModel *m, Str ns, Str name);
/* Where a finding of loading, checking or evaluating the model lies. Unknown parts are empty and 0.
 */
typedef struct DmnPlace {
    Str file, element;     /* element: the id of the DMN element or of the nearest one around it */
    uint32_t line, column; /* in the file; columns count code points */
    uint32_t from, to;     /* bytes of the element's FEEL text */
} DmnPlace;
/* m NULL: the model did not load, only what the note's place says is known. */
DmnPlace dmn_note_place(const DmnModel *m, const Note *n);
/* The name in the model closest to one that was not found; empty when none is close. */
Str dmn_nearest(const DmnModel *m, Str name, bool inputs_too);
/* The input data a node depends on, directly or through others, in order of the file; fills at most
 * max and returns how many there are. */
int dmn_inputs_of(const DmnModel *m, const DmnNode *n, const DmnNode **out, int max);

/* --- evaluation --- */
typedef enum CellOutcome {
    CELL_NOT_REACHED,
    CELL_FALSE,
    CELL_TRUE,
    CELL_NULL,
    CELL_UNKNOWN
} CellOutcome;

/* A decision table with the values it met: what the page of an enterprise shows. */
typedef struct DmnTableView {
    const IrTable *table;
    const DmnExpr *source; /* the texts as written (->table) */
    const DmnNode *node;   /* the decision or model it stands in */
    const Val *inputs;     /* ninputs */
    const uint8_t *cells;  /* CellOutcome, nrules * ninputs */
    const uint8_t *rules;  /* CellOutcome per rule: true: matches, unknown: may match */
    const uint8_t *used;   /* 1: the rule gives (or may give) the result */
    const Val *outputs;    /* nrules * noutputs; V_NULL for rules that cannot match */
    Val result;
    struct DmnTableView *next;
} DmnTableView;

/* A condition of a boolean decision as a person reads it. */
typedef struct DmnCondition {
    Str text;     /* as written */
    Val outcome;  /* true, false, null or unknown */
    Val value;    /* what stands on the left: the actual value; V_NULL when there is none */
    Val required; /* what stands on the right */
    Val gap;      /* required - value when both are numbers, dates or durations of a comparison that
                     is not met; otherwise V_NULL */
    IrOp op;
    IrId node;
} DmnCondition;

typedef struct DmnEval DmnEval;

/* A new evaluation: no inputs, now = 1970-01-01T00:00:00Z. Set eval clock through dmn_feel. */
DmnEval *dmn_eval_new(const DmnModel *m, Arena *a);
/* As new, for the next decision: forgets inputs, results, findings, trace, explanations, and frees
 * what was allocated in the arena since dmn_eval_new, by the evaluation or by the caller. Clock,
 * depth and list limits and dmn_explain stay. A decision then asks the system for memory only when
 * it needs more than any before. */
void dmn_eval_reset(DmnEval *e);
const DmnModel *dmn_model(const DmnEval *e);
/* The evaluator inside: clock, limits, diagnostics (->diag.notes), trace. */
Eval *dmn_feel(DmnEval *e);
/* Gives an input, or overrides a decision, by node. Coerced to the declared type when the value is
 * read. Forgets results computed before. */
void dmn_set_node(DmnEval *e, const DmnNode *n, Val v);
/* The same by name; false when the model has no such input or decision. */
bool dmn_set(DmnEval *e, Str name, Val v);
/* The value of a decision, input or service (called with the inputs set by name). One that written
 * out has more than DMN_RESULT_MAX parts is null with a reason. */
enum { DMN_RESULT_MAX = 8 * 1000 * 1000 };
Val dmn_run_node(DmnEval *e, const DmnNode *n);
/* By name; false when there is none. */
bool dmn_run(DmnEval *e, Str name, Val *out);
/* Forgets results, diagnostics and the trace (not the inputs): the next run computes afresh. */
void dmn_restart(DmnEval *e);
/* From now on, each table evaluated is kept with all its cells; see dmn_tables. */
void dmn_explain(DmnEval *e, bool on);
/* The tables evaluated since dmn_explain, in order. */
const DmnTableView *dmn_tables(const DmnEval *e);
/* The conditions of a decision whose logic is a boolean literal expression; 0 when it has none.
 * Fills at most max and returns how many there are. */
int dmn_conditions(DmnEval *e, const DmnNode *n, DmnCondition *out, int max);
#endif
