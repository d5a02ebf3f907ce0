/* Rounds as cases: see round_case.h. */
#include "city/review/round_case.h"

#include "city/flow/context.h"
#include "city/review/panel.h"

static Act act_of(const CaseStep *s) {
    return (Act){.actor = s->actor->name,
                 .reason = s->move->reason.n ? s->move->reason : s->act->zh};
}

/* The round a case stands for; ERR_STATE when it has not been opened. */
static bool round_of(Db *db, const CaseStep *s, int64_t case_file, Round *out) {
    int64_t id = Q_I64(db, 0, "SELECT id FROM review_round WHERE case_file = $1", db_i(case_file));
    if (!id) return ctx_ok(db_ctx(db)) && FAIL(db_ctx(db), ERR_STATE, M_ROUND_NOT_OPEN);
    return round_get(db, s->reg->pack, id, out);
}

bool effect_round_freeze(Db *db, const CaseStep *s, const Json *args) {
    (void)args;
    Act act = act_of(s);
    Ctx *c = db_ctx(db);
    Json *setting = json_parse(c, json_get_str(s->file->data, S("设置")), S("设置"));
    int64_t id = setting ? round_add(db, s->reg->pack, setting, &act) : 0;
    return id &&
           EXEC(db, "UPDATE review_round SET case_file = $1 WHERE id = $2", db_i(s->file->id),
                db_i(id)) &&
           round_open(db, s->reg, id, &act);
}

bool effect_round_enter(Db *db, const CaseStep *s, const Json *args) {
    (void)args;
    Round r;
    Act act = act_of(s);
    if (!round_of(db, s, s->file->parent, &r)) return false;
    CandidateNew k = {.subject = s->file->subject,
                      .field = json_get_str(s->file->data, S("领域")),
                      .organisation = s->file->organisation,
                      .person = s->file->organisation ? s->actor->name : S(""),
                      .case_file = s->file->id};
    return round_enter(db, r.id, &k, 1, &act, NULL);
}

bool effect_round_close(Db *db, const CaseStep *s, const Json *args) {
    (void)args;
    Round r;
    Act act = act_of(s);
    return round_of(db, s, s->file->id, &r) && round_close_list(db, s->reg, r.id, &act);
}

bool effect_panel_assign(Db *db, const CaseStep *s, const Json *args) {
    (void)args;
    Round r;
    AssignOut out;
    Candidate *files;
    Act act = act_of(s);
    return round_of(db, s, s->file->id, &r) && panel_assign(db, &r, &act, &out, &files);
}

bool effect_panel_close(Db *db, const CaseStep *s, const Json *args) {
    (void)args;
    Round r;
    Act act = act_of(s);
    return round_of(db, s, s->file->id, &r) && panel_close(db, &r, false, &act);
}

bool effect_sample_draw(Db *db, const CaseStep *s, const Json *args) {
    Ctx *c = db_ctx(db);
    Round r;
    Act act = act_of(s);
    Str record;
    const Json *list = json_get(s->file->data, json_get_str(args, S("inspectors")));
    Str *who = NEW_N(c->arena, Str, (list ? list->count : 0) + 1);
    int n = 0;
    for (const Json *e = list ? list->first : NULL; e; e = e->next) who[n++] = json_str(e, S(""));
    return round_of(db, s, s->file->id, &r) && round_draw(db, &r, who, n, &act, &record);
}

bool context_review(Db *db, const Register *reg, const CaseFile *k, Val *out) {
    Arena *a = db_ctx(db)->arena;
    Json *o = json_new(a, JSON_OBJECT);
    (void)reg;
    Rows *q = Q(db,
                "SELECT outcome, score, verdict FROM review_candidate WHERE case_file = $1 "
                "AND case_file > 0",
                db_i(k->id));
    if (q && row_next(q)) {
        Str score = str_dup(a, row_str(q, 1));
        json_set(o, S("规则结果"), json_string(a, str_dup(a, row_str(q, 0))));
        json_set(o, S("得分"), score.n ? json_number(a, score) : json_new(a, JSON_NULL));
        json_set(o, S("决定"), json_string(a, str_dup(a, row_str(q, 2))));
    }
    if (q) rows_close(q);
    int64_t round = Q_I64(
        db, 0, "SELECT id FROM review_round WHERE case_file = $1 AND case_file > 0", db_i(k->id));
    static const char *const COUNTS[] = {
        "SELECT count(*) FROM review_candidate WHERE round = $1",
        "SELECT count(*) FROM review_seat WHERE round = $1 AND ended_ms = 0",
        "SELECT count(*) FROM review_seat WHERE round = $1 AND ended_ms = 0 AND submitted_ms > 0"};
    static const Str NAMES[] = {STR_INIT("候选数"), STR_INIT("应交"), STR_INIT("已交")};
    for (int i = 0; i < 3; i++)
        json_set(o, NAMES[i], json_int(a, Q_I64(db, 0, COUNTS[i], db_i(round))));
    *out = context_value(a, o);
    return ctx_ok(db_ctx(db));
}
