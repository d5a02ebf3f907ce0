/* jixia dmn: models from files. */
#include "base/file.h"
#include "cli/cli.h"
#include "dmn/model.h"

static int dmn_check(Cli *cli, int argc, char **argv) {
    Str args[1], bytes;
    int n;
    cli->what = "dmn check";
    if (!cli_parse(cli, argc, argv, NULL, 0, args, 1, &n)) return cli_failed(cli);
    if (n != 1) return cli_usage(cli);
    if (!file_read(cli->c, args[0], CLI_FILE_MAX, &bytes)) return cli_failed(cli);
    DmnDefs *d = dmn_read(cli->c, bytes, args[0]);
    if (!d || !dmn_resolve(cli->c, d)) return cli_failed(cli);
    cli_notes(cli, cli->c->notes);
    return EXIT_YES;
}

int cmd_dmn(Cli *cli, int argc, char **argv) {
    cli->what = "dmn";
    if (argc < 1) return cli_usage(cli);
    Str sub = str_from(argv[0]);
    if (str_eq(sub, S("check"))) return dmn_check(cli, argc - 1, argv + 1);
    return cli_usage(cli);
}
