/* GET /library: tiers, classes and movement; /library/expiring; /library/cohorts. */
#include "base/date.h"
#include "city/library/library_report.h"
#include "http/api.h"
#include "http/api_enterprise.h"
#include "http/api_title.h"

static void out_basis_of(Arena *a, Json *o, const LibraryBasis *k) {
    out_basis(a, o, S("basis"), &k->basis, k->status);
}

static void out_missing(Arena *a, Json *o, const LibraryTexts *t) {
    Json *list = out_list(a, o, S("missing_basis"));
    for (int i = 0; i < t->n; i++) json_push(list, json_string(a, t->items[i]));
}

static void out_number(Request *r, Json *o, Str key, int n, Str tier, int kind) {
    Arena *a = r->c->arena;
    Str href = str_printf(a, "/titles?state=counts&tier=%.*s", STRF(url_part(a, tier)));
    if (kind)
        href = str_printf(a, "%.*s&kind=%.*s", STRF(href), STRF(title_kind_word((TitleKind)kind)));
    out_count(a, o, key, n, href);
}

static void out_tiers(Request *r, Json *o, const LibraryFirm *firms, int n) {
    Arena *a = r->c->arena;
    const Library *l = library_of(r->reg->pack);
    Json *list = out_list(a, o, S("tiers"));
    for (int i = 0; i < l->ntiers && i < LIBRARY_TIERS_MAX; i++) {
        const LibraryTier *t = l->tiers[i];
        uint64_t bit = UINT64_C(1) << i;
        Json *j = out_item(a, list);
        out_str(a, j, S("id"), t->id);
        out_text(a, j, S("title"), t->id, t->en);
        out_number(r, j, S("enterprises"), library_count(firms, n, bit, 0), t->id, 0);
        Json *kinds = out_object(a, j, S("kinds"));
        for (int k = TITLE_IN_LIBRARY; k <= TITLE_LISTED; k++)
            out_number(r, kinds, title_kind_word((TitleKind)k), library_count(firms, n, bit, k),
                       t->id, k);
        out_basis_of(a, j, &t->basis);
        out_missing(a, j, &t->missing);
    }
}

static void out_classes(Request *r, Json *o, const LibraryFirm *firms, int n) {
    Arena *a = r->c->arena;
    const Library *l = library_of(r->reg->pack);
    Json *list = out_list(a, o, S("classes"));
    for (int i = 0; i < l->nclasses; i++) {
        const LibraryClass *k = &l->classes[i];
        uint64_t mask = 0;
        Json *j = out_item(a, list);
        out_str(a, j, S("id"), k->id);
        out_text(a, j, S("title"), k->id, k->en);
        Json *members = out_list(a, j, S("members"));
        for (int m = 0; m < k->n; m++) {
            int tier = library_tier_index(l, k->members[m]->id);
            if (tier >= 0) mask |= UINT64_C(1) << tier;
            json_push(members, json_string(a, k->members[m]->id));
        }
        out_int(a, j, S("enterprises"), library_count(firms, n, mask, 0));
        out_basis_of(a, j, &k->basis);
        out_opt(a, j, S("inferred_by"), k->by);
        out_text(a, j, S("definition"), k->basis.zh, k->basis.en);
    }
}

/* Cells that are not 0, with their words. */
static void out_movement(Request *r, Json *o, const int *cells) {
    Arena *a = r->c->arena;
    const Library *l = library_of(r->reg->pack);
    int tiers = l->ntiers < LIBRARY_TIERS_MAX ? l->ntiers : LIBRARY_TIERS_MAX;
    Json *list = out_list(a, o, S("movement"));
    for (int i = 0; i <= tiers; i++)
        for (int k = 0; k <= tiers; k++) {
            int n = cells[i * (tiers + 1) + k];
            if (!n) continue;
            Json *j = out_item(a, list);
            out_opt(a, j, S("from"), i < tiers ? l->tiers[i]->id : S(""));
            out_opt(a, j, S("to"), k < tiers ? l->tiers[k]->id : S(""));
            out_str(a, j, S("how"), library_move_text(i, k, tiers));
            out_int(a, j, S("n"), n);
        }
}

static bool before_day(Request *r, int32_t *out) {
    Str s = http_query(r, S("since"));
    int64_t day = r->as_of;
    if (s.n && !date_parse(s, &day))
        return HTTP_INVALID(r, S("?since"), M_HTTP_QUERY, S("since"), s);
    *out = date_to_int(day);
    if (!s.n) *out = library_months_later(*out - 10000, 0);
    return true;
}

bool api_library(Request *r, Response *out) {
    Arena *a = r->c->arena;
    const Library *l = library_of(r->reg->pack);
    TitleBook b, old;
    LibraryFirm *now, *then;
    int n, nthen;
    int32_t since = 0;
    if (!before_day(r, &since) || !title_book(r->db, 0, &r->at, &b) ||
        !title_book_on(r->db, &b, since, &old))
        return false;
    library_firms(a, l, &b, &now, &n);
    library_firms(a, l, &old, &then, &nthen);
    Json *o = json_new(a, JSON_OBJECT);
    out_int(a, o, S("enterprises"), n);
    out_tiers(r, o, now, n);
    out_classes(r, o, now, n);
    title_out_day(a, o, S("since"), since);
    out_movement(r, o, library_movement(a, l, then, nthen, now, n));
    Json *levels = out_list(a, o, S("levels"));
    for (int i = 0; i < l->nlevels; i++) json_push(levels, json_string(a, l->levels[i]));
    Json *list = out_list(a, o, S("missing_basis"));
    for (int i = 0; i < l->nmissing; i++)
        out_text(a, out_item(a, list), S("title"), l->missing[i].zh, l->missing[i].en);
    http_out_clocks(r, o);
    http_reply_tagged(out, r, o);
    return true;
}

/* --- cohorts -----------------------------------------------------------------------------------
 */

static void out_mark(Arena *a, Json *list, int years, const Cohort *c) {
    const CohortMark *m = &c->marks[years - 1];
    Json *j = out_item(a, list);
    out_int(a, j, S("years"), years);
    out_int(a, j, S("held"), m->held);
    out_int(a, j, S("renewed"), m->renewed);
    out_int(a, j, S("ran_out"), m->ran_out);
    out_int(a, j, S("expired"), m->expired);
    out_int(a, j, S("removed"), m->removed);
    out_int(a, j, S("revoked"), m->revoked);
    out_int(a, j, S("censored"), m->censored);
}

bool api_library_cohorts(Request *r, Response *out) {
    Arena *a = r->c->arena;
    const Library *l = library_of(r->reg->pack);
    Str tier = http_query(r, S("tier")), kind = http_query(r, S("kind"));
    const LibraryTier *t = tier.n ? library_tier(l, tier) : NULL;
    int k = kind.n ? title_kind_find(kind) : 0, n;
    TitleBook b;
    Cohort *c;
    if (tier.n && !t) return HTTP_INVALID(r, S("?tier"), M_TITLE_TIER, tier);
    if (k < 0) return HTTP_INVALID(r, S("?kind"), M_TITLE_KIND);
    if (!title_book(r->db, 0, &r->at, &b)) return false;
    library_cohorts(a, &b, t ? t->id : S(""), k, &c, &n);
    Json *o = json_new(a, JSON_OBJECT), *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) {
        Json *j = out_item(a, items);
        out_int(a, j, S("year"), c[i].year);
        out_int(a, j, S("intake"), c[i].intake);
        Json *marks = out_list(a, j, S("after"));
        for (int y = 1; y <= COHORT_MARKS; y++) out_mark(a, marks, y, &c[i]);
    }
    http_out_clocks(r, o);
    http_reply_tagged(out, r, o);
    return true;
}
