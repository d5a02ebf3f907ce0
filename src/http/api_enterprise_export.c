/* Enterprises as a table: the list behind its filters, and lines matched with the register. Every
 * row, the same columns as on the screen. */
#include "base/date.h"
#include "city/pack_names.h"
#include "http/api_enterprise.h"

enum { CHINA_MS = 8 * 3600 * 1000, DAY_MS = 86400000 }; /* days of the city */

static Str word(const Request *r, Msg m) {
    return msg_text(r->c->arena, m, r->c->lang, 0, NULL);
}

static Str word_of(const Request *r, Msg m, Str arg) {
    return msg_text(r->c->arena, m, r->c->lang, 1, &arg);
}

static Str rule_title(const Request *r, const Rule *rule) {
    return r->c->lang == LANG_EN && rule->title_en.n ? rule->title_en : rule->title_zh;
}

int enterprise_heads(const RowMaker *m, Str *out) {
    static const Msg FIRST[] = {M_EXPORT_NAME,     M_EXPORT_USCC, M_EXPORT_STOCK,
                                M_EXPORT_DISTRICT, M_EXPORT_ZONE, M_EXPORT_INDUSTRY_CODE,
                                M_EXPORT_INDUSTRY, M_EXPORT_SIZE};
    static const Msg LAST[] = {M_EXPORT_FACTS, M_EXPORT_COMPLETENESS, M_EXPORT_KNOWN,
                               M_EXPORT_DEMO};
    const Request *r = m->r;
    int n = 0;
    for (int i = 0; i < 8; i++) out[n++] = word(r, FIRST[i]);
    for (int i = 0; i < m->nrules; i++) {
        out[n++] = rule_title(r, m->rules[i]);
        out[n++] = word_of(r, M_EXPORT_RESULT, rule_title(r, m->rules[i]));
    }
    for (int i = 0; i < m->nfields; i++) {
        const Indicator *k = m->fields[i];
        Str label = r->c->lang == LANG_EN && k->en.n ? k->en : k->zh;
        out[n++] =
            k->unit.n ? str_printf(r->c->arena, "%.*s（%.*s）", STRF(label), STRF(k->unit)) : label;
        out[n++] = word_of(r, M_EXPORT_YEAR, label);
        out[n++] = word_of(r, M_EXPORT_SOURCE, label);
    }
    for (int i = 0; i < 4; i++) out[n++] = word(r, LAST[i]);
    return n;
}

/* --- a row -------------------------------------------------------------------------------------
 */

static Str text_at(const Json *o, Str key) {
    return json_get_str(o, key);
}

static void put_value(const Request *r, Export *e, const Indicator *i, const Json *v) {
    bool number = i->type == IND_NUMBER || i->type == IND_INTEGER;
    if (!v || v->kind == JSON_NULL)
        export_text(e, S(""));
    else if (v->kind == JSON_BOOL)
        export_text(e, word(r, v->truth ? M_EXPORT_YES : M_EXPORT_NO));
    else if (number && v->kind == JSON_STRING)
        export_number(e, v->text);
    else
        export_text(e, json_str(v, S("")));
}

/* What is not shown says so instead of a value. */
static Str unless(const RowMaker *m, const Json *o, Str key, Str text) {
    bool masked = json_get_bool(o, S("masked"), false) && !json_get(o, key);
    return masked ? word(m->r, M_PEOPLE_MASKED) : text;
}

static void put_rules(RowMaker *m, Export *e, const Json *outcomes) {
    for (int i = 0; i < m->nrules; i++) {
        const Json *cell = json_get(outcomes, m->rules[i]->id);
        const Json *v = json_get(cell, S("result"));
        Str text = unless(m, cell, S("outcome"), text_at(cell, S("outcome")));
        for (int k = 0; k < OUTCOMES; k++)
            if (str_eq(text, outcome_text((Outcome)k))) {
                text = word(m->r, outcome_message((Outcome)k));
                break;
            }
        export_text(e, text);
        Str result = v && v->kind == JSON_BOOL ? word(m->r, v->truth ? M_EXPORT_YES : M_EXPORT_NO)
                                               : json_str(v, S(""));
        export_text(e, unless(m, cell, S("result"), result));
    }
}

static void put_fields(RowMaker *m, Export *e, const Json *values) {
    Request *r = m->r;
    for (int i = 0; i < m->nfields; i++) {
        const Json *v = json_get(values, m->fields[i]->code);
        Str bound = text_at(v, S("bound"));
        const Json *value = json_get(v, S("value"));
        if (json_get_bool(v, S("masked"), false))
            export_text(e, word(r, M_PEOPLE_MASKED));
        else if (bound.n)
            export_text(e, str_printf(r->c->arena, "%s %.*s", str_eq(bound, S(">=")) ? "≥" : "≤",
                                      STRF(json_str(value, S("")))));
        else
            put_value(r, e, m->fields[i], value);
        export_text(e, text_at(v, S("period")));
        export_text(
            e, pack_source_title(r->c->arena, r->reg->pack, text_at(v, S("source")), r->c->lang));
    }
}

void enterprise_cells(RowMaker *m, Export *e, const Known *k) {
    const Json *o = row_json(m, k, S(""), S(""));
    const Json *industry = json_get(o, S("industry"));
    export_text(e, text_at(o, S("name")));
    export_text(e, text_at(o, S("uscc")));
    export_text(e, text_at(o, S("stock_code")));
    export_text(e, text_at(json_get(o, S("district")), S("name")));
    export_text(e, text_at(o, S("zone")));
    export_text(e, text_at(industry, S("code")));
    export_text(e, text_at(industry, S("name")));
    export_text(e, json_get(o, S("size_masked")) ? word(m->r, M_PEOPLE_MASKED)
                                                 : text_at(o, S("size")));
    put_rules(m, e, json_get(o, S("outcomes")));
    put_fields(m, e, json_get(o, S("values")));
    export_number(e, text_at(o, S("facts")));
    export_number(e, text_at(o, S("completeness")));
    int64_t known = known_last_ms(k);
    export_date(e, known ? date_text(m->r->c->arena, (known + CHINA_MS) / DAY_MS) : S(""));
    export_text(e, k->who.demo ? S("DEMO") : S(""));
}

/* --- the file ----------------------------------------------------------------------------------
 */

static bool write_rows(RowMaker *m, Export *e, const Selection *s) {
    for (int64_t i = 0; i < s->n; i++) {
        ArenaMark mark = arena_mark(m->r->c->arena);
        Known k;
        if (!row_known(m, s->ids[i], &k)) return false;
        enterprise_cells(m, e, &k);
        if (!export_end_row(e)) return false;
        arena_rewind(m->r->c->arena, mark);
    }
    return true;
}

bool fields_sensitive(const RowMaker *m) {
    bool any = false;
    for (int i = 0; i < m->nfields; i++) any |= is_sensitive(m->fields[i]);
    return any;
}

void row_grade(const RowMaker *m) {
    for (int i = 0; i < m->nfields; i++) table_grade(m->r, m->fields[i]->grade);
    for (int i = 0; i < m->nrules; i++)
        for (int k = 0; k < m->r->reg->pack->nindicators; k++)
            if (rulebook_reads(m->r->reg->book, m->rules[i], m->r->reg->pack->indicators[k]))
                table_grade(m->r, m->r->reg->pack->indicators[k]->grade);
}

bool enterprise_export(RowMaker *m, const Selection *s, TableForm form, Response *out) {
    Request *r = m->r;
    Arena *a = r->c->arena;
    Str heads[ENTERPRISE_HEADS_MAX], name = word(r, M_EXPORT_SHEET);
    int n = enterprise_heads(m, heads);
    Export *e = table_begin(r, form, name, heads, n);
    if (!e || !journal_read(r, S("enterprises:export"), fields_sensitive(m))) return false;
    Str counts[] = {str_printf(a, "%lld", (long long)s->n),
                    str_printf(a, "%lld", (long long)s->of)};
    row_grade(m);
    table_remarks(r, e, msg_text(a, M_EXPORT_OF, r->c->lang, 2, counts));
    return table_end(r, e, write_rows(m, e, s), name, out);
}
