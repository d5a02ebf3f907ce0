/* Objections in the store. See objection.h. The journal and the case get the receipt number and the
 * firm, never the person or the text: their hashes could be guessed. */
#include "city/notice/objection.h"

#include "base/date.h"
#include "base/hash.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "city/flow/calendar.h"
#include "city/notice/row.h"
#include "store/counter.h"

enum { HOUR_MS = 3600 * 1000, RECEIPT_BYTES = 9, SALT_BYTES = 24 };

static const Str STATES[OBJECTION_STATES] = {STR_INIT("open"), STR_INIT("upheld"),
                                             STR_INIT("dismissed"), STR_INIT("withdrawn")};
static const Str CHANNEL_TEXTS[CHANNELS] = {STR_INIT("web"), STR_INIT("paper"), STR_INIT("phone"),
                                            STR_INIT("mail")};

Str objection_state_text(ObjectionState s) {
    return STATES[s];
}
Str objection_channel_text(ObjectionChannel k) {
    return CHANNEL_TEXTS[k];
}

int objection_state_find(Str text) {
    for (int i = 0; i < OBJECTION_STATES; i++)
        if (str_eq(STATES[i], text)) return i;
    return -1;
}

int objection_channel_find(Str text) {
    for (int i = 0; i < CHANNELS; i++)
        if (str_eq(CHANNEL_TEXTS[i], text)) return i;
    return -1;
}

/* --- reading ------------------------------------------------------------------------------------
 */

#define COLUMNS                                                                                    \
    "o.id, o.version, o.notice, o.position, o.subject, o.receipt, o.channel, o.state, "            \
    "o.received_ms, o.received_day, o.registered_by, o.case_file, o.answer, o.closed_by, "         \
    "o.closed_ms, f.name, o.person, o.contact, o.organisation, o.text"
#define FROM                                                                                       \
    " FROM objection o JOIN notice_firm f ON f.notice = o.notice AND f.position = o.position "

static void read_row(Arena *a, Rows *r, bool whole, Objection *o) {
    *o = (Objection){.id = row_i64(r, 0),
                     .version = row_i64(r, 1),
                     .notice = row_i64(r, 2),
                     .position = (int)row_i64(r, 3),
                     .subject = row_i64(r, 4),
                     .receipt = str_dup(a, row_str(r, 5)),
                     .channel = (ObjectionChannel)row_i64(r, 6),
                     .state = (ObjectionState)row_i64(r, 7),
                     .received_ms = row_i64(r, 8),
                     .received_day = (int32_t)row_i64(r, 9),
                     .registered_by = str_dup(a, row_str(r, 10)),
                     .case_file = row_i64(r, 11),
                     .answer = str_dup(a, row_str(r, 12)),
                     .closed_by = str_dup(a, row_str(r, 13)),
                     .closed_ms = row_i64(r, 14),
                     .firm = str_dup(a, row_str(r, 15))};
    if (!whole) return;
    o->person = str_dup(a, row_str(r, 16));
    o->contact = str_dup(a, row_str(r, 17));
    o->organisation = str_dup(a, row_str(r, 18));
    o->text = str_dup(a, row_str(r, 19));
}

bool objection_get(Db *db, int64_t id, bool whole, Objection *out) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db, "SELECT " COLUMNS FROM "WHERE o.id = $1", db_i(id));
    bool there = r && row_next(r);
    if (there) read_row(c->arena, r, whole, out);
    if (r) rows_close(r);
    if (!ctx_ok(c)) return false;
    return there ||
           FAIL(c, ERR_MISSING, M_OBJECTION_MISSING, str_printf(c->arena, "%lld", (long long)id));
}

bool objection_list(Db *db, int64_t notice, Objection **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r = Q(db, "SELECT " COLUMNS FROM "WHERE o.notice = $1 ORDER BY o.id DESC", db_i(notice));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        read_row(c->arena, r, false, &(*out)[(*n)++]);
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

bool objection_by_receipt(Db *db, Str receipt, Objection *out) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db, "SELECT " COLUMNS FROM "WHERE o.receipt = $1", db_s(receipt));
    bool there = r && row_next(r);
    if (there) read_row(c->arena, r, false, out);
    if (r) rows_close(r);
    return there && ctx_ok(c);
}

bool objection_counts(Db *db, int64_t subject, int64_t round, int *open, int *upheld) {
    Rows *r = Q(db,
                "SELECT coalesce(sum(CASE WHEN o.state = 0 THEN 1 ELSE 0 END), 0), "
                "coalesce(sum(CASE WHEN o.state = 1 THEN 1 ELSE 0 END), 0) FROM objection o "
                "JOIN public_notice n ON n.id = o.notice WHERE ($1 = 0 OR o.subject = $1) AND "
                "($2 = 0 OR n.round = $2)",
                db_i(subject), db_i(round));
    bool ok = r && row_next(r);
    *open = ok ? (int)row_i64(r, 0) : 0;
    *upheld = ok ? (int)row_i64(r, 1) : 0;
    if (r) rows_close(r);
    return ctx_ok(db_ctx(db));
}

/* --- taking in ----------------------------------------------------------------------------------
 */

/* A salt nobody else has: without it the few addresses there are could be tried. */
static Str salt(Db *db) {
    Ctx *c = db_ctx(db);
    Str value = S("");
    if (!EXEC(db,
              "INSERT INTO setting(name, value) VALUES ('objection_salt', $1) "
              "ON CONFLICT DO NOTHING",
              db_s(secret_token(c->arena, SALT_BYTES))))
        return value;
    Rows *r = Q(db, "SELECT value FROM setting WHERE name = 'objection_salt'");
    if (r && row_next(r)) value = str_dup(c->arena, row_str(r, 0));
    if (r) rows_close(r);
    return value;
}

Str objection_sender(Db *db, Str sender) {
    Arena *a = db_ctx(db)->arena;
    if (!sender.n) return S("");
    Str text =
        str_printf(a, "%.*s %d %.*s", STRF(salt(db)), notice_today(db_ctx(db)), STRF(sender));
    return hash_hex(a, HASH_SM3, text);
}

static bool check_rate(Db *db, const ObjectionNew *n, Str sender) {
    Ctx *c = db_ctx(db);
    int64_t since = c->now_ms - HOUR_MS;
    if (n->channel != CHANNEL_WEB) return true;
    int64_t own = Q_I64(db, 0,
                        "SELECT count(*) FROM objection WHERE sender_sm3 = $1 AND "
                        "received_ms > $2",
                        db_s(sender), db_i(since));
    int64_t all = Q_I64(db, 0,
                        "SELECT count(*) FROM objection WHERE notice = $1 AND received_ms > $2 "
                        "AND channel = 0",
                        db_i(n->notice), db_i(since));
    bool fine = own < OBJECTION_SENDER_HOUR && all < OBJECTION_NOTICE_HOUR;
    return ctx_ok(c) && (fine || FAIL(c, ERR_BUSY, M_OBJECTION_RATE));
}

static bool field(Ctx *c, Str value, const char *name, ptrdiff_t most, bool needed, Str *out) {
    *out = paper_plain(c->arena, str_trim(value));
    Str pointer = str_cat(c->arena, S("/"), str_from(name));
    if (needed && !out->n) return FAIL_AT(c, ERR_RULE, pointer, M_OBJECTION_FIELD, str_from(name));
    return utf8_length(*out) <= most ||
           FAIL_AT(c, ERR_RULE, pointer, M_OBJECTION_FIELD, str_from(name));
}

static bool check_time(Ctx *c, const PublicNotice *v, const ObjectionNew *n, int32_t day) {
    int32_t today = notice_today(c);
    int64_t days;
    bool late = n->channel == CHANNEL_WEB ? today > v->to_day : day > v->to_day;
    if (!date_from_int(day, &days) || day > today)
        return FAIL_AT(c, ERR_RULE, S("/received_on"), M_OBJECTION_FIELD, S("received_on"));
    bool open =
        v->state == NOTICE_PUBLISHED || (v->state == NOTICE_CONCLUDED && n->channel != CHANNEL_WEB);
    /* nobody objects to what is not published yet */
    bool early = day < date_to_int(china_day(v->published_ms));
    if (open && !v->replaced_by && !late && !early) return true;
    return FAIL(c, ERR_STATE, M_OBJECTION_TIME,
                str_printf(c->arena, "%04d-%02d-%02d", v->to_day / 10000, v->to_day / 100 % 100,
                           v->to_day % 100));
}

static bool insert(Db *db, const Objection *o, Str sender) {
    return EXEC(db,
                "INSERT INTO objection(id, version, notice, position, subject, receipt, channel, "
                "state, person, contact, organisation, text, sender_sm3, received_ms, "
                "received_day, registered_by, case_file, answer, closed_by, closed_ms) VALUES "
                "($1, 1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, $11, $12, $13, $14, $15, '', '', "
                "NULL)",
                db_i(o->id), db_i(o->notice), db_i(o->position), db_in(o->subject),
                db_s(o->receipt), db_i(o->channel), db_s(o->person), db_s(o->contact),
                db_s(o->organisation), db_s(o->text), db_s(sender), db_i(o->received_ms),
                db_i(o->received_day), db_s(o->registered_by), db_in(o->case_file));
}

/* What the journal keeps the hash of: nothing that is private. */
static bool note_it(Db *db, const Objection *o, const char *action, const Act *act) {
    Arena *a = db_ctx(db)->arena;
    Json *j = json_new(a, JSON_OBJECT);
    json_set(j, S("notice"), json_int(a, o->notice));
    json_set(j, S("position"), json_int(a, o->position));
    json_set(j, S("receipt"), json_string(a, o->receipt));
    json_set(j, S("channel"), json_string(a, CHANNEL_TEXTS[o->channel]));
    json_set(j, S("state"), json_string(a, STATES[o->state]));
    json_set(j, S("answer"), json_string(a, o->answer));
    return journal_add(db, act, str_from(action), str_printf(a, "objection:%lld", (long long)o->id),
                       notice_content_text(a, j));
}

static bool find_firm(Db *db, Objection *o) {
    Ctx *c = db_ctx(db);
    Rows *r = Q(db, "SELECT subject, name FROM notice_firm WHERE notice = $1 AND position = $2",
                db_i(o->notice), db_i(o->position));
    bool there = r && row_next(r);
    if (there) {
        o->subject = row_i64(r, 0);
        o->firm = str_dup(c->arena, row_str(r, 1));
    }
    if (r) rows_close(r);
    if (!ctx_ok(c)) return false;
    return there || FAIL_AT(c, ERR_RULE, S("/position"), M_OBJECTION_FIELD, S("position"));
}

/* A form sent again, because no answer came or its button was pressed twice: all of it is the same,
 * so whoever sends it learns nothing but the receipt of what they sent. */
static bool sent_before(Db *db, Objection *o) {
    int64_t id =
        Q_I64(db, 0,
              "SELECT min(id) FROM objection WHERE notice = $1 AND position = $2 AND "
              "channel = $3 AND state <> $4 AND person = $5 AND contact = $6 AND "
              "organisation = $7 AND text = $8",
              db_i(o->notice), db_i(o->position), db_i(o->channel), db_i(OBJECTION_WITHDRAWN),
              db_s(o->person), db_s(o->contact), db_s(o->organisation), db_s(o->text));
    if (!id || !objection_get(db, id, false, o)) return false;
    return o->repeated = true;
}

bool objection_add(Db *db, const ObjectionNew *n, Str by, Objection *out) {
    Ctx *c = db_ctx(db);
    PublicNotice v;
    Objection o = {.notice = n->notice, .position = n->position, .channel = n->channel};
    o.received_day = n->received_day ? n->received_day : notice_today(c);
    o.received_ms = c->now_ms;
    o.version = 1;
    Str sender = objection_sender(db, n->sender);
    if (!ctx_ok(c) || !notice_get(db, n->notice, &v) || !find_firm(db, &o) ||
        !check_time(c, &v, n, o.received_day))
        return false;
    if (!field(c, n->person, "person", OBJECTION_FIELD_MAX, true, &o.person) ||
        !field(c, n->contact, "contact", OBJECTION_FIELD_MAX, true, &o.contact) ||
        !field(c, n->organisation, "organisation", OBJECTION_FIELD_MAX, false, &o.organisation) ||
        !field(c, n->text, "text", OBJECTION_TEXT_MAX, true, &o.text))
        return false;
    if (n->channel == CHANNEL_WEB && sent_before(db, &o)) {
        *out = o;
        return true;
    }
    if (!ctx_ok(c) || !check_rate(db, n, sender)) return false;
    o.receipt = secret_token(c->arena, RECEIPT_BYTES);
    o.registered_by = by;
    o.id = counter_take(db, S("objection"), 1);
    const Act act = {.actor = by.n ? by : S("public"), .reason = o.receipt};
    *out = o;
    return o.id && insert(db, out, sender) && note_it(db, out, "objection.receive", &act);
}

bool objection_seen(Db *db, int64_t id, const Act *act) {
    return journal_add(db, act, S("objection.read"),
                       str_printf(db_ctx(db)->arena, "objection:%lld", (long long)id), S(""));
}

bool objection_close(Db *db, Objection *o, ObjectionState to, Str answer, const Act *act) {
    Ctx *c = db_ctx(db);
    int64_t changed = 0;
    if (o->state != OBJECTION_OPEN) return FAIL(c, ERR_STATE, M_OBJECTION_CLOSED, STATES[o->state]);
    if (to == OBJECTION_OPEN)
        return FAIL_AT(c, ERR_RULE, S("/outcome"), M_OBJECTION_FIELD, S("outcome"));
    if (!field(c, answer, "answer", OBJECTION_TEXT_MAX, true, &o->answer)) return false;
    const DbVal args[] = {db_i(o->id),     db_i(o->version), db_i(to),
                          db_s(o->answer), db_s(act->actor), db_i(c->now_ms)};
    if (!db_exec(db,
                 "UPDATE objection SET version = version + 1, state = $3, answer = $4, "
                 "closed_by = $5, closed_ms = $6 WHERE id = $1 AND version = $2 AND state = 0",
                 &changed, 6, args) ||
        !notice_saved(c, changed))
        return false;
    o->state = to;
    return note_it(db, o, "objection.close", act) && objection_get(db, o->id, false, o);
}
