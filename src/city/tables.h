/* The small tables a pack ships: subjects and facts (docs/packs.md, "Fact tables"). */
#ifndef JIXIA_CITY_TABLES_H
#define JIXIA_CITY_TABLES_H
#include "city/fact.h"
#include "city/pack.h"

typedef struct TablesReport {
    int64_t subjects, facts, tables, suspect; /* loaded now */
} TablesReport;

/* Loads the subject tables and fact tables of all packs that are not loaded yet, inside the
 * caller's write transaction; each fact table is one batch, recognised by its SHA-256. A value
 * marked `suspect` is kept under a source of the class `suspect`: shown, but no reading ever counts
 * it. A failure names table and row. */
bool tables_load(Db *db, const PackSet *p, const Act *act, TablesReport *out);
#endif
