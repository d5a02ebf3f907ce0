/* Rounds as cases: see round_case.h. */
#include "city/review/round_case.h"

#include "base/date.h"
#include "city/flow/case_inner.h"
#include "city/flow/context.h"
#include "city/flow/effects.h"
#include "city/library/library.h"
#include "city/library/title.h"
#include "city/review/panel.h"
#include "city/review/round_parts.h"

static Act act_of(const CaseStep *s) {
    return (Act){.actor = s->actor->name,
                 .reason = s->move->reason.n ? s->move->reason : s->act->zh};
}

/* The round a case stands for; ERR_STATE when it has not been opened. */
static bool round_of(Db *db, const CaseStep *s, int64_t case_file, Round *out) {
    int64_t id = Q_I64(db, 0, "SELECT id FROM review_round WHERE case_file = $1", db_i(case_file));
    if (!id) return ctx_ok(db_ctx(db)) && FAIL(db_ctx(db), ERR_STATE, M_ROUND_NOT_OPEN);
    return review_touch(db, id) && round_get(db, s->reg->pack, id, out);
}

static const Str SETTING = STR_INIT("设置");

int64_t round_begin(Db *db, const Register *reg, const Json *setting, const Act *act) {
    Arena *a = db_ctx(db)->arena;
    const FlowAct *opening = NULL;
    const Flow *f = NULL;
    for (int i = 0; i < reg->pack->nflows && !opening; i++) {
        f = reg->pack->flows[i];
        opening = flow_act_doing(f, S("round.draft"), true, S(""), false);
    }
    if (!opening) return round_add(db, reg->pack, setting, act);
    CaseFile k;
    CaseActor who = case_actor_system(act->actor);
    Json *data = json_new(a, JSON_OBJECT);
    json_set(data, SETTING, json_string(a, review_text(a, setting)));
    CaseNew n = {.flow = f->id,
                 .act = opening->id,
                 .title = json_get_str(setting, S("title")),
                 .data = data,
                 .reason = act->reason};
    if (!case_open(db, reg, &n, &who, &k)) return 0;
    return Q_I64(db, 0, "SELECT id FROM review_round WHERE case_file = $1", db_i(k.id));
}

/* What an act on the round brings for the data of its case. */
static Json *data_of(Arena *a, const FlowAct *f, Str effect, const Json *body) {
    Json *data = json_new(a, JSON_OBJECT), *list = NEW(a, Json);
    const Json *who = json_get(body, S("inspectors"));
    if (!str_eq(effect, S("sample.draw")) || !who) return NULL;
    *list = *who;
    list->next = NULL;
    for (int i = 0; i < f->neffects; i++)
        if (str_eq(f->effects[i].effect->name, effect))
            json_set(data, json_get_str(f->effects[i].args, S("inspectors")), list);
    return data;
}

bool round_case_move(Db *db, const Register *reg, const Round *r, Str effect, const Json *body,
                     const Act *act) {
    CaseFile k;
    if (!r->case_file) return true;
    if (!case_get(db, reg, r->case_file, &k)) return false;
    bool lacking = json_get_bool(body, S("lacking"), false);
    const FlowAct *f = flow_act_doing(k.flow, effect, false, S("lacking"), lacking);
    if (!f) return true;
    CaseActor who = case_actor_system(act->actor);
    CaseMove m = {.act = f->id,
                  .reason = act->reason,
                  .data = data_of(db_ctx(db)->arena, f, effect, body),
                  .done = effect};
    return case_act(db, reg, k.id, &m, &who, &k);
}

bool round_case_visit(Db *db, const Register *reg, const Round *r, const Json *data, const Act *act,
                      CaseFile *after) {
    Ctx *c = db_ctx(db);
    const FlowAct *f = NULL;
    if (r->case_file && !case_get(db, reg, r->case_file, after)) return false;
    if (r->case_file) f = flow_act_doing(after->flow, S("sample.visit"), false, S(""), false);
    if (!f) return FAIL(c, ERR_STATE, M_VISIT_NO_FLOW);
    CaseActor who = case_actor_system(act->actor);
    CaseMove m = {.act = f->id, .reason = act->reason, .data = data};
    return case_act(db, reg, r->case_file, &m, &who, after);
}

bool round_case_setting(Db *db, const Register *reg, const Round *r, const Json *setting,
                        const Act *act) {
    Arena *a = db_ctx(db)->arena;
    CaseFile k;
    CaseActor who = case_actor_system(act->actor);
    Json *data = json_new(a, JSON_OBJECT);
    if (!r->case_file || r->opened_ms) return true;
    json_set(data, SETTING, json_string(a, review_text(a, setting)));
    return case_edit(db, reg, r->case_file, &(CaseMove){.data = data, .reason = act->reason}, &who,
                     &k);
}

/* The settings of a case that does not stand for a round yet, or has others by now. */
static bool settle(Db *db, const CaseStep *s, Round *r) {
    Ctx *c = db_ctx(db);
    Act act = act_of(s);
    int64_t id =
        Q_I64(db, 0, "SELECT id FROM review_round WHERE case_file = $1", db_i(s->file->id));
    Json *setting = json_parse(c, json_get_str(s->file->data, SETTING), SETTING);
    if (!setting) return false;
    if (!id) {
        id = round_add(db, s->reg->pack, setting, &act);
        return id &&
               EXEC(db, "UPDATE review_round SET case_file = $1 WHERE id = $2", db_i(s->file->id),
                    db_i(id)) &&
               round_get(db, s->reg->pack, id, r);
    }
    return round_get(db, s->reg->pack, id, r) &&
           (str_eq(r->setting_text, review_text(c->arena, setting)) ||
            round_change(db, s->reg->pack, id, r->version, setting, &act));
}

bool effect_round_draft(Db *db, const CaseStep *s, const Json *args) {
    Round r;
    (void)args;
    return settle(db, s, &r);
}

bool effect_round_freeze(Db *db, const CaseStep *s, const Json *args) {
    Round r;
    Act act = act_of(s);
    (void)args;
    return settle(db, s, &r) && round_open(db, s->reg, r.id, &act);
}

bool round_held(Db *db, const Register *reg, const Round *r, int64_t subject, int *had) {
    FactAt at = {.as_of = date_to_int(china_day(db_ctx(db)->now_ms))};
    TitleBook book;
    *had = 0;
    if (!fact_at(db, &at) || !title_book(db, subject, &at, &book)) return false;
    for (int i = 0; i < book.n; i++) {
        const Title *t = book.status[i].title;
        if (!title_counts(&book.status[i])) continue;
        const Rule *rule = library_rule(reg->pack->library, t->tier, t->level);
        bool same = rule && str_eq(rule->id, r->rule);
        if (same || !*had) *had = same ? 1 : 2;
        if (same) return true;
    }
    return true;
}

/* The flow below a round's whose opening act enters a candidate, and the act. */
static const FlowAct *entering(const Register *reg, Str parent, const Flow **out) {
    for (int i = 0; i < reg->pack->nflows; i++) {
        const Flow *f = reg->pack->flows[i];
        const FlowAct *a = flow_act_doing(f, S("round.enter"), true, S(""), false);
        if (a && str_eq(f->parent, parent)) return *out = f, a;
    }
    return NULL;
}

bool round_case_enter(Db *db, const Register *reg, const Round *r, const CandidateNew *list, int n,
                      const Act *act) {
    CaseFile k;
    const Flow *f = NULL;
    if (!r->case_file) return true;
    if (!case_get(db, reg, r->case_file, &k)) return false;
    const FlowAct *a = entering(reg, k.flow->id, &f);
    CaseActor who = case_actor_system(act->actor);
    for (int i = 0; a && i < n; i++) {
        int64_t id = Q_I64(db, 0,
                           "SELECT id FROM review_candidate WHERE round = $1 AND subject = $2 AND "
                           "case_file = 0",
                           db_i(r->id), db_i(list[i].subject));
        if (!id) continue;
        int64_t below = Q_I64(db, 0,
                              "SELECT max(id) FROM case_file WHERE parent = $1 AND flow = $2 AND "
                              "subject = $3 AND closed_ms IS NULL",
                              db_i(r->case_file), db_s(f->id), db_i(list[i].subject));
        CaseNew new = {.flow = f->id,
                       .act = a->id,
                       .subject = list[i].subject,
                       .parent = r->case_file,
                       .reason = act->reason,
                       .done = S("round.enter")};
        if (!below && case_open(db, reg, &new, &who, &k)) below = k.id;
        if (!below || !EXEC(db, "UPDATE review_candidate SET case_file = $1 WHERE id = $2",
                            db_i(below), db_i(id)))
            return false;
    }
    return ctx_ok(db_ctx(db));
}

bool effect_round_enter(Db *db, const CaseStep *s, const Json *args) {
    (void)args;
    Round r;
    Act act = act_of(s);
    Ctx *c = db_ctx(db);
    CandidateNew *all = NULL;
    int n = 0, cap = 0;
    if (!round_of(db, s, s->file->parent, &r)) return false;
    CandidateNew k = {.subject = s->file->subject,
                      .field = json_get_str(s->file->data, S("领域")),
                      .organisation = s->file->organisation,
                      .person = s->file->organisation ? s->actor->name : S(""),
                      .case_file = s->file->id};
    if (!round_held(db, s->reg, &r, k.subject, &k.had)) return false;
    GROW(c->arena, all, n, cap);
    all[n++] = k;
    Rows *q = Q(db,
                "SELECT made_by, organisation FROM recommendation WHERE case_file = $1 AND "
                "case_file > 0 AND withdrawn_ms IS NULL ORDER BY id",
                db_i(s->file->id));
    while (q && row_next(q)) {
        GROW(c->arena, all, n, cap);
        k.person = str_dup(c->arena, row_str(q, 0));
        k.organisation = row_i64(q, 1);
        all[n++] = k;
    }
    if (q) rows_close(q);
    return ctx_ok(c) && round_enter(db, r.id, all, n, &act, NULL);
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
    Round r;
    Act act = act_of(s);
    return round_of(db, s, s->file->id, &r) &&
           panel_close(db, &r, json_get_bool(args, S("lacking"), false), &act);
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
