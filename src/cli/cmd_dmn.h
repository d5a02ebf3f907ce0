/* Shared by the subcommands of `jixia dmn`. */
#ifndef JIXIA_CLI_CMD_DMN_H
#define JIXIA_CLI_CMD_DMN_H
#include "cli/cli.h"
#include "codec/json.h"
#include "dmn/dmn.h"

/* Reads the model file and the other .dmn files of its folder (names: the folder's list), which it
 * may import. files has room for n + 1. False on failure. */
bool cli_read_models(Ctx *c, Str model, Str folder, const Str *names, int n, DmnSource *files,
                     int *count);
/* Loads the model at a path with what it imports from its folder. NULL on failure. */
DmnModel *cli_load_model(Ctx *c, Str path);

/* A decision or service of the main file by name; NULL (failure recorded, with the nearest name).
 */
const DmnNode *cli_decision(Cli *cli, const DmnModel *m, Str name);

int cmd_dmn_check(Cli *cli, int argc, char **argv);
int cmd_dmn_tck(Cli *cli, int argc, char **argv);
int cmd_dmn_table(Cli *cli, int argc, char **argv);
int cmd_dmn_diff(Cli *cli, int argc, char **argv);
#endif
