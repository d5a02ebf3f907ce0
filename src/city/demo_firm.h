/* One made-up firm of the demonstration register. See demo.h. */
#ifndef JIXIA_CITY_DEMO_FIRM_H
#define JIXIA_CITY_DEMO_FIRM_H
#include "base/rng.h"
#include "city/fact.h"

/* Indicators a firm may have facts of; DEMO_CODES are their codes in the dictionary. */
typedef enum DemoIndicator {
    DI_INDUSTRY,
    DI_FOUNDED,
    DI_DIVISION,
    DI_ZONE,
    DI_LEGAL,
    DI_RESIDENT,
    DI_BOOKS,
    DI_LISTED,
    DI_NEEQ,
    DI_CONTROLLED,
    DI_KX_IP1,
    DI_KX_IP2,
    DI_IP1,
    DI_IP2,
    DI_INVENTIONS,
    DI_UTILITIES,
    DI_QUALITY,
    DI_BRAND,
    DI_HITECH_FIELD,
    DI_RESTRICTED,
    DI_ABNORMAL,
    DI_DISHONEST,
    DI_ACCIDENTS,
    DI_LARGER_ACCIDENTS,
    DI_DATA_INCIDENTS,
    DI_QUALITY_ACCIDENTS,
    DI_ENVIRONMENT,
    DI_MISCONDUCT,
    DI_EVASION,
    DI_OTHER_OFFENCES,
    DI_HN,
    DI_KX,
    DI_TITLES,
    DI_REVENUE,
    DI_MAIN_REVENUE,
    DI_SALES,
    DI_EMPLOYEES,
    DI_STAFF_TOTAL,
    DI_TECH_STAFF,
    DI_RD_STAFF,
    DI_ASSETS,
    DI_LIABILITIES,
    DI_COSTS,
    DI_PROFIT,
    DI_RD,
    DEMO_INDICATORS
} DemoIndicator;
extern const Str DEMO_CODES[DEMO_INDICATORS];

typedef struct DemoDivision {
    Str code, name;
    char section;  /* letter of GB/T 4754 */
    int64_t up_to; /* running sum of weights */
    Str *classes;  /* four-digit codes */
    int nclasses;
} DemoDivision;

typedef struct DemoUnit {
    Str unit, division; /* division empty: a functional zone */
} DemoUnit;

typedef struct DemoWorld {
    DemoDivision *divisions;
    DemoUnit *units;
    int ndivisions, nunits;
    int64_t total;
    int32_t indicators[DEMO_INDICATORS]; /* stored ids */
    int source, other_source;
} DemoWorld;

typedef enum DemoSize { DEMO_MICRO, DEMO_SMALL, DEMO_MEDIUM, DEMO_LARGE } DemoSize;

typedef struct DemoFirm {
    Str name;
    Str industry; /* four-digit class */
    const DemoUnit *unit;
    Str zone; /* functional zone, empty when in none */
    char section;
    int32_t founded; /* yyyymmdd */
    DemoSize size;
    bool technical; /* spends on research, holds rights */
} DemoFirm;

/* The registered place: the first draw of a firm, so that its code can be told from its number. */
const DemoUnit *demo_unit(const DemoWorld *w, Rng *r);
/* Everything about firm `number` but its figures; draws demo_unit first. */
DemoFirm demo_firm(Arena *a, const DemoWorld *w, Rng *r, int64_t number);
/* Its facts, subjects not filled in; returns how many. */
int demo_facts(Arena *a, const DemoWorld *w, Rng *r, const DemoFirm *f, FactNew **out);
#endif
