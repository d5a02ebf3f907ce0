/* Decisions 决定: rule × facts × (as_of, as_known) → outcome with reasons (design 5.1).
 *
 * A Rulebook holds the compiled models of a pack set; immutable, shared by threads. decide() is the
 * one way to an outcome: preview, command line, server, batch and replay all call it.
 */
#ifndef JIXIA_CITY_DECIDE_H
#define JIXIA_CITY_DECIDE_H
#include "city/factset.h"
#include "dmn/dmn.h"

/* Raised only when a result can change. */
enum { ENGINE_VERSION = 1 };

typedef enum Outcome {
    OUTCOME_MET,
    OUTCOME_NOT_MET,
    OUTCOME_UNDECIDABLE,
    OUTCOME_NEEDS_PERSON,
    OUTCOME_NOT_APPLICABLE,
    OUTCOMES
} Outcome;

/* An input of a model bound to the dictionary. */
typedef struct InputBinding {
    const DmnNode *node;
    const Indicator *indicator; /* NULL: the context 参数 */
} InputBinding;

typedef struct CompiledVersion {
    const RuleVersion *version;
    const DmnModel *model;
    InputBinding *inputs;
    int ninputs;
    const DmnNode *outcome, *result; /* NULL when the version names none */
    const DmnNode **conditions;      /* per condition of the version */
} CompiledVersion;

typedef struct Rulebook {
    Arena *arena;
    const PackSet *pack;
    CompiledVersion *versions;
    int n;
    Map by_hash;      /* CompiledVersion by version hash */
    Val (*bounds)[2]; /* per indicator: min, max (V_NULL: none) */
    Val **values;     /* per indicator: admissible values, NULL when open */
} Rulebook;

/* Compiles every rule of a pack set. Fails on a model that does not load, an input that is no
 * indicator, a named decision that does not exist; FEEL findings of severity 0 fail too. */
Rulebook *rulebook_open(Ctx *c, const PackSet *p);
/* The same for a book that lives no longer than c->arena, as pack_parse_within. */
Rulebook *rulebook_open_within(Ctx *c, const PackSet *p);
void rulebook_close(Rulebook *b);
const CompiledVersion *rulebook_version(const Rulebook *b, const RuleVersion *v);

/* Whether a version of the rule reads the indicator as an input. */
bool rulebook_reads(const Rulebook *b, const Rule *r, const Indicator *i);

typedef enum MissingKind { MISSING_FACT, MISSING_PERSON, MISSING_BASIS } MissingKind;
typedef struct Missing {
    const Indicator *indicator; /* NULL: a 依据待补 of the version itself */
    int lag;                    /* -1: attribute or event */
    Str name;                   /* 营业收入.前1年 */
    MissingKind kind;
} Missing;

typedef struct ConditionResult {
    const RuleCondition *condition;
    Outcome outcome; /* MET, NOT_MET, UNDECIDABLE or NEEDS_PERSON */
    Val value, gap;  /* in base units; V_NULL when there is none */
    Str required;    /* "≤ 500"; empty when there is none */
    Str text;        /* the comparison as written */
    Str unit;        /* of value and gap; empty when it is not one plain unit */
    Str source;      /* codes of the sources of the facts it reads, joined by 、 */
    Str borrowed;    /* names of indicators that stood in for missing ones, joined by 、 */
    IrOp op;         /* of the comparison that decides */
    Val bar;         /* what stands on its right; V_NULL when there is none */
    const DmnNode *node;
} ConditionResult;

struct Distance;

/* What a rule's age says: in force as seen, or older than the last day it was seen in force. */
typedef enum Validity { VALIDITY_IN_FORCE, VALIDITY_UNCHECKED } Validity;

/* A node of the model with its value, for the page that opens a decision. */
typedef struct DecisionStep {
    const DmnNode *node;
    Val value;
} DecisionStep;

typedef struct Decision {
    const PackSet *pack;
    const Rule *rule;
    const RuleVersion *version; /* NULL: none in force */
    Str subject, subject_name;
    bool demo;
    int64_t as_of;            /* day */
    int64_t as_known_ms, seq; /* 0 for facts from a file */
    int year;                 /* reference year: 本年 */
    Outcome outcome;
    Msg why; /* not applicable: the reason; otherwise MSG_NONE */
    Validity validity;
    Val result;
    ConditionResult *conditions;
    Missing *missing;
    const FactUse **facts; /* what it read, by name, year descending */
    Note *errors;
    int nconditions, nmissing, nfacts, nerrors;
    const DmnTableView *tables; /* when asked for */
    DecisionStep *steps;        /* with the tables: inputs and decisions in order of the file */
    int nsteps;
    const struct Distance *distance; /* when asked for (city/distance.h) */
} Decision;

typedef struct DecideOptions {
    int64_t as_of; /* day; decides version, reference year and 参数.基准日 */
    int64_t as_known_ms, seq;
    int year;                   /* reference year; 0: the last full year before as_of */
    bool brief;                 /* outcome and result only: no conditions, no facts list */
    bool tables;                /* keep the decision tables with their cells */
    const RuleVersion *version; /* this version instead of the one in force; NULL normally */
} DecideOptions;

/* Decides a rule for a fact set. Everything is in arena a. */
Decision decide(Arena *a, const Rulebook *b, const Rule *r, const FactSet *facts,
                const DecideOptions *o);
/* The reference year on a day. */
int decide_year(int64_t day);

/* The value of one decision of a version's model, for those who ask what would be if: facts may
 * hold unknowns of their own making, with the path of the fact; today stands for 参数.基准日 and
 * may be unknown too (DECIDE_TODAY). o->tables must be false. */
Val decide_probe(Arena *a, const Rulebook *b, const CompiledVersion *cv, const FactSet *facts,
                 const DecideOptions *o, const DmnNode *node, Val today);
/* The id of a fact in Unknown.deps (lag -1: attribute or event), and back; NULL: none. */
enum { DECIDE_TODAY = UINT16_MAX };
uint16_t decide_path(const Indicator *i, int lag);
const Indicator *decide_path_fact(const PackSet *p, uint16_t path, int *lag);
/* The missing fact behind a path. */
Missing decide_missing(Arena *a, const PackSet *p, uint16_t path);

Str outcome_text(Outcome o);          /* met, not_met, … (JSON, CSV) */
Msg outcome_message(Outcome o);       /* 符合, 不符合, 数据不足, … */
Str missing_kind_text(MissingKind k); /* fact, person, basis */
#endif
