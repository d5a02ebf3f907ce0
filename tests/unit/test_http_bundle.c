/* Bundles over HTTP: who may, what is refused, made in the background and taken up again, fetched,
 * checked, and gone after its days. */
#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"
#include "city/bundle/order.h"
#include "job/bundler.h"
#include "tests/http_fixture.h"
#include "tests/test.h"

static Ctx work(HttpFixture *f) {
    return ctx_new(f->call, f->now_ms);
}

/* The key of the register that requests enter now; it is otherwise set when the register opens. */
static Register *keyed(HttpFixture *f, bool key) {
    static Str path;
    Ctx c = work(f);
    if (!path.n) {
        path = path_join(f->arena, str_from(test_folder()), S("orders.pem"));
        CHECK(sign_new(&c, path));
    }
    Db *db = db_borrow(&c, f->reg->store);
    Register *now = (Register *)(uintptr_t)register_enter(db, f->reg);
    db_return(db);
    now->key_path = key ? path : S("");
    register_leave(now);
    return now;
}

static HttpReply ask(HttpFixture *f, Str token, const char *body) {
    return http_call(
        f,
        &(HttpCall){.method = "POST", .path = "/bundles", .token = token, .body = str_from(body)});
}

/* Asks with a key at hand; the id. */
static Str asked(HttpFixture *f, const char *body) {
    keyed(f, true);
    HttpReply r = ask(f, f->tokens[ROLE_AUDITOR], body);
    CHECK_INT(r.status, 202);
    CHECK_STR(json_get_str(r.json, S("state")), S("waits"));
    return str_dup(f->arena, json_get_str(r.json, S("id")));
}

static int run(HttpFixture *f) {
    int made = -1;
    Register *reg = keyed(f, true);
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, f->now_ms);
    CHECK(bundler_run(&c, reg, &made));
    arena_close(a);
    keyed(f, false);
    return made;
}

static HttpReply look(HttpFixture *f, Str id, const char *part) {
    Str path = str_printf(f->arena, "/bundles/%.*s%s", STRF(id), part);
    return http_call(f, &(HttpCall){.method = "GET",
                                    .path = str_z(f->arena, path),
                                    .token = f->tokens[ROLE_AUDITOR],
                                    .raw = *part != 0});
}

static int64_t entries(HttpFixture *f, const char *action) {
    Ctx c = work(f);
    Db *db = db_borrow(&c, f->reg->store);
    int64_t n =
        Q_I64(db, 0, "SELECT count(*) FROM journal WHERE action = $1", db_s(str_from(action)));
    db_return(db);
    return n;
}

static void exec(HttpFixture *f, const char *sql, Str id) {
    Ctx c = work(f);
    int64_t n = 0;
    Db *db = db_borrow(&c, f->reg->store);
    CHECK(str_to_i64(id, &n) && EXEC(db, sql, db_i(n)));
    db_return(db);
}

TEST(bundle_order_is_made_fetched_and_verifies) {
    HttpFixture *f = http_fixture();
    BundleCheck check;
    Str id = asked(f, "{\"object\":\"round:1\",\"reason\":\"抽查\"}");
    CHECK_INT(look(f, id, "/file").status, 404); /* not made yet */
    int64_t read = entries(f, "bundle.read");
    CHECK_INT(run(f), 1);
    HttpReply r = look(f, id, "");
    CHECK_STR(json_get_str(r.json, S("state")), S("made"));
    CHECK(json_get_i64(r.json, S("bytes"), 0) > 4096);
    Str sm3 = str_dup(f->arena, json_get_str(r.json, S("sm3")));
    r = look(f, id, "/file");
    CHECK_INT(r.status, 200);
    CHECK_STR(hash_hex(f->arena, HASH_SM3, r.body), sm3);
    CHECK_STR(r.cache, S("no-store"));
    Ctx c = work(f);
    Str path = path_join(f->arena, str_from(test_folder()), S("fetched.zbb"));
    CHECK(file_write(&c, path, r.body) && bundle_verify(&c, path, &check));
    CHECK_INT(check.n, 0);
    r = look(f, id, "/reader");
    CHECK_INT(r.status, 200);
    CHECK(str_find(r.body, S("<!doctype html>")) >= 0 ||
          str_find(r.body, S("<!DOCTYPE html>")) >= 0);
    CHECK_INT(entries(f, "bundle.read") - read, 2);
}

TEST(bundle_order_is_for_auditors_and_nobody_behind_a_preview) {
    HttpFixture *f = http_fixture();
    for (int role = 0; role < ROLES; role++) {
        int want = role == ROLE_AUDITOR ? 200 : 403;
        CHECK_INT(http_get(f, f->tokens[role], "/bundles").status, want);
        if (role != ROLE_AUDITOR)
            CHECK_INT(ask(f, f->tokens[role], "{\"object\":\"round:1\",\"reason\":\"x\"}").status,
                      403);
    }
    http_new_user(f, S("bundle.peep"), 1u << ROLE_POLICY, false);
    Str peep = http_sign_in(f, S("bundle.peep"), S(FIXTURE_PASSWORD));
    CHECK_INT(http_call(f, &(HttpCall){.method = "POST",
                                       .path = "/session/preview",
                                       .token = peep,
                                       .body = S("{\"role\":\"auditor\",\"reason\":\"x\"}")})
                  .status,
              204);
    CHECK_INT(http_get(f, peep, "/bundles").status, 403);
}

TEST(bundle_order_refuses_what_is_none) {
    HttpFixture *f = http_fixture();
    Str auditor = f->tokens[ROLE_AUDITOR];
    static const struct {
        const char *body;
        int status;
    } BAD[] = {{"{\"object\":\"round:1\"}", 422},
               {"{\"object\":\"round:99999\",\"reason\":\"x\"}", 404},
               {"{\"object\":\"case:99999\",\"reason\":\"x\"}", 404},
               {"{\"object\":\"enterprise:99999\",\"reason\":\"x\"}", 404},
               {"{\"object\":\"enterprise:91370300MA3XXXXXX0\",\"reason\":\"x\"}", 404},
               {"{\"object\":\"rule:no/rule\",\"reason\":\"x\"}", 404},
               {"{\"object\":\"user:1\",\"reason\":\"x\"}", 400},
               {"{\"object\":\"\",\"reason\":\"x\"}", 400},
               {"{\"object\":\"round:1\",\"reason\":\"x\",\"day\":\"2022-06-30\"}", 422},
               {"{\"object\":\"rule:zibo/gazelle\",\"reason\":\"x\",\"day\":\"yesterday\"}", 422}};
    CHECK_INT(ask(f, auditor, "{\"object\":\"round:1\",\"reason\":\"x\"}").status,
              409); /* no key */
    keyed(f, true);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        HttpReply r = ask(f, auditor, BAD[i].body);
        if (r.status != BAD[i].status) test_failed(__FILE__, __LINE__, BAD[i].body);
    }
    keyed(f, false);
}

TEST(bundle_order_that_fails_says_why) {
    HttpFixture *f = http_fixture();
    Str id = asked(f, "{\"object\":\"rule:cn/unicorn\",\"day\":\"1999-01-01\",\"reason\":\"x\"}");
    CHECK_INT(run(f), 1);
    HttpReply r = look(f, id, "");
    CHECK_STR(json_get_str(r.json, S("state")), S("failed"));
    CHECK(str_find(json_get_str(r.json, S("problem")), S("没有可以封存的")) >= 0);
    CHECK_INT(look(f, id, "/file").status, 404);
}

/* The server died with it in hand: the next one takes it up, three times. */
TEST(bundle_order_survives_its_server) {
    HttpFixture *f = http_fixture();
    Str id = asked(f, "{\"object\":\"round:1\",\"reason\":\"x\"}");
    exec(f, "UPDATE bundle_order SET state = 1, process = 'gone', tries = 1 WHERE id = $1", id);
    CHECK_INT(run(f), 1);
    CHECK_STR(json_get_str(look(f, id, "").json, S("state")), S("made"));
    id = asked(f, "{\"object\":\"round:1\",\"reason\":\"x\"}");
    exec(f, "UPDATE bundle_order SET state = 1, process = 'gone', tries = 3 WHERE id = $1", id);
    CHECK_INT(run(f), 0);
    HttpReply r = look(f, id, "");
    CHECK_STR(json_get_str(r.json, S("state")), S("failed"));
    CHECK(json_get_str(r.json, S("problem")).n > 0);
}

TEST(bundle_order_ends_after_its_days) {
    HttpFixture *f = http_fixture();
    struct stat st;
    Ctx c = work(f);
    Str id = asked(f, "{\"object\":\"round:1\",\"reason\":\"x\"}");
    int64_t n = 0;
    CHECK_INT(run(f), 1);
    CHECK(str_to_i64(id, &n));
    const char *path = str_z(f->arena, order_path(f->arena, f->reg->store, n));
    CHECK_INT(stat(path, &st), 0);
    CHECK_INT(stat(str_z(f->arena, store_beside(f->arena, f->reg->store, S("bundles"))), &st), 0);
    CHECK_INT(st.st_mode & (S_IRWXG | S_IRWXO), 0);
    exec(f, "UPDATE bundle_order SET ended_ms = 1 WHERE id = $1", id);
    CHECK_INT(run(f), 0);
    CHECK(stat(path, &st) != 0);
    CHECK_STR(json_get_str(look(f, id, "").json, S("state")), S("gone"));
    CHECK_INT(look(f, id, "/file").status, 404);
    CHECK(ctx_ok(&c));
}

TEST(bundle_orders_have_a_limit) {
    HttpFixture *f = http_fixture();
    keyed(f, true);
    HttpReply r;
    int i = 0;
    do r = ask(f, f->tokens[ROLE_AUDITOR], "{\"object\":\"case:1\",\"reason\":\"x\"}");
    while (r.status == 202 && ++i < 2 * ORDERS_OPEN);
    keyed(f, false);
    CHECK_INT(i, ORDERS_OPEN);
    CHECK_INT(r.status, 409);
    run(f);
}

TEST(bundle_folder_is_made_with_those_above_it) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    struct stat st;
    Str top = path_join(a, str_from(test_folder()), S("above"));
    Str path = path_join(a, path_join(a, top, S("between")), S("bundles"));
    CHECK(file_folder(&c, path) && file_folder(&c, path)); /* also when it is there */
    CHECK_INT(stat(str_z(a, top), &st), 0);
    CHECK_INT(st.st_mode & 0777, 0700);
    CHECK(file_write(&c, path_join(a, path, S("x")), S("x")));
    CHECK(!file_folder(&c, path_join(a, path_join(a, path, S("x")), S("y")))); /* below a file */
    CHECK_INT(c.err.code, ERR_STORE);
    arena_close(a);
}
