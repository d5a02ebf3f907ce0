/* Interests in the store. See interest.h. Rows are only ended, never changed or removed, so what a
 * panel was told on a day can be read for ever. */
#include "city/library/interest.h"

#include <stdlib.h>

#include "base/date.h"
#include "city/subject.h"
#include "decimal/dec.h"

static const Str KINDS[INTEREST_KINDS] = {STR_INIT("holding"), STR_INIT("employment"),
                                          STR_INIT("earlier"), STR_INIT("other")};

Str interest_kind_text(InterestKind k) {
    return KINDS[k];
}

int interest_kind_find(Str text) {
    for (int i = 0; i < INTEREST_KINDS; i++)
        if (str_eq(KINDS[i], text)) return i;
    return -1;
}

static bool share_fits(Ctx *c, const Interest *i, Str *canonical) {
    Dec share, zero = dec_int(0), one = dec_int(1);
    *canonical = S("");
    if (!i->share.n) return true;
    if (!dec_parse(i->share, &share) || dec_cmp(&share, &zero) <= 0 || dec_cmp(&share, &one) > 0)
        return FAIL_AT(c, ERR_INPUT, S("/share"), M_INTEREST_SHARE, i->share);
    *canonical = dec_text(c->arena, &share);
    return true;
}

static bool day_fits(Ctx *c, int32_t day) {
    int64_t days;
    return !day || date_from_int(day, &days) ||
           FAIL(c, ERR_INPUT, M_CITY_BAD_DAY, str_printf(c->arena, "%d", day));
}

static bool fits(Ctx *c, const Interest *i, Str *share) {
    if (!i->organisation == !i->user) return FAIL(c, ERR_INPUT, M_INTEREST_HOLDER);
    if (i->kind == INTEREST_OTHER && !str_trim(i->note).n)
        return FAIL_AT(c, ERR_INPUT, S("/note"), M_INTEREST_NOTE);
    if (!day_fits(c, i->from) || !day_fits(c, i->to) || !share_fits(c, i, share)) return false;
    return !i->to || i->to > i->from ||
           FAIL(c, ERR_INPUT, M_CITY_BAD_INTERVAL, str_printf(c->arena, "%d", i->from),
                str_printf(c->arena, "%d", i->to));
}

static Str object_of(Arena *a, int64_t id) {
    return str_printf(a, "interest:%lld", (long long)id);
}

int64_t interest_declare(Db *db, const Interest *i, const Act *act) {
    Ctx *c = db_ctx(db);
    Str share = {0};
    if (!fits(c, i, &share)) return 0;
    int64_t root = subject_root(db, i->subject);
    if (!root) {
        FAIL(c, ERR_MISSING, M_CITY_NO_SUBJECT,
             str_printf(c->arena, "id:%lld", (long long)i->subject));
        return 0;
    }
    EXEC(db,
         "UPDATE interest SET ended_ms = $5, ended_by = $6 WHERE organisation = $1 AND "
         "app_user = $2 AND subject = $3 AND kind = $4 AND ended_ms IS NULL",
         db_i(i->organisation), db_i(i->user), db_i(root), db_s(KINDS[i->kind]), db_i(c->now_ms),
         db_s(act->actor));
    int64_t id =
        Q_I64(db, 0,
              "INSERT INTO interest(organisation, app_user, subject, kind, share, note, "
              "from_day, to_day, declared_ms, declared_by, ended_ms, ended_by) "
              "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, '') RETURNING id",
              db_i(i->organisation), db_i(i->user), db_i(root), db_s(KINDS[i->kind]), db_s(share),
              db_s(i->note), db_i(i->from), db_i(i->to), db_i(c->now_ms), db_s(act->actor));
    Str content = str_printf(c->arena, "%lld\n%lld\n%lld\n%.*s\n%.*s\n%d\n%d\n%.*s",
                             (long long)i->organisation, (long long)i->user, (long long)root,
                             STRF(KINDS[i->kind]), STRF(share), i->from, i->to, STRF(i->note));
    return id && journal_add(db, act, S("interest.declare"), object_of(c->arena, id), content) ? id
                                                                                               : 0;
}

bool interest_end(Db *db, int64_t id, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    bool ok = db_exec(
        db, "UPDATE interest SET ended_ms = $2, ended_by = $3 WHERE id = $1 AND ended_ms IS NULL",
        &changed, 3, (DbVal[]){db_i(id), db_i(c->now_ms), db_s(act->actor)});
    if (ok && changed != 1)
        return FAIL(c, ERR_STATE, M_INTEREST_ENDED, str_printf(c->arena, "%lld", (long long)id));
    return ok && journal_add(db, act, S("interest.end"), object_of(c->arena, id), S(""));
}

#define COLUMNS                                                                                    \
    "id, organisation, app_user, subject, kind, share, note, from_day, to_day, declared_ms, "      \
    "declared_by, ended_ms"

static void read_rows(Arena *a, Rows *r, Interest **out, int *n, int *cap) {
    while (row_next(r)) {
        GROW(a, *out, *n, *cap);
        int kind = interest_kind_find(row_str(r, 4));
        (*out)[(*n)++] = (Interest){.id = row_i64(r, 0),
                                    .organisation = row_i64(r, 1),
                                    .user = row_i64(r, 2),
                                    .subject = row_i64(r, 3),
                                    .kind = kind < 0 ? INTEREST_OTHER : (InterestKind)kind,
                                    .share = str_dup(a, row_str(r, 5)),
                                    .note = str_dup(a, row_str(r, 6)),
                                    .from = (int32_t)row_i64(r, 7),
                                    .to = (int32_t)row_i64(r, 8),
                                    .declared_ms = row_i64(r, 9),
                                    .declared_by = str_dup(a, row_str(r, 10)),
                                    .ended_ms = row_i64(r, 11)};
    }
    rows_close(r);
}

static int by_id(const void *px, const void *py) {
    const Interest *x = px, *y = py;
    return (x->id > y->id) - (x->id < y->id);
}

bool interest_holders(Db *db, int64_t subject, int32_t day, Interest **out, int *n) {
    Ctx *c = db_ctx(db);
    int64_t root = subject_root(db, subject), *members = NULL;
    int nmembers = 0, cap = 0;
    *out = NULL;
    *n = 0;
    if (!root) return ctx_ok(c);
    if (!subject_members(db, root, &members, &nmembers)) return false;
    for (int i = 0; i < nmembers; i++) {
        Rows *r = Q(db,
                    "SELECT " COLUMNS " FROM interest WHERE subject = $1 AND ended_ms IS NULL AND "
                    "($2 = 0 OR (from_day <= $2 AND (to_day = 0 OR to_day > $2))) ORDER BY id",
                    db_i(members[i]), db_i(day));
        if (!r) return false;
        read_rows(c->arena, r, out, n, &cap);
    }
    if (*n > 1) qsort(*out, (size_t)*n, sizeof **out, by_id);
    return ctx_ok(c);
}

bool interest_of(Db *db, int64_t organisation, int64_t user, Interest **out, int *n) {
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT " COLUMNS " FROM interest WHERE organisation = $1 AND app_user = $2 "
                "ORDER BY id",
                db_i(organisation), db_i(user));
    if (!r) return false;
    read_rows(db_ctx(db)->arena, r, out, n, &cap);
    return ctx_ok(db_ctx(db));
}
