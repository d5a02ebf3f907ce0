/* Two versions of a model compared by meaning: white space, the order of attributes, of elements
 * without an order, diagrams, extensions, tool names and values that are the default say nothing
 * (DMN editors change them all). Everything lives in the ctx arena. */
#ifndef JIXIA_DMN_DIFF_H
#define JIXIA_DMN_DIFF_H
#include "codec/json.h"
#include "dmn/grid.h"

typedef enum ChangeKind { CHANGE_CHANGED, CHANGE_ADDED, CHANGE_REMOVED, CHANGE_MOVED } ChangeKind;

typedef struct DmnChange {
    ChangeKind kind;
    Str what; /* cell, annotation, rule, column, hit_policy, label, expression, name, type, values,
                 default, description, requirement, decision, input, … */
    Str element;             /* id of the element, or its key (grid.h) */
    Str owner;               /* name of the decision, input, type … it stands in */
    Str table, rule, column; /* keys, of what stands in a table */
    int row;                 /* number of the rule from 1: new one, of a removed rule the old one */
    int row_before;          /* of a moved rule */
    Str from, to;            /* texts; empty when there was or is none */
} DmnChange;

/* The changes from one version to another, in the order of the new file; removed elements behind
 * the others of their parent. Returns how many. Elements are the same when their ids are. */
int dmn_diff(Ctx *c, const DmnDefs *from, const DmnDefs *to, DmnChange **out);
/* "changed", "added", "removed", "moved". */
Str dmn_change_text(ChangeKind k);
/* A line for people: "规则 3 · 营业收入: >= 5 → >= 6". */
Str dmn_change_line(Arena *a, const DmnChange *k, Lang lang);
/* An array of {kind, what, element, owner, table, rule, column, row, row_before, from, to}; members
 * without a value are null. */
Json *dmn_changes_json(Arena *a, const DmnChange *items, int n);
/* The canonical text of a model: equal for models that differ only in what says nothing. */
Str dmn_canonical(Ctx *c, const DmnDefs *d);
#endif
