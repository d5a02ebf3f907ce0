/* The FEEL context of a flow's guards. Names that stand in it: 数据 (the case's data), 参数 (the
 * data of the parent, its own when it has none), 本案 (编号, 状态, 阶段, 天数, 区划, 立案日,
 * 届满), 附件 (a context with the number of documents by kind), 签名 (valid signatures by act),
 * 办理人 (名, 角色), and what the table of providers adds.
 */
#ifndef JIXIA_CITY_FLOW_CONTEXT_H
#define JIXIA_CITY_FLOW_CONTEXT_H
#include "city/flow/case.h"
#include "feel/value.h"

/* The value of a name for a case, in the ctx arena; false on a failure of the store. `members` is
 * what the parser knows of it (NULL-ended), so that a misspelt one is found when the flow is read.
 */
typedef bool (*ContextFn)(Db *db, const Register *reg, const CaseFile *k, Val *out);
typedef struct ContextProvider {
    Str name;
    const char *const *members; /* NULL: any */
    ContextFn value;
} ContextProvider;

extern const ContextProvider CONTEXT_PROVIDERS[];
extern const int CONTEXT_PROVIDER_COUNT;

/* A scope with all names, in a program, for a flow's fields. */
const Scope *context_scope(Program *p, const Flow *f);
/* The value of an act's guard: true lets it pass; *out is a truth value, null or anything. Guards
 * read only what they name. */
bool context_guard(Db *db, const Register *reg, const CaseFile *k, const CaseActor *actor,
                   const FlowAct *act, Val *out);
/* A JSON value as a FEEL value: numbers, texts, truth values, lists, contexts; a text that is a
 * date is a date. */
Val context_value(Arena *a, const Json *j);
#endif
