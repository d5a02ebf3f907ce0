/* Organisations of partners and their agreements. See organisation.h. */
#include "city/people/organisation.h"

#include "city/people/people.h"
#include "codec/uscc.h"
#include "store/counter.h"

enum { NAME_MAX_BYTES = 300, TEXT_MAX_BYTES = 2000 };

#define COLUMNS "id, kind, name, code, contact, closed, created_ms, version"

bool organisation_kind_valid(Str kind) {
    return str_eq(kind, S("think_tank")) || str_eq(kind, S("venture")) || str_eq(kind, S("other"));
}

static Organisation row_organisation(Arena *a, Rows *r) {
    return (Organisation){.id = row_i64(r, 0),
                          .kind = str_dup(a, row_str(r, 1)),
                          .name = str_dup(a, row_str(r, 2)),
                          .code = str_dup(a, row_str(r, 3)),
                          .contact = str_dup(a, row_str(r, 4)),
                          .closed = row_i64(r, 5) != 0,
                          .created_ms = row_i64(r, 6),
                          .version = row_i64(r, 7)};
}

static bool one(Db *db, Rows *r, Organisation *out) {
    bool found = r && row_next(r);
    if (found) *out = row_organisation(db_ctx(db)->arena, r);
    if (r) rows_close(r);
    return found;
}

bool organisation_get(Db *db, int64_t id, Organisation *out) {
    if (one(db, Q(db, "SELECT " COLUMNS " FROM organisation WHERE id = $1", db_i(id)), out))
        return true;
    return ctx_ok(db_ctx(db)) && FAIL(db_ctx(db), ERR_MISSING, M_PEOPLE_NO_ORGANISATION);
}

bool organisation_by_name(Db *db, Str name, Organisation *out) {
    return one(db, Q(db, "SELECT " COLUMNS " FROM organisation WHERE name = $1", db_s(name)), out);
}

bool organisation_list(Db *db, Organisation **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db, "SELECT " COLUMNS " FROM organisation ORDER BY closed, name, id");
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = row_organisation(c->arena, r);
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

/* A name of its own, a known kind, a credit code that is one or none. */
static bool check(Db *db, Organisation *o) {
    Ctx *c = db_ctx(db);
    Organisation other;
    if (!people_text(c, S("name"), &o->name, NAME_MAX_BYTES)) return false;
    if (!organisation_kind_valid(o->kind))
        return FAIL_AT(c, ERR_RULE, S("/kind"), M_PEOPLE_KIND, o->kind);
    o->code = uscc_normalize(c->arena, o->code);
    if (o->code.n && uscc_check(o->code, NULL) != USCC_OK)
        return FAIL_AT(c, ERR_RULE, S("/code"), M_PEOPLE_CODE, o->code);
    if (o->contact.n && !people_text(c, S("contact"), &o->contact, TEXT_MAX_BYTES)) return false;
    if (organisation_by_name(db, o->name, &other) && other.id != o->id)
        return FAIL(c, ERR_STATE, M_PEOPLE_TAKEN, o->name);
    return ctx_ok(c);
}

int64_t organisation_add(Db *db, const Organisation *given, const Act *act) {
    Organisation o = *given;
    o.id = counter_take(db, S("organisation"), 1);
    bool ok = o.id && check(db, &o) &&
              EXEC(db,
                   "INSERT INTO organisation(" COLUMNS ") "
                   "VALUES ($1, $2, $3, $4, $5, 0, $6, 1)",
                   db_i(o.id), db_s(o.kind), db_s(o.name), db_s(o.code), db_s(o.contact),
                   db_i(db_ctx(db)->now_ms)) &&
              people_journal(db, act, "organisation.add", "organisation", o.id, o.name);
    return ok ? o.id : 0;
}

bool organisation_change(Db *db, const Organisation *given, const Act *act) {
    Organisation o = *given;
    int64_t changed = 0;
    if (!check(db, &o)) return false;
    DbVal args[] = {db_s(o.kind),   db_s(o.name), db_s(o.code),   db_s(o.contact),
                    db_i(o.closed), db_i(o.id),   db_i(o.version)};
    if (!db_exec(db,
                 "UPDATE organisation SET kind = $1, name = $2, code = $3, contact = $4, "
                 "closed = $5, version = version + 1 WHERE id = $6 AND version = $7",
                 &changed, 7, args))
        return false;
    if (changed != 1) return FAIL(db_ctx(db), ERR_STALE, M_STALE);
    return people_journal(db, act, "organisation.change", "organisation", o.id, o.name);
}

/* --- agreements --------------------------------------------------------------------------------
 */

#define AGREEMENT                                                                                  \
    "id, organisation, number, from_day, to_day, promised_day, promise, indicators, tiers, "       \
    "actor, made_ms, ended_day, ended_reason"

static Agreement row_agreement(Arena *a, Rows *r) {
    return (Agreement){.id = row_i64(r, 0),
                       .organisation = row_i64(r, 1),
                       .number = str_dup(a, row_str(r, 2)),
                       .from = (int32_t)row_i64(r, 3),
                       .to = (int32_t)row_i64(r, 4),
                       .promised = (int32_t)row_i64(r, 5),
                       .promise = str_dup(a, row_str(r, 6)),
                       .indicators = str_dup(a, row_str(r, 7)),
                       .tiers = str_dup(a, row_str(r, 8)),
                       .actor = str_dup(a, row_str(r, 9)),
                       .made_ms = row_i64(r, 10),
                       .ended = (int32_t)row_i64(r, 11),
                       .ended_reason = str_dup(a, row_str(r, 12))};
}

Str agreement_state(const Agreement *g, int32_t day) {
    if (day < g->from) return S("not_yet");
    if ((g->to && day >= g->to) || (g->ended && day >= g->ended)) return S("ended");
    return g->promised && g->promised <= day ? S("in_force") : S("no_promise");
}

bool agreement_list(Db *db, int64_t organisation, Agreement **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT " AGREEMENT " FROM agreement WHERE $1 = 0 OR organisation = $1 "
                "ORDER BY from_day DESC, id DESC",
                db_i(organisation));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = row_agreement(c->arena, r);
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

int64_t agreement_add(Db *db, const Agreement *given, const Act *act) {
    Ctx *c = db_ctx(db);
    Agreement g = *given;
    Organisation o;
    if (!organisation_get(db, g.organisation, &o)) return 0;
    if (!people_text(c, S("number"), &g.number, NAME_MAX_BYTES)) return 0;
    if (g.from == 0 || (g.to && g.to <= g.from)) {
        FAIL_AT(c, ERR_RULE, S("/to"), M_PEOPLE_TERM);
        return 0;
    }
    if (g.promised && !people_text(c, S("promise"), &g.promise, TEXT_MAX_BYTES)) return 0;
    g.id = counter_take(db, S("agreement"), 1);
    bool ok = g.id &&
              EXEC(db,
                   "INSERT INTO agreement(" AGREEMENT ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
                   "$9, $10, $11, 0, '')",
                   db_i(g.id), db_i(g.organisation), db_s(g.number), db_i(g.from), db_i(g.to),
                   db_i(g.promised), db_s(g.promise), db_s(g.indicators), db_s(g.tiers),
                   db_s(act->actor), db_i(c->now_ms)) &&
              people_journal(db, act, "agreement.add", "organisation", g.organisation, g.number);
    return ok ? g.id : 0;
}

bool agreement_end(Db *db, int64_t organisation, int64_t id, int32_t day, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    DbVal args[] = {db_i(day), db_s(act->reason), db_i(id), db_i(organisation)};
    if (Q_I64(db, 0, "SELECT count(*) FROM agreement WHERE id = $1 AND organisation = $2", db_i(id),
              db_i(organisation)) == 0)
        return ctx_ok(c) && FAIL(c, ERR_MISSING, M_PEOPLE_NO_AGREEMENT);
    if (!db_exec(db,
                 "UPDATE agreement SET ended_day = $1, ended_reason = $2 WHERE id = $3 AND "
                 "organisation = $4 AND ended_day = 0 AND (to_day = 0 OR to_day > $1)",
                 &changed, 4, args))
        return false;
    if (changed != 1) return FAIL(c, ERR_STATE, M_PEOPLE_ENDED);
    return people_journal(db, act, "agreement.end", "organisation", organisation,
                          str_printf(c->arena, "%lld", (long long)id));
}
