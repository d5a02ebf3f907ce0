/* jixia mail: the mail server set, mail sent, listed and proved. No password is an argument or
 * shown: the settings name the file that has it. */
#include "base/date.h"
#include "city/bundle/mail.h"
#include "city/register.h"
#include "cli/city.h"
#include "codec/json.h"
#include "job/mailer.h"
#include "job/smtp.h"

enum { LIST_MOST = 100000 };

typedef struct Options {
    CliOpt *server, *from, *name, *user, *password_file, *ca, *site, *hour, *plain, *reason, *state,
        *object, *most, *notification;
} Options;

typedef struct Doing {
    Cli *cli;
    const Options *o;
    Register *reg;
    Db *db;
    Str arg;
    int64_t id;
    MailConfig config;
    Act act;
} Doing;

/* --- settings ----------------------------------------------------------------------------------
 */

static int show_config(Doing *d) {
    Arena *a = d->cli->arena;
    MailConfig k;
    if (!mail_config_get(d->db, &k)) return cli_failed(d->cli);
    const struct {
        const char *name;
        Str value;
    } LINES[] = {{"server", k.server},
                 {"from", k.from},
                 {"from_name", k.from_name},
                 {"user", k.user},
                 {"password_file", k.password_file},
                 {"ca_file", k.ca_file},
                 {"site", k.site},
                 {"plain", k.plain ? S("true") : S("false")},
                 {"digest_hour", str_printf(a, "%d", k.digest_hour)}};
    Json *o = json_new(a, JSON_OBJECT);
    Buf b = buf_new(a, 0);
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        json_set(o, str_from(LINES[i].name), json_string(a, LINES[i].value));
        buf_printf(&b, "%s%s\t%.*s", i ? "\n" : "", LINES[i].name, STRF(LINES[i].value));
    }
    Str none = msg_text(a, M_CLI_MAIL_NONE, d->cli->c->lang, 0, NULL);
    if (!cli_show(d->cli, o, k.server.n ? buf_str(&b) : none)) return EXIT_INTERNAL;
    return k.server.n ? EXIT_YES : EXIT_NO;
}

static bool set_in_tx(Db *db, void *user) {
    const Doing *d = user;
    return d->config.server.n ? mail_config_set(db, &d->config, &d->act)
                              : mail_config_end(db, &d->act);
}

static int configure(Doing *d) {
    const Options *o = d->o;
    int64_t hour;
    if (!mail_config_get(d->db, &d->config)) return cli_failed(d->cli);
    const int kept = d->config.digest_hour;
    d->config = (MailConfig){.server = o->server->text,
                             .from = o->from->text,
                             .from_name = o->name->text,
                             .user = o->user->text,
                             .password_file = o->password_file->text,
                             .ca_file = o->ca->text,
                             .site = o->site->text,
                             .plain = o->plain->given,
                             .digest_hour = kept};
    if (o->hour->given) {
        if (!str_to_i64(o->hour->text, &hour) || hour < 0 || hour > 23) hour = -1;
        d->config.digest_hour = (int)hour;
    }
    if (str_ends(d->config.site, S("/")))
        d->config.site = str_sub(d->config.site, 0, d->config.site.n - 1);
    if (!tx_run(d->db, DB_WRITE, set_in_tx, d)) return cli_failed(d->cli);
    return show_config(d);
}

static int turn_off(Doing *d) {
    return tx_run(d->db, DB_WRITE, set_in_tx, d) ? EXIT_YES : cli_failed(d->cli);
}

/* --- sending -----------------------------------------------------------------------------------
 */

static int run(Doing *d, bool digests) {
    Cli *cli = d->cli;
    Arena *a = cli->arena;
    MailerReport r;
    MailerOptions o = {.digests = digests};
    smtp_init();
    if (!mailer_run(cli->c, d->reg, &o, &r)) return cli_failed(cli);
    const int counts[] = {r.digests, r.sent, r.refused, r.later, r.unclear};
    static const char *const NAMES[] = {"digests", "sent", "refused", "later", "unclear"};
    Json *j = json_new(a, JSON_OBJECT);
    Str args[5];
    for (int i = 0; i < 5; i++) {
        json_set(j, str_from(NAMES[i]), json_int(a, counts[i]));
        args[i] = str_printf(a, "%d", counts[i]);
    }
    json_set(j, S("problem"), r.problem.n ? json_string(a, r.problem) : json_new(a, JSON_NULL));
    Str text = msg_text(a, M_CLI_MAIL_SENT, cli->c->lang, 5, args);
    if (r.problem.n) text = str_printf(a, "%.*s\n%.*s", STRF(text), STRF(r.problem));
    if (!cli_show(cli, j, text)) return EXIT_INTERNAL;
    return r.refused || r.later || r.unclear ? EXIT_NO : EXIT_YES;
}

static bool queue_test(Db *db, void *user) {
    Doing *d = user;
    Arena *a = d->cli->arena;
    Lang lang = d->cli->c->lang;
    Mail m = {.kind = S("test"),
              .address = d->arg,
              .subject = msg_text(a, M_MAIL_TEST, lang, 0, NULL),
              .body = msg_text(a, M_MAIL_TEST_BODY, lang, 0, NULL),
              .object = S("setting:mail"),
              .actor = d->act.actor};
    d->id = mail_queue(db, &m);
    return d->id != 0;
}

static int test(Doing *d) {
    if (!mail_config_get(d->db, &d->config)) return cli_failed(d->cli);
    if (d->config.server.n == 0) {
        FAIL(d->cli->c, ERR_STATE, M_MAIL_OFF);
        return cli_failed(d->cli);
    }
    return tx_run(d->db, DB_WRITE, queue_test, d) ? run(d, false) : cli_failed(d->cli);
}

static bool again_in_tx(Db *db, void *user) {
    const Doing *d = user;
    return mail_again(db, d->id, &d->act);
}

/* --- reading -----------------------------------------------------------------------------------
 */

static int list(Doing *d) {
    Cli *cli = d->cli;
    Arena *a = cli->arena;
    const Options *o = d->o;
    Mail *items;
    int n, state = o->state->given ? mail_state_find(o->state->text) : -1;
    int64_t total, most = 50;
    if (o->state->given && state < 0) return cli_usage(cli);
    if (o->most->given && (!str_to_i64(o->most->text, &most) || most < 1 || most > LIST_MOST)) {
        FAIL(cli->c, ERR_INPUT, M_CLI_NUMBER, S("--most"), o->most->text);
        return cli_failed(cli);
    }
    if (!mail_list(d->db, state, o->object->text, 0, most, &items, &n, &total))
        return cli_failed(cli);
    Json *out = json_new(a, JSON_OBJECT), *all = json_set(out, S("items"), json_new(a, JSON_ARRAY));
    Buf b = buf_new(a, 0);
    for (int i = 0; i < n; i++) {
        const Mail *m = &items[i];
        Json *e = json_push(all, json_new(a, JSON_OBJECT));
        json_set(e, S("id"), json_int(a, m->id));
        json_set(e, S("kind"), json_string(a, m->kind));
        json_set(e, S("state"), json_string(a, mail_state_text(m->state)));
        json_set(e, S("address"), json_string(a, m->address));
        json_set(e, S("subject"), json_string(a, m->subject));
        json_set(e, S("object"), json_string(a, m->object));
        json_set(e, S("made_at"), json_string(a, instant_text(a, m->made_ms)));
        json_set(e, S("tries"), json_int(a, m->tries));
        json_set(e, S("message_id"), json_string(a, m->message_id));
        json_set(e, S("answer"), json_string(a, m->answer));
        Str made = instant_text(a, m->made_ms), kind = mail_state_text(m->state);
        buf_printf(&b, "%lld\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\t%.*s\n", (long long)m->id, STRF(made),
                   STRF(m->kind), STRF(kind), STRF(m->address), STRF(m->subject), STRF(m->answer));
    }
    json_set(out, S("total"), json_int(a, total));
    buf_printf(&b, "%d / %lld", n, (long long)total);
    return cli_show(cli, out, buf_str(&b)) ? EXIT_YES : EXIT_INTERNAL;
}

static int prove(Doing *d) {
    Cli *cli = d->cli;
    Proof p;
    bool ok = d->o->notification->given ? proof_of_notification(d->db, d->id, &p)
                                        : proof_of_mail(d->db, d->id, &p);
    if (!ok) return cli_failed(cli);
    const Json *j = proof_json(d->db, &p);
    Buf b = buf_new(cli->arena, 0);
    json_print(&b, j, 2);
    return ctx_ok(cli->c) && cli_show(cli, j, buf_str(&b)) ? EXIT_YES : cli_failed(cli);
}

/* --- the command -------------------------------------------------------------------------------
 */

static bool has_reason(const Doing *d) {
    return str_trim(d->o->reason->text).n > 0;
}

static int act(Doing *d, Str what, int n) {
    const Options *o = d->o;
    bool id = n == 2 && str_to_i64(d->arg, &d->id) && d->id > 0;
    if (str_eq(what, S("proof")) && n == 1 && o->notification->given)
        id = str_to_i64(o->notification->text, &d->id) && d->id > 0;
    if (str_eq(what, S("show")) && n == 1) return show_config(d);
    if (str_eq(what, S("configure")) && n == 1 && o->server->text.n && o->from->given &&
        has_reason(d))
        return configure(d);
    if (str_eq(what, S("off")) && n == 1 && has_reason(d)) return turn_off(d);
    if (str_eq(what, S("test")) && n == 2) return test(d);
    if (str_eq(what, S("send")) && n == 1) return run(d, true);
    if (str_eq(what, S("list")) && n == 1) return list(d);
    if (str_eq(what, S("proof")) && id) return prove(d);
    if (str_eq(what, S("again")) && id && has_reason(d))
        return tx_run(d->db, DB_WRITE, again_in_tx, d) ? EXIT_YES : cli_failed(d->cli);
    return cli_usage(d->cli);
}

int cmd_mail(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {
        {.name = "--server"}, {.name = "--from"},          {.name = "--name"},
        {.name = "--user"},   {.name = "--password-file"}, {.name = "--ca"},
        {.name = "--site"},   {.name = "--digest-hour"},   {.name = "--plain", .flag = true},
        {.name = "--reason"}, {.name = "--state"},         {.name = "--object"},
        {.name = "--most"},   {.name = "--notification"}};
    Options options = {&o[0], &o[1], &o[2], &o[3],  &o[4],  &o[5],  &o[6],
                       &o[7], &o[8], &o[9], &o[10], &o[11], &o[12], &o[13]};
    Str args[2] = {{0}};
    int n;
    if (!cli_parse(cli, argc, argv, o, 14, args, 2, &n)) return cli_failed(cli);
    if (n < 1) return cli_usage(cli);
    Doing d = {.cli = cli, .o = &options, .arg = args[1]};
    d.act = (Act){cli_actor(cli->arena), options.reason->text};
    d.reg = register_open(cli->c, cli_db(cli), 3);
    d.db = d.reg ? db_borrow(cli->c, d.reg->store) : NULL;
    int status = d.db ? act(&d, args[0], n) : cli_failed(cli);
    if (d.db && ctx_ok(cli->c)) journal_seal(d.db, 10000, NULL);
    if (d.db) db_return(d.db);
    register_close(d.reg);
    return status;
}
