/* Users: names and passwords, sign-in, locks, sessions that end. */
#include "city/user.h"
#include "store/db.h"
#include "tests/test.h"

static const Act ACT = {.actor = STR_INIT("tester"), .reason = STR_INIT("test")};
static const int64_t NOW = 1767225600000; /* 2026-01-01T00:00:00Z */
#define GOOD S("correct horse battery")

typedef struct Fixture {
    Arena *a;
    Ctx c;
    Store *store;
    Db *db;
    int64_t id;
} Fixture;

static void open_users(Fixture *f) {
    f->a = arena_open(0);
    f->c = ctx_new(f->a, NOW);
    f->store = store_open(&f->c, S(":memory:"), true, 1);
    CHECK(f->store && store_migrate(&f->c, f->store));
    f->db = db_borrow(&f->c, f->store);
    User u = {.name = S("wang"), .display_name = S("王"), .roles = 1};
    CHECK(tx_begin(f->db, DB_WRITE));
    f->id = user_add(f->db, &u, GOOD, &ACT);
    CHECK(f->id > 0 && tx_commit(f->db));
}

static void close_users(Fixture *f) {
    db_return(f->db);
    store_close(f->store);
    arena_close(f->a);
}

/* Signs in; the failure, ERR_NONE when it worked. */
static ErrCode sign_in(Fixture *f, Str name, Str password, Str *token) {
    User u;
    bool ok = session_open(f->db, name, password, S("127.0.0.1"), &u, token);
    ErrCode code = f->c.err.code;
    CHECK(ok == (code == ERR_NONE));
    ctx_clear(&f->c);
    return code;
}

static int64_t sessions(Fixture *f) {
    return Q_I64(f->db, -1, "SELECT count(*) FROM session");
}

TEST(user_names_and_passwords) {
    Fixture f;
    open_users(&f);
    static const struct {
        const char *name, *password;
        uint32_t roles;
        ErrCode want;
    } BAD[] = {
        {"w", "correct horse battery", 1, ERR_RULE},
        {"Wang", "correct horse battery", 1, ERR_RULE},
        {"li", "short", 1, ERR_RULE},
        {"li", "aaaaaaaaaaaaaaaa", 1, ERR_RULE},
        {"zhang", "my name is zhang", 1, ERR_RULE},
        {"li", "correct horse battery", 0, ERR_RULE},
        {"wang", "correct horse battery", 1, ERR_STATE},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        User u = {.name = str_from(BAD[i].name), .roles = BAD[i].roles};
        CHECK(tx_begin(f.db, DB_WRITE));
        CHECK_INT(user_add(f.db, &u, str_from(BAD[i].password), &ACT), 0);
        CHECK_INT(f.c.err.code, BAD[i].want);
        tx_rollback(f.db);
        ctx_clear(&f.c);
    }
    CHECK_INT(user_count(f.db), 1);
    close_users(&f);
}

TEST(user_sign_in) {
    Fixture f;
    open_users(&f);
    Str token;
    User u;
    CHECK_INT(sign_in(&f, S("wang"), S("wrong horse battery"), &token), ERR_AUTH);
    CHECK_INT(sign_in(&f, S("nobody"), GOOD, &token), ERR_AUTH);
    CHECK_INT(sessions(&f), 0);
    CHECK_INT(sign_in(&f, S("wang"), GOOD, &token), ERR_NONE);
    CHECK(session_find(f.db, token, &u) && u.id == f.id);
    CHECK(!session_find(f.db, str_sub(token, 0, 42), &u) && ctx_ok(&f.c));
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM session WHERE token_sm3 = $1", db_s(token)), 0);
    CHECK_INT(Q_I64(f.db, -1, "SELECT failures FROM app_user"), 0); /* the wrong one is forgiven */
    CHECK(session_close(f.db, token) && !session_find(f.db, token, &u));
    close_users(&f);
}

TEST(user_is_locked_and_unlocked) {
    Fixture f;
    open_users(&f);
    Str token;
    for (int i = 0; i < LOCK_AFTER; i++)
        CHECK_INT(sign_in(&f, S("wang"), S("wrong horse battery"), &token), ERR_AUTH);
    CHECK_INT(sign_in(&f, S("wang"), GOOD, &token), ERR_BUSY);
    CHECK_INT(Q_I64(f.db, 0, "SELECT count(*) FROM journal WHERE action = 'user.lock'"), 1);
    f.c.now_ms += (int64_t)LOCK_MINUTES * 60000 + 1;
    CHECK_INT(sign_in(&f, S("wang"), GOOD, &token), ERR_NONE);
    close_users(&f);
}

TEST(user_sessions_end) {
    Fixture f;
    open_users(&f);
    Str old, token;
    User u;
    CHECK_INT(sign_in(&f, S("wang"), GOOD, &old), ERR_NONE);
    f.c.now_ms += (int64_t)SESSION_HOURS * 3600000 + 1;
    CHECK(!session_find(f.db, old, &u));
    CHECK_INT(sign_in(&f, S("wang"), GOOD, &token), ERR_NONE);
    CHECK_INT(sessions(&f), 1); /* the expired one was removed */
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK(user_set_password(f.db, f.id, S("a quite different one"), true, &ACT));
    CHECK(tx_commit(f.db));
    CHECK(!session_find(f.db, token, &u));
    CHECK_INT(sign_in(&f, S("wang"), GOOD, &token), ERR_AUTH);
    CHECK_INT(sign_in(&f, S("wang"), S("a quite different one"), &token), ERR_NONE);
    CHECK(user_get(f.db, f.id, &u) && u.must_change);
    u.disabled = true;
    CHECK(tx_begin(f.db, DB_WRITE) && user_change(f.db, &u, &ACT) && tx_commit(f.db));
    CHECK_INT(sessions(&f), 0);
    CHECK_INT(sign_in(&f, S("wang"), S("a quite different one"), &token), ERR_AUTH);
    close_users(&f);
}
