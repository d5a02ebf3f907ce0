/* Options, messages and defaults shared by all commands. See cli.h. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static CliOpt *find_opt(CliOpt *opts, int n, Str name) {
    for (int i = 0; i < n; i++)
        if (str_eq(str_from(opts[i].name), name)) return &opts[i];
    return NULL;
}

static void keep(Cli *cli, CliOpt *o, Str value) {
    o->given = true;
    o->text = value;
    GROW(cli->arena, o->all, o->n, o->cap);
    o->all[o->n++] = value;
}

/* One option at argv[*i]; moves *i to the last word it used. */
static bool take(Cli *cli, int argc, char **argv, int *i, CliOpt *opts, int nopts) {
    CliOpt common[] = {{.name = "--db"}, {.name = "--json", .flag = true}};
    Str word = str_from(argv[*i]);
    ptrdiff_t eq = str_find(word, S("="));
    Str name = eq > 0 ? str_sub(word, 0, eq) : word;
    CliOpt *o = find_opt(opts, nopts, name);
    if (!o) o = find_opt(common, 2, name);
    if (!o) return FAIL(cli->c, ERR_INPUT, M_CLI_OPTION, name);
    if (o->flag) {
        if (eq > 0 && !o->value) return FAIL(cli->c, ERR_INPUT, M_CLI_NO_VALUE, name);
        keep(cli, o, eq > 0 ? str_sub(word, eq + 1, word.n) : (Str){0});
    } else if (eq > 0) {
        keep(cli, o, str_sub(word, eq + 1, word.n));
    } else {
        if (*i + 1 >= argc) return FAIL(cli->c, ERR_INPUT, M_CLI_VALUE, name);
        keep(cli, o, str_from(argv[++*i]));
    }
    if (common[0].given) cli->db = common[0].text;
    if (common[1].given) cli->json = true;
    return true;
}

bool cli_parse(Cli *cli, int argc, char **argv, CliOpt *opts, int nopts, Str *args, int max,
               int *nargs) {
    bool options = true;
    *nargs = 0;
    for (int i = 0; i < argc; i++) {
        if (options && strcmp(argv[i], "--") == 0) {
            options = false;
            continue;
        }
        if (options && argv[i][0] == '-' && argv[i][1]) {
            if (!take(cli, argc, argv, &i, opts, nopts)) return false;
            continue;
        }
        if (*nargs == max) return FAIL(cli->c, ERR_INPUT, M_CLI_ARGUMENT, str_from(argv[i]));
        args[(*nargs)++] = str_from(argv[i]);
    }
    return true;
}

static void print_note(Cli *cli, const Note *n) {
    Str text = note_text(cli->arena, n, cli->c->lang);
    Str hint = note_hint(cli->arena, n, cli->c->lang);
    Str sep = cli->c->lang == LANG_EN ? S("; ") : S("；");
    if (str_trim(hint).n == 0) hint = sep = (Str){0};
    fprintf(stderr, "jixia: %s: %.*s%.*s%.*s", cli->what, STRF(text), STRF(sep), STRF(hint));
    if (n->place.n) fprintf(stderr, " (%.*s)", STRF(n->place));
    fputc('\n', stderr);
}

int cli_failed(Cli *cli) {
    print_note(cli, &cli->c->err.note);
    return err_exit_status(cli->c->err.code);
}

void cli_notes(Cli *cli, const Note *notes) {
    for (const Note *n = notes; n; n = n->next) print_note(cli, n);
}

/* A line that begins with a blank continues the one before and hangs under its first word. */
void cli_print_usage(FILE *to, const char *usage) {
    Str rest = str_from(usage);
    while (rest.p) {
        Str line = str_cut(&rest, '\n');
        fprintf(to, line.n && line.p[0] == ' ' ? "        %.*s\n" : "  jixia %.*s\n", STRF(line));
    }
}

int cli_usage(Cli *cli) {
    FAIL(cli->c, ERR_INPUT, M_CLI_USAGE);
    print_note(cli, &cli->c->err.note);
    if (cli->usage) cli_print_usage(stderr, cli->usage);
    return EXIT_USAGE;
}

bool cli_print(Str text) {
    return fwrite(text.p, 1, (size_t)text.n, stdout) == (size_t)text.n && fflush(stdout) == 0;
}

bool cli_print_json(Cli *cli, const Json *j) {
    Buf b = buf_new(cli->arena, 0);
    json_print(&b, j, 2);
    buf_char(&b, '\n');
    return cli_print(buf_str(&b));
}

bool cli_show(Cli *cli, const Json *j, Str text) {
    return cli->json ? cli_print_json(cli, j) : cli_print(str_cat(cli->arena, text, S("\n")));
}

Str cli_db(Cli *cli) {
    if (cli->db.n) return cli->db;
    const char *db = getenv("JIXIA_DB"), *data = getenv("JIXIA_DATA"), *home = getenv("HOME");
    if (db && *db) return str_from(db);
    if (data && *data) return str_printf(cli->arena, "%s/jixia.db", data);
    return str_printf(cli->arena, "%s/.local/share/jixia/jixia.db", home ? home : ".");
}
