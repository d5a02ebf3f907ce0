/* Titles: one with its history, recording by paper, events. */
#include "http/api_title.h"

#include "base/date.h"
#include "city/library/title_hand.h"
#include "http/api.h"

Str title_id_text(Arena *a, int64_t id) {
    return id ? str_printf(a, "%lld", (long long)id) : S("");
}

void title_out_day(Arena *a, Json *o, Str key, int32_t day) {
    int64_t days;
    if (day && date_from_int(day, &days))
        out_day(a, o, key, days);
    else
        out_null(a, o, key);
}

static void out_first(Arena *a, Json *o, TitleFirst f) {
    if (f == TITLE_FIRST_UNKNOWN)
        out_null(a, o, S("first"));
    else
        out_bool(a, o, S("first"), f == TITLE_FIRST_YES);
}

void title_out_firm(Arena *a, Json *o, const Subject *who) {
    Json *e = out_object(a, o, S("enterprise"));
    out_str(a, e, S("id"), title_id_text(a, who->id));
    out_str(a, e, S("name"), who->name);
    out_bool(a, e, S("demo"), who->demo);
}

Json *title_json(Request *r, const TitleStatus *s, const Subject *holder) {
    Arena *a = r->c->arena;
    const Title *t = s->title;
    const LibraryTier *tier = library_tier(library_of(r->reg->pack), t->tier);
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("id"), title_id_text(a, t->id));
    title_out_firm(a, o, holder);
    out_str(a, o, S("kind"), title_kind_word(t->kind));
    out_text(a, o, S("tier"), t->tier, tier ? tier->en : S(""));
    out_str(a, o, S("level"), t->level);
    out_str(a, o, S("name"), t->name);
    out_opt(a, o, S("publisher"), t->publisher);
    out_opt(a, o, S("document_number"), t->document_number);
    out_opt(a, o, S("document"), t->document);
    title_out_day(a, o, S("from"), t->from);
    title_out_day(a, o, S("to"), s->to);
    out_first(a, o, t->first);
    out_bool(a, o, S("published"), s->published);
    out_str(a, o, S("state"), title_state_text(s->state));
    out_opt(a, o, S("why"), s->why ? title_event_text(s->why) : S(""));
    title_out_day(a, o, S("since"), s->since);
    out_int(a, o, S("renewals"), s->renewals);
    out_bool(a, o, S("by_hand"), t->by_hand);
    out_opt(a, o, S("case"), title_id_text(a, t->case_file));
    out_str(a, o, S("actor"), t->actor);
    out_str(a, o, S("reason"), t->reason);
    out_instant(a, o, S("recorded_at"), t->recorded_ms);
    return o;
}

bool title_sight(Request *r, const TitleBook *b, bool **keep, Subject **holders) {
    Arena *a = r->c->arena;
    Sight sight;
    int64_t *ids = NEW_N(a, int64_t, b->n + 1);
    *keep = NEW_N(a, bool, b->n + 1);
    *holders = NEW_N(a, Subject, b->n + 1);
    for (int i = 0; i < b->n; i++) ids[i] = b->status[i].holder;
    if (!sight_open(r->db, r->reg->pack, r->user, &sight) ||
        !subject_get_many(r->db, ids, b->n, *holders))
        return false;
    for (int i = 0; i < b->n; i++) {
        const Subject *w = &(*holders)[i];
        bool internal = sight_of(&sight, w->id, w->division, w->unit) >= GRADE_INTERNAL;
        (*keep)[i] = sight_knows(&sight, w->id) && (b->status[i].published || internal);
    }
    return true;
}

bool title_out_enterprise(Request *r, Json *o, int64_t root) {
    Arena *a = r->c->arena;
    TitleBook b;
    bool *keep;
    Subject *holders;
    Json *list = out_list(a, o, S("titles"));
    if (!title_book(r->db, root, &r->at, &b) || !title_sight(r, &b, &keep, &holders)) return false;
    for (int i = 0; i < b.n; i++) {
        const TitleStatus *s = &b.status[i];
        if (!keep[i] || !title_counts(s) || s->holder != root) continue;
        Json *j = out_item(a, list);
        out_str(a, j, S("title"), s->title->name);
        out_str(a, j, S("manner"), title_kind_text(s->title->kind));
        out_str(a, j, S("level"), s->title->level);
        out_opt(a, j, S("issuer"), s->title->publisher);
        title_out_day(a, j, S("date"), s->title->from);
        title_out_day(a, j, S("to"), s->to);
        out_first(a, j, s->title->first);
        out_str(a, j, S("source"),
                s->title->document_number.n ? s->title->document_number : s->title->document);
        out_bool(a, j, S("demo"), holders[i].demo);
    }
    return true;
}

/* --- one ---------------------------------------------------------------------------------------
 */

static Json *event_json(Arena *a, const TitleBook *b, const TitleEvent *e) {
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("id"), title_id_text(a, e->id));
    out_str(a, o, S("kind"), title_event_text(e->kind));
    title_out_day(a, o, S("day"), e->day);
    title_out_day(a, o, S("to"), e->to);
    out_opt(a, o, S("target"), title_id_text(a, e->target));
    title_out_day(a, o, S("bar_until"), e->bar_until);
    out_opt(a, o, S("code"), e->code);
    out_opt(a, o, S("document"), e->document);
    out_opt(a, o, S("case"), title_id_text(a, e->case_file));
    out_bool(a, o, S("taken_back"),
             title_taken_back(b->events, b->nevents, e->title, e->id, &b->at) != NULL);
    out_str(a, o, S("actor"), e->actor);
    out_str(a, o, S("reason"), e->reason);
    out_instant(a, o, S("recorded_at"), e->recorded_ms);
    return o;
}

static bool reply_one(Request *r, int64_t id, int status, Response *out) {
    Arena *a = r->c->arena;
    TitleBook b;
    bool *keep;
    Subject *holders;
    if (!title_get(r->db, id, &r->at, &b) || !title_sight(r, &b, &keep, &holders)) return false;
    if (!keep[0]) return FAIL(r->c, ERR_MISSING, M_TITLE_UNKNOWN, title_id_text(a, id));
    Json *o = title_json(r, b.status, holders), *list = out_list(a, o, S("events"));
    for (int i = 0; i < b.nevents; i++) json_push(list, event_json(a, &b, &b.events[i]));
    http_out_clocks(r, o);
    if (status == 200)
        http_reply_tagged(out, r, o);
    else
        http_reply(out, r, status, o);
    return true;
}

bool api_title(Request *r, Response *out) {
    int64_t id;
    return http_id(r, 0, &id) && reply_one(r, id, 200, out);
}

/* --- writing -----------------------------------------------------------------------------------
 */

typedef struct Write {
    Request *r;
    TitleNew title;
    TitleEventNew event;
    Act act;
    int64_t id;
} Write;

static bool record(Db *db, void *user) {
    Write *w = user;
    w->id = title_record_by_hand(db, w->r->reg, &w->title, &w->act);
    return w->id != 0;
}

static bool happen(Db *db, void *user) {
    Write *w = user;
    return title_event(db, w->r->reg->pack, &w->event, &w->act) != 0;
}

bool title_read_day(Request *r, const Json *j, Str key, int32_t *out) {
    Str s = json_get_str(j, key);
    int64_t day;
    *out = 0;
    if (s.n == 0) return true;
    if (!date_parse(s, &day))
        return HTTP_INVALID(r, str_cat(r->c->arena, S("/"), key), M_HTTP_QUERY, key, s);
    *out = date_to_int(day);
    return true;
}

bool title_read_id(Request *r, const Json *j, Str key, int64_t *out) {
    Str s = json_get_str(j, key);
    *out = 0;
    return s.n == 0 || (str_to_i64(s, out) && *out > 0) ||
           HTTP_INVALID(r, str_cat(r->c->arena, S("/"), key), M_HTTP_QUERY, key, s);
}

bool title_read_reason(Request *r, const Json *j, Act *act) {
    Str reason = str_trim(json_get_str(j, S("reason")));
    *act = http_act(r, reason);
    return reason.n > 0 || HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
}

/* Reads what was written back, at a point that sees it. */
static void see_all(Request *r) {
    r->at.seq = INT64_MAX;
    r->at.as_known = INT64_MAX;
}

bool api_title_add(Request *r, Response *out) {
    Write w = {.r = r};
    TitleNew *t = &w.title;
    Json *j = http_json(r);
    if (!j || !title_read_reason(r, j, &w.act) ||
        !title_read_id(r, j, S("enterprise"), &t->subject) ||
        !title_read_day(r, j, S("from"), &t->from) || !title_read_day(r, j, S("to"), &t->to))
        return false;
    int kind = title_kind_find(json_get_str(j, S("kind")));
    const Json *first = json_get(j, S("first"));
    if (kind < 0) return HTTP_INVALID(r, S("/kind"), M_TITLE_KIND);
    t->kind = (TitleKind)kind;
    t->tier = json_get_str(j, S("tier"));
    t->level = json_get_str(j, S("level"));
    t->name = json_get_str(j, S("name"));
    t->publisher = json_get_str(j, S("publisher"));
    t->document_number = json_get_str(j, S("document_number"));
    t->document = json_get_str(j, S("document"));
    if (first && first->kind == JSON_BOOL)
        t->first = first->truth ? TITLE_FIRST_YES : TITLE_FIRST_NO;
    if (!tx_run(r->db, DB_WRITE, record, &w)) return false;
    out->location = str_printf(r->c->arena, "/api/v1/titles/%lld", (long long)w.id);
    see_all(r);
    return reply_one(r, w.id, 201, out);
}

bool api_title_event(Request *r, Response *out) {
    Write w = {.r = r};
    TitleEventNew *e = &w.event;
    Json *j = http_json(r);
    if (!j || !http_id(r, 0, &e->title) || !title_read_reason(r, j, &w.act) ||
        !title_read_id(r, j, S("target"), &e->target) || !title_read_day(r, j, S("day"), &e->day) ||
        !title_read_day(r, j, S("to"), &e->to) ||
        !title_read_day(r, j, S("bar_until"), &e->bar_until))
        return false;
    int kind = title_event_find(json_get_str(j, S("kind")));
    if (kind < 0 || kind == TITLE_BAR) return HTTP_INVALID(r, S("/kind"), M_TITLE_KIND);
    e->kind = (TitleEventKind)kind;
    e->code = json_get_str(j, S("code"));
    e->document = json_get_str(j, S("document"));
    if (!tx_run(r->db, DB_WRITE, happen, &w)) return false;
    see_all(r);
    return reply_one(r, e->title, 200, out);
}
