/* Packs: what a city's rules, dictionary and documents say (docs/packs.md). Read whole, checked,
 * immutable afterwards; shared by threads. A pack set holds a pack and everything it depends on,
 * the dependencies first. */
#ifndef JIXIA_CITY_PACK_H
#define JIXIA_CITY_PACK_H
#include "base/err.h"
#include "base/map.h"
#include "codec/json.h"

/* One file of a pack, as stored in a folder or in the database. */
typedef struct PackFile {
    Str pack, path, bytes; /* path below the pack's folder, with '/' */
} PackFile;

typedef enum IndicatorType {
    IND_NUMBER,
    IND_INTEGER,
    IND_TEXT,
    IND_DATE,
    IND_BOOLEAN,
    IND_LIST
} IndicatorType;
typedef enum IndicatorPeriod { PERIOD_ATTRIBUTE, PERIOD_YEARLY, PERIOD_EVENT } IndicatorPeriod;
typedef enum IndicatorBy { BY_DATA, BY_PERSON, BY_BASIS } IndicatorBy;
typedef enum Grade { GRADE_PUBLIC, GRADE_INTERNAL, GRADE_SENSITIVE, GRADE_SECRET } Grade;

typedef struct Indicator Indicator;
struct Indicator {
    int id;         /* index in PackSet.indicators */
    Str pack, code; /* code: stable English name */
    Str name;       /* FEEL name */
    Str zh, en;     /* labels */
    Str unit, definition;
    IndicatorType type;
    IndicatorPeriod period;
    IndicatorBy by;
    Grade grade;      /* 公开 / 内部 / 敏感 / 商业秘密 */
    bool absent_none; /* inside recorded coverage a missing fact is a known no */
    Str min, max;     /* bounds every value respects; empty: none */
    Str step;         /* smallest unit a change is worth telling in; empty: 1 or 0.01 by type */
    bool is_signed;   /* a difference that runs through zero (profit, net assets) */
    bool fixed;       /* its holder cannot change it (founding date, place of registration) */
    Str direction;    /* the way it is wished to go: up, down; empty: either */
    Str *values;      /* the only values; nvalues 0: any */
    Str *aliases;     /* column heads an import recognises, the name among them */
    Str *precedence;  /* source ids, best first; nprecedence 0: the default order */
    Str *keys;        /* of the contexts of an event */
    int nvalues, naliases, nprecedence, nkeys;
    Str from_rule; /* "cn/enterprise-size": its result is used when there is no fact */
    Str fallback_name;
    const Indicator *fallback; /* used when this one has no fact */
};

typedef struct Document {
    Str pack, key, title, number, issuer, issued, from, to, validity, last_seen, checked_on, grade,
        url;
} Document;

typedef enum Status { STATUS_NONE, STATUS_V, STATUS_COPY, STATUS_INFERRED, STATUS_DEMO } Status;

typedef struct Basis {
    const Document *document; /* NULL: none named */
    Str article;
} Basis;

typedef struct RuleCondition {
    Str decision; /* name of a boolean decision of the model */
    Str text_zh, text_en;
    Basis basis;
    Status status;
    Str way_of; /* one way to meet that condition; may fail when another way holds */
    bool fixed; /* cannot change, e.g. a founding date */
} RuleCondition;

typedef struct RuleParameter {
    Str at, name, value, unit, source,
        note; /* at: DMN element id; unit: empty: of what it bounds */
    Status status;
} RuleParameter;

typedef struct MissingBasis {
    Str name, zh, en;
} MissingBasis;

typedef struct Rule Rule;
typedef struct RuleVersion {
    Rule *rule;
    Str id;
    const PackFile *file; /* the DMN file */
    int64_t from, to;     /* days, [from, to); INT64_MAX: no end was seen */
    int64_t last_seen; /* in force on this day for the last time seen; INT64_MAX when to is known */
    int64_t closed_from; /* grants nothing from this day on; INT64_MAX: not closed */
    Str closed_reason;
    Str applies_by;
    Basis basis;
    Str outcome, result, unit; /* outcome empty: met when the result is known */
    RuleCondition *conditions;
    RuleParameter *parameters;
    MissingBasis *missing;
    int nconditions, nparameters, nmissing;
    const Json *switches; /* entries of 参数: {name: {value, …}}; NULL: none */
    Str hash;             /* SM3 of the canonical version entry and the file's bytes, hex */
    Status status;        /* the weakest of its parameters and conditions */
} RuleVersion;

struct Rule {
    Str id;                  /* pack/id */
    Str pack, kind, subject; /* kind: tier title entitlement score check */
    Str title_zh, title_en;
    RuleVersion *versions; /* in order of from */
    int nversions;
    const Json *source;    /* the whole rule.yaml */
    const PackFile *cases; /* cases.yaml, or NULL */
};

typedef struct PackInfo {
    Str id, version, title_zh, title_en, division, currency, zone;
} PackInfo;

typedef struct PackSet {
    Arena *arena;
    PackFile *files;
    PackInfo *packs; /* dependencies first */
    Indicator **indicators;
    Document **documents;
    Rule **rules; /* by pack order, then id */
    int nfiles, npacks, nindicators, ndocuments, nrules;
    Map by_name, by_code, by_document, by_rule;
    Map by_source;       /* Str: title by source code (city/pack_names.h) */
    struct Flow **flows; /* city/flow/flow.h */
    int nflows;
    Map by_flow;
    const struct Calendar *calendar; /* city/flow/calendar.h */
    struct Library *library;         /* city/library/library.h */
    Str hash;                        /* SM3 over all files: identifies the rule set */
} PackSet;

/* Reads the files of the pack in `folder` and of the packs it depends on (sibling folders). */
bool pack_read(Ctx *c, Str folder, PackFile **files, int *n);
/* Parses and checks files (all of one set, dependencies first) into a new arena that the set owns;
 * the bytes of the files must outlive it. NULL on failure: file and line recorded. */
PackSet *pack_parse(Ctx *c, const PackFile *files, int n);
/* The same for a set that lives no longer than c->arena: in a child of it, so that memory running
 * out leads to the boundary of c and leaves nothing behind. */
PackSet *pack_parse_within(Ctx *c, const PackFile *files, int n);
void pack_close(PackSet *p);
/* The folder of the default pack: $JIXIA_PACK, packs/zibo of the checkout the program stands in, or
 * PREFIX/share/jixia/packs/zibo. False when there is none. */
bool pack_default_folder(Ctx *c, Str *folder);

const PackFile *pack_file(const PackSet *p, Str pack, Str path);
/* By FEEL name or code; NULL when there is none. */
const Indicator *pack_indicator(const PackSet *p, Str name);
const Document *pack_document(const PackSet *p, Str key);
/* By "pack/id", or by a bare id that only one pack has. A failure names the nearest. */
Rule *pack_rule(Ctx *c, const PackSet *p, Str id);
/* The version in force on a day, else the one that ended last, else the first; never NULL. */
const RuleVersion *rule_version_near(const Rule *r, int64_t day);
/* Where a version stands on a day: not_yet, ended, closed, unchecked (效力待核), in_force. */
Str version_validity(const RuleVersion *v, int64_t day);
/* The version in force on a day, or NULL. */
const RuleVersion *rule_version_on(const Rule *r, int64_t day);
/* Zibo's text of a status: V, V*, I, DEMO. */
Str status_text(Status s);
Str grade_text(Grade g);
Str indicator_type_text(IndicatorType t);
Str indicator_period_text(IndicatorPeriod p);
#endif
