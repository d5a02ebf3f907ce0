/* The bell: one's own notifications, what one follows, how one wants to be told, the secret
 * address of the calendar feed. Everything here is the signed-in user's own. */
#include "city/bundle/mail.h"
#include "city/bundle/notify.h"
#include "city/bundle/setting.h"
#include "http/api.h"
#include "http/json_out.h"

enum { LIMIT = 20, LIMIT_MAX = 200, OFFSET_MAX = 1000000 };

/* --- notifications -----------------------------------------------------------------------------
 */

static void out_notice(Arena *a, Json *list, const Notice *n) {
    Json *o = out_item(a, list);
    out_str(a, o, S("id"), str_printf(a, "%lld", (long long)n->id));
    out_instant(a, o, S("at"), n->at_ms);
    out_str(a, o, S("why"), notify_why_text(n->why));
    out_str(a, o, S("code"), n->code);
    out_text(a, o, S("text"), n->text[LANG_ZH], n->text[LANG_EN]);
    out_opt(a, o, S("object"), n->object);
    out_opt(a, o, S("link"), n->link);
    out_opt(a, o, S("actor"), n->actor);
    out_instant(a, o, S("read_at"), n->read_ms);
}

bool api_notifications(Request *r, Response *out) {
    Arena *a = r->c->arena;
    int64_t offset, limit, total, unread;
    bool only;
    Notice *items;
    int n;
    if (!http_query_int(r, S("offset"), 0, 0, OFFSET_MAX, &offset) ||
        !http_query_int(r, S("limit"), LIMIT, 1, LIMIT_MAX, &limit) ||
        !http_query_bool(r, S("unread"), false, &only))
        return false;
    Str why = http_query(r, S("why")), tag = notify_tag(r->db, r->user->id);
    NotifyPart part = {
        .why = notify_why_find(why), .unread = only, .offset = offset, .most = limit};
    if (why.n && part.why < 0) return HTTP_INVALID(r, S("?why"), M_HTTP_QUERY, S("why"), why);
    if (!notify_part(r->db, r->user->id, &part, &items, &n, &total)) return false;
    unread = notify_unread(r->db, r->user->id);
    Json *o = json_new(a, JSON_OBJECT);
    Json *list = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) out_notice(a, list, &items[i]);
    out_int(a, o, S("total"), total);
    out_int(a, o, S("unread"), unread);
    http_reply(out, r, 200, o);
    out->etag = str_printf(a, "%.*s-%d-%d-%lld-%lld", STRF(tag), part.why, (int)only,
                           (long long)offset, (long long)limit);
    return true;
}

typedef struct Marking {
    int64_t user, id, upto;
} Marking;

static bool mark_in_tx(Db *db, void *user) {
    const Marking *m = user;
    return notify_read(db, m->user, m->id, m->upto);
}

static bool read_id(Request *r, const Json *j, Str key, int64_t *id) {
    Str s = json_get_str(j, key);
    *id = 0;
    if (s.n == 0 || (str_to_i64(s, id) && *id > 0)) return true;
    return HTTP_INVALID(r, str_cat(r->c->arena, S("/"), key), M_HTTP_QUERY, key, s);
}

bool api_notifications_read(Request *r, Response *out) {
    Json *j = http_json(r);
    Marking m = {.user = r->user->id};
    if (!j || !read_id(r, j, S("id"), &m.id) || !read_id(r, j, S("upto"), &m.upto)) return false;
    if (!m.id && !m.upto) return HTTP_INVALID(r, S("/upto"), M_HTTP_REQUIRED, S("upto"));
    if (!tx_run(r->db, DB_WRITE, mark_in_tx, &m)) return false;
    Json *o = json_new(r->c->arena, JSON_OBJECT);
    out_int(r->c->arena, o, S("unread"), notify_unread(r->db, m.user));
    http_reply(out, r, 200, o);
    return ctx_ok(r->c);
}

static bool shown_in_tx(Db *db, void *user) {
    const Marking *m = user;
    return notify_shown(db, m->user, m->id, m->upto);
}

/* The page showed those from `from` to `upto`: the first time is part of the proof of delivery. */
bool api_notifications_shown(Request *r, Response *out) {
    Json *j = http_json(r);
    Marking m = {.user = r->user->id};
    if (!j || !read_id(r, j, S("from"), &m.id) || !read_id(r, j, S("upto"), &m.upto)) return false;
    if (!m.upto) return HTTP_INVALID(r, S("/upto"), M_HTTP_REQUIRED, S("upto"));
    out->status = 204;
    return tx_run(r->db, DB_WRITE, shown_in_tx, &m);
}

/* --- proof of delivery -------------------------------------------------------------------------
 */

bool api_notification_proof(Request *r, Response *out) {
    int64_t id;
    Proof p;
    if (!http_id(r, 0, &id) || !proof_of_notification(r->db, id, &p)) return false;
    http_reply(out, r, 200, proof_json(r->db, &p));
    return ctx_ok(r->c);
}

bool api_mail_proof(Request *r, Response *out) {
    int64_t id;
    Proof p;
    if (!http_id(r, 0, &id) || !proof_of_mail(r->db, id, &p)) return false;
    http_reply(out, r, 200, proof_json(r->db, &p));
    return ctx_ok(r->c);
}

/* --- following ---------------------------------------------------------------------------------
 */

static bool reply_follows(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Follow *items;
    int n;
    if (!follow_list(r->db, r->user->id, &items, &n)) return false;
    Json *o = json_new(a, JSON_OBJECT);
    Json *list = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) {
        Json *e = out_item(a, list);
        out_str(a, e, S("object"), items[i].object);
        out_instant(a, e, S("since"), items[i].since_ms);
    }
    out_int(a, o, S("total"), n);
    http_reply_tagged(out, r, o);
    return true;
}

bool api_follows(Request *r, Response *out) {
    return reply_follows(r, out);
}

typedef struct Following {
    const Register *reg;
    const User *user;
    Str object;
    bool on;
} Following;

static bool follow_in_tx(Db *db, void *user) {
    const Following *f = user;
    return follow_set(db, f->reg, f->user, f->object, f->on);
}

bool api_follow(Request *r, Response *out) {
    Json *j = http_json(r);
    if (!j) return false;
    Following f = {r->reg, r->user, json_get_str(j, S("object")), json_get_bool(j, S("on"), true)};
    if (f.object.n == 0) return HTTP_INVALID(r, S("/object"), M_HTTP_REQUIRED, S("object"));
    if (!tx_run(r->db, DB_WRITE, follow_in_tx, &f) || !reply_follows(r, out)) return false;
    out->etag = S("");
    return true;
}

/* --- settings ----------------------------------------------------------------------------------
 */

static bool reply_setting(Request *r, Response *out) {
    Arena *a = r->c->arena;
    NotifySetting s;
    if (!setting_get(r->db, r->user->id, &s)) return false;
    Json *o = json_new(a, JSON_OBJECT);
    out_opt(a, o, S("email"), s.email);
    out_bool(a, o, S("digest"), s.digest);
    out_str(a, o, S("language"), s.lang == LANG_EN ? S("en") : S("zh"));
    out_bool(a, o, S("calendar_feed"), s.feed);
    http_reply(out, r, 200, o);
    out->etag = str_printf(a, "setting-%lld-%lld", (long long)s.user, (long long)s.version);
    return true;
}

bool api_notify_setting(Request *r, Response *out) {
    return reply_setting(r, out);
}

static bool put_in_tx(Db *db, void *user) {
    return setting_put(db, user);
}

bool api_notify_setting_change(Request *r, Response *out) {
    Json *j = http_json(r);
    NotifySetting s;
    if (!j || !setting_get(r->db, r->user->id, &s)) return false;
    Str etag =
        str_printf(r->c->arena, "setting-%lld-%lld", (long long)s.user, (long long)s.version);
    if (!http_if_match(r, etag)) return false;
    if (json_get(j, S("email"))) s.email = json_get_str(j, S("email"));
    Str lang = json_get_str(j, S("language"));
    if (lang.n && !str_eq(lang, S("zh")) && !str_eq(lang, S("en")))
        return HTTP_INVALID(r, S("/language"), M_HTTP_QUERY, S("language"), lang);
    if (lang.n) s.lang = str_eq(lang, S("en")) ? LANG_EN : LANG_ZH;
    s.digest = json_get_bool(j, S("digest"), s.digest);
    return tx_run(r->db, DB_WRITE, put_in_tx, &s) && reply_setting(r, out);
}

typedef struct NewFeed {
    int64_t user;
    Str token;
} NewFeed;

static bool feed_in_tx(Db *db, void *user) {
    NewFeed *f = user;
    return setting_new_feed(db, f->user, &f->token);
}

bool api_calendar_feed_add(Request *r, Response *out) {
    Arena *a = r->c->arena;
    NewFeed f = {.user = r->user->id};
    if (!tx_run(r->db, DB_WRITE, feed_in_tx, &f)) return false;
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("path"), str_printf(a, "/api/v1/calendar/%.*s.ics", STRF(f.token)));
    http_reply(out, r, 201, o);
    return true;
}

static bool end_in_tx(Db *db, void *user) {
    return setting_end_feed(db, *(int64_t *)user);
}

bool api_calendar_feed_end(Request *r, Response *out) {
    int64_t user = r->user->id;
    out->status = 204;
    return tx_run(r->db, DB_WRITE, end_in_tx, &user);
}
