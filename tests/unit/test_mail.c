/* Mail: what is written, what a server may do to it, that none is lost or sent twice. */
#include <string.h>

#include "base/clock.h"
#include "city/bundle/digest.h"
#include "city/bundle/mail.h"
#include "city/bundle/notify.h"
#include "city/bundle/setting.h"
#include "codec/mail.h"
#include "job/mailer.h"
#include "job/smtp.h"
#include "tests/smtp_fixture.h"
#include "tests/store_fixture.h"
#include "tests/test.h"

static const Act ACT = {.actor = STR_INIT("tester"), .reason = STR_INIT("test")};

/* --- the message -------------------------------------------------------------------------------
 */

TEST(mail_headers_cannot_be_injected) {
    Arena *a = arena_open(0);
    Buf b = buf_new(a, 0);
    MailText m = {.from = S("office@example.cn"),
                  .from_name = S("稷下\r\nBcc: all@example.cn"),
                  .to = S("firm@example.cn"),
                  .subject = S("Hello\r\nBcc: all@example.cn\r\n\r\n.\r\nQUIT"),
                  .text = S("一行\n.\n\r\n.\r\nMAIL FROM:<x@y.z>\r\n"),
                  .id = S("<1.a@example.cn>"),
                  .at_ms = 1767225600000};
    mail_write(&b, &m);
    Str s = buf_str(&b);
    CHECK(str_find(s, S("Bcc")) < 0 && str_find(s, S("QUIT")) < 0);
    CHECK(str_find(s, S("\r\n.\r\n")) < 0 && str_find(s, S("\n.\n")) < 0);
    CHECK(str_find(s, S("Date: Thu, 1 Jan 2026 00:00:00 +0000\r\n")) > 0);
    for (ptrdiff_t i = 0, column = 0; i < s.n; i++) {
        CHECK((s.p[i] >= ' ' && s.p[i] <= '~') || s.p[i] == '\r' || s.p[i] == '\n');
        CHECK(s.p[i] != '\n' || (i > 0 && s.p[i - 1] == '\r'));
        column = s.p[i] == '\n' ? 0 : column + 1;
        CHECK(column < 100);
    }
    int heads = 0; /* exactly one empty line ends the headers */
    for (Str rest = s; rest.n && heads == 0;) {
        ptrdiff_t end = str_find(rest, S("\r\n"));
        if (end == 0) heads++;
        rest = str_sub(rest, end + 2, rest.n);
    }
    CHECK_INT(heads, 1);
    arena_close(a);
}

TEST(mail_long_subjects_are_cut_between_characters) {
    Arena *a = arena_open(0);
    Buf name = buf_new(a, 0), b = buf_new(a, 0);
    for (int i = 0; i < 100; i++) buf_lit(&name, "瞪羚");
    MailText m = {
        .from = S("a@b.cn"), .to = S("c@d.cn"), .subject = buf_str(&name), .id = S("<1@b>")};
    mail_write(&b, &m);
    Str s = buf_str(&b);
    int words = 0;
    for (Str rest = s; str_find(rest, S("=?UTF-8?B?")) >= 0; words++) {
        ptrdiff_t at = str_find(rest, S("=?UTF-8?B?"));
        rest = str_sub(rest, at + 10, rest.n);
        ptrdiff_t n = str_find(rest, S("?="));
        CHECK(n > 0 && n <= 60 && n % 4 == 0);
    }
    CHECK_INT(words, 14); /* 600 bytes by 45 */
    arena_close(a);
}

/* --- the queue ---------------------------------------------------------------------------------
 */

static int64_t queue(StoreFixture *f, const char *kind, Str address) {
    Mail m = {.kind = str_from(kind),
              .address = address,
              .subject = S("函"),
              .body = S("正文"),
              .object = S("letter:1"),
              .actor = S("wang")};
    CHECK(tx_begin(f->db, DB_WRITE));
    int64_t id = mail_queue(f->db, &m);
    if (id)
        CHECK(tx_commit(f->db));
    else
        tx_rollback(f->db);
    return id;
}

static MailState state_of(StoreFixture *f, int64_t id) {
    Mail m;
    CHECK(mail_get(f->db, id, &m));
    return m.state;
}

TEST(mail_addresses_are_checked_at_the_door) {
    StoreFixture f;
    store_fixture_open(&f, 5000);
    static const char *const BAD[] = {
        "a@b.cn\r\nRCPT TO:<x@y.z>", "a@b.cn>", "", "a b@c.cn", "a@b.cn,c@d.cn", "a@b.cn\n"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        CHECK_INT(queue(&f, "letter", str_from(BAD[i])), 0);
        CHECK(f.ctx.err.code == ERR_RULE);
        ctx_clear(&f.ctx);
    }
    CHECK(queue(&f, "letter", S("a@b.cn")) > 0);
    store_fixture_close(&f);
}

/* Killed between claim and sending, between offer and answer; a claim that ran out. */
TEST(mail_survives_a_kill_at_every_step) {
    StoreFixture f;
    Mail m;
    int64_t again, unclear;
    store_fixture_open(&f, 1767225600000);
    int64_t id = queue(&f, "letter", S("a@b.cn"));
    CHECK(mail_claim(f.db, S("one"), S("b.cn"), &m) && m.id == id && m.message_id.n > 0);
    Str first = str_dup(f.arena, m.message_id);
    CHECK(mail_claim(f.db, S("two"), S("b.cn"), &m) && m.id == 0); /* in hand */
    CHECK(mail_sweep(f.db, &again, &unclear) && again == 0);
    f.ctx.now_ms += MAIL_HOLD_MS; /* "one" was killed */
    CHECK(mail_sweep(f.db, &again, &unclear) && again == 1 && unclear == 0);
    CHECK(mail_claim(f.db, S("two"), S("b.cn"), &m) && m.id == id);
    CHECK_STR(m.message_id, first);         /* the same mail */
    CHECK(!mail_offer(f.db, S("one"), id)); /* it wakes up: too late */
    CHECK(f.ctx.err.code == ERR_STATE);
    ctx_clear(&f.ctx);
    CHECK(mail_done(f.db, S("one"), id, MAIL_SENT, S("250 late")));
    CHECK(state_of(&f, id) == MAIL_HELD);
    CHECK(mail_offer(f.db, S("two"), id));
    f.ctx.now_ms += MAIL_HOLD_MS; /* "two" was killed with the end of the data out */
    CHECK(mail_sweep(f.db, &again, &unclear) && again == 0 && unclear == 1);
    CHECK(state_of(&f, id) == MAIL_UNCLEAR);
    CHECK(mail_claim(f.db, S("three"), S("b.cn"), &m) &&
          m.id == 0); /* only a person sends it again */
    CHECK(tx_begin(f.db, DB_WRITE) && mail_again(f.db, id, &ACT) && tx_commit(f.db));
    CHECK(mail_claim(f.db, S("three"), S("b.cn"), &m) && m.id == id);
    CHECK(mail_offer(f.db, S("three"), id));
    CHECK(mail_done(f.db, S("three"), id, MAIL_SENT, S("250 ok")));
    CHECK(state_of(&f, id) == MAIL_SENT);
    CHECK(tx_begin(f.db, DB_WRITE) && !mail_again(f.db, id, &ACT)); /* never twice */
    tx_rollback(f.db);
    CHECK(f.ctx.err.code == ERR_STATE);
    ctx_clear(&f.ctx);
    MailTry *tries;
    int n;
    CHECK(mail_tries(f.db, id, &tries, &n) && n == 3);
    CHECK(tries[0].state == MAIL_WAITS && tries[1].state == MAIL_UNCLEAR);
    CHECK_STR(tries[2].answer, S("250 ok"));
    store_fixture_close(&f);
}

TEST(mail_tries_have_an_end) {
    StoreFixture f;
    Mail m;
    store_fixture_open(&f, 1767225600000);
    int64_t id = queue(&f, "letter", S("a@b.cn")), last = 0;
    for (int i = 1; i <= MAIL_TRIES; i++) {
        CHECK(mail_claim(f.db, S("x"), S("b.cn"), &m) && m.id == id);
        CHECK(mail_done(f.db, S("x"), id, MAIL_WAITS, S("450 later")));
        CHECK(mail_get(f.db, id, &m));
        int64_t pause = m.next_ms - f.ctx.now_ms;
        CHECK(pause >= 60000 && pause <= (int64_t)4 * 3600000 && pause >= last);
        last = pause;
        CHECK(m.state == (i < MAIL_TRIES ? MAIL_WAITS : MAIL_GIVEN_UP));
        f.ctx.now_ms -= 3600000; /* the clock is set back: it waits, no more */
        CHECK(mail_claim(f.db, S("x"), S("b.cn"), &m) && m.id == 0);
        f.ctx.now_ms += 3600000 + pause;
    }
    CHECK(mail_claim(f.db, S("x"), S("b.cn"), &m) && m.id == 0);
    CHECK_INT(Q_I64(f.db, 0, "SELECT count(*) FROM journal WHERE action = 'mail.given_up'"), 1);
    store_fixture_close(&f);
}

TEST(mail_settings_keep_no_password_and_no_open_line) {
    StoreFixture f;
    store_fixture_open(&f, 5000);
    const MailConfig good = {.server = S("smtps://mail.example.cn:465"),
                             .from = S("office@example.cn"),
                             .user = S("office"),
                             .password_file = S("/etc/jixia/mail"),
                             .digest_hour = 8};
    MailConfig bad[6], got;
    for (int i = 0; i < 6; i++) bad[i] = good;
    bad[0].server = S("http://mail.example.cn");
    bad[1].server = S("smtp://u:p@mail.example.cn");
    bad[2].plain = true;
    bad[3].from = S("a@b.cn\nRCPT");
    bad[4].password_file = S("");
    bad[5].digest_hour = 24;
    for (int i = 0; i < 6; i++) {
        CHECK(tx_begin(f.db, DB_WRITE));
        CHECK(!mail_config_set(f.db, &bad[i], &ACT) && f.ctx.err.code == ERR_RULE);
        tx_rollback(f.db);
        ctx_clear(&f.ctx);
    }
    CHECK(tx_begin(f.db, DB_WRITE) && mail_config_set(f.db, &good, &ACT) && tx_commit(f.db));
    CHECK(mail_config_get(f.db, &got));
    CHECK_STR(got.server, good.server);
    CHECK_STR(got.password_file, good.password_file);
    CHECK_INT(got.digest_hour, 8);
    store_fixture_close(&f);
}

/* --- against a server --------------------------------------------------------------------------
 */

typedef struct Wire {
    StoreFixture f;
    SmtpFixture smtp;
    Register reg;
} Wire;

static void wire_open(Wire *w) {
    store_fixture_open(&w->f, clock_now_ms());
    smtp_fixture_open(&w->smtp);
    w->reg = (Register){.store = w->f.store};
    MailConfig k = {.server = str_printf(w->f.arena, "smtp://127.0.0.1:%d", w->smtp.port),
                    .from = S("office@example.cn"),
                    .from_name = S("稷下"),
                    .plain = true,
                    .digest_hour = 0};
    CHECK(tx_begin(w->f.db, DB_WRITE) && mail_config_set(w->f.db, &k, &ACT) && tx_commit(w->f.db));
    smtp_init();
}

static void wire_close(Wire *w) {
    smtp_fixture_close(&w->smtp);
    store_fixture_close(&w->f);
}

static MailerReport send_all(Wire *w) {
    MailerReport r;
    MailerOptions o = {.all_ms = 1500};
    CHECK(mailer_run(&w->f.ctx, &w->reg, &o, &r));
    return r;
}

TEST(mail_is_sent_and_its_answer_kept) {
    static Wire w;
    wire_open(&w);
    int64_t id = queue(&w.f, "letter", S("firm@example.cn"));
    MailerReport r = send_all(&w);
    CHECK(r.sent == 1 && r.problem.n == 0 && atomic_load(&w.smtp.taken) == 1);
    CHECK(strstr(w.smtp.last, "MAIL FROM:<office@example.cn>") != NULL);
    CHECK(strstr(w.smtp.last, "RCPT TO:<firm@example.cn>") != NULL);
    Proof p;
    CHECK(proof_of_mail(w.f.db, id, &p) && p.nmails == 1);
    CHECK(p.mails[0].state == MAIL_SENT && p.mails[0].answered_ms > 0);
    CHECK_STR(p.mails[0].answer, S("250 2.0.0 Ok: queued as 4D2A"));
    CHECK(strstr(w.smtp.last, str_z(w.f.arena, p.mails[0].message_id)) != NULL);
    CHECK_INT(Q_I64(w.f.db, 0, "SELECT count(*) FROM journal WHERE action = 'mail.sent'"), 1);
    r = send_all(&w); /* nothing is left */
    CHECK(r.sent == 0 && atomic_load(&w.smtp.taken) == 1);
    wire_close(&w);
}

static int64_t queue_big(StoreFixture *f) {
    Buf b = buf_new(f->arena, 0);
    while (b.n < MAIL_BODY_MAX - 100) buf_lit(&b, "0123456789 0123456789 0123456789\n");
    Mail m = {.kind = S("test"), .address = S("a@b.cn"), .subject = S("s"), .body = buf_str(&b)};
    CHECK(tx_begin(f->db, DB_WRITE));
    int64_t id = mail_queue(f->db, &m);
    CHECK(id && tx_commit(f->db));
    return id;
}

TEST(mail_meets_servers_of_every_kind) {
    static const struct {
        SmtpMode mode;
        MailState state;
        int taken;
    } CASES[] = {{SMTP_REFUSES_RCPT, MAIL_REFUSED, 0}, {SMTP_LATER_RCPT, MAIL_WAITS, 0},
                 {SMTP_REFUSES_DATA, MAIL_REFUSED, 0}, {SMTP_LATER_DATA, MAIL_WAITS, 0},
                 {SMTP_SHUT, MAIL_WAITS, 0},           {SMTP_HANGS, MAIL_WAITS, 0},
                 {SMTP_DROPS, MAIL_WAITS, 0},          {SMTP_DROPS_AFTER, MAIL_UNCLEAR, 1},
                 {SMTP_HANGS_AFTER, MAIL_UNCLEAR, 1}};
    static Wire w;
    wire_open(&w);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        atomic_store(&w.smtp.mode, CASES[i].mode);
        atomic_store(&w.smtp.taken, 0);
        bool big = CASES[i].mode == SMTP_DROPS; /* so that the end is not reached */
        int64_t id = big ? queue_big(&w.f) : queue(&w.f, "letter", S("firm@example.cn"));
        send_all(&w);
        /* The sockets may have taken the whole mail before the server was gone: then who knows. */
        bool handed_over = big && state_of(&w.f, id) == MAIL_UNCLEAR;
        CHECK(handed_over || state_of(&w.f, id) == CASES[i].state);
        CHECK_INT(atomic_load(&w.smtp.taken), CASES[i].taken);
        CHECK(EXEC(w.f.db, "UPDATE mail SET next_ms = next_ms + 86400000 WHERE state = 0"));
    }
    wire_close(&w);
}

TEST(mail_is_not_sent_without_tls_unless_allowed) {
    static Wire w;
    wire_open(&w);
    MailConfig k;
    CHECK(mail_config_get(w.f.db, &k));
    k.plain = false;
    CHECK(tx_begin(w.f.db, DB_WRITE) && mail_config_set(w.f.db, &k, &ACT) && tx_commit(w.f.db));
    int64_t id = queue(&w.f, "letter", S("firm@example.cn"));
    MailerReport r = send_all(&w);
    CHECK(r.sent == 0 && r.problem.n > 0 && state_of(&w.f, id) == MAIL_WAITS);
    CHECK(strstr(w.smtp.last, "MAIL FROM") == NULL);
    wire_close(&w);
}

/* --- the digest --------------------------------------------------------------------------------
 */

static int64_t reader(StoreFixture *f, const char *name, Lang lang) {
    User u = {.name = str_from(name), .roles = 1u << ROLE_CLERK_OFFICE};
    CHECK(tx_begin(f->db, DB_WRITE));
    int64_t id = user_add(f->db, &u, (PasswordHash){S("x")}, &ACT);
    NotifySetting s = {.user = id, .email = S("w@example.cn"), .digest = true, .lang = lang};
    CHECK(id && setting_put(f->db, &s) && tx_commit(f->db));
    return id;
}

static void tell(StoreFixture *f, int64_t user, NotifyWhy why, int times) {
    CHECK(tx_begin(f->db, DB_WRITE));
    for (int i = 0; i < times; i++)
        CHECK(notify(f->db, &(Notify){.to = {.user = user},
                                      .why = why,
                                      .what = M_NOTIFY_SAID,
                                      .args = {S("请办理\r\nBcc: x"), S("please\r\nBcc: x")},
                                      .nargs = 2,
                                      .object = S("rule:cn/unicorn"),
                                      .link = S("/rules/cn/unicorn")}));
    CHECK(tx_commit(f->db));
}

static int due(StoreFixture *f, int hour) {
    MailConfig k = {
        .server = S("smtp://127.0.0.1"), .site = S("https://j.example.cn"), .digest_hour = hour};
    int made = -1;
    CHECK(digest_make_due(f->db, NULL, &k, &made));
    return made;
}

TEST(digest_goes_out_once_a_day_at_its_hour) {
    StoreFixture f;
    store_fixture_open(&f, 1767225600000); /* 2026-01-01 08:00 in China */
    int64_t wang = reader(&f, "wang", LANG_ZH), li = reader(&f, "li", LANG_EN);
    CHECK_INT(due(&f, 8), 0); /* nothing to say */
    tell(&f, wang, NOTIFY_WAITS, 1);
    tell(&f, li, NOTIFY_FOLLOWS, 2);
    CHECK_INT(due(&f, 9), 0); /* too early */
    CHECK_INT(due(&f, 8), 2);
    CHECK_INT(due(&f, 8), 0); /* twice in one day */
    tell(&f, wang, NOTIFY_WAITS, 1);
    f.ctx.now_ms += 3600000;
    CHECK_INT(due(&f, 8), 0);
    f.ctx.now_ms -= 3 * (int64_t)86400000; /* the clock is set back */
    CHECK_INT(due(&f, 0), 0);
    f.ctx.now_ms += 4 * (int64_t)86400000;
    CHECK_INT(due(&f, 8), 1); /* wang's new one; li has heard of all */
    CHECK_INT(due(&f, 8), 0);
    f.ctx.now_ms += (int64_t)86400000;
    CHECK_INT(due(&f, 8), 0); /* still unread, but nothing is new */
    Mail *items, m;
    int n;
    int64_t total;
    CHECK(mail_list(f.db, -1, S(""), 0, 10, &items, &n, &total) && n == 3);
    CHECK(mail_get(f.db, items[0].id, &m)); /* both of wang's still wait */
    CHECK(str_find(m.body, S("等您办理（2 项）")) > 0 && str_find(m.body, S("\r")) < 0);
    CHECK(str_find(m.body, S("https://j.example.cn/rules/cn/unicorn")) > 0);
    CHECK(mail_get(f.db, items[1].id, &m));
    CHECK(str_find(m.body, S("You follow (2)")) > 0 && str_find(m.body, S("请")) < 0);
    store_fixture_close(&f);
}

TEST(digest_of_ten_thousand_says_how_many) {
    StoreFixture f;
    store_fixture_open(&f, 1767225600000);
    int64_t wang = reader(&f, "wang", LANG_ZH);
    tell(&f, wang, NOTIFY_FOLLOWS, 10000);
    CHECK_INT(due(&f, 0), 1);
    Mail *items, m;
    int n;
    int64_t total;
    CHECK(mail_list(f.db, -1, S(""), 0, 10, &items, &n, &total) && n == 1);
    CHECK(mail_get(f.db, items[0].id, &m) && m.body.n < 20000);
    CHECK(str_find(m.body, S("列出 40 项，共 10000 项")) > 0);
    store_fixture_close(&f);
}

/* What a person may no longer see is counted, not told; who cannot sign in hears nothing. */
TEST(digest_tells_no_more_than_may_be_seen) {
    StoreFixture f;
    store_fixture_open(&f, 1767225600000);
    int64_t wang = reader(&f, "wang", LANG_ZH), li = reader(&f, "li", LANG_ZH);
    tell(&f, li, NOTIFY_WAITS, 1);
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK(notify(f.db, &(Notify){.to = {.user = wang},
                                 .what = M_NOTIFY_SAID,
                                 .args = {S("机密"), S("secret")},
                                 .nargs = 2,
                                 .object = S("case:77")}));
    CHECK(tx_commit(f.db));
    CHECK(EXEC(f.db, "UPDATE app_user SET roles = $2 WHERE id = $1", db_i(wang),
               db_i(1 << ROLE_SYSADMIN)));
    CHECK(EXEC(f.db, "UPDATE app_user SET disabled = 1 WHERE id = $1", db_i(li)));
    CHECK_INT(due(&f, 0), 1);
    Mail *items, m;
    int n;
    int64_t total;
    CHECK(mail_list(f.db, -1, S(""), 0, 10, &items, &n, &total) && n == 1);
    CHECK(mail_get(f.db, items[0].id, &m));
    CHECK(str_find(m.body, S("机密")) < 0 && str_find(m.body, S("列出 0 项，共 1 项")) > 0);
    store_fixture_close(&f);
}

/* A legal notice: mailed to whom it is for, not to followers; created, shown, read, answered. */
TEST(mail_of_a_legal_notice_is_proved) {
    StoreFixture f;
    Proof p;
    store_fixture_open(&f, 1767225600000);
    int64_t wang = reader(&f, "wang", LANG_EN), li = reader(&f, "li", LANG_ZH);
    Notify n = {.to = {.user = wang},
                .what = M_NOTIFY_SAID,
                .args = {S("决定"), S("decision")},
                .nargs = 2,
                .object = S("rule:cn/unicorn"),
                .followers = true,
                .formal = true};
    MailConfig k = {
        .server = S("smtps://m.example.cn"), .from = S("o@example.cn"), .digest_hour = 8};
    CHECK(tx_begin(f.db, DB_WRITE) && mail_config_set(f.db, &k, &ACT));
    User u;
    CHECK(user_get(f.db, li, &u) && follow_set(f.db, NULL, &u, n.object, true));
    CHECK(notify(f.db, &n) && tx_commit(f.db));
    int64_t id = Q_I64(f.db, 0, "SELECT max(id) FROM notification");
    CHECK(proof_of_notification(f.db, id, &p) && p.formal && p.npeople == 2 && p.nmails == 1);
    CHECK(p.mails[0].user == wang && str_find(p.mails[0].body, S("decision")) >= 0);
    CHECK(p.people[1].shown_ms == 0 && p.people[1].read_ms == 0 && p.people[1].mail > 0);
    f.ctx.now_ms += 1000;
    CHECK(notify_shown(f.db, wang, id, id));
    f.ctx.now_ms += 1000;
    CHECK(notify_shown(f.db, wang, 0, id) && notify_read(f.db, wang, id, 0));
    CHECK(proof_of_mail(f.db, p.mails[0].id, &p) && p.notification == id);
    CHECK_INT(p.people[1].shown_ms, 1767225601000);
    CHECK_INT(p.people[1].read_ms, 1767225602000);
    CHECK(p.people[0].shown_ms == 0); /* li */
    CHECK(proof_json(f.db, &p) != NULL);
    CHECK(!proof_of_notification(f.db, 999, &p) && f.ctx.err.code == ERR_MISSING);
    ctx_clear(&f.ctx);
    store_fixture_close(&f);
}
