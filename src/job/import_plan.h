/* Inside the import: what each column of a file means (the plan), one checked row, and the state
 * that the steps share. Only import*.c include this. */
#ifndef JIXIA_JOB_IMPORT_PLAN_H
#define JIXIA_JOB_IMPORT_PLAN_H
#include "base/map.h"
#include "codec/numtext.h"
#include "decimal/dec.h"
#include "job/import.h"

typedef enum ColumnAs {
    COL_UNUSED, /* no meaning found: listed in a remark */
    COL_IGNORE, /* known to be of no use: 序号 */
    COL_FACT,
    COL_USCC,
    COL_STOCK,
    COL_ID, /* another code: scheme in Column.scheme */
    COL_NAME,
    COL_SHORT_NAME,
    COL_FORMER_NAME,
    COL_DIVISION,
    COL_UNIT,
    COL_YEAR,
    COL_EVIDENCE,
    COL_FROM,
    COL_TO,
    COL_KINDS
} ColumnAs;

enum { IMPORT_HEAD_ROWS_MAX = 40, IMPORT_COLUMNS_MAX = 1000, IMPORT_BLOCK_ROWS = 8192 };

typedef struct Column {
    Str head;
    ColumnAs as;
    const Indicator *indicator; /* COL_FACT */
    int32_t stored;             /* its id in the store */
    Str scheme;                 /* COL_ID */
    NumScale scale;             /* unit of the head; unit NONE: base unit */
    bool confirmed;             /* the unit stands in a layout */
    int year, lag;              /* yearly: the head names a year, or 上年 (lag 1) */
    FactKind bound;
    int slot;      /* yearly numbers: which indicator, for comparing years; -1 otherwise */
    bool is_count; /* 无 means 0 */
    bool has_min, has_max;
    Dec min, max;
    NumUnit base; /* of the indicator's unit */
    ImportBy by;
} Column;

typedef enum CreatePolicy { CREATE_BY_CODE, CREATE_BY_NAME, CREATE_NONE } CreatePolicy;

typedef struct Plan {
    Column *columns; /* one per column of the file */
    int n;
    int used;         /* columns up to the last one that is read */
    int64_t head_row; /* last row of the heads */
    int64_t first_head_row;
    Str first_head;   /* text of the first head that is read, to know a repeated one */
    int first_column; /* where it stands */
    int year;
    int slots;           /* yearly number indicators */
    NumScale money;      /* of money columns without a unit */
    bool money_from_row; /* … from a line 单位：… above the heads */
    CreatePolicy create;
    bool has_year_column;
} Plan;

/* Finds the heads and what they mean; leaves the table behind them. False when the file cannot be
 * imported (recorded). */
bool import_plan(Ctx *c, const PackSet *pack, Table *t, const ImportOptions *o,
                 ImportReport *report, Plan *out);
/* The plan as people see it, into the report; rows: the first ones of the file, for samples. */
void import_columns(Arena *a, const Plan *p, const SheetRow *rows, int n, ImportReport *out);
/* The unit as people write it: 万元, %, 人. Empty when it is not known. */
Str import_unit_text(const Column *col);

/* What a head can mean. */
typedef struct HeadTarget {
    ColumnAs as;
    const Indicator *indicator;
    const Json *entry; /* of the layout */
    bool used;
} HeadTarget;
/* The meaning of an `as` word: uscc, stock, name …; COL_UNUSED: no such word. */
ColumnAs import_as(Str word);
Str import_as_word(ColumnAs as);
/* Folded heads → HeadTarget: of a layout, or of the dictionary. */
bool import_targets(Ctx *c, const PackSet *pack, const Json *layout, Map *out);
/* The meaning of a head: fills what the head itself says (unit, year) in *col. NULL: none. */
HeadTarget *import_head_target(Arena *a, const Map *targets, bool layout, Str head, Column *col);

/* One value of a row. */
typedef struct RowFact {
    const Column *column;
    FactType type;
    int32_t period;
    Str value, received, unit_received;
    double size; /* numbers: for comparing with other years */
} RowFact;

/* A checked row. Texts live in the arena of its block. */
typedef struct Row {
    int64_t row;
    Str uscc, stock, id, scheme, name, short_name, former_name, division, unit, evidence;
    int year;
    int32_t from, to;
    RowFact *facts;
    int n, cap;
    Cell *cells; /* as read, for the file of refused rows */
    int cell_count;
    int problem; /* index of its first problem in the report */
    bool refused, warned, skipped;
    struct Entity *entity;
} Row;

/* What is known of one subject and year of the file (and of the store, for comparing). */
typedef struct YearSeen {
    struct YearSeen *next;
    int year;
    int64_t row;    /* 0: only from the store or from columns that name a year */
    uint32_t *hash; /* per column, 0: no value */
    double *size;   /* per slot, 0: unknown */
} YearSeen;

/* A subject of the file. */
typedef struct Entity {
    int64_t subject; /* 0 until resolved */
    bool resolved, fresh, known_compared;
    SubjectNew made; /* what the first row says of it; texts in Import.keep */
    Str scheme, id, former_name;
    bool joined; /* found by another key than its credit code */
    YearSeen *years;
    struct Entity *next, *next_learned;
} Entity;

/* What the steps share. */
typedef struct Import {
    Ctx *c;       /* its arena lives as long as the report */
    Arena *keep;  /* identities: as long as the import */
    Arena *block; /* rows of the block */
    Plan plan;
    const ImportOptions *o;
    ImportReport *report;
    bool bad_bytes;
    Map by_uscc, by_stock, by_id, by_name; /* folded value → Entity */
    Entity *fresh, **fresh_tail;           /* not resolved yet */
    Entity *learned;                       /* whose codes are to be added at the end */
    Db *db;
    int source;
    int64_t batch, known_ms;
    SubjectLoader *subjects;
    FactLoader *facts;
    int edit;     /* the next of o->edits */
    int compared; /* subjects whose stored values were read */
    int64_t skipped_first, hidden_first, hidden, repeated, repeated_first;
} Import;

/* Finds or makes the entity of an accepted row (import_entity.c). */
void import_entity(Import *im, Row *row);
/* Looks up, or creates, the subjects of all new entities. False on a failure of the store. */
bool import_resolve(Import *im);
/* Adds the codes learned for subjects that were on file without them. */
bool import_learn(Import *im);
/* Compares a row with the others of its subject: contradictions refuse it, jumps warn. */
bool import_compare(Import *im, Row *row);

/* Reads one row of the table into *row. */
void import_check_row(Import *im, const TableRow *t, Row *row);
/* Adds a problem; severity 0 refuses the row. */
void import_problem(Import *im, Row *row, int severity, const Column *col, Str value, Msg m, int n,
                    const Str *args);
#define PROBLEM(im, row, severity, col, value, ...)                                                \
    import_problem((im), (row), (severity), (col), (value), FAIL_ARGS_(__VA_ARGS__))
/* The fact, date, number … of one cell (import_cell.c). */
void import_check_cell(Import *im, Row *row, const Column *col, const Cell *cell);
#endif
