/* Opening a register, its rule sets, its kept decisions. See register.h. */
#include "city/register.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/date.h"
#include "base/hash.h"
#include "base/life.h"
#include "base/log.h"
#include "base/secret.h"
#include "city/bundle/replay.h"
#include "city/library/discover.h"
#include "city/memo.h"
#include "city/revision.h"
#include "city/snapshot.h"
#include "city/tables.h"
#include "store/counter.h"

/* --- rule sets ---------------------------------------------------------------------------------
 */

static bool save_file(Db *db, int64_t set, int place, const PackFile *f) {
    Str sm3 = hash_hex(db_ctx(db)->arena, HASH_SM3, f->bytes);
    return EXEC(db, "INSERT INTO rule_content(sm3, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                db_s(sm3), db_b(f->bytes)) &&
           EXEC(db,
                "INSERT INTO rule_set_file(rule_set, place, pack, path, sm3) "
                "VALUES ($1, $2, $3, $4, $5)",
                db_i(set), db_i(place), db_s(f->pack), db_s(f->path), db_s(sm3));
}

static bool save_versions(Db *db, int64_t set, const PackSet *p) {
    for (int i = 0; i < p->nrules; i++)
        for (int k = 0; k < p->rules[i]->nversions; k++) {
            const RuleVersion *v = &p->rules[i]->versions[k];
            if (!EXEC(db,
                      "INSERT INTO rule_version(hash, rule_set, rule, version) "
                      "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                      db_s(v->hash), db_i(set), db_s(p->rules[i]->id), db_s(v->id)))
                return false;
        }
    return true;
}

bool rules_save(Db *db, const PackSet *p, const Act *act, bool *changed) {
    Ctx *c = db_ctx(db);
    if (!EXEC(db, "UPDATE counter SET next = next WHERE name = 'rule_set'")) return false;
    int64_t last = Q_I64(db, 0, "SELECT max(id) FROM rule_set");
    *changed = true;
    if (!ctx_ok(c)) return false;
    if (last && Q_I64(db, 0, "SELECT count(*) FROM rule_set WHERE id = $1 AND hash = $2",
                      db_i(last), db_s(p->hash)) == 1) {
        *changed = false;
        return true;
    }
    int64_t id = counter_take(db, S("rule_set"), 1);
    if (!id || !EXEC(db, "INSERT INTO rule_set(id, hash, loaded_ms, actor) VALUES ($1, $2, $3, $4)",
                     db_i(id), db_s(p->hash), db_i(c->now_ms), db_s(act->actor)))
        return false;
    for (int i = 0; i < p->nfiles; i++)
        if (!save_file(db, id, i, &p->files[i])) return false;
    return save_versions(db, id, p) &&
           journal_add(db, act, S("rules.load"), str_printf(c->arena, "rules:%lld", (long long)id),
                       p->hash);
}

static int64_t set_of(Db *db, Str version_hash) {
    if (version_hash.n == 0) return Q_I64(db, 0, "SELECT max(id) FROM rule_set");
    return Q_I64(db, 0, "SELECT rule_set FROM rule_version WHERE hash = $1", db_s(version_hash));
}

bool rules_load(Db *db, Str version_hash, PackFile **files, int *n) {
    Ctx *c = db_ctx(db);
    int64_t set = set_of(db, version_hash);
    int cap = 0;
    *files = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT f.pack, f.path, k.bytes FROM rule_set_file f "
                "JOIN rule_content k ON k.sm3 = f.sm3 WHERE f.rule_set = $1 ORDER BY f.place",
                db_i(set));
    while (r && row_next(r)) {
        GROW(c->arena, *files, *n, cap);
        (*files)[(*n)++] = (PackFile){.pack = str_dup(c->arena, row_str(r, 0)),
                                      .path = str_dup(c->arena, row_str(r, 1)),
                                      .bytes = str_dup(c->arena, row_str(r, 2))};
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

/* --- opening -----------------------------------------------------------------------------------
 */

struct RegisterTurn {
    pthread_mutex_t lock;    /* guards current and the counts of users */
    pthread_mutex_t loading; /* one loads, the others wait for it */
    Register *first, *current;
};

static bool open_rules(Ctx *c, Register *r) {
    PackFile *files = NULL;
    int n = 0;
    Ctx inner = ctx_new(r->arena, c->now_ms);
    inner.lang = c->lang;
    Db *db = db_borrow(&inner, r->store);
    bool ok = db && rules_load(db, S(""), &files, &n);
    if (ok) r->rule_set = Q_I64(db, 0, "SELECT max(id) FROM rule_set");
    if (db) db_return(db);
    if (ok && n == 0) ok = FAIL(&inner, ERR_STATE, M_REGISTER_EMPTY);
    if (ok) r->pack = pack_parse(&inner, files, n);
    if (r->pack && codelists_read(&inner, r->pack, &r->codes))
        r->book = rulebook_open(&inner, r->pack);
    ctx_adopt(c, &inner);
    return r->book != NULL;
}

static Register *register_new(Store *store) {
    Arena *a = arena_open(0);
    Register *r = NEW(a, Register);
    r->arena = a;
    r->store = store;
    r->snapshots = snapshot_cache_open();
    r->discoveries = discover_cache_open();
    r->memo = memo_open();
    return r;
}

/* All but the store. */
static void register_free(Register *r) {
    memo_close(r->memo);
    discover_cache_close(r->discoveries);
    snapshot_cache_close(r->snapshots);
    rulebook_close(r->book);
    pack_close(r->pack);
    arena_close(r->arena);
}

static Str setting(Arena *a, const char *name) {
    const char *value = getenv(name);
    return value ? str_dup(a, str_from(value)) : S("");
}

Register *register_open(Ctx *c, Str url, int pool_size) {
    Register *r = register_new(store_open(c, url, false, pool_size));
    r->turn = NEW(r->arena, struct RegisterTurn);
    r->turn->first = r->turn->current = r;
    r->process = str_printf(r->arena, "%.*s/%.*s", STRF(life_name(c->arena)),
                            STRF(secret_token(c->arena, 9)));
    r->key_path = setting(r->arena, "JIXIA_KEY");
    r->public_url = setting(r->arena, "JIXIA_PUBLIC_URL");
    pthread_mutex_init(&r->turn->lock, NULL);
    pthread_mutex_init(&r->turn->loading, NULL);
    if (r->store && store_migrate(c, r->store) && open_rules(c, r)) return r;
    register_close(r);
    return NULL;
}

void register_close(Register *r) {
    if (!r) return;
    Store *store = r->store;
    if (r->turn->current != r) register_free(r->turn->current);
    pthread_mutex_destroy(&r->turn->lock);
    pthread_mutex_destroy(&r->turn->loading);
    register_free(r);
    store_close(store);
}

static Register *register_now(struct RegisterTurn *t) {
    pthread_mutex_lock(&t->lock);
    Register *r = t->current;
    r->users++;
    pthread_mutex_unlock(&t->lock);
    return r;
}

/* A successor with the newest set; NULL when it cannot be loaded. */
static Register *register_next(const Register *r) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, 0);
    Register *next = register_new(r->store);
    next->turn = r->turn;
    next->process = r->turn->first->process;
    next->key_path = r->turn->first->key_path;
    next->public_url = r->turn->first->public_url;
    if (!open_rules(&c, next)) {
        LOG(LOG_ERROR, "rules", {"text", note_text(a, &c.err.note, LANG_EN)},
            {"place", c.err.note.place});
        register_free(next);
        next = NULL;
    }
    arena_close(a);
    return next;
}

/* The opened register stays until it is closed: its arena holds the turn. */
static void take_turn(struct RegisterTurn *t, Register *next) {
    pthread_mutex_lock(&t->lock);
    Register *old = t->current;
    t->current = next;
    bool idle = old->users == 0 && old != t->first;
    pthread_mutex_unlock(&t->lock);
    if (idle) register_free(old);
}

const Register *register_enter(Db *db, const Register *r) {
    struct RegisterTurn *t = r->turn;
    Register *now = register_now(t);
    int64_t newest = Q_I64(db, 0, "SELECT max(id) FROM rule_set");
    if (newest <= now->rule_set) return now;
    register_leave(now);
    pthread_mutex_lock(&t->loading);
    now = register_now(t);
    Register *next = newest > now->rule_set ? register_next(now) : NULL;
    if (next) {
        register_leave(now);
        take_turn(t, next);
        now = register_now(t);
    }
    pthread_mutex_unlock(&t->loading);
    return now;
}

void register_leave(const Register *r) {
    struct RegisterTurn *t = r->turn;
    Register *mine = (Register *)(uintptr_t)r;
    pthread_mutex_lock(&t->lock);
    bool last = --mine->users == 0 && mine != t->current && mine != t->first;
    pthread_mutex_unlock(&t->lock);
    if (last) register_free(mine);
}

/* --- init --------------------------------------------------------------------------------------
 */

typedef struct InitWork {
    const PackSet *pack;
    const Act *act;
    InitReport *report;
} InitWork;

/* The folder's files with the revisions released in this store that it lacks. */
static bool save_rules(Db *db, InitWork *w) {
    Ctx *c = db_ctx(db);
    PackFile *files = w->pack->files;
    int n = w->pack->nfiles;
    if (!revisions_carry(db, &files, &n)) return false;
    if (n == w->pack->nfiles) return rules_save(db, w->pack, w->act, &w->report->new_rules);
    PackSet *p = pack_parse_within(c, files, n);
    Rulebook *b = p ? rulebook_open_within(c, p) : NULL;
    bool ok = b && rules_save(db, p, w->act, &w->report->new_rules);
    rulebook_close(b);
    pack_close(p);
    return ok;
}

static bool init_write(Db *db, void *user) {
    InitWork *w = user;
    TablesReport tables;
    if (!save_rules(db, w)) return false;
    if (!tables_load(db, w->pack, w->act, &tables)) return false;
    w->report->subjects = tables.subjects;
    w->report->facts = tables.facts;
    w->report->suspect = tables.suspect;
    w->report->tables = tables.tables;
    return true;
}

static bool init_store(Ctx *c, Str url, const PackSet *p, const Act *act, InitReport *out) {
    Store *s = store_open(c, url, true, 2);
    InitWork w = {.pack = p, .act = act, .report = out};
    Db *db = s && store_migrate(c, s) ? db_borrow(c, s) : NULL;
    bool ok = db && tx_run(db, DB_WRITE, init_write, &w) && journal_seal(db, INT32_MAX, NULL);
    if (db) db_return(db);
    if (s) store_close(s);
    return ok;
}

bool register_init(Ctx *c, Str url, Str pack_folder, const Act *act, InitReport *out) {
    PackFile *files;
    int n;
    if (!pack_read(c, pack_folder, &files, &n)) return false;
    PackSet *p = pack_parse_within(c, files, n);
    Rulebook *b = p ? rulebook_open_within(c, p) : NULL;
    bool ok = false;
    if (b) {
        *out = (InitReport){.packs = p->npacks,
                            .rules = p->nrules,
                            .indicators = p->nindicators,
                            .documents = p->ndocuments};
        ok = init_store(c, url, p, act, out);
    }
    rulebook_close(b);
    pack_close(p);
    return ok;
}

/* --- facts -------------------------------------------------------------------------------------
 */

bool register_facts(Db *db, const FactNames *names, int64_t subject, const FactAt *at,
                    FactSet *out) {
    Ctx *c = db_ctx(db);
    FactView view;
    Subject who;
    FactRank rank = fact_names_rank(names);
    if (!subject_get(db, subject, &who) || !fact_read(db, subject, at, &rank, &view)) return false;
    *out = factset_from_view(c->arena, names, &view, &who, at);
    return true;
}

/* --- decisions ---------------------------------------------------------------------------------
 */

static bool keep_facts(Db *db, int64_t id, const Decision *d) {
    for (int i = 0; i < d->nfacts; i++) {
        const FactUse *f = d->facts[i];
        if (!EXEC(db,
                  "INSERT INTO decision_fact(decision, indicator, year, seq) "
                  "VALUES ($1, $2, $3, $4)",
                  db_i(id), db_s(f->indicator->code), db_i(f->year), db_i(f->seq)))
            return false;
    }
    return true;
}

int64_t decision_keep(Db *db, int64_t subject, const Decision *d, const FactSet *facts,
                      const Act *act) {
    Ctx *c = db_ctx(db);
    Str packet = packet_bytes(c->arena, d, facts);
    int64_t id = Q_I64(db, 0,
                       "INSERT INTO counter(name, next) VALUES ('decision', 2) ON CONFLICT (name) "
                       "DO UPDATE SET next = counter.next + 1 RETURNING next") -
                 1;
    if (!ctx_ok(c)) return 0;
    bool ok =
        EXEC(db,
             "INSERT INTO decision(id, subject, rule, version, as_of, as_known_ms, seq, "
             "outcome, packet, made_ms, actor) "
             "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
             db_i(id), db_i(subject), db_s(d->rule->id), db_s(d->version ? d->version->id : S("")),
             db_i(date_to_int(d->as_of)), db_i(d->as_known_ms), db_i(d->seq),
             db_s(outcome_text(d->outcome)), db_s(packet), db_i(c->now_ms), db_s(act->actor));
    ok = ok && keep_facts(db, id, d) &&
         journal_add(db, act, S("decision.keep"),
                     str_printf(c->arena, "decision:%lld", (long long)id), packet);
    return ok ? id : 0;
}

bool decision_get(Db *db, int64_t id, KeptDecision *out) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db,
                "SELECT subject, as_known_ms, seq, made_ms, as_of, rule, version, outcome, packet, "
                "actor FROM decision WHERE id = $1",
                db_i(id));
    if (!r) return false;
    bool found = row_next(r);
    if (found)
        *out = (KeptDecision){.id = id,
                              .subject = row_i64(r, 0),
                              .as_known_ms = row_i64(r, 1),
                              .seq = row_i64(r, 2),
                              .made_ms = row_i64(r, 3),
                              .as_of = (int32_t)row_i64(r, 4),
                              .rule = str_dup(c->arena, row_str(r, 5)),
                              .version = str_dup(c->arena, row_str(r, 6)),
                              .outcome = str_dup(c->arena, row_str(r, 7)),
                              .packet = str_dup(c->arena, row_str(r, 8)),
                              .actor = str_dup(c->arena, row_str(r, 9))};
    rows_close(r);
    if (!found && ctx_ok(c))
        FAIL(c, ERR_MISSING, M_DECISION_UNKNOWN, str_printf(c->arena, "%lld", (long long)id));
    return found;
}

bool register_replay(Ctx *c, Db *db, const Register *r, Str packet, PacketDiff *diff) {
    Replayer *p = replayer_open(c, r, false);
    bool ok = p && replayer_run(p, db, packet, diff);
    replayer_close(p);
    return ok;
}
