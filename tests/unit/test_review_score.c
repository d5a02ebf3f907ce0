/* Scoring against a computation of its own (fractions of integers, no decimals), statistics by hand
 * and by brute force, draws against digests computed elsewhere. */
#include <string.h>

#include "base/rng.h"
#include "city/review/draw.h"
#include "city/review/panel_stats.h"
#include "tests/test.h"

enum { CRITERIA = 4, SHEETS = 7 };

typedef struct Case {
    ScoreRule rule;
    Dec weight[CRITERIA], mark[SHEETS][CRITERIA];
    int top[CRITERIA], w10[CRITERIA], half[SHEETS][CRITERIA], n;
    ScoreSheet sheet[SHEETS];
} Case;

/* Weights in tenths that add up to 100, tops of 3, 5, 7, 10, marks in halves. */
static void make(Case *c, uint64_t seed) {
    static const int TOPS[] = {3, 5, 7, 10};
    Rng g = rng_new(seed);
    int left = 1000;
    for (int i = 0; i < CRITERIA; i++) {
        c->w10[i] =
            i == CRITERIA - 1 ? left : 1 + (int)rng_below(&g, (uint64_t)(left - CRITERIA) / 2);
        left -= c->w10[i];
        c->weight[i] = dec_scaled(c->w10[i], -1);
        c->top[i] = TOPS[rng_below(&g, 4)];
    }
    c->n = 3 + (int)rng_below(&g, SHEETS - 2);
    for (int s = 0; s < c->n; s++) {
        for (int i = 0; i < CRITERIA; i++) {
            c->half[s][i] = (int)rng_below(&g, (uint64_t)(2 * c->top[i]) + 1);
            c->mark[s][i] = dec_scaled(c->half[s][i] * 5, -1);
        }
        c->sheet[s] = (ScoreSheet){c->mark[s], VOTE_NONE};
    }
    c->rule = (ScoreRule){.criteria = CRITERIA,
                          .weight = c->weight,
                          .top = c->top,
                          .sheets = c->n,
                          .votes = 1,
                          .signatures = 1,
                          .decimals = (int)rng_below(&g, 4),
                          .rounding = rng_below(&g, 2) ? DEC_HALF_UP : DEC_HALF_EVEN};
}

/* Total of a sheet times 20 * 210, as an integer: 210 is the least multiple of the tops. */
static int64_t total4200(const Case *c, int s) {
    int64_t sum = 0;
    for (int i = 0; i < CRITERIA; i++)
        sum += (int64_t)c->w10[i] * c->half[s][i] * (210 / c->top[i]);
    return sum;
}

/* num / den rounded to the decimals of the rule, times 10^decimals. */
static int64_t rounded(const Case *c, int64_t num, int64_t den) {
    int64_t scale = DEC_POW10[c->rule.decimals], q = num * scale / den, rest = num * scale % den;
    if (2 * rest > den || (2 * rest == den && (c->rule.rounding == DEC_HALF_UP || q % 2))) q++;
    return q;
}

static int64_t expect(const Case *c, bool trimmed) {
    int64_t sum = 0, high = INT64_MIN, low = INT64_MAX;
    for (int s = 0; s < c->n; s++) {
        int64_t t = total4200(c, s);
        sum += t;
        high = t > high ? t : high;
        low = t < low ? t : low;
    }
    if (trimmed) return rounded(c, sum - high - low, 4200 * (int64_t)(c->n - 2));
    return rounded(c, sum, 4200 * (int64_t)c->n);
}

TEST(averages_and_trimmed_averages_equal_fractions) {
    int bad = 0, ties = 0;
    for (uint64_t i = 1; i <= 10000; i++) {
        Case c;
        memset(&c, 0, sizeof c);
        make(&c, i);
        for (int m = 0; m < 2; m++) {
            c.rule.method = m ? SCORE_TRIMMED : SCORE_AVERAGE;
            bad += score_rule_fault(&c.rule) != SCORE_SOUND;
            ScoreResult r = score_file(&c.rule, c.sheet, c.n);
            Dec want = dec_scaled(expect(&c, m == 1), -c.rule.decimals);
            bad += r.state != SCORE_READY || dec_cmp(&r.value, &want) != 0 || r.missing;
            bad += m && r.dropped_high == r.dropped_low;
            ScoreResult short_of = score_file(&c.rule, c.sheet, c.n - 1);
            bad += short_of.state != SCORE_INCOMPLETE || short_of.missing != 1;
        }
        ties += c.rule.decimals == 0;
    }
    CHECK_INT(bad, 0);
    CHECK(ties > 1000);
}

TEST(votes_are_counted_and_decided_early_only_when_nothing_can_change) {
    int bad = 0;
    for (uint64_t i = 1; i <= 10000; i++) {
        Rng g = rng_new(i);
        int seats = 1 + (int)rng_below(&g, 7), need = 1 + (int)rng_below(&g, (uint64_t)seats);
        ScoreSheet s[7] = {{0}};
        int given = (int)rng_below(&g, (uint64_t)seats + 1);
        ScoreRule rule = {.method = SCORE_VOTE, .sheets = seats, .votes = need};
        for (int k = 0; k < given; k++) s[k].vote = (Vote)(1 + rng_below(&g, 3));
        /* All ways the missing votes can fall: decided when every one of them agrees. */
        int yes = 0, pass = 0, ways = seats - given + 1;
        for (int k = 0; k < given; k++) yes += s[k].vote == VOTE_YES;
        for (int more = 0; more < ways; more++) pass += yes + more >= need;
        ScoreResult r = score_file(&rule, s, given);
        bool decided = pass == 0 || pass == ways;
        bad += (r.state == SCORE_READY) != decided || (decided && r.passed != (pass > 0));
        bad += r.missing != seats - given || r.yes != yes;
    }
    CHECK_INT(bad, 0);
}

TEST(a_consensus_needs_its_signatures) {
    Dec v = dec_scaled(82345, -3);
    ScoreRule rule = {.method = SCORE_CONSENSUS,
                      .sheets = 5,
                      .signatures = 3,
                      .decimals = 2,
                      .rounding = DEC_HALF_EVEN};
    CHECK_INT(score_rule_fault(&rule), SCORE_SOUND);
    CHECK_INT(score_consensus(&rule, &v, 2).state, SCORE_INCOMPLETE);
    CHECK_INT(score_consensus(&rule, &v, 2).missing, 1);
    CHECK_INT(score_consensus(&rule, NULL, 5).state, SCORE_INCOMPLETE);
    ScoreResult r = score_consensus(&rule, &v, 3);
    Dec want = dec_scaled(8234, -2);
    CHECK(r.state == SCORE_READY && dec_cmp(&r.value, &want) == 0);
}

TEST(bad_rules_of_scoring_are_refused) {
    Case c;
    memset(&c, 0, sizeof c);
    make(&c, 1);
    ScoreRule r = c.rule;
    r.criteria = 0;
    CHECK_INT(score_rule_fault(&r), SCORE_NO_CRITERIA);
    r = c.rule, r.criteria = CRITERIA - 1;
    CHECK_INT(score_rule_fault(&r), SCORE_BAD_WEIGHT);
    r = c.rule, r.method = SCORE_TRIMMED, r.sheets = 2;
    CHECK_INT(score_rule_fault(&r), SCORE_BAD_SHEETS);
    r = c.rule, r.method = SCORE_VOTE, r.votes = r.sheets + 1;
    CHECK_INT(score_rule_fault(&r), SCORE_BAD_VOTES);
    r = c.rule, r.decimals = 7;
    CHECK_INT(score_rule_fault(&r), SCORE_BAD_DECIMALS);
    c.top[0] = 0;
    CHECK_INT(score_rule_fault(&c.rule), SCORE_BAD_TOP);
    Dec half = dec_scaled(25, -1), third = dec_scaled(21, -1), over = dec_scaled(55, -1),
        neg = dec_int(-1);
    CHECK(score_mark_valid(&half, 5) && !score_mark_valid(&third, 5));
    CHECK(!score_mark_valid(&over, 5) && !score_mark_valid(&neg, 5));
}

TEST(equal_results_share_a_rank) {
    Arena *a = arena_open(0);
    Dec v[5] = {dec_int(80), dec_int(90), dec_scaled(800, -1), dec_int(99), dec_int(70)};
    bool has[5] = {true, true, true, false, true};
    int rank[5];
    score_rank(a, v, has, 5, rank);
    CHECK(rank[0] == 2 && rank[1] == 1 && rank[2] == 2 && rank[3] == 0 && rank[4] == 4);
    arena_close(a);
}

TEST(a_strict_reviewer_shows_and_one_dropped_changes_ranks) {
    Arena *a = arena_open(0);
    Dec w[1] = {dec_int(100)};
    int top[1] = {100};
    ScoreRule rule = {.method = SCORE_AVERAGE,
                      .criteria = 1,
                      .weight = w,
                      .top = top,
                      .sheets = 2,
                      .decimals = 2,
                      .rounding = DEC_HALF_UP};
    /* file 0: R0 80, R1 91; file 1: R0 70, R2 85; file 2: R1 90, R2 76 */
    static const int WHO[] = {0, 1, 0, 2, 1, 2}, MARK[] = {80, 91, 70, 85, 90, 76};
    Dec mark[6];
    PanelSheet s[6];
    for (int i = 0; i < 6; i++) {
        mark[i] = dec_int(MARK[i]);
        s[i] = (PanelSheet){i / 2, WHO[i], {&mark[i], VOTE_NONE}};
    }
    FileStats f[3];
    ReviewerStats r[3];
    Dec line = dec_int(80);
    panel_stats(a, &rule, s, 6, 3, 3, &line, f, r);
    CHECK_STR(dec_text(a, &r[0].leniency), S("-13"));
    CHECK_STR(dec_text(a, &r[1].leniency), S("12.5"));
    CHECK_STR(dec_text(a, &r[2].leniency), S("0.5"));
    CHECK(r[0].lowest == 2 && r[0].highest == 0 && r[1].highest == 2);
    CHECK(f[0].rank == 1 && f[2].rank == 2 && f[1].rank == 3);
    /* 85.75, 83.75, 76.5 once leniency is off */
    CHECK(f[0].adjusted == 1 && f[1].adjusted == 2 && f[2].adjusted == 3);
    /* without R0: 91, 85, 83; without R1: 80, 77.5, 76; without R2: 85.5, 70, 90 */
    CHECK(f[0].best == 1 && f[0].worst == 2 && f[1].best == 2 && f[1].worst == 3);
    CHECK(f[2].best == 1 && f[2].worst == 3);
    CHECK(f[0].flips == 0 && f[1].flips == 1 && f[2].flips == 1);
    CHECK_STR(dec_text(a, &f[0].deviation), S("5.5"));
    arena_close(a);
}

TEST(a_draw_equals_one_made_elsewhere) {
    Arena *a = arena_open(0);
    Str seed = S("0123456789abcdef0123456789abcdef"), list[40];
    for (int i = 0; i < 40; i++) list[i] = str_printf(a, "培育-2026-%03d", i + 1);
    DrawCommit c = draw_commit(a, seed);
    CHECK_STR(c.sha256, S("3eb1bd439947eb762998e566ccc2e099c791118b2f40579cc4f7da2b5061b7f9"));
    CHECK_STR(c.sm3, S("065dfd8c28a6bb56148a5a39e42b5c8401c856f56d1a68775731272d438907bc"));
    CHECK(draw_commit_holds(a, seed, &c) && !draw_commit_holds(a, S("x"), &c));
    CHECK_STR(draw_list_digest(a, list, 40),
              S("b85199a905e435ce69e15349aa4e530f81c50d0d36542a9b0fff940027b89d5d"));
    Drawn d[40];
    CHECK_INT(draw_cases(a, seed, list, 40, 3, d), 3);
    CHECK_STR(list[d[0].member], S("培育-2026-014"));
    CHECK_STR(list[d[1].member], S("培育-2026-024"));
    CHECK_STR(list[d[2].member], S("培育-2026-039"));
    Str who[4] = {S("li"), S("wang"), S("zhao"), S("sun")};
    bool kept[4] = {false, true, false, false};
    CHECK_INT(draw_inspectors(a, seed, list[d[0].member], who, kept, 4, 2, d), 2);
    CHECK_STR(who[d[0].member], S("zhao"));
    CHECK_STR(who[d[1].member], S("sun"));
    CHECK_INT(draw_cases(a, seed, list, 40, 50, d), 40);
    CHECK_INT(draw_cases(a, seed, list, 0, 5, d), 0);
    arena_close(a);
}
