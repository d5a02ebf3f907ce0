/* What the public learns of rounds: an attacker who knows the rule and sees the numbers learns no
 * small one. */
#include "city/review/round.h"
#include "tests/store_fixture.h"
#include "tests/test.h"

enum { FLOOR = 5, MOST = 14 };

static bool same(RoundShown x, RoundShown y) {
    return x.refused == y.refused && x.held == y.held && x.not_admitted == y.not_admitted;
}

/* How many values a part may have for who sees what is shown of (refused, held). */
static int possible(RoundShown seen, bool of_held) {
    bool found[MOST + 1] = {0};
    int n = 0;
    for (int a = 0; a <= MOST; a++)
        for (int b = 0; b <= MOST; b++)
            if (same(seen, round_shown(&(RoundCounts){.refused = a, .held = b}, FLOOR)))
                found[of_held ? b : a] = true;
    for (int i = 0; i <= MOST; i++) n += found[i];
    return n;
}

TEST(round_public_counts_have_a_floor) {
    static const struct {
        int64_t refused, held, sum_said, refused_said, held_said;
    } CASES[] = {{0, 0, -1, -1, -1}, {1, 0, -1, -1, -1}, {4, 0, -1, -1, -1}, {0, 4, -1, -1, -1},
                 {5, 0, 5, -1, -1},  {6, 0, 6, -1, -1},  {4, 1, 5, -1, -1},  {4, 4, 8, -1, -1},
                 {5, 1, 6, -1, -1},  {1, 6, 7, -1, -1},  {5, 4, 9, -1, -1},  {5, 5, 10, 5, 5},
                 {6, 5, 11, 6, 5},   {0, 60, 60, -1, -1}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        RoundCounts k = {.refused = CASES[i].refused, .held = CASES[i].held, .admitted = 3};
        RoundShown s = round_shown(&k, FLOOR), none = round_shown(&k, 0);
        CHECK_INT(s.not_admitted, CASES[i].sum_said);
        CHECK_INT(s.refused, CASES[i].refused_said);
        CHECK_INT(s.held, CASES[i].held_said);
        CHECK(same(none, (RoundShown){-1, -1, -1})); /* no floor named: nothing is said */
    }
}

TEST(round_public_counts_give_no_small_one_away) {
    for (int a = 0; a < FLOOR * 2; a++)
        for (int b = 0; b <= MOST - a && b < FLOOR * 2; b++) {
            RoundShown s = round_shown(&(RoundCounts){.refused = a, .held = b}, FLOOR);
            if (a < FLOOR) CHECK(possible(s, false) >= FLOOR);
            if (b < FLOOR) CHECK(possible(s, true) >= FLOOR);
            if (a + b < FLOOR) CHECK(s.not_admitted < 0);
        }
}

static void add_round(Db *db, int64_t id, int64_t decided_ms) {
    CHECK(EXEC(db,
               "INSERT INTO review_round(id, version, case_file, title, rule, setting, "
               "setting_sm3, rule_version, rule_hash, as_of, as_known_ms, seq, seed, seed_sm3, "
               "seed_sha256, list_sha256, created_ms, opened_ms, listed_ms, assigned_ms, "
               "second_ms, scored_ms, decided_ms) VALUES ($1, 1, $2, 't', 'r', "
               "'{\"demo\":true}', '', '', '', 20220930, 0, 0, '', '', '', '', 1, 1, 0, 0, 0, 0, "
               "$3)",
               db_i(id), db_i(id + 100), db_i(decided_ms)));
}

static void add_notice(Db *db, int64_t round, int32_t from_day, int64_t published_ms) {
    CHECK(EXEC(db,
               "INSERT INTO public_notice(id, version, state, round, template, title, content, "
               "sm3, number, site_url, scan_sm3, scan_name, owner, created_ms, changed_ms, "
               "published_by, ended_by, from_day, published_ms) VALUES ($1, 1, 1, $2, 'notice', "
               "'t', '{}', '', '', '', '', '', '', 1, 1, '', '', $3, $4)",
               db_i(round), db_i(round + 100), db_i(from_day),
               published_ms ? db_i(published_ms) : db_n()));
}

static void add_candidates(Db *db, int64_t round, const char *verdict, int n) {
    static const char *const ORDER[] = {"admit", "refuse", "hold"};
    int64_t base = round * 1000;
    for (int i = 0; i < 3; i++)
        if (str_eq(str_from(ORDER[i]), str_from(verdict))) base += i * 100;
    for (int i = 0; i < n; i++) {
        CHECK(EXEC(db,
                   "INSERT INTO subject(id, kind, name, code, demo, division, unit, created_ms) "
                   "VALUES($1, 1, 'a', $2, 1, '370303', '', 1)",
                   db_i(base + i), db_s(str_printf(db_ctx(db)->arena, "c%d", (int)base + i))));
        CHECK(EXEC(db,
                   "INSERT INTO review_candidate(id, round, case_file, subject, number, field, "
                   "entered_ms, had, outcome, result, decision, seq, known_ms, kept, scored, "
                   "score, verdict, code, reason) VALUES ($1, $2, 0, $1, $4, '', 1, 0, 'met', '', "
                   "0, 0, 0, '', 0, '', $3, '', '')",
                   db_i(base + i), db_i(round), db_s(str_from(verdict)),
                   db_s(str_printf(db_ctx(db)->arena, "%lld", (long long)(base + i)))));
    }
}

TEST(round_public_rounds_are_those_with_a_notice_out) {
    StoreFixture f;
    store_fixture_open(&f, 10000);
    add_round(f.db, 1, 500);  /* decided, notice out */
    add_round(f.db, 2, 600);  /* decided, notice a draft */
    add_round(f.db, 3, 0);    /* not decided */
    add_round(f.db, 4, 2000); /* decided later */
    add_notice(f.db, 1, 20221001, 700);
    add_notice(f.db, 2, 20221001, 0);
    add_notice(f.db, 3, 20221001, 700);
    add_notice(f.db, 4, 20221101, 3000);
    add_candidates(f.db, 1, "admit", 3);
    add_candidates(f.db, 1, "refuse", 6);
    add_candidates(f.db, 1, "hold", 2);
    add_candidates(f.db, 2, "admit", 1);
    FactAt at = {.as_of = 20221231, .as_known = INT64_MAX, .seq = INT64_MAX};
    RoundCounts *list;
    int n;
    CHECK(round_counts(f.db, &at, &list, &n));
    CHECK_INT(n, 2);
    if (n < 2) return store_fixture_close(&f);
    CHECK_INT(list[0].decided_ms, 2000);
    CHECK_INT(list[1].admitted, 3);
    CHECK_INT(list[1].refused, 6);
    CHECK_INT(list[1].held, 2);
    CHECK(list[1].demo);
    at.as_known = 2999; /* before the second was published */
    CHECK(round_counts(f.db, &at, &list, &n));
    CHECK_INT(n, 1);
    at = (FactAt){.as_of = 20220930, .as_known = INT64_MAX, .seq = INT64_MAX};
    CHECK(round_counts(f.db, &at, &list, &n));
    CHECK_INT(n, 0);
    store_fixture_close(&f);
}
