/* FEEL: compiling texts into a program, evaluating nodes, built-in functions, unknowns, traces.
 *
 * Compile once, evaluate often: a Program is immutable after loading and shared by threads; an Eval
 * belongs to one thread and one evaluation (its arena is reset between evaluations by the owner).
 * A FEEL error is never a failure of the call: it is V_NULL with a reason, also listed in
 * Eval.diag.notes.
 */
#ifndef JIXIA_FEEL_FEEL_H
#define JIXIA_FEEL_FEEL_H
#include "feel/ir.h"

/* --- compiling --- */
typedef enum FeelMode {
    FEEL_EXPRESSION,  /* expression (FEEL grammar rule 1) */
    FEEL_EXPRESSIONS, /* several separated by commas: a list; one stays itself (boxed list text) */
    FEEL_TESTS        /* unary tests (rule 15): IR_TESTS; the scope must be scope_test(…).
                         `-` and blank text give IR_TESTS without tests */
} FeelMode;

/* Compiles a text. element is the DMN element id (or any place text) shown in findings. expected
 * NULL: as it comes; otherwise a coercion is added where the static type does not already conform.
 * Syntax errors, unknown names and operations that can only give null become NOTEs of c (severity 0
 * for what does not parse, 1 otherwise); a text that does not parse compiles to IR_NULL, so there
 * is always a node. Never fails otherwise; c->err is not touched. */
IrId feel_compile(Ctx *c, Program *p, Str text, FeelMode mode, const Scope *scope,
                  const Type *expected, Str element);
/* Parses a type text ("list<number>", item definition names); NULL when it is none. */
const Type *feel_type(Program *p, Str text);

/* --- evaluating --- */
typedef struct Eval Eval;
typedef struct Trace Trace;

/* A frame holds the slots of a region. */
typedef struct Frame {
    const struct Frame *up;
    Val *slots;
} Frame;

typedef enum FnKind {
    FN_LAMBDA,  /* fn with its frame */
    FN_BUILTIN, /* builtin */
    FN_SERVICE  /* resolved by the owner of the model: hooks->service */
} FnKind;
/* What V_FUNCTION points to. */
typedef struct Function {
    FnKind kind;
    const IrFn *fn;                 /* FN_LAMBDA */
    const Frame *frame;             /* FN_LAMBDA: where it was made */
    int builtin;                    /* FN_BUILTIN: index */
    int service;                    /* FN_SERVICE: id */
    const Str *params;              /* FN_SERVICE: parameter names */
    const Type *const *param_types; /* FN_SERVICE; entries may be NULL */
    int nparams;                    /* FN_SERVICE */
    const Type *result;             /* FN_SERVICE; may be NULL */
} Function;

/* What the owner of the model provides. A hook that is NULL gives null with a reason. */
typedef struct EvalHooks {
    /* The value of a global; the owner memoises. */
    Val (*global)(Eval *e, int id);
    /* A decision table in a frame. */
    Val (*table)(Eval *e, const IrTable *t, const Frame *f);
    /* A decision service called with n = Function.nparams arguments, already coerced. */
    Val (*service)(Eval *e, int id, const Val *args, int n);
} EvalHooks;

/* States of globals; lower ones are the owner's. GLOBAL_GIVEN: given and as its type wants it; like
 * GLOBAL_DONE, but a trace still records the first reading, so then the hook is called. */
enum { GLOBAL_DONE = 2, GLOBAL_GIVEN = 3 };
enum {
    FEEL_STEPS = 50 * 1000 * 1000,
    FEEL_DEPTH = 3000,
    FEEL_LIST = 1000 * 1000,
    FEEL_REASONS = 10 * 1000, /* reasons for nulls kept one by one */
    FEEL_NESTING = 400        /* lists and contexts inside one another */
};

struct Eval {
    const Program *prog;
    Arena *arena; /* of values; the caller owns it */
    Ctx diag;     /* notes: a reason for every null that an error made */
    const EvalHooks *hooks;
    void *user; /* of the hooks */
    /* By global id, when the owner keeps them: values, valid where the state is GLOBAL_DONE, so
     * that the hook need not be called again. NULL: always the hook. */
    const Val *globals;
    const uint8_t *global_state;
    /* By slot (program_share), when the owner keeps them, as long as no global changes: values, and
     * which are there. NULL: none are kept. */
    Val *shared;
    uint8_t *has_shared;
    /* The clock: an argument, never read. Instant in UTC nanoseconds and the business zone. */
    int64_t now_ns;
    Zone zone;
    bool strict;          /* for the layers above: a diagnostic makes the result an error */
    bool unknowns;        /* some input is V_UNKNOWN or contains one: set by whoever brings it in */
    int64_t steps;        /* left; below 0 everything is null */
    int depth, max_depth; /* nested evaluations */
    int64_t max_list;
    uint32_t regex_steps; /* of one match */
    Val met;              /* an unknown that a called function gave: see builtin_call */
    IrId at;              /* the node being evaluated, for reasons */
    int reasons;          /* reasons made so far, also those taken back */
    void *beyond; /* the null that stands for every reason behind FEEL_REASONS; NULL before */
    Trace *trace; /* NULL: none */
};

/* An evaluation on an arena with default limits, no hooks, now = 1970-01-01T00:00:00Z, no zone. */
Eval eval_new(const Program *p, Arena *a);
/* The value of a node in a frame (NULL: outermost). */
Val feel_eval(Eval *e, IrId id, const Frame *f);
/* Does a value pass unary tests (a cell)? true, false, V_NULL or V_UNKNOWN. cell IR_NONE: true. f
 * is the frame around the test region. */
Val feel_test(Eval *e, IrId cell, Val input, const Frame *f);
/* Calls a function value with positional arguments (sort, list replace, boxed invocations). */
Val feel_call(Eval *e, Val fn, const Val *args, int n);
/* The value made to conform to a type: singleton list to element, date to date and time; otherwise
 * null with a reason (DMN 10.3.2.9.4). */
Val feel_coerce(Eval *e, Val v, const Type *t);
/* feel_coerce gives v itself, seen at a glance; false: it may or may not. */
bool feel_fits(Val v, const Type *t);
/* A property or entry (DMN 10.3.2.13 paths): context entries, list projection, date, time, duration
 * and range properties. Null with a reason when there is none. */
Val feel_path(Eval *e, Val v, Str name);

/* --- nulls with a reason --- */
/* FEEL_NULL(e, M_FEEL_…, args…): records a diagnostic at e->at and gives the null that carries it.
 */
#define FEEL_NULL(e, ...) feel_null_((e), FAIL_ARGS_(__VA_ARGS__))
Val feel_null_(Eval *e, Msg msg, int n, const Str *args) __attribute__((cold));

/* What was found so far, and taking back what was found since: findings of a case that need not be
 * the real one are not reported. diag.note_count counts also what FEEL_REASONS left out. */
typedef struct DiagMark {
    Note *notes, *last;
    int count;
} DiagMark;
DiagMark diag_mark(const Eval *e);
void diag_rewind(Eval *e, DiagMark m);

/* Operators on values, with unknowns, as the evaluator computes them (IR_ADD … IR_GE, IR_AND,
 * IR_OR): for built-ins, tables and tests. */
Val feel_op(Eval *e, IrOp op, Val x, Val y);
/* x in y: equality, membership of a list, inclusion in a range. */
Val feel_in(Eval *e, Val x, Val y);
/* FEEL equality with unknowns: true, false, null or unknown. Null when not comparable. */
Val feel_equal(Eval *e, Val x, Val y);

/* --- built-in functions (builtin.c) --- */
typedef enum BuiltinUnknown {
    BU_LIFT, /* the evaluator never passes unknowns: it enumerates candidates or gives unknown */
    BU_AWARE /* the function takes unknowns, also inside lists, and is sound with them */
} BuiltinUnknown;
enum { BUILTIN_PARAMS = 8, BUILTIN_SIGS = 4 };
/* One parameter set. Types: T_ANY takes everything; T_NUMBER … coerce a singleton list to its
 * element and, for T_DATETIME, a date; T_LIST wraps a non-list (not null). An argument that does
 * not fit gives null with a reason before the function is called; null always passes. */
typedef struct BuiltinSig {
    int min, max; /* arguments; max BUILTIN_MANY: the last parameter repeats */
    const char *params[BUILTIN_PARAMS];
    uint8_t types[BUILTIN_PARAMS]; /* TypeKind */
} BuiltinSig;
enum { BUILTIN_MANY = 1 << 20 };
typedef struct Builtin {
    const char *name;                           /* with single spaces */
    Val (*fn)(Eval *e, const Val *args, int n); /* n as given; omitted ones in between are null */
    uint8_t result;                             /* TypeKind, T_ANY when it depends */
    bool impure;                                /* depends on the clock: never folded */
    uint8_t unknown;
    int nsigs; /* tried in order: the first that fits in number (or names) and types; when none
                  fits in types, the first that fits in number reports the argument */
    BuiltinSig sigs[BUILTIN_SIGS];
} Builtin;
/* The table, provided by builtin.c. */
extern const Builtin BUILTINS[];
extern const int BUILTIN_COUNT;
/* Index of a built-in by name, or -1. */
int builtin_find(Str name);
const Builtin *builtin_at(int index);
/* Calls a built-in on evaluated positional arguments: picks the parameter set, coerces, lifts
 * unknowns. */
Val builtin_call(Eval *e, int index, const Val *args, int n);
/* External (Java) functions of the TCK, provided by builtin_external.c. False: unknown method. */
bool external_call(Eval *e, Str class, Str method, const Val *args, int n, Val *out);

/* --- unknowns (design 5.1). Sound: a decided value is the value for every admissible fact. --- */
static inline bool val_unknown(Val v) {
    return v.tag == V_UNKNOWN;
}
static inline const Unknown *val_unk(Val v) {
    return v.p;
}
/* v is unknown or contains an unknown. */
static inline bool val_has_unknown(Val v) {
    return v.tag == V_UNKNOWN || (v.aux & VAL_HOLDS_UNKNOWN);
}
/* A missing fact: an input path id, its bounds (V_NULL: none), candidates (may be NULL). */
Val unknown_fact(Arena *a, uint16_t path, Val lo, Val hi, const Val *cands, int n, bool may_null,
                 bool person);
/* An unknown about which nothing is known, depending on everything the values depend on (deep). */
Val unknown_of(Eval *e, const Val *vals, int n);
/* The value when all possible results are the same; otherwise the unknown that covers them all:
 * candidates united, or the hull of the bounds; null among them sets may_null. deps holds the
 * values whose dependencies it inherits beside those of the results (the condition, the inputs). */
Val unknown_join(Eval *e, const Val *results, int n, const Val *deps, int ndeps);
/* The unknown with bounds lo … hi (V_NULL: open) that depends on vals; lo when lo equals hi and
 * !may_null. */
Val unknown_hull(Eval *e, Val lo, Val hi, bool may_null, const Val *vals, int n);
/* Bounds of a known or unknown value; V_NULL where there is none. */
void val_bounds(Val v, Val *lo, Val *hi);
/* Can v be null? Known values answer exactly. */
bool val_may_null(Val v);
/* Possible truth of a value used as a boolean: bits 1 false, 2 true, 4 null (or no boolean). */
unsigned val_truths(Val v);
/* The value for a set of possible truths; unknown when several. */
Val val_of_truths(Eval *e, unsigned truths, const Val *deps, int n);

/* --- trace (engine 7.7) --- */
/* Nothing is formatted while evaluating: a record holds values, and what follows from them (the
 * cells of a table, which rules were near) is worked out by whoever shows the trace. */
typedef enum TraceKind {
    TRACE_INPUT,    /* detail: global id; value read */
    TRACE_DECISION, /* detail: global id; value: result */
    TRACE_SERVICE,  /* detail: global id; value: result. What lies inside has globals of its own */
    TRACE_TABLE,    /* detail: table id; node: index of the pool, where the input values stand;
                       value: result */
    TRACE_RULE,     /* detail: rule number (0-based), -1 the default outputs; value: output */
    TRACE_CELL,     /* a cell that is not constant. detail: rule, spare: column; value: outcome */
    TRACE_CALL,     /* value: result */
    TRACE_COMPARE,  /* value: outcome; pooled: operands */
    TRACE_COERCE,   /* value: after; pooled: before */
    TRACE_NULL,     /* value: the null with its reason */
    TRACE_CLAMP,    /* spare: which argument of min or max decided; pooled: the arguments, or none
                       when they are many */
    TRACE_ROUND     /* value: after; pooled: before, scale */
} TraceKind;
typedef struct TraceRec {
    uint8_t kind;
    uint8_t pooled; /* how many values stand in the pool, from index detail */
    uint16_t spare; /* by kind */
    IrId node;
    int32_t parent; /* record index, -1: top */
    int32_t detail; /* pooled: index of the pool; otherwise by kind */
    Val value;
} TraceRec;
_Static_assert(sizeof(TraceRec) == 32, "a trace record is 32 bytes");
struct Trace {
    Arena *arena;
    TraceRec *recs;
    int n, cap;
    Val *pool;
    int npool, pool_cap;
    int32_t top; /* the open record new ones hang under, -1: none */
    bool full;   /* records were left out: there were too many */
};
/* Starts tracing into the evaluation arena. */
void trace_start(Eval *e);
/* Opens a record that later ones hang under; returns its index (-1 when not tracing). */
int32_t trace_open(Eval *e, TraceKind kind, IrId node, int32_t detail);
/* Closes it with its value. */
void trace_close(Eval *e, int32_t rec, Val value);
/* One record under the open one, with n values in the pool (at most TRACE_POOLED, else none). */
void trace_add(Eval *e, TraceKind kind, IrId node, uint16_t spare, Val value, const Val *vals,
               int n);
enum { TRACE_POOLED = 16 };
/* Puts the input values of an open table into the pool. */
void trace_inputs(Eval *e, int32_t rec, const Val *vals, int n);

/* --- conditions as people read them --- */
typedef struct Conjunct {
    IrId node;
    IrOp op; /* IR_EQ … IR_GE with left and right; IR_IN, IR_BETWEEN with left only; otherwise
                the operator of the node */
    Val left, right, outcome;
    Str text; /* as written */
} Conjunct;
/* The conditions joined by `and` at the top of a boolean node, each evaluated in f, also those that
 * `and` would not have reached. Returns how many there are; fills at most max. */
int feel_conjuncts(Eval *e, IrId id, const Frame *f, Conjunct *out, int max);
#endif
