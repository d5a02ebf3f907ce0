/* Acts on a round: one table, one function each. See round_act.h. */
#include "city/review/round_act.h"

#include "city/review/round_case.h"
#include "city/review/round_parts.h"
#include "city/review/visit.h"
#include "city/user.h"

typedef struct Call Call;
struct Call {
    const Register *reg;
    int64_t id;
    const Json *body;
    Act act;
    Round round; /* read at the beginning of the transaction */
    Json *answer;
    bool (*fn)(Db *, Call *);
    Str effect; /* of the round's case; empty: the case has no say */
};

static void say(Call *k, Ctx *c, Str key, int64_t n) {
    json_set(k->answer, key, json_int(c->arena, n));
}

static bool act_change(Db *db, Call *k) {
    const Json *setting = json_get(k->body, S("setting"));
    return (!setting || round_case_setting(db, k->reg, &k->round, setting, &k->act)) &&
           round_change(db, k->reg->pack, k->id, k->round.version, json_get(k->body, S("setting")),
                        &k->act);
}

static bool act_open(Db *db, Call *k) {
    return round_open(db, k->reg, k->id, &k->act);
}

static bool act_close(Db *db, Call *k) {
    return round_close_list(db, k->reg, k->id, &k->act);
}

/* One entry of `subjects`: a code or {subject, field, had, person, organisation}. */
static bool read_entry(Db *db, const Json *e, CandidateNew *n) {
    bool plain = e->kind != JSON_OBJECT;
    n->had = -1;
    n->subject = subject_find(db, plain ? json_str(e, S("")) : json_get_str(e, S("subject")));
    if (plain) return n->subject != 0;
    n->field = json_get_str(e, S("field"));
    n->had = (int)json_get_i64(e, S("had"), -1);
    n->person = json_get_str(e, S("person"));
    n->organisation = json_get_i64(e, S("organisation"), 0);
    n->case_file = json_get_i64(e, S("case"), 0);
    return n->subject != 0;
}

static bool act_enter(Db *db, Call *k) {
    Ctx *c = db_ctx(db);
    const Json *list = json_get(k->body, S("subjects"));
    int n = 0;
    int64_t added = 0;
    Json *seen = NULL;
    if (json_get_bool(k->body, S("passing"), false)) {
        if (!round_preview(db, k->reg, &k->round, &seen)) return false;
        list = json_get(seen, S("met"));
    }
    CandidateNew *all = NEW_N(c->arena, CandidateNew, (list ? list->count : 0) + 1);
    for (const Json *e = list ? list->first : NULL; e; e = e->next)
        if (!read_entry(db, e, &all[n++])) return false;
    for (int i = 0; i < n; i++)
        if (all[i].had < 0 && !round_held(db, k->reg, &k->round, all[i].subject, &all[i].had))
            return false;
    if (!round_enter(db, k->id, all, n, &k->act, &added) ||
        !round_case_enter(db, k->reg, &k->round, all, n, &k->act))
        return false;
    say(k, c, S("added"), added);
    say(k, c, S("given"), n);
    return true;
}

static bool act_member(Db *db, Call *k) {
    Ctx *c = db_ctx(db);
    const Json *fields = json_get(k->body, S("fields"));
    PanelMember m = {.person = json_get_str(k->body, S("person")),
                     .organisation = json_get_i64(k->body, S("organisation"), 0),
                     .most = (int)json_get_i64(k->body, S("most"), 0),
                     .chair = json_get_bool(k->body, S("chair"), false)};
    m.fields = NEW_N(c->arena, Str, (fields ? fields->count : 0) + 1);
    for (const Json *e = fields ? fields->first : NULL; e; e = e->next)
        m.fields[m.nfields++] = json_str(e, S(""));
    if (!m.organisation) {
        User u;
        if (user_by_name(db, m.person, &u)) m.organisation = u.organisation;
    }
    return ctx_ok(c) && panel_member(db, k->id, &m, &k->act);
}

static void assigned(Call *k, Ctx *c, const AssignOut *out) {
    say(k, c, S("seats"), out->n);
    say(k, c, S("added"), out->added);
    say(k, c, S("moved"), out->moved);
    say(k, c, S("least"), out->least);
    say(k, c, S("most"), out->most);
    say(k, c, S("off_field"), out->off_field);
    say(k, c, S("lacking"), out->lacks);
}

static bool act_assign(Db *db, Call *k) {
    AssignOut out;
    Candidate *files;
    if (!panel_assign(db, &k->round, &k->act, &out, &files)) return false;
    assigned(k, db_ctx(db), &out);
    return true;
}

static bool act_leave(Db *db, Call *k) {
    AssignOut out;
    if (!panel_leave(db, &k->round, json_get_str(k->body, S("person")), &k->act, &out))
        return false;
    assigned(k, db_ctx(db), &out);
    return true;
}

static bool act_second(Db *db, Call *k) {
    return panel_second(db, &k->round, &k->act);
}

static bool act_finish(Db *db, Call *k) {
    return panel_close(db, &k->round, json_get_bool(k->body, S("lacking"), false), &k->act);
}

/* A candidate by number or id, of this round. */
static int64_t candidate_of(Db *db, const Call *k, Str text) {
    int64_t id = Q_I64(db, 0, "SELECT id FROM review_candidate WHERE round = $1 AND number = $2",
                       db_i(k->id), db_s(text)),
            n = 0;
    if (id) return id;
    if (str_to_i64(text, &n))
        id = Q_I64(db, 0, "SELECT id FROM review_candidate WHERE round = $1 AND id = $2",
                   db_i(k->id), db_i(n));
    if (!id && ctx_ok(db_ctx(db))) FAIL(db_ctx(db), ERR_MISSING, M_CANDIDATE_MISSING, text);
    return id;
}

static bool act_consensus(Db *db, Call *k) {
    int64_t id = candidate_of(db, k, json_get_str(k->body, S("candidate")));
    return id && panel_consensus(db, &k->round, id, json_get_str(k->body, S("value")),
                                 json_get_str(k->body, S("note")), &k->act);
}

static bool act_draw(Db *db, Call *k) {
    Ctx *c = db_ctx(db);
    const Json *list = json_get(k->body, S("inspectors"));
    Str *who = NEW_N(c->arena, Str, (list ? list->count : 0) + 1), record;
    int n = 0;
    for (const Json *e = list ? list->first : NULL; e; e = e->next) who[n++] = json_str(e, S(""));
    if (!round_draw(db, &k->round, who, n, &k->act, &record)) return false;
    json_set(k->answer, S("draw"), json_parse(c, record, S("draw")));
    return true;
}

/* data: fields of the round's case, as the basis of the visits. */
static bool act_visit(Db *db, Call *k) {
    CaseFile after;
    Json *drawn;
    if (!round_case_visit(db, k->reg, &k->round, json_get(k->body, S("data")), &k->act, &after) ||
        !visits_drawn(db, k->id, &drawn))
        return false;
    json_set(k->answer, S("visits"), drawn);
    say(k, db_ctx(db), S("case"), after.id);
    return true;
}

static bool rerun(Db *db, Call *k, bool again) {
    int64_t id = candidate_of(db, k, json_get_str(k->body, S("candidate")));
    return id && round_rerun(db, k->reg, &k->round, id, again, &k->act);
}

static bool act_rerun(Db *db, Call *k) {
    return rerun(db, k, true);
}

static bool act_keep(Db *db, Call *k) {
    return rerun(db, k, false);
}

/* The candidates an act names, or all that pass its filter. */
static bool chosen(Db *db, Call *k, int64_t **ids, int *n) {
    Ctx *c = db_ctx(db);
    const Json *list = json_get(k->body, S("candidates")), *f = json_get(k->body, S("filter"));
    *n = 0;
    if (list) {
        *ids = NEW_N(c->arena, int64_t, list->count + 1);
        for (const Json *e = list->first; e; e = e->next) {
            int64_t id = candidate_of(db, k, json_str(e, S("")));
            if (!id) return false;
            (*ids)[(*n)++] = id;
        }
        return true;
    }
    Candidate *found;
    int64_t total;
    CandidateFilter filter = {.round = k->id,
                              .outcome = json_get_str(f, S("outcome")),
                              .verdict = json_get_str(f, S("verdict")),
                              .least = json_get_str(f, S("least")),
                              .q = json_get_str(f, S("q")),
                              .movement = json_get_str(f, S("movement")),
                              .had = (int)json_get_i64(f, S("had"), -1)};
    if (!round_candidates(db, &filter, &found, n, &total)) return false;
    *ids = NEW_N(c->arena, int64_t, *n + 1);
    for (int i = 0; i < *n; i++) (*ids)[i] = found[i].id;
    return true;
}

/* Nothing is decided on facts that changed unseen. */
static bool unchanged(Db *db, const Call *k, const int64_t *ids, int n) {
    CandidateDiff *d;
    int nd;
    if (!round_diff(db, k->reg, &k->round, &d, &nd)) return false;
    for (int i = 0; i < nd; i++)
        for (int j = 0; j < n; j++) {
            Candidate c;
            if (d[i].candidate != ids[j]) continue;
            if (!round_candidate(db, ids[j], &c)) return false;
            return FAIL(db_ctx(db), ERR_STATE, M_CANDIDATE_CHANGED, c.number);
        }
    return true;
}

static bool act_decide(Db *db, Call *k) {
    int64_t *ids;
    int n;
    if (!chosen(db, k, &ids, &n) || !unchanged(db, k, ids, n) ||
        !round_verdict(db, &k->round, ids, n, json_get_str(k->body, S("verdict")),
                       json_get_str(k->body, S("code")), &k->act))
        return false;
    say(k, db_ctx(db), S("decided"), n);
    return true;
}

static bool act_sign(Db *db, Call *k) {
    int given = 0;
    Str candidate = json_get_str(k->body, S("candidate"));
    if (candidate.n) {
        int64_t id = candidate_of(db, k, candidate);
        return id && panel_sign(db, &k->round, id, &k->act);
    }
    if (!round_sign(db, &k->round, &k->act, &given)) return false;
    say(k, db_ctx(db), S("signatures"), given);
    return true;
}

/* A sheet handed in on paper, entered by the office in the reviewer's name: as the reviewer's. */
static bool act_score(Db *db, Call *k) {
    Ctx *c = db_ctx(db);
    Str person = json_get_str(k->body, S("person"));
    int64_t id = candidate_of(db, k, json_get_str(k->body, S("candidate")));
    if (!id) return false;
    int64_t seat = Q_I64(db, 0,
                         "SELECT id FROM review_seat WHERE candidate = $1 AND person = $2 AND "
                         "ended_ms = 0",
                         db_i(id), db_s(person));
    Seat s;
    bool lacking;
    if (!seat_get(db, seat, person, &s)) return false;
    if (!s.declared_ms) {
        if (!json_get_bool(k->body, S("declared"), false))
            return FAIL(c, ERR_STATE, M_SEAT_DECLARE);
        if (!seat_declare(db, &k->round, &s, false, S(""), &k->act, &lacking) ||
            !seat_get(db, seat, person, &s))
            return false;
    }
    const Json *sheet = json_get(k->body, S("sheet"));
    if (!sheet) return FAIL(c, ERR_INPUT, M_SEAT_NO_MARK, S("sheet"));
    return seat_save(db, &k->round, &s, s.version, sheet, true, &k->act);
}

static const struct {
    Str name;
    bool (*fn)(Db *, Call *);
    Str effect;
} ACTS[] = {
    {STR_INIT("change"), act_change, STR_INIT("")},
    {STR_INIT("open"), act_open, STR_INIT("round.freeze")},
    {STR_INIT("enter"), act_enter, STR_INIT("")},
    {STR_INIT("close"), act_close, STR_INIT("round.close")},
    {STR_INIT("member"), act_member, STR_INIT("")},
    {STR_INIT("assign"), act_assign, STR_INIT("panel.assign")},
    {STR_INIT("leave"), act_leave, STR_INIT("")},
    {STR_INIT("score"), act_score, STR_INIT("")},
    {STR_INIT("consensus"), act_consensus, STR_INIT("")},
    {STR_INIT("second"), act_second, STR_INIT("")},
    {STR_INIT("finish"), act_finish, STR_INIT("panel.close")},
    {STR_INIT("sample"), act_draw, STR_INIT("sample.draw")},
    {STR_INIT("visit"), act_visit, STR_INIT("")},
    {STR_INIT("rerun"), act_rerun, STR_INIT("")},
    {STR_INIT("keep"), act_keep, STR_INIT("")},
    {STR_INIT("decide"), act_decide, STR_INIT("")},
    {STR_INIT("sign"), act_sign, STR_INIT("")},
};
enum { ACT_COUNT = sizeof ACTS / sizeof *ACTS };

static int find_act(Str name) {
    for (int i = 0; i < ACT_COUNT; i++)
        if (str_eq(ACTS[i].name, name)) return i;
    return -1;
}

bool round_act_known(Str name) {
    return find_act(name) >= 0;
}

static bool run(Db *db, void *user) {
    Call *k = user;
    k->answer = json_new(db_ctx(db)->arena, JSON_OBJECT);
    int64_t version = json_get_i64(k->body, S("version"), 0);
    if (!review_touch(db, k->id) || !round_get(db, k->reg->pack, k->id, &k->round)) return false;
    if (version && k->round.version != version + 1)
        return FAIL(db_ctx(db), ERR_STALE, M_ROUND_STALE);
    return (!k->effect.n || round_case_move(db, k->reg, &k->round, k->effect, k->body, &k->act)) &&
           k->fn(db, k);
}

bool round_act(Db *db, const Register *reg, int64_t id, const Json *body, Str actor,
               Json **answer) {
    Ctx *c = db_ctx(db);
    Str name = json_get_str(body, S("act")), reason = str_trim(json_get_str(body, S("reason")));
    int at = find_act(name);
    if (at < 0) return FAIL_AT(c, ERR_RULE, S("/act"), M_ROUND_ACT, name);
    if (!reason.n) return FAIL_AT(c, ERR_RULE, S("/reason"), M_HTTP_REQUIRED, S("reason"));
    Call k = {.reg = reg,
              .id = id,
              .body = body,
              .fn = ACTS[at].fn,
              .effect = ACTS[at].effect,
              .act = {.actor = actor, .reason = reason}};
    if (!tx_run(db, DB_WRITE, run, &k)) return false;
    *answer = k.answer;
    return true;
}
