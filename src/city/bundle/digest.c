/* The daily digest. See digest.h.
 *
 * Invariant: the row of the person (notify_setting) moves in the transaction that queues the mail,
 * and the queue has at most one digest a person and day, so two servers make one.
 */
#include "city/bundle/digest.h"

#include "base/date.h"
#include "city/bundle/notify.h"
#include "city/bundle/setting.h"

enum { DAY_MS = 86400000, HOUR_MS = 3600000, CHINA_HOURS = 8, WHYS = 3 };

typedef struct Digest {
    const Register *reg;
    const MailConfig *config;
    User user;
    NotifySetting setting;
    int64_t day, upto;
    bool made;
} Digest;

static Str say(Digest *d, Arena *a, Msg m, int n, const Str *args) {
    return msg_text(a, m, d->setting.lang, n, args);
}

static Str number(Arena *a, int64_t n) {
    return str_printf(a, "%lld", (long long)n);
}

/* Blanks instead of what would break a line of the text. */
static void put_line(Buf *b, Str s) {
    for (ptrdiff_t i = 0; i < s.n; i++) buf_char(b, (unsigned char)s.p[i] < ' ' ? ' ' : s.p[i]);
}

/* One of the three lists; what waits is listed until it is read, the others once. */
static int64_t put_list(Db *db, Digest *d, Buf *b, NotifyWhy why) {
    static const Msg HEADS[WHYS] = {M_DIGEST_WAITS, M_DIGEST_ASKED, M_DIGEST_FOLLOWS};
    Arena *a = db_ctx(db)->arena;
    Notice *items;
    int n, shown = 0;
    int64_t total;
    NotifyPart part = {.why = why,
                       .unread = true,
                       .after = why == NOTIFY_WAITS ? 0 : d->setting.digest_upto,
                       .upto = d->upto,
                       .most = DIGEST_LINES};
    if (!notify_part(db, d->user.id, &part, &items, &n, &total) || total == 0) return 0;
    Str args[] = {number(a, total)};
    put_line(b, say(d, a, HEADS[why], 1, args));
    buf_lit(b, "\n");
    for (int i = 0; i < n; i++) {
        if (!notice_visible(db, d->reg, &d->user, items[i].object)) continue;
        shown++;
        buf_lit(b, "- ");
        put_line(b, date_text(a, (items[i].at_ms + CHINA_HOURS * HOUR_MS) / DAY_MS));
        buf_lit(b, " ");
        put_line(b, items[i].text[d->setting.lang]);
        if (d->config->site.n && items[i].link.n)
            buf_printf(b, "\n  %.*s%.*s", STRF(d->config->site), STRF(items[i].link));
        buf_lit(b, "\n");
    }
    Str more[] = {number(a, shown), number(a, total)};
    if (shown < total) {
        put_line(b, say(d, a, M_DIGEST_MORE, 2, more));
        buf_lit(b, "\n");
    }
    buf_lit(b, "\n");
    return total;
}

static bool queue(Db *db, Digest *d) {
    Arena *a = db_ctx(db)->arena;
    Buf b = buf_new(a, MAIL_BODY_MAX);
    Str who[] = {d->user.display_name.n ? d->user.display_name : d->user.name};
    int64_t total = 0;
    put_line(&b, say(d, a, M_DIGEST_HELLO, 1, who));
    buf_lit(&b, "\n\n");
    for (int why = 0; why < WHYS; why++) total += put_list(db, d, &b, (NotifyWhy)why);
    buf_put(&b, say(d, a, M_DIGEST_END, 0, NULL));
    buf_lit(&b, "\n");
    Str title[] = {date_text(a, d->day), number(a, total)};
    Mail m = {.kind = S("digest"),
              .user = d->user.id,
              .day = d->day,
              .address = d->setting.email,
              .subject = say(d, a, M_DIGEST_SUBJECT, 2, title),
              .body = buf_str(&b),
              .object = str_printf(a, "user:%lld", (long long)d->user.id),
              .actor = S("system:digest")};
    d->made = ctx_ok(db_ctx(db)) && mail_queue(db, &m) != 0;
    return ctx_ok(db_ctx(db));
}

static bool make_in_tx(Db *db, void *user) {
    Digest *d = user;
    int64_t changed = 0;
    d->made = false;
    d->upto = Q_I64(db, 0,
                    "SELECT max(notification) FROM notification_user WHERE app_user = $1 AND "
                    "read_ms IS NULL",
                    db_i(d->user.id));
    if (d->upto <= d->setting.digest_upto) return ctx_ok(db_ctx(db)); /* nothing is new */
    DbVal args[] = {db_i(d->user.id), db_i(d->day), db_i(d->upto)};
    if (!db_exec(db,
                 "UPDATE notify_setting SET digest_day = $2, digest_to = $3 WHERE app_user = $1 "
                 "AND digest_day < $2 AND digest = 1",
                 &changed, 3, args))
        return false;
    return changed == 0 || queue(db, d);
}

bool digest_make_due(Db *db, const Register *reg, const MailConfig *k, int *made) {
    Ctx *c = db_ctx(db);
    int64_t here = c->now_ms + CHINA_HOURS * HOUR_MS, *ids = NULL;
    int n = 0, cap = 0;
    *made = 0;
    if (here % DAY_MS / HOUR_MS < k->digest_hour) return true;
    Rows *r = Q(db,
                "SELECT s.app_user FROM notify_setting s JOIN app_user u ON u.id = s.app_user "
                "WHERE s.digest = 1 AND s.email <> '' AND s.digest_day < $1 AND u.disabled = 0 "
                "AND EXISTS (SELECT 1 FROM notification_user x WHERE x.app_user = s.app_user AND "
                "x.read_ms IS NULL AND x.notification > s.digest_to) ORDER BY s.app_user",
                db_i(here / DAY_MS));
    while (r && row_next(r)) {
        GROW(c->arena, ids, n, cap);
        ids[n++] = row_i64(r, 0);
    }
    if (r) rows_close(r);
    for (int i = 0; i < n && ctx_ok(c); i++) {
        ArenaMark m = arena_mark(c->arena);
        Digest d = {.reg = reg, .config = k, .day = here / DAY_MS};
        if (user_get(db, ids[i], &d.user) && setting_get(db, ids[i], &d.setting) &&
            tx_run(db, DB_WRITE, make_in_tx, &d))
            *made += d.made;
        if (ctx_ok(c)) arena_rewind(c->arena, m);
    }
    return ctx_ok(c);
}
