/* Which firm incubated which. See incubation.h. */
#include "city/library/incubation.h"

#include "base/date.h"
#include "city/flow/case_inner.h"
#include "city/journal.h"
#include "store/counter.h"

bool incubation_holds(const Incubation *i, int32_t day) {
    return i->from <= day && (!i->to || day < i->to);
}

/* The record a correction names stands, and is about this firm. */
static bool may_replace(Db *db, const Incubation *n) {
    if (!n->replaces) return true;
    Ctx *c = db_ctx(db);
    int64_t of = Q_I64(db, 0,
                       "SELECT subject FROM incubation i WHERE id = $1 AND NOT EXISTS (SELECT 1 "
                       "FROM incubation r WHERE r.replaces = i.id)",
                       db_i(n->replaces));
    bool same = of && subject_root(db, of) == n->subject;
    return ctx_ok(c) && (same || FAIL_AT(c, ERR_MISSING, S("/replaces"), M_INCUBATION_REPLACES,
                                         str_printf(c->arena, "%lld", (long long)n->replaces)));
}

static bool in_order(Ctx *c, const Incubation *n) {
    if (!n->from) return FAIL_AT(c, ERR_RULE, S("/from"), M_TITLE_DAY);
    if (n->to && n->to <= n->from) return FAIL_AT(c, ERR_RULE, S("/to"), M_INCUBATION_ORDER);
    if (!n->source.n) return FAIL_AT(c, ERR_RULE, S("/source"), M_INCUBATION_SOURCE);
    if (!n->document.n) return FAIL_AT(c, ERR_RULE, S("/document"), M_INCUBATION_DOCUMENT);
    return n->incubator != n->subject || FAIL_AT(c, ERR_RULE, S("/incubator"), M_INCUBATION_SELF);
}

static bool note(Db *db, const Incubation *n, const Act *act) {
    Arena *a = db_ctx(db)->arena;
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("id"), json_int(a, n->id));
    json_set(o, S("incubator"), json_int(a, n->incubator));
    json_set(o, S("from"), json_int(a, n->from));
    json_set(o, S("to"), json_int(a, n->to));
    json_set(o, S("source"), json_string(a, n->source));
    json_set(o, S("document"), json_string(a, n->document));
    json_set(o, S("replaces"), json_int(a, n->replaces));
    return journal_add(db, act, S("incubation.record"),
                       str_printf(a, "enterprise:%lld", (long long)n->subject), case_json(a, o));
}

int64_t incubation_record(Db *db, const Incubation *given, const Act *act) {
    Ctx *c = db_ctx(db);
    Incubation n = *given;
    /* the row of the counter is locked from here on: two corrections of one record take turns */
    n.id = counter_take(db, S("incubation"), 1);
    n.subject = subject_root(db, n.subject);
    n.incubator = subject_root(db, n.incubator);
    n.source = str_trim(n.source);
    n.document = str_trim(n.document);
    if (!ctx_ok(c) || !in_order(c, &n)) return 0;
    if (!n.subject || !n.incubator) {
        FAIL(c, ERR_MISSING, M_CITY_NO_SUBJECT, S("incubator"));
        return 0;
    }
    if (!may_replace(db, &n)) return 0;
    int64_t seq = Q_I64(db, 1, "SELECT next FROM counter WHERE name = 'seq'") - 1;
    bool ok = EXEC(db,
                   "INSERT INTO incubation(id, incubator, subject, from_day, to_day, source, "
                   "document, replaces, actor, reason, recorded_ms, seq) VALUES ($1, $2, $3, $4, "
                   "$5, $6, $7, $8, $9, $10, $11, $12)",
                   db_i(n.id), db_i(n.incubator), db_i(n.subject), db_i(n.from), db_i(n.to),
                   db_s(n.source), db_s(n.document), db_i(n.replaces), db_s(act->actor),
                   db_s(act->reason), db_i(c->now_ms), db_i(seq));
    return ok && note(db, &n, act) ? n.id : 0;
}

#define READ                                                                                       \
    "SELECT i.id, i.incubator, i.subject, i.from_day, i.to_day, i.source, i.document, "            \
    "i.replaces, i.actor, i.reason, i.recorded_ms FROM incubation i WHERE "
#define KNOWN                                                                                      \
    " AND i.recorded_ms <= $2 AND NOT EXISTS (SELECT 1 FROM incubation r WHERE r.replaces = i.id " \
    "AND r.recorded_ms <= $2) ORDER BY i.from_day, i.id"

static bool read_all(Db *db, const char *sql, int64_t subject, const FactAt *at, Incubation **out,
                     int *n, int *cap) {
    Arena *a = db_ctx(db)->arena;
    Rows *r = db_query(db, sql, 2, (DbVal[]){db_i(subject), db_i(at->as_known)});
    while (r && row_next(r)) {
        GROW(a, *out, *n, *cap);
        (*out)[(*n)++] = (Incubation){.id = row_i64(r, 0),
                                      .incubator = row_i64(r, 1),
                                      .subject = row_i64(r, 2),
                                      .from = (int32_t)row_i64(r, 3),
                                      .to = (int32_t)row_i64(r, 4),
                                      .source = str_dup(a, row_str(r, 5)),
                                      .document = str_dup(a, row_str(r, 6)),
                                      .replaces = row_i64(r, 7),
                                      .actor = str_dup(a, row_str(r, 8)),
                                      .reason = str_dup(a, row_str(r, 9)),
                                      .recorded_ms = row_i64(r, 10)};
    }
    if (r) rows_close(r);
    return ctx_ok(db_ctx(db));
}

bool incubation_list(Db *db, int64_t subject, const FactAt *at, Incubation **out, int *n) {
    static const char *const SQL[] = {READ "i.subject = $1" KNOWN, READ "i.incubator = $1" KNOWN};
    int64_t *ids, root;
    int count, cap = 0;
    *out = NULL;
    *n = 0;
    if (!subject_members_at(db, subject, at->seq, &root, &ids, &count)) return false;
    for (int s = 0; s < 2; s++)
        for (int i = 0; i < count; i++)
            if (!read_all(db, SQL[s], ids[i], at, out, n, &cap)) return false;
    for (int i = 0; i < *n; i++) { /* who they are now */
        (*out)[i].subject = subject_root(db, (*out)[i].subject);
        (*out)[i].incubator = subject_root(db, (*out)[i].incubator);
    }
    return ctx_ok(db_ctx(db));
}
