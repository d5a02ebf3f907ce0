/* Reviews: what a reviewer sees and does, and the view of the chair. A seat that is not the
 * reviewer's is not there: 404, as if it did not exist. */
#include "city/review/round_act.h"
#include "http/api.h"
#include "http/api_enterprise.h"
#include "http/json_out.h"

/* Is the signed-in user the chair of the round, or somebody whose right covers all? */
static bool may_see_panel(Request *r, const Round *round) {
    PanelMember *m;
    int n;
    if (r->scope == SCOPE_ALL) return true;
    if (!panel_members(r->db, round->id, &m, &n)) return false;
    for (int i = 0; i < n; i++)
        if (m[i].chair && !m[i].gone && str_eq(m[i].person, r->user->name)) return true;
    return FAIL(r->c, ERR_MISSING, M_ROUND_MISSING, r->params[0]);
}

bool api_round_panel(Request *r, Response *out) {
    Round round;
    int64_t id;
    Json *o;
    if (!http_id(r, 0, &id) || !round_get(r->db, r->reg->pack, id, &round) ||
        !may_see_panel(r, &round) || !panel_json(r->db, r->reg, &round, &o))
        return false;
    out->cache = S("no-store");
    http_reply(out, r, 200, o);
    return true;
}

bool api_reviews(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Seat *s;
    int n;
    if (!seat_list_mine(r->db, r->user->name, &s, &n)) return false;
    Json *o = json_new(a, JSON_OBJECT), *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) {
        Json *e = out_item(a, items);
        out_int(a, e, S("id"), s[i].id);
        out_int(a, e, S("round"), s[i].round);
        out_str(a, e, S("number"), s[i].number);
        out_instant(a, e, S("assigned"), s[i].assigned_ms);
        out_instant(a, e, S("declared"), s[i].declared_ms);
        out_instant(a, e, S("saved"), s[i].saved_ms);
        out_instant(a, e, S("submitted"), s[i].submitted_ms);
    }
    out_int(a, o, S("total"), n);
    out->cache = S("no-store");
    http_reply(out, r, 200, o);
    return true;
}

static bool seat_of_path(Request *r, Seat *s, Round *round) {
    int64_t id;
    return http_id(r, 0, &id) && seat_get(r->db, id, r->user->name, s) &&
           round_get(r->db, r->reg->pack, s->round, round);
}

static Str seat_tag(Request *r, const Seat *s) {
    return str_printf(r->c->arena, "review-%lld-%lld", (long long)s->id, (long long)s->version);
}

static bool reply_seat(Request *r, Response *out, int64_t id) {
    Seat s;
    Round round;
    Json *o;
    bool read;
    if (!seat_get(r->db, id, r->user->name, &s) ||
        !round_get(r->db, r->reg->pack, s.round, &round) ||
        !seat_json(r->db, r->reg, &round, &s, &o, &read) ||
        !journal_read(r, str_printf(r->c->arena, "review:%lld", (long long)id), read))
        return false;
    out->cache = S("no-store");
    http_reply(out, r, 200, o);
    out->etag = seat_tag(r, &s);
    return true;
}

bool api_review(Request *r, Response *out) {
    int64_t id;
    return http_id(r, 0, &id) && reply_seat(r, out, id);
}

typedef struct Opening {
    const Round *round;
    const Seat *seat;
    int64_t id;
    CaseDocument document;
    EvidenceFile file;
} Opening;

static bool open_in_tx(Db *db, void *user) {
    Opening *o = user;
    return seat_document(db, o->round, o->seat, o->id, &o->document, &o->file);
}

bool api_review_document(Request *r, Response *out) {
    Seat s;
    Round round;
    Opening o = {.round = &round, .seat = &s};
    if (!seat_of_path(r, &s, &round) || !http_id(r, 1, &o.id) ||
        !tx_run(r->db, DB_WRITE, open_in_tx, &o))
        return false;
    *out = (Response){.type = evidence_media_type(o.file.type),
                      .body = o.file.bytes,
                      .filename = o.document.name,
                      .cache = S("no-store")};
    return true;
}

typedef struct Work {
    const Request *r;
    const Round *round;
    const Seat *seat;
    const Json *body;
    Act act;
    bool lacking;
} Work;

static bool declare_in_tx(Db *db, void *user) {
    Work *w = user;
    return seat_declare(db, w->round, w->seat, json_get_bool(w->body, S("interest"), false),
                        json_get_str(w->body, S("note")), &w->act, &w->lacking);
}

bool api_review_declare(Request *r, Response *out) {
    Json *j = http_json(r);
    Seat s;
    Round round;
    if (!j || !seat_of_path(r, &s, &round)) return false;
    const Json *interest = json_get(j, S("interest"));
    if (!interest || interest->kind != JSON_BOOL)
        return HTTP_INVALID(r, S("/interest"), M_HTTP_REQUIRED, S("interest"));
    Work w = {.r = r, .round = &round, .seat = &s, .body = j};
    w.act = http_act(r, S("利益关系申报"));
    if (!tx_run(r->db, DB_WRITE, declare_in_tx, &w)) return false;
    if (!interest->truth) return reply_seat(r, out, s.id);
    Json *o = json_new(r->c->arena, JSON_OBJECT);
    out_int(r->c->arena, o, S("id"), s.id);
    out_bool(r->c->arena, o, S("ended"), true);
    out_bool(r->c->arena, o, S("lacking"), w.lacking);
    http_reply(out, r, 200, o);
    return true;
}

static bool save_in_tx(Db *db, void *user) {
    Work *w = user;
    return seat_save(db, w->round, w->seat, w->seat->version, json_get(w->body, S("sheet")),
                     json_get_bool(w->body, S("submit"), false), &w->act);
}

bool api_review_save(Request *r, Response *out) {
    Json *j = http_json(r);
    Seat s;
    Round round;
    if (!j || !seat_of_path(r, &s, &round)) return false;
    Str tag = seat_tag(r, &s), given = http_header(r, S("if-match"));
    bool read;
    if (given.n && str_find(given, tag) < 0 &&
        !seat_json(r->db, r->reg, &round, &s, &r->current, &read))
        return false;
    if (!http_if_match(r, tag)) return false;
    const Json *sheet = json_get(j, S("sheet"));
    if (!sheet || sheet->kind != JSON_OBJECT)
        return HTTP_INVALID(r, S("/sheet"), M_HTTP_REQUIRED, S("sheet"));
    Work w = {.r = r, .round = &round, .seat = &s, .body = j, .act = http_act(r, S("评分"))};
    return tx_run(r->db, DB_WRITE, save_in_tx, &w) && reply_seat(r, out, s.id);
}
