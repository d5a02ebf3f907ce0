/* The rights matrix: every route of the table × every kind of reader × two enterprises of two
 * districts × the four grades. A distinctive number, text and proof is planted in each grade of
 * each enterprise; every answer, whatever its status, as JSON, CSV and workbook, is searched for
 * what the reader may not see. What a reader may see must turn up too, or the search would prove
 * nothing. */
#include <string.h>

#include "base/date.h"
#include "city/people/organisation.h"
#include "city/people/sight.h"
#include "codec/unzip.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

enum { FIRMS = 2, GRADES = 4, READERS_MAX = 32, SHEET_MAX = 64 << 20, FIGURE = 37313131 };
static const Act ACT = {.actor = STR_INIT("tester"), .reason = STR_INIT("test")};
static const Str DISTRICTS[FIRMS] = {STR_INIT("370303"), STR_INIT("370305")};
static const Str NAMES[FIRMS] = {STR_INIT("矩阵甲号精密仪器有限公司"),
                                 STR_INIT("矩阵乙号新材料有限公司")};
static const Str CODES[FIRMS] = {STR_INIT("91370303MA0MTRX01E"), STR_INIT("91370305MA0MTRX02E")};
/* One number and one text of each grade. */
static const char *const NUMBERS[GRADES] = {"kx_ip1", "revenue", "fiscal_contribution",
                                            "post_money"};
static const char *const TEXTS[GRADES] = {"functional_zone", "application_type", "talent_role",
                                          "valuation_currency"};

typedef struct Reader {
    Str name, token;
    int sees[FIRMS];    /* up to this grade; -1: does not know of the enterprise */
    bool named_revenue; /* sees that indicator of both besides */
    bool reads_facts;
    int64_t found[FIRMS][GRADES];
    int64_t entry; /* the last of theirs in the journal before the call */
} Reader;

typedef struct Matrix {
    HttpFixture *f;
    int64_t firm[FIRMS];
    Reader readers[READERS_MAX];
    int n;
    int64_t calls, leaks, unsaid;
} Matrix;

/* --- what is planted ---------------------------------------------------------------------------
 */

static Str number_of(Arena *a, int firm, int grade) {
    return str_printf(a, "%d%d", 41 + 30 * firm + grade, FIGURE);
}

static Str text_of(Arena *a, int firm, int grade) {
    return str_printf(a, "PLANT%c%dTEXT", 'A' + firm, grade);
}

static Str proof_of(Arena *a, int firm, int grade) {
    return str_printf(a, "PLANT%c%dPROOF", 'A' + firm, grade);
}

static bool plant_facts(Db *db, FactLoader *l, int64_t subject, int firm, int source) {
    Ctx *c = db_ctx(db);
    for (int g = 0; g < GRADES; g++) {
        bool yearly = g == 1 || g == 2;
        FactNew number = {.subject = subject,
                          .indicator = indicator_id(db, str_from(NUMBERS[g]), true),
                          .period = yearly ? 2024 : 0,
                          .type = FACT_NUMBER,
                          .value = number_of(c->arena, firm, g),
                          .source = source,
                          .evidence = proof_of(c->arena, firm, g)};
        FactNew text = {.subject = subject,
                        .indicator = indicator_id(db, str_from(TEXTS[g]), true),
                        .type = FACT_TEXT,
                        .value = text_of(c->arena, firm, g),
                        .received = text_of(c->arena, firm, g),
                        .source = source,
                        .evidence = proof_of(c->arena, firm, g)};
        if (!fact_loader_add(l, &number) || !fact_loader_add(l, &text)) return false;
    }
    return true;
}

static bool plant(Db *db, void *data) {
    Matrix *m = data;
    int source = source_id(db, S("audit_report"), S(""), S(""), true);
    int64_t batch = batch_new(db, &(BatchNew){.origin = S("matrix")});
    FactLoader *l = batch && source ? fact_loader_open(db, batch) : NULL;
    bool ok = l != NULL;
    for (int i = 0; ok && i < FIRMS; i++) {
        SubjectNew s = {.kind = SUBJECT_ENTERPRISE,
                        .name = NAMES[i],
                        .uscc = CODES[i],
                        .division = DISTRICTS[i],
                        .unit = DISTRICTS[i]};
        m->firm[i] = subject_add(db, &s, &ACT);
        ok = m->firm[i] && plant_facts(db, l, m->firm[i], i, source);
    }
    if (l) ok = fact_loader_close(l) && ok;
    return ok && batch_publish(db, batch, &ACT, NULL);
}

/* --- who reads ---------------------------------------------------------------------------------
 */

typedef struct Account {
    Matrix *m;
    User user;
    PasswordHash hash;
    int binds; /* index of the enterprise it is bound to; -1: none */
    int64_t grant;
    bool agreement, promise;
} Account;

static bool add_agreement(Db *db, Account *k) {
    Organisation o = {.kind = S("venture"), .name = k->user.name};
    Agreement g = {.number = S("1"), .from = 20200101, .indicators = S("[\"revenue\"]")};
    g.tiers = S("[]");
    k->user.organisation = g.organisation = organisation_add(db, &o, &ACT);
    if (k->promise) {
        g.promised = 20200101;
        g.promise = S("保密承诺书");
    }
    return g.organisation && agreement_add(db, &g, &ACT);
}

static bool add_account(Db *db, void *data) {
    Account *k = data;
    if (k->agreement && !add_agreement(db, k)) return false;
    k->user.id = user_add(db, &k->user, k->hash, &ACT);
    if (!k->user.id) return false;
    if (k->grant && !sight_grant(db, k->user.id, k->grant, GRADE_SENSITIVE, 0, S("case:1"), &ACT))
        return false;
    return k->binds < 0 ||
           EXEC(db,
                "INSERT INTO enterprise_binding(id, app_user, code, subject, state, proof_name, "
                "proof_type, proof_sm3, proof, asked_ms, decided_by, decided_ms, reason, "
                "from_day, to_day, ended_by, ended_ms) VALUES ($1 + 900000, $1, $2, $3, 'bound', "
                "'', '', "
                "'', $4, 0, '', 0, '', 20200101, 0, '', 0)",
                db_i(k->user.id), db_s(CODES[k->binds]), db_i(k->m->firm[k->binds]), db_b(S("x")));
}

static Reader *add_reader(Matrix *m, Account k, int sees_a, int sees_b) {
    HttpFixture *f = m->f;
    k.m = m;
    f->ctx.now_ms = f->now_ms;
    Db *db = db_borrow(&f->ctx, f->reg->store);
    bool ok = user_hash_password(&f->ctx, k.user.name, S(FIXTURE_PASSWORD), &k.hash) &&
              tx_run(db, DB_WRITE, add_account, &k);
    db_return(db);
    CHECK(ok);
    Reader *r = &m->readers[m->n++];
    const Right *facts = right_find(S("fact:read"));
    *r = (Reader){.name = k.user.name,
                  .token = http_sign_in(f, k.user.name, S(FIXTURE_PASSWORD)),
                  .sees = {sees_a, sees_b},
                  .named_revenue = k.agreement && k.promise,
                  .reads_facts = rights_scope(facts, k.user.roles) != SCOPE_NONE};
    return r;
}

static void preview(Matrix *m, Reader *r, const char *role, int64_t enterprise) {
    HttpFixture *f = m->f;
    Str body = str_printf(f->arena,
                          "{\"role\":\"%s\",\"district\":\"370303\",\"enterprise\":\"%lld\","
                          "\"reason\":\"test\"}",
                          role, (long long)enterprise);
    HttpReply reply = http_call(
        f,
        &(HttpCall){.method = "POST", .path = "/session/preview", .token = r->token, .body = body});
    CHECK_INT(reply.status, 204);
    r->reads_facts = true;
}

static User of_role(const char *name, Role role) {
    return (User){.name = str_from(name), .roles = 1u << role};
}

static void add_readers(Matrix *m) {
    static const char *const PLAIN[] = {"m.leader",  "m.office", NULL,     "m.policy", "m.review",
                                        "m.partner", "m.money",  "m.men",  "m.chain",  "m.firm",
                                        "m.audit",   "m.system", "m.safe", "m.trail"};
    for (int i = 0; i < ROLES; i++) {
        RightScope scope;
        int grade = (int)role_grade((Role)i, &scope);
        if (!PLAIN[i]) continue;
        int sees = i == ROLE_ENTERPRISE ? -1 : grade;
        add_reader(m, (Account){.user = of_role(PLAIN[i], (Role)i), .binds = -1}, sees, sees);
    }
    for (int i = 0; i < FIRMS; i++) {
        User clerk = of_role(i ? "m.zhou" : "m.zhang", ROLE_CLERK_DISTRICT);
        clerk.district = DISTRICTS[i];
        add_reader(m, (Account){.user = clerk, .binds = -1}, i ? 0 : 3, i ? 3 : 0);
        add_reader(
            m, (Account){.user = of_role(i ? "m.firm.b" : "m.firm.a", ROLE_ENTERPRISE), .binds = i},
            i ? -1 : 3, i ? 3 : -1);
    }
    Account partner = {.binds = -1, .agreement = true, .promise = true};
    partner.user = of_role("m.fund", ROLE_PARTNER);
    add_reader(m, partner, 0, 0);
    partner.user = of_role("m.fund.loose", ROLE_PARTNER);
    partner.promise = false;
    add_reader(m, partner, 0, 0);
    add_reader(
        m, (Account){.user = of_role("m.judge", ROLE_REVIEWER), .binds = -1, .grant = m->firm[0]},
        2, 0);
    Reader *r = add_reader(m, (Account){.user = of_role("m.look", ROLE_POLICY), .binds = -1}, 2, 2);
    preview(m, r, "leader", 0);
    r = add_reader(m, (Account){.user = of_role("m.look2", ROLE_SECADMIN), .binds = -1}, 0, 0);
    preview(m, r, "clerk_office", 0);
    r = add_reader(m, (Account){.user = of_role("m.look3", ROLE_SECADMIN), .binds = -1}, 0, -1);
    preview(m, r, "enterprise", m->firm[0]);
}

/* --- searching answers -------------------------------------------------------------------------
 */

/* Without what people put between digits. */
static Str bare(Arena *a, Str body) {
    Buf b = buf_new(a, 0);
    for (ptrdiff_t i = 0; i < body.n; i++)
        if (!strchr(", .", body.p[i])) buf_char(&b, body.p[i]);
    return buf_str(&b);
}

static bool has_plant(Arena *a, Str body, Str without, int firm, int grade) {
    int head = 41 + 30 * firm + grade; /* 4137313131 is also 41.37 亿 */
    return str_find(without, number_of(a, firm, grade)) >= 0 ||
           str_find(without, str_printf(a, "%d37亿", head)) >= 0 ||
           str_find(body, text_of(a, firm, grade)) >= 0 ||
           str_find(body, proof_of(a, firm, grade)) >= 0;
}

static bool may_see(const Reader *r, int firm, int grade) {
    return grade <= r->sees[firm] || (grade == GRADE_INTERNAL && r->named_revenue);
}

static void leak(Matrix *m, const Reader *r, const HttpCall *call, int firm, int grade) {
    char text[400];
    snprintf(text, sizeof text, "%.*s reads grade %d of firm %c: %s %s", STRF(r->name), grade,
             'A' + firm, call->method, call->path);
    if (m->leaks++ < 40) test_failed(__FILE__, __LINE__, text);
}

/* Whether an answer can hold anything that is looked for. */
static bool worth_searching(Str body) {
    static const Str SIGNS[] = {STR_INIT("131"), STR_INIT("37亿"), STR_INIT("PLANT"),
                                STR_INIT("矩阵")};
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (str_find(body, SIGNS[i]) >= 0) return true;
    return false;
}

/* The newest entry of the journal by whoever asks. */
static int64_t last_entry(Matrix *m, const Reader *r) {
    m->f->ctx.now_ms = m->f->now_ms;
    Db *db = db_borrow(&m->f->ctx, m->f->reg->store);
    int64_t id = Q_I64(db, 0,
                       "SELECT max(id) FROM journal WHERE id > $1 AND actor = $2 AND action = "
                       "'fact.read'",
                       db_i(r->entry), db_s(r->name));
    db_return(db);
    return id ? id : r->entry;
}

/* Who reads 敏感 or 商业秘密 is in the journal, once a request. */
static void check_entry(Matrix *m, Reader *r, const HttpCall *call, int highest) {
    if (last_entry(m, r) == r->entry) {
        char text[300];
        snprintf(text, sizeof text, "%.*s reads grade %d without an entry: %s %s", STRF(r->name),
                 highest, call->method, call->path);
        if (m->unsaid++ < 20) test_failed(__FILE__, __LINE__, text);
    }
}

static void search(Matrix *m, Reader *r, const HttpCall *call, Str body) {
    Arena *a = m->f->call;
    int highest = -1;
    if (!worth_searching(body)) return;
    Str without = bare(a, body);
    for (int i = 0; i < FIRMS; i++) {
        /* what the caller said is not learnt from the answer */
        bool asked =
            str_find(call->body, NAMES[i]) >= 0 || str_find(str_from(call->path), S("q=")) >= 0;
        if (r->sees[i] < 0 && !asked && str_find(body, NAMES[i]) >= 0) leak(m, r, call, i, -1);
        for (int g = 0; g < GRADES; g++) {
            if (!has_plant(a, body, without, i, g)) continue;
            r->found[i][g]++;
            if (g > highest) highest = g;
            if (!may_see(r, i, g)) leak(m, r, call, i, g);
        }
    }
    if (highest >= GRADE_SENSITIVE) check_entry(m, r, call, highest);
}

/* The sheets of a workbook, unpacked. */
static Str unpacked(Matrix *m, Str body) {
    static const Str SHEETS[] = {STR_INIT("xl/worksheets/sheet1.xml"),
                                 STR_INIT("xl/worksheets/sheet2.xml"),
                                 STR_INIT("xl/sharedStrings.xml")};
    Ctx c = ctx_new(m->f->call, 0);
    Buf b = buf_new(m->f->call, 0);
    Unzip *z = str_starts(body, S("PK")) ? unzip_open(&c, body, S("answer")) : NULL;
    if (!z) return body;
    for (size_t i = 0; i < sizeof SHEETS / sizeof *SHEETS; i++) {
        Str bytes;
        if (unzip_has(z, SHEETS[i]) && unzip_bytes(z, SHEETS[i], SHEET_MAX, &bytes))
            buf_put(&b, bytes);
    }
    unzip_close(z);
    return buf_str(&b);
}

static HttpReply ask(Matrix *m, Reader *r, const char *method, Str path, Str body) {
    HttpCall call = {.method = method,
                     .path = str_z(m->f->arena, path),
                     .token = r->token,
                     .body = body,
                     .raw = true};
    bool sensitive = r->sees[0] >= GRADE_SENSITIVE || r->sees[1] >= GRADE_SENSITIVE;
    if (sensitive) r->entry = last_entry(m, r);
    HttpReply reply = http_call(m->f, &call);
    m->calls++;
    search(m, r, &call, unpacked(m, reply.body));
    if (reply.status >= 500) test_failed(__FILE__, __LINE__, call.path);
    if (reply.status == 401 && strcmp(method, "DELETE") == 0)
        r->token = http_sign_in(m->f, r->name, S(FIXTURE_PASSWORD));
    return reply;
}

/* --- every route -------------------------------------------------------------------------------
 */

/* The path with its parameters: the first is `id`, a rule where one is asked for. */
static Str path_with(Arena *a, const Route *t, int64_t id) {
    Str rest = str_from(t->path), out = S("");
    while (rest.p) {
        Str part = str_cut(&rest, '/');
        if (part.n == 0) continue;
        if (str_eq(part, S("{pack}"))) part = S("cn");
        if (str_eq(part, S("{version}"))) part = S("1");
        if (str_starts(part, S("{")))
            part =
                strstr(t->path, "/rules/{") ? S("unicorn") : str_printf(a, "%lld", (long long)id);
        out = str_printf(a, "%.*s/%.*s", STRF(out), STRF(part));
    }
    return out;
}

static const char *const QUERIES[] = {
    "?format=csv",
    "?format=xlsx",
    "?limit=500&rules=cn/unicorn,cn/enterprise-size,zibo/"
    "gazelle&fields=revenue,fiscal_contribution,"
    "post_money,talent_role,valuation_currency,application_type&q=矩阵",
    "?format=csv&q=矩阵&rules=cn/unicorn&fields=revenue,fiscal_contribution,post_money,talent_role",
    "?format=xlsx&q=矩阵&rules=cn/unicorn&fields=revenue,fiscal_contribution,post_money",
    "?q=矩阵&sort=-post_money&has=post_money",
    "?packet=true&tables=true&missing=true"};

static bool ends_session(const Route *t) {
    return strcmp(t->method, "DELETE") == 0 && strstr(t->path, "session");
}

/* A body with everything in it that routes commonly ask for. */
static Str body_of(Matrix *m, int firm) {
    Str id = str_printf(m->f->arena, "%lld", (long long)m->firm[firm]);
    return str_printf(m->f->arena,
                      "{\"reason\":\"matrix\",\"enterprise\":\"%.*s\",\"subject\":\"%.*s\","
                      "\"rows\":[\"%.*s\"],\"rules\":[\"cn/unicorn\"],\"fields\":[\"revenue\","
                      "\"post_money\"],\"rule\":\"cn/unicorn\",\"object\":\"enterprise:%.*s\"}",
                      STRF(id), STRF(id), STRF(NAMES[firm]), STRF(id));
}

static void ask_route(Matrix *m, Reader *r, const Route *t) {
    Arena *a = m->f->arena;
    bool reads = strcmp(t->method, "GET") == 0, one = strchr(t->path, '{') != NULL;
    if (ends_session(t)) return;
    for (int i = 0; i < (one ? FIRMS + 2 : 1); i++) {
        Str path = path_with(a, t, one && i < FIRMS ? m->firm[i] : i == FIRMS + 1 ? 2 : 1);
        if (!reads) {
            ask(m, r, t->method, path, body_of(m, i % FIRMS));
            continue;
        }
        int status = ask(m, r, t->method, path, S("")).status;
        size_t most = str_starts(path, S("/enterprises")) ? sizeof QUERIES / sizeof *QUERIES : 2;
        for (size_t q = 0; status == 200 && q < most; q++)
            ask(m, r, t->method, str_cat(a, path, str_from(QUERIES[q])), S(""));
    }
}

static Matrix *matrix(void) {
    static Matrix m;
    HttpFixture *f = http_fixture();
    if (m.f) return &m;
    m.f = f;
    f->ctx.now_ms = f->now_ms;
    Db *db = db_borrow(&f->ctx, f->reg->store);
    CHECK(tx_run(db, DB_WRITE, plant, &m));
    db_return(db);
    add_readers(&m);
    return &m;
}

TEST(rights_no_answer_leaks) {
    Matrix *m = matrix();
    for (const Route *t = ROUTES; t->method; t++)
        for (int i = 0; i < m->n; i++) ask_route(m, &m->readers[i], t);
    CHECK_INT(m->leaks, 0);
    CHECK_INT(m->unsaid, 0);
    CHECK(m->calls > 1000);
    for (int i = 0; i < m->n; i++)
        for (int k = 0; k < FIRMS; k++)
            for (int g = 0; g < GRADES; g++)
                if (m->readers[i].reads_facts && may_see(&m->readers[i], k, g) &&
                    m->readers[i].found[k][g] == 0)
                    test_failed(__FILE__, __LINE__,
                                str_z(m->f->arena,
                                      str_printf(m->f->arena, "%.*s never saw grade %d of firm %c",
                                                 STRF(m->readers[i].name), g, 'A' + k)));
}

TEST(rights_what_is_hidden_says_so) {
    Matrix *m = matrix();
    for (int i = 0; i < m->n; i++) {
        const Reader *r = &m->readers[i];
        if (!r->reads_facts || r->sees[1] < 0) continue;
        Str path = str_printf(m->f->arena, "/enterprises/%lld/facts?field=post_money",
                              (long long)m->firm[1]);
        HttpReply reply = http_get(m->f, r->token, str_z(m->f->arena, path));
        const Json *g = json_at(json_get(reply.json, S("items")), 0);
        CHECK_INT(reply.status, 200);
        CHECK(json_get_bool(g, S("masked"), false) == (r->sees[1] < GRADE_SECRET));
        if (r->sees[1] < GRADE_SECRET) CHECK_STR(json_get_str(g, S("why")), S("无权查看"));
    }
}

TEST(rights_a_preview_only_reads) {
    Matrix *m = matrix();
    Reader *r = NULL;
    for (int i = 0; i < m->n; i++)
        if (str_eq(m->readers[i].name, S("m.look2"))) r = &m->readers[i];
    for (const Route *t = ROUTES; r && t->method; t++) {
        if (strcmp(t->method, "GET") == 0 || strcmp(t->right, "public:read") == 0 ||
            ends_session(t))
            continue;
        Str path = path_with(m->f->arena, t, m->firm[0]);
        HttpReply reply = http_call(m->f, &(HttpCall){.method = t->method,
                                                      .path = str_z(m->f->arena, path),
                                                      .token = r->token,
                                                      .body = body_of(m, 0)});
        if (reply.status != 403) test_failed(__FILE__, __LINE__, t->path);
    }
    CHECK(r != NULL);
}

TEST(rights_filters_tell_nothing) {
    Matrix *m = matrix();
    const Reader *clerk = NULL;
    for (int i = 0; i < m->n; i++)
        if (str_eq(m->readers[i].name, S("m.zhang"))) clerk = &m->readers[i];
    static const char *const PATHS[] = {"/enterprises?q=矩阵&has=post_money",
                                        "/enterprises?q=矩阵&sort=post_money",
                                        "/enterprises?q=矩阵&rule=cn/unicorn&outcome=met,not_met,"
                                        "undecidable,needs_person,not_applicable"};
    for (size_t i = 0; clerk && i < sizeof PATHS / sizeof *PATHS; i++) {
        HttpReply r = http_get(m->f, clerk->token, PATHS[i]);
        CHECK_INT(r.status, 200);
        CHECK_INT(json_get_i64(r.json, S("total"), -1), 1); /* the one of the own district */
    }
    HttpReply r = http_get(m->f, clerk->token, "/enterprises?q=矩阵");
    CHECK_INT(json_get_i64(r.json, S("total"), -1), 2); /* both are there for all */
}

TEST(rights_exports_say_their_grade) {
    Matrix *m = matrix();
    HttpReply r = http_get(m->f, m->f->boss, "/enterprises?format=csv&q=矩阵&fields=post_money");
    CHECK(str_find(r.body, S("【水印】")) >= 0 && str_find(r.body, S("商业秘密")) >= 0);
    CHECK(str_find(r.body, S("boss")) >= 0);
    r = http_get(m->f, m->f->boss, "/enterprises?format=csv&q=矩阵&fields=fiscal_contribution");
    CHECK(str_find(r.body, S("级别 敏感")) >= 0);
    r = http_get(m->f, m->f->boss, "/enterprises?format=csv&q=矩阵");
    CHECK(str_find(r.body, S("级别 内部")) >= 0);
}

TEST(rights_administrators_are_apart) {
    CHECK(roles_apart(1u << ROLE_SYSADMIN) && roles_apart(1u << ROLE_ENTERPRISE));
    CHECK(roles_apart(1u << ROLE_LEADER | 1u << ROLE_POLICY));
    CHECK(!roles_apart(1u << ROLE_SYSADMIN | 1u << ROLE_SECADMIN));
    CHECK(!roles_apart(1u << ROLE_AUDITADMIN | 1u << ROLE_CLERK_OFFICE));
    CHECK(!roles_apart(1u << ROLE_ENTERPRISE | 1u << ROLE_PARTNER));
    HttpFixture *f = http_fixture();
    Str body = S("{\"name\":\"two.hats\",\"display_name\":\"x\",\"roles\":[\"secadmin\","
                 "\"clerk_office\"]}");
    HttpReply r = http_call(f, &(HttpCall){.method = "POST",
                                           .path = "/users",
                                           .token = f->tokens[ROLE_SYSADMIN],
                                           .body = body});
    CHECK_INT(r.status, 422);
}
