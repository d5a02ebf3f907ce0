/* jixia: the table of commands. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/version.h"
#include "cli/city.h"
#include "cli/cli.h"

typedef struct Command {
    const char *name;
    const char *usage; /* one line per form, separated by newlines */
    Msg help;
    int (*run)(Cli *cli, int argc, char **argv);
} Command;

/* jixia 0.1.0; with --json {"version"}. */
static int cmd_version(Cli *cli, int argc, char **argv) {
    int n;
    if (!cli_parse(cli, argc, argv, NULL, 0, NULL, 0, &n)) return cli_failed(cli);
    Json *o = json_new(cli->arena, JSON_OBJECT);
    json_set(o, S("version"), json_string(cli->arena, S(JIXIA_VERSION)));
    return cli_show(cli, o, S("jixia " JIXIA_VERSION)) ? EXIT_YES : EXIT_INTERNAL;
}

static const Command COMMANDS[] = {
    {"init", "init [--pack DIR]", M_CLI_HELP_INIT, cmd_init},
    {"list", "list rules|indicators|documents|titles [--pack DIR]", M_CLI_HELP_LIST, cmd_list},
    {"import",
     "import FILE [--layout ID] [--source ID] [--known-at T] [--dry-run] [--errors OUT.csv|.xlsx]\n"
     "       [--year Y] [--sheet NAME] [--confirm-units] [--again] [--reason TEXT]\n"
     "       [--complete FROM..TO]\n"
     "import --undo BATCH [--reason TEXT]",
     M_CLI_HELP_IMPORT, cmd_import},
    {"demo", "demo --enterprises N [--seed S]", M_CLI_HELP_DEMO, cmd_demo},
    {"evaluate",
     "evaluate [--rule ID]… [--as-of D] [--as-known T] [--out FILE.csv|.xlsx]\n"
     "         [--threads N]\n"
     "evaluate --keep [--rule ID]… [--as-of D] [--as-known T] [--reason TEXT]",
     M_CLI_HELP_EVALUATE, cmd_evaluate},
    {"discover",
     "discover RULE [--as-of D] [--district CODE] [--class CLASS] [--most N]\n"
     "         [--out FILE.csv|.xlsx]",
     M_CLI_HELP_DISCOVER, cmd_discover},
    {"watch", "watch run [--as-of D]", M_CLI_HELP_WATCH, cmd_watch},
    {"why", "why SUBJECT [RULE] [--as-of D] [--as-known T] [--tables] [--keep]", M_CLI_HELP_WHY,
     cmd_why},
    {"decide", "decide RULE --facts FACTS.json [--as-of D] [--tables] [--pack DIR]",
     M_CLI_HELP_DECIDE, cmd_decide},
    {"serve", "serve [--port P] [--bind A] [--secure]", M_CLI_HELP_SERVE, cmd_serve},
    {"user",
     "user list\nuser add NAME --role ROLE… [--display-name TEXT] [--district CODE]\n"
     "         [--organisation NAME]\n"
     "user reset NAME\nuser invite NAME\nuser end-sessions NAME\nuser end-codes NAME",
     M_CLI_HELP_USER, cmd_user},
    {"organisation",
     "organisation list\n"
     "organisation add NAME [--kind think_tank|venture|other] [--code USCC] [--contact TEXT]\n"
     "organisation agree NAME --number N --from D [--to D] [--promised-on D --promise TEXT]\n"
     "         [--indicator CODE]… [--tier RULE]… [--reason TEXT]\n"
     "organisation end NAME --number N [--to D] [--reason TEXT]\n"
     "organisation record NAME [--to D]\n"
     "organisation publish NAME --reason TEXT [--as NAME]",
     M_CLI_HELP_ORGANISATION, cmd_organisation},
    {"subject",
     "subject merge KEPT ABSORBED --reason TEXT\n"
     "subject unmerge MERGER --reason TEXT\n"
     "subject withdraw SUBJECT FACT --reason TEXT",
     M_CLI_HELP_SUBJECT, cmd_subject},
    {"case",
     "case list [--flow ID] [--state ID] [--stage ID] [--parent ID] [--q TEXT] [--open]\n"
     "case show ID\n"
     "case open FLOW [ACT] [--subject S] [--parent ID] [--title TEXT] [--data JSON]\n"
     "         [--code ID] [--reason TEXT] [--as NAME]\n"
     "case act ID ACT [--data JSON] [--code ID] [--reason TEXT] [--as NAME]\n"
     "case batch ACT (--flow ID [--state ID] [--stage ID] [--parent ID] [--q TEXT] | --ids ID,ID)\n"
     "         [--data JSON] [--code ID] [--reason TEXT] [--as NAME]\n"
     "case edit ID --data JSON [--reason TEXT] [--as NAME]\n"
     "case attach ID KIND FILE [--as NAME]\n"
     "case withdraw ID DOCUMENT --reason TEXT [--as NAME]\n"
     "case paper ID --data JSON [--as NAME]\n"
     "case say ID TEXT [--field NAME] [--asks | --answers MESSAGE] [--as NAME]\ncase tick",
     M_CLI_HELP_CASE, cmd_case},
    {"flow", "flow check FILE|DIR\nflow simulate FLOW|FILE [--steps N] [--seed S]", M_CLI_HELP_FLOW,
     cmd_flow},
    {"journal", "journal verify\njournal list [--object KIND:ID] [--most N]", M_CLI_HELP_JOURNAL,
     cmd_journal},
    {"reconcile",
     "reconcile FILE --tier T [--level L] [--title TITLE] [--publisher P] [--as-of D] --reason "
     "TEXT",
     M_CLI_HELP_RECONCILE, cmd_reconcile},
    {"recommend",
     "recommend list [--rule R]\nrecommend show ID\n"
     "recommend add --rule R --reason TEXT [--subject S | --name NAME [--code USCC]]\n"
     "         [--round CASE] [--partner NAME | --district CODE] [--as NAME]\n"
     "         [--interest none|holding|employment|earlier|other [--share X] [--note TEXT]]\n"
     "recommend consent|decline ID --document TEXT [--reason TEXT] [--as NAME]\n"
     "recommend withdraw ID --reason TEXT [--as NAME]",
     M_CLI_HELP_RECOMMEND, cmd_recommend},
    {"round",
     "round create FILE --reason TEXT\nround list\n"
     "round show|preview|candidates|panel|diff|redraw ROUND\n"
     "round redraw FILE.json\n"
     "round change|open|enter|close|member|assign|leave|score|consensus|second|finish ROUND\n"
     "      [FILE | --with JSON] --reason TEXT [--as NAME]\n"
     "round sample|visit|rerun|keep|decide|sign ROUND [FILE | --with JSON] --reason TEXT [--as "
     "NAME]",
     M_CLI_HELP_ROUND, cmd_round},
    {"visit",
     "visit cap [--as-known T]\nvisit cap --most N --months M --basis TEXT --reason TEXT\n"
     "visit cap --none --reason TEXT",
     M_CLI_HELP_VISIT, cmd_visit},
    {"title",
     "title list [SUBJECT] [--tier T] [--level L] [--kind K] [--state S] [--as-of D]\n"
     "           [--as-known T] [--out FILE.csv|.xlsx]\n"
     "title show ID\n"
     "title grant SUBJECT --kind in_library|recognised|listed --tier T --level L --from D\n"
     "      [--to D] [--name N] [--publisher P] [--number N] [--document D] [--first yes|no]\n"
     "      --reason TEXT\n"
     "title suspend|resume|renew|remove|revoke|expire|publish ID [--on D] [--to D] [--code C]\n"
     "      [--document D] [--until D] --reason TEXT\n"
     "title transfer ID --target SUBJECT --reason TEXT\n"
     "title correct ID [--target EVENT] --reason TEXT\n"
     "title bar SUBJECT --until D --document D [--on D] --reason TEXT\n"
     "title import FILE [--tier T] [--level L] [--kind K] [--from D] [--to D] [--publisher P]\n"
     "      [--number N] [--document D] [--sheet NAME] [--check] [--only-good] [--again]\n"
     "      --reason TEXT\n"
     "title import --undo BATCH --reason TEXT\ntitle lists\n"
     "title expiring [--quarter 2026Q4]\ntitle movement [--since D]\n"
     "title cohorts [--tier T] [--kind K]",
     M_CLI_HELP_TITLE, cmd_title},
    {"notice",
     "notice list\nnotice show ID\nnotice docx ID --out F.docx\n"
     "notice draft --with JSON --reason TEXT\n"
     "notice change|enter ID [--with JSON] [--scan FILE] --reason TEXT\n"
     "notice publish ID [--from D] --reason TEXT\nnotice conclude|end ID --reason TEXT\n"
     "notice object ID --with JSON --reason TEXT [--as NAME]",
     M_CLI_HELP_NOTICE, cmd_notice},
    {"letter",
     "letter list\nletter show ID\nletter docx ID --out F.docx\n"
     "letter draft --with JSON --reason TEXT\nletter change ID --with JSON --reason TEXT\n"
     "letter send ID --way portal|post|mail|hand|published [--on D] --reason TEXT\n"
     "letter delivered|returned ID [--on D] [--file PROOF] --reason PROOF\n"
     "letter end ID --reason TEXT",
     M_CLI_HELP_LETTER, cmd_letter},
    {"certificate",
     "certificate list\ncertificate show ID\ncertificate verify CODE\n"
     "certificate issue TITLE_ID --reason TEXT\ncertificate withdraw ID --reason TEXT\n"
     "certificate sign --reason TEXT",
     M_CLI_HELP_CERTIFICATE, cmd_certificate},
    {"replay",
     "replay PACKET [--pack DIR]\nreplay --decision ID\n"
     "replay --all [--sample N] [--seed S] [--threads N]",
     M_CLI_HELP_REPLAY, cmd_replay},
    {"bundle",
     "bundle make (--subject SUBJECT | --rule RULE [--as-of D] | --case CASE | --round ROUND)\n"
     "            --key KEY.pem --out F.zbb --reason TEXT [--whole-journal] [--names]\n"
     "bundle reader F.zbb --out X.html",
     M_CLI_HELP_BUNDLE, cmd_bundle},
    {"audit",
     "audit diff enterprise:CODE|case:ID|title:ID|rule:PACK/RULE [--from-as-of D]\n"
     "     [--from-as-known T] [--as-of D] [--as-known T]",
     M_CLI_HELP_AUDIT, cmd_audit},
    {"mail",
     "mail configure --server smtps://HOST:465|smtp://HOST:587 --from ADDRESS --reason TEXT\n"
     "     [--name NAME] [--user U --password-file FILE] [--ca FILE.pem] [--site URL]\n"
     "     [--digest-hour H] [--plain]\n"
     "mail show\nmail off --reason TEXT\nmail test ADDRESS\nmail send\n"
     "mail list [--state S] [--object KIND:ID] [--most N]\n"
     "mail again ID --reason TEXT\n"
     "mail proof ID\nmail proof --notification ID",
     M_CLI_HELP_MAIL, cmd_mail},
    {"verify", "verify F.zbb [--key PUBLIC.pem]", M_CLI_HELP_VERIFY, cmd_verify},
    {"key", "key new FILE.pem\nkey show FILE.pem", M_CLI_HELP_KEY, cmd_key},
    {"dmn",
     "dmn eval MODEL.dmn [--decision NAME] [--input IN.json] [--strict]\n"
     "         [--trace[=text]] [--trace-limit BYTES]\n"
     "dmn check MODEL.dmn [--budget STEPS] [--shown N]\n"
     "dmn check MODEL.dmn --boundary [--decision NAME] [--csv OUT.csv]\n"
     "dmn diff A.dmn B.dmn\n"
     "dmn table MODEL.dmn --decision NAME --xlsx OUT.xlsx\n"
     "dmn table MODEL.dmn --decision NAME --from IN.xlsx --out NEW.dmn\n"
     "dmn tck DIR [--csv RESULTS] [--verbose]",
     M_CLI_HELP_DMN, cmd_dmn},
    {"version", "version", M_CLI_HELP_VERSION, cmd_version},
};
enum { COMMAND_COUNT = sizeof COMMANDS / sizeof *COMMANDS };

/* Every command, or the one that is named. */
static int help(Cli *cli, FILE *to, const char *only, int status) {
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (only && strcmp(only, COMMANDS[i].name) != 0) continue;
        Str text = msg_text(cli->arena, COMMANDS[i].help, cli->c->lang, 0, NULL);
        fprintf(to, "%-10s %.*s\n", COMMANDS[i].name, STRF(text));
        cli_print_usage(to, COMMANDS[i].usage);
    }
    return status;
}

/* Chinese unless $JIXIA_LANG, or else the locale, asks for English. */
static Lang language(void) {
    const char *want = getenv("JIXIA_LANG");
    if (!want || !*want) want = getenv("LC_ALL");
    if (!want || !*want) want = getenv("LANG");
    return want && strncmp(want, "en", 2) == 0 ? LANG_EN : LANG_ZH;
}

static int dispatch(Cli *cli, int argc, char **argv) {
    if (argc < 2) return help(cli, stderr, NULL, EXIT_USAGE);
    const char *name = strcmp(argv[1], "--version") == 0 ? "version" : argv[1];
    bool asked = strcmp(name, "help") == 0 || strcmp(name, "--help") == 0;
    if (asked && argc < 3) return help(cli, stdout, NULL, EXIT_YES);
    if (asked) name = argv[2];
    int best = 4;
    Str near = {0};
    for (int i = 0; i < COMMAND_COUNT; i++) {
        cli->what = COMMANDS[i].name;
        cli->usage = COMMANDS[i].usage;
        if (strcmp(name, COMMANDS[i].name) == 0) {
            if (asked) return help(cli, stdout, name, EXIT_YES);
            if (argc > 2 && strcmp(argv[argc - 1], "--help") == 0) {
                cli_print_usage(stdout, COMMANDS[i].usage);
                return EXIT_YES;
            }
            return COMMANDS[i].run(cli, argc - 2, argv + 2);
        }
        int distance = str_distance(str_from(name), str_from(COMMANDS[i].name), best);
        if (distance >= best) continue;
        best = distance;
        near = str_from(COMMANDS[i].name);
    }
    cli->what = name;
    FAIL(cli->c, ERR_INPUT, M_CLI_COMMAND, str_from(name));
    if (near.n) fail_near(cli->c, str_cat(cli->arena, S("jixia "), near));
    return cli_failed(cli);
}

int main(int argc, char **argv) {
    Arena *a = arena_open((size_t)8 << 30);
    Ctx c = ctx_new(a, clock_now_ms());
    c.lang = language();
    Cli cli = {.c = &c, .arena = a, .what = "jixia"};
    jmp_buf trap;
    signal(SIGXFSZ,
           SIG_IGN); /* a file limit is an error of the write, not the end of the program */
    arena_trap(a, &trap);
    int status = EXIT_USAGE;
    if (setjmp(trap) == 0)
        status = dispatch(&cli, argc, argv);
    else
        fputs("jixia: memory: limit reached\n", stderr);
    if (fflush(stdout) != 0 && status == EXIT_YES) status = EXIT_INTERNAL;
    arena_close(a);
    return status;
}
