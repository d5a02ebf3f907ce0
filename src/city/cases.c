/* Worked examples. See cases.h. */
#include "city/cases.h"

#include "base/date.h"
#include "city/pack_parse.h"
#include "codec/yaml.h"

typedef struct Reader {
    Ctx *c;
    const PackSet *pack;
    const Rule *rule;
    const Json *list;
} Reader;

static bool bad(Reader *r, const Json *at, Str key) {
    return pack_fail_key(r->c, r->rule->cases, at ? at->line : 0, key);
}

static const Json *case_named(const Reader *r, const Json *before, Str name) {
    for (const Json *j = r->list->first; j && j != before; j = j->next)
        if (str_eq(json_get_str(j, S("name")), name)) return j;
    return NULL;
}

static bool is_left_out(const Json *without, Str key) {
    for (const Json *j = without ? without->first : NULL; j; j = j->next)
        if (str_eq(json_str(j, S("")), key)) return true;
    return false;
}

static void put_fact(Arena *a, Json *facts, const Json *fact) {
    Json *copy = NEW(a, Json);
    *copy = *fact;
    copy->next = NULL;
    json_set(facts, fact->key, copy);
}

/* The facts of a case: those of the case it is like, replaced and reduced by its own. */
static Json *facts_of(Reader *r, const Json *j, int depth) {
    Arena *a = r->c->arena;
    Json *facts = json_new(a, JSON_OBJECT);
    const Json *own = json_get(j, S("facts")), *without = json_get(j, S("without"));
    Str like = json_get_str(j, S("like"));
    if (like.n && depth < 8) {
        const Json *base = case_named(r, j, like);
        if (!base) {
            bad(r, j, S("like"));
            return NULL;
        }
        Json *inherited = facts_of(r, base, depth + 1);
        for (const Json *f = inherited ? inherited->first : NULL; f; f = f->next)
            if (!json_get(own, f->key) && !is_left_out(without, f->key)) put_fact(a, facts, f);
    }
    for (const Json *f = own ? own->first : NULL; f; f = f->next) put_fact(a, facts, f);
    return facts;
}

/* A key of the case, or of the case it is like. */
static const Json *inherited(const Reader *r, const Json *j, Str key) {
    for (int depth = 0; j && depth < 8; depth++) {
        const Json *found = json_get(j, key);
        if (found) return found;
        j = case_named(r, j, json_get_str(j, S("like")));
    }
    return NULL;
}

static bool read_case(Reader *r, const Json *j, Case *out) {
    Str version = json_str(inherited(r, j, S("version")), S(""));
    *out = (Case){.rule = r->rule, .name = json_get_str(j, S("name")), .line = j->line};
    out->source = json_str(inherited(r, j, S("source")), S(""));
    out->expect = json_get(j, S("expect"));
    if (out->name.n == 0) return bad(r, j, S("name"));
    if (!out->expect || !json_get(out->expect, S("outcome"))) return bad(r, j, S("expect"));
    if (!date_parse(json_str(inherited(r, j, S("as_of")), S("")), &out->as_of))
        return bad(r, j, S("as_of"));
    for (int i = 0; version.n && i < r->rule->nversions; i++)
        if (str_eq(r->rule->versions[i].id, version)) out->version = &r->rule->versions[i];
    if (version.n && !out->version) return bad(r, j, S("version"));
    const Json *facts = facts_of(r, j, 0);
    if (!facts) return false;
    if (factset_from_json(r->c, r->pack, facts, S(""), decide_year(out->as_of), &out->facts))
        return true;
    r->c->err.note.place = str_cat(r->c->arena, pack_place(r->c->arena, r->rule->cases, j->line),
                                   str_cat(r->c->arena, S(" "), r->c->err.note.place));
    return false;
}

bool cases_read(Ctx *c, const PackSet *p, const Rule *r, Case **out, int *n) {
    *out = NULL;
    *n = 0;
    if (!r->cases) return true;
    Reader reader = {.c = c, .pack = p, .rule = r};
    Json *list = yaml_parse(c, r->cases->bytes, pack_place(c->arena, r->cases, 0));
    if (!list) return false;
    reader.list = list;
    if (list->kind != JSON_ARRAY) return bad(&reader, list, S("name"));
    *out = NEW_N(c->arena, Case, list->count + 1);
    for (const Json *j = list->first; j; j = j->next)
        if (!read_case(&reader, j, &(*out)[(*n)++])) return false;
    return true;
}

/* --- checking ----------------------------------------------------------------------------------
 */

static Str text_of(Arena *a, Val v) {
    Buf b = buf_new(a, 0);
    Json *j = value_to_json(a, v);
    if (j->kind == JSON_STRING) return j->text;
    json_canonical(&b, j);
    return buf_str(&b);
}

static Str expected_text(Arena *a, const Json *j) {
    Dec d;
    Buf b = buf_new(a, 0);
    if (j->kind == JSON_NUMBER && dec_parse(j->text, &d)) return dec_text(a, &d);
    if (j->kind == JSON_STRING) return j->text;
    json_canonical(&b, j);
    return buf_str(&b);
}

static Str differs(Arena *a, Str what, Str got, Str want) {
    return str_printf(a, "%.*s is %.*s, expected %.*s", STRF(what), STRF(got), STRF(want));
}

static Str check_missing(Arena *a, const Decision *d, const Json *want) {
    for (const Json *j = want ? want->first : NULL; j; j = j->next) {
        Str name = json_str(j, S(""));
        bool found = false;
        for (int i = 0; i < d->nmissing; i++)
            found |=
                str_eq(d->missing[i].name, name) || str_eq(d->missing[i].indicator->name, name);
        if (!found) return differs(a, S("missing"), S("without it"), name);
    }
    return S("");
}

static Str check_conditions(Arena *a, const Decision *d, const Json *want) {
    for (const Json *j = want ? want->first : NULL; j; j = j->next) {
        const ConditionResult *k = NULL;
        for (int i = 0; i < d->nconditions; i++)
            if (str_eq(d->conditions[i].condition->decision, j->key)) k = &d->conditions[i];
        if (!k) return differs(a, S("condition"), S("absent"), j->key);
        Str expected = json_str(j, S("")), got = outcome_text(k->outcome);
        if (!str_eq(expected, got)) return differs(a, j->key, got, expected);
    }
    return S("");
}

Str case_check(Arena *a, const Rulebook *b, const Case *k, Decision *d) {
    DecideOptions o = {.as_of = k->as_of, .version = k->version};
    Decision got = decide(a, b, k->rule, &k->facts, &o);
    const Json *result = json_get(k->expect, S("result"));
    Str outcome = json_get_str(k->expect, S("outcome"));
    if (d) *d = got;
    if (!str_eq(outcome, outcome_text(got.outcome))) {
        Str missing = got.nmissing ? got.missing[0].name : S("-");
        Str error = got.nerrors ? note_text(a, &got.errors[0], LANG_EN) : S("-");
        return str_printf(a, "outcome is %.*s, expected %.*s (missing %.*s; error %.*s)",
                          STRF(outcome_text(got.outcome)), STRF(outcome), STRF(missing),
                          STRF(error));
    }
    if (result && !str_eq(expected_text(a, result), text_of(a, got.result)))
        return differs(a, S("result"), text_of(a, got.result), expected_text(a, result));
    Str s = check_missing(a, &got, json_get(k->expect, S("missing")));
    return s.n ? s : check_conditions(a, &got, json_get(k->expect, S("conditions")));
}
