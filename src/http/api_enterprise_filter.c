/* Which enterprises a list shows, and in which order. Filters and sorting run over the columns of
 * the snapshot; without one (a large register that is being computed) only the plain list and a
 * search by name are answered. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "codec/gram.h"
#include "codec/pinyin.h"
#include "http/api_enterprise.h"

enum {
    WAIT_MS = 800,
    SEARCH_MOST = 20000,
    SORT_KEYS_MAX = 4,
    FIELD_SORT_MAX = 20000, /* rows whose facts are read to sort by one of them */
    Q_CHARS_MAX = 100
};

typedef enum SortBy {
    SORT_NAME,
    SORT_USCC,
    SORT_DISTRICT,
    SORT_INDUSTRY,
    SORT_FACTS,
    SORT_COMPLETENESS,
    SORT_KNOWN,
    SORT_FIELD
} SortBy;

typedef struct SortKey {
    SortBy by;
    bool down;
    const Indicator *field;
    Val *values; /* SORT_FIELD: per row of the snapshot that passed */
} SortKey;

typedef struct Filter {
    Request *r;
    RowMaker *m;
    const Snapshot *s;
    const bool *districts, *industries; /* by text of the snapshot; NULL: all */
    bool no_district, no_industry;
    int rule, size_rule; /* index; -1: none */
    unsigned outcomes;   /* bits; 0: all */
    Str result, sizes;
    const Indicator *has, *missing, *conflict;
    uint64_t sources; /* 0: all */
    bool of_source, demo_given, demo;
    const uint8_t *touched; /* by row: subjects of an import; NULL: all */
    SortKey sort[SORT_KEYS_MAX];
    int nsort;
} Filter;

static bool in_list(Str list, Str word) {
    while (list.n)
        if (str_eq(str_cut(&list, ','), word)) return true;
    return false;
}

/* --- reading the query -------------------------------------------------------------------------
 */

static bool read_field(Filter *f, Str name, const Indicator **out) {
    Str code = http_query(f->r, name);
    *out = code.n ? pack_indicator(f->r->reg->pack, code) : NULL;
    if (code.n == 0 || *out) return true;
    return HTTP_INVALID(f->r, str_cat(f->r->c->arena, S("?"), name), M_HTTP_FIELD, code);
}

static int rule_index(const PackSet *p, Str id) {
    for (int i = 0; i < p->nrules; i++)
        if (str_eq(p->rules[i]->id, id)) return i;
    return -1;
}

static bool read_outcomes(Filter *f) {
    Str list = http_query(f->r, S("outcome"));
    if (list.n && f->rule < 0) return HTTP_INVALID(f->r, S("?outcome"), M_HTTP_REQUIRED, S("rule"));
    while (list.n) {
        Str word = str_cut(&list, ',');
        int found = -1;
        for (int i = 0; i < OUTCOMES; i++)
            if (str_eq(outcome_text((Outcome)i), word)) found = i;
        if (found < 0) return HTTP_INVALID(f->r, S("?outcome"), M_HTTP_QUERY, S("outcome"), word);
        f->outcomes |= 1u << found;
    }
    return true;
}

static bool read_rule(Filter *f) {
    Str id = http_query(f->r, S("rule"));
    f->rule = id.n ? rule_index(f->r->reg->pack, id) : -1;
    if (id.n && f->rule < 0) return HTTP_INVALID(f->r, S("?rule"), M_RULE_UNKNOWN, id);
    f->result = http_query(f->r, S("result"));
    if (f->result.n && f->rule < 0)
        return HTTP_INVALID(f->r, S("?result"), M_HTTP_REQUIRED, S("rule"));
    f->sizes = http_query(f->r, S("size"));
    f->size_rule = rule_index(f->r->reg->pack, S("cn/enterprise-size"));
    return read_outcomes(f) && row_add_rules(f->m, id, S("?rule")) &&
           row_add_rules(f->m, http_query(f->r, S("rules")), S("?rules")) &&
           row_add_fields(f->m, http_query(f->r, S("fields")), S("?fields"));
}

static bool read_sort(Filter *f) {
    static const char *const NAMES[] = {"name",  "uscc",         "district",     "industry",
                                        "facts", "completeness", "last_known_at"};
    Str list = http_query(f->r, S("sort"));
    while (list.n) {
        Str word = str_cut(&list, ','), name = word;
        SortKey k = {.by = SORT_FIELD, .down = str_starts(word, S("-"))};
        if (k.down) name = str_sub(word, 1, word.n);
        for (int i = 0; i < SORT_FIELD; i++)
            if (str_eq(str_from(NAMES[i]), name)) k.by = (SortBy)i;
        if (k.by == SORT_FIELD) k.field = pack_indicator(f->r->reg->pack, name);
        if ((k.by == SORT_FIELD && !k.field) || f->nsort == SORT_KEYS_MAX)
            return HTTP_INVALID(f->r, S("?sort"), M_HTTP_QUERY, S("sort"), word);
        f->sort[f->nsort++] = k;
    }
    return true;
}

static bool read_filter(Request *r, RowMaker *m, Filter *f) {
    *f = (Filter){.r = r, .m = m, .rule = -1};
    Str demo = http_query(r, S("demo"));
    f->demo_given = demo.n > 0;
    return http_query_bool(r, S("demo"), false, &f->demo) && read_rule(f) && read_sort(f) &&
           read_field(f, S("has"), &f->has) && read_field(f, S("missing"), &f->missing) &&
           read_field(f, S("conflict"), &f->conflict);
}

/* --- against the snapshot ----------------------------------------------------------------------
 */

static bool below(const CodeLists *l, Str code, Str list) {
    const Industry *i = industry_find(l, code);
    if (in_list(list, code)) return true;
    for (int depth = 0; i && depth < 5; depth++) {
        if (in_list(list, i->code)) return true;
        i = i->parent.n ? map_get(&l->industry, i->parent) : NULL;
    }
    return false;
}

static int text_count(const Snapshot *s) {
    int most = 0;
    for (int64_t i = 0; i < s->n; i++) {
        most = s->division[i] > most ? s->division[i] : most;
        most = s->unit[i] > most ? s->unit[i] : most;
        most = s->industry[i] > most ? s->industry[i] : most;
    }
    return most + 1;
}

/* Codes are told apart once per distinct text, not per row. */
static void bind_places(Filter *f) {
    Arena *a = f->r->c->arena;
    Str district = http_query(f->r, S("district")), industry = http_query(f->r, S("industry"));
    int n = text_count(f->s);
    bool *d = NEW_N(a, bool, n), *k = NEW_N(a, bool, n);
    for (int i = 1; i < n; i++) {
        d[i] = in_list(district, f->s->texts[i]);
        k[i] = below(&f->r->reg->codes, f->s->texts[i], industry);
    }
    f->districts = district.n ? d : NULL;
    f->industries = industry.n ? k : NULL;
    f->no_district = in_list(district, S("none"));
    f->no_industry = in_list(industry, S("none"));
}

static void bind_sources(Filter *f) {
    Str code = http_query(f->r, S("source"));
    f->of_source = code.n > 0;
    for (int i = 0; code.n && i < f->s->nsources; i++) {
        const Source *s = &f->s->source_list[i];
        int bit = i < SNAPSHOT_SOURCES_MAX ? i : SNAPSHOT_SOURCES_MAX - 1;
        if (str_eq(s->code, code) || str_eq(s->grade, code)) f->sources |= 1ULL << bit;
    }
}

/* Subjects that the batch of an import has facts of. */
static bool bind_import(Filter *f) {
    Str text = http_query(f->r, S("import"));
    int64_t id;
    if (text.n == 0) return true;
    if (!str_to_i64(text, &id))
        return HTTP_INVALID(f->r, S("?import"), M_HTTP_QUERY, S("import"), text);
    uint8_t *touched = NEW_N(f->r->c->arena, uint8_t, f->s->n + 1);
    Rows *rows =
        Q(f->r->db,
          "SELECT DISTINCT f.subject FROM import_draft d JOIN fact_record f ON f.batch = d.batch "
          "WHERE d.id = $1",
          db_i(id));
    while (rows && row_next(rows)) {
        int64_t row = snapshot_row(f->s, row_i64(rows, 0));
        if (row >= 0) touched[row] = 1;
    }
    if (rows) rows_close(rows);
    f->touched = touched;
    return ctx_ok(f->r->c);
}

static bool place_fits(const Filter *f, int64_t i) {
    const Snapshot *s = f->s;
    if (f->districts && !f->districts[s->division[i]] && !f->districts[s->unit[i]] &&
        !(f->no_district && s->division[i] == 0 && s->unit[i] == 0))
        return false;
    return !f->industries || f->industries[s->industry[i]] ||
           (f->no_industry && s->industry[i] == 0);
}

static Str result_of(const Snapshot *s, int rule, int64_t i) {
    uint16_t id = s->result[rule * s->n + i];
    return id == SNAPSHOT_OTHER ? S("") : s->results[id];
}

static bool rule_fits(const Filter *f, int64_t i) {
    const Snapshot *s = f->s;
    if (f->outcomes && !(f->outcomes >> s->outcomes[f->rule * s->n + i] & 1)) return false;
    if (f->result.n && !str_eq(result_of(s, f->rule, i), f->result)) return false;
    return f->sizes.n == 0 ||
           (f->size_rule >= 0 && in_list(f->sizes, result_of(s, f->size_rule, i)) &&
            result_of(s, f->size_rule, i).n > 0);
}

/* Nothing is learnt from a list by filters: a row whose value, outcome or result the reader may not
 * see does not fit one that asks for it. */
static bool may_ask(const Filter *f, int64_t i) {
    const Snapshot *s = f->s;
    const Sight *sight = &f->m->sight;
    const Indicator *const asked[] = {f->has, f->missing, f->conflict};
    const PackSet *p = f->r->reg->pack;
    if (sight_whole(sight)) return true;
    if (!sight_knows(sight, s->id[i])) return false;
    Grade of = sight_of(sight, s->id[i], s->texts[s->division[i]], s->texts[s->unit[i]]);
    for (int k = 0; k < 3; k++)
        if (asked[k] && !sight_shows(sight, of, asked[k])) return false;
    for (int k = 0; k < f->nsort; k++)
        if (f->sort[k].by == SORT_FIELD && !sight_shows(sight, of, f->sort[k].field)) return false;
    if (f->outcomes && !row_shows_outcome(f->m, of, p->rules[f->rule])) return false;
    if (f->result.n && !row_shows_rule(f->m, of, p->rules[f->rule])) return false;
    return f->sizes.n == 0 || f->size_rule < 0 || row_shows_rule(f->m, of, p->rules[f->size_rule]);
}

static bool fits(const Filter *f, int64_t i) {
    const Snapshot *s = f->s;
    if (!may_ask(f, i)) return false;
    if (f->demo_given && (s->is_demo[i] != 0) != f->demo) return false;
    if (f->has && !snapshot_bit(s->has_bits, s, i, f->has->id)) return false;
    if (f->missing && snapshot_bit(s->has_bits, s, i, f->missing->id)) return false;
    if (f->conflict && !snapshot_bit(s->differs_bits, s, i, f->conflict->id)) return false;
    if (f->of_source && !(s->sources[i] & f->sources)) return false;
    if (f->touched && !f->touched[i]) return false;
    return place_fits(f, i) && rule_fits(f, i);
}

/* --- order -------------------------------------------------------------------------------------
 */

static int cmp64(int64_t x, int64_t y) {
    return (x > y) - (x < y);
}

static Str code_at(const Snapshot *s, SortBy by, int64_t i) {
    if (by == SORT_INDUSTRY) return s->texts[s->industry[i]];
    return s->texts[s->division[i] ? s->division[i] : s->unit[i]];
}

/* What is not known comes last in both directions. */
static int field_cmp(const SortKey *k, int64_t x, int64_t y) {
    int cmp = 0;
    Val a = k->values[x], b = k->values[y];
    if (a.tag == V_NULL || b.tag == V_NULL) return (a.tag == V_NULL) - (b.tag == V_NULL);
    if (!val_compare(a, b, &cmp)) return 0;
    return k->down ? -cmp : cmp;
}

static int key_cmp(const Snapshot *s, const SortKey *k, int64_t x, int64_t y) {
    int d = 0;
    if (k->by == SORT_FIELD) return field_cmp(k, x, y);
    switch (k->by) {
    case SORT_NAME: d = cmp64(s->by_name[x], s->by_name[y]); break;
    case SORT_USCC: d = cmp64(s->by_uscc[x], s->by_uscc[y]); break;
    case SORT_FACTS: d = cmp64(s->nfacts[x], s->nfacts[y]); break;
    case SORT_COMPLETENESS: d = cmp64(s->have[x], s->have[y]); break;
    case SORT_KNOWN: d = cmp64(s->last_known_ms[x], s->last_known_ms[y]); break;
    default: {
        Str a = code_at(s, k->by, x), b = code_at(s, k->by, y);
        if (a.n == 0 || b.n == 0) return (a.n == 0) - (b.n == 0);
        d = str_cmp(a, b);
    }
    }
    return k->down ? -d : d;
}

static int row_cmp(const void *px, const void *py, void *user) {
    const Filter *f = user;
    int64_t x = *(const int64_t *)px, y = *(const int64_t *)py;
    for (int i = 0; i < f->nsort; i++) {
        int d = key_cmp(f->s, &f->sort[i], x, y);
        if (d) return d;
    }
    return cmp64(x, y);
}

enum { SORT_TEXT_MAX = 240 };

/* The value to sort by, free of what was read for it: the arena goes back to where it was. */
static Val kept_value(Request *r, const FactUse *f, ArenaMark m) {
    char text[SORT_TEXT_MAX];
    Val v = f && f->has_value ? f->value : val_null();
    if (v.tag == V_STRING) {
        Str s = str_sub(val_text(v), 0, SORT_TEXT_MAX);
        memcpy(text, s.p, (size_t)s.n);
        arena_rewind(r->c->arena, m);
        return val_str(str_dup(r->c->arena, str_of(text, (size_t)s.n)));
    }
    if (v.tag == V_BIGNUM) {
        Dec d = val_dec(v);
        arena_rewind(r->c->arena, m);
        return val_num(r->c->arena, &d);
    }
    arena_rewind(r->c->arena, m);
    return v.tag == V_NUM || v.tag == V_DATE || v.tag == V_BOOL ? v : val_null();
}

/* Reads one fact of every row that passed. */
static bool read_values(Filter *f, SortKey *k, const int64_t *rows, int64_t n) {
    Request *r = f->r;
    if (n > FIELD_SORT_MAX)
        return HTTP_INVALID(r, S("?sort"), M_HTTP_SORT_LIMIT,
                            str_printf(r->c->arena, "%d", FIELD_SORT_MAX));
    k->values = NEW_N(r->c->arena, Val, f->s->n + 1);
    for (int64_t i = 0; i < n; i++) {
        Known known;
        ArenaMark m = arena_mark(r->c->arena);
        if (!row_known(f->m, f->s->id[rows[i]], &known)) return false;
        k->values[rows[i]] = kept_value(r, known_latest(&known, k->field), m);
    }
    return true;
}

static bool sort_rows(Filter *f, int64_t *rows, int64_t n) {
    for (int i = 0; i < f->nsort; i++)
        if (f->sort[i].by == SORT_FIELD && !read_values(f, &f->sort[i], rows, n)) return false;
    if (f->nsort && n > 1) qsort_r(rows, (size_t)n, sizeof *rows, row_cmp, f);
    return true;
}

/* --- searching ---------------------------------------------------------------------------------
 */

/* How the hit was found, for the mark beside its name. */
static void found_by(Request *r, const Subject *who, Str q, Str *by, Str *text) {
    Arena *a = r->c->arena;
    Identifier *ids;
    int n;
    *by = S("name");
    *text = who->name;
    if (gram_contains(a, who->name, q)) return;
    if (!subject_identifiers(r->db, who->id, &ids, &n)) return;
    Str folded = gram_fold(a, q);
    for (int i = 0; i < n; i++) {
        bool former = str_eq(ids[i].scheme, S("former_name"));
        if (str_find(gram_fold(a, ids[i].value), folded) < 0) continue;
        *by = former ? S("former_name") : str_eq(ids[i].scheme, S("name")) ? S("name") : S("code");
        *text = ids[i].value;
        return;
    }
    *by = pinyin_matches(who->name, q) ? S("initials") : S("gram");
    *text = q;
}

static bool check_q(Request *r, Str q) {
    int64_t chars = 0;
    for (ptrdiff_t at = 0; at < q.n; chars++) utf8_next(q, &at);
    return chars <= Q_CHARS_MAX ||
           HTTP_INVALID(r, S("?q"), M_HTTP_QUERY, S("q"), str_sub(q, 0, 60));
}

static bool search(Filter *f, Str q, int64_t *rows, int64_t *n) {
    SubjectHits hits;
    *n = 0;
    if (!subject_search(f->r->db, q, SEARCH_MOST, &hits)) return false;
    for (int i = 0; i < hits.n; i++) {
        int64_t row = snapshot_row(f->s, hits.items[i].id);
        if (row >= 0 && *n < f->s->n && fits(f, row)) rows[(*n)++] = row;
    }
    return !hits.at_least || HTTP_INVALID(f->r, S("?q"), M_HTTP_SEARCH_LIMIT, q);
}

static bool select_rows(Filter *f, int64_t *rows, int64_t *n) {
    Str q = str_trim(http_query(f->r, S("q")));
    *n = 0;
    if (q.n) return search(f, q, rows, n);
    for (int64_t i = 0; i < f->s->n; i++)
        if (fits(f, i)) rows[(*n)++] = i;
    return true;
}

static void mark_window(Request *r, Selection *out, int64_t offset, int64_t limit) {
    Str q = str_trim(http_query(r, S("q")));
    if (q.n == 0) return;
    out->by = NEW_N(r->c->arena, Str, out->n + 1);
    out->text = NEW_N(r->c->arena, Str, out->n + 1);
    for (int64_t i = offset; i < out->n && i < offset + limit; i++) {
        Subject who;
        if (!subject_get(r->db, out->ids[i], &who)) return;
        found_by(r, &who, q, &out->by[i], &out->text[i]);
    }
}

/* --- without a snapshot ------------------------------------------------------------------------
 */

static bool plain(const Request *r) {
    static const char *const NAMES[] = {"q",      "district", "industry", "rule",    "outcome",
                                        "result", "size",     "has",      "missing", "conflict",
                                        "source", "demo",     "import",   "sort"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (http_query(r, str_from(NAMES[i])).n) return false;
    return true;
}

static bool window(Request *r, int64_t offset, int64_t limit, Selection *out) {
    out->first = offset;
    out->of = out->n = subject_count(r->db, SUBJECT_ENTERPRISE);
    out->ids = NEW_N(r->c->arena, int64_t, limit + 1);
    int64_t k = 0;
    Rows *rows = Q(r->db,
                   "SELECT id FROM subject WHERE kind = 1 AND merged_into IS NULL ORDER BY id "
                   "LIMIT $1 OFFSET $2",
                   db_i(limit), db_i(offset));
    while (rows && k < limit && row_next(rows)) out->ids[k++] = row_i64(rows, 0);
    if (rows) rows_close(rows);
    return ctx_ok(r->c);
}

static bool run(Filter *f, int64_t offset, int64_t limit, Selection *out) {
    Request *r = f->r;
    bind_places(f);
    bind_sources(f);
    if (!bind_import(f)) return false;
    int64_t *rows = NEW_N(r->c->arena, int64_t, f->s->n + 1);
    if (!select_rows(f, rows, &out->n) || !sort_rows(f, rows, out->n)) return false;
    for (int64_t i = 0; i < out->n; i++) rows[i] = f->s->id[rows[i]];
    out->ids = rows;
    out->of = f->s->n;
    mark_window(r, out, offset, limit);
    return ctx_ok(r->c);
}

static Str of_count(const Request *r, int64_t n) {
    return str_printf(r->c->arena, "%lld", (long long)n);
}

/* The list of who knows of one enterprise only. */
static bool select_own(Request *r, const RowMaker *m, Selection *out) {
    out->ids = NEW_N(r->c->arena, int64_t, 1);
    out->ids[0] = m->sight.own;
    out->n = out->of = m->sight.own ? 1 : 0;
    return true;
}

bool enterprise_select(Request *r, RowMaker *m, int64_t offset, int64_t limit, Selection *out) {
    Filter f;
    TableForm form;
    *out = (Selection){0};
    if (!table_form(r, &form) || !read_filter(r, m, &f) || !check_q(r, http_query(r, S("q"))))
        return false;
    if (m->sight.only_own) return select_own(r, m, out);
    if (!snapshot_get(r->db, r->reg, r->as_of, &r->at, WAIT_MS, &f.s)) return false;
    if (!f.s && plain(r) && form == TABLE_JSON) return window(r, offset, limit, out);
    if (!f.s)
        return FAIL(r->c, ERR_BUSY, M_HTTP_COMPUTING, of_count(r, snapshot_progress(r->reg)),
                    of_count(r, subject_count(r->db, SUBJECT_ENTERPRISE)));
    out->snapshot = f.s;
    return run(&f, offset, limit, out);
}
