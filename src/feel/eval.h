/* Inside of the evaluator. For src/feel/eval*.c and unknown.c only. */
#ifndef JIXIA_FEEL_EVAL_H
#define JIXIA_FEEL_EVAL_H
#include "feel/feel.h"

enum { FRAME_SMALL = 6, UNKNOWN_CASES = 64, TRUTH_F = 1, TRUTH_T = 2, TRUTH_N = 4 };

/* A frame that lives on the stack unless a closure may keep it. */
typedef struct FrameBox {
    Frame f;
    Val slots[FRAME_SMALL];
} FrameBox;
const Frame *frame_open(Eval *e, FrameBox *box, int32_t region, const Frame *up);
/* The frame to evaluate the body of an iteration in: a copy when closures are made there. */
const Frame *frame_iteration(Eval *e, const Frame *f, int32_t region);

Val eval_filter(Eval *e, const IrNode *n, const Frame *f);
Val eval_loop(Eval *e, const IrNode *n, const Frame *f);
Val eval_context(Eval *e, const IrNode *n, const Frame *f);
Val eval_call(Eval *e, const IrNode *n, const Frame *f);
Val eval_builtin(Eval *e, IrId id, const Frame *f);
Val eval_tests(Eval *e, const IrNode *n, Val input, const Frame *f);
Val eval_instance(Eval *e, Val v, const Type *t);
Val eval_range(Eval *e, const IrNode *n, const Frame *f);

/* The null for steps that ran out in the middle of a node. */
Val steps_over(Eval *e);
/* Operators on values without unknowns. */
Val op_known(Eval *e, IrOp op, Val x, Val y);
Val op_unknown(Eval *e, IrOp op, Val x, Val y);

/* fn on every combination of the candidates of the unknowns inside args, joined; an open unknown
 * when there are too many or one has none. fn never sees an unknown. */
typedef Val (*LiftFn)(Eval *e, const void *ctx, const Val *args, int n);
Val unknown_lift(Eval *e, LiftFn fn, const void *ctx, const Val *args, int n);
/* Can it: every unknown inside has candidates, and the combinations are few. */
bool unknown_liftable(Eval *e, const Val *args, int n);

/* "number", "list<string>": what a value is, for findings. */
Str kind_text(Eval *e, Val v);
Str value_text(Eval *e, Val v);
#endif
