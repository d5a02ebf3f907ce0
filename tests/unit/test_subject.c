/* Subjects: identifiers, search, places, mergers and their undoing. */
#include <string.h>

#include "city/fact.h"
#include "city/subject.h"
#include "tests/store_fixture.h"
#include "tests/test.h"

static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};
enum { NOW = 1782864000 }; /* 2026-07-01 in seconds */

static int64_t add(StoreFixture *f, Str name, Str uscc, Str stock) {
    CHECK(tx_begin(f->db, DB_WRITE));
    int64_t id = subject_add(f->db,
                             &(SubjectNew){.kind = SUBJECT_ENTERPRISE,
                                           .name = name,
                                           .uscc = uscc,
                                           .stock = stock,
                                           .division = S("370303"),
                                           .since = 20200101},
                             &ACT);
    if (id)
        CHECK(tx_commit(f->db));
    else
        tx_rollback(f->db);
    return id;
}

static void failed_with(StoreFixture *f, Str code) {
    CHECK_STR(msg_code(f->ctx.err.note.msg), code);
    ctx_clear(&f->ctx);
}

TEST(subject_is_found_by_everything_it_is_called) {
    StoreFixture f;
    store_fixture_open(&f, (int64_t)NOW * 1000);
    int64_t a = add(&f, S("淄博齐翔腾达化工股份有限公司"), S("91370300735756562C"), S("002408.SZ"));
    int64_t b = add(&f, S("山东新华制药股份有限公司"), S(""), S("000756.SZ"));
    CHECK(a > 0 && b > a);
    static const char *const SAYS[] = {"91370300735756562C",
                                       "９１３７０３００７３５７５６５６２ｃ",
                                       "uscc:91370300735756562c",
                                       "uscc：91370300735756562C",
                                       "002408.SZ",
                                       "002408",
                                       "stock:002408.sz",
                                       " 淄博齐翔腾达化工股份有限公司 ",
                                       "name:淄博齐翔腾达化工股份有限公司"};
    for (size_t i = 0; i < sizeof SAYS / sizeof *SAYS; i++)
        CHECK_INT(subject_find(f.db, str_from(SAYS[i])), a);
    CHECK_INT(subject_find(f.db, str_printf(f.arena, "id:%lld", (long long)b)), b);
    CHECK_INT(subject_by_code(f.db, S("id"), S("99999")), 0);
    CHECK_INT(subject_find(f.db, S("齐翔")), 0);
    failed_with(&f, S("city.no_subject"));
    CHECK(f.ctx.notes_last && f.ctx.notes_last->severity == 2); /* the candidate */
    Subject s;
    CHECK(subject_get(f.db, a, &s));
    CHECK_STR(s.code, S("uscc:91370300735756562C"));
    CHECK_STR(s.division, S("370303"));
    CHECK(subject_get(f.db, b, &s));
    CHECK_STR(s.code, S("stock:000756.SZ"));
    CHECK(!subject_get(f.db, 12345, &s));
    failed_with(&f, S("city.no_subject"));
    store_fixture_close(&f);
}

static void searched(StoreFixture *f, const char *text, int64_t first, int64_t total) {
    SubjectHits hits;
    CHECK(subject_search(f->db, str_from(text), 3, &hits));
    CHECK_INT(hits.total, total);
    CHECK_INT(hits.n, total < 3 ? total : 3);
    CHECK_INT(hits.n ? hits.items[0].id : 0, first);
}

TEST(subject_search_by_part_initials_and_code) {
    StoreFixture f;
    store_fixture_open(&f, (int64_t)NOW * 1000);
    int64_t a = add(&f, S("淄博齐翔腾达化工股份有限公司"), S("91370300735756562C"), S("002408.SZ"));
    int64_t b = add(&f, S("山东新华制药股份有限公司"), S(""), S("000756.SZ"));
    CHECK(tx_begin(f.db, DB_WRITE));
    SubjectLoader *l = subject_loader_open(f.db);
    int64_t c = subject_loader_add(
        l, &(SubjectNew){.kind = SUBJECT_ENTERPRISE, .name = S("新华联合机械有限公司")});
    int64_t d = subject_loader_add(
        l, &(SubjectNew){.kind = SUBJECT_ENTERPRISE, .name = S("齐鲁新华"), .demo = true});
    CHECK(subject_loader_close(l) && tx_commit(f.db));
    searched(&f, "齐翔", a, 1);
    searched(&f, "翔齐", 0, 0);
    searched(&f, "新华", c, 3); /* begins with it, before those that contain it */
    searched(&f, "齐鲁新华", d, 1);
    searched(&f, "有限公司", a, 3);
    searched(&f, "zbqx", a, 1);
    searched(&f, "ZBQXTD", a, 1);
    searched(&f, "xhzy", b, 1);
    searched(&f, "9137", a, 1);
    searched(&f, "000756", b, 1);
    searched(&f, "鲁", d, 1);
    searched(&f, "%", 0, 0);
    searched(&f, "", 0, 0);
    searched(&f, "不存在的", 0, 0);
    SubjectHits hits;
    Str junk = str_of(memset(arena_alloc(f.arena, 1 << 20), 'a', 1 << 20), 1 << 20);
    CHECK(!subject_search(f.db, junk, 3, &hits) && f.ctx.err.code == ERR_LIMIT);
    ctx_clear(&f.ctx);
    CHECK(!subject_search(f.db, S("\xe6\xb7 \xff\xff"), 3, &hits) || hits.total == 0);
    ctx_clear(&f.ctx);
    Subject s;
    CHECK(subject_get(f.db, d, &s) && s.demo);
    CHECK_STR(s.code, str_printf(f.arena, "id:%lld", (long long)d));
    SubjectHits page;
    CHECK(subject_page(f.db, SUBJECT_ENTERPRISE, a, 2, &page));
    CHECK(page.total == -1 && page.n == 2 && page.items[0].id == b && page.items[1].id == c);
    CHECK(subject_page(f.db, 0, 0, 1, &page) && page.total == 4 && page.n == 1);
    CHECK(subject_page(f.db, SUBJECT_CITY, 0, 2, &page) && page.total == 0 && page.n == 0);
    store_fixture_close(&f);
}

TEST(subject_bad_credit_code_is_kept_and_marked) {
    StoreFixture f;
    store_fixture_open(&f, (int64_t)NOW * 1000);
    int64_t a = add(&f, S("甲公司"), S("91370300735756562X"), S(""));
    CHECK(a > 0 && f.ctx.note_count == 1 && f.ctx.notes->severity == 1);
    Identifier *ids;
    int n;
    CHECK(subject_identifiers(f.db, a, &ids, &n));
    CHECK_INT(n, 2);
    CHECK_STR(ids[1].value, S("91370300735756562X"));
    CHECK(ids[1].marked && !ids[0].marked);
    CHECK_INT(add(&f, S("乙公司"), S("91370300735756562X"), S("")), 0);
    CHECK_INT(f.ctx.err.code, ERR_STATE);
    failed_with(&f, S("city.code_taken"));
    CHECK_INT(add(&f, S(" "), S(""), S("")), 0);
    failed_with(&f, S("city.empty_subject"));
    CHECK_INT(Q_I64(f.db, -1, "SELECT count(*) FROM subject"), 1);
    store_fixture_close(&f);
}

TEST(subject_names_change_and_old_ones_still_lead) {
    StoreFixture f;
    store_fixture_open(&f, (int64_t)NOW * 1000);
    int64_t a = add(&f, S("山东蓝帆塑胶股份有限公司"), S(""), S("002382.SZ"));
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK(subject_identify(
        f.db, a, &(Identifier){S("name"), S("蓝帆医疗股份有限公司"), 20150601, 0, false}, &ACT));
    CHECK(tx_commit(f.db));
    Subject s;
    CHECK(subject_get(f.db, a, &s));
    CHECK_STR(s.name, S("蓝帆医疗股份有限公司"));
    CHECK_INT(subject_find(f.db, S("山东蓝帆塑胶股份有限公司")), a);
    searched(&f, "蓝帆塑胶", a, 1);
    Identifier *ids;
    int n;
    CHECK(subject_identifiers(f.db, a, &ids, &n));
    CHECK_INT(n, 3);
    CHECK_STR(ids[0].scheme, S("former_name"));
    CHECK_INT(ids[0].to, 20150601);
    /* another firm takes the old name: the current holder wins */
    int64_t b = add(&f, S("山东蓝帆塑胶股份有限公司"), S(""), S(""));
    CHECK_INT(subject_find(f.db, S("山东蓝帆塑胶股份有限公司")), b);
    int64_t c = add(&f, S("山东蓝帆塑胶股份有限公司"), S(""), S(""));
    CHECK_INT(subject_find(f.db, S("山东蓝帆塑胶股份有限公司")), 0);
    CHECK_INT(f.ctx.err.code, ERR_INPUT);
    failed_with(&f, S("city.many_subjects"));
    CHECK_INT(subject_by_code(f.db, S("name"), S("山东蓝帆塑胶股份有限公司")), 0);
    CHECK(c > b);
    store_fixture_close(&f);
}

TEST(subject_places_are_dated) {
    StoreFixture f;
    store_fixture_open(&f, (int64_t)NOW * 1000);
    int64_t a = add(&f, S("甲公司"), S(""), S(""));
    CHECK(tx_begin(f.db, DB_WRITE));
    CHECK(subject_place(f.db, a, PLACE_ASSESSED, S("高新区"), 20210101, &ACT));
    CHECK(subject_place(f.db, a, PLACE_REGISTERED, S("370305"), 20230701, &ACT));
    CHECK(subject_place(f.db, a, PLACE_REGISTERED, S("370306"), 20990101, &ACT)); /* not yet */
    CHECK(!subject_place(f.db, a, PLACE_REGISTERED, S("370306"), 20230230, &ACT));
    failed_with(&f, S("city.bad_day"));
    CHECK(tx_commit(f.db));
    CHECK_STR(subject_place_at(f.db, a, PLACE_REGISTERED, 20230630), S("370303"));
    CHECK_STR(subject_place_at(f.db, a, PLACE_REGISTERED, 20230701), S("370305"));
    CHECK_STR(subject_place_at(f.db, a, PLACE_REGISTERED, 20190101), S(""));
    CHECK_STR(subject_place_at(f.db, a, PLACE_ASSESSED, 20230701), S("高新区"));
    Subject s;
    CHECK(subject_get(f.db, a, &s));
    CHECK_STR(s.division, S("370305"));
    CHECK_STR(s.unit, S("高新区"));
    store_fixture_close(&f);
}

static void put_fact(StoreFixture *f, int64_t subject, int32_t year, Str value) {
    CHECK(tx_begin(f->db, DB_WRITE));
    int64_t batch = batch_new(f->db, &(BatchNew){.origin = S("test")});
    FactLoader *l = fact_loader_open(f->db, batch);
    FactNew n = {.subject = subject, .indicator = 1, .period = year, .value = value, .source = 1};
    CHECK(fact_loader_add(l, &n) && fact_loader_close(l));
    CHECK(batch_publish(f->db, batch, &ACT, NULL) && tx_commit(f->db));
}

static int facts_of(StoreFixture *f, int64_t subject, int64_t root) {
    FactView v;
    FactAt at = {0};
    CHECK(fact_at(f->db, &at) && fact_read(f->db, subject, &at, NULL, &v));
    CHECK_INT(v.subject, root);
    return v.n;
}

/* Subjects of the stream, and the slots of one of them. */
static int streamed(StoreFixture *f, int64_t subject, int *slots) {
    FactAt at = {0};
    CHECK(fact_at(f->db, &at));
    FactStream *s = fact_stream_open(f->db, 0, 0, &at, NULL);
    int n = 0;
    for (const FactView *v; (v = fact_stream_next(s)) != NULL; n++)
        if (v->subject == subject) *slots = v->n;
    fact_stream_close(s);
    return n;
}

TEST(subject_merge_keeps_the_old_id_and_can_be_undone) {
    StoreFixture f;
    store_fixture_open(&f, (int64_t)NOW * 1000);
    int64_t a = add(&f, S("甲公司"), S(""), S("000001.SZ"));
    int64_t b = add(&f, S("乙公司"), S(""), S("000002.SZ"));
    int64_t c = add(&f, S("丙公司"), S(""), S("000003.SZ"));
    put_fact(&f, a, 2020, S("1"));
    put_fact(&f, b, 2021, S("2"));
    put_fact(&f, c, 2022, S("3"));
    CHECK(tx_begin(f.db, DB_WRITE));
    int64_t first = subject_merge(f.db, b, a, &ACT), second = subject_merge(f.db, c, a, &ACT);
    CHECK(first > 0 && second > first && tx_commit(f.db)); /* a into b, then b into c */
    CHECK_INT(subject_root(f.db, a), c);
    CHECK_INT(subject_find(f.db, S("000001.SZ")), c);
    CHECK_INT(subject_find(f.db, S("乙公司")), c);
    CHECK_INT(facts_of(&f, a, c), 3);
    int slots = 0;
    CHECK_INT(streamed(&f, c, &slots), 1);
    CHECK_INT(slots, 3);
    CHECK_INT(subject_count(f.db, SUBJECT_ENTERPRISE), 1);
    SubjectHits hits;
    CHECK(subject_search(f.db, S("公司"), 5, &hits));
    CHECK(hits.total == 1 && hits.items[0].id == c);
    put_fact(&f, c, 2019, S("4")); /* learned about the whole */
    CHECK(tx_begin(f.db, DB_WRITE) && !subject_merge(f.db, a, c, &ACT));
    CHECK_INT(f.ctx.err.code, ERR_STATE);
    failed_with(&f, S("city.same_subject"));
    tx_rollback(f.db);
    CHECK(tx_begin(f.db, DB_WRITE) && subject_unmerge(f.db, second, &ACT) && tx_commit(f.db));
    CHECK_INT(subject_root(f.db, a), b);
    CHECK_INT(facts_of(&f, a, b), 2);
    CHECK_INT(facts_of(&f, c, c), 2);
    CHECK(tx_begin(f.db, DB_WRITE) && !subject_unmerge(f.db, second, &ACT));
    failed_with(&f, S("city.no_merger"));
    tx_rollback(f.db);
    CHECK(tx_begin(f.db, DB_WRITE) && subject_unmerge(f.db, first, &ACT) && tx_commit(f.db));
    CHECK_INT(facts_of(&f, a, a), 1);
    CHECK_INT(streamed(&f, b, &slots), 3);
    CHECK_INT(slots, 1);
    CHECK_INT(subject_find(f.db, S("甲公司")), a);
    store_fixture_close(&f);
}

TEST(subject_codes_in_bulk_keep_their_order) {
    StoreFixture f;
    store_fixture_open(&f, (int64_t)NOW * 1000);
    enum { N = 100 };
    CHECK(tx_begin(f.db, DB_WRITE));
    SubjectLoader *l = subject_loader_open(f.db);
    Str codes[N + 1];
    int64_t want[N], got[N + 1];
    for (int i = 0; i < N; i++) {
        codes[i] = str_printf(f.arena, "%06d.SH", 600000 + i);
        want[i] = subject_loader_add(l, &(SubjectNew){.kind = SUBJECT_ENTERPRISE,
                                                      .name = str_printf(f.arena, "公司%d", i),
                                                      .stock = codes[i]});
    }
    CHECK(subject_loader_close(l) && tx_commit(f.db));
    codes[N] = S("nobody");
    CHECK(subject_by_codes(f.db, S("stock"), codes, N + 1, got));
    for (int i = 0; i < N; i++) CHECK_INT(got[i], want[i]);
    CHECK_INT(got[N], 0);
    store_fixture_close(&f);
}
