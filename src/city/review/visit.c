/* How often a firm is visited. See visit.h. Days are yyyymmdd here.
 *
 * Two who open at once: the number of a case is taken from a counter whose row stays locked until
 * the transaction ends, so the second sees the first. */
#include "city/review/visit.h"

#include "base/date.h"
#include "city/flow/case_inner.h"
#include "city/library/library.h"

const char *const VISIT_CAP_KEYS[] = {"cause",  "exempt",  "day",  "joins",
                                      "except", "earlier", "says", NULL};

typedef struct Visit {
    Str number, cause, joins;
    int32_t day;
    bool dated;
    int door; /* visits of one door are one: the index of its first */
} Visit;

typedef struct Visits {
    Visit *v;
    int n, cap;
} Visits;

/* --- the cap ------------------------------------------------------------------------------------
 */

bool visit_cap_get(Db *db, int64_t as_known_ms, VisitCap *out) {
    Arena *a = db_ctx(db)->arena;
    *out = (VisitCap){0};
    Rows *r = Q(db,
                "SELECT most, months, basis, actor, reason, recorded_ms FROM visit_cap "
                "WHERE recorded_ms <= $1 ORDER BY id DESC LIMIT 1",
                db_i(as_known_ms));
    if (r && row_next(r))
        *out = (VisitCap){.most = (int)row_i64(r, 0),
                          .months = (int)row_i64(r, 1),
                          .basis = str_dup(a, row_str(r, 2)),
                          .actor = str_dup(a, row_str(r, 3)),
                          .reason = str_dup(a, row_str(r, 4)),
                          .recorded_ms = row_i64(r, 5)};
    if (r) rows_close(r);
    return ctx_ok(db_ctx(db));
}

static bool in_range(Ctx *c, const VisitCap *cap) {
    if (!cap->most && !cap->months) return true;
    if (cap->most < 1 || cap->most > VISIT_MOST_MAX)
        return FAIL_AT(c, ERR_RULE, S("/most"), M_VISIT_CAP_RANGE, S("most"), S("1 … 1000"));
    if (cap->months < 1 || cap->months > VISIT_MONTHS_MAX)
        return FAIL_AT(c, ERR_RULE, S("/months"), M_VISIT_CAP_RANGE, S("months"), S("1 … 120"));
    return cap->basis.n || FAIL_AT(c, ERR_RULE, S("/basis"), M_VISIT_CAP_BASIS);
}

bool visit_cap_set(Db *db, const VisitCap *cap, const Act *act) {
    Ctx *c = db_ctx(db);
    VisitCap new = {.most = cap->most, .months = cap->months, .basis = str_trim(cap->basis)};
    if (!in_range(c, &new)) return false;
    Json *o = json_new(c->arena, JSON_OBJECT);
    json_set(o, S("most"), json_int(c->arena, new.most));
    json_set(o, S("months"), json_int(c->arena, new.months));
    json_set(o, S("basis"), json_string(c->arena, new.basis));
    return EXEC(db,
                "INSERT INTO visit_cap(most, months, basis, actor, reason, recorded_ms) "
                "VALUES ($1, $2, $3, $4, $5, $6)",
                db_i(new.most), db_i(new.months), db_s(new.basis), db_s(act->actor),
                db_s(act->reason), db_i(c->now_ms)) &&
           journal_add(db, act, S("visit.cap"), S("setting:visit-cap"), case_json(c->arena, o));
}

static Json *text_or_null(Arena *a, Str s) {
    return s.n ? json_string(a, s) : json_new(a, JSON_NULL);
}

Json *visit_cap_json(Arena *a, const VisitCap *cap) {
    Json *o = json_new(a, JSON_OBJECT);
    bool set = cap->most > 0;
    json_set(o, S("most"), set ? json_int(a, cap->most) : json_new(a, JSON_NULL));
    json_set(o, S("months"), set ? json_int(a, cap->months) : json_new(a, JSON_NULL));
    json_set(o, S("basis"), text_or_null(a, cap->basis));
    json_set(o, S("status"), json_string(a, set ? S("office") : S("依据待补")));
    json_set(o, S("actor"), text_or_null(a, cap->actor));
    json_set(o, S("reason"), text_or_null(a, cap->reason));
    json_set(o, S("recorded_at"),
             text_or_null(a, cap->recorded_ms ? instant_text(a, cap->recorded_ms) : S("")));
    return o;
}

/* --- visits of a firm ---------------------------------------------------------------------------
 */

static bool listed(const Json *list, Str word) {
    for (const Json *e = list ? list->first : NULL; e; e = e->next)
        if (str_eq(json_str(e, S("")), word)) return true;
    return false;
}

/* A visit of a case's data; an open one without a day is still to come. */
static Visit visit_of(const Json *data, const Json *args, Str number, int32_t opened, bool closed,
                      int32_t today) {
    Visit v = {.number = number,
               .cause = json_get_str(data, json_get_str(args, S("cause"))),
               .joins = str_trim(json_get_str(data, json_get_str(args, S("joins"))))};
    int64_t day;
    v.dated = date_parse(json_get_str(data, json_get_str(args, S("day"))), &day);
    v.day = v.dated ? date_to_int(day) : closed ? opened : today;
    return v;
}

static bool visits_of_id(Db *db, const CaseStep *s, const Json *args, int64_t subject,
                         Visits *all) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db,
                "SELECT number, state, data, opened_ms, closed_ms IS NOT NULL FROM case_file "
                "WHERE flow = $1 AND subject = $2 AND id <> $3 ORDER BY id",
                db_s(s->file->flow->id), db_i(subject), db_i(s->file->id));
    while (r && row_next(r)) {
        if (listed(json_get(args, S("except")), row_str(r, 1))) continue;
        Json *data = json_parse(c, str_dup(c->arena, row_str(r, 2)), S("data"));
        if (!data) break;
        GROW(c->arena, all->v, all->n, all->cap);
        all->v[all->n++] = visit_of(data, args, str_dup(c->arena, row_str(r, 0)),
                                    date_to_int(china_day(row_i64(r, 3))), row_i64(r, 4) != 0,
                                    date_to_int(s->day));
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

/* Those of the firm and of what was merged with it, without the case at hand; in order of day. */
static bool visits_of(Db *db, const CaseStep *s, const Json *args, Visits *all) {
    int64_t *ids;
    int n;
    int64_t root = subject_root(db, s->file->subject);
    if (!subject_members(db, root, &ids, &n)) return false;
    for (int i = 0; i < n; i++)
        if (!visits_of_id(db, s, args, ids[i], all)) return false;
    for (int i = 1; i < all->n; i++) {
        Visit v = all->v[i];
        int k = i;
        for (; k > 0 && all->v[k - 1].day > v.day; k--) all->v[k] = all->v[k - 1];
        all->v[k] = v;
    }
    return true;
}

/* Two that go through the door together: on one day, or the one names the other and neither says
 * another day. */
static bool together(const Visit *a, const Visit *b) {
    if (a->dated && b->dated) return a->day == b->day;
    return (a->joins.n && str_eq(a->joins, b->number)) ||
           (b->joins.n && str_eq(b->joins, a->number));
}

/* Gives the visits, and at the end the one at hand, the number of their door. */
static void find_doors(Visits *all) {
    for (int i = 0; i < all->n; i++) all->v[i].door = i;
    for (int i = 0; i < all->n; i++)
        for (int k = 0; k < i; k++)
            if (all->v[i].door != all->v[k].door && together(&all->v[i], &all->v[k]))
                for (int m = 0, from = all->v[i].door, to = all->v[k].door; m < all->n; m++)
                    if (all->v[m].door == from) all->v[m].door = to;
}

/* Different doors, but for that of the visit at hand, in the months from a day on. */
static int doors_from(const Visits *all, const Visit *own, int32_t from, int months, bool *in) {
    int32_t end = library_months_later(from, months);
    int n = 0;
    for (int i = 0; i < all->n; i++) {
        const Visit *v = &all->v[i];
        bool first = v->door != own->door;
        in[i] = first && v->day >= from && v->day < end;
        for (int k = 0; k < i && first; k++)
            if (in[k] && all->v[k].door == v->door) first = false;
        n += in[i] && first;
    }
    return n;
}

/* The fullest stretch of months that holds the visit at hand; in: those in it. */
static int most_doors(Arena *a, const Visits *all, const Visit *own, int months, bool *in) {
    bool *some = NEW_N(a, bool, all->n + 1);
    int most = -1;
    for (int i = 0; i < all->n; i++) {
        int32_t from = all->v[i].day;
        if (from > own->day || library_months_later(from, months) <= own->day) continue;
        int n = doors_from(all, own, from, months, some);
        if (n <= most) continue;
        most = n;
        for (int k = 0; k < all->n; k++) in[k] = some[k];
    }
    return most;
}

static Str visit_text(Arena *a, const Visit *v) {
    int64_t day = 0;
    date_from_int(v->day, &day);
    return str_printf(a, "%.*s（%.*s，%.*s）", STRF(v->number),
                      STRF(v->dated ? date_text(a, day) : S("—")), STRF(v->cause));
}

static Str number_text(Arena *a, int n) {
    return str_printf(a, "%d", n);
}

static bool write_field(Db *db, const CaseStep *s, const Json *args, Str key, const Json *value) {
    Str field = json_get_str(args, key);
    return !field.n || case_step_data(db, (CaseStep *)(uintptr_t)s, field, value);
}

/* What the cap says of this visit, into the case. */
static bool write_says(Db *db, const CaseStep *s, const Json *args, const VisitCap *cap, int n) {
    Ctx *c = db_ctx(db);
    Str args_text[] = {number_text(c->arena, cap->months), number_text(c->arena, cap->most),
                       number_text(c->arena, n)};
    Str said = msg_text(c->arena, cap->most ? M_VISIT_CAP_SAYS : M_VISIT_CAP_NONE, LANG_ZH,
                        cap->most ? 3 : 0, args_text);
    return write_field(db, s, args, S("says"), json_string(c->arena, said));
}

bool effect_visit_cap(Db *db, const CaseStep *s, const Json *args) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    VisitCap cap;
    Visits all = {0};
    Buf names = buf_new(a, 0);
    Json *earlier = json_new(a, JSON_ARRAY);
    if (!s->file->subject) return true;
    if (!visit_cap_get(db, INT64_MAX, &cap) || !visits_of(db, s, args, &all)) return false;
    int others = all.n;
    GROW(a, all.v, all.n, all.cap);
    all.v[all.n++] = visit_of(s->file->data, args, s->file->number, 0, false, date_to_int(s->day));
    find_doors(&all);
    const Visit *own = &all.v[others];
    bool *in = NEW_N(a, bool, all.n + 1);
    int n = cap.most ? most_doors(a, &all, own, cap.months, in) : 0;
    for (int i = 0; i < others; i++) {
        Str said = visit_text(a, &all.v[i]);
        json_push(earlier, json_string(a, said));
        if (in[i]) buf_printf(&names, "%s%.*s", names.n ? "；" : "", STRF(said));
    }
    bool beyond = cap.most && n >= cap.most;
    if (beyond && !listed(json_get(args, S("exempt")), own->cause))
        return FAIL(c, ERR_RULE, M_VISIT_CAP, number_text(a, cap.months), number_text(a, n),
                    number_text(a, cap.most), buf_str(&names));
    return write_field(db, s, args, S("earlier"), earlier) && write_says(db, s, args, &cap, n);
}
