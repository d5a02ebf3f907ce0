/* Checking and releasing revisions. See revision.h. The check builds what the release would make:
 * the whole rule set with the revision in it, compiled, and runs the rule's cases on it. */
#include "base/date.h"
#include "city/cases.h"
#include "city/revision.h"
#include "codec/yaml.h"

enum { CHINA_MS = 8 * 3600 * 1000, DAY_MS = 24 * 3600 * 1000 };

static int64_t china_day(int64_t ms) {
    return (ms + CHINA_MS) / DAY_MS;
}

/* --- findings -----------------------------------------------------------------------------------
 */

static void count(RevisionCheck *out) {
    out->errors = out->warnings = 0;
    for (const DmnFinding *f = out->findings; f; f = f->next) {
        out->errors += f->note->severity == 0;
        out->warnings += f->note->severity == 1;
    }
}

/* What ended the work, in front of the findings. */
static void add_failure(Ctx *own, RevisionCheck *out) {
    Note *n = NEW(own->arena, Note);
    DmnFinding *f = NEW(own->arena, DmnFinding);
    *n = own->err.note;
    n->severity = 0;
    n->next = NULL;
    *f = (DmnFinding){.note = n, .next = (DmnFinding *)(uintptr_t)out->findings};
    out->findings = f;
    count(out);
}

static void check_model(Ctx *own, const Revision *r, RevisionCheck *out) {
    DmnSource file = {.file = S("revision.dmn"), .bytes = r->dmn};
    DmnModel *m = dmn_load(own, &file, 1);
    if (m) out->findings = dmn_check(own, m, NULL);
    count(out);
    if (!m || !ctx_ok(own)) add_failure(own, out);
}

/* --- cases --------------------------------------------------------------------------------------
 */

static bool is_attached(const Json *own, Str name) {
    for (const Json *k = own ? own->first : NULL; k; k = k->next)
        if (str_eq(json_get_str(k, S("name")), name)) return true;
    return false;
}

static void run_cases(Ctx *own, const PackSet *p, const Rulebook *b, const Revision *r,
                      RevisionCheck *out) {
    Case *cases;
    int n;
    const Rule *rule = pack_rule(own, p, r->rule);
    if (!rule || !cases_read(own, p, rule, &cases, &n)) {
        add_failure(own, out);
        return;
    }
    const Json *attached = json_parse(own, r->cases, S("/cases"));
    out->cases = NEW_N(own->arena, RevisionCase, n + 1);
    for (int i = 0; i < n; i++) {
        Decision d = {0};
        Str why = case_check(own->arena, b, &cases[i], &d);
        Str version = d.version ? d.version->id : S("");
        out->cases[out->ncases++] =
            (RevisionCase){.name = cases[i].name,
                           .source = cases[i].source,
                           .version = version,
                           .expected = json_get_str(cases[i].expect, S("outcome")),
                           .why = why,
                           .as_of = cases[i].as_of,
                           .attached = is_attached(attached, cases[i].name)};
        out->failed += why.n > 0;
        out->by_new += str_eq(version, r->new_version);
    }
}

/* --- the set it makes ---------------------------------------------------------------------------
 */

typedef struct Build {
    PackSet *pack;
    Rulebook *book;
} Build;

static void build_close(Build *b) {
    rulebook_close(b->book);
    pack_close(b->pack);
    *b = (Build){0};
}

/* The version it was made from must be the one in force still. */
static bool same_base(Ctx *c, const PackFile *files, int n, const Revision *r) {
    PackSet *p = pack_parse_within(c, files, n);
    const Rule *rule = p ? pack_rule(c, p, r->rule) : NULL;
    bool same = false;
    for (int i = 0; rule && i < rule->nversions; i++)
        same |= str_eq(rule->versions[i].id, r->base_version) &&
                str_eq(rule->versions[i].hash, r->base_hash);
    pack_close(p);
    return same || FAIL(c, ERR_STATE, M_REVISION_BASE_CHANGED, r->base_version);
}

/* False: a failure in own. */
static bool build(Ctx *own, const PackFile *files, int n, const Revision *r, int64_t day,
                  Build *out) {
    PackFile *made;
    int count_made;
    if (!same_base(own, files, n, r) || !revision_apply(own, files, n, r, day, &made, &count_made))
        return false;
    out->pack = pack_parse_within(own, made, count_made);
    out->book = out->pack ? rulebook_open_within(own, out->pack) : NULL;
    return out->book != NULL;
}

/* Without a basis or a day nothing can be built: the model is checked as it is. */
static bool check_all(Db *db, const Revision *r, int64_t day, RevisionCheck *out, Build *made) {
    Ctx *c = db_ctx(db);
    PackFile *files;
    int n;
    Ctx own = ctx_new(c->arena, c->now_ms);
    own.lang = c->lang;
    *out = (RevisionCheck){0};
    check_model(&own, r, out);
    if (out->errors) return true;
    if (!rules_load(db, S(""), &files, &n)) return false;
    if (!build(&own, files, n, r, day, made))
        add_failure(&own, out);
    else
        run_cases(&own, made->pack, made->book, r, out);
    return true;
}

bool revision_check(Db *db, const Revision *r, int64_t day, RevisionCheck *out) {
    Build made = {0};
    bool ok = check_all(db, r, day, out, &made);
    /* texts of the cases lie in the arena of the set: copy what stays */
    Arena *a = db_ctx(db)->arena;
    for (int i = 0; i < out->ncases; i++) {
        RevisionCase *k = &out->cases[i];
        k->name = str_dup(a, k->name);
        k->source = str_dup(a, k->source);
        k->version = str_dup(a, k->version);
        k->expected = str_dup(a, k->expected);
        k->why = str_dup(a, k->why);
    }
    build_close(&made);
    return ok;
}

/* --- release ------------------------------------------------------------------------------------
 */

typedef struct Release {
    Revision *r;
    const Act *act;
    int64_t set; /* the newest rule set when `made` was built on it */
    Build made;
} Release;

/* Rule sets are made one after another: whoever makes one holds this row. */
static bool lock_rules(Db *db) {
    return EXEC(db, "UPDATE counter SET next = next WHERE name = 'revision'");
}

static bool may_release(Db *db, const Release *w, const Revision *now) {
    Ctx *c = db_ctx(db);
    if (now->state != REVISION_SUBMITTED)
        return FAIL(c, ERR_STATE, M_REVISION_STATE, revision_state_text(now->state));
    if (now->version != w->r->version) return FAIL(c, ERR_STALE, M_REVISION_STALE);
    if (revision_is_author(db, now->id, w->act->actor))
        return FAIL(c, ERR_DENIED, M_REVISION_TWO_PERSONS, w->act->actor);
    return ctx_ok(c);
}

static bool passes(Ctx *c, const RevisionCheck *k) {
    for (const DmnFinding *f = k->findings; f; f = f->next)
        if (f->note->severity == 0)
            return FAIL_AT(c, ERR_RULE, f->note->place, M_REVISION_ERRORS,
                           note_text(c->arena, f->note, c->lang));
    for (int i = 0; i < k->ncases; i++)
        if (k->cases[i].why.n)
            return FAIL(c, ERR_RULE, M_REVISION_CASE, k->cases[i].name, k->cases[i].why);
    return k->by_new > 0 || FAIL(c, ERR_RULE, M_REVISION_NO_CASE);
}

static bool mark_released(Db *db, const Release *w, int64_t set) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    DbVal args[] = {db_i(w->r->id),  db_i(w->r->version),  db_s(w->act->actor),
                    db_i(c->now_ms), db_s(w->act->reason), db_i(set)};
    bool ok = db_exec(db,
                      "UPDATE revision SET version = version + 1, state = 2, decided_by = $3, "
                      "decided_ms = $4, decided_reason = $5, rule_set = $6 "
                      "WHERE id = $1 AND version = $2 AND state = 1",
                      &changed, 6, args);
    if (ok && changed != 1) return FAIL(c, ERR_STALE, M_REVISION_STALE);
    return ok &&
           journal_add(db, w->act, S("revision.release"),
                       str_printf(c->arena, "revision:%lld", (long long)w->r->id), w->r->dmn_sm3);
}

/* The set with the revision in it, when all of it passes. */
static bool prepare(Db *db, Release *w, const Revision *now) {
    Ctx *c = db_ctx(db);
    RevisionCheck check;
    build_close(&w->made);
    w->set = Q_I64(db, 0, "SELECT max(id) FROM rule_set");
    return ctx_ok(c) && check_all(db, now, china_day(c->now_ms), &check, &w->made) &&
           passes(c, &check);
}

/* What was prepared holds as long as the revision (its version) and the rules are the same. */
static bool release_in_tx(Db *db, void *user) {
    Release *w = user;
    Revision now;
    bool changed = false;
    if (!lock_rules(db) || !revision_get(db, w->r->id, &now) || !may_release(db, w, &now))
        return false;
    if (Q_I64(db, 0, "SELECT max(id) FROM rule_set") != w->set && !prepare(db, w, &now))
        return false;
    return rules_save(db, w->made.pack, w->act, &changed) &&
           mark_released(db, w, Q_I64(db, 0, "SELECT max(id) FROM rule_set"));
}

/* Compiling and checking take a while: they come before the transaction that keeps others from
 * writing. */
bool revision_release(Db *db, Revision *r, const Act *act) {
    Release w = {.r = r, .act = act};
    Revision now;
    bool ok = revision_get(db, r->id, &now) && may_release(db, &w, &now) && prepare(db, &w, &now) &&
              tx_run(db, DB_WRITE, release_in_tx, &w);
    build_close(&w.made);
    return ok && revision_get(db, r->id, r);
}

/* --- init ---------------------------------------------------------------------------------------
 */

static bool has_version(Ctx *c, const PackFile *files, int n, const Revision *r) {
    ptrdiff_t slash = str_find(r->rule, S("/"));
    Str path =
        str_printf(c->arena, "rules/%.*s/rule.yaml", STRF(str_sub(r->rule, slash + 1, r->rule.n)));
    for (int i = 0; i < n; i++) {
        if (!str_eq(files[i].pack, str_sub(r->rule, 0, slash)) || !str_eq(files[i].path, path))
            continue;
        const Json *tree = yaml_parse(c, files[i].bytes, path);
        const Json *list = json_get(tree, S("versions"));
        for (const Json *e = list ? list->first : NULL; e; e = e->next)
            if (str_eq(json_get_str(e, S("id")), r->new_version)) return true;
    }
    return false;
}

bool revisions_carry(Db *db, PackFile **files, int *n) {
    Ctx *c = db_ctx(db);
    int64_t *ids = NULL;
    int count_ids = 0, cap = 0;
    if (!lock_rules(db)) return false;
    Rows *rows = Q(db, "SELECT id FROM revision WHERE state = 2 ORDER BY id");
    while (rows && row_next(rows)) {
        GROW(c->arena, ids, count_ids, cap);
        ids[count_ids++] = row_i64(rows, 0);
    }
    if (rows) rows_close(rows);
    for (int i = 0; i < count_ids && ctx_ok(c); i++) {
        Revision r;
        if (!revision_get(db, ids[i], &r)) return false;
        if (has_version(c, *files, *n, &r)) continue;
        if (!revision_apply(c, *files, *n, &r, china_day(r.decided_ms), files, n)) return false;
    }
    return ctx_ok(c);
}
