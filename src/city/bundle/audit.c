/* Searching the journal. See audit.h. Beginnings are compared as ranges of text, so that the index
 * on objects serves them and no pattern of the caller is run. */
#include "city/bundle/audit.h"

#include "base/hash.h"

/* [from, to) of texts that fit: the one text, or all that begin so; everything when empty. */
typedef struct Span {
    Str from, to;
} Span;

static Span span_of(Arena *a, Str s) {
    if (s.n == 0) return (Span){S(""), S("\xf4\x8f\xbf\xbf")};
    if (!str_ends(s, S(":")) && !str_ends(s, S("."))) return (Span){s, str_cat(a, s, S("\x01"))};
    char last = (char)(s.p[s.n - 1] + 1);
    return (Span){s, str_cat(a, str_sub(s, 0, s.n - 1), str_of(&last, 1))};
}

#define FITS                                                                                       \
    "FROM journal WHERE ($1 = '' OR actor = $1) AND action >= $2 AND action < $3 "                 \
    "AND object >= $4 AND object < $5 AND at_ms >= $6 AND at_ms < $7 "

#define ENTRY "SELECT id, number, at_ms, actor, action, object, reason, content_sm3, sm3 "

static bool read_entries(Db *db, Rows *r, JournalEntry **out, int *n) {
    Arena *a = db_ctx(db)->arena;
    int cap = 0;
    *out = NULL;
    *n = 0;
    while (r && row_next(r)) {
        GROW(a, *out, *n, cap);
        (*out)[(*n)++] = (JournalEntry){.id = row_i64(r, 0),
                                        .number = row_i64(r, 1),
                                        .at_ms = row_i64(r, 2),
                                        .actor = str_dup(a, row_str(r, 3)),
                                        .action = str_dup(a, row_str(r, 4)),
                                        .object = str_dup(a, row_str(r, 5)),
                                        .reason = str_dup(a, row_str(r, 6)),
                                        .content_sm3 = str_dup(a, row_str(r, 7)),
                                        .sm3 = str_dup(a, row_str(r, 8))};
    }
    if (r) rows_close(r);
    return ctx_ok(db_ctx(db));
}

/* The journal as it is: its page opens so, and it is long. */
static bool whole(Db *db, int64_t offset, int64_t limit, JournalEntry **out, int *n,
                  int64_t *total) {
    *total = Q_I64(db, 0, "SELECT count(*) FROM journal");
    return read_entries(
        db,
        Q(db, ENTRY "FROM journal ORDER BY id DESC LIMIT $1 OFFSET $2", db_i(limit), db_i(offset)),
        out, n);
}

bool audit_search(Db *db, const AuditFilter *f, int64_t offset, int64_t limit, JournalEntry **out,
                  int *n, int64_t *total) {
    Arena *a = db_ctx(db)->arena;
    Span action = span_of(a, f->action), object = span_of(a, f->object);
    int64_t to = f->to_ms ? f->to_ms : INT64_MAX;
    if (!f->actor.n && !f->action.n && !f->object.n && !f->from_ms && !f->to_ms)
        return whole(db, offset, limit, out, n, total);
    *total = Q_I64(db, 0, "SELECT count(*) " FITS, db_s(f->actor), db_s(action.from),
                   db_s(action.to), db_s(object.from), db_s(object.to), db_i(f->from_ms), db_i(to));
    return read_entries(db,
                        Q(db, ENTRY FITS "ORDER BY id DESC LIMIT $8 OFFSET $9", db_s(f->actor),
                          db_s(action.from), db_s(action.to), db_s(object.from), db_s(object.to),
                          db_i(f->from_ms), db_i(to), db_i(limit), db_i(offset)),
                        out, n);
}

bool audit_replay(Db *db, const Register *r, int64_t decision, AuditReplay *out) {
    Ctx *c = db_ctx(db);
    *out = (AuditReplay){0};
    if (!decision_get(db, decision, &out->kept)) return false;
    out->stored_sm3 = hash_hex(c->arena, HASH_SM3, out->kept.packet);
    return register_replay(c, db, r, out->kept.packet, &out->diff);
}
