/* Visits of the firms a round's sample drew. See visit.h.
 *
 * Each is opened in a part of the transaction: one the cap refuses is named with the reason, the
 * others are opened. The row of the round is locked meanwhile, so a candidate gets one visit. */
#include "city/flow/case_inner.h"
#include "city/flow/effect_value.h"
#include "city/review/round.h"
#include "city/review/round_parts.h"
#include "city/review/visit.h"

const char *const SAMPLE_VISIT_KEYS[] = {"flow", "data", "people", "refused", NULL};

typedef struct Opening {
    const CaseStep *step;
    CaseNew open;
    int64_t candidate;
} Opening;

static bool open_part(Db *db, void *user) {
    Opening *o = user;
    CaseFile out;
    CaseActor who = case_actor_system(o->step->actor->name);
    return case_open(db, o->step->reg, &o->open, &who, &out) &&
           EXEC(db, "INSERT INTO review_visit(candidate, case_file) VALUES ($1, $2)",
                db_i(o->candidate), db_i(out.id));
}

/* The data of a visit: what the entry says, and the inspectors drawn for it. */
static Json *visit_data(Db *db, const CaseStep *s, const Json *args, const Json *drawn) {
    Arena *a = db_ctx(db)->arena;
    const Json *given = json_get(args, S("data")), *who = json_get(drawn, S("inspectors"));
    Str people = json_get_str(args, S("people"));
    Json *data = json_new(a, JSON_OBJECT);
    for (const Json *e = given ? given->first : NULL; e; e = e->next)
        json_set(data, e->key, json_string(a, effect_text(db, s, e)));
    if (!people.n || !who) return data;
    Json *list = json_set(data, people, json_new(a, JSON_ARRAY));
    for (const Json *e = who->first; e; e = e->next)
        json_push(list, json_string(a, json_str(e, S(""))));
    return data;
}

/* False for a failure of the store; a refusal is added to the list with the candidate's number. */
static bool open_one(Db *db, const CaseStep *s, const Json *args, int64_t round, const Json *drawn,
                     Json *refused) {
    Ctx *c = db_ctx(db);
    Str number = json_get_str(drawn, S("case"));
    Opening o = {.step = s};
    Rows *r = Q(db,
                "SELECT k.id, k.subject FROM review_candidate k LEFT JOIN review_visit v ON "
                "v.candidate = k.id WHERE k.round = $1 AND k.number = $2 AND v.candidate IS NULL",
                db_i(round), db_s(number));
    if (r && row_next(r)) {
        o.candidate = row_i64(r, 0);
        o.open.subject = row_i64(r, 1);
    }
    if (r) rows_close(r);
    if (!ctx_ok(c)) return false;
    if (!o.candidate) return true; /* it has its visit */
    o.open.flow = json_get_str(args, S("flow"));
    o.open.data = visit_data(db, s, args, drawn);
    o.open.reason = s->move->reason;
    if (!ctx_ok(c)) return false;
    if (tx_part(db, open_part, &o)) return true;
    if (ctx_grave(c)) return false;
    Str why = note_text(c->arena, &c->err.note, LANG_ZH);
    ctx_clear(c);
    json_push(refused,
              json_string(c->arena, str_printf(c->arena, "%.*s：%.*s", STRF(number), STRF(why))));
    return true;
}

bool effect_sample_visit(Db *db, const CaseStep *s, const Json *args) {
    Ctx *c = db_ctx(db);
    Str record, field = json_get_str(args, S("refused"));
    int64_t round =
        Q_I64(db, 0, "SELECT id FROM review_round WHERE case_file = $1", db_i(s->file->id));
    if (!round) return ctx_ok(c) && FAIL(c, ERR_STATE, M_ROUND_NOT_OPEN);
    if (!review_touch(db, round) || !round_drawn(db, round, &record)) return false;
    if (!record.n) return FAIL(c, ERR_STATE, M_DRAW_NONE);
    const Json *draw = json_parse(c, record, S("draw")), *sample = json_get(draw, S("sample"));
    Json *refused = json_new(c->arena, JSON_ARRAY);
    for (const Json *e = sample ? sample->first : NULL; e; e = e->next)
        if (!open_one(db, s, args, round, e, refused)) return false;
    return !field.n || case_step_data(db, (CaseStep *)(uintptr_t)s, field, refused);
}

bool visits_drawn(Db *db, int64_t round, Json **out) {
    Arena *a = db_ctx(db)->arena;
    *out = json_new(a, JSON_ARRAY);
    Rows *r = Q(db,
                "SELECT k.number, f.id, f.number, f.state, f.closed_ms IS NULL FROM review_visit v "
                "JOIN review_candidate k ON k.id = v.candidate JOIN case_file f ON f.id = "
                "v.case_file WHERE k.round = $1 ORDER BY k.id",
                db_i(round));
    while (r && row_next(r)) {
        Json *o = json_push(*out, json_new(a, JSON_OBJECT));
        json_set(o, S("case"), json_string(a, str_dup(a, row_str(r, 0))));
        json_set(o, S("visit"), json_string(a, str_printf(a, "%lld", (long long)row_i64(r, 1))));
        json_set(o, S("number"), json_string(a, str_dup(a, row_str(r, 2))));
        json_set(o, S("state"), json_string(a, str_dup(a, row_str(r, 3))));
        json_set(o, S("open"), json_bool(a, row_i64(r, 4) != 0));
    }
    if (r) rows_close(r);
    return ctx_ok(db_ctx(db));
}

bool visits_closed(Db *db, const CaseFile *k) {
    Ctx *c = db_ctx(db);
    Str number = {0}, state = {0};
    Rows *r = Q(db,
                "SELECT f.number, f.state FROM review_candidate k JOIN review_visit v ON "
                "v.candidate = k.id JOIN case_file f ON f.id = v.case_file WHERE k.case_file = $1 "
                "AND k.case_file > 0 AND f.closed_ms IS NULL",
                db_i(k->id));
    if (r && row_next(r)) {
        number = str_dup(c->arena, row_str(r, 0));
        state = str_dup(c->arena, row_str(r, 1));
    }
    if (r) rows_close(r);
    return ctx_ok(c) && (!number.n || FAIL(c, ERR_STATE, M_VISIT_OPEN, k->title, number, state));
}
