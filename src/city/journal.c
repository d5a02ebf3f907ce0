/* The journal. See journal.h.
 *
 * Invariants: numbers run from 1 without a gap; the head (count and hash) stands in counter
 * 'journal' and setting 'journal_head' and changes only in the sealer's transaction, which holds
 * the counter's row; a sealed entry never changes.
 */
#include "city/journal.h"

#include "base/buf.h"
#include "base/hash.h"

enum { SEAL_MOST = 10000, VERIFY_STEP = 10000 };

bool journal_add(Db *db, const Act *act, Str action, Str object, Str content) {
    Ctx *c = db_ctx(db);
    if (!ctx_ok(c)) return false;
    if (!str_trim(act->actor).n || !str_trim(act->reason).n)
        return FAIL(c, ERR_INPUT, M_CITY_NO_REASON, action);
    ArenaMark mark = arena_mark(c->arena);
    Str sm3 = hash_hex(c->arena, HASH_SM3, content);
    bool ok = EXEC(db,
                   "INSERT INTO journal(at_ms, actor, action, object, reason, content_sm3) "
                   "VALUES($1, $2, $3, $4, $5, $6)",
                   db_i(c->now_ms), db_s(act->actor), db_s(action), db_s(object), db_s(act->reason),
                   db_s(sm3));
    if (ok && c->claim.n) /* what was done is known to be done, even if its answer gets lost */
        ok = EXEC(db,
                  "UPDATE idempotency SET status = 1 WHERE app_user = $1 AND key = $2 AND "
                  "status = 0",
                  db_i(c->claimed_by), db_s(c->claim));
    if (ok) arena_rewind(c->arena, mark);
    return ok;
}

static void hash_text(Hash *h, Str s) {
    unsigned char n[8];
    for (int i = 0; i < 8; i++) n[i] = (unsigned char)((uint64_t)s.n >> (8 * i));
    hash_add(h, str_of(n, 8));
    hash_add(h, s);
}

static void hash_int(Hash *h, int64_t v) {
    unsigned char n[8];
    for (int i = 0; i < 8; i++) n[i] = (unsigned char)((uint64_t)v >> (8 * i));
    hash_add(h, str_of(n, 8));
}

Str journal_link(Arena *a, Str behind, const JournalEntry *e) {
    unsigned char out[HASH_BYTES];
    Hash *h = hash_open(HASH_SM3);
    hash_text(h, behind);
    hash_int(h, e->number);
    hash_int(h, e->at_ms);
    hash_text(h, e->actor);
    hash_text(h, e->action);
    hash_text(h, e->object);
    hash_text(h, e->reason);
    hash_text(h, e->content_sm3);
    hash_close(h, out);
    return hex_text(a, out, HASH_BYTES);
}

#define ENTRY_COLUMNS "id, number, at_ms, actor, action, object, reason, content_sm3, sm3 "

static JournalEntry entry_of(Arena *a, Rows *r) {
    return (JournalEntry){.id = row_i64(r, 0),
                          .number = row_i64(r, 1),
                          .at_ms = row_i64(r, 2),
                          .actor = str_dup(a, row_str(r, 3)),
                          .action = str_dup(a, row_str(r, 4)),
                          .object = str_dup(a, row_str(r, 5)),
                          .reason = str_dup(a, row_str(r, 6)),
                          .content_sm3 = str_dup(a, row_str(r, 7)),
                          .sm3 = str_dup(a, row_str(r, 8))};
}

static Str head_read(Db *db) {
    Str head = S("");
    Rows *r = Q(db, "SELECT value FROM setting WHERE name = 'journal_head'");
    if (row_next(r)) head = str_dup(db_ctx(db)->arena, row_str(r, 0));
    rows_close(r);
    return head;
}

typedef struct Sealing {
    int64_t most, done;
} Sealing;

static bool seal(Db *db, void *user) {
    Sealing *s = user;
    Arena *a = db_ctx(db)->arena;
    s->done = 0;
    if (!EXEC(db, "UPDATE counter SET next = next WHERE name = 'journal'")) return false;
    int64_t number = Q_I64(db, 0, "SELECT next FROM counter WHERE name = 'journal'");
    Str head = head_read(db);
    JournalEntry *entries = NULL;
    int n = 0, cap = 0;
    Rows *r =
        Q(db, "SELECT " ENTRY_COLUMNS "FROM journal WHERE number IS NULL ORDER BY id LIMIT $1",
          db_i(s->most));
    while (row_next(r)) {
        GROW(a, entries, n, cap);
        entries[n++] = entry_of(a, r);
    }
    rows_close(r);
    for (int i = 0; i < n; i++) {
        entries[i].number = number + i;
        head = journal_link(a, head, &entries[i]);
        if (!EXEC(db, "UPDATE journal SET number = $2, sm3 = $3 WHERE id = $1", db_i(entries[i].id),
                  db_i(entries[i].number), db_s(head)))
            return false;
    }
    s->done = n;
    return n == 0 ||
           (EXEC(db, "UPDATE counter SET next = $1 WHERE name = 'journal'", db_i(number + n)) &&
            EXEC(db, "UPDATE setting SET value = $1 WHERE name = 'journal_head'", db_s(head)));
}

bool journal_seal(Db *db, int most, int64_t *sealed) {
    Sealing s = {.most = most > 0 && most < SEAL_MOST ? most : SEAL_MOST};
    Arena *a = db_ctx(db)->arena;
    if (sealed) *sealed = 0;
    int64_t waiting = Q_I64(db, 0, "SELECT min(id) FROM journal WHERE number IS NULL");
    if (!waiting) return ctx_ok(db_ctx(db));
    ArenaMark mark = arena_mark(a);
    bool ok = tx_run(db, DB_WRITE, seal, &s);
    if (ok) arena_rewind(a, mark);
    if (ok && sealed) *sealed = s.done;
    return ok;
}

/* --- what happened at the first entry that does not fit ----------------------------------------
 */

/* Whether entry e, had it number `number` behind head, has the link `sm3`. */
static bool fits(Arena *a, Str head, JournalEntry e, int64_t number, Str sm3) {
    e.number = number;
    ArenaMark mark = arena_mark(a);
    bool same = str_eq(journal_link(a, head, &e), sm3);
    arena_rewind(a, mark);
    return same;
}

/* The number at which the entry that belongs at e's place stands, 0: nowhere. *whole: it carries
 * its own link; otherwise only what they say was exchanged. */
static int64_t find_moved(Db *db, Str head, const JournalEntry *e, bool *whole) {
    Arena *a = db_ctx(db)->arena;
    int64_t found = 0;
    Rows *r = Q(db, "SELECT " ENTRY_COLUMNS "FROM journal WHERE number > $1 ORDER BY number",
                db_i(e->number));
    while (r && !found && row_next(r)) {
        ArenaMark mark = arena_mark(a);
        JournalEntry other = entry_of(a, r);
        *whole = fits(a, head, other, e->number, other.sm3);
        if (*whole || fits(a, head, other, e->number, e->sm3)) found = other.number;
        arena_rewind(a, mark);
    }
    if (r) rows_close(r);
    return found;
}

/* Says why entry e does not fit behind head, the link of number - 1; before is the one of
 * number - 2. */
static bool explain(Db *db, Str before, Str head, const JournalEntry *e, JournalReport *out) {
    Arena *a = db_ctx(db)->arena;
    JournalEntry next = {0};
    int64_t free = Q_I64(db, 0, "SELECT next FROM counter WHERE name = 'journal'");
    Rows *r = Q(db, "SELECT " ENTRY_COLUMNS "FROM journal WHERE number = $1", db_i(e->number + 1));
    if (r && row_next(r)) next = entry_of(a, r);
    if (r) rows_close(r);
    out->bad = e->number;
    out->why = S("changed");
    if (e->number > 1 && !str_eq(head, e->sm3) && fits(a, before, *e, e->number - 1, e->sm3)) {
        out->why = S("inserted"); /* the one before this, with a link of its own */
        out->bad--;
        out->entries--;
        out->head = before;
        return true;
    }
    bool whole = false;
    int64_t at = find_moved(db, head, e, &whole);
    if (e->number >= free || (whole && at == e->number + 1 && !fits(a, next.sm3, *e, at, e->sm3))) {
        out->why = S("inserted"); /* the one that belongs here was pushed one place on */
    } else if (at) {
        out->why = S("reordered");
        out->other = at;
    } else if (next.number && fits(a, e->sm3, next, next.number + 1, next.sm3)) {
        out->why = S("missing"); /* what follows was linked one number later */
    }
    return ctx_ok(db_ctx(db));
}

/* --- verifying ---------------------------------------------------------------------------------
 */

typedef struct Walk {
    int64_t at;                    /* number of the last entry that fits */
    char heads[2][2 * HASH_BYTES]; /* links: of entry k at [k & 1] */
} Walk;

static Str walk_head(const Walk *w, int64_t number) {
    return number < 1 ? S("") : str_of(w->heads[number & 1], 2 * HASH_BYTES);
}

/* Checks up to VERIFY_STEP entries; false when there are none or one is bad: then *bad, whose
 * texts are in the ctx arena, unless it is missing. */
static bool verify_step(Db *db, Walk *w, JournalReport *out, JournalEntry *bad) {
    Arena *a = db_ctx(db)->arena;
    int64_t before = w->at;
    Rows *r =
        Q(db, "SELECT " ENTRY_COLUMNS "FROM journal WHERE number > $1 ORDER BY number LIMIT $2",
          db_i(w->at), db_i(VERIFY_STEP));
    while (r && !out->bad && row_next(r)) {
        ArenaMark mark = arena_mark(a);
        JournalEntry e = entry_of(a, r);
        Str link = journal_link(a, walk_head(w, w->at), &e);
        if (e.number != w->at + 1) {
            out->bad = w->at + 1;
            out->why = S("missing");
        } else if (!str_eq(link, e.sm3)) {
            out->bad = e.number;
            *bad = e;
            break;
        } else {
            w->at = e.number;
            for (int i = 0; i < 2 * HASH_BYTES; i++) w->heads[w->at & 1][i] = link.p[i];
            out->entries++;
        }
        arena_rewind(a, mark);
    }
    if (r) rows_close(r);
    return !out->bad && w->at > before;
}

/* In one transaction: an entry sealed meanwhile must not look like one that was cut off. */
static bool verify(Db *db, void *user) {
    JournalReport *out = user;
    JournalEntry bad = {0};
    Ctx *c = db_ctx(db);
    Walk w = {0};
    *out = (JournalReport){0};
    while (verify_step(db, &w, out, &bad)) continue;
    out->head = str_dup(c->arena, walk_head(&w, w.at));
    Str before = str_dup(c->arena, walk_head(&w, w.at - 1));
    if (bad.number && !explain(db, before, out->head, &bad, out)) return false;
    out->unsealed = Q_I64(db, 0, "SELECT count(*) FROM journal WHERE number IS NULL");
    int64_t next = Q_I64(db, 1, "SELECT next FROM counter WHERE name = 'journal'");
    if (!out->bad && (w.at + 1 != next || !str_eq(head_read(db), out->head))) {
        out->bad = w.at + 1 < next ? w.at + 1 : next;
        out->why = w.at + 1 < next ? S("cut off") : S("inserted");
    }
    return ctx_ok(c);
}

bool journal_verify(Db *db, JournalReport *out) {
    return tx_run(db, DB_READ, verify, out);
}

bool journal_list(Db *db, Str object, int64_t before_id, int most, JournalEntry **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    int64_t before = before_id ? before_id : INT64_MAX;
    Rows *r =
        object.n
            ? Q(db,
                "SELECT " ENTRY_COLUMNS
                "FROM journal WHERE object = $1 AND id < $2 ORDER BY id DESC "
                "LIMIT $3",
                db_s(object), db_i(before), db_i(most))
            : Q(db, "SELECT " ENTRY_COLUMNS "FROM journal WHERE id < $1 ORDER BY id DESC LIMIT $2",
                db_i(before), db_i(most));
    while (row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = entry_of(c->arena, r);
    }
    rows_close(r);
    return ctx_ok(c);
}
