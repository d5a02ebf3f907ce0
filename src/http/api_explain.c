/* GET /enterprises/{id}/explain: why each rule decides as it does, down to the cell and the fact.
 */
#include "base/date.h"
#include "city/distance.h"
#include "city/pack_names.h"
#include "city/report.h"
#include "http/api.h"
#include "http/api_enterprise.h"
#include "http/rule_json.h"

typedef struct Page {
    Request *r;
    RowMaker m;
    Known k;
    bool packet, tables, sensitive;
    bool outcome, whole; /* of the rule at hand: is its outcome shown, is all it reads */
} Page;

static Str word(const Page *p, Msg m) {
    return msg_text(p->r->c->arena, m, p->r->c->lang, 0, NULL);
}

static Str said(const Page *p, Msg m, Str x, Str y) {
    Str args[] = {x, y};
    return msg_text(p->r->c->arena, m, p->r->c->lang, 2, args);
}

static Str condition_text(const Page *p, const RuleCondition *c) {
    return p->r->c->lang == LANG_EN && c->text_en.n ? c->text_en : c->text_zh;
}

/* --- conditions, missing facts -----------------------------------------------------------------
 */

static Str year_of(const Page *p, const Decision *d, const Missing *m) {
    return m->lag < 0 ? S("") : str_printf(p->r->c->arena, "%d", d->year - m->lag);
}

static void out_conditions(Page *p, Json *o, const Decision *d) {
    Arena *a = p->r->c->arena;
    Lang lang = p->r->c->lang;
    Json *list = out_list(a, o, S("conditions"));
    const int *order = report_order(a, d, NULL);
    for (int i = 0; i < d->nconditions; i++) {
        const ConditionResult *k = &d->conditions[order[i]];
        Json *j = out_item(a, list);
        out_str(a, j, S("text"), condition_text(p, k->condition));
        out_str(a, j, S("outcome"), outcome_text(k->outcome));
        out_opt(a, j, S("value"), report_condition_value(a, k, lang));
        out_opt(a, j, S("required"), report_condition_required(a, k, lang));
        out_opt(a, j, S("gap"), report_condition_gap(a, k, lang));
        out_opt(a, j, S("source"), report_condition_source(a, d, k, lang));
        out_opt(a, j, S("place"), k->node->id);
        out_str(a, j, S("decision"), k->condition->decision);
        out_opt(a, j, S("of"), k->condition->way_of);
        out_bool(a, j, S("fixed"), k->condition->fixed);
        if (!p->whole && k->outcome == OUTCOME_UNDECIDABLE) out_bool(a, j, S("masked"), true);
        out_basis(a, j, S("basis"), &k->condition->basis, k->condition->status);
    }
}

static void out_missing(Page *p, Json *o, const Decision *d) {
    Arena *a = p->r->c->arena;
    Json *list = out_list(a, o, S("missing"));
    for (int i = 0; i < d->nmissing; i++) {
        const Missing *m = &d->missing[i];
        if (!row_shows(&p->m, &p->k, m->indicator)) continue; /* not missing: among masked_fields */
        Json *j = out_item(a, list);
        out_str(a, j, S("name"), m->name);
        out_str(a, j, S("field"), m->indicator->code);
        out_text(a, j, S("label"), m->indicator->zh, m->indicator->en);
        out_opt(a, j, S("period"), year_of(p, d, m));
        out_opt(a, j, S("unit"), m->indicator->unit);
        out_str(a, j, S("kind"), missing_kind_text(m->kind));
        out_opt(a, j, S("hint"), m->indicator->definition);
    }
    for (int i = 0; d->version && i < d->version->nmissing; i++) {
        const MissingBasis *m = &d->version->missing[i];
        Json *j = out_item(a, list);
        out_str(a, j, S("name"), m->name);
        out_null(a, j, S("field"));
        out_text(a, j, S("label"), m->zh, m->en);
        out_null(a, j, S("period"));
        out_null(a, j, S("unit"));
        out_str(a, j, S("kind"), S("basis"));
        out_null(a, j, S("hint"));
    }
}

/* What the rule reads and this reader may not see. */
static void out_masked(const Page *p, Json *o, const Rule *rule) {
    Arena *a = p->r->c->arena;
    const PackSet *pack = p->r->reg->pack;
    Json *list = out_list(a, o, S("masked_fields"));
    for (int i = 0; i < pack->nindicators; i++) {
        const Indicator *k = pack->indicators[i];
        if (row_shows(&p->m, &p->k, k) || !rulebook_reads(p->r->reg->book, rule, k)) continue;
        Json *j = out_item(a, list);
        out_str(a, j, S("field"), k->code);
        out_text(a, j, S("label"), k->zh.n ? k->zh : k->name, k->en);
        out_str(a, j, S("grade"), grade_text(k->grade));
    }
}

static bool stands_alone(const ConditionResult *k) {
    return k->condition->way_of.n == 0;
}

/* One sentence: why this outcome. */
static Str reason(const Page *p, const Decision *d) {
    enum { NAMED = 3 };
    Arena *a = p->r->c->arena;
    Buf b = buf_new(a, 8192);
    int n = 0;
    if (d->why != MSG_NONE) return word(p, d->why);
    bool open = d->outcome == OUTCOME_UNDECIDABLE || d->outcome == OUTCOME_NEEDS_PERSON;
    for (int i = 0; open && i < d->nmissing; i++, n++) {
        Str year = year_of(p, d, &d->missing[i]);
        const Indicator *k = d->missing[i].indicator;
        if (n >= NAMED) continue;
        if (n) buf_lit(&b, "、");
        buf_put(&b, p->r->c->lang == LANG_EN && k->en.n ? k->en : k->zh);
        if (year.n) buf_printf(&b, " %.*s", STRF(year));
    }
    for (int i = 0; d->outcome == OUTCOME_NOT_MET && i < d->nconditions; i++) {
        const ConditionResult *k = &d->conditions[i];
        if (!stands_alone(k) || k->outcome != OUTCOME_NOT_MET) continue;
        if (n++ >= NAMED) continue;
        if (n > 1) buf_lit(&b, "；");
        buf_put(&b, condition_text(p, k->condition));
    }
    if (n == 0) return S("");
    return said(p, open ? M_EXPLAIN_MISSING : M_EXPLAIN_FAILED, str_printf(a, "%d", n),
                buf_str(&b));
}

/* --- steps and tables --------------------------------------------------------------------------
 */

/* A value for the page; unknown members of a context are left out. */
static Json *step_value(Arena *a, Val v, bool *known) {
    *known = !(v.tag == V_UNKNOWN);
    if (v.tag != V_CONTEXT) return result_value(a, v);
    const Context *x = val_ctx(v);
    Json *o = json_new(a, JSON_OBJECT);
    for (int i = 0; i < x->n; i++)
        if (x->vals[i].tag != V_UNKNOWN) json_set(o, x->keys[i], result_value(a, x->vals[i]));
    *known = x->n == 0 || o->count > 0;
    if (*known) return o;
    return json_new(a, JSON_NULL);
}

static Str input_source(const Decision *d, const Indicator *i) {
    for (int k = 0; i && k < d->nfacts; k++)
        if (d->facts[k]->indicator == i || d->facts[k]->indicator == i->fallback)
            return d->facts[k]->source;
    return S("");
}

/* Replaces or adds a member. */
static void put(Json *o, Str key, Json *value) {
    Json *old = json_get(o, key);
    if (!old) {
        json_set(o, key, value);
        return;
    }
    Json *next = old->next;
    Str name = old->key;
    *old = *value;
    old->next = next;
    old->key = name;
}

static void out_steps(Page *p, Json *inputs, Json *steps, const Decision *d,
                      const CompiledVersion *cv) {
    Arena *a = p->r->c->arena;
    const PackSet *pack = p->r->reg->pack;
    for (int i = 0; i < d->nsteps; i++) {
        const DmnNode *n = d->steps[i].node;
        bool input = n->kind == NODE_INPUT, known;
        Json *s = json_push(input ? inputs : steps, rule_step_json(a, pack, cv, n));
        const Indicator *ind = input ? pack_indicator(pack, n->name) : NULL;
        Str source = input_source(d, ind);
        put(s, S("value"), step_value(a, d->steps[i].value, &known));
        put(s, S("known"), json_bool(a, known));
        put(s, S("source"), source.n ? json_string(a, source) : json_new(a, JSON_NULL));
        p->sensitive |= ind && is_sensitive(ind);
        if (ind) table_grade(p->m.r, ind->grade);
    }
}

static Str bounds(const Page *p, Val v) {
    if (v.tag != V_UNKNOWN) return S("");
    Str text = report_value(p->r->c->arena, v, S(""), p->r->c->lang);
    return str_eq(text, S("—")) ? S("") : text;
}

static void fill_inputs(Page *p, Json *table, const DmnTableView *t) {
    Arena *a = p->r->c->arena;
    int i = 0;
    for (Json *j = json_get(table, S("inputs"))->first; j; j = j->next, i++) {
        bool known;
        Str text = bounds(p, t->inputs[i]);
        put(j, S("value"), step_value(a, t->inputs[i], &known));
        put(j, S("known"), json_bool(a, known));
        put(j, S("bounds"), text.n ? json_string(a, text) : json_new(a, JSON_NULL));
    }
}

static Str cell_word(uint8_t outcome) {
    switch ((CellOutcome)outcome) {
    case CELL_TRUE: return S("yes");
    case CELL_FALSE:
    case CELL_NULL: return S("no");
    case CELL_UNKNOWN: return S("unknown");
    default: return S("not_reached");
    }
}

static Str state_word(const DmnTableView *t, int row) {
    if (t->rules[row] == CELL_UNKNOWN) return S("possible");
    if (t->rules[row] == CELL_TRUE) return t->used[row] ? S("hit") : S("not_reached");
    return t->rules[row] == CELL_NOT_REACHED ? S("not_reached") : S("missed");
}

static void fill_rules(Page *p, Json *table, const DmnTableView *t) {
    Arena *a = p->r->c->arena;
    int columns = t->source->table->ninputs, row = 0;
    Json *hits = json_new(a, JSON_ARRAY);
    for (Json *r = json_get(table, S("rules"))->first; r; r = r->next, row++) {
        int k = 0;
        for (Json *c = json_get(r, S("cells"))->first; c; c = c->next, k++)
            put(c, S("outcome"), json_string(a, cell_word(t->cells[row * columns + k])));
        put(r, S("state"), json_string(a, state_word(t, row)));
        if (t->rules[row] == CELL_TRUE && t->used[row]) json_push(hits, json_int(a, row + 1));
    }
    put(table, S("hits"), hits);
}

static void out_tables(Page *p, Json *list, const Decision *d, const CompiledVersion *cv) {
    Arena *a = p->r->c->arena;
    for (const DmnTableView *t = d->tables; t; t = t->next) {
        bool known;
        Json *o = json_push(list, rule_table_json(a, p->r->reg->pack, cv, t->node, t->source));
        fill_inputs(p, o, t);
        fill_rules(p, o, t);
        put(o, S("result"), step_value(a, t->result, &known));
        put(o, S("known"), json_bool(a, known && !val_has_unknown(t->result)));
    }
}

/* --- the explanation ---------------------------------------------------------------------------
 */

static void out_head(Page *p, Json *o, const Decision *d) {
    Request *r = p->r;
    Arena *a = r->c->arena;
    const Rule *rule = d->rule;
    const RuleVersion *v = d->version ? d->version : rule_version_near(rule, r->as_of);
    Str validity = version_validity(v, r->as_of);
    bool unchecked = str_eq(validity, S("unchecked"));
    out_str(a, o, S("subject"), d->subject);
    out_str(a, o, S("subject_name"), d->subject_name);
    out_str(a, o, S("rule"), rule->id);
    out_str(a, o, S("title"),
            r->c->lang == LANG_EN && rule->title_en.n ? rule->title_en : rule->title_zh);
    out_str(a, o, S("kind"), rule->kind);
    out_opt(a, o, S("version"), d->version ? d->version->id : S(""));
    http_out_clocks(r, o);
    if (p->outcome) out_str(a, o, S("outcome"), outcome_text(d->outcome));
    if (p->whole) json_set(o, S("result"), result_value(a, d->result));
    if (!p->whole) out_bool(a, o, S("masked"), true);
    out_opt(a, o, S("unit"), v->unit);
    out_str(a, o, S("validity"), validity);
    out_opt(a, o, S("validity_note"),
            unchecked ? said(p, M_EXPLAIN_UNCHECKED, date_text(a, v->last_seen), S("")) : S(""));
    out_opt(a, o, S("reason"), p->whole ? reason(p, d) : word(p, M_PEOPLE_MASKED));
    out_basis(a, o, S("basis"), &v->basis, v->status);
}

static void out_errors(Page *p, Json *o, const Decision *d) {
    Arena *a = p->r->c->arena;
    Json *list = out_list(a, o, S("errors"));
    for (int i = 0; i < d->nerrors; i++) {
        Json *e = out_item(a, list);
        out_str(a, e, S("code"), msg_code(d->errors[i].msg));
        out_str(a, e, S("text"), note_text(a, &d->errors[i], p->r->c->lang));
        out_opt(a, e, S("hint"), note_hint(a, &d->errors[i], p->r->c->lang));
        out_opt(a, e, S("place"), d->errors[i].place);
    }
}

/* Where something the rule reads is hidden, everything but the outcome is made from what is not: no
 * condition, table or distance has ever met a hidden value. */
static void explain(Page *p, Json *list, const Rule *rule) {
    Request *r = p->r;
    Arena *a = r->c->arena;
    DecideOptions opt = decide_options(r, false);
    opt.tables = p->tables;
    Decision d = decide(a, r->reg->book, rule, &p->k.set, &opt);
    p->whole = row_shows_rule(&p->m, p->k.grade, rule);
    p->outcome = p->whole || row_shows_outcome(&p->m, p->k.grade, rule);
    d.distance = distance_find(a, r->reg->book, &p->k.set, &opt, &d);
    const CompiledVersion *cv = d.version ? rulebook_version(r->reg->book, d.version) : NULL;
    Json *o = out_item(a, list);
    if (!p->whole) {
        DecideOptions brief = decide_options(r, true);
        d.outcome = decide(a, r->reg->book, rule, &p->k.whole, &brief).outcome;
    }
    out_head(p, o, &d);
    if (!p->whole) out_masked(p, o, rule);
    out_conditions(p, o, &d);
    out_missing(p, o, &d);
    json_set(o, S("distance"), distance_json(a, &d, r->c->lang, false));
    out_bool(a, o, S("distance_stopped"), d.distance->stopped);
    Json *inputs = out_list(a, o, S("inputs")), *steps = out_list(a, o, S("steps"));
    Json *tables = out_list(a, o, S("tables"));
    if (cv && p->tables) {
        out_steps(p, inputs, steps, &d, cv);
        out_tables(p, tables, &d, cv);
    }
    Json *notes = out_list(a, o, S("notes"));
    if (d.version) rule_notes_json(a, d.version, notes);
    out_errors(p, o, &d);
    json_set(o, S("packet"),
             p->packet && p->whole ? packet_json(a, &d, &p->k.set) : json_new(a, JSON_NULL));
    out_bool(a, o, S("demo"), d.demo);
    for (int i = 0; i < d.nfacts; i++) {
        p->sensitive |= is_sensitive(d.facts[i]->indicator);
        table_grade(p->m.r, d.facts[i]->indicator->grade);
    }
}

static bool known_kind(const PackSet *p, Str kind) {
    static const char *const KINDS[] = {"tier", "title", "entitlement", "score", "check"};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (str_eq(kind, str_from(KINDS[i]))) return p != NULL;
    return kind.n == 0;
}

bool api_explain(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Page *p = NEW(a, Page);
    *p = (Page){.r = r};
    const PackSet *pack = r->reg->pack;
    Str id = http_query(r, S("rule")), kind = http_query(r, S("kind"));
    const Rule *only = id.n ? map_get(&pack->by_rule, id) : NULL;
    int64_t subject;
    int n = 0;
    if (id.n && !only) return HTTP_INVALID(r, S("?rule"), M_RULE_UNKNOWN, id);
    if (!known_kind(pack, kind)) return HTTP_INVALID(r, S("?kind"), M_HTTP_QUERY, S("kind"), kind);
    if (!http_query_bool(r, S("packet"), false, &p->packet) ||
        !http_query_bool(r, S("tables"), true, &p->tables) || !http_id(r, 0, &subject) ||
        !row_maker_open(r, &p->m) || !row_known(&p->m, subject, &p->k))
        return false;
    Json *o = json_new(a, JSON_OBJECT);
    Json *items = out_list(a, o, S("items"));
    for (int i = 0; i < pack->nrules; i++) {
        const Rule *rule = pack->rules[i];
        if ((only && rule != only) || (kind.n && !str_eq(kind, rule->kind))) continue;
        explain(p, items, rule);
        n++;
    }
    out_int(a, o, S("total"), n);
    http_out_clocks(r, o);
    http_reply(out, r, 200, o);
    return journal_read(r, p->k.who.code, p->sensitive);
}
