/* Decision tables written down as data (tests/suite/, build/suite/): reading them, making DMN
 * models of them, running them. Values are FEEL literals, in and out.
 *
 *     - table: 补助档次
 *       policy: U                      # U A F P R O C C+ C< C> C#
 *       inputs: {营业收入: number}     # name: type
 *       columns: ['营业收入 * 2']      # when not simply the inputs
 *       outputs:
 *         - {name: 档次, type: string, values: '"高","低"', default: '"无"'}
 *       rules:
 *         - ['>= 1000', '"高"']        # a cell per column, then per output
 *       cases:
 *         - ['999', '"无"']            # a value per input, then the result
 *
 * An input may be `unknown`, `unknown LO HI` or `either A ~ B`, a result `unknown`.
 */
#ifndef JIXIA_SUITE_FIXTURE_H
#define JIXIA_SUITE_FIXTURE_H
#include "codec/json.h"
#include "dmn/dmn.h"

typedef struct SuiteName {
    Str name, type;
} SuiteName;

typedef struct SuiteTable {
    Str name, policy;
    SuiteName *inputs;
    Str *columns;
    const Json **outputs;
    Str **rules; /* ncolumns + noutputs texts each */
    int ninputs, ncolumns, noutputs, nrules;
} SuiteTable;

/* The table of an entry of a suite file. */
SuiteTable *suite_table(Arena *a, const Json *entry);
/* Its model, in c->arena; NULL when it does not load or has findings of severity 0. */
DmnModel *suite_model(Ctx *c, const SuiteTable *t);
/* The result for one value text per input, as a FEEL literal or `unknown`; the values are bound to
 * the inputs of the model by position. */
Str suite_run(Arena *a, const DmnModel *m, const SuiteTable *t, const Str *values);
/* The value of an expression as a FEEL literal, `error` for a null with a reason. let: an object of
 * names and value texts, or NULL. */
Str suite_value(Arena *a, Str text, const Json *let);
#endif
