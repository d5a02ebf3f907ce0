/* Decision tables: index and evaluation (DMN 1.5 clause 8.2, engine 7.6). Inside of src/dmn. */
#ifndef JIXIA_DMN_TABLE_H
#define JIXIA_DMN_TABLE_H
#include "dmn/dmn.h"

typedef uint64_t RuleSet; /* the first word of `words` */

/* The set of a slot: base, then the membership of the rules flips[from … to) turned over. */
typedef struct SlotSet {
    const RuleSet *base;
    uint32_t from, to;
} SlotSet;

/* A column cut into elementary slots at the constants of its cells: slot 2i+1 is cut i itself, slot
 * 2i the open gap before it, slot 2n everything above. Each slot has the set of rules whose cell a
 * value in it passes (column_set). */
typedef struct TableColumn {
    bool indexed;
    bool has_residual;
    VTag kind; /* of the cuts: V_NUM (big ones too), V_STRING, V_BOOL, V_DATE, V_MONTHS */
    Val *cuts;
    int ncuts;
    bool *gone;          /* 2n+1: no value lies in the slot (a gap between consecutive dates) */
    SlotSet *slots;      /* 2n+1 */
    int32_t *flips;      /* rules */
    RuleSet *null_bits;  /* the set for null */
    RuleSet *residual;   /* rules whose cell is not constant: tested one by one */
    RuleSet *odd;        /* rules whose cell is neither true nor false for some slot */
    const int64_t *keys; /* n: the cuts as integers in the same order, NULL when they are none */
    Str prefix;          /* strings: what all cuts begin with; the keys are the 8 bytes behind it */
    int8_t key_exp;      /* numbers: a key counts 10^key_exp */
} TableColumn;

typedef struct TableIndex {
    int words; /* 64-bit words of a set */
    TableColumn *cols;
    RuleSet *all; /* every rule */
    bool has_residual;
} TableIndex;

/* Makes the index of a table when the whole program stands; stored in t->index. Its size is linear
 * in the constants of the table. scratch: for the work, may be forgotten afterwards. */
void table_index(Arena *a, Arena *scratch, const Program *p, IrTable *t);
/* The slot of a value, -1 when the column has none for it (another kind of value). */
int column_slot(const TableColumn *col, Val v);
/* The rules whose cell a value of the slot passes, residual ones included. The set is the index's
 * own where it is stored whole, otherwise it is put together in a. */
const RuleSet *column_set(Arena *a, const TableIndex *ix, const TableColumn *col, int slot);

/* Inside of the index: the kind of a cut, their order within a kind, and the integers of a column's
 * cuts. */
VTag cut_kind(Val v);
int cut_cmp(Val x, Val y);
void column_keys(Arena *keep, TableColumn *col);

/* Some value of a slot; false when there is none. */
bool column_value(Arena *a, const TableColumn *col, int slot, Val *out);

static inline bool set_has(const RuleSet *s, int rule) {
    return (s[rule >> 6] >> (rule & 63)) & 1;
}
static inline void set_add(RuleSet *s, int rule) {
    s[rule >> 6] |= (uint64_t)1 << (rule & 63);
}
static inline void set_drop(RuleSet *s, int rule) {
    s[rule >> 6] &= ~((uint64_t)1 << (rule & 63));
}
/* The next member at or behind `from`, or -1. */
int set_next(const RuleSet *s, int words, int from);
int set_count(const RuleSet *s, int words);

/* One evaluation of a table. */
typedef struct TableRun {
    Eval *e;
    const IrTable *t;
    const TableIndex *ix;
    const Frame *f;
    Val *inputs;
    Val *outs;     /* per rule: its output (a context when there are several) */
    uint8_t *have; /* per rule: outs is filled; NULL: outputs are not kept */
    bool quiet;    /* hypothetical: no diagnostics for violations */
    Val *open; /* per column: what undecided cells under a known value depend on; V_NULL: none */
} TableRun;

/* The result of a table in a frame. view (may be NULL) is filled for explanation. */
Val table_eval(Eval *e, const IrTable *t, const Frame *f, DmnTableView *view);
/* Which rules give the result, into the view whose rules are filled: all that match, but one for F
 * and P. For P the outputs of the matching rules are compared. */
void table_view_used(TableRun *r, DmnTableView *view);
/* The output of one rule (memoised). */
Val table_output(TableRun *r, int rule);
/* The output when no rule matches. */
Val table_default(TableRun *r);
/* The result for exactly these matching rules (table_hit.c). */
Val table_hit(TableRun *r, const RuleSet *set);
/* The result when the rules of cert match certainly and those of poss may (table_unknown.c). */
Val table_between(TableRun *r, const RuleSet *cert, const RuleSet *poss, const Val *deps, int n);
/* The result when some input is unknown. known: the rules the known columns leave. */
Val table_unknown(TableRun *r, const RuleSet *known);
/* Order of the outputs of two rules by output values; highest priority first, ties by rule. */
int table_priority(TableRun *r, int x, int y);
#endif
