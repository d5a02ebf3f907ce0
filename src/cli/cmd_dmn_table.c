/* jixia dmn table: decision tables to workbooks and back. */
#include "base/file.h"
#include "cli/cmd_dmn.h"
#include "job/table_sheet.h"

/* Findings of severity 0 of the new model, also on stderr. */
static bool loads(Cli *cli, Str path, Str bytes) {
    DmnSource file = {.file = path, .bytes = bytes};
    DmnModel *m = dmn_load(cli->c, &file, 1);
    if (m && m->errors == 0) return true;
    if (m) cli_notes(cli, cli->c->notes);
    return false;
}

static int import_table(Cli *cli, Str bytes, const DmnDefs *d, const DmnGrid *grids, int n,
                        Str decision, Str from, Str out) {
    Str sheet, text;
    DmnGrid want;
    const DmnGrid *g = dmn_grid_find(cli->c, grids, n, decision);
    if (!g || !file_read(cli->c, from, CLI_FILE_MAX, &sheet) ||
        !table_sheet_read(cli->c, sheet, from, g, &want) ||
        !dmn_grid_write(cli->c, bytes, d, g, &want, &text))
        return cli_failed(cli);
    /* what it imports stands beside the old model, not beside the new one */
    bool imports = str_find(bytes, S("<import")) >= 0 || str_find(bytes, S(":import")) >= 0;
    bool ok = imports || loads(cli, out, text);
    if (!ctx_ok(cli->c)) return cli_failed(cli);
    if (!file_write(cli->c, out, text)) return cli_failed(cli);
    return ok ? EXIT_YES : EXIT_NO;
}

int cmd_dmn_table(Cli *cli, int argc, char **argv) {
    CliOpt opts[] = {
        {.name = "--decision"}, {.name = "--xlsx"}, {.name = "--from"}, {.name = "--out"}};
    Str args[1], bytes;
    int n;
    cli->what = "dmn table";
    if (!cli_parse(cli, argc, argv, opts, 4, args, 1, &n)) return cli_failed(cli);
    bool back = opts[2].given && opts[3].given && !opts[1].given;
    bool forth = opts[1].given && !opts[2].given && !opts[3].given;
    if (n != 1 || !opts[0].given || back == forth) return cli_usage(cli);
    if (!file_read(cli->c, args[0], CLI_FILE_MAX, &bytes)) return cli_failed(cli);
    DmnGrid *grids;
    DmnDefs *d = dmn_read(cli->c, bytes, args[0]);
    if (!d) return cli_failed(cli);
    int count = dmn_grids(cli->c, d, &grids);
    if (back)
        return import_table(cli, bytes, d, grids, count, opts[0].text, opts[2].text, opts[3].text);
    const DmnGrid *g = dmn_grid_find(cli->c, grids, count, opts[0].text);
    return g && table_sheet_write(cli->c, g, S(""), opts[1].text) ? EXIT_YES : cli_failed(cli);
}
