/* The register: kept decisions replay to the byte whatever the city learns later, changed bytes are
 * named, old rule sets stay, and evaluation does not depend on the number of workers. */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/file.h"
#include "base/rng.h"
#include "city/bundle/keep.h"
#include "city/bundle/replay.h"
#include "city/register.h"
#include "city/source.h"
#include "tests/test.h"

enum { FIRMS = 250, MORE = 6000, YEARS = 3 };
static const Act ACT = {STR_INIT("tester"), STR_INIT("test")};
static const int64_t NOW_MS = 1782864000000; /* 2026-07-01 */

typedef struct Fixture {
    Arena *arena;
    Ctx c;
    Str url;
    Register *reg;
    Db *db;
    int64_t firms[FIRMS];
    Rng rng;
} Fixture;

static void open_register(Fixture *f) {
    f->reg = register_open(&f->c, f->url, 4);
    f->db = f->reg ? db_borrow(&f->c, f->reg->store) : NULL;
    CHECK(f->db != NULL);
}

static void close_register(Fixture *f) {
    if (f->db) db_return(f->db);
    register_close(f->reg);
}

static FactNew yearly(Fixture *f, int64_t subject, int year, int64_t value) {
    return (FactNew){.subject = subject,
                     .indicator = indicator_id(f->db, S("revenue"), true),
                     .period = year,
                     .type = FACT_NUMBER,
                     .value = str_printf(f->arena, "%lld", (long long)value),
                     .source = source_id(f->db, S("annual_report"), S(""), S(""), true)};
}

static FactNew founded(Fixture *f, int64_t subject, int day) {
    return (FactNew){.subject = subject,
                     .indicator = indicator_id(f->db, S("founded_on"), true),
                     .type = FACT_DATE,
                     .value = date_text(f->arena, day),
                     .source = source_id(f->db, S("list"), S(""), S(""), true)};
}

static int64_t some(Fixture *f, int64_t n) {
    return (int64_t)rng_below(&f->rng, (uint64_t)n);
}

static int64_t revenue_of(Fixture *f) {
    return 5000000 + some(f, 4) * 5000000 + some(f, 2);
}

static void fill(Fixture *f) {
    CHECK(tx_begin(f->db, DB_WRITE));
    for (int i = 0; i < FIRMS; i++)
        f->firms[i] =
            subject_add(f->db,
                        &(SubjectNew){.kind = SUBJECT_ENTERPRISE,
                                      .name = str_printf(f->arena, "第%d号企业", i),
                                      .stock = str_printf(f->arena, "%06d.SZ", 100000 + i)},
                        &ACT);
    int64_t batch = batch_new(f->db, &(BatchNew){.origin = S("test")});
    FactLoader *l = fact_loader_open(f->db, batch);
    for (int i = 0; i < FIRMS; i++) {
        for (int y = 0; y < YEARS; y++) {
            FactNew fact = yearly(f, f->firms[i], 2019 + y, revenue_of(f));
            if (some(f, 8)) CHECK(fact_loader_add(l, &fact));
        }
        FactNew day = founded(f, f->firms[i], 14000 + (int)some(f, 2000));
        if (some(f, 8)) CHECK(fact_loader_add(l, &day));
    }
    CHECK(fact_loader_close(l) && batch_publish(f->db, batch, &ACT, NULL) && tx_commit(f->db));
}

static void setup(Fixture *f) {
    InitReport report;
    *f = (Fixture){.arena = arena_open(0), .rng = rng_new(7)};
    f->c = ctx_new(f->arena, NOW_MS);
    f->url = test_db_url(f->arena);
    CHECK(register_init(&f->c, f->url, S("tests/data/pack-mini"), &ACT, &report));
    open_register(f);
    if (f->db) fill(f);
}

static void teardown(Fixture *f) {
    if (!ctx_ok(&f->c)) {
        Str text = note_text(f->arena, &f->c.err.note, LANG_EN);
        test_failed(__FILE__, __LINE__, str_z(f->arena, text));
    }
    close_register(f);
    arena_close(f->arena);
}

/* Decides a rule for a firm at a point and keeps it; the id. */
static int64_t keep(Fixture *f, Str rule, int64_t subject, int64_t as_of, int64_t as_known) {
    FactAt at = {.as_of = date_to_int(as_of), .as_known = as_known};
    FactNames names;
    FactSet facts;
    const Rule *r = pack_rule(&f->c, f->reg->pack, rule);
    if (!r || !fact_at(f->db, &at) || !fact_names(f->db, f->reg->pack, &at, &names) ||
        !register_facts(f->db, &names, subject, &at, &facts))
        return 0;
    DecideOptions o = {.as_of = as_of, .as_known_ms = at.as_known, .seq = at.seq};
    Decision d = decide(f->arena, f->reg->book, r, &facts, &o);
    return decision_keep(f->db, subject, &d, &facts, &ACT);
}

static int keep_all(Fixture *f, int64_t ids[1000]) {
    static const char *const DAYS[] = {"2021-06-30", "2022-06-30"};
    int n = 0;
    CHECK(tx_begin(f->db, DB_WRITE));
    for (int i = 0; i < FIRMS; i++)
        for (int k = 0; k < 4; k++) {
            int64_t day = 0;
            date_parse(str_from(DAYS[k % 2]), &day);
            ids[n] = keep(f, k < 2 ? S("growth") : S("award"), f->firms[i], day,
                          k == 1 ? f->c.now_ms - 1 - some(f, 1000) : 0);
            CHECK(ids[n] != 0);
            n++;
        }
    CHECK(tx_commit(f->db) && journal_seal(f->db, 5000, NULL));
    return n;
}

/* A thousand later facts: corrections, better sources, history known before the decisions. */
static void learn(Fixture *f, int n) {
    f->c.now_ms += 86400000;
    for (int part = 0; part < 4; part++) {
        CHECK(tx_begin(f->db, DB_WRITE));
        int64_t batch = batch_new(f->db, &(BatchNew){.origin = S("later")});
        FactLoader *l = fact_loader_open(f->db, batch);
        for (int i = 0; i < n / 4; i++) {
            int64_t who = f->firms[some(f, FIRMS)];
            FactNew fact = yearly(f, who, 2018 + (int)some(f, 4), revenue_of(f));
            if (part == 1) fact = founded(f, who, 14000 + (int)some(f, 2000));
            if (part == 2) fact.source = source_id(f->db, S("audit_report"), S(""), S(""), true);
            if (part >= 2) fact.known_ms = f->c.now_ms - 86400000 * (1 + some(f, 1000));
            CHECK(fact_loader_add(l, &fact));
        }
        CHECK(fact_loader_close(l) && batch_publish(f->db, batch, &ACT, NULL));
        CHECK(tx_commit(f->db));
        f->c.now_ms += 1000;
    }
}

static void merge_some(Fixture *f) {
    CHECK(tx_begin(f->db, DB_WRITE));
    for (int i = 0; i < 20; i += 2)
        CHECK(subject_merge(f->db, f->firms[i], f->firms[i + 1], &ACT) != 0);
    Identifier name = {.scheme = S("name"), .value = S("改名企业"), .from = 20260702};
    CHECK(subject_identify(f->db, f->firms[30], &name, &ACT));
    Identifier code = {.scheme = S("uscc"), .value = S("91370300164102345T"), .from = 20260702};
    CHECK(subject_identify(f->db, f->firms[31], &code, &ACT));
    CHECK(tx_commit(f->db));
}

static int replay_all(Fixture *f, const int64_t *ids, int n) {
    int same = 0, told = 0;
    for (int i = 0; i < n; i++) {
        KeptDecision kept;
        PacketDiff diff = {0};
        ArenaMark m = arena_mark(f->arena);
        if (decision_get(f->db, ids[i], &kept) &&
            register_replay(&f->c, f->db, f->reg, kept.packet, &diff) && diff.same)
            same++;
        else if (told++ < 5)
            test_failed(__FILE__, __LINE__,
                        str_z(f->arena,
                              str_printf(f->arena, "decision %d: %.*s stored %.*s now %.*s", i,
                                         STRF(diff.path), STRF(diff.stored), STRF(diff.computed))));
        arena_rewind(f->arena, m);
    }
    return same;
}

TEST(register_replays_after_later_facts) {
    static int64_t ids[1000];
    Fixture f;
    setup(&f);
    int n = f.db ? keep_all(&f, ids) : 0;
    CHECK_INT(n, 1000);
    CHECK_INT(replay_all(&f, ids, n), n);
    if (n) learn(&f, 1000);
    CHECK_INT(replay_all(&f, ids, n), n);
    if (n) merge_some(&f);
    CHECK_INT(replay_all(&f, ids, n), n);
    teardown(&f);
}

/* One changed bit or byte anywhere in a stored packet is a difference with its byte. */
TEST(register_names_a_changed_byte) {
    static int64_t ids[1000];
    Fixture f;
    setup(&f);
    int n = f.db ? keep_all(&f, ids) : 0;
    KeptDecision kept;
    for (int i = 0; n && i < 80; i++) {
        ArenaMark m = arena_mark(f.arena);
        PacketDiff diff = {.same = true};
        CHECK(decision_get(f.db, ids[some(&f, n)], &kept));
        char *bytes = arena_copy(f.arena, kept.packet.p, (size_t)kept.packet.n);
        ptrdiff_t at = (ptrdiff_t)some(&f, kept.packet.n);
        bytes[at] = (char)(bytes[at] ^ (i == 0 ? 0x15 : 1 << some(&f, 7)));
        bool ran = register_replay(&f.c, f.db, f.reg, str_of(bytes, (size_t)kept.packet.n), &diff);
        bool named = ran && !diff.same && (diff.at == at || str_eq(diff.path, S("sm3")));
        bool digest = str_find(kept.packet, S("\"sm3\"")) - 1 <= at &&
                      at <= str_find(kept.packet, S("\"sm3\"")) + 72;
        if (!named && !digest)
            test_failed(__FILE__, __LINE__,
                        str_z(f.arena, str_printf(f.arena, "byte %td of %td: told %td %.*s", at,
                                                  kept.packet.n, diff.at, STRF(diff.path))));
        CHECK(!(ran && diff.same));
        ctx_clear(&f.c);
        arena_rewind(f.arena, m);
    }
    teardown(&f);
}

static Str read_text(Fixture *f, Str path) {
    Str bytes = {0};
    CHECK(file_read(&f->c, path, 1 << 20, &bytes));
    return bytes;
}

/* A copy of the small pack with one text of a file replaced. */
static Str other_pack(Fixture *f, Str file, Str what, Str with) {
    Str folder = str_from(test_folder());
    Str command = str_printf(f->arena, "cp -r tests/data/pack-mini/. %.*s", STRF(folder));
    CHECK(system(str_z(f->arena, command)) == 0);
    Str path = path_join(f->arena, folder, file), text = read_text(f, path);
    ptrdiff_t at = str_find(text, what);
    CHECK(at >= 0);
    Str changed = str_cat(f->arena, str_cat(f->arena, str_sub(text, 0, at), with),
                          str_sub(text, at + what.n, text.n));
    CHECK(file_write(&f->c, path, changed));
    return folder;
}

TEST(register_replays_under_old_rules) {
    static int64_t ids[1000];
    Fixture f;
    InitReport report;
    setup(&f);
    int n = f.db ? keep_all(&f, ids) : 0;
    Str folder = other_pack(&f, S("rules/growth/growth-2020.dmn"), S("10000000</text>"),
                            S("20000000</text>"));
    close_register(&f);
    CHECK(register_init(&f.c, f.url, folder, &ACT, &report));
    CHECK(report.new_rules);
    open_register(&f);
    CHECK_INT(n ? replay_all(&f, ids, n) : 0, 1000);
    teardown(&f);
}

static bool evaluate(Fixture *f, int threads, EvaluateReport *out) {
    EvaluateOptions o = {.rules = (const Rule *const *)f->reg->pack->rules,
                         .nrules = f->reg->pack->nrules,
                         .threads = threads};
    date_parse(S("2022-06-30"), &o.as_of);
    return register_evaluate(&f->c, f->reg, &o, out);
}

typedef struct Told {
    int n;
    int64_t decision;
    Str path;
    Arena *arena;
} Told;

static void told(void *user, const ReplayDifference *d) {
    Told *t = user;
    t->n++;
    t->decision = d->decision;
    t->path = str_dup(t->arena, d->diff.path);
}

static ReplayReport replay_stream(Fixture *f, int64_t sample, int threads, Told *t) {
    ReplayReport r = {0};
    ReplayOptions o = {.sample = sample, .seed = 3, .threads = threads, .differs = told, .user = t};
    t->arena = f->arena;
    CHECK(register_replay_all(&f->c, f->reg, &o, &r));
    return r;
}

/* Facts withdrawn, a batch undone. */
static void take_back(Fixture *f) {
    FactAt at = {.as_of = 20260701};
    CHECK(fact_at(f->db, &at) && tx_begin(f->db, DB_WRITE));
    int64_t batch = batch_new(f->db, &(BatchNew){.origin = S("withdrawals")});
    for (int i = 40; i < 90; i++) {
        FactView v;
        CHECK(fact_read(f->db, f->firms[i], &at, &(FactRank){0}, &v));
        if (v.n && v.slots[0].value)
            CHECK(fact_withdraw(f->db, batch, f->firms[i], v.slots[0].value->id, S("误报")));
    }
    CHECK(batch_publish(f->db, batch, &ACT, NULL));
    CHECK(batch_reverse(f->db, batch - 1, &ACT) != 0);
    CHECK(tx_commit(f->db));
}

TEST(register_keeps_a_run_and_replays_all) {
    Fixture f;
    EvaluateReport counts;
    InitReport report;
    Told t = {0};
    int64_t kept = 0, applicable = 0;
    setup(&f);
    EvaluateOptions o = {.rules = (const Rule *const *)f.reg->pack->rules,
                         .nrules = f.reg->pack->nrules};
    date_parse(S("2022-06-30"), &o.as_of);
    CHECK(register_evaluate_keep(&f.c, f.reg, o, &ACT, &counts, &kept));
    for (int i = 0; i < o.nrules; i++)
        applicable += counts.subjects - counts.counts[i][OUTCOME_NOT_APPLICABLE];
    CHECK(kept == applicable && kept > 250);
    CHECK_INT(Q_I64(f.db, 0, "SELECT count(*) FROM journal WHERE action = 'decision.keep'"), kept);
    learn(&f, 1000);
    merge_some(&f);
    take_back(&f);
    Str folder = other_pack(&f, S("rules/growth/growth-2020.dmn"), S("10000000</text>"),
                            S("20000000</text>"));
    close_register(&f);
    CHECK(register_init(&f.c, f.url, folder, &ACT, &report) && report.new_rules);
    open_register(&f);
    ReplayReport r = replay_stream(&f, 0, 1, &t);
    CHECK(r.total == kept && r.checked == kept && r.same == kept && t.n == 0);
    r = replay_stream(&f, 50, 1, &t);
    CHECK(r.total == kept && r.checked == 50 && r.same == 50);
    CHECK(EXEC(f.db, "UPDATE decision SET packet = replace(packet, 'as_of', 'as_oF') "
                     "WHERE id = 7"));
    r = replay_stream(&f, 0, 1, &t);
    CHECK(r.checked == kept && r.same == kept - 1 && t.n == 1 && t.decision == 7);
    teardown(&f);
}

/* Workers claim pages of 2,000 subjects: several pages, so that they work side by side. */
static void fill_pages(Fixture *f) {
    CHECK(tx_begin(f->db, DB_WRITE));
    int64_t batch = batch_new(f->db, &(BatchNew){.origin = S("pages")});
    SubjectLoader *subjects = subject_loader_open(f->db);
    FactLoader *facts = fact_loader_open(f->db, batch);
    for (int i = 0; i < MORE; i++) {
        Str stock = str_printf(f->arena, "%06d.SZ", 200000 + i);
        int64_t id = subject_loader_add(
            subjects, &(SubjectNew){.kind = SUBJECT_ENTERPRISE, .name = stock, .stock = stock});
        for (int y = 2020; y < 2022; y++) {
            FactNew fact = yearly(f, id, y, revenue_of(f));
            if (some(f, 8)) CHECK(fact_loader_add(facts, &fact));
        }
    }
    CHECK(subject_loader_close(subjects) && fact_loader_close(facts));
    CHECK(batch_publish(f->db, batch, &ACT, NULL) && tx_commit(f->db));
}

TEST(register_evaluates_the_same_with_any_workers) {
    Fixture f;
    EvaluateReport one = {0}, many;
    setup(&f);
    if (f.db) fill_pages(&f);
    CHECK(f.db && evaluate(&f, 1, &one));
    CHECK_INT(one.subjects, FIRMS + MORE + 3);
    for (int threads = 2; threads <= 3; threads++) {
        CHECK(evaluate(&f, threads, &many));
        CHECK_INT(many.subjects, one.subjects);
        for (int i = 0; i < f.reg->pack->nrules; i++) {
            int64_t sum = 0;
            for (int k = 0; k < OUTCOMES; k++) {
                CHECK_INT(many.counts[i][k], one.counts[i][k]);
                sum += many.counts[i][k];
            }
            CHECK_INT(sum, one.subjects);
        }
    }
    teardown(&f);
}
