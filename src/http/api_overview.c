/* The first page: what is on file, how it is decided, what is missing, where it is from. Every
 * number of enterprises comes with the list behind it. */
#include "base/hash.h"
#include "city/overview.h"
#include "city/pack_names.h"
#include "http/api_import.h"
#include "http/json_out.h"

enum { SNAPSHOT_WAIT_MS = 8000, IMPORTS = 5 };

static Str outcome_href(Arena *a, const Rule *rule, Outcome o) {
    return str_printf(a, "/enterprises?rule=%.*s&outcome=%.*s", STRF(rule->id),
                      STRF(outcome_text(o)));
}

void api_out_counts(Arena *a, Json *o, const Snapshot *s, const Rule *rule) {
    bool evaluated = s && str_eq(rule->subject, S("enterprise"));
    const PackSet *p = evaluated ? s->pack : NULL;
    for (int k = 0; p && k < p->nrules; k++) {
        if (p->rules[k] != rule) continue;
        Json *counts = out_object(a, o, S("counts"));
        for (int i = 0; i < OUTCOMES; i++)
            out_count(a, counts, outcome_text((Outcome)i), s->counts[k][i],
                      outcome_href(a, rule, (Outcome)i));
        return;
    }
    out_null(a, o, S("counts"));
}

static void out_tallies(Arena *a, Json *o, Str key, const Tally *items, int n, Str parameter,
                        Str unknown) {
    Json *list = out_list(a, o, key);
    for (int i = 0; i < n; i++) {
        const Tally *t = &items[i];
        Str value = t->code.n ? url_part(a, t->code) : S("none");
        Json *j = out_item(a, list);
        out_opt(a, j, S("code"), t->code);
        out_str(a, j, S("name"), t->code.n ? t->name : unknown);
        out_count(a, j, S("count"), t->n,
                  str_printf(a, "/enterprises?%.*s=%.*s", STRF(parameter), STRF(value)));
    }
}

static void out_rules(Request *r, Json *o, const Snapshot *s) {
    Arena *a = r->c->arena;
    const PackSet *p = r->reg->pack;
    Json *list = out_list(a, o, S("rules"));
    for (int k = 0; k < p->nrules; k++) {
        const Rule *rule = p->rules[k];
        if (!str_eq(rule->subject, S("enterprise"))) continue;
        Json *j = out_item(a, list);
        out_str(a, j, S("rule"), rule->id);
        out_text(a, j, S("title"), rule->title_zh, rule->title_en);
        out_str(a, j, S("kind"), rule->kind);
        out_str(a, j, S("validity"), version_validity(rule_version_near(rule, r->as_of), r->as_of));
        api_out_counts(a, j, s, rule);
        out_int(a, j, S("errors"), s ? s->errors[k] : 0);
        out_instant(a, j, S("evaluated_at"), s ? s->computed_ms : 0);
    }
}

static Str field_href(Arena *a, const char *parameter, const Indicator *i) {
    return str_printf(a, "/enterprises?%s=%.*s", parameter, STRF(url_part(a, i->code)));
}

static void out_completeness(Request *r, Json *o, const Snapshot *s) {
    Arena *a = r->c->arena;
    int n = 0;
    Json *list = out_list(a, o, S("completeness"));
    Completeness *items = s ? overview_completeness(a, r->reg->book, s, &n) : NULL;
    for (int k = 0; k < n; k++) {
        const Indicator *i = items[k].indicator;
        Json *j = out_item(a, list);
        out_str(a, j, S("field"), i->code);
        out_text(a, j, S("label"), i->zh.n ? i->zh : i->name, i->en);
        out_opt(a, j, S("unit"), i->unit);
        out_int(a, j, S("rules"), items[k].rules);
        out_count(a, j, S("have"), items[k].have, field_href(a, "has", i));
        out_count(a, j, S("missing"), s->n - items[k].have, field_href(a, "missing", i));
        out_count(a, j, S("conflicts"), items[k].conflicts, field_href(a, "conflict", i));
    }
}

static void out_sources(Request *r, Json *o, const Snapshot *s) {
    Arena *a = r->c->arena;
    Json *list = out_list(a, o, S("sources"));
    for (int k = 0; s && k < s->nsources; k++) {
        const Source *source = &s->source_list[k];
        const SourceClass *class = source_class(source->code);
        if (s->source_facts[k] == 0) continue;
        Json *j = out_item(a, list);
        out_str(a, j, S("id"), source->code);
        out_text(a, j, S("title"), pack_source_title(a, r->reg->pack, source->code, LANG_ZH),
                 pack_source_title(a, r->reg->pack, source->code, LANG_EN));
        out_bool(a, j, S("demo"), class && class->demo);
        out_int(a, j, S("facts"), s->source_facts[k]);
        out_count(a, j, S("subjects"), s->source_subjects[k],
                  str_cat(a, S("/enterprises?source="), url_part(a, source->code)));
        out_instant(a, j, S("last_known_at"), s->source_known_ms[k]);
    }
}

/* The latest imports of a reader who may see them, as in the list of imports. */
static bool out_imports(Request *r, Json *o) {
    const Right *right = right_find(S("import:read"));
    RightScope scope = right ? rights_scope(right, r->user->roles) : SCOPE_NONE;
    Json *list = out_list(r->c->arena, o, S("imports"));
    Draft *drafts;
    int n;
    int64_t total;
    if (scope == SCOPE_NONE) return true;
    Str owner = scope == SCOPE_ALL ? S("") : r->user->name;
    if (!draft_list(r->db, owner, 0, IMPORTS, &drafts, &n, &total)) return false;
    for (int i = 0; i < n; i++) json_push(list, import_row_answer(r, &drafts[i]));
    return true;
}

/* --- notices -----------------------------------------------------------------------------------
 */

static void notice(Request *r, Json *list, Msg m, bool warning, int64_t n, Str href) {
    Arena *a = r->c->arena;
    if (n == 0) return;
    Str args[] = {str_printf(a, "%lld", (long long)n)};
    Json *j = out_item(a, list);
    out_str(a, j, S("code"), msg_code(m));
    out_str(a, j, S("level"), warning ? S("warning") : S("info"));
    out_str(a, j, S("text"), msg_text(a, m, r->c->lang, 1, args));
    out_opt(a, j, S("href"), href);
}

static void out_notices(Request *r, Json *o, const Snapshot *s) {
    const PackSet *p = r->reg->pack;
    int64_t unchecked = 0, errors = 0, conflicts = 0;
    Json *list = out_list(r->c->arena, o, S("notices"));
    for (int k = 0; k < p->nrules; k++) {
        const RuleVersion *v = rule_version_near(p->rules[k], r->as_of);
        unchecked += str_eq(version_validity(v, r->as_of), S("unchecked"));
        errors += s ? s->errors[k] : 0;
    }
    for (int k = 0; s && k < s->nindicators; k++) conflicts += s->differs[k] > 0;
    notice(r, list, M_OVERVIEW_COMPUTING, false, s == NULL, S(""));
    notice(r, list, M_OVERVIEW_UNCHECKED, true, unchecked, S("/rules?validity=unchecked"));
    notice(r, list, M_OVERVIEW_ERRORS, true, errors, S(""));
    notice(r, list, M_OVERVIEW_CONFLICTS, true, conflicts, S(""));
    notice(r, list, M_OVERVIEW_DEMO, false, s ? s->demo : 0, S("/enterprises?demo=true"));
}

static void out_overview(Request *r, Json *o, const Snapshot *s) {
    Arena *a = r->c->arena;
    const CodeLists *l = &r->reg->codes;
    int nplaces = 0, nindustries = 0;
    Tally *places = s ? overview_places(a, l, s, &nplaces) : NULL;
    Tally *industries = s ? overview_industries(a, l, s, &nindustries) : NULL;
    Str unknown = msg_text(a, M_OVERVIEW_UNRECORDED, r->c->lang, 0, NULL);
    http_out_clocks(r, o);
    int64_t n = s ? s->n : subject_count(r->db, SUBJECT_ENTERPRISE);
    out_count(a, o, S("enterprises"), n, S("/enterprises"));
    out_count(a, o, S("demo"), s ? s->demo : 0, S("/enterprises?demo=true"));
    out_int(a, o, S("facts"), s ? s->facts : 0);
    out_instant(
        a, o, S("last_import_at"),
        Q_I64(r->db, 0, "SELECT max(recorded_ms) FROM batch WHERE seq <= $1", db_i(r->at.seq)));
    out_tallies(a, o, S("districts"), places, nplaces, S("district"), unknown);
    out_tallies(a, o, S("industries"), industries, nindustries, S("industry"), unknown);
    out_rules(r, o, s);
    out_completeness(r, o, s);
    out_sources(r, o, s);
    out_imports(r, o);
    out_notices(r, o, s);
}

bool api_overview(Request *r, Response *out) {
    const Snapshot *s;
    Json *o = json_new(r->c->arena, JSON_OBJECT);
    if (!snapshot_get(r->db, r->reg, r->as_of, &r->at, SNAPSHOT_WAIT_MS, &s)) return false;
    out_overview(r, o, s);
    http_reply(out, r, 200, o);
    Buf b = buf_new(r->c->arena, 0); /* imports move without the facts, and not all see them */
    json_print(&b, json_get(o, S("imports")), 0);
    Str imports = str_sub(hash_hex(r->c->arena, HASH_SHA256, buf_str(&b)), 0, 8);
    if (s) out->etag = str_cat(r->c->arena, http_tag(r), imports);
    snapshot_release(s);
    return ctx_ok(r->c);
}
