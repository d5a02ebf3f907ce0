/* Inside of the IR builder: raw pushes into a program, and type inference. For src/feel only. */
#ifndef JIXIA_FEEL_BUILD_H
#define JIXIA_FEEL_BUILD_H
#include "feel/ir.h"

int32_t program_const(Program *p, Val v);
int32_t program_list(Program *p, const IrId *items, int n);
int32_t program_names(Program *p, const Str *names, int n); /* index of the first */
int32_t program_type_ref(Program *p, const Type *t);
int32_t program_fn(Program *p, IrFn fn);
int32_t program_table(Program *p, IrTable *t);
IrId program_node(Program *p, IrNode node, IrAt at);
/* The nodes a node reads (for a function: its body); returns how many, fills at most max. */
int ir_operands(const Program *p, IrId id, IrId *out, int max);

/* The node of a name found in scope. */
struct Found;
IrId ir_found(Program *p, const struct Found *f, IrAt at);
IrId ir_between(Program *p, IrId x, IrId lo, IrId hi, IrAt at);
IrId ir_instance(Program *p, IrId x, const Type *t, IrAt at);
/* Member `name` of the item of a filter, or else `other`. */
IrId ir_member(Program *p, IrId item, Str name, IrId other, IrAt at);

/* Type of an operator's result; T_ANY when it depends on the values. */
const Type *infer_binary(IrOp op, const Type *x, const Type *y);
/* The operator can only give null on these types (sets the words for the finding). */
bool infer_never(IrOp op, const Type *x, const Type *y);
/* Type of a path; NULL when the type certainly has no such member. */
const Type *infer_path(Arena *a, const Type *t, Str name);
/* Element type of what is iterated or filtered. */
const Type *infer_elem(const Type *t);
/* The operator as written in FEEL. */
Str op_text(IrOp op);
#endif
