/* Authorisations in the store. See authorisation.h. Withdrawing takes a seq, so that whoever keeps
 * what was computed (snapshots) computes it again. */
#include "city/library/authorisation.h"

#include "city/fits.h"
#include "city/subject.h"
#include "store/counter.h"

static Str number(Arena *a, int64_t n) {
    return str_printf(a, "%lld", (long long)n);
}

static bool scope_fits(Ctx *c, const PackSet *p, Str indicators) {
    const Json *list = json_parse(c, indicators, S("indicators"));
    if (!list) return false;
    if (list->kind != JSON_ARRAY || !list->count)
        return FAIL_AT(c, ERR_RULE, S("/indicators"), M_AUTHORISATION_SCOPE, S(""));
    for (const Json *e = list->first; e; e = e->next) {
        const Indicator *i = pack_indicator(p, json_str(e, S("")));
        if (!i || !str_eq(i->code, json_str(e, S(""))))
            return FAIL_AT(c, ERR_RULE, S("/indicators"), M_AUTHORISATION_SCOPE,
                           json_str(e, S("")));
    }
    return true;
}

int64_t authorisation_add(Db *db, const PackSet *p, const Authorisation *a, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t root = subject_root(db, a->subject);
    if (!root) {
        if (ctx_ok(c)) FAIL(c, ERR_MISSING, M_CITY_NO_SUBJECT, number(c->arena, a->subject));
        return 0;
    }
    if (!str_trim(a->grantee).n || !str_trim(a->document).n) {
        FAIL(c, ERR_RULE, M_AUTHORISATION_PAPER);
        return 0;
    }
    if (!a->from || (a->to && a->to <= a->from)) {
        FAIL_AT(c, ERR_RULE, S("/to"), M_CITY_BAD_INTERVAL, number(c->arena, a->from),
                number(c->arena, a->to));
        return 0;
    }
    if (!day_fits(c, a->from) || !day_fits(c, a->to) || !scope_fits(c, p, a->indicators)) return 0;
    int64_t id = counter_take(db, S("authorisation"), 1);
    bool ok =
        id && EXEC(db,
                   "INSERT INTO authorisation(id, subject, grantee, indicators, from_day, to_day, "
                   "document, made_ms, actor, reason, withdrawn_ms, withdrawn_by, "
                   "withdrawn_reason) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, '', "
                   "'')",
                   db_i(id), db_i(root), db_s(str_trim(a->grantee)), db_s(a->indicators),
                   db_i(a->from), db_i(a->to), db_s(str_trim(a->document)), db_i(c->now_ms),
                   db_s(act->actor), db_s(act->reason));
    Str content =
        str_printf(c->arena, "%lld\n%.*s\n%.*s\n%d\n%d\n%.*s", (long long)root, STRF(a->grantee),
                   STRF(a->indicators), a->from, a->to, STRF(a->document));
    return ok && journal_add(db, act, S("authorisation.add"),
                             str_printf(c->arena, "authorisation:%lld", (long long)id), content)
               ? id
               : 0;
}

bool authorisation_withdraw(Db *db, int64_t id, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    if (!str_trim(act->reason).n) return FAIL_AT(c, ERR_RULE, S("/reason"), M_RECOMMEND_REASON);
    if (!counter_take(db, S("seq"), 1)) return false;
    bool ok = db_exec(db,
                      "UPDATE authorisation SET withdrawn_ms = $2, withdrawn_by = $3, "
                      "withdrawn_reason = $4 WHERE id = $1 AND withdrawn_ms IS NULL",
                      &changed, 4,
                      (DbVal[]){db_i(id), db_i(c->now_ms), db_s(act->actor), db_s(act->reason)});
    if (ok && changed != 1) return FAIL(c, ERR_STATE, M_AUTHORISATION_NONE, number(c->arena, id));
    return ok && journal_add(db, act, S("authorisation.withdraw"),
                             str_printf(c->arena, "authorisation:%lld", (long long)id), S(""));
}

/* --- reading ------------------------------------------------------------------------------------
 */

#define COLUMNS                                                                                    \
    "id, subject, grantee, indicators, from_day, to_day, document, made_ms, actor, reason, "       \
    "withdrawn_ms, withdrawn_by, withdrawn_reason"

static Authorisation read_row(Arena *a, Rows *r) {
    return (Authorisation){.id = row_i64(r, 0),
                           .subject = row_i64(r, 1),
                           .grantee = str_dup(a, row_str(r, 2)),
                           .indicators = str_dup(a, row_str(r, 3)),
                           .from = (int32_t)row_i64(r, 4),
                           .to = (int32_t)row_i64(r, 5),
                           .document = str_dup(a, row_str(r, 6)),
                           .made_ms = row_i64(r, 7),
                           .actor = str_dup(a, row_str(r, 8)),
                           .reason = str_dup(a, row_str(r, 9)),
                           .withdrawn_ms = row_i64(r, 10),
                           .withdrawn_by = str_dup(a, row_str(r, 11)),
                           .withdrawn_reason = str_dup(a, row_str(r, 12))};
}

bool authorisation_get(Db *db, int64_t id, Authorisation *out) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db, "SELECT " COLUMNS " FROM authorisation WHERE id = $1", db_i(id));
    bool there = r && row_next(r);
    if (there) *out = read_row(c->arena, r);
    if (r) rows_close(r);
    if (!ctx_ok(c)) return false;
    return there || FAIL(c, ERR_MISSING, M_AUTHORISATION_NONE, number(c->arena, id));
}

bool authorisation_list(Db *db, int64_t subject, Authorisation **out, int *n) {
    Ctx *c = db_ctx(db);
    int64_t root = subject_root(db, subject), *members = NULL;
    int nmembers = 0, cap = 0;
    *out = NULL;
    *n = 0;
    if (!root || !subject_members(db, root, &members, &nmembers)) return ctx_ok(c);
    for (int i = 0; i < nmembers; i++) {
        Rows *r = Q(db, "SELECT " COLUMNS " FROM authorisation WHERE subject = $1 ORDER BY id DESC",
                    db_i(members[i]));
        while (r && row_next(r)) {
            GROW(c->arena, *out, *n, cap);
            (*out)[(*n)++] = read_row(c->arena, r);
        }
        if (r) rows_close(r);
    }
    return ctx_ok(c);
}

/* --- what it covers -----------------------------------------------------------------------------
 */

/* The list is canonical enough to look for the quoted code. */
static bool names(Str list, Str code) {
    Str rest = list;
    for (;;) {
        ptrdiff_t at = str_find(rest, code);
        if (at < 0 || !code.n) return false;
        if (at > 0 && rest.p[at - 1] == '"' && at + code.n < rest.n && rest.p[at + code.n] == '"')
            return true;
        rest = str_sub(rest, at + code.n, rest.n);
    }
}

bool authorisation_covers(const Authorisation *a, Str indicator, int32_t day, int64_t known_ms) {
    if (a->withdrawn_ms && a->withdrawn_ms <= known_ms) return false;
    return day >= a->from && (!a->to || day < a->to) && names(a->indicators, indicator);
}

bool authorisation_check(Db *db, int64_t id, int64_t subject, Str indicator, int32_t day,
                         Str grantee) {
    Ctx *c = db_ctx(db);
    Authorisation a;
    if (!authorisation_get(db, id, &a)) return false;
    if (subject_root(db, a.subject) != subject_root(db, subject))
        return FAIL(c, ERR_RULE, M_AUTHORISATION_OUTSIDE, number(c->arena, id), indicator);
    if (grantee.n && !str_eq(grantee, a.grantee))
        return FAIL(c, ERR_RULE, M_AUTHORISATION_OUTSIDE, number(c->arena, id), grantee);
    return authorisation_covers(&a, indicator, day, c->now_ms) ||
           FAIL(c, ERR_RULE, M_AUTHORISATION_OUTSIDE, number(c->arena, id), indicator);
}

int64_t authorisation_of_source(Str code) {
    static const Str HEAD = STR_INIT("authorised_proof/auth-");
    int64_t id = 0;
    if (!str_starts(code, HEAD)) return 0;
    return str_to_i64(str_sub(code, HEAD.n, code.n), &id) && id > 0 ? id : 0;
}
