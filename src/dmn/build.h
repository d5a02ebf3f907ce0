/* Inside the loader: from structs of the file to IR. */
#ifndef JIXIA_DMN_BUILD_H
#define JIXIA_DMN_BUILD_H
#include "dmn/dmn.h"

typedef struct Builder {
    Ctx *c;
    DmnModel *m;
    Program *p;
    const Scope *root;          /* built-ins */
    const DmnNode *node;        /* being compiled */
    uint8_t *state;             /* per node: 0 untouched, 1 being compiled, 2 done */
    Arena *work;                /* what lasts only while the model is built */
    const Type *ranges[V_TAGS]; /* of ranges of constants, by the kind of their ends */
} Builder;

/* The type a reference means in a file; NULL for an empty one. An unknown name gives a finding and
 * the type of anything. */
const Type *build_type(Builder *b, DmnDefs *d, Str ref, const XmlNode *at);
/* All item definitions of a file, known to FEEL texts too. */
void build_items(Builder *b, DmnDefs *d);
/* A boxed expression in a scope; expected (may be NULL) is what the context declares. */
IrId build_expr(Builder *b, const DmnExpr *e, const Scope *s, const Type *expected);
/* A FEEL text at an element. */
IrId build_text(Builder *b, const DmnDefs *d, const XmlNode *xml, Str text, FeelMode mode,
                const Scope *s, const Type *expected);
/* The same for a cell of a rule; owner: the id findings name when the cell has none. */
IrId build_cell(Builder *b, const DmnDefs *d, const DmnCell *cell, Str owner, FeelMode mode,
                const Scope *s, const Type *expected);
IrId build_table(Builder *b, const DmnExpr *e, const Scope *s, const Type *expected);
/* Nowhere to point at in a text, but at an element. */
IrAt build_at(Builder *b, const DmnDefs *d, const XmlNode *xml);
#endif
