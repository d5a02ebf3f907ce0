/* Reading titles and their events. See title.h. */
#include <stdlib.h>

#include "city/library/title.h"

#define COLUMNS                                                                                    \
    "t.id, t.subject, t.kind, t.tier, t.level, t.name, t.publisher, t.document_number, "           \
    "t.document, t.from_day, t.to_day, t.first, t.published, t.case_file, t.round, t.batch, "      \
    "t.recorded_ms, t.seq, t.actor, t.reason, (SELECT b.origin FROM batch b WHERE b.id = t.batch)"
#define EVENT_COLUMNS                                                                              \
    "e.id, e.title, e.subject, e.kind, e.day, e.to_day, e.target, e.bar_until, e.code, "           \
    "e.document, e.case_file, e.batch, e.recorded_ms, e.seq, e.actor, e.reason"

typedef struct Shelf {
    Title *titles;
    TitleEvent *events;
    int n, cap, nevents, events_cap;
} Shelf;

static void read_titles(Arena *a, Rows *r, Shelf *s) {
    while (row_next(r)) {
        GROW(a, s->titles, s->n, s->cap);
        TitleFirst first = row_null(r, 11)  ? TITLE_FIRST_UNKNOWN
                           : row_i64(r, 11) ? TITLE_FIRST_YES
                                            : TITLE_FIRST_NO;
        s->titles[s->n++] = (Title){.id = row_i64(r, 0),
                                    .subject = row_i64(r, 1),
                                    .kind = (TitleKind)row_i64(r, 2),
                                    .tier = str_dup(a, row_str(r, 3)),
                                    .level = str_dup(a, row_str(r, 4)),
                                    .name = str_dup(a, row_str(r, 5)),
                                    .publisher = str_dup(a, row_str(r, 6)),
                                    .document_number = str_dup(a, row_str(r, 7)),
                                    .document = str_dup(a, row_str(r, 8)),
                                    .from = (int32_t)row_i64(r, 9),
                                    .to = (int32_t)row_i64(r, 10),
                                    .first = first,
                                    .published = row_i64(r, 12) != 0,
                                    .case_file = row_i64(r, 13),
                                    .round = row_i64(r, 14),
                                    .batch = row_i64(r, 15),
                                    .recorded_ms = row_i64(r, 16),
                                    .seq = row_i64(r, 17),
                                    .actor = str_dup(a, row_str(r, 18)),
                                    .reason = str_dup(a, row_str(r, 19))};
        Title *t = &s->titles[s->n - 1];
        t->by_hand = t->kind == TITLE_IN_LIBRARY && !t->case_file &&
                     str_eq(row_str(r, 20), S("title")); /* as title_record names its batch */
    }
    rows_close(r);
}

static void read_events(Arena *a, Rows *r, Shelf *s) {
    while (row_next(r)) {
        GROW(a, s->events, s->nevents, s->events_cap);
        s->events[s->nevents++] = (TitleEvent){.id = row_i64(r, 0),
                                               .title = row_i64(r, 1),
                                               .subject = row_i64(r, 2),
                                               .kind = (TitleEventKind)row_i64(r, 3),
                                               .day = (int32_t)row_i64(r, 4),
                                               .to = (int32_t)row_i64(r, 5),
                                               .target = row_i64(r, 6),
                                               .bar_until = (int32_t)row_i64(r, 7),
                                               .code = str_dup(a, row_str(r, 8)),
                                               .document = str_dup(a, row_str(r, 9)),
                                               .case_file = row_i64(r, 10),
                                               .batch = row_i64(r, 11),
                                               .recorded_ms = row_i64(r, 12),
                                               .seq = row_i64(r, 13),
                                               .actor = str_dup(a, row_str(r, 14)),
                                               .reason = str_dup(a, row_str(r, 15))};
    }
    rows_close(r);
}

static int title_cmp(const void *px, const void *py) {
    const Title *x = px, *y = py;
    return (x->id > y->id) - (x->id < y->id);
}

static int event_cmp(const void *px, const void *py) {
    const TitleEvent *x = px, *y = py;
    if (x->title != y->title) return x->title < y->title ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* By id, each once: a title may be found as held and as passed on. */
static void sort_shelf(Shelf *s) {
    int n = 0, e = 0;
    if (s->n) qsort(s->titles, (size_t)s->n, sizeof *s->titles, title_cmp);
    if (s->nevents) qsort(s->events, (size_t)s->nevents, sizeof *s->events, event_cmp);
    for (int i = 0; i < s->n; i++)
        if (!n || s->titles[n - 1].id != s->titles[i].id) s->titles[n++] = s->titles[i];
    for (int i = 0; i < s->nevents; i++)
        if (!e || s->events[e - 1].id != s->events[i].id) s->events[e++] = s->events[i];
    s->n = n;
    s->nevents = e;
}

const TitleEvent *title_events(const TitleBook *b, int64_t title, int *n) {
    int lo = 0, hi = b->nevents;
    while (lo < hi) {
        int mid = lo + (hi - lo) / 2;
        if (b->events[mid].title < title)
            lo = mid + 1;
        else
            hi = mid;
    }
    *n = 0;
    while (lo + *n < b->nevents && b->events[lo + *n].title == title) (*n)++;
    return b->events + lo;
}

static void fill_status(Arena *a, TitleBook *b) {
    TitleStatus *status = NEW_N(a, TitleStatus, b->n + 1);
    for (int i = 0; i < b->n; i++) {
        int n;
        const TitleEvent *events = title_events(b, b->titles[i].id, &n);
        status[i] = title_status(&b->titles[i], events, n, &b->at, &b->mergers);
    }
    b->status = status;
}

bool title_book_on(Db *db, const TitleBook *b, int32_t day, TitleBook *out) {
    *out = *b;
    out->at.as_of = day;
    fill_status(db_ctx(db)->arena, out);
    return true;
}

static bool shelve(Db *db, Shelf *s, const FactAt *at, TitleBook *out) {
    sort_shelf(s);
    *out = (TitleBook){
        .titles = s->titles, .events = s->events, .n = s->n, .nevents = s->nevents, .at = *at};
    if (!subject_mergers_at(db, at->seq, &out->mergers)) return false;
    fill_status(db_ctx(db)->arena, out);
    return ctx_ok(db_ctx(db));
}

static bool book_of_all(Db *db, const FactAt *at, Shelf *s) {
    Ctx *c = db_ctx(db);
    read_titles(c->arena,
                Q(db,
                  "SELECT " COLUMNS " FROM title t WHERE t.seq <= $1 AND t.recorded_ms <= $2 "
                  "ORDER BY t.id",
                  db_i(at->seq), db_i(at->as_known)),
                s);
    read_events(c->arena,
                Q(db,
                  "SELECT " EVENT_COLUMNS " FROM title_event e WHERE e.seq <= $1 AND "
                  "e.recorded_ms <= $2 ORDER BY e.title, e.id",
                  db_i(at->seq), db_i(at->as_known)),
                s);
    return ctx_ok(c);
}

/* What stands under one id: records, those passed to it, bars of it. */
static bool book_of_one(Db *db, int64_t id, const FactAt *at, Shelf *s) {
    Ctx *c = db_ctx(db);
    read_titles(c->arena,
                Q(db,
                  "SELECT " COLUMNS " FROM title t WHERE t.seq <= $1 AND t.recorded_ms <= $2 AND "
                  "(t.subject = $3 OR t.id IN (SELECT p.title FROM title_event p WHERE "
                  "p.kind = $4 AND p.target = $3)) ORDER BY t.id",
                  db_i(at->seq), db_i(at->as_known), db_i(id), db_i(TITLE_TRANSFER)),
                s);
    read_events(c->arena,
                Q(db,
                  "SELECT " EVENT_COLUMNS " FROM title_event e WHERE e.seq <= $1 AND "
                  "e.recorded_ms <= $2 AND e.title = 0 AND e.subject = $3 ORDER BY e.id",
                  db_i(at->seq), db_i(at->as_known), db_i(id)),
                s);
    return ctx_ok(c);
}

static bool events_of(Db *db, int64_t title, const FactAt *at, Shelf *s) {
    Ctx *c = db_ctx(db);
    read_events(c->arena,
                Q(db,
                  "SELECT " EVENT_COLUMNS " FROM title_event e WHERE e.seq <= $1 AND "
                  "e.recorded_ms <= $2 AND e.title = $3 AND e.title > 0 ORDER BY e.id",
                  db_i(at->seq), db_i(at->as_known), db_i(title)),
                s);
    return ctx_ok(c);
}

bool title_book(Db *db, int64_t subject, const FactAt *at, TitleBook *out) {
    Shelf s = {0};
    int64_t root, *ids;
    int n;
    if (!subject) return book_of_all(db, at, &s) && shelve(db, &s, at, out);
    if (!subject_members_at(db, subject, at->seq, &root, &ids, &n)) return false;
    for (int i = 0; i < n; i++)
        if (!book_of_one(db, ids[i], at, &s)) return false;
    sort_shelf(&s);
    for (int i = 0; i < s.n; i++)
        if (!events_of(db, s.titles[i].id, at, &s)) return false;
    return shelve(db, &s, at, out);
}

bool title_get(Db *db, int64_t id, const FactAt *at, TitleBook *out) {
    Ctx *c = db_ctx(db);
    Shelf s = {0};
    read_titles(c->arena,
                Q(db,
                  "SELECT " COLUMNS " FROM title t WHERE t.seq <= $1 AND t.recorded_ms <= $2 AND "
                  "t.id = $3",
                  db_i(at->seq), db_i(at->as_known), db_i(id)),
                &s);
    if (ctx_ok(c) && !s.n)
        return FAIL(c, ERR_MISSING, M_TITLE_UNKNOWN, str_printf(c->arena, "%lld", (long long)id));
    return events_of(db, id, at, &s) && shelve(db, &s, at, out);
}

/* Events of a record that was a mistake bar nobody. */
static bool bars(const TitleBook *b, const TitleEvent *e, int64_t root) {
    if (e->bar_until <= b->at.as_of || e->day > b->at.as_of) return false;
    if (e->kind == TITLE_CORRECT || subject_climb(&b->mergers, e->subject) != root) return false;
    int n;
    const TitleEvent *events = title_events(b, e->title, &n);
    return !title_taken_back(events, n, e->title, e->id, &b->at) &&
           (!e->title || !title_taken_back(events, n, e->title, 0, &b->at));
}

int32_t title_barred(const TitleBook *b, int64_t root, const TitleEvent **by) {
    int32_t until = 0;
    for (int i = 0; i < b->nevents; i++) {
        if (b->events[i].bar_until <= until || !bars(b, &b->events[i], root)) continue;
        until = b->events[i].bar_until;
        if (by) *by = &b->events[i];
    }
    return until;
}

bool title_bar(Db *db, int64_t subject, const FactAt *at, int32_t *until, TitleEvent *by) {
    TitleBook b;
    const TitleEvent *event = NULL;
    *until = 0;
    if (!title_book(db, subject, at, &b)) return false;
    *until = title_barred(&b, subject_climb(&b.mergers, subject), &event);
    if (event && by) *by = *event;
    return true;
}
