/* Notifications: who is told, once, in the transaction of the act; following; marking as read. */
#include "city/bundle/notify.h"
#include "tests/store_fixture.h"
#include "tests/test.h"

static const Act ACT = {.actor = STR_INIT("tester"), .reason = STR_INIT("test")};

static int64_t person(StoreFixture *f, const char *name, uint32_t roles, const char *district) {
    User u = {.name = str_from(name), .roles = roles, .district = str_from(district)};
    u.department = roles >> ROLE_POLICY & 1 ? S("政策处") : S("新经济处");
    CHECK(tx_begin(f->db, DB_WRITE));
    int64_t id = user_add(f->db, &u, (PasswordHash){S("x")}, &ACT);
    CHECK(id && tx_commit(f->db));
    return id;
}

static void tell(StoreFixture *f, const Notify *n) {
    CHECK(tx_begin(f->db, DB_WRITE));
    CHECK(notify(f->db, n));
    CHECK(tx_commit(f->db));
}

static int64_t unread(StoreFixture *f, int64_t user) {
    Notice *items;
    int n;
    int64_t total, count;
    CHECK(notify_list(f->db, user, true, 0, 50, &items, &n, &total, &count));
    CHECK(total == count && n == count);
    return count;
}

TEST(notify_reaches_who_is_meant) {
    StoreFixture f;
    store_fixture_open(&f, 5000);
    int64_t wang = person(&f, "wang", 1u << ROLE_CLERK_OFFICE, "");
    int64_t li = person(&f, "li", 1u << ROLE_CLERK_DISTRICT, "370303");
    int64_t zhao = person(&f, "zhao", 1u << ROLE_CLERK_DISTRICT, "370305");
    int64_t policy = person(&f, "qian", 1u << ROLE_POLICY, "");
    Notify n = {.to = {.roles = 1u << ROLE_CLERK_DISTRICT, .district = S("370303")},
                .what = M_NOTIFY_SAID,
                .args = {S("请核查 {1}"), S("please check")},
                .nargs = 2,
                .object = S("case:1"),
                .link = S("/cases/1"),
                .actor = S("wang")};
    tell(&f, &n);
    CHECK(unread(&f, li) == 1 && unread(&f, zhao) == 0 && unread(&f, wang) == 0);
    n.to = (NotifyTo){.roles = 1u << ROLE_CLERK_DISTRICT | 1u << ROLE_CLERK_OFFICE};
    tell(&f, &n); /* wang did it: left out */
    CHECK(unread(&f, li) == 2 && unread(&f, zhao) == 1 && unread(&f, wang) == 0);
    n.to = (NotifyTo){.user = wang};
    n.actor = S("li");
    tell(&f, &n);
    n.to = (NotifyTo){.user_name = S("qian")};
    tell(&f, &n);
    CHECK(unread(&f, wang) == 1 && unread(&f, policy) == 1);
    n.to =
        (NotifyTo){.roles = 1u << ROLE_POLICY | 1u << ROLE_CLERK_OFFICE, .department = S("政策处")};
    tell(&f, &n);
    CHECK(unread(&f, wang) == 1 && unread(&f, policy) == 2);
    n.to = (NotifyTo){0}; /* nobody */
    tell(&f, &n);
    CHECK(EXEC(f.db, "UPDATE app_user SET disabled = 1 WHERE id = $1", db_i(policy)));
    n.to = (NotifyTo){.user = policy};
    tell(&f, &n);
    CHECK(unread(&f, policy) == 2 && unread(&f, wang) == 1);
    Notice *items;
    int count;
    int64_t total, all;
    CHECK(notify_list(f.db, li, false, 1, 50, &items, &count, &total, &all));
    CHECK(count == 1 && total == 2);
    CHECK_STR(items[0].text[LANG_ZH], S("请核查 {1}"));
    CHECK_STR(items[0].text[LANG_EN], S("please check"));
    CHECK_STR(items[0].object, S("case:1"));
    CHECK(items[0].why == NOTIFY_WAITS && items[0].at_ms == 5000);
    store_fixture_close(&f);
}

TEST(notify_reaches_offices_partners_and_enterprises) {
    StoreFixture f;
    store_fixture_open(&f, 1767225600000); /* 2026-01-01 */
    int64_t clerk = person(&f, "clerk", 1u << ROLE_CLERK_OFFICE, "");
    int64_t partner = person(&f, "partner", 1u << ROLE_PARTNER, "");
    int64_t firm = person(&f, "firm", 1u << ROLE_ENTERPRISE, "");
    CHECK(EXEC(f.db, "UPDATE app_user SET office = 3 WHERE id = $1", db_i(clerk)));
    CHECK(EXEC(f.db, "UPDATE app_user SET organisation = 4 WHERE id = $1", db_i(partner)));
    CHECK(EXEC(f.db, "INSERT INTO subject(id, kind, name, code, demo, division, unit, created_ms) "
                     "VALUES(9, 0, 'x', 'x', 0, '', '', 0)"));
    CHECK(EXEC(f.db,
               "INSERT INTO enterprise_binding(id, app_user, code, subject, state, proof_name, "
               "proof_type, proof_sm3, proof, asked_ms, decided_by, decided_ms, reason, from_day, "
               "to_day, ended_by, ended_ms) VALUES(1, $1, 'x', 9, 'bound', '', '', '', $2, 0, '', "
               "0, '', 20250101, 20260201, '', 0)",
               db_i(firm), db_b(S(""))));
    Notify n = {.to = {.subject = 9}, .what = M_NOTIFY_SAID, .args = {S("一"), S("a")}, .nargs = 2};
    tell(&f, &n);
    CHECK(unread(&f, firm) == 1 && unread(&f, clerk) == 0 && unread(&f, partner) == 0);
    n.to = (NotifyTo){.organisation = 4};
    tell(&f, &n);
    n.to = (NotifyTo){.office = 3, .roles = 1u << ROLE_CLERK_OFFICE};
    tell(&f, &n);
    n.to = (NotifyTo){.office = 3, .roles = 1u << ROLE_PARTNER};
    tell(&f, &n);
    CHECK(unread(&f, firm) == 1 && unread(&f, clerk) == 1 && unread(&f, partner) == 1);
    f.ctx.now_ms += (int64_t)40 * 86400000; /* the binding has ended */
    n.to = (NotifyTo){.subject = 9};
    tell(&f, &n);
    CHECK_INT(unread(&f, firm), 1);
    store_fixture_close(&f);
}

TEST(notify_goes_with_its_transaction) {
    StoreFixture f;
    store_fixture_open(&f, 5000);
    int64_t wang = person(&f, "wang", 1, "");
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK(notify(f.db, &(Notify){.to = {.user = wang}, .what = M_NOTIFY_SAID, .nargs = 2}));
    tx_rollback(f.db);
    CHECK_INT(unread(&f, wang), 0);
    store_fixture_close(&f);
}

TEST(notify_followers_with_the_right) {
    StoreFixture f;
    store_fixture_open(&f, 5000);
    int64_t clerk = person(&f, "clerk", 1u << ROLE_CLERK_OFFICE, "");
    int64_t partner = person(&f, "partner", 1u << ROLE_PARTNER, "");
    User u;
    CHECK(user_get(f.db, clerk, &u));
    CHECK(follow_set(f.db, NULL, &u, S("enterprise:7"), true));
    CHECK(follow_set(f.db, NULL, &u, S("enterprise:7"), true)); /* idempotent */
    CHECK(follow_set(f.db, NULL, &u, S("rule:cn/unicorn"), true));
    CHECK(!follow_set(f.db, NULL, &u, S("user:1"), true));
    CHECK_INT(f.ctx.err.code, ERR_DENIED);
    ctx_clear(&f.ctx);
    CHECK(!follow_set(f.db, NULL, &u, S("enterprise:"), true));
    ctx_clear(&f.ctx);
    CHECK(user_get(f.db, partner, &u));
    CHECK(!follow_set(f.db, NULL, &u, S("enterprise:7"), true));
    ctx_clear(&f.ctx);
    Follow *items;
    int n;
    CHECK(follow_list(f.db, clerk, &items, &n));
    CHECK(n == 2 && items[0].since_ms == 5000);
    CHECK_STR(items[0].object, S("enterprise:7"));
    Notify note = {.to = {.user = partner},
                   .what = M_NOTIFY_SAID,
                   .args = {S("数字更正"), S("corrected")},
                   .nargs = 2,
                   .object = S("enterprise:7"),
                   .followers = true};
    tell(&f, &note);
    CHECK(unread(&f, clerk) == 1 && unread(&f, partner) == 1);
    note.to.user = clerk; /* meant and follower: told once */
    tell(&f, &note);
    CHECK_INT(unread(&f, clerk), 2);
    note.followers = false;
    note.to.user = partner;
    tell(&f, &note);
    CHECK_INT(unread(&f, clerk), 2);
    /* Who lost the right hears no more. */
    CHECK(EXEC(f.db, "UPDATE app_user SET roles = $2 WHERE id = $1", db_i(clerk),
               db_i(1u << ROLE_PARTNER)));
    note.followers = true;
    tell(&f, &note);
    CHECK_INT(unread(&f, clerk), 2);
    CHECK(user_get(f.db, clerk, &u));
    CHECK(follow_set(f.db, NULL, &u, S("enterprise:7"), false));
    CHECK(follow_list(f.db, clerk, &items, &n) && n == 1);
    store_fixture_close(&f);
}

TEST(notify_marks_only_the_own) {
    StoreFixture f;
    store_fixture_open(&f, 5000);
    int64_t one = person(&f, "one", 1, ""), two = person(&f, "two", 1, "");
    Notify n = {.to = {.roles = 1}, .what = M_NOTIFY_SAID, .args = {S("一"), S("a")}, .nargs = 2};
    for (int i = 0; i < 3; i++) tell(&f, &n);
    Str tag = notify_tag(f.db, one), other = notify_tag(f.db, two);
    Notice *items;
    int count;
    int64_t total, left;
    CHECK(notify_list(f.db, one, false, 0, 50, &items, &count, &total, &left));
    CHECK(count == 3 && items[0].id > items[2].id);
    CHECK(notify_read(f.db, one, items[1].id, 0));
    CHECK(unread(&f, one) == 2 && unread(&f, two) == 3);
    CHECK(!str_eq(tag, notify_tag(f.db, one)) && str_eq(other, notify_tag(f.db, two)));
    CHECK(notify_read(f.db, one, 0, items[1].id));
    CHECK_INT(unread(&f, one), 1);
    CHECK(notify_read(f.db, one, 0, 0));
    CHECK(unread(&f, one) == 0 && unread(&f, two) == 3);
    store_fixture_close(&f);
}
