/* Distance as JSON: the member `distance` of decide, why and explain. See distance.h. */
#include "base/date.h"
#include "city/distance.h"
#include "city/report.h"

typedef struct Out {
    Arena *a;
    const Decision *d;
    Lang lang;
    bool numbers;
} Out;

static void set_str(const Out *o, Json *to, Str key, Str value) {
    json_set(to, key, json_string(o->a, value));
}

static void set_opt(const Out *o, Json *to, Str key, Str value) {
    json_set(to, key, value.n ? json_string(o->a, value) : json_new(o->a, JSON_NULL));
}

static void set_day(const Out *o, Json *to, Str key, int64_t day) {
    set_opt(o, to, key, day == DISTANCE_NO_DAY ? S("") : date_text(o->a, day));
}

static void set_fact(const Out *o, Json *to, const DistanceFact *f) {
    set_str(o, to, S("fact"), f->indicator->name);
    set_str(o, to, S("code"), f->indicator->code);
    set_str(o, to, S("label"), distance_fact_name(o->a, f, o->lang));
    json_set(to, S("year"), f->year ? json_int(o->a, f->year) : json_new(o->a, JSON_NULL));
    set_opt(o, to, S("period"), lag_name(f->lag));
    set_opt(o, to, S("unit"), f->indicator->unit);
}

static void set_change(const Out *o, Json *to, const DistanceChange *c) {
    const Indicator *i = c->fact.indicator;
    set_fact(o, to, &c->fact);
    json_set(to, S("from"), report_value_json(o->a, c->fact.now, o->numbers));
    json_set(to, S("to"), report_value_json(o->a, c->to, o->numbers));
    json_set(to, S("change"), report_value_json(o->a, c->change, o->numbers));
    Json *values = json_set(to, S("values"), json_new(o->a, JSON_ARRAY));
    for (int k = 0; k < c->nvalues; k++)
        json_push(values, report_value_json(o->a, c->values[k], o->numbers));
    Dec step = distance_step(i);
    Val steps = val_is_num(c->to) ? val_num(o->a, &step) : val_null();
    json_set(to, S("step"), report_value_json(o->a, steps, o->numbers));
    set_str(o, to, S("from_text"), distance_value(o->a, c->fact.now, i, o->lang));
    set_str(o, to, S("to_text"), distance_value(o->a, c->to, i, o->lang));
    set_opt(o, to, S("change_text"), distance_amount(o->a, c, o->lang));
    set_day(o, to, S("period_end"),
            c->fact.year ? date_to_days(c->fact.year, 12, 31) : DISTANCE_NO_DAY);
}

static void set_conditions(const Out *o, Json *to, const DistanceEntry *e) {
    Json *list = json_set(to, S("conditions"), json_new(o->a, JSON_ARRAY));
    for (int i = 0; i < e->nconditions; i++) {
        Json *c = json_push(list, json_new(o->a, JSON_OBJECT));
        set_str(o, c, S("decision"), e->conditions[i]->name);
        set_str(o, c, S("text"), distance_condition(o->d, e->conditions[i], o->lang));
    }
}

static void set_missing(const Out *o, Json *to, const DistanceEntry *e) {
    Json *list = json_set(to, S("missing"), json_new(o->a, JSON_ARRAY));
    for (int i = 0; i < e->nmissing; i++) json_push(list, json_string(o->a, e->missing[i].name));
}

static Json *entry_json(const Out *o, const DistanceEntry *e) {
    Json *j = json_new(o->a, JSON_OBJECT);
    set_str(o, j, S("kind"), distance_kind_text(e->kind));
    set_opt(o, j, S("reason"), distance_why_text(e->why));
    set_str(o, j, S("text"), distance_sentence(o->a, o->d, e, o->lang));
    if (e->kind == DISTANCE_SINGLE) set_change(o, j, &e->changes[0]);
    Json *changes = json_set(j, S("changes"), json_new(o->a, JSON_ARRAY));
    for (int i = 0; i < e->nchanges; i++)
        set_change(o, json_push(changes, json_new(o->a, JSON_OBJECT)), &e->changes[i]);
    Json *facts = json_set(j, S("facts"), json_new(o->a, JSON_ARRAY));
    for (int i = 0; i < e->nfacts; i++) {
        Json *f = json_push(facts, json_new(o->a, JSON_OBJECT));
        set_fact(o, f, &e->facts[i]);
        json_set(f, S("value"), report_value_json(o->a, e->facts[i].now, o->numbers));
    }
    set_missing(o, j, e);
    set_conditions(o, j, e);
    set_day(o, j, S("by"), e->by);
    set_opt(o, j, S("ends"), e->ends ? distance_condition(o->d, e->ends, o->lang) : S(""));
    return j;
}

Json *distance_json(Arena *a, const Decision *d, Lang lang, bool numbers) {
    Out o = {.a = a, .d = d, .lang = lang, .numbers = numbers};
    Json *list = json_new(a, JSON_ARRAY);
    for (int i = 0; d->distance && i < d->distance->n; i++)
        json_push(list, entry_json(&o, &d->distance->entries[i]));
    return list;
}
