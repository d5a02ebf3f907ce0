/* Sealed bundles over HTTP: asked for, made in the background, fetched. Who asks and who fetches
 * stands in the journal. A bundle shows everything its decisions read, so it is only for those from
 * whom nothing is hidden, in a preview too. */
#include "base/date.h"
#include "base/file.h"
#include "city/bundle/order.h"
#include "city/people/sight.h"
#include "http/api.h"
#include "http/json_out.h"

enum { LIMIT = 20, LIMIT_MAX = 100, OFFSET_MAX = 1000000, FETCH_MAX = 256 << 20 };

static bool sees_all(Request *r) {
    Sight sight;
    return sight_open(r->db, r->reg->pack, r->user, &sight) &&
           (sight_whole(&sight) || FAIL(r->c, ERR_DENIED, M_HTTP_DENIED, S("bundle:read")));
}

static void out_report(Arena *a, Json *o, const BundleOrder *k) {
    bool made = k->state == ORDER_MADE || k->state == ORDER_GONE;
    out_opt(a, o, S("grade"), made ? grade_text(k->report.grade) : S(""));
    out_int(a, o, S("decisions"), k->report.decisions);
    out_int(a, o, S("cases"), k->report.cases);
    out_int(a, o, S("documents"), k->report.documents);
    out_int(a, o, S("entries"), k->report.entries);
    out_int(a, o, S("bytes"), k->report.bytes);
    out_opt(a, o, S("sm3"), k->report.sm3);
}

static void out_order(Arena *a, Json *o, const BundleOrder *k) {
    int64_t day = INT64_MAX;
    if (k->as_of) date_from_int(k->as_of, &day);
    Str id = str_printf(a, "%lld", (long long)k->id);
    bool made = k->state == ORDER_MADE;
    out_str(a, o, S("id"), id);
    out_str(a, o, S("object"), k->object);
    out_day(a, o, S("day"), day);
    out_bool(a, o, S("whole_journal"), k->whole_journal);
    out_str(a, o, S("actor"), k->actor);
    out_str(a, o, S("reason"), k->reason);
    out_instant(a, o, S("asked_at"), k->asked_ms);
    out_instant(a, o, S("ended_at"), k->ended_ms);
    out_str(a, o, S("state"), order_state_text(k->state));
    out_report(a, o, k);
    out_opt(a, o, S("problem"), k->problem);
    out_opt(a, o, S("file"), made ? str_printf(a, "/api/v1/bundles/%.*s/file", STRF(id)) : S(""));
    out_opt(a, o, S("reader"),
            made && k->reader_bytes ? str_printf(a, "/api/v1/bundles/%.*s/reader", STRF(id))
                                    : S(""));
}

bool api_bundles(Request *r, Response *out) {
    Arena *a = r->c->arena;
    BundleOrder *items;
    int n;
    int64_t offset, limit, total;
    if (!http_query_int(r, S("offset"), 0, 0, OFFSET_MAX, &offset) ||
        !http_query_int(r, S("limit"), LIMIT, 1, LIMIT_MAX, &limit) || !sees_all(r) ||
        !order_list(r->db, http_query(r, S("object")), offset, limit, &items, &n, &total))
        return false;
    Json *o = json_new(a, JSON_OBJECT);
    Json *list = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) out_order(a, out_item(a, list), &items[i]);
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), offset);
    out_int(a, o, S("limit"), limit);
    out_int(a, o, S("keep_days"), ORDER_KEEP_DAYS);
    out_bool(a, o, S("key"), r->reg->key_path.n > 0);
    http_reply_tagged(out, r, o);
    return true;
}

bool api_bundle(Request *r, Response *out) {
    BundleOrder k;
    int64_t id;
    if (!http_id(r, 0, &id) || !sees_all(r) || !order_get(r->db, id, &k)) return false;
    Json *o = json_new(r->c->arena, JSON_OBJECT);
    out_order(r->c->arena, o, &k);
    http_reply_tagged(out, r, o);
    return true;
}

/* --- asking -------------------------------------------------------------------------------------
 */

typedef struct Ask {
    BundleOrder order;
    Act act;
} Ask;

static bool ask(Db *db, void *user) {
    Ask *k = user;
    k->order.id = order_add(db, &k->order, &k->act);
    return k->order.id != 0;
}

/* The day counts for the decisions of a rule only. */
static bool read_day(Request *r, const Json *j, const BundleWish *w, BundleOrder *o) {
    Str text = json_get_str(j, S("day"));
    int64_t day;
    if (!text.n) return true;
    if (!w->rule.n || !date_parse(text, &day)) return HTTP_INVALID(r, S("/day"), M_ORDER_DAY, text);
    o->as_of = date_to_int(day);
    return true;
}

static bool read_order(Request *r, const Json *j, Ask *k) {
    BundleWish w = {0};
    Str reason = str_trim(json_get_str(j, S("reason")));
    k->order.object = str_trim(json_get_str(j, S("object")));
    k->order.whole_journal = json_get_bool(j, S("whole_journal"), false);
    if (!reason.n) return HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
    if (!r->reg->key_path.n) return FAIL(r->c, ERR_STATE, M_ORDER_NO_KEY);
    if (!order_wish(r->db, r->reg, k->order.object, &w) || !read_day(r, j, &w, &k->order))
        return false;
    if (w.subject) /* named by its code, or by one that was merged since */
        k->order.object = str_printf(r->c->arena, "enterprise:%lld", (long long)w.subject);
    k->act = http_act(r, reason);
    return true;
}

bool api_bundle_order(Request *r, Response *out) {
    Arena *a = r->c->arena;
    BundleOrder made;
    Ask k = {0};
    Json *j = http_json(r);
    if (!j || !sees_all(r) || !read_order(r, j, &k) || !tx_run(r->db, DB_WRITE, ask, &k) ||
        !order_get(r->db, k.order.id, &made))
        return false;
    Json *o = json_new(a, JSON_OBJECT);
    out_order(a, o, &made);
    http_reply(out, r, 202, o);
    out->location = str_printf(a, "/api/v1/bundles/%lld", (long long)made.id);
    return true;
}

/* --- fetching -----------------------------------------------------------------------------------
 */

typedef struct Fetch {
    const BundleOrder *order;
    Act act;
} Fetch;

static bool note_fetch(Db *db, void *user) {
    const Fetch *k = user;
    return journal_add(db, &k->act, S("bundle.read"), k->order->object, k->order->report.sm3);
}

static bool fetch(Request *r, Response *out, bool page) {
    Arena *a = r->c->arena;
    BundleOrder k;
    int64_t id;
    if (!http_id(r, 0, &id) || !sees_all(r) || !order_get(r->db, id, &k)) return false;
    if (k.state != ORDER_MADE || (page && !k.reader_bytes))
        return FAIL(r->c, ERR_MISSING, M_ORDER_NOT_MADE, str_printf(a, "%lld", (long long)id));
    int64_t bytes = page ? k.reader_bytes : k.report.bytes;
    if (bytes > FETCH_MAX)
        return FAIL(r->c, ERR_LIMIT, M_ORDER_LARGE, str_printf(a, "%lld", (long long)id),
                    str_printf(a, "%lld", (long long)bytes));
    const Store *s = r->reg->store;
    Str path = page ? order_reader_path(a, s, id) : order_path(a, s, id), body;
    Fetch f = {.order = &k, .act = http_act(r, k.reason)};
    if (!file_read(r->c, path, FETCH_MAX, &body) || !tx_run(r->db, DB_WRITE, note_fetch, &f))
        return false;
    *out = (Response){
        .type = page ? S("text/html; charset=utf-8") : S("application/vnd.jixia.bundle+sqlite3"),
        .body = body,
        .filename = str_printf(a, "bundle-%lld.%s", (long long)id, page ? "html" : "zbb"),
        .cache = S("no-store")};
    return true;
}

bool api_bundle_file(Request *r, Response *out) {
    return fetch(r, out, false);
}

bool api_bundle_reader(Request *r, Response *out) {
    return fetch(r, out, true);
}
