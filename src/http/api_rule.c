/* Rules: the list with validity at as_of, and one rule with everything a reviewer would ask for:
 * versions, articles, parameters with how well each is proved, what has no basis yet, tables. */
#include "base/date.h"
#include "base/log.h"
#include "city/cases.h"
#include "city/snapshot.h"
#include "codec/gram.h"
#include "http/api.h"
#include "http/json_out.h"
#include "http/rule_json.h"

enum { SNAPSHOT_WAIT_MS = 300 };

/* Counts are shown when they are there already: the list of rules never waits for an evaluation of
 * the register. */
static bool snapshot_if_ready(Request *r, const Snapshot **s) {
    const Right *right = right_find(S("overview:read"));
    *s = NULL;
    if (!right || rights_scope(right, r->user->roles) == SCOPE_NONE) return true;
    return snapshot_get(r->db, r->reg, r->as_of, &r->at, SNAPSHOT_WAIT_MS, s);
}

/* With and without counts are two answers. */
static Str rule_tag(const Request *r, const Snapshot *s) {
    return str_cat(r->c->arena, http_tag(r), s ? S("c") : S(""));
}

static Str bare_id(const Rule *r) {
    return str_sub(r->id, r->pack.n + 1, r->id.n);
}

static void out_head(Arena *a, Json *o, const Rule *r) {
    out_str(a, o, S("rule"), r->id);
    out_str(a, o, S("pack"), r->pack);
    out_str(a, o, S("id"), bare_id(r));
    out_str(a, o, S("kind"), r->kind);
    out_str(a, o, S("subject"), r->subject);
    out_text(a, o, S("title"), r->title_zh, r->title_en);
}

static void out_validity(Arena *a, Json *o, const RuleVersion *v, int64_t day) {
    out_day(a, o, S("from"), v->from);
    out_day(a, o, S("to"), v->to);
    out_day(a, o, S("last_seen_in_force"), v->last_seen);
    out_str(a, o, S("validity"), version_validity(v, day));
}

/* --- list --------------------------------------------------------------------------------------
 */

static bool has_text(Arena *a, const Rule *r, Str q) {
    if (gram_contains(a, r->title_zh, q) || gram_contains(a, r->title_en, q)) return true;
    if (gram_contains(a, r->id, q)) return true;
    for (int i = 0; i < r->nversions; i++) {
        const Document *d = r->versions[i].basis.document;
        if (d && (gram_contains(a, d->title, q) || gram_contains(a, d->number, q))) return true;
    }
    return false;
}

static bool has_document(const Rule *r, Str key) {
    for (int i = 0; i < r->nversions; i++) {
        const RuleVersion *v = &r->versions[i];
        if (v->basis.document && str_eq(v->basis.document->key, key)) return true;
        for (int k = 0; k < v->nconditions; k++) {
            const Document *d = v->conditions[k].basis.document;
            if (d && str_eq(d->key, key)) return true;
        }
    }
    return false;
}

static bool wanted(const Request *r, const Rule *rule, const RuleVersion *v) {
    Str q = http_query(r, S("q")), kind = http_query(r, S("kind")), pack = http_query(r, S("pack"));
    Str validity = http_query(r, S("validity")), document = http_query(r, S("document"));
    if (kind.n && !str_eq(kind, rule->kind)) return false;
    if (pack.n && !str_eq(pack, rule->pack)) return false;
    if (validity.n && !str_eq(validity, version_validity(v, r->as_of))) return false;
    if (document.n && !has_document(rule, document)) return false;
    return q.n == 0 || has_text(r->c->arena, rule, q);
}

static void out_parameter_counts(Arena *a, Json *o, const RuleVersion *v) {
    int n[STATUS_DEMO + 1] = {0};
    for (int i = 0; i < v->nparameters; i++)
        n[v->parameters[i].status ? v->parameters[i].status : STATUS_INFERRED]++;
    Json *j = out_object(a, o, S("parameters"));
    for (int s = STATUS_V; s <= STATUS_DEMO; s++) out_int(a, j, status_text((Status)s), n[s]);
}

bool api_rules(Request *r, Response *out) {
    Arena *a = r->c->arena;
    const PackSet *p = r->reg->pack;
    const Snapshot *s;
    if (!snapshot_if_ready(r, &s)) return false;
    Json *o = json_new(a, JSON_OBJECT), *items = out_list(a, o, S("items"));
    for (int i = 0; i < p->nrules; i++) {
        const Rule *rule = p->rules[i];
        const RuleVersion *v = rule_version_near(rule, r->as_of);
        if (!wanted(r, rule, v)) continue;
        Json *row = out_item(a, items);
        out_head(a, row, rule);
        out_str(a, row, S("version"), v->id);
        out_validity(a, row, v, r->as_of);
        out_basis(a, row, S("basis"), &v->basis, v->status);
        out_parameter_counts(a, row, v);
        out_int(a, row, S("missing_basis"), v->nmissing);
        out_int(a, row, S("versions"), rule->nversions);
        api_out_counts(a, row, s, rule);
        out_bool(a, row, S("demo"), v->status == STATUS_DEMO);
    }
    out_int(a, o, S("total"), items->count);
    http_out_clocks(r, o);
    http_reply(out, r, 200, o);
    out->etag = rule_tag(r, s);
    snapshot_release(s);
    return ctx_ok(r->c);
}

/* --- one rule ----------------------------------------------------------------------------------
 */

/* The entry of rule.yaml a version was read from. */
static const Json *entry_of(const RuleVersion *v) {
    const Json *list = json_get(v->rule->source, S("versions"));
    for (const Json *j = list ? list->first : NULL; j; j = j->next)
        if (str_eq(json_get_str(j, S("id")), v->id)) return j;
    return NULL;
}

static void out_closed(Arena *a, Json *o, const RuleVersion *v) {
    if (v->closed_from == INT64_MAX) {
        out_null(a, o, S("closed"));
        return;
    }
    Json *j = out_object(a, o, S("closed"));
    out_day(a, j, S("from"), v->closed_from);
    out_str(a, j, S("reason"), v->closed_reason);
    out_opt(a, j, S("document"), json_get_str(json_get(entry_of(v), S("closed")), S("document")));
}

static void out_conditions(Arena *a, Json *o, const RuleVersion *v) {
    Json *list = out_list(a, o, S("conditions"));
    for (int i = 0; i < v->nconditions; i++) {
        const RuleCondition *k = &v->conditions[i];
        Status status = k->status ? k->status : STATUS_INFERRED;
        Json *j = out_item(a, list);
        out_str(a, j, S("decision"), k->decision);
        out_text(a, j, S("text"), k->text_zh, k->text_en);
        out_basis(a, j, S("basis"), &k->basis, status);
        out_str(a, j, S("status"), status_text(status));
        out_bool(a, j, S("fixed"), k->fixed);
    }
}

static bool is_status(Str s) {
    return str_eq(s, S("V")) || str_eq(s, S("V*")) || str_eq(s, S("I")) || str_eq(s, S("DEMO"));
}

static void out_switches(Arena *a, Json *o, const RuleVersion *v) {
    Json *list = out_list(a, o, S("switches"));
    for (const Json *s = v->switches ? v->switches->first : NULL; s; s = s->next) {
        bool object = s->kind == JSON_OBJECT;
        Str status = object ? json_get_str(s, S("status")) : S("");
        Json *j = out_item(a, list);
        out_str(a, j, S("name"), s->key);
        json_set(j, S("value"), out_value(a, object ? json_get(s, S("value")) : s));
        out_str(a, j, S("status"), is_status(status) ? status : S("I"));
        out_opt(a, j, S("note"), object ? json_get_str(s, S("note")) : S(""));
    }
}

static void out_missing_and_notes(Arena *a, Json *o, const RuleVersion *v) {
    Json *missing = out_list(a, o, S("missing_basis"));
    for (int i = 0; i < v->nmissing; i++) {
        Json *j = out_item(a, missing);
        out_str(a, j, S("name"), v->missing[i].name);
        out_str(a, j, S("zh"), v->missing[i].zh);
    }
    rule_notes_json(a, v, out_list(a, o, S("notes")));
}

static void out_model(Request *r, Json *o, const RuleVersion *v) {
    Arena *a = r->c->arena;
    const PackSet *p = r->reg->pack;
    const CompiledVersion *cv = rulebook_version(r->reg->book, v);
    Json *inputs = out_list(a, o, S("inputs")), *steps = out_list(a, o, S("steps"));
    for (int i = 0; i < cv->model->nnodes; i++) {
        const DmnNode *n = cv->model->nodes[i];
        if (n->kind == NODE_SERVICE) continue;
        json_push(n->kind == NODE_INPUT ? inputs : steps, rule_step_json(a, p, cv, n));
    }
    rule_tables_json(a, p, cv, out_list(a, o, S("tables")));
}

typedef struct Cases {
    const Case *items;
    int n;
} Cases;

/* The worked examples; a broken cases.yaml is for the log, not for the reader of the rule. */
static Cases read_cases(Request *r, const Rule *rule) {
    Cases k = {0};
    Case *items;
    Ctx inner = ctx_new(r->c->arena, r->c->now_ms);
    if (cases_read(&inner, r->reg->pack, rule, &items, &k.n))
        k.items = items;
    else
        LOG(LOG_WARN, "cases", {"rule", rule->id},
            {"text", note_text(r->c->arena, &inner.err.note, LANG_EN)});
    return k.items ? k : (Cases){0};
}

/* The version a case is decided by: the named one, else the one in force on its day (for a closed
 * period: at the end of its reference year). */
static const RuleVersion *case_version(const Case *k) {
    if (k->version) return k->version;
    const RuleVersion *v = rule_version_on(k->rule, k->as_of);
    if (v && str_eq(v->applies_by, S("period_end")))
        return rule_version_on(k->rule, date_to_days(decide_year(k->as_of), 12, 31));
    return v;
}

static void out_cases(Arena *a, Json *o, const RuleVersion *v, const Cases *cases) {
    Json *list = out_list(a, o, S("cases"));
    for (int i = 0; i < cases->n; i++) {
        const Case *k = &cases->items[i];
        if (case_version(k) != v) continue;
        Json *j = out_item(a, list);
        out_str(a, j, S("name"), k->name);
        out_opt(a, j, S("source"), k->source);
        out_day(a, j, S("as_of"), k->as_of);
        out_str(a, j, S("outcome"), json_get_str(k->expect, S("outcome")));
        json_set(j, S("result"), out_value(a, json_get(k->expect, S("result"))));
    }
}

static void out_version(Request *r, Json *list, const RuleVersion *v, const Cases *cases) {
    Arena *a = r->c->arena;
    Json *o = out_item(a, list);
    out_str(a, o, S("id"), v->id);
    out_validity(a, o, v, r->as_of);
    out_str(a, o, S("applies_by"), v->applies_by);
    out_basis(a, o, S("basis"), &v->basis, v->status);
    out_str(a, o, S("hash"), str_cat(a, S("sm3:"), v->hash));
    out_closed(a, o, v);
    out_opt(a, o, S("outcome"), v->outcome);
    out_opt(a, o, S("result"), v->result);
    out_opt(a, o, S("unit"), v->unit);
    out_conditions(a, o, v);
    Json *parameters = out_list(a, o, S("parameters"));
    for (int i = 0; i < v->nparameters; i++)
        json_push(parameters,
                  rule_parameter_json(a, r->reg->pack, rulebook_version(r->reg->book, v),
                                      &v->parameters[i]));
    out_switches(a, o, v);
    out_missing_and_notes(a, o, v);
    out_model(r, o, v);
    out_cases(a, o, v, cases);
}

bool api_rule(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Str id = str_printf(a, "%.*s/%.*s", STRF(r->params[0]), STRF(r->params[1]));
    const Rule *rule = pack_rule(r->c, r->reg->pack, id);
    if (!rule) return false;
    const RuleVersion *now = rule_version_on(rule, r->as_of);
    Cases cases = read_cases(r, rule);
    const Snapshot *s;
    if (!snapshot_if_ready(r, &s)) return false;
    Json *o = json_new(a, JSON_OBJECT);
    out_head(a, o, rule);
    out_opt(a, o, S("current"), now ? now->id : S(""));
    Json *versions = out_list(a, o, S("versions"));
    for (int i = 0; i < rule->nversions; i++) out_version(r, versions, &rule->versions[i], &cases);
    api_out_counts(a, o, s, rule);
    out_bool(a, o, S("demo"), rule_version_near(rule, r->as_of)->status == STATUS_DEMO);
    http_out_clocks(r, o);
    http_reply(out, r, 200, o);
    out->etag = rule_tag(r, s);
    snapshot_release(s);
    return ctx_ok(r->c);
}
