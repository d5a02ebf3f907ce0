/* Drafts in the store. See draft.h. Rows change only where id, version and state are those that
 * were read, so of two people who change one draft the second is told. */
#include "job/draft.h"

#include "base/hash.h"
#include "store/counter.h"

Str draft_state_text(DraftState s) {
    static const Str texts[DRAFT_STATES] = {
        STR_INIT("reading"),   STR_INIT("mapping"),  STR_INIT("checked"),   STR_INIT("committing"),
        STR_INIT("committed"), STR_INIT("reversed"), STR_INIT("discarded"), STR_INIT("failed")};
    return texts[s];
}

Str draft_said(Str name, Str kind) {
    static const Str known[] = {STR_INIT("csv"),  STR_INIT("tsv"),  STR_INIT("txt"),
                                STR_INIT("xlsx"), STR_INIT("xlsm"), STR_INIT("xls")};
    for (int i = 0; i < 6; i++) {
        ptrdiff_t at = name.n - known[i].n - 1;
        if (at <= 0 || name.p[at] != '.') continue;
        if (!str_eq_nocase(str_sub(name, at + 1, name.n), known[i])) continue;
        bool text = i < 3 && (str_eq(kind, S("csv")) || str_eq(kind, S("tsv")));
        bool book = (i == 3 || i == 4) && str_eq(kind, S("xlsx"));
        return text || book || str_eq(kind, known[i]) ? S("") : known[i];
    }
    return S("");
}

/* --- mapping and edits as JSON ---------------------------------------------------------------- */

static Str mapping_text(Arena *a, const DraftMapping *m) {
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("source"), json_string(a, m->source));
    json_set(o, S("layout"), json_string(a, m->layout));
    json_set(o, S("sheet"), json_string(a, m->sheet));
    json_set(o, S("unit"), json_string(a, m->unit));
    json_set(o, S("year"), json_int(a, m->year));
    json_set(o, S("known_ms"), json_int(a, m->known_ms));
    Json *list = json_set(o, S("columns"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < m->nchoices; i++) {
        Json *e = json_push(list, json_new(a, JSON_OBJECT));
        json_set(e, S("column"), json_int(a, m->choices[i].column));
        json_set(e, S("field"), json_string(a, m->choices[i].field));
        json_set(e, S("unit"), json_string(a, m->choices[i].unit));
        json_set(e, S("year"), json_int(a, m->choices[i].year));
    }
    Buf b = buf_new(a, 0);
    json_canonical(&b, o);
    return buf_str(&b);
}

static bool mapping_read(Ctx *c, Str text, DraftMapping *m) {
    const Json *o = json_parse(c, text, S("mapping"));
    if (!o) return false;
    *m = (DraftMapping){.source = json_get_str(o, S("source")),
                        .layout = json_get_str(o, S("layout")),
                        .sheet = json_get_str(o, S("sheet")),
                        .unit = json_get_str(o, S("unit")),
                        .year = (int)json_get_i64(o, S("year"), 0),
                        .known_ms = json_get_i64(o, S("known_ms"), 0)};
    const Json *list = json_get(o, S("columns"));
    m->choices = NEW_N(c->arena, ImportChoice, list ? list->count : 0);
    for (const Json *e = list ? list->first : NULL; e; e = e->next)
        m->choices[m->nchoices++] =
            (ImportChoice){(int)json_get_i64(e, S("column"), 0), json_get_str(e, S("field")),
                           json_get_str(e, S("unit")), (int)json_get_i64(e, S("year"), 0)};
    return true;
}

/* [row, column, text, row, column, text …] */
static Str edits_text(Arena *a, const Draft *d) {
    Buf b = buf_new(a, 0);
    JsonWriter w = jw_new(&b);
    jw_array(&w);
    for (int i = 0; i < d->nedits; i++) {
        jw_int(&w, d->edits[i].row);
        jw_int(&w, d->edits[i].column);
        jw_str(&w, d->edits[i].text);
    }
    jw_array_end(&w);
    return buf_str(&b);
}

static int64_t int_of(const Json *j) {
    int64_t n = 0;
    return str_to_i64(json_str(j, S("0")), &n) ? n : 0;
}

static bool edits_read(Ctx *c, Str text, Draft *d) {
    const Json *list = json_parse(c, text, S("edits"));
    if (!list) return false;
    d->edits = NEW_N(c->arena, ImportEdit, list->count / 3);
    for (const Json *e = list->first; e && e->next && e->next->next; e = e->next->next->next)
        d->edits[d->nedits++] =
            (ImportEdit){int_of(e), (int)int_of(e->next), json_str(e->next->next, S(""))};
    return true;
}

static Str report_text(Arena *a, const Draft *d) {
    Buf b = buf_new(a, 0);
    json_print(&b, d->report, 0);
    return buf_str(&b);
}

/* What makes two imports of one file the same. */
static Str content_of(Arena *a, const Draft *d) {
    Str parts = str_cat(a, str_cat(a, d->sha256, mapping_text(a, &d->mapping)), edits_text(a, d));
    return hash_hex(a, HASH_SM3, parts);
}

/* --- reading ---------------------------------------------------------------------------------- */

#define COLUMNS                                                                                    \
    "id, version, state, name, file_sha256, file_size, owner, source, row_count, accepted, "       \
    "refused, warnings, facts, created_ms, batch, seq, committed_ms, committed_by, reversed_ms, "  \
    "reason"
enum { COLUMN_COUNT = 20 };

static void read_row(Arena *a, Rows *r, Draft *d) {
    *d = (Draft){.id = row_i64(r, 0),
                 .version = row_i64(r, 1),
                 .state = (DraftState)row_i64(r, 2),
                 .name = str_dup(a, row_str(r, 3)),
                 .sha256 = str_dup(a, row_str(r, 4)),
                 .size = row_i64(r, 5),
                 .owner = str_dup(a, row_str(r, 6)),
                 .source = str_dup(a, row_str(r, 7)),
                 .rows = row_i64(r, 8),
                 .accepted = row_i64(r, 9),
                 .refused = row_i64(r, 10),
                 .warnings = row_i64(r, 11),
                 .facts = row_i64(r, 12),
                 .created_ms = row_i64(r, 13),
                 .batch = row_i64(r, 14),
                 .seq = row_i64(r, 15),
                 .committed_ms = row_i64(r, 16),
                 .committed_by = str_dup(a, row_str(r, 17)),
                 .reversed_ms = row_i64(r, 18),
                 .reason = str_dup(a, row_str(r, 19))};
}

static bool no_draft(Ctx *c, int64_t id) {
    return FAIL(c, ERR_MISSING, M_DRAFT_MISSING, str_printf(c->arena, "%lld", (long long)id));
}

bool draft_get(Db *db, int64_t id, Draft *out) {
    Ctx *c = db_ctx(db);
    Str mapping = {0}, edits = {0}, report = {0};
    Rows *r = Q(db, "SELECT " COLUMNS ", mapping, edits, report FROM import_draft WHERE id = $1",
                db_i(id));
    bool there = r && row_next(r);
    if (there) {
        read_row(c->arena, r, out);
        mapping = str_dup(c->arena, row_str(r, COLUMN_COUNT));
        edits = str_dup(c->arena, row_str(r, COLUMN_COUNT + 1));
        report = str_dup(c->arena, row_str(r, COLUMN_COUNT + 2));
    }
    if (r) rows_close(r);
    if (!ctx_ok(c)) return false;
    if (!there) return no_draft(c, id);
    out->report = json_parse(c, report, S("report"));
    return out->report && mapping_read(c, mapping, &out->mapping) && edits_read(c, edits, out);
}

bool draft_list(Db *db, Str owner, int64_t offset, int64_t limit, Draft **out, int *n,
                int64_t *total) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    *total =
        Q_I64(db, 0, "SELECT count(*) FROM import_draft WHERE $1 = '' OR owner = $1", db_s(owner));
    Rows *r = Q(db,
                "SELECT " COLUMNS " FROM import_draft WHERE $1 = '' OR owner = $1 "
                "ORDER BY id DESC LIMIT $2 OFFSET $3",
                db_s(owner), db_i(limit), db_i(offset));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        read_row(c->arena, r, &(*out)[(*n)++]);
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

int64_t draft_same(Db *db, const Draft *d, DraftState *state, int64_t *created_ms) {
    int64_t id = 0;
    Rows *r = Q(db,
                "SELECT id, state, created_ms FROM import_draft WHERE file_sha256 = $1 AND "
                "id <> $2 AND (state = $3 OR (id < $2 AND state <> $4)) "
                "ORDER BY CASE WHEN state = $3 THEN 0 ELSE 1 END, id DESC LIMIT 1",
                db_s(d->sha256), db_i(d->id), db_i(DRAFT_COMMITTED), db_i(DRAFT_DISCARDED));
    if (r && row_next(r)) {
        id = row_i64(r, 0);
        *state = (DraftState)row_i64(r, 1);
        *created_ms = row_i64(r, 2);
    }
    if (r) rows_close(r);
    return id;
}

bool draft_bytes(Db *db, const Draft *d, Str *out) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db, "SELECT bytes FROM file_content WHERE sha256 = $1", db_s(d->sha256));
    bool there = r && row_next(r);
    if (there) *out = str_dup(c->arena, row_str(r, 0));
    if (r) rows_close(r);
    return there || no_draft(c, d->id);
}

/* --- writing ---------------------------------------------------------------------------------- */

typedef struct Work {
    const PackSet *pack;
    Draft *d;
    Str bytes;
    const Act *act;
    bool only_good;
} Work;

static Str object_of(Arena *a, const Draft *d) {
    return str_printf(a, "import:%lld", (long long)d->id);
}

static bool add_in_tx(Db *db, void *user) {
    Work *w = user;
    Draft *d = w->d;
    Arena *a = db_ctx(db)->arena;
    int64_t now = db_ctx(db)->now_ms, id = counter_take(db, S("import_draft"), 1);
    if (!id) return false;
    d->id = id;
    return EXEC(db,
                "INSERT INTO file_content(sha256, made_ms, bytes) VALUES ($1, $2, $3) "
                "ON CONFLICT DO NOTHING",
                db_s(d->sha256), db_i(now), db_b(w->bytes)) &&
           EXEC(db,
                "INSERT INTO import_draft(" COLUMNS ", mapping, edits, report, content_sm3) VALUES "
                "($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL, NULL, NULL, '', "
                "NULL, '', $14, '[]', $15, $16)",
                db_i(id), db_i(d->state), db_s(d->name), db_s(d->sha256), db_i(d->size),
                db_s(d->owner), db_s(d->source), db_i(d->rows), db_i(d->accepted), db_i(d->refused),
                db_i(d->warnings), db_i(d->facts), db_i(now), db_s(mapping_text(a, &d->mapping)),
                db_s(report_text(a, d)), db_s(content_of(a, d)));
}

bool draft_add(Db *db, const PackSet *pack, Str bytes, Draft *d) {
    Work w = {.pack = pack, .d = d, .bytes = bytes};
    if (!draft_check(db, pack, bytes, d)) return false;
    return tx_run(db, DB_WRITE, add_in_tx, &w) && draft_get(db, d->id, d);
}

static bool is_open(Ctx *c, const Draft *d) {
    if (d->state == DRAFT_MAPPING || d->state == DRAFT_CHECKED) return true;
    return FAIL(c, ERR_STATE, M_DRAFT_STATE, draft_state_text(d->state));
}

static bool one_changed(Ctx *c, bool ok, int64_t changed) {
    return ok && (changed == 1 || FAIL(c, ERR_STALE, M_STALE));
}

static bool change_in_tx(Db *db, void *user) {
    const Work *w = user;
    const Draft *d = w->d;
    Arena *a = db_ctx(db)->arena;
    int64_t changed = 0;
    DbVal args[] = {db_i(d->id),
                    db_i(d->version),
                    db_i(d->state),
                    db_s(d->source),
                    db_i(d->rows),
                    db_i(d->accepted),
                    db_i(d->refused),
                    db_i(d->warnings),
                    db_i(d->facts),
                    db_s(mapping_text(a, &d->mapping)),
                    db_s(edits_text(a, d)),
                    db_s(report_text(a, d)),
                    db_s(content_of(a, d)),
                    db_i(DRAFT_MAPPING),
                    db_i(DRAFT_CHECKED)};
    bool ok = db_exec(db,
                      "UPDATE import_draft SET version = version + 1, state = $3, source = $4, "
                      "row_count = $5, accepted = $6, refused = $7, warnings = $8, facts = $9, "
                      "mapping = $10, edits = $11, report = $12, content_sm3 = $13 "
                      "WHERE id = $1 AND version = $2 AND state IN ($14, $15)",
                      &changed, 15, args);
    return one_changed(db_ctx(db), ok, changed);
}

bool draft_change(Db *db, const PackSet *pack, Draft *d) {
    Work w = {.pack = pack, .d = d};
    if (!is_open(db_ctx(db), d) || !draft_bytes(db, d, &w.bytes)) return false;
    if (!draft_check(db, pack, w.bytes, d)) return false;
    return tx_run(db, DB_WRITE, change_in_tx, &w) && draft_get(db, d->id, d);
}

/* --- committing ------------------------------------------------------------------------------- */

/* The same file, read in the same way with the same changes, is in the register already. */
static bool not_twice(Db *db, const Draft *d) {
    Ctx *c = db_ctx(db);
    int64_t other =
        Q_I64(db, 0, "SELECT max(id) FROM import_draft WHERE content_sm3 = $1 AND state = $2",
              db_s(content_of(c->arena, d)), db_i(DRAFT_COMMITTED));
    if (!other || !ctx_ok(c)) return ctx_ok(c);
    return FAIL(c, ERR_STATE, M_DRAFT_TWICE, str_printf(c->arena, "%lld", (long long)other));
}

/* The last step of the import's transaction: the draft is committed when its batch is. */
static bool finish(Db *db, void *user, const ImportReport *r) {
    Work *w = user;
    Draft *d = w->d;
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    Str refused = str_printf(c->arena, "%lld", (long long)r->refused);
    if (r->refused && !w->only_good) return FAIL(c, ERR_STATE, M_DRAFT_REFUSED, refused);
    if (r->accepted == 0) return FAIL(c, ERR_STATE, M_DRAFT_NOTHING);
    if (!not_twice(db, d)) return false;
    d->report = draft_report(c, r);
    DbVal args[] = {db_i(d->id),         db_i(d->version),      db_i(DRAFT_CHECKED),
                    db_i(r->batch),      db_i(r->seq),          db_i(c->now_ms),
                    db_i(r->rows),       db_i(r->accepted),     db_i(r->refused),
                    db_i(r->warnings),   db_i(r->facts),        db_s(report_text(c->arena, d)),
                    db_s(r->source),     db_i(DRAFT_COMMITTED), db_s(w->act->actor),
                    db_s(w->act->reason)};
    bool ok = db_exec(db,
                      "UPDATE import_draft SET version = version + 1, state = $14, batch = $4, "
                      "seq = $5, committed_ms = $6, row_count = $7, accepted = $8, refused = $9, "
                      "warnings = $10, facts = $11, report = $12, source = $13, "
                      "committed_by = $15, reason = $16 "
                      "WHERE id = $1 AND version = $2 AND state = $3",
                      &changed, 16, args);
    return one_changed(c, ok, changed);
}

bool draft_commit(Db *db, const PackSet *pack, Draft *d, bool only_good, const Act *act) {
    Ctx *c = db_ctx(db);
    Work w = {.pack = pack, .d = d, .act = act, .only_good = only_good};
    ImportOptions o;
    ImportReport r;
    if (d->state != DRAFT_CHECKED)
        return FAIL(c, ERR_STATE, M_DRAFT_STATE, draft_state_text(d->state));
    if (!not_twice(db, d) || !draft_bytes(db, d, &w.bytes)) return false;
    if (!draft_options(c, pack, d, w.bytes, &o)) return false;
    o.act = *act;
    o.finish = finish;
    o.user = &w;
    return import_run(c, db, pack, &o, &r) && draft_get(db, d->id, d);
}

static bool reverse_in_tx(Db *db, void *user) {
    const Work *w = user;
    int64_t changed = 0;
    if (!batch_reverse(db, w->d->batch, w->act)) return false;
    DbVal args[] = {db_i(w->d->id),       db_i(w->d->version),      db_i(DRAFT_COMMITTED),
                    db_i(DRAFT_REVERSED), db_i(db_ctx(db)->now_ms), db_s(w->act->reason)};
    bool ok = db_exec(db,
                      "UPDATE import_draft SET version = version + 1, state = $4, "
                      "reversed_ms = $5, reason = $6 WHERE id = $1 AND version = $2 AND state = $3",
                      &changed, 6, args);
    return one_changed(db_ctx(db), ok, changed);
}

bool draft_reverse(Db *db, Draft *d, const Act *act) {
    Work w = {.d = d, .act = act};
    if (d->state != DRAFT_COMMITTED)
        return FAIL(db_ctx(db), ERR_STATE, M_DRAFT_STATE, draft_state_text(d->state));
    return tx_run(db, DB_WRITE, reverse_in_tx, &w) && draft_get(db, d->id, d);
}

static bool discard_in_tx(Db *db, void *user) {
    const Work *w = user;
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    DbVal args[] = {db_i(w->d->id), db_i(w->d->version), db_i(w->d->state), db_i(DRAFT_DISCARDED)};
    bool ok = db_exec(db,
                      "UPDATE import_draft SET version = version + 1, state = $4 "
                      "WHERE id = $1 AND version = $2 AND state = $3",
                      &changed, 4, args);
    return one_changed(c, ok, changed) &&
           EXEC(db,
                "DELETE FROM file_content WHERE sha256 = $1 AND NOT EXISTS (SELECT 1 FROM "
                "import_draft WHERE file_sha256 = $1 AND state <> $2)",
                db_s(w->d->sha256), db_i(DRAFT_DISCARDED)) &&
           journal_add(db, w->act, S("import.discard"), object_of(c->arena, w->d), w->d->sha256);
}

bool draft_discard(Db *db, Draft *d, const Act *act) {
    Work w = {.d = d, .act = act};
    return is_open(db_ctx(db), d) && tx_run(db, DB_WRITE, discard_in_tx, &w);
}
