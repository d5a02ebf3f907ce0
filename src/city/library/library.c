/* libraries.yaml: strict keys, every reference resolved. See library.h. */
#include "city/library/library.h"

#include "base/date.h"
#include "city/pack_parse.h"
#include "codec/yaml.h"

static const char *const STATUSES[] = {"", "V", "V*", "I", "DEMO", NULL};
static const char *const FILE_KEYS[] = {
    "record_kinds", "levels",  "records",    "tiers",         "titles",       "classes", "lists",
    "management",   "process", "dishonesty", "missing_basis", "public_floor", NULL};
static const char *const KIND_KEYS[] = {"id", "en", "by", "awards", NULL};
static const char *const RECORD_KEYS[] = {"indicator", "keys", "since", NULL};
static const char *const FACT_KEYS[] = {"tier", "kind", "level", "publisher", "day", "first", NULL};
static const char *const TIER_KEYS[] = {"id",     "en",      "rules",         "basis",
                                        "status", "trigger", "missing_basis", NULL};
static const char *const TITLE_KEYS[] = {"id",
                                         "tier",
                                         "level",
                                         "rule",
                                         "term",
                                         "review",
                                         "review_conditions",
                                         "yearly_update",
                                         "missing_basis",
                                         NULL};
static const char *const TERM_KEYS[] = {
    "years", "cycle_years", "decided_before", "status", "document", "article",
    "zh",    "en",          "same_as",        NULL};
static const char *const CLASS_KEYS[] = {"id",       "en",       "members", "status",
                                         "document", "inferred", NULL};
static const char *const INFERRED_KEYS[] = {"by", "zh", "en", NULL};
static const char *const BAR_KEYS[] = {"id", "zh", "en", "bar_months", "basis", "status", NULL};
static const char *const MISSING_KEYS[] = {"name", "zh", "en", NULL};
static const char *const BASIS_KEYS[] = {"document", "article", NULL};
static const char *const LIST_KEYS[] = {"id",     "en",     "count",     "as_of",
                                        "status", "source", "indicator", NULL};
static const char *const TEXT_KEYS[] = {"id", "zh", "en", "document", "status", NULL};
static const char *const STEP_KEYS[] = {"step", "by", "en", NULL};

typedef struct Reader {
    Ctx *c;
    PackSet *pack;
    Library *library;
    const PackFile *f;
    int tiers_cap, titles_cap, classes_cap, bars_cap, missing_cap;
} Reader;

static bool bad(Reader *r, const Json *at, Str key) {
    return pack_fail_key(r->c, r->f, at ? at->line : 0, key);
}

/* What should be an object and is none has no key at all: that is a mistake, too. */
static bool keys_of(Reader *r, const Json *j, const char *const *known) {
    if (j && j->kind != JSON_OBJECT) return bad(r, j, j->key.n ? j->key : str_from(known[0]));
    return pack_known_keys(r->c, r->f, j, known);
}

static const Json *first_of(const Json *array) {
    return array && array->kind == JSON_ARRAY ? array->first : NULL;
}

static LibraryTexts texts_of(Reader *r, const Json *array) {
    int n = 0;
    Str *out = NEW_N(r->c->arena, Str, (array ? array->count : 0) + 1);
    for (const Json *j = first_of(array); j; j = j->next) out[n++] = json_str(j, S(""));
    return (LibraryTexts){.items = out, .n = n};
}

/* Status, document and article stand in the entry or in its `basis`. */
static bool read_basis(Reader *r, const Json *j, LibraryBasis *out) {
    const Json *basis = json_get(j, S("basis"));
    Str key = json_get_str(basis ? basis : j, S("document"));
    int status = pack_word(json_get_str(j, S("status")), STATUSES, STATUS_NONE);
    if (status < 0) return bad(r, j, S("status"));
    if (!keys_of(r, basis, BASIS_KEYS)) return false;
    *out = (LibraryBasis){
        .status = (Status)status, .zh = json_get_str(j, S("zh")), .en = json_get_str(j, S("en"))};
    out->basis.article = json_get_str(basis ? basis : j, S("article"));
    out->basis.document = key.n ? pack_document(r->pack, key) : NULL;
    if (key.n && !out->basis.document)
        return FAIL_AT(r->c, ERR_INPUT, pack_place(r->c->arena, r->f, j->line), M_PACK_DOCUMENT,
                       key);
    return true;
}

static bool read_rule(Reader *r, const Json *at, Str id, const Rule **out) {
    *out = id.n ? map_get(&r->pack->by_rule, id) : NULL;
    return !id.n || *out ||
           FAIL_AT(r->c, ERR_MISSING, pack_place(r->c->arena, r->f, at->line), M_RULE_UNKNOWN, id);
}

static bool duplicate(Reader *r, const Json *j, Str id) {
    return FAIL_AT(r->c, ERR_INPUT, pack_place(r->c->arena, r->f, j->line), M_PACK_DUPLICATE, id);
}

static bool read_kinds(Reader *r, const Json *array) {
    for (const Json *j = first_of(array); j; j = j->next) {
        int kind = title_kind_find(json_get_str(j, S("id")));
        if (!keys_of(r, j, KIND_KEYS)) return false;
        if (kind < 0) return bad(r, j, S("record_kinds"));
        r->library->kinds[kind] = (LibraryKind){.kind = (TitleKind)kind,
                                                .en = json_get_str(j, S("en")),
                                                .by = json_get_str(j, S("by")),
                                                .awards = json_get_bool(j, S("awards"), false)};
    }
    return true;
}

static bool has_key(const Indicator *i, Str key) {
    for (int k = 0; k < i->nkeys; k++)
        if (str_eq(i->keys[k], key)) return true;
    return false;
}

static bool read_record(Reader *r, const Json *j) {
    LibraryRecord *out = &r->library->record;
    if (!j) return true;
    const Json *keys = json_get(j, S("keys"));
    Str *const places[] = {&out->tier,      &out->kind, &out->level,
                           &out->publisher, &out->day,  &out->first};
    if (!keys_of(r, j, RECORD_KEYS) || !keys_of(r, keys, FACT_KEYS)) return false;
    out->indicator = pack_indicator(r->pack, json_get_str(j, S("indicator")));
    out->since = pack_indicator(r->pack, json_get_str(j, S("since")));
    if (!out->indicator || out->indicator->period != PERIOD_EVENT) return bad(r, j, S("indicator"));
    if (!out->since || out->since->type != IND_DATE) return bad(r, j, S("since"));
    for (int i = 0; FACT_KEYS[i]; i++) {
        *places[i] = json_get_str(keys, str_from(FACT_KEYS[i]));
        if (!has_key(out->indicator, *places[i])) return bad(r, j, str_from(FACT_KEYS[i]));
    }
    return true;
}

static bool read_tier(Reader *r, const Json *j) {
    Library *l = r->library;
    LibraryTier *t = NEW(r->c->arena, LibraryTier);
    const Json *rules = json_get(j, S("rules"));
    *t = (LibraryTier){.id = json_get_str(j, S("id")),
                       .en = json_get_str(j, S("en")),
                       .pack = r->f->pack,
                       .missing = texts_of(r, json_get(j, S("missing_basis")))};
    if (!keys_of(r, j, TIER_KEYS) || !read_basis(r, j, &t->basis)) return false;
    if (!t->id.n) return bad(r, j, S("id"));
    if (library_tier(l, t->id)) return duplicate(r, j, t->id);
    t->rules = NEW_N(r->c->arena, const Rule *, (rules ? rules->count : 0) + 1);
    for (const Json *k = first_of(rules); k; k = k->next)
        if (!read_rule(r, k, json_str(k, S("")), &t->rules[t->nrules++])) return false;
    GROW(r->c->arena, l->tiers, l->ntiers, r->tiers_cap);
    l->tiers[l->ntiers++] = t;
    return true;
}

static bool read_terms(Reader *r, const Json *j, LibraryTitle *t) {
    const Json *term = json_get(j, S("term")), *review = json_get(j, S("review"));
    const Json *again = json_get(j, S("review_conditions")),
               *yearly = json_get(j, S("yearly_update"));
    Str before = json_get_str(term, S("decided_before"));
    int64_t day = 0;
    const Json *all[] = {term, review, again, yearly};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!keys_of(r, all[i], TERM_KEYS)) return false;
    t->term_years = (int)json_get_i64(term, S("years"), 0);
    t->cycle_years = (int)json_get_i64(review, S("cycle_years"), 0);
    if (t->term_years < 0 || t->term_years > 100 || (term && !t->term_years))
        return bad(r, term, S("years"));
    if (t->cycle_years < 0 || t->cycle_years > 100 || (review && !t->cycle_years))
        return bad(r, review, S("cycle_years"));
    if (before.n && !date_parse(before, &day)) return bad(r, term, S("decided_before"));
    t->term_before = before.n ? date_to_int(day) : 0;
    return (!term || read_basis(r, term, &t->term)) &&
           (!review || read_basis(r, review, &t->review)) &&
           (!yearly || read_basis(r, yearly, &t->yearly_update)) &&
           (!again || read_rule(r, again, json_get_str(again, S("same_as")), &t->review_rule));
}

static bool read_title(Reader *r, const Json *j) {
    Library *l = r->library;
    LibraryTitle *t = NEW(r->c->arena, LibraryTitle);
    *t = (LibraryTitle){.id = json_get_str(j, S("id")),
                        .pack = r->f->pack,
                        .level = json_get_str(j, S("level")),
                        .missing = texts_of(r, json_get(j, S("missing_basis")))};
    if (!keys_of(r, j, TITLE_KEYS)) return false;
    if (!t->id.n) return bad(r, j, S("id"));
    if (!read_rule(r, j, json_get_str(j, S("rule")), &t->rule) || !read_terms(r, j, t))
        return false;
    GROW(r->c->arena, l->titles, l->ntitles, r->titles_cap);
    l->titles[l->ntitles++] = t;
    return true;
}

static bool read_class(Reader *r, const Json *j) {
    Library *l = r->library;
    const Json *members = json_get(j, S("members")), *inferred = json_get(j, S("inferred"));
    LibraryClass k = {.id = json_get_str(j, S("id")),
                      .en = json_get_str(j, S("en")),
                      .by = json_get_str(inferred, S("by"))};
    if (!keys_of(r, j, CLASS_KEYS) || !keys_of(r, inferred, INFERRED_KEYS) ||
        !read_basis(r, j, &k.basis))
        return false;
    if (!k.id.n) return bad(r, j, S("id"));
    if (k.basis.status == STATUS_INFERRED && !k.by.n) return bad(r, j, S("inferred"));
    k.basis.zh = json_get_str(inferred, S("zh"));
    k.basis.en = json_get_str(inferred, S("en"));
    k.members = NEW_N(r->c->arena, const LibraryTier *, (members ? members->count : 0) + 1);
    for (const Json *m = first_of(members); m; m = m->next) {
        k.members[k.n] = library_tier(l, json_str(m, S("")));
        if (!k.members[k.n++]) return bad(r, m, json_str(m, S("members")));
    }
    GROW(r->c->arena, l->classes, l->nclasses, r->classes_cap);
    l->classes[l->nclasses++] = k;
    return k.n > 0 || bad(r, j, S("members"));
}

static bool read_bar(Reader *r, const Json *j) {
    Library *l = r->library;
    LibraryBar k = {.id = json_get_str(j, S("id")),
                    .zh = json_get_str(j, S("zh")),
                    .en = json_get_str(j, S("en")),
                    .months = (int)json_get_i64(j, S("bar_months"), 0)};
    if (!keys_of(r, j, BAR_KEYS) || !read_basis(r, j, &k.basis)) return false;
    if (!k.id.n || library_bar(l, k.id)) return bad(r, j, S("id"));
    if (k.months < 1 || k.months > 1200) return bad(r, j, S("bar_months"));
    GROW(r->c->arena, l->bars, l->nbars, r->bars_cap);
    l->bars[l->nbars++] = k;
    return true;
}

static bool read_missing(Reader *r, const Json *j) {
    Library *l = r->library;
    LibraryMissing m = {.name = json_get_str(j, S("name")),
                        .zh = json_get_str(j, S("zh")),
                        .en = json_get_str(j, S("en"))};
    if (!keys_of(r, j, MISSING_KEYS)) return false;
    GROW(r->c->arena, l->missing, l->nmissing, r->missing_cap);
    l->missing[l->nmissing++] = m;
    return m.name.n > 0 || bad(r, j, S("name"));
}

/* Sections that are only shown: nothing is computed from them. */
static bool read_list(Reader *r, const Json *j) {
    return keys_of(r, j, LIST_KEYS);
}

static bool read_text(Reader *r, const Json *j) {
    return keys_of(r, j, TEXT_KEYS);
}

static bool read_step(Reader *r, const Json *j) {
    return keys_of(r, j, STEP_KEYS);
}

static bool each(Reader *r, const Json *file, Str key, bool (*read)(Reader *, const Json *)) {
    const Json *section = json_get(file, key);
    if (section && section->kind != JSON_ARRAY && section->kind != JSON_NULL)
        return bad(r, section, key);
    for (const Json *j = first_of(section); j; j = j->next)
        if (!read(r, j)) return false;
    return true;
}

static bool read_file(Reader *r, const PackFile *f) {
    Library *l = r->library;
    r->f = f;
    Json *file = yaml_parse(r->c, f->bytes, pack_place(r->c->arena, f, 0));
    if (!file || !pack_known_keys(r->c, f, file, FILE_KEYS)) return false;
    const Json *levels = json_get(file, S("levels"));
    if (levels) {
        LibraryTexts t = texts_of(r, levels);
        l->levels = NEW_N(r->c->arena, Str, t.n + 1);
        for (int i = 0; i < t.n; i++) l->levels[i] = t.items[i];
        l->nlevels = t.n;
    }
    const Json *floor = json_get(file, S("public_floor"));
    if (floor) {
        l->public_floor = json_get_i64(file, S("public_floor"), 0);
        if (l->public_floor < 1 || l->public_floor > 1000) return bad(r, floor, S("public_floor"));
    }
    return read_kinds(r, json_get(file, S("record_kinds"))) &&
           read_record(r, json_get(file, S("records"))) && each(r, file, S("tiers"), read_tier) &&
           each(r, file, S("titles"), read_title) && each(r, file, S("dishonesty"), read_bar) &&
           each(r, file, S("missing_basis"), read_missing) &&
           each(r, file, S("lists"), read_list) && each(r, file, S("management"), read_text) &&
           each(r, file, S("process"), read_step);
}

/* Titles of one pack may be of tiers and levels a later pack names. */
static bool link_file(Reader *r, const PackFile *f, int *title) {
    Library *l = r->library;
    r->f = f;
    Json *file = yaml_parse(r->c, f->bytes, pack_place(r->c->arena, f, 0));
    if (!file) return false;
    for (const Json *j = first_of(json_get(file, S("titles"))); j; j = j->next) {
        LibraryTitle *t = l->titles[(*title)++];
        t->tier = library_tier(l, json_get_str(j, S("tier")));
        if (!t->tier) return bad(r, j, S("tier"));
        if (!library_has_level(l, t->level)) return bad(r, j, S("level"));
        if (library_title(l, t->tier->id, t->level) != t) return duplicate(r, j, t->id);
    }
    return each(r, file, S("classes"), read_class);
}

bool library_parse(Ctx *c, PackSet *p) {
    int title = 0;
    Reader r = {.c = c, .pack = p, .library = NEW(c->arena, Library)};
    p->library = r.library;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < p->nfiles; i++) {
            const PackFile *f = &p->files[i];
            if (!str_eq(f->path, S("libraries.yaml"))) continue;
            if (!(pass == 0 ? read_file(&r, f) : link_file(&r, f, &title))) return false;
        }
    return true;
}

const Library *library_of(const PackSet *p) {
    return p->library;
}

const LibraryTier *library_tier(const Library *l, Str text) {
    for (int i = 0; i < l->ntiers; i++)
        if (str_eq(l->tiers[i]->id, text) || str_eq_nocase(l->tiers[i]->en, text))
            return l->tiers[i];
    for (int i = 0; i < l->ntitles; i++)
        if (str_eq(l->titles[i]->id, text)) return l->titles[i]->tier;
    return NULL;
}

bool library_has_level(const Library *l, Str level) {
    for (int i = 0; i < l->nlevels; i++)
        if (str_eq(l->levels[i], level)) return true;
    return false;
}

const LibraryTitle *library_title(const Library *l, Str tier, Str level) {
    for (int i = 0; i < l->ntitles; i++)
        if (l->titles[i]->tier && str_eq(l->titles[i]->tier->id, tier) &&
            str_eq(l->titles[i]->level, level))
            return l->titles[i];
    return NULL;
}

const LibraryBar *library_bar(const Library *l, Str code) {
    for (int i = 0; i < l->nbars; i++)
        if (str_eq(l->bars[i].id, code)) return &l->bars[i];
    return NULL;
}

const Rule *library_rule(const Library *l, Str tier, Str level) {
    const LibraryTitle *t = library_title(l, tier, level);
    const LibraryTier *k = library_tier(l, tier);
    if (t && t->rule) return t->rule;
    const Rule *only = k && k->nrules == 1 ? k->rules[0] : NULL;
    for (int i = 0; only && i < l->ntitles; i++)
        if (l->titles[i]->rule == only && !str_eq(l->titles[i]->level, level)) only = NULL;
    return only;
}

int32_t library_months_later(int32_t day, int months) {
    int month = day / 100 % 100 - 1 + months, year = day / 10000 + month / 12;
    int last = date_month_days(year, month % 12 + 1), d = day % 100;
    return year * 10000 + (month % 12 + 1) * 100 + (d < last ? d : last);
}

int32_t library_term_end(const LibraryTitle *t, int32_t from) {
    if (!t || !t->term_years || (t->term_before && from >= t->term_before)) return 0;
    return library_months_later(from, t->term_years * 12);
}
