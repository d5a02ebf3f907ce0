/* jixia dmn check: the static checks of a model, each with a row of inputs that shows it. */
#include "cli/cmd_dmn.h"
#include "dmn/check.h"

/* A whole number of at least one; 0 stays the default when the option is not given. */
static bool number_of(Cli *cli, const CliOpt *o, int64_t most, int64_t *out) {
    *out = 0;
    if (!o->given) return true;
    if (str_to_i64(o->text, out) && *out > 0 && *out <= most) return true;
    return FAIL(cli->c, ERR_INPUT, M_CLI_NUMBER, str_from(o->name), o->text);
}

/* One line on stderr for the finding and, indented, the row to run. */
static void print_finding(Cli *cli, const DmnFinding *f) {
    Note one = *f->note;
    one.next = NULL;
    cli_notes(cli, &one);
    if (!f->row) return;
    Buf b = buf_new(cli->arena, 0);
    json_canonical(&b, f->row);
    fprintf(stderr, "  %.*s\n", STRF(buf_str(&b)));
}

static int print_findings(Cli *cli, const DmnModel *m, const DmnFinding *first) {
    Json *o = json_new(cli->arena, JSON_OBJECT);
    Json *list = json_new(cli->arena, JSON_ARRAY);
    bool errors = false;
    for (const DmnFinding *f = first; f; f = f->next) {
        errors = errors || f->note->severity == 0;
        if (cli->json)
            json_push(list, dmn_finding_json(cli->arena, f, cli->c->lang));
        else
            print_finding(cli, f);
    }
    if (cli->json) {
        json_set(o, S("model"), json_string(cli->arena, m->main->name));
        json_set(o, S("findings"), list);
        if (!cli_print_json(cli, o)) return EXIT_INTERNAL;
    }
    return errors ? EXIT_NO : EXIT_YES;
}

int cmd_dmn_check(Cli *cli, int argc, char **argv) {
    CliOpt opts[] = {{.name = "--budget"}, {.name = "--shown"}};
    Str args[1];
    int n;
    int64_t budget, shown;
    cli->what = "dmn check";
    if (!cli_parse(cli, argc, argv, opts, 2, args, 1, &n)) return cli_failed(cli);
    if (n != 1) return cli_usage(cli);
    if (!number_of(cli, &opts[0], INT64_MAX / 4, &budget)) return cli_failed(cli);
    if (!number_of(cli, &opts[1], 1000000, &shown)) return cli_failed(cli);
    DmnModel *m = cli_load_model(cli->c, args[0]);
    if (!m) return cli_failed(cli);
    DmnCheckOptions o = {.budget = budget, .shown = (int)shown};
    return print_findings(cli, m, dmn_check(cli->c, m, &o));
}
