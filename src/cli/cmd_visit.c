/* jixia visit: how often a firm may be visited. The visits themselves are cases (jixia case). */
#include "city/review/visit.h"
#include "cli/city.h"

enum { OPTION_MOST, OPTION_MONTHS, OPTION_BASIS, OPTION_NONE, OPTION_REASON, OPTION_AS_KNOWN, ALL };

typedef struct Doing {
    Cli *cli;
    const CliOpt *o;
    Db *db;
    VisitCap cap;
    Act act;
} Doing;

static bool set_in_tx(Db *db, void *user) {
    Doing *d = user;
    return visit_cap_set(db, &d->cap, &d->act);
}

static bool number(Doing *d, int option, int *out) {
    int64_t n;
    if (!str_to_i64(d->o[option].text, &n) || n < 1 || n > INT32_MAX)
        return FAIL(d->cli->c, ERR_INPUT, M_CLI_NUMBER, str_from(d->o[option].name),
                    d->o[option].text);
    *out = (int)n;
    return true;
}

static bool run(Doing *d) {
    int64_t known = INT64_MAX;
    bool sets = d->o[OPTION_REASON].given, none = d->o[OPTION_NONE].given;
    d->cap.basis = d->o[OPTION_BASIS].text;
    if (sets && !none &&
        (!number(d, OPTION_MOST, &d->cap.most) || !number(d, OPTION_MONTHS, &d->cap.months)))
        return false;
    if (sets && !tx_run(d->db, DB_WRITE, set_in_tx, d)) return false;
    if (d->o[OPTION_AS_KNOWN].given && !cli_instant(d->cli, &d->o[OPTION_AS_KNOWN], &known))
        return false;
    return visit_cap_get(d->db, known, &d->cap) && journal_seal(d->db, 1000, NULL) &&
           cli_print_json(d->cli, visit_cap_json(d->cli->arena, &d->cap));
}

int cmd_visit(Cli *cli, int argc, char **argv) {
    CliOpt o[ALL] = {
        [OPTION_MOST] = {.name = "--most"},     [OPTION_MONTHS] = {.name = "--months"},
        [OPTION_BASIS] = {.name = "--basis"},   [OPTION_NONE] = {.name = "--none", .flag = true},
        [OPTION_REASON] = {.name = "--reason"}, [OPTION_AS_KNOWN] = {.name = "--as-known"}};
    Str args[1];
    int n;
    if (!cli_parse(cli, argc, argv, o, ALL, args, 1, &n)) return cli_failed(cli);
    bool gives = o[OPTION_MOST].given || o[OPTION_MONTHS].given || o[OPTION_NONE].given;
    bool reason = str_trim(o[OPTION_REASON].text).n > 0;
    if (n != 1 || !str_eq(args[0], S("cap")) || gives != reason) return cli_usage(cli);
    Doing d = {.cli = cli,
               .o = o,
               .act = {.actor = cli_actor(cli->arena), .reason = o[OPTION_REASON].text}};
    Register *reg = register_open(cli->c, cli_db(cli), 2);
    d.db = reg ? db_borrow(cli->c, reg->store) : NULL;
    bool ok = d.db && run(&d);
    if (d.db) db_return(d.db);
    register_close(reg);
    return ok ? EXIT_YES : cli_failed(cli);
}
