/* The facts of an enterprise as a table: a row a fact, the one that counts before those beside it;
 * what rules ask for and nobody has given is a row without a value. */
#include "codec/json.h"
#include "http/api_fact.h"

static Str word(const Request *r, Msg m) {
    return msg_text(r->c->arena, m, r->c->lang, 0, NULL);
}

static Str in_language(const Request *r, const Json *text) {
    return json_get_str(text, r->c->lang == LANG_EN ? S("en") : S("zh"));
}

static Str standing(const Request *r, Str status) {
    static const struct {
        Str code;
        Msg m;
    } WORDS[] = {
        {STR_INIT("counts"), M_EXPORT_COUNTS},
        {STR_INIT("corrected"), M_EXPORT_CORRECTED},
        {STR_INIT("withdrawn"), M_EXPORT_WITHDRAWN},
        {STR_INIT("unusable"), M_EXPORT_UNUSABLE},
        {STR_INIT("passed_over"), M_EXPORT_PASSED},
        {STR_INIT("missing"), M_EXPORT_MISSING},
        {STR_INIT("masked"), M_PEOPLE_MASKED},
        {STR_INIT("outside_validity"), M_EXPORT_OUTSIDE},
    };
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_eq(WORDS[i].code, status)) return word(r, WORDS[i].m);
    return status;
}

static void put_value(Request *r, Export *e, const Indicator *i, const Json *fact) {
    Arena *a = r->c->arena;
    const Json *v = json_get(fact, S("value"));
    Str bound = json_get_str(fact, S("bound"));
    bool number = i && (i->type == IND_NUMBER || i->type == IND_INTEGER);
    if (!v || v->kind == JSON_NULL) {
        export_text(e, S(""));
    } else if (v->kind == JSON_BOOL) {
        export_text(e, word(r, v->truth ? M_EXPORT_YES : M_EXPORT_NO));
    } else if (v->kind != JSON_STRING) {
        Buf b = buf_new(a, 0);
        json_print(&b, v, 0);
        export_text(e, buf_str(&b));
    } else if (bound.n) {
        export_text(e, str_cat(a, str_eq(bound, S(">=")) ? S("≥ ") : S("≤ "), v->text));
    } else if (number) {
        export_number(e, v->text);
    } else {
        export_text(e, v->text);
    }
}

static bool put_fact(Request *r, Export *e, const Json *group, const Json *fact) {
    static const Str TEXTS[] = {STR_INIT("as_received"), STR_INIT("unit_received")};
    const Indicator *i = pack_indicator(r->reg->pack, json_get_str(group, S("field")));
    export_text(e, in_language(r, json_get(group, S("label"))));
    export_text(e, json_get_str(group, S("field")));
    export_text(e, json_get_str(group, S("period")));
    put_value(r, e, i, fact);
    export_text(e, json_get_str(group, S("unit")));
    Str none = json_get_bool(group, S("masked"), false) ? S("masked") : S("missing");
    export_text(e, standing(r, fact ? json_get_str(fact, S("status")) : none));
    for (size_t k = 0; k < sizeof TEXTS / sizeof *TEXTS; k++)
        export_text(e, json_get_str(fact, TEXTS[k]));
    export_text(e, in_language(r, json_get(fact, S("source_title"))));
    export_text(e, json_get_str(json_get(fact, S("evidence")), S("text")));
    export_date(e, json_get_str(fact, S("valid_from")));
    export_date(e, json_get_str(fact, S("valid_to")));
    export_text(e, json_get_str(fact, S("known_at")));
    export_text(e, json_get_str(fact, S("actor")));
    Str reason = json_get_str(fact, S("reason"));
    export_text(e, reason.n ? reason : json_get_str(group, S("why")));
    export_text(e, json_get_bool(fact, S("demo"), false) ? S("DEMO") : S(""));
    return export_end_row(e);
}

static bool put_groups(Request *r, Export *e, const Json *groups) {
    bool ok = true;
    for (const Json *g = groups->first; ok && g; g = g->next) {
        const Json *counts = json_get(g, S("counts")), *others = json_get(g, S("others"));
        bool any = counts && counts->kind == JSON_OBJECT;
        const Indicator *i = pack_indicator(r->reg->pack, json_get_str(g, S("field")));
        bool masked = json_get_bool(g, S("masked"), false);
        if (i && !masked) table_grade(r, i->grade);
        if (any) ok = put_fact(r, e, g, counts);
        for (const Json *f = others ? others->first : NULL; ok && f; f = f->next, any = true)
            ok = put_fact(r, e, g, f);
        if (!any) ok = put_fact(r, e, g, NULL);
    }
    return ok;
}

bool facts_export(Request *r, Str enterprise, const Json *groups, TableForm form, Response *out) {
    static const Msg HEADS[] = {
        M_EXPORT_INDICATOR, M_EXPORT_FIELD,  M_EXPORT_PERIOD,   M_EXPORT_VALUE,
        M_EXPORT_UNIT,      M_EXPORT_STATUS, M_EXPORT_RECEIVED, M_EXPORT_UNIT_RECEIVED,
        M_EXPORT_FROM,      M_EXPORT_PROOF,  M_EXPORT_VALID,    M_EXPORT_VALID_TO,
        M_EXPORT_KNOWN_AT,  M_EXPORT_ACTOR,  M_EXPORT_WHY,      M_EXPORT_DEMO};
    enum { N = sizeof HEADS / sizeof *HEADS };
    Str heads[N];
    for (int i = 0; i < N; i++) heads[i] = word(r, HEADS[i]);
    Export *e = table_begin(r, form, word(r, M_EXPORT_FACT_SHEET), heads, N);
    if (!e) return false;
    export_remark(e, word(r, M_EXPORT_NAME), enterprise);
    table_remarks(r, e, S(""));
    Str name =
        str_printf(r->c->arena, "%.*s-%.*s", STRF(enterprise), STRF(word(r, M_EXPORT_FACT_SHEET)));
    return table_end(r, e, put_groups(r, e, groups), name, out);
}
