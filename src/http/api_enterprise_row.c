/* A row of the register: codes, place, industry, size, outcomes, values. See api_enterprise.h. */
#include "base/date.h"
#include "city/pack_names.h"
#include "codec/uscc.h"
#include "http/api_enterprise.h"

static const Str SIZE_RULE = STR_INIT("cn/enterprise-size");
static const Str INDUSTRY = STR_INIT("行业代码");

bool row_maker_open(Request *r, RowMaker *m) {
    *m = (RowMaker){.r = r, .year = decide_year(r->as_of)};
    m->size = map_get(&r->reg->pack->by_rule, SIZE_RULE);
    m->asked = snapshot_asked(r->c->arena, r->reg->book, r->as_of, &m->nasked);
    return fact_names(r->db, r->reg->pack, &r->at, &m->names) &&
           sight_open(r->db, r->reg->pack, r->user, &m->sight);
}

bool row_add_rules(RowMaker *m, Str list, Str place) {
    while (list.n) {
        Str id = str_cut(&list, ',');
        const Rule *rule = map_get(&m->r->reg->pack->by_rule, id);
        if (!rule || m->nrules == ROW_RULES_MAX)
            return HTTP_INVALID(m->r, place, rule ? M_HTTP_TOO_MANY : M_RULE_UNKNOWN, id);
        bool seen = false;
        for (int i = 0; i < m->nrules; i++) seen |= m->rules[i] == rule;
        if (!seen) m->rules[m->nrules++] = rule;
    }
    return true;
}

bool row_add_fields(RowMaker *m, Str list, Str place) {
    while (list.n) {
        Str code = str_cut(&list, ',');
        const Indicator *i = pack_indicator(m->r->reg->pack, code);
        if (!i || m->nfields == ROW_FIELDS_MAX)
            return HTTP_INVALID(m->r, place, i ? M_HTTP_TOO_MANY : M_HTTP_FIELD, code);
        bool seen = false;
        for (int k = 0; k < m->nfields; k++) seen |= m->fields[k] == i;
        if (!seen) m->fields[m->nfields++] = i;
    }
    return true;
}

/* --- one enterprise ----------------------------------------------------------------------------
 */

static bool read_codes(Request *r, Known *k) {
    Identifier *ids;
    int n;
    if (!subject_identifiers(r->db, k->who.id, &ids, &n)) return false;
    k->check = S("none");
    for (int i = 0; i < n; i++) {
        if (str_eq(ids[i].scheme, S("stock")) && k->stock.n == 0) k->stock = ids[i].value;
        if (!str_eq(ids[i].scheme, S("uscc")) || k->uscc.n) continue;
        k->uscc = ids[i].value;
        k->check = uscc_check(k->uscc, NULL) == USCC_OK ? S("ok") : S("failed");
    }
    return true;
}

bool row_shows(const RowMaker *m, const Known *k, const Indicator *i) {
    return sight_shows(&m->sight, k->grade, i);
}

bool row_shows_rule(const RowMaker *m, Grade of, const Rule *rule) {
    const PackSet *p = m->r->reg->pack;
    for (int i = 0; of < GRADE_SECRET && i < p->nindicators; i++)
        if (!sight_shows(&m->sight, of, p->indicators[i]) &&
            rulebook_reads(m->r->reg->book, rule, p->indicators[i]))
            return false;
    return true;
}

/* Named in a JSON list of rule ids. */
static bool named(Str list, Str id) {
    ptrdiff_t at = str_find(list, id);
    return at > 0 && list.p[at - 1] == '"' && at + id.n < list.n && list.p[at + id.n] == '"';
}

bool row_shows_outcome(const RowMaker *m, Grade of, const Rule *rule) {
    return of >= GRADE_INTERNAL || named(m->sight.tiers, rule->id) || row_shows_rule(m, of, rule);
}

static const Indicator *slot_indicator(const RowMaker *m, const FactSlot *s) {
    bool ours = s->indicator >= 1 && s->indicator <= m->names.nindicators;
    return ours ? m->names.indicators[s->indicator - 1] : NULL;
}

/* Takes out what the reader may not see: the facts, and that something is known not to be. */
static void mask(RowMaker *m, Known *k) {
    Arena *a = m->r->c->arena;
    k->view.slots = NEW_N(a, FactSlot, k->all.n + 1);
    k->view.n = 0;
    for (int i = 0; i < k->all.n; i++) {
        const Indicator *ind = slot_indicator(m, &k->all.slots[i]);
        if (ind && row_shows(m, k, ind)) k->view.slots[k->view.n++] = k->all.slots[i];
    }
    k->set = factset_from_view(a, &m->names, &k->view, &k->who, &m->r->at);
    int n = 0;
    for (int i = 0; i < k->set.n; i++)
        if (row_shows(m, k, k->set.facts[i].indicator)) k->set.facts[n++] = k->set.facts[i];
    k->set.n = n;
}

bool row_known(RowMaker *m, int64_t subject, Known *out) {
    Request *r = m->r;
    FactRank rank = fact_names_rank(&m->names);
    *out = (Known){0};
    if (!subject_get(r->db, subject, &out->who)) return false;
    if (!sight_knows(&m->sight, out->who.id)) return FAIL(r->c, ERR_MISSING, M_HTTP_MISSING);
    if (!read_codes(r, out)) return false;
    out->grade = sight_of(&m->sight, out->who.id, out->who.division, out->who.unit);
    if (r->past) { /* where it stood on the day asked for */
        out->who.division = subject_place_at(r->db, out->who.id, PLACE_REGISTERED, r->at.as_of);
        out->who.unit = subject_place_at(r->db, out->who.id, PLACE_ASSESSED, r->at.as_of);
    }
    if (!fact_read(r->db, out->who.id, &r->at, &rank, &out->view)) return false;
    out->all = out->view;
    out->whole = factset_from_view(r->c->arena, &m->names, &out->all, &out->who, &r->at);
    out->set = out->whole;
    if (out->grade < GRADE_SECRET) mask(m, out);
    return ctx_ok(r->c);
}

int known_facts(const RowMaker *m, const Known *k) {
    int n = 0;
    for (int i = 0; i < k->all.n; i++) {
        const FactSlot *s = &k->all.slots[i];
        n += slot_indicator(m, s) && (s->value || s->lower || s->upper);
    }
    return n;
}

int64_t known_last_ms(const Known *k) {
    int64_t last = 0;
    for (int i = 0; i < k->all.n; i++) {
        const FactSlot *s = &k->all.slots[i];
        const Fact *f = s->value ? s->value : s->lower ? s->lower : s->upper;
        if (f && f->known_ms > last) last = f->known_ms;
    }
    return last;
}

Str known_completeness(RowMaker *m, const Known *k) {
    int have = 0;
    for (int i = 0; i < m->nasked; i++) have += snapshot_given(&k->whole, &m->asked[i], m->year);
    int percent = m->nasked ? have * 100 / m->nasked : 0;
    if (percent == 100) return S("1");
    return str_printf(m->r->c->arena, "0.%02d", percent);
}

const FactUse *known_latest(const Known *k, const Indicator *i) {
    for (int n = 0; n < k->set.n; n++)
        if (k->set.facts[n].indicator == i) return &k->set.facts[n]; /* latest year first */
    return NULL;
}

Json *fact_use_value(Arena *a, const FactUse *f, Str *bound) {
    *bound = S("");
    if (f->has_value) return value_to_json(a, f->value);
    if (f->none && f->indicator->type == IND_BOOLEAN) return json_bool(a, false);
    if (f->none && f->indicator->type == IND_LIST) return json_new(a, JSON_ARRAY);
    if (f->lo.tag != V_NULL) {
        *bound = S(">=");
        return value_to_json(a, f->lo);
    }
    if (f->hi.tag == V_NULL) return json_new(a, JSON_NULL);
    *bound = S("<=");
    return value_to_json(a, f->hi);
}

/* --- the row -----------------------------------------------------------------------------------
 */

void out_code_name(Arena *a, Json *o, Str key, Str code, Str name) {
    if (code.n == 0) {
        out_null(a, o, key);
        return;
    }
    Json *j = out_object(a, o, key);
    out_str(a, j, S("code"), code);
    out_str(a, j, S("name"), name.n ? name : code);
}

DecideOptions decide_options(const Request *r, bool brief) {
    return (DecideOptions){
        .as_of = r->as_of, .as_known_ms = r->at.as_known, .seq = r->at.seq, .brief = brief};
}

Json *result_value(Arena *a, Val v) {
    return val_has_unknown(v) ? json_new(a, JSON_NULL) : value_to_json(a, v);
}

static Decision decide_rule(RowMaker *m, const Known *k, const Rule *rule) {
    DecideOptions o = decide_options(m->r, true);
    return decide(m->r->c->arena, m->r->reg->book, rule, &k->whole, &o);
}

Json *outcome_cell(RowMaker *m, const Known *k, const Rule *rule) {
    Arena *a = m->r->c->arena;
    Decision d = decide_rule(m, k, rule);
    Json *o = json_new(a, JSON_OBJECT);
    bool outcome = row_shows_outcome(m, k->grade, rule), result = row_shows_rule(m, k->grade, rule);
    if (outcome) out_str(a, o, S("outcome"), outcome_text(d.outcome));
    if (outcome && result) json_set(o, S("result"), result_value(a, d.result));
    if (!outcome || !result) out_bool(a, o, S("masked"), true);
    out_opt(a, o, S("version"), d.version ? d.version->id : S(""));
    return o;
}

static void out_field(RowMaker *m, Json *o, const Known *k, const Indicator *i) {
    Arena *a = m->r->c->arena;
    const FactUse *f = known_latest(k, i);
    Str bound;
    if (!row_shows(m, k, i)) {
        out_bool(a, out_object(a, o, i->code), S("masked"), true);
        return;
    }
    if (!f) {
        out_null(a, o, i->code);
        return;
    }
    Json *v = out_object(a, o, i->code);
    const SourceClass *class = source_class(f->source);
    json_set(v, S("value"), fact_use_value(a, f, &bound));
    out_opt(a, v, S("period"), f->year ? str_printf(a, "%d", f->year) : S(""));
    out_opt(a, v, S("unit"), i->unit);
    out_str(a, v, S("source"), f->source);
    out_opt(a, v, S("bound"), bound);
    out_bool(a, v, S("demo"), k->who.demo || (class && class->demo));
}

static void out_size(RowMaker *m, Json *o, const Known *k) {
    Arena *a = m->r->c->arena;
    bool shown = m->size && row_shows_rule(m, k->grade, m->size);
    Val v = shown ? decide_rule(m, k, m->size).result : val_null();
    out_opt(a, o, S("size"), v.tag == V_STRING ? val_text(v) : S(""));
    if (m->size && !shown) out_bool(a, o, S("size_masked"), true);
}

static void out_industry(RowMaker *m, Json *o, const Known *k) {
    Arena *a = m->r->c->arena;
    const Indicator *i = pack_indicator(m->r->reg->pack, INDUSTRY);
    const FactUse *f = i ? factset_get(&k->set, i, 0) : NULL;
    Str code = f && f->has_value && f->value.tag == V_STRING ? val_text(f->value) : S("");
    const Industry *known = code.n ? industry_find(&m->r->reg->codes, code) : NULL;
    out_code_name(a, o, S("industry"), code, known ? known->name : S(""));
}

static void out_match(Arena *a, Json *o, Str by, Str text) {
    if (by.n == 0) {
        out_null(a, o, S("match"));
        return;
    }
    Json *j = out_object(a, o, S("match"));
    out_str(a, j, S("by"), by);
    out_str(a, j, S("text"), text);
}

/* The assessed unit when it is a functional zone. */
static Str zone_of(const Request *r, Str unit) {
    const Division *d = unit.n ? map_get(&r->reg->codes.division, unit) : NULL;
    return d && str_eq(d->kind, S("functional_zone")) ? d->code : S("");
}

Json *row_json(RowMaker *m, const Known *k, Str by, Str text) {
    Request *r = m->r;
    Arena *a = r->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("id"), str_printf(a, "%lld", (long long)k->who.id));
    out_str(a, o, S("name"), k->who.name);
    out_opt(a, o, S("uscc"), k->uscc);
    out_str(a, o, S("uscc_check"), k->check);
    out_opt(a, o, S("stock_code"), k->stock);
    out_code_name(a, o, S("district"), k->who.division,
                  division_name(&r->reg->codes, k->who.division));
    out_opt(a, o, S("zone"), zone_of(r, k->who.unit));
    out_industry(m, o, k);
    out_size(m, o, k);
    Json *outcomes = out_object(a, o, S("outcomes"));
    for (int i = 0; i < m->nrules; i++)
        json_set(outcomes, m->rules[i]->id, outcome_cell(m, k, m->rules[i]));
    Json *values = out_object(a, o, S("values"));
    for (int i = 0; i < m->nfields; i++) out_field(m, values, k, m->fields[i]);
    out_int(a, o, S("facts"), known_facts(m, k));
    out_str(a, o, S("completeness"), known_completeness(m, k));
    out_instant(a, o, S("last_known_at"), known_last_ms(k));
    out_bool(a, o, S("demo"), k->who.demo);
    out_match(a, o, by, text);
    return o;
}

/* --- sensitive reads ---------------------------------------------------------------------------
 */

bool is_sensitive(const Indicator *i) {
    return i->grade == GRADE_SENSITIVE || i->grade == GRADE_SECRET;
}

static bool add_entry(Db *db, void *user) {
    const Str *object = user;
    Act act = {.actor = object[1], .reason = S("read")};
    return journal_add(db, &act, S("fact.read"), object[0], object[2]);
}

bool journal_read(Request *r, Str object, bool sensitive) {
    Str all[3] = {object, http_act(r, S("read")).actor, r->path};
    return !sensitive || tx_run(r->db, DB_WRITE, add_entry, all);
}
