/* 名单比对: codes, names as people write them, near misses that must not match by themselves. */
#include "city/match.h"
#include "tests/store_fixture.h"
#include "tests/test.h"

static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};

static void setup(StoreFixture *f) {
    store_fixture_open(f, 1000);
    CHECK(tx_begin(f->db, DB_WRITE));
}

static int64_t add(StoreFixture *f, Str name, Str stock) {
    return subject_add(
        f->db, &(SubjectNew){.kind = SUBJECT_ENTERPRISE, .name = name, .stock = stock}, &ACT);
}

static void expect(const Match *m, int64_t subject, MatchBy by, bool sure) {
    CHECK_INT(m->n ? m->candidates[0].subject : 0, subject);
    CHECK_INT(m->n ? m->candidates[0].by : MATCH_NOTHING, by);
    CHECK_INT(m->sure, sure);
    if (m->sure) CHECK(m->candidates[0].score >= MATCH_AUTOMATIC);
}

TEST(match_lines_in_their_order) {
    StoreFixture f;
    setup(&f);
    int64_t a = add(&f, S("淄博齐翔腾达化工股份有限公司"), S("002408.SZ"));
    int64_t b = add(&f, S("山东新华制药股份有限公司"), S("000756.SZ"));
    int64_t c = add(&f, S("中材高新（淄博）材料有限公司"), S(""));
    int64_t d = add(&f, S("山东新华医疗器械股份有限公司"), S(""));
    int64_t e = add(&f, S("鲁泰集团有限公司"), S("")), g = add(&f, S("鲁泰有限公司"), S(""));
    CHECK(subject_identify(
        f.db, d, &(Identifier){S("name"), S("新华医疗股份有限公司"), 20200101, 0, false}, &ACT));
    Str lines[] = {S("000756.sz"),
                   S("  淄博齐翔腾达化工股份有限公司 "),
                   S("淄博齐翔腾达化工有限责任公司"),
                   S("中材高新(淄博)材料有限公司"),
                   S("山东新华医疗器械股份有限公司"),
                   S("淄博齐翔腾飞化工股份有限公司"),
                   S("鲁泰集团有限公司"),
                   S("鲁泰公司"),
                   S(""),
                   S("北京某某科技"),
                   S("002408.SZ"),
                   S("%_'\\\";--")};
    enum { N = sizeof lines / sizeof *lines };
    Match out[N];
    CHECK(match_lines(f.db, NULL, lines, N, out));
    expect(&out[0], b, MATCH_CODE, true);
    expect(&out[1], a, MATCH_NAME, true);
    expect(&out[2], a, MATCH_CORE, true);
    expect(&out[3], c, MATCH_NAME, true);
    expect(&out[4], d, MATCH_FORMER_NAME, true);
    CHECK_STR(out[4].candidates[0].name, S("新华医疗股份有限公司"));
    expect(&out[5], a, MATCH_SIMILAR, false); /* one character differs: a person looks */
    CHECK(out[5].candidates[0].score >= MATCH_PERSON);
    expect(&out[6], e, MATCH_NAME, true);
    CHECK(!out[7].sure && out[7].candidates[0].subject == g); /* too short to be sure */
    expect(&out[8], 0, MATCH_NOTHING, false);
    expect(&out[9], 0, MATCH_NOTHING, false);
    expect(&out[11], 0, MATCH_NOTHING, false);
    CHECK(out[1].same_as == -1 && out[2].same_as == 1 && out[10].same_as == 1);
    CHECK_STR(out[1].line, lines[1]);
    store_fixture_close(&f);
}

TEST(match_two_of_one_name_is_for_a_person) {
    StoreFixture f;
    setup(&f);
    int64_t a = add(&f, S("山东金城医药有限公司"), S(""));
    int64_t b = add(&f, S("山东金城医药有限公司"), S(""));
    Str lines[] = {S("山东金城医药有限公司"), S("山东金城医药股份有限公司")};
    Match out[2];
    CHECK(match_lines(f.db, NULL, lines, 2, out));
    for (int i = 0; i < 2; i++) {
        CHECK(!out[i].sure && out[i].n == 2 && out[i].same_as == -1);
        CHECK(out[i].candidates[0].subject == a && out[i].candidates[1].subject == b);
    }
    int64_t merger = subject_merge(f.db, a, b, &ACT);
    CHECK(merger && match_lines(f.db, NULL, lines, 2, out));
    for (int i = 0; i < 2; i++)
        CHECK(out[i].sure && out[i].n == 1 && out[i].candidates[0].subject == a);
    store_fixture_close(&f);
}
