/* Recommendations as cases: see recommend_case.h. */
#include "city/library/recommend_case.h"

#include "city/bundle/notify.h"
#include "city/flow/context.h"
#include "city/library/recommend_join.h"

const char *const RECOMMEND_MEMBERS[] = {"家数", "来源", "利益", NULL};

/* Two texts of static life: a statement is known by the address of its text. */
#define OPEN_ROUNDS                                                                                \
    "FROM review_round WHERE rule = $1 AND opened_ms > 0 AND listed_ms = 0 AND case_file > 0"

int64_t recommend_round(Db *db, Str rule) {
    if (Q_I64(db, 0, "SELECT count(*) " OPEN_ROUNDS, db_s(rule)) != 1) return 0;
    return Q_I64(db, 0, "SELECT max(case_file) " OPEN_ROUNDS, db_s(rule));
}

bool recommend_rounds(Db *db, Str rule, RecommendRound **out, int *n) {
    Ctx *c = db_ctx(db);
    enum { MOST = 100 };
    *out = arena_alloc(c->arena, MOST * sizeof **out);
    *n = 0;
    Rows *r = Q(db,
                "SELECT case_file, title, rule, setting FROM review_round WHERE opened_ms > 0 AND "
                "listed_ms = 0 AND case_file > 0 AND ($1 = '' OR rule = $1) ORDER BY id DESC "
                "LIMIT 100",
                db_s(rule));
    while (r && row_next(r)) {
        Json *setting = json_parse(c, str_dup(c->arena, row_str(r, 3)), S("review_round"));
        if (!setting) break;
        (*out)[(*n)++] = (RecommendRound){.case_file = row_i64(r, 0),
                                          .title = str_dup(c->arena, row_str(r, 1)),
                                          .rule = str_dup(c->arena, row_str(r, 2)),
                                          .from = json_get_str(setting, S("from")),
                                          .to = json_get_str(setting, S("to"))};
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

/* The flow of candidates below a round's. */
static const Flow *candidate_flow(const PackSet *p, const CaseFile *round) {
    for (int i = 0; i < p->nflows; i++)
        if (str_eq(p->flows[i]->parent, round->flow->id) &&
            flow_act_doing(p->flows[i], S("round.enter"), false, S(""), false))
            return p->flows[i];
    return NULL;
}

/* Not the one by which the office enters an enterprise itself: who is recommended is asked. */
static const FlowAct *opening(const Flow *f) {
    const FlowAct *entering = flow_act_doing(f, S("round.enter"), true, S(""), false);
    for (int i = 0; i < f->nacts; i++)
        if (f->acts[i].opens && &f->acts[i] != entering) return &f->acts[i];
    return NULL;
}

static bool same_rule(Db *db, const Recommendation *o) {
    Ctx *c = db_ctx(db);
    Str rule = S("");
    Rows *r = Q(db, "SELECT rule FROM review_round WHERE case_file = $1", db_i(o->round));
    if (r && row_next(r)) rule = str_dup(c->arena, row_str(r, 0));
    if (r) rows_close(r);
    if (!ctx_ok(c) || str_eq(rule, o->rule)) return ctx_ok(c);
    if (rule.n) return FAIL_AT(c, ERR_RULE, S("/round"), M_RECOMMEND_ROUND, rule);
    /* another case and none at all sound the same: numbers of cases are not to be guessed */
    return FAIL_AT(c, ERR_RULE, S("/round"), M_ROUND_MISSING,
                   str_printf(c->arena, "%lld", (long long)o->round));
}

bool recommend_join(Db *db, const Register *reg, int64_t id, const Act *act) {
    Recommendation o;
    CaseFile round, k;
    if (!recommend_get(db, id, &o)) return false;
    if (!o.subject) return true;
    if (!o.round) return recommend_join_waiting(db, reg, &o);
    if (!same_rule(db, &o) || !case_get(db, reg, o.round, &round)) return false;
    const Flow *f = candidate_flow(reg->pack, &round);
    const FlowAct *first = f ? opening(f) : NULL;
    if (!first) return true;
    int64_t there = Q_I64(
        db, 0, "SELECT max(id) FROM case_file WHERE flow = $1 AND parent = $2 AND subject = $3",
        db_s(f->id), db_i(o.round), db_i(o.subject));
    if (!there) {
        CaseActor who = case_actor_system(act->actor);
        CaseNew n = {.flow = f->id,
                     .act = first->id,
                     .subject = o.subject,
                     .parent = o.round,
                     .reason = act->reason};
        if (!case_open(db, reg, &n, &who, &k)) return false;
        there = k.id;
    }
    return recommend_belongs(db, id, there);
}

static bool tell_firm(Db *db, const Register *reg, const RecommendMake *k) {
    Arena *a = db_ctx(db)->arena;
    const Rule *rule = map_get(&reg->pack->by_rule, k->made.rule);
    Notify n = {.to = {.subject = k->made.subject},
                .why = NOTIFY_WAITS,
                .what = M_RECOMMEND_CONSENT_ASKED,
                .args = {rule->title_zh},
                .nargs = 1,
                .object = str_printf(a, "enterprise:%lld", (long long)k->made.subject),
                .link = S("/recommendations"),
                .actor = k->act.actor};
    return !k->made.subject || str_eq(k->by.kind, S("enterprise")) || notify(db, &n);
}

bool recommend_make(Db *db, const Register *reg, RecommendMake *k) {
    if (!k->n.round) k->n.round = recommend_round(db, k->n.rule);
    if (k->n.round == RECOMMEND_NO_ROUND) k->n.round = 0;
    int64_t id = recommend_add(db, reg, &k->n, &k->by, k->day, &k->act, &k->match);
    if (!id || !recommend_join(db, reg, id, &k->act) || !recommend_get(db, id, &k->made))
        return false;
    /* its own word: nobody has to ask the firm again */
    if (str_eq(k->by.kind, S("enterprise")) &&
        !candidate_answer(db, reg, id, true, S(""), &k->actor, &k->act))
        return false;
    return tell_firm(db, reg, k);
}

bool candidate_answer(Db *db, const Register *reg, int64_t id, bool given, Str document,
                      const CaseActor *actor, const Act *act) {
    Recommendation o;
    CaseFile k;
    if (!recommend_get(db, id, &o)) return false;
    if (!o.case_file) return candidate_consent(db, id, given, document, act);
    if (!case_get(db, reg, o.case_file, &k)) return false;
    const FlowAct *f = flow_act_doing(k.flow, S("recommendation.answer"), false, S("given"), given);
    if (!f || (!o.round && !flow_act_from(f, k.state)))
        return candidate_consent(db, id, given, document, act);
    CaseMove m = {.act = f->id, .reason = document.n ? document : act->reason};
    return case_act(db, reg, k.id, &m, actor, &k);
}

bool effect_recommendation_answer(Db *db, const CaseStep *s, const Json *args) {
    Str said = s->move->reason.n ? s->move->reason : s->act->zh;
    Act act = {.actor = s->actor->name, .reason = said};
    if (!s->actor->subject && !str_trim(s->move->reason).n)
        return FAIL_AT(db_ctx(db), ERR_RULE, S("/reason"), M_RECOMMEND_PAPER);
    int64_t id =
        Q_I64(db, 0, "SELECT max(id) FROM recommendation WHERE case_file = $1 AND case_file > 0",
              db_i(s->file->id));
    if (!id) return ctx_ok(db_ctx(db));
    return candidate_consent(db, id, json_get_bool(args, S("given"), false),
                             s->actor->subject ? S("") : said, &act);
}

bool recommend_context(Db *db, const Register *reg, const CaseFile *k, Val *out) {
    Arena *a = db_ctx(db)->arena;
    Json *o = json_new(a, JSON_OBJECT), *kinds = json_new(a, JSON_ARRAY);
    int64_t declared = 0;
    int sponsors = 0;
    (void)reg;
    /* one sponsor: an organisation, a district, the office, the enterprise */
    Rows *r =
        Q(db,
          "SELECT sponsor, organisation, district, max(CASE WHEN interest = 'declared' THEN 1 "
          "ELSE 0 END) FROM recommendation WHERE case_file = $1 AND case_file > 0 AND "
          "withdrawn_ms IS NULL GROUP BY sponsor, organisation, district ORDER BY sponsor",
          db_i(k->id));
    Str last = S("");
    while (r && row_next(r)) {
        Str kind = str_dup(a, row_str(r, 0));
        sponsors++;
        declared += row_i64(r, 3);
        if (!str_eq(kind, last)) json_push(kinds, json_string(a, kind));
        last = kind;
    }
    if (r) rows_close(r);
    json_set(o, S("家数"), json_int(a, sponsors));
    json_set(o, S("来源"), kinds);
    json_set(o, S("利益"), json_bool(a, declared > 0));
    *out = context_value(a, o);
    return ctx_ok(db_ctx(db));
}
