/* Rounds: list, draft, read, acts. The work is in city/review. */
#include "city/review/round_act.h"
#include "city/review/round_case.h"
#include "city/review/visit.h"
#include "http/api.h"
#include "http/json_out.h"

static Str round_tag(Request *r, const Round *round) {
    return str_printf(r->c->arena, "round-%lld-%lld", (long long)round->id,
                      (long long)round->version);
}

static bool round_of_path(Request *r, Round *out) {
    int64_t id;
    return http_id(r, 0, &id) && round_get(r->db, r->reg->pack, id, out);
}

static bool reply_round(Request *r, Response *out, int status, int64_t id) {
    Round round;
    Json *o;
    if (!round_get(r->db, r->reg->pack, id, &round) || !round_json(r->db, r->reg, &round, &o))
        return false;
    http_reply(out, r, status, o);
    out->etag = round_tag(r, &round);
    out->cache = S("no-store"); /* sheets handed in are counted, and do not raise its version */
    return true;
}

bool api_rounds(Request *r, Response *out) {
    Arena *a = r->c->arena;
    int64_t offset, limit, total;
    Round *list;
    int n;
    if (!http_query_int(r, S("offset"), 0, 0, INT32_MAX, &offset) ||
        !http_query_int(r, S("limit"), 100, 1, 500, &limit) ||
        !round_list(r->db, (int)offset, (int)limit, &list, &n, &total))
        return false;
    Json *o = json_new(a, JSON_OBJECT), *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) json_push(items, round_row_json(a, &list[i]));
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), offset);
    out_int(a, o, S("limit"), limit);
    http_reply(out, r, 200, o);
    return true;
}

typedef struct Adding {
    const Register *reg;
    const Json *setting;
    Act act;
    int64_t id;
} Adding;

static bool add_in_tx(Db *db, void *user) {
    Adding *w = user;
    w->id = round_begin(db, w->reg, w->setting, &w->act);
    return w->id != 0;
}

bool api_round_add(Request *r, Response *out) {
    Json *j = http_json(r);
    Adding w = {.reg = r->reg};
    if (!j) return false;
    w.setting = json_get(j, S("setting"));
    Str reason = str_trim(json_get_str(j, S("reason")));
    if (!w.setting) return HTTP_INVALID(r, S("/setting"), M_HTTP_REQUIRED, S("setting"));
    if (!reason.n) return HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
    w.act = http_act(r, reason);
    if (!tx_run(r->db, DB_WRITE, add_in_tx, &w)) return false;
    out->location = str_printf(r->c->arena, "/api/v1/rounds/%lld", (long long)w.id);
    return reply_round(r, out, 201, w.id);
}

bool api_round(Request *r, Response *out) {
    int64_t id;
    return http_id(r, 0, &id) && reply_round(r, out, 200, id);
}

/* Signing is another right than running the round: routes are one, the act says which. */
static bool act_on(Request *r, Response *out, bool signing) {
    Json *j = http_json(r), *answer;
    Round round;
    if (!j || !round_of_path(r, &round)) return false;
    Str tag = round_tag(r, &round), given = http_header(r, S("if-match"));
    if (given.n && str_find(given, tag) < 0 && !round_json(r->db, r->reg, &round, &r->current))
        return false;
    if (!http_if_match(r, tag)) return false;
    bool is = str_eq(json_get_str(j, S("act")), S("sign"));
    if (is != signing) return HTTP_INVALID(r, S("/act"), M_ROUND_ACT, json_get_str(j, S("act")));
    if (!json_get(j, S("version"))) json_set(j, S("version"), json_int(r->c->arena, round.version));
    if (!round_act(r->db, r->reg, round.id, j, r->user->name, &answer)) return false;
    Round now;
    if (!round_get(r->db, r->reg->pack, round.id, &now)) return false;
    out_int(r->c->arena, answer, S("version"), now.version);
    http_reply(out, r, 200, answer);
    out->etag = round_tag(r, &now);
    return true;
}

bool api_round_act(Request *r, Response *out) {
    return act_on(r, out, false);
}

bool api_round_sign(Request *r, Response *out) {
    return act_on(r, out, true);
}

bool api_round_candidates(Request *r, Response *out) {
    Arena *a = r->c->arena;
    CandidateFilter f = {.outcome = http_query(r, S("outcome")),
                         .verdict = http_query(r, S("verdict")),
                         .least = http_query(r, S("least")),
                         .q = http_query(r, S("q")),
                         .movement = http_query(r, S("movement"))};
    int64_t had, total;
    Candidate *k;
    int n;
    Round round;
    if (!round_of_path(r, &round) || !http_query_int(r, S("had"), -1, -1, 2, &had) ||
        !http_query_int(r, S("offset"), 0, 0, INT32_MAX, &f.offset) ||
        !http_query_int(r, S("limit"), 100, 1, 500, &f.limit))
        return false;
    f.round = round.id;
    f.had = (int)had;
    Dec least;
    if (f.least.n && !dec_parse(f.least, &least))
        return HTTP_INVALID(r, S("?least"), M_HTTP_QUERY, S("least"), f.least);
    if (!round_candidates(r->db, &f, &k, &n, &total)) return false;
    Json *o = json_new(a, JSON_OBJECT), *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) json_push(items, round_candidate_json(a, &k[i]));
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), f.offset);
    out_int(a, o, S("limit"), f.limit);
    http_reply(out, r, 200, o);
    return true;
}

bool api_round_preview(Request *r, Response *out) {
    Round round;
    Json *o;
    if (!round_of_path(r, &round) || !round_preview(r->db, r->reg, &round, &o)) return false;
    http_reply(out, r, 200, o);
    return true;
}

bool api_round_diff(Request *r, Response *out) {
    Round round;
    Json *o;
    if (!round_of_path(r, &round) || !round_diff_json(r->db, r->reg, &round, &o)) return false;
    http_reply(out, r, 200, o);
    return true;
}

bool api_round_draw(Request *r, Response *out) {
    Round round;
    Str record, what = S("");
    if (!round_of_path(r, &round) || !round_drawn(r->db, round.id, &record)) return false;
    if (!record.n) return FAIL(r->c, ERR_MISSING, M_DRAW_NONE);
    Json *o = json_parse(r->c, record, S("draw"));
    if (!o) return false;
    Json *visits;
    if (!visits_drawn(r->db, round.id, &visits)) return false;
    json_set(o, S("visits"), visits);
    out_bool(r->c->arena, o, S("agrees"), round_redraw(r->c, o, &what));
    http_reply(out, r, 200, o);
    return true;
}
