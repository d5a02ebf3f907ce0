/* The command line: one row a command in main.c, one cmd_<name>.c each.
 *
 * A command is `int cmd_x(Cli *cli, int argc, char **argv)` with argv behind the command's name. It
 * returns the exit status: 0 ok, 1 the answer is no or rows were refused, 2 wrong usage or bad
 * input, 3 internal. Failures go to cli->c (FAIL) and the command returns cli_failed(cli).
 */
#ifndef JIXIA_CLI_CLI_H
#define JIXIA_CLI_CLI_H
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "codec/json.h"

enum { EXIT_YES = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_INTERNAL = 3 };
enum { CLI_ARGS_MAX = 64, CLI_FILE_MAX = 256 << 20 };

typedef struct Cli {
    Ctx *c;
    Arena *arena;      /* lives until the program ends */
    const char *what;  /* the command, for messages */
    const char *usage; /* its lines of usage */
    Str db;            /* --db, or the default; see cli_db */
    bool json;         /* --json */
} Cli;

/* An option of a command. Repeated options keep all values, the last is text. */
typedef struct CliOpt {
    const char *name; /* with dashes: "--as-of" */
    bool flag;        /* takes no value */
    bool value;       /* a flag that may also have one: --trace or --trace=text */
    bool given;
    Str text;
    Str *all;
    int n, cap;
} CliOpt;

/* Sorts argv into options and arguments. --db URL and --json are known to every command. False
 * (failure recorded) for an unknown option, a missing value or too many arguments. `--` ends
 * options; `--name=value` works too. */
bool cli_parse(Cli *cli, int argc, char **argv, CliOpt *opts, int nopts, Str *args, int max,
               int *nargs);
/* Prints the failure of cli->c as one line on stderr; returns its exit status. */
int cli_failed(Cli *cli);
/* One line per finding on stderr. */
void cli_notes(Cli *cli, const Note *notes);
/* Wrong usage: prints the usage of the command; returns 2. */
int cli_usage(Cli *cli);
void cli_print_usage(FILE *to, const char *usage);
/* Writes text to stdout; false when stdout is gone. */
bool cli_print(Str text);
/* An indented JSON text on stdout; false when stdout is gone. */
bool cli_print_json(Cli *cli, const Json *j);
/* j with --json, else text and a line feed. */
bool cli_show(Cli *cli, const Json *j, Str text);
/* The database URL: --db, $JIXIA_DB, or jixia.db in $JIXIA_DATA or ~/.local/share/jixia. */
Str cli_db(Cli *cli);

int cmd_dmn(Cli *cli, int argc, char **argv);
#endif
