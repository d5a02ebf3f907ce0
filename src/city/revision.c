/* Revisions in the store. See revision.h. A row changes only where its version is the one that was
 * read; of two people who change one revision the second is told. */
#include "city/revision.h"

#include "base/date.h"
#include "base/hash.h"
#include "store/counter.h"

static const Str STATES[REVISION_STATES] = {STR_INIT("draft"), STR_INIT("submitted"),
                                            STR_INIT("released"), STR_INIT("returned"),
                                            STR_INIT("withdrawn")};

Str revision_state_text(RevisionState s) {
    return STATES[s];
}

int revision_state_find(Str text) {
    for (int i = 0; i < REVISION_STATES; i++)
        if (str_eq(STATES[i], text)) return i;
    return -1;
}

/* --- reading ------------------------------------------------------------------------------------
 */

#define COLUMNS                                                                                    \
    "r.id, r.version, r.state, r.rule, r.base_version, r.base_hash, r.new_version, r.title, "      \
    "r.effective_from, r.effective_to, r.reason, r.document, r.article, r.status, "                \
    "r.new_document, r.cases, r.dmn_sm3, r.owner, r.created_ms, r.changed_ms, r.submitted_by, "    \
    "r.submitted_ms, r.decided_by, r.decided_ms, r.decided_reason, r.rule_set"
enum { COLUMN_COUNT = 26 };

static void read_row(Arena *a, Rows *r, Revision *v) {
    Str *const texts[] = {&v->rule,     &v->base_version,   &v->base_hash,    &v->new_version,
                          &v->title,    &v->effective_from, &v->effective_to, &v->reason,
                          &v->document, &v->article,        &v->status,       &v->new_document,
                          &v->cases,    &v->dmn_sm3,        &v->owner};
    *v = (Revision){.id = row_i64(r, 0),
                    .version = row_i64(r, 1),
                    .state = (RevisionState)row_i64(r, 2),
                    .created_ms = row_i64(r, 18),
                    .changed_ms = row_i64(r, 19),
                    .submitted_by = str_dup(a, row_str(r, 20)),
                    .submitted_ms = row_i64(r, 21),
                    .decided_by = str_dup(a, row_str(r, 22)),
                    .decided_ms = row_i64(r, 23),
                    .decided_reason = str_dup(a, row_str(r, 24)),
                    .rule_set = row_i64(r, 25)};
    for (int i = 0; i < 15; i++) *texts[i] = str_dup(a, row_str(r, 3 + i));
}

bool revision_get(Db *db, int64_t id, Revision *out) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db,
                "SELECT " COLUMNS ", k.bytes FROM revision r "
                "JOIN rule_content k ON k.sm3 = r.dmn_sm3 WHERE r.id = $1",
                db_i(id));
    bool there = r && row_next(r);
    if (there) {
        read_row(c->arena, r, out);
        out->dmn = str_dup(c->arena, row_str(r, COLUMN_COUNT));
    }
    if (r) rows_close(r);
    if (!ctx_ok(c)) return false;
    return there ||
           FAIL(c, ERR_MISSING, M_REVISION_MISSING, str_printf(c->arena, "%lld", (long long)id));
}

bool revision_list(Db *db, const RevisionFilter *f, Revision **out, int *n, int64_t *total) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    *total = Q_I64(db, 0,
                   "SELECT count(*) FROM revision WHERE ($1 = '' OR rule = $1) AND "
                   "($2 < 0 OR state = $2)",
                   db_s(f->rule), db_i(f->state));
    Rows *r = Q(db,
                "SELECT " COLUMNS " FROM revision r WHERE ($1 = '' OR r.rule = $1) AND "
                "($2 < 0 OR r.state = $2) ORDER BY r.id DESC LIMIT $3 OFFSET $4",
                db_s(f->rule), db_i(f->state), db_i(f->limit), db_i(f->offset));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        read_row(c->arena, r, &(*out)[(*n)++]);
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

bool revision_is_author(Db *db, int64_t id, Str actor) {
    return Q_I64(db, 0, "SELECT count(*) FROM revision_author WHERE revision = $1 AND actor = $2",
                 db_i(id), db_s(actor)) > 0;
}

/* --- writing ------------------------------------------------------------------------------------
 */

typedef struct Work {
    Revision *r;
    const Act *act;
    Str action;
} Work;

/* What the journal keeps the hash of. */
static Str content_of(Arena *a, const Revision *r) {
    Json *o = json_new(a, JSON_OBJECT);
    const Str parts[][2] = {{S("rule"), r->rule},
                            {S("base"), r->base_hash},
                            {S("version"), r->new_version},
                            {S("title"), r->title},
                            {S("from"), r->effective_from},
                            {S("to"), r->effective_to},
                            {S("reason"), r->reason},
                            {S("document"), r->document},
                            {S("article"), r->article},
                            {S("status"), r->status},
                            {S("new_document"), r->new_document},
                            {S("cases"), r->cases},
                            {S("dmn"), r->dmn_sm3}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        json_set(o, parts[i][0], json_string(a, parts[i][1]));
    json_set(o, S("state"), json_string(a, STATES[r->state]));
    Buf b = buf_new(a, 0);
    json_canonical(&b, o);
    return buf_str(&b);
}

static bool note_it(Db *db, const Work *w) {
    Arena *a = db_ctx(db)->arena;
    return journal_add(db, w->act, w->action, str_printf(a, "revision:%lld", (long long)w->r->id),
                       content_of(a, w->r));
}

static bool keep_model(Db *db, Revision *r) {
    r->dmn_sm3 = hash_hex(db_ctx(db)->arena, HASH_SM3, r->dmn);
    return EXEC(db, "INSERT INTO rule_content(sm3, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                db_s(r->dmn_sm3), db_b(r->dmn));
}

static bool add_author(Db *db, const Work *w) {
    return EXEC(db,
                "INSERT INTO revision_author(revision, actor) VALUES ($1, $2) "
                "ON CONFLICT DO NOTHING",
                db_i(w->r->id), db_s(w->act->actor));
}

/* The name of the version when nobody gives one. */
static Str usual_version(Arena *a, int64_t id) {
    return str_printf(a, "r%lld", (long long)id);
}

static bool add_in_tx(Db *db, void *user) {
    Work *w = user;
    Revision *r = w->r;
    int64_t now = db_ctx(db)->now_ms, id = counter_take(db, S("revision"), 1);
    if (!id) return false;
    r->id = id;
    if (!r->new_version.n) r->new_version = usual_version(db_ctx(db)->arena, id);
    return keep_model(db, r) &&
           EXEC(db,
                "INSERT INTO revision(id, version, state, rule, base_version, base_hash, "
                "new_version, title, effective_from, effective_to, reason, document, article, "
                "status, new_document, cases, dmn_sm3, owner, created_ms, changed_ms, "
                "submitted_by, submitted_ms, decided_by, decided_ms, decided_reason, rule_set) "
                "VALUES ($1, 1, 0, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
                "$16, $17, $17, '', NULL, '', NULL, '', NULL)",
                db_i(id), db_s(r->rule), db_s(r->base_version), db_s(r->base_hash),
                db_s(r->new_version), db_s(r->title), db_s(r->effective_from),
                db_s(r->effective_to), db_s(r->reason), db_s(r->document), db_s(r->article),
                db_s(r->status), db_s(r->new_document), db_s(r->cases), db_s(r->dmn_sm3),
                db_s(w->act->actor), db_i(now)) &&
           add_author(db, w) && note_it(db, w);
}

static const RuleVersion *base_of(Ctx *c, const Rule *rule, Str version) {
    if (!version.n) return &rule->versions[rule->nversions - 1];
    for (int i = 0; i < rule->nversions; i++)
        if (str_eq(rule->versions[i].id, version)) return &rule->versions[i];
    FAIL(c, ERR_MISSING, M_REVISION_BASE, version, rule->id);
    return NULL;
}

/* Days, status, article: what must hold of a draft too. */
static bool check_fields(Ctx *c, const Revision *r) {
    static const Str STATUSES[] = {STR_INIT(""), STR_INIT("V"), STR_INIT("V*"), STR_INIT("I"),
                                   STR_INIT("DEMO")};
    int64_t from = 0, to = INT64_MAX;
    bool known = false;
    for (int i = 0; i < 5; i++) known |= str_eq(r->status, STATUSES[i]);
    if (!known) return FAIL_AT(c, ERR_RULE, S("/status"), M_REVISION_FIELD, S("status"), r->status);
    if (r->effective_from.n && !date_parse(r->effective_from, &from))
        return FAIL_AT(c, ERR_RULE, S("/effective_from"), M_REVISION_FIELD, S("effective_from"),
                       r->effective_from);
    if (r->effective_to.n && (!date_parse(r->effective_to, &to) || to <= from))
        return FAIL_AT(c, ERR_RULE, S("/effective_to"), M_REVISION_FIELD, S("effective_to"),
                       r->effective_to);
    for (ptrdiff_t i = 0; i < r->new_version.n; i++) {
        char ch = r->new_version.p[i];
        bool plain = (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || ch == '-' || ch == '.';
        if (!plain || r->new_version.n > 40)
            return FAIL_AT(c, ERR_RULE, S("/new_version"), M_REVISION_FIELD, S("new_version"),
                           r->new_version);
    }
    if (r->cases.n > REVISION_CASES_MAX || r->dmn.n > REVISION_MODEL_MAX)
        return FAIL(c, ERR_LIMIT, M_REVISION_LARGE);
    const Json *cases = json_parse(c, r->cases, S("cases"));
    return cases && (cases->kind == JSON_ARRAY ||
                     FAIL_AT(c, ERR_RULE, S("/cases"), M_REVISION_FIELD, S("cases"), S("")));
}

bool revision_add(Db *db, const PackSet *p, const Revision *wanted, const Act *act, Revision *out) {
    Ctx *c = db_ctx(db);
    const Rule *rule = pack_rule(c, p, wanted->rule);
    const RuleVersion *base = rule ? base_of(c, rule, wanted->base_version) : NULL;
    if (!base) return false;
    *out = *wanted;
    out->rule = rule->id;
    out->base_version = base->id;
    out->base_hash = base->hash;
    if (!out->dmn.n) out->dmn = base->file->bytes;
    if (!out->cases.n) out->cases = S("[]");
    Work w = {.r = out, .act = act, .action = S("revision.create")};
    if (!check_fields(c, out)) return false;
    return tx_run(db, DB_WRITE, add_in_tx, &w) && revision_get(db, out->id, out);
}

static bool one_changed(Ctx *c, bool ok, int64_t changed) {
    return ok && (changed == 1 || FAIL(c, ERR_STALE, M_REVISION_STALE));
}

static bool change_in_tx(Db *db, void *user) {
    Work *w = user;
    Revision *r = w->r;
    int64_t changed = 0;
    DbVal args[] = {db_i(r->id),
                    db_i(r->version),
                    db_s(r->new_version),
                    db_s(r->title),
                    db_s(r->effective_from),
                    db_s(r->effective_to),
                    db_s(r->reason),
                    db_s(r->document),
                    db_s(r->article),
                    db_s(r->status),
                    db_s(r->new_document),
                    db_s(r->cases),
                    db_s(hash_hex(db_ctx(db)->arena, HASH_SM3, r->dmn)),
                    db_i(db_ctx(db)->now_ms),
                    db_s(r->base_version),
                    db_s(r->base_hash)};
    if (!keep_model(db, r)) return false;
    bool ok = db_exec(db,
                      "UPDATE revision SET version = version + 1, state = 0, new_version = $3, "
                      "title = $4, effective_from = $5, effective_to = $6, reason = $7, "
                      "document = $8, article = $9, status = $10, new_document = $11, cases = $12, "
                      "dmn_sm3 = $13, changed_ms = $14, base_version = $15, base_hash = $16, "
                      "submitted_by = '', submitted_ms = NULL "
                      "WHERE id = $1 AND version = $2 AND (state = 0 OR state = 3)",
                      &changed, 16, args);
    r->state = REVISION_DRAFT;
    return one_changed(db_ctx(db), ok, changed) && add_author(db, w) && note_it(db, w);
}

static bool is_in(Ctx *c, const Revision *r, uint32_t states) {
    if (states >> r->state & 1) return true;
    return FAIL(c, ERR_STATE, M_REVISION_STATE, STATES[r->state]);
}

enum { OPEN = 1 << REVISION_DRAFT | 1 << REVISION_RETURNED, WAITING = 1 << REVISION_SUBMITTED };

bool revision_change(Db *db, Revision *r, const Act *act) {
    Ctx *c = db_ctx(db);
    Work w = {.r = r, .act = act, .action = S("revision.change")};
    if (!r->new_version.n) r->new_version = usual_version(c->arena, r->id);
    return is_in(c, r, OPEN) && check_fields(c, r) && tx_run(db, DB_WRITE, change_in_tx, &w) &&
           revision_get(db, r->id, r);
}

/* --- acts ---------------------------------------------------------------------------------------
 */

static bool submit_in_tx(Db *db, void *user) {
    Work *w = user;
    int64_t changed = 0;
    DbVal args[] = {db_i(w->r->id), db_i(w->r->version), db_s(w->act->actor),
                    db_i(db_ctx(db)->now_ms)};
    bool ok = db_exec(db,
                      "UPDATE revision SET version = version + 1, state = 1, submitted_by = $3, "
                      "submitted_ms = $4 WHERE id = $1 AND version = $2 AND "
                      "(state = 0 OR state = 3)",
                      &changed, 4, args);
    w->r->state = REVISION_SUBMITTED;
    return one_changed(db_ctx(db), ok, changed) && add_author(db, w) && note_it(db, w);
}

static bool decide_in_tx(Db *db, void *user) {
    Work *w = user;
    int64_t changed = 0;
    DbVal args[] = {db_i(w->r->id),      db_i(w->r->version),      db_i(w->r->state),
                    db_s(w->act->actor), db_i(db_ctx(db)->now_ms), db_s(w->act->reason)};
    bool ok = db_exec(db,
                      "UPDATE revision SET version = version + 1, state = $3, decided_by = $4, "
                      "decided_ms = $5, decided_reason = $6 WHERE id = $1 AND version = $2",
                      &changed, 6, args);
    return one_changed(db_ctx(db), ok, changed) && note_it(db, w);
}

/* What a revision must name before anybody else reads it. */
static bool is_complete(Ctx *c, const Revision *r) {
    if (!r->document.n) return FAIL_AT(c, ERR_RULE, S("/document"), M_REVISION_NO_BASIS);
    if (!r->status.n) return FAIL_AT(c, ERR_RULE, S("/status"), M_REVISION_NEEDS_STATUS);
    if (!r->effective_from.n)
        return FAIL_AT(c, ERR_RULE, S("/effective_from"), M_REVISION_NEEDS_DAY);
    return r->reason.n || FAIL_AT(c, ERR_RULE, S("/reason"), M_REVISION_NEEDS_REASON);
}

bool revision_submit(Db *db, Revision *r, const Act *act) {
    Ctx *c = db_ctx(db);
    Work w = {.r = r, .act = act, .action = S("revision.submit")};
    return is_in(c, r, OPEN) && is_complete(c, r) && tx_run(db, DB_WRITE, submit_in_tx, &w) &&
           revision_get(db, r->id, r);
}

static bool end(Db *db, Revision *r, const Act *act, RevisionState state, Str action) {
    Work w = {.r = r, .act = act, .action = action};
    r->state = state;
    return tx_run(db, DB_WRITE, decide_in_tx, &w) && revision_get(db, r->id, r);
}

bool revision_return(Db *db, Revision *r, const Act *act) {
    return is_in(db_ctx(db), r, WAITING) &&
           end(db, r, act, REVISION_RETURNED, S("revision.return"));
}

bool revision_withdraw(Db *db, Revision *r, const Act *act) {
    return is_in(db_ctx(db), r, OPEN | WAITING) &&
           end(db, r, act, REVISION_WITHDRAWN, S("revision.withdraw"));
}
