/* The public library: evaluations, their inputs and diagnostics. See include/jixia/dmn.h.
 *
 * The handle lies at the bottom of its own arena; clearing takes the arena back to there. After a
 * limit the evaluation is in the middle of nowhere, so `spent` refuses everything but clearing. */
#include "dmn/api.h"
#include "dmn/trace_json.h"
#include "dmn/trace_text.h"
#include "dmn/value_json.h"
#include "feel/temporal.h"

enum { EVAL_BYTES = 256 << 20 };

static void start(jx_dmn_eval *ev) {
    const jx_dmn_limits *l = &ev->model->options.limits;
    ev->c = ctx_new(ev->arena, 0);
    ev->c.lang = api_lang(&ev->model->options);
    ev->e = dmn_eval_new(ev->model->m, ev->arena);
    Eval *f = dmn_feel(ev->e);
    if (l->depth > 0 && l->depth < FEEL_DEPTH) f->max_depth = l->depth;
    if (l->list_length > 0) f->max_list = l->list_length;
    if (l->regex_steps > 0 && l->regex_steps < f->regex_steps) f->regex_steps = l->regex_steps;
    f->now_ns = ev->now_ns;
    f->zone = ev->zone;
}

jx_dmn_status jx_dmn_eval_new(const jx_dmn_model *model, jx_dmn_eval **eval) {
    if (!eval) return JX_DMN_MISUSE;
    *eval = NULL;
    if (!model || !model->m) return JX_DMN_MISUSE;
    size_t limit = model->options.limits.eval_bytes;
    Arena *a = arena_try(limit ? limit : EVAL_BYTES);
    if (!a) return JX_DMN_NO_MEMORY;
    volatile jx_dmn_status status = JX_DMN_OK;
    API_GUARD(a, status, {
        jx_dmn_eval *ev = NEW(a, jx_dmn_eval);
        *ev = (jx_dmn_eval){.arena = a, .model = model, .empty = arena_mark(a)};
        start(ev);
        *eval = ev;
    });
    if (status == JX_DMN_OK) return status;
    *eval = NULL;
    arena_close(a);
    return status;
}

void jx_dmn_eval_free(jx_dmn_eval *eval) {
    if (eval) arena_close(eval->arena);
}

void jx_dmn_eval_clear(jx_dmn_eval *eval) {
    if (!eval) return;
    if (!eval->spent) {
        dmn_eval_reset(eval->e);
        eval->c = ctx_new(eval->arena, 0);
        eval->c.lang = api_lang(&eval->model->options);
        eval->node = NULL;
        eval->names = NULL;
        eval->nnames = eval->names_cap = 0;
        return;
    }
    arena_rewind(eval->arena, eval->empty);
    *eval = (jx_dmn_eval){.arena = eval->arena,
                          .empty = eval->empty,
                          .model = eval->model,
                          .now_ns = eval->now_ns,
                          .zone = eval->zone};
    API_GUARD(eval->arena, eval->spent, start(eval));
}

jx_dmn_status jx_dmn_eval_clock(jx_dmn_eval *eval, int64_t utc_ns, const char *zone) {
    if (!eval) return JX_DMN_MISUSE;
    Zone z = {.kind = ZONE_NONE};
    if (zone && !temporal_parse_zone(str_from(zone), &z)) return JX_DMN_INVALID;
    eval->now_ns = utc_ns;
    eval->zone = z;
    if (eval->spent) return JX_DMN_OK;
    dmn_feel(eval->e)->now_ns = utc_ns;
    dmn_feel(eval->e)->zone = z;
    return JX_DMN_OK;
}

/* --- inputs -------------------------------------------------------------------------------------
 */

static jx_dmn_status failed(const jx_dmn_eval *ev) {
    if (ctx_ok(&ev->c)) return JX_DMN_OK;
    Msg m = ev->c.err.note.msg;
    if (m == M_LIMIT_MEMORY) return JX_DMN_NO_MEMORY;
    return m == M_DMN_NO_INPUT || m == M_DMN_NO_DECISION ? JX_DMN_UNKNOWN_NAME : JX_DMN_INVALID;
}

/* What was found before is over. */
static void begin(jx_dmn_eval *ev) {
    ctx_clear(&ev->c);
    dmn_restart(ev->e);
    ev->node = NULL;
}

static jx_dmn_status set(jx_dmn_eval *ev, Str name, Val v) {
    begin(ev);
    if (!dmn_set(ev->e, name, v))
        FAIL(&ev->c, ERR_INPUT, M_DMN_NO_INPUT, name, dmn_nearest(ev->model->m, name, true));
    return failed(ev);
}

jx_dmn_status jx_dmn_eval_set(jx_dmn_eval *eval, const char *name, const jx_dmn_value *value) {
    if (!eval || !name || (!value && !eval->spent)) return JX_DMN_MISUSE;
    if (eval->spent) return eval->spent;
    volatile jx_dmn_status status = JX_DMN_OK;
    API_GUARD(eval->arena, eval->spent, status = set(eval, str_from(name), *api_val(value)));
    return eval->spent ? eval->spent : status;
}

static jx_dmn_status set_json(jx_dmn_eval *ev, Str text) {
    begin(ev);
    const Json *in = json_parse(&ev->c, str_dup(ev->arena, text), S("JSON"));
    if (in) dmn_set_json(&ev->c, ev->e, in, S("JSON"));
    return failed(ev);
}

jx_dmn_status jx_dmn_eval_set_json(jx_dmn_eval *eval, const char *json, size_t size) {
    if (!eval || !json) return JX_DMN_MISUSE;
    if (eval->spent) return eval->spent;
    volatile jx_dmn_status status = JX_DMN_OK;
    API_GUARD(eval->arena, eval->spent, status = set_json(eval, str_of(json, size)));
    return eval->spent ? eval->spent : status;
}

/* --- running ------------------------------------------------------------------------------------
 */

static jx_dmn_status run(jx_dmn_eval *ev, Str name, unsigned flags, const jx_dmn_value **value) {
    const jx_dmn_limits *l = &ev->model->options.limits;
    begin(ev);
    const DmnNode *n = dmn_find(ev->model->m, name);
    if (!n || n->kind == NODE_BKM) {
        FAIL(&ev->c, ERR_INPUT, M_DMN_NO_DECISION, name, dmn_nearest(ev->model->m, name, false));
        return failed(ev);
    }
    Eval *f = dmn_feel(ev->e);
    f->steps = l->steps > 0 ? l->steps : FEEL_STEPS;
    if (flags & JX_DMN_TRACE) trace_start(f);
    Val v = dmn_run_node(ev->e, n);
    ev->node = n;
    *value = api_value(arena_copy(ev->arena, &v, sizeof v));
    return (flags & JX_DMN_STRICT) && f->diag.note_count > 0 ? JX_DMN_REASONS : JX_DMN_OK;
}

jx_dmn_status jx_dmn_eval_run(jx_dmn_eval *eval, const char *decision, unsigned flags,
                              const jx_dmn_value **value) {
    if (value) *value = NULL;
    if (!eval || !decision || !value) return JX_DMN_MISUSE;
    if (eval->spent) return eval->spent;
    volatile jx_dmn_status status = JX_DMN_OK;
    API_GUARD(eval->arena, eval->spent, status = run(eval, str_from(decision), flags, value));
    if (eval->spent) *value = NULL;
    return eval->spent ? eval->spent : status;
}

size_t jx_dmn_eval_diags(jx_dmn_eval *eval, const jx_dmn_diag **diags) {
    jx_dmn_diag *volatile found = NULL;
    volatile size_t n = 0;
    if (diags) *diags = NULL;
    if (!eval || eval->spent) return 0;
    API_GUARD(eval->arena, eval->spent, {
        jx_dmn_diag *d;
        const Note *notes = ctx_ok(&eval->c) ? dmn_feel(eval->e)->diag.notes : &eval->c.err.note;
        n = api_diags(eval->arena, eval->model->m, notes, eval->c.lang, &d);
        found = d;
    });
    if (eval->spent) return 0;
    if (diags) *diags = found;
    return n;
}

static const char *trace(jx_dmn_eval *ev, jx_dmn_form form, size_t limit_bytes) {
    Arena *a = ev->arena;
    if (form == JX_DMN_TEXT) return str_z(a, dmn_trace_text(ev->e, ev->c.lang, limit_bytes));
    Buf b = buf_new(a, 0);
    json_print(&b, dmn_trace_json(ev->e, ev->node, limit_bytes, 0, 0), 0);
    return b.over ? NULL : str_z(a, buf_str(&b));
}

const char *jx_dmn_eval_trace(jx_dmn_eval *eval, jx_dmn_form form, size_t limit_bytes) {
    const char *volatile out = NULL;
    if (!eval || eval->spent || !eval->node || !dmn_feel(eval->e)->trace) return NULL;
    API_GUARD(eval->arena, eval->spent, out = trace(eval, form, limit_bytes));
    return eval->spent ? NULL : out;
}
