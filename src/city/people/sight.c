/* Who sees what. See sight.h. */
#include "city/people/sight.h"

#include "city/people/organisation.h"
#include "city/people/people.h"
#include "city/subject.h"
#include "store/counter.h"

/* Grades by role: of all (a) or of the district (d); what no line says is 公开. The enterprise and
 * the partner have sights of their own; a reviewer has what is granted. */
static const struct {
    RightScope scope;
    Grade grade;
} ROLES_SEE[ROLES] = {
    [ROLE_LEADER] = {SCOPE_ALL, GRADE_SECRET},
    [ROLE_CLERK_OFFICE] = {SCOPE_ALL, GRADE_SECRET},
    [ROLE_CLERK_DISTRICT] = {SCOPE_DISTRICT, GRADE_SECRET},
    [ROLE_POLICY] = {SCOPE_ALL, GRADE_SENSITIVE},
    [ROLE_FINANCE] = {SCOPE_ALL, GRADE_SENSITIVE},
    [ROLE_TALENT] = {SCOPE_ALL, GRADE_INTERNAL},
    [ROLE_CHAIN] = {SCOPE_ALL, GRADE_INTERNAL},
    [ROLE_AUDITOR] = {SCOPE_ALL, GRADE_SECRET},
};

Grade role_grade(Role r, RightScope *scope) {
    *scope = ROLES_SEE[r].scope;
    return ROLES_SEE[r].grade;
}

static Grade greater(Grade x, Grade y) {
    return x > y ? x : y;
}

static Grade lesser(Grade x, Grade y) {
    return x < y ? x : y;
}

Grade sight_of_case(uint32_t roles, uint32_t viewer) {
    const uint32_t own = 1u << ROLE_ENTERPRISE | 1u << ROLE_PARTNER;
    Grade seen = roles & own ? GRADE_SECRET : GRADE_PUBLIC, most = GRADE_PUBLIC;
    for (int i = 0; i < ROLES; i++) {
        if (roles >> i & 1) seen = greater(seen, ROLES_SEE[i].grade);
        if (viewer >> i & 1) most = greater(most, ROLES_SEE[i].grade);
    }
    return viewer ? lesser(seen, most) : seen;
}

static Grade grade_where(uint32_t roles, RightScope scope) {
    Grade best = GRADE_PUBLIC;
    for (int i = 0; i < ROLES; i++)
        if (roles >> i & 1 && ROLES_SEE[i].scope == scope) best = greater(best, ROLES_SEE[i].grade);
    return best;
}

/* --- agreements and grants ---------------------------------------------------------------------
 */

static void name_indicators(Ctx *c, const PackSet *p, Sight *s, Str list) {
    const Json *j = json_parse(c, list, S("agreement"));
    if (!s->named) s->named = NEW_N(c->arena, uint8_t, p->nindicators + 1);
    s->nnamed = p->nindicators;
    for (const Json *e = j && j->kind == JSON_ARRAY ? j->first : NULL; e; e = e->next) {
        const Indicator *i = pack_indicator(p, json_str(e, S("")));
        if (i) s->named[i->id] = 1;
    }
}

static bool read_agreements(Db *db, const PackSet *p, int64_t organisation, Sight *s) {
    Ctx *c = db_ctx(db);
    Agreement *all;
    int n;
    Organisation o;
    if (!organisation_get(db, organisation, &o) || !agreement_list(db, organisation, &all, &n))
        return false;
    for (int i = 0; i < n && !o.closed; i++) {
        if (!str_eq(agreement_state(&all[i], people_today(c)), S("in_force"))) continue;
        name_indicators(c, p, s, all[i].indicators);
        if (s->tiers.n == 0) s->tiers = all[i].tiers;
    }
    return ctx_ok(c);
}

static bool read_grants(Db *db, int64_t user, Sight *s) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    Rows *r = Q(db,
                "SELECT subject, grade FROM sight_grant WHERE app_user = $1 AND from_day <= $2 "
                "AND (to_day = 0 OR to_day > $2)",
                db_i(user), db_i(people_today(c)));
    while (r && row_next(r)) {
        GROW(c->arena, s->grants, s->ngrants, cap);
        s->grants[s->ngrants++] =
            (SightGrant){.subject = row_i64(r, 0), .grade = (Grade)row_i64(r, 1)};
    }
    if (r) rows_close(r);
    for (int i = 0; i < s->ngrants; i++)
        s->grants[i].subject = subject_root(db, s->grants[i].subject);
    return ctx_ok(c);
}

/* What a reviewer is assigned: the enterprise of a seat that is theirs, from the second pass (in
 * the first nobody may find out which of all enterprises shows more than others) and the
 * declaration that there is no interest, until the seat ends or the scores are closed. The seats
 * themselves are asked, so that no end of an assignment can be forgotten. */
static bool read_seats(Db *db, Str person, Sight *s) {
    Ctx *c = db_ctx(db);
    int cap = s->ngrants, first = s->ngrants;
    Rows *r =
        Q(db,
          "SELECT k.subject FROM review_seat s JOIN review_candidate k ON k.id = s.candidate "
          "JOIN review_round r ON r.id = s.round WHERE s.person = $1 AND s.ended_ms = 0 AND "
          "s.declared_ms > 0 AND r.second_ms > 0 AND r.scored_ms = 0 AND NOT EXISTS (SELECT 1 "
          "FROM review_member m WHERE m.round = s.round AND m.person = s.person AND "
          "m.gone_ms > 0)",
          db_s(person));
    while (r && row_next(r)) {
        GROW(c->arena, s->grants, s->ngrants, cap);
        s->grants[s->ngrants++] = (SightGrant){row_i64(r, 0), GRADE_SENSITIVE};
    }
    if (r) rows_close(r);
    for (int i = first; i < s->ngrants; i++)
        s->grants[i].subject = subject_root(db, s->grants[i].subject);
    return ctx_ok(c);
}

bool sight_open(Db *db, const PackSet *p, const User *u, Sight *out) {
    Ctx *c = db_ctx(db);
    *out = (Sight){.all = GRADE_PUBLIC, .own_grade = GRADE_SECRET};
    if (!u) return ctx_ok(c);
    out->all = grade_where(u->roles, SCOPE_ALL);
    if (u->district.n) {
        out->place = u->district;
        out->district = grade_where(u->roles, SCOPE_DISTRICT);
    }
    out->only_own = u->roles == 1u << ROLE_ENTERPRISE;
    if (u->roles >> ROLE_ENTERPRISE & 1 && u->subject) out->own = subject_root(db, u->subject);
    if (u->roles >> ROLE_PARTNER & 1 && u->organisation &&
        !read_agreements(db, p, u->organisation, out))
        return false;
    if (!u->viewing)
        return read_grants(db, u->id, out) &&
               (!(u->roles >> ROLE_REVIEWER & 1) || read_seats(db, u->name, out));
    Grade most = grade_where(u->own_roles, SCOPE_ALL);
    out->all = lesser(out->all, most);
    out->district = lesser(out->district, most);
    out->own_grade = most;
    if (most < GRADE_SECRET) { /* what else the previewed account has is not for them to see */
        out->named = NULL;
        out->tiers = S("");
    }
    return ctx_ok(c);
}

/* --- asking ------------------------------------------------------------------------------------
 */

bool sight_whole(const Sight *s) {
    return s->all == GRADE_SECRET && !s->only_own;
}

bool sight_knows(const Sight *s, int64_t root) {
    return !s->only_own || (s->own && root == s->own);
}

Grade sight_of(const Sight *s, int64_t root, Str division, Str unit) {
    Grade best = s->all;
    if (s->own && root == s->own) return s->own_grade;
    if (s->only_own) return GRADE_PUBLIC;
    if (s->place.n && (str_eq(unit, s->place) || (unit.n == 0 && str_eq(division, s->place))))
        best = greater(best, s->district);
    for (int i = 0; i < s->ngrants; i++)
        if (s->grants[i].subject == root) best = greater(best, s->grants[i].grade);
    return best;
}

bool sight_shows(const Sight *s, Grade of, const Indicator *i) {
    return i->grade <= of || (s->named && i->id < s->nnamed && s->named[i->id]);
}

/* --- granting ----------------------------------------------------------------------------------
 */

int64_t sight_grant(Db *db, int64_t user, int64_t subject, Grade grade, int32_t to, Str why,
                    const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t id = counter_take(db, S("sight_grant"), 1);
    bool ok = id &&
              EXEC(db,
                   "INSERT INTO sight_grant(id, app_user, subject, grade, why, from_day, to_day, "
                   "actor, made_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                   db_i(id), db_i(user), db_i(subject), db_i(grade), db_s(why),
                   db_i(people_today(c)), db_i(to), db_s(act->actor), db_i(c->now_ms)) &&
              people_journal(db, act, "sight.grant", "user", user,
                             str_printf(c->arena, "%lld %.*s %.*s", (long long)subject,
                                        STRF(grade_text(grade)), STRF(why)));
    return ok ? id : 0;
}

bool sight_revoke(Db *db, int64_t user, Str why, const Act *act) {
    return EXEC(db,
                "UPDATE sight_grant SET to_day = $1 WHERE why = $2 AND ($3 = 0 OR app_user = $3) "
                "AND (to_day = 0 OR to_day > $1)",
                db_i(people_today(db_ctx(db))), db_s(why), db_i(user)) &&
           people_journal(db, act, "sight.revoke", "user", user, why);
}
