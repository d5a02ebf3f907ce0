/* Titles: what is recorded, which facts it publishes, and the status on any day at any point of
 * knowledge against a computation that goes day by day. */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/rng.h"
#include "city/decide.h"
#include "city/library/library.h"
#include "tests/pack_fixture.h"
#include "tests/store_fixture.h"
#include "tests/test.h"

static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};
#define NOW INT64_C(1782864000000) /* 2026-07-01 */
#define EVER INT64_MAX

typedef struct Fixture {
    StoreFixture s;
    PackSet *pack;
    Rulebook *book;
    int firms;
} Fixture;

static void open_all(Fixture *f) {
    *f = (Fixture){0};
    store_fixture_open(&f->s, NOW);
    f->pack = test_packs(&f->s.ctx);
    f->book = f->pack ? rulebook_open(&f->s.ctx, f->pack) : NULL;
    CHECK(f->book != NULL);
    CHECK(tx_begin(f->s.db, DB_WRITE));
}

static void close_all(Fixture *f) {
    CHECK(tx_commit(f->s.db));
    rulebook_close(f->book);
    pack_close(f->pack);
    store_fixture_close(&f->s);
}

static int64_t firm(Fixture *f) {
    Str name = str_printf(f->s.arena, "淄博第%d号有限公司", ++f->firms);
    SubjectNew s = {.kind = SUBJECT_ENTERPRISE, .name = name, .since = 20100101};
    return subject_add(f->s.db, &s, &ACT);
}

static void failed_with(Fixture *f, Str code) {
    CHECK_STR(msg_code(f->s.ctx.err.note.msg), code);
    ctx_clear(&f->s.ctx);
}

static TitleNew gazelle(int64_t subject, int32_t from) {
    return (TitleNew){.subject = subject,
                      .kind = TITLE_RECOGNISED,
                      .tier = S("瞪羚"),
                      .level = S("市"),
                      .publisher = S("淄博市工业和信息化局"),
                      .document_number = S("淄工信字〔2021〕1号"),
                      .from = from};
}

static int64_t record(Fixture *f, const TitleNew *t) {
    return title_record(f->s.db, f->pack, t, &ACT);
}

static int64_t happen(Fixture *f, int64_t title, TitleEventKind kind, int32_t day, int32_t to) {
    TitleEventNew e = {.title = title, .kind = kind, .day = day, .to = to};
    return title_event(f->s.db, f->pack, &e, &ACT);
}

static TitleStatus status(Fixture *f, int64_t title, int32_t day, int64_t seq) {
    TitleBook b;
    FactAt at = {.as_of = day, .as_known = EVER, .seq = seq};
    CHECK(title_get(f->s.db, title, &at, &b));
    return b.n ? *b.status : (TitleStatus){0};
}

static int64_t last_seq(Fixture *f) {
    return Q_I64(f->s.db, 0, "SELECT next FROM counter WHERE name = 'seq'") - 1;
}

/* Whether a firm meets a condition of a rule on a day, by all that is known. */
static bool met(Fixture *f, Str rule, Str condition, int64_t subject, int32_t day) {
    FactAt at = {.as_of = day, .as_known = EVER, .seq = EVER};
    FactNames names;
    FactSet set;
    int64_t days = 0;
    Rule *r = pack_rule(&f->s.ctx, f->pack, rule);
    date_from_int(day, &days);
    if (!r || !fact_names(f->s.db, f->pack, &at, &names)) return false;
    FactRank rank = fact_names_rank(&names);
    FactView v;
    Subject who;
    CHECK(subject_get(f->s.db, subject, &who) && fact_read(f->s.db, subject, &at, &rank, &v));
    set = factset_from_view(f->s.arena, &names, &v, &who, &at);
    DecideOptions o = {.as_of = days};
    Decision d = decide(f->s.arena, f->book, r, &set, &o);
    for (int i = 0; i < d.nconditions; i++)
        if (str_eq(d.conditions[i].condition->decision, condition))
            return d.conditions[i].outcome == OUTCOME_MET;
    CHECK(false);
    return false;
}

TEST(title_library_of_the_packs) {
    Fixture f;
    open_all(&f);
    const Library *l = library_of(f.pack);
    CHECK(l->ntiers >= 7 && l->nlevels == 3 && l->nclasses == 3);
    CHECK(l->kinds[TITLE_RECOGNISED].awards && !l->kinds[TITLE_IN_LIBRARY].awards);
    const LibraryTitle *t = library_title(l, S("瞪羚"), S("省"));
    CHECK(t && t->cycle_years == 3 && t->review.status == STATUS_INFERRED && !t->term_years);
    CHECK(t && t->missing.n == 1);
    CHECK_STR(library_rule(l, S("瞪羚"), S("市"))->id, S("zibo/gazelle"));
    CHECK(!library_rule(l, S("瞪羚"), S("国家")));
    const LibraryBar *k = library_bar(l, S("弄虚作假"));
    CHECK(k && k->months == 36);
    CHECK(l->classes[0].basis.status == STATUS_INFERRED && l->classes[0].by.n > 0);
    CHECK(library_tier(l, S("gazelle")) == library_tier(l, S("山东省瞪羚企业")));
    CHECK_INT(library_months_later(20240229, 36), 20270228);
    CHECK_INT(library_months_later(20240131, 1), 20240229);
    CHECK_INT(library_months_later(20231231, 12), 20241231);
    const LibraryTitle *giant = library_title(l, S("专精特新小巨人"), S("国家"));
    CHECK_INT(library_term_end(giant, 20230701), 20260701);
    CHECK_INT(library_term_end(giant, 20260401), 0); /* the new measure's term is not known */
    close_all(&f);
}

/* A word of the pack's file changed: what is wrong is named with its line. */
static Str misread(Fixture *f, const char *old, const char *new) {
    Ctx c = ctx_new(f->s.arena, 0);
    PackFile *files;
    int n;
    CHECK(pack_read(&c, S("packs/zibo"), &files, &n));
    for (int i = 0; i < n; i++) {
        if (!str_eq(files[i].path, S("libraries.yaml")) || !str_eq(files[i].pack, S("zibo")))
            continue;
        Str text = files[i].bytes, before = str_from(old);
        ptrdiff_t at = str_find(text, before);
        CHECK(at >= 0);
        if (at < 0) return S("");
        files[i].bytes = str_printf(f->s.arena, "%.*s%s%.*s", STRF(str_sub(text, 0, at)), new,
                                    STRF(str_sub(text, at + before.n, text.n)));
    }
    PackSet *p = pack_parse(&c, files, n);
    if (p) {
        pack_close(p);
        return S("");
    }
    Str said = note_text(f->s.arena, &c.err.note, LANG_EN), place = c.err.note.place;
    return str_printf(f->s.arena, "%.*s %.*s “%.*s", STRF(msg_code(c.err.note.msg)), STRF(place),
                      STRF(str_sub(said, str_find(said, S("“")) + 3, said.n)));
}

TEST(title_library_refuses_keys_it_does_not_know) {
    static const struct {
        const char *old, *new, *want;
    } WRONG[] = {
        {"levels: [", "level: [", "pack.unknown_key packs/zibo/libraries.yaml:7 “level”"},
        {"awards: false}", "award: false}", "pack.unknown_key packs/zibo/libraries.yaml:4 “award”"},
        {"  since: ", "  from: ", "pack.unknown_key packs/zibo/libraries.yaml:14 “from”"},
        {"{tier: 称号, ", "{tiers: 称号, ",
         "pack.unknown_key packs/zibo/libraries.yaml:13 “tiers”"},
        {"    status: V*\n", "    state: V*\n",
         "pack.unknown_key packs/zibo/libraries.yaml:20 “state”"},
        {"basis: {document: ZB-INT}", "basis: {document: ZB-INT, artikel: x}",
         "pack.unknown_key packs/zibo/libraries.yaml:19 “artikel”"},
        {"basis: {document: ZB-INT}", "basis: ZB-INT",
         "pack.key packs/zibo/libraries.yaml:19 “basis”"},
        {"as_of: 2021", "day: 2021", "pack.unknown_key packs/zibo/libraries.yaml:70 “day”"},
        {"management:\n", "process: 3\nmanagement:\n",
         "pack.key packs/zibo/libraries.yaml:74 “process”"},
        {"{name: 入库名单,", "{nama: 入库名单,",
         "pack.unknown_key packs/zibo/libraries.yaml:78 “nama”"},
        {"inferred: {by:", "inferred: {who:",
         "pack.unknown_key packs/zibo/libraries.yaml:64 “who”"},
    };
    Fixture f;
    open_all(&f);
    CHECK_STR(misread(&f, "levels:", "levels:"), S(""));
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        Str want = str_from(WRONG[i].want);
        Str got = misread(&f, WRONG[i].old, WRONG[i].new);
        CHECK_STR(str_sub(got, 0, want.n), want);
    }
    close_all(&f);
}

static bool awarded(Fixture *f, int64_t subject) {
    return met(f, S("zibo/gazelle-award"), S("首次获市级认定"), subject, 20210220);
}

TEST(title_records_publish_the_fact_that_awards_ask_for) {
    Fixture f;
    open_all(&f);
    int64_t a = firm(&f), b = firm(&f);
    TitleNew t = gazelle(a, 20210210);
    t.first = TITLE_FIRST_YES;
    int64_t id = record(&f, &t);
    CHECK(id > 0);
    CHECK(awarded(&f, a));
    t.subject = b;
    t.kind = TITLE_IN_LIBRARY;
    CHECK(record(&f, &t) > 0);
    CHECK(!awarded(&f, b));
    /* revoked: the recognition is taken back, and comes back when the revocation was a mistake */
    int64_t gone = happen(&f, id, TITLE_REVOKE, 20220301, 0);
    CHECK(gone > 0);
    CHECK(!awarded(&f, a));
    TitleEventNew back = {.title = id, .kind = TITLE_CORRECT, .day = 20220401, .target = gone};
    CHECK(title_event(f.s.db, f.pack, &back, &ACT) > 0);
    CHECK(awarded(&f, a));
    CHECK(!title_event(f.s.db, f.pack, &back, &ACT));
    failed_with(&f, S("title.taken_back"));
    close_all(&f);
}

static TitleFirst first_of(Fixture *f, int64_t title) {
    return status(f, title, 20260101, EVER).title->first;
}

TEST(title_first_is_unknown_until_coverage_shows_it) {
    Fixture f;
    open_all(&f);
    int64_t a = firm(&f), b = firm(&f), c = firm(&f);
    Db *db = f.s.db;
    int64_t batch = batch_new(db, &(BatchNew){.origin = S("test")});
    int records = indicator_id(db, S("title_records"), true);
    int founded = indicator_id(db, pack_indicator(f.pack, S("成立日期"))->code, true);
    int source = source_id(db, S("official"), S(""), S(""), true);
    FactLoader *l = fact_loader_open(db, batch);
    FactNew birth = {.subject = b,
                     .indicator = founded,
                     .type = FACT_DATE,
                     .value = S("2012-03-01"),
                     .source = source};
    CHECK(fact_loader_add(l, &birth) && fact_loader_close(l));
    CHECK(coverage_add(db, batch, records, 20120101, 20220101, source));
    CHECK(batch_publish(db, batch, &ACT, NULL));
    TitleNew t = gazelle(a, 20210210);
    int64_t unknown = record(&f, &t); /* when it began is not known */
    t.subject = b;
    int64_t yes = record(&f, &t);
    CHECK(first_of(&f, unknown) == TITLE_FIRST_UNKNOWN && first_of(&f, yes) == TITLE_FIRST_YES);
    CHECK(happen(&f, yes, TITLE_REVOKE, 20210301, 0) > 0);
    t.from = 20210601;
    int64_t again = record(&f, &t);
    CHECK(first_of(&f, again) == TITLE_FIRST_NO);
    t.from = 20210901;
    CHECK(!record(&f, &t));
    failed_with(&f, S("title.held"));
    t = gazelle(c, 20190101);
    CHECK(record(&f, &t) > 0);
    CHECK(happen(&f, 4, TITLE_EXPIRE, 20200101, 0) > 0);
    t.from = 20210101;
    t.first = TITLE_FIRST_YES;
    CHECK(!record(&f, &t));
    failed_with(&f, S("title.not_first"));
    close_all(&f);
}

TEST(title_refuses_what_does_not_fit) {
    Fixture f;
    open_all(&f);
    int64_t a = firm(&f);
    TitleNew t = gazelle(a, 20210210), good = t;
    t.tier = S("羚羊");
    CHECK(!record(&f, &t));
    failed_with(&f, S("title.tier"));
    t = good;
    t.level = S("县");
    CHECK(!record(&f, &t));
    failed_with(&f, S("title.level"));
    t = good;
    t.document_number = S(" ");
    CHECK(!record(&f, &t));
    failed_with(&f, S("title.paper"));
    t = good;
    t.from = 20210230;
    CHECK(!record(&f, &t));
    failed_with(&f, S("city.bad_day"));
    t = good;
    t.to = good.from;
    CHECK(!record(&f, &t));
    failed_with(&f, S("city.bad_interval"));
    t = good;
    t.subject = 999;
    CHECK(!record(&f, &t));
    failed_with(&f, S("city.no_subject"));
    t = good;
    t.kind = 9;
    CHECK(!record(&f, &t));
    failed_with(&f, S("title.kind"));
    CHECK(!title_record(f.s.db, f.pack, &good, &(Act){.actor = S("tester")}));
    failed_with(&f, S("city.no_reason"));
    int64_t id = record(&f, &good);
    CHECK(id > 0);
    CHECK(!happen(&f, id, TITLE_RESUME, 20210301, 0));
    failed_with(&f, S("title.state"));
    CHECK(!happen(&f, id, TITLE_REMOVE, 20210301, 0)); /* 移出库 is of the library */
    failed_with(&f, S("title.state"));
    CHECK(!happen(&f, id, TITLE_SUSPEND, 20210209, 0));
    failed_with(&f, S("title.before"));
    CHECK(!happen(&f, 77, TITLE_SUSPEND, 20210301, 0));
    failed_with(&f, S("title.unknown"));
    TitleEventNew e = {.title = id, .kind = TITLE_REVOKE, .day = 20220101, .bar_until = 20230101};
    CHECK(!title_event(f.s.db, f.pack, &e, &ACT));
    failed_with(&f, S("title.bar_paper"));
    close_all(&f);
}

TEST(title_bar_of_years_stops_the_city_not_the_paper_of_others) {
    Fixture f;
    open_all(&f);
    int64_t a = firm(&f), b = firm(&f);
    TitleNew t = gazelle(a, 20210210);
    int64_t id = record(&f, &t);
    TitleEventNew e = {.title = id, .kind = TITLE_REVOKE, .day = 20220301, .code = S("弄虚作假")};
    CHECK(title_event(f.s.db, f.pack, &e, &ACT) > 0);
    FactAt at = {.as_of = 20250228, .as_known = EVER, .seq = EVER};
    int32_t until;
    TitleEvent by;
    CHECK(title_bar(f.s.db, a, &at, &until, &by));
    CHECK_INT(until, 20250301);
    CHECK_STR(by.code, S("弄虚作假"));
    t.kind = TITLE_IN_LIBRARY;
    t.from = 20250228;
    CHECK(!record(&f, &t));
    failed_with(&f, S("title.barred"));
    t.from = 20250301;
    CHECK(record(&f, &t) > 0);
    t.kind = TITLE_LISTED;
    t.from = 20240101;
    CHECK(record(&f, &t) > 0);
    /* the bar goes with the firm into a merger */
    CHECK(subject_merge(f.s.db, b, a, &ACT) > 0);
    CHECK(title_bar(f.s.db, b, &at, &until, NULL));
    CHECK_INT(until, 20250301);
    at.as_of = 20220228;
    CHECK(title_bar(f.s.db, b, &at, &until, NULL));
    CHECK_INT(until, 0);
    close_all(&f);
}

/* --- the status against a computation day by day -----------------------------------------------
 */

enum { DAYS = 60, HISTORIES = 3000, EVENTS = 9, LIVES = 40, STEPS = 60 };

static int32_t day_of(int k) {
    return date_to_int(date_to_days(2021, 1, 1) + k);
}

typedef struct Plain {
    int state; /* 0 none, 1 held, 2 suspended, 3 run out, 4 removed, 5 revoked, 6 expired, 7 void */
    int64_t holder;
} Plain;

static bool was_taken_back(const TitleEvent *e, int n, int64_t title, int64_t id, int64_t seq) {
    for (int i = 0; i < n; i++)
        if (e[i].kind == TITLE_CORRECT && e[i].title == title && e[i].target == id &&
            e[i].seq <= seq)
            return true;
    return false;
}

static void plain_event(Plain *p, const TitleEvent *e, int32_t *term, int32_t *pause) {
    bool alive = p->state == 1 || p->state == 2;
    if (p->state > 3) return;
    if (e->kind == TITLE_REVOKE) p->state = 5;
    if (e->kind == TITLE_RENEW) {
        *term = e->to;
        if (p->state == 3) p->state = 1;
    }
    if (!alive) return;
    if (e->kind == TITLE_SUSPEND) {
        p->state = 2;
        *pause = e->to;
    }
    if (e->kind == TITLE_RESUME) p->state = 1;
    if (e->kind == TITLE_REMOVE) p->state = 4;
    if (e->kind == TITLE_EXPIRE) p->state = 6;
    if (e->kind == TITLE_TRANSFER) p->holder = e->target;
}

/* Every day from the first to as_of, its events in the order they were recorded. */
static Plain plain_status(const Title *t, const TitleEvent *e, int n, int last, int64_t seq) {
    Plain p = {.holder = t->subject};
    int32_t term = t->to, pause = 0;
    if (was_taken_back(e, n, t->id, 0, seq)) return (Plain){.state = 7};
    for (int k = 0; k <= last; k++) {
        int32_t day = day_of(k);
        if (day == t->from) p.state = 1;
        if ((p.state == 1 || p.state == 2) && term && term <= day) p.state = 3;
        if (p.state == 2 && pause && pause <= day) p.state = 1;
        for (int i = 0; i < n; i++)
            if (e[i].day == day && e[i].title == t->id && e[i].seq <= seq &&
                !was_taken_back(e, n, t->id, e[i].id, seq))
                plain_event(&p, &e[i], &term, &pause);
    }
    return p;
}

static int state_of(const TitleStatus *s) {
    switch (s->state) {
    case TITLE_NOT_YET: return 0;
    case TITLE_HELD: return 1;
    case TITLE_SUSPENDED: return 2;
    case TITLE_VOID: return 7;
    default:
        if (s->why == TITLE_REMOVE) return 4;
        if (s->why == TITLE_REVOKE) return 5;
        return s->by ? 6 : 3;
    }
}

static TitleEvent random_event(Rng *r, int id, int from) {
    TitleEvent e = {.id = id, .title = 1, .seq = id + 1};
    int k = from + (int)rng_below(r, (uint64_t)(DAYS - from));
    e.kind = (TitleEventKind)(1 + rng_below(r, 8));
    e.day = day_of(k);
    if (e.kind == TITLE_SUSPEND || e.kind == TITLE_RENEW)
        e.to = rng_below(r, 3) ? day_of(k + 1 + (int)rng_below(r, 20)) : 0;
    if (e.kind == TITLE_TRANSFER) e.target = 100 + (int64_t)rng_below(r, 3);
    if (e.kind == TITLE_CORRECT)
        e.target = id > 1 && rng_below(r, 8) ? 1 + (int64_t)rng_below(r, (uint64_t)id - 1) : 0;
    return e;
}

TEST(title_status_equals_the_walk_day_by_day) {
    Rng r = rng_new(20210101);
    for (int h = 0; h < HISTORIES; h++) {
        int from = (int)rng_below(&r, 10), n = (int)rng_below(&r, EVENTS);
        Title t = {.id = 1, .subject = 99, .from = day_of(from), .seq = 1};
        TitleEvent events[EVENTS];
        if (rng_below(&r, 2)) t.to = day_of(from + 5 + (int)rng_below(&r, 40));
        for (int i = 0; i < n; i++) events[i] = random_event(&r, i + 1, from);
        /* a correction takes back what is no correction itself */
        for (int i = 0; i < n; i++)
            if (events[i].kind == TITLE_CORRECT && events[i].target &&
                events[events[i].target - 1].kind == TITLE_CORRECT)
                events[i].kind = TITLE_BAR;
        for (int q = 0; q < 12; q++) {
            int last = (int)rng_below(&r, DAYS);
            int64_t seq = (int64_t)rng_below(&r, EVENTS + 3);
            FactAt at = {.as_of = day_of(last), .as_known = EVER, .seq = seq};
            TitleStatus s = title_status(&t, events, n, &at, NULL);
            Plain p = plain_status(&t, events, n, last, seq);
            CHECK_INT(state_of(&s), p.state);
            if (p.state && p.state < 7) CHECK_INT(s.holder, p.holder);
        }
    }
}

/* --- the same through the store, with mergers --------------------------------------------------
 */

typedef struct Life {
    Fixture f;
    int64_t firms[4];
    int64_t titles[8];
    int ntitles;
    struct {
        int64_t kept, absorbed, from;
    } mergers[LIVES * 4]; /* of all lives */
    int nmergers;
} Life;

static void random_record(Life *l, Rng *r) {
    static const Str TIERS[] = {STR_INIT("瞪羚"), STR_INIT("哪吒"), STR_INIT("种子")};
    int from = (int)rng_below(r, DAYS / 2);
    TitleNew t = gazelle(l->firms[rng_below(r, 4)], day_of(from));
    t.tier = TIERS[rng_below(r, 3)];
    t.kind = (TitleKind)(1 + rng_below(r, 3));
    if (rng_below(r, 2)) t.to = day_of(from + 5 + (int)rng_below(r, 40));
    int64_t id = l->ntitles < 8 ? record(&l->f, &t) : 0;
    if (id) l->titles[l->ntitles++] = id;
    ctx_clear(&l->f.s.ctx);
}

static void random_step(Life *l, Rng *r) {
    if (l->ntitles < 2 || rng_below(r, 6) == 0) {
        random_record(l, r);
    } else if (rng_below(r, 12) == 0 && l->nmergers < LIVES * 4) {
        int64_t kept = l->firms[rng_below(r, 4)], absorbed = l->firms[rng_below(r, 4)];
        int64_t to = subject_root(l->f.s.db, kept), from = subject_root(l->f.s.db, absorbed);
        if (subject_merge(l->f.s.db, kept, absorbed, &ACT)) {
            l->mergers[l->nmergers].kept = to;
            l->mergers[l->nmergers].absorbed = from;
            l->mergers[l->nmergers++].from = last_seq(&l->f);
        }
    } else {
        TitleEvent e = random_event(r, 50, (int)rng_below(r, 30));
        TitleEventNew g = {.title = l->titles[rng_below(r, (uint64_t)l->ntitles)],
                           .kind = e.kind,
                           .day = e.day,
                           .to = e.to,
                           .target = e.kind == TITLE_TRANSFER ? l->firms[rng_below(r, 4)] : 0};
        if (e.kind == TITLE_CORRECT)
            g.target = Q_I64(l->f.s.db, 0,
                             "SELECT max(id) FROM title_event WHERE title = $1 AND kind <> 7",
                             db_i(g.title));
        title_event(l->f.s.db, l->f.pack, &g, &ACT);
    }
    ctx_clear(&l->f.s.ctx);
}

static int64_t plain_root(const Life *l, int64_t id, int64_t seq) {
    for (int i = 0; i < l->nmergers; i++)
        if (l->mergers[i].absorbed == id && l->mergers[i].from <= seq)
            return plain_root(l, l->mergers[i].kept, seq);
    return id;
}

/* What a reader sees at a random point, of all and of one firm. */
static void look(Life *l, Rng *r, const TitleBook *all) {
    int last = (int)rng_below(r, DAYS);
    int64_t seq = (int64_t)rng_below(r, (uint64_t)last_seq(&l->f) + 1);
    FactAt at = {.as_of = day_of(last), .as_known = EVER, .seq = seq};
    TitleBook b, one;
    int64_t who = l->firms[rng_below(r, 4)], root = plain_root(l, who, seq);
    CHECK(title_book(l->f.s.db, 0, &at, &b) && title_book(l->f.s.db, who, &at, &one));
    int known = 0, held = 0, found = 0;
    for (int i = 0; i < all->n; i++) {
        const Title *t = &all->titles[i];
        if (t->seq > seq) continue;
        Plain p = plain_status(t, all->events, all->nevents, last, seq);
        CHECK(known < b.n && b.titles[known].id == t->id);
        CHECK_INT(state_of(&b.status[known]), p.state);
        int64_t holder = plain_root(l, p.holder, seq);
        if (p.state && p.state < 7) CHECK_INT(b.status[known].holder, holder);
        held += p.state && p.state < 3 && holder == root;
        known++;
    }
    CHECK_INT(b.n, known);
    for (int i = 0; i < one.n; i++)
        found += title_counts(&one.status[i]) && one.status[i].holder == root;
    CHECK_INT(found, held);
}

TEST(title_book_at_any_day_and_seq_equals_the_walk) {
    Rng r = rng_new(62);
    Life l = {0};
    open_all(&l.f);
    for (int life = 0; life < LIVES; life++) {
        l.ntitles = 0;
        for (int i = 0; i < 4; i++) l.firms[i] = firm(&l.f);
        for (int step = 0; step < STEPS / 2; step++) random_step(&l, &r);
        TitleBook all;
        FactAt at = {.as_of = 20260101, .as_known = EVER, .seq = EVER};
        CHECK(title_book(l.f.s.db, 0, &at, &all));
        if (life % 8 == 7)
            for (int q = 0; q < 12; q++) look(&l, &r, &all);
    }
    close_all(&l.f);
}
