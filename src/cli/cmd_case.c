/* jixia case: list, show, open, act, and what time does to cases (tick). */
#include "base/date.h"
#include "city/flow/case.h"
#include "city/subject.h"
#include "cli/city.h"

typedef struct Work {
    const Register *reg;
    CaseActor actor;
    CaseNew open;
    CaseMove move;
    Str subject;
    int64_t id;
    CaseFile out;
} Work;

static Json *row(Arena *a, const CaseFile *k) {
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("id"), json_int(a, k->id));
    json_set(o, S("number"), json_string(a, k->number));
    json_set(o, S("flow"), json_string(a, k->flow->id));
    json_set(o, S("state"), json_string(a, k->state->id));
    json_set(o, S("title"), json_string(a, k->title));
    json_set(o, S("version"), json_int(a, k->version));
    json_set(o, S("changed"), json_string(a, instant_text(a, k->changed_ms)));
    json_set(o, S("closed"), json_bool(a, k->closed_ms != 0));
    return o;
}

static Str line(Arena *a, const CaseFile *k) {
    return str_printf(a, "%lld\t%.*s\t%.*s\t%.*s", (long long)k->id, STRF(k->number),
                      STRF(k->state->id), STRF(k->title));
}

static int list(Cli *cli, Db *db, const Register *reg, const CliOpt *o) {
    Arena *a = cli->arena;
    CaseFilter f = {.flow = o[0].text, .state = o[1].text, .open_only = o[2].given, .limit = 10000};
    CaseFile *all;
    int n;
    int64_t total;
    Json *out = json_new(a, JSON_ARRAY);
    Buf b = buf_new(a, 0);
    if (!case_list(db, reg, &f, NULL, &all, &n, &total)) return cli_failed(cli);
    for (int i = 0; i < n; i++) {
        json_push(out, row(a, &all[i]));
        buf_printf(&b, "%s%.*s", i ? "\n" : "", STRF(line(a, &all[i])));
    }
    return cli_show(cli, out, buf_str(&b)) ? EXIT_YES : EXIT_INTERNAL;
}

static int show(Cli *cli, Db *db, const Register *reg, const Work *w) {
    Arena *a = cli->arena;
    CaseFile k;
    CaseEvent *e;
    CaseActOpen *acts;
    int n, nacts;
    if (!case_get(db, reg, w->id, &k) || !case_events(db, k.id, &e, &n) ||
        !case_acts_open(db, reg, &k, &w->actor, &acts, &nacts))
        return cli_failed(cli);
    Json *o = row(a, &k), *data = NEW(a, Json);
    Buf b = buf_new(a, 0);
    *data = *k.data;
    data->next = NULL;
    json_set(o, S("data"), data);
    buf_put(&b, line(a, &k));
    Json *list_of = json_set(o, S("events"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < n; i++) {
        Json *j = json_push(list_of, json_new(a, JSON_OBJECT));
        json_set(j, S("at"), json_string(a, instant_text(a, e[i].at_ms)));
        json_set(j, S("actor"), json_string(a, e[i].actor));
        json_set(j, S("act"), json_string(a, e[i].act));
        json_set(j, S("to"), json_string(a, e[i].to));
        json_set(j, S("reason"), json_string(a, e[i].reason));
        buf_printf(&b, "\n  %.*s  %.*s  %.*s → %.*s  %.*s", STRF(instant_text(a, e[i].at_ms)),
                   STRF(e[i].actor), STRF(e[i].act), STRF(e[i].to), STRF(e[i].reason));
    }
    Json *open = json_set(o, S("acts"), json_new(a, JSON_ARRAY));
    for (int i = 0; i < nacts; i++) {
        Json *j = json_push(open, json_new(a, JSON_OBJECT));
        json_set(j, S("id"), json_string(a, acts[i].act->id));
        json_set(j, S("open"), json_bool(a, acts[i].open));
        json_set(j, S("why"), json_string(a, acts[i].why));
        buf_printf(&b, "\n  %s %.*s  %.*s", acts[i].open ? "+" : "-", STRF(acts[i].act->id),
                   STRF(acts[i].why));
    }
    return cli_show(cli, o, buf_str(&b)) ? EXIT_YES : EXIT_INTERNAL;
}

static bool open_tx(Db *db, void *user) {
    Work *w = user;
    if (w->subject.n && !(w->open.subject = subject_find(db, w->subject))) return false;
    return case_open(db, w->reg, &w->open, &w->actor, &w->out);
}

static bool act_tx(Db *db, void *user) {
    Work *w = user;
    return case_act(db, w->reg, w->id, &w->move, &w->actor, &w->out);
}

static int change(Cli *cli, Db *db, bool (*fn)(Db *, void *), Work *w) {
    if (!tx_run(db, DB_WRITE, fn, w) || !journal_seal(db, 1000, NULL)) return cli_failed(cli);
    return cli_show(cli, row(cli->arena, &w->out), line(cli->arena, &w->out)) ? EXIT_YES
                                                                              : EXIT_INTERNAL;
}

static int tick(Cli *cli, Db *db, const Register *reg) {
    Arena *a = cli->arena;
    CaseTick t;
    if (!case_tick(db, reg, &t) || !journal_seal(db, 10000, NULL)) return cli_failed(cli);
    Json *o = json_new(a, JSON_OBJECT);
    json_set(o, S("escalated"), json_int(a, t.escalated));
    json_set(o, S("acted"), json_int(a, t.acted));
    json_set(o, S("dated"), json_int(a, t.dated));
    Str args[] = {str_printf(a, "%d", t.escalated), str_printf(a, "%d", t.acted),
                  str_printf(a, "%d", t.dated)};
    return cli_show(cli, o, msg_text(a, M_CLI_CASE_TICK, cli->c->lang, 3, args)) ? EXIT_YES
                                                                                 : EXIT_INTERNAL;
}

static bool number(Cli *cli, Str text, int64_t *out) {
    return (str_to_i64(text, out) && *out > 0) ||
           FAIL(cli->c, ERR_INPUT, M_CLI_NUMBER, S("case"), text);
}

static int run(Cli *cli, Db *db, const Register *reg, Str *args, int n, CliOpt *o) {
    Work w = {.reg = reg, .actor = case_actor_system(cli_actor(cli->arena)), .subject = o[3].text};
    const Json *data = o[5].given ? json_parse(cli->c, o[5].text, S("--data")) : NULL;
    if (o[5].given && !data) return cli_failed(cli);
    w.move = (CaseMove){.data = data, .reason = o[6].text, .code = o[7].text};
    w.open = (CaseNew){.data = data, .reason = o[6].text, .code = o[7].text, .title = o[8].text};
    if (n == 1 && str_eq(args[0], S("list"))) return list(cli, db, reg, o);
    if (n == 1 && str_eq(args[0], S("tick"))) return tick(cli, db, reg);
    if (n >= 2 && n <= 3 && str_eq(args[0], S("open"))) {
        w.open.flow = args[1];
        w.open.act = n == 3 ? args[2] : S("");
        if (o[4].given && !number(cli, o[4].text, &w.open.parent)) return cli_failed(cli);
        return change(cli, db, open_tx, &w);
    }
    if (n < 2 || (n == 2) != str_eq(args[0], S("show"))) return cli_usage(cli);
    if (n == 3 && !str_eq(args[0], S("act"))) return cli_usage(cli);
    if (!number(cli, args[1], &w.id)) return cli_failed(cli);
    if (n == 2) return show(cli, db, reg, &w);
    w.move.act = args[2];
    return change(cli, db, act_tx, &w);
}

int cmd_case(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--flow"},    {.name = "--state"},  {.name = "--open", .flag = true},
                  {.name = "--subject"}, {.name = "--parent"}, {.name = "--data"},
                  {.name = "--reason"},  {.name = "--code"},   {.name = "--title"}};
    Str args[3];
    int n;
    if (!cli_parse(cli, argc, argv, o, 9, args, 3, &n)) return cli_failed(cli);
    if (n == 0) return cli_usage(cli);
    Register *reg = register_open(cli->c, cli_db(cli), 2);
    Db *db = reg ? db_borrow(cli->c, reg->store) : NULL;
    int status = db ? run(cli, db, reg, args, n, o) : cli_failed(cli);
    if (db) db_return(db);
    register_close(reg);
    return status;
}
