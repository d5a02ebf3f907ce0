/* FEEL values to JSON and back. See value_json.h. */
#include "dmn/value_json.h"

#include "feel/temporal.h"

static Json *num_json(Arena *a, Val v) {
    Dec d = val_dec(v);
    return json_number(a, dec_text(a, &d));
}

static Json *text_json(Arena *a, Val v) {
    Buf b = buf_new(a, 0);
    if (v.tag == V_RANGE)
        val_literal(&b, v);
    else
        temporal_print(&b, v);
    return json_string(a, buf_str(&b));
}

static Json *value_json(Arena *a, Val v);

static Json *unknown_json(Arena *a, Val v) {
    const Unknown *u = v.p;
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("unknown"), json_bool(a, true));
    if (u->lo.tag != V_NULL) json_set(o, S("min"), value_json(a, u->lo));
    if (u->hi.tag != V_NULL) json_set(o, S("max"), value_json(a, u->hi));
    if (u->ncands == 0) return o;
    Json *cands = json_set(o, S("candidates"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < u->ncands; i++) json_push(cands, value_json(a, u->cands[i]));
    return o;
}

static Json *value_json(Arena *a, Val v) {
    switch ((VTag)v.tag) {
    case V_BOOL: return json_bool(a, v.i != 0);
    case V_NUM:
    case V_BIGNUM: return num_json(a, v);
    case V_STRING: return json_string(a, val_text(v));
    case V_DATE:
    case V_TIME:
    case V_DATETIME:
    case V_DAYS:
    case V_MONTHS:
    case V_RANGE: return text_json(a, v);
    case V_UNKNOWN: return unknown_json(a, v);
    case V_LIST: {
        Json *list = json_new(a, JSON_ARRAY);
        for (uint32_t i = 0; i < v.n; i++) json_push(list, value_json(a, val_items(v)[i]));
        return list;
    }
    case V_CONTEXT: {
        Json *o = json_new(a, JSON_OBJECT);
        const Context *c = val_ctx(v);
        for (int i = 0; i < c->n; i++) json_set(o, c->keys[i], value_json(a, c->vals[i]));
        return o;
    }
    default: return json_new(a, JSON_NULL);
    }
}

Json *json_from_val(Arena *a, Val v) {
    if (val_fits(v, JSON_VALUES_MAX)) return value_json(a, v);
    Buf b = buf_new(a, 200);
    val_literal(&b, v);
    return json_string(a, str_cat(a, buf_str(&b), S("…")));
}

bool val_from_text(Arena *a, Str text, TypeKind kind, Val *out) {
    Dec d;
    switch (kind) {
    case T_NUMBER:
        if (!dec_parse(str_trim(text), &d)) return false;
        *out = val_num(a, &d);
        return true;
    case T_BOOLEAN:
        *out = val_bool(str_eq(text, S("true")) || str_eq(text, S("1")));
        return out->i || str_eq(text, S("false")) || str_eq(text, S("0"));
    case T_DATE: return temporal_parse_date(text, out);
    case T_TIME: return temporal_parse_time(a, text, out);
    case T_DATETIME: return temporal_parse_datetime(a, text, out);
    case T_DAYS: return temporal_parse_duration(text, out) && out->tag == V_DAYS;
    case T_MONTHS: return temporal_parse_duration(text, out) && out->tag == V_MONTHS;
    default: *out = val_str(text); return true;
    }
}

static bool wrong(Ctx *c, const Json *j, const Type *t, Str name) {
    return FAIL_AT(c, ERR_INPUT, str_printf(c->arena, "%u", j->line), M_DMN_VALUE_TYPE, name,
                   json_str(j, S("?")), type_text(c->arena, type_of(t->kind)));
}

static bool object(Ctx *c, const Json *j, const Type *t, Str name, Val *out) {
    Context *ctx = NEW(c->arena, Context);
    Str *keys = NEW_N(c->arena, Str, j->count);
    Val *vals = NEW_N(c->arena, Val, j->count);
    const Type *of = t && t->kind == T_CONTEXT ? t : NULL;
    int n = 0;
    for (const Json *k = j->first; k; k = k->next, n++) {
        keys[n] = k->key;
        Str path = str_cat(c->arena, str_cat(c->arena, name, S(".")), k->key);
        if (!val_from_json(c, k, of ? type_member(of, k->key) : NULL, path, &vals[n])) return false;
    }
    *ctx = (Context){.n = n, .keys = keys, .vals = vals};
    *out = val_context(ctx);
    return true;
}

static bool array(Ctx *c, const Json *j, const Type *t, Str name, Val *out) {
    Val *vals = NEW_N(c->arena, Val, j->count);
    const Type *elem = t && t->kind == T_LIST ? t->elem : t;
    int n = 0;
    for (const Json *k = j->first; k; k = k->next)
        if (!val_from_json(c, k, elem, name, &vals[n++])) return false;
    *out = val_list(vals, n);
    return true;
}

static bool is_text_type(TypeKind k) {
    return k == T_NUMBER || (k >= T_BOOLEAN && k <= T_MONTHS);
}

bool val_from_json(Ctx *c, const Json *j, const Type *t, Str name, Val *out) {
    const Type *one = t && t->kind == T_LIST && j->kind != JSON_ARRAY ? t->elem : t;
    switch (j->kind) {
    case JSON_NULL: *out = val_null(); return true;
    case JSON_BOOL: *out = val_bool(j->truth); return true;
    case JSON_NUMBER:
        return val_from_text(c->arena, j->text, T_NUMBER, out) ||
               wrong(c, j, type_of(T_NUMBER), name);
    case JSON_STRING:
        if (!one || !is_text_type(one->kind)) {
            *out = val_str(j->text);
            return true;
        }
        return val_from_text(c->arena, j->text, one->kind, out) || wrong(c, j, one, name);
    case JSON_ARRAY: return array(c, j, t, name, out);
    case JSON_OBJECT: return object(c, j, one, name, out);
    }
    return false;
}

bool dmn_set_json(Ctx *c, DmnEval *e, const Json *in, Str file) {
    const DmnModel *m = dmn_model(e);
    if (in->kind != JSON_OBJECT) return FAIL_AT(c, ERR_INPUT, file, M_DMN_INPUT_OBJECT);
    for (const Json *k = in->first; k; k = k->next) {
        const DmnNode *n = dmn_find(m, k->key);
        Val v;
        if (!n || n->kind == NODE_BKM || n->kind == NODE_SERVICE) {
            Str place = str_printf(c->arena, "%.*s:%u", STRF(file), k->line);
            return FAIL_AT(c, ERR_INPUT, place, M_DMN_NO_INPUT, k->key,
                           dmn_nearest(m, k->key, true));
        }
        if (!val_from_json(c, k, m->types[n->index], k->key, &v)) {
            c->err.note.place =
                str_printf(c->arena, "%.*s:%.*s", STRF(file), STRF(c->err.note.place));
            return false;
        }
        dmn_set_node(e, n, v);
    }
    return true;
}
