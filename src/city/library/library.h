/* The cultivation library 培育库 as the packs' libraries.yaml describe it (docs/packs.md): kinds of
 * record, levels, tiers (a graph without an order), titles with their terms, classes 类, reasons
 * that bar a firm. Parsed with the pack set, immutable. What no text says is a list of names,
 * 依据待补; it is never a default.
 */
#ifndef JIXIA_CITY_LIBRARY_LIBRARY_H
#define JIXIA_CITY_LIBRARY_LIBRARY_H
#include "city/library/title.h"

/* How well something is proved, and by what. */
typedef struct LibraryBasis {
    Status status;
    Basis basis;
    Str zh, en; /* in words; may be empty */
} LibraryBasis;

typedef struct LibraryTexts {
    const Str *items;
    int n;
} LibraryTexts;

typedef struct LibraryKind {
    TitleKind kind;
    Str en, by;
    bool awards; /* may trigger an award */
} LibraryKind;

typedef struct LibraryTier {
    Str id, en, pack;
    const Rule **rules; /* any level */
    int nrules;
    LibraryBasis basis;
    LibraryTexts missing; /* 依据待补 */
} LibraryTier;

/* A title of a tier at a level. Terms and cycles are 0 where no text gives them. */
typedef struct LibraryTitle {
    Str id, pack;
    const LibraryTier *tier;
    Str level;
    const Rule *rule; /* NULL: none */
    int term_years;
    int32_t term_before; /* the term is of titles decided before this day; 0: of all */
    LibraryBasis term;
    int cycle_years; /* of review, counted from the title or its last renewal */
    LibraryBasis review;
    const Rule *review_rule; /* NULL: the title's own */
    LibraryBasis yearly_update;
    LibraryTexts missing;
} LibraryTitle;

/* What targets count. It is inferred when status is I; by says by whom. */
typedef struct LibraryClass {
    Str id, en;
    const LibraryTier **members;
    int n;
    LibraryBasis basis;
    Str by;
} LibraryClass;

/* A reason that ends a title and bars the firm. */
typedef struct LibraryBar {
    Str id, zh, en;
    int months;
    LibraryBasis basis;
} LibraryBar;

/* The fact that a record of 认定 or 上榜 publishes. */
typedef struct LibraryRecord {
    const Indicator *indicator;                   /* NULL: none */
    Str tier, kind, level, publisher, day, first; /* its keys */
    const Indicator *since; /* from when a firm can have had one (its founding) */
} LibraryRecord;

typedef struct LibraryMissing {
    Str name, zh, en;
} LibraryMissing;

typedef struct Library {
    LibraryKind kinds[TITLE_LISTED + 1]; /* by kind; 0 is not used */
    Str *levels;
    LibraryTier **tiers;
    LibraryTitle **titles;
    LibraryClass *classes;
    LibraryBar *bars;
    LibraryMissing *missing;
    LibraryRecord record;
    int nlevels, ntiers, ntitles, nclasses, nbars, nmissing;
    int64_t public_floor; /* smaller counts of people and firms are not published; 0: none are */
} Library;

/* Reads libraries.yaml of every pack; after dictionaries, documents and rules. */
bool library_parse(Ctx *c, PackSet *p);
/* Of a parsed pack set; never NULL (empty when no pack has one). */
const Library *library_of(const PackSet *p);
/* By id, its English words or the id of a title of it; NULL. */
const LibraryTier *library_tier(const Library *l, Str text);
bool library_has_level(const Library *l, Str level);
/* The title of a tier at a level, NULL when the packs name none. */
const LibraryTitle *library_title(const Library *l, Str tier, Str level);
const LibraryBar *library_bar(const Library *l, Str code);
/* The rule that decides a tier at a level: of the title, else the tier's only one unless it is that
 * of a title at another level; NULL. */
const Rule *library_rule(const Library *l, Str tier, Str level);
/* The end of the term a title decided on a day has by the packs; 0 when no text gives one. */
int32_t library_term_end(const LibraryTitle *t, int32_t from);
/* A day some months later; the last day of the month when it has no such day. */
int32_t library_months_later(int32_t day, int months);
#endif
