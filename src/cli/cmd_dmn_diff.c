/* jixia dmn diff: two versions of a model compared by meaning. Status 1 when they differ. */
#include "base/file.h"
#include "cli/cmd_dmn.h"
#include "dmn/diff.h"

int cmd_dmn_diff(Cli *cli, int argc, char **argv) {
    Str args[2], bytes[2];
    DmnDefs *defs[2];
    int n;
    cli->what = "dmn diff";
    if (!cli_parse(cli, argc, argv, NULL, 0, args, 2, &n)) return cli_failed(cli);
    if (n != 2) return cli_usage(cli);
    for (int i = 0; i < 2; i++) {
        if (!file_read(cli->c, args[i], CLI_FILE_MAX, &bytes[i])) return cli_failed(cli);
        defs[i] = dmn_read(cli->c, bytes[i], args[i]);
        if (!defs[i]) return cli_failed(cli);
    }
    DmnChange *changes;
    int count = dmn_diff(cli->c, defs[0], defs[1], &changes);
    Buf b = buf_new(cli->arena, 0);
    if (cli->json) {
        Json *o = json_new(cli->arena, JSON_OBJECT);
        json_set(o, S("total"), json_int(cli->arena, count));
        json_set(o, S("changes"), dmn_changes_json(cli->arena, changes, count));
        json_print(&b, o, 2);
        buf_char(&b, '\n');
    }
    for (int i = 0; !cli->json && i < count; i++) {
        buf_put(&b, dmn_change_line(cli->arena, &changes[i], cli->c->lang));
        buf_char(&b, '\n');
    }
    if (!cli_print(buf_str(&b))) return EXIT_INTERNAL;
    return count ? EXIT_NO : EXIT_YES;
}
