/* Worked examples of rules (cases.yaml, docs/packs.md): run by the tests and before a pack is made
 * the rule set in force. */
#ifndef JIXIA_CITY_CASES_H
#define JIXIA_CITY_CASES_H
#include "city/decide.h"

typedef struct Case {
    const Rule *rule;
    Str name, source;
    int64_t as_of;              /* day */
    const RuleVersion *version; /* NULL: the one in force on as_of */
    FactSet facts;
    const Json *expect;
    uint32_t line;
} Case;

/* The cases of a rule (`like` and `without` resolved), in the ctx arena; *n is 0 when it has no
 * cases.yaml. */
bool cases_read(Ctx *c, const PackSet *p, const Rule *r, Case **out, int *n);
/* Decides a case and compares; an empty text when everything expected holds, otherwise what
 * differs. *d may be NULL. */
Str case_check(Arena *a, const Rulebook *b, const Case *k, Decision *d);
#endif
