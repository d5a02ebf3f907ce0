/* What the commands of the city share: dates of options, the actor, the output folder. */
#ifndef JIXIA_CLI_CITY_H
#define JIXIA_CLI_CITY_H
#include "city/decide.h"
#include "cli/cli.h"
#include "job/export.h"

/* --as-of D: a day; today in China when it was not given. */
bool cli_day(Cli *cli, const CliOpt *o, int64_t *day);
/* --as-known T: an instant or a day (its end in China); 0 when it was not given. */
bool cli_instant(Cli *cli, const CliOpt *o, int64_t *ms);
/* "cli:NAME" of the system user: who writes. */
Str cli_actor(Arena *a);
/* The same, or "cli:NAME" of --as NAME: in whose name something on paper is entered. */
Str cli_actor_as(Arena *a, const CliOpt *as);
/* Does the database of --db (or the default) exist? PostgreSQL addresses always do. */
bool cli_has_db(Cli *cli);
/* Makes the folder of the default database; other paths are the caller's own business. */
bool cli_make_folder(Cli *cli);

/* The pack set of a folder (empty: the default one) with its rulebook. */
bool cli_load_pack(Cli *cli, Str folder, PackSet **pack, Rulebook **book);

/* The highest grade of the indicators the rules read, 内部 at least. */
Grade cli_grade(const PackSet *pack, const Rulebook *book, const Rule *const *rules, int n);
/* Who made a file of the command line, when and of which grade (export_mark). */
Str cli_mark(Cli *cli, Grade grade);
/* The same into a workbook's 说明 and onto its printed pages. A CSV of the command line is read by
 * scripts and stays as it is. */
void cli_export_mark(Cli *cli, Export *e, Str path, Grade grade);

int cmd_init(Cli *cli, int argc, char **argv);
int cmd_import(Cli *cli, int argc, char **argv);
int cmd_demo(Cli *cli, int argc, char **argv);
int cmd_list(Cli *cli, int argc, char **argv);
int cmd_decide(Cli *cli, int argc, char **argv);
int cmd_why(Cli *cli, int argc, char **argv);
int cmd_replay(Cli *cli, int argc, char **argv);
int cmd_serve(Cli *cli, int argc, char **argv);
int cmd_user(Cli *cli, int argc, char **argv);
int cmd_organisation(Cli *cli, int argc, char **argv);
int cmd_subject(Cli *cli, int argc, char **argv);
int cmd_case(Cli *cli, int argc, char **argv);
int cmd_flow(Cli *cli, int argc, char **argv);
int cmd_round(Cli *cli, int argc, char **argv);
int cmd_journal(Cli *cli, int argc, char **argv);
int cmd_reconcile(Cli *cli, int argc, char **argv);
int cmd_evaluate(Cli *cli, int argc, char **argv);
int cmd_bundle(Cli *cli, int argc, char **argv);
int cmd_verify(Cli *cli, int argc, char **argv);
int cmd_audit(Cli *cli, int argc, char **argv);
int cmd_mail(Cli *cli, int argc, char **argv);
int cmd_key(Cli *cli, int argc, char **argv);
int cmd_discover(Cli *cli, int argc, char **argv);
int cmd_recommend(Cli *cli, int argc, char **argv);
int cmd_watch(Cli *cli, int argc, char **argv);
int cmd_visit(Cli *cli, int argc, char **argv);
int cmd_title(Cli *cli, int argc, char **argv);
int cmd_notice(Cli *cli, int argc, char **argv);
int cmd_letter(Cli *cli, int argc, char **argv);
int cmd_certificate(Cli *cli, int argc, char **argv);
#endif
