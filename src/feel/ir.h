/* IR: the one typed intermediate form of FEEL expressions, boxed expressions and decision tables.
 *
 * A program is an array of nodes in topological order: the operands of a node stand before it.
 * Nodes hold no C pointers but their type; constants, operand lists, names, functions, regions and
 * tables are kept in side arrays and addressed by index. Constants are folded when a node is made.
 * Two back ends read it: the scalar evaluator (eval.c) evaluates nodes on demand and defines the
 * meaning; a columnar planner may execute the same nodes over blocks where it can prove the same
 * result (docs/decisions/0002-one-ir.md).
 *
 * Names. A *global* is a requirement of the model (input data, decision, business knowledge model,
 * service): IR_GLOBAL with an id the owner of the model chose. A *local* lives in a region: the
 * entries of a context, the parameters of a function, the variables of an iteration, `item` of a
 * filter, `?` of a test. Entering a region makes a frame with the region's slots; IR_LOCAL says how
 * many frames up (depth), which slot, and which region, so that a planner can replace it by the
 * node that defines the slot.
 */
#ifndef JIXIA_FEEL_IR_H
#define JIXIA_FEEL_IR_H
#include "base/map.h"
#include "feel/type.h"

typedef int32_t IrId;
enum { IR_NONE = -1 };

/* Operands a, b, c. "list L": an index of Program.lists, see ir_list_at. The operators of two
 * operands stand together, IR_ADD … IR_POW, IR_EQ … IR_GE, IR_AND, IR_OR: others name them as
 * ranges. */
typedef enum IrOp {
    IR_CONST,  /* a: constant */
    IR_GLOBAL, /* a: global id */
    IR_LOCAL,  /* a: depth, b: slot, c: region */
    IR_NEG,    /* a */
    IR_ADD,    /* a + b */
    IR_SUB,
    IR_MUL,
    IR_DIV,
    IR_POW,
    IR_EQ, /* a = b */
    IR_NE,
    IR_LT,
    IR_LE,
    IR_GT,
    IR_GE,
    IR_AND, /* three-valued; b is only evaluated when a does not decide */
    IR_OR,
    IR_BETWEEN, /* b <= a <= c */
    IR_IN,      /* a: value, b: IR_TESTS */
    IR_TESTS,   /* a: list L of tests, c: region with `?` in slot 0; aux IRF_NOT: negated. A test is
                   a constant or expression to compare with (value, list, range), or a boolean
                   expression when its node has IRF_INPUT. An empty list is `-`: always true. */
    IR_IF,      /* a: condition, b: then, c: else */
    IR_PATH,    /* a: value, b: name */
    IR_MEMBER,  /* name b of the context a, or else node c (a filter over items of unknown type) */
    IR_FILTER,  /* a: list, b: body, c: region (slot 0: item) */
    IR_LIST,    /* a: list L of elements */
    IR_CONTEXT, /* a: list L of entry values, b: first of as many names, c: region (slot i: entry
                   i); flag IRF_RESULT: the value of the last entry is the result */
    IR_RANGE,   /* a: lo, b: hi (IR_NONE: missing), aux: RangeOp, IRF_LO_CLOSED, IRF_HI_CLOSED */
    IR_SPAN,    /* a .. b as the domain of an iteration: lo, hi, up or down */
    IR_FOR,     /* a: list L of domains (slot i: variable i, slot n: partial), b: body, c: region */
    IR_SOME,    /* the same with a boolean body */
    IR_EVERY,
    IR_FUNCTION, /* a: function index: a closure over the current frame */
    IR_CALL,     /* a: callee, b: list L of arguments, c: first of as many names or IR_NONE */
    IR_BUILTIN,  /* a: built-in index (builtin_at), b: list L of arguments in parameter order
                    (IR_NONE: omitted), c: the parameter set its argument names chose, or IR_NONE */
    IR_INSTANCE, /* a: value; the type tested is Program.type_refs[b] */
    IR_COERCE,   /* a: value, made to conform to the node's type (DMN 10.3.2.9.4), else null */
    IR_TABLE,    /* a: table index */
    IR_NULL, /* null for an error found when compiling; a: names index of the text, or IR_NONE */
    IR_OPS
} IrOp;

enum {
    IRF_INPUT = 1,      /* the value depends on `?` of the nearest test region */
    IRF_NOT = 2,        /* IR_TESTS: not(…) */
    IRF_RESULT = 4,     /* IR_CONTEXT: yields its last entry */
    IRF_LO_CLOSED = 8,  /* IR_RANGE */
    IRF_HI_CLOSED = 16, /* IR_RANGE */
    IRF_LOCALS = 32,    /* depends on locals: must not be moved out of its region */
    IRF_SHARED = 64,    /* computed elsewhere too: aux is the slot of the value (program_share) */
    IRF_NUMBERS = 128   /* IR_BUILTIN: numbers fit it as they are */
};

typedef struct IrNode {
    uint8_t op;    /* IrOp */
    uint8_t flags; /* IRF_… */
    uint16_t aux;  /* IR_RANGE: RangeOp; IRF_SHARED: slot */
    int32_t a, b, c;
    const Type *type; /* never NULL; T_ANY when not known */
} IrNode;

/* Where a node was written: bytes [from, to) of the source text of a unit. Parallel to the nodes.
 */
typedef struct IrAt {
    int32_t unit; /* IR_NONE: nowhere */
    int32_t from, to;
} IrAt;
/* One source text: a literal expression, a cell, a boxed element. */
typedef struct IrUnit {
    Str text;
    Str element;        /* DMN element id, or any place text: shown in findings */
    const void *source; /* the owner's element or cell it stands in; NULL: none */
} IrUnit;

typedef enum IrRegionKind {
    REGION_CONTEXT,
    REGION_FUNCTION,
    REGION_LOOP,
    REGION_FILTER,
    REGION_TEST
} IrRegionKind;
typedef struct IrRegion {
    IrRegionKind kind;
    int32_t nslots;
    bool captured; /* a closure is made inside: frames must outlive the region */
    IrId owner;    /* the node that enters it, IR_NONE until made */
} IrRegion;

typedef struct IrFn {
    Str name;          /* for people; may be empty */
    const Str *params; /* nparams names; slot i of the region */
    const Type **param_types;
    int32_t nparams;
    const Type *result;   /* declared: what it returns is made to conform; NULL: none */
    const Type *inferred; /* of the body */
    int32_t region;
    IrId body;                           /* IR_NONE: external */
    Str external_class, external_method; /* {java: {class: …, method signature: …}} */
} IrFn;

/* Decision tables (DMN 8). Cells are IR; evaluation and indexes are the business of src/dmn. */
typedef enum HitPolicy {
    HIT_UNIQUE,
    HIT_ANY,
    HIT_PRIORITY,
    HIT_FIRST,
    HIT_COLLECT,
    HIT_RULE_ORDER,
    HIT_OUTPUT_ORDER
} HitPolicy;
typedef enum HitAggregate { AGG_NONE, AGG_SUM, AGG_COUNT, AGG_MIN, AGG_MAX } HitAggregate;
typedef struct IrTableInput {
    IrId expr; /* evaluated in the frame of the table */
    const Type *type;
    IrId allowed; /* IR_TESTS of the input values, or IR_NONE */
    Str label, element;
} IrTableInput;
typedef struct IrTableOutput {
    Str name; /* empty for a single unnamed output */
    const Type *type;
    IrId allowed;        /* IR_TESTS of the output values, or IR_NONE */
    const Val *priority; /* output values in order of priority, npriority of them */
    int32_t npriority;
    IrId fallback; /* default output, or IR_NONE */
    Str label, element;
} IrTableOutput;
typedef struct IrRule {
    const IrId *cells;   /* ninputs IR_TESTS nodes; IR_NONE is `-` */
    const IrId *outputs; /* noutputs */
    const Str *notes;    /* annotations, nnotes of the table */
    Str element;
} IrRule;
typedef struct IrTable {
    Str name, element;
    HitPolicy policy;
    HitAggregate aggregate;
    const IrTableInput *inputs;
    const IrTableOutput *outputs;
    const IrRule *rules;
    const Str *note_names;
    int32_t ninputs, noutputs, nrules, nnotes;
    int32_t id;  /* index in Program.tables */
    void *index; /* made and owned by src/dmn when the model is loaded */
} IrTable;

struct TrieNode;
typedef struct Program {
    Arena *arena;
    Arena *growing; /* of the arrays below while they grow: the same, or one that is closed after
                       program_settle */
    IrNode *nodes;
    IrAt *at; /* parallel to nodes */
    int n, cap, at_cap;
    Val *consts;
    int nconsts, consts_cap;
    int32_t *lists; /* count, then the items */
    int nlists, lists_cap;
    Str *names;
    int nnames, names_cap;
    IrFn **fns;
    int nfns, fns_cap;
    IrRegion *regions;
    int nregions, regions_cap;
    IrTable **tables;
    int ntables, tables_cap;
    IrUnit *units;
    int nunits, units_cap;
    const Type **type_refs;
    int ntype_refs, type_refs_cap;
    Map types;   /* item definitions by name (also "ns.name"): const Type * */
    Map members; /* every member name known in the model: paths on values of unknown type */
    struct TrieNode *member_trie;
    int nshared; /* slots of program_share */
} Program;

/* A program in an arena, which also owns everything compiled into it. */
Program *program_new(Arena *a);
/* Makes an item definition known to `instance of` and parameter types. */
void program_add_type(Program *p, Str name, const Type *t);
/* Makes a member name known to paths whose left side has no static type. */
void program_add_member(Program *p, Str name);
/* Finds the operations that stand more than once in the program, on the same operands and without
 * locals, and gives each a slot in which an evaluation may keep its value (share.c). */
void program_share(Program *p, Arena *scratch);
/* Moves the arrays into the program's arena, each in its exact size. */
void program_settle(Program *p);
/* Registers a source text; its index goes into IrAt.unit. Both must last as long as the program. */
int32_t program_add_unit(Program *p, Str text, Str element);

/* --- scopes --- */
typedef struct Scope Scope;
/* The outermost scope: built-in functions only. */
Scope *scope_root(Program *p);
/* A scope inside up whose names live in the frame of a new region. */
Scope *scope_open(Program *p, const Scope *up, IrRegionKind kind);
/* A scope inside up without a frame of its own, for globals. */
Scope *scope_plain(Program *p, const Scope *up);
/* The scope of a filter over elements of a type: `item` in slot 0, members of the item by name. */
Scope *scope_filter(Program *p, const Scope *up, const Type *elem);
/* The scope of unary tests on a value of a type: `?` in slot 0. */
Scope *scope_test(Program *p, const Scope *up, const Type *input);
/* Adds a name with a slot; returns the slot (0, 1, … in order). The scope needs a region. */
int scope_add(Scope *s, Str name, const Type *t);
/* Adds a name that the owner of the model resolves. `ns.name` gives qualified names of imports. */
void scope_add_global(Scope *s, Str name, const Type *t, int id);

/* --- making nodes: types are derived, constants folded. `at` is where it was written. --- */
IrId ir_const(Program *p, Val v, const Type *t, IrAt at); /* t NULL: the value's own type */
IrId ir_global(Program *p, int id, const Type *t, IrAt at);
/* The node of a name in scope, by its whole text; IR_NONE when unknown. */
IrId ir_name(Program *p, const Scope *s, Str name, IrAt at);
IrId ir_unary(Program *p, IrOp op, IrId a, IrAt at);
IrId ir_binary(Program *p, IrOp op, IrId a, IrId b, IrAt at);
IrId ir_if(Program *p, IrId cond, IrId yes, IrId no, IrAt at);
IrId ir_path(Program *p, IrId value, Str name, IrAt at);
IrId ir_list(Program *p, const IrId *items, int n, IrAt at);
IrId ir_range(Program *p, RangeOp op, IrId lo, IrId hi, unsigned closed, IrAt at);
/* Entries were compiled one after the other in s, each followed by scope_add. has_result: the last
 * entry is the result cell of a boxed context. */
IrId ir_context(Program *p, const Scope *s, const Str *names, const IrId *values, int n,
                bool has_result, IrAt at);
/* body was compiled in s = scope_filter(…). */
IrId ir_filter(Program *p, const Scope *s, IrId list, IrId body, IrAt at);
/* op: IR_FOR, IR_SOME, IR_EVERY. s = scope_open(REGION_LOOP); each domain is compiled in s, then
 * its variable added with scope_add; for IR_FOR `partial` is added last; then the body is compiled.
 */
IrId ir_loop(Program *p, IrOp op, const Scope *s, const IrId *domains, int n, IrId body, IrAt at);
/* s = scope_open(REGION_FUNCTION) with the parameters added first; types may hold NULL. */
IrId ir_function(Program *p, const Scope *s, Str name, const TypeMember *params, int n, IrId body,
                 const Type *result, IrAt at);
/* An external function: always null with a reason unless external_call knows the method. */
IrId ir_external(Program *p, const Scope *s, Str name, const TypeMember *params, int n, Str class,
                 Str method, const Type *result, IrAt at);
/* A call with positional (names NULL) or named arguments. When callee is the name of a built-in the
 * call is resolved here. */
IrId ir_call(Program *p, IrId callee, const Str *names, const IrId *args, int n, IrAt at);
/* tests in s = scope_test(…); no tests: always true. */
IrId ir_tests(Program *p, const Scope *s, const IrId *tests, int n, bool negated, IrAt at);
IrId ir_in(Program *p, IrId value, IrId tests, IrAt at);
/* Makes the value conform to t; no node when the static type already does. */
IrId ir_coerce(Program *p, IrId value, const Type *t, IrAt at);
/* The program keeps the table; *t must live in its arena. */
IrId ir_table(Program *p, IrTable *t, const Type *result, IrAt at);
IrId ir_null(Program *p, Str why, IrAt at);

/* --- reading --- */
static inline const IrNode *ir_node(const Program *p, IrId id) {
    return &p->nodes[id];
}
/* The items of an operand list. */
static inline const int32_t *ir_items(const Program *p, int32_t list, int *n) {
    *n = p->lists[list];
    return p->lists + list + 1;
}
/* The source text of a node; empty when it has none. */
Str ir_text(const Program *p, IrId id);
/* Place of a node for findings: element:from-to. */
Str ir_place(Arena *a, const Program *p, IrId id);
/* Gives a finding the bytes of a node (IR_NONE: none). */
void ir_mark(Note *note, const Program *p, IrId id);
/* A listing of the nodes reachable from id, one a line: debugging and golden tests. */
void ir_print(Buf *b, const Program *p, IrId id);
#endif
