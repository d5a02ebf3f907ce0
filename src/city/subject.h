/* Subjects 主体: enterprises, persons, the city itself; their identifiers, places and mergers.
 *
 * A subject is an internal 64-bit id, never reused. Codes and names are identifiers with intervals
 * of validity. Merging keeps the absorbed id as an alias for ever (subject_root) and can be undone;
 * facts stay where they were recorded and readings of the kept subject include them.
 * Functions that write run inside the caller's DB_WRITE transaction and add their journal entry.
 */
#ifndef JIXIA_CITY_SUBJECT_H
#define JIXIA_CITY_SUBJECT_H
#include "city/journal.h"

typedef enum SubjectKind { SUBJECT_ENTERPRISE = 1, SUBJECT_PERSON, SUBJECT_CITY } SubjectKind;

/* Schemes of identifiers: "uscc" 统一社会信用代码, "stock" 证券代码 (600352.SH), "name",
 * "former_name", others as an import names them. Dates are yyyymmdd; 0 is open on that side; `to`
 * is the first day it no longer holds. */
typedef struct Identifier {
    Str scheme, value;
    int32_t from, to;
    bool marked; /* the check character does not fit: kept as received */
} Identifier;

/* Where a subject counts. The registered division is its GB/T 2260 code; the assessed unit 考核单位
 * is one of the eight districts and counties or a functional zone (高新区, 经开区, 文昌湖). */
typedef enum PlaceKind { PLACE_REGISTERED = 1, PLACE_ASSESSED } PlaceKind;

typedef struct Subject {
    int64_t id; /* of the root: what an alias leads to */
    SubjectKind kind;
    Str name;  /* current name */
    Str code;  /* scheme:value for packets and URLs: uscc, else stock, else first other, else id */
    bool demo; /* generated for demonstration: every screen and export says so */
    Str division; /* registered division now, empty when unknown */
    Str unit;     /* assessed unit now, empty when unknown */
} Subject;

/* What is known of a new subject. Empty fields are unknown. */
typedef struct SubjectNew {
    SubjectKind kind;
    Str name, uscc, stock, division, unit;
    int32_t since; /* yyyymmdd from which the identifiers and places hold; 0: open */
    bool demo;
} SubjectNew;

/* Adds one subject; its id, or 0 on failure. A credit code that fails GB 32100 is kept, marked, and
 * noted as a warning. A credit or stock code that another subject holds is ERR_STATE. */
int64_t subject_add(Db *db, const SubjectNew *s, const Act *act);
/* Adds an identifier. "name" also becomes the current name, the one before becomes a former_name
 * that ends at `from`. */
bool subject_identify(Db *db, int64_t subject, const Identifier *id, const Act *act);
/* Records a place from a date on (the one before ends there). */
bool subject_place(Db *db, int64_t subject, PlaceKind kind, Str code, int32_t from, const Act *act);

/* Many new subjects: ids are given at once, rows are written in blocks. Neither checks for codes
 * already held nor adds journal entries: the batch they belong to does. */
typedef struct SubjectLoader SubjectLoader;
SubjectLoader *subject_loader_open(Db *db);
int64_t subject_loader_add(SubjectLoader *l, const SubjectNew *s);
bool subject_loader_close(SubjectLoader *l);

/* The root of an id (follows mergers); 0 when there is no such subject (nothing recorded). */
int64_t subject_root(Db *db, int64_t id);
/* The root, then everything merged into it, directly or not; in the ctx arena. */
bool subject_members(Db *db, int64_t root, int64_t **ids, int *n);
/* The same for a reader at seq, from any member: mergers made or undone later do not count. */
bool subject_members_at(Db *db, int64_t id, int64_t seq, int64_t *root, int64_t **ids, int *n);
/* The mergers that hold for a reader at seq, for those who ask the root of many subjects. */
typedef struct SubjectMergers {
    int64_t *kept, *absorbed;
    int n;
} SubjectMergers;
bool subject_mergers_at(Db *db, int64_t seq, SubjectMergers *out);
/* The root of an id by them: the id itself when nothing absorbed it. */
int64_t subject_climb(const SubjectMergers *m, int64_t id);
/* Who holds scheme:value itself, whatever it was merged into; 0 (nothing recorded) when nobody. */
int64_t subject_holder(Db *db, Str scheme, Str value);
/* The subject with its current name, code, places; ERR_MISSING when there is none. */
bool subject_get(Db *db, int64_t id, Subject *out);
/* Subjects for a list of ids in their order (chunks of one query each). */
bool subject_get_many(Db *db, const int64_t *ids, int n, Subject *out);
/* The division or unit on a day; empty when unknown. */
Str subject_place_at(Db *db, int64_t subject, PlaceKind kind, int32_t day);
/* All identifiers, absorbed subjects included, newest first within a scheme. */
bool subject_identifiers(Db *db, int64_t id, Identifier **out, int *n);

/* The root that holds scheme:value on any day; 0 (nothing recorded) when nobody or several do.
 * Values are folded as on entry (full width, case, blanks). Scheme "id" is the internal id. */
int64_t subject_by_code(Db *db, Str scheme, Str value);
/* The same for n values at a time; ids[i] is 0 where there is none. */
bool subject_by_codes(Db *db, Str scheme, const Str *values, int n, int64_t *ids);
/* A code, scheme:value or name, as a person types it. 0 on failure: ERR_MISSING, or ERR_INPUT when
 * several fit, with one remark (Note) per candidate. */
int64_t subject_find(Db *db, Str text);

typedef struct SubjectHits {
    Subject *items;
    int n;
    int64_t total; /* all that match; more than n: the list is cut and must say so */
    bool at_least; /* counting stopped: total is a lower bound */
} SubjectHits;
/* Search by part of a name (two Chinese characters suffice), former name, code (its beginning) or
 * pinyin initials, best first: equal, beginning, inside. Many hits: total is then a lower bound. */
bool subject_search(Db *db, Str text, int limit, SubjectHits *out);

/* A page of the register: roots of a kind (0: any) with id > after, at most limit. Counting reads
 * the whole table, so `total` is counted for the first page (after 0) only and -1 behind it. */
bool subject_page(Db *db, SubjectKind kind, int64_t after, int limit, SubjectHits *out);
int64_t subject_count(Db *db, SubjectKind kind);

/* Merges `absorbed` into `kept` (both are taken to their roots; the same root is ERR_STATE).
 * Returns the id of the merger for subject_unmerge, 0 on failure. */
int64_t subject_merge(Db *db, int64_t kept, int64_t absorbed, const Act *act);
/* Undoes a merger: the absorbed id stands for itself again. ERR_STATE when it was undone before. */
bool subject_unmerge(Db *db, int64_t merger, const Act *act);
#endif
