/* jixia demo: a generated register, marked DEMO wherever it shows. */
#include "base/clock.h"
#include "city/demo.h"
#include "cli/city.h"
#include "codec/json.h"

static void print_demo(Cli *cli, const DemoReport *r, int64_t us) {
    Arena *a = cli->arena;
    Str seconds =
        str_printf(a, "%lld.%03lld", (long long)us / 1000000, (long long)us / 1000 % 1000);
    Buf b = buf_new(a, 0);
    if (cli->json) {
        Json *j = json_new(a, JSON_OBJECT);
        json_set(j, S("subjects"), json_int(a, r->subjects));
        json_set(j, S("facts"), json_int(a, r->facts));
        json_set(j, S("before"), json_int(a, r->before));
        json_set(j, S("seconds"), json_number(a, seconds));
        json_print(&b, j, 2);
    } else {
        Str args[] = {str_printf(a, "%lld", (long long)r->subjects),
                      str_printf(a, "%lld", (long long)r->facts),
                      str_printf(a, "%lld", (long long)r->before), seconds};
        buf_put(&b, msg_text(a, M_CLI_DEMO, cli->c->lang, 4, args));
    }
    buf_char(&b, '\n');
    cli_print(buf_str(&b));
}

int cmd_demo(Cli *cli, int argc, char **argv) {
    CliOpt o[] = {{.name = "--enterprises"}, {.name = "--seed"}};
    Str args[1];
    int none;
    int64_t n, seed = 1, start = clock_mono_us();
    DemoReport report;
    if (!cli_parse(cli, argc, argv, o, 2, args, 0, &none)) return cli_failed(cli);
    if (!o[0].given || !str_to_i64(o[0].text, &n)) return cli_usage(cli);
    if (o[1].given && !str_to_i64(o[1].text, &seed)) return cli_usage(cli);
    Act act = {.actor = cli_actor(cli->arena), .reason = S("jixia demo")};
    Register *reg = register_open(cli->c, cli_db(cli), 2);
    bool ok = reg && register_demo(cli->c, reg, n, seed, &act, &report);
    if (ok) print_demo(cli, &report, clock_mono_us() - start);
    int status = ok ? EXIT_YES : cli_failed(cli);
    register_close(reg);
    return status;
}
