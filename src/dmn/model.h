/* A DMN model as it stands in its files: what read.c makes of the XML, before any meaning. Every
 * element keeps its XML node, so that each message can name file, line and column; the rules of
 * tables and their cells, which are many, keep their place only. Lives in the arena of the load.
 * Versions 1.1 to 1.5 read into the same structs (DMN 1.5 clauses 6 to 10).
 */
#ifndef JIXIA_DMN_MODEL_H
#define JIXIA_DMN_MODEL_H
#include "base/map.h"
#include "codec/xml.h"
#include "feel/ir.h"

typedef struct DmnDefs DmnDefs;
typedef struct DmnExpr DmnExpr;
typedef struct DmnNode DmnNode;

typedef enum DmnExprKind {
    EXPR_LITERAL,
    EXPR_TABLE,
    EXPR_CONTEXT,
    EXPR_INVOCATION,
    EXPR_FUNCTION,
    EXPR_LIST,
    EXPR_RELATION,
    EXPR_IF,
    EXPR_FILTER,
    EXPR_FOR,
    EXPR_SOME,
    EXPR_EVERY
} DmnExprKind;

/* A named part: context entry, binding, formal parameter, relation column, list item. */
typedef struct DmnEntry {
    Str name, type_ref; /* name empty: the result entry of a context, an item of a list */
    DmnExpr *expr;      /* NULL: none (parameters, columns) */
    const XmlNode *xml;
} DmnEntry;

/* A piece of FEEL text in a table. */
typedef struct DmnCell {
    Str text; /* trimmed; "-" when empty in an input cell */
    Str id;
    XmlAt at, text_at; /* of the entry and of the text in it */
    const Str *raw;    /* the text element as written; NULL: <text>, the text, </text> */
} DmnCell;

typedef struct DmnClause {
    Str id, name, label, type_ref;
    DmnCell expr;   /* of an input */
    DmnCell values; /* allowed input or output values; text empty: none */
    DmnCell deflt;  /* default output entry; text empty: none */
    const XmlNode *xml;
} DmnClause;

typedef struct DmnRule {
    Str id;
    DmnCell *in, *out;
    Str *notes; /* annotation texts, one per annotation column */
    int nnotes;
    XmlAt at;
} DmnRule;

typedef struct DmnTable {
    HitPolicy hit;
    HitAggregate agg;
    DmnClause *inputs, *outputs;
    int ninputs, noutputs;
    DmnRule *rules;
    int nrules;
    Str *note_names; /* annotation columns */
    int nnote_names;
} DmnTable;

struct DmnExpr {
    DmnExprKind kind;
    Str id, type_ref, label;
    Str text;           /* literal: FEEL source */
    Str var;            /* for, some, every: the iterator */
    DmnExpr *a, *b, *c; /* if/then/else; in and match/return/satisfies; called; function body */
    DmnEntry *entries;  /* context, bindings, parameters, list items, relation columns */
    int nentries;
    DmnExpr **cells; /* relation: nrows * nentries */
    int nrows;
    DmnTable *table;
    Str function_kind; /* FEEL, Java, PMML */
    const XmlNode *xml;
    const DmnDefs *defs;
};

typedef struct DmnItem {
    Str name, id, type_ref;
    bool is_collection;
    struct DmnItem *parts; /* itemComponent */
    int nparts;
    DmnCell allowed;    /* allowedValues */
    DmnCell constraint; /* typeConstraint (1.5) */
    bool is_function;   /* functionItem: parameters in entries, result in type_ref */
    DmnEntry *params;
    int nparams;
    const XmlNode *xml;
    const DmnDefs *defs;
    const Type *type; /* once made (types.c) */
    bool open;        /* being made: meeting it again is a cycle */
} DmnItem;

typedef enum DmnNodeKind { NODE_INPUT, NODE_DECISION, NODE_BKM, NODE_SERVICE } DmnNodeKind;

typedef enum DmnReqKind {
    REQ_INPUT,
    REQ_DECISION,
    REQ_KNOWLEDGE,
    REQ_OUTPUT,        /* of a service */
    REQ_ENCAPSULATED,  /* of a service */
    REQ_INPUT_DECISION /* of a service */
} DmnReqKind;

typedef struct DmnReq {
    DmnReqKind kind;
    Str href;
    DmnNode *node; /* resolved by dmn_resolve */
    Str import;    /* name of the import it is reached through; empty: local */
    const XmlNode *xml;
} DmnReq;

struct DmnNode {
    DmnNodeKind kind;
    int index; /* in the whole model */
    Str id, name, type_ref, label, question, description;
    DmnReq *reqs;
    int nreqs;
    DmnExpr *expr; /* decision: its logic, BKM: an EXPR_FUNCTION; NULL: none */
    DmnDefs *defs;
    const XmlNode *xml;
    int mark;   /* of the search for cycles */
    int height; /* requirements below it, at most DMN_HEIGHT_MAX */
};

/* Longest chain of requirements: evaluation recurses along it. */
enum { DMN_HEIGHT_MAX = 200 };

typedef struct DmnImport {
    Str name, ns;
    DmnDefs *defs; /* NULL when no given file has that namespace */
    const XmlNode *xml;
} DmnImport;

struct DmnDefs {
    Str file, name, ns, id;
    DmnImport *imports;
    int nimports;
    DmnItem *items;
    int nitems;
    DmnNode **nodes;
    int nnodes;
    Map ids;                    /* id → DmnNode */
    Map all_ids;                /* every id of the file → XmlAt; empty after dmn_read_brief */
    const XmlNode *xml;         /* definitions, without elements of other namespaces */
    struct DmnReading *reading; /* while the file is read */
    DmnDefs *next;
};

/* Reads one file into structs; NULL on failure. Findings become notes of c. Nothing points into
 * bytes afterwards. */
DmnDefs *dmn_read(Ctx *c, Str bytes, Str file);
/* The same without the rules of tables in the tree, for models that are to be run. work: what may
 * be forgotten afterwards; brief: rewound after each rule. */
DmnDefs *dmn_read_brief(Ctx *c, Arena *work, Arena *brief, Str bytes, Str file);
/* A boxed expression; NULL when the element is none. */
DmnExpr *dmn_read_expr(Ctx *c, DmnDefs *d, const XmlNode *xml);
/* The first boxed expression among the children of xml, or NULL. */
DmnExpr *dmn_read_child_expr(Ctx *c, DmnDefs *d, const XmlNode *xml);
/* A function (formal parameters and body) as the encapsulated logic of a BKM has it. */
DmnExpr *dmn_read_function(Ctx *c, DmnDefs *d, const XmlNode *xml);
/* The text of a child element of that name; without one the place is that of xml. */
DmnCell dmn_read_cell(const XmlNode *xml, Str child);
/* "file:line:column" of an element, also of one that only its place is kept of. */
Str dmn_place(Arena *a, const DmnDefs *d, const XmlNode *xml);
Str dmn_place_at(Arena *a, const DmnDefs *d, XmlAt at);
/* A type name without a prefix bound to a FEEL namespace. */
Str dmn_type_name(Str qname);
/* Resolves imports and hrefs of all files (linked by next, the main one first), refuses duplicate
 * ids and cyclic requirements. False on failure. */
bool dmn_resolve(Ctx *c, DmnDefs *main);
#endif
