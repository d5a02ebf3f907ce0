/* Users: names and passwords, sign-in, locks, sessions that end. */
#include "base/secret.h"
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
    PasswordHash hash;
    CHECK(user_hash_password(&f->c, u.name, GOOD, &hash) && tx_begin(f->db, DB_WRITE));
    f->id = user_add(f->db, &u, hash, &ACT);
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

static int64_t failures(Fixture *f, Str name) {
    return Q_I64(f->db, 0, "SELECT failures FROM sign_in_failure WHERE name = $1", db_s(name));
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
        PasswordHash hash;
        bool hashed = user_hash_password(&f.c, u.name, str_from(BAD[i].password), &hash);
        CHECK_INT(hashed ? user_add(f.db, &u, hash, &ACT) : 0, 0);
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
    CHECK_INT(failures(&f, S("wang")), 0); /* the wrong one is forgiven */
    CHECK_INT(failures(&f, S("nobody")), 1);
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
    User u;
    CHECK(user_get(f.db, f.id, &u) && u.locked_until_ms > f.c.now_ms);
    f.c.now_ms += (int64_t)LOCK_MINUTES * 60000 + 1;
    CHECK_INT(sign_in(&f, S("wang"), GOOD, &token), ERR_NONE);
    CHECK(user_get(f.db, f.id, &u) && u.locked_until_ms == 0);
    close_users(&f);
}

/* The same answers, attempt for attempt, whoever's name it is. */
TEST(user_unknown_and_disabled_names_look_like_known_ones) {
    static const Str NAMES[] = {STR_INIT("wang"), STR_INIT("nobody"), STR_INIT("gone")};
    Fixture f;
    open_users(&f);
    Str token;
    PasswordHash hash;
    User gone = {.name = S("gone"), .roles = 1};
    CHECK(user_hash_password(&f.c, gone.name, GOOD, &hash) && tx_begin(f.db, DB_WRITE));
    gone.id = user_add(f.db, &gone, hash, &ACT);
    CHECK(gone.id == f.id + 1 && user_get(f.db, gone.id, &gone));
    gone.disabled = true;
    CHECK(user_change(f.db, &gone, &ACT) && tx_commit(f.db));
    for (int i = 0; i < LOCK_AFTER + 2; i++)
        for (size_t k = 0; k < 3; k++)
            CHECK_INT(sign_in(&f, NAMES[k], S("wrong horse battery"), &token),
                      i < LOCK_AFTER ? ERR_AUTH : ERR_BUSY);
    f.c.now_ms += (int64_t)LOCK_MINUTES * 60000 + 1;
    for (size_t k = 0; k < 3; k++)
        CHECK_INT(sign_in(&f, NAMES[k], S("wrong horse battery"), &token), ERR_AUTH);
    CHECK_INT(sign_in(&f, S("gone"), GOOD, &token), ERR_AUTH); /* disabled: right or not */
    CHECK_INT(Q_I64(f.db, 0, "SELECT count(*) FROM sign_in_failure"), 3);
    f.c.now_ms += (int64_t)LOCK_MINUTES * 60000 + 1;
    CHECK_INT(sign_in(&f, S("Not A Name"), GOOD, &token), ERR_AUTH);
    CHECK_INT(sign_in(&f, S("wang"), GOOD, &token), ERR_NONE);
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM sign_in_failure"), 0); /* old ones forgotten */
    close_users(&f);
}

/* The hash nobody has takes the same work as one that somebody has. */
TEST(user_hash_of_nobody_has_the_same_cost) {
    Fixture f;
    open_users(&f);
    PasswordHash hash;
    CHECK(user_hash_password(&f.c, S("wang"), GOOD, &hash));
    Str cost = S("$argon2id$v=19$m=19456,t=2,p=1$"), nobody = secret_nobody();
    CHECK(str_starts(hash.text, cost) && str_starts(nobody, cost));
    CHECK_INT(nobody.n,
              hash.text.n); /* salt and digest of the same length: a hash that is worked out */
    CHECK(!secret_check_password(nobody, GOOD));
    close_users(&f);
}

TEST(user_own_password_is_guessed_no_oftener) {
    Fixture f;
    open_users(&f);
    User u;
    Str token;
    CHECK(user_get(f.db, f.id, &u));
    CHECK(user_check_password(f.db, &u, GOOD));
    for (int i = 0; i < LOCK_AFTER; i++)
        CHECK(!user_check_password(f.db, &u, S("wrong horse battery")) && ctx_ok(&f.c));
    CHECK(!user_check_password(f.db, &u, GOOD));
    CHECK_INT(f.c.err.code, ERR_BUSY);
    ctx_clear(&f.c);
    CHECK_INT(sign_in(&f, S("wang"), GOOD, &token), ERR_BUSY);
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
    PasswordHash hash;
    CHECK(user_hash_password(&f.c, S("wang"), S("a quite different one"), &hash));
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK(user_set_password(f.db, f.id, hash, true, &ACT));
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
