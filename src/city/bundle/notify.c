/* Notifications and following. See notify.h.
 *
 * Invariants: a row of notification_user is made only in the transaction of the act; read_ms is set
 * once. A follower's right is looked at when the notification is made, not only when the following
 * began.
 */
#include "city/bundle/notify.h"

#include "base/date.h"
#include "codec/json.h"

enum { FOLLOW_MOST = 1000, OBJECT_MAX = 200 };

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
                 "INSERT INTO notification(at_ms, code, args, object, link, actor) "
                 "VALUES($1, $2, $3, $4, $5, $6) RETURNING id",
                 db_i(c->now_ms), db_s(msg_code(n->what)), db_s(args_json(c->arena, n)),
                 db_s(n->object), db_s(n->link), db_s(n->actor));
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
static bool followers(Db *db, const Notify *n, int64_t id, int64_t **out, int *count) {
    int cap = 0;
    Arena *a = db_ctx(db)->arena;
    *out = NULL;
    *count = 0;
    Rows *r = Q(db,
                "SELECT f.app_user FROM follow f JOIN app_user u ON u.id = f.app_user "
                "WHERE f.object = $1 AND u.disabled = 0 AND u.name <> $2 AND NOT EXISTS (SELECT 1 "
                "FROM notification_user x WHERE x.app_user = u.id AND x.notification = $3) "
                "ORDER BY f.app_user",
                db_s(n->object), db_s(n->actor), db_i(id));
    while (r && row_next(r)) {
        GROW(a, *out, *count, cap);
        (*out)[(*count)++] = row_i64(r, 0);
    }
    if (r) rows_close(r);
    return ctx_ok(db_ctx(db));
}

static bool tell_followers(Db *db, const Notify *n, int64_t id) {
    int64_t *users;
    int count;
    if (!followers(db, n, id, &users, &count)) return false;
    for (int i = 0; i < count; i++) {
        User u;
        if (!user_get(db, users[i], &u)) return false;
        if (follow_allowed(&u, n->object) &&
            !EXEC(db,
                  "INSERT INTO notification_user(app_user, notification, why) VALUES($1, $2, $3)",
                  db_i(users[i]), db_i(id), db_i(NOTIFY_FOLLOWS)))
            return false;
    }
    return true;
}

bool notify(Db *db, const Notify *n) {
    if (!ctx_ok(db_ctx(db))) return false;
    int64_t id = add(db, n);
    if (!id) return false;
    bool one = n->to.user || n->to.user_name.n;
    return (one ? tell_one(db, n, id) : tell_those(db, n, id)) &&
           (!n->followers || tell_followers(db, n, id));
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
    "n.id, n.at_ms, COALESCE(x.read_ms, 0), x.why, n.code, n.object, n.link, n.actor, n.args "     \
    "FROM notification_user x JOIN notification n ON n.id = x.notification "

static Notice notice_of(Ctx *c, Rows *r) {
    Arena *a = c->arena;
    Notice out = {.id = row_i64(r, 0),
                  .at_ms = row_i64(r, 1),
                  .read_ms = row_i64(r, 2),
                  .why = (NotifyWhy)row_i64(r, 3),
                  .code = str_dup(a, row_str(r, 4)),
                  .object = str_dup(a, row_str(r, 5)),
                  .link = str_dup(a, row_str(r, 6)),
                  .actor = str_dup(a, row_str(r, 7))};
    say(c, &out, str_dup(a, row_str(r, 8)));
    return out;
}

bool notify_list(Db *db, int64_t user, bool unread_only, int offset, int most, Notice **out, int *n,
                 int64_t *total, int64_t *unread) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    *unread = Q_I64(
        db, 0, "SELECT count(*) FROM notification_user WHERE app_user = $1 AND read_ms IS NULL",
        db_i(user));
    *total = unread_only
                 ? *unread
                 : Q_I64(db, 0, "SELECT count(*) FROM notification_user WHERE app_user = $1",
                         db_i(user));
    Rows *r = unread_only
                  ? Q(db,
                      "SELECT " NOTICE_COLUMNS "WHERE x.app_user = $1 AND x.read_ms IS NULL "
                      "ORDER BY x.notification DESC LIMIT $2 OFFSET $3",
                      db_i(user), db_i(most), db_i(offset))
                  : Q(db,
                      "SELECT " NOTICE_COLUMNS "WHERE x.app_user = $1 "
                      "ORDER BY x.notification DESC LIMIT $2 OFFSET $3",
                      db_i(user), db_i(most), db_i(offset));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = notice_of(c, r);
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

Str notify_tag(Db *db, int64_t user) {
    int64_t last = Q_I64(
        db, 0, "SELECT max(notification) FROM notification_user WHERE app_user = $1", db_i(user));
    int64_t unread = Q_I64(
        db, 0, "SELECT count(*) FROM notification_user WHERE app_user = $1 AND read_ms IS NULL",
        db_i(user));
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

Str notify_why_text(NotifyWhy w) {
    static const Str TEXTS[] = {STR_INIT("waits"), STR_INIT("asked"), STR_INIT("follows")};
    return TEXTS[w];
}

/* --- following ---------------------------------------------------------------------------------
 */

bool follow_allowed(const User *u, Str object) {
    static const struct {
        Str kind, right;
    } KINDS[] = {
        {STR_INIT("enterprise:"), STR_INIT("enterprise:read")},
        {STR_INIT("rule:"), STR_INIT("rule:read")},
        {STR_INIT("case:"), STR_INIT("case:read")},
        {STR_INIT("round:"), STR_INIT("case:read")},
        {STR_INIT("notice:"), STR_INIT("public:read")},
    };
    if (object.n > OBJECT_MAX) return false;
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        const Right *right = right_find(KINDS[i].right);
        if (!str_starts(object, KINDS[i].kind) || object.n == KINDS[i].kind.n) continue;
        return right && rights_scope(right, u->roles) == SCOPE_ALL;
    }
    return false;
}

bool follow_set(Db *db, const User *u, Str object, bool on) {
    Ctx *c = db_ctx(db);
    if (!on)
        return EXEC(db, "DELETE FROM follow WHERE app_user = $1 AND object = $2", db_i(u->id),
                    db_s(object));
    if (!follow_allowed(u, object)) return FAIL(c, ERR_DENIED, M_NOTIFY_FOLLOW, object);
    int64_t have = Q_I64(db, 0, "SELECT count(*) FROM follow WHERE app_user = $1", db_i(u->id));
    if (have >= FOLLOW_MOST)
        return FAIL(c, ERR_LIMIT, M_NOTIFY_FOLLOW_MANY, str_printf(c->arena, "%d", FOLLOW_MOST));
    return EXEC(db,
                "INSERT INTO follow(app_user, object, since_ms) VALUES($1, $2, $3) "
                "ON CONFLICT(app_user, object) DO NOTHING",
                db_i(u->id), db_s(object), db_i(c->now_ms));
}

bool follow_list(Db *db, int64_t user, Follow **out, int *n) {
    Ctx *c = db_ctx(db);
    int cap = 0;
    *out = NULL;
    *n = 0;
    Rows *r =
        Q(db, "SELECT object, since_ms FROM follow WHERE app_user = $1 ORDER BY since_ms, object",
          db_i(user));
    while (r && row_next(r)) {
        GROW(c->arena, *out, *n, cap);
        (*out)[(*n)++] = (Follow){str_dup(c->arena, row_str(r, 0)), row_i64(r, 1)};
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}
