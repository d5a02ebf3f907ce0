/* What the commands of notices, letters and certificates share: verb, id, --with JSON, --reason. */
#ifndef JIXIA_CLI_PAPER_H
#define JIXIA_CLI_PAPER_H
#include "city/notice/paper.h"
#include "city/register.h"
#include "cli/city.h"

typedef struct CliPaper {
    CliOpt *options;
    int noptions, with, reason;                  /* indices of --with and --reason */
    const char *const *reading, *const *writing; /* verbs, NULL-ended; writing needs a reason */
    Str verb, what;                              /* what: the second word when it is no id */
    int64_t id;                                  /* 0: none given */
    const Json *json;                            /* of --with; an empty object without it */
    Act act;
    Register *reg;
    Db *db;
    int status; /* when begin fails */
} CliPaper;

/* Reads the line and opens the register; false: status is what the command returns. */
bool cli_paper_begin(Cli *cli, int argc, char **argv, CliPaper *p);
/* Prints the answer, seals the journal, closes everything; the status of the command. */
int cli_paper_end(Cli *cli, CliPaper *p, bool ok, const Json *answer);

/* The firms of `rows`: ids or codes of subjects; NULL firms without it. */
bool cli_paper_firms(Db *db, const Register *reg, const Json *with, PaperFirm **firms, int *n);
/* A content with the parts that are given. */
Json *cli_paper_merge(Arena *a, const Json *content, const Json *with, const char *const *parts,
                      int n);
/* Writes a paper as DOCX; mark: cli_mark, empty for what is published. */
bool cli_paper_docx(Ctx *c, const PackSet *p, const Paper *paper, Str mark, Str path);
#endif
