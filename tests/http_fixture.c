/* See http_fixture.h. */
#include "tests/http_fixture.h"

#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "city/review/round_act.h"
#include "tests/test.h"

enum { CHINA_MS = 8 * 3600 * 1000, DAY_MS = 86400000 };
static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};

static void say(HttpFixture *f) {
    Str text = note_text(f->arena, &f->ctx.err.note, LANG_EN);
    test_failed(__FILE__, __LINE__, str_z(f->arena, text));
    ctx_clear(&f->ctx);
}

typedef struct NewUser {
    User user;
    PasswordHash hash;
} NewUser;

static bool add_user(Db *db, void *data) {
    NewUser *n = data;
    n->user.id = user_add(db, &n->user, n->hash, &ACT);
    return n->user.id != 0;
}

int64_t http_new_user(HttpFixture *f, Str name, uint32_t roles, bool must_change) {
    NewUser n = {.user = {.name = name, .roles = roles, .must_change = must_change}};
    if (roles == 1u << ROLE_CLERK_DISTRICT) n.user.district = S("370303");
    Db *db = db_borrow(&f->ctx, f->reg->store);
    if (!db || !user_hash_password(&f->ctx, name, S(FIXTURE_PASSWORD), &n.hash) ||
        !tx_run(db, DB_WRITE, add_user, &n))
        say(f);
    if (db) db_return(db);
    return n.user.id;
}

Str http_sign_in(HttpFixture *f, Str name, Str password) {
    User u;
    Str token = S("");
    f->ctx.now_ms = f->now_ms;
    Db *db = db_borrow(&f->ctx, f->reg->store);
    if (!db || !session_open(db, name, password, S("127.0.0.1"), &u, &token)) say(f);
    if (db) db_return(db);
    return token;
}

static void upload(HttpFixture *f) {
    Str body = S("{\"name\":\"paste\",\"source\":\"self_report\",\"period\":\"2021\","
                 "\"rows\":[[\"企业名称\",\"统一社会信用代码\",\"营业收入(万元)\"],"
                 "[\"演示氢能科技有限公司\",\"91370303MA3DEMO01X\",\"8,600.00\"]]}");
    HttpReply r = http_call(
        f, &(HttpCall){.method = "POST", .path = "/imports", .token = f->boss, .body = body});
    CHECK_INT(r.status, 201);
    CHECK_STR(r.location, S("/api/v1/imports/1"));
}

static void draft_revision(HttpFixture *f) {
    HttpReply r = http_call(f, &(HttpCall){.method = "POST",
                                           .path = "/revisions",
                                           .token = f->boss,
                                           .body = S("{\"rule\":\"cn/unicorn\"}")});
    CHECK_INT(r.status, 201);
    CHECK_STR(r.location, S("/api/v1/revisions/1"));
}

/* Organisation 1 and office 1. */
static void add_places(HttpFixture *f) {
    Str body = S("{\"kind\":\"venture\",\"name\":\"示例创投\",\"reason\":\"test\"}");
    HttpReply r = http_call(
        f, &(HttpCall){.method = "POST", .path = "/organisations", .token = f->boss, .body = body});
    CHECK_INT(r.status, 201);
    body = S("{\"name\":\"示例处\",\"reason\":\"test\"}");
    r = http_call(
        f, &(HttpCall){.method = "POST", .path = "/offices", .token = f->boss, .body = body});
    CHECK_INT(r.status, 201);
}

/* Reconciliation 1. */
static void reconcile(HttpFixture *f) {
    Str body = S("{\"title\":\"test\",\"tier\":\"瞪羚\",\"reason\":\"test\","
                 "\"rows\":[\"无此企业\"]}");
    HttpReply r = http_call(
        f,
        &(HttpCall){.method = "POST", .path = "/reconciliations", .token = f->boss, .body = body});
    CHECK_INT(r.status, 201);
}

typedef struct Drafting {
    HttpFixture *f;
    const Json *setting;
    int64_t id;
} Drafting;

static bool draft_in_tx(Db *db, void *user) {
    Drafting *d = user;
    d->id = round_add(db, d->f->reg->pack, d->setting, &ACT);
    return d->id != 0;
}

/* Round 1, in which the boss reviews the one file, review 1. */
static void draft_round(HttpFixture *f) {
    static const char *const ACTS[] = {
        "{\"act\":\"open\",\"reason\":\"test\"}",
        "{\"act\":\"enter\",\"reason\":\"test\",\"subjects\":[\"stock:000655.SZ\"]}",
        "{\"act\":\"close\",\"reason\":\"test\"}",
        "{\"act\":\"member\",\"reason\":\"test\",\"person\":\"boss\",\"chair\":true}",
        "{\"act\":\"assign\",\"reason\":\"test\"}"};
    Str setting = S("{\"title\":\"test\",\"rule\":\"cn/above-scale\",\"from\":\"2021-09-01\","
                    "\"to\":\"2021-09-30\",\"as_of\":\"2021-09-30\",\"method\":\"average\","
                    "\"per_file\":1,\"criteria\":[{\"id\":\"c\",\"title\":\"test\",\"weight\":100,"
                    "\"top\":5,\"status\":\"DEMO\"}],\"demo\":true}");
    Drafting d = {.f = f, .setting = json_parse(&f->ctx, setting, S("setting"))};
    Json *answer;
    Db *db = db_borrow(&f->ctx, f->reg->store);
    bool ok = db && d.setting && tx_run(db, DB_WRITE, draft_in_tx, &d);
    for (size_t i = 0; ok && i < sizeof ACTS / sizeof *ACTS; i++) {
        Json *body = json_parse(&f->ctx, str_from(ACTS[i]), S("act"));
        ok = body && round_act(db, f->reg, d.id, body, S("boss"), &answer);
    }
    if (!ok) say(f);
    if (db) db_return(db);
}

/* Case 1, about the first enterprise of the packs' tables. */
static void open_case(HttpFixture *f) {
    Str body = S("{\"flow\":\"question\",\"subject\":\"1\",\"data\":{\"问题\":\"去年收入？\","
                 "\"答复天数\":\"5\"}}");
    HttpReply r = http_call(
        f, &(HttpCall){.method = "POST", .path = "/cases", .token = f->boss, .body = body});
    CHECK_INT(r.status, 201);
    CHECK_STR(r.location, S("/api/v1/cases/1"));
}

/* Notice 1, published from today on, with objection 1 to its one firm. */
static void publish_notice(HttpFixture *f) {
    Str body = S("{\"working_days\":1,\"values\":{\"年度\":\"2021年\",\"称号\":\"瞪羚企业\","
                 "\"依据\":\"办法\",\"受理单位\":\"办公室\",\"联系电话\":\"0533-2300000\","
                 "\"联系地址\":\"人民路\",\"发文机关\":\"办公室\"},\"rows\":[\"1\"]}");
    HttpReply r = http_call(
        f, &(HttpCall){.method = "POST", .path = "/notices", .token = f->boss, .body = body});
    CHECK_INT(r.status, 201);
    CHECK_STR(r.location, S("/api/v1/notices/1"));
    int64_t day = (f->now_ms + CHINA_MS) / DAY_MS;
    body = str_printf(f->arena, "{\"reason\":\"test\",\"from\":\"%.*s\"}",
                      STRF(date_text(f->arena, day)));
    r = http_call(f, &(HttpCall){.method = "POST",
                                 .path = "/notices/1/publication",
                                 .token = f->boss,
                                 .body = body,
                                 .headers = {{S("If-Match"), r.etag}}});
    CHECK_INT(r.status, 200);
    body = S("{\"position\":1,\"person\":\"李四\",\"contact\":\"x\",\"text\":\"y\"}");
    r = http_call(
        f, &(HttpCall){.method = "POST", .path = "/public/notices/1/objections", .body = body});
    CHECK_INT(r.status, 201);
}

/* Letter 1, a draft to the firm. */
static void draft_letter(HttpFixture *f) {
    Str body = S("{\"template\":\"inform\",\"enterprise\":\"1\"}");
    HttpReply r = http_call(
        f, &(HttpCall){.method = "POST", .path = "/letters", .token = f->boss, .body = body});
    CHECK_INT(r.status, 201);
    CHECK_STR(r.location, S("/api/v1/letters/1"));
}

HttpFixture *http_fixture(void) {
    static HttpFixture f;
    InitReport report;
    if (f.reg) return &f;
    f.arena = arena_open(0);
    f.now_ms = clock_now_ms();
    f.ctx = ctx_new(f.arena, f.now_ms);
    f.url = test_db_url(f.arena);
    if (register_init(&f.ctx, f.url, S("packs/zibo"), &ACT, &report))
        f.reg = register_open(&f.ctx, f.url, HTTP_POOL);
    if (!f.reg) {
        say(&f);
        return &f;
    }
    http_new_user(&f, S("boss"), (1u << ROLES) - 1, false); /* the first may have every role */
    http_sign_in(&f, S("boss"), S(FIXTURE_PASSWORD));       /* session 1, for who ends session 1 */
    for (int i = 0; i < ROLES; i++) {
        Str name = role_text((Role)i);
        http_new_user(&f, name, 1u << i, false);
        f.tokens[i] = http_sign_in(&f, name, S(FIXTURE_PASSWORD));
    }
    f.boss = http_sign_in(&f, S("boss"), S(FIXTURE_PASSWORD));
    reconcile(&f);
    add_places(&f);
    upload(&f);
    draft_revision(&f);
    open_case(&f);
    draft_round(&f);
    publish_notice(&f);
    draft_letter(&f);
    return &f;
}

static int hex(char ch) {
    const char *digits = "0123456789abcdef", *at = ch ? strchr(digits, ch | 32) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* %XX decoded; a lone % stays. */
static Str decoded(Arena *a, Str s) {
    Buf b = buf_new(a, 0);
    for (ptrdiff_t i = 0; i < s.n; i++) {
        bool two = s.p[i] == '%' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 && hex(s.p[i + 2]) >= 0;
        buf_char(&b, two ? (char)(hex(s.p[i + 1]) * 16 + hex(s.p[i + 2])) : s.p[i]);
        i += two ? 2 : 0;
    }
    return buf_str(&b);
}

static void read_query(Arena *a, Request *r, Str query) {
    r->query = NEW_N(a, Pair, HTTP_PAIRS_MAX);
    while (query.p && r->nquery < HTTP_PAIRS_MAX) {
        Str value = str_cut(&query, '&');
        Str name = str_cut(&value, '=');
        r->query[r->nquery++] = (Pair){name, value.p ? decoded(a, value) : S("")};
    }
}

static void add_header(Request *r, Str name, Str value) {
    r->headers[r->nheaders++] = (Pair){name, value};
}

static void read_headers(HttpFixture *f, Request *r, const HttpCall *call) {
    static int serial;
    bool key = false, type = false;
    r->headers = NEW_N(f->call, Pair, FIXTURE_PAIRS + 4);
    for (int i = 0; i < FIXTURE_PAIRS && call->headers[i].name.n; i++) {
        add_header(r, call->headers[i].name, call->headers[i].value);
        key |= str_eq_nocase(call->headers[i].name, S("idempotency-key"));
        type |= str_eq_nocase(call->headers[i].name, S("content-type"));
    }
    if (call->bare) return;
    add_header(r, S("X-Jixia-CSRF"), S("1"));
    if (!type) add_header(r, S("Content-Type"), S("application/json"));
    if (!key) add_header(r, S("Idempotency-Key"), str_printf(f->call, "key-%08d", serial++));
}

HttpReply http_call(HttpFixture *f, const HttpCall *call) {
    if (f->call) arena_close(f->call);
    f->call = arena_open(call->memory);
    Ctx c = ctx_new(f->call, f->now_ms);
    Str path = str_from(call->path), query = path;
    path = str_cut(&query, '?');
    Request r = {.c = &c,
                 .reg = f->reg,
                 .id = S("test"),
                 .method = str_from(call->method),
                 .path = str_cat(f->call, S("/api/v1"), path),
                 .address = S("127.0.0.1"),
                 .body = call->body,
                 .token = call->token};
    Response out = {0};
    read_query(f->call, &r, query);
    read_headers(f, &r, call);
    http_dispatch(&r, &out);
    http_end(&r);
    HttpReply reply = {.status = out.status, .body = out.body, .type = out.type};
    reply.etag = str_dup(f->arena, out.etag);
    reply.cache = str_dup(f->arena, out.cache);
    reply.location = str_dup(f->arena, out.location);
    reply.filename = str_dup(f->arena, out.filename);
    reply.cookie = str_dup(f->arena, out.cookie);
    Ctx parse = ctx_new(f->call, 0);
    if (!call->raw && out.body.n && str_find(out.type, S("json")) >= 0)
        reply.json = json_parse(&parse, out.body, S("answer"));
    return reply;
}

HttpReply http_get(HttpFixture *f, Str token, const char *path) {
    return http_call(f, &(HttpCall){.method = "GET", .path = path, .token = token});
}
