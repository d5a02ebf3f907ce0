/* One box for everything: enterprises by name, former name, code, pinyin or initials
 * (city/subject.h), rules, documents, fields of the dictionary, pages. Enterprises come first; a
 * few places are kept for the rest. */
#include "base/utf8.h"
#include "city/people/sight.h"
#include "codec/gram.h"
#include "codec/pinyin.h"
#include "http/api.h"
#include "http/json_out.h"

enum { Q_MAX = 100, LIMIT = 12, LIMIT_MAX = 50 };

typedef struct Hit {
    const char *kind, *by;
    Str title, subtitle, href;
    bool demo;
} Hit;

typedef struct Search {
    Request *r;
    Str q;
    bool english, ascii;
    Hit *others; /* what is no enterprise */
    int n, cap;
} Search;

static void add(Search *s, const Hit *h) {
    GROW(s->r->c->arena, s->others, s->n, s->cap);
    s->others[s->n++] = *h;
}

/* How a text matches: "name", "initials", or NULL. */
static const char *text_matches(const Search *s, Str text) {
    if (text.n == 0) return NULL;
    if (gram_contains(s->r->c->arena, text, s->q)) return "name";
    return s->ascii && s->q.n >= 2 && pinyin_matches(text, s->q) ? "initials" : NULL;
}

static Str text_of(const Search *s, Msg m) {
    return msg_text(s->r->c->arena, m, s->r->c->lang, 0, NULL);
}

static Str joined(const Search *s, Str x, Str y) {
    if (x.n == 0 || y.n == 0) return x.n ? x : y;
    return str_printf(s->r->c->arena, "%.*s · %.*s", STRF(x), STRF(y));
}

/* --- rules, documents, fields, pages -----------------------------------------------------------
 */

static Str kind_text(const Search *s, Str kind) {
    static const struct {
        Str kind;
        Msg msg;
    } KINDS[] = {{STR_INIT("tier"), M_HTTP_KIND_TIER},
                 {STR_INIT("title"), M_HTTP_KIND_TITLE},
                 {STR_INIT("entitlement"), M_HTTP_KIND_ENTITLEMENT},
                 {STR_INIT("score"), M_HTTP_KIND_SCORE},
                 {STR_INIT("check"), M_HTTP_KIND_CHECK}};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (str_eq(KINDS[i].kind, kind)) return text_of(s, KINDS[i].msg);
    return kind;
}

static Str validity_text(const Search *s, Str validity) {
    static const struct {
        Str validity;
        Msg msg;
    } TEXTS[] = {{STR_INIT("in_force"), M_HTTP_IN_FORCE},
                 {STR_INIT("unchecked"), M_HTTP_UNCHECKED},
                 {STR_INIT("not_yet"), M_HTTP_NOT_YET},
                 {STR_INIT("ended"), M_HTTP_ENDED},
                 {STR_INIT("closed"), M_HTTP_CLOSED}};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        if (str_eq(TEXTS[i].validity, validity)) return text_of(s, TEXTS[i].msg);
    return validity;
}

static void find_rules(Search *s) {
    const PackSet *p = s->r->reg->pack;
    for (int i = 0; i < p->nrules; i++) {
        const Rule *rule = p->rules[i];
        const RuleVersion *v = rule_version_near(rule, s->r->as_of);
        const char *by = text_matches(s, rule->title_zh);
        if (!by && gram_contains(s->r->c->arena, rule->title_en, s->q)) by = "name";
        if (!by && gram_contains(s->r->c->arena, rule->id, s->q)) by = "code";
        if (!by) continue;
        Str validity = validity_text(s, version_validity(v, s->r->as_of));
        add(s, &(Hit){.kind = "rule",
                      .by = by,
                      .title = s->english && rule->title_en.n ? rule->title_en : rule->title_zh,
                      .subtitle = joined(s, kind_text(s, rule->kind), validity),
                      .href = str_cat(s->r->c->arena, S("/rules/"), rule->id),
                      .demo = v->status == STATUS_DEMO});
    }
}

static void find_documents(Search *s) {
    Arena *a = s->r->c->arena;
    const PackSet *p = s->r->reg->pack;
    for (int i = 0; i < p->ndocuments; i++) {
        const Document *d = p->documents[i];
        const char *by = text_matches(s, d->title);
        if (!by && d->number.n && gram_contains(a, d->number, s->q)) by = "number";
        if (!by && str_eq_nocase(d->key, s->q)) by = "code";
        if (!by) continue;
        add(s, &(Hit){.kind = "document",
                      .by = by,
                      .title = d->title,
                      .subtitle = joined(s, d->number, d->validity),
                      .href = str_cat(a, S("/rules?document="), url_part(a, d->key))});
    }
}

static const char *alias_matches(const Search *s, const Indicator *i) {
    for (int k = 0; k < i->naliases; k++)
        if (gram_contains(s->r->c->arena, i->aliases[k], s->q)) return "alias";
    return NULL;
}

static void find_fields(Search *s) {
    Arena *a = s->r->c->arena;
    const PackSet *p = s->r->reg->pack;
    for (int k = 0; k < p->nindicators; k++) {
        const Indicator *i = p->indicators[k];
        const char *by = text_matches(s, i->name);
        if (!by) by = text_matches(s, i->zh);
        if (!by && gram_contains(a, i->en, s->q)) by = "name";
        if (!by && gram_contains(a, i->code, s->q)) by = "code";
        if (!by) by = alias_matches(s, i);
        if (!by) continue;
        add(s, &(Hit){.kind = "field",
                      .by = by,
                      .title = s->english && i->en.n ? i->en
                               : i->zh.n             ? i->zh
                                                     : i->name,
                      .subtitle = joined(s, i->code, i->unit),
                      .href = str_cat(a, S("/enterprises?has="), url_part(a, i->code))});
    }
}

static void find_pages(Search *s) {
    static const struct {
        const char *href, *right;
        Msg title;
    } PAGES[] = {{"/", "overview:read", M_HTTP_PAGE_OVERVIEW},
                 {"/enterprises", "enterprise:read", M_HTTP_PAGE_ENTERPRISES},
                 {"/rules", "rule:read", M_HTTP_PAGE_RULES},
                 {"/imports", "import:read", M_HTTP_PAGE_IMPORTS},
                 {"/match", "match:run", M_HTTP_PAGE_MATCH},
                 {"/users", "user:read", M_HTTP_PAGE_USERS},
                 {"/help", "dictionary:read", M_HTTP_PAGE_HELP}};
    for (size_t i = 0; i < sizeof PAGES / sizeof *PAGES; i++) {
        const Right *right = right_find(str_from(PAGES[i].right));
        if (!right || rights_scope(right, s->r->user->roles) == SCOPE_NONE) continue;
        Str title = text_of(s, PAGES[i].title);
        const char *by = text_matches(s, title);
        if (by)
            add(s,
                &(Hit){.kind = "page", .by = by, .title = title, .href = str_from(PAGES[i].href)});
    }
}

/* --- enterprises -------------------------------------------------------------------------------
 */

static const char *subject_by(const Search *s, const Subject *u) {
    Arena *a = s->r->c->arena;
    if (gram_contains(a, u->name, s->q)) return "name";
    if (gram_contains(a, u->code, s->q)) return "code";
    if (s->ascii && pinyin_matches(u->name, s->q)) return "initials";
    return s->ascii ? "code" : "former_name";
}

static Hit subject_hit(const Search *s, const Subject *u) {
    Arena *a = s->r->c->arena;
    ptrdiff_t colon = str_find(u->code, S(":"));
    Str place = division_name(&s->r->reg->codes, u->unit.n ? u->unit : u->division);
    return (Hit){.kind = "enterprise",
                 .by = subject_by(s, u),
                 .title = u->name,
                 .subtitle = joined(s, str_sub(u->code, colon + 1, u->code.n), place),
                 .href = str_printf(a, "/enterprises/%lld", (long long)u->id),
                 .demo = u->demo};
}

static void out_hit(Arena *a, Json *list, const Hit *h) {
    Json *o = out_item(a, list);
    out_str(a, o, S("kind"), str_from(h->kind));
    out_str(a, o, S("title"), h->title);
    out_opt(a, o, S("subtitle"), h->subtitle);
    out_str(a, o, S("href"), h->href);
    out_str(a, o, S("by"), str_from(h->by));
    out_bool(a, o, S("demo"), h->demo);
}

/* Enterprises fill what the others leave, and at least two thirds. */
static void out_hits(const Search *s, Json *list, const SubjectHits *hits, int limit) {
    Arena *a = s->r->c->arena;
    int others = s->n < limit / 3 ? s->n : limit / 3;
    if (hits->n < limit - others) others = limit - hits->n;
    if (others > s->n) others = s->n;
    for (int i = 0; i < hits->n && i < limit - others; i++) {
        Hit h = subject_hit(s, &hits->items[i]);
        out_hit(a, list, &h);
    }
    for (int i = 0; i < others; i++) out_hit(a, list, &s->others[i]);
}

static bool is_ascii(Str q) {
    for (ptrdiff_t i = 0; i < q.n; i++)
        if ((unsigned char)q.p[i] >= 128) return false;
    return true;
}

static bool has_right(const Request *r, const char *name) {
    const Right *right = right_find(str_from(name));
    return right && rights_scope(right, r->user->roles) != SCOPE_NONE;
}

/* Those the reader may know of; the others are not counted either. */
static void keep_known(const Sight *sight, SubjectHits *hits) {
    int n = 0;
    for (int i = 0; i < hits->n; i++)
        if (sight_knows(sight, hits->items[i].id)) hits->items[n++] = hits->items[i];
    hits->n = n;
    hits->total = n;
    hits->at_least = false;
}

bool api_search(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Str q = str_trim(http_query(r, S("q")));
    int64_t limit;
    SubjectHits hits = {0};
    Sight sight;
    if (!http_query_int(r, S("limit"), LIMIT, 1, LIMIT_MAX, &limit)) return false;
    if (q.n == 0) return HTTP_INVALID(r, S("?q"), M_HTTP_REQUIRED, S("q"));
    if (utf8_length(q) > Q_MAX) return HTTP_INVALID(r, S("?q"), M_HTTP_QUERY, S("q"), q);
    Search s = {.r = r, .q = q, .english = r->c->lang == LANG_EN, .ascii = is_ascii(q)};
    if (has_right(r, "enterprise:read") && !subject_search(r->db, q, (int)limit, &hits))
        return false;
    if (!sight_open(r->db, r->reg->pack, r->user, &sight)) return false;
    if (sight.only_own) keep_known(&sight, &hits);
    find_pages(&s);
    find_rules(&s);
    find_documents(&s);
    find_fields(&s);
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("q"), q);
    out_hits(&s, out_list(a, o, S("items")), &hits, (int)limit);
    out_int(a, o, S("total"), hits.total + s.n);
    http_out_clocks(r, o);
    http_reply(out, r, 200, o);
    return ctx_ok(r->c);
}
