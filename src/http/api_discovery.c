/* GET /discovery: who would pass a rule, who lacks one fact only, who is close. While the register
 * or the rule is still being computed the answer is 503 with how far it is, as for lists. */
#include "http/api_discovery.h"
#include "base/date.h"
#include "city/library/discover_words.h"
#include "http/api.h"
#include "http/api_enterprise.h"

enum {
    WAIT_MS = 800,
    LIMIT_DEFAULT = 50,
    LIMIT_MOST = 200,
    OFFSET_MOST = 1 << 30,
    MILLION = 1000000
};

static Str count_text(const Request *r, int64_t n) {
    return str_printf(r->c->arena, "%lld", (long long)n);
}

/* --- what is asked ------------------------------------------------------------------------------
 */

/* The share a change may be at most, in millionths; DISCOVER_EFFORT_MAX: any. */
static bool read_within(Request *r, int64_t *out) {
    Str text = http_query(r, S("within"));
    Dec d, million = dec_int(MILLION), zero = dec_int(0);
    *out = DISCOVER_EFFORT_MAX;
    if (!text.n) return true;
    if (dec_parse(text, &d) && dec_cmp(&d, &zero) >= 0 && dec_mul(&d, &d, &million) &&
        dec_round(&d, &d, 0, DEC_DOWN) && dec_to_i64(&d, out) && *out <= DISCOVER_EFFORT_MAX)
        return true;
    return HTTP_INVALID(r, S("?within"), M_HTTP_QUERY, S("within"), text);
}

static bool read_classes(Request *r, unsigned *classes) {
    Str list = http_query(r, S("class")), rest = list;
    *classes = 0;
    while (rest.n) {
        Str word = str_cut(&rest, ',');
        int k = discover_class_find(word);
        if (k < 0) return HTTP_INVALID(r, S("?class"), M_DISCOVER_CLASS, word);
        *classes |= 1U << k;
    }
    if (!*classes)
        *classes = 1U << DISCOVER_PASSES | 1U << DISCOVER_ONE_FACT | 1U << DISCOVER_CLOSE;
    return true;
}

/* The fact that is lacking or has to change: ?fact=CODE. */
static bool read_fact(Request *r, int *out) {
    Str code = http_query(r, S("fact"));
    const Indicator *i = code.n ? pack_indicator(r->reg->pack, code) : NULL;
    *out = i ? i->id : -1;
    return !code.n || i || HTTP_INVALID(r, S("?fact"), M_HTTP_FIELD, code);
}

bool discovery_read(Request *r, DiscoveryAsked *q) {
    Str rule = http_query(r, S("rule"));
    *q = (DiscoveryAsked){.district = http_query(r, S("district"))};
    if (!rule.n) return HTTP_INVALID(r, S("?rule"), M_HTTP_REQUIRED, S("rule"));
    q->rule = map_get(&r->reg->pack->by_rule, rule);
    if (!q->rule) return HTTP_INVALID(r, S("?rule"), M_RULE_UNKNOWN, rule);
    if (!str_eq(q->rule->subject, S("enterprise")))
        return HTTP_INVALID(r, S("?rule"), M_DISCOVER_SUBJECT, rule);
    q->own_district = r->scope == SCOPE_DISTRICT;
    for (int i = 0; i < r->reg->pack->nindicators; i++) {
        const Indicator *k = r->reg->pack->indicators[i];
        if (k->grade > q->reads && rulebook_reads(r->reg->book, q->rule, k)) q->reads = k->grade;
    }
    return sight_open(r->db, r->reg->pack, r->user, &q->sight) && read_classes(r, &q->classes) &&
           read_within(r, &q->within) && read_fact(r, &q->fact);
}

/* --- which rows ---------------------------------------------------------------------------------
 */

static bool is_in(const Discovery *d, const DiscoverRow *row, Str code) {
    return str_eq(d->texts[row->division], code) || str_eq(d->texts[row->unit], code);
}

bool discovery_may_see(const Request *r, const DiscoveryAsked *q, const Discovery *d,
                       const DiscoverRow *row) {
    if (!q->own_district) return true;
    return r->user->district.n && is_in(d, row, r->user->district);
}

bool discovery_shows(const Request *r, const DiscoveryAsked *q, const Discovery *d,
                     const DiscoverRow *row) {
    if (!discovery_may_see(r, q, d, row) || !sight_knows(&q->sight, row->subject)) return false;
    return q->reads <=
           sight_of(&q->sight, row->subject, d->texts[row->division], d->texts[row->unit]);
}

bool discovery_wanted(const Request *r, const DiscoveryAsked *q, const Discovery *d,
                      const DiscoverRow *row) {
    if (!discovery_shows(r, q, d, row) || (q->district.n && !is_in(d, row, q->district)))
        return false;
    if (!(q->classes >> row->class & 1)) return false;
    if (q->fact >= 0 && row->indicator != q->fact) return false;
    return row->class != DISCOVER_CLOSE || row->kind == DISTANCE_WAIT || row->effort <= q->within;
}

bool discovery_open(Request *r, const DiscoveryAsked *q, const Discovery **out) {
    const Snapshot *s = NULL;
    int64_t done = 0;
    *out = NULL;
    if (!snapshot_get(r->db, r->reg, r->as_of, &r->at, WAIT_MS, &s)) return false;
    if (!s) {
        FAIL(r->c, ERR_BUSY, M_HTTP_COMPUTING, count_text(r, snapshot_progress(r->reg)),
             count_text(r, subject_count(r->db, SUBJECT_ENTERPRISE)));
        return false;
    }
    bool ok = discover_get(r->c, r->reg, s, q->rule, WAIT_MS, out, &done);
    if (ok && !*out)
        FAIL(r->c, ERR_BUSY, M_HTTP_COMPUTING, count_text(r, done), count_text(r, s->n));
    snapshot_release(s);
    return ok && *out;
}

/* How far somebody is says what their facts are. */
static bool note_reading(Request *r, const DiscoveryAsked *q, bool close) {
    return journal_read(r, str_cat(r->c->arena, S("discovery:"), http_query(r, S("rule"))),
                        close && q->reads >= GRADE_SENSITIVE);
}

/* --- the answer ---------------------------------------------------------------------------------
 */

static void out_fact(Request *r, Json *o, Str key, const Discovery *d, int indicator, int lag) {
    Arena *a = r->c->arena;
    if (indicator < 0) {
        out_null(a, o, key);
        return;
    }
    const Indicator *i = r->reg->pack->indicators[indicator];
    Json *j = out_object(a, o, key);
    out_str(a, j, S("field"), i->code);
    out_str(a, j, S("name"), i->name);
    out_text(a, j, S("label"), i->zh, i->en);
    out_opt(a, j, S("period"), lag < 0 ? S("") : count_text(r, d->year - lag));
    out_opt(a, j, S("unit"), i->unit);
}

static Str effort_text(const Request *r, const DiscoverRow *row) {
    Dec d = dec_scaled(row->effort, -6);
    return dec_text(r->c->arena, &d);
}

static bool out_row(Request *r, const FactNames *names, Json *items, const Discovery *d,
                    const DiscoverRow *row) {
    Arena *a = r->c->arena;
    Subject who;
    DiscoverWords words;
    if (!subject_get(r->db, row->subject, &who) ||
        !discover_words(r->db, r->reg, names, d, row, &words))
        return false;
    Json *o = out_item(a, items);
    out_str(a, o, S("id"), count_text(r, who.id));
    out_str(a, o, S("name"), who.name);
    out_str(a, o, S("code"), who.code);
    out_bool(a, o, S("demo"), who.demo);
    Str unit = d->texts[row->unit].n ? d->texts[row->unit] : d->texts[row->division];
    out_code_name(a, o, S("district"), unit, division_name(&r->reg->codes, unit));
    out_str(a, o, S("class"), discover_class_text((DiscoverClass)row->class));
    bool lacks = row->class == DISCOVER_ONE_FACT, close = row->class == DISCOVER_CLOSE;
    out_fact(r, o, S("lacks"), d, lacks ? row->indicator : -1, row->lag);
    out_fact(r, o, S("changes"), d, close ? row->indicator : -1, row->lag);
    out_opt(a, o, S("way"), close ? distance_kind_text((DistanceKind)row->kind) : S(""));
    out_opt(a, o, S("change"), words.change);
    out_opt(a, o, S("by"), words.by);
    out_opt(a, o, S("share"), close && row->kind != DISTANCE_WAIT ? effort_text(r, row) : S(""));
    return true;
}

static void out_head(Request *r, Json *o, const DiscoveryAsked *q, const Discovery *d) {
    Arena *a = r->c->arena;
    int64_t counts[DISCOVER_CLASSES] = {0}, n = 0;
    for (int64_t i = 0; i < d->n; i++) {
        const DiscoverRow *row = &d->rows[i];
        if (!discovery_may_see(r, q, d, row) || (q->district.n && !is_in(d, row, q->district)))
            continue;
        counts[row->class]++;
        n++;
    }
    const RuleVersion *v = rule_version_near(q->rule, d->as_of);
    out_str(a, o, S("rule"), q->rule->id);
    out_text(a, o, S("title"), q->rule->title_zh, q->rule->title_en);
    out_opt(a, o, S("version"), v->id);
    out_str(a, o, S("validity"), version_validity(v, d->as_of));
    out_int(a, o, S("enterprises"), n);
    Json *k = out_object(a, o, S("counts"));
    for (int i = 0; i < DISCOVER_CLASSES; i++)
        out_int(a, k, discover_class_text((DiscoverClass)i), counts[i]);
}

static void out_lacks(Request *r, Json *o, const DiscoveryAsked *q, const Discovery *d) {
    Arena *a = r->c->arena;
    Json *list = out_list(a, o, S("lacks"));
    for (int i = 0; i < d->nlacks; i++) {
        int64_t n = 0;
        for (int64_t k = 0; k < d->n; k++) {
            const DiscoverRow *row = &d->rows[k];
            n += row->class == DISCOVER_ONE_FACT && row->indicator == d->lacks[i].indicator &&
                 row->lag == d->lacks[i].lag && discovery_shows(r, q, d, row) &&
                 (!q->district.n || is_in(d, row, q->district));
        }
        if (!n) continue;
        Json *j = out_item(a, list);
        out_fact(r, j, S("fact"), d, d->lacks[i].indicator, d->lacks[i].lag);
        out_int(a, j, S("n"), n);
    }
}

static bool reply_json(Request *r, const DiscoveryAsked *q, const FactNames *names,
                       const Discovery *d, Response *out) {
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    int64_t offset, limit, total = 0;
    bool close = false;
    if (!http_query_int(r, S("offset"), 0, 0, OFFSET_MOST, &offset) ||
        !http_query_int(r, S("limit"), LIMIT_DEFAULT, 1, LIMIT_MOST, &limit))
        return false;
    out_head(r, o, q, d);
    out_lacks(r, o, q, d);
    Json *items = out_list(a, o, S("items"));
    for (int64_t i = 0; i < d->n; i++) {
        if (!discovery_wanted(r, q, d, &d->rows[i])) continue;
        bool shown = total >= offset && total < offset + limit;
        total++;
        if (shown && !out_row(r, names, items, d, &d->rows[i])) return false;
        close |= shown && d->rows[i].class == DISCOVER_CLOSE;
    }
    if (!note_reading(r, q, close)) return false;
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), offset);
    out_int(a, o, S("limit"), limit);
    http_out_clocks(r, o);
    http_reply_tagged(out, r, o);
    return true;
}

static bool reply_file(Request *r, const DiscoveryAsked *q, const FactNames *names,
                       const Discovery *d, TableForm form, Response *out) {
    static const Msg HEADS[] = {M_EXPORT_NAME,
                                M_DISCOVER_COLUMN_CODE,
                                M_EXPORT_DISTRICT,
                                M_EXPORT_DEMO,
                                M_DISCOVER_COLUMN_CLASS,
                                M_DISCOVER_COLUMN_LACKS,
                                M_DISCOVER_COLUMN_CHANGE,
                                M_DISCOVER_COLUMN_BY};
    enum { N = sizeof HEADS / sizeof *HEADS };
    Str heads[N], sheet = msg_text(r->c->arena, M_DISCOVER_SHEET, r->c->lang, 0, NULL);
    for (int i = 0; i < N; i++) heads[i] = msg_text(r->c->arena, HEADS[i], r->c->lang, 0, NULL);
    Export *e = table_begin(r, form, sheet, heads, N);
    bool ok = e != NULL, close = false;
    int64_t n = 0;
    for (int64_t i = 0; ok && i < d->n; i++) {
        const DiscoverRow *row = &d->rows[i];
        Subject who;
        DiscoverWords words;
        if (!discovery_wanted(r, q, d, row)) continue;
        ArenaMark m = arena_mark(r->c->arena);
        ok = subject_get(r->db, row->subject, &who) &&
             discover_words(r->db, r->reg, names, d, row, &words);
        if (!ok) break;
        Msg label = discover_class_message((DiscoverClass)row->class);
        export_text(e, who.name);
        export_text(e, who.code);
        export_text(e, division_name(&r->reg->codes, d->texts[row->division]));
        export_text(e, who.demo ? S("DEMO") : S(""));
        export_text(e, msg_text(r->c->arena, label, r->c->lang, 0, NULL));
        export_text(e, words.lacks);
        export_text(e, words.change);
        export_date(e, words.by);
        ok = export_end_row(e);
        close |= row->class == DISCOVER_CLOSE;
        n++;
        arena_rewind(r->c->arena, m);
    }
    if (!e) return false;
    table_grade(r, close ? q->reads : GRADE_INTERNAL);
    ok = ok && note_reading(r, q, close);
    Str counts[] = {count_text(r, n), count_text(r, d->n)};
    table_remarks(r, e, msg_text(r->c->arena, M_EXPORT_OF, r->c->lang, 2, counts));
    return table_end(r, e, ok, sheet, out);
}

/* --- without a rule: the tiers and titles -------------------------------------------------------
 */

static bool row_in(const Snapshot *s, int64_t i, Str code) {
    return !code.n || str_eq(s->texts[s->division[i]], code) || str_eq(s->texts[s->unit[i]], code);
}

static void out_rule(Request *r, Json *list, const Snapshot *s, int rule, Str district) {
    Arena *a = r->c->arena;
    const Rule *k = s->pack->rules[rule];
    int64_t counts[OUTCOMES] = {0};
    for (int64_t i = 0; i < s->n; i++)
        if (row_in(s, i, district)) counts[s->outcomes[rule * s->n + i]]++;
    Json *o = out_item(a, list);
    out_str(a, o, S("rule"), k->id);
    out_text(a, o, S("title"), k->title_zh, k->title_en);
    out_str(a, o, S("kind"), k->kind);
    out_str(a, o, S("validity"), version_validity(rule_version_near(k, r->as_of), r->as_of));
    for (int i = 0; i < OUTCOMES; i++) out_int(a, o, outcome_text((Outcome)i), counts[i]);
}

static bool reply_rules(Request *r, Response *out) {
    Arena *a = r->c->arena;
    const Snapshot *s = NULL;
    Str district = http_query(r, S("district"));
    if (r->scope == SCOPE_DISTRICT) district = r->user->district.n ? r->user->district : S("-");
    if (!snapshot_get(r->db, r->reg, r->as_of, &r->at, WAIT_MS, &s)) return false;
    if (!s)
        return FAIL(r->c, ERR_BUSY, M_HTTP_COMPUTING, count_text(r, snapshot_progress(r->reg)),
                    count_text(r, subject_count(r->db, SUBJECT_ENTERPRISE)));
    Json *o = json_new(a, JSON_OBJECT), *list = out_list(a, o, S("rules"));
    for (int i = 0; i < s->nrules; i++) {
        const Rule *k = s->pack->rules[i];
        if (!str_eq(k->subject, S("enterprise"))) continue;
        if (str_eq(k->kind, S("tier")) || str_eq(k->kind, S("title")))
            out_rule(r, list, s, i, district);
    }
    http_out_clocks(r, o);
    http_reply_tagged(out, r, o);
    snapshot_release(s);
    return true;
}

bool api_discovery(Request *r, Response *out) {
    DiscoveryAsked q;
    TableForm form;
    FactNames names;
    const Discovery *d = NULL;
    if (!http_query(r, S("rule")).n) return reply_rules(r, out);
    if (!table_form(r, &form) || !discovery_read(r, &q) || !discovery_open(r, &q, &d)) return false;
    bool ok = fact_names(r->db, r->reg->pack, &d->at, &names);
    if (ok)
        ok = form == TABLE_JSON ? reply_json(r, &q, &names, d, out)
                                : reply_file(r, &q, &names, d, form, out);
    discover_release(r->reg, d);
    return ok;
}
