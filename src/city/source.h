/* Sources 来源 of facts, and the small integers that stand for source codes and indicator codes in
 * stored facts. Ids are given once per store and never change; code and id translate both ways.
 */
#ifndef JIXIA_CITY_SOURCE_H
#define JIXIA_CITY_SOURCE_H
#include "store/db.h"

typedef struct Source {
    int id;
    Str code;  /* e.g. annual_report, or annual_report/csmar-2021 for one document of that class */
    Str grade; /* class of the code: what stands before the first '/' (audit_report, list, …) */
    Str title; /* for people; empty: the class's own */
    Str note;  /* document, publisher, scope and expiry of an authorisation */
} Source;

/* A class of sources; the table is the default precedence, best first (docs/packs.md). */
typedef struct SourceClass {
    Str id, zh, en;
    bool decides; /* false: shown, never used in a decision */
    bool demo;
    bool refused; /* nothing from it is taken in: firm-level figures of the statistics bureau */
} SourceClass;
extern const SourceClass SOURCE_CLASSES[];
extern const int SOURCE_CLASS_COUNT;
/* The class of a source code (what stands before its first '/'); NULL when it is none of ours. */
const SourceClass *source_class(Str code);

/* False (ERR_RULE) for a source whose facts may not be taken in. */
bool source_is_taken(Ctx *c, Str code);

/* The id of a source code, made when it is new (inside a write transaction) and `create` is true.
 * 0 on failure: ERR_MISSING for an unknown code, ERR_RULE for one that is not taken. title and note
 * are kept from the first call. */
int source_id(Db *db, Str code, Str title, Str note, bool create);
/* All sources by id: out[i] has id i + 1; ids are dense. */
bool source_list(Db *db, Source **out, int *n);

/* The id of an indicator code, 1 …; 0 when unknown and create is false (no failure recorded then)
 * or on failure. Ids are dense. */
int indicator_id(Db *db, Str code, bool create);
/* All codes by id: out[i] is the code of id i + 1. */
bool indicator_list(Db *db, Str **out, int *n);
#endif
