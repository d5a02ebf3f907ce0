/* The public library: models, their diagnostics and the static check. See include/jixia/dmn.h.
 *
 * Texts are made once, in the arena of what they belong to, so a loaded model is never written. */
#include "dmn/api.h"

#include <string.h>

#include "base/version.h"
#include "dmn/check.h"
#include "feel/zone.h"

enum { SEVERITIES_MAX = JX_DMN_REMARK };

const char *jx_dmn_status_text(jx_dmn_status status) {
    switch (status) {
    case JX_DMN_OK: return "ok";
    case JX_DMN_INVALID: return "the model or input is not valid";
    case JX_DMN_UNKNOWN_NAME: return "no input or decision of this name";
    case JX_DMN_REASONS: return "strict: the evaluation has diagnostics";
    case JX_DMN_LIMIT: return "the limit of bytes was reached";
    case JX_DMN_NO_MEMORY: return "no memory";
    case JX_DMN_MISUSE: return "misuse: a NULL argument, or a model that did not load";
    }
    return "unknown status";
}

const char *jx_dmn_version(void) {
    return JIXIA_VERSION;
}

const char *jx_dmn_zone_data(void) {
    return zone_table_version().p;
}

Lang api_lang(const jx_dmn_options *o) {
    return o->lang == JX_DMN_ENGLISH ? LANG_EN : LANG_ZH;
}

/* --- diagnostics --------------------------------------------------------------------------------
 */

static jx_dmn_diag diag_of(Arena *a, const DmnModel *m, const Note *n, Lang lang) {
    DmnPlace at = dmn_note_place(m, n);
    return (jx_dmn_diag){
        .severity = (jx_dmn_severity)(n->severity < SEVERITIES_MAX ? n->severity : SEVERITIES_MAX),
        .code = str_z(a, msg_code(n->msg)),
        .text = str_z(a, note_text(a, n, lang)),
        .hint = str_z(a, str_trim(note_hint(a, n, lang))),
        .place = {.file = str_z(a, at.file),
                  .element = str_z(a, at.element),
                  .line = at.line,
                  .column = at.column,
                  .byte_from = at.from,
                  .byte_to = at.to}};
}

size_t api_diags(Arena *a, const DmnModel *m, const Note *notes, Lang lang, jx_dmn_diag **out) {
    size_t n = 0, i = 0;
    for (const Note *k = notes; k; k = k->next) n++;
    *out = NEW_N(a, jx_dmn_diag, n);
    for (const Note *k = notes; k; k = k->next) (*out)[i++] = diag_of(a, m, k, lang);
    return n;
}

/* --- models -------------------------------------------------------------------------------------
 */

static void list_items(jx_dmn_model *model) {
    const DmnModel *m = model->m;
    Arena *a = model->arena;
    model->items = NEW_N(a, jx_dmn_item, m->main->nnodes);
    for (int i = 0; i < m->main->nnodes; i++) {
        const DmnNode *n = m->main->nodes[i];
        if (n->kind == NODE_BKM) continue;
        model->items[model->nitems++] =
            (jx_dmn_item){.kind = n->kind == NODE_INPUT      ? JX_DMN_INPUT
                                  : n->kind == NODE_DECISION ? JX_DMN_DECISION
                                                             : JX_DMN_SERVICE,
                          .name = str_z(a, n->name),
                          .id = str_z(a, n->id),
                          .label = str_z(a, n->label),
                          .type = str_z(a, type_text(a, m->types[n->index]))};
    }
}

static jx_dmn_status load(jx_dmn_model *model, const jx_dmn_source *files, size_t count) {
    Arena *a = model->arena;
    DmnSource *in = NEW_N(a, DmnSource, count);
    model->c = ctx_new(a, 0);
    model->c.lang = api_lang(&model->options);
    for (size_t i = 0; i < count; i++) {
        in[i].file = str_from(files[i].name ? files[i].name : "");
        in[i].bytes = str_of(files[i].bytes, files[i].size);
    }
    model->m = dmn_load(&model->c, in, (int)count);
    if (model->m) list_items(model);
    Note *notes = model->c.notes;
    if (!ctx_ok(&model->c)) {
        Note *last = &model->c.err.note;
        last->next = notes;
        notes = last;
    }
    model->ndiags = api_diags(a, model->m, notes, model->c.lang, &model->diags);
    if (model->c.err.code == ERR_LIMIT && model->c.err.note.msg == M_LIMIT_MEMORY)
        return JX_DMN_NO_MEMORY;
    return model->m ? JX_DMN_OK : JX_DMN_INVALID;
}

static bool readable(const jx_dmn_source *files, size_t count) {
    enum { FILES_MAX = 1 << 20 };
    if (!files || count == 0 || count > FILES_MAX) return false;
    for (size_t i = 0; i < count; i++)
        if (!files[i].bytes && files[i].size) return false;
    return true;
}

jx_dmn_status jx_dmn_load(const jx_dmn_source *files, size_t count, const jx_dmn_options *options,
                          jx_dmn_model **model) {
    if (!model) return JX_DMN_MISUSE;
    *model = NULL;
    if (!readable(files, count)) return JX_DMN_MISUSE;
    Arena *a = arena_try(options ? options->limits.model_bytes : 0);
    if (!a) return JX_DMN_NO_MEMORY;
    jx_dmn_model *volatile made = NULL;
    volatile jx_dmn_status status = JX_DMN_OK;
    API_GUARD(a, status, {
        made = NEW(a, jx_dmn_model);
        made->arena = a;
        if (options) made->options = *options;
        status = load(made, files, count);
    });
    if (status == JX_DMN_OK || status == JX_DMN_INVALID)
        *model = made;
    else
        arena_close(a);
    return status;
}

void jx_dmn_model_free(jx_dmn_model *model) {
    if (model) arena_close(model->arena);
}

size_t jx_dmn_model_diags(const jx_dmn_model *model, const jx_dmn_diag **diags) {
    if (diags) *diags = model ? model->diags : NULL;
    return model ? model->ndiags : 0;
}

size_t jx_dmn_model_items(const jx_dmn_model *model, const jx_dmn_item **items) {
    if (items) *items = model ? model->items : NULL;
    return model ? model->nitems : 0;
}

/* --- the static check ---------------------------------------------------------------------------
 */

jx_dmn_status jx_dmn_model_check(const jx_dmn_model *model, jx_dmn_report **report) {
    if (report) *report = NULL;
    if (!model || !model->m || !report) return JX_DMN_MISUSE;
    Arena *a = arena_try(model->options.limits.model_bytes);
    if (!a) return JX_DMN_NO_MEMORY;
    volatile jx_dmn_status status = JX_DMN_OK;
    API_GUARD(a, status, {
        Ctx c = ctx_new(a, 0);
        c.lang = api_lang(&model->options);
        const DmnFinding *found = dmn_check(&c, model->m, NULL);
        jx_dmn_report *r = NEW(a, jx_dmn_report);
        r->arena = a;
        r->ndiags = api_diags(a, model->m, found ? found->note : NULL, c.lang, &r->diags);
        *report = r;
    });
    if (status != JX_DMN_OK) {
        *report = NULL;
        arena_close(a);
    }
    return status;
}

size_t jx_dmn_report_diags(const jx_dmn_report *report, const jx_dmn_diag **diags) {
    if (diags) *diags = report ? report->diags : NULL;
    return report ? report->ndiags : 0;
}

void jx_dmn_report_free(jx_dmn_report *report) {
    if (report) arena_close(report->arena);
}
