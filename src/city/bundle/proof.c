/* What is recorded of the delivery of a notification or a mail. See mail.h. */
#include "city/bundle/mail.h"

#include "base/date.h"
#include "city/bundle/notify.h"
#include "codec/json.h"

static bool add_people(Db *db, int64_t id, Proof *out) {
    Ctx *c = db_ctx(db);
    Arena *a = c->arena;
    int cap = 0;
    Rows *r = Q(db,
                "SELECT u.name, u.display_name, COALESCE(x.shown_ms, 0), COALESCE(x.read_ms, 0), "
                "COALESCE((SELECT max(m.id) FROM mail m WHERE m.notification = $1 AND "
                "m.app_user = u.id), 0) FROM notification_user x JOIN app_user u "
                "ON u.id = x.app_user WHERE x.notification = $1 ORDER BY u.name",
                db_i(id));
    while (r && row_next(r)) {
        GROW(a, out->people, out->npeople, cap);
        out->people[out->npeople++] = (ProofPerson){.user = str_dup(a, row_str(r, 0)),
                                                    .display_name = str_dup(a, row_str(r, 1)),
                                                    .shown_ms = row_i64(r, 2),
                                                    .read_ms = row_i64(r, 3),
                                                    .mail = row_i64(r, 4)};
    }
    if (r) rows_close(r);
    return ctx_ok(c);
}

static bool add_mails(Db *db, int64_t notification, Proof *out) {
    Ctx *c = db_ctx(db);
    int64_t *ids = NULL;
    int n = 0, cap = 0;
    Rows *r = Q(db, "SELECT id FROM mail WHERE notification = $1 ORDER BY id", db_i(notification));
    while (r && row_next(r)) {
        GROW(c->arena, ids, n, cap);
        ids[n++] = row_i64(r, 0);
    }
    if (r) rows_close(r);
    out->mails = NEW_N(c->arena, Mail, n + 1);
    for (int i = 0; i < n && ctx_ok(c); i++)
        if (mail_get(db, ids[i], &out->mails[out->nmails])) out->nmails++;
    return ctx_ok(c);
}

bool proof_of_notification(Db *db, int64_t id, Proof *out) {
    Ctx *c = db_ctx(db);
    Notice n;
    *out = (Proof){.notification = id};
    if (!notify_get(db, id, &n)) return false;
    out->made_ms = n.at_ms;
    out->formal = n.formal;
    out->object = n.object;
    out->actor = n.actor;
    out->text[0] = n.text[0];
    out->text[1] = n.text[1];
    return add_people(db, id, out) && add_mails(db, id, out) && ctx_ok(c);
}

bool proof_of_mail(Db *db, int64_t id, Proof *out) {
    Ctx *c = db_ctx(db);
    Mail m;
    *out = (Proof){0};
    if (!mail_get(db, id, &m)) return false;
    if (m.notification) return proof_of_notification(db, m.notification, out);
    out->made_ms = m.made_ms;
    out->formal = true;
    out->object = m.object;
    out->actor = m.actor;
    out->text[0] = out->text[1] = m.subject;
    out->mails = NEW_N(c->arena, Mail, 1);
    out->mails[0] = m;
    out->nmails = 1;
    return true;
}

/* --- as JSON -----------------------------------------------------------------------------------
 */

static void text(Arena *a, Json *o, Str key, Str value) {
    json_set(o, key, value.n ? json_string(a, value) : json_new(a, JSON_NULL));
}

static void instant(Arena *a, Json *o, Str key, int64_t ms) {
    text(a, o, key, ms ? instant_text(a, ms) : S(""));
}

static Str id_text(Arena *a, int64_t id) {
    return id ? str_printf(a, "%lld", (long long)id) : S("");
}

static bool put_mail(Db *db, Json *list, const Mail *m) {
    Arena *a = db_ctx(db)->arena;
    Json *o = json_push(list, json_new(a, JSON_OBJECT));
    MailTry *tries;
    int n;
    text(a, o, S("id"), id_text(a, m->id));
    text(a, o, S("kind"), m->kind);
    text(a, o, S("address"), m->address);
    text(a, o, S("subject"), m->subject);
    text(a, o, S("state"), mail_state_text(m->state));
    text(a, o, S("message_id"), m->message_id);
    text(a, o, S("content_sm3"), m->content_sm3);
    instant(a, o, S("made_at"), m->made_ms);
    instant(a, o, S("answered_at"), m->answered_ms);
    text(a, o, S("answer"), m->answer);
    Json *all = json_set(o, S("tries"), json_new(a, JSON_ARRAY));
    if (!mail_tries(db, m->id, &tries, &n)) return false;
    for (int i = 0; i < n; i++) {
        Json *t = json_push(all, json_new(a, JSON_OBJECT));
        instant(a, t, S("at"), tries[i].at_ms);
        text(a, t, S("state"), mail_state_text(tries[i].state));
        text(a, t, S("answer"), tries[i].answer);
    }
    return true;
}

Json *proof_json(Db *db, const Proof *p) {
    Arena *a = db_ctx(db)->arena;
    Json *o = json_new(a, JSON_OBJECT), *said = json_new(a, JSON_OBJECT);
    text(a, o, S("notification"), id_text(a, p->notification));
    json_set(o, S("formal"), json_bool(a, p->formal));
    instant(a, o, S("made_at"), p->made_ms);
    text(a, o, S("object"), p->object);
    text(a, o, S("actor"), p->actor);
    json_set(o, S("text"), said);
    text(a, said, S("zh"), p->text[LANG_ZH]);
    text(a, said, S("en"), p->text[LANG_EN]);
    Json *people = json_set(o, S("people"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < p->npeople; i++) {
        Json *e = json_push(people, json_new(a, JSON_OBJECT));
        text(a, e, S("user"), p->people[i].user);
        text(a, e, S("name"), p->people[i].display_name);
        instant(a, e, S("shown_at"), p->people[i].shown_ms);
        instant(a, e, S("read_at"), p->people[i].read_ms);
        text(a, e, S("mail"), id_text(a, p->people[i].mail));
    }
    Json *mails = json_set(o, S("mails"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < p->nmails; i++)
        if (!put_mail(db, mails, &p->mails[i])) break;
    return o;
}
