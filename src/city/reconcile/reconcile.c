/* Reconciling lists. See reconcile.h. */
#include "city/reconcile/reconcile.h"

#include "base/map.h"
#include "base/utf8.h"
#include "store/counter.h"

enum { FINDING_MAX = 1000 };

static const Str KINDS[] = {STR_INIT(""), STR_INIT("agreed"), STR_INIT("only_there"),
                            STR_INIT("only_here"), STR_INIT("unclear")};
static const struct {
    Str text;
    Msg msg;
} CAUSES[] = {
    [CAUSE_NONE] = {STR_INIT(""), MSG_NONE},
    [CAUSE_NOT_REGISTERED] = {STR_INIT("not_registered"), M_RECONCILE_NOT_REGISTERED},
    [CAUSE_NO_RECORD] = {STR_INIT("no_record"), M_RECONCILE_NO_RECORD},
    [CAUSE_ENDED] = {STR_INIT("ended"), M_RECONCILE_ENDED},
    [CAUSE_OTHER_LEVEL] = {STR_INIT("other_level"), M_RECONCILE_OTHER_LEVEL},
    [CAUSE_TWICE] = {STR_INIT("twice"), M_RECONCILE_TWICE},
    [CAUSE_SEVERAL] = {STR_INIT("several"), M_RECONCILE_SEVERAL},
    [CAUSE_LATER] = {STR_INIT("later"), M_RECONCILE_LATER},
    [CAUSE_RENAMED] = {STR_INIT("renamed"), M_RECONCILE_RENAMED},
    [CAUSE_MAYBE_LINE] = {STR_INIT("maybe_line"), M_RECONCILE_MAYBE_LINE},
};
enum { CAUSE_COUNT = sizeof CAUSES / sizeof *CAUSES };

Str reconcile_kind_text(ReconcileKind k) {
    return KINDS[k];
}

int reconcile_kind_find(Str text) {
    for (int i = 1; i < 5; i++)
        if (str_eq(KINDS[i], text)) return i;
    return 0;
}

Str reconcile_cause_text(ReconcileCause c) {
    return CAUSES[c].text;
}

Msg reconcile_cause_message(ReconcileCause c) {
    return CAUSES[c].msg;
}

static ReconcileCause cause_find(Str text) {
    for (int i = 1; i < CAUSE_COUNT; i++)
        if (str_eq(CAUSES[i].text, text)) return (ReconcileCause)i;
    return CAUSE_NONE;
}

/* --- comparing ---------------------------------------------------------------------------------
 */

typedef struct Comparison {
    Db *db;
    Arena *a;
    const Reconciliation *wanted;
    TitleBook book;
    Map maybe;   /* subjects that a line without a sure match may mean, by id as text */
    bool *named; /* per title of the book: a line names it */
    ReconcileLine *lines;
    int n;
} Comparison;

static Str key_of(Arena *a, int64_t id) {
    return str_printf(a, "%lld", (long long)id);
}

/* Is it the kind of title the list is about? */
static bool asked(const Reconciliation *w, const Title *t) {
    return t->kind != TITLE_IN_LIBRARY && str_eq(t->tier, w->tier) &&
           (!w->level.n || str_eq(t->level, w->level));
}

static bool stands(const TitleStatus *s) {
    return title_counts(s);
}

/* What the records say of a firm that the list names. */
static void judge(Comparison *k, ReconcileLine *l) {
    l->kind = RECONCILE_THERE;
    l->cause = CAUSE_NO_RECORD;
    for (int i = 0; i < k->book.n; i++) {
        const TitleStatus *s = &k->book.status[i];
        if (s->holder != l->subject || s->state == TITLE_VOID) continue;
        if (asked(k->wanted, s->title) && stands(s)) {
            l->kind = k->named[i] ? RECONCILE_THERE : RECONCILE_AGREED;
            l->cause = k->named[i] ? CAUSE_TWICE : CAUSE_NONE;
            l->title = s->title->id;
            k->named[i] = true;
            return;
        }
        if (asked(k->wanted, s->title)) {
            l->cause = s->state == TITLE_NOT_YET ? CAUSE_LATER : CAUSE_ENDED;
            l->title = s->title->id;
        } else if (l->cause == CAUSE_NO_RECORD && s->title->kind != TITLE_IN_LIBRARY &&
                   str_eq(s->title->tier, k->wanted->tier) && stands(s)) {
            l->cause = CAUSE_OTHER_LEVEL;
            l->title = s->title->id;
        }
    }
}

static void judge_line(Comparison *k, const Match *m, ReconcileLine *l) {
    l->line = m->line;
    l->score = m->n ? m->candidates[0].score : 0;
    if (m->sure) {
        l->subject = m->candidates[0].subject;
        judge(k, l);
    } else if (m->n && m->candidates[0].score >= MATCH_PERSON) {
        l->kind = RECONCILE_UNCLEAR;
        l->cause = CAUSE_SEVERAL;
        l->subject = m->n == 1 ? m->candidates[0].subject : 0;
        for (int i = 0; i < m->n; i++)
            map_put(&k->maybe, key_of(k->a, m->candidates[i].subject), k);
    } else {
        l->kind = RECONCILE_THERE;
        l->cause = CAUSE_NOT_REGISTERED;
    }
}

/* Why a title may be missing in the list. */
static bool judge_here(Comparison *k, const TitleStatus *s, ReconcileLine *l) {
    Identifier *ids;
    int n;
    Subject who;
    if (!subject_get(k->db, s->holder, &who) || !subject_identifiers(k->db, s->holder, &ids, &n))
        return false;
    *l = (ReconcileLine){
        .kind = RECONCILE_HERE, .line = who.name, .subject = s->holder, .title = s->title->id};
    if (s->title->from > k->wanted->as_of) l->cause = CAUSE_LATER;
    for (int i = 0; i < n && !l->cause; i++)
        if (str_eq(ids[i].scheme, S("former_name"))) l->cause = CAUSE_RENAMED;
    if (map_has(&k->maybe, key_of(k->a, s->holder))) l->cause = CAUSE_MAYBE_LINE;
    return true;
}

static bool compare(Comparison *k, const Match *found, int n) {
    k->lines = NEW_N(k->a, ReconcileLine, n + k->book.n + 1);
    for (int i = 0; i < n; i++) judge_line(k, &found[i], &k->lines[k->n++]);
    for (int i = 0; i < k->book.n; i++) {
        const TitleStatus *s = &k->book.status[i];
        if (!asked(k->wanted, s->title) || !stands(s) || k->named[i]) continue;
        if (!judge_here(k, s, &k->lines[k->n++])) return false;
    }
    for (int i = 0; i < k->n; i++) k->lines[i].place = i + 1;
    return true;
}

/* --- storing -----------------------------------------------------------------------------------
 */

static bool store_lines(Db *db, const Comparison *k, int64_t id) {
    Load *l = db_load(db, "reconciliation_line",
                      "reconciliation, place, kind, line, subject, title, score, cause, settled, "
                      "settled_by, settled_ms");
    for (int i = 0; l && i < k->n; i++) {
        const ReconcileLine *x = &k->lines[i];
        const DbVal v[] = {db_i(id),
                           db_i(x->place),
                           db_i(x->kind),
                           db_s(x->line),
                           x->subject ? db_i(x->subject) : db_n(),
                           x->title ? db_i(x->title) : db_n(),
                           db_i(x->score),
                           db_s(reconcile_cause_text(x->cause)),
                           db_s(S("")),
                           db_s(S("")),
                           db_n()};
        if (!db_load_row(l, v)) return false;
    }
    return l && db_load_end(l);
}

static bool store(Db *db, const Comparison *k, int lines, const Act *act, Reconciliation *out) {
    Ctx *c = db_ctx(db);
    const Reconciliation *w = k->wanted;
    int64_t counts[5] = {0};
    int64_t id = counter_take(db, S("reconciliation"), 1);
    for (int i = 0; i < k->n; i++) counts[k->lines[i].kind]++;
    if (!id ||
        !EXEC(db,
              "INSERT INTO reconciliation(id, version, title, tier, level, publisher, as_of, "
              "seq, file_sm3, file_name, lines, agreed, only_here, only_there, unclear, "
              "made_ms, actor, reason) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
              "$11, $12, $13, $14, $15, $16, $17)",
              db_i(id), db_s(w->title), db_s(w->tier), db_s(w->level), db_s(w->publisher),
              db_i(w->as_of), db_i(k->book.at.seq), db_s(w->file_sm3), db_s(w->file_name),
              db_i(lines), db_i(counts[RECONCILE_AGREED]), db_i(counts[RECONCILE_HERE]),
              db_i(counts[RECONCILE_THERE]), db_i(counts[RECONCILE_UNCLEAR]), db_i(c->now_ms),
              db_s(act->actor), db_s(act->reason)))
        return false;
    Str object = str_printf(c->arena, "reconciliation:%lld", (long long)id);
    Str content = str_printf(c->arena, "%.*s %.*s %lld %lld %lld %lld", STRF(w->title),
                             STRF(w->file_sm3), (long long)counts[1], (long long)counts[2],
                             (long long)counts[3], (long long)counts[4]);
    return store_lines(db, k, id) &&
           journal_add(db, act, S("reconciliation.make"), object, content) &&
           reconcile_get(db, id, out);
}

bool reconcile_make(Db *db, const CodeLists *places, const Reconciliation *wanted, const Str *lines,
                    int n, const Act *act, Reconciliation *out) {
    Ctx *c = db_ctx(db);
    Reconciliation w = *wanted;
    FactAt at = {.as_of = w.as_of};
    if (n < 1 || n > RECONCILE_LINES_MAX)
        return FAIL(c, ERR_RULE, M_RECONCILE_LINES, key_of(c->arena, RECONCILE_LINES_MAX));
    if (!str_trim(w.title).n || !w.tier.n) return FAIL(c, ERR_RULE, M_RECONCILE_TITLE);
    if (!fact_at(db, &at)) return false;
    w.as_of = at.as_of;
    Comparison k = {.db = db, .a = c->arena, .wanted = &w, .maybe = map_new(c->arena)};
    Match *found = NEW_N(c->arena, Match, n);
    if (!match_lines(db, places, lines, n, found) || !title_book(db, 0, &at, &k.book)) return false;
    k.named = NEW_N(c->arena, bool, k.book.n + 1);
    return compare(&k, found, n) && store(db, &k, n, act, out);
}

/* --- reading -----------------------------------------------------------------------------------
 */

#define COLUMNS                                                                                    \
    "id, version, title, tier, level, publisher, as_of, seq, file_sm3, file_name, lines, agreed, " \
    "only_here, only_there, unclear, made_ms, actor, reason"

static void read_row(Arena *a, Rows *r, Reconciliation *x) {
    *x = (Reconciliation){.id = row_i64(r, 0),
                          .version = row_i64(r, 1),
                          .title = str_dup(a, row_str(r, 2)),
                          .tier = str_dup(a, row_str(r, 3)),
                          .level = str_dup(a, row_str(r, 4)),
                          .publisher = str_dup(a, row_str(r, 5)),
                          .as_of = (int32_t)row_i64(r, 6),
                          .seq = row_i64(r, 7),
                          .file_sm3 = str_dup(a, row_str(r, 8)),
                          .file_name = str_dup(a, row_str(r, 9)),
                          .lines = row_i64(r, 10),
                          .agreed = row_i64(r, 11),
                          .only_here = row_i64(r, 12),
                          .only_there = row_i64(r, 13),
                          .unclear = row_i64(r, 14),
                          .made_ms = row_i64(r, 15),
                          .actor = str_dup(a, row_str(r, 16)),
                          .reason = str_dup(a, row_str(r, 17))};
}

bool reconcile_get(Db *db, int64_t id, Reconciliation *out) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db, "SELECT " COLUMNS " FROM reconciliation WHERE id = $1", db_i(id));
    bool there = r && row_next(r);
    if (there) read_row(c->arena, r, out);
    if (r) rows_close(r);
    if (!ctx_ok(c)) return false;
    return there || FAIL(c, ERR_MISSING, M_RECONCILE_MISSING, key_of(c->arena, id));
}

bool reconcile_list(Db *db, int64_t offset, int64_t limit, Reconciliation **out, int *n,
                    int64_t *total) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    *total = Q_I64(db, 0, "SELECT count(*) FROM reconciliation");
    Rows *r = Q(db, "SELECT " COLUMNS " FROM reconciliation ORDER BY id DESC LIMIT $1 OFFSET $2",
                db_i(limit), db_i(offset));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        read_row(c->arena, r, &(*out)[(*n)++]);
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

bool reconcile_lines(Db *db, int64_t id, int kind, int64_t offset, int64_t limit,
                     ReconcileLine **out, int *n, int64_t *total) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    int cap = 0;
    *out = NULL;
    *n = 0;
    *total = Q_I64(db, 0,
                   "SELECT count(*) FROM reconciliation_line WHERE reconciliation = $1 AND "
                   "($2 = 0 OR kind = $2)",
                   db_i(id), db_i(kind));
    Rows *r = Q(db,
                "SELECT l.place, l.kind, l.cause, l.line, l.subject, l.title, l.score, l.settled, "
                "l.settled_by, l.settled_ms, s.name FROM reconciliation_line l "
                "LEFT JOIN subject s ON s.id = l.subject WHERE l.reconciliation = $1 AND "
                "($2 = 0 OR l.kind = $2) ORDER BY l.place LIMIT $3 OFFSET $4",
                db_i(id), db_i(kind), db_i(limit), db_i(offset));
    while (r && row_next(r)) {
        GROW(a, *out, *n, cap);
        (*out)[(*n)++] = (ReconcileLine){.place = (int)row_i64(r, 0),
                                         .kind = (ReconcileKind)row_i64(r, 1),
                                         .cause = cause_find(row_str(r, 2)),
                                         .line = str_dup(a, row_str(r, 3)),
                                         .subject = row_i64(r, 4),
                                         .title = row_i64(r, 5),
                                         .score = (int)row_i64(r, 6),
                                         .settled = str_dup(a, row_str(r, 7)),
                                         .settled_by = str_dup(a, row_str(r, 8)),
                                         .settled_ms = row_i64(r, 9),
                                         .name = str_dup(a, row_str(r, 10))};
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

bool reconcile_settle(Db *db, int64_t id, int64_t version, int place, Str finding, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t raised = 0, changed = 0;
    Str text = str_trim(finding);
    if (!text.n || utf8_length(text) > FINDING_MAX) return FAIL(c, ERR_RULE, M_RECONCILE_FINDING);
    if (!db_exec(db,
                 "UPDATE reconciliation SET version = version + 1 WHERE id = $1 AND version = $2",
                 &raised, 2, (DbVal[]){db_i(id), db_i(version)}))
        return false;
    Reconciliation x;
    if (!reconcile_get(db, id, &x)) return false;
    if (!raised) return FAIL(c, ERR_STALE, M_RECONCILE_STALE);
    if (!db_exec(db,
                 "UPDATE reconciliation_line SET settled = $1, settled_by = $2, settled_ms = $3 "
                 "WHERE reconciliation = $4 AND place = $5",
                 &changed, 5,
                 (DbVal[]){db_s(text), db_s(act->actor), db_i(c->now_ms), db_i(id), db_i(place)}))
        return false;
    if (!changed) return FAIL(c, ERR_MISSING, M_RECONCILE_MISSING, key_of(c->arena, place));
    Str object = str_printf(c->arena, "reconciliation:%lld", (long long)id);
    return journal_add(db, act, S("reconciliation.settle"), object,
                       str_printf(c->arena, "%d %.*s", place, STRF(text)));
}
