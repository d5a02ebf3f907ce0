/* Notifications. See notify.h.
 *
 * Invariants: a row of notification_user is made only in the transaction of the act; read_ms and
 * shown_ms are set once. A follower's right is looked at when the notification is made, not only
 * when the following began.
 */
#include "city/bundle/notify.h"

#include "base/date.h"
#include "city/bundle/mail.h"
#include "city/bundle/setting.h"
#include "codec/json.h"

/* --- telling -----------------------------------------------------------------------------------
 */

static Str args_json(Arena *a, const Notify *n) {
    Json *list = json_new(a, JSON_ARRAY);
    for (int i = 0; i < n->nargs; i++) json_push(list, json_string(a, n->args[i]));
    Buf b = buf_new(a, 0);
    json_print(&b, list, 0);
    return buf_str(&b);
}

static int64_t add(Db *db, const Notify *n) {
    Ctx *c = db_ctx(db);
    return Q_I64(db, 0,
                 "INSERT INTO notification(at_ms, code, args, object, link, actor, formal) "
                 "VALUES($1, $2, $3, $4, $5, $6, $7) RETURNING id",
                 db_i(c->now_ms), db_s(msg_code(n->what)), db_s(args_json(c->arena, n)),
                 db_s(n->object), db_s(n->link), db_s(n->actor), db_i(n->formal));
}

static bool tell_one(Db *db, const Notify *n, int64_t id) {
    return EXEC(db,
                "INSERT INTO notification_user(app_user, notification, why) "
                "SELECT u.id, $1, $2 FROM app_user u WHERE (u.id = $3 OR u.name = $4) "
                "AND u.disabled = 0 AND u.name <> $5",
                db_i(id), db_i(n->why), db_i(n->to.user), db_s(n->to.user_name), db_s(n->actor));
}

/* Today in China, yyyymmdd. */
static DbVal today(Db *db) {
    return db_i(date_to_int((db_ctx(db)->now_ms + 8 * 3600000) / 86400000));
}

static bool tell_those(Db *db, const Notify *n, int64_t id) {
    const NotifyTo *to = &n->to;
    if (!to->roles && !to->office && !to->organisation && !to->subject) return true;
    return EXEC(db,
                "INSERT INTO notification_user(app_user, notification, why) "
                "SELECT u.id, $1, $2 FROM app_user u WHERE u.disabled = 0 AND u.name <> $3 "
                "AND ($4 = 0 OR (u.roles & $4) <> 0) AND ($5 = 0 OR u.office = $5) "
                "AND ($6 = 0 OR u.organisation = $6) AND ($7 = '' OR u.department = $7) "
                "AND ($8 = '' OR u.district = $8) AND ($9 = 0 OR EXISTS (SELECT 1 "
                "FROM enterprise_binding b WHERE b.app_user = u.id AND b.subject = $9 "
                "AND b.state = 'bound' AND b.from_day <= $10 "
                "AND (b.to_day = 0 OR b.to_day > $10)))",
                db_i(id), db_i(n->why), db_s(n->actor), db_i(to->roles), db_i(to->office),
                db_i(to->organisation), db_s(to->department), db_s(to->district), db_i(to->subject),
                today(db));
}

/* The ids of those who follow the object; they are looked at one by one, so read whole first. */
static bool followers(Db *db, const Notify *n, int64_t **out, int *count) {
    int cap = 0;
    Arena *a = db_ctx(db)->arena;
    *out = NULL;
    *count = 0;
    if (!n->followers) return true;
    Rows *r = Q(db,
                "SELECT DISTINCT f.app_user FROM follow f JOIN app_user u ON u.id = f.app_user "
                "WHERE (f.object = $1 OR ($2 <> '' AND f.object = $2)) AND u.disabled = 0 "
                "AND u.name <> $3 ORDER BY f.app_user",
                db_s(n->object), db_s(n->also), db_s(n->actor));
    while (r && row_next(r)) {
        GROW(a, *out, *count, cap);
        (*out)[(*count)++] = row_i64(r, 0);
    }
    if (r) rows_close(r);
    return ctx_ok(db_ctx(db));
}

static bool tell_followers(Db *db, const Notify *n, int64_t id, const int64_t *users, int count) {
    for (int i = 0; i < count; i++) {
        User u;
        if (!user_get(db, users[i], &u)) return false;
        if (notice_visible(db, n->reg, &u, n->object) &&
            !EXEC(db,
                  "INSERT INTO notification_user(app_user, notification, why) VALUES($1, $2, $3) "
                  "ON CONFLICT(app_user, notification) DO NOTHING",
                  db_i(users[i]), db_i(id), db_i(NOTIFY_FOLLOWS)))
            return false;
        if (!ctx_ok(db_ctx(db))) return false;
    }
    return true;
}

/* The mails of a legal notice, each in the language of its reader. */
static bool mail_formal(Db *db, const Notify *n, int64_t id) {
    Ctx *c = db_ctx(db);
    MailConfig k;
    int64_t *users = NULL;
    int count = 0, cap = 0;
    if (!mail_config_get(db, &k) || k.server.n == 0) return ctx_ok(c);
    Rows *r = Q(db,
                "SELECT x.app_user FROM notification_user x JOIN notify_setting s ON s.app_user = "
                "x.app_user WHERE x.notification = $1 AND x.why <> $2 AND s.email <> '' "
                "ORDER BY x.app_user",
                db_i(id), db_i(NOTIFY_FOLLOWS));
    while (r && row_next(r)) {
        GROW(c->arena, users, count, cap);
        users[count++] = row_i64(r, 0);
    }
    if (r) rows_close(r);
    for (int i = 0; i < count; i++) {
        NotifySetting s;
        if (!setting_get(db, users[i], &s)) return false;
        Str text = msg_text(c->arena, n->what, s.lang, n->nargs, n->args);
        Str args[] = {text, k.site, n->link};
        Mail m = {.kind = S("notice"),
                  .user = users[i],
                  .notification = id,
                  .address = s.email,
                  .subject = msg_text(c->arena, M_MAIL_FORMAL, s.lang, 0, NULL),
                  .body = msg_text(c->arena, M_MAIL_FORMAL_BODY, s.lang, 3, args),
                  .object = n->object,
                  .actor = n->actor};
        if (!mail_queue(db, &m)) return false;
    }
    return ctx_ok(c);
}

bool notify(Db *db, const Notify *n) {
    if (!ctx_ok(db_ctx(db))) return false;
    const NotifyTo *to = &n->to;
    int64_t *users;
    int count;
    bool one = to->user || to->user_name.n;
    bool those = to->roles || to->office || to->organisation || to->subject;
    if (!followers(db, n, &users, &count)) return false;
    if (!one && !those && !count) return true;
    int64_t id = add(db, n);
    return id && (one ? tell_one(db, n, id) : tell_those(db, n, id)) &&
           tell_followers(db, n, id, users, count) && (!n->formal || mail_formal(db, n, id));
}

/* --- reading -----------------------------------------------------------------------------------
 */

static Msg find_msg(Str code) {
    for (int i = 1; i < MSG_COUNT; i++)
        if (str_eq(msg_code((Msg)i), code)) return (Msg)i;
    return MSG_NONE;
}

/* A code that this version does not know (a newer one wrote it) shows as itself. */
static void say(Ctx *c, Notice *out, Str args_text) {
    Str args[MSG_ARGS_MAX] = {{0}};
    int n = 0;
    Json *list = json_parse(c, args_text, out->code);
    for (const Json *e = list ? list->first : NULL; e && n < MSG_ARGS_MAX; e = e->next)
        args[n++] = json_str(e, S(""));
    Msg m = find_msg(out->code);
    for (int lang = 0; lang < 2; lang++)
        out->text[lang] = m == MSG_NONE ? out->code : msg_text(c->arena, m, (Lang)lang, n, args);
}

#define NOTICE_COLUMNS                                                                             \
    "n.id, n.at_ms, COALESCE(x.read_ms, 0), x.why, n.code, n.object, n.link, n.actor, n.args, "    \
    "n.formal FROM notification_user x JOIN notification n ON n.id = x.notification "

static Notice notice_of(Ctx *c, Rows *r) {
    Arena *a = c->arena;
    Notice out = {.id = row_i64(r, 0),
                  .at_ms = row_i64(r, 1),
                  .read_ms = row_i64(r, 2),
                  .why = (NotifyWhy)row_i64(r, 3),
                  .code = str_dup(a, row_str(r, 4)),
                  .object = str_dup(a, row_str(r, 5)),
                  .link = str_dup(a, row_str(r, 6)),
                  .actor = str_dup(a, row_str(r, 7)),
                  .formal = row_i64(r, 9) != 0};
    say(c, &out, str_dup(a, row_str(r, 8)));
    return out;
}

#define PART                                                                                       \
    "WHERE x.app_user = $1 AND ($2 < 0 OR x.why = $2) AND ($3 = 0 OR x.read_ms IS NULL) "          \
    "AND x.notification > $4 AND x.notification <= $5 "

bool notify_part(Db *db, int64_t user, const NotifyPart *p, Notice **out, int *n, int64_t *total) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    int64_t upto = p->upto ? p->upto : INT64_MAX;
    *out = NULL;
    *n = 0;
    *total = Q_I64(db, 0, "SELECT count(*) FROM notification_user x " PART, db_i(user),
                   db_i(p->why), db_i(p->unread), db_i(p->after), db_i(upto));
    Rows *r = Q(db, "SELECT " NOTICE_COLUMNS PART "ORDER BY x.notification DESC LIMIT $6 OFFSET $7",
                db_i(user), db_i(p->why), db_i(p->unread), db_i(p->after), db_i(upto),
                db_i(p->most), db_i(p->offset));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = notice_of(c, r);
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

bool notify_get(Db *db, int64_t id, Notice *out) {
    Ctx *c = db_ctx(db);
    *out = (Notice){0};
    Rows *r = Q(db,
                "SELECT n.id, n.at_ms, 0, 0, n.code, n.object, n.link, n.actor, n.args, n.formal "
                "FROM notification n WHERE n.id = $1",
                db_i(id));
    if (r && row_next(r)) *out = notice_of(c, r);
    if (r) rows_close(r);
    if (!ctx_ok(c) || out->id) return ctx_ok(c);
    return FAIL(c, ERR_MISSING, M_NOTIFY_NONE, str_printf(c->arena, "%lld", (long long)id));
}

int64_t notify_unread(Db *db, int64_t user) {
    return Q_I64(db, 0,
                 "SELECT count(*) FROM notification_user WHERE app_user = $1 AND read_ms IS NULL",
                 db_i(user));
}

bool notify_list(Db *db, int64_t user, bool unread_only, int offset, int most, Notice **out, int *n,
                 int64_t *total, int64_t *unread) {
    NotifyPart p = {.why = -1, .unread = unread_only, .offset = offset, .most = most};
    *unread = notify_unread(db, user);
    return notify_part(db, user, &p, out, n, total);
}

Str notify_tag(Db *db, int64_t user) {
    int64_t last = Q_I64(
        db, 0, "SELECT max(notification) FROM notification_user WHERE app_user = $1", db_i(user));
    int64_t unread = notify_unread(db, user);
    return str_printf(db_ctx(db)->arena, "bell-%lld-%lld-%lld", (long long)user, (long long)last,
                      (long long)unread);
}

bool notify_read(Db *db, int64_t user, int64_t id, int64_t upto) {
    int64_t now = db_ctx(db)->now_ms;
    if (id)
        return EXEC(db,
                    "UPDATE notification_user SET read_ms = $3 WHERE app_user = $1 AND "
                    "notification = $2 AND read_ms IS NULL",
                    db_i(user), db_i(id), db_i(now));
    return EXEC(db,
                "UPDATE notification_user SET read_ms = $3 WHERE app_user = $1 AND "
                "notification <= $2 AND read_ms IS NULL",
                db_i(user), db_i(upto ? upto : INT64_MAX), db_i(now));
}

bool notify_shown(Db *db, int64_t user, int64_t from, int64_t upto) {
    return EXEC(db,
                "UPDATE notification_user SET shown_ms = $4 WHERE app_user = $1 AND "
                "notification >= $2 AND notification <= $3 AND shown_ms IS NULL",
                db_i(user), db_i(from), db_i(upto), db_i(db_ctx(db)->now_ms));
}

static const Str WHYS[] = {STR_INIT("waits"), STR_INIT("asked"), STR_INIT("follows")};

Str notify_why_text(NotifyWhy w) {
    return WHYS[w];
}

int notify_why_find(Str text) {
    for (int i = 0; i < 3; i++)
        if (str_eq(WHYS[i], text)) return i;
    return -1;
}
