/* Code lists 代码表 that packs ship: industries (GB/T 4754), divisions (GB/T 2260) and the assessed
 * units of the city. Read once with the rule set; immutable. */
#ifndef JIXIA_CITY_CODELIST_H
#define JIXIA_CITY_CODELIST_H
#include "city/pack.h"

typedef struct Industry {
    Str code, name, level, parent; /* level: section, division, group, class */
} Industry;

typedef struct Division {
    Str code, name, kind; /* kind: district, county, functional_zone */
} Division;

typedef struct CodeLists {
    Industry *industries; /* in the order of the standard */
    Division *divisions;  /* assessed units of the city */
    int nindustries, ndivisions;
    Map industry; /* Industry by code */
    Map division; /* Division by code */
    Map place;    /* Str: name of any division of the country by code */
} CodeLists;

/* Reads the tables of a pack set; a table that no pack has leaves its list empty. */
bool codelists_read(Ctx *c, const PackSet *p, CodeLists *out);
/* The industry of a code as facts hold it (2614, C2614); NULL when there is none. */
const Industry *industry_find(const CodeLists *l, Str code);
/* Its section (门类): C for 2614; NULL when the code is none. */
const Industry *industry_section(const CodeLists *l, Str code);
/* The name of an assessed unit or division; empty when it is none. */
Str division_name(const CodeLists *l, Str code);
#endif
