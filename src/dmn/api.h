/* Inside of the public library (include/jixia/dmn.h): what its handles hold. For src/dmn/api*.c.
 *
 * Every public function that allocates runs under API_GUARD: a full arena or a machine without
 * memory ends the call with a status, never the process. */
#ifndef JIXIA_DMN_API_H
#define JIXIA_DMN_API_H
#include <jixia/dmn.h>

#include "dmn/dmn.h"

struct jx_dmn_model {
    Arena *arena; /* holds the handle itself */
    jx_dmn_options options;
    Ctx c;
    DmnModel *m; /* NULL: did not load */
    jx_dmn_diag *diags;
    size_t ndiags;
    jx_dmn_item *items;
    size_t nitems;
};

struct jx_dmn_report {
    Arena *arena;
    jx_dmn_diag *diags;
    size_t ndiags;
};

struct jx_dmn_eval {
    Arena *arena; /* holds the handle itself, below `empty` */
    ArenaMark empty;
    const jx_dmn_model *model;
    int64_t now_ns;
    Zone zone;
    DmnEval *e;
    Ctx c;               /* failures of setting inputs and finding names */
    jx_dmn_status spent; /* JX_DMN_OK, or why it must be cleared */
    const DmnNode *node; /* what the last run ran; NULL: nothing */
    const char **names;  /* of the unknowns made, by path id */
    int nnames, names_cap;
};

/* Runs body with a trap of its own; when memory ends it, status says why. */
#define API_GUARD(a, status, ...)                                                                  \
    do {                                                                                           \
        jmp_buf here_;                                                                             \
        jmp_buf *before_ = arena_trap((a), &here_);                                                \
        if (setjmp(here_) == 0) {                                                                  \
            __VA_ARGS__;                                                                           \
        } else {                                                                                   \
            (status) = arena_starved(a) ? JX_DMN_NO_MEMORY : JX_DMN_LIMIT;                         \
        }                                                                                          \
        arena_trap((a), before_);                                                                  \
    } while (0)

/* Findings as the caller reads them: an array in arena a; returns how many. m may be NULL. */
size_t api_diags(Arena *a, const DmnModel *m, const Note *notes, Lang lang, jx_dmn_diag **out);
Lang api_lang(const jx_dmn_options *o);

/* A public value is a Val: lists hand out their items in place. */
static inline const jx_dmn_value *api_value(const Val *v) {
    return (const jx_dmn_value *)v;
}
static inline const Val *api_val(const jx_dmn_value *v) {
    return (const Val *)v;
}
#endif
