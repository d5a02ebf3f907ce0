/* jixia serve: the server until it is told to stop. On the first run it makes the administrator and
 * prints a one-time password; there is no default one. */
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/log.h"
#include "city/fact.h"
#include "city/flow/case.h"
#include "city/library/watch.h"
#include "city/people/factor.h"
#include "city/snapshot.h"
#include "city/user.h"
#include "cli/city.h"
#include "http/http.h"
#include "http/server.h"
#include "job/bundler.h"
#include "job/mailer.h"

enum { BATCH_MAX = 1000, STALE_BATCH_MS = 3600000 };

/* Batches that a process left staged when it died. */
static bool sweep(Db *db, void *user) {
    int dropped = 0;
    (void)user;
    return batch_sweep(db, db_ctx(db)->now_ms - STALE_BATCH_MS, &dropped);
}

typedef struct First {
    PasswordHash hash;
    bool must_change, made;
} First;

static bool first_user(Db *db, void *user) {
    First *f = user;
    Act act = {.actor = S("system:first-run"), .reason = S("first run")};
    User admin = {.name = S("admin"),
                  .display_name = S("首位管理员"),
                  .must_change = f->must_change,
                  .roles = 1u << ROLE_SYSADMIN | 1u << ROLE_CLERK_OFFICE};
    f->made = user_count(db) == 0 && ctx_ok(db_ctx(db));
    return f->made ? user_add(db, &admin, f->hash, &act) != 0 : ctx_ok(db_ctx(db));
}

/* The administrator of a register without users. A password chosen by the operator
 * (JIXIA_ADMIN_PASSWORD, for unattended installs) stays; a one-time password is printed. */
static bool first_run(Cli *cli, Db *db) {
    if (user_count(db) > 0 || !ctx_ok(cli->c)) return ctx_ok(cli->c);
    const char *given = getenv("JIXIA_ADMIN_PASSWORD");
    bool chosen = given && *given;
    First f = {.must_change = !chosen};
    Str password = chosen ? str_from(given) : user_one_time_password(cli->arena);
    if (!user_hash_password(cli->c, S("admin"), password, &f.hash)) return false;
    if (!tx_run(db, DB_WRITE, first_user, &f)) return false;
    if (!f.made || chosen) return true;
    Str args[] = {password};
    return cli_print(
        str_cat(cli->arena, msg_text(cli->arena, M_CLI_FIRST_RUN, cli->c->lang, 1, args), S("\n")));
}

static bool beat(Db *db, void *user) {
    return idempotency_beat(db, user) && idempotency_bury(db, user);
}

/* Lists of today's outcomes are asked for sooner or later: of a large register they are computed
 * when the server starts, and again after each import and at midnight. So is what is watched. */
static bool warm(Db *db, const Register *reg) {
    enum { CHINA_MS = 8 * 3600 * 1000, DAY_MS = 86400000 };
    int64_t today = (db_ctx(db)->now_ms + CHINA_MS) / DAY_MS;
    FactAt at = {.as_of = date_to_int(today)};
    const Register *now = register_enter(db, reg);
    WatchRun run;
    bool ok = fact_at(db, &at) && snapshot_warm(db, now, today, &at) &&
              watch_tick(db, now, date_to_int(today), &run);
    register_leave(now);
    return ok;
}

/* Clocks of cases that are over: looked at when the server starts and every minute. */
static bool tick(Db *db, const Register *reg) {
    CaseTick report;
    const Register *now = register_enter(db, reg);
    bool ok = case_tick(db, now, &report);
    register_leave(now);
    return ok;
}

/* The sealer's second: numbers and links what was written since; now and then a sign of life. */
static void every_second(Register *reg, int second) {
    Arena *a = arena_open(0);
    Ctx c = ctx_new(a, clock_now_ms());
    Db *db = db_borrow(&c, reg->store);
    bool ok = db && journal_seal(db, BATCH_MAX, NULL);
    if (ok && second % (HTTP_BEAT_MS / 1000) == 0) ok = tx_run(db, DB_WRITE, beat, reg);
    if (ok && second % 60 == 0) ok = tick(db, reg);
    if (ok) ok = warm(db, reg);
    if (!ok) LOG(LOG_ERROR, "seal", {"text", note_text(a, &c.err.note, LANG_EN)});
    if (db) db_return(db);
    arena_close(a);
}

static void wait_for_signal(Register *reg, const sigset_t *set) {
    struct timespec second = {.tv_sec = 1};
    for (int i = 0; sigtimedwait(set, NULL, &second) < 0; i++) every_second(reg, i);
}

static bool seal_factors(Db *db, void *user) {
    (void)user;
    return factor_seal_all(db);
}

/* A key that is missing keeps nobody from working: it is said, and those codes do not hold. */
static bool seal(Db *db) {
    Ctx *c = db_ctx(db);
    if (tx_run(db, DB_WRITE, seal_factors, NULL)) return true;
    LOG(LOG_ERROR, "second_factor", {"text", note_text(c->arena, &c->err.note, LANG_EN)});
    ctx_clear(c);
    return true;
}

/* A store that takes nothing, on a full disk or for reading only, can still be read: it is said
 * here, and again to everybody who wants to write. What was left undone is done by the next start,
 * or, the beat, in its turn. */
static bool tidy_up(Db *db, const Register *reg) {
    Ctx *c = db_ctx(db);
    if (tx_run(db, DB_WRITE, sweep, NULL) && tx_run(db, DB_WRITE, beat, (void *)(uintptr_t)reg) &&
        seal(db))
        return true;
    if (c->err.note.msg != M_STORE_FULL && c->err.note.msg != M_STORE_READ_ONLY) return false;
    LOG(LOG_ERROR, "store", {"text", note_text(c->arena, &c->err.note, c->lang)},
        {"hint", note_hint(c->arena, &c->err.note, c->lang)});
    ctx_clear(c);
    return true;
}

static bool prepare(Cli *cli, const Register *reg) {
    Db *db = db_borrow(cli->c, reg->store);
    bool ok = db && first_run(cli, db) && tidy_up(db, reg);
    if (db) db_return(db);
    return ok;
}

static bool serve(Cli *cli, Register *reg, const ServerOptions *o, const sigset_t *set) {
    Server *s = server_start(cli->c, reg, o);
    if (!s) return false;
    Str args[] = {o->bind, str_printf(cli->arena, "%d", server_port(s))};
    cli_print(
        str_cat(cli->arena, msg_text(cli->arena, M_CLI_SERVING, cli->c->lang, 2, args), S("\n")));
    Mailer *mailer = mailer_start(cli->arena, reg);
    Bundler *bundler = bundler_start(cli->arena, reg);
    wait_for_signal(reg, set);
    bundler_stop(bundler);
    mailer_stop(mailer);
    server_stop(s);
    every_second(reg, 1);
    return true;
}

int cmd_serve(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--port"}, {.name = "--bind"}, {.name = "--secure", .flag = true}};
    Str args[1];
    int n;
    int64_t port = 8080;
    sigset_t set;
    if (!cli_parse(cli, argc, argv, o, 3, args, 0, &n)) return cli_failed(cli);
    if (o[0].given && (!str_to_i64(o[0].text, &port) || port < 0 || port > 65535)) {
        FAIL(cli->c, ERR_INPUT, M_CLI_NUMBER, S("--port"), o[0].text);
        return cli_failed(cli);
    }
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL); /* before threads start: they inherit it */
    signal(SIGPIPE, SIG_IGN);
    umask(S_IRWXG | S_IRWXO); /* exports pass through temporary files: for the server's eyes only */
    ServerOptions options = {.bind = o[1].given ? o[1].text : S("127.0.0.1"),
                             .port = (int)port,
                             .secure_cookie = o[2].given};
    Register *reg = register_open(cli->c, cli_db(cli), HTTP_POOL);
    bool ok = reg && prepare(cli, reg) && serve(cli, reg, &options, &set);
    int status = ok ? EXIT_YES : cli_failed(cli);
    register_close(reg);
    return status;
}
