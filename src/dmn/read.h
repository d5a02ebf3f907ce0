/* Inside the reader: what lasts only while a file is read. */
#ifndef JIXIA_DMN_READ_H
#define JIXIA_DMN_READ_H
#include "dmn/model.h"

/* A rule met in a decision table, before the table itself is read. */
typedef struct ReadRule {
    DmnRule rule;
    int nin, nout;
} ReadRule;
/* The rules of one table: they follow one another. */
typedef struct ReadTable {
    const XmlNode *xml;
    int first, n;
} ReadTable;

/* Strings kept one behind the other: most are shorter than what an allocation is rounded up to. */
typedef struct Packed {
    Arena *arena;
    char *at;
    ptrdiff_t left;
} Packed;
Str packed_str(Packed *p, Str s);

typedef struct DmnReading {
    Ctx *c;
    DmnDefs *defs;
    bool whole;  /* rules stay in the tree */
    Arena *work; /* of what follows */
    Packed packed;
    Map texts; /* of cells, each kept once: text → Str * */
    Map raws;  /* text elements as written, each kept once → Str * */
    ReadRule *rules;
    int nrules, rules_cap;
    ReadTable *table; /* the one met last */
    Map tables;       /* address of its element → ReadTable * */
} DmnReading;

/* Takes a rule out of the tree (read_rule.c); user is the DmnReading. */
bool read_taken_rule(void *user, XmlNode *xml);
/* Drops elements of other namespaces (diagrams, extensions), which may be called anything. */
void read_prune(XmlNode *xml, Str ns);
/* Every id of an element and what is inside once; false (recorded) on a duplicate. */
bool read_ids(DmnReading *r, const XmlNode *xml);
/* Fills the rules of a table; false (recorded) when one has too many or too few cells. */
bool read_rules(Ctx *c, DmnDefs *d, const XmlNode *xml, DmnTable *t);
#endif
