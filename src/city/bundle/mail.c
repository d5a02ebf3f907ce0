/* The queue of mail. See mail.h. */
#include "city/bundle/mail.h"

#include "base/hash.h"
#include "base/secret.h"
#include "codec/mail.h"

enum { SUBJECT_MAX = 400, ID_BYTES = 12, DAY_MS = 86400000, CHINA_MS = 8 * 3600000 };

static const Str STATES[] = {STR_INIT("waits"),  STR_INIT("held"),    STR_INIT("offered"),
                             STR_INIT("sent"),   STR_INIT("refused"), STR_INIT("given_up"),
                             STR_INIT("unclear")};
enum { STATE_COUNT = sizeof STATES / sizeof *STATES };

Str mail_state_text(MailState s) {
    return STATES[s];
}

int mail_state_find(Str text) {
    for (int i = 0; i < STATE_COUNT; i++)
        if (str_eq(STATES[i], text)) return i;
    return -1;
}

/* --- putting in --------------------------------------------------------------------------------
 */

/* What is sent and proved: subject, a line end, body. */
static Str content_sm3(Arena *a, const Mail *m) {
    return hash_hex(a, HASH_SM3, str_cat(a, str_cat(a, m->subject, S("\n")), m->body));
}

int64_t mail_queue(Db *db, const Mail *m) {
    Ctx *c = db_ctx(db);
    if (!mail_address_valid(m->address)) {
        FAIL(c, ERR_RULE, M_NOTIFY_EMAIL, m->address);
        return 0;
    }
    if (m->subject.n > SUBJECT_MAX || m->body.n > MAIL_BODY_MAX) {
        FAIL(c, ERR_LIMIT, M_MAIL_LONG);
        return 0;
    }
    int64_t day = m->day ? m->day : (c->now_ms + CHINA_MS) / DAY_MS;
    return Q_I64(db, 0,
                 "INSERT INTO mail(kind, app_user, day, address, subject, body, object, actor, "
                 "made_ms, next_ms, tries, state, message_id, content_sm3, answer, notification) "
                 "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 0, 0, '', $10, '', $11) "
                 "ON CONFLICT DO NOTHING RETURNING id",
                 db_s(m->kind), m->user ? db_i(m->user) : db_n(), db_i(day), db_s(m->address),
                 db_s(m->subject), db_s(m->body), db_s(m->object), db_s(m->actor), db_i(c->now_ms),
                 db_s(content_sm3(c->arena, m)), db_i(m->notification));
}

/* --- sending -----------------------------------------------------------------------------------
 */

typedef struct Turn {
    Str holder, domain, answer;
    Mail *out;
    int64_t id, again, unclear;
    MailState state;
} Turn;

static bool claim_in_tx(Db *db, void *user) {
    Turn *t = user;
    Ctx *c = db_ctx(db);
    int64_t changed = 0, now = c->now_ms;
    *t->out = (Mail){0};
    int64_t id = Q_I64(db, 0,
                       "SELECT id FROM mail WHERE state = 0 AND next_ms <= $1 "
                       "ORDER BY next_ms, id LIMIT 1",
                       db_i(now));
    if (!id) return ctx_ok(c);
    Str name = str_printf(c->arena, "<%lld.%.*s@%.*s>", (long long)id,
                          STRF(secret_token(c->arena, ID_BYTES)), STRF(t->domain));
    DbVal args[] = {db_i(id), db_s(t->holder), db_i(now + MAIL_HOLD_MS), db_s(name)};
    if (!db_exec(db,
                 "UPDATE mail SET state = 1, holder = $2, held_ms = $3, tries = tries + 1, "
                 "message_id = CASE WHEN message_id = '' THEN $4 ELSE message_id END "
                 "WHERE id = $1 AND state = 0",
                 &changed, 4, args))
        return false;
    return changed == 0 || mail_get(db, id, t->out);
}

bool mail_claim(Db *db, Str holder, Str domain, Mail *out) {
    Turn t = {.holder = holder, .domain = domain, .out = out};
    return tx_run(db, DB_WRITE, claim_in_tx, &t);
}

static bool offer_in_tx(Db *db, void *user) {
    const Turn *t = user;
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    DbVal args[] = {db_i(t->id), db_s(t->holder), db_i(c->now_ms), db_i(c->now_ms + MAIL_HOLD_MS)};
    return db_exec(db,
                   "UPDATE mail SET state = 2, held_ms = $4 WHERE id = $1 AND state = 1 "
                   "AND holder = $2 AND held_ms > $3",
                   &changed, 4, args) &&
           (changed == 1 || FAIL(c, ERR_STATE, M_MAIL_CLAIM));
}

bool mail_offer(Db *db, Str holder, int64_t id) {
    Turn t = {.holder = holder, .id = id};
    return tx_run(db, DB_WRITE, offer_in_tx, &t);
}

/* One, two, four … minutes, at most four hours. */
static int64_t pause_ms(int64_t tries) {
    int64_t minutes = tries < 1 ? 1 : tries > 8 ? 240 : (int64_t)1 << (tries - 1);
    return (minutes > 240 ? 240 : minutes) * 60000;
}

static bool add_try(Db *db, int64_t id, MailState state, Str answer) {
    return EXEC(db,
                "INSERT INTO mail_try(mail, place, at_ms, state, answer) VALUES($1, "
                "(SELECT 1 + count(*) FROM mail_try WHERE mail = $1), $2, $3, $4)",
                db_i(id), db_i(db_ctx(db)->now_ms), db_i(state), db_s(answer));
}

/* What became of a legal notice or a letter stands in the journal too. */
static bool tell_journal(Db *db, int64_t id, MailState state) {
    Arena *a = db_ctx(db)->arena;
    Mail m;
    if (!mail_get(db, id, &m)) return false;
    if (state == MAIL_WAITS || str_eq(m.kind, S("digest")) || str_eq(m.kind, S("test")))
        return true;
    Act act = {.actor = S("system:mail"), .reason = mail_state_text(state)};
    return journal_add(
        db, &act, str_cat(a, S("mail."), act.reason), str_printf(a, "mail:%lld", (long long)id),
        str_printf(a, "%.*s\n%.*s\n%.*s", STRF(m.message_id), STRF(m.content_sm3), STRF(m.answer)));
}

static bool done_in_tx(Db *db, void *user) {
    const Turn *t = user;
    Ctx *c = db_ctx(db);
    MailState state = t->state;
    int64_t changed = 0;
    int64_t tries = Q_I64(db, 0, "SELECT tries FROM mail WHERE id = $1", db_i(t->id));
    if (state == MAIL_WAITS && tries >= MAIL_TRIES) state = MAIL_GIVEN_UP;
    DbVal args[] = {db_i(t->id),     db_s(t->holder), db_i(state),
                    db_s(t->answer), db_i(c->now_ms), db_i(c->now_ms + pause_ms(tries))};
    if (!db_exec(db,
                 "UPDATE mail SET state = $3, answer = $4, answered_ms = $5, next_ms = $6, "
                 "holder = '', held_ms = 0 WHERE id = $1 AND holder = $2 AND state IN (1, 2)",
                 &changed, 6, args))
        return false;
    return changed == 0 || (add_try(db, t->id, state, t->answer) && tell_journal(db, t->id, state));
}

bool mail_done(Db *db, Str holder, int64_t id, MailState state, Str answer) {
    Turn t = {.holder = holder, .id = id, .state = state, .answer = answer};
    return tx_run(db, DB_WRITE, done_in_tx, &t);
}

static bool sweep_in_tx(Db *db, void *user) {
    Turn *t = user;
    DbVal args[] = {db_i(db_ctx(db)->now_ms)};
    t->again = t->unclear = 0;
    return EXEC(db,
                "INSERT INTO mail_try(mail, place, at_ms, state, answer) "
                "SELECT m.id, 1 + (SELECT count(*) FROM mail_try y WHERE y.mail = m.id), $1, "
                "CASE WHEN m.state = 1 THEN 0 ELSE 6 END, '' FROM mail m "
                "WHERE m.state IN (1, 2) AND m.held_ms <= $1",
                args[0]) &&
           db_exec(db,
                   "UPDATE mail SET state = 0, holder = '', next_ms = $1 WHERE state = 1 "
                   "AND held_ms <= $1",
                   &t->again, 1, args) &&
           db_exec(db,
                   "UPDATE mail SET state = 6, holder = '', answered_ms = $1 WHERE state = 2 "
                   "AND held_ms <= $1",
                   &t->unclear, 1, args);
}

bool mail_sweep(Db *db, int64_t *again, int64_t *unclear) {
    Turn t = {0};
    *again = *unclear = 0;
    int64_t dead = Q_I64(db, 0, "SELECT count(*) FROM mail WHERE state IN (1, 2) AND held_ms <= $1",
                         db_i(db_ctx(db)->now_ms));
    if (!dead) return ctx_ok(db_ctx(db));
    bool ok = tx_run(db, DB_WRITE, sweep_in_tx, &t);
    *again = t.again;
    *unclear = t.unclear;
    return ok;
}

/* --- reading -----------------------------------------------------------------------------------
 */

#define COLUMNS                                                                                    \
    "id, kind, COALESCE(app_user, 0), day, address, subject, object, actor, made_ms, next_ms, "    \
    "tries, state, message_id, content_sm3, answer, COALESCE(answered_ms, 0), notification "

static Mail mail_of(Arena *a, Rows *r) {
    return (Mail){.id = row_i64(r, 0),
                  .kind = str_dup(a, row_str(r, 1)),
                  .user = row_i64(r, 2),
                  .day = row_i64(r, 3),
                  .address = str_dup(a, row_str(r, 4)),
                  .subject = str_dup(a, row_str(r, 5)),
                  .object = str_dup(a, row_str(r, 6)),
                  .actor = str_dup(a, row_str(r, 7)),
                  .made_ms = row_i64(r, 8),
                  .next_ms = row_i64(r, 9),
                  .tries = (int)row_i64(r, 10),
                  .state = (MailState)row_i64(r, 11),
                  .message_id = str_dup(a, row_str(r, 12)),
                  .content_sm3 = str_dup(a, row_str(r, 13)),
                  .answer = str_dup(a, row_str(r, 14)),
                  .answered_ms = row_i64(r, 15),
                  .notification = row_i64(r, 16)};
}

bool mail_list(Db *db, int state, Str object, int64_t offset, int64_t most, Mail **out, int *n,
               int64_t *total) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    *total = Q_I64(db, 0,
                   "SELECT count(*) FROM mail WHERE ($1 < 0 OR state = $1) AND ($2 = '' OR "
                   "object = $2)",
                   db_i(state), db_s(object));
    Rows *r = Q(db,
                "SELECT " COLUMNS "FROM mail WHERE ($1 < 0 OR state = $1) AND ($2 = '' OR "
                "object = $2) ORDER BY id DESC LIMIT $3 OFFSET $4",
                db_i(state), db_s(object), db_i(most), db_i(offset));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = mail_of(c->arena, r);
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

bool mail_get(Db *db, int64_t id, Mail *out) {
    Ctx *c = db_ctx(db);
    *out = (Mail){0};
    Rows *r = Q(db, "SELECT " COLUMNS ", body FROM mail WHERE id = $1", db_i(id));
    if (r && row_next(r)) {
        *out = mail_of(c->arena, r);
        out->body = str_dup(c->arena, row_str(r, 17));
    }
    if (r) rows_close(r);
    if (!ctx_ok(c) || out->id) return ctx_ok(c);
    return FAIL(c, ERR_MISSING, M_MAIL_NONE, str_printf(c->arena, "%lld", (long long)id));
}

bool mail_tries(Db *db, int64_t id, MailTry **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r =
        Q(db, "SELECT at_ms, state, answer FROM mail_try WHERE mail = $1 ORDER BY place", db_i(id));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] =
            (MailTry){row_i64(r, 0), (MailState)row_i64(r, 1), str_dup(c->arena, row_str(r, 2))};
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

bool mail_again(Db *db, int64_t id, const Act *act) {
    Ctx *c = db_ctx(db);
    Mail m;
    int64_t changed = 0;
    DbVal args[] = {db_i(id), db_i(c->now_ms)};
    if (!mail_get(db, id, &m) ||
        !db_exec(db,
                 "UPDATE mail SET state = 0, next_ms = $2, tries = 0 WHERE id = $1 AND state IN "
                 "(4, 5, 6)",
                 &changed, 2, args))
        return false;
    if (!changed) return FAIL(c, ERR_STATE, M_MAIL_STATE, mail_state_text(m.state));
    return journal_add(db, act, S("mail.again"), str_printf(c->arena, "mail:%lld", (long long)id),
                       m.message_id);
}
