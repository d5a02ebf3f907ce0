/* The sender of mail. See mailer.h.
 *
 * Each mail: claimed in one transaction, offered in another right before its end goes out, what the
 * server said in a third. No transaction is open while the network is waited for.
 */
#include "job/mailer.h"

#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/secret.h"
#include "city/bundle/digest.h"
#include "codec/mail.h"
#include "job/smtp.h"

enum { PASSWORD_FILE_MAX = 4096, MAIL_MEMORY = 64 << 20, ROUND_TICKS = 150, TICK_MS = 200 };

typedef struct Run {
    Ctx *c;
    Db *db;
    MailConfig config;
    Str holder, password, domain;
    const MailerOptions *options;
    MailerReport *out;
} Run;

/* The first line of the file, which only its owner may read. */
static bool read_password(Ctx *c, Str path, Str *out) {
    struct stat st;
    Str text, rest;
    if (stat(str_z(c->arena, path), &st) != 0 || (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return FAIL(c, ERR_DENIED, M_MAIL_PASSWORD_FILE, path);
    if (!file_read(c, path, PASSWORD_FILE_MAX, &text)) return false;
    rest = text;
    *out = str_trim(str_cut(&rest, '\n'));
    return out->n > 0 || FAIL(c, ERR_DENIED, M_MAIL_PASSWORD_FILE, path);
}

typedef struct Offer {
    Run *run;
    int64_t id;
} Offer;

static bool before_end(void *user) {
    const Offer *o = user;
    o->run->c->now_ms = clock_now_ms();
    return mail_offer(o->run->db, o->run->holder, o->id);
}

static Str message_of(Run *r, const Mail *m) {
    Buf b = buf_new(r->c->arena, MAIL_MEMORY);
    MailText t = {.from = r->config.from,
                  .from_name = r->config.from_name,
                  .to = m->address,
                  .subject = m->subject,
                  .text = m->body,
                  .id = m->message_id,
                  .at_ms = m->made_ms};
    mail_write(&b, &t);
    return buf_str(&b);
}

static void count(Run *r, const SmtpAnswer *k) {
    int *counts[] = {[MAIL_WAITS] = &r->out->later,
                     [MAIL_SENT] = &r->out->sent,
                     [MAIL_REFUSED] = &r->out->refused,
                     [MAIL_UNCLEAR] = &r->out->unclear};
    ++*counts[k->state];
}

/* False: no more in this run. */
static bool send_one(Run *r, const Mail *m) {
    Ctx *c = r->c;
    Offer offer = {r, m->id};
    SmtpSend s = {.config = &r->config,
                  .password = r->password,
                  .to = m->address,
                  .message = message_of(r, m),
                  .all_ms = r->options->all_ms,
                  .before_end = before_end,
                  .user = &offer,
                  .stop = r->options->stop};
    SmtpAnswer k = smtp_send(c->arena, &s);
    if (!ctx_ok(c)) {
        if (c->err.code != ERR_STATE) return false;
        ctx_clear(c); /* somebody else has it now */
        return true;
    }
    c->now_ms = clock_now_ms();
    if (!mail_done(r->db, r->holder, m->id, k.state, k.text)) return false;
    count(r, &k);
    if (k.server) r->out->problem = k.text;
    return !k.server;
}

static bool stopping(const Run *r) {
    return r->options->stop && atomic_load(r->options->stop);
}

static bool send_all(Run *r) {
    Ctx *c = r->c;
    int64_t again, unclear;
    c->now_ms = clock_now_ms();
    if (!mail_sweep(r->db, &again, &unclear)) return false;
    r->out->unclear += (int)unclear;
    for (bool more = true; more && !stopping(r) && ctx_ok(c);) {
        Arena *own = arena_child(c->arena, 0), *outer = c->arena;
        Mail m;
        c->arena = own;
        c->now_ms = clock_now_ms();
        more = mail_claim(r->db, r->holder, r->domain, &m) && m.id && send_one(r, &m);
        c->arena = outer;
        r->out->problem = str_dup(outer, r->out->problem);
        if (ctx_ok(c)) arena_close(own);
    }
    return ctx_ok(c);
}

bool mailer_run(Ctx *c, const Register *reg, const MailerOptions *o, MailerReport *out) {
    *out = (MailerReport){0};
    Run r = {.c = c, .options = o, .out = out, .holder = secret_token(c->arena, 18)};
    r.db = db_borrow(c, reg->store);
    bool ok = r.db && mail_config_get(r.db, &r.config);
    if (ok && r.config.server.n == 0) ok = FAIL(c, ERR_STATE, M_MAIL_OFF);
    if (ok && r.config.user.n) ok = read_password(c, r.config.password_file, &r.password);
    Str rest = r.config.from;
    if (ok) str_cut(&rest, '@');
    r.domain = rest;
    if (ok && o->digests) ok = digest_make_due(r.db, reg, &r.config, &out->digests);
    ok = ok && send_all(&r);
    if (r.db) db_return(r.db);
    return ok && ctx_ok(c);
}

/* --- in the background of a server -------------------------------------------------------------
 */

struct Mailer {
    const Register *reg;
    pthread_t thread;
    atomic_bool stop;
};

static bool is_set(Ctx *c, const Register *reg) {
    MailConfig k = {0};
    Db *db = db_borrow(c, reg->store);
    bool ok = db && mail_config_get(db, &k);
    if (db) db_return(db);
    return ok && k.server.n > 0;
}

static void one_round(Mailer *m) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, clock_now_ms());
    MailerOptions o = {.stop = &m->stop, .digests = true};
    MailerReport r = {0};
    Db *db = db_borrow(&c, m->reg->store);
    const Register *now = db ? register_enter(db, m->reg) : NULL;
    if (db) db_return(db);
    bool ok = now && (!is_set(&c, now) || mailer_run(&c, now, &o, &r));
    if (now) register_leave(now);
    if (!ok || !ctx_ok(&c)) LOG(LOG_ERROR, "mail", {"text", note_text(a, &c.err.note, LANG_EN)});
    if (r.problem.n) LOG(LOG_WARN, "mail", {"problem", r.problem});
    if (r.unclear || r.refused)
        LOG(LOG_WARN, "mail", {"unclear", str_printf(a, "%d", r.unclear)},
            {"refused", str_printf(a, "%d", r.refused)});
    arena_close(a);
}

static void *work(void *user) {
    Mailer *m = user;
    const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
    for (int i = 0; !atomic_load(&m->stop); i = (i + 1) % ROUND_TICKS) {
        if (i == 0) one_round(m);
        nanosleep(&tick, NULL);
    }
    return NULL;
}

Mailer *mailer_start(Arena *a, const Register *reg) {
    Mailer *m = NEW(a, Mailer);
    m->reg = reg;
    atomic_init(&m->stop, false);
    smtp_init();
    return pthread_create(&m->thread, NULL, work, m) == 0 ? m : NULL;
}

void mailer_stop(Mailer *m) {
    if (!m) return;
    atomic_store(&m->stop, true);
    pthread_join(m->thread, NULL);
}
