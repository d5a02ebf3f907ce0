/* People: one-time codes by the standard's own values, invitations, bindings, offices by date,
 * agreements, sessions; hostile input. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "city/people/binding.h"
#include "city/people/factor.h"
#include "city/people/invitation.h"
#include "city/people/office.h"
#include "city/people/organisation.h"
#include "city/people/people.h"
#include "city/people/sight.h"
#include "city/subject.h"
#include "tests/store_fixture.h"
#include "tests/test.h"

static const Act ACT = {.actor = STR_INIT("tester"), .reason = STR_INIT("test")};
static const int64_t NOW = 1767225600000; /* 2026-01-01 08:00 in China */
#define GOOD S("correct horse battery")
#define CODE S("91370303MA0MTRX01E")

static int64_t new_user(StoreFixture *f, const char *name, Role role) {
    User u = {.name = str_from(name), .roles = 1u << role};
    PasswordHash hash;
    CHECK(user_hash_password(&f->ctx, u.name, GOOD, &hash) && tx_begin(f->db, DB_WRITE));
    int64_t id = user_add(f->db, &u, hash, &ACT);
    CHECK(id > 0 && tx_commit(f->db));
    return id;
}

/* The failure of what was done inside a transaction, which is undone when there is one. */
static ErrCode done(StoreFixture *f, bool ok) {
    ErrCode code = f->ctx.err.code;
    CHECK(ok == (code == ERR_NONE));
    if (ok)
        CHECK(tx_commit(f->db));
    else
        tx_rollback(f->db);
    ctx_clear(&f->ctx);
    return code;
}

/* --- one-time codes ----------------------------------------------------------------------------
 */

TEST(people_codes_of_rfc_6238) {
    static const struct {
        int64_t at_s;
        const char *code; /* the last six of the eight digits of appendix B */
    } VALUES[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                  {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    Arena *a = arena_open(0);
    Str key = S("12345678901234567890"), back;
    for (size_t i = 0; i < sizeof VALUES / sizeof *VALUES; i++)
        CHECK_STR(factor_code(a, key, VALUES[i].at_s / FACTOR_STEP_S), str_from(VALUES[i].code));
    CHECK_STR(base32_text(a, key), S("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
    CHECK(base32_read(a, S("gezd gnbv GY3TQOJQ GEZDGNBVGY3TQOJQ="), &back));
    CHECK_STR(back, key);
    CHECK(!base32_read(a, S("GEZD1"), &back) && !base32_read(a, S("\xff"), &back));
    CHECK_STR(factor_uri(a, S("稷"), S("li&x"), S("ABC")),
              S("otpauth://totp/%E7%A8%B7:li%26x?secret=ABC&issuer=%E7%A8%B7&algorithm=SHA1&"
                "digits=6&period=30"));
    arena_close(a);
}

static Str code_now(StoreFixture *f, Str secret, int64_t ahead) {
    Str key;
    CHECK(base32_read(f->arena, secret, &key));
    return factor_code(f->arena, key, f->ctx.now_ms / 1000 / FACTOR_STEP_S + ahead);
}

static ErrCode sign_in(StoreFixture *f, Str code) {
    User u;
    Str token;
    SignIn s = {.name = S("wang"), .password = GOOD, .code = code, .address = S("::1")};
    session_sign_in(f->db, &s, &u, &token);
    ErrCode e = f->ctx.err.code;
    bool needed = f->ctx.err.note.msg == M_PEOPLE_CODE_NEEDED;
    ctx_clear(&f->ctx);
    return needed ? ERR_CODES : e;
}

static Str set_up(StoreFixture *f, const User *u, Str *codes) {
    Str secret;
    CHECK(tx_begin(f->db, DB_WRITE));
    CHECK_INT(done(f, factor_begin(f->db, u, &secret, &ACT)), ERR_NONE);
    CHECK_INT(sign_in(f, S("")), ERR_NONE); /* not in force before it was proved */
    CHECK(tx_begin(f->db, DB_WRITE));
    CHECK_INT(done(f, factor_confirm(f->db, u, S("000000"), codes, &ACT)), ERR_RULE);
    CHECK(tx_begin(f->db, DB_WRITE));
    CHECK_INT(done(f, factor_confirm(f->db, u, code_now(f, secret, 0), codes, &ACT)), ERR_NONE);
    return secret;
}

TEST(people_second_factor) {
    StoreFixture f;
    Str codes[RECOVERY_CODES];
    User u;
    store_fixture_open(&f, NOW);
    CHECK(user_get(f.db, new_user(&f, "wang", ROLE_CLERK_OFFICE), &u));
    Str secret = set_up(&f, &u, codes);
    CHECK_INT(sign_in(&f, S("")), ERR_CODES);
    CHECK_INT(sign_in(&f, code_now(&f, secret, 0)), ERR_AUTH); /* taken when it was proved */
    CHECK_INT(sign_in(&f, code_now(&f, secret, 2)), ERR_AUTH); /* outside the window */
    CHECK_INT(sign_in(&f, code_now(&f, secret, 1)), ERR_NONE);
    CHECK_INT(sign_in(&f, code_now(&f, secret, 1)), ERR_AUTH); /* a replay */
    CHECK_INT(sign_in(&f, codes[3]), ERR_NONE);
    CHECK_INT(sign_in(&f, codes[3]), ERR_AUTH); /* once */
    f.ctx.now_ms += 60000;
    CHECK_INT(sign_in(&f, code_now(&f, secret, 0)), ERR_NONE);
    for (int i = 0; i < LOCK_AFTER; i++) CHECK_INT(sign_in(&f, S("123456")), ERR_AUTH);
    CHECK_INT(sign_in(&f, code_now(&f, secret, 1)), ERR_BUSY); /* guessing locks the name */
    Factor state;
    CHECK(factor_get(f.db, u.id, &state));
    CHECK(state.confirmed && state.recovery_left == RECOVERY_CODES - 1);
    store_fixture_close(&f);
}

static Str kept_secret(StoreFixture *f, int64_t user) {
    Str s = S("");
    Rows *r = Q(f->db, "SELECT secret FROM second_factor WHERE app_user = $1", db_i(user));
    if (r && row_next(r)) s = str_dup(f->arena, row_str(r, 0));
    if (r) rows_close(r);
    return s;
}

static void keep_secret(StoreFixture *f, int64_t user, Str secret) {
    CHECK(tx_begin(f->db, DB_WRITE));
    CHECK(EXEC(f->db, "UPDATE second_factor SET secret = $1 WHERE app_user = $2", db_s(secret),
               db_i(user)));
    CHECK(tx_commit(f->db));
}

/* The store alone tells no key; what an older version left open is sealed; without the file of the
 * key codes are wrong, even those of an empty key, and recovery codes hold. */
TEST(people_second_factor_is_sealed) {
    StoreFixture f;
    Str codes[RECOVERY_CODES];
    User u;
    struct stat st;
    store_fixture_open(&f, NOW);
    int64_t other = new_user(&f, "li", ROLE_CLERK_OFFICE);
    CHECK(user_get(f.db, new_user(&f, "wang", ROLE_CLERK_OFFICE), &u));
    Str secret = set_up(&f, &u, codes), sealed = kept_secret(&f, u.id);
    CHECK(secret_is_sealed(sealed) && str_find(sealed, secret) < 0);
    const char *key = str_z(f.arena, store_key_path(f.arena, f.store));
    const char *away = str_z(f.arena, str_cat(f.arena, str_from(key), S(".away")));
    CHECK(stat(key, &st) == 0 && (st.st_mode & 0777) == 0600 && st.st_size == SECRET_KEY_BYTES);
    keep_secret(&f, u.id, secret);
    CHECK_INT(sign_in(&f, code_now(&f, secret, 1)), ERR_NONE);
    CHECK(tx_begin(f.db, DB_WRITE) && factor_seal_all(f.db) && tx_commit(f.db));
    CHECK(secret_is_sealed(kept_secret(&f, u.id)));
    f.ctx.now_ms += 60000;
    CHECK_INT(sign_in(&f, code_now(&f, secret, 0)), ERR_NONE);
    CHECK_INT(rename(key, away), 0);
    f.ctx.now_ms += 60000;
    CHECK_INT(sign_in(&f, code_now(&f, secret, 0)), ERR_AUTH);
    CHECK_INT(sign_in(&f, code_now(&f, S(""), 0)), ERR_AUTH);
    CHECK_INT(sign_in(&f, codes[5]), ERR_NONE);
    User second;
    CHECK(user_get(f.db, other, &second));
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK_INT(done(&f, factor_begin(f.db, &second, &secret, &ACT)), ERR_MISSING);
    CHECK(stat(key, &st) != 0); /* none is made beside what another has sealed */
    CHECK_INT(rename(away, key), 0);
    CHECK_INT(chmod(key, 0644), 0);
    CHECK_INT(sign_in(&f, code_now(&f, secret, 1)), ERR_AUTH);
    unlink(key);
    store_fixture_close(&f);
}

/* --- invitations -------------------------------------------------------------------------------
 */

static ErrCode accept(StoreFixture *f, Str token) {
    PasswordHash hash;
    User u;
    CHECK(user_hash_password(&f->ctx, S("wang"), S("another good one"), &hash));
    CHECK(tx_begin(f->db, DB_WRITE));
    return done(f, invitation_accept(f->db, token, hash, &u));
}

static Str invite(StoreFixture *f, int64_t user) {
    Str token;
    int64_t expires;
    CHECK(tx_begin(f->db, DB_WRITE));
    CHECK_INT(done(f, invitation_make(f->db, user, &token, &expires, &ACT)), ERR_NONE);
    CHECK_INT(expires, f->ctx.now_ms + (int64_t)INVITATION_HOURS * 3600000);
    return token;
}

TEST(people_an_invitation_does_once) {
    StoreFixture f;
    store_fixture_open(&f, NOW);
    int64_t id = new_user(&f, "wang", ROLE_CLERK_OFFICE);
    Str first = invite(&f, id), second = invite(&f, id);
    CHECK_INT(accept(&f, first), ERR_AUTH); /* a newer one holds */
    CHECK_INT(accept(&f, S("")), ERR_AUTH);
    CHECK_INT(accept(&f, S("' OR '1'='1")), ERR_AUTH);
    CHECK(invitation_open_until(f.db, id) > NOW);
    CHECK_INT(accept(&f, second), ERR_NONE);
    CHECK_INT(accept(&f, second), ERR_AUTH);
    CHECK_INT(invitation_open_until(f.db, id), 0);
    Str late = invite(&f, id);
    f.ctx.now_ms += (int64_t)INVITATION_HOURS * 3600000;
    CHECK_INT(accept(&f, late), ERR_AUTH);
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM invitation WHERE token_sm3 = $1", db_s(late)),
              0); /* the token itself is nowhere */
    store_fixture_close(&f);
}

/* --- enterprises' accounts ---------------------------------------------------------------------
 */

static ErrCode ask(StoreFixture *f, int64_t user, Str code, Str proof, int64_t *id) {
    User u;
    CHECK(user_get(f->db, user, &u) && tx_begin(f->db, DB_WRITE));
    *id = binding_ask(f->db, &u, code, S("执照.pdf"), proof, &ACT);
    return done(f, *id != 0);
}

static ErrCode decide_on(StoreFixture *f, int64_t id, bool bind, int32_t to, Str actor) {
    Act act = {.actor = actor, .reason = S("核对了授权书")};
    CHECK(tx_begin(f->db, DB_WRITE));
    return done(f, binding_decide(f->db, id, bind, to, &act));
}

static int64_t subject_of(StoreFixture *f, int64_t user) {
    User u;
    CHECK(user_get(f->db, user, &u));
    return u.subject;
}

TEST(people_a_person_is_bound_by_proof) {
    StoreFixture f;
    int64_t id, other;
    store_fixture_open(&f, NOW);
    SubjectNew s = {.kind = SUBJECT_ENTERPRISE, .name = S("甲公司"), .uscc = CODE};
    CHECK(tx_begin(f.db, DB_WRITE));
    int64_t firm = subject_add(f.db, &s, &ACT);
    CHECK(firm > 0 && tx_commit(f.db));
    int64_t one = new_user(&f, "one", ROLE_ENTERPRISE), two = new_user(&f, "two", ROLE_ENTERPRISE);
    CHECK_INT(ask(&f, one, CODE, S("<html>PDF</html>"), &id), ERR_RULE);
    CHECK_INT(ask(&f, one, CODE, S(""), &id), ERR_RULE);
    CHECK_INT(ask(&f, one, S("91370303MA0MTRX010"), S("%PDF-1.4"), &id), ERR_RULE);
    CHECK_INT(ask(&f, one, S("91370305MA0MTRX02E"), S("%PDF-1.4"), &id), ERR_RULE);
    CHECK_INT(ask(&f, one, CODE, S("%PDF-1.4"), &id), ERR_NONE);
    CHECK_INT(ask(&f, one, CODE, S("%PDF-1.4"), &other), ERR_STATE);
    CHECK_INT(subject_of(&f, one), 0); /* asked is not bound */
    CHECK_INT(decide_on(&f, id, true, 0, S("one")), ERR_RULE);
    CHECK_INT(decide_on(&f, id, true, 20251231, S("li")), ERR_RULE);
    CHECK_INT(decide_on(&f, id, true, 20260103, S("li")), ERR_NONE);
    CHECK_INT(decide_on(&f, id, false, 0, S("li")), ERR_STATE);
    CHECK_INT(subject_of(&f, one), firm);
    CHECK_INT(ask(&f, two, CODE, S("\xff\xd8\xff x"), &other), ERR_NONE); /* several persons */
    CHECK_INT(decide_on(&f, other, true, 0, S("li")), ERR_NONE);
    f.ctx.now_ms += 2 * 86400000;
    CHECK_INT(subject_of(&f, one), 0); /* the day came */
    CHECK_INT(subject_of(&f, two), firm);
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK_INT(done(&f, binding_end(f.db, other, &ACT)), ERR_NONE);
    CHECK_INT(subject_of(&f, two), 0);
    store_fixture_close(&f);
}

/* --- offices -----------------------------------------------------------------------------------
 */

static int64_t add_office(StoreFixture *f, const char *name) {
    Office o = {.name = str_from(name), .from = 20250101};
    CHECK(tx_begin(f->db, DB_WRITE));
    int64_t id = office_add(f->db, &o, &ACT);
    done(f, id != 0);
    return id;
}

static ErrCode give(StoreFixture *f, int64_t office, Str duty, int32_t day) {
    CHECK(tx_begin(f->db, DB_WRITE));
    return done(f, office_give(f->db, office, duty, day, S(""), &ACT));
}

static ErrCode hand_over(StoreFixture *f, Handover h) {
    CHECK(tx_begin(f->db, DB_WRITE));
    return done(f, office_hand_over(f->db, &h, &ACT));
}

TEST(people_offices_merge_and_hand_over) {
    StoreFixture f;
    Str library = S("培育库"), rounds = S("年度评审");
    store_fixture_open(&f, NOW);
    int64_t a = add_office(&f, "高技术处"), b = add_office(&f, "产业处");
    CHECK_INT(add_office(&f, "产业处"), 0);
    CHECK_INT(add_office(&f, " "), 0);
    CHECK_INT(give(&f, a, library, 20250101), ERR_NONE);
    CHECK_INT(give(&f, b, library, 20260101), ERR_STATE); /* held */
    CHECK_INT(give(&f, a, rounds, 20250101), ERR_NONE);
    CHECK_INT(hand_over(&f, (Handover){a, a, library, 20250601, S("")}), ERR_RULE);
    CHECK_INT(hand_over(&f, (Handover){b, a, library, 20250601, S("")}), ERR_STATE);
    CHECK_INT(hand_over(&f, (Handover){a, b, library, 20250601, S("")}), ERR_NONE);
    CHECK_INT(office_of_duty(f.db, library, 20250531), a);
    CHECK_INT(office_of_duty(f.db, library, 20250601), b);
    CHECK_INT(office_of_duty(f.db, library, 20241231), 0);
    CHECK_INT(hand_over(&f, (Handover){a, b, S(""), 20260301, S("机构改革")}), ERR_NONE);
    CHECK_INT(office_of_duty(f.db, rounds, 20260228), a);
    CHECK_INT(office_of_duty(f.db, rounds, 20260301), b);
    CHECK_INT(office_on(f.db, a, 20260228), a);
    CHECK_INT(office_on(f.db, a, 20260301), b);
    CHECK_INT(hand_over(&f, (Handover){b, a, library, 20260401, S("")}), ERR_STATE); /* gone */
    store_fixture_close(&f);
}

/* --- organisations -----------------------------------------------------------------------------
 */

TEST(people_agreements_hold_from_to_with_a_promise) {
    Agreement g = {.from = 20260101, .to = 20270101};
    CHECK_STR(agreement_state(&g, 20251231), S("not_yet"));
    CHECK_STR(agreement_state(&g, 20260101), S("no_promise"));
    g.promised = 20260201;
    CHECK_STR(agreement_state(&g, 20260131), S("no_promise"));
    CHECK_STR(agreement_state(&g, 20260201), S("in_force"));
    CHECK_STR(agreement_state(&g, 20270101), S("ended"));
    g.ended = 20260301;
    CHECK_STR(agreement_state(&g, 20260228), S("in_force"));
    CHECK_STR(agreement_state(&g, 20260301), S("ended"));
}

TEST(people_organisations_refuse_what_is_wrong) {
    StoreFixture f;
    store_fixture_open(&f, NOW);
    static const Organisation BAD[] = {
        {.kind = STR_INIT("bank"), .name = STR_INIT("甲")},
        {.kind = STR_INIT("venture"), .name = STR_INIT(" ")},
        {.kind = STR_INIT("venture"), .name = STR_INIT("\xff")},
        {.kind = STR_INIT("venture"), .name = STR_INIT("甲\a乙")},
        {.kind = STR_INIT("venture"), .name = STR_INIT("甲\xe2\x80\xae乙")}, /* U+202E */
        {.kind = STR_INIT("venture"), .name = STR_INIT("甲"), .code = STR_INIT("123")}};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        CHECK(tx_begin(f.db, DB_WRITE));
        CHECK_INT(done(&f, organisation_add(f.db, &BAD[i], &ACT) != 0), ERR_RULE);
    }
    Organisation o = {.kind = S("think_tank"), .name = S("某研究院"), .code = CODE};
    CHECK(tx_begin(f.db, DB_WRITE));
    int64_t id = organisation_add(f.db, &o, &ACT);
    CHECK_INT(done(&f, id != 0), ERR_NONE);
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK_INT(done(&f, organisation_add(f.db, &o, &ACT) != 0), ERR_STATE);
    Agreement g = {.organisation = id, .number = S("1"), .from = 20260101, .to = 20260101};
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK_INT(done(&f, agreement_add(f.db, &g, &ACT) != 0), ERR_RULE);
    g.to = 0;
    CHECK(tx_begin(f.db, DB_WRITE));
    int64_t agreement = agreement_add(f.db, &g, &ACT);
    CHECK_INT(done(&f, agreement != 0), ERR_NONE);
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK_INT(done(&f, agreement_end(f.db, id + 1, agreement, 20260201, &ACT)), ERR_MISSING);
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK_INT(done(&f, agreement_end(f.db, id, agreement, 20260201, &ACT)), ERR_NONE);
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK_INT(done(&f, agreement_end(f.db, id, agreement, 20260201, &ACT)), ERR_STATE);
    store_fixture_close(&f);
}

/* --- sessions ----------------------------------------------------------------------------------
 */

TEST(people_sessions_are_listed_and_ended) {
    StoreFixture f;
    store_fixture_open(&f, NOW);
    int64_t id = new_user(&f, "wang", ROLE_POLICY), other = new_user(&f, "li", ROLE_POLICY);
    Str first, second;
    User u;
    CHECK(session_open(f.db, S("wang"), GOOD, S("10.0.0.1"), &u, &first));
    f.ctx.now_ms += 1000;
    CHECK(session_open(f.db, S("wang"), GOOD, S("10.0.0.2"), &u, &second));
    CHECK(session_find(f.db, second, &u));
    CHECK_STR(u.last_sign_in_from, S("10.0.0.1")); /* the one before this */
    CHECK_INT(u.last_sign_in_ms, NOW);
    SessionRow *all;
    int n;
    CHECK(session_list(f.db, id, &all, &n));
    CHECK_INT(n, 2);
    CHECK_STR(all[0].address, S("10.0.0.2"));
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK_INT(done(&f, session_end(f.db, other, all[1].serial, &ACT)), ERR_MISSING);
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK_INT(done(&f, session_end(f.db, id, all[1].serial, &ACT)), ERR_NONE);
    CHECK(!session_find(f.db, first, &u) && session_find(f.db, second, &u));
    Preview p = {.roles = 1u << ROLE_LEADER, .district = S("370303")};
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK_INT(done(&f, session_preview(f.db, &u, &p, &ACT)), ERR_NONE);
    CHECK(session_find(f.db, second, &u) && u.viewing);
    CHECK(u.roles == 1u << ROLE_LEADER && u.own_roles == 1u << ROLE_POLICY);
    store_fixture_close(&f);
}
