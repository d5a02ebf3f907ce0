/* Scoring: see score.h. All sums are of exact decimals; P is the product of the tops over their
 * common factors, so that weight * mark * (P / top) has no division in it. */
#include "city/review/score.h"

static const Str METHODS[SCORE_METHODS] = {STR_INIT("average"), STR_INIT("trimmed"),
                                           STR_INIT("vote"), STR_INIT("consensus")};

Str score_method_text(ScoreMethod m) {
    return METHODS[m];
}

int score_method_find(Str text) {
    for (int m = 0; m < SCORE_METHODS; m++)
        if (str_eq(METHODS[m], text)) return m;
    return -1;
}

/* Every operation below stays far inside 34 digits: they cannot fail. */
static Dec plus(Dec x, Dec y) {
    Dec r = x;
    (void)dec_add(&r, &x, &y);
    return r;
}
static Dec times(Dec x, Dec y) {
    Dec r = x;
    (void)dec_mul(&r, &x, &y);
    return r;
}

/* The least common multiple of the tops as a decimal: they come one prime power at a time. */
static Dec denominator(const ScoreRule *r) {
    Dec p = dec_int(1);
    for (int q = 2; q <= SCORE_TOP_MAX; q++) {
        bool prime = true;
        for (int d = 2; d * d <= q; d++) prime = prime && q % d;
        int64_t power = 1;
        for (int i = 0; prime && i < r->criteria; i++)
            for (int64_t k = q; k <= r->top[i]; k *= q)
                if (r->top[i] % k == 0 && k > power) power = k;
        p = times(p, dec_int(power));
    }
    return p;
}

ScoreFault score_rule_fault(const ScoreRule *r) {
    bool marks = r->method == SCORE_AVERAGE || r->method == SCORE_TRIMMED;
    if (r->criteria < (marks ? 1 : 0) || r->criteria > SCORE_CRITERIA_MAX) return SCORE_NO_CRITERIA;
    Dec sum = dec_int(0), all = dec_int(100);
    for (int i = 0; i < r->criteria; i++) {
        if (dec_sign(&r->weight[i]) <= 0) return SCORE_BAD_WEIGHT;
        if (r->top[i] < 1 || r->top[i] > SCORE_TOP_MAX) return SCORE_BAD_TOP;
        sum = plus(sum, r->weight[i]);
    }
    if (r->criteria && dec_cmp(&sum, &all) != 0) return SCORE_BAD_WEIGHT;
    if (r->sheets < 1 || (r->method == SCORE_TRIMMED && r->sheets < 3)) return SCORE_BAD_SHEETS;
    if (r->method == SCORE_VOTE && (r->votes < 1 || r->votes > r->sheets)) return SCORE_BAD_VOTES;
    if (r->method == SCORE_CONSENSUS && (r->signatures < 1 || r->signatures > r->sheets))
        return SCORE_BAD_SIGNATURES;
    if (r->decimals < 0 || r->decimals > SCORE_DECIMALS_MAX) return SCORE_BAD_DECIMALS;
    return SCORE_SOUND;
}

bool score_mark_valid(const Dec *mark, int top) {
    Dec most = dec_int(top), twice = times(*mark, dec_int(2));
    return dec_sign(mark) >= 0 && dec_cmp(mark, &most) <= 0 && dec_is_int(&twice);
}

bool score_mark_extreme(const Dec *mark, int top) {
    Dec most = dec_int(top);
    return dec_is_zero(mark) || dec_cmp(mark, &most) == 0;
}

/* weight * mark * P / top summed: the total times P, exact. */
static Dec scaled_total(const ScoreRule *r, const ScoreSheet *s, Dec p) {
    Dec sum = dec_int(0);
    for (int i = 0; i < r->criteria; i++) {
        Dec share = p, top = dec_int(r->top[i]);
        (void)dec_div(&share, &p, &top);
        sum = plus(sum, times(times(r->weight[i], s->mark[i]), share));
    }
    return sum;
}

Dec score_total(const ScoreRule *r, const ScoreSheet *s) {
    Dec p = denominator(r), sum = scaled_total(r, s, p), out = sum;
    (void)dec_div(&out, &sum, &p);
    return out;
}

/* Divides once and rounds once. */
static Dec finish(const ScoreRule *r, Dec sum, Dec by) {
    Dec q = sum, out = sum;
    (void)dec_div(&q, &sum, &by);
    (void)dec_round(&out, &q, r->decimals, r->rounding);
    return out;
}

/* Which sheets are the highest and the lowest: the first of equals for the highest, the last for
 * the lowest, so that they differ even when all are equal. */
static void ends(const Dec *total, int n, int *high, int *low) {
    *high = *low = 0;
    for (int i = 1; i < n; i++) {
        if (dec_cmp(&total[i], &total[*high]) > 0) *high = i;
        if (dec_cmp(&total[i], &total[*low]) <= 0) *low = i;
    }
}

static ScoreResult votes(const ScoreRule *r, const ScoreSheet *sheets, int n) {
    ScoreResult out = {.dropped_high = -1, .dropped_low = -1};
    for (int i = 0; i < n; i++) {
        out.yes += sheets[i].vote == VOTE_YES;
        out.no += sheets[i].vote == VOTE_NO;
        out.abstained += sheets[i].vote == VOTE_ABSTAIN;
    }
    out.given = out.yes + out.no + out.abstained;
    out.missing = out.given < r->sheets ? r->sheets - out.given : 0;
    out.passed = out.yes >= r->votes;
    if (out.passed || out.yes + out.missing < r->votes) out.state = SCORE_READY;
    return out;
}

ScoreResult score_file(const ScoreRule *r, const ScoreSheet *sheets, int n) {
    if (r->method == SCORE_VOTE) return votes(r, sheets, n);
    ScoreResult out = {.dropped_high = -1, .dropped_low = -1, .given = n};
    out.missing = n < r->sheets ? r->sheets - n : 0;
    bool trimmed = r->method == SCORE_TRIMMED;
    if (r->method == SCORE_CONSENSUS || out.missing || n > SCORE_TOP_MAX || n < (trimmed ? 3 : 1))
        return out;
    Dec total[SCORE_TOP_MAX], p = denominator(r), sum = dec_int(0);
    for (int i = 0; i < n; i++) total[i] = scaled_total(r, &sheets[i], p);
    if (trimmed) ends(total, n, &out.dropped_high, &out.dropped_low);
    for (int i = 0; i < n; i++)
        if (i != out.dropped_high && i != out.dropped_low) sum = plus(sum, total[i]);
    out.value = finish(r, sum, times(p, dec_int(trimmed ? n - 2 : n)));
    out.state = SCORE_READY;
    return out;
}

ScoreResult score_consensus(const ScoreRule *r, const Dec *value, int signatures) {
    ScoreResult out = {.dropped_high = -1, .dropped_low = -1, .given = signatures};
    out.missing = signatures < r->signatures ? r->signatures - signatures : 0;
    if (!value || out.missing) return out;
    out.value = finish(r, *value, dec_int(1));
    out.state = SCORE_READY;
    return out;
}

void score_rank(Arena *a, const Dec *value, const bool *has, int n, int *rank) {
    ArenaMark mark = arena_mark(a);
    int *x = NEW_N(a, int, n + 1), *y = NEW_N(a, int, n + 1), m = 0;
    for (int i = 0; i < n; i++) {
        rank[i] = 0;
        if (has[i]) x[m++] = i;
    }
    for (int w = 1; w < m; w *= 2) {
        for (int lo = 0; lo < m; lo += 2 * w) {
            int mid = lo + w < m ? lo + w : m, hi = lo + 2 * w < m ? lo + 2 * w : m;
            int i = lo, j = mid;
            for (int k = lo; k < hi; k++)
                y[k] = i < mid && (j >= hi || dec_cmp(&value[x[i]], &value[x[j]]) >= 0) ? x[i++]
                                                                                        : x[j++];
        }
        int *t = x;
        x = y, y = t;
    }
    for (int k = 0; k < m; k++)
        rank[x[k]] = k && dec_cmp(&value[x[k]], &value[x[k - 1]]) == 0 ? rank[x[k - 1]] : k + 1;
    arena_rewind(a, mark);
}
