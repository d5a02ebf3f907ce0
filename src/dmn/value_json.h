/* FEEL values and JSON (design 6): a number is its canonical decimal text, dates, times and
 * durations are ISO strings, contexts objects, lists arrays, null and functions null, a range its
 * FEEL text. An unknown is {"unknown": true, "min": …, "max": …, "candidates": […]}.
 */
#ifndef JIXIA_DMN_VALUE_JSON_H
#define JIXIA_DMN_VALUE_JSON_H
#include "codec/json.h"
#include "dmn/dmn.h"

/* A value as JSON tree; one that would have more than JSON_VALUES_MAX nodes (a list may be shared
 * at every level) becomes a text of its beginning. Decisions do not give such values: dmn_run_node.
 */
enum { JSON_VALUES_MAX = 8 * 1000 * 1000 };
Json *json_from_val(Arena *a, Val v);
/* JSON as a value of a declared type (NULL or any: as JSON shows it): strings become dates, times
 * and durations where the type says so, numbers may come as strings, objects become contexts with
 * the members of the type first. False (failure recorded, the line of the JSON as place) when a
 * text is not of its type; what is for coercion to decide (an array for a single value) is left
 * alone. name is what the message calls the value. */
bool val_from_json(Ctx *c, const Json *j, const Type *t, Str name, Val *out);
/* Gives an evaluation the inputs (or overridden decisions) that are the members of an object; file
 * is its name for places. False (failure recorded) for another kind of JSON, an unknown name, a
 * value that is not of its type. */
bool dmn_set_json(Ctx *c, DmnEval *e, const Json *in, Str file);
/* One text as a value of a type of one piece (number, string, boolean, date …); false when it is
 * none. */
bool val_from_text(Arena *a, Str text, TypeKind kind, Val *out);
#endif
