/* Offices and duties. See office.h. Duties of one name never overlap: giving and handing over take
 * the counter's row first, so that writers are in line. */
#include "city/people/office.h"

#include "city/people/people.h"
#include "store/counter.h"

enum { NAME_MAX_BYTES = 120, MERGERS_MOST = 50 };

#define COLUMNS "id, name, district, from_day, to_day, COALESCE(merged_into, 0), version"

static Office row_office(Arena *a, Rows *r) {
    return (Office){.id = row_i64(r, 0),
                    .name = str_dup(a, row_str(r, 1)),
                    .district = str_dup(a, row_str(r, 2)),
                    .from = (int32_t)row_i64(r, 3),
                    .to = (int32_t)row_i64(r, 4),
                    .merged_into = row_i64(r, 5),
                    .version = row_i64(r, 6)};
}

bool office_get(Db *db, int64_t id, Office *out) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db, "SELECT " COLUMNS " FROM office WHERE id = $1", db_i(id));
    bool found = r && row_next(r);
    if (found) *out = row_office(c->arena, r);
    if (r) rows_close(r);
    return found || (ctx_ok(c) && FAIL(c, ERR_MISSING, M_PEOPLE_NO_OFFICE));
}

bool office_list(Db *db, Office **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db, "SELECT " COLUMNS " FROM office ORDER BY district, name, id");
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = row_office(c->arena, r);
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

static bool name_free(Db *db, const Office *o) {
    int64_t taken = Q_I64(db, 0,
                          "SELECT count(*) FROM office WHERE name = $1 AND district = $2 "
                          "AND to_day = 0 AND id <> $3",
                          db_s(o->name), db_s(o->district), db_i(o->id));
    Ctx *c = db_ctx(db);
    return ctx_ok(c) && (taken == 0 || FAIL(c, ERR_STATE, M_PEOPLE_TAKEN, o->name));
}

int64_t office_add(Db *db, const Office *given, const Act *act) {
    Ctx *c = db_ctx(db);
    Office o = *given;
    if (!people_text(c, S("name"), &o.name, NAME_MAX_BYTES)) return 0;
    o.id = counter_take(db, S("office"), 1);
    if (o.from == 0) o.from = people_today(c);
    bool ok = o.id && name_free(db, &o) &&
              EXEC(db,
                   "INSERT INTO office(id, name, district, from_day, to_day, version) "
                   "VALUES ($1, $2, $3, $4, 0, 1)",
                   db_i(o.id), db_s(o.name), db_s(o.district), db_i(o.from)) &&
              people_journal(db, act, "office.add", "office", o.id, o.name);
    return ok ? o.id : 0;
}

bool office_rename(Db *db, const Office *given, const Act *act) {
    Ctx *c = db_ctx(db);
    Office o = *given;
    int64_t changed = 0;
    if (!people_text(c, S("name"), &o.name, NAME_MAX_BYTES) || !name_free(db, &o)) return false;
    DbVal args[] = {db_s(o.name), db_i(o.id), db_i(o.version)};
    if (!db_exec(db,
                 "UPDATE office SET name = $1, version = version + 1 WHERE id = $2 AND "
                 "version = $3",
                 &changed, 3, args))
        return false;
    return (changed == 1 || FAIL(c, ERR_STALE, M_STALE)) &&
           people_journal(db, act, "office.rename", "office", o.id, o.name);
}

/* --- duties ------------------------------------------------------------------------------------
 */

static bool add_duty(Db *db, int64_t office, Str duty, int32_t day, Str document, const Act *act) {
    int64_t id = counter_take(db, S("office_duty"), 1);
    return id && EXEC(db,
                      "INSERT INTO office_duty(id, office, duty, from_day, to_day, document, "
                      "reason, actor, recorded_ms) VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8)",
                      db_i(id), db_i(office), db_s(duty), db_i(day), db_s(document),
                      db_s(act->reason), db_s(act->actor), db_i(db_ctx(db)->now_ms));
}

static bool exists_on(Db *db, int64_t id, int32_t day) {
    Office o = {0};
    if (!office_get(db, id, &o)) return false;
    bool there = o.from <= day && (o.to == 0 || o.to > day);
    return there || FAIL(db_ctx(db), ERR_STATE, M_PEOPLE_OFFICE_GONE, o.name);
}

int64_t office_of_duty(Db *db, Str duty, int32_t day) {
    return Q_I64(db, 0,
                 "SELECT office FROM office_duty WHERE duty = $1 AND from_day <= $2 AND "
                 "(to_day = 0 OR to_day > $2) ORDER BY id DESC",
                 db_s(duty), db_i(day));
}

bool office_give(Db *db, int64_t office, Str duty, int32_t day, Str document, const Act *act) {
    Ctx *c = db_ctx(db);
    if (!people_text(c, S("duty"), &duty, NAME_MAX_BYTES) ||
        !EXEC(db, "UPDATE counter SET next = next WHERE name = 'office_duty'") ||
        !exists_on(db, office, day))
        return false;
    int64_t held = Q_I64(db, 0,
                         "SELECT count(*) FROM office_duty WHERE duty = $1 AND "
                         "(to_day = 0 OR to_day > $2)",
                         db_s(duty), db_i(day));
    if (held) return FAIL(c, ERR_STATE, M_PEOPLE_DUTY_HELD, duty);
    return ctx_ok(c) && add_duty(db, office, duty, day, document, act) &&
           people_journal(db, act, "office.duty", "office", office, duty);
}

static bool open_duties(Db *db, const Handover *h, Str **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT duty FROM office_duty WHERE office = $1 AND to_day = 0 AND from_day < $2 "
                "AND ($3 = '' OR duty = $3) ORDER BY duty",
                db_i(h->from_office), db_i(h->day), db_s(h->duty));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = str_dup(c->arena, row_str(r, 0));
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

bool office_hand_over(Db *db, const Handover *h, const Act *act) {
    Ctx *c = db_ctx(db);
    Str *duties;
    int n;
    if (h->from_office == h->to_office) return FAIL_AT(c, ERR_RULE, S("/to"), M_PEOPLE_SAME_OFFICE);
    if (!EXEC(db, "UPDATE counter SET next = next WHERE name = 'office_duty'") ||
        !exists_on(db, h->from_office, h->day) || !exists_on(db, h->to_office, h->day) ||
        !open_duties(db, h, &duties, &n))
        return false;
    if (h->duty.n && n == 0) return FAIL(c, ERR_STATE, M_PEOPLE_NOT_ITS_DUTY, h->duty);
    for (int i = 0; i < n; i++)
        if (!EXEC(db,
                  "UPDATE office_duty SET to_day = $1 WHERE office = $2 AND duty = $3 AND "
                  "to_day = 0",
                  db_i(h->day), db_i(h->from_office), db_s(duties[i])) ||
            !add_duty(db, h->to_office, duties[i], h->day, h->document, act))
            return false;
    if (h->duty.n == 0 &&
        !EXEC(db,
              "UPDATE office SET to_day = $1, merged_into = $2, version = version + 1 "
              "WHERE id = $3",
              db_i(h->day), db_i(h->to_office), db_i(h->from_office)))
        return false;
    return people_journal(db, act, h->duty.n ? "office.hand_over" : "office.merge", "office",
                          h->from_office, h->duty);
}

bool office_duties(Db *db, Duty **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db, "SELECT id, office, duty, document, reason, actor, from_day, to_day FROM "
                    "office_duty ORDER BY duty, from_day, id");
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = (Duty){.id = row_i64(r, 0),
                                .office = row_i64(r, 1),
                                .duty = str_dup(c->arena, row_str(r, 2)),
                                .document = str_dup(c->arena, row_str(r, 3)),
                                .reason = str_dup(c->arena, row_str(r, 4)),
                                .actor = str_dup(c->arena, row_str(r, 5)),
                                .from = (int32_t)row_i64(r, 6),
                                .to = (int32_t)row_i64(r, 7)};
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

int64_t office_on(Db *db, int64_t id, int32_t day) {
    Office o = {0};
    for (int i = 0; id && i < MERGERS_MOST; i++) {
        if (!office_get(db, id, &o)) return 0;
        if (o.to == 0 || o.to > day || !o.merged_into) return id;
        id = o.merged_into;
    }
    return id;
}
