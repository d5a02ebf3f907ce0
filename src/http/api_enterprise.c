/* GET /enterprises and /enterprises/{id}. */
#include "http/api_enterprise.h"
#include "base/date.h"
#include "city/pack_names.h"
#include "http/api.h"
#include "http/api_title.h"

enum { LIMIT_DEFAULT = 100, LIMIT_MOST = 500, OFFSET_MOST = 1 << 30 };

/* --- the list ----------------------------------------------------------------------------------
 */

/* seq and instant of an earlier window: the list is read again at that point. */
static bool read_snapshot(Request *r) {
    Str text = http_query(r, S("snapshot"));
    int64_t seq, known, day;
    if (text.n == 0) return true;
    Str rest = text;
    Str seq_text = str_cut(&rest, '-'), known_text = rest.p ? str_cut(&rest, '-') : S("");
    if (!str_to_i64(seq_text, &seq) || !str_to_i64(known_text, &known) || !rest.p ||
        !str_to_i64(rest, &day) || seq > r->at.seq || seq < 0 || known > r->at.as_known)
        return FAIL(r->c, ERR_STATE, M_HTTP_SNAPSHOT_GONE);
    if (!date_from_int(day, &r->as_of)) return FAIL(r->c, ERR_STATE, M_HTTP_SNAPSHOT_GONE);
    r->at = (FactAt){.as_of = (int32_t)day, .as_known = known, .seq = seq};
    return true;
}

static bool reply_list(RowMaker *m, const Selection *s, int64_t offset, int64_t limit,
                       Response *out) {
    Request *r = m->r;
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    Json *items = out_list(a, o, S("items"));
    for (int64_t i = offset; i < s->n && i < offset + limit; i++) {
        Known k;
        if (!row_known(m, s->ids[i - s->first], &k)) return false;
        json_push(items, row_json(m, &k, s->by ? s->by[i] : S(""), s->text ? s->text[i] : S("")));
    }
    if (!journal_read(r, S("enterprises"), fields_sensitive(m))) return false;
    out_int(a, o, S("total"), s->n);
    out_int(a, o, S("of"), s->of);
    out_int(a, o, S("offset"), offset);
    out_int(a, o, S("limit"), limit);
    http_out_clocks(r, o);
    out_str(a, o, S("snapshot"),
            str_printf(a, "%lld-%lld-%d", (long long)r->at.seq, (long long)r->at.as_known,
                       r->at.as_of));
    http_reply_tagged(out, r, o);
    return true;
}

bool api_enterprises(Request *r, Response *out) {
    RowMaker m;
    Selection s = {0};
    TableForm form;
    int64_t offset, limit;
    if (!table_form(r, &form) || !http_query_int(r, S("offset"), 0, 0, OFFSET_MOST, &offset) ||
        !http_query_int(r, S("limit"), LIMIT_DEFAULT, 1, LIMIT_MOST, &limit) || !read_snapshot(r) ||
        !row_maker_open(r, &m))
        return false;
    bool ok = enterprise_select(r, &m, offset, limit, &s);
    if (ok && form != TABLE_JSON)
        ok = enterprise_export(&m, &s, form, out);
    else if (ok)
        ok = reply_list(&m, &s, offset, limit, out);
    snapshot_release(s.snapshot);
    return ok;
}

/* --- one enterprise ----------------------------------------------------------------------------
 */

static void out_int_day(Arena *a, Json *o, Str key, int32_t day) {
    int64_t days;
    if (day && date_from_int(day, &days))
        out_day(a, o, key, days);
    else
        out_null(a, o, key);
}

static bool out_identifiers(RowMaker *m, Json *o, int64_t id) {
    Arena *a = m->r->c->arena;
    Identifier *ids;
    int n;
    if (!subject_identifiers(m->r->db, id, &ids, &n)) return false;
    Json *names = out_list(a, o, S("names")), *codes = out_list(a, o, S("identifiers"));
    for (int i = 0; i < n; i++) {
        const Identifier *k = &ids[i];
        bool name = str_eq(k->scheme, S("name")) || str_eq(k->scheme, S("former_name"));
        Json *j = out_item(a, name ? names : codes);
        if (!name) out_str(a, j, S("scheme"), k->scheme);
        out_str(a, j, name ? S("name") : S("value"), k->value);
        out_int_day(a, j, S("from"), k->from);
        out_int_day(a, j, S("to"), k->to);
        if (name) continue;
        bool checked = str_eq(k->scheme, S("uscc"));
        out_str(a, j, S("check"), !checked ? S("none") : k->marked ? S("failed") : S("ok"));
    }
    return true;
}

static const FactUse *attribute(const RowMaker *m, const Known *k, Str name) {
    const Indicator *i = pack_indicator(m->r->reg->pack, name);
    return i ? factset_get(&k->set, i, 0) : NULL;
}

static void out_industry_path(RowMaker *m, Json *o, const Known *k) {
    Arena *a = m->r->c->arena;
    const CodeLists *l = &m->r->reg->codes;
    const FactUse *f = attribute(m, k, S("行业代码"));
    if (!f || !f->has_value || f->value.tag != V_STRING) {
        out_null(a, o, S("industry"));
        return;
    }
    Str code = val_text(f->value);
    const Industry *i = industry_find(l, code);
    Json *j = out_object(a, o, S("industry"));
    out_str(a, j, S("code"), code);
    out_str(a, j, S("name"), i ? i->name : code);
    Json *path = out_list(a, j, S("path"));
    const Industry *above[5];
    int n = 0;
    while (i && i->parent.n && n < 5 && (i = map_get(&l->industry, i->parent))) above[n++] = i;
    while (n > 0) {
        Json *p = out_item(a, path);
        out_str(a, p, S("code"), above[--n]->code);
        out_str(a, p, S("name"), above[n]->name);
    }
}

static void out_founded(RowMaker *m, Json *o, const Known *k) {
    Arena *a = m->r->c->arena;
    const FactUse *f = attribute(m, k, S("成立日期"));
    Str bound;
    Json *v = f ? fact_use_value(a, f, &bound) : NULL;
    if (!v || v->kind != JSON_STRING) {
        out_null(a, o, S("founded"));
        return;
    }
    Json *j = out_object(a, o, S("founded"));
    json_set(j, S("value"), v);
    out_opt(a, j, S("bound"), bound);
}

static void out_attributes(RowMaker *m, Json *o, const Known *k) {
    Request *r = m->r;
    Arena *a = r->c->arena;
    const CodeLists *l = &r->reg->codes;
    out_code_name(a, o, S("district"), k->who.division, division_name(l, k->who.division));
    out_code_name(a, o, S("assessed_by"), k->who.unit, division_name(l, k->who.unit));
    const Division *d = k->who.unit.n ? map_get(&l->division, k->who.unit) : NULL;
    bool zone = d && str_eq(d->kind, S("functional_zone"));
    out_opt(a, o, S("zone"), zone ? d->code : S(""));
    out_industry_path(m, o, k);
    out_founded(m, o, k);
    const FactUse *listed = attribute(m, k, S("是否上市"));
    if (listed && (listed->none || (listed->has_value && listed->value.tag == V_BOOL)))
        out_bool(a, o, S("listed"), !listed->none && listed->value.i != 0);
    else
        out_null(a, o, S("listed"));
}

static void out_outcome(RowMaker *m, Json *list, const Known *k, const Rule *rule) {
    Request *r = m->r;
    Arena *a = r->c->arena;
    DecideOptions opt = decide_options(r, true);
    Decision d = decide(a, r->reg->book, rule, &k->whole, &opt);
    const RuleVersion *v = d.version ? d.version : rule_version_near(rule, r->as_of);
    Json *o = out_item(a, list);
    out_str(a, o, S("rule"), rule->id);
    out_text(a, o, S("title"), rule->title_zh, rule->title_en);
    out_str(a, o, S("kind"), rule->kind);
    bool outcome = row_shows_outcome(m, k->grade, rule), result = row_shows_rule(m, k->grade, rule);
    if (outcome) out_str(a, o, S("outcome"), outcome_text(d.outcome));
    if (outcome && result) json_set(o, S("result"), result_value(a, d.result));
    if (!outcome || !result) out_bool(a, o, S("masked"), true);
    out_opt(a, o, S("unit"), v->unit);
    out_opt(a, o, S("version"), d.version ? d.version->id : S(""));
    out_str(a, o, S("validity"), version_validity(v, r->as_of));
}

static void out_sources(RowMaker *m, Json *o, const Known *k) {
    Request *r = m->r;
    Arena *a = r->c->arena;
    int n = m->names.nsources;
    int64_t *count = NEW_N(a, int64_t, n + 1), *known = NEW_N(a, int64_t, n + 1);
    for (int i = 0; i < k->all.n; i++)
        for (int e = 0; e < k->all.slots[i].n_all; e++) {
            const Fact *f = k->all.slots[i].all[e];
            if (f->withdrawn || f->source < 1 || f->source > n) continue;
            count[f->source - 1]++;
            if (f->known_ms > known[f->source - 1]) known[f->source - 1] = f->known_ms;
        }
    Json *list = out_list(a, o, S("sources"));
    for (int i = 0; i < n; i++) {
        Str code = m->names.sources[i].code;
        if (count[i] == 0) continue;
        Json *j = out_item(a, list);
        out_str(a, j, S("id"), code);
        out_text(a, j, S("title"), pack_source_title(a, r->reg->pack, code, LANG_ZH),
                 pack_source_title(a, r->reg->pack, code, LANG_EN));
        out_int(a, j, S("facts"), count[i]);
        out_instant(a, j, S("last_known_at"), known[i]);
    }
}

static bool out_merged(RowMaker *m, Json *o, int64_t root) {
    Arena *a = m->r->c->arena;
    int64_t *ids;
    int n;
    if (!subject_members(m->r->db, root, &ids, &n)) return false;
    Json *list = out_list(a, o, S("merged"));
    for (int i = 1; i < n; i++)
        json_push(list, json_string(a, str_printf(a, "%lld", (long long)ids[i])));
    return true;
}

static void out_counts(RowMaker *m, Json *o, const Known *k) {
    Arena *a = m->r->c->arena;
    int missing = 0, conflicts = 0;
    for (int i = 0; i < m->nasked; i++)
        missing += !snapshot_given(&k->whole, &m->asked[i], m->year);
    for (int i = 0; i < k->all.n; i++) conflicts += snapshot_differs(&k->all.slots[i]);
    out_int(a, o, S("facts"), known_facts(m, k));
    out_int(a, o, S("missing"), missing);
    out_int(a, o, S("conflicts"), conflicts);
}

bool api_enterprise(Request *r, Response *out) {
    Arena *a = r->c->arena;
    RowMaker m;
    Known k;
    int64_t id;
    if (!http_id(r, 0, &id) || !row_maker_open(r, &m) || !row_known(&m, id, &k)) return false;
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("id"), str_printf(a, "%lld", (long long)k.who.id));
    out_str(a, o, S("name"), k.who.name);
    out_bool(a, o, S("demo"), k.who.demo);
    if (!out_identifiers(&m, o, k.who.id)) return false;
    out_attributes(&m, o, &k);
    const Json *row = row_json(&m, &k, S(""), S(""));
    out_opt(a, o, S("size"), json_get_str(row, S("size")));
    if (json_get(row, S("size_masked"))) out_bool(a, o, S("size_masked"), true);
    if (!title_out_enterprise(r, o, k.who.id)) return false;
    Json *outcomes = out_list(a, o, S("outcomes"));
    for (int i = 0; i < r->reg->pack->nrules; i++)
        out_outcome(&m, outcomes, &k, r->reg->pack->rules[i]);
    out_counts(&m, o, &k);
    out_sources(&m, o, &k);
    if (!out_merged(&m, o, k.who.id)) return false;
    http_out_clocks(r, o);
    http_reply_tagged(out, r, o);
    return true;
}
