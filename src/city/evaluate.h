/* The whole register through the rules: counts per outcome, optionally a row per decision. */
#ifndef JIXIA_CITY_EVALUATE_H
#define JIXIA_CITY_EVALUATE_H
#include "city/register.h"

enum { EVALUATE_ERRORS_MAX = 64 };

/* A kind of rule error met, with how often. */
typedef struct EvaluateError {
    int rule; /* index in the list of rules */
    Msg msg;
    Str text; /* of the first */
    int64_t count;
} EvaluateError;

typedef struct EvaluateOptions {
    const Rule *const *rules;
    int nrules;
    int64_t as_of;       /* day */
    int64_t as_known_ms; /* 0: now */
    int threads;         /* at most; 1 when row is given */
    bool whole;          /* decisions with conditions and facts, as packets need them */
    /* Called for each decision in order of subject, then rule; false stops. May be NULL. It must
     * not write on a connection that reads here: take another. */
    bool (*row)(void *user, const Subject *subject, const FactSet *facts, const Decision *d);
    void *user;
} EvaluateOptions;

typedef struct EvaluateReport {
    int64_t subjects;
    FactAt at;
    int64_t (*counts)[OUTCOMES]; /* per rule; they add up to subjects */
    EvaluateError errors[EVALUATE_ERRORS_MAX];
    int nerrors;
    int64_t errors_more; /* error kinds beyond the table */
} EvaluateReport;

/* Memory does not grow with the register. The report lives in c->arena. */
bool register_evaluate(Ctx *c, const Register *r, const EvaluateOptions *o, EvaluateReport *out);
#endif
