/* Revisions of rules 拟修订: list, draft, change, submit, return, withdraw, release. Models and
 * workbooks are in api_revision_model.c, the work in city/revision.h. */
#include "http/api_revision.h"

#include "base/date.h"
#include "base/utf8.h"
#include "http/json_out.h"

enum { REASON_MAX = 500, TEXT_MAX = 2000, CHINA_MS = 8 * 3600 * 1000, DAY_MS = 24 * 3600 * 1000 };

bool revision_of_path(Request *r, Revision *v) {
    int64_t id;
    return http_id(r, 0, &id) && revision_get(r->db, id, v);
}

/* Of two people who change one revision the second gets 412 with what the first has saved. */
bool revision_to_change(Request *r, Revision *v) {
    if (!revision_of_path(r, v)) return false;
    if (http_if_match(r, revision_etag(r, v))) return true;
    if (http_header(r, S("if-match")).n) r->current = revision_json(r, v);
    return false;
}

bool revision_reply(Request *r, Response *out, int status, const Revision *v) {
    http_reply(out, r, status, revision_json(r, v));
    out->etag = revision_etag(r, v);
    return ctx_ok(r->c);
}

/* --- reading ------------------------------------------------------------------------------------
 */

bool api_revisions(Request *r, Response *out) {
    Arena *a = r->c->arena;
    RevisionFilter f = {.rule = http_query(r, S("rule")), .state = -1};
    Str state = http_query(r, S("state"));
    Revision *list;
    int n;
    int64_t total;
    if (!http_query_int(r, S("offset"), 0, 0, INT32_MAX, &f.offset)) return false;
    if (!http_query_int(r, S("limit"), 100, 1, 500, &f.limit)) return false;
    if (state.n && (f.state = revision_state_find(state)) < 0)
        return HTTP_INVALID(r, S("?state"), M_HTTP_QUERY, S("state"), state);
    if (!revision_list(r->db, &f, &list, &n, &total)) return false;
    Json *o = json_new(a, JSON_OBJECT), *items = out_list(a, o, S("items"));
    for (int i = 0; i < n; i++) json_push(items, revision_row_json(r, &list[i]));
    out_int(a, o, S("total"), total);
    out_int(a, o, S("offset"), f.offset);
    out_int(a, o, S("limit"), f.limit);
    http_reply(out, r, 200, o);
    return true;
}

bool api_revision(Request *r, Response *out) {
    Revision v;
    out->cache = S("no-store"); /* what one may do is another's not, at the same browser */
    return revision_of_path(r, &v) && revision_reply(r, out, 200, &v);
}

bool api_revision_check(Request *r, Response *out) {
    Revision v;
    RevisionCheck k;
    int64_t today = (r->c->now_ms + CHINA_MS) / DAY_MS;
    if (!revision_of_path(r, &v) || !revision_check(r->db, &v, today, &k)) return false;
    http_reply(out, r, 200, revision_check_json(r, &k));
    return true;
}

/* --- writing ------------------------------------------------------------------------------------
 */

static Str printed(Arena *a, const Json *j) {
    Buf b = buf_new(a, 0);
    json_print(&b, j, 0);
    return buf_str(&b);
}

/* Pages link to it: nothing but an address of the web. */
static bool is_address(Str url) {
    return url.n == 0 || str_starts(url, S("https://")) || str_starts(url, S("http://"));
}

/* A document no pack has: what a reader needs to find it. */
static bool read_document(Request *r, const Json *j, Revision *v) {
    static const char *const NEEDED[] = {"key", "title", "issuer", "issued"};
    int64_t day;
    v->new_document = S("");
    if (j->kind == JSON_NULL) return true;
    for (int i = 0; i < 4; i++)
        if (!json_get_str(j, str_from(NEEDED[i])).n)
            return HTTP_INVALID(r, str_printf(r->c->arena, "/new_document/%s", NEEDED[i]),
                                M_HTTP_REQUIRED, str_from(NEEDED[i]));
    if (!date_parse(json_get_str(j, S("issued")), &day))
        return HTTP_INVALID(r, S("/new_document/issued"), M_REVISION_FIELD, S("issued"),
                            json_get_str(j, S("issued")));
    if (!is_address(json_get_str(j, S("url"))))
        return HTTP_INVALID(r, S("/new_document/url"), M_REVISION_FIELD, S("url"),
                            str_sub(json_get_str(j, S("url")), 0, 40));
    if (pack_document(r->reg->pack, json_get_str(j, S("key"))))
        return HTTP_INVALID(r, S("/new_document/key"), M_PACK_DUPLICATE, json_get_str(j, S("key")));
    v->new_document = printed(r->c->arena, j);
    return true;
}

static bool read_member(Request *r, const Json *j, Revision *v) {
    const struct {
        Str key;
        Str *to;
    } TEXTS[] = {{S("title"), &v->title},
                 {S("new_version"), &v->new_version},
                 {S("effective_from"), &v->effective_from},
                 {S("effective_to"), &v->effective_to},
                 {S("reason"), &v->reason},
                 {S("document"), &v->document},
                 {S("article"), &v->article},
                 {S("status"), &v->status}};
    Str pointer = str_cat(r->c->arena, S("/"), j->key);
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        if (!str_eq(TEXTS[i].key, j->key)) continue;
        Str text = str_trim(json_str(j, S("")));
        bool plain = j->kind == JSON_NULL || j->kind == JSON_STRING;
        if (!plain || utf8_length(text) > TEXT_MAX)
            return HTTP_INVALID(r, pointer, M_REVISION_FIELD, j->key, str_sub(text, 0, 40));
        *TEXTS[i].to = text;
        return true;
    }
    if (str_eq(j->key, S("new_document"))) return read_document(r, j, v);
    if (str_eq(j->key, S("cases")) && j->kind == JSON_ARRAY) {
        v->cases = printed(r->c->arena, j);
        return true;
    }
    bool ours = str_eq(j->key, S("rule")) || str_eq(j->key, S("base_version"));
    return ours || HTTP_INVALID(r, pointer, M_REVISION_FIELD, j->key, S(""));
}

static bool read_members(Request *r, const Json *j, Revision *v) {
    for (const Json *e = j->first; e; e = e->next)
        if (!read_member(r, e, v)) return false;
    Ctx own = ctx_new(r->c->arena, 0);
    const Json *made =
        v->new_document.n ? json_parse(&own, v->new_document, S("new_document")) : NULL;
    bool known = !v->document.n || pack_document(r->reg->pack, v->document) ||
                 str_eq(v->document, json_get_str(made, S("key")));
    return known || HTTP_INVALID(r, S("/document"), M_PACK_DOCUMENT, v->document);
}

bool api_revision_add(Request *r, Response *out) {
    Revision wanted = {0}, v;
    Json *j = http_json(r);
    Act act = http_act(r, S("拟修订"));
    if (!j) return false;
    wanted.rule = json_get_str(j, S("rule"));
    wanted.base_version = json_get_str(j, S("base_version"));
    if (!wanted.rule.n) return HTTP_INVALID(r, S("/rule"), M_HTTP_REQUIRED, S("rule"));
    if (!read_members(r, j, &wanted)) return false;
    if (!revision_add(r->db, r->reg->pack, &wanted, &act, &v)) return false;
    out->location = str_printf(r->c->arena, "/api/v1/revisions/%lld", (long long)v.id);
    return revision_reply(r, out, 201, &v);
}

/* Another base: the revision's model stays, what it is compared with changes. */
static bool rebase(Request *r, const Json *j, Revision *v) {
    Str wanted = json_get_str(j, S("base_version"));
    if (!wanted.n) return true;
    const Rule *rule = pack_rule(r->c, r->reg->pack, v->rule);
    for (int i = 0; rule && i < rule->nversions; i++) {
        if (!str_eq(rule->versions[i].id, wanted)) continue;
        v->base_version = rule->versions[i].id;
        v->base_hash = rule->versions[i].hash;
        return true;
    }
    return HTTP_INVALID(r, S("/base_version"), M_REVISION_BASE, wanted, v->rule);
}

bool api_revision_change(Request *r, Response *out) {
    Revision v;
    Json *j = http_json(r);
    Act act = http_act(r, S("修改拟修订"));
    return j && revision_to_change(r, &v) && rebase(r, j, &v) && read_members(r, j, &v) &&
           revision_change(r->db, &v, &act) && revision_reply(r, out, 200, &v);
}

/* --- acts ---------------------------------------------------------------------------------------
 */

static bool act_on(Request *r, Response *out, bool (*fn)(Db *, Revision *, const Act *)) {
    Revision v;
    Json *j = http_json(r);
    if (!j || !revision_to_change(r, &v)) return false;
    Str reason = str_trim(json_get_str(j, S("reason")));
    if (!reason.n || utf8_length(reason) > REASON_MAX)
        return HTTP_INVALID(r, S("/reason"), M_HTTP_REQUIRED, S("reason"));
    Act act = http_act(r, reason);
    return fn(r->db, &v, &act) && revision_reply(r, out, 200, &v);
}

bool api_revision_submit(Request *r, Response *out) {
    return act_on(r, out, revision_submit);
}

bool api_revision_return(Request *r, Response *out) {
    return act_on(r, out, revision_return);
}

bool api_revision_withdraw(Request *r, Response *out) {
    return act_on(r, out, revision_withdraw);
}

bool api_revision_release(Request *r, Response *out) {
    return act_on(r, out, revision_release);
}
