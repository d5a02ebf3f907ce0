/* The JSON of a decision. See report.h; the text page is in report_text.c. */
#include "city/report.h"

#include "base/date.h"
#include "city/distance.h"

static void set_str(Arena *a, Json *o, Str key, Str value) {
    json_set(o, key, json_string(a, value));
}

/* Text, or null when empty. */
static void set_opt(Arena *a, Json *o, Str key, Str value) {
    json_set(o, key, value.n ? json_string(a, value) : json_new(a, JSON_NULL));
}

Json *report_value_json(Arena *a, Val v, bool numbers) {
    if (!numbers || !val_is_num(v)) return value_to_json(a, v);
    Dec d = val_dec(v);
    return json_number(a, dec_text(a, &d));
}

static Json *basis_json(Arena *a, const Basis *b, Status status) {
    Json *o = json_new(a, JSON_OBJECT);
    const Document *d = b->document;
    set_opt(a, o, S("document"), d ? d->title : S(""));
    set_opt(a, o, S("number"), d ? d->number : S(""));
    set_opt(a, o, S("article"), b->article);
    set_opt(a, o, S("status"), status_text(status));
    return o;
}

static Json *condition_json(Arena *a, const Decision *d, const ConditionResult *k, Lang lang,
                            bool numbers) {
    Json *o = json_new(a, JSON_OBJECT);
    const RuleCondition *c = k->condition;
    set_str(a, o, S("text"), lang == LANG_EN && c->text_en.n ? c->text_en : c->text_zh);
    set_str(a, o, S("decision"), c->decision);
    set_str(a, o, S("outcome"), outcome_text(k->outcome));
    json_set(o, S("value"), report_value_json(a, k->value, numbers));
    set_opt(a, o, S("required"), k->required);
    json_set(o, S("gap"), report_value_json(a, k->gap, numbers));
    set_opt(a, o, S("unit"), k->unit);
    set_opt(a, o, S("source"), report_condition_source(a, d, k, lang));
    set_opt(a, o, S("place"), k->node->id);
    set_opt(a, o, S("expression"), k->text);
    json_set(o, S("fixed"), json_bool(a, c->fixed));
    if (c->way_of.n) set_str(a, o, S("of"), c->way_of);
    json_set(o, S("basis"), basis_json(a, &c->basis, c->status));
    return o;
}

static Json *missing_json(Arena *a, const Decision *d, Lang lang) {
    Json *list = json_new(a, JSON_ARRAY);
    for (int i = 0; i < d->nmissing; i++) {
        const Missing *m = &d->missing[i];
        Json *o = json_push(list, json_new(a, JSON_OBJECT));
        set_str(a, o, S("name"), m->name);
        set_str(a, o, S("kind"), missing_kind_text(m->kind));
        set_str(a, o, S("indicator"), m->indicator->name);
        set_str(a, o, S("code"), m->indicator->code);
        set_str(a, o, S("label"),
                lang == LANG_EN && m->indicator->en.n ? m->indicator->en : m->indicator->zh);
        set_opt(a, o, S("period"), lag_name(m->lag));
    }
    return list;
}

static Json *basis_missing_json(Arena *a, const RuleVersion *v) {
    Json *list = json_new(a, JSON_ARRAY);
    for (int i = 0; v && i < v->nmissing; i++) {
        Json *o = json_push(list, json_new(a, JSON_OBJECT));
        set_str(a, o, S("name"), v->missing[i].name);
        set_str(a, o, S("text"), v->missing[i].zh);
    }
    return list;
}

static Json *errors_json(Arena *a, const Decision *d, Lang lang) {
    Json *list = json_new(a, JSON_ARRAY);
    for (int i = 0; i < d->nerrors; i++) {
        Json *o = json_push(list, json_new(a, JSON_OBJECT));
        set_str(a, o, S("code"), msg_code(d->errors[i].msg));
        set_str(a, o, S("text"), note_text(a, &d->errors[i], lang));
        set_opt(a, o, S("hint"), note_hint(a, &d->errors[i], lang));
        set_opt(a, o, S("place"), d->errors[i].place);
    }
    return list;
}

static Json *facts_json(Arena *a, const Decision *d, bool numbers) {
    Json *list = json_new(a, JSON_ARRAY);
    for (int i = 0; i < d->nfacts; i++) {
        const FactUse *f = d->facts[i];
        Json *o = json_push(list, json_new(a, JSON_OBJECT));
        set_str(a, o, S("name"), f->indicator->name);
        json_set(o, S("year"), f->year ? json_int(a, f->year) : json_new(a, JSON_NULL));
        json_set(o, S("value"),
                 f->none ? json_string(a, S("无")) : report_value_json(a, f->value, numbers));
        json_set(o, S("min"), report_value_json(a, f->lo, numbers));
        json_set(o, S("max"), report_value_json(a, f->hi, numbers));
        set_opt(a, o, S("unit"), f->indicator->unit);
        set_opt(a, o, S("source"), f->source);
    }
    return list;
}

static void set_rule(Arena *a, Json *o, const Decision *d, Lang lang) {
    const Rule *r = d->rule;
    set_str(a, o, S("rule"), r->id);
    set_str(a, o, S("title"), lang == LANG_EN && r->title_en.n ? r->title_en : r->title_zh);
    set_str(a, o, S("kind"), r->kind);
    set_opt(a, o, S("version"), d->version ? d->version->id : S(""));
    set_str(a, o, S("as_of"), date_text(a, d->as_of));
    set_opt(a, o, S("as_known"), d->as_known_ms ? instant_text(a, d->as_known_ms) : S(""));
    json_set(o, S("reference_year"), json_int(a, d->year));
}

Json *report_json(Arena *a, const Decision *d, const FactSet *set, Lang lang, bool numbers) {
    Json *o = json_new(a, JSON_OBJECT);
    const RuleVersion *v = d->version;
    Basis none = {0};
    set_opt(a, o, S("subject"), d->subject);
    set_opt(a, o, S("name"), d->subject_name);
    json_set(o, S("demo"), json_bool(a, d->demo));
    set_rule(a, o, d, lang);
    set_str(a, o, S("outcome"), outcome_text(d->outcome));
    set_str(a, o, S("outcome_text"), msg_text(a, outcome_message(d->outcome), lang, 0, NULL));
    set_opt(a, o, S("reason"), d->why != MSG_NONE ? msg_text(a, d->why, lang, 0, NULL) : S(""));
    json_set(o, S("unchecked"), json_bool(a, d->validity == VALIDITY_UNCHECKED));
    json_set(o, S("result"), report_value_json(a, d->result, numbers));
    set_opt(a, o, S("unit"), v ? v->unit : S(""));
    const int *order = report_order(a, d, NULL);
    Json *conditions = json_set(o, S("conditions"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < d->nconditions; i++)
        json_push(conditions, condition_json(a, d, &d->conditions[order[i]], lang, numbers));
    json_set(o, S("missing"), missing_json(a, d, lang));
    json_set(o, S("missing_basis"), basis_missing_json(a, v));
    json_set(o, S("distance"), distance_json(a, d, lang, numbers));
    json_set(o, S("distance_stopped"), json_bool(a, d->distance && d->distance->stopped));
    json_set(o, S("basis"), basis_json(a, v ? &v->basis : &none, v ? v->status : STATUS_NONE));
    json_set(o, S("errors"), errors_json(a, d, lang));
    json_set(o, S("facts"), facts_json(a, d, numbers));
    json_set(o, S("packet"), packet_json(a, d, set));
    return o;
}

/* --- tables ------------------------------------------------------------------------------------
 */

static Str cell_text(uint8_t outcome) {
    static const Str TEXTS[] = {STR_INIT("not_reached"), STR_INIT("false"), STR_INIT("true"),
                                STR_INIT("null"), STR_INIT("unknown")};
    return TEXTS[outcome];
}

static Json *clauses_json(Arena *a, const DmnTableView *t, bool numbers) {
    Json *list = json_new(a, JSON_ARRAY);
    for (int i = 0; i < t->source->table->ninputs; i++) {
        const DmnClause *k = &t->source->table->inputs[i];
        Json *o = json_push(list, json_new(a, JSON_OBJECT));
        set_str(a, o, S("label"), k->label.n ? k->label : k->expr.text);
        set_str(a, o, S("expression"), k->expr.text);
        json_set(o, S("value"), report_value_json(a, t->inputs[i], numbers));
        json_set(o, S("unknown"), json_bool(a, val_has_unknown(t->inputs[i])));
    }
    return list;
}

static Json *rule_json(Arena *a, const DmnTableView *t, int r) {
    const DmnRule *rule = &t->source->table->rules[r];
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("number"), json_int(a, r + 1));
    set_opt(a, o, S("id"), rule->id);
    set_str(a, o, S("outcome"), cell_text(t->rules[r]));
    json_set(o, S("hit"), json_bool(a, t->used[r] != 0));
    Json *cells = json_set(o, S("cells"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < t->source->table->ninputs; i++) {
        Json *c = json_push(cells, json_new(a, JSON_OBJECT));
        set_str(a, c, S("text"), rule->in[i].text);
        set_str(a, c, S("outcome"), cell_text(t->cells[r * t->source->table->ninputs + i]));
    }
    Json *outputs = json_set(o, S("outputs"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < t->source->table->noutputs; i++)
        json_push(outputs, json_string(a, rule->out[i].text));
    return o;
}

static Str hit_text(Arena *a, const DmnTable *t) {
    static const char POLICIES[] = "UAPFCRO", AGGREGATES[] = " +#<>";
    if (t->agg == AGG_NONE) return str_printf(a, "%c", POLICIES[t->hit]);
    return str_printf(a, "%c%c", POLICIES[t->hit], AGGREGATES[t->agg]);
}

Json *report_tables(Arena *a, const Decision *d, bool numbers) {
    Json *list = json_new(a, JSON_ARRAY);
    for (const DmnTableView *t = d->tables; t; t = t->next) {
        Json *o = json_push(list, json_new(a, JSON_OBJECT));
        set_str(a, o, S("name"), t->node->name);
        set_opt(a, o, S("id"), t->node->id);
        set_str(a, o, S("hit_policy"), hit_text(a, t->source->table));
        json_set(o, S("inputs"), clauses_json(a, t, numbers));
        Json *outputs = json_set(o, S("outputs"), json_new(a, JSON_ARRAY));
        for (int i = 0; i < t->source->table->noutputs; i++) {
            const DmnClause *k = &t->source->table->outputs[i];
            Str label = k->label.n ? k->label : k->name.n ? k->name : t->node->name;
            json_push(outputs, json_string(a, label));
        }
        Json *rules = json_set(o, S("rules"), json_new(a, JSON_ARRAY));
        for (int r = 0; r < t->source->table->nrules; r++) json_push(rules, rule_json(a, t, r));
        json_set(o, S("result"), report_value_json(a, t->result, numbers));
    }
    return list;
}
