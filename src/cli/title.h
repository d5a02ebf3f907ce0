/* What the parts of `jixia title` share. */
#ifndef JIXIA_CLI_TITLE_H
#define JIXIA_CLI_TITLE_H
#include "city/library/title_json.h"
#include "city/register.h"
#include "cli/city.h"

enum {
    OPTION_AS_OF,
    OPTION_AS_KNOWN,
    OPTION_TIER,
    OPTION_LEVEL,
    OPTION_KIND,
    OPTION_STATE,
    OPTION_OUT,
    OPTION_REASON,
    OPTION_ON,
    OPTION_FROM,
    OPTION_TO,
    OPTION_UNTIL,
    OPTION_NAME,
    OPTION_PUBLISHER,
    OPTION_NUMBER,
    OPTION_DOCUMENT,
    OPTION_CODE,
    OPTION_FIRST,
    OPTION_TARGET,
    OPTION_QUARTER,
    OPTION_SINCE,
    OPTION_SHEET,
    OPTION_UNDO,
    OPTION_CHECK,
    OPTION_ONLY_GOOD,
    OPTION_AGAIN,
    OPTION_OPTIONS
};

typedef struct TitleCommand {
    Cli *cli;
    Register *reg;
    Db *db;
    const CliOpt *o;
    Str what; /* the second word: an id, a subject, a file */
    FactAt at;
    int64_t day; /* of --as-of */
    Act act;
    int64_t id;
    TitleNew title;
    TitleEventNew event;
    int status; /* of the command when all went well */
} TitleCommand;

/* Reading and lists (title_read.c); false: cli->c holds the failure. */
bool title_command_list(TitleCommand *m, Json **answer);
bool title_command_expiring(TitleCommand *m, Json **answer);
bool title_command_movement(TitleCommand *m, Json **answer);
bool title_command_cohorts(TitleCommand *m, Json **answer);
bool title_command_import(TitleCommand *m, Json **answer);
bool title_command_lists(TitleCommand *m, Json **answer);
/* An option's day as yyyymmdd; 0 without one. */
bool title_option_day(TitleCommand *m, int option, int32_t *out);
bool title_option_kind(TitleCommand *m, TitleKind *out);
#endif
