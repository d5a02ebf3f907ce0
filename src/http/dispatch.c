/* From a request to its handler and back: assets, session, rights, CSRF, clocks, idempotency. The
 * order matters: nothing of the domain is touched before the right was checked. */
#include <unistd.h>

#include "base/date.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "http/http.h"
#include "http/page.h"
#include "http/server.h"

enum { CHINA_MS = 8 * 3600 * 1000, DAY_MS = 86400000, COMPUTING_S = 2, NAME_SHOWN = 60 };
#define API "/api/v1"

/* --- what handlers ask -------------------------------------------------------------------------
 */

Str http_query(const Request *r, Str name) {
    for (int i = 0; i < r->nquery; i++)
        if (str_eq(r->query[i].name, name)) return r->query[i].value;
    return (Str){NULL, 0};
}

Str http_header(const Request *r, Str name) {
    for (int i = 0; i < r->nheaders; i++)
        if (str_eq_nocase(r->headers[i].name, name)) return r->headers[i].value;
    return (Str){NULL, 0};
}

bool http_query_int(Request *r, Str name, int64_t fallback, int64_t lo, int64_t hi, int64_t *out) {
    Str s = http_query(r, name);
    *out = fallback;
    if (s.n == 0) return true;
    if (str_to_i64(s, out) && *out >= lo && *out <= hi) return true;
    return HTTP_INVALID(r, str_cat(r->c->arena, S("?"), name), M_HTTP_QUERY, name, s);
}

bool http_query_bool(Request *r, Str name, bool fallback, bool *out) {
    Str s = http_query(r, name);
    *out = s.n ? str_eq(s, S("true")) || str_eq(s, S("1")) : fallback;
    if (s.n == 0 || *out || str_eq(s, S("false")) || str_eq(s, S("0"))) return true;
    return HTTP_INVALID(r, str_cat(r->c->arena, S("?"), name), M_HTTP_QUERY, name, s);
}

/* A member of the body as a JSON pointer (RFC 6901). */
static Str pointer_to(Arena *a, Str member) {
    Buf b = buf_new(a, 0);
    buf_char(&b, '/');
    for (ptrdiff_t i = 0; i < member.n; i++) {
        if (member.p[i] == '~' || member.p[i] == '/')
            buf_put(&b, member.p[i] == '~' ? S("~0") : S("~1"));
        else
            buf_char(&b, member.p[i]);
    }
    return buf_str(&b);
}

/* A member that nobody reads is a slip of the writer's, which must not pass for done. */
static bool only_members(Request *r, const Json *body, Str known) {
    for (const Json *e = body->first; e; e = e->next) {
        Str rest = known;
        bool found = false;
        while (rest.n && !found) found = str_eq(str_cut(&rest, ' '), e->key);
        Str name = str_sub(e->key, 0, utf8_offset(e->key, NAME_SHOWN));
        if (!found)
            return HTTP_INVALID(r, pointer_to(r->c->arena, name), M_HTTP_MEMBER, name, known);
    }
    return true;
}

Json *http_json(Request *r) {
    if (!str_eq_nocase(r->type, S("application/json")) &&
        !str_eq_nocase(r->type, S("application/merge-patch+json"))) {
        FAIL(r->c, ERR_INPUT, M_HTTP_TYPE, r->type);
        return NULL;
    }
    Json *j = json_parse(r->c, r->body, S("body"));
    if (j && j->kind != JSON_OBJECT) {
        FAIL(r->c, ERR_INPUT, M_HTTP_OBJECT);
        return NULL;
    }
    return j && only_members(r, j, str_from(r->route->members)) ? j : NULL;
}

bool http_accepts(const Request *r, Str type) {
    return str_find(http_header(r, S("accept")), type) >= 0;
}

bool http_id(Request *r, int param, int64_t *id) {
    if (str_to_i64(r->params[param], id) && *id > 0) return true;
    return FAIL(r->c, ERR_MISSING, M_HTTP_MISSING);
}

bool http_if_match(Request *r, Str etag) {
    Str given = http_header(r, S("if-match"));
    if (given.n == 0) return FAIL(r->c, ERR_STALE, M_HTTP_IF_MATCH);
    if (str_starts(given, S("\"")) && str_ends(given, S("\"")))
        given = str_sub(given, 1, given.n - 1);
    return str_eq(given, etag) || FAIL(r->c, ERR_STALE, M_STALE);
}

Str http_tag(const Request *r) {
    Arena *a = r->c->arena;
    Str known = http_query(r, S("as_known"));
    Str all = str_printf(a, "%.*s %lld %lld %.*s %d", STRF(r->reg->pack->hash),
                         (long long)r->at.seq, (long long)r->as_of, STRF(known), (int)r->c->lang);
    return str_sub(hash_hex(a, HASH_SHA256, all), 0, 20);
}

void http_out_clocks(const Request *r, Json *o) {
    Arena *a = r->c->arena;
    json_set(o, S("as_of"), json_string(a, date_text(a, r->as_of)));
    json_set(o, S("as_known"), json_string(a, instant_text(a, r->at.as_known)));
}

Act http_act(const Request *r, Str reason) {
    return (Act){.actor = r->user ? r->user->name : S("anonymous"), .reason = reason};
}

void http_reply(Response *out, const Request *r, int status, const Json *j) {
    Buf b = buf_new(r->c->arena, 0);
    json_print(&b, j, 0);
    out->status = status;
    out->type = S("application/json; charset=utf-8");
    out->body = buf_str(&b);
}

void http_reply_tagged(Response *out, const Request *r, const Json *j) {
    Arena *a = r->c->arena;
    Hash *h = hash_open(HASH_SHA256);
    unsigned char digest[HASH_BYTES];
    hash_add(h, r->c->lang == LANG_EN ? S("en") : S("zh"));
    for (const Json *e = j->first; e; e = e->next) {
        if (str_eq(e->key, S("as_known")) || str_eq(e->key, S("snapshot"))) continue;
        Buf b = buf_new(a, 0);
        json_print(&b, e, 0);
        hash_add(h, e->key);
        hash_add(h, buf_str(&b));
    }
    hash_close(h, digest);
    http_reply(out, r, 200, j);
    out->etag = str_sub(hex_text(a, digest, HASH_BYTES), 0, 20);
}

/* --- problems ----------------------------------------------------------------------------------
 */

static int problem_status(const Ctx *c) {
    switch (c->err.note.msg) {
    case M_OBJECTION_RATE:
    case M_CERTIFICATE_RATE:
    case M_USER_LOCKED: return 429;
    case M_HTTP_TYPE:
    case M_IMPORT_KIND:
    case M_IMPORT_MISNAMED: return 415;
    case M_HTTP_IF_MATCH: return 428;
    case M_HTTP_METHOD: return 405;
    case M_NOTICE_GONE:
    case M_HTTP_SNAPSHOT_GONE: return 410;
    case M_IO_WRITE: /* nobody names a file over HTTP: it is one of ours */
    case M_STORE_FULL: return 507;
    case M_STORE_READ_ONLY: return 503;
    default: return err_http_status(c->err.code);
    }
}

/* Seconds after which the same request may succeed; 0: nobody knows. */
static int64_t retry_after_s(const Ctx *c) {
    int64_t s = 0;
    if (c->err.note.msg == M_HTTP_COMPUTING) return COMPUTING_S;
    if (c->err.note.msg == M_USER_LOCKED && str_to_i64(c->err.note.args[0], &s)) return s;
    return 0;
}

static void problem_errors(Json *o, Request *r) {
    Arena *a = r->c->arena;
    const Note *n = &r->c->err.note;
    if (n->place.n == 0) return;
    Json *list = json_set(o, S("errors"), json_new(a, JSON_ARRAY));
    Json *e = json_push(list, json_new(a, JSON_OBJECT));
    json_set(e, S("pointer"), json_string(a, n->place));
    json_set(e, S("code"), json_string(a, msg_code(n->msg)));
    json_set(e, S("detail"), json_string(a, note_text(a, n, r->c->lang)));
    Str hint = note_hint(a, n, r->c->lang);
    if (hint.n) json_set(e, S("hint"), json_string(a, hint));
}

static void problem_rights(Json *o, Request *r) {
    Arena *a = r->c->arena;
    const Right *right = r->route ? right_find(str_from(r->route->right)) : NULL;
    if (r->c->err.code != ERR_DENIED || !right) return;
    json_set(o, S("right"), json_string(a, right->name));
    Json *roles = json_set(o, S("roles"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < ROLES; i++)
        if (right_scope(right, (Role)i) != SCOPE_NONE)
            json_push(roles, json_string(a, role_text((Role)i)));
}

void http_problem(Request *r, Response *out) {
    static const char *const TYPES[ERR_CODES] = {
        [ERR_INPUT] = "syntax",    [ERR_AUTH] = "sign-in",    [ERR_DENIED] = "denied",
        [ERR_MISSING] = "missing", [ERR_STATE] = "conflict",  [ERR_STALE] = "stale",
        [ERR_LIMIT] = "limit",     [ERR_RULE] = "validation", [ERR_BUSY] = "busy",
        [ERR_STORE] = "store",     [ERR_BUG] = "bug"};
    Arena *a = r->c->arena;
    const Note *n = &r->c->err.note;
    int status = problem_status(r->c);
    bool inside = status == 500; /* the text of a store failure is for the log */
    Json *o = json_new(a, JSON_OBJECT);
    const char *type = TYPES[r->c->err.code] ? TYPES[r->c->err.code] : "bug";
    json_set(o, S("type"), json_string(a, str_printf(a, "/problems/%s", type)));
    Str text =
        inside ? msg_text(a, M_HTTP_INTERNAL, r->c->lang, 0, NULL) : note_text(a, n, r->c->lang);
    json_set(o, S("title"), json_string(a, text));
    json_set(o, S("status"), json_int(a, status));
    json_set(o, S("detail"), json_string(a, text));
    if (r->path.n) json_set(o, S("instance"), json_string(a, r->path));
    json_set(o, S("request_id"), json_string(a, r->id));
    Str hint = inside ? S("") : note_hint(a, n, r->c->lang);
    if (hint.n) json_set(o, S("hint"), json_string(a, hint));
    problem_rights(o, r);
    if (!inside) problem_errors(o, r);
    int64_t retry = retry_after_s(r->c);
    if (retry) json_set(o, S("retry_after"), json_int(a, retry));
    if (status == 412 && r->current) json_set(o, S("current"), r->current);
    *out = (Response){.retry_after_s = retry};
    http_reply(out, r, status, o);
    out->type = S("application/problem+json; charset=utf-8");
}

/* --- routes ------------------------------------------------------------------------------------
 */

static bool match(Request *r, const char *pattern) {
    Str want = str_from(pattern), have = str_sub(r->path, S(API).n, r->path.n);
    int n = 0;
    while (want.p && have.p) {
        Str w = str_cut(&want, '/'), h = str_cut(&have, '/');
        if (str_starts(w, S("{"))) {
            if (h.n == 0 || n == HTTP_PARAMS_MAX) return false;
            r->params[n++] = h;
        } else if (!str_eq(w, h)) {
            return false;
        }
    }
    return !want.p && !have.p;
}

/* A literal segment beats a parameter: the table lists /imports/template before /imports/{id}. */
static bool find_route(Request *r) {
    bool other_method = false;
    Str method = str_eq(r->method, S("HEAD")) ? S("GET") : r->method;
    for (const Route *t = ROUTES; t->method; t++) {
        if (!match(r, t->path)) continue;
        if (str_eq(str_from(t->method), method)) {
            r->route = t;
            return true;
        }
        other_method = true;
    }
    return other_method ? FAIL(r->c, ERR_INPUT, M_HTTP_METHOD, r->method)
                        : FAIL(r->c, ERR_MISSING, M_HTTP_MISSING);
}

static bool is_write(const Request *r) {
    return !str_eq(r->method, S("GET")) && !str_eq(r->method, S("HEAD"));
}

static bool check_rights(Request *r) {
    const Right *right = right_find(str_from(r->route->right));
    if (!right) return FAIL(r->c, ERR_BUG, M_BUG, str_from(r->route->right));
    User *user = NEW(r->c->arena, User);
    if (r->token.n && session_find(r->db, r->token, user)) r->user = user;
    if (!ctx_ok(r->c)) return false;
    if (str_eq(right->name, S("public:read"))) return true;
    if (!r->user) return FAIL(r->c, ERR_AUTH, M_HTTP_SIGN_IN);
    r->scope = rights_scope(right, r->user->roles);
    if (r->scope == SCOPE_NONE) return FAIL(r->c, ERR_DENIED, M_HTTP_DENIED, right->name);
    bool leaving = str_eq(str_from(r->route->method), S("DELETE")) &&
                   str_starts(str_from(r->route->path), S("/session"));
    if (r->user->viewing && is_write(r) && !leaving)
        return FAIL(r->c, ERR_DENIED, M_PEOPLE_VIEW_ONLY);
    bool profile = str_starts(right->name, S("profile:"));
    if (r->user->must_change && !profile && is_write(r))
        return FAIL(r->c, ERR_DENIED, M_HTTP_CHANGE_PASSWORD);
    return true;
}

/* A foreign page cannot set our header, and a browser that names another site is refused. */
static bool check_csrf(Request *r) {
    Str site = http_header(r, S("sec-fetch-site"));
    if (!is_write(r)) return true;
    if (site.n && !str_eq(site, S("same-origin")) && !str_eq(site, S("none")))
        return FAIL(r->c, ERR_DENIED, M_HTTP_CSRF);
    return str_eq(http_header(r, S("x-jixia-csrf")), S("1")) || FAIL(r->c, ERR_DENIED, M_HTTP_CSRF);
}

bool http_read_clocks(Request *r) {
    Str as_of = http_query(r, S("as_of")), known = http_query(r, S("as_known"));
    int64_t day;
    r->as_of = (r->c->now_ms + CHINA_MS) / DAY_MS;
    if (as_of.n && !date_parse(as_of, &r->as_of))
        return HTTP_INVALID(r, S("?as_of"), M_HTTP_QUERY, S("as_of"), as_of);
    if (known.n && date_parse(known, &day))
        r->at.as_known = (day + 1) * DAY_MS - CHINA_MS - 1;
    else if (known.n && !instant_parse(known, &r->at.as_known))
        return HTTP_INVALID(r, S("?as_known"), M_HTTP_QUERY, S("as_known"), known);
    r->past = as_of.n || known.n;
    r->at.as_of = date_to_int(r->as_of);
    return fact_at(r->db, &r->at);
}

static void read_language(Request *r) {
    Str s = http_header(r, S("accept-language"));
    ptrdiff_t en = str_find(s, S("en")), zh = str_find(s, S("zh"));
    r->c->lang = en >= 0 && (zh < 0 || en < zh) ? LANG_EN : LANG_ZH;
}

static void read_type(Request *r) {
    Str s = http_header(r, S("content-type"));
    r->type = s.n ? str_trim(str_cut(&s, ';')) : S("");
}

static bool check_body(Request *r) {
    size_t most = r->route->body_max ? r->route->body_max : HTTP_BODY_MAX;
    if ((size_t)r->body.n <= most) return true;
    return FAIL(r->c, ERR_LIMIT, M_HTTP_TOO_LARGE, str_printf(r->c->arena, "%zu", most));
}

typedef struct Running {
    Request *r;
    Response *out;
    bool ok;
} Running;

static void run_handler(void *user) {
    Running *k = user;
    k->ok = k->r->route->run(k->r, k->out) && ctx_ok(k->r->c);
}

/* A handler that takes all memory may leave a transaction open: the connection goes back, which
 * rolls it back, and another one is taken for what follows. */
static bool run_guarded(Request *r, Response *out) {
    Running k = {.r = r, .out = out};
    if (arena_guard(r->c->arena, run_handler, &k)) return k.ok;
    ctx_clear(r->c);
    if (r->temporary.n) unlink(str_z(r->c->arena, r->temporary));
    db_return(r->db);
    r->db = db_borrow(r->c, r->reg->store);
    return FAIL(r->c, ERR_LIMIT, M_LIMIT_MEMORY);
}

/* Files are what the table of routes says of them, exports marked (AnswerKind). */
static bool check_file(Request *r, const Response *out) {
    bool file = out->filename.n || (out->type.n && !str_starts(out->type, S("application/json")));
    AnswerKind kind = r->route->answer;
    if (!file || (kind != ANSWER_JSON && (kind != ANSWER_MARKED || r->marked))) return true;
    return FAIL(r->c, ERR_BUG, M_BUG, str_cat(r->c->arena, S("unmarked file: "), r->path));
}

static bool run_route(Request *r, Response *out) {
    bool answered = false;
    if (r->route->idempotent && !idempotency_begin(r, out, &answered)) return answered;
    if (!run_guarded(r, out) || !check_file(r, out)) http_problem(r, out);
    if (r->route->idempotent && r->db) idempotency_end(r, out);
    return true;
}

static bool api(Request *r, Response *out) {
    read_type(r);
    if (!find_route(r) || !check_body(r)) return false;
    r->db = db_borrow(r->c, r->reg->store);
    if (!r->db) return false;
    r->reg = r->entered = register_enter(r->db, r->reg);
    return check_csrf(r) && check_rights(r) && http_read_clocks(r) && run_route(r, out);
}

void http_end(Request *r) {
    if (r->db) db_return(r->db);
    idempotency_over(r);
    if (r->entered) register_leave(r->entered);
    r->db = NULL;
    r->entered = NULL;
}

bool http_admit(Request *r, size_t *body_max) {
    enum { SMALL = 64 << 10 };
    int64_t length = INT64_MAX;
    bool api_write = str_starts(r->path, S(API "/")) && is_write(r);
    *body_max = HTTP_BODY_MAX;
    Str text = http_header(r, S("content-length"));
    if (text.n && !str_to_i64(text, &length)) length = INT64_MAX;
    read_language(r);
    if (api_write && !find_route(r)) return false;
    if (api_write && r->route->body_max) *body_max = r->route->body_max;
    if (text.n && length > (int64_t)*body_max)
        return FAIL(r->c, ERR_LIMIT, M_HTTP_TOO_LARGE, str_printf(r->c->arena, "%zu", *body_max));
    if (!api_write || length <= SMALL) return true;
    r->db = db_borrow(r->c, r->reg->store);
    bool ok = r->db && check_csrf(r) && check_rights(r);
    if (r->db) db_return(r->db);
    r->db = NULL;
    return ok;
}

static void not_modified(const Request *r, Response *out) {
    Str seen = http_header(r, S("if-none-match"));
    if (out->etag.n == 0 || out->status != 200 || is_write(r)) return;
    if (out->cache.n == 0) out->cache = S("private, no-cache");
    if (str_find(seen, str_printf(r->c->arena, "\"%.*s\"", STRF(out->etag))) < 0) return;
    out->status = 304;
    out->body = S("");
}

void http_dispatch(Request *r, Response *out) {
    read_language(r);
    if (!str_starts(r->path, S(API "/"))) {
        read_type(r);
        if (http_public_page(r, out)) return;
        if (is_write(r) || !http_asset(r, out)) {
            FAIL(r->c, ERR_MISSING, M_HTTP_MISSING);
            http_problem(r, out);
        }
        return;
    }
    if (!api(r, out)) http_problem(r, out);
    if (out->status == 0) out->status = 200;
    if (out->type.n == 0) out->type = S("application/json; charset=utf-8");
    not_modified(r, out);
}
