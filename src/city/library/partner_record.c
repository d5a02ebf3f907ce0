/* Partners' records. See partner_record.h. Each enterprise is looked at on the day its term was
 * over, not on the day of the record: what happened later does not change an earlier column. */
#include "city/library/partner_record.h"

#include "base/date.h"
#include "base/hash.h"
#include "city/library/recommend.h"
#include "store/counter.h"

static const int MONTHS[PARTNER_TERMS] = {12, 24, 36};
enum { CHINA_MS = 8 * 3600 * 1000, DAY_MS = 86400000 };

static bool same(const Recommendation *x, const Recommendation *y) {
    return x->subject == y->subject && str_eq(x->rule, y->rule) && x->round == y->round;
}

/* The first instant after a day in China. */
static int64_t day_over(int32_t day) {
    int64_t days;
    return date_from_int(day, &days) ? (days + 1) * DAY_MS - CHINA_MS : 0;
}

static int level_rank(const Library *l, Str level) {
    for (int i = 0; i < l->nlevels; i++)
        if (str_eq(l->levels[i], level)) return i;
    return -1;
}

static bool tier_decided_by(const Library *l, Str tier, Str rule) {
    const LibraryTier *t = library_tier(l, tier);
    for (int i = 0; t && i < t->nrules; i++)
        if (str_eq(t->rules[i]->id, rule)) return true;
    return false;
}

/* A title the firm holds or held that began in the term. */
static bool began(const TitleStatus *s, int64_t firm, int32_t from, int32_t to) {
    return s->state != TITLE_VOID && s->holder == firm && s->title->from >= from &&
           s->title->from <= to;
}

static bool moved_up(const Library *l, const TitleBook *b, const TitleStatus *s) {
    int rank = level_rank(l, s->title->level);
    for (int i = 0; rank >= 0 && i < b->n; i++) {
        const TitleStatus *x = &b->status[i];
        if (x->state != TITLE_VOID && x->holder == s->holder &&
            x->title->kind == TITLE_RECOGNISED && x->title->from < s->title->from &&
            str_eq(x->title->tier, s->title->tier) && level_rank(l, x->title->level) > rank)
            return true;
    }
    return false;
}

/* In the round's list by that day. */
static bool listed(Db *db, const Recommendation *o, int32_t day) {
    return o->case_file && Q_I64(db, 0,
                                 "SELECT count(*) FROM review_candidate WHERE case_file = $1 AND "
                                 "entered_ms < $2",
                                 db_i(o->case_file), db_i(day_over(day))) > 0;
}

static bool add_term(Db *db, const Library *l, const Recommendation *o, bool taken_back,
                     PartnerTerm *t, const FactAt *known) {
    int32_t to = library_months_later(o->made_day, t->months);
    FactAt at = {.as_of = to, .as_known = known->as_known, .seq = known->seq};
    TitleBook b;
    if (to > known->as_of) return true;
    if (!title_book(db, o->subject, &at, &b)) return false;
    bool entered = listed(db, o, to), recognised = false, in_library = false, up = false;
    bool lost = taken_back && o->withdrawn_ms < day_over(to);
    for (int i = 0; i < b.n; i++) {
        const TitleStatus *s = &b.status[i];
        const Title *k = s->title;
        in_library |= k->kind == TITLE_IN_LIBRARY && s->holder == o->subject && title_counts(s);
        if (!began(s, o->subject, o->made_day, to)) continue;
        bool decided = k->kind == TITLE_RECOGNISED;
        entered |= k->kind == TITLE_IN_LIBRARY;
        recognised |= decided && tier_decided_by(l, k->tier, o->rule);
        up |= decided && moved_up(l, &b, s);
        lost |= s->state == TITLE_ENDED && (s->why == TITLE_REMOVE || s->why == TITLE_REVOKE);
    }
    t->due++;
    t->entered += entered;
    t->recognised += recognised;
    t->in_library += in_library;
    t->moved_up += up;
    t->withdrawn += lost;
    return ctx_ok(db_ctx(db));
}

/* The first recommendation of each enterprise stands for all of it; it was taken back when every
 * one of them was. */
static bool add_candidate(Db *db, const Library *l, const Recommendation *all, int n, int i,
                          const FactAt *at, PartnerRecord *out) {
    Recommendation o = all[i];
    bool taken_back = true;
    for (int j = i + 1; j < n; j++) /* newest first: those after are older */
        if (same(&all[j], &o)) return true;
    for (int j = 0; j <= i; j++) {
        if (!same(&all[j], &o)) continue;
        taken_back &= all[j].withdrawn_ms != 0;
        if (all[j].withdrawn_ms > o.withdrawn_ms) o.withdrawn_ms = all[j].withdrawn_ms;
        if (!o.case_file) o.case_file = all[j].case_file;
    }
    out->recommended++;
    for (int k = 0; k < PARTNER_TERMS; k++)
        if (!add_term(db, l, &o, taken_back, &out->term[k], at)) return false;
    return true;
}

bool partner_record(Db *db, const PackSet *p, int64_t organisation, const FactAt *at,
                    PartnerRecord *out) {
    Recommendation *all;
    RecommendFilter f = {.organisation = organisation, .round = -1};
    int n;
    int64_t total;
    *out = (PartnerRecord){.day = at->as_of};
    for (int k = 0; k < PARTNER_TERMS; k++) out->term[k].months = MONTHS[k];
    if (!organisation_get(db, organisation, &out->organisation) ||
        !recommend_list(db, &f, &all, &n, &total))
        return false;
    for (int i = 0; i < n; i++) {
        if (all[i].made_ms > at->as_known) continue;
        out->unknown += !all[i].subject && !all[i].withdrawn_ms;
        if (all[i].subject && !add_candidate(db, library_of(p), all, n, i, at, out)) return false;
    }
    return ctx_ok(db_ctx(db));
}

Json *partner_record_json(Arena *a, const PartnerRecord *k) {
    Json *o = json_new(a, JSON_OBJECT), *list = json_new(a, JSON_ARRAY);
    int64_t days = 0;
    date_from_int(k->day, &days);
    json_set(o, S("organisation"),
             json_string(a, str_printf(a, "%lld", (long long)k->organisation.id)));
    json_set(o, S("name"), json_string(a, k->organisation.name));
    json_set(o, S("kind"), json_string(a, k->organisation.kind));
    json_set(o, S("day"), json_string(a, date_text(a, days)));
    json_set(o, S("recommended"), json_int(a, k->recommended));
    json_set(o, S("unknown"), json_int(a, k->unknown));
    for (int i = 0; i < PARTNER_TERMS; i++) {
        const PartnerTerm *t = &k->term[i];
        Json *j = json_push(list, json_new(a, JSON_OBJECT));
        json_set(j, S("months"), json_int(a, t->months));
        json_set(j, S("due"), json_int(a, t->due));
        json_set(j, S("entered"), json_int(a, t->entered));
        json_set(j, S("recognised"), json_int(a, t->recognised));
        json_set(j, S("in_library"), json_int(a, t->in_library));
        json_set(j, S("moved_up"), json_int(a, t->moved_up));
        json_set(j, S("withdrawn"), json_int(a, t->withdrawn));
    }
    json_set(o, S("terms"), list);
    return o;
}

/* --- publication --------------------------------------------------------------------------------
 */

static bool newest(Db *db, int64_t organisation, bool out_only, PartnerPublication *p) {
    Arena *a = db_ctx(db)->arena;
    Rows *r = Q(db,
                "SELECT id, day, content, content_sm3, first_by, first_ms, second_by, published_ms "
                "FROM partner_publication WHERE organisation = $1 AND ($2 = 0 OR published_ms IS "
                "NOT NULL) ORDER BY id DESC LIMIT 1",
                db_i(organisation), db_i(out_only));
    bool there = r && row_next(r);
    *p = (PartnerPublication){0};
    if (there)
        *p = (PartnerPublication){.id = row_i64(r, 0),
                                  .day = (int32_t)row_i64(r, 1),
                                  .content = str_dup(a, row_str(r, 2)),
                                  .sm3 = str_dup(a, row_str(r, 3)),
                                  .first_by = str_dup(a, row_str(r, 4)),
                                  .first_ms = row_i64(r, 5),
                                  .second_by = str_dup(a, row_str(r, 6)),
                                  .published_ms = row_i64(r, 7)};
    if (r) rows_close(r);
    return ctx_ok(db_ctx(db));
}

static bool sign_first(Db *db, int64_t organisation, const Act *act, PartnerPublication *p) {
    Ctx *c = db_ctx(db);
    p->id = counter_take(db, S("partner_publication"), 1);
    p->first_by = act->actor;
    p->first_ms = c->now_ms;
    p->published_ms = 0;
    return p->id &&
           EXEC(db,
                "INSERT INTO partner_publication(id, organisation, day, content, content_sm3, "
                "first_by, first_ms, second_by, published_ms) VALUES($1, $2, $3, $4, $5, $6, $7, "
                "'', NULL)",
                db_i(p->id), db_i(organisation), db_i(p->day), db_s(p->content), db_s(p->sm3),
                db_s(p->first_by), db_i(p->first_ms));
}

static bool sign_second(Db *db, const Act *act, PartnerPublication *p) {
    p->second_by = act->actor;
    p->published_ms = db_ctx(db)->now_ms;
    return EXEC(db,
                "UPDATE partner_publication SET second_by = $2, published_ms = $3 WHERE id = $1 "
                "AND published_ms IS NULL",
                db_i(p->id), db_s(p->second_by), db_i(p->published_ms));
}

static bool content_on(Db *db, const PackSet *p, int64_t organisation, int32_t day, Str *content,
                       Str *sm3) {
    Arena *a = db_ctx(db)->arena;
    PartnerRecord k;
    FactAt at = {.as_of = day};
    Buf b = buf_new(a, 0);
    if (!fact_at(db, &at) || !partner_record(db, p, organisation, &at, &k)) return false;
    json_canonical(&b, partner_record_json(a, &k));
    *content = buf_str(&b);
    *sm3 = hash_hex(a, HASH_SM3, *content);
    return true;
}

bool partner_publish(Db *db, const PackSet *p, int64_t organisation, int32_t day, const Act *act,
                     PartnerPublication *out) {
    Ctx *c = db_ctx(db);
    Str content, sm3;
    if (!newest(db, organisation, false, out) ||
        !content_on(db, p, organisation, out->id && !out->published_ms ? out->day : day, &content,
                    &sm3))
        return false;
    /* what one has signed waits for the second as it was signed, on a later day too */
    if (out->id && !out->published_ms && !str_eq(out->sm3, sm3) &&
        !content_on(db, p, organisation, day, &content, &sm3))
        return false;
    bool same_content = out->id && str_eq(out->sm3, sm3);
    if (same_content && (out->published_ms || str_eq(out->first_by, act->actor)))
        return FAIL(c, ERR_STATE, M_PARTNER_SIGNED, out->first_by);
    bool second = same_content;
    if (!second)
        *out = (PartnerPublication){.day = day, .content = content, .sm3 = sm3, .second_by = S("")};
    if (!(second ? sign_second(db, act, out) : sign_first(db, organisation, act, out)))
        return false;
    return journal_add(db, act, second ? S("partner.publish") : S("partner.sign"),
                       str_printf(c->arena, "organisation:%lld", (long long)organisation), sm3);
}

bool partner_publication(Db *db, const PackSet *p, int64_t organisation, PartnerPublication *out,
                         bool *same) {
    Str content, sm3;
    *same = false;
    if (!newest(db, organisation, false, out)) return false;
    if (!out->id) return true;
    if (!content_on(db, p, organisation, out->day, &content, &sm3)) return false;
    *same = str_eq(out->sm3, sm3);
    return true;
}

bool partner_published(Db *db, int64_t organisation, PartnerPublication *out) {
    if (!newest(db, organisation, true, out)) return false;
    return out->id || FAIL(db_ctx(db), ERR_MISSING, M_PARTNER_NOT_OUT);
}
