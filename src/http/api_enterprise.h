/* What the pages about enterprises share: a row of the register, the list behind filters. Internal
 * to the api_*.c of enterprises, their facts, explanations and matching. */
#ifndef JIXIA_HTTP_API_ENTERPRISE_H
#define JIXIA_HTTP_API_ENTERPRISE_H
#include "city/people/sight.h"
#include "city/snapshot.h"
#include "http/http.h"
#include "http/json_out.h"
#include "http/table_out.h"

enum { ROW_RULES_MAX = 9, ROW_FIELDS_MAX = 8, ROW_TITLES_MAX = 200 };

/* Makes rows: the dictionaries of the request and the columns it asks for. */
typedef struct RowMaker {
    Request *r;
    FactNames names;
    const Asked *asked; /* by rules in force */
    int nasked, year;
    const Rule *size; /* 企业划型; NULL: the rule set has none */
    const Rule *rules[ROW_RULES_MAX];
    const Indicator *fields[ROW_FIELDS_MAX];
    int nrules, nfields;
    Sight sight; /* of who asks */
} RowMaker;

/* What is known of one enterprise at the clocks of the request. view and set hold what the reader
 * may see, and only that; what is shown of facts comes from them. all and whole hold everything:
 * for outcomes and for counting, never for a value. */
typedef struct Known {
    Subject who;
    FactView view, all;
    FactSet set, whole;
    Grade grade;            /* up to which the reader sees this enterprise */
    Str uscc, stock, check; /* check: ok | failed | none */
} Known;

/* Reads the dictionaries; columns are added by row_columns. */
bool row_maker_open(Request *r, RowMaker *m);
/* Adds rules and fields given as comma-separated ids; place names the argument. 422 for an unknown
 * one or too many. */
bool row_add_rules(RowMaker *m, Str list, Str place);
bool row_add_fields(RowMaker *m, Str list, Str place);
/* ERR_MISSING for an enterprise the reader may not know of. */
bool row_known(RowMaker *m, int64_t subject, Known *out);
/* Is the indicator's value shown of this enterprise? */
bool row_shows(const RowMaker *m, const Known *k, const Indicator *i);
/* Is everything shown that the rule reads: its result, its conditions, its tables? */
bool row_shows_rule(const RowMaker *m, Grade of, const Rule *rule);
/* Is the outcome of a rule shown? It is 内部, unless the agreement names the rule. */
bool row_shows_outcome(const RowMaker *m, Grade of, const Rule *rule);
/* EnterpriseRow of the contract; by and text: how a search found it (empty: null). */
Json *row_json(RowMaker *m, const Known *k, Str by, Str text);
/* {code, name} of a division or unit; null when the code is empty. */
void out_code_name(Arena *a, Json *o, Str key, Str code, Str name);
/* Facts that count among the view's, of indicators the pack has. */
int known_facts(const RowMaker *m, const Known *k);
/* When the last of the facts that count became known; 0: none. */
int64_t known_last_ms(const Known *k);
/* Share of the facts asked for that were given, two digits. */
Str known_completeness(RowMaker *m, const Known *k);
/* The fact a column shows: the attribute, or the latest year; NULL when nothing is known. */
const FactUse *known_latest(const Known *k, const Indicator *i);
/* The value of a fact as the contract sends it, and its bound ("<=", ">=", empty). */
Json *fact_use_value(Arena *a, const FactUse *f, Str *bound);
/* The outcome cell of a rule: {outcome, result, version}; masked: true where one is not shown. */
Json *outcome_cell(RowMaker *m, const Known *k, const Rule *rule);
DecideOptions decide_options(const Request *r, bool brief);
/* A decision's result for the contract; JSON null when unknown. */
Json *result_value(Arena *a, Val v);
/* One journal entry for reading sensitive facts; nothing when `sensitive` is false. */
bool journal_read(Request *r, Str object, bool sensitive);
bool is_sensitive(const Indicator *i);
/* Marks the file with the highest grade of the maker's columns. */
void row_grade(const RowMaker *m);
/* Whether a column shows a sensitive indicator. */
bool fields_sensitive(const RowMaker *m);

/* --- the list --- */
typedef struct Selection {
    const Snapshot *snapshot; /* NULL: not ready; ids are a window of the register */
    int64_t *ids;             /* in the order of the list */
    Str *by, *text;           /* how a search found it; NULL without one */
    int64_t n, of;            /* of: enterprises before filters */
    int64_t first;            /* ids[0] is this row of the list (only without a snapshot) */
} Selection;

/* Reads filters and sort from the query and selects; the caller releases the snapshot. */
bool enterprise_select(Request *r, RowMaker *m, int64_t offset, int64_t limit, Selection *out);
/* The whole selection as a file. */
bool enterprise_export(RowMaker *m, const Selection *s, TableForm form, Response *out);
/* Heads and cells of an enterprise with the columns of the maker; heads returns how many. */
enum { ENTERPRISE_HEADS_MAX = 12 + 2 * ROW_RULES_MAX + 3 * ROW_FIELDS_MAX };
int enterprise_heads(const RowMaker *m, Str *out);
void enterprise_cells(RowMaker *m, Export *e, const Known *k);
#endif
