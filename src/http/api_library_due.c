/* GET /library/expiring: what is due in a quarter, and whether its rule would pass it again.
 *
 * The decision is made on everything that is known; what is shown of it is what the reader may see
 * of the enterprise: the outcome, then the facts it lacks and how far it is. */
#include <stdlib.h>

#include "base/date.h"
#include "city/distance.h"
#include "city/library/discover.h"
#include "city/library/title_json.h"
#include "http/api.h"
#include "http/api_enterprise.h"
#include "http/api_title.h"

/* Would it pass again? */
typedef struct Again {
    const Rule *rule; /* NULL: none is known */
    bool masked;      /* the outcome is not shown */
    Outcome outcome;
    Str *missing; /* names of facts */
    int nmissing;
    Str distance; /* the nearest way as a sentence; empty: none, or not shown */
} Again;

typedef struct Due {
    const TitleStatus *status;
    const Subject *holder;
    int32_t day;
    bool by_term;
    Again again;
} Due;

static bool look_again(RowMaker *m, const TitleStatus *s, Again *out) {
    Request *r = m->r;
    Arena *a = r->c->arena;
    Known k;
    *out = (Again){.rule = library_again(library_of(r->reg->pack), s->title)};
    if (!out->rule) return true;
    if (!row_known(m, s->holder, &k)) return false;
    out->masked = !row_shows_outcome(m, k.grade, out->rule);
    if (out->masked) return true;
    DecideOptions opt = decide_options(r, false);
    Decision d = decide(a, r->reg->book, out->rule, &k.whole, &opt);
    out->outcome = d.outcome;
    out->missing = NEW_N(a, Str, d.nmissing + 1);
    for (int i = 0; i < d.nmissing; i++) {
        const Indicator *of = d.missing[i].indicator; /* NULL: a text nobody has found */
        if (!of || row_shows(m, &k, of)) out->missing[out->nmissing++] = d.missing[i].name;
    }
    if (!row_shows_rule(m, k.grade, out->rule)) return ctx_ok(r->c);
    int32_t effort;
    d.distance = distance_find(a, r->reg->book, &k.whole, &opt, &d);
    const DistanceEntry *near = discover_nearest(d.distance, r->as_of, &effort);
    if (near) out->distance = distance_sentence(a, &d, near, r->c->lang);
    return ctx_ok(r->c);
}

static int by_day(const void *px, const void *py) {
    const Due *x = px, *y = py;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return (x->status->title->id > y->status->title->id) -
           (x->status->title->id < y->status->title->id);
}

static bool find_due(Request *r, int32_t from, int32_t to, Due **out, int *n, int *unknown) {
    Arena *a = r->c->arena;
    const Library *l = library_of(r->reg->pack);
    TitleBook b;
    bool *keep;
    Subject *holders;
    RowMaker m;
    if (!title_book(r->db, 0, &r->at, &b) || !title_sight(r, &b, &keep, &holders) ||
        !row_maker_open(r, &m))
        return false;
    *out = NEW_N(a, Due, b.n + 1);
    *n = *unknown = 0;
    for (int i = 0; i < b.n; i++) {
        Due d = {.status = &b.status[i], .holder = &holders[i]};
        if (!keep[i] || !title_counts(d.status)) continue;
        d.day = library_due(l, &b, d.status, &d.by_term);
        *unknown += d.day == 0 && d.status->title->kind == TITLE_RECOGNISED;
        if (d.day < from || d.day >= to) continue;
        if (!look_again(&m, d.status, &d.again)) return false;
        (*out)[(*n)++] = d;
    }
    if (*n) qsort(*out, (size_t)*n, sizeof **out, by_day);
    return true;
}

static void out_again(Arena *a, Json *o, const Again *k) {
    if (!k->rule) {
        out_null(a, o, S("again"));
        return;
    }
    Json *j = out_object(a, o, S("again"));
    out_str(a, j, S("rule"), k->rule->id);
    out_opt(a, j, S("outcome"), k->masked ? S("") : outcome_text(k->outcome));
    Json *missing = out_list(a, j, S("missing"));
    for (int i = 0; i < k->nmissing; i++) json_push(missing, json_string(a, k->missing[i]));
    out_opt(a, j, S("distance"), k->distance);
}

static Str word(const Request *r, Msg m) {
    return msg_text(r->c->arena, m, r->c->lang, 0, NULL);
}

static Str again_said(const Request *r, const Again *k) {
    if (!k->rule) return S("");
    return word(r, k->masked ? M_PEOPLE_MASKED : outcome_message(k->outcome));
}

static bool reply_file(Request *r, TableForm form, const Due *due, int n, Response *out) {
    enum { MORE = 4 };
    static const Msg LAST[MORE] = {M_TITLE_COL_DUE, M_TITLE_COL_DUE_BY, M_TITLE_COL_AGAIN,
                                   M_TITLE_COL_DISTANCE};
    Arena *a = r->c->arena;
    Str heads[TITLE_COLUMNS + MORE], name = word(r, M_TITLE_DUE_SHEET);
    int k = title_heads(r, heads);
    for (int i = 0; i < MORE; i++) heads[k++] = word(r, LAST[i]);
    Export *e = table_begin(r, form, name, heads, k);
    bool ok = e != NULL;
    for (int i = 0; ok && i < n; i++) {
        int32_t day = due[i].day;
        title_cells(r, e, due[i].status, due[i].holder);
        export_date(e, str_printf(a, "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100));
        export_text(e, word(r, due[i].by_term ? M_TITLE_BY_TERM : M_TITLE_BY_REVIEW));
        export_text(e, again_said(r, &due[i].again));
        export_text(e, due[i].again.distance);
        ok = export_end_row(e);
        if (due[i].again.distance.n) table_grade(r, GRADE_SECRET);
    }
    if (!e) return false;
    table_grade(r, GRADE_INTERNAL);
    table_remarks(r, e, str_printf(a, "%d", n));
    return table_end(r, e, ok, name, out);
}

static bool read_quarter(Request *r, int32_t *from, int32_t *to, Str *name) {
    Str text = http_query(r, S("quarter"));
    if (library_quarter(r->c, text, date_to_int(r->as_of), from, to, name)) return true;
    ctx_clear(r->c);
    return HTTP_INVALID(r, S("?quarter"), M_TITLE_QUARTER, text);
}

bool api_library_expiring(Request *r, Response *out) {
    Arena *a = r->c->arena;
    int32_t from = 0, to = 0;
    int n, unknown;
    Str quarter;
    Due *due;
    TableForm form;
    if (!read_quarter(r, &from, &to, &quarter) || !table_form(r, &form) ||
        !find_due(r, from, to, &due, &n, &unknown))
        return false;
    bool far = false;
    for (int i = 0; i < n; i++) far |= due[i].again.distance.n > 0;
    if (!journal_read(r, S("library:expiring"), far)) return false;
    if (form != TABLE_JSON) return reply_file(r, form, due, n, out);
    Json *o = json_new(a, JSON_OBJECT), *items = out_list(a, o, S("items"));
    out_str(a, o, S("quarter"), quarter);
    for (int i = 0; i < n; i++) {
        Json *j = json_push(items, title_json(r, due[i].status, due[i].holder));
        title_out_day(a, j, S("due"), due[i].day);
        out_str(a, j, S("due_by"), due[i].by_term ? S("term") : S("review"));
        out_again(a, j, &due[i].again);
    }
    out_int(a, o, S("term_unknown"), unknown);
    http_out_clocks(r, o);
    http_reply_tagged(out, r, o);
    return true;
}
