/* Statistics of a panel: see panel_stats.h. */
#include "city/review/panel_stats.h"

typedef struct Panel {
    Arena *arena;
    const ScoreRule *rule;
    const PanelSheet *sheet;
    int n, files, reviewers;
    Dec *total; /* per sheet */
    int *first; /* per file: its first sheet; first[files] == n */
} Panel;

static Dec minus(Dec x, Dec y) {
    Dec r = x;
    (void)dec_sub(&r, &x, &y);
    return r;
}
static Dec plus(Dec x, Dec y) {
    Dec r = x;
    (void)dec_add(&r, &x, &y);
    return r;
}
static Dec over(Dec x, int n) {
    Dec r = x, by = dec_int(n);
    (void)dec_div(&r, &x, &by);
    return r;
}

static void spread(const Panel *p, int f, FileStats *out) {
    int from = p->first[f], n = p->first[f + 1] - from;
    Dec sum = dec_int(0), squares = dec_int(0);
    out->sheets = n;
    for (int i = from; i < from + n; i++) {
        const Dec *t = &p->total[i];
        if (i == from || dec_cmp(t, &out->low) < 0) out->low = *t;
        if (i == from || dec_cmp(t, &out->high) > 0) out->high = *t;
        sum = plus(sum, *t);
    }
    if (n < 2) {
        out->deviation = dec_int(0);
        return;
    }
    Dec mean = over(sum, n);
    for (int i = from; i < from + n; i++) {
        Dec d = minus(p->total[i], mean), sq = d;
        (void)dec_mul(&sq, &d, &d);
        squares = plus(squares, sq);
    }
    Dec variance = over(squares, n);
    (void)dec_sqrt(&out->deviation, &variance);
}

/* Deviation from the co-reviewers, and who alone stood at an end. */
static void leniency(const Panel *p, ReviewerStats *out) {
    for (int r = 0; r < p->reviewers; r++) out[r] = (ReviewerStats){.leniency = dec_int(0)};
    for (int f = 0; f < p->files; f++) {
        int from = p->first[f], to = p->first[f + 1], n = to - from;
        Dec sum = dec_int(0);
        for (int i = from; i < to; i++) sum = plus(sum, p->total[i]);
        for (int i = from; i < to; i++) {
            ReviewerStats *s = &out[p->sheet[i].reviewer];
            s->sheets++;
            if (n < 2) continue;
            s->compared++;
            s->leniency =
                plus(s->leniency, minus(p->total[i], over(minus(sum, p->total[i]), n - 1)));
            int above = 0, below = 0;
            for (int k = from; k < to; k++) {
                int c = k == i ? 0 : dec_cmp(&p->total[i], &p->total[k]);
                above += c > 0, below += c < 0;
            }
            s->highest += above == n - 1;
            s->lowest += below == n - 1;
        }
    }
    for (int r = 0; r < p->reviewers; r++)
        if (out[r].compared) out[r].leniency = over(out[r].leniency, out[r].compared);
}

/* The result of every file without the sheets of one reviewer (-1: with all). */
static void results(const Panel *p, int without, ScoreResult *out) {
    for (int f = 0; f < p->files; f++) {
        ScoreSheet kept[SCORE_TOP_MAX];
        int n = 0;
        for (int i = p->first[f]; i < p->first[f + 1] && n < SCORE_TOP_MAX; i++)
            if (p->sheet[i].reviewer != without) kept[n++] = p->sheet[i].sheet;
        ScoreRule rule = *p->rule;
        bool dropped = n < p->first[f + 1] - p->first[f];
        if (dropped && rule.sheets > 1) rule.sheets--;
        out[f] = score_file(&rule, kept, n);
    }
}

static void ranks(const Panel *p, const ScoreResult *res, int *rank) {
    Dec *value = NEW_N(p->arena, Dec, p->files + 1);
    bool *has = NEW_N(p->arena, bool, p->files + 1);
    for (int f = 0; f < p->files; f++) {
        has[f] = res[f].state == SCORE_READY && p->rule->method != SCORE_VOTE;
        value[f] = has[f] ? res[f].value : dec_int(0);
    }
    score_rank(p->arena, value, has, p->files, rank);
}

static void drop_one(const Panel *p, const Dec *line, FileStats *files) {
    ScoreResult *res = NEW_N(p->arena, ScoreResult, p->files + 1);
    int *rank = NEW_N(p->arena, int, p->files + 1);
    for (int r = 0; r < p->reviewers; r++) {
        ArenaMark mark = arena_mark(p->arena);
        results(p, r, res);
        ranks(p, res, rank);
        for (int f = 0; f < p->files; f++) {
            FileStats *s = &files[f];
            if (!rank[f]) continue;
            if (!s->best || rank[f] < s->best) s->best = rank[f];
            if (rank[f] > s->worst) s->worst = rank[f];
            if (line && s->rank)
                s->flips +=
                    (dec_cmp(&res[f].value, line) >= 0) != (dec_cmp(&s->result.value, line) >= 0);
        }
        arena_rewind(p->arena, mark);
    }
}

/* The order by mean total once each reviewer's leniency is taken off. */
static void adjusted(const Panel *p, const ReviewerStats *rev, FileStats *files) {
    Dec *value = NEW_N(p->arena, Dec, p->files + 1);
    bool *has = NEW_N(p->arena, bool, p->files + 1);
    int *rank = NEW_N(p->arena, int, p->files + 1);
    for (int f = 0; f < p->files; f++) {
        Dec sum = dec_int(0);
        for (int i = p->first[f]; i < p->first[f + 1]; i++)
            sum = plus(sum, minus(p->total[i], rev[p->sheet[i].reviewer].leniency));
        has[f] = files[f].rank > 0;
        value[f] = has[f] ? over(sum, p->first[f + 1] - p->first[f]) : sum;
    }
    score_rank(p->arena, value, has, p->files, rank);
    for (int f = 0; f < p->files; f++) files[f].adjusted = rank[f];
}

void panel_stats(Arena *a, const ScoreRule *r, const PanelSheet *sheets, int nsheets, int nfiles,
                 int nreviewers, const Dec *line, FileStats *files, ReviewerStats *reviewers) {
    Panel p = {.arena = a, .rule = r, .sheet = sheets, .n = nsheets, .files = nfiles};
    p.reviewers = nreviewers;
    p.total = NEW_N(a, Dec, nsheets + 1);
    p.first = NEW_N(a, int, nfiles + 2);
    for (int i = 0; i < nsheets; i++) {
        p.total[i] = score_total(r, &sheets[i].sheet);
        p.first[sheets[i].file + 1] = i + 1;
    }
    for (int f = 1; f <= nfiles; f++)
        if (p.first[f] < p.first[f - 1]) p.first[f] = p.first[f - 1];
    ScoreResult *res = NEW_N(a, ScoreResult, nfiles + 1);
    int *rank = NEW_N(a, int, nfiles + 1);
    results(&p, -1, res);
    ranks(&p, res, rank);
    for (int f = 0; f < nfiles; f++) {
        files[f] = (FileStats){.result = res[f], .rank = rank[f]};
        files[f].low = files[f].high = files[f].deviation = dec_int(0);
        spread(&p, f, &files[f]);
    }
    leniency(&p, reviewers);
    if (r->method == SCORE_VOTE || r->method == SCORE_CONSENSUS) return;
    adjusted(&p, reviewers, files);
    drop_one(&p, line, files);
}
