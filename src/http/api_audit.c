/* Auditing over HTTP: the journal searched and checked, kept decisions replayed, a thing compared
 * at two points. Nothing here writes but that something sensitive was read. What an entry says of
 * content is its digest only; a replay shows no facts but the first difference. */
#include "base/date.h"
#include "city/bundle/audit.h"
#include "city/bundle/diff.h"
#include "http/api.h"
#include "http/api_enterprise.h"
#include "http/json_out.h"
#include "http/table_out.h"

enum { LIMIT = 50, LIMIT_MAX = 500, OFFSET_MAX = 100000000, EXPORT_MAX = 200000 };

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

/* The whole search as a file, marked with who took it and when. */
static bool export_journal(Request *r, const AuditFilter *f, TableForm form, Response *out) {
    static const Msg HEADS[] = {M_AUDIT_NUMBER, M_AUDIT_AT,     M_AUDIT_ACTOR,   M_AUDIT_ACTION,
                                M_AUDIT_OF,     M_AUDIT_REASON, M_AUDIT_CONTENT, M_AUDIT_LINK};
    enum { COLUMNS = sizeof HEADS / sizeof *HEADS };
    Arena *a = r->c->arena;
    JournalEntry *items;
    Str heads[COLUMNS];
    int n;
    int64_t total;
    if (!audit_search(r->db, f, 0, EXPORT_MAX, &items, &n, &total)) return false;
    if (total > n)
        return FAIL(r->c, ERR_LIMIT, M_HTTP_QUERY, S("from"), str_printf(a, "%d", EXPORT_MAX));
    for (int i = 0; i < COLUMNS; i++) heads[i] = msg_text(a, HEADS[i], r->c->lang, 0, NULL);
    Str name = msg_text(a, M_AUDIT_SHEET, r->c->lang, 0, NULL);
    Export *e = table_begin(r, form, name, heads, COLUMNS);
    bool ok = e != NULL;
    for (int i = 0; ok && i < n; i++) {
        const JournalEntry *k = &items[i];
        export_text(e, k->number ? str_printf(a, "%lld", (long long)k->number) : S(""));
        export_text(e, instant_text(a, k->at_ms));
        const Str texts[] = {k->actor, k->action, k->object, k->reason, k->content_sm3, k->sm3};
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) export_text(e, texts[t]);
        ok = export_end_row(e);
    }
    if (!e) return false;
    table_grade(r, GRADE_INTERNAL);
    Str counts[] = {str_printf(a, "%d", n), str_printf(a, "%lld", (long long)total)};
    table_remarks(r, e, msg_text(a, M_EXPORT_OF, r->c->lang, 2, counts));
    return table_end(r, e, ok, name, out);
}

bool api_audit_journal(Request *r, Response *out) {
    Arena *a = r->c->arena;
    TableForm form;
    int64_t offset, limit, total;
    JournalEntry *items;
    int n;
    AuditFilter f = {.actor = http_query(r, S("actor")),
                     .action = http_query(r, S("action")),
                     .object = http_query(r, S("object"))};
    if (!http_query_int(r, S("offset"), 0, 0, OFFSET_MAX, &offset) ||
        !http_query_int(r, S("limit"), LIMIT, 1, LIMIT_MAX, &limit) ||
        !read_instant(r, S("from"), 0, &f.from_ms) ||
        !read_instant(r, S("to"), 86400000, &f.to_ms) || !table_form(r, &form))
        return false;
    if (form != TABLE_JSON) return export_journal(r, &f, form, out);
    if (!audit_search(r->db, &f, offset, limit, &items, &n, &total)) return false;
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

/* The earlier point: ?from_as_of= and ?from_as_known=; what is not given is as at the later one. */
static bool read_before(Request *r, FactAt *out) {
    Str of = http_query(r, S("from_as_of")), known = http_query(r, S("from_as_known"));
    int64_t day;
    *out = r->at;
    if (of.n) {
        if (!date_parse(of, &day))
            return HTTP_INVALID(r, S("?from_as_of"), M_HTTP_QUERY, S("from_as_of"), of);
        out->as_of = date_to_int(day);
    }
    return known.n == 0 || read_instant(r, S("from_as_known"), 86400000 - 1, &out->as_known);
}

static void out_point(Arena *a, Json *o, Str key, const FactAt *at) {
    Json *p = json_set(o, key, json_new(a, JSON_OBJECT));
    int64_t day = 0;
    date_from_int(at->as_of, &day);
    out_str(a, p, S("as_of"), date_text(a, day));
    out_instant(a, p, S("as_known"), at->as_known);
}

bool api_audit_diff(Request *r, Response *out) {
    Arena *a = r->c->arena;
    Str object = http_query(r, S("object"));
    FactAt before;
    Sight sight;
    AuditDiff d;
    if (!read_before(r, &before) || !sight_open(r->db, r->reg->pack, r->user, &sight) ||
        !audit_diff(r->db, r->reg, &sight, object, &before, &r->at, &d) ||
        !journal_read(r, object, d.sensitive))
        return false;
    Json *o = json_new(a, JSON_OBJECT);
    out_str(a, o, S("object"), object);
    out_point(a, o, S("before"), &before);
    out_point(a, o, S("after"), &r->at);
    Json *list = out_list(a, o, S("items"));
    for (int i = 0; i < d.n; i++) {
        Json *e = out_item(a, list);
        out_str(a, e, S("path"), d.lines[i].path);
        json_set(e, S("before"),
                 d.lines[i].had ? json_string(a, d.lines[i].before) : json_new(a, JSON_NULL));
        json_set(e, S("after"),
                 d.lines[i].has ? json_string(a, d.lines[i].after) : json_new(a, JSON_NULL));
    }
    out_int(a, o, S("total"), d.n);
    out_int(a, o, S("same"), d.same);
    out_int(a, o, S("hidden"), d.hidden);
    http_reply(out, r, 200, o);
    if (d.sensitive) out->cache = S("no-store");
    return true;
}
