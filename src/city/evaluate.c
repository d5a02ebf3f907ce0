/* Evaluation of the whole register. Workers claim blocks of subject ids from a counter, each with
 * its own connection and arenas; counts are summed at the end, so the result does not depend on
 * the number of workers. */
#include "city/evaluate.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/date.h"

enum { PAGE = 2000, WORKERS_MAX = 64 };

typedef struct Shared {
    const Register *reg;
    const EvaluateOptions *o;
    FactAt at;
    pthread_mutex_t lock; /* of next and done */
    int64_t after;        /* the last subject id handed out */
    bool done, failed;
} Shared;

typedef struct Worker {
    Shared *shared;
    Ctx c;
    Db *db;
    FactNames names;
    Arena *scratch; /* reset for each subject */
    Arena *kept;    /* of the report */
    EvaluateReport report;
    pthread_t thread;
} Worker;

static void count_error(EvaluateReport *r, Arena *a, int rule, const Note *n, int64_t count) {
    for (int i = 0; i < r->nerrors; i++)
        if (r->errors[i].rule == rule && r->errors[i].msg == n->msg) {
            r->errors[i].count += count;
            return;
        }
    if (r->nerrors == EVALUATE_ERRORS_MAX) {
        r->errors_more += count;
        return;
    }
    r->errors[r->nerrors++] = (EvaluateError){
        .rule = rule, .msg = n->msg, .count = count, .text = str_dup(a, note_text(a, n, LANG_ZH))};
}

static bool decide_subject(Worker *w, const Subject *subject, const FactView *view) {
    const EvaluateOptions *o = w->shared->o;
    arena_reset(w->scratch);
    FactSet set = factset_from_view(w->scratch, &w->names, view, subject, &w->shared->at);
    DecideOptions options = {.as_of = o->as_of,
                             .as_known_ms = w->shared->at.as_known,
                             .seq = w->shared->at.seq,
                             .brief = !o->whole};
    w->report.subjects++;
    for (int i = 0; i < o->nrules; i++) {
        Decision d = decide(w->scratch, w->shared->reg->book, o->rules[i], &set, &options);
        w->report.counts[i][d.outcome]++;
        for (int e = 0; e < d.nerrors; e++) count_error(&w->report, w->kept, i, &d.errors[e], 1);
        if (o->row && !o->row(o->user, subject, &set, &d)) return false;
    }
    return true;
}

typedef struct Guarded {
    Worker *w;
    const Subject *subject;
    const FactView *view;
    SubjectHits *page;
    bool ok;
} Guarded;

static void decide_in(void *user) {
    Guarded *g = user;
    g->ok = decide_subject(g->w, g->subject, g->view);
}

/* A rule that takes all memory ends the evaluation and names the subject. Deciding calls no foreign
 * library and holds no lock, so control may leave it anywhere. */
static bool decide_guarded(Worker *w, const Subject *subject, const FactView *view) {
    Guarded g = {.w = w, .subject = subject, .view = view};
    if (arena_guard(w->scratch, decide_in, &g)) return g.ok;
    return FAIL_AT(&w->c, ERR_LIMIT, subject->name, M_LIMIT_MEMORY);
}

/* The subjects of a page and the stream of their facts run in the same order of id. */
static bool decide_page(Worker *w, const SubjectHits *page) {
    FactView none = {0};
    FactRank rank = fact_names_rank(&w->names);
    int64_t last = page->items[page->n - 1].id;
    FactStream *s = fact_stream_open(w->db, page->items[0].id, last + 1, &w->shared->at, &rank);
    const FactView *view = s ? fact_stream_next(s) : NULL;
    bool ok = s != NULL;
    for (int i = 0; ok && i < page->n; i++) {
        while (view && view->subject < page->items[i].id) view = fact_stream_next(s);
        bool own = view && view->subject == page->items[i].id;
        ok = decide_guarded(w, &page->items[i], own ? view : &none);
    }
    if (s) fact_stream_close(s);
    return ok && ctx_ok(&w->c);
}

static void page_in(void *user) {
    Guarded *g = user;
    g->ok = decide_page(g->w, g->page);
}

static void claim_in(void *user) {
    Guarded *g = user;
    g->ok = subject_page(g->w->db, 0, g->w->shared->after, PAGE, g->page);
}

/* Reading, too, ends without memory with a failure and not with the process. */
static bool guarded(Worker *w, void (*fn)(void *), SubjectHits *page) {
    Guarded g = {.w = w, .page = page};
    if (arena_guard(w->c.arena, fn, &g)) return g.ok;
    return FAIL(&w->c, ERR_LIMIT, M_LIMIT_MEMORY);
}

/* Takes the next page; false at the end. */
static bool claim(Worker *w, SubjectHits *page) {
    Shared *s = w->shared;
    pthread_mutex_lock(&s->lock);
    bool ok = !s->done && !s->failed && guarded(w, claim_in, page);
    if (ok && page->n == 0) {
        s->done = true;
        ok = false;
    }
    if (ok) s->after = page->items[page->n - 1].id;
    pthread_mutex_unlock(&s->lock);
    return ok;
}

static void *work(void *user) {
    Worker *w = user;
    SubjectHits page;
    ArenaMark m = arena_mark(w->c.arena);
    while (claim(w, &page)) {
        bool ok = guarded(w, page_in, &page);
        if (ok) arena_rewind(w->c.arena, m);
        if (ok) continue;
        pthread_mutex_lock(&w->shared->lock);
        w->shared->failed = true;
        pthread_mutex_unlock(&w->shared->lock);
    }
    return NULL;
}

static void names_in(void *user) {
    Guarded *g = user;
    Worker *w = g->w;
    g->ok = fact_names(w->db, w->shared->reg->pack, &w->shared->at, &w->names);
}

static bool worker_open(Worker *w, Shared *s, const Ctx *c) {
    w->shared = s;
    w->c = ctx_new(arena_open(0), c->now_ms);
    w->scratch = arena_child(w->c.arena, 0);
    w->kept = arena_child(w->c.arena, 0);
    w->report.counts = arena_array(w->kept, (size_t)s->o->nrules + 1, sizeof *w->report.counts);
    w->db = db_borrow(&w->c, s->reg->store);
    return w->db && guarded(w, names_in, NULL);
}

static void worker_close(Worker *w) {
    if (w->db) db_return(w->db);
    arena_close(w->c.arena);
}

static void add_report(Ctx *c, EvaluateReport *sum, const EvaluateReport *part, int nrules) {
    sum->subjects += part->subjects;
    sum->errors_more += part->errors_more;
    for (int i = 0; i < nrules; i++)
        for (int k = 0; k < OUTCOMES; k++) sum->counts[i][k] += part->counts[i][k];
    for (int e = 0; e < part->nerrors; e++) {
        Note n = {.msg = part->errors[e].msg};
        int before = sum->nerrors;
        count_error(sum, c->arena, part->errors[e].rule, &n, part->errors[e].count);
        if (sum->nerrors > before)
            sum->errors[before].text = str_dup(c->arena, part->errors[e].text);
    }
}

static bool read_point(Ctx *c, const Register *r, const EvaluateOptions *o, FactAt *at) {
    *at = (FactAt){.as_of = date_to_int(o->as_of), .as_known = o->as_known_ms};
    Db *db = db_borrow(c, r->store);
    bool ok = db && fact_at(db, at);
    if (db) db_return(db);
    return ok;
}

static void run_workers(Worker *workers, int n) {
    for (int i = 1; i < n; i++)
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) workers[i].thread = 0;
    work(&workers[0]);
    for (int i = 1; i < n; i++)
        if (workers[i].thread) pthread_join(workers[i].thread, NULL);
}

bool register_evaluate(Ctx *c, const Register *r, const EvaluateOptions *o, EvaluateReport *out) {
    Shared shared = {.reg = r, .o = o, .lock = PTHREAD_MUTEX_INITIALIZER};
    int n = o->row || o->threads < 1 ? 1 : o->threads > WORKERS_MAX ? WORKERS_MAX : o->threads;
    *out = (EvaluateReport){0};
    out->counts = arena_array(c->arena, (size_t)o->nrules + 1, sizeof *out->counts);
    if (!read_point(c, r, o, &shared.at)) return false;
    out->at = shared.at;
    Worker *workers = NEW_N(c->arena, Worker, n);
    bool ok = true;
    for (int i = 0; i < n; i++) ok = worker_open(&workers[i], &shared, c) && ok;
    if (ok) run_workers(workers, n);
    for (int i = 0; i < n; i++) {
        ctx_adopt(c, &workers[i].c);
        add_report(c, out, &workers[i].report, o->nrules);
        worker_close(&workers[i]);
    }
    return ok && ctx_ok(c);
}
