/* Facts as a decision reads them. See factset.h. */
#include "city/factset.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"

static const Str LAG_NAMES[LAGS] = {STR_INIT("本年"), STR_INIT("前1年"), STR_INIT("前2年"),
                                    STR_INIT("前3年"), STR_INIT("前4年")};

Str lag_name(int lag) {
    return lag < 0 || lag >= LAGS ? S("") : LAG_NAMES[lag];
}

static int by_slot(const void *x, const void *y) {
    const FactUse *a = x, *b = y;
    int d = (a->indicator->id > b->indicator->id) - (a->indicator->id < b->indicator->id);
    return d ? d : (a->year < b->year) - (a->year > b->year);
}

void factset_sort(FactSet *s) {
    if (s->n > 1) qsort(s->facts, (size_t)s->n, sizeof *s->facts, by_slot);
}

const FactUse *factset_get(const FactSet *s, const Indicator *i, int32_t year) {
    FactUse key = {.indicator = i, .year = year};
    if (s->n == 0) return NULL;
    return bsearch(&key, s->facts, (size_t)s->n, sizeof *s->facts, by_slot);
}

/* --- values ------------------------------------------------------------------------------------
 */

static bool wrong(Ctx *c, Str place, const Indicator *i, const Json *j) {
    static const Str SHAPES[] = {[JSON_NULL] = STR_INIT("null"),
                                 [JSON_ARRAY] = STR_INIT("[…]"),
                                 [JSON_OBJECT] = STR_INIT("{…}")};
    Str truth = j->truth ? S("true") : S("false");
    Str got = json_str(j, j->kind == JSON_BOOL ? truth : SHAPES[j->kind]);
    static const Msg WANTED[] = {
        [IND_NUMBER] = M_FACT_WANT_NUMBER,   [IND_INTEGER] = M_FACT_WANT_INTEGER,
        [IND_TEXT] = M_FACT_WANT_TEXT,       [IND_DATE] = M_FACT_WANT_DATE,
        [IND_BOOLEAN] = M_FACT_WANT_BOOLEAN, [IND_LIST] = M_FACT_WANT_LIST};
    return FAIL_AT(c, ERR_INPUT, place, WANTED[i->type], i->name, got);
}

/* A value inside an event: dates by their form, numbers, booleans, texts. */
static Val loose_value(Arena *a, const Json *j) {
    int64_t day;
    Dec d;
    if (j->kind == JSON_BOOL) return val_bool(j->truth);
    if (j->kind == JSON_NUMBER && dec_parse(j->text, &d)) return val_num(a, &d);
    if (j->kind == JSON_STRING && date_parse(j->text, &day)) return val_date(day);
    if (j->kind == JSON_STRING) return val_str(j->text);
    return val_null();
}

static Val event_value(Arena *a, const Json *j) {
    if (j->kind != JSON_OBJECT) return loose_value(a, j);
    Context *x = NEW(a, Context);
    Str *keys = NEW_N(a, Str, j->count + 1);
    Val *vals = NEW_N(a, Val, j->count + 1);
    for (const Json *e = j->first; e; e = e->next) {
        keys[x->n] = e->key;
        vals[x->n++] = loose_value(a, e);
    }
    x->keys = keys;
    x->vals = vals;
    return val_context(x);
}

static bool list_value(Ctx *c, const Indicator *i, const Json *j, Str place, Val *out) {
    if (j->kind != JSON_ARRAY) return wrong(c, place, i, j);
    Val *items = NEW_N(c->arena, Val, j->count + 1);
    int n = 0;
    for (const Json *e = j->first; e; e = e->next) {
        items[n] = event_value(c->arena, e);
        bool ok = i->nkeys ? items[n].tag == V_CONTEXT : items[n].tag == V_DATE;
        if (!ok) return wrong(c, place, i, e);
        n++;
    }
    *out = val_list(items, n);
    return true;
}

bool fact_value(Ctx *c, const Indicator *i, const Json *j, Str place, Val *out) {
    Str text = json_str(j, S(""));
    int64_t day;
    Dec d;
    switch (i->type) {
    case IND_NUMBER:
    case IND_INTEGER:
        if (text.n == 0 || !dec_parse(text, &d)) return wrong(c, place, i, j);
        if (i->type == IND_INTEGER && !dec_is_int(&d)) return wrong(c, place, i, j);
        *out = val_num(c->arena, &d);
        return true;
    case IND_TEXT:
        if (j->kind != JSON_STRING && j->kind != JSON_NUMBER) return wrong(c, place, i, j);
        *out = val_str(text);
        return true;
    case IND_DATE:
        if (j->kind != JSON_STRING || !date_parse(text, &day)) return wrong(c, place, i, j);
        *out = val_date(day);
        return true;
    case IND_BOOLEAN:
        if (j->kind == JSON_BOOL)
            *out = val_bool(j->truth);
        else if (str_eq(text, S("true")) || str_eq(text, S("false")))
            *out = val_bool(str_eq(text, S("true")));
        else
            return wrong(c, place, i, j);
        return true;
    case IND_LIST: return list_value(c, i, j, place, out);
    }
    return false;
}

static Json *context_to_json(Arena *a, Val v) {
    Json *o = json_new(a, JSON_OBJECT);
    const Context *x = val_ctx(v);
    for (int i = 0; i < x->n; i++) json_set(o, x->keys[i], value_to_json(a, x->vals[i]));
    return o;
}

Json *value_to_json(Arena *a, Val v) {
    Dec d;
    switch (v.tag) {
    case V_NULL:
    case V_UNKNOWN: return json_new(a, JSON_NULL);
    case V_BOOL: return json_bool(a, v.i != 0);
    case V_NUM:
    case V_BIGNUM: d = val_dec(v); return json_string(a, dec_text(a, &d));
    case V_STRING: return json_string(a, val_text(v));
    case V_CONTEXT: return context_to_json(a, v);
    case V_LIST: {
        Json *l = json_new(a, JSON_ARRAY);
        for (uint32_t i = 0; i < v.n; i++) json_push(l, value_to_json(a, val_items(v)[i]));
        return l;
    }
    default: {
        Buf b = buf_new(a, 0);
        val_string(&b, v);
        return json_string(a, buf_str(&b));
    }
    }
}

/* --- FACTS.json --------------------------------------------------------------------------------
 */

typedef struct Builder {
    Ctx *c;
    FactSet *set;
    Str file; /* of a FACTS.json; may be empty */
    int cap;
} Builder;

/* FACTS.json:3 营业收入.本年 */
static Str place_of(const Builder *b, const Json *j, Str name) {
    if (b->file.n == 0) return name;
    return str_printf(b->c->arena, "%.*s:%u %.*s", STRF(b->file), j->line, STRF(name));
}

/* A value the dictionary rules out would make the bounds of missing facts unsound. */
static bool in_domain(Builder *b, const Indicator *i, Val v, const Json *j, Str place) {
    Dec d, limit;
    bool inside = i->nvalues == 0 || v.tag != V_STRING;
    for (int k = 0; k < i->nvalues && !inside; k++) inside = str_eq(i->values[k], val_text(v));
    if (val_is_num(v)) {
        d = val_dec(v);
        if (i->min.n && dec_parse(i->min, &limit) && dec_cmp(&d, &limit) < 0) inside = false;
        if (i->max.n && dec_parse(i->max, &limit) && dec_cmp(&d, &limit) > 0) inside = false;
    }
    return inside || FAIL_AT(b->c, ERR_INPUT, place, M_FACT_DOMAIN, i->name, json_str(j, S("")));
}

static FactUse *add(Builder *b, const Indicator *i, int32_t year) {
    GROW(b->c->arena, b->set->facts, b->set->n, b->cap);
    FactUse *f = &b->set->facts[b->set->n++];
    *f = (FactUse){.indicator = i, .year = year};
    return f;
}

/* null: unknown. {"min": …, "max": …}: a bound. Anything else: the value. */
static bool read_fact(Builder *b, const Indicator *i, int32_t year, const Json *j, Str place) {
    if (j->kind == JSON_NULL) return true;
    FactUse *f = add(b, i, year);
    const Json *lo = json_get(j, S("min")), *hi = json_get(j, S("max"));
    if (j->kind == JSON_OBJECT && (lo || hi)) {
        int cmp;
        if ((lo && !fact_value(b->c, i, lo, place, &f->lo)) ||
            (hi && !fact_value(b->c, i, hi, place, &f->hi)))
            return false;
        if (lo && hi && (!val_compare(f->lo, f->hi, &cmp) || cmp > 0))
            return FAIL_AT(b->c, ERR_INPUT, place, M_FACT_BOUNDS, i->name);
        return true;
    }
    f->has_value = true;
    return fact_value(b->c, i, j, place, &f->value) && in_domain(b, i, f->value, j, place);
}

static bool read_yearly(Builder *b, const Indicator *i, int year, const Json *j) {
    bool bound = json_get(j, S("min")) || json_get(j, S("max"));
    if (j->kind != JSON_OBJECT || bound) return read_fact(b, i, year, j, place_of(b, j, i->name));
    for (const Json *e = j->first; e; e = e->next) {
        Str name = str_printf(b->c->arena, "%.*s.%.*s", STRF(i->name), STRF(e->key));
        Str place = place_of(b, e, name);
        int lag = 0;
        while (lag < LAGS && !str_eq(e->key, LAG_NAMES[lag])) lag++;
        if (lag == LAGS) return FAIL_AT(b->c, ERR_INPUT, place, M_FACT_LAG, e->key);
        if (!read_fact(b, i, year - lag, e, place)) return false;
    }
    return true;
}

static Str nearest_name(const PackSet *p, Str key) {
    int best = 1 + (int)key.n / 6;
    Str found = {0};
    for (int k = 0; k < p->nindicators; k++) {
        int d = str_distance(key, p->indicators[k]->name, best);
        if (d < best) {
            best = d;
            found = p->indicators[k]->name;
        }
    }
    return found;
}

bool factset_from_json(Ctx *c, const PackSet *p, const Json *facts, Str file, int year,
                       FactSet *out) {
    *out = (FactSet){.kind = S("")};
    Builder b = {.c = c, .set = out, .file = file};
    if (facts->kind != JSON_OBJECT) return FAIL_AT(c, ERR_INPUT, file, M_FACT_OBJECT);
    for (const Json *j = facts->first; j; j = j->next) {
        if (str_eq(j->key, S("参数"))) {
            out->switches = j;
            continue;
        }
        const Indicator *i = pack_indicator(p, j->key);
        if (!i) {
            FAIL_AT(c, ERR_INPUT, place_of(&b, j, j->key), M_FACT_UNKNOWN, j->key);
            fail_near(c, nearest_name(p, j->key));
            return false;
        }
        bool ok = i->period == PERIOD_YEARLY ? read_yearly(&b, i, year, j)
                                             : read_fact(&b, i, 0, j, place_of(&b, j, i->name));
        if (!ok) return false;
    }
    factset_sort(out);
    return true;
}

/* --- packets -----------------------------------------------------------------------------------
 */

static void set_text(Arena *a, Json *o, Str key, Str text) {
    if (text.n) json_set(o, key, json_string(a, text));
}

Json *fact_to_json(Arena *a, const FactUse *f) {
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("name"), json_string(a, f->indicator->name));
    if (f->year) json_set(o, S("year"), json_int(a, f->year));
    if (f->has_value) json_set(o, S("value"), value_to_json(a, f->value));
    if (f->none) json_set(o, S("none"), json_bool(a, true));
    if (f->lo.tag != V_NULL) json_set(o, S("min"), value_to_json(a, f->lo));
    if (f->hi.tag != V_NULL) json_set(o, S("max"), value_to_json(a, f->hi));
    set_text(a, o, S("source"), f->source);
    set_text(a, o, S("unit"), f->indicator->unit);
    set_text(a, o, S("received"), f->received);
    set_text(a, o, S("unit_received"), f->unit_received);
    set_text(a, o, S("evidence"), f->evidence);
    if (f->from) json_set(o, S("from"), json_int(a, f->from));
    if (f->seq) {
        json_set(o, S("known"), json_string(a, instant_text(a, f->known_ms)));
        json_set(o, S("seq"), json_int(a, f->seq));
    }
    return o;
}

static bool read_packet_fact(Builder *b, const PackSet *p, const Json *j) {
    const Indicator *i = pack_indicator(p, json_get_str(j, S("name")));
    if (!i) return FAIL(b->c, ERR_INPUT, M_FACT_UNKNOWN, json_get_str(j, S("name")));
    FactUse *f = add(b, i, (int32_t)json_get_i64(j, S("year"), 0));
    const Json *value = json_get(j, S("value")), *lo = json_get(j, S("min")),
               *hi = json_get(j, S("max"));
    f->source = json_get_str(j, S("source"));
    f->received = json_get_str(j, S("received"));
    f->unit_received = json_get_str(j, S("unit_received"));
    f->evidence = json_get_str(j, S("evidence"));
    f->from = (int32_t)json_get_i64(j, S("from"), 0);
    f->seq = json_get_i64(j, S("seq"), 0);
    f->none = json_get_bool(j, S("none"), false);
    f->has_value = value != NULL;
    Str known = json_get_str(j, S("known"));
    if (known.n && !instant_parse(known, &f->known_ms))
        return FAIL_AT(b->c, ERR_INPUT, i->name, M_FACT_WANT_DATE, i->name, known);
    return (!value || fact_value(b->c, i, value, i->name, &f->value)) &&
           (!lo || fact_value(b->c, i, lo, i->name, &f->lo)) &&
           (!hi || fact_value(b->c, i, hi, i->name, &f->hi));
}

bool factset_from_packet(Ctx *c, const PackSet *p, const Json *facts, FactSet *out) {
    *out = (FactSet){.kind = S("")};
    Builder b = {.c = c, .set = out};
    for (const Json *j = facts ? facts->first : NULL; j; j = j->next)
        if (!read_packet_fact(&b, p, j)) return false;
    factset_sort(out);
    return true;
}
