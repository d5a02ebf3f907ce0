/* Interests: declared, corrected, ended, read through mergers. */
#include "city/library/interest.h"
#include "city/subject.h"
#include "tests/store_fixture.h"
#include "tests/test.h"

static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};
#define NOW INT64_C(1782864000000) /* 2026-07-01 */

static int64_t firm(StoreFixture *f, Str name) {
    return subject_add(
        f->db, &(SubjectNew){.kind = SUBJECT_ENTERPRISE, .name = name, .since = 20200101}, &ACT);
}

static void failed_with(StoreFixture *f, Str code) {
    CHECK_STR(msg_code(f->ctx.err.note.msg), code);
    ctx_clear(&f->ctx);
}

TEST(interest_newest_word_of_a_holder_counts) {
    StoreFixture f;
    store_fixture_open(&f, NOW);
    CHECK(tx_begin(f.db, DB_WRITE));
    int64_t a = firm(&f, S("淄博芯感传感有限公司"));
    Interest i = {.organisation = 7, .subject = a, .share = S("0.0420"), .from = 20260101};
    int64_t first = interest_declare(f.db, &i, &ACT);
    i.share = S("0.08");
    int64_t second = interest_declare(f.db, &i, &ACT);
    Interest person = {.user = 3, .subject = a, .kind = INTEREST_EMPLOYMENT, .to = 20260701};
    CHECK(first && second > first && interest_declare(f.db, &person, &ACT) > second);
    Interest *all;
    int n;
    CHECK(interest_holders(f.db, a, 20260630, &all, &n));
    CHECK_INT(n, 2);
    CHECK_STR(all[0].share, S("0.08"));
    CHECK_INT(all[0].organisation, 7);
    CHECK(all[1].kind == INTEREST_EMPLOYMENT && all[1].user == 3);
    CHECK(interest_holders(f.db, a, 20260701, &all, &n)); /* the employment is over */
    CHECK_INT(n, 1);
    CHECK(interest_holders(f.db, a, 20251231, &all, &n)); /* before the holding */
    CHECK_INT(n, 1);
    CHECK(interest_of(f.db, 7, 0, &all, &n));
    CHECK_INT(n, 2);
    CHECK_STR(all[0].share, S("0.042"));
    CHECK(all[0].ended_ms == NOW && !all[1].ended_ms);
    CHECK(interest_end(f.db, second, &ACT));
    CHECK(!interest_end(f.db, second, &ACT));
    failed_with(&f, S("interest.ended"));
    CHECK(interest_holders(f.db, a, 0, &all, &n));
    CHECK_INT(n, 1);
    CHECK(tx_commit(f.db));
    store_fixture_close(&f);
}

TEST(interest_follows_mergers) {
    StoreFixture f;
    store_fixture_open(&f, NOW);
    CHECK(tx_begin(f.db, DB_WRITE));
    int64_t a = firm(&f, S("淄博恒达有限公司")), b = firm(&f, S("淄博恒达（桓台）有限公司"));
    CHECK(interest_declare(f.db, &(Interest){.organisation = 1, .subject = b}, &ACT));
    int64_t merger = subject_merge(f.db, a, b, &ACT);
    CHECK(interest_declare(f.db, &(Interest){.organisation = 2, .subject = b}, &ACT));
    Interest *all;
    int n;
    CHECK(interest_holders(f.db, b, 0, &all, &n));
    CHECK(n == 2 && all[0].organisation == 1 && all[1].organisation == 2);
    CHECK(subject_unmerge(f.db, merger, &ACT));
    CHECK(interest_holders(f.db, b, 0, &all, &n));
    CHECK(n == 1 && all[0].organisation == 1);
    CHECK(tx_commit(f.db));
    store_fixture_close(&f);
}

TEST(interest_refuses_what_makes_no_sense) {
    StoreFixture f;
    store_fixture_open(&f, NOW);
    CHECK(tx_begin(f.db, DB_WRITE));
    int64_t a = firm(&f, S("淄博芯感传感有限公司"));
    static const struct {
        Interest i;
        const char *code;
    } BAD[] = {
        {{.organisation = 0}, "interest.holder"},
        {{.organisation = 1, .user = 1}, "interest.holder"},
        {{.user = 1, .share = STR_INIT("0")}, "interest.share"},
        {{.user = 1, .share = STR_INIT("4.2")}, "interest.share"},
        {{.user = 1, .share = STR_INIT("4.2%")}, "interest.share"},
        {{.user = 1, .kind = INTEREST_OTHER, .note = STR_INIT(" ")}, "interest.note"},
        {{.user = 1, .from = 20260230}, "city.bad_day"},
        {{.user = 1, .from = 20260301, .to = 20260301}, "city.bad_interval"},
    };
    for (size_t k = 0; k < sizeof BAD / sizeof *BAD; k++) {
        Interest i = BAD[k].i;
        i.subject = a;
        CHECK_INT(interest_declare(f.db, &i, &ACT), 0);
        failed_with(&f, str_from(BAD[k].code));
    }
    CHECK_INT(interest_declare(f.db, &(Interest){.user = 1, .subject = a + 9}, &ACT), 0);
    failed_with(&f, S("city.no_subject"));
    Interest *all;
    int n;
    CHECK(interest_holders(f.db, a, 0, &all, &n));
    CHECK_INT(n, 0);
    tx_rollback(f.db);
    store_fixture_close(&f);
}
