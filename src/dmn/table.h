/* Decision tables: index and evaluation (DMN 1.5 clause 8.2, engine 7.6). Inside of src/dmn. */
#ifndef JIXIA_DMN_TABLE_H
#define JIXIA_DMN_TABLE_H
#include "dmn/dmn.h"

/* A column cut into elementary slots at the constants of its cells: slot 2i+1 is cut i itself, slot
 * 2i the open gap before it, slot 2n everything above. Each slot has the set of rules whose cell a
 * value in it passes. */
typedef struct TableColumn {
    bool indexed;
    VTag kind; /* of the cuts: V_NUM (big ones too), V_STRING, V_BOOL, V_DATE, V_MONTHS */
    Val *cuts;
    int ncuts;
    uint64_t *bits;      /* (2n+1) sets */
    bool *gone;          /* 2n+1: no value lies in the slot (a gap between consecutive dates) */
    uint64_t *null_bits; /* the set for null */
    uint64_t *residual;  /* rules whose cell is not constant: tested one by one */
    bool has_residual;
} TableColumn;

typedef struct TableIndex {
    int words; /* 64-bit words of a set */
    TableColumn *cols;
    uint64_t *all; /* every rule */
} TableIndex;

/* Makes the index of a table when the whole program stands; stored in t->index. */
void table_index(Arena *a, const Program *p, IrTable *t);
/* The slot of a value, -1 when the column has none for it (another kind of value). */
int column_slot(const TableColumn *col, Val v);

/* Some value of a slot; false when there is none. */
bool column_value(Arena *a, const TableColumn *col, int slot, Val *out);

typedef uint64_t RuleSet; /* the first word of `words` */

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
} TableRun;

/* The result of a table in a frame. view (may be NULL) is filled for explanation. */
Val table_eval(Eval *e, const IrTable *t, const Frame *f, DmnTableView *view);
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
