/* Notices and objections in the store, on both engines. */
#include "base/date.h"
#include "base/hash.h"
#include "city/notice/notice.h"
#include "city/notice/objection.h"
#include "tests/pack_fixture.h"
#include "tests/store_fixture.h"
#include "tests/test.h"

enum { DAY_MS = 86400000 };
static const Act ACT = {STR_INIT("clerk"), STR_INIT("test")};
#define START_MS 1630454400000 /* 2021-09-01 08:00 in China */

typedef struct Fixture {
    StoreFixture s;
    PackSet *pack;
} Fixture;

static void open_fixture(Fixture *f) {
    store_fixture_open(&f->s, START_MS);
    f->pack = test_packs(&f->s.ctx);
}

static void close_fixture(Fixture *f) {
    pack_close(f->pack);
    store_fixture_close(&f->s);
}

static void refused(Fixture *f, bool ok, ErrCode code, const char *place) {
    CHECK(!ok);
    CHECK_INT(f->s.ctx.err.code, code);
    if (place) CHECK_STR(f->s.ctx.err.note.place, str_from(place));
    ctx_clear(&f->s.ctx);
    tx_rollback(f->s.db);
    CHECK(tx_begin(f->s.db, DB_WRITE));
}

static Json *values(Fixture *f) {
    return json_parse(&f->s.ctx,
                      S("{\"年度\":\"2021年\",\"称号\":\"瞪羚企业\",\"依据\":\"办法\","
                        "\"受理单位\":\"办公室\",\"联系电话\":\"0533-2300000\","
                        "\"联系地址\":\"联系人张三 13800138000\",\"发文机关\":\"市科技局\"}"),
                      S("values"));
}

static bool draft(Fixture *f, int firms, int64_t replaces, PublicNotice *out) {
    Arena *a = f->s.arena;
    PaperFirm *list = NEW_N(a, PaperFirm, firms);
    for (int i = 0; i < firms; i++)
        list[i] = (PaperFirm){.subject = i + 1,
                              .name = str_printf(a, "企业<b>%d</b>&公司", i + 1),
                              .code = S("91370303MA9TE5T04X"),
                              .district = S("张店区")};
    const NoticeNew n = {.values = values(f),
                         .persons = json_parse(&f->s.ctx, S("[\"张三\"]"), S("persons")),
                         .replaces = replaces,
                         .working_days = 5,
                         .firms = list,
                         .nfirms = firms};
    return notice_add(f->s.db, f->pack, &n, &ACT, out);
}

TEST(notice_from_draft_to_conclusion) {
    Fixture f;
    PublicNotice n, old;
    Str frozen, again;
    open_fixture(&f);
    CHECK(tx_begin(f.s.db, DB_WRITE));
    CHECK(draft(&f, 3, 0, &n));
    CHECK_STR(n.title, S("关于2021年瞪羚企业拟认定名单的公示"));
    CHECK_INT(n.firms, 3);
    CHECK_INT(notice_open_fields(&f.s.ctx, &n)->count, 0);
    CHECK(!notice_is_public(&n, 20210901));
    old = n;
    CHECK(notice_change(f.s.db, &n, NULL, 0, &ACT));
    refused(&f, notice_change(f.s.db, &old, NULL, 0, &ACT), ERR_STALE, NULL);
    CHECK(draft(&f, 3, 0, &n));
    CHECK(notice_publish(f.s.db, f.pack, &n, 20210902, &ACT));
    CHECK_INT(n.state, NOTICE_PUBLISHED);
    CHECK(notice_frozen(f.s.db, &n, &frozen));
    CHECK_STR(hash_hex(f.s.arena, HASH_SM3, frozen), n.sm3);
    CHECK(str_find(frozen, S("2021年9月2日至2021年9月8日（5个工作日）")) > 0);
    CHECK(str_find(frozen, S("张* 138****8000")) > 0);
    CHECK(str_find(frozen, S("张三")) < 0);
    CHECK(str_find(frozen, S("0533-2300000")) > 0);
    CHECK(str_find(frozen, S("91370303MA9TE5T04X")) > 0);
    n.number = S("淄科字〔2021〕1号");
    n.site_url = S("https://example.org/1");
    CHECK(notice_enter(f.s.db, &n, &ACT));
    CHECK(notice_frozen(f.s.db, &n, &again));
    CHECK_STR(frozen, again);
    CHECK(tx_commit(f.s.db) && tx_begin(f.s.db, DB_WRITE));
    refused(&f, notice_change(f.s.db, &n, NULL, 0, &ACT), ERR_STATE, NULL);
    f.s.ctx.now_ms = START_MS + 7 * (int64_t)DAY_MS;
    refused(&f, notice_conclude(f.s.db, &n, &ACT), ERR_STATE, NULL);
    f.s.ctx.now_ms += DAY_MS;
    CHECK(notice_conclude(f.s.db, &n, &ACT));
    CHECK_INT(n.state, NOTICE_CONCLUDED);
    CHECK(tx_commit(f.s.db));
    close_fixture(&f);
}

TEST(notice_is_not_published_unready) {
    Fixture f;
    PublicNotice n;
    open_fixture(&f);
    CHECK(tx_begin(f.s.db, DB_WRITE));
    CHECK(notice_add(f.s.db, f.pack, &(NoticeNew){.working_days = 5}, &ACT, &n));
    CHECK(notice_open_fields(&f.s.ctx, &n)->count > 5);
    refused(&f, notice_publish(f.s.db, f.pack, &n, 20210902, &ACT), ERR_RULE, "/firms");
    CHECK(draft(&f, 1, 0, &n));
    n.working_days = 0;
    refused(&f, notice_publish(f.s.db, f.pack, &n, 20210902, &ACT), ERR_RULE, "/working_days");
    CHECK(draft(&f, 1, 0, &n));
    refused(&f, notice_publish(f.s.db, f.pack, &n, 20210831, &ACT), ERR_RULE, "/from");
    const PaperFirm firm = {.name = S("甲公司")};
    const NoticeNew bare = {.working_days = 5, .firms = &firm, .nfirms = 1};
    CHECK(notice_add(f.s.db, f.pack, &bare, &ACT, &n));
    refused(&f, notice_publish(f.s.db, f.pack, &n, 20210902, &ACT), ERR_RULE, "/values");
    refused(&f, notice_get(f.s.db, 999, &n), ERR_MISSING, NULL);
    tx_rollback(f.s.db);
    close_fixture(&f);
}

/* 2021-09-29 and the working days behind it: 29, 30, 8 October (1 to 7 are free), 9 October (a
 * Saturday that is worked), 11 October. */
TEST(notice_period_goes_around_the_holidays) {
    Fixture f;
    PublicNotice n;
    open_fixture(&f);
    CHECK(tx_begin(f.s.db, DB_WRITE));
    CHECK(draft(&f, 1, 0, &n) && notice_publish(f.s.db, f.pack, &n, 20210929, &ACT));
    CHECK_INT(n.to_day, 20211011);
    CHECK(draft(&f, 1, 0, &n) && notice_publish(f.s.db, f.pack, &n, 0, &ACT));
    CHECK_INT(n.from_day, 20210902);
    CHECK_INT(n.to_day, 20210908);
    CHECK(draft(&f, 1, 0, &n));
    refused(&f, notice_publish(f.s.db, f.pack, &n, 20990101, &ACT), ERR_RULE, NULL);
    tx_rollback(f.s.db);
    close_fixture(&f);
}

TEST(notice_corrected_by_a_new_one) {
    Fixture f;
    PublicNotice one, two, three;
    Str before, after;
    open_fixture(&f);
    CHECK(tx_begin(f.s.db, DB_WRITE));
    CHECK(draft(&f, 2, 0, &one) && notice_publish(f.s.db, f.pack, &one, 20210902, &ACT));
    CHECK(notice_frozen(f.s.db, &one, &before));
    CHECK(draft(&f, 1, one.id, &two) && notice_end(f.s.db, &two, &ACT)); /* given up: no obstacle */
    CHECK(draft(&f, 1, one.id, &two) && notice_publish(f.s.db, f.pack, &two, 20210903, &ACT));
    CHECK(notice_get(f.s.db, one.id, &one));
    CHECK_INT(one.replaced_by, two.id);
    CHECK(notice_frozen(f.s.db, &one, &after));
    CHECK_STR(before, after);
    CHECK(tx_commit(f.s.db) && tx_begin(f.s.db, DB_WRITE));
    refused(&f, draft(&f, 1, one.id, &three), ERR_STATE, NULL);
    f.s.ctx.now_ms = START_MS + 20 * (int64_t)DAY_MS;
    refused(&f, notice_conclude(f.s.db, &one, &ACT), ERR_STATE, NULL);
    CHECK(notice_conclude(f.s.db, &two, &ACT));
    CHECK(notice_end(f.s.db, &two, &ACT));
    CHECK(!notice_is_public(&two, 20210930));
    CHECK(tx_commit(f.s.db));
    close_fixture(&f);
}

TEST(notice_of_5000_firms) {
    enum { FIRMS = 5000 };
    Fixture f;
    PublicNotice n;
    NoticeFirm *firms;
    Str frozen;
    int count;
    open_fixture(&f);
    CHECK(tx_begin(f.s.db, DB_WRITE));
    CHECK(draft(&f, FIRMS, 0, &n) && notice_publish(f.s.db, f.pack, &n, 20210902, &ACT));
    CHECK(notice_firms(f.s.db, n.id, &firms, &count));
    CHECK_INT(count, FIRMS);
    CHECK(notice_frozen(f.s.db, &n, &frozen));
    CHECK(str_find(frozen, S("企业<b>5000</b>&公司")) > 0);
    CHECK(tx_commit(f.s.db));
    close_fixture(&f);
}

static ObjectionNew against(int64_t notice, int position) {
    return (ObjectionNew){.notice = notice,
                          .position = position,
                          .person = S("李四"),
                          .contact = S("13900139000"),
                          .text = S("专利有争议"),
                          .sender = S("198.51.100.7")};
}

TEST(objection_holds_one_firm) {
    Fixture f;
    PublicNotice n;
    Objection o, seen;
    NoticeFirm *firms;
    int count, open, upheld;
    open_fixture(&f);
    CHECK(tx_begin(f.s.db, DB_WRITE));
    CHECK(draft(&f, 3, 0, &n) && notice_publish(f.s.db, f.pack, &n, 20210902, &ACT));
    ObjectionNew w = against(n.id, 2);
    CHECK(objection_add(f.s.db, &w, S(""), &o));
    CHECK(o.receipt.n >= 12);
    CHECK(notice_firms(f.s.db, n.id, &firms, &count));
    CHECK_INT(firms[0].open + firms[2].open, 0);
    CHECK_INT(firms[1].open, 1);
    CHECK(objection_counts(f.s.db, 2, 0, &open, &upheld));
    CHECK_INT(open, 1);
    CHECK(objection_get(f.s.db, o.id, false, &seen));
    CHECK_INT(seen.person.n + seen.contact.n + seen.text.n, 0);
    CHECK(objection_get(f.s.db, o.id, true, &seen));
    CHECK_STR(seen.person, S("李四"));
    CHECK(tx_commit(f.s.db) && tx_begin(f.s.db, DB_WRITE));
    refused(&f, objection_close(f.s.db, &seen, OBJECTION_DISMISSED, S(" "), &ACT), ERR_RULE,
            "/answer");
    Objection stale = seen;
    CHECK(objection_close(f.s.db, &seen, OBJECTION_UPHELD, S("属实"), &ACT));
    refused(&f, objection_close(f.s.db, &stale, OBJECTION_DISMISSED, S("x"), &ACT), ERR_STALE,
            NULL);
    CHECK(objection_by_receipt(f.s.db, o.receipt, &seen));
    CHECK(!objection_by_receipt(f.s.db, S("nothing"), &seen) && ctx_ok(&f.s.ctx));
    tx_rollback(f.s.db);
    close_fixture(&f);
}

/* A form sent twice is one objection, one receipt; another word in it, or one taken back before,
 * makes another. */
TEST(objection_sent_twice_is_one) {
    Fixture f;
    PublicNotice n;
    Objection first, again;
    open_fixture(&f);
    CHECK(tx_begin(f.s.db, DB_WRITE));
    CHECK(draft(&f, 1, 0, &n) && notice_publish(f.s.db, f.pack, &n, 20210902, &ACT));
    ObjectionNew w = against(n.id, 1);
    CHECK(objection_add(f.s.db, &w, S(""), &first) && !first.repeated);
    w.person = str_cat(f.s.arena, str_cat(f.s.arena, S(" "), w.person), S(" "));
    CHECK(objection_add(f.s.db, &w, S(""), &again) && again.repeated);
    CHECK_INT(again.id, first.id);
    CHECK_STR(again.receipt, first.receipt);
    CHECK_INT(again.person.n, 0); /* what was sent does not come back */
    w.text = S("另有理由");
    CHECK(objection_add(f.s.db, &w, S(""), &again) && !again.repeated && again.id != first.id);
    CHECK(objection_close(f.s.db, &again, OBJECTION_WITHDRAWN, S("撤回"), &ACT));
    CHECK(objection_add(f.s.db, &w, S(""), &again) && !again.repeated);
    CHECK_INT(Q_I64(f.s.db, 0, "SELECT count(*) FROM objection"), 3);
    tx_rollback(f.s.db);
    close_fixture(&f);
}

TEST(objection_bounds) {
    Fixture f;
    PublicNotice n;
    Objection o;
    open_fixture(&f);
    CHECK(tx_begin(f.s.db, DB_WRITE));
    ObjectionNew w = against(9999, 1);
    refused(&f, objection_add(f.s.db, &w, S(""), &o), ERR_MISSING, NULL);
    CHECK(draft(&f, 1, 0, &n));
    w.notice = n.id;
    CHECK(tx_commit(f.s.db) && tx_begin(f.s.db, DB_WRITE));
    refused(&f, objection_add(f.s.db, &w, S(""), &o), ERR_STATE, NULL);
    CHECK(notice_publish(f.s.db, f.pack, &n, 20210902, &ACT));
    CHECK(tx_commit(f.s.db) && tx_begin(f.s.db, DB_WRITE));
    w.position = 2;
    refused(&f, objection_add(f.s.db, &w, S(""), &o), ERR_RULE, "/position");
    w.position = 1;
    w.person = S("\x01 ");
    refused(&f, objection_add(f.s.db, &w, S(""), &o), ERR_RULE, "/person");
    w = against(n.id, 1);
    for (int i = 0; i < OBJECTION_SENDER_HOUR; i++) {
        w.text = str_printf(f.s.arena, "第 %d 次", i);
        CHECK(objection_add(f.s.db, &w, S(""), &o) && !o.repeated);
    }
    CHECK(objection_add(f.s.db, &w, S(""), &o) && o.repeated); /* nothing new: not counted */
    CHECK(tx_commit(f.s.db) && tx_begin(f.s.db, DB_WRITE));
    w.text = S("再一次");
    refused(&f, objection_add(f.s.db, &w, S(""), &o), ERR_BUSY, NULL);
    w.sender = S("203.0.113.9");
    CHECK(objection_add(f.s.db, &w, S(""), &o));
    CHECK_INT(Q_I64(f.s.db, -1, "SELECT count(*) FROM objection WHERE sender_sm3 = '203.0.113.9'"),
              0);
    f.s.ctx.now_ms = START_MS + 9 * (int64_t)DAY_MS;
    CHECK(tx_commit(f.s.db) && tx_begin(f.s.db, DB_WRITE));
    refused(&f, objection_add(f.s.db, &w, S(""), &o), ERR_STATE, NULL);
    w.channel = CHANNEL_PAPER;
    w.received_day = 20210831; /* before there was anything to object to */
    refused(&f, objection_add(f.s.db, &w, S("clerk"), &o), ERR_STATE, NULL);
    w.received_day = 20210908;
    CHECK(objection_add(f.s.db, &w, S("clerk"), &o));
    CHECK_INT(o.registered_by.n, 5);
    tx_rollback(f.s.db);
    close_fixture(&f);
}
