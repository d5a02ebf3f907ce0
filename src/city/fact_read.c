/* Reading facts of one subject or of the whole register. See fact.h.
 *
 * A stream reads CHUNK roots at a time: their records in one key range, then the withdrawals, then
 * the records of absorbed subjects, which are few and lie anywhere. Everything of a chunk lives in
 * one arena that is reset for the next.
 */
#include <stdlib.h>

#include "base/date.h"
#include "city/fact_pack.h"
#include "city/fact_view.h"
#include "city/subject.h"

enum { CHUNK = 500, DAY_MS = 86400000 };
/* A chunk takes some MB; subjects with very many events may take more. */
static const size_t CHUNK_BYTES_MAX = (size_t)4 << 30;

/* Facts gathered for some subjects, in order of reading. */
typedef struct Pile {
    Arena *arena;
    Fact *items;
    int n, cap;
} Pile;

bool fact_at(Db *db, FactAt *at) {
    Ctx *c = db_ctx(db);
    if (!at->as_of) at->as_of = date_to_int(c->now_ms / DAY_MS - (c->now_ms % DAY_MS < 0));
    Rows *r = Q(db, "SELECT name, next FROM counter WHERE name IN ('seq', 'recorded_ms')");
    int found = 0;
    for (; row_next(r); found++) {
        int64_t v = row_i64(r, 1);
        if (str_eq(row_str(r, 0), S("seq"))) {
            if (!at->seq) at->seq = v - 1;
        } else if (!at->as_known) {
            at->as_known = v > c->now_ms ? v : c->now_ms;
        }
    }
    rows_close(r);
    if (found < 2) FAIL(c, ERR_STORE, M_STORE_NO_SCHEMA);
    return ctx_ok(c);
}

static bool unpack_into(Ctx *c, Pile *p, const Fact *shared, int32_t year, int64_t record,
                        Str bytes) {
    FactReader reader =
        fact_unpack(str_of(arena_copy(p->arena, bytes.p, (size_t)bytes.n), (size_t)bytes.n));
    Fact f;
    for (int64_t i = 0; fact_unpack_next(&reader, year, &f); i++) {
        f.id = record * RECORD_FACTS_MAX + i;
        f.subject = shared->subject;
        f.source = shared->source;
        f.evidence = shared->evidence;
        f.known_ms = shared->known_ms;
        f.recorded_ms = shared->recorded_ms;
        f.seq = shared->seq;
        f.batch = shared->batch;
        f.withdrawn = shared->withdrawn;
        GROW(p->arena, p->items, p->n, p->cap);
        p->items[p->n++] = f;
    }
    return !reader.damaged ||
           FAIL(c, ERR_STORE, M_CITY_DAMAGED, str_printf(c->arena, "%lld", (long long)record));
}

#define RECORD_COLUMNS                                                                             \
    "SELECT r.subject, r.year, r.id, r.source, r.known_ms, r.evidence, r.facts, r.batch, b.seq, "  \
    "b.recorded_ms, b.known_ms, v.seq, v.recorded_ms FROM fact_record r "                          \
    "JOIN batch b ON b.id = r.batch LEFT JOIN batch v ON v.reverses = b.id WHERE b.seq <= $1 AND "

/* One subject has a statement of its own: PostgreSQL plans a range of unknown width badly. */
static Rows *query_records(Db *db, int64_t from, int64_t to, const FactAt *at) {
    if (to == from + 1)
        return Q(db, RECORD_COLUMNS "r.subject = $2 ORDER BY r.year, r.id", db_i(at->seq),
                 db_i(from));
    return Q(db,
             RECORD_COLUMNS "r.subject >= $2 AND r.subject < $3 ORDER BY r.subject, r.year, r.id",
             db_i(at->seq), db_i(from), db_i(to));
}

/* The records of subjects [from, to) that at sees, with a batch that was undone marked withdrawn.
 */
static bool read_records(Db *db, Pile *p, int64_t from, int64_t to, const FactAt *at) {
    Ctx *c = db_ctx(db);
    Rows *r = query_records(db, from, to, at);
    bool ok = true;
    while (ok && row_next(r)) {
        Fact shared = {.subject = row_i64(r, 0),
                       .source = (int)row_i64(r, 3),
                       .known_ms = row_i64(r, 4),
                       .batch = row_i64(r, 7),
                       .seq = row_i64(r, 8),
                       .recorded_ms = row_i64(r, 9)};
        if (!shared.known_ms) shared.known_ms = row_i64(r, 10);
        if (!shared.known_ms) shared.known_ms = shared.recorded_ms;
        if (shared.known_ms > at->as_known) continue;
        shared.withdrawn =
            !row_null(r, 11) && row_i64(r, 11) <= at->seq && row_i64(r, 12) <= at->as_known;
        if (!row_null(r, 5)) shared.evidence = str_dup(p->arena, row_str(r, 5));
        ok = unpack_into(c, p, &shared, (int32_t)row_i64(r, 1), row_i64(r, 2), row_str(r, 6));
    }
    rows_close(r);
    return ok && ctx_ok(c);
}

/* The facts from `first` on are in order of subject. */
static void mark_withdrawn(Pile *p, int first, int64_t subject, int64_t fact) {
    int low = first, high = p->n;
    while (low < high) {
        int mid = low + (high - low) / 2;
        if (p->items[mid].subject < subject)
            low = mid + 1;
        else
            high = mid;
    }
    for (int i = low; i < p->n && p->items[i].subject == subject; i++)
        if (p->items[i].id == fact) p->items[i].withdrawn = true;
}

/* A withdrawal counts from the known time of its batch, unless that batch was itself undone. */
static bool read_withdrawals(Db *db, Pile *p, int first, int64_t from, int64_t to,
                             const FactAt *at) {
    Rows *r = Q(db,
                "SELECT w.subject, w.fact, b.known_ms, b.recorded_ms, v.seq, v.recorded_ms "
                "FROM withdrawal w JOIN batch b ON b.id = w.batch "
                "LEFT JOIN batch v ON v.reverses = b.id "
                "WHERE w.subject >= $1 AND w.subject < $2 AND b.seq <= $3",
                db_i(from), db_i(to), db_i(at->seq));
    while (row_next(r)) {
        int64_t known = row_i64(r, 2) ? row_i64(r, 2) : row_i64(r, 3);
        bool undone = !row_null(r, 4) && row_i64(r, 4) <= at->seq && row_i64(r, 5) <= at->as_known;
        if (known <= at->as_known && !undone)
            mark_withdrawn(p, first, row_i64(r, 0), row_i64(r, 1));
    }
    rows_close(r);
    return ctx_ok(db_ctx(db));
}

static bool read_range(Db *db, Pile *p, int64_t from, int64_t to, const FactAt *at) {
    int first = p->n;
    return read_records(db, p, from, to, at) &&
           (p->n == first || read_withdrawals(db, p, first, from, to, at));
}

/* --- one subject ------------------------------------------------------------------------------ */

bool fact_read(Db *db, int64_t subject, const FactAt *at, const FactRank *rank, FactView *out) {
    Ctx *c = db_ctx(db);
    Pile pile = {.arena = c->arena};
    int64_t *ids, root;
    int n;
    bool ok = subject_members_at(db, subject, at->seq, &root, &ids, &n);
    for (int i = 0; ok && i < n; i++) ok = read_range(db, &pile, ids[i], ids[i] + 1, at);
    if (!ok) return false;
    fact_judge(pile.items, pile.n, at, rank);
    fact_view_make(c->arena, root, pile.items, pile.n, out);
    return true;
}

/* --- all subjects ----------------------------------------------------------------------------- */

typedef struct Alias {
    int64_t root, id;
} Alias;

struct FactStream {
    Db *db;
    Arena *arena, *chunk, *view_arena;
    FactAt at;
    const FactRank *rank;
    int64_t next_id, to;
    int64_t roots[CHUNK];
    int n_roots, at_root;
    Alias *aliases; /* by root, then id */
    int n_aliases;
    Pile pile;
    int at_fact;
    FactView view;
};

static int alias_cmp(const void *px, const void *py) {
    const Alias *x = px, *y = py;
    if (x->root != y->root) return x->root < y->root ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static int64_t alias_up(const Alias *by_id, int n, int64_t id) {
    int low = 0, high = n;
    while (low < high) {
        int mid = (low + high) / 2;
        if (by_id[mid].id < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < n && by_id[low].id == id ? by_id[low].root : 0;
}

static bool aliases_read(FactStream *s) {
    Arena *a = s->arena;
    Alias *by_id = NULL;
    int n = 0, cap = 0;
    static const char MERGED[] =
        "SELECT merged_into, id FROM subject WHERE merged_into IS NOT NULL ORDER BY id";
    Rows *r = Q(s->db, MERGED);
    while (row_next(r)) {
        GROW(a, by_id, n, cap);
        by_id[n++] = (Alias){row_i64(r, 0), row_i64(r, 1)};
    }
    rows_close(r);
    s->aliases = NEW_N(a, Alias, n ? n : 1);
    s->n_aliases = n;
    for (int i = 0; i < n; i++) {
        int64_t root = by_id[i].root;
        for (int64_t up = root; up; up = alias_up(by_id, n, up)) root = up;
        s->aliases[i] = (Alias){root, by_id[i].id};
    }
    qsort(s->aliases, (size_t)n, sizeof *s->aliases, alias_cmp);
    return ctx_ok(db_ctx(s->db));
}

FactStream *fact_stream_open(Db *db, int64_t from, int64_t to, const FactAt *at,
                             const FactRank *rank) {
    Arena *a = arena_child(db_ctx(db)->arena, 0);
    FactStream *s = NEW(a, FactStream);
    *s = (FactStream){.db = db,
                      .arena = a,
                      .chunk = arena_child(a, CHUNK_BYTES_MAX),
                      .view_arena = arena_child(a, CHUNK_BYTES_MAX),
                      .at = *at,
                      .rank = rank,
                      .next_id = from,
                      .to = to ? to : INT64_MAX};
    if (aliases_read(s)) return s;
    fact_stream_close(s);
    return NULL;
}

void fact_stream_close(FactStream *s) {
    if (!s) return;
    arena_close(s->view_arena);
    arena_close(s->chunk);
    arena_close(s->arena);
}

static int owner_cmp(const void *px, const void *py) {
    const Fact *x = px, *y = py;
    if (x->subject != y->subject) return x->subject < y->subject ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* Adds the facts of subjects absorbed by this chunk's roots; in a stream they carry the root's id.
 * Facts an absorbed subject has inside the range are passed over: no root asks for them. */
static bool join_aliases(FactStream *s) {
    Pile *p = &s->pile;
    int first = 0;
    while (first < s->n_aliases && s->aliases[first].root < s->roots[0]) first++;
    bool added = false;
    for (int i = first; i < s->n_aliases && s->aliases[i].root <= s->roots[s->n_roots - 1]; i++) {
        int from = p->n;
        if (!read_range(s->db, p, s->aliases[i].id, s->aliases[i].id + 1, &s->at)) return false;
        for (int k = from; k < p->n; k++) p->items[k].subject = s->aliases[i].root;
        added = added || p->n > from;
    }
    if (added) qsort(p->items, (size_t)p->n, sizeof *p->items, owner_cmp);
    return true;
}

static bool chunk_read(FactStream *s) {
    arena_reset(s->chunk);
    s->pile = (Pile){.arena = s->chunk};
    s->n_roots = s->at_root = s->at_fact = 0;
    Rows *r = Q(s->db,
                "SELECT id FROM subject WHERE id >= $1 AND id < $2 AND merged_into IS NULL "
                "ORDER BY id LIMIT $3",
                db_i(s->next_id), db_i(s->to), db_i(CHUNK));
    while (row_next(r)) s->roots[s->n_roots++] = row_i64(r, 0);
    rows_close(r);
    if (!s->n_roots) return false;
    int64_t last = s->roots[s->n_roots - 1];
    s->next_id = last + 1;
    if (!read_range(s->db, &s->pile, s->roots[0], last + 1, &s->at)) return false;
    if (s->n_aliases && !join_aliases(s)) return false;
    fact_judge(s->pile.items, s->pile.n, &s->at, s->rank);
    return true;
}

const FactView *fact_stream_next(FactStream *s) {
    if (!s || !ctx_ok(db_ctx(s->db))) return NULL;
    if (s->at_root == s->n_roots && !chunk_read(s)) return NULL;
    int64_t root = s->roots[s->at_root++];
    Pile *p = &s->pile;
    while (s->at_fact < p->n && p->items[s->at_fact].subject < root) s->at_fact++;
    int from = s->at_fact;
    while (s->at_fact < p->n && p->items[s->at_fact].subject == root) s->at_fact++;
    arena_reset(s->view_arena);
    fact_view_make(s->view_arena, root, p->items + from, s->at_fact - from, &s->view);
    return &s->view;
}
