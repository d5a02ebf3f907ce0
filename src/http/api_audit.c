/* Auditing over HTTP: the journal searched and checked, kept decisions replayed. Nothing here
 * writes. What an entry says of content is its digest only; a replay shows no facts but the first
 * difference. */
#include "base/date.h"
#include "city/bundle/audit.h"
#include "http/api.h"
#include "http/json_out.h"

enum { LIMIT = 50, LIMIT_MAX = 500, OFFSET_MAX = 100000000 };

static bool read_instant(Request *r, Str name, int64_t day_ms, int64_t *out) {
    Str s = http_query(r, name);
    int64_t day;
    *out = 0;
    if (s.n == 0) return true;
    if (date_parse(s, &day)) {
        *out = day * 86400000 - 8 * 3600000 + day_ms;
        return true;
    }
    return instant_parse(s, out) ||
           HTTP_INVALID(r, str_cat(r->c->arena, S("?"), name), M_HTTP_QUERY, name, s);
}

static void out_entry(Arena *a, Json *list, const JournalEntry *e) {
    Json *o = out_item(a, list);
    if (e->number)
        out_int(a, o, S("number"), e->number);
    else
        out_null(a, o, S("number"));
    out_instant(a, o, S("at"), e->at_ms);
    out_str(a, o, S("actor"), e->actor);
    out_str(a, o, S("action"), e->action);
    out_str(a, o, S("object"), e->object);
    out_str(a, o, S("reason"), e->reason);
    out_str(a, o, S("content_sm3"), e->content_sm3);
    out_opt(a, o, S("sm3"), e->sm3);
}

bool api_audit_journal(Request *r, Response *out) {
    Arena *a = r->c->arena;
    int64_t offset, limit, total;
    JournalEntry *items;
    int n;
    AuditFilter f = {.actor = http_query(r, S("actor")),
                     .action = http_query(r, S("action")),
                     .object = http_query(r, S("object"))};
    if (!http_query_int(r, S("offset"), 0, 0, OFFSET_MAX, &offset) ||
        !http_query_int(r, S("limit"), LIMIT, 1, LIMIT_MAX, &limit) ||
        !read_instant(r, S("from"), 0, &f.from_ms) ||
        !read_instant(r, S("to"), 86400000, &f.to_ms) ||
        !audit_search(r->db, &f, offset, limit, &items, &n, &total))
        return false;
    Json *o = json_new(a, JSON_OBJECT);
    Json *list = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) out_entry(a, list, &items[i]);
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), offset);
    out_int(a, o, S("limit"), limit);
    http_reply_tagged(out, r, o);
    return true;
}

bool api_audit_check(Request *r, Response *out) {
    Arena *a = r->c->arena;
    JournalReport k;
    if (!journal_verify(r->db, &k)) return false;
    Json *o = json_new(a, JSON_OBJECT);
    out_bool(a, o, S("whole"), k.bad == 0);
    out_int(a, o, S("entries"), k.entries);
    out_int(a, o, S("unsealed"), k.unsealed);
    if (k.bad)
        out_int(a, o, S("bad"), k.bad);
    else
        out_null(a, o, S("bad"));
    out_opt(a, o, S("why"), k.bad ? k.why : S(""));
    out_opt(a, o, S("head"), k.head);
    http_reply(out, r, 200, o);
    return true;
}

bool api_audit_replay(Request *r, Response *out) {
    Arena *a = r->c->arena;
    int64_t id;
    AuditReplay k;
    if (!http_id(r, 0, &id) || !audit_replay(r->db, r->reg, id, &k)) return false;
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("decision"), str_printf(a, "%lld", (long long)id));
    out_str(a, o, S("rule"), k.kept.rule);
    out_str(a, o, S("version"), k.kept.version);
    out_str(a, o, S("outcome"), k.kept.outcome);
    out_instant(a, o, S("made_at"), k.kept.made_ms);
    out_str(a, o, S("actor"), k.kept.actor);
    out_str(a, o, S("stored_sm3"), k.stored_sm3);
    out_bool(a, o, S("same"), k.diff.same);
    out_opt(a, o, S("path"), k.diff.same ? S("") : k.diff.path);
    http_reply(out, r, 200, o);
    return true;
}
