/* Whether an act may be done: the parent's state, needs, the guard in FEEL, the decision. Each that
 * is not met is a failure that says what is missing. */
#include "base/date.h"
#include "base/utf8.h"
#include "city/flow/case_inner.h"
#include "city/flow/context.h"
#include "city/flow/evidence.h"
#include "city/review/visit.h"

static Str title(const Ctx *c, Str zh, Str en) {
    return flow_title(zh, en, c->lang);
}

bool case_parameters(Db *db, const Register *reg, const CaseFile *k, const Json **out) {
    CaseFile parent;
    *out = k->data;
    if (!k->parent) return true;
    if (!case_get(db, reg, k->parent, &parent)) return false;
    *out = parent.data;
    return true;
}

static bool gate_parent(Db *db, const Register *reg, const CaseFile *k, const FlowAct *a) {
    Ctx *c = db_ctx(db);
    CaseFile parent;
    if (!a->nparent_in) return true;
    if (!k->parent) return FAIL(c, ERR_RULE, M_CASE_NO_PARENT, title(c, a->zh, a->en));
    if (!case_get(db, reg, k->parent, &parent)) return false;
    for (int i = 0; i < a->nparent_in; i++)
        if (str_eq(parent.state->id, a->parent_in[i])) return true;
    return FAIL(c, ERR_STATE, M_CASE_PARENT_STATE, parent.title,
                title(c, parent.state->zh, parent.state->en));
}

static bool gate_documents(Db *db, const CaseFile *k, const FlowAct *a) {
    Ctx *c = db_ctx(db);
    for (int i = 0; i < a->ndocuments; i++) {
        int64_t n = Q_I64(db, 0,
                          "SELECT count(*) FROM case_document WHERE case_file = $1 AND kind = $2 "
                          "AND withdrawn_ms IS NULL",
                          db_i(k->id), db_s(a->documents[i]->id));
        if (!ctx_ok(c)) return false;
        if (n == 0)
            return FAIL(c, ERR_RULE, M_CASE_NEEDS_DOCUMENT,
                        title(c, a->documents[i]->zh, a->documents[i]->en));
    }
    return true;
}

static bool has_code(const FlowAct *a, Str code) {
    for (int i = 0; i < a->ncodes; i++)
        if (str_eq(a->codes[i]->id, code)) return true;
    return false;
}

bool case_gate_said(Ctx *c, const FlowAct *a, const CaseMove *m) {
    if (a->ncodes && !has_code(a, m->code))
        return FAIL_AT(c, ERR_RULE, S("/code"), M_CASE_NEEDS_CODE, title(c, a->zh, a->en));
    if (!a->ncodes && m->code.n) return FAIL_AT(c, ERR_RULE, S("/code"), M_CASE_CODE, m->code);
    if (a->reason && !str_trim(m->reason).n)
        return FAIL_AT(c, ERR_RULE, S("/reason"), M_CASE_NEEDS_REASON, title(c, a->zh, a->en));
    return utf8_length(m->reason) <= CASE_TEXT_MAX ||
           FAIL_AT(c, ERR_RULE, S("/reason"), M_CASE_LARGE);
}

static bool gate_given(Ctx *c, const CaseFile *k, const FlowAct *a, const CaseMove *m) {
    for (int i = 0; i < a->nfields; i++) {
        const Json *v = json_get(k->data, a->fields[i]->name);
        if (!v || v->kind == JSON_NULL || (v->kind == JSON_STRING && !str_trim(v->text).n))
            return FAIL_AT(c, ERR_RULE, str_cat(c->arena, S("/data/"), a->fields[i]->name),
                           M_CASE_NEEDS_FIELD, title(c, a->fields[i]->zh, a->fields[i]->en));
    }
    return case_gate_said(c, a, m);
}

/* Signed for another reason or code is not signed; which one it was is said. */
static bool gate_signatures(Db *db, const CaseFile *k, const FlowAct *a, const CaseMove *m) {
    Ctx *c = db_ctx(db);
    CaseSigned s;
    int n;
    if (!a->signatures) return true;
    if (!case_signatures(db, k, a->id, &s)) return false;
    n = s.n;
    if (m && !case_signed_for(db, k, m, &n)) return false;
    if (n >= a->signatures) return true;
    if (s.n >= a->signatures)
        return FAIL_AT(c, ERR_RULE, S("/reason"), M_CASE_SIGNED_OTHER, title(c, a->zh, a->en),
                       s.code.n ? str_printf(c->arena, "%.*s %.*s", STRF(s.code), STRF(s.reason))
                                : s.reason);
    return FAIL(c, ERR_RULE, M_CASE_NEEDS_SIGNATURES, title(c, a->zh, a->en),
                str_printf(c->arena, "%d", a->signatures), str_printf(c->arena, "%d", n));
}

static bool gate_when(Db *db, const Register *reg, const CaseFile *k, const CaseActor *actor,
                      const FlowAct *a) {
    Ctx *c = db_ctx(db);
    Val v;
    if (a->when == IR_NONE) return true;
    if (!context_guard(db, reg, k, actor, a, &v)) return false;
    Str why = a->unmet_zh.n ? title(c, a->unmet_zh, a->unmet_en) : a->when_text;
    return val_is(v, true) || FAIL(c, ERR_RULE, M_CASE_WHEN, title(c, a->zh, a->en), why);
}

static const Rule *rule_of(Db *db, const Register *reg, const CaseFile *k, const FlowAct *a) {
    const Json *parameters;
    Str id = a->rule;
    if (a->rule_of.n && !case_parameters(db, reg, k, &parameters)) return NULL;
    if (a->rule_of.n) id = json_get_str(parameters, a->rule_of);
    if (id.n) return pack_rule(db_ctx(db), reg->pack, id);
    FAIL(db_ctx(db), ERR_RULE, M_CASE_NO_RULE, a->rule_of);
    return NULL;
}

static bool gate_rule(Db *db, const Register *reg, const CaseFile *k, const FlowAct *a,
                      CaseGate *out) {
    Ctx *c = db_ctx(db);
    FactNames names;
    int64_t day = china_day(c->now_ms);
    FactAt at = {.as_of = date_to_int(day)};
    if (!a->noutcomes) return true;
    const Rule *rule = rule_of(db, reg, k, a);
    if (!rule || !fact_at(db, &at) || !fact_names(db, reg->pack, &at, &names) ||
        !register_facts(db, &names, k->subject, &at, &out->facts))
        return false;
    DecideOptions o = {.as_of = day, .as_known_ms = at.as_known, .seq = at.seq};
    out->decision = decide(c->arena, reg->book, rule, &out->facts, &o);
    out->decided = true;
    Str outcome = outcome_text(out->decision.outcome);
    for (int i = 0; i < a->noutcomes; i++)
        if (str_eq(a->outcomes[i], outcome)) return true;
    return FAIL(c, ERR_RULE, M_CASE_RULE, title(c, a->zh, a->en),
                title(c, rule->title_zh, rule->title_en),
                msg_text(c->arena, outcome_message(out->decision.outcome), c->lang, 0, NULL));
}

bool case_gate(Db *db, const Register *reg, const CaseFile *k, const FlowAct *a,
               const CaseActor *actor, const CaseMove *move, CaseGate *out) {
    return gate_parent(db, reg, k, a) && gate_documents(db, k, a) &&
           (!move || gate_given(db_ctx(db), k, a, move)) && gate_signatures(db, k, a, move) &&
           (!a->visits || visits_closed(db, k)) && gate_when(db, reg, k, actor, a) &&
           gate_rule(db, reg, k, a, out);
}

/* --- what may be done --------------------------------------------------------------------------
 */

/* A closed act says why; a failure of the store stays one. */
static bool closed(Ctx *c, CaseActOpen *o) {
    ErrCode code = c->err.code;
    if (code != ERR_RULE && code != ERR_STATE && code != ERR_MISSING) return false;
    o->why = note_text(c->arena, &c->err.note, c->lang);
    ctx_clear(c);
    return true;
}

bool case_acts_open(Db *db, const Register *reg, const CaseFile *k, const CaseActor *actor,
                    CaseActOpen **out, int *n) {
    Ctx *c = db_ctx(db);
    *out = NEW_N(c->arena, CaseActOpen, k->flow->nacts + 1);
    *n = 0;
    for (int i = 0; i < k->flow->nacts; i++) {
        const FlowAct *a = &k->flow->acts[i];
        int role;
        CaseGate gate = {0};
        if (!flow_act_from(a, k->state) || !case_role(k, a, actor, &role)) continue;
        CaseActOpen *o = &(*out)[(*n)++];
        o->act = a;
        o->open = case_gate(db, reg, k, a, actor, NULL, &gate);
        if (!o->open && !closed(c, o)) return false;
    }
    return true;
}
