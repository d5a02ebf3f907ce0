/* libjixia-dmn: loads DMN models (1.1 to 1.5), runs their decisions with exact decimals, and says
 * why.
 *
 * - No global state, no locale, no environment, no file, no clock: everything is an argument.
 * - A model is immutable once loaded and may be shared by threads without locks. An evaluation
 *   belongs to one thread at a time.
 * - A business error is a value, not a failure: null with a reason (code, text, place). Statuses
 * are for misuse, limits and strict mode only.
 * - A fact nobody knows is `unknown`, which is not null: it carries bounds and propagates unless
 * the result cannot depend on it.
 * - What an evaluation gives out (values, texts, diagnostics) lives until jx_dmn_eval_clear or
 *   jx_dmn_eval_free. Texts are UTF-8 and end with a zero byte unless a size is given with them.
 *
 * docs/library.md has a first program; jixia-dmn(3) the same as a manual page.
 */
#ifndef JIXIA_DMN_H
#define JIXIA_DMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

typedef struct jx_dmn_model jx_dmn_model;   /* a loaded model, or why it did not load */
typedef struct jx_dmn_eval jx_dmn_eval;     /* one evaluation: inputs, results, trace */
typedef struct jx_dmn_report jx_dmn_report; /* what the static check found */
typedef struct jx_dmn_value jx_dmn_value;   /* a FEEL value; belongs to an evaluation */

typedef enum jx_dmn_status {
    JX_DMN_OK = 0,
    JX_DMN_INVALID,      /* the model or the input text is not valid: see the diagnostics */
    JX_DMN_UNKNOWN_NAME, /* the model has no input or decision of this name: see the diagnostics */
    JX_DMN_REASONS,      /* strict run: a null was made by an error, or an input is missing */
    JX_DMN_LIMIT,        /* the limit of bytes was reached; an evaluation must be cleared */
    JX_DMN_NO_MEMORY,    /* the machine has no memory left; an evaluation must be cleared */
    JX_DMN_MISUSE        /* a NULL argument, or a model that did not load */
} jx_dmn_status;

/* What a status means, in English. Never NULL. */
const char *jx_dmn_status_text(jx_dmn_status status);
/* Version of the library, "0.1.0". */
const char *jx_dmn_version(void);
/* Release of the time zone data compiled in, "2024a". */
const char *jx_dmn_zone_data(void);

/* --- options and limits ----------------------------------------------------------------------- */

typedef enum jx_dmn_lang { JX_DMN_CHINESE, JX_DMN_ENGLISH } jx_dmn_lang;

/* Every limit that is reached gives null with a reason (steps, depth, list, regex) or a status
 * (bytes), never a crash. 0: the default. */
typedef struct jx_dmn_limits {
    size_t model_bytes;   /* of a loaded model, or of a report, with all that loading or checking
                             takes on the way (32 KiB at least); default 1 GiB */
    size_t eval_bytes;    /* of one evaluation; default 256 MiB */
    int64_t steps;        /* nodes evaluated by one run; default 50,000,000 */
    int32_t depth;        /* nested expressions and calls; default and at most 3,000, which needs up
                             to 4 MiB of stack */
    uint32_t regex_steps; /* of one regular expression match; default and at most 2,000,000 */
    int64_t list_length;  /* items of a list an expression makes; default 1,000,000 */
} jx_dmn_limits;

/* {0}: Chinese texts, default limits. */
typedef struct jx_dmn_options {
    jx_dmn_lang lang; /* of texts and hints */
    jx_dmn_limits limits;
} jx_dmn_options;

/* --- diagnostics ------------------------------------------------------------------------------ */

typedef enum jx_dmn_severity { JX_DMN_ERROR, JX_DMN_WARNING, JX_DMN_REMARK } jx_dmn_severity;

/* Where in the model. Unknown parts are "" and 0. */
typedef struct jx_dmn_place {
    const char *file;            /* as named in the source */
    const char *element;         /* id of the DMN element */
    uint32_t line, column;       /* in the file, from 1; columns count code points */
    uint32_t byte_from, byte_to; /* in the FEEL text of the element: [from, to) */
} jx_dmn_place;

typedef struct jx_dmn_diag {
    jx_dmn_severity severity;
    const char *code; /* stable, for programs: "feel.no_number" */
    const char *text; /* for people */
    const char *hint; /* what to do; "" when there is nothing to say */
    jx_dmn_place place;
} jx_dmn_diag;

/* --- models ----------------------------------------------------------------------------------- */

/* One file of a model. The bytes are copied. */
typedef struct jx_dmn_source {
    const char *name; /* for messages */
    const void *bytes;
    size_t size;
} jx_dmn_source;

/* Loads the model files[0]; the other files are those it may import. options may be NULL. *model is
 * set also when the status is JX_DMN_INVALID (it then only has diagnostics) and must be freed; it
 * is NULL for the other failures. FEEL that does not parse, and names and types nobody knows, are
 * diagnostics of a model that loads: the decision in question gives null. */
jx_dmn_status jx_dmn_load(const jx_dmn_source *files, size_t count, const jx_dmn_options *options,
                          jx_dmn_model **model);
/* Frees a model that no evaluation uses any more. NULL is allowed. */
void jx_dmn_model_free(jx_dmn_model *model);
/* What was found while loading; returns how many. */
size_t jx_dmn_model_diags(const jx_dmn_model *model, const jx_dmn_diag **diags);

typedef enum jx_dmn_item_kind { JX_DMN_INPUT, JX_DMN_DECISION, JX_DMN_SERVICE } jx_dmn_item_kind;
/* What can be given to a model, and what it decides. */
typedef struct jx_dmn_item {
    jx_dmn_item_kind kind;
    const char *name, *id, *label;
    const char *type; /* FEEL text: "number", "context<本年: number>" */
} jx_dmn_item;
/* Input data, decisions and services of the main file in its order; returns how many. */
size_t jx_dmn_model_items(const jx_dmn_model *model, const jx_dmn_item **items);

/* The static check: types, cells that can never match, gaps, overlaps and dead rules of tables with
 * example rows, unused inputs. *report must be freed; it is NULL unless the status is JX_DMN_OK,
 * which it is also when there are findings. */
jx_dmn_status jx_dmn_model_check(const jx_dmn_model *model, jx_dmn_report **report);
/* What was found; returns how many. */
size_t jx_dmn_report_diags(const jx_dmn_report *report, const jx_dmn_diag **diags);
/* NULL is allowed. */
void jx_dmn_report_free(jx_dmn_report *report);

/* --- evaluations ------------------------------------------------------------------------------ */

/* A new evaluation of a model that loaded: no inputs, now = 1970-01-01T00:00:00Z, no zone. */
jx_dmn_status jx_dmn_eval_new(const jx_dmn_model *model, jx_dmn_eval **eval);
/* NULL is allowed. */
void jx_dmn_eval_free(jx_dmn_eval *eval);
/* Forgets inputs, results, values and texts, and keeps the clock: ready for the next row. Also the
 * way on after JX_DMN_LIMIT and JX_DMN_NO_MEMORY. */
void jx_dmn_eval_clear(jx_dmn_eval *eval);
/* What now() and today() say: an instant in UTC nanoseconds since 1970 and a business zone, an IANA
 * name ("Asia/Shanghai") or an offset ("+08:00"); NULL: none, UTC. JX_DMN_INVALID: no such zone. */
jx_dmn_status jx_dmn_eval_clock(jx_dmn_eval *eval, int64_t utc_ns, const char *zone);

/* Gives an input, or overrides a decision. */
jx_dmn_status jx_dmn_eval_set(jx_dmn_eval *eval, const char *name, const jx_dmn_value *value);
/* Gives the inputs that are the members of a JSON object. Values are read by the declared types:
 * a string is a date where the model wants one, a number keeps all its digits. */
jx_dmn_status jx_dmn_eval_set_json(jx_dmn_eval *eval, const char *json, size_t size);

enum {
    JX_DMN_TRACE = 1, /* record why: jx_dmn_eval_trace */
    JX_DMN_STRICT = 2 /* JX_DMN_REASONS when the run has any diagnostic */
};
/* Runs a decision or a service (its parameters are the inputs of the same names). *value is set
 * with JX_DMN_OK and JX_DMN_REASONS. One run computes each decision once; the next run computes
 * anew, with its own diagnostics and steps. */
jx_dmn_status jx_dmn_eval_run(jx_dmn_eval *eval, const char *decision, unsigned flags,
                              const jx_dmn_value **value);
/* What the last run (or the last jx_dmn_eval_set…) has to say; returns how many. Each null that an
 * error made and each missing input that was read is listed, wherever it went. */
size_t jx_dmn_eval_diags(jx_dmn_eval *eval, const jx_dmn_diag **diags);

typedef enum jx_dmn_form { JX_DMN_JSON, JX_DMN_TEXT } jx_dmn_form;
/* Why the last traced run came out as it did: inputs read, tables with the first failing input of
 * each unmatched rule and the cut to cross of those one input away, which argument of min and max
 * decided, values before and after rounding. JSON, or a text in the language of the model.
 * limit_bytes > 0: cut to that size, and the cut is said. NULL when nothing was traced or memory
 * ran out. */
const char *jx_dmn_eval_trace(jx_dmn_eval *eval, jx_dmn_form form, size_t limit_bytes);

/* --- values ----------------------------------------------------------------------------------- */

typedef enum jx_dmn_kind {
    JX_DMN_NULL,
    JX_DMN_UNKNOWN,
    JX_DMN_BOOLEAN,
    JX_DMN_NUMBER,
    JX_DMN_STRING,
    JX_DMN_DATE,
    JX_DMN_TIME,
    JX_DMN_DATE_TIME,
    JX_DMN_DAYS,   /* days and time duration */
    JX_DMN_MONTHS, /* years and months duration */
    JX_DMN_LIST,
    JX_DMN_CONTEXT,
    JX_DMN_RANGE,
    JX_DMN_FUNCTION
} jx_dmn_kind;

/* Making values. NULL when the argument is no such value, or when a limit was reached (the next run
 * then says which). */
const jx_dmn_value *jx_dmn_null(jx_dmn_eval *eval);
const jx_dmn_value *jx_dmn_boolean(jx_dmn_eval *eval, bool truth);
const jx_dmn_value *jx_dmn_integer(jx_dmn_eval *eval, int64_t number);
/* A decimal of at most 34 digits as text: "-12.50", "1e-7". */
const jx_dmn_value *jx_dmn_number(jx_dmn_eval *eval, const char *text);
/* UTF-8; the bytes are copied. */
const jx_dmn_value *jx_dmn_string(jx_dmn_eval *eval, const char *bytes, size_t size);
/* A date, time, date and time or duration in ISO form: "2026-07-01", "08:30:00@Asia/Shanghai",
 * "P1Y2M", "P3DT4H". */
const jx_dmn_value *jx_dmn_temporal(jx_dmn_eval *eval, const char *text);
const jx_dmn_value *jx_dmn_list(jx_dmn_eval *eval, const jx_dmn_value *const *items, size_t count);
const jx_dmn_value *jx_dmn_context(jx_dmn_eval *eval, const char *const *keys,
                                   const jx_dmn_value *const *items, size_t count);
/* A fact nobody knows, within bounds (NULL: none): numbers, dates or durations of one kind, min at
 * most max. name is what jx_dmn_missing calls it: UTF-8, copied; NULL when it is not. */
const jx_dmn_value *jx_dmn_unknown(jx_dmn_eval *eval, const char *name, const jx_dmn_value *min,
                                   const jx_dmn_value *max);
/* JSON without a declared type: strings stay strings. */
const jx_dmn_value *jx_dmn_from_json(jx_dmn_eval *eval, const char *json, size_t size);

/* Reading values. Each accepts NULL and every kind, and answers for the wrong kind what is said. */
jx_dmn_kind jx_dmn_value_kind(const jx_dmn_value *value);              /* NULL: JX_DMN_NULL */
bool jx_dmn_value_is_true(const jx_dmn_value *value);                  /* else false */
bool jx_dmn_value_integer(const jx_dmn_value *value, int64_t *number); /* false: none, or too big */
const char *jx_dmn_value_string(const jx_dmn_value *value, size_t *size); /* no zero byte; NULL */
size_t jx_dmn_value_count(const jx_dmn_value *value); /* list, context; else 0 */
const jx_dmn_value *jx_dmn_value_at(const jx_dmn_value *value, size_t i); /* item or entry; NULL */
const char *jx_dmn_value_key(const jx_dmn_value *value, size_t i,
                             size_t *size); /* of entry i; NULL */
const jx_dmn_value *jx_dmn_value_get(const jx_dmn_value *value, const char *key); /* entry; NULL */
/* The text of a value as FEEL string() gives it: a number in canonical decimal digits, ISO dates.
 */
const char *jx_dmn_value_text(jx_dmn_eval *eval, const jx_dmn_value *value);
/* A value as compact JSON. Numbers keep all digits; dates and durations are ISO strings. */
const char *jx_dmn_value_json(jx_dmn_eval *eval, const jx_dmn_value *value);
/* Why a null is null; NULL for other values and for a null that stands in the model or an input. */
const jx_dmn_diag *jx_dmn_value_reason(jx_dmn_eval *eval, const jx_dmn_value *value);
/* The unknown facts a value depends on: fills at most max names, returns how many there are. */
size_t jx_dmn_missing(jx_dmn_eval *eval, const jx_dmn_value *value, const char **names, size_t max);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif
#endif
