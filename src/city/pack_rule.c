/* rule.yaml: versions with validity, basis, conditions and parameters (docs/packs.md). */
#include <stdlib.h>

#include "base/date.h"
#include "base/hash.h"
#include "city/pack_parse.h"
#include "codec/yaml.h"

static const char *const STATUSES[] = {"", "V", "V*", "I", "DEMO", NULL};
static const char *const KINDS[] = {"tier", "title", "entitlement", "score", "check", NULL};
static const char *const SUBJECTS[] = {"enterprise", "person", "city", NULL};
static const char *const APPLIES[] = {"application_date", "evaluation_date", "period_end",
                                      "award_date", NULL};

static const char *const RULE_KEYS[] = {"id", "kind", "subject", "title", "versions", "note", NULL};
static const char *const VERSION_KEYS[] = {
    "id",      "file",          "from", "to",         "last_seen_in_force", "applies_by", "basis",
    "outcome", "result",        "unit", "conditions", "parameters",         "switches",   "closed",
    "notes",   "missing_basis", NULL};
static const char *const CONDITION_KEYS[] = {"decision", "text", "basis", "status",
                                             "fixed",    "of",   "note",  NULL};
static const char *const PARAMETER_KEYS[] = {"at",     "name",   "value", "unit",
                                             "status", "source", "note",  NULL};

typedef struct Reader {
    Ctx *c;
    PackSet *pack;
    const PackFile *f;
} Reader;

static bool bad(Reader *r, const Json *at, Str key) {
    return pack_fail_key(r->c, r->f, at ? at->line : 0, key);
}

/* A date, or `fallback` when absent or null. */
static bool read_day(Reader *r, const Json *j, Str key, int64_t fallback, int64_t *day) {
    Str s = json_get_str(j, key);
    *day = fallback;
    return s.n == 0 || date_parse(s, day) || bad(r, j, key);
}

static bool read_basis(Reader *r, const Json *j, Basis *out) {
    Str key = json_get_str(j, S("document"));
    out->article = json_get_str(j, S("article"));
    out->document = key.n ? pack_document(r->pack, key) : NULL;
    if (key.n && !out->document)
        return FAIL_AT(r->c, ERR_INPUT, pack_place(r->c->arena, r->f, j->line), M_PACK_DOCUMENT,
                       key);
    return true;
}

static bool read_status(Reader *r, const Json *j, Status *out) {
    int s = pack_word(json_get_str(j, S("status")), STATUSES, STATUS_NONE);
    if (s < 0) return bad(r, j, S("status"));
    *out = (Status)s;
    return true;
}

static void weaken(RuleVersion *v, Status s) {
    if (s > v->status) v->status = s;
}

static int count_of(const Json *array) {
    return array && array->kind == JSON_ARRAY ? array->count : 0;
}

static bool read_conditions(Reader *r, const Json *array, RuleVersion *v) {
    v->conditions = NEW_N(r->c->arena, RuleCondition, count_of(array) + 1);
    for (const Json *j = count_of(array) ? array->first : NULL; j; j = j->next) {
        RuleCondition *k = &v->conditions[v->nconditions++];
        const Json *text = json_get(j, S("text"));
        k->decision = json_get_str(j, S("decision"));
        k->text_zh = json_get_str(text, S("zh"));
        k->text_en = json_get_str(text, S("en"));
        k->way_of = json_get_str(j, S("of"));
        k->fixed = json_get_bool(j, S("fixed"), false);
        if (!pack_known_keys(r->c, r->f, j, CONDITION_KEYS)) return false;
        if (k->decision.n == 0) return bad(r, j, S("decision"));
        if (k->text_zh.n == 0) k->text_zh = k->decision;
        if (!read_basis(r, json_get(j, S("basis")), &k->basis)) return false;
        if (!k->basis.document) k->basis.document = v->basis.document;
        if (!read_status(r, j, &k->status)) return false;
        weaken(v, k->status);
    }
    return true;
}

static bool has_element(Arena *a, const PackFile *f, Str id) {
    return str_find(f->bytes, str_printf(a, "id=\"%.*s\"", STRF(id))) >= 0;
}

static bool read_parameters(Reader *r, const Json *array, RuleVersion *v) {
    v->parameters = NEW_N(r->c->arena, RuleParameter, count_of(array) + 1);
    for (const Json *j = count_of(array) ? array->first : NULL; j; j = j->next) {
        RuleParameter *p = &v->parameters[v->nparameters++];
        *p = (RuleParameter){
            .at = json_get_str(j, S("at")),
            .name = json_get_str(j, S("name")),
            .value = json_get_str(j, S("value")),
            .unit = json_get_str(j, S("unit")),
            .source = json_get_str(j, S("source")),
            .note = json_get_str(j, S("note")),
        };
        if (!pack_known_keys(r->c, r->f, j, PARAMETER_KEYS)) return false;
        if (p->name.n == 0) return bad(r, j, S("name"));
        if (p->at.n && !has_element(r->c->arena, v->file, p->at))
            return FAIL_AT(r->c, ERR_INPUT, pack_place(r->c->arena, r->f, j->line), M_PACK_ELEMENT,
                           p->at, v->file->path);
        if (!read_status(r, j, &p->status)) return false;
        weaken(v, p->status);
    }
    return true;
}

static void read_missing(Reader *r, const Json *array, RuleVersion *v) {
    v->missing = NEW_N(r->c->arena, MissingBasis, count_of(array) + 1);
    for (const Json *j = count_of(array) ? array->first : NULL; j; j = j->next) {
        MissingBasis *m = &v->missing[v->nmissing++];
        m->name = json_get_str(j, S("name"));
        m->zh = json_get_str(j, S("zh"));
        m->en = json_get_str(j, S("en"));
        if (m->zh.n == 0) m->zh = m->name;
    }
}

/* SM3 over the canonical version entry and the bytes of the file: a changed threshold, article or
 * date is another rule. */
static Str version_hash(Arena *a, const Json *entry, Str bytes) {
    Buf b = buf_new(a, 0);
    json_canonical(&b, entry);
    buf_char(&b, '\n');
    buf_put(&b, bytes);
    return hash_hex(a, HASH_SM3, buf_str(&b));
}

static bool read_file(Reader *r, const Json *j, RuleVersion *v) {
    Str name = json_get_str(j, S("file"));
    Str dir = str_sub(r->f->path, 0, r->f->path.n - S("rule.yaml").n);
    v->file = pack_file(r->pack, r->f->pack, str_cat(r->c->arena, dir, name));
    if (!v->file)
        return FAIL_AT(r->c, ERR_INPUT, pack_place(r->c->arena, r->f, j->line), M_PACK_FILE, name);
    v->hash = version_hash(r->c->arena, j, v->file->bytes);
    return true;
}

static bool read_validity(Reader *r, const Json *j, RuleVersion *v) {
    const Json *closed = json_get(j, S("closed"));
    if (!read_day(r, j, S("from"), INT64_MIN, &v->from)) return false;
    if (v->from == INT64_MIN) return bad(r, j, S("from"));
    if (!read_day(r, j, S("to"), INT64_MAX, &v->to)) return false;
    if (!read_day(r, j, S("last_seen_in_force"), INT64_MAX, &v->last_seen)) return false;
    if (!read_day(r, closed, S("from"), INT64_MAX, &v->closed_from)) return false;
    v->closed_reason = json_get_str(closed, S("reason"));
    /* An open end without a day on which it was seen in force would read as certain for ever. */
    if (v->to == INT64_MAX && v->last_seen == INT64_MAX) return bad(r, j, S("last_seen_in_force"));
    if (v->to <= v->from) return bad(r, j, S("to"));
    return true;
}

static bool read_version(Reader *r, const Json *j, RuleVersion *v) {
    v->id = json_get_str(j, S("id"));
    v->applies_by = json_get_str(j, S("applies_by"));
    v->outcome = json_get_str(j, S("outcome"));
    v->result = json_get_str(j, S("result"));
    v->unit = json_get_str(j, S("unit"));
    v->switches = json_get(j, S("switches"));
    if (!pack_known_keys(r->c, r->f, j, VERSION_KEYS)) return false;
    if (v->id.n == 0) return bad(r, j, S("id"));
    if (pack_word(v->applies_by, APPLIES, 1) < 0) return bad(r, j, S("applies_by"));
    if (v->applies_by.n == 0) v->applies_by = S("evaluation_date");
    if (v->outcome.n == 0 && v->result.n == 0) return bad(r, j, S("result"));
    if (!read_validity(r, j, v) || !read_file(r, j, v)) return false;
    if (!read_basis(r, json_get(j, S("basis")), &v->basis)) return false;
    if (!read_conditions(r, json_get(j, S("conditions")), v)) return false;
    if (!read_parameters(r, json_get(j, S("parameters")), v)) return false;
    read_missing(r, json_get(j, S("missing_basis")), v);
    return true;
}

static int by_from(const void *x, const void *y) {
    const RuleVersion *a = x, *b = y;
    return (a->from > b->from) - (a->from < b->from);
}

static bool read_versions(Reader *r, const Json *j, Rule *rule) {
    const Json *array = json_get(j, S("versions"));
    if (count_of(array) == 0) return bad(r, j, S("versions"));
    rule->versions = NEW_N(r->c->arena, RuleVersion, count_of(array));
    for (const Json *e = array->first; e; e = e->next) {
        RuleVersion *v = &rule->versions[rule->nversions++];
        v->rule = rule;
        if (!read_version(r, e, v)) return false;
    }
    qsort(rule->versions, (size_t)rule->nversions, sizeof *rule->versions, by_from);
    for (int i = 1; i < rule->nversions; i++)
        if (rule->versions[i].from < rule->versions[i - 1].to)
            return FAIL_AT(r->c, ERR_INPUT, pack_place(r->c->arena, r->f, array->line),
                           M_PACK_OVERLAP, rule->id);
    return true;
}

static void add_rule(Arena *a, PackSet *p, Rule *rule) {
    Rule **rules = NEW_N(a, Rule *, p->nrules + 1);
    for (int i = 0; i < p->nrules; i++) rules[i] = p->rules[i];
    rules[p->nrules++] = rule;
    p->rules = rules;
}

bool pack_parse_rule(Ctx *c, PackSet *p, const PackFile *f) {
    Reader r = {c, p, f};
    Json *j = yaml_parse(c, f->bytes, pack_place(c->arena, f, 0));
    if (!j || !pack_known_keys(c, f, j, RULE_KEYS)) return false;
    Str id = json_get_str(j, S("id"));
    if (id.n == 0) return bad(&r, j, S("id"));
    Rule *rule = NEW(c->arena, Rule);
    const Json *title = json_get(j, S("title"));
    *rule = (Rule){
        .id = str_printf(c->arena, "%.*s/%.*s", STRF(f->pack), STRF(id)),
        .pack = f->pack,
        .kind = json_get_str(j, S("kind")),
        .subject = json_get_str(j, S("subject")),
        .title_zh = json_get_str(title, S("zh")),
        .title_en = json_get_str(title, S("en")),
        .source = j,
    };
    if (pack_word(rule->kind, KINDS, -1) < 0) return bad(&r, j, S("kind"));
    if (pack_word(rule->subject, SUBJECTS, -1) < 0) return bad(&r, j, S("subject"));
    if (rule->title_zh.n == 0) return bad(&r, j, S("title"));
    Str dir = str_sub(f->path, 0, f->path.n - S("rule.yaml").n);
    rule->cases = pack_file(p, f->pack, str_cat(c->arena, dir, S("cases.yaml")));
    if (!read_versions(&r, j, rule)) return false;
    if (map_put(&p->by_rule, rule->id, rule))
        return FAIL_AT(c, ERR_INPUT, pack_place(c->arena, f, 0), M_PACK_DUPLICATE, rule->id);
    add_rule(c->arena, p, rule);
    return true;
}
