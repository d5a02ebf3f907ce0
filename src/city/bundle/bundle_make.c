/* Collecting what a bundle holds. See bundle.h.
 *
 * The making is journalled and the journal sealed first; everything is then read in one
 * transaction, so that decisions, rules and journal fit together whatever is written meanwhile.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "city/bundle/bundle_inner.h"
#include "city/flow/case.h"

typedef struct Ids {
    int64_t *items;
    int n, cap;
} Ids;

typedef struct Making {
    Ctx *c;
    Db *db;
    const Register *reg;
    const BundleWish *wish;
    BundleWriter *w;
    BundleReport *report;
    Ids decisions;
    Ids cases;
    int64_t round;      /* 0: none */
    const SignKey *key; /* that signs it: its public half goes inside */
    Str path, part;     /* the file; what it is while it is written */
    bool ok;
    Map wanted; /* objects whose journal entries belong to the bundle */
    Ids entries;
    Str object; /* what the bundle is of */
} Making;

static void push(Making *m, Ids *ids, int64_t id) {
    GROW(m->c->arena, ids->items, ids->n, ids->cap);
    ids->items[ids->n++] = id;
}

static void want(Making *m, Str object) {
    map_put(&m->wanted, object, m);
}

static void take_ids(Making *m, Rows *r, Ids *ids) {
    while (r && row_next(r)) push(m, ids, row_i64(r, 0));
    if (r) rows_close(r);
}

/* --- what is wished for ------------------------------------------------------------------------
 */

static bool add_case_id(Making *m, int64_t id) {
    for (int i = 0; i < m->cases.n; i++)
        if (m->cases.items[i] == id) return true;
    push(m, &m->cases, id);
    want(m, str_printf(m->c->arena, "case:%lld", (long long)id));
    take_ids(m,
             Q(m->db,
               "SELECT DISTINCT decision FROM case_event WHERE case_file = $1 AND decision IS NOT "
               "NULL ORDER BY decision",
               db_i(id)),
             &m->decisions);
    return ctx_ok(m->c);
}

/* A case with all below it, and the decisions their acts were made by. */
static bool find_cases(Making *m, int64_t root) {
    int64_t *ids;
    int n;
    CaseFile k;
    if (!case_get(m->db, m->reg, root, &k) || !bundle_cases(m->db, root, &ids, &n)) return false;
    for (int i = 0; i < n; i++)
        if (!add_case_id(m, ids[i])) return false;
    return true;
}

/* A round: its case, those of its candidates, recommendations and objections, the decisions its
 * candidates entered with. */
static bool find_round(Making *m) {
    Ids roots = {0};
    int64_t id = m->round;
    if (Q_I64(m->db, 0, "SELECT count(*) FROM review_round WHERE id = $1", db_i(id)) == 0)
        return ctx_ok(m->c) && FAIL(m->c, ERR_MISSING, M_BUNDLE_NO_ROUND,
                                    str_printf(m->c->arena, "%lld", (long long)id));
    take_ids(m,
             Q(m->db,
               "SELECT case_file FROM review_round WHERE id = $1 AND case_file > 0 UNION "
               "SELECT case_file FROM review_candidate WHERE round = $1 AND case_file > 0 UNION "
               "SELECT case_file FROM recommendation WHERE round = $1 AND case_file > 0 UNION "
               "SELECT o.case_file FROM objection o JOIN public_notice n ON n.id = o.notice "
               "WHERE n.round = $1 AND o.case_file > 0 ORDER BY 1",
               db_i(id)),
             &roots);
    take_ids(m,
             Q(m->db,
               "SELECT DISTINCT decision FROM review_candidate WHERE round = $1 AND decision > 0 "
               "ORDER BY decision",
               db_i(id)),
             &m->decisions);
    for (int i = 0; i < roots.n; i++)
        if (!find_cases(m, roots.items[i])) return false;
    return ctx_ok(m->c);
}

static bool find(Making *m) {
    const BundleWish *w = m->wish;
    Arena *a = m->c->arena;
    if (w->subject) {
        m->object = str_printf(a, "subject:%lld", (long long)w->subject);
        take_ids(m,
                 Q(m->db,
                   "SELECT id FROM decision WHERE subject = $1 OR subject IN "
                   "(SELECT id FROM subject WHERE merged_into = $1) ORDER BY id",
                   db_i(w->subject)),
                 &m->decisions);
    } else if (w->rule.n) {
        m->object = str_cat(a, S("rule:"), w->rule);
        take_ids(m,
                 Q(m->db,
                   "SELECT id FROM decision WHERE rule = $1 AND ($2 = 0 OR as_of = $2) "
                   "ORDER BY id",
                   db_s(w->rule), db_i(w->as_of)),
                 &m->decisions);
    }
    m->round = w->round;
    if (w->kase) {
        m->object = str_printf(a, "case:%lld", (long long)w->kase);
        if (!find_cases(m, w->kase)) return false;
        m->round =
            Q_I64(m->db, 0, "SELECT id FROM review_round WHERE case_file = $1", db_i(w->kase));
    }
    if (w->round) m->object = str_printf(a, "round:%lld", (long long)w->round);
    if (m->round && !find_round(m)) return false;
    if (ctx_ok(m->c) && m->decisions.n == 0 && !m->cases.n && !m->round)
        return FAIL(m->c, ERR_MISSING, M_BUNDLE_NOTHING);
    return ctx_ok(m->c);
}

/* --- decisions ---------------------------------------------------------------------------------
 */

/* The highest grade of the facts a packet shows; a fact the dictionary no longer knows counts as
 * secret. */
static Grade packet_grade(Making *m, const Json *packet) {
    Grade g = GRADE_PUBLIC;
    const Json *facts = json_get(packet, S("facts"));
    for (const Json *f = facts ? facts->first : NULL; f; f = f->next) {
        const Indicator *i = pack_indicator(m->reg->pack, json_get_str(f, S("name")));
        Grade one = i ? i->grade : GRADE_SECRET;
        if (one > g) g = one;
    }
    return g;
}

static bool add_rule_set(Making *m, int64_t set) {
    Arena *a = m->c->arena;
    Str key = str_printf(a, "%lld", (long long)set);
    if (!set || bundle_has(m->w, "rule_set", key)) return true;
    Json *list = json_new(a, JSON_ARRAY);
    Rows *r = Q(m->db,
                "SELECT f.pack, f.path, f.sm3, k.bytes FROM rule_set_file f "
                "JOIN rule_content k ON k.sm3 = f.sm3 WHERE f.rule_set = $1 ORDER BY f.place",
                db_i(set));
    while (r && row_next(r)) {
        Json *o = json_push(list, json_new(a, JSON_OBJECT));
        Str sm3 = str_dup(a, row_str(r, 2)), path = str_dup(a, row_str(r, 1));
        json_set(o, S("pack"), json_string(a, str_dup(a, row_str(r, 0))));
        json_set(o, S("path"), json_string(a, path));
        json_set(o, S("sm3"), json_string(a, sm3));
        if (!bundle_add(m->w, "rule", sm3, path, S("text/plain"), GRADE_PUBLIC, row_str(r, 3)))
            break;
    }
    if (r) rows_close(r);
    want(m, str_printf(a, "rules:%lld", (long long)set));
    return ctx_ok(m->c) && bundle_add_json(m->w, "rule_set", key, key, GRADE_PUBLIC, list);
}

static bool add_decision(Making *m, int64_t id) {
    Arena *a = m->c->arena;
    KeptDecision k;
    PacketHead head;
    if (!decision_get(m->db, id, &k) || !packet_read(m->c, k.packet, &head)) return false;
    Str key = str_printf(a, "%lld", (long long)id);
    Str name = str_printf(a, "%.*s %.*s", STRF(k.rule), STRF(head.subject));
    want(m, str_cat(a, S("decision:"), key));
    int64_t set = head.rule_hash.n
                      ? Q_I64(m->db, 0, "SELECT rule_set FROM rule_version WHERE hash = $1",
                              db_s(head.rule_hash))
                      : m->reg->rule_set;
    Rows *r = Q(m->db,
                "SELECT DISTINCT b.id FROM decision_fact d JOIN batch b ON b.seq = d.seq "
                "WHERE d.decision = $1",
                db_i(id));
    while (r && row_next(r)) want(m, str_printf(a, "batch:%lld", (long long)row_i64(r, 0)));
    if (r) rows_close(r);
    m->report->decisions++;
    return bundle_add(m->w, "decision", key, name, S("application/json"),
                      packet_grade(m, head.root), k.packet) &&
           add_rule_set(m, set);
}

/* --- the journal part --------------------------------------------------------------------------
 */

static int by_number(const void *x, const void *y) {
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

static bool find_entries(Making *m) {
    for (int i = 0; i < m->wanted.n; i++)
        take_ids(m,
                 Q(m->db, "SELECT number FROM journal WHERE object = $1 AND number IS NOT NULL",
                   db_s(m->wanted.entries[i].key)),
                 &m->entries);
    if (m->entries.n) qsort(m->entries.items, (size_t)m->entries.n, sizeof(int64_t), by_number);
    return ctx_ok(m->c);
}

static bool add_entry(Making *m, const JournalEntry *e) {
    Arena *a = m->c->arena;
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("number"), json_int(a, e->number));
    json_set(o, S("at"), json_string(a, instant_text(a, e->at_ms)));
    json_set(o, S("at_ms"), json_int(a, e->at_ms));
    json_set(o, S("actor"), json_string(a, e->actor));
    json_set(o, S("action"), json_string(a, e->action));
    json_set(o, S("object"), json_string(a, e->object));
    json_set(o, S("reason"), json_string(a, e->reason));
    json_set(o, S("content_sm3"), json_string(a, e->content_sm3));
    json_set(o, S("sm3"), json_string(a, e->sm3));
    m->report->entries++;
    return bundle_add_json(m->w, "journal", str_printf(a, "%lld", (long long)e->number), e->object,
                           GRADE_INTERNAL, o);
}

/* Links of a run of entries that are not shown: "from-to", the hex of each. */
static bool add_links(Making *m, int64_t from, int64_t to, Str links) {
    if (links.n == 0) return true;
    Str key = str_printf(m->c->arena, "%lld-%lld", (long long)from, (long long)to);
    return bundle_add(m->w, "links", key, key, S("text/plain"), GRADE_PUBLIC, links);
}

/* Entries from the first to the last that matter: those in full, of the rest the links. */
static bool add_journal(Making *m, int64_t from, int64_t to) {
    Arena *kept = arena_child(m->c->arena, 0), *a = m->c->arena;
    Buf links = buf_new(kept, BUNDLE_MAX);
    int64_t run = from, at = from - 1;
    int next = 0;
    Rows *r = Q(m->db,
                "SELECT id, number, at_ms, actor, action, object, reason, content_sm3, sm3 "
                "FROM journal WHERE number >= $1 AND number <= $2 ORDER BY number",
                db_i(from), db_i(to));
    bool ok = r != NULL;
    while (ok && row_next(r)) {
        ArenaMark mark = arena_mark(a);
        JournalEntry e = {.number = row_i64(r, 1),
                          .at_ms = row_i64(r, 2),
                          .actor = row_str(r, 3),
                          .action = row_str(r, 4),
                          .object = row_str(r, 5),
                          .reason = row_str(r, 6),
                          .content_sm3 = row_str(r, 7),
                          .sm3 = row_str(r, 8)};
        at = e.number;
        while (next < m->entries.n && m->entries.items[next] < at) next++;
        bool mine = next < m->entries.n && m->entries.items[next] == at;
        if (mine || m->wish->whole_journal) {
            ok = add_links(m, run, at - 1, buf_str(&links)) && add_entry(m, &e);
            links.n = 0;
            run = at + 1;
        } else {
            buf_put(&links, e.sm3);
        }
        if (ok) arena_rewind(a, mark);
    }
    if (r) rows_close(r);
    ok = ok && add_links(m, run, at, buf_str(&links));
    arena_close(kept);
    return ok;
}

static Str link_at(Making *m, int64_t number) {
    Str s = S("");
    Rows *r = Q(m->db, "SELECT sm3 FROM journal WHERE number = $1", db_i(number));
    if (r && row_next(r)) s = str_dup(m->c->arena, row_str(r, 0));
    if (r) rows_close(r);
    return s;
}

static bool add_part(Making *m) {
    Arena *a = m->c->arena;
    if (!find_entries(m)) return false;
    int64_t to = Q_I64(m->db, 0, "SELECT max(number) FROM journal");
    int64_t from = m->entries.n ? m->entries.items[0] : to;
    return add_journal(m, from, to) &&
           bundle_note(m->w, "journal_from", str_printf(a, "%lld", (long long)from)) &&
           bundle_note(m->w, "journal_to", str_printf(a, "%lld", (long long)to)) &&
           bundle_note(m->w, "journal_before", link_at(m, from - 1)) &&
           bundle_note(m->w, "journal_head", link_at(m, to));
}

/* --- all of it ---------------------------------------------------------------------------------
 */

/* The certificate of the key: what somebody compares with what the office published. */
static bool add_key(Making *m) {
    Arena *a = m->c->arena;
    Str der = sign_public(a, m->key), sm3 = hash_hex(a, HASH_SM3, der);
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("algorithm"), json_string(a, SIGN_ALGORITHM));
    json_set(o, S("fingerprint"), json_string(a, sm3));
    json_set(o, S("public_key"), json_string(a, sign_public_pem(a, der)));
    return bundle_add_json(m->w, "key", sm3, sm3, GRADE_PUBLIC, o);
}

static bool collect(Making *m) {
    Arena *a = m->c->arena;
    const PackSet *p = m->reg->pack;
    for (int i = 0; i < m->decisions.n; i++)
        if (!bundle_has(m->w, "decision",
                        str_printf(a, "%lld", (long long)m->decisions.items[i])) &&
            !add_decision(m, m->decisions.items[i]))
            return false;
    for (int i = 0; i < m->cases.n; i++)
        if (!bundle_add_case(m->db, m->reg, m->w, m->cases.items[i], m->wish->names, m->report))
            return false;
    if (m->round && !bundle_add_round(m->db, m->w, m->round, m->wish->names, &m->wanted))
        return false;
    return add_key(m) && add_part(m) && bundle_note(m->w, "object", m->object) &&
           bundle_note(m->w, "made_at", instant_text(a, m->c->now_ms)) &&
           bundle_note(m->w, "made_by", m->wish->act.actor) &&
           bundle_note(m->w, "reason", m->wish->act.reason) &&
           bundle_note(m->w, "pack", p->packs[p->npacks - 1].id) &&
           bundle_note(m->w, "title", p->packs[p->npacks - 1].title_zh) &&
           bundle_note(m->w, "decisions", str_printf(a, "%lld", (long long)m->report->decisions));
}

static bool journal_first(Db *db, void *user) {
    Making *m = user;
    Buf b = buf_new(m->c->arena, 0);
    for (int i = 0; i < m->decisions.n; i++)
        buf_printf(&b, "decision:%lld\n", (long long)m->decisions.items[i]);
    return journal_add(db, &m->wish->act, S("bundle.make"), m->object, buf_str(&b));
}

static bool seal_all(Db *db) {
    int64_t sealed = 1;
    while (sealed)
        if (!journal_seal(db, 0, &sealed)) return false;
    return true;
}

static bool write_image(Making *m, Str path) {
    m->w = bundle_writer_open(m->c, path);
    if (!m->w) return false;
    bool ok = tx_begin(m->db, DB_READ) && collect(m);
    m->report->items = bundle_items(m->w);
    m->report->grade = bundle_grade(m->w);
    ok = bundle_writer_close(m->w, ok) && ok;
    m->w = NULL;
    return ok && tx_commit(m->db);
}

static bool make(Making *m) {
    Str image, sealed;
    if (!find(m) || !tx_run(m->db, DB_WRITE, journal_first, m) || !seal_all(m->db)) return false;
    want(m, m->object);
    unlink(str_z(m->c->arena, m->part));
    bool ok = write_image(m, m->part) && file_read(m->c, m->part, BUNDLE_MAX, &image) &&
              bundle_seal(m->c, image, m->key, &sealed) && file_write(m->c, m->path, sealed);
    if (!ok) return false;
    m->report->bytes = sealed.n;
    m->report->sm3 = hash_hex(m->c->arena, HASH_SM3, sealed);
    return true;
}

static void run(void *user) {
    Making *m = user;
    m->ok = make(m);
}

bool bundle_make(Ctx *c, const Register *r, const BundleWish *w, const SignKey *key, Str path,
                 BundleReport *out) {
    *out = (BundleReport){0};
    Making m = {.c = c,
                .reg = r,
                .wish = w,
                .key = key,
                .path = path,
                .part = str_cat(c->arena, path, S(".part")),
                .report = out,
                .wanted = map_new(c->arena)};
    m.db = db_borrow(c, r->store);
    if (!m.db) return false;
    if (!arena_guard(c->arena, run, &m)) {
        m.ok = FAIL(c, ERR_LIMIT, M_LIMIT_MEMORY);
        if (m.w) bundle_writer_close(m.w, false);
    }
    unlink(str_z(c->arena, m.part));
    db_return(m.db);
    return m.ok && ctx_ok(c);
}
