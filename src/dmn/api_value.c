/* The public library: making and reading values. See include/jixia/dmn.h. */
#include <string.h>

#include "base/utf8.h"
#include "dmn/api.h"
#include "dmn/value_json.h"
#include "feel/temporal.h"

_Static_assert((int)JX_DMN_NULL == V_NULL && (int)JX_DMN_UNKNOWN == V_UNKNOWN &&
                   (int)JX_DMN_BOOLEAN == V_BOOL,
               "jx_dmn_kind follows VTag up to the numbers");

/* --- making -------------------------------------------------------------------------------------
 */

static const jx_dmn_value *keep(jx_dmn_eval *ev, Val v) {
    return api_value(arena_copy(ev->arena, &v, sizeof v));
}

/* Runs a maker unless the evaluation must be cleared first; a limit marks it so. */
#define MAKE(ev, out, ...)                                                                         \
    do {                                                                                           \
        if (!(ev) || (ev)->spent) return NULL;                                                     \
        API_GUARD((ev)->arena, (ev)->spent, __VA_ARGS__);                                          \
        return (ev)->spent ? NULL : (out);                                                         \
    } while (0)

const jx_dmn_value *jx_dmn_null(jx_dmn_eval *eval) {
    const jx_dmn_value *volatile out = NULL;
    MAKE(eval, out, out = keep(eval, val_null()));
}

const jx_dmn_value *jx_dmn_boolean(jx_dmn_eval *eval, bool truth) {
    const jx_dmn_value *volatile out = NULL;
    MAKE(eval, out, out = keep(eval, val_bool(truth)));
}

const jx_dmn_value *jx_dmn_integer(jx_dmn_eval *eval, int64_t number) {
    const jx_dmn_value *volatile out = NULL;
    Dec d = dec_int(number);
    MAKE(eval, out, out = keep(eval, val_num(eval->arena, &d)));
}

const jx_dmn_value *jx_dmn_number(jx_dmn_eval *eval, const char *text) {
    const jx_dmn_value *volatile out = NULL;
    Dec d;
    if (!text || !dec_parse(str_from(text), &d)) return NULL;
    MAKE(eval, out, out = keep(eval, val_num(eval->arena, &d)));
}

const jx_dmn_value *jx_dmn_string(jx_dmn_eval *eval, const char *bytes, size_t size) {
    const jx_dmn_value *volatile out = NULL;
    Str s = str_of(bytes, size);
    if ((!bytes && size) || size > UINT32_MAX || utf8_invalid_at(s) >= 0) return NULL;
    MAKE(eval, out, out = keep(eval, val_str(str_dup(eval->arena, s))));
}

static const jx_dmn_value *temporal(jx_dmn_eval *ev, const char *text) {
    Val v;
    return temporal_parse_literal(ev->arena, str_from(text), &v) ? keep(ev, v) : NULL;
}

const jx_dmn_value *jx_dmn_temporal(jx_dmn_eval *eval, const char *text) {
    const jx_dmn_value *volatile out = NULL;
    if (!text) return NULL;
    MAKE(eval, out, out = temporal(eval, text));
}

/* A copy of the items; NULL when one is missing. */
static Val *gather(Arena *a, const jx_dmn_value *const *items, size_t count) {
    Val *vals = NEW_N(a, Val, count);
    for (size_t i = 0; i < count; i++) {
        if (!items[i]) return NULL;
        vals[i] = *api_val(items[i]);
    }
    return vals;
}

static const jx_dmn_value *list(jx_dmn_eval *ev, const jx_dmn_value *const *items, size_t count) {
    const Val *vals = gather(ev->arena, items, count);
    return vals ? keep(ev, val_list(vals, (int)count)) : NULL;
}

const jx_dmn_value *jx_dmn_list(jx_dmn_eval *eval, const jx_dmn_value *const *items, size_t count) {
    const jx_dmn_value *volatile out = NULL;
    if ((!items && count) || count > INT32_MAX) return NULL;
    MAKE(eval, out, out = list(eval, items, count));
}

static const jx_dmn_value *context(jx_dmn_eval *ev, const char *const *keys,
                                   const jx_dmn_value *const *items, size_t count) {
    Arena *a = ev->arena;
    const Val *vals = gather(a, items, count);
    Str *names = NEW_N(a, Str, count);
    for (size_t i = 0; i < count; i++) {
        if (!keys[i] || utf8_invalid_at(str_from(keys[i])) >= 0) return NULL;
        names[i] = str_dup(a, str_from(keys[i]));
    }
    if (!vals) return NULL;
    Context *c = NEW(a, Context);
    *c = (Context){.n = (int)count, .keys = names, .vals = vals};
    return keep(ev, val_context(c));
}

const jx_dmn_value *jx_dmn_context(jx_dmn_eval *eval, const char *const *keys,
                                   const jx_dmn_value *const *items, size_t count) {
    const jx_dmn_value *volatile out = NULL;
    if (((!items || !keys) && count) || count > INT32_MAX) return NULL;
    MAKE(eval, out, out = context(eval, keys, items, count));
}

static const jx_dmn_value *unknown(jx_dmn_eval *ev, const char *name, const jx_dmn_value *min,
                                   const jx_dmn_value *max) {
    if (ev->nnames > UINT16_MAX) return NULL;
    GROW(ev->arena, ev->names, ev->nnames, ev->names_cap);
    ev->names[ev->nnames] = str_z(ev->arena, str_from(name));
    Val lo = min ? *api_val(min) : val_null(), hi = max ? *api_val(max) : val_null();
    return keep(ev, unknown_fact(ev->arena, (uint16_t)ev->nnames++, lo, hi, NULL, 0, false, false));
}

static bool is_bound(const jx_dmn_value *value) {
    if (!value) return true;
    const Val *v = api_val(value);
    return val_is_num(*v) || v->tag == V_DATE || v->tag == V_DAYS || v->tag == V_MONTHS;
}

/* Bounds of two kinds, or the wrong way round, leave no value between them. */
static bool are_bounds(const jx_dmn_value *min, const jx_dmn_value *max) {
    int cmp;
    if (!is_bound(min) || !is_bound(max)) return false;
    return !min || !max || (val_compare(*api_val(min), *api_val(max), &cmp) && cmp <= 0);
}

const jx_dmn_value *jx_dmn_unknown(jx_dmn_eval *eval, const char *name, const jx_dmn_value *min,
                                   const jx_dmn_value *max) {
    const jx_dmn_value *volatile out = NULL;
    if (!name || utf8_invalid_at(str_from(name)) >= 0 || !are_bounds(min, max)) return NULL;
    MAKE(eval, out, out = unknown(eval, name, min, max));
}

static const jx_dmn_value *from_json(jx_dmn_eval *ev, Str text) {
    Val v;
    ctx_clear(&ev->c);
    const Json *j = json_parse(&ev->c, str_dup(ev->arena, text), S("JSON"));
    return j && val_from_json(&ev->c, j, NULL, S("JSON"), &v) ? keep(ev, v) : NULL;
}

const jx_dmn_value *jx_dmn_from_json(jx_dmn_eval *eval, const char *json, size_t size) {
    const jx_dmn_value *volatile out = NULL;
    if (!json) return NULL;
    MAKE(eval, out, out = from_json(eval, str_of(json, size)));
}

/* --- reading ------------------------------------------------------------------------------------
 */

jx_dmn_kind jx_dmn_value_kind(const jx_dmn_value *value) {
    if (!value) return JX_DMN_NULL;
    switch ((VTag)api_val(value)->tag) {
    case V_UNKNOWN: return JX_DMN_UNKNOWN;
    case V_BOOL: return JX_DMN_BOOLEAN;
    case V_NUM:
    case V_BIGNUM: return JX_DMN_NUMBER;
    case V_STRING: return JX_DMN_STRING;
    case V_DATE: return JX_DMN_DATE;
    case V_TIME: return JX_DMN_TIME;
    case V_DATETIME: return JX_DMN_DATE_TIME;
    case V_DAYS: return JX_DMN_DAYS;
    case V_MONTHS: return JX_DMN_MONTHS;
    case V_LIST: return JX_DMN_LIST;
    case V_CONTEXT: return JX_DMN_CONTEXT;
    case V_RANGE: return JX_DMN_RANGE;
    case V_FUNCTION: return JX_DMN_FUNCTION;
    default: return JX_DMN_NULL;
    }
}

bool jx_dmn_value_is_true(const jx_dmn_value *value) {
    return value && val_is(*api_val(value), true);
}

bool jx_dmn_value_integer(const jx_dmn_value *value, int64_t *number) {
    int64_t v;
    if (!value || !val_is_num(*api_val(value))) return false;
    Dec d = val_dec(*api_val(value));
    if (!dec_to_i64(&d, &v)) return false;
    if (number) *number = v;
    return true;
}

static const char *sized(Str s, size_t *size) {
    if (size) *size = (size_t)s.n;
    return s.p ? s.p : "";
}

const char *jx_dmn_value_string(const jx_dmn_value *value, size_t *size) {
    if (size) *size = 0;
    if (!value || api_val(value)->tag != V_STRING) return NULL;
    return sized(val_text(*api_val(value)), size);
}

size_t jx_dmn_value_count(const jx_dmn_value *value) {
    if (!value) return 0;
    const Val *v = api_val(value);
    if (v->tag == V_LIST) return v->n;
    return v->tag == V_CONTEXT ? (size_t)val_ctx(*v)->n : 0;
}

const jx_dmn_value *jx_dmn_value_at(const jx_dmn_value *value, size_t i) {
    if (i >= jx_dmn_value_count(value)) return NULL;
    const Val *v = api_val(value);
    return api_value(v->tag == V_LIST ? val_items(*v) + i : val_ctx(*v)->vals + i);
}

const char *jx_dmn_value_key(const jx_dmn_value *value, size_t i, size_t *size) {
    if (size) *size = 0;
    if (!value || api_val(value)->tag != V_CONTEXT || i >= jx_dmn_value_count(value)) return NULL;
    return sized(val_ctx(*api_val(value))->keys[i], size);
}

const jx_dmn_value *jx_dmn_value_get(const jx_dmn_value *value, const char *key) {
    if (!value || !key || api_val(value)->tag != V_CONTEXT) return NULL;
    const Context *c = val_ctx(*api_val(value));
    for (int i = 0; i < c->n; i++)
        if (str_eq(c->keys[i], str_from(key))) return api_value(&c->vals[i]);
    return NULL;
}

static const char *buf_z(Buf *b) {
    buf_char(b, 0);
    return b->over ? NULL : buf_str(b).p;
}

static const char *string_of(Arena *a, Val v) {
    Buf b = buf_new(a, 0);
    if (v.tag == V_NULL)
        buf_lit(&b, "null");
    else if (v.tag == V_UNKNOWN)
        buf_lit(&b, "unknown");
    else if (v.tag == V_FUNCTION)
        buf_lit(&b, "function");
    else
        val_string(&b, v);
    return buf_z(&b);
}

static const char *json_of(Arena *a, Val v) {
    Buf b = buf_new(a, 0);
    json_print(&b, json_from_val(a, v), 0);
    return buf_z(&b);
}

static Val val_of(const jx_dmn_value *value) {
    return value ? *api_val(value) : val_null();
}

const char *jx_dmn_value_text(jx_dmn_eval *eval, const jx_dmn_value *value) {
    const char *volatile out = NULL;
    MAKE(eval, out, out = string_of(eval->arena, val_of(value)));
}

const char *jx_dmn_value_json(jx_dmn_eval *eval, const jx_dmn_value *value) {
    const char *volatile out = NULL;
    MAKE(eval, out, out = json_of(eval->arena, val_of(value)));
}

static const jx_dmn_diag *reason(jx_dmn_eval *ev, const Note *note) {
    Note one = *note;
    jx_dmn_diag *d;
    one.next = NULL;
    api_diags(ev->arena, ev->model->m, &one, api_lang(&ev->model->options), &d);
    return d;
}

const jx_dmn_diag *jx_dmn_value_reason(jx_dmn_eval *eval, const jx_dmn_value *value) {
    const jx_dmn_diag *volatile out = NULL;
    if (!value || api_val(value)->tag != V_NULL) return NULL;
    const Note *note = val_null_note(*api_val(value));
    if (!note) return NULL;
    MAKE(eval, out, out = reason(eval, note));
}

size_t jx_dmn_missing(jx_dmn_eval *eval, const jx_dmn_value *value, const char **names,
                      size_t max) {
    if (!eval || eval->spent || !value) return 0;
    volatile size_t n = 0;
    API_GUARD(eval->arena, eval->spent, {
        Val v = unknown_of(dmn_feel(eval->e), api_val(value), 1);
        const Unknown *u = v.tag == V_UNKNOWN ? val_unk(v) : NULL;
        for (int i = 0; u && i < u->ndeps; i++) {
            if (u->deps[i] >= eval->nnames) continue;
            if (names && n < max) names[n] = eval->names[u->deps[i]];
            n = n + 1;
        }
    });
    return n;
}
