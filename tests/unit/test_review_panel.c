/* Panels: 10,000 random ones against the wall, against exhaustive search and against themselves in
 * another order; members who leave; panels that cannot be seated. */
#include <string.h>

#include "base/rng.h"
#include "city/review/assign.h"
#include "tests/test.h"

enum { FILES = 24, REVIEWERS = 10, PANELS = 10000, TIES = 3 };

typedef struct Panel {
    Arena *arena;
    AssignFile file[FILES];
    AssignReviewer reviewer[REVIEWERS];
    WallReviewer who[REVIEWERS];
    WallFile about[FILES];
    WallTie tie[REVIEWERS][TIES];
    Str recommender[FILES], organisation[FILES], related[FILES];
    uint8_t wall[FILES * REVIEWERS];
    AssignIn in;
} Panel;

static const Str FIELDS[] = {STR_INIT("新材料"), STR_INIT("氢能"), STR_INIT("医药")};

static Str name(Arena *a, const char *kind, uint64_t n) {
    return str_printf(a, "%s%02d", kind, (int)n);
}

/* A random panel with few parties, so that ties meet files often. */
static void make(Panel *p, Arena *a, uint64_t seed, int files, int reviewers) {
    Rng g = rng_new(seed);
    memset(p, 0, sizeof *p);
    p->arena = a;
    for (int r = 0; r < reviewers; r++) {
        p->reviewer[r] = (AssignReviewer){.id = name(a, "r", (uint64_t)r),
                                          .fields = &FIELDS[rng_below(&g, 3)],
                                          .nfields = 1,
                                          .most = rng_below(&g, 3) ? 0 : (int)rng_below(&g, 9) + 1};
        int ties = (int)rng_below(&g, TIES + 1);
        for (int t = 0; t < ties; t++)
            p->tie[r][t] =
                (WallTie){(WallKind)(1 + rng_below(&g, 4)), name(a, "firm", rng_below(&g, 40))};
        p->who[r] =
            (WallReviewer){p->reviewer[r].id, name(a, "org", rng_below(&g, 12)), p->tie[r], ties};
    }
    for (int f = 0; f < files; f++) {
        p->file[f] = (AssignFile){name(a, "c", (uint64_t)f), FIELDS[rng_below(&g, 3)]};
        p->recommender[f] = name(a, "r", rng_below(&g, 20));
        p->organisation[f] = name(a, "org", rng_below(&g, 12));
        p->related[f] = name(a, "firm", rng_below(&g, 40));
        p->about[f] = (WallFile){.firm = name(a, "firm", (uint64_t)f),
                                 .related = &p->related[f],
                                 .nrelated = 1,
                                 .recommenders = &p->recommender[f],
                                 .nrecommenders = 1,
                                 .organisations = &p->organisation[f],
                                 .norganisations = 1};
    }
    for (int f = 0; f < files; f++)
        for (int r = 0; r < reviewers; r++)
            p->wall[f * reviewers + r] = (uint8_t)wall_between(&p->who[r], &p->about[f]);
    p->in = (AssignIn){.file = p->file,
                       .reviewer = p->reviewer,
                       .files = files,
                       .reviewers = reviewers,
                       .per_file = 1 + (int)rng_below(&g, 3),
                       .wall = p->wall,
                       .seed = S("种子"),
                       .order = rng_below(&g, 2) ? ASSIGN_FIELD_FIRST : ASSIGN_LOAD_FIRST};
}

/* The wall once more, written out without the function under test. */
static bool conflicted(const Panel *p, int f, int r) {
    const WallReviewer *w = &p->who[r];
    if (str_eq(w->person, p->recommender[f]) || str_eq(w->organisation, p->organisation[f]))
        return true;
    for (int t = 0; t < w->nties; t++)
        if (str_eq(w->ties[t].party, p->about[f].firm) || str_eq(w->ties[t].party, p->related[f]))
            return true;
    return str_eq(w->organisation, p->about[f].firm) || str_eq(w->organisation, p->related[f]);
}

/* Counts what is wrong with an assignment: a conflict, a double seat, a load beyond the limit. */
static int wrong(const Panel *p, const AssignOut *out) {
    int bad = 0, load[REVIEWERS] = {0}, seats[FILES] = {0};
    uint8_t seen[FILES * REVIEWERS] = {0};
    for (int i = 0; i < out->n; i++) {
        int f = out->pair[i].file, r = out->pair[i].reviewer, at = f * p->in.reviewers + r;
        bad += conflicted(p, f, r) + seen[at] + p->reviewer[r].gone;
        seen[at] = 1;
        load[r]++, seats[f]++;
    }
    for (int r = 0; r < p->in.reviewers; r++)
        bad += (p->reviewer[r].most && load[r] > p->reviewer[r].most) + (load[r] != out->load[r]);
    int lacking = 0;
    for (int f = 0; f < p->in.files; f++) {
        bad += seats[f] > p->in.per_file;
        lacking += seats[f] < p->in.per_file;
    }
    return bad + (lacking != out->lacks);
}

/* Each lack is told right: seats, wall and limits leave nobody free. */
static int untold(const Panel *p, const AssignOut *out) {
    int bad = 0;
    for (int i = 0; i < out->lacks; i++) {
        const AssignLack *k = &out->lack[i];
        bad += k->got + k->walled + k->gone + k->full != p->in.reviewers;
    }
    return bad;
}

TEST(random_panels_seat_no_conflicted_reviewer) {
    int bad = 0, lacks = 0, walls = 0;
    Arena *a = arena_open(0);
    for (int i = 0; i < PANELS; i++) {
        Panel p;
        arena_reset(a);
        uint64_t n = (uint64_t)i * 7 + 1;
        make(&p, a, n, 1 + i % FILES, 1 + i % REVIEWERS);
        AssignOut out;
        assign_panel(a, &p.in, &out);
        bad += wrong(&p, &out) + untold(&p, &out);
        lacks += out.lacks;
        for (int k = 0; k < p.in.files * p.in.reviewers; k++) walls += p.wall[k] != 0;
    }
    CHECK_INT(bad, 0);
    CHECK(lacks > 1000 && walls > 10000);
    arena_close(a);
}

static bool same(const AssignIn *x, const AssignOut *a, const AssignIn *y, const AssignOut *b) {
    if (a->n != b->n) return false;
    for (int i = 0; i < a->n; i++)
        if (!str_eq(x->file[a->pair[i].file].id, y->file[b->pair[i].file].id) ||
            !str_eq(x->reviewer[a->pair[i].reviewer].id, y->reviewer[b->pair[i].reviewer].id))
            return false;
    return true;
}

TEST(a_panel_depends_on_its_seed_and_not_on_the_order_of_the_input) {
    Arena *a = arena_open(0);
    int other = 0;
    for (uint64_t i = 1; i <= 300; i++) {
        Panel p, q;
        make(&p, a, i, FILES, REVIEWERS);
        make(&q, a, i, FILES, REVIEWERS);
        for (int f = 0; f < FILES; f++) {
            q.file[f] = p.file[FILES - 1 - f];
            for (int r = 0; r < REVIEWERS; r++)
                q.wall[f * REVIEWERS + r] = p.wall[(FILES - 1 - f) * REVIEWERS + REVIEWERS - 1 - r];
        }
        for (int r = 0; r < REVIEWERS; r++) q.reviewer[r] = p.reviewer[REVIEWERS - 1 - r];
        AssignOut x, y, z;
        assign_panel(a, &p.in, &x);
        assign_panel(a, &q.in, &y);
        CHECK(same(&p.in, &x, &q.in, &y));
        p.in.seed = S("another");
        assign_panel(a, &p.in, &z);
        other += !same(&p.in, &x, &p.in, &z);
        arena_reset(a);
    }
    CHECK(other > 200);
    arena_close(a);
}

typedef struct Best {
    const Panel *p;
    int load[REVIEWERS], seated, off, squares;
    bool any;
    int best_seated;
    long best_cost;
} Best;

static long cost_of(const Best *b, int off, int squares) {
    return b->p->in.order == ASSIGN_FIELD_FIRST ? off * 10000L + squares : squares * 10000L + off;
}

/* All ways to seat file f and those behind it. */
static void search(Best *b, int f, int off) {
    const AssignIn *in = &b->p->in;
    if (f == in->files) {
        int squares = 0, seated = 0;
        for (int r = 0; r < in->reviewers; r++)
            squares += b->load[r] * b->load[r], seated += b->load[r];
        long cost = cost_of(b, off, squares);
        if (!b->any || seated > b->best_seated || (seated == b->best_seated && cost < b->best_cost))
            b->any = true, b->best_seated = seated, b->best_cost = cost;
        return;
    }
    for (int set = 0; set < 1 << in->reviewers; set++) {
        int n = 0, more = 0;
        bool ok = true;
        for (int r = 0; r < in->reviewers; r++) {
            if (!(set >> r & 1)) continue;
            n++;
            int most = in->reviewer[r].most;
            ok = ok && !in->wall[f * in->reviewers + r] && (!most || b->load[r] < most);
            more += !str_eq(in->reviewer[r].fields[0], in->file[f].field);
        }
        if (!ok || n > in->per_file) continue;
        for (int r = 0; r < in->reviewers; r++) b->load[r] += (set >> r) & 1;
        search(b, f + 1, off + more);
        for (int r = 0; r < in->reviewers; r++) b->load[r] -= (set >> r) & 1;
    }
}

TEST(small_panels_are_as_good_as_any) {
    Arena *a = arena_open(0);
    int whole = 0;
    for (uint64_t i = 1; i <= 400; i++) {
        Panel p;
        arena_reset(a);
        make(&p, a, i * 13, 4, 4);
        AssignOut out;
        assign_panel(a, &p.in, &out);
        Best b = {.p = &p};
        search(&b, 0, 0);
        int squares = 0;
        for (int r = 0; r < 4; r++) squares += out.load[r] * out.load[r];
        CHECK_INT(out.n, b.best_seated);
        if (out.lacks) continue;
        whole++;
        CHECK_INT(cost_of(&b, out.off_field, squares), b.best_cost);
    }
    CHECK(whole > 80);
    arena_close(a);
}

TEST(a_reviewer_who_leaves_is_replaced_and_nothing_else_changes) {
    Arena *a = arena_open(0);
    int replaced = 0;
    for (uint64_t i = 1; i <= 300; i++) {
        Panel p;
        make(&p, a, i, FILES, REVIEWERS);
        for (int r = 0; r < REVIEWERS; r++) p.reviewer[r].most = 0;
        AssignOut was, now;
        assign_panel(a, &p.in, &was);
        int left = 0, kept_done = 0;
        for (int k = 0; k < was.n; k++) {
            if (was.pair[k].reviewer != 2) continue;
            was.pair[k].fixed = left++ == 0; /* their first review is done and stays */
            kept_done = 1;
        }
        p.reviewer[2].gone = true;
        p.in.kept = was.pair, p.in.nkept = was.n;
        assign_panel(a, &p.in, &now);
        CHECK_INT(now.moved, 0);
        CHECK(now.added <= left - kept_done || was.lacks > 0);
        CHECK_INT(now.load[2], kept_done);
        replaced += now.added;
        arena_reset(a);
    }
    CHECK(replaced > 300);
    arena_close(a);
}

TEST(a_panel_that_cannot_be_seated_says_which_file_lacks_whom) {
    Arena *a = arena_open(0);
    AssignFile file[2] = {{S("甲"), S("氢能")}, {S("乙"), {0}}};
    AssignReviewer who[3] = {
        {.id = S("a"), .most = 1}, {.id = S("b"), .gone = true}, {.id = S("c")}};
    uint8_t wall[6] = {0, 0, WALL_HOLDING, 0, 0, 0};
    AssignIn in = {.file = file,
                   .reviewer = who,
                   .files = 2,
                   .reviewers = 3,
                   .per_file = 2,
                   .wall = wall,
                   .seed = S("s")};
    AssignOut out;
    assign_panel(a, &in, &out);
    CHECK_INT(out.n, 2);
    CHECK_INT(out.lacks, 2);
    for (int i = 0; i < out.lacks; i++) {
        bool first = out.lack[i].file == 0;
        CHECK_INT(out.lack[i].walled, first ? 1 : 0);
        CHECK_INT(out.lack[i].gone, 1);
        CHECK_INT(out.lack[i].got, 1);
        CHECK_INT(out.lack[i].full, first ? 0 : 1);
    }
    in.files = 0;
    assign_panel(a, &in, &out);
    CHECK_INT(out.n + out.lacks, 0);
    arena_close(a);
}

TEST(five_thousand_files_are_assigned_evenly) {
    enum { N = 5000, R = 30, K = 3 };
    Arena *a = arena_open(0);
    AssignFile *file = NEW_N(a, AssignFile, N);
    AssignReviewer *who = NEW_N(a, AssignReviewer, R);
    uint8_t *wall = NEW_N(a, uint8_t, N * R);
    Rng g = rng_new(5);
    for (int i = 0; i < N; i++)
        file[i] = (AssignFile){str_printf(a, "2026-%05d", i), FIELDS[rng_below(&g, 3)]};
    for (int r = 0; r < R; r++)
        who[r] = (AssignReviewer){
            .id = name(a, "r", (uint64_t)r), .fields = &FIELDS[r % 3], .nfields = 1};
    for (int i = 0; i < N * R; i++) wall[i] = rng_below(&g, 20) == 0;
    AssignIn in = {.file = file,
                   .reviewer = who,
                   .files = N,
                   .reviewers = R,
                   .per_file = K,
                   .wall = wall,
                   .seed = S("s"),
                   .order = ASSIGN_LOAD_FIRST};
    AssignOut out;
    assign_panel(a, &in, &out);
    CHECK_INT(out.lacks, 0);
    CHECK_INT(out.n, N * K);
    CHECK_INT(out.most - out.least, 0);
    int bad = 0;
    for (int i = 0; i < out.n; i++) bad += wall[out.pair[i].file * R + out.pair[i].reviewer];
    CHECK_INT(bad, 0);
    in.order = ASSIGN_FIELD_FIRST;
    assign_panel(a, &in, &out);
    CHECK_INT(out.off_field, 0);
    arena_close(a);
}
