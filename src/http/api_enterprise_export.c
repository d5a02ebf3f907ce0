/* The list as a file: every row behind the filters, the same columns, CSV or XLSX. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/secret.h"
#include "city/pack_names.h"
#include "http/api_enterprise.h"
#include "job/export.h"

enum { HEADS_MAX = 12 + 2 * ROW_RULES_MAX + 3 * ROW_FIELDS_MAX, FILE_MAX = 256 << 20 };
enum { CHINA_MS = 8 * 3600 * 1000, DAY_MS = 86400000 }; /* days of the city */

#define XLSX_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

static bool wants_xlsx(const Request *r) {
    return http_accepts(r, S("spreadsheetml"));
}

bool enterprise_wants_export(const Request *r) {
    return wants_xlsx(r) || http_accepts(r, S("text/csv"));
}

static Str word(const Request *r, Msg m) {
    return msg_text(r->c->arena, m, r->c->lang, 0, NULL);
}

static Str word_of(const Request *r, Msg m, Str arg) {
    return msg_text(r->c->arena, m, r->c->lang, 1, &arg);
}

static Str rule_title(const Request *r, const Rule *rule) {
    return r->c->lang == LANG_EN && rule->title_en.n ? rule->title_en : rule->title_zh;
}

static int heads(const RowMaker *m, Str *out) {
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

static void put_value(Export *e, const Indicator *i, const Json *v) {
    bool number = i->type == IND_NUMBER || i->type == IND_INTEGER;
    if (!v || v->kind == JSON_NULL)
        export_text(e, S(""));
    else if (v->kind == JSON_BOOL)
        export_text(e, v->truth ? S("是") : S("否"));
    else if (number && v->kind == JSON_STRING)
        export_number(e, v->text);
    else
        export_text(e, json_str(v, S("")));
}

static void put_rules(RowMaker *m, Export *e, const Json *outcomes) {
    for (int i = 0; i < m->nrules; i++) {
        const Json *cell = json_get(outcomes, m->rules[i]->id);
        const Json *v = json_get(cell, S("result"));
        Str text = text_at(cell, S("outcome"));
        for (int k = 0; k < OUTCOMES; k++)
            if (str_eq(text, outcome_text((Outcome)k))) {
                text = word(m->r, outcome_message((Outcome)k));
                break;
            }
        export_text(e, text);
        export_text(e,
                    v && v->kind == JSON_BOOL ? v->truth ? S("是") : S("否") : json_str(v, S("")));
    }
}

static void put_fields(RowMaker *m, Export *e, const Json *values) {
    Request *r = m->r;
    for (int i = 0; i < m->nfields; i++) {
        const Json *v = json_get(values, m->fields[i]->code);
        Str bound = text_at(v, S("bound"));
        const Json *value = json_get(v, S("value"));
        if (bound.n)
            export_text(e, str_printf(r->c->arena, "%s %.*s", str_eq(bound, S(">=")) ? "≥" : "≤",
                                      STRF(json_str(value, S("")))));
        else
            put_value(e, m->fields[i], value);
        export_text(e, text_at(v, S("period")));
        export_text(
            e, pack_source_title(r->c->arena, r->reg->pack, text_at(v, S("source")), r->c->lang));
    }
}

static bool put_row(RowMaker *m, Export *e, int64_t id) {
    Known k;
    if (!row_known(m, id, &k)) return false;
    const Json *o = row_json(m, &k, S(""), S(""));
    const Json *industry = json_get(o, S("industry"));
    export_text(e, text_at(o, S("name")));
    export_text(e, text_at(o, S("uscc")));
    export_text(e, text_at(o, S("stock_code")));
    export_text(e, text_at(json_get(o, S("district")), S("name")));
    export_text(e, text_at(o, S("zone")));
    export_text(e, text_at(industry, S("code")));
    export_text(e, text_at(industry, S("name")));
    export_text(e, text_at(o, S("size")));
    put_rules(m, e, json_get(o, S("outcomes")));
    put_fields(m, e, json_get(o, S("values")));
    export_number(e, text_at(o, S("facts")));
    export_number(e, text_at(o, S("completeness")));
    int64_t known = known_last_ms(&k);
    export_date(e, known ? date_text(m->r->c->arena, (known + CHINA_MS) / DAY_MS) : S(""));
    export_text(e, k.who.demo ? S("DEMO") : S(""));
    return export_end_row(e);
}

/* --- the file ----------------------------------------------------------------------------------
 */

static void remarks(RowMaker *m, Export *e, const Selection *s) {
    Request *r = m->r;
    Arena *a = r->c->arena;
    Str counts[] = {str_printf(a, "%lld", (long long)s->n),
                    str_printf(a, "%lld", (long long)s->of)};
    export_remark(e, word(r, M_EXPORT_AS_OF), date_text(a, r->as_of));
    export_remark(e, word(r, M_EXPORT_AS_KNOWN), instant_text(a, r->at.as_known));
    export_remark(e, word(r, M_EXPORT_COUNT), msg_text(a, M_EXPORT_OF, r->c->lang, 2, counts));
    for (int i = 0; i < r->nquery; i++)
        export_remark(
            e, word(r, M_EXPORT_FILTER),
            str_printf(a, "%.*s = %.*s", STRF(r->query[i].name), STRF(r->query[i].value)));
    export_remark(e, word(r, M_EXPORT_BY), r->user ? r->user->name : S(""));
    export_remark(e, word(r, M_EXPORT_AT), instant_text(a, r->c->now_ms));
    export_remark(e, S(""), word(r, M_EXPORT_UNITS));
}

static bool write_rows(RowMaker *m, Export *e, const Selection *s) {
    for (int64_t i = 0; i < s->n; i++) {
        ArenaMark mark = arena_mark(m->r->c->arena);
        if (!put_row(m, e, s->ids[i])) return false;
        arena_rewind(m->r->c->arena, mark);
    }
    return true;
}

/* Exports are a right of their own. */
static bool may_export(Request *r) {
    const Right *right = right_find(S("enterprise:export"));
    if (right && r->user && rights_scope(right, r->user->roles) != SCOPE_NONE) return true;
    return FAIL(r->c, ERR_DENIED, M_HTTP_DENIED, S("enterprise:export"));
}

static bool journal_export(RowMaker *m) {
    bool sensitive = false;
    for (int i = 0; i < m->nfields; i++) sensitive |= is_sensitive(m->fields[i]);
    return journal_read(m->r, S("enterprises:export"), sensitive);
}

static Str temporary(Arena *a, bool xlsx) {
    const char *folder = getenv("TMPDIR");
    Str token = secret_token(a, 12);
    return str_printf(a, "%s/jixia-%.*s.%s", folder && *folder ? folder : "/tmp", STRF(token),
                      xlsx ? "xlsx" : "csv");
}

bool enterprise_export(RowMaker *m, const Selection *s, Response *out) {
    Request *r = m->r;
    Arena *a = r->c->arena;
    Str names[HEADS_MAX];
    bool xlsx = wants_xlsx(r);
    if (!may_export(r) || !journal_export(m)) return false;
    int n = heads(m, names);
    Str path = temporary(a, xlsx);
    Export *e = export_open(r->c, path, word(r, M_EXPORT_SHEET), names, n);
    if (!e) return false;
    remarks(m, e, s);
    bool ok = write_rows(m, e, s);
    ok = export_close(e, ok) && ok && file_read(r->c, path, FILE_MAX, &out->body);
    unlink(str_z(a, path));
    out->status = 200;
    out->type = xlsx ? S(XLSX_TYPE) : S("text/csv; charset=utf-8");
    Str name = str_printf(a, "%.*s-%.*s.%s", STRF(word(r, M_EXPORT_SHEET)),
                          STRF(date_text(a, r->as_of)), xlsx ? "xlsx" : "csv");
    out->filename = url_part(a, name); /* the header takes no other letters (RFC 8187) */
    return ok;
}
