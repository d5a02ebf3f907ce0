/* Candidates over HTTP: recommendations of one firm read together, the firm's answer, near
 * duplicates for the clerk. An enterprise's account sees the candidates that are its own firm: how
 * many sponsors and of which kind, not who. */
#include "http/api.h"
#include "http/api_enterprise.h"
#include "http/api_recommend.h"

#include "city/library/recommend_case.h"

enum { LIMIT_DEFAULT = 50, LIMIT_MOST = 500, OFFSET_MOST = 1 << 30 };

static bool read_filter(Request *r, RecommendFilter *f) {
    *f = (RecommendFilter){.round = -1, .rule = http_query(r, S("rule"))};
    if (r->scope == SCOPE_DISTRICT) f->district = r->user->district.n ? r->user->district : S("-");
    if (r->scope == SCOPE_OWN) f->subject = r->user->subject;
    return true;
}

static bool in_scope(Request *r, const Candidate *k) {
    Subject who;
    if (r->scope == SCOPE_ALL) return true;
    if (r->scope == SCOPE_OWN)
        return r->user->subject && subject_root(r->db, r->user->subject) == k->subject;
    return r->user->district.n && subject_get(r->db, k->subject, &who) &&
           (str_eq(who.division, r->user->district) || str_eq(who.unit, r->user->district));
}

static bool get_mine(Request *r, Candidate *out) {
    int64_t id;
    if (!http_id(r, 0, &id) || !candidate_get(r->db, id, out)) return false;
    return in_scope(r, out) ||
           (ctx_ok(r->c) && FAIL(r->c, ERR_MISSING, M_RECOMMEND_MISSING, id_text(r->c->arena, id)));
}

static bool out_candidate(Request *r, Json *o, const Candidate *k) {
    Arena *a = r->c->arena;
    out_str(a, o, S("id"), id_text(a, k->id));
    if (!out_firm(r, o, k->subject)) return false;
    out_rule_name(r, o, k->rule);
    out_opt(a, o, S("round"), k->round ? id_text(a, k->round) : S(""));
    out_int(a, o, S("sponsors"), k->sponsors);
    Json *kinds = out_list(a, o, S("kinds"));
    for (Str rest = k->kinds; rest.n;) json_push(kinds, json_string(a, str_cut(&rest, ',')));
    out_str(a, o, S("consent"), consent_text(k->consent));
    out_opt(a, o, S("consent_way"), k->consent_way);
    out_opt(a, o, S("consent_document"), k->consent_document);
    out_instant(a, o, S("consent_at"), k->consent_ms);
    out_opt(a, o, S("outcome"), k->outcome);
    out_instant(a, o, S("first_at"), k->first_ms);
    out_instant(a, o, S("last_at"), k->last_ms);
    return true;
}

bool api_candidates(Request *r, Response *out) {
    Arena *a = r->c->arena;
    RecommendFilter f;
    Candidate *items = NULL;
    int n = 0;
    int64_t total = 0;
    if (!read_filter(r, &f) || !http_query_int(r, S("offset"), 0, 0, OFFSET_MOST, &f.offset) ||
        !http_query_int(r, S("limit"), LIMIT_DEFAULT, 1, LIMIT_MOST, &f.limit))
        return false;
    bool nobody = r->scope == SCOPE_OWN && !f.subject; /* an account bound to no firm */
    if (!nobody && !candidate_list(r->db, &f, &items, &n, &total)) return false;
    Json *o = json_new(a, JSON_OBJECT), *list = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++)
        if (!out_candidate(r, out_item(a, list), &items[i])) return false;
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), f.offset);
    out_int(a, o, S("limit"), f.limit);
    http_out_clocks(r, o);
    http_reply_tagged(out, r, o);
    return true;
}

static bool reply_one(Request *r, const Candidate *k, Response *out) {
    Json *o = json_new(r->c->arena, JSON_OBJECT);
    if (!out_candidate(r, o, k)) return false;
    http_reply_tagged(out, r, o);
    return true;
}

typedef struct Answer {
    int64_t id;
    bool given;
    Str document;
    const Register *reg;
    CaseActor actor;
    Act act;
    int64_t subject, other;
} Answer;

static bool consent_in_tx(Db *db, void *user) {
    Answer *k = user;
    return candidate_answer(db, k->reg, k->id, k->given, k->document, &k->actor, &k->act);
}

bool api_candidate_consent(Request *r, Response *out) {
    Json *j = http_json(r);
    Candidate k;
    if (!j || !get_mine(r, &k)) return false;
    const Json *given = json_get(j, S("given"));
    Str document = str_trim(json_get_str(j, S("document"))), reason = json_get_str(j, S("reason"));
    if (!given || given->kind != JSON_BOOL)
        return HTTP_INVALID(r, S("/given"), M_HTTP_REQUIRED, S("given"));
    bool by_firm = r->scope == SCOPE_OWN;
    if (!by_firm && !document.n) return HTTP_INVALID(r, S("/document"), M_RECOMMEND_PAPER);
    Answer w = {.id = k.id,
                .given = given->truth,
                .document = by_firm ? S("") : document,
                .reg = r->reg,
                .actor = case_actor(r->user),
                .act = http_act(r, reason.n ? reason : S("企业对推荐的答复"))};
    return tx_run(r->db, DB_WRITE, consent_in_tx, &w) && candidate_get(r->db, k.id, &k) &&
           reply_one(r, &k, out);
}

bool api_candidate(Request *r, Response *out) {
    Candidate k;
    return get_mine(r, &k) && reply_one(r, &k, out);
}

/* --- near duplicates ----------------------------------------------------------------------------
 */

bool api_candidate_pairs(Request *r, Response *out) {
    Arena *a = r->c->arena;
    CandidatePair *items;
    int n;
    if (!candidate_near(r->db, &r->reg->codes, &items, &n)) return false;
    Json *o = json_new(a, JSON_OBJECT), *list = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) {
        Json *j = out_item(a, list);
        Dec score = dec_scaled(items[i].score, -3);
        out_str(a, j, S("enterprise"), id_text(a, items[i].subject));
        out_str(a, j, S("name"), items[i].name);
        out_str(a, j, S("other"), id_text(a, items[i].other_subject));
        out_str(a, j, S("other_name"), items[i].other_name);
        out_str(a, j, S("score"), dec_text(a, &score));
    }
    out_int(a, o, S("total"), n);
    http_out_clocks(r, o);
    http_reply_tagged(out, r, o);
    return true;
}

static bool settle_in_tx(Db *db, void *user) {
    Answer *k = user;
    return candidate_settle(db, k->subject, k->other, k->given, &k->act);
}

bool api_candidate_settle(Request *r, Response *out) {
    Json *j = http_json(r);
    if (!j) return false;
    const Json *same = json_get(j, S("same"));
    Answer w = {.act = http_act(r, json_get_str(j, S("reason")))};
    if (!str_to_i64(json_get_str(j, S("enterprise")), &w.subject))
        return HTTP_INVALID(r, S("/enterprise"), M_HTTP_REQUIRED, S("enterprise"));
    if (!str_to_i64(json_get_str(j, S("other")), &w.other) || w.other == w.subject)
        return HTTP_INVALID(r, S("/other"), M_HTTP_REQUIRED, S("other"));
    if (!same || same->kind != JSON_BOOL)
        return HTTP_INVALID(r, S("/same"), M_HTTP_REQUIRED, S("same"));
    if (!str_trim(w.act.reason).n) return HTTP_INVALID(r, S("/reason"), M_RECOMMEND_REASON);
    w.given = same->truth;
    if (!tx_run(r->db, DB_WRITE, settle_in_tx, &w)) return false;
    Json *o = json_new(r->c->arena, JSON_OBJECT);
    out_bool(r->c->arena, o, S("same"), w.given);
    http_reply(out, r, 200, o);
    return true;
}
