/* Watches and what they saw. See watch.h. */
#include "city/library/watch.h"

#include "base/date.h"
#include "city/bundle/notify.h"
#include "store/counter.h"

static Str number(Arena *a, int64_t n) {
    return str_printf(a, "%lld", (long long)n);
}

/* --- what is watched ----------------------------------------------------------------------------
 */

int64_t watch_add(Db *db, const Register *reg, int64_t user, int64_t subject, Str rule, Str note,
                  const Act *act) {
    Ctx *c = db_ctx(db);
    const Rule *k = map_get(&reg->pack->by_rule, rule);
    int64_t root = subject_root(db, subject);
    if (!root || !k || !str_eq(k->subject, S("enterprise"))) {
        if (ctx_ok(c) && !root) FAIL(c, ERR_MISSING, M_CITY_NO_SUBJECT, number(c->arena, subject));
        if (ctx_ok(c)) FAIL_AT(c, ERR_RULE, S("/rule"), M_RULE_UNKNOWN, rule);
        return 0;
    }
    int64_t have = Q_I64(db, 0,
                         "SELECT min(id) FROM watch WHERE app_user = $1 AND subject = $2 AND "
                         "rule = $3 AND ended_ms IS NULL",
                         db_i(user), db_i(root), db_s(k->id));
    if (have || !ctx_ok(c)) return have;
    if (Q_I64(db, 0, "SELECT count(*) FROM watch WHERE app_user = $1 AND ended_ms IS NULL",
              db_i(user)) >= WATCH_MOST) {
        FAIL(c, ERR_LIMIT, M_WATCH_MANY, number(c->arena, WATCH_MOST));
        return 0;
    }
    int64_t id = counter_take(db, S("watch"), 1);
    bool ok =
        id &&
        EXEC(db,
             "INSERT INTO watch(id, app_user, subject, rule, note, since_ms, ended_ms) "
             "VALUES($1, $2, $3, $4, $5, $6, NULL)",
             db_i(id), db_i(user), db_i(root), db_s(k->id), db_s(note), db_i(c->now_ms)) &&
        journal_add(db, act, S("watch.add"), str_printf(c->arena, "watch:%lld", (long long)id),
                    str_printf(c->arena, "%lld\n%.*s", (long long)root, STRF(k->id)));
    return ok ? id : 0;
}

bool watch_end(Db *db, int64_t user, int64_t id, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    bool ok = db_exec(
        db, "UPDATE watch SET ended_ms = $3 WHERE id = $1 AND app_user = $2 AND ended_ms IS NULL",
        &changed, 3, (DbVal[]){db_i(id), db_i(user), db_i(c->now_ms)});
    if (ok && changed != 1) return FAIL(c, ERR_MISSING, M_WATCH_NONE, number(c->arena, id));
    return ok && journal_add(db, act, S("watch.end"),
                             str_printf(c->arena, "watch:%lld", (long long)id), S(""));
}

bool watch_list(Db *db, int64_t user, Watch **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r =
        Q(db,
          "SELECT w.id, w.app_user, w.subject, w.since_ms, w.rule, w.note, s.outcome, s.at_ms "
          "FROM watch w LEFT JOIN watch_seen s ON s.subject = w.subject AND s.rule = w.rule "
          "WHERE w.app_user = $1 AND w.ended_ms IS NULL ORDER BY w.id DESC",
          db_i(user));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = (Watch){.id = row_i64(r, 0),
                                 .user = row_i64(r, 1),
                                 .subject = row_i64(r, 2),
                                 .since_ms = row_i64(r, 3),
                                 .rule = str_dup(c->arena, row_str(r, 4)),
                                 .note = str_dup(c->arena, row_str(r, 5)),
                                 .outcome = str_dup(c->arena, row_str(r, 6)),
                                 .seen_ms = row_i64(r, 7)};
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

bool watch_events(Db *db, int64_t user, int most, WatchEvent **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db,
                "SELECT DISTINCT e.id, e.subject, e.at_ms, e.seq, e.seq_before, e.rule, "
                "e.condition, e.was, e.now, e.day FROM watch_event e JOIN watch w "
                "ON w.subject = e.subject AND w.rule = e.rule WHERE w.app_user = $1 "
                "AND w.since_ms <= e.at_ms AND (w.ended_ms IS NULL OR w.ended_ms > e.at_ms) "
                "ORDER BY e.id DESC LIMIT $2",
                db_i(user), db_i(most));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = (WatchEvent){.id = row_i64(r, 0),
                                      .subject = row_i64(r, 1),
                                      .at_ms = row_i64(r, 2),
                                      .seq = row_i64(r, 3),
                                      .seq_before = row_i64(r, 4),
                                      .rule = str_dup(c->arena, row_str(r, 5)),
                                      .condition = str_dup(c->arena, row_str(r, 6)),
                                      .was = str_dup(c->arena, row_str(r, 7)),
                                      .now = str_dup(c->arena, row_str(r, 8)),
                                      .day = (int32_t)row_i64(r, 9)};
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

/* --- looking ------------------------------------------------------------------------------------
 */

typedef struct Look {
    const Register *reg;
    const FactNames *names;
    const FactAt *at;
    int64_t subject; /* as watched */
    Str rule;
    int events;
} Look;

typedef struct Seen {
    bool there;
    Str outcome, conditions;
    int64_t seq;
} Seen;

static bool read_seen(Db *db, const Look *k, Seen *out) {
    Ctx *c = db_ctx(db);
    *out = (Seen){0};
    Rows *r =
        Q(db, "SELECT outcome, conditions, seq FROM watch_seen WHERE subject = $1 AND rule = $2",
          db_i(k->subject), db_s(k->rule));
    if (r && row_next(r))
        *out = (Seen){.there = true,
                      .outcome = str_dup(c->arena, row_str(r, 0)),
                      .conditions = str_dup(c->arena, row_str(r, 1)),
                      .seq = row_i64(r, 2)};
    if (r) rows_close(r);
    return ctx_ok(c);
}

static Json *conditions_of(Arena *a, const Decision *d) {
    Json *o = json_new(a, JSON_OBJECT);
    for (int i = 0; i < d->nconditions; i++)
        json_set(o, d->conditions[i].condition->decision,
                 json_string(a, outcome_text(d->conditions[i].outcome)));
    return o;
}

static bool tell(Db *db, const Look *k, const Rule *rule, Str was, Str now) {
    Ctx *c = db_ctx(db);
    Subject who;
    int64_t *users = NULL;
    int n = 0, cap = 0;
    if (!subject_get(db, k->subject, &who)) return false;
    Rows *r = Q(db,
                "SELECT DISTINCT app_user FROM watch WHERE subject = $1 AND rule = $2 AND "
                "ended_ms IS NULL ORDER BY app_user",
                db_i(k->subject), db_s(k->rule));
    while (r && row_next(r)) {
        GROW(c->arena, users, n, cap);
        users[n++] = row_i64(r, 0);
    }
    if (r) rows_close(r);
    for (int i = 0; i < n; i++) {
        Notify note = {.to = {.user = users[i]},
                       .why = NOTIFY_FOLLOWS,
                       .what = M_WATCH_CROSSED,
                       .args = {who.name, rule->title_zh, was, now},
                       .nargs = 4,
                       .object = str_printf(c->arena, "enterprise:%lld", (long long)who.id),
                       .link = str_printf(c->arena, "/enterprises/%lld", (long long)who.id),
                       .actor = S("system:watch")};
        if (!notify(db, &note)) return false;
    }
    return ctx_ok(c);
}

static bool record(Db *db, Look *k, const Seen *before, Str condition, Str was, Str now) {
    k->events++;
    return EXEC(db,
                "INSERT INTO watch_event(subject, rule, condition, was, now, seq_before, seq, day, "
                "at_ms) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                db_i(k->subject), db_s(k->rule), db_s(condition), db_s(was), db_s(now),
                db_i(before->seq), db_i(k->at->seq), db_i(k->at->as_of), db_i(db_ctx(db)->now_ms));
}

/* Conditions that both looks know; a rule that changed has others, which is no crossing. */
static bool compare(Db *db, Look *k, const Rule *rule, const Seen *before, Str outcome,
                    const Json *now) {
    Ctx *c = db_ctx(db);
    const Json *was = json_parse(c, before->conditions, S("watch_seen"));
    if (!was) return false;
    if (!str_eq(before->outcome, outcome) &&
        (!record(db, k, before, S(""), before->outcome, outcome) ||
         !tell(db, k, rule, before->outcome, outcome)))
        return false;
    for (const Json *e = now->first; e; e = e->next) {
        Str old = json_get_str(was, e->key);
        if (!old.n || str_eq(old, e->text)) continue;
        if (!record(db, k, before, e->key, old, e->text)) return false;
    }
    return true;
}

static bool look_in_tx(Db *db, void *user) {
    Look *k = user;
    Ctx *c = db_ctx(db);
    const Rule *rule = map_get(&k->reg->pack->by_rule, k->rule);
    DecideOptions o = {.as_known_ms = k->at->as_known, .seq = k->at->seq};
    FactSet set;
    Seen before;
    k->events = 0;
    if (!rule) return true; /* no longer in the pack */
    if (!date_from_int(k->at->as_of, &o.as_of) || !read_seen(db, k, &before) ||
        !register_facts(db, k->names, subject_root(db, k->subject), k->at, &set))
        return false;
    Decision d = decide(c->arena, k->reg->book, rule, &set, &o);
    Json *now = conditions_of(c->arena, &d);
    Buf b = buf_new(c->arena, 0);
    json_canonical(&b, now);
    Str outcome = outcome_text(d.outcome), text = buf_str(&b);
    if (before.there && !compare(db, k, rule, &before, outcome, now)) return false;
    return EXEC(db,
                "INSERT INTO watch_seen(subject, rule, day, seq, outcome, conditions, at_ms) "
                "VALUES($1, $2, $3, $4, $5, $6, $7) ON CONFLICT(subject, rule) DO UPDATE SET "
                "day = $3, seq = $4, outcome = $5, conditions = $6, at_ms = $7",
                db_i(k->subject), db_s(k->rule), db_i(k->at->as_of), db_i(k->at->seq),
                db_s(outcome), db_s(text), db_i(c->now_ms));
}

bool watch_run(Db *db, const Register *reg, int32_t day, WatchRun *out) {
    Ctx *c = db_ctx(db);
    FactAt at = {.as_of = day};
    FactNames names;
    Look *all = NULL;
    int n = 0, cap = 0;
    *out = (WatchRun){0};
    if (!fact_at(db, &at) || !fact_names(db, reg->pack, &at, &names)) return false;
    Rows *r = Q(db, "SELECT DISTINCT subject, rule FROM watch WHERE ended_ms IS NULL "
                    "ORDER BY subject, rule");
    while (r && row_next(r)) {
        GROW(c->arena, all, n, cap);
        all[n++] = (Look){.reg = reg,
                          .names = &names,
                          .at = &at,
                          .subject = row_i64(r, 0),
                          .rule = str_dup(c->arena, row_str(r, 1))};
    }
    if (r) rows_close(r);
    for (int i = 0; i < n && ctx_ok(c); i++) {
        ArenaMark m = arena_mark(c->arena);
        if (!tx_run(db, DB_WRITE, look_in_tx, &all[i])) return false;
        out->looked++;
        out->events += all[i].events;
        arena_rewind(c->arena, m);
    }
    return ctx_ok(c);
}

typedef struct Tick {
    Str mark;
} Tick;

static bool mark_in_tx(Db *db, void *user) {
    const Tick *k = user;
    return EXEC(db,
                "INSERT INTO setting(name, value) VALUES('watch_mark', $1) "
                "ON CONFLICT(name) DO UPDATE SET value = $1",
                db_s(k->mark));
}

bool watch_tick(Db *db, const Register *reg, int32_t day, WatchRun *out) {
    Ctx *c = db_ctx(db);
    int64_t seq = Q_I64(db, 0, "SELECT next FROM counter WHERE name = 'seq'");
    Tick k = {.mark = str_printf(c->arena, "%lld %d %lld", (long long)seq, day,
                                 (long long)reg->rule_set)};
    *out = (WatchRun){0};
    bool same =
        Q_I64(db, 0, "SELECT count(*) FROM setting WHERE name = 'watch_mark' AND value = $1",
              db_s(k.mark)) > 0;
    if (!ctx_ok(c) || same) return ctx_ok(c);
    return watch_run(db, reg, day, out) && tx_run(db, DB_WRITE, mark_in_tx, &k);
}
