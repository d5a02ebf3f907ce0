/* The dictionaries of the pack and the rights table: what filters and columns are made of. None of
 * them depends on who asks. */
#include "base/date.h"
#include "http/api.h"
#include "http/json_out.h"

static bool reply_list(Request *r, Response *out, Json *items) {
    Json *o = json_new(r->c->arena, JSON_OBJECT);
    json_set(o, S("items"), items);
    out_int(r->c->arena, o, S("total"), items->count);
    http_reply(out, r, 200, o);
    out->etag = http_tag(r);
    return true;
}

static void out_texts(Arena *a, Json *o, Str key, const Str *texts, int n) {
    Json *list = out_list(a, o, key);
    for (int i = 0; i < n; i++) json_push(list, json_string(a, texts[i]));
}

/* --- fields ------------------------------------------------------------------------------------
 */

static void out_bound(Arena *a, Json *o, Str key, Str bound) {
    out_opt(a, o, key, json_is_number(bound) ? bound : S(""));
}

static void out_precedence(Arena *a, Json *o, const Indicator *i) {
    Json *list = out_list(a, o, S("precedence"));
    for (int k = 0; k < i->nprecedence; k++) json_push(list, json_string(a, i->precedence[k]));
    for (int k = 0; i->nprecedence == 0 && k < SOURCE_CLASS_COUNT; k++)
        if (SOURCE_CLASSES[k].decides) json_push(list, json_string(a, SOURCE_CLASSES[k].id));
}

static Json *field_json(const Request *r, const Indicator *i) {
    static const Str BY[] = {[BY_DATA] = STR_INIT("data"),
                             [BY_PERSON] = STR_INIT("person"),
                             [BY_BASIS] = STR_INIT("basis")};
    Arena *a = r->c->arena;
    const PackSet *p = r->reg->pack;
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("code"), i->code);
    out_str(a, o, S("name"), i->name);
    out_str(a, o, S("zh"), i->zh.n ? i->zh : i->name);
    out_str(a, o, S("en"), i->en.n ? i->en : i->name);
    out_str(a, o, S("type"), indicator_type_text(i->type));
    out_str(a, o, S("period"), indicator_period_text(i->period));
    out_opt(a, o, S("unit"), i->unit);
    out_str(a, o, S("grade"), grade_text(i->grade));
    out_str(a, o, S("absent"), i->absent_none ? S("none") : S("unknown"));
    out_str(a, o, S("by"), BY[i->by]);
    out_str(a, o, S("definition"), i->definition);
    out_texts(a, o, S("aliases"), i->aliases, i->naliases);
    out_precedence(a, o, i);
    out_texts(a, o, S("values"), i->values, i->nvalues);
    out_bound(a, o, S("min"), i->min);
    out_bound(a, o, S("max"), i->max);
    out_opt(a, o, S("fallback"), i->fallback ? i->fallback->name : S(""));
    out_opt(a, o, S("from_rule"), i->from_rule);
    Json *rules = out_list(a, o, S("rules"));
    for (int k = 0; k < p->nrules; k++)
        if (rulebook_reads(r->reg->book, p->rules[k], i))
            json_push(rules, json_string(a, p->rules[k]->id));
    return o;
}

bool api_fields(Request *r, Response *out) {
    const PackSet *p = r->reg->pack;
    Json *items = json_new(r->c->arena, JSON_ARRAY);
    for (int i = 0; i < p->nindicators; i++) json_push(items, field_json(r, p->indicators[i]));
    return reply_list(r, out, items);
}

/* --- rules -------------------------------------------------------------------------------------
 */

/* The string literals of a FEEL list such as "A","B"; false when anything else stands in it. */
static bool string_literals(Arena *a, Json *list, Str text) {
    text = str_trim(text);
    while (text.n) {
        ptrdiff_t end =
            str_starts(text, S("\"")) ? str_find(str_sub(text, 1, text.n), S("\"")) : -1;
        if (end < 0) return false;
        Str item = str_sub(text, 1, end + 1);
        bool seen = false;
        for (const Json *j = list->first; j; j = j->next) seen |= str_eq(j->text, item);
        if (!seen) json_push(list, json_string(a, item));
        text = str_trim(str_sub(text, end + 2, text.n));
        if (str_starts(text, S(","))) text = str_trim(str_sub(text, 1, text.n));
    }
    return true;
}

/* The string literals behind `then` and `else` of a literal expression; a word in the text of a
 * string counts too, which the pack's texts do not have. */
static void branch_literals(Arena *a, Json *list, Str text) {
    static const Str WORDS[] = {STR_INIT("then"), STR_INIT("else")};
    for (ptrdiff_t at = 0; at < text.n; at++) {
        for (size_t w = 0; w < sizeof WORDS / sizeof *WORDS; w++) {
            Str rest = str_sub(text, at, text.n);
            if (!str_starts(rest, WORDS[w])) continue;
            rest = str_trim(str_sub(rest, WORDS[w].n, rest.n));
            ptrdiff_t end =
                str_starts(rest, S("\"")) ? str_find(str_sub(rest, 1, rest.n), S("\"")) : -1;
            if (end >= 0) string_literals(a, list, str_sub(rest, 0, end + 2));
        }
    }
}

static const Indicator *stands_in_for(const PackSet *p, const Rule *rule) {
    for (int i = 0; i < p->nindicators; i++)
        if (str_eq(p->indicators[i]->from_rule, rule->id)) return p->indicators[i];
    return NULL;
}

/* The texts a table can give: its output values, or its outputs when all of them are strings. */
static void table_literals(Arena *a, Json *list, const DmnTable *t) {
    Json *all = json_new(a, JSON_ARRAY);
    bool plain = t->noutputs == 1;
    if (plain && t->outputs[0].values.text.n)
        plain = string_literals(a, all, t->outputs[0].values.text);
    else
        for (int i = 0; plain && i < t->nrules; i++)
            plain = string_literals(a, all, t->rules[i].out[0].text);
    for (const Json *j = plain ? all->first : NULL; j; j = j->next)
        json_push(list, json_string(a, j->text));
}

/* The texts the result of a rule can be: what the dictionary allows for the fact it stands in for,
 * else what its table or its branches say. Empty when it is no text. */
static Json *result_values(Arena *a, const PackSet *p, const Rule *rule,
                           const CompiledVersion *cv) {
    Json *list = json_new(a, JSON_ARRAY);
    const Indicator *i = stands_in_for(p, rule);
    const DmnExpr *e = cv->result ? cv->result->expr : NULL;
    for (int k = 0; i && k < i->nvalues; k++) json_push(list, json_string(a, i->values[k]));
    if (!e || list->count) return list;
    if (e->kind == EXPR_TABLE) table_literals(a, list, e->table);
    if (e->kind == EXPR_LITERAL) branch_literals(a, list, e->text);
    return list;
}

bool api_rule_names(Request *r, Response *out) {
    Arena *a = r->c->arena;
    const PackSet *p = r->reg->pack;
    Json *items = json_new(a, JSON_ARRAY);
    for (int i = 0; i < p->nrules; i++) {
        const Rule *rule = p->rules[i];
        const RuleVersion *v = rule_version_near(rule, r->as_of);
        Json *o = out_item(a, items);
        out_str(a, o, S("rule"), rule->id);
        out_text(a, o, S("title"), rule->title_zh, rule->title_en);
        out_str(a, o, S("kind"), rule->kind);
        out_opt(a, o, S("unit"), v->unit);
        json_set(o, S("result_values"),
                 result_values(a, p, rule, rulebook_version(r->reg->book, v)));
    }
    return reply_list(r, out, items);
}

/* --- documents ---------------------------------------------------------------------------------
 */

static bool rests_on(const Rule *rule, const Document *d) {
    for (int i = 0; i < rule->nversions; i++) {
        const RuleVersion *v = &rule->versions[i];
        if (v->basis.document == d) return true;
        for (int k = 0; k < v->nconditions; k++)
            if (v->conditions[k].basis.document == d) return true;
    }
    return false;
}

/* Dates of documents are texts of the pack; one that is no date is not shown as one. */
static void out_date(Arena *a, Json *o, Str key, Str text) {
    int64_t day;
    out_opt(a, o, key, date_parse(text, &day) ? text : S(""));
}

bool api_documents(Request *r, Response *out) {
    Arena *a = r->c->arena;
    const PackSet *p = r->reg->pack;
    Json *items = json_new(a, JSON_ARRAY);
    for (int i = 0; i < p->ndocuments; i++) {
        const Document *d = p->documents[i];
        Json *o = out_item(a, items);
        out_str(a, o, S("key"), d->key);
        out_str(a, o, S("title"), d->title);
        out_opt(a, o, S("number"), d->number);
        out_str(a, o, S("issuer"), d->issuer);
        out_date(a, o, S("issued"), d->issued);
        out_date(a, o, S("effective_from"), d->from);
        out_date(a, o, S("effective_to"), d->to);
        out_str(a, o, S("validity"), d->validity);
        out_date(a, o, S("last_seen_in_force"), d->last_seen);
        out_date(a, o, S("checked_on"), d->checked_on);
        out_str(a, o, S("grade"), d->grade);
        out_opt(a, o, S("url"), d->url);
        Json *rules = out_list(a, o, S("rules"));
        for (int k = 0; k < p->nrules; k++)
            if (rests_on(p->rules[k], d)) json_push(rules, json_string(a, p->rules[k]->id));
    }
    return reply_list(r, out, items);
}

/* --- sources, places, industries ---------------------------------------------------------------
 */

bool api_sources(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Json *items = json_new(a, JSON_ARRAY);
    for (int i = 0; i < SOURCE_CLASS_COUNT; i++) {
        const SourceClass *k = &SOURCE_CLASSES[i];
        Json *o = out_item(a, items);
        out_str(a, o, S("id"), k->id);
        out_text(a, o, S("title"), k->zh, k->en);
        out_int(a, o, S("rank"), i + 1);
        out_bool(a, o, S("decides"), k->decides);
        out_bool(a, o, S("demo"), k->demo);
    }
    return reply_list(r, out, items);
}

bool api_divisions(Request *r, Response *out) {
    Arena *a = r->c->arena;
    const CodeLists *l = &r->reg->codes;
    Json *items = json_new(a, JSON_ARRAY);
    for (int i = 0; i < l->ndivisions; i++) {
        Json *o = out_item(a, items);
        out_str(a, o, S("code"), l->divisions[i].code);
        out_str(a, o, S("name"), l->divisions[i].name);
        out_str(a, o, S("kind"), l->divisions[i].kind);
    }
    return reply_list(r, out, items);
}

/* Is `i` anywhere below the code? */
static bool is_below(const CodeLists *l, const Industry *i, Str code) {
    for (int depth = 0; i && i->parent.n && depth < 4; depth++) {
        if (str_eq(i->parent, code)) return true;
        i = map_get(&l->industry, i->parent);
    }
    return false;
}

bool api_industries(Request *r, Response *out) {
    Arena *a = r->c->arena;
    const CodeLists *l = &r->reg->codes;
    Str level = http_query(r, S("level")), parent = http_query(r, S("parent"));
    static const char *const LEVELS = " section division group class ";
    Json *items = json_new(a, JSON_ARRAY);
    Str word = str_printf(a, " %.*s ", STRF(level));
    if (level.n && str_find(str_from(LEVELS), word) < 0)
        return HTTP_INVALID(r, S("?level"), M_HTTP_QUERY, S("level"), level);
    for (int k = 0; k < l->nindustries; k++) {
        const Industry *i = &l->industries[k];
        if (level.n && !str_eq(i->level, level)) continue;
        if (parent.n && !is_below(l, i, parent)) continue;
        Json *o = out_item(a, items);
        out_str(a, o, S("code"), i->code);
        out_str(a, o, S("name"), i->name);
        out_str(a, o, S("level"), i->level);
        out_opt(a, o, S("parent"), i->parent);
    }
    return reply_list(r, out, items);
}

/* --- roles -------------------------------------------------------------------------------------
 */

bool api_roles(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Json *items = json_new(a, JSON_ARRAY);
    for (int i = 0; i < ROLES; i++) {
        Json *o = out_item(a, items);
        out_str(a, o, S("id"), role_text((Role)i));
        out_text(a, o, S("title"), role_title((Role)i, false), role_title((Role)i, true));
        Json *rights = out_list(a, o, S("rights"));
        for (int k = 0; k < RIGHT_COUNT; k++) {
            RightScope scope = right_scope(&RIGHTS[k], (Role)i);
            if (scope == SCOPE_NONE) continue;
            Json *right = out_item(a, rights);
            out_str(a, right, S("right"), RIGHTS[k].name);
            out_str(a, right, S("scope"), scope_text(scope));
        }
    }
    return reply_list(r, out, items);
}
