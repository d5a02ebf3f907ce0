/* jixia watch run: looks at every enterprise that is watched, records and tells what was crossed.
 */
#include "base/date.h"
#include "city/library/watch.h"
#include "cli/city.h"

static int print_run(Cli *cli, const WatchRun *run) {
    Arena *a = cli->arena;
    Buf b = buf_new(a, 0);
    Str args[] = {str_printf(a, "%d", run->looked), str_printf(a, "%d", run->events)};
    if (cli->json)
        buf_printf(&b, "{\"looked\": %d, \"events\": %d}", run->looked, run->events);
    else
        buf_put(&b, msg_text(a, M_WATCH_RUN, cli->c->lang, 2, args));
    buf_char(&b, '\n');
    cli_print(buf_str(&b));
    return EXIT_YES;
}

int cmd_watch(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--as-of"}};
    Str args[1];
    int n;
    int64_t day;
    WatchRun run;
    if (!cli_parse(cli, argc, argv, o, 1, args, 1, &n)) return cli_failed(cli);
    if (n != 1 || !str_eq(args[0], S("run"))) return cli_usage(cli);
    if (!cli_day(cli, &o[0], &day)) return cli_failed(cli);
    Register *reg = register_open(cli->c, cli_db(cli), 2);
    Db *db = reg ? db_borrow(cli->c, reg->store) : NULL;
    bool ok = db && watch_run(db, reg, date_to_int(day), &run);
    int status = ok ? print_run(cli, &run) : cli_failed(cli);
    if (db) db_return(db);
    register_close(reg);
    return status;
}
