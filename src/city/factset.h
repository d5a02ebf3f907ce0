/* FactSet: the facts of one subject as a decision reads them: for each indicator and period the one
 * that counts, as a FEEL value, with where it is from. Made from the register (FactView) or from a
 * FACTS.json; written into packets and read back from them. */
#ifndef JIXIA_CITY_FACTSET_H
#define JIXIA_CITY_FACTSET_H
#include "city/fact.h"
#include "city/pack.h"
#include "city/source.h"
#include "city/subject.h"
#include "feel/value.h"

enum { LAGS = 5 }; /* 本年, 前1年 … 前4年 */

typedef struct FactUse {
    const Indicator *indicator;
    int32_t year;      /* yearly indicators; 0 otherwise */
    bool has_value;    /* value holds; otherwise only bounds, if any */
    bool none;         /* a known none: nothing there, and known to be so */
    Val value, lo, hi; /* lo, hi: V_NULL when there is no bound */
    Str source;        /* source code; empty for facts given by hand */
    Str received, unit_received, evidence;
    int64_t known_ms, seq;
    int passed_over; /* facts of the same slot that do not count */
    int32_t from;    /* attributes: valid from */
} FactUse;

typedef struct FactSet {
    Str subject; /* scheme:value; empty for facts from a file */
    Str name;
    Str kind; /* enterprise | person | city */
    bool demo;
    FactUse *facts; /* by indicator id, year descending */
    int n;
    const Json *switches; /* entries a FACTS.json gives for 参数; may be NULL */
} FactSet;

/* How stored facts map to a pack's dictionary; one per open store, immutable. */
typedef struct FactNames {
    const Indicator **indicators; /* by stored indicator id - 1; NULL: not in this pack */
    int nindicators;
    const Source *sources; /* by id - 1 */
    int nsources;
    const Coverage *coverage; /* as the reader sees it; may be NULL */
    int8_t *ranks;            /* nindicators * nsources; -1 refuses the source */
} FactNames;

/* Reads the names of a store at a point; lives in the ctx arena. */
bool fact_names(Db *db, const PackSet *p, const FactAt *at, FactNames *out);
/* The precedence of the pack as the store's ranking. */
FactRank fact_names_rank(const FactNames *n);

/* From what the register holds, in the arena. */
FactSet factset_from_view(Arena *a, const FactNames *n, const FactView *v, const Subject *subject,
                          const FactAt *at);
/* From the object of a FACTS.json: keys are FEEL names or codes; `year` is the year of 本年. A
 * failure names file (may be empty) and line, the key, the value and what was expected. A value
 * outside the dictionary's bounds or values is refused. */
bool factset_from_json(Ctx *c, const PackSet *p, const Json *facts, Str file, int year,
                       FactSet *out);
/* The fact of an indicator (year 0 for attributes), or NULL. */
const FactUse *factset_get(const FactSet *s, const Indicator *i, int32_t year);

/* Puts the facts in the order factset_get searches. */
void factset_sort(FactSet *s);

/* "本年", "前1年" … for a lag; empty for attributes and events (lag -1). */
Str lag_name(int lag);
/* A JSON value as the FEEL value an indicator holds; false (recorded) when it does not fit. */
bool fact_value(Ctx *c, const Indicator *i, const Json *j, Str place, Val *out);
/* The packet form of a value: numbers as canonical text in a string, dates ISO, lists, contexts. */
Json *value_to_json(Arena *a, Val v);
/* The packet form of a fact, and back. */
Json *fact_to_json(Arena *a, const FactUse *f);
bool factset_from_packet(Ctx *c, const PackSet *p, const Json *facts, FactSet *out);
#endif
