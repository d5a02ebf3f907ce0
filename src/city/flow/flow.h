/* Flows 流程: the state machine a case runs along, as data of a pack (packs/<pack>/flows/<id>.yaml;
 * docs/flows.md). No state, act or document kind has its name in C. Read strictly when the pack set
 * is parsed, immutable afterwards, shared by threads; `when` is compiled then.
 *
 * What is refused, with file and line: unknown keys, states, roles, effects, clocks, rules,
 * documents, fields, codes; a name twice; a state nobody can reach; a state that is not final and
 * nobody can leave; an act nobody may do; FEEL that does not parse or names what is not there.
 */
#ifndef JIXIA_CITY_FLOW_FLOW_H
#define JIXIA_CITY_FLOW_FLOW_H
#include "city/pack.h"
#include "city/rights.h"
#include "feel/feel.h"

enum { FLOW_FIELDS_MAX = 200, FLOW_ACTS_MAX = 200, FLOW_STATES_MAX = 200 };

struct Effect; /* city/flow/effects.h */

typedef enum FieldType {
    FIELD_TEXT,
    FIELD_NUMBER,
    FIELD_DATE,
    FIELD_BOOLEAN,
    FIELD_LIST,
    FIELD_CHOICE
} FieldType;

typedef struct FlowChoice {
    Str id, zh, en;
} FlowChoice;

typedef struct FlowField {
    Str name, zh, en;
    FieldType type;
    Grade grade;
    FlowChoice *choices;
    int nchoices;
} FlowField;

/* A clock runs while the case stands in its state. `days` days, or as many as the parent round's
 * data (the case's own when it has no parent) says under days_of. */
typedef struct FlowClock {
    Str name;
    int days;
    Str days_of; /* empty: `days` */
    bool working;
    int escalate_to; /* role, -1: nobody */
    Basis basis;
} FlowClock;

typedef struct FlowState {
    Str id, zh, en, stage;
    bool final;
    const FlowClock *clock; /* NULL: none */
    uint32_t line;
} FlowState;

typedef struct FlowDocument {
    Str id, zh, en;
    uint32_t types; /* bits of EvidenceType (city/flow/evidence.h) */
    int max_mb;
    Grade grade;
    uint32_t by; /* roles that hand it in; 0: whoever may act on the case */
} FlowDocument;

typedef struct FlowCode {
    Str id, zh, en;
} FlowCode;

typedef struct FlowEffect {
    const struct Effect *effect;
    const Json *args; /* the whole entry, `do` included */
    uint32_t line;
} FlowEffect;

typedef struct FlowAct {
    Str id, zh, en;
    const FlowState **from; /* nfrom; none for an opening act */
    const FlowState *to;    /* NULL: the case stays where it is */
    uint32_t by;            /* bits of Role; scope by the right case:act */
    bool by_opener;         /* also whoever opened the case */
    bool by_clock;          /* done by `jixia case tick` when a clock of the state is over */
    bool opens;
    Str *parent_in; /* states of the parent flow */
    IrId when;      /* IR_NONE: no guard */
    Str when_text;
    Str unmet_zh, unmet_en; /* what the person is told when the guard blocks; empty in flows stored
                               before it was asked for */
    Str rule, rule_of; /* a decision: pack/rule, or the name of the data of the parent that holds it
                        */
    Str *outcomes;
    const FlowDocument **documents;
    const FlowField **fields;
    const FlowCode **codes;
    FlowEffect *effects;
    bool reason;
    bool visits; /* no visit opened for the drawn candidate is under way */
    int signatures;
    uint32_t signers; /* roles; by when none are named */
    Str pause, resume;
    int nfrom, nparent_in, noutcomes, ndocuments, nfields, ncodes, neffects;
    uint32_t line;
} FlowAct;

typedef struct Flow {
    Str id, zh, en, note;
    const PackFile *file;
    Str sm3;                 /* of the file's bytes, hex: what a case keeps */
    bool subject_enterprise; /* about an enterprise; otherwise about none */
    Str parent;              /* id of the parent's flow; empty: none */
    Status status;
    Basis basis;
    const FlowState *start;
    FlowState *states;
    FlowAct *acts;
    FlowField *fields;
    FlowDocument *documents;
    FlowCode *codes;
    FlowClock *clocks;
    uint32_t view;    /* roles that see its cases besides those case:read lets; 0: all of these */
    Program *program; /* of the guards */
    int nstates, nacts, nfields, ndocuments, ncodes, nclocks;
} Flow;

/* Reads the flows of a pack set: part of pack_parse, after rules and calendar. */
bool pack_parse_flows(Ctx *c, PackSet *p);
/* Reads one file against a pack set; everything lives in c->arena. Every finding that is not the
 * end of reading is a NOTE with file and line; NULL (ERR_INPUT) when there is one of severity 0. */
Flow *flow_parse(Ctx *c, const PackSet *p, const PackFile *f);
/* The same for a file that was in force and has open cases: what the packs no longer have (a rule,
 * a document, another flow) does not make it unreadable, nor does what became a finding later. An
 * act that needs such a thing fails when it is done. */
Flow *flow_parse_stored(Ctx *c, const PackSet *p, const PackFile *f);
/* By id; NULL when there is none. */
const Flow *flow_find(const PackSet *p, Str id);
/* NULL when the flow has none of that name. */
const FlowState *flow_state(const Flow *f, Str id);
const FlowAct *flow_act(const Flow *f, Str id);
const FlowField *flow_field(const Flow *f, Str name);
const FlowDocument *flow_document(const Flow *f, Str id);
const FlowCode *flow_code(const Flow *f, Str id);
/* Whether an act can be done from a state. */
bool flow_act_from(const FlowAct *a, const FlowState *s);
Str field_type_text(FieldType t); /* text, number, date, boolean, list, choice */
/* Chinese or English title, the other standing in for a missing one. */
static inline Str flow_title(Str zh, Str en, Lang lang) {
    return lang == LANG_EN && en.n ? en : zh;
}
#endif
