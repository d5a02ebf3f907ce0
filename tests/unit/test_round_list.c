/* The list of a round's candidates, its parts and sums, against a plain reading of the same rows.
 */
#include "base/rng.h"
#include "city/review/round.h"
#include "tests/store_fixture.h"
#include "tests/test.h"

enum { N = 150, FILTERS = 400 };

typedef struct Row {
    Str name, code, number, outcome, verdict, score;
    int had, scored;
} Row;

static const Str OUTCOMES_[] = {STR_INIT("met"), STR_INIT("not_met"), STR_INIT("undecidable")};
static const Str VERDICTS[] = {STR_INIT(""), STR_INIT("admit"), STR_INIT("refuse"),
                               STR_INIT("hold")};
static const Str MOVES[] = {STR_INIT("new"),    STR_INIT("kept"),    STR_INIT("moved"),
                            STR_INIT("leaves"), STR_INIT("refused"), STR_INIT("held"),
                            STR_INIT("open")};
static const Str SCORES[] = {STR_INIT("9.50"), STR_INIT("50.00"), STR_INIT("60"),
                             STR_INIT("100.00"), STR_INIT("59.99")};
static const Str WORDS[] = {STR_INIT("科技"), STR_INIT("A1"), STR_INIT("2022-1-0007"),
                            STR_INIT("%"), STR_INIT("_")};

static void add_subject(Db *db, int64_t id, Str name, Str code, int64_t into) {
    CHECK(EXEC(db,
               "INSERT INTO subject(id, kind, name, code, demo, merged_into, division, unit, "
               "created_ms) VALUES($1, 1, $2, $3, 1, $4, '370303', '', 1)",
               db_i(id), db_s(name), db_s(code), into ? db_i(into) : db_n()));
}

/* Enterprises 1 … N, each tenth merged into the one behind it, whose name then counts. */
static void fill(StoreFixture *f, Row *row, Rng *g) {
    Arena *a = f->arena;
    for (int i = N; i >= 1; i--) {
        Row *r = &row[i];
        bool merged = i % 10 == 0 && i < N;
        Str name = str_printf(a, "演示%s%d", rng_below(g, 2) ? "科技" : "材料", i);
        Str code = str_printf(a, "A%dB", i);
        add_subject(f->db, i, name, code, merged ? i + 1 : 0);
        *r = (Row){.name = merged ? row[i + 1].name : name,
                   .code = merged ? row[i + 1].code : code,
                   .number = str_printf(a, "2022-1-%04d", i),
                   .outcome = OUTCOMES_[rng_below(g, 3)],
                   .verdict = VERDICTS[rng_below(g, 4)],
                   .had = (int)rng_below(g, 3),
                   .scored = (int)rng_below(g, 3)};
        r->score = r->scored ? SCORES[rng_below(g, 5)] : S("");
        CHECK(EXEC(f->db,
                   "INSERT INTO review_candidate(id, round, case_file, subject, number, field, "
                   "entered_ms, had, outcome, result, decision, seq, known_ms, kept, scored, "
                   "score, verdict, code, reason) VALUES ($1, 1, 0, $1, $2, '', 1, $3, $4, '', 0, "
                   "0, 0, '', $5, $6, $7, '', '')",
                   db_i(i), db_s(r->number), db_i(r->had), db_s(r->outcome), db_i(r->scored),
                   db_s(r->score), db_s(r->verdict)));
    }
}

static void round_row(Db *db, int64_t id) {
    CHECK(EXEC(db,
               "INSERT INTO review_round(id, version, case_file, title, rule, setting, "
               "setting_sm3, rule_version, rule_hash, as_of, as_known_ms, seq, seed, seed_sm3, "
               "seed_sha256, list_sha256, created_ms, opened_ms, listed_ms, assigned_ms, "
               "second_ms, scored_ms, decided_ms) VALUES ($1, 1, 0, 't', 'r', '{}', '', '', '', "
               "20220930, 0, 0, '', '', '', '', 1, 1, 0, 0, 0, 0, 0)",
               db_i(id)));
}

static bool fits(const CandidateFilter *f, const Row *r) {
    Dec least, score;
    Candidate k = {.verdict = r->verdict, .had = r->had};
    bool none = str_eq(f->verdict, S("none"));
    if (f->outcome.n && !str_eq(f->outcome, r->outcome)) return false;
    if (f->had >= 0 && r->had != f->had) return false;
    if (f->movement.n && !str_eq(f->movement, round_movement(&k))) return false;
    if (f->verdict.n && !str_eq(none ? S("") : f->verdict, r->verdict)) return false;
    if (f->least.n && (!r->score.n || !dec_parse(f->least, &least) ||
                       !dec_parse(r->score, &score) || dec_cmp(&score, &least) < 0))
        return false;
    return !f->q.n || str_find(r->name, f->q) >= 0 || str_find(r->code, f->q) >= 0 ||
           str_eq(r->number, f->q);
}

static CandidateFilter random_filter(Rng *g) {
    CandidateFilter f = {.round = 1, .had = (int)rng_below(g, 6) - 3};
    if (f.had < 0) f.had = -1;
    if (rng_below(g, 3) == 0) f.outcome = OUTCOMES_[rng_below(g, 3)];
    if (rng_below(g, 3) == 0) f.verdict = VERDICTS[1 + rng_below(g, 3)];
    if (rng_below(g, 6) == 0) f.verdict = S("none");
    if (rng_below(g, 3) == 0) f.movement = MOVES[rng_below(g, 7)];
    if (rng_below(g, 3) == 0) f.least = SCORES[rng_below(g, 5)];
    if (rng_below(g, 3) == 0) f.q = WORDS[rng_below(g, 5)];
    f.offset = (int64_t)rng_below(g, 20);
    f.limit = (int64_t)rng_below(g, 3) * 7;
    return f;
}

TEST(round_list_is_what_a_plain_reading_gives) {
    StoreFixture f;
    store_fixture_open(&f, 1000);
    Rng g = rng_new(20260823);
    Row *row = NEW_N(f.arena, Row, N + 2);
    round_row(f.db, 1);
    round_row(f.db, 2);
    fill(&f, row, &g);
    for (int t = 0; t < FILTERS; t++) {
        CandidateFilter q = random_filter(&g);
        Candidate *got;
        int n, at = 0;
        int64_t total, want = 0;
        CHECK(round_candidates(f.db, &q, &got, &n, &total));
        for (int i = 1; i <= N; i++) {
            if (!fits(&q, &row[i])) continue;
            int64_t place = want++;
            if (place < q.offset || (q.limit && place >= q.offset + q.limit)) continue;
            CHECK(at < n);
            if (at >= n) continue;
            CHECK_STR(got[at].number, row[i].number);
            CHECK_STR(got[at].name, row[i].name);
            CHECK_STR(got[at++].subject_code, row[i].code);
        }
        CHECK_INT(at, n);
        CHECK_INT(total, want);
    }
    CandidateFilter other = {.round = 2, .had = -1};
    Candidate *got;
    int n;
    int64_t total;
    CHECK(round_candidates(f.db, &other, &got, &n, &total));
    CHECK_INT(n + total, 0);
    store_fixture_close(&f);
}

TEST(round_sums_are_those_of_its_rows) {
    StoreFixture f;
    store_fixture_open(&f, 1000);
    Rng g = rng_new(7);
    Row *row = NEW_N(f.arena, Row, N + 2);
    Round r = {.id = 1};
    RoundTally t;
    int64_t scored = 0, decided = 0, passing = 0, all = 0;
    Dec score;
    r.setting.has_minimum = true;
    CHECK(dec_parse(S("59.99"), &r.setting.minimum));
    round_row(f.db, 1);
    fill(&f, row, &g);
    CHECK(round_tally(f.db, &r, &t));
    for (int i = 1; i <= N; i++) {
        scored += row[i].scored != 0;
        decided += row[i].verdict.n > 0;
        passing += row[i].scored == 1 && dec_parse(row[i].score, &score) &&
                   dec_cmp(&score, &r.setting.minimum) >= 0;
    }
    for (int i = 0; i < t.nkinds; i++) {
        int64_t want = 0;
        for (int k = 1; k <= N; k++)
            want += str_eq(row[k].outcome, t.kind[i].outcome) &&
                    str_eq(row[k].verdict, t.kind[i].verdict) && row[k].had == t.kind[i].had;
        CHECK_INT(t.kind[i].count, want);
        all += want;
    }
    CHECK_INT(all, N);
    CHECK_INT(t.candidates, N);
    CHECK_INT(t.scored, scored);
    CHECK_INT(t.decided, decided);
    CHECK_INT(t.passing, passing);
    CHECK_INT(t.seats + t.submitted, 0);
    r.id = 3;
    CHECK(round_tally(f.db, &r, &t));
    CHECK_INT(t.candidates + t.nkinds, 0);
    store_fixture_close(&f);
}
