/* The dictionary of facts and the list of documents of a pack. */
#include "base/date.h"
#include "city/pack_parse.h"
#include "codec/csv.h"
#include "codec/yaml.h"
#include "decimal/dec.h"

static const char *const TYPES[] = {"number", "integer", "text", "date", "boolean", "list", NULL};
static const char *const PERIODS[] = {"attribute", "yearly", "event", NULL};
static const char *const BYS[] = {"data", "person", "basis", NULL};
static const char *const DIRECTIONS[] = {"up", "down", NULL};
static const char *const KEYS[] = {"absent",    "aliases", "by",         "code",   "definition",
                                   "direction", "en",      "fallback",   "fixed",  "from_rule",
                                   "grade",     "keys",    "max",        "min",    "name",
                                   "note",      "period",  "precedence", "signed", "step",
                                   "type",      "unit",    "values",     "zh",     NULL};
static const char *const GRADES[] = {"公开", "内部", "敏感", "商业秘密", NULL};

Str grade_text(Grade g) {
    return str_from(GRADES[g]);
}

Str indicator_type_text(IndicatorType t) {
    return str_from(TYPES[t]);
}

Str indicator_period_text(IndicatorPeriod p) {
    return str_from(PERIODS[p]);
}

Str pack_place(Arena *a, const PackFile *f, uint32_t line) {
    if (!line) return str_printf(a, "packs/%.*s/%.*s", STRF(f->pack), STRF(f->path));
    return str_printf(a, "packs/%.*s/%.*s:%u", STRF(f->pack), STRF(f->path), line);
}

bool pack_fail_key(Ctx *c, const PackFile *f, uint32_t line, Str key) {
    return FAIL_AT(c, ERR_INPUT, pack_place(c->arena, f, line), M_PACK_KEY, key);
}

bool pack_known_keys(Ctx *c, const PackFile *f, const Json *object, const char *const *known) {
    for (const Json *j = object && object->kind == JSON_OBJECT ? object->first : NULL; j;
         j = j->next) {
        Str near = {0};
        int best = 4;
        bool found = false;
        for (int i = 0; known[i] && !found; i++) {
            Str word = str_from(known[i]);
            int distance = str_distance(j->key, word, best);
            found = str_eq(j->key, word);
            if (distance >= best) continue;
            best = distance;
            near = word;
        }
        if (found) continue;
        FAIL_AT(c, ERR_INPUT, pack_place(c->arena, f, j->line), M_PACK_UNKNOWN_KEY, j->key);
        fail_near(c, near);
        return false;
    }
    return true;
}

int pack_word(Str text, const char *const *words, int fallback) {
    if (text.n == 0) return fallback;
    for (int i = 0; words[i]; i++)
        if (str_eq(text, str_from(words[i]))) return i;
    return -1;
}

static Str *texts_of(Arena *a, const Json *array, int *n) {
    *n = array && array->kind == JSON_ARRAY ? array->count : 0;
    Str *out = NEW_N(a, Str, *n + 1);
    int i = 0;
    if (*n)
        for (const Json *j = array->first; j; j = j->next) out[i++] = json_str(j, S(""));
    return out;
}

/* The name is an alias of itself; it stands first. */
static void read_aliases(Arena *a, Indicator *i, const Json *j) {
    int n;
    Str *more = texts_of(a, json_get(j, S("aliases")), &n);
    i->aliases = NEW_N(a, Str, n + 1);
    i->aliases[0] = i->name;
    for (int k = 0; k < n; k++) i->aliases[k + 1] = more[k];
    i->naliases = n + 1;
}

static bool read_words(Ctx *c, const PackFile *f, const Json *j, Indicator *i) {
    int type = pack_word(json_get_str(j, S("type")), TYPES, -1);
    int period = pack_word(json_get_str(j, S("period")), PERIODS, PERIOD_ATTRIBUTE);
    int by = pack_word(json_get_str(j, S("by")), BYS, BY_DATA);
    int grade = pack_word(json_get_str(j, S("grade")), GRADES, GRADE_INTERNAL);
    Str absent = json_get_str(j, S("absent"));
    if (type < 0) return pack_fail_key(c, f, j->line, S("type"));
    if (period < 0) return pack_fail_key(c, f, j->line, S("period"));
    if (by < 0) return pack_fail_key(c, f, j->line, S("by"));
    if (grade < 0) return pack_fail_key(c, f, j->line, S("grade"));
    if (absent.n && !str_eq(absent, S("none")) && !str_eq(absent, S("unknown")))
        return pack_fail_key(c, f, j->line, S("absent"));
    Dec step;
    if (i->step.n && (!dec_parse(i->step, &step) || dec_sign(&step) <= 0))
        return pack_fail_key(c, f, j->line, S("step"));
    if (pack_word(i->direction, DIRECTIONS, 0) < 0)
        return pack_fail_key(c, f, j->line, S("direction"));
    i->type = (IndicatorType)type;
    i->period = (IndicatorPeriod)period;
    i->by = (IndicatorBy)by;
    i->grade = (Grade)grade;
    i->absent_none = str_eq(absent, S("none"));
    return true;
}

static bool read_indicator(Ctx *c, PackSet *p, const PackFile *f, const Json *j, int *cap) {
    Indicator *i = NEW(c->arena, Indicator);
    *i = (Indicator){
        .id = p->nindicators,
        .pack = f->pack,
        .code = json_get_str(j, S("code")),
        .name = json_get_str(j, S("name")),
        .zh = json_get_str(j, S("zh")),
        .en = json_get_str(j, S("en")),
        .unit = json_get_str(j, S("unit")),
        .definition = json_get_str(j, S("definition")),
        .min = json_get_str(j, S("min")),
        .max = json_get_str(j, S("max")),
        .step = json_get_str(j, S("step")),
        .fixed = json_get_bool(j, S("fixed"), false),
        .is_signed = json_get_bool(j, S("signed"), false),
        .direction = json_get_str(j, S("direction")),
        .from_rule = json_get_str(j, S("from_rule")),
        .fallback_name = json_get_str(j, S("fallback")),
    };
    if (!pack_known_keys(c, f, j, KEYS)) return false;
    if (i->code.n == 0) return pack_fail_key(c, f, j->line, S("code"));
    if (i->name.n == 0) return pack_fail_key(c, f, j->line, S("name"));
    if (!read_words(c, f, j, i)) return false;
    if (i->zh.n == 0) i->zh = i->name;
    i->values = texts_of(c->arena, json_get(j, S("values")), &i->nvalues);
    i->precedence = texts_of(c->arena, json_get(j, S("precedence")), &i->nprecedence);
    i->keys = texts_of(c->arena, json_get(j, S("keys")), &i->nkeys);
    read_aliases(c->arena, i, j);
    if (map_put(&p->by_name, i->name, i) || map_put(&p->by_code, i->code, i))
        return FAIL_AT(c, ERR_INPUT, pack_place(c->arena, f, j->line), M_PACK_DUPLICATE, i->name);
    GROW(c->arena, p->indicators, p->nindicators, *cap);
    p->indicators[p->nindicators++] = i;
    return true;
}

bool pack_parse_indicators(Ctx *c, PackSet *p, const PackFile *f) {
    Json *list = yaml_parse(c, f->bytes, pack_place(c->arena, f, 0));
    if (!list) return false;
    if (list->kind != JSON_ARRAY) return pack_fail_key(c, f, list->line, S("code"));
    int cap = p->nindicators; /* the array of an earlier pack is full as far as we know */
    for (const Json *j = list->first; j; j = j->next)
        if (!read_indicator(c, p, f, j, &cap)) return false;
    return true;
}

bool pack_link_indicators(Ctx *c, PackSet *p) {
    for (int k = 0; k < p->nindicators; k++) {
        Indicator *i = p->indicators[k];
        if (i->fallback_name.n == 0) continue;
        i->fallback = pack_indicator(p, i->fallback_name);
        if (!i->fallback || i->fallback == i || i->fallback->period != i->period)
            return FAIL(c, ERR_INPUT, M_PACK_KEY, str_cat(c->arena, i->name, S(": fallback")));
    }
    return true;
}

enum { DOC_COLUMNS = 12 };

bool pack_parse_documents(Ctx *c, PackSet *p, const PackFile *f) {
    Csv csv = csv_open(c->arena, f->bytes, ',');
    CsvRow row;
    int cap = p->ndocuments;
    csv_next(&csv, &row);
    while (csv_next(&csv, &row)) {
        if (row.n == 1 && row.cells[0].n == 0) continue;
        if (row.n != DOC_COLUMNS || row.problem != MSG_NONE)
            return FAIL_AT(c, ERR_INPUT, pack_place(c->arena, f, (uint32_t)row.line), M_PACK_CSV,
                           str_printf(c->arena, "%lld", (long long)row.row));
        Str v[DOC_COLUMNS];
        for (int i = 0; i < DOC_COLUMNS; i++) v[i] = str_dup(c->arena, str_trim(row.cells[i]));
        Document *d = NEW(c->arena, Document);
        *d = (Document){.pack = f->pack,
                        .key = v[0],
                        .title = v[1],
                        .number = v[2],
                        .issuer = v[3],
                        .issued = v[4],
                        .from = v[5],
                        .to = v[6],
                        .validity = v[7],
                        .last_seen = v[8],
                        .checked_on = v[9],
                        .grade = v[10],
                        .url = v[11]};
        if (map_put(&p->by_document, d->key, d))
            return FAIL_AT(c, ERR_INPUT, pack_place(c->arena, f, (uint32_t)row.line),
                           M_PACK_DUPLICATE, d->key);
        GROW(c->arena, p->documents, p->ndocuments, cap);
        p->documents[p->ndocuments++] = d;
    }
    return true;
}
