/* Recommendations in the store. See recommend.h. */
#include "city/library/recommend.h"

#include "base/date.h"
#include "city/library/title.h"
#include "city/people/organisation.h"
#include "store/counter.h"

static Str number(Arena *a, int64_t n) {
    return str_printf(a, "%lld", (long long)n);
}

static Str object_of(Arena *a, int64_t id) {
    return str_printf(a, "recommendation:%lld", (long long)id);
}

/* --- who recommends -----------------------------------------------------------------------------
 */

static bool has_role(const User *u, Role r) {
    return u->roles >> r & 1;
}

bool sponsor_of(Db *db, const User *u, Sponsor *out) {
    Ctx *c = db_ctx(db);
    *out = (Sponsor){.user = u->id, .district = S("")};
    if (has_role(u, ROLE_PARTNER)) {
        Organisation o;
        if (!u->organisation) return FAIL(c, ERR_DENIED, M_RECOMMEND_NO_ORGANISATION);
        if (!organisation_get(db, u->organisation, &o)) return false;
        if (o.closed) return FAIL(c, ERR_DENIED, M_RECOMMEND_NO_ORGANISATION);
        out->organisation = o.id;
        out->kind = o.kind;
        return true;
    }
    if (has_role(u, ROLE_CLERK_OFFICE)) {
        out->kind = S("office");
        return true;
    }
    if (has_role(u, ROLE_CLERK_DISTRICT)) {
        out->kind = S("district");
        out->district = u->district;
        return u->district.n || FAIL(c, ERR_DENIED, M_RECOMMEND_NO_DISTRICT);
    }
    out->kind = S("enterprise");
    out->subject = u->subject;
    return (has_role(u, ROLE_ENTERPRISE) && u->subject) ||
           FAIL(c, ERR_DENIED, M_RECOMMEND_NO_ORGANISATION);
}

/* --- reading ------------------------------------------------------------------------------------
 */

#define COLUMNS                                                                                    \
    "r.id, r.version, r.subject, r.firm_name, r.firm_code, r.rule, r.reason, r.outcome, "          \
    "r.made_by, r.withdrawn_reason, r.round, r.case_file, r.sponsor, r.organisation, r.app_user, " \
    "r.district, r.interest, r.interest_id, r.made_day, r.made_ms, r.withdrawn_ms"

static void read_row(Arena *a, Rows *r, Recommendation *o) {
    *o = (Recommendation){.id = row_i64(r, 0),
                          .version = row_i64(r, 1),
                          .subject = row_i64(r, 2),
                          .firm_name = str_dup(a, row_str(r, 3)),
                          .firm_code = str_dup(a, row_str(r, 4)),
                          .rule = str_dup(a, row_str(r, 5)),
                          .reason = str_dup(a, row_str(r, 6)),
                          .outcome = str_dup(a, row_str(r, 7)),
                          .made_by = str_dup(a, row_str(r, 8)),
                          .withdrawn_reason = str_dup(a, row_str(r, 9)),
                          .round = row_i64(r, 10),
                          .case_file = row_i64(r, 11),
                          .sponsor = {.kind = str_dup(a, row_str(r, 12)),
                                      .organisation = row_i64(r, 13),
                                      .user = row_i64(r, 14),
                                      .district = str_dup(a, row_str(r, 15))},
                          .has_interest = str_eq(row_str(r, 16), S("declared")),
                          .interest = row_i64(r, 17),
                          .made_day = (int32_t)row_i64(r, 18),
                          .made_ms = row_i64(r, 19),
                          .withdrawn_ms = row_i64(r, 20)};
}

/* Subjects become their roots: mergers made later join. */
static bool take_roots(Db *db, Recommendation *items, int n) {
    for (int i = 0; i < n; i++)
        if (items[i].subject) items[i].subject = subject_root(db, items[i].subject);
    return ctx_ok(db_ctx(db));
}

bool recommend_get(Db *db, int64_t id, Recommendation *out) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db, "SELECT " COLUMNS " FROM recommendation r WHERE r.id = $1", db_i(id));
    bool there = r && row_next(r);
    if (there) read_row(c->arena, r, out);
    if (r) rows_close(r);
    if (!ctx_ok(c)) return false;
    if (!there) return FAIL(c, ERR_MISSING, M_RECOMMEND_MISSING, number(c->arena, id));
    return take_roots(db, out, 1);
}

/* The district of a firm: registered there or assessed by it. */
static bool firm_in(Db *db, int64_t subject, Str district) {
    Subject s;
    if (!subject || !subject_get(db, subject, &s)) return false;
    return str_eq(s.division, district) || str_eq(s.unit, district);
}

static bool fits(Db *db, const RecommendFilter *f, const Recommendation *o) {
    if (f->subject && o->subject != f->subject) return false;
    if (f->unmatched_only && o->subject) return false;
    if (!f->district.n || str_eq(o->sponsor.district, f->district)) return true;
    return firm_in(db, o->subject, f->district);
}

bool recommend_list(Db *db, const RecommendFilter *f, Recommendation **out, int *n,
                    int64_t *total) {
    Ctx *c = db_ctx(db);
    RecommendFilter want = *f;
    Recommendation *all = NULL;
    int count = 0, cap = 0;
    *out = NULL;
    *n = 0;
    *total = 0;
    if (want.subject && !(want.subject = subject_root(db, want.subject))) return ctx_ok(c);
    Rows *r =
        Q(db,
          "SELECT " COLUMNS " FROM recommendation r WHERE ($1 = 0 OR r.organisation = $1) "
          "AND ($2 = 0 OR (r.organisation = 0 AND r.app_user = $2)) "
          "AND ($3 = '' OR r.rule = $3) AND ($4 < 0 OR r.round = $4) "
          "AND ($5 = 0 OR r.withdrawn_ms IS NULL) ORDER BY r.id DESC",
          db_i(f->organisation), db_i(f->user), db_s(f->rule), db_i(f->round), db_i(f->open_only));
    while (r && row_next(r)) {
        GROW(c->arena, all, count, cap);
        read_row(c->arena, r, &all[count++]);
    }
    if (r) rows_close(r);
    if (!ctx_ok(c) || !take_roots(db, all, count)) return false;
    *out = NEW_N(c->arena, Recommendation, count + 1);
    for (int i = 0; i < count; i++) {
        if (!fits(db, &want, &all[i])) continue;
        bool shown = *total >= f->offset && (!f->limit || *total < f->offset + f->limit);
        ++*total;
        if (shown) (*out)[(*n)++] = all[i];
    }
    return ctx_ok(c);
}

/* --- sponsors -----------------------------------------------------------------------------------
 */

static bool same_sponsor(const Sponsor *x, const Sponsor *y) {
    if (x->organisation || y->organisation) return x->organisation == y->organisation;
    if (!str_eq(x->kind, y->kind)) return false;
    return !str_eq(x->kind, S("district")) || str_eq(x->district, y->district);
}

bool recommend_sponsors(Db *db, int64_t subject, Str rule, int64_t round, int *n) {
    RecommendFilter f = {.subject = subject, .rule = rule, .round = round, .open_only = true};
    Recommendation *all;
    int count;
    int64_t total;
    *n = 0;
    if (!recommend_list(db, &f, &all, &count, &total)) return false;
    for (int i = 0; i < count; i++) {
        bool before = false;
        for (int k = 0; k < i; k++) before |= same_sponsor(&all[i].sponsor, &all[k].sponsor);
        *n += !before;
    }
    return true;
}

/* --- making one ---------------------------------------------------------------------------------
 */

static bool names_rule(Ctx *c, Str tiers, Str rule) {
    const Json *list = tiers.n ? json_parse(c, tiers, S("agreement.tiers")) : NULL;
    for (const Json *e = list ? list->first : NULL; e; e = e->next)
        if (str_eq(json_str(e, S("")), rule)) return true;
    return false;
}

static bool agreed(Db *db, const Sponsor *by, Str rule, int32_t day) {
    Ctx *c = db_ctx(db);
    Agreement *all;
    int n;
    bool in_force = false;
    if (!by->organisation) return true;
    if (!agreement_list(db, by->organisation, &all, &n)) return false;
    for (int i = 0; i < n; i++) {
        if (!str_eq(agreement_state(&all[i], day), S("in_force"))) continue;
        in_force = true;
        if (names_rule(c, all[i].tiers, rule)) return true;
    }
    if (!ctx_ok(c)) return false;
    return in_force ? FAIL_AT(c, ERR_RULE, S("/rule"), M_RECOMMEND_SCOPE, rule)
                    : FAIL(c, ERR_RULE, M_RECOMMEND_AGREEMENT);
}

static const Rule *rule_of(Ctx *c, const Register *reg, Str id) {
    const Rule *rule = map_get(&reg->pack->by_rule, id);
    bool fit = rule && str_eq(rule->subject, S("enterprise")) &&
               (str_eq(rule->kind, S("tier")) || str_eq(rule->kind, S("title")));
    if (!fit) FAIL_AT(c, ERR_RULE, S("/rule"), M_RECOMMEND_RULE, id);
    return fit ? rule : NULL;
}

/* The firm that is meant: an id, a code, else the name when one fits surely. 0 without failure:
 * nobody knows yet. */
static int64_t find_firm(Db *db, const RecommendNew *n, Match *match) {
    Ctx *c = db_ctx(db);
    *match = (Match){.same_as = -1};
    if (n->subject) {
        int64_t root = subject_root(db, n->subject);
        if (!root && ctx_ok(c))
            FAIL(c, ERR_MISSING, M_CITY_NO_SUBJECT, number(c->arena, n->subject));
        return root;
    }
    Str code = str_trim(n->firm_code), name = str_trim(n->firm_name);
    int64_t by_code = code.n ? subject_by_code(db, S("uscc"), code) : 0;
    if (by_code || !ctx_ok(c)) return by_code;
    if (!name.n) {
        FAIL_AT(c, ERR_RULE, S("/firm_name"), M_RECOMMEND_FIRM);
        return 0;
    }
    if (!match_lines(db, n->places, &name, 1, match)) return 0;
    return match->sure && !code.n ? match->candidates[0].subject : 0;
}

static bool not_before(Db *db, const RecommendNew *n, const Sponsor *by, int64_t subject) {
    Ctx *c = db_ctx(db);
    RecommendFilter f = {.subject = subject, .rule = n->rule, .round = n->round, .open_only = true};
    Recommendation *all;
    int count;
    int64_t total;
    if (!subject) return true;
    if (!recommend_list(db, &f, &all, &count, &total)) return false;
    for (int i = 0; i < count; i++)
        if (same_sponsor(&all[i].sponsor, by))
            return FAIL(c, ERR_STATE, M_RECOMMEND_AGAIN, number(c->arena, all[i].id));
    return true;
}

/* A bar of years stops a recommendation, with the reason it was recorded with. */
static bool may_apply(Db *db, int64_t subject, int32_t day) {
    Ctx *c = db_ctx(db);
    FactAt at = {.as_of = day};
    TitleEvent by = {0};
    int32_t until = 0;
    int64_t days;
    if (!subject) return true;
    if (!fact_at(db, &at) || !title_bar(db, subject, &at, &until, &by)) return false;
    if (!until || !date_from_int(until, &days)) return true;
    return FAIL(c, ERR_RULE, M_RECOMMEND_BARRED, date_text(c->arena, days), by.reason);
}

static bool outcome_now(Db *db, const Register *reg, const Rule *rule, int64_t subject, int32_t day,
                        Str *out) {
    FactAt at = {.as_of = day};
    FactNames names;
    FactSet set;
    DecideOptions o = {.brief = true};
    *out = S("");
    if (!subject) return true;
    if (!fact_at(db, &at) || !fact_names(db, reg->pack, &at, &names) ||
        !register_facts(db, &names, subject, &at, &set) || !date_from_int(day, &o.as_of))
        return false;
    o.as_known_ms = at.as_known;
    o.seq = at.seq;
    *out = outcome_text(decide(db_ctx(db)->arena, reg->book, rule, &set, &o).outcome);
    return true;
}

static bool said(Ctx *c, const RecommendNew *n, const Sponsor *by) {
    Str reason = str_trim(n->reason);
    if (!reason.n) return FAIL_AT(c, ERR_RULE, S("/reason"), M_RECOMMEND_REASON);
    if (reason.n > RECOMMEND_REASON_MAX)
        return FAIL_AT(c, ERR_LIMIT, S("/reason"), M_RECOMMEND_LONG,
                       number(c->arena, RECOMMEND_REASON_MAX));
    return n->interest_said || !by->organisation ||
           FAIL_AT(c, ERR_RULE, S("/interest"), M_RECOMMEND_INTEREST);
}

static int64_t insert(Db *db, const RecommendNew *n, const Sponsor *by, int64_t subject,
                      int64_t interest, Str outcome, int32_t day, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t id = counter_take(db, S("recommendation"), 1);
    if (!id) return 0;
    bool ok = EXEC(
        db,
        "INSERT INTO recommendation(id, version, subject, firm_name, firm_code, rule, round, "
        "case_file, sponsor, organisation, app_user, district, reason, interest, interest_id, "
        "outcome, made_day, made_ms, made_by, withdrawn_ms, withdrawn_reason) VALUES($1, 1, $2, "
        "$3, $4, $5, $6, 0, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, NULL, '')",
        db_i(id), subject ? db_i(subject) : db_n(), db_s(str_trim(n->firm_name)),
        db_s(str_trim(n->firm_code)), db_s(n->rule), db_i(n->round), db_s(by->kind),
        db_i(by->organisation), db_i(by->user), db_s(by->district), db_s(str_trim(n->reason)),
        db_s(n->has_interest ? S("declared") : S("none")), db_i(interest), db_s(outcome), db_i(day),
        db_i(c->now_ms), db_s(act->actor));
    Str content =
        str_printf(c->arena, "%lld\n%.*s\n%.*s\n%lld\n%.*s\n%lld\n%.*s", (long long)subject,
                   STRF(n->firm_name), STRF(n->rule), (long long)n->round, STRF(by->kind),
                   (long long)by->organisation, STRF(n->reason));
    return ok && journal_add(db, act, S("recommendation.add"), object_of(c->arena, id), content)
               ? id
               : 0;
}

int64_t recommend_add(Db *db, const Register *reg, const RecommendNew *n, const Sponsor *by,
                      int32_t day, const Act *act, Match *match) {
    Ctx *c = db_ctx(db);
    const Rule *rule = rule_of(c, reg, n->rule);
    Str outcome;
    int64_t interest = 0;
    if (!rule || !said(c, n, by) || !agreed(db, by, rule->id, day)) return 0;
    int64_t subject = find_firm(db, n, match);
    if (!ctx_ok(c)) return 0;
    if (str_eq(by->kind, S("enterprise")) && subject != subject_root(db, by->subject)) {
        FAIL(c, ERR_RULE, M_RECOMMEND_OWN);
        return 0;
    }
    if (!not_before(db, n, by, subject) || !may_apply(db, subject, day) ||
        !outcome_now(db, reg, rule, subject, day, &outcome))
        return 0;
    if (n->has_interest && subject) {
        Interest i = n->interest;
        i.subject = subject;
        i.organisation = by->organisation;
        i.user = by->organisation ? 0 : by->user;
        interest = interest_declare(db, &i, act);
        if (!interest) return 0;
    }
    return insert(db, n, by, subject, interest, outcome, day, act);
}

/* --- later --------------------------------------------------------------------------------------
 */

bool recommend_identify(Db *db, int64_t id, int64_t subject, const Act *act) {
    Ctx *c = db_ctx(db);
    Recommendation o = {0};
    int64_t root = subject_root(db, subject);
    if (!recommend_get(db, id, &o)) return false;
    if (!root) return FAIL(c, ERR_MISSING, M_CITY_NO_SUBJECT, number(c->arena, subject));
    if (o.subject || o.withdrawn_ms)
        return FAIL(c, ERR_STATE, M_RECOMMEND_STATE, number(c->arena, id));
    RecommendNew again = {.rule = o.rule, .round = o.round};
    if (!not_before(db, &again, &o.sponsor, root)) return false;
    return EXEC(db,
                "UPDATE recommendation SET subject = $2, version = version + 1 WHERE id = $1 AND "
                "subject IS NULL",
                db_i(id), db_i(root)) &&
           (!o.firm_name.n || match_confirm(db, o.firm_name, root, true, act)) &&
           journal_add(db, act, S("recommendation.identify"), object_of(c->arena, id),
                       number(c->arena, root));
}

bool recommend_withdraw(Db *db, int64_t id, int64_t version, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    Recommendation o = {0};
    if (!recommend_get(db, id, &o)) return false;
    if (o.withdrawn_ms) return FAIL(c, ERR_STATE, M_RECOMMEND_STATE, number(c->arena, id));
    if (!str_trim(act->reason).n) return FAIL_AT(c, ERR_RULE, S("/reason"), M_RECOMMEND_REASON);
    bool ok = db_exec(db,
                      "UPDATE recommendation SET version = version + 1, withdrawn_ms = $3, "
                      "withdrawn_reason = $4 WHERE id = $1 AND version = $2",
                      &changed, 4,
                      (DbVal[]){db_i(id), db_i(version), db_i(c->now_ms), db_s(act->reason)});
    if (ok && changed != 1) return FAIL(c, ERR_STALE, M_RECOMMEND_STALE);
    return ok && journal_add(db, act, S("recommendation.withdraw"), object_of(c->arena, id), S(""));
}
